"""What does each command in the manual write today?

An example is a fenced ``console`` block. Every line of it that starts with ``$`` is run in this process, and
the lines below are what it wrote, data and words in the order a terminal shows them. A line that holds an
ellipsis and nothing else stands for lines that were left out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from techbalance.cli.main import run
from techbalance.store.catalogue import HOME_VARIABLE
from techbalance.store.outside import DATA_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

ELLIPSIS: Final = "…"
# A path relative to the folder of the page, so that a message that names the store is the same everywhere.
STORE: Final = "store"
# Click wraps its help at the width of the terminal; the manual has one.
TERMINAL_WIDTH: Final = "80"

CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE: Final = re.compile(r"^```(?:toml|csv)\n# (\S+\.(?:toml|csv))\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Shell:
    """Runs commands in a folder, with a store of its own.

    Parameters
    ----------
    folder
        The working directory, with the store below it.
    """

    folder: Path
    last: int = field(default=0, init=False)

    def written(self, line: str) -> list[str]:
        """Run one command and list the lines it wrote.

        Raises
        ------
        ValueError
            The command is neither ``techbalance`` nor ``echo $?``.
        """
        words = shlex.split(line)
        if words == ["echo", "$?"]:
            return [str(self.last)]
        if words[:1] != ["techbalance"]:
            raise ValueError(f"an example cannot run {line!r}; an sh block shows commands that are not run")
        with self._as_in_a_terminal() as terminal:
            self.last = run(words[1:])
        text = terminal.getvalue().rstrip("\n")
        return text.split("\n") if text else []

    @contextlib.contextmanager
    def _as_in_a_terminal(self) -> Iterator[io.StringIO]:
        terminal = io.StringIO()
        with (
            in_a_store_of_its_own(STORE),
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(terminal),
            contextlib.redirect_stderr(terminal),
        ):
            yield terminal


@contextlib.contextmanager
def in_a_store_of_its_own(home: str) -> Iterator[None]:
    """Let examples see this store and a terminal of the manual's width, and no data of the user's."""
    before = dict(os.environ)
    os.environ.update({HOME_VARIABLE: home, "COLUMNS": TERMINAL_WIDTH})
    os.environ.pop(DATA_VARIABLE, None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def replayed(block: str, shell: Shell) -> str:
    """Run the commands of a block, and write what they give now, cut where the block was cut."""
    lines: list[str] = []
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE):
        if not part.strip():
            continue
        command, *shown = part.rstrip("\n").split("\n")
        lines += [command, *cut_like(shown, shell.written(command.removeprefix("$ ")))]
        if part.endswith("\n\n"):
            lines.append("")
    return "\n".join(lines) + "\n"


def cut_like(shown: list[str], whole: list[str]) -> list[str]:
    """Leave out of ``whole`` what ``shown`` leaves out: all but as many lines at its start and end."""
    if ELLIPSIS not in shown:
        return whole
    place = shown.index(ELLIPSIS)
    after = len(shown) - place - 1
    if len(whole) <= place + after:
        return whole
    return [*whole[:place], ELLIPSIS, *whole[len(whole) - after :]]


def with_examples_run(text: str) -> str:
    """Give a page with the output of its examples as it is now.

    A ``toml`` block whose first line is ``# name.toml`` is a file that the commands of the page can read.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, content in FILE.findall(text):
            (folder / file).write_text(content, encoding="utf-8")
        shell = Shell(folder)
        return CONSOLE.sub(lambda found: f"```console\n{replayed(found[1], shell)}```", text)


def pages(root: Path) -> list[Path]:
    """List the pages that people write."""
    generated = root / "docs" / "reference"
    found = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return sorted(path for path in found if path.parent != generated)
