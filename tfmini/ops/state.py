"""Operations on variables of the reference kind, and the functions beside the methods of `tf.Variable`.

A tensor of a reference type stands for a variable's cell in the session's state. Kernels get and give the cell; they replace
its value and never write into the array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError, OutOfRangeError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text, merge_dims
from ..framework.tensor import Tensor
from .elementwise import within

__all__ = [
    "assign",
    "assign_add",
    "assign_sub",
    "count_up_to",
    "is_variable_initialized",
    "scatter_add",
    "scatter_div",
    "scatter_max",
    "scatter_min",
    "scatter_mul",
    "scatter_sub",
    "scatter_update",
]

NUMBERS = (
    "{float, double, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, qint16, quint16, uint16, "
    "complex128, half, uint32, uint64}"
)


def merged(first: Dims, second: Dims) -> Dims:
    """Returns what two shapes say together, with TensorFlow's phrase for shapes that do not fit."""
    return merge_dims(first, second)


# ---- the variable itself

variable_v2_op = op(
    "VariableV2() -> (ref: Ref(dtype))",
    attrs=["shape: shape", "dtype: type", 'container: string = ""', 'shared_name: string = ""'],
    stateful=True,
    resources="variables",
)


@variable_v2_op.shape
def _variable_shape(call: Any) -> Dims:
    return call.attrs["shape"]


@variable_v2_op.bind
def _variable_bind(op: Any) -> Callable[[Any], Any]:
    dims = op._attrs["shape"]
    if dims is not None and None in dims:

        def refuse(state: Any) -> Any:
            raise KernelError(InvalidArgumentError, f"Shape {dims_text(dims)} is not fully defined")

        return refuse
    return lambda state: state.cell(op)


is_variable_initialized_op = op(
    "IsVariableInitialized(ref: Ref(dtype)) -> (is_initialized: bool)", attrs=["dtype: type"], foldable=False
)
is_variable_initialized_op.no_gradient()


@is_variable_initialized_op.shape
def _scalar_shape(call: Any) -> Dims:
    return ()


@is_variable_initialized_op.kernel
def _is_variable_initialized_kernel(cell: Any) -> Any:
    return np.bool_(cell.value is not None)


# ---- assignment


def declared_shape(tensor: Any) -> tuple[int, ...]:
    """Returns the shape of a variable that has no value yet: the declared one; a scalar when it was not declared in full."""
    source = tensor._op
    while source.type != "VariableV2" and source._inputs:
        source = source._inputs[0]._op
    dims = source._attrs.get("shape")
    return () if dims is None or None in dims else dims


assign_op = op(
    "Assign(ref: Ref(T), value: T) -> (output_ref: Ref(T))",
    attrs=["T: type", "validate_shape: bool = true", "use_locking: bool = true"],
    foldable=False,
)
assign_op.no_gradient()


@assign_op.shape
def _assign_shape(call: Any) -> Dims:
    if call.attrs["validate_shape"]:
        return merged(call.shapes[0], call.shapes[1])
    return call.shapes[1]


@assign_op.bind
def _assign_bind(op: Any) -> Callable[[Any, Any], Any]:
    if not op._attrs["validate_shape"]:
        return lambda cell, value: cell.assign(_own(value))
    declared = declared_shape(op._inputs[0])

    def kernel(cell: Any, value: Any) -> Any:
        before = declared if cell.value is None else np.shape(cell.value)
        if np.shape(value) != before:
            raise KernelError(
                InvalidArgumentError,
                "Assign requires shapes of both tensors to match. "
                f"lhs shape= {dims_text(before)} rhs shape= {dims_text(np.shape(value))}",
            )
        return cell.assign(_own(value))

    return kernel


def _own(value: Any) -> Any:
    """Returns a copy that nobody else can write into; a fed array belongs to the caller."""
    return np.array(value) if isinstance(value, np.ndarray) else value


def _updating(name: str, combine: Callable[[Any, Any], Any]) -> Any:
    """Declares an operation that combines the value with a tensor of the same shape."""
    decl = op(
        f"{name}(ref: Ref(T), value: T) -> (output_ref: Ref(T))",
        attrs=[f"T: {NUMBERS}", "use_locking: bool = false"],
        foldable=False,
    )
    decl.no_gradient()

    @decl.shape
    def _shape(call: Any) -> Dims:
        return merged(call.shapes[0], call.shapes[1])

    @decl.kernel
    def _kernel(cell: Any, value: Any) -> Any:
        with cell.lock:
            before = cell.read()
            if np.shape(before) != np.shape(value):
                raise KernelError(InvalidArgumentError, "Parameters and update must be the same size")
            return cell.assign(combine(before, value))

    return decl


assign_add_op = _updating("AssignAdd", np.add)
assign_sub_op = _updating("AssignSub", np.subtract)


# ---- writing rows


def check_rows(indices: Any, rows: int) -> None:
    """Raises KernelError when an index is not in `[0, rows)`."""
    if not within(indices, rows):
        flat = np.asarray(indices).reshape(-1)
        wrong = np.flatnonzero((flat < 0) | (flat >= rows))
        where = np.unravel_index(int(wrong[0]), np.shape(indices)) if np.ndim(indices) else ()
        place = ",".join(str(int(i)) for i in where)
        raise KernelError(InvalidArgumentError, f"indices[{place}] = {int(flat[wrong[0]])} is not in [0, {rows})")


def scatter(cell: Any, indices: Any, updates: Any, how: str) -> Any:
    """Combines rows `indices` of a variable with `updates`; rows named twice are combined twice, in order. Returns the cell.

    The caller holds the lock of the cell.
    """
    indices = np.asarray(indices)
    shape = np.shape(cell.read())
    if len(shape) < 1:
        raise KernelError(InvalidArgumentError, "params must be at least 1-D, got shape []")
    wanted = indices.shape + shape[1:]
    if np.ndim(updates) and np.shape(updates) != wanted:
        raise KernelError(
            InvalidArgumentError,
            "Must have updates.shape = indices.shape + params.shape[1:] or updates.shape = [], got updates.shape "
            f"{dims_text(np.shape(updates))}, indices.shape {dims_text(indices.shape)}, params.shape {dims_text(shape)}",
        )
    check_rows(indices, shape[0])
    after = cell.own()
    if how == "update":
        after[indices] = updates
    else:
        _combine(_AT[how], after, indices, updates)
    return cell.assign(after)


def _combine(function: np.ufunc, table: np.ndarray, indices: np.ndarray, updates: Any) -> None:
    """Combines rows in place. The ufunc's `at` is fast in one dimension only, so rows become places of the flat table."""
    width = table[:1].size
    if table.ndim == 1 or not table.flags.c_contiguous or not width:
        function.at(table, indices, updates)
        return
    places = (indices.reshape(-1, 1) * width + np.arange(width)).ravel()
    if np.ndim(updates):
        updates = updates.reshape(-1)
    function.at(table.reshape(-1), places, updates)


_AT: dict[str, np.ufunc] = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.true_divide,
    "min": np.minimum,
    "max": np.maximum,
}


def scatter_shape(call: Any) -> Dims:
    """Shape of the variable; checks that `updates` are rows of it, or one number."""
    variable, indices, updates = call.shapes
    if variable is not None and indices is not None and updates is not None and updates:
        merged(updates, indices + variable[1:])
    return variable


def _scattering(name: str, how: str, types: str = NUMBERS, locking: str = "false") -> Any:
    decl = op(
        f"{name}(ref: Ref(T), indices: Tindices, updates: T) -> (output_ref: Ref(T))",
        attrs=[f"T: {types}", "Tindices: {int32, int64}", f"use_locking: bool = {locking}"],
        foldable=False,
    )
    decl.no_gradient()
    decl.shape(scatter_shape)

    @decl.kernel
    def _kernel(cell: Any, indices: Any, updates: Any) -> Any:
        with cell.lock:
            return scatter(cell, indices, updates, how)

    return decl


scatter_update_op = _scattering("ScatterUpdate", "update", "type", "true")
scatter_add_op = _scattering("ScatterAdd", "add")
scatter_sub_op = _scattering("ScatterSub", "sub")
scatter_mul_op = _scattering("ScatterMul", "mul")
scatter_div_op = _scattering("ScatterDiv", "div")
_ORDERED = "{half, bfloat16, float, double, int32, int64}"
scatter_min_op = _scattering("ScatterMin", "min", _ORDERED)
scatter_max_op = _scattering("ScatterMax", "max", _ORDERED)


# ---- counting

count_up_to_op = op("CountUpTo(ref: Ref(T)) -> (output: T)", attrs=["limit: int", "T: {int32, int64}"], foldable=False)
count_up_to_op.no_gradient()


@count_up_to_op.shape
def _count_up_to_shape(call: Any) -> Dims:
    if call.shapes[0]:
        raise ValueError(f"Shape must be rank 0 but is rank {len(call.shapes[0])}")
    return ()


@count_up_to_op.kernel
def _count_up_to_kernel(cell: Any, *, limit: int) -> Any:
    return counted(cell, limit)


def counted(cell: Any, limit: int) -> Any:
    """Adds one to a cell and returns the value before. Raises KernelError when the value has reached `limit`."""
    with cell.lock:
        before = cell.read()
        if np.ndim(before):
            raise KernelError(InvalidArgumentError, f"input is not a scalar: {dims_text(np.shape(before))}")
        if before >= limit:
            raise KernelError(OutOfRangeError, f"Reached limit of {limit}")
        cell.assign(before + np.asarray(1, dtype=np.asarray(before).dtype)[()])
        return before


# ---- public functions


def _is_ref(ref: Any) -> bool:
    return ref.dtype.is_ref


def assign(
    ref: Any, value: Any, validate_shape: bool | None = None, use_locking: bool | None = None, name: str | None = None
) -> Any:
    """Gives a variable a new value; returns a tensor with it.

    Args:
      ref: a variable, or the reference tensor of one.
      value: a tensor of the same dtype.
      validate_shape: False lets the shape change.
      use_locking, name: as in TensorFlow.
    """
    if _is_ref(ref):
        return raw.Assign(ref, value, validate_shape=validate_shape, use_locking=use_locking, name=name)
    return ref.assign(value, name=name)


def assign_add(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Adds `value` to a variable; returns a tensor with the new value."""
    if _is_ref(ref):
        return raw.AssignAdd(ref, value, use_locking=use_locking, name=name)
    return ref.assign_add(value)


def assign_sub(ref: Any, value: Any, use_locking: bool | None = None, name: str | None = None) -> Any:
    """Subtracts `value` from a variable; returns a tensor with the new value."""
    if _is_ref(ref):
        return raw.AssignSub(ref, value, use_locking=use_locking, name=name)
    return ref.assign_sub(value)


def is_variable_initialized(ref: Any, name: str | None = None) -> Tensor:
    """Returns a bool tensor that says whether a variable has a value."""
    if _is_ref(ref):
        return raw.IsVariableInitialized(ref, name=name)
    return ref.is_initialized(name=name)


def count_up_to(ref: Any, limit: int, name: str | None = None) -> Tensor:
    """Adds one to an integer variable until it reaches `limit`; returns the value before.

    Running it raises OutOfRangeError when the variable has reached `limit`.
    """
    if _is_ref(ref):
        return raw.CountUpTo(ref, limit=limit, name=name)
    return raw.ResourceCountUpTo(ref.handle, limit=limit, T=ref.dtype, name=name)


def _scatter(how: str, ref: Any, indices: Any, updates: Any, use_locking: bool, name: str | None) -> Any:
    if _is_ref(ref):
        return getattr(raw, f"Scatter{how}")(ref, indices, updates, use_locking=use_locking, name=name)
    return ref._scatter(how, indices, updates, name)


def scatter_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None) -> Any:
    """Replaces the rows `indices` of a variable by `updates`; returns a tensor with the new value."""
    return _scatter("Update", ref, indices, updates, use_locking, name)


def scatter_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Adds `updates` to the rows `indices` of a variable; rows named twice get both."""
    return _scatter("Add", ref, indices, updates, use_locking, name)


def scatter_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Subtracts `updates` from the rows `indices` of a variable; rows named twice get both."""
    return _scatter("Sub", ref, indices, updates, use_locking, name)


def scatter_mul(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Multiplies the rows `indices` of a variable by `updates`."""
    return _scatter("Mul", ref, indices, updates, use_locking, name)


def scatter_div(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Divides the rows `indices` of a variable by `updates`."""
    return _scatter("Div", ref, indices, updates, use_locking, name)


def scatter_min(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Takes the smaller of the rows `indices` of a variable and `updates`."""
    return _scatter("Min", ref, indices, updates, use_locking, name)


def scatter_max(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Takes the larger of the rows `indices` of a variable and `updates`."""
    return _scatter("Max", ref, indices, updates, use_locking, name)
