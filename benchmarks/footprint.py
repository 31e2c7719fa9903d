"""What a library costs before it does anything, and what training costs in memory: each measured in fresh processes."""

from __future__ import annotations

import os
import statistics
import subprocess
from pathlib import Path

_ROOT = Path(__file__).parents[1]

_MEMORY = """
def memory(key):
    for line in open("/proc/self/status"):
        if line.startswith(key):
            return int(line.split()[1]) / 1024
"""

_IMPORT = (
    _MEMORY
    + """
import os, time
clock = time.process_time if os.environ.get("BENCHMARKS_CLOCK") == "cpu" else time.perf_counter
started = clock()
{statement}
print(clock() - started, memory("VmRSS"))
"""
)

# The model and the loop of the first notebook: 30 times through 1,437 pictures of digits.
_TRAINING = (
    _MEMORY
    + """
{statement}
import sys
import numpy as np
sys.path.insert(0, "tests")
from programs.digits import build
random = np.random.RandomState(1)
pictures, digits = random.rand(1437, 64).astype(np.float32), random.randint(0, 10, 1437)
model = build(tf)
with tf.Session() as session:
    session.run(model.init)
    for epoch in range(30):
        for rows in np.array_split(random.permutation(len(pictures)), 45):
            session.run([model.loss, model.train], {{model.x: pictures[rows], model.labels: digits[rows]}})
print(0, memory("VmHWM"))
"""
)

_STATEMENTS = {
    "numpy": "import numpy",
    "tfmini": "import tfmini as tf",
    "tensorflow": "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()",
}


def _measure(python: str, script: str) -> tuple[float, float]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TF_CPP_MIN_LOG_LEVEL": "3"}
    for name in ("PYTHONDONTWRITEBYTECODE", "OPENBLAS_CORETYPE"):  # compiled once, as on a user's machine
        environment.pop(name, None)
    done = subprocess.run(
        [python, "-c", script], capture_output=True, text=True, cwd=_ROOT, env=environment, check=True
    )
    seconds, megabytes = done.stdout.split()[-2:]
    return float(seconds) * 1000, float(megabytes)


def report(pythons: dict[str, str], rounds: int) -> list[str]:
    """Returns the lines of a table: import time, memory after the import, peak while the notebook's model is trained."""
    imports: dict[str, list[tuple[float, float]]] = {name: [] for name in pythons}
    for _ in range(rounds):
        for name, python in pythons.items():
            imports[name].append(_measure(python, _IMPORT.format(statement=_STATEMENTS[name])))
    times = {name: statistics.median(each[0] for each in found) for name, found in imports.items()}
    sizes = {name: statistics.median(each[1] for each in found) for name, found in imports.items()}
    ratios = [own[0] / base[0] for own, base in zip(imports["tfmini"], imports["numpy"], strict=True)]
    peaks = {
        name: _measure(python, _TRAINING.format(statement=_STATEMENTS[name]))[1]
        for name, python in pythons.items()
        if name != "numpy"
    }

    def row(title: str, values: dict[str, float], unit: str, bound: float, found: float) -> str:
        cells = [f"{values[name]:.0f} {unit}" if name in values else "" for name in ("tfmini", "numpy", "tensorflow")]
        missed = "" if found <= bound else f"{found / bound - 1:.0%}"
        return f"| {title} | {' | '.join(cells)} | {bound:g} | {missed} |"

    ratio = statistics.median(ratios)
    return [
        "| | tfmini | numpy | TensorFlow | bound | missed by |",
        "|---|---|---|---|---|---|",
        row(
            f"import (tfmini / numpy {ratio:.2f}, {min(ratios):.2f} to {max(ratios):.2f})", times, "ms", 1.6, ratio
        ).replace("| 1.6 |", "| 1.6 x numpy |"),
        row("resident after the import", sizes, "MB", 40, sizes["tfmini"]),
        row("peak while the notebook's model is trained", peaks, "MB", 80, peaks["tfmini"]),
    ]
