"""A file of six-digit products of three partners in four years, small enough to check by hand."""

import csv
import gzip
import io
from pathlib import Path

import pytest

from techbalance.api import TechBalance
from techbalance.store.hs6 import FIELDS, FILE
from techbalance.store.outside import DATA_VARIABLE

# Year, partner, flow, edition, code, value, c.i.f., unit, quantity, kilograms.
# Mexico 2021 is not held; Taiwan
# is at customs value, without quantities.
ROWS = [
    (2020, "CHN", "M", "H5", "854140", 100, 100, "u", 50, 10),
    (2020, "MEX", "M", "H5", "010121", 7, 7, "u", 1, 1),
    (2021, "CHN", "M", "H5", "854140", 200, 200, "u", 50, 10),
    (2021, "TWN", "M", "HTS", "854140", 40, None, None, None, None),
    (2022, "CHN", "M", "H6", "854142", 10, 10, "u", 5, 1),
    (2022, "CHN", "M", "H6", "854143", 20, 20, "u", 10, 2),
    (2022, "CHN", "M", "H6", "854141", 270, 270, "u", 900, 30),
    (2022, "TWN", "M", "HTS", "854142", 30, None, None, None, None),
    (2022, "TWN", "M", "HTS", "854149", 10, None, None, None, None),
    (2022, "MEX", "M", "H6", "854143", 50, 50, "u", 5, 25),
    (2023, "CHN", "M", "H6", "854142", 12, 12, "kg", 6, 6),
    (2023, "CHN", "M", "H6", "854143", 24, 24, "u", 12, 2),
    (2023, "CHN", "M", "H6", "854149", 264, 264, "u", 12, 2),
    (2023, "TWN", "M", "HTS", "854142", 30, None, None, None, None),
    (2023, "MEX", "M", "H6", "854143", 55, 55, "u", 5, 25),
    (2023, "CHN", "X", "H6", "854143", 5, None, "u", 1, 1),
]  # fmt: skip


def write_file(folder: Path, rows: list[tuple[object, ...]] = ROWS, *, without: str = "") -> Path:
    """Write rows in the layout of the file."""
    heads = [column for column, _, _ in FIELDS.values()]
    # The order of ROWS.
    order = ["ref_year", "partner_iso", "flow_code", "classification_code", "cmd_code", "primary_value",
             "cifvalue", "qty_unit_abbr", "qty", "net_wgt"]  # fmt: skip
    assert sorted(order) == sorted(heads)
    kept = [at for at, name in enumerate(order) if name != without]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([order[at] for at in kept])
    writer.writerows([[row[at] for at in kept] for row in rows])
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode(), mtime=0))
    return path


@pytest.fixture
def record(tb: TechBalance, monkeypatch: pytest.MonkeyPatch) -> TechBalance:
    """The bundled record, and nothing outside it."""
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    return tb


@pytest.fixture
def small(record: TechBalance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TechBalance:
    """The record beside the small file."""
    write_file(tmp_path / "data")
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "data"))
    return record
