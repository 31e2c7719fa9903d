"""Looking ahead where there are loops: the run is done again and again on forks, with a stand-in for each variable that it found empty.

What comes after a stand-in was used is not sure, because its value may decide how often a loop turns.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from ..errors import KernelError, OpError
from ..runtime.recorder import Run
from .init_order_reads import STORAGE

_MOST_ROUNDS = 32
_MOST_STEPS = 100_000
_EMPTY = re.compile(
    r"Attempting to use uninitialized value (\S+)|Could not find variable (\S+?)\. |resource: localhost/(\S+?)\)"
    r"|Resource localhost/(\S+)/N10tensorflow3VarE does not exist"
)


class Found:
    """What a run stops at: `what` is "empty", "unfed" or "error"."""

    __slots__ = ("error", "name", "op", "step", "what")

    def __init__(self, what: str, step: int, op: Any, name: str, error: OpError | None) -> None:
        self.what = what
        self.step = step
        self.op = op
        self.name = name
        self.error = error


def look(graph: Any, state: Any, fetches: Any, feed_dict: Any) -> tuple[list[Found], bool]:
    """Returns what a run with loops stops at, one after the other, and whether it was followed to its end.

    When nothing stops it, `state` is left as the run leaves it.
    """
    found: list[Found] = []
    given: dict[str, Any] = {}
    for _ in range(_MOST_ROUNDS):
        fork = state.fork()
        for cell in fork.variables.cells.values():
            if cell.value is None and cell.name in given:
                cell.value = given[cell.name]
        run = Run(graph, fork, fetches, feed_dict)
        storage = {_cell_name(step.op): step.op for step in run.plan.steps if step.op._definition.name in STORAGE}
        for name, op in storage.items():
            if name in given and fork.variables.cell(op).value is None:
                fork.variables.cell(op).value = given[name]
        steps = 0
        while not run.done and steps < _MOST_STEPS:
            run.advance()
            steps += 1
        if not run.done:
            return found, False
        stop = _stop(run)
        if stop is None:
            if not found:
                state.take(fork)
            return found, True
        found.append(stop)
        if stop.what != "empty" or stop.name in given or stop.name not in storage:
            return found, stop.what == "error"
        given[stop.name] = _stand_in(storage[stop.name])
    return found, False


def _stop(run: Run) -> Found | None:
    last = run.records[-1] if run.records else None
    if last is not None and last.error is not None:
        kind = last.op._definition.name
        if kind in ("Placeholder", "PlaceholderV2"):
            return Found("unfed", last.index, last.op, last.op._name, last.error)
        name = blamed(last.error.message)
        return Found("empty" if name else "error", last.index, last.op, name, last.error)
    try:
        run.result()
    except KernelError as cause:
        name = blamed(cause.message)
        error = cause.error(None, None, cause.message)
        return Found("empty" if name else "error", len(run.plan.steps), None, name, error)
    return None


def blamed(message: str) -> str:
    """Returns the name of the variable that a message says is empty, "" when it says something else."""
    match = _EMPTY.search(message.partition("\n")[0])
    return next((each for each in match.groups() if each), "") if match else ""


def _cell_name(storage: Any) -> str:
    shared = storage._attrs.get("shared_name", b"")
    return shared.decode() if shared else str(storage._name)


def _stand_in(storage: Any) -> Any:
    """Returns zeros of the dtype and shape of a variable, with 1 for each size that is not known."""
    dims = storage._attrs.get("shape") or ()
    kind = storage._attrs["dtype"].as_numpy_dtype
    return np.zeros([1 if each is None else each for each in dims], kind)
