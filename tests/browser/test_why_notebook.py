"""A refused call in a real JupyterLab: the explanation opens by itself, the dashboard names the call, a fix is read off and applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .first_notebook import axe, eventually
from .lab import Lab

pytestmark = pytest.mark.usefixtures("quiet_lab")

TOWER = """def tower(x, reuse=None):
    with tf.variable_scope("tower", reuse=reuse):
        w = tf.get_variable("w", [4, 2])
        return tf.matmul(x, w)
x = tf.placeholder(tf.float32, [None, 4])
first = tower(x)"""
CELLS = [
    "import tfmini as tf, tfmini_widgets as tfw\ntf.reset_default_graph()",
    "%load_ext tfmini_widgets\n%tfwhy auto",
    "tfw.dashboard()",
    TOWER,
    "second = tower(x)",
    "second = tower(x, reuse=True)",
]


@pytest.fixture(scope="module")
def opened(lab: Lab) -> Iterator[Lab]:
    name = lab.write("why.ipynb", CELLS)
    lab.open(name)
    for index in range(4):
        lab.run_cell(index)
    yield lab
    lab.open(name)
    lab.close()


def root(lab: Lab, view: str) -> Any:
    found = lab.page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) .tfm[data-view="{view}"]').first
    found.wait_for(timeout=20_000)
    return found


def test_an_error_opens_its_explanation_with_fixes(opened: Lab) -> None:
    """No click: causes, fixes that were tried, and the changed line; what it says works."""
    opened.run_cell(4)
    reuse = root(opened, "reuse")
    eventually(lambda: "tower(x, reuse=True)" in reuse.inner_text(), opened.page)
    words = reuse.inner_text()
    assert "REFUSED_" not in words
    assert "same weights as #1" in words
    opened.run_cell(5)
    eventually(lambda: "shared" in reuse.inner_text(), opened.page)
    assert axe(opened.page) == []


def test_the_dashboard_says_which_call_was_refused(opened: Lab) -> None:
    """In the status line, until the next cell; a click opens the call."""
    dashboard = root(opened, "dashboard")
    opened.run_cell(4)
    said = dashboard.locator('[data-tfm="refusal"]')
    eventually(lambda: said.count() == 1 and "refused: tower/w" in said.inner_text(), opened.page)
    said.click()
    eventually(
        lambda: dashboard.locator('[data-tfm="tab"][data-name="requests"]').get_attribute("aria-selected") == "true",
        opened.page,
    )
