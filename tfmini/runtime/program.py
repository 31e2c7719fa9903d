"""Programs: a plan bound to the state of one session, and the choice of the way to run it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.dead import DEAD
from . import cancel, drivers
from .dataflow import Flow
from .feeds import converter
from .memory import collection_paused, keep_memory
from .plan import Plan, bind, written_by
from .state import Cell, SessionState
from .structure import Structured, block_of, can_generate
from .tiers import Tiers


class Program:
    """A plan bound to the state of one session, with what `run` needs at hand.

    Attributes:
      plan: the plan.
      steps: its rows for the drivers.
      build: from the list of fetched values to the structure that was asked for.
      feeds: pairs (tensor, slot) in the order of the feed keys.
      converters: for each feed the function from what a person passes to its array.
      names: names of what is fetched.
      tiers: the generated programs.
      is_straight: whether programs can be generated.
      loops: the driver of a plan with loops of the usual form, else None.
      written: pairs (variable, how) of what a run writes.
      last_run: number of the latest run, 0 before the first.
    """

    __slots__ = (
        "build",
        "converters",
        "feeds",
        "is_straight",
        "last_run",
        "loops",
        "names",
        "plan",
        "state",
        "steps",
        "tiers",
        "written",
    )

    def __init__(self, plan: Plan, state: SessionState, build: Callable[[list[Any]], Any]) -> None:
        keep_memory()
        self.plan = plan
        self.state = state
        self.steps = bind(plan, state)
        self.build = build
        self.feeds = plan.feeds
        self.converters = tuple(converter(plan.graph, tensor) for tensor, _ in plan.feeds)
        tree = block_of(plan) if plan.branches else None
        self.loops = None if tree is None else Structured(plan, tree, self.steps, state)
        self.tiers = Tiers()
        self.is_straight = not plan.branches if self.loops is None else can_generate(plan, self.loops)
        self.last_run = 0
        self.names = _names(plan)
        self.written = tuple(pair for step in plan.steps for pair in writes_of(step.op))

    def run(self, fed: list[Any]) -> list[Any]:
        """Runs the plan and returns the fetched values, each of them the caller's own.

        Args:
          fed: the values of `feeds`, in their order, converted.

        Raises:
          drivers.StepFailed: a step raised. KernelError: a fetched variable has no value.
        """
        generated = self.tiers.latest
        if generated is not None:
            fetched = generated.run(fed)
            if fetched is not None:
                return fetched
        return self._choose(fed)

    def _choose(self, fed: list[Any]) -> list[Any]:
        """Runs the plan by the interpreter, the recording one or a generated program, as the shapes of the feeds have it."""
        plan = self.plan
        fed = [np.ascontiguousarray(value) if type(value) is np.ndarray else value for value in fed]
        values: list[Any] = [*fed, *[None] * (plan.slots + 1 - len(fed))]
        if not self.is_straight:
            drivers.quietly(self._interpret, values)
            return collected(plan, values)
        generated = self.tiers.find(fed)
        if generated is not None:
            fetched = generated.run(fed)
            if fetched is not None:
                self.tiers.latest = generated
                return fetched
        if self.tiers.wants_recording(fed):
            # The generator is imported when it is needed: many programs run everything once.
            from .facts import record
            from .generated import Generated

            facts = drivers.quietly(record, plan, self.steps, values, self.loops)
            with collection_paused():
                made = Generated(plan, self.steps, facts, self.state, self.tiers, self.loops)
                self.tiers.keep(fed, made)
        else:
            drivers.quietly(self._interpret, values)
        return collected(plan, values)

    def _interpret(self, values: list[Any]) -> None:
        """Runs the plan by the interpreter for its form."""
        plan = self.plan
        if self.loops is not None:
            self.loops.run(values)
        elif plan.frames is not None:
            Flow(plan, [row[1] for row in self.steps], self.state, values).run()
        elif plan.branches:
            drivers.run_branching(self.steps, values, plan)
        else:
            drivers.run_linear(self.steps, values)

    def run_checked(self, fed: list[Any]) -> list[Any]:
        """Like `run`, but looks after every step whether the run may go on (`cancel.check`). Loops look by themselves.

        Raises:
          drivers.StepFailed: also of a run that was cancelled, with the step that would have been next.
        """
        plan = self.plan
        if plan.branches:
            return self.run(fed)
        values: list[Any] = [*fed, *[None] * (plan.slots + 1 - len(fed))]
        for index, row in enumerate(self.steps):
            try:
                cancel.check(self.state)
            except KernelError as error:
                raise drivers.StepFailed(index, error, ()) from error
            try:
                drivers.quietly(drivers.run_linear, [row], values)
            except drivers.StepFailed as failed:
                raise drivers.StepFailed(index, failed.cause, failed.inputs) from failed.cause
        return collected(plan, values)


def writes_of(op: Any) -> list[tuple[str, str]]:
    """Returns the variables that `op` writes, each with how: "initialized", "restored" or "assigned"."""
    names = written_by(op)
    if not names:
        return []
    if op._maker == "saver":
        how = "restored"
    elif op._name.endswith("/Assign") and op._owner is not None:
        how = "initialized"
    else:
        how = "assigned"
    return [(name, how) for name in names]


def _names(plan: Plan) -> tuple[str, ...]:
    """Returns the names of the fetched tensors, or of the last operation when only operations are fetched."""
    by_slot = {slot: tensor.name for tensor, slot in plan.slot_of.items()}
    names = tuple(by_slot[fetch.slot] for fetch in plan.fetches)
    return names or tuple(step.op._name for step in plan.steps[-1:])


def collected(plan: Plan, values: list[Any]) -> list[Any]:
    """Returns the fetched values. Raises `KernelError` when one is in a branch that was not taken."""
    found = [collect(fetch, values) for fetch in plan.fetches]
    if plan.branches:
        for number, each in enumerate(found):
            if each is DEAD:
                name = next(tensor.name for tensor, slot in plan.slot_of.items() if slot == plan.fetches[number].slot)
                raise KernelError(
                    InvalidArgumentError,
                    f"Retval[{number}] does not have value\n{name} is computed in a branch that this run did not take. Fetch what "
                    "tf.cond returns instead.",
                )
    return found


def collect(fetch: Any, values: list[Any]) -> Any:
    """Returns a fetched value that belongs to the caller alone."""
    value = values[fetch.slot]
    if type(value) is np.ndarray:
        if value.ndim == 0:
            return value[()]
        if fetch.copy or not value.flags.owndata or any(value is values[slot] for slot in fetch.sources):
            return value.copy()
        return value
    if isinstance(value, Cell):
        held = value.read()
        if not isinstance(held, np.ndarray):
            return held
        return held[()] if held.ndim == 0 else np.array(held)
    return value
