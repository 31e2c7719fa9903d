// What lights up for a selection: its box, the boxes it touches and the lines between them. Pure, on a laid out scene.

import { boxOfNode } from "./scene.js";

/** Box and node of a selection {kind, id}; null when the picture has nothing for it. */
export function targetOf(scene, selection) {
  if (!selection) return null;
  const { model } = scene;
  const { kind, id } = selection;
  if (kind === "variable") return withNode(scene, model.variableNodes[id]);
  if (kind === "op") return withNode(scene, model.nodeOf[id], id);
  if (kind === "tensor") {
    const op = Number(String(id).split(":")[0]);
    return withNode(scene, model.nodeOf[op], op);
  }
  if (kind === "namescope") return withNode(scene, model.nodes.get(`${String(id).replace(/\/$/, "")}/`) ?? null);
  if (kind === "scope") {
    const scope = model.g.scopes[id];
    return scope ? withNode(scene, model.nodes.get(`${scope.name}/`) ?? null) : null;
  }
  if (kind === "entry") {
    const entry = model.g.entries[id];
    return entry ? withNode(scene, model.nodes.get(`${(entry.name_scope ?? "").replace(/\/$/, "")}/`) ?? null) : null;
  }
  if (kind === "request") {
    const request = model.g.requests[id];
    return request && request.variable >= 0 ? withNode(scene, model.variableNodes[request.variable]) : null;
  }
  return null;
}

function withNode(scene, node, op = -1) {
  if (!node) return null;
  const box = boxOfNode(scene, node);
  if (!box || box.kind === "root") return null;
  return { box, node, op, mark: markOf(scene, node, op), exact: box.node === node };
}

/** The mark or group of a folded lane that stands for an operation. */
function markOf(scene, node, op) {
  const at = op >= 0 ? op : node.op;
  if (node.kind === "variable") return null;
  for (const lane of scene.lanes) {
    if (lane.open) continue;
    for (const mark of [...(lane.groups ?? []), ...(lane.marks ?? [])]) if (mark.op === at && at >= 0) return mark;
  }
  return null;
}

function within(box, frame) {
  for (let at = box; at; at = at.parent) if (at === frame) return true;
  return false;
}

/**
 * Lit things of a target.
 *
 * @returns {boxes: Set, edges: Set, marks: Set of variables, holders: Set of frames that stay bright}
 */
export function lightOf(scene, target) {
  const boxes = new Set([target.box]);
  const edges = new Set();
  const variables = new Set();
  const { box } = target;
  const inside = (other) => other === box || (box.open && within(other, box));
  for (const edge of scene.all) {
    const a = inside(edge.from);
    const b = inside(edge.to);
    if (!a && !b) continue;
    edges.add(edge);
    boxes.add(edge.from).add(edge.to);
  }
  if (box.open) for (const other of scene.boxes.values()) if (within(other, box)) boxes.add(other);
  if (target.node.kind === "variable") variables.add(target.node.variable);
  else for (const other of boxes) if (box.open && other.kind === "variable") variables.add(other.node.variable);
  const holders = new Set();
  for (const one of boxes) for (let at = one.parent; at; at = at.parent) holders.add(at);
  return { boxes, edges, variables, holders };
}

/** Lit things of a group in a folded lane: the marks of what it runs. */
export function lightOfGroup(scene, target) {
  const members = new Set(scene.model.g.control[target.mark.op] ?? []);
  const variables = new Set();
  for (const lane of scene.lanes) for (const mark of lane.marks ?? []) if (members.has(mark.op)) for (const k of mark.variables) variables.add(k);
  const boxes = new Set([target.box]);
  for (const box of scene.boxes.values()) if (box.kind === "variable" && variables.has(box.node.variable)) boxes.add(box);
  const holders = new Set();
  for (const one of boxes) for (let at = one.parent; at; at = at.parent) holders.add(at);
  return { boxes, edges: new Set(), variables, holders, groups: new Set([target.mark]) };
}

/** All boxes that a box depends on ("in") or that depend on it ("out"), with their depth. */
export function reach(scene, box, dir) {
  const depth = new Map([[box, 0]]);
  const edges = new Set();
  const near = new Map();
  for (const edge of scene.all) {
    const key = dir === "in" ? edge.to : edge.from;
    if (!near.has(key)) near.set(key, []);
    near.get(key).push(edge);
  }
  const queue = [box];
  while (queue.length) {
    const at = queue.shift();
    for (const edge of near.get(at) ?? []) {
      const next = dir === "in" ? edge.from : edge.to;
      edges.add(edge);
      if (depth.has(next)) continue;
      depth.set(next, depth.get(at) + 1);
      queue.push(next);
    }
  }
  return { depth, edges };
}

/** Shortest way between two boxes along edges, whichever of them comes first; null when there is none. */
export function pathBetween(scene, a, b) {
  for (const [from, to] of [[a, b], [b, a]]) {
    const before = new Map([[from, null]]);
    const queue = [from];
    while (queue.length && !before.has(to)) {
      const at = queue.shift();
      for (const edge of scene.all) {
        if (edge.from !== at || before.has(edge.to)) continue;
        before.set(edge.to, edge);
        queue.push(edge.to);
      }
    }
    if (!before.has(to)) continue;
    const edges = [];
    for (let edge = before.get(to); edge; edge = before.get(edge.from)) edges.push(edge);
    return { edges: edges.reverse(), boxes: [from, ...edges.map((edge) => edge.to)] };
  }
  return null;
}

/** The next thing in a direction ("left", "right", "up", "down"): along an edge when there is one, else the nearest. */
export function neighbour(scene, things, current, direction) {
  const flow = scene.turned ? { down: 1, up: -1 } : { right: 1, left: -1 };
  const way = flow[direction];
  const box = scene.boxes.get(current.id);
  if (way && box) {
    const next = scene.all
      .filter((edge) => (way > 0 ? edge.from === box : edge.to === box))
      .map((edge) => (way > 0 ? edge.to : edge.from))
      .filter((other) => things.some((thing) => thing.id === other.id) && side(box, other, direction) > 0)
      .sort((p, q) => distance(box, p, direction) - distance(box, q, direction));
    if (next.length) return things.find((thing) => thing.id === next[0].id);
  }
  let best = null;
  let least = Infinity;
  for (const thing of things) {
    if (thing.id === current.id || side(current, thing, direction) <= 2) continue;
    const far = distance(current, thing, direction);
    if (far < least) [least, best] = [far, thing];
  }
  return best;
}

const point = (box) => ({ x: box.x + Math.min(box.w, 160) / 2, y: box.y + Math.min(box.h, 46) / 2 });

function side(from, to, direction) {
  const [a, b] = [point(from), point(to)];
  return { left: a.x - b.x, right: b.x - a.x, up: a.y - b.y, down: b.y - a.y }[direction];
}

function distance(from, to, direction) {
  const [a, b] = [point(from), point(to)];
  const flat = direction === "left" || direction === "right";
  const along = Math.abs(flat ? b.x - a.x : b.y - a.y);
  const off = Math.abs(flat ? b.y - a.y : b.x - a.x);
  return along + 2.2 * off;
}
