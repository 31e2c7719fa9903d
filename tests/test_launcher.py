"""`python3 tfmini lab | test` from a clone: standard library only, an environment made once, arguments passed on.

A copy of the launcher runs in a made-up clone whose `.venv` holds no packages: `pip` and the final commands are recorded by a
stand-in module, so nothing is downloaded.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAUNCHER = ROOT / "tfmini" / "__main__.py"

# Stands for pip, pytest and jupyterlab in the environment: writes down how it was called.
_STAND_IN = """
import json, os, sys
with open(os.environ["TFMINI_CALLS"], "a") as file:
    call = {"module": MODULE, "arguments": sys.argv[1:], "python": sys.executable, "directory": os.getcwd(),
            "threads": os.environ.get("OPENBLAS_NUM_THREADS")}
    file.write(json.dumps(call) + "\\n")
sys.exit(int(os.environ.get("TFMINI_CODE", "0")))
"""


class Clone:
    """A folder that looks like a clone, with an environment whose pip, pytest and jupyterlab only take notes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls_file = folder.parent / "calls.jsonl"
        for name in ("tfmini", "widgets", "notebooks"):
            (folder / name).mkdir(parents=True)
        shutil.copy(LAUNCHER, folder / "tfmini" / "__main__.py")
        # Files with the names of the standard library's, as the package has them: run as a directory they must stay harmless.
        for name in ("random", "io", "subprocess", "hashlib", "json", "shutil", "pathlib"):
            (folder / "tfmini" / f"{name}.py").write_text(
                "raise SystemExit('a file of tfmini hid the standard library')\n"
            )
        (folder / "tfmini" / "__init__.py").write_text("raise SystemExit('the launcher imported the package')\n")
        (folder / "notebooks" / "01_first_graph.ipynb").write_text("{}")
        (folder / "pyproject.toml").write_text("[project]\nname = 'tfmini-lab'\n")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True, timeout=120)
        site = next((folder / ".venv").rglob("site-packages"))
        for name in ("pip", "pytest", "jupyterlab"):
            (site / name).mkdir()
            (site / name / "__init__.py").write_text("")
            (site / name / "__main__.py").write_text(f"MODULE = {name!r}\n{_STAND_IN}")

    def run(self, *arguments: str, code: int = 0, where: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TFMINI", "OPENBLAS"))
        }
        environment |= {"TFMINI_CALLS": str(self.calls_file), "TFMINI_CODE": "0"}
        if code:
            environment["TFMINI_CODE"] = str(code)
        command = [sys.executable, str(self.folder / "tfmini"), *arguments]
        return subprocess.run(
            command,
            cwd=where or self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def calls(self) -> list[dict[str, object]]:
        if not self.calls_file.exists():
            return []
        return [json.loads(line) for line in self.calls_file.read_text().splitlines()]


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path / "my clone")


def test_only_the_standard_library_is_imported() -> None:
    tree = ast.parse(LAUNCHER.read_text("utf-8"))
    names = {
        each.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names
    }
    names |= {(node.module or "").partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


def test_old_python_can_read_the_launcher() -> None:
    """A Python that is too old gets a sentence, not a SyntaxError."""
    ast.parse(LAUNCHER.read_text("utf-8"), feature_version=(3, 7))


def test_test_installs_once_and_passes_arguments_and_exit_code_on(clone: Clone) -> None:
    done = clone.run("test", "-k", "scopes", "--no-header")
    assert done.returncode == 0, done.stderr
    pip, pytest_call = clone.calls()
    assert pip["module"] == "pip"
    assert str(pip["arguments"][-1]).startswith(str(clone.folder) + "[")  # type: ignore[index]
    assert pytest_call["module"] == "pytest"
    assert pytest_call["arguments"] == ["-k", "scopes", "--no-header"]
    assert str(pytest_call["python"]).startswith(str(clone.folder / ".venv"))
    assert pytest_call["threads"] == "1"

    second = clone.run("test", code=3)
    if os.name != "nt":
        assert second.returncode == 3
    assert [call["module"] for call in clone.calls()] == ["pip", "pytest", "pytest"]


def test_a_changed_declaration_installs_again(clone: Clone) -> None:
    clone.run("test")
    (clone.folder / "pyproject.toml").write_text("[project]\nname = 'tfmini-lab'\nversion = '2'\n")
    clone.run("test")
    assert [call["module"] for call in clone.calls()] == ["pip", "pytest", "pip", "pytest"]


def test_a_moved_clone_installs_again(clone: Clone, tmp_path: Path) -> None:
    """The editable installation names the place of the clone."""
    clone.run("test")
    clone.folder = clone.folder.rename(tmp_path / "elsewhere")
    clone.run("test")
    assert [call["module"] for call in clone.calls()] == ["pip", "pytest", "pip", "pytest"]


def test_a_failed_installation_is_said_and_tried_again(clone: Clone) -> None:
    failed = clone.run("test", code=1)
    assert failed.returncode != 0
    assert "tfmini:" in failed.stderr
    clone.run("test")
    assert [call["module"] for call in clone.calls()] == ["pip", "pip", "pytest"]


def test_commands_work_from_another_directory(clone: Clone, tmp_path: Path) -> None:
    done = clone.run("test", where=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Path(str(clone.calls()[-1]["directory"])).resolve() == clone.folder.resolve()


def test_lab_opens_the_first_notebook(clone: Clone, tmp_path: Path) -> None:
    done = clone.run("lab", "--no-browser", where=tmp_path)
    assert done.returncode == 0, done.stderr
    call = clone.calls()[-1]
    assert call["module"] == "jupyterlab"
    arguments = [str(each) for each in call["arguments"]]  # type: ignore[attr-defined]
    assert "--no-browser" in arguments
    assert "--LabApp.default_url=/lab/tree/notebooks/01_first_graph.ipynb" in arguments
    assert any(each.endswith(f"={clone.folder}") for each in arguments)


def test_lab_opens_the_notebook_that_is_named(clone: Clone) -> None:
    clone.run("lab", "notebooks/01_first_graph.ipynb", where=clone.folder)
    arguments = [str(each) for each in clone.calls()[-1]["arguments"]]  # type: ignore[attr-defined]
    assert Path(arguments[-1]).resolve() == (clone.folder / "notebooks" / "01_first_graph.ipynb").resolve()
    assert not any("default_url" in each for each in arguments)


@pytest.mark.parametrize("arguments", [[], ["bake"], ["--help"]])
def test_anything_else_gets_the_usage(clone: Clone, arguments: list[str]) -> None:
    done = clone.run(*arguments)
    assert "lab" in done.stdout + done.stderr
    assert "test" in done.stdout + done.stderr
    assert (done.returncode == 0) == (arguments == ["--help"])
    assert clone.calls() == []


def test_the_installed_command_is_the_launcher() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["scripts"] == {"tfmini": "tfmini.__main__:main"}
