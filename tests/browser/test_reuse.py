"""ReuseDebugger in a bare page: the log, an opened call with its fixes, lanes, questions, keys, size, accessibility."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from tfmini_widgets import requests as calls

from tfmini import inspection

from .bare import BarePage
from .fixtures.records import REUSE, run_program
from .test_shell import violations

RECORD, SPACE = run_program(REUSE, explain=calls.explained)
EXPLAINED: dict[str, Any] = {str(number): record for number, record in SPACE["explained"].items()}
REQUESTS = list(RECORD["requests"]["set"].values())
CODES = re.compile(
    r"\b(MADE|SHARED|REFUSED|GETTER)_[A-Z_]+\b|\b[A-Z]+_HAS_NO_EFFECT\b|\bTF_VARIABLE_RENAMED\b|\bNAME_SCOPE_\w+"
)


def row(root: Any, number: int) -> Any:
    return root.locator(f'[data-tfm="row"][data-kind="call"][data-name="{number}"]')


def opened(bare: BarePage, number: int, **options: Any) -> Any:
    state = {"reuse.open": number, "reuse.explained": EXPLAINED, **options.pop("state", {})}
    root = bare.mount("reuse", RECORD, state=state, **{"height": 640, **options})
    root.locator('[data-tfm="detail"]').wait_for()
    return root


def test_every_call_has_a_row_with_verdict_and_reason(bare: BarePage) -> None:
    """Calls that one line caused are a group; an optimizer's slots are one folded row."""
    root = bare.mount("reuse", RECORD, height=640)
    assert "no such name yet" in row(root, 1).inner_text()
    assert "same variable as #3" in row(root, 7).inner_text()
    assert "initializer, trainable ignored" in row(root, 9).inner_text()
    assert "asked [32, 12], has [32, 10]" in row(root, 10).inner_text()
    assert "exists since #1" in row(root, 11).inner_text()
    assert "find, else make" in row(root, 9).inner_text()
    groups = root.locator('[data-tfm="row"][data-kind="group"]').all_inner_texts()
    assert any("scores = tower(x, reuse=True)" in each for each in groups)
    assert any("8 slots of the optimizer" in each for each in groups)
    chips = {each.get_attribute("data-name"): each.inner_text() for each in root.locator('[data-tfm="chip"]').all()}
    assert [int(re.search(r"\d+", chips[word])[0]) for word in ("made", "shared", "shared, but", "refused")] == [
        4,
        4,
        1,
        2,
    ]  # type: ignore[index]


def test_what_only_looks_shared_is_said(bare: BarePage) -> None:
    """A `tf.Variable` in a scope that was opened again is another variable."""
    root = bare.mount("reuse", RECORD, height=640)
    assert "model_3/bias is not model_2/bias" in root.locator(".tfm-re-foot").inner_text()


def test_an_opened_call_shows_causes_and_fixes(bare: BarePage) -> None:
    """Each fix is a line with its changed part marked, and says which weights it gives."""
    root = opened(bare, 11)
    steps = root.locator(".tfm-re-step").all()
    assert [each.get_attribute("data-name") for each in steps] == ["name", "mode", "lookup", "checks", "result"]
    assert root.locator(".tfm-re-step s").inner_text() == "train_1/"
    fixes = EXPLAINED["11"]["fixes"]
    shown = root.locator('[data-tfm="fix"]').all()
    assert len(shown) == len(fixes)
    for each, fix in zip(shown, fixes, strict=True):
        text = each.inner_text()
        assert fix["weights"].replace("as call ", "as #") in text
        if fix["after"]:
            assert each.locator("mark").inner_text() == fix["changed"]
            assert fix["after"].strip() in each.locator("code").inner_text()
    assert "AUTO_REUSE" not in shown[0].inner_text()
    assert "costs a second copy of the cell's" in root.locator(".tfm-re-fixes").inner_text()


def test_ignored_arguments_are_loud(bare: BarePage) -> None:
    """What was asked is struck; what is in effect, and since which call, stands beside it."""
    root = opened(bare, 9)
    cells = [
        each.all_inner_texts()
        for each in (line.locator("th, td") for line in root.locator(".tfm-re-ignored tbody tr").all())
    ]
    assert cells == [
        ["initializer", "Ones", "TruncatedNormal(stddev=0.1)", "call #1"],
        ["trainable", "False", "True", "call #1"],
    ]
    root.get_by_role("button", name="#1").first.click()
    bare.page.wait_for_function("() => window.model.get('state')['reuse.open'] === 1")


def test_no_code_is_drawn(bare: BarePage) -> None:
    """Verdicts are words in everything that a person sees; the text form may name the code."""
    for request in REQUESTS:
        if str(request["number"]) in EXPLAINED:
            text = opened(bare, request["number"]).inner_text()
            assert not CODES.search(text), request["number"]
            assert request["verdict"] not in re.findall(r"[A-Z_]{4,}", text)


def test_a_live_page_asks_for_the_explanation(bare: BarePage) -> None:
    """Opening a call asks once; the answer is kept for the saved notebook; a refusal of the kernel is said in words."""
    root = bare.mount("reuse", RECORD, height=640, live="live")
    row(root, 10).click()
    root.locator('[data-tfm="detail"]').wait_for()
    bare.page.wait_for_function("() => window.model.sent.some((each) => each.kind === 'explain')")
    asked = [each for each in bare.sent() if each.get("kind") == "explain"]
    assert [each["payload"] for each in asked] == [{"number": 10}]
    bare.receive({"type": "answer", "id": asked[0]["id"], "ok": True, "value": EXPLAINED["10"]})
    root.locator('[data-tfm="fix"]').first.wait_for()
    bare.page.wait_for_function("() => window.model.get('state')['reuse.explained']?.['10']")
    row(root, 5).click()
    bare.page.wait_for_function("() => window.model.sent.filter((each) => each.kind === 'explain').length === 2")
    asked = [each for each in bare.sent() if each.get("kind") == "explain"]
    bare.receive({"type": "answer", "id": asked[1]["id"], "ok": False, "error": "The kernel is gone."})
    root.get_by_text("The kernel is gone.").wait_for()


def test_keys_alone(bare: BarePage) -> None:
    """Arrows go through the calls, Enter opens, Escape closes, ! goes to the next problem; filters and find are reachable."""
    root = bare.mount("reuse", RECORD, height=640, state={"reuse.explained": EXPLAINED})
    grid = root.locator('[data-tfm="calls"]')
    grid.focus()
    for _ in range(2):
        bare.page.keyboard.press("ArrowDown")
    active = grid.get_attribute("aria-activedescendant")
    assert bare.page.locator(f"#{active}").get_attribute("data-name") == "2"
    bare.page.keyboard.press("Enter")
    root.locator('[data-tfm="detail"][data-name="2"]').wait_for()
    bare.page.keyboard.press("Escape")
    root.locator('[data-tfm="detail"]').wait_for(state="detached")
    for number in (9, 10, 11, 9):
        bare.page.keyboard.press("!")
        root.locator(f'[data-tfm="detail"][data-name="{number}"]').wait_for()
    bare.page.keyboard.press("/")
    bare.page.keyboard.type("verdict:refused")
    root.get_by_text("2 hits, 1").wait_for()
    assert row(root, 11).get_attribute("class").find("tfm-hit") > 0


def test_verdicts_filter_and_calls_group(bare: BarePage) -> None:
    root = bare.mount("reuse", RECORD, height=640)
    root.locator('[data-tfm="chip"][data-name="refused"]').click()
    rows = root.locator('[data-tfm="row"][data-kind="call"]')
    bare.page.wait_for_function("() => document.querySelectorAll('[data-tfm=row]').length === 2")
    assert [each.get_attribute("data-name") for each in rows.all()] == ["10", "11"]
    root.locator('[data-tfm="chip"][data-name="refused"]').click()
    root.locator('[data-tfm="by"]').select_option("variable")
    titles = root.locator(".tfm-re-grouptitle")
    bare.page.wait_for_function("() => document.querySelector('.tfm-re-grouptitle')?.textContent === 'model/hidden/w'")
    assert titles.first.inner_text() == "model/hidden/w"


def test_selection_is_shared(bare: BarePage) -> None:
    """A call that another view selects opens here; opening one selects it everywhere."""
    root = bare.mount("reuse", RECORD, height=640, state={"reuse.explained": EXPLAINED})
    bare.receive({"type": "select", "selection": {"kind": "request", "id": 9, "origin": "scopes"}})
    root.locator('[data-tfm="detail"][data-name="10"]').wait_for()
    assert "call #10" in root.locator('[data-tfm="status"]').inner_text()
    row(root, 9).click()
    bare.page.wait_for_function("() => window.model.get('state').selection?.id === 8")


def test_lanes_link_calls_to_the_one_that_made(bare: BarePage) -> None:
    """A mark a call, by mouse and by keyboard; the picture is the same bytes each time."""
    root = bare.mount("reuse", RECORD, height=760, state={"reuse.tab": "lanes", "reuse.explained": EXPLAINED})
    marks = root.locator('[data-tfm="mark"]')
    assert marks.count() == 11
    assert marks.nth(0).get_attribute("aria-label") == "call 1, model/hidden/w: made"
    root.locator('[data-tfm="mark"][data-name="9"]').click()
    root.locator('[data-tfm="detail"][data-name="9"]').wait_for()
    bare.page.keyboard.press("ArrowRight")
    bare.page.keyboard.press("Enter")
    root.locator('[data-tfm="detail"][data-name="10"]').wait_for()
    pictures = set()
    for _ in range(2):
        root = bare.mount("reuse", RECORD, height=700, state={"reuse.tab": "lanes"})
        pictures.add(root.locator("svg.tfm-re-lanes").evaluate("(each) => each.outerHTML").replace("\n", ""))
    assert len(pictures) == 1


def test_predict_first(bare: BarePage) -> None:
    """Nothing gives the verdict away before the answer; keys choose; what was said is kept and marked."""
    root = bare.mount("reuse", RECORD, height=700, state={"reuse.tab": "predict", "reuse.explained": EXPLAINED})
    question = root.locator('[data-tfm="question"]')
    question.wait_for()
    shown = root.locator(".tfm-re-rows").inner_text()
    assert "no such name yet" not in shown
    assert "same variable" not in shown
    assert root.locator('[data-tfm="chip"]').count() == 0
    assert root.locator(".tfm-re-row .tfm-re-hidden").count() == 5
    root.locator('input[value="made"]').focus()
    bare.page.keyboard.press("2")
    root.get_by_role("button", name="Check answer").click()
    bare.page.wait_for_function("() => window.model.get('state')['reuse.answers']?.['1'] === 'shared'")
    assert "no:" in root.locator(".tfm-re-row").first.inner_text()
    assert "0 right" in root.locator(".tfm-re-progress").inner_text()
    root.locator(".tfm-re-row").nth(3).click()
    root.locator('[data-tfm="question"][data-name="10"]').wait_for()
    root.locator('input[value="refused"]').check()
    root.get_by_role("button", name="Check answer").click()
    root.get_by_text("1 right").wait_for()


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"reuse.open": 11, "reuse.explained": EXPLAINED},
        {"reuse.tab": "predict", "reuse.answers": {"1": "made", "9": "refused"}},
    ],
    ids=["log", "opened", "questions"],
)
def test_the_text_is_python_s(bare: BarePage, state: dict[str, Any]) -> None:
    """Byte for byte, with the opened call and with questions."""
    root = bare.mount("reuse", RECORD, height=640, state={**state, "twin": True})
    twin = root.locator('[data-tfm="twin"]').text_content()
    assert twin == calls.text_of(inspection.record_of(RECORD), state)
    if not state:
        for request in REQUESTS:
            assert request["maker"] == "slot" or f"\n{request['number']} " in twin
            assert request["maker"] == "slot" or request["sentence"] in twin
        assert "model_3/bias at cell [8] line 4 only looks like model_2/bias" in twin


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize(
    "state",
    [{"reuse.open": 11}, {"reuse.open": 9, "reuse.tab": "lanes"}, {"reuse.tab": "predict"}],
    ids=["table", "lanes", "predict"],
)
def test_accessible_in_every_theme(bare: BarePage, theme: str, state: dict[str, Any]) -> None:
    for width in (1400, 480):
        bare.mount("reuse", RECORD, theme=theme, width=width, height=700, state={**state, "reuse.explained": EXPLAINED})
        bare.page.wait_for_timeout(60)
        assert violations(bare) == []


@pytest.mark.parametrize("width", [1400, 900, 480])
@pytest.mark.parametrize("tab", ["table", "lanes", "predict"])
def test_nothing_runs_out_of_the_view(bare: BarePage, width: int, tab: str) -> None:
    """No part of the page is wider than the view; lanes scroll inside."""
    root = bare.mount(
        "reuse",
        RECORD,
        width=width,
        height=700,
        state={"reuse.tab": tab, "reuse.open": 11, "reuse.explained": EXPLAINED},
    )
    bare.page.wait_for_timeout(60)
    wide = root.evaluate(
        """(root) => [...root.querySelectorAll('.tfm-re-row > span, .tfm-re-detail, .tfm-re-fixes, .tfm-re-chips, .tfm-re-foot')]
        .filter((each) => each.offsetParent && each.getBoundingClientRect().right > root.getBoundingClientRect().right + 1).map((each) => each.className)"""
    )
    assert wide == []


def test_fifty_thousand_calls_are_a_few_rows_in_the_page(bare: BarePage) -> None:
    """Only what is in sight is in the page, at the top, in the middle and at the end."""
    record = copy.deepcopy(RECORD)
    one = record["requests"]["set"]["8"]
    record["requests"] = {"length": 50_000, "set": {str(k): {**one, "number": k + 1} for k in range(50_000)}}
    root = bare.mount("reuse", record, height=640)
    assert root.locator('[data-tfm="by"]').input_value() == "scope"
    assert root.locator('[data-tfm="row"]').all_inner_texts()[0].startswith("model/hidden")
    root = bare.mount("reuse", record, height=640, state={"reuse.by": "order"})
    for where in (0.0, 0.5, 1.0):
        bare.page.evaluate(
            "(part) => { const box = document.querySelector('[data-tfm=calls]'); box.scrollTop = part * (box.scrollHeight - box.clientHeight); }",
            where,
        )
        bare.page.wait_for_timeout(60)
        assert bare.page.evaluate("() => document.querySelectorAll('.tfm *').length") <= 2_500
    row(root, 50_000).wait_for()
    assert root.locator('[data-tfm="calls"]').get_attribute("aria-rowcount") == "50000"


def test_hostile_names_stay_text(bare: BarePage) -> None:
    """Markup, other directions, ten thousand characters."""
    record = json.loads(json.dumps(RECORD))
    for index, name in enumerate(["</script><b onclick=alert(1)>w</b>", "\u202egnp.exe", "x" * 10_000]):
        record["requests"]["set"][str(index)]["name"] = name
        record["requests"]["set"][str(index)]["sentence"] = f"Nothing was called {name} yet."
    for tab in ("table", "lanes", "predict"):
        root = bare.mount("reuse", record, height=640, state={"reuse.tab": tab, "reuse.open": 3})
        bare.page.wait_for_timeout(60)
        assert root.locator("b[onclick]").count() == 0
        assert root.evaluate("(root) => root.scrollWidth <= root.clientWidth + 1")


def test_an_empty_graph_says_what_will_come(bare: BarePage) -> None:
    record, _ = run_program({1: "x = 1"})
    for tab in ("table", "lanes", "predict"):
        root = bare.mount("reuse", record, height=420, state={"reuse.tab": tab})
        assert "No calls yet" in root.inner_text()
