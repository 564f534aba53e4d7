"""The short way to rows gives the same rows: outlines, templates, planned statements, kept tables."""

import datetime as dt

import pytest

from techbalance import outline
from techbalance.outline import Outline, ibis
from techbalance.store.catalogue import Store
from techbalance.store.engines import templates

NASTY = "Côte d'Ivoire; DROP TABLE kept_0 --"


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path, confined=True)


def _largest(store, series, years, names, top):
    rows = store.table("headline")
    rows = rows.filter(rows.series == series, rows.year.between(*years), rows.partner.isin(names))
    mark = ibis.ifelse(rows.flow == "export", NASTY, "other")
    rows = rows.mutate(mark=mark, later=lambda row: row.year + 1)
    rows = rows.select("period", "flow", "vintage", "mark", "later", "value_usd").filter(
        rows.vintage <= ibis.literal(dt.date(2025, 6, 30))
    )
    return rows.order_by(ibis.desc("value_usd"), "period", "flow", "vintage").limit(top)


GIVEN = (
    ("atp", (2001, 2005), ["WORLD"], 7),
    ("goods_census", (2010, 2024), ["WORLD", "5700", "2010"], 40),
    ("goods_bop", (2023, 2024), ["WORLD", NASTY], 3),
    ("nothing", (2001, 2001), ["WORLD", "\ue0000\ue000"], 300),
    ("goods_census", (2024, 2024), ["5700", "2010", "1220"], 2),
    ("goods_census", (2024, 2024), [], 2),
)


def test_rows_of_a_shape_are_those_of_the_expression_for_any_values(store):
    for _ in range(3):
        for given in GIVEN:
            with store.asked_often():
                noted = _largest(store, *given)
                assert isinstance(noted, Outline)
                short = store.fetch(noted)
            assert short.equals(store.fetch(_largest(store, *given)))


def _told(made, seen):
    def telling(*args):
        seen.append(args)
        return made(*args)

    return telling


def test_a_shape_is_compiled_once_and_planned_once(store, monkeypatch):
    compiled, planned = [], []
    engine = store.engine
    for name, seen in (("compile", compiled), ("prepare", planned)):
        monkeypatch.setattr(engine, name, _told(getattr(engine, name), seen))
    with store.asked_often():
        for year in range(2001, 2012):
            store.fetch(_largest(store, "atp", (year, year + 3), ["WORLD"], 5))
    # What every question begins with ships compiled.
    assert len(compiled) == 1
    assert len(planned) == 1


def test_the_same_value_at_two_places_is_no_bond_between_them(store):
    def counted(first, last):
        rows = store.table("headline")
        rows = rows.filter((rows.year == first) | (rows.year == last))
        return rows.aggregate(rows=rows.count())

    for years in ((2020, 2020), (2020, 2021), (2021, 2020)):
        with store.asked_often():
            short = store.fetch(counted(*years))
        assert short.equals(store.fetch(counted(*years)))


def test_one_value_at_several_places_is_another_shape_than_two_values(store):
    def counted(values):
        rows = store.table("headline")
        one, other = values()
        rows = rows.filter((rows.year >= one) & (rows.year <= other))
        return rows.aggregate(rows=rows.count())

    def twice():
        year = ibis.literal(2020)
        return year, year

    def apart():
        return ibis.literal(2020), ibis.literal(2022)

    for values in (twice, apart, twice):
        with store.asked_often():
            short = store.fetch(counted(values))
        assert short.equals(store.fetch(counted(values)))


def test_rows_that_are_kept_are_the_same_and_bounded(store, monkeypatch):
    monkeypatch.setattr(templates, "MOST_OF_A_SHAPE", 3)
    monkeypatch.setattr(templates, "MOST_ROWS", 15_000)

    def of(year):
        rows = store.table("macro")
        return store.kept(rows.filter(rows.year == year))

    plain = [store.fetch(of(year)).num_rows for year in range(2010, 2016)]
    with store.asked_often():
        assert [store.fetch(of(year)).num_rows for year in range(2010, 2016)] == plain
        # The table itself is too long to be kept here.
        assert store.table("macro").o_call == "given"
        assert store.count(store.table("macro")) > templates.MOST_ROWS
    tables = store.engine.run("SELECT count(*) AS held FROM duckdb_tables()")["held"].to_pylist()
    assert tables == [3]


def test_statements_and_results_that_are_kept_are_bounded(store, monkeypatch):
    monkeypatch.setattr(templates, "MOST_PREPARED", 2)
    monkeypatch.setattr(templates, "RESULT_BYTES", 2_000)
    with store.asked_often():
        for column in ("series", "flow", "period", "freq", "partner"):
            for year in (2020, 2021, 2022):
                rows = store.table("headline")
                rows = rows.filter(rows.year == year)
                assert store.count(rows.select(column).distinct()) > 0
    held = store.engine.templates
    assert len(held._prepared) == 2
    assert held._weight <= 2_000


def test_what_cannot_be_noted_is_built(store):
    with store.asked_often():
        rows = store.table("headline")
        built = rows.filter(outline.written_out(rows).year == 2024)
        assert built.o_shape is None
        assert ibis.literal([1, 2], type="array<int8>").o_shape is None
        assert (rows.flow.cast("string") + "a\ue000b").o_shape is None
        assert "freq" in built.columns
    assert store.count(built) == store.count(store.table("headline").filter(lambda row: row.year == 2024))


def test_what_was_built_takes_outlines(store):
    def summed(known):
        rows = store.table("headline")
        own = rows if known is None else known(rows)
        names = store.table("groups").select(group="code", name="name")
        kept = own.filter(lambda row: row.year.isin([2023, 2024]) & (row.freq == "year"))
        found = kept.left_join(names, "group")
        by_year = found.group_by("year", "name", short=found.series[:5])
        return by_year.aggregate(most=found.value_usd.max()).order_by("short", "year", "name")

    expected = store.fetch_rows(summed(None))
    with store.asked_often():
        noted = summed(None)
        built = summed(lambda rows: rows.filter(outline.written_out(rows).year > 0))
        assert noted.o_shape is not None
        assert store.fetch_rows(noted) == store.fetch_rows(built) == expected
        joined = built.left_join(store.table("calendar").select("year").distinct(), "year")
        assert store.count(joined) == len(expected)


def test_an_outline_has_no_truth_and_no_items(store):
    with store.asked_often():
        rows = store.table("headline")
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(rows.year == 2024)
        with pytest.raises(TypeError, match="no items"):
            list(rows)
