"""Which stored figures can a statement be held against? Histories by place, read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from techbalance.classifications.groups import ALL_GROUPS, group_code
from techbalance.classifications.partners import WORLD
from techbalance.indicators import periods
from techbalance.outline import ibis
from techbalance.questions import selection
from techbalance.questions.answer import Lineage
from techbalance.questions.evidence.history import History
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.questions.products import Products
from techbalance.questions.published import Published

if TYPE_CHECKING:
    from ibis import Table

    from techbalance.classifications.partners import Member
    from techbalance.store.catalogue import Store

COLUMNS: Final = {"balance": "balance_usd", "export": "exports_usd", "import": "imports_usd"}
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """What a statement is about: a series, a partner and a group, with their defaults filled in."""

    series: str = "atp"
    partner: str = WORLD
    group: str = ALL_GROUPS

    @property
    def is_whole(self) -> bool:
        """Whether it is the world and all groups."""
        return self.partner == WORLD and self.group == ALL_GROUPS


@dataclass
class Held:
    """The stored figures, read as they are asked for and kept.

    Parameters
    ----------
    store
        Where they are read from.
    day
        Look at nothing published after this day; None for everything.
    """

    store: Store
    day: dt.date | None = None
    _rows: dict[object, Rows] = field(default_factory=dict)
    lineage: dict[object, Lineage] = field(default_factory=dict)

    def history(self, place: Place, flow: str) -> History:
        """Annual revisions of a balance or a flow.

        Printed figures of the place and, for trade in Advanced Technology Products, sums of ten-digit
        products are revisions of one another; of one day the printed figure counts.
        """
        rows = self._annual(place) if place.is_whole or self._is_printed_in_parts(place.series) else []
        if place.series == "atp" and not place.is_whole:
            rows = rows + self._from_products(place)
        values = [
            (row["year"], row["vintage"], row["basis"] == periods.PRINTED, row[COLUMNS[flow]]) for row in rows
        ]
        return History.of(values)

    def _members(self, partner: str) -> tuple[Member, ...] | None:
        return None if partner == WORLD else selection.chosen_partners(self.store, PartnerRef((partner,)))

    def _annual(self, place: Place) -> Rows:
        key = ("published", place)
        if key not in self._rows:
            group = place.group if place.group == ALL_GROUPS else group_code(place.group)
            published = Published(
                self.store, place.series, "year", members=self._members(place.partner), group=group
            )
            columns = ("exports_usd", "imports_usd", "printed_balance_usd")
            rows = periods.up_to(published.rows(), self.day)
            table = periods.figures(rows, "year")
            table = table.group_by("year", "vintage", "basis").aggregate(
                partners=table.partner.nunique(),
                **{name: table[name].sum() for name in columns},
                **{f"{name}_held": table[name].count() for name in columns},
            )
            # A member that is missing is no zero, so an area has no figure without it.
            table = table.filter(table.partners >= published.partners_wanted(table))
            table = table.mutate(
                **{
                    name: ibis.ifelse(
                        table[f"{name}_held"] == table.partners, table[name], ibis.null("int64")
                    )
                    for name in columns
                }
            ).select("year", "vintage", "basis", *columns)
            self._rows[key] = [_with_balance(row) for row in self.store.fetch_rows(table)]
            self._remember(key, "headline", rows, "balance = exports - imports, on every vintage")
        return self._rows[key]

    def _is_printed_in_parts(self, series: str) -> bool:
        """Whether anything of a series is printed by partner or by group."""
        key = ("parts", series)
        if key not in self._rows:
            headline = self.store.table("headline")
            parts = (headline.partner != WORLD) | (headline["group"] != ALL_GROUPS)
            rows = headline.filter(headline.series == series, parts)
            self._rows[key] = self.store.fetch_rows(rows.select("series").distinct())
        return bool(self._rows[key])

    def _cells(self) -> Rows:
        """Ten-digit products added up by year, group and partner, read once for every place."""
        key = ("cells",)
        if key not in self._rows:
            trade = Products(self.store, self.day)
            self._rows[key] = self.store.fetch_rows(trade.figures(("group", "partner")))
            self._remember(key, "trade", trade.rows(), "sum over ten-digit products by group and partner")
        return self._rows[key]

    def _from_products(self, place: Place) -> Rows:
        group = None if place.group == ALL_GROUPS else group_code(place.group)
        members = self._members(place.partner)
        spans = None if members is None else selection.spans_by_label(self.store, members)
        cells = [
            row for row in self._cells() if (group is None or row["group"] == group) and _is_meant(row, spans)
        ]
        return _added_up(cells, ("year", "vintage"))

    def by_key(self, series: str, by: str, flow: str, group: str = ALL_GROUPS) -> dict[Any, History]:
        """Histories of every partner, or of every group, for ranking them; partners by ISO3 code."""
        key = ("every", series, by, group)
        if key not in self._rows:
            self._rows[key] = self._every(series, by, group, key)
        found: dict[Any, list[tuple[int, dt.date, bool, int | None]]] = {}
        for row in self._rows[key]:
            found.setdefault(row[by], []).append(
                (row["year"], row["vintage"], row["basis"] == periods.PRINTED, row[COLUMNS[flow]])
            )
        histories = {one: History.of(rows) for one, rows in found.items()}
        return {one: history for one, history in histories.items() if history.revisions}

    def _every(self, series: str, by: str, group: str, key: object) -> Rows:
        code = group if group == ALL_GROUPS else group_code(group)
        added: Rows = []
        if series == "atp":
            cells = [row for row in self._cells() if code in (ALL_GROUPS, row["group"])]
            added = _added_up(cells, ("year", "vintage", by))
            if not self._is_printed_in_parts(series):
                return added
        columns = ("exports_usd", "imports_usd", "printed_balance_usd")
        published = Published(self.store, series, "year", by_partner=by == "partner", group=code)
        rows = periods.up_to(published.rows() if by == "partner" else published.group_rows(), self.day)
        table = periods.figures(rows, "year")
        table = table.group_by("year", "vintage", "basis", by).aggregate(
            **{name: table[name].sum() for name in columns}
        )
        found = [_with_balance(row) for row in self.store.fetch_rows(table)]
        self._remember(key, "headline", rows, f"balance by {by}, on every vintage")
        return found + added

    def label(self, partner: str) -> str:
        """The ISO3 code, or the Census code, under which a partner's rows stand."""
        members = self._members(partner) or ()
        codes = {member.code for member in members}
        book = {
            row["code"]: row["iso3"] or row["code"] for row in selection.partner_book(self.store).partners
        }
        return next((book[code] for code in sorted(codes) if code in book), partner)

    def _remember(self, key: object, table: str, rows: Table, formula: str) -> None:
        self.lineage[key] = Lineage(table, rows, formula)


def _is_meant(row: dict[str, Any], spans: dict[str, list[selection.Span]] | None) -> bool:
    """Whether a cell's partner belongs to the selection in the cell's year."""
    if spans is None:
        return True
    return any(
        (start is None or row["year"] >= start) and (end is None or row["year"] <= end)
        for start, end in spans.get(row["partner"], [])
    )


def _added_up(cells: Rows, keys: tuple[str, ...]) -> Rows:
    """Add cells up by their keys; a flow that no cell has stays null."""
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in cells:
        start = {name: row[name] for name in keys}
        start |= {"exports_usd": None, "imports_usd": None, "printed_balance_usd": None, "basis": "products"}
        total = sums.setdefault(tuple(row[name] for name in keys), start)
        for name in ("exports_usd", "imports_usd"):
            if row[name] is not None:
                total[name] = (total[name] or 0) + row[name]
    return [_with_balance(row) for row in sums.values()]


def _with_balance(row: dict[str, Any]) -> dict[str, Any]:
    exports, imports = row["exports_usd"], row["imports_usd"]
    both = exports is not None and imports is not None
    return row | {"balance_usd": exports - imports if both else row["printed_balance_usd"]}
