"""The initialization order in a real JupyterLab: it follows the cells, looks ahead by itself, tries orders, and stays after a reload."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from .first_notebook import axe, eventually
from .lab import ROOT, Lab

pytestmark = pytest.mark.usefixtures("quiet_lab")

CELLS = [
    "import tfmini as tf, tfmini_widgets as tfw\ntf.reset_default_graph()",
    "%load_ext tfmini_widgets\n%tfinit",
    'w = tf.get_variable("w", [3, 2])\nbase = tf.Variable(1.0, name="base", use_resource=True)\n'
    'rate = tf.Variable(base * 2, name="rate", use_resource=True)\ninit = tf.global_variables_initializer()',
    "sess = tf.Session()",
    'goal = tf.reduce_sum(w) * rate\ntrain = tf.train.GradientDescentOptimizer(0.1).minimize(goal, name="train")',
    "sess.run([w.initializer, base.initializer])",
    "sess.run(rate.initializer)",
    "for _ in range(50): sess.run(train)",
    "tf.reset_default_graph()",
]


@pytest.fixture(scope="module")
def opened(lab: Lab) -> Iterator[Lab]:
    """The notebook with the view on an empty graph."""
    name = lab.write("initialization.ipynb", CELLS)
    lab.open(name)
    for index in (0, 1):
        lab.run_cell(index)
    yield lab
    lab.open(name)
    lab.close()


def root(lab: Lab) -> Any:
    found = lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .tfm[data-view="init"]').first
    found.wait_for(timeout=20_000)
    return found


def test_the_view_follows_the_cells(opened: Lab) -> None:
    """Rows appear while cells run, the look ahead follows the session by itself, and the last run says that all is well."""
    lab, view = opened, root(opened)
    assert "No variables yet" in view.inner_text()
    lab.run_cell(2)
    view.locator('[data-tfm="row"][data-name="rate"]').wait_for()
    assert "needs an order" in view.locator('[data-tfm="row"][data-name="rate"]').inner_text()
    lab.run_cell(3)
    lab.run_cell(4)
    verdict = view.locator('[data-tfm="preflight-verdict"]')
    eventually(lambda: verdict.count() == 1 and verdict.inner_text().startswith("Would stop at step"), lab.page)
    assert "2 runs" in view.locator('[data-tfm="preflight"]').inner_text()
    lab.run_cell(5)
    eventually(lambda: "rate.initializer" in view.locator('[data-tfm="first"]').all_inner_texts()[0], lab.page)
    lab.run_cell(6)
    eventually(lambda: verdict.inner_text() == "Would run.", lab.page)
    lab.run_cell(7)
    eventually(lambda: "assigned, run" in view.locator('[data-tfm="row"][data-name="w"]').inner_text(), lab.page)
    assert lab.errors_in_cells() == []
    assert axe(lab.page) == []


def test_an_order_is_tried_in_the_kernel_and_nothing_changes(opened: Lab) -> None:
    """Alt and an arrow moves `rate` first; the session keeps its values."""
    lab, view = opened, root(opened)
    view.get_by_role("tab", name="Try an order").click()
    outcome = view.locator('[data-tfm="outcome"]')
    eventually(lambda: outcome.get_attribute("data-outcome") == "works", lab.page)
    view.locator('[data-tfm="item"][data-name="rate"]').focus()
    lab.page.keyboard.press("Alt+ArrowUp")
    eventually(lambda: outcome.get_attribute("data-outcome") == "fails", lab.page)
    assert "base is empty" in view.locator('[data-tfm="item"][data-name="rate"]').inner_text()
    view.get_by_role("tab", name="Order", exact=True).click()
    assert "run" in view.locator('[data-tfm="row"][data-name="rate"]').inner_text()
    view.locator('[data-tfm="preflight"] [data-tfm="walk"]').click()
    view.locator('[data-tfm="step"]').first.wait_for(timeout=20_000)


def test_a_reload_keeps_what_was_looked_at(opened: Lab) -> None:
    """The page is loaded again; the view is there with its tab, its order and its look ahead."""
    lab = opened
    root(lab).get_by_role("tab", name="Try an order").click()
    lab.page.wait_for_timeout(400)
    lab.reload("initialization.ipynb")
    view = root(lab)
    eventually(lambda: view.locator('[data-tfm="item"]').count() == 2, lab.page)
    assert view.locator('[data-tfm="item"]').first.get_attribute("data-name") == "rate"
    view.get_by_role("tab", name="Order", exact=True).click()
    eventually(lambda: view.locator('[data-tfm="preflight-verdict"]').count() == 1, lab.page)


def test_another_default_graph_leaves_the_view_with_its_own(opened: Lab) -> None:
    """A view shows the graph it was made for."""
    lab, view = opened, root(opened)
    lab.run_cell(8)
    eventually(lambda: "graph" in view.locator(".tfm-subject").inner_text(), lab.page)
    assert view.locator('[data-tfm="row"][data-name="rate"]').count() == 1


def test_the_fourth_notebook_shows_its_views(lab: Lab) -> None:
    """All cells run; the tables, the look ahead and the stepper are drawn."""
    name = lab.add(ROOT / "notebooks" / "04_initialization_order.ipynb")
    lab.open(name)
    lab.run_all()
    assert lab.errors_in_cells() == []
    views = lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .tfm[data-view="init"]')
    eventually(lambda: views.count() >= 1, lab.page)
    first = views.first
    first.scroll_into_view_if_needed()
    assert first.locator('[data-tfm="row"][data-name="w"]').count() == 1
    assert re.search(r"Would (run|stop)", first.locator('[data-tfm="preflight-verdict"]').inner_text())
    lab.close()
