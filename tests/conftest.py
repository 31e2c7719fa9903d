"""Fixtures for tests in more than one folder."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

WIDGETS = Path(__file__).resolve().parents[1] / "widgets"


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node, with what the front end is built with in `widgets/node_modules`, fetched once when it is not there.

    Users need neither. Without Node or npm, or where npm reaches no packages, the test is skipped with that reason.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        pytest.skip("Node is not installed; authors of the front end need it, users do not")
    # npm writes this file last, so it tells a whole installation from an interrupted one.
    if (WIDGETS / "node_modules" / ".package-lock.json").is_file():
        return node
    if npm is None:
        pytest.skip("npm is not installed, and widgets/node_modules is not there")
    command = [npm, "ci", "--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=1", "--fetch-timeout=30000"]
    try:
        done = subprocess.run(command, cwd=WIDGETS, capture_output=True, text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        pytest.skip("npm ci in widgets took more than three minutes")
    if done.returncode != 0:
        pytest.skip(f"npm could not fetch what the front end is built with: {done.stderr.strip()[-300:]}")
    return node
