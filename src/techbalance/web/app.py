"""What answers HTTP? The API with its description, the pages, health and counts."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from functools import cache, partial
from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware

from techbalance.errors import TechbalanceError
from techbalance.web import api
from techbalance.web.description import completed
from techbalance.web.desk import Desk
from techbalance.web.names import OwnNames
from techbalance.web.pages.serving import Serving, warm
from techbalance.web.pages.shell import Refused
from techbalance.web.problems import DESCRIPTIONS, plain_problem, problem
from techbalance.web.settings import Settings
from techbalance.web.watch import Metrics, Watch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from typing import TextIO


def create_app(settings: Settings | None = None, *, log: TextIO | None = None) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings
        How it listens and what it gives; the defaults when left out.
    log
        Where one line per request goes; None for nowhere.
    """
    settings = settings or Settings()
    desk, metrics = Desk(settings, (warm,)), Metrics()
    pages = Serving(desk)

    async def begin() -> None:
        if settings.is_warm and settings.workers:
            await pages.warm()
        await desk.begin()
        if settings.is_warm and settings.workers:
            await pages.go_on()

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        # Questions are answered meanwhile; health says when all processes are there and warm.
        beginning = asyncio.create_task(begin())
        yield
        beginning.cancel()
        desk.close()

    app = FastAPI(
        title="techbalance",
        version=version("techbalance"),
        summary="Figures about United States technology trade: recomputed, traced, explained. Read only.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=life,
    )
    app.include_router(api.router(desk))
    _described(app)
    _watched(app, desk, metrics)
    app.include_router(pages.router())
    app.add_exception_handler(TechbalanceError, _of_the_tree)
    app.add_exception_handler(HTTPException, partial(_of_http, pages))
    app.add_exception_handler(Exception, _of_nobody)
    if settings.origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(settings.origins),
            allow_methods=["GET", "HEAD"],
            expose_headers=["ETag", "Techbalance-Answer", "Techbalance-Reference"],
        )
    app.add_middleware(OwnNames, names=settings.names)
    app.add_middleware(Watch, metrics=metrics, log=log)
    return app


def _described(app: FastAPI) -> None:
    """Add the address of the description; it is half a megabyte, so it is written and compressed once."""
    plain = app.openapi
    app.openapi = cache(lambda: completed(plain()))  # type: ignore[method-assign]
    written = cache(lambda: api.Standing.of(app.openapi()))

    @app.get(f"{api.ROOT}/openapi.json", include_in_schema=False)
    @app.head(f"{api.ROOT}/openapi.json", include_in_schema=False)
    async def description(request: Request) -> Response:
        return api.standing(request, written())


def _watched(app: FastAPI, desk: Desk, metrics: Metrics) -> None:
    """Add the addresses that a machine looks at."""

    @app.get("/health", summary="Whether the server answers, and of which store", operation_id="health")
    async def health() -> dict[str, str]:
        status = "ok" if desk.is_ready else "warming up"
        return {"status": status, "release": version("techbalance"), "store_version": desk.held}

    @app.get("/metrics", include_in_schema=False)
    async def counts() -> Response:
        return Response(metrics.text(desk), media_type="text/plain; version=0.0.4")


async def _of_the_tree(_: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, TechbalanceError)  # noqa: S101 - this handler is registered for the tree only
    return problem(wrong)


async def _of_nobody(_: Request, wrong: Exception) -> Response:
    """A mistake of ours: it is in the log of the server, and tells a stranger nothing."""
    del wrong
    return plain_problem(500, "The server made a mistake; it has been written down")


async def _of_http(pages: Serving, request: Request, wrong: Exception) -> Response:
    assert isinstance(wrong, HTTPException)  # noqa: S101 - this handler is registered for these only
    if "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(api.ROOT):
        return pages.refused(
            Refused(wrong.status_code, DESCRIPTIONS.get(wrong.status_code, str(wrong.detail)))
        )
    headers = {"Allow": "GET, HEAD"} if wrong.status_code == 405 else wrong.headers
    return plain_problem(wrong.status_code, str(wrong.detail), headers)
