"""Which rows does a screen flag? The screen that ships or the user's, judged year by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from techbalance.errors import UnknownCodeError
from techbalance.indicators.concentration import SupplierColumns
from techbalance.indicators.screens.declaration import read_screen, shipped_screen, shipped_screens
from techbalance.indicators.screens.judgement import judge_items, judge_years
from techbalance.indicators.screens.measures import ScreenFlows, screen_measures
from techbalance.questions.product_lists.naming import or_a_file
from techbalance.questions.supply.trade import AMOUNT, ITEM
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ibis import Table

    from techbalance.indicators.screens.declaration import Criterion, Screen
    from techbalance.questions.parameters.dependence_texts import Thresholds
    from techbalance.questions.supply.trade import Supply

Key = tuple[str, str, int]


@dataclass(frozen=True)
class Verdict:
    """What a screen says of one item, looking back from one year.

    Parameters
    ----------
    flag
        Whether the rule over years holds; None where it cannot be judged.
    criteria_met
        ``k of m judged`` in that year.
    persistence
        ``n of m years``, all years up to that one.
    met
        Criteria that are met in that year.
    nearest
        Of the criteria with a value, the one least far beyond its threshold; it decides.
    distance
        How far beyond, in the unit of the measure; negative is short of it.
    all_judged_met
        Whether every criterion that could be judged is met, and one could.
    note
        Why there is no flag.
    """

    flag: bool | None
    criteria_met: str
    persistence: str | None
    met: tuple[str, ...]
    nearest: str | None
    distance: float | None
    all_judged_met: bool
    note: str | None


def chosen_screen(name: str, thresholds: Thresholds | None) -> Screen:
    """Find a screen that ships, or read the user's file, with other thresholds where given.

    Raises
    ------
    UnknownCodeError
        Neither a screen nor a file has this name, or a threshold names no criterion of it.
    SchemaError
        The file is no screen.
    ParameterError
        A threshold is out of range.
    """
    if name in shipped_screens():
        screen = shipped_screen(name)
    elif is_file(name):
        screen = read_screen(read_text(name), origin=name)
    else:
        error = UnknownCodeError.among("screen", name, shipped_screens())
        raise UnknownCodeError(error.what, remedy=or_a_file(error.remedy, "TOML file of yours"))
    return screen if thresholds is None else screen.with_thresholds(dict(thresholds.values))


@dataclass(frozen=True)
class Screened:
    """A screen judged on what is held.

    Parameters
    ----------
    supply
        The trade.
    screen
        The rule.
    levels
        Which items.
    years
        The years answered; each is judged with what lies before it.
    """

    supply: Supply
    screen: Screen
    levels: tuple[str, ...]
    years: tuple[int, ...]

    def flows(self) -> ScreenFlows:
        """The flows held, items in place of products.

        Raises
        ------
        NotCoveredError
            The screen needs what is not held; what can be judged is named.
        """
        supply = self.supply

        def at_level(table: Table | None) -> Table | None:
            return None if table is None else supply.by_level(table, self.levels)

        flows = ScreenFlows(
            SupplierColumns(ITEM, AMOUNT, totals=supply.totals),
            supply.by_level(supply.imports, self.levels),
            exports=at_level(supply.exports),
            world=at_level(supply.world),
            production=at_level(supply.production),
            members=supply.members,
        )
        self.screen.check_answerable(flows.held, supply.years)
        return flows

    def criteria(self) -> list[dict[str, Any]]:
        """Rows of every item and year with each criterion's value, distance and verdict."""
        judged = judge_years(screen_measures(self.flows(), self.screen), self.screen, keys=ITEM)
        return self.supply.store.fetch_rows(judged.filter(judged.year.isin(self.years)))

    def verdicts(self) -> dict[Key, Verdict]:
        """What the screen says, by level, item and year."""
        judged = judge_years(screen_measures(self.flows(), self.screen), self.screen, keys=ITEM)
        store = self.supply.store
        found = {}
        for year in self.years:
            items = judge_items(judged.filter(judged.year <= year), self.screen, keys=ITEM)
            items = items.select(
                **{f"{name}_of_item": items[name] for name in ITEM},
                **{f"item_{name}": items[name] for name in ("flag", "persistence", "note")},
            )
            of_year = judged.filter(judged.year == year)
            on = [of_year[name] == items[f"{name}_of_item"] for name in ITEM]
            for row in store.fetch_rows(of_year.left_join(items, on)):
                found[row["level"], row["item"], row["year"]] = self._verdict(row)
        return found

    def _verdict(self, row: dict[str, Any]) -> Verdict:
        met = tuple(one.id for one in self.screen.criteria if row[f"{one.id}_is_met"])
        nearest = _nearest(row, self.screen.criteria)
        return Verdict(
            flag=row["item_flag"],
            criteria_met=row["criteria_met"],
            persistence=row["item_persistence"],
            met=met,
            nearest=nearest.id if nearest else None,
            distance=row[f"{nearest.id}_distance"] if nearest else None,
            all_judged_met=row["judged"] > 0 and row["met"] == row["judged"],
            note=_reason(row["item_note"]),
        )


def _nearest(row: dict[str, Any], criteria: Sequence[Criterion]) -> Criterion | None:
    valued = [one for one in criteria if row[f"{one.id}_distance"] is not None]
    return min(valued, key=lambda one: row[f"{one.id}_distance"], default=None)


def _reason(note: str | None) -> str | None:
    return None if note is None else f"no flag: {note}"
