// Lines that need no search: between marks of lanes, forks of one source, stubs that stand for bundles of edges.

import { EAST, NORTH, SOUTH, WEST } from "./grid.js";
import { STEP, ports, simplify } from "./ports.js";

/** From each gradient mark to the update mark of the same variable, and one dashed line through the updates to the group. */
export function markLinks(scene) {
  const links = [];
  const gradients = scene.lanes.find((lane) => lane.lane.key === "gradients");
  const optimizer = scene.lanes.find((lane) => lane.lane.key === "optimizer");
  if (gradients && optimizer && gradients.marks && optimizer.marks && !gradients.open) {
    for (const mark of gradients.marks) {
      const other = optimizer.marks.find((one) => one.variables[0] === mark.variables[0]);
      if (!other) continue;
      const a = { x: mark.x + mark.w / 2, y: mark.y + mark.h };
      const b = { x: other.x + other.w / 2, y: other.y };
      const y = (a.y + b.y) / 2;
      links.push({ kind: "gradient", from: mark, to: other, points: Math.abs(a.x - b.x) < 1.5 ? [{ x: b.x, y: a.y }, b] : simplify([a, { x: a.x, y }, { x: b.x, y }, b]) });
    }
  }
  const group = optimizer?.groups?.[0];
  if (optimizer?.marks?.length && group) {
    const y = group.y + group.h / 2;
    const marks = [...optimizer.marks].sort((a, b) => a.x - b.x);
    for (let k = 0; k < marks.length; k += 1) {
      const from = marks[k].x + marks[k].w;
      const to = k + 1 < marks.length ? marks[k + 1].x : group.x;
      if (to - from > 2) links.push({ kind: "control", head: k + 1 === marks.length, from: marks[k], to: k + 1 < marks.length ? marks[k + 1] : group, points: [{ x: from, y }, { x: to, y }] });
    }
  }
  return links;
}

/** Where ways of one source part after running together: a small dot shows that they are one. */
export function forksOf(edges) {
  const forks = [];
  const bySource = new Map();
  for (const edge of edges) {
    if (!edge.points || edge.points.length < 2) continue;
    if (!bySource.has(edge.from)) bySource.set(edge.from, []);
    bySource.get(edge.from).push(edge);
  }
  for (const list of bySource.values()) {
    for (let i = 0; i < list.length; i += 1) {
      for (let j = i + 1; j < list.length; j += 1) {
        const point = partingOf(list[i].points, list[j].points);
        if (point && !forks.some((fork) => Math.abs(fork.x - point.x) < 2 && Math.abs(fork.y - point.y) < 2)) forks.push({ ...point, kind: list[i].kind, from: list[i].from });
      }
    }
  }
  return forks;
}

function partingOf(p, q) {
  if (Math.abs(p[0].x - q[0].x) > 0.6 || Math.abs(p[0].y - q[0].y) > 0.6) return null;
  let k = 1;
  while (k < p.length && k < q.length && Math.abs(p[k].x - q[k].x) < 0.6 && Math.abs(p[k].y - q[k].y) < 0.6) k += 1;
  if (k >= p.length || k >= q.length) return null;
  const [a, b, c] = [p[k - 1], p[k], q[k]];
  const flatB = Math.abs(a.y - b.y) < 0.6;
  const flatC = Math.abs(a.y - c.y) < 0.6;
  if (flatB && flatC) {
    if (Math.sign(b.x - a.x) !== Math.sign(c.x - a.x)) return null;
    return Math.abs(b.x - a.x) < Math.abs(c.x - a.x) ? b : c;
  }
  if (!flatB && !flatC) {
    if (Math.sign(b.y - a.y) !== Math.sign(c.y - a.y)) return null;
    return Math.abs(b.y - a.y) < Math.abs(c.y - a.y) ? b : c;
  }
  return k > 1 ? a : null;
}

/** A stub stands on the frame: right of an open frame's name row, on top of a closed box. */
export function placeStub(stub, scene) {
  const { box } = stub;
  const LENGTH = 14;
  if (stub.hub) {
    // many edges leave (or reach) this box: the stub points along the data
    const out = stub.dir === "out";
    const port = ports(box)[scene.turned ? (out ? SOUTH : NORTH) : box.kind === "variable" ? NORTH : out ? EAST : WEST];
    const end = { x: port.x + STEP[port.dir][0] * LENGTH, y: port.y + STEP[port.dir][1] * LENGTH };
    stub.points = [{ x: port.x, y: port.y }, end];
    const flat = port.dir === EAST || port.dir === WEST;
    stub.text = { x: end.x + (flat ? (port.dir === EAST ? 4 : -4) : 6), y: end.y + (flat ? 4 : port.dir === NORTH ? 6 : 4), anchor: port.dir === WEST ? "end" : "start" };
    if (stub.dir === "in") stub.points.reverse();
    return;
  }
  if (scene.turned) {
    if (box.open) {
      const x = box.x + Math.min(24, box.w / 2);
      stub.points = [{ x, y: box.y + box.h }, { x, y: box.y + box.h + LENGTH }];
      stub.text = { x: x + 7, y: box.y + box.h + 11, anchor: "start" };
    } else {
      const left = box.x > 34;
      const y = box.y + box.h / 2;
      const x = left ? box.x : box.x + box.w;
      stub.points = [{ x, y }, { x: x + (left ? -LENGTH : LENGTH), y }];
      stub.text = { x: x + (left ? -LENGTH - 5 : LENGTH + 5), y: y + 4, anchor: left ? "end" : "start" };
    }
  } else if (box.open) {
    const y = box.mirrored ? box.y + box.h - 14 : box.y + 14;
    stub.points = [{ x: box.x + box.w, y }, { x: box.x + box.w + LENGTH, y }];
    stub.text = { x: box.x + box.w + LENGTH + 4, y: y + 4, anchor: "start" };
  } else {
    const x = box.x + box.w / 2;
    const back = box.series ? 10 : 0;
    const y = box.mirrored ? box.y + box.h : box.y - back;
    const way = box.mirrored ? 1 : -1;
    stub.points = [{ x, y }, { x, y: y + way * LENGTH }];
    stub.text = { x: x + 7, y: y + way * LENGTH + (way < 0 ? 5 : 0), anchor: "start" };
  }
  if (stub.dir === "in") stub.points.reverse();
}
