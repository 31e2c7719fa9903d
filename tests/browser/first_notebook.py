"""Words for tests of the first notebook in JupyterLab: its cells, its views, and what they show."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .lab import ROOT, Lab

FIRST = ROOT / "notebooks" / "01_first_graph.ipynb"
VIEWS = ["dashboard", "graph", "scopes", "collections", "stepper"]


def cell(lab: Lab, name: str) -> int:
    """Returns the index of the cell with this id."""
    cells = json.loads(FIRST.read_text("utf-8"))["cells"]
    return [each["id"] for each in cells].index(name)


def run(lab: Lab, *names: str) -> None:
    for name in names:
        lab.run_cell(cell(lab, name))


def view(lab: Lab, name: str, last: bool = False) -> Any:
    """Returns a view in the open notebook, scrolled into sight."""
    found = lab.page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) .tfm[data-view="{name}"]')
    found = found.last if last else found.first
    found.wait_for(state="attached", timeout=20_000)
    found.scroll_into_view_if_needed()
    return found


def box(root: Any, name: str, kind: str) -> Any:
    """Returns what the graph draws for `name`."""
    return root.locator(f'g[data-tfm="box"][data-name="{name}"][data-kind="{kind}"]')


def status(root: Any) -> str:
    return root.locator('[data-tfm="status"]').first.inner_text()


def eventually(claim: Callable[[], bool], page: Any, seconds: float = 10) -> None:
    """Waits until `claim` holds; the page goes on meanwhile."""
    for _ in range(int(seconds * 20)):
        if claim():
            return
        page.wait_for_timeout(50)
    assert claim()


def select_nothing(lab: Lab, root: Any) -> None:
    clear = root.get_by_role("button", name=re.compile("^Select nothing"))
    if clear.count() and clear.first.is_visible():
        clear.first.click()


def picked(lab: Lab) -> list[str]:
    """Returns the names of the capsules that the scope tree shows as selected."""
    capsules = view(lab, "scopes").locator('button[data-kind="variable"].tfm-picked')
    return [each.get_attribute("data-name") for each in capsules.all()]


def now(root: Any) -> int:
    return int(root.locator('[data-tfm="step"][data-now="true"]').get_attribute("data-index"))


def panel(root: Any) -> str:
    return root.locator('[data-tfm="value"]').inner_text()


def focused(root: Any) -> str:
    """Returns the name of the box that has the keyboard: what the stage names as its active descendant."""
    return root.evaluate(
        """(root) => {
          const stage = root.querySelector('[data-tfm="graph"] [aria-activedescendant]');
          const id = stage?.getAttribute("aria-activedescendant");
          return (id && document.getElementById(id)?.dataset.name) || "";
        }"""
    )


def axe(page: Any) -> list[str]:
    """Returns what axe finds in our roots, with their parts that are in the page; JupyterLab's own page breaks some rules."""
    from axe_playwright_python.sync_playwright import Axe

    results = Axe().run(page, context={"include": [[".tfm"]]}, options={"resultTypes": ["violations"]})
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in results.response["violations"]]
