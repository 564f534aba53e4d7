"""Where many ask, items of some groups are picked out of all: the answer is the one of who asks once."""

import pytest

from techbalance.questions.dependence import of_every_group
from techbalance.questions.registry import ask_reference
from techbalance.store.catalogue import Store

QUESTIONS = (
    "dependence?level=product&year=2025&group=04&top=10",
    "dependence?level=product&year=2024:2025&group=01,07&top=25&sort=distance",
    "dependence?level=group&year=2025&group=01,04",
    "dependence?level=product,group&year=2024&group=10&flagged=true",
    "dependence?level=product&year=2025&group=04&threshold=C1%3D0.5&top=5",
    "dependence?level=product&year=2025&group=04&concept=consumption&top=5&criteria=true",
    "dependence?level=product&year=2025&group=04&on=CHN",
    "dependence?level=all&year=2025&group=04",
    "dependence?level=product&year=1999&group=04",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    return Store(tmp_path_factory.mktemp("home"))


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_does_not_depend_on_how_many_ask(store, question):
    alone = ask_reference(question, store)
    with store.asked_often():
        # The second one finds what the first one judged.
        for _ in range(2):
            among_many = ask_reference(question, store)
            assert among_many.rows() == alone.rows()
            assert among_many.notes == alone.notes
            assert among_many.source_ids == alone.source_ids


def test_all_are_judged_once_for_several_choices_of_groups(store):
    of_every_group.cache_clear()
    with store.asked_often():
        for groups in ("04", "01,07", "10"):
            assert ask_reference(f"dependence?level=product&year=2025&group={groups}&top=3", store).rows()
    assert of_every_group.cache_info().misses == 1
