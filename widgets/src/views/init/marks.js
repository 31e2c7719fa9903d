// Marks of the initialization order: states of a variable in a session, the hexagon of an init operation, edges and their legend.

import { element, svg } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";

const mark = (name, ...children) => svg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, class: `tfm-io-mark tfm-io-${name}`, "aria-hidden": "true", focusable: "false" }, children);

/** The mark of a state: empty, initialized, restored, assigned; needed and empty is a warning. */
export function stateMark(kind, needed) {
  if (kind === "empty") return needed ? icon("warn", 15) : mark("empty", svg("circle", { cx: 7, cy: 7, r: 4.5, fill: "none", stroke: "currentColor", "stroke-width": 1.4, "stroke-dasharray": "2 1.6" }));
  if (kind === "restored") return mark("restored", svg("circle", { cx: 7, cy: 7, r: 5, fill: "none", stroke: "currentColor", "stroke-width": 1.5 }), svg("circle", { cx: 7, cy: 7, r: 2.2, fill: "currentColor" }));
  if (kind === "assigned") return mark("assigned", svg("rect", { x: 2.5, y: 2.5, width: 9, height: 9, fill: "currentColor" }), svg("rect", { x: 2.5, y: 2.5, width: 3.4, height: 9, class: "tfm-io-bar" }));
  return mark("initialized", svg("circle", { cx: 7, cy: 7, r: 4.8, fill: "currentColor" }));
}

export function hexagon() {
  return svg("svg", { viewBox: "0 0 16 14", width: 16, height: 14, class: "tfm-io-mark tfm-io-hexagon", "aria-hidden": "true", focusable: "false" }, svg("path", { d: "M4.3 .8h7.4L15.3 7l-3.6 6.2H4.3L.7 7z", fill: "currentColor" }));
}

const SHIELD = "M0-7c2 1.6 3.6 2 5.5 2v4.5c0 3-2.2 5.2-5.5 7c-3.3-1.8-5.5-4-5.5-7v-4.5c1.9 0 3.5-.4 5.5-2z";
const TRIANGLE = "M0-7.500l7.500 13.500h-15z";

/** The middle of an edge: a shield, a triangle, or nothing. */
function middle(how, x, y) {
  if (how === "guarded" || how === "ordered") return svg("path", { d: SHIELD, transform: `translate(${x} ${y})`, class: "tfm-io-shield" });
  if (how !== "raw") return null;
  return svg("g", { transform: `translate(${x} ${y - 1})`, class: "tfm-io-triangle" }, svg("path", { d: TRIANGLE }), svg("path", { d: "M0-3v4.200M0 3.500v.1", fill: "none" }));
}

/** An edge as SVG: from (x1, y1) right and down (or up) to (x2, y2); of several from one place, number `nth` turns earlier. */
export function edge(how, x1, y1, x2, y2, label, nth = 0) {
  const turn = Math.max(x1 + 9, Math.min(x1 + 22, x2 - 16) - nth * 9);
  const down = y2 >= y1 ? 1 : -1;
  const r = Math.min(5, Math.abs(y2 - y1) / 2);
  const path = (dx, dy) => `M${x1} ${y1 + dy}H${turn - r + dx}q${r} 0 ${r} ${r * down}V${y2 + dy - r * down}q0 ${r * down} ${r} ${r * down}H${x2 - (how === "raw" ? 9 : 7)}`;
  const lines = how === "initialized_value"
    ? [svg("path", { d: path(1.5, -1.75 * down), class: "tfm-io-line" }), svg("path", { d: path(-1.5, 1.75 * down), class: "tfm-io-line" })]
    : [svg("path", { d: path(0, 0), class: "tfm-io-line" })];
  const head = how === "raw" ? 5 : 4;
  return svg(
    "g", { class: `tfm-io-edge tfm-io-${how}`, "data-tfm": "edge", "data-name": label },
    svg("title", {}, label), lines,
    svg("path", { d: `M${x2 - 10} ${y2 - head}L${x2 - 1} ${y2}L${x2 - 10} ${y2 + head}z`, class: "tfm-io-arrow" }),
    middle(how, turn, nth ? y2 - 13 * down : (y1 + y2) / 2),
  );
}

const WORDS = [["initialized_value", "initialized_value"], ["guarded", "guarded"], ["raw", "raw read"]];

/** What the kinds of reads look like. */
export function legend() {
  return element("div", { class: "tfm-io-legend", role: "img", "aria-label": "Reads in initial values: initialized_value, a double dashed line; guarded by TensorFlow, a line with a shield; raw read, a heavy line with a triangle" },
    WORDS.map(([how, word]) => element("span", {},
      svg("svg", { viewBox: "0 0 40 16", width: 40, height: 16, "aria-hidden": "true", class: "tfm-io-edges" },
        svg("g", { class: `tfm-io-edge tfm-io-${how}` },
          (how === "initialized_value" ? [6.25, 9.75] : [8]).map((y) => svg("path", { d: `M1 ${y}H39`, class: "tfm-io-line" })), middle(how, 20, 8.5))),
      word)));
}
