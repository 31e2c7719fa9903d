"""What a view draws is words: no code of a verdict, no index, no trace of a value that was missing. The text twin may name codes."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tfmini_widgets import requests as calls

from tests.inspection.refused_programs import PROGRAMS

from .bare import BarePage
from .fixtures.records import recorded, run_program

CODES = {verdict for _, verdict, _ in PROGRAMS} | {
    *(
        "REFUSED_EXISTS_RERUN",
        "MADE_AUTO",
        "SHARED_AUTO",
        "GETTER_REPLACED",
        "FALSE_HAS_NO_EFFECT",
        "CONSTRAINT_NOT_INHERITED",
    ),
    *("NAME_SCOPE_DOES_NOT_COUNT", "REENTERED_NEW_NAME_SCOPE", "DEFAULT_NAME_MADE_UNIQUE", "TF_VARIABLE_RENAMED"),
}
BROKEN = re.compile(r"undefined|\[object|\bNaN\b|tfm\d+-|\bnull\b")
STATES: list[tuple[str, dict[str, Any]]] = [
    ("graph", {}),
    ("scopes", {}),
    ("scopes", {"scopes.tab": "ties"}),
    ("collections", {}),
    ("reuse", {}),
    ("reuse", {"reuse.tab": "lanes"}),
    ("reuse", {"reuse.tab": "predict"}),
    ("reuse", {"reuse.by": "verdict"}),
    ("init", {}),
    ("dashboard", {}),
    ("dashboard", {"dashboard.main": "requests"}),
]


def told(root: Any) -> str:
    """Returns all that a view shows or says: its text, titles and names for screen readers."""
    return root.evaluate(
        """(root) => [root.innerText, ...[...root.querySelectorAll("[title], [aria-label]")].flatMap((each) => [each.getAttribute("title"), each.getAttribute("aria-label")]), ...[...root.querySelectorAll("text")].map((each) => each.textContent)].join("\\n")"""
    )


@pytest.mark.parametrize(
    ("view", "state"), STATES, ids=[f"{view} {' '.join(state.values())}" for view, state in STATES]
)
@pytest.mark.parametrize("name", ["scopes", "digits", "init"])
def test_no_code_is_drawn(bare: BarePage, name: str, view: str, state: dict[str, Any]) -> None:
    root = bare.mount(view, recorded(name), state=state, height=700)
    bare.page.wait_for_timeout(60)
    shown = told(root)
    assert not [code for code in CODES if code in shown and code not in ("MADE", "SHARED")]
    assert not BROKEN.search(shown)


OF_VALUE_ERRORS = [each for each in PROGRAMS if each[0] != "initializer that raises"]


@pytest.mark.parametrize(("name", "verdict", "source"), OF_VALUE_ERRORS, ids=[each[0] for each in OF_VALUE_ERRORS])
def test_every_verdict_is_told_in_words(bare: BarePage, name: str, verdict: str, source: str) -> None:
    """The open call of each kind of program, with its explanation and fixes."""
    record, space = run_program({1: source}, explain=calls.explained)
    number, explained = max(space["explained"].items())
    state = {"reuse.open": number, "reuse.explained": {str(number): explained}}
    root = bare.mount("reuse", record, state=state, height=760)
    bare.page.wait_for_timeout(40)
    shown = told(root)
    assert not [code for code in CODES if code in shown and code not in ("MADE", "SHARED")]
    assert not BROKEN.search(shown)
    for fix in explained["fixes"]:
        assert fix["weights"] in shown
