"""``story``: values by the codes of the time, bands, breaks, shares, and what is not held."""

import csv

import pytest

from techbalance.errors import NotCoveredError, ParameterError, UnknownCodeError
from techbalance.questions.drawing import figure_of
from techbalance.questions.parameters.stories import STORY


def by_place(answer):
    return {(row["period"], row["partner"]): row for row in answer.rows()}


def test_values_are_those_of_the_codes_of_the_time(small):
    rows = by_place(small.story(name="solar"))
    assert {key: row["value_usd"] for key, row in rows.items() if key[1] == "CHN"} == {
        ("2020", "CHN"): 100,
        ("2021", "CHN"): 200,
        ("2022", "CHN"): 30,
        ("2023", "CHN"): 36,
    }
    assert [rows[year, "CHN"]["system"] for year in ("2020", "2021", "2022")] == [
        "HS2017",
        "HS2017",
        "HS2022",
    ]


def test_a_held_partner_without_the_code_sold_nothing_and_one_not_held_is_unknown(small):
    rows = by_place(small.story(name="solar"))
    assert rows["2020", "MEX"]["value_usd"] == 0
    assert rows["2021", "MEX"]["value_usd"] is None
    assert rows["2021", "MEX"]["note"] == "not_covered: MEX not held for 2021"


def test_the_break_is_told_once_where_it_is(small):
    answer = small.story(name="solar", partner="CHN")
    notes = {row["period"]: row["break_note"] for row in answer.rows()}
    assert notes.pop("2022").startswith("break in 2022: 8541.40 was divided")
    assert set(notes.values()) == {None}
    assert answer.notes[0].startswith("Break in 2022: 8541.40 was divided")


def test_years_on_one_side_have_no_break(small):
    assert not any(row["break_note"] for row in small.story(name="solar", year="2022:2023").rows())


def test_a_year_left_out_between_does_not_hide_the_break(small):
    params = {"name": "solar", "partner": "CHN"}
    assert small.story(**params, year="2020:2023").rows()[2]["break_note"]
    assert small.story(**params, year="2021:2022").rows()[1]["break_note"]


def test_the_family_is_comparable_across_the_break(small):
    rows = by_place(small.story(name="solar"))
    assert [rows[year, "CHN"]["comparable_usd"] for year in ("2020", "2021", "2022", "2023")] == [
        100, 200, 300, 300,
    ]  # fmt: skip
    assert all(row["comparable_usd"] is None for row in small.story(name="displays").rows())


def test_what_was_the_product_is_a_band_before_the_break_and_exact_after(small):
    rows = by_place(small.story(name="solar"))
    early, late = rows["2021", "CHN"], rows["2022", "CHN"]
    assert 0 <= early["product_low_usd"] <= 20 <= early["product_high_usd"] < 200
    assert late["product_low_usd"] == late["product_high_usd"] == late["value_usd"]


def test_further_back_than_two_years_only_the_value_bounds_it(small, tmp_path):
    from tests.unit.questions.stories.conftest import ROWS, write_file

    write_file(tmp_path / "data", [*ROWS, (2019, "CHN", "M", "H5", "854140", 100, 100, "u", 50, 10)])
    row = by_place(small.story(name="solar"))["2019", "CHN"]
    assert (row["product_low_usd"], row["product_high_usd"]) == (0, 100)


def test_shares_are_of_the_partners_held_throughout_and_say_so(small):
    answer = small.story(name="solar", year="2022:2023")
    rows = by_place(answer)
    assert rows["2022", "CHN"]["held_share"] == pytest.approx(30 / 110)
    assert sum(rows["2022", one]["held_share"] for one in ("CHN", "TWN", "MEX")) == pytest.approx(1)
    assert rows["2022", "CHN"]["share"] is None
    assert rows["2022", "CHN"]["note"].startswith("not_covered: no share of all")
    assert any("CHN + MEX + TWN" in note for note in answer.notes)


def test_a_unit_value_needs_one_unit_and_says_how_much_it_covers(small):
    rows = by_place(small.story(name="solar"))
    first, mixed, none = rows["2022", "CHN"], rows["2023", "CHN"], rows["2022", "TWN"]
    assert (first["unit_value"], first["quantity_unit"], first["quantity_share"]) == (2, "u", 1)
    assert mixed["unit_value"] is None
    assert "unit_differs: quantities are in kg and u" in mixed["note"]
    assert none["unit_value"] is None
    assert "not_covered: no quantity is held" in none["note"]


def test_unit_values_by_weight_are_of_one_unit(small):
    row = by_place(small.story(name="solar", quantity="weight"))["2023", "CHN"]
    assert (row["unit_value"], row["quantity_unit"]) == (36 / 8, "kg")


def test_quantities_that_were_made_up_are_left_out(small, tmp_path):
    from tests.unit.questions.stories.conftest import write_file

    write_file(
        tmp_path / "data",
        [
            (2022, "CHN", "M", "H6", "850760", 40_000_000, 1, "u", 3_000, 1_000_000),
            (2022, "MEX", "M", "H6", "850760", 8_000_000, 1, "u", 4_000, 200_000),
        ],
    )
    by_weight = small.story(name="batteries", quantity="weight").rows()
    assert [row["unit_value"] for row in by_weight] == [None, None]
    assert by_place(small.story(name="batteries"))["2022", "MEX"]["unit_value"] == 2000


def test_parts_add_to_the_story(small):
    parts = ["cells", "modules"]
    by_part = small.story(name="solar", part=parts, by="partner,part", year=2022, partner="CHN").rows()
    assert [(row["part"], row["value_usd"]) for row in by_part] == [("cells", 10), ("modules", 20)]
    (whole,) = small.story(name="solar", part=parts, year=2022, partner="CHN").rows()
    assert whole["value_usd"] == 30


def test_a_part_that_cannot_be_told_from_others_is_null_with_the_year(small):
    (row,) = small.story(name="solar", part="cells", year=2021, partner="CHN").rows()
    assert row["value_usd"] is None
    assert row["note"].endswith("before 2022")


def test_valuations_are_told_apart(small):
    notes = " ".join(small.story(name="solar").notes)
    assert "Values are c.i.f." in notes
    assert "those of TWN are customs value" in notes


def test_exports_are_to_the_partners_in_the_file(small):
    (row,) = small.story(name="solar", flow="export").rows()
    assert (row["period"], row["partner"], row["value_usd"]) == ("2023", "CHN", 5)


def test_an_area_is_one_row_and_needs_all_its_members(small):
    (row,) = small.story(name="solar", partner="ASEAN", year=2022).rows()
    assert row["partner"] == "ASEAN"
    assert row["note"].startswith("not_covered: ")


def test_a_drawing_breaks_its_lines(small):
    figure = figure_of(small.story(name="solar"))
    assert "lines end where the codes change to other goods (2022)" in figure.subtitle
    assert "c.i.f." in figure.subtitle


# ---- the record


def test_the_record_answers_offline_with_shares_of_all(record):
    answer = record.story(name="solar")
    rows = by_place(answer)
    for year in ("2024", "2025"):
        parts = [row["value_usd"] for key, row in rows.items() if key[0] == year and key[1] != "WORLD"]
        assert sum(parts) == rows[year, "WORLD"]["value_usd"]
        assert rows[year, "WORLD"]["share"] == 1
    assert rows["2024", "VNM"]["product_low_usd"] == rows["2024", "VNM"]["value_usd"]
    assert answer.exit_code == 0
    assert answer.source_ids


def test_what_is_off_the_list_is_not_held_and_the_way_to_it_is_named(record):
    answer = record.story(name="batteries")
    assert [row["value_usd"] for row in answer.rows()] == [None, None]
    assert all(row["note"].startswith("not_covered: lithium-ion batteries") for row in answer.rows())
    assert any("8507.60" in note and "panel" in note for note in answer.notes)
    assert answer.exit_code == 5


def test_a_story_held_in_part_says_of_what(record):
    row = by_place(record.story(name="semiconductors"))["2025", "TWN"]
    assert row["value_usd"] > 10**10
    assert "partial: of diodes, transistors, crystals and parts only products on the list" in row["note"]


def test_an_area_in_the_record_is_the_sum_of_its_members(record):
    area, *members = record.story(
        name="solar", year=2025, partner="ASEAN,BRN,KHM,IDN,LAO,MYS,MMR,PHL,SGP,THA,VNM"
    ).rows()
    assert area["partner"] == "ASEAN"
    assert area["value_usd"] == sum(row["value_usd"] for row in members)


def test_a_year_not_held_is_null(record):
    answer = record.story(name="solar", year=2015, partner="CHN")
    assert answer.rows()[0]["note"] == "not_covered: CHN not held for 2015"
    assert answer.exit_code == 5


def test_exports_by_product_are_not_held(record):
    answer = record.story(name="solar", flow="export")
    assert [row["note"] for row in answer.rows()] == [
        "not_covered: exports by product and partner are not held"
    ]
    assert answer.exit_code == 5


def test_the_world_can_be_asked_for(record):
    (row,) = record.story(name="solar", year=2025, partner="world").rows()
    assert row["value_usd"] == record.story(name="solar", year=2025).rows()[-1]["value_usd"]
    assert row["share"] == 1


def test_a_day_before_the_first_vintage_is_said(record):
    answer = record.story(name="solar", as_of="2020")
    assert answer.rows()
    assert all(row["note"].startswith("no_vintage_that_early") for row in answer.rows())
    assert answer.exit_code == 5


def test_a_day_is_asked_of_what_has_vintages(small):
    answer = small.story(name="solar", as_of="2026-12")
    assert {row["period"] for row in answer.rows()} == {"2024", "2025"}
    assert answer.source_ids


def test_the_world_of_a_few_partners_is_not_known(small):
    (row,) = small.story(name="solar", partner="world", year=2022).rows()
    assert row["value_usd"] is None
    assert row["note"].startswith("not_covered")


def test_the_file_asked_for_and_not_there_is_named(record):
    with pytest.raises(NotCoveredError, match="six-digit product"):
        record.story(name="solar", data="hs6")


def test_traces_lead_to_the_bytes(record):
    assert any(row["step"] == "source" for row in record.trace(what="story?name=solar&year=2025").rows())


# ---- a panel


@pytest.fixture
def panel(tmp_path):
    path = tmp_path / "panel.csv"
    rows = [
        (2010, "CHN", "DEU", "850780", 100),
        (2010, "JPN", "DEU", "850780", 50),
        (2013, "CHN", "DEU", "850760", 70),
        (2013, "CHN", "DEU", "850750", 20),
        (2013, "CHN", "DEU", "850780", 10),
        (2013, "JPN", "DEU", "850760", 30),
        (2013, "KOR", "DEU", "010121", 30),
    ]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["year", "exporter", "importer", "product", "value_usd"])
        writer.writerows(rows)
    return str(path)


def test_a_panel_of_another_reporter_answers(record, panel):
    rows = by_place(record.story(name="batteries", panel=panel, reporter="DEU"))
    assert rows["2010", "CHN"]["share"] == pytest.approx(100 / 150)
    assert rows["2013", "CHN"]["value_usd"] == 70
    assert rows["2013", "CHN"]["break_note"].startswith("break in 2012")
    assert rows["2013", "WORLD"]["value_usd"] == 100


def test_a_code_missing_from_a_panel_is_unknown_and_no_zero(record, panel):
    rows = by_place(record.story(name="batteries", panel=panel, reporter="DEU", partner="KOR", year=2013))
    assert rows["2013", "KOR"]["value_usd"] is None
    assert rows["2013", "KOR"]["note"].startswith("not_covered: the panel has no row")


def test_a_panel_of_one_revision_keeps_its_codes(record, panel):
    rows = by_place(
        record.story(name="batteries", panel=panel, reporter="DEU", year="2010:2013", revision="H3")
    )
    assert {row["system"] for row in rows.values()} == {"HS2007"}
    assert rows["2013", "CHN"]["value_usd"] == 10
    assert not any(row["break_note"] for row in rows.values())


# ---- parameters


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"name": "batery"}, UnknownCodeError, "'batteries'"),
        ({"name": "computers", "part": "laptop"}, UnknownCodeError, "'laptops'"),
        ({"name": "solar", "reporter": "DEU"}, ParameterError, "Add a panel"),
        ({"name": "solar", "revision": "HS2012"}, ParameterError, "Add a panel"),
        ({"name": "solar", "revision": "HS2011", "panel": "x"}, UnknownCodeError, "HS2012"),
        ({"name": "solar", "panel": "x", "data": "trade"}, ParameterError, "panel"),
        ({"name": "solar", "data": "hs6", "as_of": "2025"}, ParameterError, "as_of"),
        ({"name": "solar", "data": "trade", "quantity": "weight"}, ParameterError, "quantity"),
    ],
)
def test_what_cannot_be_asked_is_refused(given, error, says):
    with pytest.raises(error, match=says):
        STORY.params.read(given)


def test_names_are_read_in_any_case():
    assert str(STORY.params.read({"name": "Solar"}).name) == "solar"
