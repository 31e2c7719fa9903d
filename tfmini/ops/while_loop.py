"""`tf.while_loop`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework.collections import GraphKeys
from ..framework.convert import convert_to_tensor
from ..framework.op_scope import op_scope
from ..framework.shapes import TensorShape
from .compare import logical_and
from .cond import read_variables
from .constant import constant
from .while_context import WhileContext

__all__ = ["while_loop"]


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Returns `loop_vars` after `body` was applied to them as long as `cond` is true of them, when the graph runs.

    Both functions are called once, while the graph is built; what they add is computed in every turn.

    Args:
      cond: function of the loop variables that returns a scalar bool tensor.
      body: function of the loop variables that returns as many values, of the same structure, dtypes and shapes.
      loop_vars: list or tuple of tensors, arrays, TensorArrays, or structures of these.
      shape_invariants: for each loop variable a TensorShape that its value has in every turn; by default the shape it begins with.
      parallel_iterations: how many turns TensorFlow may run at once; kept in the graph, tfmini runs one after the other.
      back_prop: False: the loop cannot be differentiated, and needs no memory for it.
      swap_memory: kept in the graph.
      name: name scope.
      maximum_iterations: the loop ends after so many turns at the latest; int32 or int64 scalar.
      return_same_structure: return a structure also for a single variable.

    Returns:
      The loop variables after the last turn; a single one as itself.

    Raises:
      TypeError: `cond` or `body` cannot be called, or types of structures differ. ValueError: there is no loop variable; the structures
        differ; a shape changes from turn to turn that `shape_invariants` does not allow.
    """
    if not callable(cond):
        raise TypeError("'cond' must be callable.")
    if not callable(body):
        raise TypeError("'body' must be callable.")
    if parallel_iterations < 1:
        raise TypeError("'parallel_iterations' must be a positive integer.")
    loop_vars = read_variables(loop_vars)
    with op_scope(name, "while", loop_vars):
        if not loop_vars:
            raise ValueError("'loop_vars' must be provided.")
        if maximum_iterations is not None:
            limit = convert_to_tensor(maximum_iterations, name="maximum_iterations")
            if limit.shape.ndims != 0:
                raise ValueError(f"'maximum_iterations' must be a scalar. Received shape: {limit.shape}")
            maximum_iterations = limit
            counter = constant(0, dtype=limit.dtype, name="iteration_counter")
            loop_vars, cond, body = _counted(
                counter, limit, loop_vars, cond, body, len(loop_vars) == 1 and not return_same_structure
            )
            if shape_invariants is not None:
                shape_invariants = (TensorShape([]), shape_invariants)
        context = WhileContext(
            maximum_iterations=maximum_iterations,
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
        )
        if context.outer_context is None:
            context.graph.add_to_collection(GraphKeys.WHILE_CONTEXT, context)
        result = context.build_loop(cond, body, loop_vars, shape_invariants, return_same_structure)
        return result if maximum_iterations is None else result[1]


def _counted(
    counter: Any, limit: Any, loop_vars: Any, cond: Callable[..., Any], body: Callable[..., Any], single: bool
) -> tuple[Any, Callable[..., Any], Callable[..., Any]]:
    """Returns loop variables, condition and body with a counter of turns in front."""

    def call(function: Callable[..., Any], variables: Any) -> Any:
        return function(variables) if single else function(*variables)

    return (
        (counter, loop_vars[0] if single else loop_vars),
        lambda i, variables: logical_and(i < limit, call(cond, variables)),
        lambda i, variables: (i + 1, call(body, variables)),
    )
