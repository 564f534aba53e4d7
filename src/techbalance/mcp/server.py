"""How does an assistant reach the tools? Over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import mcp_types as types
from mcp.server import Server
from mcp.server.stdio import stdio_server

from techbalance.mcp.toolbox import call, tool
from techbalance.questions.interface import readable
from techbalance.store.catalogue import Store

if TYPE_CHECKING:
    from pathlib import Path

    from mcp.server import ServerRequestContext
    from starlette.applications import Starlette

INSTRUCTIONS: Final = (
    "Figures about United States trade in advanced technology products, intellectual property and what lies "
    "behind them, recomputed from the official record. Money is whole US dollars; a deficit is negative; "
    "null means that a value cannot be given, and the note of the row says why. Quote a figure with its "
    "vintage and the citation line. Use claims_check to judge statements, and trace to follow a figure to "
    "its source file."
)


def server(home: Path | None = None) -> Server[Any]:
    """Make the server.

    Parameters
    ----------
    home
        The store that is asked; the platform's folder, or ``TECHBALANCE_HOME``, when None.
    """
    turn = asyncio.Lock()

    async def listed(
        context: ServerRequestContext[Any], params: types.PaginatedRequestParams | None
    ) -> types.ListToolsResult:
        del context, params
        return types.ListToolsResult(tools=[tool(one) for one in readable().values()])

    async def called(
        context: ServerRequestContext[Any], params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        del context
        # A store is opened for each call, so that what was ingested meanwhile is seen; one call at a time.
        async with turn:
            return await asyncio.to_thread(
                call, params.name, params.arguments or {}, Store(home, confined=True)
            )

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


def http_app(home: Path | None = None) -> Starlette:
    """Make the application that serves over HTTP, at ``/mcp``."""
    return server(home).streamable_http_app(stateless_http=True, json_response=True)
