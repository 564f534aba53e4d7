"""Statements and figures to judge."""

import datetime as dt

import pytest

from techbalance.claims.figures import Figure
from techbalance.claims.statement import Statement

FILTERS = {
    "level": {"year": 2024},
    "sign": {"from": 1989, "to": 2001},
    "record": {"from": 1989, "to": 2007, "extreme": "lowest"},
    "ratio_record": {"from": 1989, "to": 2007, "extreme": "highest"},
    "deficit_ratio": {"year": 2002},
    "change": {"from": 2002, "to": 2007},
    "deficit_growth": {"from": 2002, "to": 2007},
    "rank": {"year": 2007, "partner": "MEX"},
    "overtaking": {"from": 2002, "to": 2007, "partner": "MEX", "other_partner": "MYS"},
    "growth_order": {"from": 2002, "to": 2007, "partner": "MEX", "other_partner": "CHN"},
    "ip_ratio": {"year": 2023, "country": "USA", "other_country": "DEU", "flow": "receipts"},
    "span": {"from": 1995, "to": 2024},
}
UNITS = {
    "level": "usd_billion",
    "change": "usd_billion",
    "deficit_ratio": "percent",
    "deficit_growth": "percent",
    "ip_ratio": "ratio",
}


@pytest.fixture(scope="session")
def statement():
    """Make a statement of a metric from what it states."""

    def make(metric, stated, **more):
        given = {
            "id": "X1",
            "text": "t",
            "where": "w",
            "metric": metric,
            "stated": stated,
            "filters": FILTERS[metric],
        }
        if metric in UNITS:
            given["unit"] = UNITS[metric]
        return Statement.model_validate(given | more)

    return make


@pytest.fixture(scope="session")
def figure():
    """Make a figure of a value on a vintage given as text."""

    def make(value, unit, vintage="2026-10-31", **more):
        day = dt.date.fromisoformat(vintage) if vintage else None
        return Figure(value, unit, day, **more)

    return make
