"""Pieces of SVG for pictures without a page: frames, boxes, words; and text set as a picture."""

from __future__ import annotations

import math
from xml.sax.saxutils import escape

INK, MUTED, CANVAS, LINE = "#14181F", "#555658", "#FFFFFF", "#D9DCE1"
COMPUTE, VARIABLE, FEED, WRITE, GRADIENT, ORDER = "#555658", "#0460A0", "#12A55C", "#C33E00", "#C378A4", "#151954"
FONT = "ui-sans-serif, system-ui, sans-serif"
MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"
MARGIN = 20


def frame(title: str, summary: str, width: float, height: float, parts: list[str]) -> str:
    w, h = math.ceil(width), math.ceil(height)
    head = (
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0.5L8 4L0 7.5z" fill="{COMPUTE}"/></marker></defs>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" '
        f'font-family="{FONT}"><title>{escape(clean(title))}</title><desc>{escape(clean(summary))}</desc>{head}'
        f'<rect x="0.5" y="0.5" width="{w - 1}" height="{h - 1}" rx="8" fill="{CANVAS}" stroke="{LINE}"/>'
        f"{''.join(parts)}</svg>"
    )


def rect(
    x: float, y: float, w: float, h: float, radius: float, stroke: str, fill: str, line: float, opacity: float = 1.0
) -> str:
    faint = f' stroke-opacity="{opacity}"' if opacity != 1 else ""
    return (
        f'<rect x="{short(x)}" y="{short(y)}" width="{short(w)}" height="{short(h)}" rx="{short(radius)}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="{line}"{faint}/>'
    )


def text_at(
    x: float,
    y: float,
    text: str,
    colour: str,
    size: float,
    anchor: str = "start",
    bold: bool = False,
    mono: bool = False,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    family = f' font-family="{MONO}" xml:space="preserve"' if mono else ""
    return (
        f'<text x="{short(x)}" y="{short(y)}" font-size="{size}" fill="{colour}" text-anchor="{anchor}"{weight}{family}>'
        f"{escape(clean(text))}</text>"
    )


def clean(text: str) -> str:
    """Returns text without the characters that XML cannot hold."""
    return "".join(c if c >= " " or c == "\t" else "\ufffd" for c in text if not 0xD800 <= ord(c) <= 0xDFFF)


def short(x: float) -> str:
    return f"{x:.1f}".rstrip("0").rstrip(".")


# ---- text as a picture


def text_svg(title: str, text: str, most: int = 60) -> str:
    """Returns text set line by line, at most `most` lines and 130 characters a line."""
    lines = text.rstrip("\n").split("\n")
    cut = lines[:most] + ([f"... {len(lines) - most:,} more lines"] if len(lines) > most else [])
    shown = [line if len(line) <= 130 else line[:129] + "\u2026" for line in cut]
    width = max(360.0, max((len(line) for line in shown), default=1) * 7.25 + 2 * MARGIN)
    parts = [text_at(MARGIN, 30, title, INK, 13, bold=True)]
    for number, line in enumerate(shown):
        indent = len(line) - len(line.lstrip(" "))
        parts.append(text_at(MARGIN + indent * 7.22, 56 + number * 18, line.lstrip(" "), INK, 12, mono=True))
    return frame(title, shown[0] if shown else title, width, 56 + len(shown) * 18 + 8, parts)
