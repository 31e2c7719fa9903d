"""`python -m benchmarks`: ratios, measured side by side.

Each library runs in a process of its own; the samples go round by round from one to the next, so that what else the machine does
meets all of them. Results are compared before anything is timed. A ratio is the median over the rounds, with the range in
brackets; the output is the markdown that `docs/performance.md` holds.

    python -m benchmarks                                    against numpy
    python -m benchmarks --tensorflow PYTHON                and against TensorFlow in the environment of that Python
    python -m benchmarks --only mnist lstm --rounds 9       some lines only (`--list` names them)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from . import dashboard, footprint
from .case import Case, Line
from .cases import BY_NAME, CASES

_ROOT = Path(__file__).parents[1]
_EXTRA = ("footprint", "views")
Times = dict[str, list[float]]


class Worker:
    """A process that times cases for one library."""

    def __init__(self, library: str, python: str, threads: int) -> None:
        self.library = library
        environment = {
            **os.environ,
            "OPENBLAS_NUM_THREADS": str(threads),
            "OMP_NUM_THREADS": str(threads),
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        environment.pop("OPENBLAS_CORETYPE", None)
        self._process = subprocess.Popen(
            [python, "-m", "benchmarks.worker", library, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=_ROOT,
            env=environment,
        )
        if self._read() != "ready":
            raise RuntimeError(f"{library} could not be loaded by {python}.")

    def _read(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"The process of {self.library} ended.")
        return json.loads(line)

    def ask(self, *command: Any) -> Any:
        """Returns the answer to a command."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


class Workers:
    """The processes, started when first needed: one for a library and a number of threads."""

    def __init__(self, pythons: dict[str, str]) -> None:
        self.pythons = pythons
        self._running: dict[tuple[str, int], Worker] = {}

    def of(self, library: str, threads: int) -> Worker:
        key = (library, threads)
        if key not in self._running:
            self._running[key] = Worker(library, self.pythons[library], threads)
        return self._running[key]

    def close(self) -> None:
        for worker in self._running.values():
            worker.close()


# ---- comparing


def _difference(case: Case, workers: Workers, folder: Path) -> str:
    """Returns what is not equal among the libraries, or ""."""
    found: dict[str, list[np.ndarray]] = {}
    for library in workers.pythons:
        path = folder / f"{library}.npz"
        answer = workers.of(library, case.threads).ask("check", case.name, str(path))
        if isinstance(answer, str):
            return f"{library} failed: {answer}"
        if answer:
            with np.load(path) as file:
                found[library] = [file[key] for key in file.files]
    if "tfmini" not in found:
        return ""
    for library, arrays in found.items():
        if len(arrays) != len(found["tfmini"]):
            return f"{library} gives {len(arrays)} results, tfmini {len(found['tfmini'])}"
        for index, (theirs, ours) in enumerate(zip(arrays, found["tfmini"], strict=True)):
            scale = max(float(np.abs(theirs).max(initial=0)), 1e-30)
            worst = float(np.abs(theirs.astype(np.float64) - ours).max(initial=0)) / scale
            if not worst <= case.tolerance:
                return f"result {index} of tfmini and {library} differ by {worst:.2g} of its greatest number"
    return ""


def _measure(case: Case, workers: Workers, rounds: int, seconds: float) -> dict[str, dict[str, Times]]:
    """Returns line key -> library -> times. A library that has no such case has none."""
    times: dict[str, Times] = {line.key: {library: [] for library in workers.pythons} for line in case.lines}
    for number in range(min(rounds, 3) if case.heavy else rounds):
        for library in workers.pythons:
            if case.heavy and library == "tensorflow" and number:
                continue
            answer = workers.of(library, case.threads).ask("time", case.name, seconds)
            if isinstance(answer, str):
                raise RuntimeError(f"{library} failed on {case.name}: {answer}")
            for key, value in (answer or {}).items():
                if key in times:
                    times[key][library].append(value)
    return times  # type: ignore[return-value]


# ---- printing


def duration(nanoseconds: float) -> str:
    """Returns a time in the unit that suits it."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("us", 1e3)):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"


def _ratios(over: list[float], under: list[float]) -> list[float]:
    if len(over) == 1 or len(under) == 1:
        return [statistics.median(over) / statistics.median(under)] if over and under else []
    return [a / b for a, b in zip(over, under, strict=False)]


def _ratio_text(ratios: list[float]) -> str:
    if not ratios:
        return ""
    middle = f"{statistics.median(ratios):.3g}"
    return middle if len(ratios) == 1 else f"{middle} ({min(ratios):.3g} to {max(ratios):.3g})"


def _row(line: Line, times: Any) -> str:
    own = times["tfmini"]
    if not own:
        return ""
    theirs = times.get("tensorflow", [])
    gain = _ratios(theirs, own)
    cost = _ratios(own, times["numpy"])
    goal = missed = bound = over = ""
    if line.goal is not None:
        goal = f"{line.goal:g}"
        if gain and statistics.median(gain) < line.goal:
            missed = f"{1 - statistics.median(gain) / line.goal:.0%}"
    if line.bound is not None:
        bound = f"{line.bound:g}"
        if cost and statistics.median(cost) > line.bound:
            over = f"{statistics.median(cost) / line.bound - 1:.0%}"
    cells = [
        line.title,
        duration(statistics.median(own)),
        duration(statistics.median(theirs)) if theirs else "",
        _ratio_text(gain),
        goal,
        missed,
        duration(statistics.median(times["numpy"])) if times["numpy"] else "",
        _ratio_text(cost),
        bound,
        over,
    ]
    return "| " + " | ".join(cells) + " |"


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.split("\n")[0])
    parser.add_argument("--tensorflow", metavar="PYTHON", help="a Python that has TensorFlow")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.25, help="time a sample")
    parser.add_argument(
        "--cpu", action="store_true", help="time of the processor instead of the wall: for busy machines"
    )
    parser.add_argument("--only", nargs="*", choices=[*BY_NAME, *_EXTRA], default=None, metavar="NAME")
    parser.add_argument("--list", action="store_true", help="print the names of the lines and what they time")
    options = parser.parse_args()
    if options.list:
        for case in CASES:
            print(f"{case.name:14}{'; '.join(line.title for line in case.lines)}")
        return
    if options.cpu:
        os.environ["BENCHMARKS_CLOCK"] = "cpu"
    chosen = options.only or [*BY_NAME, *_EXTRA]
    pythons = {"numpy": sys.executable, "tfmini": sys.executable}
    if options.tensorflow:
        pythons["tensorflow"] = options.tensorflow
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, numpy {np.__version__}")
    if options.cpu:
        print("Times are of the processor, in all threads of a process, not of the wall.")
    if "OPENBLAS_CORETYPE" in os.environ:
        print("OPENBLAS_CORETYPE was set; it is cleared for every process that is timed.")
    print()
    print(
        "| work | tfmini | TensorFlow | TensorFlow / tfmini | goal | missed by | numpy | tfmini / numpy | bound | passed by |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    workers = Workers(pythons)
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        for case in [each for each in CASES if each.name in chosen]:
            try:
                problem = _difference(case, workers, Path(folder))
                if problem:
                    problems.append(f"{case.name}: {problem}")
                    continue
                times = _measure(case, workers, options.rounds, options.seconds)
            except RuntimeError as error:
                problems.append(str(error))
                continue
            for line in case.lines:
                row = _row(line, times[line.key])
                if row:
                    print(row, flush=True)
    workers.close()
    if "footprint" in chosen:
        print("", *footprint.report(pythons, min(5, options.rounds)), sep="\n", flush=True)
    if "views" in chosen:
        print("", *dashboard.report(4 * options.rounds), sep="\n", flush=True)
    for problem in problems:
        print(f"\nNOT MEASURED  {problem}")
    if problems:
        sys.exit(1)


if __name__ == "__main__":
    main()
