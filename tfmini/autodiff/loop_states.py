"""The loops that one call of `gradients` passes through."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from ..framework import contexts, dtypes
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import array
from ..ops.constant import constant
from ..ops.control_flow_context import is_loop_exit, is_loop_switch, is_switch, while_context_of
from ..ops.loops import next_iteration, switch_ref_or_tensor
from ..ops.resource import handle_shape
from .loop_gradient import LoopGradient, inside


class LoopStates:
    """The gradients of the loops that a walk passes through, by the contexts of the loops."""

    def __init__(self) -> None:
        self._states: dict[Any, LoopGradient] = {}

    def add(self, op: Operation, between: dict[Operation, None], todo: list[Operation]) -> None:
        """Makes the gradient loop of the loop that the Exit `op` leaves; all Exits of that loop take part from now on."""
        forward = while_context_of(op)
        if forward in self._states:
            return
        around = forward.outer_context
        around = None if around is None else around.while_context()
        state = LoopGradient(forward, self._states.get(around))
        self._states[forward] = state
        for each in state.forward_exits:
            if each._op not in between:
                between[each._op] = None
                todo.append(each._op)

    def state_of(self, op: Operation, before: bool) -> LoopGradient | None:
        """Returns that of the loop in which `op` stands; `before` its gradient, the Exit of a loop stands outside of it."""
        context = while_context_of(op)
        if before and context is not None and is_loop_exit(op):
            context = context.outer_context
            context = None if context is None else context.while_context()
        return None if context is None else self._states.get(context)

    @contextlib.contextmanager
    def around(self, op: Operation, before: bool) -> Iterator[None]:
        """Makes the gradient loop current that belongs to `op`, if there is one."""
        state = self.state_of(op, before)
        with inside(None if state is None else state.grad_context):
            yield

    # ---- exits that no gradient reaches

    def unused_exits(self, waiting: dict[Operation, int], ends: list[Operation]) -> list[Tensor]:
        """Returns the Exits outside the walk that take part with zeros because all others of their loops are ready."""
        found: list[Tensor] = []
        for state in self._states.values():
            for each in state.forward_exits:
                if waiting.get(each._op, 0) == 0:
                    state.pending_exits -= 1
                    if each._op not in ends:
                        state.unused_exits.append(each)
                    if state.pending_exits == 0:
                        found.extend(state.unused_exits)
            for each in state.forward_context.loop_enters:
                if waiting.get(each._op, 0) == 0:
                    waiting[each._op] = 1
        return found

    def exit_ready(
        self,
        tensor: Tensor,
        queue: deque[Any],
        has_gradient: Callable[[Operation], bool],
        arrive_zeros: Callable[[Tensor], None],
    ) -> None:
        """Takes an Exit whose readers are done; with the last one of a loop, all go on."""
        state = self.state_of(tensor._op, before=False)
        if state is None:
            raise AssertionError(f"The loop of {tensor.name} takes no part.")
        state.deferred_exits.append(tensor)
        state.pending_exits -= 1
        if state.pending_exits != 0:
            return
        some = False
        for each in state.deferred_exits:
            if has_gradient(each._op):
                some = True
                queue.append(each._op)
            else:
                state.unused_exits.append(each)
        for each in state.unused_exits:
            if some:
                arrive_zeros(each)
            queue.append(each._op)

    def zeros_for_exit(self, tensor: Tensor) -> Tensor:
        """Returns zeros of the shape of what an Exit gives, where the gradient of that loop begins."""
        dims, dtype = tensor.shape, tensor._dtype
        around = tensor._op._control_flow_context.outer_context
        loop = None if around is None else around.while_context()
        outer = None if loop is None else self._states.get(loop)
        if outer is None:
            if dims.is_fully_defined():
                return array.zeros(dims.as_list(), dtype)
            return array.zeros_like(tensor, optimize=False)
        if dims.is_fully_defined():
            with outer.grad_context:
                return array.zeros(dims.as_list(), dtype)
        with around:
            sizes = array.shape(tensor, optimize=False)
        history = outer.add_forward_accumulator(sizes)
        with outer.grad_context:
            return array.zeros(outer.add_backward_value(history, sizes), dtype)

    # ---- zeros inside

    def zeros_for_output(self, op: Operation, index: int, otherwise: Callable[[Operation, int], Any]) -> Any:
        """Returns zeros of the shape that an output had in the turn whose gradient is computed; None for the Switch of a loop."""
        if is_loop_switch(op):
            return None
        loop = while_context_of(op)
        state = None if loop is None else self._states.get(loop)
        if state is None:
            return otherwise(op, index)
        output = op._outputs[index]
        dead_branch = is_switch(op)
        context = op._control_flow_context
        if output.shape.is_fully_defined():
            if output._dtype.base_dtype is dtypes.resource:
                result = array.zeros(_variable_sizes(output), _variable_dtype(output))
            else:
                result = constant(0, shape=output.shape, dtype=output._dtype)
            if dead_branch:
                pred = state.history[context.pred.name]
                result = switch_ref_or_tensor(result, pred)[1 - context.branch]
            return result
        if dead_branch:
            with context.outer_context:
                value = switch_ref_or_tensor(op._inputs[0], context.pred)[1 - context.branch]
                sizes = array.shape(value, optimize=False)
            value._op._set_control_flow_context(context)
            sizes._op._set_control_flow_context(context)
        else:
            with context:
                sizes = array.shape(output, optimize=False)
        state.grad_context.exit()
        history = state.add_forward_accumulator(sizes, dead_branch)
        state.grad_context.enter()
        return array.zeros(state.add_backward_value(history, sizes, dead_branch), output._dtype)

    # ---- at the end

    def finish(self) -> None:
        """Closes the circles of those gradient variables that do not come back: the variable of the loop does not depend on itself."""
        for state in self._states.values():
            for merged in state.switch_map.values():
                op = merged.op
                if op._inputs[0] is not op._inputs[1]:
                    continue
                start = op._inputs[0]
                if start.shape.is_fully_defined():
                    with state.grad_context:
                        following = next_iteration(constant(0, dtype=start._dtype, shape=start.shape))
                else:
                    with inside(state.grad_context.outer_context):
                        zeros = array.zeros(array.shape(start._op._inputs[0], optimize=False))
                    with state.grad_context:
                        following = next_iteration(zeros)
                op._update_input(1, following)


def loops_between(between: dict[Operation, None], colocate: bool) -> LoopStates | None:
    """Returns the loops whose Exits are among the operations of a walk, or None; those Exits that were not join the walk."""
    states: LoopStates | None = None
    todo = list(between)
    graph = contexts.default_graph()
    # The list grows while it is walked: all Exits of a loop take part.
    for op in todo:
        if not is_loop_exit(op):
            continue
        if states is None:
            states = LoopStates()
        if colocate:
            with graph.colocate_with(op):
                states.add(op, between, todo)
        else:
            states.add(op, between, todo)
    return states


def _variable_sizes(handle: Tensor) -> Tensor:
    """Returns the shape of the variable that a handle names, a constant when it is known."""
    dims = handle_shape(handle)
    if dims is not None and None not in dims:
        return constant([each for each in dims if each is not None], dtypes.int32)
    return raw.VariableShape(handle)


def _variable_dtype(handle: Tensor) -> dtypes.DType:
    source = handle._op
    while source.type != "VarHandleOp" and source._inputs:
        source = source._inputs[0]._op
    return source._attrs.get("dtype", dtypes.float32)
