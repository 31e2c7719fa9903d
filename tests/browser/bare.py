"""The built bundle on an empty page, with a model that is no kernel: the fast way to test a view."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parents[2] / "widgets" / "tfmini_widgets" / "static"
FIXTURES = Path(__file__).parent / "fixtures"

_HOST = """
window.makeModel = (traits) => {
  const values = { view: "graph", record: {}, trace: {}, state: {}, theme: "light", height: 460, live: "recorded", ...traits };
  const listeners = new Map();
  const fire = (name, ...args) => (listeners.get(name) ?? []).forEach((fn) => fn(...args));
  return {
    sent: [],
    get: (key) => values[key],
    set: (key, value) => {
      const next = typeof key === "object" ? key : { [key]: value };
      for (const [name, each] of Object.entries(next)) {
        if (JSON.stringify(values[name]) === JSON.stringify(each)) continue;
        values[name] = each;
        fire(`change:${name}`);
      }
    },
    save_changes() {},
    on: (name, fn) => listeners.set(name, [...(listeners.get(name) ?? []), fn]),
    off: (name, fn) => listeners.set(name, (listeners.get(name) ?? []).filter((each) => each !== fn)),
    send(message) { this.sent.push(message); },
    receive: (message) => fire("msg:custom", message, []),
    values,
  };
};
window.mount = (traits, width) => {
  const el = document.createElement("div");
  el.style.width = `${width}px`;
  document.querySelector("main").append(el);
  const model = window.makeModel(traits);
  const abort = new AbortController();
  window.bundle.render({ model, el, signal: abort.signal });
  window.model = model;
  return (window.mounted = { model, el, abort });
};
window.clearPage = () => {
  window.mounted?.abort.abort();
  document.querySelector("main").replaceChildren();
  window.__tfmini?.graphs.clear();
};
"""


def fixture_json(name: str) -> Any:
    """Returns a recorded fixture of this folder."""
    return json.loads((FIXTURES / name).read_text())


class BarePage:
    """A page with the bundle. `mount` shows a view and returns its root as a locator."""

    def __init__(self, page: Any) -> None:
        self.page = page
        css = (STATIC / "tfmini.css").read_text()
        html = (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>tfmini</title><style>body{margin:0}'
            f"{css}</style></head><body><main><h1 class='tfm-sr' style='position:absolute;clip-path:inset(50%)'>tfmini</h1></main></body></html>"
        )
        page.set_content(html)
        script = (STATIC / "tfmini.js").read_text()
        page.evaluate(
            """async (source) => {
              const url = URL.createObjectURL(new Blob([source], {type: "text/javascript"}));
              window.bundle = (await import(url)).default;
            }""",
            script,
        )
        page.evaluate(_HOST)

    def mount(
        self,
        view: str,
        record: Any = None,
        trace: Any = None,
        *,
        width: int = 900,
        height: int = 520,
        theme: str = "light",
        state: Any = None,
        live: str = "recorded",
    ) -> Any:
        """Shows one view on an otherwise empty page."""
        self.page.set_viewport_size({"width": width + 20, "height": height + 40})
        self.page.evaluate("() => window.clearPage()")
        background = "#111418" if theme == "dark" else "#ffffff"
        self.page.evaluate("(colour) => { document.body.style.background = colour; }", background)
        traits = {
            "view": view,
            "record": record or {},
            "trace": trace or {},
            "theme": theme,
            "height": height,
            "state": state or {},
            "live": live,
        }
        self.page.evaluate("([traits, width]) => { window.mount(traits, width); }", [traits, width])
        self.page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
        return self.page.locator(".tfm").first

    def receive(self, message: Any) -> None:
        """Gives the widget a message, as Python would send it."""
        self.page.evaluate("(message) => window.model.receive(message)", message)

    def sent(self) -> list[Any]:
        """Returns the messages that the widget has sent."""
        return self.page.evaluate("() => window.model.sent")

    def state(self) -> Any:
        """Returns the trait `state`."""
        return self.page.evaluate("() => window.model.get('state')")

    def picture(self, path: Any) -> None:
        """Saves a picture of the widget."""
        self.page.locator(".tfm").first.screenshot(path=str(path))
