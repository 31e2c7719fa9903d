"""Adam (Kingma and Ba 2014)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import contexts, convert
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import control_flow, state
from ..ops.cast import cast
from .optimizer import Optimizer


class AdamOptimizer(Optimizer):
    """Scales each step by moving averages of the gradient (slot `m`) and of its square (slot `v`).

    `rate = learning_rate * sqrt(1 - beta2**t) / (1 - beta1**t)`, `m += (g - m) * (1 - beta1)`,
    `v += (g * g - v) * (1 - beta2)`, `var -= m * rate / (sqrt(v) + epsilon)`.

    Args:
      learning_rate, beta1, beta2, epsilon: numbers, tensors, or functions that return one.
      use_locking: as in TensorFlow.
      name: name of the operations and slots.
    """

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        self._lr_t: Any = None
        self._beta1_t: Any = None
        self._beta2_t: Any = None
        self._epsilon_t: Any = None

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = contexts.default_graph()
        return self._get_non_slot_variable("beta1_power", graph), self._get_non_slot_variable("beta2_power", graph)

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda each: each.name)
        self._create_non_slot_variable(self._beta1, "beta1_power", first)
        self._create_non_slot_variable(self._beta2, "beta2_power", first)
        for each in var_list:
            self._zeros_slot(each, "m", self._name)
            self._zeros_slot(each, "v", self._name)

    def _prepare(self) -> None:
        rate = self._call_if_callable(self._lr)
        beta1 = self._call_if_callable(self._beta1)
        beta2 = self._call_if_callable(self._beta2)
        epsilon = self._call_if_callable(self._epsilon)
        self._lr_t = convert.convert_to_tensor(rate, name="learning_rate")
        self._beta1_t = convert.convert_to_tensor(beta1, name="beta1")
        self._beta2_t = convert.convert_to_tensor(beta2, name="beta2")
        self._epsilon_t = convert.convert_to_tensor(epsilon, name="epsilon")

    def _numbers(self, base: Any) -> list[Tensor]:
        beta1_power, beta2_power = self._get_beta_accumulators()
        given = (beta1_power, beta2_power, self._lr_t, self._beta1_t, self._beta2_t, self._epsilon_t)
        return [cast(each, base) for each in given]

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        return raw.ApplyAdam(var, m, v, *self._numbers(var.dtype.base_dtype), grad, use_locking=self._use_locking).op

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        numbers = self._numbers(grad.dtype.base_dtype)
        return raw.ResourceApplyAdam(var.handle, m.handle, v.handle, *numbers, grad, use_locking=self._use_locking)

    def _sparse(self, grad: Tensor, var: Any, indices: Tensor, scatter_add: Callable[..., Any]) -> Any:
        """Builds the step from parts: both averages decay everywhere, gradients come in at their rows."""
        graph = contexts.default_graph()
        beta1_power, beta2_power, lr_t, beta1_t, beta2_t, epsilon_t = self._numbers(var.dtype.base_dtype)
        rate = lr_t * raw.Sqrt(1 - beta2_power) / (1 - beta1_power)
        m = self.get_slot(var, "m")
        scaled = grad * (1 - beta1_t)
        m_t = state.assign(m, m * beta1_t, use_locking=self._use_locking)
        with graph.control_dependencies([m_t]):
            m_t = scatter_add(m, indices, scaled)
        v = self.get_slot(var, "v")
        scaled = (grad * grad) * (1 - beta2_t)
        v_t = state.assign(v, v * beta2_t, use_locking=self._use_locking)
        with graph.control_dependencies([v_t]):
            v_t = scatter_add(v, indices, scaled)
        root = raw.Sqrt(v_t)
        update = state.assign_sub(var, rate * m_t / (root + epsilon_t), use_locking=self._use_locking)
        return control_flow.group(update, m_t, v_t)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return self._sparse(
            grad.values,
            var,
            grad.indices,
            lambda x, i, v: state.scatter_add(x, i, v, use_locking=self._use_locking),
        )

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        def scatter_add(x: Any, i: Any, v: Any) -> Any:
            with contexts.default_graph().control_dependencies([raw.ResourceScatterAdd(x.handle, i, v)]):
                return x.value()

        return self._sparse(grad, var, indices, scatter_add)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        graph = contexts.default_graph()
        with graph.control_dependencies(update_ops):
            beta1_power, beta2_power = self._get_beta_accumulators()
            with graph.colocate_with(beta1_power.op):
                first = beta1_power.assign(beta1_power * self._beta1_t, use_locking=self._use_locking)
                second = beta2_power.assign(beta2_power * self._beta2_t, use_locking=self._use_locking)
        return control_flow.group(*update_ops, first, second, name=name_scope)
