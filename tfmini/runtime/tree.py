"""A plan with loops and conditionals as a tree of blocks.

What `while_loop` and its gradient build has a fixed form: for each loop variable an Enter, a Merge that takes it in the first turn and
the NextIteration's value in all others, a Switch on the one LoopCond, an Exit on its false side. Such a loop is a Python `while`::

    Loop    variables = values of the Enters
            turn:  variables -> head (what LoopCond needs, and whatever does not wait for it)
                   LoopCond false: the Exits are the variables, the loop is over
                   LoopCond true:  body, then variables = values of the NextIterations

What `cond` builds are steps with guards (`guards`): neighbours with a guard are a Conditional, a list of pieces that each run when one
condition came out one way::

    Split   Switches: both outputs are the value, whoever reads one has its guard
    When    condition and side: pieces that run then
    Select  a Merge: the value of the side that ran

The steps of a tree stand in the order of the plan, so values, writes and random numbers come as in `dataflow`, which runs
whatever has another form (`block_of` gives None).
"""

from __future__ import annotations

from typing import Any


class _Node:
    """A plain record: its arguments are its slots, in order. (Named tuples take a millisecond each to make.)"""

    __slots__: tuple[str, ...] = ()

    def __init__(self, *values: Any) -> None:
        for name, value in zip(self.__slots__, values, strict=True):
            setattr(self, name, value)


class Variable(_Node):
    """One variable of a loop, in slots of the plan.

    Attributes:
      start: its value before the loop.
      current: its value in the turn.
      which: where it came from, 0 from outside and 1 from the last turn.
      following: its value for the next turn.
    """

    __slots__ = ("start", "current", "which", "following")  # noqa: RUF023

    start: int
    current: int
    which: int
    following: int


class Gate(_Node):
    """One Switch on the condition of the loop: the slot of its data, and those of its two outputs (-1 if nobody reads one)."""

    __slots__ = ("data", "out_false", "out_true")

    data: int
    out_false: int
    out_true: int


class Loop(_Node):
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

    __slots__ = ("name", "variables", "head", "condition", "gates", "body", "exits", "members")  # noqa: RUF023

    name: str
    variables: tuple[Variable, ...]
    head: Block
    condition: int
    gates: tuple[Gate, ...]
    body: Block
    exits: tuple[tuple[int, int], ...]
    members: tuple[int, ...]


class Straight(_Node):
    """Steps that follow each other: their positions in the plan."""

    __slots__ = ("steps",)

    steps: tuple[int, ...]


class Split(_Node):
    """One Switch of a conditional.

    Attributes:
      step: its position in the plan.
      gate: its data and its two outputs; both get the value.
      condition: slot of its condition.
    """

    __slots__ = ("step", "gate", "condition")  # noqa: RUF023

    step: int
    gate: Gate
    condition: int


class Select(_Node):
    """One Merge of a conditional.

    Attributes:
      step: its position in the plan.
      condition: slot that decides.
      side: what the condition is when the first input is taken.
      out: slot of the value; -1 when nobody reads it.
      which: slot of the number of the input that was taken, or -1.
    """

    __slots__ = ("step", "condition", "side", "out", "which")  # noqa: RUF023

    step: int
    condition: int
    side: bool
    out: int
    which: int


class When:
    """Pieces that run when a condition came out one way.

    Attributes:
      condition: slot of the condition.
      side: what it must be.
      items: `Straight`, `Split`, `Select`, `When` and `Loop`, in order.
    """

    __slots__ = ("condition", "items", "side")

    def __init__(self, condition: int, side: bool) -> None:
        self.condition = condition
        self.side = side
        self.items: list[Piece] = []


class Conditional(_Node):
    """Neighbours that have guards, with the Switches and Merges among them.

    Attributes:
      items: the pieces in order.
      members: positions in the plan of all steps in it, those of loops too.
    """

    __slots__ = ("items", "members")

    items: tuple[Piece, ...]
    members: tuple[int, ...]


Piece = Straight | Split | Select | When | Loop
Item = Straight | Loop | Conditional


class Block(_Node):
    """What runs in order: straight pieces, loops and conditionals.

    Attributes:
      items: the pieces.
      branching: whether it has conditionals.
    """

    __slots__ = ("items", "branching")  # noqa: RUF023

    items: tuple[Item, ...]
    branching: bool
