"""How does the text of a claim file become statements, and what is wrong with one that does not fit?"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ValidationError

from techbalance.claims.locate import find_line
from techbalance.claims.statement import (
    Article,
    BearingTest,
    ClaimFile,
    Contents,
    Filters,
    Statement,
    Tolerance,
)
from techbalance.errors import SchemaError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

SHIPPED: Final = ("weller-wheeler-2008.toml", "innovation-2024.toml")
_TABLES: Final[dict[str, type[BaseModel]]] = {
    "": Contents,
    "article": Article,
    "claims": Statement,
    "filters": Filters,
    "tolerance": Tolerance,
    "tests": BearingTest,
}
_AT_LINE: Final = re.compile(r"\s*\(at (line \d+, column \d+|end of document)\)")
# A longer value is cut in a message: it only has to be recognised.
_SHOWN_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class _Problem:
    """One thing wrong in a file: key path, what was found and expected, the nearest known word."""

    path: tuple[str | int, ...]
    what: str
    expected: str
    near: str
    line: int | None
    is_key: bool


def load_claims(text: str, name: str) -> ClaimFile:
    """Read the text of a claim file.

    Parameters
    ----------
    text
        TOML: a table ``[article]`` and one or more ``[[claims]]``; docs/claims.md lists every key.
    name
        What to call the file in messages.

    Returns
    -------
    ClaimFile
        The article and its statements, default filters filled in.

    Raises
    ------
    SchemaError
        The text is not TOML, or a key is unknown, missing or of the wrong form. The message names the file,
        the line, the key path, what was found and what was expected.
    """
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as wrong:
        # Beside its own error the parser lets through those of very long numbers and very deep nesting.
        raise _not_toml(str(wrong), name) from wrong
    try:
        contents = Contents.model_validate(data)
    except ValidationError as wrong:
        raise _schema_error(_problems(wrong, text), data, name) from wrong
    return ClaimFile(name, contents.article, contents.claims)


@cache
def shipped() -> tuple[ClaimFile, ...]:
    """Read the two articles whose statements come with the package, the older one first."""
    folder = resources.files("techbalance.claims")
    return tuple(load_claims(folder.joinpath(name).read_text(encoding="utf-8"), name) for name in SHIPPED)


def _not_toml(message: str, name: str) -> SchemaError:
    place = _AT_LINE.search(message)
    said = _AT_LINE.sub("", message)
    where = f"{name}, {place[1]}" if place else name
    return SchemaError(f"the file is not TOML: {said[0].lower()}{said[1:]}", where=where)


def _problems(wrong: ValidationError, text: str) -> list[_Problem]:
    found = [_problem(error, text) for error in wrong.errors(include_url=False)]
    # A misspelt key is also a missing one: say the spelling first.
    return sorted(found, key=lambda problem: (not (problem.near and problem.is_key), problem.line or 0))


def _problem(error: ErrorDetails, text: str) -> _Problem:
    path: tuple[str | int, ...] = tuple(error["loc"])
    context: dict[str, Any] = error.get("ctx") or {}
    kind = error["type"]
    known: tuple[str, ...] = ()
    wanted = str(error["input"])
    if kind == "misfit":
        path += _split(context["key"])
        known = context["known"]
        what, expected = f"found {context['found']}", context["expected"]
        wanted = context["found"].strip("'\"")
    elif kind == "extra_forbidden":
        known = tuple(_keys(path[:-1]))
        wanted = str(path[-1])
        what, expected = "unknown key", f"one of {', '.join(known)}"
    elif kind == "missing":
        what, expected = "found nothing", _description(path)
    else:
        what = f"found {_short(error['input'])}"
        expected = _description(path) + _constraint(error)
        known = tuple(re.findall(r"'([^']+)'", str(context.get("expected", ""))))
    near = next(iter(get_close_matches(wanted, known, n=1, cutoff=0.6)), "")
    return _Problem(path, what, expected, near, find_line(text, path), kind == "extra_forbidden")


def _constraint(error: ErrorDetails) -> str:
    if error["type"] == "model_type":
        return ""
    said = re.sub(r"^Input should be( a| an)?( valid)? ?", "", error["msg"])
    return f" ({said})"


def _description(path: tuple[str | int, ...]) -> str:
    key = next((part for part in reversed(path) if isinstance(part, str)), "")
    for name, info in _fields(path[: _last_name(path)]):
        if name == key and info.description:
            return str(info.description)
    return key


def _last_name(path: tuple[str | int, ...]) -> int:
    names = [place for place, part in enumerate(path) if isinstance(part, str)]
    return names[-1] if names else 0


def _fields(table: tuple[str | int, ...]) -> Iterable[tuple[str, Any]]:
    """Keys of the table at a path, by the names a file uses."""
    name = next((part for part in reversed(table) if isinstance(part, str)), "")
    model = _TABLES.get(name)
    if model is None:
        return ()
    return ((info.alias or key, info) for key, info in model.model_fields.items())


def _keys(table: tuple[str | int, ...]) -> Iterable[str]:
    return (name for name, _ in _fields(table))


def _split(key: str) -> tuple[str | int, ...]:
    """Turn ``claims[2].id`` into its parts."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def _short(value: object) -> str:
    shown = str(value) if isinstance(value, Decimal) else repr(value)
    return shown if len(shown) <= _SHOWN_CHARACTERS else shown[: _SHOWN_CHARACTERS - 1] + "…"


def _path_text(path: tuple[str | int, ...]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"


def _schema_error(problems: list[_Problem], data: dict[str, Any], name: str) -> SchemaError:
    first = problems[0]
    where = name if first.line is None else f"{name}, line {first.line}"
    claim = _claim_id(first.path, data)
    if claim:
        where += f", statement {claim}"
    remedy = f"Expected {first.expected}"
    if first.near:
        remedy += f". Did you mean {first.near!r}?"
    if len(problems) > 1:
        others = ", ".join(_path_text(problem.path) for problem in problems[1:])
        remedy += f"{'' if first.near else '.'} Also to mend: {others}"
    return SchemaError(f"{_path_text(first.path)}: {first.what}", where=where, remedy=remedy)


def _claim_id(path: tuple[str | int, ...], data: dict[str, Any]) -> str:
    if len(path) < 2 or path[0] != "claims" or not isinstance(path[1], int):
        return ""
    claim = data["claims"][path[1]]
    return str(claim.get("id", "")) if isinstance(claim, dict) else ""
