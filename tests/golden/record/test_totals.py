"""Does the record that ships hold the figures its sources printed?

Expected values are those of the publications named; they are typed here and read nowhere else.
"""

from datetime import date

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from techbalance import record

OCTOBER_2026, AUGUST_2024 = date(2026, 10, 31), date(2024, 8, 31)
HALF_A_PRINTED_STEP_USD = 50_000  # Census tables are printed to 0.1 million


@pytest.fixture(scope="module")
def headline():
    return pq.read_table(record.path("headline"))


@pytest.fixture(scope="module")
def trade():
    return pq.read_table(record.path("trade"))


@pytest.fixture(scope="module")
def outside():
    return pq.read_table(record.path("trade_outside_list"))


def rows_where(table, **wanted):
    for column, value in wanted.items():
        table = table.filter(pc.equal(table[column], value))
    return table.to_pylist()


def value(headline, series, flow, period, vintage, **more):
    place = {"partner": "WORLD", "seasonal": "nsa", **more}
    [row] = rows_where(headline, series=series, flow=flow, period=period, vintage=vintage, **place)
    return row["value_usd"]


@pytest.mark.parametrize(
    ("period", "vintage", "exports", "imports", "balance"),
    [
        ("1995", AUGUST_2024, None, None, 13_694_400_000),
        ("2002", AUGUST_2024, None, None, -16_584_000_000),
        ("2007", AUGUST_2024, None, None, -61_934_000_000),
        ("2024", OCTOBER_2026, 466_531_800_000, 760_961_200_000, -294_429_400_000),
        ("2025", OCTOBER_2026, 551_277_600_000, 965_992_600_000, -414_715_000_000),
        ("2024", date(2025, 4, 30), 464_290_800_000, 763_239_100_000, -298_948_300_000),
        ("2022", date(2023, 3, 31), 390_509_700_000, 634_622_900_000, -244_113_200_000),
    ],
)
def test_advanced_technology_trade_of_the_world(*, headline, period, vintage, exports, imports, balance):
    sold = value(headline, "atp", "export", period, vintage, freq="year")
    bought = value(headline, "atp", "import", period, vintage, freq="year")
    assert sold - bought == balance
    assert exports in (None, sold)
    assert imports in (None, bought)


def test_2016_as_of_january_2017_is_a_part_of_a_year(headline):
    rows = rows_where(headline, series="atp", period="2016", vintage=date(2017, 1, 31))
    assert {(row["freq"], row["months"], row["flow"]) for row in rows} == {
        ("ytd", 11, "export"),
        ("ytd", 11, "import"),
    }


def test_a_year_is_twelve_months_and_a_month_one(headline):
    pairs = headline.group_by(["freq", "months"]).aggregate([]).to_pylist()
    assert {(pair["freq"], pair["months"]) for pair in pairs} == {("year", 12), ("month", 1), ("ytd", 11)}
    monthly = headline.filter(pc.equal(headline["freq"], "month"))
    assert monthly["month"].null_count == 0
    assert headline["month"].null_count == len(headline) - len(monthly)


def test_monthly_advanced_technology_runs_without_gap_to_july_2026(headline):
    months = rows_where(headline, series="atp", flow="import", freq="month", partner="WORLD")
    periods = sorted({row["period"] for row in months})
    assert (periods[0], periods[-1], len(periods)) == ("1989-01", "2026-07", 37 * 12 + 7)
    second = [row for row in months if row["vintage"] == AUGUST_2024 and row["period"] >= "2021-01"]
    assert len(second) == 42


def test_balances_are_kept_only_without_their_parts(headline):
    balances = headline.filter(pc.equal(headline["flow"], "balance")).to_pylist()
    place = ("series", "partner", "period", "seasonal", "vintage")
    for balance in balances:
        flows = {row["flow"] for row in rows_where(headline, **{column: balance[column] for column in place})}
        assert not {"export", "import"} <= flows


@pytest.mark.parametrize(
    ("series", "period", "vintage", "balance", "step", "kind"),
    [
        ("atp", "2006", date(2007, 8, 31), -38_300_000_000, 10**8, "documented early print"),
        ("goods_census", "2002", date(2003, 2, 28), -470_104_200_000, 10**5, "first print"),
        ("goods_census", "2007", date(2008, 2, 29), -790_327_000_000, 10**6, "first print"),
        ("goods_bop", "2007", date(2008, 2, 29), -815_582_000_000, 10**6, "first print"),
        ("goods_services_bop", "2007", date(2008, 2, 29), -711_610_000_000, 10**7, "first print"),
        ("bop_adjustment", "2007", date(2008, 2, 29), -25_255_000_000, 10**6, "first print"),
        ("goods_services_bop", "2025", date(2026, 2, 28), -901_000_000_000, 10**9, "first print"),
    ],
)
def test_early_prints(*, headline, series, period, vintage, balance, step, kind):
    [row] = rows_where(headline, series=series, period=period, vintage=vintage, flow="balance")
    assert (row["value_usd"], row["printed_unit_usd"], row["print_kind"]) == (balance, step, kind)


def test_every_figure_is_a_multiple_of_its_printed_step(headline):
    values, steps = headline["value_usd"], headline["printed_unit_usd"]
    assert pc.min(steps).as_py() == 1
    remainder = pc.subtract(values, pc.multiply(pc.divide(values, steps), steps))
    assert pc.all(pc.equal(remainder, 0)).as_py()


@pytest.mark.parametrize(
    ("year", "nearest", "parent", "undecided", "everything"),
    [
        (2024, 716_462_490_740, 44_498_748_171, 36_826_612_406, 3_263_893_254_128),
        (2025, 908_256_571_676, 57_735_992_957, 39_571_319_263, 3_414_510_592_814),
    ],
)
def test_imports_by_product_add_to_what_was_published(
    *, trade, outside, headline, year, nearest, parent, undecided, everything
):
    def imports(table, **wanted):
        return sum(row["general_usd"] for row in rows_where(table, year=year, **wanted))

    assert imports(trade, match="nearest-list") == nearest
    assert imports(trade, match="parent") == parent
    assert imports(trade, match="undecided") == undecided
    assert imports(trade, match="exact") == 0
    assert imports(trade) + imports(outside) == everything
    atp = value(headline, "atp", "import", str(year), OCTOBER_2026, freq="year")
    goods = value(headline, "goods_census", "import", str(year), OCTOBER_2026, freq="year")
    assert abs(nearest + parent - atp) <= HALF_A_PRINTED_STEP_USD
    assert abs(everything - goods) <= HALF_A_PRINTED_STEP_USD


def test_undecided_products_have_no_group_and_all_others_one_of_ten(trade):
    pairs = trade.group_by(["match", "group"]).aggregate([]).to_pylist()
    assert {pair["group"] for pair in pairs if pair["match"] == "undecided"} == {"00"}
    assert {pair["group"] for pair in pairs if pair["match"] != "undecided"} == {
        f"{n:02d}" for n in range(1, 11)
    }


def test_every_traded_product_and_partner_has_a_name(trade, outside):
    products = set(pq.read_table(record.path("products"))["code"].to_pylist())
    partners = set(pq.read_table(record.path("partners"))["code"].to_pylist())
    assert set(trade["product"].to_pylist()) <= products
    assert set(trade["partner"].to_pylist()) | set(outside["partner"].to_pylist()) <= partners


@pytest.mark.parametrize(
    ("flow", "counts"),
    [
        ("import", [27, 101, 55, 141, 92, 118, 7, 68, 21, 14]),
        ("export", [15, 81, 23, 84, 38, 86, 3, 52, 13, 12]),
    ],
)
def test_lists_hold_the_published_number_of_codes(flow, counts):
    membership = pq.read_table(record.path("membership"))
    groups = [row["group"] for row in rows_where(membership, flow=flow)]
    assert [groups.count(f"{n:02d}") for n in range(1, 11)] == counts
    assert groups.count("00") == {"import": 19_758, "export": 9_356}[flow] - sum(counts)


@pytest.mark.parametrize(
    ("country", "flow", "billions"),
    [("DEU", "receipts", 48.05), ("USA", "receipts", 148.2), ("CHN", "balance", -31.8)],
)
def test_charges_for_intellectual_property_in_2023(country, flow, billions):
    table = pq.read_table(record.path("ip_charges"))
    rows = rows_where(table, country=country, period="2023", vintage=date(2026, 7, 1))
    charges = {row["flow"]: row["value_usd"] for row in rows}
    charges["balance"] = charges["receipts"] - charges["payments"]
    digits = len(str(billions).split(".")[1])
    assert round(charges[flow] / 1e9, digits) == billions


def test_missing_charges_have_no_row():
    table = pq.read_table(record.path("ip_charges"))
    zeros = {(row["country"], row["period"]) for row in rows_where(table, value_usd=0)}
    assert zeros == {("NAM", "2001")}, "0.37 dollars as printed; any other zero would be a missing value"
    assert not rows_where(table, country="TWN")
    assert len(rows_where(table, country="XKX")) > 0


def test_consumer_prices_hold_full_years_only():
    years = [row["year"] for row in rows_where(pq.read_table(record.path("macro")), series="cpi")]
    assert (min(years), max(years)) == (1913, 2024)
