"""How soon can a month be asked, and how much memory do many months take?

A month of 500,000 rows of either flow is taken in by the command, in a process of its own: seconds until
the store shows it, seconds until the command has ended, and processor time. Then a folder of many such
months, with the memory of all processes together. ``python -m bench.ingest_month [--months 12]``
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.census_archives import Plan, official, sample, write_archives

YEAR = 2024
# Of the keys of a year so many are idle in a month: six in ten is usual for exports.
IDLE = {"import": 0.4, "export": 0.6}
VISIBLE_SECONDS = 3.0
MEMORY_GB = 1.0
COMMAND = (sys.executable, "-c", "from techbalance.cli.main import main; main()")
# Between two looks at the store and at the memory of a command.
TICK_SECONDS = 0.01


@dataclass
class Run:
    """What a command took: seconds on the clock, of processor time, and until its change could be seen."""

    clock: float = 0.0
    processor: float = 0.0
    visible: float = 0.0
    gigabytes: float = 0.0


def run(home: Path, *words: str) -> Run:
    """Run a command in a process of its own, and watch it."""
    found, manifest = Run(), home / "manifest.json"
    before = manifest.exists()
    began = time.perf_counter()
    command = subprocess.Popen(
        [*COMMAND, *words],
        env=os.environ | {"TECHBALANCE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(TICK_SECONDS):
            if not found.visible and not before and manifest.exists():
                found.visible = time.perf_counter() - began
            found.gigabytes = max(found.gigabytes, sum(map(resident, family(command.pid))) / 1e9)

    watcher = threading.Thread(target=watch)
    watcher.start()
    _, status, used = os.wait4(command.pid, 0)
    found.clock = time.perf_counter() - began
    ended.set()
    watcher.join()
    command.returncode = os.waitstatus_to_exitcode(status)
    if command.returncode:
        message = f"{' '.join(words)}: exit code {command.returncode}"
        raise RuntimeError(message)
    found.processor = used.ru_utime + used.ru_stime
    found.gigabytes = max(found.gigabytes, used.ru_maxrss / 1e6)
    return found


def family(process: int) -> list[int]:
    """A process and those it started."""
    children = Path(f"/proc/{process}/task/{process}/children")
    try:
        started = [int(one) for one in children.read_text().split()]
    except OSError:
        started = []
    return [process, *(one for child in started for one in family(child))]


def resident(process: int) -> int:
    """Bytes of a process that lie in memory; 0 once it has ended."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def write(work: tuple[Path, str, int, int]) -> None:
    """Write the archive of one month."""
    folder, flow, month, rows = work
    codes = Path(__file__).resolve().parents[2] / "shared" / "data" / "codes"
    plan = Plan(
        flow=flow,
        year=YEAR,
        rows=int(rows / (1 - IDLE[flow])),
        idle=IDLE[flow],
        codes=official(flow, codes) if codes.is_dir() else sample(flow),
    )
    write_archives(folder, plan, [month])


def main() -> None:
    """Write archives, take them in, ask, and print every bar."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=500_000, help="rows of a month")
    words.add_argument("--months", type=int, default=12, help="months of each flow that lie in one folder")
    words.add_argument("--runs", type=int, default=3, help="times a month is taken in; the best counts")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "archives"
        folder.mkdir()
        wanted = [(folder, flow, month, given.rows) for month in range(1, given.months + 1) for flow in IDLE]
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(write, wanted))
        run(Path(place) / "warm", "ingest", str(folder / "IMDB2401.ZIP"))
        for flow, name in (("import", "IMDB2401.ZIP"), ("export", "EXDB2401.ZIP")):
            homes = [Path(place) / f"{flow}-{number}" for number in range(given.runs)]
            took = min(
                (run(home, "ingest", str(folder / name)) for home in homes), key=lambda one: one.visible
            )
            print(
                f"{took.visible:8.2f} s  until {given.rows:,} {flow}s are visible  goal {VISIBLE_SECONDS:.1f}"
                f"  (command {took.clock:.2f} s, processor {took.processor:.2f} s, {took.gigabytes:.2f} GB)"
            )
            asked = run(
                homes[0], "balance", "--by", "month,product,partner", "--year", str(YEAR), "--top", "1"
            )
            print(f"{asked.clock:8.2f} s  the first question about them, by month, product and partner")
        took = run(Path(place) / "all", "ingest", str(folder))
        print(f"{took.clock:8.2f} s  ingest of {len(wanted)} such months  (processor {took.processor:.2f} s)")
        print(f"{took.gigabytes:8.2f} GB  most memory of all its processes together  goal {MEMORY_GB:.1f}")


if __name__ == "__main__":
    main()
