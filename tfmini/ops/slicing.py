"""Parts of a tensor: slices, strided slices (`t[1:, ..., 0]`), gathered rows, padding."""

from __future__ import annotations

import builtins
import functools
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import ones_like, rank, shape
from .joining import concat, stack
from .shape_functions import with_rank
from .shaping import reshape

__all__ = ["newaxis", "slice", "strided_slice"]

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
    if sizes is None:
        known = call.constant_shape(2)
        if known is not None:
            return known
        return None if dims is None else (None,) * len(dims)
    if dims is not None:
        dims = with_rank(dims, len(sizes))
    starts = [None] * len(sizes) if begin is None else begin.tolist()
    wholes = (None,) * len(sizes) if dims is None else dims
    result: list[int | None] = []
    for whole, start, length in zip(wholes, starts, sizes.tolist(), strict=True):
        if length != -1:
            result.append(length)
        elif whole is None or start is None:
            result.append(None)
        elif start > whole:
            raise ValueError(f"Negative dimension size caused by subtracting {start} from {whole}")
        else:
            result.append(whole - start)
    return tuple(result)


@slice_op.kernel
def _slice_kernel(x: Any, begin: Any, size: Any) -> Any:
    rank = np.ndim(x)
    if not np.shape(begin) == np.shape(size) == (rank,):
        begins, sizes = (f"[{','.join(map(str, np.shape(each)))}]" for each in (begin, size))
        raise KernelError(
            InvalidArgumentError,
            f"Expected begin and size arguments to be 1-D tensors of size {rank}, but got shapes {begins} and {sizes} instead.",
        )
    return x[_cut(np.shape(x), tuple(begin.tolist()), tuple(size.tolist()))]


@functools.lru_cache(maxsize=4096)
def _cut(dims: tuple[int, ...], begin: tuple[int, ...], size: tuple[int, ...]) -> tuple[builtins.slice, ...]:
    """Returns where to cut. The same few numbers come in every step of a training."""
    cut = []
    for index, (whole, start, length) in enumerate(zip(dims, begin, size, strict=True)):
        if length == -1:
            length = whole - start
        if not whole and (start or size[index] not in (0, -1)):
            raise KernelError(
                InvalidArgumentError,
                f"Expected begin[{index}] == 0 (got {start}) and size[{index}] == 0 (got {length}) when "
                f"input.dim_size({index}) == 0",
            )
        if not 0 <= start <= whole:
            raise KernelError(InvalidArgumentError, f"Expected begin[{index}] in [0, {whole}], but got {start}")
        if not length >= 0 or start + length > whole:
            raise KernelError(InvalidArgumentError, f"Expected size[{index}] in [0, {whole - start}], but got {length}")
        cut.append(builtins.slice(start, start + length))
    return tuple(cut)


@slice_op.gradient
def _slice_gradient(op: Any, dy: Any) -> Any:
    from .padding import pad

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

MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
_MASK_ATTRS = [f"{name}: int = 0" for name in MASKS]
strided_slice_op = op(
    "StridedSlice(input: T, begin: Index, end: Index, strides: Index) -> (output: T)",
    attrs=["T: type", "Index: {int16, int32, int64}", *_MASK_ATTRS],
)
strided_slice_grad_op = op(
    "StridedSliceGrad(shape: Index, begin: Index, end: Index, strides: Index, dy: T) -> (output: T)",
    attrs=["T: type", "Index: {int32, int64}", *_MASK_ATTRS],
)


def slice_key(begin: Any, end: Any, strides: Any, masks: Any) -> tuple[Any, ...]:
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


def slice_masks(attrs: Any) -> tuple[int, ...]:
    """Returns the masks of a strided slice, in the order of `MASKS`."""
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
    masks = slice_masks(call.attrs)
    ellipsis = sum(1 << i & masks[2] > 0 for i in range(length))
    new = sum(1 << i & masks[3] > 0 and not 1 << i & masks[2] for i in range(length))
    used = length - ellipsis - new
    if used and not dims:
        raise ValueError("Attempting to slice scalar input.")
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
    masks = slice_masks(op._attrs)
    # The key of constant bounds is made once. A run may feed other bounds, so they are recognised by identity.
    bounds: list[Any] = [
        each._op._attrs["value"] if each._op._definition.name == "Const" else None for each in op._inputs[1:]
    ]
    prepared = None
    if all(each is not None for each in bounds):
        first, last, step = (each.tolist() for each in bounds)
        prepared = slice_key(first, last, step, masks)

    def kernel(x: Any, begin: Any, end: Any, strides: Any) -> Any:
        if prepared is not None and begin is bounds[0] and end is bounds[1] and strides is bounds[2]:
            key = prepared
        else:
            key = slice_key(begin.tolist(), end.tolist(), strides.tolist(), masks)
        if not isinstance(x, np.ndarray):
            x = np.asarray(x)
        try:
            return x[key]
        except IndexError:
            return refuse_index(x, key)

    return kernel


def refuse_index(x: np.ndarray, key: tuple[Any, ...]) -> Any:
    """Raises KernelError for a key that numpy refused."""
    axis = 0
    used = sum(item is not None and item is not Ellipsis for item in key)
    if used and not x.ndim:
        raise KernelError(InvalidArgumentError, "Attempting to slice scalar input.")
    for each in key if used <= x.ndim else ():
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
    masks = slice_masks(op._attrs)

    def kernel(shape: Any, begin: Any, end: Any, strides: Any, dy: Any) -> Any:
        result = np.zeros(shape.tolist(), dtype=dy.dtype)
        result[slice_key(begin.tolist(), end.tolist(), strides.tolist(), masks)] = dy
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
    attrs = {name: op._attrs[name] for name in MASKS}
    return raw.StridedSliceGrad(*parts, dy, **attrs), None, None, None


@strided_slice_grad_op.gradient
def _strided_slice_grad_gradient(op: Any, dz: Any) -> Any:
    attrs = {name: op._attrs[name] for name in MASKS}
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
      var: a variable whose value `input_` is. The result then has a method `assign(value, name=None)`, which writes into that
        slice of the variable.
      name: name of the operation; `assign` needs it, or a name of its own.
    """
    if strides is None:
        strides = ones_like(begin)
    result = raw.StridedSlice(
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
    if var is not None:

        def assign(value: Any, name: str | None = None, _given: Any = name) -> Any:
            return var._strided_slice_assign(
                begin,
                end,
                strides,
                value,
                _given + "_assign" if name is None else name,
                begin_mask,
                end_mask,
                ellipsis_mask,
                new_axis_mask,
                shrink_axis_mask,
            )

        result.assign = assign
    return result
