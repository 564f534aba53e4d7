"""What does each Python example in the manual give today?

An example is a fenced ``pycon`` block. All blocks of a page are one session: a name of the first is known in
the last.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import tempfile
from typing import Any, Final

from tools.write_reference.examples import in_a_store_of_its_own

PYCON: Final = re.compile(r"^```pycon\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def with_sessions_run(text: str) -> str:
    """Give a page with what its Python examples give now."""
    names: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home, in_a_store_of_its_own(home):
        return PYCON.sub(lambda found: f"```pycon\n{_replayed(found[1], names)}```", text)


def _replayed(block: str, names: dict[str, Any]) -> str:
    written = []
    for part in doctest.DocTestParser().parse(block):
        if isinstance(part, str):
            written.append(part)
            continue
        lines = part.source.rstrip("\n").split("\n")
        written += [
            f"{'>>>' if place == 0 else '...'} {line}".rstrip() + "\n" for place, line in enumerate(lines)
        ]
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            exec(compile(part.source, "<example>", "single"), names)  # noqa: S102 - the manual's own lines
        # Lines broken by hand stay as they are where they say the same.
        is_same = said.getvalue().split() == part.want.split()
        written.append(part.want if is_same else said.getvalue())
    return "".join(written)
