"""How is the interface described? OpenAPI from the declarations: parameters, rows, units, every status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from techbalance.questions.interface import parameters, row_schema
from techbalance.web import formats
from techbalance.web.problems import DESCRIPTIONS, MEDIA_TYPE, SCHEMA

if TYPE_CHECKING:
    from techbalance.questions.parameters.declaration import Question

_TEXT: Final = {"type": "string"}
_REFUSALS: Final = (400, 404, 406, 422, 429)
_SOURCE: Final = {
    "type": "object",
    "properties": dict.fromkeys(("source_id", "publisher", "title", "vintage", "licence"), _TEXT),
}


def operation(question: Question) -> dict[str, Any]:
    """Describe one question, in the words that FastAPI takes for a route."""
    return {
        "summary": question.summary,
        "description": _says(question),
        "operation_id": question.name,
        "tags": [question.command[0] if len(question.command) > 1 else "questions"],
        "responses": _responses(question),
        "openapi_extra": {"parameters": [*_parameters(question), _form()]},
    }


def _says(question: Question) -> str:
    lines = [f"On the command line: `techbalance {' '.join(question.command)}`."]
    lines += [f"Example: `techbalance {example}`" for example in question.examples]
    return "\n\n".join(lines)


def _parameters(question: Question) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            "in": "query",
            "required": one.is_needed,
            "description": one.says,
            "schema": one.schema,
        }
        for one in parameters(question)
    ]


def _form() -> dict[str, Any]:
    return {
        "name": "format",
        "in": "query",
        "required": False,
        "description": "Form of the answer, for links; takes the place of the Accept header",
        "schema": {"type": "string", "enum": list(formats.MEDIA_TYPES)},
    }


def _responses(question: Question) -> dict[int | str, dict[str, Any]]:
    binary = {
        media: {"schema": {"type": "string", "format": "binary"}} for media in formats.MEDIA_TYPES.values()
    }
    answers = {
        **binary,
        "application/json": {"schema": document_schema(question)},
        "text/csv": {"schema": {"type": "string"}},
    }
    refused: dict[int | str, dict[str, Any]] = {
        status: {"description": DESCRIPTIONS[status], "content": {MEDIA_TYPE: {"schema": SCHEMA}}}
        for status in _REFUSALS
    }
    return {
        200: {"description": "The answer, with units, notes, sources and a citation", "content": answers},
        304: {"description": "The answer is the one whose tag was sent"},
        **refused,
    }


def document_schema(question: Question) -> dict[str, Any]:
    """Describe an answer as JSON."""
    texts = ("question", "reference", "command", "answer_id", "store_version", "citation")
    column = {"type": "object", "properties": dict.fromkeys(("kind", "unit", "says"), _TEXT)}
    properties: dict[str, Any] = dict.fromkeys(texts, _TEXT)
    properties |= {
        "answered": {"type": "boolean", "description": "Whether any value is there"},
        "columns": {"type": "object", "additionalProperties": column},
        "rows": {"type": "array", "items": row_schema(question)},
        "notes": {"type": "array", "items": _TEXT},
        "sources": {"type": "array", "items": _SOURCE},
    }
    return {"type": "object", "required": list(properties), "properties": properties}
