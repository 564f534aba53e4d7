"""Compile the questions that are asked most from a cold shell, and the sums of an ingest, ahead of time.

``python -m tools.compile_questions`` writes them; with ``--check`` it compares and fails when they are stale.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from techbalance.questions.answer import Answer
from techbalance.questions.prepared import shape
from techbalance.questions.registry import ask, find
from techbalance.store.catalogue import KEYS, Store
from techbalance.store.compiled import FILE, fingerprint
from tools import compile_marts

# Years that no figure has, so that their digits stand for the placeholders and for nothing else.
START, END = 1811, 2188
DENOMINATORS = ("goods_census", "goods_bop", "goods_services_bop")
QUESTIONS: tuple[tuple[str, dict[str, str]], ...] = (
    ("balance", {}),
    ("balance", {"year": f"{START}:{END}"}),
    *(("balance", {"year": f"{START}:{END}", "denominator": name}) for name in DENOMINATORS),
)
TARGET = Path(__file__).resolve().parent.parent / "src" / "techbalance" / "store" / FILE


def compile_questions() -> str:
    """Write every question as SQL, with its columns, tables and notes, as JSON."""
    with tempfile.TemporaryDirectory() as empty:
        store = Store(Path(empty))
        questions = {}
        for name, given in QUESTIONS:
            answer = ask(find(name), given, store)
            questions[shape(answer.question, answer.params)] = _compiled(answer, store)
    return json.dumps({"fingerprint": fingerprint(), "questions": questions}, indent=1) + "\n"


def _compiled(answer: Answer, store: Store) -> dict[str, Any]:
    expression = answer.table
    sql = store.engine.compile(expression)
    ids = [lineage.rows.select("source_id") for lineage in answer.lineage]
    sources = store.engine.compile((ids[0].union(*ids[1:]) if ids[1:] else ids[0]).distinct())
    schema = expression.schema().to_pyarrow()
    names = {
        table.name
        for text in (sql, sources)
        for table in sqlglot.parse_one(text, "duckdb").find_all(exp.Table)
    }
    return {
        "sql": _open(sql),
        "sources_sql": _open(sources),
        "columns": [(field.name, str(field.type).replace("[day]", "")) for field in schema],
        "tables": sorted(names & set(KEYS)),
        "notes": list(answer.notes),
    }


def _open(sql: str) -> str:
    return (
        sql.replace(str(START), "{{start}}").replace(str(END), "{{end}}").replace(str(END + 1), "{{after}}")
    )


def main() -> int:
    """Write the files, or compare them with what they should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, and exit with 1 when stale")
    texts = {TARGET: compile_questions(), compile_marts.TARGET: compile_marts.compile_marts()}
    if not parser.parse_args().check:
        for target, text in texts.items():
            target.write_text(text, encoding="utf-8")
        return 0
    stale = [target for target, text in texts.items() if target.read_text(encoding="utf-8") != text]
    for target in stale:
        print(f"{target.name} is stale: run python -m tools.compile_questions", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
