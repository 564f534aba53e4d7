"""How long does the report take from a cold shell? Whole processes, wall clock and processor time.

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
GOAL_SECONDS = 10.0


def seconds(folder: Path) -> tuple[float, float]:
    """Write the report once in a process of its own; return wall clock and processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    subprocess.run(
        [
            sys.executable,
            "-c",
            "from techbalance.cli.main import main; main()",
            "report",
            "--out",
            str(folder),
        ],
        env=os.environ | {"TECHBALANCE_HOME": str(folder / "home")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print median and range, the processor time, and what was written."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spent = [seconds(folder) for _ in range(RUNS)]
        walls = sorted(wall for wall, _ in spent)
        processor = statistics.median(used for _, used in spent)
        size = (folder / "index.html").stat().st_size
        files = len(list((folder / "data").glob("*.csv")))
    print(
        f"{statistics.median(walls):6.2f} s  ({walls[0]:.2f} to {walls[-1]:.2f})  techbalance report  "
        f"goal {GOAL_SECONDS:.2f}"
    )
    print(f"{processor:6.2f} s  of processor time on {os.cpu_count()} cores")
    print(f"{size / 1e6:6.2f} MB page, {files} data files")


if __name__ == "__main__":
    main()
