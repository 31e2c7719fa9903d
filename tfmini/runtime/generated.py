"""The second tier: a plan as a straight-line Python function for feeds of given shapes.

The interpreter does the first run of each combination of shapes, a recording one the second; from then on the generated function
runs. It tests the shapes of feeds and variables, and whatever it was not made for goes back to the interpreter: before the
first step, or from the step where it was noticed. An error is that of the operation, as in the interpreter.

A function that fills buffers belongs to one run at a time: a run takes it from a list and puts it back, and when the list is
empty makes another one with buffers of its own.
"""

from __future__ import annotations

import contextvars
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from . import drivers
from .early_sums import rest_of_sum
from .facts import Facts
from .lowering import Lowering
from .plan import Plan
from .state import SessionState
from .structure import Straight, Structured
from .tiers import Tiers
from .writer import Contended, Retreat, Writer, guards

_MOST_RETREATS = 3


class Generated:
    """A generated program.

    Attributes:
      retreats: how often a run had to go on in the interpreter.
    """

    __slots__ = ("_by_code", "_loops", "_lowering", "_plan", "_pool", "_steps", "_tiers", "_writer", "retreats")

    def __init__(
        self,
        plan: Plan,
        steps: list[tuple[Any, ...]],
        facts: Facts,
        state: SessionState,
        tiers: Tiers,
        loops: Structured | None = None,
    ) -> None:
        self._loops = loops
        self._tiers = tiers
        self._plan = plan
        self._steps = steps
        self._lowering = Lowering(plan, facts, state, loops)
        self._writer = Writer(self._lowering)
        self._by_code = {part.code: part for part in self._writer.parts}
        self._pool: list[tuple[Callable[..., Any], Callable[..., Any]]] = []
        self.retreats = 0

    @property
    def writer(self) -> Writer:
        """Text, defaults and buffers of the program."""
        return self._writer

    @property
    def lowering(self) -> Lowering:
        """The lines of the program."""
        return self._lowering

    def run(self, fed: list[Any]) -> list[Any] | None:
        """Runs the program; returns the fetched values, or None when the feeds are not those that it was made for.

        Raises:
          drivers.StepFailed: a step raised.
        """
        try:
            entry = self._pool.pop()
        except IndexError:
            entry = self._make()
        enter, function = entry
        try:
            fetched = enter(function, *fed)
        except Exception as error:
            fetched = self._recover(error, fed)
        self._pool.append(entry)
        return fetched

    def _make(self) -> tuple[Callable[..., Any], Callable[..., Any]]:
        """Returns a way into a context without floating point warnings, and a function with buffers of its own."""
        context = contextvars.copy_context()
        context.run(np.seterr, all="ignore")
        writer = self._writer
        defaults = {**writer.defaults, **{f"b{number}": each for number, each in enumerate(writer.buffers.make())}}
        functions = [
            types.FunctionType(part.code, {}, part.code.co_name, tuple(defaults[name] for name in part.names))
            for part in writer.parts
        ]
        if writer.single:
            return context.run, functions[0]
        return context.run, _joined(functions, self._lowering, len(writer.places))

    def _recover(self, error: Exception, fed: list[Any]) -> list[Any]:
        """Goes on in the interpreter from the step that failed, which then fails as the operation does; or reports its error."""
        found = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code in self._by_code:
                found = trace
                break
            trace = trace.tb_next
        if found is None:
            raise error
        part = self._by_code[found.tb_frame.f_code]
        step, again, _, index = part.table[found.tb_lineno - 2]
        values = self._values(found.tb_frame.f_locals, fed)
        if not again and not isinstance(error, Retreat):
            if isinstance(error, drivers.StepFailed):
                raise error  # of a loop that the interpreter ran
            inputs = tuple(values[slot] for slot in self._plan.steps[step].inputs)
            raise drivers.StepFailed(step, error, inputs) from error
        if not isinstance(error, Contended):
            self.retreats += 1
        if self.retreats == _MOST_RETREATS:
            self._tiers.drop(self)
        drivers.quietly(self._run_rest, step, index, values, found.tb_frame.f_locals)
        from .program import collect

        return [collect(fetch, values) for fetch in self._plan.fetches]

    def _run_rest(self, step: int, index: int, values: list[Any], names: dict[str, Any]) -> None:
        """Does what is left from a step on in the interpreter.

        Before it, steps whose values only stand inside the expressions of later lines; after it, steps that anybody needs.
        """
        steps, left_out = self._steps, self._lowering.left_out
        if self._loops is None:
            rest = sorted(each for each in self._writer.inlined if each < step)
            rest.extend(each for each in range(step, len(steps)) if each not in left_out)
            try:
                drivers.run_linear([self._row(each, index, values, names) for each in rest], values)
            except drivers.StepFailed as failed:
                raise drivers.StepFailed(rest[failed.index], failed.cause, failed.inputs) from failed.cause
            return
        for item in self._loops.block.items:
            members = item.steps if isinstance(item, Straight) else item.members
            if step in members:
                self._loops.run_from(item, step, values, left_out)
                return
            if isinstance(item, Straight):
                # (their values are wanted by what follows)
                drivers.run_linear([steps[each] for each in members if each in self._writer.inlined], values)

    def _row(self, step: int, index: int, values: list[Any], names: dict[str, Any]) -> tuple[Any, ...]:
        """Returns the interpreter's row of a step; for a sum that was begun before line `index` one that finishes it."""
        row = self._steps[step]
        if step not in self._lowering.early.added:
            return row
        finish = rest_of_sum(self._lowering, step, index, lambda number: self._value(number, names), values)
        return row if finish is None else (0, finish, *row[2:])

    def _value(self, number: int, names: dict[str, Any]) -> Any:
        """Returns a value by its number, as it was when the generated function stopped; None when it was not there."""
        lowering = self._lowering
        if number in lowering.known:
            return lowering.known[number]
        name = f"v{number}"
        if name in names:
            return names[name]
        places = self._writer.places
        return names["V"][places[number]] if number in places else None

    def _values(self, names: dict[str, Any], fed: list[Any]) -> list[Any]:
        """Returns the slots as they were when the generated function stopped."""
        values: list[Any] = [self._value(number, names) for number in self._lowering.value_of]
        for (_, slot), value in zip(self._plan.feeds, fed, strict=True):
            values[slot] = value
        return values


def _joined(functions: list[Any], lowering: Lowering, count: int) -> Callable[..., Any]:
    """Returns the function that runs the parts one after the other."""
    conditions = guards(lowering)
    names = ", ".join(f"v{slot}" for _, slot in lowering.plan.feeds)
    source = f"def test({names}):\n    return " + (" or ".join(f"({each})" for each in conditions) or "False")
    scope: dict[str, Any] = {}
    exec(compile(source, "<generated test>", "exec"), scope)
    unfit = scope["test"]
    *first, last = functions
    blank = [None] * (count - len(lowering.plan.feeds))

    def program(*fed: Any) -> Any:
        if unfit(*fed):
            return None
        handed = [*fed, *blank]
        for function in first:
            function(handed)
        return last(handed)

    return program
