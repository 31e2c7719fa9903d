"""Summary of one value, the record `V` of `docs/data.md` section 2.

Statistics are taken over all elements in float64; only `cells` is a sample, and it says so.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..framework.shapes import Dims, dims_text

MOST_CELLS = 4096
BINS = 32
_EXACT = 2**53


def value_summary(array: Any, made_as: Dims | str = None, dtype: str | None = None) -> dict[str, Any]:
    """Returns the record of one value.

    Args:
      array: an array, a numpy scalar or a Python value. It is not kept.
      made_as: the static shape of the tensor, plain or as text; None when it is not known.
      dtype: TensorFlow's name of the dtype, when it is not the array's own.
    """
    values = np.asarray(array)
    name = dtype or _dtype_name(values.dtype)
    static = made_as if isinstance(made_as, str) else dims_text(made_as)
    summary: dict[str, Any] = {
        "dtype": name,
        "shape": [int(n) for n in values.shape],
        "made_as": static,
        "count": int(values.size),
        "text": "",
    }
    kind = _kind(values)
    cells = _cells(values, kind)
    if values.size == 1:
        summary["text"] = _scalar_text(values.reshape(-1)[0], kind, cells["data"][0])
    if kind in "bif":
        summary.update(_statistics(values, kind))
    summary["cells"] = cells
    return summary


def _dtype_name(dtype: np.dtype[Any]) -> str:
    if dtype.kind in "OSU":
        return "string"
    return dtype.name


def _kind(values: np.ndarray) -> str:
    """Returns "b", "i", "f", "c" for numbers and "s" for anything else; floats of `ml_dtypes` count as floats."""
    kind = values.dtype.kind
    if kind == "u":
        return "i"
    if kind in "bifc":
        return kind
    if kind == "V" and np.can_cast(values.dtype, np.float64):
        return "f"
    return "s"


def _statistics(values: np.ndarray, kind: str) -> dict[str, Any]:
    flat = values.reshape(-1).astype(np.float64)
    finite = flat
    nan = pos_inf = neg_inf = 0
    if kind == "f":
        good = np.isfinite(flat)
        finite = flat if good.all() else flat[good]
        if finite.size != flat.size:
            nan = int(np.isnan(flat).sum())
            pos_inf = int(np.isposinf(flat).sum())
            neg_inf = int(np.isneginf(flat).sum())
    positive = int((finite > 0).sum())
    zero = int((finite == 0).sum())
    low = high = mean = std = None
    histogram = None
    if finite.size:
        low_exact, high_exact = float(finite.min()), float(finite.max())
        with np.errstate(all="ignore"):
            low, high = _significant(low_exact), _significant(high_exact)
            mean, std = _significant(float(finite.mean())), _significant(float(finite.std()))
            histogram = _histogram(finite, low_exact, high_exact)
    return {
        "min": low,
        "max": high,
        "mean": mean,
        "std": std,
        "nan": nan,
        "neg_inf": neg_inf,
        "negative": int(finite.size) - positive - zero,
        "zero": zero,
        "positive": positive,
        "pos_inf": pos_inf,
        "histogram": histogram,
    }


def _histogram(finite: np.ndarray, low: float, high: float) -> dict[str, Any] | None:
    span = high - low
    if not span > 0 or not math.isfinite(span):
        return None
    places = np.minimum(((finite - low) * (BINS / span)).astype(np.intp), BINS - 1)
    counts = np.bincount(places, minlength=BINS)
    return {"low": _significant(low), "high": _significant(high), "counts": [int(n) for n in counts]}


def _significant(x: float) -> float | str:
    return float(f"{x:.7g}") if math.isfinite(x) else json_number(x)


def json_number(x: float) -> float | str:
    """Returns a number as records carry it: non-finite ones as `"NaN"`, `"Infinity"`, `"-Infinity"`."""
    if math.isfinite(x):
        return x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


# ---- cells


def _cells(values: np.ndarray, kind: str) -> dict[str, Any]:
    shape = window_shape(values.shape)
    window = values[tuple(slice(0, n) for n in shape)] if shape != values.shape else values
    return {
        "data": _cell_list(window.reshape(-1), kind),
        "shape": [int(n) for n in shape],
        "origin": [0] * values.ndim,
        "complete": shape == values.shape,
    }


def window_shape(shape: tuple[int, ...], most: int = MOST_CELLS) -> tuple[int, ...]:
    """Returns the shape of a window of at most `most` elements: leading axes are cut first, the last two last."""
    cut = list(shape)
    count = math.prod(cut)
    for axis in range(max(0, len(cut) - 2)):
        if count <= most:
            return tuple(cut)
        rest = count // cut[axis]
        cut[axis] = max(1, min(cut[axis], most // max(1, rest)))
        count = math.prod(cut)
    if count > most and len(cut) >= 2:
        rows, columns = cut[-2], cut[-1]
        side = math.isqrt(most)
        if columns <= side:
            rows = most // columns
        elif rows <= side:
            columns = most // rows
        else:
            rows, columns = side, side
        cut[-2:] = [rows, columns]
    elif count > most:
        cut[-1] = most
    return tuple(cut)


def _cell_list(flat: np.ndarray, kind: str) -> list[Any]:
    if kind == "b":
        return [bool(x) for x in flat.tolist()]
    if kind == "i":
        numbers = flat.tolist()
        return [x if -_EXACT <= x <= _EXACT else str(x) for x in numbers]
    if kind == "f":
        return _float_cells(flat)
    if kind == "c":
        return [_text(x) for x in flat]
    return [_text(x) for x in flat.tolist()]


def _float_cells(flat: np.ndarray) -> list[Any]:
    if flat.dtype == np.float64:
        numbers = flat.tolist()
    else:
        # str() of a narrow float is the shortest decimal that reads back to it
        numbers = [float(str(x)) for x in flat]
    return [x if math.isfinite(x) else json_number(x) for x in numbers]


def _text(value: Any) -> str:
    if isinstance(value, (bytes, np.bytes_)):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, (complex, np.complexfloating)):
        return str(value).strip("()")
    return str(value)


def _scalar_text(value: Any, kind: str, cell: Any) -> str:
    if kind == "f":
        return f"{cell:.4g}" if isinstance(cell, float) else str(cell)
    if kind == "b":
        return str(bool(value))
    return str(cell)
