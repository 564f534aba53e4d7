"""How does a question become a command? From its declaration, option by option."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, get_args, get_origin

import typer

from techbalance.errors import ParameterError
from techbalance.questions.drawing import DRAWN
from techbalance.questions.parameters.files import kind_of
from techbalance.questions.parameters.ingest import Files
from techbalance.questions.parameters.texts import AsOf, GroupRef, Names, PartnerRef, ProductRef, Years

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from techbalance.questions.parameters.declaration import Question

METAVARIABLES: Final = {
    Years: "YEARS",
    AsOf: "DATE",
    PartnerRef: "PARTNERS",
    GroupRef: "GROUPS",
    ProductRef: "CODES",
    Names: "WORDS",
    int: "N",
    float: "NUMBER",
}
FORMATS = ("table", "csv", "json", "parquet", "arrow", "xlsx", "dta")


@dataclass(frozen=True)
class Writing:
    """How an answer is to be written.

    Parameters
    ----------
    form
        One of the formats; None to tell it from the name of the file.
    out
        File to write; None for standard output.
    chart
        File to draw into; None for no chart.
    """

    form: str | None = None
    out: str | None = None
    chart: str | None = None


Handler = Callable[["Question", dict[str, Any], Writing], None]


def command_for(question: Question, handle: Handler) -> Callable[..., None]:
    """Make the function behind a command.

    Parameters
    ----------
    question
        Its declaration; every field of the parameter model becomes an option or a word.
    handle
        Called with the question, what was given (texts), and how to write the answer.

    Returns
    -------
    Callable
        A function whose signature the command line reads.
    """

    def command(**given: Any) -> None:  # noqa: ANN401 - whatever the command line collected
        once = {name: _once(name, value, fields.get(name)) for name, value in given.items()}
        names = {"form": "format", "out": "out", "chart": "chart"}
        writing = Writing(**{field: _name(once.pop(name, None)) for field, name in names.items()})
        handle(question, {name: value for name, value in once.items() if _is_given(value)}, writing)

    fields = question.params.model_fields
    parameters = [_parameter(question, name, info) for name, info in question.params.model_fields.items()]
    parameters += [_format_option(), _out_option()]
    if question.name in DRAWN:
        parameters.append(_chart_option())
    parameters.sort(key=lambda one: one.name not in question.words)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    command.__name__ = question.name
    command.__doc__ = _help(question)
    return command


def alone(command: Callable[..., None]) -> Callable[..., None]:
    """Make a command the answer of a word that also starts others: it runs when no other word follows."""

    def first(context: typer.Context, **given: Any) -> None:  # noqa: ANN401 - as in the command
        if context.invoked_subcommand is None:
            command(**given)

    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    context = inspect.Parameter("context", kind, annotation=typer.Context)
    parameters = inspect.signature(command).parameters.values()
    first.__signature__ = inspect.Signature([context, *parameters])  # type: ignore[attr-defined]
    first.__annotations__ = {"context": typer.Context, **command.__annotations__}
    first.__doc__ = command.__doc__
    return first


def _name(value: object) -> str | None:
    return None if value is None or value == [] else str(value)


def _is_given(value: object) -> bool:
    return value is not None and value is not False and value != []


def _once(name: str, value: Any, info: FieldInfo | None) -> Any:  # noqa: ANN401 - text, flag or texts
    """Unwrap what the command line collected; only a parameter that holds several names may repeat.

    Raises
    ------
    ParameterError
        An option is given twice: one of the two would be ignored.
    """
    if not isinstance(value, list) or not value:
        return value
    if info is not None and (_holds(info.annotation, PartnerRef) or _holds(info.annotation, Files)):
        return value
    if info is not None and _holds(info.annotation, Names):
        return ",".join(value)
    if len(value) > 1:
        flag = f"--{name.rstrip('_').replace('_', '-')}"
        raise ParameterError(f"{flag} is given twice", remedy="Give it once")
    return value[0]


def _help(question: Question) -> str:
    lines = [question.summary]
    if question.examples:
        lines += ["", "Examples:", ""]
        lines += [f"  techbalance {example}\n" for example in question.examples]
    return "\n".join(lines)


def _parameter(question: Question, name: str, info: FieldInfo) -> inspect.Parameter:
    says = info.description or ""
    choices = _choices(info.annotation)
    if choices:
        says += f" [{', '.join(choices)}]"
    if name in question.words:
        word = (info.alias or name).upper()
        kind: Any = typer.Argument(None, help=says, metavar=word, show_default=False)
        if _holds(info.annotation, Files):
            return _option(name, list[str] | None, kind)
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=kind, annotation=str | None)
    flag = f"--{(info.alias or name).rstrip('_').replace('_', '-')}"
    if info.annotation is bool:
        return _option(name, bool, typer.Option(False, flag, help=says, show_default=False))
    if info.default is not None and not info.is_required():
        says += f" [default: {info.default}]"
    needed = " [needed]" if info.is_required() else ""
    return _text_option(name, flag, says + needed, _metavariable(name, info))


def _text_option(name: str, flag: str, says: str, metavariable: str) -> inspect.Parameter:
    """Make an option of text; all are collected as lists, so that one given twice can be refused."""
    kind = typer.Option(None, flag, help=says, metavar=metavariable, show_default=False)
    return _option(name, list[str] | None, kind)


def _metavariable(name: str, info: FieldInfo) -> str:
    """What stands for the value in the help: what kind of thing is wanted."""
    if kind_of(name, info) == "file":
        return "FILE"
    if _choices(info.annotation):
        return "WORD"
    for kind, word in METAVARIABLES.items():
        if _holds(info.annotation, kind):
            return word
    return "TEXT"


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:  # noqa: ANN401
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _parts(annotation: object) -> tuple[object, ...]:
    return get_args(annotation) if get_origin(annotation) is not Literal else (annotation,)


def _choices(annotation: object) -> tuple[str, ...]:
    for part in (annotation, *_parts(annotation)):
        if get_origin(part) is Literal:
            return tuple(str(choice) for choice in get_args(part))
    return ()


def _holds(annotation: object, kind: type) -> bool:
    """Whether an annotation is, or holds at any depth, a type of this kind."""
    if isinstance(annotation, type):
        return issubclass(annotation, kind)
    return any(_holds(part, kind) for part in get_args(annotation))


def _format_option() -> inspect.Parameter:
    says = f"How to write the answer [{', '.join(FORMATS)}]; from the name of --out, or table"
    return _text_option("format", "--format", says, "WORD")


def _out_option() -> inspect.Parameter:
    return _text_option("out", "--out", "Write to this file instead of standard output", "FILE")


def _chart_option() -> inspect.Parameter:
    says = "Draw the answer into this file: .svg, .png, .html or .json"
    return _text_option("chart", "--chart", says, "FILE")
