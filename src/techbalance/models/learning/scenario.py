"""How do cost, output and welfare move when a subsidy runs for some years and experience stays?"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import brentq  # type: ignore[import-untyped]

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.validation import frozen, numbers

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from techbalance.models.validation import BoolArray, FloatArray

THOUGHT_EXPERIMENT: Final = (
    "a thought experiment, not a forecast: one good, given prices abroad, sellers who price at cost, "
    "learning that no firm keeps for itself"
)
SCAN: Final = 64
"""Points of the range looked at before a crossing is refined, so that the first of several is found."""
CROSSING: Final = 1e-10
"""Width at which a crossing is narrow enough, in units of the parameter."""


@dataclass(frozen=True)
class LearningScenario:
    """A market, a subsidy with an end, and how experience works; see ``PARAMETERS`` for ranges and sources.

    Parameters
    ----------
    spending_usd
        What home buyers spend on the good in a year, at base.
    home_share
        Home makers' part of it at base, in (0, 1).
    sigma, demand_elasticity
        Substitution between home and foreign makes (0 or above; 1 is the Cobb-Douglas limit), and demand for
        the good as a whole (below 0).
    subsidy
        Ad valorem rate on the market price of the home make, above -1, in the first ``subsidy_years`` years.
    subsidy_years
        How long.
    years
        Horizon, at least ``subsidy_years``.
    learning_rate
        Part by which unit cost falls when experience doubles, in [0, 1).
    forgetting
        Part of experience lost in a year, in [0, 1).
    foreign_weight
        Worth of a unit made abroad for experience at home, in [0, 1].
    foreign_output_ratio
        Output abroad over home output at base, 0 or above; does not change.
    past_years
        Years of base output that make up base experience, above 0.
    spillover, linked_usd
        Elasticity of the productivity of a linked activity (inventing) with experience, and that activity's
        value in a year.
    discount_rate
        Per year.
    cost_of_funds
        Welfare cost of a dollar of subsidy beyond the dollar, 0 or above.
    """

    spending_usd: float
    home_share: float
    sigma: float
    demand_elasticity: float
    subsidy: float
    subsidy_years: int
    years: int = 30
    learning_rate: float = 0.20
    forgetting: float = 0.20
    foreign_weight: float = 1 / 3
    foreign_output_ratio: float = 0.0
    past_years: float = 10.0
    spillover: float = 0.0
    linked_usd: float = 0.0
    discount_rate: float = 0.03
    cost_of_funds: float = 0.25

    def __post_init__(self) -> None:
        rules = {
            "spending_usd": (self.spending_usd > 0, "must be above 0"),
            "home_share": (0 < self.home_share < 1, "must be between 0 and 1"),
            "sigma": (self.sigma >= 0, "must not be negative"),
            "demand_elasticity": (self.demand_elasticity < 0, "must be below 0"),
            "subsidy": (self.subsidy > -1, "must be above -1 (a rate above -100 %)"),
            "subsidy_years": (self.subsidy_years >= 1, "must be at least 1"),
            "years": (self.years >= self.subsidy_years, "must be at least subsidy_years"),
            "learning_rate": (0 <= self.learning_rate < 1, "must be in [0, 1)"),
            "forgetting": (0 <= self.forgetting < 1, "must be in [0, 1)"),
            "foreign_weight": (0 <= self.foreign_weight <= 1, "must be in [0, 1]"),
            "foreign_output_ratio": (self.foreign_output_ratio >= 0, "must not be negative"),
            "past_years": (self.past_years > 0, "must be above 0"),
            "spillover": (self.spillover >= 0, "must not be negative"),
            "linked_usd": (self.linked_usd >= 0, "must not be negative"),
            "discount_rate": (self.discount_rate > -1, "must be above -1"),
            "cost_of_funds": (self.cost_of_funds >= 0, "must not be negative"),
        }
        for name, (allowed, reason) in rules.items():
            value = getattr(self, name)
            if not (allowed and np.isfinite(value)):
                raise ModelInputError(f"{name} {reason}", where=f"field {name}, value {value}")


@dataclass(frozen=True, eq=False)
class LearningPath:
    """Year by year, with the subsidy and without; US dollars, undiscounted unless said; year 0 first.

    Attributes
    ----------
    year
        0 to ``years`` - 1.
    cost_hat, home_price_hat, home_quantity_hat, experience_hat
        With the subsidy, over the base year.
    baseline_cost_hat, baseline_home_quantity_hat, baseline_experience_hat
        Without it.
    buyers_gain_usd
        Compensating variation of buyers against the baseline, positive = gain.
    spillover_gain_usd
        Of the linked activity, against the baseline.
    subsidy_cost_usd
        What the treasury pays, cost of funds included.
    net_present_usd
        Running sum of discounted gains less costs up to each year.
    pays_back
        Whether the running sum is 0 or above at the horizon.
    pay_back_year
        First year from which it stays 0 or above to the horizon; None where it does not pay back.
    benefit_cost_ratio
        Discounted gains over discounted costs; None where nothing is paid.
    label
        ``THOUGHT_EXPERIMENT``.
    """

    scenario: LearningScenario
    year: FloatArray
    cost_hat: FloatArray
    home_price_hat: FloatArray
    home_quantity_hat: FloatArray
    experience_hat: FloatArray
    baseline_cost_hat: FloatArray
    baseline_home_quantity_hat: FloatArray
    baseline_experience_hat: FloatArray
    buyers_gain_usd: FloatArray
    spillover_gain_usd: FloatArray
    subsidy_cost_usd: FloatArray
    net_present_usd: FloatArray
    pays_back: bool
    pay_back_year: int | None
    benefit_cost_ratio: float | None
    label: str


@dataclass(frozen=True, eq=False)
class _Simulated:
    cost: FloatArray
    price: FloatArray
    quantity: FloatArray
    experience: FloatArray
    index: FloatArray
    """Log price index of the good."""


def _index(scenario: LearningScenario, home_price: float) -> float:
    """Return the log of the price index when the home make costs ``home_price`` and the foreign one 1."""
    exponent, share = 1.0 - scenario.sigma, scenario.home_share
    if exponent == 0:
        return share * float(np.log(home_price))
    return float(np.log1p(share * np.expm1(exponent * np.log(home_price))) / exponent)


def _simulate(scenario: LearningScenario, rates: FloatArray) -> _Simulated:
    """Run the market year by year; experience is what past output left, over what it was at base."""
    slope = -np.log2(1.0 - scenario.learning_rate)
    foreign = scenario.foreign_weight * scenario.foreign_output_ratio
    kept = 1.0 - scenario.forgetting
    periods = scenario.past_years
    stock = periods if kept == 1.0 else (1.0 - kept**periods) / (1.0 - kept)
    experience = base = (1.0 + foreign) * stock
    spread = scenario.sigma + scenario.demand_elasticity
    columns: list[tuple[float, ...]] = []
    for rate in rates:
        cost = float((experience / base) ** -slope)
        price = cost / (1.0 + float(rate))
        index = _index(scenario, price)
        quantity = float(np.exp(-scenario.sigma * np.log(price) + spread * index))
        columns.append((cost, price, quantity, experience / base, index))
        experience = kept * experience + quantity + foreign
    return _Simulated(*(np.array(column) for column in zip(*columns, strict=True)))


def run_learning(scenario: LearningScenario) -> LearningPath:
    """Compare the path with the subsidy to the path without.

    cost_t = (K_t / K_0)^-b with b = -log2(1 - learning rate); K_{t+1} = (1 - forgetting) K_t + home output +
    weight · foreign output; sellers price at cost, so that what is learnt goes to buyers and to whoever
    learns next.

    Returns
    -------
    LearningPath
        Both paths, yearly gains and costs, the running present value, and whether and when it pays back.

    Notes
    -----
    The gain of the linked activity is linked_usd · ((K_t / K_t baseline)^spillover - 1). Producers earn
    nothing above cost, so their surplus is 0. Gains abroad are not counted. Arrow 1962 (REStud 29); Krugman
    1987 (J. Development Economics 27).

    Examples
    --------
    >>> still = LearningScenario(1e9, 0.4, 4, -1, subsidy=0.2, subsidy_years=3, learning_rate=0)
    >>> run_learning(still).pays_back
    False
    """
    year = np.arange(scenario.years, dtype=np.float64)
    rates = np.where(year < scenario.subsidy_years, scenario.subsidy, 0.0)
    helped, alone = _simulate(scenario, rates), _simulate(scenario, np.zeros(scenario.years))
    power = 1.0 + scenario.demand_elasticity
    if power == 0:
        gain = -scenario.spending_usd * (helped.index - alone.index)
    else:
        gain = -scenario.spending_usd * (np.exp(power * helped.index) - np.exp(power * alone.index)) / power
    linked = scenario.linked_usd * ((helped.experience / alone.experience) ** scenario.spillover - 1.0)
    sales = scenario.spending_usd * scenario.home_share * helped.price * helped.quantity
    paid = rates * sales * (1.0 + scenario.cost_of_funds)
    discount = (1.0 + scenario.discount_rate) ** -year
    running = np.cumsum(discount * (gain + linked - paid))
    below = np.flatnonzero(running < 0)
    pays_back = bool(running[-1] >= 0)
    first = int(below[-1]) + 1 if below.size else 0
    costs = float(np.sum(discount * paid))
    return LearningPath(
        scenario=scenario,
        year=frozen(year),
        cost_hat=frozen(helped.cost),
        home_price_hat=frozen(helped.price),
        home_quantity_hat=frozen(helped.quantity),
        experience_hat=frozen(helped.experience),
        baseline_cost_hat=frozen(alone.cost),
        baseline_home_quantity_hat=frozen(alone.quantity),
        baseline_experience_hat=frozen(alone.experience),
        buyers_gain_usd=frozen(gain),
        spillover_gain_usd=frozen(linked),
        subsidy_cost_usd=frozen(paid),
        net_present_usd=frozen(running),
        pays_back=pays_back,
        pay_back_year=first if pays_back else None,
        benefit_cost_ratio=float(np.sum(discount * (gain + linked))) / costs if costs else None,
        label=THOUGHT_EXPERIMENT,
    )


def _varied(scenario: LearningScenario, name: str, value: float) -> LearningScenario:
    numeric = [one.name for one in fields(scenario) if one.name not in {"years", "subsidy_years"}]
    if name not in numeric:
        raise UnknownCodeError.among("parameter", name, numeric)
    return replace(scenario, **{name: float(value)})  # type: ignore[arg-type]


def _present(scenario: LearningScenario, name: str, value: float) -> float:
    return float(run_learning(_varied(scenario, name, value)).net_present_usd[-1])


@dataclass(frozen=True)
class BreakEven:
    """Where a parameter makes the subsidy just pay back.

    Attributes
    ----------
    name, low, high
        The parameter and the range searched.
    value
        The lowest crossing; None where there is none.
    reason
        ``crossing``, ``never`` (it pays back nowhere in the range) or ``always``.
    rises
        Whether the present value rises through the crossing; None where there is none.
    """

    name: str
    low: float
    high: float
    value: float | None
    reason: str
    rises: bool | None


def find_break_even(scenario: LearningScenario, name: str, low: float, high: float) -> BreakEven:
    """Find the value of a parameter at which the present value at the horizon is zero.

    Parameters
    ----------
    scenario
        All other parameters.
    name
        A numeric field of ``LearningScenario``.
    low, high
        Range to search.

    Raises
    ------
    UnknownCodeError
        No such field.
    ModelInputError
        An empty range, or a value the field cannot take.
    """
    if not low < high:
        raise ModelInputError("low must be below high", where=f"fields low and high, values {low} and {high}")
    grid = np.linspace(low, high, SCAN)
    worth = np.array([_present(scenario, name, value) for value in grid])
    pays: BoolArray = worth >= 0
    change = np.flatnonzero(pays[1:] != pays[:-1])
    if not change.size:
        return BreakEven(name, low, high, None, "always" if pays[0] else "never", None)
    place = int(change[0])
    value = brentq(lambda trial: _present(scenario, name, trial), grid[place], grid[place + 1], xtol=CROSSING)
    return BreakEven(name, low, high, float(value), "crossing", bool(pays[place + 1]))


@dataclass(frozen=True, eq=False)
class PayBackMap:
    """Present value at the horizon over two parameters, [first, second], US dollars."""

    first_name: str
    second_name: str
    first: FloatArray
    second: FloatArray
    net_present_usd: FloatArray
    label: str


def map_pay_back(
    scenario: LearningScenario, first: tuple[str, ArrayLike], second: tuple[str, ArrayLike]
) -> PayBackMap:
    """Run the scenario over a grid of two parameters, to show under which of them a subsidy pays back.

    Parameters
    ----------
    scenario
        All other parameters.
    first, second
        Name of a numeric field and the values to try.

    Raises
    ------
    UnknownCodeError, ModelInputError
        As ``find_break_even``.
    """
    axes = []
    for name, values in (first, second):
        given = np.atleast_1d(np.asarray(values, dtype=np.float64))
        axes.append(numbers(name, given, ([str(value) for value in given],)))
    worth = [
        [_present(_varied(scenario, first[0], one), second[0], two) for two in axes[1]] for one in axes[0]
    ]
    return PayBackMap(first[0], second[0], axes[0], axes[1], frozen(np.array(worth)), THOUGHT_EXPERIMENT)
