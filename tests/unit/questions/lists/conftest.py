"""A store with whole detail of two years, and lists to hold against it."""

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance import record
from techbalance.api import TechBalance


def as_stored(table: str, rows: list[dict[str, object]]) -> pa.Table:
    """Rows with the types of a bundled table; columns left out are null."""
    return pa.Table.from_pylist(rows, pq.read_schema(record.path(table)).remove_metadata())


def put(home: Path, table: str, rows: list[dict[str, object]]) -> None:
    folder = home / "tables" / table
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(as_stored(table, rows), folder / "own.parquet")


def imports(row: tuple[str, str, int, int, str, str]) -> dict[str, object]:
    product, partner, year, usd, group, match = row
    return {
        "reporter": "USA",
        "flow": "import",
        "system": "HTS",
        "product": product,
        "partner": partner,
        "period": str(year),
        "year": year,
        "freq": "year",
        "months": 12,
        "general_usd": usd,
        "consumption_usd": usd,
        "dutiable_usd": 0,
        "duty_usd": 0,
        "group": group,
        "match": match,
        "list_year": year,
        "vintage": dt.date(2030, 1, 31),
        "source_id": "own-detail",
    }


# Product, partner, year, dollars, and what the official list says.
DETAIL = (
    ("8542310001", "5700", 2030, 20, "05", "exact"),
    ("8542310002", "5830", 2030, 15, "00", "exact"),
    ("8542390001", "5700", 2030, 7, "05", "exact"),
    ("0101210010", "1220", 2030, 5, "00", "exact"),
    ("9999000001", "1220", 2030, 3, "00", "undecided"),
    ("8542310001", "5700", 2031, 30, "05", "exact"),
    ("8542310002", "5830", 2031, 10, "00", "exact"),
    ("0101210010", "1220", 2031, 4, "00", "exact"),
)
# The official lists of the two years, as far as the trade needs them.
OFFICIAL = {
    2030: {"8542310001": "05", "8542310002": "00", "8542390001": "05", "0101210010": "00"},
    2031: {"8542310001": "04", "8542310002": "05", "8542390001": "00", "0101210010": "00"},
}


def member(list_id: str, year: int, code: str, group: str, flow: str = "import") -> dict[str, object]:
    system = "HTS" if flow == "import" else "SCHEDULE_B"
    return {
        "list_id": list_id,
        "year": year,
        "flow": flow,
        "system": system,
        "code": code,
        "group": group,
        "source_id": "own-lists",
    }


@pytest.fixture(scope="session")
def detailed(tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """All goods imports of 2030 and 2031, official lists of both years, and a list of one's own."""
    home = tmp_path_factory.mktemp("detailed")
    put(home, "trade", [imports(row) for row in DETAIL])
    lists = [
        member("census-atp", year, code, group)
        for year, codes in OFFICIAL.items()
        for code, group in codes.items()
    ]
    lists += [member("chips", 2029, "8542", "all chips"), member("chips", 2029, "85423100", "00")]
    lists += [member("chips", 2031, "8542", "all chips"), member("chips", 2031, "0101", "horses")]
    put(home, "membership", lists)
    return techbalance.open(home)


@pytest.fixture
def a_list(tmp_path: Path):
    """Write a list into a file."""

    def write(text: str, name: str = "mine.csv") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write
