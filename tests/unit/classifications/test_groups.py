"""Which technology group is meant."""

from typing import Any

import pytest

from techbalance.classifications.conduits import CONDUITS, SOURCE
from techbalance.classifications.groups import ALL_GROUPS, GROUPS, OUTSIDE, group_code
from techbalance.errors import UnknownCodeError


@pytest.mark.parametrize("text", ["4", "04", " 04 ", "Information & Communications", "ICT", "ict"])
def test_a_group_is_known_by_code_and_name(text: str):
    assert group_code(text) == "04"


@pytest.mark.parametrize(("code", "name"), GROUPS.items())
def test_every_code_and_name_is_known_in_any_case(code: str, name: str):
    assert group_code(code) == group_code(code.lstrip("0")) == group_code(name.upper()) == code


@pytest.mark.parametrize("text", ["0", "00", "11", "100", "all", "-1", "", "٤", "nuclr"])
def test_anything_else_is_refused(text: str):
    with pytest.raises(UnknownCodeError):
        group_code(text)


def test_near_misses_are_named():
    with pytest.raises(UnknownCodeError, match="Did you mean 'Biotechnology'"):
        group_code("Biotechnolgy")


def test_the_shipped_table_names_the_same_groups(tb: Any):
    rows = tb.store.fetch_rows(tb.store.table("groups"))
    names = {row["code"]: row["name"] for row in rows}
    assert {code: name for code, name in names.items() if code not in (OUTSIDE, ALL_GROUPS)} == GROUPS


def test_conduits_are_countries_with_a_source(tb: Any):
    iso3 = {row["iso3"] for row in tb.store.fetch_rows(tb.store.table("partners"))}
    assert set(CONDUITS) <= iso3
    assert {"IRL", "NLD", "BMU"} <= set(CONDUITS)
    assert "2019" in SOURCE
