// Text twins of the initialization order, of a look ahead and of an attempt, line for line as `tfmini.inspection` prints them
// (docs/data.md sections 4.4 to 4.6).

import { counted, grouped } from "../../lib/names.js";
import { siteWords } from "../../lib/text.js";
import { leftOut, orderOf, overwritten, stateWords, wavesOf } from "./model.js";

const PLACES = ["later", "local", "global", "no key", "not in it"];

/** The order, then the look ahead and the attempt that the view shows. */
export function initTexts(store, state) {
  const parts = [initOrderText(store)];
  const ahead = state.get("init.preflight", null);
  const tried = state.get("init.tried", null);
  if (ahead) parts.push(preflightText(ahead));
  if (tried) parts.push(tryText(tried));
  return parts.join("\n");
}

// --- the order

export function initOrderText(store) {
  const lines = [head(store)];
  wavesOf(store).forEach((wave, k) => {
    lines.push(`wave ${k + 1}`);
    for (const index of wave) lines.push(`  ${variableLine(store, index)}`);
  });
  if (store.inits.length) lines.push("init operations", ...store.inits.map((each) => `  ${initLine(store, each)}`));
  const closed = store.sessions.filter((each) => each.closed).map((each) => each.label);
  if (closed.length) lines.push(`closed sessions: ${closed.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

function head(store) {
  const count = store.variables.length;
  if (!count) return `${store.graph.label}: no variables`;
  const parts = [`${store.graph.label}: ${counted(count, "variable")} in ${counted(wavesOf(store).length, "wave")}`];
  const items = store.variables.map((_, index) => orderOf(store, index));
  const reading = items.filter((each) => each.reads.length).length;
  if (reading) parts.push(`${grouped(reading)} ${reading === 1 ? "reads others in its" : "read others in their"} initial value`);
  for (const [verdict, many] of [["needs an order", "need an order"], ["must be fed", "must be fed"], ["cycle", "in a ring"]]) {
    const number = items.filter((each) => each.verdict === verdict).length;
    if (number) parts.push(`${grouped(number)} ${number === 1 && verdict !== "cycle" ? verdict : many}`);
  }
  return parts.join("; ");
}

function variableLine(store, index) {
  const variable = store.variables[index];
  const item = orderOf(store, index);
  const parts = [`${variable.name} (${variable.dtype} ${variable.shape}${variable.starts_as ? `, ${variable.starts_as}` : ""}): ${item.verdict}`];
  for (const read of item.reads) parts.push(readWords(store, read));
  if (item.placeholders.length) parts.push(`needs ${item.placeholders.map((op) => store.ops.name[op]).join(", ")} fed`);
  if (item.cycle.length) parts.push(`in a ring with ${item.cycle.filter((each) => each !== index).map((each) => store.variables[each].name).join(", ") || "itself"}`);
  for (const session of store.sessions) if (!session.closed) parts.push(`${session.label}: ${stateWords(session, index)}`);
  return parts.join("; ");
}

/** One read of another variable in words. */
export function readWords(store, read) {
  const { name } = store.variables[read.variable];
  const where = siteWords(store, read.site);
  if (read.how === "raw") return `reads ${name} directly at ${where}: initialize ${name} first, or write initialized_value() there`;
  if (read.how === "ordered") return `reads ${name} at ${where}, after running its initializer itself`;
  if (read.how === "guarded") return `reads ${name} at ${where}, guarded by TensorFlow`;
  return `reads ${name} through initialized_value() at ${where}`;
}

function initLine(store, init) {
  const parts = [`${init.name}, ${siteWords(store, init.site)}: covers ${grouped(init.covers.length)} of ${counted(store.variables.length, "variable")}`];
  const out = leftOut(store, init);
  for (const place of PLACES) if (out[place]) parts.push(`${grouped(out[place].length)} ${place}: ${out[place].map((each) => store.variables[each].name).join(", ")}`);
  for (const session of store.sessions) {
    const lost = overwritten(session, init);
    if (lost) parts.push(`run again in ${session.label}, it would overwrite ${counted(lost, "assigned or restored value")}`);
  }
  return parts.join("; ");
}

// --- a look ahead

export function preflightText(record) {
  const { stops, steps, names } = record;
  const fed = record.feeds.length ? `, fed ${record.feeds.join(", ")}` : "";
  const lines = [`preflight of ${record.fetches.join(", ")} in session ${record.session}${fed}: ${counted(steps, "step")}, ${stops ? `would stop ${placeWords(stops, steps)}` : "would run"}`];
  if (stops) {
    lines.push(`  ${stopWords(stops)}`);
    if (stops.what === "unfed") {
      const then = record.stops_fed;
      lines.push(`  fed, ${then ? `it would stop ${placeWords(then, steps)}: ${stopWords(then)}` : "it would find no variable empty"}`);
    }
  }
  const listed = (items) => items.map((each) => `${each.name} ${each.step >= steps ? "at the end" : `at step ${grouped(each.step + 1)}`}${each.sure ? "" : " (perhaps)"}`).join(", ");
  if (record.unfed.length) lines.push(`  must be fed: ${listed(record.unfed)}`);
  if (record.empty.length) lines.push(`  empty: ${listed(record.empty)}`);
  if (record.first.length) {
    lines.push("  run first, tried on a fork:");
    record.first.forEach((run, k) => {
      const shown = run.variables.map((each) => names[each]).join(", ");
      const together = run.variables.length > 1;
      const why = run.reads.length ? `, which ${together ? "read" : "reads"} ${run.reads.map((each) => names[each]).join(", ")} directly` : "";
      lines.push(`    ${k + 1} ${shown}${together ? " together" : ""}${why}: ${run.code}`);
    });
    lines.push(record.then_runs ? "  then no variable is found empty" : "  even then a variable is found empty");
  }
  if (record.not_read.length) lines.push(`  not read, may stay empty: ${record.not_read.map((each) => names[each]).join(", ")}`);
  if (!record.sure) lines.push("  not all of it is sure: a branch, or an operation that acts outside the session, decides");
  return `${lines.join("\n")}\n`;
}

/** Where a run stops: "at step 97 of 122", "at the end". */
export function placeWords(stops, steps) {
  return stops.step >= steps ? "at the end" : `at step ${grouped(stops.step + 1)} of ${grouped(steps)}`;
}

function stopWords(stops) {
  if (stops.what === "empty") return `${stops.name} is empty`;
  if (stops.what === "unfed") return `${stops.name} must be fed`;
  return `${stops.at}: ${stops.message}`;
}

// --- an attempt

export const OUTCOMES = {
  works: "works",
  fails: "fails",
  differs: "runs, and something came out different",
  "not fixed": "runs here, but nothing fixes the order inside a run",
};

export function tryText(record) {
  const { names } = record;
  const start = record.start === "session" ? "its present values" : "nothing initialized";
  const lines = [`order ${record.found ? "found" : "tried"} in session ${record.session}, from ${start}: ${OUTCOMES[record.outcome]}`];
  record.runs.forEach((run, k) => lines.push(`  run ${k + 1} ${run.variables.map((each) => names[each]).join(", ")}: ${runWords(run, names)}`));
  for (const each of record.values) if (each.differs) lines.push(`  ${names[each.variable]} came out different: ${each.text}, usually ${each.usual}`);
  const values = record.values.filter((each) => each.has && !each.differs).map((each) => `${names[each.variable]} ${each.text}`);
  if (values.length) lines.push(`  values: ${values.join("; ")}`);
  return `${lines.join("\n")}\n`;
}

/** What came of one run of an attempt. */
export function runWords(run, names) {
  const { stops } = run;
  if (stops) {
    const where = `stops at step ${grouped(stops.step + 1)} of ${grouped(stops.steps)}`;
    if (stops.variable >= 0) return `${where}, ${names[stops.variable]} is empty`;
    return stops.unfed ? `${where}, ${stops.unfed} must be fed` : `${where}, ${stops.message}`;
  }
  const loose = run.open.map(([reader, read]) => `${names[read]} comes before ${names[reader]}`);
  return loose.length ? `done, but nothing fixes that ${loose.join(" and ")}` : "done";
}
