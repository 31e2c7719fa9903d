"""`tf.cond`: one of two branches, chosen when the graph runs.

Both branches are built inside contexts: a value from outside that a branch uses goes through a Switch, so that the operations of a
branch run only when it is taken. What was made outside the branch functions runs always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import contexts, nest
from ..framework.collections import GraphKeys
from ..framework.convert import convert_to_tensor
from ..framework.op_scope import op_scope
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.tensor import Tensor
from .control_flow import with_dependencies
from .control_flow_context import ControlFlowContext, is_loop_exit, op_in_context
from .loops import merge, switch, switch_ref_or_tensor
from .tensor_array import flow_of, with_flow

__all__ = ["cond"]


# ---- contexts


class CondContext(ControlFlowContext):
    """One branch of a conditional, while it is built and after.

    Attributes:
      pred: the condition.
      branch: 1 for true, 0 for false.
    """

    def __init__(self, pred: Tensor, pivot: Tensor, branch: int, name: str = "cond_text") -> None:
        self.name = contexts.default_graph().unique_name(name)
        super().__init__()
        self.pred = pred
        self._pivot = pivot
        self.branch = branch
        self.values.add(pred.name)
        self.external_values[pred.name] = pred
        self.values.add(pivot.name)
        pivot._op._set_control_flow_context(self)

    @property
    def pivot(self) -> Tensor:
        """A tensor that is alive when this branch is."""
        return self._pivot

    @property
    def grad_state(self) -> Any:
        """That of the loop around."""
        loop = self.while_context()
        return None if loop is None else loop.grad_state

    @property
    def back_prop(self) -> bool:
        """That of the loop around."""
        loop = self.while_context()
        return False if loop is None else loop.back_prop

    def is_cond_context(self) -> bool:
        return True

    def control_pivot(self) -> Tensor:
        return self._pivot

    def AddValue(self, value: Tensor) -> Tensor:
        """Returns what stands for `value` inside this branch; a value from outside goes through a Switch."""
        name = value.name
        if name in self.values:
            return self.external_values.get(name, value)
        self.values.add(name)
        result = self._from_around(value)
        with self.graph.control_dependencies(None):
            result = switch_ref_or_tensor(result, self.pred)[self.branch]
            if self.outer_context is not None:
                self.outer_context.AddInnerOp(result._op)
        self.graph.prevent_fetching(result._op)
        result._op._set_control_flow_context(self)
        context: Any = self
        while context is not None:
            context.values.add(result.name)
            context = context.outer_context
        self.external_values[name] = result
        return result

    def _from_around(self, value: Tensor) -> Tensor:
        """Returns what stands for `value` in the context around."""
        if self.outer_context is None:
            return value
        result: Tensor = self.outer_context.AddValue(value)
        self.values.add(result.name)
        self.external_values[result.name] = result
        return result

    def AddOp(self, op: Operation) -> None:
        """Takes an operation into this branch: its inputs from outside are switched; without any it waits for the pivot."""
        self._add_op(op)

    def _add_op(self, op: Operation) -> None:
        if not op._inputs:
            self._split_control_inputs(op)
            if not any(op_in_context(each, self) for each in op._control_inputs):
                op._add_control_input(self._pivot._op)
        else:
            for index, tensor in enumerate(op._inputs):
                # The back edge of a loop that is imported inside this branch comes from inside too.
                if op.type == "Merge" and tensor._op.type == "NextIteration":
                    continue
                inside = self.AddValue(tensor)
                if inside is not tensor:
                    op._update_input(index, inside)
            self._split_control_inputs(op)
        context: Any = self
        while context is not None:
            context.values.update(output.name for output in op._outputs)
            context = context.outer_context
        if self.outer_context is not None or not is_loop_exit(op):
            self.graph.prevent_fetching(op)
        if self.outer_context is not None:
            self.outer_context.AddInnerOp(op)

    def build_branch(self, function: Callable[[], Any]) -> tuple[Any, list[Tensor]]:
        """Calls `function` inside this branch. Returns its result and, flat, the tensors that leave the branch."""
        original = function()
        if original is None:
            return None, []
        original = read_variables(original)
        return original, [self._leave(each) for each in nest.flatten(original)]

    def _leave(self, value: Any) -> Tensor:
        if isinstance(value, Operation):
            # An operation gives no value: the pivot after it stands for it.
            return with_dependencies([value], self._pivot)
        tensor = convert_to_tensor(flow_of(value))
        name = tensor.name
        if name in self.values:
            return self.external_values.get(name, tensor)
        self.values.add(name)
        result = switch_ref_or_tensor(self._from_around(tensor), self.pred)[self.branch]
        self.external_values[name] = result
        return result


def read_variables(structure: Any) -> Any:
    """Returns the structure with the values of resource variables in their places."""
    return nest.map_structure(lambda each: convert_to_tensor(each) if _is_resource_variable(each) else each, structure)


def _is_resource_variable(value: Any) -> bool:
    handle = getattr(value, "handle", None)
    return isinstance(handle, Tensor) and hasattr(value, "initializer")


# ---- cond


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """Returns `true_fn()` if `pred` is true when the graph runs, else `false_fn()`.

    Both functions are called while the graph is built. Only what they add is conditional; what was made before runs always.

    Args:
      pred: scalar bool tensor.
      true_fn, false_fn: functions without arguments that return a tensor, an operation, or equal structures of these.
      strict: keep a list or tuple of one tensor as it is; by default it is unpacked.
      name: name scope.
      fn1, fn2: the old names of `true_fn` and `false_fn`.

    Raises:
      TypeError: `pred` is a Python bool, or a branch cannot be called. ValueError: the branches return different structures
        or dtypes.
    """
    true_fn = fn1 if true_fn is None else true_fn
    false_fn = fn2 if false_fn is None else false_fn
    if true_fn is None:
        raise TypeError("cond(): 'true_fn' argument required")
    if false_fn is None:
        raise TypeError("cond(): 'false_fn' argument required")
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    if isinstance(pred, bool):
        raise TypeError("'pred' must not be a Python bool.")
    with op_scope(name, "cond", [pred]):
        graph = contexts.default_graph()
        p_2, p_1 = switch(pred, pred)
        pivot_1 = raw.Identity(p_1, name="switch_t")
        pivot_2 = raw.Identity(p_2, name="switch_f")
        pred = raw.Identity(pred, name="pred_id")
        for tensor in (p_1, p_2, pivot_1, pivot_2, pred):
            graph.prevent_fetching(tensor._op)
        context_t = CondContext(pred, pivot_1, 1)
        with context_t:
            result_t, leaves_t = context_t.build_branch(true_fn)
            if result_t is None:
                raise ValueError("'true_fn' must have a return value.")
            context_t.exit_result(leaves_t)
        context_f = CondContext(pred, pivot_2, 0)
        with context_f:
            result_f, leaves_f = context_f.build_branch(false_fn)
            if result_f is None:
                raise ValueError("'false_fn' must have a return value.")
            context_f.exit_result(leaves_f)
        if not strict:
            result_t, result_f = _unpacked(result_t), _unpacked(result_f)
        nest.assert_same_structure(result_t, result_f)
        if not leaves_t:
            raise ValueError("'true_fn' and 'false_fn' must return at least one result.")
        for true_leaf, false_leaf in zip(leaves_t, leaves_f, strict=True):
            if true_leaf._dtype.base_dtype is not false_leaf._dtype.base_dtype:
                raise ValueError(
                    f"Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received {true_leaf._dtype.name} from "
                    f"'true_fn' and {false_leaf._dtype.name} from 'false_fn'."
                )
        merges = [merge([f, t])[0] for f, t in zip(leaves_f, leaves_t, strict=True)]
        merges = [with_flow(old, new) for old, new in zip(nest.flatten(result_t), merges, strict=True)]
        if context_t.outer_context is None:
            graph.add_to_collection(GraphKeys.COND_CONTEXT, context_t)
            graph.add_to_collection(GraphKeys.COND_CONTEXT, context_f)
        result = nest.pack_sequence_as(result_t, merges)
        return result if strict else _unpacked(result)


def _unpacked(value: Any) -> Any:
    """Returns the only part of a list or tuple of one."""
    return value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value
