/**
 * Text twin of a trace: the same facts in the same order as the stepper shows them, and the sentence it announces.
 *
 * `tfmini.inspection.trace_text` makes the same text in Python; a test holds the two equal. Numbers have plain hyphens.
 */

import { StepIndex, valuesOf } from "./steps.js";
import { cellText, contentOf, grouped, healthWords, shapeText, shortNumber } from "./values.js";

/** "float32 [32,32], mean 0.458, no NaN": one value in a line. */
export function valueWords(value) {
  const head = `${value.dtype} ${shapeText(value.shape)}`;
  const content = contentOf(value);
  if (value.count === 0) return `${head}, empty`;
  if (content === "text") return value.count === 1 ? `${head}, ${JSON.stringify(value.text)}` : head;
  if (content === "bool") {
    return value.count === 1
      ? `${head}, ${value.positive ? "True" : "False"}`
      : `${head}, ${grouped(value.positive)} True, ${grouped(value.zero)} False`;
  }
  const { data } = value.cells ?? { data: [] };
  if (value.count <= 4 && data.length === value.count) return `${head}, ${data.map((c) => cellText(c, content)).join(" ")}`;
  return `${head}, mean ${shortNumber(value.mean)}, ${healthWords(value)}`;
}

/** `Step 17 of 38: BiasAdd (model/hidden). float32 [32,32], mean 0.458, no NaN. Next: Relu.` */
export function announcement(index, i) {
  const step = index.steps[i];
  const parts = [`Step ${grouped(i + 1)} of ${grouped(index.count)}: ${step.title}${step.scope ? ` (${step.scope})` : ""}.`];
  if (step.error) parts.push(`Stopped: ${step.error.class}.`);
  else if (step.writes.length) parts.push(`Writes ${step.writes.map((w) => w.name).join(", ")}.`);
  const value = valuesOf(step)[0];
  if (value) parts.push(`${valueWords(value)}.`);
  if (i + 1 < index.count) parts.push(`Next: ${index.steps[i + 1].title}.`);
  else parts.push("The last step.");
  return parts.join(" ");
}

/** Marks of a step in words: fed, fetched, writes, NaN. */
export function markWords(step) {
  const words = [];
  if (step.fed) words.push("fed");
  if (step.fetched.length) words.push("fetched");
  for (const write of step.writes) words.push(`writes ${write.name}`);
  if (step.error) words.push("error");
  return words;
}

/** The whole trace as text. */
export function traceText(trace) {
  if (!trace?.steps?.length) return "No run yet.";
  const index = new StepIndex(trace);
  const lines = [headline(trace)];
  for (const bracket of index.brackets) {
    const note = bracket.note ? `; ${bracket.note}` : "";
    lines.push("", `${bracket.title || "(root)"} (${plural(bracket.last - bracket.first + 1, "step")}${note})`);
    for (let i = bracket.first; i <= bracket.last; i += 1) lines.push(...stepLines(index, i));
  }
  lines.push(...notNeededLines(trace), ...watchLines(trace));
  return lines.join("\n");
}

function headline(trace) {
  const of = trace.fetches.map((f) => f.name).join(", ") || "nothing";
  const feeds = trace.feeds.map((f) => f.name).join(", ");
  const size = `${plural(trace.steps.length, "step")}, ${grouped(trace.total_ops)} operations in the graph`;
  return `Run ${trace.run} in session ${trace.session}: fetch ${of}${feeds ? `; feed ${feeds}` : ""}. ${size}.`;
}

function stepLines(index, i) {
  const step = index.steps[i];
  const marks = markWords(step);
  const value = valuesOf(step)[0];
  const facts = [
    `${String(i + 1).padStart(5)}   ${index.title(i)}`,
    step.type === step.title ? "" : step.type,
    value ? valueWords(value) : "",
    marks.join(", "),
    `${step.duration_us.toFixed(1)} us`,
  ].filter(Boolean);
  const lines = [facts.join(" | ")];
  if (step.sentence) lines.push(`          ${step.sentence}`);
  if (step.error) lines.push(`          ${step.error.class}: ${step.error.message.split("\n")[0]}`);
  for (const write of step.writes) {
    const { before, after } = write;
    if (before && contentOf(after) === "number")
      lines.push(
        `          ${write.name}: mean ${shortNumber(before.mean)} -> ${shortNumber(after.mean)}, std ${shortNumber(before.std)} -> ${shortNumber(after.std)}`,
      );
    else if (!before) lines.push(`          ${write.name}: had no value before`);
  }
  if (step.parts.length) lines.push(`          parts: ${partWords(step.parts, step.more_parts ?? 0)}`);
  return lines;
}

function partWords(parts, leftOut) {
  const shown = parts.slice(0, 6).map((p) => `${p.type} ${p.name}`);
  const count = parts.length - shown.length + leftOut;
  return shown.join(", ") + (count ? `, and ${count} more` : "");
}

function notNeededLines(trace) {
  if (!trace.not_needed.length) return [];
  const total = trace.not_needed.reduce((sum, n) => sum + n.count, 0);
  return [
    "",
    `not needed: ${grouped(total)} of ${grouped(trace.total_ops)} operations`,
    ...trace.not_needed.map((n) => `  ${n.title} (${grouped(n.count)}): ${n.why}`),
  ];
}

function watchLines(trace) {
  if (!trace.watches.length) return [];
  const line = (w) => {
    const runs = w.runs.length
      ? `runs ${w.runs[0]} to ${w.runs.at(-1)}: ${shortNumber(w.values[0])} -> ${shortNumber(w.values.at(-1))}`
      : "no run yet";
    return `  ${w.label}, ${runs}${w.step >= 0 ? `; made at step ${w.step + 1}` : ""}`;
  };
  return ["", "watched", ...trace.watches.map(line)];
}

const plural = (n, word) => `${grouped(n)} ${word}${n === 1 ? "" : "s"}`;
