"""The global step: the variable that counts training steps."""

from __future__ import annotations

from typing import Any

from ..framework import contexts, dtypes, logging
from ..framework.collections import GraphKeys
from ..framework.tensor import Tensor
from ..variables.initializers import Zeros
from ..variables.modes import VariableAggregation
from ..variables.store import get_variable
from ..variables.variable import Variable


def global_step(sess: Any, global_step_tensor: Any) -> int:
    """Returns the value of the global step in `sess` as an int."""
    return int(sess.run(global_step_tensor))


def get_global_step(graph: Any = None) -> Any:
    """Returns the global step of `graph` (by default the default graph), or None when it has none.

    Raises:
      TypeError: what is called `global_step` is no integer scalar.
    """
    graph = contexts.default_graph() if graph is None else graph
    found = graph.get_collection(GraphKeys.GLOBAL_STEP)
    if len(found) > 1:
        logging.error("Multiple tensors in global_step collection.")
        return None
    if found:
        step = found[0]
    else:
        try:
            step = graph.get_tensor_by_name("global_step:0")
        except KeyError:
            return None
    assert_global_step(step)
    return step


def create_global_step(graph: Any = None) -> Any:
    """Returns a new global step: an int64 scalar that starts at 0 and is not trainable.

    Raises:
      ValueError: the graph has one.
    """
    graph = contexts.default_graph() if graph is None else graph
    if get_global_step(graph) is not None:
        raise ValueError('"global_step" already exists.\nUse tf.train.get_or_create_global_step().')
    with graph.as_default(), graph.name_scope(None):
        return get_variable(
            GraphKeys.GLOBAL_STEP,
            shape=[],
            dtype=dtypes.int64,
            initializer=Zeros(),
            trainable=False,
            aggregation=VariableAggregation.ONLY_FIRST_REPLICA,
            collections=[GraphKeys.GLOBAL_VARIABLES, GraphKeys.GLOBAL_STEP],
        )


def get_or_create_global_step(graph: Any = None) -> Any:
    """Returns the global step of `graph`, made when it has none."""
    graph = contexts.default_graph() if graph is None else graph
    found = get_global_step(graph)
    return create_global_step(graph) if found is None else found


def assert_global_step(global_step_tensor: Any) -> None:
    """Raises TypeError when a global step is not a variable or tensor, an integer, and a scalar."""
    if not isinstance(global_step_tensor, (Variable, Tensor)):
        raise TypeError(f'Existing "global_step" must be a Variable or Tensor: {global_step_tensor}.')
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    shape = global_step_tensor.get_shape()
    if shape.ndims != 0 and shape.is_fully_defined():
        raise TypeError(f'Existing "global_step" is not scalar: {shape}')
