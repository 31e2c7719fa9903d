"""The driver for any version 1 graph: an operation runs when its inputs have arrived, in the frame and the turn where they arrived.

Values travel as tokens. A token may be dead: it says that the branch which would have made the value was not taken. An operation
with a dead input, or after a dead one, is dead too; Merge passes on what is alive. Each loop that is running is an `Instance` of its
frame with one `Turn` for each iteration in flight; `Enter` puts a token into the first turn (a constant one into every turn),
`NextIteration` into the following one, `Exit` into the turn around the loop.

Among the operations that could run, the one that comes first runs: turns in order, a loop at the place of its first operation in
the order of the operations around it. So runs are deterministic, and plain loops behave like `structure`'s.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import Any

from ..framework.dead import DEAD
from . import cancel
from .drivers import StepFailed
from .frames import ENTERS, EXITS, MERGES, NEXTS, TRIGGER, Frame, Frames
from .plan import Plan
from .state import SessionState

_CONTROL = -1


_KINDS = {
    **dict.fromkeys(ENTERS, "enter"),
    **dict.fromkeys(EXITS, "exit"),
    **dict.fromkeys(NEXTS, "next"),
    **dict.fromkeys(MERGES, "merge"),
    TRIGGER: "trigger",
}


def frames_of(plan: Plan) -> Frames:
    """Returns the frames of a plan, which has some."""
    assert plan.frames is not None
    return plan.frames


class Wiring:
    """Who gets the results of each step: worked out once for a plan."""

    __slots__ = ("backward", "controls", "counts", "given", "kinds", "readers", "wanted")

    def __init__(self, plan: Plan) -> None:
        frames = frames_of(plan)
        position = {step.op: index for index, step in enumerate(plan.steps)}
        self.readers: list[list[tuple[int, int]]] = [[] for _ in range(plan.slots)]
        self.controls: list[list[int]] = [[] for _ in plan.steps]
        self.counts: list[tuple[int, int]] = []
        self.backward: list[int] = []
        self.kinds: list[str] = []
        self.given: dict[Frame, list[int]] = {}
        self.wanted = frozenset(fetch.slot for fetch in plan.fetches)
        fed = frozenset(slot for _, slot in plan.feeds)
        for index, step in enumerate(plan.steps):
            for place, slot in enumerate(step.inputs):
                if slot in fed:
                    self.given.setdefault(frames.of[index], []).append(slot)
                self.readers[slot].append((index, place))
            before = [position[each] for each in step.op._control_inputs if each in position]
            for each in before:
                self.controls[each].append(index)
            self.counts.append((len(step.inputs), len(before)))
            self.kinds.append(_KINDS.get(step.op._definition.name, ""))
            self.backward.append(sum(tensor._op._definition.name in NEXTS for tensor in step.op._inputs))
        self.given = {frame: list(dict.fromkeys(slots)) for frame, slots in self.given.items()}


class Turn:
    """One iteration of one running loop: what has arrived so far at each operation."""

    __slots__ = ("busy", "instance", "key", "number", "waiting")

    def __init__(self, instance: Instance, number: int, key: tuple[int, ...]) -> None:
        self.instance = instance
        self.number = number
        self.key = key
        self.busy = 0
        self.waiting: dict[int, list[Any]] = {}

    @property
    def place(self) -> tuple[tuple[str, int], ...]:
        """The frames around, from the outermost loop inward, each with the number of its turn (from 0)."""
        found: list[tuple[str, int]] = []
        turn: Turn | None = self
        while turn is not None and turn.instance.around is not None:
            found.append((turn.instance.frame.name, turn.number))
            turn = turn.instance.around
        return tuple(reversed(found))


class Instance:
    """One running loop (or the outermost frame)."""

    __slots__ = ("around", "busy", "constants", "dead_exits", "expected", "frame", "inner", "last", "turns")

    def __init__(self, frame: Frame, around: Turn | None) -> None:
        self.frame = frame
        self.around = around
        self.turns: dict[int, Turn] = {}
        self.inner: dict[tuple[int, str], Instance] = {}
        self.constants: list[tuple[int, bool, tuple[Any, ...]]] = []
        self.dead_exits: dict[int, int] = {}
        self.expected = len(frame.enters)
        self.busy = 0
        self.last = -1


class Flow:
    """One run in progress.

    Args:
      plan: a plan with `frames`.
      kernels: the function of each step.
      state: the state of the session.
      values: a list with the fed values in their slots; fetched values are put there.
    """

    def __init__(
        self, plan: Plan, kernels: Sequence[Callable[..., Any]], state: SessionState, values: list[Any]
    ) -> None:
        self.plan = plan
        self._kernels = kernels
        self._state = state
        self._values = values
        if plan.wiring is None:
            plan.wiring = Wiring(plan)
        self._wiring: Wiring = plan.wiring
        self._frames = frames_of(plan)
        self._ready: list[tuple[tuple[int, ...], Turn, int, list[Any]]] = []
        self._root = Instance(frames_of(plan).root, None)
        self._begin(self._root)

    @property
    def done(self) -> bool:
        """Whether nothing is left to do."""
        return not self._ready

    def following(self) -> tuple[int, Turn, list[Any], bool]:
        """Returns the step that comes next: its position in the plan, its turn, its inputs, and whether it is alive."""
        _, turn, index, arrived = self._ready[0]
        return index, turn, arrived[1], self._is_alive(index, arrived)

    def _is_alive(self, index: int, arrived: list[Any]) -> bool:
        return arrived[3] if self._wiring.kinds[index] == "merge" else not arrived[2]

    def run(self) -> None:
        """Does every step."""
        count = 0
        while self._ready:
            index, _, taken, alive = self.following()
            count += 1
            if not count & 1023:
                self._check(index)
            self.advance(self.compute(index, taken) if alive else None)

    def _check(self, index: int) -> None:
        try:
            cancel.check(self._state)
        except Exception as error:
            raise StepFailed(index, error, (), self._ready[0][1].place) from error

    def compute(self, index: int, taken: list[Any]) -> tuple[Any, ...]:
        """Returns what a living step gives. Raises StepFailed with the frames and turns around it."""
        try:
            result = self._kernels[index](*taken)
        except Exception as error:
            raise StepFailed(index, error, tuple(taken), self._ready[0][1].place) from error
        outputs = self.plan.steps[index].outputs
        if len(outputs) == 1:
            return (result,)
        return tuple(result) if outputs else ()

    def advance(self, results: tuple[Any, ...] | None) -> None:
        """Takes the step that comes next as done, with these results; None when it was dead."""
        _, turn, index, _ = heapq.heappop(self._ready)
        dead = results is None
        outputs = self.plan.steps[index].outputs
        values = (DEAD,) * len(outputs) if results is None else results
        kind = self._wiring.kinds[index]
        instance = turn.instance
        if kind == "enter":
            self._enter(turn, index, dead, values)
        elif kind == "exit":
            if not dead:
                instance.dead_exits.pop(index, None)
                self._send(instance.around, index, False, values)
            elif turn.number == instance.last:
                instance.dead_exits[index] = turn.number
        elif kind == "next":
            if not dead:
                following = instance.turns.get(turn.number + 1) or self._begin(instance)
                self._send(following, index, False, values)
        else:
            self._send(turn, index, dead, values)
        turn.busy -= 1
        instance.busy -= 1
        self._settle(turn)

    # ---- tokens

    def _send(self, turn: Turn | None, index: int, dead: bool, values: tuple[Any, ...]) -> None:
        """Hands the results of a step to all who wait for them in one turn."""
        assert turn is not None
        is_outermost = turn.instance.around is None
        for slot, value in zip(self.plan.steps[index].outputs, values, strict=True):
            if slot < 0:
                continue
            if is_outermost or slot in self._wiring.wanted:
                self._values[slot] = value
            for reader, place in self._wiring.readers[slot]:
                self._arrive(turn, reader, place, value, value is DEAD)
        for reader in self._wiring.controls[index]:
            self._arrive(turn, reader, _CONTROL, None, dead)

    def _arrive(self, turn: Turn, index: int, place: int, value: Any, dead: bool) -> None:
        inputs, controls = self._wiring.counts[index]
        is_merge = self._wiring.kinds[index] == "merge"
        arrived = turn.waiting.get(index)
        if arrived is None:
            # what is missing, values, how many are dead, whether one is alive (Merge), whether it was taken up
            missing = controls if is_merge else inputs + controls
            backward = self._wiring.backward[index]
            never = (inputs - backward if turn.number else backward) if is_merge and backward else 0
            arrived = turn.waiting[index] = [
                missing,
                [DEAD] * inputs if is_merge else [None] * inputs,
                never,
                False,
                False,
            ]
        if place == _CONTROL:
            arrived[0] -= 1
            # A ControlTrigger waits for its control inputs, dead or alive.
            if dead and not is_merge and self._wiring.kinds[index] != "trigger":
                arrived[2] += 1
        elif is_merge:
            arrived[2] += dead
            if not dead:
                arrived[1][place] = value
                arrived[3] = True
        else:
            arrived[0] -= 1
            arrived[1][place] = value
            arrived[2] += dead
        if arrived[0] == 0 and not arrived[4] and (not is_merge or arrived[3] or arrived[2] == inputs):
            arrived[4] = True
            self._push(turn, index, arrived)

    def _push(self, turn: Turn, index: int, arrived: list[Any]) -> None:
        turn.busy += 1
        turn.instance.busy += 1
        heapq.heappush(self._ready, ((*turn.key, index), turn, index, arrived))

    # ---- frames

    def _begin(self, instance: Instance) -> Turn:
        """Begins the next turn of a loop: constants and fed values are there at once."""
        number = instance.last = instance.last + 1
        around = instance.around
        key = () if around is None else (*around.key, instance.frame.anchor, number)
        turn = instance.turns[number] = Turn(instance, number, key)
        instance.dead_exits.clear()
        for slot in self._wiring.given.get(instance.frame, ()):
            for reader, place in self._wiring.readers[slot]:
                if self._frames.of[reader] is instance.frame:
                    self._arrive(turn, reader, place, self._values[slot], False)
        if around is None:
            for index in instance.frame.members:
                if self._wiring.counts[index] == (0, 0):
                    self._push(turn, index, [0, [], 0, False, True])
        for index, dead, values in instance.constants:
            self._send(turn, index, dead, values)
        return turn

    def _enter(self, turn: Turn, index: int, dead: bool, values: tuple[Any, ...]) -> None:
        frame = self._frames.after[index]
        key = (turn.number, frame.name)
        loop = turn.instance.inner.get(key)
        if loop is None:
            loop = turn.instance.inner[key] = Instance(frame, turn)
            turn.busy += 1
            turn.instance.busy += 1
            self._begin(loop)
        loop.expected -= 1
        if self.plan.steps[index].op._attrs.get("is_constant"):
            loop.constants.append((index, dead, values))
            for each in list(loop.turns.values()):
                self._send(each, index, dead, values)
        else:
            self._send(loop.turns[0], index, dead, values)
        self._settle(loop.turns.get(0))

    def _settle(self, turn: Turn | None) -> None:
        """Forgets turns that are over; ends a loop with its last turn, and the turn around it if that is over too."""
        while turn is not None:
            instance = turn.instance
            if instance.around is None or instance.expected or instance.busy:
                if turn.busy == 0 and turn.number - 1 not in instance.turns and turn.number < instance.last:
                    self._forget(instance, turn.number)
                return
            around = instance.around
            del around.instance.inner[(around.number, instance.frame.name)]
            for index in instance.dead_exits:
                self._send(around, index, True, (DEAD,) * len(self.plan.steps[index].outputs))
            around.busy -= 1
            around.instance.busy -= 1
            turn = around

    def _forget(self, instance: Instance, number: int) -> None:
        if instance.expected:
            return
        while number in instance.turns and number < instance.last and instance.turns[number].busy == 0:
            del instance.turns[number]
            number += 1
