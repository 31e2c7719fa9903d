"""The script that every widget carries: the built bundle, packed, and a loader that unpacks it once a page.

A widget sends its module's text with every instance and keeps it in a saved notebook, so that it works without a kernel. Packed,
that text is a third as long; the second widget on a page finds the bundle unpacked.
"""

from __future__ import annotations

import base64
import functools
import gzip
import hashlib
import json
import pathlib

STATIC = pathlib.Path(__file__).parent / "static"

_LOADER = """// The views of tfmini, packed. Sources: widgets/src in the repository.
const id = "@ID@";
const packed = "@PACKED@";
const pages = (globalThis.__tfminiBundles ??= new Map());
function unpacked() {
  if (!pages.has(id)) pages.set(id, unpack().catch((error) => { pages.delete(id); throw error; }));
  return pages.get(id);
}
async function unpack() {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const { script, style } = JSON.parse(await new Response(stream).text());
  const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
  try {
    return { widget: (await import(address)).default, style };
  } finally {
    URL.revokeObjectURL(address);
  }
}
function dress(el, style) {
  const root = el.getRootNode();
  const place = root === document ? document.head : root instanceof ShadowRoot ? root : el;
  if (place.querySelector(`style[data-tfmini="${id}"]`)) return;
  const sheet = document.createElement("style");
  sheet.dataset.tfmini = id;
  sheet.textContent = style;
  place.prepend(sheet);
}
export default {
  async render(context) {
    const { widget, style } = await unpacked();
    if (context.signal?.aborted) return undefined;
    dress(context.el, style);
    return widget.render(context);
  },
};
"""

_WITHOUT_BUNDLE = """
export default {
  render({ model, el }) {
    const text = document.createElement("pre");
    text.textContent = "The drawing of this view is not built (tfmini_widgets/static/tfmini.js is missing).\\n";
    el.append(text);
    const id = String(Math.random());
    model.on("msg:custom", (m) => { if (m.type === "answer" && m.id === id && m.ok) text.textContent += m.value; });
    model.send({ type: "ask", id, kind: "text", payload: {} });
  },
};
"""


@functools.lru_cache(maxsize=1)
def module_source() -> str:
    """Returns the module of all views; without a build, a small one that shows the text twin."""
    script, style = STATIC / "tfmini.js", STATIC / "tfmini.css"
    if not script.exists():
        return _WITHOUT_BUNDLE
    content = {"script": script.read_text(encoding="utf-8"), "style": style.read_text(encoding="utf-8")}
    plain = json.dumps(content, ensure_ascii=False).encode()
    packed = base64.b64encode(gzip.compress(plain, 9, mtime=0)).decode()
    return _LOADER.replace("@ID@", hashlib.sha256(plain).hexdigest()[:16]).replace("@PACKED@", packed)
