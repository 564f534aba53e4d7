"""Is the committed record what the stored official files give, and its stored facts true of them?"""

import hashlib

import pyarrow.parquet as pq
import pytest

from techbalance import record
from tools.build_record.__main__ import main
from tools.build_record.build import build_record
from tools.build_record.compare import differences
from tools.build_record.partners import SCHEDULE_C, read_schedule_c
from tools.build_record.reading import read_csv


@pytest.fixture(scope="module")
def rebuilt(shared_data, tmp_path_factory):
    folder = tmp_path_factory.mktemp("record")
    build_record(shared_data, folder)
    return folder


def test_a_rebuild_gives_what_is_committed(rebuilt):
    assert differences(rebuilt, record.folder()) == []


def test_stored_files_are_those_the_record_was_made_from(shared_data):
    files = {stored["file"]: stored for source in record.sources().values() for stored in source["files"]}
    assert len(files) > 10
    for name, stored in files.items():
        assert hashlib.sha256((shared_data / name).read_bytes()).hexdigest() == stored["sha256"], name


def test_schedule_c_agrees_with_an_independent_list_of_country_codes(shared_data):
    names = {row["code"]: row["iso3"] for row in read_csv(shared_data / "partners" / "schedule_c_iso.csv")}
    partners = pq.read_table(record.path("partners")).to_pylist()
    ours = {row["code"]: row["iso3"] for row in partners}
    assert {code: ours[code] for code in names} == names


def test_the_original_schedule_c_needs_exactly_one_repair(shared_data):
    rows = {row["code"]: row for row in read_schedule_c(shared_data / SCHEDULE_C)}
    assert len(rows) == 240
    assert rows["7660"]["iso2"] == "CD"
    assert rows["7660"]["name"].endswith("(formerly Zaire)")
    assert rows["7920"]["iso2"] == "NA"


def test_a_folder_without_the_files_is_an_error_and_writes_nothing(tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["--data", str(tmp_path), "--out", str(out)]) == 3
    assert "stored file" in capsys.readouterr().err
    assert not out.exists()
