"""How does detail lie on the disk? Twelve months become one file, in which products and partners are near.

A month is stored in the order of its archive, by product. A question on one partner would read all of it,
and a question on one product a piece of each of many files. Once a year is whole its rows are put together:
in stretches of products, and in each stretch by partner. Groups of rows then hold few products and few
partners, and their statistics tell which of them a question on either needs. Nothing is added up or left
out: each row keeps its month, vintage and source.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from techbalance.store.commit import HELD
from techbalance.store.failures import as_store_error, writing
from techbalance.store.holdings import PACKED
from techbalance.store.ingestion.taking import detail_writer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from techbalance.store.commit import Writer
    from techbalance.store.holdings import Block

TABLE: Final = "trade_detail"
PRODUCT, PARTNER = "product", "partner"
# A question on a product reads one stretch, one on a partner a group or two of each: of thirteen million rows
# of a year about a million either way. Larger stretches take more memory.
ROWS_OF_A_STRETCH: Final = 600_000
ROWS_PER_GROUP: Final = 50_000


def pack(writer: Writer, blocks: Sequence[Block]) -> bool:
    """Put the detail of a year's months into one file, which takes their place.

    Parameters
    ----------
    writer
        Who may change the store.
    blocks
        Months of one flow and year, in their order.

    Returns
    -------
    bool
        Whether it was done: not where a month has no detail, has other columns, or lies in such a file.

    Raises
    ------
    StoreError
        The store cannot be read or written; it is as it was then.
    """
    names = [dict(block.files).get(TABLE) for block in blocks]
    months = [name for name in names if name is not None]
    packed = {fact["file"] for fact in writer.manifest.facts if fact.get("kind") == PACKED}
    if len(set(months)) < len(names) or len(months) < len(names) or packed.intersection(months):
        return False
    files = [writer.home / HELD / name for name in months]
    with as_store_error():
        schemas = [pq.read_schema(file) for file in files]
    if any(not schema.equals(schemas[0]) for schema in schemas):
        return False
    flow, year = blocks[0].flow, blocks[0].year
    with writer.change() as draft:
        target = draft.path(TABLE, f"{flow}/{year}/{flow}-{year}")
        write_packed(files, target)
        for name in months:
            draft.retire(TABLE, name)
        draft.record(
            {"kind": PACKED, "flow": flow, "year": year, "file": draft.name_of(target), "of": months}
        )
    return True


def write_packed(files: Sequence[Path], target: Path) -> None:
    """Write the rows of several files as one, stretch by stretch.

    Parameters
    ----------
    files
        Files of detail of one schema; in little memory where each is in the order of products, or nearly.
    target
        File to write.

    Raises
    ------
    StoreError
        A file cannot be read, or the disk is full.
    """
    target_file: pq.ParquetWriter | None = None
    try:
        for rows in _stretches(files):
            with writing(target):
                target_file = target_file or detail_writer(target, rows.schema)
                target_file.write_table(rows, row_group_size=ROWS_PER_GROUP)
            # The next stretch is made before the name is given anew.
            del rows
    finally:
        if target_file is not None:
            with writing(target):
                target_file.close()


def _stretches(paths: Sequence[Path]) -> Iterator[pa.Table]:
    with as_store_error():
        texts = [field.name for field in pq.read_schema(paths[0]) if pa.types.is_string(field.type)]
        files = [pq.ParquetFile(path, read_dictionary=texts, pre_buffer=False) for path in paths]
        for first, after in pairwise((None, *_bounds(paths), None)):
            parts = [part for file in files for part in _between(file, first, after)]
            if parts:
                yield _by_partner(parts)


def _bounds(files: Sequence[Path]) -> list[str]:
    """Products at which stretches of about the wanted number of rows begin."""
    counts: Counter[str] = Counter()
    for file in files:
        product = pq.read_table(file, columns=[PRODUCT], read_dictionary=[PRODUCT])[PRODUCT]
        for found in product.value_counts().to_pylist():
            counts[found["values"]] += found["counts"]
    bounds, rows = [], 0
    for product, count in sorted(counts.items()):
        if rows and rows + count > ROWS_OF_A_STRETCH:
            bounds.append(product)
            rows = 0
        rows += count
    return bounds


def _between(file: pq.ParquetFile, first: str | None, after: str | None) -> Iterator[pa.RecordBatch]:
    """Rows of a file from one product on and before another, in their order; None for no bound.

    Groups of rows that lie across a bound are read for both sides of it: a reader that is kept open between
    two stretches holds more memory for each of its columns than reading again costs time.
    """
    column = file.schema_arrow.get_field_index(PRODUCT)
    for number in range(file.metadata.num_row_groups):
        known = file.metadata.row_group(number).column(column).statistics
        if known is not None and known.has_min_max:
            is_before = first is not None and known.max < first
            if is_before or (after is not None and known.min >= after):
                continue
        for rows in file.read_row_group(number, use_threads=False).to_batches():
            product = rows[PRODUCT]
            codes = product.dictionary
            wanted = np.ones(len(codes), dtype=np.bool_)
            if first is not None:
                wanted &= np.asarray(pc.greater_equal(codes, first))
            if after is not None:
                wanted &= np.asarray(pc.less(codes, after))
            inside = wanted[product.indices.to_numpy()]
            if inside.all():
                yield rows
            elif inside.any():
                yield rows.filter(pa.array(inside))


def _by_partner(parts: list[pa.RecordBatch]) -> pa.Table:
    """Rows by partner and product; of one pair they stay as they are, month by month.

    Parameters
    ----------
    parts
        The rows; emptied on the way, so that they are not held twice.
    """
    names = parts[0].schema.names
    columns = {name: [part[name] for part in parts] for name in names}
    parts.clear()
    partner, product = _places(_whole(columns[PARTNER])), _places(_whole(columns[PRODUCT]))
    order = pa.array(np.argsort(partner * (product.max() + 1) + product, kind="stable"))
    return pa.table({name: _whole(columns.pop(name)).take(order) for name in names})


def _whole(parts: list[pa.Array]) -> pa.Array:
    """Pieces of a column as one, pointing to one dictionary where it is packed as such."""
    column = pa.chunked_array(parts)
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    return column.combine_chunks()


def _places(column: pa.DictionaryArray) -> NDArray[np.int64]:
    """Where the text of each row stands among all texts."""
    rank = np.argsort(np.argsort(column.dictionary.to_numpy(zero_copy_only=False)))
    places: NDArray[np.int64] = rank[column.indices.to_numpy()]
    return places
