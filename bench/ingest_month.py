"""How soon can a month be asked? One archive of 500,000 rows, from the command to the answer; then several.

``python -m bench.ingest_month``
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.census_archives import Plan, official, sample, write_archives

YEAR = 2024
# Of the keys of the year six in ten trade in a month.
KEYS_PER_ROW = 1 / 0.6
VISIBLE_SECONDS = 3.0
MEMORY_GB = 1.0
COMMAND = (sys.executable, "-c", "from techbalance.cli.main import main; main()")


def timed(home: Path, *words: str) -> float:
    """Run a command in a process of its own."""
    began = time.perf_counter()
    subprocess.run(
        [*COMMAND, *words],
        env=os.environ | {"TECHBALANCE_HOME": str(home)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return time.perf_counter() - began


def main() -> None:
    """Write archives, take them in, ask, and print every bar."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=500_000, help="rows of a month")
    words.add_argument("--months", type=int, default=4, help="archives taken in at once")
    given = words.parse_args()
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "codes"
    codes = official("import", folder) if folder.is_dir() else sample("import")
    plan = Plan(flow="import", year=YEAR, rows=int(given.rows * KEYS_PER_ROW), codes=codes)
    with tempfile.TemporaryDirectory() as place:
        archives = Path(place) / "archives"
        archives.mkdir()
        paths = write_archives(archives, plan, list(range(1, given.months + 1)))
        timed(Path(place) / "warm", "ingest", str(paths[0]))
        home = Path(place) / "one"
        ingest = timed(home, "ingest", str(paths[0]))
        ask = timed(home, "balance", "--by", "month,product,partner", "--year", str(YEAR), "--top", "1")
        print(f"{ingest:8.2f} s  ingest of a month of {given.rows:,} rows  goal {VISIBLE_SECONDS:.1f}")
        print(f"{ask:8.2f} s  the first question about it, by month, product and partner")
        several = timed(Path(place) / "several", "ingest", str(archives))
        print(f"{several:8.2f} s  ingest of {given.months} such months")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
        print(f"{peak:8.2f} GB  most memory of any of these  goal {MEMORY_GB:.1f}")


if __name__ == "__main__":
    main()
