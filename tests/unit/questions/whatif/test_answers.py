"""What-if answers as they are given: ranges first, everything named, repeatable, or refused."""

import json

import pytest

from techbalance.cli.main import run
from techbalance.errors import ConvergenceError, NotCoveredError, UnknownCodeError
from techbalance.questions.whatif import answering

ASKED = {"partner": "CHN", "add": "25%", "group": "05", "year": 2024, "draws": 9}
PERCENT = 1e-6
"""Percent figures of the expected files have six decimals."""
TWO_DECIMALS = 0.0051
"""Half of the last printed digit of the published table."""
SINGLE_PRECISION = 1e-6


@pytest.fixture(scope="module")
def tariff(tb):
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TECHBALANCE_DATA", raising=False)
        return tb.whatif_tariff(**ASKED)


def test_ranges_come_first_and_everything_is_named(tariff):
    names = tariff.arrow.column_names
    assert names[:5] == ["outcome", "part", "low", "central", "high"]
    for row in tariff.rows():
        assert row["low"] <= row["central"] <= row["high"], row
        assert row["modelled"] is True
        assert row["model"] == "partial"
        assert row["closure"] == "incomes fixed"
        assert row["elasticity_source"] == "declared range 2.5:6:14"
        assert row["unit"] in ("US dollars", "ratio")
    assert tariff.notes[0].startswith("Modelled, not measured")
    assert tariff.exit_code == 0


def test_every_assumption_is_printed(tariff):
    notes = " ".join(tariff.notes)
    for words in ("domestic share", "demand elasticity", "supply elasticity abroad", "at home", "sigma"):
        assert f"Assumed {words}" in notes or f"elasticity {words}" in notes
    assert "9 draws of partial, seed 1" in notes
    assert "the base rate is the duty collected" in notes


def test_without_their_data_world_models_are_left_out_by_name(tariff):
    left = [note for note in tariff.notes if note.startswith("Left out: the ")]
    assert [note.split()[3] for note in left] == ["one-sector", "multi-sector"]
    assert "dek_wiod44.npz" in left[0]


def test_prices_rise_where_a_tariff_falls_on_them_and_imports_fall(tariff):
    rows = {(row["outcome"], row["part"]): row for row in tariff.rows()}
    assert rows["price_paid_targeted", "all"]["low"] > 0
    assert rows["price_received_targeted", "all"]["high"] <= 0
    assert rows["imports", "CHN"]["high"] < 0
    assert rows["balance", "CHN"]["low"] == -rows["imports", "CHN"]["high"]
    assert rows["imports", "CHN"]["part_name"] == "China"
    assert rows["trade_diversion", "all"]["low"] >= 0


def test_same_seed_same_answer_another_seed_another(tb, tariff):
    assert tb.whatif_tariff(**ASKED).arrow.equals(tariff.arrow)
    assert not tb.whatif_tariff(**ASKED, seed=2).arrow.equals(tariff.arrow)


def test_a_file_written_from_options_gives_the_same_rows(tb, tariff, tmp_path):
    file = tmp_path / "s.toml"
    written = tb.whatif_tariff(**ASKED, write=str(file))
    assert written.reference == tariff.reference
    assert tb.whatif_run(file=str(file)).arrow.equals(tariff.arrow)


def test_python_and_command_line_give_the_same(tariff, tmp_path, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    out = tmp_path / "rows.json"
    words = [f"--{name}={value}" for name, value in ASKED.items()]
    assert run(["whatif", "tariff", *words, "--out", str(out)]) == 0
    assert json.loads(out.read_text()) == tariff.rows()


def test_the_central_case_alone_has_no_range(tb):
    answer = tb.whatif_tariff(**{**ASKED, "draws": 0})
    for row in answer.rows():
        assert row["low"] is None
        assert row["high"] is None
        assert row["central"] is not None
        assert "no_draws" in row["note"]


def test_a_tornado_lists_what_drives_the_answer_widest_first(tb):
    answer = tb.whatif_tariff(**ASKED, tornado="welfare")
    rows = answer.rows()
    assert len(rows) >= 4
    assert [row["swing"] for row in rows] == sorted((row["swing"] for row in rows), reverse=True)
    for row in rows:
        assert row["low"] <= row["central"] <= row["high"]
        assert row["parameter_source"]
    with pytest.raises(UnknownCodeError, match="Did you mean 'welfare'"):
        tb.whatif_tariff(**ASKED, tornado="welfar")
    (of_china,) = {row["outcome"] for row in tb.whatif_tariff(**ASKED, tornado="imports:CHN").rows()}
    assert of_china == "imports:CHN"


def test_nothing_that_changes_is_no_answer(tb):
    with pytest.raises(NotCoveredError, match="nothing changes"):
        tb.whatif_tariff(**{**ASKED, "add": 0})


def test_a_model_that_does_not_solve_is_never_silent(tb, monkeypatch, tmp_path):
    def broken(*_):
        raise ConvergenceError("the price index of a product was not found", residual=0.5, iterations=200)

    monkeypatch.setattr(answering, "run_partial", broken)
    with pytest.raises(ConvergenceError, match=r"residual 0.5"):
        tb.whatif_tariff(**ASKED)
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    assert run(["whatif", "tariff", "--add", "25%", "--model", "partial"]) == 3


def test_two_scenarios_are_told_apart_key_by_key(tb):
    rows = {
        row["key"]: (row["first"], row["second"])
        for row in tb.whatif_diff(first="nafta", second="eu-enlargement").rows()
    }
    assert rows["shock 1 name"] == ("nafta", "eu-enlargement")
    assert rows["models"] == ("multi-sector", "one-sector")
    (same,) = tb.whatif_diff(first="nafta", second="nafta").rows()
    assert "the same" in same["key"]


def test_an_answer_can_be_traced_to_the_imports_it_starts_from(tb, tariff):
    tables = {row["table"] for row in tb.trace(what=tariff.reference).rows()}
    assert "trade" in tables
    assert tariff.source_ids == ("census-hts10-2026-10",)


@pytest.mark.parametrize("question", ["whatif_subsidy", "whatif_quota", "whatif_trade_cost"])
def test_the_other_policies_answer_too(tb, question):
    more = {"whatif_subsidy": {"rate": "10%"}, "whatif_quota": {"keep": "0.5", "partner": "CHN"}}
    given = more.get(question, {"change": "10%", "partner": "CHN", "model": "partial"})
    answer = getattr(tb, question)(group="05", year=2024, draws=5, **given)
    rows = {row["outcome"]: row for row in answer.rows() if row["part"] == "all"}
    assert rows["welfare"]["central"] is not None
    assert {"whatif_subsidy": "subsidy_cost", "whatif_quota": "quota_rent"}.get(question, "revenue") in rows


class TestWithOutsideData:
    @pytest.fixture(autouse=True)
    def _data(self, with_data):
        pass

    def test_nafta_gives_the_published_table_and_the_exact_figures(self, tb, shared_data):
        rows = tb.whatif_run(file="nafta", top=31).rows()
        value = {(row["outcome"], row["part"]): 100 * row["central"] for row in rows}
        expected = json.loads((shared_data / "models" / "cp2015_expected.json").read_text("utf-8"))
        ours = expected["recomputed_zero_aggregate_deficits_pct"]
        for country, code in (("Canada", "CAN"), ("Mexico", "MEX"), ("USA", "USA")):
            assert value["real_income", code] == pytest.approx(
                ours[country]["exact_real_income_pct"], abs=PERCENT
            )
            assert value["first_order_welfare", code] == pytest.approx(
                ours[country]["first_order_total_pct"], abs=PERCENT
            )
            printed = expected["published_table2_pct"][country]
            assert value["first_order_welfare", code] == pytest.approx(printed["total"], abs=TWO_DECIMALS)
            assert value["terms_of_trade", code] == pytest.approx(printed["terms_of_trade"], abs=TWO_DECIMALS)
            assert value["volume_of_trade", code] == pytest.approx(
                printed["volume_of_trade"], abs=TWO_DECIMALS
            )
            assert value["real_wage", code] == pytest.approx(printed["real_wage"], abs=TWO_DECIMALS)
        labels = {row["outcome"]: row["note"] for row in rows}
        assert "exact change of real income" in labels["real_income"]
        assert "not the exact" in labels["first_order_welfare"]

    def test_enlargement_gives_the_published_welfare_in_both_closures(self, tb, shared_data, tmp_path):
        expected = json.loads((shared_data / "models" / "dek_expected.json").read_text("utf-8"))
        for closure in ("additive", "multiplicative"):
            file = tmp_path / f"{closure}.toml"
            file.write_text(
                'models = "one-sector"\ndraws = 0\n[[shock]]\nkind = "published"\nname = "eu-enlargement"\n'
                f'[closure]\none_sector = "{closure}"\n[assumptions]\ntheta = 4\n'
            )
            rows = tb.whatif_run(file=str(file), top=44).rows()
            welfare = {row["part"]: row["central"] + 1 for row in rows if row["outcome"] == "real_income"}
            for country, value in expected[f"welfare_{closure}"].items():
                assert welfare[country] == pytest.approx(value, abs=SINGLE_PRECISION), country

    def test_every_model_answers_and_the_choice_of_model_is_a_bar(self, tb):
        answer = tb.whatif_tariff(partner="CHN", add="25%", year=2024, draws=2, by="partner,group,sector")
        models = dict.fromkeys(row["model"] for row in answer.rows())
        assert list(models) == ["all models", "partial", "one-sector", "multi-sector"]
        bounds = [
            row for row in answer.rows() if row["model"] == "multi-sector" and row["part"] in ("04", "05")
        ]
        assert bounds
        for row in bounds:
            assert row["central"] is None
            assert row["low"] <= row["high"]
            assert "bounds over the sectors" in row["note"]
        outcomes = {row["outcome"] for row in answer.rows() if row["model"] == "multi-sector"}
        assert {"real_income", "first_order_welfare", "welfare"} <= outcomes
        tornado = tb.whatif_tariff(partner="CHN", add="25%", year=2024, draws=1, tornado="welfare").rows()
        assert tornado[0]["parameter"] == "model"
        assert {"deficits", "elasticity source"} <= {row["parameter"] for row in tornado}

    def test_the_other_country_can_answer_back_in_world_models_only(self, tb, tmp_path):
        file = tmp_path / "war.toml"
        head = 'year = 2024\nmodels = "partial,one-sector"\ndraws = 3\n'
        head += '[[shock]]\nkind = "tariff"\npartner = "CHN"\nadd = 0.25\n'
        back = '[[shock]]\nkind = "tariff"\nimporter = "CHN"\npartner = "USA"\nadd = 0.25\n'
        income = []
        for text in (head, head + back):
            file.write_text(text)
            answer = tb.whatif_run(file=str(file))
            income += [row["central"] for row in answer.rows() if row["outcome"] == "real_income"]
        assert income[1] < income[0]
        assert any("shock 2 is about imports of CHN" in note for note in answer.notes)

    def test_productivity_helps_who_gains_it(self, tb):
        rows = tb.whatif_productivity(country="USA", change="5%", draws=2, by="country").rows()
        for row in rows:
            if (row["outcome"], row["part"]) == ("real_income", "USA"):
                assert row["low"] > 0

    def test_gains_from_trade_are_losses_without_and_unbounded_is_said(self, tb):
        rows = tb.whatif_gains(country="USA,DEU,IRL,VNM", draws=5).rows()
        one = {row["part"]: row for row in rows if row["model"] == "one-sector"}
        assert one["IRL"]["central"] > one["DEU"]["central"] > one["USA"]["central"] > 0
        assert one["VNM"]["note"].startswith("not_covered")
        (ireland,) = [row for row in rows if row["model"] == "multi-sector" and row["part"] == "IRL"]
        assert ireland["central"] is None
        assert ireland["note"].startswith("unbounded")

    def test_the_end_of_an_agreement_costs_its_members(self, tb):
        pytest.importorskip("pyfixest")
        rows = tb.whatif_gravity(between="USA,CAN,MEX", change="end", draws=3, top=3).rows()
        income = {row["part"]: row["high"] for row in rows if row["outcome"] == "real_income"}
        assert set(income) == {"CAN", "MEX", "USA"}
        assert max(income.values()) < 0


def test_learning_is_called_a_thought_experiment_and_shows_where_it_pays(tb):
    answer = tb.whatif_learning(group="05", year=2024, draws=20)
    assert "thought experiment" in answer.notes[0]
    rows = {(row["outcome"], row["part"]): row for row in answer.rows()}
    assert 0 <= rows["pays_back", "all"]["central"] <= 1
    assert rows["break_even", "learning_rate"]["note"]
    never = tb.whatif_learning(
        group="05", year=2024, draws=5, learning_rate="0", spillover="0", cost_of_funds="0.5"
    )
    found = {row["outcome"]: row for row in never.rows()}
    assert found["pays_back"]["central"] == 0
    assert found["pay_back_year"]["central"] is None
    assert found["pay_back_year"]["note"].startswith("undefined")
