"""Gradient descent with momentum."""

from __future__ import annotations

from typing import Any

from ..framework import convert
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops.cast import cast
from .optimizer import Optimizer


class MomentumOptimizer(Optimizer):
    """Moves each variable along a decaying sum of its gradients.

    `accumulation = momentum * accumulation + gradient`, `var -= learning_rate * accumulation`. With `use_nesterov` the step looks
    ahead: `var -= learning_rate * (gradient + momentum * accumulation)` (Sutskever et al. 2013).

    Args:
      learning_rate, momentum: numbers, tensors, or functions that return one.
      use_locking: as in TensorFlow.
      name: name of the operations and slots.
      use_nesterov: use Nesterov's form.
    """

    def __init__(
        self,
        learning_rate: Any,
        momentum: Any,
        use_locking: bool = False,
        name: str = "Momentum",
        use_nesterov: bool = False,
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._momentum = momentum
        self._use_nesterov = use_nesterov
        self._learning_rate_tensor: Any = None
        self._momentum_tensor: Any = None

    def _create_slots(self, var_list: list[Any]) -> None:
        for each in var_list:
            self._zeros_slot(each, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        self._learning_rate_tensor = convert.convert_to_tensor(rate, name="learning_rate")
        momentum = self._call_if_callable(self._momentum)
        self._momentum_tensor = convert.convert_to_tensor(momentum, name="momentum")

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        slot = self.get_slot(var, "momentum")
        base = var.dtype.base_dtype
        return raw.ApplyMomentum(
            var,
            slot,
            cast(self._learning_rate_tensor, base),
            grad,
            cast(self._momentum_tensor, base),
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        ).op

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        slot = self.get_slot(var, "momentum")
        base = grad.dtype.base_dtype
        return raw.ResourceApplyMomentum(
            var.handle,
            slot.handle,
            cast(self._learning_rate_tensor, base),
            grad,
            cast(self._momentum_tensor, base),
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        )

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        slot = self.get_slot(var, "momentum")
        base = var.dtype.base_dtype
        return raw.SparseApplyMomentum(
            var,
            slot,
            cast(self._learning_rate_tensor, base),
            grad.values,
            grad.indices,
            cast(self._momentum_tensor, base),
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        ).op

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        slot = self.get_slot(var, "momentum")
        return raw.ResourceSparseApplyMomentum(
            var.handle,
            slot.handle,
            cast(self._learning_rate_tensor, grad.dtype),
            grad,
            indices,
            cast(self._momentum_tensor, grad.dtype),
            use_locking=self._use_locking,
            use_nesterov=self._use_nesterov,
        )
