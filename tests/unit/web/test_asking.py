"""The server's short way answers as the long way does, byte for byte; in threads, and in processes."""

import asyncio
import multiprocessing
import os
import random
import signal
import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import pytest

from techbalance.errors import UnknownCodeError
from techbalance.questions.registry import ask_reference, find
from techbalance.store.catalogue import Store
from techbalance.web import asking, formats
from techbalance.web.asking import Asking
from techbalance.web.desk import STARTS, Desk
from techbalance.web.settings import Settings

SEED = 20261122
PARTNERS = ("CHN", "MEX", "IRL", "DEU", "ISR", "EU27", "5700", "Viet Nam")
OTHERS = (
    "records",
    "reconcile?year=2024",
    "revisions?series=atp&period=2007",
    "gap",
    "lists",
    "balance?by=quarter&year=2024",
    "balance?ytd=true&by=year",
)
GROUPS = ("01", "02", "04", "07", "10")


def _drawn():
    """Questions of every shape the short way serves, each with several drawn values."""
    draw = random.Random(SEED)  # noqa: S311

    def some(names):
        return ",".join(draw.sample(names, draw.randint(1, 3)))

    def groups():
        return some(GROUPS)

    def year():
        return draw.choice(("2024", "2025"))

    kinds = (
        lambda: f"balance?year={draw.randint(1990, 2025)}&series=goods_bop",
        lambda: f"balance?by=month&year={draw.randint(1990, 2025)}",
        lambda: f"balance?year={draw.randint(1990, 2025)}&denominator=goods_census",
        lambda: f"balance?by=group&year={year()}&partner={draw.choice(PARTNERS)}",
        lambda: f"balance?by=partner&year={year()}&group={groups()}&top={draw.randint(2, 200)}",
        lambda: (
            f"balance?by=product&year={year()}&partner={draw.choice(PARTNERS)}&top={draw.randint(2, 200)}"
        ),
        lambda: f"rank?by=partner&flow=import&year={draw.choice((2023, 2024, 2025))}&group={groups()}",
        lambda: f"change?by=partner&flow=import&from=2024&to=2025&group={groups()}&top=9",
        lambda: f"change?from={draw.randint(1990, 2005)}&to={draw.randint(2006, 2025)}",
        lambda: f"ip?country={some(('USA', 'DEU', 'EU27', 'IRL'))}&year={draw.randint(1990, 2023)}",
        lambda: f"ip?country=USA&as_of=20{draw.randint(10, 25)}-01-01",
        lambda: f"compare?countries=USA,DEU&from={draw.randint(1990, 2005)}&to={draw.randint(2006, 2022)}",
        lambda: f"dependence?level=product&year={year()}&group={groups()}&top={draw.randint(2, 50)}",
        lambda: f"stress?without={draw.choice(('CHN', 'MEX,CHN', 'TWN'))}&group={groups()}",
        lambda: f"trace?what=balance%3Fyear%3D{draw.randint(1990, 2025)}",
        lambda: (
            f"trace?what=rank%3Fby%3Dpartner%26flow%3Dimport%26year%3D2025%26group%3D{draw.choice(GROUPS)}"
        ),
    )
    return [kind() for kind in kinds for _ in range(2)]


def in_a_loop(work):
    """Run to the end in a thread of its own: a browser test may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work()).result()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("asked")


def _as_asked(asker, reference):
    return asker.made(lambda store: formats.written(ask_reference(reference, store), "json"), "one")


def test_the_short_way_answers_byte_for_byte_as_the_long_way(home):
    # Confined as well: with as many threads, sums of fractions are added in the same order.
    asker, plain = Asking(Settings(home=home)), Store(home, confined=True)
    drawn = _drawn()
    for reference in (*drawn, *drawn[::9]):
        short, was_built = _as_asked(asker, reference)
        assert not was_built, reference
        assert short == formats.written(ask_reference(reference, plain), "json"), reference


def test_other_questions_take_the_short_way_too(home):
    asker, plain = Asking(Settings(home=home)), Store(home, confined=True)
    for reference in OTHERS:
        short, was_built = _as_asked(asker, reference)
        assert not was_built, reference
        assert short == formats.written(ask_reference(reference, plain), "json"), reference


def test_where_the_short_way_fails_the_long_way_answers(home):
    asker, tried = Asking(Settings(home=home)), []

    def make(store):
        tried.append(store)
        if len(tried) == 1:
            raise RuntimeError
        return "made"

    assert asker.made(make, "one") == ("made", True)


def test_a_question_that_is_wrong_is_asked_once(home):
    asker, tried = Asking(Settings(home=home)), []

    def make(store):
        tried.append(store)
        raise UnknownCodeError("nobody knows it")

    with pytest.raises(UnknownCodeError):
        asker.made(make, "one")
    assert len(tried) == 1


def test_a_store_that_changed_is_opened_anew(home):
    asker = Asking(Settings(home=home))
    first, again, other = (asker.made(lambda store: store, held)[0] for held in ("one", "one", "two"))
    assert first is again
    assert other is not first


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system ends processes otherwise")
def test_processes_answer_refuse_and_are_started_anew(home):
    async def work():
        desk = Desk(Settings(home=home, workers=1, is_warm=False))
        await desk.begin()
        question = find("balance")
        given = question.params.read({"year": "2007"})
        kept = await desk.answer(question, given, "json")
        with pytest.raises(UnknownCodeError, match="Atlantis"):
            await desk.answer(question, question.params.read({"partner": "Atlantis"}), "json")
        (before,) = desk._pool._processes
        os.kill(before, signal.SIGKILL)
        csv = await desk.answer(question, given, "csv")
        (after,) = desk._pool._processes
        desk.close()
        return kept, csv, before != after

    kept, csv, is_new = in_a_loop(work)
    assert is_new
    assert csv.answer_id == kept.answer_id
    assert kept.body == formats.written(ask_reference("balance?year=2007", Store(home)), "json")
    assert asking.packed(b"short") is None


def _asked_of_a_desk(home):
    async def work():
        desk = Desk(Settings(home=home, workers=1, is_warm=False))
        await desk.begin()
        question = find("balance")
        kept = await desk.answer(question, question.params.read({"year": "2007"}), "json")
        desk.close()
        return kept, desk

    return in_a_loop(work)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this system ends processes otherwise")
def test_a_process_that_ends_while_it_starts_is_started_again(home, monkeypatch):
    begun = []

    def processes(*given):
        pool = asking.processes(*given)
        if not begun:
            # It has to be there to be ended.
            os.kill(pool.submit(asking.here).result(), signal.SIGKILL)
        begun.append(pool)
        return pool

    monkeypatch.setattr("techbalance.web.desk.processes", processes)
    kept, desk = _asked_of_a_desk(home)
    assert len(begun) == 2
    assert desk._pool is begun[1]
    assert desk.is_ready
    assert kept.body


def test_where_processes_end_each_time_threads_answer(home, monkeypatch):
    begun = []

    def processes(*_):
        begun.append(1)
        return ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=sys.exit)

    monkeypatch.setattr("techbalance.web.desk.processes", processes)
    kept, desk = _asked_of_a_desk(home)
    assert len(begun) == STARTS
    assert desk._pool is None
    assert desk.is_ready
    assert kept.body


def test_what_a_warm_process_holds_is_put_aside_until_its_store_changes(monkeypatch):
    done = []
    for name in ("collect", "freeze", "unfreeze"):
        monkeypatch.setattr(asking.gc, name, lambda name=name: done.append(name))
    settling = asking.Settling()
    settling.settle("one")
    settling.answered("one")
    assert done == ["collect", "freeze"]
    for _ in range(asking.ANSWERS_UNTIL_WARM):
        settling.answered("two")
    settling.answered("two")
    assert done == ["collect", "freeze", "unfreeze", "collect", "freeze"]
