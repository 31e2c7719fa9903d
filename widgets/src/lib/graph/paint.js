// The whole picture as data (vnode.js): frames, bands and lanes at the back, then edges, then boxes.

import { paintBox, paintGroup, paintLane, paintMark } from "./paint_boxes.js";
import { textWidth } from "./measure.js";
import { n1, v } from "./vnode.js";

const CORNER = 8;
const HEAD = 7;

/** Path through points with round corners, ending `back` px before the last point. */
function roundPath(points, back = 0, corner = CORNER) {
  const list = points.map((point) => ({ ...point }));
  if (back && list.length > 1) {
    const [p, q] = [list[list.length - 2], list[list.length - 1]];
    const length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
    const cut = Math.min(back, length);
    q.x -= ((q.x - p.x) / length) * cut;
    q.y -= ((q.y - p.y) / length) * cut;
  }
  let d = `M${n1(list[0].x)} ${n1(list[0].y)}`;
  for (let k = 1; k < list.length - 1; k += 1) {
    const [a, b, c] = [list[k - 1], list[k], list[k + 1]];
    const before = Math.hypot(b.x - a.x, b.y - a.y);
    const after = Math.hypot(c.x - b.x, c.y - b.y);
    const r = Math.min(corner, before / 2, after / 2);
    const p = { x: b.x - ((b.x - a.x) / (before || 1)) * r, y: b.y - ((b.y - a.y) / (before || 1)) * r };
    const q = { x: b.x + ((c.x - b.x) / (after || 1)) * r, y: b.y + ((c.y - b.y) / (after || 1)) * r };
    d += `L${n1(p.x)} ${n1(p.y)}Q${n1(b.x)} ${n1(b.y)} ${n1(q.x)} ${n1(q.y)}`;
  }
  const end = list[list.length - 1];
  return `${d}L${n1(end.x)} ${n1(end.y)}`;
}

/** Arrow head at the end of a way. */
function headPath(points, size = HEAD) {
  const q = points[points.length - 1];
  let p = points[points.length - 2];
  for (let k = points.length - 2; k >= 0 && Math.hypot(q.x - p.x, q.y - p.y) < 0.5; k -= 1) p = points[k];
  const length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
  const [dx, dy] = [(q.x - p.x) / length, (q.y - p.y) / length];
  const half = size * 0.5;
  const base = { x: q.x - dx * size, y: q.y - dy * size };
  return `M${n1(q.x)} ${n1(q.y)}L${n1(base.x - dy * half)} ${n1(base.y + dx * half)}L${n1(base.x + dy * half)} ${n1(base.y - dx * half)}z`;
}

/** Lines and head of one edge. */
function paintEdge(edge, look, size = HEAD) {
  if (!edge.points || edge.points.length < 2) return null;
  const children = [
    v("path", { class: "way", d: roundPath(edge.points, edge.head === false ? 0 : size - 1) }),
    edge.head === false ? null : v("path", { class: "head", d: headPath(edge.points, size) }),
    edge.bundle ? countAt(edge) : null,
  ];
  return v("g", { class: `edge e-${edge.kind}`, "data-from": look.number(edge.from.id ?? ""), "data-to": look.number(edge.to?.id ?? "") }, ...children);
}

/** The number of edges that one drawn line stands for, at its beginning. */
function countAt({ points, count }) {
  const [p, q] = points;
  const flat = Math.abs(p.y - q.y) < 0.6;
  const [x, y] = flat ? [(p.x + q.x) / 2, p.y - 5] : [p.x + 6, (p.y + q.y) / 2 + 4];
  return v("text", { class: "count", x: n1(x), y: n1(y), "text-anchor": flat ? "middle" : null }, count.toLocaleString("en"));
}

function paintStub(stub, look) {
  const kind = stub.hub ? "data" : stub.lane === "gradients" ? "gradient" : "data";
  return v("g", { class: `edge stub e-${kind}`, "data-from": look.number(stub.box.id) },
    v("path", { class: "way", d: roundPath(stub.points, HEAD - 1) }), v("path", { class: "head", d: headPath(stub.points) }),
    v("text", { class: "count", x: n1(stub.text.x), y: n1(stub.text.y), "text-anchor": stub.text.anchor === "start" ? null : stub.text.anchor }, stub.count.toLocaleString("en")));
}

/** Band of the variables that towers share, its title and the bracket that ties the towers. */
function paintTie(group, look) {
  const { bandBox, tie } = group;
  const { turned } = look;
  const [first, second] = group.towers;
  const parts = [v("rect", { class: "band", x: n1(bandBox.x), y: n1(bandBox.y), width: n1(bandBox.w), height: n1(bandBox.h), rx: 10 })];
  const title = tie.towers.length === 2 ? "entered twice" : `entered ${tie.towers.length} times`;
  const words = (text, x, y, names) => v("text", { class: names, x: n1(x), y: n1(y), "text-anchor": "middle" }, text);
  const caps = [...group.band].sort((a, b) => (turned ? a.y - b.y : a.x - b.x));
  const labels = bandLabels(group, tie, caps);
  if (turned) {
    const cx = bandBox.x + bandBox.w / 2;
    parts.push(words("variable scope", cx, bandBox.y + 18, "muted"), words(tie.title, cx, bandBox.y + 34, "mono strong"));
    for (const { text, list } of labels) {
      const gap = list.length > 1 ? list[1].y - (list[0].y + list[0].h) : 0;
      if (gap >= 15) parts.push(words(text, cx, list[0].y + list[0].h + gap / 2 + 4, "mono muted"));
    }
    const y = Math.max(first.y + first.h, second.y + second.h, bandBox.y + bandBox.h);
    const [x0, x1] = [first.x + first.w - 12, second.x + 12];
    parts.push(v("path", { class: "bracket", d: `${roundPath([{ x: x0, y: first.y + first.h + 1 }, { x: x0, y: y + 9 }, { x: x1, y: y + 9 }, { x: x1, y: second.y + second.h + 1 }], 0, 5)}M${n1(cx)} ${n1(y)}v9` }));
  } else {
    const widest = gapsOf(bandBox, caps).sort((p, q) => q.gap - p.gap)[0];
    const cy = bandBox.y + bandBox.h / 2;
    const choices = [
      [["variable scope", "muted"], [tie.title, "mono strong"], [title, "muted"]],
      [[tie.title, "mono strong"], [title, "muted"]],
      [[tie.title, "mono strong"]],
    ];
    const chosen = widest && choices.find((lines) => lines.every(([line, names]) => textWidth(line, names.includes("mono") ? "mono" : "sans") + 4 <= widest.gap));
    chosen?.forEach(([line, names], k) => parts.push(words(line, widest.x, cy + 4.5 + (k - (chosen.length - 1) / 2) * 16.5, names)));
    for (const { text, list } of labels) {
      const x = (list[0].x + list[list.length - 1].x + list[list.length - 1].w) / 2;
      const half = textWidth(text, "mono") / 2;
      const crossed = list.some((cap) => Math.abs(cap.x + cap.w / 2 - x) < half + 3);
      const at = crossed ? list[0].x + list[0].w / 2 + half + 6 : x;
      parts.push(words(text, at, list[0].y - 8, "mono muted"));
    }
    const x = Math.min(first.x, second.x, bandBox.x);
    const y0 = first.y + first.h - Math.min(10, first.h / 3);
    const y1 = second.y + Math.min(10, second.h / 3);
    const middle = bandBox.y + bandBox.h / 2;
    parts.push(v("path", { class: "bracket", d: `${roundPath([{ x: first.x, y: y0 }, { x: x - 9, y: y0 }, { x: x - 9, y: y1 }, { x: second.x, y: y1 }], 0, 5)}M${n1(x - 9)} ${n1(middle)}h9` }));
  }
  return v("g", { class: "tie", "data-from": look.number(first.id), "data-to": look.number(second.id) }, ...parts);
}

/** Free stretches of a band between its capsules: {gap, x} with x in the middle. */
function gapsOf(band, caps) {
  const gaps = [];
  let edge = band.x + 2;
  for (const cap of [...caps, { x: band.x + band.w - 2, w: 0 }]) {
    gaps.push({ gap: cap.x - edge, x: (edge + cap.x) / 2 });
    edge = cap.x + cap.w;
  }
  return gaps;
}

/** Names of the inner variable scopes over their capsules. */
function bandLabels(group, tie, caps) {
  const lists = new Map();
  for (const cap of caps) {
    if (cap.kind !== "variable") continue;
    const scope = cap.node.name.slice(0, Math.max(0, cap.node.name.lastIndexOf("/")));
    const text = scope === tie.title ? "" : scope.startsWith(`${tie.title}/`) ? scope.slice(tie.title.length + 1) : scope;
    if (!text) continue;
    if (!lists.has(text)) lists.set(text, []);
    lists.get(text).push(cap);
  }
  return [...lists].map(([text, list]) => ({ text, list }));
}

/**
 * The picture of a laid out and routed scene.
 *
 * @param look {uid, plain, turned, number(id), describe(box), describeMark(mark, lane), typeOf(box), variable(box), opName(op)}
 */
export function paint(scene, look) {
  const back = [];
  const front = [];
  const walk = (box) => {
    if (box.kind === "tie") {
      if (box.bandBox) back.push(paintTie(box, look));
      for (const child of box.children) walk(child);
      return;
    }
    if (box.kind !== "root" && box.kind !== "lane") (box.open ? back : front).push(paintBox(box, look));
    for (const child of box.children) walk(child);
  };
  const lanes = [];
  for (const lane of scene.lanes) {
    lanes.push(paintLane(lane, look));
    if (lane.open) for (const child of lane.children) walk(child);
  }
  walk(scene.root);
  const edges = [];
  for (const edge of [...scene.exits, ...scene.edges]) edges.push(paintEdge(edge, look));
  for (const fork of scene.forks) edges.push(v("circle", { class: `fork e-${fork.kind}`, cx: n1(fork.x), cy: n1(fork.y), r: 2.6 }));
  for (const stub of scene.stubs) edges.push(paintStub(stub, look));
  if (scene.lossEdge?.points) {
    edges.push(paintEdge(scene.lossEdge, look));
    const { points, count } = scene.lossEdge;
    const p = points[0];
    const flat = Math.abs(points[1].y - p.y) < 0.6;
    if (count) edges.push(v("text", { class: "count", x: n1(flat ? p.x + 5 : p.x + 7), y: n1(flat ? p.y - 7 : p.y + 14) }, count.toLocaleString("en")));
  }
  for (const link of scene.markLinks) edges.push(paintEdge(link, look));
  const marks = [];
  for (const lane of scene.lanes) {
    for (const mark of lane.marks ?? []) marks.push(paintMark(mark, lane, look));
    for (const group of lane.groups ?? []) marks.push(paintGroup(group, look));
  }
  return v("g", { class: "picture" }, v("g", { class: "back" }, ...lanes, ...back), v("g", { class: "edges" }, ...edges), v("g", { class: "front" }, ...front, ...marks));
}
