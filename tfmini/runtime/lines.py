"""The lines of a generated program, and what they call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, NamedTuple

from .flat import Layout
from .plan import Step
from .state import SessionState


class Line:
    """One line of a generated program.

    Attributes:
      kind: "loop" (a Python `while`; `function` is a `Turn`), "whole" (a loop that the interpreter runs; `function` is the
        `structure.Loop`, arguments and results are all values that it may need or give), "flat" (the step of an optimizer for a group of variables), "ufunc" (one call of a ufunc, element by element), "call" (of any function), "text" (an expression), "read" (the value
        of a variable), "write" (of a variable).
      step: index of the plan's step that it belongs to.
      function: what "ufunc" and "call" call; the expression of "text", with `{0}` for the first argument; the cell of the others.
      args: numbers of the values that it takes.
      outs: numbers of the values that it gives; -1 for one that nobody wants.
      takes_out: the function has an argument `out` for an array to fill (in a "text": `{out}`).
      uses: names in a "text" with what they stand for, or None.
      group: for "flat": the number of the group.
      pure: it gives its results and does nothing else: a line that nobody needs is left out.
      before: for "write": the number of the value that the new one was made from, or -1; the variable must still have it.
      may_alias: the result may share memory with an argument.
      keeps: an argument may be kept somewhere after the run.
      guard: for "read": the shape that the value must have, or None.
      suffixes: what follows each argument in the text (".T"), or ().
      again: when the line fails, its step may be done again from the beginning: it changes nothing, and nothing was written before.
    """

    __slots__ = (
        "again",
        "args",
        "before",
        "function",
        "group",
        "guard",
        "keeps",
        "kind",
        "may_alias",
        "outs",
        "pure",
        "step",
        "suffixes",
        "takes_out",
        "uses",
    )

    def __init__(
        self,
        kind: str,
        step: int,
        function: Any,
        args: tuple[int, ...],
        outs: tuple[int, ...],
        *,
        takes_out: bool = False,
        may_alias: bool = False,
        keeps: bool = False,
        guard: tuple[int, ...] | None = None,
        suffixes: tuple[str, ...] = (),
        uses: dict[str, Any] | None = None,
        before: int = -1,
        pure: bool | None = None,
        group: int = -1,
    ) -> None:
        self.kind = kind
        self.step = step
        self.function = function
        self.args = args
        self.outs = outs
        self.takes_out = takes_out
        self.may_alias = may_alias
        self.keeps = keeps
        self.guard = guard
        self.suffixes = suffixes
        self.uses = uses
        self.before = before
        self.group = group
        self.pure = kind in ("ufunc", "text", "read") if pure is None else pure
        self.again = True


class Group(NamedTuple):
    """Gradients that lie one behind the other, for variables that change together."""

    layout: Layout
    dtype: Any
    steps: tuple[int, ...]


class Turn(NamedTuple):
    """The lines of a loop.

    Attributes:
      head: what is done before the condition is looked at.
      condition: number of its value.
      body: what is done then.
      variables: for each variable the numbers of its value before the loop, in the turn, and for the next turn.
    """

    head: list[Line]
    condition: int
    body: list[Line]
    variables: list[tuple[int, int, int]]


class Whole:
    """A loop or a conditional as a function: from the values that it needs to those that others want."""

    def __init__(self, item: Any, loops: Any, given: tuple[int, ...], outs: tuple[int, ...], count: int) -> None:
        self._item = item
        self._loops = loops
        self._given = given
        self._outs = outs
        self._count = count

    def __call__(self, *values: Any) -> Any:
        """Runs it in the interpreter."""
        slots: list[Any] = [None] * self._count
        for slot, value in zip(self._given, values, strict=True):
            slots[slot] = value
        self._loops.run_item(self._item, slots)
        if len(self._outs) == 1:
            return slots[self._outs[0]]
        return tuple(slots[slot] for slot in self._outs)


def kernel_of(step: Step, state: SessionState) -> Callable[..., Any]:
    """Returns the function that computes a step from values; unlike `plan.kernel_of` it never meets a cell where it wants a value."""
    op = step.op
    definition = op._definition
    attrs = {name: op._attrs[name] for name in definition.kernel_attrs}
    if definition.bind_function is not None:
        function = definition.bind_function(op)
    else:
        function = definition.kernel_function
    if definition.resources:
        return functools.partial(function, state.part(definition.resources), **attrs)
    return functools.partial(function, **attrs) if attrs else function
