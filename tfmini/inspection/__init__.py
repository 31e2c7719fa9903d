"""Graphs, scopes, collections and runs as plain data and plain text: all that views read.

The records are specified in `docs/data.md`.
"""

from .explain import explain_request
from .explain_text import explanation_text
from .export import to_dot, to_networkx
from .generated_text import generated_program
from .graph_text import graph_text, lane_counts, lane_of
from .init_order import init_order
from .init_order_text import init_order_text, preflight_text, try_text, value_state
from .init_order_try import find_order, try_order
from .lookup import default_graph, facts, find, operation_card
from .preflight import preflight
from .reading import Record, record_of
from .requests_text import lookalikes_text, prediction_text
from .scopes_text import collections_text, for_slots, mode_origin, requests_text, scopes_text, site_words
from .trace import Recording, trace
from .trace_text import trace_text, value_words, values_of
from .tracker import GraphTracker, graph_label, snapshot
from .values import value_summary
from .why import last_problem, why

__all__ = [
    "GraphTracker",
    "Record",
    "Recording",
    "collections_text",
    "default_graph",
    "explain_request",
    "explanation_text",
    "facts",
    "find",
    "find_order",
    "for_slots",
    "generated_program",
    "graph_label",
    "graph_text",
    "init_order",
    "init_order_text",
    "lane_counts",
    "lane_of",
    "last_problem",
    "lookalikes_text",
    "mode_origin",
    "operation_card",
    "prediction_text",
    "preflight",
    "preflight_text",
    "record_of",
    "requests_text",
    "scopes_text",
    "site_words",
    "snapshot",
    "to_dot",
    "to_networkx",
    "trace",
    "trace_text",
    "try_order",
    "try_text",
    "value_state",
    "value_summary",
    "value_words",
    "values_of",
    "why",
]
