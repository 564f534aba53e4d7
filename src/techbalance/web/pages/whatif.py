"""What would a tariff do, at a low, a central and a high rate? The solved models are asked each time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import pyarrow as pa
from pydantic import Field as Given

from techbalance.charts import imports_before_after, outcome_by_rate, text
from techbalance.charts.rows import Credit
from techbalance.classifications.groups import GROUPS
from techbalance.errors import NotCoveredError
from techbalance.questions.parameters.declaration import Params
from techbalance.questions.parameters.texts import GroupRef, PartnerRef, ProductRef
from techbalance.questions.scope import groups_in_words, partners_in_words
from techbalance.report.blocks import Chart, Heading, Section
from techbalance.report.grids import Field, grid, whole
from techbalance.web.pages.controls import controls_of
from techbalance.web.pages.drafts import MODELS, Gathering, chart, table, traced
from techbalance.web.pages.held import partners
from techbalance.web.pages.page import Content, Link, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import Table
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/whatif"
MOST: Final = 200
"""Percent: the right end of the sliders."""
_STEP: Final = 5
_WHAT: Final = ("add", "rate")
_MODELS: Final = (
    ("partial", "partial equilibrium, answers at once"),
    ("one-sector", "one-sector world, takes seconds"),
    ("multi-sector", "multi-sector world, takes seconds"),
    ("all", "all that can answer, takes seconds"),
)
_SHOWN: Final = (
    ("welfare", "Welfare"),
    ("imports_targeted", "Imports hit by the tariff"),
    ("imports", "All technology imports"),
    ("revenue", "Tariff revenue"),
    ("home_sales", "Sales of home makers"),
    ("trade_diversion", "Imports diverted to others"),
    ("price_paid_targeted", "Price buyers pay"),
    ("price_received_targeted", "Price sellers abroad get"),
)
"""Outcomes in the table, in order, and what they are called."""


class WhatifParams(Params):
    """Which tariff, with which range, on what from whom?"""

    tariff: float = Given(default=25, ge=0, le=MOST, description="Central rate, in percent")
    low: float = Given(default=10, ge=0, le=MOST, description="Low end of the rates tried, in percent")
    high: float = Given(default=50, ge=0, le=MOST, description="High end of the rates tried, in percent")
    what: Literal["add", "rate"] = Given(
        default="add", description="Add it to the duty collected now, or put it in its place"
    )
    partner: PartnerRef = Given(
        default=PartnerRef(("CHN",)), description="Suppliers hit: countries or areas, by code or name"
    )
    group: GroupRef | None = Given(
        default=GroupRef(("04",)), description="Technology groups 01 to 10 that it is on, by code or name"
    )
    product: ProductRef | None = Given(default=None, description="Instead of a group: product codes")
    model: Literal["partial", "one-sector", "multi-sector", "all"] = Given(
        default="partial", description="Which solved model is asked"
    )
    draws: int = Given(default=100, ge=10, le=1_000, description="How often assumptions are drawn")

    @property
    def rates(self) -> tuple[float, ...]:
        """The rates tried, in order, whichever slider was moved past another; one where a world is solved."""
        if self.model != "partial":
            return (self.tariff,)
        return tuple(sorted({self.low, self.tariff, self.high}))


def compose(asker: Asker, params: WhatifParams) -> Content:
    """Compose the page: what each rate would do, as ranges, and what decides it."""
    answers = {rate: _asked(asker, params, rate) for rate in params.rates}
    central = answers[params.tariff]
    told = Gathering(*central.notes)
    if params.model != "partial":
        told.add("Solving a whole world takes seconds, so only the central rate is asked.")
    whom = partners_in_words(asker.store, params.partner)
    said = {name: _values(answers, name) for name, _ in _SHOWN}
    return Content(
        kicker="What if: modelled, not measured",
        heading=_heading(params, said, _on(params), whom),
        lead=_lead(params, said),
        controls=_controls(asker, params),
        sections=(
            Section(
                "outcomes",
                "",
                (),
                told.held(
                    partial(_at_rates, asker, params, answers, "imports_targeted"),
                    partial(_table, asker, params, answers, said),
                    partial(_at_rates, asker, params, answers, "welfare"),
                ),
            ),
            Section(
                "partners",
                f"Who would sell less, and who more, with {_rate(params, params.tariff)}",
                (),
                told.held(partial(_partners, asker, central)),
            ),
        ),
        links=_links(params),
        notes=told.notes,
    )


def _asked(asker: Asker, params: WhatifParams, rate: float) -> Answer:
    """Ask the model for one rate; its products take the place of a group."""
    narrowed = {"product": params.product} if params.product else {"group": params.group}
    given = {name: value for name, value in narrowed.items() if value is not None}
    asked = {params.what: f"{rate:g}%", "model": params.model, "draws": params.draws}
    return asker.ask("whatif_tariff", partner=params.partner, **asked, **given)


def _on(params: WhatifParams) -> str:
    if params.product:
        codes = [text.tariff_code(code) for code in params.product]
        return f"products {text.listing(codes)}"
    return groups_in_words(params.group) if params.group else "all technology"


def _rate(params: WhatifParams, rate: float) -> str:
    return f"{rate:g} points more" if params.what == "add" else f"{rate:g}% in all"


def _values(answers: dict[float, Answer], outcome: str) -> dict[float, dict[str, Any]]:
    """Find the row of the whole for each rate; of several models the one that stands first."""
    found = {}
    for rate, answer in answers.items():
        rows = [row for row in answer.rows() if (row["outcome"], row["part"]) == (outcome, "all")]
        if rows and rows[0]["central"] is not None:
            found[rate] = rows[0]
    return found


def _range(row: dict[str, Any]) -> str:
    """Write a modelled figure as its range, and the middle alone where nothing was drawn."""
    ends = [_amount(row[end], row["unit"]) for end in ("low", "high") if row[end] is not None]
    return " to ".join(ends) if ends else _amount(row["central"], row["unit"])


def _joined(figures: str) -> str:
    """Keep a minus with its figure where a narrow cell is broken into lines."""
    return figures.replace("\u2212", "\u2212\u2060")


def _amount(value: float, unit: str) -> str:
    return text.money(value) if unit == "US dollars" else text.percent(value)


def _heading(params: WhatifParams, said: dict[str, dict[float, dict[str, Any]]], what: str, whom: str) -> str:
    stated = f"Modelled: a tariff of {params.tariff:g}% on {what} from {whom}"
    if params.what == "add":
        stated = f"Modelled: raising the tariff on {what} from {whom} by {params.tariff:g} points"
    hit = said["imports_targeted"].get(params.tariff)
    if hit is None:
        return stated
    if hit["low"] is None or hit["low"] * hit["high"] <= 0:
        return f"{stated} moves these imports by {_range(hit)}"
    near, far = sorted((hit["low"], hit["high"]), key=abs)
    verb = "cuts" if near < 0 else "raises"
    return f"{stated} {verb} these imports by {text.size(near)} to {text.size(far)}"


def _lead(params: WhatifParams, said: dict[str, dict[float, dict[str, Any]]]) -> str:
    parts = []
    hit, welfare = said["imports_targeted"].get(params.tariff), said["welfare"].get(params.tariff)
    if hit is not None and hit["base"] is not None:
        parts.append(f"They are {text.money(hit['base'])} a year now.")
    if welfare is not None:
        parts.append(f"Welfare in the United States would change by {_range(welfare)}.")
        parts.append(f"Elasticities: {welfare['elasticity_source']}; {welfare['closure']}.")
    return " ".join(parts)


def _credit(answers: dict[float, Answer]) -> Credit:
    return Credit("; ".join(answer.command for answer in answers.values()), MODELS)


def _at_rates(asker: Asker, params: WhatifParams, answers: dict[float, Answer], outcome: str) -> Chart:
    """Draw one outcome at each rate."""
    values = _values(answers, outcome)
    if not values:
        raise NotCoveredError(f"{outcome.replace('_', ' ')} is no outcome of the model asked")
    names = ("outcome", "low", "central", "high", "unit", "model")
    rows = [
        {name: row[name] for name in names} | {"rate": f"at {_rate(params, rate)}"}
        for rate, row in values.items()
    ]
    figure = outcome_by_rate(pa.Table.from_pylist(rows), credit=_credit(answers))
    figure = replace(figure, id=f"{outcome.replace('_', '-')}-by-rate")
    trail = traced(asker, list(answers.values()), MODELS)
    return Chart(figure, whole(figure.table, figure.columns_shown), trail)


def _table(
    asker: Asker,
    params: WhatifParams,
    answers: dict[float, Answer],
    said: dict[str, dict[float, dict[str, Any]]],
) -> Table:
    """Set the ranges of every outcome side by side, a column for each rate."""
    rows = [
        {"outcome": words} | {f"{rate:g}": _range(row) for rate, row in said[name].items()}
        for name, words in _SHOWN
        if len(said[name]) == len(answers)
    ]
    if not rows:
        raise NotCoveredError("the model asked gives none of the outcomes that are compared")
    fields = (
        Field("outcome", "Change in", "words"),
        *[Field(f"{rate:g}", f"With {_rate(params, rate)}", "words") for rate in answers],
    )
    low, high = min(answers), max(answers)
    first = rows[0]
    title = f"{first['outcome']}: {first[f'{low:g}']} with {_rate(params, low)}"
    if high > low:
        title += f", {first[f'{high:g}']} with {_rate(params, high)}"
    subtitle = (
        "Modelled: from the 5th to the 95th percentile of the draws. The file has every outcome and part."
    )
    every = [
        one.arrow.append_column("rate", pa.array([_rate(params, rate)] * one.arrow.num_rows))
        for rate, one in answers.items()
    ]
    heading = Heading("outcomes-table", f"Modelled. {title}", subtitle)
    shown = [{name: _joined(cell) for name, cell in row.items()} for row in rows]
    return table(
        asker, list(answers.values()), MODELS, heading, grid(shown, fields), rows=pa.concat_tables(every)
    )


def _partners(asker: Asker, answer: Answer) -> Chart:
    """Draw imports from each partner before and after."""
    figure = imports_before_after(answer.arrow, credit=Credit(answer.command, MODELS))
    return chart(asker, answer, MODELS, figure=figure)


def _controls(asker: Asker, params: WhatifParams) -> tuple[Control, ...]:
    slider: dict[str, object] = {"kind": "range", "least": 0, "most": MOST, "step": _STEP, "unit": "%"}
    shown = {name: {**slider, "value": f"{getattr(params, name):g}"} for name in ("low", "tariff", "high")}
    kinds = (("add", "on top of the duty now"), ("rate", "in place of the duty now"))
    return controls_of(
        WhatifParams,
        params.texts(),
        only=("low", "tariff", "high", "what", "partner", "group", "product", "model", "draws"),
        tariff={**shown["tariff"], "label": "Tariff"},
        low={**shown["low"], "label": "Lowest tried"},
        high={**shown["high"], "label": "Highest tried"},
        what={"kind": "choice", "options": kinds, "label": "Put", "value": params.what},
        partner={
            "value": str(params.partner),
            "label": "On imports from",
            "suggested": partners(asker),
        },
        group={
            "value": "" if params.product else str(params.group or ""),
            "suggested": (*GROUPS.items(), (",".join(GROUPS), "All groups")),
        },
        model={"kind": "choice", "options": _MODELS, "value": params.model},
    )


def _links(params: WhatifParams) -> tuple[Link, ...]:
    given = {
        "partner": params.partner,
        params.what: f"{params.tariff:g}%",
        "group": None if params.product else params.group,
        "product": params.product,
        "model": "partial",
    }
    return (
        Link("Which assumption decides it", address("/questions/whatif-tariff", tornado="welfare", **given)),
        Link("A subsidy instead", address("/questions/whatif-subsidy")),
        Link("If the supplier failed", address("/dependence", without=params.partner)),
    )


STEPS: Final[tuple[dict[str, str], ...]] = ({"partner": "MEX"}, {"group": "05"})
"""A value of each field that makes another kind of view."""

PAGE: Final = Page(
    ADDRESS,
    "What if",
    WhatifParams,
    compose,
    "A tariff at a low, a central and a high rate: modelled outcomes as ranges, with every assumption",
    views=lambda _: [(name, {"group": code}) for code, name in GROUPS.items()],
)
