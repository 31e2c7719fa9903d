"""Fixtures of the browser tests: Chromium, the bare page, and one JupyterLab with one page for all tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from .bare import BarePage
from .chromium import FLAGS, Watch, require_chromium
from .first_notebook import FIRST
from .lab import Lab, jupyter_server


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path).replace("\\", "/"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = require_chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def _bare_page(chromium: Any) -> Iterator[BarePage]:
    page = chromium.new_page(viewport={"width": 920, "height": 600})
    watch = Watch(page)
    bare = BarePage(page)
    bare.watch = watch  # type: ignore[attr-defined]
    yield bare
    page.close()


@pytest.fixture
def bare(_bare_page: BarePage) -> Iterator[BarePage]:
    """The bare page; a test fails when the page had an error or asked for something outside."""
    watch = _bare_page.watch  # type: ignore[attr-defined]
    watch.clear()
    yield _bare_page
    assert watch.outside == []
    assert watch.errors == []


@pytest.fixture(scope="session")
def lab(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One JupyterLab with one page."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyter_server(folder) as address:
        page = chromium.new_page(viewport={"width": 1280, "height": 900})
        watch = Watch(page)
        lab = Lab(page, address, folder, watch)
        lab.start()
        yield lab
        page.close()


@pytest.fixture
def quiet_lab(lab: Lab) -> Iterator[None]:
    """The test fails when a request left the machine or the console had an error."""
    lab.watch.clear()
    yield
    assert lab.watch.outside == []
    assert lab.watch.ours() == []


@pytest.fixture(scope="session")
def ran_notebook(lab: Lab) -> Iterator[str]:
    """The name of the first notebook, all cells run once."""
    name = lab.add(FIRST, "ran.ipynb")
    lab.open(name)
    lab.run_all()
    lab.save()  # other tests reload the page, which then reads the file
    yield name
    lab.open(name)
    lab.close()


@pytest.fixture
def ran(lab: Lab, ran_notebook: str) -> str:
    """The same, in front; the tests that share it run no cell and leave nothing selected."""
    lab.open(ran_notebook)
    lab.page.keyboard.press("Escape")
    return ran_notebook


@pytest.fixture
def fresh(lab: Lab, request: pytest.FixtureRequest) -> Iterator[str]:
    """A copy of the first notebook in which nothing has run, with a kernel of its own."""
    name = lab.add(FIRST, f"{request.node.name[:40]}.ipynb")
    lab.open(name)
    yield name
    lab.open(name)
    lab.close()
