// What the initialization order is made of, as plain data: waves, rows and their folds, init operations, sessions, what can be run.

import { scopeOf } from "../../lib/names.js";

const PLAIN = Object.freeze({ wave: 1, verdict: "any order", reads: [], placeholders: [], cycle: [] });
const FOLD_FROM = 2;
const ALIKE_FROM = 60; // variables from which those with the same structure fold

/** The item of the section `order` for a variable. */
export const orderOf = (store, index) => store.order[index] ?? PLAIN;

/** Indexes of the variables of each wave. */
export function wavesOf(store) {
  const waves = [];
  store.variables.forEach((_, index) => {
    const { wave } = orderOf(store, index);
    while (waves.length < wave) waves.push([]);
    waves[wave - 1].push(index);
  });
  return waves;
}

// --- init operations

function members(store, key) {
  const found = store.collections.find((each) => each?.key === key);
  return new Set((found?.items ?? []).filter((each) => each.kind === "variable").map((each) => each.ref));
}

/** A function from a variable to how it stands to an init operation: in, later, local, global, no key, not in it. */
export function placesOf(store, init) {
  const covers = new Set(init.covers);
  const globals = members(store, "variables");
  const locals = members(store, "local_variables");
  const kind = init.covers.every((each) => globals.has(each)) ? "global" : init.covers.every((each) => locals.has(each)) ? "local" : "list";
  return (index) => {
    if (covers.has(index)) return "in";
    const isGlobal = globals.has(index);
    const isLocal = locals.has(index);
    if (kind !== "list") {
      if (!isGlobal && !isLocal) return "no key";
      if (kind === "global" && !isGlobal) return "local";
      if (kind === "local" && !isLocal) return "global";
    }
    return store.variables[index].op > init.op ? "later" : "not in it";
  };
}

/** The variables that an init operation does not cover, by the reason. */
export function leftOut(store, init) {
  const place = placesOf(store, init);
  const out = {};
  store.variables.forEach((_, index) => { const where = place(index); if (where !== "in") (out[where] ??= []).push(index); });
  return out;
}

/** How many assigned or restored values another run of an init operation would overwrite. */
export function overwritten(session, init) {
  return init.covers.filter((each) => session.values[each] && session.values[each].how !== "initialized").length;
}

// --- sessions

/** How a variable got its value: "initialized, run 1", "empty". */
export function stateWords(session, index) {
  const value = session.values[index];
  if (!value) return "empty";
  return value.run ? `${value.how}, run ${String(value.run).replace(/\B(?=(\d{3})+(?!\d))/g, ",")}` : "has a value";
}

/** The same, as the table has it: {kind, words}. */
export function stateOf(session, index) {
  const value = session.values[index];
  if (!value) return { kind: "empty", words: "empty" };
  if (!value.run) return { kind: "assigned", words: "has a value" };
  return { kind: value.how, words: value.how === "initialized" ? `run ${value.run}` : `${value.how}, run ${value.run}` };
}

// --- rows

/**
 * Rows in the order in which they are drawn: a variable, what reads it right below. Variables that read nothing and are read by nobody
 * fold when they belong together and have the same state. A row is {kind: "variable" | "fold", variable, members, title, wave, key, open}.
 */
export function rowsOf(store, { opened, place, sessions, matches }) {
  const { variables } = store;
  const readers = variables.map(() => []);
  variables.forEach((_, index) => { for (const read of orderOf(store, index).reads) readers[read.variable]?.push(index); });
  const many = variables.length > ALIKE_FROM;
  const folds = new Map();
  variables.forEach((variable, index) => {
    const item = orderOf(store, index);
    if (item.reads.length || item.placeholders.length || readers[index].length) return;
    const family = familyOf(store, variable, many);
    if (!family) return;
    const signature = [family.key, place?.(index) ?? "", ...sessions.map((each) => stateOf(each, index).words)].join("\n");
    if (!folds.has(signature)) folds.set(signature, { title: family.title, members: [], key: `${family.key}@${index}` });
    folds.get(signature).members.push(index);
  });
  const foldOf = new Map();
  for (const fold of folds.values()) if (fold.members.length >= FOLD_FROM) for (const each of fold.members) foldOf.set(each, fold);
  const rows = [];
  const placed = new Set();
  const add = (index) => {
    if (placed.has(index)) return;
    placed.add(index);
    rows.push({ kind: "variable", variable: index, members: [index], title: variables[index].name, wave: orderOf(store, index).wave, key: `v${index}` });
    for (const reader of readers[index]) {
      const { reads, cycle } = orderOf(store, reader);
      if (reads.every((read) => placed.has(read.variable) || cycle.includes(read.variable))) add(reader);
    }
  };
  variables.forEach((_, index) => {
    const fold = foldOf.get(index);
    if (!fold) {
      if (orderOf(store, index).reads.every((read) => placed.has(read.variable) || orderOf(store, index).cycle.includes(read.variable))) add(index);
      return;
    }
    if (fold.members[0] !== index) return;
    const hit = matches && fold.members.some((each) => matches(each));
    const open = opened.has(fold.key) || Boolean(hit);
    rows.push({ kind: "fold", variable: index, members: fold.members, title: fold.title, wave: 1, key: fold.key, open });
    for (const each of fold.members) {
      placed.add(each);
      if (open) rows.push({ kind: "variable", variable: each, members: [each], title: variables[each].name, wave: 1, key: `v${each}`, inside: true });
    }
  });
  variables.forEach((_, index) => add(index));
  return rows;
}

/** What a variable may fold with: the slots of an optimizer, the local variables of a scope, or (among many) the same name but for numbers. */
function familyOf(store, variable, many) {
  if (variable.maker === "slot") {
    const base = optimizerOf(store, variable);
    const words = variable.slot_of >= 0 ? "slots" : variable.leaf.endsWith("_power") ? "powers" : "variables";
    return { key: `${base} ${words}`, title: `${base} ${words}` };
  }
  const local = !variable.trainable && variable.collections.some((each) => store.collections[each]?.key === "local_variables");
  if (local && scopeOf(variable.name)) return { key: `in ${scopeOf(variable.name)}`, title: scopeOf(variable.name) };
  if (!many) return null;
  const pattern = variable.name.replace(/\d+/g, "*");
  return { key: `like ${pattern} ${variable.shape} ${variable.dtype} ${variable.trainable}`, title: pattern };
}

function optimizerOf(store, variable) {
  const named = (each) => each.leaf.replace(/_\d+$/, "");
  if (variable.slot_of >= 0) return named(variable);
  const bases = new Set(store.variables.filter((each) => each.maker === "slot" && each.slot_of >= 0).map(named));
  return bases.size === 1 ? [...bases][0] : "optimizer";
}

// --- what a look ahead can be asked about

const MOST_CHOICES = 40;

/** Names of what a person may want to run: training operations first, then what runs fetched, then scalars that nothing reads. */
export function fetchChoices(store) {
  const { ops } = store;
  const used = new Set();
  for (let op = 0; op < ops.length; op += 1) {
    for (let k = 0; k < ops.inputs[op].length; k += 2) used.add(ops.inputs[op][k]);
    for (const each of ops.control[op]) used.add(each);
  }
  const found = [];
  for (let op = 0; op < ops.length; op += 1) if (ops.maker[op] === "optimizer" && !used.has(op) && (ops.control[op].length || ops.inputs[op].length)) found.push(ops.name[op]);
  found.reverse();
  for (let k = store.runs.length - 1; k >= 0 && found.length < 12; k -= 1) for (const name of store.runs[k]?.fetches ?? []) found.push(/:0$/.test(name) && ops.owner[ops.name.indexOf(name.slice(0, -2))] >= 0 ? name : name.replace(/:0$/, ""));
  const scalars = [];
  for (let op = 0; op < ops.length && scalars.length < MOST_CHOICES; op += 1) {
    if (ops.maker[op] === "user" && !used.has(op) && ops.owner[op] < 0 && ops.outputs[op].length && !["Const", "Placeholder", "NoOp"].includes(ops.type[op])) scalars.push(ops.name[op]);
  }
  const losses = scalars.filter((name) => ops.outputs[ops.name.indexOf(name)][1] === "[]");
  return [...new Set([...found, ...losses, ...scalars, ...store.inits.map((each) => each.name)])].slice(0, MOST_CHOICES);
}

/** Variables whose place in the order can matter: those that read others and those that are read. */
export function orderMatters(store) {
  const found = new Set();
  store.variables.forEach((_, index) => {
    const { reads } = orderOf(store, index);
    for (const read of reads) { found.add(read.variable); found.add(index); }
  });
  return [...found].sort((a, b) => a - b);
}

