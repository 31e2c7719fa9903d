"""The stepper's pure functions, run by Node: numbers as Python writes them, arithmetic only when it is true, the timeline's places.

Only authors need Node, so without it these tests are skipped; the browser tests of the stepper run the same functions in the bundle.
"""

from __future__ import annotations

import json
import math
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfmini.inspection.words import short_number

from .fixtures import traces

LIB = Path(__file__).parents[2] / "widgets" / "src" / "lib"

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="no Node: only authors need it")


def node(body: str, data: Any) -> Any:
    """Returns what the module text ``body`` gives as ``answer``; it sees the value ``data`` and the folder ``lib``."""
    script = (
        "import fs from 'node:fs';"
        f"const lib = {json.dumps(LIB.as_uri())};"
        "const data = JSON.parse(fs.readFileSync(0, 'utf8')); let answer;"
        f"{body};"
        "process.stdout.write(JSON.stringify(answer))"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-e", script],
        input=json.dumps(data),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        encoding="utf-8",
    )
    return json.loads(done.stdout)


def test_numbers_are_written_as_in_python() -> None:
    """`shortNumber` of the page and `short_number` of Python agree on ties, powers of ten, floats and integers."""
    rng = random.Random(5)
    numbers: list[Any] = [0, 1, -1, 0.1, 0.5, 1.0625, -1.0625, 2.5, 12.25, 999.96, 999.9999, 0.00010000001, 9.995e-5]
    numbers += [
        1e6,
        1234567.5,
        999999.5,
        123456789,
        1e9,
        2.0**60,
        1e300,
        1e-300,
        -0.0,
        "NaN",
        "Infinity",
        "-Infinity",
        None,
    ]
    numbers += [math.ldexp(rng.randrange(-4096, 4096), rng.randrange(-24, 20)) for _ in range(400)]
    numbers += [float(np.float32(rng.gauss(0, 10 ** rng.randrange(-8, 8)))) for _ in range(400)]
    shown = node("const { shortNumber } = await import(`${lib}/values.js`); answer = data.map(shortNumber)", numbers)
    assert shown == [short_number(n) for n in numbers]


def read_out(kind: str, inputs: list[np.ndarray], result: np.ndarray, index: list[int]) -> str | None:
    data = {"type": kind, "inputs": [traces.value(v) for v in inputs], "result": traces.value(result), "index": index}
    body = "const { readOut } = await import(`${lib}/arithmetic.js`); answer = readOut(data.type, data.inputs, data.result, data.index)?.text ?? null"
    return node(body, data)


def test_arithmetic_is_said_of_the_right_cells() -> None:
    """Broadcasting, a matrix product and a mean name the cells that made the result."""
    a = np.array([[1, 2], [3, 4]], np.float32)
    b = np.array([10, -20], np.float32)
    assert read_out("AddV2", [a, b], a + b, [1, 1]) == "4 \u2212 20"
    assert read_out("Mul", [a, b], a * b, [1, 1]) == "4 \u00d7 (-20)"
    assert read_out("MatMul", [a, a], a @ a, [0, 1]) == "1 \u00d7 2 + 1 more products"
    assert read_out("Mean", [a], a.mean(), []) == "(1 + 2 + \u2026) / 4"
    assert read_out("Relu", [b], np.maximum(b, 0), [1]) == "max(-20, 0)"


def test_arithmetic_that_does_not_give_the_cell_is_not_said() -> None:
    """A transposed product, another rule or another dtype gives no read-out rather than a wrong one."""
    a = np.array([[1, 2], [3, 4]], np.float32)
    assert read_out("MatMul", [a, a], a @ a.T, [0, 1]) is None
    assert read_out("AddV2", [a, a], a + a + 1, [0, 0]) is None
    assert read_out("Mean", [a], a.mean(axis=0), [0]) is None
    assert read_out("Unknown", [a], a, [0, 0]) is None


@pytest.mark.parametrize(("count", "scopes"), [(1, 1), (34, 7), (140, 9), (5000, 40), (5000, 900)])
def test_the_timeline_stays_in_its_width_and_small(count: int, scopes: int) -> None:
    """Every step has a place inside, places grow with the step, and there are never more marks than fit."""
    body = """
      const { StepIndex } = await import(`${lib}/steps.js`);
      const { timelineLayout } = await import(`${lib}/timeline.js`);
      const layout = timelineLayout(new StepIndex(data), 900);
      const xs = data.steps.map((_, i) => layout.x(i));
      answer = {xs, back: xs.map((x) => layout.stepAt(x)), marks: layout.cells.length + layout.blocks.length,
                covered: layout.blocks.reduce((sum, b) => sum + b.last - b.first + 1, layout.cells.length)}
    """
    places = node(body, traces.long(count, scopes))
    assert places["xs"] == sorted(places["xs"])
    assert places["xs"][0] >= 0
    assert places["xs"][-1] <= 900
    assert places["back"] == list(range(count))
    assert places["marks"] <= 200
    assert places["covered"] == count
