"""Which products did a partner sell in the first and in the last year, and which did it enter or leave?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from techbalance.errors import NotCoveredError

if TYPE_CHECKING:
    from techbalance.questions.ladder.markets import Market
    from techbalance.questions.parameters.texts import Years

STATES: Final = ("entered", "left", "stayed", "new code", "ended code")


@dataclass(frozen=True)
class Moves:
    """Sales of one partner in two years, beside those of all suppliers.

    Parameters
    ----------
    market
        What is sold, by all.
    partner
        Whose sales.
    span
        First and last year.
    """

    market: Market
    partner: str
    span: tuple[int, int]

    @cached_property
    def _cells(self) -> list[dict[str, object]]:
        rows = self.market.in_years(self.span).rows
        summed = rows.group_by("year", "product").aggregate(
            every=rows.value_usd.cast("float64").sum(),
            own=rows.value_usd.cast("float64").sum(where=rows.partner == self.partner).fill_null(0.0),
        )
        return self.market.store.fetch_rows(summed)

    @cached_property
    def _by_year(self) -> tuple[dict[str, tuple[float, float]], ...]:
        found: tuple[dict[str, tuple[float, float]], ...] = ({}, {})
        for row in self._cells:
            at = self.span.index(int(str(row["year"])))
            found[at][str(row["product"])] = (float(str(row["own"])), float(str(row["every"])))
        return found

    def sales(self, at: int) -> dict[str, float]:
        """Sales of the partner by product, above zero, in the first (0) or last (1) year."""
        return {product: own for product, (own, _) in self._by_year[at].items() if own > 0}

    def market_share(self, product: str, at: int) -> float | None:
        """Share of the partner in a product; None where nobody sold it."""
        own, every = self._by_year[at].get(product, (0.0, 0.0))
        return own / every if every else None

    def total(self, at: int) -> float:
        """Sales of the partner in all products."""
        return sum(self.sales(at).values())

    def share(self, at: int) -> float | None:
        """Share of the partner in all products; None where nothing was sold by anybody."""
        every = sum(value for _, value in self._by_year[at].values())
        return self.total(at) / every if every else None

    @cached_property
    def states(self) -> dict[str, str]:
        """What became of each product the partner sold in either year.

        A code that nobody sold in the first year is new: its goods had another code, or did not exist, so it
        is no entry; likewise a code that nobody sold in the last year has ended.
        """
        first, last = self.sales(0), self.sales(1)
        known = [{product for product, (_, every) in cells.items() if every > 0} for cells in self._by_year]
        found = {}
        for product in sorted({*first, *last}):
            if product in first and product in last:
                found[product] = "stayed"
            elif product in last:
                found[product] = "entered" if product in known[0] else "new code"
            else:
                found[product] = "left" if product in known[1] else "ended code"
        return found

    def counts(self) -> dict[str, int]:
        """How many products are in each state."""
        counted = Counter(self.states.values())
        return {state: counted[state] for state in STATES}

    def value_of(self, state: str, at: int) -> float:
        """Sales of the products in a state."""
        sales = self.sales(at)
        return sum(sales.get(product, 0.0) for product, one in self.states.items() if one == state)


def moves_of(market: Market, partner: str, first: Years | None, last: Years | None) -> Moves:
    """Choose the two years: those asked for, or the first and last in which the partner is held.

    Raises
    ------
    NotCoveredError
        A year asked for is not held, or fewer than two are.
    """
    rows = market.rows.filter(market.rows.partner == partner).select("year").distinct().order_by("year")
    held = market.store.fetch(rows)["year"].to_pylist()
    words = f"{held[0]} to {held[-1]}" if held else "no year"
    chosen = [span.start if span else None for span in (first, last)]
    for year in chosen:
        if year is not None and year not in held:
            raise NotCoveredError(f"{partner} is not held for {year}", where=f"{market.level}: {words}")
    start = chosen[0] if chosen[0] is not None else (held[0] if held else None)
    end = chosen[1] if chosen[1] is not None else (held[-1] if held else None)
    if start is None or end is None or start >= end:
        raise NotCoveredError(
            f"two years of {partner} are needed", where=f"{market.level}: {words}", remedy="Choose others"
        )
    return Moves(market, partner, (start, end))
