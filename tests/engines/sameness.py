"""When are two answers the same? Whole numbers, texts, dates and the order of rows; ratios to 1e-12."""

import math

import pyarrow as pa

# Sums of doubles differ in their last digits with the order in which an engine adds.
RATIO_TOLERANCE = 1e-12


def same_cell(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=RATIO_TOLERANCE, abs_tol=RATIO_TOLERANCE)
    return type(one) is type(other) and one == other


def assert_same(answer: pa.Table, wanted: pa.Table) -> None:
    assert answer.schema.names == wanted.schema.names
    assert answer.schema.types == wanted.schema.types
    assert answer.num_rows == wanted.num_rows
    for name in wanted.column_names:
        found = zip(answer[name].to_pylist(), wanted[name].to_pylist(), strict=True)
        differing = [(place, *pair) for place, pair in enumerate(found) if not same_cell(*pair)]
        assert not differing, f"{name}: {differing[:3]}"
