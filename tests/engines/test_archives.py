"""Do all engines read what was ingested alike? Archives of both flows: a whole year, and months after it.

Detail of the whole year lies in one file and in another order than that of the months, its figures written
as differences; every engine has to read both, the sums beside them, and the record in one question.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import techbalance
from techbalance.questions.registry import ask, find
from techbalance.store.catalogue import Store
from techbalance.store.commit import HELD
from tests.engines.sameness import assert_same
from tools.census_archives import Plan, write_archives

pytestmark = pytest.mark.cluster

ROWS = 400
WHOLE, BEGUN = 2024, 2025
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("balance", {"by": "group", "year": WHOLE}),
    ("balance", {"by": "product,partner,month", "year": WHOLE}),
    ("balance", {"by": "month,group", "year": BEGUN, "partner": "CHN"}),
    ("balance", {"by": "partner", "year": f"{WHOLE}:{BEGUN}", "ytd": True}),
    ("rank", {"by": "partner", "year": WHOLE}),
    ("change", {"by": "product", "from": WHOLE, "to": BEGUN, "ytd": True}),
    ("reconcile", {"series": "goods_census", "year": WHOLE}),
    ("reconcile", {"by": "month", "year": WHOLE}),
)
# Whole numbers that are no figures.
KEYS = {"year", "month", "list_year"}
# A figure of each flow.
DETAIL = {"export": "export_usd", "import": "general_usd"}


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of fourteen months, two archives of each."""
    archives, home = tmp_path_factory.mktemp("archives"), tmp_path_factory.mktemp("ingested")
    for flow in DETAIL:
        write_archives(archives, Plan(flow=flow, year=WHOLE, rows=ROWS), list(range(1, 13)))
        write_archives(archives, Plan(flow=flow, year=BEGUN, rows=ROWS), [1, 2])
    answer = techbalance.open(home).ingest(files=str(archives), vintage="2027-01-31")
    assert {row["status"] for row in answer.rows()} == {"ingested"}
    return home


@pytest.fixture(scope="module")
def in_process(open_on: Callable[..., Store], ingested: Path) -> Store:
    return open_on("duckdb", ingested)


@pytest.fixture(scope="module", params=["chdb_address", "spark_address"])
def elsewhere(request: pytest.FixtureRequest, open_on: Callable[..., Store], ingested: Path) -> Store:
    """The same store on another engine."""
    # Either skips where its engine is not on this machine.
    address = request.getfixturevalue(request.param)
    return open_on(address, ingested)


@pytest.mark.parametrize(("name", "given"), ASKED, ids=[f"{name} {given}" for name, given in ASKED])
def test_a_question_on_archives_has_one_answer(
    name: str, given: dict[str, Any], in_process: Store, elsewhere: Store
):
    wanted = ask(find(name), given, in_process)
    assert any(row["note"] is None for row in wanted.rows())
    answer = ask(find(name), given, elsewhere)
    assert_same(answer.arrow, wanted.arrow)
    assert answer.notes == wanted.notes


@pytest.mark.parametrize("flow", DETAIL)
def test_detail_is_read_alike_from_a_year_and_from_months(flow: str, in_process: Store, elsewhere: Store):
    files = tuple(name for name in in_process.manifest.tables["trade_detail"] if f"/{flow}/" in name)
    assert len(files) == 3
    for name in files:
        facts = pq.ParquetFile(in_process.home / HELD / name).metadata.row_group(0)
        columns = {
            facts.column(place).path_in_schema: facts.column(place) for place in range(facts.num_columns)
        }
        assert "DELTA_BINARY_PACKED" in columns[DETAIL[flow]].encodings

    def added(store: Store) -> pa.Table:
        rows = store.own("trade_detail", files)
        figures = [name for name, kind in rows.schema().items() if kind.is_integer() and name not in KEYS]
        sums = rows.group_by("product", "partner", "period", "vintage").aggregate(
            rows=rows.count(), **{name: rows[name].sum() for name in figures}
        )
        return store.fetch(sums.order_by("product", "partner", "period"))

    assert_same(added(elsewhere), added(in_process))
