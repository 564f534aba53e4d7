"""Price, quantity and balances of trade that was ingested: products of ten digits, with a known answer."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.store.commit import change
from techbalance.store.holdings import ANNUAL, Block
from techbalance.store.ingestion.schemas import GROUPS, TRADE
from tests.unit.questions.decompositions.conftest import adds_up, effects

DAY = dt.date(2023, 12, 31)
CHIP, PHONE, PLANE = "8542310001", "8517130000", "8802400040"
CHINA, MEXICO = "5700", "2010"
AMOUNTS = {"import": ("general_usd", "general_qty_1"), "export": ("export_usd", "export_qty_1")}
# Flow, year, month, product, partner, dollars, quantity, unit.
IMPORTS = [
    ("import", 2020, 1, CHIP, CHINA, 60, 20, "NO"),
    ("import", 2020, 2, CHIP, CHINA, 40, 20, "NO"),
    ("import", 2020, 1, PHONE, MEXICO, 90, 9, "NO"),
    ("import", 2020, 3, PHONE, CHINA, 10, None, "NO"),
    ("import", 2021, 1, CHIP, CHINA, 100, 25, "NO"),
    ("import", 2021, 7, CHIP, CHINA, 80, 20, "NO"),
    ("import", 2021, 1, PHONE, MEXICO, 50, 5, "NO"),
    ("import", 2021, 2, PHONE, MEXICO, 10, 2, "KG"),
    ("import", 2021, 3, PHONE, CHINA, 30, 3, "NO"),
]
EXPORTS = [
    ("export", 2020, ANNUAL, PLANE, CHINA, 500, 5, "NO"),
    ("export", 2021, ANNUAL, PLANE, CHINA, 280, 2, "NO"),
    ("export", 2021, ANNUAL, PLANE, MEXICO, 120, 1, "NO"),
]


def as_rows(records: list[tuple[Any, ...]]) -> pa.Table:
    rows = []
    for flow, year, month, product, partner, usd, quantity, unit in records:
        row = dict.fromkeys(TRADE.names)
        value, amount = AMOUNTS[flow]
        row |= {
            "reporter": "USA",
            "flow": flow,
            "system": "HTS" if flow == "import" else "SCHEDULE_B",
            "product": product,
            "partner": partner,
            "period": str(year) if month == ANNUAL else f"{year}-{month:02d}",
            "year": year,
            "month": None if month == ANNUAL else month,
            "freq": "year" if month == ANNUAL else "month",
            "months": 12 if month == ANNUAL else 1,
            "group": "05" if product == CHIP else "04" if product == PHONE else "08",
            "match": "exact",
            "list_year": year,
            "vintage": DAY,
            "source_id": "made-up",
            value: usd,
            amount: quantity,
            "unit_1": unit,
        }
        rows.append(row)
    return pa.Table.from_pylist(rows, schema=TRADE)


def as_groups(rows: pa.Table) -> pa.Table:
    """The same by group: every row is a sum of one product."""
    columns = {name: rows[name] for name in rows.column_names if name in GROUPS.names}
    columns["products"] = pa.array([1] * rows.num_rows, pa.int64())
    return pa.table({name: columns[name] for name in GROUPS.names}, schema=GROUPS)


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """A store with imports of two years by month, and exports of the same years as sums."""
    home: Path = tmp_path_factory.mktemp("ingested") / "home"
    for year in (2020, 2021):
        for flow, records in (("import", IMPORTS), ("export", EXPORTS)):
            months = (ANNUAL,) if flow == "export" else tuple(range(1, 13))
            table = "trade_year" if flow == "export" else "trade_month"
            with change(home, why="a test") as draft:
                rows = as_rows([one for one in records if one[1] == year])
                groups = as_groups(rows)
                names = {
                    one: draft.name_of(draft.write(one, written, f"{flow}-{year}"))
                    for one, written in ((table, rows), (table.replace("trade", "group"), groups))
                }
                files = tuple(sorted(names.items()))
                block = Block(flow, year, months, DAY, "made-up", None, files)
                draft.record(block.facts())
    return techbalance.open(home)


def test_unit_values_are_those_of_the_year(ingested: TechBalance):
    answer = ingested.change(from_=2020, to=2021, flow="import", how="price-quantity", by="product", trim=0)
    rows = {(row["product"], row["effect"]): row for row in answer.rows()}
    # Chips: 40 at $2.50 become 45 at $4: price 42.5 x 1.5, quantity 5 x 3.25.
    price, amount = rows[CHIP, "price"], rows[CHIP, "quantity"]
    assert (price["from_unit_value"], price["to_unit_value"]) == (2.5, 4)
    assert (price["change_usd"], amount["change_usd"]) == (64, 16)
    assert price["fisher"] == pytest.approx(1.6)
    # Phones: from Mexico in two units, from China once without a quantity; nothing is made up for either.
    assert rows[PHONE, "price"]["change_usd"] is None
    assert rows[PHONE, "unmatched"]["change_usd"] == -30 + 20
    assert "without a quantity" in rows[PHONE, "unmatched"]["note"]
    assert adds_up(answer) == 270 - 200


@pytest.mark.parametrize(
    "how", ["accounts", "shift-share", "lmdi", "price-quantity", "entry-exit", "margins"]
)
def test_a_balance_of_products_adds_up(ingested: TechBalance, how: str):
    answer = ingested.change(from_=2020, to=2021, how=how, by="partner")
    assert adds_up(answer) == (400 - 270) - (500 - 200)
    assert {row["flow"] for row in answer.rows()} == {"export", "import"}
    sums: dict[str, int] = {}
    for row in answer.rows():
        sums[row["partner"]] = sums.get(row["partner"], 0) + (row["change_usd"] or 0)
    assert sums == {"CHN": (280 - 210) - (500 - 110), "MEX": (120 - 60) - (0 - 90)}


def test_exports_that_began_are_told(ingested: TechBalance):
    answer = ingested.change(from_=2020, to=2021, flow="export", how="entry-exit")
    assert effects(answer) == {"entry": 120, "exit": 0, "growing": 0, "shrinking": -220}


def test_a_split_of_ingested_trade_can_be_traced(ingested: TechBalance):
    traced = ingested.trace(what="change?from=2020&how=accounts&to=2021&by=product").rows()
    rows = [row for row in traced if row["step"] == "row"]
    assert sum(row["value_usd"] for row in rows) == 200 + 270 + 500 + 400
