"""What does the server do, and how long does it take? One line per request, and counts for a collector."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TextIO

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from techbalance.web.desk import Desk

BOUNDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper ends of the classes of durations, in seconds."""
_SECRET: Final = re.compile(
    r"([^&=]*(?:key|token|secret|passw|auth|credential|signature|session)[^&=]*)=[^&]*", re.IGNORECASE
)


@dataclass(slots=True)
class Metrics:
    """Requests by route and status, and how long they took."""

    requests: Counter[tuple[str, int]] = field(default_factory=Counter)
    durations: Counter[float] = field(default_factory=Counter)
    seconds: float = 0.0

    def add(self, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self.requests[route, status] += 1
        self.durations[next((bound for bound in BOUNDS if seconds <= bound), float("inf"))] += 1
        self.seconds += seconds

    def text(self, desk: Desk) -> str:
        """Write the counts in the text format of Prometheus."""
        lines = ["# TYPE techbalance_requests_total counter"]
        lines += [
            f'techbalance_requests_total{{route="{route}",status="{status}"}} {count}'
            for (route, status), count in sorted(self.requests.items())
        ]
        lines.append("# TYPE techbalance_request_seconds histogram")
        total = 0
        for bound in (*BOUNDS, float("inf")):
            total += self.durations[bound]
            name = "+Inf" if bound == float("inf") else f"{bound:g}"
            lines.append(f'techbalance_request_seconds_bucket{{le="{name}"}} {total}')
        lines += [
            f"techbalance_request_seconds_sum {self.seconds:.6f}",
            f"techbalance_request_seconds_count {total}",
        ]
        for name, kind, value in (
            ("questions_asked_total", "counter", desk.counts.asked),
            ("answers_found_total", "counter", desk.counts.found),
            ("questions_built_anew_total", "counter", desk.counts.built),
            ("questions_given_up_total", "counter", desk.counts.given_up),
            ("questions_refused_total", "counter", desk.counts.refused),
            ("questions_under_way", "gauge", desk.waiting),
            ("answers_kept_bytes", "gauge", desk.weight),
        ):
            lines += [f"# TYPE techbalance_{name} {kind}", f"techbalance_{name} {value}"]
        return "\n".join(lines) + "\n"


def without_secrets(query: str) -> str:
    """Write a query as it may be kept: what is named like a key is left out, whatever it was meant for."""
    return _SECRET.sub(r"\1=...", query)


class Watch:
    """Counts every request and writes one line of JSON about it.

    Parameters
    ----------
    app
        What answers.
    metrics
        Where it is counted.
    log
        Where the lines go; None for none.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, log: TextIO | None = sys.stderr) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, and note down how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        facts: dict[str, Any] = {"status": 500, "bytes": 0}

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start":
                facts["status"] = message["status"]
            elif message["type"] == "http.response.body":
                facts["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, noted)
        finally:
            seconds = time.perf_counter() - began
            route = getattr(scope.get("route"), "path", "") or "unknown"
            self.metrics.add(route, facts["status"], seconds)
            if self.log is not None:
                line = {
                    "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                    "method": scope["method"],
                    "path": scope["path"][:200],
                    "query": without_secrets(scope["query_string"].decode("latin-1"))[:500],
                    **facts,
                    "ms": round(seconds * 1000, 1),
                }
                self.log.write(json.dumps(line) + "\n")
