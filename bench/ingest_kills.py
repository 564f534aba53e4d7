"""Does an ingest that is killed at any moment leave whole archives only? 200 kills, and what is held then.

Every process is killed with SIGKILL at a random moment of an ingest of several archives. After each kill
every archive that is held must be there once, with all its rows; none that was held may be gone; and the next
run takes up the rest. ``python -m bench.ingest_kills``
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from techbalance.questions.marts import MARTS
from techbalance.sources.census_archive.layouts import layout
from techbalance.store.commit import HELD, read_manifest
from techbalance.store.holdings import added_up, stored_blocks
from techbalance.store.ingest import Options, ingest_files
from tools.census_archives import Plan, write_archives

YEAR = 2024
MEASURES = {"import": ("IMP_DETL", "gen_val", "general_usd"), "export": ("EXP_DETL", "all_val", "export_usd")}
TABLES = ("trade_detail", "trade_month", "group_month")
# An ingest that ended by itself within this share of its usual time was not killed in the middle.
LONGEST_WAIT = 1.15


class NotWholeError(Exception):
    """A store holds what it must not hold, or lacks what it must."""


def hold(is_so: object, words: str) -> None:
    """Demand something of the store."""
    if not is_so:
        raise NotWholeError(words)


@dataclass
class Tally:
    """What happened."""

    kills: int = 0
    finished: int = 0
    held_at_kill: Counter[int] = field(default_factory=Counter)


def in_child(work: Callable[[], None]) -> int:
    """Start work in a process of its own; its number."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    except BaseException:  # noqa: BLE001 - a child must not return into its parent's code
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def waited(child: int) -> int:
    """How a child ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def expected(rows: int, months: range) -> dict[tuple[str, int], int]:
    """The value of each archive, from the generator alone."""
    found = {}
    for flow, (record, measure, _) in MEASURES.items():
        plan = Plan(flow=flow, year=YEAR, rows=rows)
        column = layout(record).measures.index(measure)
        found |= {(flow, month): int(plan.values(month)[:, column].sum()) for month in months}
    return found


def check(home: Path, wanted: dict[tuple[str, int], int], before: set[str]) -> set[str]:
    """Hold every archive of a store to what it must be; names of those that are held."""
    manifest = read_manifest(home)
    held = frozenset(file for files in manifest.tables.values() for file in files)
    blocks = stored_blocks(manifest.facts, held)
    counts = Counter((block.flow, block.months) for block in blocks)
    hold(all(count == 1 for count in counts.values()), f"held twice: {counts}")
    for block in blocks:
        files = dict(block.files)
        hold(set(files) == set(TABLES), "a store is not whole")
        for table in TABLES:
            path = home / HELD / files[table]
            # The detail of a whole year lies in one file.
            of_month = pc.field("month") == block.months[0]
            column = pq.read_table(path, columns=[MEASURES[block.flow][2]], filters=of_month).column(0)
            total = pc.sum(column).as_py()
            hold(total == wanted[block.flow, block.months[0]], f"{path}: {total}")
    named = {one for block in blocks for _, one in block.files}
    for table in TABLES:
        hold(set(manifest.tables.get(table, ())) <= named, "a store is not whole")
    for (flow, _), fact in added_up(manifest).items():
        column = pq.read_table(home / HELD / fact["files"]["trade_year"]).column(MEASURES[flow][2])
        hold(
            pc.sum(column).as_py() == sum(value for (one, _), value in wanted.items() if one == flow),
            "a store is not whole",
        )
    sources = {block.source_id for block in blocks}
    hold(before <= sources, f"lost: {before - sources}")
    return sources


def kill_at_random(kills: int, folder: Path, *, rows: int, months: range, seed: int) -> Tally:
    """Kill an ingest again and again, start it again each time, and check the store after each.

    Raises
    ------
    NotWholeError
        Something was lost, doubled, or half there.
    """
    archives = folder / "archives"
    archives.mkdir(parents=True)
    for flow in MEASURES:
        write_archives(archives, Plan(flow=flow, year=YEAR, rows=rows), list(months))
    wanted, draw, tally = expected(rows, months), random.Random(seed), Tally()  # noqa: S311 - no secret
    home = folder / "home"

    def ingest() -> None:
        ingest_files(home, [archives], marts=MARTS, options=Options(threads=2))

    def checked() -> set[str]:
        answer = folder / "held.txt"
        code = waited(in_child(lambda: _write(answer, check(home, wanted, set(_read(answer))))))
        hold(code == 0, "the store is not whole")
        return set(_read(answer))

    usual = _timed(ingest)
    shutil.rmtree(home)
    while tally.kills < kills:
        child = in_child(ingest)
        time.sleep(draw.uniform(0.0, usual * LONGEST_WAIT))
        done, status = os.waitpid(child, os.WNOHANG)
        if not done:
            os.kill(child, signal.SIGKILL)
            waited(child)
            tally.kills += 1
        else:
            hold(os.waitstatus_to_exitcode(status) == 0, "an ingest failed")
        held = checked()
        tally.held_at_kill[len(held)] += 1
        if done:
            hold(len(held) == len(wanted), f"finished with {len(held)} of {len(wanted)}")
            tally.finished += 1
            shutil.rmtree(home)
            (folder / "held.txt").unlink()
    hold(waited(in_child(ingest)) == 0, "a store is not whole")
    hold(len(checked()) == len(wanted), "a store is not whole")
    return tally


def _timed(ingest: Callable[[], None]) -> float:
    began = time.perf_counter()
    hold(waited(in_child(ingest)) == 0, "a store is not whole")
    return time.perf_counter() - began


def _read(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def _write(path: Path, names: set[str]) -> None:
    path.write_text("\n".join(sorted(names)))


def main() -> None:
    """Kill, check, and print what was seen."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--rows", type=int, default=2_000)
    words.add_argument("--months", type=int, default=12, help="archives of each flow")
    words.add_argument("--seed", type=int, default=3)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tally = kill_at_random(
            given.kills, Path(folder), rows=given.rows, months=range(1, given.months + 1), seed=given.seed
        )
    spread = ", ".join(f"{held}: {count}" for held, count in sorted(tally.held_at_kill.items()))
    print(f"{tally.kills} kills, {tally.finished} ingests finished between them; none lost, doubled or half")
    print(f"archives held after each: {spread}")


if __name__ == "__main__":
    main()
