"""What must hold of the value chain for any trade: names, scale, splitting and order change nothing.

Measures of tables are asked once for many random panels, each a year of its own.
"""

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from techbalance.indicators.value_chain.advantage import (
    country_sophistication,
    product_sophistication,
    revealed_advantage,
)
from techbalance.indicators.value_chain.intra_industry import intra_industry_trade, two_way_trade
from techbalance.indicators.value_chain.similarity import export_similarity
from techbalance.indicators.value_chain.unit_values import unit_values
from techbalance.models.complexity import complexity, density, proximity, specialisation

# Sums of a few doubles, taken in another order.
SAME = 1e-9
MANY = settings(max_examples=40, deadline=None)
PANELS = 150

flows = st.integers(0, 60).map(lambda value: 0.0 if value < 15 else float(value))
tables = st.tuples(st.integers(2, 7), st.integers(2, 9)).flatmap(
    lambda shape: arrays(np.float64, shape, elements=flows)
)


def names(letter, count):
    return [f"{letter}{place}" for place in range(count)]


def indexed(exports):
    return complexity(exports, names("c", exports.shape[0]), names("p", exports.shape[1]))


def same(one, other):
    assert np.array_equal(np.ma.getmaskarray(one), np.ma.getmaskarray(other))
    return np.abs(one.filled(0) - other.filled(0)).max(initial=0) <= SAME


@MANY
@given(tables, st.randoms(use_true_random=False))
def test_order_and_names_of_countries_and_products_change_no_index(exports, random):
    found = indexed(exports)
    rows, columns = list(range(exports.shape[0])), list(range(exports.shape[1]))
    random.shuffle(rows)
    random.shuffle(columns)
    turned = complexity(
        exports[rows][:, columns], [f"x{row}" for row in rows], [f"y{column}" for column in columns]
    )
    assert (found.reason is None) == (turned.reason is None)
    assert same(found.eci[rows], turned.eci)
    assert same(found.pci[columns], turned.pci)
    assert same(density(found.specialisation)[rows][:, columns], density(turned.specialisation))


@MANY
@given(tables, st.sampled_from([0.001, 3.0, 1e6]))
def test_the_unit_of_money_changes_nothing(exports, factor):
    found, scaled = indexed(exports), indexed(exports * factor)
    assert np.array_equal(found.specialisation.is_specialised, scaled.specialisation.is_specialised)
    assert same(found.eci, scaled.eci)
    assert same(found.pci, scaled.pci)


@MANY
@given(tables)
def test_an_index_is_standard_or_does_not_exist(exports):
    found = indexed(exports)
    if found.reason is None:
        assert not np.isnan(found.eci.compressed()).any()
        assert abs(found.eci.mean()) <= SAME
        assert abs(found.eci.std() - 1) <= SAME
        kept = ~np.ma.getmaskarray(found.eci)
        assert np.corrcoef(found.eci.data[kept], found.specialisation.diversity[kept])[0, 1] > 0
    else:
        assert found.reason.startswith("degenerate: ")
        assert np.ma.getmaskarray(found.eci).all()


@MANY
@given(tables)
def test_proximity_and_density_are_shares(exports):
    of = specialisation(exports, names("c", exports.shape[0]), names("p", exports.shape[1]))
    near = proximity(of).values
    assert ((near >= 0) & (near <= 1)).all()
    assert np.array_equal(near, near.T)
    for self_term in (True, False):
        values = density(of, self_term=self_term).compressed()
        assert ((values >= 0) & (values <= 1)).all()


@MANY
@given(tables)
def test_a_product_split_alike_for_all_keeps_every_advantage(exports):
    """Two halves of a product, the same for every country, have the advantage of the whole."""
    countries, products = names("c", exports.shape[0]), names("p", exports.shape[1])
    halves = np.hstack([exports[:, :1] / 2, exports[:, :1] / 2, exports[:, 1:]])
    whole = specialisation(exports, countries, products)
    split = specialisation(halves, countries, ["first", *products])
    assert same(whole.advantage, split.advantage[:, 1:])
    assert same(split.advantage[:, 0], split.advantage[:, 1])


def near(one, other):
    for a, b in zip(one, other, strict=True):
        assert (a is None) == (b is None)
        assert a is None or abs(a - b) <= SAME * max(1.0, abs(a))


def column(table, name, *keys):
    return table.order_by("year", *keys).to_pyarrow()[name].to_pylist()


@pytest.fixture(scope="module")
def panels():
    """Exports of random worlds by year: zeros, silent countries and products nobody exports are in them."""
    random = np.random.default_rng(20)
    found = {}
    for year in range(PANELS):
        shape = random.integers(2, 6), random.integers(2, 8)
        values = random.integers(0, 60, shape).astype(float)
        values[values < 20] = 0
        values[random.random(shape[0]) < 0.1] = 0
        found[year] = values
    return found


def table_of(panels, *, split=False):
    rows = [
        {
            "year": year,
            "country": f"c{at}",
            "product": f"{place:04d}",
            "value_usd": value / (2 if split else 1),
        }
        for year, exports in panels.items()
        for at, row in enumerate(exports)
        for place, value in enumerate(row)
        for _ in range(2 if split else 1)
    ]
    if split:
        np.random.default_rng(1).shuffle(rows)
    return ibis.memtable(pa.Table.from_pylist(rows))


def test_tables_do_not_care_how_flows_are_split_or_ordered(panels):
    plain, split = table_of(panels), table_of(panels, split=True)
    rich = [
        {"year": year, "country": f"c{at}", "income": 1000.0 * (at + 1)}
        for year, exports in panels.items()
        for at in range(exports.shape[0])
    ]
    income = ibis.memtable(pa.Table.from_pylist(rich))
    for measure, name, keys in (
        (revealed_advantage, "rca", ("country", "product")),
        (lambda one: product_sophistication(one, income), "prody", ("product",)),
        (lambda one: country_sophistication(one, income), "expy", ("country",)),
    ):
        near(column(measure(plain), name, *keys), column(measure(split), name, *keys))


def test_advantages_of_the_table_are_those_of_the_model(panels):
    listed = []
    for exports in panels.values():
        of = specialisation(exports, names("c", exports.shape[0]), names("p", exports.shape[1]))
        listed += of.advantage.flatten().tolist()
    near(column(revealed_advantage(table_of(panels)), "rca", "country", "product"), listed)


def test_a_world_without_the_country_sets_it_against_the_others(panels):
    found = revealed_advantage(table_of(panels), world="without").order_by("year", "country", "product")
    for row in found.to_pyarrow().to_pylist():
        exports = panels[row["year"]]
        at, place = int(row["country"][1:]), int(row["product"])
        others = np.delete(exports, at, axis=0)
        if row["rca"] is None:
            assert exports[at].sum() == 0 or others[:, place].sum() == 0
            assert row["note"].partition(":")[0] in ("no_trade", "zero_denominator")
        else:
            own = exports[at, place] / exports[at].sum()
            near([row["rca"]], [own / (others[:, place].sum() / others.sum())])


def test_similarity_is_a_share_even_both_ways_and_rises_with_coarser_codes(panels):
    trade = table_of(panels)
    there, back, coarse = (
        {row["year"]: row for row in found.to_pyarrow().to_pylist()}
        for found in (
            export_similarity(trade, of=["c0"], against=["c1"]),
            export_similarity(trade, of=["c1"], against=["c0"]),
            export_similarity(trade, of=["c0"], against=["c1"], digits=3),
        )
    )
    for year, exports in panels.items():
        value = there[year]["similarity"]
        if exports[0].sum() == 0 or exports[1].sum() == 0:
            assert value is None
            assert there[year]["note"].startswith("no_trade")
            continue
        shares = exports[:2] / exports[:2].sum(axis=1, keepdims=True)
        near([value, value], [back[year]["similarity"], 1 - np.abs(shares[0] - shares[1]).sum() / 2])
        assert 0 <= value <= coarse[year]["similarity"] + SAME
        assert there[year]["shared_products"] == ((exports[0] > 0) & (exports[1] > 0)).sum()


def two_way(*, turned=False):
    """Flows of random partners; turned, what was sold is bought."""
    random = np.random.default_rng(8)
    sold, bought = ("imports", "exports") if turned else ("exports", "imports")
    rows = []
    for year in range(PANELS):
        for place in range(random.integers(1, 7)):
            values, quantities = random.integers(0, 50, 2), random.integers(0, 9, 2)
            values[values < 8] = 0
            rows.append(
                {
                    "year": year,
                    "partner": "P",
                    "product": f"p{place}",
                    f"{sold}_usd": int(values[0]),
                    f"{bought}_usd": int(values[1]),
                    f"{sold[:-1]}_quantity": float(quantities[0]) or None,
                    f"{bought[:-1]}_quantity": float(quantities[1]) or None,
                    "is_same_unit": True,
                }
            )
    return ibis.memtable(pa.Table.from_pylist(rows))


def test_turning_the_flows_round_turns_high_into_low_and_leaves_the_rest():
    there, back = (intra_industry_trade(two_way_trade(two_way(turned=turned))) for turned in (False, True))
    for name, other in (
        ("gl", "gl"),
        ("horizontal_share", "horizontal_share"),
        ("high_share", "low_share"),
        ("low_share", "high_share"),
    ):
        near(column(there, name), column(back, other))
    kinds = ("horizontal_share", "high_share", "low_share", "untyped_share", "one_way_share")
    for row in there.to_pyarrow().to_pylist():
        if row["gl"] is not None:
            assert abs(sum(row[kind] for kind in kinds) - 1) <= SAME
            assert 0 <= row["gl"] <= 1


def test_places_among_suppliers_do_not_depend_on_the_unit_of_quantity():
    random = np.random.default_rng(4)
    rows = [
        {
            "year": year,
            "product": "p",
            "partner": f"c{at}",
            "value_usd": int(random.integers(1, 50)),
            "quantity": float(random.integers(0, 9)) or None,
            "unit": "no",
        }
        for year in range(PANELS)
        for at in range(random.integers(1, 7))
    ]
    other = [{**row, "quantity": row["quantity"] and row["quantity"] * 1000} for row in rows]
    one, scaled = (unit_values(ibis.memtable(pa.Table.from_pylist(table))) for table in (rows, other))
    for name in ("uv_rank", "uv_position", "quartile", "relative_unit_value"):
        near(column(one, name, "partner"), column(scaled, name, "partner"))
    places: dict[int, list[float]] = {}
    shares: dict[int, float] = {}
    for row in one.to_pyarrow().to_pylist():
        shares[row["year"]] = shares.get(row["year"], 0.0) + row["market_share"]
        if row["uv_position"] is not None:
            places.setdefault(row["year"], []).append(row["uv_position"])
    assert all(abs(share - 1) <= SAME for share in shares.values())
    assert all(abs(sum(found) / len(found) - 0.5) <= SAME for found in places.values())
