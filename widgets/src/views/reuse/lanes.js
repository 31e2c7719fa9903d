// One lane a variable: where it was made, which calls got it again, where a call was refused. Calls stand in order along x.

import { svg } from "../../lib/dom.js";
import { counted, grouped, leafOf, scopeOf, shortened } from "../../lib/names.js";
import { shapeOf, TONE } from "../../lib/requests.js";
import { forSlots } from "../../lib/text.js";

const LABEL = 176; // width of the labels at the left
const STEP = 46; // from one call to the next
const HEAD = 74; // height of the head: where the calls came from, and their mode
const GAP = 6;
export const MOST_LANES = 60;
export const MOST_CALLS = 240;

const PAGE = { canvas: "var(--tfm-canvas)", panel: "var(--tfm-panel)", ink: "var(--tfm-ink)", muted: "var(--tfm-muted)", line: "var(--tfm-line)", variable: "var(--tfm-variable)", made: "var(--tfm-made)", shared: "var(--tfm-shared)", warn: "var(--tfm-warn)", refused: "var(--tfm-refused)", sans: "var(--tfm-sans)", mono: "var(--tfm-mono)" };
export const PAPER = { canvas: "#ffffff", panel: "#f6f8fa", ink: "#14181f", muted: "#555658", line: "#d8dce2", variable: "#0460a0", made: "#1c548c", shared: "#169a5d", warn: "#b27b01", refused: "#921d0f", sans: "system-ui, sans-serif", mono: "ui-monospace, Menlo, Consolas, monospace" };

/** Which calls are drawn, in columns (neighbours that one line caused) and lanes (one a name). */
export function laneModel(store, kept) {
  const calls = [];
  store.requests.forEach((request, index) => { if (kept(request, index) && (!forSlots(request) || request.word === "refused")) calls.push(index); });
  const shown = calls.slice(-MOST_CALLS);
  const columns = [];
  for (const index of shown) {
    const request = store.requests[index];
    const key = request.via.length ? `${request.via[0]}@${request.cell}` : `#${index}`;
    const last = columns.at(-1);
    if (last && last.key === key) last.calls.push(index);
    else columns.push({ key, site: request.via[0] ?? request.site, mode: request.mode, calls: [index] });
  }
  const names = [];
  const of = new Map();
  for (const index of shown) {
    const name = store.requests[index].name.replace(/\/$/, "");
    if (!of.has(name)) { of.set(name, []); names.push(name); }
    of.get(name).push(index);
  }
  const order = new Map();
  for (const name of names) if (!order.has(scopeOf(name))) order.set(scopeOf(name), order.size);
  names.sort((a, b) => order.get(scopeOf(a)) - order.get(scopeOf(b)));
  return { columns, lanes: names.slice(0, MOST_LANES).map((name) => ({ name, calls: of.get(name) })), left: { lanes: Math.max(0, names.length - MOST_LANES), calls: calls.length - shown.length } };
}

/** The picture as an SVG element. `choose(index)` makes it answer clicks and keys. */
export function lanesPicture(store, model, { palette = PAGE, selected = -1, choose = null, focus = -1, width = 0 } = {}) {
  const c = palette;
  const x = new Map();
  let at = LABEL;
  const boxes = model.columns.map((column) => {
    const wide = Math.max(column.calls.length * STEP, 128);
    const box = { ...column, x: at, width: wide };
    column.calls.forEach((index, k) => x.set(index, at + (wide - column.calls.length * STEP) / 2 + STEP * (k + 0.5)));
    at += wide + GAP;
    return box;
  });
  const right = Math.max(at, width - 14);
  const words = (px, py, text, { fill = c.ink, mono = false, weight = 400, anchor = "start", size = 12, title = "" } = {}) =>
    svg("text", { x: px, y: py, fill, "font-family": mono ? c.mono : c.sans, "font-size": size, "font-weight": weight, "text-anchor": anchor }, text, title ? svg("title", {}, title) : null);
  const parts = [];
  parts.push(words(16, 24, "call from", { fill: c.muted }), words(16, 54, "mode", { fill: c.muted }));
  let y = HEAD;
  let scope = null;
  const marks = [];
  const drawn = [];
  for (const lane of model.lanes) {
    const own = scopeOf(lane.name);
    if (own !== scope) {
      if (scope !== null) { drawn.push(svg("line", { x1: 16, x2: right, y1: y + 4, y2: y + 4, stroke: c.line })); y += 10; }
      scope = own;
      y += 18;
      drawn.push(words(16, y, shortened(own || "(root)", 22), { fill: c.muted, mono: true, title: own }));
    }
    const maker = lane.calls.find((index) => store.requests[index].word === "made") ?? -1;
    const others = lane.calls.filter((index) => store.requests[index].found >= 0 && x.has(store.requests[index].found));
    const above = 12 + 9 * Math.min(6, others.length);
    const middle = y + above + 14;
    const start = maker >= 0 && x.has(maker) ? x.get(maker) : LABEL;
    if (maker >= 0) {
      drawn.push(svg("line", { x1: LABEL, x2: start - 12, y1: middle, y2: middle, stroke: c.line, "stroke-dasharray": "2 4", "stroke-width": 1.5 }));
      for (const shift of [-1.5, 1.5]) drawn.push(svg("line", { x1: start + 12, x2: right, y1: middle + shift, y2: middle + shift, stroke: c.variable, "stroke-width": 1 }));
    } else drawn.push(svg("line", { x1: LABEL, x2: right, y1: middle, y2: middle, stroke: c.line, "stroke-dasharray": "2 4", "stroke-width": 1.5 }));
    others.forEach((index, k) => {
      const request = store.requests[index];
      const from = x.get(index);
      const to = x.get(request.found);
      const top = middle - 16 - 9 * (Math.min(5, k) + 1) + 4;
      const tone = c[TONE[request.word]];
      const r = Math.min(6, Math.abs(from - to) / 2);
      drawn.push(svg("path", { d: `M${from} ${middle - 11}V${top + r}Q${from} ${top} ${from - r} ${top}H${to + r}Q${to} ${top} ${to} ${top + r}V${middle - 15}`, fill: "none", stroke: tone, "stroke-width": 1.5, "stroke-dasharray": request.word === "refused" ? "4 3" : null }));
      if (!k) drawn.push(svg("path", { d: `M${to - 4} ${middle - 17}h8l-4 6z`, fill: c.ink }));
    });
    const shape = lane.calls.map((index) => shapeOf(store, store.requests[index])).find(Boolean) ?? "";
    const text = shortened(leafOf(lane.name), shape.length > 9 ? 8 : 11);
    drawn.push(svg("g", {}, svg("rect", { x: 16, y: middle - 13, width: 118, height: 26, rx: 13, fill: c.canvas, stroke: c.variable, "stroke-dasharray": maker < 0 && !lane.calls.some((each) => store.requests[each].variable >= 0) ? "3 3" : null }), svg("rect", { x: 18.5, y: middle - 10.5, width: 113, height: 21, rx: 10.5, fill: "none", stroke: c.variable, "stroke-opacity": 0.5 }),
      words(28, middle + 4, text, { mono: true, weight: 700, title: lane.name }), words(28 + text.length * 7.4 + 7, middle + 4, shortened(shape, Math.max(4, Math.floor((90 - text.length * 7.4) / 6.6))), { mono: true, fill: c.muted, size: 11 })));
    if (lane.calls.length > 1) drawn.push(svg("rect", { x: 138, y: middle - 9, width: 30, height: 18, rx: 9, fill: c.variable }), words(153, middle + 4, `×${lane.calls.length}`, { fill: c.canvas, anchor: "middle", weight: 600, size: 11 }));
    for (const index of lane.calls) {
      const request = store.requests[index];
      if (request.word === "refused") drawn.push(svg("line", { x1: x.get(index) + 18, x2: x.get(index) + 18, y1: middle - 10, y2: middle + 10, stroke: c.refused, "stroke-width": 2.5 }), words(x.get(index) + 23, middle - 9, "stops", { fill: c.muted }));
      marks.push(mark(store, index, x.get(index), middle, { c, selected, choose, focus, words }));
    }
    y = middle + 30;
  }
  const bottom = y + 10;
  const bands = boxes.map((box) => {
    const label = store.siteShort(box.site);
    return svg("g", {}, svg("rect", { x: box.x, y: HEAD, width: box.width, height: Math.max(20, bottom - HEAD - 6), rx: 6, fill: c.panel }), svg("rect", { x: box.x, y: 37, width: box.width, height: 25, rx: 5, fill: c.ink, "fill-opacity": 0.07 }),
      words(box.x + 4, 24, label, { mono: true, title: store.sites[box.site]?.text?.trim() ?? "" }), words(box.x + 10, 54, box.mode));
  });
  const left = model.left.lanes || model.left.calls;
  if (left) parts.push(words(16, bottom + 14, `${[model.left.lanes ? `${counted(model.left.lanes, "more lane")}` : "", model.left.calls ? `${grouped(model.left.calls)} earlier calls` : ""].filter(Boolean).join(" and ")} not drawn: find and the verdicts above choose.`, { fill: c.muted }));
  const height = bottom + (left ? 24 : 4);
  const wide = Math.max(right + 14, 480);
  return svg("svg", { xmlns: "http://www.w3.org/2000/svg", width: wide, height, viewBox: `0 0 ${wide} ${height}`, class: "tfm-re-lanes", role: choose ? "group" : "img", "aria-label": `Lanes: ${counted(model.lanes.length, "variable")}, ${counted(x.size, "call")}` }, palette === PAPER ? svg("rect", { width: wide, height, fill: c.canvas }) : null, bands, parts, drawn, marks);
}

const SHAPES = {
  made: (c) => [svg("rect", { x: -8, y: -8, width: 16, height: 16, rx: 3, fill: c.canvas, stroke: c.made, "stroke-width": 1.6 }), svg("path", { d: "M-4 0H4M0-4V4", stroke: c.made, "stroke-width": 1.6 })],
  shared: (c) => [svg("path", { d: "M-1.5 2a3.2 3.2 0 0 0 4.6 0l2.4-2.4a3.2 3.2 0 0 0-4.6-4.6l-.8.8M1.5-2a3.2 3.2 0 0 0-4.6 0l-2.4 2.4a3.2 3.2 0 0 0 4.6 4.6l.8-.8", fill: "none", stroke: c.shared, "stroke-width": 1.7 })],
  "shared, but": (c) => [svg("path", { d: "M0-8L8.6 7H-8.6z", fill: c.canvas, stroke: c.warn, "stroke-width": 1.6, "stroke-linejoin": "round" }), svg("path", { d: "M0-3v4.5M0 4v.4", stroke: c.warn, "stroke-width": 1.7, "stroke-linecap": "round" })],
  refused: (c) => [svg("path", { d: "M-3.7-9h7.4L9-3.7v7.4L3.7 9h-7.4L-9 3.7v-7.4z", fill: c.refused }), svg("path", { d: "M-3.4-3.4L3.4 3.4M3.4-3.4L-3.4 3.4", stroke: c.canvas, "stroke-width": 1.8, "stroke-linecap": "round" })],
};

function mark(store, index, px, py, { c, selected, choose, focus, words }) {
  const request = store.requests[index];
  const chosen = index === selected;
  return svg("g", { class: "tfm-re-call", ...(choose ? { role: "button", tabindex: index === focus ? "0" : "-1", "data-tfm": "mark", "data-index": index, "data-name": String(request.number), "aria-label": `call ${request.number}, ${request.name}: ${request.word}`, "aria-pressed": String(chosen), onclick: () => choose(index) } : {}) },
    svg("g", { transform: `translate(${px} ${py})` }, svg("circle", { r: chosen ? 15 : 12, fill: c.canvas, stroke: chosen ? c.ink : "none", "stroke-width": 3 }), SHAPES[request.word](c)),
    words(px, py + (chosen ? 29 : 26), String(request.number), { fill: c.muted, anchor: "middle" }));
}
