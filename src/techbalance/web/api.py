"""One address per question: ``/api/v1/balance?year=2024``, which takes and gives what is declared."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from fastapi import APIRouter, Request, Response

from techbalance.errors import ParameterError, shortened
from techbalance.questions.interface import parameters, read, readable
from techbalance.web import formats
from techbalance.web.asking import packed
from techbalance.web.description import LISTING, operation
from techbalance.web.problems import plain_problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from techbalance.questions.parameters.declaration import Question
    from techbalance.web.asking import Kept
    from techbalance.web.desk import Desk

ROOT: Final = "/api/v1"
FORM: Final = "format"
"""The parameter that stands for an ``Accept`` header in a link; no question has one of this name."""
LONGEST_HEADER: Final = 2000
"""A longer reference is in the answer alone: what stands between server and reader cuts long headers."""


def router(desk: Desk) -> APIRouter:
    """Make the addresses.

    Parameters
    ----------
    desk
        Who asks.
    """
    routes = APIRouter(prefix=ROOT)
    routes.add_api_route(
        "/questions",
        _listing,
        methods=["GET"],
        summary="Every question, with its parameters and columns",
        operation_id="questions",
        response_class=Response,
        responses=LISTING,
    )
    for question in readable().values():
        path, endpoint = f"/{address(question)}", _endpoint(question, desk)
        routes.add_api_route(path, endpoint, methods=["GET"], response_class=Response, **operation(question))
        routes.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
    return routes


def address(question: Question) -> str:
    """Return the last part of a question's address: its words with hyphens."""
    return "-".join(question.command)


def _endpoint(question: Question, desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        given = once(request.query_params.multi_items())
        form = given.pop(FORM, None)
        chosen = formats.accepted(request.headers.get("accept", "")) if form is None else formats.named(form)
        if chosen is None:
            return plain_problem(406, f"Can be written: {', '.join(formats.MEDIA_TYPES.values())}")
        params = read(question, given)
        kept = await desk.answer(question, params, chosen)
        headers = {
            "ETag": kept.tag,
            "Vary": "Accept, Accept-Encoding",
            "Cache-Control": "no-cache",
            "X-Content-Type-Options": "nosniff",
            "Techbalance-Answer": kept.answer_id,
        }
        if len(kept.reference) <= LONGEST_HEADER:
            headers["Techbalance-Reference"] = kept.reference
        if kept.tag in tags(request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        body = _chosen(request, kept, headers)
        if form is not None:
            headers["Content-Disposition"] = f'inline; filename="{question.name}.{chosen}"'
        return Response(body, media_type=formats.MEDIA_TYPES[chosen], headers=headers)

    return endpoint


def once(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """Read a query; an unknown parameter is refused later, one given twice here.

    Raises
    ------
    ParameterError
        A parameter is given twice: one of the two would be ignored.
    """
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in given:
            raise ParameterError(f"{name} is given twice", remedy="Give it once, with commas between values")
        given[name] = value
    return given


def tags(header: str) -> set[str]:
    """Read the entity tags of a header; a weak tag stands for the same bytes here."""
    return {part.strip().removeprefix("W/") for part in header.split(",")}


@dataclass(frozen=True, slots=True)
class Standing:
    """A text that is the same for everybody, as long as the server runs.

    Parameters
    ----------
    body
        Its bytes.
    packed
        The same, compressed.
    tag
        Stands for the bytes.
    """

    body: bytes
    packed: bytes | None
    tag: str

    @classmethod
    def of(cls, document: object) -> Standing:
        """Write a document as JSON."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
        return cls(body, packed(body), f'"{hashlib.sha256(body).hexdigest()[:16]}"')


def standing(request: Request, text: Standing) -> Response:
    """Answer with a text that stands: compressed where that is taken, and not again to whoever has it."""
    headers = {"ETag": text.tag, "Vary": "Accept-Encoding", "Cache-Control": "no-cache"}
    if text.tag in tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    body = _chosen(request, text, headers)
    return Response(body, media_type=formats.MEDIA_TYPES["json"], headers=headers)


def _chosen(request: Request, text: Kept | Standing, headers: dict[str, str]) -> bytes:
    """Choose the compressed bytes where they are taken, and say so."""
    if text.packed is None or not formats.takes_gzip(request.headers.get("accept-encoding", "")):
        return text.body
    headers["Content-Encoding"] = "gzip"
    return text.packed


async def _listing(request: Request) -> Response:
    """Every question, with its parameters and columns."""
    for name in request.query_params:
        raise ParameterError(f"unknown parameter {shortened(name)}", remedy="The list takes none")
    return standing(request, _listed())


@cache
def _listed() -> Standing:
    return Standing.of(
        [
            {
                "name": one.name,
                "address": f"{ROOT}/{address(one)}",
                "command": " ".join(("techbalance", *one.command)),
                "summary": one.summary,
                "parameters": [
                    {"name": name.name, "says": name.says, "is_needed": name.is_needed, "schema": name.schema}
                    for name in parameters(one)
                ],
                "columns": list(one.columns),
                "examples": list(one.examples),
            }
            for one in readable().values()
        ]
    )
