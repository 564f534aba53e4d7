"""Complexity, proximity and density: worked cases, and every case in which no index exists."""

import numpy as np
import pytest

from techbalance.errors import ModelInputError, ParameterError
from techbalance.models.complexity import complexity, density, proximity, specialisation

# Second eigenvalues and sums agree to rounding.
ROUNDING = 1e-12


def of_marks(marks):
    """Specialisation of countries that export the marked products in equal parts."""
    return specialisation(np.asarray(marks, dtype=float), _names("c", len(marks)), _names("p", len(marks[0])))


def _names(letter, count):
    return [f"{letter}{place}" for place in range(count)]


def reason(exports):
    rows = np.asarray(exports, dtype=float)
    found = complexity(rows, _names("c", rows.shape[0]), _names("p", rows.shape[1]))
    assert found.eci.mask.all()
    assert found.pci.mask.all()
    assert [note.reason for note in found.notes][-1] == "degenerate"
    return found.reason


def test_what_is_not_traded_has_no_advantage_and_is_named():
    found = specialisation([[3, 1, 0], [1, 3, 0], [0, 0, 0]], ["A", "B", "C"], ["p", "q", "r"])
    assert found.advantage.mask[2].all()
    assert found.advantage.mask[:, 2].all()
    assert found.advantage[0, 0] == 1.5
    assert [(note.reason, note.labels) for note in found.notes] == [
        ("no_trade", ("C",)),
        ("no_trade", ("r",)),
    ]


def test_a_country_with_trade_and_no_advantage_is_left_out_by_name():
    # The threshold is above what the second country reaches anywhere.
    found = specialisation([[9, 1, 0], [5, 5, 5], [0, 1, 9]], "ABC", "pqr", threshold=1.7)
    assert found.diversity.tolist() == [1, 0, 1]
    index = complexity(found)
    silent = found.diversity == 0
    assert index.eci.mask[silent].all()
    assert any(note.reason == "not_specialised" and "B" in note.labels for note in index.notes)


def test_an_advantage_of_exactly_the_threshold_counts():
    found = specialisation([[0.1, 0.2], [0.3, 0.6]], "AB", "pq")
    assert found.is_specialised.all()


@pytest.mark.parametrize(
    ("exports", "words"),
    [
        ([[1, 0, 0], [0, 1, 0], [0, 0, 1]], "3 parts that share no product"),
        ([[5, 5, 0, 0], [5, 5, 0, 0], [0, 0, 5, 5], [0, 0, 5, 5]], "2 parts that share no product"),
        ([[0, 0], [0, 0]], "no country is specialised in anything"),
        ([[4, 2]], "one country only"),
        ([[1, 1], [1, 1], [2, 2]], "same diversity"),
    ],
)
def test_where_no_index_exists_every_entry_is_masked_and_the_reason_said(exports, words):
    assert words in reason(exports)
    assert reason(exports).startswith("degenerate: ")


def test_a_repeated_second_eigenvalue_has_no_index():
    # One country exports everything, the others a product or two each that no other of them does.
    marks = [[1, 1, 1, 1], [0, 0, 0, 1], [1, 0, 0, 0], [0, 1, 1, 0]]
    assert of_marks(marks).is_specialised.astype(int).tolist() == marks
    assert "second eigenvalue, 0.500000, is repeated" in reason(marks)


def test_the_sign_is_that_of_diversity_and_the_scale_is_standard():
    exports = [[60, 40, 30, 20, 10, 0], [50, 5, 25, 1, 12, 2], [30, 0, 0, 15, 2, 60], [0, 0, 5, 3, 40, 90]]
    found = complexity([*exports, [20, 30, 0, 10, 10, 30]], "ABCDE", "pqrstu")
    assert found.reason is None
    assert abs(found.eci.mean()) < ROUNDING
    assert abs(found.eci.std() - 1) < ROUNDING
    assert np.corrcoef(found.eci, found.specialisation.diversity)[0, 1] > 0


def test_the_two_scales_of_pci_differ_by_the_second_eigenvalue():
    exports = [[60, 40, 30, 20, 10, 0], [50, 5, 25, 1, 12, 2], [30, 0, 0, 15, 2, 60], [0, 0, 5, 3, 40, 90]]
    exports = [*exports, [20, 30, 0, 10, 10, 30]]
    average = complexity(exports, "ABCDE", "pqrstu")
    other = complexity(average.specialisation, pci_scale="reciprocal")
    assert np.allclose(other.pci * other.eigenvalues[1], average.pci, rtol=0, atol=ROUNDING)
    # On that scale a country's products have its own index on average, up to one constant for all.
    marks = average.specialisation.is_specialised
    means = np.array([other.pci[marks[place]].mean() for place in range(5)])
    gaps = means - other.eci
    assert np.ptp(gaps) < ROUNDING


def test_density_is_what_the_square_of_proximity_gives():
    random = np.random.default_rng(5)
    exports = random.lognormal(size=(40, 300)) * (random.random((40, 300)) < 0.4)
    of = specialisation(exports, _names("c", 40), _names("p", 300))
    near = proximity(of)
    marks = of.is_specialised[:, of.ubiquity > 0].astype(float)
    by_square = marks @ near.values / near.values.sum(axis=0)
    assert np.abs(density(of)[:, of.ubiquity > 0] - by_square).max() < ROUNDING
    without = (marks @ near.values - marks) / (near.values.sum(axis=0) - 1)
    assert np.abs(density(of, self_term=False)[:, of.ubiquity > 0] - without).max() < ROUNDING
    assert np.array_equal(near.values, near.values.T)
    assert (np.diag(near.values) == 1).all()


def test_a_product_near_no_other_has_a_density_only_with_its_self_term():
    of = of_marks([[1, 0], [0, 1]])
    assert density(of).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    assert density(of, self_term=False).mask.all()


def test_a_product_nobody_is_specialised_in_has_no_proximity_and_no_density():
    of = specialisation([[3, 1, 0], [1, 3, 0]], "AB", "pqr")
    assert proximity(of).undefined == ("r",)
    assert density(of).mask[:, 2].all()
    assert not density(of).mask[:, :2].any()


def test_more_countries_than_a_byte_counts():
    random = np.random.default_rng(3)
    exports = random.random((300, 6)) + 0.5
    of = specialisation(exports, _names("c", 300), _names("p", 6), threshold=0.1)
    assert of.ubiquity.max() == 300
    assert (proximity(of).values == 1).all()


@pytest.mark.parametrize(
    ("exports", "told"),
    [([[1.0, -1.0]], "must be 0 or more"), ([[1.0, float("nan")]], "finite"), ([[1.0]], "shape")],
)
def test_what_is_no_table_of_exports_is_refused(exports, told):
    with pytest.raises(ModelInputError, match=told):
        specialisation(exports, ["A"], ["p", "q"])


def test_unknown_conventions_are_refused():
    with pytest.raises(ParameterError, match="threshold"):
        specialisation([[1.0]], ["A"], ["p"], threshold=0)
    with pytest.raises(ParameterError, match="pci_scale"):
        complexity([[1.0]], ["A"], ["p"], pci_scale="other")
    with pytest.raises(ModelInputError, match="twice"):
        specialisation([[1.0], [2.0]], ["A", "A"], ["p"])
