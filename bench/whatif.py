"""How long do policy questions take, and how near are published exercises?

    TECHBALANCE_DATA=... python -m bench.whatif

Without the outside data the models of the world are left out and named.
"""

from __future__ import annotations

import csv
import gzip
import json
import os
import statistics
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import techbalance
from techbalance.models.exact_hat import OneSectorShock, OneSectorWorld, solve_exact_hat
from techbalance.questions.parameters.texts import Years
from techbalance.questions.parameters.whatif_scenario import Scenario, Shock
from techbalance.questions.parameters.whatif_texts import Rate
from techbalance.questions.whatif.assumptions import market_assumptions
from techbalance.questions.whatif.imports import read_imports
from techbalance.questions.whatif.levers import levers_of
from techbalance.questions.whatif.outcomes import central_sample
from techbalance.questions.whatif.partial import Markets, Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from techbalance.api import TechBalance

RUNS = 3


def timed(words: str, goal: float | None, work: Callable[[], object]) -> None:
    """Print the median of several runs."""
    spent = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        spent.append(time.perf_counter() - start)
    bar = "" if goal is None else f", goal {goal:g} s"
    print(f"{words:<66} {statistics.median(spent):7.3f} s ({min(spent):.3f} to {max(spent):.3f}){bar}")


def every_product(tb: TechBalance) -> None:
    """Solve all 2024 products and suppliers at once, each supplier with its own row."""
    imports = read_imports(tb.store, Years(2024, 2024), None)
    scenario = Scenario(shock=(Shock(kind="tariff", add=Rate(0.1)),))
    levers, _ = levers_of(scenario, imports)
    assumed = market_assumptions(scenario.assumptions, tb.store, imports.products, imports.product_groups)
    sample = central_sample(assumed.parameters)
    reading = Reading(Markets(levers, assumed), ("partner",))
    rows = len(reading.markets.market.product)
    reading.read(sample)
    timed(f"partial, {len(imports.products)} products, {rows:,} suppliers", 1, lambda: reading.read(sample))


def questions(tb: TechBalance, *, has_data: bool) -> None:
    """Ask as a user does."""
    china = {"partner": "CHN", "add": "25%", "year": 2024}
    timed("whatif tariff, partial, 300 draws", None, partial(tb.whatif_tariff, **china, model="partial"))
    if not has_data:
        return
    for model, draws, goal in (("one-sector", 1000, 20), ("multi-sector", 40, None)):
        asked = partial(tb.whatif_tariff, **china, model=model, draws=draws)
        timed(f"whatif tariff, {model}, {draws:,} draws", goal, asked)
    timed(
        "whatif run nafta (31 x 40, base and counterfactual)", None, lambda: tb.whatif_run(file="nafta").arrow
    )


def published(tb: TechBalance, folder: Path) -> None:
    """Print the largest distance from published and recomputed figures, asked through the questions."""
    expected = json.loads((folder / "models" / "cp2015_expected.json").read_text("utf-8"))
    rows = tb.whatif_run(file="nafta", top=31).rows()
    value = {(row["outcome"], row["part"]): 100 * row["central"] for row in rows}
    exact, printed = [], []
    for country, code in (("Canada", "CAN"), ("Mexico", "MEX"), ("USA", "USA")):
        ours, theirs = (
            expected[name][country]
            for name in ("recomputed_zero_aggregate_deficits_pct", "published_table2_pct")
        )
        exact.append(abs(value["real_income", code] - ours["exact_real_income_pct"]))
        exact.append(abs(value["first_order_welfare", code] - ours["first_order_total_pct"]))
        for outcome, name in (
            ("first_order_welfare", "total"),
            ("terms_of_trade", "terms_of_trade"),
            ("volume_of_trade", "volume_of_trade"),
            ("real_wage", "real_wage"),
        ):
            printed.append(abs(round(value[outcome, code], 2) - theirs[name]))
    print(f"Caliendo-Parro: exact figures within {max(exact):.1e} percent, Table 2 within {max(printed):.1e}")
    expected = json.loads((folder / "models" / "dek_expected.json").read_text("utf-8"))
    for closure in ("additive", "multiplicative"):
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / "s.toml"
            file.write_text(
                'models = "one-sector"\ndraws = 0\n[[shock]]\nkind = "published"\nname = "eu-enlargement"\n'
                f'[closure]\none_sector = "{closure}"\n[assumptions]\ntheta = 4\n',
                encoding="utf-8",
            )
            rows = tb.whatif_run(file=str(file), top=44).rows()
        welfare = {row["part"]: row["central"] + 1 for row in rows if row["outcome"] == "real_income"}
        gap = max(abs(welfare[one] - value) for one, value in expected[f"welfare_{closure}"].items())
        print(f"Dekle-Eaton-Kortum, {closure}: welfare of {len(welfare)} countries within {gap:.1e}")
    _trade(folder)


def _trade(folder: Path) -> None:
    """Compare counterfactual trade flow by flow."""
    arrays = np.load(folder / "models" / "dek_wiod44.npz", allow_pickle=False)
    names = [str(one) for one in arrays["countries"]]
    world = OneSectorWorld(tuple(names), arrays["trade"][0], 4.0)
    cost = np.exp(-float(arrays["cost_shift_beta"]) * arrays["new_eu_pair_2000"] / 4.0)
    solved = solve_exact_hat(world, OneSectorShock(trade_cost_hat=cost))
    with gzip.open(folder / "models" / "dek_expected_trade_2000.csv.gz", "rt", encoding="utf-8") as text:
        gaps = [
            abs(
                solved.trade_usd[names.index(row["exporter"]), names.index(row["importer"])]
                / float(row["X_eu"])
                - 1
            )
            for row in csv.DictReader(text)
            if float(row["X_eu"]) > 0
        ]
    print(
        f"Dekle-Eaton-Kortum, additive: {len(gaps):,} flows within {max(gaps):.1e} of the published program's"
    )
    print(f"largest gap of any market: {solved.residual:.0e}")


def main() -> None:
    """Print one line per piece of work."""
    data = os.environ.get("TECHBALANCE_DATA")
    with tempfile.TemporaryDirectory() as home:
        tb = techbalance.open(home)
        every_product(tb)
        questions(tb, has_data=bool(data))
        if data:
            published(tb, Path(data))
        else:
            print("TECHBALANCE_DATA is not set: models of the world and published exercises are left out")


if __name__ == "__main__":
    main()
