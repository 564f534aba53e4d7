"""Does what is held add up? Answers ``check``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.parameters.provenance import CHECK, CheckParams
from techbalance.store.checks import CHECKS

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store
    from techbalance.store.checks import Checked

TYPES = {"rows": pa.int64()} | {
    name: pa.int64() for name in ("expected_usd", "found_usd", "difference_usd", "tolerance_usd")
}
SCHEMA = pa.schema([(name, TYPES.get(name, pa.string())) for name in CHECK.columns])


def run(params: CheckParams, store: Store) -> Answer:
    """Answer ``check``: one row per check that passed, and one per failing row of those that did not."""
    outcomes = [check(store) for check in CHECKS]
    lines = [line for outcome in outcomes for line in _lines(outcome)]
    failed = not all(outcome.passed for outcome in outcomes)
    return Answer(CHECK, params, store, pa.Table.from_pylist(lines, schema=SCHEMA), failed=failed)


def _lines(outcome: Checked) -> list[dict[str, Any]]:
    head = {
        "check": outcome.name,
        "table": outcome.table,
        "status": "pass" if outcome.passed else "fail",
        "rows": outcome.rows,
    }
    if not outcome.rows:
        return [head | {"note": "nothing to compare is held"}]
    if outcome.passed:
        return [head]
    return [head | row | {"difference_usd": _difference(row)} for row in outcome.failing]


def _difference(row: dict[str, Any]) -> int | None:
    expected, found = row["expected_usd"], row["found_usd"]
    return None if expected is None or found is None else found - expected
