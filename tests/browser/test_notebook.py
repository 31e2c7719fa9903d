"""The first notebook in a real JupyterLab, as a person uses it: it runs, the views follow, answer, and are there after a reload."""

from __future__ import annotations

import re

import pytest

from .first_notebook import (
    VIEWS,
    axe,
    box,
    cell,
    eventually,
    focused,
    now,
    panel,
    picked,
    run,
    select_nothing,
    status,
    view,
)
from .lab import Lab

pytestmark = pytest.mark.usefixtures("quiet_lab")


# ---- it runs, and the views follow


def test_boxes_appear_while_cells_run(lab: Lab, fresh: str) -> None:
    """The dashboard is shown once, on an empty graph; every later cell adds to it without showing it again."""
    run(lab, "imports", "data", "watch")
    root = view(lab, "dashboard")
    assert root.locator('g[data-tfm="box"]').count() == 0
    run(lab, "inputs")
    box(root, "x", "placeholder").wait_for(timeout=10_000)
    box(root, "labels", "placeholder").wait_for(timeout=10_000)
    box(root, "noise", "scope").wait_for(timeout=10_000)
    run(lab, "tower")
    for variable in ("hidden/w", "hidden/b", "out/w", "out/b"):
        box(root, f"model/{variable}", "variable").wait_for(timeout=10_000)
    assert box(root, "model_1", "scope").count() == 0
    run(lab, "share")
    box(root, "model_1", "scope").wait_for(timeout=10_000)
    box(root, "accuracy", "scope").wait_for(timeout=10_000)
    assert root.locator('g[data-tfm="box"][data-kind="variable"]').count() == 4
    run(lab, "train-op")
    for lane in ("gradients", "optimizer"):
        box(root, lane, "lane").wait_for(timeout=10_000)
    assert lab.page.locator('.tfm[data-view="dashboard"]').count() == 1
    assert lab.errors_in_cells() == []


def test_all_cells_run_and_the_model_is_good(lab: Lab, ran: str) -> None:
    """At least 95 % on held-out digits; the text is the printed line of the training cell."""
    assert lab.errors_in_cells() == []
    texts = [
        each["text"]
        for each in lab.outputs(cell(lab, "train"))
        if each["output_type"] == "stream" and each["name"] == "stdout"
    ]
    found = re.search(r"accuracy on held-out digits: ([\d.]+)%", "".join("".join(each) for each in texts))
    assert found
    assert float(found[1]) >= 95
    assert any("image/png" in each.get("data", {}) for each in lab.outputs(cell(lab, "curve")))
    for name in VIEWS:
        assert view(lab, name).is_visible()


def test_first_paint_shows_the_model_without_a_click(lab: Lab, ran: str) -> None:
    """Both towers, the shared capsules with their "x2", the loss and the training operation, inside the view and readable."""
    root = view(lab, "dashboard")
    area = root.bounding_box()
    for name, kind in [
        ("model", "scope"),
        ("model_1", "scope"),
        ("model/hidden/w", "variable"),
        ("model/out/b", "variable"),
        ("loss", "scope"),
        ("accuracy", "scope"),
        ("optimizer", "lane"),
        ("train", "group"),
    ]:
        place = box(root, name, kind).first.bounding_box()
        assert place, name
        for low, size in (("x", "width"), ("y", "height")):
            assert area[low] <= place[low], name
            assert place[low] + place[size] <= area[low] + area[size], name
        assert place["height"] >= 11, name
    assert "\u00d72" in box(root, "model/hidden/w", "variable").text_content()


def test_stepper_has_steps_at_the_level_of_the_model(lab: Lab, ran: str) -> None:
    """At most 40 steps for one training run; plumbing opens on request."""
    root = view(lab, "stepper")
    steps = root.locator('[data-tfm="step"]').count()
    assert 10 < steps <= 40


# ---- folding, selecting, stepping


def test_scopes_fold_and_unfold_with_the_mouse(lab: Lab, ran: str) -> None:
    root = view(lab, "dashboard")
    inside = box(root, "model/hidden/MatMul", "op")
    assert inside.count() == 1
    scope = box(root, "model", "scope")
    assert scope.get_attribute("data-open") == "true"

    def triangle() -> None:
        place = box(root, "model", "scope").bounding_box()
        lab.page.mouse.click(place["x"] + 12, place["y"] + 13)

    triangle()
    eventually(lambda: inside.count() == 0, lab.page)
    assert box(root, "model", "scope").get_attribute("data-open") == "false"
    triangle()
    eventually(lambda: inside.count() == 1, lab.page)


def test_scopes_fold_and_unfold_with_the_keyboard(lab: Lab, ran: str) -> None:
    """Enter on a scope folds it; JupyterLab's own single-key commands stay away."""
    root = view(lab, "dashboard")
    cells = lab.page.evaluate("() => window.__notebook.content.model.cells.length")
    stage = root.locator('[data-tfm="graph"] [tabindex="0"]').first
    stage.focus()
    stage.press("Home")
    for _ in range(60):
        if root.locator('g[data-tfm="box"][data-name="noise"]').count() and focused(root) == "noise":
            break
        stage.press("PageDown")
    assert focused(root) == "noise"
    before = box(root, "noise", "scope").get_attribute("data-open")
    stage.press("Enter")
    eventually(lambda: box(root, "noise", "scope").get_attribute("data-open") != before, lab.page)
    stage.press("Enter")
    eventually(lambda: box(root, "noise", "scope").get_attribute("data-open") == before, lab.page)
    stage.press("d")
    stage.press("d")
    assert lab.page.evaluate("() => window.__notebook.content.model.cells.length") == cells


def test_a_selection_shows_in_every_view(lab: Lab, ran: str) -> None:
    """A click on a capsule of the scope tree selects the variable in graph, collections and stepper, and the kernel hears it."""
    scopes = view(lab, "scopes")
    scopes.locator('button[data-kind="variable"][data-name="model/out/b"]').first.click()
    dashboard = view(lab, "dashboard")
    for name in ("dashboard", "graph"):
        capsule = box(view(lab, name), "model/out/b", "variable")
        eventually(lambda capsule=capsule: "lit" in capsule.get_attribute("class").split(), lab.page)
        assert "lit" not in box(view(lab, name), "model/hidden/w", "variable").get_attribute("class").split()
        assert "model/out/b" in status(view(lab, name))
    rows = view(lab, "collections").locator('tr[data-tfm="row"].tfm-selected')
    eventually(lambda: rows.count() == 1, lab.page)
    assert "model/out/b" in rows.inner_text()
    marks = view(lab, "stepper").locator('[data-tfm="mark"]')
    eventually(lambda: {each.get_attribute("data-how") for each in marks.all()} >= {"reads", "writes"}, lab.page)

    box(dashboard, "model/hidden/w", "variable").click()
    eventually(lambda: picked(lab) == ["model/hidden/w"], lab.page)
    select_nothing(lab, dashboard)
    eventually(lambda: picked(lab) == [], lab.page)


def test_stepping_forward_and_back_reads_the_values(lab: Lab, ran: str) -> None:
    """The first tower's Relu has no negative value, the BiasAdd before it has; a step back shows that again."""
    root = view(lab, "stepper")
    slider = root.get_by_role("slider", name="Step of the run")
    slider.focus()
    slider.press("Home")
    assert now(root) == 0
    titles = []
    for _ in range(40):
        titles.append(panel(root))
        if "model/hidden/Relu:0" in titles[-1]:
            break
        slider.press("ArrowRight")
    assert "model/hidden/Relu:0" in titles[-1]
    assert "float32 [32,32]" in titles[-1]
    at = now(root)
    slider.press("ArrowLeft")
    assert now(root) == at - 1
    assert panel(root) == titles[-2]
    assert "model/hidden/BiasAdd:0" in titles[-2]
    slider.press("ArrowRight")
    assert panel(root) == titles[-1]


# ---- later, and elsewhere


def test_a_reload_finds_the_state_again(lab: Lab, fresh: str) -> None:
    """Open scopes, selection and step survive F5, because they are traits; the views are live again."""
    lab.run_all()
    dashboard = view(lab, "dashboard")
    place = box(dashboard, "model", "scope").bounding_box()
    lab.page.mouse.click(place["x"] + 12, place["y"] + 13)
    eventually(lambda: box(dashboard, "model", "scope").get_attribute("data-open") == "false", lab.page)
    stepper = view(lab, "stepper")
    slider = stepper.get_by_role("slider", name="Step of the run")
    slider.focus()
    slider.press("Home")
    for _ in range(7):
        slider.press("ArrowRight")
    view(lab, "scopes").locator('button[data-kind="variable"][data-name="model/out/w"]').first.click()
    lab.page.wait_for_timeout(600)  # the traits are written together, a little later
    at = now(view(lab, "stepper"))

    lab.reload(fresh)

    dashboard = view(lab, "dashboard")
    box(dashboard, "model", "scope").wait_for(timeout=20_000)
    assert box(dashboard, "model", "scope").get_attribute("data-open") == "false"
    assert now(view(lab, "stepper")) == at
    eventually(lambda: picked(lab) == ["model/out/w"], lab.page)
    assert "live" in view(lab, "scopes").inner_text()
    before = status(view(lab, "dashboard"))
    run(lab, "share")
    eventually(lambda: status(view(lab, "dashboard")) != before, lab.page)
    assert "model_2" in status(view(lab, "dashboard"))


def test_the_notebook_runs_twice_in_one_kernel(lab: Lab, fresh: str) -> None:
    """The second pass begins with an empty graph again and ends like the first."""
    lab.run_all()
    first = view(lab, "dashboard").locator(".tfm-count").first.inner_text()
    lab.run_all()
    assert lab.errors_in_cells() == []
    root = view(lab, "dashboard")
    box(root, "model_1", "scope").wait_for(timeout=10_000)
    assert root.locator(".tfm-count").first.inner_text() == first
    assert box(root, "model_2", "scope").count() == 0


def test_a_cell_run_again_is_named(lab: Lab, fresh: str) -> None:
    """Sharing again makes a third tower on the same variables; making again is refused, and the scope tree says so."""
    run(lab, "imports", "data", "watch", "inputs", "tower", "share", "train-op", "scopes")
    run(lab, "share")
    dashboard = view(lab, "dashboard")
    eventually(lambda: "model_2" in dashboard.inner_text() or box(dashboard, "model_2", "scope").count() == 1, lab.page)
    assert lab.errors_in_cells() == []
    run(lab, "tower")
    errors = lab.errors_in_cells()
    assert len(errors) == 1
    assert errors[0].startswith("ValueError: Variable model/hidden/w already exists")
    scopes = view(lab, "scopes")
    eventually(lambda: "stopped in" in scopes.inner_text(), lab.page)
    run(lab, "share")
    assert len(lab.errors_in_cells()) == 1  # the other cell's, still on show: the graph went on to work


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_views_take_the_theme_and_axe_finds_nothing(lab: Lab, ran: str, theme: str) -> None:
    """The views change with JupyterLab's theme, without running a cell, and have enough contrast in both."""
    change = "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})"
    lab.page.evaluate(change, f"JupyterLab {theme}")
    try:
        for name in VIEWS:
            root = view(lab, name)
            eventually(lambda root=root: root.get_attribute("data-theme") == theme.lower(), lab.page)
        lab.page.wait_for_timeout(300)
        assert axe(lab.page) == []
    finally:
        lab.page.evaluate(change, "JupyterLab Light")
