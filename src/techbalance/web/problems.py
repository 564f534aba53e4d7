"""How does HTTP say that something is wrong? As problem details (RFC 9457), from the tree of errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from starlette.responses import JSONResponse

from techbalance.errors import (
    BusyError,
    ConvergenceError,
    ModelInputError,
    NotCoveredError,
    QuestionError,
    TechbalanceError,
    TooMuchError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

MEDIA_TYPE: Final = "application/problem+json"
# A status of its own where the caller can do something about it; what is left is the server's affair.
STATUSES: Final[tuple[tuple[type[TechbalanceError], int], ...]] = (
    (TooMuchError, 422),
    (BusyError, 429),
    (QuestionError, 400),
    (NotCoveredError, 404),
    (ModelInputError, 422),
    (ConvergenceError, 422),
    (TechbalanceError, 500),
)
HTTP_ITSELF: Final = frozenset({400, 404, 406, 500})
"""Statuses that may also say nothing but what HTTP says."""
DESCRIPTIONS: Final = {
    400: "The question cannot be put like this",
    404: "Nothing here answers it: no such address, or the store holds nothing that does",
    405: "Answers are read only: GET and HEAD",
    406: "None of the accepted media types can be written",
    422: "The question was understood and cannot be answered: too many rows, too long, or no solution",
    429: "Too many questions are waiting; try again in a moment",
    500: "The server's own data are wrong, or the server itself is; asking otherwise does not help",
}
SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "urn:techbalance:error: and the name of the error"},
        "title": {"type": "string", "description": "What is wrong"},
        "status": {"type": "integer", "description": "The status of the response"},
        "detail": {"type": "string", "description": "What is wrong, where, and what to do next"},
        "where": {"type": "string", "description": "Field and value, or table and period"},
        "remedy": {"type": "string", "description": "What to do next"},
        "exit_code": {"type": "integer", "description": "What the command line would exit with"},
    },
}


def status_of(wrong: TechbalanceError) -> int:
    """Choose the status of an error."""
    return _status_of_kind(type(wrong))


def _status_of_kind(kind: type[TechbalanceError]) -> int:
    return next(status for base, status in STATUSES if issubclass(kind, base))


def type_of(kind: type[TechbalanceError]) -> str:
    """Name the problem type of an error."""
    name = kind.__name__.removesuffix("Error")
    return f"urn:techbalance:error:{re.sub(r'(?<=[a-z])(?=[A-Z])', '-', name).lower()}"


def types_of(status: int) -> list[str]:
    """List the problem types that a status may come with, ``about:blank`` where it is HTTP's own."""

    def below(kind: type[TechbalanceError]) -> list[type[TechbalanceError]]:
        return [kind, *[lower for one in kind.__subclasses__() for lower in below(one)]]

    kinds = sorted({type_of(kind) for kind in below(TechbalanceError) if _status_of_kind(kind) == status})
    return [*kinds, "about:blank"] if status in HTTP_ITSELF else kinds


def problem(wrong: TechbalanceError) -> JSONResponse:
    """Write an error of the tree as problem details."""
    status = status_of(wrong)
    facts = {
        "type": type_of(type(wrong)),
        "title": wrong.what,
        "status": status,
        "detail": str(wrong),
        "where": wrong.where,
        "remedy": wrong.remedy,
        "exit_code": wrong.exit_code,
    }
    headers = {"Retry-After": "1"} if status == 429 else None
    return _response({key: value for key, value in facts.items() if value != ""}, status, headers)


def plain_problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """Write what HTTP itself refuses as problem details."""
    facts = {
        "type": "about:blank",
        "title": DESCRIPTIONS.get(status, detail),
        "status": status,
        "detail": detail,
    }
    return _response(facts, status, headers)


def _response(facts: dict[str, Any], status: int, headers: Mapping[str, str] | None) -> JSONResponse:
    return JSONResponse(facts, status, headers=headers, media_type=MEDIA_TYPE)
