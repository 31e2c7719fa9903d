"""The stepper in a bare page: moving, values, marks, keyboard, selection, state, layout, text twin, accessibility."""

from __future__ import annotations

from typing import Any

import pytest

from tfmini.inspection.trace_text import trace_text

from .bare import BarePage
from .fixtures import traces

DIGITS = traces.recorded("digits")
FORWARD = traces.recorded("forward")
BIAS_ADD = 14  # index of model/hidden/BiasAdd in both recorded runs
WRITE_W = 27  # index of the step that writes model/hidden/w in the training run


def open_stepper(bare: BarePage, trace: dict[str, Any], **options: Any) -> Any:
    return bare.mount("stepper", trace=trace, **{"height": 742, **options})


def slider(root: Any) -> Any:
    return root.get_by_role("slider", name="Step of the run")


def now(root: Any) -> int:
    """Returns the index of the current step, as the timeline marks it."""
    marked = root.locator('[data-tfm="step"][data-now="true"]')
    assert marked.count() == 1
    return int(marked.get_attribute("data-index"))


def go(root: Any, index: int) -> None:
    typed = root.get_by_label("Step number")
    typed.fill(str(index + 1))
    typed.press("Enter")
    assert now(root) == index


def press(root: Any, *keys: str) -> None:
    slider(root).focus()
    for key in keys:
        slider(root).press(key)


def panel(root: Any) -> str:
    return root.locator('[data-tfm="value"]').inner_text()


# ---- moving and reading values


def test_forward_and_back_show_the_value_of_each_step(bare: BarePage) -> None:
    """The panel holds what the record says of the step under the cursor, and back undoes forward."""
    root = open_stepper(bare, DIGITS)
    assert now(root) == 0
    for _ in range(BIAS_ADD):
        root.get_by_role("button", name="Step forward").click()
    assert now(root) == BIAS_ADD
    text = panel(root)
    for words in ("model/hidden/BiasAdd:0", "float32 [32,32]", "made as [?,32]"):
        assert words in text
    assert f"{DIGITS['steps'][BIAS_ADD]['values'][0]['max']:.3f}" in text
    root.get_by_role("button", name="Step back").click()
    assert now(root) == BIAS_ADD - 1
    assert "float32 [32]" in panel(root)
    root.get_by_role("button", name="Last step").click()
    assert now(root) == len(DIGITS["steps"]) - 1
    root.get_by_role("button", name="First step").click()
    assert now(root) == 0


def test_a_typed_number_is_clamped_to_the_run(bare: BarePage) -> None:
    """Nothing that a person types leaves the run."""
    root = open_stepper(bare, DIGITS)
    typed = root.get_by_label("Step number")
    for text, index in [("9999", len(DIGITS["steps"]) - 1), ("0", 0), ("17", 16), ("abc", 16)]:
        typed.fill(text)
        typed.press("Enter")
        assert now(root) == index


def test_the_chosen_cell_says_its_arithmetic(bare: BarePage) -> None:
    """`a + b = c` of the cell is that of the recorded cells of inputs and result."""
    root = open_stepper(bare, DIGITS)
    go(root, BIAS_ADD)
    picture = root.get_by_role("application")
    picture.focus()
    for key in ["Home", "PageUp", "ArrowRight", "ArrowRight", "ArrowDown"]:
        picture.press(key)
    cells = DIGITS["steps"][BIAS_ADD]["values"][0]["cells"]["data"]
    product = DIGITS["steps"][BIAS_ADD - 2]["values"][0]["cells"]["data"]
    shown = float(root.locator('[data-tfm="cell"]').inner_text().lstrip("= ").replace("\u2212", "-"))
    assert shown == pytest.approx(cells[32 + 2], rel=1e-2)
    text = panel(root).replace("\u2212", "-")
    assert "[1,2]" in text
    assert f"{product[32 + 2]:.3f}"[:4] in text


def test_a_click_in_the_picture_chooses_the_cell_under_it(bare: BarePage) -> None:
    """The pointer and the ring agree."""
    root = open_stepper(bare, DIGITS)
    go(root, BIAS_ADD)
    canvas = root.locator(".tfm-pic-main canvas")
    box = canvas.bounding_box()
    canvas.click(position={"x": box["width"] * 31.5 / 32, "y": box["height"] * 0.5 / 32})
    assert "[0,31]" in panel(root)


def test_a_write_shows_before_and_change(bare: BarePage) -> None:
    """Before plus change is what the step wrote."""
    root = open_stepper(bare, DIGITS)
    go(root, WRITE_W)
    text = panel(root)
    for words in ("before", "change", "Adam/update_model/hidden/w/ApplyAdam:0"):
        assert words in text
    assert "writes so far: model/hidden/w" in root.locator('[data-tfm="status"]').inner_text()


def test_values_of_every_rank_and_dtype_are_drawn(bare: BarePage) -> None:
    """Each step of the collection of kinds shows its dtype and shape, and nothing fails."""
    trace = traces.kinds()
    root = open_stepper(bare, trace)
    for index, step in enumerate(trace["steps"]):
        go(root, index)
        value = step["values"][0]
        assert f"{value['dtype']} [{','.join(map(str, value['shape']))}]" in panel(root), step["name"]
    go(root, 3)
    root.get_by_label("axis 0").fill("2")
    assert "[2," in panel(root)
    go(root, 16)
    root.get_by_role("button", name=":1 float32 [4,5]").click()
    assert "two:1" in panel(root)


def test_the_table_behind_a_picture_has_the_numbers(bare: BarePage) -> None:
    """Enter in the picture opens the table at the cell, Enter in the table gives the picture back."""
    trace = traces.kinds()
    root = open_stepper(bare, trace)
    go(root, 2)
    root.get_by_role("application").focus()
    root.get_by_role("application").press("Enter")
    table = root.get_by_role("table")
    assert table.locator("tbody tr").count() == 4
    first = float(table.locator("tbody td").first.inner_text().replace("\u2212", "-"))
    assert first == pytest.approx(trace["steps"][2]["values"][0]["cells"]["data"][0], rel=1e-2)
    table.locator("xpath=ancestor::div[@role='group'][1]").press("Enter")
    assert root.get_by_role("application").is_visible()


# ---- NaN and errors


def test_the_first_nan_is_one_key_away(bare: BarePage) -> None:
    """`!` finds the first step with a value that is not finite; the health list counts what is there."""
    trace = traces.kinds()
    root = open_stepper(bare, trace)
    press(root, "!")
    assert now(root) == 5
    for key, count in [("nan", "1"), ("pos_inf", "1"), ("neg_inf", "1")]:
        assert root.locator(f'[data-health="{key}"] dd').inner_text() == count
    root.get_by_role("button", name="go to").click()
    root.get_by_role("menuitem", name="first NaN or Inf").click()
    assert now(root) == 5
    assert root.locator('[data-tfm="row"][data-name="bad/matrix"]').get_by_text("NaN").is_visible()


def test_a_run_that_stopped_opens_at_its_error(bare: BarePage) -> None:
    """The step that failed is shown with the message and its inputs."""
    root = open_stepper(bare, traces.stopped())
    assert now(root) == 2
    text = panel(root)
    for words in ("InvalidArgumentError", "Matrix size-incompatible", "[2,3]", "[4,5]"):
        assert words in text
    assert "Not reached" in root.get_by_label("Not needed", exact=True).inner_text()


def test_html_in_names_and_values_stays_text(bare: BarePage) -> None:
    """Nothing from the graph becomes markup."""
    root = open_stepper(bare, traces.hostile())
    assert bare.page.evaluate("() => window.hacked") is None
    assert root.locator("img").count() == 0
    assert traces.HOSTILE in panel(root)


# ---- keyboard


def test_keys_move_by_step_scope_and_write(bare: BarePage) -> None:
    """Arrows step, PgUp and PgDn go by scope, brackets by write, Home and End to the ends."""
    root = open_stepper(bare, DIGITS)
    press(root, "ArrowRight", "ArrowRight", "ArrowLeft")
    assert now(root) == 1
    press(root, "PageDown", "PageDown")
    assert now(root) == 11
    press(root, "PageUp")
    assert now(root) == 2
    press(root, "]")
    assert now(root) == WRITE_W
    press(root, "]", "[")
    assert now(root) == WRITE_W
    press(root, "End")
    assert now(root) == len(DIGITS["steps"]) - 1
    press(root, "Home")
    assert now(root) == 0


def test_enter_opens_the_parts_of_a_step(bare: BarePage) -> None:
    """Plumbing stays folded until asked for, and a part shows its own value."""
    root = open_stepper(bare, DIGITS)
    go(root, 24)
    rows = root.locator('[data-tfm="row"][aria-level="3"]')
    assert rows.count() == 0
    press(root, "Enter")
    parts = DIGITS["steps"][24]["parts"]
    assert rows.count() == len(parts)
    rows.nth(2).click()
    assert f"part 3 of {len(parts)}" in panel(root)
    assert parts[2]["name"] in panel(root)
    press(root, "Enter")
    assert "part 3 of" not in panel(root)


def test_the_plan_is_a_tree_for_the_keyboard(bare: BarePage) -> None:
    """Arrows walk the rows, right and left open and close, Enter goes to the step."""
    root = open_stepper(bare, DIGITS)
    tree = root.get_by_role("tree")
    tree.focus()
    tree.press("Home")
    for _ in range(3):
        tree.press("ArrowDown")
    noise = root.locator('[data-tfm="row"][data-row="b1"]')
    assert noise.get_attribute("aria-expanded") == "false"
    tree.press("ArrowRight")
    assert noise.get_attribute("aria-expanded") == "true"
    tree.press("ArrowDown")
    tree.press("Enter")
    assert now(root) == 2
    tree.press("ArrowLeft")
    tree.press("ArrowLeft")
    assert noise.get_attribute("aria-expanded") == "false"


def test_the_slider_says_each_step(bare: BarePage) -> None:
    """The value text of the slider is the sentence of the step."""
    root = open_stepper(bare, FORWARD)
    go(root, BIAS_ADD)
    mean = FORWARD["steps"][BIAS_ADD]["values"][0]["mean"]
    words = f"Step 15 of 34: BiasAdd (model/hidden). float32 [32,32], mean {mean:.3g}, no NaN. Next: Relu."
    assert slider(root).get_attribute("aria-valuetext") == words
    assert slider(root).get_attribute("aria-valuenow") == "15"
    assert slider(root).get_attribute("aria-valuemax") == "34"


def test_find_goes_to_the_step(bare: BarePage) -> None:
    """The find field counts the hits and Enter walks them."""
    root = open_stepper(bare, DIGITS)
    slider(root).focus()
    slider(root).press("/")
    find = root.locator('[data-tfm="find"]')
    find.fill("biasadd")
    assert now(root) == BIAS_ADD
    find.press("Enter")
    assert now(root) == 19


# ---- selection and state


def test_a_variable_selected_elsewhere_marks_its_steps(bare: BarePage) -> None:
    """Steps that read a variable and the step that writes it are marked, and the cursor stays."""
    root = open_stepper(bare, DIGITS)
    writes = DIGITS["steps"][WRITE_W]["writes"][0]["variable"]
    bare.receive({"type": "select", "selection": {"kind": "variable", "id": writes, "origin": "graph"}})
    marks = root.locator('[data-tfm="mark"]')
    found = {(int(m.get_attribute("data-index")), m.get_attribute("data-how")) for m in marks.all()}
    expected = {(i, "reads") for i, s in enumerate(DIGITS["steps"]) if writes in s["reads"]} | {(WRITE_W, "writes")}
    assert found == expected
    assert now(root) == 0


def test_the_step_is_published_once_the_cursor_rests(bare: BarePage) -> None:
    """A variable's step selects the variable, any other the operation."""
    root = open_stepper(bare, DIGITS)
    go(root, BIAS_ADD)
    bare.page.wait_for_function("() => window.model.get('state').selection?.kind === 'op'")
    assert bare.state()["selection"]["id"] == DIGITS["steps"][BIAS_ADD]["op"]
    go(root, WRITE_W)
    bare.page.wait_for_function("() => window.model.get('state').selection?.kind === 'variable'")
    assert bare.state()["selection"]["id"] == DIGITS["steps"][WRITE_W]["writes"][0]["variable"]


def test_a_selection_made_elsewhere_wins_over_the_step_before_it(bare: BarePage) -> None:
    """The step is published a moment after the cursor rests; what a person selects in that moment is newer and stays."""
    root = open_stepper(bare, DIGITS)
    slider(root).focus()
    chosen = {"kind": "variable", "id": 0, "origin": "scopes"}
    bare.page.evaluate(
        """(selection) => {
          document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true}));
          window.model.receive({type: "select", selection});
        }""",
        chosen,
    )
    bare.page.wait_for_timeout(600)
    assert now(root) == 1
    assert bare.state()["selection"] == chosen


def test_state_brings_the_step_the_cell_and_the_stops_back(bare: BarePage) -> None:
    """What `state` holds is enough to show the same again."""
    root = open_stepper(bare, DIGITS)
    go(root, BIAS_ADD)
    root.get_by_role("application").press("End")
    press(root, "b")
    bare.page.wait_for_function("() => window.model.get('state').stops?.length === 2")
    state = bare.state()
    chosen = state["cursor"]["cell"]
    root = open_stepper(bare, DIGITS, state=state)
    assert now(root) == BIAS_ADD
    assert f"[{chosen[0]},31]" in panel(root)
    assert root.locator('[data-stop="model/hidden/BiasAdd"]').count() == 1


def test_a_new_trace_replaces_the_run(bare: BarePage) -> None:
    """A trace that arrives as a message is shown."""
    root = open_stepper(bare, {})
    assert "No run yet" in root.inner_text()
    bare.receive({"type": "trace", "trace": FORWARD})
    assert now(root) == 0
    assert "run 42 in session A" in root.inner_text()


def test_a_live_run_can_be_repeated_and_written(bare: BarePage) -> None:
    """The buttons ask Python and say what came of it; a recorded view has none."""
    root = open_stepper(bare, DIGITS, live="live")
    root.get_by_role("button", name="Write 6 variables").click()
    asked = bare.sent()[-1]
    assert (asked["type"], asked["kind"]) == ("ask", "commit")
    bare.receive({"type": "answer", "id": asked["id"], "ok": True, "value": {"written": ["model/hidden/w"]}})
    status = root.locator('[data-tfm="status"]')
    status.get_by_text("Written into the session: model/hidden/w.").wait_for()
    root.get_by_role("button", name="Run again").click()
    asked = bare.sent()[-1]
    bare.receive({"type": "answer", "id": asked["id"], "ok": False, "error": "Attempted to use a closed Session."})
    status.get_by_text("Attempted to use a closed Session.").wait_for()
    root = open_stepper(bare, DIGITS)
    assert not root.get_by_role("button", name="Run again").is_visible()


# ---- layout, size, speed


@pytest.mark.parametrize("width", [480, 630, 900, 1400])
def test_nothing_sticks_out_at_any_width(bare: BarePage, width: int) -> None:
    """No part of the stepper is wider than the stage, at a wide picture, a vector and a write."""
    root = open_stepper(bare, DIGITS, width=width)
    for index in (BIAS_ADD, BIAS_ADD - 1, WRITE_W):
        go(root, index)
        stuck = root.evaluate(
            """(el) => {
              const stepper = el.querySelector('.tfm-stepper');
              const right = stepper.getBoundingClientRect().right + 1;
              const out = [...stepper.querySelectorAll('*')].filter((n) => n.getBoundingClientRect().right > right);
              return out.map((n) => `${n.tagName} ${n.getAttribute('class')}: ${n.textContent.slice(0, 40)}`);
            }"""
        )
        assert stuck == []


def test_a_run_of_5000_steps_stays_small_and_fast(bare: BarePage) -> None:
    """The page holds at most 1,500 elements, and a key is drawn within a frame (with room for a busy machine)."""
    root = open_stepper(bare, traces.long(5000))
    go(root, 3210)
    assert root.evaluate("(el) => el.querySelectorAll('*').length") < 1500
    times = slider(root).evaluate(
        """(el) => Array.from({length: 40}, () => {
          const start = performance.now();
          el.dispatchEvent(new KeyboardEvent('keydown', {key: 'ArrowRight', bubbles: true}));
          document.body.offsetHeight;
          return performance.now() - start;
        }).sort((a, b) => a - b)"""
    )
    assert now(root) == 3250
    assert times[20] < 34


# ---- text twin and accessibility


@pytest.mark.parametrize("name", ["digits", "forward", "kinds", "hostile", "stopped", "empty", "looping"])
def test_the_page_makes_the_text_twin_of_python(bare: BarePage, name: str) -> None:
    """Both halves say the same, letter for letter."""
    made = {"digits": lambda: DIGITS, "forward": lambda: FORWARD, "empty": dict}.get(name) or getattr(traces, name)
    trace = made()
    root = open_stepper(bare, trace)
    root.locator('[data-tfm="twin-switch"]').click()
    assert root.locator('[data-tfm="twin"]').text_content() == trace_text(trace)


def test_turns_of_a_loop_are_brackets(bare: BarePage) -> None:
    """Each turn that is shown has its bracket, and its steps can be gone to."""
    trace = traces.looping()
    root = open_stepper(bare, trace)
    text = root.text_content()
    for title in ("turn 1 of while", "turn 6 of while", "turn 1,000 of while", "end of while"):
        assert title in text
    turns = [index for index, step in enumerate(trace["steps"]) if step["title"] == "mul"]
    assert len(turns) == 7
    go(root, turns[3])
    assert now(root) == turns[3]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("case", ["digits", "write", "part", "text", "bad", "stopped", "empty", "narrow"])
def test_axe_finds_nothing(bare: BarePage, theme: str, case: str) -> None:
    """No violation of any impact in our root."""
    from axe_playwright_python.sync_playwright import Axe

    trace = {"text": traces.kinds, "bad": traces.kinds, "stopped": traces.stopped, "empty": dict}.get(
        case, lambda: DIGITS
    )()
    root = open_stepper(bare, trace, theme=theme, width=480 if case == "narrow" else 900)
    if case not in ("empty", "stopped"):
        go(root, {"write": WRITE_W, "part": 24, "text": 9, "bad": 5}.get(case, BIAS_ADD))
    if case == "part":
        press(root, "Enter")
    found = Axe().run(bare.page, context=".tfm").response["violations"]
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found] == []
