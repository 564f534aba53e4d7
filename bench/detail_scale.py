"""How fast is a store of 380 million detail rows? Groups from their sums, one product or partner from detail.

The rows are invented, with real code lists where they are beside the checkout, and written as ``ingest``
would have left them; sums are made by the same expressions.
``python -m bench.detail_scale --rows 380000000``
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import techbalance
from techbalance.questions.marts import MARTS
from techbalance.sources.census_archive.rows import MEASURES
from techbalance.store.commit import Draft, writer
from techbalance.store.holdings import Block
from techbalance.store.ingestion import years
from techbalance.store.ingestion.marts import write_mart
from techbalance.store.ingestion.taking import BY_GROUP, BY_PRODUCT, DETAIL_ROWS_PER_GROUP, LEVEL
from tools.census_archives import Codes, official, sample

VINTAGE = dt.date(2026, 10, 31)
RUNS = 5
# Products times partners with imports in 2024: half of the 690,424 rows of 2024 and 2025.
PAIRS = 345_000
LAST_YEAR = 2025
TEXTS = (
    "flow",
    "system",
    "product",
    "partner",
    "subcode",
    "rate_provision",
    "district_entry",
    "district_unlading",
    "district_export",
    "period",
    "unit_1",
    "unit_2",
    "group",
    "match",
    "source_id",
)
MODES = ("air_", "vessel_", "container_")
# Goals in seconds, on two cores. The first is the engine's work on the sums; the others whole questions.
GROUPS = "group x partner x year, all years, from the sums kept at ingest"
PRODUCT = "balance --by partner --product P, all years"
PARTNER = "balance --by product --partner P, all years"
EVERYTHING = "balance --by product,partner, all years"
GOALS = {GROUPS: 0.020, PRODUCT: 1.0, PARTNER: 1.0, EVERYTHING: 6.0}


@dataclass(frozen=True)
class Month:
    """One month of one flow that is to be written."""

    flow: str
    year: int
    month: int
    rows: int
    modes: bool
    detail: Path
    by_product: Path
    by_group: Path


def codes_of(flow: str) -> Codes:
    """The official lists where they are beside the checkout, else the sample."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data" / "codes"
    return official(flow, folder) if folder.is_dir() else sample(flow)


def write_month(month: Month) -> None:
    """Write one month of detail, sorted by product as archives are, and what is added up of it."""
    draw = np.random.default_rng([month.year, month.month, month.flow == "import"])
    pq.write_table(
        detail(month, draw),
        month.detail,
        compression="zstd",
        compression_level=LEVEL,
        row_group_size=DETAIL_ROWS_PER_GROUP,
        use_dictionary=list(TEXTS),
        write_statistics=["product", "partner", "period", "year", "month"],
        store_schema=False,
    )
    write_mart(MARTS.by_product, [month.detail], month.by_product, BY_PRODUCT)
    write_mart(MARTS.by_group, [month.by_product], month.by_group, BY_GROUP)


def detail(month: Month, draw: np.random.Generator) -> pa.Table:
    """Invent the rows of a month: few products and partners make most of them, as in life."""
    codes, count = codes_of(month.flow), month.rows
    products = [row["commodity"] for row in codes.products]
    partners = [row["cty_code"] for row in codes.countries]
    cells = traded(month.flow, len(products), len(partners))
    row = np.sort((len(cells) * draw.random(count) ** 2).astype(np.int64))
    product, partner = np.divmod(cells[row], len(partners))
    order = np.lexsort((partner, product))
    product, partner = product[order].astype(np.int32), partner[order].astype(np.int32)
    groups = [row["hitech"].zfill(2) for row in codes.products]
    districts = [f"{number:02d}" for number in range(1, 53)]
    value = np.exp(draw.normal(9.0, 2.5, count)).astype(np.int64) + 1
    columns: dict[str, pa.Array] = {}
    constant = {
        "flow": month.flow,
        "system": "HTS" if month.flow == "import" else "SCHEDULE_B",
        "period": f"{month.year}-{month.month:02d}",
        "match": "exact",
        "source_id": f"bench-{month.flow}-{month.year}-{month.month:02d}",
    }
    for name, text in constant.items():
        columns[name] = pa.DictionaryArray.from_arrays(np.zeros(count, np.int32), [text])
    columns["product"] = pa.DictionaryArray.from_arrays(product, products)
    columns["partner"] = pa.DictionaryArray.from_arrays(partner, partners)
    columns["group"] = pa.DictionaryArray.from_arrays(product, groups)
    for name in ("unit_1", "unit_2"):
        columns[name] = pa.DictionaryArray.from_arrays(product % 3, ["NO", "KG", "X"])
    names = ("subcode", "rate_provision", "district_entry", "district_unlading")
    for name in names if month.flow == "import" else ("district_export",):
        columns[name] = pa.DictionaryArray.from_arrays(draw.integers(0, 52, count, np.int32), districts)
    if month.flow == "export":
        columns["foreign"] = pa.array(draw.random(count) < 0.2)
    wanted = ("general", "consumption", "dutiable", "duty") if month.flow == "import" else ("export",)
    for name in MEASURES.values():
        if name == "cards" or name.startswith(wanted) or (month.modes and name.startswith(MODES)):
            columns[name] = pa.array(value // draw.integers(1, 9))
    columns["year"] = pa.array(np.full(count, month.year, np.int16))
    columns["month"] = pa.array(np.full(count, month.month, np.int8))
    columns["list_year"] = columns["year"]
    columns["vintage"] = pa.array([VINTAGE] * count, pa.date32())
    table = pa.table(columns)
    plain = [
        field.with_type(field.type.value_type) if pa.types.is_dictionary(field.type) else field
        for field in table.schema
    ]
    return table.cast(pa.schema(plain))


def traded(flow: str, products: int, partners: int) -> np.ndarray:
    """Which products are traded with which partners: as many pairs as there were in 2024, the same always."""
    draw = np.random.default_rng([7, flow == "import"])
    product = (products * draw.random(4 * PAIRS)).astype(np.int64)
    partner = (partners * draw.random(4 * PAIRS) ** 2).astype(np.int64)
    found = np.unique(product * partners + partner)
    return draw.permutation(found)[:PAIRS]


def fill(home: Path, rows: int, years_held: int, *, modes: bool, workers: int) -> None:
    """Write a store of so many rows, the months of both flows alike."""
    each = rows // (24 * years_held)
    with writer(home, "bench") as held:
        for year in range(LAST_YEAR - years_held + 1, LAST_YEAR + 1):
            with held.change() as draft:
                months = [
                    _month(draft, f"{flow}/{year}/{month}", each, modes=modes)
                    for flow in ("import", "export")
                    for month in range(1, 13)
                ]
                with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
                    list(pool.map(write_month, months))
            print(f"  {year} written", file=sys.stderr)
        years.complete(held, MARTS)


def _month(draft: Draft, what: str, rows: int, *, modes: bool) -> Month:
    flow, year, month = what.split("/", maxsplit=1)[0], *(int(part) for part in what.split("/")[1:])
    stem = f"{flow}/{year}/{flow}-{year}-{month:02d}"
    files = {table: draft.path(table, stem) for table in ("trade_detail", "trade_month", "group_month")}
    named = tuple((table, draft.name_of(place)) for table, place in files.items())
    source_id = f"bench-{flow}-{year}-{month:02d}"
    draft.record(Block(flow, year, (month,), VINTAGE, source_id, None, named).facts() | {"rows": rows})
    return Month(flow, year, month, rows, modes, *files.values())


def best(run: Callable[[], object]) -> tuple[float, float]:
    """Median and best time, after one run that warms the files up."""
    run()
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return statistics.median(times), min(times)


def measure(home: Path) -> dict[str, float]:
    """Ask, and print what each question took."""
    tb = techbalance.open(home)
    store = tb.store
    files = {flow: _files(store.manifest.tables["trade_detail"], flow) for flow in ("import", "export")}
    imports, exports = (store.own("trade_detail", files[flow]) for flow in ("import", "export"))
    groups = store.own("group_year", tuple(sorted(store.manifest.tables["group_year"])))
    code = codes_of("import")
    listed = [row["commodity"] for row in code.products if row["hitech"].strip("0")]
    product = listed[len(listed) // 2]
    partner = code.countries[20]["cty_code"]
    both = imports.select("product", "partner", "year", value="general_usd").union(
        exports.select("product", "partner", "year", value="export_usd")
    )

    def summed(rows: object, *keys: str) -> Callable[[], object]:
        wanted = rows.group_by(*keys).aggregate(value=rows.value.sum())  # type: ignore[attr-defined]
        sql = store.engine.compile(wanted)
        return lambda: store.engine.connection.con.sql(sql).to_arrow_table()  # type: ignore[attr-defined]

    by_group = groups.select(
        "group", "partner", "year", "flow", value=groups.general_usd.fill_null(groups.export_usd)
    )
    by_month = {"by": "month,product,partner", "year": LAST_YEAR}
    runs = {
        GROUPS: summed(by_group, "flow", "group", "partner", "year"),
        PRODUCT: lambda: tb.balance(by="partner", product=product).arrow,
        PARTNER: lambda: tb.balance(by="product", partner=partner).arrow,
        EVERYTHING: lambda: tb.balance(by="product,partner").arrow,
        "balance --by group,partner, all years": lambda: tb.balance(by="group,partner").arrow,
        "the same by month, one product": lambda: tb.balance(**by_month, product=product).arrow,
        "the same by month, one partner": lambda: tb.balance(**by_month, partner=partner).arrow,
        "detail itself, one product by partner": summed(both.filter(both["product"] == product), "partner"),
        "detail itself, one partner by product": summed(both.filter(both.partner == partner), "product"),
        "detail itself, product x partner": summed(both, "product", "partner"),
    }
    found: dict[str, float] = {}
    for name, run in runs.items():
        median, least = best(run)
        found[name] = median
        goal = f"goal {GOALS[name]:.3f}" if name in GOALS else ""
        print(f"{median:8.3f} s (best {least:.3f})  {name}  {goal}")
    return found


def _files(names: tuple[str, ...], flow: str) -> tuple[str, ...]:
    return tuple(name for name in names if f"/{flow}/" in name)


def main() -> None:
    """Fill a store, ask it, and print every bar."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rows", type=int, default=20_000_000)
    words.add_argument("--years", type=int, default=12)
    words.add_argument("--modes", choices=("keep", "drop"), default="drop")
    words.add_argument("--home", type=Path, help="keep the store here, and use it again if it is there")
    words.add_argument("--workers", type=int, default=2)
    given = words.parse_args()
    home = given.home or Path(tempfile.mkdtemp())
    try:
        if not (home / "manifest.json").is_file():
            began = time.perf_counter()
            fill(home, given.rows, given.years, modes=given.modes == "keep", workers=given.workers)
            print(f"{time.perf_counter() - began:8.1f} s  to write {given.rows:,} rows")
        size = sum(path.stat().st_size for path in home.rglob("*.parquet"))
        print(f"{size / 1e9:8.1f} GB on disk")
        found = measure(home)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{peak:8.2f} GB peak memory of the questions")
        print(json.dumps(found))
    finally:
        if given.home is None:
            shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
