"""`python -m benchmarks`: ratios, measured side by side.

Each library runs in a process of its own; the cases go round by round from one to the next, so that what else the machine does
meets all of them. A line shows the median over the rounds and, in brackets, the range.

    python -m benchmarks                                    against numpy
    python -m benchmarks --tensorflow PYTHON                and against TensorFlow in the environment of that Python
    python -m benchmarks --only training --rounds 9
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from . import dashboard
from .cases import CASES

_ROOT = Path(__file__).parents[1]


class Worker:
    """A process that times cases for one library."""

    def __init__(self, library: str, python: str) -> None:
        self.library = library
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
        environment.pop("OPENBLAS_CORETYPE", None)
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", library],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=_ROOT,
            env=environment,
        )
        if self._read() != "ready":
            raise RuntimeError(f"{library} could not be loaded by {python}.")

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def time(self, case: str, seconds: float) -> float | None:
        """Returns nanoseconds a unit, or None when the library has no such case."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{case} {seconds}\n")
        self._process.stdin.flush()
        answer = self._read()
        if not answer:
            raise RuntimeError(f"{self.library} failed on the case {case}.")
        return None if answer == "none" else float(answer)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def _duration(nanoseconds: float) -> str:
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def _ratio(over: list[float | None], under: list[float | None]) -> str:
    pairs = [a / b for a, b in zip(over, under, strict=True) if a is not None and b is not None]
    if not pairs:
        return ""
    return f"{statistics.median(pairs):.3g} ({min(pairs):.3g} to {max(pairs):.3g})"


def _import_time(python: str, module: str, rounds: int) -> float:
    """Returns milliseconds for a fresh Python to import `module`, less a fresh Python that imports nothing."""
    script = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # compiled once, as on a user's machine
    results = []
    for _ in range(rounds):
        done = subprocess.run(
            [python, "-c", script], capture_output=True, text=True, cwd=_ROOT, env=environment, check=True
        )
        results.append(float(done.stdout) * 1000)
    return statistics.median(results)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.25, help="time a sample")
    parser.add_argument("--only", nargs="*", choices=[*CASES, "import", "dashboard"], default=None)
    options = parser.parse_args()
    chosen = options.only or [*CASES, "import", "dashboard"]
    libraries = {"numpy": sys.executable, "tfmini": sys.executable}
    if options.tensorflow:
        libraries["tensorflow"] = options.tensorflow
    import numpy

    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {numpy.__version__}"
    )
    print()
    print("| work | tfmini | tfmini / numpy | TensorFlow / tfmini |")
    print("|---|---|---|---|")
    workers = {name: Worker(name, python) for name, python in libraries.items()}
    for case in [each for each in CASES if each in chosen]:
        times: dict[str, list[float | None]] = {name: [] for name in workers}
        for _ in range(options.rounds):
            for name, worker in workers.items():
                times[name].append(worker.time(case, options.seconds))
        own = [each for each in times["tfmini"] if each is not None]
        against_numpy = _ratio(times["tfmini"], times["numpy"])
        against_tensorflow = _ratio(times["tensorflow"], times["tfmini"]) if "tensorflow" in times else ""
        print(
            f"| {CASES[case][0]} | {_duration(statistics.median(own))} | {against_numpy} | {against_tensorflow} |",
            flush=True,
        )
    for worker in workers.values():
        worker.close()
    if "import" in chosen:
        own_import = _import_time(sys.executable, "tfmini", options.rounds)
        numpy_import = _import_time(sys.executable, "numpy", options.rounds)
        line = f"| import | {own_import:.0f} ms | {own_import / numpy_import:.2f} | "
        if options.tensorflow:
            line += f"{_import_time(options.tensorflow, 'tensorflow', min(3, options.rounds)) / own_import:.1f} "
        print(line + "|", flush=True)
    if "dashboard" in chosen:
        print()
        print(dashboard.report(4 * options.rounds), flush=True)


if __name__ == "__main__":
    main()
