"""Refusals name the field, the label, the value and how many more there are; results cannot be changed."""

import numpy as np
import pyarrow as pa
import pytest

from techbalance.errors import ModelInputError
from techbalance.models.validation import name_some, numbers, refuse_where, undefined_where, unique_labels

AXES = (("row a", "row b"), ("x", "y", "z"))


def test_numbers_are_spread_copied_and_frozen():
    source = np.arange(6.0).reshape(2, 3)
    array = numbers("field", source, AXES)
    source[0, 0] = 99.0
    assert array[0, 0] == 0.0
    assert numbers("field", 2, AXES).tolist() == [[2.0] * 3] * 2
    with pytest.raises(ValueError, match="read-only"):
        array[0, 0] = 1.0


@pytest.mark.parametrize("values", ["text", [[1, 2], [3]], np.zeros((3, 2)), None])
def test_what_is_not_an_array_of_the_shape_is_refused(values):
    with pytest.raises(ModelInputError, match="field"):
        numbers("field", values, AXES)


def test_the_first_bad_entry_is_named_and_the_rest_counted():
    values = np.array([[1.0, np.nan, np.inf], [np.nan, 1.0, 1.0]])
    with pytest.raises(ModelInputError, match=r"field field at row a, y, value nan, and 2 more"):
        numbers("field", values, AXES)
    assert np.isinf(numbers("field", [[1, 1, np.inf], [1, 1, 1]], AXES, allow_infinite=True)[0, 2])
    with pytest.raises(ModelInputError, match="finite"):
        numbers("field", [[1, 1, -np.inf], [1, 1, 1]], AXES, allow_infinite=True)


def test_nothing_bad_nothing_raised():
    refuse_where(np.zeros((2, 3), dtype=bool), "field", "never", AXES)


def test_labels():
    assert unique_labels("field", ["a", "b"]) == ("a", "b")
    for bad, message in ((["a", "a"], "is there twice"), (["a", ""], "is empty"), ([], "at least one")):
        with pytest.raises(ModelInputError, match=message):
            unique_labels("field", bad)
    assert name_some([str(place) for place in range(7)]) == "0, 1, 2, 3, 4 and 2 more"
    assert name_some(["a", "b"]) == "a, b"


def test_undefined_figures_are_null_in_arrow():
    masked = undefined_where(np.array([1.0, np.inf, 3.0]), np.array([False, True, False]))
    assert pa.array(masked).to_pylist() == [1.0, None, 3.0]
    assert np.isfinite(masked.data).all()
