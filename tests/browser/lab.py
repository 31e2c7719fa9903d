"""A real JupyterLab on this machine, with one page in it that the tests share."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
RUN_TIMEOUT = 180_000  # ms for all cells of a notebook


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def jupyter_server(folder: Path) -> Iterator[str]:
    """Starts JupyterLab on `folder` with a home of its own; gives its address."""
    home = folder / ".home"
    settings = home / "config" / "lab" / "user-settings" / "@jupyterlab"
    for name, content in {
        "apputils-extension/notification.jupyterlab-settings": {"checkForUpdates": False, "fetchNews": "false"},
        "notebook-extension/tracker.jupyterlab-settings": {"windowingMode": "none"},
    }.items():
        path = settings / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content))
    port = _free_port()
    environment = {
        **os.environ,
        "HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "config" / "lab" / "user-settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "mpl"),
        "OPENBLAS_NUM_THREADS": "1",
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "widgets"), os.environ.get("PYTHONPATH", "")]),
    }
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        "--no-browser",
        "--expose-app-in-browser",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",
        "--ServerApp.password=",
        "--ServerApp.disable_check_xsrf=True",
        f"--ServerApp.root_dir={folder}",
        "--LabApp.extension_manager=readonly",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    log = (folder / ".server.log").open("w")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=folder)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, server, folder)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if server.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{address}/api/status", timeout=2).read()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("JupyterLab did not start:\n" + (folder / ".server.log").read_text()[-4000:])


class Lab:
    """The page with JupyterLab."""

    def __init__(self, page: Any, address: str, folder: Path, watch: Any) -> None:
        self.page = page
        self.address = address
        self.folder = folder
        self.watch = watch

    def add(self, source: Path, name: str | None = None) -> str:
        """Copies a notebook, with the data folder beside it, into the server's folder; returns its name there."""
        name = name or source.name
        shutil.copy(source, self.folder / name)
        data = source.parent / "data"
        if data.is_dir():
            shutil.copytree(data, self.folder / "data", dirs_exist_ok=True)
        return name

    def write(self, name: str, cells: list[str]) -> str:
        """Writes a notebook with these code cells into the server's folder; returns its name."""
        notebook = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"c{i}",
                    "metadata": {},
                    "execution_count": None,
                    "outputs": [],
                    "source": source,
                }
                for i, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(notebook))
        return name

    def start(self) -> None:
        """Loads JupyterLab."""
        self.page.goto(f"{self.address}/lab?reset", wait_until="domcontentloaded")
        self.page.wait_for_function("() => window.jupyterapp && window.jupyterapp.restored", timeout=60_000)
        self.page.evaluate("() => window.jupyterapp.restored.then(() => true)")

    def open(self, name: str, *, kernel: bool = True) -> None:
        """Opens a notebook and waits until it is ready, with its kernel unless `kernel` is False."""
        self.page.evaluate(
            """async ([name, kernel]) => {
              const app = window.jupyterapp;
              const options = kernel ? {} : {kernel: {shouldStart: false, autoStartDefault: false}};
              const widget = await app.commands.execute("docmanager:open", {path: name, factory: "Notebook", ...options});
              await widget.context.ready;
              if (kernel) {
                await widget.sessionContext.ready;
                await widget.sessionContext.session.kernel.info;
              }
              window.__notebook = widget;
            }""",
            [name, kernel],
        )
        # On narrow pages the file browser takes room that the cells need.
        self.page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def run_all(self) -> None:
        """Runs all cells and waits for the end."""
        self.page.set_default_timeout(RUN_TIMEOUT)
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.wait_idle()
        self.page.set_default_timeout(30_000)

    def run_cell(self, index: int) -> None:
        """Runs one cell and waits for the end."""
        self.page.evaluate(
            """(index) => {
              const notebook = window.__notebook.content;
              notebook.activeCellIndex = index;
              notebook.deselectAll();
              return window.jupyterapp.commands.execute("notebook:run-cell");
            }""",
            index,
        )
        self.wait_idle()

    def wait_idle(self) -> None:
        """Waits until the kernel is idle."""
        self.page.wait_for_function(
            "() => window.__notebook.sessionContext.session?.kernel?.status === 'idle'", timeout=RUN_TIMEOUT
        )

    def cell_index(self, text: str) -> int:
        """Returns the index of the first cell whose source contains `text`."""
        return self.page.evaluate(
            """(text) => {
              const cells = window.__notebook.content.model.cells;
              for (let i = 0; i < cells.length; i += 1) if (cells.get(i).sharedModel.getSource().includes(text)) return i;
              return -1;
            }""",
            text,
        )

    def errors_in_cells(self) -> list[str]:
        """Returns the errors that cells show."""
        return self.page.evaluate(
            """() => {
              const found = [];
              for (const cell of window.__notebook.content.model.cells) {
                for (let i = 0; i < (cell.outputs?.length ?? 0); i += 1) {
                  const output = cell.outputs.get(i).toJSON();
                  if (output.output_type === "error") found.push(`${output.ename}: ${output.evalue}`);
                }
              }
              return found;
            }"""
        )

    def close(self) -> None:
        """Saves nothing, shuts the kernel down and closes the notebook."""
        self.page.evaluate(
            """async () => {
              const widget = window.__notebook;
              if (!widget) return;
              await widget.sessionContext.shutdown();
              widget.context.model.dirty = false;
              widget.dispose();
              window.__notebook = null;
            }"""
        )

    def reload(self, name: str) -> None:
        """Saves the notebook, loads the page again, as a person does with F5, and opens the notebook; its kernel goes on."""
        self.save()
        self.start()
        self.open(name)

    def outputs(self, index: int) -> list[dict[str, Any]]:
        """Returns the outputs of a cell as nbformat has them."""
        return self.page.evaluate(
            """(index) => {
              const outputs = window.__notebook.content.model.cells.get(index).outputs;
              return Array.from({length: outputs?.length ?? 0}, (_, i) => outputs.get(i).toJSON());
            }""",
            index,
        )

    def show_cell(self, index: int) -> None:
        """Scrolls to a cell."""
        self.page.evaluate("(index) => window.__notebook.content.scrollToItem(index)", index)

    def save(self) -> None:
        """Saves the notebook to its file, with the state of its widgets."""
        self.page.evaluate("() => window.__notebook.context.save()")

    def view(self, name: str) -> Any:
        """Returns the locator of the tfmini view `name` (`graph`, `dashboard`, ...)."""
        return self.page.locator(f'.tfm[data-view="{name}"]')
