"""Which commands and options are there? From the declared questions and the command line made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeGuard, get_args, get_origin

import typer

from techbalance.cli.main import DEBUG_VARIABLE, application
from techbalance.questions.parameters import texts
from techbalance.questions.registry import QUESTIONS
from techbalance.sources.http import OFFLINE_VARIABLE
from techbalance.store.catalogue import ENGINE_VARIABLE, HOME_VARIABLE
from techbalance.store.outside import DATA_VARIABLE
from techbalance.store.settings import ADDRESSES_VARIABLE, CONFIG_VARIABLE
from tools.write_reference.markdown import code, codes, page, sentence, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from techbalance.questions.parameters.declaration import Question

# Given with every question, and described once.
EVERYWHERE: Final = ("format", "out", "help")

# Headings of text forms whose class is named otherwise.
NOUNS: Final = {
    texts.AsOf: "date",
    texts.PartnerRef: "partners",
    texts.GroupRef: "groups",
    texts.ProductRef: "products",
}

EXIT_CODES: Final = {
    0: "a question gave at least one value",
    1: "`check` or `reconcile` found a failing row, or `claims check --strict` a statement that differs",
    2: "the question cannot be put like this: usage, an unknown partner, group or parameter",
    3: "data are wrong, or the store cannot be read or written",
    4: "a publisher could not be reached, or refused",
    5: "nothing that answers is held (also `claims check --strict` with a statement that is not covered)",
}

VARIABLES: Final = {
    HOME_VARIABLE: "Folder of the store; the platform's folder for user data when not set",
    DATA_VARIABLE: "Folder of data that may not travel with the package; `data` in the store when not set",
    ENGINE_VARIABLE: "Engine that computes answers: `spark://host:port`, `clickhouse://...` or `chdb`; "
    "DuckDB in the process when not set",
    DEBUG_VARIABLE: "Set to anything to see where an error was raised",
    OFFLINE_VARIABLE: "Set to 1 to refuse every call before it begins; `loopback` leaves this machine open",
    CONFIG_VARIABLE: "Configuration file with keys and addresses; the platform's folder when not set",
    ADDRESSES_VARIABLE: "Addresses in place of the declared ones, by source: `worldbank=https://host`",
}


def commands(group: Any = None, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """List every command as its words and its parsed form, in the order of the help."""
    group = group or typer.main.get_command(application())
    asked = {one.command for one in QUESTIONS.values()}
    for name, command in group.commands.items():
        # A word that starts other commands may be a question of its own.
        if not hasattr(command, "commands") or (*words, name) in asked:
            yield (*words, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*words, name))


def commands_page() -> str:
    """Write the page of commands."""
    every = list(commands())
    asked = next(command for words, command in every if words == QUESTIONS["balance"].command)
    shared = [(codes(one.opts), one.help or "") for one in asked.params if one.name in EVERYWHERE]
    shared.append((codes(("-h", "--help")), "Show the help of a command and stop"))
    return page(
        "Commands",
        "Standard output is data; standard error is words: notes, sources, and the line that traces the "
        "answer. What each column holds is in [columns](columns.md), what goes wrong in [errors](errors.md).",
        "From Python every question is a method of `techbalance.open()`. The words of a command are joined "
        "by an underscore (`claims check` is `claims_check`); the second column names the parameters.",
        "## Every question",
        table(("option", "meaning"), shared),
        "`techbalance --help` lists the commands and `techbalance --version` prints the version.",
        "## How values are written",
        *[f"### {_noun(form).capitalize()}\n\n{_described(form)}" for form in _forms()],
        "## Exit codes",
        table(("code", "means"), [(str(number), says) for number, says in EXIT_CODES.items()]),
        "## Environment",
        table(("variable", "meaning"), [(code(name), says) for name, says in VARIABLES.items()]),
        *[_section(words, command) for words, command in every],
    )


def _forms() -> list[type[texts.Text]]:
    """List the text forms that parameters of any question have, in the order of their first use."""
    infos = [info for one in QUESTIONS.values() for info in one.params.model_fields.values()]
    found = [leaf for info in infos for leaf in _leaves(info.annotation) if _is_form(leaf)]
    return list(dict.fromkeys(found))


def _is_form(leaf: object) -> TypeGuard[type[texts.Text]]:
    return isinstance(leaf, type) and issubclass(leaf, texts.Text) and leaf is not texts.Names


def _noun(form: type[texts.Text]) -> str:
    return NOUNS.get(form, form.__name__.lower())


def _described(form: type[texts.Text]) -> str:
    return f"{sentence(form.says)} For example {code(form.example)}."


def _section(words: tuple[str, ...], command: Any) -> str:  # noqa: ANN401 - a parsed command
    question = next((one for one in QUESTIONS.values() if one.command == words), None)
    head = f"## {' '.join(words)}"
    if question is None:
        rows = [(codes(one.opts), one.help or "") for one in command.params if one.name != "help"]
        return "\n\n".join([head, (command.help or "").strip(), table(("option", "meaning"), rows)])
    parts = [head, question.summary]
    rows_of_question = [*_options(question), *_of_the_surface(question, command)]
    if rows_of_question:
        heads = ("option", "in Python", "takes", "default", "meaning")
        parts.append(table(heads, rows_of_question))
    parts.append(f"Columns, after the keys that were asked for: {codes(question.columns)}.")
    if question.examples:
        examples = "\n".join(f"techbalance {example}" for example in question.examples)
        parts.append(f"```sh\n{examples}\n```")
    return "\n\n".join(parts)


def _options(question: Question) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, info in question.params.model_fields.items():
        word = (info.alias or name).rstrip("_").replace("_", "-")
        given = word.upper() if name in question.words else f"--{word}"
        if info.is_required():
            default = "needed"
        else:
            default = "" if info.default in (None, False) else str(info.default)
        rows.append((code(given), code(name), _takes(info), default, info.description or ""))
    return rows


def _of_the_surface(question: Question, command: Any) -> list[tuple[str, ...]]:  # noqa: ANN401
    """List options that the command line adds to some questions, a drawing for instance."""
    known = {*question.params.model_fields, *EVERYWHERE}
    return [
        (codes(one.opts), "", "text", "", one.help or "") for one in command.params if one.name not in known
    ]


def _takes(info: Any) -> str:  # noqa: ANN401 - a pydantic field
    found = [*_leaves(info.annotation), *info.metadata]
    keys = next((leaf for leaf in found if isinstance(leaf, texts.AllowedKeys)), None)
    if keys is not None:
        return codes(keys.allowed)
    for leaf in found:
        if get_origin(leaf) is Literal:
            return codes([str(choice) for choice in get_args(leaf)])
        if _is_form(leaf):
            return f"[{_noun(leaf)}](#{_noun(leaf)})"
        if leaf is bool:
            return "nothing"
        if leaf in (int, float):
            return "a number"
    return "text"


def _leaves(annotation: object) -> Iterator[object]:
    """List what an annotation is made of, down to plain types, choices and marks."""
    if get_origin(annotation) is Literal or not get_args(annotation):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _leaves(part)
    if get_origin(annotation) is Annotated:
        yield from getattr(annotation, "__metadata__", ())
