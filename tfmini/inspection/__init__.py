"""Graphs, scopes, collections and runs as plain data and plain text: all that views read.

The records are specified in `docs/data.md`.
"""

from .tracker import GraphTracker, snapshot
from .values import value_summary

__all__ = ["GraphTracker", "snapshot", "value_summary"]
