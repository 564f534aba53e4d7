"""Write the computed parts of the manual, or compare them: ``python -m tools.write_reference [--check]``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.write_reference.examples import CONSOLE, pages, with_examples_run
from tools.write_reference.pages import PAGES
from tools.write_reference.sessions import PYCON, with_sessions_run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent.parent


def current() -> Iterator[tuple[Path, str]]:
    """Every computed page, with the text it must have."""
    for name, write in PAGES.items():
        yield ROOT / "docs" / "reference" / name, write()
    for path in pages(ROOT):
        text = path.read_text(encoding="utf-8")
        if CONSOLE.search(text) or PYCON.search(text):
            yield path, with_sessions_run(with_examples_run(text))


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages, or name those that are stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.write_reference")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page is stale")
    only_compare = parser.parse_args(arguments).check
    stale = False
    for path, text in current():
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale = True
        print(f"{'stale' if only_compare else 'written'}: {path.relative_to(ROOT)}")
        if not only_compare:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    if stale and only_compare:
        print("Run python -m tools.write_reference, and read what it changed.", file=sys.stderr)
    return 1 if stale and only_compare else 0


if __name__ == "__main__":
    sys.exit(main())
