"""What do the two articles state, and does the record bear it out?"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from techbalance.charts import text, titles
from techbalance.charts.rows import Credit
from techbalance.charts.verdicts import verdict_tiles
from techbalance.claims.load import shipped
from techbalance.classifications.groups import ALL_GROUPS, group_code
from techbalance.classifications.partners import REPORTER, taken_apart
from techbalance.questions.claims_check import chosen_statements
from techbalance.questions.claims_list import listed
from techbalance.questions.parameters.claims import CLAIMS_CHECK
from techbalance.questions.selection import partner_book
from techbalance.report.blocks import Chart, Section, Statement, Statements
from techbalance.report.grids import whole, write
from techbalance.report.sections.denominators import DENOMINATORS
from techbalance.report.trail import trail_of
from techbalance.store.userfiles import is_file

if TYPE_CHECKING:
    from techbalance.claims.statement import Filters
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.subject import Subject
    from techbalance.store.catalogue import Store

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
    "where": "Stated in",
}
_NOBODY: Final = "unknown: "
"""How an article whose authors are unknown is listed."""
_METHOD = (
    "Every statement is given in our own words and judged on every stored vintage and, where it is a share, "
    "on every denominator. A statement that is true of an earlier revision is said to be so, with the "
    "vintage; one that no stored source can decide is not covered, and is not called wrong."
)


def section(inquiry: Inquiry, subject: Subject | None = None) -> Section:
    """Ask for the verdicts on all statements, or on those that bear on a subject."""
    what = None if subject is None else bearing(inquiry.store, subject)
    if subject is not None and what == "":
        return Section(
            "claims", _title(subject), (f"No statement of the articles names {subject.words}.",), ()
        )
    checked = inquiry.ask("claims_check", what=what)
    verdicts = {row["claim_id"]: row for row in checked.rows()}
    own = what if what and is_file(what) else None
    articles: dict[tuple[str, str], list[Statement]] = {}
    for file, claim in chosen_statements(what):
        row = listed(file, claim)
        articles.setdefault((row["article"], row["published"]), []).append(
            _statement(row, verdicts[claim.id], own)
        )
    figure = verdict_tiles(checked.arrow, credit=Credit(checked.command))
    trail = trail_of(inquiry, [checked], "the basis of each statement is named with it")
    return Section(
        id="claims",
        title=_title(subject),
        prose=(_METHOD,),
        blocks=(
            Chart(figure, whole(figure.table, figure.columns_shown), trail),
            *[
                _article(number, *key, statements)
                for number, (key, statements) in enumerate(articles.items(), start=1)
            ],
        ),
    )


def bearing(store: Store, subject: Subject) -> str:
    """Name the statements that bear on a subject: of an article all, of others those that name it.

    Returns
    -------
    str
        What ``claims check`` takes; empty where no statement names the subject.
    """
    if subject.kind == "article":
        return subject.given
    wanted = _codes(store, subject, subject.given.split(","))
    return ",".join(
        claim.id
        for file in shipped()
        for claim in file.claims
        if any(
            wanted & _codes(store, subject, _names(filters, subject))
            for filters in (claim.filters, *(test.filters for test in claim.tests))
        )
    )


def _names(filters: Filters, subject: Subject) -> list[str]:
    if subject.kind == "group":
        return [filters.group] if filters.group and filters.group != ALL_GROUPS else []
    single = (filters.partner, filters.other_partner, filters.country, filters.other_country)
    return [name for name in (*single, *(filters.countries or ())) if name]


def _codes(store: Store, subject: Subject, names: list[str]) -> set[str]:
    """Codes behind some names; a name that is no partner of the United States has none."""
    if subject.kind == "group":
        return {group_code(name) for name in names}
    book = partner_book(store)
    named = taken_apart(",".join(names), book.named)
    return {member.code for name in named for member in book.named(name) or ()} - {REPORTER}


def _title(subject: Subject | None) -> str:
    if subject is None:
        return "Two articles, statement by statement"
    if subject.kind == "article":
        return "Statement by statement"
    return f"What articles state about {subject.words}"


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


def _statement(row: dict[str, Any], checked: dict[str, Any], own: str | None) -> Statement:
    every = {**row, **checked}
    one = CLAIMS_CHECK.params.read({"what": own or every["claim_id"]})
    facts = [(says, said(every[name])) for name, says in _FACTS.items() if every.get(name) is not None]
    return Statement(
        claim_id=every["claim_id"],
        text=said(every["text"]),
        stated=said(every["stated"]),
        recomputed=said(every["recomputed"]),
        verdict=every["verdict"],
        reason=said(every["reason"] or ""),
        facts=tuple(facts),
        command=CLAIMS_CHECK.command_line(one),
        reference=CLAIMS_CHECK.reference(one),
    )


def said(value: object) -> str:
    """Write a value as the rest of the page does: denominators by name, percent without a space."""
    words = write(value, "words").replace(" %", "%")
    for name in DENOMINATORS:
        words = re.sub(rf"\b{name}\b", titles.denominator(name), words)
    return words
