"""One library in one process: takes the name of a case on each line of its input, times it, and prints nanoseconds a unit."""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

from .cases import CASES, Timed


def load(library: str) -> Any:
    """Returns the module to time; None for numpy."""
    if library == "numpy":
        return None
    if library == "tfmini":
        import tfmini

        return tfmini
    import tensorflow.compat.v1 as tensorflow

    tensorflow.disable_v2_behavior()
    tensorflow.logging.set_verbosity(tensorflow.logging.ERROR)
    return tensorflow


def sample(timed: Timed, seconds: float) -> float:
    """Returns the lower quartile, over short samples, of nanoseconds a unit."""
    function, units = timed
    function()
    function()
    started = time.perf_counter_ns()
    function()
    once = max(1, time.perf_counter_ns() - started)
    repeats = max(1, int(2e6 / once))
    results = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(results) < 3:
        started = time.perf_counter_ns()
        for _ in range(repeats):
            function()
        results.append((time.perf_counter_ns() - started) / repeats / units)
    return statistics.quantiles(results, n=4)[0]


def main(library: str) -> None:
    """Serves cases until the input ends."""
    module = load(library)
    prepared: dict[str, Timed] = {}
    print("ready", flush=True)
    for line in sys.stdin:
        name, seconds = line.split()
        if name not in prepared:
            _, of_module, by_hand = CASES[name]
            if module is not None:
                prepared[name] = of_module(module)
            elif by_hand is not None:
                prepared[name] = by_hand()
        print(sample(prepared[name], float(seconds)) if name in prepared else "none", flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
