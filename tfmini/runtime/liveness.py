"""How long values of a generated program live, and which of them leave the run.

A line is the time. A value lives until the last line that uses it, or uses anything that may share its memory. What is
fetched, written to a variable or kept by a kernel leaves the run and must have memory of its own.
"""

from __future__ import annotations

from .lines import Line
from .lowering import Lowering


class Lives:
    """The lives of values.

    Attributes:
      last: for each value the index of the last line that needs its memory.
      leaving: the values that must not stand in a buffer.
    """

    __slots__ = ("last", "leaving")

    def __init__(self, lowering: Lowering) -> None:
        lines = lowering.lines
        last: dict[int, int] = {slot: 0 for _, slot in lowering.plan.feeds}
        for index, line in enumerate(lines):
            for value in (*line.args, *line.outs):
                last[value] = index
        leaving = set(lowering.fetched)
        for value in lowering.fetched:
            last[value] = len(lines)
        kept: set[int] = set()
        for line in reversed(lines):
            self._line(line, last, kept)
        self.last = last
        self.leaving = leaving | kept

    @staticmethod
    def _line(line: Line, last: dict[int, int], kept: set[int]) -> None:
        if line.keeps or line.kind == "write":
            kept.update(line.args)
        if line.may_alias and line.outs:
            latest = max(last[out] for out in line.outs)
            leaves = any(out in kept for out in line.outs)
            for value in line.args:
                if last[value] < latest:
                    last[value] = latest
                if leaves:
                    kept.add(value)
