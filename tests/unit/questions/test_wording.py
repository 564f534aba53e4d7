"""How figures are written for people."""

import pytest

from techbalance.questions.wording import MINUS, NOTHING, money, percent, signed


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (294_429_400_000, "$294.4bn"),
        (-31_800_000_000, f"{MINUS}$31.8bn"),
        (5_300_000, "$5.3m"),
        (812, "$812"),
        (0, "$0"),
        (-1, f"{MINUS}$1"),
        (999_960_000, "$1.0bn"),
        (999_940_000, "$999.9m"),
        (1_234_567_890_000, "$1,234.6bn"),
        (None, NOTHING),
    ],
)
def test_money(value: float | None, text: str):
    assert money(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(0.0766, "7.7 %"), (-0.5, f"{MINUS}50.0 %"), (12.5, "1,250.0 %"), (None, NOTHING)]
)
def test_percent(value: float | None, text: str):
    assert percent(value) == text


def test_only_a_leading_hyphen_becomes_a_minus():
    assert signed("-1-2") == f"{MINUS}1-2"
    assert signed("1-2") == "1-2"
