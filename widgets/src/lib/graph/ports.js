// Ports of boxes and what it costs to leave or enter by them: data runs through the sides along the flow, variables are read
// through the sides across it.

import { EAST, NORTH, SOUTH, WEST, round } from "./grid.js";

/** Room that ways keep from boxes. */
export const CLEAR = 4;
export const START = 8;
export const HEAD = 9;

/** Middle of a box. */
export const mid = (box) => ({ x: box.x + box.w / 2, y: box.y + box.h / 2 });

/** Ports of a box: the middle of each side, with the direction away from it. */
export function ports(box) {
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

/** Steps of the four directions. */
export const STEP = [[1, 0], [0, 1], [-1, 0], [0, -1]];

/** Whether an edge joins a variable and its reader or writer. */
export const isRead = (edge) => edge.kind === "read" || edge.kind === "write";

/** Costs of leaving by the east, south, west and north side. */
function leaveCosts(edge, turned) {
  if (isRead(edge)) return turned ? [0, 46, 0, 46] : [46, 0, 46, 0];
  return turned ? [30, 0, 30, 90] : [0, 30, 90, 30];
}

function enterCosts(edge, turned) {
  if (isRead(edge)) return turned ? [0, 60, 0, 60] : [60, 0, 60, 0];
  return turned ? [20, 90, 20, 0] : [90, 20, 0, 20];
}

/** Where a way may begin: a little outside each port. */
export function startsOf(edge, turned) {
  const costs = leaveCosts(edge, turned);
  return ports(edge.from).map((port, k) => ({
    x: round(port.x + STEP[k][0] * (START + port.away)), y: round(port.y + STEP[k][1] * START), dir: k, cost: costs[k], port,
  }));
}

/** Where a way may end: far enough outside each port for the head of an arrow. */
export function endsOf(edge, turned) {
  const costs = enterCosts(edge, turned);
  return ports(edge.to).map((port, k) => ({
    x: round(port.x + STEP[k][0] * (HEAD + port.away)), y: round(port.y + STEP[k][1] * HEAD), dir: (k + 2) % 4, cost: costs[k], port,
  }));
}

/** Points without those in the middle of a line. */
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
