// Small parts of the graph view: the empty state, the name of a selection, the zoom buttons.

import { element } from "../../lib/dom.js";

/** What stands in the room of a graph without operations. */
export function emptyWords(store) {
  return [
    element("p", {}, `No operations yet in ${store.graph.label}. They appear here as they are made.`),
    element("pre", {}, 'x = tf.placeholder(tf.float32, [None, 64], name="x")\nw = tf.get_variable("w", [64, 10])'),
  ];
}

/** Name of a selection for the status line. */
export function describeSelection({ kind, id }, store) {
  if (kind === "variable") return store.variables[id]?.name ?? "none";
  if (kind === "op") return store.ops.name[id] ?? "none";
  if (kind === "tensor") {
    const [op, port] = String(id).split(":");
    return `${store.ops.name[Number(op)]}:${port}`;
  }
  if (kind === "namescope") return id;
  if (kind === "scope") return store.scopes[id]?.name || "root scope";
  if (kind === "collection") return store.collections[id]?.key ?? "none";
  return `${kind} ${typeof id === "number" ? id + 1 : id}`;
}

/** Plus, minus and fit in a corner, shown while the picture is larger than the room or was moved. */
export function zoomButtons(stage, reset) {
  const button = (label, text, run) => element("button", { type: "button", class: "tfm-graph-zoom-button", "aria-label": label, title: label, onclick: run }, text);
  const el = element("div", { class: "tfm-graph-zoom", role: "group", "aria-label": "zoom" },
    button("zoom out", "−", () => stage.zoom(1 / 1.25)), button("zoom in", "+", () => stage.zoom(1.25)), button("fit the whole graph", "fit", () => stage.fit(true)),
    button("first picture again", "reset", reset));
  return {
    el,
    update() {
      if (!stage.scene) return;
      const { scale, x, y } = stage.view;
      const out = x < -2 || y < -2 || stage.scene.width * scale + x > stage.size.width + 2 || stage.scene.height * scale + y > stage.size.height + 2;
      el.classList.toggle("shown", out || stage.touched);
    },
  };
}
