"""Which rule decides the group of a product, and does every row get exactly one decision?"""

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.classifications.match import classify

TRADE = {
    "flow": pa.string(),
    "system": pa.string(),
    "product": pa.string(),
    "year": pa.int16(),
    "usd": pa.int64(),
}
LIST = {
    "year": pa.int16(),
    "flow": pa.string(),
    "system": pa.string(),
    "code": pa.string(),
    "group": pa.string(),
}

# One list with a line wholly in group 04, one wholly outside, and one of two groups.
LISTED = [
    ("8471300100", "04"),
    ("8471300200", "04"),
    ("0101210010", "00"),
    ("3004909203", "00"),
    ("3004909291", "02"),
]


def table(rows, schema):
    return ibis.memtable(pa.Table.from_pylist(rows, schema=pa.schema(list(schema.items()))))


def listed(year, codes=LISTED, flow="import", system="HTS"):
    return [{"year": year, "flow": flow, "system": system, "code": c, "group": g} for c, g in codes]


def traded(product, year=2024, flow="import", system="HTS", usd=1):
    return {"flow": flow, "system": system, "product": product, "year": year, "usd": usd}


def decide(trade_rows, list_rows):
    classified = classify(table(trade_rows, TRADE), table(list_rows, LIST)).to_pyarrow().to_pylist()
    return [
        (row["group"], row["match"], row["list_year"]) for row in sorted(classified, key=lambda r: r["usd"])
    ]


@pytest.mark.parametrize(
    ("product", "year", "decision"),
    [
        ("8471300100", 2022, ("04", "exact", 2022)),
        ("0101210010", 2022, ("00", "exact", 2022)),
        ("8471300100", 2024, ("04", "nearest-list", 2022)),
        ("8471300100", 2019, ("04", "nearest-list", 2022)),
        ("8471300150", 2024, ("04", "parent", 2022)),
        ("8471300150", 2022, ("04", "parent", 2022)),
        ("0101210099", 2024, ("00", "parent", 2022)),
        ("3004909299", 2024, ("00", "undecided", 2022)),
        ("3004909291", 2024, ("02", "nearest-list", 2022)),
        ("8542310000", 2024, ("00", "undecided", 2022)),
    ],
    ids=lambda value: "-".join(map(str, value)) if isinstance(value, tuple) else str(value),
)
def test_each_rule_of_one_list(product, year, decision):
    assert decide([traded(product, year)], listed(2022)) == [decision]


@pytest.mark.parametrize(
    ("year", "list_year", "match"),
    [
        (2016, 2017, "nearest-list"),
        (2019, 2019, "exact"),
        (2020, 2019, "nearest-list"),
        (2018, 2017, "nearest-list"),
    ],
)
def test_the_list_of_the_year_decides_then_the_nearest_then_the_earlier(year, list_year, match):
    lists = [*listed(2022), *listed(2019), *listed(2017)]
    assert decide([traded("8471300100", year)], lists) == [("04", match, list_year)]


def test_one_list_decides_alone_even_where_another_knows_the_code():
    lists = [*listed(2019, [("8471300100", "04")]), *listed(2023, [("8471300150", "05")])]
    assert decide([traded("8471300100", 2024)], lists) == [("05", "parent", 2023)]


def test_lists_of_the_other_flow_or_system_do_not_decide():
    lists = [*listed(2022), *listed(2019, [("8471300100", "08")], "export", "SCHEDULE_B")]
    rows = [
        traded("8471300100", flow="export", system="SCHEDULE_B", usd=1),
        traded("8471300100", usd=2),
        traded("8471300100", flow="export", system="HTS", usd=3),
    ]
    assert decide(rows, lists) == [
        ("08", "nearest-list", 2019),
        ("04", "nearest-list", 2022),
        ("00", "undecided", None),
    ]


def test_no_list_at_all_leaves_everything_undecided():
    assert decide([traded("8471300100")], []) == [("00", "undecided", None)]


def test_columns_of_the_trade_rows_stay_as_they_were():
    trade, lists = table([traded("8471300100")], TRADE), table(listed(2022), LIST)
    result = classify(trade, lists)
    assert result.columns == (*TRADE, "group", "match", "list_year")
    assert result.list_year.type() == ibis.dtype("int16")
    assert result.schema()["usd"] == trade.schema()["usd"]


def test_sixteen_bit_trade_years_meet_wider_list_years():
    wide = table(listed(2022), {**LIST, "year": pa.int64()})
    [row] = classify(table([traded("8471300100")], TRADE), wide).to_pyarrow().to_pylist()
    assert (row["match"], row["list_year"]) == ("nearest-list", 2022)


CODES = [f"84713{line}0{end}00" for line in range(2) for end in range(3)]


@settings(max_examples=25, deadline=None)
@given(
    trade=st.lists(
        st.tuples(st.sampled_from(CODES), st.integers(2015, 2024), st.integers(0, 10**12)), max_size=20
    ),
    lists=st.dictionaries(
        st.sampled_from([2016, 2018, 2022]),
        st.dictionaries(st.sampled_from(CODES), st.sampled_from(["00", "04", "05"])),
    ),
)
def test_no_row_is_lost_or_doubled_and_the_rules_hold(trade, lists):
    rows = [traded(product, year, usd=usd) for product, year, usd in trade]
    members = [row for year, codes in lists.items() for row in listed(year, list(codes.items()))]
    result = classify(table(rows, TRADE), table(members, LIST)).to_pyarrow().to_pylist()
    keys = ("flow", "system", "product", "year", "usd")
    assert sorted(tuple(row[k] for k in keys) for row in result) == sorted(
        tuple(r[k] for k in keys) for r in rows
    )
    held = [year for year, codes in lists.items() if codes]
    for row in result:
        year = min(held, key=lambda y, of=row["year"]: (abs(y - of), y), default=None)
        assert row["list_year"] == year
        codes = lists.get(year, {})
        siblings = {group for code, group in codes.items() if code[:8] == row["product"][:8]}
        if row["product"] in codes:
            expected = (codes[row["product"]], "exact" if year == row["year"] else "nearest-list")
        elif len(siblings) == 1:
            expected = (siblings.pop(), "parent")
        else:
            expected = ("00", "undecided")
        assert (row["group"], row["match"]) == expected
