"""The headline figures, to the dollar: what the questions answer on the record that ships.

Sources: Census, U.S. Trade in Goods by Country (pseudo partner 0007) and FT-900; the vintage is named with
each figure. Ratios are those printed in the claims catalogue, to its last digit.
"""

import datetime as dt
from typing import Any

import pytest

# Ratios are printed in percent with two digits.
HALF_A_PRINTED_DIGIT = 0.00005 + 1e-9
# Ranks of suppliers are quoted in billions with one digit.
HALF_A_TENTH_BILLION = 50_000_000


def only(rows: list[dict[str, Any]]) -> dict[str, Any]:
    (row,) = rows
    return row


def of(year: int, answer: Any) -> dict[str, Any]:
    return only([row for row in answer.rows() if row["year"] == year])


# --- the balance ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "balance"),
    [
        (1995, 13_694_400_000),
        (2001, 4_451_000_000),
        (2002, -16_584_000_000),
        (2007, -61_934_000_000),
        (2024, -294_429_400_000),
        (2025, -414_715_000_000),
    ],
)
def test_the_balance_of_a_year(asked: Any, year: int, balance: int):
    row = of(year, asked("balance"))
    assert row["balance_usd"] == balance == row["exports_usd"] - row["imports_usd"]
    assert row["coverage_ratio"] == row["exports_usd"] / row["imports_usd"]
    assert row["months"] == 12
    assert row["note"] is None


@pytest.mark.parametrize(
    ("as_of", "year", "balance", "vintage"),
    [
        ("2025-04", 2024, -298_948_300_000, dt.date(2025, 4, 30)),
        ("2007-08", 2006, -38_300_000_000, dt.date(2007, 8, 31)),
        ("2017-01", 2015, -91_814_600_000, dt.date(2017, 1, 31)),
    ],
)
def test_the_balance_as_it_was_known(asked: Any, as_of: str, year: int, balance: int, vintage: dt.date):
    row = only(asked("balance", year=year, as_of=as_of).rows())
    assert (row["balance_usd"], row["vintage"]) == (balance, vintage)


def test_a_print_of_the_balance_alone_has_no_flows(asked: Any):
    row = only(asked("balance", year=2006, as_of="2007-08").rows())
    assert (row["exports_usd"], row["imports_usd"], row["coverage_ratio"]) == (None, None, None)
    assert row["note"] == "only the balance was printed"


def test_the_printed_year_is_read_though_its_months_add_to_a_tenth_of_a_million_more(asked: Any):
    year = of(2025, asked("balance"))["imports_usd"]
    months, quarters = (
        [row["imports_usd"] for row in asked("balance", by=by).rows() if row[by].startswith("2025")]
        for by in ("month", "quarter")
    )
    assert year == 965_992_600_000
    assert sum(months) == sum(quarters) == 965_992_700_000


def test_months_add_to_quarters(asked: Any):
    months, quarters = (asked("balance", by=by).rows() for by in ("month", "quarter"))
    sums: dict[str, dict[str, int]] = {}
    for row in months:
        quarter = f"{row['month'][:4]}-Q{(int(row['month'][5:]) + 2) // 3}"
        for flow in ("exports_usd", "imports_usd", "balance_usd"):
            known = sums.setdefault(quarter, {})
            known[flow] = known.get(flow, 0) + row[flow]
    whole = [row for row in quarters if row["months"] == 3]
    assert len(whole) == 4 * (2025 - 1989 + 1) + 2
    for row in whole:
        assert {flow: row[flow] for flow in sums[row["quarter"]]} == sums[row["quarter"]]


def test_june_2002_was_no_deficit(asked: Any):
    months = {row["month"]: row["balance_usd"] for row in asked("balance", by="month").rows()}
    assert 0 < months["2002-06"] < 50_000_000


# --- a part-year is never a year --------------------------------------------------------------------------


def test_2026_is_no_year(asked: Any):
    answer = asked("balance", year=2026)
    row = only(answer.rows())
    assert row["balance_usd"] is None
    assert row["note"].startswith("part_year: 7 of 12 months are held")
    assert answer.exit_code == 5


def test_2016_was_no_year_in_february_2017(asked: Any):
    answer = asked("balance", year=2016, as_of="2017-02")
    row = only(answer.rows())
    assert row["balance_usd"] is None
    assert row["note"].startswith("part_year: 11 of 12 months are held")
    assert answer.exit_code == 5
    so_far = only(asked("balance", year=2016, as_of="2017-02", ytd=True).rows())
    assert (so_far["balance_usd"], so_far["months"]) == (-79_318_600_000, 11)


def test_no_record_belongs_to_a_part_year(asked: Any):
    assert "2026" not in {row["period"] for row in asked("records").rows()}
    assert "2016" not in {row["period"] for row in asked("records", as_of="2017-02").rows()}


def test_no_rank_and_no_change_takes_a_part_year(asked: Any):
    for answer in (
        asked("rank", year=2026, flow="import"),
        asked("rank", year=2026, series="goods_census"),
        asked("change", from_=2025, to=2026),
        asked("change", from_=2025, to=2026, by="partner", series="goods_census"),
    ):
        assert answer.exit_code == 5
        assert all("part_year: 7 of 12" in row["note"] for row in answer.rows())


def test_the_same_months_of_two_years_can_be_compared(asked: Any):
    so_far = {row["year"]: row for row in asked("balance", year="2025:2026", ytd=True).rows()}
    months = {row["month"]: row["balance_usd"] for row in asked("balance", by="month").rows()}
    for year, row in so_far.items():
        assert row["months"] == 7
        assert row["balance_usd"] == sum(months[f"{year}-{month:02d}"] for month in range(1, 8))
    change = only(asked("change", from_=2025, to=2026, ytd=True).rows())
    assert change["change_usd"] == so_far[2026]["balance_usd"] - so_far[2025]["balance_usd"]


# --- denominators -----------------------------------------------------------------------------------------

GOODS_CENSUS = {
    2002: 3.54,
    2003: 5.04,
    2004: 5.61,
    2005: 5.56,
    2006: 5.28,
    2007: 7.66,
    2008: 7.48,
    2009: 11.16,
    2010: 12.74,
    2011: 13.61,
    2012: 12.49,
    2013: 11.81,
    2014: 11.66,
    2015: 12.32,
    2016: 11.42,
    2017: 13.97,
    2018: 14.64,
    2019: 15.21,
    2020: 20.85,
    2021: 18.23,
    2022: 20.59,
    2023: 20.55,
}


def test_the_ratio_to_the_goods_deficit_of_every_year_as_of_august_2024(asked: Any):
    rows = asked("balance", year="2002:2023", denominator="goods_census", as_of="2024-08").rows()
    assert {row["year"] for row in rows} == set(GOODS_CENSUS)
    for row in rows:
        assert row["deficit_ratio"] == pytest.approx(
            GOODS_CENSUS[row["year"]] / 100, abs=HALF_A_PRINTED_DIGIT
        )
        assert row["denominator_vintage"] == row["vintage"] == dt.date(2024, 8, 31)
        assert row["deficit_ratio"] == row["balance_usd"] / row["denominator_usd"]


@pytest.mark.parametrize(
    ("year", "denominator", "percent", "printed"),
    [
        (2002, "goods_census", 3.54, (-468_265_000_000, dt.date(2024, 8, 31))),
        (2002, "goods_bop", 3.49, (None, dt.date(2026, 10, 31))),
        (2002, "goods_services_bop", 3.94, (-420_666_000_000, dt.date(2026, 10, 31))),
        (2007, "goods_census", 7.66, (None, dt.date(2024, 8, 31))),
        (2007, "goods_bop", 7.54, (-821_197_000_000, dt.date(2026, 10, 31))),
        (2007, "goods_services_bop", 8.71, (-710_999_000_000, dt.date(2026, 10, 31))),
    ],
)
def test_the_ratio_by_denominator_states_its_vintage(
    asked: Any, year: int, denominator: str, percent: float, printed: tuple[int | None, dt.date]
):
    total, vintage = printed
    row = of(year, asked("balance", year="2002:2007", denominator=denominator))
    assert row["deficit_ratio"] == pytest.approx(percent / 100, abs=HALF_A_PRINTED_DIGIT)
    assert (row["denominator"], row["denominator_vintage"]) == (denominator, vintage)
    assert total is None or row["denominator_usd"] == total
    far = row["vintage"] != vintage
    assert ("more than a year apart" in (row["note"] or "")) == far


@pytest.mark.parametrize(
    ("as_of", "year", "denominator", "percent"),
    [
        ("2008-02", 2007, "goods_census", None),
        ("2024-08", 2002, "goods_bop", 3.42),
        ("2024-08", 2007, "goods_bop", 7.59),
        ("2024-08", 2002, "goods_services_bop", 3.81),
        ("2024-08", 2007, "goods_services_bop", 8.70),
    ],
)
def test_the_first_prints_of_the_denominators(
    asked: Any, as_of: str, year: int, denominator: str, percent: float | None
):
    row = of(year, asked("balance", year="2002:2007", denominator=denominator, as_of=as_of))
    if percent is None:
        assert row["deficit_ratio"] is None
        assert "no_vintage_that_early" in row["note"]
    else:
        assert row["deficit_ratio"] == pytest.approx(percent / 100, abs=HALF_A_PRINTED_DIGIT)


def test_a_surplus_has_no_ratio_and_the_dollars_are_shown(asked: Any):
    row = of(2001, asked("balance", year="2001:2002", denominator="goods_census"))
    assert row["deficit_ratio"] is None
    assert row["denominator_usd"] < 0
    assert row["note"].startswith("sign_differs")


def test_adjusted_and_unadjusted_months_are_not_divided(asked: Any):
    for row in asked("balance", by="month", year=2024, denominator="goods_services_bop").rows():
        assert row["deficit_ratio"] is None
        assert row["note"].startswith("seasonal_differs")


# --- products, groups, partners ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (2024, (760_961_238_911, 716_462_490_740, 44_498_748_171, 36_826_612_406, 760_961_200_000)),
        (2025, (965_992_564_633, 908_256_571_676, 57_735_992_957, 39_571_319_263, 965_992_600_000)),
    ],
)
def test_products_rebuild_the_published_imports(asked: Any, year: int, expected: tuple[int, ...]):
    rebuilt, nearest, parent, undecided, published = expected
    answer = asked("reconcile", flow="import", year=year)
    row = only(answer.rows())
    assert (row["rebuilt_usd"], row["published_usd"]) == (rebuilt, published)
    assert (row["exact_usd"], row["nearest_usd"], row["parent_usd"]) == (0, nearest, parent)
    assert (row["undecided_usd"], row["list_year"]) == (undecided, 2022)
    assert row["residual_usd"] == rebuilt - published
    assert abs(row["residual_usd"]) <= 50_000
    assert answer.exit_code == 0


@pytest.mark.parametrize(
    ("year", "everything", "published"),
    [
        (2024, 3_263_893_254_128, 3_263_893_300_000),
        (2025, 3_414_510_592_814, 3_414_510_600_000),
    ],
)
def test_all_goods_imports_are_rebuilt_too(asked: Any, year: int, everything: int, published: int):
    row = only(asked("reconcile", flow="import", year=year, series="goods_census").rows())
    assert (row["rebuilt_usd"], row["published_usd"]) == (everything, published)
    parts = ("exact_usd", "nearest_usd", "parent_usd", "undecided_usd", "not_atp_usd")
    assert sum(row[part] for part in parts) == everything


def test_groups_partners_and_products_add_to_the_same_imports(asked: Any):
    whole = {row["year"]: row["rebuilt_usd"] for row in asked("reconcile", flow="import").rows()}
    for by in ("group", "partner", "product", "group,partner"):
        sums: dict[int, int] = {}
        for row in asked("balance", by=by).rows():
            sums[row["year"]] = sums.get(row["year"], 0) + row["imports_usd"]
        assert sums == whole, by


@pytest.mark.parametrize(
    ("year", "suppliers"),
    [
        (2024, [("CHN", 112.3), ("MEX", 102.1), ("TWN", 79.0), ("IRL", 69.3)]),
        (2025, [("TWN", 163.0), ("MEX", 149.5), ("IRL", 103.7), ("VNM", 90.4), ("CHN", 61.7)]),
    ],
)
def test_the_largest_suppliers(asked: Any, year: int, suppliers: list[tuple[str, float]]):
    rows = asked("rank", year=year, flow="import", top=len(suppliers)).rows()
    assert [row["partner"] for row in rows] == [name for name, _ in suppliers]
    assert [row["rank"] for row in rows] == list(range(1, len(suppliers) + 1))
    for row, (_, billions) in zip(rows, suppliers, strict=True):
        assert row["value_usd"] == pytest.approx(billions * 10**9, abs=HALF_A_TENTH_BILLION)


def test_taiwan_overtook_china_and_mexico_in_2025(asked: Any):
    row = only(asked("rank", year=2025, flow="import", top=1).rows())
    assert (row["partner"], row["previous_rank"], row["overtook"]) == ("TWN", 3, "CHN, MEX")


# --- records ----------------------------------------------------------------------------------------------


def records(asked: Any, **given: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kind"], row["period"]): row for row in asked("records", **given).rows()}


def test_2025_holds_the_record_and_2024_held_it_before(asked: Any):
    found = records(asked)
    assert found["record deficit, year", "2025"]["superseded_by"] is None
    assert found["record deficit, year", "2025"]["value_usd"] == -414_715_000_000
    assert found["record deficit, year", "2024"]["superseded_by"] == "2025"
    assert found["record deficit, year", "2007"]["superseded_by"] == "2010"


def test_as_of_april_2025_the_record_was_2024_and_later_data_unmade_it(asked: Any):
    row = records(asked, as_of="2025-04")["record deficit, year", "2024"]
    assert row["value_usd"] == -298_948_300_000
    assert row["as_of"] == dt.date(2025, 4, 30)
    assert row["superseded_by"] == "2025, published since"


def test_the_longest_runs(asked: Any):
    found = records(asked)
    assert ("longest run of deficits, years", "2002:2025") in found
    assert ("longest run of surpluses, years", "1989:2001") in found
    assert ("largest surplus, year", "1991") in found
    assert ("longest run of deficits, months", "2002-07:2026-07") in found


# --- intellectual property --------------------------------------------------------------------------------


def test_charges_for_intellectual_property_in_2023(asked: Any):
    rows = {row["country"]: row for row in asked("ip", country="USA,DEU,CHN", year=2023).rows()}
    assert rows["USA"]["receipts_usd"] == pytest.approx(148.2e9, abs=HALF_A_TENTH_BILLION)
    assert rows["DEU"]["receipts_usd"] == pytest.approx(48.0e9, abs=HALF_A_TENTH_BILLION)
    assert rows["CHN"]["balance_usd"] == pytest.approx(-31.8e9, abs=HALF_A_TENTH_BILLION)
    assert rows["CHN"]["balance_usd"] == rows["CHN"]["receipts_usd"] - rows["CHN"]["payments_usd"]


def test_the_cover_of_the_2024_deficit(asked: Any):
    row = only(asked("ip", country="USA", year=2024, cover=True).rows())
    assert row["atp_balance_usd"] == -294_429_400_000
    assert row["atp_cover_ratio"] == row["balance_usd"] / 294_429_400_000
    assert "two accounts, not one" in row["note"]
