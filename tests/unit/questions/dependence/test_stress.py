"""Stress as a question: it adds up, it is monotone, it refuses, and it says what it assumes."""

import pytest

from techbalance.cli.main import run
from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError

ATP_2025 = 965_992_564_633
FROM_CHINA = 61_726_312_083
# Of the formula by hand, in double precision.
ROUNDING = 1e-12
# Parts of dollars are rounded product by product, and there are 631.
ROUNDED = 316


def adds_up(row):
    return (
        row["loss_usd"] == row["recovered_usd"] + row["shortfall_usd"]
        and row["loss_usd"] == row["recovered_high_usd"] + row["shortfall_low_usd"]
    )


def test_losing_china_loses_what_china_sold(tb):
    whole, *_ = tb.stress(without="CHN").rows()
    assert (whole["imports_usd"], whole["loss_usd"]) == (ATP_2025, FROM_CHINA)
    assert whole["lost_share"] == pytest.approx(FROM_CHINA / ATP_2025, abs=ROUNDING)
    assert whole["capacity_basis"] == "exports to us"
    assert whole["capacity"] == "0.05 to 0.5"


@pytest.mark.parametrize(
    "given", [{"without": "CHN"}, {"without": "EU27", "share": 0.3, "concept": "consumption"}]
)
def test_every_row_adds_up_and_so_do_products_groups_and_the_whole(tb, given):
    rows = tb.stress(level="all,group,product", **given).rows()
    assert all(adds_up(row) for row in rows)
    for column in ("loss_usd", "recovered_usd", "shortfall_usd", "shortfall_low_usd"):
        sums = {
            level: sum(row[column] for row in rows if row["level"] == level)
            for level in ("all", "group", "product")
        }
        assert len(set(sums.values())) == 1
    assert rows[-1]["product"] == "-"


def test_products_come_in_order_of_what_hurts_most(tb):
    rows = tb.stress(without="TWN", level="product", top=10).rows()
    assert len(rows) == 11
    short = [row["shortfall_usd"] for row in rows[:-1]]
    assert short == sorted(short, reverse=True)


def test_a_larger_share_or_a_smaller_capacity_never_hurts_less(tb):
    shares = [tb.stress(without="MEX", share=one, level="all").rows()[0] for one in (0, 0.25, 0.5, 1)]
    assert [row["loss_usd"] for row in shares] == sorted(row["loss_usd"] for row in shares)
    assert [row["shortfall_usd"] for row in shares] == sorted(row["shortfall_usd"] for row in shares)
    assert shares[0]["loss_usd"] == 0
    by_capacity = [
        tb.stress(without="MEX", capacity=one, level="all").rows()[0]["shortfall_usd"] for one in (0, 0.2, 1)
    ]
    assert by_capacity == sorted(by_capacity, reverse=True)
    assert by_capacity[0] == shares[-1]["loss_usd"]


def test_one_capacity_gives_one_figure(tb):
    (row,) = tb.stress(without="CHN", capacity=0.2, level="all").rows()
    assert row["shortfall_usd"] == row["shortfall_low_usd"]
    assert row["capacity"] == "0.2"


def test_stages_hold_until_they_are_restated(tb):
    rows = tb.stress(stages="CHN=0.5;CHN=1,Korea, South=0.3;CHN=0", level="all").rows()
    assert [row["stage"] for row in rows] == [1, 2, 3]
    korea = tb.stress(without="KOR", share=0.3, level="all").rows()[0]["loss_usd"]
    assert rows[0]["loss_usd"] == pytest.approx(FROM_CHINA / 2, abs=ROUNDED)
    assert rows[1]["loss_usd"] == pytest.approx(FROM_CHINA + korea, abs=ROUNDED)
    assert rows[2]["loss_usd"] == korea


def test_the_worst_case_is_a_stress_of_its_suppliers_and_proven(tb):
    worst = tb.stress(worst=3, level="all")
    (row,) = worst.rows()
    assert row["is_exact"] is True
    assert row["bound_usd"] == row["shortfall_usd"]
    named = tb.stress(without=row["without"], level="all").rows()[0]
    assert (named["loss_usd"], named["shortfall_usd"]) == (row["loss_usd"], row["shortfall_usd"])
    assert any("Proven" in note for note in worst.notes)


def test_the_worst_case_among_some_is_one_of_them_and_by_loss_the_largest(tb):
    (row,) = tb.stress(worst=1, among="EU27", harm="loss", level="all").rows()
    assert row["without"] == "IRL"


def test_without_outside_data_there_is_no_price_effect_and_the_note_says_what_is_needed(tb):
    rows = tb.stress(without="CHN", level="all,group,product").rows()
    assert {row["price_effect"] for row in rows} == {None}
    assert all("elasticity_protee_hs6.csv" in row["note"] for row in rows if row.get("product") != "-")


def test_a_users_elasticities_give_the_effect_of_the_formula(tb, tmp_path):
    from math import log

    path = tmp_path / "mine.csv"
    path.write_text("code,sigma\n" + "".join(f"{chapter:02},4\n" for chapter in range(1, 99)))
    rows = tb.stress(without="CHN", elasticities=str(path), level="product", top=3).rows()
    for row in rows[:-1]:
        expected = -log(1 - row["lost_share"]) / 3
        for name in ("price_effect", "price_effect_low", "price_effect_high"):
            assert row[name] == pytest.approx(expected, rel=1e-9)
        assert row["sigma_from"].endswith("parent-2")


def test_errors_of_a_users_estimates_make_a_range(tb, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("code,sigma,se\n" + "".join(f"{chapter:02},4,1\n" for chapter in range(1, 99)))
    row = tb.stress(without="CHN", elasticities=str(path), level="product", top=1).rows()[0]
    assert row["price_effect_low"] < row["price_effect"] < row["price_effect_high"]


def test_a_sigma_near_one_is_capped_and_said_so(tb, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("code,sigma\n85,1.01\n84,4\n")
    answer = tb.stress(without="CHN", elasticities=str(path), level="all,product", group="04")
    products = {row["product"]: row for row in answer.rows()[1:-1]}
    assert products["8517130000"]["price_effect"] is None
    assert "elasticity_near_one" in products["8517130000"]["note"]
    assert products["8471300100"]["price_effect"] > 0
    assert any("capped" in note and "lower bound" in note for note in answer.notes)


def test_a_group_of_which_nothing_lost_has_an_elasticity_has_no_effect(tb, tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("code,sigma\n01,4\n")
    (row,) = tb.stress(without="CHN", elasticities=str(path), level="all").rows()
    assert row["price_effect"] is None
    assert "no_price_effect" in row["note"]


def test_published_elasticities_are_drawn_from_every_source_and_the_seed_decides(outside):
    first = outside.stress(without="CHN", draws=200, level="all,product", top=3)
    again = outside.stress(without="CHN", draws=200, level="all,product", top=3)
    other = outside.stress(without="CHN", draws=200, seed=2, level="all,product", top=3)
    assert first.rows() == again.rows()
    assert first.rows() != other.rows()
    whole = first.rows()[0]
    assert whole["price_effect_low"] < whole["price_effect"] < whole["price_effect_high"]
    assert whole["covered_share"] > 0.95
    assert all(name in first.rows()[1]["sigma_from"] for name in ("protee", "broda-weinstein", "hauk"))


def test_one_source_without_errors_says_that_there_is_no_range(outside):
    answer = outside.stress(without="CHN", elasticities="protee", level="all", draws=10)
    (row,) = answer.rows()
    assert row["price_effect_low"] == row["price_effect_high"]
    assert any("between sources" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({}, ParameterError, "without, stages, worst"),
        ({"without": "CHN", "worst": 2}, ParameterError, "one shock"),
        ({"without": "Chnia"}, UnknownCodeError, "Did you mean 'China'"),
        ({"without": "Xyzz", "year": 2020}, UnknownCodeError, "unknown partner"),
        ({"without": "EU27,DEU"}, ParameterError, "overlap"),
        ({"without": "WORLD"}, ParameterError, "Name countries"),
        ({"without": "CHN", "share": 1.5}, ParameterError, "outside 0 to 1"),
        ({"without": "CHN", "share": "-0.1"}, ParameterError, "outside 0 to 1"),
        ({"without": "CHN", "share": "half"}, ParameterError, "no number"),
        ({"without": "CHN", "capacity": "0.5:0.05"}, ParameterError, "Write 0.05:0.5"),
        ({"without": "CHN", "capacity": "2"}, ParameterError, "outside 0 to 1"),
        ({"without": "CHN", "capacity": "world"}, NotCoveredError, "bring a panel"),
        ({"without": "CHN", "year": "2024:2025"}, ParameterError, "one year"),
        ({"without": "CHN", "harm": "loss"}, ParameterError, "Add worst"),
        ({"without": "CHN", "elasticities": "protea"}, UnknownCodeError, "Did you mean 'protee'"),
        ({"without": "CHN", "elasticities": "hauk"}, NotCoveredError, "elasticity_hauk"),
        ({"stages": "CHN=2"}, ParameterError, "share of CHN"),
        ({"stages": "CHN"}, ParameterError, "stage 1"),
        ({"stages": "CHN=0.1,CHN=0.2"}, ParameterError, "twice"),
        ({"stages": "EU27=0.1,DEU=0.2"}, ParameterError, "overlap"),
        ({"stages": "CHN=0.1", "share": 0.5}, ParameterError, "Write it into the stages"),
        ({"worst": 3, "among": "CHN,VNM"}, ParameterError, "from 1 to 2"),
        ({"worst": 1, "share": 0}, ParameterError, "more than 0"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused_naming_what_can(tb, given, error, says):
    with pytest.raises(error, match=says):
        tb.stress(**given)


def test_a_partner_that_sold_nothing_loses_nothing_and_the_note_says_so(tb):
    answer = tb.stress(without="TUV", level="all")
    assert answer.rows()[0]["loss_usd"] == 0
    assert any("no_trade" in note for note in answer.notes)


def test_a_year_that_is_not_held_is_null_with_the_reason(tb):
    answer = tb.stress(without="CHN", year=2020)
    assert {row["loss_usd"] for row in answer.rows()} == {None}
    assert answer.exit_code == 5


def test_on_a_panel_the_capacity_can_be_a_share_of_exports_to_the_world(tb, panel, world):
    (row,) = tb.stress(panel=panel, without="CHN", capacity="world:0.1", product="850760", level="all").rows()
    sold = [
        one
        for one in world
        if one["year"] == 2023 and one["product"] == "850760" and one["exporter"] != one["importer"]
    ]
    lost = sum(one["value_usd"] for one in sold if (one["exporter"], one["importer"]) == ("CHN", "USA"))
    others = sum(one["value_usd"] for one in sold if one["exporter"] not in ("CHN", "USA"))
    assert row["loss_usd"] == lost
    assert row["recovered_usd"] == pytest.approx(0.1 * others, abs=1)
    assert row["capacity_basis"] == "exports to the world"


def test_losing_the_united_states_can_be_asked_for_another_reporter(tb, panel):
    (row,) = tb.stress(panel=panel, reporter="DEU", without="USA", level="all").rows()
    assert row["loss_usd"] > 0


def test_the_reference_asks_the_same_question_again(tb):
    answer = tb.stress(stages="CHN=0.5;Korea, South=1", level="all", capacity="0.1:0.3")
    assert tb.ask(answer.reference).rows() == answer.rows()


def test_a_stress_traces_to_the_rows_it_rests_on(tb):
    lines = tb.trace(what="stress?without=CHN&level=all", top=5).rows()
    assert sum(line["value_usd"] for line in lines if line["step"] == "row") == ATP_2025


def test_the_command_line_gives_the_same(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    monkeypatch.delenv("TECHBALANCE_DATA", raising=False)
    assert run(["stress", "--without", "CHN", "--without", "VNM", "--top", "4"]) == 0
    shown = capsys.readouterr()
    assert "Modelled" in shown.err
    assert max(map(len, shown.out.splitlines())) <= 100
