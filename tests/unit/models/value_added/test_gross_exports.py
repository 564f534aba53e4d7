"""Nine terms and bilateral terms against their definitions, written out with explicit inverses."""

from collections.abc import Iterable

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.bilateral import (
    BILATERAL_TERMS,
    VARIANTS,
    BilateralVariant,
    decompose_bilateral_exports,
)
from techbalance.models.value_added.kww import KWW_TERMS, decompose_gross_exports
from techbalance.models.value_added.leontief import LeontiefSystem, solve_leontief
from techbalance.models.value_added.table import Sector, sectors_of
from techbalance.models.value_added.trade import exports_by_partner, trade_in_value_added

# Sums over four countries with three industries each.
EXACT = 1e-11


class Blocks:
    """A table cut into the blocks of the papers: A[s, r], B[s, r], Y[s, r], V[s], E[s], L[s]."""

    def __init__(self, system: LeontiefSystem) -> None:
        self.table = system.table
        self.count = range(len(self.table.countries))
        self.coefficients = self.table.intermediate / self.table.output
        self.exports = exports_by_partner(self.table)
        self.inverse = np.linalg.inv(np.eye(len(self.coefficients)) - self.coefficients)

    def a(self, s: int, r: int) -> np.ndarray:
        return self.coefficients[self.table.blocks[s], self.table.blocks[r]]

    def b(self, s: int, r: int) -> np.ndarray:
        return self.inverse[self.table.blocks[s], self.table.blocks[r]]

    def y(self, s: int, r: int) -> np.ndarray:
        return self.table.final[self.table.blocks[s], r]

    def v(self, s: int) -> np.ndarray:
        return (self.table.value_added / self.table.output)[self.table.blocks[s]]

    def e(self, s: int) -> np.ndarray:
        return self.exports[self.table.blocks[s]].sum(axis=1)

    def e_to(self, s: int, r: int) -> np.ndarray:
        return self.exports[self.table.blocks[s], r]

    def local(self, s: int) -> np.ndarray:
        return np.linalg.inv(np.eye(len(self.a(s, s))) - self.a(s, s))

    def without_exports_of(self, s: int) -> "Blocks":
        """The same blocks with B taken from A without the intermediate exports of s."""
        cut = Blocks.__new__(Blocks)
        cut.__dict__.update(self.__dict__)
        coefficients = self.coefficients.copy()
        for r in self.but(s):
            coefficients[self.table.blocks[s], self.table.blocks[r]] = 0
        cut.inverse = np.linalg.inv(np.eye(len(coefficients)) - coefficients)
        return cut

    def but(self, *places: int) -> list[int]:
        return [place for place in self.count if place not in places]


def total(parts: Iterable[float | np.floating]) -> float:
    return float(sum(parts))


def test_nine_terms_by_their_definitions(system: LeontiefSystem) -> None:
    k = Blocks(system)
    expected = []
    for s in k.count:
        others = k.but(s)
        foreign = sum(k.v(t) @ k.b(t, s) for t in others)
        expected.append(
            [
                total(k.v(s) @ k.b(s, s) @ k.y(s, r) for r in others),
                total(k.v(s) @ k.b(s, r) @ k.y(r, r) for r in others),
                total(k.v(s) @ k.b(s, r) @ k.y(r, t) for r in others for t in k.but(s, r)),
                total(k.v(s) @ k.b(s, r) @ k.y(r, s) for r in others),
                total(k.v(s) @ k.b(s, r) @ k.a(r, s) @ k.local(s) @ k.y(s, s) for r in others),
                total(k.v(s) @ k.b(s, r) @ k.a(r, s) @ k.local(s) @ k.e(s) for r in others),
                total(foreign @ k.y(s, r) for r in others),
                total(foreign @ k.a(s, r) @ k.local(r) @ k.y(r, r) for r in others),
                total(foreign @ k.a(s, r) @ k.local(r) @ k.e(r) for r in others),
            ]
        )
    found = decompose_gross_exports(system)
    assert len(KWW_TERMS) == 9
    assert found.terms == pytest.approx(np.array(expected), rel=EXACT)
    assert found.terms.sum(axis=1) == pytest.approx(found.gross_exports, rel=EXACT)


def test_nine_terms_agree_with_trade_in_value_added(system: LeontiefSystem) -> None:
    terms, measured = decompose_gross_exports(system), trade_in_value_added(system)
    assert terms.vax_ratio == pytest.approx(measured.vax_ratio)
    assert terms.foreign_share == pytest.approx(measured.foreign_share)
    domestic = terms.value_added_exports + terms.returned_home + terms.terms[:, 5]
    assert domestic == pytest.approx(measured.domestic_content, rel=EXACT)


def test_bilateral_terms_at_source_by_their_definitions(system: LeontiefSystem) -> None:
    k = Blocks(system)
    found = decompose_bilateral_exports(system, "borin-mancini-source")
    for s in k.count:
        cut = k.without_exports_of(s)
        first = k.v(s) @ k.local(s)
        foreign_first = sum(k.v(t) @ cut.b(t, s) for t in k.but(s))
        again = sum(k.a(s, j) @ k.b(j, s) for j in k.but(s))
        for r in k.but(s):
            absorbed_in = [
                (first @ k.y(s, u) if u == r else 0.0)
                + total(first @ k.a(s, r) @ k.b(r, j) @ k.y(j, u) for j in k.count)
                for u in k.count
            ]
            expected = [
                sum(absorbed_in) - absorbed_in[s],
                absorbed_in[s],
                first @ again @ k.e_to(s, r),
                foreign_first @ k.e_to(s, r),
                foreign_first @ again @ k.e_to(s, r),
            ]
            assert found.terms[:, s, r] == pytest.approx(np.array(expected), rel=EXACT)


def test_bilateral_terms_at_sink_by_their_definitions(system: LeontiefSystem) -> None:
    k = Blocks(system)
    found = decompose_bilateral_exports(system, "borin-mancini-sink")
    for s in k.count:
        cut = k.without_exports_of(s)
        own = k.v(s) @ k.b(s, s)
        foreign = sum(k.v(t) @ k.b(t, s) for t in k.but(s))
        for r in k.but(s):
            # Output of r for final goods that are made abroad, and for those made and kept at home in s.
            abroad = sum(cut.b(r, j) @ k.y(j, u) for j in k.but(s) for u in k.but(s))
            home = sum(cut.b(r, j) @ k.y(j, s) for j in k.but(s)) + cut.b(r, s) @ k.y(s, s)
            again = cut.b(r, s) @ k.e(s)
            expected = [
                own @ k.y(s, r) + own @ k.a(s, r) @ abroad,
                own @ k.a(s, r) @ home,
                own @ k.a(s, r) @ again,
                foreign @ k.y(s, r) + foreign @ k.a(s, r) @ (abroad + home),
                foreign @ k.a(s, r) @ again,
            ]
            assert found.terms[:, s, r] == pytest.approx(np.array(expected), rel=EXACT)


@pytest.mark.parametrize("variant", VARIANTS)
def test_bilateral_terms_add_up_both_ways(system: LeontiefSystem, variant: BilateralVariant) -> None:
    found, nine = decompose_bilateral_exports(system, variant), decompose_gross_exports(system)
    assert found.variant == variant
    assert len(BILATERAL_TERMS) == len(found.terms)
    assert found.terms.sum(axis=0) == pytest.approx(found.gross_exports, rel=EXACT)
    assert np.einsum("kss->s", found.terms).tolist() == [0] * 4
    totals = found.totals
    assert totals[:, 0] == pytest.approx(nine.value_added_exports, rel=EXACT)
    assert totals[:, 1] == pytest.approx(nine.returned_home, rel=EXACT)
    assert totals[:, 2] == pytest.approx(nine.terms[:, 5], rel=EXACT)
    assert totals[:, 3] + totals[:, 4] == pytest.approx(nine.foreign_content, rel=EXACT)


def test_the_variants_differ_by_pair_and_not_in_total(system: LeontiefSystem) -> None:
    source, sink = (decompose_bilateral_exports(system, variant) for variant in VARIANTS)
    assert source.totals == pytest.approx(sink.totals, rel=EXACT)
    assert np.abs(source.terms - sink.terms).max() > 0.01


def test_an_unknown_variant_is_refused(system: LeontiefSystem) -> None:
    with pytest.raises(ModelInputError, match="borin-mancini-source, borin-mancini-sink"):
        decompose_bilateral_exports(system, "wang-wei-zhu")  # type: ignore[arg-type]


def test_countries_may_have_different_numbers_of_industries() -> None:
    rng = np.random.default_rng(3)
    sectors = (*sectors_of(["A"], ["x", "y", "z"]), Sector("B", "x"), *sectors_of(["C"], ["x", "y"]))
    coefficients = rng.random((6, 6)) / 10
    final = rng.random((6, 3)) * 10
    output = np.linalg.solve(np.eye(6) - coefficients, final.sum(axis=1))
    system = solve_leontief(
        balance_table(PublishedTable("uneven", "units", sectors, coefficients * output, final, output))
    )
    nine = decompose_gross_exports(system)
    assert nine.terms.sum(axis=1) == pytest.approx(nine.gross_exports, rel=EXACT)
    for variant in VARIANTS:
        found = decompose_bilateral_exports(system, variant)
        assert found.totals.sum(axis=1) == pytest.approx(nine.gross_exports, rel=EXACT)


def test_a_country_without_exports_has_terms_of_zero() -> None:
    flows, final = np.array([[2.0, 0.0], [1.0, 2.0]]), np.array([[8.0, 0.0], [1.0, 6.0]])
    system = solve_leontief(
        balance_table(
            PublishedTable(
                "one way", "units", sectors_of(["A", "B"], ["x"]), flows, final, np.array([10.0, 10.0])
            )
        )
    )
    nine = decompose_gross_exports(system)
    assert nine.terms[0] == pytest.approx(np.zeros(9))
    assert nine.vax_ratio == (None, pytest.approx(1.0))
