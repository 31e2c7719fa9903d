"""Parts of a tensor: slices, strided slices (`t[1:, ..., 0]`), gathered rows, padding."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.constant_value import constant_value
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dimension, Dims, TensorShape, dims_text, is_full
from ..framework.slots import slots
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import ones_like, rank, shape, size
from .constant import constant
from .joining import concat, stack
from .shape_functions import with_rank
from .shaping import dense, expand_dims, reshape, transpose

__all__ = ["batch_gather", "gather", "gather_nd", "newaxis", "pad", "slice", "strided_slice"]

newaxis = None
"""In `t[..., tf.newaxis]`: one more dimension of size 1."""

# ---- slices

slice_op = op("Slice(input: T, begin: Index, size: Index) -> (output: T)", attrs=["T: type", "Index: {int32, int64}"])


@slice_op.shape
def _slice_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    for each in call.shapes[1:]:
        if each is not None and dims is not None and each[0] is not None:
            with_rank(dims, each[0])
    begin, sizes = call.constant(1), call.constant(2)
    if begin is None or sizes is None:
        if sizes is not None:
            return tuple(None if each < 0 else int(each) for each in sizes.tolist())
        if dims is not None:
            return (None,) * len(dims)
        known = call.constant_shape(2)
        return known
    if dims is None:
        return tuple(None if each < 0 else int(each) for each in sizes.tolist())
    dims = with_rank(dims, len(begin))
    result: list[int | None] = []
    for whole, start, length in zip(dims, begin.tolist(), sizes.tolist(), strict=True):
        if length != -1:
            result.append(length)
        elif whole is None:
            result.append(None)
        elif start > whole:
            raise ValueError(f"Negative dimension size caused by subtracting {start} from {whole}")
        else:
            result.append(whole - start)
    return tuple(result)


@slice_op.kernel
def _slice_kernel(x: Any, begin: Any, size: Any) -> Any:
    cut = []
    for index, (whole, start, length) in enumerate(zip(np.shape(x), begin.tolist(), size.tolist(), strict=True)):
        if length == -1:
            length = whole - start
        if not 0 <= start <= whole:
            raise KernelError(InvalidArgumentError, f"Expected begin[{index}] in [0, {whole}], but got {start}")
        if not length >= 0 or start + length > whole:
            raise KernelError(InvalidArgumentError, f"Expected size[{index}] in [0, {whole - start}], but got {length}")
        cut.append(builtins.slice(start, start + length))
    return x[tuple(cut)]


@slice_op.gradient
def _slice_gradient(op: Any, dy: Any) -> Any:
    x, begin = op._inputs[:2]
    x_rank = rank(x)
    kind = begin._dtype.base_dtype
    length = shape(op._outputs[0], out_type=kind)
    pair = stack([x_rank, 1])
    before = reshape(begin, pair)
    after = reshape(shape(x, out_type=kind) - length - begin, pair)
    return pad(dy, concat([before, after], 1)), None, None


def slice(input_: Any, begin: Any, size: Any, name: str | None = None) -> Tensor:
    """Returns the block of `input_` that starts at `begin` and has `size`.

    Args:
      input_: any tensor.
      begin: for each dimension where to start.
      size: for each dimension how many elements; -1 takes all that are left.
      name: name of the operation.
    """
    return raw.Slice(input_, begin, size, name=name)


# ---- strided slices

_MASKS = [
    "begin_mask: int = 0",
    "end_mask: int = 0",
    "ellipsis_mask: int = 0",
    "new_axis_mask: int = 0",
    "shrink_axis_mask: int = 0",
]
strided_slice_op = op(
    "StridedSlice(input: T, begin: Index, end: Index, strides: Index) -> (output: T)",
    attrs=["T: type", "Index: {int16, int32, int64}", *_MASKS],
)
strided_slice_grad_op = op(
    "StridedSliceGrad(shape: Index, begin: Index, end: Index, strides: Index, dy: T) -> (output: T)",
    attrs=["T: type", "Index: {int32, int64}", *_MASKS],
)


def _key(begin: Any, end: Any, strides: Any, masks: Any) -> tuple[Any, ...]:
    """Returns what numpy's indexing takes for the same slice."""
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask = masks
    key: list[Any] = []
    for index, (start, stop, step) in enumerate(zip(begin, end, strides, strict=True)):
        bit = 1 << index
        if ellipsis_mask & bit:
            key.append(Ellipsis)
        elif new_axis_mask & bit:
            key.append(None)
        elif shrink_axis_mask & bit:
            key.append(int(start))
        else:
            key.append(
                builtins.slice(
                    None if begin_mask & bit else int(start), None if end_mask & bit else int(stop), int(step)
                )
            )
    return tuple(key)


def _masks(attrs: Any) -> tuple[int, ...]:
    return tuple(
        attrs[name] for name in ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
    )


@strided_slice_op.shape
def _strided_slice_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    last = call.constant(3)
    length = next((each[0] for each in call.shapes[1:] if each is not None and each[0] is not None), None)
    if last is not None and not np.all(last):
        where = int(np.flatnonzero(last == 0)[0])
        raise ValueError(f"strides[{where}] must be non-zero")
    if dims is None or length is None:
        return None
    masks = _masks(call.attrs)
    ellipsis = sum(1 << i & masks[2] > 0 for i in range(length))
    new = sum(1 << i & masks[3] > 0 and not 1 << i & masks[2] for i in range(length))
    used = length - ellipsis - new
    if used > len(dims):
        raise ValueError(f"Index out of range using input dim {len(dims)}; input has only {len(dims)} dims")
    bounds = [call.constant(1), call.constant(2), last]
    begin, end, strides = (
        [None] * length if each is None else [int(item) for item in each.tolist()] for each in bounds
    )
    result: list[int | None] = []
    axis = 0
    seen_ellipsis = False
    for index in range(length):
        bit = 1 << index
        if masks[2] & bit:
            if seen_ellipsis:
                raise ValueError("Multiple ellipses in slice spec not allowed")
            seen_ellipsis = True
            rest = len(dims) - used
            result.extend(dims[axis : axis + rest])
            axis += rest
        elif masks[3] & bit:
            result.append(1)
        elif masks[4] & bit:
            start, whole = begin[index], dims[axis]
            if start is not None and whole is not None and not -whole <= start < whole:
                raise ValueError(f"slice index {start} of dimension {axis} out of bounds.")
            axis += 1
        else:
            result.append(
                _cut_size(dims[axis], begin[index], end[index], strides[index], masks[0] & bit, masks[1] & bit)
            )
            axis += 1
    result.extend(dims[axis:])
    return tuple(result)


def _cut_size(whole: int | None, start: Any, stop: Any, step: Any, no_start: int, no_stop: int) -> int | None:
    """Returns how many elements `[start:stop:step]` takes, or None when that is not known."""
    if step is None or (start is None and not no_start) or (stop is None and not no_stop):
        return None
    if whole is None:
        if step > 0 and not no_stop and stop is not None and (no_start or start is not None):
            first = 0 if no_start else start
            if first >= 0 > stop or (first < 0 <= stop):
                return None
            if not no_start and not no_stop and (first < 0) == (stop < 0) and stop <= first:
                return 0
        return None
    return len(range(*builtins.slice(None if no_start else start, None if no_stop else stop, step).indices(whole)))


@strided_slice_op.bind
def _strided_slice_bind(op: Any) -> Any:
    masks = _masks(op._attrs)
    known = [constant_value(each) if each._op._definition.name == "Const" else None for each in op._inputs[1:]]
    prepared = None if any(each is None for each in known) else _key(*(each.tolist() for each in known), masks)  # type: ignore[union-attr]

    def kernel(x: Any, begin: Any, end: Any, strides: Any) -> Any:
        key = prepared if prepared is not None else _key(begin.tolist(), end.tolist(), strides.tolist(), masks)
        if not isinstance(x, np.ndarray):
            x = np.asarray(x)
        try:
            return x[key]
        except IndexError:
            return _refuse_index(x, key)

    return kernel


def _refuse_index(x: np.ndarray, key: tuple[Any, ...]) -> Any:
    axis = 0
    for each in key:
        if each is Ellipsis:
            axis += x.ndim - sum(item is not None and item is not Ellipsis for item in key)
            continue
        if each is None:
            continue
        if isinstance(each, int) and axis < x.ndim and not -x.shape[axis] <= each < x.shape[axis]:
            raise KernelError(InvalidArgumentError, f"slice index {each} of dimension {axis} out of bounds.")
        axis += 1
    raise KernelError(
        InvalidArgumentError, f"Index out of range using input dim {x.ndim}; input has only {x.ndim} dims"
    )


strided_slice_grad_op.shape(lambda call: call.constant_shape(0))


@strided_slice_grad_op.bind
def _strided_slice_grad_bind(op: Any) -> Any:
    masks = _masks(op._attrs)

    def kernel(shape: Any, begin: Any, end: Any, strides: Any, dy: Any) -> Any:
        result = np.zeros(shape.tolist(), dtype=dy.dtype)
        result[_key(begin.tolist(), end.tolist(), strides.tolist(), masks)] = dy
        return result

    return kernel


@strided_slice_op.gradient
def _strided_slice_gradient(op: Any, dy: Any) -> Any:
    x, begin, end, strides = op._inputs
    x_shape: Any = shape(x, out_type=begin._dtype.base_dtype)
    parts = []
    for each in (x_shape, begin, end, strides):
        known = static_value(each)
        parts.append(each if known is None else known)
    attrs = {name: op._attrs[name] for name in _MASK_NAMES}
    return raw.StridedSliceGrad(*parts, dy, **attrs), None, None, None


_MASK_NAMES = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")


@strided_slice_grad_op.gradient
def _strided_slice_grad_gradient(op: Any, dz: Any) -> Any:
    attrs = {name: op._attrs[name] for name in _MASK_NAMES}
    return None, None, None, None, raw.StridedSlice(dz, *op._inputs[1:4], **attrs)


def strided_slice(
    input_: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    begin_mask: int = 0,
    end_mask: int = 0,
    ellipsis_mask: int = 0,
    new_axis_mask: int = 0,
    shrink_axis_mask: int = 0,
    var: Any = None,
    name: str | None = None,
) -> Tensor:
    """Returns the elements of `input_` from `begin` to `end` by `strides`, as `input_[...]` does.

    Args:
      input_: any tensor.
      begin, end, strides: vectors, one number for each part of the key.
      begin_mask, end_mask: bit i ignores `begin[i]` or `end[i]`.
      ellipsis_mask: bit i stands for as many dimensions as are left.
      new_axis_mask: bit i adds a dimension of size 1.
      shrink_axis_mask: bit i drops the dimension, taking only `begin[i]`.
      var: not used here.
      name: name of the operation.
    """
    if strides is None:
        strides = ones_like(begin)
    return raw.StridedSlice(
        input_,
        begin,
        end,
        strides,
        begin_mask=begin_mask,
        end_mask=end_mask,
        ellipsis_mask=ellipsis_mask,
        new_axis_mask=new_axis_mask,
        shrink_axis_mask=shrink_axis_mask,
        name=name,
    )


_INDEX_ERROR = "Only integers, slices (`:`), ellipsis (`...`), tf.newaxis (`None`) and scalar tf.int32/tf.int64 tensors are valid indices"


def _check_index(index: Any) -> None:
    if isinstance(index, (int, np.integer, Dimension)):
        return
    dtype = getattr(index, "dtype", None)
    good = False
    if dtype is not None:
        kind = dtypes.as_dtype(dtype).base_dtype
        dims = getattr(index, "_dims", None) if isinstance(index, Tensor) else getattr(index, "shape", None)
        good = kind in (dtypes.int16, dtypes.int32, dtypes.int64) and not (dims and len(dims) == 1)
    if not good:
        raise TypeError(f"{_INDEX_ERROR}, got {index!r}")


def _is_open(value: Any) -> bool:
    return value is None or (isinstance(value, Dimension) and value.value is None)


def _slice_dtype(part: Any) -> Any:
    kinds = [each._dtype.base_dtype for each in (part.start, part.stop, part.step) if isinstance(each, Tensor)]
    return next((kind for kind in (dtypes.int64, dtypes.int32, dtypes.int16) if kind in kinds), None)


def getitem(tensor: Any, key: Any) -> Tensor:
    """Returns `tensor[key]`; a boolean key selects as `boolean_mask` does.

    Raises:
      TypeError: a part of the key is none that TensorFlow knows.
    """
    tensor = convert.convert_to_tensor(tensor)
    if (
        isinstance(key, bool)
        or (isinstance(key, Tensor) and key._dtype.base_dtype is dtypes.bool_)
        or (isinstance(key, np.ndarray) and key.dtype == bool)
    ):
        from .select import boolean_mask

        return boolean_mask(tensor, key)
    if not isinstance(key, (list, tuple)):
        key = [key]
    begin: list[Any] = []
    end: list[Any] = []
    strides: list[Any] = []
    masks = dict.fromkeys(_MASK_NAMES, 0)
    for index, part in enumerate(key):
        bit = 1 << index
        if isinstance(part, builtins.slice):
            kind = _slice_dtype(part)
            for given, bounds, default, mask in (
                (part.start, begin, 0, "begin_mask"),
                (part.stop, end, 0, "end_mask"),
                (part.step, strides, 1, None),
            ):
                if _is_open(given):
                    bounds.append(default if kind is None else constant(default, dtype=kind))
                    if mask:
                        masks[mask] |= bit
                else:
                    _check_index(given)
                    bounds.append(given)
        elif part is Ellipsis or part is None:
            begin.append(0)
            end.append(0)
            strides.append(1)
            masks["ellipsis_mask" if part is Ellipsis else "new_axis_mask"] |= bit
        else:
            _check_index(part)
            begin.append(part)
            end.append(part + 1)
            wide = isinstance(part, Tensor) and part._dtype.base_dtype in (dtypes.int16, dtypes.int64)
            strides.append(constant(1, dtype=part._dtype.base_dtype) if wide else 1)
            masks["shrink_axis_mask"] |= bit
    with op_scope(None, "strided_slice", [tensor, *begin, *end, *strides]) as scope:
        if begin:
            bounds = [stack(begin), stack(end), stack(strides)]
            if any(each._dtype.base_dtype is dtypes.int64 for each in bounds):
                bounds = [
                    each if each._dtype.base_dtype is dtypes.int64 else raw.Cast(each, DstT=dtypes.int64)
                    for each in bounds
                ]
        else:
            bounds = [constant([], dtype=dtypes.int32)] * 3
        return strided_slice(tensor, *bounds, **masks, name=scope)


slots.getitem = getitem

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
    array = np.asarray(indices)
    if array.size and (array.min() < 0 or array.max() >= limit):
        flat = array.reshape(-1)
        first = int(np.flatnonzero((flat < 0) | (flat >= limit))[0])
        place = ",".join(str(int(each)) for each in np.unravel_index(first, array.shape)) if array.ndim else ""
        where = f"{name}[{place}]" if array.ndim else name
        raise KernelError(InvalidArgumentError, f"{where} = {int(flat[first])} is not in [0, {limit})")


@gather_v2_op.kernel
def _gather_v2_kernel(params: Any, indices: Any, axis: Any, *, batch_dims: int) -> Any:
    where = int(axis) % params.ndim
    _check_rows(indices, params.shape[where])
    if not batch_dims:
        return params.take(indices, axis=where)
    batch = batch_dims % indices.ndim if batch_dims < 0 else batch_dims
    rows = int(np.prod(params.shape[:batch]))
    flat_params = params.reshape(rows, *params.shape[batch:])
    flat_indices = indices.reshape(rows, *indices.shape[batch:])
    taken = [flat_params[each].take(flat_indices[each], axis=where - batch) for each in range(rows)]
    return np.stack(taken).reshape(*params.shape[:batch], *taken[0].shape)


@gather_op.kernel
def _gather_kernel(params: Any, indices: Any) -> Any:
    _check_rows(indices, params.shape[0])
    return params.take(indices, axis=0)


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
    if op._attrs["batch_dims"]:
        raise LookupError(
            "The gradient of a gather with batch_dims is not supported; gather from reshaped tensors instead."
        )
    if where is not None and int(where) == 0:
        values = reshape(dense(dy), concat([count, params_shape[1:]], 0))
        return IndexedSlices(values, reshape(indices, count), params_shape), None, None
    from .sequences import range as sequence

    outer = params_shape[:axis]
    inner = params_shape[axis:][1:]
    values_shape = concat([outer, [-1], inner], 0)
    values_dims = size(values_shape)
    axis_dims = size(outer)
    none = sequence(0)
    before = sequence(0, axis_dims)
    after = sequence(axis_dims + 1, values_dims)
    values = reshape(dense(dy), values_shape)
    order = concat([none, [axis_dims], before, after], 0)
    turned = transpose(values, order)
    raw.GatherV2(params_shape, order, 0)
    length = params_shape[axis]
    flat_count = expand_dims(size(indices), 0)
    rows = raw.UnsortedSegmentSum(turned, reshape(indices, flat_count), length)
    back = concat([none, before + 1, [0], after], 0)
    gradient = transpose(rows, back)
    return reshape(gradient, shape(params)), None, None


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
    params, indices = call.shapes
    if params is None or not indices or indices[-1] is None:
        return None
    if indices[-1] > len(params):
        raise ValueError(
            f"indices.shape[-1] must be <= params.rank, but saw indices shape: {dims_text(indices)} and params shape: {dims_text(params)}"
        )
    return indices[:-1] + params[indices[-1] :]


@gather_nd_op.kernel
def _gather_nd_kernel(params: Any, indices: Any) -> Any:
    depth = indices.shape[-1]
    flat = indices.reshape(-1, depth)
    for axis in range(depth):
        wrong = np.flatnonzero((flat[:, axis] < 0) | (flat[:, axis] >= params.shape[axis]))
        if wrong.size:
            place = ",".join(str(int(each)) for each in np.unravel_index(int(wrong[0]), indices.shape[:-1]))
            shown = ", ".join(str(each) for each in flat[wrong[0]])
            raise KernelError(
                InvalidArgumentError,
                f"indices[{place}] = [{shown}] does not index into param shape {dims_text(params.shape)}",
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


# ---- padding

_PAD = ["T: type", "Tpaddings: {int32, int64} = int32"]
pad_op = op("Pad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_PAD)
pad_v2_op = op("PadV2(input: T, paddings: Tpaddings, constant_values: T) -> (output: T)", attrs=_PAD)
_MIRROR = [*_PAD, 'mode: {"REFLECT", "SYMMETRIC"}']
mirror_pad_op = op("MirrorPad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_MIRROR)
mirror_pad_grad_op = op("MirrorPadGrad(input: T, paddings: Tpaddings) -> (output: T)", attrs=_MIRROR)


@mirror_pad_op.shape
@pad_v2_op.shape
@pad_op.shape
def _pad_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    if dims is not None and call.shapes[1] is not None and call.shapes[1][0] is not None:
        with_rank(dims, call.shapes[1][0])
    known = call.constant(1)
    if known is None:
        if dims is not None:
            return (None,) * len(dims)
        rows = call.shapes[1]
        return None if rows is None or rows[0] is None else (None,) * rows[0]
    if dims is None:
        return (None,) * len(known)
    dims = with_rank(dims, len(known))
    return tuple(
        None if each is None else each + int(before) + int(after)
        for each, (before, after) in zip(dims, known.tolist(), strict=True)
    )


def _pad_widths(x: Any, paddings: Any) -> list[Any]:
    widths = paddings.tolist()
    if len(widths) != np.ndim(x):
        raise KernelError(
            InvalidArgumentError,
            f"The first dimension of paddings must be the rank of inputs{dims_text(np.shape(paddings))} {dims_text(np.shape(x))}",
        )
    for before, after in widths:
        if before < 0 or after < 0:
            raise KernelError(InvalidArgumentError, f"Paddings must be non-negative: {before} {after}")
    return widths


def _padded(x: Any, widths: list[Any], value: Any) -> Any:
    result = np.full(
        [size + before + after for size, (before, after) in zip(x.shape, widths, strict=True)], value, dtype=x.dtype
    )
    result[tuple(builtins.slice(before, before + size) for size, (before, _) in zip(x.shape, widths, strict=True))] = x
    return result


pad_op.kernel(lambda x, paddings: _padded(x, _pad_widths(x, paddings), 0))
pad_v2_op.kernel(lambda x, paddings, value: _padded(x, _pad_widths(x, paddings), value))


@mirror_pad_op.kernel
def _mirror_pad_kernel(x: Any, paddings: Any, *, mode: bytes) -> Any:
    return np.pad(x, _pad_widths(x, paddings), mode="reflect" if mode == b"REFLECT" else "symmetric")


@mirror_pad_grad_op.shape
def _mirror_pad_grad_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    known = call.constant(1)
    if dims is None or known is None:
        return None if dims is None else (None,) * len(dims)
    return tuple(
        None if each is None else each - int(before) - int(after)
        for each, (before, after) in zip(dims, known.tolist(), strict=True)
    )


@mirror_pad_grad_op.kernel
def _mirror_pad_grad_kernel(dy: Any, paddings: Any, *, mode: bytes) -> Any:
    widths = paddings.tolist()
    style: Any = "reflect" if mode == b"REFLECT" else "symmetric"
    for axis, (before, after) in enumerate(widths):
        length = dy.shape[axis] - before - after
        places = np.pad(np.arange(length), (before, after), mode=style)
        total = np.zeros((length, *np.moveaxis(dy, axis, 0).shape[1:]), dtype=dy.dtype)
        np.add.at(total, places, np.moveaxis(dy, axis, 0))
        dy = np.moveaxis(total, 0, axis)
    return dy


mirror_pad_op.gradient(lambda op, dy: (raw.MirrorPadGrad(dy, op._inputs[1], mode=op._attrs["mode"]), None))
mirror_pad_grad_op.gradient(lambda op, dy: (raw.MirrorPad(dy, op._inputs[1], mode=op._attrs["mode"]), None))


@pad_v2_op.gradient
@pad_op.gradient
def _pad_gradient(op: Any, dy: Any) -> Any:
    x, paddings = op._inputs[:2]
    before = slice(paddings, [0, 0], stack([rank(x), 1]))
    begin = reshape(before, [-1])
    sizes = shape(x, out_type=begin._dtype.base_dtype)
    return [slice(dy, begin, sizes)] + [None] * (len(op._inputs) - 1)


def pad(
    tensor: Any, paddings: Any, mode: str = "CONSTANT", name: str | None = None, constant_values: Any = 0
) -> Tensor:
    """Returns `tensor` with more elements before and after it along each dimension.

    Args:
      tensor: any tensor.
      paddings: `[rank, 2]`, how many elements before and after.
      mode: `"CONSTANT"`, `"REFLECT"` (mirrors without the edge) or `"SYMMETRIC"` (with it).
      name: name of the operation.
      constant_values: what to fill with, a scalar.

    Raises:
      ValueError: there is no such mode.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if not isinstance(constant_values, Tensor) and np.ndim(constant_values) == 0 and constant_values == 0:
            result = raw.Pad(tensor, paddings, name=name)
        else:
            result = raw.PadV2(tensor, paddings, constant_values, name=name)
    elif mode in ("REFLECT", "SYMMETRIC"):
        result = raw.MirrorPad(tensor, paddings, mode=mode, name=name)
    else:
        raise ValueError(
            'Value of argument `mode` expected to be one of "CONSTANT", "REFLECT", or "SYMMETRIC". '
            f"Received `mode` = {mode}"
        )
    source = result._op._inputs[0]._dims
    if source is not None and not is_full(result._dims):
        known = static_value(result._op._inputs[1])
        if known is not None:
            result.set_shape(
                TensorShape(
                    [None if s is None else s + int(a) + int(b) for s, (a, b) in zip(source, known, strict=True)]
                )
            )
    return result
