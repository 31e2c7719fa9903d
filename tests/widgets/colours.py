"""How far colours are apart for normal and for three kinds of colour-blind vision.

Vision: the matrices for severity 1.0 of Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision
Deficiency" (2009), on linear light. Difference: CIE76, the distance in CIELAB under D65.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import numpy as np

TOKENS = Path(__file__).resolve().parents[2] / "widgets" / "src" / "css" / "tokens.css"
CLASSES = ("compute", "variable", "feed", "write", "gradient", "control")
VERDICTS = ("made", "shared", "warn", "refused")
VISION = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def tokens(theme: str) -> dict[str, str]:
    """Returns the colours of a theme by the name of their token."""
    css = TOKENS.read_text()
    blocks = dict(re.findall(r"^(\.tfm[^{]*?)\s*\{(.*?)\}", css, re.S | re.M))
    chosen = blocks[".tfm" if theme == "light" else f'.tfm[data-theme="{theme}"]']
    return dict(re.findall(r"--tfm-(\w+):\s*(#[0-9a-fA-F]{6})", chosen))


def linear(colour: str) -> np.ndarray:
    """Returns linear red, green and blue of `#rrggbb`."""
    values = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(light: np.ndarray) -> np.ndarray:
    """Returns the place in CIELAB of linear light."""
    xyz = _TO_XYZ @ np.clip(light, 0, 1) / _WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def smallest_difference(colours: list[str]) -> tuple[float, str]:
    """Returns the smallest difference between two of the colours over all kinds of vision, and which it is."""
    found = []
    for kind, matrix in VISION.items():
        places = [lab(matrix @ linear(each)) for each in colours]
        for (a, one), (b, other) in itertools.combinations(enumerate(places), 2):
            found.append((float(np.linalg.norm(one - other)), f"{colours[a]} {colours[b]} {kind}"))
    return min(found)


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours as WCAG 2 defines it."""
    light = sorted((float(_TO_XYZ[1] @ linear(each)) for each in (one, other)), reverse=True)
    return (light[0] + 0.05) / (light[1] + 0.05)
