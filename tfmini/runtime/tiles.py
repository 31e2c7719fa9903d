"""Elementwise chains over large arrays, done tile by tile: what one step gives is still in the cache when the next one takes it.

A run of elementwise lines over arrays of one large shape, ended perhaps by the sum of all elements, becomes one line. Values that
only the chain needs never exist as a whole. Each tile goes through the same ufuncs in the same order, and sums are those of
`ops.reduction.whole_sum`, so the bits are those of the lines one by one.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from ..ops.reduction import SUM_TILE, whole_sum
from .facts import ARRAY, Fact
from .lines import Line
from .lowering import Lowering

_LEAST = 1 << 20
"""Arrays with fewer elements are done line by line: there tiles gain nothing."""

Place = tuple[str, int]
"""Where an operand is: ("in", number of an input), ("whole", number of a result), ("work", number of a tile), ("number", input)."""


class Stage(NamedTuple):
    """One ufunc on tiles; `ufunc` None stands for the sum of the operand."""

    ufunc: Any
    operands: tuple[Place, ...]
    result: Place


class Tiled:
    """A chain as one function: from its inputs to a tuple of whole arrays and sums (or the only one of them).

    Attributes:
      stages: what is done with each tile.
    """

    __name__ = "chain"

    def __init__(
        self, stages: list[Stage], shape: tuple[int, ...], works: list[Any], wholes: list[Any], sums: list[Any]
    ) -> None:
        self.stages = stages
        self._shape = shape
        self._size = math.prod(shape)
        self._works = works
        self._wholes = wholes
        self._sums = sums

    def __call__(self, *inputs: Any) -> Any:
        """Does the chain. The large inputs must be C-contiguous arrays of its shape."""
        results: list[Any] = [np.empty(self._shape, dtype) for dtype in self._wholes]
        wholes = [each.reshape(-1) for each in results]
        works = [np.empty(SUM_TILE, dtype) for dtype in self._works]
        totals = [0.0] * len(self._sums)
        large = {place for stage in self.stages for kind, place in stage.operands if kind == "in"}
        flat = [np.ascontiguousarray(each).reshape(-1) if place in large else each for place, each in enumerate(inputs)]
        ones = {
            stage.result[1]: np.ones(SUM_TILE, self._sums[stage.result[1]])
            for stage in self.stages
            if stage.ufunc is None
        }
        for start in range(0, self._size, SUM_TILE):
            end = min(start + SUM_TILE, self._size)
            tiles: dict[str, Any] = {
                "in": [each[start:end] if place in large else None for place, each in enumerate(flat)],
                "whole": [each[start:end] for each in wholes],
                "work": works if end - start == SUM_TILE else [each[: end - start] for each in works],
                "number": flat,
            }
            for ufunc, operands, (kind, place) in self.stages:
                taken = [tiles[where][number] for where, number in operands]
                if ufunc is None:
                    totals[place] += float(np.dot(taken[0], ones[place][: end - start]))
                else:
                    ufunc(*taken, out=tiles[kind][place])
        results.extend(dtype.type(total) for dtype, total in zip(self._sums, totals, strict=True))
        return results[0] if len(results) == 1 else tuple(results)


def with_tiles(lowering: Lowering, lines: list[Line]) -> list[Line]:
    """Returns the lines with chains over large arrays put together."""
    if not any(_is_large(lowering, line) for line in lines):
        return lines
    result: list[Line] = []
    chain: list[Line] = []
    uses = _uses(lowering, lines)
    for line in lines:
        large = _is_large(lowering, line)
        if chain and not (large and _shape(lowering, line) == _shape(lowering, chain[0])):
            result.extend(_joined(lowering, chain, uses))
            chain = []
        (chain if large else result).append(line)
    result.extend(_joined(lowering, chain, uses))
    return result


def _shape(lowering: Lowering, line: Line) -> tuple[int, ...]:
    return lowering.fact(line.args[0] if line.function is whole_sum else line.outs[0]).shape


def _is_large(lowering: Lowering, line: Line) -> bool:
    """Says whether a line is elementwise over a large array, or the sum of one."""
    if line.function is whole_sum:
        return math.prod(lowering.fact(line.args[0]).shape) >= _LEAST
    if line.kind != "ufunc" or line.outs[0] not in lowering.certain:
        return False
    fact = lowering.fact(line.outs[0])
    if fact.kind != ARRAY or fact.layout != "C" or math.prod(fact.shape) < _LEAST:
        return False
    return all(_fits(lowering.facts[value], fact) for value in line.args)


def _fits(given: Fact | None, fact: Fact) -> bool:
    """Says whether an operand is a number or an array of the chain's shape."""
    return given is not None and (given.shape == () or (given.shape == fact.shape and given.layout == "C"))


def _uses(lowering: Lowering, lines: list[Line]) -> dict[int, int]:
    uses = dict.fromkeys(lowering.fetched, 1)
    for line in lines:
        for value in line.args:
            uses[value] = uses.get(value, 0) + 1
    return uses


def _joined(lowering: Lowering, chain: list[Line], uses: dict[int, int]) -> list[Line]:
    """Returns a chain as one line, or as it is when it is too short to gain."""
    if len(chain) < 2:
        return chain
    inside: dict[int, int] = {}
    for line in chain:
        for value in line.args:
            inside[value] = inside.get(value, 0) + 1
    made = {line.outs[0] for line in chain}
    outside = {value for value in made if uses.get(value, 0) > inside.get(value, 0)}
    builder = _Builder(lowering, chain, made, outside)
    steps = tuple(dict.fromkeys(line.step for line in chain))
    lowering.steps_of[builder.line] = steps
    return [builder.line]


class _Builder:
    """Gives every value of a chain its place."""

    def __init__(self, lowering: Lowering, chain: list[Line], made: set[int], outside: set[int]) -> None:
        self._lowering = lowering
        self._made = made
        self._inputs: list[int] = []
        self._places: dict[int, Place] = {}
        works: list[Any] = []
        wholes: list[int] = []
        sums: list[int] = []
        last: dict[int, int] = {}
        for index, line in enumerate(chain):
            for value in line.args:
                last[value] = index
        free: dict[Any, list[int]] = {}
        stages: list[Stage] = []
        for index, line in enumerate(chain):
            operands = tuple(self._operand(value) for value in line.args)
            out = line.outs[0]
            dtype = lowering.fact(out).dtype
            if line.function is whole_sum:
                place: Place = ("sum", len(sums))
                sums.append(out)
            elif out in outside:
                place = ("whole", len(wholes))
                wholes.append(out)
            else:
                place = ("work", -1)
            for value in dict.fromkeys(line.args):
                where, number = self._places.get(value, ("", 0))
                if where == "work" and last[value] == index:
                    free.setdefault(lowering.fact(value).dtype, []).append(number)
            if place == ("work", -1):
                again = free.get(dtype)
                if again:
                    place = ("work", again.pop())
                else:
                    place = ("work", len(works))
                    works.append(dtype)
            self._places[out] = place
            stages.append(Stage(None if line.function is whole_sum else line.function, operands, place))
        shape = _shape(lowering, chain[0])
        function = Tiled(
            stages,
            shape,
            works,
            [lowering.fact(value).dtype for value in wholes],
            [lowering.fact(value).dtype for value in sums],
        )
        self.line = Line("call", chain[0].step, function, tuple(self._inputs), (*wholes, *sums), pure=True)

    def _operand(self, value: int) -> Place:
        if value in self._made:
            return self._places[value]
        if value not in self._inputs:
            self._inputs.append(value)
        kind = "number" if self._lowering.fact(value).shape == () else "in"
        return kind, self._inputs.index(value)
