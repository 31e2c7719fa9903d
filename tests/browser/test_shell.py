"""The shell around every view, in a bare page: find, twin, export, help, history, liveness, problems, themes, deltas."""

from __future__ import annotations

import copy
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import pytest
from tfmini_widgets import sharing

from tfmini import inspection
from tfmini.inspection.words import visible

from .bare import BarePage
from .fixtures.records import recorded

DIGITS = recorded("digits")
W = next(int(k) for k, each in DIGITS["variables"]["set"].items() if each["name"] == "model/hidden/w")


def violations(bare: BarePage) -> list[Any]:
    """Returns what axe finds in our root, any impact."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(bare.page, context=".tfm").response["violations"]
    return [(each["id"], [node["html"][:160] for node in each["nodes"]]) for each in found]


def more_operations(record: dict[str, Any], name: str) -> dict[str, Any]:
    """Returns a delta that adds one operation to `record`."""
    ops = record["ops"]
    length = len(ops["name"])
    return {
        "format": "tfmini.graph/1",
        "from": record["to"],
        "to": record["to"] + 1,
        "ops": {
            "at": length,
            "name": [name],
            "type": [0],
            "inputs": [[]],
            "control": [[]],
            "outputs": [[0, 0]],
            "maker": [0],
            "owner": [-1],
            "site": [-1],
            "device": [0],
            "tables": {"at": {}},
            "amend": [],
        },
        "last": {"text": "cell [9] added 1 operation", "cell": -1},
    }


def test_header_and_status_say_what_is_seen(bare: BarePage) -> None:
    """Title, graph, liveness, number of operations; the last change and the selection."""
    root = bare.mount("scopes", DIGITS)
    header = root.locator(".tfm-header").inner_text()
    for words in ("Scopes", DIGITS["graph"]["label"], "recorded", "155 ops"):
        assert words in header
    status = root.locator('[data-tfm="status"]').inner_text()
    assert "added 98 operations" in status
    assert "selection: scope model/hidden" in status


def test_a_live_view_greets_follows_and_acknowledges(bare: BarePage) -> None:
    """A page says how far it is, applies each delta, acknowledges it, and asks for the whole when something is missing."""
    root = bare.mount("collections", DIGITS, live="live")
    assert {"type": "hello", "to": DIGITS["to"]} in bare.sent()
    assert root.locator(".tfm-live").inner_text() == "live"
    delta = more_operations(DIGITS, "later")
    bare.receive({"type": "delta", "delta": delta})
    assert "156 ops" in root.locator(".tfm-count").inner_text()
    assert bare.sent()[-1] == {"type": "ack", "to": DIGITS["to"] + 1}
    missing = {**delta, "from": DIGITS["to"] + 5, "to": DIGITS["to"] + 6}
    bare.receive({"type": "delta", "delta": missing})
    assert bare.sent()[-1] == {"type": "whole"}
    assert "156 ops" in root.locator(".tfm-count").inner_text()


def test_a_recorded_view_sends_nothing(bare: BarePage) -> None:
    """Without a kernel there is nobody to talk to, and everything drawn from the record works."""
    root = bare.mount("scopes", DIGITS)
    assert bare.sent() == []
    assert root.locator('[data-tfm="row"]').count() > 3


@pytest.mark.parametrize(
    ("view", "text"),
    [
        ("scopes", inspection.scopes_text),
        ("collections", inspection.collections_text),
        ("graph", inspection.graph_text),
    ],
)
def test_the_twin_is_what_python_prints(bare: BarePage, view: str, text: Any) -> None:
    """`t` shows the same facts as text, line for line; the choice is remembered."""
    root = bare.mount(view, DIGITS)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("t")
    twin = root.locator('[data-tfm="twin"]')
    assert twin.is_visible()
    assert twin.text_content() == text(DIGITS)
    bare.page.wait_for_function("() => window.model.get('state').twin === true")
    bare.page.keyboard.press("t")
    assert not twin.is_visible()


def test_find_counts_steps_and_clears(bare: BarePage) -> None:
    """`/` goes to the field, Enter and Shift+Enter step through the hits, Escape leaves."""
    root = bare.mount("scopes", DIGITS)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("/")
    field = root.locator('[data-tfm="find"]')
    assert field.evaluate("(each) => each === document.activeElement")
    bare.page.keyboard.type("hidden")
    assert root.locator(".tfm-hits").inner_text().startswith("1 hit")
    bare.page.keyboard.press("Enter")
    assert root.locator('[data-tfm="row"].tfm-selected').get_attribute("data-name") == "model/hidden"
    bare.page.keyboard.press("Escape")
    assert field.input_value() == ""
    assert root.locator(".tfm-hits").inner_text() == ""


def test_a_regular_expression_that_cannot_be_read_is_said(bare: BarePage) -> None:
    """A wrong query is an answer, not a failure."""
    root = bare.mount("scopes", DIGITS)
    root.locator('[data-tfm="find"]').fill("re:(")
    assert root.locator(".tfm-hits").inner_text() != ""
    assert root.locator('[data-tfm="row"]').count() > 0


def test_the_export_menu_opens_with_keys_and_saves(bare: BarePage) -> None:
    """`x` opens the menu, arrows walk it, Escape gives the focus back; text and JSON are made in the page."""
    root = bare.mount("scopes", DIGITS)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("x")
    names = root.get_by_role("menuitem").all_inner_texts()
    assert names == ["SVG", "PNG", "Text", "JSON", "One page (HTML)"]
    for _ in range(3):
        bare.page.keyboard.press("ArrowDown")
    assert root.get_by_role("menuitem", name="JSON").evaluate("(each) => each === document.activeElement")
    bare.page.keyboard.press("Escape")
    assert root.get_by_role("menuitem").count() == 0 or not root.locator(".tfm-menu").is_visible()
    root.get_by_role("button", name="Export").click()
    with bare.page.expect_download() as download:
        root.get_by_role("menuitem", name="Text").click()
    assert download.value.suggested_filename == "tfmini-scopes.txt"
    assert Path(download.value.path()).read_text(encoding="utf-8") == inspection.scopes_text(DIGITS)


def test_help_lists_the_keys(bare: BarePage) -> None:
    """`?` opens the list of keys, those of the view first; Escape closes it."""
    root = bare.mount("scopes", DIGITS)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("?")
    panel = root.get_by_role("dialog", name="Keys")
    assert "unfold, fold" in panel.inner_text()
    assert "selection before, after" in panel.inner_text()
    bare.page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_alt_and_arrows_walk_the_history_of_the_selection(bare: BarePage) -> None:
    """Alt+Left is the selection before, Alt+Right the one after."""
    root = bare.mount("scopes", DIGITS)
    rows = root.locator('[data-tfm="row"][data-kind="scope"]')
    rows.nth(1).click()
    rows.last.click()
    last = rows.last.get_attribute("data-name")
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("Alt+ArrowLeft")
    assert "selection: scope model" in root.locator('[data-tfm="status"]').inner_text()
    bare.page.keyboard.press("Alt+ArrowRight")
    assert f"selection: scope {last}" in root.locator('[data-tfm="status"]').inner_text()


def test_widgets_of_one_graph_share_the_selection(bare: BarePage) -> None:
    """What is selected in one view is selected in all views of that graph on the page, and kept in the state."""
    bare.mount("scopes", DIGITS)
    bare.page.evaluate(
        """(record) => {
          const el = document.createElement("div");
          el.id = "second";
          el.style.width = "900px";
          document.querySelector("main").append(el);
          window.second = window.makeModel({ view: "collections", record, height: 400 });
          window.bundle.render({ model: window.second, el, signal: new AbortController().signal });
        }""",
        DIGITS,
    )
    bare.page.locator('.tfm[data-view="scopes"] [data-kind="variable"][data-name="model/hidden/w"]').click()
    row = bare.page.locator('#second [data-tfm="row"][data-name="model/hidden/w"]')
    bare.page.wait_for_function(
        "() => document.querySelector('#second tr.tfm-selected')?.dataset.name === 'model/hidden/w'"
    )
    assert row.get_attribute("aria-selected") == "true" or "tfm-selected" in (row.get_attribute("class") or "")
    bare.page.wait_for_function("() => window.model.get('state').selection?.kind === 'variable'")
    assert bare.state()["selection"]["id"] == W


def test_names_with_markup_stay_text(bare: BarePage) -> None:
    """Nothing that comes from a graph becomes an element."""
    evil = '<img src=x onerror="window.hit=1">&amp;'
    record = copy.deepcopy(DIGITS)
    record["graph"]["label"] = evil
    record["last"]["text"] = evil
    record["variables"]["set"][str(W)].update(name=evil, leaf=evil)
    for scope in record["scopes"]["set"].values():
        scope.update(name=scope["name"] and evil, leaf=scope["leaf"] and evil)
    for collection in record["collections"]["set"].values():
        collection.update(key=evil + collection["key"], meaning=evil)
        for item in collection["items"]:
            item["text"] = evil
    for site in record["sites"]["set"].values():
        site["text"] = evil
    for entry in record["entries"]["set"].values():
        entry.update(name_scope=evil, note=evil)
    for request in record["requests"]["set"].values():
        request.update(name=evil, asked=evil, sentence=evil, error=evil)
    for view in ("scopes", "collections", "dashboard", "graph"):
        root = bare.mount(view, record, state={"selection": {"kind": "variable", "id": W}})
        bare.page.wait_for_timeout(100)
        assert root.locator("img").count() == 0, view
        assert "<img src=x" in (root.text_content() or ""), view
    assert bare.page.evaluate("() => window.hit") is None


def test_a_problem_is_shown_with_a_report_and_goes_away(bare: BarePage) -> None:
    """What fails on the other side appears in the widget; the view stays; an empty problem takes it back."""
    root = bare.mount("scopes", DIGITS, live="live")
    bare.receive({"type": "problem", "error": "KeyError: 'x'"})
    alert = root.get_by_role("alert")
    assert "KeyError: 'x'" in alert.inner_text()
    assert root.locator('[data-tfm="row"]').count() > 0
    bare.receive({"type": "problem", "error": ""})
    assert not root.locator(".tfm-problem").is_visible()


def test_an_unknown_view_says_so(bare: BarePage) -> None:
    """A wrong trait gives a sentence, not an empty cell."""
    bare.mount("nonsense", DIGITS)
    assert 'no view named "nonsense"' in bare.page.get_by_role("alert").inner_text()


def test_html_without_a_kernel_says_why_not(bare: BarePage) -> None:
    """What needs Python says so in a recorded view."""
    root = bare.mount("scopes", DIGITS)
    root.get_by_role("button", name="Export").click()
    root.get_by_role("menuitem", name="One page (HTML)").click()
    alert = root.get_by_role("alert")
    alert.wait_for()
    assert "no kernel" in alert.inner_text()


def test_the_theme_follows_jupyterlab(bare: BarePage) -> None:
    """`auto` takes the theme of the page and follows it."""
    root = bare.mount("scopes", DIGITS, theme="auto")
    body = "(light) => { document.body.dataset.jpThemeLight = light; }"
    bare.page.evaluate(body, "false")
    bare.page.wait_for_function("() => document.querySelector('.tfm').dataset.theme === 'dark'")
    bare.page.evaluate(body, "true")
    bare.page.wait_for_function("() => document.querySelector('.tfm').dataset.theme === 'light'")
    bare.page.evaluate("() => { delete document.body.dataset.jpThemeLight; }")
    assert root.get_attribute("data-lm-suppress-shortcuts") == "true"


def test_the_height_is_changed_with_keys(bare: BarePage) -> None:
    """The grip under the widget is a separator that arrows move; the trait holds the height."""
    root = bare.mount("scopes", DIGITS, height=500)
    grip = root.get_by_role("separator", name="Height")
    grip.focus()
    grip.press("ArrowDown")
    assert bare.page.evaluate("() => window.model.get('height')") == 524
    assert root.evaluate("(each) => Math.round(each.getBoundingClientRect().height)") == 524


@pytest.mark.parametrize("view", ["graph", "scopes", "collections", "stepper", "dashboard"])
def test_an_empty_graph_has_words_and_no_violations(bare: BarePage, view: str) -> None:
    """Every view says what will appear and how."""
    empty = {
        "format": "tfmini.graph/1",
        "graph": {"id": "e", "label": "default graph", "is_default": True, "finalized": False, "seed": None},
        "from": 0,
        "to": 1,
    }
    root = bare.mount(view, empty)
    bare.page.wait_for_timeout(80)
    assert "yet" in root.inner_text().lower()
    assert violations(bare) == []


def test_nothing_is_left_when_a_widget_goes(bare: BarePage) -> None:
    """Aborting removes the root and all listeners of the model."""
    bare.mount("dashboard", DIGITS)
    bare.page.evaluate("() => window.mounted.abort.abort()")
    assert bare.page.locator(".tfm").count() == 0
    bare.page.evaluate("() => { window.model.set('height', 700); window.model.set('state', {x: 1}); }")


@pytest.mark.parametrize("width", [1400, 900, 480])
@pytest.mark.parametrize("view", ["scopes", "collections", "dashboard", "graph"])
def test_no_width_needs_a_sideways_scroll_of_the_shell(bare: BarePage, view: str, width: int) -> None:
    """Header, find row and status fit into every width."""
    root = bare.mount(view, DIGITS, width=width, height=640, state={"selection": {"kind": "variable", "id": W}})
    bare.page.wait_for_timeout(80)
    wide = root.evaluate(
        "(root) => [...root.querySelectorAll('.tfm-shell, .tfm-header, .tfm-findrow, .tfm-status')]"
        ".filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.className)"
    )
    assert wide == []


NOTES = [
    {
        "name": "model/hidden/w",
        "text": "Which line <made> it?\u202e",
        "selection": {"kind": "variable", "id": W},
    }
]


def exported(bare: BarePage, root: Any, form: str) -> bytes:
    """Returns the file that an entry of the export menu saves."""
    root.get_by_role("button", name="Export").click()
    with bare.page.expect_download() as download:
        root.get_by_role("menuitem", name=form, exact=True).click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize("view", ["scopes", "collections", "init", "graph", "dashboard"])
def test_every_view_saves_a_picture_without_script_or_style(bare: BarePage, view: str) -> None:
    """The SVG is well formed, the same every time and in every theme, and a PNG of it can be made."""
    pictures = []
    for theme in ("light", "dark", "light"):
        root = bare.mount(view, DIGITS, theme=theme, height=600)
        bare.page.wait_for_timeout(80)
        pictures.append(exported(bare, root, "SVG").decode())
        assert root.get_attribute("data-theme") == theme
    assert pictures[0] == pictures[2]
    if view in ("scopes", "collections", "init"):
        assert pictures[0] == pictures[1]
    tree = ElementTree.fromstring(pictures[0])
    assert tree.find("{http://www.w3.org/2000/svg}title").text
    tags = {each.tag.rpartition("}")[2] for each in tree.iter()}
    assert not tags & {"script", "foreignObject"}
    assert "hidden" in pictures[0]
    assert exported(bare, root, "PNG")[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_view_as_code_is_what_python_writes(bare: BarePage) -> None:
    """`c` shows the line; Escape gives the focus back."""
    state = {"scopes.tab": "ties", "notes": NOTES, "selection": {"kind": "scope", "id": 1, "origin": "x"}}
    root = bare.mount("scopes", DIGITS, state=state)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("c")
    panel = root.get_by_role("dialog", name="This view as code")
    assert panel.locator("pre").text_content() == sharing.code_of("scopes", DIGITS["graph"], {}, state)
    assert violations(bare) == []
    bare.page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert root.get_by_role("button", name="Code").evaluate("(each) => each === document.activeElement")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_notes_stand_above_the_view_and_in_its_twin(bare: BarePage, theme: str) -> None:
    """A note selects what it is about; what it says stays text; a note that comes later is shown."""
    root = bare.mount("collections", DIGITS, theme=theme, state={"notes": NOTES, "twin": True})
    strip = root.locator('[data-tfm="notes"]')
    assert "Which line <made> it?" in strip.inner_text()
    twin = inspection.collections_text(DIGITS) + sharing.notes_text({"notes": NOTES})
    assert root.locator('[data-tfm="twin"]').text_content() == visible(twin)
    assert violations(bare) == []
    strip.get_by_role("button").click()
    bare.page.wait_for_function("() => window.model.get('state').selection?.kind === 'variable'")
    bare.page.evaluate("() => window.model.set('state', {})")
    assert not strip.is_visible()


TURNED = "loss\u202eevil\u2066"


def test_characters_that_turn_the_writing_are_seen_as_escapes(bare: BarePage) -> None:
    """In the page, in its twin and in what Python prints."""
    record = copy.deepcopy(DIGITS)
    count = record["collections"]["length"]
    first = record["collections"]["set"]["0"]
    record["collections"] = {
        "length": count + 1,
        "set": {**record["collections"]["set"], str(count): {**first, "key": TURNED, "constant": "", "meaning": ""}},
    }
    root = bare.mount("collections", record, state={"collections.key": TURNED})
    shown = root.evaluate('(each) => each.innerHTML.replaceAll(/data-[a-z]+="[^"]*"/g, \'\')')
    assert "loss\\u202eevil\\u2066" in shown
    assert "\u202e" not in shown
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("t")
    assert root.locator('[data-tfm="twin"]').text_content() == inspection.collections_text(record)
    assert "loss\\u202eevil\\u2066" in inspection.collections_text(record)
