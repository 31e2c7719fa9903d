// Compares the layout of a graph with plain dagre on the same boxes: reads a record, prints crossings and areas as one JSON line.
//
// node against_dagre.mjs RECORD WIDGETS_FOLDER

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [, , recordFile, widgets] = process.argv;
const load = (name) => import(pathToFileURL(join(widgets, "src", "lib", "graph", `${name}.js`)).href);
const [{ columnsOfRecord }, { buildModel }, { compose }] = await Promise.all([load("columns"), load("model"), load("picture")]);
const { Graph, layout } = createRequire(join(widgets, "package.json"))("@dagrejs/dagre");

const model = buildModel(columnsOfRecord(JSON.parse(readFileSync(recordFile, "utf8"))));
// everything closed: the root as one scope, which plain dagre can lay out too; ties are a composition of our own. The room is
// small, so that the gaps are the least ones, as dagre's are
model.ties = [];
const scene = compose(model, { open: new Map(), lanes: new Set(), pick: new Map() }, { width: 380, height: 0, turned: false });
const boxes = scene.root.children.filter((box) => box.w);
const edges = scene.edges.filter((edge) => boxes.includes(edge.from) && boxes.includes(edge.to));

const graph = new Graph();
graph.setGraph({ rankdir: "LR", nodesep: 18, ranksep: 18 });
graph.setDefaultEdgeLabel(() => ({}));
for (const box of boxes) graph.setNode(box.id, { width: box.w, height: box.h });
for (const edge of edges) graph.setEdge(edge.from.id, edge.to.id);
layout(graph);

const theirs = new Map(boxes.map((box) => [box.id, graph.node(box.id)]));
const ours = new Map(boxes.map((box) => [box.id, { x: box.x + box.w / 2, y: box.y + box.h / 2, width: box.w, height: box.h }]));

/** Crossings of drawn lines; lines with an end in common may meet. */
function crossings(lines) {
  const side = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  let count = 0;
  lines.forEach(({ edge, points }, k) => {
    for (const other of lines.slice(k + 1)) {
      if ([other.edge.from, other.edge.to].some((end) => end === edge.from || end === edge.to)) continue;
      for (let i = 1; i < points.length; i += 1) {
        for (let j = 1; j < other.points.length; j += 1) {
          const [a, b, c, d] = [points[i - 1], points[i], other.points[j - 1], other.points[j]];
          if (side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0) count += 1;
        }
      }
    }
  });
  return count;
}

function area(places) {
  const all = [...places.values()];
  const wide = Math.max(...all.map((p) => p.x + p.width / 2)) - Math.min(...all.map((p) => p.x - p.width / 2));
  const high = Math.max(...all.map((p) => p.y + p.height / 2)) - Math.min(...all.map((p) => p.y - p.height / 2));
  return wide * high;
}

const mine = edges.map((edge) => ({ edge, points: edge.points }));
const plain = edges.map((edge) => ({ edge, points: graph.edge(edge.from.id, edge.to.id).points }));
console.log(JSON.stringify({ boxes: boxes.length, ours: { crossings: crossings(mine), area: area(ours) }, dagre: { crossings: crossings(plain), area: area(theirs) } }));
