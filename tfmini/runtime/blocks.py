"""From a plan with loops and conditionals to its tree (`tree`): what has the form that `tf.while_loop` and `tf.cond` build."""

from __future__ import annotations

import heapq
from typing import Any

from .frames import ENTERS, EXITS, MERGES, NEXTS, SWITCHES, Frame, Frames
from .guards import Guard, Guards, Irregular
from .plan import Plan
from .tree import Block, Conditional, Gate, Item, Loop, Piece, Select, Split, Straight, Variable, When

_DEEPEST = 40


def block_of(plan: Plan) -> Block | None:
    """Returns the tree of a plan with loops or conditionals, or None when it has another form."""
    frames = plan.frames
    if frames is None:
        frames = Frames([step.op for step in plan.steps], frozenset(tensor for tensor, _ in plan.feeds))
    try:
        return _Builder(plan, frames).block(frames.root)
    except Irregular:
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
        self._children: dict[Frame, list[Frame]] = {frame: [] for frame in frames.all}
        for frame in frames.all:
            if frame.parent is not None:
                self._children[frame.parent].append(frame)
            if frame.depth > _DEEPEST:
                raise Irregular
        self._guards = Guards(plan, frames)
        fed = {slot for _, slot in plan.feeds}
        for index, step in enumerate(plan.steps):
            if frames.of[index] is not frames.root and any(slot in fed for slot in step.inputs):
                raise Irregular
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
            for child in self._children[frame]
            if not any(index in (others or ()) for index in child.enters)
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
        sequence: list[tuple[Guard, int | Loop]] = []
        while ready:
            _, _, node = heapq.heappop(ready)
            if isinstance(node, Frame):
                sequence.append((self._guards.of_frame[node], loops[node]))
            else:
                sequence.append((self._guards.of_step[node], node))
            for reader in readers.get(node, ()):
                waits[reader] -= 1
                if not waits[reader]:
                    heapq.heappush(ready, (order[reader], id(reader), reader))
        if len(sequence) != len(waits):
            raise Irregular
        return self._block_of(sequence)

    def _block_of(self, sequence: list[tuple[Guard, int | Loop]]) -> Block:
        """Returns the block of steps and loops that follow each other, each with its guard."""
        items: list[Item] = []
        guarded: list[tuple[Guard, int | Loop]] = []
        straight: list[int] = []

        def close() -> None:
            if straight:
                items.append(Straight(tuple(straight)))
                straight.clear()
            if guarded:
                items.append(self._conditional(guarded))
                guarded.clear()

        for guard, node in sequence:
            if guard or (isinstance(node, int) and self._kind[node] in SWITCHES | MERGES):
                if straight:
                    close()
                guarded.append((guard, node))
                continue
            if guarded or not isinstance(node, int):
                close()
            if isinstance(node, int):
                straight.append(node)
            else:
                items.append(node)
        close()
        return Block(tuple(items), any(isinstance(item, Conditional) for item in items))

    def _conditional(self, sequence: list[tuple[Guard, int | Loop]]) -> Conditional:
        top: list[Piece] = []
        path: list[When] = []
        members: list[int] = []
        run: list[int] = []
        items = top

        def close() -> None:
            if run:
                items.append(Straight(tuple(run)))
                run.clear()

        for guard, node in sequence:
            same = 0
            while same < len(path) and same < len(guard) and (path[same].condition, path[same].side) == guard[same]:
                same += 1
            if same < len(path) or same < len(guard):
                close()
                del path[same:]
                items = path[-1].items if path else top
                for condition, side in guard[same:]:
                    piece = When(condition, side)
                    items.append(piece)
                    path.append(piece)
                    items = piece.items
            if not isinstance(node, int):
                close()
                items.append(node)
                members.extend(node.members)
                continue
            members.append(node)
            step, kind = self._plan.steps[node], self._kind[node]
            if kind in SWITCHES:
                close()
                items.append(Split(node, Gate(step.inputs[0], *step.outputs), step.inputs[1]))
            elif kind in MERGES:
                close()
                items.append(Select(node, *self._guards.side_of(node), *step.outputs))
            else:
                run.append(node)
        close()
        return Conditional(tuple(top), tuple(members))

    def _loop(self, frame: Frame) -> Loop:
        steps = self._plan.steps
        conditions = [index for index in frame.members if self._kind[index] == "LoopCond"]
        if len(conditions) != 1:
            raise Irregular
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
                        raise Irregular
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
            raise Irregular
        in_body = self._behind(frame, gates, gate_steps, set(exit_steps))
        special = merge_steps | gate_steps | set(exit_steps)
        head = [index for index in frame.members if index not in in_body and index not in special]
        body = [index for index in frame.members if index in in_body]
        if conditions[0] in in_body:
            raise Irregular
        inner = [index for child in self._children[frame] for index in self._loops[child].members]
        if any(steps[index].op._control_inputs for index in special if not self._is_quiet(index, frame)):
            raise Irregular
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
        loop_of = {index: child for child in self._children[frame] for index in self._loops[child].members}
        behind: set[Any] = set()
        for index in frame.members:
            step = self._plan.steps[index]
            if index in gate_steps or index in exit_steps:
                continue
            if any(slot in closed and slot >= 0 for slot in step.inputs):
                raise Irregular
            before = self._before(index)
            if any(slot in opened for slot in step.inputs) or any(loop_of.get(each, each) in behind for each in before):
                behind.add(index)
                if self._kind[index] in ENTERS:
                    behind.add(self._frames.after[index])
            elif any(each in gate_steps for each in step.control):
                # After a Switch, whichever way it went: what it computes in the last turn is for nobody.
                if step.op._definition.spec.stateful:
                    raise Irregular
                behind.add(index)
            elif self._kind[index] in NEXTS:
                behind.add(index)  # a value that is the same in every turn
        return {each for each in behind if not isinstance(each, Frame)}
