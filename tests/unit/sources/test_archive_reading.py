"""An archive read back: the figures that were written, by either reader, under the names of the contract."""

import datetime as dt
import io
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from techbalance.errors import ParameterError
from techbalance.sources.census_archive import open_archive, readers
from techbalance.sources.census_archive.layouts import layout
from tests.unit.sources.archives import made, packed, read, spoiled, unpacked
from tools.census_archives import Plan, archive_bytes, archive_name

FLOWS = ("import", "export")
READERS = ("plain", "compiled")
COLUMNS = {
    "import": [
        *("flow", "system", "product", "partner", "subcode", "district_entry", "district_unlading"),
        *("rate_provision", "period", "year", "month", "cards", "consumption_qty_1", "consumption_qty_2"),
        *("consumption_usd", "dutiable_usd", "duty_usd", "consumption_charges_usd", "consumption_cif_usd"),
        *("general_qty_1", "general_qty_2", "general_usd", "general_charges_usd", "general_cif_usd"),
        *("air_usd", "air_kg", "air_charges_usd", "vessel_usd", "vessel_kg", "vessel_charges_usd"),
        *("container_usd", "container_kg", "container_charges_usd", "unit_1", "unit_2", "group", "match"),
        "list_year",
    ],
    "export": [
        *("flow", "system", "foreign", "product", "partner", "district_export", "period", "year", "month"),
        *("cards", "export_qty_1", "export_qty_2", "export_usd", "air_usd", "air_kg", "vessel_usd"),
        *("vessel_kg", "container_usd", "container_kg", "unit_1", "unit_2", "group", "match", "list_year"),
    ],
}


def by_hand(flow: str, data: bytes) -> list[dict[str, Any]]:
    """The month's records, cut by position and turned into numbers one by one."""
    form = layout("IMP_DETL" if flow == "import" else "EXP_DETL")
    text = next(value for name, value in unpacked(data).items() if name == f"{form.name}.TXT").decode()
    found = []
    for line in text.split("\r\n")[:-1]:
        row: dict[str, Any] = {
            name: line[field.start : field.end] for name, field in form.by_name.items() if name[-3:] != "_yr"
        }
        row |= {f"{name}_mo": int(row[f"{name}_mo"]) for name in form.measures}
        if any(row[f"{name}_mo"] for name in form.measures):
            found.append(row)
    return found


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("padding", ["zeros", "blanks"])
@pytest.mark.parametrize("flow", FLOWS)
def test_rows_are_the_records_with_trade_in_the_month(flow: str, padding: str, reader: str):
    name, data = made(flow, padding=padding)
    table = read(data, name, reader)
    wanted = by_hand(flow, data)
    assert table.num_rows == len(wanted) > 50
    value, codes = ("general_usd", "gen_val_mo") if flow == "import" else ("export_usd", "all_val_mo")
    assert table[value].to_pylist() == [row[codes] for row in wanted]
    assert table["cards"].to_pylist() == [row["cards_mo"] for row in wanted]
    assert table["product"].to_pylist() == [row["commodity"] for row in wanted]
    assert table["partner"].to_pylist() == [row["cty_code"] for row in wanted]
    if flow == "import":
        assert table["subcode"].to_pylist() == [row["cty_subco"] for row in wanted]
        assert table["district_unlading"].to_pylist() == [row["dist_unlad"] for row in wanted]
        assert table["rate_provision"].to_pylist() == [row["rate_prov"] for row in wanted]
        assert table["container_charges_usd"].to_pylist() == [row["cnt_cha_mo"] for row in wanted]
    else:
        assert table["foreign"].to_pylist() == [row["df"] == "2" for row in wanted]
        assert table["district_export"].to_pylist() == [row["district"] for row in wanted]


@pytest.mark.parametrize("flow", FLOWS)
def test_columns_are_those_of_the_contract(flow: str):
    name, data = made(flow)
    table = read(data, name)
    assert table.column_names == COLUMNS[flow]
    figures = [one for one in table.schema if one.name.endswith(("_usd", "_kg", "_1", "_2", "cards"))]
    assert {one.type for one in figures if not one.name.startswith("unit")} == {pa.int64()}
    assert pc.unique(table["period"]).to_pylist() == ["2024-03"]
    assert pc.unique(table["system"]).to_pylist() == ["HTS" if flow == "import" else "SCHEDULE_B"]
    assert table.schema.field("year").type == pa.int16()


def test_the_readers_agree_to_the_last_column():
    for flow in FLOWS:
        name, data = made(flow, month=5, rows=900, seed=11)
        assert read(data, name, "plain").to_pylist() == read(data, name, "compiled").to_pylist()


@pytest.mark.parametrize("flow", FLOWS)
def test_how_much_is_read_at_once_changes_nothing(flow: str):
    name, data = made(flow)
    whole = read(data, name, batch_bytes=10**9).to_pylist()
    for reader in READERS:
        assert read(data, name, reader, batch_bytes=1).to_pylist() == whole


@pytest.mark.parametrize("flow", FLOWS)
def test_records_cut_anywhere_are_put_together(flow: str, monkeypatch: pytest.MonkeyPatch):
    name, data = made(flow)
    whole = read(data, name).to_pylist()
    for piece in (1, 7, 322, 325, 689, 691):
        monkeypatch.setattr("techbalance.sources.census_archive.archive.PIECE_BYTES", piece)
        rows = read(made(flow, rows=20)[1], name) if piece == 1 else read(data, name)
        assert rows.num_rows == (len(whole) if piece > 1 else rows.num_rows)
        if piece > 1:
            assert rows.to_pylist() == whole


def test_groups_and_units_are_those_of_the_archive_s_own_list():
    name, data = made()
    table = read(data, name)
    archive = open_archive(io.BytesIO(data), name)
    concord = {row["commodity"]: row for row in archive.lists["CONCORD"].to_pylist()}
    for row in table.select(["product", "group", "unit_1", "unit_2", "match", "list_year"]).to_pylist():
        listed = concord[row["product"]]
        assert (row["group"], row["unit_1"], row["unit_2"]) == (
            listed["hitech"],
            listed["unit_qy1"],
            listed["unit_qy2"],
        )
        assert (row["match"], row["list_year"]) == ("exact", 2024)


def test_what_an_archive_says_before_its_detail_is_read():
    name, data = made()
    archive = open_archive(io.BytesIO(data), name.lower())
    assert (archive.flow, archive.period, archive.notes) == ("import", "2024-03", ())
    assert set(archive.controls) == {"IMP_COMM", "IMP_CTY", "IMP_DE", "IMP_DU"}
    assert {"CONCORD", "COUNTRY", "DISTRICT", "HITECH"} <= set(archive.lists)
    assert archive.lists["COUNTRY"]["cty_name"].to_pylist()[0] == "CANADA"
    table = pa.Table.from_batches(list(archive.detail()))
    total = pc.sum(archive.controls["IMP_CTY"]["gen_val_mo"]).as_py()
    assert pc.sum(table["general_usd"]).as_py() == total


def test_carriers_are_counted_and_not_stored():
    name, data = made()
    archive = open_archive(io.BytesIO(data), name)
    rows = sum(batch.num_rows for batch in archive.detail())
    assert archive.counts.rows == rows
    assert archive.counts.carriers == archive.counts.records - rows > 0


def test_the_months_of_a_year_add_up_to_its_year_to_date():
    plan = Plan(rows=150, level=1)
    months = [
        open_archive(io.BytesIO(archive_bytes(plan, month)), archive_name(plan, month)) for month in (1, 2, 3)
    ]
    total = sum(pc.sum(batch["general_usd"]).as_py() for one in months for batch in one.detail())
    assert total == pc.sum(months[-1].controls["IMP_COMM"]["gen_val_yr"]).as_py()


def test_modes_of_transport_are_left_out_where_not_wanted():
    name, data = made()
    archive = open_archive(io.BytesIO(data), name)
    (batch,) = archive.detail(modes=False)
    assert not [one for one in batch.schema.names if one.startswith(("air_", "vessel_", "container_"))]
    assert "general_usd" in batch.schema.names


def test_vintage_and_source_stand_in_every_row():
    name, data = made()
    archive = open_archive(io.BytesIO(data), name)
    (batch,) = archive.detail(vintage=dt.date(2024, 9, 4), source_id="census-imdb2403")
    assert pc.unique(batch["vintage"]).to_pylist() == [dt.date(2024, 9, 4)]
    assert pc.unique(batch["source_id"]).to_pylist() == ["census-imdb2403"]


def test_members_are_found_in_any_case_and_folder_and_others_are_named():
    name, data = made()
    members = unpacked(data)
    moved = {
        (one if one.startswith("Documentation") else f"DATA/{one.swapcase()}"): text
        for one, text in members.items()
    }
    archive = open_archive(io.BytesIO(packed(moved | {"README.TXT": b"?"})), name)
    assert sum(batch.num_rows for batch in archive.detail()) == read(data, name).num_rows
    assert archive.notes == ("not read: README.TXT",)


def test_an_archive_without_documentation_or_the_smaller_look_ups_is_read():
    name, data = made("export")
    members = {
        one: text
        for one, text in unpacked(data).items()
        if not one.startswith(("Doc", "NAICS", "SITC", "HSDE"))
    }
    assert read(packed(members), name).num_rows == read(data, name).num_rows


def test_units_that_two_members_give_differently_are_noted():
    form = layout("IMP_COMM")
    at = form.line * 2 + form.by_name["unit_qy1"].start
    data = spoiled("imp_comm.txt", lambda text: text[:at] + b"ZZZ" + text[at + 3 :])
    archive = open_archive(io.BytesIO(data), "IMDB2403.ZIP")
    code = archive.controls["IMP_COMM"]["commodity"][2].as_py()
    assert archive.notes == (f"units of {code} are others in IMP_COMM than in CONCORD, which are kept",)
    assert sum(batch.num_rows for batch in archive.detail()) > 0


def test_the_reader_is_chosen_by_what_there_is_to_read(monkeypatch: pytest.MonkeyPatch):
    from techbalance.sources.census_archive import compiled, plain

    assert readers.choose(10**9) is compiled.take
    monkeypatch.delitem(__import__("sys").modules, readers.COMPILED)
    assert readers.choose(1000) is plain.take


def test_without_a_compiler_the_plain_reader_stands_in(monkeypatch: pytest.MonkeyPatch):
    import sys

    import techbalance.sources.census_archive as room
    from techbalance.sources.census_archive import plain

    monkeypatch.setitem(sys.modules, readers.COMPILED, None)
    monkeypatch.delattr(room, "compiled", raising=False)
    assert readers.choose(10**9) is plain.take
    with pytest.raises(ParameterError, match="numba"):
        readers.choose(10**9, "compiled")


def test_sums_never_come_round_to_a_right_one():
    """A group whose sum would pass 64 bits stays above what any control can say."""
    from techbalance.sources.census_archive import plain
    from techbalance.sources.census_archive.books import BOUND

    sums, records = np.zeros((1, 1), dtype=np.int64), np.zeros(1, dtype=np.int64)
    largest = np.full((512, 1), BOUND - 1)
    for _ in range(100):
        plain._add(sums, records, np.zeros(512, dtype=np.int64), largest)
    assert sums[0, 0] == BOUND
    assert records[0] == 51_200


def test_where_machine_code_cannot_be_kept_it_is_compiled_anew(monkeypatch: pytest.MonkeyPatch):
    from techbalance.sources.census_archive import compiled

    asked: list[dict[str, bool]] = []

    def njit(**options: bool) -> Any:
        asked.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda function: function

    monkeypatch.setattr(compiled, "njit", njit)
    assert compiled._kept(len) is len
    assert asked == [{"nogil": True, "cache": True}, {"nogil": True}]
