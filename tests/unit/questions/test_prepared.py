"""A question that ships compiled gives the same answer as the same question compiled now."""

from pathlib import Path

import pytest

from techbalance.questions.prepared import prepared
from techbalance.questions.registry import ask, find
from techbalance.store import compiled
from techbalance.store.catalogue import ENGINE_VARIABLE, Store
from tools.compile_questions import TARGET, compile_questions


def test_the_shipped_sql_is_what_the_expressions_compile_to_now():
    assert TARGET.read_text(encoding="utf-8") == compile_questions(), "run python -m tools.compile_questions"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"year": "2024"},
        {"year": "2026"},
        {"year": "1985:1990"},
        {"year": "2001:2009", "denominator": "goods_census"},
        {"year": "1990:2026", "denominator": "goods_bop"},
        {"year": "2007", "denominator": "goods_services_bop"},
    ],
)
def test_prepared_and_computed_answers_are_identical(tmp_path: Path, given: dict[str, str]):
    store, question = Store(tmp_path), find("balance")
    params = question.params.read(given)
    short, long = prepared(question, params, store), ask(question, params, store)
    assert short is not None
    assert short.arrow == long.arrow
    assert short.source_ids == long.source_ids
    assert short.notes == long.notes
    assert (short.reference, short.answer_id, short.exit_code) == (
        long.reference,
        long.answer_id,
        long.exit_code,
    )


@pytest.mark.parametrize(
    "given", [{"by": "group"}, {"year": "2024", "as_of": "2025"}, {"year": "2024", "ytd": True}]
)
def test_another_shape_is_not_prepared(tmp_path: Path, given: dict[str, object]):
    question = find("balance")
    assert prepared(question, question.params.read(given), Store(tmp_path)) is None


def test_own_figures_and_other_engines_go_the_long_way_round(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    question = find("balance")
    params = question.params.read({"year": "2024"})
    folder = tmp_path / "tables" / "headline"
    folder.mkdir(parents=True)
    (folder / "mine.parquet").write_bytes(b"whatever stands here is read, and refused, elsewhere")
    assert prepared(question, params, Store(tmp_path)) is None
    monkeypatch.setenv(ENGINE_VARIABLE, "another")
    assert prepared(question, params, Store(tmp_path / "empty")) is None


def test_sql_compiled_from_other_modules_is_ignored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiled, "fingerprint", lambda: "of other modules")
    compiled.shipped.cache_clear()
    try:
        assert compiled.shipped() == {}
    finally:
        compiled.shipped.cache_clear()
