"""Fixed-width fields: what is written is read, and what is no number is never read as one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techbalance.errors import RecordError
from techbalance.sources.census_archive import numbers, records
from techbalance.sources.census_archive.explain import fits
from techbalance.sources.census_archive.layouts import layout
from tools.census_archives.records import digits, lines

LARGEST = 10**numbers.WIDTH - 1
BYTES = st.one_of(st.sampled_from(b"0123456789  "), st.integers(0, 255))
amounts = st.one_of(st.integers(0, LARGEST), st.integers(0, 99), st.just(10**8 - 1), st.just(10**8))


@given(st.lists(st.lists(amounts, min_size=3, max_size=3), min_size=1, max_size=30), st.booleans())
@settings(max_examples=60, deadline=None)
def test_numbers_come_back(rows: list[list[int]], blanks: bool):
    values = np.array(rows, dtype=np.int64)
    cells = digits(values, "blanks" if blanks else "zeros")
    read, wrong = numbers.parse(cells, 0, 3)
    assert not wrong.any()
    assert (read == values).all()


@given(st.lists(st.lists(BYTES, min_size=15, max_size=15), min_size=1, max_size=40))
@settings(max_examples=100, deadline=None)
def test_what_is_no_number_is_told(cells: list[list[int]]):
    data = np.array(cells, dtype=np.uint8)
    read, wrong = numbers.parse(data, 0, 1)
    for cell, value, bad in zip(cells, read[:, 0].tolist(), wrong[:, 0].tolist(), strict=True):
        text = bytes(cell)
        assert bad == (not fits("number", text))
        assert value == (0 if bad else int(text))


@given(st.lists(st.integers(0, 9999), min_size=1, max_size=20, unique=True), st.data())
@settings(max_examples=40, deadline=None)
def test_a_control_file_comes_back(codes: list[int], data: st.DataObject):
    form = layout("EXP_CTY")
    count, width = len(codes), len(form.measures)
    drawn = st.lists(amounts, min_size=count * width, max_size=count * width)
    month, year = (np.array(data.draw(drawn), dtype=np.int64).reshape(count, width) for _ in range(2))
    heads = {
        "cty_code": np.array([f"{code:04d}".encode() for code in codes]),
        "cty_name": np.array([f"NAME {code}".encode() for code in codes]),
        "year": np.full(count, b"2024"),
        "month": np.full(count, b" 7"),
    }
    table = records.read(form, lines(form, heads, month, year, "blanks").tobytes(), "here")
    assert table["cty_code"].to_pylist() == [f"{code:04d}" for code in codes]
    assert table["cty_name"].to_pylist() == [f"NAME {code}" for code in codes]
    assert set(table["month"].to_pylist()) == {7}
    for column, name in enumerate(form.measures):
        assert table[f"{name}_mo"].to_pylist() == month[:, column].tolist()
        assert table[f"{name}_yr"].to_pylist() == year[:, column].tolist()


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_arbitrary_bytes_are_refused_or_whole_records(data: bytes):
    form = layout("HITECH")
    try:
        table = records.read(form, data, "here")
    except RecordError as wrong:
        assert "here, record " in str(wrong)
    else:
        assert table.num_rows * form.line == len(data)


@pytest.mark.parametrize("value", [-1, 10**15])
def test_the_generator_writes_only_what_fits(value: int):
    with pytest.raises(ValueError, match="fifteen digits"):
        digits(np.array([[value]]), "zeros")
