"""What is a policy scenario? Shocks, models, what is held fixed, elasticities and draws.

That is all that decides a figure. The options of a what-if command make one, a TOML file holds one; both
give the same answer.
"""

from __future__ import annotations

import json
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    AsOf,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Years,
)
from techbalance.questions.parameters.whatif_texts import BaseRate, Rate, Span

Kind = Literal["tariff", "trade-cost", "quota", "subsidy", "capacity", "productivity", "published"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Model = Literal["partial", "one-sector", "multi-sector"]
MODELS: Final[tuple[Model, ...]] = get_args(Model)
PUBLISHED: Final = {"nafta": "multi-sector", "eu-enlargement": "one-sector"}
ONE_SECTOR_DEFICITS: Final = ("additive", "multiplicative", "removed")
MULTI_SECTOR_DEFICITS: Final = ("kept", "removed")
# Which models take which assumptions.
USED_BY: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("partial",): ("sources", "sigma", "demand", "supply", "home_supply", "domestic_share"),
    ("one-sector", "multi-sector"): ("theta",),
}
TABLES: Final = ("closure", "assumptions")
NO_RATE: Final = "must be above -1 (a rate above -100 %)"

ModelNames = Annotated[Names, AllowedKeys(*MODELS)]
OneSectorDeficits = Annotated[Names, AllowedKeys(*ONE_SECTOR_DEFICITS)]
MultiSectorDeficits = Annotated[Names, AllowedKeys(*MULTI_SECTOR_DEFICITS)]

# Which fields decide a shock of each kind, beside whom and what it hits.
AMOUNTS: Final[dict[str, tuple[str, ...]]] = {
    "tariff": ("rate", "add", "from_rate", "schedule"),
    "trade-cost": ("change",),
    "quota": ("keep", "rent_to"),
    "subsidy": ("rate",),
    "capacity": ("change",),
    "productivity": ("change", "country"),
    "published": ("name",),
}
TARGETS: Final[dict[str, tuple[str, ...]]] = {
    "tariff": ("importer", "partner", "group", "product", "list"),
    "trade-cost": ("importer", "partner", "group", "product", "list"),
    "quota": ("partner", "group", "product", "list"),
    "subsidy": ("group", "product", "list"),
    "capacity": ("group", "product", "list"),
    "productivity": (),
    "published": (),
}


class Part(BaseModel):
    """One table of a scenario: frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def given(self) -> dict[str, str]:
        """Every value that differs from its default, in its text form, in the order of the fields."""
        fields = type(self).model_fields
        values = {name: getattr(self, name) for name in fields}
        return {
            name: str(value).lower() if isinstance(value, bool) else _text(value)
            for name, value in values.items()
            if value is not None and value != fields[name].default
        }


def _text(value: object) -> str:
    return ",".join(value) if isinstance(value, PartnerRef) else str(value)


class Shock(Part):
    """One thing that changes."""

    kind: Kind = Field(description="tariff, trade-cost, quota, subsidy, capacity, productivity or published")
    importer: str = Field(
        default="USA", description="Country that imports, ISO3; another than USA in world models only"
    )
    partner: PartnerRef | None = Field(default=None, description="Suppliers hit; all when left out")
    country: PartnerRef | None = Field(default=None, description="Country whose productivity changes")
    group: GroupRef | None = Field(default=None, description="Technology groups hit; all when left out")
    product: ProductRef | None = Field(
        default=None, description="Product codes hit; a short code takes all below it"
    )
    list: str | None = Field(default=None, description="CSV file of product codes hit (column code)")
    schedule: str | None = Field(
        default=None, description="CSV file as announced: code, partner if wanted, and rate or add"
    )
    rate: Rate | None = Field(default=None, description="New ad valorem rate")
    add: Rate | None = Field(default=None, description="Rate put on top of the base rate")
    from_rate: BaseRate = Field(
        default=BaseRate(None), description="Rate to start from: base (duty collected in the year) or a rate"
    )
    change: Rate | None = Field(
        default=None, description="Change of cost, capacity or productivity, 0.1 is +10 %"
    )
    keep: Rate | None = Field(default=None, description="Largest quantity let in, over the base quantity")
    rent_to: Literal["importer", "exporter"] = Field(
        default="importer", description="Who keeps the rent of a quota"
    )
    name: str | None = Field(default=None, description="nafta or eu-enlargement")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        allowed = {"kind", *AMOUNTS[self.kind], *TARGETS[self.kind]}
        for name in self.given():
            if name not in allowed:
                raise ParameterError(
                    f"{name}: has no place in a shock of the kind {self.kind}",
                    remedy=f"It takes {', '.join(sorted(allowed - {'kind'}))}",
                )
        self._check_amount()
        if self.schedule and (self.partner or self.group or self.product or self.list):
            raise ParameterError(
                "schedule: says itself what is hit", remedy="Leave partner, group, product and list out"
            )
        if self.list and self.group:
            raise ParameterError("group: a list of yours has its own groups", remedy="Leave group out")
        return self

    def _check_amount(self) -> None:
        needed = {"tariff": ("rate", "add", "schedule"), "productivity": ("country",)}.get(self.kind, ())
        there = [name for name in needed if getattr(self, name) is not None]
        if needed and len(there) != 1:
            raise ParameterError(
                f"{' and '.join(there) or needed[0]}: a {self.kind} needs one of {', '.join(needed)}"
                if len(needed) > 1
                else f"{needed[0]}: is needed for a shock of the kind {self.kind}"
            )
        single = {"trade-cost": "change", "quota": "keep", "subsidy": "rate", "capacity": "change"}
        single |= {"productivity": "change", "published": "name"}
        name = single.get(self.kind)
        if name and getattr(self, name) is None:
            raise ParameterError(f"{name}: is needed for a shock of the kind {self.kind}")
        for field in ("rate", "add", "change"):
            value = getattr(self, field)
            if value is not None and value.value <= -1:
                raise ParameterError(f"{field}: {NO_RATE}", where=f"value {value}")
        if self.from_rate.rate is not None and self.from_rate.rate.value <= -1:
            raise ParameterError(f"from_rate: {NO_RATE}", where=f"value {self.from_rate}")
        if self.keep is not None and self.keep.value <= 0:
            raise ParameterError(
                "keep: must be above 0",
                where=f"value {self.keep}",
                remedy="A ban is a small number such as 0.01",
            )
        if self.name is not None and self.name not in PUBLISHED:
            raise ParameterError(f"name: {self.name!r} is none of {', '.join(PUBLISHED)}")


class Closure(Part):
    """What is held fixed; several are drawn, each as likely as the other."""

    one_sector: OneSectorDeficits = Field(
        default=Names(("additive", "multiplicative")), description="additive, multiplicative, removed"
    )
    multi_sector: MultiSectorDeficits = Field(default=Names(("kept", "removed")), description="kept, removed")


class Assumptions(Part):
    """Elasticities and the share made at home."""

    sources: str | None = Field(
        default=None,
        description="protee, broda-weinstein, or a CSV file (code, sigma or theta, se)",
    )
    sigma: Span | None = Field(
        default=None, description="Elasticity of substitution among suppliers, 0 or above"
    )
    demand: Span | None = Field(default=None, description="Demand elasticity of a product, below 0")
    supply: Span | None = Field(default=None, description="Supply elasticity abroad, 0 or above, inf allowed")
    home_supply: Span | None = Field(default=None, description="Supply elasticity at home, 0 or above")
    theta: Span | None = Field(default=None, description="Trade elasticity of the world models, above 0")
    domestic_share: Span | None = Field(
        default=None, description="Home's part of what buyers spend on the products, from 0 to below 1"
    )

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        rules: dict[str, tuple[bool, str]] = {}
        for name in ("sigma", "supply", "home_supply"):
            span = getattr(self, name)
            rules[name] = (span is None or span.low >= 0, "must not be negative")
        rules["demand"] = (self.demand is None or self.demand.high < 0, "must be below 0")
        rules["theta"] = (self.theta is None or self.theta.low > 0, "must be above 0")
        share = self.domestic_share
        rules["domestic_share"] = (share is None or (share.low >= 0 and share.high < 1), "must be in [0, 1)")
        for name, (allowed, reason) in rules.items():
            if not allowed:
                raise ParameterError(f"{name}: {reason}", where=f"value {getattr(self, name)}")
        infinite = [
            name
            for name in ("sigma", "demand", "theta", "domestic_share")
            if (span := getattr(self, name)) and abs(span.low) + abs(span.high) == float("inf")
        ]
        if infinite:
            raise ParameterError(f"{infinite[0]}: must be finite")
        if self.sigma and self.sources:
            raise ParameterError("sigma and elasticities say the same thing", remedy="Give one of the two")
        return self


class Scenario(Part):
    """Everything that decides the figures of an answer."""

    title: str = Field(default="", description="What the scenario is about, in words of yours")
    year: Years | None = Field(
        default=None, description="Year whose imports are the base; the newest when left out"
    )
    as_of: AsOf | None = Field(default=None, description="Read the figures published up to this day")
    models: ModelNames = Field(default=Names(MODELS), description="partial, one-sector, multi-sector")
    draws: int | None = Field(
        default=None,
        ge=0,
        le=20_000,
        description="How many times assumptions are drawn; 0 for the central case only",
    )
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="The same seed gives the same draws")
    shock: tuple[Shock, ...] = Field(
        default=(), description="One table [[shock]] for each thing that changes"
    )
    closure: Closure = Field(default=Closure(), description="Table [closure]")
    assumptions: Assumptions = Field(default=Assumptions(), description="Table [assumptions]")

    @model_validator(mode="after")
    def _together(self) -> Self:
        if not self.shock:
            raise ParameterError("shock: nothing changes in this scenario", remedy="Add a table [[shock]]")
        if self.year and self.year.start != self.year.end:
            raise ParameterError("year: a scenario starts from one year", where=f"given {self.year}")
        if len({shock.rent_to for shock in self.shock if shock.kind == "quota"}) > 1:
            raise ParameterError("rent_to: the rents of all quotas go to one side", remedy="Choose one")
        if any(shock.kind == "published" for shock in self.shock) and len(self.shock) > 1:
            raise ParameterError(
                "shock: a published exercise stands alone", remedy="Leave the other shocks out"
            )
        return self

    @model_validator(mode="after")
    def _used(self) -> Self:
        for models, names in USED_BY.items():
            if set(models) & set(self.models):
                continue
            stray = [name for name in names if getattr(self.assumptions, name) is not None]
            if stray:
                raise ParameterError(
                    f"{stray[0]}: no model asked for takes it",
                    where=f"models {', '.join(self.models)}",
                    remedy=f"Leave it out, or ask {' or '.join(models)}",
                )
        return self

    def to_toml(self) -> str:
        """Write the scenario as the text of a file; reading it gives the same scenario."""
        lines = _lines(self)
        for shock in self.shock:
            lines += ["", "[[shock]]", *_lines(shock)]
        for name in TABLES:
            if table := _lines(getattr(self, name)):
                lines += ["", f"[{name}]", *table]
        return "\n".join(lines).lstrip() + "\n"

    def flat(self) -> dict[str, str]:
        """Every value that differs from its default, keyed as a reader would name it: ``shock 1 rate``."""
        found = {
            name: text
            for name, text in self.given().items()
            if name not in ("shock", "closure", "assumptions")
        }
        for number, shock in enumerate(self.shock, start=1):
            found |= {f"shock {number} {name}": text for name, text in shock.given().items()}
        for name in TABLES:
            found |= {f"{name} {key}": text for key, text in getattr(self, name).given().items()}
        return found


def _lines(part: Part) -> list[str]:
    """Write the keys of one table; partners as a list, because a name may hold a comma."""
    lines = []
    for key, text in part.given().items():
        value = getattr(part, key)
        if isinstance(value, (Part, tuple)):
            continue
        held = (
            list(value.names) if isinstance(value, PartnerRef) else value if isinstance(value, int) else text
        )
        lines.append(f"{key} = {json.dumps(held, ensure_ascii=False)}")
    return lines
