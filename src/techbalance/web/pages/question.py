"""How is any question asked in a browser? One page each, made from its declaration alone.

A question that is declared later has its page by that: form, chart if one exists, table, notes, columns with
units, and the same question for the other surfaces.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, cast
from urllib.parse import urlencode

from techbalance.charts import rows as origins
from techbalance.charts import text
from techbalance.errors import NotCoveredError, ParameterError, TechbalanceError
from techbalance.questions.interface import readable
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.parameters.files import refuse_files
from techbalance.questions.registry import QUESTIONS
from techbalance.questions.wording import written
from techbalance.report.blocks import Heading, Section
from techbalance.report.grids import Grid
from techbalance.web import api, formats
from techbalance.web.pages.controls import open_form
from techbalance.web.pages.drafts import chart, table
from techbalance.web.pages.page import Content, Link, NoParams, Page, address

if TYPE_CHECKING:
    from techbalance.questions.answer import Answer
    from techbalance.questions.parameters.declaration import Params, Question
    from techbalance.report.blocks import Block, Chart, Table
    from techbalance.web.pages.page import Asker

ADDRESS: Final = "/questions"
_MOST: Final = 200
"""Rows a page shows; the data file has all."""
_SHORT: Final = 10
"""Characters of a date: a column without longer words is not broken at a hyphen."""
_ORIGIN: Final = origins.Origin("techbalance", "as the columns below say")


@dataclass(frozen=True, slots=True)
class Interfaces:
    """The same question on the other surfaces.

    Parameters
    ----------
    command, python
        Lines to type.
    address
        Of the same question over HTTP, with its parameters.
    forms
        Names of the forms it gives, and the address of each.
    reference, answer_id
        What ``trace`` and ``cite`` take, and what stands for the answer.
    """

    template: ClassVar[str] = "interfaces.html"

    command: str
    python: str
    address: str
    forms: tuple[Link, ...]
    reference: str
    answer_id: str


@dataclass(frozen=True, slots=True)
class Columns:
    """What each column of a table holds: name, unit, meaning."""

    template: ClassVar[str] = "columns.html"

    columns: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """Questions, each with a line about it."""

    template: ClassVar[str] = "listing.html"

    links: tuple[tuple[Link, str], ...]


def compose(question: Question, asker: Asker, params: Params) -> Content:
    """Compose the page of a question for some parameters."""
    answer = asker.ask(question.name, **params.texts())
    drawn = _drawn(asker, answer)
    shown = _table(asker, answer)
    blocks: list[Block] = [shown] if drawn is None else [drawn, shown]
    return Content(
        kicker=f"Question: {' '.join(question.command)}",
        heading=question.params.__doc__ or question.summary,
        lead=question.summary,
        controls=open_form(question.params, params.texts()),
        sections=(
            Section("answer", "", (), tuple(blocks)),
            Section("columns", "What the columns hold", (), (cast("Block", columns(answer)),)),
            Section("interfaces", "The same elsewhere", (), (cast("Block", interfaces(answer)),)),
        ),
        notes=answer.notes if answer.answered else (*_reasons(answer), *answer.notes),
        links=_links(question),
    )


def _reasons(answer: Answer) -> tuple[str, ...]:
    """Say why an answer holds no value."""
    notes = answer.arrow["note"].to_pylist() if "note" in answer.columns else []
    return ("Nothing that is held answers this.", *dict.fromkeys(note for note in notes[:_MOST] if note))


def _drawn(asker: Asker, answer: Answer) -> Chart | None:
    """Draw an answer that has a chart in this form."""
    try:
        return chart(asker, answer, _ORIGIN)
    except (ParameterError, NotCoveredError):
        return None


def _table(asker: Asker, answer: Answer) -> Table:
    says = written(answer)
    count, rows = len(says.rows), says.rows[:_MOST]
    columns_shown = [[row[place] for row in rows] for place in range(len(says.heads))]
    grid = Grid(
        heads=says.heads,
        styles=tuple(
            "figure" if right else "short" if max(map(len, cells), default=0) <= _SHORT else ""
            for right, cells in zip(says.right, columns_shown, strict=True)
        ),
        rows=rows,
        footnotes=says.footnotes,
    )
    cut = "" if count <= _MOST else f"The first {_MOST} of {count:,} rows; the data file has all."
    heading = Heading(f"{answer.question.name.replace('_', '-')}-rows", text.counted(count, "row"), cut)
    return table(asker, [answer], _ORIGIN, heading, grid)


def columns(answer: Answer) -> Columns:
    """Say what each column of an answer holds."""
    return Columns(tuple((name, COLUMNS[name].unit, COLUMNS[name].says) for name in answer.columns))


def interfaces(answer: Answer) -> Interfaces:
    """Write the same question for the command line, Python and HTTP."""
    question, texts = answer.question, answer.params.texts()
    path = f"{api.ROOT}/{api.address(question)}"
    query = f"?{urlencode(texts, safe=':,')}" if texts else ""
    forms = {name: urlencode(texts | {api.FORM: name}, safe=":,") for name in formats.MEDIA_TYPES}
    return Interfaces(
        command=answer.command,
        python=python_line(question, answer.params),
        address=path + query,
        forms=tuple(Link(name.upper(), f"{path}?{asked}") for name, asked in forms.items()),
        reference=answer.reference,
        answer_id=answer.answer_id,
    )


def python_line(question: Question, params: Params) -> str:
    """Write the call that asks the same: ``tb.balance(year="2024")``."""
    fields = {info.alias or field: field for field, info in type(params).model_fields.items()}
    given = []
    for name, said in params.texts().items():
        value = getattr(params, fields[name])
        plain = isinstance(value, (bool, int, float))
        given.append(f"{fields[name]}={value if plain else repr(said)}".replace("'", '"'))
    return f"tb.{question.name}({', '.join(given)})"


def _links(question: Question) -> tuple[Link, ...]:
    examples = [(one, example_texts(question, one)) for one in question.examples]
    found = [
        Link(f"techbalance {example}", address(page_address(question), **texts))
        for example, texts in examples
        if texts
    ]
    return (*found, Link("All questions", ADDRESS))


def page_address(question: Question) -> str:
    """The address of a question's page."""
    return f"{ADDRESS}/{api.address(question)}"


def example_texts(question: Question, example: str) -> dict[str, str] | None:
    """Read an example command as text forms of parameters.

    Returns
    -------
    dict or None
        None for an example that names a file, or says how the answer is written.
    """
    words = shlex.split(example)[len(question.command) :]
    fields = question.params.model_fields.items()
    flags = {info.alias or field for field, info in fields if info.annotation is bool}
    given: dict[str, str] = {}
    places = iter(question.words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            given[next(places, "")] = word
            continue
        name = word.removeprefix("--").replace("-", "_")
        given[name] = "true" if name in flags or not words else words.pop(0)
    try:
        params = question.params.read(dict(given))
        refuse_files(question, params)
    except TechbalanceError:
        return None
    return params.texts()


def _page(question: Question) -> Page:
    examples = [example_texts(question, one) for one in question.examples]
    opens = next((texts for texts in examples if texts is not None), {})
    return Page(
        address=page_address(question),
        title=" ".join(question.command).capitalize(),
        params=question.params,
        compose=partial(compose, question),
        summary=question.summary,
        listed=False,
        opens=opens,
    )


def _list(asker: Asker, _: NoParams) -> Content:
    """List every question with its page."""
    questions = tuple(readable().values())
    families: dict[str, list[Question]] = {}
    for one in questions:
        families.setdefault(one.params.__module__.rpartition(".")[2], []).append(one)
    sections = tuple(
        Section(name, _family(name), (), (cast("Block", Listing(tuple(_listed(one) for one in members))),))
        for name, members in families.items()
    )
    return Content(
        kicker="Questions",
        heading=f"{text.spelled(len(questions))} questions, each with a form",
        lead="Every page, file and interface asks these and nothing else.",
        sections=sections,
        links=(Link("The interface, described for programs", f"{api.ROOT}/openapi.json"),),
    )


def _family(module: str) -> str:
    words = re.sub(r"_", " ", module)
    return words[:1].upper() + words[1:]


def _listed(question: Question) -> tuple[Link, str]:
    return Link(" ".join(question.command), page_address(question)), question.summary


LIST: Final = Page(ADDRESS, "Questions", NoParams, _list, "Every question, with a form of its own")
PAGES: Final = tuple(_page(one) for one in QUESTIONS.values() if not one.writes)
