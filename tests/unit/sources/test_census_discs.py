"""dBase files of the discs: what is read, and every place at which a file can be wrong."""

import io
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

import techbalance
from techbalance.errors import SchemaError
from techbalance.sources.census_discs.dbase import read_detail

FIELDS = (
    ("COMMODITY", "C", 10),
    ("CTY_CODE", "C", 4),
    ("DISTRICT", "C", 2),
    ("STAT_YEAR", "C", 4),
    ("STAT_MONTH", "C", 2),
    ("GEN_VAL_MO", "N", 15),
    ("CON_VAL_MO", "N", 13),
)
ROWS = (
    ("8542310000", "2010", "01", "1996", "07", "100", "90"),
    ("8542310000", "2010", "02", "1996", "07", "11", "0"),
    ("8802400000", "5700", "01", "1996", "12", "7", "7"),
)


def disc(
    rows: Sequence[Sequence[str]] = ROWS,
    fields: Sequence[tuple[str, str, int]] = FIELDS,
    *,
    mark: bytes = b" ",
    records: int | None = None,
) -> bytes:
    head_bytes, record_bytes = 32 + 32 * len(fields) + 1, 1 + sum(width for *_, width in fields)
    count = len(rows) if records is None else records
    head = struct.pack("<B3sIHH20x", 3, b"\x60\x07\x01", count, head_bytes, record_bytes)
    for name, kind, width in fields:
        head += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), width, 0)
    body = b""
    for row in rows:
        body += mark
        for value, (_, kind, width) in zip(row, fields, strict=True):
            body += (value.rjust(width) if kind == "N" else value.ljust(width)).encode()
    return head + b"\r" + body + b"\x1a"


def read(data: bytes, name: str = "imp_detl.dbf") -> list[dict[str, object]]:
    return read_detail(io.BytesIO(data), name).to_pylist()


def test_records_are_summed_over_districts():
    first, second = read(disc())
    assert (first["product"], first["partner"], first["period"]) == ("8542310000", "2010", "1996-07")
    assert (first["general_usd"], first["consumption_usd"]) == (111, 90)
    assert (second["period"], second["general_usd"]) == ("1996-12", 7)
    assert {first[name] for name in ("source", "flow", "freq")} == {"census-discs", "import", "month"}


def test_exports_have_their_own_value():
    fields = [(name.replace("GEN_VAL", "ALL_VAL"), kind, width) for name, kind, width in FIELDS]
    rows = read(disc(fields=fields), "EXP_DETL.DBF")
    assert [row["export_usd"] for row in rows] == [111, 7]


def test_codes_kept_as_numbers_get_their_zeros_back_and_years_their_century():
    fields = [("COMMODITY", "N", 10), *FIELDS[1:3], ("STAT_YEAR", "C", 2), *FIELDS[4:]]
    rows = [
        ("101210000", "2010", "01", "04", "01", "5", "5"),
        ("101210000", "2010", "01", "96", "01", "6", "5"),
    ]
    found = read(disc(rows, fields))
    assert [(row["product"], row["period"]) for row in found] == [
        ("0101210000", "1996-01"),
        ("0101210000", "2004-01"),
    ]


def test_records_marked_as_deleted_are_left_out():
    data = disc()
    start = 32 + 32 * len(FIELDS) + 1
    assert len(read(data[:start] + b"*" + data[start + 1 :])) == 2
    assert read(data[:start] + b"*" + data[start + 1 :])[0]["general_usd"] == 11


def changed(row: int, field: int, value: str) -> bytes:
    rows = [list(one) for one in ROWS]
    rows[row][field] = value
    return disc(rows)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"PK\x03\x04" + bytes(60), "no dBase"),
        (b"\x03", "no dBase"),
        (disc()[:-20], "records need"),
        (disc() + b"more", "records need"),
        (disc(records=9), "records need"),
        (disc(mark=b"x"), "does not begin"),
        (disc(fields=[*FIELDS[:5], ("MYSTERY", "N", 15), FIELDS[6]]), "GEN_VAL_MO"),
        (disc(fields=[*FIELDS[:6], ("CON_VAL_MO", "M", 13)]), "kind 'M'"),
        (disc([]), "no records"),
        (changed(1, 0, "85423"), r"record 2, byte \d+, COMMODITY"),
        (changed(2, 1, "CHN"), "record 3"),
        (changed(0, 4, "13"), "outside its range"),
        (changed(0, 5, "-5"), "no whole amount"),
        (changed(0, 5, ""), "no whole amount"),
        (changed(0, 5, "1.5"), "no whole amount"),
    ],
)
def test_what_is_not_as_it_says_is_refused_with_its_place(data: bytes, says: str):
    with pytest.raises(SchemaError, match=says):
        read(data)


def test_a_name_that_tells_no_flow_is_refused():
    with pytest.raises(SchemaError, match="imports or exports"):
        read(disc(), "detail.dbf")


def test_ingest_takes_a_disc_and_puts_it_into_groups(tmp_path: Path):
    file = tmp_path / "imp_detl.dbf"
    rows = [(f"85423100{at:02d}", "2010", "01", "1996", f"{at:02d}", "10", "9") for at in range(1, 13)]
    file.write_bytes(disc(rows))
    tb = techbalance.open(tmp_path / "home")
    (row,) = tb.ingest(files=[str(file)]).rows()
    assert (row["status"], row["rows"]) == ("ingested", 12)
    found = techbalance.open(tmp_path / "home").balance(by="month", partner="MEX", year=1996).rows()
    assert len(found) == 12
    assert {one["exports_usd"] for one in found} == {None}
