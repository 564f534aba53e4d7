"""Write archives into a folder."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import Plan, official, sample, write_archives


def main() -> int:
    """Read the command line and write."""
    words = argparse.ArgumentParser(prog="tools.census_archives", description=__doc__)
    words.add_argument("--out", type=Path, required=True)
    words.add_argument("--flow", choices=("import", "export"), default="import")
    words.add_argument("--months", default="2024-01:2024-03", help="2024-07, or 2024-01:2024-12 of one year")
    words.add_argument("--rows", type=int, default=2_000, help="keys that trade in the year")
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--idle", type=float, default=0.4, help="share of keys idle in a month")
    words.add_argument("--padding", choices=("zeros", "blanks"), default="zeros")
    words.add_argument("--revision", type=int, default=0)
    words.add_argument("--codes", type=Path, help="folder of the official code lists (default: a sample)")
    given = words.parse_args()
    first, _, last = given.months.partition(":")
    year, start = (int(part) for part in first.split("-"))
    end = int((last or first).split("-")[1])
    plan = Plan(
        flow=given.flow,
        year=year,
        rows=given.rows,
        seed=given.seed,
        idle=given.idle,
        padding=given.padding,
        revision=given.revision,
        codes=official(given.flow, given.codes) if given.codes else sample(given.flow),
    )
    given.out.mkdir(parents=True, exist_ok=True)
    for path in write_archives(given.out, plan, range(start, end + 1)):
        print(f"{path.name}  {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
