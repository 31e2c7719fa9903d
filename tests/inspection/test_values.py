"""Summaries of values: statistics over everything, cells as a sample that says so."""

from __future__ import annotations

import json

import ml_dtypes
import numpy as np
import pytest

from tfmini.inspection import value_summary
from tfmini.inspection.values import window_shape


def test_statistics_are_over_all_finite_elements():
    """Non-finite elements are counted and left out of the rest."""
    v = value_summary(np.array([1, -2, 0, np.nan, np.inf, -np.inf, 4], np.float32), (None,))
    assert (v["min"], v["max"], v["mean"]) == (-2.0, 4.0, 0.75)
    assert (v["nan"], v["neg_inf"], v["negative"], v["zero"], v["positive"], v["pos_inf"]) == (1, 1, 1, 1, 2, 1)
    assert v["cells"]["data"] == [1.0, -2.0, 0.0, "NaN", "Infinity", "-Infinity", 4.0]
    assert v["made_as"] == "[?]"
    assert sum(v["histogram"]["counts"]) == 4
    json.dumps(v, allow_nan=False)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, ml_dtypes.bfloat16])
def test_a_float_cell_reads_back_to_the_same_number(dtype):
    """Cells are the shortest decimals of their dtype, so a page can check arithmetic."""
    values = np.random.RandomState(1).standard_normal(100).astype(dtype)
    cells = value_summary(values)["cells"]["data"]
    assert np.array_equal(np.array(cells).astype(dtype), values)
    assert value_summary(np.float32(0.1))["cells"]["data"] == [0.1]


def test_only_the_cells_of_a_large_value_are_a_sample():
    """Leading axes are cut first, rows and columns last."""
    big = np.arange(3 * 100 * 200, dtype=np.float32).reshape(3, 100, 200)
    v = value_summary(big)
    assert v["count"] == 60_000
    assert v["max"] == 59999.0
    assert v["cells"]["shape"] == [1, 64, 64]
    assert v["cells"]["complete"] is False
    assert v["cells"]["data"][65] == big[0, 1, 1]


@pytest.mark.parametrize(
    ("shape", "window"),
    [
        ((64, 64), (64, 64)),
        ((5000,), (4096,)),
        ((10, 1000), (10, 409)),
        ((1000, 10), (409, 10)),
        ((8, 20, 20, 30), (1, 6, 20, 30)),
        ((0, 9), (0, 9)),
    ],
)
def test_windows_hold_at_most_4096_elements(shape, window):
    """The window keeps as much of the last two axes as fits."""
    assert window_shape(shape) == window


def test_other_kinds_of_value():
    """Booleans count as 0 and 1, text has no statistics, large integers are text, an empty value has none."""
    flags = value_summary(np.array([True, False, True]))
    assert (flags["dtype"], flags["positive"], flags["zero"], flags["cells"]["data"]) == (
        "bool",
        2,
        1,
        [True, False, True],
    )
    text = value_summary(np.array([b"a", b"\xff<"], object))
    assert text["dtype"] == "string"
    assert text["cells"]["data"] == ["a", "\\xff<"]
    assert "min" not in text
    assert value_summary(np.int64(2**60))["cells"]["data"] == [str(2**60)]
    assert value_summary(np.zeros((0, 3)))["mean"] is None
    assert value_summary(np.array(1 + 2j))["text"] == "1+2j"
    assert value_summary(np.float32(0.4571234))["text"] == "0.4571"
