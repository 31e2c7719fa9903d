"""Blocks of pictures moved to the batch or to the channels, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import zeros
from .joining import stack
from .shape_functions import with_rank
from .shaping import one_of

__all__ = [
    "batch_to_space",
    "batch_to_space_nd",
    "depth_to_space",
    "required_space_to_batch_paddings",
    "space_to_batch",
    "space_to_batch_nd",
    "space_to_depth",
]

# ---- blocks and the batch

space_to_batch_nd_op = op(
    "SpaceToBatchND(input: T, block_shape: Tblock_shape, paddings: Tpaddings) -> (output: T)",
    attrs=["T: type", "Tblock_shape: {int32, int64} = int32", "Tpaddings: {int32, int64} = int32"],
)
batch_to_space_nd_op = op(
    "BatchToSpaceND(input: T, block_shape: Tblock_shape, crops: Tcrops) -> (output: T)",
    attrs=["T: type", "Tblock_shape: {int32, int64} = int32", "Tcrops: {int32, int64} = int32"],
)


def _block_parts(call: Any) -> tuple[Dims, Any, Any, int | None]:
    """Returns the shape, the sizes of a block and the edges as far as they are known, and how many directions are cut."""
    dims = call.shapes[0]
    blocks = with_rank(call.shapes[1], 1)
    edges = with_rank(call.shapes[2], 2)
    if edges[1] not in (None, 2):
        raise ValueError(f"Dimension must be 2 but is {edges[1]}")
    number = blocks[0] if blocks[0] is not None else edges[0]
    if dims is not None and number is not None and len(dims) < number + 1:
        raise ValueError(f"Shape must be at least rank {number + 1} but is rank {len(dims)}")
    return dims, call.constant(1), call.constant(2), number


@space_to_batch_nd_op.shape
def _space_to_batch_shape(call: Any) -> Dims:
    dims, blocks, edges, number = _block_parts(call)
    if dims is None or number is None:
        return None
    sizes: list[int | None] = []
    for index in range(number):
        size = dims[index + 1]
        if size is None or blocks is None or edges is None:
            sizes.append(None)
            continue
        block, whole = int(blocks[index]), size + int(edges[index].sum())
        if whole % block:
            raise ValueError(f"Dimension size must be evenly divisible by {block} but is {whole}")
        sizes.append(whole // block)
    batch = None if blocks is None or dims[0] is None else dims[0] * int(np.prod(blocks))
    return (batch, *sizes, *dims[number + 1 :])


@batch_to_space_nd_op.shape
def _batch_to_space_shape(call: Any) -> Dims:
    dims, blocks, edges, number = _block_parts(call)
    if dims is None or number is None:
        return None
    batch = None
    if dims[0] is not None and blocks is not None:
        batch = dims[0]
        for block in blocks.tolist():
            if batch % block:
                raise ValueError(f"Dimension size must be evenly divisible by {block} but is {batch}")
            batch //= block
    sizes: list[int | None] = []
    for index in range(number):
        size = dims[index + 1]
        if size is None or blocks is None or edges is None:
            sizes.append(None)
            continue
        left = size * int(blocks[index]) - int(edges[index].sum())
        if left < 0:
            raise ValueError(f"Negative dimension size caused by subtracting {int(edges[index].sum())} from {left}")
        sizes.append(left)
    return (batch, *sizes, *dims[number + 1 :])


def _check_blocks(x: Any, blocks: Any, edges: Any, name: str) -> None:
    if blocks.ndim != 1 or edges.shape != (blocks.size, 2):
        raise KernelError(
            InvalidArgumentError, f"{name} should have shape [{blocks.size}, 2] instead of {dims_text(edges.shape)}"
        )
    if x.ndim < blocks.size + 1:
        raise KernelError(InvalidArgumentError, f"input rank should be >= {blocks.size + 1} instead of {x.ndim}")
    if (blocks < 1).any():
        raise KernelError(InvalidArgumentError, "All values in block_shape must be positive")
    if (edges < 0).any():
        raise KernelError(InvalidArgumentError, f"All values in {name} must be non-negative")


@space_to_batch_nd_op.kernel
def _space_to_batch_kernel(x: Any, blocks: Any, edges: Any) -> Any:
    _check_blocks(x, blocks, edges, "paddings")
    number = blocks.size
    if edges.any():
        x = np.pad(x, [(0, 0), *[tuple(pair) for pair in edges.tolist()], *[(0, 0)] * (x.ndim - number - 1)])
    batch, rest = x.shape[0], x.shape[number + 1 :]
    cut: list[int] = [batch]
    for size, block in zip(x.shape[1 : number + 1], blocks.tolist(), strict=True):
        if size % block:
            raise KernelError(
                InvalidArgumentError, f"padded_shape[{len(cut) // 2}]={size} is not divisible by block_shape={block}"
            )
        cut.extend((size // block, block))
    parts = x.reshape(*cut, *rest)
    order = [*range(2, 2 * number + 1, 2), 0, *range(1, 2 * number, 2), *range(2 * number + 1, parts.ndim)]
    return np.ascontiguousarray(parts.transpose(order)).reshape(batch * int(blocks.prod()), *cut[1::2], *rest)


@batch_to_space_nd_op.kernel
def _batch_to_space_kernel(x: Any, blocks: Any, edges: Any) -> Any:
    _check_blocks(x, blocks, edges, "crops")
    number = blocks.size
    product = int(blocks.prod())
    if x.shape[0] % product:
        raise KernelError(
            InvalidArgumentError,
            f"Input batch dimension ({x.shape[0]}) is not divisible by product of block sizes ({product})",
        )
    batch, rest = x.shape[0] // product, x.shape[number + 1 :]
    sizes = x.shape[1 : number + 1]
    parts = x.reshape(*blocks.tolist(), batch, *sizes, *rest)
    order = [number]
    for index in range(number):
        order.extend((number + 1 + index, index))
    order.extend(range(2 * number + 1, parts.ndim))
    whole = [size * block for size, block in zip(sizes, blocks.tolist(), strict=True)]
    y = np.ascontiguousarray(parts.transpose(order)).reshape(batch, *whole, *rest)
    if not edges.any():
        return y
    kept = tuple(slice(before, size - after) for size, (before, after) in zip(whole, edges.tolist(), strict=True))
    return np.ascontiguousarray(y[(slice(None), *kept)])


space_to_batch_nd_op.gradient(lambda op, dy: (raw.BatchToSpaceND(dy, *op._inputs[1:]), None, None))
batch_to_space_nd_op.gradient(lambda op, dy: (raw.SpaceToBatchND(dy, *op._inputs[1:]), None, None))


def space_to_batch_nd(input: Any, block_shape: Any, paddings: Any, name: str | None = None) -> Tensor:
    """Returns pictures cut into interleaved smaller ones, which become more pictures of the batch.

    Args:
      input: `[n, sizes..., ...]`.
      block_shape: integers `[k]`, the distance of neighbours in each of the `k` sizes.
      paddings: integers `[k, 2]`, zeros before and after each size, so that the block divides it.
      name: name of the operation.

    Returns:
      Tensor `[n * product(block_shape), sizes / block_shape..., ...]`.
    """
    return raw.SpaceToBatchND(input, block_shape, paddings, name=name)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """Returns what `space_to_batch_nd` cut, put together again, without `crops` (integers `[k, 2]`) at the edges."""
    return raw.BatchToSpaceND(input, block_shape, crops, name=name)


def space_to_batch(
    input: Any, paddings: Any, block_size: Any = None, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """Returns `space_to_batch_nd` of pictures `[n, h, w, c]` with square blocks."""
    size = one_of("block_shape", block_shape, "block_size", block_size)
    result = space_to_batch_nd(input, np.array([size, size], np.int64), paddings, name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def batch_to_space(input: Any, crops: Any, block_size: Any, name: str | None = None, block_shape: Any = None) -> Tensor:
    """Returns `batch_to_space_nd` of pictures `[n, h, w, c]` with square blocks."""
    size = one_of("block_shape", block_shape, "block_size", block_size)
    result = batch_to_space_nd(input, np.array([size, size], np.int64), crops, name)
    result.set_shape(result.get_shape().with_rank(4))
    return result


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns the paddings that make blocks divide a shape, at least `base_paddings`, and the crops that take off what is more.

    Args:
      input_shape, block_shape: int32 `[k]`.
      base_paddings: int32 `[k, 2]`, zeros by default.
      name: name of the scope.
    """
    with op_scope(name, "required_space_to_batch_paddings", [input_shape, block_shape]):
        sizes: Any = convert.convert_to_tensor(input_shape, dtype=dtypes.int32, name="input_shape")
        blocks: Any = convert.convert_to_tensor(block_shape, dtype=dtypes.int32, name="block_shape")
        (number,) = with_rank(blocks._dims, 1)
        if number is None:
            raise ValueError("The shape of block_shape must be known.")
        if not number:
            return zeros([0, 2], dtypes.int32), zeros([0, 2], dtypes.int32)
        base: Any
        if base_paddings is None:
            base = zeros([number, 2], dtypes.int32)
        else:
            base = convert.convert_to_tensor(base_paddings, dtype=dtypes.int32, name="base_paddings")
        known = [static_value(each) for each in (sizes, blocks, base)]
        if all(each is not None for each in known):
            sizes, blocks, base = known
        start, end = base[:, 0], base[:, 1]
        whole = sizes + start + end
        more = (blocks - whole % blocks) % blocks
        end = end + more
        paddings = stack([[start[index], end[index]] for index in range(number)], name="paddings")
        crops = stack([[0, more[index]] for index in range(number)], name="crops")
        return paddings, crops


# ---- blocks and the channels

_LAYOUTS = 'data_format: {"NHWC", "NCHW", "NCHW_VECT_C"} = "NHWC"'
space_to_depth_op = op("SpaceToDepth(input: T) -> (output: T)", attrs=["T: type", "block_size: int >= 2", _LAYOUTS])
depth_to_space_op = op("DepthToSpace(input: T) -> (output: T)", attrs=["T: type", "block_size: int >= 2", _LAYOUTS])


def _scaled(call: Any, to_depth: bool) -> Dims:
    dims = with_rank(call.shapes[0], 4)
    block = call.attrs["block_size"]
    first = call.attrs["data_format"] == b"NCHW"
    height, width, depth = (dims[2], dims[3], dims[1]) if first else dims[1:]
    pairs = ((height, block), (width, block)) if to_depth else ((depth, block * block),)
    for size, divisor in pairs:
        if size is not None and size % divisor:
            raise ValueError(f"Dimension size must be evenly divisible by {divisor} but is {size}")

    def times(size: int | None, up: bool, factor: int) -> int | None:
        return None if size is None else size * factor if up else size // factor

    height, width = (times(size, not to_depth, block) for size in (height, width))
    depth = times(depth, to_depth, block * block)
    return (dims[0], depth, height, width) if first else (dims[0], height, width, depth)


space_to_depth_op.shape(lambda call: _scaled(call, True))
depth_to_space_op.shape(lambda call: _scaled(call, False))


@space_to_depth_op.kernel
def _space_to_depth_kernel(x: Any, *, block_size: int, data_format: bytes) -> Any:
    x = x.transpose(0, 2, 3, 1) if data_format == b"NCHW" else x
    n, h, w, c = x.shape
    if h % block_size or w % block_size:
        raise KernelError(
            InvalidArgumentError, f"Image width {w} and height {h} should be divisible by block_size: {block_size}"
        )
    parts = x.reshape(n, h // block_size, block_size, w // block_size, block_size, c).transpose(0, 1, 3, 2, 4, 5)
    y = np.ascontiguousarray(parts).reshape(n, h // block_size, w // block_size, block_size * block_size * c)
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2)) if data_format == b"NCHW" else y


@depth_to_space_op.kernel
def _depth_to_space_kernel(x: Any, *, block_size: int, data_format: bytes) -> Any:
    x = x.transpose(0, 2, 3, 1) if data_format == b"NCHW" else x
    n, h, w, c = x.shape
    left = c // (block_size * block_size)
    if left * block_size * block_size != c:
        raise KernelError(
            InvalidArgumentError, f"Input depth dimension {c} should be divisible by: {block_size * block_size}"
        )
    parts = x.reshape(n, h, w, block_size, block_size, left).transpose(0, 1, 3, 2, 4, 5)
    y = np.ascontiguousarray(parts).reshape(n, h * block_size, w * block_size, left)
    return np.ascontiguousarray(y.transpose(0, 3, 1, 2)) if data_format == b"NCHW" else y


def _with_settings(build: str) -> Any:
    def gradient(op: Any, dy: Any) -> Any:
        return getattr(raw, build)(dy, block_size=op._attrs["block_size"], data_format=op._attrs["data_format"])

    return gradient


space_to_depth_op.gradient(_with_settings("DepthToSpace"))
depth_to_space_op.gradient(_with_settings("SpaceToDepth"))


def space_to_depth(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Returns pictures `[n, h, w, c]` with each square block as one element: `[n, h / b, w / b, c * b * b]`."""
    return raw.SpaceToDepth(input, block_size=block_size, data_format=data_format, name=name)


def depth_to_space(input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC") -> Tensor:
    """Returns pictures whose elements are spread over square blocks: the reverse of `space_to_depth`."""
    return raw.DepthToSpace(input, block_size=block_size, data_format=data_format, name=name)
