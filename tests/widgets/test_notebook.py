"""tfmini in IPython: the running cell, displays, magics, short tracebacks. A shell of our own stands in for the notebook."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

DRIVER = """
import io, json, sys, contextlib
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
shell.run_line_magic("colors", "nocolor")
results = []
for source in json.loads(sys.stdin.read()):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        done = shell.run_cell(source, store_history=True)
    error = done.error_in_exec or done.error_before_exec
    data = shell.display_formatter.format(done.result)[0] if done.result is not None else {}
    results.append({"out": out.getvalue(), "error": type(error).__name__ if error else "", "data": data})
sys.__stdout__.write("@@@" + json.dumps(results))
"""


def run_cells(*sources: str) -> list[dict]:
    """Runs cells in a fresh IPython; returns for each what it printed, its error's class and its display."""
    command = [sys.executable, "-W", "ignore", "-c", DRIVER]
    path = f"{ROOT}:{ROOT / 'widgets'}" if sys.platform != "win32" else f"{ROOT};{ROOT / 'widgets'}"
    import os

    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        command, input=json.dumps(sources), capture_output=True, text=True, timeout=120, env=environment, check=False
    )
    assert "@@@" in done.stdout, done.stdout + done.stderr
    return json.loads(done.stdout.rpartition("@@@")[2])


def test_every_operation_knows_its_cell_from_the_first_on():
    """The cell that imports tfmini is known too; a function keeps the cell in which it stands."""
    cells = run_cells(
        "import tfmini as tf\na = tf.constant(1.0, name='a')",
        "def twice(x):\n    return tf.add(x, x, name='b')",
        "c = twice(a)\nprint(tf.inspection.graph_text(tf.get_default_graph()))",
        "from tfmini import inspection\nr = inspection.record_of(tf.get_default_graph())\n"
        "print([(c['count'], c['first'], c['last']) for c in r.cells if c['last']], r.last['text'])",
    )
    assert "a (Const, float32 [], cell [1] line 2)" in cells[2]["out"]
    assert "b (Add, float32 [], cell [2] line 2) <- a, a" in cells[2]["out"].replace("AddV2", "Add")
    assert cells[3]["out"].strip() == "[(1, 0, 1), (3, 1, 2)] cell [3] added 1 operation: b 1"


def test_importing_tfmini_in_a_notebook_imports_no_jupyter_package():
    """Widgets and the inspection load when something is shown."""
    cells = run_cells(
        "import sys, tfmini as tf\n"
        "print([m for m in ('tfmini.inspection', 'tfmini_widgets', 'anywidget', 'ipywidgets', 'networkx') if m in sys.modules])"
    )
    assert cells[0]["out"].strip() == "[]"


def test_objects_of_tfmini_have_rich_displays_with_text():
    """A graph shows its picture, the others a small card."""
    cells = run_cells(
        "import tfmini as tf\nv = tf.get_variable('v<b>'.replace('<b>', ''), [2])\ny = v * 2.0\ntf.get_default_graph()",
        "y",
        "y.op",
        "v",
    )
    data = [cell["data"] for cell in cells]
    assert data[0]["text/html"].startswith('<img alt="Graph: default graph: ')
    assert data[0]["text/plain"].startswith("default graph: ")
    assert "made by" in data[1]["text/html"]
    assert data[1]["text/plain"].startswith("<tf.Tensor 'mul:0'")
    assert "cell [1] line 3" in data[1]["text/html"]
    assert "mul  Mul" in data[2]["text/html"]
    assert "starts as" in data[3]["text/html"]


def test_a_traceback_ends_with_the_phrase_the_line_and_a_cure():
    """Frames inside tfmini are folded; the last twelve lines hold all that a learner needs."""
    cells = run_cells(
        "import tfmini as tf",
        "def layer():\n    return tf.get_variable('w', [2])",
        "with tf.variable_scope('a'):\n    layer()",
        "with tf.variable_scope('a'):\n    layer()",
        "tf.Session().run(tf.global_variables()[0])",
    )
    printed = cells[3]["out"]
    assert cells[3]["error"] == "ValueError"
    assert f"{ROOT}" not in printed
    last = "\n".join(printed.rstrip().splitlines()[-12:])
    assert "Variable a/w already exists, disallowed." in last
    assert "tf.get_variable('w', [2])" in last
    assert "reuse=True" in last
    last = "\n".join(cells[4]["out"].rstrip().splitlines()[-12:])
    assert "Attempting to use uninitialized value a/w" in last
    assert "tf.Session().run(tf.global_variables()[0])" in last
    assert "global_variables_initializer()" in last


def test_errors_of_the_program_itself_are_left_alone():
    """Only frames of tfmini are folded."""
    cells = run_cells("import tfmini as tf, json", "def f():\n    return json.loads('{')\nf()")
    assert "return json.loads('{')" in cells[1]["out"]
    assert "decoder.py" in cells[1]["out"]


def test_magics_take_expressions_of_the_notebook():
    """`%tfgraph g`, `%tfstep sess, fetch, {x: 1}` and the rest."""
    cells = run_cells(
        "import tfmini as tf\nx = tf.placeholder(tf.float32, [], name='x')\ny = x * 2.0\nsess = tf.Session()",
        "%load_ext tfmini_widgets",
        "%tfgraph tf.get_default_graph()",
        "%tfstep sess, y, {x: 1.5}",
        "%tfdash",
        "%tfscopes",
        "%tfcollections",
        "%tfwhy",
    )
    assert [cell["error"] for cell in cells] == [""] * 8
    assert "x (Placeholder, float32 [], cell [1] line 2)" in cells[2]["data"]["text/plain"]
    assert "mul | Mul | float32 [], 3" in cells[3]["data"]["text/plain"].replace("Mul | float32", "mul | Mul | float32")
    assert "widget-view" in " ".join(cells[4]["data"])
    assert "Nothing was refused" in cells[7]["out"]


def test_a_failed_cell_is_noted_and_its_growth_is_sent():
    """The end of a cell reaches open views, with the error that ended it."""
    cells = run_cells(
        "import tfmini as tf, tfmini_widgets as tfw\nview = tfw.graph()",
        "tf.constant(1.0)\n1 / 0",
        "r = tf.inspection.record_of(view.record)\nprint(r.name, [(c['count'], c['error']) for c in r.cells])",
    )
    assert cells[1]["error"] == "ZeroDivisionError"
    assert cells[2]["out"].strip() == "['Const'] [(1, ''), (2, 'ZeroDivisionError: division by zero')]"


REFUSED = "with tf.variable_scope('a'):\n    layer()"


def test_a_traceback_names_a_fix_that_was_tried_and_what_to_type():
    """The changed line of the learner, and `%tfwhy` once the extension is loaded."""
    cells = run_cells(
        "import tfmini as tf",
        "def tower(reuse=None):\n    with tf.variable_scope('a', reuse=reuse):\n        return tf.get_variable('w', [2])",
        "y = tower()\nz = tower()",
        "%load_ext tfmini_widgets\nz = tower()",
        "sess = tf.Session()\nsess.run(y)",
    )
    last = cells[2]["out"].rstrip().splitlines()[-12:]
    assert "Fix, tried on a copy: share it (same weights as call 1)" in last
    assert "  cell [3] line 2   z = tower(reuse=True)" in last
    assert last[-1] == "print(tf.inspection.why()) tells the whole story of call 2, with 3 fixes."
    assert cells[3]["out"].rstrip().splitlines()[-1].startswith("%tfwhy tells the whole story of call 3")
    assert cells[4]["out"].rstrip().splitlines()[-1] == "%tfwhy opens the run at the step that failed."


@pytest.mark.parametrize("how", ["magic", "setting"])
def test_an_explanation_opens_by_itself_when_asked_to(how):
    """`%tfwhy auto` until `%tfwhy manual`, or the setting; errors of other kinds open nothing."""
    begin = {
        "magic": "%load_ext tfmini_widgets\n%tfwhy auto",
        "setting": "get_ipython().config.TfminiWidgets.explain_errors = True\n%load_ext tfmini_widgets",
    }[how]
    cells = run_cells(
        "import tfmini as tf\ndef layer():\n    return tf.get_variable('w', [2])",
        begin,
        REFUSED,
        REFUSED,
        "1 / 0",
        "tf.Session().run(tf.global_variables()[0])",
        "sess = tf.Session()\nsess.run(tf.global_variables()[0])",
        "%tfwhy manual",
        REFUSED,
    )
    assert [bool(cell["error"]) for cell in cells] == [False, False, False, True, True, True, True, False, True]
    said = [cell["out"] for cell in cells]
    assert "2 REFUSED a/w" in said[3]
    assert "Run 3 in session" in said[6]
    assert not any("REFUSED" in said[index] or "Run " in said[index] for index in (4, 7, 8))


@pytest.mark.parametrize("how", ["trim", "keep"])
def test_folding_keeps_at_least_something(how):
    """A traceback that is all tfmini stays whole; one with a part of the program loses the rest."""
    from tfmini import _notebook

    def frames(traceback):
        names = []
        while traceback is not None:
            names.append(traceback.tb_frame.f_code.co_name)
            traceback = traceback.tb_next
        return names

    import tfmini as tf

    try:
        tf.constant("text", dtype=tf.float32)
    except (TypeError, ValueError) as error:
        traceback = error.__traceback__
    whole = frames(traceback)
    if how == "trim":
        assert frames(_notebook.fold(traceback)) == whole[:1]
    else:
        assert frames(_notebook.fold(traceback.tb_next)) == whole[1:]
