"""Which steps run only when a condition came out one way: read off the Switches and Merges of a plan.

The guard of a step is a tuple of pairs (slot of a condition, side), outer conditions first; it runs when all of them hold. A
Switch adds a pair to each of its outputs, a Merge of the two sides takes it away. Conditions of loops do not count here: a loop's
guards are those inside of one turn.
"""

from __future__ import annotations

from .frames import MERGES, NEXTS, SWITCHES, TRIGGER, Frame, Frames
from .plan import Plan

Guard = tuple[tuple[int, bool], ...]

_DEEPEST = 40


class Irregular(Exception):
    """The plan is not of the form that `tf.cond` and `tf.while_loop` build."""


class Guards:
    """The guards of a plan.

    Attributes:
      of_step: for each position in the plan; in a loop, relative to its turn.
      of_frame: the guard of each loop in the frame around it.
      of_slot: the guard of each value, with what holds around its loop.
    """

    def __init__(self, plan: Plan, frames: Frames) -> None:
        """Raises `Irregular` when values can be dead in another way."""
        self._plan = plan
        self._kind = [step.op._definition.name for step in plan.steps]
        self._maker = {slot: index for index, step in enumerate(plan.steps) for slot in step.outputs if slot >= 0}
        self._frames = frames
        self.of_slot: dict[int, Guard] = {}
        full: list[Guard] = []
        for index, step in enumerate(plan.steps):
            kind = self._kind[index]
            guard = self._step(index, full)
            full.append(guard)
            if kind in SWITCHES and self._kind[self._maker.get(step.inputs[1], index)] != "LoopCond":
                condition = self.origin(step.inputs[1])
                for slot, side in zip(step.outputs, (False, True), strict=True):
                    self.of_slot[slot] = joined(guard, ((condition, side),))
            else:
                for slot in step.outputs:
                    self.of_slot[slot] = guard
            if len(guard) > _DEEPEST:
                raise Irregular
        self.of_frame: dict[Frame, Guard] = {}
        held = self._loops(full)
        self.of_step: list[Guard] = [
            tuple(pair for pair in guard if pair not in held[frames.of[index]]) for index, guard in enumerate(full)
        ]
        for index, guard in enumerate(self.of_step):
            if self._kind[index] in NEXTS and guard:
                raise Irregular

    def _loops(self, full: list[Guard]) -> dict[Frame, Guard]:
        """Finds the guard of each loop, that of its condition; returns what holds in each frame."""
        held: dict[Frame, Guard] = {self._frames.root: ()}
        found: dict[Frame, Guard] = {}
        for index, kind in enumerate(self._kind):
            if kind == "LoopCond":
                found[self._frames.of[index]] = full[index]
        for frame in self._frames.all:
            if frame.parent is None:
                continue
            if frame not in found:
                raise Irregular
            guard = found[frame]
            if any(self._frame_of(condition) is frame for condition, _ in guard):
                raise Irregular
            self.of_frame[frame] = tuple(pair for pair in guard if pair not in held[frame.parent])
            held[frame] = joined(held[frame.parent], guard)
        for index, guard in enumerate(full):
            kind, frame = self._kind[index], self._frames.of[index]
            stateful = self._plan.steps[index].op._definition.spec.stateful
            if stateful and kind != TRIGGER and not set(held[frame]) <= set(guard):
                # It does not wait for what the loop waits for: it runs although the loop may not.
                raise Irregular
        return held

    def _frame_of(self, slot: int) -> Frame:
        maker = self._maker.get(slot)
        return self._frames.root if maker is None else self._frames.after[maker]

    def origin(self, slot: int) -> int:
        """Returns the slot that a condition comes from, through Identity."""
        while slot in self._maker:
            index = self._maker[slot]
            step = self._plan.steps[index]
            is_constant = self._kind[index] == "Enter" and step.op._attrs.get("is_constant")
            if step.is_read or step.references or not (is_constant or self._kind[index] == "Identity"):
                break
            slot = step.inputs[0]
        return slot

    def _step(self, index: int, full: list[Guard]) -> Guard:
        step, kind = self._plan.steps[index], self._kind[index]
        if kind == TRIGGER:
            return ()
        controls: Guard = ()
        for each in step.control:
            controls = joined(controls, full[each])
        if kind in MERGES:
            guard = self._merge(step.inputs)
            if not set(controls) <= set(guard):
                raise Irregular
            return guard
        guard = ()
        for slot in step.inputs:
            guard = joined(guard, self.of_slot.get(slot, ()))
        return joined(guard, controls)

    def _merge(self, inputs: tuple[int, ...]) -> Guard:
        makers = [self._maker.get(slot, -1) for slot in inputs]
        if any(maker >= 0 and self._kind[maker] in NEXTS for maker in makers):
            return self.of_slot.get(inputs[0], ())
        if len(inputs) != 2:
            raise Irregular
        first, second = (self.of_slot.get(slot, ()) for slot in inputs)
        if len(first) != len(second):
            raise Irregular
        own = set(first) - set(second)
        other = set(second) - set(first)
        if len(own) != 1 or len(other) != 1:
            raise Irregular
        condition, side = next(iter(own))
        if other != {(condition, not side)}:
            raise Irregular
        return tuple(pair for pair in first if pair[0] != condition)

    def side_of(self, index: int) -> tuple[int, bool]:
        """Returns what decides a Merge: the slot of the condition, and with which side its first input is taken."""
        first, second = (self.of_slot.get(slot, ()) for slot in self._plan.steps[index].inputs)
        return next(iter(set(first) - set(second)))


def joined(first: Guard, second: Guard) -> Guard:
    """Returns the guard of what waits for two things."""
    if first == second or not second:
        return first
    if not first:
        return second
    return (*first, *[pair for pair in second if pair not in first])
