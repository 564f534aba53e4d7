"""The balance: who and what is asked for, what is missing, and why."""

from typing import Any

import pytest

from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.questions.selection import REST, REST_NAME

VALUES = ("exports_usd", "imports_usd", "balance_usd", "coverage_ratio")


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def is_empty(row: dict[str, Any]) -> bool:
    return all(row[name] is None for name in VALUES)


# --- the world --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", ["1850", "1987:1988", "2035", "2200"])
def test_a_year_that_is_not_held_has_a_row_that_says_so(asked: Any, year: str):
    answer = asked("balance", year=year)
    first, _, last = year.partition(":")
    assert [row["year"] for row in answer.rows()] == list(range(int(first), int(last or first) + 1))
    assert all(is_empty(row) and row["note"].startswith("not_covered") for row in answer.rows())
    assert answer.exit_code == 5


def test_months_that_are_not_published_yet_are_null_and_not_zero(asked: Any):
    rows = asked("balance", by="month", year=2026).rows()
    assert [row["month"] for row in rows] == [f"2026-{month:02d}" for month in range(1, 13)]
    assert [is_empty(row) for row in rows] == [False] * 7 + [True] * 5


def test_a_quarter_of_which_a_month_is_missing_is_null(asked: Any):
    rows = {row["quarter"]: row for row in asked("balance", by="quarter", year=2026).rows()}
    assert rows["2026-Q2"]["months"] == 3
    assert is_empty(rows["2026-Q3"])
    assert rows["2026-Q3"]["note"] == "part_year: 1 of 3 months are held"


def test_without_a_year_only_periods_that_are_held_are_listed(asked: Any):
    years = [row["year"] for row in asked("balance").rows()]
    assert years == list(range(1989, 2027))
    months = [row["month"] for row in asked("balance", by="month").rows()]
    assert (months[0], months[-1], len(months)) == ("1989-01", "2026-07", 37 * 12 + 7)


def test_before_the_first_vintage_nothing_was_known(asked: Any):
    answer = asked("balance", year=2024, as_of="2006")
    row = only(answer.rows())
    assert is_empty(row)
    assert row["note"] == "no_vintage_that_early: first held as of 2024-08-31"
    assert answer.exit_code == 5


def test_months_of_an_adjusted_series_say_so(asked: Any):
    answer = asked("balance", by="month", year=2024, series="goods_services_bop")
    assert any("Seasonally adjusted" in note for note in answer.notes)
    assert all(row["balance_usd"] < 0 and row["exports_usd"] is None for row in answer.rows())


def test_a_series_nobody_prints_by_month_has_one_row_that_says_so(asked: Any):
    answer = asked("balance", by="month", series="services_bop")
    row = only(answer.rows())
    assert row["month"] is None
    assert is_empty(row)
    assert "not held" in row["note"]


def test_year_to_date_without_months_of_that_year_is_null(asked: Any):
    row = only(asked("balance", year=2016, ytd=True, as_of="2016-06").rows())
    assert is_empty(row)


# --- partners ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["World", "WORLD", "world"])
def test_the_world_by_name_is_the_world(asked: Any, name: str):
    assert asked("balance", year=2024, partner=name).rows() == asked("balance", year=2024).rows()


def test_an_area_of_which_a_member_is_missing_has_no_figure(asked: Any):
    rows = {
        row["year"]: row
        for row in asked("balance", year="2024:2025", partner="EU27", series="goods_census").rows()
    }
    assert rows[2024]["balance_usd"] is not None
    assert is_empty(rows[2025])
    assert rows[2025]["months"] is rows[2025]["vintage"] is None
    assert rows[2025]["note"] == "not_covered: 18 of 27 partners are held; --by partner shows which"


def test_the_members_of_an_area_are_listed_held_or_not(asked: Any):
    rows = asked("balance", year="2024:2025", partner="EU27", series="goods_census", by="partner").rows()
    of = {year: [row for row in rows if row["year"] == year] for year in (2024, 2025)}
    assert len(of[2024]) == len(of[2025]) == 27
    assert sum(is_empty(row) for row in of[2024]) == 0
    assert sum(is_empty(row) for row in of[2025]) == 9
    assert {row["partner"] for row in of[2024]} == {row["partner"] for row in of[2025]}


def test_an_area_is_the_sum_of_its_members(asked: Any):
    whole = {
        row["year"]: row
        for row in asked("balance", year="2024:2025", partner="EU27", series="goods_census").rows()
    }
    parts = asked("balance", year="2024:2025", partner="EU27", series="goods_census", by="partner").rows()
    for name in ("exports_usd", "imports_usd", "balance_usd"):
        assert whole[2024][name] == sum(row[name] for row in parts if row["year"] == 2024)


def test_an_area_has_the_members_it_had(asked: Any):
    rows = {
        row["year"]: row
        for row in asked("balance", year="2019:2020", partner="NAFTA", series="goods_census").rows()
    }
    assert rows[2019]["balance_usd"] < 0
    assert is_empty(rows[2020])
    assert rows[2020]["note"] == "not_covered: none of these partners belonged to the selection then"


def test_partners_and_what_they_leave_add_to_the_world(asked: Any):
    world = {row["year"]: row for row in asked("balance", year="1987:2025", series="goods_census").rows()}
    rows = asked("balance", year="1987:2025", series="goods_census", by="partner").rows()
    for name in ("exports_usd", "imports_usd", "balance_usd"):
        sums: dict[int, int] = {}
        for row in rows:
            sums[row["year"]] = sums.get(row["year"], 0) + (row[name] or 0)
        assert sums == {year: row[name] for year, row in world.items()}


def test_what_partners_leave_comes_last_and_is_named(asked: Any):
    rows = asked("balance", year="1987:2025", series="goods_census", by="partner").rows()
    last = [row for row in rows if row["year"] == 2025][-1]
    assert (last["partner"], last["partner_name"]) == (REST, REST_NAME)
    assert last["note"] == "the world total less the partners itemised at their own vintage"


def test_partners_are_ordered_by_the_size_of_their_balance(asked: Any):
    rows = asked("balance", year="1987:2025", series="goods_census", by="partner").rows()
    sizes = [abs(row["balance_usd"]) for row in rows if row["year"] == 2025 and row["partner"] != REST]
    assert sizes == sorted(sizes, reverse=True)


def test_the_largest_rows_leave_no_rest(asked: Any):
    rows = asked("balance", year=2025, series="goods_census", by="partner", top=3).rows()
    assert [row["partner"] for row in rows] == ["CHN", "MEX", "VNM"]


def test_a_sum_the_publisher_made_is_read_as_printed(asked: Any):
    row = only(asked("balance", year=2025, partner="0003", series="goods_census").rows())
    assert (row["exports_usd"], row["imports_usd"]) == (412_548_300_000, 632_896_500_000)


@pytest.mark.parametrize("partner", ["WORLD,CHN", "0003,DEU", "EU27,DEU", "USA"])
def test_what_would_be_counted_twice_is_refused(tb: Any, partner: str):
    with pytest.raises(ParameterError):
        tb.balance(partner=partner, series="goods_census")


# --- products ---------------------------------------------------------------------------------------------


def test_only_imports_are_held_by_group_and_every_row_says_so(asked: Any):
    answer = asked("balance", by="group", year="2023:2024")
    of = {year: [row for row in answer.rows() if row["year"] == year] for year in (2023, 2024)}
    codes = [f"{code:02d}" for code in range(1, 11)]
    assert [row["group"] for row in of[2023]] == [row["group"] for row in of[2024]] == codes
    assert all(is_empty(row) for row in of[2023])
    assert {row["note"] for row in of[2023]} == {
        "not_covered: trade by group is held for 2024 to 2025, by year, imports only"
    }
    for row in of[2024]:
        assert row["imports_usd"] > 0
        assert (row["exports_usd"], row["balance_usd"]) == (None, None)
        assert row["note"] == "not_covered: exports by group are not held, so there is no balance"
    assert any("$36.8bn" in note for note in answer.notes)
    assert answer.exit_code == 0


def test_a_partner_that_sold_nothing_has_a_zero_and_not_nothing(asked: Any):
    rows = asked("balance", by="partner,group", partner="MLT,VAT", year=2024).rows()
    assert len(rows) == 20
    assert sum(row["imports_usd"] for row in rows if row["partner"] == "VAT") == 0
    assert sum(row["imports_usd"] for row in rows if row["partner"] == "MLT") == 127_891_776


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"product": "0101"}, "not_covered: these products are not on the list"),
        ({"partner": "0003"}, "not_covered: products are held by country"),
        ({"partner": "NAFTA"}, "not_covered: none of these partners belonged"),
        ({"group": "04", "as_of": "2025-04"}, "no_vintage_that_early: trade by group, partner or product is"),
        ({"group": "04", "series": "goods_census"}, "not_covered: goods_census is not held by group"),
        (
            {"group": "04", "ytd": True},
            "not_covered: trade by group, partner or product is held for 2024 to 2025",
        ),
        ({"by": "product", "product": "0101"}, "not_covered: these products are not on the list"),
        ({"by": "partner", "series": "services_bop"}, "not_covered: services_bop is not held"),
        ({"by": "group,month"}, "not_covered: trade by group is held for 2024 to 2025, by year"),
    ],
)
def test_what_products_cannot_answer_is_null_with_the_reason(asked: Any, given: dict[str, Any], reason: str):
    answer = asked("balance", year=2024, **given)
    assert answer.rows()
    for row in answer.rows():
        assert is_empty(row)
        assert row["note"].startswith(reason)
    assert answer.exit_code == 5


def test_an_undecided_product_is_in_no_group(asked: Any, tb: Any):
    trade = tb.store.table("trade")
    undecided = trade.filter(trade.match == "undecided", trade.year == 2024)
    largest = undecided.group_by("product").aggregate(value=undecided.general_usd.sum())
    code = tb.store.fetch_rows(largest.order_by(largest.value.desc()).limit(1))[0]["product"]
    answer = asked("balance", year=2024, product=code)
    row = only(answer.rows())
    assert is_empty(row)
    assert row["note"].startswith("undecided: ")
    assert any("cannot place" in note for note in answer.notes)


def test_a_code_nobody_has_is_refused(tb: Any):
    with pytest.raises(UnknownCodeError, match="no product code begins with 9999999"):
        tb.balance(product="9999999")


def test_a_listed_product_nobody_sold_is_no_trade(asked: Any):
    row = only(asked("balance", by="product", product="8542310001", partner="VAT", year=2024).rows())
    assert (row["product"], row["imports_usd"]) == (None, 0)
    assert row["note"].startswith("no_trade")


def test_a_short_code_is_all_below_it(asked: Any):
    whole = only(asked("balance", product="8542", year=2024).rows())["imports_usd"]
    parts = asked("balance", by="product", product="8542", year=2024).rows()
    assert all(row["product"].startswith("8542") for row in parts)
    assert sum(row["imports_usd"] for row in parts) == whole


def test_groups_of_one_partner_add_to_the_partner(asked: Any):
    whole = only(asked("balance", partner="CHN", year=2024).rows())["imports_usd"]
    assert (
        sum(row["imports_usd"] for row in asked("balance", partner="CHN", by="group", year=2024).rows())
        == whole
    )


def test_a_denominator_of_products_is_null_because_there_is_no_balance(asked: Any):
    row = only(asked("balance", group="04", year=2024, denominator="goods_census").rows())
    assert row["imports_usd"] > 0
    assert row["deficit_ratio"] is row["denominator_usd"] is None


def test_both_reasons_stand_side_by_side(asked: Any):
    row = only(asked("balance", year=2005, as_of="2008", denominator="goods_bop").rows())
    assert row["note"] == "only the balance was printed; not_covered: no denominator of this period"


# --- columns and order ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        ("year", ["year"]),
        ("month", ["month"]),
        ("group", ["year", "group", "group_name"]),
        ("partner,group", ["year", "group", "group_name", "partner", "partner_name"]),
        ("product,quarter", ["quarter", "product", "product_name"]),
    ],
)
def test_the_keys_come_first_and_then_the_columns_of_the_contract(asked: Any, by: str, keys: list[str]):
    answer = asked("balance", by=by, year=2024)
    contract = ["exports_usd", "imports_usd", "balance_usd", "coverage_ratio", "months", "vintage", "note"]
    assert answer.arrow.column_names == [*keys, *contract]


def test_a_denominator_adds_its_columns(asked: Any):
    names = asked("balance", year=2005, as_of="2008", denominator="goods_bop").arrow.column_names
    assert names[-5:] == ["deficit_ratio", "denominator", "denominator_usd", "denominator_vintage", "note"]
