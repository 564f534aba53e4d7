"""Does what is held add up? Each check is an expression that returns the rows that fail.

A check of sums also demands that there is something to sum: comparing with nothing would pass in silence.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import ibis

from techbalance import record
from techbalance.store.catalogue import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibis import Table

    from techbalance.store.catalogue import Store

# Before 1992 the publisher itemised some eighty partners; from then on more than two hundred.
FEWEST_PARTNERS_OF_A_WHOLE: Final = 200
WHERE = ("where", "expected_usd", "found_usd", "tolerance_usd")


@dataclass(frozen=True)
class Checked:
    """Outcome of one check.

    Parameters
    ----------
    name
        What must be true, in words.
    table
        The table it is about.
    rows
        How many rows, or sums, were compared; a check that compared nothing has failed.
    failing
        ``where`` (text), ``expected_usd``, ``found_usd``, ``tolerance_usd``: one per failing row, at most
        twenty.
    """

    name: str
    table: str
    rows: int
    failing: tuple[dict[str, object], ...]

    @property
    def passed(self) -> bool:
        """Whether something was compared and nothing failed."""
        return self.rows > 0 and not self.failing


def _outcome(store: Store, name: str, table: str, compared: Table, failing: Table) -> Checked:
    rows = store.fetch_rows(failing.select(WHERE).order_by("where").limit(20))
    return Checked(name, table, store.count(compared), tuple(rows))


def _beside(compared: Table) -> Table:
    """Keep rows whose two sides are further apart than printed rounding allows."""
    return compared.filter((compared.found_usd - compared.expected_usd).abs() > compared.tolerance_usd)


def months_add_to_the_year(store: Store) -> Checked:
    """Twelve months of one vintage against the year printed at that vintage.

    Thirteen figures are rounded, each by at most half the printed unit.
    """
    rows = store.table("headline").filter(lambda row: row.flow != "balance")
    keys = ["series", "partner", "group", "seasonal", "flow", "year", "vintage"]
    monthly = rows.filter(rows.freq == "month")
    sums = monthly.group_by(keys).aggregate(found_usd=monthly.value_usd.sum(), held=monthly.month.nunique())
    sums = sums.filter(sums.held == 12)
    years = rows.filter(rows.freq == "year").select(
        *keys, expected_usd="value_usd", tolerance_usd=(rows.printed_unit_usd * 13 / 2).cast("int64")
    )
    compared = years.inner_join(sums, keys)
    compared = compared.mutate(
        where=compared.series
        + " "
        + compared.flow
        + " "
        + compared.year.cast("string")
        + " of "
        + compared.vintage.cast("string")
    )
    return _outcome(store, "twelve months add to the printed year", "headline", compared, _beside(compared))


def partners_add_to_the_world(store: Store) -> Checked:
    """Partners of a year against the world total, where the publisher itemised them all.

    Every partner and the world are rounded, each by at most half the printed unit.
    """
    rows = store.table("headline").filter(
        lambda row: (row.series == "goods_census") & (row.seasonal == "nsa") & (row.flow != "balance")
    )
    countries = store.table("partners").filter(lambda row: row.kind != "area").select("code")
    years = rows.filter(rows.freq == "year")
    parts = years.semi_join(countries, years.partner == countries.code)
    keys = ["flow", "year", "vintage"]
    sums = parts.group_by(keys).aggregate(found_usd=parts.value_usd.sum(), partners=parts.partner.nunique())
    sums = sums.filter(sums.partners >= FEWEST_PARTNERS_OF_A_WHOLE)
    months = rows.filter((rows.partner == "WORLD") & (rows.freq == "month"))
    monthly = months.group_by(keys).aggregate(
        expected_usd=months.value_usd.sum(), held=months.month.nunique(), unit=months.printed_unit_usd.max()
    )
    monthly = monthly.filter(monthly.held == 12).drop("held")
    printed = years.filter(years.partner == "WORLD").select(
        *keys, expected_usd="value_usd", unit="printed_unit_usd"
    )
    world = printed.union(monthly.anti_join(printed, keys).select(printed.columns))
    compared = sums.inner_join(world, keys)
    compared = compared.mutate(
        tolerance_usd=(compared.unit * (compared.partners + 13) / 2).cast("int64"),
        where=compared.flow + " " + compared.year.cast("string") + " of " + compared.vintage.cast("string"),
    )
    return _outcome(store, "partners add to the world", "headline", compared, _beside(compared))


def products_add_to_the_total(store: Store) -> Checked:
    """Ten-digit products, in the list and outside it, against published goods imports of the nearest vintage.

    Products are whole dollars, so only the total is rounded.
    """
    inside = store.table("trade").select("flow", "year", "vintage", "general_usd")
    outside = store.table("trade_outside_list").select("flow", "year", "vintage", "general_usd")
    both = inside.union(outside)
    keys = ["flow", "year", "vintage"]
    sums = both.group_by(keys).aggregate(found_usd=both.general_usd.sum())
    totals = store.table("headline").filter(
        lambda row: (
            (row.series == "goods_census")
            & (row.partner == "WORLD")
            & (row.freq == "year")
            & (row.seasonal == "nsa")
        )
    )
    compared = sums.inner_join(totals.select(*keys, "printed_unit_usd", expected_usd="value_usd"), keys)
    compared = compared.mutate(
        tolerance_usd=(compared.printed_unit_usd / 2).cast("int64"),
        where=compared.flow + " " + compared.year.cast("string"),
    )
    return _outcome(store, "products add to published goods trade", "trade", compared, _beside(compared))


def no_total_is_missing(store: Store) -> Checked:
    """Every year between the first and the last of a monthly series has all its months, in both flows."""
    rows = store.table("headline").filter(lambda row: row.freq == "month")
    keys = ["series", "partner", "group", "seasonal", "flow"]
    held = rows.select(*keys, "year", "month").distinct()
    held = held.mutate(place=held.year.cast("int64") * 12 + held.month)
    spans = held.group_by(keys).aggregate(
        first=held.place.min(),
        last=held.place.max(),
        expected=held.place.max() - held.place.min() + 1,
        found=held.count(),
    )
    compared = spans.mutate(
        where=spans.series + " " + spans.flow + ", months",
        expected_usd=spans.expected,
        found_usd=spans.found,
        tolerance_usd=ibis.literal(0),
    )
    return _outcome(
        store, "no month is missing between the first and the last", "headline", compared, _beside(compared)
    )


def no_area_among_partners(store: Store) -> Checked:
    """Trade by partner holds no area, so an area is never added to its members."""
    trade = store.table("trade").select("partner").distinct()
    countries = store.table("partners").filter(lambda row: row.kind != "area").select("code")
    strange = trade.anti_join(countries, trade.partner == countries.code)
    nulls = {name: ibis.null("int64") for name in WHERE[1:]}
    failing = strange.select(where=ibis.literal("partner ") + strange.partner, **nulls)
    return _outcome(store, "no area stands among the partners", "trade", trade, failing)


def no_balance_beside_its_parts(store: Store) -> Checked:
    """A printed balance is kept only where its parts were not printed, so it is never added to them."""
    rows = store.table("headline")
    keys = ["series", "partner", "group", "seasonal", "period", "freq", "vintage"]
    sums = rows.group_by(keys).aggregate(
        balances=(rows.flow == "balance").sum(), parts=(rows.flow != "balance").sum()
    )
    nulls = {name: ibis.null("int64") for name in WHERE[1:]}
    failing = sums.filter((sums.balances > 0) & (sums.parts > 1))
    failing = failing.select(where=failing.series + " " + failing.period, **nulls)
    return _outcome(store, "no balance is stored beside both its parts", "headline", sums, failing)


def every_source_is_recorded(store: Store) -> Checked:
    """Every row names a source whose record is held."""
    known = set(store.sources)
    failing: list[dict[str, object]] = []
    rows = 0
    for name in KEYS:
        table = store.table(name)
        if "source_id" not in table.columns:
            continue
        ids = store.fetch(table.select("source_id").distinct())["source_id"].to_pylist()
        rows += len(ids)
        failing += [
            {"where": f"{name}: source {one}", "expected_usd": None, "found_usd": None, "tolerance_usd": None}
            for one in ids
            if one not in known
        ]
    return Checked("every row names a recorded source", "all", rows, tuple(failing))


def keys_are_unique(store: Store) -> Checked:
    """No table holds two rows of one key."""
    failing: list[dict[str, object]] = []
    rows = 0
    for name, keys in KEYS.items():
        table = store.table(name)
        rows += store.count(table)
        counts = table.group_by(list(keys)).aggregate(held=table.count())
        for row in store.fetch_rows(counts.filter(counts.held > 1).limit(20)):
            where = f"{name}: " + ", ".join(f"{key} {row[key]}" for key in keys)
            failing.append({"where": where, "expected_usd": 1, "found_usd": row["held"], "tolerance_usd": 0})
    return Checked("no key is held twice", "all", rows, tuple(failing))


def bytes_are_as_recorded(store: Store) -> Checked:
    """The bundled tables have the hash that their provenance states."""
    del store
    failing: list[dict[str, object]] = []
    for name in KEYS:
        found = hashlib.sha256(record.path(name).read_bytes()).hexdigest()
        if found != record.provenance(name)["sha256"]:
            where = f"{record.path(name).name}: sha256 {found}"
            failing.append({"where": where, "expected_usd": None, "found_usd": None, "tolerance_usd": None})
    return Checked("the bundled tables are the recorded bytes", "all", len(KEYS), tuple(failing))


CHECKS: Final[tuple[Callable[[Store], Checked], ...]] = (
    months_add_to_the_year,
    partners_add_to_the_world,
    products_add_to_the_total,
    no_total_is_missing,
    no_area_among_partners,
    no_balance_beside_its_parts,
    every_source_is_recorded,
    keys_are_unique,
    bytes_are_as_recorded,
)
