"""What do the two articles state, and does the record bear it out?"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import text, titles
from techbalance.charts.rows import Credit
from techbalance.charts.verdicts import verdict_tiles
from techbalance.questions.parameters.claims import CLAIMS_CHECK
from techbalance.report.blocks import Chart, Section, Statement, Statements
from techbalance.report.grids import whole, write
from techbalance.report.sections.denominators import DENOMINATORS
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from techbalance.report.inquiry import Inquiry

VERDICTS: Final = {
    "reproduced": "reproduced",
    "reproduced-on-vintage": "reproduced on a vintage",
    "definition-dependent": "depends on the definition",
    "differs": "differs",
    "not-covered": "not covered",
    "interpretation": "interpretation",
}
"""Verdicts in words, in the order they are listed."""
_FACTS: Final = {
    "comparison": "Compared as",
    "vintage": "Vintage",
    "basis": "Basis",
    "bracketed_by": "Bracketed by",
    "superseded_by": "Superseded by",
    "metric": "Measure",
}
_NOBODY: Final = "unknown: "
"""How an article whose authors are unknown is listed."""
_METHOD = (
    "Every statement is given in our own words and judged on every stored vintage and, where it is a share, "
    "on every denominator. A statement that is true of an earlier revision is said to be so, with the "
    "vintage; one that no stored source can decide is not covered, and is not called wrong."
)


def section(inquiry: Inquiry) -> Section:
    """Ask for the statements and their verdicts."""
    checked, listed = inquiry.ask("claims_check"), inquiry.ask("claims_list")
    verdicts = {row["claim_id"]: row for row in checked.rows()}
    articles: dict[tuple[str, str], list[Statement]] = {}
    for row in listed.rows():
        articles.setdefault((row["article"], row["published"]), []).append(
            _statement(row, verdicts[row["claim_id"]])
        )
    figure = verdict_tiles(checked.arrow, credit=Credit(checked.command))
    trail = trail_of(inquiry, [checked], "the basis of each statement is named with it")
    return Section(
        id="claims",
        title="Two articles, statement by statement",
        prose=(_METHOD,),
        blocks=(
            Chart(figure, whole(figure.table, figure.columns_shown), trail),
            *[
                _article(number, *key, statements)
                for number, (key, statements) in enumerate(articles.items(), start=1)
            ],
        ),
    )


def _article(number: int, article: str, published: str, statements: list[Statement]) -> Statements:
    found = Counter(one.verdict for one in statements)
    counts = tuple((name, found[name]) for name in VERDICTS if found[name])
    told = text.listing([f"{count} {VERDICTS[name]}" for name, count in counts])
    named = article.removeprefix(_NOBODY)
    return Statements(
        id=f"article-{number}",
        title=f"{named[:1].upper()}{named[1:]}, {_when(published)}",
        finding=f"{text.counted(len(statements), 'statement')}: {told}.",
        counts=counts,
        statements=tuple(statements),
    )


def _when(published: str) -> str:
    """Write ``2008-03`` as ``March 2008``; a year alone stays as it is."""
    year, _, month = published.partition("-")
    return text.month_name(int(year), int(month[:2])) if month else year


def _statement(listed: dict[str, Any], checked: dict[str, Any]) -> Statement:
    every = {**listed, **checked}
    one = CLAIMS_CHECK.params.read({"what": every["claim_id"]})
    facts = [(says, _said(every[name])) for name, says in _FACTS.items() if every.get(name) is not None]
    return Statement(
        claim_id=every["claim_id"],
        text=_said(every["text"]),
        stated=_said(every["stated"]),
        recomputed=_said(every["recomputed"]),
        verdict=every["verdict"],
        reason=_said(every["reason"] or ""),
        facts=tuple(facts),
        command=CLAIMS_CHECK.command_line(one),
        reference=CLAIMS_CHECK.reference(one),
    )


def _said(value: object) -> str:
    """Write a value as the rest of the page does: denominators by name, percent without a space."""
    words = write(value, "words").replace(" %", "%")
    for name in DENOMINATORS:
        words = re.sub(rf"\b{name}\b", titles.denominator(name), words)
    return words
