/**
 * Questions about a trace record (docs/data.md section 2): where the cursor can go, what belongs together.
 *
 * A `StepIndex` is made once for a trace; every answer after that is a look-up, so that moving the cursor costs the same in a
 * run of 5 steps and of 5,000.
 */

import { isUnhealthy } from "./values.js";

/** Kinds of jump that the menu "go to" offers, in its order. */
export const JUMPS = [
  { key: "bad", label: "first NaN or Inf" },
  { key: "write", label: "next write" },
  { key: "fetched", label: "next fetched" },
  { key: "feeduse", label: "next use of a feed" },
  { key: "error", label: "the error" },
  { key: "selected", label: "selected elsewhere" },
];

export class StepIndex {
  /** @param {object} trace a trace record with at least one step */
  constructor(trace) {
    this.trace = trace;
    this.steps = trace.steps;
    this.count = trace.steps.length;
    this.brackets = completeBrackets(trace);
    this.bracketOf = new Int32Array(this.count);
    this.brackets.forEach((b, i) => this.bracketOf.fill(i, b.first, b.last + 1));
    this.places = { bad: [], write: [], fetched: [], feeduse: [], error: [] };
    this.readers = Array.from({ length: this.count }, () => []);
    this.byOp = new Map();
    this.byVariable = new Map();
    this.steps.forEach((step, i) => this.#add(step, i));
    this.titles = this.brackets.map((b) => titlesIn(this.steps, b));
  }

  #add(step, i) {
    const { places } = this;
    if (valuesOf(step).some(isUnhealthy)) places.bad.push(i);
    if (step.writes.length) places.write.push(i);
    if (step.fetched.length) places.fetched.push(i);
    if (step.error) places.error.push(i);
    if (step.inputs.some((input) => this.steps[input.step]?.fed)) places.feeduse.push(i);
    for (const input of step.inputs) if (input.step >= 0 && !this.readers[input.step].includes(i)) this.readers[input.step].push(i);
    // In a loop an operation has a step in each turn; where it is the main one counts before where it is folded in.
    const main = this.byOp.get(step.op);
    if (main?.main) main.steps.push(i);
    else this.byOp.set(step.op, { main: true, steps: [i] });
    for (const part of step.parts) if (!this.byOp.has(part.op)) this.byOp.set(part.op, { main: false, steps: [i] });
    for (const variable of step.reads) note(this.byVariable, variable, i, "reads");
    for (const write of step.writes) note(this.byVariable, write.variable, i, "writes");
  }

  /** Title of a step; where a bracket holds one title twice, the scope's last word stands before it. */
  title(i) {
    const bracket = this.bracketOf[i];
    return this.titles[bracket][i - this.brackets[bracket].first];
  }

  /** Value record that input `k` of step `i` had, or null when it was not recorded. */
  inputValue(i, k) {
    const input = this.steps[i].inputs[k];
    return input.value ?? this.steps[input.step]?.values[input.port] ?? null;
  }

  /** Step that a jump from step `now` reaches, or -1. `marks` are the steps of what is selected elsewhere. */
  jump(key, now, marks = []) {
    const places = key === "selected" ? marks : this.places[key];
    if (!places.length) return -1;
    if (key === "bad" || key === "error") return places[0];
    return places.find((i) => i > now) ?? places[0];
  }

  /** Next (`by` 1) or previous (-1) place of a kind without going round, or -1. */
  neighbour(key, now, by) {
    const places = this.places[key];
    return (by > 0 ? places.find((i) => i > now) : places.findLast((i) => i < now)) ?? -1;
  }

  /** First step of the next bracket, or of this one and then the previous one. */
  scopeJump(now, by) {
    const at = this.bracketOf[now];
    if (by > 0) return this.brackets[at + 1]?.first ?? this.count - 1;
    const { first } = this.brackets[at];
    return now > first ? first : (this.brackets[at - 1]?.first ?? 0);
  }

  /** Steps that a selection of the bus touches: `[{step, how}]` with how "is", "reads" or "writes". */
  marksOf(selection) {
    if (!selection) return [];
    const { kind, id } = selection;
    if (kind === "step") return id >= 0 && id < this.count ? [{ step: id, how: "is" }] : [];
    if (kind === "variable") {
      const found = this.byVariable.get(id);
      return found ? [...found].map(([step, how]) => ({ step, how })).sort((a, b) => a.step - b.step) : [];
    }
    if (kind !== "op" && kind !== "tensor") return [];
    const found = this.byOp.get(kind === "op" ? id : Number(String(id).split(":")[0]));
    return (found?.steps ?? []).map((step) => ({ step, how: "is" }));
  }

  /** Steps whose title, name or type holds `query` (in any case). */
  find(query) {
    const wanted = query.trim().toLowerCase();
    if (!wanted) return [];
    const hits = [];
    this.steps.forEach((s, i) => {
      if (`${s.title}\n${s.name}\n${s.type}`.toLowerCase().includes(wanted)) hits.push(i);
    });
    return hits;
  }

  /** Shortest chain of steps from step `i` over its readers to a fetched one; only `[i]` when there is none. */
  chain(i) {
    const from = new Map([[i, -1]]);
    const queue = [i];
    for (const at of queue) {
      if (this.steps[at].fetched.length) {
        const out = [];
        for (let k = at; k >= 0; k = from.get(k)) out.unshift(k);
        return out;
      }
      for (const next of this.readers[at]) {
        if (from.has(next)) continue;
        from.set(next, at);
        queue.push(next);
      }
    }
    return [i];
  }

  /** Names of variables written by the steps up to and with `now`. */
  writtenBy(now) {
    const names = [];
    for (const i of this.places.write) {
      if (i > now) break;
      for (const write of this.steps[i].writes) if (!names.includes(write.name)) names.push(write.name);
    }
    return names;
  }
}

/** Values of a step that can be looked at: its own, or of a write what it wrote. */
export function valuesOf(step) {
  return step.values.length ? step.values : step.writes.map((write) => write.after);
}

/** Last part of a name: "hidden" of "model/hidden". */
export const lastPart = (name) => name.slice(name.lastIndexOf("/") + 1);

/** Name of output `port` of a step, as TensorFlow writes it. */
export const outputName = (step, port = 0) => `${step.name}:${port}`;

function note(map, variable, step, how) {
  if (!map.has(variable)) map.set(variable, new Map());
  if (map.get(variable).get(step) !== "writes") map.get(variable).set(step, how);
}

/** Brackets that cover every step: the record's, with gaps filled by the steps' own scopes. */
function completeBrackets(trace) {
  const out = [];
  let at = 0;
  const fill = (end) => {
    while (at < end) {
      const title = trace.steps[at].scope;
      const first = at;
      while (at < end && trace.steps[at].scope === title) at += 1;
      out.push({ title, first, last: at - 1 });
    }
  };
  for (const b of trace.scopes ?? []) {
    if (b.first < at || b.last < b.first || b.last >= trace.steps.length) continue;
    fill(b.first);
    out.push(b);
    at = b.last + 1;
  }
  fill(trace.steps.length);
  return out;
}

function titlesIn(steps, bracket) {
  const own = steps.slice(bracket.first, bracket.last + 1);
  const seen = new Map();
  for (const s of own) seen.set(s.title, (seen.get(s.title) ?? 0) + 1);
  return own.map((s) => {
    const scope = s.scope && s.scope !== bracket.title ? lastPart(s.scope) : "";
    if (seen.get(s.title) < 2 || !scope) return s.title;
    const of = s.title.lastIndexOf(" of ");
    return of < 0 ? `${scope}/${s.title}` : `${s.title.slice(0, of + 4)}${scope}/${s.title.slice(of + 4)}`;
  });
}
