"""The places of the greatest and the least elements along a dimension."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import dtypes
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.tensor import Tensor
from .shape_functions import EXTREME_TYPES
from .shaping import one_of

__all__ = ["arg_max", "arg_min", "argmax", "argmin"]

# ---- the places of the extremes

_ARG_TYPES = EXTREME_TYPES[:-1] + ", bool}"
arg_max_op = op(
    "ArgMax(input: T, dimension: Tidx) -> (output: output_type)",
    attrs=[
        f"T: {_ARG_TYPES}",
        "Tidx: {int16, int32, int64} = int32",
        "output_type: {int16, uint16, int32, int64} = int64",
    ],
)
arg_min_op = op(
    "ArgMin(input: T, dimension: Tidx) -> (output: output_type)",
    attrs=[f"T: {_ARG_TYPES}", "Tidx: {int32, int64} = int32", "output_type: {int32, int64} = int64"],
)


@arg_min_op.shape
@arg_max_op.shape
def _arg_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    axis = call.constant(1)
    if dims is None:
        return None
    if len(dims) <= 1:
        return ()
    if axis is None:
        return (None,) * (len(dims) - 1)
    where = int(axis)
    if not -len(dims) <= where < len(dims):
        raise ValueError(
            f"Dimension ({where}) must be in the range [{-len(dims)}, {len(dims)}), where {len(dims)} is the number of dimensions in the input."
        )
    where %= len(dims)
    return dims[:where] + dims[where + 1 :]


def _arg(function: Any, x: Any, axis: Any, output_type: Any) -> Any:
    where = int(axis)
    ndim = np.ndim(x)
    if not -ndim <= where < ndim:
        raise KernelError(InvalidArgumentError, f"Expected dimension in the range [{-ndim}, {ndim}), but got {where}")
    if x.shape[where] == 0:
        raise KernelError(
            InvalidArgumentError, f"Reduction axis {where} is empty in shape [{','.join(str(s) for s in x.shape)}]"
        )
    found = function(x, axis=where)
    if x.dtype.kind == "f" and np.isnan(np.take_along_axis(x, np.expand_dims(found, where), where)).any():
        # numpy finds a NaN first; TensorFlow never takes one.
        worst = -np.inf if function is np.argmax else np.inf
        found = function(np.where(np.isnan(x), x.dtype.type(worst), x), axis=where)
    return found.astype(output_type.as_numpy_dtype)


@arg_max_op.kernel
def _arg_max_kernel(x: Any, axis: Any, *, output_type: Any) -> Any:
    return _arg(np.argmax, x, axis, output_type)


@arg_min_op.kernel
def _arg_min_kernel(x: Any, axis: Any, *, output_type: Any) -> Any:
    return _arg(np.argmin, x, axis, output_type)


arg_max_op.gradient(lambda op, dy: (None, None))
arg_min_op.gradient(lambda op, dy: (None, None))


def argmax(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = dtypes.int64
) -> Tensor:
    """Returns the places of the greatest elements along `axis` (0 by default), the first of equals.

    Args:
      input: the tensor.
      axis: the dimension to look along.
      name: name of the operation.
      dimension: older name of `axis`.
      output_type: `tf.int64` or `tf.int32`.
    """
    axis = one_of("axis", axis, "dimension", dimension)
    return raw.ArgMax(input, 0 if axis is None else axis, output_type=output_type, name=name)


def argmin(
    input: Any, axis: Any = None, name: str | None = None, dimension: Any = None, output_type: Any = dtypes.int64
) -> Tensor:
    """Returns the places of the least elements along `axis` (0 by default); the arguments are those of `argmax`."""
    axis = one_of("axis", axis, "dimension", dimension)
    return raw.ArgMin(input, 0 if axis is None else axis, output_type=output_type, name=name)


def arg_max(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """Returns the places of the greatest elements along `dimension`; the older form of `argmax`."""
    return raw.ArgMax(input, dimension, output_type=output_type, name=name)


def arg_min(input: Any, dimension: Any, output_type: Any = dtypes.int64, name: str | None = None) -> Tensor:
    """Returns the places of the least elements along `dimension`; the older form of `argmin`."""
    return raw.ArgMin(input, dimension, output_type=output_type, name=name)
