"""Reductions: sums, means, extremes and their places along dimensions of a tensor."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert, dtypes
from ..framework.constant_value import constant_value
from ..framework.registry import OpDef, op, raw
from ..framework.shapes import Dims, is_full
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import ones, rank, shape, size
from .broadcast_shapes import broadcast_to
from .cast import cast
from .constant import constant
from .sequences import range
from .shape_functions import EXTREME_TYPES, NUMBERS
from .shaping import one_of, reshape, tile

__all__ = ["reduce_all", "reduce_any", "reduce_max", "reduce_mean", "reduce_min", "reduce_prod", "reduce_sum"]


# ---- declarations


def _reduced_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    axes = call.constant(1)
    keep = call.attrs["keep_dims"]
    if dims is None:
        return None
    if axes is None:
        return (None,) * len(dims) if keep else None
    chosen = set()
    for axis in axes.reshape(-1).tolist():
        if not -len(dims) <= axis < len(dims):
            raise ValueError(f"Invalid reduction dimension {axis} for input with {len(dims)} dimensions.")
        chosen.add(axis % len(dims))
    if keep:
        return tuple(1 if index in chosen else each for index, each in enumerate(dims))
    return tuple(each for index, each in enumerate(dims) if index not in chosen)


def _axes(x: Any, axes: Any) -> tuple[int, ...]:
    ndim = np.ndim(x)
    result: list[int] = []
    for axis in axes.reshape(-1).tolist():
        if not -ndim <= axis < ndim:
            raise KernelError(
                InvalidArgumentError, f"Invalid reduction dimension ({axis} for input with {ndim} dimension(s)"
            )
        axis %= ndim
        if axis in result:
            raise KernelError(
                InvalidArgumentError, "Invalid reduction arguments: Axes contains duplicate dimension: " + str(axis)
            )
        result.append(axis)
    return tuple(result)


def _reduction(name: str, types: str | None, function: Any) -> OpDef:
    """Declares a reduction whose kernel is `function(x, axis=axes, keepdims=...)`."""
    kind, attrs = ("T", [f"T: {types}"]) if types else ("bool", [])
    definition = op(
        f"{name}(input: {kind}, reduction_indices: Tidx) -> (output: {kind})",
        attrs=["keep_dims: bool = false", *attrs, "Tidx: {int32, int64} = int32"],
    )
    definition.shape(_reduced_shape)

    @definition.kernel
    def kernel(x: Any, axes: Any, *, keep_dims: bool) -> Any:
        chosen = _axes(x, axes)
        return function(x, chosen, keep_dims) if chosen else x

    return definition


_add_all: Any = np.add.reduce


SUM_TILE = 1 << 16
"""So many elements are summed at once; the sums of these tiles are added in double precision."""

_ones = {char: np.ones(SUM_TILE, char) for char in "fd"}


def whole_sum(x: np.ndarray) -> Any:
    """Returns the sum of all elements of a C-contiguous array of floats: products with ones, which are faster than a reduction."""
    flat = x.reshape(-1)
    ones = _ones[x.dtype.char]
    if flat.size <= SUM_TILE:
        return np.dot(flat, ones[: flat.size])
    total = 0.0
    for start in builtins.range(0, flat.size, SUM_TILE):
        tile = flat[start : start + SUM_TILE]
        total += float(np.dot(tile, ones[: tile.size]))
    return x.dtype.type(total)


def _total(x: Any, axes: Any, keep: bool) -> Any:
    if len(axes) == x.ndim and x.dtype.char in "fd" and x.flags.c_contiguous:
        total = whole_sum(x)
        return np.full((1,) * x.ndim, total) if keep else total
    return _add_all(x, axis=axes, keepdims=keep, dtype=x.dtype)


def _sum(x: Any, axes: Any, keep: bool) -> Any:
    if axes == (0,) and x.ndim == 2 and x.dtype.char in "fd" and x.shape[0] > 8:
        sums = np.dot(np.ones(x.shape[0], dtype=x.dtype), x)
        return sums.reshape(1, -1) if keep else sums
    return _total(x, axes, keep)


def _mean(x: Any, axes: Any, keep: bool) -> Any:
    total = _total(x, axes, keep)
    count = 1
    for axis in axes:
        count *= x.shape[axis]
    if x.dtype.kind in "iu":
        if count == 0:
            return np.zeros_like(total)
        return (np.sign(total) * (np.abs(total) // count)).astype(x.dtype)
    return total / x.dtype.type(count)


def _extreme(ufunc: np.ufunc, worst: Any) -> Any:
    reduce: Any = ufunc.reduce

    def function(x: Any, axes: Any, keep: bool) -> Any:
        if x.size == 0:
            return reduce(x, axis=axes, keepdims=keep, initial=worst(x.dtype))
        return reduce(x, axis=axes, keepdims=keep)

    return function


def _least(kind: Any) -> Any:
    return kind.type(-np.inf) if kind.kind == "f" else np.iinfo(kind).min


def _greatest(kind: Any) -> Any:
    return kind.type(np.inf) if kind.kind == "f" else np.iinfo(kind).max


sum_op = _reduction("Sum", NUMBERS, _sum)
mean_op = _reduction("Mean", NUMBERS, _mean)
prod_op = _reduction(
    "Prod", NUMBERS, lambda x, axes, keep: np.multiply.reduce(x, axis=axes, keepdims=keep, dtype=x.dtype)
)
max_op = _reduction("Max", EXTREME_TYPES, _extreme(np.maximum, _least))
min_op = _reduction("Min", EXTREME_TYPES, _extreme(np.minimum, _greatest))
all_op = _reduction("All", None, lambda x, axes, keep: np.logical_and.reduce(x, axis=axes, keepdims=keep))
any_op = _reduction("Any", None, lambda x, axes, keep: np.logical_or.reduce(x, axis=axes, keepdims=keep))
euclidean_norm_op = _reduction(
    "EuclideanNorm",
    NUMBERS,
    lambda x, axes, keep: np.sqrt(np.add.reduce(np.square(x), axis=axes, keepdims=keep, dtype=x.dtype)),
)
all_op.no_gradient()
any_op.no_gradient()


# ---- gradients


def reduced_shape(input_shape: Any, axes: Any) -> Any:
    """Returns the shape `input_shape` with ones at `axes`: an array when everything is known, else a tensor."""
    known = static_value(input_shape) if isinstance(input_shape, Tensor) else np.asarray(input_shape)
    if known is not None:
        known_axes = static_value(axes) if isinstance(axes, Tensor) else np.asarray(axes)
        if known_axes is not None:
            result = np.array(known, dtype=np.int32)
            result[known_axes.astype(np.int32)] = 1
            return result
    axes = convert.convert_to_tensor(axes)
    count = size(input_shape, out_type=axes._dtype.base_dtype)
    axes = (axes + count) % count
    axes_shape = shape(axes)
    return raw.DynamicStitch([range(count), axes], [input_shape, ones(axes_shape, dtype=input_shape._dtype.base_dtype)])


def _repetitions(dims: Dims, axes: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns the shape `dims` with ones at `axes`, and how often each dimension repeats.

    TensorFlow works this out with operations, which stay in the graph, and remembers the result for each graph: only the first
    gradient of a shape and its axes has them.
    """
    from .math import maximum

    assert dims is not None
    memory = contexts.default_graph()._reduced_shapes
    found = memory.get((dims, axes))
    if found is None:
        kept = reduced_shape(dims, np.array(axes, dtype=np.int64))
        repeated = constant_value(dims // maximum(kept, 1))
        assert repeated is not None
        found = memory[dims, axes] = tuple(kept.tolist()), tuple(repeated.tolist())
    return found


@sum_op.gradient
def _sum_gradient(op: Any, dy: Any) -> Any:
    x = op._inputs[0]
    dims = x._dims
    axes = static_value(op._inputs[1]) if dims is not None else None
    if axes is not None:
        if np.array_equal(axes, np.arange(len(dims))):
            dy = reshape(dy, [1] * len(dims))
            x_shape = constant(dims, dtype=dtypes.int32) if is_full(dims) else shape(x)
            return tile(dy, x_shape), None
        if is_full(dims):
            kept, scaling = _repetitions(dims, tuple(axes.reshape(-1).tolist()))
            return tile(reshape(dy, kept), scaling), None
    x_shape = shape(x)
    if not op._attrs["keep_dims"]:
        with x_shape.graph.colocate_with(x_shape):
            kept = reduced_shape(x_shape, op._inputs[1])
        dy = reshape(dy, kept)
    return broadcast_to(dy, x_shape), None


@mean_op.gradient
def _mean_gradient(op: Any, dy: Any) -> Any:
    from .division import truediv
    from .gathering import gather

    total = _sum_gradient(op, dy)[0]
    x = op._inputs[0]
    dims, out_dims = x._dims, op._outputs[0]._dims
    if is_full(dims) and is_full(out_dims):
        factor = int(np.prod(dims)) // max(int(np.prod(out_dims)), 1)
        divisor = constant(factor, dtype=total._dtype.base_dtype)
    else:
        x_shape = shape(x)
        count = size(x_shape)
        axes = cast(op._inputs[1], count._dtype.base_dtype)
        axes = (axes + count) % count
        divisor = reduce_prod(gather(x_shape, axes))
    return truediv(total, cast(divisor, total._dtype.base_dtype)), None


@min_op.gradient
@max_op.gradient
def _extreme_gradient(op: Any, dy: Any) -> Any:
    from .compare import equal
    from .division import divide

    x, axes = op._inputs
    y = op._outputs[0]
    x_shape = shape(x)
    if op._attrs["keep_dims"]:
        kept = shape(y)
    else:
        kept = reduced_shape(x_shape, axes)
        y = reshape(y, kept)
        dy = reshape(dy, kept)
    chosen = cast(equal(y, x), dy.dtype.base_dtype)
    count = reshape(reduce_sum(chosen, axes), kept)
    return divide(chosen, count) * dy, None


@prod_op.gradient
def _prod_gradient(op: Any, dy: Any) -> Any:
    from .cast import conj
    from .gathering import gather
    from .joining import concat
    from .ordering import invert_permutation, transpose
    from .sequences import cumprod

    x = op._inputs[0]
    x_shape = shape(x)
    axes = reshape(op._inputs[1], [-1])
    if not op._attrs["keep_dims"]:
        dy = reshape(dy, reduced_shape(x_shape, op._inputs[1]))
    dy = broadcast_to(dy, x_shape)
    with x.graph.device("/cpu:0"):
        count = rank(x)
        axes = cast(axes, count._dtype.base_dtype)
        reduced = (axes + count) % count
        other, _ = raw.ListDiff(range(0, count), reduced, out_idx=reduced._dtype.base_dtype)
        order = concat([reduced, other], 0)
        reduced_count = reduce_prod(gather(x_shape, reduced))
        other_count = reduce_prod(gather(x_shape, other))
    permuted = transpose(x, order)
    permuted_shape = shape(permuted)
    rows = reshape(permuted, (reduced_count, other_count))
    left = cumprod(rows, axis=0, exclusive=True)
    right = cumprod(rows, axis=0, exclusive=True, reverse=True)
    y = reshape(conj(left) * conj(right), permuted_shape)
    out = dy * transpose(y, invert_permutation(order))
    return reshape(out, x_shape), None


# ---- public functions


def all_dimensions(x: Any, axis: Any) -> Any:
    """Returns the axes of a reduction; all of them when `axis` is None, as TensorFlow spells them."""
    if axis is not None:
        return axis
    dims = getattr(convert.graph_element(x), "_dims", None)
    if dims:
        return constant(np.arange(len(dims), dtype=np.int32))
    return range(0, rank(x))


def _reduce(function: Any, x: Any, axis: Any, keepdims: Any, name: str | None, old_axis: Any, old_keep: Any) -> Tensor:
    axis = one_of("axis", axis, "reduction_indices", old_axis)
    keepdims = one_of("keepdims", keepdims, "keep_dims", old_keep)
    keep = False if keepdims is None else bool(keepdims)
    result = function(x, all_dimensions(x, axis), keep_dims=keep, name=name)
    if axis is None and not keep and not is_full(result._dims):
        result.set_shape(())
    return result


_ARGUMENTS = """

    Args:
      input_tensor: the tensor.
      axis: the dimensions to reduce, an int or a list; by default all.
      keepdims: keep them with size 1.
      name: name of the operation.
      reduction_indices, keep_dims: older names of `axis` and `keepdims`."""


def reduce_sum(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the sums of the elements."""
    return _reduce(raw.Sum, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_mean(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the means of the elements; those of integers are cut to integers."""
    return _reduce(raw.Mean, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_prod(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the products of the elements."""
    return _reduce(raw.Prod, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_max(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the greatest elements."""
    return _reduce(raw.Max, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_min(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the least elements."""
    return _reduce(raw.Min, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_all(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Says whether all elements are true."""
    return _reduce(raw.All, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_any(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Says whether any element is true."""
    return _reduce(raw.Any, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


for _each in (reduce_sum, reduce_mean, reduce_prod, reduce_max, reduce_min, reduce_all, reduce_any):
    _each.__doc__ = (_each.__doc__ or "") + _ARGUMENTS
