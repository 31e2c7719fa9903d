"""The base of all optimizers: from a loss to gradients, from gradients to updates.

`minimize` is `compute_gradients` and then `apply_gradients`. An optimizer of its own overrides `_create_slots`, `_prepare`,
`_apply_dense` (for reference variables), `_resource_apply_dense` (for resource variables), `_apply_sparse` and `_finish`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..autodiff import gradients
from ..framework import contexts, convert, dtypes, provenance
from ..framework.collections import GraphKeys
from ..framework.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ..framework.op_scope import op_scope
from ..framework.tensor import Tensor
from ..ops import array, control_flow, data_flow, segments, state
from ..ops import optimizer_steps as _operations  # noqa: F401 - declares the operation types that optimizers build
from ..ops import sparse_steps as _sparse_operations  # noqa: F401 - the same for sparse gradients
from ..variables.lists import trainable_variables
from ..variables.variable import Variable, create_variable
from . import slot_creator

_FLOATS = (dtypes.float32, dtypes.float64, dtypes.float16, dtypes.bfloat16)


def _is_resource(variable: Any) -> bool:
    return variable.op.type == "VarHandleOp"


def _flatten(values: Any) -> list[Any]:
    if isinstance(values, (list, tuple)):
        return [leaf for each in values for leaf in _flatten(each)]
    if isinstance(values, dict):
        return [leaf for key in sorted(values) for leaf in _flatten(values[key])]
    if (
        isinstance(values, Iterable)
        and not isinstance(values, (Variable, Tensor))
        and hasattr(values, "_get_variable_list")
    ):
        return list(values)
    return [values]


# ---- the two kinds of variable


def _check_kind(variable: Any) -> None:
    """Raises for what is neither a variable nor a tensor, as TensorFlow does."""
    if not hasattr(variable, "op"):
        raise AttributeError(
            f"{type(variable).__name__!r} object has no attribute 'op'\nOnly variables can be optimized, not {variable!r}."
        )
    if not isinstance(variable, (Variable, Tensor)):
        raise NotImplementedError("Trying to optimize unsupported type ", variable)


def _target(variable: Any) -> Any:
    """Returns what gradients are taken of."""
    if isinstance(variable, Tensor):
        return variable
    return variable.handle if _is_resource(variable) else variable._ref()


class Optimizer:
    """Base of the optimizers.

    Attributes:
      GATE_NONE, GATE_OP, GATE_GRAPH: choices of `gate_gradients`: wait for nothing, for all gradients of one operation, for all.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict[Any, Any]] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}

    def get_name(self) -> str:
        """Returns the name of the optimizer."""
        return self._name

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> Any:
        """Returns an operation that changes variables so that `loss` becomes smaller.

        Args:
          loss: the tensor to minimize.
          global_step: a variable that is increased by one with each run.
          var_list: variables to change, by default all trainable ones.
          gate_gradients: GATE_NONE, GATE_OP or GATE_GRAPH.
          aggregation_method: how gradient terms are added up.
          colocate_gradients_with_ops: put gradients beside what they are gradients of.
          name: name of the returned operation, by default the optimizer's.
          grad_loss: gradient to start from, by default ones.

        Raises:
          ValueError: no variable has a gradient, or a variable is of a type that has none.
        """
        grads_and_vars = self.compute_gradients(
            loss,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        if all(gradient is None for gradient, _ in grads_and_vars):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not support gradients, between variables "
                f"{[str(variable) for _, variable in grads_and_vars]} and loss {loss}."
            )
        return self.apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """Returns pairs (gradient, variable): the first half of `minimize`, with the same arguments.

        A gradient is a tensor, an `IndexedSlices`, or None where `loss` does not depend on the variable.

        Raises:
          ValueError: there is nothing to optimize, or an argument is wrong. RuntimeError: `loss` is a function.
        """
        if callable(loss):
            raise RuntimeError("`loss` must be a tensor: tfmini builds graphs, it has no eager execution.")
        if gate_gradients not in (Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, Optimizer.GATE_GRAPH.  "
                f"Not {gate_gradients}"
            )
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        variables = trainable_variables() if var_list is None else _flatten(var_list)
        variables = variables + contexts.default_graph().get_collection(GraphKeys._STREAMING_MODEL_PORTS)
        for each in variables:
            _check_kind(each)
        if not variables:
            raise ValueError("No variables to optimize.\nMake some with trainable=True, or pass var_list.")
        found = gradients(
            loss,
            [_target(each) for each in variables],
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == Optimizer.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        if gate_gradients == Optimizer.GATE_GRAPH:
            with provenance.made_by("gradient"):
                found = control_flow.tuple(found)
        pairs = list(zip(found, variables, strict=True))
        self._assert_valid_dtypes([v for g, v in pairs if g is not None and v.dtype != dtypes.resource])
        return pairs

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """Returns an operation that applies gradients to variables: the second half of `minimize`.

        Args:
          grads_and_vars: pairs (gradient, variable), as `compute_gradients` gives them.
          global_step: a variable that is increased by one after the updates.
          name: name of the operation, by default the optimizer's.

        Raises:
          ValueError: no pair has a gradient. TypeError: a gradient is no tensor.
        """
        pairs = tuple(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        with provenance.made_by("optimizer"):
            converted = [(_as_gradient(gradient), variable) for gradient, variable in pairs]
            for _, variable in converted:
                _check_kind(variable)
            chosen = [variable for gradient, variable in converted if gradient is not None]
            if not chosen:
                raise ValueError(
                    f"No gradients provided for any variable: {[str(variable) for _, variable in converted]}."
                )
            with contexts.default_graph()._lifted(), provenance.made_by("slot"):
                self._create_slots(chosen)
            return self._apply(converted, global_step, name)

    def _apply(self, converted: list[tuple[Any, Any]], global_step: Any, name: str | None) -> Any:
        graph = contexts.default_graph()
        updates = []
        with op_scope(name, self._name) as scope:
            self._prepare()
            for gradient, variable in converted:
                if gradient is None:
                    continue
                with graph.name_scope("update_" + variable.op.name), graph.colocate_with(variable.op):
                    updates.append(self._update(gradient, variable))
            if global_step is None:
                result = self._finish(updates, scope)
            else:
                with graph.control_dependencies([self._finish(updates, "update")]), graph.colocate_with(global_step.op):
                    if isinstance(global_step, Variable) and _is_resource(global_step):
                        one = convert.convert_to_tensor(1, dtype=global_step.dtype)
                        result = global_step.assign_add(one, name=scope, read_value=False)  # type: ignore[attr-defined]
                    else:
                        result = state.assign_add(global_step, 1, name=scope)
            if isinstance(result, Tensor):
                result = result.op
            train_ops = graph.get_collection_ref(GraphKeys.TRAIN_OP)
            if result not in train_ops:
                graph.add_to_collection(GraphKeys.TRAIN_OP, result)
            return result

    def _update(self, gradient: Any, variable: Any) -> Any:
        """Adds the update of one variable, and its constraint after it."""
        if isinstance(variable, Tensor):
            raise NotImplementedError("Trying to update a Tensor ", variable)
        if isinstance(gradient, IndexedSlices):
            if variable.constraint is not None:
                raise RuntimeError("Cannot use a constraint function on a sparse variable.")
            if _is_resource(variable):
                return self._resource_apply_sparse_duplicate_indices(gradient.values, variable, gradient.indices)
            return self._apply_sparse_duplicate_indices(gradient, variable)
        if _is_resource(variable):
            update = self._resource_apply_dense(gradient, variable)
        else:
            update = self._apply_dense(gradient, variable)
        if variable.constraint is None:
            return update
        with contexts.default_graph().control_dependencies([update]):
            return variable.assign(variable.constraint(variable))

    # ---- slots

    def get_slot(self, var: Any, name: str) -> Any:
        """Returns the slot `name` of a variable, or None."""
        return self._slots.get(name, {}).get(_key(var))

    def get_slot_names(self) -> list[str]:
        """Returns the names of the slots that this optimizer has made."""
        return sorted(self._slots)

    def variables(self) -> list[Any]:
        """Returns the variables that this optimizer keeps in the default graph, sorted by name."""
        graph = contexts.default_graph()
        found = [each for each in self._non_slot_dict.values() if each.op.graph is graph]
        for slots in self._slots.values():
            found.extend(each for each in slots.values() if each.op.graph is graph)
        return sorted(found, key=lambda each: each.name)

    def _slot_dict(self, slot_name: str) -> dict[Any, Any]:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_slot(var, val, op_name, slot_name=slot_name)
        return slots[_key(var)]

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_slot_with_initializer(
                var, initializer, shape, dtype, op_name, slot_name=slot_name
            )
        return slots[_key(var)]

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        slots = self._slot_dict(slot_name)
        if _key(var) not in slots:
            slots[_key(var)] = slot_creator.create_zeros_slot(var, op_name, slot_name=slot_name)
        return slots[_key(var)]

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        """Returns a variable of the optimizer itself, such as a power of a decay, made on the device of another variable."""
        key = (name, colocate_with.graph)
        found = self._non_slot_dict.get(key)
        if found is None:
            with contexts.default_graph().colocate_with(colocate_with.op):
                found = create_variable(
                    initial_value=initial_value,
                    name=name,
                    trainable=False,
                    use_resource=_is_resource(colocate_with),
                )
            self._non_slot_dict[key] = found
        return found

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    # ---- what an optimizer overrides

    def _valid_dtypes(self) -> set[Any]:
        return set(_FLOATS)

    def _assert_valid_dtypes(self, tensors: list[Any]) -> None:
        valid = self._valid_dtypes()
        for each in tensors:
            if each.dtype.base_dtype not in valid:
                listed = [dtype for dtype in _FLOATS if dtype in valid]
                raise ValueError(f"Invalid type {each.dtype.base_dtype!r} for {each.name}, expected: {listed}.")

    def _create_slots(self, var_list: list[Any]) -> None:
        """Makes the slots; nothing by default."""

    def _prepare(self) -> None:
        """Makes the tensors that all updates use; nothing by default."""

    def _apply_dense(self, grad: Tensor, var: Any) -> Any:
        """Returns the update of a reference variable."""
        raise NotImplementedError(f"{type(self).__name__} has no update for reference variables.")

    def _resource_apply_dense(self, grad: Tensor, var: Any) -> Any:
        """Returns the update of a resource variable."""
        raise NotImplementedError(f"{type(self).__name__} has no update for resource variables.")

    def _apply_sparse(self, grad: IndexedSlices, var: Any) -> Any:
        """Returns the update of some rows of a reference variable; no row occurs twice."""
        raise NotImplementedError(f"{type(self).__name__} has no sparse update for reference variables.")

    def _resource_apply_sparse(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        """Returns the update of some rows of a resource variable; no row occurs twice."""
        raise NotImplementedError(f"{type(self).__name__} has no sparse update for resource variables.")

    def _apply_sparse_duplicate_indices(self, grad: IndexedSlices, var: Any) -> Any:
        values, indices = _without_duplicates(grad.values, grad.indices)
        return self._apply_sparse(IndexedSlices(values, indices, grad.dense_shape), var)

    def _resource_apply_sparse_duplicate_indices(self, grad: Tensor, var: Any, indices: Tensor) -> Any:
        values, unique = _without_duplicates(grad, indices)
        return self._resource_apply_sparse(values, var, unique)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        """Returns the operation that is done when all updates are."""
        return control_flow.group(*update_ops, name=name_scope)

    def _call_if_callable(self, param: Any) -> Any:
        return param() if callable(param) else param


def _key(variable: Any) -> tuple[Any, str]:
    return variable.op.graph, variable.op.name


def _as_gradient(gradient: Any) -> Any:
    if gradient is None:
        return None
    try:
        converted = convert_to_tensor_or_indexed_slices(gradient)
    except TypeError:
        raise TypeError(f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {gradient}") from None
    if not isinstance(converted, (Tensor, IndexedSlices)):
        raise TypeError(f"Gradient must be a Tensor, IndexedSlices, or None: {gradient}")
    return converted


def _without_duplicates(values: Tensor, indices: Tensor) -> tuple[Tensor, Tensor]:
    """Returns rows and their numbers, rows of the same number added up."""
    unique, positions = data_flow.unique(indices)
    return segments.unsorted_segment_sum(values, positions, array.shape(unique)[0]), unique
