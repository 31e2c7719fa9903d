"""Elementwise arithmetic of two tensors, which broadcast together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert, dtypes
from ..framework.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import dims_text
from ..framework.tensor import Tensor
from .array import ones_like, zeros_like
from .broadcasting import same_full_shape, sum_to_inputs
from .cast import conj
from .compare import greater_equal, less_equal
from .elementwise import ORDERED, binary
from .placeholders import identity
from .shape_functions import NUMBERS, broadcast, merge

__all__ = [
    "accumulate_n",
    "add",
    "add_n",
    "atan2",
    "maximum",
    "minimum",
    "mul",
    "multiply",
    "pow",
    "scalar_mul",
    "squared_difference",
    "sub",
    "subtract",
]

# ---- sums and differences

_SIMPLE = frozenset(each._number for each in (dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64))

add_op = binary(
    "Add",
    "{bfloat16, float16, float32, float64, uint8, int8, int16, int32, int64, complex64, complex128, string}",
    lambda x, y: x + y,
)
add_v2_op = binary(
    "AddV2",
    "{bfloat16, float16, float32, float64, uint8, uint16, uint32, uint64, int8, int16, int32, int64, complex64, complex128}",
    np.add,
)
sub_op = binary(
    "Sub",
    "{bfloat16, float16, float32, float64, uint8, int8, uint16, int16, int32, int64, complex64, complex128, uint32, uint64}",
    np.subtract,
)


@add_op.gradient
@add_v2_op.gradient
def _add_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    return (dz, dz) if same_full_shape(x, y, dz) else sum_to_inputs(x, y, dz, dz)


@sub_op.gradient
def _sub_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    return (dz, -dz) if same_full_shape(x, y, dz) else sum_to_inputs(x, y, dz, -dz)


def add(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x + y`.

    Args:
      x, y: tensors of one dtype, whose shapes broadcast together; texts are joined.
      name: name of the operation.

    Raises:
      ValueError: the static shapes cannot be broadcast. TypeError: the dtypes differ.
    """
    if (
        type(x) is Tensor
        and type(y) is Tensor
        and x._dtype._number in _SIMPLE
        and name != ""
        and x._op._graph is y._op._graph
    ):
        return raw.AddV2(x, y, name="Add" if name is None else name)
    with op_scope(name, "Add", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        y = convert.convert_to_tensor(y, preferred_dtype=x._dtype.base_dtype, name="y")
        return (raw.Add if x._dtype.base_dtype is dtypes.string else raw.AddV2)(x, y, name=scope)


def subtract(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x - y`; the arguments are those of `add`."""
    return raw.Sub(x, y, name=name)


sub = subtract

# ---- products

mul_op = binary(
    "Mul",
    "{bfloat16, float16, float32, float64, uint8, int8, uint16, int16, int32, uint32, uint64, int64, complex64, complex128}",
    np.multiply,
)


@mul_op.gradient
def _mul_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    if same_full_shape(x, y, dz) and dz.dtype in (dtypes.int32, dtypes.float32):
        return raw.Mul(dz, y), raw.Mul(dz, x)
    gx = raw.Mul(dz, conj(y))
    gy = raw.Mul(conj(x), dz)
    return sum_to_inputs(x, y, gx, gy)


def multiply(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x * y`, element by element; the arguments are those of `add`."""
    return raw.Mul(x, y, name=name)


mul = multiply


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """Returns `scalar * x`; `x` may be an `IndexedSlices`. Raises ValueError when `scalar` is none."""
    scalar = convert.convert_to_tensor(scalar, dtype=dtypes.as_dtype(x.dtype).base_dtype, name="scalar")
    if scalar._dims != ():
        raise ValueError(f"The input scalar must be a 0-D value. Received shape {scalar.get_shape()}.")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(raw.Mul(scalar, x.values, name=name), x.indices, x.dense_shape)
    return raw.Mul(scalar, x, name=name)


# ---- powers, extremes, angles


def _power(x: Any, y: Any) -> Any:
    if np.asarray(x).dtype.kind in "iu":
        if np.any(np.less(y, 0)):
            raise KernelError(InvalidArgumentError, "Integers to negative integer powers are not allowed")
        return np.power(x, y)
    if np.ndim(y) == 0:
        if y == 2:
            return np.square(x)
        if y == 3:
            return x * x * x
        if y == 1:
            return np.positive(x)
        if y == -1:
            return np.reciprocal(x)
        if y == 0.5:
            return np.sqrt(x)
    return np.power(x, y)


pow_op = binary(
    "Pow", "{bfloat16, float32, float16, float64, int8, int16, int32, int64, complex64, complex128}", _power
)
minimum_op = binary("Minimum", ORDERED, np.minimum)
maximum_op = binary("Maximum", ORDERED, np.maximum)
squared_difference_op = binary(
    "SquaredDifference",
    "{bfloat16, float16, float32, float64, int32, int64, complex64, complex128}",
    "square(x - y)",
)
atan2_op = op("Atan2(y: T, x: T) -> (z: T)", attrs=["T: {bfloat16, float16, float32, float64}"])
atan2_op.shape(broadcast)
atan2_op.kernel(np.arctan2)


@pow_op.gradient
def _pow_gradient(op: Any, dz: Any) -> Any:
    from .compare import not_equal
    from .select import where

    x, y = op._inputs
    cx, cy = conj(x), conj(y)
    gx = dz * cy * pow(cx, cy - 1)
    mask = not_equal(cx, 0) if x._dtype.is_complex else cx > 0
    safe = where(mask, cx, ones_like(x))
    log_x = where(mask, raw.Log(safe), zeros_like(x))
    gy = dz * conj(op._outputs[0]) * log_x
    return sum_to_inputs(x, y, gx, gy)


def _extreme_gradient(op: Any, dz: Any, compare: Callable[..., Any]) -> Any:
    x, y = op._inputs
    zeros = zeros_like(dz)
    mask = compare(x, y)
    gx = raw.SelectV2(mask, dz, zeros)
    gy = raw.SelectV2(mask, zeros, dz)
    return sum_to_inputs(x, y, gx, gy)


maximum_op.gradient(lambda op, dz: _extreme_gradient(op, dz, greater_equal))
minimum_op.gradient(lambda op, dz: _extreme_gradient(op, dz, less_equal))


@squared_difference_op.gradient
def _squared_difference_gradient(op: Any, dz: Any) -> Any:
    x, y = op._inputs
    with contexts.default_graph().control_dependencies([dz]):
        gx = scalar_mul(2.0, dz) * (x - y)
    return (gx, -gx) if same_full_shape(x, y, dz) else sum_to_inputs(x, y, gx, -gx)


@atan2_op.gradient
def _atan2_gradient(op: Any, dz: Any) -> Any:
    y, x = op._inputs
    with contexts.default_graph().control_dependencies([dz]):
        inverse = dz / (raw.Square(y) + raw.Square(x))
        gy = x * inverse
        gx = -y * inverse
        return sum_to_inputs(y, x, gy, gx)


def pow(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `x` to the power `y`."""
    with op_scope(name, "Pow", [x]) as scope:
        return raw.Pow(x, y, name=scope)


def minimum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the lesser of `x` and `y`, element by element."""
    return raw.Minimum(x, y, name=name)


def maximum(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns the greater of `x` and `y`, element by element."""
    return raw.Maximum(x, y, name=name)


def squared_difference(x: Any, y: Any, name: str | None = None) -> Tensor:
    """Returns `(x - y)**2`, broadcasting `x` and `y`."""
    return raw.SquaredDifference(x, y, name=name)


def atan2(y: Any, x: Any, name: str | None = None) -> Tensor:
    """Returns the angle of the point `(x, y)`."""
    return raw.Atan2(y, x, name=name)


# ---- sums of many

add_n_op = op("AddN(inputs: N * T) -> (sum: T)", attrs=["N: int >= 1", f"T: {NUMBERS[:-1]}, variant}}"])


@add_n_op.shape
def _add_n_shape(call: Any) -> Any:
    result = call.shapes[-1]
    for index in reversed(range(len(call.shapes) - 1)):
        try:
            result = merge(call.shapes[index], result)
        except ValueError as error:
            raise ValueError(f"{error}\n\tFrom merging shape {index} with other shapes.") from None
    return result


@add_n_op.kernel
def _add_n_kernel(*inputs: Any) -> Any:
    first = np.shape(inputs[0])
    for index, each in enumerate(inputs):
        if np.shape(each) != first:
            raise KernelError(
                InvalidArgumentError,
                f"Inputs to operation {{op}} of type AddN must have the same size and shape.  Input 0: {dims_text(first)} != "
                f"input {index}: {dims_text(np.shape(each))}",
            )
    if len(inputs) == 1:
        return inputs[0]
    total = np.add(inputs[0], inputs[1])
    for each in inputs[2:]:
        total = np.add(total, each, out=total) if isinstance(total, np.ndarray) else total + each
    return total


add_n_op.gradient(lambda op, dz: [dz] * len(op._inputs))

_NO_SUM = "Inputs must be an iterable of at least one Tensor/IndexedSlices with the same dtype and shape."


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """Returns the sum of tensors of one shape and dtype; the tensor itself when there is only one.

    Raises:
      ValueError: the list is empty, or the static shapes differ.
    """
    values = [convert_to_tensor_or_indexed_slices(each) for each in inputs]
    if not values:
        raise ValueError(_NO_SUM)
    if len(values) > 1:
        return raw.AddN([convert.convert_to_tensor(each) for each in values], name=name)
    value = convert.convert_to_tensor(values[0])
    return identity(value, name=name) if name else value


def accumulate_n(inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None) -> Tensor:
    """Returns the sum of tensors, like `add_n`. Raises ValueError or TypeError when `shape` or `tensor_dtype` do not fit."""
    problem = "inputs must be a list of at least one Tensor with the same dtype and shape"
    if not isinstance(inputs, (list, tuple)) or not inputs:
        raise ValueError(problem)
    tensors = [convert.convert_to_tensor(each) for each in inputs]
    if any(each._dtype != tensors[0]._dtype for each in tensors):
        raise ValueError(problem)
    if shape is not None:
        for each in tensors:
            each.get_shape().merge_with(shape)
    if tensor_dtype is not None and tensors[0]._dtype != tensor_dtype:
        raise TypeError(f"The `tensor_dtype` argument is {tensor_dtype}, but `input` is of type {tensors[0]._dtype}.")
    if len(tensors) == 1:
        return tensors[0] if name is None else identity(tensors[0], name=name)
    return add_n(tensors, name=name)
