"""Slices chosen by number: gather."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import ones, rank, shape, size, zeros
from .cast import cast
from .elementwise import within
from .joining import concat
from .ordering import transpose
from .resource import handle_shape, present
from .shaping import dense, expand_dims, reshape, tile

__all__ = ["batch_gather", "gather", "gather_nd"]

# ---- gather

gather_v2_op = op(
    "GatherV2(params: Tparams, indices: Tindices, axis: Taxis) -> (output: Tparams)",
    attrs=["batch_dims: int = 0", "Tparams: type", "Tindices: {int16, int32, int64}", "Taxis: {int32, int64}"],
)
gather_op = op(
    "Gather(params: Tparams, indices: Tindices) -> (output: Tparams)",
    attrs=["validate_indices: bool = true", "Tparams: type", "Tindices: {int32, int64}"],
)


@gather_v2_op.shape
def _gather_v2_shape(call: Any) -> Dims:
    params, indices = call.shapes[:2]
    axis = call.constant(2)
    if params is None or indices is None:
        return None
    batch = call.attrs["batch_dims"]
    batch = batch + len(indices) if batch < 0 else batch
    if axis is None:
        return (None,) * (len(params) + len(indices) - 1 - batch)
    where = int(axis)
    if not -len(params) <= where < len(params):
        least = where + 1 if where >= 0 else -where
        raise ValueError(f"Shape must be at least rank {least} but is rank {len(params)}")
    where %= len(params)
    return (*params[:where], *indices[batch:], *params[where + 1 :])


@gather_op.shape
def _gather_shape(call: Any) -> Dims:
    params, indices = call.shapes
    return None if params is None or indices is None else indices + params[1:]


def _check_rows(indices: Any, limit: int, name: str = "indices") -> None:
    if not within(indices, limit):
        array = np.asarray(indices)
        flat = array.reshape(-1)
        first = int(np.flatnonzero((flat < 0) | (flat >= limit))[0])
        place = ",".join(str(int(each)) for each in np.unravel_index(first, array.shape)) if array.ndim else ""
        where = f"{name}[{place}]" if array.ndim else name
        raise KernelError(InvalidArgumentError, f"{where} = {int(flat[first])} is not in [0, {limit})")


@gather_v2_op.kernel
def _gather_v2_kernel(params: Any, indices: Any, axis: Any, *, batch_dims: int, out: Any = None) -> Any:
    where = int(axis) % params.ndim
    _check_rows(indices, params.shape[where])
    if not batch_dims:
        # With an array to fill, numpy is fast only when it need not check the numbers; they are checked above.
        return params.take(indices, axis=where) if out is None else params.take(indices, where, out, "clip")
    batch = batch_dims % indices.ndim if batch_dims < 0 else batch_dims
    rows = int(np.prod(params.shape[:batch]))
    flat_params = params.reshape(rows, *params.shape[batch:])
    flat_indices = indices.reshape(rows, *indices.shape[batch:])
    taken = [flat_params[each].take(flat_indices[each], axis=where - batch) for each in range(rows)]
    result = np.stack(taken).reshape(*params.shape[:batch], *taken[0].shape)
    if out is None:
        return result
    np.copyto(out, result)
    return out


@gather_op.kernel
def _gather_kernel(params: Any, indices: Any, *, out: Any = None) -> Any:
    _check_rows(indices, params.shape[0])
    return params.take(indices, axis=0) if out is None else params.take(indices, 0, out, "clip")


def _rows_gradient(op: Any, dy: Any) -> IndexedSlices:
    params, indices = op._inputs[:2]
    with params.graph.colocate_with(params):
        params_shape = shape(params)
    count = expand_dims(size(indices), 0)
    values = reshape(dense(dy), concat([count, params_shape[1:]], 0))
    return IndexedSlices(values, reshape(indices, count), params_shape)


@gather_op.gradient
def _gather_gradient(op: Any, dy: Any) -> Any:
    return _rows_gradient(op, dy), None


@gather_v2_op.gradient
def _gather_v2_gradient(op: Any, dy: Any) -> Any:
    params, indices, axis = op._inputs
    with params.graph.colocate_with(params):
        params_shape = shape(params)
    count = expand_dims(size(indices), 0)
    where = static_value(axis)
    batch = op._attrs["batch_dims"]
    if batch < 0:
        if indices._dims is None:
            raise ValueError(
                "Currently, it is unsupported to take the gradient of tf.gather when batch_dims < 0 and the rank of the indices is "
                "unknown. Please pass a positive batch_dims or use tf.ensure_shape to update the shape of indices when calling "
                f"tf.gather. Got batch_dims={batch} and indices={indices}"
            )
        batch += len(indices._dims)
    if where is not None and int(where) == 0:
        values = reshape(dense(dy), concat([count, params_shape[1:]], 0))
        return IndexedSlices(values, reshape(indices, count), params_shape), None, None
    from .sequences import range as sequence

    outer = params_shape[:axis]
    inner = params_shape[axis:][1:]
    values_shape = concat([outer, [-1], inner], 0)
    values_dims = size(values_shape)
    axis_dims = size(outer)
    outer_batches = sequence(batch)
    before = sequence(batch, axis_dims)
    after = sequence(axis_dims + 1, values_dims)
    values = reshape(dense(dy), values_shape)
    order = concat([outer_batches, [axis_dims], before, after], 0)
    turned = transpose(values, order)
    turned_shape = raw.GatherV2(params_shape, order, 0)
    rows = _summed_rows(turned_shape, turned, indices, batch, params_shape[axis])
    back = concat([outer_batches, before + 1, [batch], after], 0)
    gradient = transpose(rows, back)
    return reshape(gradient, shape(params)), None, None


def _summed_rows(params_shape: Any, values: Any, indices: Any, batch: int, length: Any) -> Any:
    """Returns the rows of `values` added up where `indices` say, behind the first `batch` dimensions, which are flattened for that."""
    count = expand_dims(size(indices), 0)
    if not batch:
        return raw.UnsortedSegmentSum(values, reshape(indices, count), length)
    sizes = shape(values)
    outer, inner = sizes[:batch], sizes[batch:][1:]
    batches = raw.Prod(outer, [0])
    flat = concat([[-1], inner], 0)
    length = length * batches
    indices = _behind_batches(params_shape, indices, batch)
    values = reshape(values, flat)
    rows = raw.UnsortedSegmentSum(values, reshape(indices, count), length)
    return reshape(rows, concat([outer, flat], 0))


def _behind_batches(params_shape: Any, indices: Any, batch: int) -> Any:
    """Returns indices into the flattened batches: to each is added where its batch begins."""
    from .sequences import range as sequence

    kind = indices._dtype.base_dtype
    sizes = cast(params_shape, kind)
    stride: Any = ones((), dtype=kind)
    found = indices
    for dim in range(batch, 0, -1):
        count = sizes[dim - 1]
        stride = stride * sizes[dim]
        start, step = zeros((), dtype=kind), ones((), dtype=kind)
        begins = sequence(start, count, step) * stride
        wide = concat([tile([1], [dim - 1]), [count], tile([1], [rank(indices) - dim])], axis=0)
        found = found + reshape(begins, wide)
    return found


def gather(
    params: Any,
    indices: Any,
    validate_indices: Any = None,
    name: str | None = None,
    axis: Any = None,
    batch_dims: int = 0,
) -> Tensor:
    """Returns the slices of `params` along `axis` whose numbers are in `indices`.

    Args:
      params: `[..., n, ...]`, a tensor or a variable.
      indices: integers from 0 to n - 1, of any shape.
      validate_indices: not used.
      name: name of the operation.
      axis: the dimension to look along, 0 by default (`batch_dims` when that is given).
      batch_dims: how many leading dimensions `params` and `indices` share.
    """
    if axis is None:
        axis = batch_dims
    known = static_value(axis) if isinstance(axis, Tensor) else axis
    if known is None or int(known) != 0:
        return raw.GatherV2(params, indices, axis, batch_dims=batch_dims, name=name)
    read_rows = getattr(params, "sparse_read", None)
    if read_rows is not None:
        return read_rows(indices, name=name)
    return raw.GatherV2(params, indices, axis, name=name)


def batch_gather(params: Any, indices: Any, name: str | None = None) -> Tensor:
    """Returns slices of `params`, batch by batch: all but the last dimension of `indices` are shared."""
    with op_scope(name, "BatchGather", [params, indices]):
        indices = convert.convert_to_tensor(indices, name="indices")
        params = convert.convert_to_tensor(params, name="params")
        if indices._dims is None:
            raise ValueError("batch_gather does not allow indices with unknown shape.")
        batch = len(indices._dims) - 1
        return raw.GatherV2(params, indices, batch, batch_dims=batch)


gather_nd_op = op(
    "GatherNd(params: Tparams, indices: Tindices) -> (output: Tparams)",
    attrs=["Tparams: type", "Tindices: {int16, int32, int64}", 'bad_indices_policy: string = ""'],
)


@gather_nd_op.shape
def _gather_nd_shape(call: Any) -> Dims:
    return _gathered_nd(*call.shapes)


def _gathered_nd(params: Dims, indices: Dims) -> Dims:
    if params is None or not indices or indices[-1] is None:
        return None
    if indices[-1] > len(params):
        raise ValueError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: {dims_text(indices)} and params shape: {dims_text(params)}"
        )
    return indices[:-1] + params[indices[-1] :]


@gather_nd_op.bind
def _gather_nd_bind(op: Any) -> Any:
    return lambda params, indices: _gather_nd_kernel(params, indices, op._name)


def _gather_nd_kernel(params: Any, indices: Any, name: str) -> Any:
    depth = indices.shape[-1]
    flat = indices.reshape(-1, depth)
    for axis in range(depth):
        wrong = np.flatnonzero((flat[:, axis] < 0) | (flat[:, axis] >= params.shape[axis]))
        if wrong.size:
            place = ",".join(str(int(each)) for each in np.unravel_index(int(wrong[0]), indices.shape[:-1]))
            shown = ", ".join(str(each) for each in flat[wrong[0]])
            raise KernelError(
                InvalidArgumentError,
                f"indices[{place}] = [{shown}] does not index into param shape {dims_text(params.shape)}, node name: {name}",
            )
    return params[tuple(np.moveaxis(indices, -1, 0))]


@gather_nd_op.gradient
def _gather_nd_gradient(op: Any, dy: Any) -> Any:
    params, indices = op._inputs
    params_shape = shape(params, out_type=indices._dtype.base_dtype)
    if indices._dims is not None and len(indices._dims) == 2 and indices._dims[-1] == 1:
        from .shaping import squeeze

        return IndexedSlices(dy, squeeze(indices, axis=-1), params_shape), None
    return raw.ScatterNd(indices, dy, params_shape, bad_indices_policy=op._attrs["bad_indices_policy"]), None


def gather_nd(params: Any, indices: Any, name: str | None = None, batch_dims: int = 0) -> Tensor:
    """Returns the slices of `params` at the places in the last dimension of `indices`."""
    if batch_dims:
        raise ValueError("gather_nd takes no batch_dims here.")
    read = getattr(params, "gather_nd", None)
    if read is not None:
        return read(indices, name=name)
    return raw.GatherNd(params, indices, name=name)


# ---- gather_nd from a variable

resource_gather_nd_op = op(
    "ResourceGatherNd(resource: resource, indices: Tindices) -> (output: dtype)",
    attrs=["dtype: type", "Tindices: {int32, int64}"],
    stateful=True,
)


@resource_gather_nd_op.shape
def _resource_gather_nd_shape(call: Any) -> Dims:
    return _gathered_nd(handle_shape(call.inputs[0]), call.shapes[1])


@resource_gather_nd_op.bind
def _resource_gather_nd_bind(op: Any) -> Any:
    return lambda cell, indices: _gather_nd_kernel(present(cell), indices, op._name)


@resource_gather_nd_op.gradient
def _resource_gather_nd_gradient(op: Any, dy: Any) -> Any:
    from .shaping import squeeze

    handle, indices = op._inputs
    kind = indices._dtype.base_dtype
    sizes = raw.VariableShape(handle, out_type=kind)
    if indices._dims is not None and len(indices._dims) == 2 and indices._dims[-1] == 1:
        return IndexedSlices(dy, squeeze(indices, axis=-1), sizes), None
    return raw.ScatterNd(indices, dy, sizes), None
