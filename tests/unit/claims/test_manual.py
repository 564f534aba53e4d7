"""The manual of claim files names every word that may stand in one, and its example loads."""

import re
from typing import get_args

import pytest

from techbalance.claims.compare import COMPARISONS
from techbalance.claims.judge import Verdict
from techbalance.claims.load import load_claims
from techbalance.claims.measures import MEASURES, Comparator, Flow, Series, UnitName
from techbalance.claims.statement import Article, BearingTest, Filters, Statement, Tolerance
from techbalance.errors import SchemaError


@pytest.fixture(scope="module")
def manual(root):
    return (root / "docs" / "claims.md").read_text(encoding="utf-8")


def keys(model):
    return [info.alias or name for name, info in model.model_fields.items()]


WORDS = sorted(
    {
        *(key for model in (Article, Statement, Filters, Tolerance, BearingTest) for key in keys(model)),
        *MEASURES,
        *(word for kind in (Comparator, Flow, Series, UnitName, Verdict) for word in get_args(kind)),
        *COMPARISONS,
        "positive", "negative", "yes", "no", "greater", "smaller",
    }
)  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_in_the_manual(manual, word):
    assert re.search(rf"`{re.escape(word)}`", manual)


@pytest.mark.parametrize("name", [name for name in MEASURES if name not in ("not_built", "not_held")])
def test_the_filters_of_every_measure_are_in_its_row(manual, name):
    row = next(line for line in manual.splitlines() if line.startswith(f"| `{name}` |"))
    for key in MEASURES[name].filters:
        assert f"`{key}`" in row


def test_the_example_loads_and_the_error_is_the_real_one(manual):
    example = re.search(r"```toml\n(.*?)```", manual, re.DOTALL)[1]
    file = load_claims(example, "my-article.toml")
    assert [claim.id for claim in file.claims] == ["A1", "A2", "A3", "A4"]
    with pytest.raises(SchemaError) as caught:
        load_claims(example.replace('"level"', '"levle"', 1), "my-article.toml")
    shown = re.search(r"```text\n(.*?)\n```", manual, re.DOTALL)[1]
    before, after = shown.split(" … ")
    assert str(caught.value).startswith(before)
    assert str(caught.value).endswith(after)
