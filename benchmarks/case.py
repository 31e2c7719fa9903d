"""What a line of the table is made of.

A `Case` builds its work for a module that speaks TensorFlow 1 (`tfmini`, or real TensorFlow) and, by hand, with numpy. The
work is a `Work` (called again and again) or a `Stages` (everything that can happen once only to a graph: each sample starts
from a fresh one and gives a time for each of its lines). Both can say what they compute, so that a ratio is only printed
after the results were compared.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = list[np.ndarray]

clock = time.process_time_ns if os.environ.get("BENCHMARKS_CLOCK") == "cpu" else time.perf_counter_ns
"""Nanoseconds on the wall, or of the processor in all threads of the process, which what else the machine does disturbs less."""


@dataclass(frozen=True)
class Work:
    """Work that can be repeated.

    Attributes:
      run: does it once.
      units: how many units one call holds.
      check: does it from a known start and returns what must be equal in all libraries; None where there is nothing to compare.
    """

    run: Callable[[], Any]
    units: int = 1
    check: Callable[[], Arrays] | None = None


@dataclass(frozen=True)
class Stages:
    """Work on a fresh graph: `sample()` returns nanoseconds a unit for each key of a line, `check()` what it computes."""

    sample: Callable[[], dict[str, float]]
    check: Callable[[], Arrays] | None = None


@dataclass(frozen=True)
class Line:
    """A line of the table.

    Attributes:
      key: its name on the command line; for `Stages` also the key of its time.
      title: what is timed.
      goal: TensorFlow's time over tfmini's that is to be reached, or None.
      bound: tfmini's time over numpy's that is not to be passed, or None.
    """

    key: str
    title: str
    goal: float | None = None
    bound: float | None = None


@dataclass(frozen=True)
class Case:
    """Lines that are measured together.

    Attributes:
      lines: one for `Work`, several for `Stages`.
      of_module: makes the work for a module.
      by_hand: makes the same with numpy, or None.
      threads: how many threads the libraries may use.
      heavy: a sample takes minutes in TensorFlow: it gets one there, and three here.
      tolerance: greatest relative difference of the results.
    """

    lines: tuple[Line, ...]
    of_module: Callable[[Any], Work | Stages]
    by_hand: Callable[[], Work | Stages] | None = None
    threads: int = 1
    heavy: bool = False
    tolerance: float = 1e-4
    key: str = field(default="")

    @property
    def name(self) -> str:
        """The key of the case: its own, or that of its first line."""
        return self.key or self.lines[0].key


def session(tf: Any, graph: Any, threads: int = 1) -> Any:
    """Returns a session that uses so many threads; tfmini leaves threads to the BLAS library of numpy."""
    return tf.Session(
        graph=graph, config=tf.ConfigProto(intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads)
    )


class Clock:
    """Times the parts of a sample. The garbage of one part is not collected inside the next."""

    def __init__(self) -> None:
        self.found: dict[str, float] = {}

    def time(self, key: str, function: Callable[[], Any], units: int = 1) -> Any:
        """Returns what `function` returns and notes nanoseconds a unit under `key`."""
        gc.collect()
        started = clock()
        result = function()
        self.found[key] = (clock() - started) / units
        return result

    def repeat(self, key: str, function: Callable[[], Any], seconds: float = 0.2) -> None:
        """Notes the lower quartile over repeated calls, after two that are not counted."""
        self.found[key] = quartile(function, seconds)


def quartile(function: Callable[[], Any], seconds: float, units: int = 1) -> float:
    """Returns the lower quartile, over short samples, of nanoseconds a unit."""
    started = clock()
    function()
    once = max(1, clock() - started)
    if once > 2e8:  # building: nothing gets faster by being called again
        started = clock()
        function()
        return min(once, clock() - started) / units
    for _ in range(4):  # a plan is compiled in its first calls
        function()
    started = clock()
    function()
    once = max(1, clock() - started)
    repeats = max(1, int(2e6 / once))
    results = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(results) < 3:
        started = clock()
        for _ in range(repeats):
            function()
        results.append((clock() - started) / repeats / units)
    results.sort()
    return results[len(results) // 4]
