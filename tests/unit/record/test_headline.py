"""Do published totals become one row each, with the right print, step and period?"""

from dataclasses import replace
from datetime import date

import pytest

from techbalance.errors import CheckError, SchemaError
from tools.build_record.headline import (
    COUNTRY_TABLE,
    Total,
    declared_source,
    first_prints,
    headline_totals,
    printed_balances,
)
from tools.build_record.publications import load_publications

CENSUS, BEA = "census-country-2026-10", "bea-gands-2026-10"


@pytest.fixture(scope="module")
def publications():
    return load_publications()


def total(flow="export", value_usd=100_000, source_id=CENSUS, **changes):
    row = Total("atp", flow, 2024, value_usd, source_id, vintage=date(2026, 10, 31))
    return replace(row, **changes)


def test_a_balance_goes_where_its_parts_are_printed_and_stays_where_one_is_missing(publications):
    whole = [total("export", 500_000), total("import", 700_000), total("balance", -200_000)]
    assert {t.flow for t in headline_totals(whole, publications)} == {"export", "import"}
    half = [total("export", 500_000), total("balance", -200_000)]
    assert {t.flow for t in headline_totals(half, publications)} == {"export", "balance"}


def test_printed_balances_are_paired_with_the_difference_of_their_own_print():
    other = total("import", 900_000, vintage=date(2024, 8, 31))
    printed = [total("export", 500_000), total("import", 700_000), other, total("balance", -200_000)]
    assert [(t.value_usd, difference) for t, difference in printed_balances(printed)] == [
        (-200_000, -200_000)
    ]


def test_equal_rows_merge_and_keep_the_more_specific_print(publications):
    first = total(print_kind="first print", confidence="medium")
    [kept] = headline_totals([total(), first], publications)
    assert (kept.print_kind, kept.confidence) == ("first print", "medium")
    [same] = headline_totals([first, total()], publications)
    assert (same.print_kind, same.confidence) == ("first print", "medium")


def test_rows_of_one_key_that_contradict_each_other_stop_the_build(publications):
    with pytest.raises(CheckError, match="two values"):
        headline_totals([total(value_usd=300_000), total(value_usd=400_000)], publications)


def test_two_roundings_of_one_figure_are_no_contradiction(publications):
    [kept] = headline_totals([total(value_usd=300_000), total(value_usd=349_999)], publications)
    assert kept.value_usd == 300_000


def test_a_figure_ending_in_zeros_takes_the_step_of_its_neighbours(publications):
    rows = [total(month=1, freq="month", months=1, value_usd=v) for v in (300_000,)]
    rows += [total(month=2, freq="month", months=1, value_usd=123_457)]
    assert {t.printed_unit_usd for t in headline_totals(rows, publications)} == {1}
    assert [t.printed_unit_usd for t in headline_totals(rows[:1], publications)] == [100_000]


def test_the_balance_of_payments_changes_its_step_by_year_for_all_series(publications):
    rows = [
        Total("goods_bop", "export", 2016, 5_000_000, BEA),
        Total("services_bop", "export", 2017, 5_000_000, BEA),
        Total("goods_bop", "import", 2017, 5_100_000, BEA),
    ]
    steps = {(t.series, t.year): t.printed_unit_usd for t in headline_totals(rows, publications)}
    assert steps == {
        ("goods_bop", 2016): 1_000_000,
        ("services_bop", 2017): 100_000,
        ("goods_bop", 2017): 100_000,
    }


def test_a_period_says_its_frequency():
    assert total().period == "2024"
    assert total(month=7, freq="month", months=1).period == "2024-07"


def test_a_vintage_nobody_declared_stops_the_build():
    with pytest.raises(SchemaError, match="2031-01"):
        declared_source(COUNTRY_TABLE, "2031-01", "x.csv")


@pytest.mark.parametrize("change", [{"source": "A newspaper"}, {"vintage": "2007-09"}])
def test_an_early_print_without_declared_source_stops_the_build(publications, change):
    row = {
        "year": "2005",
        "series": "atp",
        "flow": "balance",
        "value_usd": "-44400000000",
        "vintage": "2007-08",
        "print_kind": "documented early print",
        "confidence": "medium",
        "source": publications["nsf-07329"].printed[0],
    }
    [read] = first_prints([row], publications)
    assert (read.source_id, read.value_usd, read.confidence) == ("nsf-07329", -44_400_000_000, "medium")
    with pytest.raises(SchemaError, match="no source"):
        first_prints([{**row, **change}], publications)
