"""One hub a graph: it follows the graph and hands growth to the views that show it.

Events only mark the graph as changed (well under a microsecond); a thread of its own makes the deltas, at most 20 a second, the
next when every page has acknowledged the last. While a cell runs and the kernel cannot hear the pages, one delta a second goes
out without acknowledgement. The end of a cell sends whatever is left.

Locks guard the state of the hub only. No default graph or session is used here: messages of a page may be handled in
another thread while a cell runs.
"""

from __future__ import annotations

import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from tfmini import inspection

LEAST_INTERVAL = 0.05
UNHEARD_INTERVAL = 1.0
MOST_UNHEARD = 3
_BUSY_SHARE = 5
_MOST_FAILURES = 3
_LOOK_AGAIN = 30.0


class Reader(Protocol):
    """What a hub asks of a view."""

    def receive(self, delta: dict[str, Any]) -> None:
        """Takes a delta."""

    def cell_ended(self) -> None:
        """Is told that a cell ended, after the last delta."""

    def report(self, problem: str) -> None:
        """Shows a problem of the widgets themselves."""


class _Page:
    """What the hub knows of one view's page."""

    __slots__ = ("acknowledged", "asleep", "reader", "sent", "unheard")

    def __init__(self, reader: Reader, sequence: int) -> None:
        self.reader = reader
        self.sent = sequence
        self.acknowledged = sequence
        self.unheard = 0
        self.asleep = False

    @property
    def up_to_date(self) -> bool:
        return self.asleep or self.acknowledged >= self.sent


class GraphHub:
    """Follows one graph for all views of it.

    Attributes:
      graph: the graph.
      tracker: the records; use it inside `with hub.lock`.
    """

    def __init__(self, graph: Any) -> None:
        self.graph = graph
        self.tracker = inspection.GraphTracker(graph)
        self.lock = threading.RLock()
        self.problem = ""
        self._pages: dict[int, _Page] = {}
        self._unsubscribe: Callable[[], None] | None = None
        self._wanted = False
        self._wake = threading.Event()
        self._thread: threading.Thread | None = None
        self._last = 0.0
        self._cost = 0.0
        self._failures = 0

    # ---- views

    def open(self, reader: Reader) -> dict[str, Any]:
        """Adds a view; returns the whole record, from which its deltas go on."""
        with self.lock:
            if self._unsubscribe is None:
                self._unsubscribe = self.graph.events.subscribe(self._on_event)
            self._advance()
            record = self.tracker.whole()
            self._pages[id(reader)] = _Page(reader, self.tracker.sequence)
            return record

    def close(self, reader: Reader) -> None:
        """Removes a view; with the last one, the hub stops listening to the graph."""
        with self.lock:
            self._pages.pop(id(reader), None)
            if not self._pages and self._unsubscribe is not None:
                self._unsubscribe()
                self._unsubscribe = None
                self._wake.set()

    @property
    def label(self) -> str:
        """What people call the graph."""
        return inspection.graph_label(self.graph)

    @property
    def is_open(self) -> bool:
        """Whether any view is open."""
        return bool(self._pages)

    def whole(self) -> dict[str, Any]:
        """Returns the whole record as it is now; views that are open get the delta first."""
        with self.lock:
            self._advance()
            return self.tracker.whole()

    # ---- what pages say

    def acknowledge(self, reader: Reader, to: int, arrived: bool = False) -> None:
        """Notes that a page has applied the delta up to `to`; a page that just arrived and is behind gets the whole."""
        with self.lock:
            page = self._pages.get(id(reader))
            if page is None:
                return
            woke = page.asleep
            page.acknowledged = max(page.acknowledged, to)
            page.unheard = 0
            page.asleep = False
            behind = to < (self.tracker.sequence if woke or arrived else 0)
        if behind:
            self.send_whole(reader)
        if self._wanted:
            self._wake.set()

    def send_whole(self, reader: Reader) -> None:
        """Sends the whole record to one page, which lost the thread."""
        with self.lock:
            self._advance()
            page = self._pages.get(id(reader))
            record = self.tracker.whole()
            if page is not None:
                page.asleep = False
                page.unheard = 0
                page.sent = self.tracker.sequence
        reader.receive(record)

    # ---- the graph

    def _on_event(self, event: Any) -> None:
        self.tracker.note(event)
        if not self._wanted:
            self._wanted = True
            if self._thread is None:
                self._start()
            self._wake.set()

    def changed(self) -> None:
        """Looks again soon, after a change that no event told of."""
        self.tracker.recheck()
        self._wanted = True
        self._wake.set()

    def _start(self) -> None:
        self._thread = threading.Thread(
            target=_follow, args=(weakref.ref(self), self._wake), name="tfmini views", daemon=True
        )
        self._thread.start()

    def wait_time(self) -> float | None:
        """Returns how long the next delta has to wait, None when there is nothing to send."""
        if not self._wanted or not self._pages:
            return None
        interval = max(LEAST_INTERVAL, _BUSY_SHARE * self._cost)
        with self.lock:
            pages = list(self._pages.values())
        if all(page.asleep for page in pages):
            return None
        if not all(page.up_to_date for page in pages):
            interval = max(interval, UNHEARD_INTERVAL)
        return max(0.0, self._last + interval - time.perf_counter())

    def flush(self, cell_ended: bool = False) -> None:
        """Sends what changed to every page that is awake."""
        with self.lock:
            self._advance()
            pages = list(self._pages.values())
        if cell_ended:
            for page in pages:
                page.reader.cell_ended()

    def _advance(self) -> None:
        """Makes the delta since the last one and hands it out. The lock is held."""
        self._wanted = False
        started = time.perf_counter()
        try:
            delta = self.tracker.delta()
        except Exception as error:
            # A view must not break the program that it watches. A graph may be looked at in the middle of a change: the
            # next look corrects that, and a lasting fault is shown.
            self._last = time.perf_counter()
            self._failures += 1
            self._wanted = self._failures < _MOST_FAILURES
            if self._failures == _MOST_FAILURES:
                self._report(
                    f"This view cannot follow the graph: {type(error).__name__}: {error}. Run a cell to try again."
                )
            return
        if self._failures >= _MOST_FAILURES:
            self._report("")
        self._failures = 0
        if delta is not None:
            for page in list(self._pages.values()):
                self._hand(page, delta)
        self._last = time.perf_counter()
        self._cost = self._last - started

    def _hand(self, page: _Page, delta: dict[str, Any]) -> None:
        if not page.up_to_date:
            page.unheard += 1
            if page.unheard > MOST_UNHEARD and not cell_is_running():
                # nobody reads this view now; a page that comes back asks for the whole
                page.asleep = True
        if not page.asleep:
            page.sent = self.tracker.sequence
            page.reader.receive(delta)

    def _report(self, problem: str) -> None:
        self.problem = problem
        for page in list(self._pages.values()):
            page.reader.report(problem)


def _follow(reference: weakref.ref[GraphHub], wake: threading.Event) -> None:
    """Sends deltas in the background until the hub has no view."""
    while True:
        hub = reference()
        if hub is None or not hub.is_open:
            if hub is not None:
                hub._thread = None
            return
        wait = hub.wait_time()
        if wait == 0.0:
            hub.flush()
            continue
        del hub
        wake.wait(_LOOK_AGAIN if wait is None else wait)
        wake.clear()


# ---- all hubs

_hubs: weakref.WeakSet[GraphHub] = weakref.WeakSet()
_hubs_lock = threading.Lock()


def hub_of(graph: Any) -> GraphHub:
    """Returns the hub of a graph, made when it is new. It lives as long as the graph."""
    with _hubs_lock:
        hub = graph.__dict__.get("_view_hub")
        if hub is None:
            hub = graph.__dict__["_view_hub"] = GraphHub(graph)
            _hubs.add(hub)
        return hub


class _Cells:
    """Whether a cell of the notebook runs."""

    running = False
    shell: Any = None


def cell_is_running() -> bool:
    """Says whether a cell of the notebook runs now."""
    return _Cells.running


def follow_cells() -> None:
    """Connects the hubs with the IPython shell that runs, once: the end of a cell sends what is left."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or shell is _Cells.shell:
        return
    _Cells.shell = shell
    _Cells.running = True
    shell.events.register("pre_run_cell", _begin_cell)
    shell.events.register("post_run_cell", end_of_cell)


def _begin_cell(_info: Any = None) -> None:
    _Cells.running = True


def end_of_cell(result: Any = None) -> None:
    """Called by IPython after each cell: what happened in it reaches the pages now."""
    _Cells.running = False
    error = getattr(result, "error_in_exec", None) or getattr(result, "error_before_exec", None)
    with _hubs_lock:
        hubs = [hub for hub in _hubs if hub.is_open]
    for hub in hubs:
        with hub.lock:
            if error is not None:
                hub.tracker.cell_failed(f"{type(error).__name__}: {error}")
            hub.tracker.recheck()
        hub.flush(cell_ended=True)
