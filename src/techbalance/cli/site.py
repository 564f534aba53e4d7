"""The command ``site``: the pages as files that any host can serve."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import typer

FOLDER: Final = "techbalance-site"
_PARTNER = typer.Option(
    [], "--partner", metavar="CODE", help="Partner with a page of its own, may repeat; all when left out"
)
_PAGE = typer.Option(
    [], "--page", metavar="NAME", help="Only this page beside the overview, such as claims; may repeat"
)


def site(
    out: str = typer.Option(
        FOLDER, "--out", metavar="DIR", help="Folder to write to: new, empty, or a site to replace"
    ),
    partner: list[str] = _PARTNER,
    page: list[str] = _PAGE,
    address: str = typer.Option("", "--address", metavar="URL", help="Where it will be, for its sitemap.xml"),
) -> None:
    """Write the pages as files that any host can serve: no server, no request to anybody else."""
    from techbalance.store.catalogue import Store
    from techbalance.web.site.writing import Scope, write

    scope = Scope(Store().home, tuple(partner) or None, tuple(page) or None, address)
    made = write(Path(out), scope)
    typer.echo(str(made.folder / "index.html"))
    typer.echo(f"{made.pages:,} pages, {made.files:,} files, {made.size / 1e6:,.0f} MB", err=True)
