"""Which block stands for a period, and which group for a code: rules that hold for anything held."""

import datetime as dt

import ibis
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.classifications.match import classify, decide, nearest_list
from techbalance.store.holdings import ANNUAL, Block, Selection, coverage, parts

CODES = (
    st.text("12", min_size=2, max_size=2)
    .map(lambda tail: f"8542{tail * 2}00"[:8])
    .flatmap(lambda parent: st.sampled_from(("01", "02", "10")).map(lambda last: parent + last))
)
LISTS = st.dictionaries(CODES, st.sampled_from(("00", "04", "05")), min_size=1, max_size=8)


@settings(max_examples=12, deadline=None)
@given(listed=LISTS, traded=st.sets(CODES, min_size=1, max_size=8), own=st.booleans())
def test_codes_are_placed_as_the_expression_places_them(listed: dict[str, str], traded: set[str], own: bool):
    year = 2024
    list_year = year if own else 2022
    fixed = {"flow": "import", "system": "HTS"}
    trade = pa.Table.from_pylist([fixed | {"product": code, "year": year} for code in sorted(traded)])
    lists = pa.Table.from_pylist(
        [fixed | {"code": code, "group": group, "year": list_year} for code, group in listed.items()]
    )
    rows = classify(ibis.memtable(trade), ibis.memtable(lists)).to_pyarrow().to_pylist()
    wanted = {row["product"]: (row["group"], row["match"]) for row in rows}
    assert decide(traded, listed, of_the_year=own) == wanted
    assert nearest_list(year, [list_year]) == list_year


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    annual = draw(st.booleans())
    months = (ANNUAL,) if annual else tuple(sorted(draw(st.sets(st.integers(1, 12), min_size=1))))
    partners = draw(st.none() | st.sets(st.sampled_from(("1220", "2010", "5700")), min_size=1))
    return Block(
        "import",
        2024,
        months,
        dt.date(2024, 1, 1) + dt.timedelta(days=draw(st.integers(0, 5))),
        "a source",
        None if partners is None else tuple(sorted(partners)),
        (("trade_month", f"file-{draw(st.integers(0, 10**6))}"),),
        draw(st.integers(1, 1000)),
    )


HELD = st.lists(blocks(), max_size=8, unique_by=lambda one: one.serial)


@settings(max_examples=60, deadline=None)
@given(held=HELD, day=st.integers(0, 5))
def test_a_month_is_read_once_for_every_partner_and_never_from_the_future(held: list[Block], day: int):
    today = dt.date(2024, 1, 1) + dt.timedelta(days=day)
    selection = Selection(held, today)
    for month in range(13):
        reads = selection.month("import", 2024, month)
        assert all(one.block.vintage <= today and month in one.block.months for one in reads)
        if any(one.partners is None for one in reads):
            assert len(reads) == 1
        else:
            named = [partner for one in reads for partner in one.partners or ()]
            assert len(named) == len(set(named))
    assert selection.months("import", 2024) == tuple(
        month for month in range(1, 13) if selection.month("import", 2024, month)
    )


@settings(max_examples=60, deadline=None)
@given(held=HELD)
def test_a_span_covers_only_partners_of_whom_every_month_is_held(held: list[Block]):
    selection = Selection(held)
    reads = selection.span("import", 2024, (1, 2))
    found = coverage(reads)
    each = [coverage(selection.month("import", 2024, month)) for month in (1, 2)]
    if found is None:
        assert None in each or not frozenset.intersection(
            *[one.partners for one in each if one is not None and one.partners is not None]
        )
        return
    for one in each:
        assert one is not None
        assert one.partners is None or (found.partners is not None and found.partners <= one.partners)
    assert {part.block for part in parts(reads)} == {one.block for one in reads}


@settings(max_examples=40, deadline=None)
@given(held=HELD, order=st.randoms(use_true_random=False))
def test_the_order_in_which_blocks_are_told_changes_nothing(held: list[Block], order: st.DataObject):
    shuffled = list(held)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = Selection(held), Selection(shuffled)
    for month in range(13):
        assert set(one.month("import", 2024, month)) == set(other.month("import", 2024, month))
    assert set(one.whole_year("import", 2024)) == set(other.whole_year("import", 2024))
