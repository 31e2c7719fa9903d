"""A driver that runs a tree of blocks (`tree`): loops are Python loops, what was not taken is not looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ..framework.dead import DEAD
from . import cancel
from .blocks import block_of
from .drivers import StepFailed, run_linear
from .plan import Plan
from .state import SessionState
from .tree import Block, Conditional, Item, Loop, Piece, Select, Split, Straight, When

__all__ = [
    "Block",
    "can_generate",
    "Conditional",
    "Loop",
    "Straight",
    "Structured",
    "block_of",
    "given_to",
    "pieces",
    "results_of",
]

_ZERO, _ONE = np.int32(0), np.int32(1)


class Structured:
    """A tree bound to a session: what `run` needs at hand.

    Attributes:
      block: the tree.
      results: for the id of each loop and conditional of its outermost block the slots that it fills for others.
    """

    def __init__(self, plan: Plan, block: Block, rows: list[tuple[Any, ...]], state: SessionState) -> None:
        self._plan = plan
        self.block = block
        self._rows = rows
        self._state = state
        self.results = results_of(plan, block)
        self._straight: dict[int, list[tuple[Any, ...]]] = {}
        wanted = {fetch.slot for fetch in plan.fetches}
        guarded: set[int] = set()
        self._exact: set[int] = set()
        for item, has_guard in pieces(block.items):
            if isinstance(item, Straight):
                self._straight[id(item)] = [rows[index] for index in item.steps]
                if has_guard:
                    guarded.update(slot for index in item.steps for slot in plan.steps[index].outputs)
            elif isinstance(item, Split):
                if wanted & {item.gate.out_false, item.gate.out_true}:
                    self._exact.add(item.step)
                    guarded.update((item.gate.out_false, item.gate.out_true))
            elif isinstance(item, Select) and has_guard:
                guarded.update((item.out, item.which))
            elif isinstance(item, Loop) and has_guard:
                guarded.update(slot for _, slot in item.exits)
        self._never = tuple(wanted & guarded)

    def run(self, slots: list[Any]) -> None:
        """Runs everything. Raises StepFailed with the loops around the step."""
        for slot in self._never:
            slots[slot] = DEAD
        self._run_items(self.block.items, slots)

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The rows of the steps."""
        return self._rows

    @property
    def never(self) -> tuple[int, ...]:
        """Slots that are fetched, but filled only when some condition holds."""
        return self._never

    def run_item(self, item: Item, slots: list[Any]) -> None:
        """Runs one item of the outermost block whose inputs are there. Raises StepFailed like `run`."""
        self._run_items((item,), slots)

    def run_from(self, item: Item, step: int, slots: list[Any], left_out: set[int]) -> None:
        """Goes on with an item of the outermost block and what follows it.

        Args:
          item: the item; one of `block.items`.
          step: in a straight item the step to begin with, else nothing.
          slots: the values so far.
          left_out: steps that need not run.
        """
        items = self.block.items
        for slot in self._never:
            if slots[slot] is None:
                slots[slot] = DEAD
        start = next(place for place, each in enumerate(items) if each is item)
        for each in items[start:]:
            if not isinstance(each, Straight):
                self._run_items((each,), slots)
                continue
            begin = each.steps.index(step) if each is item else 0
            for index in each.steps[begin:]:
                if index not in left_out:
                    try:
                        run_linear([self._rows[index]], slots)
                    except StepFailed as failed:
                        failed.index = index
                        raise

    def _run_items(self, items: Iterable[Item | Piece], slots: list[Any]) -> None:
        for item in items:
            if isinstance(item, Straight):
                try:
                    run_linear(self._straight[id(item)], slots)
                except StepFailed as failed:
                    failed.index = item.steps[failed.index]
                    raise
            elif isinstance(item, When):
                if bool(slots[item.condition]) is item.side:
                    self._run_items(item.items, slots)
            elif isinstance(item, Split):
                self._split(item, slots)
            elif isinstance(item, Select):
                self._select(item, slots)
            elif isinstance(item, Conditional):
                self._run_items(item.items, slots)
            else:
                self._run_loop(item, slots)

    def _split(self, item: Split, slots: list[Any]) -> None:
        step = self._plan.steps[item.step]
        gate = item.gate
        try:
            condition = bool(slots[item.condition])
            if step.references:
                value = self._rows[item.step][1](*[slots[slot] for slot in step.inputs])[condition]
            else:
                value = slots[gate.data]
        except Exception as error:
            raise StepFailed(item.step, error, tuple(slots[slot] for slot in step.inputs)) from error
        exact = item.step in self._exact
        if gate.out_false >= 0:
            slots[gate.out_false] = DEAD if exact and condition else value
        if gate.out_true >= 0:
            slots[gate.out_true] = DEAD if exact and not condition else value

    def _select(self, item: Select, slots: list[Any]) -> None:
        step = self._plan.steps[item.step]
        place = 0 if bool(slots[item.condition]) is item.side else 1
        value = slots[step.inputs[place]]
        if step.references:
            taken = [DEAD, DEAD]
            taken[place] = value
            try:
                value = self._rows[item.step][1](*taken)[0]
            except Exception as error:
                raise StepFailed(item.step, error, tuple(taken)) from error
        if item.out >= 0:
            slots[item.out] = value
        if item.which >= 0:
            slots[item.which] = _ONE if place else _ZERO

    def _run_loop(self, loop: Loop, slots: list[Any]) -> None:
        values = [slots[each.start] for each in loop.variables]
        currents = [each.current for each in loop.variables]
        following = [each.following for each in loop.variables]
        entered = [(gate.data, gate.out_true) for gate in loop.gates if gate.out_true >= 0]
        left = [(gate.data, gate.out_false) for gate in loop.gates if gate.out_false >= 0]
        for variable in loop.variables:
            if variable.which >= 0:
                slots[variable.which] = _ZERO
        turn = 0
        try:
            while True:
                for slot, value in zip(currents, values, strict=True):
                    slots[slot] = value
                self._run_items(loop.head.items, slots)
                if not slots[loop.condition]:
                    break
                for data, slot in entered:
                    slots[slot] = slots[data]
                self._run_items(loop.body.items, slots)
                values = [slots[slot] for slot in following]
                if turn == 0:
                    for variable in loop.variables:
                        if variable.which >= 0:
                            slots[variable.which] = _ONE
                turn += 1
                if not turn & 63:
                    self._check(loop)
        except StepFailed as failed:
            failed.place = ((loop.name, turn), *failed.place)
            raise
        for data, slot in left:
            slots[slot] = slots[data]
        for source, slot in loop.exits:
            if slot >= 0:
                slots[slot] = slots[source]

    def _check(self, loop: Loop) -> None:
        try:
            cancel.check(self._state)
        except Exception as error:
            raise StepFailed(self._plan_index(loop), error, ()) from error

    def _plan_index(self, loop: Loop) -> int:
        return next(index for index in loop.members if self._plan.steps[index].op._definition.name == "LoopCond")


def pieces(items: Iterable[Any]) -> list[tuple[Any, bool]]:
    """Returns every item of a tree, each with whether it is inside a `When` of the outermost block."""
    found: list[tuple[Any, bool]] = []
    todo: list[tuple[Any, bool]] = [(item, False) for item in items]
    while todo:
        item, has_guard = todo.pop()
        found.append((item, has_guard))
        if isinstance(item, Loop):
            todo.extend((each, False) for each in (*item.head.items, *item.body.items))
        elif isinstance(item, When):
            todo.extend((each, True) for each in item.items)
        elif isinstance(item, Conditional):
            todo.extend((each, has_guard) for each in item.items)
    return found


def given_to(plan: Plan, item: Loop | Conditional) -> tuple[int, ...]:
    """Returns the slots that an item takes from outside: inputs of its steps, starts of its loop, and conditions."""
    members = [plan.steps[index] for index in item.members]
    made = {slot for step in members for slot in step.outputs}
    slots = [slot for step in members for slot in step.inputs]
    for each, _ in pieces([item]):
        if isinstance(each, Loop):
            slots.extend(variable.start for variable in each.variables)
        elif isinstance(each, (When, Split, Select)):
            slots.append(each.condition)
    return tuple(dict.fromkeys(slot for slot in slots if slot >= 0 and slot not in made))


def results_of(plan: Plan, block: Block) -> dict[int, tuple[int, ...]]:
    """Returns for the id of each loop and conditional of an outermost block the slots that it fills for others."""
    wanted = {fetch.slot for fetch in plan.fetches}
    for item in block.items:
        if isinstance(item, Straight):
            wanted.update(slot for index in item.steps for slot in plan.steps[index].inputs)
        else:
            wanted.update(given_to(plan, item))
    found: dict[int, tuple[int, ...]] = {}
    for item in block.items:
        if isinstance(item, Loop):
            found[id(item)] = tuple(slot for _, slot in item.exits if slot >= 0)
        elif isinstance(item, Conditional):
            made = [slot for index in item.members for slot in plan.steps[index].outputs]
            found[id(item)] = tuple(slot for slot in made if slot in wanted)
    return found


def can_generate(plan: Plan, loops: Structured) -> bool:
    """Says whether a plan can be a generated program: no conditional gives a reference, and what is fetched is always there."""
    if loops.never:
        return False
    cells = {
        slot
        for step in plan.steps
        for slot, tensor in zip(step.outputs, step.op._outputs, strict=True)
        if step.is_read or tensor._dtype.is_ref or tensor._dtype.name == "resource"
    }
    return not any(
        slot in cells for item in loops.block.items if isinstance(item, Conditional) for slot in loops.results[id(item)]
    )
