"""What is held, how old is it, how was it revised, and where does it come from?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import Field as Given

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.questions.parameters.accounts import Dated, Series
from techbalance.questions.parameters.texts import PartnerRef
from techbalance.questions.parameters.vintages import Periods
from techbalance.report.blocks import Definitions, Heading, Section, Source, Sources
from techbalance.report.grids import Field, grid
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import Gathering, chart, table
from techbalance.web.pages.explorer import SERIES
from techbalance.web.pages.held import vintages
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/data"
_MOST: Final = 150
_HELD: Final = (
    Field("named", "What", "words"),
    Field("first_period", "From", "code"),
    Field("last_period", "To", "code"),
    Field("rows", "Rows", "count"),
    Field("vintages", "Vintages", "count"),
    Field("vintage", "Newest", "date"),
    Field("age_days", "Age, days", "count"),
    Field("origin", "Held in", "words"),
)
_REVISED: Final = (
    Field("period", "Period", "code"),
    Field("vintage", "Vintage", "date"),
    Field("value_usd", "Figure, $bn", "bn"),
    Field("revision_usd", "Revised by, $bn", "bn"),
    Field("from_first_usd", "In all, $bn", "bn"),
    Field("verdicts", "Statements it turned", "words"),
    Field("basis", "Read from", "words"),
)
_FLOWS: Final = (("balance", "Balance"), ("export", "Exports"), ("import", "Imports"))


class DataParams(Dated):
    """Of which figure are the vintages shown?"""

    series: Series = Given(default="atp", description="Published series")
    period: Periods | None = Given(default=None, description="A year or a month, or a span of either")
    flow: Literal["export", "import", "balance"] = Given(default="balance", description="What is compared")
    partner: PartnerRef | None = Given(default=None, description="Only this partner")


def compose(asker: Asker, params: DataParams) -> Content:
    """Compose the page: what is held, the vintages of a figure, and the sources."""
    status = asker.ask("status")
    told = Gathering()
    revised = asker.ask("revisions", **params.texts() | {"series": params.series})
    blocks = told.held(
        *([lambda: chart(asker, revised)] if _is_drawn(params) else []),
        lambda: _vintages(asker, revised),
    )
    told.add(*revised.notes)
    sources = asker.store.sources
    return Content(
        kicker="Data and vintages",
        heading=_heading(status),
        lead=(
            "A published figure is revised for years. Each one here keeps the day on which it was current, "
            "and every page can be asked as of an earlier day."
        ),
        controls=_controls(asker, params),
        sections=(
            Section("vintages", "Vintages of a figure", (), blocks),
            Section("held", "What is held", (), (_held(asker, status),)),
            Section(
                "sources",
                f"{text.spelled(len(sources))} sources",
                (
                    "Every file that was read is listed with its SHA-256, so that its bytes can be "
                    "recognised anywhere.",
                ),
                (Sources(tuple(Source(one, facts) for one, facts in sorted(sources.items()))),),
            ),
            Section("words", "What the words mean", (), (Definitions(),)),
        ),
        links=(
            Link("What the newest release changed", "/questions/release"),
            Link("Whether it adds up", "/questions/check"),
            Link("Sources that can be fetched", "/questions/sources"),
            Link(
                "The same figure in the explorer",
                address("/explorer", series=None if params.series == "atp" else params.series),
            ),
        ),
        notes=told.notes,
    )


def _is_drawn(params: DataParams) -> bool:
    return params.period is None or not params.period.by_month


def _heading(status: Answer) -> str:
    """State how many figures are held, and how old the newest vintage is."""
    rows = status.rows()
    figures = sum(row["rows"] or 0 for row in rows)
    newest = max(row["vintage"] for row in rows if row["vintage"] is not None)
    named = text.month_name(newest.year, newest.month)
    return f"{text.number(figures, 0)} figures are held, the newest of {named}"


def _held(asker: Asker, status: Answer) -> Table:
    rows = [row | {"named": _named(row)} for row in status.rows()]
    heading = Heading("status", f"{text.spelled(len(rows))} tables and series, with the age of each", "")
    return table(asker, [status], origins.CENSUS, heading, grid(rows, _HELD))


def _named(row: dict[str, Any]) -> str:
    return f"{row['table']}: {SERIES.get(row['series'], row['series'])}" if row["series"] else row["table"]


def _vintages(asker: Asker, revised: Answer) -> Table:
    """List every vintage of the periods asked for, the newest period first."""
    rows = [row for row in revised.rows() if row["value_usd"] is not None]
    rows.sort(key=lambda row: (row["period"], row["vintage"]), reverse=True)
    moved = {row["period"] for row in rows if row["moved"] not in {None, "same"}}
    periods = {row["period"] for row in rows}
    title = (
        f"{text.counted(len(rows), 'vintage')} of {text.counted(len(periods), 'period')}: "
        f"{len(moved) or 'none'} of them moved from one vintage to another"
    )
    shown = rows[:_MOST]
    cut = "" if len(rows) <= _MOST else f" The newest {_MOST} of {len(rows)} rows; the data file has all."
    heading = Heading("vintages-table", title, f"Billions of US dollars.{cut}")
    fields = [one for one in _REVISED if any(row[one.name] is not None for row in shown)]
    return table(asker, [revised], origins.CENSUS, heading, grid(shown, fields))


def _controls(asker: Asker, params: DataParams) -> Any:  # noqa: ANN401 - fields of a form
    return controls_of(
        DataParams,
        params.texts(),
        series={"options": tuple(SERIES.items()), "says": ""},
        period={"says": "", "example": "2024 or 2022-01:2022-06"},
        flow={"options": _FLOWS, "label": "Figure", "says": ""},
        partner={"says": "", "example": "CHN"},
        as_of={"label": "As known on", "says": "", "example": "2025-04", "suggested": vintages(asker)},
    )


STEPS: Final[tuple[dict[str, str], ...]] = (
    {"series": "goods_census"},
    {"series": "goods_bop"},
    {"flow": "export"},
    {"period": "2024"},
)
"""A value of each field: the kinds of views that there are."""

PAGE = Page(
    ADDRESS, "Data", DataParams, compose, "What is held, how old, its sources, revisions and vintages"
)
