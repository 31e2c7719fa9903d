"""CollectionsView in a bare page: keys, items, the matrix, what a scope filter keeps, slots, keys, accessibility."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tfmini import inspection

from .bare import BarePage
from .fixtures.records import recorded
from .test_shell import violations

RECORD = recorded("collections")
KEYS = {each["key"]: each for each in RECORD["collections"]["set"].values()}


def key(root: Any, name: str) -> Any:
    return root.locator(f'[role="option"][data-name={json.dumps(name)}]')


def item(root: Any, name: str) -> Any:
    return root.locator(f'tr[data-tfm="row"][data-name={json.dumps(name)}]')


def test_keys_have_their_constant_count_and_last_change(bare: BarePage) -> None:
    """Standard keys first, then own keys; internal ones stay folded."""
    root = bare.mount("collections", RECORD, height=645)
    text = key(root, "variables").inner_text()
    assert "GLOBAL_VARIABLES" in text
    assert str(len(KEYS["variables"]["items"])) in text
    assert "[8]" in text
    names = [each.get_attribute("data-name") for each in root.get_by_role("option").all()]
    assert names[-1] == "my/<b>checks</b>"
    assert not [name for name in names if name and name.startswith("('__")]
    root.get_by_role("button", name="internal keys").click()
    bare.page.wait_for_function("() => document.querySelectorAll('[role=option]').length > " + str(len(names)))


def test_items_stand_in_order_with_line_and_membership(bare: BarePage) -> None:
    """One row an item; the matrix says which other keys hold it."""
    root = bare.mount("collections", RECORD, height=645)
    first = item(root, "model/hidden/w")
    cells = first.locator("td").all_inner_texts()
    assert cells[0].strip() == "1"
    assert "[3] L4" in cells[2]
    heads = root.locator("th").all_inner_texts()
    members = dict(zip(heads[3:], [text.strip() for text in cells[3:]], strict=True))
    assert members["global"] == "yes"
    assert members["trainable"] == "yes"
    assert members["step"] == "no"


def test_gaps_are_named(bare: BarePage) -> None:
    """A variable in no key and one in local only are counted above and marked below."""
    root = bare.mount("collections", RECORD, height=645)
    chips = root.locator(".tfm-co-chips").inner_text()
    assert "1" in chips
    assert "variable in no key" in chips
    assert "in local only" in chips
    assert "in no key" in item(root, "scratch").inner_text()
    assert "not in this key" in root.locator(".tfm-co-divider").inner_text()


@pytest.mark.parametrize(
    "scope", ["model", "model/", "model/hidden", ".*w", "step", "nothing", "model_start", "[mg]", "hidden"]
)
def test_the_filter_keeps_what_python_keeps(bare: BarePage, scope: str) -> None:
    """The preview of `get_collection(key, scope)` is `re.match` over the names."""
    root = bare.mount("collections", RECORD, height=645, state={"collections.scope": scope})
    items = KEYS["variables"]["items"]
    kept = [each["text"] for each in items if re.match(scope, each["text"])]
    assert f"{len(kept)} of {len(items)} kept" in root.locator(".tfm-co-kept").inner_text()
    struck = {each.get_attribute("title") for each in root.locator(".tfm-co-pick.tfm-struck").all()}
    shown = {each.get_attribute("title") for each in root.locator("tbody tr[data-tfm] .tfm-co-pick").all()}
    assert not struck & set(kept)
    assert {each["text"] for each in items} & shown - set(kept) == struck


def test_a_missing_slash_is_noticed(bare: BarePage) -> None:
    """`model` also catches `model_start/w`; the slash that helps is one click away."""
    root = bare.mount("collections", RECORD, height=645, state={"collections.scope": "model"})
    assert "by prefix" in item(root, "model_start/w").inner_text()
    root.get_by_role("button", name='"model/"').click()
    assert root.locator(".tfm-co-field").input_value() == "model/"
    assert "by prefix" not in root.inner_text()


def test_a_wrong_expression_says_so_and_keeps_everything(bare: BarePage) -> None:
    """A pattern that cannot be read is an answer."""
    root = bare.mount("collections", RECORD, height=645, state={"collections.scope": "("})
    assert "Not a regular expression" in root.locator(".tfm-co-kept").inner_text()
    assert root.locator(".tfm-struck").count() == 0


def test_typing_a_scope_keeps_the_focus(bare: BarePage) -> None:
    """The table follows every key; the caret stays."""
    root = bare.mount("collections", RECORD, height=645)
    field = root.locator(".tfm-co-field")
    field.focus()
    bare.page.keyboard.type("model/out")
    assert field.input_value() == "model/out"
    assert field.evaluate("(each) => each === document.activeElement")
    bare.page.keyboard.press("Escape")
    assert "in all" in root.locator(".tfm-co-kept").inner_text()


def test_slots_fold_into_one_line(bare: BarePage) -> None:
    """A run of slots is one row with its range and count; it opens in place, by keyboard as well."""
    root = bare.mount("collections", RECORD, height=645)
    fold = root.locator('tr[data-kind="fold"]')
    assert fold.count() == 1
    assert "×8" in fold.inner_text()
    assert "Adam, Adam_1" in fold.inner_text()
    assert item(root, "model/hidden/w/Adam").count() == 0
    fold.focus()
    bare.page.keyboard.press("Enter")
    assert item(root, "model/hidden/w/Adam").count() == 1


def test_arrows_walk_keys_and_items(bare: BarePage) -> None:
    """One tab stop for the keys, one for the items."""
    root = bare.mount("collections", RECORD, height=645)
    assert root.locator('[role="option"][tabindex="0"]').count() == 1
    assert root.locator('tr[tabindex="0"]').count() == 1
    names = [each.get_attribute("data-name") for each in root.get_by_role("option").all()]
    key(root, "variables").focus()
    bare.page.keyboard.press("ArrowDown")
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == names[names.index("variables") + 1]
    key(root, "trainable_variables").click()
    root.locator("h3", has_text="TRAINABLE_VARIABLES").wait_for()
    item(root, "model/hidden/w").focus()
    bare.page.keyboard.press("ArrowDown")
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "model/hidden/b"
    bare.page.keyboard.press("Enter")
    bare.page.wait_for_function("() => document.querySelector('tr.tfm-selected')?.dataset.name === 'model/hidden/b'")


def test_selecting_keeps_place_and_focus(bare: BarePage) -> None:
    """A table that is drawn again stays where it was scrolled, with the focus on the same item."""
    root = bare.mount("collections", RECORD, height=400)
    last = item(root, "scratch")
    last.scroll_into_view_if_needed()
    scrolled = root.locator(".tfm-co-scroll").evaluate("(each) => each.scrollTop")
    assert scrolled > 0
    last.focus()
    bare.page.keyboard.press("Enter")
    root.locator('tr.tfm-selected[data-name="scratch"]').wait_for()
    assert root.locator(".tfm-co-scroll").evaluate("(each) => each.scrollTop") == scrolled
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "scratch"


def test_find_goes_to_the_key_that_holds_it(bare: BarePage) -> None:
    """Items of all keys are searched."""
    root = bare.mount("collections", RECORD, height=645)
    root.locator('[data-tfm="find"]').fill("accuracy/total")
    root.locator('[data-tfm="find"]').press("Enter")
    bare.page.wait_for_function(
        "() => ['LOCAL_VARIABLES', 'METRIC_VARIABLES'].includes(document.querySelector('.tfm-co-about h3').firstChild.textContent)"
    )
    assert root.locator("tr.tfm-hit").count() == 1


def test_the_twin_is_what_python_prints(bare: BarePage) -> None:
    """Same facts, same order."""
    root = bare.mount("collections", RECORD, state={"twin": True})
    assert root.locator('[data-tfm="twin"]').text_content() == inspection.collections_text(RECORD)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("case", ["plain", "filtered", "narrow"])
def test_axe_finds_nothing(bare: BarePage, theme: str, case: str) -> None:
    """No violation of any impact in our root."""
    state = {"collections.scope": "model"} if case == "filtered" else {}
    bare.mount("collections", RECORD, theme=theme, width=480 if case == "narrow" else 900, height=645, state=state)
    bare.page.wait_for_timeout(60)
    assert violations(bare) == []
