"""The command ``report``: what is held as one page with its data, as a PDF, or as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

from techbalance.errors import ParameterError, StoreError, UnknownCodeError

FOLDER: Final = "techbalance-report"
FORMS: Final = ("html", "pdf", "xlsx")


def report(
    out: str = typer.Option(
        FOLDER, "--out", metavar="DIR", help="Folder to write to, made where it is not; or the file's name"
    ),
    form: str = typer.Option(
        "", "--format", metavar="WORD", help=f"What to write [{', '.join(FORMS)}]; from --out, or html"
    ),
) -> None:
    """Write the state of technology trade as one page with its data as CSV, as a PDF, or as a workbook."""
    chosen = _form(form, out)
    if chosen == "html":
        _page(Path(out))
    else:
        _document(Path(out), chosen)


def _form(form: str, out: str) -> str:
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
    return form or named or "html"


def _page(folder: Path) -> None:
    from techbalance.report.page import PAGE, compose, prepare, write
    from techbalance.store.catalogue import Store

    prepare(folder)
    written = write(compose(Store()), folder)
    typer.echo(str(written.page))
    size, files = f"{written.page_bytes / 1e6:.1f} MB", len(written.data)
    typer.echo(f"{PAGE} ({size}) stands by itself; {files} data files lie beside it.", err=True)


def _document(out: Path, form: str) -> None:
    from techbalance.report.page import compose
    from techbalance.report.paper.typesetting import typeset
    from techbalance.report.workbook import as_workbook
    from techbalance.store.catalogue import Store

    path = out if out.suffix.lower() == f".{form}" else out / f"techbalance-report.{form}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        made = {"pdf": typeset, "xlsx": as_workbook}[form](compose(Store()))
        path.write_bytes(made)
    except OSError as wrong:
        raise StoreError(
            f"the report cannot be written to {path}",
            where=wrong.strerror or "",
            remedy="Choose another --out",
        ) from wrong
    typer.echo(str(path))
    typer.echo(f"{path.name} ({len(made) / 1e6:.1f} MB)", err=True)
