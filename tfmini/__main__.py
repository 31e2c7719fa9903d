"""`python3 tfmini lab` and `python3 tfmini test`: from a clone to JupyterLab or a test run, with nothing installed beforehand.

Running the directory executes this file with the standard library only. It makes `.venv` beside the package, installs the
project there once (again when `pyproject.toml` changes), and starts over inside. Installed, the same commands are
`tfmini lab` and `tfmini test`, and then run in the environment where they are installed.
"""

from __future__ import annotations

import sys

if __name__ == "__main__" and not __package__:
    # Python puts the directory that it runs first on the path, where a random.py would hide the standard library's.
    sys.path.pop(0)

import hashlib
import os
import subprocess
from pathlib import Path

_USAGE = """usage: tfmini lab [notebook] [options of jupyter lab]
       tfmini test [options of pytest]

lab    opens JupyterLab on the first notebook
test   runs the tests"""

_FIRST_NOTEBOOK = "notebooks/01_first_graph.ipynb"
_INSIDE = "TFMINI_IN_VENV"


def _project() -> Path | None:
    """Returns the folder of the clone, or None when the package is installed without one."""
    root = Path(__file__).resolve().parent.parent
    return root if (root / "pyproject.toml").is_file() and (root / "widgets").is_dir() else None


def _python_of(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _prepare(root: Path, extras: str) -> Path:
    """Returns the Python of the project's own environment, made and filled when needed."""
    venv = root / ".venv"
    python = _python_of(venv)
    stamp = venv / f"tfmini-{extras}.stamp"
    # The installation is editable and names the clone's place, so a clone that was moved is installed again.
    declared = (root / "pyproject.toml").read_bytes()
    wanted = hashlib.sha256(declared + sys.version.encode() + str(root).encode()).hexdigest()
    if python.exists() and stamp.is_file() and stamp.read_text() == wanted:
        return python
    print(f"tfmini: preparing {venv} (once; a minute or two)", file=sys.stderr, flush=True)
    if not python.exists():
        made = subprocess.run([sys.executable, "-m", "venv", str(venv)], check=False)
        if made.returncode:
            sys.exit(
                "tfmini: Python could not make a virtual environment. "
                "On Debian or Ubuntu: apt install python3-venv. Then try again."
            )
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-e", f"{root}[{extras}]"]
    if subprocess.run(install, check=False).returncode:
        sys.exit(f"tfmini: the installation failed, see above. Delete {venv} to start over.")
    stamp.write_text(wanted)
    return python


def _start(command: list[str], environment: dict[str, str]) -> int:
    """Replaces this process, or, on Windows, waits for a child."""
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        try:
            return subprocess.run(command, env=environment, check=False).returncode
        except KeyboardInterrupt:
            return 130
    os.execve(command[0], command, environment)


def _lab(root: Path | None, arguments: list[str]) -> list[str]:
    command = [sys.executable, "-m", "jupyterlab"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    if root is None:
        return command + arguments
    command.append(f"--notebook-dir={root}")
    if not any(each.endswith(".ipynb") for each in arguments):
        # As the default address it is also what `--no-browser` prints.
        command.append(f"--LabApp.default_url=/lab/tree/{_FIRST_NOTEBOOK}")
    return command + [str(Path(each).resolve()) if each.endswith(".ipynb") else each for each in arguments]


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; returns its exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if not arguments or arguments[0] not in ("lab", "test"):
        print(_USAGE, file=sys.stderr)
        return 0 if arguments[:1] in (["-h"], ["--help"]) else 2
    if sys.version_info < (3, 11):  # noqa: UP036 - the launcher runs before pip could refuse
        print(f"tfmini: Python 3.11 or later is needed, this is {sys.version.split()[0]}.", file=sys.stderr)
        return 2
    command, rest = arguments[0], arguments[1:]
    root = _project()
    environment = dict(os.environ)
    run_as_directory = __package__ in (None, "")
    if run_as_directory and root is not None and not environment.get(_INSIDE):
        python = _prepare(root, command)
        environment[_INSIDE] = "1"
        return _start([str(python), str(root / "tfmini"), command, *rest], environment)
    environment.pop(_INSIDE, None)
    if command == "test":
        environment.setdefault("OPENBLAS_NUM_THREADS", "1")
        if root is None:
            print("tfmini: the tests are in the repository; run `python3 tfmini test` in a clone.", file=sys.stderr)
            return 2
        os.chdir(root)
        return _start([sys.executable, "-m", "pytest", *rest], environment)
    return _start(_lab(root, rest), environment)


if __name__ == "__main__":
    sys.exit(main())
