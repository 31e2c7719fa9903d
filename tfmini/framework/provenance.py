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
from types import CodeType, FrameType
from typing import Any, NamedTuple

from .slots import slots

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_STDLIB_CONTEXTLIB = contextlib.__file__


class _State(threading.local):
    def __init__(self) -> None:
        self.maker = "user"
        self.owner: Any = None
        self.site: Any = None


state = _State()
"""Who adds operations in this thread; `Graph._append` reads it for each."""


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
    return state.maker


def current_owner() -> Any:
    """Returns the variable to which operations that are added now belong, or None."""
    return state.owner


class made_by:
    """Notes that operations added inside `with` belong to `maker`, and to the variable record `owner` if one is given.

    A variable made inside `slot` or `optimizer` keeps that maker: `made_by("variable")` does not replace a maker other than
    `user`, so that the lanes of the graph stay whole.

    `site` is the line for all of them; the program's own functions must be called under `looking_up()` then.
    """

    __slots__ = ("_before", "_maker", "_owner", "_site")

    def __init__(self, maker: str, owner: Any = None, site: Any = None) -> None:
        self._maker = maker
        self._owner = owner
        self._site = site

    def __enter__(self) -> None:
        before = self._before = state.maker, state.owner, state.site
        if self._site is not None:
            state.site = self._site
        if self._maker != "variable" or before[0] == "user":
            state.maker = self._maker
        if self._owner is not None:
            state.owner = self._owner

    def __exit__(self, *_: Any) -> None:
        state.maker, state.owner, state.site = self._before


class looking_up:
    """Looks up the line for each operation again, inside a `made_by` that fixed it: a function of the program is called."""

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        self._before = state.site
        state.site = None

    def __exit__(self, *_: Any) -> None:
        state.site = self._before


# ---- lines of the program

_library_files: dict[str, bool] = {}

# Site of each place in the code that was met, so that a line in a loop has one site: reading a line number takes longer than the
# rest of making an operation. A site keeps its code object, so the id in the key stays its own.
_sites: dict[tuple[int, int], Site] = {}
_MOST_SITES = 20_000


def _is_library(file: str) -> bool:
    known = _library_files.get(file)
    if known is None:
        known = file.startswith(_PACKAGE) or file == _STDLIB_CONTEXTLIB
        _library_files[file] = known
    return known


def _first_user_frame(depth: int) -> FrameType | None:
    frame: FrameType | None = sys._getframe(depth)
    known = _library_files
    while frame is not None:
        file = frame.f_code.co_filename
        library = known.get(file)
        if library is None:
            library = _is_library(file)
        if not library:
            return frame
        frame = frame.f_back
    return None


def _site(frame: FrameType, cell: Any) -> Site:
    code = frame.f_code
    key = (id(code), frame.f_lasti)
    site = _sites.get(key)
    if site is None or site.cell is not cell:
        site = Site(code, frame.f_lineno, cell)
        if len(_sites) >= _MOST_SITES:
            _sites.clear()
        _sites[key] = site
    return site


def here(depth: int = 2) -> Site | None:
    """Returns the innermost line outside tfmini, or None when there is none; `depth` frames are skipped."""
    site = state.site
    if site is not None:
        return site
    # Every operation comes here: `_first_user_frame` and `_site` written out.
    frame: FrameType | None = sys._getframe(depth)
    known = _library_files
    while frame is not None:
        code = frame.f_code
        library = known.get(code.co_filename)
        if library is False:
            break
        if library is None and not _is_library(code.co_filename):
            break
        frame = frame.f_back
    if frame is None:
        return None
    provider = slots.cell_provider
    cell = None if provider is None else provider()
    found = _sites.get((id(code), frame.f_lasti))
    return found if found is not None and found.cell is cell else _site(frame, cell)


def stack(depth: int = 2, most: int = 6) -> tuple[Site, ...]:
    """Returns the lines outside tfmini that led here, innermost first, at most `most`.

    In a notebook the list ends at the cell; the machinery that runs cells is not part of it.
    """
    frame = _first_user_frame(depth)
    provider = slots.cell_provider
    cell = provider() if provider is not None else None
    sites: list[Site] = []
    while frame is not None and len(sites) < most:
        code = frame.f_code
        if not _is_library(code.co_filename):
            sites.append(_site(frame, cell))
            if code.co_name == "<module>":
                break
        frame = frame.f_back
    return tuple(sites)


def trail(depth: int = 2, most: int = 6) -> tuple[Any, ...]:
    """Returns what `stack` gives as (code object, place in it) pairs, flat: for records that are seldom read. See `sites_of`."""
    frame: FrameType | None = sys._getframe(depth)
    known = _library_files
    found: list[Any] = []
    while frame is not None:
        code = frame.f_code
        library = known.get(code.co_filename)
        if library is None:
            library = _is_library(code.co_filename)
        if not library:
            found.append(code)
            found.append(frame.f_lasti)
            if len(found) == 2 * most or code.co_name == "<module>":
                break
        frame = frame.f_back
    return tuple(found)


def sites_of(steps: tuple[Any, ...], cell: Any) -> tuple[Site, ...]:
    """Returns the lines of a `trail` that was taken while `cell` ran."""
    return tuple(Site(code, _line_at(code, place), cell) for code, place in zip(steps[::2], steps[1::2], strict=True))


def _line_at(code: CodeType, place: int) -> int:
    for start, end, line in code.co_lines():
        if start <= place < end and line is not None:
            return line
    return code.co_firstlineno


def site_of_error(error: BaseException) -> Site | None:
    """Returns the innermost line outside tfmini that an error passed, or None."""
    found = None
    step = error.__traceback__
    while step is not None:
        if not _is_library(step.tb_frame.f_code.co_filename):
            found = step
        step = step.tb_next
    if found is None:
        return None
    provider = slots.cell_provider
    return Site(found.tb_frame.f_code, found.tb_lineno, provider() if provider is not None else None)
