"""Graphs, scopes, collections and runs as plain data and plain text: all that views read.

The records are specified in `docs/data.md`.
"""

from .graph_text import graph_text
from .reading import Record, record_of
from .trace_text import trace_text
from .tracker import GraphTracker, snapshot
from .values import value_summary

__all__ = ["GraphTracker", "Record", "graph_text", "record_of", "snapshot", "trace_text", "value_summary"]
