// The card beside the drawing: an overview with legend when nothing is selected, else a sentence, facts and links.

import { boxOfNode } from "../../lib/graph/scene.js";
import { shapeOf } from "../../lib/graph/sizes.js";
import { fitText } from "../../lib/graph/measure.js";
import { isWrite } from "../../lib/graph/roles.js";
import { contains } from "../../lib/graph/tree.js";
import { sentenceOf } from "../../lib/graph/sentences.js";
import { siteText } from "../../lib/graph/twin.js";
import { counted, grouped } from "../../lib/names.js";
import { element } from "../../lib/dom.js";
import { icon as drawn, VERDICT_ICON } from "../../lib/icons.js";
import { legend } from "./legend.js";

const MOST = 6;

/** Contents of the card for a selection, or null when this view has nothing to say about it. */
export function cardOf(selection, parts) {
  const { model, hits } = parts;
  if (!selection) return overview(parts);
  const { kind, id } = selection;
  const found = hits && hits.now >= 0 ? where(parts) : null;
  if (kind === "variable" && model.variableNodes[id]) return variableCard(id, parts, found);
  if (kind === "op" && id >= 0 && id < model.g.n) return model.roles.owner[id] >= 0 && model.variableNodes[model.roles.owner[id]]?.op === id ? variableCard(model.roles.owner[id], parts, found) : opCard(id, parts, found);
  if (kind === "tensor") return opCard(Number(String(id).split(":")[0]), parts, found);
  if (kind === "namescope") {
    const node = model.nodes.get(`${String(id).replace(/\/$/, "")}/`) ?? [...model.nodes.values()].find((one) => one.kind === "scope" && one.name === id);
    if (node) return scopeCard(node, parts, found);
  }
  return null;
}

// ---- pieces --------------------------------------------------------------------------------------------------------

const code = (text) => element("code", {}, text);

function link(parts, text, selection, title = text, limit = 172) {
  return element("button", { type: "button", class: "tfm-link", title, onclick: () => parts.bus.select({ origin: "card", ...selection }) }, fitText(text, limit, "mono", 12));
}

const opLink = (parts, op, text = null) => {
  const { model } = parts;
  const owner = model.roles.owner[op];
  const node = owner >= 0 ? model.variableNodes[owner] : null;
  if (node && (model.g.variables[owner].op === op || model.g.variables[owner].value === op)) return link(parts, node.name, { kind: "variable", id: owner });
  return link(parts, text ?? model.g.name[op], { kind: "op", id: op });
};

function heading(icon, name) {
  const copy = element("button", {
    type: "button", class: "tfm-card-copy", "aria-label": `copy the name ${name}`, title: "copy the name", onclick: () => navigator.clipboard?.writeText(name),
  }, drawn("copy", 14));
  return element("div", { class: "tfm-card-head" }, icon, element("code", { class: "tfm-card-name", title: name }, ...breakable(name)), copy);
}

/** A path that may break after its slashes. */
const breakable = (name) => name.split(/(?<=\/)/).flatMap((part, k) => (k ? [element("wbr"), part] : [part]));

const section = (...children) => element("div", { class: "tfm-card-section" }, ...children);

function facts(rows) {
  const list = element("dl", { class: "tfm-facts" });
  for (const [label, ...value] of rows.filter(Boolean)) list.append(element("dt", {}, label), element("dd", {}, ...value));
  return list;
}

/** Things with commas that never begin a line. */
const commas = (items) => items.flatMap((item, k) => [element("span", { class: "tfm-item" }, item, k + 1 < items.length ? "," : ""), k + 1 < items.length ? " " : ""]);

function listOf(title, items, total) {
  return section(
    element("div", { class: "tfm-card-title" }, element("span", {}, title), element("span", { class: "tfm-muted" }, grouped(total))),
    element("ul", { class: "tfm-card-list" }, ...items.slice(0, MOST).map((item) => element("li", {}, item)), items.length < total || items.length > MOST ? element("li", { class: "tfm-muted" }, `and ${grouped(total - Math.min(items.length, MOST))} more`) : null),
  );
}

const LANE_CLASS = { model: "variable", gradients: "gradient", optimizer: "write", init: "compute", summaries: "compute", queues: "feed" };

const swatch = (lane) => element("span", { class: `tfm-swatch tfm-swatch-${LANE_CLASS[lane] ?? "compute"}`, "aria-hidden": "true", title: lane });

function madeAt(parts, index) {
  const site = index >= 0 ? parts.model.g.sites[index] : null;
  if (!site) return null;
  return section(
    element("div", { class: "tfm-card-title" }, element("span", {}, "Made at"), element("span", {}, siteText(parts.model.g, index))),
    site.text ? element("pre", { class: "tfm-card-code" }, site.text) : null,
  );
}

const card = (...children) => element("div", { class: "tfm-graph-card" }, ...children.flat().filter(Boolean));

/** Where the hits of a search are, by top scope and lane. */
function where(parts) {
  const { hits, model } = parts;
  const groups = new Map();
  for (const { node } of hits.list) {
    let top = node;
    while (top.parent && top.parent.parent) top = top.parent;
    const name = node.lane === "model" ? (top === node ? "top level" : top.leaf) : model.lanes.find((lane) => lane.key === node.lane)?.title ?? node.lane;
    if (!groups.has(name)) groups.set(name, { count: 0, lane: node.lane });
    groups.get(name).count += 1;
  }
  const most = Math.max(...[...groups.values()].map((group) => group.count));
  const rows = [...groups].sort((a, b) => b[1].count - a[1].count).slice(0, 5);
  return section(
    element("div", { class: "tfm-card-title" }, element("span", {}, `Hit ${grouped(hits.now + 1)} of ${grouped(hits.list.length)}; where they are`)),
    element("ul", { class: "tfm-bars" }, ...rows.map(([name, { count, lane }]) => element("li", {}, element("span", {}, fitText(name, 150, "mono")), element("span", {}, grouped(count)),
      element("span", { class: "tfm-bar", "aria-hidden": "true" }, element("span", { class: `tfm-swatch-${LANE_CLASS[lane]}`, style: `width:${Math.max(3, Math.round((100 * count) / most))}%` }))))),
  );
}

// ---- cards ---------------------------------------------------------------------------------------------------------

function overview(parts) {
  const { model, store } = parts;
  const { g } = model;
  const count = model.lanes[0]?.count ?? 0;
  const tie = model.ties[0];
  const words = [];
  if (!g.n) words.push("There are no operations yet.");
  else if (count === g.n) words.push(`${counted(g.n, "operation")}, all made by the program itself.`);
  else words.push(`${counted(g.n, "operation")}; the model is ${grouped(count)} of them.`);
  const own = g.variables.filter((variable) => variable && variable.maker !== "slot");
  const size = (list) => list.reduce((sum, variable) => sum + (variable.size ?? 0), 0);
  if (tie) {
    const towers = tie.towers.slice(0, 3).flatMap((tower, k) => [k ? (k === Math.min(2, tie.towers.length - 1) ? " and " : ", ") : " ", code(tower.name)]);
    const shared = tie.shared.map((node) => g.variables[node.variable]);
    words.push(...towers, tie.towers.length > 3 ? ` and ${tie.towers.length - 3} more` : "", " read the ", element("b", {}, `same ${counted(shared.length, "variable")}`), `: ${grouped(size(shared))} numbers${oneDtype(shared)}.`);
  } else if (own.length) words.push(` ${counted(own.length, "variable")} hold${own.length === 1 ? "s" : ""} ${grouped(size(own))} numbers${oneDtype(own)}.`);
  const fed = [];
  const ends = [];
  const cells = new Set();
  for (let op = 0; op < g.n; op += 1) {
    if (model.roles.lane[op] !== "model") continue;
    if (g.type[op].startsWith("Placeholder")) fed.push(op);
    const cell = g.sites[g.site[op]]?.cell ?? -1;
    if (cell >= 0 && g.cells[cell]) cells.add(g.cells[cell].count);
    const readers = model.roles.readers[op];
    let used = false;
    for (let k = 0; k < readers.length; k += 2) used = used || model.roles.lane[readers[k]] === "model";
    if (!used && model.roles.owner[op] < 0 && g.type[op] !== "Const" && g.inputs[op].length && !(model.roles.lane[op] === "model" && g.type[op] === "Shape")) ends.push(op);
  }
  ends.reverse();
  const few = (ops, limit) => [...commas(ops.slice(0, limit).map((op) => link(parts, g.name[op], { kind: "op", id: op }, g.name[op], 116))), ops.length > limit ? ` and ${grouped(ops.length - limit)} more` : ""];
  const numbers = [...cells].filter((number) => number !== null && number !== undefined).sort((a, b) => a - b);
  const cellText = numbers.length > 3 ? `${numbers.length} cells, [${numbers[0]}] to [${numbers[numbers.length - 1]}]` : numbers.map((number, k) => `${k ? (k === numbers.length - 1 ? " and " : ", ") : ""}[${number}]`).join("");
  return element("div", { class: "tfm-graph-card tfm-overview" }, [
    element("h3", {}, "This graph"),
    element("p", {}, ...words),
    section(facts([
      fed.length && ["fed by", ...few(fed, 4)],
      numbers.length && ["made by", `${numbers.length === 1 ? "cell " : numbers.length < 4 ? "cells " : ""}${cellText}`],
      ends.length && ["ends at", ...few(ends, 2)],
      store.graph.finalized && ["state", "finalized: nothing can be added"],
    ])),
    legend(parts.scene()),
  ].filter(Boolean));
}

function oneDtype(variables) {
  const kinds = new Set(variables.map((variable) => variable.dtype));
  return kinds.size === 1 ? `, all ${[...kinds][0]}` : "";
}

function variableCard(k, parts, found) {
  const { model, store } = parts;
  const { g } = model;
  const variable = g.variables[k];
  const readers = [];
  const writers = [];
  for (let op = 0; op < g.n; op += 1) {
    if (model.roles.owner[op] === k) continue;
    const inputs = g.inputs[op];
    let reads = false;
    let writes = false;
    for (let i = 0; i < inputs.length; i += 2) {
      if (model.roles.owner[inputs[i]] !== k) continue;
      if (isWrite(g.type[op]) && i === 0) writes = true;
      else reads = true;
    }
    if (reads) readers.push(op);
    if (writes) writers.push(op);
  }
  const requests = (variable.requests ?? []).map((index) => [g.requests[index], index]).filter(([request]) => request);
  const towers = model.ties.find((tie) => tie.shared.some((node) => node.variable === k))?.towers ?? [];
  const shared = requests.filter(([request]) => request.word.startsWith("shared"));
  const sentence = [];
  if (towers.length) {
    sentence.push(shared.length ? "Made once, then shared" : "Made once and read twice");
    if (shared.length && shared[0][0].mode_value) sentence.push(" under ", code(`reuse=${shared[0][0].mode_value}`));
    sentence.push(": ", ...towers.slice(0, 3).flatMap((tower, i) => [i ? " and " : "", code(tower.name)]), " read the ", element("b", {}, "same"), ` ${counted(variable.size, "number")}.`);
  } else {
    const model_ = readers.filter((op) => model.roles.lane[op] === "model").length;
    sentence.push(`A ${variable.trainable ? "trainable " : ""}variable of ${counted(variable.size, "number")}${variable.maker === "slot" ? `, kept by the optimizer${variable.slot_of >= 0 ? ` for ${g.variables[variable.slot_of]?.name}` : ""}` : ""}; the model reads it in ${counted(model_, "place")}.`);
  }
  const init = [g.variables[k].initializer].filter((op) => op >= 0 && op < g.n);
  const starters = groupsRunning(model, init[0]);
  return card(
    heading(element("span", { class: `tfm-icon-capsule${variable.trainable ? "" : " hollow"}`, "aria-hidden": "true" }), variable.name),
    found,
    element("p", {}, ...sentence),
    section(facts([
      ["value", code(`${variable.dtype} ${variable.shape}`)],
      variable.starts_as && ["starts as", variable.starts_as],
      (writers.length || starters.length) && ["written by", ...commas(writtenBy([...writers, ...starters], model).map(([name, op]) => link(parts, name, { kind: "op", id: op }, g.name[op], 118)))],
    ])),
    readers.length ? listOf("Read by", sortLanes(readers, model).map((op) => [swatch(model.roles.lane[op]), opLink(parts, op)]), readers.length) : null,
    requests.length ? section(element("div", { class: "tfm-card-title" }, element("span", {}, "Asked for"), element("span", { class: "tfm-muted" }, grouped(requests.length))),
      element("ul", { class: "tfm-card-list" }, ...requests.slice(0, MOST).map(([request, index]) => element("li", { class: "tfm-asked" }, element("b", {}, verdict(request.word), request.word),
        element("button", { type: "button", class: "tfm-link", onclick: () => parts.bus.select({ kind: "request", id: index, origin: "card" }) }, siteText(g, request.site) || `call ${request.number}`))))) : null,
    madeAt(parts, variable.site),
  );
}

const VERDICT_TOKEN = { made: "made", shared: "shared", "shared, but": "warn", refused: "refused" };

const verdict = (word) => element("span", { class: "tfm-verdict", style: `color:var(--tfm-${VERDICT_TOKEN[word] ?? "muted"})` }, drawn(VERDICT_ICON[word] ?? "help", 14));

/** Groups (init and the like) that run an operation. */
function groupsRunning(model, op) {
  const groups = [];
  if (op === undefined) return groups;
  for (const lane of model.lanes) for (const group of lane.groups) if (model.g.control[group.op].includes(op)) groups.push(group.op);
  return groups;
}

/** Writers under the names that people know them by: the optimizer, `save`, `init`; [name, op], at most four. */
function writtenBy(ops, model) {
  const names = new Map();
  for (const op of ops) {
    const parts = model.g.name[op].split("/");
    const name = model.roles.lane[op] === "model" ? parts.slice(-2).join("/") : parts[0];
    if (!names.has(name)) names.set(name, op);
  }
  return [...names].slice(0, 4);
}

function sortLanes(ops, model) {
  const order = { model: 0, gradients: 1, optimizer: 2, init: 3 };
  return [...ops].sort((a, b) => (order[model.roles.lane[a]] ?? 4) - (order[model.roles.lane[b]] ?? 4) || a - b);
}

function opCard(op, parts, found) {
  const { model } = parts;
  const { g, roles } = model;
  const inputs = [];
  for (let k = 0; k < g.inputs[op].length; k += 2) inputs.push([g.inputs[op][k], g.inputs[op][k + 1]]);
  const flat = roles.readers[op];
  const readers = [];
  for (let k = 0; k < flat.length; k += 2) if (!readers.includes(flat[k])) readers.push(flat[k]);
  const outputs = g.outputs[op];
  const values = [];
  for (let k = 0; k < outputs.length; k += 2) values.push(`${outputs[k]} ${outputs[k + 1]}`);
  const folded = [];
  for (let i = 0; i < g.inputs[op].length; i += 2) if (roles.into[g.inputs[op][i]] === op) folded.push(g.inputs[op][i]);
  const controls = g.control[op];
  return card(
    heading(element("span", { class: "tfm-icon-op", "aria-hidden": "true" }), g.name[op]),
    found,
    element("p", {}, ...sentenceOf(model, op, (other) => opLink(parts, other), code)),
    section(facts([
      ["type", code(g.type[op])],
      values.length && [values.length > 1 ? "values" : "value", code(values.slice(0, 3).join(", ") + (values.length > 3 ? ", …" : ""))],
      ["made by", makerWords(g.maker[op])],
    ])),
    inputs.length ? listOf("Inputs", inputs.map(([source, port]) => [swatch(roles.lane[source]), opLink(parts, source), " ", element("span", { class: "tfm-muted tfm-mono" }, g.outputs[source][2 * port + 1] ?? "")]), inputs.length) : null,
    readers.length ? listOf("Read by", sortLanes(readers, model).map((other) => [swatch(roles.lane[other]), opLink(parts, other)]), readers.length) : null,
    controls.length ? listOf(g.type[op] === "NoOp" ? "Runs" : "Waits for", controls.map((other) => opLink(parts, other)), controls.length) : null,
    folded.length ? listOf("Folded into its box", folded.map((other) => opLink(parts, other)), folded.length) : null,
    madeAt(parts, g.site[op]),
  );
}

const MAKER_WORDS = {
  user: "a line of the program", variable: "a variable", regularizer: "a regularizer", gradient: "tf.gradients", optimizer: "the optimizer", slot: "the optimizer, for its own variables",
  init: "an initializer of variables", saver: "tf.train.Saver", summary: "a summary", queue: "an input queue", import: "an imported graph (roles guessed)",
};

const makerWords = (maker) => MAKER_WORDS[maker] ?? maker;

function scopeCard(node, parts, found) {
  const { model } = parts;
  const { g } = model;
  const inputs = new Set();
  const outputs = new Set();
  const variables = new Set();
  const inside = (op) => model.nodeOf[op] && contains(node, model.nodeOf[op]);
  for (let op = 0; op < g.n; op += 1) {
    const here = inside(op);
    for (let k = 0; k < g.inputs[op].length; k += 2) {
      const source = g.inputs[op][k];
      if (here && !inside(source)) (model.roles.owner[source] >= 0 ? variables : inputs).add(model.roles.owner[source] >= 0 ? model.roles.owner[source] : source);
      if (!here && inside(source) && model.roles.owner[source] < 0) outputs.add(op);
    }
  }
  const tie = model.ties.find((one) => one.towers.includes(node));
  const series = model.series.get(node.id);
  const words = [code(node.name), ` holds ${counted(node.ops, "operation")}${node.vars ? ` and ${counted(node.vars, "variable")}` : ""}.`];
  if (tie) words.push(" It re-enters variable scope ", code(tie.title), ": the ", element("b", {}, `same ${counted(tie.shared.length, "variable")}`), " as ", ...commas(tie.towers.filter((tower) => tower !== node).slice(0, 3).map((tower) => link(parts, tower.name, { kind: "namescope", id: tower.name }))), ".");
  if (series) words.push(` It is one of ${grouped(series.members.length)} scopes of equal structure${series.chain ? " in a chain" : ""}.`);
  const first = Math.min(...[node.first].filter(Number.isFinite));
  const box = parts.scene() && boxOfNode(parts.scene(), node);
  return card(
    heading(element("span", { class: "tfm-icon-scope", "aria-hidden": "true" }), node.name),
    found,
    element("p", {}, ...words),
    section(facts([
      ["inside", counted(node.children.length, "thing")],
      variables.size && ["reads", ...commas([...variables].slice(0, 4).map((k) => link(parts, g.variables[k].leaf, { kind: "variable", id: k }, g.variables[k].name))), variables.size > 4 ? `, ${grouped(variables.size - 4)} more` : ""],
      box?.node === node && ["shown", box.open ? "open" : "closed, Enter opens it"],
    ])),
    inputs.size ? listOf("Comes in", [...inputs].slice(0, MOST).map((op) => [opLink(parts, op), " ", element("span", { class: "tfm-muted tfm-mono" }, shapeOf(g, op))]), inputs.size) : null,
    outputs.size ? listOf("Read outside by", sortLanes([...outputs], model).slice(0, MOST).map((op) => [swatch(model.roles.lane[op]), opLink(parts, op)]), outputs.size) : null,
    madeAt(parts, Number.isFinite(first) ? g.site[first] : -1),
  );
}

