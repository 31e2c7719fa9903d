"""Feeds: which tensors a run takes from outside, and their values as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..framework import dtypes
from ..framework.shapes import TensorShape, compatible, dims_text
from ..framework.tensor import Tensor
from .fetches import expansion_for


def flatten_feed_dict(graph: Any, feed_dict: Any) -> list[tuple[Tensor, Any]]:
    """Returns the pairs (tensor, value) of a feed dictionary.

    Raises:
      TypeError: it is no dictionary, or a key is no tensor of this graph.
    """
    if not isinstance(feed_dict, Mapping):
        raise TypeError(f"feed_dict must be a dictionary from tensors to values, not {type(feed_dict).__name__}.")
    pairs: list[tuple[Tensor, Any]] = []
    for key, value in feed_dict.items():
        if isinstance(key, (list, tuple)):
            if not isinstance(value, (list, tuple)) or len(key) != len(value):
                raise ValueError(f"Cannot feed {value!r} for the {len(key)} tensors {key!r}: give one value for each.")
            keys, values = list(key), list(value)
        else:
            keys, values = [key], [value]
        for each, part in zip(keys, values, strict=True):
            entry = expansion_for(each)
            expanded = entry[2](each, part) if entry is not None else [(each, part)]
            pairs.extend((feed_tensor(graph, tensor), item) for tensor, item in expanded)
    return pairs


def feed_tensor(graph: Any, key: Any) -> Tensor:
    """Returns the tensor that a key of a feed dictionary names. Raises TypeError when it names none."""
    try:
        return graph.as_graph_element(key, allow_tensor=True, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        text = error.args[0] if error.args else str(error)
        raise TypeError(f"Cannot interpret feed_dict key as Tensor: {text}") from None


def feed_value(graph: Any, tensor: Tensor, value: Any) -> Any:
    """Returns `value` as an array for `tensor`.

    Raises:
      TypeError: it is a tensor, or a number that the dtype cannot hold. ValueError: its shape does not fit, it cannot be
        converted, or the tensor may not be fed.
    """
    if isinstance(value, Tensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include Python scalars, strings, lists, "
            f"numpy ndarrays, or TensorHandles. For reference, the tensor object was {value} which was passed to the argument "
            f"`feed_dict` with key {tensor}. Run it first: value = sess.run({value.op.name!r} + ':0')."
        )
    dtype = tensor._dtype.base_dtype
    numpy_type = dtype.as_numpy_dtype
    if type(value) is np.ndarray and value.dtype == numpy_type and dtype is not dtypes.string:
        array = value
    else:
        if isinstance(value, int) and dtype is not dtypes.string and not _holds(dtype, value):
            raise TypeError(
                f"Type of feed value {value!r} with type {type(value)} is not compatible with Tensor type {numpy_type}. Try "
                "explicitly setting the type of the feed tensor to a larger type (e.g. int64)."
            )
        array = _string_feed(value) if dtype is dtypes.string else np.asarray(value, dtype=numpy_type)
    if not compatible(tensor._dims, array.shape):
        raise ValueError(
            f"Cannot feed value of shape {array.shape} for Tensor {tensor.name}, which has shape {TensorShape(tensor._dims)}"
            f"\n{_shape_advice(tensor, array.shape)}"
        )
    if tensor in graph._unfeedable:
        raise ValueError(f"Tensor {tensor.name} may not be fed.")
    return array if array.ndim else array[()]


def converter(graph: Any, tensor: Tensor) -> Callable[[Any], Any]:
    """Returns `feed_value` for one tensor as a function of the value, quick for an array or a number of the right kind."""
    dtype = tensor._dtype.base_dtype
    numpy_type = np.dtype(dtype.as_numpy_dtype)
    dims = tensor._dims
    if dtype is dtypes.string or numpy_type.hasobject or tensor in graph._unfeedable:
        return lambda value: feed_value(graph, tensor, value)
    if dims == ():
        scalar = numpy_type.type
        return lambda value: value if type(value) is scalar else feed_value(graph, tensor, value)
    fixed = [] if dims is None else [(index, size) for index, size in enumerate(dims) if size is not None]
    rank = None if dims is None else len(dims)

    def convert(value: Any) -> Any:
        if type(value) is np.ndarray and value.dtype is numpy_type and tensor._dims is dims:
            shape = value.shape
            if len(shape) == rank:
                for index, size in fixed:
                    if shape[index] != size:
                        break
                else:
                    return value
        return feed_value(graph, tensor, value)

    return convert


def _holds(dtype: dtypes.DType, value: int) -> bool:
    try:
        return bool(np.array(value, dtype=dtype.as_numpy_dtype) == value)
    except OverflowError:
        return False


def _string_feed(value: Any) -> np.ndarray:
    plain = np.asarray(value, dtype=object)
    result = np.empty(plain.shape, dtype=object)
    result.reshape(-1)[:] = [each.encode() if isinstance(each, str) else each for each in plain.flat]
    return result


def _shape_advice(tensor: Tensor, shape: tuple[int, ...]) -> str:
    dims = tensor._dims
    if dims is not None and len(shape) + 1 == len(dims) and compatible(dims[1:], shape):
        return "The value lacks the first dimension: feed [value] to make it a batch of one."
    site = tensor._op._site
    made = "" if site is None else f", made at {site.describe()},"
    return f"{tensor.name}{made} takes values of shape {dims_text(dims)}, where ? stands for any size. Reshape the value to that."
