"""The partial-equilibrium model behind the questions: joined suppliers, what adds up, what is refused."""

import numpy as np
import pytest

from techbalance.errors import NotCoveredError, ParameterError, SchemaError, UnknownCodeError
from techbalance.models.partial_equilibrium import Market, Policy, add_home_variety, solve_partial_equilibrium
from techbalance.models.uncertainty import Sample
from techbalance.questions.parameters.whatif_scenario import Scenario, Shock
from techbalance.questions.whatif.assumptions import (
    DEMAND,
    DOMESTIC,
    HOME_SUPPLY,
    SUPPLY,
    market_assumptions,
    supply_of,
)
from techbalance.questions.whatif.outcomes import central_sample
from techbalance.questions.whatif.partial import Markets, run_partial
from techbalance.questions.whatif.partial_figures import Reading

SAME = 1e-9
"""Joined and single suppliers solve the same equations; relative to the imports of the group."""
EXACT = 1e-13
"""Together and alone the same sums are formed, in blocks of another length."""
CHINA = {"kind": "tariff", "partner": "CHN", "group": "05", "add": "25%"}


def assumed_for(levers, store, **given):
    places = np.flatnonzero(levers.products_hit)
    codes = [levers.imports.products[place] for place in places]
    groups = [levers.imports.product_groups[place] for place in places]
    return market_assumptions(
        Scenario(shock=(Shock(**CHINA),), assumptions=given).assumptions, store, codes, groups
    )


def test_suppliers_that_nothing_touches_move_as_if_each_had_its_own_row(levers_for, tb):
    _, levers, _ = levers_for(CHINA)
    assumed = assumed_for(levers, tb.store)
    reading = Reading(Markets(levers, assumed), ("partner",))
    sample = central_sample(assumed.parameters)
    (found,) = reading.read([sample])
    by_partner = {
        one.part: value
        for one, value in zip(reading.outcomes(), found, strict=True)
        if (one.name, one.level) == ("imports", "partner")
    }

    imports = levers.imports
    rows = np.flatnonzero(levers.products_hit[imports.product_place])
    market = Market(
        tuple(imports.product[row] for row in rows),
        tuple(imports.partner[row] for row in rows),
        imports.value_usd[rows],
        sigma=np.array(sample.number("sigma")),
        demand_elasticity=np.array(sample.number(DEMAND)),
        supply_elasticity=np.array(supply_of(sample, SUPPLY)),
        valuation="customs",
    )
    market = add_home_variety(
        market,
        sample.number(DOMESTIC),
        supply_elasticity=supply_of(sample, HOME_SUPPLY),
        tariff_base=levers.tariff_base[rows],
    )
    homes = np.zeros(market.value_usd.size - rows.size)
    solved = solve_partial_equilibrium(
        market,
        Policy(
            tariff_base=np.concatenate([levers.tariff_base[rows], homes]),
            tariff_new=np.concatenate([levers.tariff_new[rows], homes]),
        ),
    )
    scale = imports.value_usd[rows].sum()
    whole = solved.by_supplier()
    for partner, new, old in zip(whole.suppliers, whole.value_new_usd, whole.value_base_usd, strict=True):
        if partner != "home":
            assert by_partner[partner] == pytest.approx(new - old, abs=SAME * scale), partner
    welfare = dict(zip([one.name for one in reading.outcomes()], found, strict=False))["welfare"]
    assert welfare == pytest.approx(solved.by_product.welfare_usd.sum(), abs=SAME * scale)


def test_draws_solved_together_are_those_solved_alone(levers_for, tb):
    _, levers, _ = levers_for(CHINA, {"kind": "quota", "partner": "VNM", "group": "05", "keep": "0.9"})
    assumed = assumed_for(levers, tb.store)
    reading = Reading(Markets(levers, assumed), ("partner", "group", "product"))
    centre = central_sample(assumed.parameters).values
    # In the third and the fifth nothing is made at home, so their markets have other rows.
    samples = [
        Sample({**centre, DOMESTIC: np.array([share]), DEMAND: np.array([demand])})
        for share, demand in ((0.2, -0.5), (0.6, -1.0), (0.0, -1.0), (0.4, -2.0), (0.0, -0.7))
    ]
    together = reading.read(samples)
    alone = np.concatenate([reading.read([one]) for one in samples])
    np.testing.assert_allclose(together, alone, rtol=EXACT, atol=0)
    assert len({row.tobytes() for row in together}) == len(samples)


@pytest.mark.parametrize(
    "shocks",
    [
        [CHINA],
        [{"kind": "quota", "partner": "CHN", "group": "05", "keep": "0.5"}],
        [
            {"kind": "subsidy", "group": "05", "rate": "10%"},
            {"kind": "capacity", "group": "05", "change": "20%"},
        ],
        [
            {"kind": "trade-cost", "partner": "CHN", "group": "05", "change": "10%"},
            {**CHINA, "partner": "VNM"},
        ],
    ],
)
def test_accounts_of_every_draw_add_up(levers_for, tb, shocks):
    scenario, levers, _ = levers_for(*shocks)
    run = run_partial(
        scenario.model_copy(update={"draws": 5}), levers, tb.store, ("partner", "group", "product")
    )
    column = {(one.name, one.level): [] for one in run.outcomes}
    for place, one in enumerate(run.outcomes):
        column[one.name, one.level].append(run.sample[:, place])
    whole = {name: values[0] for (name, level), values in column.items() if level == "all"}
    gains = whole["consumer_surplus"] + whole["revenue"] + whole["producer_surplus_home"]
    gains = gains - whole.get("subsidy_cost", 0) + whole.get("quota_rent", 0)
    scale = levers.imports.value_usd.sum()
    np.testing.assert_allclose(whole["welfare"], gains, atol=SAME * scale)
    for level in ("partner", "group", "product"):
        np.testing.assert_allclose(sum(column["imports", level]), whole["imports"], atol=SAME * scale)
    np.testing.assert_array_equal(
        np.stack(column["balance", "partner"]), -np.stack(column["imports", "partner"])
    )


def test_a_tariff_starts_from_the_duty_collected_in_the_year(levers_for, imports):
    _, levers, _ = levers_for({**CHINA, "add": None, "rate": "25%"})
    rows = levers.touched
    assert set(np.array(imports.partner)[rows]) == {"CHN"}
    np.testing.assert_array_equal(levers.tariff_base, imports.duty_usd / imports.value_usd)
    assert (levers.tariff_new[rows] == 0.25).all()
    assert "goes from" in levers.words()[0]


def test_a_rate_to_start_from_takes_the_place_of_what_was_collected(levers_for):
    _, levers, _ = levers_for({**CHINA, "from_rate": "2%"})
    rows = levers.touched
    np.testing.assert_allclose(levers.tariff_base[rows], 0.02)
    np.testing.assert_allclose(levers.tariff_new[rows], 0.27)


def test_tariffs_add_up_but_two_rates_for_one_row_are_refused(levers_for):
    rate = {"kind": "tariff", "partner": "CHN", "group": "05", "rate": "25%"}
    _, levers, _ = levers_for(rate, {**CHINA, "product": "8542"})
    top = levers.tariff_new[levers.touched]
    assert set(np.round(top, 12)) == {0.25, 0.5}
    with pytest.raises(ParameterError, match="two tariffs"):
        levers_for(rate, {**rate, "group": None, "product": "8542"})


def test_a_cut_is_called_one(levers_for):
    _, levers, _ = levers_for({"kind": "tariff", "partner": "CHN", "rate": "0"})
    assert "it falls on" in levers.words()[0]


def test_a_schedule_is_typed_in_as_announced(levers_for, tmp_path):
    file = tmp_path / "annex.csv"
    file.write_text("code,partner,rate\n8541.43.00,CHN,50%\n8542.31,CHN,0.4\n0101.21,CHN,10%\n")
    _, levers, _ = levers_for({"kind": "tariff", "schedule": str(file)})
    codes = {code[:6] for code, hit in zip(levers.imports.product, levers.touched, strict=True) if hit}
    assert codes == {"854143", "854231"}
    assert "010121" in levers.notes[0]
    for text, says in (
        ("code,rate\n8541,abc\n", "line 2"),
        ("code,rat\n8541,1\n", "Did you mean 'rate'"),
        ("code\n8541\n", "one of rate and add"),
        ("code,add\n12345678,1%\n", "no product code begins"),
        ("code,add\n8541,-100%\n", "above -1"),
    ):
        file.write_text(text)
        with pytest.raises(SchemaError, match=says):
            levers_for({"kind": "tariff", "schedule": str(file)})


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"partner": "CHX"}, UnknownCodeError),
        ({"product": "12345678"}, UnknownCodeError),
        ({"group": None, "product": "010121"}, NotCoveredError),
        ({"group": None, "list": "nowhere.csv"}, UnknownCodeError),
        ({"group": "01", "partner": "AND"}, NotCoveredError),
    ],
)
def test_what_nobody_knows_and_what_is_not_held_are_told_apart(levers_for, more, error):
    with pytest.raises(error):
        levers_for({**CHINA, **more})


def test_a_subsidy_without_home_makers_is_refused(levers_for, tb):
    _, levers, _ = levers_for({"kind": "subsidy", "group": "05", "rate": "10%"})
    scenario = Scenario(shock=(Shock(kind="subsidy", rate="10%"),), assumptions={"domestic_share": "0"})
    with pytest.raises(ParameterError, match="domestic_share"):
        run_partial(scenario, levers, tb.store, ())


def test_without_outside_data_the_ranges_are_declared_with_their_reasons(levers_for, tb):
    _, levers, _ = levers_for(CHINA)
    assumed = assumed_for(levers, tb.store)
    notes = " ".join(assumed.notes)
    assert "Fontagné" in notes
    assert "elasticity_protee_hs6.csv" in notes
    assert "no table of industries is held" in notes
    assert assumed.source == "declared range 2.5:6:14"


@pytest.mark.usefixtures("with_data")
def test_with_outside_data_sources_are_alternatives_and_steps_are_counted(levers_for, tb):
    _, levers, _ = levers_for(CHINA)
    assumed = assumed_for(levers, tb.store)
    notes = " ".join(assumed.notes)
    assert assumed.source == "protee / broda-weinstein"
    assert "by their six-digit heading" in notes
    assert "stand-ins" in notes
    assert "WIOD 2013 of 2011" in notes
    sample = central_sample(assumed.parameters)
    share = sample.vector(DOMESTIC)
    assert share.size == levers.products_hit.sum()
    assert ((share > 0) & (share < 1)).all()


def test_a_file_of_the_users_gives_its_own_elasticities(levers_for, tb, tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("code,theta,se\n8542,4,1\n85,3,\n")
    _, levers, _ = levers_for({**CHINA, "product": "8542"})
    assumed = assumed_for(levers, tb.store, sources=str(file))
    sample = central_sample(assumed.parameters)
    np.testing.assert_allclose(assumed.sigma(sample, int(levers.products_hit.sum())), 5.0)
    file.write_text("code,theta\n8542,-4\n")
    with pytest.raises(SchemaError, match="line 2, column theta"):
        assumed_for(levers, tb.store, sources=str(file))
