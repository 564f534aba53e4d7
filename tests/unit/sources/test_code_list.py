"""The annual code lists of the Census Bureau, fixed width with blank gaps."""

import csv
import gzip
from pathlib import Path

import pytest

from techbalance.errors import RecordError
from techbalance.sources.census_archive import records
from techbalance.sources.census_archive.layouts import layout

FORM = layout("HS10_CODE_LIST")


def test_the_export_list_of_2019_is_read_whole(shared_data: Path):
    data = (shared_data / "lists" / "hs-10d-2019-exp-code.txt").read_bytes()
    table = records.read(FORM, data, "exp-code.txt")
    with gzip.open(shared_data / "codes" / "exp_codes_2019.csv.gz", "rt", encoding="ascii") as file:
        wanted = {row["commodity"]: row for row in csv.DictReader(file)}
    assert table.num_rows == len(wanted) == 9_356
    assert sum(group != "00" for group in table["hitech"].to_pylist()) == 407
    for row in table.to_pylist():
        other = wanted[row["commodity"]]
        assert [row[name] for name in ("quantity_1", "quantity_2", "sitc", "end_use", "naics", "hitech")] == [
            other[name] for name in ("unit1", "unit2", "sitc", "end_use", "naics", "hitech")
        ]
        assert row["descrip_1"] == other["short_desc"].rstrip()


@pytest.mark.parametrize(
    ("place", "value", "field"),
    [(12, b"X", "between fields"), (276, b" 4", "hitech"), (0, b"O", "commodity"), (270, b"?", "naics")],
)
def test_a_byte_that_must_not_be_there_is_named(shared_data: Path, place: int, value: bytes, field: str):
    data = (shared_data / "lists" / "hs-10d-2019-exp-code.txt").read_bytes()[: FORM.line * 5]
    at = FORM.line * 3 + place
    with pytest.raises(RecordError) as caught:
        records.read(FORM, data[:at] + value + data[at + len(value) :], "exp-code.txt")
    assert (caught.value.at.record, caught.value.at.field) == (4, field)
    found = FORM.field_at(place)
    assert (caught.value.at.byte, caught.value.at.last_byte) == (found.start + 1, found.end)
