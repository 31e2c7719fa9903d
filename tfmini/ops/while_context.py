"""The context of a loop: what is added to the graph while its condition and its body are built.

A loop variable goes through Enter, Merge, Switch, Identity, the body, NextIteration and back to Merge; or from Switch through Exit
out of the loop. A value from outside that the loop uses goes through an Enter that is the same in every turn.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..errors import InvalidArgumentError
from ..framework import nest
from ..framework.convert import convert_to_tensor
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from . import loops
from .cond import read_variables
from .control_flow_context import (
    ControlFlowContext,
    is_loop_constant_enter,
    is_loop_exit,
    output_context,
    while_context_of,
)
from .tensor_array import flow_of, with_flow

__all__: list[str] = []


class WhileContext(ControlFlowContext):
    """A loop, while it is built and after.

    Attributes:
      maximum_iterations: the limit of turns, a tensor or None.
      parallel_iterations: how many turns TensorFlow may run at once; kept for the graph.
      back_prop: whether gradients may pass through the loop.
      swap_memory: whether TensorFlow may keep histories off the device; kept for the graph.
      pivot_for_pred, pivot_for_body: tensors that order constants into the condition and into the body.
      loop_enters, loop_exits: what goes in and what comes out.
      frame_name: what the frame of the loop is called in a run.
    """

    def __init__(
        self,
        maximum_iterations: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str = "while_context",
        grad_state: Any = None,
    ) -> None:
        super().__init__()
        if not isinstance(parallel_iterations, int) or parallel_iterations <= 0:
            raise ValueError(f"'parallel_iterations' must be a positive integer: {parallel_iterations}")
        self.graph._has_loops = True
        self.name = self.graph.unique_name(name)
        self.maximum_iterations = maximum_iterations
        self.parallel_iterations = parallel_iterations
        self._back_prop = back_prop
        self.swap_memory = swap_memory
        self.pivot_for_pred: Tensor | None = None
        self.pivot_for_body: Tensor | None = None
        self._pivot: Tensor | None = None
        self.loop_exits: list[Tensor] = []
        self.loop_enters: list[Tensor] = []
        self._grad_state = grad_state

    @property
    def pivot(self) -> Tensor | None:
        """The condition of the loop."""
        return self._pivot

    @pivot.setter
    def pivot(self, tensor: Tensor) -> None:
        self._pivot = tensor

    @property
    def frame_name(self) -> str:
        return self.name

    @property
    def grad_state(self) -> Any:
        return self._grad_state

    @property
    def back_prop(self) -> bool:
        return self._back_prop

    def is_while_context(self) -> bool:
        return True

    def control_pivot(self) -> Tensor | None:
        return self.pivot_for_pred if self.pivot_for_body is None else self.pivot_for_body

    # ---- values from outside

    def AddValue(self, value: Tensor) -> Tensor:
        """Returns what stands for `value` in this loop; a value from outside enters as a constant of the loop."""
        name = value.name
        if name in self.values or value._op._control_flow_context is self:
            return self.external_values.get(name, value)
        self.values.add(name)
        remembered = self._from_history(value)
        if remembered is not None:
            self.external_values[name] = remembered
            return remembered
        result = value if self.outer_context is None else self.outer_context.AddValue(value)
        with self.graph.control_dependencies(None):
            entered = loops.enter(result, self.name, is_constant=True, parallel_iterations=self.parallel_iterations)
            self.graph.prevent_feeding(entered)
            if self.outer_context is not None:
                self.outer_context.AddInnerOp(entered._op)
        self._settle_enters([entered])
        self.values.add(entered.name)
        self.external_values[name] = entered
        return entered

    def _from_history(self, value: Tensor) -> Tensor | None:
        """Returns what `value` was in the turn whose gradient is computed, when it belongs to the loop that this one is the gradient of."""
        state = self._current_grad_state()
        if state is None:
            return None
        loop = while_context_of(value._op)
        if loop is not None and is_loop_exit(value._op):
            loop = loop.outer_context
            loop = None if loop is None else loop.while_context()
        return state.real_value(value) if loop is state.forward_context else None

    def _current_grad_state(self) -> Any:
        current = self.graph._get_control_flow_context()
        loop = None if current is None else current.while_context()
        return None if loop is None else loop.grad_state

    def _settle_enters(self, enters: list[Tensor]) -> None:
        """Gives Enters this context, and those control dependencies that hold between it and the next loop around."""
        graph = self.graph
        around = self.outer_context
        loop_around = None if around is None else around.while_context()
        for tensor in enters:
            op = tensor._op
            kept: list[Operation] = []
            for each in graph._current_control_inputs(op._inputs):
                context = around
                source_context = output_context(each)
                while context is not source_context and context is not None and context is not loop_around:
                    context = context.outer_context
                if context is source_context:
                    kept.append(each)
            op._set_control_flow_context(self)
            op._add_control_inputs(kept)
            for controller in graph._thread.control:
                controller.see(op)

    # ---- operations

    def AddOp(self, op: Operation) -> None:
        """Takes an operation into this loop: its inputs from outside enter the loop, its order from outside is kept."""
        if op.type in ("Shape", "Size", "Rank"):
            # In a gradient: keep the history of a shape instead of that of the whole tensor.
            state = self._current_grad_state()
            if state is not None and while_context_of(op._inputs[0]._op) is state.forward_context:
                context = op._inputs[0]._op._control_flow_context
                op._set_control_flow_context(context)
                context._add_op(op)
                return
        self._add_op(op)

    def _add_op(self, op: Operation) -> None:
        if not op._inputs:
            inside, outside = self._split_control_inputs(op)
            if not inside:
                op._add_control_input(self._required_pivot()._op)
        else:
            for index, tensor in enumerate(op._inputs):
                stands = self.AddValue(tensor)
                if stands is not tensor:
                    op._update_input(index, stands)
            _, outside = self._split_control_inputs(op)
            # What depends on constants of the loop alone must not run before the turn begins.
            if not op._control_inputs and all(is_loop_constant_enter(each._op) for each in op._inputs):
                op._add_control_input(self._required_pivot()._op)
        self.values.update(output.name for output in op._outputs)
        if outside:
            # The order from outside becomes a value that enters the loop.
            with self.graph.control_dependencies(None):
                self.enter()
                waited = [raw.Identity(each._outputs[0])._op for each in outside if each._outputs]
                self.exit()
            op._add_control_inputs(waited)
        if self.outer_context is not None or not is_loop_exit(op):
            self.graph.prevent_fetching(op)
            for output in op._outputs:
                self.graph.prevent_feeding(output)
        if self.outer_context is not None:
            self.outer_context.AddInnerOp(op)

    def _required_pivot(self) -> Tensor:
        pivot = self.control_pivot()
        if pivot is None:
            raise AssertionError(f"The loop {self.name} has no variable yet.")
        return pivot

    # ---- building a loop

    def build_loop(
        self,
        pred: Callable[..., Any],
        body: Callable[..., Any],
        loop_vars: Any,
        shape_invariants: Any,
        return_same_structure: bool,
    ) -> Any:
        """Adds a loop to the graph; returns what comes out of it, in the structure that `body` returned."""
        original = nest.flatten(loop_vars)
        loop_vars = nest.map_structure(
            lambda each: each if each is not flow_of(each) else convert_to_tensor(each), loop_vars
        )
        flat = [flow_of(each) for each in nest.flatten(loop_vars)]
        if shape_invariants is None:
            invariants = [each.shape for each in flat]
        else:
            nest.map_structure(_checked_invariant, loop_vars, shape_invariants)
            invariants = nest.flatten(shape_invariants)
        with self:
            body_result, exits = self._build(pred, body, original, flat, invariants, loop_vars)
        leaves = [with_flow(old, new) for old, new in zip(nest.flatten(body_result), exits, strict=True)]
        packed = nest.pack_sequence_as(body_result, leaves)
        if return_same_structure or len(exits) != 1:
            return packed
        return packed[0]

    def _build(
        self,
        pred: Callable[..., Any],
        body: Callable[..., Any],
        original: list[Any],
        flat: list[Tensor],
        invariants: list[TensorShape],
        structure: Any,
    ) -> tuple[Any, list[Tensor]]:
        self.values = {each.name for each in flat}
        enters = self._enter_variables(flat, invariants)
        merges = [loops.merge([each, each])[0] for each in enters]
        self.pivot_for_pred = merges[0]

        def packed(tensors: list[Tensor]) -> Any:
            leaves = [with_flow(old, new) for old, new in zip(original, tensors, strict=True)]
            return nest.pack_sequence_as(structure, leaves)

        condition = convert_to_tensor(pred(*packed(merges)))
        self.pivot = raw.LoopCond(condition, name="LoopCond")
        switches = [loops.switch_ref_or_tensor(each, self.pivot) for each in merges]
        inside = [loops.loop_identity(each[1]) for each in switches]
        self.pivot_for_body = inside[0]
        arguments = packed(inside)
        result = body(*arguments)
        if not nest.is_nested(result):
            result = [result]
        result = read_variables(result)
        # The outermost type does not count: loop variables come in a list, a body often returns a tuple.
        nest.assert_same_structure(list(arguments), list(result))
        nexts = [convert_to_tensor(flow_of(each)) for each in nest.flatten(result)]
        for merged, value in zip(merges, nexts, strict=True):
            self._close_circle(merged, value)
        exits = [loops.exit(each[0]) for each in switches]
        self.loop_exits = exits
        self.exit_result(exits)
        return result, exits

    def _enter_variables(self, flat: list[Tensor], invariants: list[TensorShape]) -> list[Tensor]:
        around = self.outer_context
        real = flat if around is None else [around.AddValue(each) for each in flat]
        enters: list[Tensor] = []
        with self.graph.control_dependencies(None):
            for tensor, invariant in zip(real, invariants, strict=True):
                entered = loops.enter(
                    tensor, self.name, parallel_iterations=self.parallel_iterations, use_input_shape=False
                )
                if not is_less_or_equal(tensor.shape, invariant):
                    raise ValueError(
                        f"The shape invariant specified for {tensor.name} is not compatible with the initial shape of the loop "
                        f"variable. It enters the loop with shape {tensor.shape}, but the specified shape invariant is {invariant}."
                    )
                entered.set_shape(invariant)
                self.graph.prevent_feeding(entered)
                if around is not None:
                    around.AddInnerOp(entered._op)
                enters.append(entered)
        pivot = None
        while around is not None and pivot is None:
            pivot = around.control_pivot()
            around = around.outer_context
        if pivot is not None:
            for entered in enters:
                if is_loop_constant_enter(entered._op._inputs[0]._op):
                    entered._op._add_control_input(pivot._op)
        self._settle_enters(enters)
        self.values = {each.name for each in enters}
        self.loop_enters = enters
        return enters

    def _close_circle(self, merged: Tensor, value: Tensor) -> None:
        value = loops.next_iteration(value)
        if not is_less_or_equal(value.shape, merged.shape):
            start = merged._op._inputs[0]._op._inputs[0]
            raise ValueError(
                f"Input tensor '{start.name}' enters the loop with shape {start.shape}, but has shape {value.shape} after one "
                "iteration. To allow the shape to vary across iterations, use the `shape_invariants` argument of tf.while_loop "
                "to specify a less-specific shape."
            )
        if value._dtype.base_dtype is not merged._dtype.base_dtype:
            # TensorFlow notices this in the first run of any session, and the graph is of no use from then on.
            start = merged._op._inputs[0]._op._inputs[0]
            new, old = (_TEXT.get(each._dtype.base_dtype.name, each._dtype.base_dtype.name) for each in (value, merged))
            raise InvalidArgumentError(
                None,
                merged._op,
                f"Input 1 of node {merged._op._name} was passed {new} from {value.name} incompatible with expected {old}.\nThe loop "
                f"variable {start.name} enters the loop as {start.dtype.name}, but the body returns {value.dtype.name} for it. Cast "
                "the result of the body, or the initial value.",
            )
        merged._op._update_input(1, value)


_TEXT = {"float32": "float", "float64": "double", "float16": "half"}


def is_less_or_equal(first: TensorShape, second: TensorShape) -> bool:
    """Says whether `second` allows everything that `first` allows."""
    if second.ndims is None:
        return True
    if first.ndims != second.ndims:
        return False
    return all(b is None or a == b for a, b in zip(first.as_list(), second.as_list(), strict=True))


def _checked_invariant(variable: Any, invariant: Any) -> None:
    if not isinstance(invariant, TensorShape):
        raise TypeError(f"'shape' must be one of TypeSpec, TensorShape or None. Received: {type(invariant)}")
