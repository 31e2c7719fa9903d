"""Live views of tfmini's graphs, scopes, collections and runs for Jupyter.

    import tfmini_widgets as tfw

    tfw.dashboard()                                  # everything about the default graph
    tfw.step(session, [loss, train_op], {x: batch})  # one run, step by step

In a notebook, `%load_ext tfmini_widgets` gives the same as `%tfdash`, `%tfgraph`, `%tfscopes`, `%tfcollections`, `%tfinit`, `%tfreuse`, `%tfstep`, `%tfwhy`.
"""

from typing import Any

from .hub import follow_cells
from .view import LiveView
from .views import (
    CollectionsView,
    Dashboard,
    GraphView,
    InitOrderView,
    ReuseDebugger,
    ScopeTree,
    SessionStepper,
    collections,
    dashboard,
    graph,
    init_order,
    reuse,
    scopes,
    step,
    why,
)

__all__ = [
    "CollectionsView",
    "Dashboard",
    "GraphView",
    "InitOrderView",
    "LiveView",
    "ReuseDebugger",
    "ScopeTree",
    "SessionStepper",
    "collections",
    "dashboard",
    "graph",
    "init_order",
    "reuse",
    "scopes",
    "step",
    "why",
]


def load_ipython_extension(shell: Any) -> None:
    """Called by `%load_ext tfmini_widgets`."""
    from .magics import load

    load(shell)


follow_cells()
