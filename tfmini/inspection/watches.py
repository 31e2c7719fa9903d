"""Numbers that are followed over the runs of a session: the loss, the spread of a variable."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..framework.operation import Operation
from .values import json_number

_MOST_VALUES = 400

_histories: weakref.WeakKeyDictionary[Any, dict[str, list[tuple[int, Any]]]] = weakref.WeakKeyDictionary()


def watch_records(
    session: Any,
    number: int,
    fetched: Sequence[Any],
    watch: Sequence[Any] | None,
    value_of: Callable[[Any], tuple[Any, int]],
) -> list[dict[str, Any]]:
    """Returns the section `watches` of a trace: each number with its values in this and earlier runs.

    Args:
      session: the session; earlier values are those of its noted runs and traces.
      number: the number of this run.
      fetched: the fetched tensors; those that are single numbers are watched when `watch` is None.
      watch: tensors, variables or names to watch.
      value_of: gives the value of a tensor in this run, None when it has none, and the index of its step or -1.

    Raises:
      ValueError: a watched operation has no value. What `Graph.as_graph_element` raises for other things.
    """
    history = _histories.setdefault(session, {})
    records = []
    for tensor in _watched(session.graph, fetched, watch):
        value, step = value_of(tensor)
        is_number = value is None or np.asarray(value).dtype.kind in "fiub"
        scalar = value is not None and np.size(value) == 1
        if not is_number or (watch is None and not scalar and tensor._dims != ()):
            continue
        name = tensor._op._name if tensor._op._owner is None else tensor._op._owner.name
        line = history.setdefault(tensor.name, [])
        _merge(line, _noted(session, tensor.name), number)
        if value is not None:
            line.append((number, json_number(float(np.reshape(value, -1)[0] if scalar else np.std(value)))))
        del line[:-_MOST_VALUES]
        records.append(
            {
                "name": tensor.name,
                "label": name if scalar or value is None else f"{name} std",
                "runs": [run for run, _ in line],
                "values": [each for _, each in line],
                "step": step,
            }
        )
    return records


def _watched(graph: Any, fetched: Sequence[Any], watch: Sequence[Any] | None) -> list[Any]:
    tensors = []
    for each in fetched if watch is None else watch:
        element = graph.as_graph_element(each)
        if isinstance(element, Operation):
            if not element._outputs:
                raise ValueError(
                    f"{element._name} ({element.type}) makes no value to watch. Watch a tensor or a variable."
                )
            element = element._outputs[0]
        if element not in tensors:
            tensors.append(element)
    return tensors


def _merge(line: list[tuple[int, Any]], noted: list[tuple[int, Any]], number: int) -> None:
    """Adds noted runs to a line and takes the present run out of it, which comes last."""
    known = {run for run, _ in line}
    line.extend(pair for pair in noted if pair[0] not in known)
    line[:] = sorted((pair for pair in line if pair[0] != number), key=lambda pair: pair[0])


def _noted(session: Any, name: str) -> list[tuple[int, Any]]:
    """Returns the values that a fetched number had in the runs that were noted, as (run, value)."""
    return [
        (run.number, json_number(value))
        for run in list(session.graph.journal.runs)
        if run.session is session
        for fetch, value in run.scalars
        if fetch == name
    ]
