// What a search finds in a graph, and where it shows on the picture.

import { parseQuery } from "../../lib/find.js";
import { laneOfMaker } from "../../lib/graph/roles.js";
import { boxOfNode } from "../../lib/graph/scene.js";

/** What the find language knows about an operation; a variable stands for all four of its operations. */
function factsOf(g, op) {
  const variable = g.owner[op] >= 0 ? g.variables[g.owner[op]] : null;
  const site = g.sites[g.site[op]];
  const cell = site && site.cell >= 0 ? g.cells[site.cell] : null;
  const name = variable ? variable.name : g.name[op];
  return {
    name, type: g.type[op], shape: g.outputs[op][1] ?? "", dtype: g.outputs[op][0] ?? "", role: `${g.maker[op]} ${laneOfMaker(g.maker[op])}`, maker: g.maker[op],
    scope: name.slice(0, Math.max(0, name.lastIndexOf("/"))), var: variable ? variable.name : "", line: site ? String(site.line) : "", cell: cell ? String(cell.count) : "",
  };
}

/** Hits of a query in creation order: {list: [{op, node, selection}], now, error, counts(scene)}; null for an empty query. */
export function findHits(text, model) {
  const query = parseQuery(String(text ?? ""));
  if (query.empty) return null;
  const list = [];
  const seen = new Set();
  const { g, nodeOf } = model;
  for (let op = 0; op < g.n; op += 1) {
    const node = nodeOf[op];
    if (!node || seen.has(node) || !query.matches(factsOf(g, op))) continue;
    seen.add(node);
    const isVariable = node.kind === "variable";
    list.push({ op, node, selection: isVariable ? { kind: "variable", id: node.variable, origin: "find" } : { kind: "op", id: op, origin: "find" } });
  }
  return { list, now: -1, error: query.error, counts: (scene) => countsOf(scene, list) };
}

/** Map box id -> {count, exact}: a halo for the very box of a hit, a number for everything that holds hits. */
function countsOf(scene, list) {
  const counts = new Map();
  for (const { node } of list) {
    const own = boxOfNode(scene, node);
    for (let box = own; box && box.kind !== "root"; box = box.parent) {
      if (box.kind === "tie") continue;
      if (!counts.has(box.id)) counts.set(box.id, { count: 0, exact: box.node === node });
      counts.get(box.id).count += 1;
    }
  }
  return counts;
}
