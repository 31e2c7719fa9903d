"""Loops that are added to the gradient of a loop: sums of the gradients of what is the same in every turn, and counters.

All of them run in the frame of the gradient loop or of the loop itself; they are one more variable of it.
"""

from __future__ import annotations

from typing import Any

from ..framework import dtypes
from ..framework.convert import convert_to_tensor
from ..framework.indexed_slices import IndexedSlices
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import array, joining, loops
from ..ops.constant import constant
from ..ops.math import add, maximum, subtract


def close_circle(merged: Any, value: Any) -> None:
    """Sends `value` into the next turn, where `merged` takes it."""
    if isinstance(merged, IndexedSlices):
        value = loops.as_slices(value)
        for old, new in zip(loops.parts_of(merged), loops.parts_of(value), strict=True):
            old._op._update_input(1, loops.next_iteration(new))
        return
    merged._op._update_input(1, loops.next_iteration(convert_to_tensor(value)))


# ---- counters


def add_forward_counter(context: Any, outer_state: Any) -> tuple[Tensor, Tensor]:
    """Adds a counter of turns to the loop `context`, from its outside. Returns the number of turns, and the counter in a turn."""
    start = constant(0, name="f_count")
    if outer_state is not None:
        # The histories of one run of an inner loop are written before those of its next run.
        start._op._add_control_input(outer_state.forward_index._op._inputs[0]._op)
    with context:
        context.AddName(start.name)
        entered = loops.enter(start, context.name, parallel_iterations=context.parallel_iterations, name="f_count")
        context.loop_enters.append(entered)
        merged = loops.merge([entered, entered])[0]
        switched = loops.switch(merged, context.pivot)
        index = add(switched[1], 1)
        following = loops.next_iteration(index)
        merged._op._update_input(1, following)
        total = loops.exit(switched[0], name="f_count")
        context.loop_exits.append(total)
        context.exit_result([total])
    return total, following


def add_backward_counter(context: Any, count: Tensor, outer_state: Any) -> Tensor:
    """Makes `context` a loop that runs `count` times. Returns the counter in a turn."""
    one = constant(1, name="b_count")
    with context:
        context.AddName(count.name)
        entered = loops.enter(count, context.name, parallel_iterations=context.parallel_iterations, name="b_count")
        context.loop_enters.append(entered)
        merged = loops.merge([entered, entered])[0]
        context.pivot_for_pred = merged
        pred = raw.GreaterEqual(merged, one)
        context.pivot = raw.LoopCond(pred, name="b_count")
        switched = loops.switch(merged, context.pivot)
        index = subtract(switched[1], one)
        context.pivot_for_body = index
        following = loops.next_iteration(index)
        merged._op._update_input(1, following)
        final_zero = loops.exit(switched[0], name="b_count")
        context.loop_exits.append(final_zero)
        if outer_state is not None:
            # The histories of one run of an inner loop are read before those of the run before it.
            outer_state.grad_sync._add_control_input(final_zero._op)
        context.exit_result([final_zero])
    return following


# ---- sums


class _Around:
    """The context around a gradient loop, made current for what is added outside that loop."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __enter__(self) -> None:
        if self._context is not None:
            self._context.enter()

    def __exit__(self, *_: Any) -> None:
        if self._context is not None:
            self._context.exit()


def accumulate(context: Any, op: Operation, gradient: Tensor) -> Tensor:
    """Returns the sum over all turns of the gradient of the loop constant that `op` brings in. `context` is current."""
    context.exit()
    start = _zeros_before(context, op, gradient)
    context.enter()
    context.AddName(start.name)
    entered = loops.enter(start, context.name, parallel_iterations=context.parallel_iterations, name="b_acc")
    context.loop_enters.append(entered)
    merged = loops.merge([entered, entered], name="b_acc")[0]
    if_over, if_not = loops.switch(merged, context.pivot)
    following = loops.next_iteration(add(if_not, gradient))
    merged._op._update_input(1, following)
    result = loops.exit(if_over, name="b_acc")
    context.loop_exits.append(result)
    context.exit_result([result])
    return result


def _zeros_before(context: Any, op: Operation, gradient: Tensor) -> Tensor:
    """Returns zeros of the shape of the loop constant, outside the gradient loop: the gradient of a loop that makes no turn."""
    around = context.outer_context
    if gradient.shape.is_fully_defined():
        with _Around(around):
            return constant(0, gradient._dtype, shape=gradient.shape, name="b_acc")
    value = op._inputs[0]
    if around is not None and around.is_while_context() and around.grad_state is not None:
        with context.grad_state.forward_context.outer_context:
            sizes = array.shape(value, optimize=False)
        outer_state = context.grad_state.outer_grad_state
        history = outer_state.add_forward_accumulator(sizes)
        with around:
            past = outer_state.add_backward_value(history, sizes)
            return array.zeros(past, gradient._dtype)
    with _Around(around):
        return array.zeros(array.shape(value, optimize=False), gradient._dtype)


def accumulate_slices(context: Any, op: Operation, gradient: IndexedSlices) -> IndexedSlices:
    """Returns the rows of the gradients of all turns of the loop constant that `op` brings in. `context` is current."""
    values, indices, dense_shape = gradient.values, gradient.indices, gradient.dense_shape
    around = context.outer_context
    context.exit()
    with _Around(around):
        starts = _first_rows(around, op, values, indices, dense_shape)
    context.enter()
    for each in starts:
        context.AddName(each.name)
    order = [starts[1], starts[0], *starts[2:]]
    entered = [
        loops.enter(
            each, context.name, parallel_iterations=context.parallel_iterations, use_input_shape=False, name="b_acc"
        )
        for each in order
    ]
    entered[0].set_shape([None])
    if starts[0]._dims is not None:
        entered[1].set_shape([None, *starts[0]._dims[1:]])
    context.loop_enters.extend(entered)
    merged = [loops.merge([each, each], name="b_acc")[0] for each in entered]
    switched = [loops.switch(each, context.pivot) for each in merged]
    sums = [joining.concat([old[1], new], 0) for old, new in zip(switched[:2], [indices, values], strict=True)]
    if dense_shape is not None:
        sums.append(maximum(dense_shape, switched[2][1]))
    following = [loops.next_iteration(each) for each in sums]
    for old, new in zip(merged, following, strict=True):
        old._op._update_input(1, new)
    exits = [loops.exit(each[0], name="b_acc") for each in switched]
    context.loop_exits.extend(exits)
    context.exit_result(exits)
    return IndexedSlices(exits[1], exits[0], exits[2] if dense_shape is not None else None)


def _first_rows(around: Any, op: Operation, values: Tensor, indices: Tensor, dense_shape: Any) -> list[Tensor]:
    """Returns one row of zeros, its index 0 and, if there is a shape, a smallest shape: values, indices, shape."""
    if values.shape.is_fully_defined():
        with _Around(around):
            rows = constant(0, values._dtype, shape=[1, *values.shape.as_list()[1:]], name="b_acc")
    else:
        sizes = joining.concat([[1], _safe_sizes(op._inputs[0])[1:]], 0)
        rows = array.zeros(sizes, dtype=values._dtype)
    starts = [rows, constant([0], indices._dtype)]
    if dense_shape is not None:
        if dense_shape.shape.is_fully_defined():
            with _Around(around):
                starts.append(constant(0, dense_shape._dtype, shape=dense_shape.shape))
        else:
            sizes = array.shape(op._inputs[0], out_type=dense_shape._dtype, optimize=False)
            starts.append(array.zeros_like(sizes, optimize=False))
    return starts


def _safe_sizes(tensor: Tensor) -> Any:
    """Returns the shape of a tensor, or of the variable that a handle names."""
    if tensor._dtype is not dtypes.resource:
        return array.shape(tensor, optimize=False)
    while tensor._op._inputs:
        tensor = tensor._op._inputs[0]
    return tensor._op.get_attr("shape")
