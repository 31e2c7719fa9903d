"""How building grows: `python -m benchmarks.growth` builds chains of 10,000, 100,000 and 1,000,000 operations.

It prints microseconds of the processor and bytes for an operation, with its name, its line and its place in the graph, then what
gradients of the chain cost, scopes, variables and shared requests. What is linear prints about the same number on every line; Python's
search for garbage, which follows the whole graph now and then, makes the difference between the first lines and the others.
"""

from __future__ import annotations

import argparse
import gc
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import tfmini as tf


def _resident() -> int:
    """Returns the bytes of memory that this process holds now, or has held at most where the system does not say."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _chain(count: int) -> Any:
    x = tf.placeholder(tf.float32, [4])
    y = x
    for _ in range(count // 2):
        y = tf.add(tf.multiply(y, x), x)
    return x, y


def _operations(count: int) -> int:
    _chain(count)
    return count


def _scopes(count: int) -> int:
    for index in range(count):
        with tf.variable_scope(f"layer{index}"):
            pass
    return count


def _default_names(count: int) -> int:
    for _ in range(count):
        with tf.variable_scope(None, "layer"):
            pass
    return count


def _variables(count: int) -> int:
    zeros = tf.zeros_initializer()
    for index in range(count):
        tf.get_variable(f"v{index}", [4], initializer=zeros)
    return count


def _shared(count: int) -> int:
    with tf.variable_scope("s"):
        tf.get_variable("v", [4])
    with tf.variable_scope("s", reuse=True):
        for _ in range(count):
            tf.get_variable("v", [4])
    return count


def _ordered(count: int) -> int:
    x = tf.placeholder(tf.float32, [4])
    last = x
    for _ in range(count):
        with tf.control_dependencies([last]):
            last = tf.identity(x)
    return count


def _row(title: str, action: Callable[[int], int], count: int) -> None:
    gc.collect()
    with tf.Graph().as_default():
        before, started = _resident(), time.process_time()
        done = action(count)
        seconds, grown = time.process_time() - started, _resident() - before
    print(f"| {title} | {count:,} | {seconds / done * 1e6:.2f} us | {max(0, grown) / done:,.0f} |", flush=True)


def _gradients(count: int) -> None:
    gc.collect()
    with tf.Graph().as_default() as graph:
        x, y = _chain(count)
        known = graph.version
        before, started = _resident(), time.process_time()
        tf.gradients(y, x)
        seconds, added = time.process_time() - started, graph.version - known
        grown = _resident() - before
    print(
        f"| gradients of the chain, an operation added | {added:,} | {seconds / added * 1e6:.2f} us | {max(0, grown) / added:,.0f} |",
        flush=True,
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.growth", description=__doc__.split("\n")[0])
    parser.add_argument("--most", type=int, default=1_000_000, help="operations of the longest chain")
    most = parser.parse_args().most
    print(f"Python {sys.version.split()[0]}, numpy {np.__version__}")
    print("| what | how many | each | bytes each |")
    print("|---|---|---|---|")
    counts = [count for count in (10_000, 100_000, 1_000_000) if count <= most]
    for count in counts:
        _row("operations", _operations, count)
    for count in counts:
        _gradients(count // 10 if count > 100_000 else count)
    for title, action in (
        ("variable scopes", _scopes),
        ("scopes with a default name", _default_names),
        ("new variables", _variables),
        ("shared requests", _shared),
        ("operations after one another", _ordered),
    ):
        for count in (1000, 10_000, 100_000):
            if count <= most // 10:
                _row(title, action, count)


if __name__ == "__main__":
    main()
