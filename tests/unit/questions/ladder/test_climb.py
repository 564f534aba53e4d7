"""One page of evidence: a climb that is known, one that is none, and what is not held."""

import pytest

from techbalance.errors import ParameterError, SchemaError, UnknownCodeError
from techbalance.questions.drawing import figure_of

# Answers keep twelve digits.
STEADY = 1e-11
QUANTITY = ("relative unit value", "unit-value rank", "dear niches", "cheap niches")


def page(answer):
    return {row["evidence"]: row for row in answer.rows()}


def test_a_known_climb_reads_as_one(tb, climbing, incomes):
    found = page(tb.climb(partner="AAA", panel=str(climbing), against="DDD", income=str(incomes)))
    assert {name: found[name]["reads"] for name in QUANTITY} == dict.fromkeys(QUANTITY, "for")
    assert found["two-way trade"]["reads"] == "for"
    assert found["unit-value rank"]["from_measure"] == 0
    assert found["unit-value rank"]["to_measure"] == 1
    assert found["cheap niches"]["change_measure"] == -1
    assert found["market share"]["reads"] == "scale"
    entered = found["products entered"]
    assert "1 products entered, 1 left, 5 stayed; 1 codes began, 0 ended" in entered["note"]
    assert found["quality"]["note"].startswith("no_elasticity")
    assert found["final goods"]["note"].startswith("not_covered")
    assert found["value added at home"]["note"].startswith("not_covered")
    assert (found["processing trade"]["reads"], found["processing trade"]["to_measure"]) == ("caveat", None)
    assert found["processing trade"]["note"].startswith("processing_unknown")
    assert {row["evidence_level"] for row in found.values() if row["period"]} == {"table of yours"}


def test_the_reverse_reads_against(tb, climbing, incomes):
    found = page(tb.climb(partner="BBB", panel=str(climbing), against="DDD", income=str(incomes)))
    assert {name: found[name]["reads"] for name in QUANTITY} == dict.fromkeys(QUANTITY, "against")
    assert found["two-way trade"]["note"] == "not_covered: exports to BBB are not held"
    assert found["two-way trade"]["reads"] is None


def test_for_comes_before_against_and_the_summary_counts_them(tb, climbing, incomes):
    answer = tb.climb(partner="AAA", panel=str(climbing), against="DDD", income=str(incomes))
    order = ["for", "against", "even", "scale", None, "caveat"]
    places = [order.index(row["reads"]) for row in answer.rows()]
    assert places == sorted(places)
    (summary,) = [note for note in answer.notes if note.startswith("For: ")]
    for row in answer.rows():
        if row["reads"] in ("for", "against"):
            assert row["evidence"] in summary
    assert any(note.startswith("Caveat: ") for note in answer.notes)


def test_stages_and_quality_when_they_are_brought(tb, climbing, tmp_path):
    stages = tmp_path / "stages.csv"
    stages.write_text("code,group\n85423100,parts\n8542310007,final\n", "utf-8")
    sigma = tmp_path / "sigma.csv"
    sigma.write_text("code,sigma\n8542,4\n", "utf-8")
    given = {"panel": str(climbing), "stages": str(stages), "elasticities": str(sigma), "against": "DDD"}
    found = page(tb.climb(partner="AAA", **given))
    assert found["final goods"]["from_measure"] == 0
    assert found["final goods"]["reads"] == "for"
    assert found["quality"]["reads"] == "for"
    stages.write_text("code,group\n8542,middle\n", "utf-8")
    with pytest.raises(SchemaError, match="parts and final"):
        tb.climb(partner="AAA", **given)


def test_products_say_what_was_entered_and_where_the_unit_value_stands(tb, climbing):
    rows = {row["product"]: row for row in tb.climb(partner="AAA", panel=str(climbing), products=True).rows()}
    assert rows["8542310007"]["stayed"] == "entered"
    assert rows["8542310000"]["stayed"] == "left"
    assert rows["8542310001"]["stayed"] == "new code"
    stayed = rows["8542310004"]
    assert (stayed["from_uv_rank"], stayed["to_uv_rank"]) == (4, 1)
    assert (stayed["from_uv_position"], stayed["to_uv_position"]) == (0, 1)
    assert abs(stayed["from_relative_unit_value"] - 5 / 11) < STEADY
    assert abs(stayed["to_relative_unit_value"] - 40 / 11) < STEADY
    assert stayed["to_usd"] == 40 * 104
    share = 40 * 104 / (40 * 104 + 8 * 50 + 10 * 80 + 12 * 90)
    assert abs(stayed["to_market_share"] - share) < STEADY


def test_the_record_alone_says_what_it_cannot(tb, monkeypatch, tmp_path):
    monkeypatch.setenv("TECHBALANCE_DATA", str(tmp_path))
    answer = tb.climb(partner="VNM", group="04")
    found = page(answer)
    assert found["market share"]["period"] == "2024:2025"
    assert found["market share"]["evidence_level"] == "ten-digit record"
    assert found["market share"]["to_measure"] > found["market share"]["from_measure"]
    for name in QUANTITY:
        assert found[name]["to_measure"] is None
        assert found[name]["note"].startswith("not_covered: ")
        assert found[name]["evidence_level"] == "HS6 with quantities"
    assert answer.source_ids


def test_each_level_has_its_own_years(tb, shared_data, monkeypatch):
    monkeypatch.setenv("TECHBALANCE_DATA", str(shared_data))
    found = page(tb.climb(partner="CHN", group="04", to=2025))
    assert found["similarity"]["period"] == "2024:2025"
    assert found["unit-value rank"]["period"] == "2015:2025"
    assert found["two-way trade"]["to_measure"] is not None
    laptops = tb.climb(partner="VNM", products=True, from_=2017, top=5).rows()
    assert {row["product"]: round((row["to_usd"] or 0) / 1e9, 1) for row in laptops}["847130"] == 30.3
    assert "not_covered: VNM is not held for 2017; ten-digit record: 2024 to 2025" in {
        row["note"] for row in laptops
    }


def test_what_is_no_climb_of_one_country_is_refused(tb, climbing):
    with pytest.raises(UnknownCodeError):
        tb.climb(partner="Atlantis", panel=str(climbing))
    with pytest.raises(ParameterError, match="one country"):
        tb.climb(partner="AAA,BBB", panel=str(climbing))
    with pytest.raises(ParameterError, match="not before"):
        tb.climb(partner="AAA", panel=str(climbing), from_=2024, to=2015)
    with pytest.raises(ParameterError, match="one year"):
        tb.climb(partner="AAA", panel=str(climbing), to="2015:2016")
    with pytest.raises(ParameterError, match="against"):
        tb.climb(partner="AAA", panel=str(climbing), against="BBB,CCC")


def test_a_year_that_is_not_there_leaves_nulls_with_the_reason(tb, climbing):
    answer = tb.climb(partner="AAA", panel=str(climbing), from_=2001)
    assert answer.exit_code == 5
    assert page(answer)["market share"]["note"] == (
        "not_covered: AAA is not held for 2001; table of yours: 2015 to 2024"
    )


def test_the_chart_sets_rank_against_share_and_counts_all_products(tb, climbing):
    figure = figure_of(tb.climb(partner="AAA", panel=str(climbing), against="DDD"))
    assert (
        figure.title
        == "AAA became dearer against other suppliers in 5 of 5 products, 100% of sales, from 2015 to 2024"
    )
    assert figure.table.num_rows == 7
    assert "a table of the user's own" in figure.subtitle
    assert figure.svg() == figure.svg()
