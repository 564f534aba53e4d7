"""On which line of a TOML text does a key stand? The parser does not say, and a person wants to know.

The text is read once, line by line: table headers, keys at the start of a line, and the ends of texts that
run over several lines. A key inside an inline table is on the line of that table.
"""

from __future__ import annotations

import re
from typing import Final

Path = tuple[str | int, ...]

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*=(.*)""")
_LONG_QUOTES: Final = ('"""', "'''")


def find_line(text: str, path: Path) -> int | None:
    """Find the line of the key at ``path``, or of the nearest table around it; None if there is neither."""
    lines = key_lines(text)
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


def key_lines(text: str) -> dict[Path, int]:
    """Map each key path of a TOML text to the number of its line, counted from one."""
    lines: dict[Path, int] = {}
    arrays: dict[Path, int] = {}
    table: Path = ()
    closing = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            closing = "" if closing in line else closing
            continue
        header, key = _HEADER.match(line), _KEY.match(line)
        if header and not key:
            table = _table(_names(header[2]), arrays, is_array=header[1] == "[[")
            lines.setdefault(table, number)
        elif key:
            lines.setdefault(table + _names(key[1]), number)
            closing = next((quotes for quotes in _LONG_QUOTES if key[2].count(quotes) == 1), "")
    return lines


def _names(dotted: str) -> Path:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def _table(names: Path, arrays: dict[Path, int], *, is_array: bool) -> Path:
    """Path of a table header: the current element wherever it passes through an array of tables."""
    path: Path = ()
    for name in names[:-1]:
        path += (name,)
        if path in arrays:
            path += (arrays[path],)
    path += (names[-1],)
    if is_array:
        arrays[path] = arrays.get(path, -1) + 1
        path += (arrays[path],)
    return path
