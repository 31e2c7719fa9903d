"""Gradient descent."""

from __future__ import annotations

from typing import Any

from ..framework import convert
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops.cast import cast
from .optimizer import Optimizer


class GradientDescentOptimizer(Optimizer):
    """Moves each variable against its gradient: `var -= learning_rate * gradient`.

    Args:
      learning_rate: a number, a tensor, or a function that returns one.
      use_locking: as in TensorFlow.
      name: name of the operations.
    """

    def __init__(self, learning_rate: Any, use_locking: bool = False, name: str = "GradientDescent") -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._learning_rate_tensor: Any = None

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert.convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return raw.ApplyGradientDescent(var, rate, grad, use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, grad.dtype.base_dtype)
        return raw.ResourceApplyGradientDescent(var.handle, rate, grad, use_locking=self._use_locking)

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        step = grad.values * cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return var.scatter_sub(IndexedSlices(step, grad.indices, grad.dense_shape), use_locking=self._use_locking)

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        step = -grad * cast(self._learning_rate_tensor, grad.dtype.base_dtype)
        return raw.ResourceScatterAdd(var.handle, indices, step)
