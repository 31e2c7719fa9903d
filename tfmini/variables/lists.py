"""Variables by collection, and the operations that initialize them or say which are not initialized."""

from __future__ import annotations

from typing import Any

from ..framework import contexts, deprecation, dtypes, provenance
from ..framework.collections import GraphKeys
from ..framework.registry import raw
from ..ops import constant, control_flow, state

__all__ = [
    "all_variables",
    "assert_variables_initialized",
    "global_variables",
    "global_variables_initializer",
    "initialize_all_variables",
    "initialize_local_variables",
    "initialize_variables",
    "local_variables",
    "local_variables_initializer",
    "model_variables",
    "moving_average_variables",
    "report_uninitialized_variables",
    "trainable_variables",
    "variables_initializer",
]


def _collected(key: str, scope: str | None) -> list[Any]:
    return contexts.default_graph().get_collection(key, scope)


def global_variables(scope: str | None = None) -> list[Any]:
    """Returns the variables of `GLOBAL_VARIABLES`, or those whose names begin with the regular expression `scope`."""
    return _collected(GraphKeys.GLOBAL_VARIABLES, scope)


def local_variables(scope: str | None = None) -> list[Any]:
    """Returns the variables of `LOCAL_VARIABLES`, or those whose names begin with the regular expression `scope`."""
    return _collected(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """Returns the variables of `MODEL_VARIABLES`, or those whose names begin with the regular expression `scope`."""
    return _collected(GraphKeys.MODEL_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """Returns the variables of `TRAINABLE_VARIABLES`, or those whose names begin with the regular expression `scope`."""
    return _collected(GraphKeys.TRAINABLE_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Any]:
    """Returns the variables of `MOVING_AVERAGE_VARIABLES`, or those whose names begin with the regular expression `scope`."""
    return _collected(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


# ---- initializing


def variables_initializer(var_list: Any, name: str = "init") -> Any:
    """Returns an operation that runs the initializers of all these variables; it does nothing for an empty list."""
    with provenance.made_by("init"):
        if var_list:
            return control_flow.group(*[each.initializer for each in var_list], name=name)
        return control_flow.no_op(name=name)


def global_variables_initializer() -> Any:
    """Returns an operation that initializes all global variables."""
    return variables_initializer(global_variables())


def local_variables_initializer() -> Any:
    """Returns an operation that initializes all local variables."""
    return variables_initializer(local_variables())


all_variables = deprecation.alias("all_variables", "global_variables", lambda: global_variables())
initialize_variables = deprecation.alias("initialize_variables", "variables_initializer", variables_initializer)
initialize_all_variables = deprecation.alias(
    "initialize_all_variables", "global_variables_initializer", global_variables_initializer
)
initialize_local_variables = deprecation.alias(
    "initialize_local_variables", "local_variables_initializer", local_variables_initializer
)


# ---- asking


def _given_or_all(var_list: Any) -> list[Any]:
    """Returns the variables that are asked about; all global and local ones for None."""
    return global_variables() + local_variables() if var_list is None else list(var_list)


def _stored() -> list[Any]:
    """Returns the tensors of all operations that store a value behind a reference."""
    operations = contexts.default_graph().get_operations()
    return [op.outputs[0] for op in operations if op.type in ("Variable", "VariableV2")]


def assert_variables_initialized(var_list: Any = None) -> Any:
    """Returns an operation whose run raises FailedPreconditionError when a variable has no value; None without variables.

    An empty list stands for everything in the graph that stores a value behind a reference.
    """
    found = _given_or_all(var_list) or _stored()
    if not found:
        return None
    graph = contexts.default_graph()
    ranks = []
    for each in found:
        with graph.colocate_with(each.op):
            ranks.append(raw.Rank(each, name="Rank"))
    return ranks[0] if len(ranks) == 1 else raw.Pack(ranks, axis=0, name="stack")


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Any:
    """Returns a tensor with the names of the variables that have no value when it is run.

    Args:
      var_list: variables; by default all global and local ones.
      name: name scope of the operations.
    """
    found = _given_or_all(var_list)
    if var_list is None and not found:
        found = _stored()
    graph = contexts.default_graph()
    with provenance.made_by("init"), graph.name_scope(name):
        ready = [state.is_variable_initialized(each) for each in found]
        with graph.device("/cpu:0"):
            if not found:
                return constant.constant([], dtype=dtypes.string)
            missing = raw.LogicalNot(raw.Pack(ready, axis=0, name="stack"))
            names = constant.constant([each.op.name for each in found])
            from ..ops.select import boolean_mask

            return boolean_mask(names, missing)
