"""Whatever the table: parts add up, names and currency do not matter."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.bilateral import VARIANTS, decompose_bilateral_exports
from techbalance.models.value_added.kww import decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import Sector
from techbalance.models.value_added.trade import trade_in_value_added

Make = Callable[[int, int, int], PublishedTable]

# The bar of the method, relative to the output of the whole random table.
BAR = 1e-9
tables = {
    "seed": st.integers(0, 2**32 - 1),
    "countries": st.integers(2, 7),
    "industries": st.integers(1, 5),
}
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def solve(published: PublishedTable) -> LeontiefSystem:
    # Draws on inventories can leave a sector with negative output, which is refused, not an identity.
    assume((published.output >= 0).all())
    return solve_leontief(balance_table(published))


def world_output(system: LeontiefSystem) -> float:
    return float(system.table.output.sum())


@few
@given(**tables)
def test_multipliers_sum_to_one_where_something_is_made(
    make_published: Make, seed: int, countries: int, industries: int
) -> None:
    system = solve(make_published(seed, countries, industries))
    made = (system.table.output > 0).astype(float)
    assert system.multipliers.sum(axis=0) == pytest.approx(made, abs=BAR)
    assert (system.multipliers >= -BAR).all()


@few
@given(**tables)
def test_every_decomposition_adds_to_gross_exports(
    make_published: Make, seed: int, countries: int, industries: int
) -> None:
    system = solve(make_published(seed, countries, industries))
    scale = world_output(system)
    nine, measured = decompose_gross_exports(system), trade_in_value_added(system)
    assert nine.terms.sum(axis=1) / scale == pytest.approx(nine.gross_exports / scale, abs=BAR)
    origins = measured.exports_by_origin.sum(axis=0)
    assert origins / scale == pytest.approx(measured.gross_exports / scale, abs=BAR)
    value_added = nine.value_added_exports / scale
    assert value_added == pytest.approx(measured.value_added_exports.sum(axis=1) / scale, abs=BAR)
    for variant in VARIANTS:
        found = decompose_bilateral_exports(system, variant)
        assert found.terms.sum(axis=0) / scale == pytest.approx(found.gross_exports / scale, abs=BAR)
        assert found.gross_exports.sum(axis=1) == pytest.approx(nine.gross_exports)
        assert found.totals[:, 0] / scale == pytest.approx(value_added, abs=BAR)
        assert found.totals[:, 1] / scale == pytest.approx(nine.returned_home / scale, abs=BAR)
        assert found.totals[:, 2] / scale == pytest.approx(nine.terms[:, 5] / scale, abs=BAR)


@few
@given(**tables)
def test_value_added_balances_are_antisymmetric_and_keep_the_total(
    make_published: Make, seed: int, countries: int, industries: int
) -> None:
    system = solve(make_published(seed, countries, industries))
    measured, scale = trade_in_value_added(system), world_output(system)
    balance = measured.value_added_balance / scale
    assert balance == pytest.approx(-balance.T, abs=BAR)
    assert balance.sum(axis=1) == pytest.approx(
        (measured.gross_exports - measured.gross_imports) / scale, abs=BAR
    )


@few
@given(**tables, unit=st.floats(1e-6, 1e6))
def test_the_currency_does_not_matter(
    make_published: Make, seed: int, countries: int, industries: int, unit: float
) -> None:
    published = make_published(seed, countries, industries)
    other = dataclasses.replace(
        published,
        intermediate=published.intermediate * unit,
        final=published.final * unit,
        output=published.output * unit,
    )
    one, two = solve(published), solve(other)
    scale = world_output(one)
    assert two.multipliers == pytest.approx(one.multipliers, abs=BAR)
    terms = decompose_gross_exports(two).terms / unit
    assert terms / scale == pytest.approx(decompose_gross_exports(one).terms / scale, abs=BAR)


@few
@given(**tables, order=st.randoms(use_true_random=False))
def test_the_order_of_countries_does_not_matter(
    make_published: Make, seed: int, countries: int, industries: int, order: object
) -> None:
    published = make_published(seed, countries, industries)
    places = list(range(countries))
    order.shuffle(places)  # type: ignore[attr-defined]
    rows = np.concatenate([np.arange(place * industries, (place + 1) * industries) for place in places])
    shuffled = dataclasses.replace(
        published,
        sectors=[published.sectors[row] for row in rows],
        intermediate=published.intermediate[np.ix_(rows, rows)],
        final=published.final[np.ix_(rows, places)],
        output=published.output[rows],
    )
    one, two = solve(published), solve(shuffled)
    scale = world_output(one)
    expected = decompose_gross_exports(one).terms[places] / scale
    assert decompose_gross_exports(two).terms / scale == pytest.approx(expected, abs=BAR)
    for variant in VARIANTS:
        expected = decompose_bilateral_exports(one, variant).terms[:, places][:, :, places] / scale
        found = decompose_bilateral_exports(two, variant).terms / scale
        assert found == pytest.approx(expected, abs=BAR)


@few
@given(**tables)
def test_names_do_not_matter(make_published: Make, seed: int, countries: int, industries: int) -> None:
    published = make_published(seed, countries, industries)
    renamed = dataclasses.replace(
        published, sectors=[Sector(f"Z{s.country}", f"z{s.industry}") for s in published.sectors]
    )
    one, two = trade_in_value_added(solve(published)), trade_in_value_added(solve(renamed))
    assert np.array_equal(one.absorbed, two.absorbed)
    assert one.vax_ratio == two.vax_ratio


@few
@given(**tables)
def test_two_industries_with_the_same_recipe_may_be_merged(
    make_published: Make, seed: int, countries: int, industries: int
) -> None:
    """Splitting every sector into two equal halves changes no country's terms."""
    published = make_published(seed, countries, industries)
    halves = np.repeat(np.arange(len(published.sectors)), 2)
    split = dataclasses.replace(
        published,
        sectors=[
            Sector(published.sectors[row].country, published.sectors[row].industry, variant)
            for row, variant in zip(halves, ["a", "b"] * len(published.sectors), strict=True)
        ],
        intermediate=published.intermediate[np.ix_(halves, halves)] / 4,
        final=published.final[halves] / 2,
        output=published.output[halves] / 2,
    )
    one, two = solve(published), solve(split)
    scale = world_output(one)
    expected = decompose_gross_exports(one).terms / scale
    assert decompose_gross_exports(two).terms / scale == pytest.approx(expected, abs=BAR)
