"""The view of requests through what happens to a notebook: a busy kernel, one that is gone, a reload, copies, several graphs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .first_notebook import eventually
from .lab import Lab

pytestmark = pytest.mark.usefixtures("quiet_lab")

CELLS = [
    """import time
import tfmini as tf, tfmini_widgets as tfw
one, two = tf.Graph(), tf.Graph()
with one.as_default():
    with tf.variable_scope("a"):
        w = tf.get_variable("w", [2])""",
    "first = tfw.reuse(one)\nfirst",
    "first",
    "tfw.reuse(two)",
    """with one.as_default():
    with tf.variable_scope("a", reuse=True):
        tf.get_variable("w", [2])""",
    """with two.as_default():
    tf.get_variable("other", [3])""",
    "time.sleep(4)",
    "tf.reset_default_graph()\ntf.get_variable('fresh', [1])",
]


@pytest.fixture(scope="module")
def opened(lab: Lab) -> Iterator[Lab]:
    name = lab.write("requests.ipynb", CELLS)
    lab.open(name)
    for index in range(4):
        lab.run_cell(index)
    yield lab
    lab.open(name)
    lab.close()


def views(lab: Lab) -> Any:
    return lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .tfm[data-view="reuse"]')


def numbers(view: Any) -> list[str]:
    rows = view.locator('[data-tfm="row"][data-kind="call"]')
    return [each.get_attribute("data-name") for each in rows.all()]


def test_two_copies_and_two_graphs_live_side_by_side(opened: Lab) -> None:
    """Both copies follow their graph, the view of the other graph follows its own, and a selection stays in its graph."""
    found = views(opened)
    assert found.count() == 3
    opened.run_cell(4)
    eventually(lambda: numbers(found.nth(0)) == numbers(found.nth(1)) == ["1", "2"], opened.page)
    assert numbers(found.nth(2)) == []
    opened.run_cell(5)
    eventually(lambda: numbers(found.nth(2)) == ["1"], opened.page)
    assert numbers(found.nth(0)) == ["1", "2"]
    found.nth(0).locator('[data-tfm="row"][data-name="2"]').click()
    eventually(lambda: found.nth(0).locator('[data-tfm="detail"]').count() == 1, opened.page)
    assert found.nth(2).locator(".tfm-selected").count() == 0


def test_a_busy_kernel_answers_after_the_cell(opened: Lab) -> None:
    """What needs no kernel works at once; causes and fixes come when the cell is over."""
    view = views(opened).nth(2)
    opened.page.evaluate(
        """() => { const notebook = window.__notebook.content; notebook.activeCellIndex = 6; notebook.deselectAll();
        window.jupyterapp.commands.execute("notebook:run-cell"); }"""
    )
    opened.page.wait_for_function("() => window.__notebook.sessionContext.session?.kernel?.status === 'busy'")
    view.locator('[data-tfm="row"][data-name="1"]').click()
    detail = view.locator('[data-tfm="detail"]')
    detail.wait_for()
    assert view.locator(".tfm-re-step").count() == 0
    view.get_by_role("tab", name="Lanes").click()
    view.locator('[data-tfm="mark"]').first.wait_for()
    view.get_by_role("tab", name="Table").click()
    opened.wait_idle()
    eventually(lambda: view.locator(".tfm-re-step").count() == 5, opened.page)


def test_a_new_default_graph_leaves_the_view_with_its_own(opened: Lab) -> None:
    view = views(opened).nth(0)
    before = numbers(view)
    opened.run_cell(7)
    assert numbers(view) == before
    assert "graph" in view.locator(".tfm-subject").inner_text()


def test_a_reload_keeps_the_opened_call_and_the_log_outlives_the_kernel(opened: Lab) -> None:
    """After F5 the same call is open; when the kernel is gone the log and what was explained can still be read."""
    opened.reload("requests.ipynb")
    view = views(opened).nth(2)
    view.wait_for(timeout=30_000)
    eventually(lambda: view.locator(".tfm-re-step").count() == 5, opened.page)
    opened.page.evaluate("() => window.__notebook.sessionContext.session.kernel.shutdown()")
    view.get_by_role("tab", name="Lanes").click()
    view.locator('[data-tfm="mark"]').first.wait_for()
    view.get_by_role("tab", name="Table").click()
    assert numbers(view) == ["1"]
    assert view.locator(".tfm-re-step").count() == 5
