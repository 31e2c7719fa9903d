"""Elements in order: the k greatest of rows, sort and argsort."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, merge_size
from ..framework.static_value import static_value
from ..framework.tensor import Tensor
from .array import rank, shape, size
from .cast import cast
from .constant import constant
from .joining import stack
from .ordering import transpose
from .reduction import reduce_prod
from .sequences import range as sequence
from .shape_functions import REALS, with_rank, with_rank_at_least
from .shaping import expand_dims, reshape

__all__ = ["argsort", "in_top_k", "sort", "top_k"]

# ---- the k greatest

top_k_op = op(
    "TopKV2(input: T, k: Tk) -> (values: T, indices: index_type)",
    attrs=[
        "sorted: bool = true",
        f"T: {REALS}",
        "Tk: {int16, int32, int64} = int32",
        "index_type: {int16, int32, int64} = int32",
    ],
)


@top_k_op.shape
def _top_k_shape(call: Any) -> list[Dims]:
    dims = with_rank_at_least(call.shapes[0], 1)
    k = call.constant(1)
    if dims is None:
        return [None, None]
    count = None if k is None else int(k)
    if count is not None and dims[-1] is not None and dims[-1] < count:
        raise ValueError(f"input must have last dimension >= k = {count} but is {dims[-1]}")
    return [(*dims[:-1], count)] * 2


@top_k_op.kernel
def _top_k_kernel(x: Any, k: Any, *, index_type: Any) -> Any:
    count = int(k)
    if x.shape[-1] < count:
        raise KernelError(
            InvalidArgumentError, f"input must have at least k columns. Had {x.shape[-1]}, needed {count}"
        )
    # A stable sort of the reversed rows, read backwards: greatest first, of equals the first.
    length = x.shape[-1]
    order = (length - 1 - np.argsort(x[..., ::-1], axis=-1, kind="stable"))[..., ::-1][..., :count]
    return np.take_along_axis(x, order, axis=-1), order.astype(index_type.as_numpy_dtype)


@top_k_op.gradient
def _top_k_gradient(op: Any, d_values: Any, _: Any) -> Any:
    from .array import zeros
    from .gathering import gather

    in_shape, out_shape = shape(op._inputs[0]), shape(op._outputs[1])
    out_last = gather(cast(out_shape, dtypes.int64), size(out_shape) - 1)
    rows = reshape(op._outputs[1], stack([-1, out_last]))
    in_last = gather(cast(in_shape, dtypes.int64), size(in_shape) - 1)
    count = shape(rows)[0]
    starts = sequence(0, cast(count, dtypes.int64) * in_last, in_last)
    places = reshape(rows + cast(expand_dims(starts, -1), dtypes.int32), [-1])
    flat = raw.ScatterNd(expand_dims(places, -1), reshape(d_values, [-1]), [reduce_prod(in_shape)])
    return reshape(flat, in_shape), zeros([], dtype=dtypes.int32)


def top_k(
    input: Any, k: Any = 1, sorted: bool = True, index_type: Any = dtypes.int32, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Returns the `k` greatest elements of each row, greatest first, and their places.

    Args:
      input: `[..., n]`.
      k: how many.
      sorted: whether the order matters; tfmini always sorts.
      index_type: type of the places.
      name: name of the operation.
    """
    values, indices = raw.TopKV2(input, k, sorted=sorted, index_type=index_type, name=name)
    return values, indices


in_top_k_op = op(
    "InTopKV2(predictions: float32, targets: T, k: T) -> (precision: bool)", attrs=["T: {int32, int64} = int32"]
)
in_top_k_op.no_gradient()


@in_top_k_op.shape
def _in_top_k_shape(call: Any) -> Dims:
    rows, targets = with_rank(call.shapes[0], 2), with_rank(call.shapes[1], 1)
    return (merge_size(rows[0], targets[0]),)  # type: ignore[index]


@in_top_k_op.kernel
def _in_top_k_kernel(predictions: Any, targets: Any, k: Any) -> Any:
    classes = predictions.shape[1]
    valid = (targets >= 0) & (targets < classes)
    chosen = np.take_along_axis(predictions, np.where(valid, targets, 0)[:, None], axis=1)
    better = (predictions > chosen).sum(axis=1)
    finite = np.isfinite(predictions).all(axis=1) if not np.isfinite(predictions).all() else True
    return valid & (better < int(k)) & finite


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Says for each row of `predictions` whether the class in `targets` is among the `k` greatest."""
    with op_scope(name, "in_top_k"):
        return raw.InTopKV2(predictions, targets, k, name=name)


# ---- sort

_DIRECTIONS = ("ASCENDING", "DESCENDING")


def sort(values: Any, axis: Any = -1, direction: str = "ASCENDING", name: str | None = None) -> Tensor:
    """Returns `values` in order along `axis`.

    Args:
      values: a tensor of numbers.
      axis: the dimension to sort along, a constant.
      direction: `"ASCENDING"` or `"DESCENDING"`.
      name: name of the scope.

    Raises:
      ValueError: there is no such direction, or the axis is not constant.
    """
    with op_scope(name, "sort"):
        return _ordered(values, axis, direction, places=False)


def argsort(
    values: Any, axis: Any = -1, direction: str = "ASCENDING", stable: bool = False, name: str | None = None
) -> Tensor:
    """Returns the places of the elements of `values` in order along `axis`; of equals the first comes first."""
    with op_scope(name, "argsort"):
        return _ordered(values, axis, direction, places=True)


def _ordered(values: Any, axis: Any, direction: str, places: bool) -> Tensor:
    if direction not in _DIRECTIONS:
        raise ValueError(
            f"Argument `direction` should be one of {', '.join(_DIRECTIONS)}. Received: direction={direction}"
        )
    axis = convert.convert_to_tensor(axis, name="axis")
    known = static_value(axis)
    if axis._dims not in (None, ()) or known is None:
        raise ValueError(f"Argument `axis` must be a constant scalar. Received: axis={axis}.")
    values = convert.convert_to_tensor(values, name="values")
    if direction == "DESCENDING":
        return _descending(values, int(known), places)
    kind = values._dtype.base_dtype
    if kind.is_unsigned:
        turned = _descending(kind.max - values, int(known), places)
        return turned if places else kind.max - turned
    if kind.is_integer:
        turned = _descending(-values - 1, int(known), places)
        return turned if places else -turned - 1
    turned = _descending(-values, int(known), places)
    return turned if places else -turned


def _descending(values: Tensor, axis: int, places: bool) -> Tensor:
    count = shape(values)[axis]
    rank(values)
    dims = values._dims
    if dims is None:
        raise ValueError("sort and argsort need a tensor of known rank.")
    if axis == -1 or axis + 1 == len(dims):
        return top_k(values, count)[places]
    axis %= len(dims)
    last = len(dims) - 1
    order = constant(np.array([*range(axis), last, *range(axis + 1, last), axis]), name="transposition")
    return transpose(top_k(transpose(values, order), count)[places], order)
