"""Learn the shapes of the report, of its briefs, of pages and of usual questions, and compile their SQL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any, Final

from techbalance.outline import shipped_of
from techbalance.questions.registry import ask_reference
from techbalance.report import briefs, page, subject
from techbalance.store.catalogue import Store
from techbalance.store.engines import shapes
from techbalance.store.engines.duckdb import DuckDBEngine
from techbalance.web import formats
from techbalance.web.pages import dependence, serving, story
from techbalance.web.pages.page import Asker
from techbalance.web.warming import references

TARGET: Final = Path(__file__).resolve().parent.parent / "src" / "techbalance" / "store" / shapes.FILE
SEED: Final = "PYTHONHASHSEED"
ARTICLES: Final = ("innovation-2024", "weller-wheeler-2008")


def compile_shapes() -> bytes:
    """Ask everything once of a store that holds the record alone, and write down what was learnt."""
    with tempfile.TemporaryDirectory() as empty:
        store = Store(Path(empty))
        with store.asked_often():
            _ask(store)
        engine = store.engine
        if not isinstance(engine, DuckDBEngine) or engine.book is None:
            raise SystemExit("shapes are those of the engine in the process: unset TECHBALANCE_ENGINE")
        known = {one.digest: shipped_of(one) for one in engine.book.shapes.values() if one.digest is not None}
        return shapes.written(known, engine.templates.known())


def _ask(store: Store) -> None:
    page.compose(store, "xlsx", _Nobody())
    for about in (
        subject.partner(store, "CHN"),
        subject.partner(store, "EU27"),
        subject.group("04"),
        *[subject.article(one) for one in ARTICLES],
    ):
        briefs.compose(store, about, "xlsx", _Nobody())
    for question in references(store):
        formats.written(ask_reference(question, store), "json")
    serving.warm(store)
    # Another product is a list of codes of another length, another group another list of products.
    for one in (story.PAGE, dependence.PAGE):
        for _, texts in one.views(Asker(store)):
            serving.composed(store, one.address, one.read(texts))


class _Nobody(Executor):
    """Takes what it is handed and begins none: what another process learns is not learnt here."""

    def submit(self, *_: object, **__: object) -> Future[Any]:
        return Future()


def main() -> None:
    """Write the file, in a process in which sets have one order: Ibis writes some of them into SQL."""
    if os.environ.get(SEED) != "0":
        command = [sys.executable, "-m", "tools.compile_shapes"]
        sys.exit(subprocess.run(command, env={**os.environ, SEED: "0"}, check=False).returncode)  # noqa: S603
    TARGET.unlink(missing_ok=True)
    TARGET.write_bytes(compile_shapes())


if __name__ == "__main__":
    main()
