// What is on the picture: the visible boxes of a model for a state of folding, and the edges between them.
//
// A box is {id, kind, node, parent, children, open, label, sub, w, h, leafOf...}. Kinds are those of tree.js and "tie" (the
// invisible frame around towers that share variables), "lane", "mark", "variables" (several variables folded into one),
// "more" (what a crowded scope does not show). `state` is {open: Map id -> boolean, lanes: Set, pick: Map id -> number,
// near: id}. Sizes are those of the wide picture; positions come from layout.js.

import { sizeBox } from "./sizes.js";

/** Most boxes that one scope draws at once. */
export const CROWD = 150;
/** A box with more visible neighbours on one side than this is a hub: its edges become one counted stub. */
export const HUB = 12;

/**
 * Scopes that are open before anybody touched the picture, the most telling first: as many as can be read at one glance.
 * A caller short of room drops them from the end.
 */
export function openAtFirst(model, budget = 32) {
  const root = model.roots.get("model");
  const small = leaves(root, 14) <= 14;
  const open = [];
  let shown = root.children.length;
  const visit = (scope, tied) => {
    const shapes = new Set();
    for (const child of scope.children) {
      if (child.kind !== "scope" || child.children.length > 24) continue;
      const tie = tied ?? model.ties.find((one) => one.towers.includes(child));
      const series = model.series.get(child.id);
      if (series && series.members[0] !== child) continue;
      if (!small && !tie && !child.vars && !series) continue;
      if (!small && !tie && shapes.has(child.sig)) continue;
      if (shown + child.children.length > budget && shown > 8) continue;
      shapes.add(child.sig);
      shown += child.children.length;
      open.push(child.id);
      visit(child, tie);
    }
  };
  visit(root, undefined);
  // towers open alike, or the columns of their variables would not agree
  for (const tie of model.ties) {
    const [first, second] = tie.towers;
    if (open.includes(first.id) === open.includes(second.id)) continue;
    for (let k = open.length - 1; k >= 0; k -= 1) if (tie.towers.some((tower) => open[k].startsWith(tower.id))) open.splice(k, 1);
  }
  return open;
}

function leaves(scope, limit) {
  let sum = 0;
  for (const child of scope.children) {
    sum += child.kind === "scope" ? leaves(child, limit) : 1;
    if (sum > limit) return sum;
  }
  return sum;
}

/** Builds the visible boxes and edges. */
export function buildScene(model, state) {
  const scene = { model, state, boxes: new Map(), boxOf: new Map(), ties: [], root: null, lanes: [], edges: [], stubs: [] };
  const tieOf = new Map();
  for (const tie of model.ties) for (const tower of tie.towers) tieOf.set(tower, tie);
  scene.tieOf = tieOf;
  scene.root = box(scene, { id: "root", kind: "root", node: model.roots.get("model"), parent: null, open: true });
  fill(scene, scene.root, scene.root.node);
  for (const lane of model.lanes) {
    if (lane.key === "model") continue;
    const open = state.lanes.has(lane.key);
    const one = box(scene, { id: `lane:${lane.key}`, kind: "lane", node: lane.root, parent: null, open, lane });
    scene.lanes.push(one);
    if (!open) continue;
    // a lane whose operations all lie in one scope shows what is in it: the lane is frame enough
    let scope = lane.root;
    while (scope.children.length === 1 && scope.children[0].kind === "scope") {
      [scope] = scope.children;
      scene.boxOf.set(scope, one);
    }
    fill(scene, one, scope);
  }
  for (const one of scene.boxes.values()) sizeBox(one, model);
  return scene;
}

function box(scene, fields) {
  const one = { children: [], open: false, w: 0, h: 0, x: 0, y: 0, label: "", sub: "", series: null, frames: [], ...fields };
  scene.boxes.set(one.id, one);
  if (one.parent) one.parent.children.push(one);
  return one;
}

const isOpen = (scene, id) => scene.state.open.get(id) ?? false;

function fill(scene, parent, scope) {
  const { model } = scene;
  const crowd = nearest(scope.children, scene.state.near, model);
  const ties = new Map();
  const done = new Set();
  for (const child of crowd) {
    const tie = scene.tieOf.get(child);
    const series = model.series.get(child.id);
    if (tie) {
      if (!ties.has(tie)) ties.set(tie, makeTie(scene, parent, tie));
    } else if (series) {
      if (!done.has(series)) makeSeries(scene, parent, series.id, series.members, series.chain ? "in a chain" : "in parallel");
      done.add(series);
    } else if (child.kind === "variable" && sharedIn(scene, child)) {
      continue;
    } else addNode(scene, parent, child);
  }
  if (crowd.length < scope.children.length) {
    const rest = scope.children.filter((child) => !crowd.includes(child));
    const one = box(scene, { id: `${parent.id}+more`, kind: "more", node: scope, parent, rest });
    one.label = `${rest.length.toLocaleString("en")} more`;
    for (const child of rest) scene.boxOf.set(child, one);
  }
}

function nearest(children, near, model) {
  if (children.length <= CROWD) return children;
  let centre = 0;
  if (near) {
    const node = model.nodes.get(near);
    for (let at = node; at; at = at.parent) {
      const place = children.indexOf(at);
      if (place >= 0) centre = place;
    }
  }
  const from = Math.max(0, Math.min(children.length - CROWD, centre - CROWD / 2));
  return children.slice(from, from + CROWD);
}

function addNode(scene, parent, node) {
  const open = node.kind === "scope" && isOpen(scene, node.id);
  const one = box(scene, { id: node.id, kind: node.kind, node, parent, open });
  scene.boxOf.set(node, one);
  if (open) fill(scene, one, node);
  return one;
}

/** One of several equal scopes is drawn, the others stand behind it as frames and squares. */
function makeSeries(scene, parent, id, members, how) {
  const pick = Math.min(members.length - 1, scene.state.pick.get(id) ?? 0);
  const one = addNode(scene, parent, members[pick]);
  one.series = { id, members, pick, how };
  for (const member of members) scene.boxOf.set(member, one);
  return one;
}

/** The group of towers with the band of their variables. */
function makeTie(scene, parent, tie) {
  const group = box(scene, { id: tie.id, kind: "tie", node: null, parent, tie, open: true, band: null, towers: [] });
  scene.ties.push(group);
  const [first, ...rest] = tie.towers;
  group.towers.push(addNode(scene, group, first));
  if (rest.length === 1) group.towers.push(addNode(scene, group, rest[0]));
  else group.towers.push(makeSeries(scene, group, `${tie.id}/rest`, rest, "more towers"));
  group.band = [];
  const shown = tie.shared.length > 16 ? [] : tie.shared;
  for (const node of shown) {
    const one = box(scene, { id: node.id, kind: "variable", node, parent: group, inBand: true });
    scene.boxOf.set(node, one);
    group.band.push(one);
  }
  if (!shown.length) {
    const one = box(scene, { id: `${tie.id}/variables`, kind: "variables", node: tie.shared[0], parent: group, inBand: true, members: tie.shared });
    for (const node of tie.shared) scene.boxOf.set(node, one);
    group.band.push(one);
  }
  return group;
}

/** Whether a variable lies in the band of a group of towers that is on the picture. */
function sharedIn(scene, node) {
  return scene.model.ties.some((tie) => tie.shared.includes(node) && drawn(scene, tie));
}

/** Whether the scope that holds the towers of a tie is open all the way up. */
function drawn(scene, tie) {
  for (let at = tie.parent; at.parent; at = at.parent) {
    const series = scene.model.series.get(at.id);
    const id = at.id;
    if (!isOpen(scene, id)) return false;
    if (series && series.members[Math.min(series.members.length - 1, scene.state.pick.get(series.id) ?? 0)] !== at) return false;
  }
  return true;
}

/** The box that shows a node: its own, or the closest box above it; null when its lane is folded. */
export function boxOfNode(scene, node) {
  for (let at = node; at; at = at.parent) {
    const one = scene.boxOf.get(at);
    if (one) return one;
    if (!at.parent) return at.lane === "model" ? scene.root : scene.boxes.get(`lane:${at.lane}`) ?? null;
  }
  return null;
}
