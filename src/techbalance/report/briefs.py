"""How does a brief come together? Sections and blocks of the report, kept to one subject."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.report.blocks import Chart, KeyFigure
from techbalance.report.inquiry import Inquiry
from techbalance.report.page import Report
from techbalance.report.sections.claims import VERDICTS, bearing
from techbalance.report.sections.findings import findings
from techbalance.report.sections.scoped_parts import other
from techbalance.report.sharing import Plan, in_two, shared, written
from techbalance.report.subject import years
from techbalance.report.trail import trail_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Executor

    from techbalance.report.blocks import Section
    from techbalance.report.sharing import Form
    from techbalance.report.subject import Subject
    from techbalance.store.catalogue import Store

_SECTIONS: Final = {
    "partner": ("scoped_parts", "scoped_products", "scoped_context", "scoped_dependence", "claims"),
    "group": ("scoped_parts", "scoped_products", "scoped_dependence", "claims"),
}
_STANDFIRST: Final = {
    "partner": "What the official record says about United States imports of advanced technology {within}",
    "group": "What the official record says about United States imports of advanced technology {within}",
    "article": "Every statement of the article in our own words, recomputed from the official record",
}
_PROMISE: Final = ", with the source, the basis, the vintage and the command behind every figure."
# Measures of statements that a section of the report shows as a whole.
_SHOWN_BY: Final = {
    "balance": frozenset({"level", "sign", "record", "change"}),
    "denominators": frozenset({"deficit_ratio", "ratio_record"}),
}


def compose(store: Store, subject: Subject, form: Form = "html", second: Executor | None = None) -> Report:
    """Ask everything a brief says of a store, and draw its charts for one form of it.

    Parameters
    ----------
    store
        What is asked.
    subject
        What it is about.
    form
        For which form charts are drawn.
    second
        A second process that was started before; without it, one is started for this. It ends when the
        report is composed.

    Raises
    ------
    NotCoveredError
        No two full years in a row are held of the partner or group.
    """
    return in_two(store, lambda begun: _composed(store, subject, form, begun), second)


def _composed(store: Store, subject: Subject, form: Form, second: Executor) -> Report:
    inquiry, plan = Inquiry(store), Plan(form, subject)
    if subject.kind != "article":
        years(inquiry, subject)
    figures: list[KeyFigure] = []
    names = _sections(store, subject)
    pieces = shared(names, inquiry, lambda: figures.extend(_key_figures(inquiry, subject)), plan, second)
    for piece in pieces:
        inquiry.learn(piece.source_ids)
    sections = [piece.section for piece in pieces if not piece.left_out]
    missing = [piece.section.prose[0] for piece in pieces if piece.left_out]
    return Report(
        title=_verdict(sections, subject) if subject.kind == "article" else _headline(inquiry, subject),
        key_figures=tuple(figures),
        sections=(findings(sections, missing), *sections, written("sources", inquiry, plan).section),
        stills={name: still for piece in pieces for name, still in piece.stills.items()},
        release=version("techbalance"),
        store_version=store.version,
        kind=f"brief: {subject.words}",
        standfirst=_STANDFIRST[subject.kind].format(within=subject.within) + _PROMISE,
    )


def _sections(store: Store, subject: Subject) -> tuple[str, ...]:
    """Choose the sections; those of an article are what its statements are measured by."""
    if subject.kind != "article":
        return _SECTIONS[subject.kind]
    from techbalance.questions.claims_check import chosen_statements

    claims = [claim for _, claim in chosen_statements(bearing(store, subject))]
    shown = [name for name, metrics in _SHOWN_BY.items() if any(one.metric in metrics for one in claims)]
    if any(one.metric.startswith("ip_") for one in claims):
        shown.append("intellectual_property")
    return ("claims", *shown)


def _verdict(sections: Sequence[Section], subject: Subject) -> str:
    """State what became of an article, as its chart of verdicts does."""
    charts = (block for section in sections for block in section.blocks if isinstance(block, Chart))
    return f"\u201c{subject.words}\u201d: {next(charts).figure.title}"


def _headline(inquiry: Inquiry, subject: Subject) -> str:
    before, year = years(inquiry, subject)
    first, last = (_imports(inquiry, subject, one) for one in (before, year))
    course = "rose" if last > first else "fell"
    share = text.percent(abs(last / first - 1), 0)
    return f"Imports of advanced technology {subject.within} {course} {share} to {text.money(last)} in {year}"


def _imports(inquiry: Inquiry, subject: Subject, year: int) -> int:
    rows = inquiry.ask("balance", **subject.only).rows()
    return next(int(row["imports_usd"]) for row in rows if row["year"] == year)


def _key_figures(inquiry: Inquiry, subject: Subject) -> Iterator[KeyFigure]:
    if subject.kind == "article":
        yield from _verdicts(inquiry, subject)
        return
    yield _level(inquiry, subject)
    yield _share(inquiry, subject)
    yield _largest(inquiry, subject)


def _level(inquiry: Inquiry, subject: Subject) -> KeyFigure:
    before, year = years(inquiry, subject)
    first, last = (_imports(inquiry, subject, one) for one in (before, year))
    return KeyFigure(
        name=f"Imports {subject.within} in {year}",
        value=text.money(last),
        exact=last,
        says=f"In {before} they were {text.money(first)}: a change of {text.signed(last - first)}.",
        trail=trail_of(inquiry, [inquiry.ask("balance", **subject.only)], origins.census("imports").basis),
    )


def _share(inquiry: Inquiry, subject: Subject) -> KeyFigure:
    """Set the imports against those of all groups from all partners, of the same detail."""
    before, year = years(inquiry, subject)
    whole = inquiry.ask("balance", by="group", year=(before, year))
    totals = {
        one: sum(row["imports_usd"] or 0 for row in whole.rows() if row["year"] == one)
        for one in (before, year)
    }
    first, last = (_imports(inquiry, subject, one) / totals[one] for one in (before, year))
    return KeyFigure(
        name=f"Of all imports of advanced technology in {year}",
        value=text.percent(last),
        exact=last,
        says=f"Against {text.percent(first)} in {before}, of {text.money(totals[year])} in {year}.",
        trail=trail_of(
            inquiry, [whole, inquiry.ask("balance", **subject.only)], origins.census("imports").basis
        ),
    )


def _largest(inquiry: Inquiry, subject: Subject) -> KeyFigure:
    before, year = years(inquiry, subject)
    by = other(subject)
    change = inquiry.ask("change", by=by, flow="import", from_=before, to=year, **subject.only)
    row = max(change.rows(), key=lambda one: one["to_usd"] or 0)
    share = row["to_usd"] / _imports(inquiry, subject, year)
    return KeyFigure(
        name=f"{row[f'{by}_name'] or row[by]}, the largest {by} in {year}",
        value=text.money(row["to_usd"]),
        exact=row["to_usd"],
        says=f"{text.percent(share, 0)} of imports {subject.within}.",
        trail=trail_of(inquiry, [change], origins.census("imports").basis),
    )


def _verdicts(inquiry: Inquiry, subject: Subject) -> Iterator[KeyFigure]:
    checked = inquiry.ask("claims_check", what=bearing(inquiry.store, subject))
    verdicts = [row["verdict"] for row in checked.rows()]
    trail = trail_of(inquiry, [checked], "the basis of each statement is named with it")
    counts = {name: verdicts.count(name) for name in VERDICTS if name in verdicts}
    for name, count in counts.items():
        yield KeyFigure(
            name=VERDICTS[name][:1].upper() + VERDICTS[name][1:],
            value=str(count),
            exact=count,
            says=f"of {text.counted(len(verdicts), 'statement')} of \u201c{subject.words}\u201d.",
            trail=trail,
        )
