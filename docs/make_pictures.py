"""Makes the pictures under docs/images from the real views, in JupyterLab, on the first notebook.

    python docs/make_pictures.py [name ...]

Without names all are made: dashboard, graph, scopes, collections, stepper, each light and dark, and graph-narrow. It needs Chromium
and what `pip install -e '.[test]'` brings. The pictures show the fonts of the machine that makes them: install Inter and JetBrains
Mono, the first choices of the views.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from tests.browser.chromium import FLAGS, Watch, find_chromium  # noqa: E402
from tests.browser.lab import Lab, jupyter_server  # noqa: E402

FOLDER = ROOT / "docs" / "images"
NOTEBOOK = ROOT / "notebooks" / "01_first_graph.ipynb"
SCALE = 2  # pixels of the device for one of the page
TALL_CELL = "tfw.graph(height=900)"
COMMON = 24  # colours that are kept because they are common
SETTLE = 700  # ms until a view that was resized or chosen in has drawn itself


def main(names: list[str]) -> int:
    """Makes the named pictures, all without names."""
    chosen = [each for each in PICTURES if not names or each.name in names]
    unknown = set(names) - {each.name for each in PICTURES}
    if unknown:
        print(f"No such picture: {', '.join(sorted(unknown))}. There are: {', '.join(each.name for each in PICTURES)}.")
        return 2
    browser_path = find_chromium()
    if browser_path is None:
        print("No Chromium found: install chromium, or name one in TFMINI_CHROMIUM.")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play, jupyter_server(Path(folder)) as address:
        browser = play.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page(viewport={"width": 1400, "height": 1100}, device_scale_factor=SCALE)
        lab = Lab(page, address, Path(folder), Watch(page))
        lab.start()
        lab.open(_notebook(lab))
        lab.run_all()
        problems = lab.errors_in_cells()
        if not problems:
            for picture in chosen:
                for theme in picture.themes:
                    _take(lab, picture, theme)
        problems += lab.watch.ours()
        browser.close()
    for problem in problems:
        print(f"Problem in the notebook: {problem}")
    return 1 if problems else 0


def _notebook(lab: Lab) -> str:
    """Puts the first notebook, with one more cell that shows a tall graph, where JupyterLab finds it."""
    name = lab.add(NOTEBOOK)
    path = lab.folder / name
    notebook = json.loads(path.read_text("utf-8"))
    cell = {
        "cell_type": "code",
        "id": "tall",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": TALL_CELL,
    }
    notebook["cells"].append(cell)
    path.write_text(json.dumps(notebook), "utf-8")
    return name


def _take(lab: Lab, picture: Picture, theme: str) -> None:
    page = lab.page
    _theme(page, theme)
    view = lab.view(picture.view).nth(picture.nth)
    _width(page, view, picture.width)
    view.scroll_into_view_if_needed()
    picture.prepare(view)
    page.mouse.move(2, 2)
    page.evaluate("() => document.activeElement?.blur()")
    page.wait_for_timeout(SETTLE)
    path = FOLDER / f"{picture.name}-{theme}.png"
    size = save(view.screenshot(), path)
    print(f"{path.relative_to(ROOT)}  {size / 1000:.0f} KB")


def _theme(page: Any, theme: str) -> None:
    name = f"JupyterLab {theme.capitalize()}"
    page.evaluate("(theme) => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", name)
    light = "true" if theme == "light" else "false"
    page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=light)


def _width(page: Any, view: Any, width: int) -> None:
    """Makes the page as wide as it must be for the view to be `width` px wide."""
    for _ in range(3):
        off = width - round(view.bounding_box()["width"])
        if not off:
            return
        size = page.viewport_size
        page.set_viewport_size({"width": size["width"] + off, "height": size["height"]})
        page.wait_for_timeout(SETTLE)


def save(png: bytes, path: Path) -> int:
    """Writes a picture with 256 of its colours; returns its size.

    The commonest are kept, then those far from the ones kept, so that the rare ones of lines and marks stay what they are.
    """
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int32)
    height, width, _ = pixels.shape
    codes, place, counts = np.unique(pixels.reshape(-1, 3) @ [65536, 256, 1], return_inverse=True, return_counts=True)
    colours = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1)
    away = np.full(len(codes), np.inf)
    nearest = np.zeros(len(codes), np.uint8)
    palette: list[int] = []
    common = np.argsort(-counts)
    while len(palette) < min(256, len(codes)):
        at = common[len(palette)] if len(palette) < COMMON else np.argmax(away * np.sqrt(np.sqrt(counts)))
        distance = np.abs(colours - colours[at]).sum(axis=1)
        nearest[distance < away] = len(palette)
        away = np.minimum(away, distance)
        palette.append(int(at))
    image = Image.fromarray(nearest[place].reshape(height, width), "P")
    image.putpalette(colours[palette].astype(np.uint8).tobytes())
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    path.write_bytes(out.getvalue())
    return out.tell()


# ---- what is chosen in each view


def _as_it_opens(view: Any) -> None:
    """Leaves the view as a person finds it."""


def _choose_variable(view: Any) -> None:
    view.locator('[data-tfm="box"][data-name="model/hidden/w"]').first.click()


def _step_to_bias(view: Any) -> None:
    """Goes to the step that adds the first bias."""
    at = view.locator(".tfm-st-typed")
    at.fill("12")
    at.press("Enter")


class Picture(NamedTuple):
    """One picture: its file's name, the view, its width in px, what is done first, in which themes, and which of the views of
    that kind it shows."""

    name: str
    view: str
    width: int
    prepare: Callable[[Any], None] = _as_it_opens
    themes: tuple[str, ...] = ("light", "dark")
    nth: int = 0


PICTURES = (
    Picture("graph", "graph", 1000),
    Picture("graph-narrow", "graph", 480, themes=("light",), nth=1),
    Picture("scopes", "scopes", 1000),
    Picture("collections", "collections", 1000),
    Picture("stepper", "stepper", 1100, _step_to_bias),
    Picture("dashboard", "dashboard", 1200, _choose_variable),
)

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
