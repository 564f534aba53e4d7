"""What balancing changes, keeps, names and refuses."""

import dataclasses

import numpy as np
import pytest

from techbalance.errors import ModelInputError, UnknownCodeError
from techbalance.models.value_added.balance import PublishedTable, RowChange, balance_table
from techbalance.models.value_added.table import InterCountryTable, Sector, sectors_of

SECTORS = sectors_of(["A", "B"], ["x", "y"])


def published(**changes: object) -> PublishedTable:
    """Rows sum to 100, 80, 60, 40 exactly; each column leaves value added."""
    table = PublishedTable(
        name="small",
        unit="million US dollars",
        sectors=SECTORS,
        intermediate=np.array([[10, 5, 5, 0], [5, 10, 0, 5], [5, 0, 10, 5], [0, 5, 5, 10]], float),
        final=np.array([[60, 20], [40, 20], [10, 30], [5, 15]], float),
        output=np.array([100, 80, 60, 40], float),
        printed_unit=1.0,
    )
    return dataclasses.replace(table, **changes)  # type: ignore[arg-type]


def with_cell(array: np.ndarray, row: int, column: int, value: float) -> np.ndarray:
    changed = array.copy()
    changed[row, column] = value
    return changed


def test_a_table_that_balances_is_left_alone() -> None:
    table = balance_table(published())
    assert table.output.tolist() == [100, 80, 60, 40]
    assert table.value_added.tolist() == [80, 60, 40, 20]
    assert table.record.change == 0
    assert table.record.largest_change is None
    assert table.record.lines() == (
        "Output was set to the row sum: +0 on 280, absolute changes 0.0000% of output.",
    )


def test_output_becomes_the_row_sum_and_the_change_is_recorded() -> None:
    table = balance_table(published(output=np.array([100.4, 80, 60, 40]), printed_unit=0.0))
    assert table.output[0] == 100
    assert table.record.change == pytest.approx(-0.4)
    assert table.record.largest_change == RowChange("A.x", 100.4, 100.0)
    assert table.record.absolute_change_share == pytest.approx(0.4 / 280.4)
    assert "Largest change: A.x, from 100.4 to 100." in table.record.lines()


def test_a_row_beyond_half_a_per_cent_is_refused_by_name() -> None:
    with pytest.raises(ModelInputError, match=r"row of B\.x sums to 60, its output is 61"):
        balance_table(published(output=np.array([100, 80, 61, 40.0]), printed_unit=0.0))


def test_rounding_lets_a_small_row_through_but_not_a_large_miss() -> None:
    # B.y sells 8 in all; a quarter of a unit for each of the 7 figures of its row allows a miss of 1.75.
    cells = published().intermediate * 100
    cells[3] = cells[:, 3] = [0, 0, 0, 1]
    final = published().final * 100
    final[3] = [3, 4]

    def with_output(small: float) -> PublishedTable:
        return published(intermediate=cells, final=final, output=np.array([10000, 7500, 5500, small]))

    table = balance_table(with_output(9.5))
    assert table.output[3] == 8
    assert table.record.rows_within_rounding == 1
    assert any("1 rows changed by more than 0.5%" in line for line in table.record.lines())
    with pytest.raises(ModelInputError, match=r"B\.y sums to 8, its output is 10"):
        balance_table(with_output(10.0))


def test_many_small_misses_are_refused_by_their_sum() -> None:
    with pytest.raises(ModelInputError, match=r"0\.300% of it altogether"):
        balance_table(published(output=np.array([100, 80, 60, 40]) / 0.997))


def test_negative_value_added_within_rounding_is_kept_and_named() -> None:
    # Column A.x needs 101 for an output of 100; 5 cells of a column allow 1.25.
    cells = with_cell(published().intermediate, 0, 0, 91)
    final = with_cell(published().final, 0, 0, -21)
    balanced = balance_table(published(intermediate=cells, final=final))
    assert balanced.value_added[0] == -1
    assert [cell.label for cell in balanced.record.negative_value_added] == ["A.x"]
    assert "1 with value added below zero within rounding, kept: A.x -1." in balanced.record.lines()
    assert balanced.record.negative_final_cells == 1
    assert balanced.record.negative_final_value == -21


def test_negative_value_added_beyond_rounding_is_refused_by_name() -> None:
    cells = with_cell(published().intermediate, 0, 0, 95)
    final = with_cell(published().final, 0, 0, -25)
    with pytest.raises(ModelInputError, match=r"value added of A\.x is negative: -5"):
        balance_table(published(intermediate=cells, final=final))


def test_an_unrounded_table_forgives_no_negative_value_added() -> None:
    cells = with_cell(published().intermediate, 0, 0, 91)
    final = with_cell(published().final, 0, 0, -21)
    with pytest.raises(ModelInputError, match=r"value added of A\.x is negative: -1"):
        balance_table(published(intermediate=cells, final=final, printed_unit=0.0))


def test_negative_output_is_kept_within_rounding_and_refused_beyond() -> None:
    def table(sold: float) -> PublishedTable:
        cells = published().intermediate.copy()
        cells[3], cells[:, 3] = 0, 0
        final = published().final.copy()
        final[3] = [sold, 0]
        return published(intermediate=cells, final=final, output=np.array([100, 75, 55, sold]))

    kept = balance_table(table(-1))
    assert [(cell.label, cell.value) for cell in kept.record.negative_output] == [("B.y", -1)]
    with pytest.raises(ModelInputError, match=r"output of B\.y is negative: -2"):
        balance_table(table(-2))


def test_a_sector_without_output_is_named_and_its_inputs_become_final_demand() -> None:
    cells = published().intermediate.copy()
    cells[3] = 0
    cells[:, 3] = [1, 0, 0, 0]
    final = published().final.copy()
    final[3] = 0
    table = balance_table(published(intermediate=cells, final=final, output=np.array([101, 75, 55, 0])))
    assert table.record.zero_output == ("B.y",)
    assert [(cell.label, cell.value) for cell in table.record.inputs_moved] == [("B.y", 1)]
    assert table.final[0].tolist() == [60, 21]
    assert not table.intermediate[:, 3].any()
    assert table.output[0] == 101
    assert table.value_added[3] == 0
    assert table.per_unit_of_output[3] == 0


def test_negative_intermediate_cells_are_kept_and_named() -> None:
    cells = with_cell(published().intermediate, 0, 1, -5)
    table = balance_table(published(intermediate=cells, output=np.array([90, 80, 60, 40])))
    assert [(cell.label, cell.value) for cell in table.record.negative_intermediate] == [("A.x > A.y", -5)]


@pytest.mark.parametrize(
    ("sectors", "told"),
    [
        (SECTORS[:3], "3 labels for 4 rows"),
        ((*SECTORS[:3], Sector("B", "")), "a row has no label"),
        ((*SECTORS[:3], SECTORS[2]), r"two rows are labelled B\.x"),
        ((*sectors_of(["A", "B", "A"], ["x"]), Sector("B", "y")), r"two rows are labelled A\.x"),
        ((SECTORS[0], SECTORS[2], SECTORS[1], SECTORS[3]), "rows of A are not side by side"),
    ],
)
def test_labels_must_fit_the_rows(sectors: tuple[Sector, ...], told: str) -> None:
    with pytest.raises(ModelInputError, match=told):
        balance_table(published(sectors=sectors))


def test_shapes_must_fit() -> None:
    with pytest.raises(ModelInputError, match=r"final has the shape \(4, 1\), not \(4, 2\)"):
        balance_table(published(final=published().final[:, :1]))
    with pytest.raises(ModelInputError, match="intermediate has the shape"):
        balance_table(published(intermediate=published().intermediate[:3]))


@pytest.mark.parametrize("field", ["intermediate", "final"])
def test_a_cell_that_is_not_a_number_is_refused_by_name(field: str) -> None:
    cells = with_cell(getattr(published(), field), 2, 1, np.nan)
    with pytest.raises(ModelInputError, match=rf"{field} holds .*row B\.x"):
        balance_table(published(**{field: cells}))


def test_an_empty_table_is_refused() -> None:
    nothing = np.zeros((4, 4))
    with pytest.raises(ModelInputError, match="no output"):
        balance_table(published(intermediate=nothing, final=nothing[:, :2], output=nothing[0]))


def test_a_table_owns_and_locks_its_arrays() -> None:
    given = published()
    table = balance_table(given)
    given.intermediate[0, 0] = 999
    assert table.intermediate[0, 0] == 10
    with pytest.raises(ValueError, match="read-only"):
        table.intermediate[0, 0] = 1


def test_countries_industries_and_rows_are_found_by_name() -> None:
    table = balance_table(published())
    assert table.countries == ("A", "B")
    assert table.industries == ("x", "y")
    assert table.blocks == (slice(0, 2), slice(2, 4))
    assert table.rows_of("B", "y").tolist() == [3]
    with pytest.raises(UnknownCodeError, match="unknown industry of small 'z'"):
        table.rows_of("B", "z")
    with pytest.raises(UnknownCodeError, match="unknown country of small 'C'"):
        table.position("C")


def test_sums_by_country(toy: InterCountryTable) -> None:
    assert toy.by_country(toy.output) == pytest.approx([97.272727, 78.181818], rel=1e-6)
