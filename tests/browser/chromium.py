"""Chromium for the browser tests: where it is, how it is started, what the pages in it may do."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--force-color-profile=srgb",
]


def find_chromium() -> str | None:
    """Returns the path of a Chromium: the variable TFMINI_CHROMIUM, then `chromium`, then `google-chrome`."""
    chosen = os.environ.get("TFMINI_CHROMIUM")
    if chosen:
        return chosen
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    return None


def require_chromium() -> str:
    """Returns the path of a Chromium. Without one the test is skipped with a reason; in CI it fails."""
    path = find_chromium()
    if path is None:
        reason = "no Chromium found: install chromium, or name one in TFMINI_CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


class Watch:
    """What a page did that it must not: requests that leave this machine (which are refused), and errors."""

    def __init__(self, page: Any) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []
        page.route("**/*", self._route)
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _route(self, route: Any) -> None:
        url = route.request.url
        if url.startswith(("http://127.0.0.1", "http://localhost", "data:", "blob:", "about:", "file:")):
            route.continue_()
        else:
            self.outside.append(url)
            route.abort()

    def _console(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def ours(self) -> list[str]:
        """Returns the errors, without those that JupyterLab makes by itself."""
        foreign = (
            "favicon",
            "/api/contents/",
            "/lab/api/listings",
            "ResizeObserver loop",
            "api/me",
            "/api/kernels/",
            "/api/terminals",
            "Canceled future for",  # a kernel was shut down before JupyterLab had all of its answers
        )
        return [error for error in self.errors if not any(each in error for each in foreign)]

    def clear(self) -> None:
        self.outside.clear()
        self.errors.clear()
