"""The line magics of `%load_ext tfmini_widgets`: `%tfdash`, `%tfgraph`, `%tfscopes`, `%tfcollections`, `%tfinit`, `%tfreuse`, `%tfstep`, `%tfwhy`.

Arguments are Python expressions of the notebook: `%tfgraph g`, `%tfinit sess, train_op`, `%tfstep sess, loss, {x: batch}`.
`%tfwhy auto` opens the explanation by itself when a cell ends with a refused call or a failed run, until `%tfwhy manual`; so does the
setting `c.TfminiWidgets.explain_errors = True` in `ipython_config.py` when the extension is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.display import display

from tfmini import inspection

from . import views


def load(shell: Any) -> None:
    """Registers the magics with an IPython shell."""
    for name, show in _MAGICS.items():
        shell.register_magic_function(_magic(shell, name, show), magic_kind="line", magic_name=name)
    explain_errors(shell, bool(shell.config.get("TfminiWidgets", {}).get("explain_errors", False)))


def explain_errors(shell: Any, on: bool = True) -> None:
    """Opens the explanation by itself, from now on, when a cell ends with a refused call or a failed run; or no longer."""
    if on and not getattr(shell, "_tfmini_explains", False):
        shell.events.register("post_run_cell", _explain)
    elif not on and getattr(shell, "_tfmini_explains", False):
        shell.events.unregister("post_run_cell", _explain)
    shell._tfmini_explains = on


def _explain(result: Any) -> None:
    error = result.error_in_exec
    problem = inspection.last_problem(error) if error is not None else None
    view = views.opened(problem) if problem is not None else None
    if view is not None:
        display(view)


def _magic(shell: Any, name: str, show: Callable[..., Any]) -> Callable[[str], Any]:
    def run(line: str) -> Any:
        if name == "tfwhy" and line.strip() in ("auto", "manual"):
            return explain_errors(shell, line.strip() == "auto")
        arguments = shell.ev(f"({line},)") if line.strip() else ()
        return show(*arguments)

    run.__name__ = name
    run.__doc__ = show.__doc__
    return run


_MAGICS: dict[str, Callable[..., Any]] = {
    "tfdash": views.dashboard,
    "tfgraph": views.graph,
    "tfscopes": views.scopes,
    "tfcollections": views.collections,
    "tfinit": views.init_order,
    "tfstep": views.step,
    "tfreuse": views.reuse,
    "tfwhy": views.why,
}
