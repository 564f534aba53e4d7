"""What can be asked of the policy models: tariffs, trade costs, quotas, subsidies, productivity, files."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

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
from techbalance.questions.parameters.whatif_scenario import (
    MODELS,
    MULTI_SECTOR_DEFICITS,
    ONE_SECTOR_DEFICITS,
    Scenario,
)
from techbalance.questions.parameters.whatif_texts import BaseRate, Rate, Span

Parts = Annotated[Names, AllowedKeys("partner", "group", "product", "country", "sector")]
Asked = Annotated[Names, AllowedKeys(*MODELS, "all")]
Deficits = Annotated[Names, AllowedKeys("additive", "multiplicative", "kept", "removed")]

ALL = Names(("all",))
SHOCK_FIELDS = (
    *("partner", "country", "group", "product", "list", "schedule", "rate", "add", "from_rate"),
    *("change", "keep", "rent_to"),
)
ASSUMPTIONS = ("sigma", "demand", "supply", "home_supply", "theta", "domestic_share")


class View(Params):
    """How a modelled answer is shown; nothing here changes a figure."""

    by: Parts | None = Field(
        default=None,
        description="Parts below the whole: partner (default), group, product; country and sector of worlds",
    )
    top: Top = Field(default=5, description="Only the N parts that move most, of each outcome")
    tornado: str | None = Field(
        default=None, description="Instead: which assumption moves this outcome most, such as welfare"
    )


# Kinds of parts each model gives.
PARTS: dict[str, tuple[str, ...]] = {
    "partial": ("partner", "group", "product"),
    "one-sector": ("partner", "country"),
    "multi-sector": ("partner", "country", "group", "sector"),
}


def check_view(view: View, scenario: Scenario) -> None:
    """Refuse a view that the scenario's models cannot give.

    Raises
    ------
    ParameterError
        Parts that no model asked for has, or a tornado where nothing is drawn.
    """
    given = {part for model in scenario.models for part in PARTS[model]}
    stray = [part for part in view.by or () if part not in given]
    if stray:
        raise ParameterError(
            f"by: no model asked for has figures by {stray[0]}",
            remedy=f"They have {', '.join(sorted(given))}",
        )
    if view.tornado is not None and scenario.draws == 0:
        raise ParameterError("tornado: nothing is drawn in this scenario", remedy="Ask for draws")


class Policy(View):
    """Options every policy command has."""

    every: ClassVar[tuple[str, ...]] = MODELS

    year: Years | None = Field(
        default=None, description="Year whose imports are the base; the newest when left out"
    )
    as_of: AsOf | None = Field(default=None, description="Read the newest figures published up to this day")
    model: Asked = Field(default=ALL, description="partial, one-sector, multi-sector, or all that can answer")
    deficit: Deficits | None = Field(
        default=None,
        description="Deficits of countries: additive, multiplicative, removed (one sector), kept, removed "
        "(many); the first two of each model are drawn when left out",
    )
    domestic_share: Span | None = Field(
        default=None, description="Share of spending that is made at home, LOW:HIGH in [0, 1); an assumption"
    )
    sigma: Span | None = Field(default=None, description="Elasticity of substitution instead of sources")
    elasticities: str | None = Field(
        default=None,
        description="protee, broda-weinstein, or your CSV file (code, sigma or theta, se); "
        "all that are held when left out",
    )
    demand: Span | None = Field(default=None, description="Demand elasticity of a product, below 0")
    supply: Span | None = Field(default=None, description="Supply elasticity abroad, such as 2:10:inf")
    home_supply: Span | None = Field(default=None, description="Supply elasticity at home")
    theta: Span | None = Field(default=None, description="Trade elasticity of the world models, above 0")
    draws: int | None = Field(
        default=None,
        ge=0,
        le=20_000,
        description="How many draws; 0 for the central case alone, without a range",
    )
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="The same seed gives the same answer")
    write: str | None = Field(
        default=None,
        description="Also write the scenario of these options to this file",
        json_schema_extra={"local": True},
    )

    def texts(self) -> dict[str, str]:
        """The text form without the file written: asking again must not write again."""
        return {name: text for name, text in super().texts().items() if name != "write"}

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        check_view(self, self.scenario())
        return self

    def scenario(self) -> Scenario:
        """Make the scenario these options describe.

        Raises
        ------
        ParameterError
            Options contradict each other, or a value is out of range; the option is named.
        """
        if "all" in self.model and len(self.model.names) > 1:
            raise ParameterError("model: all is every model", remedy="Leave the others out")
        models = self.every if "all" in self.model else self.model.names
        found: dict[str, Any] = {
            "year": self.year,
            "as_of": self.as_of,
            "draws": self.draws,
            "seed": self.seed,
        }
        found["models"] = Names(models)
        found["shock"] = tuple(self.shocks())
        found["assumptions"] = {name: getattr(self, name) for name in ASSUMPTIONS} | {
            "sources": self.elasticities
        }
        if self.deficit is not None:
            found["closure"] = self._closure(models)
        return Scenario(**found)

    def _closure(self, models: tuple[str, ...]) -> dict[str, Names]:
        chosen: dict[str, Names] = {}
        used: set[str] = set()
        for model, field, known in (
            ("one-sector", "one_sector", ONE_SECTOR_DEFICITS),
            ("multi-sector", "multi_sector", MULTI_SECTOR_DEFICITS),
        ):
            fitting = tuple(name for name in self.deficit or () if name in known)
            if model in models and fitting:
                chosen[field] = Names(fitting)
                used |= set(fitting)
        stray = [name for name in self.deficit or () if name not in used]
        if stray:
            raise ParameterError(
                f"deficit: {' and '.join(stray)} belongs to none of the models asked for",
                remedy="additive and multiplicative are of one-sector, kept of multi-sector, removed of both",
            )
        return chosen

    def shocks(self) -> list[dict[str, Any]]:
        """The shocks of these options; each kind of policy has its own."""
        raise NotImplementedError

    def _amounts(self) -> dict[str, Any]:
        own = type(self).model_fields
        return {name: getattr(self, name) for name in SHOCK_FIELDS if name in own}


class Targeted(Policy):
    """Options that say which products are hit."""

    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)
    list: str | None = Field(default=None, description="Only the products of your CSV file (column code)")


class TariffParams(Targeted):
    """What would a tariff do?"""

    partner: PartnerRef | None = Field(
        default=None, description="Suppliers hit; all when left out: " + PartnerRef.says
    )
    rate: Rate | None = Field(default=None, description="The new rate, in place of the old: 0.25 or 25%")
    add: Rate | None = Field(default=None, description="Instead: a rate on top of the base rate")
    from_rate: BaseRate = Field(
        default=BaseRate(None),
        description="The rate to start from: base (duty collected in the year), or a rate",
    )
    schedule: str | None = Field(
        default=None,
        description="Instead: CSV file as announced, with code, partner if wanted, and rate or add",
    )

    def shocks(self) -> list[dict[str, Any]]:
        """One tariff."""
        return [{"kind": "tariff", **self._amounts()}]


class TradeCostParams(Targeted):
    """What would dearer or cheaper transport, or red tape, do?"""

    partner: PartnerRef | None = Field(
        default=None, description="Suppliers hit; all when left out: " + PartnerRef.says
    )
    change: Rate = Field(
        description="Change of the cost of delivery: 0.1 or 10% is a tenth dearer, -5% cheaper"
    )

    def shocks(self) -> list[dict[str, Any]]:
        """One trade cost."""
        return [{"kind": "trade-cost", **self._amounts()}]


class QuotaParams(Targeted):
    """What would a limit on quantities do?"""

    model: Annotated[Names, AllowedKeys("partial")] = Field(
        default=Names(("partial",)), description="partial: the world models hold no quotas"
    )
    partner: PartnerRef | None = Field(
        default=None, description="Suppliers limited; all when left out: " + PartnerRef.says
    )
    keep: Rate = Field(
        description="Largest quantity of each supplier and product over its base quantity: 0.5 or 50%"
    )
    rent_to: Literal["importer", "exporter"] = Field(
        default="importer", description="Who keeps the quota's rent"
    )

    def shocks(self) -> list[dict[str, Any]]:
        """One quota."""
        return [{"kind": "quota", **self._amounts()}]


class SubsidyParams(Targeted):
    """What would a subsidy, or new capacity, at home do?"""

    model: Annotated[Names, AllowedKeys("partial")] = Field(
        default=Names(("partial",)), description="partial: the world models hold no production subsidies"
    )
    rate: Rate | None = Field(
        default=None, description="Subsidy on the market price of what is made at home: 10%"
    )
    capacity: Rate | None = Field(
        default=None, description="Change of the quantity home makers offer at each price: 20%"
    )

    def shocks(self) -> list[dict[str, Any]]:
        """A subsidy, new capacity, or both."""
        where = {name: getattr(self, name) for name in ("group", "product", "list")}
        made: list[dict[str, Any]] = []
        if self.rate is not None:
            made.append({"kind": "subsidy", "rate": self.rate, **where})
        if self.capacity is not None:
            made.append({"kind": "capacity", "change": self.capacity, **where})
        if not made:
            raise ParameterError("rate and capacity: one of the two is needed", remedy="Write --rate 10%")
        return made


class ProductivityParams(Policy):
    """What would a country's higher productivity do?"""

    every: ClassVar[tuple[str, ...]] = ("one-sector", "multi-sector")
    model: Annotated[Names, AllowedKeys("one-sector", "multi-sector", "all")] = Field(
        default=ALL,
        description="one-sector, multi-sector or all: one market knows no productivity of a country",
    )
    country: PartnerRef = Field(description="Country that becomes more productive, one of the models' data")
    change: Rate = Field(description="Change of output per worker (one sector) or per bundle of inputs: 5%")

    def shocks(self) -> list[dict[str, Any]]:
        """One change of productivity."""
        return [{"kind": "productivity", **self._amounts()}]


class RunParams(View):
    """What does a scenario file say?"""

    file: str = Field(
        description="A scenario file (TOML), or one that ships: nafta, eu-enlargement",
        json_schema_extra={"local": True},
    )


class DiffParams(Params):
    """In what do two scenarios differ?"""

    first: str = Field(description="A scenario file, or one that ships", json_schema_extra={"local": True})
    second: str = Field(description="The other one", json_schema_extra={"local": True})


OUTCOME_COLUMNS = (
    "outcome",
    "part",
    "low",
    "central",
    "high",
    "base",
    "model",
    "unit",
    "elasticity_source",
    "closure",
    "part_name",
    "modelled",
    "note",
)


def _question(name: str, word: str, summary: str, params: type[Params], **more: Any) -> Question:  # noqa: ANN401
    return Question(
        name=name,
        command=("whatif", word),
        summary=summary,
        params=params,
        columns=OUTCOME_COLUMNS,
        values=("low", "central", "high"),
        **more,
    )


TARIFF = _question(
    "whatif_tariff",
    "tariff",
    "What a tariff would do to prices, imports, partners, revenue and welfare: a range, then a point.",
    TariffParams,
    examples=(
        "whatif tariff --partner CHN --rate 25% --group 05",
        "whatif tariff --partner CHN,VNM --add 10% --product 8542 --model partial",
        "whatif tariff --partner CHN --rate 25% --tornado welfare",
    ),
)
TRADE_COST = _question(
    "whatif_trade_cost",
    "trade-cost",
    "What dearer or cheaper delivery would do.",
    TradeCostParams,
    examples=("whatif trade-cost --partner CHN --change 10%",),
)
QUOTA = _question(
    "whatif_quota",
    "quota",
    "What a limit on the quantity of imports would do, and who gets its rent.",
    QuotaParams,
    examples=("whatif quota --partner CHN --keep 50% --group 05 --rent-to exporter",),
)
SUBSIDY = _question(
    "whatif_subsidy",
    "subsidy",
    "What a subsidy to home makers, or new capacity at home, would do.",
    SubsidyParams,
    examples=("whatif subsidy --rate 10% --group 05", "whatif subsidy --capacity 20% --product 8542"),
)
PRODUCTIVITY = _question(
    "whatif_productivity",
    "productivity",
    "What a country's higher productivity would do to it and to the others.",
    ProductivityParams,
    examples=("whatif productivity --country CHN --change 5%",),
)
RUN = _question(
    "whatif_run",
    "run",
    "Run a scenario file again, or a published exercise: nafta, eu-enlargement.",
    RunParams,
    words=("file",),
    examples=("whatif run nafta", "whatif run scenario.toml --tornado welfare"),
)
DIFF = Question(
    name="whatif_diff",
    command=("whatif", "diff"),
    summary="In what two scenarios differ.",
    params=DiffParams,
    columns=("key", "first", "second"),
    values=("key",),
    words=("first", "second"),
    layout="list",
    examples=("whatif diff nafta eu-enlargement",),
)
