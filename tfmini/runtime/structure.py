"""Loops as loops: the plan of a program that `tf.while_loop` built, as a tree of blocks, and a driver that runs the tree.

What `while_loop` and its gradient build has a fixed form: for each loop variable an Enter, a Merge that takes it in the first turn and
the NextIteration's value in all others, a Switch on the one LoopCond, an Exit on its false side. Such a loop is a Python `while`::

    Loop    variables = values of the Enters
            turn:  variables -> head (what LoopCond needs, and whatever does not wait for it)
                   LoopCond false: the Exits are the variables, the loop is over
                   LoopCond true:  body, then variables = values of the NextIterations

Anything else (`block_of` gives None) is run by `dataflow`, with the same results in the same order.
"""

from __future__ import annotations

import heapq
from typing import Any, NamedTuple

import numpy as np

from ..framework.dead import DEAD
from . import cancel
from .drivers import StepFailed, run_linear
from .frames import ENTERS, EXITS, MERGES, NEXTS, SWITCHES, TRIGGER, Frame, Frames
from .plan import Plan
from .state import SessionState

_ZERO, _ONE = np.int32(0), np.int32(1)


class Variable(NamedTuple):
    """One variable of a loop, in slots of the plan.

    Attributes:
      start: its value before the loop.
      current: its value in the turn.
      which: where it came from, 0 from outside and 1 from the last turn.
      following: its value for the next turn.
    """

    start: int
    current: int
    which: int
    following: int


class Gate(NamedTuple):
    """One Switch on the condition of the loop: the slot of its data, and those of its two outputs (-1 if nobody reads one)."""

    data: int
    out_false: int
    out_true: int


class Loop(NamedTuple):
    """One loop.

    Attributes:
      name: its frame.
      variables: its variables.
      head: what runs in every turn, the last one too.
      condition: slot of LoopCond's output.
      gates: what the condition opens: the true side for the body, the false side for the exits.
      body: what runs when the condition holds.
      exits: pairs (slot that is read, slot that gets the value) when it does not.
      members: positions in the plan of all steps of the loop and of the loops in it.
    """

    name: str
    variables: tuple[Variable, ...]
    head: Block
    condition: int
    gates: tuple[Gate, ...]
    body: Block
    exits: tuple[tuple[int, int], ...]
    members: tuple[int, ...]


class Straight(NamedTuple):
    """Steps that follow each other: their positions in the plan."""

    steps: tuple[int, ...]


class Block(NamedTuple):
    """What runs in order: straight pieces and loops.

    Attributes:
      items: `Straight` and `Loop`.
      branching: whether values in it can be dead, because it has conditionals.
    """

    items: tuple[Straight | Loop, ...]
    branching: bool


class _Irregular(Exception):
    """The plan is not of the form that loops are built in."""


def block_of(plan: Plan) -> Block | None:
    """Returns the tree of a plan with loops, or None when it has another form."""
    assert plan.frames is not None
    try:
        return _Builder(plan, plan.frames).block(plan.frames.root)
    except _Irregular:
        return None


class _Builder:
    """Builds the tree, inner loops first."""

    def __init__(self, plan: Plan, frames: Frames) -> None:
        self._plan = plan
        self._frames = frames
        self._kind = [step.op._definition.name for step in plan.steps]
        self._position = {step.op: index for index, step in enumerate(plan.steps)}
        self._maker: dict[int, int] = {}
        for index, step in enumerate(plan.steps):
            for slot in step.outputs:
                if slot >= 0:
                    self._maker[slot] = index
        fed = {slot for _, slot in plan.feeds}
        for index, step in enumerate(plan.steps):
            if frames.of[index] is not frames.root and any(slot in fed for slot in step.inputs):
                raise _Irregular
        self._loops: dict[Frame, Loop] = {}
        for frame in reversed(frames.all):  # without recursion: frames can be nested deeply
            if frame is not frames.root:
                self._loops[frame] = self._loop(frame)

    def block(self, frame: Frame) -> Block:
        """Returns the block of the outermost frame."""
        return self._ordered(frame, frame.members)

    def _before(self, index: int) -> list[int]:
        """Returns the positions of the steps that a step follows."""
        step = self._plan.steps[index]
        before = [self._maker[slot] for slot in step.inputs if slot in self._maker]
        return [*before, *(self._position[each] for each in step.op._control_inputs if each in self._position)]

    def _ordered(self, frame: Frame, steps: list[int], others: set[int] | None = None) -> Block:
        """Returns `steps` and the loops that start from them, in order: whatever can run and comes first runs first.

        A loop that also starts from the steps `others` is none of this block.
        """
        members = set(steps)
        loops = {
            child: self._loops[child]
            for child in self._frames.all
            if child.parent is frame
            and not any(index in (others or ()) for index in child.enters)
            and any(index in members for index in child.enters)
        }
        inside = {index: child for child, loop in loops.items() for index in loop.members}
        waits: dict[Any, int] = {}
        readers: dict[Any, list[Any]] = {}
        nodes: list[Any] = [*steps, *loops]
        for node in nodes:
            before = set(node.enters if isinstance(node, Frame) else self._before(node))
            found = {inside.get(index, index) for index in before if index in members or index in inside} - {node}
            waits[node] = len(found)
            for each in found:
                readers.setdefault(each, []).append(node)
        order = {node: node.anchor if isinstance(node, Frame) else node for node in waits}
        ready = [(order[node], id(node), node) for node, count in waits.items() if not count]
        heapq.heapify(ready)
        items: list[Straight | Loop] = []
        straight: list[int] = []
        done = 0
        while ready:
            _, _, node = heapq.heappop(ready)
            done += 1
            if isinstance(node, Frame):
                if straight:
                    items.append(Straight(tuple(straight)))
                    straight = []
                items.append(loops[node])
            else:
                straight.append(node)
            for reader in readers.get(node, ()):
                waits[reader] -= 1
                if not waits[reader]:
                    heapq.heappush(ready, (order[reader], id(reader), reader))
        if done != len(waits):
            raise _Irregular
        if straight:
            items.append(Straight(tuple(straight)))
        return Block(tuple(items), any(self._kind[index] in SWITCHES | MERGES for index in steps))

    def _loop(self, frame: Frame) -> Loop:
        steps = self._plan.steps
        conditions = [index for index in frame.members if self._kind[index] == "LoopCond"]
        if len(conditions) != 1:
            raise _Irregular
        condition = steps[conditions[0]].outputs[0]
        enters = set(frame.enters)
        variables: list[Variable] = []
        gates: list[Gate] = []
        exits: list[tuple[int, int]] = []
        gate_steps: set[int] = set()
        exit_steps: list[int] = []
        merge_steps: set[int] = set()
        for index in frame.members:
            step, kind = steps[index], self._kind[index]
            if kind in MERGES:
                makers = [self._maker.get(slot, -1) for slot in step.inputs]
                backward = [place for place, maker in enumerate(makers) if maker >= 0 and self._kind[maker] in NEXTS]
                if backward:
                    if backward != [1] or len(makers) != 2 or makers[0] not in enters:
                        raise _Irregular
                    variables.append(Variable(step.inputs[0], step.outputs[0], step.outputs[1], step.inputs[1]))
                    merge_steps.add(index)
            elif kind in SWITCHES and step.inputs[1] == condition:
                gates.append(Gate(step.inputs[0], *step.outputs))
                gate_steps.add(index)
            elif kind in EXITS:
                exits.append((step.inputs[0], step.outputs[0]))
                exit_steps.append(index)
        left = {gate.out_false for gate in gates}
        if any(slot not in left for slot, _ in exits):
            raise _Irregular
        in_body = self._behind(frame, gates, gate_steps, set(exit_steps))
        special = merge_steps | gate_steps | set(exit_steps)
        head = [index for index in frame.members if index not in in_body and index not in special]
        body = [index for index in frame.members if index in in_body]
        if any(self._kind[index] in NEXTS for index in head):
            raise _Irregular
        inner = [index for child in self._frames.all if child.parent is frame for index in self._loops[child].members]
        if any(steps[index].op._control_inputs for index in special if not self._is_quiet(index, frame)):
            raise _Irregular
        return Loop(
            frame.name,
            tuple(variables),
            self._ordered(frame, head, in_body),
            condition,
            tuple(gates),
            self._ordered(frame, body),
            tuple(exits),
            (*frame.members, *inner),
        )

    def _is_quiet(self, index: int, frame: Frame) -> bool:
        """Whether the control inputs of a Merge, Switch or Exit only say what the form of the loop says anyway."""
        return all(
            self._kind[self._position[each]] in MERGES | ENTERS
            for each in self._plan.steps[index].op._control_inputs
            if each in self._position
        )

    def _behind(self, frame: Frame, gates: list[Gate], gate_steps: set[int], exit_steps: set[int]) -> set[int]:
        """Returns the steps of the frame that run only when the condition holds."""
        opened = {gate.out_true for gate in gates}
        closed = {gate.out_false for gate in gates}
        loop_of = {
            index: child for child in self._frames.all if child.parent is frame for index in self._loops[child].members
        }
        behind: set[Any] = set()
        for index in frame.members:
            step = self._plan.steps[index]
            if index in gate_steps or index in exit_steps:
                continue
            if any(slot in closed and slot >= 0 for slot in step.inputs):
                raise _Irregular
            before = self._before(index)
            if any(each in gate_steps for each in before if each not in {self._maker.get(s) for s in step.inputs}):
                raise _Irregular  # after a Switch, whichever way it went
            if any(slot in opened for slot in step.inputs) or any(loop_of.get(each, each) in behind for each in before):
                behind.add(index)
                if self._kind[index] in ENTERS:
                    behind.add(self._frames.after[index])
        return {each for each in behind if not isinstance(each, Frame)}


# ---- running


class Structured:
    """A tree bound to a session: what `run` needs at hand."""

    def __init__(self, plan: Plan, block: Block, rows: list[tuple[Any, ...]], state: SessionState) -> None:
        self._plan = plan
        self.block = block
        self._rows = rows
        self._state = state
        self._straight = {
            id(item): [rows[index] for index in item.steps] for item in _pieces(block) if isinstance(item, Straight)
        }

    def run(self, slots: list[Any]) -> None:
        """Runs everything. Raises StepFailed with the loops around the step."""
        self._run_block(self.block, slots, [False] * len(self._rows))

    def run_loop(self, loop: Loop, slots: list[Any]) -> None:
        """Runs one loop whose variables have their first values. Raises StepFailed like `run`."""
        self._run_loop(loop, slots, [False] * len(self._rows))

    def run_from(self, item: Straight | Loop, step: int, slots: list[Any], left_out: set[int]) -> None:
        """Goes on with an item of the outermost block and what follows it.

        Args:
          item: the item; one of `block.items`.
          step: in a straight item the step to begin with, else nothing.
          slots: the values so far.
          left_out: steps that need not run.
        """
        items = self.block.items
        start = next(place for place, each in enumerate(items) if each is item)
        for each in items[start:]:
            if isinstance(each, Loop):
                self.run_loop(each, slots)
                continue
            begin = each.steps.index(step) if each is item else 0
            for index in each.steps[begin:]:
                if index not in left_out:
                    try:
                        run_linear([self._rows[index]], slots)
                    except StepFailed as failed:
                        failed.index = index
                        raise

    def _run_block(self, block: Block, slots: list[Any], dead: list[bool]) -> None:
        for item in block.items:
            if isinstance(item, Loop):
                self._run_loop(item, slots, dead)
            elif block.branching:
                self._run_branching(item, slots, dead)
            else:
                try:
                    run_linear(self._straight[id(item)], slots)
                except StepFailed as failed:
                    failed.index = item.steps[failed.index]
                    raise

    def _run_loop(self, loop: Loop, slots: list[Any], dead: list[bool]) -> None:
        if any(slots[each.start] is DEAD for each in loop.variables):
            for _, slot in loop.exits:
                if slot >= 0:
                    slots[slot] = DEAD
            for index in loop.members:
                dead[index] = True
            return
        values = [slots[each.start] for each in loop.variables]
        currents = [each.current for each in loop.variables]
        following = [each.following for each in loop.variables]
        entered = [(gate.data, gate.out_true) for gate in loop.gates if gate.out_true >= 0]
        left = [(gate.data, gate.out_false) for gate in loop.gates if gate.out_false >= 0]
        for index in loop.members:
            dead[index] = False
        for variable in loop.variables:
            if variable.which >= 0:
                slots[variable.which] = _ZERO
        turn = 0
        try:
            while True:
                for slot, value in zip(currents, values, strict=True):
                    slots[slot] = value
                self._run_block(loop.head, slots, dead)
                if not slots[loop.condition]:
                    break
                for data, slot in entered:
                    slots[slot] = slots[data]
                self._run_block(loop.body, slots, dead)
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

    def _run_branching(self, item: Straight, slots: list[Any], dead: list[bool]) -> None:
        steps, rows = self._plan.steps, self._rows
        index = 0
        try:
            for index in item.steps:
                step = steps[index]
                values = [slots[slot] for slot in step.inputs]
                kind = step.op._definition.name
                controlled = kind != TRIGGER and any(dead[each] for each in step.control)
                if kind in MERGES:
                    alive = not controlled and any(value is not DEAD for value in values)
                else:
                    alive = not controlled and all(value is not DEAD for value in values)
                dead[index] = not alive
                if not alive:
                    result: Any = (DEAD,) * len(step.outputs)
                else:
                    result = rows[index][1](*values)
                    if len(step.outputs) == 1:
                        result = (result,)
                if step.outputs:
                    for slot, value in zip(step.outputs, result, strict=True):
                        if slot >= 0:
                            slots[slot] = value
        except Exception as error:
            raise StepFailed(index, error, tuple(slots[slot] for slot in steps[index].inputs)) from error


def _pieces(block: Block) -> list[Straight | Loop]:
    """Returns every item of the tree."""
    found: list[Straight | Loop] = []
    todo = [block]
    while todo:
        for item in todo.pop().items:
            found.append(item)
            if isinstance(item, Loop):
                todo += [item.head, item.body]
    return found
