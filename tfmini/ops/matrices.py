"""Replacing a diagonal of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.tensor import Tensor
from .shape_functions import with_rank_at_least

__all__ = ["matrix_set_diag"]

matrix_set_diag_op = op(
    "MatrixSetDiagV3(input: T, diagonal: T, k: int32) -> (output: T)",
    attrs=["T: type", 'align: {"LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"} = "RIGHT_LEFT"'],
)


@matrix_set_diag_op.shape
def _matrix_set_diag_shape(call: Any) -> Dims:
    return with_rank_at_least(call.shapes[0], 2)


@matrix_set_diag_op.kernel
def _matrix_set_diag_kernel(x: Any, diagonal: Any, k: Any) -> Any:
    offset = int(np.reshape(k, -1)[0])
    rows, columns = x.shape[-2:]
    length = min(rows + min(offset, 0), columns - max(offset, 0))
    if np.size(k) != 1 or diagonal.shape != (*x.shape[:-2], length):
        raise KernelError(
            InvalidArgumentError,
            f"tfmini sets one diagonal of {length} elements in {dims_text(x.shape)}, got {dims_text(diagonal.shape)}",
        )
    result = x.copy()
    places = np.arange(length)
    result[..., places - min(offset, 0), places + max(offset, 0)] = diagonal
    return result


@matrix_set_diag_op.gradient
def _matrix_set_diag_gradient(op: Any, dy: Any) -> Any:
    from .array import zeros_like
    from .diagonals import matrix_diag_part

    diagonal, k = op._inputs[1], op._inputs[2]
    align = op._attrs["align"].decode()
    gradient = matrix_set_diag(dy, zeros_like(diagonal), k=k, align=align)
    return gradient, matrix_diag_part(dy, k=k, align=align), None


def matrix_set_diag(input: Any, diagonal: Any, name: str = "set_diag", k: Any = 0, align: str = "RIGHT_LEFT") -> Tensor:
    """Returns `input`, matrices `[..., n, m]`, with the diagonal `k` replaced by `diagonal`."""
    return raw.MatrixSetDiagV3(input, diagonal, k, align=align, name=name)
