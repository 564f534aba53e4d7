"""A statement about an area is held against whole areas only: a member that is missing is no zero."""

from typing import Any

import pytest

from techbalance.questions.evidence.held import Held, Place


@pytest.fixture(scope="module")
def held(tb: Any) -> Held:
    return Held(tb.store)


def test_an_area_of_which_members_are_missing_has_no_figure(held: Held):
    revisions = held.history(Place("goods_census", "EU27"), "balance").revisions
    assert 2024 in revisions
    assert 2025 not in revisions


def test_an_area_that_is_whole_is_the_balance_of_the_accounts(held: Held, asked: Any):
    rows = asked("balance", year="2024:2025", partner="EU27", series="goods_census").rows()
    (whole,) = [row["balance_usd"] for row in rows if row["year"] == 2024]
    revisions = held.history(Place("goods_census", "EU27"), "balance").revisions
    assert revisions[2024][-1][1] == whole


def test_a_single_partner_keeps_every_year_it_is_held(held: Held):
    assert {2024, 2025} <= set(held.history(Place("goods_census", "CHN"), "balance").revisions)
