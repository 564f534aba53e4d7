"""Results other people published, recomputed from their data."""

import csv
import gzip
import json

import numpy as np
import pytest

from techbalance.models.exact_hat import OneSectorShock, OneSectorWorld, solve_exact_hat
from techbalance.models.gains import gains_by_sector
from techbalance.models.multi_sector import (
    FIRST_ORDER,
    INTEGRATED,
    MultiSectorShock,
    MultiSectorWorld,
    first_order_welfare,
    integrated_welfare,
    solve_base,
    solve_multi_sector,
)

SINGLE_PRECISION = 1e-6
"""The expected welfare figures were stored in single precision; their file says so."""
TRADE_DIGITS = 2e-6
"""The same for trade flows, relative; the expected file reached 1.7e-6."""
SIX_DECIMALS = 1e-6
"""Percent figures are given with six decimals; half of the last one, doubled for our own rounding."""
TWO_DECIMALS = 0.0051
"""Half of the last printed digit of the published table, as its file states."""
CLEARED = 1e-10
"""The project's bar for market clearing."""
NAFTA = ("Canada", "Mexico", "USA")


@pytest.fixture(scope="module")
def enlargement(shared_data):
    folder = shared_data / "models"
    arrays = np.load(folder / "dek_wiod44.npz", allow_pickle=False)
    expected = json.loads((folder / "dek_expected.json").read_text(encoding="utf-8"))
    year = list(arrays["years"]).index(expected["year"])
    world = OneSectorWorld(tuple(arrays["countries"]), arrays["trade"][year], expected["theta"])
    effect = expected["beta"] * arrays["new_eu_pair_2000"]
    shock = OneSectorShock(trade_cost_hat=np.exp(-effect / expected["theta"]))
    with gzip.open(folder / "dek_expected_trade_2000.csv.gz", "rt", encoding="utf-8") as text:
        trade = list(csv.DictReader(text))
    return world, shock, expected, trade


@pytest.mark.parametrize(("closure", "column"), [("additive", "X_eu"), ("multiplicative", "X_mult")])
def test_enlargement_of_the_european_union(enlargement, closure, column):
    world, shock, expected, trade = enlargement
    solved = solve_exact_hat(world, shock, closure=closure)
    published = [expected[f"welfare_{closure}"][country] for country in solved.countries]
    np.testing.assert_allclose(solved.welfare_hat, published, atol=SINGLE_PRECISION)
    assert solved.residual < CLEARED
    position = {country: place for place, country in enumerate(solved.countries)}
    assert len(trade) == len(position) ** 2
    for row in trade:
        ours = solved.trade_usd[position[row["exporter"]], position[row["importer"]]]
        assert ours == pytest.approx(float(row[column]), rel=TRADE_DIGITS)


@pytest.fixture(scope="module")
def nafta(shared_data):
    folder = shared_data / "models"
    arrays = np.load(folder / "cp2015_nafta.npz", allow_pickle=False)
    world = MultiSectorWorld(
        tuple(arrays["regions"]),
        tuple(arrays["sectors"]),
        arrays["trade"],
        arrays["tariff_base"],
        arrays["intermediate"],
        arrays["final_consumption"],
        arrays["value_added"],
        arrays["theta"],
    )
    expected = json.loads((folder / "cp2015_expected.json").read_text(encoding="utf-8"))
    return world, MultiSectorShock(tariff_new=arrays["tariff_new"]), expected


@pytest.fixture(scope="module")
def nafta_solved(nafta):
    world, shock, _ = nafta
    solved = {}
    for deficits in ("removed", "kept"):
        base = solve_base(world, deficits)
        result = solve_multi_sector(base, shock)
        solved[deficits] = base, result, first_order_welfare(base, result)
    return solved


def test_the_data_are_taken_as_they_are(nafta):
    world, _, _ = nafta
    notes = {note.reason: note for note in world.notes}
    assert notes["negative_cell"].labels == ("Other used by Basic metals in Canada",)
    assert len(notes["zero_own_share"].labels) == 26
    assert world.imbalance_ratio < 1e-6


@pytest.mark.parametrize(
    ("deficits", "block"),
    [
        ("removed", "recomputed_zero_aggregate_deficits_pct"),
        ("kept", "recomputed_deficits_kept_pct"),
    ],
)
@pytest.mark.parametrize("country", NAFTA)
def test_tariff_cuts_of_the_north_american_agreement(nafta, nafta_solved, deficits, block, country):
    world, _, expected = nafta
    base, result, first_order = nafta_solved[deficits]
    place = world.regions.index(country)
    ours = {
        "exact_real_income_pct": result.real_income_hat[place] - 1,
        "real_wage_pct": result.real_wage_hat[place] - 1,
        "first_order_tot_pct": first_order.terms_of_trade[place],
        "first_order_vot_pct": first_order.volume_of_trade[place],
        "first_order_total_pct": first_order.total[place],
        "tariff_revenue_share_of_income_base_pct": base.revenue_usd[place] / base.income_usd[place],
        "tariff_revenue_share_of_income_new_pct": result.revenue_usd[place] / result.income_usd[place],
    }
    for name, value in ours.items():
        assert 100 * value == pytest.approx(expected[block][country][name], abs=SIX_DECIMALS), name
    assert max(base.residual, result.residual) < CLEARED
    assert (result.deficits, first_order.label) == (deficits, FIRST_ORDER)


@pytest.mark.parametrize("country", NAFTA)
def test_published_table_is_the_first_order_and_not_the_exact_figure(nafta, nafta_solved, country):
    world, _, expected = nafta
    _, result, first_order = nafta_solved["removed"]
    place = world.regions.index(country)
    printed = expected["published_table2_pct"][country]
    assert 100 * first_order.total[place] == pytest.approx(printed["total"], abs=TWO_DECIMALS)
    assert 100 * first_order.terms_of_trade[place] == pytest.approx(
        printed["terms_of_trade"], abs=TWO_DECIMALS
    )
    assert 100 * first_order.volume_of_trade[place] == pytest.approx(
        printed["volume_of_trade"], abs=TWO_DECIMALS
    )
    assert 100 * (result.real_wage_hat[place] - 1) == pytest.approx(printed["real_wage"], abs=TWO_DECIMALS)
    if country == "Mexico":
        assert 100 * (result.real_income_hat[place] - 1) == pytest.approx(0.0073, abs=5e-5)


def test_mexico_in_one_line(nafta, nafta_solved):
    """Real income is the real wage times what tariff revenue does to the wage part of income."""
    world, _, _ = nafta
    base, result, _ = nafta_solved["removed"]
    place = world.regions.index("Mexico")
    before = 1 - base.revenue_usd[place] / base.income_usd[place]
    after = 1 - result.revenue_usd[place] / result.income_usd[place]
    by_hand = result.real_wage_hat[place] * before / after
    assert result.real_income_hat[place] == pytest.approx(by_hand, rel=1e-12)


def test_decomposition_along_the_path_meets_the_exact_figure(nafta):
    """Eight steps suffice here; the error falls with their square, and forty are run in bench/."""
    world, shock, expected = nafta
    base = solve_base(world, "removed")
    decomposed, result = integrated_welfare(base, shock, steps=8)
    assert decomposed.label == INTEGRATED
    exact = np.log(result.real_income_hat)
    places = [world.regions.index(country) for country in NAFTA]
    np.testing.assert_allclose(decomposed.total[places], exact[places], atol=1e-4)
    tolerance = 1e-2
    for country, place in zip(NAFTA, places, strict=True):
        published = expected["path_integral_check"][country]
        assert 100 * decomposed.terms_of_trade[place] == pytest.approx(
            published["terms_of_trade"], abs=tolerance
        )
        assert 100 * exact[place] == pytest.approx(published["exact_log"], abs=1e-4)


def test_closing_a_region_to_trade_costs_what_the_formula_says(nafta):
    """Without own supply in a sector the loss is unbounded: the 26 cells of the data show up as masked."""
    world, _, _ = nafta
    base = solve_base(world, "removed")
    own = np.diagonal(base.import_share, axis1=1, axis2=2)
    found = gains_by_sector(
        own,
        world.final_share,
        world.theta,
        countries=world.regions,
        sectors=world.sectors,
        io_share=world.io_share,
    )
    bare = {
        label.split(" in ")[-1]
        for note in world.notes
        if note.reason == "zero_own_share"
        for label in note.labels
    }
    assert {name for name, lost in zip(world.regions, found.gain_ratio.mask, strict=True) if lost} <= bare
    assert found.gain_ratio.count() >= len(world.regions) - len(bare)
    assert 0 < found.gain_ratio[world.regions.index("USA")] < 1
