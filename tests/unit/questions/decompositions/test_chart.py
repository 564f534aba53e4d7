"""The waterfall of a change: its parts, or with ``--how`` its effects."""

from itertools import pairwise
from typing import Any

import pytest

from techbalance.errors import ParameterError
from techbalance.questions.drawing import figure_of

RECORD = {"from_": 2024, "to": 2025, "flow": "import"}


def test_effects_lead_from_one_year_to_the_other(asked: Any):
    figure = figure_of(asked("change", **RECORD, how="lmdi"))
    assert figure.title == "Scale made 94% of the $205.0bn rise in imports from 2024 to 2025"
    steps = figure.table.to_pylist()
    assert [step["name"] for step in steps] == ["Scale", "Product mix", "Partner mix"]
    assert steps[0]["start_usd"] == 760_961_238_911
    assert steps[-1]["end_usd"] == 965_992_564_633
    assert all(one["end_usd"] == two["start_usd"] for one, two in pairwise(steps))


def test_effects_of_parts_are_drawn_together(asked: Any):
    whole = figure_of(asked("change", **RECORD, how="lmdi")).table.to_pylist()
    parts = figure_of(asked("change", **RECORD, how="lmdi", by="group")).table.to_pylist()
    assert parts[0]["start_usd"] == whole[0]["start_usd"]
    assert parts[-1]["end_usd"] == whole[-1]["end_usd"]
    assert [step["change_usd"] for step in parts] == pytest.approx(
        [step["change_usd"] for step in whole], abs=3
    )


def test_of_a_balance_each_effect_is_told_with_its_flow(asked: Any):
    figure = figure_of(asked("change", from_=2002, to=2007, how="constant-dollars"))
    assert [step["name"] for step in figure.table.to_pylist()] == [
        "Exports: constant dollars",
        "Exports: prices",
        "Imports: constant dollars",
        "Imports: prices",
    ]
    assert "rise in the deficit" in figure.title
    assert "Exports: prices" in figure.svg()


def test_what_cannot_be_told_has_no_bar(asked: Any):
    figure = figure_of(asked("change", **RECORD, how="price-quantity"))
    assert [step["name"] for step in figure.table.to_pylist()] == ["Entry", "Exit", "Unmatched"]
    assert "No change is given for Price and Quantity" in figure.alt_text


@pytest.mark.parametrize("how", [None, "accounts"])
def test_parts_are_drawn_without_a_way_or_by_flow(asked: Any, how: str | None):
    figure = figure_of(asked("change", **RECORD, by="group", how=how))
    assert figure.title.startswith("Information & Communications made 84% of the $205.0bn rise")


def test_all_others_are_never_named_as_the_cause(asked: Any):
    figure = figure_of(asked("change", from_=2002, to=2007, by="partner", series="goods_census"))
    assert {step["key"] for step in figure.table.to_pylist()} >= {"CHN", "other"}
    assert "goods_census" in figure.subtitle


@pytest.mark.parametrize(
    "given",
    [
        {"from_": 2002, "to": 2007},
        {**RECORD, "by": "group,partner"},
        {**RECORD, "how": "lmdi", "every_year": True},
    ],
)
def test_other_forms_are_refused_with_the_one_that_is_drawn(asked: Any, given: dict[str, Any]):
    with pytest.raises(ParameterError, match="Drawn is"):
        figure_of(asked("change", **given))
