"""What becomes of trade that came before its list? It is put into groups again, by the list that decides now.

Archives bring their own lists along and are left as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from techbalance.errors import StoreError
from techbalance.store.catalogue import Store
from techbalance.store.commit import HELD
from techbalance.store.failures import writing
from techbalance.store.ingestion.codelists import CodeLists
from techbalance.store.ingestion.marts import LEVEL, write_mart

if TYPE_CHECKING:
    from pathlib import Path

    from techbalance.store.commit import Draft, Writer
    from techbalance.store.ingestion.marts import Marts

BY_GROUP: Final = ("year", "group", "partner", "match", "period")
ROWS_PER_GROUP: Final = 100_000
# A list of an archive decides its own trade.
OWN_LIST: Final = "trade_detail"


def reclassify(writer: Writer, marts: Marts, new: set[tuple[str, int]]) -> int:
    """Put every block of tidy trade into groups again whose list is another now.

    Parameters
    ----------
    writer, marts
        Who may change the store, and what is added up.
    new
        Flow and year of those that have come in, or were replaced.

    Returns
    -------
    int
        Blocks that were written anew; each is one change of the store.

    Raises
    ------
    StoreError
        The store cannot be read or written.
    """
    count = 0
    held = {file for files in writer.manifest.tables.values() for file in files}
    blocks = [
        fact
        for fact in writer.manifest.facts
        if fact.get("kind") == "block" and OWN_LIST not in fact["files"]
    ]
    if not blocks:
        return 0
    lists = CodeLists(Store(writer.home))
    for fact in blocks:
        nearest = lists.nearest(fact["flow"], fact["year"])
        if fact.get("list_year") == nearest and (fact["flow"], nearest) not in new:
            continue
        if fact["files"] and held.issuperset(fact["files"].values()):
            count += _again(writer, marts, lists, fact)
    return count


def _again(writer: Writer, marts: Marts, lists: CodeLists, fact: dict[str, Any]) -> bool:
    table = next(name for name in fact["files"] if name.startswith("trade_"))
    place = writer.home / HELD / fact["files"][table]
    try:
        rows = pq.ParquetFile(place).read()
    except (OSError, pa.ArrowException) as wrong:
        raise StoreError("a file of the store cannot be read", where=f"{place}: {wrong}") from wrong
    decided = lists.decided(fact["flow"], fact["year"], pc.unique(rows["product"]).to_pylist())
    group, match = decided.columns(rows["product"].combine_chunks())
    list_year = pa.repeat(pa.scalar(decided.list_year, pa.int16()), rows.num_rows)
    new = rows
    for name, column in (("group", group), ("match", match), ("list_year", list_year)):
        new = new.set_column(new.schema.get_field_index(name), name, column)
    if new.equals(rows):
        return False
    with writer.change() as draft:
        _put(draft, marts, fact, table, new)
    return True


def _put(draft: Draft, marts: Marts, fact: dict[str, Any], table: str, rows: pa.Table) -> None:
    stem = f"{fact['flow']}/{fact['year']}/{fact['source_id']}"
    by_product = draft.path(table, stem)
    _write(by_product, rows)
    sums = table.replace("trade_", "group_")
    by_group = draft.path(sums, stem)
    write_mart(marts.by_group, [by_product], by_group, BY_GROUP)
    for name, file in fact["files"].items():
        draft.retire(name, file)
    files = {table: draft.name_of(by_product), sums: draft.name_of(by_group)}
    draft.record(fact | {"files": files, "list_year": rows["list_year"][0].as_py()})


def _write(place: Path, rows: pa.Table) -> None:
    with writing(place):
        pq.write_table(
            rows,
            place,
            compression="zstd",
            compression_level=LEVEL,
            row_group_size=ROWS_PER_GROUP,
            store_schema=False,
        )
