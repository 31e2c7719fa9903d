"""What tfmini does when it is imported in IPython: it knows the running cell, draws its objects, and folds its own frames.

`import tfmini` calls `install` when IPython is there. Nothing of Jupyter is imported before an object is displayed.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys
import sysconfig
from types import TracebackType
from typing import Any

from .framework import provenance
from .framework.provenance import Cell
from .framework.slots import slots

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_LIBRARIES = tuple(
    os.path.abspath(path) + os.sep
    for path in {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    if path
)


class Notebook:
    """Follows the cells of one IPython shell.

    Attributes:
      cell: the cell that runs now, or the last one that ran; None before the first.
      running: whether a cell runs now.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.cell: Cell | None = None
        self.running = False

    def begin(self, info: Any) -> None:
        """Called before a cell runs; `info` is IPython's `ExecutionInfo`."""
        if getattr(info, "silent", False) or not getattr(info, "store_history", True):
            return
        # the cell is not stored yet, so its number is the length of the history; counters differ between versions of IPython
        self._enter(info.raw_cell or "", len(self._history()), getattr(info, "cell_id", None))

    def end(self, _result: Any = None) -> None:
        """Called after a cell ran."""
        self.running = False

    def _history(self) -> list[str]:
        """Returns the sources of the cells that ran; item 0 is empty."""
        return getattr(getattr(self.shell, "history_manager", None), "input_hist_raw", None) or [""]

    def _enter(self, source: str, count: int, cell_id: str | None) -> None:
        self.running = True
        self.cell = Cell(str(cell_id or f"cell-{count}"), count, source)
        for name in self._file_names(source, count):
            provenance.notebook_files[name] = self.cell

    def _file_names(self, source: str, count: int) -> list[str]:
        """Returns the file names that IPython gives the code of a cell."""
        compiler = self.shell.compile
        try:
            transformed = self.shell.transform_cell(source)
            return [compiler.get_code_name(source, transformed, count)]
        except (AttributeError, SyntaxError, TypeError):
            return []

    def join(self) -> None:
        """Takes up the cell that runs while tfmini is imported."""
        history = self._history()
        self._enter(str(history[-1]), len(history) - 1, _cell_id_of_kernel(self.shell))


def _cell_id_of_kernel(shell: Any) -> str | None:
    kernel = getattr(shell, "kernel", None)
    parent = kernel.get_parent("shell") if kernel is not None and hasattr(kernel, "get_parent") else None
    metadata = parent.get("metadata") if isinstance(parent, dict) else None
    return metadata.get("cellId") if isinstance(metadata, dict) else None


notebook: Notebook | None = None


def install() -> bool:
    """Connects tfmini with the IPython shell that runs, once. Returns whether there is one."""
    global notebook
    if notebook is not None:
        return True
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    notebook = Notebook(shell)
    notebook.join()
    shell.events.register("pre_run_cell", notebook.begin)
    shell.events.register("post_run_cell", notebook.end)
    slots.cell_provider = _running_cell
    if slots.mimebundle is None:
        slots.mimebundle = _first_display
    _fold_tracebacks(shell)
    return True


def _running_cell() -> Cell | None:
    return notebook.cell if notebook is not None else None


def _first_display(thing: Any) -> Any:
    """Stands in for the rich displays until the first one is asked for; without the widgets, objects print as text."""
    if importlib.util.find_spec("tfmini_widgets") is None:
        return {"text/plain": repr(thing)}
    reprs = importlib.import_module("tfmini_widgets.reprs")
    slots.mimebundle = reprs.mimebundle
    return reprs.mimebundle(thing)


# ---- tracebacks


def _fold_tracebacks(shell: Any) -> None:
    """Leaves frames inside tfmini out of the tracebacks that the shell prints."""
    printer = getattr(shell, "InteractiveTB", None)
    original = getattr(printer, "structured_traceback", None)
    if printer is None or original is None:
        return

    def structured_traceback(
        etype: Any = None, evalue: Any = None, etb: Any = None, tb_offset: Any = None, *args: Any, **options: Any
    ) -> Any:
        kept = fold(etb)
        if kept is None or kept is etb:
            return original(etype, evalue, etb, tb_offset, *args, **options)
        # the exception carries a traceback of its own, which some printers read instead
        before = evalue.__traceback__
        with contextlib.ExitStack() as stack:
            stack.callback(setattr, evalue, "__traceback__", before)
            evalue.__traceback__ = kept
            lines = original(etype, evalue, kept, tb_offset, *args, **options)
        return _with_advice(lines, evalue)

    printer.structured_traceback = structured_traceback


def _with_advice(lines: Any, error: BaseException) -> Any:
    explain = slots.explain_error or importlib.import_module("tfmini.inspection.advice").advice
    advice = explain(error)
    if advice and isinstance(lines, list):
        return [*lines, advice]
    return lines


def fold(traceback: TracebackType | None) -> TracebackType | None:
    """Returns `traceback` without the frames inside tfmini and what they called in other libraries.

    The traceback comes back unchanged when tfmini has no part in it, or when nothing of the program would be left.
    """
    entries: list[TracebackType] = []
    step = traceback
    while step is not None:
        entries.append(step)
        step = step.tb_next
    if not any(_is_ours(each) for each in entries):
        return traceback
    kept: list[TracebackType] = []
    inside = False
    for each in entries:
        ours = _is_ours(each)
        if ours or (inside and _is_library(each)):
            inside = True
            continue
        inside = False
        kept.append(each)
    if not kept:
        return traceback
    folded: TracebackType | None = None
    for each in reversed(kept):
        folded = TracebackType(folded, each.tb_frame, each.tb_lasti, each.tb_lineno)
    return folded


def _is_ours(entry: TracebackType) -> bool:
    return entry.tb_frame.f_code.co_filename.startswith(_PACKAGE)


def _is_library(entry: TracebackType) -> bool:
    name = entry.tb_frame.f_code.co_filename
    return name.startswith(_LIBRARIES) or name.startswith("<frozen")
