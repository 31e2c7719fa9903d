"""The state of a session: values of variables and of random generators.

A write replaces the array, or changes it in place when only the cell holds it (`Cell.own`). So a value that was fetched, traced or
forked stays what it was, and a fork of the state is a copy of references.
"""

from __future__ import annotations

import copy
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import FailedPreconditionError, KernelError


class Cell:
    """The value of one variable in one session; None while it has none.

    Who reads the value, changes it and writes it back holds `lock`, so that runs in several threads lose no update. The cells of a
    session share one lock: the step of an optimizer changes many at once.
    """

    __slots__ = ("dtype", "home", "lock", "log", "name", "value")

    def __init__(
        self, name: str, dtype: Any, value: np.ndarray | None = None, home: VariableState | None = None
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.home = home
        self.value = value
        self.lock = threading.Lock() if home is None else home.lock
        self.log: list[tuple[Cell, Any, Any]] | None = None

    def read(self) -> np.ndarray:
        """Returns the value. Raises `KernelError` when there is none."""
        value = self.value
        if value is None:
            raise KernelError(FailedPreconditionError, f"Attempting to use uninitialized value {self.name}")
        return value

    def own(self) -> np.ndarray:
        """Returns the value as an array that may be changed in place and assigned again: itself when nobody else holds it, else a copy.

        Who calls this holds the lock, and has let go of what he read before.
        """
        value = self.read()
        if (
            self.log is None
            and sys.getrefcount(value) <= _HELD_BY_ITS_CELL
            and type(value) is np.ndarray
            and value.base is None
            and value.flags.writeable
        ):
            return value
        return np.array(value)

    def assign(self, value: Any) -> Cell:
        """Replaces the value; returns the cell, which is what an operation with a reference output gives."""
        if self.log is not None:
            self.log.append((self, self.value, value))
        self.value = value
        return self


def _count_alone() -> int:
    """Returns what `Cell.own` counts for an array that only its cell holds; this differs between versions of Python."""

    class Counting(Cell):
        __slots__ = ()

        def own(self) -> Any:
            value = self.read()
            return sys.getrefcount(value)

    return Counting("", None, np.zeros(1)).own()  # type: ignore[return-value]


_HELD_BY_ITS_CELL = _count_alone()


class VariableState:
    """The cells of a session, found by container and name."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.cells: dict[tuple[bytes, str], Cell] = {}
        self.resources: dict[tuple[bytes, str], Any] = {}
        self.holds_references = False
        self._log: list[tuple[Cell, Any, Any]] | None = None

    @property
    def has_container(self) -> bool:
        """Whether TensorFlow would have a container by now: a reference variable was used, or a variable has a value."""
        return self.holds_references or any(cell.value is not None for cell in self.cells.values())

    def cell(self, op: Any) -> Cell:
        """Returns the cell of a variable operation, made empty when it is new."""
        attrs = op._attrs
        shared = attrs.get("shared_name", b"")
        name = shared.decode() if shared else op._name
        key = (attrs.get("container", b""), name)
        found = self.cells.get(key)
        if found is None:
            found = self.cells.setdefault(key, Cell(name, attrs["dtype"], home=self))
            found.log = self._log
            self.holds_references = self.holds_references or op.type == "VariableV2"
        return found

    def watch(self, log: list[tuple[Cell, Any, Any]] | None) -> None:
        """Notes every write as (cell, before, after) in `log`; None stops that."""
        self._log = log
        for cell in self.cells.values():
            cell.log = log

    def fork(self) -> VariableState:
        """Returns a copy that can be written without changing this one."""
        other = VariableState()
        other.holds_references = self.holds_references
        other.cells = {key: Cell(cell.name, cell.dtype, cell.value, other) for key, cell in self.cells.items()}
        other.resources = {key: copy.copy(each) for key, each in self.resources.items()}
        return other

    def take(self, other: VariableState) -> None:
        """Takes over the values of a fork."""
        for key, cell in other.cells.items():
            mine = self.cells.get(key)
            if mine is None:
                self.cells[key] = Cell(cell.name, cell.dtype, cell.value, self)
            else:
                mine.value = cell.value
        self.resources.update(other.resources)


class RandomStore:
    """The generators of a session, one for each random operation; they continue from run to run."""

    def __init__(self) -> None:
        self.states: dict[Any, Any] = {}

    def get(self, op: Any, make: Callable[[], Any] | None = None) -> Any:
        """Returns the generator of `op`, made by `make()` when the session meets it first; None without `make`."""
        state = self.states.get(op)
        if state is None and make is not None:
            state = self.states.setdefault(op, make())
        return state

    def set(self, op: Any, state: Any) -> None:
        """Keeps `state` as the generator of `op`."""
        self.states[op] = state

    def fresh_seed(self) -> int:
        """Returns 64 random bits, for operations without a seed."""
        return int.from_bytes(os.urandom(8), "little")

    def fork(self) -> RandomStore:
        """Returns a copy whose generators go their own way."""
        other = RandomStore()
        other.states = {op: copy.copy(state) for op, state in self.states.items()}
        return other


class SessionState:
    """Everything that a session keeps between runs; `cancelled` makes runs over it stop (`cancel`)."""

    def __init__(self) -> None:
        self.cancelled = False
        self.variables = VariableState()
        self.random = RandomStore()
        self.blocks: dict[Any, Any] = {}
        self.lock = threading.RLock()

    def part(self, name: str) -> Any:
        """Returns the part of the state that a declaration asks for as `resources`."""
        if name == "variables":
            return self.variables
        if name == "random":
            return self.random
        if name == "run":
            return self
        raise ValueError(f"A session has no state called {name!r}: use 'variables', 'random' or 'run'.")

    def fork(self) -> SessionState:
        """Returns a copy that can run and write without changing this one."""
        other = SessionState()
        with self.lock:
            other.variables = self.variables.fork()
            other.random = self.random.fork()
        return other

    def take(self, other: SessionState) -> None:
        """Takes over the state of a fork."""
        with self.lock:
            self.variables.take(other.variables)
            self.random.states.update(other.random.states)
