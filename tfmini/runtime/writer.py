"""From lines to the text of Python functions, with a table that leads from a line of text back to its step.

Short programs are one function of the fed values. Long ones are cut into parts of some hundred lines, because the time that
Python takes to compile a function grows faster than its length; the parts hand values on in a list. Whatever a function uses is
a default of one of its arguments: those are the fastest names in Python.
"""

from __future__ import annotations

import types
from typing import Any

import numpy as np

from .buffers import Buffers
from .facts import ARRAY, CELL, OTHER, SCALAR
from .lines import Line
from .liveness import Lives
from .lowering import Lowering
from .tiles import Tiled

_LINES_IN_PART = 1500
_LARGE = 1 << 14
_DEEPEST = 20


class Retreat(Exception):
    """A generated program met what it was not made for: the interpreter goes on from the step."""


class Contended(Retreat):
    """Another run wrote a variable between the moments when this one read it and would have written it."""


Spot = tuple[int, bool, tuple[int, ...], int]


class Part:
    """One generated function.

    Attributes:
      code: what `types.FunctionType` needs, and `names` of the defaults.
      names: the names of the arguments with defaults, in order.
      table: for each line of the text (index of the step, whether the step may be done again, the steps that it computes,
        index of the line).
      text: the source.
    """

    __slots__ = ("code", "names", "table", "text")

    def __init__(self, code: types.CodeType, names: list[str], table: list[Spot], text: str) -> None:
        self.code = code
        self.names = names
        self.table = table
        self.text = text


class Writer:
    """Writes the parts of a generated program.

    Attributes:
      parts: the functions, in order; the last one returns the list of what is fetched.
      defaults: objects by the names under which the text uses them.
      inlined: steps whose value only stands inside the expression of another line.
      places: for each number of a value that one part hands to another its place in the list.
    """

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.known = lowering.known
        self.defaults: dict[str, Any] = {"Retreat": Retreat}
        self._functions: dict[int, str] = {}
        self._cells: dict[int, int] = {}
        self.places: dict[int, int] = {}
        self.parts: list[Part] = []
        lines = lowering.lines
        self.inside = self._find_inside(lines)
        self.inlined = {line.step for line in lines if line.kind == "text" and line.outs[0] in self.inside}
        self.expressions: dict[int, str] = {}
        self._steps_of: dict[int, tuple[int, ...]] = {}
        self._last = last_uses(lowering)
        self.buffers = Buffers(lowering, Lives(lowering))
        count = max(1, -(-len(lines) // _LINES_IN_PART))
        self.single = count == 1
        self._find_places(lines)
        for number in range(count):
            start = number * _LINES_IN_PART
            self._part(number, lines[start : start + _LINES_IN_PART], start, number == count - 1)

    # ---- names

    def name(self, value: int) -> str:
        """Returns the name of a value; a known one becomes a default."""
        if value in self.known:
            held = self.known[value]
            name = f"c{value}" if self.lowering.fact(value).kind == CELL else f"k{value}"
            self.use(name, held)
            return name
        if value in self.inside:
            return f"({self.expressions.pop(value)})"
        return f"v{value}"

    def use(self, name: str, thing: Any) -> str:
        """Makes a thing a default of the function under a name, which is returned."""
        self.defaults[name] = thing
        if name not in self._used:
            self._used[name] = None
        return name

    def _function(self, function: Any, step: int) -> str:
        name = self._functions.get(id(function))
        if name is None:
            if isinstance(function, np.ufunc) or any(function is each for each in _PLAIN):
                name = function.__name__
            elif isinstance(function, Tiled):
                name = f"chain_{step}"
            else:
                name = f"{self.lowering.plan.steps[step].op.type}_{step}"
            self._functions[id(function)] = name
        return self.use(name, function)

    # ---- parts

    def _find_inside(self, lines: list[Line]) -> set[int]:
        """Returns the scalars that one later expression of the same part uses, once: they are written inside it."""
        return once_used(lines, dict.fromkeys(self.lowering.fetched, 2), _LINES_IN_PART)

    def _find_places(self, lines: list[Line]) -> None:
        """Gives a place in the list to every value that is used in another part than the one that makes it."""
        if self.single:
            return
        home: dict[int, int] = {}
        places = self.places
        for _, slot in self.lowering.plan.feeds:
            places[slot] = len(places)
            home[slot] = -1
        last_part = (len(lines) - 1) // _LINES_IN_PART
        for index, line in enumerate(lines):
            part = index // _LINES_IN_PART
            for value in line.args:
                if value not in self.known and home[value] != part and value not in places:
                    places[value] = len(places)
            for value in line.outs:
                if value >= 0:
                    home[value] = part
        for value in self.lowering.fetched:
            if value not in self.known and home[value] != last_part and value not in places:
                places[value] = len(places)

    def _part(self, number: int, lines: list[Line], start: int, is_last: bool) -> None:
        self._used: dict[str, None] = {}
        text: list[str] = []
        table: list[Spot] = []
        here: set[int] = set()
        first_step = lines[0].step if lines else 0
        if self.single:
            here.update(slot for _, slot in self.lowering.plan.feeds)
            self._guards(text, table)
        known, places = self.known, self.places
        for index, line in enumerate(lines, start):
            spot: Spot = (line.step, line.again, (), index)
            for value in line.args:
                if value not in here and value not in known and value not in self.inside:
                    here.add(value)
                    text.append(f"v{value} = V[{places[value]}]")
                    table.append(spot)
                    if self._last[value] // _LINES_IN_PART == number and self._is_large(value):
                        text.append(f"V[{places[value]}] = None")
                        table.append(spot)
            before = len(text)
            computed = self.line(line, text)
            for value in line.outs:
                if value >= 0 and value not in known:
                    here.add(value)
                    if value in places:
                        text.append(f"V[{places[value]}] = v{value}")
            for value in dict.fromkeys((*line.args, *line.outs)):
                if value >= 0 and value not in known and self._last[value] == index and self._is_large(value):
                    text.append(f"v{value} = None")
            for place in range(len(text) - before):
                table.append((line.step, line.again, computed[place] if place < len(computed) else (), index))
        if is_last:
            end: Spot = (len(self.lowering.plan.steps), True, (), len(self.lowering.lines))
            for value in self.lowering.fetched:
                if value not in here and value not in known:
                    here.add(value)
                    text.append(f"v{value} = V[{places[value]}]")
            text.append(f"return [{', '.join(self._results())}]")
            table.extend([end] * (len(text) - len(table)))
        elif not text:
            text.append("pass")
            table.append((first_step, True, (), start))
        names = list(self._used)
        given = [f"v{slot}" for _, slot in self.lowering.plan.feeds] if self.single else ["V"]
        name = "program" if self.single else f"part_{number}"
        source = f"def {name}({', '.join([*given, *[f'{each}=None' for each in names]])}):\n    " + "\n    ".join(text)
        module = compile(source + "\n", f"<generated {name}>", "exec")
        code = next(each for each in module.co_consts if isinstance(each, types.CodeType))
        self.parts.append(Part(code, names, table, source))

    def _is_large(self, value: int) -> bool:
        fact = self.lowering.facts[value]
        if value in self.buffers.of:
            return False
        if fact is None or value not in self.lowering.certain:
            return fact is None or fact.kind in (ARRAY, OTHER)
        return fact.kind == ARRAY and fact.dtype.itemsize * _product(fact.shape) > _LARGE

    def _guards(self, text: list[str], table: list[Spot]) -> None:
        """Writes the tests of the fed values."""
        for condition in guards(self.lowering):
            text.append(f"if {condition}: return None")
            table.append((0, True, (), 0))

    def line(self, line: Line, text: list[str]) -> list[tuple[int, ...]]:
        """Writes a line; returns for the lines of text that it adds the steps that they compute."""
        kind = line.kind
        inner = [step for value in line.args if value in self.inside for step in self._steps_of.pop(value)]
        steps = self.lowering.steps_of.get(line) or tuple(dict.fromkeys((*inner, line.step)))
        names = [self.name(value) for value in line.args]
        out_name = ""
        if line.outs and line.outs[0] in self.buffers.of:
            buffers = [self._buffer(out) for out in line.outs]
            out_name = buffers[0] if len(buffers) == 1 else f"({', '.join(buffers)})"
        if kind == "text":
            for name, thing in (line.uses or {}).items():
                self.use(name, thing)
            expression = line.function.format(*names, out=out_name or None)
            if line.outs[0] in self.inside:
                self.expressions[line.outs[0]] = expression
                self._steps_of[line.outs[0]] = steps
            else:
                text.append(f"v{line.outs[0]} = {expression}")
        elif kind == "read":
            cell = self.use(f"c{self._cell_number(line.function)}", line.function)
            out = line.outs[0]
            if line.guard is None:
                text.append(f"v{out} = {cell}.read()")
            else:
                text.append(f"v{out} = {cell}.value")
                text.append(f"if v{out}.shape != {line.guard}: raise Retreat")
                self.use("Retreat", Retreat)
        elif kind == "loop":
            from .loop_writer import LoopWriter

            return LoopWriter(self, line).write(text)
        elif kind == "flat":
            before = len(text)
            self._flat(line, names, text)
            return [()] * (len(text) - before - 1) + [self.lowering.groups[line.group].steps]
        elif kind == "write":
            cell = self.use(f"c{self._cell_number(line.function)}", line.function)
            if line.before < 0:
                text.append(f"{cell}.value = {names[0]}")
                return [steps]
            lock = self.use(f"l{cell[1:]}", line.function.lock)
            self.use("Contended", Contended)
            text.append(f"with {lock}:")
            text.append(f"    if {cell}.value is not {self.name(line.before)}: raise Contended")
            text.append(f"    {cell}.value = {names[0]}")
        else:
            function = self._function(line.function, line.step)
            if line.suffixes:
                names = [name + suffix for name, suffix in zip(names, line.suffixes, strict=True)]
            if out_name:
                by_place = line.function in _PLAIN or (kind == "ufunc" and line.function not in _BY_KEYWORD)
                names.append(out_name if by_place else f"out={out_name}")
            outs = [f"v{out}" if out >= 0 and out not in self.known else "_" for out in line.outs]
            call = f"{function}({', '.join(names)})"
            text.append(call if all(out == "_" for out in outs) else f"{', '.join(outs)} = {call}")
        return [steps]

    def expression_of(self, value: int) -> tuple[str, tuple[int, ...]]:
        """Returns the name or the expression of a value, with the steps that the expression computes."""
        steps = self._steps_of.pop(value, ()) if value in self.inside else ()
        return self.name(value), steps

    def _flat(self, line: Line, names: list[str], text: list[str]) -> None:
        """Writes the step of an optimizer, after copies of those gradients that do not stand in their place yet."""
        whole, parts = self.buffers.groups[line.group]
        for value, name, part in zip(line.args, names, parts, strict=False):
            if self.buffers.of.get(self.lowering.root_of(value)) != part:
                text.append(f"{self.use('copyto', np.copyto)}({self._buffer_name(part)}, {name})")
        self.use("Retreat", Retreat)
        function = self._function(line.function, line.step)
        given = ", ".join([self._buffer_name(whole), *names[len(parts) :]])
        text.append(f"if not {function}({given}): raise Retreat")

    def _buffer(self, value: int) -> str:
        """Returns the name of the buffer that a value stands in."""
        return self._buffer_name(self.buffers.of[value])

    def _buffer_name(self, number: int) -> str:
        name = f"b{number}"
        if name not in self._used:
            self._used[name] = None
        return name

    def _cell_number(self, cell: Any) -> int:
        """Returns the number of a value that stands for a variable."""
        if not self._cells:
            facts = self.lowering.facts
            for value, held in reversed(self.known.items()):
                fact = facts[value]
                if fact is not None and fact.kind == CELL:
                    self._cells[id(held)] = value
        return self._cells[id(cell)]

    def _results(self) -> list[str]:
        """Returns the expressions of what is fetched: values that belong to the caller alone."""
        lowering = self.lowering
        results = []
        given: set[int] = set()
        made = {out: line for line in lowering.lines for out in line.outs}
        stored = {line.args[0] for line in lowering.lines if line.kind == "write"}
        for fetch, value in zip(lowering.plan.fetches, lowering.fetched, strict=True):
            name = self.name(value)
            fact = lowering.facts[value]
            line = made.get(value)
            fresh = (
                line is not None
                and not line.may_alias
                and line.kind in ("text", "ufunc", "call")
                and value not in stored
            )
            if fact is not None and fact.kind == SCALAR and value in lowering.certain:
                plain = fresh or (value in self.known and isinstance(self.known[value], np.generic))
                results.append(name if plain else f"{name}[()]")
            elif fact is not None and fact.kind == ARRAY and fresh and value not in given:
                results.append(name)
            elif (
                fact is not None and fact.kind == ARRAY and value in lowering.certain and (fetch.copy or value in given)
            ):
                results.append(f"{name}.copy()")
            else:
                sources = [
                    self.name(each)
                    for each in (line.args if line is not None else ())
                    if value not in self.known and (fact := lowering.facts[each]) is not None and fact.kind == ARRAY
                ]
                # What a loop or a function gives may be held by it, or by a variable that it read.
                copy = fetch.copy or value in given or value in stored or line is None or line.keeps
                results.append(f"{self.use('owned', owned)}({', '.join([name, str(copy), *sources])})")
            given.add(value)
        return results


def once_used(lines: list[Line], uses: dict[int, int], part: int) -> set[int]:
    """Returns the values of expressions that stand inside another one: used once, and not too deep.

    Args:
      lines: the lines.
      uses: how often values are used elsewhere.
      part: an expression and its use must lie in the same part of so many lines.
    """
    made: dict[int, int] = {}
    depth: dict[int, int] = {}
    for line in lines:
        for value in line.args:
            uses[value] = uses.get(value, 0) + 1
    inside: set[int] = set()
    for index, line in enumerate(lines):
        if line.kind != "text" or line.uses or line.takes_out or line.may_alias:
            continue
        deepest = 0
        for place, value in enumerate(line.args):
            home = made.get(value, -1)
            if (
                home >= 0
                and uses[value] == 1
                and home // part == index // part
                and depth[value] < _DEEPEST
                and line.function.count(f"{{{place}}}") == 1
            ):
                inside.add(value)
                deepest = max(deepest, depth[value] + 1)
        out = line.outs[0]
        made[out], depth[out] = index, deepest
    return inside


def guards(lowering: Lowering) -> list[str]:
    """Returns the conditions under which fed values are not those that the program was made for."""
    conditions = []
    for tensor, slot in lowering.plan.feeds:
        fact = lowering.fact(slot)
        if fact.kind == ARRAY:
            dims = tensor._dims
            if dims is None or None in dims:
                conditions.append(f"v{slot}.shape != {fact.shape}")
            conditions.append(f"not v{slot}.flags.c_contiguous")
        elif fact.kind == SCALAR and tensor._dims != ():
            conditions.append(f"v{slot}.shape != ()")
        elif fact.kind not in (ARRAY, SCALAR):
            conditions.append(f"getattr(v{slot}, 'shape', None) != {fact.shape}")
    return conditions


def owned(value: Any, copy: bool, *sources: Any) -> Any:
    """Returns a fetched value that belongs to the caller alone.

    Args:
      value: what a kernel gave.
      copy: it may be held by somebody else.
      *sources: the arrays that it was made from; a kernel may have passed one on.
    """
    if type(value) is np.ndarray:
        if value.ndim == 0:
            return value[()]
        if copy or not value.flags.owndata or any(value is each for each in sources):
            return value.copy()
    return value


def last_uses(lowering: Lowering) -> dict[int, int]:
    """Returns for each value the index of the last line that makes, uses or returns it."""
    last: dict[int, int] = {slot: 0 for _, slot in lowering.plan.feeds}
    for index, line in enumerate(lowering.lines):
        for value in (*line.args, *line.outs):
            last[value] = index
    for value in lowering.fetched:
        last[value] = len(lowering.lines)
    return last


def _product(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count


_PLAIN = (np.dot, np.matmul)
# numpy warns when these get the array to fill by place.
_BY_KEYWORD = (np.maximum, np.minimum)
