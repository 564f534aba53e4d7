"""What does a tidy file hold? One row per product, partner and period, read as declared."""

from __future__ import annotations

import datetime as dt
import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from techbalance.errors import CheckError, SchemaError
from techbalance.store.holdings import ANNUAL
from techbalance.store.ingestion import schemas
from techbalance.store.ingestion.mappings import Mapping, fitting, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from techbalance.store.ingestion.codelists import CodeLists

BLOCK_BYTES: Final = 16_000_000
BATCH_ROWS: Final = 250_000
# A period with fewer partners was not itemised whole: the publisher has had more than two hundred since 1992.
FEWEST_PARTNERS_OF_A_WHOLE: Final = 200
_AMOUNT: Final = r"^[0-9]{1,18}(\.[0-9]+)?$"
_PERIODS: Final = {"year": r"^(19|20)[0-9]{2}$", "month": r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])$"}
_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet", ".dbf")


def is_tidy(path: Path) -> bool:
    """Whether a file has the name of a table."""
    return path.name.lower().endswith(_SUFFIXES)


@dataclass(frozen=True)
class Tidy:
    """A tidy file, read and checked.

    Parameters
    ----------
    mapping
        How it was read.
    rows
        ``period``, ``partner``, ``product`` as text and the values as whole numbers, unique by the first
        three.
    """

    mapping: Mapping
    rows: pa.Table

    @property
    def years(self) -> tuple[int, ...]:
        """Years it holds."""
        return tuple(sorted({int(one[:4]) for one in pc.unique(self.rows["period"]).to_pylist()}))

    def of_year(self, year: int) -> pa.Table:
        """Its rows of one year."""
        return self.rows.filter(pc.starts_with(self.rows["period"], str(year)))


def read_tidy(path: Path, mapping: str | None, partner: str | None, partners: frozenset[str]) -> Tidy:
    """Read a tidy file.

    Parameters
    ----------
    path
        A CSV (``.gz`` too) or Parquet file.
    mapping
        A mapping by name or file; found by the columns when None.
    partner
        The Census code of all its rows, where the file names none.
    partners
        Codes of single partners; a sum of partners would be added to its parts.

    Raises
    ------
    SchemaError
        No mapping fits; or a value is not what its column holds, with row, column and value.
    CheckError
        Two rows of one product, partner and period; or the file's own total is another than its rows'.
    """
    columns = _columns(path)
    chosen = named(mapping) if mapping else fitting(columns, path.name)
    missing = [name for name in chosen.columns if name not in columns]
    if missing:
        raise SchemaError(
            f"the column {missing[0]!r} is missing",
            where=f"{path.name}, mapping {chosen.name}",
            remedy=f"Columns of the file: {', '.join(columns[:20])}",
        )
    if chosen.partner is None and partner is None:
        raise SchemaError(
            "the file names no partner", where=path.name, remedy="Name the partner of its rows with --partner"
        )
    reader = _Reader(path, chosen, partner, partners)
    parts = [reader.checked(batch) for batch in _batches(path, chosen)]
    if not any(one.num_rows for one in parts):
        where = f"{path.name}, mapping {chosen.name}"
        raise SchemaError("the file holds no rows that can be read", where=where)
    rows = pa.concat_tables(parts)
    reader.check_total(rows)
    _refuse_repeats(path, rows)
    return Tidy(chosen, rows)


def _columns(path: Path) -> list[str]:
    try:
        if path.suffix.lower() == ".parquet":
            return list(pq.read_schema(path).names)
        if path.suffix.lower() == ".dbf":
            return list(_disc(path, path.stat().st_mtime_ns).column_names)
        with _opened(path) as file:
            head = file.readline().decode("utf-8-sig").rstrip("\r\n")
    except (OSError, EOFError, UnicodeError, pa.ArrowException) as wrong:
        raise SchemaError("the file cannot be read", where=f"{path.name}: {wrong}") from wrong
    return [name.strip('"') for name in head.split(",")]


@lru_cache(maxsize=1)
def _disc(path: Path, written: int) -> pa.Table:
    """A detail file of the discs, summed by product, partner and month; the last one read is kept."""
    from techbalance.sources.census_discs.dbase import read_detail

    del written  # only tells an older file of the same name apart
    with path.open("rb") as file:
        return read_detail(file, path.name)


def _opened(path: Path) -> Any:  # noqa: ANN401 - a binary file, compressed or not
    return gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb")


def _batches(path: Path, mapping: Mapping) -> Iterator[pa.RecordBatch]:
    names = list(mapping.columns)
    try:
        if path.suffix.lower() == ".dbf":
            rows = _disc(path, path.stat().st_mtime_ns).select(names)
            yield from rows.to_batches(max_chunksize=BATCH_ROWS)
            return
        if path.suffix.lower() == ".parquet":
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=BATCH_ROWS, columns=names)
            return
        convert = pa_csv.ConvertOptions(
            column_types=dict.fromkeys(_columns(path), pa.string()),
            strings_can_be_null=False,
            include_columns=names,
        )
        with _opened(path) as file:
            yield from pa_csv.open_csv(
                file, read_options=pa_csv.ReadOptions(block_size=BLOCK_BYTES), convert_options=convert
            )
    except (OSError, EOFError, UnicodeError, pa.ArrowException) as wrong:
        where = f"{path.name}: {str(wrong).partition(chr(10))[0][:200]}"
        raise SchemaError("the file cannot be read to its end", where=where) from wrong


class _Reader:
    """Holds every value of a file to what its column is declared to hold."""

    def __init__(self, path: Path, mapping: Mapping, partner: str | None, partners: frozenset[str]) -> None:
        self.path, self.mapping, self.partner = path, mapping, partner
        self.partners = pa.array(sorted(partners), pa.string())
        self.line = 1 if path.suffix.lower() in (".parquet", ".dbf") else 2
        self.totals: dict[str, int] | None = None

    def checked(self, batch: pa.RecordBatch) -> pa.Table:
        """Check one batch and bring it to our columns."""
        lines = pa.array(range(self.line, self.line + batch.num_rows), pa.int64())
        rows = pa.Table.from_batches([batch]).append_column("line", lines)
        self.line += batch.num_rows
        rows = self._without_total(rows)
        for name, wanted in self.mapping.keep.items():
            rows = rows.filter(pc.equal(_text(rows[name]), wanted))
        mapping = self.mapping
        period = self._matching(rows, mapping.period, _PERIODS[mapping.freq], f"a {mapping.freq}")
        product = self._matching(
            rows, mapping.product, f"^[0-9]{{{mapping.digits}}}$", f"a code of {mapping.digits} digits"
        )
        if mapping.partner is None:
            partner = pa.array([self.partner] * rows.num_rows, pa.string())
        else:
            partner = _text(rows[mapping.partner])
            known = pc.is_in(partner, self.partners)
            self._refuse_unless(rows, mapping.partner, known, "a single partner's Census code")
        columns = {"period": period, "partner": partner, "product": product}
        for value, name in mapping.values.items():
            columns[value] = self._dollars(rows, name)
        return pa.table(columns)

    def _without_total(self, rows: pa.Table) -> pa.Table:
        """Take the file's own total off the end, and keep it for comparing."""
        if self.mapping.total is None or not rows.num_rows:
            return rows
        first = next((name for name in self.mapping.keep), self.mapping.period)
        told = pc.equal(pc.utf8_trim_whitespace(_text(rows[first])), self.mapping.total)
        found = rows.filter(told)
        if not found.num_rows:
            return rows
        self.totals = {}
        for value, name in self.mapping.values.items():
            text = _text(found[name])[0].as_py().replace(",", "")
            if text:
                self.totals[value] = round(float(text)) if "." in text else int(text)
        return rows.filter(pc.invert(told))

    def check_total(self, rows: pa.Table) -> None:
        """Compare the rows with the total that the file ends with."""
        for value, told in (self.totals or {}).items():
            found = pc.sum(rows[value]).as_py()
            if found != told:
                raise CheckError(
                    "the rows do not add up to the total of the file",
                    where=f"{self.path.name}, {self.mapping.values[value]}: {found:,} against {told:,}",
                    remedy="Download the file again",
                )

    def _matching(self, rows: pa.Table, name: str, pattern: str, what: str) -> pa.ChunkedArray:
        text = _text(rows[name])
        self._refuse_unless(rows, name, pc.match_substring_regex(text, pattern), what)
        return text

    def _dollars(self, rows: pa.Table, name: str) -> pa.ChunkedArray:
        """Whole numbers, a fraction rounded half to even."""
        held = rows[name]
        if pa.types.is_integer(held.type):
            self._refuse_unless(rows, name, pc.greater_equal(held, 0), "an amount")
            return held.cast(pa.int64())
        text = _text(held)
        self._refuse_unless(rows, name, pc.match_substring_regex(text, _AMOUNT), "an amount")
        if not pc.any(pc.match_substring(text, ".")).as_py():
            return text.cast(pa.int64())
        exact = text.cast(pa.decimal128(38, 10))
        return pc.round(exact, ndigits=0, round_mode="half_to_even").cast(pa.int64())

    def _refuse_unless(self, rows: pa.Table, name: str, fits: pa.ChunkedArray, what: str) -> None:
        fits = pc.fill_null(fits, False)
        if pc.all(fits).as_py() in (True, None):
            return
        bad = rows.filter(pc.invert(fits))
        found = bad[name][0].as_py()
        raise SchemaError(
            f"{'a blank' if found is None else repr(found)} is not {what}",
            where=f"{self.path.name}, line {bad['line'][0].as_py()}, column {name}",
            remedy="Nothing of the file was taken in",
        )


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())


def _refuse_repeats(path: Path, rows: pa.Table) -> None:
    keys = ["period", "partner", "product"]
    counts = rows.group_by(keys).aggregate([([], "count_all")])
    repeated = counts.filter(pc.greater(counts["count_all"], 1))
    if repeated.num_rows:
        one = repeated.slice(0, 1).to_pylist()[0]
        where = ", ".join(f"{key} {one[key]}" for key in keys)
        raise CheckError(
            f"{one['count_all']} rows of one product, partner and period",
            where=f"{path.name}: {where}",
            remedy="Each may be there once; add up finer rows before",
        )


def as_trade(tidy: Tidy, year: int, lists: CodeLists, vintage: dt.date, source_id: str) -> pa.Table:
    """Classify the rows of one year and bring them to the columns of stored trade, sorted by product."""
    rows = tidy.of_year(year)
    mapping = tidy.mapping
    count = rows.num_rows
    monthly = mapping.freq == "month"
    codes = pc.unique(rows["product"]).to_pylist()
    decided = lists.decided(mapping.flow, year, codes)
    group, match = decided.columns(rows["product"].combine_chunks())
    month = pc.utf8_slice_codeunits(rows["period"], 5, 7).cast(pa.int8()) if monthly else None
    fixed: dict[str, Any] = {
        "reporter": "USA",
        "flow": mapping.flow,
        "system": mapping.system,
        "year": year,
        "freq": mapping.freq,
        "months": 1 if monthly else 12,
        "list_year": decided.list_year,
        "vintage": vintage,
        "source_id": source_id,
    }
    given = {name: rows[name] for name in rows.column_names} | {"group": group, "match": match}
    if month is not None:
        given["month"] = month
    columns = [
        given[field.name]
        if field.name in given
        else pa.repeat(pa.scalar(fixed.get(field.name), field.type), count)
        for field in schemas.TRADE
    ]
    table = pa.table(columns, names=schemas.TRADE.names).cast(schemas.TRADE)
    return table.sort_by([(name, "ascending") for name in ("product", "partner", "period")])


def months_of(rows: pa.Table, freq: str) -> tuple[int, ...]:
    """Months that rows of one year hold; ``(0,)`` for years as sums."""
    if freq == "year":
        return (ANNUAL,)
    return tuple(sorted({int(one[5:7]) for one in pc.unique(rows["period"]).to_pylist()}))


def partners_of(rows: pa.Table) -> tuple[str, ...] | None:
    """Partners the rows cover; None where they are so many that all are meant."""
    found = tuple(sorted(pc.unique(rows["partner"]).to_pylist()))
    return None if len(found) >= FEWEST_PARTNERS_OF_A_WHOLE else found
