/**
 * Places of a run's steps on a line: one cell a step while they fit, merged blocks when they do not.
 *
 * The picture does not move while the cursor does; only the marks on it change. All measures are CSS px.
 */

import { round } from "./values.js";

const PAD = 24; // free room left and right
const WIDEST = 42; // pitch when there are few steps
const NARROWEST = 8; // pitch below which steps merge
const THINNEST = 5; // narrowest merged block
const LETTER = 7.3; // width of a letter of a bracket's title

/**
 * Layout of the steps of a `StepIndex` in `width`.
 *
 * Returns `{merged, pitch, from, to, x(i), stepAt(x), cells, blocks, brackets}`. `cells` are `{step, x, shape, size}`; `blocks`
 * (merged only) are `{first, last, x, width}`; `brackets` are `{title, text, first, last, x, width}`, where `text` is what
 * fits of the title ("" when nothing does). Titles of brackets too narrow for one are left out.
 */
export function timelineLayout(index, width) {
  const room = Math.max(40, width - 2 * PAD);
  const { count } = index;
  const pitch = Math.min(WIDEST, room / count);
  const left = PAD;
  const x = (i) => round(left + (i + 0.5) * pitch);
  const stepAt = (place) => Math.max(0, Math.min(count - 1, Math.floor((place - left) / pitch)));
  const merged = pitch < NARROWEST;
  const brackets = bracketPlaces(index, left, pitch);
  return {
    merged,
    pitch,
    left,
    right: round(left + count * pitch),
    x,
    stepAt,
    cells: merged ? [] : index.steps.map((step, i) => ({ step: i, x: x(i), shape: shapeOf(step), size: cellSize(step, pitch) })),
    blocks: merged ? blockPlaces(index, left, pitch) : [],
    brackets,
  };
}

/** Shape of a step: "feed", "constant", "variable", "write", "group" or "op", as the graph draws its thing. */
export function shapeOf(step) {
  if (step.fed || step.kind === "feed") return "feed";
  if (step.kind === "group" && step.values.length) return "gradient";
  return ["constant", "variable", "write", "group"].includes(step.kind) ? step.kind : "op";
}

function cellSize(step, pitch) {
  const most = pitch - 4.5;
  switch (shapeOf(step)) {
    case "constant":
      return { width: Math.min(6.4, most), height: Math.min(6.4, most) };
    case "variable":
      return { width: Math.min(17, most), height: Math.min(11, most) };
    case "feed":
    case "group":
      return { width: Math.min(18, most), height: Math.min(14, most + 2) };
    default:
      return { width: Math.min(14, most), height: Math.min(14, most + 3) };
  }
}

function bracketPlaces(index, left, pitch) {
  return index.brackets
    .map((b) => {
      const x = left + b.first * pitch + 1.5;
      const width = (b.last - b.first + 1) * pitch - 3;
      return { ...b, x: round(x), width: round(Math.max(1, width)), text: fitTitle(b.title, width + 4) };
    })
    .filter((b) => b.width >= 2.5);
}

/** Title as it fits: whole, its last part, or "" (a cut word says nothing). */
export function fitTitle(title, width) {
  const letters = Math.floor(width / LETTER);
  if (title.length <= letters) return title;
  const last = title.slice(title.lastIndexOf("/") + 1);
  if (last.length + 2 <= letters && last.length < title.length) return `\u2026/${last}`;
  return last.length <= letters ? last : "";
}

/** Blocks of merged steps: one a bracket; brackets thinner than the thinnest block join their neighbours. */
function blockPlaces(index, left, pitch) {
  const blocks = [];
  for (const b of index.brackets) {
    const last = blocks.at(-1);
    const thin = (b.last - b.first + 1) * pitch < THINNEST;
    if (last && ((thin && last.thin) || last.width < THINNEST)) {
      last.last = b.last;
      last.width = round((last.last - last.first + 1) * pitch);
    } else {
      blocks.push({
        first: b.first,
        last: b.last,
        thin,
        x: round(left + b.first * pitch),
        width: round((b.last - b.first + 1) * pitch),
      });
    }
    const now = blocks.at(-1);
    if (now.thin && now.width >= THINNEST * 3) now.thin = false;
  }
  return blocks.map(({ first, last, x, width }) => ({ first, last, x, width: Math.max(1, width - 1) }));
}

/** Path text of a bracket over `width` with its ends down: the line above a group of steps. */
export function bracketPath(x, width, y, drop = 4) {
  return `M${round(x)} ${y + drop}V${y}H${round(x + width)}V${y + drop}`;
}

/** Path text of a parallelogram, a hexagon or a plain rectangle around (x, y), for the marks that are no rectangle. */
export function shapePath(shape, x, y, width, height) {
  const w = width / 2;
  const h = height / 2;
  const cut = shape === "feed" ? Math.min(4, w) : Math.min(5, w);
  const points =
    shape === "feed"
      ? [
          [x - w + cut, y - h],
          [x + w, y - h],
          [x + w - cut, y + h],
          [x - w, y + h],
        ]
      : [
          [x - w, y],
          [x - w + cut, y - h],
          [x + w - cut, y - h],
          [x + w, y],
          [x + w - cut, y + h],
          [x - w + cut, y + h],
        ];
  return `M${points.map(([px, py]) => `${round(px)} ${round(py)}`).join("L")}z`;
}
