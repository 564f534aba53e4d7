"""Who writes which section? This process and a second one, which meet in the middle.

Asking and drawing both hold the interpreter, so two processes on two cores take little more than half the
time. This one takes sections from the front; the other has all of them in its queue from the back, and
whatever it has not begun is taken back from it.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from techbalance.errors import NotCoveredError
from techbalance.processes import follow_parent
from techbalance.report import stills
from techbalance.report.blocks import Chart, Section

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future
    from pathlib import Path

    from techbalance.charts.figure import Figure
    from techbalance.report.inquiry import Inquiry
    from techbalance.report.stills import Still
    from techbalance.report.subject import Subject
    from techbalance.store.catalogue import Store

Made = TypeVar("Made")
_ROOM: Final = "techbalance.report.sections"
WHOLE: Final = frozenset(
    {"balance", "denominators", "groups", "intellectual_property", "revisions", "sources", "tracing"}
)
"""Sections that are about everything, in a brief too."""


Form = Literal["html", "pdf", "xlsx"]
_DRAWN: Final[dict[str, Callable[[Figure], Still]]] = {"html": stills.draw, "pdf": stills.printed}
"""How charts are drawn for a form; a workbook has tables only."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a document is about, and in which form it is written.

    Parameters
    ----------
    form
        Page, paper or workbook.
    subject
        Of a brief; None for everything.
    """

    form: Form = "html"
    subject: Subject | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One section, with its charts drawn.

    Parameters
    ----------
    section
        What it says.
    stills
        The drawings of its charts, by their ids.
    source_ids
        Sources asked for on the way.
    left_out
        Whether nothing is held for it; its one paragraph says what is missing.
    """

    section: Section
    stills: dict[str, Still]
    source_ids: tuple[str, ...]
    left_out: bool = False


def written(name: str, inquiry: Inquiry, plan: Plan) -> Piece:
    """Write one section and draw its charts.

    Parameters
    ----------
    name
        Its module among the sections.
    inquiry
        Who asks.
    plan
        What it is about, and for which form.
    """
    module = import_module(f"{_ROOM}.{name}")
    about = () if plan.subject is None or name in WHOLE else (plan.subject,)
    try:
        section: Section = module.section(inquiry, *about)
    except NotCoveredError as missing:
        if not about:
            raise
        # A brief goes without what is not held, and says so; the report is about what ships and has it all.
        return Piece(Section(name, "", (str(missing),), ()), {}, inquiry.source_ids, left_out=True)
    draw = _DRAWN.get(plan.form)
    charts = [block for block in section.blocks if isinstance(block, Chart)] if draw else []
    drawn = {block.id: draw(block.figure) for block in charts} if draw else {}
    return Piece(section, drawn, inquiry.source_ids)


@contextmanager
def second_process() -> Iterator[Executor]:
    """Start a second process at once: it makes ready while this one looks up what is to be written."""
    spawned = multiprocessing.get_context("spawn")
    with without_collection(), ProcessPoolExecutor(1, mp_context=spawned, initializer=_begin) as second:
        second.submit(_make_ready)
        try:
            yield second
        finally:
            second.shutdown(cancel_futures=True)


def in_two(store: Store, make: Callable[[Executor], Made], second: Executor | None) -> Made:
    """Make something the short way with a second process, which ends when it is made.

    Parameters
    ----------
    store
        What is asked.
    make
        Makes it with the second process.
    second
        One that was started before; None to start one for this.
    """
    if second is None:
        with second_process() as begun:
            return in_two(store, make, begun)
    made: Made = store.made_often(lambda: make(second))[0]
    second.shutdown(wait=False)
    return made


def shared(
    names: Sequence[str], inquiry: Inquiry, first: Callable[[], None], plan: Plan, second: Executor
) -> list[Piece]:
    """Write sections in two processes; they come back in the order of their names.

    What the second one does not get to, also because it has ended, is written here.

    Parameters
    ----------
    names
        Modules of sections that do not need one another.
    inquiry
        Who asks in this process.
    first
        What this process does before it takes a section, while the other one starts.
    plan
        What they are about, and for which form.
    second
        The second process.
    """
    queued: dict[str, Future[Piece]] = {}
    with suppress(BrokenExecutor):
        for name in reversed(names):
            queued[name] = second.submit(_elsewhere, name, inquiry.store.home, plan)
    try:
        first()
        return [_taken_back(queued.get(name)) or written(name, inquiry, plan) for name in names]
    finally:
        for piece in queued.values():
            piece.cancel()


def _taken_back(piece: Future[Piece] | None) -> Piece | None:
    """A section the second process has begun; None where it has not, or has ended."""
    if piece is None or piece.cancel():
        return None
    with suppress(BrokenExecutor):
        return piece.result()
    return None


def half_the_cores() -> int:
    """What each of the two may use: threads of the one stand in the way of the other."""
    return max(1, (os.cpu_count() or 1) // 2)


def _begin() -> None:
    """Make this process the second one: it ends with the first, and at once when it is let go."""
    follow_parent()
    gc.disable()


def _make_ready() -> None:
    """Import what every section needs."""
    import_module("techbalance.report.page")
    import_module("techbalance.charts.figure").draw_unchecked()


def _elsewhere(name: str, home: Path, plan: Plan) -> Piece:
    inquiry = _inquiry_of(home)
    piece: Piece = inquiry.store.made_often(lambda: written(name, inquiry, plan))[0]
    return piece


@cache
def _inquiry_of(home: Path) -> Inquiry:
    """Open the store of the second process once; it lives as long as one report takes."""
    from techbalance.report.inquiry import Inquiry
    from techbalance.store.catalogue import Store

    return Inquiry(Store(home, threads=half_the_cores()))


@contextmanager
def without_collection() -> Iterator[None]:
    """Hold back the search for cycles: compiling questions makes millions of small objects, few of them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
