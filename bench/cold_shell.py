"""How long does a question take from a cold shell? Whole processes, wall clock, median of several runs."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 7
# Each command with its goal in seconds.
COMMANDS = (
    (["--help"], 0.25),
    (["balance", "--year", "2024"], 1.0),
    (["balance", "--year", "2007", "--denominator", "goods_bop"], 1.0),
    (["balance", "--by", "group", "--year", "2025"], None),
    (["rank", "--year", "2025", "--flow", "import", "--top", "10"], None),
    (["claims", "check"], None),
)


def seconds(command: list[str], home: str) -> float:
    """Run a command once in a process of its own."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", "from techbalance.cli.main import main; main()", *command],
        env=os.environ | {"TECHBALANCE_HOME": home},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - start


def main() -> None:
    """Print one line per command: median and range, and the goal where there is one."""
    with tempfile.TemporaryDirectory() as home:
        for command, goal in COMMANDS:
            seconds(command, home)
            times = sorted(seconds(command, home) for _ in range(RUNS))
            said = f"goal {goal:.2f}" if goal else ""
            line = f"{statistics.median(times):6.2f} s  ({times[0]:.2f} to {times[-1]:.2f})"
            print(f"{line}  techbalance {' '.join(command)}  {said}")


if __name__ == "__main__":
    main()
