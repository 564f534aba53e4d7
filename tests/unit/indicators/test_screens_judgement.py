"""Screens judged: three answers per criterion, distance, persistence, and what is not held."""

from __future__ import annotations

from functools import cache
from typing import Any

import ibis
import pyarrow as pa
import pytest

from techbalance.errors import SchemaError
from techbalance.indicators.concentration import SupplierColumns
from techbalance.indicators.screens.declaration import Screen, read_screen, shipped_screen
from techbalance.indicators.screens.judgement import judge_criteria, judge_items, judge_years
from techbalance.indicators.screens.measures import ScreenFlows, import_reliance, screen_measures

# Sums of a few doubles differ by less.
ROUNDING = 1e-12
COLUMNS = SupplierColumns(("product",), "usd")
GEODEP = shipped_screen("geodep")
CONCENTRATED = {"A": 60, "B": 20, "C": 10, "D": 10}
SPREAD = {"A": 25, "B": 25, "C": 25, "D": 25}

Rows = list[tuple[str, int, str, int]]


def table(rows: Rows) -> ibis.Table:
    products, years, partners, values = (list(column) for column in zip(*rows, strict=True))
    return ibis.memtable(pa.table({"product": products, "year": years, "partner": partners, "usd": values}))


@cache
def engine() -> Any:
    return ibis.duckdb.connect()


def rows_of(expression: ibis.Table) -> list[dict[str, Any]]:
    return engine().to_pyarrow(expression).to_pylist()


def suppliers(product: str, year: int, sold: dict[str, int]) -> Rows:
    return [(product, year, code, value) for code, value in sold.items()]


def flows(imports: Rows, exports: Rows | None = None, world: Rows | None = None, **more: Any) -> ScreenFlows:
    return ScreenFlows(
        COLUMNS,
        table(imports),
        exports=None if exports is None else table(exports),
        world=None if world is None else table(world),
        **more,
    )


def years_of(held: ScreenFlows, screen: Screen = GEODEP) -> list[dict[str, Any]]:
    return rows_of(judge_years(screen_measures(held, screen), screen, keys=["product"]))


def items_of(held: ScreenFlows, screen: Screen = GEODEP) -> list[dict[str, Any]]:
    judged = judge_years(screen_measures(held, screen), screen, keys=["product"])
    return rows_of(judge_items(judged, screen, keys=["product"]))


def test_imports_alone_judge_one_criterion_and_flag_nothing() -> None:
    held = flows([*suppliers("p", 2024, CONCENTRATED), *suppliers("p", 2025, SPREAD)])
    first, second = years_of(held)
    assert (first["criteria_met"], second["criteria_met"]) == ("1 of 1 judged", "0 of 1 judged")
    assert (first["flag"], second["flag"]) == (None, None)
    assert "C2 not_covered: exports of every country to the world are not held" in first["note"]
    assert "C3 not_covered: exports are not held" in first["note"]
    (item,) = items_of(held)
    assert (item["persistence"], item["years_met"], item["flag"]) == ("1 of 2 years", 1, None)
    assert item["criteria_met"] == "0 of 1 judged"
    assert item["note"].startswith("C2 not_covered")


def test_distance_is_signed_beyond_the_threshold() -> None:
    (row,) = years_of(flows(suppliers("p", 2024, SPREAD)))
    assert row["C1_distance"] == pytest.approx(0.25 - 0.4, abs=ROUNDING)
    few = read_screen(
        'name="few"\ntitle="few"\n[[criteria]]\nid="n"\nmeasure="suppliers"\ncomparator="<="\nthreshold=5\n'
    )
    (row,) = years_of(flows(suppliers("p", 2024, SPREAD)), few)
    assert (row["n_value"], row["n_distance"], row["n_is_met"], row["flag"]) == (4.0, 1.0, True, True)


def test_an_index_at_the_threshold_is_not_above_it() -> None:
    # .6² + 4 × .1² = .4 exactly on paper, and above it in double precision.
    (row,) = years_of(flows(suppliers("p", 2024, {"A": 6, "B": 1, "C": 1, "D": 1, "E": 1})))
    assert row["C1_is_met"] is False
    at_least = GEODEP.model_copy(
        update={"criteria": (GEODEP.criteria[0].model_copy(update={"comparator": ">="}),)}
    )
    (row,) = years_of(flows(suppliers("p", 2024, {"A": 6, "B": 1, "C": 1, "D": 1, "E": 1})), at_least)
    assert row["C1_is_met"] is True


def full_years(c1: dict[int, dict[str, int]]) -> ScreenFlows:
    years = list(c1)
    return flows(
        [row for year, split in c1.items() for row in suppliers("p", year, split)],
        [("p", year, "Z", 50) for year in years],
        [row for year in years for row in suppliers("p", year, CONCENTRATED)],
    )


@pytest.mark.parametrize(
    ("splits", "flag", "note"),
    [
        ([CONCENTRATED, SPREAD, CONCENTRATED], True, None),
        ([CONCENTRATED, SPREAD, SPREAD], False, None),
        # With a year missing the other two decide if they agree, and do not if they differ.
        ([None, CONCENTRATED, CONCENTRATED], True, None),
        ([None, SPREAD, SPREAD], False, None),
        ([None, CONCENTRATED, SPREAD], None, "not_covered: 2 of 3 years are held"),
        ([CONCENTRATED, None, SPREAD], None, "not_covered: 2 of 3 years are held"),
    ],
)
def test_two_of_three_years(splits: list[dict[str, int] | None], flag: bool | None, note: str | None) -> None:
    held = full_years({2022 + n: split for n, split in enumerate(splits) if split is not None})
    (item,) = items_of(held)
    assert (item["flag"], item["note"]) == (flag, note)


def test_only_the_window_decides_but_persistence_counts_all_years() -> None:
    splits = [CONCENTRATED, CONCENTRATED, SPREAD, SPREAD, CONCENTRATED]
    held = full_years(dict(zip(range(2020, 2025), splits, strict=True)))
    (item,) = items_of(held)
    assert (item["flag"], item["persistence"]) == (False, "3 of 5 years")
    fixed = GEODEP.model_copy(update={"years": "2020:2022"})
    (item,) = items_of(held, fixed)
    assert item["flag"] is True


def test_nothing_imported_is_false_and_noted() -> None:
    held = flows([("p", 2024, "A", 0)], [("p", 2024, "Z", 5)], suppliers("p", 2024, CONCENTRATED))
    (row,) = years_of(held)
    assert (row["flag"], row["C1_is_met"], row["C2_is_met"], row["C3_is_met"]) == (False, False, True, False)
    assert row["C1_value"] is None
    assert "C1 no_trade: nothing bought" in row["note"]


def test_imports_without_exports_meet_the_third_criterion_without_a_ratio() -> None:
    held = flows(
        suppliers("p", 2024, CONCENTRATED), [("p", 2024, "Z", 0)], suppliers("p", 2024, CONCENTRATED)
    )
    (row,) = years_of(held)
    assert (row["C3_value"], row["C3_distance"], row["C3_is_met"], row["flag"]) == (None, None, True, True)
    assert row["note"] == "C3 zero_denominator: bought, and nothing sold"


def test_an_absent_row_is_unknown_and_not_zero() -> None:
    held = flows(
        suppliers("p", 2024, CONCENTRATED), [("q", 2024, "Z", 5)], suppliers("r", 2024, CONCENTRATED)
    )
    p, q = years_of(held)
    assert (p["product"], p["criteria_met"], p["flag"]) == ("p", "1 of 1 judged", None)
    assert "C3 not_covered: no row of this item and year" in p["note"]
    assert (q["product"], q["criteria_met"], q["flag"]) == ("q", "0 of 0 judged", None)


def test_a_total_among_the_partners_is_not_judged() -> None:
    (row,) = years_of(flows([*suppliers("p", 2024, CONCENTRATED), ("p", 2024, "WORLD", 100)]))
    assert (row["C1_is_met"], row["criteria_met"]) == (None, "0 of 0 judged")
    assert "C1 total_among_partners" in row["note"]


def test_an_area_looks_at_what_comes_from_outside() -> None:
    imports = [*suppliers("p", 2024, CONCENTRATED), ("p", 2024, "IN", 300), ("q", 2024, "IN", 7)]
    held = flows(imports, [("p", 2024, "A", 50), ("q", 2024, "A", 50)], members=frozenset({"IN"}))
    p, q = years_of(held, shipped_screen("eu"))
    assert p["CDI1_value"] == pytest.approx(0.42, abs=ROUNDING)
    assert (p["CDI2_value"], p["CDI2_is_met"], p["CDI3_value"], p["flag"]) == (0.25, False, 2.0, False)
    # All of q came from members: nothing from outside, which is a zero and not a gap.
    assert (q["CDI2_value"], q["flag"], q["criteria_met"]) == (0.0, False, "0 of 3 judged")


def test_one_country_has_no_outside() -> None:
    (row,) = years_of(flows(suppliers("p", 2024, CONCENTRATED)), shipped_screen("eu"))
    assert row["CDI2_is_met"] is None
    assert "eu-single-country" in row["note"]


def test_penetration_stands_in_for_one_country() -> None:
    production = ibis.memtable(pa.table({"product": ["p"], "year": [2024], "usd": [40]}))
    held = flows(suppliers("p", 2024, CONCENTRATED), [("p", 2024, "Z", 20)], production=production)
    (row,) = years_of(held, shipped_screen("eu-single-country"))
    assert row["penetration_value"] == pytest.approx(100 / (40 + 100 - 20), abs=ROUNDING)
    assert row["flag"] is True


def test_exports_held_as_totals_judge_the_ratio_but_not_their_concentration() -> None:
    totals = ibis.memtable(pa.table({"product": ["p"], "year": [2024], "usd": [50]}))
    held = ScreenFlows(COLUMNS, table(suppliers("p", 2024, CONCENTRATED)), exports=totals)
    (row,) = rows_of(screen_measures(held))
    assert (row["imports_to_exports"], row["export_hhi"]) == (2.0, None)
    assert row["export_note"] == "not_covered: held as totals, not by partner"
    assert held.held == {"imports", "exports"}


def test_reliance_needs_apparent_consumption() -> None:
    cases = {"m": [300, 300, 0], "x": [256, 800, 0], "y": [500, 500, 0], "s": [6, 0, 0]}
    rows = ibis.memtable(pa.table(cases))
    penetration, net = import_reliance(rows.m, rows.x, rows.y, rows.s)
    answer = rows_of(rows.select(penetration=penetration, net=net))
    assert answer[0] == {"penetration": 300 / 544, "net": 50 / 550}
    assert answer[1:] == [{"penetration": None, "net": None}] * 2


def test_criteria_one_under_the_other() -> None:
    judged = judge_years(screen_measures(flows(suppliers("p", 2024, CONCENTRATED))), GEODEP, keys=["product"])
    rows = rows_of(judge_criteria(judged, GEODEP, keys=["product"]))
    assert [(row["criterion"], row["measure"], row["threshold"], row["is_met"]) for row in rows] == [
        ("C1", "import_hhi", 0.4, True),
        ("C2", "world_hhi", 0.4, None),
        ("C3", "imports_to_exports", 1.0, None),
    ]
    assert [row["status"] for row in rows] == ["read"] * 3
    assert rows[0]["note"] is None


def test_a_table_without_the_measures_is_refused() -> None:
    with pytest.raises(SchemaError, match="unknown column 'year'"):
        judge_years(table(suppliers("p", 2024, SPREAD)).drop("year"), GEODEP, keys=["product"])
    with pytest.raises(SchemaError, match="table of production"):
        screen_measures(
            ScreenFlows(
                COLUMNS,
                table(suppliers("p", 2024, SPREAD)),
                production=ibis.memtable(pa.table({"product": ["p"], "usd": [1]})),
            )
        )
