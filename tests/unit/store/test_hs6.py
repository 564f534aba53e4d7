"""The file of six-digit products: typed as it is, refused whole where it is wrong."""

import pytest

import techbalance
from techbalance.errors import NotCoveredError, SchemaError
from techbalance.store.hs6 import read_hs6
from techbalance.store.outside import DATA_VARIABLE
from tests.unit.questions.stories.conftest import ROWS, write_file


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return techbalance.open(tmp_path / "home").store


def test_rows_keep_their_codes_and_numbers(store, tmp_path):
    write_file(tmp_path / "data", [*ROWS, (2023, "MEX", "M", "H6", "010121", 3, 3, "N/A", None, 2.5)])
    rows = read_hs6(store).to_pylist()
    assert len(rows) == len(ROWS) + 1
    horse = next(row for row in rows if row["year"] == 2023 and row["product"] == "010121")
    assert (horse["unit"], horse["quantity"], horse["weight_kg"]) == (None, None, 2.5)


def test_a_file_that_is_not_there_is_not_covered(store):
    with pytest.raises(NotCoveredError, match=r"us_hs6_annual"):
        read_hs6(store)


def test_a_missing_column_is_named(store, tmp_path):
    write_file(tmp_path / "data", without="qty")
    with pytest.raises(SchemaError, match="'qty'"):
        read_hs6(store)


@pytest.mark.parametrize("place", [0, 5, 8])
def test_what_is_no_number_is_refused_with_its_row(store, tmp_path, place):
    row = list(ROWS[0])
    row[place] = "many"
    write_file(tmp_path / "data", [tuple(row)])
    with pytest.raises(SchemaError, match="Row #2") as refused:
        read_hs6(store)
    assert "many" in str(refused.value)


def test_a_cut_file_is_refused(store, tmp_path):
    path = write_file(tmp_path / "data", ROWS * 500)
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(SchemaError, match="cannot be unpacked"):
        read_hs6(store)


@pytest.mark.parametrize(
    ("place", "text", "says"), [(5, "", "no primary_value"), (8, "nan", "qty holds"), (4, "", "no cmd_code")]
)
def test_what_is_missing_or_undefined_is_refused(store, tmp_path, place, text, says):
    row = list(ROWS[0])
    row[place] = text
    write_file(tmp_path / "data", [tuple(row)])
    with pytest.raises(SchemaError, match=says):
        read_hs6(store)
