"""Which tools does an assistant get? One per question that changes nothing, from the declarations."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import mcp_types as types

from techbalance.errors import TechbalanceError, UnknownCodeError
from techbalance.questions.callers import elsewhere
from techbalance.questions.document import as_document
from techbalance.questions.interface import parameters, read, readable, row_schema
from techbalance.questions.prepared import prepared
from techbalance.questions.registry import ask

if TYPE_CHECKING:
    from techbalance.questions.parameters.declaration import Question
    from techbalance.store.catalogue import Store

MOST_ROWS: Final = 200
"""Rows an assistant is given at once; more would fill what it can keep in mind."""
# Tools of another name than their question: what an assistant looks for when it reads an article.
NAMES: Final = {"claims_judge": "check_claim"}
_TEXT: Final = {"type": "string"}


def tools() -> dict[str, Question]:
    """Every tool with the question it stands for."""
    return {NAMES.get(name, name): one for name, one in readable().items()}


def tool(question: Question) -> types.Tool:
    """Describe a question as a tool."""
    given = {one.name: {**one.schema, "description": one.says} for one in parameters(question)}
    return types.Tool(
        name=NAMES.get(question.name, question.name),
        title=question.summary.rstrip("."),
        description="\n".join(
            [question.summary, *(f"Same as: techbalance {example}" for example in question.examples)]
        ),
        input_schema={
            "type": "object",
            "properties": given,
            "required": [one.name for one in parameters(question) if one.is_needed],
            "additionalProperties": False,
        },
        output_schema=_output(question),
        annotations=types.ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False),
    )


def _output(question: Question) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "rows": {"type": "array", "items": row_schema(question)},
            "units": {"type": "object", "additionalProperties": _TEXT},
            "notes": {"type": "array", "items": _TEXT},
            "vintage": {
                "type": ["string", "null"],
                "description": "Day on which the newest figure of the rows was current; null without one",
            },
            "citation": {"type": "string", "description": "How to cite the answer"},
            "reference": {"type": "string", "description": "What the tools trace and cite take"},
            "answer_id": _TEXT,
            "sources": {"type": "array", "items": {"type": "object"}},
            "answered": {"type": "boolean"},
            "rows_in_all": {"type": "integer", "description": "Rows of the answer; the first ones are given"},
        },
        "required": ["rows", "units", "notes", "vintage", "citation", "reference", "answered", "rows_in_all"],
    }


def call(name: str, given: dict[str, Any], store: Store) -> types.CallToolResult:
    """Ask what a tool stands for.

    Parameters
    ----------
    name
        Name of the tool.
    given
        Parameters in text form or as plain values.
    store
        What is asked.

    Returns
    -------
    CallToolResult
        Rows, units, notes and a citation line; or, marked as an error, what is wrong and what to do next.
    """
    try:
        return _answered(name, given, store)
    except TechbalanceError as wrong:
        return types.CallToolResult(content=[_said(str(wrong))], is_error=True)


def _answered(name: str, given: dict[str, Any], store: Store) -> types.CallToolResult:
    known = tools()
    question = known.get(name) or readable().get(name)
    if question is None:
        raise UnknownCodeError.among("tool", name, known)
    params = read(question, given)
    with elsewhere(store):
        answer = prepared(question, params, store) or ask(question, params, store)
        whole = as_document(answer)
    rows = whole.pop("rows")
    columns = whole.pop("columns")
    notes = list(whole["notes"])
    if len(rows) > MOST_ROWS:
        notes.append(f"The first {MOST_ROWS} of {len(rows)} rows; ask for fewer years or keys, or with top.")
    structured = {
        "rows": rows[:MOST_ROWS],
        "units": {column: facts["unit"] for column, facts in columns.items() if facts["unit"]},
        "notes": notes,
        "vintage": max((str(row["vintage"]) for row in rows if row.get("vintage")), default=None),
        "rows_in_all": len(rows),
        **{key: whole[key] for key in ("citation", "reference", "answer_id", "sources", "answered")},
    }
    text = json.dumps(structured, ensure_ascii=False)
    return types.CallToolResult(content=[_said(text)], structured_content=structured)


def _said(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)
