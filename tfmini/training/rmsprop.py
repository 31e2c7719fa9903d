"""RMSProp (Tieleman and Hinton 2012)."""

from __future__ import annotations

from typing import Any

from ..framework import convert
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import array
from ..ops.cast import cast
from ..variables.initializers import Ones
from .optimizer import Optimizer


class RMSPropOptimizer(Optimizer):
    """Divides each step by the root of a moving average of squared gradients.

    Args:
      learning_rate, decay, momentum, epsilon: numbers, tensors, or functions that return one.
      use_locking: as in TensorFlow.
      centered: subtract the square of a moving average of the gradient: the average becomes a variance.
      name: name of the operations and slots.
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered
        self._tensors: list[Any] = []

    def _create_slots(self, var_list: list[Any]) -> None:
        for each in var_list:
            base = each.dtype.base_dtype
            start = Ones(dtype=base) if each.get_shape().is_fully_defined() else array.ones_like(each)
            self._get_or_make_slot_with_initializer(each, start, each.get_shape(), base, "rms", self._name)
            if self._centered:
                self._zeros_slot(each, "mg", self._name)
            self._zeros_slot(each, "momentum", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._learning_rate)
        decay = self._call_if_callable(self._decay)
        momentum = self._call_if_callable(self._momentum)
        epsilon = self._call_if_callable(self._epsilon)
        self._tensors = [
            convert.convert_to_tensor(rate, name="learning_rate"),
            convert.convert_to_tensor(decay, name="decay"),
            convert.convert_to_tensor(momentum, name="momentum"),
            convert.convert_to_tensor(epsilon, name="epsilon"),
        ]

    def _slots_of(self, var: Any) -> list[Any]:
        names = ("mg", "rms", "momentum") if self._centered else ("rms", "momentum")
        return [self.get_slot(var, name) for name in names]

    def _numbers(self, base: Any) -> list[Tensor]:
        return [cast(each, base) for each in self._tensors]

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        build = raw.ApplyCenteredRMSProp if self._centered else raw.ApplyRMSProp
        numbers = self._numbers(var.dtype.base_dtype)
        return build(var, *self._slots_of(var), *numbers, grad, use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        build = raw.ResourceApplyCenteredRMSProp if self._centered else raw.ResourceApplyRMSProp
        handles = [slot.handle for slot in self._slots_of(var)]
        numbers = self._numbers(grad.dtype.base_dtype)
        return build(var.handle, *handles, *numbers, grad, use_locking=self._use_locking)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        build = raw.SparseApplyCenteredRMSProp if self._centered else raw.SparseApplyRMSProp
        numbers = self._numbers(var.dtype.base_dtype)
        return build(var, *self._slots_of(var), *numbers, grad.values, grad.indices, use_locking=self._use_locking)

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        build = raw.ResourceSparseApplyCenteredRMSProp if self._centered else raw.ResourceSparseApplyRMSProp
        handles = [slot.handle for slot in self._slots_of(var)]
        return build(var.handle, *handles, *self._numbers(grad.dtype), grad, indices, use_locking=self._use_locking)
