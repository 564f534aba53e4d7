"""What can be asked about where figures come from: trace, cite, sources, status, check."""

from __future__ import annotations

from pydantic import Field, PositiveInt

from techbalance.questions.parameters.declaration import Params, Question
from techbalance.questions.parameters.texts import Top


class TraceParams(Params):
    """Which rows, source, file and hash stand behind a figure?"""

    what: str = Field(description="Number or reference of an answer, for example 'balance?year=2024'")
    top: Top = Field(default=10, description="Stored rows to show of each table, the largest first")


class CiteParams(Params):
    """How is a figure cited?"""

    what: str = Field(description="Number or reference of an answer, for example 'balance?year=2024'")


class SourcesParams(Params):
    """Which sources are declared, what do they cover, and is anything of them held?"""

    year: PositiveInt | None = Field(default=None, description="Only sources that cover this year")


class StatusParams(Params):
    """What is held, of which vintage, and how old is it?"""


class CheckParams(Params):
    """Does what is held add up?"""


TRACE = Question(
    name="trace",
    command=("trace",),
    summary="From a figure to formula, stored rows, source, file and hash.",
    params=TraceParams,
    columns=(
        "step",
        "what",
        "value_usd",
        "vintage",
        "table",
        "source_id",
        "file",
        "record",
        "sha256",
        "note",
    ),
    values=("what",),
    layout="list",
    words=("what",),
    examples=("trace 'balance?year=2024'", "trace 'ip?country=DEU&year=2023'"),
)
CITE = Question(
    name="cite",
    command=("cite",),
    summary="A citation of an answer and of its sources, as text and BibTeX.",
    params=CiteParams,
    columns=("source_id", "citation", "bibtex"),
    values=("citation",),
    layout="list",
    words=("what",),
    examples=("cite 'balance?year=2024'",),
)
SOURCES = Question(
    name="sources",
    command=("sources",),
    summary="Sources that are declared: what they cover, on which terms, and what is held of them.",
    params=SourcesParams,
    columns=(
        "source_id",
        "publisher",
        "title",
        "provides",
        "from_year",
        "to_year",
        "held",
        "verified",
        "cadence",
        "unit",
        "basis",
        "licence",
        "address",
        "note",
    ),
    values=("publisher",),
    layout="list",
    examples=("sources", "sources --year 2002"),
)
STATUS = Question(
    name="status",
    command=("status",),
    summary="What is held: table, series, periods, vintages, and how old the newest is.",
    params=StatusParams,
    columns=(
        "table",
        "series",
        "first_period",
        "last_period",
        "rows",
        "vintages",
        "vintage",
        "age_days",
        "origin",
        "note",
    ),
    values=("rows",),
    examples=("status",),
)
CHECK = Question(
    name="check",
    command=("check",),
    summary="Check that what is held adds up, and show the rows that do not.",
    params=CheckParams,
    columns=(
        "check",
        "status",
        "rows",
        "where",
        "difference_usd",
        "tolerance_usd",
        "expected_usd",
        "found_usd",
        "table",
        "note",
    ),
    values=("status",),
    examples=("check",),
)
