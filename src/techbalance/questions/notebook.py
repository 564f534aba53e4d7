"""An answer in a notebook: the rows, their units, and the source under them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from techbalance.questions.wording import written

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer

MOST_ROWS: Final = 60


def as_html(answer: Answer) -> str:
    """Write a table with heads, footnotes, notes and sources."""
    text = written(answer)
    shown = text.rows[:MOST_ROWS]
    align = ["right" if right else "left" for right in text.right]
    head = "".join(
        f'<th style="text-align:{side}">{escape(name)}</th>'
        for name, side in zip(text.heads, align, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align:{side}">{escape(cell)}</td>'
            for cell, side in zip(row, align, strict=True)
        )
        + "</tr>"
        for row in shown
    )
    words = [f"[{number}] {note}" for number, note in enumerate(text.footnotes, start=1)]
    if len(text.rows) > MOST_ROWS:
        words.append(f"{len(text.rows) - MOST_ROWS} more rows; to_pandas() or to_polars() has all.")
    words += answer.notes
    words.append("Source: " + "; ".join(answer.source_ids) if answer.source_ids else "")
    words.append(f"{answer.reference} [answer {answer.answer_id}]")
    below = "<br>".join(escape(word) for word in words if word)
    return (
        f"<table><caption>{escape(answer.question.summary)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p><small>{below}</small></p>"
    )
