"""Does each check find the fault it is there for, and refuse to pass when it compared nothing?"""

from dataclasses import replace
from datetime import date

import pyarrow as pa
import pytest

from techbalance.errors import CheckError
from tools.build_record import checks
from tools.build_record.headline import WORLD, Total
from tools.build_record.schemas import TABLES

OCTOBER, AUGUST = date(2026, 10, 31), date(2024, 8, 31)
CENSUS, BEA = "census-country-2026-10", "bea-gands-2026-10"


def goods(value_usd, partner=WORLD, year=2020, flow="import", vintage=AUGUST):
    return Total("goods_census", flow, year, value_usd, CENSUS, partner=partner, vintage=vintage)


def year_of_months(months, year_value):
    whole = Total("atp", "export", 2020, year_value, CENSUS, vintage=OCTOBER)
    parts = [replace(whole, month=m + 1, freq="month", months=1, value_usd=v) for m, v in enumerate(months)]
    return [whole, *parts]


def test_months_add_to_their_year_within_rounding():
    assert "1 compared" in checks.months_add_to_year(year_of_months([100_000] * 12, 1_200_000))
    with pytest.raises(CheckError, match="atp"):
        checks.months_add_to_year(year_of_months([100_000] * 12, 2_000_000))


def test_eleven_months_are_not_compared_with_a_year():
    with pytest.raises(CheckError, match="nothing to compare"):
        checks.months_add_to_year(year_of_months([100_000] * 11, 1_100_000))


def test_partners_add_to_the_world_without_areas():
    rows = [goods(10_000_000), goods(6_000_000, "5700"), goods(4_000_000, "2010"), goods(4_000_000, "0010")]
    assert "largest gap 0" in checks.partners_add_to_world(rows)
    with pytest.raises(CheckError, match="World"):
        checks.partners_add_to_world(rows[:2])


def test_members_of_the_union_are_those_of_the_year():
    members = [
        {"area": "EU28", "code": "4280", "from_year": 1958, "to_year": None},
        {"area": "EU28", "code": "4120", "from_year": 1973, "to_year": 2019},
        {"area": "G7", "code": "5880", "from_year": 1975, "to_year": None},
    ]
    rows = [goods(5_000_000, "4280"), goods(3_000_000, "4120"), goods(9_000_000, "5880")]
    union = goods(5_000_000, "0003")
    assert "1 compared" in checks.members_add_to_union([*rows, union], members)
    with_kingdom = [replace(row, year=2019) for row in [*rows, union]]
    with pytest.raises(CheckError, match="European Union"):
        checks.members_add_to_union(with_kingdom, members)


def test_a_printed_balance_equals_exports_minus_imports():
    balance = Total("atp", "balance", 2020, -200_000, CENSUS, vintage=OCTOBER)
    payments = replace(balance, series="goods_bop", source_id=BEA)
    fine = [(balance, -200_000), (payments, -200_000)]
    assert len(checks.balances_are_differences(fine)) == 2
    with pytest.raises(CheckError, match="Census basis"):
        checks.balances_are_differences([(balance, 200_000), (payments, -200_000)])
    with pytest.raises(CheckError, match="balance of payments"):
        checks.balances_are_differences([(balance, -200_000), (payments, 2_000_000)])


def test_goods_and_services_add_to_their_total():
    def bop(series, value):
        return Total(series, "export", 2020, value, BEA, vintage=OCTOBER)

    rows = [
        bop("goods_bop", 7_000_000),
        bop("services_bop", 3_000_000),
        bop("goods_services_bop", 10_000_000),
    ]
    assert "largest gap 0" in checks.goods_and_services_add(rows)
    with pytest.raises(CheckError, match="goods and services"):
        checks.goods_and_services_add([*rows[:2], bop("goods_services_bop", 12_000_000)])
    with pytest.raises(CheckError, match="nothing"):
        checks.goods_and_services_add([rows[0], rows[2]])


def test_a_revised_year_is_named_and_a_series_that_never_agrees_is_refused():
    same = [goods(5_000_000, year=2019), goods(5_000_000, year=2019, vintage=OCTOBER)]
    revised = [goods(5_000_000), goods(6_000_000, vintage=OCTOBER)]
    found = checks.world_between_vintages([*same, *revised])
    assert "2019 to 2019" in found
    assert "revised: 2020" in found
    with pytest.raises(CheckError, match="no year"):
        checks.world_between_vintages(revised)


def test_a_partner_without_name_or_outside_its_years_is_refused():
    partners = [
        {"code": WORLD, "from_year": None, "to_year": None},
        {"code": "4610", "from_year": None, "to_year": 1992},
    ]
    checks.check_partner_codes(partners, [goods(1, "4610", 1992), goods(0, "4610", 1993)], {WORLD})
    with pytest.raises(CheckError, match="5700"):
        checks.check_partner_codes(partners, [], {"5700"})
    with pytest.raises(CheckError, match="4610 in 1993"):
        checks.check_partner_codes(partners, [goods(1, "4610", 1993)], set())


def product_rows(match, general_usd, partner="5700"):
    return {
        "match": match,
        "general_usd": general_usd,
        "partner": partner,
        "year": 2020,
        "vintage": OCTOBER,
    }


@pytest.fixture
def classified():
    listed = [product_rows("nearest-list", 600_000), product_rows("undecided", 100_000)]
    return pa.Table.from_pylist(listed), pa.Table.from_pylist([product_rows("nearest-list", 300_000)])


def published(atp, whole, china):
    world = goods(whole, vintage=OCTOBER)
    return [
        replace(world, series="atp", value_usd=atp),
        world,
        replace(world, partner="5700", value_usd=china),
    ]


def test_products_are_held_against_both_published_totals(classified):
    found = checks.check_trade(*classified, published(600_000, 1_000_000, 0))
    assert any("undecided 100,000" in line for line in found)
    with pytest.raises(CheckError, match="rebuilt imports"):
        checks.check_trade(*classified, published(700_001, 1_000_000, 0))
    with pytest.raises(CheckError, match="total goods"):
        checks.check_trade(*classified, published(600_000, 1_100_000, 0))
    with pytest.raises(CheckError, match="no published atp"):
        checks.check_trade(*classified, [])


def test_products_are_held_against_each_partner(classified):
    assert "1 compared" in checks.check_trade_by_partner(*classified, published(0, 0, 1_000_000))
    with pytest.raises(CheckError, match="5700"):
        checks.check_trade_by_partner(*classified, published(0, 0, 1_060_000))


def test_the_newest_charges_are_in_the_file_of_all_vintages():
    row = {"country": "DEU", "flow": "receipts", "period": "2023", "vintage": OCTOBER, "value_usd": 5}
    assert "largest gap 0" in checks.check_ip([row], [row])
    with pytest.raises(CheckError, match="DEU"):
        checks.check_ip([], [row])


def test_a_null_and_a_doubled_key_are_refused():
    spec = TABLES["calendar"]
    good = pa.Table.from_pylist([{"year": 2024, "month": 1}], schema=spec.schema)
    assert len(checks.check_shape(good, spec)) == 2
    with pytest.raises(CheckError, match="share a key"):
        checks.check_shape(pa.concat_tables([good, good]), spec)
    columns = {"year": pa.array([2024], pa.int16()), "month": pa.array([None], pa.int8())}
    with pytest.raises(CheckError, match=r"calendar\.month"):
        checks.check_shape(pa.table(columns), spec)
