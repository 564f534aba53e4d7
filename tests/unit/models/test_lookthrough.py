"""Look-through: shares that add up, sectors without inputs, and tables that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.lookthrough import origin_exposure

# Solutions of systems of this size in double precision.
ROUNDING = 1e-12
SECTORS = ["USA.a", "USA.b", "CHN.a"]
ORIGIN = ["USA", "USA", "CHN"]
COEFFICIENTS = [[0.2, 0.3, 0.0], [0.1, 0.0, 0.0], [0.1, 0.2, 0.0]]


def test_shares_add_up_over_the_origins() -> None:
    found = origin_exposure(COEFFICIENTS, ORIGIN, sectors=SECTORS)
    assert found.origins == ("USA", "CHN")
    for shares in (found.face, found.gross_output, found.inputs):
        assert shares.sum(axis=0).tolist()[:2] == pytest.approx([1, 1], abs=ROUNDING)


def test_a_sector_without_inputs_has_no_shares() -> None:
    found = origin_exposure(COEFFICIENTS, ORIGIN, sectors=SECTORS)
    assert found.reason == (None, None, "no_inputs")
    for shares in (found.face, found.gross_output, found.inputs):
        assert shares[:, 2].tolist() == [None, None]


def test_columns_are_those_asked_for_in_that_order() -> None:
    every = origin_exposure(COEFFICIENTS, ORIGIN, sectors=SECTORS)
    some = origin_exposure(COEFFICIENTS, ORIGIN, sectors=SECTORS, columns=["CHN.a", "USA.a"])
    assert some.columns == ("CHN.a", "USA.a")
    assert some.inputs[:, 1].tolist() == pytest.approx(every.inputs[:, 0].tolist(), abs=ROUNDING)


def test_a_chain_through_a_third_country_is_seen() -> None:
    """USA buys only from MEX, MEX only from CHN: face value 0, but half of the inputs are Chinese."""
    coefficients = np.zeros((3, 3))
    coefficients[1, 0] = 0.4
    coefficients[2, 1] = 1.0
    found = origin_exposure(
        coefficients, ["USA", "MEX", "CHN"], sectors=["USA", "MEX", "CHN"], columns=["USA"]
    )
    assert found.face[:, 0].tolist() == [0, 1, 0]
    assert found.inputs[:, 0].tolist() == pytest.approx([0, 0.5, 0.5], abs=ROUNDING)
    assert found.gross_output[:, 0].tolist() == pytest.approx([1 / 1.8, 0.4 / 1.8, 0.4 / 1.8], abs=ROUNDING)


@pytest.mark.parametrize(
    "coefficients", [[[1.0, 0.0], [0.0, 0.5]], [[0.6, 0.6], [0.6, 0.6]], [[0.0, 2.0], [0.5, 0.0]]]
)
def test_more_in_than_out_is_refused(coefficients: list[list[float]]) -> None:
    with pytest.raises(ModelInputError, match="spectral radius of the coefficients is 1 or more"):
        origin_exposure(coefficients, ["a", "b"], sectors=["a", "b"])


def test_one_sector_that_needs_more_than_it_makes_is_no_reason_to_refuse() -> None:
    """A column sum above 1 with a spectral radius of sqrt(0.24) is productive."""
    found = origin_exposure([[0.0, 1.2], [0.2, 0.0]], ["a", "b"], sectors=["a", "b"])
    assert found.inputs[:, 0].tolist() == pytest.approx([0.24 / 0.44, 0.2 / 0.44], abs=ROUNDING)


def test_bad_tables_are_refused_with_their_place() -> None:
    with pytest.raises(ModelInputError, match=r"coefficients must be 0 or more .*at a, b"):
        origin_exposure([[0.1, -0.1], [0.1, 0.1]], ["a", "b"], sectors=["a", "b"])
    with pytest.raises(ModelInputError, match="coefficients is not an array"):
        origin_exposure([[0.1, 0.1, 0.1]], ["a", "b"], sectors=["a", "b"])
    with pytest.raises(ModelInputError, match=r"unknown sector 'USA.x' .*Did you mean"):
        origin_exposure(COEFFICIENTS, ORIGIN, sectors=SECTORS, columns=["USA.x"])
    with pytest.raises(ModelInputError, match="2 sectors need as many origins"):
        origin_exposure([[0.1, 0.1], [0.1, 0.1]], ["a"], sectors=["a", "b"])
