"""A screen over random flows gives what plain three-valued logic gives."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pytest

from techbalance.indicators.concentration import SupplierColumns
from techbalance.indicators.screens.declaration import shipped_screen
from techbalance.indicators.screens.judgement import judge_items, judge_years
from techbalance.indicators.screens.measures import ScreenFlows, screen_measures

YEARS = (2020, 2021, 2022)
SCREEN = shipped_screen("geodep")
Sold = dict[str, int] | None


@cache
def engine() -> Any:
    return ibis.duckdb.connect()


def table(rows: list[tuple[str, int, str, int]]) -> ibis.Table:
    names = ("product", "year", "partner", "usd")
    types = (pa.string(), pa.int64(), pa.string(), pa.int64())
    columns = [[row[n] for row in rows] for n in range(4)]
    return ibis.memtable(pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], list(names)))


def index(sold: Sold) -> Fraction | None:
    total = sum(sold.values()) if sold else 0
    return sum((Fraction(usd, total) ** 2 for usd in sold.values()), Fraction(0)) if sold and total else None


def expected_year(bought: Sold, sold: Sold, world: Sold) -> bool | None:
    """GeoDep for one year, after METHODS D2; None where a criterion cannot be judged."""
    imports = None if bought is None else sum(bought.values())
    exports = None if sold is None else sum(sold.values())
    if imports == 0:
        return False
    world_index = index(world)
    if imports is None or exports is None or world_index is None:
        return None
    own = index(bought)
    assert own is not None
    above = Fraction(2, 5)
    return own > above and world_index > above and (exports == 0 or imports > exports)


def random_split(generator: random.Random) -> Sold:
    if generator.random() < 0.2:
        return None
    return {code: generator.randint(0, 6) for code in generator.sample("ABC", generator.randint(1, 3))}


@pytest.mark.parametrize("seed", [1, 2])
def test_flags_follow_the_rule(seed: int) -> None:
    """Four hundred items in one query: building it costs more than running it."""
    generator = random.Random(seed)  # noqa: S311 - cases, not a secret
    cases = [[[random_split(generator) for _ in "MXW"] for _ in YEARS] for _ in range(400)]
    sides: list[list[tuple[str, int, str, int]]] = [[], [], []]
    for n, years in enumerate(cases):
        for year, flows in zip(YEARS, years, strict=True):
            for side, sold in zip(sides, flows, strict=True):
                side.extend((f"{n:03d}", year, code, usd) for code, usd in (sold or {}).items())
    # One item is held in all years, so that the newest year is the same in every example.
    for side in sides:
        side.extend(("zzz", year, "A", 1) for year in YEARS)
    imports, exports, world = (table(side) for side in sides)
    held = ScreenFlows(SupplierColumns(("product",), "usd"), imports, exports=exports, world=world)
    judged = judge_years(screen_measures(held), SCREEN, keys=["product"])
    by_year = {(row["product"], row["year"]): row for row in engine().to_pyarrow(judged).to_pylist()}
    by_item = {
        row["product"]: row
        for row in engine().to_pyarrow(judge_items(judged, SCREEN, keys=["product"])).to_pylist()
    }
    seen: set[bool | None] = set()
    for n, years in enumerate(cases):
        product = f"{n:03d}"
        expected = [expected_year(*flows) for flows in years]
        for year, flows, flag in zip(YEARS, years, expected, strict=True):
            if flows[0] is None and flows[1] is None:
                assert (product, year) not in by_year
                continue
            row = by_year[product, year]
            assert row["flag"] is flag
            seen.add(flag)
            assert row["criteria_met"] == f"{row['met']} of {row['judged']} judged"
            unusual = row["judged"] < 3 or any(row[f"{c.id}_value"] is None for c in SCREEN.criteria)
            assert (row["note"] is not None) is unusual
        if product in by_item:
            true, false = expected.count(True), expected.count(False)
            decided = True if true >= 2 else False if false >= 2 else None
            assert by_item[product]["flag"] is decided
            assert (by_item[product]["note"] is None) == (decided is not None)
    assert seen == {True, False, None}
