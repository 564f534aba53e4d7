"""What can be asked about moving up the value chain: climb, and the single measures on any table of trade."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.parameters.texts import GroupRef, Names, PartnerRef, ProductRef, Top, Years

TABLE = (
    "A table of trade of yours (Parquet or CSV): year, exporter, importer, product, value_usd; or year, "
    "country, product, value_usd; or as Comtrade or BACI give it"
)
COUNTRY_CODES = "BACI's file of country codes, where it does not lie beside the table"
DIGITS = "Cut product codes to so many digits before anything is computed"
WITHIN = "Only these make up the world that is measured: " + ProductRef.says
SHOWN = "Show only these " + ProductRef.says
COUNTRIES = "Show only these countries, as the table calls them, or by name"
INCOME = "CSV with country, income and, if wanted, year; GDP per head of the record when left out"
ELASTICITIES = (
    "Your file (CSV: code, sigma or theta, if known se), or a source by name (protee, broda-weinstein, hauk)"
)
SPAN = "Year or span; the newest held when left out"


class Basket(Dated):
    """Parameters of every question about who exports what."""

    panel: str | None = Field(default=None, description=TABLE)
    country_codes: str | None = Field(default=None, description=COUNTRY_CODES)
    side: Literal["export", "import"] | None = Field(
        default=None, description="Of a table with both: flows as exporters report them, or as importers do"
    )
    digits: int | None = Field(default=None, ge=2, le=10, description=DIGITS)
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    within: ProductRef | None = Field(default=None, description=WITHIN)
    year: Years | None = Field(default=None, description=SPAN)

    @model_validator(mode="after")
    def _one_origin(self) -> Basket:
        _fits_panel(self)
        return self


def _fits_panel(params: Basket | Market) -> None:
    if params.panel is not None and params.as_of is not None:
        raise ParameterError("as_of: a table of yours has no vintages", remedy="Leave as_of out")
    if params.panel is not None and params.group is not None:
        raise ParameterError("group: a table of yours has no groups", remedy="Name products instead")
    if params.panel is None and params.country_codes is not None:
        raise ParameterError("country_codes belongs to a table of BACI", remedy="Add panel")


class ComplexityParams(Basket):
    """How complex is what countries export, and what lies near it?"""

    by: Literal["country", "product", "density", "proximity"] = Field(
        default="country",
        description="Countries (ECI), products (PCI), a country's nearness to products, or products near one",
    )
    country: Names | None = Field(default=None, description=COUNTRIES)
    product: ProductRef | None = Field(default=None, description=SHOWN)
    threshold: float = Field(
        default=1.0, gt=0, le=100, description="Revealed advantage from which a country is specialised"
    )
    pci: Literal["average", "reciprocal"] = Field(
        default="average",
        description="Scale of PCI: mean ECI of exporters, or that over the second eigenvalue",
    )
    without_self: bool = Field(default=False, description="Leave the product itself out of its density")
    top: Top = Field(default=20, description="Only the N highest of each year")

    @model_validator(mode="after")
    def _fits(self) -> ComplexityParams:
        if self.by == "density" and self.country is None:
            raise ParameterError("density is of a country", remedy="Add country")
        if self.by == "proximity" and self.product is None:
            raise ParameterError("proximity is to a product", remedy="Add product")
        if self.without_self and self.by != "density":
            raise ParameterError("without_self belongs to density", remedy="Add by=density, or leave it out")
        if self.pci != "average" and self.by not in ("product", "density"):
            raise ParameterError("pci belongs to products", remedy="Add by=product, or leave it out")
        return self


class AdvantageParams(Basket):
    """In what is a country specialised, and how rich are those who export the same?"""

    measure: Literal["rca", "prody", "expy"] = Field(
        default="rca",
        description="Revealed advantage by country and product, or income content of products or countries",
    )
    country: Names | None = Field(default=None, description=COUNTRIES)
    product: ProductRef | None = Field(default=None, description=SHOWN)
    world: Literal["with", "without"] = Field(
        default="with", description="Hold a country against a world with it, or without it (rca)"
    )
    income: str | None = Field(default=None, description=INCOME)
    top: Top = Field(default=20, description="Only the N highest of each year")

    @model_validator(mode="after")
    def _fits(self) -> AdvantageParams:
        if self.world != "with" and self.measure != "rca":
            raise ParameterError("world belongs to rca", remedy="Leave world out")
        if self.income is not None and self.measure == "rca":
            raise ParameterError("income belongs to prody and expy", remedy="Add measure, or leave it out")
        if self.measure == "prody" and self.country is not None:
            raise ParameterError("country: prody is of a product", remedy="Leave country out")
        if self.measure == "expy" and self.product is not None:
            raise ParameterError("product: expy is of a country", remedy="Add within, or leave it out")
        return self


class SimilarityParams(Basket):
    """How alike are the baskets of two countries, at two levels of the classification?"""

    country: Names | None = Field(default=None, description=COUNTRIES)
    against: Names = Field(
        default=Names(("OECD",)),
        description="Countries, or areas: their members' baskets put together, without the country itself",
    )
    coarse: int = Field(default=4, ge=2, le=9, description="Digits of the second, coarser level")
    top: Top = Field(default=20, description="Only the N most alike of each year and area")


class Market(Dated):
    """Parameters of every question about suppliers of one country."""

    panel: str | None = Field(default=None, description=TABLE)
    country_codes: str | None = Field(default=None, description=COUNTRY_CODES)
    reporter: str = Field(
        default="USA", description="Country whose trade is meant; another than USA needs a panel"
    )
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)

    @model_validator(mode="after")
    def _one_origin(self) -> Market:
        if self.panel is None and self.reporter != "USA":
            raise ParameterError("reporter: what is held is of the United States only", remedy="Add a panel")
        _fits_panel(self)
        return self


class IntraIndustryParams(Market):
    """How much of trade goes both ways within products, and is it of the same quality?"""

    partner: PartnerRef | None = Field(default=None, description="Only these " + PartnerRef.says)
    by: Literal["partner", "product"] = Field(
        default="partner", description="Sums over products, or each product"
    )
    year: Years | None = Field(default=None, description=SPAN)
    digits: int | None = Field(default=None, ge=2, le=10, description=DIGITS)
    spread: float = Field(
        default=0.15, gt=0, lt=1, description="Unit values this near are alike (0.15 or 0.25)"
    )
    bounds: Literal["reciprocal", "one-minus"] = Field(
        default="reciprocal", description="Lower bound 1 / (1 + spread), or 1 - spread"
    )
    top: Top = Field(default=20, description="Only the N largest of each year")


class UnitValuesParams(Market):
    """Where does each supplier's unit value stand among all suppliers of a product?"""

    partner: PartnerRef | None = Field(default=None, description="Show only these " + PartnerRef.says)
    by: Literal["partner", "product", "slope"] = Field(
        default="partner",
        description="Sums over products, each product, or how much dearer richer suppliers sell",
    )
    year: Years | None = Field(default=None, description=SPAN)
    elasticities: str | None = Field(default=None, description="For quality: " + ELASTICITIES)
    income: str | None = Field(default=None, description=INCOME)
    top: Top = Field(default=20, description="Only the N largest of each year")

    @model_validator(mode="after")
    def _fits(self) -> UnitValuesParams:
        if self.income is not None and self.by != "slope":
            raise ParameterError("income belongs to by=slope", remedy="Add it, or leave income out")
        if self.by == "slope" and (self.elasticities or self.partner):
            raise ParameterError("by=slope takes all suppliers, and no elasticities", remedy="Leave them out")
        return self


class ClimbParams(Market):
    """Did a partner move up the value chain? The evidence for and against, on one page."""

    partner: PartnerRef = Field(description="One country, by ISO3 code or name")
    from_: Years | None = Field(
        default=None, alias="from", description="First year; the first of each kind of evidence when left out"
    )
    to: Years | None = Field(default=None, description="Last year; the last of each when left out")
    products: bool = Field(default=False, description="Each product instead: entered, left, dearer, cheaper")
    against: Names = Field(
        default=Names(("OECD",)), description="Whose basket it is compared with: countries, or one area"
    )
    stages: str | None = Field(
        default=None, description="CSV with code and group (parts or final): your own list of stages"
    )
    elasticities: str | None = Field(default=None, description="For quality: " + ELASTICITIES)
    income: str | None = Field(default=None, description=INCOME)
    top: Top = Field(default=20, description="With products: only the N largest")

    @model_validator(mode="after")
    def _fits(self) -> ClimbParams:
        for name, span in (("from", self.from_), ("to", self.to)):
            if span is not None and span.start != span.end:
                raise ParameterError(f"{name}: one year is needed", where=f"given {span}")
        if self.from_ and self.to and self.from_.start >= self.to.start:
            raise ParameterError(f"from {self.from_} is not before to {self.to}", remedy="Turn them round")
        return self


COMPLEXITY = Question(
    name="complexity",
    command=("complexity",),
    summary="Economic complexity of countries and products, proximity and density.",
    params=ComplexityParams,
    columns=("country", "country_name", "eci", "eci_rank", "diversity", "year", "note"),
    values=("eci", "pci", "density", "proximity"),
    examples=(
        "complexity --panel trade.parquet --year 2023",
        "complexity --panel trade.parquet --by product",
    ),
)
ADVANTAGE = Question(
    name="advantage",
    command=("advantage",),
    summary="Revealed comparative advantage, and the income content of products and countries.",
    params=AdvantageParams,
    columns=(
        "country",
        "product",
        "product_name",
        "value_usd",
        "rca",
        "rsca",
        "country_name",
        "year",
        "note",
    ),
    values=("rca", "prody", "expy"),
    layout="compact",
    examples=("advantage --country VNM --top 10", "advantage --measure expy --panel trade.parquet"),
)
SIMILARITY = Question(
    name="similarity",
    command=("similarity",),
    summary="How alike the export baskets of countries are, at two levels of the classification.",
    params=SimilarityParams,
    columns=(
        "country",
        "year",
        "against",
        "similarity",
        "coarse_similarity",
        "level_digits",
        "coarse_digits",
        "shared_products",
        "country_name",
        "note",
    ),
    values=("similarity",),
    examples=(
        "similarity --country CHN,VNM,MEX --year 2024:2025",
        "similarity --country CHN --against JPN,DEU",
    ),
)
INTRA_INDUSTRY = Question(
    name="intra_industry",
    command=("intra-industry",),
    summary="Trade both ways within products: Grubel-Lloyd, horizontal and vertical.",
    params=IntraIndustryParams,
    columns=(
        *("partner", "gl", "trade_usd", "two_way_share", "horizontal_share", "high_share", "low_share"),
        *("untyped_share", "one_way_share", "products", "partner_name", "year", "note"),
    ),
    values=("gl",),
    examples=("intra-industry --partner CHN --year 2015:2024", "intra-industry --partner CHN --by product"),
)
UNIT_VALUES = Question(
    name="unit_values",
    command=("unit-values",),
    summary="Unit values of suppliers: place among all, relative to the median, niches, quality.",
    params=UnitValuesParams,
    columns=(
        *(
            "partner",
            "value_usd",
            "relative_unit_value",
            "uv_position",
            "high_niche_share",
            "low_niche_share",
        ),
        *("compared_share", "products_compared", "quality", "partner_name", "year", "note"),
    ),
    values=("relative_unit_value", "unit_value", "slope"),
    layout="compact",
    examples=("unit-values --product 854231 --year 2024", "unit-values --by product --partner VNM --top 10"),
)
CLIMB = Question(
    name="climb",
    command=("climb",),
    summary="Did a partner move up the value chain? One page of evidence, for and against.",
    params=ClimbParams,
    columns=(
        *("evidence", "reads", "from_measure", "to_measure", "period", "evidence_level", "change_measure"),
        *("says", "unit", "note"),
    ),
    values=("from_measure", "to_measure", "to_usd", "from_usd"),
    words=("partner",),
    layout="compact",
    examples=("climb VNM --group 04", "climb CHN --from 2017 --to 2024", "climb VNM --products --top 10"),
)
