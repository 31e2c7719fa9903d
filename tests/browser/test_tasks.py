"""Questions that the views must answer, each by mouse, by keyboard alone, and through the text: refusals, shared weights, defaults."""

from __future__ import annotations

from typing import Any

import tfmini_widgets as tfw
from tfmini_widgets import requests as calls

import tfmini as tf
from tfmini import inspection

from .bare import BarePage
from .fixtures.records import REUSE, recorded, run_program

RECORD, SPACE = run_program(REUSE, explain=calls.explained)
EXPLAINED: dict[str, Any] = {str(number): record for number, record in SPACE["explained"].items()}


# ---- why was this call refused, and what do I type to fix it? On the first screen, without a click


def test_a_refusal_opens_with_its_cure(bare: BarePage) -> None:
    """The view opens at the refused call by itself; sentence and first fix are on the screen."""
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("layer"):
            tf.get_variable("w", [2])
        try:
            with tf.variable_scope("layer"):
                tf.get_variable("w", [2])
        except ValueError:
            view = tfw.ReuseDebugger(graph)
        state, record = dict(view.state), inspection.snapshot(graph)
        text = view.text()
        view.close()
    root = bare.mount("reuse", record, height=620, state=state)
    fix = root.locator('[data-tfm="fix"]').first
    fix.wait_for()
    assert fix.is_visible()
    assert fix.bounding_box()["y"] + fix.bounding_box()["height"] < 640
    assert "exists since call #1" in root.locator(".tfm-re-says").inner_text()
    assert "It exists since call 1" in text
    assert "same weights as call 1" in text


def test_a_refusal_by_keyboard_alone(bare: BarePage) -> None:
    """One key goes to the call; its fixes can be read by moving on."""
    root = bare.mount("reuse", RECORD, height=620, state={"reuse.explained": EXPLAINED})
    root.locator('[data-tfm="calls"]').focus()
    bare.page.keyboard.press("!")
    bare.page.keyboard.press("!")
    bare.page.keyboard.press("!")
    root.locator('[data-tfm="detail"][data-name="11"] [data-tfm="fix"]').first.wait_for()
    root.locator('[data-tfm="calls"]').focus()
    seen = ""
    for _ in range(12):
        bare.page.keyboard.press("Tab")
        seen += bare.page.evaluate(
            "() => document.activeElement.innerText + ' ' + (document.activeElement.ariaLabel ?? '')"
        )
    assert "reuse=tf.AUTO_REUSE" in seen
    assert "Copy the line of fix" in seen


# ---- do these two layers share weights? One click


def test_sharing_by_mouse(bare: BarePage) -> None:
    root = bare.mount("reuse", RECORD, height=640)
    root.locator('[data-tfm="row"][data-kind="group"]', has_text="scores = tower").click()
    root.get_by_text("4 shared").wait_for()
    assert "same variables as #1–#4" in root.locator('[data-tfm="row"]', has_text="scores = tower").inner_text()


def test_sharing_by_keyboard(bare: BarePage) -> None:
    root = bare.mount("reuse", RECORD, height=640)
    root.locator('[data-tfm="calls"]').focus()
    for _ in range(5):
        bare.page.keyboard.press("ArrowDown")
    bare.page.keyboard.press("ArrowLeft")
    root.get_by_text("4 shared").wait_for()
    assert "same variables as #1–#4" in root.locator('[data-tfm="row"]', has_text="scores = tower").inner_text()


def test_sharing_through_the_text() -> None:
    text = calls.text_of(inspection.record_of(RECORD), {})
    for number, name in ((5, "model/hidden/w"), (6, "model/hidden/b"), (7, "model/out/w"), (8, "model/out/b")):
        assert f"\n{number} shared {name} at " in text


# ---- where does this scope's initializer come from? One click


def test_a_default_by_mouse_keyboard_and_text(bare: BarePage) -> None:
    """Selecting the scope shows the line that set its initializer and what it overrides."""
    record = recorded("scopes")
    for by_mouse in (True, False):
        root = bare.mount("scopes", record, height=640)
        row = root.locator('[data-tfm="row"][data-name="model/hidden"]')
        if by_mouse:
            row.click()
        else:
            root.locator('[role="treegrid"], [role="tree"], [role="grid"]').first.focus()
            for _ in range(30):
                if row.get_attribute("aria-selected") == "true":
                    break
                bare.page.keyboard.press("ArrowDown")
        words = root.inner_text()
        assert "(scale=2.0)" in words
        assert "initializer" in words
    text = inspection.scopes_text(inspection.record_of(record))
    assert (
        "initializer VarianceScaling(scale=2.0), given at cell [3] line 3 (not TruncatedNormal(stddev=0.1) of model)"
        in text
    )
