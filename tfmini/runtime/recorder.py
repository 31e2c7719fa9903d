"""Running a plan one step at a time, keeping what each step took, gave and wrote.

`trace` runs all of it in the session itself; `Stepper` is a cursor on a fork of the session's state, so that a person can go
back. Both compute with the same kernels, in the same order, as `Session.run`.
"""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import OpError
from ..framework.dead import DEAD
from . import drivers, failure
from .dataflow import Flow
from .feeds import feed_value, flatten_feed_dict
from .fetches import FetchMap
from .plan import KernelErrorInPlan, Plan, Step, kernel_of
from .program import collect
from .state import Cell, SessionState


@dataclass(frozen=True, slots=True)
class Write:
    """One write of a variable: its name, and the arrays before (None when it was empty) and after."""

    variable: str
    before: np.ndarray | None
    after: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class StepRecord:
    """What one step did.

    Attributes:
      index: position in the plan; a step of a loop has one record for each turn.
      op: the operation.
      inputs: the values that it took; a variable that it only refers to shows its value then, None when it was empty.
      outputs: the values that it gave; `DEAD` on a branch that was not taken.
      writes: the variables that it wrote.
      seconds: the time of the kernel.
      error: what it raised, or None.
      place: the loops around it, from the outermost inward: pairs of the frame's name and the number of the turn, from 0.
    """

    index: int
    op: Any
    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    writes: tuple[Write, ...]
    seconds: float
    error: OpError | None = None
    place: tuple[tuple[str, int], ...] = ()


class Run:
    """One run in progress: slots, kernels, and the records of the steps that were done."""

    def __init__(self, graph: Any, state: SessionState, fetches: Any, feed_dict: Any) -> None:
        pairs = [] if feed_dict is None else flatten_feed_dict(graph, feed_dict)
        self._fetch_map = FetchMap(graph, fetches)
        self._state = state
        self.feeds = [(tensor, feed_value(graph, tensor, value)) for tensor, value in pairs]
        try:
            self.plan = Plan(graph, self._fetch_map.tensors, self._fetch_map.targets, [t for t, _ in self.feeds])
            self._kernels = [kernel_of(step, state) for step in self.plan.steps]
        except KernelErrorInPlan as error:
            raise failure.no_kernel(error.op) from None
        self._slots: list[Any] = [None] * self.plan.slots
        for (_, slot), (_, value) in zip(self.plan.feeds, self.feeds, strict=True):
            self._slots[slot] = value
        self._dead = [False] * len(self.plan.steps)
        self._flow = None if self.plan.frames is None else Flow(self.plan, self._kernels, state, self._slots)
        self.records: list[StepRecord] = []

    @property
    def fetched(self) -> tuple[Any, ...]:
        """The fetched tensors."""
        return tuple(self._fetch_map.tensors)

    @property
    def targets(self) -> tuple[Any, ...]:
        """The fetched operations."""
        return tuple(self._fetch_map.targets)

    def advance(self) -> StepRecord:
        """Does the next step and returns its record; a step that fails is recorded with its error, which is not raised."""
        place: tuple[tuple[str, int], ...] = ()
        alive = True
        if self._flow is None:
            index = len(self.records)
            taken = tuple(self._slots[slot] for slot in self.plan.steps[index].inputs)
        else:
            index, turn, arrived, alive = self._flow.following()
            taken, place = tuple(arrived), turn.place
        step = self.plan.steps[index]
        log: list[tuple[Cell, Any, Any]] = []
        self._state.variables.watch(log)
        error: OpError | None = None
        outputs: tuple[Any, ...] = ()
        seen = tuple(_seen(value) for value in taken)
        started = time.perf_counter()
        try:
            outputs = self._compute(index, step, taken) if alive else (DEAD,) * len(step.outputs)
        except Exception as cause:  # whatever a kernel raises becomes the record of this step
            error = failure.op_error(step.op, cause, taken, place)
        finally:
            seconds = time.perf_counter() - started
            self._state.variables.watch(None)
        if self._flow is None:
            for slot, value in zip(step.outputs, outputs, strict=bool(outputs)):
                if slot >= 0:
                    self._slots[slot] = value
        elif error is None:
            self._flow.advance(outputs if alive else None)
        record = StepRecord(
            index,
            step.op,
            seen,
            tuple(_seen(value) for value in outputs),
            tuple(Write(cell.name, before, after) for cell, before, after in log),
            seconds,
            error,
            place,
        )
        self.records.append(record)
        return record

    def _compute(self, index: int, step: Step, taken: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.plan.branches and self._flow is None:
            controlled = any(self._dead[each] for each in step.control)
            merge = step.op._definition.name in ("Merge", "RefMerge")
            alive = [value is not DEAD for value in taken]
            if controlled or not (any(alive) if merge else all(alive)):
                self._dead[index] = True
                return (DEAD,) * len(step.outputs)
        result = drivers.quietly(self._kernels[index], *taken)
        if not step.outputs:
            return ()
        return (result,) if len(step.outputs) == 1 else tuple(result)

    @property
    def done(self) -> bool:
        """Whether no step is left, or the last one failed."""
        failed = bool(self.records) and self.records[-1].error is not None
        return failed or (len(self.records) == len(self.plan.steps) if self._flow is None else self._flow.done)

    def result(self) -> Any:
        """Returns the fetched values in their structure. Raises the error of the step that failed."""
        if self.records and self.records[-1].error is not None:
            raise self.records[-1].error
        return self._fetch_map.build([collect(fetch, self._slots) for fetch in self.plan.fetches])


def _seen(value: Any) -> Any:
    return value.value if isinstance(value, Cell) else value


def trace(session: Any, fetches: Any, feed_dict: Any = None) -> Run:
    """Runs `fetches` in `session` with every value kept; writes stay, as in `Session.run`.

    Returns:
      The finished `Run`; `run.result()` gives what `session.run` would return, or raises what it would raise.
    """
    session._check_usable()
    run = Run(session.graph, session._state, fetches, feed_dict)
    session._journal.run_count += 1
    while not run.done:
        run.advance()
    return run


class Stepper:
    """A cursor over one run on a fork of a session's state.

    Nothing that it does reaches the session before `commit`. `position` is the number of steps done.

    Example:
      >>> stepper = Stepper(session, [loss, train_op], {x: images})     # doctest: +SKIP
      >>> stepper.step().op.name                                        # doctest: +SKIP
    """

    def __init__(self, session: Any, fetches: Any, feed_dict: Any = None) -> None:
        session._check_usable()
        self._session = session
        self._fetches = fetches
        self._feed_dict = feed_dict
        self._state = session._state.fork()
        self._run = Run(session.graph, self._state, fetches, feed_dict)
        self._position = 0

    @property
    def plan(self) -> Plan:
        """The plan of the run."""
        return self._run.plan

    @property
    def run(self) -> Run:
        """The run behind the cursor."""
        return self._run

    @property
    def position(self) -> int:
        """How many steps are done."""
        return self._position

    @property
    def records(self) -> list[StepRecord]:
        """The records of the steps that are done."""
        return self._run.records[: self._position]

    @property
    def finished(self) -> bool:
        """Whether the run is at its end, or at the step that failed."""
        return self._position == len(self._run.records) and self._run.done

    def step(self) -> StepRecord:
        """Does the next step and returns its record. Raises StopIteration at the end."""
        if self._position < len(self._run.records):
            self._position += 1
            return self._run.records[self._position - 1]
        if self._run.done:
            raise StopIteration("The run is at its end.")
        record = self._run.advance()
        self._position += 1
        return record

    def back(self) -> StepRecord | None:
        """Goes one step back; returns the record of the step that is the last one done now, or None at the start.

        Values are kept, so nothing is computed again when the cursor goes forward.
        """
        if self._position == 0:
            return None
        self._position -= 1
        return self._run.records[self._position - 1] if self._position else None

    def run_to(self, position: int) -> list[StepRecord]:
        """Moves the cursor until `position` steps are done, forward or back; stops at a step that fails."""
        position = max(0, position)
        while self._position > position:
            self.back()
        while self._position < position and not self.finished:
            self.step()
        return self.records

    def run_to_end(self) -> list[StepRecord]:
        """Moves the cursor to the end of the run, or to the step that fails. A loop makes a run longer than its plan."""
        while not self.finished:
            self.step()
        return self.records

    def variable(self, name: str) -> np.ndarray | None:
        """Returns the value of a variable at the cursor, or None when it has none there."""
        for record in self._run.records[self._position :]:
            for write in record.writes:
                if write.variable == name:
                    return write.before
        for cell in self._state.variables.cells.values():
            if cell.name == name:
                return copy.copy(cell.value)
        return None

    def result(self) -> Any:
        """Runs to the end and returns what `session.run` would return, or raises what it would raise."""
        self.run_to_end()
        return self._run.result()

    def commit(self) -> tuple[str, ...]:
        """Runs to the end and puts the new state into the session. Returns the names of the variables that were written.

        Raises:
          RuntimeError: the session was closed meanwhile. What the failing step raised.
        """
        self._session._check_usable()
        self.result()
        self._session._state.take(self._state)
        self._session._journal.run_count += 1
        return self.plan.writes

    def discard(self) -> None:
        """Forgets the fork and starts over from the present state of the session."""
        self._session._check_usable()
        self._state = self._session._state.fork()
        self._run = Run(self._session.graph, self._state, self._fetches, self._feed_dict)
        self._position = 0
