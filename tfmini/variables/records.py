"""What is always noted about variables: their records, how they start, which slot they are.

A `VariableRecord` exists from the moment at which a variable is asked for, so that its operations can name it as their
owner; it enters the graph's journal when the variable is complete.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import numpy as np

from ..framework import contexts, events, provenance
from ..framework.events import VariableRecord
from ..framework.tensor import Tensor


class _State(threading.local):
    request: Any = None
    slot: tuple[Any, str] | None = None
    refused: tuple[Any, Any] | None = None


_state = _State()


@contextlib.contextmanager
def slot_of(primary: Any, name: str) -> Iterator[None]:
    """Notes that variables made inside are the slot `name` of the variable `primary`."""
    before = _state.slot
    _state.slot = (primary, name)
    try:
        with provenance.made_by("slot"):
            yield
    finally:
        _state.slot = before


class answering:
    """Notes that variables made inside `with` answer this call of `get_variable`."""

    __slots__ = ("_before", "_request")

    def __init__(self, request: Any) -> None:
        self._request = request

    def __enter__(self) -> None:
        self._before = _state.request
        _state.request = self._request

    def __exit__(self, *_: Any) -> None:
        _state.request = self._before


def current_request() -> Any:
    """Returns the call of `get_variable` that is being answered, or None."""
    return _state.request


def note_refused(graph: Any, request: Any) -> None:
    """Keeps the last refused call of this thread, for whoever explains the error after its graph is no longer the default."""
    _state.refused = weakref.ref(graph), weakref.ref(request)


def last_refused() -> tuple[Any, Any]:
    """Returns the graph and the request of the last refused call of this thread; (None, None) when they are gone."""
    if _state.refused is None:
        return None, None
    graph, request = (each() for each in _state.refused)
    return (graph, request) if graph is not None and request is not None else (None, None)


def new_record() -> VariableRecord:
    """Returns the record of a variable that is about to be made."""
    maker = provenance.current_maker()
    request = _state.request
    primary, slot = _state.slot if _state.slot is not None else (None, "")
    return VariableRecord(
        index=-1,
        name="",
        variable=None,
        maker="variable" if maker == "user" else maker,
        how="Variable" if request is None else "get_variable",
        site=_line_of(request) or provenance.here(),
        slot_of=primary,
        slot=slot,
        requests=[] if request is None else [request],
    )


def _line_of(request: Any) -> Any:
    """Returns the line of the call that is being answered, if no function of the program stands between it and the variable."""
    if request is None or not request.sites or request.effective.get("custom_getter", request) is not None:
        return None
    return None if getattr(contexts.default_graph()._thread, "variable_creators", ()) else request.sites[0]


def complete(record: VariableRecord, variable: Any, graph: Any, starts_as: str) -> None:
    """Enters a finished variable in the journal and tells the observers."""
    record.variable = variable
    record.name = variable.op.name
    record.starts_as = starts_as
    record.index = len(graph.journal.variables)
    graph.journal.variables.append(record)
    if graph.events.observers:
        graph.events.publish(events.VariableCreated(record))


# ---- how a variable starts


def starts_as(initial_value: Any, tensor: Tensor) -> str:
    """Returns in words what a variable starts with: `zeros`, `glorot uniform`, `constant 0.1`, `a tensor`.

    Args:
      initial_value: what the program gave: an initializer, another callable, a tensor, or a plain value.
      tensor: the tensor that it became.
    """
    maker = getattr(initial_value, "func", initial_value)
    words = getattr(maker, "words", None)
    if isinstance(words, str):
        return words
    found = _words_of(tensor._op)
    if found:
        return found
    if callable(initial_value):
        name = getattr(maker, "__name__", "")
        return f"{name}()" if name and name != "<lambda>" else "a function's result"
    return "a tensor"


_RANDOM = {
    "RandomUniform": "random uniform",
    "RandomStandardNormal": "random normal",
    "TruncatedNormal": "truncated normal",
    "RandomUniformInt": "random integers",
}


def _words_of(op: Any) -> str:
    """Returns what an operation gives, if that can be said in two words; else ""."""
    if op.type == "Const":
        return _constant_words(op._attrs["value"])
    if op.type == "Fill" and op._inputs[1]._op.type == "Const":
        return _constant_words(np.atleast_1d(op._inputs[1]._op._attrs["value"]))
    for _ in range(3):
        if op.type in _RANDOM:
            return _RANDOM[op.type]
        if op.type not in ("AddV2", "Mul") or not op._inputs:
            return ""
        op = op._inputs[0]._op
    return ""


def _constant_words(value: np.ndarray) -> str:
    if value.size == 0:
        return "no elements"
    first = value.reshape(-1)[0]
    if value.size > 1 and not bool(np.all(value == first)):
        return "given values"
    if value.dtype.kind in "biuf":
        if value.size > 1 or value.ndim:
            if first == 0:
                return "zeros"
            if first == 1 and value.dtype.kind != "b":
                return "ones"
        return f"constant {float(first):g}" if value.dtype.kind == "f" else f"constant {first}"
    return "given values" if value.ndim else f"constant {first}"
