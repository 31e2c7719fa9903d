// Shortest orthogonal ways around boxes: a sparse grid of lines beside and through the boxes, and A* on it.
//
// A way costs its length, its bends, the lines it crosses and, most of all, running along a line of another edge.

const BEND = 26;
const CROSS = 70;
const ALONG = 6;
const DX = [1, 0, -1, 0];
const DY = [0, 1, 0, -1];

/** Directions as numbers: east, south, west, north. */
export const EAST = 0;
export const SOUTH = 1;
export const WEST = 2;
export const NORTH = 3;

/** A grid over obstacles [{x, y, w, h}] with extra lines xs and ys. */
export class Grid {
  constructor(obstacles, xs, ys) {
    this.obstacles = obstacles;
    this.xs = distinct(xs);
    this.ys = distinct(ys);
    this.columns = new Map(this.xs.map((x, i) => [x, i]));
    this.rows = new Map(this.ys.map((y, i) => [y, i]));
    const size = this.xs.length * this.ys.length;
    this.right = new Uint8Array(size);
    this.down = new Uint8Array(size);
    this.used = { h: new Map(), v: new Map() };
    for (const box of obstacles) this.block(box);
  }

  at(ix, iy) {
    return iy * this.xs.length + ix;
  }

  block({ x, y, w, h }) {
    const { xs, ys } = this;
    const x0 = lower(xs, x);
    const y0 = lower(ys, y);
    for (let iy = Math.max(0, y0 - 1); iy < ys.length && ys[iy] < y + h; iy += 1) {
      for (let ix = Math.max(0, x0 - 1); ix < xs.length && xs[ix] < x + w; ix += 1) {
        const cell = this.at(ix, iy);
        if (ys[iy] > y && ix + 1 < xs.length && xs[ix + 1] > x) this.right[cell] = 1;
        if (xs[ix] > x && iy + 1 < ys.length && ys[iy + 1] > y) this.down[cell] = 1;
      }
    }
  }

  /** Remembers a way, so that others keep off it; ways of one source or one target may share lines. */
  occupy(points, source, target) {
    for (let k = 1; k < points.length; k += 1) {
      const [a, b] = [points[k - 1], points[k]];
      const flat = Math.abs(a.y - b.y) < 0.01;
      const line = flat ? Math.round(a.y * 2) : Math.round(a.x * 2);
      const table = flat ? this.used.h : this.used.v;
      const [low, high] = flat ? [Math.min(a.x, b.x), Math.max(a.x, b.x)] : [Math.min(a.y, b.y), Math.max(a.y, b.y)];
      if (!table.has(line)) table.set(line, []);
      table.get(line).push({ low, high, source, target });
    }
  }

  /** Length that a straight piece shares with ways of other ends, on the line or within 4 px of it. */
  shared(flat, line, low, high, source, target) {
    const table = flat ? this.used.h : this.used.v;
    let sum = 0;
    const middle = Math.round(line * 2);
    for (let near = middle - 8; near <= middle + 8; near += 1) {
      for (const piece of table.get(near) ?? []) {
        if (piece.source === source || piece.target === target) continue;
        sum += Math.max(0, Math.min(high, piece.high) - Math.max(low, piece.low));
      }
    }
    return sum;
  }

  crossings(flat, line, low, high) {
    const table = flat ? this.used.v : this.used.h;
    let sum = 0;
    for (const [key, pieces] of table) {
      const place = key / 2;
      if (place <= low || place >= high) continue;
      for (const piece of pieces) if (piece.low < line && line < piece.high) sum += 1;
    }
    return sum;
  }

  /**
   * Cheapest way from one of `starts` to one of `ends`: lists of {x, y, dir, cost}, `dir` the direction of travel there.
   * `forbidden(x0, y0, x1, y1)` adds a cost of its own for a straight piece.
   *
   * @returns points, or null when there is none within the limit
   */
  way(starts, ends, source, target, forbidden, limit = 6000) {
    const width = this.xs.length;
    const goal = new Map();
    for (const end of ends) {
      const ix = this.columns.get(round(end.x));
      const iy = this.rows.get(round(end.y));
      if (ix === undefined || iy === undefined) continue;
      const key = this.at(ix, iy);
      if (!goal.has(key)) goal.set(key, []);
      goal.get(key).push(end);
    }
    const best = new Map();
    const from = new Map();
    const heap = new Heap();
    const ahead = (x, y) => {
      let least = Infinity;
      for (const end of ends) least = Math.min(least, Math.abs(end.x - x) + Math.abs(end.y - y) + end.cost);
      return least;
    };
    for (const start of starts) {
      const ix = this.columns.get(round(start.x));
      const iy = this.rows.get(round(start.y));
      if (ix === undefined || iy === undefined) continue;
      const state = this.at(ix, iy) * 4 + start.dir;
      if ((best.get(state) ?? Infinity) <= start.cost) continue;
      best.set(state, start.cost);
      from.set(state, { before: -1, start });
      heap.push(state, start.cost + ahead(start.x, start.y));
    }
    let done = null;
    let doneCost = Infinity;
    let steps = 0;
    while (heap.size && steps < limit) {
      steps += 1;
      const { state, cost: estimate } = heap.pop();
      if (estimate >= doneCost) break;
      const cost = best.get(state);
      const dir = state & 3;
      const cell = state >> 2;
      const ix = cell % width;
      const iy = (cell - ix) / width;
      for (const end of goal.get(cell) ?? []) {
        const turn = end.dir === dir ? 0 : (end.dir + 2) % 4 === dir ? 4 * BEND : BEND;
        if (cost + turn + end.cost < doneCost) {
          doneCost = cost + turn + end.cost;
          done = { state, end };
        }
      }
      for (let next = 0; next < 4; next += 1) {
        if ((next + 2) % 4 === dir) continue;
        const jx = ix + DX[next];
        const jy = iy + DY[next];
        if (jx < 0 || jy < 0 || jx >= width || jy >= this.ys.length) continue;
        if (next === EAST && this.right[cell]) continue;
        if (next === WEST && this.right[cell - 1]) continue;
        if (next === SOUTH && this.down[cell]) continue;
        if (next === NORTH && this.down[cell - width]) continue;
        const flat = next === EAST || next === WEST;
        const [x0, x1] = [this.xs[Math.min(ix, jx)], this.xs[Math.max(ix, jx)]];
        const [y0, y1] = [this.ys[Math.min(iy, jy)], this.ys[Math.max(iy, jy)]];
        const length = flat ? x1 - x0 : y1 - y0;
        let price = cost + length + (next === dir ? 0 : BEND) + forbidden(x0, y0, x1, y1);
        price += ALONG * (flat ? this.shared(true, y0, x0, x1, source, target) : this.shared(false, x0, y0, y1, source, target));
        price += CROSS * (flat ? this.crossings(true, y0, x0 - 0.01, x1) : this.crossings(false, x0, y0 - 0.01, y1));
        const key = this.at(jx, jy) * 4 + next;
        if (price < (best.get(key) ?? Infinity) - 1e-9) {
          best.set(key, price);
          from.set(key, { before: state, start: null });
          heap.push(key, price + ahead(this.xs[jx], this.ys[jy]));
        }
      }
    }
    if (!done) return null;
    const points = [];
    let state = done.state;
    let start = null;
    while (state >= 0) {
      const cell = state >> 2;
      const ix = cell % width;
      points.push({ x: this.xs[ix], y: this.ys[(cell - ix) / width] });
      const step = from.get(state);
      start = step.start ?? start;
      state = step.before;
    }
    points.reverse();
    return { points, start, end: done.end, cost: doneCost };
  }
}

export const round = (value) => Math.round(value * 2) / 2;

function distinct(values) {
  return [...new Set(values.map(round))].sort((a, b) => a - b);
}

function lower(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A binary heap of (state, cost). */
class Heap {
  constructor() {
    this.items = [];
  }

  get size() {
    return this.items.length;
  }

  push(state, cost) {
    const { items } = this;
    items.push({ state, cost });
    let k = items.length - 1;
    while (k > 0) {
      const above = (k - 1) >> 1;
      if (items[above].cost <= items[k].cost) break;
      [items[above], items[k]] = [items[k], items[above]];
      k = above;
    }
  }

  pop() {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length) {
      items[0] = last;
      let k = 0;
      for (;;) {
        const left = 2 * k + 1;
        if (left >= items.length) break;
        const child = left + 1 < items.length && items[left + 1].cost < items[left].cost ? left + 1 : left;
        if (items[k].cost <= items[child].cost) break;
        [items[child], items[k]] = [items[k], items[child]];
        k = child;
      }
    }
    return top;
  }
}
