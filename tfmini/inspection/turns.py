"""Loops in a recorded run: which record made an input of another one, which turns are shown, and what people call a loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..framework.dead import DEAD
from ..runtime.frames import ENTERS, EXITS, NEXTS
from .graph_text import lane_of
from .words import grouped, leaf, parent

Place = tuple[tuple[str, int], ...]

MOST_RECORDS = 3000
"""A run with more records in loops than this shows the first and the last turns only."""
_FIRST_TURNS = 6
_LAST_TURNS = 2


class Links:
    """Where the inputs of each record come from.

    In a loop an operation has one record for each turn, so an edge of the graph does not say which one an input is from: the
    kinds of the two ends and the place of the reader do.

    Attributes:
      readers: for the id of each record the records that take a value of it, in order.
      waited_for: operations that others wait for.
    """

    def __init__(self, records: Sequence[Any], fed: set[Any]) -> None:
        self._inputs: dict[int, tuple[Any, ...]] = {}
        self._controls: dict[int, tuple[Any, ...]] = {}
        self.readers: dict[int, list[Any]] = {}
        self.waited_for: set[Any] = set()
        latest: dict[tuple[Any, Place], Any] = {}
        left: dict[tuple[Any, Place], Any] = {}

        def source(op: Any, place: Place) -> Any:
            kind = op._definition.name
            if not place or kind in EXITS:
                return left.get((op, place)) if kind in EXITS else latest.get((op, place))
            if kind in ENTERS:
                return latest.get((op, place[:-1]))
            if kind in NEXTS:
                name, turn = place[-1]
                return latest.get((op, (*place[:-1], (name, turn - 1))))
            return latest.get((op, place))

        for record in records:
            op, place = record.op, record.place
            taken = record.inputs or (None,) * len(op._inputs)
            found = []
            for tensor, value in zip(op._inputs, taken, strict=False):
                record_of = None if tensor in fed or value is DEAD else source(tensor._op, place)
                if record_of is None and value is DEAD and op._definition.name not in ("Merge", "RefMerge"):
                    record_of = source(tensor._op, place)
                found.append(record_of)
                if record_of is not None:
                    self.readers.setdefault(id(record_of), []).append(record)
            self._inputs[id(record)] = tuple(found)
            self._controls[id(record)] = tuple(source(each, place) for each in op._control_inputs)
            self.waited_for.update(each for each in op._control_inputs if each._id < op._id)
            latest[op, place] = record
            if op._definition.name in EXITS:
                left[op, place[:-1]] = record

    def inputs(self, record: Any) -> tuple[Any, ...]:
        """Returns for each input the record that made it, None for a fed one and for one that never came."""
        return self._inputs[id(record)]

    def before(self, record: Any) -> list[Any]:
        """Returns the records that a record follows, by values or by order."""
        return [each for each in (*self._inputs[id(record)], *self._controls[id(record)]) if each is not None]


def loop_title(name: str, maker: str) -> str:
    """Returns what people call the loop with a frame name: `while`; `gradients of while` for the loop that runs backwards."""
    title = name
    if leaf(name).startswith("while_context") and parent(name):
        title = parent(name)
    return f"gradients of {title}" if lane_of(maker) == "gradients" else title


class Loops:
    """The loops of a run.

    Attributes:
      shown: the records that a trace shows.
    """

    def __init__(self, records: Sequence[Any]) -> None:
        self._turns: dict[Place, int] = {}
        self._titles: dict[str, str] = {}
        self._ends: set[Place] = set()
        for record in records:
            place = record.place
            if record.op._definition.name == "LoopCond" and record.outputs and not bool(record.outputs[0]):
                self._ends.add(place)
            if place and place[-1][0] not in self._titles:
                self._titles[place[-1][0]] = loop_title(place[-1][0], record.op._maker)
            if record.outputs and all(value is DEAD for value in record.outputs):
                continue  # the loops of a body that did not run
            for depth in range(len(place)):
                key = (*place[:depth], (place[depth][0], -1))
                self._turns[key] = max(self._turns.get(key, 0), place[depth][1] + 1)
        inside = sum(bool(record.place) for record in records)
        self._leaves_out = inside > MOST_RECORDS
        self.shown = [each for each in records if self._is_shown(each.place)] if self._leaves_out else list(records)

    def _count(self, place: Place) -> int:
        """Returns how many turns the loop at a place began, the last evaluation of its condition included."""
        return self._turns.get((*place[:-1], (place[-1][0], -1)), 1)

    def name(self, place: Place) -> str:
        """Returns what people call the innermost loop at a place."""
        return self._titles[place[-1][0]]

    def _is_shown(self, place: Place) -> bool:
        for depth in range(len(place)):
            first, last = self._left_out(place[: depth + 1])
            if first <= place[depth][1] <= last:
                return False
        return True

    def _left_out(self, place: Place) -> tuple[int, int]:
        """Returns the first and the last turn that are left out, counted from 0; (0, -1) when all are shown."""
        turns = self._count(place)
        if not self._leaves_out or turns <= _FIRST_TURNS + _LAST_TURNS + 1:
            return 0, -1
        return _FIRST_TURNS, turns - _LAST_TURNS - 1

    def title(self, place: Place) -> str:
        """Returns the words for a turn: `turn 3 of while`; `end of while` where the condition was false."""
        words = [f"turn {grouped(turn + 1)} of {self._titles[name]}" for name, turn in reversed(place)]
        if place in self._ends:
            words[0] = f"end of {self.name(place)}"
        return " in ".join(words)

    def note(self, place: Place) -> str:
        """Returns what to say about the turns that are left out after a turn; "" when the next one is shown."""
        first, last = self._left_out(place)
        if last < 0 or place[-1][1] != first - 1:
            return ""
        return f"turns {grouped(first + 1)} to {grouped(last + 1)} are left out"

    def records(self) -> list[dict[str, Any]]:
        """Returns the section `loops` of a trace."""
        return [
            {
                "name": key[-1][0],
                "title": self._titles.get(key[-1][0], key[-1][0]),
                "around": [{"loop": name, "turn": turn} for name, turn in key[:-1]],
                "turns": count - ((*key[:-1], (key[-1][0], count - 1)) in self._ends),
                "left_out": self._left_out_numbers(key),
            }
            for key, count in self._turns.items()
            if not self._leaves_out or self._is_shown(key[:-1])
        ]

    def _left_out_numbers(self, key: Place) -> list[int]:
        first, last = self._left_out((*key[:-1], (key[-1][0], 0)))
        return [first, last] if last >= 0 else []
