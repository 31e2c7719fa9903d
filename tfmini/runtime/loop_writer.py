"""The text of a loop: a Python `while` over numpy scalars and arrays.

A whole number that a loop counts up and compares with a bound, `i < n` and `i + 1`, is a Python integer inside: that takes a third of
the time. It cannot pass the end of its type, because it is below the bound whenever something is added to it; a bound so
close to that end that the sum could pass it sends the loop back to the interpreter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from . import cancel
from .facts import SCALAR
from .lines import Line, Turn

if TYPE_CHECKING:
    from .writer import Writer

_TURNS = range(256)
"""So many turns are done between two looks at whether the run may go on."""


class LoopWriter:
    """Writes one loop.

    Args:
      writer: the writer of the function around it.
      line: the loop's line.
    """

    def __init__(self, writer: Writer, line: Line) -> None:
        from .writer import once_used

        self._writer = writer
        self._line = line
        turn: Turn = line.function
        self._turn = turn
        self._counter = self._find_counter()
        lines = [*turn.head, *turn.body]
        if self._counter is not None:
            _, _, _, compare, advance = self._counter
            lines = [each for each in lines if each is not compare and each is not advance]
        uses: dict[int, int] = dict.fromkeys(line.outs, 2)
        for _, current, following in turn.variables:
            if self._counter is None or current != self._counter[0]:
                uses[following] = uses.get(following, 0) + 1
        if self._counter is None:
            uses[turn.condition] = uses.get(turn.condition, 0) + 1
        self._lines = lines
        inside = once_used(lines, uses, len(lines) + 1)
        # What is assigned at the end of the turn, or looked at as the condition, may also stand there as an expression.
        last = {each[2] for each in turn.variables} | {turn.condition}
        for each in lines:
            if each.kind == "text" and not (each.uses or each.takes_out or each.may_alias):
                out = each.outs[0]
                if out in last and uses.get(out) == 1:
                    inside.add(out)
        writer.inside |= inside

    def _find_counter(self) -> tuple[int, int, int, Line, Line] | None:
        """Returns a variable that counts up to a bound: (number, bound, what is added, the comparison, the addition)."""
        turn, writer = self._turn, self._writer
        compare = next((each for each in turn.head if turn.condition in each.outs), None)
        if compare is None or compare.kind != "text" or compare.function != "{0} < {1}":
            return None
        current, bound = compare.args
        inside = {out for each in (*turn.head, *turn.body) for out in each.outs}
        following = next((each[2] for each in turn.variables if each[1] == current), None)
        advance = next((each for each in turn.body if following in each.outs), None)
        if advance is None or bound in inside or any(bound == each[1] for each in turn.variables):
            return None
        if advance.kind != "text" or advance.function != "{0} + {1}" or current not in advance.args:
            return None
        added = advance.args[1] if advance.args[0] == current else advance.args[0]
        amount = writer.known.get(added)
        fact = writer.lowering.fact(current)
        if fact.kind != SCALAR or fact.dtype.char not in "il" or amount is None or int(amount) < 1:
            return None
        if sum(each.args.count(following) for each in (*turn.head, *turn.body)) or following in self._line.outs:
            return None
        uses = sum(following == each[2] for each in turn.variables)
        compared = sum(each.args.count(turn.condition) for each in (*turn.head, *turn.body))
        if uses != 1 or compared or turn.condition in self._line.outs:
            return None
        return current, bound, int(amount), compare, advance

    def write(self, text: list[str]) -> list[tuple[int, ...]]:
        """Appends the text of the loop; returns for each of its lines the steps that it computes."""
        writer, turn = self._writer, self._turn
        before = len(text)
        number, amount, kind = -1, 0, ""
        inner: list[str] = []
        shown: list[tuple[int, ...]] = []
        for start, current, _ in turn.variables:
            if self._counter is not None and current == self._counter[0]:
                text.append(f"i{current} = int({writer.name(start)})")
            else:
                text.append(f"v{current} = {writer.name(start)}")
        if self._counter is None:
            self._lines_of(turn.head, inner, shown)
            condition, steps = writer.expression_of(turn.condition)
            self._append(inner, shown, f"if not {condition}: break", steps)
        else:
            number, bound, amount, compare, _ = self._counter
            dtype = writer.lowering.fact(number).dtype
            kind = writer.use(dtype.name, dtype.type)
            text.append(f"n{number} = int({writer.name(bound)})")
            most = int(np.iinfo(dtype).max) - amount
            text.append(f"if n{number} > {most}: raise {writer.use('Retreat', _retreat())}")
            in_head = any(number in each.args for each in turn.head if each is not compare)
            if in_head:
                self._append(inner, shown, f"v{number} = {kind}(i{number})", ())
            self._lines_of(turn.head, inner, shown)
            self._append(inner, shown, f"if i{number} >= n{number}: break", (compare.step,))
            in_body = any(number in each.args for each in turn.body if each in self._lines)
            if not in_head and (in_body or any(each[2] == number for each in turn.variables)):
                self._append(inner, shown, f"v{number} = {kind}(i{number})", ())
        self._lines_of(turn.body, inner, shown)
        self._next_turn(number, amount, inner, shown)
        turns = writer.use("turns", _TURNS)
        check, state = writer.use("check", cancel.check), writer.use("state", writer.lowering.state)
        text.append("while True:")
        text.append(f"    for _ in {turns}:")
        steps_of: list[tuple[int, ...]] = [()] * (len(text) - before) + shown
        text.extend("        " + each for each in inner)
        text.append("    else:")
        text.append(f"        {check}({state})")
        text.append("        continue")
        text.append("    break")
        if number in self._line.outs:
            text.append(f"v{number} = {kind}(i{number})")
        return steps_of

    @staticmethod
    def _append(inner: list[str], shown: list[tuple[int, ...]], line: str, steps: tuple[int, ...]) -> None:
        inner.append(line)
        shown.append(steps)

    def _lines_of(self, lines: list[Line], inner: list[str], shown: list[tuple[int, ...]]) -> None:
        for each in lines:
            if each in self._lines:
                before = len(inner)
                steps = self._writer.line(each, inner)
                shown.extend(steps[place] if place < len(steps) else () for place in range(len(inner) - before))

    def _next_turn(self, number: int, amount: int, inner: list[str], shown: list[tuple[int, ...]]) -> None:
        """Writes the assignment of the values for the next turn, all at once."""
        names: list[str] = []
        values: list[str] = []
        steps: list[int] = []
        for _, current, following in self._turn.variables:
            if current not in (number, following):
                value, inside = self._writer.expression_of(following)
                names.append(f"v{current}")
                values.append(value)
                steps.extend(inside)
        if self._counter is not None:
            names.append(f"i{number}")
            values.append(f"i{number} + {amount}")
            steps.append(self._counter[4].step)
        if names:
            self._append(inner, shown, f"{', '.join(names)} = {', '.join(values)}", tuple(steps))


def _retreat() -> Any:
    from .writer import Retreat

    return Retreat
