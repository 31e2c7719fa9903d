"""Random programs, run by real TensorFlow and by tfmini side by side.

A program is a list of lines that is made while TensorFlow runs it, so that most lines fit the shapes that are there; one in ten is
chosen blindly, because refused calls must agree too. Then tfmini runs the same lines, and graph, results and errors are compared::

    python tests/golden/fuzz.py --seed 1 --count 200      needs a Python that has TensorFlow
    python tests/golden/fuzz.py --show 17                 prints the program of one seed
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from golden import compare, describe, record
from golden.random_programs import Maker, World


def plain_config(tf: Any) -> Any:
    """Returns options without the rewriting of graphs, by which TensorFlow skips or reorders operations that would fail."""
    if not tf.__name__.startswith("tensorflow"):
        return None
    from tensorflow.core.protobuf import rewriter_config_pb2

    rewriting = rewriter_config_pb2.RewriterConfig(disable_meta_optimizer=True)
    options = tf.OptimizerOptions(opt_level=tf.OptimizerOptions.L0)
    return tf.ConfigProto(graph_options=tf.GraphOptions(rewrite_options=rewriting, optimizer_options=options))


class _Sessions:
    """One session after the other: a run that fails may have drawn random numbers or not, so that the next starts afresh."""

    def __init__(self, tf: Any) -> None:
        self._tf = tf
        self._config = plain_config(tf)
        self._initializer = tf.global_variables_initializer()
        self._session: Any = None

    def run(self, fetches: Any, feeds: Any) -> Any:
        """Returns the encoded values of `fetches`, or the encoded error."""
        try:
            if self._session is None:
                self._session = self._tf.Session(config=self._config)
                self._session.run(self._initializer)
            return describe.encode(self._session.run(fetches, feeds))
        except Exception as error:  # noqa: BLE001 - what a run refuses is compared
            self.close()
            return describe.describe_error(error)

    def close(self) -> None:
        """Closes the session that is open."""
        if self._session is not None:
            self._session.close()
        self._session = None


def _results(tf: Any, world: World, maker: Maker) -> dict[str, Any]:
    """Runs what the program made, and returns everything that is compared beside the graph."""
    found: dict[str, Any] = {"refused": {key: describe.encode(value) for key, value in world.failures.items()}}
    names = world.names
    made = [name for name in maker.tensors if name in names]
    found["made"] = {name: describe.encode(names[name]) for name in made}
    feeds = {names[name]: value for name, value in maker.feeds.items() if name in names}
    sessions = _Sessions(tf)
    values = {name: sessions.run(names[name], feeds) for name in made}
    for name in maker.actions:
        if name in names:
            values[f"run {name}"] = sessions.run([names[name]], feeds)
            values[f"after {name}"] = sessions.run(tf.global_variables(), feeds)
    sessions.close()
    found["values"] = values
    return found


def _tamed(value: Any) -> Any:
    """Drops numbers that rounding alone can change at will: huge ones, and what is not finite."""
    if isinstance(value, dict):
        return {key: _tamed(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_tamed(each) for each in value]
    if isinstance(value, str) and value.startswith(("float32[", "float64[")):
        array = describe.read_array(value)
        if not np.isfinite(array).all() or (array.size and np.abs(array).max() > 1e4):
            return value.partition(" ")[0] + " wild"
    return value


def _forgive_order(expected: dict[str, Any], found: dict[str, Any]) -> None:
    """Where several operations of a run must fail, TensorFlow reports the one that fails first by the clock."""
    for key, value in expected.items():
        other = found.get(key)
        both = isinstance(value, dict) and isinstance(other, dict) and "code" in value and "code" in other
        if both and value["op"] != other["op"] and value["code"] == other["code"]:
            found[key] = value


def compare_seed(oracle: Any, mini: Any, seed: int, length: int = 45) -> tuple[str, list[str]]:
    """Returns the report of one random program ("" when both agree) and its lines."""
    records = []
    with oracle.Graph().as_default() as graph:
        maker = Maker(oracle, seed)
        lines = maker.program(length)
        results = _results(oracle, maker.world, maker)
        records.append({"results": _tamed(results), **describe.describe(oracle, graph)})
    with mini.Graph().as_default() as graph:
        world = World(mini)
        for number, line in enumerate(lines, 1):
            world.run(number, line)
        world.close()
        results = _results(mini, world, maker)
        records.append({"results": _tamed(results), **describe.describe(mini, graph)})
    expected, found = json.loads(json.dumps(records))
    if any(sign in str(expected) for sign in ("RecursionError", "basic_string", "No OpKernel was registered")):
        return "", lines  # TensorFlow itself broke down, or has no kernel for a dtype that the operation allows
    _forgive_order(expected["results"]["values"], found["results"]["values"])
    refused = compare.difference(expected["results"]["refused"], found["results"]["refused"], "refused")
    return refused or compare.program(expected, found), lines


def run_seeds(seeds: Any, length: int, show: bool) -> None:
    """Compares the programs of these seeds in this process; prints a line for each, and a report for each that differs."""
    warnings.simplefilter("ignore")
    oracle = record.oracle()
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    import tfmini

    compare.loosen(50, like_float32=True)
    for seed in seeds:
        report, lines = compare_seed(oracle, tfmini, seed, length)
        if show:
            print("\n".join(f"{number:3} {line}" for number, line in enumerate(lines, 1)))
        print(f"--- seed {seed}: {report}" if report else f"seed {seed} agrees", flush=True)


def _in_children(first: int, count: int, length: int) -> int:
    """Runs the seeds in child processes, because some refused programs take TensorFlow's whole process down."""
    failed = broken = 0
    seed = first
    while seed < first + count:
        most = min(50, first + count - seed)
        command = [
            sys.executable,
            __file__,
            "--seed",
            str(seed),
            "--count",
            str(most),
            "--length",
            str(length),
            "--inside",
        ]
        child = subprocess.run(command, capture_output=True, text=True, check=False)
        for line in child.stdout.splitlines():
            if line.endswith(" agrees"):
                seed = int(line.split()[1]) + 1
                continue
            if line.startswith("--- seed"):
                failed += 1
                seed = int(line.split()[2].rstrip(":")) + 1
            print(line, flush=True)
        if child.returncode:
            broken += 1
            print(f"seed {seed} ended its process ({child.returncode}): {child.stderr.strip().splitlines()[-1:]}")
            seed += 1
    print(f"{failed} of {count} programs differ, {broken} broke down")
    return failed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--length", type=int, default=45, help="lines of a program")
    parser.add_argument("--show", type=int, default=None, help="print the program of one seed and what differs")
    parser.add_argument("--inside", action="store_true", help="run in this process")
    options = parser.parse_args(arguments)
    if options.show is not None:
        run_seeds([options.show], options.length, True)
        return 0
    if options.inside:
        run_seeds(range(options.seed, options.seed + options.count), options.length, False)
        return 0
    return 1 if _in_children(options.seed, options.count, options.length) else 0


if __name__ == "__main__":
    sys.exit(main())
