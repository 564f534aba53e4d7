"""Concentration and screens as a question: the record's figures, refusals, and what a row says."""

from pathlib import Path

import pytest

from techbalance.cli.main import run
from techbalance.errors import (
    NotCoveredError,
    ParameterError,
    SchemaError,
    TechbalanceError,
    UnknownCodeError,
)

# Answers are rounded to twelve decimals; a difference of two of them is off by two halves of the last.
ROUNDING = 1e-11
ONE_CRITERION = """
name = "majority"
title = "One supplier has most"
[[criteria]]
id = "TOP"
measure = "top_share"
comparator = ">="
threshold = 0.5
"""
WORLD_ONLY = ONE_CRITERION.replace('measure = "top_share"', 'measure = "hhi"\nside = "world"')


def by_hand(tb, product, concept="imports_usd"):
    """Shares of a product's suppliers from another question."""
    rows = tb.balance(by="partner", product=product, year=2025).rows()
    values = {row["partner"]: row[concept] for row in rows if row[concept]}
    return {partner: value / sum(values.values()) for partner, value in values.items()}


def test_the_index_of_the_largest_product_is_the_sum_of_squared_shares(tb):
    (row,) = tb.dependence(top=1).rows()
    shares = by_hand(tb, row["product"])
    assert row["product"] == "8471500150"
    assert row["hhi"] == pytest.approx(sum(one**2 for one in shares.values()), abs=ROUNDING)
    assert row["effective_suppliers"] == pytest.approx(1 / row["hhi"], abs=ROUNDING)
    assert (row["top_partner"], row["top_share"]) == (
        max(shares, key=shares.get),
        pytest.approx(max(shares.values()), abs=ROUNDING),
    )
    assert row["suppliers"] == len(shares)
    assert row["top3_share"] == pytest.approx(sum(sorted(shares.values())[-3:]), abs=ROUNDING)


def test_levels_add_up_to_the_published_imports(tb):
    rows = tb.dependence(level="product,group,all", year=2025, top=1000).rows()
    sums = {
        level: sum(row["imports_usd"] for row in rows if row["level"] == level)
        for level in ("product", "group", "all")
    }
    assert set(sums.values()) == {965_992_564_633}


def test_a_screen_that_cannot_be_judged_whole_has_no_flag_and_says_how_much_was(tb):
    rows = tb.dependence(screen="geodep", top=1000).rows()
    bought = [row for row in rows if row["imports_usd"]]
    assert {row["flag"] for row in bought} == {None}
    assert {row["criteria_met"] for row in bought} == {"0 of 1 judged", "1 of 1 judged"}
    assert {row["persistence"] for row in bought} == {
        f"{n} of {m} years" for m in (1, 2) for n in range(m + 1)
    }
    assert all("C2 not_covered" in row["note"] for row in bought)
    for row in bought:
        assert row["distance"] == pytest.approx(row["hhi"] - 0.4, abs=ROUNDING)
        assert ("C1" in row["flags"]) == (row["hhi"] > 0.4)


def test_persistence_looks_back_from_the_year_of_the_row(tb):
    rows = tb.dependence(year="2024:2025", level="group").rows()
    assert {(row["year"], row["persistence"][-7:]) for row in rows} == {(2024, "1 years"), (2025, "2 years")}


def test_a_users_screen_flags_what_it_says(tb, tmp_path):
    path = tmp_path / "majority.toml"
    path.write_text(ONE_CRITERION)
    rows = tb.dependence(screen=str(path), top=1000).rows()
    assert {row["flag"] for row in rows} == {True, False}
    assert all(row["flag"] == (row["top_share"] is not None and row["top_share"] >= 0.5) for row in rows)
    flagged = tb.dependence(screen=str(path), flagged=True, top=1000).rows()
    assert len(flagged) == sum(row["flag"] for row in rows)


def test_another_threshold_flags_fewer(tb):
    rows = tb.dependence(threshold={"C1": 0.9}, top=1000).rows()
    assert all(("C1" in row["flags"]) == (row["hhi"] > 0.9) for row in rows if row["imports_usd"])


def test_a_product_of_which_nothing_was_bought_has_no_index_and_raises_no_flag(tb):
    idle = [row for row in tb.dependence(top=1000).rows() if row["imports_usd"] == 0]
    assert idle
    for row in idle:
        assert (row["hhi"], row["top_partner"], row["flags"]) == (None, None, None)
        assert row["flag"] is not True
        assert "no_trade" in row["note"]


def test_criteria_are_rows_with_value_threshold_and_distance(tb):
    rows = tb.dependence(product="8471500150", criteria=True).rows()
    assert [row["criterion"] for row in rows] == ["C1", "C2", "C3"]
    first, second, third = rows
    assert first["distance"] == pytest.approx(first["value"] - first["threshold"], abs=ROUNDING)
    assert (second["is_met"], third["is_met"]) == (None, None)
    assert "world" in second["note"]


def test_friends_and_others_add_to_one_and_an_area_has_its_members_of_the_year(tb):
    rows = tb.dependence(level="all", year="2024:2025", friends="EU27,JPN,KOR").rows()
    assert all(row["friend_share"] + row["other_share"] == pytest.approx(1, abs=ROUNDING) for row in rows)
    shares = tb.rank(by="partner", year=2025, flow="import", partner="EU27,JPN,KOR").rows()
    total = tb.dependence(level="all", year=2025).rows()[0]["imports_usd"]
    named = sum(row["value_usd"] for row in shares) / total
    assert rows[-1]["friend_share"] == pytest.approx(named, abs=ROUNDING)


def test_a_users_own_group_of_friends_is_a_file(tb, tmp_path):
    path = tmp_path / "friends.txt"
    path.write_text("JPN  # ally\nKorea, South\n\n")
    (own,) = tb.dependence(level="all", friends=str(path)).rows()
    (named,) = tb.dependence(level="all", friends="JPN,KOR").rows()
    assert own["friend_share"] == named["friend_share"]


def test_only_rows_that_hang_on_a_partner(tb):
    rows = tb.dependence(on="TWN,KOR", top=1000).rows()
    assert {row["top_partner"] for row in rows} == {"TWN", "KOR"}


def test_shares_among_some_suppliers(tb):
    (row,) = tb.dependence(level="all", partner="USMCA").rows()
    assert row["suppliers"] == 2
    assert row["hhi"] >= 0.5


def test_imports_for_consumption_have_a_column_of_their_own_and_trace_to_their_rows(tb):
    answer = tb.dependence(level="all", concept="consumption")
    (row,) = answer.rows()
    assert "imports_usd" not in row
    traced = [line for line in tb.trace(what=answer.reference, top=100_000).rows() if line["step"] == "row"]
    assert sum(line["value_usd"] for line in traced) == row["consumption_usd"]


def test_a_users_list_has_its_own_groups_and_says_how_much_of_it_is_held(tb, tmp_path):
    path = tmp_path / "chips.csv"
    path.write_text("code,group,name\n8542,chips,\n85423100,processors,\n8471500150,servers,Servers\n")
    answer = tb.dependence(list=str(path), level="group,all")
    rows = {row["group"]: row for row in answer.rows()}
    assert set(rows) == {"chips", "processors", "servers", "all"}
    assert (
        sum(rows[name]["imports_usd"] for name in ("chips", "processors", "servers"))
        == rows["all"]["imports_usd"]
    )
    products = tb.dependence(list=str(path), top=1000).rows()
    placed = {row["product"]: row["group"] for row in products}
    assert all(
        group == ("processors" if code.startswith("85423100") else "chips")
        for code, group in placed.items()
        if code.startswith("8542")
    )
    assert any("ten-digit codes under it" in note for note in answer.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("code,colour\n8542,red\n", "no column for 'colour'"),
        ("hs\n8542\n", "needs a column 'code'"),
        ("code\n85x2\n", "'85x2' is not a product code"),
        ("code\n8542\n8542\n", "twice"),
        ("code\n", "empty"),
    ],
)
def test_a_list_that_is_none_is_refused_with_its_line(tb, tmp_path, text, says):
    path = tmp_path / "list.csv"
    path.write_text(text)
    with pytest.raises(SchemaError, match=says):
        tb.dependence(list=str(path))


@pytest.mark.parametrize(
    ("given", "error", "says"),
    [
        ({"partner": "Chna"}, UnknownCodeError, "Did you mean 'China'"),
        ({"partner": "EU27,DEU"}, ParameterError, "overlap"),
        ({"friends": "EU27,FRA"}, ParameterError, "overlap"),
        ({"on": "0003"}, ParameterError, "Name countries"),
        ({"screen": "geodepp"}, UnknownCodeError, "Did you mean 'geodep'"),
        ({"threshold": "C9=0.3"}, UnknownCodeError, "Known: C1, C2, C3"),
        ({"threshold": "C1=1.5"}, ParameterError, "between 0 and 1"),
        ({"threshold": "C1"}, ParameterError, "C1=0.3"),
        ({"single_point": 0}, ParameterError, "more than 0"),
        ({"single_point": "1.2"}, ParameterError, "outside 0 to 1"),
        ({"single_point": "nan"}, ParameterError, "outside 0 to 1"),
        ({"list": "nolist"}, UnknownCodeError, "CSV file with a column code"),
        ({"level": "partner"}, UnknownCodeError, "all, group, product"),
        ({"measure": "quantity"}, NotCoveredError, "bring a panel"),
        ({"reporter": "DEU"}, ParameterError, "Add a panel"),
        ({"colour": "red"}, UnknownCodeError, "unknown parameter"),
    ],
)
def test_a_question_that_cannot_be_put_is_refused_naming_what_can(tb, given, error, says):
    with pytest.raises(error, match=says):
        tb.dependence(**given)


def test_a_screen_on_data_that_are_not_held_names_what_can_be_judged(tb, tmp_path):
    path = tmp_path / "world.toml"
    path.write_text(WORLD_ONLY)
    with pytest.raises(NotCoveredError, match=r"exports of every country.*import hhi"):
        tb.dependence(screen=str(path))
    path.write_text(ONE_CRITERION + "\n[surprise]\n")
    with pytest.raises(SchemaError, match="unknown key 'surprise'"):
        tb.dependence(screen=str(path))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"year": 2019}, "held for 2024 to 2025"),
        ({"product": "0101"}, "not on the list"),
        ({"as_of": "2020"}, "no_vintage_that_early"),
        ({"threshold": {"C1": 1.0}, "flagged": True}, "no_match"),
    ],
)
def test_what_is_not_there_is_a_row_of_nulls_with_the_reason(tb, given, reason):
    answer = tb.dependence(**given)
    (row,) = answer.rows()
    assert row["hhi"] is None
    assert reason in row["note"]
    assert answer.exit_code == 5


def test_years_come_in_order_whether_held_or_not(tb):
    rows = tb.dependence(level="all", year="2023:2026").rows()
    assert [(row["year"], row["hhi"] is None) for row in rows] == [
        (2023, True),
        (2024, False),
        (2025, False),
        (2026, True),
    ]


def test_the_reference_asks_the_same_question_again(tb):
    answer = tb.dependence(level="group", threshold="C1=0.123456789", single_point=0.95, friends="JPN")
    again = tb.ask(answer.reference)
    assert again.rows() == answer.rows()
    assert again.answer_id == answer.answer_id
    assert "--single-point 0.95" in answer.command


@pytest.mark.parametrize(
    "words",
    [
        ["dependence", "--top", "8"],
        ["dependence", "--level", "group,all", "--friends", "EU27", "--format", "json"],
        ["dependence", "--product", "8542", "--criteria", "--format", "csv"],
    ],
)
def test_the_command_line_gives_the_same(words, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("TECHBALANCE_HOME", str(tmp_path))
    assert run(words) == 0
    shown = capsys.readouterr()
    assert shown.out
    assert "Screen geodep" in shown.err
    assert max(map(len, shown.out.splitlines())) <= 100 or "--format" in words


class TestPanel:
    def test_all_criteria_are_judged_on_a_world_panel(self, tb, panel, world):
        rows = {row["product"]: row for row in tb.dependence(panel=panel, screen="geodep").rows()}
        assert {row["criteria_met"][-11:] for row in rows.values()} == {"of 3 judged"}
        assert rows["850760"]["flag"] is True
        assert rows["850760"]["persistence"] == "3 of 3 years"
        bought = {
            row["exporter"]: row["value_usd"]
            for row in world
            if (row["year"], row["product"], row["importer"]) == (2023, "850760", "USA")
            and row["exporter"] != "USA"
        }
        total = sum(bought.values())
        assert rows["850760"]["imports_usd"] == total
        assert rows["850760"]["hhi"] == pytest.approx(
            sum((one / total) ** 2 for one in bought.values()), abs=ROUNDING
        )

    def test_penetration_rests_on_sales_at_home(self, tb, panel, world):
        rows = tb.dependence(panel=panel, screen="eu-single-country", product="850760", criteria=True).rows()
        found = next(row for row in rows if row["criterion"] == "penetration")
        latest = [row for row in world if row["year"] == 2023 and row["product"] == "850760"]
        bought = sum(
            row["value_usd"] for row in latest if row["importer"] == "USA" and row["exporter"] != "USA"
        )
        # Output less exports is what is sold at home.
        assert found["value"] == pytest.approx(bought / (500 + bought), abs=ROUNDING)

    def test_an_area_is_measured_on_what_comes_from_outside(self, tb, panel, world):
        rows = {
            row["product"]: row for row in tb.dependence(panel=panel, reporter="EU27", screen="eu").rows()
        }
        outside = [
            row["value_usd"]
            for row in world
            if row["year"] == 2023
            and row["product"] == "854231"
            and row["importer"] in ("DEU", "FRA")
            and row["exporter"] not in ("DEU", "FRA")
        ]
        assert rows["854231"]["imports_usd"] == sum(outside)
        assert rows["854231"]["suppliers"] == 4
        assert rows["850760"]["flag"] is True

    def test_the_united_states_are_a_supplier_of_others_and_none_of_their_own(self, tb, panel, world):
        rows = tb.dependence(panel=panel, reporter="DEU", friends="G7", product="854231").rows()
        bought = {
            row["exporter"]: row["value_usd"]
            for row in world
            if (row["year"], row["product"], row["importer"]) == (2023, "854231", "DEU")
            and row["exporter"] != "DEU"
        }
        share = (bought["USA"] + bought["FRA"]) / sum(bought.values())
        assert rows[0]["friend_share"] == pytest.approx(share, abs=ROUNDING)
        with pytest.raises(ParameterError, match="no supplier of its own"):
            tb.dependence(panel=panel, reporter="DEU", friends="DEU")

    def test_quantities_are_shared_out_where_the_panel_has_them(self, tb, panel):
        value = tb.dependence(panel=panel).rows()
        quantity = tb.dependence(panel=panel, measure="quantity").rows()
        assert [row["hhi"] for row in quantity] == pytest.approx([row["hhi"] for row in value], abs=ROUNDING)
        assert quantity[0]["quantity"] == value[0]["imports_usd"] / 2

    def test_groups_need_a_list(self, tb, panel, tmp_path):
        with pytest.raises(NotCoveredError, match="Add a list"):
            tb.dependence(panel=panel, level="group")
        path = tmp_path / "mine.csv"
        path.write_text("code,group\n8507,batteries\n85,electronics\n")
        rows = tb.dependence(panel=panel, list=str(path), level="group").rows()
        assert {row["group"] for row in rows} == {"batteries", "electronics"}

    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("year,exporter,importer,product\n2023,CHN,USA,850760\n", "lacks the column 'value_usd'"),
            ("year,exporter,importer,product,value_usd\n2023,CHN,USA,850760,much\n", "no value_usd"),
            ("year,exporter,importer,product,value_usd\n", "no rows"),
        ],
    )
    def test_a_file_that_is_no_panel_is_refused(self, tb, tmp_path, text, says):
        path = tmp_path / "panel.csv"
        path.write_text(text)
        with pytest.raises(SchemaError, match=says):
            tb.dependence(panel=str(path))

    def test_a_csv_keeps_leading_zeros(self, tb, tmp_path):
        path = tmp_path / "panel.csv"
        path.write_text(
            "year,exporter,importer,product,value_usd\n2023,CHN,USA,010121,3\n2023,DEU,USA,010121,1\n"
        )
        (row,) = tb.dependence(panel=str(path)).rows()
        assert (row["product"], row["hhi"]) == ("010121", 0.625)

    def test_a_world_total_among_exporters_is_not_counted(self, tb, tmp_path):
        path = tmp_path / "panel.csv"
        path.write_text(
            "year,exporter,importer,product,value_usd\n2023,CHN,USA,0101,3\n2023,WLD,USA,0101,4\n"
        )
        (row,) = tb.dependence(panel=str(path)).rows()
        assert row["hhi"] is None
        assert "total_among_partners" in row["note"]

    def test_no_such_file(self, tb):
        with pytest.raises(NotCoveredError, match="Parquet or CSV"):
            tb.dependence(panel="nothing.csv")


def test_no_error_of_a_library_leaks(tb, tmp_path):
    for name, content in (("a.parquet", b"no parquet"), ("b.csv", b"\xff\xfe\x00"), ("c.toml", b"\xff")):
        (Path(tmp_path) / name).write_bytes(content)
    for given in (
        {"panel": str(tmp_path / "a.parquet")},
        {"panel": str(tmp_path / "b.csv")},
        {"panel": str(tmp_path / "c.toml")},
        {"screen": str(tmp_path / "c.toml")},
        {"list": str(tmp_path / "c.toml")},
        {"friends": str(tmp_path / "c.toml")},
    ):
        with pytest.raises(TechbalanceError):
            tb.dependence(**given)
