"""Do the charts of the official figures say what those figures say?"""

import calendar
import datetime
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import csv

from techbalance import charts

GOLDEN = tomllib.loads((Path(__file__).parent / "titles.toml").read_text(encoding="utf-8"))
CREDIT = charts.Credit("techbalance balance --by year")
MILLION = 10**6
CONDUITS = {"NLD": "profit shifting", "IRL": "profit shifting"}


def month_end(text):
    year, month = map(int, re.match(r"(\d{4})-(\d{2})", text).groups())
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def read(path):
    return csv.read_csv(path).to_pylist()


@pytest.fixture(scope="session")
def vintages(shared_data):
    """One row per year and vintage; 2016 in the vintage of January 2017 is January to November."""
    rows = read(shared_data / "headline" / "atp_total_annual_vintages.csv")
    return [
        {
            "year": row["year"],
            "exports_usd": round(row["exports_musd"] * MILLION),
            "imports_usd": round(row["imports_musd"] * MILLION),
            "balance_usd": round(row["balance_musd"] * MILLION),
            "months": 11 if "2016 = Jan-Nov" in row["vintage"] and row["year"] == 2016 else 12,
            "vintage": month_end(row["vintage"]),
        }
        for row in rows
    ]


@pytest.fixture(scope="session")
def newest(vintages):
    return {row["year"]: row for row in sorted(vintages, key=lambda row: row["vintage"])}


def annual(shared_data, vintages, newest):
    return charts.annual_balance(pa.Table.from_pylist(list(newest.values())), credit=CREDIT)


def monthly(shared_data, vintages, newest):
    months = defaultdict(dict)
    for row in read(shared_data / "headline" / "atp_total_monthly.csv"):
        months[row["year"], row["month"]][row["flow"]] = row["value_usd"]
    rows = [
        {
            "year": year,
            "month": month,
            "exports_usd": flows["export"],
            "imports_usd": flows["import"],
            "balance_usd": flows["export"] - flows["import"],
        }
        for (year, month), flows in months.items()
    ]
    return charts.monthly_balance(pa.Table.from_pylist(rows), credit=CREDIT)


def ratio(shared_data, vintages, newest):
    totals = {}
    for row in read(shared_data / "headline" / "goods_total_annual.csv"):
        if row["flow"] == "balance" and row["basis"] == "Census basis, NSA":
            totals[row["year"], "goods_census"] = row["value_usd"]
    scopes = {"goods": "goods_bop", "goods_services": "goods_services_bop"}
    for row in read(shared_data / "headline" / "bop_goods_services_annual.csv"):
        if row["flow"] == "balance" and row["scope"] in scopes:
            totals[row["year"], scopes[row["scope"]]] = row["value_usd"]
    rows = [
        {
            "year": year,
            "denominator": name,
            "deficit_ratio": newest[year]["balance_usd"] / usd
            if max(usd, newest[year]["balance_usd"]) < 0
            else None,
            "months": 12,
        }
        for (year, name), usd in totals.items()
        if year in newest
    ]
    return charts.deficit_ratios(pa.Table.from_pylist(rows), credit=CREDIT)


def revisions(shared_data, vintages, newest):
    return charts.revised_values(pa.Table.from_pylist(vintages), credit=CREDIT, years=range(2021, 2025))


def ip(shared_data, vintages, newest):
    rows = [
        {
            "country": row["iso3"],
            "country_name": row["country"],
            **{
                name: None if row[name] is None else round(row[name])
                for name in ("receipts_usd", "payments_usd", "balance_usd")
            },
            "conduit": CONDUITS.get(row["iso3"]),
        }
        for row in read(shared_data / "ip" / "ip_charges_1960_2025.csv")
        if row["is_country"] == 1 and row["year"] == 2023
    ]
    return charts.intellectual_property(pa.Table.from_pylist(rows), year=2023, credit=CREDIT)


@pytest.mark.parametrize("build", [annual, monthly, ratio, revisions, ip], ids=lambda build: build.__name__)
def test_official_figures_are_said_as_printed(build, shared_data, vintages, newest):
    figure = build(shared_data, vintages, newest)
    golden = GOLDEN[build.__name__]
    assert figure.title == golden["title"]
    missing = [sentence for sentence in golden["text"] if sentence not in figure.alt_text]
    assert missing == [], figure.alt_text
