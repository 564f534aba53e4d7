"""Files become stored trade: whole, once, classified, and readable as of any day."""

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance.api import TechBalance
from techbalance.errors import CheckError, DataError, SchemaError
from techbalance.sources.census_archive.layouts import layout
from techbalance.store.progress import Step, reporting
from tools.census_archives import Plan, archive_name, write_archives

ROWS = 400
YEAR = 2024


def put(folder: Path, flow: str, months: range, **given: Any) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    return write_archives(folder, Plan(flow=flow, year=YEAR, rows=ROWS, **given), list(months))


def control(flow: str, measure: str) -> int:
    """What the generator put into a year of archives, added up without any of the code under test."""
    plan = Plan(flow=flow, year=YEAR, rows=ROWS)
    column = layout("IMP_DETL" if flow == "import" else "EXP_DETL").measures.index(measure)
    return int(sum(plan.values(month)[:, column].sum() for month in range(1, 13)))


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A year of both flows."""
    folder = tmp_path_factory.mktemp("archives")
    put(folder, "import", range(1, 13))
    put(folder, "export", range(1, 13))
    return folder


@pytest.fixture(scope="module")
def filled(archives: Path, tmp_path_factory: pytest.TempPathFactory) -> TechBalance:
    tb = techbalance.open(tmp_path_factory.mktemp("filled"))
    answer = tb.ingest(files=str(archives), vintage="2027-01-31")
    assert {row["status"] for row in answer.rows()} == {"ingested"}
    assert len(answer.rows()) == 24
    return tb


def total(tb: TechBalance, table: str, value: str, **filters: Any) -> int:
    files = tuple(tb.store.manifest.tables[table])
    own = tuple(file for file in files if f"/{filters['flow']}/" in file)
    rows = tb.store.own(table, own)
    return tb.store.fetch_rows(rows.aggregate(total=rows[value].sum()))[0]["total"]


@pytest.mark.parametrize(
    ("flow", "value", "measure"), [("import", "general_usd", "gen_val"), ("export", "export_usd", "all_val")]
)
def test_every_sum_that_is_kept_is_the_sum_of_the_archives(
    filled: TechBalance, flow: str, value: str, measure: str
):
    wanted = control(flow, measure)
    for table in ("trade_detail", "trade_month", "trade_year", "group_month", "group_year"):
        assert total(filled, table, value, flow=flow) == wanted, table


def test_questions_read_the_same_by_any_key(filled: TechBalance):
    for measure in ("exports_usd", "imports_usd"):
        sums = {
            by: sum(row[measure] or 0 for row in filled.balance(by=by, year=YEAR).rows())
            for by in (
                "group",
                "group,partner",
                "product",
                "product,partner",
                "month,group",
                "quarter,partner",
            )
        } | {
            "month,product": sum(row[measure] for row in filled.balance(by="month,product", year=YEAR).rows())
        }
        assert len(set(sums.values())) == 1, sums


def test_the_balance_is_that_of_exports_and_imports(filled: TechBalance):
    rows = filled.balance(by="month,group", year=YEAR).rows()
    assert len(rows) == 120
    assert all(row["balance_usd"] == row["exports_usd"] - row["imports_usd"] for row in rows)
    assert {row["vintage"] for row in rows} == {dt.date(2027, 1, 31)}


def test_rank_and_change_take_months_so_far(filled: TechBalance):
    ranked = filled.rank(by="group", year=YEAR, ytd=True).rows()
    assert {row["measure"] for row in ranked} == {"balance"}
    assert len(ranked) == 10


def test_reconcile_shows_every_dollar_of_both_flows(filled: TechBalance):
    for row in filled.reconcile(year=YEAR, series="goods_census").rows():
        measure = "gen_val" if row["flow"] == "import" else "all_val"
        wanted = control(row["flow"], measure)
        assert row["rebuilt_usd"] == wanted
        assert row["nearest_usd"] == row["parent_usd"] == row["undecided_usd"] == 0
        assert row["list_year"] == YEAR
    months = filled.reconcile(year=YEAR, by="month").rows()
    assert len(months) == 24
    assert all(row["residual_usd"] == row["rebuilt_usd"] - row["published_usd"] for row in months)


def test_trace_leads_to_the_archives(filled: TechBalance, archives: Path):
    steps = filled.trace(what=f"balance?by=group&group=04&year={YEAR}", top=3).rows()
    files = {row["file"]: row["sha256"] for row in steps if row["step"] == "file"}
    assert {f"IMDB24{month:02d}.ZIP" for month in range(1, 13)} <= set(files)
    assert all(len(sha256) == 64 for sha256 in files.values())
    rows = sum(row["value_usd"] for row in steps if row["step"] == "row")
    (figures,) = filled.balance(by="group", group="04", year=YEAR).rows()
    assert rows == figures["exports_usd"] + figures["imports_usd"]


def test_the_same_bytes_twice_change_nothing(archives: Path, filled: TechBalance, tmp_path: Path):
    version = filled.store.version
    renamed = tmp_path / "again" / archive_name(Plan(year=YEAR), 3)
    renamed.parent.mkdir()
    shutil.copy(archives / renamed.name, renamed)
    (row,) = filled.ingest(files=str(renamed)).rows()
    assert row["status"] == "held"
    assert filled.store.version == version


def test_a_users_list_is_read_of_a_revision_that_has_all_of_it(archives: Path, tmp_path: Path):
    """The year that ships is newer, and holds the products of the technology list only."""
    tb = techbalance.open(tmp_path / "home")
    older = "2025-03-31"
    tb.ingest(files=[str(path) for path in sorted(archives.glob("IMDB*"))], vintage=older)
    (mine := tmp_path / "goods.csv").write_text(
        "code\n" + "".join(f"{chapter:02}\n" for chapter in range(1, 100))
    )
    for answer in (
        tb.balance(by="year", year=YEAR, list=str(mine)),
        tb.reconcile(year=YEAR, flow="import", list=str(mine)),
        tb.dependence(level="all", year=YEAR, list=str(mine)),
    ):
        (row,) = answer.rows()
        value = row["rebuilt_usd"] if "rebuilt_usd" in row else row["imports_usd"]
        assert value == control("import", "gen_val")
        assert row["vintage"] == dt.date(2025, 3, 31)
        assert any(f"{YEAR}: imports as of {older}" in note for note in answer.notes)
    (shipped,) = tb.reconcile(year=YEAR, flow="import").rows()
    assert shipped["vintage"] > dt.date(2025, 3, 31)
    # Of a list that the newer revision has whole, that one is read.
    mine.write_text("code\n8542310001\n")
    answer = tb.balance(by="year", year=YEAR, list=str(mine))
    assert [row["vintage"] for row in answer.rows()] == [shipped["vintage"]]
    assert not any(older in note for note in answer.notes)


def test_a_revised_month_is_a_vintage_and_the_older_one_can_be_read(tmp_path: Path):
    tb = techbalance.open(tmp_path / "home")
    first = put(tmp_path / "one", "import", range(1, 3))
    (second,) = put(tmp_path / "two", "import", range(2, 3), revision=1)
    tb.ingest(files=[str(path) for path in first], vintage="2024-04-30")
    before = tb.balance(by="month,group", year=YEAR, group="04").rows()[:2]
    tb.ingest(files=str(second), vintage="2024-06-30")
    after = tb.balance(by="month,group", year=YEAR, group="04").rows()[:2]
    assert before[0] == after[0]
    assert before[1]["imports_usd"] != after[1]["imports_usd"]
    assert after[1]["vintage"] == dt.date(2024, 6, 30)
    assert tb.balance(by="month,group", year=YEAR, group="04", as_of="2024-05").rows()[:2] == before
    early = tb.balance(by="month,group", year=YEAR, group="04", as_of="2024-03").rows()[0]
    assert early["imports_usd"] is None
    assert early["note"].startswith("no_vintage_that_early")


def test_a_year_to_date_beyond_the_months_held_is_told(tmp_path: Path):
    """A later archive knows of corrections that the earlier month, as it is held, lacks."""
    tb = techbalance.open(tmp_path / "home")
    (january,) = put(tmp_path / "old", "export", range(1, 2), revision=1)
    (february,) = put(tmp_path / "new", "export", range(2, 3))
    plans = [Plan(flow="export", year=YEAR, rows=ROWS, revision=one) for one in (0, 1)]
    column = layout("EXP_DETL").measures.index("all_val")
    before, after = (int(plan.values(1)[:, column].sum()) for plan in reversed(plans))
    tb.ingest(files=str(january), vintage="2024-03-31")
    (row,) = tb.ingest(files=str(february), vintage="2024-04-30").rows()
    assert f"differs from the months held by {after - before:+,} dollars" in row["note"]
    (again,) = put(tmp_path / "new", "export", range(1, 2))
    (row,) = tb.ingest(files=str(again), vintage="2024-04-30").rows()
    assert "differs" not in (row["note"] or "")
    (march,) = put(tmp_path / "new", "export", range(3, 4))
    (row,) = tb.ingest(files=str(march), vintage="2024-05-31").rows()
    assert "differs" not in (row["note"] or "")


def test_other_bytes_of_the_same_day_are_refused(tmp_path: Path):
    tb = techbalance.open(tmp_path / "home")
    (first,) = put(tmp_path / "one", "import", range(1, 2))
    (second,) = put(tmp_path / "two", "import", range(1, 2), revision=1)
    tb.ingest(files=str(first))
    with pytest.raises(CheckError, match="of the same day"):
        tb.ingest(files=str(second))
    assert len(tb.store.blocks) == 1


def test_a_dry_run_says_what_would_happen_and_writes_nothing(archives: Path, tmp_path: Path):
    home = tmp_path / "home"
    rows = techbalance.open(home).ingest(files=str(archives / "IMDB2401.ZIP"), dry_run=True).rows()
    assert [(row["status"], row["first_period"]) for row in rows] == [("would ingest", "2024-01")]
    assert not home.exists()


def test_a_wrong_archive_among_good_ones_is_refused_alone(archives: Path, tmp_path: Path):
    folder = tmp_path / "some"
    folder.mkdir()
    for name in ("IMDB2401.ZIP", "IMDB2402.ZIP"):
        shutil.copy(archives / name, folder / name)
    data = (folder / "IMDB2402.ZIP").read_bytes()
    (folder / "IMDB2402.ZIP").write_bytes(data[: len(data) // 2])
    tb = techbalance.open(tmp_path / "home")
    answer = tb.ingest(files=str(folder))
    assert [row["status"] for row in answer.rows()] == ["ingested", "refused"]
    assert answer.exit_code == 3
    assert len(tb.store.blocks) == 1
    with pytest.raises(DataError):
        tb.ingest(files=str(folder / "IMDB2402.ZIP"))


def test_modes_are_kept_or_dropped_as_declared(archives: Path, tmp_path: Path):
    for modes, wanted in (("keep", True), ("drop", False)):
        tb = techbalance.open(tmp_path / modes)
        tb.ingest(files=str(archives / "IMDB2401.ZIP"), modes=modes)
        (path,) = tb.store.files("trade_detail")
        assert ("vessel_usd" in pq.read_schema(path).names) is wanted


def test_lists_of_archives_become_membership(filled: TechBalance):
    lists = filled.store.table("membership")
    years = filled.store.fetch_rows(lists.select("flow", "year").distinct().order_by("flow", "year"))
    assert {"flow": "import", "year": YEAR} in years
    assert {"flow": "export", "year": YEAR} in years
    assert len(filled.store.manifest.tables["membership"]) == 2


def test_status_shows_what_was_ingested(filled: TechBalance):
    rows = {row["series"]: row for row in filled.status().rows() if row["table"] == "trade_detail"}
    for flow in ("import", "export"):
        held = sum(
            pq.read_metadata(path).num_rows
            for path in filled.store.files("trade_detail")
            if flow in str(path)
        )
        assert (rows[flow]["rows"], rows[flow]["first_period"]) == (held, "2024-01")
        assert (rows[flow]["last_period"], rows[flow]["origin"]) == ("2024-12", "store")


def test_progress_tells_archives_rows_and_time_left(archives: Path, tmp_path: Path):
    heard: list[Step] = []
    with reporting(heard.append):
        techbalance.open(tmp_path).ingest(files=[str(archives / f"IMDB240{month}.ZIP") for month in (1, 2)])
    last = heard[-1]
    assert (last.done, last.total, last.unit) == (2, 2, "archives")
    assert last.rows
    assert last.rows_per_second
    assert [one.message.partition(":")[0] for one in heard if one.message]


def test_nothing_to_take_is_said(tmp_path: Path):
    tb = techbalance.open(tmp_path / "home")
    (tmp_path / "empty").mkdir()
    with pytest.raises(SchemaError, match="nothing that can be taken in"):
        tb.ingest(files=str(tmp_path / "empty"))
    with pytest.raises(SchemaError, match="no such file"):
        tb.ingest(files=str(tmp_path / "nowhere.zip"))


# --- tidy files -------------------------------------------------------------------------------------------

HEAD = "YEAR,CTY_CODE,I_COMMODITY,GEN_VAL_YR,CON_VAL_YR,DUT_VAL_YR,CAL_DUT_YR"


def tidy(folder: Path, *lines: str, name: str = "imports.csv") -> str:
    path = folder / name
    path.write_text("\n".join((HEAD, *lines)) + "\n", encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("2024,5700,8542310001,-5,0,0,0", "line 3, column GEN_VAL_YR"),
        ("2024,5700,8542310001,,0,0,0", "is not an amount"),
        ("2024,5700,8542310001,1e9,0,0,0", "is not an amount"),
        ("2024,5700,854231,5,0,0,0", "is not a code of 10 digits"),
        ("24,5700,8542310001,5,0,0,0", "is not a year"),
        ("2024,9999,8542310001,5,0,0,0", "single partner"),
        ("2024,0003,8542310001,5,0,0,0", "single partner"),
        ("2024,1220,8542310001,7,0,0,0", "2 rows of one product"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(tmp_path: Path, line: str, words: str):
    path = tidy(tmp_path, "2024,1220,8542310001,5,0,0,0", line)
    tb = techbalance.open(tmp_path / "home")
    with pytest.raises(DataError) as caught:
        tb.ingest(files=path)
    assert words in str(caught.value)
    assert not tb.store.blocks


def test_fractions_are_rounded_half_to_even(tmp_path: Path):
    path = tidy(tmp_path, "2023,1220,8542310001,2.5,3.5,0,0.4", "2023,2010,8542310001,5,0,0,0")
    tb = techbalance.open(tmp_path / "home")
    tb.ingest(files=path, vintage="2024-02-29")
    (file,) = tb.store.files("trade_year")
    row = pq.read_table(file).to_pylist()[0]
    assert (row["general_usd"], row["consumption_usd"], row["duty_usd"]) == (2, 4, 0)


def test_a_list_that_comes_later_places_what_is_held(tmp_path: Path):
    """Whatever the order, the nearest list decides; the publisher's of 2022 has none of these codes."""
    path = tidy(tmp_path, "2031,1220,9901000001,5,0,0,0", "2031,1220,9901000002,7,0,0,0")
    listed = tmp_path / "imp-code-2031.csv"
    listed.write_text("commodity,hitech,short_desc\n9901000001,04,ONE\n9902000001,00,TWO\n", encoding="utf-8")
    found = []
    for number, order in enumerate(([path, str(listed)], [str(listed), path])):
        tb = techbalance.open(tmp_path / str(number))
        for one in order:
            tb.ingest(files=one, vintage="2032-01-31")
        (file,) = tb.store.files("trade_year")
        rows = pq.read_table(file).select(["product", "group", "match", "list_year"]).to_pylist()
        found.append(rows)
        assert tb.store.blocks[0].vintage == dt.date(2032, 1, 31)
    assert found[0] == found[1]
    assert [(row["group"], row["match"], row["list_year"]) for row in found[0]] == [
        ("04", "exact", 2031),
        ("04", "parent", 2031),
    ]


def test_the_list_of_the_year_takes_the_place_of_what_archives_brought_along(tmp_path: Path):
    """Whatever the order: tables are placed anew, archives stay in the groups they were published in."""
    (archive,) = put(tmp_path / "archives", "import", range(3, 4))
    first = techbalance.open(tmp_path / "list")
    first.ingest(files=str(archive), vintage="2024-05-31")
    brought = first.store.files("membership")
    code, group = next(
        (row["code"], row["group"]) for row in pq.read_table(brought[0]).to_pylist() if row["group"] != "00"
    )
    other = "04" if group != "04" else "05"
    table = tidy(tmp_path, f"2024,1220,{code},5,0,0,0")
    official = tmp_path / "imp-code-2024.csv"
    official.write_text(
        f"commodity,hitech,short_desc\n{code},{other},ONE\n9902000001,00,TWO\n", encoding="utf-8"
    )
    for number, order in enumerate(([archive, table, official], [official, archive, table])):
        tb = techbalance.open(tmp_path / str(number))
        notes = [tb.ingest(files=str(one), vintage="2024-05-31").rows()[0]["note"] or "" for one in order]
        if not number:
            assert "takes the place of that of census-imdb2403" in notes[-1]
            assert "1 codes in another group, 1 more" in notes[-1]
            assert "archives stay" in notes[-1]
        (held,) = tb.store.files("membership")
        assert pq.read_table(held).num_rows == 2
        (by_year,) = tb.store.files("trade_year")
        assert pq.read_table(by_year).to_pylist()[0]["group"] == other
        (by_month,) = tb.store.files("trade_month")
        rows = pq.read_table(by_month, filters=[("product", "=", code)]).to_pylist()
        assert {row["group"] for row in rows} <= {group}


def test_a_mapping_of_the_users_own_is_read(tmp_path: Path):
    rows = pa.table({"when": ["2023-05"], "who": ["1220"], "what": ["8542310001"], "usd": [12]})
    pq.write_table(rows, tmp_path / "mine.parquet")
    (tmp_path / "mine.toml").write_text(
        'name = "mine"\ntitle = "A table of mine"\nsource = "mine"\npublisher = "Me"\nflow = "import"\n'
        'freq = "month"\nperiod = "when"\npartner = "who"\nproduct = "what"\n[values]\ngeneral_usd = "usd"\n'
    )
    tb = techbalance.open(tmp_path / "home")
    (row,) = tb.ingest(files=str(tmp_path / "mine.parquet"), map=str(tmp_path / "mine.toml")).rows()
    assert (row["status"], row["rows"], row["first_period"]) == ("ingested", 1, "2023-05")
    pq.write_table(rows.slice(0, 0), tmp_path / "other.parquet")
    with pytest.raises(SchemaError, match="no mapping that comes along"):
        tb.ingest(files=str(tmp_path / "other.parquet"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = 1", "name"),
        ('name = "x"\nother = 2', "title|other"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_wrong_mapping_is_named(tmp_path: Path, text: str, words: str):
    (tmp_path / "mine.toml").write_text(text)
    with pytest.raises(SchemaError, match=words):
        techbalance.open(tmp_path / "home").ingest(
            files=tidy(tmp_path, "2024,1220,8542310001,5,0,0,0"), map=str(tmp_path / "mine.toml")
        )
