"""What ships compiled serves what it is for, is what is compiled here, and is left aside elsewhere."""

import gzip
import json
import re
from importlib.resources import files

import pytest

from techbalance import outline
from techbalance.outline import digest_of, shipped_of
from techbalance.questions.registry import ask_reference
from techbalance.store.catalogue import Store
from techbalance.store.engines import shapes

USUAL = (
    "balance?by=year&year=2002:2007&series=goods_bop",
    "balance?by=product&year=2025&partner=CHN&top=10",
    "change?by=partner&flow=import&from=2024&to=2025&group=04&top=10",
    "rank?by=partner&flow=import&year=2025&group=04&top=10",
    "ip?country=DEU&year=2023",
)


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


def test_usual_questions_are_not_compiled_here(home, monkeypatch):
    store = Store(home)
    monkeypatch.setattr(store.engine, "compile", lambda _: pytest.fail("compiled"))
    with store.asked_often():
        for question in USUAL:
            assert ask_reference(question, store).rows()
            assert ask_reference(question, store).source_ids


def test_what_ships_is_what_is_learnt_and_compiled_here(home, monkeypatch):
    shipped = shapes.compiled_shapes()
    monkeypatch.setattr(shapes, "compiled_shapes", shapes.Shapes)
    monkeypatch.setattr("techbalance.store.engines.templates.compiled_shapes", shapes.Shapes)
    store = Store(home)
    with store.asked_often():
        for question in USUAL:
            assert ask_reference(question, store).rows()
    learnt = {one.digest: shipped_of(one) for one in store.engine.book.shapes.values()}
    assert None not in learnt
    assert {digest: shipped.shapes[digest] for digest in learnt} == learnt
    compiled = store.engine.templates.known()
    assert compiled
    for digest, template in compiled.items():
        assert _steady(template) == _steady(shipped.templates[digest].read())


def _steady(template):
    """Put columns that are left out in order: Ibis writes them in the order of a set."""
    in_order = lambda left: ", ".join(sorted(left[1].split(", ")))  # noqa: E731
    sql = re.sub(r"EXCLUDE \((.*?)\)", in_order, "?".join(template.pieces))
    return sql, template.places, template.schema, template.is_small


@pytest.mark.parametrize(
    "question", ["balance?year=2024", "change?from=2023&to=2024", "trace?what=balance%3Fyear%3D2024"]
)
def test_what_ships_reads_a_users_own_rows_too(own, figures_of_2024, replaced, question):
    store = Store(own(replaced(figures_of_2024, value_usd=[7, 5])))
    alone = ask_reference(question, store)
    with store.asked_often():
        among_many = ask_reference(question, store)
        assert among_many.rows() == alone.rows()
    bundled = ask_reference(question, Store(store.home / "none"))
    assert bundled.rows() != alone.rows()


def test_a_table_that_is_put_together_has_no_digest(own, figures_of_2024):
    for home, is_shared in ((own(figures_of_2024) / "none", True), (own(figures_of_2024), False)):
        store = Store(home)
        with store.asked_often():
            store.table("headline")
        shapes_of = [one for key, one in store.engine.book.shapes.items() if key == ("given", "headline")]
        assert [one.digest is not None for one in shapes_of] == [is_shared]


def test_a_file_of_other_compilers_is_left_aside(monkeypatch):
    monkeypatch.setattr(shapes, "version", lambda _: "0.0")
    assert shapes.compiled_shapes.__wrapped__() == shapes.Shapes()


def test_what_is_written_is_what_is_read(monkeypatch):
    shipped = shapes.compiled_shapes()
    templates = {digest: one.read() for digest, one in shipped.templates.items()}
    again = shapes.written(shipped.shapes, templates)
    held = files("techbalance.store").joinpath(shapes.FILE).read_bytes()
    assert json.loads(gzip.decompress(again)) == json.loads(gzip.decompress(held))


def test_digests_tell_values_of_one_text_apart():
    keys = [("year", 1), ("year", "1"), ("year", 1.0), ("year", True), ("year", None), (("year",), 1)]
    assert len({digest_of(key) for key in keys}) == len(keys)
    assert digest_of(("year", object())) is None


def test_a_kept_table_has_one_name_in_every_process(home, tmp_path):
    names = []
    for place in (home, tmp_path / "other"):
        store = Store(place)
        with store.asked_often():
            kept = store.kept(store.table("headline").filter(lambda row: row.year == 2024))
            names.append(outline.written_out(kept).get_name())
    assert len(set(names)) == 1
