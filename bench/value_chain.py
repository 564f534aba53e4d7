"""How long does complexity take on a world of trade, and how does it compare with the peer people use?

    python -m bench.value_chain

Advantage, ECI, PCI, proximity and density of 230 countries and 5,000 products, one year and twenty, each
in a process of its own so that its memory is told; then the installed peer (``pip install ecomplexity``) on
the same input, smaller by default because it needs minutes (``--peer-products 5000`` for the whole); then
the questions.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

COUNTRIES, PRODUCTS, YEARS = 230, 5000, 20
GOAL_ONE, GOAL_ALL, GOAL_MEMORY = 0.2, 3.0, 2.0
RUNS = 5
SEED = 2024


def world(products: int, year: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Exports of a world in which abler countries export more kinds of goods, the harder ones rarely."""
    random = np.random.default_rng(SEED + year)
    able = np.linspace(-1.5, 1.5, COUNTRIES)[:, None]
    hard = np.linspace(-1.5, 2.5, products)[None, :]
    exported = random.random((COUNTRIES, products)) < 1 / (1 + np.exp(-2 * (able - hard)))
    return np.where(exported, np.exp(random.normal(10 + able, 2, (COUNTRIES, products))), 0.0)


def measured(exports: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> None:
    from techbalance.models.complexity import complexity, density, proximity

    found = complexity(
        exports,
        [f"c{place}" for place in range(exports.shape[0])],
        [f"p{place}" for place in range(exports.shape[1])],
    )
    if found.reason is not None:
        raise RuntimeError(found.reason)
    density(found.specialisation)
    proximity(found.specialisation)


def own(products: int, years: int) -> dict[str, float]:
    """Time all measures of a world of so many years; input is made, and libraries are loaded, before."""
    measured(world(50, 0))
    panels = [world(products, year) for year in range(years)]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    spent, worked = [], []
    for _ in range(RUNS if years == 1 else 2):
        start, busy = time.perf_counter(), time.process_time()
        for exports in panels:
            measured(exports)
        spent.append(time.perf_counter() - start)
        worked.append(time.process_time() - busy)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {
        "seconds": statistics.median(spent),
        "best": min(spent),
        "cpu": statistics.median(worked),
        "memory": peak,
        "input": before,
    }


def peer(products: int, years: int) -> dict[str, float]:
    """Time the peer on the same input; what it draws and prints is not looked at."""
    import contextlib
    import io
    import warnings

    import pandas
    from ecomplexity import ecomplexity

    warnings.simplefilter("ignore")
    frames = []
    for year in range(years):
        exports = world(products, year)
        rows, columns = np.nonzero(exports)
        frames.append(pandas.DataFrame({"year": year, "c": rows, "p": columns, "v": exports[rows, columns]}))
    frame = pandas.concat(frames)
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        ecomplexity(frame, {"time": "year", "loc": "c", "prod": "p", "val": "v"})
    return {
        "seconds": time.perf_counter() - start,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
    }


def apart(*words: str) -> dict[str, float] | str:
    """Run one measurement in a process of its own; on failure the last line it wrote."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.value_chain", *words], capture_output=True, text=True, check=False
    )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no word"])[-1]
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def told(name: str, found: dict[str, float] | str, goal: float | None = None) -> float | None:
    """Print one line of a measurement."""
    if isinstance(found, str):
        print(f"{name:<52} skipped: {found}")
        return None
    bar = "" if goal is None else f", goal {goal:g} s"
    extra = f" (best {found['best']:.3f}, cpu {found['cpu']:.3f})" if "best" in found else ""
    print(f"{name:<52} {found['seconds']:8.3f} s{extra}{bar}, {found['memory']:.2f} GB at most")
    return found["seconds"]


def questions() -> None:
    """Time the questions on the shipped record, and on a table of trade that a user brings."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    import techbalance

    with tempfile.TemporaryDirectory() as folder:
        tb = techbalance.open(Path(folder) / "home")
        tb.balance(year=2024).rows()
        exports = world(1000, 0)
        rows, columns = np.nonzero(exports)
        path = Path(folder) / "trade.parquet"
        pq.write_table(
            pa.table(
                {
                    "year": [2024] * rows.size,
                    "country": [f"C{row:03d}" for row in rows],
                    "product": [f"{column:06d}" for column in columns],
                    "value_usd": exports[rows, columns],
                }
            ),
            path,
        )
        for words, ask in (
            ("climb VNM --group 04, record", lambda: tb.climb(partner="VNM", group="04")),
            ("similarity of all suppliers with the OECD, record", lambda: tb.similarity(top=1000)),
            ("advantage of Vietnam, record", lambda: tb.advantage(country="VNM", top=1000)),
            ("complexity, record", lambda: tb.complexity(top=1000)),
            (f"complexity, table of {rows.size:,} rows", lambda: tb.complexity(panel=str(path), top=1000)),
        ):
            spent = []
            for _ in range(4):
                start = time.perf_counter()
                count = len(ask().rows())
                spent.append(time.perf_counter() - start)
            print(f"{words:<52} {statistics.median(spent[1:]):8.3f} s (first {spent[0]:.3f}), {count:,} rows")


def main() -> int:
    """Print every bar; 1 where one is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", choices=("own", "peer"))
    parser.add_argument("--products", type=int, default=PRODUCTS)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--peer-products", type=int, default=500)
    given = parser.parse_args()
    if given.one:
        print(json.dumps((own if given.one == "own" else peer)(given.products, given.years)))
        return 0
    one = apart("--one", "own")
    every = apart("--one", "own", "--years", str(YEARS))
    print("advantage, ECI, PCI, proximity and density, all of each year:")
    missed = 0
    for name, found, goal in (
        (f"{COUNTRIES} x {PRODUCTS:,}, 1 year", one, GOAL_ONE),
        (f"{COUNTRIES} x {PRODUCTS:,}, {YEARS} years", every, GOAL_ALL),
    ):
        spent = told(name, found, goal)
        missed += spent is None or spent > goal
        missed += not isinstance(found, str) and found["memory"] > GOAL_MEMORY
    same = f"{COUNTRIES} x {given.peer_products:,}, 1 year"
    ours = told(f"{same}, techbalance", apart("--one", "own", "--products", str(given.peer_products)))
    if importlib.util.find_spec("ecomplexity") is None:
        print(f"{same + ', ecomplexity':<52} skipped: not installed (pip install ecomplexity)")
    else:
        theirs = told(f"{same}, ecomplexity", apart("--one", "peer", "--products", str(given.peer_products)))
        if ours and theirs:
            print(f"{'':<52} {theirs / ours:8.0f} x as long")
    questions()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
