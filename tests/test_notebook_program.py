"""The first notebook builds the model of `tests/programs/digits.py`, line for line, and trains it as well as it says.

Golden files are recorded from the program, so a notebook that drifted from it would no longer be compared with TensorFlow.
"""

from __future__ import annotations

import ast
import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "01_first_graph.ipynb"
PROGRAM = ROOT / "tests" / "programs" / "digits.py"


def _cells() -> dict[str, str]:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


def _statements(body: list[ast.stmt]) -> list[str]:
    """Returns each statement as normalized source: comments and blank lines do not count, everything else does."""
    return [ast.unparse(each) for each in body]


def test_notebook_and_program_build_the_same_model() -> None:
    cells = _cells()
    shown = [
        each for name in ("inputs", "tower", "share", "train-op") for each in _statements(ast.parse(cells[name]).body)
    ]
    build = next(
        each
        for each in ast.parse(PROGRAM.read_text("utf-8")).body
        if isinstance(each, ast.FunctionDef) and each.name == "build"
    )
    lines = _statements(build.body[1:-1])  # without the docstring and the return
    assert shown == lines


def test_no_other_cell_adds_to_the_graph() -> None:
    """What is built stands in the four compared cells; the rest looks, runs and plots."""
    building = ("placeholder", "get_variable", "variable_scope", "name_scope", "matmul", "Optimizer", "initializer")
    others = {name: source for name, source in _cells().items() if name not in ("inputs", "tower", "share", "train-op")}
    assert not [name for name, source in others.items() for word in building if word in source]
