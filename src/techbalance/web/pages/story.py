"""Who supplies a product, and where can it not be followed?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa
from pydantic import Field as Given

from techbalance.charts import text
from techbalance.charts.rows import Origin
from techbalance.classifications.partners import WORLD
from techbalance.classifications.stories import REVISIONS, dotted
from techbalance.classifications.story_codes import STORIES
from techbalance.errors import NotCoveredError
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.stories import StoryName
from techbalance.questions.parameters.texts import Names, PartnerRef, Years
from techbalance.report.blocks import Heading, Section, Table
from techbalance.report.grids import Field, grid
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import IMPORTS, Gathering, capital, chart, money, table
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.classifications.stories import Story
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Chart
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/story"
_SIX_DIGIT: Final = Origin("UN Comtrade and US ITC, as the user's file has them", "six-digit products")
_REST: Final = "-"
"""How the question calls all partners it does not name."""
_UNITS: Final = {"u": "piece"}
_JOINS: Final = {"same": "same goods, other codes", "seam": "seam: some goods left", "break": "break"}


class StoryParams(Params):
    """Which product, which part of it, whose trade?"""

    name: StoryName = Given(default=StoryName("semiconductors"), description="Product")
    part: Names | None = Given(default=None, description="Only these parts, also ones not in the sum")
    flow: Literal["import", "export"] = Given(default="import", description="Imports or exports")
    partner: PartnerRef | None = Given(
        default=None, description="Only these countries or areas; the largest when left out"
    )
    year: Years | None = Given(default=None, description="Year or span; all held when left out")


def compose(asker: Asker, params: StoryParams) -> Content:
    """Compose the page: who supplied how much, the parts, and the codes with their breaks."""
    story = STORIES[params.name.name]
    answer = asker.ask("story", **_given(params))
    told = Gathering(*answer.notes)
    drawn = told.held(partial(_chart, asker, answer))
    listed = told.held(partial(_latest, asker, answer, params))
    parts = (
        told.held(partial(_parts, asker, params, story, answer))
        if params.part is None and len(story.counted) > 1
        else ()
    )
    sections = [Section("suppliers", "", (), (*drawn, *listed))] if drawn or listed else []
    if parts:
        sections.append(Section("parts", "What it is made of", (), parts))
    sections.append(
        Section("codes", "How it is followed", tuple(filter(None, (story.says, _CODES))), (_codes(story),))
    )
    return Content(
        kicker="A product over time",
        heading=_heading(answer, story, params),
        lead=_lead(answer, params),
        controls=_controls(params, story),
        sections=tuple(sections),
        links=tuple(
            Link(capital(one.title), address(ADDRESS, name=one.name))
            for one in STORIES.values()
            if one is not story
        ),
        notes=told.notes,
    )


_CODES: Final = (
    "Codes of products change every five years. Where a code was divided or joined with others, what stands "
    "before and after is not the same goods, and the line is broken."
)


def _given(params: StoryParams) -> dict[str, Any]:
    given = {
        "name": params.name,
        "part": params.part,
        "flow": params.flow,
        "partner": params.partner,
        "year": params.year,
    }
    return {name: value for name, value in given.items() if value is not None}


def _origin(answer: Answer) -> Origin:
    """Who published the figures: stored rows are the Census Bureau's, a file is the user's own."""
    return IMPORTS if answer.lineage else _SIX_DIGIT


def _held(answer: Answer) -> list[dict[str, Any]]:
    """Rows of partners by themselves that have a value."""
    return [row for row in answer.rows() if row["value_usd"] is not None and _is_one(row)]


def _is_one(row: dict[str, Any]) -> bool:
    return row["partner"] not in {_REST, WORLD}


def _heading(answer: Answer, story: Story, params: StoryParams) -> str:
    subject = capital(_subject(story, params))
    rows = _held(answer)
    if not rows:
        return f"{subject}: not held by partner"
    period = max(row["period"] for row in rows)
    first = max((row for row in rows if row["period"] == period), key=lambda row: row["value_usd"])
    role = "supplier" if params.flow == "import" else "buyer"
    name = text.country(first["partner_name"])
    among = "" if first["share"] is not None else " of those held"
    return f"{subject}: {name} is the largest {role}{among} in {period}, at {text.money(first['value_usd'])}"


def _subject(story: Story, params: StoryParams) -> str:
    if params.part is None:
        return story.title
    return text.listing([story.part(name).title for name in params.part])


def _lead(answer: Answer, params: StoryParams) -> str:
    """State how the leader's figure moved since the last break, and how much of all it is."""
    rows = _held(answer)
    if not rows:
        return "Of this product no trade by partner is held here; the notes say what would answer it."
    period = max(row["period"] for row in rows)
    first = max((row for row in rows if row["period"] == period), key=lambda row: row["value_usd"])
    broken = max((row["period"] for row in rows if row["break_note"]), default="")
    own = [row for row in rows if row["partner"] == first["partner"] and row["period"] >= broken]
    own.sort(key=lambda row: row["period"])
    name = text.country(first["partner_name"], opening=True)
    part = "" if first["share"] is None else f", {text.percent(first['share'], 0)} of all {params.flow}s"
    if len(own) < 2:
        return f"{name}: {text.money(first['value_usd'])} in {period}{part}."
    start = own[0]
    return (
        f"{name}: {text.money(start['value_usd'])} in {start['period']}, {text.money(first['value_usd'])} in "
        f"{period}{part}."
    )


def _chart(asker: Asker, answer: Answer) -> Chart:
    return chart(asker, answer, _origin(answer))


def _latest(asker: Asker, answer: Answer, params: StoryParams) -> Table:
    """List the suppliers of the newest year, with shares, unit values and what is the product itself."""
    rows = [row for row in answer.rows() if row["value_usd"] is not None]
    period = max((row["period"] for row in rows), default="")
    newest = [_with_range(row) for row in rows if row["period"] == period]
    newest.sort(key=lambda row: (row["partner"] == WORLD, row["partner"] == _REST, -row["value_usd"]))
    named = [row for row in newest if _is_one(row)]
    verb = "supplied" if params.flow == "import" else "bought"
    if not named:
        raise NotCoveredError(f"no partner is known to have {verb} it")
    largest = [text.country(row["partner_name"]) for row in named[:3]]
    sums = text.money(sum(row["value_usd"] for row in named[:3]))
    between = f", {sums} between them" if len(largest) > 1 else f", {sums}"
    title = f"{capital(text.listing(largest))} {verb} most in {period}{between}"
    share = "share" if any(row["share"] is not None for row in newest) else "held_share"
    fields = [
        Field("partner_name", "Partner", "words"),
        money("value_usd", "Value", newest),
        Field(share, "Share, %" if share == "share" else "Of what is held, %", "percent"),
        Field("within", "Of it the product itself", "code"),
        Field("per_unit", "Per unit", "code"),
        Field("system", "Codes", "code"),
    ]
    if all(row["per_unit"] == text.DASH for row in newest):
        fields = [field for field in fields if field.name != "per_unit"]
    heading = Heading("newest", title, f"{capital(params.flow)}s of {period}.")
    return table(asker, [answer], _origin(answer), heading, grid(newest, fields))


def _with_range(row: dict[str, Any]) -> dict[str, Any]:
    """Write the part that is the product itself, where its codes hold other goods too, and the unit value."""
    low, high = row["product_low_usd"], row["product_high_usd"]
    within = "all of it"
    if low is None or high is None:
        within = text.DASH
    elif low != high:
        within = f"{text.money(low)} to {text.money(high)}"
    per_unit = text.DASH
    if row["unit_value"] is not None:
        per_unit = (
            f"${text.number(row['unit_value'], 2)} a {_UNITS.get(row['quantity_unit'], row['quantity_unit'])}"
        )
    return row | {"within": within, "per_unit": per_unit, "note": None}


def _parts(asker: Asker, params: StoryParams, story: Story, whole: Answer) -> Table:
    """List each part of the story in the newest year, all partners together."""
    period = max((row["period"] for row in whole.rows() if row["value_usd"] is not None), default=None)
    if period is None:
        raise NotCoveredError(f"parts of {story.title} are not held")
    newest = {"by": "partner,part", "top": 1_000_000, "year": period}
    answer = asker.ask("story", **_given(params) | newest)
    rows = [row for row in answer.rows() if row["value_usd"] is not None]
    titles = {part.name: part.title for part in story.parts}
    sums: dict[str, int] = {}
    leaders: dict[str, dict[str, Any]] = {}
    for row in rows:
        name = row["part"]
        if row["partner"] != WORLD:
            sums[name] = sums.get(name, 0) + row["value_usd"]
        leader = leaders.get(name)
        if _is_one(row) and (leader is None or row["value_usd"] > leader["value_usd"]):
            leaders[name] = row
    listed: list[dict[str, Any]] = [
        {
            "part": capital(titles.get(name, name)),
            "value_usd": usd,
            "first": leaders[name]["partner_name"] if name in leaders else text.DASH,
        }
        for name, usd in sorted(sums.items(), key=lambda one: -one[1])
    ]
    if not listed:
        raise NotCoveredError(f"parts of {story.title} are not held by partner")
    largest: dict[str, Any] = listed[0]
    title = f"{largest['part']} make the largest part in {period}, {text.money(largest['value_usd'])}"
    fields = (
        Field("part", "Part", "words"),
        money("value_usd", "Value", listed),
        Field("first", "Largest partner", "words"),
    )
    heading = Heading("parts-table", title, f"{capital(params.flow)}s of {period} from the partners held.")
    return table(asker, [answer], _origin(answer), heading, grid(listed, fields), rows=answer.arrow)


def _codes(story: Story) -> Table:
    """List the codes of each part, era by era, with what happened where they changed."""
    rows = [
        {
            "part": capital(part.title),
            "revision": REVISIONS.get(era.from_year, str(era.from_year)),
            "codes": ", ".join(dotted(code) for code in era.codes),
            "join": _JOINS[era.join] if era is not part.eras[0] else "begins",
            "why": capital(era.why) if era.why else text.DASH,
        }
        for part in story.parts
        for era in part.eras
    ]
    breaks = sum(row["join"] == _JOINS["break"] for row in rows)
    stated = "no break" if not breaks else text.counted(breaks, "break")
    title = f"{text.counted(len(story.parts), 'part')}, {text.counted(len(rows), 'set')} of codes, {stated}"
    fields = (
        Field("part", "Part", "words"),
        Field("revision", "From", "code"),
        Field("codes", "Codes", "words"),
        Field("join", "To the one before", "words"),
        Field("why", "What happened", "words"),
    )
    heading = Heading("codes-table", title, "Codes of the Harmonized System, revision by revision.")
    return Table(heading, grid(rows, fields), pa.Table.from_pylist(rows), trail=None)


def _controls(params: StoryParams, story: Story) -> tuple[Control, ...]:
    names = tuple((one.name, capital(one.title)) for one in STORIES.values())
    parts = tuple((part.name, part.title) for part in story.parts)
    chosen = {"kind": "choice", "options": names, "label": "Product", "value": params.name.name, "says": ""}
    several = {"kind": "choices", "options": parts, "label": "Parts"}
    return controls_of(
        StoryParams,
        params.texts(),
        only=("name", "flow", "partner", "year", *(("part",) if len(parts) > 1 else ())),
        name=chosen,
        **({"part": several} if len(parts) > 1 else {}),
    )


STEPS: Final[tuple[dict[str, str], ...]] = ({"name": "computers"},)
"""The product with the most parts."""

PAGE: Final = Page(
    ADDRESS,
    "Products",
    StoryParams,
    compose,
    "One kind of product through revisions of its codes: who supplies it, and where it cannot be followed",
    views=lambda _: [(capital(one.title), {"name": one.name}) for one in STORIES.values()],
)
