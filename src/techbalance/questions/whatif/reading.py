"""How does a scenario file become a scenario, and what is wrong with one that does not fit?"""

from __future__ import annotations

import tomllib
from difflib import get_close_matches
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from techbalance.claims.locate import find_line
from techbalance.errors import NotCoveredError, QuestionError, SchemaError, UnknownCodeError, shortened
from techbalance.questions.parameters.whatif_scenario import (
    PUBLISHED,
    Assumptions,
    Closure,
    Part,
    Scenario,
    Shock,
)
from techbalance.store.userfiles import is_file, read_text

if TYPE_CHECKING:
    from collections.abc import Sequence

SHIPPED: Final = tuple(PUBLISHED)
Place = tuple[str | int, ...]


def load_scenario(name: str) -> Scenario:
    """Read a scenario file, or one that ships.

    Raises
    ------
    NotCoveredError
        There is no such file.
    SchemaError
        The file is not TOML, or a key is unknown, missing or of the wrong form; file, line and key are named.
    """
    if name in SHIPPED:
        folder = resources.files("techbalance.questions.whatif")
        text = folder.joinpath("scenarios", f"{name}.toml").read_text(encoding="utf-8")
        return read_scenario(text, f"{name}.toml")
    if not is_file(name):
        near = UnknownCodeError.among("scenario", name, SHIPPED)
        raise NotCoveredError(f"there is no scenario file {shortened(name)}", remedy=near.remedy)
    return read_scenario(read_text(name), name)


def read_scenario(text: str, name: str) -> Scenario:
    """Read a scenario from the text of its file.

    Raises
    ------
    SchemaError
        As ``load_scenario``.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as wrong:
        raise SchemaError("the file is not TOML", where=f"{name}: {wrong}") from wrong
    shocks = data.get("shock", [])
    if not isinstance(shocks, list):
        raise _error(text, name, ("shock",), "found one table", "Write [[shock]] in double brackets")
    head: dict[str, Any] = {**data}
    head["shock"] = tuple(_part(Shock, one, text, name, ("shock", at)) for at, one in enumerate(shocks))
    for key, kind in (("closure", Closure), ("assumptions", Assumptions)):
        if key in data:
            head[key] = _part(kind, data[key], text, name, (key,))
    found = _part(Scenario, head, text, name, ())
    assert isinstance(found, Scenario)  # noqa: S101 - narrows the type only
    return found


def _part(kind: type[Part], data: object, text: str, name: str, place: Place) -> Part:
    """Check one table."""
    if not isinstance(data, dict):
        raise _error(text, name, place, f"found {shortened(data)}", "A table is needed")
    try:
        return kind(**data)
    except ValidationError as wrong:
        raise _unfit(kind, wrong, text, name, place) from wrong
    except QuestionError as wrong:
        key = _named_key(kind, data, wrong)
        what = wrong.what.removeprefix(f"{key}: ") + (f" ({wrong.where})" if wrong.where else "")
        raise _error(text, name, (*place, key) if key else place, what, wrong.remedy) from wrong


def _named_key(kind: type[Part], data: dict[str, Any], wrong: QuestionError) -> str:
    """Find the key an error is about: the one its text begins with, or whose value cannot be read alone."""
    head = wrong.what.partition(":")[0].partition(" ")[0]
    if head in kind.model_fields:
        return head
    for key, value in data.items():
        info = kind.model_fields.get(key)
        if info is not None and shortened(value) in wrong.what:
            return key
    return ""


def _unfit(kind: type[Part], wrong: ValidationError, text: str, name: str, place: Place) -> SchemaError:
    first = min(wrong.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
    key = str(first["loc"][0]) if first["loc"] else ""
    known = kind.model_fields
    if first["type"] == "extra_forbidden":
        near = get_close_matches(key, known, n=1, cutoff=0.6)
        remedy = f"Did you mean {near[0]!r}?" if near else f"Known keys: {', '.join(known)}"
        return _error(text, name, (*place, key), "unknown key", remedy)
    expected = str(known[key].description) if key in known else ""
    if first["type"] == "missing":
        return _error(text, name, (*place, key), "found nothing", f"Expected {expected}")
    found = f"found {shortened(first['input'])}"
    near = get_close_matches(str(first["input"]), _choices(first), n=1, cutoff=0.6)
    guess = f". Did you mean {near[0]!r}?" if near else ""
    return _error(text, name, (*place, key), found, f"Expected {expected}{guess}")


def _choices(error: Any) -> Sequence[str]:  # noqa: ANN401 - details of pydantic
    return [
        part.strip("' ")
        for part in str(error.get("ctx", {}).get("expected", "")).replace(" or ", ",").split(",")
    ]


def _error(text: str, name: str, place: Place, what: str, remedy: str) -> SchemaError:
    line = find_line(text, place) if place else None
    path = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place).lstrip(".")
    where = name if line is None else f"{name}, line {line}"
    return SchemaError(f"{path}: {what}" if path else what, where=where, remedy=remedy)
