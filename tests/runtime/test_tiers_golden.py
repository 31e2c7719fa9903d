"""Both tiers over the recorded programs: what the first run of each gives, a generated program gives too, and leaves the same state.

Each run is done three times: as it is; on a fork of the state, recorded; and by the program that was generated from the record, on
the same fork, set back.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import describe, record
from programs import tools

import tfmini as tf
from tfmini.errors import KernelError
from tfmini.runtime import drivers, facts
from tfmini.runtime.generated import Generated
from tfmini.runtime.program import Program

_EVERY = 4
_ALL = [(group, name) for group in record.groups() for name in tools.PROGRAMS[group]][::_EVERY]
_OUTSIDE = ("PyFunc", "PyFuncStateless", "EagerPyFunc", "Print", "PrintV2")


def bits(value: Any) -> Any:
    array = np.asarray(value)
    return (array.shape, repr(array.tolist())) if array.dtype == object else (array.shape, array.dtype, array.tobytes())


def state_of(session_state: Any) -> dict[Any, Any]:
    return {key: bits(cell.value) for key, cell in session_state.variables.cells.items() if cell.value is not None}


def is_open(program: Program) -> bool:
    """Whether two runs of a program may differ: unseeded random numbers; or it reaches outside."""
    for step in program.plan.steps:
        attrs, definition = step.op._attrs, step.op._definition
        if definition.name in _OUTSIDE or (
            definition.resources == "random" and not (attrs.get("seed", 0) or attrs.get("seed2", 0))
        ):
            return True
    return False


class Shadow:
    """Runs every program by both tiers."""

    def __init__(self) -> None:
        self.plain = Program.run
        self.inside = False
        self.compared = 0
        self.differing: list[Any] = []

    def generated(self, program: Program, fed: list[Any]) -> tuple[Generated, Any] | None:
        """Returns the generated program on a fork, or None when the recorded run fails."""
        state = program.state.fork()
        own = Program(program.plan, state, program.build)
        values = [*fed, *[None] * (program.plan.slots + 1 - len(fed))]
        try:
            seen = drivers.quietly(facts.record, program.plan, own.steps, values, own.loops)
        except (drivers.StepFailed, KernelError):
            return None
        fresh = program.state.fork()
        for key, cell in state.variables.cells.items():
            if key not in fresh.variables.cells:
                cell.value = None
        state.take(fresh)
        for op in set(state.random.states) - set(fresh.random.states):
            del state.random.states[op]
        return Generated(program.plan, own.steps, seen, state, own.tiers, own.loops), state

    def run(self, program: Program, fed: list[Any]) -> Any:
        """What stands in for `Program.run`."""
        if self.inside or not program.is_straight or is_open(program):
            return self.plain(program, fed)
        self.inside = True
        try:
            fed = [np.ascontiguousarray(each) if type(each) is np.ndarray else each for each in fed]
            made = self.generated(program, fed)
            result = self.plain(program, fed)
            if made is not None:
                # What is raised here would count as the program's own error, so it is noted instead.
                if [bits(each) for each in made[0].run(fed) or ()] != [bits(each) for each in result]:
                    self.differing.append((program.names, "values"))
                elif state_of(made[1]) != state_of(program.state):
                    self.differing.append((program.names, "state"))
                self.compared += 1
            return result
        finally:
            self.inside = False


def test_recorded_programs_run_the_same_in_both_tiers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fourth of the recorded programs."""
    shadow = Shadow()
    monkeypatch.setattr(Program, "run", lambda program, fed: shadow.run(program, fed))
    for group, name in _ALL:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            describe.run_program(tf, tools.PROGRAMS[group][name])
    assert not shadow.differing
    assert shadow.compared > len(_ALL)
