"""At which addresses are pages served? Each at its own, its blocks below it, style and script beside them."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Request, Response

from techbalance.errors import ParameterError, QuestionError, TechbalanceError, UnknownCodeError, shortened
from techbalance.store.catalogue import Store
from techbalance.web.asking import packed
from techbalance.web.pages import data, dependence, explorer, story, whatif
from techbalance.web.pages.controls import open_form
from techbalance.web.pages.page import Asker
from techbalance.web.pages.registry import PAGES
from techbalance.web.pages.shell import KINDS, Refused, Shell, View, written_asset, written_block
from techbalance.web.problems import status_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from techbalance.questions.parameters.declaration import Params
    from techbalance.web.desk import Desk
    from techbalance.web.pages.controls import Control
    from techbalance.web.pages.page import Content, Page

EMBED: Final = "embed"
DARK, WIDTH = "dark", "width"
WIDEST: Final = 2000
"""Pixels; a wider picture than this is refused."""
_DAY: Final = 86_400
QUIET_SECONDS: Final = 3.0
"""Nobody asks for anything when nothing was asked for as long."""
NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def policy(frames: str) -> str:
    """Say what a page may do: use what this server gives, and nothing of anybody else's."""
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        f"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {frames}"
    )


@dataclass(frozen=True)
class Served:
    """Addresses as this server has them."""

    base: str = ""

    def page(self, address: str) -> str:
        """As it is."""
        return address

    def block(self, address: str, block_id: str, kind: str, **options: str) -> str:
        """Below the page, with the same parameters."""
        path, _, query = address.partition("?")
        given = "&".join([*filter(None, [query]), *[f"{name}={value}" for name, value in options.items()]])
        return f"{path.rstrip('/')}/{block_id}.{kind}{'?' + given if given else ''}"

    def asset(self, name: str) -> str:
        """With a mark of its bytes, so that it can be kept for good."""
        return f"/assets/{name}?v={hashlib.sha256(written_asset(name)[0]).hexdigest()[:12]}"

    def absolute(self, address: str) -> str:
        """With the scheme and host a reader came by; the script of the page puts them in."""
        return f"{self.base}{address}"


@dataclass(frozen=True)
class Composed:
    """What a page says and how it is written, as both are kept."""

    content: Content
    written: Written

    @property
    def weight(self) -> int:
        """Bytes of the page and of its tables; specifications are in both."""
        tables = sum(int(block.rows.nbytes) for block in self.content.blocks.values())
        return 2 * len(self.written.body) + tables


@dataclass(frozen=True)
class Written:
    """Bytes that are kept."""

    body: bytes
    packed: bytes | None

    @property
    def weight(self) -> int:
        """Bytes it takes."""
        return len(self.body) + len(self.packed or b"")


@dataclass(frozen=True)
class Views:
    """The views that a page leads to, as they are kept."""

    given: tuple[Mapping[str, str], ...]

    @property
    def weight(self) -> int:
        """Bytes it takes, about."""
        return 200 * len(self.given)


def ahead(store: Store, address: str) -> Views:
    """List the views of a page that are opened most."""
    page, asker = _BY_ADDRESS[address], _asker(store)
    if page.ahead is not None:
        return Views(tuple(page.ahead(asker)))
    return Views(tuple(texts for _, texts in page.views(asker)))


SHELL: Final = Shell(PAGES, Served())
_BY_ADDRESS: Final = {page.address: page for page in PAGES}
_ASKERS: Final[WeakKeyDictionary[Store, Asker]] = WeakKeyDictionary()


def _asker(store: Store) -> Asker:
    if store not in _ASKERS:
        _ASKERS[store] = Asker(store)
    return _ASKERS[store]


def composed(store: Store, address: str, params: Params) -> Composed:
    """Compose a page of a store, and write it."""
    page = _BY_ADDRESS[address]
    content = page.compose(_asker(store), params)
    body = SHELL.write(View(page, params, content)).encode()
    return Composed(content, Written(body, packed(body)))


def warm(store: Store) -> None:
    """Compose one view of each kind, so that the shapes of its questions are known."""
    opened: list[tuple[Page, Mapping[str, str]]] = [(page, {}) for page in PAGES if page.listed]
    steps = [(one.PAGE, step) for one in (explorer, data, dependence, story, whatif) for step in one.STEPS]
    for page, texts in (*opened, *steps):
        # What is wrong with one is said to whoever opens it, and keeps no other from being ready.
        with suppress(Exception):
            composed(store, page.address, page.read(texts))


class Serving:
    """Composes and writes pages for many readers.

    Parameters
    ----------
    desk
        Who asks, and keeps.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def router(self) -> APIRouter:
        """Make the addresses of all pages."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/assets/{name}", _asset, methods=["GET", "HEAD"])
        for page in PAGES:
            routes.add_api_route(page.address, self._page(page), methods=["GET", "HEAD"])
            below = page.address.rstrip("/") + "/{block}.{kind}"
            routes.add_api_route(below, self._block(page), methods=["GET", "HEAD"])
        return routes

    async def warm(self) -> None:
        """Compose every listed page as it opens, so that the first reader does not wait."""
        written_asset("charts.js")
        await asyncio.gather(*[self._warmed(page) for page in PAGES if page.listed])

    async def go_on(self) -> None:
        """Compose the views that lists and fields lead to, one by one, whenever nobody asks for anything."""
        for page in PAGES:
            if not page.listed:
                continue
            views = await self.desk.made((page.address, "ahead"), ahead, page.address)
            assert isinstance(views, Views)  # noqa: S101 - narrows the type only
            for texts in views.given:
                await self._nobody_asks()
                await self._warmed(page, texts)

    async def _nobody_asks(self) -> None:
        """Wait until a moment has passed in which nothing was asked."""
        counts, before = self.desk.counts, -1
        while self.desk.waiting or counts.asked + counts.found != before:
            before = counts.asked + counts.found
            await asyncio.sleep(QUIET_SECONDS)

    async def _warmed(self, page: Page, texts: Mapping[str, str] = NOTHING) -> None:
        with suppress(Exception):
            await self._composed(page, page.read(texts))

    async def _composed(self, page: Page, params: Params) -> Composed:
        """Compose and write a page, or return it as it was made before."""
        key = (page.permalink(params), "page")
        kept = await self.desk.made(key, composed, page.address, params)
        assert isinstance(kept, Composed)  # noqa: S101 - narrows the type only
        return kept

    async def _text(self, page: Page, params: Params, embedded: str) -> Written:
        made = await self._composed(page, params)
        if not embedded:
            return made.written
        if embedded not in {"1", *made.content.blocks}:
            raise UnknownCodeError.among("block", embedded, made.content.blocks)
        view = View(page, params, made.content)
        key = (page.permalink(params), f"embedded {embedded}")
        return await self._kept(key, lambda: SHELL.write(view, embedded).encode())

    async def _kept(self, key: tuple[str, str], make: Callable[[], bytes]) -> Written:
        def write(_: Store) -> Written:
            body = make()
            return Written(body, packed(body))

        kept = await self.desk.kept(key, write)
        assert isinstance(kept, Written)  # noqa: S101 - narrows the type only
        return kept

    def _page(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            given = together(request.query_params.multi_items())
            embedded = given.pop(EMBED, "")
            try:
                params = page.read(given)
                written = await self._text(page, params, embedded)
            except TechbalanceError as wrong:
                refused = of_the_tree(wrong)
                if not given and not embedded and isinstance(wrong, QuestionError):
                    # Nothing is wrong with opening a page that cannot choose for its reader.
                    refused = Refused(200, page.summary, f"{wrong.what}.", wrong.remedy)
                return self.refused(refused, page, given)
            return _response(request, written, "text/html; charset=utf-8", "*" if embedded else "'self'")

        return endpoint

    def _block(self, page: Page) -> Callable[[Request, str, str], Awaitable[Response]]:
        async def endpoint(request: Request, block: str, kind: str) -> Response:
            given = together(request.query_params.multi_items())
            try:
                options = _options(given)
                params = page.read(given)
                blocks = (await self._composed(page, params)).content.blocks
                if kind not in KINDS or block not in blocks:
                    name = shortened(f"{block}.{kind}")
                    return self.refused(Refused(404, f"There is no {name} here"), page)
                key = (page.permalink(params), f"{block}.{kind} {options}")
                written = await self._kept(key, lambda: written_block(blocks[block], kind, **options))
            except TechbalanceError as wrong:
                return self.refused(of_the_tree(wrong), page, given)
            return _response(request, written, KINDS[kind], "*", name=f"{block}.{kind}")

        return endpoint

    def refused(
        self, refused: Refused, page: Page | None = None, given: dict[str, str] | None = None
    ) -> Response:
        """Answer with a page that says what is wrong."""
        controls: tuple[Control, ...] = ()
        if page is not None and given is not None:
            known = {info.alias or field for field, info in page.params.model_fields.items()}
            controls = open_form(page.params, {name: text for name, text in given.items() if name in known})
        return Response(
            SHELL.refusal(refused, page, controls),
            refused.status,
            media_type="text/html; charset=utf-8",
            headers={"Content-Security-Policy": policy("'self'"), "Cache-Control": "no-store"},
        )


def of_the_tree(wrong: TechbalanceError) -> Refused:
    """Say in a page what an error says."""
    return Refused(status_of(wrong), wrong.what, wrong.where, wrong.remedy)


def together(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Read a form: an empty field is not given, boxes of one name are joined with commas."""
    given: dict[str, str] = {}
    for name, value in pairs:
        if value != "":
            given[name] = f"{given[name]},{value}" if name in given else value
    return given


def _options(given: dict[str, str]) -> dict[str, Any]:
    """Take how a picture is drawn out of a query.

    Raises
    ------
    ParameterError
        The width is no number of pixels.
    """
    width = given.pop(WIDTH, None)
    options: dict[str, Any] = {"dark": given.pop(DARK, "") == "true"}
    if width is not None:
        if not width.isascii() or not width.isdigit() or not 100 <= int(width[:6]) <= WIDEST:
            raise ParameterError(f"width: {shortened(width)} is not from 100 to {WIDEST} pixels")
        options["width"] = int(width)
    return options


def _response(
    request: Request, written: Written, media_type: str, frames: str, *, name: str = ""
) -> Response:
    headers = {
        "ETag": f'"{hashlib.sha256(written.body).hexdigest()[:16]}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "Content-Security-Policy": policy(frames),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }
    if name:
        headers["Content-Disposition"] = f'inline; filename="{name}"'
    if headers["ETag"] in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = written.body
    if written.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], body = "gzip", written.packed
    return Response(body, media_type=media_type, headers=headers)


async def _asset(request: Request, name: str) -> Response:
    try:
        body, media_type = written_asset(name)
    except KeyError:
        return Response("There is no such file.", 404, media_type="text/plain")
    answer = _response(request, Written(body, _packed_asset(name)), media_type, "'none'")
    answer.headers["Cache-Control"] = f"public, max-age={365 * _DAY}, immutable"
    return answer


@cache
def _packed_asset(name: str) -> bytes | None:
    return packed(written_asset(name)[0])
