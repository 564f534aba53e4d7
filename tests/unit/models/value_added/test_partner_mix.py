"""Trade whose partners are not known: spread over all of them, and put together again."""

import numpy as np
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.value_added.balance import PublishedTable, balance_table
from techbalance.models.value_added.bounds import bound_value_added
from techbalance.models.value_added.industry_mix import IndustryWeights, ProductFlow
from techbalance.models.value_added.leontief import solve_leontief
from techbalance.models.value_added.partner_mix import ANYONE, gather_content, spread_flow
from techbalance.models.value_added.table import sectors_of

WEIGHTS = IndustryWeights.unknown(["i1", "i2"])
INDUSTRY = IndustryWeights({"i1": (1.0, 1.0)})


@pytest.fixture(scope="module")
def system():
    inter = np.random.default_rng(3).uniform(0, 4, (6, 6))
    final = np.random.default_rng(4).uniform(5, 30, (6, 3))
    output = inter.sum(axis=1) + final.sum(axis=1)
    sectors = sectors_of(["USA", "MEX", "CHN"], ["i1", "i2"])
    return solve_leontief(balance_table(PublishedTable("three", "units", sectors, inter, final, output)))


def content(system, kind, weights, mix, value=100.0):
    flows = spread_flow(system.table, ProductFlow(kind, ANYONE, value, weights), mix=mix)
    return gather_content(bound_value_added(system, flows), kind, "USA", weights, mix)


def test_unknown_partners_give_the_range_over_every_partner(system):
    found = content(system, "import", WEIGHTS, "unknown")
    alone = [
        bound_value_added(system, [ProductFlow("import", partner, 100.0, WEIGHTS)]).content(
            "import", origin="USA"
        )
        for partner in ("MEX", "CHN")
    ]
    assert found.low == min(one.low for one in alone)
    assert found.high == max(one.high for one in alone)


def test_partners_of_the_table_lie_inside_and_one_industry_is_a_point(system):
    wide, narrow = (content(system, "import", WEIGHTS, mix) for mix in ("unknown", "table"))
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    point = content(system, "import", INDUSTRY, "table")
    assert point.low == pytest.approx(point.high)
    assert narrow.low <= point.low <= narrow.high


def test_own_content_of_exports_does_not_depend_on_the_partner(system):
    for weights in (WEIGHTS, INDUSTRY):
        one, other = (content(system, "export", weights, mix) for mix in ("unknown", "table"))
        assert one == pytest.approx(other)


def test_content_is_in_proportion_to_value(system):
    for mix in ("unknown", "table"):
        one, ten = (content(system, "import", WEIGHTS, mix, value) for value in (1.0, 10.0))
        assert ten == pytest.approx([10 * end for end in one])


def test_an_industry_without_trade_has_no_partners_in_the_table(system):
    inter, final = np.zeros((4, 4)), np.asarray([[5.0, 0], [5, 0], [0, 5], [0, 5]])
    sectors = sectors_of(["USA", "CHN"], ["i1", "i2"])
    closed = balance_table(PublishedTable("closed", "units", sectors, inter, final, final.sum(axis=1)))
    with pytest.raises(ModelInputError, match="no imports of i1"):
        spread_flow(closed, ProductFlow("import", ANYONE, 1.0, INDUSTRY), mix="table")
