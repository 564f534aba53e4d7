"""From a figure to its bytes: trace, cite, status, check, and the number of an answer."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

import techbalance
from techbalance import record
from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.store import answers

HASH = re.compile(r"^[0-9a-f]{64}$")


def steps(answer: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in answer.rows():
        found.setdefault(row["step"], []).append(row)
    return found


def test_a_figure_leads_to_rows_source_file_and_hash(asked: Any):
    found = steps(asked("trace", what="balance?year=2024"))
    assert [row["what"] for row in found["figure"]] == [
        "exports_usd of 2024",
        "imports_usd of 2024",
        "balance_usd of 2024",
    ]
    assert sorted(row["value_usd"] for row in found["row"]) == [466_531_800_000, 760_961_200_000]
    assert {row["source_id"] for row in found["row"]} == {"census-country-2026-10"}
    assert found["source"][0]["what"].startswith("US Census Bureau")
    for row in found["file"]:
        assert HASH.match(row["sha256"])
        assert re.match(r"^[^/]+/[^@]+@[0-9a-f]{40}:.+", row["record"])
    (table,) = found["table"]
    assert table["sha256"] == hashlib.sha256(record.path("headline").read_bytes()).hexdigest()
    assert table["sha256"] == record.provenance("headline")["sha256"]


def test_a_ratio_leads_to_both_of_its_sides_with_their_own_vintages(asked: Any):
    found = steps(asked("trace", what="balance?year=2007&denominator=goods_bop"))
    vintages = {row["what"].split(" ")[0]: str(row["vintage"]) for row in found["figure"]}
    assert vintages["balance_usd"] == "2024-08-31"
    assert vintages["denominator_usd"] == "2026-10-31"
    assert {row["what"].split(",")[0] for row in found["row"]} == {"atp", "goods_bop"}
    assert len(found["formula"]) == 2


@pytest.mark.parametrize(
    ("what", "table", "value"),
    [
        ("balance?by=group&year=2025", "trade", 965_992_564_633),
        ("balance?group=04&year=2024", "trade", 354_308_179_621),
        ("balance?year=2025&by=month", "headline", 551_277_600_000 + 965_992_700_000),
    ],
)
def test_rows_shown_and_further_rows_add_up_to_the_figures(asked: Any, what: str, table: str, value: int):
    found = steps(asked("trace", what=what, top=2))
    assert {row["table"] for row in found["row"]} == {table}
    total = sum(row["value_usd"] for row in found["row"])
    assert abs(total - value) <= 100_000 * (table == "headline")
    assert any("further rows" in row["what"] for row in found["row"])


def test_more_figures_than_are_shown_are_counted(asked: Any):
    found = steps(asked("trace", what="balance?by=month&year=2024:2025"))
    assert found["figure"][-1]["what"] == "figures of 4 further rows of the answer"


def test_an_answer_of_nulls_has_no_figure(asked: Any):
    found = steps(asked("trace", what="balance?year=1850"))
    assert [row["what"] for row in found["figure"]] == ["no figure: everything asked for is null"]


@pytest.mark.parametrize("question", ["trace", "cite"])
@pytest.mark.parametrize(
    ("what", "error"),
    [
        ("", UnknownCodeError),
        ("nonsense", UnknownCodeError),
        ("000000000000", UnknownCodeError),
        ("balance?yaer=2024", UnknownCodeError),
        ("balance?year=x", ParameterError),
        ("balance?year=2024&year=2025", ParameterError),
        ("trace?what=status", ParameterError),
        ("cite?what=status", ParameterError),
        ("../../etc/passwd", UnknownCodeError),
    ],
)
def test_what_is_no_answer_is_refused(tb: Any, question: str, what: str, error: type[Exception]):
    with pytest.raises(error):
        getattr(tb, question)(what=what)


def test_a_logged_number_is_the_same_answer(tmp_path: Path):
    tb = techbalance.open(tmp_path)
    answer = tb.balance(year=2024)
    with pytest.raises(UnknownCodeError, match="is logged here"):
        tb.trace(what=answer.answer_id)
    assert answers.remember(tb.store, answer.answer_id, answer.reference)
    assert answers.recall(tb.store, answer.answer_id) == "balance?year=2024"
    assert tb.cite(what=answer.answer_id).rows() == tb.cite(what="balance?year=2024").rows()


def test_a_number_is_remembered_where_the_store_can_be_written_only(tmp_path: Path):
    tb = techbalance.open(tmp_path)
    (tmp_path / "answers").write_text("in the way", encoding="utf-8")
    assert not answers.remember(tb.store, "0" * 12, "balance")


def test_a_citation_is_text_and_bibtex_for_the_answer_and_each_source(asked: Any):
    rows = asked("cite", what="balance?year=2007&denominator=goods_bop").rows()
    own, *others = rows
    assert own["source_id"] is None
    assert "techbalance balance --denominator goods_bop --year 2007" in own["citation"]
    assert {row["source_id"] for row in others} == {"bea-gands-2026-10", "census-country-2024-08"}
    for row in rows:
        assert row["citation"].endswith(".")
        assert row["bibtex"].startswith("@misc{")
        assert row["bibtex"].count("{") == row["bibtex"].count("}")
        assert not re.search(r"(?<!\\)[&%#]", re.sub(r"url = \{[^}]*\}", "", row["bibtex"]))


def test_the_status_names_every_table_with_its_age(asked: Any):
    rows = asked("status").rows()
    assert {row["table"] for row in rows} >= {
        "headline",
        "trade",
        "ip_charges",
        "membership",
        "partners",
        "macro",
    }
    atp = next(row for row in rows if row["series"] == "atp")
    assert (atp["first_period"], atp["last_period"], str(atp["vintage"])) == ("1989", "2026-07", "2026-10-31")
    assert atp["rows"] > 1000
    assert atp["origin"] == "record"


def test_every_check_of_the_record_passes_and_compared_something(asked: Any):
    answer = asked("check")
    rows = answer.rows()
    assert answer.exit_code == 0
    assert {row["status"] for row in rows} == {"pass"}
    assert all(row["rows"] > 0 for row in rows)
    names = " ".join(row["check"] for row in rows)
    for words in (
        "twelve months",
        "partners add",
        "products add",
        "no month is missing",
        "no area",
        "held twice",
    ):
        assert words in names


def test_every_answer_names_its_sources_and_units(asked: Any):
    for answer in (asked("balance", year=2024), asked("rank", year=2025, flow="import", top=3)):
        assert answer.source_ids
        assert set(answer.source_ids) <= set(answer.store.sources)
        assert set(answer.columns) == set(answer.arrow.column_names)
        assert re.match(r"^[0-9a-f]{12}$", answer.answer_id)


def test_an_answer_in_a_notebook_has_units_notes_and_source(asked: Any):
    html = asked("balance", by="group", year="2023:2024")._repr_html_()
    assert "imports $bn" in html
    assert "census-hts10-2026-10" in html
    assert "[1] not_covered" in html
    assert "354.3" in html


def test_pandas_and_polars_get_whole_numbers_with_nulls(asked: Any):
    answer = asked("balance", by="group", year="2023:2024")
    frame = answer.to_pandas()
    assert str(frame["imports_usd"].dtype) == str(frame["exports_usd"].dtype) == "Int64"
    assert str(frame["months"].dtype) == "Int8"
    assert int(frame["imports_usd"].sum()) == 760_961_238_911
    assert answer.to_polars()["imports_usd"].sum() == 760_961_238_911
