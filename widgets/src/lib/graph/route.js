// Ways of the edges: orthogonal lines from port to port that keep off boxes, names and frames they do not belong to.
//
// Every edge of `scene.edges` gets `points`; so do `scene.stubs` (a short arrow and its count), the one drawn way from the
// loss to the gradients, the arrows between marks of lanes and the dashed line through the marks of the optimizer.

import { forksOf, markLinks, placeStub } from "./extras.js";
import { EAST, Grid, NORTH, SOUTH, WEST, round } from "./grid.js";
import { CLEAR, HEAD, START, STEP, endsOf, isRead, mid, ports, simplify, startsOf } from "./ports.js";
import { headerOf } from "./sizes.js";

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
    const points = straight(edge, leaves, names, turned, grid);
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

/** A straight line where ports of both ends face one another and nothing stands between. */
function straight(edge, leaves, names, turned, grid) {
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
    if (names.some((name) => touches(name, points[0], points[1], 0))) continue;
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
