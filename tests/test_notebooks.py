"""Every notebook of the course runs from top to bottom in a kernel, without a page and without a network."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def _surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The kernel's own home, so that no setting of the person who runs the tests plays a part; the clone's packages first."""
    home = tmp_path_factory.mktemp("home")
    values = {
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "MPLCONFIGDIR": str(home / "mpl"),
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "widgets"), os.environ.get("PYTHONPATH", "")]),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def executed(request: pytest.FixtureRequest, _surroundings: None) -> Any:
    """The notebook after a run; a cell that raises fails the test that asks for it."""
    notebook = nbformat.read(request.param, as_version=4)
    client = NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(request.param.parent)}})
    client.execute()
    notebook.metadata["name"] = request.param.stem
    return notebook


def outputs(notebook: Any, kind: str) -> list[Any]:
    return [each for cell in notebook.cells for each in cell.get("outputs", []) if each.output_type == kind]


def printed(notebook: Any) -> str:
    return "".join(each.text for each in outputs(notebook, "stream") if each.name == "stdout")


def test_only_cells_that_are_meant_to_raise_do(executed: Any) -> None:
    """Those have a tag, and all of them raise. The only thing on the error stream is a progress bar."""
    for cell in executed.cells:
        raised = [each.ename for each in cell.get("outputs", []) if each.output_type == "error"]
        assert bool(raised) == ("raises-exception" in cell.metadata.get("tags", [])), (cell.source, raised)
    errors = "".join(each.text for each in outputs(executed, "stream") if each.name == "stderr")
    assert "Warning" not in errors
    assert "Error" not in errors


def test_every_view_leaves_picture_and_text(executed: Any) -> None:
    """The forms that need neither a kernel nor a page that runs widgets."""
    kind = "application/vnd.jupyter.widget-view+json"
    results = [each.data for each in outputs(executed, "execute_result") if kind in each.data]
    assert results
    for data in results:
        assert 'src="data:image/svg+xml;base64,' in data["text/html"]
        assert data["text/plain"].strip()
        assert "<pre>" in data["text/html"]


def test_the_first_notebook_trains_a_good_model(executed: Any) -> None:
    """At least 95 % on held-out digits, and a loss curve."""
    if executed.metadata["name"] != "01_first_graph":
        return
    found = re.search(r"accuracy on held-out digits: ([\d.]+)%", printed(executed))
    assert found
    assert float(found[1]) >= 95
    assert any("image/png" in each.data for each in outputs(executed, "display_data"))


def test_the_notebook_of_initialization_shows_what_it_asks(executed: Any) -> None:
    """The raw read fails alone, the look ahead is followed and the training goes through, another order gives other numbers."""
    if executed.metadata["name"] != "04_initialization_order":
        return
    text = printed(executed)
    assert "Attempting to use uninitialized value w" in text
    assert "would stop at step" in text
    assert "trained; loss" in text
    assert re.search(r"copy +works\nlimit +works\nrate +FAILS", text)
    assert "w came out different" in text
    assert "nothing fixes that base comes before rate" in text
    assert "{'local': ['total'], 'no key': ['scratch']}" in text


def test_the_notebook_of_scopes_shows_what_it_asks(executed: Any) -> None:
    """Every mode, names of operations and variables, what is inherited and what is not, getters, parts, templates."""
    if executed.metadata["name"] != "02_variable_scopes":
        return
    text = printed(executed)
    for answer in (
        "inputs/a\nb\ninputs/c\n",
        "Variable model/b already exists, disallowed.",
        "same refused same new",
        "mode of inner: True",
        "layer/sum\nlayer_1/sum",
        "encoder/far\ndecoder/encoder/sum\nencoder/w",
        "constraint in net: True  in block: None",
        "initializer Ones: no effect, Zeros stays",
        "dense/w\ndense_1/w",
        "[2. 2. 2.]",
        "['big/table/part_0', 'big/table/part_1']",
        "['shifted/by']",
    ):
        assert answer in text


def test_the_notebook_about_sharing_explains_every_error(executed: Any) -> None:
    """After each error the view opens at the call that was refused, with a fix that was tried; the repaired program follows."""
    if executed.metadata["name"] != "03_debugging_reuse":
        return
    explained = 0
    for before, after in zip(executed.cells, executed.cells[1:], strict=False):
        if any(each.output_type == "error" for each in before.get("outputs", [])):
            assert after.source == "%tfwhy"
            (shown,) = (each.data["text/plain"] for each in after.outputs if each.output_type == "execute_result")
            assert "refused: " in shown
            assert "tried on a copy" in shown
            explained += 1
    assert explained == 8
