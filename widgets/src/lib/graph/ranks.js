// Ranks and orders of the boxes of one scope, from dagre. Coordinates are ours (across.js): dagre knows neither ports nor boxes
// that reach further down than up.

import { Graph, layout as dagreLayout } from "@dagrejs/dagre";

const cache = new Map();

/** Ranks and orders from dagre: {columns: [[key | dummy]], dummies}. Cached by structure. */
export function ranked(nodes, edges, gap) {
  const signature = JSON.stringify([
    nodes.map((node) => [node.key, Math.round(node.su), Math.round(node.up + node.down)]),
    edges.map((edge) => [edge.from, edge.to]),
    gap,
  ]);
  const before = cache.get(signature);
  if (before) return before;
  const graph = new Graph({ multigraph: false });
  graph.setGraph({ rankdir: "LR", nodesep: 16, ranksep: gap, edgesep: 10 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const node of nodes) graph.setNode(node.key, { width: node.su, height: node.up + node.down });
  for (const edge of edges) if (edge.from !== edge.to) graph.setEdge(edge.from, edge.to, { weight: edge.weight ?? 1 });
  dagreLayout(graph);
  const places = nodes.map((node) => ({ key: node.key, ...graph.node(node.key) }));
  const ranks = [...new Set(places.map((place) => Math.round(place.x)))].sort((a, b) => a - b);
  const merged = ranks.filter((x, i) => i === 0 || x - ranks[i - 1] > 1);
  const rankAt = (x) => {
    let best = 0;
    for (let i = 1; i < merged.length; i += 1) if (Math.abs(merged[i] - x) < Math.abs(merged[best] - x)) best = i;
    return best;
  };
  const result = { rank: new Map(), y: new Map(), bends: new Map(), count: merged.length };
  for (const place of places) {
    result.rank.set(place.key, rankAt(place.x));
    result.y.set(place.key, place.y);
  }
  for (const edge of edges) {
    const label = graph.edge(edge.from, edge.to);
    const bends = new Map();
    for (const point of label?.points ?? []) {
      const rank = rankAt(point.x);
      if (Math.abs(merged[rank] - point.x) < 2) bends.set(rank, point.y);
    }
    result.bends.set(`${edge.from}\u0000${edge.to}`, bends);
  }
  if (cache.size > 400) cache.clear();
  cache.set(signature, result);
  return result;
}
