"""Makes the pictures under docs/images/states: views of scopes, sharing and initialization in three themes and two widths.

    python docs/make_states.py [name ...]

They show the built bundle on a bare page with recorded programs (`tests/browser/fixtures`), so no kernel is needed: what opens in a
small graph, an empty one and a huge one, at an error, and in the tabs of each view.
"""

from __future__ import annotations

import copy
import sys
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs"), str(ROOT / "widgets")]

from make_pictures import save  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402
from tfmini_widgets.requests import explained  # noqa: E402

from tests.browser.bare import BarePage  # noqa: E402
from tests.browser.chromium import FLAGS, find_chromium  # noqa: E402
from tests.browser.fixtures.records import REUSE, recorded, run_program  # noqa: E402

FOLDER = ROOT / "docs" / "images" / "states"
THEMES = ("light", "dark", "contrast")
WIDTHS = (1400, 480)
SETTLE = 350  # ms until a view has drawn itself


class State(NamedTuple):
    """One state of a view: its name, the view, its record, what it is shown with, its height in px."""

    name: str
    view: str
    record: Any
    state: dict[str, Any]
    height: int = 640


def _states() -> list[State]:
    reuse, space = run_program(REUSE, explain=explained)
    explanations = {str(number): record for number, record in space["explained"].items()}
    empty, _ = run_program({1: "x = 1"})
    huge = copy.deepcopy(reuse)
    calls = [reuse["requests"]["set"][str(k)] for k in range(11)]
    names = [f"stage_{k // 40}/block_{k // 4 % 10}" for k in range(2_000)]
    huge["requests"] = {
        "length": 22_000,
        "set": {
            str(at): {**call, "number": at + 1, "name": call["name"].replace("model", name)}
            for at, (name, call) in enumerate((name, call) for name in names for call in calls)
        },
    }
    opened = {"reuse.open": 11, "reuse.explained": explanations}
    return [
        State("reuse-refused", "reuse", reuse, opened),
        State("reuse-ignored", "reuse", reuse, {"reuse.open": 9, "reuse.explained": explanations}),
        State(
            "reuse-lanes", "reuse", reuse, {"reuse.tab": "lanes", "reuse.open": 9, "reuse.explained": explanations}, 760
        ),
        State("reuse-predict", "reuse", reuse, {"reuse.tab": "predict", "reuse.answers": {"1": "made", "5": "made"}}),
        State("reuse-empty", "reuse", empty, {}, 320),
        State("reuse-huge", "reuse", huge, {}),
        State("scopes", "scopes", recorded("scopes"), {}),
        State("scopes-ties", "scopes", recorded("scopes"), {"scopes.tab": "ties"}),
        State("scopes-empty", "scopes", empty, {}, 320),
        State("collections", "collections", recorded("collections"), {}),
        State("collections-filter", "collections", recorded("collections"), {"collections.scope": "model"}),
        State("collections-empty", "collections", empty, {}, 320),
        State("init", "init", recorded("init"), {}, 700),
        State("init-try", "init", recorded("init"), {"init.tab": "try"}, 700),
        State("init-empty", "init", empty, {}, 320),
    ]


def main(names: list[str]) -> int:
    """Makes the pictures whose names begin with one of `names`, all without names."""
    browser_path = find_chromium()
    if browser_path is None:
        print("No Chromium found: install chromium, or name one in TFMINI_CHROMIUM.")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=FLAGS)
        page = browser.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        bare = BarePage(page)
        for each in _states():
            if names and not each.name.startswith(tuple(names)):
                continue
            for theme in THEMES:
                for width in WIDTHS:
                    height = each.height + (160 if width < 640 and each.height > 400 else 0)
                    root = bare.mount(each.view, each.record, width=width, height=height, theme=theme, state=each.state)
                    page.mouse.move(2, 2)
                    page.wait_for_timeout(SETTLE)
                    save(root.screenshot(), FOLDER / f"{each.name}-{width}-{theme}.png")
            print(each.name)
        browser.close()
    for problem in problems:
        print(f"Problem: {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
