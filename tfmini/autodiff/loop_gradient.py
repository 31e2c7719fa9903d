"""The loop that computes the gradient of a loop.

It makes as many turns as the loop itself made, backwards. A value of the loop that a gradient needs is kept on a stack in every
turn of the loop (`add_forward_accumulator`) and taken off it in the turn of the gradient (`add_backward_value`). Control edges between
these and the counters of both loops keep pushes and pops in order.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..framework import dtypes
from ..framework.constant_value import constant_value
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops.constant import constant
from ..ops.control_flow_context import loop_constant_enter, output_context
from ..ops.loops import switch_ref_or_tensor
from ..ops.while_context import WhileContext
from . import accumulators


@contextlib.contextmanager
def inside(context: Any) -> Iterator[None]:
    """Makes a control flow context current; nothing for None."""
    if context is None:
        yield
        return
    with context:
        yield


class LoopGradient:
    """A loop and the loop of its gradient.

    Attributes:
      outer_grad_state: the same for the loop around, or None.
      forward_context, grad_context: both loops.
      forward_index, grad_index: the counters of turns, as they are in the next turn.
      history: by the name of a tensor of the loop, what it was in the turn whose gradient is computed.
      switch_map: by each Switch of the loop, the Merge of its gradient.
      unused_exits, deferred_exits, pending_exits: Exits that no gradient reaches, that wait, and how many are still to come.
    """

    def __init__(self, forward_context: Any, outer_grad_state: LoopGradient | None) -> None:
        self.outer_grad_state = outer_grad_state
        self.forward_context = forward_context
        self.history: dict[str, Tensor] = {}
        self.switch_map: dict[Operation, Any] = {}
        self.unused_exits: list[Tensor] = []
        self.deferred_exits: list[Tensor] = []
        self.forward_exits: list[Tensor] = list(forward_context.loop_exits)
        self.pending_exits = len(self.forward_exits)
        self._forward_sync: Operation | None = None
        self._grad_sync: Operation | None = None
        around = forward_context.outer_context if outer_grad_state is None else outer_grad_state.forward_context
        with inside(around):
            count, self.forward_index = accumulators.add_forward_counter(forward_context, outer_grad_state)
        if outer_grad_state is None:
            with inside(around):
                self._build(count)
            return
        around.AddName(count.name)
        history = outer_grad_state.add_forward_accumulator(count)
        with outer_grad_state.grad_context:
            self._build(count, history)

    def _build(self, count: Tensor, history: Tensor | None = None) -> None:
        forward, outer = self.forward_context, self.outer_grad_state
        self.grad_context = WhileContext(
            maximum_iterations=forward.maximum_iterations,
            parallel_iterations=forward.parallel_iterations,
            back_prop=forward.back_prop,
            swap_memory=forward.swap_memory,
            name=forward.name,
            grad_state=self,
        )
        if outer is not None and history is not None:
            count = outer.add_backward_value(history, count)
        self.grad_index = accumulators.add_backward_counter(self.grad_context, count, outer)

    # ---- order

    @property
    def forward_sync(self) -> Operation:
        """A node of the loop that what must be done in a turn comes before."""
        if self._forward_sync is None:
            graph = self.forward_context.graph
            with graph.control_dependencies(None):
                trigger = self._forward_sync = raw.ControlTrigger(name="f_sync")
            trigger._set_control_flow_context(self.forward_context)
            self.forward_index._op._add_control_input(trigger)
        return self._forward_sync

    @property
    def grad_sync(self) -> Operation:
        """A node of the gradient loop that what must be done in a turn comes before."""
        if self._grad_sync is None:
            graph = self.grad_context.graph
            with graph.control_dependencies(None):
                trigger = self._grad_sync = raw.ControlTrigger(name="b_sync")
            trigger._set_control_flow_context(self.grad_context)
            self.grad_index._op._add_control_input(trigger)
            if self.grad_context.outer_context is not None:
                self.grad_context.outer_context.AddInnerOp(trigger)
        return self._grad_sync

    # ---- history

    def add_forward_accumulator(self, value: Tensor, dead_branch: bool = False) -> Tensor:
        """Makes the loop push `value` on a stack in every turn; returns the stack.

        Called in the context in which `gradients` is called.

        Args:
          dead_branch: `value` is in that branch of a conditional which is not taken.
        """
        graph = self.forward_context.graph
        current = graph._get_control_flow_context()
        with graph.control_dependencies(None):
            with inside(current), graph.colocate_with(value._op):
                size = constant(-1, dtypes.int32)
                stack: Tensor = raw.StackV2(size, elem_type=value._dtype.base_dtype, name="f_acc")
            entered = self.forward_context.AddValue(stack)
            context = output_context(value._op)
            if context is self.forward_context:
                push = self._push(context, entered, value)
                self.forward_index._op._add_control_input(push)
            else:
                if not context.is_cond_context():
                    raise TypeError(f"value_ctxt is not a CondContext: {context}")
                push = self._push(context.outer_context if dead_branch else context, entered, value)
                if dead_branch:
                    push._set_control_flow_context(context)
                self.forward_sync._add_control_input(push)
            push._add_control_input(self.forward_index._op._inputs[0]._op)
        return stack

    def _push(self, context: Any, stack: Tensor, value: Tensor) -> Operation:
        with context:
            pushed: Tensor = raw.StackPushV2(stack, value, swap_memory=self.forward_context.swap_memory)
        return pushed._op

    def add_backward_value(self, history: Tensor, value: Tensor, dead_branch: bool = False) -> Tensor:
        """Returns what `value` was in the turn whose gradient is computed, from its stack `history`."""
        graph = self.forward_context.graph
        branch_context = self._branch_between(history, value)
        with graph.control_dependencies(None), self.grad_context:
            if branch_context is not None:
                branch = 1 - branch_context.branch if dead_branch else branch_context.branch
                history = switch_ref_or_tensor(history, self._known_predicate(branch_context.pred))[branch]
            popped: Tensor = raw.StackPopV2(history, elem_type=value._dtype.base_dtype)
            popped.set_shape(value.shape)
        if self.grad_context.parallel_iterations > 1:
            self.grad_sync._add_control_input(popped._op)
        return popped

    def _branch_between(self, history: Tensor, value: Tensor) -> Any:
        """Returns the innermost branch in which `value` is and its stack is not."""
        until = history._op._control_flow_context
        context = value._op._control_flow_context
        while context is not None and context is not until:
            if context.is_cond_context():
                return context
            context = context.outer_context
        return None

    def _known_predicate(self, pred: Tensor) -> Tensor:
        state: LoopGradient | None = self
        while state is not None:
            found = state.history.get(pred.name)
            if found is not None:
                return found
            state = state.outer_grad_state
        return pred

    def past_predicate(self, pred: Tensor) -> Tensor:
        """Returns what the condition `pred` was in the turn whose gradient is computed. The gradient context is current."""
        found = self.history.get(pred.name)
        if found is None:
            self.grad_context.exit()
            history = self.add_forward_accumulator(pred)
            self.grad_context.enter()
            found = self.history[pred.name] = self.add_backward_value(history, pred)
        return found

    def real_value(self, value: Tensor) -> Tensor:
        """Returns what `value`, a tensor of the loop, was in the turn whose gradient is computed. The gradient context is current."""
        found = self.history.get(value.name)
        if found is None:
            found = self.history[value.name] = self._found_value(value)
        return found

    def _found_value(self, value: Tensor) -> Tensor:
        state: LoopGradient = self
        while True:
            entered = loop_constant_enter(value)
            if entered is None:
                break
            # What is the same in every turn needs no history; in a nested loop it may need one of the loop around.
            value = entered._inputs[0]
            if state.outer_grad_state is None:
                return self.grad_context.AddValue(value)
            state = state.outer_grad_state
        if value._op.type == "Const":
            return constant(constant_value(value), dtype=value._dtype)
        self.grad_context.exit()
        history = state.add_forward_accumulator(value)
        self.grad_context.enter()
        found = state.add_backward_value(history, value)
        return found if state is self else self.grad_context.AddValue(found)
