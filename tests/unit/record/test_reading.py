"""Are files read as text, and printed amounts turned into whole dollars without loss?"""

import gzip
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techbalance.errors import SchemaError
from tools.build_record.reading import USD_PER_MILLION, file_facts, read_csv, whole_dollars


def test_codes_keep_their_zeros_and_quotes_their_commas(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes(b'\xef\xbb\xbfcode,name\n0101,"Korea, South"\nNA,\n')
    assert read_csv(path) == [{"code": "0101", "name": "Korea, South"}, {"code": "NA", "name": ""}]


def test_a_line_of_another_width_is_refused_with_its_place(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n1\n", encoding="utf-8")
    with pytest.raises(SchemaError, match=r"x\.csv, line 3"):
        read_csv(path)


def test_facts_of_plain_packed_and_headless_files(tmp_path):
    plain, packed, listing = tmp_path / "a.csv", tmp_path / "b.csv.gz", tmp_path / "c.txt"
    plain.write_bytes(b"h\n1\n2\n")
    packed.write_bytes(gzip.compress(b"h\n1\n2", mtime=0))
    listing.write_bytes(b"1\r\n2\r\n")
    assert [file_facts(path).rows for path in (plain, packed, listing)] == [2, 2, 2]
    assert file_facts(plain).bytes == 6


@pytest.mark.parametrize(
    ("text", "scale", "dollars"),
    [
        ("84191.5", USD_PER_MILLION, 84_191_500_000),
        ("-298948.2", USD_PER_MILLION, -298_948_200_000),
        ("480446.927374301", Decimal(1), 480_447),
        ("0.5", Decimal(1), 0),
        ("1.5", Decimal(1), 2),
        ("-2.5", Decimal(1), -2),
        ("1.2E3", Decimal(1), 1200),
    ],
)
def test_amounts_are_rounded_half_to_even(text, scale, dollars):
    assert whole_dollars(text, scale=scale) == dollars


@pytest.mark.parametrize("text", ["", "n/a", "1,000", "nan", "inf"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(SchemaError, match="not an amount"):
        whole_dollars(text)


@given(st.integers(min_value=-(10**13), max_value=10**13))
def test_whole_dollars_of_a_whole_number_is_that_number(amount):
    assert whole_dollars(str(amount)) == amount
    assert whole_dollars(f"{Decimal(amount) / 10}", scale=USD_PER_MILLION) == amount * 100_000
