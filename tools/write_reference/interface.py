"""Which address answers what over HTTP? From the same declarations as the interface description itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.questions.interface import parameters, readable
from techbalance.web.api import ROOT
from techbalance.web.formats import MEDIA_TYPES
from techbalance.web.problems import DESCRIPTIONS, MEDIA_TYPE
from tools.write_reference.markdown import code, codes, page, table

if TYPE_CHECKING:
    from techbalance.questions.parameters.declaration import Question

_OPENING: Final = (
    f"`techbalance serve` answers every question that reads. Each has one address, `{ROOT}/NAME`, and takes "
    "its parameters in the query: the text forms are those of the "
    "[commands](commands.md#how-values-are-written), and a parameter nobody knows is refused. "
    f"`{ROOT}/openapi.json` describes all of this to a program, with units and examples; `{ROOT}/questions` "
    "lists the questions. Nothing can be changed, and no file can be named."
)
_ANSWERS: Final = (
    "The `Accept` header chooses the form, or for a link that can be clicked `format`. JSON comes with "
    "units, notes, sources and a citation; the others hold the rows. `ETag` stands for question, parameters, "
    "form and state of the store: sent back in `If-None-Match`, an answer that has not changed is 304."
)
_REFUSALS: Final = (
    f"Everything refused is `{MEDIA_TYPE}` (RFC 9457): what is wrong, where, and what to do next. The types "
    "are the [errors](errors.md)."
)


def interface_page() -> str:
    """Write the page of the HTTP interface."""
    return page(
        "HTTP interface",
        _OPENING,
        "## Answers",
        _ANSWERS,
        table(("format", "media type"), [(code(name), code(kind)) for name, kind in MEDIA_TYPES.items()]),
        "## Refusals",
        _REFUSALS,
        table(("status", "says"), [(str(status), says) for status, says in DESCRIPTIONS.items()]),
        "## Beside the questions",
        table(
            ("address", "gives"),
            [
                ("`/health`", "whether the server answers, and of which store"),
                ("`/metrics`", "counts of questions, errors and times, in the text form of Prometheus"),
            ],
        ),
        "## Questions",
        *[_question(name, one) for name, one in readable().items()],
    )


def _question(name: str, question: Question) -> str:
    rows = [
        (code(one.name), _form(one.schema), "yes" if one.is_needed else "", one.says)
        for one in parameters(question)
    ]
    lines = [f"### {ROOT.lstrip('/')}/{name}", question.summary, f"Columns: {codes(question.columns)}."]
    if rows:
        lines.append(table(("parameter", "form", "needed", "does"), rows))
    return "\n\n".join(lines)


def _form(schema: dict[str, Any]) -> str:
    """Say what a parameter takes: its words, an example of its text form, or its type."""
    if "enum" in schema:
        return codes([str(one) for one in schema["enum"]])
    if schema.get("examples"):
        return f"text such as {codes([str(one) for one in schema['examples']])}"
    return str(schema.get("type", "text")).replace("string", "text")
