"""How is an answer's chart written? As a picture, a page that needs no network, or a specification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.errors import ParameterError, StoreError, shortened

if TYPE_CHECKING:
    from techbalance.charts.figure import Figure
    from techbalance.questions.answer import Answer

SUFFIXES: Final = ("svg", "png", "html", "json")


def check_chart_name(name: str) -> str:
    """Give the kind of chart file a name asks for, before anything is computed.

    Raises
    ------
    ParameterError
        The name ends in none of the kinds.
    """
    kind = name.rpartition(".")[2].lower()
    if "." not in name or kind not in SUFFIXES:
        raise ParameterError(
            f"cannot tell the kind of chart from the name {shortened(name)}",
            remedy=f"End it in one of .{', .'.join(SUFFIXES)}",
        )
    return kind


def write_chart(answer: Answer, name: str) -> str:
    """Draw an answer into a file, and say what the chart shows.

    Raises
    ------
    ParameterError
        The answer is not drawn in this form.
    StoreError
        The file cannot be written.
    """
    from techbalance.questions.drawing import figure_of

    kind = check_chart_name(name)
    figure = figure_of(answer)
    content = {"svg": _svg, "png": _png, "html": _html, "json": _json}[kind](figure)
    try:
        Path(name).write_bytes(content)
    except (OSError, ValueError) as wrong:
        reason = wrong.strerror if isinstance(wrong, OSError) else "not a file name"
        raise StoreError(f"cannot write {shortened(name)}", where=reason or "") from wrong
    return f"Chart: {figure.title} ({name})."


def _svg(figure: Figure) -> bytes:
    return figure.svg().encode()


def _png(figure: Figure) -> bytes:
    return figure.png()


def _html(figure: Figure) -> bytes:
    import vl_convert

    # With the drawing library inside, the page opens without a network.
    page: str = vl_convert.vegalite_to_html(json.dumps(figure.drawn()), bundle=True)
    return page.encode()


def _json(figure: Figure) -> bytes:
    return json.dumps(figure.drawn(), ensure_ascii=False, indent=1).encode()
