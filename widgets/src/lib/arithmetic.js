/**
 * The arithmetic behind one cell, said only when it can be checked.
 *
 * For simple operations the recorded cells of the inputs give the recorded cell of the result. `readOut` computes it again and
 * answers only when both agree to the rounding of the dtype; so a transposed product, a window that does not hold the
 * needed cells, or an operation whose attributes change the rule gives no answer rather than a wrong one.
 */

import { cellAt, cellNumber, shortNumber } from "./values.js";

const BINARY = {
  Add: ["+", (a, b) => a + b],
  AddV2: ["+", (a, b) => a + b],
  BiasAdd: ["+", (a, b) => a + b],
  Sub: ["\u2212", (a, b) => a - b],
  Mul: ["\u00d7", (a, b) => a * b],
  RealDiv: ["/", (a, b) => a / b],
  Div: ["/", (a, b) => a / b],
  SquaredDifference: ["\u2212", (a, b) => (a - b) ** 2, (a, b) => `(${a} \u2212 ${b})\u00b2`],
  Maximum: ["max", Math.max, (a, b) => `max(${a}, ${b})`],
  Minimum: ["min", Math.min, (a, b) => `min(${a}, ${b})`],
  Pow: ["^", (a, b) => a ** b],
  Equal: ["=", (a, b) => a === b, (a, b) => `${a} = ${b}?`],
  NotEqual: ["\u2260", (a, b) => a !== b, (a, b) => `${a} \u2260 ${b}?`],
  Greater: [">", (a, b) => a > b, (a, b) => `${a} > ${b}?`],
  GreaterEqual: ["\u2265", (a, b) => a >= b, (a, b) => `${a} \u2265 ${b}?`],
  Less: ["<", (a, b) => a < b, (a, b) => `${a} < ${b}?`],
  LessEqual: ["\u2264", (a, b) => a <= b, (a, b) => `${a} \u2264 ${b}?`],
};

const UNARY = {
  Relu: [(a) => Math.max(a, 0), (a) => `max(${a}, 0)`],
  Neg: [(a) => -a, (a) => `\u2212(${a})`],
  Abs: [Math.abs, (a) => `|${a}|`],
  Square: [(a) => a * a, (a) => `(${a})\u00b2`],
  Sqrt: [Math.sqrt, (a) => `\u221a${a}`],
  Exp: [Math.exp, (a) => `exp(${a})`],
  Log: [Math.log, (a) => `log(${a})`],
  Tanh: [Math.tanh, (a) => `tanh(${a})`],
  Sigmoid: [(a) => 1 / (1 + Math.exp(-a)), (a) => `sigmoid(${a})`],
  Reciprocal: [(a) => 1 / a, (a) => `1 / ${a}`],
  Cast: [(a) => a, (a) => a],
  Identity: [(a) => a, (a) => a],
  LogicalNot: [(a) => (a ? 0 : 1), (a) => `not ${a ? "True" : "False"}`],
};

/** Sign that stands between the pictures of two inputs: "+", "×", "@" for a matrix product, or "" for operations without one. */
export function operatorSign(type) {
  if (type === "MatMul" || type === "BatchMatMulV2") return "@";
  return BINARY[type]?.[0] ?? "";
}

/**
 * Arithmetic of the cell `index` (whole value's coordinates) of `result`, made by `type` from `inputs` (value records).
 *
 * Returns `{text, sources}` or null. `sources` say which cells of the inputs count: `[{input, index}]`, where `index`
 * has one number an axis, or null for all along that axis.
 */
export function readOut(type, inputs, result, index) {
  if (!result?.cells || inputs.some((v) => !v || !v.cells)) return null;
  const made = cellIn(result, index);
  if (made === undefined) return null;
  if (BINARY[type] && inputs.length === 2) return binary(type, inputs, result, index, made);
  if (UNARY[type] && inputs.length === 1) return unary(type, inputs[0], result, index, made);
  if (type === "MatMul" && inputs.length === 2) return product(inputs, result, index, made);
  if ((type === "Mean" || type === "Sum" || type === "Max" || type === "Min") && inputs.length >= 1)
    return reduction(type, inputs[0], result, index, made);
  return null;
}

/** Arithmetic of a write: what stood there before and what was added. */
export function writeReadOut(before, after, index) {
  const old = cellIn(before, index);
  const now = cellIn(after, index);
  if (old === undefined || now === undefined || typeof old === "boolean") return null;
  const [a, b] = [cellNumber(old), cellNumber(now)];
  if (!Number.isFinite(a) || !Number.isFinite(b)) return null;
  const change = b - a;
  return {
    text: `${shortNumber(a)} ${change < 0 ? "\u2212" : "+"} ${shortNumber(Math.abs(change))}`,
    sources: [{ input: 0, index }],
    change,
  };
}

/** Cell of a record at whole-value coordinates, or undefined when the window does not hold it. */
export function cellIn(value, index) {
  const { cells } = value;
  const own = index.map((n, axis) => n - (cells.origin[axis] ?? 0));
  if (own.length !== cells.shape.length || own.some((n, axis) => n < 0 || n >= cells.shape[axis])) return undefined;
  return cellAt(cells, own);
}

/** Index of the cell of a smaller operand that broadcasting puts at `index` of the result. */
export function broadcastIndex(shape, index) {
  const skip = index.length - shape.length;
  return skip < 0 ? null : shape.map((n, axis) => (n === 1 ? 0 : index[axis + skip]));
}

function binary(type, inputs, result, index, made) {
  const [, compute, say] = BINARY[type];
  const [sign] = BINARY[type];
  const places = inputs.map((v) => broadcastIndex(v.shape, index));
  if (places.includes(null)) return null;
  const cells = inputs.map((v, i) => cellIn(v, places[i]));
  if (cells.some((c) => c === undefined || (typeof c === "string" && Number.isNaN(cellNumber(c)) && c !== "NaN"))) return null;
  const [a, b] = cells.map(cellNumber);
  if (!agrees(compute(a, b), made, result.dtype)) return null;
  const [x, y] = [shortNumber(a), shortNumber(b)];
  return { text: say ? say(x, y) : infix(x, sign, y), sources: places.map((place, input) => ({ input, index: place })) };
}

/** "1.2 + 0.3"; adding a negative number is written as taking away, another sign puts it in brackets. */
function infix(x, sign, y) {
  if (!y.startsWith("-")) return `${x} ${sign} ${y}`;
  if (sign === "+") return `${x} \u2212 ${y.slice(1)}`;
  return sign === "\u2212" ? `${x} + ${y.slice(1)}` : `${x} ${sign} (${y})`;
}

function unary(type, input, result, index, made) {
  const place = broadcastIndex(input.shape, index);
  const cell = place && input.shape.length === index.length ? cellIn(input, place) : undefined;
  if (cell === undefined) return null;
  const [compute, say] = UNARY[type];
  const a = cellNumber(cell);
  const wanted = type === "Cast" && /int/.test(result.dtype) ? Math.trunc(a) : compute(a);
  if (!agrees(wanted, made, result.dtype)) return null;
  return { text: say(shortNumber(a)), sources: [{ input: 0, index: place }] };
}

function product(inputs, result, index, made) {
  const [a, b] = inputs;
  if (a.shape.length !== 2 || b.shape.length !== 2 || index.length !== 2) return null;
  if (a.shape[1] !== b.shape[0]) return null;
  const [row, column] = index;
  const terms = [];
  for (let k = 0; k < a.shape[1]; k += 1) {
    const left = cellIn(a, [row, k]);
    const right = cellIn(b, [k, column]);
    if (left === undefined || right === undefined) return null;
    terms.push([cellNumber(left), cellNumber(right)]);
  }
  const sum = terms.reduce((s, [x, y]) => s + x * y, 0);
  const size = terms.reduce((s, [x, y]) => s + Math.abs(x * y), 0);
  if (!agrees(sum, made, result.dtype, size)) return null;
  const [x, y] = terms[0].map(shortNumber);
  const more = terms.length - 1;
  const sources = [
    { input: 0, index: [row, null] },
    { input: 1, index: [null, column] },
  ];
  return { text: `${x} \u00d7 ${y.startsWith("-") ? `(${y})` : y}${more ? ` + ${more} more products` : ""}`, sources };
}

function reduction(type, input, result, index, made) {
  if (!input.cells.complete || index.length || !input.count) return null;
  const numbers = input.cells.data.map(cellNumber);
  const sum = numbers.reduce((s, n) => s + n, 0);
  const wanted = { Mean: sum / numbers.length, Sum: sum, Max: Math.max(...numbers), Min: Math.min(...numbers) }[type];
  const size = numbers.reduce((s, n) => s + Math.abs(n), 0) / (type === "Mean" ? numbers.length : 1);
  if (!agrees(wanted, made, result.dtype, size)) return null;
  const list = `${numbers.slice(0, 2).map(shortNumber).join(" + ")}${numbers.length > 2 ? " + \u2026" : ""}`;
  const text =
    type === "Mean"
      ? `(${list}) / ${numbers.length}`
      : type === "Sum"
        ? list
        : `the ${type === "Max" ? "largest" : "smallest"} of ${numbers.length}`;
  return { text, sources: [{ input: 0, index: input.shape.map(() => null) }] };
}

/** True when `wanted` is the recorded cell to the rounding of its dtype; `size` is the sum of magnitudes that went in. */
function agrees(wanted, cell, dtype, size = 0) {
  if (typeof cell === "string" && !["NaN", "Infinity", "-Infinity"].includes(cell)) return false;
  const made = cellNumber(cell);
  const number = Number(wanted);
  if (Number.isNaN(made) || Number.isNaN(number)) return Number.isNaN(made) && Number.isNaN(number);
  if (!Number.isFinite(made) || !Number.isFinite(number)) return made === number;
  const epsilon = { float64: 1e-14, float32: 2e-6, float16: 2e-3, bfloat16: 2e-2 }[dtype] ?? 0;
  return Math.abs(number - made) <= epsilon * Math.max(Math.abs(made), Math.abs(number), size);
}
