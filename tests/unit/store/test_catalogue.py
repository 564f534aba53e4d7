"""The record and the user's own figures as one catalogue."""

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import techbalance
from techbalance import record
from techbalance.errors import CheckError, SchemaError, StoreError
from techbalance.store.catalogue import ENGINE_VARIABLE, HOME_VARIABLE, KEYS, Store, default_home


def balance(home: Path, **given: Any) -> dict[str, Any]:
    (row,) = techbalance.open(home).balance(year=2024, **given).rows()
    return row


def test_the_record_answers_where_there_is_no_store(tmp_path: Path):
    assert balance(tmp_path / "nowhere")["balance_usd"] == -294_429_400_000
    assert not (tmp_path / "nowhere").exists()


def test_every_table_of_the_record_opens_and_its_keys_are_columns(tb: Any):
    assert set(KEYS) == set(record.tables())
    for name, keys in KEYS.items():
        assert set(keys) <= set(tb.store.table(name).columns), name


def test_the_store_wins_where_both_have_a_key(own: Any, figures_of_2024: pa.Table, replaced: Any):
    home = own(replaced(figures_of_2024, value_usd=[1000, 600]))
    row = balance(home)
    assert {row["exports_usd"], row["imports_usd"]} == {1000, 600}
    assert techbalance.open(home).balance(year=2023).rows()[0]["balance_usd"] < -200 * 10**9


def test_a_newer_vintage_of_the_store_is_read_and_the_older_stays(
    own: Any, figures_of_2024: pa.Table, replaced: Any
):
    day = dt.date(2027, 6, 30)
    home = own(replaced(figures_of_2024, value_usd=[1000, 600], vintage=[day, day]))
    assert balance(home)["vintage"] == day
    assert balance(home, as_of="2026-12")["balance_usd"] == -294_429_400_000


def test_a_months_revision_in_the_store_makes_a_new_sum(own: Any, figures_of_2024: pa.Table, replaced: Any):
    day = dt.date(2027, 6, 30)
    month = replaced(
        figures_of_2024,
        value_usd=[40_000_000_000, 70_000_000_000],
        vintage=[day, day],
        period=["2024-12", "2024-12"],
        freq=["month", "month"],
        month=[12, 12],
        months=[1, 1],
    )
    row = balance(own(month))
    assert row["vintage"] == day
    assert row["note"] == "sum of 12 months; no annual figure was printed at this vintage"


def test_several_files_are_one_table(own: Any, figures_of_2024: pa.Table, replaced: Any):
    home = own(replaced(figures_of_2024.slice(0, 1), value_usd=[7]), name="a.parquet")
    (home / "tables" / "headline" / "more").mkdir()
    own(replaced(figures_of_2024.slice(1, 1), value_usd=[5]), name="more/b.parquet")
    row = balance(home)
    assert {row["exports_usd"], row["imports_usd"]} == {7, 5}


def test_columns_in_another_order_and_of_another_width_are_read(
    own: Any, figures_of_2024: pa.Table, replaced: Any
):
    table = replaced(figures_of_2024, value_usd=[7, 5]).select(figures_of_2024.column_names[::-1])
    place = table.schema.get_field_index("year")
    wide = table.set_column(place, "year", table["year"].cast(pa.int64()))
    coded = wide.set_column(
        wide.schema.get_field_index("series"), "series", wide["series"].combine_chunks().dictionary_encode()
    ).append_column("mine", pa.array(["x", "y"]))
    row = balance(own(coded))
    assert {row["exports_usd"], row["imports_usd"]} == {7, 5}


def test_an_empty_own_file_changes_nothing(own: Any, figures_of_2024: pa.Table):
    assert balance(own(figures_of_2024.slice(0, 0)))["balance_usd"] == -294_429_400_000


def test_an_unrecorded_source_is_traced_cited_and_told_by_the_check(
    own: Any, figures_of_2024: pa.Table, replaced: Any
):
    tb = techbalance.open(own(replaced(figures_of_2024, source_id=["mine", "mine"])))
    traced = tb.trace(what="balance?year=2024").rows()
    assert any(row["step"] == "source" and "no record" in row["what"] for row in traced)
    assert any("user's own store" in row["citation"] for row in tb.cite(what="balance?year=2024").rows())
    check = tb.check()
    assert check.exit_code == 1
    assert "headline: source mine" in {row["where"] for row in check.rows()}


def test_the_check_tells_a_figure_that_its_months_do_not_add_up_to(
    own: Any, figures_of_2024: pa.Table, replaced: Any
):
    answer = techbalance.open(own(replaced(figures_of_2024, value_usd=[1000, 600]))).check()
    failing = [row for row in answer.rows() if row["status"] == "fail"]
    assert {row["where"] for row in failing} == {
        "atp export 2024 of 2026-10-31",
        "atp import 2024 of 2026-10-31",
    }
    assert all(row["difference_usd"] == row["found_usd"] - row["expected_usd"] for row in failing)
    assert answer.exit_code == 1


def test_the_version_changes_with_the_files(own: Any, figures_of_2024: pa.Table, tmp_path: Path):
    before = Store(tmp_path).version
    home = own(figures_of_2024)
    after = Store(home).version
    assert before != after
    assert Store(home).version == after
    own(figures_of_2024.slice(0, 1))
    assert Store(home).version != after


def test_the_answers_number_follows_the_store(own: Any, figures_of_2024: pa.Table, tb: Any):
    mine = techbalance.open(own(figures_of_2024)).balance(year=2024)
    assert mine.answer_id != tb.balance(year=2024).answer_id


def test_a_table_nobody_has_is_told(tb: Any):
    with pytest.raises(StoreError, match="there is no table 'trades'"):
        tb.store.table("trades")


# --- what is refused --------------------------------------------------------------------------------------


def test_a_missing_column_is_named_with_its_file(own: Any, figures_of_2024: pa.Table):
    home = own(figures_of_2024.drop_columns(["value_usd"]))
    with pytest.raises(SchemaError, match="'value_usd' is missing") as caught:
        balance(home)
    assert str(home / "tables" / "headline" / "own.parquet") in str(caught.value)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("value_usd", pa.array([1.5, 2.5])),
        ("value_usd", pa.array(["1", "2"])),
        ("year", pa.array(["2024", "2024"])),
        ("partner", pa.array([1, 2])),
        ("vintage", pa.array(["2026-10-31", "2026-10-31"])),
    ],
)
def test_a_column_of_another_kind_is_refused(
    own: Any, figures_of_2024: pa.Table, replaced: Any, column: str, values: pa.Array
):
    home = own(replaced(figures_of_2024, **{column: values}))
    with pytest.raises(SchemaError, match=f"the column '{column}' holds"):
        balance(home)


def test_two_own_rows_of_one_key_are_refused(own: Any, figures_of_2024: pa.Table):
    home = own(pa.concat_tables([figures_of_2024, figures_of_2024]))
    with pytest.raises(CheckError, match="hold 2 rows of one key") as caught:
        balance(home)
    assert "period 2024" in str(caught.value)


def test_one_key_in_two_own_files_is_refused(own: Any, figures_of_2024: pa.Table):
    own(figures_of_2024, name="a.parquet")
    home = own(figures_of_2024, name="b.parquet")
    with pytest.raises(CheckError, match=r"a\.parquet.*b\.parquet"):
        balance(home)


def test_a_home_that_is_a_file_is_refused(tmp_path: Path):
    place = tmp_path / "file"
    place.write_text("not a folder", encoding="utf-8")
    with pytest.raises(StoreError, match=f"Set {HOME_VARIABLE}"):
        techbalance.open(place)


def test_a_home_no_system_can_name_is_refused():
    with pytest.raises(StoreError, match="the store cannot be opened"):
        techbalance.open("a" * 5_000)


def test_another_engine_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(ENGINE_VARIABLE, "abacus")
    with pytest.raises(StoreError, match="there is no engine 'abacus'"):
        techbalance.open(tmp_path).balance(year=2024).rows()


def test_the_home_is_what_the_variable_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    assert default_home() == tmp_path
    monkeypatch.delenv(HOME_VARIABLE)
    assert default_home().name == "techbalance"
