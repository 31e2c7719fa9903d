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

from .cases import training_tf

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


def report(rounds: int) -> str:
    """Returns a line: the time of 1,000 training steps with a dashboard open over the time with none."""
    widgets = Path(__file__).parents[1] / "widgets"
    if str(widgets) not in sys.path:
        sys.path.append(str(widgets))
    from tfmini_widgets.hub import GraphHub

    import tfmini

    graph = tfmini.Graph()
    step, _ = training_tf(tfmini, graph)
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
    return (
        f"{RUNS} training steps with a dashboard open over none: {statistics.median(ratios):.2f} "
        f"({min(ratios):.2f} to {max(ratios):.2f})"
    )
