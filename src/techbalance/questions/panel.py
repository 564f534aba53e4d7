"""Do ideas and making move together within countries, and what cannot be told? Answers ``panel``."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa

from techbalance.errors import NotCoveredError
from techbalance.indicators import periods
from techbalance.models.panel.estimate import Coefficient, estimate_panel
from techbalance.models.panel.observations import Panel
from techbalance.questions.answer import Answer, Lineage
from techbalance.questions.countries import CountryBook
from techbalance.questions.macro import HIGHTECH, hightech_definition, series_rows
from techbalance.questions.parameters.ideas import PANEL, PanelParams

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from techbalance.store.catalogue import Store

Key = tuple[str, int]
Series = dict[Key, float]

MACRO: Final = ("gdp_usd", "rd_pct_gdp", "researchers_per_m", "xr_lcu_per_usd", "merch_exports_usd", HIGHTECH)
NAMES: Final = {
    "rd": "R&D over GDP",
    "ip": "receipts for intellectual property over GDP",
    "researchers": "researchers per million, log",
    "rate": "local currency per dollar, change of the log",
}
# What METHODS F6 wants and the record does not hold: named, because leaving it out biases what is estimated.
OMITTED: Final = (
    "real effective exchange rates, saving less investment, outward direct investment and energy prices"
)
SCHEMA: Final = pa.schema(
    [
        ("regressor", pa.string()),
        *[
            (name, pa.float64())
            for name in (
                "estimate",
                "low_estimate",
                "high_estimate",
                "bootstrap_p",
                "dk_error",
                "without_low",
                "without_high",
                "placebo_estimate",
                "placebo_p",
            )
        ],
        ("observations", pa.int64()),
        ("note", pa.string()),
    ]
)


@dataclass(frozen=True)
class Held:
    """Series by country and year.

    Parameters
    ----------
    by_name
        Series of ``MACRO``, and ``receipts``.
    """

    by_name: dict[str, Series]

    def value(self, name: str, country: str, year: int) -> float | None:
        """One figure; None where it is not held."""
        return self.by_name[name].get((country, year))

    def over(self, part: str, whole: str, country: str, year: int) -> float | None:
        """One figure over another; None where either is missing or the whole is zero."""
        above, below = self.value(part, country, year), self.value(whole, country, year)
        return above / below if above is not None and below else None

    def world(self, name: str, year: int) -> float:
        """Sum over the countries held in a year."""
        return sum(value for (_, of), value in self.by_name[name].items() if of == year)


def run(params: PanelParams, store: Store) -> Answer:
    """Answer ``panel``: one row per regressor, and in the notes what the estimate cannot identify.

    The outcome is of high-technology exports, since the list of Advanced Technology Products is of one
    country; the placebo is the same measure of all other merchandise.
    """
    day = params.as_of.day if params.as_of else None
    countries = list(CountryBook.of_charges(store).spans(params.countries))
    held, lineage = _read(store, day, countries)
    years = _years(params, held)
    panel = _observations(params, held, countries, years)
    found = estimate_panel(panel, draws=params.draws, seed=params.seed)
    rows = [_row(coefficient, found.observations) for coefficient in found.coefficients]
    left_out = sorted(set(countries) - set(found.countries))
    notes = [
        *([f"Left out, without figures: {', '.join(left_out)}."] if left_out else []),
        f"Outcome: {_outcome_words(params)}, {hightech_definition(store, day)}; not the ATP list.",
        f"Countries {', '.join(found.countries)}; years {found.periods[0]} to {found.periods[-1]}; "
        f"regressors {params.lag} year{'s' * (params.lag != 1)} earlier; country and year effects.",
        f"Interval and p from a wild cluster bootstrap ({found.weights} weights, {found.draws} draws, seed "
        f"{found.seed}); Driscoll-Kraay error with {found.lags} lags; placebo: other merchandise exports.",
        f"Not held, and so left out: {OMITTED}.",
        *found.cannot_identify,
    ]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    return Answer(PANEL, params, store, table, tuple(notes), lineage)


def _read(store: Store, day: dt.date | None, countries: list[str]) -> tuple[Held, tuple[Lineage, ...]]:
    macro = series_rows(store, MACRO, day)
    charges = periods.up_to(store.table("ip_charges"), day)
    charges = charges.filter(charges.flow == "receipts")
    newest = charges.group_by("country", "year").aggregate(vintage=charges.vintage.max())
    charges = charges.semi_join(newest, ["country", "year", "vintage"])
    by_name: dict[str, Series] = {name: {} for name in (*MACRO, "receipts")}
    for row in store.fetch_rows(macro.select("series", "country", "year", "value")):
        by_name[row["series"]][row["country"], row["year"]] = row["value"]
    for row in store.fetch_rows(charges.select("country", "year", "value_usd")):
        by_name["receipts"][row["country"], row["year"]] = float(row["value_usd"])
    # Shares of the world need every country; the rest of a regression only those in it.
    world = (HIGHTECH, "merch_exports_usd")
    kept = macro.filter(macro.series.isin(world) | macro.country.isin(countries))
    return Held(by_name), (
        Lineage("macro", kept, "regression with country and year effects"),
        Lineage("ip_charges", charges.filter(charges.country.isin(countries)), "receipts over GDP"),
    )


def _years(params: PanelParams, held: Held) -> range:
    known = {year for _, year in held.by_name[HIGHTECH]}
    if not known:
        raise NotCoveredError("high-technology exports are not held", remedy="Leave as_of out")
    first = params.from_.start if params.from_ else min(known)
    last = params.to.start if params.to else max(known)
    if first > last or first > max(known) or last < min(known):
        raise NotCoveredError(
            f"high-technology exports are not held from {first} to {last}",
            where=f"held for {min(known)} to {max(known)}",
        )
    return range(first, last + 1)


def _observations(params: PanelParams, held: Held, countries: list[str], years: range) -> Panel:
    """Observations that have the outcome, the placebo and every regressor."""
    units, when, outcomes, placebos, regressors = [], [], [], [], []
    outcome, placebo = _outcomes(params, held)
    for country in countries:
        for year in years:
            row = [_regressor(held, name, country, year - params.lag) for name in params.regressors]
            explained = outcome(country, year), placebo(country, year)
            if None in (*row, *explained):
                continue
            units.append(country)
            when.append(year)
            outcomes.append(explained[0])
            placebos.append(explained[1])
            regressors.append(row)
    if not units:
        raise NotCoveredError(
            "no country has outcome and regressors in one year",
            where=f"{', '.join(countries)}, {years.start} to {years.stop - 1}",
            remedy="Choose other countries, years or regressors",
        )
    return Panel(
        units=units,
        periods=when,
        outcome=np.asarray(outcomes, np.float64),
        regressors=np.asarray(regressors, np.float64),
        names=[NAMES[name] for name in params.regressors],
        placebo=np.asarray(placebos, np.float64),
    )


def _outcomes(
    params: PanelParams, held: Held
) -> tuple[Callable[[str, int], float | None], Callable[[str, int], float | None]]:
    """Measure of the outcome, and the same of all other merchandise exports."""
    merchandise = held.by_name["merch_exports_usd"]
    other = Held(
        held.by_name
        | {
            "other": {
                key: value - held.by_name[HIGHTECH][key]
                for key, value in merchandise.items()
                if key in held.by_name[HIGHTECH]
            }
        }
    )

    def of(name: str) -> Callable[[str, int], float | None]:
        if params.outcome == "hightech-gdp":
            return lambda country, year: other.over(name, "gdp_usd", country, year)
        return lambda country, year: _share_change(other, name, country, year)

    return of(HIGHTECH), of("other")


def _share_change(held: Held, name: str, country: str, year: int) -> float | None:
    shares = []
    for of in (year - 1, year):
        value, world = held.value(name, country, of), held.world(name, of)
        if value is None or value <= 0 or world <= 0:
            return None
        shares.append(value / world)
    return math.log(shares[1] / shares[0])


def _regressor(held: Held, name: str, country: str, year: int) -> float | None:
    if name == "rd":
        percent = held.value("rd_pct_gdp", country, year)
        return None if percent is None else percent / 100
    if name == "ip":
        return held.over("receipts", "gdp_usd", country, year)
    if name == "researchers":
        people = held.value("researchers_per_m", country, year)
        return math.log(people) if people else None
    now, before = (held.value("xr_lcu_per_usd", country, one) for one in (year, year - 1))
    return math.log(now / before) if now and before else None


def _outcome_words(params: PanelParams) -> str:
    if params.outcome == "hightech-gdp":
        return "high-technology exports over GDP"
    return "yearly change of the log share in the world's high-technology exports"


def _row(coefficient: Coefficient, observations: int) -> dict[str, Any]:
    without = [left.estimate for left in coefficient.leave_one_out if left.estimate is not None]
    missing = [f"{left.country}: {left.note}" for left in coefficient.leave_one_out if left.note]
    ends = (coefficient.bootstrap_low, coefficient.bootstrap_high)
    said = [
        *(["the interval has an open end: so few countries do not reject it"] if None in ends else []),
        *([f"without one country: {'; '.join(missing)}"] if missing else []),
    ]
    return {
        "regressor": coefficient.name,
        "estimate": coefficient.estimate,
        "low_estimate": coefficient.bootstrap_low,
        "high_estimate": coefficient.bootstrap_high,
        "bootstrap_p": coefficient.bootstrap_p,
        "dk_error": coefficient.driscoll_kraay_error,
        "without_low": min(without, default=None),
        "without_high": max(without, default=None),
        "placebo_estimate": coefficient.placebo.estimate if coefficient.placebo else None,
        "placebo_p": coefficient.placebo.p_value if coefficient.placebo else None,
        "observations": observations,
        "note": "; ".join(said) or None,
    }
