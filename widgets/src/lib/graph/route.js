// Ways of the edges: orthogonal lines from port to port that keep off boxes, names and frames they do not belong to.
//
// Every edge of `scene.edges` gets `points`; so do `scene.stubs` (a short arrow and its count), the one drawn way from the
// loss to the gradients, the arrows between marks of lanes and the dashed line through the marks of the optimizer.

import { EAST, Grid, NORTH, SOUTH, WEST, round } from "./grid.js";
import { headerOf } from "./sizes.js";

const CLEAR = 4;
const START = 8;
const HEAD = 9;

/** Gives every edge its points. */
export function routeScene(scene) {
  const { turned } = scene;
  const leaves = [];
  const frames = [];
  const names = [];
  for (const box of scene.boxes.values()) {
    if (!box.w || box.kind === "root" || box.kind === "tie") continue;
    if (box.kind === "lane") {
      if (!box.open) leaves.push(box);
      else frames.push(box);
    } else if (box.open) {
      frames.push(box);
      names.push(...wordsOf(box, turned));
    } else leaves.push(box);
  }
  for (const lane of scene.lanes) if (lane.open) names.push(lane.strip);
  const bands = scene.ties.filter((tie) => tie.bandBox).map((tie) => tie.bandBox);
  for (const box of scene.boxes.values()) box.turned = turned;
  const routed = scene.edges.filter((edge) => edge.from.w && edge.to.w);
  const lossBox = lossSource(scene);
  scene.lossEdge = null;
  const gradients = scene.lanes.find((lane) => lane.lane.key === "gradients" && !lane.open);
  if (lossBox && gradients) {
    const stub = scene.stubs.find((one) => one.lane === "gradients" && one.dir === "out" && one.box === topOf(lossBox, scene));
    scene.lossEdge = { from: lossBox, to: gradients, kind: "gradient", count: stub?.count ?? 0, points: null };
    scene.stubs = scene.stubs.filter((one) => one !== stub);
  }
  const grid = makeGrid(scene, leaves, names, routed, lossBox);
  const order = routed
    .map((edge) => ({ edge, far: Math.abs(mid(edge.from).x - mid(edge.to).x) + Math.abs(mid(edge.from).y - mid(edge.to).y) }))
    .sort((a, b) => rankOf(a.edge) - rankOf(b.edge) || a.far - b.far);
  // straight lines first: nothing may take their place
  const rest = [];
  for (const { edge } of order) {
    const points = straight(edge, leaves, turned, grid);
    if (points) finish(grid, edge, points);
    else rest.push(edge);
  }
  for (const edge of scene.exits) {
    const a = ports(edge.from)[turned ? SOUTH : EAST];
    const frame = edge.to;
    const end = turned ? { x: a.x, y: frame.y + frame.h } : { x: frame.x + frame.w, y: a.y };
    finish(grid, edge, [{ x: a.x, y: a.y }, end]);
  }
  let budget = 160000;
  for (const edge of rest) {
    const soft = penalties(edge, frames, bands);
    const found = budget > 0 ? grid.way(startsOf(edge, turned), endsOf(edge, turned), edge.from.id, edge.to.id, soft, Math.min(6000, budget)) : null;
    budget -= 1500;
    finish(grid, edge, found ? joined(found) : plain(edge, turned));
  }
  if (scene.lossEdge) routeLoss(scene, grid, frames, bands);
  scene.markLinks = markLinks(scene);
  scene.forks = forksOf(routed);
  for (const stub of scene.stubs) placeStub(stub, scene);
  return scene;
}

const rankOf = (edge) => (edge.kind === "read" ? 0 : edge.kind === "control" ? 2 : 1);

const mid = (box) => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });

/** The words in the name row of an open frame, which edges go around. */
function wordsOf(box, turned) {
  let depth = 0;
  for (let at = box.parent; at; at = at.parent) if (at.kind === "scope") depth += 1;
  box.header = headerOf(box, turned, box.parent?.kind === "tie" || depth === 0 || box.node.vars > 2);
  const y = (box.mirrored && !turned ? box.y + box.h - 26 : box.y) + 2;
  const words = [{ x: box.x + 2, y, w: box.header.end - box.x + 2, h: 22 }];
  if (box.header.sub) words.push({ x: box.header.subStart - 4, y, w: box.header.subX - box.header.subStart + 8, h: 22 });
  return words;
}

function topOf(box, scene) {
  let at = box;
  while (at.parent && at.parent !== scene.root && at.parent.kind !== "tie") at = at.parent;
  return at;
}

function lossSource(scene) {
  const { model } = scene;
  if (model.loss < 0) return null;
  let node = model.nodeOf[model.loss];
  for (; node; node = node.parent) {
    const one = scene.boxOf.get(node);
    if (one) return one.w ? one : null;
  }
  return null;
}

// ---- ports ---------------------------------------------------------------------------------------------------------

/** Ports of a box: the middle of each side, with the direction away from it. */
function ports(box) {
  const { x, y, w, h } = box;
  const slant = box.kind === "placeholder" ? 3.5 : 0;
  const cx = box.open && box.turned ? box.line : x + w / 2;
  const cy = box.open && !box.turned ? box.line : y + h / 2;
  return [
    { x: x + w - slant, y: cy, dir: EAST, away: slant },
    { x: cx, y: y + h, dir: SOUTH, away: 0 },
    { x: x + slant, y: cy, dir: WEST, away: slant },
    { x: cx, y, dir: NORTH, away: 0 },
  ];
}

const STEP = [[1, 0], [0, 1], [-1, 0], [0, -1]];

const isRead = (edge) => edge.kind === "read" || edge.kind === "write";

/** Costs of leaving by the east, south, west and north side. */
function leaveCosts(edge, turned) {
  if (isRead(edge)) return turned ? [0, 46, 0, 46] : [46, 0, 46, 0];
  return turned ? [30, 0, 30, 90] : [0, 30, 90, 30];
}

function enterCosts(edge, turned) {
  if (isRead(edge)) return turned ? [0, 60, 0, 60] : [60, 0, 60, 0];
  return turned ? [20, 90, 20, 0] : [90, 20, 0, 20];
}

function startsOf(edge, turned) {
  const costs = leaveCosts(edge, turned);
  return ports(edge.from).map((port, k) => ({
    x: round(port.x + STEP[k][0] * (START + port.away)), y: round(port.y + STEP[k][1] * START), dir: k, cost: costs[k], port,
  }));
}

function endsOf(edge, turned) {
  const costs = enterCosts(edge, turned);
  return ports(edge.to).map((port, k) => ({
    x: round(port.x + STEP[k][0] * (HEAD + port.away)), y: round(port.y + STEP[k][1] * HEAD), dir: (k + 2) % 4, cost: costs[k], port,
  }));
}

/** A straight line where ports of both ends face one another and nothing stands between. */
function straight(edge, leaves, turned, grid) {
  const a = edge.from;
  const b = edge.to;
  const flatWanted = isRead(edge) === turned;
  const tries = [flatWanted, !flatWanted];
  for (const flat of tries) {
    const [ca, cb] = [mid(a), mid(b)];
    let points = null;
    if (flat && Math.abs(ca.y - cb.y) < 1) {
      const forward = a.x + a.w <= b.x;
      if (!forward && b.x + b.w > a.x) continue;
      if (!forward && !isRead(edge) && !turned) continue;
      const pa = ports(a)[forward ? EAST : WEST];
      const pb = ports(b)[forward ? WEST : EAST];
      points = [{ x: pa.x, y: ca.y }, { x: pb.x, y: ca.y }];
    } else if (!flat && Math.abs(ca.x - cb.x) < 1) {
      const forward = a.y + a.h <= b.y;
      if (!forward && b.y + b.h > a.y) continue;
      if (!forward && !isRead(edge) && turned) continue;
      points = forward ? [{ x: ca.x, y: a.y + a.h }, { x: ca.x, y: b.y }] : [{ x: ca.x, y: a.y }, { x: ca.x, y: b.y + b.h }];
    }
    if (!points) continue;
    if (leaves.some((box) => box !== a && box !== b && touches(box, points[0], points[1], 2))) continue;
    const [p, q] = points;
    const over = Math.abs(p.y - q.y) < 0.01
      ? grid.shared(true, p.y, Math.min(p.x, q.x), Math.max(p.x, q.x), a.id, b.id)
      : grid.shared(false, p.x, Math.min(p.y, q.y), Math.max(p.y, q.y), a.id, b.id);
    if (over > 0) continue;
    return points;
  }
  return null;
}

function touches(box, p, q, space) {
  const [x0, x1] = [Math.min(p.x, q.x), Math.max(p.x, q.x)];
  const [y0, y1] = [Math.min(p.y, q.y), Math.max(p.y, q.y)];
  return x1 > box.x - space && x0 < box.x + box.w + space && y1 > box.y - space && y0 < box.y + box.h + space;
}

/** Cost of going through frames that hold neither end. */
function penalties(edge, frames, bands) {
  const foreign = frames.filter((frame) => !within(edge.from, frame) && !within(edge.to, frame));
  const soft = isRead(edge) ? [] : bands;
  return (x0, y0, x1, y1) => {
    let cost = 0;
    for (const frame of foreign) if (x1 > frame.x && x0 < frame.x + frame.w && y1 > frame.y && y0 < frame.y + frame.h) cost += 300;
    for (const band of soft) if (x1 > band.x && x0 < band.x + band.w && y1 > band.y && y0 < band.y + band.h) cost += 200;
    return cost;
  };
}

function within(box, frame) {
  for (let at = box; at; at = at.parent) if (at === frame) return true;
  return false;
}

function makeGrid(scene, leaves, names, routed, lossBox) {
  const xs = [];
  const ys = [];
  const rich = leaves.length < 90;
  const busy = new Set();
  for (const edge of routed) busy.add(edge.from).add(edge.to);
  for (const box of [...leaves, ...names]) {
    for (const d of rich ? [START, 14] : [START]) {
      xs.push(box.x - d, box.x + box.w + d);
      ys.push(box.y - d, box.y + box.h + d);
    }
  }
  const withPorts = lossBox ? busy.add(lossBox) : busy;
  for (const box of withPorts) {
    for (const port of ports(box)) {
      for (const d of [START, HEAD]) {
        xs.push(port.x + STEP[port.dir][0] * (d + port.away));
        ys.push(port.y + STEP[port.dir][1] * d);
      }
    }
  }
  for (const tie of scene.ties) {
    const band = tie.bandBox;
    if (!band) continue;
    ys.push(band.y - 6, band.y + band.h + 6, band.y + 10, band.y + band.h - 10);
    xs.push(band.x - 6, band.x + band.w + 6);
  }
  for (const lane of scene.lanes) {
    ys.push(lane.y - 6, lane.y - HEAD, lane.y + lane.h / 2, lane.strip.y + lane.strip.h / 2);
    xs.push(lane.x + lane.w + HEAD, lane.x + lane.w + 12);
  }
  const obstacles = leaves.map((box) => ({ x: box.x - CLEAR + 0.6, y: box.y - CLEAR + 0.6, w: box.w + 2 * CLEAR - 1.2, h: box.h + 2 * CLEAR - 1.2 }));
  for (const name of names) obstacles.push(name);
  return new Grid(obstacles, xs, ys);
}

/** Points of a found way with the ports put back on, and without points in the middle of a line. */
function joined({ points, start, end }) {
  const all = [{ x: start.port.x, y: start.port.y }, ...points, { x: end.port.x, y: end.port.y }];
  // grid lines are rounded: the ends keep the exact line of their port
  align(all, 0, 1);
  align(all, all.length - 1, -1);
  return simplify(all);
}

function align(points, from, step) {
  const port = points[from];
  const next = points[from + step];
  if (!next) return;
  const flat = Math.abs(next.y - port.y) < Math.abs(next.x - port.x);
  const value = flat ? next.y : next.x;
  for (let k = from + step; k >= 0 && k < points.length; k += step) {
    if (k === (step > 0 ? points.length - 1 : 0)) break;
    if (flat && points[k].y === value) points[k] = { x: points[k].x, y: port.y };
    else if (!flat && points[k].x === value) points[k] = { x: port.x, y: points[k].y };
    else break;
  }
}

export function simplify(points) {
  const kept = [];
  for (const point of points) {
    const n = kept.length;
    if (n && Math.abs(kept[n - 1].x - point.x) < 0.6 && Math.abs(kept[n - 1].y - point.y) < 0.6) continue;
    if (n > 1) {
      const [a, b] = [kept[n - 2], kept[n - 1]];
      const flat = Math.abs(a.y - b.y) < 0.6 && Math.abs(b.y - point.y) < 0.6;
      const tall = Math.abs(a.x - b.x) < 0.6 && Math.abs(b.x - point.x) < 0.6;
      if (flat || tall) kept.pop();
    }
    kept.push(point);
  }
  return kept;
}

/** The last resort: out, across in the middle, in. */
function plain(edge, turned) {
  const [a, b] = [ports(edge.from), ports(edge.to)];
  if (turned) {
    const [p, q] = [a[SOUTH], b[NORTH]];
    const y = (p.y + q.y) / 2;
    return simplify([p, { x: p.x, y }, { x: q.x, y }, q]);
  }
  const [p, q] = [a[EAST], b[WEST]];
  const x = (p.x + q.x) / 2;
  return simplify([p, { x, y: p.y }, { x, y: q.y }, q]);
}

function finish(grid, edge, points) {
  edge.points = points;
  grid.occupy(points, edge.from.id, edge.to.id);
}

// ---- gradients, marks, stubs ---------------------------------------------------------------------------------------

function routeLoss(scene, grid, frames, bands) {
  const edge = scene.lossEdge;
  const lane = edge.to;
  const { turned } = scene;
  const right = lane.x + lane.w;
  const ends = [{ x: round(right + HEAD), y: round(lane.y + lane.h / 2), dir: WEST, cost: 0, port: { x: right, y: lane.y + lane.h / 2 } }];
  const centre = mid(edge.from).x;
  ends.push({ x: round(centre), y: round(lane.y - HEAD), dir: SOUTH, cost: turned ? 0 : 40, port: { x: centre, y: lane.y } });
  const starts = startsOf(edge, turned).map((start) => ({ ...start, cost: start.dir === NORTH ? 120 : start.dir === (turned ? SOUTH : EAST) ? 0 : 60 }));
  const found = grid.way(starts, ends, edge.from.id, lane.id, penalties(edge, frames, bands), 20000);
  if (found) finish(grid, edge, joined(found));
  else edge.points = null;
}

/** From each gradient mark to the update mark of the same variable, and one dashed line through the updates to the group. */
function markLinks(scene) {
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
function forksOf(edges) {
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
function placeStub(stub, scene) {
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
