"""Ideas against making: the three forms of the gap, location quotients and ratios, by hand."""

import math
from typing import Any

import ibis
import pyarrow as pa
import pytest

from techbalance.indicators.innovation import (
    intensity,
    location_quotient,
    log_gap,
    place_agreement,
    place_stability,
    rank_gap,
    world_shares,
    z_gap,
)

# A handful of floating-point operations.
EXACT = 1e-12


def rows_of(table: ibis.Table, *order: str) -> list[dict[str, Any]]:
    """Run an expression; every number that comes back is finite or None."""
    rows = table.order_by(list(order)).to_pyarrow().to_pylist()
    for row in rows:
        for value in row.values():
            assert not (isinstance(value, float) and not math.isfinite(value)), row
    return rows


def table(**columns: list[Any]) -> ibis.Table:
    return ibis.memtable(pa.table(columns))


def countries(**columns: list[Any]) -> ibis.Table:
    count = len(next(iter(columns.values())))
    return table(country=list("ABCDEFG"[:count]), year=[2023] * count, **columns)


def test_shares_of_a_given_world() -> None:
    world = table(year=[2023], world_value=[200])
    rows = rows_of(world_shares(countries(ip_usd=[60, 0, None]), "ip_usd", "ideas_share", world), "country")
    assert [row["ideas_share"] for row in rows] == [0.3, 0.0, None]
    assert set(rows[0]) == {"country", "year", "ip_usd", "ideas_share"}


def test_shares_of_the_countries_held() -> None:
    rows = rows_of(world_shares(countries(ip_usd=[60, 20, None]), "ip_usd", "ideas_share"), "country")
    assert [row["ideas_share"] for row in rows] == [0.75, 0.25, None]


def test_shares_without_a_world_are_null() -> None:
    absent = table(year=[1999], world_value=[200])
    zero = table(year=[2023], world_value=[0])
    for world in (absent, zero):
        rows = rows_of(world_shares(countries(ip_usd=[60]), "ip_usd", "ideas_share", world), "country")
        assert rows[0]["ideas_share"] is None
    assert rows_of(world_shares(countries(ip_usd=[0]), "ip_usd", "s"), "country")[0]["s"] is None


def test_the_log_ratio_of_shares() -> None:
    gaps = rows_of(
        log_gap(
            countries(ideas_share=[0.30, 0.10, 0.0, 0.1, None], making_share=[0.10, 0.30, 0.1, 0.0, 0.1])
        ),
        "country",
    )
    assert gaps[0]["gap_log"] == pytest.approx(1.098612, abs=5e-7)
    assert gaps[1]["gap_log"] == pytest.approx(-1.098612, abs=5e-7)
    assert [gap["gap_log"] for gap in gaps[2:]] == [None] * 3
    assert [gap["gap_log_note"] and gap["gap_log_note"].split(":")[0] for gap in gaps] == [
        None,
        None,
        "zero_share",
        "zero_share",
        "not_covered",
    ]


def test_the_gap_in_standard_deviations() -> None:
    # Ideas 1, 2, 3: mean 2, sd sqrt(2/3). Making 6, 0, 0: mean 2, sd sqrt(8).
    gaps = rows_of(z_gap(countries(ideas_ratio=[1, 2, 3, None], making_ratio=[6, 0, 0, 9])), "country")
    assert gaps[0]["ideas_z"] == pytest.approx(-math.sqrt(1.5), rel=EXACT)
    assert gaps[0]["making_z"] == pytest.approx(math.sqrt(2), rel=EXACT)
    assert gaps[0]["gap_z"] == pytest.approx(-math.sqrt(1.5) - math.sqrt(2), rel=EXACT)
    assert gaps[2]["gap_z"] == pytest.approx(math.sqrt(1.5) + math.sqrt(0.5), rel=EXACT)
    assert sum(gap["gap_z"] for gap in gaps[:3]) == pytest.approx(0, abs=EXACT)
    assert gaps[3]["gap_z"] is None
    assert gaps[3]["gap_z_note"].startswith("not_covered")
    assert [gap["countries"] for gap in gaps] == [3] * 4


@pytest.mark.parametrize(
    ("ideas", "making", "reason"),
    [
        ([1.0, 2.0], [1.0, 2.0], "too_few_countries"),
        ([1.0, 2.0, None], [1.0, 2.0, 3.0], "too_few_countries"),
        ([0.1, 0.1, 0.1], [1.0, 2.0, 3.0], "degenerate"),
        ([1.0, 2.0, 3.0], [0.0, 0.0, 0.0], "degenerate"),
    ],
)
def test_a_spread_that_compares_nothing(ideas: list[float | None], making: list[float], reason: str) -> None:
    gaps = rows_of(z_gap(countries(ideas_ratio=ideas, making_ratio=making)), "country")
    assert [gap["gap_z"] for gap in gaps] == [None] * len(ideas)
    assert gaps[0]["gap_z_note"].startswith(reason)


def test_years_are_not_mixed() -> None:
    both = table(
        country=list("ABCABC"),
        year=[2022] * 3 + [2023] * 3,
        ideas_ratio=[1.0, 2.0, 3.0, 30.0, 20.0, 10.0],
        making_ratio=[1.0, 2.0, 3.0, 10.0, 20.0, 30.0],
    )
    gaps = rows_of(z_gap(both), "year", "country")
    assert [gap["gap_z"] for gap in gaps[:3]] == pytest.approx([0.0, 0.0, 0.0], abs=EXACT)
    assert gaps[3]["gap_z"] == pytest.approx(2 * math.sqrt(1.5), rel=EXACT)


def test_the_gap_in_places() -> None:
    ranked = rank_gap(
        countries(ideas_share=[0.4, 0.2, 0.2, 0.1, None], making_share=[0.1, 0.3, 0.2, 0.4, 0.9])
    )
    gaps = rows_of(ranked, "country")
    assert [gap["ideas_rank"] for gap in gaps] == [1, 2.5, 2.5, 4, None]
    assert [gap["making_rank"] for gap in gaps] == [4, 2, 3, 1, None]
    assert [gap["gap_rank"] for gap in gaps] == [3, -0.5, 0.5, -3, None]
    assert gaps[4]["gap_rank_note"].startswith("not_covered")


def test_two_countries_are_not_ranked() -> None:
    gaps = rows_of(rank_gap(countries(ideas_share=[0.4, 0.2], making_share=[0.1, 0.3])), "country")
    assert [gap["gap_rank"] for gap in gaps] == [None, None]
    assert gaps[0]["gap_rank_note"].startswith("too_few_countries")


def gaps_of(log: list[Any], z: list[Any], rank: list[Any]) -> ibis.Table:
    return countries(gap_log=log, gap_z=z, gap_rank=rank)


def test_a_stable_place_does_not_depend_on_the_normalisation() -> None:
    places = place_stability(gaps_of([2.0, 1.0, 0.0, 5.0], [9.0, 1.0, 2.0, None], [3.0, 1.0, 0.0, 9.0]))
    found = rows_of(places, "country")
    assert [row["place_log"] for row in found] == [1, 2, 3, None]
    assert [row["place_z"] for row in found] == [1, 3, 2, None]
    assert [row["place_spread"] for row in found] == [0, 1, 1, None]
    assert [row["place_best"] for row in found] == [1, 2, 2, None]
    assert [row["place_worst"] for row in found] == [1, 3, 3, None]
    assert found[3]["note"].startswith("not_covered")
    assert "gap_log" not in found[0]


def test_agreement_of_normalisations_is_a_rank_correlation() -> None:
    places = place_stability(gaps_of([3.0, 2.0, 1.0], [30.0, 20.0, 10.0], [1.0, 2.0, 3.0]))
    agreement = {(row["first"], row["second"]): row for row in rows_of(place_agreement(places), "first")}
    assert agreement["log", "z"]["rank_correlation"] == pytest.approx(1.0, rel=EXACT)
    assert agreement["log", "rank"]["rank_correlation"] == pytest.approx(-1.0, rel=EXACT)
    assert agreement["z", "rank"]["countries"] == 3


def test_agreement_needs_three_countries_that_differ() -> None:
    two = place_stability(gaps_of([3.0, 2.0], [3.0, 2.0], [3.0, 2.0]))
    equal = place_stability(gaps_of([1.0, 1.0, 1.0], [3.0, 2.0, 1.0], [3.0, 2.0, 1.0]))
    assert all(
        row["rank_correlation"] is None and row["note"].startswith("too_few_countries")
        for row in rows_of(place_agreement(two), "first")
    )
    by_pair = {(row["first"], row["second"]): row for row in rows_of(place_agreement(equal), "first")}
    assert by_pair["log", "z"]["rank_correlation"] is None
    assert by_pair["log", "z"]["note"].startswith("degenerate")
    assert by_pair["z", "rank"]["rank_correlation"] == pytest.approx(1.0, rel=EXACT)


def industry(**columns: list[Any]) -> ibis.Table:
    count = len(columns["value_added_usd"])
    return table(country=["A"] * count, industry=list("xyzuvw"[:count]), year=[2020] * count, **columns)


def test_a_location_quotient_compares_weights() -> None:
    world = table(
        industry=list("xyzuv"),
        year=[2020] * 5,
        world_value_added_usd=[119, 0, 10, 10, None],
        world_gdp_usd=[1000, 1000, 1000, 0, 1000],
    )
    rows = rows_of(
        location_quotient(
            industry(value_added_usd=[12, 12, None, 12, 12, 12], gdp_usd=[100, 100, 100, 100, 100, 100]),
            world,
        ),
        "industry",
    )
    by_industry = {row["industry"]: row for row in rows}
    assert by_industry["x"]["location_quotient"] == pytest.approx((12 / 100) / (119 / 1000), rel=EXACT)
    assert by_industry["x"]["note"] is None
    reasons = {name: row["note"].split(":")[0] for name, row in by_industry.items() if row["note"]}
    assert reasons == {
        "y": "zero_denominator",
        "z": "not_covered",
        "u": "zero_denominator",
        "v": "not_covered",
        "w": "not_covered",
    }
    assert all(by_industry[name]["location_quotient"] is None for name in reasons)


def test_an_industry_without_value_added_has_a_quotient_of_zero() -> None:
    world = table(industry=["x"], year=[2020], world_value_added_usd=[119], world_gdp_usd=[1000])
    rows = rows_of(location_quotient(industry(value_added_usd=[0], gdp_usd=[100]), world), "industry")
    assert rows[0]["location_quotient"] == 0
    negative = rows_of(location_quotient(industry(value_added_usd=[1], gdp_usd=[-100]), world), "industry")
    assert negative[0]["location_quotient"] is None


def test_an_intensity_needs_a_whole_above_zero() -> None:
    rows = rows_of(
        intensity(
            countries(rd=[20, 20, 20, None], va=[100, 0, -5, 100]), part="rd", whole="va", name="rd_ratio"
        ),
        "country",
    )
    assert [row["rd_ratio"] for row in rows] == [0.2, None, None, None]
    assert [row["rd_ratio_note"] and row["rd_ratio_note"].split(":")[0] for row in rows] == [
        None,
        "zero_denominator",
        "negative_denominator",
        "not_covered",
    ]
