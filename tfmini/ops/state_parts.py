"""Writing into parts of a variable: single places (`scatter_nd_update`, ...) and slices (`v[1:3].assign(...)`), for both kinds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text, merge_dims
from .resource import handle_shape, present
from .slicing import MASKS, refuse_index, slice_key, slice_masks
from .state import NUMBERS

__all__ = ["batch_scatter_update", "scatter_nd_add", "scatter_nd_sub", "scatter_nd_update"]


# ---- single places: shapes


def _at_least_one(dims: Dims) -> None:
    if dims is not None and not dims:
        raise ValueError("Shape must be at least rank 1 but is rank 0")


def _check_static(variable: Dims, indices: Dims, updates: Dims) -> None:
    """Checks that `updates` has a slice of the variable for each index, as far as the shapes are known."""
    _at_least_one(indices)
    _at_least_one(updates)
    if _is_empty(variable) and not (_is_empty(indices, False) and _is_empty(updates, False)):
        raise ValueError("Indices and updates specified for empty input")
    if indices is None or updates is None or indices[-1] is None:
        return
    outer, depth = len(indices) - 1, indices[-1]
    batch = f"[0,{outer}) of indices[shape={dims_text(indices)}] = {dims_text(indices[:-1])}"
    of_updates = f"of updates[shape={dims_text(updates)}]"
    try:
        merge_dims(indices[:-1], updates[:outer])
    except ValueError as error:
        raise ValueError(
            f"Dimensions {batch} must match dimensions [0,{outer}) {of_updates} = {dims_text(updates[:outer])}: {error}"
        ) from None
    if variable is None:
        return
    try:
        merge_dims(variable[depth:], updates[outer:])
    except ValueError as error:
        raise ValueError(
            f"Dimensions [{depth},{len(variable)}) of input[shape={dims_text(variable)}] = {dims_text(variable[depth:])} must "
            f"match dimensions [{outer},{len(updates)}) {of_updates} = {dims_text(updates[outer:])}: {error}"
        ) from None


def _is_empty(dims: Dims, unknown: bool = False) -> bool:
    """Says whether a shape holds no elements; `unknown` when that cannot be known."""
    return unknown if dims is None else 0 in dims


def _check_sizes(variable: tuple[int, ...], indices: tuple[int, ...], updates: tuple[int, ...]) -> tuple[int, int]:
    """Checks the shapes of a run; returns the number of indices and how many dimensions each fixes."""
    depth = indices[-1] if len(indices) > 1 else 1
    outer = len(indices) - 1 if len(indices) > 1 else 1
    fits = len(updates) - outer == len(variable) - depth
    if len(updates) < outer or (fits and updates[:outer] != indices[:outer]):
        raise KernelError(
            InvalidArgumentError,
            f"Dimensions [0,{outer}) of indices[shape={dims_text(indices)}] = {indices[0]} must match dimensions "
            f"[0,{outer}) of updates[shape={dims_text(updates)}] = {updates[0] if updates else 1}",
        )
    if not fits or updates[outer:] != variable[depth:]:
        raise KernelError(
            InvalidArgumentError,
            f"Dimensions [{depth},{len(variable)}) of input[shape={dims_text(variable)}] must match dimensions "
            f"[{outer},{len(updates)}) of updates[shape={dims_text(updates)}]",
        )
    return int(np.prod(indices[:outer], dtype=np.int64)), depth


# ---- single places: values


def _written(before: Any, indices: Any, updates: Any, how: str) -> np.ndarray:
    """Returns a copy of `before` with the slices at `indices` combined with `updates`, in order."""
    before = np.asarray(before)
    indices, updates = np.asarray(indices), np.asarray(updates)
    count, depth = _check_sizes(before.shape, indices.shape, updates.shape)
    after = np.array(before)
    if not count:
        return after
    places = indices.reshape(count, depth)
    sizes = np.array(before.shape[:depth])
    wrong = np.flatnonzero(((places < 0) | (places >= sizes)).any(axis=1))
    if wrong.size:
        batch = indices.shape[:-1] if indices.ndim > 1 else indices.shape
        where = ",".join(str(int(each)) for each in np.unravel_index(int(wrong[0]), batch))
        shown = ", ".join(str(each) for each in places[wrong[0]])
        raise KernelError(
            InvalidArgumentError, f"indices[{where}] = [{shown}] does not index into shape {dims_text(before.shape)}"
        )
    key = tuple(places.T)
    slices = updates.reshape(count, *before.shape[depth:])
    if how == "update":
        after[key] = slices
    else:
        (np.add if how == "add" else np.subtract).at(after, key, slices)
    return after


def _writing_places(name: str, how: str, types: str, locking: str) -> None:
    """Declares `Scatter<name>` on references and `ResourceScatter<name>` on handles."""
    settings = ["Tindices: {int32, int64}", 'bad_indices_policy: string = ""']
    of_refs = op(
        f"Scatter{name}(ref: Ref(T), indices: Tindices, updates: T) -> (output_ref: Ref(T))",
        attrs=[f"T: {types}", f"use_locking: bool = {locking}", *settings],
        foldable=False,
    )
    of_handles = op(
        f"ResourceScatter{name}(ref: resource, indices: Tindices, updates: T) -> ()",
        attrs=["T: type", "use_locking: bool = true", *settings],
        stateful=True,
    )
    of_refs.no_gradient()
    of_handles.no_gradient()

    @of_refs.shape
    def _ref_shape(call: Any) -> Dims:
        _check_static(*call.shapes)
        return call.shapes[0]

    @of_handles.shape
    def _handle_shape(call: Any) -> list[Dims]:
        _check_static(handle_shape(call.inputs[0]), *call.shapes[1:])
        return []

    @of_refs.kernel
    def _ref_kernel(cell: Any, indices: Any, updates: Any) -> Any:
        with cell.lock:
            return cell.assign(_written(cell.read(), indices, updates, how))

    @of_handles.kernel
    def _handle_kernel(cell: Any, indices: Any, updates: Any) -> None:
        with cell.lock:
            cell.assign(_written(present(cell), indices, updates, how))


_writing_places("NdUpdate", "update", "type", "true")
_writing_places("NdAdd", "add", NUMBERS, "false")
_writing_places("NdSub", "sub", NUMBERS, "false")


# ---- slices

_SLICE = ["T: type", "Index: {int32, int64}", *[f"{name}: int = 0" for name in MASKS]]
strided_slice_assign_op = op(
    "StridedSliceAssign(ref: Ref(T), begin: Index, end: Index, strides: Index, value: T) -> (output_ref: Ref(T))",
    attrs=_SLICE,
    foldable=False,
)
resource_strided_slice_assign_op = op(
    "ResourceStridedSliceAssign(ref: resource, begin: Index, end: Index, strides: Index, value: T) -> ()",
    attrs=_SLICE,
    stateful=True,
)
strided_slice_assign_op.no_gradient()
resource_strided_slice_assign_op.no_gradient()
strided_slice_assign_op.shape(lambda call: call.shapes[0])
resource_strided_slice_assign_op.shape(lambda call: [])


def _replaced(before: Any, masks: tuple[int, ...], begin: Any, end: Any, strides: Any, value: Any) -> np.ndarray:
    """Returns a copy of `before` in which a slice has another value."""
    key = slice_key(begin.tolist(), end.tolist(), strides.tolist(), masks)
    after = np.array(before)
    try:
        target = np.shape(after[key])
    except IndexError:
        return refuse_index(after, key)
    sizes = np.shape(value)
    extra = max(0, len(sizes) - len(target))
    # More dimensions than the slice has are allowed when they have size 1.
    fitting = np.reshape(value, sizes[extra:]) if set(sizes[:extra]) <= {1} else value
    try:
        after[key] = np.broadcast_to(fitting, target)
    except ValueError:
        raise KernelError(
            InvalidArgumentError,
            f"Cannot broadcast input shape {dims_text(np.shape(value))} into final shape {dims_text(target)}",
        ) from None
    return after


@strided_slice_assign_op.bind
def _strided_slice_assign_bind(op: Any) -> Callable[..., Any]:
    masks = slice_masks(op._attrs)

    def kernel(cell: Any, *parts: Any) -> Any:
        with cell.lock:
            return cell.assign(_replaced(cell.read(), masks, *parts))

    return kernel


@resource_strided_slice_assign_op.bind
def _resource_strided_slice_assign_bind(op: Any) -> Callable[..., Any]:
    masks = slice_masks(op._attrs)

    def kernel(cell: Any, *parts: Any) -> None:
        with cell.lock:
            cell.assign(_replaced(present(cell), masks, *parts))

    return kernel


# ---- public functions


def _scatter_nd(how: str, ref: Any, indices: Any, updates: Any, use_locking: bool, name: str | None) -> Any:
    if ref.dtype.is_ref:
        return getattr(raw, f"ScatterNd{how}")(ref, indices, updates, use_locking=use_locking, name=name)
    return ref._scatter_nd(how, indices, updates, name)


def scatter_nd_update(ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None) -> Any:
    """Replaces the slices of a variable at `indices` by `updates`; returns a tensor with the new value.

    Args:
      ref: a variable of rank P.
      indices: integers of shape `[d_0, ..., d_(Q-2), K]`: each row of length K says where a slice stands.
      updates: the slices, shape `[d_0, ..., d_(Q-2), ref.shape[K], ..., ref.shape[P-1]]`.
      use_locking, name: as in TensorFlow.
    """
    return _scatter_nd("Update", ref, indices, updates, use_locking, name)


def scatter_nd_add(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Adds `updates` to the slices of a variable at `indices`; a place that is named twice gets both."""
    return _scatter_nd("Add", ref, indices, updates, use_locking, name)


def scatter_nd_sub(ref: Any, indices: Any, updates: Any, use_locking: bool = False, name: str | None = None) -> Any:
    """Subtracts `updates` from the slices of a variable at `indices`; a place that is named twice gets both."""
    return _scatter_nd("Sub", ref, indices, updates, use_locking, name)


def batch_scatter_update(
    ref: Any, indices: Any, updates: Any, use_locking: bool = True, name: str | None = None
) -> Any:
    """Replaces rows of each item of a batch: `ref[b, indices[b, i]] = updates[b, i]`.

    Args:
      ref: a variable whose first dimensions are those of `indices`, without the last.
      indices: integers of known rank.
      updates: the rows.
      use_locking, name: as in TensorFlow; `name` is the name scope of all operations.

    Raises:
      ValueError: the rank of `indices` is not known.
    """
    from .array import ones_like, shape
    from .joining import concat
    from .shaping import expand_dims, reshape

    with contexts.default_graph().name_scope(name):
        indices = convert.convert_to_tensor(indices, name="indices")
        sizes = shape(indices)
        if indices._dims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        last = expand_dims(indices, axis=-1)
        columns = []
        for axis in range(len(indices._dims) - 1):
            size = sizes[axis]
            spread: list[Any] = [1] * (len(indices._dims) + 1)
            spread[axis] = size
            numbers = reshape(raw.Range(0, size, 1), spread)
            if numbers._dtype.base_dtype != last._dtype:
                numbers = raw.Cast(numbers, DstT=last._dtype)
            columns.append(numbers * ones_like(last))
        return scatter_nd_update(ref, concat([*columns, last], axis=-1), updates, use_locking=use_locking)
