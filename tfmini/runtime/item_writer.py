"""Loops and conditionals of any kind as Python functions: `while` and `if`, one line an operation, kernels that allocate.

`lowering` makes lines of loops that only compute. What writes variables, draws numbers, fills TensorArrays or branches comes here: each
item of the tree (`tree`) becomes a function from the values that it takes to those that it gives. What only passes a value on
(Identity, Enter, Switch, ...) is no line but another name. An error is that of the operation, with the turns of the loops around it.
"""

from __future__ import annotations

import functools
import types
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..framework.dead import DEAD
from . import cancel
from .drivers import StepFailed
from .frames import ENTERS, EXITS, NEXTS
from .plan import Plan
from .state import SessionState
from .tree import Conditional, Loop, Select, Split, Straight, When

_PASSING = ENTERS | EXITS | NEXTS | {"Identity", "LoopCond", "StopGradient"}
_OPERATORS = {
    np.add: "{0} + {1}",
    np.subtract: "{0} - {1}",
    np.multiply: "{0} * {1}",
    np.negative: "-{0}",
    np.square: "{0} * {0}",
    np.less: "{0} < {1}",
    np.less_equal: "{0} <= {1}",
    np.greater: "{0} > {1}",
    np.greater_equal: "{0} >= {1}",
    np.equal: "{0} == {1}",
    np.not_equal: "{0} != {1}",
    np.logical_and: "{0} & {1}",
    np.logical_or: "{0} | {1}",
    np.logical_not: "~{0}",
}
_NUMBERS = frozenset(("float32", "float64", "int32", "int64"))
_BOOL = frozenset(("bool",))
_TURNS = 256
_MOST_STEPS = 4000
_DEEPEST_LOOPS = 8
_DEEPEST = 60

# For each line of text: the step, the names of its inputs, and the loops around it with the names of their counters.
Spot = tuple[int, tuple[str, ...], tuple[tuple[str, str], ...]]


def item_function(
    plan: Plan,
    item: Loop | Conditional,
    rows: Sequence[tuple[Any, ...]],
    state: SessionState,
    given: tuple[int, ...],
    outs: tuple[int, ...],
) -> ItemFunction | None:
    """Returns an item as a function, or None when it is too large or too deep to be one.

    Args:
      plan: the plan.
      item: a loop or a conditional of its tree.
      rows: the rows of the steps (`plan.bind`).
      state: the state of the session.
      given: the slots that the function takes.
      outs: the slots that it gives.
    """
    if len(item.members) > _MOST_STEPS:
        return None
    writer = _Writer(plan, item.members, rows, state, given, outs)
    try:
        writer.items([item], 1, ())
    except _TooDeep:
        return None
    return ItemFunction(writer, plan, given, outs)


class _TooDeep(Exception):
    """Python cannot nest that many blocks."""


class ItemFunction:
    """A loop or a conditional as a function.

    Attributes:
      text: its source.
    """

    def __init__(self, writer: _Writer, plan: Plan, given: tuple[int, ...], outs: tuple[int, ...]) -> None:
        results = ", ".join(f"{writer.name(slot)}" for slot in outs)
        # A result of a branch that was not taken is nobody's: it has a name all the same.
        first = [
            f"    {name} = None" for name in dict.fromkeys(writer.name(slot) for slot in outs) if name in writer.made
        ]
        arguments = [f"v{slot}" for slot in given] + [f"{name}=None" for name in writer.defaults]
        lines = [f"def item({', '.join(arguments)}):", *first, *writer.lines]
        lines.append(f"    return {results if len(outs) == 1 else f'({results},)' if outs else '()'}")
        self.text = "\n".join(lines)
        self._table = [*[(-1, (), ())] * (1 + len(first)), *writer.table]
        module = compile(self.text + "\n", "<generated item>", "exec")
        self._code = next(each for each in module.co_consts if isinstance(each, types.CodeType))
        self._function = types.FunctionType(
            self._code, {"range": range, "bool": bool}, "item", tuple(writer.defaults.values())
        )

    def __call__(self, *values: Any) -> Any:
        """Runs it. Raises StepFailed with the loops around the step."""
        try:
            return self._function(*values)
        except StepFailed:
            raise
        except Exception as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> Exception:
        found = None
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code is self._code:
                found = trace
            trace = trace.tb_next
        assert found is not None
        names = found.tb_frame.f_locals
        index, inputs, loops = self._table[found.tb_lineno - 1]
        place = tuple((name, names[counter]) for name, counter in loops)
        return StepFailed(index, error, tuple(names.get(name, DEAD) for name in inputs), place)


class _Writer:
    """Writes the lines of one function.

    Attributes:
      lines: the text.
      table: for each line where it comes from.
      defaults: what the function uses, by name.
      made: names that lines assign.
    """

    def __init__(
        self,
        plan: Plan,
        members: Sequence[int],
        rows: Sequence[tuple[Any, ...]],
        state: SessionState,
        given: tuple[int, ...],
        outs: tuple[int, ...],
    ) -> None:
        self._plan = plan
        self._rows = rows
        self._state = state
        self._names: dict[int, str] = {slot: f"v{slot}" for slot in given}
        self._read = {slot for index in members for slot in plan.steps[index].inputs} | set(outs)
        self._counters = 0
        self.lines: list[str] = []
        self.table: list[Spot] = []
        self.defaults: dict[str, Any] = {"DEAD": DEAD}
        self.made: set[str] = set()

    def name(self, slot: int) -> str:
        """Returns what a value is called."""
        return self._names[slot]

    def _own(self, slot: int) -> str:
        name = self._names[slot] = f"v{slot}"
        self.made.add(name)
        return name

    def _line(self, depth: int, text: str, spot: Spot) -> None:
        self.lines.append("    " * depth + text)
        self.table.append(spot)

    def items(self, items: Sequence[Any], depth: int, loops: tuple[tuple[str, str], ...]) -> None:
        """Writes pieces that follow each other."""
        if depth > _DEEPEST:
            raise _TooDeep
        open_if: When | None = None  # the one that the last line belongs to
        end = -1
        for item in items:
            if isinstance(item, When):
                last = open_if if len(self.lines) == end else None
                if self._when(item, depth, loops, last):
                    open_if = None if last is not None and self._is_other(last, item) else item
                    end = len(self.lines)
                continue
            if isinstance(item, Straight):
                for index in item.steps:
                    self._step(index, depth, loops)
            elif isinstance(item, Split):
                self._split(item, depth, loops)
            elif isinstance(item, Select):
                self._select(item, depth, loops)
            elif isinstance(item, Conditional):
                self.items(item.items, depth, loops)
            else:
                self._loop(item, depth, loops)

    @staticmethod
    def _is_other(first: When, second: When) -> bool:
        return first.condition == second.condition and first.side is not second.side

    def _when(self, item: When, depth: int, loops: tuple[tuple[str, str], ...], last: When | None) -> bool:
        """Writes the pieces of one branch, as `else` or in the block of the `if` that was written last where it can; says whether it
        wrote anything."""
        condition = self.name(item.condition)
        header = f"if {condition}:" if item.side else f"if not {condition}:"
        if last is not None and self._is_other(last, item):
            header = "else:"
        elif last is not None and last.condition == item.condition:
            header = ""
        start = len(self.lines)
        if header:
            self._line(depth, header, (self._first(item), (condition,), loops))
        count = len(self.lines)
        self.items(item.items, depth + 1, loops)
        if len(self.lines) == count:
            del self.lines[start:], self.table[start:]
            return False
        return True

    def _first(self, item: Any) -> int:
        while not isinstance(item, (Straight, Split, Select, Loop)):
            item = item.items[0]
        return item.steps[0] if isinstance(item, Straight) else item.members[0] if isinstance(item, Loop) else item.step

    def _split(self, item: Split, depth: int, loops: tuple[tuple[str, str], ...]) -> None:
        step, gate = self._plan.steps[item.step], item.gate
        data, condition = self.name(gate.data), self.name(item.condition)
        if step.references and max(gate.out_false, gate.out_true) >= 0:
            function = self._function(item.step)
            name = self._own(max(gate.out_false, gate.out_true))
            self._line(
                depth,
                f"{name} = {function}({data}, {condition})[bool({condition})]",
                (item.step, (data, condition), loops),
            )
            data = name
        for slot in (gate.out_false, gate.out_true):
            if slot >= 0:
                self._names[slot] = data

    def _select(self, item: Select, depth: int, loops: tuple[tuple[str, str], ...]) -> None:
        step = self._plan.steps[item.step]
        condition = self.name(item.condition)
        first, second = (self._names.get(slot, "DEAD") for slot in step.inputs)
        spot: Spot = (item.step, (first, second), loops)
        test = condition if item.side else f"not {condition}"
        if item.out >= 0:
            if step.references:
                function = self._function(item.step)
                first, second = f"{function}({first}, DEAD)[0]", f"{function}(DEAD, {second})[0]"
            self._line(depth, f"{self._own(item.out)} = {first} if {test} else {second}", spot)
        if item.which >= 0 and item.which in self._read:
            zero, one = self._use("zero", np.int32(0)), self._use("one", np.int32(1))
            self._line(depth, f"{self._own(item.which)} = {zero} if {test} else {one}", spot)

    def _loop(self, loop: Loop, depth: int, loops: tuple[tuple[str, str], ...]) -> None:
        if len(loops) >= _DEEPEST_LOOPS:
            raise _TooDeep
        self._counters += 1
        turn = f"t{self._counters}"
        at = next(index for index in loop.members if self._plan.steps[index].op._definition.name == "LoopCond")
        outside: Spot = (at, (), loops)
        spot: Spot = (at, (), (*loops, (loop.name, turn)))
        starts = [self.name(each.start) for each in loop.variables]
        currents = [self._own(each.current) for each in loop.variables]
        self._assign(depth, currents, starts, outside)
        which = [self._own(each.which) for each in loop.variables if each.which >= 0 and each.which in self._read]
        for name in which:
            self._line(depth, f"{name} = {self._use('zero', np.int32(0))}", outside)
        self._line(depth, f"{turn} = 0", outside)
        self._line(depth, "while True:", outside)
        check = self._use("check", functools.partial(cancel.check, self._state))
        self._line(depth + 1, f"{check}()", spot)
        self._line(depth + 1, f"for {turn} in range({turn}, {turn} + {_TURNS}):", spot)
        around = spot[2]
        self.items(loop.head.items, depth + 2, around)
        self._line(depth + 2, f"if not {self.name(loop.condition)}: break", spot)
        for gate in loop.gates:
            if gate.out_true >= 0:
                self._names[gate.out_true] = self.name(gate.data)
        self.items(loop.body.items, depth + 2, around)
        self._assign(depth + 2, currents, [self.name(each.following) for each in loop.variables], spot)
        for name in which:
            self._line(depth + 2, f"{name} = {self._use('one', np.int32(1))}", spot)
        self._line(depth + 1, "else:", spot)
        self._line(depth + 2, f"{turn} += 1", spot)
        self._line(depth + 2, "continue", spot)
        self._line(depth + 1, "break", spot)
        for gate in loop.gates:
            if gate.out_false >= 0:
                self._names[gate.out_false] = self.name(gate.data)
        for source, slot in loop.exits:
            if slot >= 0:
                self._names[slot] = self.name(source)

    def _assign(self, depth: int, names: list[str], values: list[str], spot: Spot) -> None:
        pairs = [pair for pair in zip(names, values, strict=True) if pair[0] != pair[1]]
        if pairs:
            left, right = (", ".join(each) for each in zip(*pairs, strict=True))
            self._line(depth, f"{left} = {right}", spot)

    def _use(self, name: str, thing: Any) -> str:
        self.defaults[name] = thing
        return name

    def _function(self, index: int) -> str:
        return self._use(f"f{index}", self._rows[index][1])

    def _step(self, index: int, depth: int, loops: tuple[tuple[str, str], ...]) -> None:
        step = self._plan.steps[index]
        definition = step.op._definition
        kind = definition.name
        outputs = step.outputs
        if kind in ("NoOp", "ControlTrigger"):
            return
        if kind in _PASSING and not step.references and not step.is_read and outputs[0] >= 0:
            self._names[outputs[0]] = self.name(step.inputs[0])
            return
        if kind == "Const" and outputs[0] >= 0:
            value = self._rows[index][1]()
            if isinstance(value, np.ndarray) and value.ndim == 0 and not value.dtype.hasobject:
                value = value[()]
            self._names[outputs[0]] = self._use(f"k{outputs[0]}", value)
            return
        names = tuple(self.name(slot) for slot in step.inputs)
        spot: Spot = (index, names, loops)
        operator = _OPERATORS.get(definition.ufunc) if isinstance(definition.ufunc, np.ufunc) else None
        if operator is not None and not step.references and outputs[0] >= 0:
            kinds = _BOOL if operator[0] == "~" or "&" in operator or "|" in operator else _NUMBERS
            if all(tensor._dtype.base_dtype.name in kinds for tensor in step.op._inputs):
                self._line(depth, f"{self._own(outputs[0])} = {operator.format(*names)}", spot)
                return
        call = f"{self._function(index)}({', '.join(names)})"
        if not outputs or all(slot < 0 for slot in outputs):
            self._line(depth, call, spot)
        else:
            targets = ", ".join(self._own(slot) if slot >= 0 else "_" for slot in outputs)
            self._line(depth, f"{targets} = {call}", spot)
