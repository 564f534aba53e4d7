"""In what do two scenarios differ? Answers ``whatif diff``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from techbalance.questions.answer import Answer
from techbalance.questions.parameters.whatif import DIFF, DiffParams
from techbalance.questions.whatif.reading import load_scenario

if TYPE_CHECKING:
    from techbalance.store.catalogue import Store

SCHEMA = pa.schema([("key", pa.string()), ("first", pa.string()), ("second", pa.string())])


def run(params: DiffParams, store: Store) -> Answer:
    """Answer ``whatif diff``: one row for each setting that differs; null is the default.

    Two equal scenarios give one row that says so.
    """
    first, second = load_scenario(params.first).flat(), load_scenario(params.second).flat()
    keys = dict.fromkeys([*first, *second])
    rows = [
        {"key": key, "first": first.get(key), "second": second.get(key)}
        for key in keys
        if first.get(key) != second.get(key)
    ]
    same = [{"key": "none: the scenarios are the same", "first": None, "second": None}]
    return Answer(DIFF, params, store, pa.Table.from_pylist(rows or same, schema=SCHEMA))
