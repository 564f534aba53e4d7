"""What does each question answer over HTTP? Its own example, asked of the record that ships, cut short.

``python -m tools.write_reference.api_examples [--check]`` writes the file, or compares it: every question is
asked, which takes half a minute.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from techbalance.errors import NotCoveredError, QuestionError
from techbalance.questions.callers import elsewhere
from techbalance.questions.document import as_document
from techbalance.questions.interface import read, readable
from techbalance.questions.registry import ask
from techbalance.store.catalogue import Store
from techbalance.store.outside import DATA_VARIABLE
from techbalance.web.api import ROOT, address
from techbalance.web.description import EXAMPLES
from techbalance.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from techbalance.questions.parameters.declaration import Question

FILE: Final = Path(__file__).resolve().parents[2] / "src" / "techbalance" / "web" / EXAMPLES
MOST_ROWS: Final = 1
"""Rows of an example; how many there are in all is said beside it."""


def examples_file() -> str:
    """Write the examples of every question as JSON.

    Returns
    -------
    str
        By the name of the question: ``given`` (parameters), ``address``, and either ``answer`` with
        ``rows_in_all``, or ``problem`` where the record that ships does not answer it. A question none of
        whose examples may be asked from elsewhere, or whose answer names this machine, is left out.
    """
    before = os.environ.pop(DATA_VARIABLE, None)
    try:
        with tempfile.TemporaryDirectory() as home:
            store = Store(Path(home) / "store", confined=True)
            # How old something is changes by the day, and no example may.
            asked = {name: one for name, one in readable().items() if "age_days" not in one.columns}
            found = {name: _example(one, store) for name, one in asked.items()}
    finally:
        if before is not None:
            os.environ[DATA_VARIABLE] = before
    kept = {name: one for name, one in found.items() if one is not None}
    return json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _example(question: Question, store: Store) -> dict[str, Any] | None:
    """Ask the first example that is answered; else the first that is refused for want of data."""
    refused = None
    for example in question.examples:
        given = given_in(question, example)
        told = {"given": given, "address": _address(question, given)}
        try:
            with elsewhere(store):
                params = read(question, given)
                whole = as_document(ask(question, params, store))
        except NotCoveredError as wrong:
            refused = refused or {**told, "problem": json.loads(bytes(problem(wrong).body))}
            continue
        except QuestionError:
            # It names a file.
            continue
        rows = whole["rows"]
        cut = {**told, "answer": {**whole, "rows": rows[:MOST_ROWS]}, "rows_in_all": len(rows)}
        if whole["answered"]:
            return _of_everybody(cut, store)
        # Null with its reason is an answer too.
        refused = refused or cut
    return None if refused is None else _of_everybody(refused, store)


def _of_everybody(example: dict[str, Any], store: Store) -> dict[str, Any] | None:
    """Leave out what names the folder of this run."""
    return None if str(store.home.parent) in json.dumps(example) else example


def given_in(question: Question, example: str) -> dict[str, str]:
    """Read the parameters out of an example of the command line."""
    fields = question.params.model_fields
    aliases = {field: info.alias or field for field, info in fields.items()}
    words = shlex.split(example)[len(question.command) :]
    flags = {aliases[field] for field, info in fields.items() if info.annotation is bool}
    given: dict[str, str] = {}
    places = iter(question.words)
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            given[aliases[next(places)]] = word
            continue
        name = word.removeprefix("--").replace("-", "_")
        given[name] = "true" if name in flags else words.pop(0)
    return given


def _address(question: Question, given: dict[str, str]) -> str:
    query = "&".join(f"{name}={quote(text, safe=':,')}" for name, text in given.items())
    return f"{ROOT}/{address(question)}" + (f"?{query}" if query else "")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the file, or say that it is stale."""
    parser = argparse.ArgumentParser(prog="python -m tools.write_reference.api_examples")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is stale")
    only_compare = parser.parse_args(arguments).check
    text = examples_file()
    if text == FILE.read_text(encoding="utf-8"):
        return 0
    print(f"{'stale' if only_compare else 'written'}: {FILE.name}")
    if not only_compare:
        FILE.write_text(text, encoding="utf-8")
    return int(only_compare)


if __name__ == "__main__":
    sys.exit(main())
