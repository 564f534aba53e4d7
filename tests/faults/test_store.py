"""A damaged store: every kind of damage is one of our errors, and names the file."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import techbalance
from techbalance import record
from techbalance.errors import DataError, StoreError

TRUE_BALANCE = -294_429_400_000


def own_file(home: Path, content: bytes, table: str = "headline") -> Path:
    folder = home / "tables" / table
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / "own.parquet"
    place.write_bytes(content)
    return place


def figure(home: Path) -> int:
    (row,) = techbalance.open(home).balance(year=2024).rows()
    return row["balance_usd"]


@pytest.fixture(scope="module")
def healthy() -> bytes:
    """A Parquet file that says what the record says."""
    return record.path("headline").read_bytes()


@pytest.mark.parametrize(
    "content",
    [b"", b"PAR1", b"not parquet at all", b"PAR1" + b"\0" * 100 + b"PAR1", b"\xff" * 4096, "−".encode() * 50],
    ids=["empty", "magic alone", "text", "magic around nothing", "noise", "unicode"],
)
def test_what_is_no_parquet_is_named(tmp_path: Path, content: bytes):
    place = own_file(tmp_path, content)
    with pytest.raises(StoreError) as caught:
        figure(tmp_path)
    assert str(place) in str(caught.value)


def test_a_folder_in_the_place_of_a_file_is_named(tmp_path: Path):
    place = tmp_path / "tables" / "headline" / "own.parquet"
    place.mkdir(parents=True)
    with pytest.raises(StoreError) as caught:
        figure(tmp_path)
    assert str(place) in str(caught.value)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0.0, 0.999))
def test_a_file_cut_anywhere_is_named(tmp_path: Path, healthy: bytes, share: float):
    place = own_file(tmp_path, healthy[: int(len(healthy) * share)])
    with pytest.raises(StoreError) as caught:
        figure(tmp_path)
    assert str(place) in str(caught.value)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_flipped_bytes_give_an_error_of_ours_or_the_figures_of_the_file(
    tmp_path: Path, healthy: bytes, data: Any
):
    content = bytearray(healthy)
    for place in data.draw(st.lists(st.integers(0, len(healthy) - 1), min_size=1, max_size=40)):
        content[place] ^= data.draw(st.integers(1, 255))
    own_file(tmp_path, bytes(content))
    try:
        rows = techbalance.open(tmp_path).balance(year=2024).rows()
    except (StoreError, DataError):
        return
    assert len(rows) == 1


@pytest.mark.parametrize("table", ["trade", "partners", "areas", "groups", "membership", "ip_charges"])
def test_a_damaged_table_hurts_the_questions_that_read_it_alone(tmp_path: Path, table: str):
    own_file(tmp_path, b"damaged", table)
    tb = techbalance.open(tmp_path)
    assert figure(tmp_path) == TRUE_BALANCE
    needed = {
        "trade": lambda: tb.balance(by="group").rows(),
        "groups": lambda: tb.balance(by="group").rows(),
        "partners": lambda: tb.balance(partner="CHN").rows(),
        "areas": lambda: tb.balance(partner="EU27").rows(),
        "membership": lambda: tb.balance(product="8542").rows(),
        "ip_charges": lambda: tb.ip(country="USA").rows(),
    }
    with pytest.raises(StoreError, match=r"own\.parquet"):
        needed[table]()


def test_sums_beyond_what_whole_numbers_hold_are_an_error(tmp_path: Path):
    table = pq.read_table(record.path("headline"))
    rows = [
        row
        | {"value_usd": 2**62, "freq": "month", "months": 1, "month": month, "period": f"2024-{month:02d}"}
        for row in table.to_pylist()
        if row["series"] == "atp" and row["period"] == "2024" and str(row["vintage"]) == "2026-10-31"
        for month in range(1, 13)
    ]
    folder = tmp_path / "tables" / "headline"
    folder.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), folder / "own.parquet")
    with pytest.raises(StoreError, match="cannot be read"):
        techbalance.open(tmp_path).balance(year=2024, by="quarter").rows()


def test_a_folder_that_cannot_be_written_loses_the_log_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert figure(tmp_path / "home") == TRUE_BALANCE
