"""Rich displays of tfmini's own objects: a graph shows its picture, tensors, variables and operations a small card.

Loaded when the first of them is displayed in a notebook. Every display has its plain text beside it.
"""

from __future__ import annotations

import html
from typing import Any

from tfmini import inspection

from . import static_picture
from .view import image_html, shortened

_STYLE = "border-left:3px solid #0460A0;padding:2px 10px;margin:2px 0;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:12px;line-height:1.6"


def mimebundle(thing: Any) -> dict[str, Any]:
    """Returns the display of a graph, tensor, variable or operation as a mime bundle."""
    if hasattr(thing, "journal"):
        return _graph(thing)
    facts = inspection.facts(thing)
    rows = "".join(
        f'<div><span style="opacity:0.7">{html.escape(name)}</span> {html.escape(text)}</div>'
        for name, text in facts[1:]
    )
    title = f"<div><b>{html.escape(facts[0][1])}</b></div>"
    return {"text/plain": repr(thing), "text/html": f'<div style="{_STYLE}">{title}{rows}</div>'}


def _graph(graph: Any) -> dict[str, Any]:
    record = inspection.record_of(graph)
    text = inspection.graph_text(record)
    picture = static_picture.graph_svg(record)
    return {"text/plain": shortened(text), "text/html": image_html(picture, "Graph", text)}
