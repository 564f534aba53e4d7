"""How long do concentration, screens, stress and the worst case take on the shipped record?

    python -m bench.dependence_record

The last lines search three of 230 suppliers on flows without any structure, where little can be ruled out.
"""

from __future__ import annotations

import statistics
import time
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING

import ibis
import numpy as np

from techbalance.indicators.concentration import SupplierColumns, supplier_concentration
from techbalance.indicators.screens.declaration import shipped_screen
from techbalance.indicators.screens.judgement import judge_items, judge_years
from techbalance.indicators.screens.measures import ScreenFlows, screen_measures
from techbalance.models.elasticities import ElasticitySource, draw_elasticities, match_elasticities
from techbalance.models.price_effect import pooled_price_effect, price_effect
from techbalance.models.stress import SupplierFlows, removed_shares, supplier_loss
from techbalance.models.worst_case import Harm, worst_case

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 5
YEAR = 2025
DRAWS = 1000


def timed(words: str, goal: float | None, work: Callable[[], object]) -> None:
    """Print the median and the range of several runs; the first run is shown apart."""
    spent = []
    for _ in range(RUNS + 1):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    first, rest = spent[0], spent[1:]
    bar = "" if goal is None else f", goal {goal:g} s"
    span = f"({min(rest):.3f} to {max(rest):.3f}, first {first:.3f})"
    print(f"{words:<58} {statistics.median(rest):7.3f} s {span}{bar}")


def screen_record(engine: ibis.BaseBackend, trade: ibis.Table) -> None:
    """Measure concentration and judge a screen for every product and every group."""
    for key in ("product", "group"):
        columns = SupplierColumns((key, "year"), "general_usd")
        engine.to_pyarrow(supplier_concentration(trade, columns))
        held = ScreenFlows(SupplierColumns((key,), "general_usd"), trade)
        screen = shipped_screen("geodep")
        judged = judge_years(screen_measures(held, screen), screen, keys=[key])
        engine.to_pyarrow(judge_items(judged, screen, keys=[key]))


def flows_of_year(engine: ibis.BaseBackend, trade: ibis.Table) -> SupplierFlows:
    """Imports of one year as products x suppliers."""
    year = trade.filter(trade.year == YEAR)
    rows = engine.to_pyarrow(year.group_by("product", "partner").agg(usd=year.general_usd.sum())).to_pydict()
    products, row = np.unique(np.array(rows["product"]), return_inverse=True)
    suppliers, column = np.unique(np.array(rows["partner"]), return_inverse=True)
    imports = np.zeros((products.size, suppliers.size))
    imports[row, column] = rows["usd"]
    return SupplierFlows(tuple(products.tolist()), tuple(suppliers.tolist()), imports)


def stress_of_largest(flows: SupplierFlows, source: ElasticitySource) -> Callable[[], None]:
    """A stress with drawn elasticities, from matching them to the pooled price effect."""
    largest = flows.suppliers[int(flows.imports_usd.sum(axis=0).argmax())]

    def work() -> None:
        matched = match_elasticities(flows.products, source)
        drawn = draw_elasticities([matched.sigma], log_spread=0.3, draws=DRAWS, seed=1)
        lost = supplier_loss(
            flows, removed_shares(flows.suppliers, {largest: 1.0}), capacity=(0.05, 0.2, 0.5)
        )
        price_effect(lost.lost_share, drawn.sigma)
        pooled_price_effect(
            lost.lost_share, drawn.sigma, flows.imports_usd.sum(axis=1), [code[:2] for code in flows.products]
        )
        lost.hardest_hit()

    return work


def main() -> None:
    """Print one line per piece of work."""
    engine = ibis.duckdb.connect()
    with resources.as_file(resources.files("techbalance.record") / "trade.parquet") as path:
        trade = engine.read_parquet(path).cache()
    timed("screen every product and every group", 1, lambda: screen_record(engine, trade))
    flows = flows_of_year(engine, trade)
    print(f"{YEAR}: {len(flows.products)} products, {len(flows.suppliers)} suppliers")
    generator = np.random.default_rng(1)
    # As many codes as the largest public file; half of the products are not among them.
    made_up = tuple(f"{code:010d}" for code in range(14_000 - len(flows.products[::2])))
    codes = flows.products[::2] + made_up
    source = ElasticitySource("generated", codes, 1 + generator.lognormal(1, 1, len(codes)))
    timed(f"stress of the largest supplier, {DRAWS:,} draws", 2, stress_of_largest(flows, source))
    for count in (1, 2, 3, 5, 10):
        for capacity in (0.05, 0.5):
            found = worst_case(flows, count, harm=Harm(capacity=capacity))
            words = f"worst {count} at capacity {capacity:g} ({'exact' if found.is_exact else 'bounded'})"
            goal = 5 if count == 3 else None
            timed(words, goal, partial(worst_case, flows, count, harm=Harm(capacity=capacity)))
    labels = tuple(f"p{n}" for n in range(1000)), tuple(f"s{n}" for n in range(230))
    sparse = np.where(generator.random((1000, 230)) < 0.12, generator.random((1000, 230)), 0.0)
    for name, imports, capacity in (("dense", generator.random((1000, 230)), 0.02), ("sparse", sparse, 0.05)):
        noise = SupplierFlows(*labels, imports)
        harm = Harm(capacity=capacity)
        exact = "exact" if worst_case(noise, 3, harm=harm).is_exact else "bounded"
        timed(f"worst 3 of 230, {name} noise ({exact})", 5, partial(worst_case, noise, 3, harm=harm))


if __name__ == "__main__":
    main()
