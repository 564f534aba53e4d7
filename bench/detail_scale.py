"""How fast is a store of 380 million detail rows? Whole questions, and detail itself, against their bars.

The rows are invented (``bench/invented_detail.py``) and written through the writers of ``ingest``: months of
detail, what is added up of them, and the years put together when they are whole.
``python -m bench.detail_scale --rows 380000000``
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

import techbalance
from bench.invented_detail import LARGEST, VINTAGE, Month, codes_of, detail
from techbalance.questions.marts import MARTS
from techbalance.store.commit import Draft, writer
from techbalance.store.holdings import Block
from techbalance.store.ingestion import years
from techbalance.store.ingestion.marts import write_mart
from techbalance.store.ingestion.taking import BY_GROUP, BY_PRODUCT, DETAIL_ROWS_PER_GROUP, detail_writer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ibis import Table

RUNS: Final = 5
LAST_YEAR: Final = 2025
# Imports have more rows: more districts, and rate provisions.
SHARES: Final = {"import": 0.6, "export": 0.4}
TABLES: Final = ("trade_detail", "trade_month", "group_month")


@dataclass(frozen=True)
class Place:
    """Where one month is written."""

    month: Month
    detail: Path
    by_product: Path
    by_group: Path


@dataclass(frozen=True)
class Task:
    """Something that is measured; ``bar`` in seconds on two cores, where there is one."""

    name: str
    run: Callable[[], object]
    bar: float | None = None


# --- writing ----------------------------------------------------------------------------------------------


def write_month(place: Place) -> int:
    """Write one month of detail, and what is added up of it; return its rows."""
    rows = detail(place.month)
    with detail_writer(place.detail, rows.schema) as target:
        target.write_table(rows, row_group_size=DETAIL_ROWS_PER_GROUP)
    count = int(rows.num_rows)
    del rows
    write_mart(MARTS.by_product, [place.detail], place.by_product, BY_PRODUCT)
    write_mart(MARTS.by_group, [place.by_product], place.by_group, BY_GROUP)
    return count


def fill(home: Path, rows: int, years_held: int, modes: bool, workers: int) -> None:
    """Write a store of so many rows; a year is put together while the months of the next are written."""
    each = {flow: int(rows * share / (12 * years_held)) for flow, share in SHARES.items()}
    with writer(home, "bench") as held, ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for year in range(LAST_YEAR - years_held + 1, LAST_YEAR + 1):
            months = [
                Month(flow, year, month, each[flow], modes) for flow in SHARES for month in range(1, 13)
            ]
            with held.change() as draft:
                places = [_placed(draft, month) for month in months]
                under_way = pool.map(write_month, places)
                years.complete(held, MARTS)
                written = list(under_way)
                for place, count in zip(places, written, strict=True):
                    _record(draft, place, count)
            print(f"  {year} written, {sum(written):,} rows", file=sys.stderr, flush=True)
        years.complete(held, MARTS)


def _placed(draft: Draft, month: Month) -> Place:
    stem = f"{month.flow}/{month.year}/{month.flow}-{month.period}"
    return Place(month, *(draft.path(table, stem) for table in TABLES))


def _record(draft: Draft, place: Place, rows: int) -> None:
    month = place.month
    files = (place.detail, place.by_product, place.by_group)
    named = tuple((table, draft.name_of(file)) for table, file in zip(TABLES, files, strict=True))
    block = Block(month.flow, month.year, (month.month,), VINTAGE, month.source_id, None, named)
    draft.record(block.facts() | {"rows": rows})


# --- asking -----------------------------------------------------------------------------------------------


def tasks(home: Path) -> Iterator[tuple[str, list[Task]]]:
    """What is measured, in two parts: questions as they are asked, and detail itself."""
    tb = techbalance.open(home)
    store = tb.store

    def opened(table: str) -> dict[str, Table]:
        held = store.manifest.tables[table]
        names = {flow: tuple(sorted(one for one in held if f"/{flow}/" in one)) for flow in SHARES}
        return {flow: store.own(table, files) for flow, files in names.items()}

    def sums(rows: Table, *keys: str) -> Callable[[], object]:
        sql = store.engine.compile(rows.group_by(*keys).aggregate(value=rows.value.sum()))
        return lambda: store.engine.connection.con.sql(sql).to_arrow_table()  # type: ignore[attr-defined]

    def both(table: str, *keys: str) -> Table:
        rows = opened(table)
        return (
            rows["import"]
            .select(*keys, value="general_usd")
            .union(rows["export"].select(*keys, value="export_usd"))
        )

    listed = [row["commodity"] for row in codes_of("import").products if row["hitech"].strip("0")]
    product, partner, largest = listed[len(listed) // 2], LARGEST[-1], LARGEST[0]
    groups = both("group_year", "flow", "group", "partner", "year")
    month = {"by": "month,product,partner", "year": LAST_YEAR}
    asked = {"one product": {"product": product}, "one partner": {"partner": partner}}
    yield (
        "whole questions, all years; where they read is not the user's choice",
        [
            Task("group x partner x year from the mart", sums(groups, *groups.columns[:-1]), 0.020),
            Task(
                "balance --by partner --product P", lambda: tb.balance(by="partner", product=product).arrow, 1
            ),
            Task(
                "balance --by product --partner P", lambda: tb.balance(by="product", partner=partner).arrow, 1
            ),
            Task(
                "balance --by product --partner (the largest)",
                lambda: tb.balance(by="product", partner=largest).arrow,
                1,
            ),
            Task("balance --by product,partner", lambda: tb.balance(by="product,partner").arrow, 6),
            *[
                Task(
                    f"balance --by product,partner,month, {what}, {LAST_YEAR}",
                    lambda given=given: tb.balance(**month, **given).arrow,  # type: ignore[misc]
                    1,
                )
                for what, given in asked.items()
            ],
            Task(f"balance --by product,partner,month, {LAST_YEAR}", lambda: tb.balance(**month).arrow, 6),
            Task(
                "every product x partner, listed or not, from the years",
                sums(both("trade_year", "product", "partner"), "product", "partner"),
                6,
            ),
        ],
    )
    rows = both("trade_detail", "product", "partner", "year")
    imports = opened("trade_detail")["import"]
    places = imports.select(
        "product", "partner", "district_entry", "rate_provision", value=imports.general_usd
    )
    by_product = {code: rows.filter(rows.partner == code) for code in (partner, largest)}
    yield (
        "detail itself, read as it lies, all years",
        [
            Task(
                "one product by partner and year",
                sums(rows.filter(rows["product"] == product), "partner", "year"),
                1,
            ),
            Task("one partner by product and year", sums(by_product[partner], "product", "year"), 1),
            Task("the largest partner by product and year", sums(by_product[largest], "product", "year"), 1),
            Task(
                "one product by district and rate provision",
                sums(places.filter(places["product"] == product), "district_entry", "rate_provision"),
                1,
            ),
            Task(
                "one partner by district and rate provision",
                sums(places.filter(places.partner == partner), "district_entry", "rate_provision"),
                1,
            ),
            Task("product x partner, every row read", sums(rows, "product", "partner"), 6),
        ],
    )


def measured(task: Task) -> tuple[float, float, float]:
    """Median and best clock time and least processor time, after one run that warms the files up."""
    task.run()
    clock, work = [], []
    for _ in range(RUNS):
        began, begun = time.perf_counter(), time.process_time()
        task.run()
        clock.append(time.perf_counter() - began)
        work.append(time.process_time() - begun)
    return statistics.median(clock), min(clock), min(work)


def ask(home: Path) -> dict[str, float]:
    """Ask everything, and print what it took beside its bar."""
    found = {}
    for title, some in tasks(home):
        print(title)
        for task in some:
            median, best, work = measured(task)
            found[task.name] = median
            bar = "" if task.bar is None else f"  bar {task.bar:g}{'' if median <= task.bar else ': missed'}"
            print(f"{median:8.3f} s (best {best:.3f}, processor {work:.3f})  {task.name}{bar}", flush=True)
    return found


def main() -> None:
    """Fill a store, ask it, and print every bar."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=20_000_000)
    words.add_argument("--years", type=int, default=17)
    words.add_argument("--modes", choices=("keep", "drop"), default="drop")
    words.add_argument("--home", type=Path, help="keep the store here, and use it again if it is there")
    words.add_argument("--workers", type=int, default=2)
    given = words.parse_args()
    home = given.home or Path(tempfile.mkdtemp())
    try:
        if not (home / "manifest.json").is_file():
            began = time.perf_counter()
            plan = (home, given.rows, given.years, given.modes == "keep", given.workers)
            # In a process of its own, so that its memory is not counted with that of the questions.
            filling = get_context("spawn").Process(target=fill, args=plan)
            filling.start()
            filling.join()
            if filling.exitcode:
                raise SystemExit(filling.exitcode)
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
            print(f"{time.perf_counter() - began:8.1f} s  to write {given.rows:,} rows; peak {peak:.2f} GB")
        size = sum(path.stat().st_size for path in home.rglob("*.parquet"))
        print(f"{size / 1e9:8.1f} GB on disk; load {os.getloadavg()[0]:.1f}")
        found = ask(home)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{peak:8.2f} GB peak memory of the questions; load {os.getloadavg()[0]:.1f}")
        print(json.dumps(found))
    finally:
        if given.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
