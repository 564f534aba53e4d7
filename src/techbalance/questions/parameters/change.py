"""What can be asked about a change: what moved, what each part added, and what made it move."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import LIST, SERIES, Dated, Flow, Series
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Top,
    Years,
)

ChangeKeys = Annotated[Names, AllowedKeys("group", "partner", "product")]
How = Literal[
    "accounts",
    "shift-share",
    "lmdi",
    "constant-market-share",
    "price-quantity",
    "margins",
    "entry-exit",
    "survival",
    "constant-dollars",
    "dollar",
]

WAYS: Final[tuple[str, ...]] = get_args(How)
# Options of a decomposition, each with the ways it belongs to.
BELONGS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("product", "panel", "reporter"), WAYS),
    # Quantities of linked codes are in units of their own, and price levels know no codes.
    "families": tuple(way for way in WAYS if way not in ("price-quantity", "constant-dollars", "dollar")),
    "every_year": tuple(way for way in WAYS if way != "survival"),
    "trim": ("price-quantity", "constant-dollars"),
    "deflator": ("constant-dollars",),
    "dollars_of": ("constant-dollars",),
    "threshold": ("entry-exit", "survival"),
}


class ChangeParams(Dated):
    """What moved between two years, and how much did each part add?"""

    from_: Years = Field(alias="from", description="The year to start from")
    to: Years = Field(description="The year to end with")
    by: ChangeKeys | None = Field(default=None, description="Parts: group, partner or product")
    flow: Flow | None = Field(default=None, description="One flow; the balance when left out")
    ytd: bool = Field(default=False, description="The months of the year so far in both years")
    partner: PartnerRef | None = Field(default=None, description="Only these " + PartnerRef.says)
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    top: Top | None = Field(default=None, description="Only the N largest changes")
    series: Series = Field(default="atp", description=SERIES)
    list: str = Field(default="census-atp", description=LIST)
    how: How | None = Field(
        default=None,
        description="Split the change: into flows (accounts), growth, mix and gains (shift-share, lmdi, "
        "constant-market-share), prices (price-quantity, constant-dollars, dollar), margins, or pairs that "
        "began and ended (entry-exit); survival tells how long pairs last",
    )
    product: ProductRef | None = Field(default=None, description="With how: only these " + ProductRef.says)
    panel: str | None = Field(
        default=None,
        description="With how: other trade than the record's: hs6 or hts10 of the data folder, or your file "
        "(Parquet or CSV: year, exporter, importer, product, value_usd and, if known, quantity and unit)",
    )
    reporter: str = Field(
        default="USA", description="With a panel: country whose trade is meant, by ISO3 code or name"
    )
    families: str | None = Field(
        default=None,
        description="With how: your CSV file with the columns old and new; codes it links are one product",
    )
    every_year: bool = Field(default=False, description="With how: every step from one year to the next")
    trim: float = Field(
        default=3.0,
        ge=0,
        le=100,
        description="Unit values further than this from the median of their series, in median absolute "
        "deviations of logarithms, are not matched; 0 keeps all",
    )
    deflator: Literal["gdp_deflator", "cpi", "fisher"] = Field(
        default="gdp_deflator", description="Price level of constant dollars; fisher is the trade's own"
    )
    dollars_of: Years | None = Field(
        default=None, description="Year whose dollars constant dollars are; the first year when left out"
    )
    threshold: int = Field(
        default=1, ge=1, le=10**12, description="A pair counts as traded from this many dollars a year on"
    )

    @model_validator(mode="after")
    def _two_years(self) -> ChangeParams:
        for name, span in (("from", self.from_), ("to", self.to)):
            if span.start != span.end:
                raise ParameterError(f"{name}: one year is needed", where=f"given {span}")
        if self.top and not self.by:
            raise ParameterError("top: the whole is one row", remedy="Add by: group, partner or product")
        if self.from_ == self.to:
            raise ParameterError("from and to are the same year", where=f"given {self.to}")
        return self

    @model_validator(mode="after")
    def _belongs(self) -> ChangeParams:
        """Refuse an option that the way asked for would not look at."""
        defaults = type(self).model_fields
        for name, ways in BELONGS.items():
            if getattr(self, name) != defaults[name].default and self.how not in ways:
                raise ParameterError(
                    f"{name}: {'a plain change' if self.how is None else f'how {self.how}'} has none",
                    remedy=f"Add how: {' or '.join(ways)}",
                )
        if self.how is None:
            return self
        if self.reporter != "USA" and self.panel is None:
            raise ParameterError("reporter: only trade of the United States is held", remedy="Add a panel")
        if self.panel is not None:
            self._fits_panel()
        if self.to.start < self.from_.start:
            raise ParameterError("how: the first year comes before the last", remedy="Turn from and to round")
        if self.dollars_of is not None and self.dollars_of.start != self.dollars_of.end:
            raise ParameterError("dollars_of: one year is needed", where=f"given {self.dollars_of}")
        inside = self.dollars_of is None or self.from_.start <= self.dollars_of.start <= self.to.start
        if self.deflator == "fisher" and not inside:
            raise ParameterError(
                "dollars_of: an index of the trade itself is chained over the years asked for",
                remedy=f"Choose a year from {self.from_} to {self.to}",
            )
        if self.how == "survival" and (self.by or self.to.start - self.from_.start < MIN_SPAN):
            raise ParameterError(
                "survival is of all pairs over three years or more", remedy="Leave by out, and widen the span"
            )
        if self.how == "margins" and self.partner and not self.by:
            raise ParameterError("margins of chosen partners are one row each", remedy="Add by partner")
        if self.how == "margins" and self.by and self.by.names != ("partner",):
            raise ParameterError("by: margins are those of a partner in a market", remedy="Use by partner")
        return self

    def _fits_panel(self) -> None:
        if self.as_of is not None:
            raise ParameterError("as_of: a panel has no vintages", remedy="Leave as_of out")
        if self.ytd:
            raise ParameterError("ytd: a panel has full years", remedy="Leave ytd out")
        if self.series != "atp":
            raise ParameterError("series: a panel is a series of its own", remedy="Leave series out")
        if self.list != "census-atp":
            raise ParameterError(
                "list: a panel has all its products", remedy="Leave list out; product chooses"
            )
        if self.group or (self.by and "group" in self.by):
            raise ParameterError("group: a panel has no groups of its own", remedy="Leave group out")


MIN_SPAN: Final = 2

CHANGE = Question(
    name="change",
    command=("change",),
    summary="What moved between two years, what each part added, and what made it move.",
    params=ChangeParams,
    columns=(
        "from_usd",
        "to_usd",
        "change_usd",
        "contribution_ratio",
        "base_points",
        "growth_ratio",
        "growth_of",
        "months",
        "from_vintage",
        "to_vintage",
        "note",
    ),
    values=("change_usd", "survival_share"),
    examples=(
        "change --from 2002 --to 2007",
        "change --from 2024 --to 2025 --by partner --flow import --top 10",
        "change --from 2024 --to 2025 --flow import --how lmdi",
    ),
)
