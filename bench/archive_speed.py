"""How fast does a month's archive become checked, classified Parquet, set against what cannot be left out?

The floor inflates the detail with isal in one thread and writes its rows, already in memory, as zstd-3
Parquet in another, and checks nothing. Both write with the store's own settings, in turn; medians count.

python -m bench.archive_speed [--rows 700000] [--runs 5] [--codes ../shared/data/codes]
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from techbalance.sources.census_archive import open_archive
from techbalance.sources.census_archive.archive import DETAIL, PIECE_BYTES
from techbalance.sources.census_archive.layouts import layout
from techbalance.store.ingestion.taking import DETAIL_ROWS_PER_GROUP, detail_writer
from tools.census_archives import Plan, official, sample, write_archives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from techbalance.sources.census_archive.readers import Name

GOAL, AIM, GOAL_PLAIN, GOAL_PANDAS, GOAL_MEMORY = 2.0, 1.5, 5.0, 15.0, 1.0
PANDAS_RECORDS = 20_000


def write(batches: Iterable[pa.RecordBatch], target: Path) -> None:
    """Write rows as the store does."""
    writer = None
    for batch in batches:
        writer = writer or detail_writer(target, batch.schema)
        writer.write_batch(batch, row_group_size=DETAIL_ROWS_PER_GROUP)
    if writer is not None:
        writer.close()


@dataclass(frozen=True, order=True)
class Spent:
    """Seconds on the clock, and of processor time."""

    clock: float
    processor: float


@contextmanager
def spending(into: list[Spent]) -> Iterator[None]:
    """Measure what happens inside."""
    used, start = time.process_time(), time.perf_counter()
    yield
    into.append(Spent(time.perf_counter() - start, time.process_time() - used))


def product(path: Path, target: Path, reader: Name) -> None:
    """ZIP to checked and classified rows on the disk."""
    with path.open("rb") as file:
        write(open_archive(file, path.name).detail(reader=reader), target)


def floor(path: Path, batches: list[pa.RecordBatch], target: Path) -> None:
    """Inflate and write in two threads."""
    with path.open("rb") as file:
        archive = open_archive(file, path.name)
        member = archive.members[DETAIL[archive.flow]]

        def inflate() -> None:
            for _ in archive.container.pieces(member, PIECE_BYTES):
                pass

        thread = threading.Thread(target=inflate)
        thread.start()
        write(batches, target)
        thread.join()


def per_record_pandas(path: Path) -> float | None:
    """Seconds a record takes ``pandas.read_fwf``, which checks nothing; None where pandas is not there."""
    try:
        import pandas as pd
    except ImportError:
        return None
    with path.open("rb") as file:
        archive = open_archive(file, path.name)
        form = layout(DETAIL[archive.flow])
        pieces = archive.container.pieces(archive.members[form.name], PANDAS_RECORDS * form.line)
        data = next(iter(pieces))
        data = data[: len(data) - len(data) % form.line]
    fields = list(form.by_name.values())
    start = time.perf_counter()
    table = pd.read_fwf(
        io.BytesIO(data),
        colspecs=[(one.start, one.end) for one in fields],
        names=[one.name for one in fields],
        dtype={one.name: "int64" if one.kind == "number" else str for one in fields},
        header=None,
    )
    return (time.perf_counter() - start) / len(table)


def first_run(path: Path, folder: Path) -> float:
    """Seconds until the compiled reader is ready on a machine that has never used it."""
    code = (
        "import io, sys, time; from pathlib import Path; start = time.perf_counter();"
        "from techbalance.sources.census_archive import open_archive; path = Path(sys.argv[1]);"
        "list(open_archive(io.BytesIO(path.read_bytes()), path.name).detail(reader='compiled'));"
        "print(time.perf_counter() - start)"
    )
    seconds = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, str(path)],
            env=os.environ | {"NUMBA_CACHE_DIR": str(folder / "machine-code")},
            capture_output=True,
            text=True,
            check=True,
        )
        seconds.append(float(done.stdout))
    return seconds[0] - seconds[1]


def peak_memory(paths: list[Path], folder: Path) -> float:
    """Gigabytes a process of its own needs to take several archives, one after the other."""
    code = (
        "import json, sys; from pathlib import Path; from bench.archive_speed import own_peak, product;"
        "paths = json.loads(sys.argv[1]); target = Path(sys.argv[2]);"
        "[product(Path(one), target / 'memory.parquet', 'compiled') for one in paths];"
        "print(own_peak())"
    )
    given = json.dumps([str(path) for path in paths])
    done = subprocess.run(
        [sys.executable, "-c", code, given, str(folder)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def own_peak() -> float:
    """The most memory this process has held, in gigabytes; what its parent held does not count."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e9
    except (OSError, IndexError):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def told(value: float, unit: str, what: str, goal: str = "") -> None:
    """Print one line."""
    print(f"{value:8.2f} {unit:<4} {what}" + (f"  (goal {goal})" if goal else ""), flush=True)


def _range(some: list[Spent]) -> str:
    return f"{min(some).clock:.2f} to {max(some).clock:.2f}"


def compare(path: Path, folder: Path, runs: int) -> None:
    """Measure one archive."""
    with path.open("rb") as file:
        archive = open_archive(file, path.name)
        batches = list(archive.detail(reader="compiled"))
        counts, size = archive.counts, archive.members[DETAIL[archive.flow]].size
    print(
        f"-- {path.name}: {path.stat().st_size / 1e6:.0f} MB packed, {size / 1e6:.0f} MB of detail, "
        f"{counts.records:,} records, {counts.rows:,} rows"
    )
    floors: list[Spent] = []
    ours: list[Spent] = []
    plain: list[Spent] = []
    for _ in range(runs):
        with spending(floors):
            floor(path, batches, folder / "floor.parquet")
        with spending(ours):
            product(path, folder / "detail.parquet", "compiled")
    for _ in range(max(2, runs // 2)):
        with spending(plain):
            product(path, folder / "detail.parquet", "plain")
    base, mine, slow = (statistics.median(one.clock for one in some) for some in (floors, ours, plain))
    spent = [statistics.median(one.processor for one in some) for some in (floors, ours, plain)]
    told(base, "s", f"floor: inflate beside write, two threads ({_range(floors)})")
    told(mine, "s", f"ZIP to stored Parquet, compiled reader ({_range(ours)})")
    told(slow, "s", f"ZIP to stored Parquet, NumPy reader ({_range(plain)})")
    told(mine / base, "x", "the floor, compiled reader", f"{GOAL}, aim {AIM}")
    told(min(ours).clock / min(floors).clock, "x", "the floor, compiled reader, the best run of each")
    told(spent[1] / spent[0], "x", f"the floor in processor time, {spent[1]:.2f} s against {spent[0]:.2f} s")
    told(slow / base, "x", "the floor, NumPy reader", f"{GOAL_PLAIN}")
    told(counts.records / mine / 1e6, "M/s", "records, ZIP to Parquet")
    pandas = per_record_pandas(path)
    if pandas is None:
        print("         pandas is not installed")
    else:
        told(pandas * counts.records / mine, "x", "pandas.read_fwf on the inflated text", f">= {GOAL_PANDAS}")


def main() -> None:
    """Print every bar."""
    words = argparse.ArgumentParser(prog="bench.archive_speed")
    words.add_argument("--rows", type=int, default=700_000, help="keys of each flow that trade in the year")
    words.add_argument("--runs", type=int, default=5)
    words.add_argument("--codes", type=Path, default=Path(__file__).parents[2] / "shared" / "data" / "codes")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plans = {
            flow: Plan(
                flow=flow,
                rows=given.rows,
                idle=idle,
                codes=official(flow, given.codes) if given.codes.is_dir() else None,
            )
            for flow, idle in (("import", 0.4), ("export", 0.6))
        }
        paths = [write_archives(folder, plan, [7])[0] for plan in plans.values()]
        small = write_archives(folder, Plan(rows=200, codes=sample("import")), [2])[0]
        told(first_run(small, folder), "s", "compiling, once on a machine")
        product(small, folder / "warm.parquet", "compiled")
        for path in paths:
            compare(path, folder, given.runs)
        told(peak_memory(paths * 2, folder), "GB", "peak memory of four archives in turn", f"< {GOAL_MEMORY}")


if __name__ == "__main__":
    main()
