// The text twin of the graph (docs/data.md 3.1): one line a node, a tree of name scopes for each lane.

import { LANES, laneOfMaker } from "./roles.js";

const number = (value) => value.toLocaleString("en");
const counted = (count, word) => `${number(count)} ${word}${count === 1 ? "" : "s"}`;

const TITLES = { init: "init, save" };

/** Text of a graph from its columns (columns.js) and its label. */
export function graphText(g, label = "graph") {
  const lanes = new Map(LANES.map((lane) => [lane, []]));
  for (let i = 0; i < g.n; i += 1) lanes.get(laneOfMaker(g.maker[i])).push(i);
  const filled = LANES.filter((lane) => lanes.get(lane).length);
  const counts = filled.map((lane) => `${TITLES[lane] ?? lane} ${number(lanes.get(lane).length)}`).join("; ");
  const lines = [`${label}: ${counted(g.n, "operation")}${counts ? `: ${counts}` : ""}`];
  for (const lane of filled) {
    const ops = lanes.get(lane);
    lines.push(`${TITLES[lane] ?? lane} (lane, ${counted(ops.length, "op")})`);
    write(treeOf(g, ops), g, lines, 1);
  }
  return `${lines.join("\n")}\n`;
}

/** Name scopes of the given operations: {leaf, ops, variables, first, children}. */
function treeOf(g, ops) {
  const root = { leaf: "", ops: 0, variables: 0, first: -1, scopes: new Map(), children: [] };
  for (const op of ops) {
    const parts = g.name[op].split("/");
    const leaf = parts.pop();
    let scope = root;
    const path = [root];
    for (const part of parts) {
      if (!scope.scopes.has(part)) {
        const child = { leaf: part, ops: 0, variables: 0, first: op, scopes: new Map(), children: [] };
        scope.scopes.set(part, child);
        scope.children.push(child);
      }
      scope = scope.scopes.get(part);
      path.push(scope);
    }
    for (const one of path) one.ops += 1;
    const variable = g.owner[op] >= 0 ? g.variables[g.owner[op]] : null;
    if (variable && variable.op !== op) continue;
    if (variable) for (const one of path) one.variables += 1;
    scope.children.push({ leaf, op, variable });
  }
  return root;
}

function write(scope, g, lines, depth) {
  const indent = "  ".repeat(depth);
  for (const child of scope.children) {
    if (child.children) {
      const before = lines.length;
      lines.push("");
      write(child, g, lines, depth + 1);
      if (lines.length === before + 1) lines.pop();
      else lines[before] = `${indent}${child.leaf} (scope, ${counted(child.ops, "op")}${child.variables ? `, ${counted(child.variables, "variable")}` : ""})`;
    } else lines.push(`${indent}${child.leaf} (${factsOf(g, child)})${tailOf(g, child)}`);
  }
}

function factsOf(g, { op, variable }) {
  const facts = [];
  if (variable) {
    facts.push("variable", `${variable.dtype} ${variable.shape}`);
    if (variable.trainable) facts.push("trainable");
    const asked = variable.requests?.length ?? 0;
    if (asked > 1) facts.push(`asked for ${number(asked)} times`);
  } else {
    facts.push(g.type[op]);
    const outputs = g.outputs[op];
    for (let k = 0; k < outputs.length; k += 2) facts.push(`${outputs[k]} ${outputs[k + 1]}`);
  }
  const where = siteText(g, variable ? variable.site : g.site[op]);
  if (where) facts.push(where);
  return facts.join(", ");
}

function tailOf(g, { op, variable }) {
  if (variable) return variable.reads?.length ? `; read by ${variable.reads.map((reader) => g.name[reader]).join(", ")}` : "";
  let tail = "";
  const inputs = g.inputs[op];
  const names = [];
  for (let k = 0; k < inputs.length; k += 2) names.push(inputs[k + 1] ? `${g.name[inputs[k]]}:${inputs[k + 1]}` : g.name[inputs[k]]);
  if (names.length) tail += ` <- ${names.join(", ")}`;
  if (g.control[op].length) tail += `; after ${g.control[op].map((other) => g.name[other]).join(", ")}`;
  return tail;
}

/** "cell [3] line 12", or "model.py line 12" outside notebooks; "" when nothing is known. */
export function siteText(g, index) {
  const site = index >= 0 ? g.sites[index] : null;
  if (!site) return "";
  const cell = site.cell >= 0 ? g.cells[site.cell] : null;
  const place = cell ? `cell [${cell.count ?? "?"}]` : String(site.file ?? "").split(/[\\/]/).pop();
  return `${place} line ${site.line}`;
}
