"""Rooms import only rooms to their left, in the one line of the design; heavy and Jupyter packages come late.

Every import statement of every file is read from the source: absolute and relative ones, those inside functions, those under
`TYPE_CHECKING`, and `importlib.import_module` with a literal name. Rooms that share a place in the line may import one another.
"""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]

LINE = [
    {"errors"},
    {"framework"},
    {"formats"},
    {"ops"},
    {"variables", "autodiff"},
    {"runtime"},
    {"io"},
    {"training"},
    {"layers", "losses", "metrics", "rnn", "data", "contrib", "app"},
    {"inspection"},
    {"widgets"},
]
PLACE = {room: place for place, rooms in enumerate(LINE) for room in rooms}
# They collect or start the rest; `_public` and `_notebook` are the parts of `__init__` that gather names and meet IPython.
OUTSIDE = {"__init__", "__main__", "compat", "_notebook", "_public"}
JUPYTER = {"IPython", "ipykernel", "ipywidgets", "anywidget", "traitlets", "jupyter_client", "jupyter_core", "comm"}
HEAVY = {"google", "networkx", "graphviz", "PIL", "matplotlib", "scipy", "tensorflow"}


class Import(NamedTuple):
    """One import: the full dotted name, the line, and whether it runs when the file is imported."""

    target: str
    line: int
    at_import: bool


def imports_of(source: str, package: str) -> list[Import]:
    """Returns the imports of a file's source; `package` is the dotted package that relative imports start from.

    `from a import b` counts as `a.b`, because `b` may be a module.
    """
    found: list[Import] = []
    _collect(ast.parse(source), package, True, found)
    return found


def _collect(node: ast.AST, package: str, at_import: bool, found: list[Import]) -> None:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            found += [Import(each.name, child.lineno, at_import) for each in child.names]
        elif isinstance(child, ast.ImportFrom):
            base = child.module or ""
            if child.level:
                parts = package.split(".")
                base = ".".join(parts[: len(parts) - child.level + 1] + ([child.module] if child.module else []))
            found += [Import(f"{base}.{each.name}", child.lineno, at_import) for each in child.names]
        elif isinstance(child, ast.Call) and _called(child) in ("import_module", "__import__"):
            first = child.args[0] if child.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                name = importlib.util.resolve_name(first.value, package) if first.value.startswith(".") else first.value
                found.append(Import(name, child.lineno, at_import))
        if isinstance(child, ast.If) and _called_name(child.test) == "TYPE_CHECKING":
            for statement in child.body:
                _collect(ast.Module([statement], []), package, False, found)
            for statement in child.orelse:
                _collect(ast.Module([statement], []), package, at_import, found)
        else:
            inside = isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
            _collect(child, package, at_import and not inside, found)


def _called(call: ast.Call) -> str:
    return _called_name(call.func)


def _called_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def room_of(module: str) -> str | None:
    """Returns the room of a dotted module name; "" for the package `tfmini` itself, None for everybody else's."""
    parts = module.split(".")
    if parts[0] == "tfmini_widgets":
        return "widgets"
    if parts[0] != "tfmini":
        return None
    return parts[1] if len(parts) > 1 else ""


def wrong_imports(source: str, module: str, package: str) -> list[str]:
    """Returns a sentence for each import of a file that the line of rooms does not allow."""
    room = room_of(module)
    if room is None or room in OUTSIDE or room == "":
        return []
    if room not in PLACE:
        return [f"{module}: the room {room!r} has no place in the line"]
    wrong = []
    for target, line, at_import in imports_of(source, package):
        other = room_of(target)
        first = target.split(".")[0]
        if other is None:
            if first in JUPYTER and room != "widgets":
                wrong.append(f"{module}:{line} imports {target}: Jupyter packages belong to widgets")
            elif first in HEAVY and at_import and room != "widgets":
                wrong.append(f"{module}:{line} imports {target} at import time: it is to load when first used")
        elif room == "widgets":
            if other not in ("widgets", "inspection"):
                wrong.append(
                    f"{module}:{line} imports {target}: widgets read tfmini.inspection and nothing else of the engine"
                )
        elif other == "" or other in OUTSIDE:
            wrong.append(f"{module}:{line} imports {target}: a room does not import what collects the rooms")
        elif other not in PLACE:
            wrong.append(f"{module}:{line} imports {target}: the room {other!r} has no place in the line")
        elif PLACE[other] > PLACE[room]:
            wrong.append(f"{module}:{line} imports {target}: {other} stands to the right of {room}")
    return wrong


def _files() -> Iterator[tuple[Path, str, str]]:
    """Gives each file of the packages with its module name and the package that its relative imports start from."""
    for base, package in ((ROOT / "tfmini", "tfmini"), (ROOT / "widgets" / "tfmini_widgets", "tfmini_widgets")):
        for path in sorted(base.rglob("*.py")):
            parts = [package, *path.relative_to(base).with_suffix("").parts]
            home = ".".join(parts[:-1])
            yield path, home if parts[-1] == "__init__" and len(parts) > 2 else ".".join(parts), home


def test_every_import_runs_leftward() -> None:
    """errors <- framework <- formats <- ops <- variables, autodiff <- runtime <- ... <- inspection <- widgets."""
    wrong = [each for path, module, home in _files() for each in wrong_imports(path.read_text("utf-8"), module, home)]
    assert not wrong, "\n".join(wrong)


def test_files_are_found() -> None:
    """The test above cannot pass by reading nothing."""
    rooms = {room_of(module) for _, module, _ in _files()}
    assert {"framework", "ops", "variables", "runtime", "inspection", "widgets"} <= rooms


@pytest.mark.parametrize(
    ("source", "module", "package", "said"),
    [
        ("from ..runtime import session", "tfmini.ops.math", "tfmini.ops", "runtime stands to the right of ops"),
        ("def f():\n    from ..runtime.session import Session", "tfmini.ops.math", "tfmini.ops", ":2 imports"),
        ("from .. import runtime", "tfmini.framework.graph", "tfmini.framework", "to the right of framework"),
        ("import tfmini.training.adam", "tfmini.variables.store", "tfmini.variables", "to the right of variables"),
        ("if TYPE_CHECKING:\n    from ..ops import math", "tfmini.framework.graph", "tfmini.framework", "to the right"),
        (
            "importlib.import_module('..runtime.plan', __package__)",
            "tfmini.ops.math",
            "tfmini.ops",
            "to the right of ops",
        ),
        ("import tfmini", "tfmini.ops.math", "tfmini.ops", "collects the rooms"),
        ("from tfmini import Session", "tfmini_widgets.view", "tfmini_widgets", "nothing else of the engine"),
        ("from tfmini.runtime import session", "tfmini_widgets.view", "tfmini_widgets", "nothing else of the engine"),
        ("def f():\n    import IPython", "tfmini.inspection.trace", "tfmini.inspection", "Jupyter packages"),
        ("import networkx", "tfmini.inspection.needs", "tfmini.inspection", "at import time"),
        (
            "try:\n    import google.protobuf\nfinally:\n    f()",
            "tfmini.formats.schema",
            "tfmini.formats",
            "at import time",
        ),
        ("x = 1", "tfmini.kitchen.sink", "tfmini.kitchen", "no place in the line"),
    ],
)
def test_a_planted_import_is_caught(source: str, module: str, package: str, said: str) -> None:
    wrong = wrong_imports(source, module, package)
    assert len(wrong) == 1
    assert said in wrong[0]


@pytest.mark.parametrize(
    ("source", "module", "package"),
    [
        ("from ..framework import graph\nfrom . import raw", "tfmini.ops.math", "tfmini.ops"),
        ("from ..autodiff import gradients", "tfmini.variables.store", "tfmini.variables"),
        ("from .plan import Plan\nimport numpy as np", "tfmini.runtime.session", "tfmini.runtime"),
        ("def f():\n    import networkx", "tfmini.inspection.needs", "tfmini.inspection"),
        ("if TYPE_CHECKING:\n    import networkx", "tfmini.inspection.needs", "tfmini.inspection"),
        ("from tfmini import inspection\nimport anywidget", "tfmini_widgets.view", "tfmini_widgets"),
    ],
)
def test_an_allowed_import_passes(source: str, module: str, package: str) -> None:
    assert wrong_imports(source, module, package) == []


def _loaded_by(statement: str) -> set[str]:
    """Returns the top-level modules that a fresh interpreter has loaded after `statement`."""
    code = (
        f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'widgets')!r}]\n{statement}\n"
        "print('\\n'.join({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_import_tfmini_loads_numpy_and_nothing_heavy() -> None:
    loaded = _loaded_by("import tfmini; tfmini.Graph")
    assert "numpy" in loaded
    assert not loaded & (JUPYTER | HEAVY)


def test_building_and_running_a_graph_loads_nothing_heavy() -> None:
    """protobuf, networkx and graphviz wait for an export; a training program never needs them."""
    program = "import tfmini as tf; x = tf.constant(2.0) * 3.0; s = tf.Session(); assert s.run(x) == 6.0"
    assert not _loaded_by(program) & (JUPYTER | HEAVY)
