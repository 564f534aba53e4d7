"""How does a change of a product of two factors split? Exactly, whatever the signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from techbalance.models.validation import FloatArray


def product_of_two(
    start: tuple[FloatArray, FloatArray], end: tuple[FloatArray, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """Effects of the first and of the second factor on the change of their product (Bennet).

    ``a1 b1 - a0 b0 = mean(b) (a1 - a0) + mean(a) (b1 - b0)``: exact, turned round by time, and defined for
    balances too, since nothing is divided.

    Parameters
    ----------
    start, end
        First and second factor in the first and in the last year.

    Notes
    -----
    Bennet 1920, Journal of the Royal Statistical Society 83.
    """
    (a0, b0), (a1, b1) = start, end
    return (b0 + b1) / 2 * (a1 - a0), (a0 + a1) / 2 * (b1 - b0)
