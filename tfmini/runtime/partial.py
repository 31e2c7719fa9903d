"""Runs in several parts: `partial_run_setup` and `partial_run`.

Every part computes all that can be computed from what has been fed so far, as TensorFlow's executor does: a write whose inputs are
there happens with that part, whether or not anything that depends on it is fetched. Each feed and each fetch can be used once.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, UnimplementedError
from ..framework.dead import DEAD
from . import drivers, failure
from .feeds import feed_tensor, feed_value, flatten_feed_dict
from .fetches import FetchMap, expansion_for
from .plan import KernelErrorInPlan, Plan, Step, kernel_of
from .state import Cell, SessionState

_numbers = itertools.count()
_LOOPS = frozenset(("Enter", "RefEnter", "Exit", "RefExit", "NextIteration", "RefNextIteration", "LoopCond"))
_WAITING = object()


class PartialRunEnded(Exception):
    """A step failed, so the run is over; `cause` says which and why."""

    def __init__(self, cause: drivers.StepFailed) -> None:
        super().__init__(cause.index)
        self.cause = cause


def _refusal(phrase: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, phrase)


class PartialRun:
    """One run that is fed and fetched bit by bit.

    Attributes:
      handle: text that stands for it.
      plan: the plan of the whole run.
    """

    def __init__(self, graph: Any, state: SessionState, fetches: Any, feeds: Any) -> None:
        self._graph = graph
        listed = [] if feeds is None else list(feeds) if isinstance(feeds, (list, tuple)) else [feeds]
        announced = [tensor for each in listed for tensor in _tensors_of(graph, each)]
        fetch_map = FetchMap(graph, fetches)
        if not fetch_map.tensors and not fetch_map.targets:
            raise _refusal("Must specify at least one target to fetch or execute.")
        for tensor in fetch_map.tensors:
            if tensor in announced:
                raise _refusal(f"{tensor.name} is both fed and fetched.")
        try:
            self.plan = Plan(graph, fetch_map.tensors, fetch_map.targets, list(dict.fromkeys(announced)))
            loop = next((step.op for step in self.plan.steps if step.op.type in _LOOPS), None)
            if loop is not None:
                raise UnimplementedError(
                    None,
                    loop,
                    f"A partial run cannot contain a loop, and this one needs {loop.name}. (TensorFlow cancels such runs.) Use "
                    "session.run for what the loop computes, and feed the result.",
                )
            self._kernels = [kernel_of(step, state) for step in self.plan.steps]
        except KernelErrorInPlan as error:
            raise failure.no_kernel(error.op) from None
        names = [",".join(each.name for each in group) for group in (announced, fetch_map.tensors)]
        targets = ",".join(op.name for op in fetch_map.targets)
        self.handle = f"{names[0]}->{names[1]}/{targets}/1/;{next(_numbers)}"
        self._unfed = set(announced)
        self._announced = frozenset(announced)
        self._unfetched = set(fetch_map.tensors)
        self._fetched = frozenset(fetch_map.tensors)
        self._slots: list[Any] = [_WAITING] * self.plan.slots
        self._pending = list(enumerate(self.plan.steps))
        position = {step.op: index for index, step in self._pending}
        self._after = [
            [position[each] for each in step.op._control_inputs if each in position] for step in self.plan.steps
        ]
        self._done = [False] * len(self.plan.steps)
        self._dead = [False] * len(self.plan.steps)

    @staticmethod
    def unknown() -> InvalidArgumentError:
        """Returns the error for a handle that nobody knows."""
        return _refusal(
            "Must run 'setup' before performing partial runs!\nThe run of this handle is over, or was set up in another session: "
            "call partial_run_setup again."
        )

    @property
    def complete(self) -> bool:
        """Whether everything that was announced has been fed and fetched."""
        return not self._unfed and not self._unfetched

    def go_on(self, fetches: Any, feed_dict: Any) -> Any:
        """Feeds, computes what can be computed, and returns the values of `fetches` in their structure."""
        pairs = flatten_feed_dict(self._graph, feed_dict) if feed_dict else []
        fed = [(tensor, feed_value(self._graph, tensor, value)) for tensor, value in pairs]
        fetch_map = FetchMap(self._graph, fetches)
        if fetch_map.targets:
            raise RuntimeError(
                f"partial_run() requires empty `target_list`. Received: target_list={fetch_map.targets} (non-empty). Name the "
                "operation in partial_run_setup only: it runs as soon as its inputs are there."
            )
        self._check(fed, fetch_map.tensors)
        for tensor, value in fed:
            self._slots[self.plan.slot_of[tensor]] = value
            self._unfed.discard(tensor)
        self._compute()
        values = [_own(self._slots[self.plan.slot_of[tensor]]) for tensor in fetch_map.tensors]
        self._unfetched.difference_update(fetch_map.tensors)
        return fetch_map.build(values)

    def _check(self, fed: list[tuple[Any, Any]], tensors: list[Any]) -> None:
        for tensor, _ in fed:
            if tensor not in self._announced:
                raise _refusal(f"The feed {tensor.name} was not specified in partial_run_setup.")
            if tensor not in self._unfed:
                raise _refusal(f"The feed {tensor.name} has already been fed.")
        for tensor in tensors:
            if tensor not in self._fetched:
                raise _refusal(f"The fetch {tensor.name} was not specified in partial_run_setup.")
            if tensor not in self._unfetched:
                raise _refusal(f"The fetch {tensor.name} has already been fetched.")
        missing = self._unfed - {tensor for tensor, _ in fed}
        todo = [tensor._op for tensor in tensors]
        seen = set(todo)
        while todo:
            op = todo.pop()
            for tensor in op._inputs:
                if tensor in missing:
                    raise _refusal(f"Fetch {tensor.name} can't be computed from the feeds that have been fed so far.")
                if tensor not in self._announced and tensor._op not in seen:
                    seen.add(tensor._op)
                    todo.append(tensor._op)
            for each in op._control_inputs:
                if each not in seen:
                    seen.add(each)
                    todo.append(each)

    def _compute(self) -> None:
        """Does every step whose inputs are there, in the order of the plan."""
        waiting = []
        for index, step in self._pending:
            taken = [self._slots[slot] for slot in step.inputs]
            if any(value is _WAITING for value in taken) or not all(self._done[each] for each in self._after[index]):
                waiting.append((index, step))
                continue
            try:
                results = self._results(index, step, taken)
            except Exception as error:
                raise PartialRunEnded(drivers.StepFailed(index, error, tuple(taken))) from error
            self._done[index] = True
            for slot, value in zip(step.outputs, results, strict=True):
                if slot >= 0:
                    self._slots[slot] = value
        self._pending = waiting

    def _results(self, index: int, step: Step, taken: list[Any]) -> tuple[Any, ...]:
        alive = [value is not DEAD for value in taken]
        is_merge = step.op.type in ("Merge", "RefMerge")
        if any(self._dead[each] for each in self._after[index]) or not (any(alive) if is_merge else all(alive)):
            self._dead[index] = True
            return (DEAD,) * len(step.outputs)
        result = drivers.quietly(self._kernels[index], *taken)
        if not step.outputs:
            return ()
        return (result,) if len(step.outputs) == 1 else tuple(result)


def _tensors_of(graph: Any, feed: Any) -> list[Any]:
    entry = expansion_for(feed)
    parts = entry[3](feed) if entry is not None else [feed]
    try:
        return [feed_tensor(graph, each) for each in parts]
    except TypeError as error:
        raise TypeError(str(error).replace("feed_dict key", "argument `feeds`")) from None


def _own(value: Any) -> Any:
    """Returns a fetched value that the steps to come do not share."""
    if isinstance(value, Cell):
        value = value.read()
    if isinstance(value, np.ndarray):
        return value[()] if value.ndim == 0 else np.array(value)
    return value
