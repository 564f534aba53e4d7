"""The command ``report``: what is held as one page with its data, as a PDF, or as a workbook."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from techbalance.errors import ParameterError, StoreError, TechbalanceError, UnknownCodeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import Executor

    from techbalance.report.page import Report
    from techbalance.report.sharing import Form
    from techbalance.report.subject import Subject
    from techbalance.store.catalogue import Store

FOLDER: Final = "techbalance-report"
FORMS: Final[dict[str, Form]] = {"html": "html", "pdf": "pdf", "xlsx": "xlsx"}
BRIEFS: Final = "techbalance-brief"
BRIEF: Final = "A brief on {}, instead of the whole report"


def report(
    partner: str = typer.Option(
        "", "--partner", metavar="PARTNERS", help=BRIEF.format("one partner or area, by code or name")
    ),
    group: str = typer.Option(
        "", "--group", metavar="GROUPS", help=BRIEF.format("one technology group, by code or name")
    ),
    article: str = typer.Option(
        "",
        "--article",
        metavar="ARTICLE",
        help=BRIEF.format("one article, by the name of its claim file, shipped or your own"),
    ),
    out: str = typer.Option(
        "",
        "--out",
        metavar="DIR",
        help=f"Folder to write to, made where it is not; or the file's name [default: {FOLDER}]",
    ),
    form: str = typer.Option(
        "", "--format", metavar="WORD", help=f"What to write [{', '.join(FORMS)}]; from --out, or html"
    ),
) -> None:
    """Write the state of technology trade, or a brief on a part of it, as a page, a PDF or a workbook."""
    wanted = {"partner": partner, "group": group, "article": article}
    about = {kind: given for kind, given in wanted.items() if given}
    if len(about) > 1:
        raise ParameterError(
            f"a brief has one subject, and {' and '.join(about)} were given", remedy="Choose one of them"
        )
    chosen = _form(form, out)
    from techbalance.report.sharing import half_the_cores, second_process

    with second_process() as second:
        from techbalance.store.catalogue import Store

        store = Store(threads=half_the_cores())
        subject = _subject(store, about)
        place = Path(out or (f"{BRIEFS}-{subject.slug}" if subject else FOLDER))
        task = _Task(store, subject, chosen, second)
        if chosen == "html":
            _page(place, task)
        else:
            _document(place, task)


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be written, and with whom."""

    store: Store
    subject: Subject | None
    form: Form
    second: Executor

    def composed(self) -> Report:
        from techbalance.charts.figure import unchecked
        from techbalance.report import briefs, page

        with unchecked():
            if self.subject is None:
                return page.compose(self.store, self.form, self.second)
            return briefs.compose(self.store, self.subject, self.form, self.second)


def _subject(store: Store, about: dict[str, str]) -> Subject | None:
    """Look the subject up before anything is computed or written."""
    if not about:
        return None
    from techbalance.report import subject

    ((kind, given),) = about.items()
    if kind == "partner":
        return subject.partner(store, given)
    return subject.group(given) if kind == "group" else subject.article(given)


def _form(form: str, out: str) -> Form:
    """Choose the form.

    Raises
    ------
    UnknownCodeError
        There is none of this name.
    ParameterError
        The name of the file says another.
    """
    suffix = Path(out).suffix.lower().removeprefix(".")
    named = suffix if suffix in FORMS else ""
    if form and form not in FORMS:
        raise UnknownCodeError.among("format", form, FORMS)
    if form and named and form != named:
        raise ParameterError(f"--format {form} does not fit the name {out!r}", remedy="Change one of them")
    return FORMS[form or named or "html"]


def _page(folder: Path, task: _Task) -> None:
    from techbalance.report.page import PAGE, prepare, write

    with _not_left_empty(folder / PAGE):
        prepare(folder)
        composed = task.composed()
    written = write(composed, folder)
    typer.echo(str(written.page))
    size, files = f"{written.page_bytes / 1e6:.1f} MB", len(written.data)
    typer.echo(f"{PAGE} ({size}) stands by itself; {files} data files lie beside it.", err=True)


@contextmanager
def _not_left_empty(path: Path) -> Iterator[None]:
    """Take a file away again that was made to see whether it can be, where nothing came of it."""
    try:
        yield
    except TechbalanceError:
        with suppress(OSError):
            if not path.stat().st_size:
                path.unlink()
        raise


def _document(out: Path, task: _Task) -> None:
    from techbalance.report.paper.typesetting import typeset
    from techbalance.report.workbook import as_workbook

    subject, form = task.subject, task.form
    name = f"{BRIEFS}-{subject.slug}" if subject else FOLDER
    path = out if out.suffix.lower() == f".{form}" else out / f"{name}.{form}"
    try:
        with _not_left_empty(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            made = {"pdf": typeset, "xlsx": as_workbook}[form](task.composed())
        path.write_bytes(made)
    except OSError as wrong:
        raise StoreError(
            f"the report cannot be written to {path}",
            where=wrong.strerror or "",
            remedy="Choose another --out",
        ) from wrong
    typer.echo(str(path))
    typer.echo(f"{path.name} ({len(made) / 1e6:.1f} MB)", err=True)
