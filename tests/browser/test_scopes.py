"""ScopeTree in a bare page: rows, modes, entries, the open path, where defaults come from, ties, keys, accessibility."""

from __future__ import annotations

from typing import Any

import pytest

from tfmini import inspection

from .bare import BarePage
from .fixtures.records import record_of_program, recorded
from .test_shell import violations

DIGITS = recorded("digits")
SCOPES = recorded("scopes")


def index_of(record: dict[str, Any], section: str, name: str) -> int:
    return next(int(key) for key, each in record[section]["set"].items() if each["name"] == name)


def row(root: Any, name: str) -> Any:
    return root.locator(f'[data-tfm="row"][data-name="{name}"]')


def active(root: Any) -> str | None:
    return root.locator(".tfm-active").get_attribute("data-name")


def test_each_entry_has_its_line_mode_source_and_name_scope(bare: BarePage) -> None:
    """A scope that was entered several times shows each `with`: where, which mode, from where, which name scope."""
    root = bare.mount("scopes", SCOPES, height=640)
    expected = [
        ("model#1", "[3] L2", "via L13", "make new", "None", "inherits root", "train/model"),
        ("model#2", "[3] L2", "via L15", "find only", "True", "given here", "eval/model"),
        ("model#3", "[5] L1", "", "find, else make", "AUTO_REUSE", "given here", "model"),
        ("model#4", "[6] L1", "", "find only", "True", "given here", "model_1"),
        ("model#5", "[7] L2", "via L7", "make new", "None", "inherits root", "train_1/model"),
    ]
    for name, *words in expected:
        text = row(root, name).inner_text()
        assert all(word in text for word in words), (name, text)


def test_the_open_path_ends_where_the_cell_stopped(bare: BarePage) -> None:
    """After an error the path is kept: rail, tip, words and status."""
    root = bare.mount("scopes", SCOPES, height=640)
    assert "(root) / model / hidden" in root.locator(".tfm-sc-path").inner_text()
    assert root.locator(".tfm-sc-stop").count() == 1
    assert row(root, "model/hidden").locator(".tfm-sc-stop").count() == 1
    status = root.locator('[data-tfm="status"]').inner_text()
    assert "stopped at line 4, inside model/hidden" in status


def test_the_panel_traces_each_default_to_the_scope_that_set_it(bare: BarePage) -> None:
    """Overridden values are struck, what passes through is quiet, what is not passed down says so."""
    root = bare.mount("scopes", SCOPES, height=640)
    lines = {each.inner_text().split("\n")[0]: each for each in root.locator(".tfm-sc-panel [role=row]").all()[1:]}
    assert {"reuse", "initializer", "regularizer", "constraint", "dtype"} <= set(lines)
    assert "make new" in lines["reuse"].locator(".tfm-sc-here").inner_text()
    struck = lines["initializer"].locator(".tfm-struck")
    assert struck.count() == 1
    assert "stddev=0.1" in (struck.get_attribute("title") or "")
    assert "scale=2.0" in (lines["initializer"].locator(".tfm-sc-here").get_attribute("title") or "")
    assert "not passed down" in lines["constraint"].inner_text()
    assert lines["constraint"].locator(".tfm-sc-here").inner_text() == "none"
    assert "nothing on this path" in root.locator(".tfm-sc-panel").inner_text()


def test_a_narrow_panel_says_the_same_in_words(bare: BarePage) -> None:
    """At 480 px the lines become sentences; no fact is lost."""
    root = bare.mount("scopes", SCOPES, width=480, height=760)
    text = root.locator(".tfm-sc-panel").inner_text()
    for words in ("make new", "inherited from (root)", "given at cell [7] line 3", "instead of", "is not passed down"):
        assert words in text, words


def test_keys_walk_fold_and_select(bare: BarePage) -> None:
    """One tab stop; arrows walk, right and left unfold and fold, letters jump, Enter selects."""
    root = bare.mount("scopes", SCOPES, height=640)
    grid = root.get_by_role("treegrid")
    grid.focus()
    grid.press("Home")
    assert active(root) == "(root)"
    grid.press("ArrowDown")
    assert active(root) == "model"
    grid.press("ArrowLeft")
    root.locator('[data-name="model"][aria-expanded="false"]').wait_for()
    assert row(root, "model#1").count() == 0
    grid.press("ArrowRight")
    bare.page.wait_for_function("() => document.querySelector('[data-name=\"model#1\"]')")
    grid.press("o")
    assert active(root) == "model/out"
    grid.press("Enter")
    bare.page.wait_for_function("() => document.querySelector('.tfm-row.tfm-selected')?.dataset.name === 'model/out'")
    assert "model/out" in root.locator(".tfm-sc-panel").inner_text()
    assert grid.get_attribute("aria-activedescendant") == row(root, "model/out").get_attribute("id")


def test_what_is_folded_survives_a_reload(bare: BarePage) -> None:
    """Open and closed scopes are in the state."""
    root = bare.mount("scopes", SCOPES, height=640)
    row(root, "model").locator(".tfm-fold").click()
    bare.page.wait_for_function("() => window.model.get('state')['scopes.closed']?.length")
    root = bare.mount("scopes", SCOPES, height=640, state=bare.state())
    assert row(root, "model").get_attribute("aria-expanded") == "false"


def test_a_variable_opens_its_scope_and_is_marked(bare: BarePage) -> None:
    """A selection of another view chooses the scope and rings the capsule."""
    variable = index_of(DIGITS, "variables", "model/out/b")
    root = bare.mount("scopes", DIGITS, state={"selection": {"kind": "variable", "id": variable}}, height=600)
    bare.page.wait_for_function("() => document.querySelector('.tfm-row.tfm-selected')?.dataset.name === 'model/out'")
    assert root.locator(".tfm-capsule.tfm-picked").get_attribute("data-name") == "model/out/b"


def test_slots_are_a_number(bare: BarePage) -> None:
    """What an optimizer made for itself is counted, not listed."""
    root = bare.mount("scopes", DIGITS, height=600)
    assert "2 of the optimizer" in row(root, "(root)").inner_text()
    names = [each.get_attribute("data-name") for each in root.locator('[data-tfm="row"]').all()]
    assert not [name for name in names if name and "Adam" in name]


def test_ties_join_name_scopes_to_the_variable_scope_that_opened_them(bare: BarePage) -> None:
    """The second tab sets both trees side by side and says in a sentence what the ties mean."""
    root = bare.mount("scopes", SCOPES, height=640)
    root.get_by_role("tab", name="Name scopes and ties").click()
    pane = root.locator(".tfm-ties")
    assert "differs" in pane.locator('[data-name="eval/model/hidden"]').inner_text()
    assert "same" in pane.locator('[data-name="model/hidden"][data-tfm="row"]').inner_text()
    assert "name scope only" in pane.locator('[data-name="eval"]').inner_text()
    pane.locator('[data-tfm="box"][data-name="model/out"]').click()
    bare.page.wait_for_function(
        "() => document.querySelector('.tfm-ti-sentence').textContent.startsWith('model/out is one variable scope')"
    )
    assert pane.locator(".tfm-ti-tie.tfm-picked").count() == 3
    root.get_by_role("button", name="selection", exact=True).click()
    assert pane.locator(".tfm-ti-tie").count() == 3
    assert bare.state().get("scopes.tab", "ties") == "ties"


def test_ties_are_one_tab_stop(bare: BarePage) -> None:
    """Arrows walk the rows and change sides."""
    root = bare.mount("scopes", SCOPES, height=640, state={"scopes.tab": "ties"})
    pane = root.locator(".tfm-ties")
    assert pane.locator("button[data-tfm][tabindex='0']").count() == 0
    pane.focus()
    bare.page.keyboard.press("ArrowDown")
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "train"
    bare.page.keyboard.press("ArrowRight")
    assert bare.page.evaluate("() => document.activeElement.dataset.kind") == "scope"
    bare.page.keyboard.press("Escape")
    assert pane.evaluate("(each) => each === document.activeElement")


def test_it_grows_with_a_delta(bare: BarePage) -> None:
    """A scope that is opened while a cell runs appears, on the open path."""
    root = bare.mount("scopes", DIGITS, live="live", height=600)
    count = DIGITS["scopes"]["length"]
    entry = DIGITS["entries"]["length"]
    first = DIGITS["entries"]["set"]["0"]
    bare.receive(
        {
            "type": "delta",
            "delta": {
                "format": "tfmini.graph/1",
                "from": DIGITS["to"],
                "to": DIGITS["to"] + 1,
                "scopes": {
                    "length": count + 1,
                    "set": {
                        str(count): {"name": "late", "leaf": "late", "parent": 0, "entries": [entry], "variables": []}
                    },
                },
                "entries": {
                    "length": entry + 1,
                    "set": {str(entry): {**first, "scope": count, "name_scope": "late/", "open": True, "parent": -1}},
                },
                "open": {"scopes": [entry], "stopped": None},
            },
        }
    )
    bare.page.wait_for_function("() => document.querySelector('[data-tfm=row][data-name=late]')")
    assert "(root) / late" in root.locator(".tfm-sc-path").inner_text()


def test_the_twin_names_the_place_where_it_stopped() -> None:
    """The text form ends with the open path at the failure."""
    text = inspection.scopes_text(SCOPES)
    assert "stopped in model/hidden at cell [7] line 4" in text


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("case", ["tree", "ties", "narrow", "narrow ties", "digits"])
def test_axe_finds_nothing(bare: BarePage, theme: str, case: str) -> None:
    """No violation of any impact in our root."""
    record = DIGITS if case == "digits" else SCOPES
    state = {"scopes.tab": "ties"} if "ties" in case else {}
    bare.mount("scopes", record, theme=theme, width=480 if "narrow" in case else 900, height=640, state=state)
    bare.page.wait_for_timeout(60)
    assert violations(bare) == []


def test_a_large_tree_comes_in_pages(bare: BarePage) -> None:
    """At most 150 rows at once; keys, find and a button reach the rest; the page stays small."""
    record = {**DIGITS, "scopes": {"length": 401, "set": {"0": DIGITS["scopes"]["set"]["0"]}}}
    for index in range(1, 401):
        name = f"layer_{index}"
        record["scopes"]["set"][str(index)] = {"name": name, "leaf": name, "parent": 0, "entries": [], "variables": []}
    root = bare.mount("scopes", record, height=600)
    assert root.locator('[data-tfm="row"]').count() == 150
    assert root.locator("*").count() < 2500
    grid = root.get_by_role("treegrid")
    grid.focus()
    grid.press("End")
    assert active(root) == "layer_400"
    root = bare.mount("scopes", record, height=600)
    root.locator('[data-tfm="find"]').fill("layer_3")
    assert root.locator(".tfm-hits").inner_text().startswith("111 hits")
    root.locator('[data-tfm="find"]').fill("")
    root.get_by_role("button", name="251 more rows").click()
    root.locator('[data-name="layer_299"]').wait_for(state="attached")
    assert violations(bare) == []


def test_variables_are_reached_with_keys(bare: BarePage) -> None:
    """Right on an open row goes to its variables, Enter selects one, Escape comes back."""
    root = bare.mount("scopes", DIGITS, height=600, state={"scopes.open": [2]})
    grid = root.get_by_role("treegrid")
    grid.focus()
    grid.press("o")
    if row(root, "model/out").get_attribute("aria-expanded") == "false":
        grid.press("ArrowRight")
        root.locator('[data-name="model/out"][aria-expanded="true"]').wait_for()
    grid.press("ArrowRight")
    bare.page.keyboard.press("ArrowRight")
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "model/out/b"
    bare.page.keyboard.press("Enter")
    root.locator('.tfm-capsule.tfm-picked[data-name="model/out/b"]').wait_for()
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "model/out/b"
    bare.page.keyboard.press("Escape")
    assert grid.evaluate("(each) => each === document.activeElement")


LONG = {
    3: """with tf.variable_scope("a_rather_long_name_of_an_outer_scope_" * 3, initializer=tf.zeros_initializer()):
    with tf.variable_scope("and_a_name_inside_it_that_is_not_short_either_" * 3, dtype=tf.float64):
        w = tf.get_variable("weights_with_a_name_" * 4, [2])
""",
}


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_long_names_stay_in_the_panel(bare: BarePage, width: int) -> None:
    """They lose their middle; nothing stands beyond the edge of the panel, and the whole name is told on the pointer."""
    root = bare.mount("scopes", record_of_program(LONG), width=width, height=640)
    outside = root.locator(".tfm-sc-panel").evaluate(
        """(panel) => [...panel.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > panel.getBoundingClientRect().right + 1).map((each) => each.textContent)"""
    )
    assert outside == []
    title = root.locator(".tfm-sc-title .tfm-mono")
    assert "…" in title.inner_text()
    assert title.get_attribute("title").count("/") == 1
    assert violations(bare) == []


def test_a_variable_is_not_marked_after_something_else_was_selected(bare: BarePage) -> None:
    """An operation of another view takes the mark away."""
    root = bare.mount("scopes", DIGITS, height=600)
    capsule = root.locator('.tfm-capsule[data-name="model/hidden/w"]')
    capsule.click()
    root.locator(".tfm-capsule.tfm-picked").wait_for()
    op = DIGITS["ops"]["name"].index("loss/Mean") if "loss/Mean" in DIGITS["ops"]["name"] else 0
    bare.receive({"type": "select", "selection": {"kind": "op", "id": op, "origin": "graph"}})
    bare.page.wait_for_function("() => !document.querySelector('.tfm-capsule.tfm-picked')")
