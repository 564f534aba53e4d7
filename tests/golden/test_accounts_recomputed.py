"""The same figures once more, from the files the record was built from: loops over text, no queries."""

import csv
import datetime as dt
import gzip
import io
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from techbalance import record

ATP_ANNUAL = "headline/atp_total_annual_vintages.csv"
ATP_MONTHLY = "headline/atp_total_monthly.csv"
GOODS_BY_PARTNER = "headline/goods_by_partner_annual_1985_2025.csv.gz"
IMPORTS = "trade/us_imports_hts10_country_2024_2025.csv.gz"
LIST = "lists/census_imp_code_2022.csv"
IP = "ip/ip_charges_vintages.csv"
# Annual totals are printed to a tenth of a million; their balance is a difference of two of them.
PRINTED_UNIT = 100_000
PARENT_DIGITS = 8


def read(folder: Path, name: str) -> Iterator[dict[str, str]]:
    path = folder / name
    packed = path.suffix == ".gz"
    text = gzip.decompress(path.read_bytes()).decode() if packed else path.read_text(encoding="utf-8")
    return csv.DictReader(io.StringIO(text))


def month_end(text: str) -> dt.date:
    year, month = int(text[:4]), int(text[5:7])
    return dt.date(year, month, monthrange(year, month)[1])


def dollars(millions: str) -> int:
    return round(float(millions) * 10) * PRINTED_UNIT


@pytest.mark.parametrize("as_of", ["2017-01", "2023-03", "2025-04", "2026-10"])
def test_every_year_of_the_balance_on_every_vintage(shared_data: Path, asked: Any, as_of: str):
    day = month_end(as_of)
    newest: dict[int, tuple[dt.date, dict[str, str]]] = {}
    for row in read(shared_data, ATP_ANNUAL):
        year, vintage = int(row["year"]), month_end(row["vintage"])
        is_part = year == 2016 and row["vintage"].startswith("2017-01")
        if vintage <= day and not is_part and (year not in newest or newest[year][0] < vintage):
            newest[year] = (vintage, row)
    found = {row["year"]: row for row in asked("balance", year="1989:2026", as_of=as_of).rows()}
    printed = {year for year, row in found.items() if row["exports_usd"] is not None}
    assert printed == set(newest)
    for year, (vintage, row) in newest.items():
        assert found[year]["vintage"] == vintage
        assert found[year]["exports_usd"] == dollars(row["exports_musd"])
        assert found[year]["imports_usd"] == dollars(row["imports_musd"])
        assert abs(found[year]["balance_usd"] - dollars(row["balance_musd"])) <= PRINTED_UNIT


def test_every_month_of_the_newest_vintage(shared_data: Path, asked: Any):
    newest: dict[tuple[str, str], tuple[str, int]] = {}
    for row in read(shared_data, ATP_MONTHLY):
        place = (f"{row['year']}-{int(row['month']):02d}", row["flow"])
        if place not in newest or newest[place][0] < row["vintage"]:
            newest[place] = (row["vintage"], round(float(row["value_usd"])))
    rows = asked("balance", by="month").rows()
    assert len(rows) * 2 == len(newest)
    for row in rows:
        assert row["exports_usd"] == newest[row["month"], "export"][1]
        assert row["imports_usd"] == newest[row["month"], "import"][1]


def test_every_partner_of_goods_trade(shared_data: Path, asked: Any, tb: Any):
    iso3 = {
        row["code"]: row["iso3"] or row["code"] for row in tb.store.fetch_rows(tb.store.table("partners"))
    }
    expected: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in read(shared_data, GOODS_BY_PARTNER):
        if row["is_aggregate"] == "0" and row["partner_code"] in iso3:
            place = (int(row["year"]), iso3[row["partner_code"]])
            expected[place][row["flow"]] += round(float(row["value_usd"]))
    rows = asked("balance", year="1987:2025", series="goods_census", by="partner").rows()
    found = {(row["year"], row["partner"]): row for row in rows if row["partner"] != "-"}
    assert set(found) == {place for place in expected if place[0] >= 1987}
    for place, row in found.items():
        assert row["exports_usd"] == expected[place]["export"], place
        assert row["imports_usd"] == expected[place]["import"], place


@pytest.fixture(scope="module")
def products(shared_data: Path) -> dict[tuple[int, str, str], int]:
    """Imports by year, Census code of the partner, and group: the published rule, applied line by line."""
    groups, parents = {}, defaultdict(set)
    for row in read(shared_data, LIST):
        group = row["hitech"].zfill(2)
        groups[row["HS10"]] = group
        parents[row["HS10"][:PARENT_DIGITS]].add(group)
    sums: dict[tuple[int, str, str], int] = defaultdict(int)
    for row in read(shared_data, IMPORTS):
        code = row["I_COMMODITY"]
        group = groups.get(code)
        if group is None:
            above = parents.get(code[:PARENT_DIGITS], set())
            group = next(iter(above)) if len(above) == 1 else "undecided"
        sums[int(row["YEAR"]), row["CTY_CODE"], group] += int(row["GEN_VAL_YR"])
    return sums


def test_every_group_and_partner_of_imports(products: dict[tuple[int, str, str], int], asked: Any, tb: Any):
    iso3 = {
        row["code"]: row["iso3"] or row["code"] for row in tb.store.fetch_rows(tb.store.table("partners"))
    }
    expected: dict[tuple[int, str, str], int] = defaultdict(int)
    for (year, partner, group), value in products.items():
        if group not in ("00", "undecided"):
            expected[year, iso3[partner], group] += value
    rows = asked("balance", by="group,partner").rows()
    found = {(row["year"], row["partner"], row["group"]): row["imports_usd"] for row in rows}
    assert found == dict(expected)


def test_the_undecided_and_the_rest_of_imports(products: dict[tuple[int, str, str], int], asked: Any):
    for row in asked("reconcile", flow="import").rows():
        of = dict.fromkeys(("00", "undecided"), 0)
        for (year, _, group), value in products.items():
            if year == row["year"] and group in of:
                of[group] += value
        assert (row["not_atp_usd"], row["undecided_usd"]) == (of["00"], of["undecided"])


Balances = dict[int, list[tuple[dt.date, bool, int]]]


def every_balance(rows: list[dict[str, Any]], series: str) -> Balances:
    """By year: vintage, whether printed, and balance, of every stored revision of a world total."""
    own = [
        row
        for row in rows
        if row["series"] == series and row["seasonal"] == "nsa" and row["partner"] == "WORLD"
    ]
    printed: dict[tuple[int, dt.date], dict[str, int]] = defaultdict(dict)
    months: dict[int, list[tuple[dt.date, str, int, int]]] = defaultdict(list)
    for row in own:
        if row["freq"] == "year":
            printed[row["year"], row["vintage"]][row["flow"]] = row["value_usd"]
        elif row["freq"] == "month":
            months[row["year"]].append((row["vintage"], row["flow"], row["month"], row["value_usd"]))
    found: Balances = defaultdict(list)
    for (year, vintage), parts in printed.items():
        if "export" in parts and "import" in parts:
            found[year].append((vintage, True, parts["export"] - parts["import"]))
        elif "balance" in parts:
            found[year].append((vintage, True, parts["balance"]))
    for year, cells in months.items():
        for day in {vintage for vintage, *_ in cells}:
            known: dict[tuple[str, int], tuple[dt.date, int]] = {}
            for vintage, flow, month, value in cells:
                if vintage <= day and known.get((flow, month), (dt.date.min, 0))[0] < vintage:
                    known[flow, month] = (vintage, value)
            if len(known) == 24:
                total = sum(value if flow == "export" else -value for (flow, _), (_, value) in known.items())
                found[year].append((day, False, total))
    return found


def test_every_ratio_to_every_denominator(asked: Any):
    rows = pq.read_table(record.path("headline"), filters=[("group", "=", "all")]).to_pylist()
    numerators = every_balance(rows, "atp")
    for denominator in ("goods_census", "goods_bop", "goods_services_bop"):
        others = every_balance(rows, denominator)
        for row in asked("balance", year="1987:2026", denominator=denominator).rows():
            revisions = numerators.get(row["year"])
            if not revisions:
                assert row["balance_usd"] is row["deficit_ratio"] is None
                continue
            vintage, _, balance = max(revisions)
            assert (row["vintage"], row["balance_usd"]) == (vintage, balance)
            candidates = others.get(row["year"], [])
            if not candidates:
                assert row["denominator_usd"] is None
                continue
            day, _, total = min(
                candidates, key=lambda one: (abs((one[0] - vintage).days), -one[0].toordinal(), not one[1])
            )
            assert (row["denominator_vintage"], row["denominator_usd"]) == (day, total)
            assert row["deficit_ratio"] == (balance / total if balance < 0 and total < 0 else None)


def _stands_for_missing(row: dict[str, str]) -> bool:
    """The copy of October 2021 writes zeros where the publisher has nothing."""
    return not row["value"] or (row["vintage"].startswith("2021-10") and float(row["value"]) == 0)


@pytest.mark.parametrize("year", [2016, 2023])
def test_every_country_of_charges_for_intellectual_property(
    shared_data: Path, asked: Any, tb: Any, year: int
):
    newest: dict[tuple[str, str], tuple[str, int]] = {}
    for row in read(shared_data, IP):
        if int(row["year"]) == year and not _stands_for_missing(row):
            place = (row["iso3"], row["flow"])
            if place not in newest or newest[place][0] < row["vintage"]:
                newest[place] = (row["vintage"], round(float(row["value"])))
    rows = {row["country"]: row for row in asked("ip", year=year).rows()}
    held = {
        (country, flow)
        for country in rows
        for flow in ("receipts", "payments")
        if rows[country][f"{flow}_usd"] is not None
    }
    assert held == {place for place in newest if place[0] in rows}
    for country, flow in held:
        assert rows[country][f"{flow}_usd"] == newest[country, flow][1], (country, flow)
    # The rest are aggregates of the publisher, which are kept in a table of their own.
    others = {country for country, _ in newest} - set(rows)
    areas = tb.store.fetch_rows(tb.store.table("ip_charges_areas").select("country").distinct())
    assert others <= {row["country"] for row in areas}
