"""Adagrad (Duchi et al. 2011)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import convert
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import array
from ..ops.cast import cast
from ..variables.initializers import Constant
from .optimizer import Optimizer


class AdagradOptimizer(Optimizer):
    """Divides each step by the root of the sum of all squared gradients so far.

    Args:
      learning_rate: a number, a tensor, or a function that returns one.
      initial_accumulator_value: positive number with which the sums start.
      use_locking: as in TensorFlow.
      name: name of the operations and slots.

    Raises:
      ValueError: `initial_accumulator_value` is not positive.
    """

    def __init__(
        self,
        learning_rate: Any,
        initial_accumulator_value: float = 0.1,
        use_locking: bool = False,
        name: str = "Adagrad",
    ) -> None:
        if initial_accumulator_value <= 0.0:
            raise ValueError(f"initial_accumulator_value must be positive: {initial_accumulator_value}")
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._initial_accumulator_value = initial_accumulator_value
        self._learning_rate_tensor: Any = None

    def _create_slots(self, var_list: list[Any]) -> None:
        for each in var_list:
            dtype = each.dtype.base_dtype
            if each.get_shape().is_fully_defined():
                start: Any = Constant(self._initial_accumulator_value, dtype=dtype)
            else:
                start = self._start_of(each, dtype)
            self._get_or_make_slot_with_initializer(each, start, each.get_shape(), dtype, "accumulator", self._name)

    def _start_of(self, variable: Any, dtype: Any) -> Callable[[], Tensor]:
        return lambda: cast(array.fill(array.shape(variable), self._initial_accumulator_value), dtype)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert.convert_to_tensor(rate, name="learning_rate")

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        return raw.ApplyAdagrad(var, self.get_slot(var, "accumulator"), rate, grad, use_locking=self._use_locking)

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, grad.dtype.base_dtype)
        slot = self.get_slot(var, "accumulator")
        return raw.ResourceApplyAdagrad(var.handle, slot.handle, rate, grad, use_locking=self._use_locking)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        rate = cast(self._learning_rate_tensor, var.dtype.base_dtype)
        slot = self.get_slot(var, "accumulator")
        return raw.SparseApplyAdagrad(var, slot, rate, grad.values, grad.indices, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        rate = cast(self._learning_rate_tensor, grad.dtype)
        slot = self.get_slot(var, "accumulator")
        return raw.ResourceSparseApplyAdagrad(
            var.handle, slot.handle, rate, grad, indices, use_locking=self._use_locking
        )
