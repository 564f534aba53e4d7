"""What can be asked about dependence: concentration and screens, stress, exposure, diversion."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from techbalance.errors import ParameterError
from techbalance.questions.parameters.accounts import Dated
from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.dependence_texts import Capacity, Lags, Share, Stages, Thresholds
from techbalance.questions.parameters.texts import (
    AllowedKeys,
    GroupRef,
    Names,
    PartnerRef,
    ProductRef,
    Top,
    Years,
)

Levels = Annotated[Names, AllowedKeys("product", "group", "all")]
Concept = Literal["general", "consumption"]

LIST = "Product list: census-atp, or a CSV file of yours with the columns code and, if wanted, group and name"
PANEL = "World trade panel of yours (Parquet or CSV: year, exporter, importer, product, value_usd) instead"
REPORTER = "Country or area whose imports are meant; another than USA needs a panel"
CONCEPT = "General imports, or imports for consumption"


class Supplied(Dated):
    """Parameters of every question about who supplies what."""

    concept: Concept = Field(default="general", description=CONCEPT)
    group: GroupRef | None = Field(default=None, description="Only these " + GroupRef.says)
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)
    list: str = Field(default="census-atp", description=LIST)
    panel: str | None = Field(default=None, description=PANEL)
    reporter: str = Field(default="USA", description=REPORTER)

    @model_validator(mode="after")
    def _held(self) -> Supplied:
        if self.panel is None and self.reporter != "USA":
            raise ParameterError(
                "reporter: the record holds imports of the United States only", remedy="Add a panel"
            )
        if self.panel is not None and self.concept != "general":
            raise ParameterError("concept: a panel holds one concept", remedy="Leave concept out")
        if self.panel is not None and self.as_of is not None:
            raise ParameterError("as_of: a panel has no vintages", remedy="Leave as_of out")
        if self.panel is not None and self.group and self.list == "census-atp":
            raise ParameterError("group: a panel has no groups of its own", remedy="Add a list with groups")
        return self


class DependenceParams(Supplied):
    """Which products hang on how few suppliers, how badly, and how persistently?"""

    level: Levels = Field(
        default=Names(("product",)), description="Rows: one or more of product, group, all (the whole list)"
    )
    year: Years | None = Field(default=None, description="Year or span; the newest held when left out")
    measure: Literal["value", "quantity"] = Field(
        default="value", description="Share out value, or quantity where it is held"
    )
    partner: PartnerRef | None = Field(
        default=None, description="Shares among these suppliers only: " + PartnerRef.says
    )
    on: PartnerRef | None = Field(
        default=None, description="Only rows whose largest supplier is one of these " + PartnerRef.says
    )
    friends: PartnerRef | None = Field(
        default=None, description="Add the shares of these partners or areas, and of all others"
    )
    screen: str = Field(
        default="geodep", description="Screen that ships (eu, eu-single-country, geodep), or your file"
    )
    threshold: Thresholds | None = Field(
        default=None, description="Other thresholds of the screen's criteria, for example C1=0.3"
    )
    criteria: bool = Field(default=False, description="One row for each criterion, with its distance")
    flagged: bool = Field(default=False, description="Only rows that meet every criterion that can be judged")
    single_point: Share = Field(
        default=Share(1.0), description="Largest share from which one supplier is a single point of failure"
    )
    counted: Literal["observed", "all"] = Field(
        default="observed", description="Suppliers in the normalised index: those that sold, or all there are"
    )
    sort: Literal["value", "hhi", "share", "distance"] = Field(
        default="value", description="Largest first by value, index, largest share, or distance to threshold"
    )
    top: Top = Field(default=20, description="Only the first N rows of each level and year")

    @model_validator(mode="after")
    def _fits(self) -> DependenceParams:
        if self.single_point.value == 0:
            raise ParameterError("single_point: a share of 0 marks everything", remedy="Give more than 0")
        if self.measure == "quantity" and self.concept != "general":
            raise ParameterError("concept: a quantity has none", remedy="Leave concept out")
        return self


class StressParams(Supplied):
    """What is lost when suppliers fail, what can others make good, and what becomes dearer?"""

    without: PartnerRef | None = Field(default=None, description="Suppliers that fail: " + PartnerRef.says)
    share: Share = Field(default=Share(1.0), description="Share of their deliveries that is gone, 0 to 1")
    stages: Stages | None = Field(
        default=None,
        description="Instead: stages with a semicolon between, for example 'CHN=0.5;CHN=1,VNM=0.3'",
    )
    worst: int | None = Field(
        default=None, ge=1, le=50, description="Instead: search the K suppliers whose joint loss hurts most"
    )
    harm: Literal["shortfall", "loss"] = Field(
        default="shortfall", description="What the search makes as large as it can"
    )
    among: PartnerRef | None = Field(default=None, description="Search among these only: " + PartnerRef.says)
    level: Levels = Field(
        default=Names(("all", "product")), description="Rows: one or more of all, group, product"
    )
    year: Years | None = Field(default=None, description="One year; the newest held when left out")
    capacity: Capacity = Field(
        default=Capacity(0.05, 0.5),
        description="Share of their exports by which others can sell more: low and high; "
        "'world' or 'world:0.05:0.5' for exports to the world, with a panel",
    )
    elasticities: str | None = Field(
        default=None,
        description="Your file (CSV: code, sigma or theta, if known se), or sources by name "
        "(protee, broda-weinstein, hauk); all that are held when left out",
    )
    draws: int = Field(default=1000, ge=1, le=20_000, description="How many times elasticities are drawn")
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="The same seed gives the same draws")
    top: Top = Field(default=10, description="Only the N products that hurt most; the rest is one line")

    @model_validator(mode="after")
    def _one_shock(self) -> StressParams:
        given = [name for name in ("without", "stages", "worst") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ParameterError(
                f"{' and '.join(given) or 'no shock'}: one shock is needed",
                remedy="Give one of without, stages, worst",
            )
        if self.stages and self.share.value != 1:
            raise ParameterError("share: every stage has its own", remedy="Write it into the stages")
        if self.worst is None and (self.harm != "shortfall" or self.among):
            raise ParameterError("harm and among belong to a search", remedy="Add worst")
        if self.worst is not None and self.share.value == 0:
            raise ParameterError("share: without a loss nothing is worst", remedy="Give more than 0")
        if self.year and self.year.start != self.year.end:
            raise ParameterError("year: a stress starts from one year", where=f"given {self.year}")
        return self


class ExposureParams(Params):
    """How much of what industries use comes from a partner, suppliers' suppliers counted?"""

    partner: PartnerRef = Field(description="Countries of origin: " + PartnerRef.says)
    year: Years | None = Field(
        default=None, description="One year of the tables, 1995 to 2011; the newest when left out"
    )
    reporter: str = Field(default="USA", description="Country whose industries are meant, by ISO3 code")
    io: str | None = Field(
        default=None, description="Your inter-country table: .npz, or OECD ICIO as .csv; WIOD when left out"
    )
    industry: str | None = Field(
        default=None, description="Only industries whose code or name holds this text"
    )
    top: Top = Field(default=20, description="Only the N industries most exposed")

    @model_validator(mode="after")
    def _one_table(self) -> ExposureParams:
        if self.year and self.year.start != self.year.end:
            raise ParameterError("year: one table is one year", where=f"given {self.year}")
        if self.io and self.year:
            raise ParameterError("year: a file of yours is one year", remedy="Leave year out")
        return self


class DiversionParams(Params):
    """Does a partner sell us more of what it now buys from the supplier we avoid?"""

    partner: PartnerRef = Field(description="The partner that may pass goods on, one country")
    avoided: PartnerRef = Field(
        default=PartnerRef(("CHN",)), description="The supplier that is avoided, one country"
    )
    year: Years | None = Field(
        default=None, description="First and last year; all of one edition of the codes when left out"
    )
    lags: Lags = Field(
        default=Lags((0, 1)), description="Years by which purchases may run ahead, such as 0,1"
    )
    product: ProductRef | None = Field(default=None, description="Only these " + ProductRef.says)
    panel: str | None = Field(default=None, description=PANEL)
    reporter: str = Field(default="USA", description=REPORTER)
    seed: int = Field(default=1, ge=0, le=2**32 - 1, description="The same seed gives the same p-value")
    top: Top = Field(
        default=10, description="Only the N products with the largest gains; the whole is a line"
    )

    @model_validator(mode="after")
    def _two_countries(self) -> DiversionParams:
        if self.panel is None and self.reporter != "USA":
            raise ParameterError(
                "reporter: the file held is about the United States only", remedy="Add a panel"
            )
        if self.year and self.year.start == self.year.end:
            raise ParameterError("year: a change needs two years", remedy="Write 2022:2025 say")
        return self


DEPENDENCE = Question(
    name="dependence",
    command=("dependence",),
    summary="How few suppliers each product, group or list hangs on, screened, with persistence.",
    params=DependenceParams,
    columns=(
        "hhi",
        "top_partner",
        "top_share",
        "flags",
        "effective_suppliers",
        "top_partner_name",
        "top3_share",
        "hhi_normalised",
        "suppliers",
        "suppliers_counted",
        "is_single_point",
        "screen",
        "flag",
        "criteria_met",
        "persistence",
        "distance",
        "nearest_criterion",
        "note",
    ),
    values=("hhi", "value"),
    layout="compact",
    examples=(
        "dependence --group 04 --top 10",
        "dependence --level group,all --friends EU27,JPN,KOR",
        "dependence --screen my-screen.toml --flagged",
    ),
)
STRESS = Question(
    name="stress",
    command=("stress",),
    summary="What is lost, recovered, short and dearer when suppliers fail.",
    params=StressParams,
    columns=(
        "loss_usd",
        "shortfall_low_usd",
        "shortfall_usd",
        "price_effect",
        "price_effect_low",
        "price_effect_high",
        "recovered_usd",
        "recovered_high_usd",
        "capacity_basis",
        "capacity",
        "lost_share",
        "sigma",
        "sigma_from",
        "covered_share",
        "note",
    ),
    values=("loss_usd",),
    layout="compact",
    examples=(
        "stress --without CHN",
        "stress --without CHN,VNM --share 0.5 --group 05",
        "stress --worst 3 --capacity 0.2",
    ),
)
EXPOSURE = Question(
    name="exposure",
    command=("exposure",),
    summary="Share of a partner in what industries use: face value, and looked through.",
    params=ExposureParams,
    columns=("face_share", "lookthrough_share", "lookthrough_ratio", "output_share", "year", "note"),
    values=("face_share",),
    words=("partner",),
    layout="compact",
    examples=("exposure CHN --year 2011", "exposure CHN --industry Electrical"),
)
DIVERSION = Question(
    name="diversion",
    command=("diversion",),
    summary="Whether a partner's rising sales go with rising purchases from the supplier avoided.",
    params=DiversionParams,
    columns=(
        "level",
        "product",
        "lag",
        "sales_change_usd",
        "avoided_change_usd",
        "purchases_change_usd",
        "is_pattern",
        "passed_on_usd",
        "passed_on_share",
        "correlation",
        "p_value",
        "period",
        "note",
    ),
    values=("sales_change_usd",),
    words=("partner",),
    examples=("diversion VNM --avoided CHN --year 2022:2025",),
)
