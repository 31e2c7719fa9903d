"""Prints what the views reach: first paint, linked selection, live updates, a long log, accessibility, colours, cost of recording.

    python -m tests.browser.figures [--lab] [--only NAME ...]

Medians over five in headless Chromium. Nothing here is a test: a busy machine is slow, and the table says how many processes waited.
`--lab` also measures live updates in JupyterLab.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ROUNDS = 5
VIEWS = ("graph", "scopes", "collections", "reuse", "init", "dashboard")
GOALS = {10: 150, 100: 200, 1000: 300}
HEIGHT = 640

_PAINT = """async ([view, height, state]) => {
  const {record} = window;
  window.clearPage();
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const traits = {view, record, trace: {}, theme: "light", height, state: state ?? {}, live: "recorded"};
  const started = performance.now();
  window.mount(traits, 1200);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return [performance.now() - started, document.querySelector(".tfm").querySelectorAll("*").length];
}"""

_LINKED = """async (names) => {
  window.clearPage();
  const {record} = window;
  const kept = [];
  for (const view of ["graph", "scopes", "collections", "reuse", "init", "dashboard"]) kept.push(window.mount({view, record, trace: {}, theme: "light", height: 420, state: {}, live: "recorded"}, 1200));
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await frames();
  await frames();
  const bus = [...window.__tfmini.graphs.values()][0].bus;
  const times = [];
  for (let k = 0; k < 24; k += 1) {
    await new Promise((done) => setTimeout(done, 60));
    await new Promise((done) => requestAnimationFrame(done));
    const started = performance.now();
    bus.select({kind: "variable", id: (k * 37) % names, origin: "figures"});
    await new Promise((done) => requestAnimationFrame(() => { const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }));
    times.push(performance.now() - started);
  }
  for (const each of kept) each.abort.abort();
  return times.slice(4);
}"""

_SCROLL = """async () => {
  const places = [...document.querySelectorAll(".tfm *")].filter((each) => each.scrollHeight > each.clientHeight + 200 && ["auto", "scroll"].includes(getComputedStyle(each).overflowY));
  const place = places.sort((a, b) => b.scrollHeight - a.scrollHeight)[0];
  if (!place) return null;
  const times = [];
  let last = performance.now();
  for (let k = 0; k < 90; k += 1) {
    place.scrollTop += 137;
    await new Promise((done) => requestAnimationFrame(done));
    const now = performance.now();
    times.push(now - last);
    last = now;
  }
  return times.slice(5);
}"""


def program(variables: int) -> dict[int, str]:
    """Returns a program with that many variables in scopes, an initial value that reads another one, and a session."""
    return {
        1: f"""for k in range({max(1, variables // 2)}):
    with tf.variable_scope(f"block_{{k // 10}}"), tf.variable_scope(f"layer_{{k % 10}}"):
        w = tf.get_variable("w", [4, 4])
        b = tf.get_variable("b", [4], initializer=tf.zeros_initializer())
x = tf.placeholder(tf.float32, [None, 4])
y = tf.matmul(x, w) + b
init = tf.global_variables_initializer()
sess = tf.Session()
sess.run(init)
"""
    }


def shared_calls(count: int) -> dict[int, str]:
    """Returns a program with that many calls of `get_variable`, nearly all of them shared."""
    return {
        1: f"""with tf.variable_scope("model", reuse=tf.AUTO_REUSE):
    for k in range({count}):
        tf.get_variable(f"w_{{k % 50}}", [2])
"""
    }


def tail(times: list[float], share: float = 0.95) -> float:
    """Returns the time that this share of all times does not exceed."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


Row = tuple[str, str, str]


def give(bare: Any, record: Any) -> None:
    """Puts a record on the page, as text: that is how a host hands it over."""
    bare.page.evaluate("(text) => { window.record = JSON.parse(text); }", json.dumps(record))


def first_paint(bare: Any) -> Iterator[Row]:
    """First paint of each view with 10, 100 and 1,000 variables."""
    from .fixtures.records import record_of_program

    for variables, goal in GOALS.items():
        record = record_of_program(program(variables))
        for view in VIEWS:
            give(bare, record)
            found = [bare.page.evaluate(_PAINT, [view, HEIGHT]) for _ in range(ROUNDS)]
            yield (
                f"first paint, {view}, {variables:,} variables",
                f"{statistics.median(each[0] for each in found):.0f} ms, {found[-1][1]:,} elements",
                f"{goal} ms",
            )


def linked(bare: Any) -> Iterator[Row]:
    """Time from a selection to all six views drawn."""
    from .fixtures.records import record_of_program

    record = record_of_program(program(1000))
    give(bare, record)
    devtools = bare.page.context.new_cdp_session(bare.page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _busy(devtools)
    times = [each for _ in range(3) for each in bare.page.evaluate(_LINKED, 900)]
    worked = (_busy(devtools) - before) / len(times)
    devtools.detach()
    reached = (
        f"{tail(times):.0f} ms p95, {statistics.median(times):.0f} ms median; the page works {worked:.0f} ms for each"
    )
    yield "linked selection, six views, 1,000 variables", reached, "50 ms p95"


def _busy(devtools: Any) -> float:
    """Returns how long the page's main thread has worked, in ms; other processes do not count."""
    metrics = devtools.send("Performance.getMetrics")["metrics"]
    return 1000 * float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def long_log(bare: Any) -> Iterator[Row]:
    """A log of 50,000 calls: opening, elements, frames while scrolling."""
    from .fixtures.records import record_of_program

    record = record_of_program(shared_calls(50_000))
    give(bare, record)
    found = [bare.page.evaluate(_PAINT, ["reuse", HEIGHT]) for _ in range(ROUNDS)]
    yield "a log of 50,000 calls opens", f"{statistics.median(each[0] for each in found):.0f} ms", "500 ms"
    yield "its elements", f"{max(each[1] for each in found):,}", "2,500"
    bare.page.evaluate(_PAINT, ["reuse", HEIGHT, {"reuse.by": "order"}])  # ungrouped: every call has a row
    yield "its elements, ungrouped", f"{bare.page.locator('.tfm *').count():,}", "2,500"
    frames = bare.page.evaluate(_SCROLL)
    yield (
        "frames while it scrolls",
        "-" if frames is None else f"{1000 / statistics.median(frames):.0f} a second, {tail(frames):.0f} ms p95",
        "60 a second",
    )


def accessible(bare: Any) -> Iterator[Row]:
    """What axe finds in every view, in three themes, with the text twin closed and open."""
    from .fixtures.records import recorded
    from .test_shell import violations

    found, pages = [], 0
    for view in VIEWS:
        for theme in ("light", "dark", "contrast"):
            for state in ({}, {"twin": True}):
                for width in (1200, 480):
                    bare.mount(view, recorded("init"), theme=theme, width=width, height=HEIGHT, state=state)
                    bare.page.wait_for_timeout(60)
                    pages += 1
                    found += [f"{view} {theme} {each[0]}" for each in violations(bare)]
    for each in sorted(set(found)):
        print(f"  axe: {each}", file=sys.stderr)
    yield f"axe violations, {pages} pages", f"{len(found)}", "0"


def colours(_bare: Any) -> Iterator[Row]:
    """The smallest difference of two colours over four kinds of vision."""
    from tests.widgets.colours import CLASSES, VERDICTS, smallest_difference, tokens

    for theme in ("light", "dark"):
        for word, names in (("classes", CLASSES), ("verdicts", VERDICTS)):
            found, _ = smallest_difference([tokens(theme)[each] for each in names])
            yield f"smallest colour difference, {word}, {theme}", f"{found:.1f}", "20"


def recording(_bare: Any) -> Iterator[Row]:
    """What an open view costs an operation that is added."""
    from tfmini_widgets.hub import GraphHub

    import tfmini
    from benchmarks import dashboard

    shut, opened = (dashboard._building(tfmini, GraphHub, is_open) for is_open in (False, True))
    yield (
        "an operation is added, no view / one view more",
        f"{shut:.1f} us / {max(0.0, opened - shut):.1f} us",
        "0 / 20 us",
    )


MEASURES: dict[str, Callable[[Any], Iterator[Row]]] = {
    "paint": first_paint,
    "linked": linked,
    "log": long_log,
    "axe": accessible,
    "colours": colours,
    "recording": recording,
}

# ---- JupyterLab

_LIVE_CELLS = [
    "import tfmini as tf, tfmini_widgets as tfw\ntf.reset_default_graph()",
    "tfw.init_order()",
    'made = tf.Variable(1.0, name=f"v{len(tf.global_variables())}")',
]

_LIVE = """async (rounds) => {
  const {kernel} = window.__notebook.sessionContext.session;
  const times = [];
  for (let k = 0; k < rounds; k += 1) {
    let idle = 0;
    let drawn = 0;
    const note = (_, message) => { if (message.header.msg_type === "status" && message.content.execution_state === "idle" && message.parent_header.msg_type === "execute_request") idle = performance.now(); };
    kernel.iopubMessage.connect(note);
    const root = document.querySelector('.tfm[data-view="init"]');
    const wanted = `v${k}`;
    const observer = new MutationObserver(() => { if (!drawn && root.querySelector(`[data-tfm="row"][data-name="${wanted}"]`)) drawn = performance.now(); });
    observer.observe(root, {subtree: true, childList: true});
    window.__notebook.content.activeCellIndex = 2;
    window.__notebook.content.deselectAll();
    await window.jupyterapp.commands.execute("notebook:run-cell");
    for (let wait = 0; wait < 400 && !(idle && drawn); wait += 1) await new Promise((done) => setTimeout(done, 5));
    observer.disconnect();
    kernel.iopubMessage.disconnect(note);
    times.push(idle && drawn ? Math.max(0, drawn - idle) : 10000);
  }
  return times;
}"""


def live(browser: Any) -> Iterator[Row]:
    """Time from the end of a cell to the new row drawn, in JupyterLab."""
    from .chromium import Watch
    from .lab import Lab, jupyter_server

    folder = Path(tempfile.mkdtemp())
    with jupyter_server(folder) as address:
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        lab = Lab(page, address, folder, Watch(page))
        lab.start()
        lab.open(lab.write("live.ipynb", _LIVE_CELLS))
        for index in (0, 1):
            lab.run_cell(index)
        page.locator('.tfm[data-view="init"]').first.wait_for()
        times = page.evaluate(_LIVE, 25)[5:]
        lab.close()
        page.close()
    yield (
        "live update in JupyterLab after the cell ended",
        f"{tail(times):.0f} ms p95, {statistics.median(times):.0f} ms median",
        "150 ms p95",
    )


def show(rows: Iterator[Row]) -> None:
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lab", action="store_true", help="also measure live updates in JupyterLab")
    parser.add_argument("--only", nargs="*", choices=MEASURES, default=list(MEASURES))
    chosen = parser.parse_args()
    root = Path(__file__).resolve().parents[2]
    sys.path[:0] = [str(root), str(root / "widgets")]
    from playwright.sync_api import sync_playwright

    from .bare import BarePage
    from .chromium import FLAGS, require_chromium

    print("| figure | reached | goal |\n|---|---|---|")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=require_chromium(), args=FLAGS, headless=True)
        bare = BarePage(browser.new_page(viewport={"width": 1240, "height": 720}))
        for name in chosen.only:
            show(MEASURES[name](bare))
        if chosen.lab:
            show(live(browser))
        browser.close()
    print(f"\n{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the end.")


if __name__ == "__main__":
    main()
