"""Dashboard in a bare page: room, tabs with counts, linked selection, chain of causes, arrangements, keys, accessibility."""

from __future__ import annotations

from typing import Any

import pytest

from tfmini import inspection

from .bare import BarePage
from .fixtures.records import recorded
from .fixtures.traces import recorded as recorded_trace
from .test_shell import violations

DIGITS = recorded("digits")
SCOPES = recorded("scopes")
W = next(int(key) for key, each in DIGITS["variables"]["set"].items() if each["name"] == "model/hidden/w")
ON_W = {"selection": {"kind": "variable", "id": W}}


def tab(root: Any, name: str) -> Any:
    return root.locator(f'[role="tab"][data-tfm="tab"][data-name="{name}"]')


def tab_count(root: Any, name: str) -> str:
    return tab(root, name).locator("b").inner_text()


def test_one_view_has_most_of_the_room(bare: BarePage) -> None:
    """In a cell 900 px wide the main view has at least 70 % of the room, the others are tabs with counts."""
    root = bare.mount("dashboard", DIGITS, width=900, height=760)
    share = root.evaluate(
        "(root) => { const a = root.getBoundingClientRect(), b = root.querySelector('.tfm-da-main').getBoundingClientRect();"
        " return (b.width * b.height) / (a.width * a.height); }"
    )
    assert share >= 0.7
    assert {name: tab_count(root, name) for name in ("requests", "scopes", "collections")} == {
        "requests": "8",
        "scopes": "3",
        "collections": "3",
    }


def test_a_wide_dashboard_has_the_others_at_the_side(bare: BarePage) -> None:
    """70 % for the main view, a short form of another view beside it."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760, state=ON_W)
    main = root.locator(".tfm-da-main").bounding_box()
    assert main is not None
    assert 0.69 <= main["width"] / 1200 <= 0.76
    assert root.locator('[data-tfm="card"]').inner_text().startswith("w was made once and then shared under reuse=True")
    assert tab_count(root, "requests") == "2"
    assert tab_count(root, "collections") == "2"


def test_the_chain_of_causes_of_a_shared_call(bare: BarePage) -> None:
    """Name, mode, lookup, checks, result, in the order in which they decide."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760, state=ON_W)
    labels = root.locator(".tfm-da-chain dt").all_inner_texts()
    assert [label.strip() for label in labels] == ["name", "mode", "lookup", "checks", "result"]
    text = root.locator(".tfm-da-chain").inner_text()
    for words in ("model/", "find only", "found", "#1", "[64,32] and float32 agree", "shared with #1"):
        assert words in text, words


def test_a_refused_call_says_why(bare: BarePage) -> None:
    """The refused call of a variable is counted in the sentence and explained in its row."""
    root = bare.mount("dashboard", SCOPES, width=1200, height=760, state={"selection": {"kind": "variable", "id": 0}})
    assert "1 call for it was refused" in root.locator('[data-tfm="card"]').inner_text()
    assert "already exists, disallowed" in root.locator(".tfm-da-chain").inner_text()


def test_a_selection_reaches_every_part(bare: BarePage) -> None:
    """The variable chosen in the graph is named above, counted in the tabs and lit in the other views."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    overview = "155 operations. model and model_1 use the same 4 variables: 2,410 numbers."
    assert root.locator('[data-tfm="card"]').inner_text().startswith(overview)
    bare.page.wait_for_timeout(150)
    root.locator('.tfm-picture [data-kind="variable"][data-name="model/hidden/w"]').click()
    bare.page.wait_for_function("() => document.querySelector('.tfm-da-pill')?.textContent.includes('model/hidden/w')")
    assert tab_count(root, "requests") == "2"
    root.get_by_role("button", name="Learn scopes").click()
    bare.page.wait_for_function("() => document.querySelector('.tfm-capsule.tfm-picked')")
    root.get_by_role("button", name="Select nothing instead of model/hidden/w").click()
    bare.page.wait_for_function("() => document.querySelector('.tfm-da-pill').hidden")
    root.get_by_role("button", name="Selection before").click()
    bare.page.wait_for_function("() => !document.querySelector('.tfm-da-pill').hidden")


def test_make_main_swaps_the_views(bare: BarePage) -> None:
    """The open tab becomes the main view, the main view a tab; the arrangement is remembered."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    tab(root, "scopes").click()
    bare.page.wait_for_function("() => document.querySelector('[data-tfm=make-main]')")
    root.locator('[data-tfm="make-main"]').click()
    assert root.locator(".tfm-da-main > .tfm-scopes").count() == 1
    assert tab(root, "graph").get_attribute("aria-selected") == "true"
    bare.page.wait_for_function("() => window.model.get('state')['dashboard.main'] === 'scopes'")
    root = bare.mount("dashboard", DIGITS, width=1200, height=760, state=bare.state())
    assert root.locator(".tfm-da-main > .tfm-scopes").count() == 1


def test_narrow_tabs_change_the_main_view_with_arrows(bare: BarePage) -> None:
    """One tab stop, arrows change the view, the focus stays on the tab."""
    root = bare.mount("dashboard", DIGITS, width=900, height=700)
    tab(root, "graph").focus()
    bare.page.keyboard.press("ArrowRight")
    assert tab(root, "requests").get_attribute("aria-selected") == "true"
    assert tab(root, "requests").evaluate("(each) => each === document.activeElement")
    assert root.locator(".tfm-da-main > .tfm-reuse [data-kind=call]").count() == 8
    bare.page.keyboard.press("ArrowRight")
    assert root.locator(".tfm-da-main > .tfm-scopes").count() == 1
    assert root.locator('.tfm-da-toptabs [tabindex="0"]').count() == 1


def test_what_the_optimizer_asked_for_is_folded(bare: BarePage) -> None:
    """The counts are those of the program; the rest is one line that opens."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    fold = root.locator('.tfm-da-pane [data-kind="fold"]')
    assert "8 more, by the optimizer" in fold.inner_text()
    fold.click()
    bare.page.wait_for_function("() => document.querySelectorAll('.tfm-da-pane [data-kind=request]').length === 16")


def test_names_keep_their_last_part(bare: BarePage) -> None:
    """Long names lose their middle, never the leaf."""
    root = bare.mount("dashboard", DIGITS, width=1010, height=760)
    clipped = root.locator(".tfm-da-pane .tfm-da-grow").evaluate_all(
        "(all) => all.filter((each) => each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"
    )
    assert clipped == []


def test_a_recorded_run_opens_the_steps(bare: BarePage) -> None:
    """A trace of its own makes the stepper the main view; the steps of the selection are counted."""
    trace = recorded_trace("digits")
    root = bare.mount("dashboard", DIGITS, trace, width=1200, height=760, state={**ON_W, "dashboard.main": "graph"})
    assert tab_count(root, "steps") == "3"
    tab(root, "steps").click()
    bare.page.wait_for_function("() => document.querySelectorAll('.tfm-da-pane [data-kind=step]').length === 3")
    text = root.locator(".tfm-da-pane").inner_text()
    assert "gives its value" in text
    assert "writes it" in text


def test_a_stepper_on_the_page_lends_its_run(bare: BarePage) -> None:
    """The dashboard of a graph shows the steps of the last stepper of the same graph."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    assert tab_count(root, "steps") == "–"
    bare.page.evaluate(
        """([record, trace]) => {
          const el = document.createElement("div");
          document.querySelector("main").append(el);
          const model = window.makeModel({ view: "stepper", record, trace, height: 700 });
          window.bundle.render({ model, el, signal: new AbortController().signal });
        }""",
        [DIGITS, recorded_trace("digits")],
    )
    bare.page.wait_for_function("() => document.querySelector('.tfm-da-tabs [data-name=steps] b').textContent === '34'")


def test_numbers_change_the_main_view(bare: BarePage) -> None:
    """Keys 1 to 5 stand for the views; the help lists them."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    root.locator(".tfm-help").focus()
    bare.page.keyboard.press("4")
    assert root.locator(".tfm-da-main > .tfm-collections").count() == 1
    bare.page.keyboard.press("1")
    assert root.locator(".tfm-da-main > .tfm-graph").count() == 1


def test_find_belongs_to_the_main_view(bare: BarePage) -> None:
    """The field searches what is seen; another main view starts with an empty field and its own hint."""
    root = bare.mount("dashboard", DIGITS, width=1200, height=760)
    field = root.locator('[data-tfm="find"]')
    field.fill("MatMul")
    root.locator(".tfm-hits", has_text="hits").wait_for()
    root.get_by_role("button", name="Learn scopes").click()
    assert field.input_value() == ""
    assert field.get_attribute("placeholder") == "Find scope or variable"
    field.fill("out")
    assert root.locator(".tfm-hits").inner_text().startswith("1 hit")


def test_an_operation_of_a_variable_stands_for_it(bare: BarePage) -> None:
    """Storage, assign and read belong to the variable: same requests, and the sentence says so."""
    storage = DIGITS["variables"]["set"][str(W)]["op"]
    root = bare.mount("dashboard", DIGITS, width=1200, state={"selection": {"kind": "op", "id": storage}})
    assert "is a part of the variable model/hidden/w" in root.locator('[data-tfm="card"]').inner_text()
    assert tab_count(root, "requests") == "2"


def test_the_twin_is_that_of_all_views(bare: BarePage) -> None:
    """Graph, scopes, collections, requests and the run, as Python prints them."""
    trace = recorded_trace("digits")
    root = bare.mount("dashboard", DIGITS, trace, width=1200, height=760, state={"twin": True})
    texts = [
        inspection.graph_text(DIGITS),
        inspection.scopes_text(DIGITS),
        inspection.collections_text(DIGITS),
        inspection.requests_text(DIGITS),
        inspection.init_order_text(DIGITS),
        inspection.trace_text(trace),
    ]
    assert root.locator('[data-tfm="twin"]').text_content() == "\n".join(text.rstrip("\n") + "\n" for text in texts)


def test_it_follows_a_delta_also_in_hidden_views(bare: BarePage) -> None:
    """A view that was hidden while the graph grew is up to date when it is shown."""
    from .test_shell import more_operations

    root = bare.mount("dashboard", DIGITS, width=1200, height=760, live="live")
    root.get_by_role("button", name="Learn scopes").click()
    bare.receive({"type": "delta", "delta": more_operations(DIGITS, "later")})
    assert "156 ops" in root.locator(".tfm-count").inner_text()
    root.get_by_role("button", name="Debug sharing").click()
    bare.page.wait_for_function("() => document.querySelector('.tfm-picture [data-tfm=box][data-name=later]')")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("case", ["wide", "wide on w", "900", "480", "scopes", "steps", "requests", "refused"])
def test_axe_finds_nothing(bare: BarePage, theme: str, case: str) -> None:
    """No violation of any impact in our root."""
    width = {"900": 900, "480": 480, "requests": 900}.get(case, 1200)
    main = {"scopes": "scopes", "steps": "steps", "requests": "requests"}.get(case, "graph")
    record = SCOPES if case == "refused" else DIGITS
    trace = recorded_trace("digits") if case == "steps" else None
    state = {"dashboard.main": main, **({} if case == "wide" else ON_W)}
    bare.mount("dashboard", record, trace, theme=theme, width=width, height=760, state=state)
    bare.page.wait_for_timeout(120)
    assert violations(bare) == []


@pytest.mark.parametrize("width", [1400, 900, 480])
def test_a_refused_call_is_said_and_opened(bare: BarePage, width: int) -> None:
    """The status line names the call that ended the last cell; a click opens it, in the main view when there is no side."""
    root = bare.mount("dashboard", SCOPES, width=width, height=760)
    said = root.locator('[data-tfm="refusal"]')
    assert said.inner_text() == "request 11 refused: model/hidden/w"
    said.focus()
    bare.page.keyboard.press("Enter")
    bare.page.wait_for_function("() => window.model.get('state').selection?.kind === 'request'")
    assert tab(root, "requests").get_attribute("aria-selected") == "true"
    place = ".tfm-da-pane" if width >= 1000 else ".tfm-reuse"
    assert "#1" in root.locator(place).inner_text()


@pytest.mark.parametrize("main", ["requests", "scopes"])
def test_the_header_keeps_its_presets_whole(bare: BarePage, main: str) -> None:
    """At 900 px the four arrangements have room; nothing in the header is cut."""
    root = bare.mount("dashboard", SCOPES, width=900, height=760, state={"dashboard.main": main})
    cut = root.locator(".tfm-da-presets button").evaluate_all(
        "(all) => all.filter((each) => each.getBoundingClientRect().right > each.parentElement.getBoundingClientRect().right + 1).length"
    )
    assert cut == 0
