"""Build the site of the documents: ``python -m tools.build_docs [FOLDER]``.

A warning of the builder ends it: a link or an anchor that leads nowhere, a page that nothing leads to. So
does a page that would fetch a script, a style, a font or a picture from elsewhere.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
FETCHED: Final = {
    ".html": re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"'](?:https?:)?//[^\"']+"
        r"|<link\b(?=[^>]*\brel=[\"'](?:stylesheet|preload|preconnect|icon|dns-prefetch))[^>]*\bhref=[\"'](?:https?:)?//[^\"']+"
    ),
    ".css": re.compile(r"url\([\"']?(?:https?:)?//[^)]+|@import\s+[\"'](?:https?:)?//[^\"']+"),
}


def fetched(site: Path) -> Iterator[str]:
    """Name what pages and styles of a site would fetch from elsewhere."""
    for path in sorted(site.rglob("*")):
        for found in FETCHED[path.suffix].findall(path.read_text("utf-8")) if path.suffix in FETCHED else ():
            yield f"{path.relative_to(site)}: {found}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site; the exit code says whether it may be published."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    site = Path(given[0]) if given else ROOT / "build" / "docs"
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-E",
        "-b",
        "html",
        "docs",
        str(site),
    ]
    if subprocess.run(command, cwd=ROOT, check=False).returncode:  # noqa: S603 - our own arguments
        return 1
    elsewhere = list(fetched(site))
    print("\n".join(elsewhere) or f"{site / 'index.html'}: {len(list(site.rglob('*.html')))} pages")
    return 1 if elsewhere else 0


if __name__ == "__main__":
    sys.exit(main())
