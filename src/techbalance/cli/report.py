"""The command ``report``: one page and its data, from what is held."""

from __future__ import annotations

from pathlib import Path

import typer

FOLDER = "techbalance-report"


def report(
    out: str = typer.Option(FOLDER, "--out", metavar="DIR", help="Folder to write to; made where it is not"),
) -> None:
    """Write the state of technology trade as one HTML page that needs no network, and its data as CSV."""
    from techbalance.report.page import PAGE, compose, prepare, write
    from techbalance.store.catalogue import Store

    prepare(Path(out))
    written = write(compose(Store()), Path(out))
    typer.echo(str(written.page))
    size, files = f"{written.page_bytes / 1e6:.1f} MB", len(written.data)
    typer.echo(f"{PAGE} ({size}) stands by itself; {files} data files lie beside it.", err=True)
