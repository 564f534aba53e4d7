"""The second process: it writes what the first does not get to, and is gone when they are done."""

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import BrokenExecutor, Executor, Future

import pytest

from techbalance.errors import NotCoveredError
from techbalance.report import sharing
from techbalance.report.blocks import Section
from techbalance.report.inquiry import Inquiry
from techbalance.report.sharing import Piece, Plan, half_the_cores, second_process, shared
from techbalance.store.catalogue import Store


@pytest.fixture
def inquiry(tmp_path):
    return Inquiry(Store(tmp_path, threads=half_the_cores()))


def test_sections_of_the_second_process_are_those_this_one_writes(inquiry, monkeypatch):
    plan = Plan("xlsx")
    here = {name: sharing.written(name, inquiry, plan) for name in ("checks", "tracing")}
    taken = []
    monkeypatch.setattr(sharing, "written", lambda name, *_: taken.append(name) or _empty(name))
    with second_process() as second:
        pieces = shared(("checks", "tracing"), inquiry, lambda: _until_done(second), plan, second)
    assert taken == []
    assert [piece.section for piece in pieces] == [piece.section for piece in here.values()]


def test_what_the_second_process_does_not_get_to_is_written_here_in_its_place(inquiry, monkeypatch):
    plan = Plan("xlsx")
    here = sharing.written("tracing", inquiry, plan)
    taken = []
    monkeypatch.setattr(sharing, "written", lambda name, *_: taken.append(name) or _empty(name))
    with OneThing() as second:
        pieces = shared(("claims", "checks", "tracing"), inquiry, lambda: None, plan, second)
    # It takes them from the back, and this one from the front.
    assert taken == ["claims", "checks"]
    assert [piece.section.id for piece in pieces] == ["claims", "checks", "tracing"]
    assert pieces[2].section == here.section


class OneThing(Executor):
    """Does the first thing it is handed, and nothing else."""

    def __init__(self):
        self.handed = 0

    def submit(self, work, *given):
        self.handed += 1
        done = Future()
        if self.handed == 1:
            done.set_running_or_notify_cancel()
            done.set_result(REAL(*given[:1], Inquiry(Store(given[1])), given[2]))
        return done


REAL = sharing.written


def _until_done(second):
    # The other process takes its work in order: with this task done, those before it are done too.
    second.submit(half_the_cores).result()


def _empty(name):
    return Piece(Section(name, name, (), ()), {}, ())


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system ends processes otherwise")
def test_where_the_second_process_ends_the_report_is_written_here(inquiry, monkeypatch):
    taken = []
    monkeypatch.setattr(sharing, "written", lambda name, *_: taken.append(name) or _empty(name))
    with second_process() as second:
        number = second.submit(os.getpid).result()
        pieces = shared(("checks", "tracing"), inquiry, lambda: _ended(second, number), Plan("xlsx"), second)
        again = shared(("checks",), inquiry, lambda: None, Plan("xlsx"), second)
    assert [piece.section.id for piece in (*pieces, *again)] == ["checks", "tracing", "checks"]
    assert "checks" in taken


def _ended(second, number):
    os.kill(number, signal.SIGKILL)
    with pytest.raises(BrokenExecutor):
        second.submit(time.sleep, 60).result()


def test_nothing_is_left_of_the_second_process_whatever_happens(inquiry):
    def fail():
        raise NotCoveredError("nothing of it is held")

    with pytest.raises(NotCoveredError), second_process() as second:
        number = second.submit(os.getpid).result()
        shared(("tracing",), inquiry, fail, Plan("xlsx"), second)
    assert number not in {process.pid for process in multiprocessing.active_children()}


def test_the_second_process_ends_with_the_first(tmp_path):
    script = (
        "import os, time\n"
        "from techbalance.report.sharing import second_process\n"
        "if __name__ == '__main__':\n"
        "    with second_process() as second:\n"
        "        print(second.submit(os.getpid).result(), flush=True)\n"
        "        time.sleep(60)\n"
    )
    path = tmp_path / "first.py"
    path.write_text(script, encoding="utf-8")
    with subprocess.Popen([sys.executable, str(path)], stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert int(first.stdout.readline()) != first.pid
        first.kill()
        # The second one holds the pipe as well: it ends only when both are gone.
        assert first.stdout.read() == ""


def test_two_that_share_a_machine_take_half_of_it_each(inquiry, monkeypatch):
    (used,) = inquiry.store.engine.run_at_once("SELECT current_setting('threads')").to_pylist()
    assert set(used.values()) == {half_the_cores()}
    for cores, each in ((1, 1), (2, 1), (9, 4), (None, 1)):
        monkeypatch.setattr(sharing.os, "cpu_count", lambda cores=cores: cores)
        assert half_the_cores() == each
