"""The second process: it writes what the first does not get to, and is gone when they are done."""

import multiprocessing
from multiprocessing.connection import wait

import pytest

from techbalance.errors import NotCoveredError
from techbalance.report import sharing
from techbalance.report.blocks import Section
from techbalance.report.inquiry import Inquiry
from techbalance.report.sharing import Piece, Plan, another, half_the_cores, shared
from techbalance.store.catalogue import Store


@pytest.fixture
def inquiry(tmp_path):
    return Inquiry(Store(tmp_path, threads=half_the_cores()))


def test_sections_of_the_second_process_are_those_this_one_writes(inquiry, monkeypatch):
    plan = Plan("xlsx")
    here = sharing.written("tracing", inquiry, plan)
    taken = []
    monkeypatch.setattr(sharing, "written", lambda name, *_: taken.append(name) or _empty(name))
    with another() as other:
        pieces = shared(("checks", "tracing"), inquiry, lambda: _until_taken(other), plan, other)
        assert [piece.section.id for piece in pieces] == ["checks", "tracing"]
    assert "tracing" not in taken
    assert pieces[1] == here


def _until_taken(other):
    # The other process takes its work in order: with this task done, the one before it is done too.
    other.submit(half_the_cores).result()


def _empty(name):
    return Piece(Section(name, name, (), ()), {}, ())


def test_nothing_is_left_of_the_second_process_whatever_happens(inquiry):
    before = set(multiprocessing.active_children())

    def fail():
        raise NotCoveredError("nothing of it is held")

    with pytest.raises(NotCoveredError), another() as other:
        shared(("tracing",), inquiry, fail, Plan("xlsx"), other)
    begun = [process.sentinel for process in set(multiprocessing.active_children()) - before]
    assert set(wait(begun, timeout=20)) == set(begun)


def test_two_that_share_a_machine_take_half_of_it_each(inquiry, monkeypatch):
    (used,) = inquiry.store.engine.run_at_once("SELECT current_setting('threads')").to_pylist()
    assert set(used.values()) == {half_the_cores()}
    for cores, each in ((1, 1), (2, 1), (9, 4), (None, 1)):
        monkeypatch.setattr(sharing.os, "cpu_count", lambda cores=cores: cores)
        assert half_the_cores() == each
