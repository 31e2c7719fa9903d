"""The first notebook after JupyterLab saved it: opened without trust and without a kernel, and as a page of nbconvert offline."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import nbconvert
import nbformat
import pytest

from .first_notebook import VIEWS, eventually
from .lab import Lab

pytestmark = pytest.mark.usefixtures("quiet_lab")


@pytest.fixture(scope="module")
def saved(lab: Lab, ran_notebook: str) -> Any:
    """The notebook with its outputs, as JupyterLab saves it."""
    lab.open(ran_notebook)
    lab.save()
    return nbformat.read(lab.folder / ran_notebook, as_version=4)


def _view_outputs(notebook: Any) -> list[dict[str, Any]]:
    kind = "application/vnd.jupyter.widget-view+json"
    outputs = [each for cell in notebook["cells"] for each in cell.get("outputs", [])]
    return [each["data"] for each in outputs if "text/html" in each.get("data", {}) and kind in each["data"]]


def test_a_saved_view_keeps_picture_and_text(saved: Any) -> None:
    """The mime fallback: an image that carries its picture, and the text twin."""
    kept = [each for each in _view_outputs(saved) if "data:image/svg+xml;base64," in each["text/html"]]
    assert len(kept) == len(VIEWS)
    for data in kept:
        assert len(data["text/plain"].splitlines()) > 1


def test_an_untrusted_notebook_without_a_kernel_shows_pictures(lab: Lab, saved: Any) -> None:
    """Somebody else's clone: JupyterLab drops widgets and scripts, and keeps the image with its description."""
    saved = copy.deepcopy(saved)
    saved["cells"][0]["source"] = "Changed by somebody whom this machine does not trust."
    nbformat.write(saved, lab.folder / "untrusted.ipynb")
    lab.open("untrusted.ipynb", kernel=False)
    try:
        images = lab.page.locator('.jp-NotebookPanel:not(.lm-mod-hidden) .jp-OutputArea img[src^="data:image/svg+xml"]')
        eventually(lambda: images.count() == len(VIEWS), lab.page)
        assert lab.view("dashboard").locator("visible=true").count() == 0
        for index in range(len(VIEWS)):
            image = images.nth(index)
            image.scroll_into_view_if_needed()
            eventually(lambda image=image: image.evaluate("(e) => e.complete && e.naturalWidth > 50"), lab.page)
            assert len(image.get_attribute("alt")) > 10
    finally:
        lab.close()


def test_exported_page_shows_pictures_and_texts_offline(lab: Lab, chromium: Any, saved: Any, tmp_path: Path) -> None:
    """`jupyter nbconvert --to html` of the saved notebook, opened from the disk with every request refused."""
    page_text, _ = nbconvert.HTMLExporter().from_notebook_node(saved)
    path = tmp_path / "first.html"
    path.write_text(page_text, encoding="utf-8")
    page = chromium.new_page(viewport={"width": 1000, "height": 800})
    try:
        page.route(
            "**/*",
            lambda route: route.continue_() if route.request.url.startswith(("file:", "data:")) else route.abort(),
        )
        page.goto(path.as_uri())
        images = page.locator('img[src^="data:image/svg+xml"]')
        assert images.count() == len(VIEWS)
        for index in range(len(VIEWS)):
            eventually(lambda index=index: images.nth(index).evaluate("(e) => e.naturalWidth > 50"), page)
        # The text twins stand under the pictures, for readers who cannot see them and for Ctrl+F.
        text = page.locator("body").inner_text() + " ".join(page.locator("details").all_text_contents())
        for words in ("model/hidden/w", "trainable_variables", "find only", "ApplyAdam"):
            assert words in text, words
    finally:
        page.close()
