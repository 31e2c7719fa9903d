"""Where an operation came from: its maker and the line of the user's program.

The maker says which part of the library asked (`user`, `variable`, `gradient`, `optimizer`, `slot`, `init`, ...). The line is
recorded as (code object, line number, cell) and formatted only when somebody reads it, because recording runs for every
operation and reading almost never. Frames are not kept: they would hold the user's local variables alive.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
import threading
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .slots import slots

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB_CONTEXTLIB = contextlib.__file__


class _State(threading.local):
    maker = "user"
    owner: Any = None


_state = _State()


class Site(NamedTuple):
    """A line of a program.

    Attributes:
      code: the code object that ran.
      line: the line number in its file.
      cell: what the host says about the running notebook cell (`Cell`), or None.
    """

    code: CodeType
    line: int
    cell: Any

    @property
    def file(self) -> str:
        return self.code.co_filename

    @property
    def function(self) -> str:
        return "" if self.code.co_name == "<module>" else self.code.co_name

    @property
    def text(self) -> str:
        """The source of the line, without indentation; "" when the source cannot be read."""
        return linecache.getline(self.code.co_filename, self.line).strip()

    def describe(self) -> str:
        """Returns `cell [3] line 5` in a notebook, else `model.py:5`."""
        home = home_cell(self)
        if home is not None:
            return f"cell [{home.count}] line {self.line}"
        return f"{os.path.basename(self.code.co_filename)}:{self.line}"


class Cell(NamedTuple):
    """A run of a notebook cell: the host's id of the cell, its execution count, and its source."""

    id: str
    count: int  # type: ignore[assignment]  # the execution count, in place of the method of tuples
    source: str


notebook_files: dict[str, Cell] = {}
"""The latest run of the cell behind each file name that a notebook gives its cells; filled by whoever fills `slots.cell_provider`."""


def home_cell(site: Site) -> Cell | None:
    """Returns the cell in which the line of `site` stands, or None when it stands in a file.

    It is not always the cell that runs: a function that cell 2 defines and cell 4 calls has its lines in cell 2.
    """
    home = notebook_files.get(site.code.co_filename)
    running = site.cell
    if home is None or running is None or home.source != running.source:
        return home
    return running


def current_maker() -> str:
    """Returns the maker of operations that are added now."""
    return _state.maker


def current_owner() -> Any:
    """Returns the variable to which operations that are added now belong, or None."""
    return _state.owner


@contextlib.contextmanager
def made_by(maker: str, owner: Any = None) -> Iterator[None]:
    """Notes that operations added inside belong to `maker`, and to the variable record `owner` if one is given.

    A variable made inside `slot` or `optimizer` keeps that maker: `made_by("variable")` does not replace a maker other than
    `user`, so that the lanes of the graph stay whole.
    """
    before = _state.maker, _state.owner
    if maker != "variable" or before[0] == "user":
        _state.maker = maker
    if owner is not None:
        _state.owner = owner
    try:
        yield
    finally:
        _state.maker, _state.owner = before


_library_code: dict[CodeType, bool] = {}


def _is_library(code: CodeType) -> bool:
    known = _library_code.get(code)
    if known is None:
        name = code.co_filename
        known = name.startswith(_PACKAGE) or name == _STDLIB_CONTEXTLIB
        _library_code[code] = known
    return known


def _first_user_frame(depth: int) -> FrameType | None:
    frame: FrameType | None = sys._getframe(depth)
    known = _library_code
    while frame is not None:
        library = known.get(frame.f_code)
        if library is None:
            library = _is_library(frame.f_code)
        if not library:
            return frame
        frame = frame.f_back
    return None


def here(depth: int = 2) -> Site | None:
    """Returns the innermost line outside tfmini, or None when there is none."""
    frame = _first_user_frame(depth)
    if frame is None:
        return None
    provider = slots.cell_provider
    return Site(frame.f_code, frame.f_lineno, provider() if provider is not None else None)


def stack(depth: int = 2, most: int = 6) -> tuple[Site, ...]:
    """Returns the lines outside tfmini that led here, innermost first, at most `most`.

    In a notebook the list ends at the cell; the machinery that runs cells is not part of it.
    """
    frame = _first_user_frame(depth)
    provider = slots.cell_provider
    cell = provider() if provider is not None else None
    sites: list[Site] = []
    while frame is not None and len(sites) < most:
        if not _is_library(frame.f_code):
            sites.append(Site(frame.f_code, frame.f_lineno, cell))
            if frame.f_code.co_name == "<module>":
                break
        frame = frame.f_back
    return tuple(sites)


def site_of_error(error: BaseException) -> Site | None:
    """Returns the innermost line outside tfmini that an error passed, or None."""
    found = None
    step = error.__traceback__
    while step is not None:
        if not _is_library(step.tb_frame.f_code):
            found = step
        step = step.tb_next
    if found is None:
        return None
    provider = slots.cell_provider
    return Site(found.tb_frame.f_code, found.tb_lineno, provider() if provider is not None else None)
