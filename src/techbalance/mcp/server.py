"""How does an assistant reach the tools? Over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from techbalance.mcp.toolbox import call, tool, tools
from techbalance.store.catalogue import Store
from techbalance.store.outside import fingerprint

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mcp.server import ServerRequestContext
    from starlette.applications import Starlette

INSTRUCTIONS: Final = (
    "Figures about United States trade in advanced technology products, intellectual property and what lies "
    "behind them, recomputed from the official record. Money is whole US dollars; a deficit is negative; "
    "null means that a value cannot be given, and the note of the row says why. Quote a figure with its "
    "vintage and the citation line.\n"
    "To take an article apart: (1) Write each figure as a sentence of its own with what it is of, its unit, "
    "its year and its partner, and send them to check_claim as text, one per line; it says in read_as how "
    "each was understood, and judges none that it did not wholly understand: supply what its note asks for, "
    "from the article and never from memory. (2) A figure of anything else that a tool answers goes to "
    "check_claim as stated, unit, of (a reference such as balance?year=2024) and column. (3) Report every "
    "verdict with recomputed, vintage and reason: reproduced; reproduced-on-vintage (true of an earlier "
    "revision); definition-dependent (true on the basis named); differs; not-covered (nothing held decides "
    "it; this is no refutation); a null verdict (not read). (4) For what no single number decides, ask the "
    "tools that bear on it and say that it is an interpretation. Use trace to follow a figure to its source "
    "file, and cite for citations."
)


def server(home: Path | None = None) -> Server[Any]:
    """Make the server.

    Parameters
    ----------
    home
        The store that is asked; the platform's folder, or ``TECHBALANCE_HOME``, when None.
    """
    turn = asyncio.Lock()
    open_stores: dict[str, Store] = {}

    def asked(name: str, given: dict[str, Any]) -> types.CallToolResult:
        # What was ingested meanwhile is seen: a store that changed is opened anew.
        fresh = Store(home, confined=True)
        held = f"{fresh.home} {fresh.version} {fingerprint(fresh)}"
        if held not in open_stores:
            open_stores.clear()
            open_stores[held] = fresh
        return call(name, given, open_stores[held])

    async def listed(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[tool(one) for one in tools().values()])

    async def called(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        del context
        # One call at a time: a store answers one caller.
        async with turn:
            return await asyncio.to_thread(asked, params.name, params.arguments or {})

    return Server(
        "techbalance",
        version=version("techbalance"),
        instructions=INSTRUCTIONS,
        on_list_tools=listed,
        on_call_tool=called,
    )


def serve_stdio(home: Path | None = None) -> None:
    """Serve over standard input and output until the input ends."""

    async def served() -> None:
        one = server(home)
        async with stdio_server() as (reading, writing):
            await one.run(reading, writing, one.create_initialization_options())

    asyncio.run(served())


def http_app(home: Path | None = None, names: Sequence[str] = ()) -> Starlette:
    """Make the application that serves over HTTP, at ``/mcp``.

    Parameters
    ----------
    home
        The store that is asked.
    names
        Host names a request may come for, beside those of this machine, so that no other site can pass for
        this one.
    """
    hosts = ("127.0.0.1", "localhost", "[::1]", *names)
    return server(home).streamable_http_app(
        stateless_http=True,
        json_response=True,
        transport_security=TransportSecuritySettings(
            allowed_hosts=[one for host in hosts for one in (host, f"{host}:*")],
            allowed_origins=[f"http://{host}:*" for host in hosts],
        ),
    )
