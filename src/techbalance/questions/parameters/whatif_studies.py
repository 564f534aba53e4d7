"""What else can be asked of the models: learning by doing, gains from trade, gravity."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    AsOf,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Top,
    Years,
)
from techbalance.questions.parameters.whatif import OUTCOME_COLUMNS
from techbalance.questions.parameters.whatif_scenario import NO_RATE
from techbalance.questions.parameters.whatif_texts import Rate, Span

DRAWS = "How many draws"
SEED = "The same seed gives the same answer"
RANGE = "; the published range when left out"

# Where each parameter of learning has a meaning: lowest, highest, whether the highest is allowed.
LIMITS: dict[str, tuple[float, float, bool]] = {
    "learning_rate": (0.0, 1.0, False),
    "forgetting": (0.0, 1.0, False),
    "foreign_weight": (0.0, 1.0, True),
    "spillover": (0.0, float("inf"), False),
    "discount_rate": (-0.99, float("inf"), False),
    "cost_of_funds": (0.0, float("inf"), False),
    "sigma": (0.0, float("inf"), False),
    "demand": (float("-inf"), -1e-9, True),
    "domestic_share": (1e-9, 1.0, False),
    "linked": (0.0, float("inf"), False),
}


class LearningParams(Params):
    """Could a temporary subsidy pay for itself if making teaches making, and inventing?"""

    rate: Rate = Field(default=Rate(0.2), description="Subsidy on the market price of what is made at home")
    years: int = Field(default=5, ge=1, le=100, description="Years for which it is paid")
    horizon: int = Field(default=30, ge=1, le=200, description="Years over which gains are counted")
    year: Years | None = Field(
        default=None, description="Year whose imports are the base; the newest when left out"
    )
    as_of: AsOf | None = Field(default=None, description="Read the newest figures published up to this day")
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)
    learning_rate: Span | None = Field(
        default=None, description="Fall of cost when experience doubles" + RANGE
    )
    forgetting: Span | None = Field(default=None, description="Part of experience lost in a year" + RANGE)
    foreign_weight: Span | None = Field(
        default=None, description="Worth of a unit made abroad for experience at home, 0 to 1" + RANGE
    )
    spillover: Span | None = Field(
        default=None, description="Elasticity of inventing with experience in making" + RANGE
    )
    linked: Span | None = Field(
        default=None, description="Value of the inventing it is linked to, dollars a year"
    )
    discount_rate: Span | None = Field(default=None, description="Per year" + RANGE)
    cost_of_funds: Span | None = Field(
        default=None, description="Welfare cost of a tax dollar beyond the dollar" + RANGE
    )
    sigma: Span | None = Field(
        default=None, description="Elasticity of substitution of home for foreign makes"
    )
    demand: Span | None = Field(default=None, description="Demand elasticity, below 0")
    domestic_share: Span | None = Field(default=None, description="Share of spending made at home, in (0, 1)")
    draws: int = Field(default=500, ge=1, le=20_000, description=DRAWS)
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description=SEED)
    tornado: bool = Field(default=False, description="Instead: which assumption moves the present value most")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.rate.value <= -1:
            raise ParameterError(f"rate: {NO_RATE}", where=f"value {self.rate}")
        if self.horizon < self.years:
            raise ParameterError("horizon: must be at least years", where=f"value {self.horizon}")
        if self.year and self.year.start != self.year.end:
            raise ParameterError("year: one year is needed", where=f"given {self.year}")
        for name, (low, high, closed) in LIMITS.items():
            span = getattr(self, name)
            if span is None:
                continue
            if span.low < low or span.high > high or (span.high == high and not closed):
                end = "]" if closed else ")"
                raise ParameterError(f"{name}: must be in [{low:g}, {high:g}{end}", where=f"value {span}")
        return self


class GainsParams(Params):
    """How much would a country lose without any trade?"""

    country: PartnerRef | None = Field(default=None, description="Only these countries: " + PartnerRef.says)
    model: Annotated[Names, AllowedKeys("one-sector", "multi-sector", "all")] = Field(
        default=Names(("all",)), description="one-sector, multi-sector, or all that can answer"
    )
    theta: Span | None = Field(default=None, description="Trade elasticity, above 0")
    draws: int = Field(default=300, ge=1, le=20_000, description=DRAWS)
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description=SEED)
    top: Top = Field(default=10, description="Only the N countries that would lose most, of each model")

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if self.theta is not None and (self.theta.low <= 0 or self.theta.high == float("inf")):
            raise ParameterError("theta: must be above 0 and finite", where=f"value {self.theta}")
        return self


class GravityParams(Params):
    """What would the end or the start of a trade agreement do, by an estimated gravity equation?"""

    between: PartnerRef = Field(
        description="Two countries or more, ISO3 with commas: the agreement among them"
    )
    change: Annotated[Names, AllowedKeys("end", "start")] = Field(
        default=Names(("end",)), description="end or start of the agreement"
    )
    year: Years | None = Field(default=None, description="2000, 2005, 2010 or 2014; the newest when left out")
    theta: Span | None = Field(default=None, description="Trade elasticity, above 0")
    draws: int = Field(default=200, ge=1, le=20_000, description=DRAWS)
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description=SEED)
    top: Top = Field(default=10, description="Only the N countries that move most")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.change.names) != 1:
            raise ParameterError("change: end or start, one of the two")
        if self.year and self.year.start != self.year.end:
            raise ParameterError("year: one year is needed", where=f"given {self.year}")
        if self.theta is not None and (self.theta.low <= 0 or self.theta.high == float("inf")):
            raise ParameterError("theta: must be above 0 and finite", where=f"value {self.theta}")
        return self


LEARNING = Question(
    name="whatif_learning",
    command=("whatif", "learning"),
    summary="A thought experiment: when a temporary subsidy pays back through learning by doing.",
    params=LearningParams,
    columns=OUTCOME_COLUMNS,
    values=("low", "central", "high"),
    examples=("whatif learning --group 05 --rate 20% --years 5", "whatif learning --group 05 --tornado"),
)
GAINS = Question(
    name="whatif_gains",
    command=("whatif", "gains"),
    summary="What a country would lose if it could not trade at all.",
    params=GainsParams,
    columns=OUTCOME_COLUMNS,
    values=("low", "central", "high"),
    examples=("whatif gains --country USA,DEU,CHN",),
)
GRAVITY = Question(
    name="whatif_gravity",
    command=("whatif", "gravity"),
    summary="What ending or starting a trade agreement would do, by gravity estimated with fixed effects.",
    params=GravityParams,
    columns=OUTCOME_COLUMNS,
    values=("low", "central", "high"),
    words=("between",),
    examples=("whatif gravity USA,CAN,MEX --change end",),
)
