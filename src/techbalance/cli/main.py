"""The command ``techbalance``: parse, ask, render; exit with the code of the contract."""

from __future__ import annotations

import atexit
import io
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

import typer

from techbalance.cli.commands import FORMATS, Writing, alone, command_for
from techbalance.cli.report import report
from techbalance.cli.serve import mcp, serve
from techbalance.cli.site import site
from techbalance.errors import ParameterError, TechbalanceError, UnknownCodeError
from techbalance.questions.registry import QUESTIONS, ask

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.parameters.declaration import Question

DEBUG_VARIABLE = "TECHBALANCE_DEBUG"
# What the commands of two words have in common.
GROUPS: Final = {
    "claims": "Statements of articles: list them, and judge them.",
    "whatif": "Policies tried in solved models: ranges, with every assumption.",
}


def application() -> typer.Typer:
    """Build the command line from the declared questions."""
    app = typer.Typer(
        name="techbalance",
        help="Recompute, trace and explain every number quoted about United States technology trade.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_options)
    groups: dict[str, typer.Typer] = {}
    with_more = {question.command[0] for question in QUESTIONS.values() if len(question.command) > 1}
    for question in QUESTIONS.values():
        *parents, word = question.command
        target = app
        if not parents and word in with_more:
            # The word alone asks a question, and further words ask others.
            groups[word] = typer.Typer(rich_markup_mode=None, invoke_without_command=True)
            app.add_typer(groups[word], name=word, short_help=question.summary)
            groups[word].callback()(alone(command_for(question, _answer)))
            continue
        for parent in parents:
            if parent not in groups:
                groups[parent] = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
                app.add_typer(groups[parent], name=parent, help=GROUPS[parent])
            target = groups[parent]
        target.command(word, short_help=question.summary)(command_for(question, _answer))
    app.command("report")(report)
    app.command("site")(site)
    app.command("serve")(serve)
    app.command("mcp")(mcp)
    return app


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("techbalance"))
        raise typer.Exit


def _options(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop", is_eager=True, callback=_print_version
    ),
) -> None:
    del version


def _answer(question: Question, given: dict[str, Any], writing: Writing) -> None:
    from techbalance.cli.charting import check_chart_name, write_chart

    chosen = _format(writing.form, writing.out)
    if writing.chart is not None:
        check_chart_name(writing.chart)
    params = question.params.read(given)
    from techbalance.cli.render import write
    from techbalance.questions.prepared import prepared
    from techbalance.store.catalogue import Store

    store = Store()
    if question.writes:
        from techbalance.cli.progress import shown

        with shown():
            answer = ask(question, params, store)
    else:
        answer = prepared(question, params, store) or ask(question, params, store)
    write(answer, chosen, writing.out)
    if writing.chart is not None and answer.answered:
        typer.echo(write_chart(answer, writing.chart), err=True)
    if answer.exit_code:
        raise typer.Exit(answer.exit_code)


def _format(form: str | None, out: str | None) -> str:
    if form is None:
        suffix = out.rpartition(".")[2].lower() if out and "." in out else ""
        if out and suffix not in FORMATS:
            raise ParameterError(
                f"cannot tell the format from the name {out!r}",
                remedy=f"Add --format, one of {', '.join(FORMATS)}",
            )
        return suffix or "table"
    if form not in FORMATS:
        raise UnknownCodeError.among("format", form, FORMATS)
    return form


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows has a code page without a true minus sign; data are UTF-8 everywhere.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    code = run(sys.argv[1:] if arguments is None else list(arguments))
    _leave(code)
    sys.exit(code)


def _leave(code: int) -> None:
    """End at once where nothing else runs: taking the libraries down takes longer than a short question."""
    # A process that never imported it has no children of its making.
    processes = sys.modules.get("multiprocessing")
    if threading.active_count() > 1 or (processes is not None and processes.active_children()):
        return
    # What was registered is carried out once, here or by the interpreter.
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None and not stream.closed:
                stream.flush()
    except OSError:
        # Nobody reads any more; the interpreter has its own way to say so.
        return
    os._exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return the exit code of the contract."""
    try:
        application()(list(arguments), prog_name="techbalance")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except TechbalanceError as wrong:
        if os.environ.get(DEBUG_VARIABLE):
            raise
        typer.echo(f"techbalance: {wrong}", err=True)
        return wrong.exit_code
    return 0
