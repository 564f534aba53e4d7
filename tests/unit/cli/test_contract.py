"""What others script against: exit codes, data on standard output, words on standard error."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from techbalance.questions.registry import QUESTIONS
from techbalance.store.catalogue import HOME_VARIABLE

# Every exit code of the contract that needs neither a network nor a damaged file.
CODES: list[tuple[int, str]] = [
    (0, "balance --year 2024"),
    (0, "balance --by group --year 2023:2024"),
    (0, "--help"),
    (0, "balance -h"),
    (0, "--version"),
    (2, ""),
    (2, "balanc"),
    (2, "balance --yaer 2024"),
    (2, "balance --year"),
    (2, "balance --year 2024 --year 2025"),
    (2, "balance --year twenty"),
    (2, "balance --year 2007:2002"),
    (2, "balance --year 1492"),
    (2, "balance --partner Atlantis"),
    (2, "balance --partner World,CHN --series goods_census"),
    (2, "balance --partner USA"),
    (2, "balance --group nuclr"),
    (2, "balance --product chips"),
    (2, "balance --product 99999999"),
    (2, "balance --by partner,banana"),
    (2, "balance --by year,month"),
    (2, "balance --top 3"),
    (2, "balance --by partner --top 0"),
    (2, "balance --by partner --top 99999999999999999999999"),
    (2, "balance --as-of 2025-13"),
    (2, "balance --as-of yesterday"),
    (2, "balance --series apples"),
    (2, "balance --denominator atp"),
    (2, "balance --list mine"),
    (2, "balance --format yaml"),
    (2, "balance --out figures.xyz"),
    (2, "rank"),
    (2, "rank --year 2025"),
    (2, "rank --year 2024:2025"),
    (2, "change --to 2007"),
    (2, "change --from 2024 --to 2024"),
    (2, "trace"),
    (2, "trace nonsense"),
    (2, "trace 000000000000"),
    (2, "ip --country Atlantis"),
    (3, "balance --year 2024 --out /nowhere/at/all.csv"),
    (5, "balance --year 2026"),
    (5, "balance --year 1850"),
    (5, "balance --year 2024 --as-of 1990"),
    (5, "balance --product 0101"),
    (5, "rank --year 2026 --flow import"),
    (5, "change --from 2025 --to 2026"),
    (5, "ip --country TWN"),
]


@pytest.mark.parametrize(("code", "words"), CODES, ids=[words or "no words" for _, words in CODES])
def test_every_exit_code(techbalance: Any, code: int, words: str):
    ran = techbalance(*words.split())
    assert ran.code == code
    assert "Traceback" not in ran.err
    if code in (2, 3):
        assert ran.out == "" or not words
        assert ran.err
        assert len(ran.err) < 8_000


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("balanc", "Did you mean 'balance'?"),
        ("balance --partner Chna", "Did you mean 'China'"),
        ("balance --group Biotechnolgy", "Did you mean 'Biotechnology'"),
        ("balance --by partnr", "Did you mean 'partner'"),
        ("balance --format jsn", "Did you mean 'json'"),
        ("ip --country Germny", "Did you mean 'Germany'"),
        ("trace balance?yaer=2024", "Did you mean 'year'?"),
        ("trace balanse?year=2024", "Did you mean 'balance'?"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(techbalance: Any, words: str, said: str):
    assert said in techbalance(*words.split()).err


def test_what_is_wrong_is_one_line_that_opens_with_the_program(techbalance: Any):
    ran = techbalance("balance", "--partner", "Atlantis")
    assert ran.err.startswith("techbalance: unknown partner 'Atlantis'")
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "words", ["balance --partner", "balance --year", "balance --as-of", "balance --product", "trace"]
)
def test_a_parameter_of_ten_thousand_characters_is_refused_in_a_few(techbalance: Any, words: str):
    ran = techbalance(*words.split(), "x" * 10_000)
    assert ran.code == 2
    assert len(ran.err) < 1_000


# --- data and words ---------------------------------------------------------------------------------------


def test_json_is_an_array_of_rows_with_the_columns_of_the_contract(techbalance: Any):
    ran = techbalance("balance", "--year", "2024:2026", "--format", "json")
    rows = json.loads(ran.out)
    assert [row["year"] for row in rows] == [2024, 2025, 2026]
    assert list(rows[0]) == [
        "year",
        "exports_usd",
        "imports_usd",
        "balance_usd",
        "coverage_ratio",
        "months",
        "vintage",
        "note",
    ]
    assert rows[0]["balance_usd"] == -294_429_400_000
    assert isinstance(rows[0]["balance_usd"], int)
    assert rows[0]["vintage"] == "2026-10-31"
    assert rows[2]["balance_usd"] is None
    assert rows[2]["note"].startswith("part_year")


def test_csv_has_a_head_and_empty_cells_for_nulls(techbalance: Any):
    ran = techbalance("balance", "--year", "2024:2026", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert rows[1]["balance_usd"] == "-414715000000"
    assert rows[2]["balance_usd"] == ""
    assert rows[2]["note"].startswith("part_year")


def test_sources_and_the_reference_are_words_and_not_data(techbalance: Any):
    ran = techbalance("balance", "--year", "2024:2026", "--format", "csv")
    assert "Source: US Census Bureau." in ran.err
    assert "techbalance trace 'balance?year=2024:2026'" in ran.err
    assert "Source" not in ran.out


def test_the_number_an_answer_is_given_can_be_traced(techbalance: Any):
    number = techbalance("balance", "--year", "2024").err.rpartition("[answer ")[2].rstrip("]\n")
    ran = techbalance("trace", number, "--format", "json")
    assert ran.code == 0
    assert any(row["step"] == "file" for row in json.loads(ran.out))


def test_a_table_fits_a_hundred_columns_and_says_what_was_cut(techbalance: Any):
    for words in ("balance --by group --year 2025", "balance --by product --year 2025 --top 5"):
        ran = techbalance(*words.split())
        assert max(len(line) for line in ran.out.splitlines()) <= 100, words
    ran = techbalance("balance", "--by", "group", "--year", "2025")
    assert "Not shown for width: " in ran.out
    assert "--format csv has every column" in " ".join(ran.out.split())


def test_long_names_leave_room_for_figures(techbalance: Any):
    ran = techbalance("balance", "--by", "year,partner,product", "--year", "2025", "--top", "5")
    head = ran.out.splitlines()[0]
    assert all(name in head for name in ("partner", "product", "imports $bn"))
    assert max(len(line) for line in ran.out.splitlines()) <= 100


def test_groups_and_keys_can_be_given_one_by_one(techbalance: Any):
    together, apart = (
        techbalance("balance", "--year", "2024", "--format", "json", *words)
        for words in (
            ["--by", "group", "--group", "04,05"],
            ["--by", "group", "--group", "4", "--group", "5"],
        )
    )
    assert json.loads(together.out) == json.loads(apart.out)


def test_the_help_of_every_command_shows_its_options_and_examples(techbalance: Any):
    for question in QUESTIONS.values():
        ran = techbalance(*question.command, "--help")
        assert ran.code == 0
        flat = " ".join(ran.out.split())
        for example in question.examples:
            assert " ".join(f"techbalance {example}".split()) in flat, example
        for name, info in question.params.model_fields.items():
            if name not in question.words:
                assert f"--{(info.alias or name).rstrip('_').replace('_', '-')}" in ran.out, name


# --- files ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.csv", "a.json", "a.parquet", "a.arrow", "a.xlsx", "a.dta", "A.CSV"])
def test_the_format_follows_the_name_of_the_file(techbalance: Any, tmp_path: Path, name: str):
    place = tmp_path / name
    ran = techbalance("balance", "--year", "2024", "--out", str(place))
    assert (ran.code, ran.out) == (0, "")
    magic = {
        "parquet": b"PAR1",
        "arrow": b"ARROW1",
        "xlsx": b"PK",
        "dta": b"<stata_dta>",
        "csv": b"year,",
        "json": b"[",
    }
    assert place.read_bytes().startswith(magic[name.rpartition(".")[2].lower()])


def test_the_format_can_be_named_for_any_file(techbalance: Any, tmp_path: Path):
    place = tmp_path / "figures"
    assert techbalance("balance", "--year", "2024", "--format", "csv", "--out", str(place)).code == 0
    assert place.read_text(encoding="utf-8").startswith("year,")


def test_a_file_that_is_there_survives_a_question_that_fails(techbalance: Any, tmp_path: Path):
    place = tmp_path / "kept.csv"
    place.write_text("kept", encoding="utf-8")
    assert techbalance("balance", "--partner", "Atlantis", "--out", str(place)).code == 2
    assert place.read_text(encoding="utf-8") == "kept"


def test_a_folder_in_the_place_of_the_file_is_told(techbalance: Any, tmp_path: Path):
    ran = techbalance("balance", "--year", "2024", "--format", "csv", "--out", str(tmp_path))
    assert ran.code == 3
    assert "cannot write" in ran.err


# --- the program itself, in a process of its own ----------------------------------------------------------


def start(*words: str, home: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, *words],
        env={**os.environ, HOME_VARIABLE: str(home), **environment},
        capture_output=True,
        check=False,
    )


MAIN = "import sys; from techbalance.cli.main import main; main(sys.argv[1:])"


def test_data_are_utf8_whatever_the_terminal_believes(tmp_path: Path):
    done = start(
        "balance", "--year", "2024", home=tmp_path, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C"
    )
    assert done.returncode == 0
    assert "−294.4" in done.stdout.decode("utf-8")
    assert done.stderr.isascii()


@pytest.mark.parametrize("form", ["table", "parquet"])
def test_a_reader_that_has_seen_enough_is_no_failure(tmp_path: Path, form: str):
    command = (
        f"{sys.executable} -c '{MAIN}' balance --by month --format {form} | head -c 10 > /dev/null; "
        "exit ${PIPESTATUS[0]}"
    )
    done = subprocess.run(
        ["bash", "-c", command],
        env={**os.environ, HOME_VARIABLE: str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_full_disk_is_told(tmp_path: Path, form: str):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    done = start("balance", "--year", "2024", "--format", form, "--out", str(full), home=tmp_path)
    assert done.returncode == 3
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_damaged_store_is_told_with_exit_3(techbalance: Any, tmp_path: Path):
    place = tmp_path / "home" / "tables" / "headline" / "own.parquet"
    place.parent.mkdir(parents=True)
    place.write_bytes(b"damaged")
    ran = techbalance("balance", "--year", "2024")
    assert ran.code == 3
    assert str(place) in ran.err


def test_a_failing_check_exits_with_1(techbalance: Any, monkeypatch: pytest.MonkeyPatch):
    from techbalance.questions import check
    from techbalance.store.checks import Checked

    failing = {"where": "somewhere", "expected_usd": 1, "found_usd": 2, "tolerance_usd": 0}
    monkeypatch.setattr(check, "CHECKS", (lambda store: Checked("adds up", "headline", 1, (failing,)),))
    ran = techbalance("check", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)[0]["difference_usd"] == 1


def test_a_check_that_compared_nothing_has_failed(techbalance: Any, monkeypatch: pytest.MonkeyPatch):
    from techbalance.questions import check
    from techbalance.store.checks import Checked

    monkeypatch.setattr(check, "CHECKS", (lambda store: Checked("adds up", "headline", 0, ()),))
    ran = techbalance("check", "--format", "json")
    assert ran.code == 1
    assert json.loads(ran.out)[0]["note"] == "nothing to compare is held"


def test_the_debug_switch_shows_the_trace(techbalance: Any, monkeypatch: pytest.MonkeyPatch):
    from techbalance.errors import UnknownCodeError

    monkeypatch.setenv("TECHBALANCE_DEBUG", "1")
    with pytest.raises(UnknownCodeError):
        techbalance("balance", "--partner", "Atlantis")
