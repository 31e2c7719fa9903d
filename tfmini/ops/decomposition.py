"""Decompositions of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .shape_functions import with_rank_at_least

__all__ = ["qr"]

qr_op = op(
    "Qr(input: T) -> (q: T, r: T)",
    attrs=["full_matrices: bool = false", "T: {double, float, half, complex64, complex128}"],
)


@qr_op.shape
def _qr_shape(call: Any) -> Any:
    dims = with_rank_at_least(call.shapes[0], 2)
    if dims is None:
        return [None, None]
    *batch, rows, columns = dims
    smaller = None if rows is None or columns is None else min(rows, columns)
    if call.attrs["full_matrices"]:
        return [(*batch, rows, rows), (*batch, rows, columns)]
    return [(*batch, rows, smaller), (*batch, smaller, columns)]


@qr_op.kernel
def _qr_kernel(x: Any, *, full_matrices: bool) -> Any:
    wide = np.asarray(x, dtype=np.float32) if x.dtype == np.float16 else np.asarray(x)
    q, r = np.linalg.qr(wide, mode="complete" if full_matrices else "reduced")
    return q.astype(x.dtype, copy=False), r.astype(x.dtype, copy=False)


def qr(input: Any, full_matrices: bool = False, name: str | None = None) -> list[Tensor]:
    """Returns `[q, r]` with `input = q @ r`, the columns of `q` orthonormal and `r` upper triangular.

    Args:
      input: `[..., m, n]` matrices.
      full_matrices: give `q` as `[..., m, m]`; by default only the first `min(m, n)` columns.
      name: name of the operation.
    """
    return raw.Qr(input, full_matrices=full_matrices, name=name)
