"""Gradients of the operations that control flow is made of.

The gradient of a branch is a branch, that of a loop a loop that runs backwards: Merge becomes Switch, Switch becomes Merge, Exit
becomes Enter, Enter becomes Exit.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts, dtypes
from ..framework.indexed_slices import IndexedSlices
from ..framework.operation import Operation
from ..framework.registry import get, raw
from ..ops import loops
from ..ops.control_flow_context import output_context
from . import accumulators

__all__: list[str] = []


def _current_context() -> Any:
    return contexts.default_graph()._get_control_flow_context()


def _switch_gradient(op: Operation, *gradients: Any) -> Any:
    """A Merge. The Switch of a loop is met twice: behind its Exit, then behind its body, which closes the circle."""
    context = op._control_flow_context
    if context is not None and context.is_while_context():
        state = _current_context().grad_state
        merged = state.switch_map.get(op)
        if merged is not None:
            if gradients[1] is not None:
                accumulators.close_circle(merged, gradients[1])
            return None, None
        if gradients[0] is None:
            return None, None
        merged = loops.merge([gradients[0], gradients[0]], name="b_switch")[0]
        state.switch_map[op] = merged
        return merged, None
    if context is not None and context.is_cond_context():
        if gradients[1 - context.branch] is None:
            if op._inputs[0]._dtype.base_dtype is dtypes.resource:
                return loops.merge([gradients[context.branch]] * 2, name="cond_resource_grad")[0], None
            return None, None
        return loops.merge(list(gradients), name="cond_grad")[0], None
    false_part = loops.switch(gradients[0], op._inputs[1])[0]
    true_part = loops.switch(gradients[1], op._inputs[1])[1]
    return loops.merge([false_part, true_part])[0], None


def _merge_gradient(op: Operation, gradient: Any, _: Any) -> Any:
    context = output_context(op._inputs[0]._op)
    current = _current_context()
    if context is not None and context.is_while_context():
        return loops.switch_ref_or_tensor(gradient, current.pivot)
    if context is not None and context.is_cond_context():
        pred = context.pred
        if current is not None and current.grad_state is not None:
            pred = current.grad_state.past_predicate(pred)
        return loops.switch_ref_or_tensor(gradient, pred, name="cond_grad")
    chosen = [raw.Equal(op._outputs[1], index) for index in range(len(op._inputs))]
    return [loops.switch_ref_or_tensor(gradient, each)[1] for each in chosen]


def _exit_gradient(op: Operation, gradient: Any) -> Any:
    current = _current_context()
    if not current.back_prop:
        return None
    if op._control_flow_context.grad_state is not None:
        raise TypeError(
            "Second-order gradient for while loops not supported. Differentiate a loop that is unrolled in Python instead."
        )
    parts = [gradient]
    if isinstance(gradient, IndexedSlices):
        parts = [each for each in (gradient.values, gradient.indices, gradient.dense_shape) if each is not None]
    for each in parts:
        current.AddName(each.name)
    with current:
        if isinstance(gradient, IndexedSlices):
            entered = [
                loops.enter(each, current.name, parallel_iterations=current.parallel_iterations) for each in parts
            ]
            result: Any = IndexedSlices(*entered)
        else:
            result = loops.enter(gradient, current.name, parallel_iterations=current.parallel_iterations, name="b_exit")
        current.loop_enters.append(result)
    return result


def _enter_gradient(op: Operation, gradient: Any) -> Any:
    current = _current_context()
    if current is None or not current.back_prop or current.grad_state is None:
        return gradient
    if op._attrs["is_constant"]:
        if isinstance(gradient, IndexedSlices):
            return accumulators.accumulate_slices(current, op, gradient)
        return accumulators.accumulate(current, op, gradient)
    if isinstance(gradient, IndexedSlices):
        parts = [gradient.values, gradient.indices, gradient.dense_shape]
        result: Any = IndexedSlices(*[loops.exit(each) for each in parts if each is not None])
    else:
        result = loops.exit(gradient)
        current.exit_result([result])
    current.loop_exits.append(result)
    return result


for _name in ("Switch", "RefSwitch"):
    get(_name).gradient(_switch_gradient)
for _name in ("Merge", "RefMerge"):
    get(_name).gradient(_merge_gradient)
for _name in ("Exit", "RefExit"):
    get(_name).gradient(_exit_gradient)
for _name in ("NextIteration", "RefNextIteration"):
    get(_name).gradient(lambda op, gradient: gradient)
for _name in ("Enter", "RefEnter"):
    get(_name).gradient(_enter_gradient)
get("RefIdentity").gradient(lambda op, gradient: gradient)
