"""The line magics of `%load_ext tfmini_widgets`: `%tfdash`, `%tfgraph`, `%tfscopes`, `%tfcollections`, `%tfinit`, `%tfreuse`, `%tfstep`, `%tfwhy`.

Arguments are Python expressions of the notebook: `%tfgraph g`, `%tfinit sess, train_op`, `%tfstep sess, loss, {x: batch}`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import views


def load(shell: Any) -> None:
    """Registers the magics with an IPython shell."""
    for name, show in _MAGICS.items():
        shell.register_magic_function(_magic(shell, name, show), magic_kind="line", magic_name=name)


def _magic(shell: Any, name: str, show: Callable[..., Any]) -> Callable[[str], Any]:
    def run(line: str) -> Any:
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
