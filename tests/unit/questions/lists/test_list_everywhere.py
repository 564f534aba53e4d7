"""Does a list of the user's work wherever one can be named, and is it said what of it is not held?"""

from collections.abc import Callable
from pathlib import Path

import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.errors import ParameterError, SchemaError, UnknownCodeError
from tests.unit.questions.lists.conftest import member, put

# Laptops and some processors: each on the official list, so that the record holds them whole.
HELD = "code,group\n8471300100,laptops\n85423100,processors\n"
# Light-emitting diodes are not: the record has them in sums by partner only.
NOT_HELD = "code\n85414100\n"

Write = Callable[..., str]


def test_a_list_that_is_held_is_added_up(tb: TechBalance, a_list: Write):
    rows = tb.balance(by="group", year="2024:2025", list=a_list(HELD)).rows()
    assert [(row["year"], row["group"]) for row in rows] == [
        (2024, "laptops"),
        (2024, "processors"),
        (2025, "laptops"),
        (2025, "processors"),
    ]
    whole = tb.balance(by="product", year="2024:2025", product="8471300100,85423100").rows()
    assert sum(row["imports_usd"] for row in rows) == sum(row["imports_usd"] for row in whole)
    assert [row["group_name"] for row in rows] == [row["group"] for row in rows]


def test_a_list_that_is_not_held_is_null_with_the_reason(tb: TechBalance, a_list: Write):
    answer = tb.balance(year=2024, list=a_list(NOT_HELD))
    (row,) = answer.rows()
    assert row["imports_usd"] is None
    assert row["note"].startswith("not_covered: of the list mine, 0 of ")
    assert "ingest" in row["note"]
    assert answer.exit_code == 5


def test_rank_and_change_take_the_list(tb: TechBalance, a_list: Write):
    path = a_list(HELD)
    ranked = tb.rank(by="group", year=2025, flow="import", list=path).rows()
    assert [row["group"] for row in ranked] == ["laptops", "processors"]
    moved = tb.change(**{"from": 2024, "to": 2025, "by": "partner", "flow": "import", "list": path}).rows()
    total = tb.change(**{"from": 2024, "to": 2025, "flow": "import", "list": path}).rows()
    assert sum(row["change_usd"] for row in moved) == total[0]["change_usd"]
    (nothing,) = tb.rank(by="group", year=2025, flow="import", list=a_list(NOT_HELD)).rows()
    assert nothing["value_usd"] is None
    assert "not_covered: of the list mine" in nothing["note"]


def test_reconcile_says_that_nobody_publishes_its_total(tb: TechBalance, a_list: Write):
    answer = tb.reconcile(flow="import", year=2024, list=a_list(HELD))
    (row,) = answer.rows()
    whole = tb.balance(year=2024, list=a_list(HELD)).rows()[0]["imports_usd"]
    assert row["rebuilt_usd"] == row["exact_usd"] == whole
    assert (row["published_usd"], row["residual_usd"]) == (None, None)
    assert "nobody publishes" in row["note"]
    assert not answer.failed
    everything = tb.reconcile(flow="import", year=2024, series="goods_census").rows()[0]
    assert row["rebuilt_usd"] + row["not_atp_usd"] + row["undecided_usd"] == everything["rebuilt_usd"]


def test_reconcile_of_a_list_that_is_not_held_adds_nothing_up(tb: TechBalance, a_list: Write):
    (row,) = tb.reconcile(flow="import", year=2024, list=a_list(NOT_HELD)).rows()
    assert row["rebuilt_usd"] is None
    assert row["note"].startswith("not_covered: of the list mine")


@pytest.mark.parametrize("question", ["balance", "dependence"])
def test_official_groups_do_not_go_with_a_list(tb: TechBalance, a_list: Write, question: str):
    with pytest.raises(ParameterError, match="a list of yours has its own groups"):
        getattr(tb, question)(group="04", list=a_list(HELD)).rows()


@pytest.mark.parametrize("question", ["balance", "reconcile", "dependence", "lists"])
def test_an_unknown_list_names_near_ones(tb: TechBalance, question: str):
    with pytest.raises(UnknownCodeError, match="census-atp"):
        getattr(tb, question)(list="census-apt").rows()


def test_a_file_that_is_no_list_is_refused_with_its_line(tb: TechBalance, a_list: Write):
    with pytest.raises(SchemaError, match=r"mine\.csv, line 3"):
        tb.balance(list=a_list("code\n8542\n85x2\n")).rows()


def test_a_list_belongs_to_the_identity_of_an_answer(tb: TechBalance, a_list: Write):
    path = a_list(HELD)
    first = tb.balance(list=path).answer_id
    a_list(HELD.replace("laptops", "notebooks"))
    assert tb.balance(list=path).answer_id != first


# --- detail that was ingested, and lists that are stored --------------------------------------------------


def test_with_whole_detail_every_list_is_answered(detailed: TechBalance, a_list: Write):
    rows = detailed.balance(
        year="2030:2031", by="group,year", list=a_list("code,group\n0101,horses\n8542,x\n")
    )
    found = {(row["year"], row["group"]): row["imports_usd"] for row in rows.rows()}
    assert found == {(2030, "horses"): 5, (2030, "x"): 42, (2031, "horses"): 4, (2031, "x"): 40}


def test_a_stored_list_takes_the_edition_nearest_to_the_year(detailed: TechBalance):
    """2030 is as near to 2029 as to 2031, so the earlier decides: without processors, and without horses."""
    rows = detailed.balance(year="2030:2031", by="group,year", list="chips").rows()
    found = {(row["year"], row["group"]): row["imports_usd"] for row in rows}
    assert found == {
        (2030, "all chips"): 7,
        (2030, "horses"): 0,
        (2031, "all chips"): 40,
        (2031, "horses"): 4,
    }
    suppliers = detailed.rank(by="partner", year=2031, flow="import", list="chips").rows()
    assert [(row["partner"], row["value_usd"]) for row in suppliers] == [
        ("CHN", 30),
        ("TWN", 10),
        ("CAN", 4),
    ]


def test_a_list_without_codes_for_a_flow_says_so(detailed: TechBalance):
    rows = detailed.reconcile(flow="import", year=2031, list="chips").rows()
    assert rows[0]["rebuilt_usd"] == 44
    assert rows[0]["list_year"] == 2031


def test_dependence_takes_a_stored_list(detailed: TechBalance):
    """Of 2031 the edition of 2031 decides: chips and horses, each from few suppliers."""
    answer = detailed.dependence(level="group", list="chips", year=2031)
    found = {row["group"]: (row["imports_usd"], row["top_partner"]) for row in answer.rows()}
    assert found == {"all chips": (40, "CHN"), "horses": (4, "CAN")}
    assert any("ten-digit codes under it are held one by one" in note for note in answer.notes)


def test_a_stored_list_with_a_code_that_is_none_is_refused(tmp_path: Path):
    put(tmp_path, "membership", [member("broken", 2030, "85x2", "a")])
    with pytest.raises(SchemaError, match=r"85x2.*list broken, import 2030"):
        techbalance.open(tmp_path).balance(list="broken").rows()
