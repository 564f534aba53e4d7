"""What is a page? An address, parameters, and a function that composes content out of answers.

A page is declared, not routed by hand: ``PAGES`` in ``registry.py`` lists them all, and the shell gives every
one its form, its charts with tables and downloads, its permalink and its place in the navigation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import urlencode

from techbalance.questions.parameters.declaration import Params, text_form
from techbalance.questions.parameters.files import refuse_files_in
from techbalance.report.blocks import Chart, Table
from techbalance.report.inquiry import Inquiry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from techbalance.questions.answer import Answer
    from techbalance.report.blocks import KeyFigure, Section
    from techbalance.store.catalogue import Store
    from techbalance.web.pages.controls import Control

Fact = TypeVar("Fact")
MOST_ANSWERS: Final = 200
"""Answers one asker keeps: those that pages share, such as the balance by year."""


class NoParams(Params):
    """A page without parameters."""


class Asker(Inquiry):
    """Asks questions for pages, of one store, and keeps the newest answers.

    ``asker.ask("balance", by="group", year="2025")`` returns an ``Answer``. The functions of
    ``techbalance.report`` that take an ``Inquiry`` take an asker.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._facts: dict[str, Any] = {}

    def ask(self, name: str, /, **given: Any) -> Answer:  # noqa: ANN401 - any form a parameter takes
        """Ask a question by name, or return the answer it had before."""
        answer = super().ask(name, **given)
        while len(self._kept) > MOST_ANSWERS:
            self._kept.pop(next(iter(self._kept)))
            self._origins.clear()
        return answer

    def once(self, name: str, make: Callable[[], Fact]) -> Fact:
        """Return a fact about the store, made when it is first asked for."""
        if name not in self._facts:
            self._facts[name] = make()
        fact: Fact = self._facts[name]
        return fact


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page.

    Parameters
    ----------
    words
        What it is called.
    address
        As ``address`` writes it.
    """

    words: str
    address: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a page says for one set of parameters.

    Parameters
    ----------
    heading
        States the finding, computed from figures.
    lead
        The sentence under it.
    controls
        Fields of its form, in order; no form when empty.
    key_figures
        Figures at its head.
    sections
        What follows: prose and blocks. A section without a title has no heading of its own.
    crumbs
        The way from the top of the page's subject to here; the last one is here.
    links
        Where to go on from here.
    notes
        What must be known to read it.
    kicker
        A few words above the heading.
    """

    heading: str
    lead: str = ""
    controls: tuple[Control, ...] = ()
    key_figures: tuple[KeyFigure, ...] = ()
    sections: tuple[Section, ...] = ()
    crumbs: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()
    kicker: str = ""

    @property
    def blocks(self) -> dict[str, Chart | Table]:
        """Every block that can be downloaded, by its id."""
        found = [block for section in self.sections for block in section.blocks]
        return {block.id: block for block in found if isinstance(block, (Chart, Table))}


def _none(_: Asker) -> Sequence[tuple[str, Mapping[str, str]]]:
    """No view but the one it opens with."""
    return ()


@dataclass(frozen=True)
class Page:
    """One page.

    Parameters
    ----------
    address
        ``/partner``; a permalink is this and the parameters that differ from their defaults.
    title
        Its name in the navigation, and in the title of the window.
    params
        What it takes, as a question does: from the query of the address.
    compose
        Asks, and says what the page says.
    summary
        One line about it, where pages are listed.
    listed
        Whether it stands in the navigation.
    opens
        Text forms of the parameters it is opened with where none are given.
    views
        The further views that a site of files has, beside the page as it opens: what each is called, and the
        text forms of its parameters.
    ahead
        Text forms of the views that a server composes before somebody opens them, when it has nothing else to
        do; ``views`` when left out.
    """

    address: str
    title: str
    params: type[Params]
    compose: Callable[[Asker, Any], Content]
    summary: str = ""
    listed: bool = True
    opens: Mapping[str, str] = field(default_factory=dict)
    views: Callable[[Asker], Sequence[tuple[str, Mapping[str, str]]]] = _none
    ahead: Callable[[Asker], Sequence[Mapping[str, str]]] | None = None

    def read(self, given: Mapping[str, str]) -> Params:
        """Read what is given; with nothing given, what the page opens with.

        Raises
        ------
        ParameterError, UnknownCodeError
            Something is unknown, malformed, missing, or names a file.
        """
        params = self.params.read(dict(given or self.opens))
        refuse_files_in(params, self.title)
        return params

    def permalink(self, params: Params) -> str:
        """Write the address that restores this view."""
        texts = params.texts()
        if self.opens and not texts:
            # Nothing given would restore what the page opens with: one default is said.
            defaults = ((info.alias or name, info.default) for name, info in self.params.model_fields.items())
            name, default = next(one for one in defaults if one[1] is not None)
            texts = {name: text_form(default)}
        return address(self.address, **texts)


def address(path: str, **given: object) -> str:
    """Write the address of a page: its path and the parameters that are not None."""
    texts = {name: str(value) for name, value in given.items() if value is not None}
    return f"{path}?{urlencode(texts, safe=':,')}" if texts else path
