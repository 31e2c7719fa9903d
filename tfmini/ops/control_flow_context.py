"""Contexts of control flow: in which branch or loop an operation stands while the graph is built, and after.

A context that is current sees every operation that is added (`AddOp`) and every value that comes from outside (`AddValue`), and
adds what makes the value available inside: a Switch in a branch, an Enter in a loop. Contexts nest; each knows the one around it.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from ..framework.operation import Operation
from ..framework.slots import slots
from ..framework.tensor import Tensor


class ControlFlowContext:
    """A branch of a conditional or the body of a loop.

    Attributes:
      name: unique name of the context.
      outer_context: the context around, or None.
      values: names of the tensors that were seen inside.
      external_values: by the name of a tensor from outside, the tensor that stands for it inside.
    """

    name: str

    def __init__(self) -> None:
        self.graph = contexts.default_graph()
        self.outer_context: Any = self.graph._get_control_flow_context()
        self.nested_contexts: list[ControlFlowContext] = []
        if self.outer_context is not None:
            self.outer_context.nested_contexts.append(self)
        self.values: set[str] = set()
        self.external_values: dict[str, Tensor] = {}
        self._entered: list[Any] = []

    def __enter__(self) -> Any:
        self.enter()
        return self

    def __exit__(self, *_: Any) -> None:
        self.exit()

    def enter(self) -> None:
        """Makes this the current context of its graph."""
        self._entered.append(self.graph._get_control_flow_context())
        self.graph._set_control_flow_context(self)

    def exit(self) -> None:
        """Makes that context current again which was so before `enter`."""
        self.graph._set_control_flow_context(self._entered.pop())

    @property
    def grad_state(self) -> Any:
        """What connects the loop around with the loop whose gradient it computes, or None."""
        return None

    @property
    def back_prop(self) -> bool:
        """Whether the loop around keeps what its gradient needs."""
        return False

    @property
    def pivot(self) -> Any:
        """The tensor that is alive when this context is."""
        return None

    def is_while_context(self) -> bool:
        """Says whether this is a loop."""
        return False

    def is_cond_context(self) -> bool:
        """Says whether this is a branch."""
        return False

    def while_context(self) -> Any:
        """Returns the innermost loop that this context is or stands in, or None."""
        context: Any = self
        while context is not None and not context.is_while_context():
            context = context.outer_context
        return context

    def control_pivot(self) -> Any:
        """Returns the tensor that orders operations without inputs into this context, or None."""
        return None

    def AddName(self, name: str) -> None:
        """Notes a value as known inside."""
        self.values.add(name)

    def AddOp(self, op: Operation) -> None:
        """Takes a new operation into this context."""
        raise AssertionError(f"{type(self).__name__} takes no operations.")

    def AddValue(self, value: Tensor) -> Tensor:
        """Returns what stands for `value` inside this context."""
        raise AssertionError(f"{type(self).__name__} takes no values.")

    def AddInnerOp(self, op: Operation) -> None:
        """Hears of an operation of a context inside this one."""
        if self.outer_context is not None:
            self.outer_context.AddInnerOp(op)

    def exit_result(self, tensors: list[Tensor]) -> None:
        """Makes results of this context known to the one around."""
        if self.outer_context is not None:
            for each in tensors:
                self.outer_context.AddName(each.name)

    def _split_control_inputs(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        """Takes the control inputs from outside the loop around away from `op`. Returns those that stay and those that went."""
        loop = self.while_context()
        if loop is None:
            return list(op._control_inputs), []
        internal: list[Operation] = []
        external: list[Operation] = []
        for each in op._control_inputs:
            context = output_context(each)
            inside = context is not None and context.while_context() is loop
            (internal if inside else external).append(each)
        if external:
            op._remove_all_control_inputs()
            op._add_control_inputs(internal)
        return internal, external

    def __str__(self) -> str:
        return self.name


# ---- questions about operations


def output_context(op: Operation) -> Any:
    """Returns the context in which the outputs of `op` are: an Exit gives its value to the context around its loop."""
    context = op._control_flow_context
    if context is not None and is_loop_exit(op):
        return context.outer_context
    return context


def while_context_of(op: Operation) -> Any:
    """Returns the innermost loop in which `op` stands, or None."""
    context = op._control_flow_context
    return None if context is None else context.while_context()


def is_switch(op: Operation) -> bool:
    """Says whether `op` is a Switch."""
    return op.type in ("Switch", "RefSwitch")


def is_loop_enter(op: Operation) -> bool:
    """Says whether `op` is an Enter."""
    return op.type in ("Enter", "RefEnter")


def is_loop_exit(op: Operation) -> bool:
    """Says whether `op` is an Exit."""
    return op.type in ("Exit", "RefExit")


def is_loop_constant_enter(op: Operation) -> bool:
    """Says whether `op` brings a value into a loop that stays the same in all turns."""
    return is_loop_enter(op) and bool(op._attrs["is_constant"])


def loop_constant_enter(value: Tensor) -> Operation | None:
    """Returns the Enter of a value that is plainly the same in all turns, else None."""
    op = value._op
    while op.type in ("Switch", "RefSwitch", "Identity", "RefIdentity"):
        op = op._inputs[0]._op
    return op if is_loop_constant_enter(op) else None


def is_cond_switch(op: Operation) -> bool:
    """Says whether `op` brings a value into a branch: a Switch stands outside its branch, so its readers tell."""
    if not is_switch(op):
        return False
    for output in op._outputs:
        for reader in output.consumers():
            context = reader._control_flow_context
            if is_loop_enter(reader) and context is not None:
                context = context.outer_context
            if context is None or not context.is_cond_context():
                return False
    return True


def is_loop_switch(op: Operation) -> bool:
    """Says whether `op` decides about another turn of a loop."""
    context = op._control_flow_context
    return is_switch(op) and context is not None and context.is_while_context() and not is_cond_switch(op)


def is_containing_context(context: Any, maybe_containing: Any) -> bool:
    """Says whether `maybe_containing` is `context` or around it; None is around everything."""
    while context is not maybe_containing:
        if context is None:
            return False
        context = context.outer_context
    return True


def op_in_context(op: Operation, context: Any) -> bool:
    """Says whether `op` stands in `context` or deeper."""
    return is_containing_context(op._control_flow_context, context)


# ---- inputs from other loops


def check_inputs(op: Operation) -> None:
    """Checks that every input of `op` comes from the loop of `op` or from around it.

    Raises:
      ValueError: an input is computed inside a loop in which `op` does not stand.
    """
    for tensor in op._inputs:
        source = tensor._op
        input_context = output_context(source)
        if input_context is None or input_context is op._control_flow_context:
            continue
        loop = while_context_of(op)
        input_loop = input_context.while_context()
        if not _is_valid(op, loop, input_context, input_loop):
            why = "they are in different while loops." if loop is not None else f"'{source._name}' is in a while loop."
            raise ValueError(
                f"Cannot use '{source._name}' as input to '{op._name}' because {why} See info log for more details.\n"
                "Give the value out of the loop as a loop variable: the result of tf.while_loop may be used outside."
            )


def _is_valid(op: Operation, loop: Any, input_context: Any, input_loop: Any) -> bool:
    if loop is None:
        return input_loop is None or is_loop_enter(op) or is_switch(op)
    if is_containing_context(loop, input_loop):
        return True
    state = loop.grad_state
    if state is not None and is_containing_context(state.forward_context, input_loop):
        # The gradient of a loop reads values of the loop itself, through their history.
        return True
    if state is not None and state.forward_context is input_loop.outer_context:
        return True
    inner = input_loop.grad_state
    if inner is not None and inner.forward_context is loop:
        return True
    second = (
        input_context.grad_state.forward_context.grad_state if inner is not None and input_context.grad_state else None
    )
    return second is not None and second.forward_context is loop


slots.check_loops = check_inputs
