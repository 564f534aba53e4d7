"""How long does a report or a brief take from a cold shell? Whole processes, wall clock and processor time.

python -m bench.report_speed
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 3
# What is asked for, what it is called, and the goal in seconds of wall clock; None where there is none.
DOCUMENTS = (
    ((), "page", 10.0),
    (("--partner", "CHN"), "china.pdf", 5.0),
    (("--group", "05"), "electronics.pdf", 5.0),
    (("--article", "innovation-2024"), "article.pdf", 5.0),
    ((), "whole.pdf", None),
    (("--partner", "CHN"), "china.xlsx", None),
)


def seconds(about: tuple[str, ...], out: Path) -> tuple[float, float]:
    """Write a document once in a process of its own; return wall clock and processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    program = "from techbalance.cli.main import main; main()"
    subprocess.run(
        [sys.executable, "-c", program, "report", *about, "--out", str(out)],
        env=os.environ | {"TECHBALANCE_HOME": str(out.parent / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print median and range of each document, its processor time and its size."""
    print(f"median of {RUNS} on {os.cpu_count()} cores: wall clock (range), processor time, size")
    with tempfile.TemporaryDirectory() as folder:
        for about, name, goal in DOCUMENTS:
            out = Path(folder) / name
            spent = [seconds(about, out) for _ in range(RUNS)]
            walls = sorted(wall for wall, _ in spent)
            processor = statistics.median(used for _, used in spent)
            size = (out / "index.html" if out.is_dir() else out).stat().st_size
            bar = f"  goal {goal:.1f}" if goal else ""
            print(
                f"{statistics.median(walls):6.2f} s ({walls[0]:.2f} to {walls[-1]:.2f})  {processor:6.2f} s  "
                f"{size / 1e6:5.2f} MB  report {' '.join(about)} {name}{bar}",
                flush=True,
            )


if __name__ == "__main__":
    main()
