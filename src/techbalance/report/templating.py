"""How do blocks become HTML? Templates that escape every value, for the report and the served pages."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import jinja2
from markupsafe import Markup, escape

from techbalance.charts import text, theme
from techbalance.report.data_files import as_csv, as_link
from techbalance.report.sections.claims import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.resources.abc import Traversable

    from techbalance.report.blocks import Chart, Table

_SEPARATORS: Final = re.compile(r"(\?|&amp;|[:/,])(?=.)")
_OPTIONS: Final = re.compile(r"--[a-z][a-z-]*")
_AMOUNTS: Final = re.compile(rf"[{text.MINUS}+]\$?[\d.,]*\d(?:bn|m|%)?")
_CODE: Final = re.compile(r"`([^`]+)`")
_ROOM: Final = files(__package__)
_INK: Final = {
    "paper": theme.PAPER,
    "ink": theme.INK,
    "muted": theme.legible(theme.MUTED),
    "rule": theme.RULE,
    "faint": theme.FAINT,
    "link": theme.legible(theme.BLUE),
}
"""Colours of a page itself: those of the charts."""


def environment(
    *rooms: Traversable, href: Callable[[str], str], source_address: Callable[[str], str]
) -> jinja2.Environment:
    """Make the templates ready.

    Parameters
    ----------
    rooms
        Folders whose templates stand before those of the report, the first before the second.
    href
        How an address of a page is written where it is linked.
    source_address
        The address of the record of a source.
    """
    folders = [*rooms, _ROOM / "templates"]
    made = jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.FunctionLoader(_reader(folder)) for folder in folders]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"csv_link": _csv_link, "breakable": _breakable, "tied": _tied, "href": _each_time(href)}
    made.globals |= {"verdicts": VERDICTS, "counted": text.counted, "source_address": source_address}
    return made


def _each_time(href: Callable[[str], str]) -> Callable[[jinja2.runtime.Context, str], str]:
    """Keep templates from working out the address of a constant once: it may depend on the page written."""

    @jinja2.pass_context
    def link(_: jinja2.runtime.Context, address: str) -> str:
        return href(address)

    return link


def _reader(folder: Traversable) -> Callable[[str], str | None]:
    def read(name: str) -> str | None:
        found = folder / name
        return found.read_text(encoding="utf-8") if found.is_file() else None

    return read


def asset(name: str) -> str:
    """Read a style sheet or script that the report and the pages share."""
    return (_ROOM / "assets" / name).read_text(encoding="utf-8")


def variables(mode: int) -> str:
    """Write the declarations of the page's own colours: 0 for light, 1 for dark."""
    return ";".join(f"--{name}:{paint[mode]}" for name, paint in _INK.items())


def as_json(value: Any) -> Markup:  # noqa: ANN401 - anything JSON holds
    """Write a value as JSON that cannot end the script element it stands in."""
    coded = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(coded.replace("<", "\\u003c"))  # noqa: S704 - no markup is left in it


def _csv_link(block: Chart | Table) -> str:
    return as_link(as_csv(block.rows))


def _breakable(code: str) -> Markup:
    """Let a long command or reference break after its separators, and not inside the name of an option."""
    pieces = _SEPARATORS.sub(r"\1<wbr>", str(escape(code)))
    return Markup(_OPTIONS.sub(r'<span class="tied">\g<0></span>', pieces))  # noqa: S704 - escaped


def _tied(words: str) -> Markup:
    """Keep an amount and its sign on one line, and set what stands between backticks as code."""
    tied = _AMOUNTS.sub(r'<span class="tied">\g<0></span>', str(escape(words)))
    return Markup(_CODE.sub(r"<code>\1</code>", tied))  # noqa: S704 - escaped
