"""What an open dashboard costs the program that it watches.

The page is played by a reader that writes each delta as JSON, as the kernel does for a real page, and acknowledges it 5 ms later
from another thread.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from pathlib import Path
from typing import Any

from .training import classifier

RUNS = 1000


class _Page:
    """A reader of a hub that behaves as a page does."""

    def __init__(self, hub: Any) -> None:
        self._hub = hub
        self.deltas = 0

    def receive(self, delta: dict[str, Any]) -> None:
        json.dumps(delta)
        self.deltas += 1
        threading.Timer(0.005, self._hub.acknowledge, (self, delta["to"])).start()

    def cell_ended(self) -> None:
        """Nothing is drawn here."""

    def report(self, problem: str) -> None:
        raise RuntimeError(problem)


def _seconds(step: Any) -> float:
    started = time.perf_counter()
    for _ in range(RUNS):
        step()
    return time.perf_counter() - started


def report(rounds: int) -> list[str]:
    """Returns lines: what an open dashboard costs 1,000 training steps, and the building of an operation."""
    widgets = Path(__file__).parents[1] / "widgets"
    if str(widgets) not in sys.path:
        sys.path.append(str(widgets))
    from tfmini_widgets.hub import GraphHub

    import tfmini

    graph = tfmini.Graph()
    step = classifier(tfmini, (64, 32, 10), 32, graph).run
    _seconds(step)
    ratios = []
    for _ in range(rounds):
        closed = _seconds(step)
        hub = GraphHub(graph)
        page = _Page(hub)
        hub.open(page)
        opened = _seconds(step)
        hub.close(page)
        ratios.append(opened / closed)
    shut, open_ = _building(tfmini, GraphHub, False), _building(tfmini, GraphHub, True)
    return [
        f"{RUNS} training steps with a dashboard open over none: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f}).",
        f"Adding an operation: {shut:.1f} us; with a dashboard open {open_ - shut:.1f} us more.",
    ]


def _building(tfmini: Any, hub_type: Any, is_open: bool) -> float:
    """Returns microseconds an operation to build 2,000 of them, the deltas to the page included."""
    found = []
    for _ in range(5):
        graph = tfmini.Graph()
        hub, page = None, None
        if is_open:
            hub = hub_type(graph)
            page = _Page(hub)
            hub.open(page)
        with graph.as_default():
            x = tfmini.placeholder(tfmini.float32, [])
            started = time.perf_counter()
            for _ in range(2000):
                tfmini.add(x, x)
            if hub is not None:
                hub.flush()
            found.append((time.perf_counter() - started) / 2000 * 1e6)
        if hub is not None:
            hub.close(page)
    return statistics.median(found)
