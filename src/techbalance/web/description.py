"""How is the interface described? OpenAPI from the declarations: parameters, rows, units, every status.

The examples are real answers of the record that ships; ``tools.write_reference.api_examples`` asks them anew.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from techbalance.questions.interface import parameters, row_schema
from techbalance.web import formats
from techbalance.web.problems import DESCRIPTIONS, MEDIA_TYPE, SCHEMA, types_of

if TYPE_CHECKING:
    from techbalance.questions.interface import Parameter
    from techbalance.questions.parameters.declaration import Question

EXAMPLES: Final = "examples.json"
_PROBLEM: Final = "Problem"
_TEXT: Final = {"type": "string"}
REFUSALS: Final = (400, 404, 406, 422, 429, 500)
_SOURCE: Final = {
    "type": "object",
    "properties": dict.fromkeys(("source_id", "publisher", "title", "vintage", "licence"), _TEXT),
}
_HEADERS: Final[dict[str, Any]] = {
    "ETag": {"description": "Stands for question, parameters, form and state of the store", "schema": _TEXT},
    "Techbalance-Answer": {"description": "Number of the answer", "schema": _TEXT},
    "Techbalance-Reference": {
        "description": "What trace and cite take; left out where it is longer than a header may be",
        "schema": _TEXT,
    },
}


@cache
def examples() -> dict[str, dict[str, Any]]:
    """Answers to examples, by the name of the question."""
    text = files("techbalance.web").joinpath(EXAMPLES).read_text(encoding="utf-8")
    found: dict[str, dict[str, Any]] = json.loads(text)
    return found


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
    given = examples().get(question.name, {}).get("given", {})
    return [_parameter(one, given.get(one.name)) for one in parameters(question)]


def _parameter(one: Parameter, example: str | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": one.name,
        "in": "query",
        "required": one.is_needed,
        "description": one.says,
        "schema": one.schema,
    }
    return told if example is None else {**told, "example": _typed(example, one.schema)}


def _typed(example: str, schema: dict[str, Any]) -> object:
    """Write an example as what the schema says it is: a number or a yes is none in quotation marks."""
    kind = schema.get("type")
    return json.loads(example) if kind in ("integer", "number", "boolean") else example


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
    return {
        200: {
            "description": "The answer, with units, notes, sources and a citation",
            "headers": _HEADERS,
            "content": answers,
        },
        304: {"description": "The answer is the one whose tag was sent"},
        **{status: _refusal(status) for status in REFUSALS},
    }


def completed(described: dict[str, Any]) -> dict[str, Any]:
    """Put problem types and examples into a description; FastAPI would take the nulls out of them."""
    schemas = described.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {f"{_PROBLEM}{status}": _problem_schema(status) for status in REFUSALS}
    for path in described["paths"].values():
        for one in path.values():
            found = examples().get(one.get("operationId", ""))
            if found is not None:
                status, media_type, example = _example(found)
                content = one["responses"][status]["content"][media_type]
                content["examples"] = {"asked": example}
    return described


def _example(found: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    """Tell where an example goes, and how it is introduced."""
    if "problem" in found:
        value = found["problem"]
        return str(value["status"]), MEDIA_TYPE, {"summary": found["address"], "value": value}
    rows, given = found["rows_in_all"], len(found["answer"]["rows"])
    cut = "" if rows == given else f"; the first of {rows} rows"
    return "200", "application/json", {"summary": f"{found['address']}{cut}", "value": found["answer"]}


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{_PROBLEM}{status}"}
    return {"description": DESCRIPTIONS[status], "content": {MEDIA_TYPE: {"schema": schema}}}


def _problem_schema(status: int) -> dict[str, Any]:
    kinds = {
        "type": "string",
        "enum": types_of(status),
        "description": SCHEMA["properties"]["type"]["description"],
    }
    of_status = {"type": "integer", "const": status, "description": "The status of the response"}
    return {**SCHEMA, "properties": {**SCHEMA["properties"], "type": kinds, "status": of_status}}


LISTING: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "Every question",
        "headers": {"ETag": {"description": "Stands for the list", "schema": _TEXT}},
        "content": {"application/json": {"schema": {"type": "array", "items": {"type": "object"}}}},
    },
    304: {"description": "The list is the one whose tag was sent"},
    400: _refusal(400),
}
"""What the list of questions may answer."""


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
