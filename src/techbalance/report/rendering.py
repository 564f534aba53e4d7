"""How does a report become HTML? Templates with every value escaped, style and script inside the page."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup, escape

from techbalance.charts import text, theme
from techbalance.report import stills
from techbalance.report.blocks import Chart
from techbalance.report.data_files import as_csv, as_link
from techbalance.report.runtime import chart_library
from techbalance.report.sections.claims import VERDICTS

if TYPE_CHECKING:
    from techbalance.report.blocks import Table
    from techbalance.report.page import Report

_SEPARATORS: Final = re.compile(r"(\?|&amp;|[:/,])(?=.)")
_OPTIONS: Final = re.compile(r"--[a-z][a-z-]*")
_AMOUNTS: Final = re.compile(rf"[{text.MINUS}+]\$?[\d.,]*\d(?:bn|m|%)?")
_ROOM: Final = files(__package__)
_INK: Final = {
    "paper": theme.PAPER,
    "ink": theme.INK,
    "muted": theme.legible(theme.MUTED),
    "rule": theme.RULE,
    "faint": theme.FAINT,
    "link": theme.legible(theme.BLUE),
}
"""Colours of the page itself: those of the charts."""


def render(report: Report) -> str:
    """Write the whole page as one HTML text."""
    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(lambda name: (_ROOM / "templates" / name).read_text(encoding="utf-8")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"csv_link": _csv_link, "breakable": _breakable, "tied": _tied}
    light, dark = stills.style(report.stills.values())
    return environment.get_template("page.html").render(
        report=report,
        style=Markup(_asset("report.css")),  # noqa: S704 - the package's own file
        script=Markup(_asset("report.js")),  # noqa: S704 - the package's own file
        library=Markup(chart_library()),  # noqa: S704 - the installed library, made safe for a script element
        light=Markup(f"{_variables(0)};{light}"),  # noqa: S704 - colours only
        dark=Markup(f"{_variables(1)};{dark}"),  # noqa: S704 - colours only
        drawing=lambda name, width: Markup(getattr(report.stills[name], width)),  # noqa: S704 - drawn here
        specifications=_specifications(report),
        verdicts=VERDICTS,
        counted=text.counted,
    )


def _asset(name: str) -> str:
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def _variables(mode: int) -> str:
    return ";".join(f"--{name}:{paint[mode]}" for name, paint in _INK.items())


def _specifications(report: Report) -> Markup:
    """Put every chart's specification into one JSON text that cannot end its script element."""
    charts = [block for block in report.blocks if isinstance(block, Chart)]
    found: dict[str, Any] = {block.id: block.figure.spec for block in charts}
    coded = json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(coded.replace("<", "\\u003c"))  # noqa: S704 - no markup is left in it


def _csv_link(block: Chart | Table) -> str:
    return as_link(as_csv(block.rows))


def _breakable(code: str) -> Markup:
    """Let a long command or reference break after its separators, and not inside the name of an option."""
    pieces = _SEPARATORS.sub(r"\1<wbr>", str(escape(code)))
    return Markup(_OPTIONS.sub(r'<span class="tied">\g<0></span>', pieces))  # noqa: S704 - escaped


def _tied(words: str) -> Markup:
    """Keep an amount and its sign on one line."""
    return Markup(_AMOUNTS.sub(r'<span class="tied">\g<0></span>', str(escape(words))))  # noqa: S704 - escaped
