"""The commands ``serve`` and ``mcp``: answers over HTTP, and for assistants."""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec
from typing import Final

import typer

from techbalance.errors import ParameterError

HOST, PORT = "127.0.0.1", 8000
# Reads requests. The faster one that may be installed takes a head of any length into memory.
PARSER: Final = "h11"
_HOST = typer.Option(HOST, "--host", metavar="HOST", help="Address to listen on; only this machine's own")
_NAME = typer.Option([], "--name", metavar="NAME", help="Host name the server is reached by, if another")
_ORIGIN = typer.Option([], "--origin", metavar="URL", help="Site whose pages may read the answers (CORS)")
_PORT = typer.Option(PORT, "--port", metavar="N", help="Port to listen on")
_WORKERS = typer.Option(
    2, "--workers", metavar="N", min=0, max=64, help="Processes that ask; with 0 the one that listens asks"
)


def serve(  # noqa: PLR0913, PLR0917 - one argument per option
    host: str = _HOST,
    port: int = _PORT,
    name: list[str] = _NAME,
    origin: list[str] = _ORIGIN,
    workers: int = _WORKERS,
    quiet: bool = typer.Option(False, "--quiet", help="Write no line per request"),
) -> None:
    """Answer every question over HTTP: read only, described at /api/v1/openapi.json."""
    import uvicorn

    from techbalance.web.app import create_app
    from techbalance.web.settings import Settings

    names = (*Settings.names, *([] if host in Settings.names else [host]), *name)
    settings = Settings(host=host, port=port, names=names, origins=tuple(origin), workers=workers)
    app = create_app(settings, log=None if quiet else sys.stderr)
    typer.echo(f"http://{host}:{port} (stop with Ctrl+C); for programs: /api/v1/questions", err=True)
    # The server stops in order, then sends itself the signal again: without a handler that would end this
    # process before the others are let go.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        app,
        host=host,
        port=port,
        http=PARSER,
        log_level="warning",
        access_log=False,
        server_header=False,
    )


def mcp(
    http: bool = typer.Option(False, "--http", help="Over HTTP at /mcp instead of standard input and output"),
    host: str = _HOST,
    port: int = _PORT,
    name: list[str] = _NAME,
) -> None:
    """Give an assistant a tool per question (Model Context Protocol)."""
    if find_spec("mcp") is None:
        raise ParameterError(
            "the protocol's library is not installed", remedy="pip install 'techbalance[mcp]'"
        )
    from techbalance.mcp import server

    if not http:
        server.serve_stdio()
        return
    import uvicorn

    typer.echo(f"http://{host}:{port}/mcp (stop with Ctrl+C)", err=True)
    names = (*name, *([] if host == HOST else [host]))
    app = server.http_app(names=names)
    uvicorn.run(app, host=host, port=port, http=PARSER, log_level="warning", access_log=False)
