"""`ruff` and `mypy` pass on the whole repository; both are part of the extra `test`, and both keep a cache."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def _run(tool: str, *arguments: str) -> None:
    if importlib.util.find_spec(tool) is None:
        pytest.skip(f"{tool} is not installed; it comes with the extra `test`")
    command = [sys.executable, "-m", tool, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=280, check=False)
    assert done.returncode == 0, f"{tool} {' '.join(arguments)}\n{done.stdout[-6000:]}{done.stderr[-2000:]}"


def test_ruff_finds_nothing() -> None:
    _run("ruff", "check", "--output-format=concise", ".")


def test_every_file_is_formatted() -> None:
    """`ruff format .` mends it."""
    _run("ruff", "format", "--check", ".")


def test_types_hold() -> None:
    """mypy reads the packages named in pyproject.toml."""
    _run("mypy")
