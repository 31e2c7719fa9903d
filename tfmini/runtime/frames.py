"""Which operation of a plan belongs to which frame: the loops of version 1 graphs, read off the edges.

`Enter` belongs to the frame around its loop and its output to the loop; `Exit` belongs to the loop and its output to the frame around
it. Everything else belongs where its inputs are. Frames nest; the outermost has no name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import InvalidArgumentError

ENTERS = frozenset(("Enter", "RefEnter"))
EXITS = frozenset(("Exit", "RefExit"))
NEXTS = frozenset(("NextIteration", "RefNextIteration"))
MERGES = frozenset(("Merge", "RefMerge"))
SWITCHES = frozenset(("Switch", "RefSwitch"))
TRIGGER = "ControlTrigger"
"""It follows dead operations too, and is alive."""
LOOPS = ENTERS | EXITS | NEXTS | {"LoopCond"}


class Frame:
    """One loop of a plan.

    Attributes:
      name: its frame name; "" for the outermost.
      parent: the frame around it.
      depth: 0 for the outermost.
      enters: positions in the plan of the operations that bring values in; they belong to the parent.
      members: positions of the operations of this frame, in the order of the plan.
    """

    __slots__ = ("depth", "enters", "members", "name", "parent")

    def __init__(self, name: str, parent: Frame | None) -> None:
        self.name = name
        self.parent = parent
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.enters: list[int] = []
        self.members: list[int] = []

    @property
    def anchor(self) -> int:
        """The place of the loop in the order of its parent's operations: that of its first operation."""
        return self.members[0] if self.members else self.enters[0]


class Frames:
    """The frames of a plan.

    Attributes:
      root: the outermost frame.
      of: for each position in the plan the frame that the operation belongs to.
      after: for each position the frame of its outputs.
      all: every frame, outer ones before inner ones.
    """

    __slots__ = ("after", "all", "of", "root")

    def __init__(self, ops: Sequence[Any], fed: frozenset[Any]) -> None:
        self.root = Frame("", None)
        self.all = [self.root]
        self.of: list[Frame] = []
        self.after: list[Frame] = []
        children: dict[tuple[int, str], Frame] = {}
        place: dict[Any, int] = {}
        for index, op in enumerate(ops):
            frame = self._frame_of(op, place, fed)
            after = frame
            kind = op._definition.name
            if kind in ENTERS:
                name = op._attrs["frame_name"]
                key = (id(frame), name.decode() if isinstance(name, bytes) else name)
                if key not in children:
                    children[key] = Frame(key[1], frame)
                    self.all.append(children[key])
                after = children[key]
                after.enters.append(index)
            elif kind in EXITS:
                if frame.parent is None:
                    raise InvalidArgumentError(None, op, f"{{{{node {op._name}}}}} leaves a loop, but stands in none.")
                after = frame.parent
            self.of.append(frame)
            self.after.append(after)
            frame.members.append(index)
            place[op] = index

    def _frame_of(self, op: Any, place: dict[Any, int], fed: frozenset[Any]) -> Frame:
        found: Frame | None = None
        source: Any = None
        before = [tensor._op for tensor in op._inputs if tensor not in fed]
        for each in (*before, *op._control_inputs):
            index = place.get(each)
            if index is None:  # a fed or back edge
                continue
            frame = self.after[index]
            if found is None:
                found, source = frame, each
            elif frame is not found:
                raise InvalidArgumentError(
                    None,
                    op,
                    f"{{{{node {op._name}}}}} has inputs from different frames. The input {{{{node {each._name}}}}} is in frame "
                    f"'{frame.name}'. The input {{{{node {source._name}}}}} is in frame '{found.name}'.\nA value enters a loop by "
                    "Enter and leaves it by Exit: tf.while_loop adds both.",
                )
        return self.root if found is None else found
