"""Operations that only arrange elements anew: reshape, add or drop dimensions, repeat, broadcast, permute, reverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.tensor import Tensor
from .array import shape, size
from .shape_functions import with_rank

__all__ = ["expand_dims", "repeat", "reshape", "squeeze", "tile"]


def dense(gradient: Any) -> Any:
    """Returns a gradient as a tensor; rows that are given apart are added up into place."""
    return convert.convert_to_tensor(gradient) if isinstance(gradient, IndexedSlices) else gradient


# ---- reshape

reshape_op = op(
    "Reshape(tensor: T, shape: Tshape) -> (output: T)", attrs=["T: type", "Tshape: {int32, int64} = int32"], aliases=0
)


@reshape_op.shape
def _reshape_shape(call: Any) -> Dims:
    source = call.shapes[0]
    if call.shapes[1] is not None and len(call.shapes[1]) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(call.shapes[1])}")
    wanted = call.constant_shape(1)
    if wanted is None or source is None or any(dims.count(None) > 1 and 0 not in dims for dims in (source, wanted)):
        return wanted
    before, before_open = _known_product(source)
    after, after_open = _known_product(wanted)
    if not before_open and not after_open:
        if before != after:
            raise ValueError(
                f"Cannot reshape a tensor with {before} elements to shape {dims_text(wanted)} ({after} elements)"
            )
    elif not before_open and after > 0:
        return tuple(_quotient(before, after) if each is None else each for each in wanted)
    elif before_open and not after_open and before:
        # The open size of the source must come out whole.
        _quotient(after, before)
    return wanted


def _known_product(dims: tuple[int | None, ...]) -> tuple[int, bool]:
    """Returns the product of the known sizes, and whether the number of elements depends on one that is open."""
    if 0 in dims:
        return 0, False
    product = 1
    for each in dims:
        product *= 1 if each is None else each
    return product, None in dims


def _quotient(count: int, divisor: int) -> int:
    if count % divisor:
        raise ValueError(f"Dimension size must be evenly divisible by {divisor} but is {count}")
    return count // divisor


@reshape_op.kernel
def _reshape_kernel(x: Any, shape: Any) -> Any:
    sizes = shape.tolist()
    try:
        return x.reshape(sizes)
    except ValueError:
        pass
    except AttributeError:
        return np.array(x, dtype=object).reshape(sizes)
    unknown = sum(each == -1 for each in sizes)
    if unknown > 1:
        raise KernelError(InvalidArgumentError, "Only one input size may be -1, not both 0 and 1")
    if unknown and 0 in sizes:
        # Sizes of zero on both sides are set aside to find the missing one.
        given = int(np.prod([each for each in x.shape if each], dtype=np.int64))
        known = int(np.prod([each for each in sizes if each > 0], dtype=np.int64))
        if 0 in x.shape or given % known == 0:
            sizes[sizes.index(-1)] = given // known
            unknown = 0
            if 0 in x.shape:
                return x.reshape(sizes)
    known = int(np.prod([each for each in sizes if each != -1], dtype=np.int64))
    if unknown:
        raise KernelError(
            InvalidArgumentError,
            f"Input to reshape is a tensor with {x.size} values, but the requested shape requires a multiple of {known}",
        )
    raise KernelError(
        InvalidArgumentError, f"Input to reshape is a tensor with {x.size} values, but the requested shape has {known}"
    )


@reshape_op.gradient
def _reshape_gradient(op: Any, dy: Any) -> Any:
    dims = op._inputs[0]._dims
    if dims is not None and dims.count(None) == 1 and 0 not in dims:
        return reshape(dense(dy), [-1 if each is None else each for each in dims]), None
    return reshape(dense(dy), shape(op._inputs[0])), None


def reshape_to_input(op: Any, dy: Any) -> Tensor:
    """Returns `dy` in the shape of the operation's first input."""
    return reshape(dense(dy), shape(op._inputs[0]))


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns the elements of `tensor`, in their order, in another shape.

    Args:
      tensor: any tensor.
      shape: the new sizes; one of them may be -1, which stands for what is left.
      name: name of the operation.

    Raises:
      ValueError: the numbers of elements are known and differ.
    """
    return raw.Reshape(tensor, shape, name=name)


# ---- dimensions of size one

expand_dims_op = op(
    "ExpandDims(input: T, dim: Tdim) -> (output: T)", attrs=["T: type", "Tdim: {int32, int64} = int32"], aliases=0
)


@expand_dims_op.shape
def _expand_dims_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    axis = call.constant(1)
    if axis is not None and axis.size != 1:
        raise ValueError(f"'dim' input must be a tensor with a single value but dim has rank {axis.ndim}")
    if dims is None:
        return None
    if axis is None:
        return (None,) * (len(dims) + 1)
    where = int(axis.reshape(()))
    if not -len(dims) - 1 <= where <= len(dims):
        raise ValueError(f"dim {where} not in the interval [{-len(dims) - 1}, {len(dims)}].")
    if where < 0:
        where += len(dims) + 1
    return (*dims[:where], 1, *dims[where:])


@expand_dims_op.kernel
def _expand_dims_kernel(x: Any, dim: Any) -> Any:
    axis = int(dim if np.ndim(dim) == 0 else dim[0])
    ndim = np.ndim(x)
    if not -ndim - 1 <= axis <= ndim:
        raise KernelError(
            InvalidArgumentError,
            f"Tried to expand dim index {axis} for tensor with {ndim} dimensions.",
        )
    return np.expand_dims(x, axis)


expand_dims_op.gradient(lambda op, dy: (reshape_to_input(op, dy), None))


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """Returns `input` with one more dimension, of size 1, at `axis`.

    Args:
      input: any tensor.
      axis: where the new dimension goes, from `-rank - 1` to `rank`.
      name: name of the operation.
      dim: older name of `axis`.

    Raises:
      ValueError: no axis, two, or one out of range.
    """
    axis = one_of("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return raw.ExpandDims(input, axis, name=name)


def one_of(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """Returns the argument that was given under its new or its old name. Raises ValueError when both were given."""
    if old_value is not None and new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'.")
    return new_value if old_value is None else old_value


squeeze_op = op("Squeeze(input: T) -> (output: T)", attrs=["T: type", "squeeze_dims: list(int) = []"], aliases=0)


@squeeze_op.shape
def _squeeze_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    if dims is None:
        return None
    axes = call.attrs["squeeze_dims"]
    if not axes:
        if None in dims:
            return None
        return tuple(each for each in dims if each != 1)
    chosen = set()
    for axis in axes:
        if not -len(dims) <= axis < len(dims):
            raise ValueError(f"squeeze_dims[{axes.index(axis)}] not in [{-len(dims)},{len(dims)}).")
        chosen.add(axis % len(dims))
    for axis in chosen:
        if dims[axis] is not None and dims[axis] != 1:
            raise ValueError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {dims[axis]}")
    return tuple(each for index, each in enumerate(dims) if index not in chosen)


@squeeze_op.kernel
def _squeeze_kernel(x: Any, *, squeeze_dims: Any) -> Any:
    if not squeeze_dims:
        return np.squeeze(x)
    for axis in squeeze_dims:
        if np.shape(x)[axis] != 1:
            raise KernelError(
                InvalidArgumentError,
                f"Can not squeeze dim[{axis % np.ndim(x)}], expected a dimension of 1, got {np.shape(x)[axis]}",
            )
    return np.squeeze(x, axis=tuple(squeeze_dims))


squeeze_op.gradient(reshape_to_input)


def squeeze(input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None) -> Tensor:
    """Returns `input` without its dimensions of size 1.

    Args:
      input: any tensor.
      axis: which dimensions to drop, an int or a list; by default all of size 1.
      name: name of the operation.
      squeeze_dims: older name of `axis`.

    Raises:
      ValueError: a dimension to drop is known to have another size.
    """
    axis = one_of("axis", axis, "squeeze_dims", squeeze_dims)
    if np.isscalar(axis):
        axis = [axis]
    return raw.Squeeze(input, squeeze_dims=axis, name=name)


# ---- repeat

tile_op = op(
    "Tile(input: T, multiples: Tmultiples) -> (output: T)", attrs=["T: type", "Tmultiples: {int32, int64} = int32"]
)


@tile_op.shape
def _tile_shape(call: Any) -> Dims:
    with_rank(call.shapes[1], 1)
    dims = call.shapes[0]
    if dims is not None and call.shapes[1] is not None and call.shapes[1][0] is not None:
        with_rank((None,) * call.shapes[1][0], len(dims))
    multiples = call.constant_shape(1)
    if multiples is None:
        return None if dims is None else (None,) * len(dims)
    if dims is None:
        return (None,) * len(multiples)
    multiples = with_rank(multiples, len(dims))
    assert multiples is not None
    return tuple(None if a is None or b is None else a * b for a, b in zip(dims, multiples, strict=True))  # type: ignore[arg-type]


@tile_op.kernel
def _tile_kernel(x: Any, multiples: Any) -> Any:
    counts = multiples.tolist()
    if len(counts) != np.ndim(x):
        raise KernelError(
            InvalidArgumentError,
            f"Expected multiples argument to be a vector of length {np.ndim(x)} but got length {len(counts)}",
        )
    for index, each in enumerate(counts):
        if each < 0:
            raise KernelError(InvalidArgumentError, f"Expected multiples[{index}] >= 0, but got {each}")
    if not counts:
        return x
    if x.size == 1:
        return np.full(counts, x.reshape(-1)[0], dtype=x.dtype)
    return np.tile(x, counts)


@tile_op.gradient
def _tile_gradient(op: Any, dy: Any) -> Any:
    from .joining import stack
    from .ordering import transpose
    from .reduction import reduce_sum
    from .sequences import range

    x, multiples = op._inputs
    x_shape = shape(x, out_type=multiples._dtype.base_dtype)
    split_shape = reshape(transpose(stack([multiples, x_shape])), [-1])
    axes = range(0, size(split_shape), 2)
    gradient = reduce_sum(reshape(dense(dy), split_shape), axes)
    gradient.set_shape(x.get_shape())
    return gradient, None


def tile(input: Any, multiples: Any, name: str | None = None) -> Tensor:
    """Returns `input` repeated `multiples[i]` times along each dimension `i`."""
    return raw.Tile(input, multiples, name=name)


def repeat(input: Any, repeats: Any, axis: int | None = None, name: str | None = None) -> Tensor:
    """Returns `input` with each element along `axis` repeated `repeats` times; without an axis it is flattened first.

    Args:
      input: a tensor of known rank.
      repeats: one number for all elements.
      axis: the dimension along which to repeat.
      name: name of the scope.
    """
    with op_scope(name, "Repeat", [input, repeats]):
        data = convert.convert_to_tensor(input, name="input")
        if axis is None:
            data = reshape(data, [-1])
            axis = 0
        dims = data._dims
        if dims is None:
            raise ValueError("repeat needs a tensor of known rank.")
        axis = axis % len(dims)
        expanded = expand_dims(data, axis + 1)
        multiples = [1] * (len(dims) + 1)
        multiples[axis + 1] = repeats
        tiled = tile(expanded, multiples)
        sizes = [-1 if i == axis else s for i, s in enumerate(dims)]
        if None in sizes:
            raise ValueError("repeat needs a tensor whose other sizes are known.")
        return reshape(tiled, sizes)
