"""Where do few suppliers sell most, and what would be lost if some of them failed?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field as Given

from techbalance.charts import text
from techbalance.classifications.groups import GROUPS
from techbalance.errors import ParameterError
from techbalance.indicators.screens.declaration import shipped_screen, shipped_screens
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.dependence_texts import Capacity, Share
from techbalance.questions.parameters.texts import AsOf, GroupRef, PartnerRef, Years
from techbalance.questions.scope import partners_in_words
from techbalance.report.blocks import Heading, Section
from techbalance.report.grids import Field, grid
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import IMPORTS, MODELS, Gathering, capital, chart, money, named, table
from techbalance.web.pages.held import partners
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Chart, Table
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/dependence"
SCREENS: Final = tuple((name, f"{name}: {shipped_screen(name).title.lower()}") for name in shipped_screens())
"""Name and rule of each screen that ships."""
_ALL: Final = 1_000_000
_SHOWN: Final = 15


class DependencePageParams(Params):
    """Which screen of which products, and which suppliers fail?"""

    without: PartnerRef = Given(
        default=PartnerRef(("CHN",)), description="Suppliers that fail: countries or areas, by code or name"
    )
    share: Share = Given(default=Share(1.0), description="Share of their deliveries that is gone, 0 to 1")
    group: GroupRef | None = Given(
        default=None, description="Only these technology groups; all when left out"
    )
    screen: str = Given(default="geodep", description="When a product counts as dependent")
    capacity: Capacity = Given(
        default=Capacity(0.05, 0.5),
        description="Share of their sales by which others can sell more, low and high",
    )
    draws: int = Given(default=300, ge=1, le=5_000, description="How often elasticities are drawn")
    year: Years | None = Given(default=None, description="Year; the newest held when left out")
    as_of: AsOf | None = Given(default=None, description="Only what was published up to this day")


def compose(asker: Asker, params: DependencePageParams) -> Content:
    """Compose the page: the screen, the groups over the years, and the stress with its ranges."""
    if params.screen not in dict(SCREENS):
        raise ParameterError(
            f"screen: {params.screen!r} does not ship", remedy=f"Ship: {', '.join(dict(SCREENS))}"
        )
    screened, stressed = _screened(asker, params), _stressed(asker, params)
    told = Gathering(*screened.notes, *stressed.notes)
    rows = [row for row in screened.rows() if row["imports_usd"]]
    who = partners_in_words(asker.store, params.without)
    return Content(
        kicker="Dependence and stress",
        heading=_heading(rows, "technology imports" if params.group is None else "these imports"),
        lead=_lead(rows, stressed, who),
        controls=_controls(asker, params),
        sections=(
            Section(
                "stress",
                f"If {who} failed",
                (_STRESS,),
                told.held(
                    partial(chart, asker, stressed, MODELS),
                    partial(_stress_table, asker, stressed, who),
                    partial(_groups_stressed, asker, stressed, who),
                ),
            ),
            Section(
                "screen",
                "Which products hang on few suppliers",
                (_SCREEN,),
                told.held(
                    partial(chart, asker, screened, IMPORTS),
                    partial(_flagged, asker, screened, rows),
                    partial(_groups, asker, params),
                ),
            ),
        ),
        links=(
            Link("Every product, with its criteria", address("/questions/dependence", criteria="true")),
            Link(
                "The three suppliers whose loss would hurt most",
                address("/questions/stress", worst=3, level="all"),
            ),
            Link("What a tariff would do instead", address("/whatif", partner=str(params.without))),
        ),
        notes=told.notes,
    )


_STRESS: Final = (
    "Modelled, and mechanical: what the others sell more is bounded by a share of what they sell now, no "
    "stocks are drawn down and nothing is made at home instead. So the figures are ranges: the first end is "
    "with the larger capacity, the second with the smaller one."
)
_SCREEN: Final = (
    "A product is flagged when it meets every criterion of the screen that can be judged. What is made at "
    "home is not held, so this is about imports, not about use."
)


def _common(params: DependencePageParams) -> dict[str, Any]:
    given = {"group": params.group, "year": params.year, "as_of": params.as_of}
    return {name: value for name, value in given.items() if value is not None}


def _screened(asker: Asker, params: DependencePageParams) -> Answer:
    return asker.ask("dependence", screen=params.screen, top=_ALL, **_common(params))


def _stressed(asker: Asker, params: DependencePageParams) -> Answer:
    return asker.ask(
        "stress",
        without=params.without,
        share=params.share,
        capacity=params.capacity,
        draws=params.draws,
        level="all,group,product",
        **_common(params),
    )


def _heading(rows: list[dict[str, Any]], what: str) -> str:
    flagged = [row for row in rows if is_flagged(row)]
    if not rows:
        return "No imports are held that could be screened"
    usd = sum(row["imports_usd"] for row in flagged)
    share = usd / sum(row["imports_usd"] for row in rows)
    return (
        f"{len(flagged):,} of {text.counted(len(rows), 'product')} hang on few suppliers, "
        f"{text.percent(share, 0)} of {what} in {rows[0]['year']}"
    )


def is_flagged(row: dict[str, Any]) -> bool:
    """Whether a product meets every criterion that can be judged: ``1 of 1 judged``."""
    met, _, judged, *_ = (row["criteria_met"] or "0 of 0 judged").split()
    return met == judged != "0"


def _lead(rows: list[dict[str, Any]], stressed: Answer, who: str) -> str:
    said = []
    single = [row for row in rows if row["is_single_point"]]
    if single:
        usd = text.money(sum(row["imports_usd"] for row in single))
        said.append(f"{text.counted(len(single), 'product')}, worth {usd}, come from one supplier alone.")
    whole = _whole(stressed)
    if whole is not None:
        said.append(
            f"Without {who}, between {text.money(whole['shortfall_low_usd'])} and "
            f"{text.money(whole['shortfall_usd'])} of imports would be missing, modelled."
        )
    return " ".join(said)


def _whole(stressed: Answer) -> dict[str, Any] | None:
    return next((row for row in stressed.rows() if row["level"] == "all"), None)


def _short_columns(rows: list[dict[str, Any]]) -> tuple[Field, ...]:
    # Without elasticities no price effect is known, and a column of dashes would say nothing.
    dearer = any(row["dearer"] != text.DASH for row in rows)
    return (
        money("shortfall_low_usd", "Short at least", rows),
        money("shortfall_usd", "Short at most", rows),
        money("loss_usd", "Lost", rows),
        Field("lost_share", "Lost, % of imports", "percent"),
        *((Field("dearer", "Dearer by", "code"),) if dearer else ()),
    )


def _ranged(row: dict[str, Any]) -> dict[str, Any]:
    """Write the price effect as a range."""
    low, high = row["price_effect_low"], row["price_effect_high"]
    dearer = text.DASH
    if low is not None and high is not None:
        dearer = f"{text.percent(low)} to {text.percent(high)}"
    return row | {"dearer": dearer, "note": None}


def _stress_table(asker: Asker, stressed: Answer, who: str) -> Table:
    listed = [_ranged(named(row)) for row in stressed.rows() if row["level"] == "product" and row["product"]]
    hurt = [row for row in listed if row["loss_usd"]]
    first = hurt[0] if hurt else None
    title = f"Without {who} nothing on the list is lost"
    if first is not None:
        title = (
            f"Hit hardest: {text.clause(first['product_name'])}, of which "
            f"{text.money(first['shortfall_low_usd'])} to {text.money(first['shortfall_usd'])} would be "
            "missing"
        )
    fields = (Field("named", "Product", "words"), *_short_columns(hurt), Field("code", "Code", "code"))
    heading = Heading(
        "stress-products", title, f"Modelled, imports of {_year(stressed)}; the products hurt most."
    )
    return table(asker, [stressed], MODELS, heading, grid(hurt, fields))


def _groups_stressed(asker: Asker, answer: Answer, who: str) -> Table:
    rows = [_ranged(row) for row in answer.rows() if row["level"] == "group"]
    rows.sort(key=lambda row: -(row["shortfall_usd"] or 0))
    first = rows[0]
    title = (
        f"{first['group_name']} would miss most without {who}: {text.money(first['shortfall_low_usd'])} to "
        f"{text.money(first['shortfall_usd'])}"
    )
    fields = (Field("group_name", "Group", "words"), *_short_columns(rows))
    heading = Heading("stress-groups", title, f"Modelled, imports of {_year(answer)}, by technology group.")
    return table(asker, [answer], MODELS, heading, grid(rows, fields))


def _flagged(asker: Asker, screened: Answer, rows: list[dict[str, Any]]) -> Table:
    flagged = [row for row in rows if is_flagged(row)]
    shown = [named(row) | {"note": None} for row in (flagged or rows)[:_SHOWN]]
    leaders: dict[str, int] = {}
    for row in flagged:
        leaders[row["top_partner_name"]] = leaders.get(row["top_partner_name"], 0) + row["imports_usd"]
    title = "No product is flagged; these are the largest"
    if flagged:
        name, usd = max(leaders.items(), key=lambda one: one[1])
        title = (
            f"{capital(text.country(name))} leads among the flagged products, as the largest supplier of "
            f"{text.money(usd)} of them"
        )
    fields = (
        Field("named", "Product, as the tariff names it", "words"),
        money("imports_usd", "Imports", shown),
        Field("top_partner_name", "Largest supplier", "words"),
        Field("top_share", "Its share, %", "percent"),
        Field("flags", "Flags", "words"),
        Field("persistence", "Flagged in", "code"),
        Field("code", "Code", "code"),
    )
    year = _year(screened)
    subtitle = f"Ten-digit products, imports of {year}; the {len(shown)} largest. The file has every product."
    return table(asker, [screened], IMPORTS, Heading("flagged", title, subtitle), grid(shown, fields))


def _groups(asker: Asker, params: DependencePageParams) -> Chart:
    common = {name: value for name, value in _common(params).items() if name != "year"}
    years = asker.ask("reconcile", flow="import").rows()
    held = sorted(row["year"] for row in years if row["rebuilt_usd"] is not None)
    answer = asker.ask(
        "dependence", level="group", screen=params.screen, year=(held[0], held[-1]), top=_ALL, **common
    )
    return chart(asker, answer, IMPORTS)


def _year(answer: Answer) -> int:
    return int(answer.arrow["year"][0].as_py())


def _controls(asker: Asker, params: DependencePageParams) -> tuple[Control, ...]:
    return controls_of(
        DependencePageParams,
        params.texts(),
        only=("without", "share", "capacity", "group", "screen", "year", "draws", "as_of"),
        without={"value": str(params.without), "label": "Without", "suggested": partners(asker)},
        share={
            "kind": "range",
            "least": 0.05,
            "most": 1.0,
            "step": 0.05,
            "value": str(params.share),
            "label": "Share of it that is gone",
        },
        screen={"kind": "choice", "options": SCREENS, "value": params.screen},
        draws={"label": "Draws"},
        as_of={"label": "As of"},
    )


STEPS: Final[tuple[dict[str, str], ...]] = ({"group": "05"}, {"year": "2024"}, {"screen": "eu"})
"""A value of each field that makes another kind of view."""

PAGE: Final = Page(
    ADDRESS,
    "Dependence",
    DependencePageParams,
    compose,
    "Products that hang on few suppliers, and what would be missing if some of them failed",
    views=lambda _: [(name, {"group": code}) for code, name in GROUPS.items()],
)
