// Edges between the boxes on the picture: what is drawn, what is counted in stubs, and what lights up for a selection.

import { HUB, boxOfNode } from "./scene.js";

/**
 * Fills `scene.edges` with {from, to, kind, count, control, ops: [[source, port], ...]} and `scene.stubs` with {box, lane, count, dir}.
 * Kinds: "data", "read" (of a variable), "write", "control", "gradient".
 */
export function linkScene(scene) {
  const { model } = scene;
  const { g, roles, nodeOf } = model;
  const memo = new Map();
  const boxAt = (op) => {
    const node = nodeOf[op];
    if (!node) return null;
    let one = memo.get(node);
    if (one === undefined) memo.set(node, (one = boxOfNode(scene, node)));
    return one;
  };
  const edges = new Map();
  const stubs = new Map();
  const number = new Map();
  const exits = new Map();
  for (const box of scene.boxes.values()) number.set(box, number.size);
  const add = (source, op, control, port) => {
    const from = boxAt(source);
    const to = boxAt(op);
    if (!from || !to) return;
    const laneA = roles.lane[source];
    const laneB = roles.lane[op];
    if (laneA !== laneB) {
      const side = laneA === "model" ? from : laneB === "model" ? to : null;
      if (!side || control) return;
      // what starts, saves or updates a variable shows in its card and in the marks of the lane
      if (side.kind === "variable" || side.kind === "variables" || roles.owner[source] >= 0 || roles.owner[op] >= 0) {
        if (laneA !== "gradients" && laneB !== "gradients") return;
      }
      const lane = laneA === "model" ? laneB : laneA;
      const key = `${number.get(side)} ${lane} ${laneA === "model" ? "out" : "in"}`;
      let stub = stubs.get(key);
      if (!stub) stubs.set(key, (stub = { box: side, lane, dir: laneA === "model" ? "out" : "in", count: 0, op: laneA === "model" ? source : op }));
      stub.count += 1;
      return;
    }
    if (from !== to && to.series && to.open && inside(from, to)) exits.set(from, to);
    if (from === to || inside(from, to) || inside(to, from)) return;
    if (from.kind === "lane" || to.kind === "lane") return;
    const key = number.get(from) * 4194304 + number.get(to);
    let edge = edges.get(key);
    if (!edge) {
      edge = { from, to, kind: "data", count: 0, control: true, ops: [] };
      edges.set(key, edge);
    }
    edge.count += 1;
    if (!control) {
      edge.control = false;
      if (edge.ops.length < 64) edge.ops.push([source, port]);
    }
  };
  for (let op = 0; op < g.n; op += 1) {
    const inputs = g.inputs[op];
    for (let k = 0; k < inputs.length; k += 2) add(inputs[k], op, false, inputs[k + 1]);
    for (const source of g.control[op]) add(source, op, true, -1);
  }
  const out = new Map();
  const into = new Map();
  for (const edge of edges.values()) {
    if (edge.control) edge.kind = "control";
    else if (edge.from.kind === "variable" || edge.from.kind === "variables") edge.kind = "read";
    else if (edge.to.kind === "variable") edge.kind = "write";
    out.set(edge.from, (out.get(edge.from) ?? 0) + 1);
    into.set(edge.to, (into.get(edge.to) ?? 0) + 1);
  }
  dropRepeated(edges);
  scene.all = [...edges.values()];
  scene.exits = lastOf(exits, edges);
  scene.edges = [];
  const dropped = [];
  for (const edge of scene.all) {
    const hub = out.get(edge.from) > HUB ? "out" : into.get(edge.to) > HUB ? "in" : "";
    if (hub) dropped.push({ edge, hub });
    else scene.edges.push(edge);
  }
  bundleHubs(scene, dropped);
  scene.stubs = [...bundle(scene, [...stubs.values()]), ...scene.hubs.values()];
  return scene;
}

/** An edge to the frame of an open series says nothing when the same source reaches its open member; so at the other end. */
function dropRepeated(edges) {
  const framed = [...edges].filter(([, edge]) => (edge.from.series && edge.from.open) || (edge.to.series && edge.to.open));
  for (const [key, edge] of framed) {
    for (const other of edges.values()) {
      if (other === edge) continue;
      const into = edge.to.series && edge.to.open && other.from === edge.from && inside(other.to, edge.to);
      const out = edge.from.series && edge.from.open && other.to === edge.to && inside(other.from, edge.from);
      if (into || out) {
        edges.delete(key);
        break;
      }
    }
  }
}

/** The boxes of an open member that hand on to the next member: a line to the frame shows it. */
function lastOf(exits, edges) {
  const busy = new Set([...edges.values()].map((edge) => edge.from));
  const lines = [];
  for (const [from, to] of exits) {
    if (busy.has(from) || from.kind === "variable" || lines.some((line) => line.to === to)) continue;
    lines.push({ from, to, kind: "data", count: 1, head: false });
  }
  return lines;
}

function inside(inner, outer) {
  for (let at = inner.parent; at; at = at.parent) if (at === outer) return true;
  return false;
}

/**
 * The many edges of a hub: those that go into one open frame become one edge to the frame with their number, the rest a
 * counted stub at the hub.
 */
function bundleHubs(scene, dropped) {
  const frames = new Map();
  scene.hubs = new Map();
  for (const { edge, hub } of dropped) {
    const [own, other] = hub === "out" ? [edge.from, edge.to] : [edge.to, edge.from];
    let top = null;
    for (let at = other.parent; at && at !== own.parent && at.kind !== "root" && at.kind !== "lane" && at.kind !== "tie" && !inside(own, at); at = at.parent) top = at;
    const key = `${own.id}\n${hub}\n${top ? top.id : ""}`;
    if (!frames.has(key)) frames.set(key, { own, hub, top, edges: [] });
    frames.get(key).edges.push(edge);
  }
  for (const { own, hub, top, edges } of frames.values()) {
    if (!top && edges.length <= 3) scene.edges.push(...edges);
    else if (top) {
      const [from, to] = hub === "out" ? [own, top] : [top, own];
      scene.edges.push({ from, to, kind: edges[0].kind, count: edges.length, control: edges.every((edge) => edge.control), ops: [], bundle: true });
    } else scene.hubs.set(`${own.id} ${hub}`, { box: own, dir: hub, count: edges.length, hub: true });
  }
}

/** One stub a top box and lane: edges out of an open frame leave it together. Variables in a band count for the frame of their name. */
function bundle(scene, stubs) {
  const merged = new Map();
  for (const stub of stubs) {
    let at = stub.box;
    if (at.inBand) {
      const tie = at.parent;
      at = tie.towers.find((tower) => at.node.name.startsWith(`${tower.node.name}/`)) ?? tie.towers[0];
    }
    while (at.parent && at.parent !== scene.root && at.parent.kind !== "tie") at = at.parent;
    if (at === scene.root) continue;
    const key = `${at.id} ${stub.lane} ${stub.dir}`;
    if (!merged.has(key)) merged.set(key, { ...stub, box: at, count: 0 });
    merged.get(key).count += stub.count;
  }
  return [...merged.values()];
}
