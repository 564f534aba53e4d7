"""What does a surface show of a question? Its parameters and its rows as JSON schemas, with units.

The interface descriptions of HTTP and of assistants are made from here, so that they cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from techbalance.errors import ParameterError, UnknownCodeError
from techbalance.questions.parameters.columns import COLUMNS
from techbalance.questions.parameters.declaration import text_form
from techbalance.questions.parameters.files import kind_of, refuse_files
from techbalance.questions.registry import QUESTIONS

if TYPE_CHECKING:
    from techbalance.questions.parameters.column import Column, Kind
    from techbalance.questions.parameters.declaration import Params, Question

# JSON types of a cell, by kind of column; every cell may also be null.
_TYPES: Final[dict[Kind, tuple[str, ...]]] = {
    "money": ("integer", "number"),
    "ratio": ("number",),
    "count": ("integer", "number"),
    "number": ("number",),
    "measured": ("number",),
    "code": ("string", "integer"),
    "name": ("string",),
    "text": ("string",),
    "date": ("string",),
    "flag": ("boolean",),
}


@dataclass(frozen=True)
class Parameter:
    """One parameter, as an interface description shows it.

    Parameters
    ----------
    name
        As it is written in a reference.
    schema
        Its JSON schema: text forms where a value has one.
    says
        What it does.
    is_needed
        Whether the question cannot be put without it.
    """

    name: str
    schema: dict[str, Any]
    says: str
    is_needed: bool


@cache
def readable() -> dict[str, Question]:
    """The questions that change nothing, by name: those that somebody elsewhere may ask."""
    return {name: one for name, one in QUESTIONS.items() if not one.writes}


def read(question: Question, given: dict[str, Any]) -> Params:
    """Read the parameters that somebody elsewhere may give, in text form or as plain values.

    Raises
    ------
    ParameterError, UnknownCodeError
        One is unknown, malformed, missing, or names a file.
    """
    names = {info.alias or field for field, info in question.params.model_fields.items()}
    for name, value in given.items():
        # A field is asked for by the one name the description has, not by the one Python needs.
        if name not in names:
            raise UnknownCodeError.among("parameter", name, [one.name for one in parameters(question)])
        if isinstance(value, (dict, list)):
            raise ParameterError(f"{name}: is a text", remedy="Write several values with commas between them")
    params = question.params.read(given)
    refuse_files(question, params)
    return params


def parameters(question: Question) -> tuple[Parameter, ...]:
    """List what a question takes from a surface that does not share the user's files."""
    return taken(question.params)


@cache
def taken(params: type[Params]) -> tuple[Parameter, ...]:
    """List what a parameter model takes from a surface that does not share the user's files."""
    whole = params.model_json_schema(by_alias=True)
    found = []
    for field, info in params.model_fields.items():
        if kind_of(field, info) == "file":
            continue
        name = info.alias or field
        schema = _plain(dict(whole["properties"][name]), whole.get("$defs", {}))
        if info.is_required() or info.default is None:
            schema.pop("default", None)
        else:
            schema["default"] = info.default if isinstance(info.default, _JSON) else text_form(info.default)
        found.append(Parameter(name, schema, info.description or "", info.is_required()))
    return tuple(found)


_JSON: Final = (bool, int, float)


def _plain(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Take null, titles and references out of a schema: what is not wanted is left out of a request."""
    choices = [one for one in schema.pop("anyOf", []) if one.get("type") != "null"]
    if len(choices) == 1:
        schema = {**choices[0], **schema}
    elif choices:
        schema["anyOf"] = choices
    if "$ref" in schema:
        schema = {**definitions[schema.pop("$ref").rpartition("/")[2]], **schema}
    schema.pop("title", None)
    return schema


@cache
def row_schema(question: Question) -> dict[str, Any]:
    """Describe one row: the columns that are there, with what they hold and their units.

    Where the values of a question are in columns that are not always there, its rows have several shapes,
    and no column can be promised.
    """
    names = dict.fromkeys((*question.columns, *question.values))
    is_one_shape = set(question.values) <= set(question.columns)
    return {
        "type": "object",
        "properties": {name: _cell(COLUMNS[name]) for name in names},
        "required": list(question.columns) if is_one_shape else [],
    }


def _cell(column: Column) -> dict[str, Any]:
    cell: dict[str, Any] = {"type": [*_TYPES[column.kind], "null"], "description": column.says}
    if column.unit:
        cell["x-unit"] = column.unit
    return cell
