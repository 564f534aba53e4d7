"""How long do the questions on dependence take on the shipped record, from asking to rows?

    TECHBALANCE_DATA=../shared/data python -m bench.dependence_questions

Without outside data the stress has no price effects; set the variable to measure it with them.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from typing import TYPE_CHECKING

import techbalance

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.questions.answer import Answer

RUNS = 5


def timed(words: str, goal: float | None, ask: Callable[[], Answer]) -> None:
    """Print the median, the range and the first run of asking and reading every row.

    Beside it the median of processor time, which other work on the machine does not lengthen.
    """
    spent, worked = [], []
    for _ in range(RUNS + 1):
        start, before = time.perf_counter(), time.process_time()
        rows = len(ask().rows())
        spent.append(time.perf_counter() - start)
        worked.append(time.process_time() - before)
    first, rest = spent[0], spent[1:]
    bar = "" if goal is None else f", goal {goal:g} s"
    span = f"({min(rest):.3f} to {max(rest):.3f}, first {first:.3f})"
    cpu = f"cpu {statistics.median(worked):.3f} s"
    print(f"{words:<58} {statistics.median(rest):7.3f} s {span}{bar}, {cpu}, {rows:,} rows")


def main() -> None:
    """Print one line per question."""
    with tempfile.TemporaryDirectory() as home:
        tb = techbalance.open(home)
        tb.balance(year=2024).rows()
        timed(
            "dependence, every product and group screened",
            1,
            lambda: tb.dependence(level="product,group", top=1_000_000),
        )
        timed(
            "the same with shares of friends",
            None,
            lambda: tb.dependence(level="product,group", top=1_000_000, friends="EU27,JPN,KOR"),
        )
        for partner in ("CHN", "TWN", "EU27"):
            timed(f"stress without {partner}, 1,000 draws", 2, lambda p=partner: tb.stress(without=p))  # type: ignore[misc]
        for count in (1, 3, 5, 10):
            goal = 5 if count == 3 else None
            timed(f"worst {count} over all partners", goal, lambda k=count: tb.stress(worst=k))  # type: ignore[misc]


if __name__ == "__main__":
    main()
