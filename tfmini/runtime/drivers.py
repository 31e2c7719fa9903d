"""Drivers: ways to run a program.

`run_linear` is the tight one. `run_branching` knows dead values, for plans with conditionals. Both fill a list of slots and
report the step that failed by `StepFailed`. Recording drivers are in `trace` and `stepper`.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework.dead import DEAD


class StepFailed(Exception):
    """A step raised; `index` is its position in the plan, `cause` what it raised, `inputs` what it was given.

    `place` has the loops around it, from the outermost inward: pairs of the frame's name and the number of the turn, from 0.
    """

    def __init__(
        self, index: int, cause: BaseException, inputs: tuple[Any, ...], place: tuple[tuple[str, int], ...] = ()
    ) -> None:
        super().__init__(index)
        self.index = index
        self.cause = cause
        self.inputs = inputs
        self.place = place


def run_linear(program: list[tuple[Any, ...]], slots: list[Any]) -> None:
    """Runs every step in order. Interrupts and errors leave what was done done."""
    steps: Any = iter(program)
    try:
        for kind, function, first, second, out, gone, more_gone, inputs in steps:
            if kind == 2:
                slots[out] = function(slots[first], slots[second])
            elif kind == 1:
                slots[out] = function(slots[first])
            elif kind == 0:
                slots[out] = function()
            else:
                result = function(*[slots[slot] for slot in inputs])
                if kind == 3:
                    slots[out] = result
                elif kind == 4:
                    for slot, value in zip(out, result, strict=True):
                        if slot >= 0:
                            slots[slot] = value
            slots[gone] = None
            if more_gone:
                for slot in more_gone:
                    slots[slot] = None
    except Exception as error:
        index = len(program) - steps.__length_hint__() - 1
        raise StepFailed(index, error, tuple(slots[slot] for slot in program[index][7])) from error


def run_branching(program: list[tuple[Any, ...]], slots: list[Any], plan: Any) -> None:
    """Runs a plan with conditionals: a step with a dead input, or after a dead step, is dead; Merge takes what is alive."""
    dead_steps = [False] * len(program)
    index = 0
    try:
        for index, step in enumerate(plan.steps):
            function = program[index][1]
            values = [slots[slot] for slot in step.inputs]
            merge = step.op._definition.name in ("Merge", "RefMerge")
            controlled = any(dead_steps[each] for each in step.control)
            if merge:
                alive = not controlled and any(value is not DEAD for value in values)
            else:
                alive = not controlled and all(value is not DEAD for value in values)
            if not alive:
                dead_steps[index] = True
                result: Any = (DEAD,) * len(step.outputs)
            else:
                result = function(*values)
                if len(step.outputs) == 1:
                    result = (result,)
            if step.outputs:
                for slot, value in zip(step.outputs, result, strict=True):
                    if slot >= 0:
                        slots[slot] = value
    except Exception as error:
        raise StepFailed(index, error, tuple(slots[slot] for slot in program[index][7])) from error


# ---- floating point errors are values here, not warnings


def _quiet_context() -> contextvars.Context:
    context = contextvars.copy_context()
    context.run(np.seterr, all="ignore")
    return context


_context = _quiet_context()


def quietly(function: Callable[..., Any], *arguments: Any) -> Any:
    """Calls `function` with numpy's floating point warnings off: a division by zero is an infinity, as in TensorFlow.

    A prepared context costs 30 ns where `numpy.errstate` costs 600. It cannot be entered twice, so a nested or parallel run
    makes a new one.
    """
    try:
        return _context.run(function, *arguments)
    except RuntimeError as error:
        if "is already entered" not in str(error):
            raise
    return _quiet_context().run(function, *arguments)
