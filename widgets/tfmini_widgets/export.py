"""One-file pages: the bundle, the record and a small host that shows a view without a kernel and without a network."""

from __future__ import annotations

import base64
import html
import json
import pathlib
from typing import Any

_STATIC = pathlib.Path(__file__).parent / "static"

# A widget host of a few lines: the traits are the data of the page, messages go nowhere, questions are refused at once.
_HOST = """
const data = JSON.parse(document.getElementById("tfmini-data").textContent);
const listeners = new Map();
const emit = (name, ...values) => { for (const each of [...(listeners.get(name) ?? [])]) each(...values); };
const traits = { ...data, live: "recorded" };
const model = {
  get: (name) => traits[name],
  set(name, value) { traits[name] = value; emit(`change:${name}`); },
  save_changes() {},
  on(name, call) { listeners.set(name, [...(listeners.get(name) ?? []), call]); },
  off(name, call) { listeners.set(name, (listeners.get(name) ?? []).filter((each) => call && each !== call)); },
  send(message) {
    if (message?.type !== "ask") return;
    const error = "There is no kernel behind this page.";
    setTimeout(() => emit("msg:custom", { type: "answer", id: message.id, ok: false, error }), 0);
  },
};
const script = document.getElementById("tfmini-script").textContent;
const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
const el = document.getElementById("tfmini-view");
try {
  const found = (await import(address)).default;
  const widget = typeof found === "function" ? await found() : found;
  const { signal } = new AbortController();
  await widget.initialize?.({ model, signal });
  el.replaceChildren();
  await widget.render({ model, el, signal });
} catch (error) {
  const note = document.createElement("p");
  note.textContent = `The live drawing could not start (${error}). The picture and the text below show the same facts.`;
  el.prepend(note);
}
"""

_STYLE = """
:root { color-scheme: light dark; }
body { margin: 16px; font: 14px/1.5 system-ui, sans-serif; }
h1 { font-size: 18px; font-weight: 600; margin: 0 0 12px; }
img { max-width: 100%; }
pre { overflow-x: auto; }
details { margin-top: 16px; }
"""


def to_json_text(data: Any) -> str:
    """Returns plain data as JSON."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def script_safe(data: Any) -> str:
    """Returns JSON that can stand inside a script element: nothing in it ends the element or starts a comment."""
    text = to_json_text(data)
    return (
        text.replace("<", "\\u003c").replace(">", "\\u003e").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )


def page(data: dict[str, Any], svg: str, text: str, title: str) -> str:
    """Returns one HTML page that draws `data`; without scripts it shows `svg` and `text`.

    Args:
      data: what `LiveView.to_json()` gives.
      svg: the picture for readers without scripts.
      text: the text twin.
      title: the name of the page.
    """
    code = base64.b64encode(svg.encode()).decode()
    script = _read("tfmini.js").replace("</script", "<\\/script").replace("<!--", "<\\!--")
    style = _read("tfmini.css").replace("</style", "<\\/style")
    name = html.escape(title, quote=True)
    body = html.escape(text)
    parts = [
        "<!doctype html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}</title>",
        f"<style>{_STYLE}{style}</style>",
        "</head>",
        "<body>",
        "<main>",
        f"<h1>{name}</h1>",
        f'<div id="tfmini-view"><img alt="{name}" src="data:image/svg+xml;base64,{code}"></div>',
        f"<details><summary>The same as text</summary><pre>{body}</pre></details>",
        "</main>",
        f'<script type="application/json" id="tfmini-data">{script_safe(data)}</script>',
    ]
    if script:
        parts.append(f'<script type="text/plain" id="tfmini-script">{script}</script>')
        parts.append(f'<script type="module">{_HOST}</script>')
    return "\n".join([*parts, "</body>", "</html>", ""])


def _read(name: str) -> str:
    path = _STATIC / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
