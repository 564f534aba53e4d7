"""Does every tabular question get the same answer on every engine? Its examples are asked on each.

Whole numbers, texts, dates and the order of rows are the same; ratios to 1e-12. A question that is declared
is asked; one that reads no table has to be named here, with the reason.
"""

import re
import shlex
from collections.abc import Callable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from techbalance.errors import NotCoveredError, TechbalanceError
from techbalance.questions.answer import Answer
from techbalance.questions.parameters.declaration import Question
from techbalance.questions.registry import QUESTIONS, ask, find
from techbalance.store.catalogue import Store
from techbalance.store.engine import Engine
from techbalance.store.outside import DATA_VARIABLE
from tests.engines.sameness import assert_same

pytestmark = pytest.mark.cluster

# Compute on arrays that are read from a file; of the engine they ask the names of countries only.
FROM_ARRAYS = {
    "value_added": "a table of inputs and outputs is one array",
    "work_content": "a table of inputs and outputs is one array",
    "exposure": "a table of inputs and outputs is one array",
    "whatif_gains": "shares of a table of inputs and outputs",
    "whatif_gravity": "estimated on a panel read as arrays",
    "whatif_run": "a scenario file asks another question, which is tested itself",
}
# Read nothing through the engine.
READS_NOTHING = {
    "whatif_diff": "compares two texts",
    "claims_list": "lists what is declared",
    "sources": "lists what is declared",
}
NOT_TABULAR = FROM_ARRAYS | READS_NOTHING
# An example that names a file of the user's is asked where the file is made here.
NAMES_A_FILE = re.compile(r"\S+\.(?:csv|toml|parquet|ZIP)\b")
LIST, PANEL = "my-list.csv", "trade.parquet"
LISTED = "code,group\n8471300100,laptops\n8542,chips\n85423100,processors\n"
# Everybody sells the first products, and few the last.
SELLERS = ("USA", "DEU", "JPN", "KOR", "CHN", "MEX", "VNM", "MYS")


def given_by(question: Question, example: str) -> dict[str, Any]:
    """Parameters of an example as its help shows it."""
    words = shlex.split(example)[len(question.command) :]
    places = list(question.words)
    given: dict[str, Any] = {}
    while words:
        word = words.pop(0)
        if not word.startswith("--"):
            given[places.pop(0)] = word
        elif words and not words[0].startswith("--"):
            given[word[2:].replace("-", "_")] = words.pop(0)
        else:
            given[word[2:].replace("-", "_")] = True
    return given


def declared() -> Iterator[Any]:
    for question in QUESTIONS.values():
        if question.name in NOT_TABULAR or getattr(question, "writes", False):
            continue
        for example in question.examples:
            if set(NAMES_A_FILE.findall(example)) <= {LIST, PANEL}:
                yield pytest.param(question.name, example, id=example)


EXAMPLES = tuple(declared())


def examples_of(name: str) -> list[str]:
    return [one.values[1] for one in EXAMPLES if one.values[0] == name]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    (folder / LIST).write_text(LISTED)
    sales = [
        {"year": 2023, "exporter": seller, "importer": buyer, "product": f"{product:06}", "value_usd": value}
        for place, seller in enumerate(SELLERS)
        for buyer in SELLERS[:3]
        for product in range(1, 13)
        if buyer != seller and product + place <= 13 and (value := 1000 * (13 - place) + 7 * product**2)
    ]
    pq.write_table(pa.Table.from_pylist(sales), folder / PANEL)
    return folder


@pytest.fixture(autouse=True)
def with_files(monkeypatch: pytest.MonkeyPatch, outside_data: Path | None, files: Path) -> None:
    monkeypatch.chdir(files)
    if outside_data is not None:
        monkeypatch.setenv(DATA_VARIABLE, str(outside_data))


class Noting:
    """An engine, and the steps of every expression it was given: kinds of operation and of value."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.steps: set[tuple[str, str]] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.engine, name)

    def fetch(self, expression: ibis.Table) -> pa.Table:
        steps = expression.op().find(ops.Node)
        self.steps |= {(type(one).__name__, str(getattr(one, "dtype", ""))) for one in steps}
        return self.engine.fetch(expression)


@pytest.fixture(scope="module")
def on_duckdb(open_on: Callable[[str], Store]) -> Store:
    """The store on the engine in the process, which notes what it is asked."""
    store = open_on("duckdb")
    store.engine = Noting(store.engine)
    return store


# The steps that an example took.
STEPS: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}


@cache
def expected(name: str, example: str, store: Store) -> Answer | TechbalanceError:
    question = find(name)
    assert isinstance(store.engine, Noting)
    store.engine.steps.clear()
    try:
        return _asked(question, example, store)
    finally:
        STEPS[name, example] = frozenset(store.engine.steps)


def _asked(question: Question, example: str, store: Store) -> Answer | TechbalanceError:
    try:
        answer = ask(question, given_by(question, example), store)
        assert answer.arrow.num_rows
    except TechbalanceError as wrong:
        return wrong
    return answer


def compare(name: str, example: str, store: Store, base: Store) -> None:
    wanted = expected(name, example, base)
    question = find(name)
    if isinstance(wanted, TechbalanceError):
        if isinstance(wanted, NotCoveredError):
            pytest.skip(f"its data are not here: {wanted}")
        raise wanted
    answer = ask(question, given_by(question, example), store)
    assert_same(answer.arrow, wanted.arrow)
    assert answer.notes == wanted.notes
    assert (answer.failed, answer.uncovered) == (wanted.failed, wanted.uncovered)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_clickhouse_answers_as_duckdb(name: str, example: str, on_clickhouse: Store, on_duckdb: Store):
    compare(name, example, on_clickhouse, on_duckdb)


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_spark_answers_as_duckdb(name: str, example: str, on_spark: Store, on_duckdb: Store):
    expected(name, example, on_duckdb)
    before: set[tuple[str, str]] = set()
    for other in takewhile(lambda one: one != example, examples_of(name)):
        expected(name, other, on_duckdb)
        before |= STEPS[name, other]
    if before and STEPS[name, example] <= before:
        pytest.skip("every step it takes is taken by an example of the question that is asked before")
    compare(name, example, on_spark, on_duckdb)


# --- the order of rows ------------------------------------------------------------------------------------


def sort_of(table: ibis.Table) -> ops.Sort | None:
    """The step that orders an answer; None where it is a single row that nothing orders."""
    step = table.op()
    while isinstance(step, (ops.Project, ops.DropColumns, ops.Limit)):
        step = step.parent
    return step if isinstance(step, ops.Sort) else None


def repeated(store: Store, relation: ops.Relation, keys: list[ops.Value]) -> int:
    """How many rows share all keys with another."""
    rows = relation.to_expr()
    named = rows.select(**{f"key{place}": key.to_expr() for place, key in enumerate(keys)})
    return store.count(rows) - store.count(named.distinct())


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_rows_have_one_order_only(name: str, example: str, on_duckdb: Store):
    """What an answer is ordered by tells every row from every other, whichever engine orders them."""
    answer = expected(name, example, on_duckdb)
    if isinstance(answer, TechbalanceError) or isinstance(answer.table, pa.Table):
        pytest.skip("no expression: rows are ordered in Python")
    sort = sort_of(answer.table)
    if sort is None:
        assert answer.arrow.num_rows <= 1
        return
    assert repeated(on_duckdb, sort.parent, [key.arg for key in sort.keys]) == 0


@pytest.mark.parametrize(("name", "example"), EXAMPLES)
def test_a_row_that_is_picked_is_the_only_one(name: str, example: str, on_duckdb: Store):
    """Wherever the first of several rows is taken, the order says which one that is."""
    answer = expected(name, example, on_duckdb)
    if isinstance(answer, TechbalanceError) or isinstance(answer.table, pa.Table):
        pytest.skip("no expression")
    ambiguous = []
    for window in answer.table.op().find(ops.WindowFunction):
        if not isinstance(window.func, ops.RowNumber):
            continue
        keys = [*window.group_by, *(key.arg for key in window.order_by)]
        # A literal orders nothing and belongs to no table.
        relations = {field.rel for key in keys for field in key.find(ops.Field, filter=ops.Value)}
        names = [key.name for key in keys]
        if len(relations) != 1 or repeated(on_duckdb, relations.pop(), keys):
            ambiguous.append(names)
    assert ambiguous == []


# --- what is asked, and what is not -----------------------------------------------------------------------


def test_what_is_left_out_is_declared_and_reads_nothing(
    on_duckdb: Store, monkeypatch: pytest.MonkeyPatch, outside_data: Path | None
):
    """A question leaves the list as soon as it reads a table."""
    assert set(NOT_TABULAR) <= set(QUESTIONS)
    engine = type(on_duckdb.engine.engine)

    def refuse(*_: object) -> None:
        raise AssertionError("it reads a table")

    monkeypatch.setattr(engine, "fetch", refuse)
    for name in READS_NOTHING:
        for example in find(name).examples:
            answer = expected(name, example, on_duckdb)
            assert outside_data is None or isinstance(answer, (Answer, TechbalanceError)), example


def test_every_question_that_reads_is_asked_once_at_least():
    asked = {one.values[0] for one in EXAMPLES}
    reading = {name for name, one in QUESTIONS.items() if not getattr(one, "writes", False)}
    assert asked == reading - set(NOT_TABULAR)
