"""Slices of a larger tensor along its first dimension, as gradients of lookups are."""

from __future__ import annotations

from typing import Any

from .shapes import TensorShape


class IndexedSlices:
    """Rows of a larger tensor: `values[i]` belongs to row `indices[i]`; equal indices add up.

    Attributes:
      values: tensor `[n, ...]`.
      indices: integer tensor `[n]`.
      dense_shape: shape of the whole as an integer tensor, or None.
    """

    def __init__(self, values: Any, indices: Any, dense_shape: Any = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def values(self) -> Any:
        return self._values

    @property
    def indices(self) -> Any:
        return self._indices

    @property
    def dense_shape(self) -> Any:
        return self._dense_shape

    @property
    def name(self) -> str:
        """The name of `values`."""
        return self._values.name

    @property
    def device(self) -> str:
        return self._values.device

    @property
    def op(self) -> Any:
        """The operation that computes `values`."""
        return self._values.op

    @property
    def dtype(self) -> Any:
        return self._values.dtype

    @property
    def graph(self) -> Any:
        return self._values.graph

    @property
    def shape(self) -> TensorShape:
        """The static shape of the whole, as far as it is known."""
        if self._dense_shape is None:
            return TensorShape(None)
        from .constant_value import constant_value_as_shape

        return TensorShape(constant_value_as_shape(self._dense_shape))

    def get_shape(self) -> TensorShape:
        return self.shape

    def consumers(self) -> list[Any]:
        """Returns the operations that take the values."""
        return self._values.consumers()

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)

    def __str__(self) -> str:
        shape = "" if self._dense_shape is None else f", dense_shape={self._dense_shape}"
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"

    __repr__ = __str__
