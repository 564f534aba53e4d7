"""What makes a question: its name, its parameters, its columns, and where its answer is computed."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, quote

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticUndefined

from techbalance.errors import ParameterError, UnknownCodeError, shortened


class Params(BaseModel):
    """Parameters of one question: frozen, and an unknown one is refused."""

    # Built at first use: a command pays for its own parameters only.
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, defer_build=True)

    @classmethod
    def read(cls, given: dict[str, Any]) -> Self:
        """Build the parameters from what a surface collected; None means not given.

        Raises
        ------
        ParameterError
            A parameter is unknown, missing or malformed; the message names it.
        """
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as wrong:
            raise _as_parameter_error(cls, wrong) from wrong

    def texts(self) -> dict[str, str]:
        """Every parameter that differs from its default, in its text form, sorted by name."""
        texts = {}
        for name, info in type(self).model_fields.items():
            value = getattr(self, name)
            if value is None or (info.default is not PydanticUndefined and value == info.default):
                continue
            texts[info.alias or name] = text_form(value)
        return dict(sorted(texts.items()))


def text_form(value: object) -> str:
    """Write the value of a parameter as the text that means it on every surface."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (tuple, list)):
        return ",".join(str(part) for part in value)
    return str(value)


def _as_parameter_error(model: type[Params], wrong: ValidationError) -> ParameterError | UnknownCodeError:
    # A misspelt name comes first: it is why another one is missing.
    first = min(wrong.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
    name = str(first["loc"][0]) if first["loc"] else "parameters"
    known = {info.alias or field: info.description or "" for field, info in model.model_fields.items()}
    if first["type"] == "extra_forbidden":
        return UnknownCodeError.among("parameter", name, known)
    if first["type"] == "missing":
        return ParameterError(f"{name} is needed", remedy=known[name])
    return ParameterError(f"{name}: {first['msg'].lower()}", where=f"given {shortened(first['input'])}")


@dataclass(frozen=True)
class Question:
    """One question, as every surface sees it.

    Parameters
    ----------
    name
        As it is asked from code and in a reference: ``claims_check``.
    command
        Its words on the command line: ``("claims", "check")``.
    summary
        One line of help.
    params
        Its parameter model.
    columns
        Columns of its answer that are always there, in order, beside the keys asked for.
    values
        The columns of which one must be non-null for the question to count as answered.
    words
        Parameters taken by position on the command line.
    layout
        How a terminal shows it: a table, one with long words cut, row by row where the texts are long, or
        sideways, the rows beside each other.
    examples
        Commands shown in its help.
    writes
        Whether it changes the store: such a question is put on the command line and in Python only.
    """

    name: str
    command: tuple[str, ...]
    summary: str
    params: type[Params]
    columns: tuple[str, ...]
    values: tuple[str, ...]
    words: tuple[str, ...] = ()
    layout: Literal["table", "compact", "list", "sideways"] = "table"
    examples: tuple[str, ...] = field(default=())
    writes: bool = False

    @property
    def module(self) -> str:
        """The module whose ``run`` answers it."""
        return f"techbalance.questions.{self.name}"

    def reference(self, params: Params) -> str:
        """Write question and parameters as one line, which ``trace`` and ``cite`` read back."""
        texts = params.texts()
        if not texts:
            return self.name
        return f"{self.name}?" + "&".join(f"{name}={quote(text, safe=':,')}" for name, text in texts.items())

    def command_line(self, params: Params) -> str:
        """Write the command that asks the same."""
        parts = ["techbalance", *self.command]
        for name, text in params.texts().items():
            if name in self.words:
                parts.append(shlex.quote(text))
            elif text == "true":
                parts.append(f"--{name.replace('_', '-')}")
            else:
                parts.append(f"--{name.replace('_', '-')} {shlex.quote(text)}")
        return " ".join(parts)

    def answer_id(self, params: Params, held: str) -> str:
        """Twelve hexadecimal digits that stand for question, parameters and what was held to answer it."""
        seed = f"{self.reference(params)}@{held}"
        return hashlib.sha256(seed.encode()).hexdigest()[:12]


def split_reference(reference: str) -> tuple[str, dict[str, str]]:
    """Take ``balance?year=2024`` apart into the question's name and its parameters.

    Raises
    ------
    ParameterError
        A parameter is given twice: one of the two would be ignored.
    """
    name, _, query = reference.partition("?")
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ParameterError("a parameter is given twice", where=query, remedy="Give each parameter once")
    return name, given
