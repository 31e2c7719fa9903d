"""Optimizer steps of many variables at once: values and slots of all of them lie one behind the other in one block.

The steps of an optimizer for its variables follow one another and do the same arithmetic, so one pass over a block does them all:
two or twelve calls of ufuncs instead of as many for each variable, in tiles that stay in the cache. The arrays in the
state are views of a block. They are never changed while anybody can see them: a step writes into the block before last, and
only if nobody holds an array of it any more (counted by references), else into a new one.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .state import Cell

_TILE = 1 << 16
_PADDING = 16
_getrefcount = sys.getrefcount


class Layout:
    """Where arrays of some shapes lie in a flat block.

    Attributes:
      shapes: the shapes.
      offsets: where each begins, in elements.
      size: how many elements there are, with what lies between to align them.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]]) -> None:
        self.shapes = tuple(shapes)
        self.offsets: list[int] = []
        self.size = 0
        for shape in shapes:
            self.offsets.append(self.size)
            self.size += -(-math.prod(shape) // _PADDING) * _PADDING

    def views(self, flat: np.ndarray) -> list[np.ndarray]:
        """Returns the arrays in a flat block."""
        return [
            flat[start : start + math.prod(shape)].reshape(shape)
            for start, shape in zip(self.offsets, self.shapes, strict=True)
        ]


class _Block:
    """One block: a row of the layout for the values and one for each kind of slot."""

    __slots__ = ("_counts", "_flat", "rows", "views")

    def __init__(self, layout: Layout, rows: int, dtype: Any) -> None:
        self._flat = np.zeros(rows * layout.size, dtype)
        self.rows = [self._flat[row * layout.size : (row + 1) * layout.size] for row in range(rows)]
        self.views = [view for row in self.rows for view in layout.views(row)]
        self._counts = self._count()

    def _count(self) -> list[int]:
        return [_getrefcount(self._flat), *map(_getrefcount, self.views)]

    def is_free(self) -> bool:
        """Says whether nobody else holds an array of this block or any view of it."""
        return self._counts == self._count()


class FlatStep:
    """The step of an optimizer for some variables in one session.

    Args:
      cells: for each role (the value, then the slots) the cells of all variables.
      shapes: shapes of the variables.
      dtype: their type.
      rule: `f(rows before, rows after, slopes, work, scalars)` for one tile.
    """

    def __init__(
        self, cells: list[list[Cell]], shapes: Sequence[tuple[int, ...]], dtype: Any, rule: Callable[..., None]
    ) -> None:
        self.layout = Layout(shapes)
        self._roles = len(cells)
        self._cells = [cell for role in cells for cell in role]
        self._shapes = tuple(shapes) * self._roles
        self._dtype = dtype
        self._rule = rule
        self._current: _Block | None = None
        self._spare: _Block | None = None
        self._work = [np.empty(min(_TILE, self.layout.size), dtype) for _ in range(2)]

    def run(self, slopes: np.ndarray, *scalars: Any) -> bool:
        """Does the step; says whether it could: not when a variable has another shape or type than it had.

        Args:
          slopes: the gradients in the layout.
          scalars: what the operations take besides.
        """
        cells = self._cells
        with cells[0].lock:
            before = self._current
            if before is None or any(cell.value is not view for cell, view in zip(cells, before.views, strict=True)):
                before = self._gather()
                if before is None:
                    return False
            after = self._spare
            self._spare = self._current = None
            if after is None or not after.is_free():
                after = _Block(self.layout, self._roles, self._dtype)
            self._compute(before, after, slopes, scalars)
            for cell, view in zip(cells, after.views, strict=True):
                cell.value = view
            self._current, self._spare = after, before
        return True

    def _gather(self) -> _Block | None:
        """Returns a block with copies of the present values, or None when they do not fit."""
        for cell, shape in zip(self._cells, self._shapes, strict=True):
            value = cell.value
            if type(value) is not np.ndarray or value.shape != shape or value.dtype != self._dtype:
                return None
        block = _Block(self.layout, self._roles, self._dtype)
        for cell, view in zip(self._cells, block.views, strict=True):
            view[...] = cell.value
        return block

    def _compute(self, before: _Block, after: _Block, slopes: np.ndarray, scalars: tuple[Any, ...]) -> None:
        size = self.layout.size
        if size <= _TILE:
            self._rule(before.rows, after.rows, slopes, self._work, scalars)
            return
        for start in range(0, size, _TILE):
            end = min(start + _TILE, size)
            work = self._work if end - start == _TILE else [each[: end - start] for each in self._work]
            self._rule(
                [row[start:end] for row in before.rows],
                [row[start:end] for row in after.rows],
                slopes[start:end],
                work,
                scalars,
            )


# ---- the arithmetic, operation by operation that of the kernels in `ops/optimizer_steps.py`

Rows = list[np.ndarray]


def gradient_descent(before: Rows, after: Rows, slopes: np.ndarray, work: Rows, scalars: tuple[Any, ...]) -> None:
    """`var - slope * alpha`."""
    np.multiply(slopes, _array(scalars[0]), work[0])
    np.subtract(before[0], work[0], after[0])


def momentum(before: Rows, after: Rows, slopes: np.ndarray, work: Rows, scalars: tuple[Any, ...]) -> None:
    """`accum * momentum + slope`, and the value less that times the rate."""
    rate, factor = scalars
    np.multiply(before[1], _array(factor), after[1])
    np.add(after[1], slopes, after[1])
    np.multiply(after[1], _array(rate), work[0])
    np.subtract(before[0], work[0], after[0])


def adam(before: Rows, after: Rows, slopes: np.ndarray, work: Rows, scalars: tuple[Any, ...]) -> None:
    """One step of Adam (Kingma and Ba 2015, algorithm 1, with the corrections gathered in the rate as at the end of section 2)."""
    beta1_power, beta2_power, rate, beta1, beta2, epsilon = scalars
    one = slopes.dtype.type(1)
    alpha = _array(rate * np.sqrt(one - beta2_power) / (one - beta1_power))
    var, m, v = before
    new_var, new_m, new_v = after
    step, scale = work
    np.subtract(slopes, m, new_m)
    np.multiply(new_m, _array(one - beta1), new_m)
    np.add(new_m, m, new_m)
    np.multiply(slopes, slopes, new_v)
    np.subtract(new_v, v, new_v)
    np.multiply(new_v, _array(one - beta2), new_v)
    np.add(new_v, v, new_v)
    np.multiply(new_m, alpha, step)
    np.sqrt(new_v, scale)
    np.add(scale, _array(epsilon), scale)
    np.divide(step, scale, step)
    np.subtract(var, step, new_var)


_array = np.asarray
