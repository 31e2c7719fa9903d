"""InitOrderView in a bare page, with answers from the engine: order, look ahead, orders that are tried, keys, twin, sizes, accessibility."""

from __future__ import annotations

import functools
import itertools
import json
from typing import Any

import pytest
from tfmini_widgets.initializing import Initializing, texts

import tfmini as tf
from tfmini import inspection

from .bare import BarePage
from .fixtures.records import INIT, record_of_program, run_program
from .test_shell import violations


@functools.cache
def ran() -> tuple[dict[str, Any], dict[str, Any]]:
    """The record of the program and its names; tests change nothing in them."""
    return run_program(INIT)


def index(name: str) -> int:
    return [each["name"] for each in ran()[0]["variables"]["set"].values()].index(name)


def recorded_state() -> dict[str, Any]:
    """What the view had looked at before the kernel went."""
    _, space = ran()
    order = ["rate", "limit", "model/out/w", "model_start/w", "base_rate", "model/hidden/w"]
    tried = inspection.try_order(space["first"], order, "empty")
    return {
        "init.session": "A",
        "init.fetch": "train_op",
        "init.preflight": {**inspection.preflight(space["first"], space["train"]), "fetch": "train_op"},
        "init.tried": tried,
        "init.order": [each["variables"][0] for each in tried["runs"]],
    }


class Live:
    """A view whose questions the engine answers, as a kernel does."""

    def __init__(self, bare: BarePage, state: dict[str, Any] | None = None, **options: Any) -> None:
        record, space = ran()
        self.bare = bare
        self.asking = Initializing(space["init"].graph)
        self.walked: list[dict[str, Any]] = []
        self.answered = 0
        options.setdefault("height", 700)
        self.root = bare.mount("init", record, state=state or {}, live="live", **options)
        self.settle()

    def settle(self) -> None:
        """Answers until the page asks nothing more for a while."""
        quiet = 0
        while quiet < 6:
            asked = [each for each in self.bare.sent() if each["type"] == "ask"][self.answered :]
            for each in asked:
                self.bare.receive({"type": "answer", "id": each["id"], **self.answer(each["kind"], each["payload"])})
            self.answered += len(asked)
            quiet = 0 if asked else quiet + 1
            self.bare.page.wait_for_timeout(45)

    def answer(self, kind: str, payload: dict[str, Any]) -> dict[str, Any]:
        answers = {"preflight": self.asking.preflight, "try": self.asking.try_order, "find": self.asking.find_order}
        if kind == "init_steps":
            self.walked.append(payload)
            self.bare.receive({"type": "trace", "trace": self.asking.recording(payload).trace()})
            return {"ok": True, "value": {}}
        try:
            return {"ok": True, "value": answers[kind](payload)}
        except (TypeError, ValueError, RuntimeError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}


def row(root: Any, name: str) -> Any:
    return root.locator(f'[data-tfm="row"][data-name={json.dumps(name)}]')


def item(root: Any, name: str) -> Any:
    return root.locator(f'[data-tfm="item"][data-name={json.dumps(name)}]')


def items(root: Any) -> list[str]:
    return [each.get_attribute("data-name") for each in root.locator('[data-tfm="item"]').all()]


def verdict(root: Any) -> str:
    return root.locator('[data-tfm="preflight-verdict"]').inner_text()


# ---- the table


def test_a_variable_stands_in_its_wave_below_what_it_reads(bare: BarePage) -> None:
    """One row a variable, waves from left to right, one edge for each read with its kind."""
    root = bare.mount("init", ran()[0], height=700)
    names = [each.get_attribute("data-name") for each in root.locator('[data-tfm="row"]').all()]
    assert names[:2] == ["model/hidden/w", "model_start/w"]
    assert names.index("rate") == names.index("base_rate") + 1
    left = {name: row(root, name).locator(".tfm-io-capsule").bounding_box()["x"] for name in ("base_rate", "rate")}
    assert left["rate"] > left["base_rate"] + 190
    assert row(root, "rate").inner_text().split("\n")[-1] == "empty"
    assert "needs an order, raw read" in row(root, "rate").inner_text().replace("\n", "")
    kinds = {
        each.get_attribute("data-name"): each.get_attribute("class") for each in root.locator('[data-tfm="edge"]').all()
    }
    assert len(kinds) == 3
    assert [
        kind for name, kind in kinds.items() if name.startswith("rate reads base_rate directly at cell [6] line 3")
    ] == ["tfm-io-edge tfm-io-raw"]
    assert any("tfm-io-guarded" in kind for name, kind in kinds.items() if name.startswith("limit"))
    assert any("tfm-io-initialized_value" in kind for name, kind in kinds.items() if name.startswith("model_start/w"))


def test_init_operation_and_sessions_have_columns(bare: BarePage) -> None:
    """Which variables the init operation covers, which came later, are local or in no key; and the state in each session."""
    root = bare.mount("init", ran()[0], height=700)
    cells = row(root, "model/hidden/w").locator('[role="gridcell"]').all_inner_texts()
    assert [each.strip() for each in cells[1:]] == ["any order", "in", "run 1", "run 2"]
    assert row(root, "global_step").locator('[role="gridcell"]').all_inner_texts()[2:] == [
        "later",
        "empty",
        "assigned, run 3",
    ]
    assert row(root, "accuracy").locator('[role="gridcell"]').all_inner_texts()[2] == "local"
    assert row(root, "scratch").locator('[role="gridcell"]').all_inner_texts()[2] == "no key"
    assert (
        "covers 4 of 22 variables: 15 came later, 2 are local, 1 is in no key"
        in root.locator('[data-tfm="status"]').inner_text()
    )


def test_what_belongs_together_folds(bare: BarePage) -> None:
    """Slots of the optimizer and local variables of a scope are one row; it opens by keyboard and by mouse."""
    root = bare.mount("init", ran()[0], height=700)
    fold = row(root, "Adam slots")
    assert "×8" in fold.inner_text()
    assert row(root, "model/hidden/w/Adam").count() == 0
    fold.focus()
    bare.page.keyboard.press("Enter")
    row(root, "model/hidden/w/Adam").wait_for()
    row(root, "Adam slots").click()
    row(root, "model/hidden/w/Adam").wait_for(state="detached")


def test_a_selected_variable_tells_its_line_and_what_to_do(bare: BarePage) -> None:
    """By mouse and by keyboard alone; the selection is the one of all views."""
    root = bare.mount("init", ran()[0], height=700)
    row(root, "rate").click()
    story = root.locator('[data-tfm="story"]')
    story.wait_for()
    assert "rate reads base_rate directly at cell [6] line 3: initialize base_rate first" in story.inner_text()
    assert bare.page.evaluate("() => window.model.get('state')") is not None
    bare.page.keyboard.press("ArrowUp")
    bare.page.keyboard.press("Enter")
    bare.page.wait_for_function("() => document.querySelector('[data-tfm=status]').innerText.includes('base_rate')")
    assert "Read by the initial value of rate" in story.inner_text()
    row(root, "model/hidden/w").focus()
    bare.page.keyboard.press("!")
    assert bare.page.evaluate("() => document.activeElement.dataset.name") == "rate"


def test_find_goes_to_variables_by_name_and_by_state(bare: BarePage) -> None:
    """`state:empty` counts the variables that have no value in the session."""
    root = bare.mount("init", ran()[0], height=700, state={"init.session": "A"})
    field = root.locator('[data-tfm="find"]')
    field.fill("state:empty")
    empty = inspection.init_order_text(ran()[0]).count("; A: empty")
    bare.page.wait_for_function(f"() => document.querySelector('.tfm-hits').innerText.startsWith('{empty} hits')")
    field.fill("beta1_power")
    row(root, "beta1_power").wait_for()
    field.fill("")
    row(root, "beta1_power").wait_for(state="detached")


# ---- task 3: which variables would this run find empty, before running it?


def test_task_3_by_mouse(bare: BarePage) -> None:
    """One choice: the step at which the run would stop, what is empty, and the runs that help."""
    live = Live(bare)
    live.root.locator('[data-tfm="preflight-session"]').select_option("A")
    live.settle()
    _, space = ran()
    record = inspection.preflight(space["first"], space["train"])
    assert (
        verdict(live.root)
        == f"Would stop at step {record['stops_fed']['step'] + 1} of {record['steps']}, once it is fed."
    )
    words = live.root.locator('[data-tfm="preflight"]').inner_text()
    assert "beta1_power is empty there, and 11 more variables that this run reads are empty too." in words
    assert "x must be fed" in words
    first = live.root.locator('[data-tfm="first"]').all_inner_texts()
    assert len(first) == 2
    assert "12 initializers together" in first[0]
    assert "8 optimizer slots" in first[0]
    assert "rate.initializer" in first[1]
    assert "reads base_rate directly" in first[1]
    assert "tfm-io-needed" in row(live.root, "rate").locator(".tfm-io-state").first.get_attribute("class")
    assert "tfm-io-needed" not in row(live.root, "limit").locator(".tfm-io-state").first.get_attribute("class")


def test_task_3_by_keyboard_alone(bare: BarePage) -> None:
    """Tab to the two choices, an arrow to choose."""
    live = Live(bare, state={"init.session": "B"})
    fetch = live.root.locator('[data-tfm="preflight-fetch"]')
    bare.page.keyboard.press("Tab")
    for _ in range(30):
        if fetch.evaluate("(each) => each === document.activeElement"):
            break
        bare.page.keyboard.press("Tab")
    assert fetch.evaluate("(each) => each === document.activeElement")
    assert fetch.input_value() == "train_op"
    before = verdict(live.root)
    bare.page.keyboard.press("Tab")
    bare.page.keyboard.press("ArrowUp")
    live.settle()
    assert live.root.locator('[data-tfm="preflight-session"]').input_value() == "A"
    assert verdict(live.root).startswith("Would stop at step")
    assert "11 more variables" in live.root.locator('[data-tfm="preflight"]').inner_text()
    assert before.startswith("Would stop at step")


def test_task_3_through_the_text(bare: BarePage) -> None:
    """The twin has the step, every empty variable, and the code to run."""
    live = Live(bare, state={"init.session": "A", "init.fetch": "train_op"})
    live.root.focus()
    live.root.locator('[data-tfm="twin-switch"]').focus()
    bare.page.keyboard.press("Enter")
    text = live.root.locator('[data-tfm="twin"]').text_content()
    assert "fed, it would stop at step" in text
    assert "model/out/b/Adam_1 at step" in text
    assert "2 rate, which reads base_rate directly: sess.run('rate/Assign')" in text


def test_a_run_that_cannot_be_looked_at_says_why(bare: BarePage) -> None:
    """A fetch that is gone is an answer, not a silent panel."""
    live = Live(bare, state={"init.session": "A", "init.fetch": "not/there"})
    words = live.root.locator('[data-tfm="preflight"]').inner_text()
    assert "This cannot be run" in words
    assert "not/there" in words


# ---- task 8: what happens if the variables are initialized in another order?


def test_task_8_by_mouse(bare: BarePage) -> None:
    """A tab, and a drag: the run that fails is marked with the step and the variable; an order that works is one click away."""
    live = Live(bare)
    live.root.get_by_role("tab", name="Try an order").click()
    live.settle()
    assert set(items(live.root)) == {"model/hidden/w", "model_start/w", "model/out/w", "limit", "base_rate", "rate"}
    assert live.root.locator('[data-tfm="outcome"]').get_attribute("data-outcome") == "works"
    item(live.root, "rate").drag_to(item(live.root, "model/hidden/w"))
    live.settle()
    assert items(live.root)[0] == "rate"
    assert live.root.locator('[data-tfm="outcome"]').get_attribute("data-outcome") == "fails"
    assert "stops at step 2 of 6, base_rate is empty" in item(live.root, "rate").inner_text()
    live.root.locator('[data-tfm="find-order"]').click()
    live.settle()
    assert live.root.locator('[data-tfm="outcome"]').get_attribute("data-outcome") == "works"
    assert items(live.root)[-1] == "rate"
    assert "run 2" in item(live.root, "rate").inner_text()


def test_task_8_by_keyboard_alone(bare: BarePage) -> None:
    """Alt and an arrow moves; the focus stays on what moved, and what came out different says so."""
    live = Live(bare, state={"init.tab": "try"})
    first = item(live.root, "model/hidden/w")
    first.focus()
    bare.page.keyboard.press("Alt+ArrowDown")
    live.settle()
    assert items(live.root)[1] == "model/hidden/w" or items(live.root)[0] != "model/hidden/w"
    while items(live.root).index("model/hidden/w") < items(live.root).index("model_start/w"):
        assert bare.page.evaluate("() => document.activeElement.dataset.name") == "model/hidden/w"
        bare.page.keyboard.press("Alt+ArrowDown")
        live.settle()
    assert item(live.root, "model/hidden/w").get_attribute("data-mark") == "warn"
    assert "came out different" in item(live.root, "model/hidden/w").inner_text()
    assert live.root.locator('[data-tfm="outcome"]').get_attribute("data-outcome") == "differs"


def test_task_8_through_the_text(bare: BarePage) -> None:
    """The twin has every run of the attempt, what failed and what came out different."""
    root = bare.mount("init", ran()[0], height=700, state={**recorded_state(), "twin": True})
    text = root.locator('[data-tfm="twin"]').text_content()
    assert "order tried in session A, from nothing initialized: fails" in text
    assert "run 1 rate: stops at step 2 of 6, base_rate is empty" in text
    assert "model/hidden/w came out different: " in text


def test_in_one_run_nothing_fixes_the_order(bare: BarePage) -> None:
    """A group that happens to work is no order: the raw read is named."""
    live = Live(bare, state={"init.tab": "try"})
    live.root.get_by_role("button", name="in one run").click()
    live.settle()
    assert live.root.locator('[data-tfm="outcome"]').get_attribute("data-outcome") == "not fixed"
    assert "nothing fixes that base_rate comes first" in item(live.root, "rate").inner_text()


def test_initialization_can_be_walked_through(bare: BarePage) -> None:
    """The stepper opens in a tab, with the initializers of the runs that come first."""
    live = Live(bare, state={"init.session": "A", "init.fetch": "train_op"})
    live.root.locator('[data-tfm="preflight"] [data-tfm="walk"]').click()
    live.settle()
    live.root.get_by_role("tab", name="Steps").wait_for()
    assert live.root.locator('[data-tfm="step"]').count() > 3
    assert live.walked[0]["order"][-1] == [index("rate")]


# ---- text, states, sizes


def test_the_twin_is_what_python_prints(bare: BarePage) -> None:
    """Order, look ahead and attempt, byte for byte."""
    state = recorded_state()
    root = bare.mount("init", ran()[0], state={**state, "twin": True})
    assert root.locator('[data-tfm="twin"]').text_content() == texts(ran()[0], state)


def test_without_a_kernel_everything_stays_to_read(bare: BarePage) -> None:
    """Recorded: the last look ahead and the last attempt are there, what needs the kernel is off and says why."""
    root = bare.mount("init", ran()[0], height=700, state=recorded_state())
    assert verdict(root).startswith("Would stop at step")
    assert root.locator('[data-tfm="preflight-fetch"]').is_disabled()
    root.get_by_role("tab", name="Try an order").click()
    assert "This order fails." in root.locator('[data-tfm="outcome"]').inner_text()
    assert root.locator('[data-tfm="find-order"]').get_attribute("title") == "Recorded: there is no kernel to try in"
    assert bare.sent() == []


def test_an_empty_graph_says_what_to_do(bare: BarePage) -> None:
    """Nothing to draw is a sentence."""
    root = bare.mount("init", record_of_program({1: "pass\n"}))
    assert "No variables yet" in root.inner_text()
    assert "No open session" in root.locator('[data-tfm="preflight"]').inner_text()


HOSTILE = {
    1: """names = ["<img src=x onerror=window.hit=1>", "x" * 10000, "\\u202e\\u05d0\\u05d1", "a & b 'c' \\"d\\""]
graph = tf.get_default_graph()
base = tf.Variable(1.0, name="base", use_resource=True)
rate = tf.Variable(base * 2, name="r" * 300, use_resource=True)
for name in names:
    made = tf.Variable(1.0, name="v")
    graph.journal.variables[-1].name = name
sess = tf.Session()
"""
}


def test_names_stay_text(bare: BarePage) -> None:
    """Markup, ten thousand characters and letters from right to left are drawn as they are, and cut with the full name beside."""
    record, space = run_program(HOSTILE)
    tried = inspection.try_order(space["sess"], [space["rate"]], "empty")
    root = bare.mount("init", record, height=700, state={"init.tried": tried})
    assert root.locator("img").count() == 0
    assert bare.page.evaluate("() => window.hit") is None
    assert row(root, "<img src=x onerror=window.hit=1>").count() == 1
    long = root.locator(".tfm-io-capsule").nth(3)
    assert root.evaluate("(each) => each.scrollWidth <= each.clientWidth + 1")
    assert len(long.get_attribute("title")) > 100
    svg = bare.page.evaluate("() => document.querySelector('.tfm').innerHTML.includes('<img')")
    assert svg is False


def many(count: int) -> dict[int, str]:
    return {
        1: f"""for k in range({count // 2}):
    with tf.variable_scope(f"layer_{{k}}"):
        w = tf.get_variable("w", [4, 4])
        b = tf.get_variable("b", [4], initializer=tf.zeros_initializer())
rate = tf.Variable(w * 2, name="copy", use_resource=True)
init = tf.global_variables_initializer()
sess = tf.Session()
sess.run(init)
"""
    }


def test_a_thousand_variables_fold_and_stay_small(bare: BarePage) -> None:
    """Equal structures are one row with a number; what reads another stands by itself."""
    record = record_of_program(many(1000))
    root = bare.mount("init", record, height=700)
    assert row(root, "layer_*/w").count() == 1
    assert "×499" in row(root, "layer_*/w").inner_text()
    assert row(root, "copy").count() == 1
    assert root.locator("*").count() < 1500
    row(root, "layer_*/b").click()
    root.get_by_role("button", name="more of").wait_for()
    assert root.locator("*").count() < 2500
    field = root.locator('[data-tfm="find"]')
    field.fill("layer_321/w")
    row(root, "layer_321/w").wait_for(state="attached")


@pytest.mark.parametrize("width", [480, 900, 1400])
def test_nothing_overlaps_or_is_cut_without_a_full_form(bare: BarePage, width: int) -> None:
    """Rows keep their place; what is cut has its full text in a title."""
    root = bare.mount("init", ran()[0], width=width, height=700, state=recorded_state())
    boxes = [each.bounding_box() for each in root.locator(".tfm-io-row .tfm-io-capsule").all()]
    for one, other in itertools.pairwise(boxes):
        assert one["y"] + one["height"] <= other["y"] + 5
    cut = root.evaluate(
        """(root) => [...root.querySelectorAll(".tfm-io-row span:not(.tfm-sr), .tfm-io-capsule")].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflow !== "visible" && !each.closest("[title]") && each.clientWidth).map((each) => each.outerHTML)"""
    )
    assert cut == []
    assert root.evaluate("(each) => each.scrollWidth <= each.clientWidth + 1")


def test_the_picture_is_the_same_every_time_and_has_everything(bare: BarePage) -> None:
    """One SVG without script; the same bytes again."""
    bare.page.evaluate(
        """() => { window.saved = []; const make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.saved.push(blob.text()); return make(blob); }; }"""
    )
    pictures = []
    for _ in range(2):
        root = bare.mount("init", ran()[0], height=700, state=recorded_state())
        root.get_by_role("button", name="Export").click()
        root.get_by_role("menuitem", name="SVG").click()
        pictures.append(bare.page.evaluate("() => window.saved.at(-1)"))
    assert pictures[0] == pictures[1]
    for word in ("rate", "needs an order", "wave 2", "Adam slots", "assigned, run 3"):
        assert word in pictures[0]
    assert "<script" not in pictures[0]


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("case", ["order", "selected", "try", "narrow", "live", "empty", "text"])
def test_axe_finds_nothing(bare: BarePage, theme: str, case: str) -> None:
    """No violation of any impact in our root, in any tab, theme and state."""
    state = recorded_state()
    if case == "selected":
        state["selection"] = {"kind": "variable", "id": index("rate")}
    if case == "try":
        state["init.tab"] = "try"
    if case == "text":
        state["twin"] = True
    if case == "live":
        Live(bare, state, theme=theme)
    else:
        record = record_of_program({1: "pass\n"}) if case == "empty" else ran()[0]
        bare.mount(
            "init",
            record,
            theme=theme,
            width=480 if case == "narrow" else 900,
            height=700,
            state={} if case == "empty" else state,
        )
    bare.page.wait_for_timeout(60)
    assert violations(bare) == []


def test_no_internal_code_is_drawn(bare: BarePage) -> None:
    """Words for people: no ids of graphs, no constants in capitals, no keys of records."""
    record, _ = ran()
    for tab in ("order", "try"):
        root = bare.mount("init", record, height=700, state={**recorded_state(), "init.tab": tab})
        drawn = root.inner_text()
        for code in (record["graph"]["id"], "REFUSED", "stops_fed", "undefined", "NaN", "[object", "null"):
            assert code not in drawn, code


def test_the_python_view_checks_what_it_is_given() -> None:
    """Another graph's session, no session, a fetch that is none."""
    import tfmini_widgets as tfw

    with tf.Graph().as_default():
        tf.get_variable("w", [2])
        session = tf.Session()
    with pytest.raises(ValueError, match="another graph"):
        tfw.InitOrderView(tf.Graph(), session=session)
    with pytest.raises(TypeError, match=r"tf\.Session"):
        tfw.InitOrderView(session=3)
    with pytest.raises(ValueError, match="needs a session"):
        tfw.InitOrderView(session.graph, "w")
    view = tfw.init_order(session, "w:0")
    assert "w is empty" in view.text()
    assert view.svg().startswith("<svg")
    view.close()


def test_the_dashboard_has_it_as_an_arrangement(bare: BarePage) -> None:
    """One click shows it as the main view; a selection made elsewhere is told in its short form at the side."""
    root = bare.mount("dashboard", ran()[0], width=1300, height=760)
    root.get_by_role("button", name="Initialize").click()
    row(root, "rate").first.wait_for()
    assert "needs an order" in row(root, "rate").first.inner_text()
    root.get_by_role("button", name="Learn scopes").click()
    root.locator('[data-tfm="tab"][data-name="init"]').click()
    short = root.locator('.tfm-da-pane [data-tfm="row"][data-name="rate"]')
    short.wait_for()
    short.click()
    bare.page.wait_for_function("() => document.querySelector('[data-tfm=status]').innerText.includes('rate')")


def test_two_copies_follow_each_other(bare: BarePage) -> None:
    """Two views of one graph on a page share the selection; ids stay unique."""
    record = ran()[0]
    bare.mount("init", record, height=500)
    bare.page.evaluate(
        "([record]) => { const first = window.mounted; window.mount({view: 'init', record, trace: {}, theme: 'light', height: 500, state: {}, live: 'recorded'}, 900); const second = window.mounted; window.mounted = {abort: {abort() { first.abort.abort(); second.abort.abort(); }}}; }",
        [record],
    )
    views = bare.page.locator(".tfm[data-view=init]")
    row(views.first, "rate").click()
    views.nth(1).locator('[data-tfm="story"]').wait_for()
    assert row(views.nth(1), "rate").get_attribute("aria-selected") == "true"
    ids = bare.page.evaluate("() => [...document.querySelectorAll('[id]')].map((each) => each.id)")
    assert len(ids) == len(set(ids))
