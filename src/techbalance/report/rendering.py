"""How does a report become HTML? One page with style, script and drawings inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from techbalance.report import stills
from techbalance.report.blocks import Chart
from techbalance.report.runtime import chart_library
from techbalance.report.templating import as_json, asset, environment, variables

if TYPE_CHECKING:
    from techbalance.report.page import Report


def render(report: Report) -> str:
    """Write the whole page as one HTML text."""
    made = environment(href=str, source_address="#source-{}".format)
    light, dark = stills.style(report.stills.values())
    charts = [block for block in report.blocks if isinstance(block, Chart)]
    return made.get_template("page.html").render(
        report=report,
        style=Markup(asset("report.css")),  # noqa: S704 - the package's own file
        script=Markup(asset("charts.js") + asset("report.js")),  # noqa: S704 - the package's own files
        library=Markup(chart_library()),  # noqa: S704 - the installed library, made safe for a script element
        light=Markup(f"{variables(0)};{light}"),  # noqa: S704 - colours only
        dark=Markup(f"{variables(1)};{dark}"),  # noqa: S704 - colours only
        drawing=lambda name, width: Markup(getattr(report.stills[name], width)),  # noqa: S704 - drawn here
        specifications=as_json({block.id: block.figure.spec for block in charts}),
    )
