"""How does the server bear a crowd? Distinct questions at a steady rate, then mostly repeated ones.

``python -m bench.http_load`` starts ``techbalance serve`` on loopback, pins itself to one core, and sends

- 60 distinct questions a second for 60 seconds, each once, drawn with a seed (bar: p99 at most 100 ms);
- 200 a second, nine in ten of them repeated (bar: p99 at most 50 ms);
- 20 clients that read slowly, while others ask (bar: the others' p99 stays below the first bar).

A request counts from the moment it was due, so a server that falls behind is not excused.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import random
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
SEED = 20261122
WARM_SECONDS = 300.0
DISTINCT_P99_MS, REPEATED_P99_MS = 100.0, 50.0
GROUPS = [f"{number:02}" for number in range(1, 11)]
PARTNERS = ("CHN MEX TWN VNM IRL DEU JPN KOR CAN MYS THA SGP CHE FRA GBR NLD IND ISR ITA BEL").split()  # noqa: SIM905
COUNTRIES = ("USA DEU JPN KOR CHN GBR FRA NLD CHE SWE CAN ITA FIN AUT BEL").split()  # noqa: SIM905
SERIES = ["atp", "goods_census", "goods_bop", "services_bop", "goods_services_bop"]


def questions(seed: int) -> Iterator[str]:
    """Draw distinct questions of the kinds that the pages ask, in the shares in which they ask them."""
    draw = random.Random(seed)  # noqa: S311
    year = lambda: draw.choice(("2024", "2025"))  # noqa: E731
    top = lambda: draw.randint(3, 60)  # noqa: E731
    some = lambda names: _few(names, draw)  # noqa: E731
    kinds = [
        (8, lambda: f"balance?year={draw.randint(1989, 2025)}&series={draw.choice(SERIES)}"),
        (8, lambda: _span("balance?by=year&year={}:{}&series=" + draw.choice(SERIES), draw, 1989)),
        (6, lambda: f"balance?by=month&year={draw.randint(1989, 2025)}&series={draw.choice(SERIES[:2])}"),
        (10, lambda: f"balance?by=group&year={year()}&partner={some(PARTNERS)}"),
        (10, lambda: f"balance?by=partner&year={year()}&group={some(GROUPS)}&top={top()}"),
        (8, lambda: f"balance?by=product&year={year()}&partner={some(PARTNERS)}&top={top()}"),
        (8, lambda: f"rank?by=partner&flow=import&year={year()}&group={some(GROUPS)}&top={top()}"),
        (4, lambda: f"rank?by=group&flow=import&year={year()}&partner={some(PARTNERS)}"),
        (6, lambda: _span("change?from={}&to={}&series=" + draw.choice(SERIES), draw, 1990)),
        (6, lambda: f"change?by=partner&flow=import&from=2024&to=2025&group={some(GROUPS)}&top={top()}"),
        (8, lambda: f"ip?country={some(COUNTRIES)}&year={draw.randint(1990, 2023)}"),
        (4, lambda: _span("compare?countries=" + some(COUNTRIES) + "&from={}&to={}", draw, 1996)),
        (4, lambda: f"dependence?level=product&year={year()}&group={some(GROUPS)}&top={top()}"),
        (3, lambda: f"stress?without={some(PARTNERS)}&group={some(GROUPS)}&top={top()}"),
        (2, lambda: f"trace?what={quote(f'balance?year={draw.randint(1989, 2025)}')}"),
    ]
    weights = [weight for weight, _ in kinds]
    seen: set[str] = set()
    while True:
        (kind,) = draw.choices([one for _, one in kinds], weights)
        asked = kind()
        if asked not in seen:
            seen.add(asked)
            yield asked


def _span(form: str, draw: random.Random, first: int) -> str:
    start = draw.randint(first, 2022)
    return form.format(start, draw.randint(start + 1, 2024))


def _few(names: list[str], draw: random.Random) -> str:
    return ",".join(sorted(draw.sample(names, draw.randint(1, 3))))


@dataclass
class Tally:
    """Durations in milliseconds, and how requests ended."""

    took: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def quantile(self, share: float) -> float:
        """Return a quantile of the durations."""
        ordered = sorted(self.took)
        return ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")

    def line(self, name: str, bar: float) -> str:
        """Write one line of results."""
        wrong = sum(count for status, count in self.statuses.items() if status not in (200, 304))
        return (
            f"{name}: {len(self.took)} requests, p50 {self.quantile(0.5):.0f} ms, "
            f"p95 {self.quantile(0.95):.0f} ms, p99 {self.quantile(0.99):.0f} ms (bar {bar:.0f} ms), "
            f"{wrong} errors {dict(self.statuses)}"
        )


class Caller:
    """Connections that are kept open, each for one request at a time."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def get(self, path: str) -> tuple[int, bytes]:
        """Send one request and read the whole response; one the server let go of meanwhile is made anew."""
        asked = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAccept-Encoding: gzip\r\n\r\n".encode()
        while True:
            was_kept = bool(self.idle)
            reading, writing = self.idle.pop() if was_kept else await asyncio.open_connection(HOST, self.port)
            try:
                writing.write(asked)
                head = (await reading.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                break
            except (asyncio.IncompleteReadError, ConnectionError):
                if not was_kept:
                    raise
        length = int(head.partition("content-length:")[2].partition("\r\n")[0])
        body = await reading.readexactly(length)
        self.idle.append((reading, writing))
        return int(head.split(" ", 2)[1]), body


async def steady(port: int, asked: list[str], rate: float) -> Tally:
    """Send questions at a steady rate, each counted from the moment it was due."""
    caller, tally, began = Caller(port), Tally(), time.perf_counter() + 0.2

    async def one(place: int, question: str) -> None:
        due = began + place / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        name, _, query = question.partition("?")
        status, _ = await caller.get(f"/api/v1/{name}?{query}")
        tally.took.append((time.perf_counter() - due) * 1000)
        tally.statuses[status] += 1

    await asyncio.gather(*[one(place, question) for place, question in enumerate(asked)])
    return tally


async def slow_readers(port: int, count: int, seconds: float) -> None:
    """Ask for a long answer and read it a few bytes at a time."""

    async def one() -> None:
        reading, writing = await asyncio.open_connection(HOST, port, limit=1024)
        path = "/api/v1/balance?by=partner,group&year=2024:2025"
        writing.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        until = time.perf_counter() + seconds
        while time.perf_counter() < until and await reading.read(64):
            await asyncio.sleep(0.05)
        writing.close()

    await asyncio.gather(*[one() for _ in range(count)])


def memory_mb(process: int) -> float:
    """Resident memory of a process and of those it started."""
    found = 0.0
    for one in (process, *children(process)):
        for line in Path(f"/proc/{one}/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmRSS:"):
                found += int(line.split()[1]) / 1024
    return found


def children(process: int) -> list[int]:
    """The processes that a process started."""
    listed = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(one) for one in listed.split()]


def processor_seconds(process: int) -> float:
    """Processor time of a process and of those it started, so far."""
    ticks = 0
    for one in (process, *children(process)):
        facts = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(facts[11]) + int(facts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


async def ready(port: int) -> None:
    """Wait until the server says that it is warm."""
    caller, until = Caller(port), time.monotonic() + WARM_SECONDS
    while time.monotonic() < until:
        _, body = await caller.get("/health")
        if json.loads(body)["status"] == "ok":
            return
        await asyncio.sleep(0.2)
    raise SystemExit("the server did not get warm")


async def measured(port: int, process: int, given: argparse.Namespace) -> None:
    """Run every load and print what it gave."""
    drawn = questions(given.seed)
    await ready(port)
    warm = await steady(port, list(itertools.islice(drawn, given.warm)), 5)
    print(warm.line("warming up", float("nan")))
    before = memory_mb(process)
    many = list(itertools.islice(drawn, int(60 * given.seconds)))
    spent = processor_seconds(process)
    print((await steady(port, many, 60)).line("60 distinct a second", DISTINCT_P99_MS))
    spent = (processor_seconds(process) - spent) / len(many)
    print(f"  {spent * 1000:.1f} ms of the server's processor time each; {memory_mb(process):.0f} MB")
    few = many[:200]
    draw = random.Random(given.seed)  # noqa: S311
    count = int(200 * given.seconds)
    mixed = [draw.choice(few) if draw.random() < 0.9 else next(drawn) for _ in range(count)]
    print((await steady(port, mixed, 200)).line("200 a second, 9 in 10 repeated", REPEATED_P99_MS))
    slow = asyncio.create_task(slow_readers(port, 20, given.seconds / 2))
    others = await steady(port, list(itertools.islice(drawn, int(30 * given.seconds / 2))), 30)
    print(others.line("30 distinct a second beside 20 slow readers", DISTINCT_P99_MS))
    await slow
    print(f"server's memory: {before:.0f} MB after warming up, {memory_mb(process):.0f} MB at the end")


def main() -> None:
    """Start a server, load it, stop it."""
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("--seconds", type=float, default=60.0)
    parse.add_argument("--warm", type=int, default=100, help="questions asked before anything is measured")
    parse.add_argument("--workers", type=int, default=2, help="processes of the server that ask")
    parse.add_argument("--seed", type=int, default=SEED)
    given = parse.parse_args()
    with socket.socket() as free:
        free.bind((HOST, 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        line = "from techbalance.cli.main import main; main()"
        server = subprocess.Popen(
            [
                sys.executable,
                "-c",
                line,
                "serve",
                "--port",
                str(port),
                "--quiet",
                "--workers",
                str(given.workers),
            ],
            env={**os.environ, "TECHBALANCE_HOME": home},
            stderr=subprocess.DEVNULL,
        )
        try:
            os.sched_setaffinity(0, {0})
            _await(port)
            asyncio.run(measured(port, server.pid, given))
        finally:
            server.terminate()
            server.wait(10)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"server's processor time {used.ru_utime + used.ru_stime:.1f} s")


def _await(port: int) -> None:
    until = time.monotonic() + WARM_SECONDS
    while time.monotonic() < until:
        with socket.socket() as one:
            if one.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server did not start")


if __name__ == "__main__":
    main()
