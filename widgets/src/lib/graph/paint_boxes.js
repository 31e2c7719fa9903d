// Boxes as pictures: one function for each kind. A box is a group with data-tfm="box", its full name and its kind.

import { textWidth } from "./measure.js";
import { isWrite } from "./roles.js";
import { n1, v } from "./vnode.js";

const BASE = 4.2;

const text = (words, x, y, names, anchor = "middle", more = {}) =>
  v("text", { class: names, x: n1(x), y: n1(y), "text-anchor": anchor === "start" ? null : anchor, ...more }, words);

const rect = (x, y, w, h, r, names) => v("rect", { class: names, x: n1(x), y: n1(y), width: n1(w), height: n1(h), rx: n1(r) });

/** Name of a box for data-name and for selections. */
function nameOfBox(box) {
  if (box.kind === "lane") return box.lane.key;
  if (box.kind === "more") return `${box.node.name} more`;
  if (box.kind === "variables") return `${box.parent.tie.title} variables`;
  return box.node?.name ?? "";
}

/** Group around the picture of a box. */
function group(box, look, names, ...children) {
  return v("g", {
    class: `box k-${box.kind} ${names}`.trim(), id: `${look.uid}-${look.number(box.id)}`, "data-tfm": "box", "data-name": nameOfBox(box),
    "data-kind": box.kind === "control" || box.kind === "more" ? "op" : box.kind === "variables" ? "variable" : box.kind,
    "data-id": box.id, "data-open": box.kind === "scope" ? String(box.open) : null, role: look.plain ? null : "img",
    "aria-label": look.plain ? null : look.describe(box),
  }, ...children);
}

/** Picture of a leaf box, a closed scope or an open frame without its contents. */
export function paintBox(box, look) {
  const { x, y, w, h } = box;
  const cx = x + w / 2;
  const cy = y + h / 2;
  switch (box.kind) {
    case "variable":
    case "variables":
      return paintCapsule(box, look);
    case "placeholder": {
      const s = 7;
      const points = [[x + s, y], [x + w, y], [x + w - s, y + h], [x, y + h]].map((p) => p.map(n1).join(",")).join(" ");
      return group(box, look, "", v("polygon", { class: "shape", points, "stroke-linejoin": "round" }),
        text(box.label, cx, cy - 3.6, "mono strong big"), text(box.sub, cx, cy + 12.4, "mono small"));
    }
    case "group":
      return group(box, look, "hexagon", hexagon(x, y, w, h), ...twoPart(box.label, box.sub, cx, cy));
    case "control": {
      const points = [[x, cy], [x + 8, y], [x + w - 8, y], [x + w, cy], [x + w - 8, y + h], [x + 8, y + h]];
      return group(box, look, "", v("polygon", { class: "shape", points: points.map((p) => p.map(n1).join(",")).join(" ") }), ...lines(box, cx, cy));
    }
    case "more":
      return group(box, look, "", rect(x, y, w, h, 6, "shape"), text(box.label, cx, cy + BASE, "muted"));
    case "scope":
      return box.open ? paintFrame(box, look) : paintClosed(box, look);
    default: {
      const writes = isWrite(look.typeOf(box));
      return group(box, look, writes ? "writes" : "", rect(x, y, w, h, box.kind === "constant" ? 4 : 6, "shape"),
        writes ? leftBar(x, y, h, 6, "bar") : null, ...lines(box, cx + (writes ? 2 : 0), cy));
    }
  }
}

function lines(box, cx, cy) {
  const faint = box.kind === "constant" ? " muted" : "";
  if (!box.sub) return [text(box.label, cx, cy + BASE, `type${faint}`)];
  return [text(box.label, cx, cy - 3.4, `type${faint}`), text(box.sub, cx, cy + 12, "mono small muted")];
}

function twoPart(label, note, cx, cy, extra = "") {
  const a = textWidth(label, "mono");
  const b = textWidth(note, "sans");
  const start = cx - (a + 7 + b) / 2;
  return [text(label, start, cy + BASE, `mono ${extra}`.trim(), "start"), text(note, start + a + 7, cy + BASE, "muted", "start")];
}

/** The shape of a group operation. */
export function hexagon(x, y, w, h) {
  const c = 9;
  const points = [[x, y + h / 2], [x + c, y], [x + w - c, y], [x + w, y + h / 2], [x + w - c, y + h], [x + c, y + h]];
  return v("polygon", { class: "shape", points: points.map((p) => p.map(n1).join(",")).join(" "), "stroke-linejoin": "round" });
}

/** A heavy bar on the left side of a rounded rectangle. */
function leftBar(x, y, h, r, names, width = 5) {
  return v("path", { class: names, d: `M${n1(x + width)} ${n1(y)}h${n1(r - width)}a${r} ${r} 0 0 0 ${-r} ${r}v${n1(h - 2 * r)}a${r} ${r} 0 0 0 ${r} ${r}h${n1(width - r)}z` });
}

function paintCapsule(box, look) {
  const { x, y, w, h } = box;
  const cx = x + w / 2;
  const children = [
    rect(x, y, w, h, h / 2, "shape"),
    rect(x + 3, y + 3, w - 6, h - 6, (h - 6) / 2, "inner"),
  ];
  const top = y + 18.2;
  if (box.kind === "variables") {
    children.push(text(box.label, cx, top, "strong"), text(box.sub, cx, y + 32.6, "small muted"));
    return group(box, look, "", ...children);
  }
  const label = textWidth(box.label, "mono", 13);
  const total = 6.4 + 5 + label + (box.pill ? box.pillWidth + 5 : 0);
  let at = cx - total / 2;
  const trainable = look.variable(box).trainable;
  children.push(trainable
    ? v("circle", { class: "dot", cx: n1(at + 3.2), cy: n1(top - 4.4), r: 3.2 })
    : v("circle", { class: "ring", cx: n1(at + 3.2), cy: n1(top - 4.4), r: 2.7 }));
  at += 11.4;
  children.push(text(box.label, at, top, "mono strong big", "start"));
  at += label + 5;
  if (box.pill) {
    children.push(rect(at, top - 12, box.pillWidth, 15, 7.5, "pill"), text(box.pill, at + box.pillWidth / 2, top - 0.6, "pilltext"));
  }
  children.push(text(box.sub, cx, y + 32.6, "mono small"));
  return group(box, look, "", ...children);
}

/** The triangle that folds: pointing right when closed, down when open. */
export function triangle(x, y, open) {
  const d = open ? `M${n1(x)} ${n1(y - 3)}h9l-4.5 6.2z` : `M${n1(x + 1)} ${n1(y - 4.5)}v9l6.2 -4.5z`;
  return v("path", { class: "triangle", d });
}

function behind(box, names, r) {
  const { x, y, w, h } = box;
  if (!box.series || box.series.members.length < 2) return [];
  const count = Math.min(2, box.series.members.length - 1);
  const frames = [];
  for (let k = count; k >= 1; k -= 1) frames.push(rect(x + 5 * k, y + (box.mirrored ? 5 : -5) * k, w, h, r, names));
  return frames;
}

function paintClosed(box, look) {
  const { x, y, w, h } = box;
  const strip = 23;
  const d = `M${n1(x)} ${n1(y + strip)}v${7 - strip}a7 7 0 0 1 7 -7h${n1(w - 14)}a7 7 0 0 1 7 7v${strip - 7}z`;
  return group(box, look, "", ...behind(box, "shape", 7), rect(x, y, w, h, 7, "shape"), v("path", { class: "strip", d }),
    v("path", { class: "rule", d: `M${n1(x)} ${n1(y + strip)}h${n1(w)}` }), rect(x, y, w, h, 7, "shape none"),
    triangle(x + 9, y + 12, false), text(box.label, x + 21, y + 16, "mono strong", "start"),
    text(box.sub, x + w / 2, y + strip + (h - strip) / 2 + BASE, "muted"));
}

function paintFrame(box, look) {
  const { x, y, w, h } = box;
  const even = look.depth(box) % 2 === 0;
  const bottom = box.mirrored && !look.turned;
  const line = bottom ? y + h - 14 : y + 14;
  const series = box.series;
  const r = even ? 10 : 8;
  const children = [...behind(box, even ? "frame even" : "frame", r), rect(x, y, w, h, r, even ? "frame even" : "frame"),
    triangle(x + 10, line, true), text(box.label, x + 24, line + BASE, "mono strong", "start")];
  const { header } = box;
  if (header.note) children.push(text(header.note, header.noteX, line + BASE, "muted", "start"));
  for (const square of header.squares) {
    const now = square.member === series.pick ? " now" : "";
    children.push(v("g", { class: "pick", "data-pick": String(square.member), "data-series": series.id },
      rect(square.x, line - 10, 22, 20, 5, `square${now}`), text(square.text, square.x + 11, line + 4, `squaretext${now}`)));
  }
  if (header.sub) children.push(text(header.sub, header.subX, line + BASE, "muted", "end"));
  return group(box, look, "open", ...children);
}

/** A lane: its strip with marks and groups, and the frame around its contents when it is open. */
export function paintLane(lane, look) {
  const { strip } = lane;
  const y = strip.y + strip.h / 2;
  const children = [
    rect(lane.x, lane.y, lane.w, lane.h, 8, "shape"),
    leftBar(lane.x, lane.y, lane.h, 8, "lanebar"),
    triangle(lane.x + 13, y, lane.open),
    text(lane.label, lane.x + 25, y + BASE, "strong", "start"),
    text(lane.sub, lane.x + 25 + textWidth(lane.label, "bold") + 8, y + BASE, "muted", "start"),
  ];
  if (lane.tail) {
    const room = lane.x + lane.w - 12 - Math.max(0, ...lane.marks.map((mark) => mark.x + mark.w)) - 12;
    if (textWidth(lane.tail, "sans") < room) children.push(text(lane.tail, lane.x + lane.w - 12, y + BASE, "muted", "end"));
  }
  return v("g", {
    class: `box lane l-${lane.lane.key}`, id: `${look.uid}-${look.number(lane.id)}`, "data-tfm": "box", "data-name": lane.lane.key, "data-kind": "lane",
    "data-id": lane.id, "data-open": String(lane.open), role: look.plain ? null : "img", "aria-label": look.plain ? null : look.describe(lane),
  }, ...children);
}

/** A mark of a lane: the gradient of a variable, or its update. */
export function paintMark(mark, lane, look) {
  const writes = lane.lane.key === "optimizer";
  return v("g", {
    class: `box mark m-${lane.lane.key}`, id: `${look.uid}-${look.number(mark.id)}`, "data-tfm": "box", "data-name": mark.op >= 0 ? look.opName(mark.op) : mark.label,
    "data-kind": "mark", "data-id": mark.id, role: look.plain ? null : "img", "aria-label": look.plain ? null : look.describeMark(mark, lane),
  }, rect(mark.x, mark.y, mark.w, mark.h, 5, "shape"), writes ? leftBar(mark.x, mark.y, mark.h, 5, "bar") : null,
  text(mark.label, mark.x + mark.w / 2 + (writes ? 2 : 0), mark.y + mark.h / 2 + BASE, "mono"));
}

/** A group of a lane (train operation, init, restore): the hexagon with the number of its members. */
export function paintGroup(one, look) {
  return v("g", {
    class: "box hexagon", id: `${look.uid}-${look.number(one.id)}`, "data-tfm": "box", "data-name": one.name, "data-kind": "group", "data-id": one.id,
    role: look.plain ? null : "img", "aria-label": look.plain ? null : `${one.name}, group, runs ${one.members.toLocaleString("en")} ${one.members === 1 ? "operation" : "operations"}`,
  }, hexagon(one.x, one.y, one.w, one.h), ...twoPart(one.label, one.note, one.x + one.w / 2, one.y + one.h / 2, "strong"));
}
