"""The ways that need product x partner pairs: reading them once, and splitting each step."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import FlowNeededError
from techbalance.questions.decompositions import deflated, shares
from techbalance.questions.decompositions.families import read_families
from techbalance.questions.decompositions.pairs import Pairs, pairs_of
from techbalance.questions.decompositions.prices import Chain, by_own_prices, by_price_quantity, chained
from techbalance.questions.decompositions.rates import exchange_rates, price_level
from techbalance.questions.decompositions.sources import is_priced
from techbalance.questions.decompositions.split import Extra, Split, Valued, all_masked, stacked
from techbalance.questions.decompositions.ways import VALUE_WAYS, Step
from techbalance.questions.selection import REST
from techbalance.questions.supply.trade import chosen_suppliers, labels_of
from techbalance.questions.wording import money

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.models.decompositions import Indices
    from techbalance.models.validation import BoolArray, MaskedFloats
    from techbalance.questions.answer import Lineage
    from techbalance.questions.decompositions.rates import PriceLevel, Rates
    from techbalance.questions.decompositions.sources import Trade
    from techbalance.questions.parameters.change import ChangeParams

# Ways whose totals are the whole market's: partners are chosen only after everything is read.
OF_A_MARKET: Final = ("margins", "constant-market-share")


@dataclass(frozen=True)
class Traded:
    """Product x partner pairs and how they are split.

    Parameters
    ----------
    params
        Parameters of the question.
    trade
        What is read.
    years
        First and last year of the question, and those between where every step is asked for.
    """

    params: ChangeParams
    trade: Trade
    years: tuple[int, ...]

    @property
    def flows(self) -> tuple[str, ...]:
        """The flows of the measure."""
        return ("export", "import") if self.params.flow is None else (self.params.flow,)

    @property
    def keys(self) -> tuple[str, ...]:
        """What makes a part."""
        return tuple(self.params.by) if self.params.by else ()

    def why_not(self) -> str | None:
        """Why the years cannot be compared; None where they can.

        Raises
        ------
        FlowNeededError
            Imports are held and exports are not, and no flow was chosen.
        """
        if self.params.series != "atp":
            return f"not_covered: {self.params.series} is not held by product and partner"
        if self.params.ytd:
            return "not_covered: products are compared by full years"
        held = self.trade.years
        lacking = {flow: [year for year in self.years if year not in held[flow]] for flow in self.flows}
        if self.params.flow is None and lacking["export"] and not lacking["import"] and not held["export"]:
            raise FlowNeededError(
                "only imports are held by product and partner, so there is no balance",
                where=f"year {', '.join(map(str, self.years))}",
                remedy="Add --flow import",
            )
        for flow, years in lacking.items():
            if years:
                return self.trade.why_missing(flow, self.years)
        return None

    @property
    def needs_prices(self) -> bool:
        """Whether quantities are read."""
        return is_priced(self.params)

    @cached_property
    def pairs(self) -> dict[str, Pairs]:
        """Numbered pairs of each flow; with prices of every year held, by which outliers are told."""
        found = {}
        for flow in self.flows:
            years = self.trade.years[flow] if self.needs_prices else self.years
            found[flow] = pairs_of(self.trade, flow, years, self.families)
        return found

    @cached_property
    def families(self) -> dict[str, str] | None:
        """Family of each code of the user's list; None without one."""
        return read_families(self.params.families) if self.params.families else None

    @cached_property
    def apart(self) -> dict[str, dict[int, BoolArray]]:
        """Unit values that are set aside, by flow and year."""
        return {flow: pairs.outliers(self.params.trim) for flow, pairs in self.pairs.items()}

    @cached_property
    def kept(self) -> dict[str, BoolArray]:
        """Pairs whose partner is held in every year, of a balance in both flows."""
        kept = {flow: self._compared(pairs) for flow, pairs in self.pairs.items()}
        if len(kept) < 2 or self.trade.everyone:
            return kept
        sides = [set(self.pairs[flow].labels["partner"][kept[flow]]) for flow in kept]
        both = sorted(set.intersection(*sides))
        return {
            flow: kept[flow] & np.isin(pairs.labels["partner"].astype(str), both)
            for flow, pairs in self.pairs.items()
        }

    def _compared(self, pairs: Pairs) -> BoolArray:
        """Pairs of partners that are held; without those that traded in other years only."""
        first, last = self.years[0], self.years[-1]
        traded = np.zeros(pairs.product.size, dtype=np.bool_)
        for year, values in pairs.values.items():
            if first <= year <= last:
                traded |= values > 0
        return pairs.kept(self.years) & traded

    @cached_property
    def chosen(self) -> set[str] | None:
        """Labels of the partners of a market that are shown; None for all."""
        if self.params.how not in OF_A_MARKET or self.params.partner is None:
            return None
        store = self.trade.store
        return labels_of(
            store, chosen_suppliers(store, self.params.partner, frozenset({self.params.reporter}))
        )

    @cached_property
    def level(self) -> PriceLevel | None:
        """The price level that constant dollars are at; None for the trade's own."""
        if self.params.how != "constant-dollars" or self.params.deflator == "fisher":
            return None
        day = self.params.as_of.day if self.params.as_of else None
        return price_level(self.trade.store, self.params.deflator, (*self.years, self.base), day)

    @property
    def base(self) -> int:
        """Year whose dollars constant dollars are."""
        return self.params.dollars_of.start if self.params.dollars_of else self.years[0]

    def rates(self, start: int, end: int) -> Rates:
        """Exchange rates of two years."""
        day = self.params.as_of.day if self.params.as_of else None
        return exchange_rates(self.trade.store, start, end, day)

    def splits(self, start: int, end: int) -> list[Split]:
        """Split every flow between two years."""
        if self.params.how == "constant-market-share":
            return [self._shares(start, end)]
        found = []
        for flow, pairs in self.pairs.items():
            step = Step(pairs, start, end, self.keys, self.kept[flow], self.params.threshold)
            found.append(self._split(step, flow))
        return found

    def _split(self, step: Step, flow: str) -> Split:
        how = self.params.how
        if how == "price-quantity":
            return by_price_quantity(step, self.apart[flow], self._chain(step, flow))
        if how in VALUE_WAYS:
            split = VALUE_WAYS[how](step)
            return split if self.chosen is None else _only(split, self.chosen)
        cells = step.cells
        labels = {key: step.pairs.labels[key][step.kept] for key in ("group", "product", "partner")}
        valued = Valued(flow, labels, cells.start, cells.end)
        if how == "dollar":
            rates = self.rates(step.start, step.end)
            return deflated.by_exchange_rate(valued, step.keys, rates)
        if self.level is not None:
            levels = (self.level.of[step.start], self.level.of[step.end], self.level.of[self.base])
            return deflated.by_price_level(valued, step.keys, levels)
        return self._own_prices(step, flow)

    def _chain(self, step: Step, flow: str) -> Callable[[Indices], Chain | None]:
        """Indices chained from the first year of the question to the last of the step."""
        if (self.years[0], step.start + 1) == (step.start, step.end):
            return lambda found: Chain(found.fisher, found.tornqvist)
        whole = Step(step.pairs, self.years[0], step.end, step.keys, step.kept)
        chain = chained(whole, self.trade.years[flow], self.apart[flow])
        return lambda _: chain

    def _own_prices(self, step: Step, flow: str) -> Split:
        """Constant dollars by each part's own index, with the line by which they do not add up."""
        split = by_own_prices(step, self._levels(step, flow))
        if not step.keys:
            return split
        alone = Step(step.pairs, step.start, step.end, (), step.kept)
        return _with_residual(split, by_own_prices(alone, self._levels(alone, flow)))

    def _levels(
        self, step: Step, flow: str
    ) -> tuple[MaskedFloats | None, MaskedFloats | None, MaskedFloats | None]:
        """Price level of each part in the years of the step and in the year whose dollars are meant."""
        found = []
        for year in (step.start, step.end, self.base):
            whole = Step(step.pairs, self.years[0], year, step.keys, step.kept)
            chain = chained(whole, self.trade.years[flow], self.apart[flow])
            found.append(None if chain is None else chain.fisher)
        return found[0], found[1], found[2]

    def _shares(self, start: int, end: int) -> Split:
        if self.params.flow == "export":
            return shares.of_exports(self.params, self.trade, start, end)
        sellers = sorted(self.chosen or ())
        market = pairs_of(self.trade, "import", (start, end), self.families)
        return shares.of_imports(self.keys, market, sellers, (start, end))

    def lineage(self, formula: str) -> tuple[Lineage, ...]:
        """Stored rows behind the figures."""
        lines = self.trade.lineage(self.flows, self.years, formula)
        if self.level is not None:
            lines += (self.level.lineage,)
        if self.params.how == "dollar":
            lines += self.rates(self.years[0], self.years[-1]).lineage
        return lines

    def notes(self) -> list[str]:
        """What must be known to read the figures."""
        notes = list(self.trade.notes)
        if self.params.how != "constant-market-share":
            notes += [told for flow in self.flows if (told := self._left_out(flow)) is not None]
        if self.needs_prices:
            notes += [self._matching(flow) for flow in self.flows]
        if self.trade.products is not None:
            notes += [
                f"{year}: {money(value)} of imports are in products the nearest list cannot place; "
                "not counted."
                for year, value in self.trade.products.undecided()
                if year in self.years
            ]
        return notes

    def _left_out(self, flow: str) -> str | None:
        """Which partners are not compared, with what they traded; None where all are."""
        pairs, out = self.pairs[flow], ~self.kept[flow]
        out &= (pairs.values[self.years[0]] > 0) | (pairs.values[self.years[-1]] > 0)
        if not out.any():
            return None
        partners = sorted(set(pairs.labels["partner"][out]))
        first, last = (int(pairs.values[year][out].sum()) for year in (self.years[0], self.years[-1]))
        shown = ", ".join(partners[:5]) + (f" and {len(partners) - 5} more" if len(partners) > 5 else "")
        return (
            f"Left out, since not held in every year or flow compared: {flow}s with {shown}, "
            f"{money(first)} in {self.years[0]} and {money(last)} in {self.years[-1]}."
        )

    def _matching(self, flow: str) -> str:
        """The rule of outliers, and how much it set aside."""
        pairs, kept = self.pairs[flow], self.kept[flow]
        if not pairs.quantities:
            return f"not_covered: quantities of {flow}s are not held, so nothing is matched."
        trim = self.params.trim
        if not trim:
            return "Unit values are not prices. No outlier was set aside."
        first, last = self.years[0], self.years[-1]
        aside = (self.apart[flow][first] | self.apart[flow][last]) & kept
        value = int(pairs.values[first][aside].sum() + pairs.values[last][aside].sum())
        held = sorted(pairs.values)
        return (
            f"Unit values are not prices. Set aside as outliers among {flow}s: {int(aside.sum()):,} pairs, "
            f"{money(value)} in both years, whose |ln unit value - median| > {trim:g} MAD inside product x "
            f"partner and unit over {held[0]} to {held[-1]}."
        )


def _only(split: Split, chosen: set[str]) -> Split:
    """Keep the partners that are shown of a split by partner."""
    at = np.array([place for place, label in enumerate(split.parts) if label[0] in chosen], dtype=np.int64)
    return Split(
        split.flow,
        tuple(split.parts[place] for place in at),
        split.start[at],
        split.end[at],
        split.effects,
        split.dollars[at],
        split.undefined[at],
        split.reasons,
        split.remarks,
        tuple(
            Extra(one.name, {name: values[at] for name, values in one.figures.items()}, one.type)
            for one in split.extras
        ),
    )


def _with_residual(split: Split, whole: Split) -> Split:
    """Add the line by which constant dollars of the parts miss those of the whole (METHODS A12)."""
    extras = []
    for one, other in zip(split.extras, whole.extras, strict=True):
        figures = {}
        for name, values in one.figures.items():
            total = other.figures[name]
            left = total - values.sum() if pa.types.is_integer(one.type) else all_masked(1)
            figures[name] = stacked([values, left])
        extras.append(Extra(one.name, figures, one.type))
    none = np.zeros((1, len(split.effects)), dtype=np.bool_)
    return Split(
        split.flow,
        (*split.parts, tuple(REST for _ in split.parts[0])),
        np.append(split.start, 0),
        np.append(split.end, 0),
        split.effects,
        np.vstack([split.dollars, none.astype(np.int64)]),
        np.vstack([split.undefined, none]),
        split.reasons,
        split.remarks,
        tuple(extras),
    )
