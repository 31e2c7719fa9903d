/**
 * Numbers and colours of values: what the stepper needs to draw a value record (`V` in docs/data.md section 2).
 *
 * Everything here is pure. A cell of a record is a number, a boolean or text; non-finite numbers travel as the
 * words "NaN", "Infinity" and "-Infinity". Blue is negative and orange positive everywhere, also where a value has
 * no negative element, so that a colour keeps its meaning from one step to the next.
 */

const NON_FINITE = { NaN: NaN, Infinity: Infinity, "-Infinity": -Infinity };

/** Health classes in the order in which they are always shown. */
export const HEALTH = [
  { key: "nan", label: "NaN", finite: false },
  { key: "neg_inf", label: "\u2212Inf", finite: false },
  { key: "negative", label: "negative", finite: true },
  { key: "zero", label: "zero", finite: true },
  { key: "positive", label: "positive", finite: true },
  { key: "pos_inf", label: "+Inf", finite: false },
];

// --- what a value is ------------------------------------------------------------------------------------------

/** Says how a value is drawn: "text", "bool" or "number". */
export function contentOf(value) {
  if (value.dtype === "string" || value.dtype === "object" || value.min === undefined) return "text";
  return value.dtype.startsWith("bool") ? "bool" : "number";
}

/** Number of a cell: non-finite words become numbers, booleans 0 and 1, other text NaN. */
export function cellNumber(cell) {
  if (typeof cell === "number") return cell;
  if (typeof cell === "boolean") return cell ? 1 : 0;
  if (cell in NON_FINITE) return NON_FINITE[cell];
  return cell === null || cell === "" ? NaN : Number(cell);
}

/** Letter of a cell that is not finite ("N", "+", "-"), or "" for every other. */
export function cellLetter(cell) {
  if (cell === "NaN") return "N";
  if (cell === "Infinity") return "+";
  return cell === "-Infinity" ? "-" : "";
}

/** True when the value holds a NaN or an infinity. */
export function isUnhealthy(value) {
  return Boolean(value && (value.nan || value.neg_inf || value.pos_inf));
}

/** "no NaN", "3 NaN", "1 NaN, 2 +Inf": what a person must hear about a value of numbers; "" for text. */
export function healthWords(value) {
  if (contentOf(value) === "text") return "";
  const words = HEALTH.filter((h) => !h.finite && value[h.key] > 0).map(
    (h) => `${grouped(value[h.key])} ${h.key === "neg_inf" ? "-Inf" : h.label}`,
  );
  return words.length ? words.join(", ") : "no NaN";
}

/** Shape as text: "[32,32]", "[]" for a scalar. */
export const shapeText = (shape) => `[${shape.join(",")}]`;

// --- numbers --------------------------------------------------------------------------------------------------

/** Integer with thousands separators: 1,024. */
export function grouped(n) {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
}

/** Short decimal of a number, four digits that count (three below 1): -2.777, 0.458, 1.23e-8, 1,024; one that is as short itself stays. */
export function shortNumber(value) {
  if (value === null || value === undefined) return "-";
  if (typeof value === "string") return value in NON_FINITE ? value.replace("Infinity", "Inf") : shortNumber(Number(value));
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e9) return (value < 0 ? "-" : "") + grouped(size);
  if (size >= 1e-4 && String(size).length <= 5) return String(value);
  if (size >= 1e6 || size < 1e-4) return value.toExponential(size >= 1e6 ? 3 : 2).replace("e+", "e");
  if (size >= 1000) return (value < 0 ? "-" : "") + grouped(size.toFixed(0));
  if (size >= 1) return value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : 3);
  return value.toPrecision(3);
}

/** The same number for an axis or a sentence of the page: two or three digits and a real minus sign. */
export function axisNumber(value) {
  if (value === null || value === undefined) return "";
  const size = Math.abs(value);
  const text =
    Number.isInteger(value) || size >= 1e5 || (size < 1e-3 && size > 0)
      ? shortNumber(value)
      : String(Number(value.toPrecision(size >= 10 ? 3 : 2)));
  return withMinus(text);
}

/** Text with a real minus sign in place of a hyphen before a digit. */
export const withMinus = (text) => text.replace(/-(?=[\dI])/g, "\u2212");

/** Cell as a person reads it: short number, True or False, text in quotes (cut at `limit`). */
export function cellText(cell, content, limit = 24) {
  if (content === "bool") return cellNumber(cell) ? "True" : "False";
  if (content === "text") {
    const text = String(cell);
    return `"${text.length > limit ? `${text.slice(0, limit - 1)}\u2026` : text}"`;
  }
  return typeof cell === "string" && !(cell in NON_FINITE) ? cell : shortNumber(cellNumber(cell));
}

// --- cells ----------------------------------------------------------------------------------------------------

/** Cell of the window at `index` (one number an axis, counted from the window's own corner). */
export function cellAt(cells, index) {
  let at = 0;
  for (let axis = 0; axis < cells.shape.length; axis += 1) at = at * cells.shape[axis] + index[axis];
  return cells.data[at];
}

/**
 * The two last axes of the recorded window as a plane: `{rows, columns, start, lead, isVector}`.
 *
 * `lead` chooses the leading axes (missing ones are 0). A vector is one row, a scalar one cell.
 */
export function planeOf(cells, lead = []) {
  const { shape } = cells;
  const rank = shape.length;
  const columns = rank ? shape[rank - 1] : 1;
  const rows = rank > 1 ? shape[rank - 2] : 1;
  const chosen = shape.slice(0, Math.max(0, rank - 2)).map((n, axis) => Math.min(Math.max(0, lead[axis] ?? 0), n - 1));
  let start = 0;
  for (let axis = 0; axis < chosen.length; axis += 1) start = start * shape[axis] + chosen[axis];
  return { rows, columns, start: start * rows * columns, lead: chosen, isVector: rank < 2 };
}

/** Index (one number an axis, in the whole value) of the plane's cell in row `row` and column `column`. */
export function indexOf(cells, plane, row, column) {
  const rank = cells.shape.length;
  const index = rank === 0 ? [] : rank === 1 ? [column] : [...plane.lead, row, column];
  return index.map((n, axis) => n + (cells.origin[axis] ?? 0));
}

// --- colours --------------------------------------------------------------------------------------------------

/** Scale of one or several values: symmetric about 0, `{limit}`, the largest finite magnitude (1 when all are 0). */
export function scaleOf(...values) {
  let limit = 0;
  for (const v of values) {
    if (v && typeof v.min === "number") limit = Math.max(limit, Math.abs(v.min), Math.abs(v.max));
  }
  return { limit: limit || 1 };
}

/** "#rrggbb" or "rgb(r, g, b)" as three numbers; black for anything else. */
export function parseColour(text) {
  const hex = /^#([0-9a-f]{6})$/i.exec(text.trim());
  if (hex) return [0, 2, 4].map((i) => parseInt(hex[1].slice(i, i + 2), 16));
  const rgb = /(\d+(?:\.\d+)?)[ ,]+(\d+(?:\.\d+)?)[ ,]+(\d+(?:\.\d+)?)/.exec(text);
  return rgb ? rgb.slice(1, 4).map(Number) : [0, 0, 0];
}

/**
 * Table of 511 colours from `low` over `middle` (entry 255) to `high`, each `[r, g, b]`.
 *
 * The exponent lifts small values a little, so that they leave the middle before they vanish in it.
 */
export function colourTable(low, middle, high, exponent = 0.85) {
  const table = [];
  for (let i = -255; i <= 255; i += 1) {
    const part = (Math.abs(i) / 255) ** exponent;
    const end = i < 0 ? low : high;
    table.push(middle.map((m, c) => Math.round(m + (end[c] - m) * part)));
  }
  return table;
}

/** Place of a finite number in a colour table under a scale. */
export function colourIndex(value, scale) {
  return 255 + Math.round(255 * Math.max(-1, Math.min(1, value / scale.limit)));
}

// --- geometry of pictures -------------------------------------------------------------------------------------

/**
 * Size of the cells of a heat map inside `width` x `height`: `{cellWidth, cellHeight, width, height}`.
 *
 * Cells are squares where they can be; a thin plane gets cells up to 2.4 times as wide as high, and the other way.
 */
export function gridSize(rows, columns, width, height, most = 26) {
  const across = Math.min(width / columns, most);
  const down = Math.min(height / rows, most);
  const cellWidth = Math.min(across, down * 2.4);
  const cellHeight = Math.min(down, across * 2.4);
  return { cellWidth, cellHeight, width: cellWidth * columns, height: cellHeight * rows };
}

/**
 * Bars of a histogram as two path texts, by sign, in a box `width` x `height`, with the place of 0.
 *
 * A bin that holds 0 is coloured by its middle. Returns null for a value without a histogram.
 */
export function histogramPaths(histogram, width, height) {
  if (!histogram) return null;
  const { low, high, counts } = histogram;
  const most = Math.max(...counts, 1);
  const step = width / counts.length;
  const paths = { negative: "", positive: "", zero: null };
  counts.forEach((count, i) => {
    if (!count) return;
    const tall = Math.max(1.5, (count / most) * height);
    const middle = low + ((i + 0.5) / counts.length) * (high - low);
    const bar = `M${round(i * step + 0.6)} ${round(height)}v${round(-tall)}h${round(step - 1.2)}v${round(tall)}z`;
    paths[middle < 0 ? "negative" : "positive"] += bar;
  });
  if (low <= 0 && high >= 0 && high > low) paths.zero = round((-low / (high - low)) * width);
  return paths;
}

/** Points of a small line over runs, `{path, points, low, high}`; gaps where a value is not finite. */
export function sparkline(values, width, height, pad = 3) {
  const numbers = values.map(cellNumber);
  const finite = numbers.filter(Number.isFinite);
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const points = numbers.map((n, i) => ({
    x: round(numbers.length > 1 ? (i / (numbers.length - 1)) * width : width / 2),
    y: Number.isFinite(n) ? round(high > low ? height - pad - ((n - low) / (high - low)) * (height - 2 * pad) : height / 2) : null,
  }));
  let path = "";
  let open = false;
  for (const p of points) {
    if (p.y === null) open = false;
    else {
      path += `${open ? "L" : "M"}${p.x} ${p.y}`;
      open = true;
    }
  }
  return { path, points, low, high };
}

/** Two decimals, for path texts. */
export const round = (n) => Math.round(n * 100) / 100;
