// Labels and sizes of boxes. All labels are chosen here, so that what is measured is what is drawn.

import { LABEL_LIMIT, fitText, textWidth } from "./measure.js";

const PYTHON_NAMES = { truediv: "RealDiv", floordiv: "FloorDiv", mod: "FloorMod", div: "RealDiv", neg: "Neg" };

/** Whether a name only repeats the type: `MatMul_1` of a MatMul, `add` of an AddV2. */
function repeatsType(leaf, type) {
  const plain = leaf.replace(/_\d+$/, "");
  if (PYTHON_NAMES[plain] === type) return true;
  const same = (text) => text.toLowerCase().replace(/[^a-z0-9]/g, "").replace(/v\d$/, "");
  return same(plain) === same(type);
}

/** "[?,64]" of the first output of an operation; "" for none. */
export function shapeOf(g, op) {
  return g.outputs[op]?.[1] ?? "";
}

const number = (value) => value.toLocaleString("en");

/** "9 ops", "1 op". */
export const opsText = (count) => `${number(count)} ${count === 1 ? "op" : "ops"}`;

/** Sets label, sub and size of a box. */
export function sizeBox(box, model) {
  const { g } = model;
  const { node } = box;
  if (box.kind === "op" || box.kind === "control" || box.kind === "constant") {
    const type = g.type[node.op];
    box.label = fitText(type, LABEL_LIMIT, "sans");
    box.sub = repeatsType(node.leaf, type) ? "" : fitText(node.leaf, LABEL_LIMIT, "mono", 11.5);
    if (box.kind === "constant" && box.sub === "") box.sub = shapeOf(g, node.op);
    box.w = Math.max(46, Math.ceil(Math.max(textWidth(box.label, "sans"), textWidth(box.sub, "mono", 11.5)) + 18));
    box.h = box.sub ? 40 : 30;
    if (box.kind === "constant") [box.w, box.h] = [box.w - 6, box.sub ? 36 : 26];
    if (box.kind === "control") box.w += 14;
  } else if (box.kind === "placeholder") {
    box.label = fitText(node.leaf, LABEL_LIMIT, "mono", 13);
    box.sub = shapeOf(g, node.op);
    box.w = Math.max(62, Math.ceil(Math.max(textWidth(box.label, "mono", 13), textWidth(box.sub, "mono", 11.5)) + 21));
    box.h = 42;
  } else if (box.kind === "group") {
    box.label = fitText(node.leaf, LABEL_LIMIT, "mono");
    box.sub = String(g.control[node.op].length);
    box.w = Math.ceil(textWidth(box.label, "mono") + textWidth(box.sub, "sans") + 40);
    box.h = 30;
  } else if (box.kind === "variable") {
    sizeVariable(box, model);
  } else if (box.kind === "variables") {
    const size = box.members.reduce((sum, member) => sum + (g.variables[member.variable].size ?? 0), 0);
    box.label = `${number(box.members.length)} variables`;
    box.sub = `${number(size)} numbers`;
    box.w = Math.ceil(Math.max(textWidth(box.label, "sans"), textWidth(box.sub, "sans", 11.5)) + 36);
    box.h = 42;
  } else if (box.kind === "more") {
    box.w = Math.max(70, Math.ceil(textWidth(box.label, "sans") + 24));
    box.h = 30;
  } else if (box.kind === "scope") {
    sizeScope(box);
  }
}

function sizeVariable(box, model) {
  const variable = model.g.variables[box.node.variable];
  const asked = variable.requests?.length ?? 0;
  box.label = fitText(variable.leaf ?? box.node.leaf, LABEL_LIMIT, "mono", 13);
  box.sub = variable.shape + (variable.dtype === commonDtype(model) ? "" : ` ${variable.dtype}`);
  box.pill = asked > 1 ? `×${asked}` : "";
  box.pillWidth = box.pill ? Math.max(22, Math.ceil(textWidth(box.pill, "sans", 11) + 10)) : 0;
  const first = textWidth(box.label, "mono", 13) + 12 + (box.pill ? box.pillWidth + 5 : 0);
  box.w = Math.max(62, Math.ceil(Math.max(first, textWidth(box.sub, "mono", 11.5)) + 26));
  box.h = 42;
}

/** The dtype that most variables of the graph have; it is not repeated on every capsule. */
function commonDtype(model) {
  if (model.commonDtype === undefined) {
    const counts = new Map();
    for (const variable of model.g.variables) if (variable) counts.set(variable.dtype, (counts.get(variable.dtype) ?? 0) + 1);
    model.commonDtype = [...counts.entries()].sort((a, b) => b[1] - a[1])[0]?.[0] ?? "";
  }
  return model.commonDtype;
}

function sizeScope(box) {
  const { node, series } = box;
  box.label = fitText(node.leaf, LABEL_LIMIT + (box.open ? 60 : 0), "mono");
  box.sub = opsText(node.ops);
  const label = textWidth(box.label, "mono") * 1.02;
  if (series) box.note = `×${series.members.length} ${series.how}`;
  if (box.open) {
    // the least width of an open frame: triangle, name, note, squares or count
    box.sub = opsText(node.ops) + (node.vars && !box.parent?.tie && node.kind === "scope" && node.vars > 2 ? `, ${number(node.vars)} variables` : "");
    box.headerWidth = Math.ceil(label + 42 + (series ? textWidth(box.note, "sans") + 14 : 0));
    box.nameEnd = Math.ceil(label + 24);
    box.squares = series ? Math.min(series.members.length, 12) : 0;
    if (box.squares) box.headerWidth += box.squares * 31;
    else {
      const tail = Math.ceil(textWidth(box.sub, "sans") + 12);
      box.subWidth = tail;
    }
    return;
  }
  const doublings = Math.max(0, Math.floor(Math.log2(Math.max(1, node.ops) / 10)));
  box.h = 46 + 4 * doublings;
  if (series) box.sub = `×${series.members.length}, ${opsText(node.ops)} each`;
  box.w = Math.max(64, Math.ceil(Math.max(label + 28, textWidth(box.sub, "sans") + 20)));
}

/**
 * The name row of an open frame that has its place: {end, note, squares, sub, subX}: how far the name with its note reaches, and the
 * count at the right where there is room for it. `wanted` says whether this frame shows a count at all.
 */
export function headerOf(box, turned, wanted) {
  const { x, w, series } = box;
  let end = x + 24 + textWidth(box.label, "mono") * 1.02;
  const header = { note: "", noteX: end + 12, squares: [], sub: "", subX: x + w - 12, end };
  if (series) {
    const wide = textWidth(box.note, "sans");
    if (header.noteX + wide < x + w - 8) {
      header.note = box.note;
      end = header.noteX + wide;
    }
    header.squares = squaresOf(series, x + w - 10, end + 14);
    header.end = header.squares.length ? x + w - 8 : end;
    return header;
  }
  if (!wanted) return header;
  for (const text of [box.sub, box.sub.split(",")[0]]) {
    const start = header.subX - textWidth(text, "sans");
    // in a turned picture the data comes in through the name row
    if (start < end + 10 || (turned && box.line > start - 8)) continue;
    return { ...header, sub: text, subStart: start };
  }
  return header;
}

/** Squares of a series, right-aligned in its header: all, or those around the open one. */
function squaresOf(series, right, left) {
  const count = series.members.length;
  const fit = Math.max(0, Math.floor((right - left + 9) / 31));
  if (fit < 2) return [];
  const shown = Math.min(count, fit);
  const from = Math.max(0, Math.min(count - shown, series.pick - Math.floor(shown / 2)));
  return Array.from({ length: shown }, (_, k) => ({ member: from + k, text: String(from + k), x: right - (shown - k) * 31 + 9 }));
}
