"""The bundled record, outside data where they are, and a small world of six countries."""

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.store.outside import DATA_VARIABLE

COUNTRIES = ("USA", "CHN", "DEU", "FRA", "MEX", "VNM")
PRODUCTS = ("847130", "850760", "854231")
YEARS = (2021, 2022, 2023)
OWN = 500


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    """The record and an empty store, opened once."""
    return techbalance.open(tmp_path_factory.mktemp("home"))


@pytest.fixture
def tb(record: TechBalance, monkeypatch: pytest.MonkeyPatch) -> TechBalance:
    """The record alone: no outside data."""
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    return record


@pytest.fixture
def outside(tb: TechBalance, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> TechBalance:
    """The record, with the outside data in place."""
    monkeypatch.setenv(DATA_VARIABLE, str(shared_data))
    return tb


def flows(*, seed: int = 1) -> list[dict[str, object]]:
    """Trade of every pair in every product and year, and sales at home; China dominates batteries."""
    draw = random.Random(seed)  # noqa: S311 - figures of a test, not a secret
    rows = []
    for year in YEARS:
        for product in PRODUCTS:
            for exporter in COUNTRIES:
                for importer in COUNTRIES:
                    usd = OWN if exporter == importer else draw.randint(1, 100)
                    if exporter == "CHN" != importer and product == "850760":
                        usd = draw.randint(2000, 3000)
                    rows.append(
                        {
                            "year": year,
                            "exporter": exporter,
                            "importer": importer,
                            "product": product,
                            "value_usd": float(usd),
                            "quantity": usd / 2,
                            "unit": "kg",
                        }
                    )
    return rows


@pytest.fixture
def world() -> list[dict[str, object]]:
    """The rows of the small world."""
    return flows()


@pytest.fixture
def panel(tmp_path: Path, world: list[dict[str, object]]) -> str:
    """The small world as a file."""
    path = tmp_path / "world.parquet"
    pq.write_table(pa.Table.from_pylist(world), path)
    return str(path)
