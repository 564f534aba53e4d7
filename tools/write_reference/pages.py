"""Which columns, sources and errors are there? From their declarations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from techbalance import errors, record
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.registry import QUESTIONS
from techbalance.sources.declaration import Declaration, declared
from tools.write_reference.commands import commands_page
from tools.write_reference.interface import interface_page
from tools.write_reference.markdown import code, codes, page, sentence, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def columns_page() -> str:
    """Write the page of columns: those of answers, and those of the stored tables."""
    answers = [
        (
            code(name),
            column.kind,
            column.unit,
            column.says,
            codes([" ".join(one.command) for one in QUESTIONS.values() if name in one.columns]),
        )
        for name, column in COLUMNS.items()
    ]
    return page(
        "Columns",
        "## Answers",
        "Money is whole nominal US dollars. A ratio is a plain number: 0.42, not 42. A value that cannot be "
        "given is null, and `note` says why. The last column names the questions that always have the "
        "column; a column without one comes with the key or option that asks for it.",
        table(("column", "kind", "unit", "holds", "in"), answers),
        "## Stored tables",
        'The record is a folder of Parquet files inside the package: `techbalance.record.path("headline")` '
        'is the file of one table, and `techbalance.record.provenance("headline")` describes it.',
        *[_stored_table(name) for name in record.tables()],
    )


def _stored_table(name: str) -> str:
    facts = record.provenance(name)
    rows = [
        (code(one["name"]), one["type"], one["unit"], "yes" if one["nullable"] else "")
        for one in facts["columns"]
    ]
    head = f"### {name}\n\n{sentence(facts['grain'])} {facts['rows']:,} rows."
    return head + "\n\n" + table(("column", "type", "unit or form", "may be null"), rows)


def sources_page() -> str:
    """Write the page of sources: declared publishers, then the publications the record was read from."""
    stored = [
        (code(name), *[str(facts[key]) for key in ("title", "publisher", "vintage", "licence", "coverage")])
        for name, facts in sorted(record.sources().items())
    ]
    return page(
        "Sources",
        "## Declared sources",
        "What each publisher offers and which years it covers; nothing here says that it is held. "
        "`techbalance sources --year 2005` lists those that cover a year. *Verified* says whether address "
        "and form were confirmed against the publisher.",
        *[_declared(one) for one in declared()],
        "## Publications in the record",
        "The figures that ship with the package were read from these. Citation, files, hashes and caveats of "
        "each are in `sources.json` of the record; `techbalance sources` prints the caveats.",
        table(("id", "title", "publisher", "vintage", "licence", "holds"), stored),
    )


def _declared(one: Declaration) -> str:
    facts = [
        ("publisher", one.publisher),
        ("page", f"<{one.page}>"),
        ("cadence", one.cadence),
        ("basis", one.basis),
        ("unit", one.unit),
        ("licence", one.licence),
        ("key", one.key),
        ("verified", f"{'yes' if one.verified else 'no'}: {one.verification}"),
    ]
    if one.needs:
        facts.append(("needs", code(one.needs)))
    coverage = [
        (
            code(part.table),
            codes(part.series),
            ", ".join(part.flows),
            ", ".join(part.by),
            f"{part.from_year} to {part.to_year or 'today'}",
        )
        for part in one.coverage
    ]
    heads = ("fills", "series", "flows", "by", "years")
    return "\n\n".join([f"### {one.id}", sentence(one.title), table(("", ""), facts), table(heads, coverage)])


def error_classes(
    base: type[errors.TechbalanceError] = errors.TechbalanceError,
) -> Iterator[type[errors.TechbalanceError]]:
    """List the classes of the error tree: each before those below it."""
    yield base
    for one in base.__subclasses__():
        if one.__module__ == errors.__name__:
            yield from error_classes(one)


def errors_page() -> str:
    """Write the page of errors."""
    rows = [
        (code(one.__name__), code(one.__bases__[0].__name__), str(one.exit_code), _summary(one))
        for one in error_classes()
    ]
    return page(
        "Errors",
        "Every error the package raises on purpose is a `TechbalanceError` from `techbalance.errors`. It "
        "carries what is wrong (`what`), where (`where`) and what to do next (`remedy`); its text is the "
        "three in that order. On the command line the text goes to standard error, and the number below "
        "becomes the exit code.",
        table(("error", "kind of", "exit code", "means"), rows),
    )


def _summary(one: type) -> str:
    text = (one.__doc__ or "").split("\n\n")[0]
    return " ".join(text.split()).replace("``", "`")


PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands_page,
    "columns.md": columns_page,
    "sources.md": sources_page,
    "errors.md": errors_page,
    "http.md": interface_page,
}
