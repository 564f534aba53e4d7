"""Under which names is the server asked? Only under its own, so that no other site can pass for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from techbalance.errors import shortened
from techbalance.web.problems import plain_problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Receive, Scope, Send

ANY = "*"


class OwnNames:
    """Refuses a request for a host of another name, as when a name elsewhere was made to point here.

    Parameters
    ----------
    app
        What answers.
    names
        Host names without a port; ``*`` for any.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that comes for one of the names."""
        if scope["type"] not in ("http", "websocket") or ANY in self.names:
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "")
        if name_in(host) in self.names:
            await self.app(scope, receive, send)
            return
        refused = plain_problem(
            400, f"This server is not called {shortened(host)}; --name tells it another name of its own"
        )
        await refused(scope, receive, send)


def name_in(host: str) -> str:
    """Take the port off a ``Host`` header; an address in brackets has colons of its own."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() and not name.endswith(":") else host).lower()
