"""The order of dimensions and of elements: transpose, reverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.tensor import Tensor
from .array import rank
from .shape_functions import with_rank

__all__ = ["invert_permutation", "matrix_transpose", "reverse", "reverse_v2", "transpose"]

# ---- the order of dimensions and of elements

transpose_op = op("Transpose(x: T, perm: Tperm) -> (y: T)", attrs=["T: type", "Tperm: {int32, int64} = int32"])
conjugate_transpose_op = op(
    "ConjugateTranspose(x: T, perm: Tperm) -> (y: T)", attrs=["T: type", "Tperm: {int32, int64} = int32"]
)


@conjugate_transpose_op.shape
@transpose_op.shape
def _transpose_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    length = call.shapes[1]
    if dims is not None and length is not None and len(length) == 1 and length[0] not in (None, len(dims)):
        raise ValueError(f"Dimension must be {len(dims)} but is {length[0]}")
    perm = call.constant(1)
    if perm is None:
        count = len(dims) if dims is not None else None if length is None or length[0] is None else length[0]
        return None if count is None else (None,) * count
    order = [int(each) for each in perm]
    if dims is None:
        return (None,) * len(order)
    for each in order:
        if not -len(dims) <= each < len(dims):
            raise ValueError(f"perm dim {each} is out of range of input rank {len(dims)}")
    return tuple(dims[each] for each in order)


@transpose_op.kernel
def _transpose_kernel(x: Any, perm: Any) -> Any:
    order = perm.tolist()
    ndim = np.ndim(x)
    if len(order) != ndim:
        raise KernelError(
            InvalidArgumentError,
            f"transpose expects a vector of size {ndim}. But input(1) is a vector of size {len(order)}",
        )
    for axis in range(ndim):
        if axis not in order and axis - ndim not in order:
            raise KernelError(
                InvalidArgumentError, f"{axis} is missing from {{{','.join(str(each) for each in order)}}}."
            )
    if ndim == 2 and order == [1, 0] and min(x.shape) >= 4 * _BLOCK and x.size >= _LARGE:
        return _turned(x)
    return np.ascontiguousarray(x.transpose(order)) if ndim > 1 else x


_BLOCK = 64
_LARGE = 1 << 18


def _turned(x: Any) -> Any:
    """Returns a large matrix turned over, block by block: rows and columns of a block stay in the cache together."""
    rows, columns = x.shape
    result = np.empty((columns, rows), x.dtype)
    for i in range(0, rows, _BLOCK):
        part = x[i : i + _BLOCK].T
        for j in range(0, columns, _BLOCK):
            result[j : j + _BLOCK, i : i + _BLOCK] = part[j : j + _BLOCK]
    return result


@conjugate_transpose_op.kernel
def _conjugate_transpose_kernel(x: Any, perm: Any) -> Any:
    return np.conj(_transpose_kernel(x, perm))


@transpose_op.gradient
def _transpose_gradient(op: Any, dy: Any) -> Any:
    return transpose(dy, invert_permutation(op._inputs[1])), None


@conjugate_transpose_op.gradient
def _conjugate_transpose_gradient(op: Any, dy: Any) -> Any:
    return transpose(dy, invert_permutation(op._inputs[1]), conjugate=True), None


def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """Returns `a` with its dimensions in the order `perm`, or reversed.

    Args:
      a: any tensor.
      perm: for each dimension of the result, which dimension of `a` it is.
      name: name of the operation.
      conjugate: conjugate complex elements too.
    """
    with op_scope(name, "transpose", [a]) as scope:
        a = convert.convert_to_tensor(a, name="a")
        function = raw.ConjugateTranspose if conjugate and a._dtype.is_complex else raw.Transpose
        if perm is None:
            if a._dims is None:
                perm = raw.Range(raw.Rank(a) - 1, -1, -1)
            else:
                perm = np.arange(len(a._dims) - 1, -1, -1, dtype=np.int32)
        return function(a, perm, name=scope)


def matrix_transpose(a: Any, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Returns `a` with its last two dimensions exchanged. Raises ValueError when it has fewer than two."""
    with op_scope(name, "matrix_transpose", [a]):
        a = convert.convert_to_tensor(a, name="a")
        if a._dims is None:
            from .joining import concat

            a_rank = rank(a)
            perm: Any = concat((raw.Range(0, a_rank - 2, 1), [a_rank - 1, a_rank - 2]), 0)
        else:
            ndims = len(a._dims)
            if ndims < 2:
                raise ValueError(
                    f"Argument `a` should be a (batch) matrix with rank >= 2.  Received `a` = {a} with shape: {a.shape}"
                )
            perm = [*range(ndims - 2), ndims - 1, ndims - 2]
        return transpose(a, perm=perm, conjugate=conjugate)


invert_permutation_op = op("InvertPermutation(x: T) -> (y: T)", attrs=["T: {int32, int64} = int32"])


@invert_permutation_op.shape
def _invert_permutation_shape(call: Any) -> Dims:
    return with_rank(call.shapes[0], 1)


@invert_permutation_op.kernel
def _invert_permutation_kernel(x: Any) -> Any:
    result = np.full_like(x, -1)
    for index, each in enumerate(x.tolist()):
        if not 0 <= each < x.size:
            raise KernelError(InvalidArgumentError, f"{each} is not between 0 and {x.size}")
        if result[each] != -1:
            raise KernelError(InvalidArgumentError, f"{each} is duplicated in the input.")
        result[each] = index
    return result


invert_permutation_op.no_gradient()


def invert_permutation(x: Any, name: str | None = None) -> Tensor:
    """Returns the permutation that undoes `x`."""
    return raw.InvertPermutation(x, name=name)


reverse_op = op(
    "ReverseV2(tensor: T, axis: Tidx) -> (output: T)",
    attrs=[
        "Tidx: {int32, int64} = int32",
        "T: {uint8, int8, uint16, int16, int32, uint32, int64, uint64, bool, bfloat16, float16, float32, float64, complex64, "
        "complex128, string}",
    ],
)


@reverse_op.shape
def _reverse_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    axes = call.constant(1)
    if dims is not None and axes is not None:
        for each in axes.reshape(-1).tolist():
            if not -len(dims) <= each < len(dims):
                raise ValueError(f"axis {each} is out of valid range [0, {len(dims)}")
    return dims


reverse_op.kernel(lambda x, axis: np.ascontiguousarray(np.flip(x, tuple(axis.tolist()))))
reverse_op.gradient(lambda op, dy: (reverse(dy, op._inputs[1]), None))


def reverse(tensor: Any, axis: Any, name: str | None = None) -> Tensor:
    """Returns `tensor` with the order of its elements reversed along each dimension in the list `axis`."""
    return raw.ReverseV2(tensor, axis, name=name)


reverse_v2 = reverse
