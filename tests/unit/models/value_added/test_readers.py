"""Bytes in, balanced tables out; other layouts are refused by row and column."""

import io
from collections.abc import Callable

import numpy as np
import pytest

from techbalance.errors import ModelInputError, SchemaError
from techbalance.models.value_added.leontief import solve_leontief
from techbalance.models.value_added.readers import read_oecd_csv, read_wiod_npz
from techbalance.models.value_added.table import InterCountryTable
from techbalance.models.value_added.trade import trade_in_value_added

# Two countries, two industries, two final uses; row AAA_01 sells 10+5+5+0 and 30+30 at home, 10+10 abroad.
REGULAR = """V1,AAA_01,AAA_C26,BBB_01,BBB_C26,AAA_HFCE,AAA_INVNT,BBB_HFCE,BBB_INVNT,OUT
AAA_01,10,5,5,0,30,30,10,10,100
AAA_C26,5,10,0,5,40,0,25,-5,80
BBB_01,5,0,10,5,10,0,30,0,60
BBB_C26,0,5,5,10,5,0,15,0,40
TLS,1,1,1,1,0,0,0,0,4
VA,79,59,39,19,,,,,196
OUT,100,80,60,40,,,,,280
"""

# The extended layout: China has empty rows of its own and two kinds of producers.
EXTENDED = """,CHN_26,ROW_26,CN1_26,CN2_26,CHN_HFCE,ROW_HFCE,TOTAL
CHN_26,0,0,0,0,0,0,0
ROW_26,0,10,5,20,15,50,100
CN1_26,0,5,10,5,40,20,80
CN2_26,0,10,0,0,0,50,60
CHN_TAXSUB,0,1,1,1,0,0,3
VALU,0,74,64,34,0,0,172
OUTPUT,0,100,80,60,0,0,240
"""


def csv(text: str, *swaps: tuple[str, str]) -> bytes:
    for old, new in swaps:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


def npz(**arrays: object) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    return buffer.getvalue()


def arrays_of(table: InterCountryTable, kind: type) -> dict[str, object]:
    return {
        "inter": table.intermediate.astype(kind),
        "final": table.final.astype(kind),
        "output": table.output.astype(kind),
        "countries": np.array(table.countries),
        "industries": np.array(table.industries),
    }


def test_an_archive_of_floats_is_read_as_not_rounded(make_table: Callable[..., InterCountryTable]) -> None:
    table = make_table()
    read = read_wiod_npz(npz(**arrays_of(table, float)), name="archive", unit="units")
    assert read.sectors == table.sectors
    assert np.array_equal(read.intermediate, table.intermediate)
    assert read.unit == "units"
    assert read.record.printed_unit == 0


def test_an_archive_of_integers_is_read_as_rounded(make_table: Callable[..., InterCountryTable]) -> None:
    arrays = arrays_of(make_table(), float)
    for key in ("inter", "final", "output"):
        arrays[key] = np.rint(np.asarray(arrays[key]) * 1000).astype(int)
    read = read_wiod_npz(npz(**arrays), name="archive")
    assert read.unit == "million US dollars"
    assert read.record.printed_unit == 1
    assert 0 < read.record.absolute_change_share < 1e-4


def test_an_archive_that_lacks_an_array_is_refused(make_table: Callable[..., InterCountryTable]) -> None:
    arrays = arrays_of(make_table(), float)
    del arrays["final"]
    with pytest.raises(SchemaError, match="lacks final"):
        read_wiod_npz(npz(**arrays), name="archive")


def test_an_archive_with_missing_labels_is_refused(make_table: Callable[..., InterCountryTable]) -> None:
    arrays = arrays_of(make_table(), float)
    with pytest.raises(ModelInputError, match="6 labels for 9 rows"):
        read_wiod_npz(npz(**arrays | {"industries": np.array(["i0", "i1"])}), name="archive")
    with pytest.raises(ModelInputError, match=r"no label .*row 1, country 'C00', industry ''"):
        read_wiod_npz(npz(**arrays | {"industries": np.array(["i0", "", "i2"])}), name="archive")


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", b"no archive", npz(x=1)[:40]])
def test_other_bytes_are_no_archive(data: bytes) -> None:
    with pytest.raises(SchemaError, match="not a NumPy archive"):
        read_wiod_npz(data, name="archive")


def test_pickled_objects_are_not_loaded() -> None:
    with pytest.raises(SchemaError, match="not a NumPy archive of plain arrays"):
        read_wiod_npz(npz(inter=np.array([{}], dtype=object)), name="archive")


def test_the_regular_layout() -> None:
    table = read_oecd_csv(csv(REGULAR), name="small")
    assert table.countries == ("AAA", "BBB")
    assert table.industries == ("01", "C26")
    assert table.final.tolist() == [[60, 20], [40, 20], [10, 30], [5, 15]]
    assert table.value_added.tolist() == [80, 60, 40, 20]
    assert table.record.negative_final_cells == 0, "inventories are added to the other uses of the country"


def test_names_of_earlier_editions_are_read_alike() -> None:
    earlier = csv(
        REGULAR,
        ("V1,", ","),
        (",OUT\n", ",TOTAL\n"),
        ("\nOUT", "\nOUTPUT"),
        ("VA,", "VALU,"),
        ("TLS", "AAA_TAXSUB"),
    )
    assert np.array_equal(
        read_oecd_csv(earlier, name="small").intermediate,
        read_oecd_csv(csv(REGULAR), name="small").intermediate,
    )


def test_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    data = b"\xef\xbb\xbf" + csv(REGULAR).replace(b"\n", b"\r\n")
    assert read_oecd_csv(data, name="small").output.tolist() == [100, 80, 60, 40]


def test_the_extended_layout_keeps_processing_trade_apart() -> None:
    table = read_oecd_csv(csv(EXTENDED), name="extended")
    assert [str(sector) for sector in table.sectors] == ["ROW.26", "CHN.26 (CN1)", "CHN.26 (CN2)"]
    assert table.countries == ("ROW", "CHN")
    assert table.final.tolist() == [[50, 15], [20, 40], [50, 0]]
    assert table.intermediate[0].tolist() == [10, 5, 20]
    assert table.rows_of("CHN", "26").tolist() == [1, 2]
    assert trade_in_value_added(solve_leontief(table)).gross_exports == pytest.approx([40, 85])


@pytest.mark.parametrize(
    ("swaps", "told"),
    [
        ([("BBB_INVNT", "BBB_STOCK")], "rows and columns differ: 4 rows, 5 columns"),
        ([(",OUT\n", ",SUM\n")], "column 'SUM' is neither an industry, a final use nor the total"),
        ([("TLS,", "GOS,")], "row 'GOS' is neither an industry, taxes, value added nor output"),
        ([("VA,79", "LAB,79")], "row 'LAB' is neither"),
        ([("VA,79", "TAXSUB,79")], "0 names for the row of value added"),
        ([("\nOUT,", "\nTAXSUB,")], "0 names for the row of output"),
        ([(",OUT\n", ",BBB_GGFC\n")], "0 names for the column of totals"),
        ([("AAA_C26,BBB_01", "BBB_01,AAA_C26")], "row AAA_C26 meets column BBB_01"),
        ([("BBB_HFCE", "CCC_HFCE")], "'CCC_HFCE' is final demand of a country without industries"),
        ([("BBB_HFCE", "AAA_GGFC"), ("BBB_INVNT", "AAA_GFCF")], "BBB has industries but no final demand"),
        ([("VA,79", "VA,70")], "do not make the output of column AAA_01"),
        ([("AAA_HFCE", "AAA_INVNT")], "column 'AAA_INVNT' occurs twice"),
        ([("\nBBB_C26,", "\nBBB_01,")], "row 'BBB_01' occurs twice"),
        ([("AAA_C26,5,10", "AAA_C26,5,x")], "the CSV cannot be read"),
        ([("AAA_C26,5,10", "AAA_C26,5,")], "a cell is empty .*row AAA_C26"),
        ([("AAA_C26,5,10", "AAA_C26,5")], "the CSV cannot be read"),
    ],
)
def test_other_layouts_are_refused_by_name(swaps: list[tuple[str, str]], told: str) -> None:
    with pytest.raises(SchemaError, match=told):
        read_oecd_csv(csv(REGULAR, *swaps), name="small")


def test_a_country_given_whole_and_in_parts_is_refused() -> None:
    with pytest.raises(SchemaError, match="CHN_26 holds figures although CHN is given in parts"):
        read_oecd_csv(csv(EXTENDED, ("CHN_26,0,0,0,0,0,0,0", "CHN_26,0,1,0,0,0,0,1")), name="extended")


@pytest.mark.parametrize("data", [b"", b"one line", b"a,b\n", b"x,y,z\n1,2,3\n"])
def test_other_bytes_are_no_table(data: bytes) -> None:
    with pytest.raises(SchemaError):
        read_oecd_csv(data, name="small")


def test_a_table_out_of_balance_is_refused_by_row() -> None:
    with pytest.raises(ModelInputError, match=r"row of AAA\.01 sums to 100, its output is 110"):
        read_oecd_csv(csv(REGULAR, ("30,30,10,10,100", "30,30,10,10,110")), name="small")
