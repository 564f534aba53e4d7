"""Who sold how much under which six-digit code? The same cells from the file, the store, or a panel."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from techbalance.classifications.groups import OUTSIDE
from techbalance.classifications.partners import WORLD
from techbalance.classifications.stories import revision_of
from techbalance.errors import NotCoveredError
from techbalance.outline import ibis
from techbalance.questions.answer import Lineage
from techbalance.questions.selection import labelled_partners, partner_book
from techbalance.questions.supply.trade import WORLD_CODES, reporter_codes
from techbalance.questions.trade_read import QUANTITIES, TradeRead
from techbalance.store.hs6 import FILE, FLOWS, find_hs6, read_hs6
from techbalance.store.panels import open_panel

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable

    from ibis import Table

    from techbalance.questions.parameters.stories import StoryParams
    from techbalance.store.catalogue import Store

DIGITS: Final = 6
# Amounts up to this many units agree by chance.
FEWEST: Final = 1000
# Value and quantity of the store's trade by flow.
VALUES: Final = {"import": ("general_usd", "general_qty_1"), "export": ("export_usd", "export_qty_1")}


@dataclass(frozen=True, slots=True)
class Cell:
    """Trade of one year with one partner under one code.

    Parameters
    ----------
    value
        Whole US dollars.
    quantity, unit, weight
        Quantity and its unit, and kilograms; None where not given.
    """

    year: int
    partner: str
    code: str
    value: int
    quantity: float | None = None
    unit: str | None = None
    weight: float | None = None


@dataclass(frozen=True)
class Traded:
    """What is held of the codes of a story.

    Parameters
    ----------
    source
        ``hs6``, ``trade`` or ``panel``.
    cells
        One per year, partner and code; a unit that differs makes two.
    held
        Partner and year that are held whole: a code without a cell was not traded.
    is_world
        Whether all suppliers are held, so that shares of the whole have a meaning.
    fills_zeros
        Whether a missing code of a held partner and year is a zero; in a panel of a user's it is unknown.
    revision
        From year to the revision of the codes.
    uncovered
        By year, the codes (six digits or a heading) of which ten-digit products are missing, with the reason.
    notes, lineage
        What must be known, and the stored rows.
    at_customs_value
        Partners whose imports are at customs value, where those of others are at c.i.f. value.
    vintages
        Day on which the figures of a year were current, where that is known.
    too_early
        Years that are held, but were first published after the day asked for.
    """

    source: str
    cells: tuple[Cell, ...]
    held: frozenset[tuple[str, int]]
    is_world: bool
    fills_zeros: bool = True
    revision: Callable[[int], str | None] = revision_of
    uncovered: dict[int, dict[str, str]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lineage: tuple[Lineage, ...] = ()
    at_customs_value: frozenset[str] = frozenset()
    vintages: dict[int, dt.date] = field(default_factory=dict)
    too_early: frozenset[int] = frozenset()

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years of which anything is held."""
        return tuple(sorted({year for _, year in self.held}))

    @cached_property
    def partners(self) -> tuple[str, ...]:
        """Partners of which any year is held."""
        return tuple(sorted({partner for partner, _ in self.held}))

    @cached_property
    def _by_place(self) -> dict[tuple[int, str], list[Cell]]:
        found: dict[tuple[int, str], list[Cell]] = {}
        for cell in self.cells:
            found.setdefault((cell.year, cell.partner), []).append(cell)
        return found

    def of(self, year: int, partner: str, codes: Iterable[str]) -> list[Cell]:
        """Cells of one year and partner whose code begins with one of the codes."""
        starts = tuple(codes)
        return [cell for cell in self._by_place.get((year, partner), []) if cell.code.startswith(starts)]


def traded_in(params: StoryParams, store: Store, codes: tuple[str, ...]) -> Traded:
    """Read trade in some codes: from the panel named, else from what was asked for, else from what is held.

    Raises
    ------
    NotCoveredError
        What was asked for is not held.
    """
    if params.panel is not None:
        return _from_panel(params, store, codes)
    # The file has no vintages, so a day is asked of the store.
    if params.data == "hs6" or (params.data == "auto" and params.as_of is None and _has_file(store)):
        return _from_file(params, store, codes)
    return _from_trade(params, store, codes)


def _has_file(store: Store) -> bool:
    try:
        find_hs6(store)
    except NotCoveredError:
        return False
    return True


def _cells(rows: Iterable[dict[str, Any]]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            int(row["year"]),
            row["partner"],
            row["code"],
            round(row["value"]),
            row.get("quantity"),
            row.get("unit"),
            row.get("weight"),
        )
        for row in rows
    )


def _measured(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Take away quantities that are no measurement, but a value over one unit value for all.

    Where a country reports no quantity, Comtrade puts one in that gives every partner the same unit value.
    Two partners with the same one, to the last digits, in a year and code are such.
    """
    seen: dict[tuple[object, ...], set[str]] = {}
    for cell in cells:
        for name in ("quantity", "weight"):
            if (rate := _rate(cell, name)) is not None:
                seen.setdefault((name, cell.year, cell.code, cell.unit, rate), set()).add(cell.partner)
    made = {key for key, partners in seen.items() if len(partners) > 1}

    def kept(cell: Cell, name: str) -> float | None:
        rate = _rate(cell, name)
        amount: float | None = getattr(cell, name)
        return None if (name, cell.year, cell.code, cell.unit, rate) in made else amount

    return tuple(
        replace(cell, quantity=kept(cell, "quantity"), weight=kept(cell, "weight")) for cell in cells
    )


def _rate(cell: Cell, name: str) -> str | None:
    """Value over an amount, to the digits in which made-up ones agree; None for amounts too small."""
    amount: float | None = getattr(cell, name)
    return f"{cell.value / amount:.5g}" if amount and amount > FEWEST else None


def among(rows: Table, codes: Iterable[str]) -> Table:
    """Keep the rows whose product begins with one of the codes."""
    keep = ibis.literal(value=False)
    for code in sorted(codes):
        keep |= rows["product"].startswith(code)
    return rows.filter(keep)


def _from_file(params: StoryParams, store: Store, codes: tuple[str, ...]) -> Traded:
    table = read_hs6(store)
    table = table.filter(pc.equal(table["flow"], FLOWS[params.flow]))
    places = table.group_by(["partner", "year"]).aggregate([("cif_usd", "count")])
    found = [row | {"cif": row["cif_usd_count"]} for row in places.to_pylist()]
    among = pc.match_substring_regex(table["product"], f"^({'|'.join(codes)})")
    rows = [
        row | {"code": row["product"], "value": row["value_usd"], "weight": row["weight_kg"]}
        for row in table.filter(among).to_pylist()
    ]
    notes = [
        f"From {FILE.rpartition('/')[2]}: {params.flow}s of the United States by six-digit code; partners "
        f"{', '.join(sorted({row['partner'] for row in found})) or 'none'} only: no share of all.",
    ]
    customs = frozenset(row["partner"] for row in found if not row["cif"]) if params.flow == "import" else ()
    if params.flow == "import":
        notes.append(
            "Values are c.i.f., as Comtrade has them, some per cent above customs value"
            + (f"; those of {', '.join(sorted(customs))} are customs value." if customs else ".")
        )
    return Traded(
        "hs6",
        _measured(_cells(rows)),
        frozenset((row["partner"], int(row["year"])) for row in found),
        is_world=False,
        notes=tuple(notes),
        at_customs_value=frozenset(customs),
    )


def _from_panel(params: StoryParams, store: Store, codes: tuple[str, ...]) -> Traded:
    table = open_panel(store, str(params.panel))
    inside = sorted(reporter_codes(store, params.reporter))
    own, other = ("importer", "exporter") if params.flow == "import" else ("exporter", "importer")
    table = table.filter(table[own].isin(inside), ~table[other].isin([*inside, *sorted(WORLD_CODES)]))
    rows = among(table.mutate(partner=table[other]), codes)
    extra = [name for name in ("quantity", "unit") if name in table.columns]
    sums: dict[str, Any] = {"value": rows.value_usd.sum()}
    if "quantity" in extra:
        # A sum over rows of which one has no quantity would be too small.
        whole = rows.quantity.count() == rows.count()
        sums["quantity"] = ibis.ifelse(whole, rows.quantity.sum(), ibis.null("float64"))
    keys = ["year", "partner", *[name for name in extra if name == "unit"]]
    summed = rows.group_by(*keys, code=rows["product"][:DIGITS]).aggregate(**sums)
    held = table.select("year", partner=table[other]).distinct()
    named = params.revision.name if params.revision else None
    return Traded(
        "panel",
        _cells(store.fetch_rows(summed)),
        frozenset((row["partner"], int(row["year"])) for row in store.fetch_rows(held)),
        is_world=True,
        fills_zeros=False,
        revision=revision_of if named is None else lambda _: named,
        notes=(
            f"From the panel {params.panel}: {params.flow}s of {params.reporter}; shares are of all partners "
            "in it.",
        ),
    )


def _from_trade(params: StoryParams, store: Store, codes: tuple[str, ...]) -> Traded:
    read = TradeRead(store, params.as_of.day if params.as_of else None)
    known = {year: one for (flow, (year,)), one in read.covered.items() if flow == params.flow}
    rows = among(read.stored(QUANTITIES).filter(lambda row: row.flow == params.flow), codes)
    value, quantity = VALUES[params.flow]
    rows = labelled_partners(rows, store)
    # Rows without a quantity are cells of their own, so that a unit value is of what has one.
    keys = {
        "code": rows["product"][:DIGITS],
        "unit": rows.unit_1,
        "told": rows[quantity].fill_null(0) > 0,
    }
    summed = rows.group_by("year", "partner", **keys).aggregate(
        value=rows[value].sum(), quantity=rows[quantity].cast("float64").sum()
    )
    summed = summed.mutate(quantity=ibis.ifelse(summed.told, summed.quantity, ibis.null("float64")))
    listed = _whole(store, read, params, sorted(known))
    suppliers = _suppliers(store)
    labels = {row["code"]: row["iso3"] or row["code"] for row in partner_book(store).partners}
    of_some = {
        year: sorted({labels[code] for code in one.partners})
        for year, one in known.items()
        if one.partners is not None
    }
    held = {(partner, year) for year in known for partner in of_some.get(year, suppliers)}
    return Traded(
        "trade",
        _cells(store.fetch_rows(summed)),
        frozenset(held),
        is_world=not of_some,
        uncovered=_off_list(store, params, codes, [year for year, whole in listed.items() if not whole]),
        vintages={year: one.vintage for year, one in known.items()},
        too_early=frozenset(year for flow, (year,) in TradeRead(store).covered if flow == params.flow)
        - set(known),
        notes=(
            "From ten-digit products, general imports at customs value."
            if params.flow == "import"
            else "From ten-digit products, exports f.a.s.",
            *_list_note(listed),
        ),
        lineage=(Lineage("trade", rows, f"sum of {value} over the codes of the story", value=value),),
    )


def _whole(store: Store, read: TradeRead, params: StoryParams, years: list[int]) -> dict[int, bool]:
    """Of each year, whether products outside the list are held as well."""
    sums = read.rows(by_product=False).filter(lambda row: row.flow == params.flow)
    outside = sums.filter((sums["group"] == OUTSIDE) & (sums.match != "undecided")).select("year").distinct()
    found = set(store.fetch(outside)["year"].to_pylist())
    return {year: year in found for year in years}


def _list_note(listed: dict[int, bool]) -> list[str]:
    partly = sorted(year for year, whole in listed.items() if not whole)
    if not partly:
        return []
    span = str(partly[0]) if len(partly) == 1 else f"{partly[0]} to {partly[-1]}"
    return [f"Of {span} only products on the list of Advanced Technology Products are held by partner."]


def _suppliers(store: Store) -> list[str]:
    book = store.table("partners").filter(lambda row: (row.kind == "country") & (row.code != WORLD))
    labels = book.select(label=ibis.coalesce(book.iso3, book.code)).distinct()
    return sorted(str(one) for one in store.fetch(labels)["label"].to_pylist())


def _off_list(
    store: Store, params: StoryParams, codes: tuple[str, ...], years: list[int]
) -> dict[int, dict[str, str]]:
    """By year, codes of which some or all ten-digit products are not on the list, and so not held."""
    if not years:
        return {}
    members = store.table("membership").filter(lambda row: row.flow == params.flow)
    counted = members.group_by(code=members.code[:DIGITS], year=members.year).aggregate(
        all=members.count(), outside=(members["group"] == OUTSIDE).sum()
    )
    lists: dict[int, dict[str, tuple[int, int]]] = {}
    for row in store.fetch_rows(counted):
        lists.setdefault(int(row["year"]), {})[row["code"]] = (int(row["all"]), int(row["outside"]))
    found: dict[int, dict[str, str]] = {}
    for year in years:
        nearest = min(lists, key=lambda one: (abs(one - year), one), default=None)
        if nearest is None:
            continue
        for prefix in codes:
            counts = [pair for code, pair in lists[nearest].items() if code.startswith(prefix)]
            every, outside = sum(pair[0] for pair in counts), sum(pair[1] for pair in counts)
            if outside:
                found.setdefault(year, {})[prefix] = "none" if outside == every else "some"
    return found
