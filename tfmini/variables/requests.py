"""Calls of `get_variable`: from the scope's defaults to the store, each noted in the journal with its verdict.

The record of a call is made before the store is asked, so a call that is refused is there too. An argument that had no effect,
because the variable existed already, is listed unless it equals what is in effect.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..framework import contexts, dtypes, events, provenance
from ..framework.convert import convert_to_tensor
from ..framework.events import Request
from ..framework.shapes import TensorShape
from . import modes, records
from .scope import AUTO_REUSE, VariableScope

UNGIVEN = {
    "validate_shape": True,
    "synchronization": modes.VariableSynchronization.AUTO,
    "aggregation": modes.VariableAggregation.NONE,
}


def ask(scope: VariableScope, store: Any, name: str, given: dict[str, Any]) -> Any:
    """Answers `VariableScope.get_variable`: fills in the scope's defaults, asks the store, notes the verdict.

    Raises:
      ValueError: as the store does; also when `initializer` is a value of another dtype than `dtype`.
    """
    graph = contexts.default_graph()
    full_name = scope.name + "/" + name if scope.name else name
    reuse = scope.reuse if given["reuse"] is None else given["reuse"]
    request = _new_request(graph, scope, name, full_name, reuse, given)
    before = store._vars.get(full_name)
    if before is None:
        before = store._partitioned_vars.get(full_name)
    request.lookup = "missing" if before is None else "present"
    try:
        with records.answering(request), graph.name_scope(None):
            variable = store.get_variable(full_name, **_in_effect(scope, given, reuse, request))
    except Exception as error:
        _note_error(graph, request, error)
        raise
    _note_answer(graph, store, request, variable, before)
    return variable


def ask_for_parts(scope: VariableScope, store: Any, given: dict[str, Any]) -> Any:
    """Answers `create_partitioned_variables`: the variable has the name of the scope, the parts are made as `get_variable` does.

    Raises:
      ValueError: the scope has a custom getter, or what a request for a partitioned variable raises.
    """
    from .partitioned import get_partitioned

    if scope.custom_getter is not None:
        raise ValueError(
            "Private access to _get_partitioned_variable is not allowed when a custom getter is set.  Current custom getter: "
            f"{scope.custom_getter}.  It is likely that you're using create_partitioned_variables.  If so, consider instead using "
            "get_variable with a non-empty partitioner parameter instead."
        )
    graph = contexts.default_graph()
    given = {**given, "reuse": None}
    request = _new_request(graph, scope, scope.name, scope.name, scope.reuse, given)
    before = store._partitioned_vars.get(scope.name)
    request.lookup = "missing" if before is None else "present"
    try:
        with records.answering(request), graph.name_scope(None):
            arguments = _in_effect(scope, given, scope.reuse, request, check_value=False)
            arguments = {key: value for key, value in arguments.items() if key not in ("partitioner", "custom_getter")}
            variable = get_partitioned(store, scope.name, given["partitioner"], arguments)
    except Exception as error:
        _note_error(graph, request, error)
        raise
    _note_answer(graph, store, request, variable, before)
    return variable


def _new_request(
    graph: Any, scope: VariableScope, name: Any, full_name: str, reuse: Any, given: dict[str, Any]
) -> Request:
    sites = provenance.stack(4)
    entry = scope._entry
    if given["reuse"] is not None:
        mode_from = ("given", entry, sites[0] if sites else None)
    else:
        mode_from = scope._mode_from
    journal = graph.journal
    request = Request(
        number=len(journal.requests) + 1,
        asked=name,
        name=full_name,
        entry=entry,
        sites=sites,
        reuse=reuse,
        mode_from=mode_from,
        arguments={key: value for key, value in given.items() if value is not None and value is not UNGIVEN.get(key)},
        maker=provenance.current_maker(),
        version=len(graph._ops),
        name_scope=graph.get_name_scope(),
    )
    journal.requests.append(request)
    return request


def _in_effect(
    scope: VariableScope, given: dict[str, Any], reuse: Any, request: Request, check_value: bool = True
) -> dict[str, Any]:
    """Returns the arguments with the scope's defaults filled in; `check_value` compares a value's dtype with the one asked."""
    arguments = dict(given)
    arguments["reuse"] = reuse
    initializer, dtype = given["initializer"], given["dtype"]
    if check_value and dtype is not None and initializer is not None and not callable(initializer):
        found = convert_to_tensor(initializer).dtype.base_dtype
        if found != dtype:
            request.verdict = "REFUSED_INIT_DTYPE"
            raise ValueError(
                f"Initializer type '{found}' and explicit dtype '{dtype}' don't match.\n"
                f"Leave dtype out, or give a value of that dtype: tf.constant(value, {dtype!r})."
            )
    for key in (
        "regularizer",
        "caching_device",
        "partitioner",
        "custom_getter",
        "use_resource",
        "initializer",
        "constraint",
        "dtype",
    ):
        if arguments[key] is None:
            arguments[key] = getattr(scope, "_" + key)
    request.effective = arguments
    return arguments


def _note_error(graph: Any, request: Request, error: Exception) -> None:
    request.verdict = request.verdict or "REFUSED_INITIALIZER"
    request.error = f"{type(error).__name__}: {error}"
    records.note_refused(graph, request)
    if graph.events.observers:
        graph.events.publish(events.VariableRequested(request))


def _note_answer(graph: Any, store: Any, request: Request, variable: Any, before: Any) -> None:
    """Finds the verdict of a call that gave a variable."""
    request.variable = variable
    stored = store._vars.get(request.name)
    if stored is None:
        stored = store._partitioned_vars.get(request.name)
    auto = request.reuse is AUTO_REUSE
    if variable is not stored:
        request.verdict = "GETTER_REPLACED"
    elif before is None:
        op = getattr(variable, "op", None)
        renamed = op is not None and op.name != request.name
        request.verdict = "MADE_RENAMED" if renamed else "MADE_AUTO" if auto else "MADE"
        if renamed:
            request.flags = (*request.flags, "TF_VARIABLE_RENAMED")
    else:
        _note_shared(request, variable, auto)
    if graph.events.observers:
        graph.events.publish(events.VariableRequested(request))


def _note_shared(request: Request, variable: Any, auto: bool) -> None:
    record = _record_of(variable)
    request.found = record.requests[0] if record is not None and record.requests else None
    if record is not None:
        record.requests.append(request)
    request.ignored = tuple(_ignored(request, variable))
    request.verdict = "SHARED_ARGS_IGNORED" if request.ignored else "SHARED_AUTO" if auto else "SHARED"
    shape = variable.get_shape()
    dtype = dtypes.as_dtype(variable.dtype).base_dtype.name
    if request.arguments.get("shape") is not None:
        request.checks = f"{_shape_text(shape)} and {dtype} agree"
    else:
        request.checks = f"{dtype} agrees; no shape was asked"


def _record_of(variable: Any) -> Any:
    """Returns the record of a variable, of the first part when it is cut into parts, or None."""
    parts = getattr(variable, "_variable_list", None)
    return getattr(parts[0] if parts else variable, "_record", None)


def _shape_text(shape: TensorShape) -> str:
    sizes = shape._dims
    return "?" if sizes is None else "[" + ",".join("?" if size is None else str(size) for size in sizes) + "]"


# ---- arguments without effect


def _ignored(request: Request, variable: Any) -> list[dict[str, Any]]:
    made = request.found
    effective = {} if made is None else made.effective
    origin = f"call {made.number}" if made is not None else "the variable"
    found: list[dict[str, Any]] = []
    for key in (
        "initializer",
        "regularizer",
        "trainable",
        "collections",
        "caching_device",
        "validate_shape",
        "use_resource",
        "constraint",
        "partitioner",
        "synchronization",
        "aggregation",
    ):
        asked = request.arguments.get(key)
        if asked is None:
            continue
        if key == "trainable":
            in_effect: Any = getattr(variable, "trainable", None)
        elif key == "use_resource":
            in_effect = getattr(getattr(variable, "op", None), "type", "") == "VarHandleOp"
        else:
            in_effect = effective.get(key)
        if not _same(asked, in_effect):
            found.append(
                {"argument": key, "asked": asked, "in_effect": _shown(key, in_effect, variable), "from": origin}
            )
    return found


def _shown(key: str, in_effect: Any, variable: Any) -> Any:
    if key == "initializer" and in_effect is None:
        record = _record_of(variable)
        return record.starts_as if record is not None else None
    return in_effect


def _same(asked: Any, in_effect: Any) -> bool:
    """Says whether two arguments mean the same: one object, equal plain values, or one class with one configuration."""
    if asked is in_effect:
        return True
    if isinstance(asked, type) and not isinstance(in_effect, type):
        return type(in_effect) is asked and _configuration(in_effect) == _configuration(asked())
    if isinstance(in_effect, type) and not isinstance(asked, type):
        return _same(in_effect, asked)
    if type(asked) is not type(in_effect):
        return False
    if hasattr(asked, "get_config"):
        return _configuration(asked) == _configuration(in_effect)
    if isinstance(asked, np.ndarray):
        return asked.dtype == in_effect.dtype and np.array_equal(asked, in_effect)
    if isinstance(asked, (bool, int, float, str, list, tuple, set)):
        return bool(asked == in_effect)
    return False


def _configuration(initializer: Any) -> str:
    return repr(initializer.get_config()) if hasattr(initializer, "get_config") else repr(initializer)
