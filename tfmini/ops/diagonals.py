"""Matrices and their diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, merge_size
from ..framework.tensor import Tensor
from .shape_functions import with_rank_at_least

__all__ = ["diag", "diag_part", "eye", "matrix_band_part", "matrix_diag", "matrix_diag_part", "trace"]

# ---- matrices and diagonals

_DIAGONAL_TYPES = "T: {bfloat16, float16, float32, float64, int32, int64, complex64, complex128}"
diag_op = op("Diag(diagonal: T) -> (output: T)", attrs=[_DIAGONAL_TYPES])
diag_part_op = op("DiagPart(input: T) -> (diagonal: T)", attrs=[_DIAGONAL_TYPES])


@diag_op.shape
def _diag_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 1)
    return None if dims is None else dims + dims


@diag_op.kernel
def _diag_kernel(diagonal: Any) -> Any:
    result = np.zeros((diagonal.size, diagonal.size), dtype=diagonal.dtype)
    np.fill_diagonal(result, diagonal.reshape(-1))
    return result.reshape(diagonal.shape * 2)


@diag_part_op.shape
def _diag_part_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    if dims is None:
        return None
    if len(dims) % 2 or not dims:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(dims)}")
    half = len(dims) // 2
    return tuple(merge_size(a, b) for a, b in zip(dims[:half], dims[half:], strict=True))


@diag_part_op.kernel
def _diag_part_kernel(x: Any) -> Any:
    half = x.shape[: x.ndim // 2]
    count = int(np.prod(half))
    return np.diagonal(x.reshape(count, count)).copy().reshape(half)


diag_op.gradient(lambda op, dy: diag_part(dy))
diag_part_op.gradient(lambda op, dy: diag(dy))


def diag(diagonal: Any, name: str | None = None) -> Tensor:
    """Returns zeros with `diagonal`, of shape `[...]`, on the diagonal: shape `[..., ...]`."""
    return raw.Diag(diagonal, name=name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """Returns the diagonal of a tensor of shape `[..., ...]`."""
    return raw.DiagPart(input, name=name)


_ALIGN = 'align: {"LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"} = "RIGHT_LEFT"'
matrix_diag_op = op(
    "MatrixDiagV3(diagonal: T, k: int32, num_rows: int32, num_cols: int32, padding_value: T) -> (output: T)",
    attrs=["T: type", _ALIGN],
)
matrix_diag_part_op = op(
    "MatrixDiagPartV3(input: T, k: int32, padding_value: T) -> (diagonal: T)", attrs=["T: type", _ALIGN]
)


def _offset(call: Any, index: int) -> int | None:
    value = call.constant(index)
    if value is None:
        return None
    if value.size != 1:
        raise ValueError("tfmini's matrix_diag takes one diagonal")
    return int(value.reshape(()))


@matrix_diag_op.shape
def _matrix_diag_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 1)
    k = _offset(call, 1)
    rows, columns = (None if each is None else int(each) for each in (call.constant(2), call.constant(3)))
    if dims is None or k is None or rows is None or columns is None:
        return None if dims is None else (*dims, None)
    if dims[-1] is None:
        return (*dims[:-1], None if rows == -1 else rows, None if columns == -1 else columns)
    least = dims[-1] + abs(k)
    if rows == -1 and columns == -1:
        return (*dims[:-1], least, least)
    least_rows, least_columns = dims[-1] + max(-k, 0), dims[-1] + max(k, 0)
    return (*dims[:-1], least_rows if rows == -1 else rows, least_columns if columns == -1 else columns)


@matrix_diag_op.kernel
def _matrix_diag_kernel(diagonal: Any, k: Any, rows: Any, columns: Any, padding: Any) -> Any:
    offset = int(np.reshape(k, -1)[0])
    count = diagonal.shape[-1]
    height, width = int(rows), int(columns)
    if height == -1 and width == -1:
        height = width = count + abs(offset)
    height = count + max(-offset, 0) if height == -1 else height
    width = count + max(offset, 0) if width == -1 else width
    result = np.full((*diagonal.shape[:-1], height, width), padding, dtype=diagonal.dtype)
    where = np.arange(count)
    result[..., where + max(-offset, 0), where + max(offset, 0)] = diagonal
    return result


@matrix_diag_part_op.shape
def _matrix_diag_part_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 2)
    k = _offset(call, 1)
    if dims is None:
        return None
    rows, columns = dims[-2:]
    if k is None or rows is None or columns is None:
        return (*dims[:-2], None)
    return (*dims[:-2], min(rows + min(k, 0), columns - max(k, 0)))


@matrix_diag_part_op.kernel
def _matrix_diag_part_kernel(x: Any, k: Any, padding: Any) -> Any:
    return np.diagonal(x, int(np.reshape(k, -1)[0]), -2, -1).copy()


def matrix_diag(
    diagonal: Any,
    name: str = "diag",
    k: int = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Returns matrices `[..., n, n]` with the vectors `diagonal`, `[..., n]`, on their diagonal `k`."""
    return raw.MatrixDiagV3(diagonal, k, num_rows, num_cols, padding_value, align=align, name=name)


def matrix_diag_part(
    input: Any, name: str = "diag_part", k: int = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Returns the diagonals `k` of matrices `[..., n, m]`."""
    return raw.MatrixDiagPartV3(input, k, padding_value, align=align, name=name)


matrix_diag_op.gradient(
    lambda op, dy: (
        matrix_diag_part(dy, k=op._inputs[1], align=op._attrs["align"]),
        None,
        None,
        None,
        None,
    )
)


@matrix_diag_part_op.gradient
def _matrix_diag_part_gradient(op: Any, dy: Any) -> Any:
    from .array import zeros_like
    from .matrices import matrix_set_diag

    x, k = op._inputs[:2]
    dims = None if x._dims is None else x._dims[-2:]
    if dims is not None and None not in dims:
        gradient = matrix_diag(dy, k=k, num_rows=dims[0], num_cols=dims[1], align=op._attrs["align"])
    else:
        gradient = matrix_set_diag(zeros_like(x), dy, k=k, align=op._attrs["align"])
    return gradient, None, None


band_part_op = op(
    "MatrixBandPart(input: T, num_lower: Tindex, num_upper: Tindex) -> (band: T)",
    attrs=["T: type", "Tindex: {int32, int64} = int64"],
)
band_part_op.shape(lambda call: with_rank_at_least(call.shapes[0], 2))


@band_part_op.kernel
def _band_part_kernel(x: Any, lower: Any, upper: Any) -> Any:
    rows, columns = x.shape[-2:]
    distance = np.arange(columns)[None, :] - np.arange(rows)[:, None]
    inside = ((lower < 0) | (distance >= -lower)) & ((upper < 0) | (distance <= upper))
    return np.where(inside, x, np.zeros((), dtype=x.dtype))


band_part_op.gradient(lambda op, dy: (raw.MatrixBandPart(dy, op._inputs[1], op._inputs[2]), None, None))


def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """Returns matrices with zeros outside a band about the diagonal; -1 keeps a whole triangle."""
    return raw.MatrixBandPart(input, num_lower, num_upper, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns the identity matrix, or a batch of them.

    Args:
      num_rows: the number of rows.
      num_columns: the number of columns, by default that of rows.
      batch_shape: a list of sizes in front.
      dtype: element type.
      name: name of the operation.
    """
    from .array import ones, zeros
    from .joining import concat
    from .math import minimum
    from .matrices import matrix_set_diag

    with op_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        square = num_columns is None
        batch = [] if batch_shape is None else batch_shape
        columns = num_rows if num_columns is None else num_columns
        if isinstance(num_rows, Tensor) or isinstance(columns, Tensor):
            size = minimum(num_rows, columns)
        else:
            square = num_rows == columns
            size = min(num_rows, columns)
        if isinstance(batch, Tensor) or isinstance(size, Tensor):
            ones_shape: Any = concat([batch, [size]], axis=0) if len(batch) or isinstance(batch, Tensor) else [size]
        else:
            ones_shape = [*batch, size]
        ones_vector = ones(ones_shape, dtype=dtype)
        if square:
            return matrix_diag(ones_vector)
        whole: Any = [*batch, num_rows, columns]
        if isinstance(batch, Tensor) or isinstance(size, Tensor):
            whole = concat([batch, [num_rows, columns]], axis=0)
        return matrix_set_diag(zeros(whole, dtype=dtype), ones_vector)


def trace(x: Any, name: str | None = None) -> Tensor:
    """Returns the sums of the diagonals of matrices `[..., n, m]`."""
    from .reduction import reduce_sum

    with op_scope(name, "Trace", [x]) as scope:
        return reduce_sum(matrix_diag_part(convert.convert_to_tensor(x, name="x")), [-1], name=scope)
