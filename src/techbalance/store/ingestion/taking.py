"""How is one file taken in? Its rows, their sums and their origin become one draft of a change."""

from __future__ import annotations

import datetime as dt
import hashlib
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.parquet as pq

from techbalance.errors import CheckError
from techbalance.sources.census_archive import open_archive
from techbalance.store.failures import writing
from techbalance.store.holdings import Block
from techbalance.store.ingestion import lists, tidy, todate
from techbalance.store.ingestion.codelists import CodeLists
from techbalance.store.ingestion.marts import LEVEL, write_mart
from techbalance.store.ingestion.outcome import source_record
from techbalance.store.ingestion.passing import PassingSums

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from techbalance.sources.census_archive import Archive
    from techbalance.store.catalogue import Store
    from techbalance.store.commit import Draft
    from techbalance.store.ingestion.marts import Marts
    from techbalance.store.ingestion.outcome import Options, Outcome

BY_PRODUCT: Final = ("product", "partner", "period")
BY_GROUP: Final = ("year", "group", "partner", "match", "period")
# Records read at a time, and with them the rows of a group: several archives at once stay below a gigabyte.
BATCH_BYTES: Final = 32 << 20
# Sorted like the archive itself, by product: enough rows to compress, few enough to skip.
DETAIL_ROWS_PER_GROUP: Final = 100_000


@dataclass(frozen=True)
class Surroundings:
    """What taking in a file needs beside the file.

    Parameters
    ----------
    options
        How it is done.
    marts
        What is added up.
    store
        What is held before.
    count
        Told how many rows have been read since it was told last.
    threads
        Cores that one file may use for what is added up.
    """

    options: Options
    marts: Marts
    store: Store
    count: Callable[[int], None]
    threads: int = 1

    def read_ahead(self) -> None:
        """Read lists and partners before several files need them at the same time."""
        _ = self.lists, self.partners

    @cached_property
    def lists(self) -> CodeLists:
        """The code lists that are held."""
        return CodeLists(self.store)

    @cached_property
    def partners(self) -> frozenset[str]:
        """Census codes of single partners."""
        partners = self.store.table("partners")
        single = partners.filter(partners.code_system == "census", partners.kind.isin(["country", "pseudo"]))
        return frozenset(self.store.fetch(single.select("code"))["code"].to_pylist())


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- archives ---------------------------------------------------------------------------------------------


def take_archive(
    path: Path, outcome: Outcome, draft: Draft | None, around: Surroundings
) -> tuple[Outcome, lists.CodeList]:
    """Read and check an archive, and put it into a draft; only check it where there is none.

    Raises
    ------
    DataError
        Anything about the archive is wrong: nothing of it may be published.
    """
    with path.open("rb") as file:
        archive = open_archive(file, path.name)
        vintage = around.options.vintage or _made(path)
        source_id = f"census-{path.name.split('.')[0].lower()}-{vintage.isoformat()}"
        outcome = replace(
            outcome,
            flow=archive.flow,
            first_period=archive.period,
            last_period=archive.period,
            vintage=vintage,
            source_id=source_id,
            note="; ".join(archive.notes),
            to_date=todate.of_archive(archive),
        )
        batches = archive.detail(
            batch_bytes=BATCH_BYTES,
            modes=around.options.keep_modes,
            vintage=vintage,
            source_id=source_id,
        )
        stem = f"{archive.flow}/{archive.year}/{archive.flow}-{archive.period}-{vintage}"
        files = {}
        if draft is not None:
            files = _written(batches, draft, stem, around, in_order=archive.is_by_product)
        for batch in batches:
            around.count(batch.num_rows)
        outcome = replace(outcome, rows=archive.counts.rows)
        listed = lists.of_archive(archive, source_id)
    if draft is not None:
        _refuse_rival(draft, archive, vintage, outcome)
        draft.record(source_record(outcome, "census-archive", "US Census Bureau", _title(archive)))
        draft.record(
            Block(
                archive.flow,
                archive.year,
                (archive.month,),
                vintage,
                source_id,
                files=tuple((table, draft.name_of(place)) for table, place in files.items()),
            ).facts()
            | {"rows": outcome.rows}
        )
    return outcome, listed


def _written(
    batches: Iterator[pa.RecordBatch], draft: Draft, stem: str, around: Surroundings, *, in_order: bool
) -> dict[str, Path]:
    """Write the detail of an archive and what is added up of it; the file of each table."""
    tables = ("trade_detail", "trade_month", "group_month")
    detail, by_product, by_group = places = tuple(draft.path(table, stem) for table in tables)
    writer: pq.ParquetWriter | None = None
    with PassingSums(around.marts.by_product, by_product, BY_PRODUCT, in_order=in_order) as sums:
        try:
            for batch in batches:
                around.count(batch.num_rows)
                sums.add(batch)
                with writing(detail):
                    writer = writer or detail_writer(detail, batch.schema)
                    writer.write_batch(batch, row_group_size=DETAIL_ROWS_PER_GROUP)
        finally:
            if writer is not None:
                with writing(detail):
                    writer.close()
        is_whole = sums.finish()
    if not is_whole:
        write_mart(around.marts.by_product, [detail], by_product, BY_PRODUCT, threads=around.threads)
    write_mart(around.marts.by_group, [by_product], by_group, BY_GROUP, threads=around.threads)
    return dict(zip(tables, places, strict=True))


def _title(archive: Archive) -> str:
    return f"Merchandise trade archive {archive.name}: {archive.flow}s of {archive.period} at ten digits"


def _made(path: Path) -> dt.date:
    """The day on which the publisher wrote the newest member."""
    with zipfile.ZipFile(path) as archive:
        return max(dt.date(*one.date_time[:3]) for one in archive.infolist())


def detail_writer(target: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Open a file for rows of ``trade_detail``."""
    texts = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    whole = [field.name for field in schema if pa.types.is_integer(field.type)]
    return pq.ParquetWriter(
        target,
        schema,
        compression="zstd",
        compression_level=LEVEL,
        # Codes repeat. Figures do not, but most are small: differences take a third of the bits, which are
        # written and read in half the time. Every engine reads them.
        use_dictionary=texts,
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
        write_statistics=["product", "partner", "period", "year", "month"],
        store_schema=False,
    )


def _refuse_rival(draft: Draft, archive: Archive, vintage: dt.date, outcome: Outcome) -> None:
    """Two archives of one month and day with other bytes: which of them is newer nobody could tell.

    Raises
    ------
    CheckError
        There is one.
    """
    for fact in draft.manifest.facts:
        same = fact.get("kind") == "block" and fact["partners"] is None
        if (
            same
            and (fact["flow"], fact["year"]) == (archive.flow, archive.year)
            and archive.month in fact["months"]
            and fact["vintage"] == vintage.isoformat()
        ):
            raise CheckError(
                f"other {archive.flow}s of {archive.period} are held, of the same day {vintage}",
                where=f"{outcome.path.name} and {fact['source_id']}",
                remedy="Say the day on which this archive was current with --vintage",
            )


# --- tidy files -------------------------------------------------------------------------------------------


def take_table(path: Path, outcome: Outcome, draft: Draft | None, around: Surroundings) -> Outcome:
    """Read, check and classify a tidy file, and put it into a draft; only check it where there is none.

    Raises
    ------
    DataError
        Anything about the file is wrong: nothing of it may be published.
    """
    options = around.options
    found = tidy.read_tidy(path, options.mapping, options.partner, around.partners)
    mapping, years = found.mapping, found.years
    today = dt.datetime.now(tz=dt.UTC).date()
    vintage = options.vintage or today
    notes = [f"read as {mapping.name}"]
    if options.vintage is None:
        notes.append(f"vintage taken as today, {today}; --vintage says otherwise")
    outcome = replace(
        outcome,
        flow=mapping.flow,
        first_period=min(found.rows["period"].to_pylist()),
        last_period=max(found.rows["period"].to_pylist()),
        vintage=vintage,
        source_id=f"{mapping.source}-{outcome.sha256[:8]}",
        rows=found.rows.num_rows,
    )
    around.count(found.rows.num_rows)
    grain = mapping.freq
    covered: set[str] = set()
    for year in years:
        rows = found.of_year(year)
        partners = tidy.partners_of(rows)
        covered |= set(partners or ())
        if draft is None:
            continue
        trade = tidy.as_trade(found, year, around.lists, vintage, outcome.source_id or "")
        stem = f"{mapping.flow}/{year}/{outcome.source_id}"
        by_product = write_rows(draft, f"trade_{grain}", trade, stem)
        by_group = draft.path(f"group_{grain}", stem)
        write_mart(around.marts.by_group, [by_product], by_group, BY_GROUP)
        files = {f"trade_{grain}": by_product, f"group_{grain}": by_group}
        draft.record(
            Block(
                mapping.flow,
                year,
                tidy.months_of(rows, grain),
                vintage,
                outcome.source_id or "",
                partners,
                tuple((table, draft.name_of(place)) for table, place in files.items()),
            ).facts()
            | {
                "digits": mapping.digits,
                "rows": rows.num_rows,
                "list_year": around.lists.nearest(mapping.flow, year),
            }
        )
    if covered:
        notes.append(f"covers {len(covered)} partner{'s' * (len(covered) > 1)}, not all")
    if mapping.digits < 10:
        notes.append(f"codes of {mapping.digits} digits are in no technology group")
    if draft is not None:
        draft.record(source_record(outcome, mapping.source, mapping.publisher, mapping.title))
    return replace(outcome, note="; ".join(notes))


def write_rows(draft: Draft, table: str, rows: pa.Table, stem: str) -> Path:
    """Write rows as a file of a table, in groups that few questions need all of."""
    place = draft.path(table, stem)
    with (
        writing(place),
        pq.ParquetWriter(
            place, rows.schema, compression="zstd", compression_level=LEVEL, store_schema=False
        ) as writer,
    ):
        writer.write_table(rows, row_group_size=DETAIL_ROWS_PER_GROUP)
    return place
