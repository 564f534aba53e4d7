"""Which stored trade answers for a period, and of whom is it known? The blocks behind a question.

The user never chooses: a year is read from the file of its own where its twelve months were added up at
ingest, else from the months; groups from their own sums; and the record where nothing was ingested.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from techbalance.indicators import periods
from techbalance.outline import ibis
from techbalance.questions.selection import STORES_REMEMBERED, partner_book
from techbalance.store.holdings import ANNUAL, Block, Coverage, Part, Read, Selection, coverage, parts

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from ibis import Table
    from ibis.expr.types import BooleanValue, IntegerValue

    from techbalance.classifications.partners import Member
    from techbalance.indicators.periods import Freq
    from techbalance.questions.parameters.texts import Years
    from techbalance.store.catalogue import Store

FLOWS: Final = ("export", "import")
# A bucket is a year, or a year with a quarter or a month in it.
Bucket = tuple[int, ...]
VALUES: Final = ("general_usd", "consumption_usd", "dutiable_usd", "duty_usd", "export_usd", "domestic_usd")
# What was ingested may have them: first quantity and its unit.
QUANTITIES: Final = ("general_qty_1", "export_qty_1", "unit_1")
KEYS: Final = ("reporter", "flow", "system", "product", "partner", "year", "group", "match", "list_year")
COLUMNS: Final = (
    *KEYS[:5],
    "period",
    "year",
    "month",
    "freq",
    "months",
    *VALUES,
    *KEYS[6:],
    "vintage",
    "source_id",
)


@lru_cache(maxsize=STORES_REMEMBERED)
def all_blocks(store: Store) -> tuple[Block, ...]:
    """Every block of trade: those that were ingested, and the years that ship or were put down by hand."""
    trade = store.table("trade")
    found = trade.group_by("flow", "year", "vintage").aggregate(source_id=trade.source_id.max())
    shipped = [
        Block(row["flow"], row["year"], (ANNUAL,), row["vintage"], row["source_id"])
        for row in store.fetch_rows(found.order_by("flow", "year", "vintage"))
    ]
    return (*shipped, *store.blocks)


@dataclass(frozen=True)
class TradeRead:
    """Trade of some years, as it was known on a day.

    Parameters
    ----------
    store
        Where it is read from.
    day
        What was known on this day; None for the newest of all.
    years
        Years wanted; None for all that are held.
    freq
        The period of a figure.
    ytd_months
        For ``ytd``: January to this month.
    left_out
        Flows and years of which what ships is not read.
    """

    store: Store
    day: dt.date | None = None
    years: Years | None = None
    freq: Freq = "year"
    ytd_months: int = 12
    left_out: frozenset[tuple[str, int]] = frozenset()

    @cached_property
    def selection(self) -> Selection:
        """The blocks known on the day."""
        blocks = all_blocks(self.store)
        if self.left_out:
            blocks = tuple(one for one in blocks if one.files or (one.flow, one.year) not in self.left_out)
        return Selection(blocks, self.day)

    @property
    def token(self) -> str:
        """Tells apart reads of one store."""
        return f"{self.day} {self.years} {self.freq} {sorted(self.left_out)}"

    def ahead_of_own(self) -> list[tuple[str, int]]:
        """Flows and full years of which what ships is read, though the store has an older revision."""
        if self.freq != "year":
            return []
        shipped = {
            (flow, bucket[0])
            for (flow, bucket), reads in self.reads.items()
            if not all(one.block.files for one in reads)
        }
        own = replace(self, left_out=self.left_out | shipped).covered
        known = {(flow, bucket[0]): held for (flow, bucket), held in own.items()}
        return sorted(place for place in shipped & known.keys() if known[place].partners is None)

    @property
    def wanted_years(self) -> tuple[int, ...]:
        """Years of which anything is held, of those wanted."""
        return tuple(year for year in self.selection.years if self.years is None or year in self.years)

    @cached_property
    def reads(self) -> dict[tuple[str, Bucket], list[Read]]:
        """What stands for each flow and period that is held whole, for all partners or for some."""
        found = {}
        for year in self.wanted_years:
            for flow in FLOWS:
                for bucket, reads in self._of_year(flow, year):
                    if reads:
                        found[flow, bucket] = reads
        return found

    def _of_year(self, flow: str, year: int) -> Iterator[tuple[Bucket, list[Read]]]:
        if self.freq == "year":
            yield (year,), self.selection.whole_year(flow, year)
        elif self.freq == "ytd":
            yield (year,), self.selection.span(flow, year, range(1, self.ytd_months + 1))
        elif self.freq == "quarter":
            for quarter in range(1, 5):
                months = range(3 * quarter - 2, 3 * quarter + 1)
                yield (year, quarter), self.selection.span(flow, year, months)
        else:
            for month in range(1, 13):
                yield (year, month), self.selection.span(flow, year, (month,))

    @cached_property
    def covered(self) -> dict[tuple[str, Bucket], Coverage]:
        """What is known of each flow and period."""
        found = {place: coverage(reads) for place, reads in self.reads.items()}
        return {place: one for place, one in found.items() if one is not None}

    # --- rows ---------------------------------------------------------------------------------------------

    def rows(self, *, by_product: bool = True) -> Table:
        """Rows of trade that answer for the periods: one per product (or group) and partner, and year.

        Parameters
        ----------
        by_product
            False where no question is asked of products: their sums by group are read then.

        Returns
        -------
        Table
            Months for other periods than years. ``COLUMNS``, without ``product`` where not ``by_product``.
        """
        columns = [name for name in COLUMNS if by_product or name != "product"]
        grain = "trade" if by_product else "group"
        found = []
        months: list[Read] = []
        for (flow, bucket), reads in self.reads.items():
            whole = self._added_up(flow, bucket[0], reads)
            if whole is not None:
                found.append((f"{grain}_year", Part(whole)))
            else:
                months += reads
        found += [(f"{grain}_{_freq(part)}", part) for part in parts(months)]
        tables = self._tables(found, columns)
        if self.freq == "year":
            tables = [_added(table, columns) if monthly else table for table, monthly in tables]
        else:
            tables = [table for table, _ in tables]
        return _together(tables, self._none(columns))

    def stored(self, further: tuple[str, ...] = ()) -> Table:
        """The stored rows behind ``rows``, as they came in: months where a year was made of months.

        ``further`` columns are null where the record has none.
        """
        columns = [*COLUMNS, *further]
        reads = [one for some in self.reads.values() for one in some]
        found = [(f"trade_{_freq(part)}", part) for part in parts(reads)]
        tables = [table for table, _ in self._tables(found, columns)]
        return _together(tables, self._none(columns))

    def _added_up(self, flow: str, year: int, reads: list[Read]) -> Block | None:
        """The file of a year whose months were added up at ingest, where they are the months read."""
        fact = self.store.years_added_up.get((flow, year))
        if fact is None or self.freq != "year" or any(one.partners is not None for one in reads):
            return None
        if sorted(dict(one.block.files).get("trade_month", "") for one in reads) != fact["months"]:
            return None
        return replace(reads[0].block, months=(ANNUAL,), files=tuple(sorted(fact["files"].items())))

    def _tables(self, found: Iterable[tuple[str, Part]], columns: list[str]) -> list[tuple[Table, bool]]:
        """One table per kind of file and filter, and whether its rows are months."""
        files: dict[tuple[str, frozenset[int] | None, frozenset[str] | None], list[str]] = defaultdict(list)
        shipped: list[Block] = []
        for name, part in found:
            if part.block.files:
                files[name, part.months, part.partners].append(dict(part.block.files)[name])
            else:
                shipped.append(part.block)
        tables = []
        if shipped:
            rows = self.store.table("trade")
            tables.append((_as_own(rows.filter(_of_blocks(rows, shipped)), columns), False))
        for (name, months, partners), held in files.items():
            rows = self.store.own(name, tuple(sorted(held)))
            if months is not None:
                rows = rows.filter(rows.month.isin(sorted(months)))
            if partners is not None:
                rows = rows.filter(rows.partner.isin(sorted(partners)))
            tables.append((rows.select(columns), name.endswith("_month")))
        return tables

    def shipped(self, rows: Table) -> Table:
        """Keep rows of a table of the record that belong to the blocks read: by flow, year and vintage."""
        blocks = {one.block for some in self.reads.values() for one in some if not one.block.files}
        return rows.filter(_of_blocks(rows, blocks))

    def _none(self, columns: list[str]) -> Table:
        return _as_own(self.store.table("trade").filter(ibis.literal(value=False)), columns)

    # --- coverage -----------------------------------------------------------------------------------------

    def is_known(
        self, rows: Table, flow: str, members: tuple[Member, ...] | None, *, together: bool = False
    ) -> BooleanValue:
        """Whether a flow is known in the period of each row: a cell without trade is a zero then.

        Parameters
        ----------
        rows
            The columns of a period; with ``partner``, labels of partners.
        flow
            ``export`` or ``import``.
        members
            Partners asked for together, where rows have no partner; None for the world.
        together
            Whether partners count together even where rows have one each.
        """
        by_partner = "partner" in rows.columns and not together
        place = self.place(rows)
        buckets: dict[frozenset[str] | None, list[Bucket]] = defaultdict(list)
        for (one, bucket), held in self.covered.items():
            if one == flow:
                buckets[held.partners].append(bucket)
        known: BooleanValue = ibis.literal(value=False)
        for partners, some in buckets.items():
            here = place.isin([_number(bucket) for bucket in some])
            if partners is None:
                known |= here
            elif by_partner:
                known |= here & rows.partner.isin(self.labels(partners, some))
            elif members is not None and {member.code for member in members} <= partners:
                known |= here
        return known

    def labels(self, partners: frozenset[str], buckets: list[Bucket]) -> list[str]:
        """Labels of partners all of whose codes are among these."""
        first, last = min(bucket[0] for bucket in buckets), max(bucket[0] for bucket in buckets)
        codes: dict[str, set[str]] = defaultdict(set)
        for row in partner_book(self.store).partners:
            starts, ends = row["from_year"] or first, row["to_year"] or last
            if starts <= last and ends >= first:
                codes[row["iso3"] or row["code"]].add(row["code"])
        return sorted(label for label, some in codes.items() if some <= partners)

    def place(self, rows: Table) -> IntegerValue:
        """The period of each row as one number: 2024, or 202407."""
        bucket = periods.BUCKETS[self.freq]
        year: IntegerValue = rows.year.cast("int32")
        return year if len(bucket) == 1 else year * 100 + rows[bucket[1]].cast("int32")

    def newest(self, rows: Table) -> ibis.Value:
        """The newest vintage that was read for the period of each row; null where none was."""
        place = self.place(rows)
        days: dict[int, dt.date] = {}
        for (_, bucket), held in self.covered.items():
            number = _number(bucket)
            days[number] = max(held.vintage, days.get(number, held.vintage))
        by_day: dict[dt.date, list[int]] = defaultdict(list)
        for number, day in days.items():
            by_day[day].append(number)
        cases = [(place.isin(numbers), ibis.literal(day)) for day, numbers in sorted(by_day.items())]
        return ibis.cases(*cases, else_=ibis.null("date")) if cases else ibis.null("date")


def _of_blocks(rows: Table, blocks: Iterable[Block]) -> BooleanValue:
    wanted: BooleanValue = ibis.literal(value=False)
    for block in sorted(blocks, key=lambda one: (one.flow, one.year, one.vintage)):
        day = ibis.literal(block.vintage)
        wanted |= (rows.flow == block.flow) & (rows.year == block.year) & (rows.vintage == day)
    return wanted


def _number(bucket: Bucket) -> int:
    return bucket[0] if len(bucket) == 1 else bucket[0] * 100 + bucket[1]


def _freq(part: Part) -> str:
    return "year" if part.block.is_annual else "month"


def _as_own(rows: Table, columns: list[str]) -> Table:
    """Rows of the record with the columns that only ingested trade has; sums of products lack the product."""
    kinds = {"month": "int8"} | dict.fromkeys((*VALUES, *QUANTITIES), "int64") | {"unit_1": "string"}
    return rows.select(
        **{name: rows[name] if name in rows.columns else ibis.null(kinds[name]) for name in columns}
    )


def _added(months: Table, columns: list[str]) -> Table:
    """Add months up to years."""
    keys = [name for name in KEYS if name in columns]
    rows = months.group_by(keys).aggregate(
        **{name: months[name].sum() for name in VALUES},
        vintage=months.vintage.max(),
        source_id=months.source_id.max(),
    )
    rows = rows.mutate(
        period=rows.year.cast("string"),
        month=ibis.null("int8"),
        freq=ibis.literal("year"),
        months=ibis.literal(12).cast("int8"),
    )
    return rows.select(columns)


def _together(tables: list[Table], nothing: Table) -> Table:
    if not tables:
        return nothing
    return tables[0] if len(tables) == 1 else ibis.union(*tables)
