"""The palette can be told apart by everybody."""

from __future__ import annotations

import pytest

from .colours import CLASSES, VERDICTS, contrast, smallest_difference, tokens


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("names", [CLASSES, VERDICTS], ids=["classes", "verdicts"])
def test_two_colours_differ_for_every_kind_of_vision(theme: str, names: tuple[str, ...]) -> None:
    """At least 20 in CIE76, over normal, protan, deutan and tritan vision."""
    colours = tokens(theme)
    found, which = smallest_difference([colours[each] for each in names])
    assert found >= 20, which


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_marks_and_text_stand_out(theme: str) -> None:
    """Marks have a contrast of 3 to the canvas, text one of 4.5 to canvas and panel."""
    colours = tokens(theme)
    for name in (*CLASSES, *VERDICTS):
        assert contrast(colours[name], colours["canvas"]) >= 3, name
    for name in ("ink", "muted"):
        for ground in ("canvas", "panel"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
