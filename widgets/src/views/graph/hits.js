// What a search finds in a graph, and where it shows on the picture.

import { boxOfNode } from "../../lib/graph/scene.js";

/** Hits of a query in creation order; null for an empty query. */
export function findHits(query, model, store) {
  const text = String(query ?? "").trim();
  if (!text) return null;
  const list = [];
  const seen = new Set();
  const wanted = text.toLowerCase();
  const { g, nodeOf } = model;
  for (let op = 0; op < g.n; op += 1) {
    if (!g.name[op].toLowerCase().includes(wanted) && !g.type[op].toLowerCase().includes(wanted)) continue;
    const node = nodeOf[op];
    if (!node || seen.has(node)) continue;
    seen.add(node);
    list.push({ op, node, selection: node.kind === "variable" ? { kind: "variable", id: node.variable, origin: "find" } : { kind: "op", id: op, origin: "find" } });
  }
  return {
    list,
    now: -1,
    /** Map box id -> {count, exact} for a scene. */
    counts(scene) {
      const counts = new Map();
      for (const { node } of list) {
        const own = boxOfNode(scene, node);
        for (let box = own; box && box.kind !== "root"; box = box.parent) {
          if (box.kind === "tie") continue;
          if (!counts.has(box.id)) counts.set(box.id, { count: 0, exact: box.node === node });
          counts.get(box.id).count += 1;
          if (box !== own || box.kind !== "scope") continue;
        }
        if (own?.kind === "root" || !own) continue;
      }
      return counts;
    },
    store,
  };
}
