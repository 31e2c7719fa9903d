// The graph as people think of it: lanes, a tree of name scopes, variables as single things, towers that share weights,
// series of equal parts. Built from the columns of a record (columns.js); nothing here knows a page or a position.

import { rolesOf, isWrite, LANES } from "./roles.js";
import { buildTrees, contains, sign } from "./tree.js";

/**
 * Builds the model.
 *
 * @returns {g, roles, lanes: [{key, title, count, root, vars}], roots, nodeOf, variableNodes, nodes: Map id -> node,
 *   ties: [{scope, title, towers, shared, parent}], series: Map id -> {id, members, parent, chain}, loss: op or -1}
 */
export function buildModel(g) {
  const roles = rolesOf(g);
  const { roots, nodeOf, variableNodes } = buildTrees(g, roles);
  const nodes = new Map();
  for (const root of roots.values()) {
    sign(root, g);
    index(root, nodes);
  }
  const model = { g, roles, roots, nodeOf, variableNodes, nodes };
  model.ties = findTies(model);
  model.series = findSeries(model);
  model.lanes = lanesOf(model);
  model.loss = differentiated(model);
  return model;
}

function index(scope, nodes) {
  nodes.set(scope.id, scope);
  for (const child of scope.children) {
    if (child.kind === "scope") index(child, nodes);
    else nodes.set(child.id, child);
  }
}

/** Lanes with at least one operation, the model first. */
function lanesOf(model) {
  const { g, roles, roots } = model;
  const counts = new Map(LANES.map((lane) => [lane, 0]));
  const makers = new Map(LANES.map((lane) => [lane, new Set()]));
  for (let i = 0; i < g.n; i += 1) {
    counts.set(roles.lane[i], counts.get(roles.lane[i]) + 1);
    makers.get(roles.lane[i]).add(g.maker[i]);
  }
  const lanes = [];
  for (const key of LANES) {
    if (key !== "model" && !counts.get(key)) continue;
    const lane = { key, title: key, count: counts.get(key), root: roots.get(key) };
    if (key === "optimizer") lane.title = optimizerTitle(model);
    if (key === "init") {
      const both = [...makers.get(key)];
      lane.title = both.length > 1 ? "init, save" : both[0] === "saver" ? "save" : "init";
    }
    lane.marks = marksOf(model, key);
    lane.groups = groupsOf(model, key);
    lanes.push(lane);
  }
  return lanes;
}

const UPDATE = /^(?:Resource)?(?:Sparse)?Apply(\w+)$/;

/** Name of the optimizer, from the type of its updates or the group it ends in; several optimizers share one lane. */
function optimizerTitle(model) {
  const { g, roles } = model;
  const names = new Set();
  for (let i = 0; i < g.n; i += 1) {
    const update = roles.lane[i] === "optimizer" ? UPDATE.exec(g.type[i]) : null;
    if (update) names.add(update[1].replace(/V2$/, ""));
  }
  if (names.size === 1) return [...names][0];
  for (const op of endsOf(model, "optimizer")) names.add(model.g.name[op].split("/")[0].replace(/_\d+$/, ""));
  return names.size === 1 ? [...names][0] : "optimizer";
}

/** Operations of a lane that nothing in the lane depends on and that run others: its train, init and restore groups. */
function endsOf(model, lane) {
  const { g, roles } = model;
  const used = new Set();
  for (let i = 0; i < g.n; i += 1) {
    if (roles.lane[i] !== lane) continue;
    for (const j of g.control[i]) used.add(j);
    for (let k = 0; k < g.inputs[i].length; k += 2) used.add(g.inputs[i][k]);
  }
  const ends = [];
  for (let i = 0; i < g.n; i += 1) {
    if (roles.lane[i] !== lane || used.has(i)) continue;
    if (g.type[i] === "NoOp" || (lane === "optimizer" && (isWrite(g.type[i]) && g.control[i].length > 0))) ends.push(i);
  }
  return ends;
}

function groupsOf(model, lane) {
  const { g } = model;
  if (lane !== "optimizer" && lane !== "init") return [];
  return endsOf(model, lane).map((op) => ({
    op,
    name: g.name[op],
    members: g.control[op].length,
    note: lane === "optimizer" ? "train op" : "",
  }));
}

/** Variables of the model that a lane has a gradient for, or writes: [{variable, op}]. */
function marksOf(model, lane) {
  const { g, roles } = model;
  const marks = new Map();
  if (lane === "optimizer") {
    for (let i = 0; i < g.n; i += 1) {
      if (roles.lane[i] !== lane || !isWrite(g.type[i])) continue;
      const k = roles.owner[g.inputs[i][0]] ?? -1;
      if (k >= 0 && g.maker[g.variables[k].op] !== "slot" && roles.owner[i] < 0 && !marks.has(k)) {
        marks.set(k, { variable: k, op: i, gradient: gradientInput(model, i) });
      }
    }
  }
  if (lane === "gradients") {
    // the gradient of a variable is what an optimizer feeds to its update
    for (let i = 0; i < g.n; i += 1) {
      if (roles.lane[i] !== "optimizer" || !isWrite(g.type[i]) || roles.owner[i] >= 0) continue;
      const k = roles.owner[g.inputs[i][0]] ?? -1;
      const op = gradientInput(model, i);
      if (k >= 0 && op >= 0 && !marks.has(k)) marks.set(k, { variable: k, op });
    }
  }
  return [...marks.values()].sort((a, b) => a.variable - b.variable);
}

/** The gradient that an update reads, found through at most six operations of the optimizer's own. */
function gradientInput(model, update) {
  const { g, roles } = model;
  let queue = [update];
  for (let hop = 0; hop < 6 && queue.length; hop += 1) {
    const next = [];
    for (const op of queue) {
      for (let k = 0; k < g.inputs[op].length; k += 2) {
        const source = g.inputs[op][k];
        if (roles.lane[source] === "gradients") return source;
        if (roles.lane[source] === "optimizer" && roles.owner[source] < 0) next.push(source);
      }
    }
    queue = next;
  }
  return -1;
}

/** The operation whose gradients were asked for first: the forward operation behind the first `.../NAME_grad/...`. */
function differentiated(model) {
  const { g, roles } = model;
  const byName = new Map();
  for (let i = 0; i < g.n; i += 1) if (roles.lane[i] === "model") byName.set(g.name[i], i);
  let last = -1;
  let first = g.n;
  for (let i = 0; i < g.n; i += 1) {
    if (roles.lane[i] !== "gradients") continue;
    first = Math.min(first, i);
    const parts = g.name[i].split("/");
    for (let k = 1; k < parts.length; k += 1) {
      if (!parts[k].endsWith("_grad")) continue;
      const forward = [...parts.slice(1, k), parts[k].slice(0, -5)].join("/");
      if (byName.has(forward)) return byName.get(forward);
    }
    for (let k = 0; k < g.inputs[i].length; k += 2) {
      if (roles.lane[g.inputs[i][k]] === "model") last = Math.max(last, g.inputs[i][k]);
    }
  }
  return last;
}

// ---- towers --------------------------------------------------------------------------------------------------------

/**
 * Variable scopes that were entered under several names: their operations lie in sibling name scopes (towers) that read
 * the same variables. Nested re-entries belong to the outermost one.
 */
function findTies(model) {
  const { g, variableNodes, nodes } = model;
  const entered = new Map();
  for (const entry of g.entries) {
    if (!entry || entry.scope === 0) continue;
    const name = (entry.name_scope ?? "").replace(/\/$/, "");
    if (!entered.has(entry.scope)) entered.set(entry.scope, new Set());
    entered.get(entry.scope).add(name);
  }
  const ties = [];
  const taken = new Set();
  const order = [...entered.keys()].sort((a, b) => depthOf(g, a) - depthOf(g, b) || a - b);
  for (const scope of order) {
    const towers = towersOf([...entered.get(scope)].map((name) => nodes.get(`${name}/`)).filter(Boolean));
    addTie(model, ties, taken, towers, scope);
  }
  // records without entries (imported graphs): equal siblings that read the same variables
  const readers = new Map();
  for (const node of variableNodes) {
    if (!node || node.lane !== "model" || node.readers.length < 2) continue;
    const towers = towersOf(node.readers.map((reader) => reader.parent).filter((scope) => scope.parent));
    if (towers.length < 2 || towers.some((tower) => tower.sig !== towers[0].sig)) continue;
    readers.set(towers.map((tower) => tower.id).join("\n"), towers);
  }
  for (const towers of readers.values()) addTie(model, ties, taken, towers, -1);
  return ties;
}

const depthOf = (g, scope) => (g.scopes[scope]?.name ?? "").split("/").length;

/** The children of the deepest common scope that lead to the given scopes, when these are different. */
function towersOf(scopes) {
  const unique = [...new Set(scopes)];
  if (unique.length < 2) return [];
  let common = unique[0].parent;
  while (common && !unique.every((scope) => contains(common, scope))) common = common.parent;
  if (!common || unique.includes(common)) return [];
  const towers = new Set();
  for (const scope of unique) {
    let at = scope;
    while (at.parent !== common) at = at.parent;
    towers.add(at);
  }
  return [...towers].sort((a, b) => a.first - b.first);
}

function addTie(model, ties, taken, towers, scope) {
  if (towers.length < 2 || towers.some((tower) => taken.has(tower))) return;
  for (const tower of towers) for (let at = tower.parent; at; at = at.parent) if (taken.has(at)) return;
  const shared = model.variableNodes.filter(
    (node) => node && node.lane === "model" && towers.filter((tower) => node.readers.some((r) => contains(tower, r))).length > 1,
  );
  if (!shared.length) return;
  const towersReading = towers.filter((tower) => shared.some((node) => node.readers.some((r) => contains(tower, r))));
  if (towersReading.length < 2) return;
  for (const tower of towersReading) taken.add(tower);
  const name = scope >= 0 ? model.g.scopes[scope]?.name ?? "" : "";
  ties.push({ id: `tie:${towersReading[0].id}`, scope, title: name || towersReading[0].leaf, towers: towersReading, shared, parent: towersReading[0].parent });
}

// ---- series --------------------------------------------------------------------------------------------------------

/** Series of at least three sibling scopes of equal structure: Map member id -> series. */
function findSeries(model) {
  const series = new Map();
  const towers = new Set(model.ties.flatMap((tie) => tie.towers));
  const visit = (scope) => {
    const groups = new Map();
    for (const child of scope.children) {
      if (child.kind !== "scope") continue;
      visit(child);
      if (towers.has(child)) continue;
      if (!groups.has(child.sig)) groups.set(child.sig, []);
      groups.get(child.sig).push(child);
    }
    for (const members of groups.values()) {
      if (members.length < 3) continue;
      const kind = joined(model, scope, members);
      if (kind === null) continue;
      const one = { id: `series:${members[0].id}`, members, parent: scope, chain: kind === "chain" };
      for (const member of members) series.set(member.id, one);
    }
  };
  for (const root of model.roots.values()) visit(root);
  return series;
}

/** "chain" or "parallel" for equal siblings, or null where drawing them as one box would make a circle. */
function joined(model, scope, members) {
  const { g, nodeOf } = model;
  const position = new Map(members.map((member, k) => [member, k]));
  const below = new Map();
  const childOf = (node) => {
    if (below.has(node)) return below.get(node);
    const path = [];
    let at = node;
    while (at && at.parent !== scope && !below.has(at)) {
      path.push(at);
      at = at.parent;
    }
    const child = below.has(at) ? below.get(at) : at && at.parent === scope ? at : null;
    for (const step of path) below.set(step, child);
    below.set(node, child);
    return child;
  };
  const after = new Map();
  let chain = 0;
  for (const member of members) {
    for (const op of opsUnder(member, model)) {
      for (let k = 0; k < g.inputs[op].length; k += 2) {
        const source = nodeOf[g.inputs[op][k]];
        if (!source || source.kind === "variable") continue;
        const child = childOf(source);
        if (!child || child === member) continue;
        if (position.has(child)) {
          if (Math.abs(position.get(member) - position.get(child)) === 1) chain += 1;
        } else {
          if (!after.has(child)) after.set(child, 0);
        }
      }
    }
  }
  if (after.size && reaches(model, scope, after, position, childOf)) return null;
  return chain >= members.length - 1 ? "chain" : "parallel";
}

/** Whether one of the siblings that feed the members is itself fed by a member. */
function reaches(model, scope, feeders, position, childOf) {
  const { g, nodeOf } = model;
  for (const feeder of feeders.keys()) {
    for (const op of opsUnder(feeder, model)) {
      for (let k = 0; k < g.inputs[op].length; k += 2) {
        const source = nodeOf[g.inputs[op][k]];
        const child = source ? childOf(source) : null;
        if (child && position.has(child)) return true;
      }
    }
  }
  return false;
}

/** Visible operations under a node, in order. */
function opsUnder(node, model, limit = Infinity) {
  const ops = [];
  const stack = [node];
  while (stack.length && ops.length < limit) {
    const at = stack.pop();
    if (at.kind === "scope") for (let k = at.children.length - 1; k >= 0; k -= 1) stack.push(at.children[k]);
    else if (at.op >= 0) ops.push(at.op);
  }
  return ops;
}
