"""Slices of a tensor along its first dimension: the gradient of a gather, without the rows that are zero."""

from __future__ import annotations

from typing import Any, NamedTuple

from .convert import convert_to_tensor
from .tensor import Tensor


class IndexedSlices:
    """A tensor of which only some rows are given.

    Attributes:
      values: the rows, `[n, ...]`.
      indices: which rows they are, `[n]`; a row that occurs twice counts as the sum.
      dense_shape: shape of the whole tensor, or None.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Tensor:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Tensor:
        """The numbers of the rows."""
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        """The shape of the whole tensor, when it is known."""
        return self._dense_shape

    @property
    def shape(self) -> Any:
        """The static shape of the whole tensor."""
        from .constant_value import constant_value_as_shape
        from .shapes import TensorShape

        return TensorShape(None if self._dense_shape is None else constant_value_as_shape(self._dense_shape))

    @property
    def name(self) -> str:
        return self._values.name

    @property
    def device(self) -> str:
        return self._values.device

    @property
    def op(self) -> Any:
        return self._values.op

    @property
    def dtype(self) -> Any:
        return self._values.dtype

    @property
    def graph(self) -> Any:
        return self._values.graph

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __repr__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"


def convert_to_tensor_or_indexed_slices(value: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Returns `value` itself when it is an `IndexedSlices`, else as a tensor."""
    if isinstance(value, IndexedSlices):
        return value
    return convert_to_tensor(value, dtype=dtype, name=name)


class IndexedSlicesValue(NamedTuple):
    """What a session gives for an `IndexedSlices`, and takes as a feed: arrays."""

    values: Any
    indices: Any
    dense_shape: Any
