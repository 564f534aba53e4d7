"""A publisher on this machine: real HTTP on loopback, documented answers, and faults in the order asked for.

A route gives an answer; a fault stands in front of it for as many calls as it is set for. Every call is
written down, so that a test can say what was asked, how often, and with which headers.
"""

import contextlib
import http.server
import re
import socket
import struct
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

# Longer than any time-out of a test's client, shorter than anybody's patience.
STALL_SECONDS = 20.0


@dataclass(frozen=True)
class Call:
    """One call as it came."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    at: float
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What is sent, and how.

    Parameters
    ----------
    status, body, headers
        As usual.
    etag, last_modified
        Validators; with an entity tag ranges are honoured, unless ``ranges`` says otherwise.
    cut_at
        Bytes of the body after which the connection is closed, or reset.
    reset
        Whether a cut is a reset of the connection rather than its end.
    stall_at
        Bytes of the body after which nothing more comes.
    length
        ``Content-Length`` to claim, where it is not the body's.
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    etag: str = ""
    last_modified: str = ""
    ranges: bool = True
    cut_at: int | None = None
    reset: bool = False
    stall_at: int | None = None
    length: int | None = None


Route = Answer | Callable[[Call], Answer]


class Publisher:
    """The server, its routes, its faults and its diary."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.faults: dict[str, deque[Route]] = defaultdict(deque)
        self.calls: list[Call] = []
        self.sent = 0
        self.released = threading.Event()
        publisher = self

        class Handler(_Handler):
            owner = publisher

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.daemon = True

    def __enter__(self) -> "Publisher":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    def route(self, path: str, answer: Route) -> None:
        """Answer a path: a text, or a pattern between slashes and dollar as ``re.fullmatch`` takes it."""
        self.routes[path] = answer

    def fault(self, path: str, *answers: Route) -> None:
        """Let the next calls of a path get these answers instead."""
        self.faults[path].extend(answers)

    def asked(self, path: str = "") -> list[Call]:
        """Calls whose path holds a text."""
        return [call for call in self.calls if path in call.path]

    def answer(self, call: Call) -> Answer:
        """What the next answer to a call is."""
        for pattern, waiting in self.faults.items():
            if waiting and re.fullmatch(pattern, call.path):
                return _made(waiting.popleft(), call)
        for pattern, route in self.routes.items():
            if re.fullmatch(pattern, call.path):
                return _made(route, call)
        return Answer(
            404, b"<html><head><title>Not Found</title></head></html>", {"Content-Type": "text/html"}
        )


def _made(route: Route, call: Call) -> Answer:
    return route(call) if callable(route) else route


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: Publisher

    def log_message(self, *_: Any) -> None:
        """Keep stderr for the test."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().handle()

    def do_GET(self) -> None:
        self._respond(b"")

    def do_POST(self) -> None:
        self._respond(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _respond(self, body: bytes) -> None:
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, parts.path, parse_qs(parts.query), headers, time.monotonic(), body)
        self.owner.calls.append(call)
        self._send(_conditional(self.owner.answer(call), call))

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = dict(answer.headers)
        if answer.etag:
            headers["ETag"] = answer.etag
        if answer.last_modified:
            headers["Last-Modified"] = answer.last_modified
        if answer.status not in (204, 304):
            headers["Content-Length"] = str(len(answer.body) if answer.length is None else answer.length)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        body, ends = answer.body, answer.cut_at if answer.cut_at is not None else answer.stall_at
        with contextlib.suppress(ConnectionError):
            self._write(body if ends is None else body[:ends])
            if answer.stall_at is not None:
                self.owner.released.wait(STALL_SECONDS)
        if ends is not None or answer.length is not None:
            self.close_connection = True
        if answer.reset:
            # An end without goodbye: what is under way is thrown away.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()

    def _write(self, body: bytes) -> None:
        view = memoryview(body)
        for start in range(0, len(view), 1 << 16):
            piece = view[start : start + (1 << 16)]
            self.wfile.write(piece)
            self.owner.sent += len(piece)
        self.wfile.flush()


def _conditional(answer: Answer, call: Call) -> Answer:
    """Honour what a caller already has: the whole of it, or its beginning."""
    if answer.status != 200:
        return answer
    known = call.headers.get("if-none-match"), call.headers.get("if-modified-since")
    if (answer.etag and known[0] == answer.etag) or (
        known[0] is None and answer.last_modified and known[1] == answer.last_modified
    ):
        return replace(answer, status=304, body=b"", cut_at=None)
    wanted = re.fullmatch(r"bytes=(\d+)-", call.headers.get("range", ""))
    if wanted is None or not answer.ranges:
        return answer
    if call.headers.get("if-range") not in (answer.etag, answer.last_modified):
        return answer
    start, size = int(wanted[1]), len(answer.body)
    if start >= size:
        return replace(answer, status=416, body=b"", headers={"Content-Range": f"bytes */{size}"})
    headers = dict(answer.headers) | {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
    return replace(answer, status=206, body=answer.body[start:], headers=headers)
