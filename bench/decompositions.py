"""How long does each way of splitting a change take over 690,424 rows of imports?

    python -m bench.decompositions [FOLDER]

FOLDER holds the outside data (``TECHBALANCE_DATA``, else ``../shared/data``). Whole questions are timed, from
the file to the rows of the answer: over the file as it was published, over the same rows as a Parquet panel,
and price and quantity over as many generated rows with quantities. Each line has its bar, and the exit code
is 1 where one is missed or a sum does not meet the change to the dollar.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

import techbalance
from techbalance.api import TechBalance
from techbalance.store.hts10 import FILE
from techbalance.store.outside import DATA_VARIABLE

RUNS: Final = 5
BAR: Final = 1.0
YEARS: Final = {"from_": 2024, "to": 2025}
SHOWN: Final = {
    "accounts": {},
    "accounts by partner": {"how": "accounts", "by": "partner"},
    "shift-share": {},
    "shift-share by partner": {"how": "shift-share", "by": "partner"},
    "lmdi": {},
    "lmdi by partner": {"how": "lmdi", "by": "partner"},
    "constant-market-share": {"partner": "VNM"},
    "margins by partner": {"how": "margins", "by": "partner"},
    "entry-exit": {},
    "dollar": {},
    "constant-dollars": {},
}


def read(path: Path) -> pa.Table:
    """Read the published file, codes as text."""
    text = pa.csv.ConvertOptions(column_types={"CTY_CODE": pa.string(), "I_COMMODITY": pa.string()})
    return pa.csv.read_csv(path, convert_options=text)


def as_panel(rows: pa.Table, labels: dict[str, str]) -> pa.Table:
    """Write the rows as a panel of trade with the United States."""
    exporter = [labels[code] for code in rows["CTY_CODE"].to_pylist()]
    return pa.table(
        {
            "year": rows["YEAR"],
            "exporter": pa.array(exporter, pa.string()),
            "importer": pa.array(["USA"] * rows.num_rows, pa.string()),
            "product": rows["I_COMMODITY"],
            "value_usd": rows["GEN_VAL_YR"],
        }
    )


def change_of(panel: pa.Table, *, of_both: bool = False) -> int:
    """Last less first year; of partners with a row in both years, which is what a panel holds of them."""
    sums = panel.group_by(["exporter", "year"]).aggregate([("value_usd", "sum")]).to_pylist()
    by: dict[str, dict[int, int]] = {}
    for row in sums:
        by.setdefault(row["exporter"], {})[row["year"]] = row["value_usd_sum"]
    kept = [years for years in by.values() if len(years) == len(YEARS) or not of_both]
    return sum(years.get(YEARS["to"], 0) - years.get(YEARS["from_"], 0) for years in kept)


def with_quantities(panel: pa.Table) -> pa.Table:
    """Add quantities: a unit value for each product, moved by chance; one in ten is missing."""
    chance = np.random.default_rng(1)
    coded = panel["product"].combine_chunks().dictionary_encode()
    level = chance.lognormal(3, 2, len(coded.dictionary))[coded.indices.to_numpy()]
    price = level * chance.lognormal(0, 0.4, panel.num_rows)
    quantity = pa.array(panel["value_usd"].to_numpy() / price, mask=chance.random(panel.num_rows) < 0.1)
    unit = np.array(["kg", "No.", "l"], dtype=object)[coded.indices.to_numpy() % 3]
    return panel.append_column("quantity", quantity).append_column("unit", pa.array(unit, pa.string()))


def timed(tb: TechBalance, words: str, change: int, asked: dict[str, Any]) -> bool:
    """Ask several times and print the median; True where the bar and the sum are met."""
    spent = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        rows = tb.change(**YEARS, flow="import", **asked).arrow
        spent.append(time.perf_counter() - start)
    median = statistics.median(spent[1:])
    total = pc.sum(rows["change_usd"]).as_py()
    adds_up = "partner" in asked or total == change
    verdict = "" if adds_up else f"  SUM {total:,} IS NOT {change:,}"
    verdict += "" if median <= BAR else "  MISSED"
    span = f"({min(spent[1:]):.2f} to {max(spent[1:]):.2f}, first {spent[0]:.2f})"
    print(f"{words:<52} {median:6.2f} s {span:<34} bar {BAR:.0f} s{verdict}", flush=True)
    return adds_up and median <= BAR


def main() -> int:
    """Print one line per question."""
    folder = Path(sys.argv[1] if sys.argv[1:] else os.environ.get(DATA_VARIABLE, "../shared/data"))
    if not (folder / FILE).is_file():
        print(f"there is no {folder / FILE}; name the folder that has it")
        return 2
    os.environ[DATA_VARIABLE] = str(folder.resolve())
    met = True
    with tempfile.TemporaryDirectory() as place:
        tb = techbalance.open(Path(place) / "home")
        partners = tb.store.fetch(tb.store.table("partners").select("code", "iso3")).to_pylist()
        labels = {row["code"]: row["iso3"] or row["code"] for row in partners}
        rows = read(folder / FILE)
        years = [
            pc.sum(rows.filter(pc.equal(rows["YEAR"], year))["GEN_VAL_YR"]).as_py() for year in (2024, 2025)
        ]
        change = years[1] - years[0]
        print(f"{rows.num_rows:,} rows, change {change:,} dollars, median of {RUNS} runs")
        panel = as_panel(rows, labels)
        of_both = change_of(panel, of_both=True)
        plain, priced = Path(place) / "panel.parquet", Path(place) / "priced.parquet"
        pq.write_table(panel, plain, compression="zstd")
        pq.write_table(with_quantities(panel), priced, compression="zstd")
        for words, asked in SHOWN.items():
            met &= timed(tb, f"{words}, Parquet panel", of_both, {"how": words, **asked, "panel": str(plain)})
        for way in ("price-quantity", "constant-dollars"):
            asked = {"how": way, "panel": str(priced)}
            if way == "constant-dollars":
                asked["deflator"] = "fisher"
            met &= timed(tb, f"{way}, generated quantities", of_both, asked)
        for words, asked in SHOWN.items():
            met &= timed(
                tb, f"{words}, as published (.csv.gz)", change, {"how": words, **asked, "panel": "hts10"}
            )
    return 0 if met else 1


if __name__ == "__main__":
    raise SystemExit(main())
