// One scope, laid out in columns along `u` (the way the data runs) with positions `v` across.
//
// Ranks and orders come from dagre; coordinates are ours, because dagre knows neither ports nor boxes that reach
// further down than up (an operation with its variables under it). A node is {key, su, up, down, frame}: `su` its size
// along u, `up` and `down` how far it reaches from its line, the v on which its edges lie. An edge is
// {from, to, fromV, toV, weight}: keys, and the offsets of its ports from the lines of its ends.

import { hasFrame, placeAcross } from "./across.js";
import { ranked } from "./ranks.js";

/**
 * Columns of the graph: lists of cells {key, su, up, down, dummy} in vertical order, and the links between cells.
 * Edges over several columns pass through dummies that keep a place free.
 */
function makeColumns(nodes, edges, gap, fold) {
  const ranks = ranked(nodes, edges, gap);
  const columnOf = new Map(ranks.rank);
  const byKey = new Map(nodes.map((node) => [node.key, node]));
  if (fold) foldColumns(nodes, edges, columnOf, ranks, byKey);
  const used = [...new Set(columnOf.values())].sort((a, b) => a - b);
  const index = new Map(used.map((rank, i) => [rank, i]));
  const columns = used.map(() => []);
  for (const node of nodes) {
    columns[index.get(columnOf.get(node.key))].push({ ...node, order: ranks.y.get(node.key), node });
  }
  const links = [];
  const cellOf = new Map();
  for (const column of columns) for (const cell of column) cellOf.set(cell.key, cell);
  for (const edge of edges) {
    let a = index.get(columnOf.get(edge.from));
    let b = index.get(columnOf.get(edge.to));
    let from = cellOf.get(edge.from);
    const to = cellOf.get(edge.to);
    let fromV = edge.fromV ?? 0;
    let toV = edge.toV ?? 0;
    if (a === b) {
      if (edge.from !== edge.to) links.push({ from, to, fromV, toV, inside: true, weight: 1 });
      continue;
    }
    let last = to;
    if (a > b) {
      [a, b, from, last, fromV, toV] = [b, a, last, from, toV, fromV];
    }
    const bends = ranks.bends.get(`${edge.from}\u0000${edge.to}`) ?? new Map();
    // a way past a plain row goes over it: under it hang the variables
    const passed = columns.slice(a + 1, b).map((column) => column.filter((cell) => !cell.dummy));
    const above = passed.every((column) => column.length < 2) && passed.some((column) => column.some((cell) => cell.down > cell.up + 8));
    for (let i = a + 1; i < b; i += 1) {
      const rank = used[i];
      const dummy = { key: null, su: 0, up: 5, down: 5, dummy: true, order: above ? -1e6 : bends.get(rank) ?? from.order };
      columns[i].push(dummy);
      links.push({ from, to: dummy, fromV, toV: 0, weight: edge.weight ?? 1 });
      from = dummy;
      fromV = 0;
    }
    links.push({ from, to: last, fromV, toV, weight: edge.weight ?? 1 });
  }
  for (const column of columns) column.sort((p, q) => p.order - q.order);
  untangle(columns, links);
  return { columns, links };
}

/** Swaps neighbours in columns as long as that takes away crossings (dagre stops a little early). */
function untangle(columns, links) {
  const ends = new Map();
  for (const cells of columns) for (const cell of cells) ends.set(cell, { left: [], right: [] });
  for (const { from, to, fromV, toV, inside } of links) {
    if (inside) continue;
    ends.get(from).right.push([to, toV]);
    ends.get(to).left.push([from, fromV]);
  }
  const place = new Map();
  const renumber = (cells) => cells.forEach((cell, k) => place.set(cell, k));
  for (const cells of columns) renumber(cells);
  const at = ([cell, v]) => place.get(cell) + v * 1e-5;
  const crossed = (above, below) => {
    let count = 0;
    for (const side of ["left", "right"]) {
      for (const a of ends.get(above)[side]) for (const b of ends.get(below)[side]) if (a[0] !== b[0] || a[1] !== b[1]) count += at(a) > at(b) ? 1 : 0;
    }
    return count;
  };
  for (let pass = 0, changed = true; changed && pass < 6; pass += 1) {
    changed = false;
    for (const cells of columns) {
      if (cells.length > 60) continue;
      for (let k = 0; k + 1 < cells.length; k += 1) {
        if (crossed(cells[k + 1], cells[k]) >= crossed(cells[k], cells[k + 1])) continue;
        [cells[k], cells[k + 1]] = [cells[k + 1], cells[k]];
        renumber(cells);
        changed = true;
      }
    }
  }
}

/**
 * Saves width beside a tall frame: plain boxes share one column when the edges among them make chains of vertical
 * neighbours and the column stays lower than the frame. `columnOf` is changed in place.
 */
function foldColumns(nodes, edges, columnOf, ranks, byKey) {
  const tallest = Math.max(...nodes.filter((node) => node.frame).map((node) => node.up + node.down), 0);
  if (!tallest) return;
  const members = (rank) => nodes.filter((node) => columnOf.get(node.key) === rank);
  const fits = (group) => {
    const keys = new Set(group.map((node) => node.key));
    const degree = new Map();
    const parent = new Map(group.map((node) => [node.key, node.key]));
    const find = (key) => (parent.get(key) === key ? key : find(parent.get(key)));
    let height = -24;
    for (const node of group) height += node.up + node.down + 24;
    if (height > tallest) return false;
    for (const edge of edges) {
      if (!keys.has(edge.from) || !keys.has(edge.to) || edge.from === edge.to) continue;
      for (const key of [edge.from, edge.to]) {
        degree.set(key, (degree.get(key) ?? 0) + 1);
        if (degree.get(key) > 2) return false;
      }
      const a = find(edge.from);
      const b = find(edge.to);
      if (a === b) return false;
      parent.set(a, b);
    }
    return true;
  };
  // plain boxes that stand beside a frame in its own column go to the column they feed, or come from
  for (let rank = 0; rank < ranks.count; rank += 1) {
    const here = members(rank);
    if (!here.some((node) => node.frame)) continue;
    for (const node of here) {
      if (node.frame) continue;
      for (const [side, keys] of [
        [1, edges.filter((edge) => edge.from === node.key).map((edge) => edge.to)],
        [-1, edges.filter((edge) => edge.to === node.key).map((edge) => edge.from)],
      ]) {
        const next = members(rank + side);
        const reachable = keys.some((key) => columnOf.get(key) === rank + side);
        const crossing = side === 1
          ? edges.some((edge) => edge.to === node.key && columnOf.get(edge.from) >= rank + 1)
          : edges.some((edge) => edge.from === node.key && columnOf.get(edge.to) <= rank - 1);
        if (reachable && !crossing && fits([...next, node])) {
          columnOf.set(node.key, rank + side);
          break;
        }
      }
    }
  }
  // neighbouring columns without frames
  let target = 0;
  for (let rank = 1; rank < ranks.count; rank += 1) {
    const left = members(target);
    const right = members(rank);
    if (!right.length) continue;
    if (left.length && ![...left, ...right].some((node) => node.frame) && fits([...left, ...right])) {
      for (const node of right) columnOf.set(node.key, target);
    } else target = rank;
  }
}

/**
 * Lays out one connected scope.
 *
 * @param nodes [{key, su, up, down, frame}]
 * @param edges [{from, to, fromV, toV, weight}]
 * @param options {gap, rowGap, fold, limit}: gap between columns, between rows, whether plain boxes may share a column
 *   beside frames, and the length after which columns wrap into a new row (0: never)
 * @returns {places: Map key -> {u, v}, low, high, length, columns: [{u, su}], rows}
 */
export function layered(nodes, edges, options) {
  const { columns, links } = makeColumns(nodes, edges, options.gap, options.fold);
  placeAcross(columns, links, options.rowGap);
  const places = new Map();
  const spans = [];
  const rows = wrapRows(columns, options);
  let base = 0;
  let length = 0;
  let low = Infinity;
  let high = -Infinity;
  rows.forEach((row, r) => {
    let top = Infinity;
    let bottom = -Infinity;
    for (const column of row) {
      for (const cell of column) {
        top = Math.min(top, cell.v - cell.up);
        bottom = Math.max(bottom, cell.v + cell.down);
      }
    }
    const shift = r === 0 ? 0 : base - top;
    let u = 0;
    for (const column of row) {
      const width = Math.max(...column.map((cell) => cell.su));
      for (const cell of column) {
        if (!cell.dummy) places.set(cell.key, { u: u + width / 2, v: cell.v + shift, row: r });
      }
      spans.push({ u, su: width, row: r });
      u += width + options.gap;
    }
    length = Math.max(length, u - options.gap);
    low = Math.min(low, top + shift);
    high = Math.max(high, bottom + shift);
    base = bottom + shift + Math.max(34, options.rowGap * 2);
  });
  return { places, low, high, length, columns: spans, rows: rows.length };
}

function wrapRows(columns, options) {
  const whole = columns.reduce((sum, column) => sum + Math.max(...column.map((cell) => cell.su)) + options.gap, 0);
  if (!options.limit || whole <= options.limit || columns.length < 10 || columns.some(hasFrame)) return [columns];
  const rows = [[]];
  let length = 0;
  for (const column of columns) {
    const width = Math.max(...column.map((cell) => cell.su)) + options.gap;
    if (length + width > options.limit && rows[rows.length - 1].length) {
      rows.push([]);
      length = 0;
    }
    rows[rows.length - 1].push(column);
    length += width;
  }
  return rows;
}
