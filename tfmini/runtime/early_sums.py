"""Sums of many arrays, added up as their terms come.

The gradient of a variable that is used in fifty places is an `AddN` of fifty arrays. Added at the end, all fifty wait in buffers of
their own; added one by one when each is made, two buffers in the cache do. Order and bits stay the same.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from .lines import Line
from .lowering import Lowering


class EarlySums:
    """The lines of a program with sums moved up.

    Attributes:
      lines: the lines.
      added: for each step whose sum was moved: indices of its lines in `lines`, in order.
    """

    def __init__(self, lowering: Lowering, lines: list[Line]) -> None:
        self.added: dict[int, list[int]] = {}
        chains: dict[int, list[Line]] = {}
        for line in lines:
            if line.step in lowering.sums and line.kind == "ufunc":
                chains.setdefault(line.step, []).append(line)
        chains = {step: chain for step, chain in chains.items() if len(chain) > 1}
        self.lines = lines
        if not chains:
            return
        made = {out for line in lines for out in line.outs}
        waiting: dict[int, list[int]] = {}
        self._chains = {step: chain[::-1] for step, chain in chains.items()}
        self._there: set[int] = set()
        self.lines = []
        moved = {id(line) for chain in chains.values() for line in chain}
        for step, chain in chains.items():
            for line in chain:
                for value in line.args:
                    if value in made:
                        waiting.setdefault(value, []).append(step)
        self._made = made
        for line in lines:
            if id(line) in moved:
                self._advance(line.step)
                continue
            self.lines.append(line)
            self._there.update(line.outs)
            for value in line.outs:
                for step in waiting.get(value, ()):
                    self._advance(step)

    def _advance(self, step: int) -> None:
        """Adds the next lines of a sum whose terms are there."""
        chain = self._chains[step]
        while chain and all(value in self._there or value not in self._made for value in chain[-1].args):
            line = chain.pop()
            self.added.setdefault(step, []).append(len(self.lines))
            self.lines.append(line)
            self._there.update(line.outs)


def rest_of_sum(
    lowering: Lowering, step: int, index: int, names: Callable[[int], Any], values: list[Any]
) -> Callable[[], Any] | None:
    """Returns what finishes a sum in the interpreter, or None when no line of it was done before line `index`.

    Args:
      names: gives the value of a number as it is now.
      values: the slots, read when the sum is finished.
    """
    done = [place for place in lowering.early.added.get(step, ()) if place < index]
    if not done:
        return None
    total = names(lowering.lines[done[-1]].outs[0])
    slots = lowering.plan.steps[step].inputs[len(done) + 1 :]

    def finish() -> Any:
        result = total
        for slot in slots:
            result = operator.add(result, values[slot])
        return result

    return finish
