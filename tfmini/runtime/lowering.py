"""From the steps of a plan and the facts of a recorded run to the lines of a generated program.

A line computes one value, or writes one variable. Values are numbered: a slot of the plan has its own number, what lines need
between steps gets a number above. Steps that only pass a value on become no line, what is known becomes a constant, and the value
of a variable is read once between two writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from . import scalars
from .facts import ARRAY, CELL, SCALAR, Fact, Facts, fact_of, has_effects
from .item_writer import item_function
from .lines import Group, Line, Turn, Whole, kernel_of
from .plan import Plan, Step
from .state import SessionState
from .structure import Block, Conditional, Loop, Straight, Structured, given_to

_PASSING = frozenset(
    (
        "Identity", "StopGradient", "PreventGradient", "Snapshot", "PlaceholderWithDefault",
        "Enter", "Exit", "LoopCond", "NextIteration",
    )
)  # fmt: skip
# Types that hand their inputs to code that may keep them.
_KEEPING = frozenset(("PyFuncStateless", "EagerPyFunc"))

_CHECKS = frozenset(("Assert", "CheckNumerics", "CheckNumericsV2", "EnsureShape"))
_COMPARISONS = frozenset((np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal))


class Lowering:
    """The lines of a plan.

    Attributes:
      lines: in the order of the run.
      value_of: for each slot the number of its value.
      facts: fact by number of the value.
      known: constants by number of the value; cells too.
      certain: numbers of the values whose facts every run repeats.
      fetched: for each fetch the number of its value.
      groups: gradients that lie one behind the other.
      pins: for a value that should stand among them the number of the group and its place there.
      done: indices of steps that a pattern did together with an earlier one.
      sums: indices of steps whose lines add up arrays one by one, and may stand before their step.
      steps_of: for lines that do several steps which ones.
      left_out: indices of the steps whose values nobody needs.
    """

    def __init__(self, plan: Plan, facts: Facts, state: SessionState, loops: Structured | None = None) -> None:
        self.plan = plan
        self.loops = loops
        self.inside_loop = False
        self.following: list[int] = []
        self.position = 0
        self.state = state
        self.lines: list[Line] = []
        self.value_of = list(range(plan.slots + 1))
        self.facts: list[Fact | None] = list(facts.of)
        self.known: dict[int, Any] = dict(facts.known)
        self.certain: set[int] = {slot for slot, each in enumerate(facts.certain) if each}
        self._reads = facts.reads
        self._current: dict[int, int] = {}
        self._constants: dict[Any, int] = {}
        self._wrote = False
        self._roots: dict[int, int] = {}
        self.groups: list[Group] = []
        self.pins: dict[int, tuple[int, int]] = {}
        self.done: set[int] = set()
        self.sums: set[int] = set()
        from . import updates
        from .early_sums import EarlySums
        from .patterns import PATTERNS
        from .tiles import with_tiles

        assert updates
        self._patterns = PATTERNS
        if loops is None:
            self._steps(range(len(plan.steps)))
        else:
            for item in loops.block.items:
                if isinstance(item, Straight):
                    self._steps(item.steps)
                elif isinstance(item, Loop) and id(item) in facts.loops:
                    self._loop(item, facts.loops)
                else:
                    self._whole(item)
        self._wrote = False
        self.fetched = [self._fetch(fetch.slot) for fetch in plan.fetches]
        self.left_out = self._leave_out()
        self.steps_of: dict[Line, tuple[int, ...]] = {}
        self.lines = with_tiles(self, self.lines)
        self.early = EarlySums(self, self.lines)
        self.lines = self.early.lines

    def _leave_out(self) -> set[int]:
        """Leaves out what nobody needs: values that only order something. Returns the steps that have no line any more."""
        needed = set(self.fetched)
        kept: list[Line] = []
        gone: set[int] = set()
        for line in reversed(self.lines):
            if line.pure and not any(out in needed for out in line.outs):
                gone.add(line.step)
            else:
                needed.update(line.args)
                kept.append(line)
        self.lines = kept[::-1]
        return gone.difference(line.step for line in kept)

    def _fetch(self, slot: int) -> int:
        """Returns the number of the value of a fetched slot: of a variable what it has at the end."""
        value = self.value_of[slot]
        return self.read(len(self.plan.steps), value, 0) if self.is_cell(value) else value

    # ---- what patterns use

    def add(self, line: Line) -> None:
        """Appends a line."""
        line.again = not self._wrote
        if line.kind == "write":
            self._wrote = True
        self.lines.append(line)

    def new(self, fact: Fact) -> int:
        """Returns the number of a new value with a certain fact."""
        number = len(self.facts)
        self.facts.append(fact)
        self.certain.add(number)
        return number

    def constant(self, value: Any, dtype: Any) -> int:
        """Returns the number of a constant scalar of an element type."""
        key = (value, type(value), dtype)
        number = self._constants.get(key)
        if number is None:
            number = self.new(Fact(SCALAR, (), np.dtype(dtype), "C"))
            self.known[number] = np.dtype(dtype).type(value)
            self._constants[key] = number
        return number

    def kept(self, key: Any, make: Callable[[], Any]) -> int:
        """Returns the number of a constant array that is the same wherever `key` is."""
        number = self._constants.get(key)
        if number is None:
            value = make()
            number = self._constants[key] = self.new(fact_of(value))
            self.known[number] = value
        return number

    def as_array(self, value: int) -> int:
        """Returns a known scalar as an array without dimensions, which ufuncs of arrays take faster; other values as they are."""
        held = self.known.get(value)
        if not isinstance(held, np.generic):
            return value
        return self.kept((value, "array"), lambda: np.array(held))

    def write(self, index: int, cell: int, value: int, before: int = -1, check: bool = True) -> None:
        """Adds a write of a variable; reads after it see `value`.

        Args:
          before: the number of the value that it had.
          check: the new value was made from that one; if the variable has another by now, the step is done again.
        """
        target = self.known[cell]
        args = (value,) if before < 0 else (value, before)
        self.add(Line("write", index, target, args, (), before=before if check else -1))
        self._current[id(target)] = value

    def cell_fact(self, index: int, cell: int, place: int) -> Fact:
        """Returns the fact of the present value of a variable."""
        number = self._current.get(id(self.known[cell]))
        if number is not None:
            return self.fact(number)
        return self._reads.get((index, place)) or fact_of(self.known[cell].value)

    def read(self, index: int, cell: int, place: int) -> int:
        """Returns the number of the present value of a variable, which input `place` of step `index` names."""
        target = self.known[cell]
        number = self._current.get(id(target))
        if number is None:
            fact = self._reads.get((index, place)) or fact_of(target.value)
            number = len(self.facts)
            self.facts.append(fact)
            guarded = fact.kind in (SCALAR, ARRAY)
            if guarded:
                self.certain.add(number)
            self.add(Line("read", index, target, (), (number,), guard=fact.shape if guarded else None, may_alias=True))
            self._current[id(target)] = number
        return number

    def forget(self, cell: int) -> None:
        """Says that a variable has been written: the next read is a new line."""
        self._current.pop(id(self.known[cell]), None)

    def value_fact(self, cell: int) -> Fact:
        """Returns the fact of the value that a variable has now."""
        number = self._current.get(id(self.known[cell]))
        return fact_of(self.known[cell].value) if number is None else self.fact(number)

    def present_arguments(self, step: Step) -> list[int] | None:
        """Returns the numbers of a step's arguments without adding lines; None when a variable would have to be read."""
        args = [self.value_of[slot] for slot in step.inputs]
        for place in step.references:
            if self.is_cell(args[place]):
                number = self._current.get(id(self.known[args[place]]))
                if number is None:
                    return None
                args[place] = number
        return args

    def has_no_line(self, index: int) -> bool:
        """Says whether a step needs no line, because what it gives is known."""
        step = self.plan.steps[index]
        definition = step.op._definition
        if definition.name == "NoOp":
            return True
        effects = not step.is_read and has_effects(definition)
        return bool(step.outputs) and not effects and all(slot < 0 or slot in self.known for slot in step.outputs)

    def reshaped(self, index: int, value: int, out: int) -> None:
        """Makes `out` the elements of `value` in another shape."""
        root = self.root_of(value)
        shape = self.fact(out).shape
        if self.fact(root).shape == shape:
            self.value_of[out] = root
            return
        self._roots[out] = root
        self.add(Line("text", index, f"{{0}}.reshape({shape})", (root,), (out,), may_alias=True))

    def root_of(self, value: int) -> int:
        """Returns the value whose elements a reshaped one has."""
        return self._roots.get(value, value)

    def are_certain(self, *values: int) -> bool:
        """Says whether every run repeats the facts of all these values."""
        certain = self.certain
        return all(value in certain for value in values)

    def fact(self, value: int) -> Fact:
        """Returns the fact of a value."""
        found = self.facts[value]
        assert found is not None
        return found

    # ---- steps

    def _steps(self, steps: Iterable[int]) -> None:
        self.following = list(steps)
        for place, index in enumerate(self.following):
            self.position = place
            self._wrote = False
            if index not in self.done:
                self._step(index, self.plan.steps[index])

    def _loop(self, loop: Loop, plain: set[int]) -> None:
        """Adds a loop that is a Python `while`, with its lines in it."""
        outside, current, before = self.lines, dict(self._current), self.inside_loop
        self.inside_loop = True
        variables = []
        for each in loop.variables:
            self.value_of[each.current] = each.current
            variables.append((self.value_of[each.start], each.current))
        self.lines = []
        self._block(loop.head, plain)
        head, self.lines = self.lines, []
        for gate in loop.gates:
            if gate.out_true >= 0:
                self.value_of[gate.out_true] = self.value_of[gate.data]
        self._block(loop.body, plain)
        body, self.lines = self.lines, outside
        ends = [self.value_of[each.following] for each in loop.variables]
        for gate in loop.gates:
            if gate.out_false >= 0:
                self.value_of[gate.out_false] = self.value_of[gate.data]
        for source, slot in loop.exits:
            if slot >= 0:
                self.value_of[slot] = self.value_of[source]
        turn = Turn(
            head,
            self.value_of[loop.condition],
            body,
            [(*pair, end) for pair, end in zip(variables, ends, strict=True)],
        )
        inside = {out for line in (*head, *body) for out in line.outs} | {each[1] for each in turn.variables}
        used = {value for line in (*head, *body) for value in line.args}
        used.update(value for each in turn.variables for value in (each[0], each[2]))
        used.add(turn.condition)
        left = {self.value_of[slot] for _, slot in loop.exits if slot >= 0}
        outs = sorted(left & inside)
        self._current, self.inside_loop = current, before
        step = next(index for index in loop.members if self.plan.steps[index].op._definition.name == "LoopCond")
        args = tuple(sorted(used - inside))
        self.add(Line("loop", step, turn, args, tuple(outs), may_alias=True, keeps=True))

    def _block(self, block: Block, plain: set[int]) -> None:
        for item in block.items:
            if isinstance(item, Straight):
                self._steps(item.steps)
            elif isinstance(item, Loop):
                self._loop(item, plain)

    def _whole(self, item: Loop | Conditional) -> None:
        """Adds a loop or a conditional as one call."""
        assert self.loops is not None
        given, outs = given_to(self.plan, item), self.loops.results[id(item)]
        self._current.clear()
        self._wrote = True
        args = tuple(self.value_of[slot] for slot in given)
        function: Any = item_function(self.plan, item, self.loops.rows, self.state, given, outs)
        if function is None:
            function = Whole(item, self.loops, given, outs, self.plan.slots + 1)
        self.add(Line("call", item.members[0], function, args, outs, may_alias=True, keeps=True))

    def _step(self, index: int, step: Step) -> None:
        op = step.op
        definition = op._definition
        name = definition.name
        outputs = step.outputs
        if self.has_no_line(index):
            return
        effects = not step.is_read and has_effects(definition)
        value_of = self.value_of
        if name in _PASSING and not step.references and outputs[0] >= 0:
            value_of[outputs[0]] = value_of[step.inputs[0]]
            return
        args = [value_of[slot] for slot in step.inputs]
        for place in step.references:
            if self.is_cell(args[place]):
                args[place] = self.read(index, args[place], place)
        if name in ("Identity", "StopGradient") and outputs[0] >= 0:
            value_of[outputs[0]] = args[0]
            return
        if name == "ReadVariableOp" and self.is_cell(args[0]) and outputs[0] >= 0:
            value_of[outputs[0]] = self.read(index, args[0], 0)
            return
        special = self._patterns.get(name)
        if special is not None and special(self, index, step, args):
            return
        if len(outputs) == 1 and outputs[0] >= 0 and self._simple(index, definition, args, outputs[0]):
            return
        self._call(index, step, args, effects)

    def is_cell(self, value: int) -> bool:
        """Says whether a value is a variable of the session."""
        fact = self.facts[value]
        return fact is not None and fact.kind == CELL and value in self.known

    def _simple(self, index: int, definition: Any, args: list[int], out: int) -> bool:
        """Adds lines for an elementwise operation on numbers or arrays; says whether it could."""
        fact = self.facts[out]
        if fact is None or out not in self.certain or not self.are_certain(*args):
            return False
        facts = [self.fact(each) for each in args]
        formula = definition.formula
        if fact.kind == SCALAR:
            template = scalars.expression(definition, facts)
            if template is None:
                return False
            self.add(Line("text", index, template, tuple(args), (out,)))
            return True
        if definition.ufunc is not None:
            self.add(Line("ufunc", index, definition.ufunc, tuple(self.as_array(each) for each in args), (out,)))
            return True
        if formula is not None and all(each.dtype == fact.dtype for each in facts):
            self._formula(index, formula, args, out)
            return True
        return False

    def _formula(self, index: int, formula: Any, args: list[int], out: int) -> None:
        """Adds one line for each step of an elementwise formula on arrays of one type."""
        fact = self.fact(out)
        values = list(args)
        for place, (ufunc, operands) in enumerate(formula.steps):
            taken = [values[each] if isinstance(each, int) else self.constant(each, fact.dtype) for each in operands]
            if place == len(formula.steps) - 1:
                result = out
            else:
                shape = np.broadcast_shapes(*(self.fact(each).shape for each in taken))
                dtype = np.dtype(np.bool_) if ufunc in _COMPARISONS else fact.dtype
                layout = fact.layout if shape == fact.shape else ""
                result = self.new(Fact(ARRAY if shape else SCALAR, shape, dtype, layout))
            self.add(Line("ufunc", index, ufunc, tuple(self.as_array(each) for each in taken), (result,)))
            values.append(result)

    def _call(self, index: int, step: Step, args: list[int], effects: bool) -> None:
        """Adds a call of the kernel."""
        definition = step.op._definition
        keeps = definition.name in _KEEPING or bool(definition.keeps)
        if effects:
            self._wrote = True
            cells = [self.known[value] for value in args if self.is_cell(value)]
            for cell in cells:
                self._current.pop(id(cell), None)
            if not cells and definition.resources != "random":
                # Whatever it does, it may read or write variables, and keep what it is given.
                self._current.clear()
                keeps = True
        outs = tuple(step.outputs)
        real = [out for out in outs if out >= 0]
        # TensorFlow, too, leaves out what only control edges keep, unless it is there to check something.
        pure = not effects and definition.name not in _CHECKS and bool(real) and self.are_certain(*args, *real)
        takes_out = (
            definition.takes_out
            and not effects
            and len(real) == len(outs)
            and self.are_certain(*args, *real)
            and all(self.fact(out).kind == ARRAY and self.fact(out).layout == "C" for out in outs)
        )
        function = kernel_of(step, self.state)
        self.add(
            Line(
                "call",
                index,
                function,
                tuple(args),
                outs,
                takes_out=takes_out,
                may_alias=not takes_out,
                keeps=keeps,
                pure=pure,
            )
        )
