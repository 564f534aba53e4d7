"""What a document asked once: kept apart by the way it was asked, with the sources behind it."""

import pytest

from techbalance.outline import Outline
from techbalance.report.inquiry import Inquiry
from techbalance.store.catalogue import Store


@pytest.fixture(scope="module")
def inquiry(tmp_path_factory):
    return Inquiry(Store(tmp_path_factory.mktemp("home")))


def test_an_answer_noted_the_short_way_does_not_serve_the_long_one(inquiry):
    with inquiry.store.asked_often():
        short = inquiry.ask("balance", by="group", year="2024")
        assert inquiry.ask("balance", by="group", year="2024") is short
    long = inquiry.ask("balance", by="group", year="2024")
    assert long is not short
    assert not isinstance(long.table, Outline)
    assert long.rows() == short.rows()


def test_sources_and_vintages_are_the_same_either_way(inquiry):
    ways = []
    for often in (True, False):
        other = Inquiry(inquiry.store)
        asked = {"by": "partner", "year": "2023:2024"}
        if often:
            with other.store.asked_often():
                answer = other.ask("balance", **asked)
                ways.append((other.sources(answer), other.vintages(answer), other.source_ids))
        else:
            answer = other.ask("balance", **asked)
            ways.append((other.sources(answer), other.vintages(answer), other.source_ids))
    assert ways[0] == ways[1]
    assert all(ways[0])
