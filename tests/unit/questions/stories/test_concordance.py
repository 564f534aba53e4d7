"""``concordance``: families from lists, notices and trade, and weights within them."""

import pytest

from techbalance.errors import NotCoveredError, ParameterError, SchemaError
from techbalance.questions.parameters.stories import CONCORDANCE

NOTICES = """old,new,effective
8507.60.0020,8507.60.0030,2026-02-01
8507600020,8507600090,2026-02-01
8541400000,8541420000,2022
"""
LISTS = """year,code
2021,8541400000
2021,1111110000
2021,2222220000
2022,8541410000
2022,8541420000
2022,1111110000
"""


@pytest.fixture
def written(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_notices_make_families_of_their_years(record, written):
    (row,) = record.concordance(notices=written("n.csv", NOTICES), **{"from": 2025, "to": 2026}).rows()
    assert row["family"] == "8507600020"
    assert row["family_kind"] == "split"
    assert (row["old_codes"], row["new_codes"]) == ("8507600020", "8507600030 8507600090")
    assert row["link_basis"] == "notice"
    assert row["family_size"] == 3


def test_lists_of_two_years_are_compared(record, written):
    answer = record.concordance(lists=written("l.csv", LISTS))
    rows = {row["family"]: row for row in answer.rows()}
    assert {name: row["family_kind"] for name, row in rows.items()} == {
        "2222220000": "died",
        "8541400000": "died",
        "8541410000": "born",
        "8541420000": "born",
    }
    assert rows["2222220000"]["note"].startswith("where its goods went is not known")


def test_notices_settle_what_lists_leave_open(record, written):
    answer = record.concordance(
        lists=written("l.csv", LISTS),
        notices=written(
            "n.csv", "old,new,effective\n8541400000,8541410000,2022\n8541400000,8541420000,2022\n"
        ),
    )
    kinds = {row["family"]: row["family_kind"] for row in answer.rows()}
    assert kinds == {"2222220000": "died", "8541400000": "split"}


def test_unchanged_codes_are_shown_when_asked_for(record, written):
    lists = written("l.csv", LISTS)
    rows = record.concordance(lists=lists, unchanged=True).rows()
    assert "1111110000" in {row["family"] for row in rows}


def test_the_record_compares_what_was_traded_and_says_that_it_guesses(record):
    answer = record.concordance(**{"from": 2024, "to": 2025})
    wafers = next(row for row in answer.rows() if row["family"].startswith("3818"))
    assert wafers["family_kind"] == "split"
    assert wafers["link_basis"] == "parent8"
    assert any("guesses" in note for note in answer.notes)
    assert any("not told from one that ended" in note for note in answer.notes)


def test_weights_of_the_record_add_to_one_within_their_band(record):
    rows = record.concordance(**{"from": 2024, "to": 2025}, product="3818", weights=True).rows()
    assert sum(row["weight"] for row in rows) == pytest.approx(1)
    assert all(row["weight_low"] <= row["weight"] <= row["weight_high"] for row in rows)
    assert all(0 < row["heldout_error"] < 1 for row in rows)


def panel_of(rows):
    return "year,exporter,importer,product,value_usd\n" + "\n".join(",".join(map(str, row)) for row in rows)


def test_weights_of_a_panel_are_the_known_ones(record, written):
    rows = []
    for partner, usd in (("CHN", 100), ("MEX", 40)):
        for year in (2020, 2021):
            rows.append((year, partner, "USA", "854140", usd))
        for year in (2022, 2023):
            rows += [(year, partner, "USA", "854142", usd * 1.2), (year, partner, "USA", "854149", usd * 0.8)]
    answer = record.concordance(
        panel=written("p.csv", panel_of(rows)),
        notices=written("n.csv", "old,new,effective\n854140,854142,2022\n854140,854149,2022\n"),
        weights=True,
        **{"from": 2021, "to": 2022},
    )
    found = answer.rows()
    assert [row["new_code"] for row in found] == ["854142", "854149"]
    assert [row["weight"] for row in found] == pytest.approx([0.6, 0.4])
    # Two suppliers in the years beside the switch, and in those beside them.
    assert found[0]["observations"] == 4
    assert found[0]["heldout_error"] == pytest.approx(0, abs=1e-8)


def test_weights_without_trade_are_null_with_the_reason(record, written):
    answer = record.concordance(notices=written("n.csv", NOTICES), weights=True, **{"from": 2025, "to": 2026})
    assert [row["weight"] for row in answer.rows()] == [None, None]
    assert all(row["note"].startswith("no_trade") for row in answer.rows())


def test_nothing_changed_is_said(record, written):
    (row,) = record.concordance(
        lists=written("l.csv", "year,code\n2021,1111110000\n2022,1111110000\n")
    ).rows()
    assert row["note"] == "no_match: no family of codes changed"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("old,new\n8507600020,8507600030\n", "lacks the column 'effective'"),
        ("old,new,effective\n8507600020,8507600030,soon\n", "line 2, column effective"),
        ("old,new,effective\n850,8507600030,2026\n", "line 2, column old"),
        ("old,new,effective\n8507600020,8507600030\n", "2 values under 3 heads"),
        ("old,new,effective\n", "no rows"),
        ("", "lacks the column 'old'"),
    ],
)
def test_bad_notices_are_refused_with_their_line(record, written, text, says):
    with pytest.raises(SchemaError, match=says):
        record.concordance(notices=written("n.csv", text), **{"from": 2025, "to": 2026})


def test_bad_lists_are_refused_with_their_line(record, written):
    with pytest.raises(SchemaError, match="line 3"):
        record.concordance(lists=written("l.csv", "year,code\n2021,1111110000\n21,1111110000\n"))


def test_years_not_held_name_what_is(record):
    with pytest.raises(NotCoveredError, match="2022, 2024, 2025"):
        record.concordance(**{"from": 2012, "to": 2025})
    with pytest.raises(NotCoveredError, match="one year only"):
        record.concordance(flow="export")


@pytest.mark.parametrize(
    "given", [{"from": "2020:2021"}, {"from": "2022", "to": "2021"}, {"reporter": "DEU"}]
)
def test_what_cannot_be_asked_is_refused(given):
    with pytest.raises(ParameterError):
        CONCORDANCE.params.read(given)
