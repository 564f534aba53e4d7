"""A file that is handed in belongs to the identity of the answer, and its trace names it."""

from pathlib import Path

import pytest

import techbalance

CLAIM = """
[article]
title = "t"
authors = "unknown"
published = "2025"

[[claims]]
id = "X1"
text = "The deficit of 2024."
where = "here"
metric = "level"
filters = {{ year = 2024 }}
stated = "{stated}"
unit = "usd_billion"
"""


def answer(home: Path, file: Path):
    return techbalance.open(home).claims_check(what=str(file))


def test_two_files_of_one_name_give_two_answers(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(CLAIM.format(stated="-294.4"), encoding="utf-8")
    first = answer(tmp_path / "home", file)
    again = answer(tmp_path / "home", file)
    file.write_text(CLAIM.format(stated="-297"), encoding="utf-8")
    second = answer(tmp_path / "home", file)
    assert first.answer_id == again.answer_id != second.answer_id
    assert [name for name, _ in first.inputs] == [str(file)]


def test_the_trace_names_the_file_and_its_hash(tmp_path: Path):
    file = tmp_path / "mine.toml"
    file.write_text(CLAIM.format(stated="-294.4"), encoding="utf-8")
    given = answer(tmp_path / "home", file)
    lines = techbalance.open(tmp_path / "home").trace(what=given.reference).rows()
    assert (str(file), given.inputs[0][1]) in {(line["file"], line["sha256"]) for line in lines}


@pytest.mark.parametrize("given", [{}, {"what": "INN02"}])
def test_an_answer_from_the_record_alone_has_no_inputs(tmp_path: Path, given: dict[str, str]):
    assert techbalance.open(tmp_path).claims_check(**given).inputs == ()
