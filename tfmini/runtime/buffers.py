"""Which arrays of a generated program stand in buffers, and which of these share memory.

A result of certain shape that does not leave the run is written into a buffer. An elementwise line takes over the memory of an
argument that nobody needs afterwards; otherwise memory that was given back is used again, newest first, because it is still in
the cache. All buffers of a function are cut from one block.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .facts import ARRAY, Fact
from .lines import Line
from .liveness import Lives
from .lowering import Lowering

_ALIGNMENT = 64


class Buffers:
    """The buffers of a program.

    Attributes:
      of: number of the buffer by the number of the value.
      groups: for each group of gradients the buffer of all of them, and those of the single ones.
      facts: for each buffer shape, element type and layout.
      bytes: size of the block.
    """

    def __init__(self, lowering: Lowering, lives: Lives) -> None:
        self.of: dict[int, int] = {}
        self.facts: list[Fact] = []
        self._lowering = lowering
        self._lives = lives
        self._storage: list[int] = []
        self._extra: list[int] = []
        self._sizes: list[int] = []
        self._free: dict[int, list[int]] = {}
        self._numbers: dict[tuple[int, Fact], int] = {}
        self._pinned: dict[int, int] = {}
        self.groups = [self._group(number) for number in range(len(lowering.groups))]
        ending: dict[int, list[int]] = {}
        for index, line in enumerate(lowering.lines):
            taken = self._place(index, line)
            for value in line.outs:
                if value in self.of and value not in self._pinned:
                    ending.setdefault(lives.last[value], []).append(value)
            for value in ending.pop(index, ()):
                storage = self._storage[self.of[value]]
                if storage != taken or value in line.outs:
                    self._free.setdefault(_size_class(self._sizes[storage]), []).append(storage)
        offset = 0
        self._offsets = []
        for size in self._sizes:
            self._offsets.append(offset)
            offset += -(-size // _ALIGNMENT) * _ALIGNMENT
        self.bytes = offset

    def _place(self, index: int, line: Line) -> int | None:
        """Gives buffers to the results of a line; returns the storage that it took over from an argument."""
        taken = None
        if line.kind == "ufunc" and self._may_stand(line.outs[0]):
            out = line.outs[0]
            if out in self._pinned:
                self.of[out] = self._pinned[out]
                return None
            fact = self._lowering.fact(out)
            for value in line.args:
                number = self.of.get(value)
                if (
                    number is not None
                    and value not in self._pinned
                    and self._lives.last[value] == index
                    and self.facts[number] == fact
                ):
                    self.of[out] = number
                    return self._storage[number]
            self.of[out] = self._buffer(fact)
        elif line.takes_out and all(self._may_stand(out) for out in line.outs):
            for out in line.outs:
                pinned = self._pinned.get(out)
                self.of[out] = self._buffer(self._lowering.fact(out)) if pinned is None else pinned
        return taken

    def _group(self, number: int) -> tuple[int, list[int]]:
        """Gives a group its memory, and those of its gradients that can be computed there their place in it."""
        layout, dtype, _ = self._lowering.groups[number]
        shapes = list(layout.shapes)
        roots = {place: root for root, (group, place) in self._lowering.pins.items() if group == number}
        storage = len(self._sizes)
        self._sizes.append(layout.size * dtype.itemsize)
        for place, root in roots.items():
            shapes[place] = self._lowering.fact(root).shape
        whole = self._new(Fact(ARRAY, (layout.size,), dtype, "C"), storage, 0)
        parts = [
            self._new(Fact(ARRAY, shape, dtype, "C"), storage, offset * dtype.itemsize)
            for shape, offset in zip(shapes, layout.offsets, strict=True)
        ]
        for place, root in roots.items():
            self._pinned[root] = parts[place]
        return whole, parts

    def _new(self, fact: Fact, storage: int, extra: int) -> int:
        self.facts.append(fact)
        self._storage.append(storage)
        self._extra.append(extra)
        return len(self.facts) - 1

    def _may_stand(self, value: int) -> bool:
        lowering = self._lowering
        if value < 0 or value not in lowering.certain or value in self._lives.leaving or value in lowering.known:
            return False
        fact = lowering.facts[value]
        return fact is not None and fact.kind == ARRAY and fact.layout != "" and 0 not in fact.shape

    def _buffer(self, fact: Fact) -> int:
        """Returns the number of a buffer whose memory is free."""
        size = _bytes(fact)
        free = self._free.get(_size_class(size))
        if free:
            storage = free.pop()
            self._sizes[storage] = max(self._sizes[storage], size)
        else:
            storage = len(self._sizes)
            self._sizes.append(size)
        number = self._numbers.get((storage, fact))
        if number is None:
            number = self._numbers[storage, fact] = self._new(fact, storage, 0)
        return number

    def make(self) -> list[np.ndarray]:
        """Returns new arrays for all buffers."""
        block = np.empty(self.bytes + _ALIGNMENT, np.uint8)
        start = -block.ctypes.data % _ALIGNMENT
        made: list[Any] = []
        for fact, storage, extra in zip(self.facts, self._storage, self._extra, strict=True):
            begin = start + self._offsets[storage] + extra
            flat = block[begin : begin + _bytes(fact)].view(fact.dtype)
            made.append(flat.reshape(fact.shape) if fact.layout == "C" else flat.reshape(fact.shape[::-1]).T)
        return made


def _bytes(fact: Fact) -> int:
    size = int(fact.dtype.itemsize)
    for each in fact.shape:
        size *= each
    return size


def _size_class(size: int) -> int:
    return max(size - 1, 63).bit_length()
