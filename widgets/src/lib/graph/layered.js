// One scope, laid out in columns along `u` (the way the data runs) with positions `v` across.
//
// Ranks and orders come from dagre; coordinates are ours, because dagre knows neither ports nor boxes that reach
// further down than up (an operation with its variables under it). A node is {key, su, up, down, frame}: `su` its size
// along u, `up` and `down` how far it reaches from its line, the v on which its edges lie. An edge is
// {from, to, fromV, toV, weight}: keys, and the offsets of its ports from the lines of its ends.

import { Graph, layout as dagreLayout } from "@dagrejs/dagre";

const cache = new Map();

/** Ranks and orders from dagre: {columns: [[key | dummy]], dummies}. Cached by structure. */
function ranked(nodes, edges, gap) {
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
        if (reachable && !crossing && !next.some((other) => other.frame) && fits([...next, node])) {
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

/** Orders a column whose cells are joined inside it: chains of neighbours stay together, the right way up. */
function orderChains(column, links) {
  const inner = links.filter((link) => link.inside && column.includes(link.from) && column.includes(link.to));
  if (!inner.length) return column;
  const near = new Map(column.map((cell) => [cell, []]));
  for (const link of inner) {
    near.get(link.from).push(link.to);
    near.get(link.to).push(link.from);
  }
  const seen = new Set();
  const chains = [];
  const walk = (cell, chain) => {
    seen.add(cell);
    chain.push(cell);
    for (const next of near.get(cell)) if (!seen.has(next)) walk(next, chain);
    return chain;
  };
  for (const cell of column) if (!seen.has(cell) && near.get(cell).length < 2) chains.push(walk(cell, []));
  for (const cell of column) if (!seen.has(cell)) chains.push(walk(cell, []));
  const pulled = (cell) => {
    const pulls = [];
    for (const link of links) {
      if (link.inside) continue;
      if (link.from === cell && link.to.v !== undefined) pulls.push(link.to.v + link.toV);
      if (link.to === cell && link.from.v !== undefined) pulls.push(link.from.v + link.fromV);
    }
    return pulls.length ? mean(pulls) : null;
  };
  const keyed = chains.map((chain) => {
    const pulls = chain.map(pulled);
    const at = pulls.map((pull, i) => [pull, i]).filter(([pull]) => pull !== null);
    let ordered = chain;
    if (at.length > 1 && at[0][0] > at[at.length - 1][0]) ordered = [...chain].reverse();
    else if (at.length === 1 && chain.length > 1 && at[0][1] > (chain.length - 1) / 2) ordered = [...chain].reverse();
    const known = pulls.filter((pull) => pull !== null);
    return { ordered, pull: known.length ? mean(known) : mean(chain.map((cell) => cell.order)) };
  });
  keyed.sort((a, b) => a.pull - b.pull);
  return keyed.flatMap((chain) => chain.ordered);
}

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

/** Least-squares places for cells in a fixed order with given gaps (pool adjacent violators). */
export function settle(cells, wanted, weights, gapBetween) {
  const offsets = [0];
  for (let i = 1; i < cells.length; i += 1) offsets.push(offsets[i - 1] + gapBetween(cells[i - 1], cells[i]));
  const blocks = [];
  for (let i = 0; i < cells.length; i += 1) {
    blocks.push({ sum: (wanted[i] - offsets[i]) * weights[i], weight: weights[i], count: 1 });
    while (blocks.length > 1) {
      const b = blocks[blocks.length - 1];
      const a = blocks[blocks.length - 2];
      if (a.sum / a.weight <= b.sum / b.weight) break;
      blocks.pop();
      blocks[blocks.length - 1] = { sum: a.sum + b.sum, weight: a.weight + b.weight, count: a.count + b.count };
    }
  }
  const places = [];
  for (const block of blocks) {
    for (let k = 0; k < block.count; k += 1) places.push(block.sum / block.weight + offsets[places.length]);
  }
  return places;
}

/** The v of every cell: columns are settled outward from the anchor, then relaxed. */
function placeAcross(columns, links, rowGap) {
  const linksOf = new Map();
  for (const column of columns) for (const cell of column) linksOf.set(cell, []);
  const insideOf = new Map();
  for (const link of links) {
    if (link.inside) {
      insideOf.set(link.from, [...(insideOf.get(link.from) ?? []), link.to]);
      insideOf.set(link.to, [...(insideOf.get(link.to) ?? []), link.from]);
      continue;
    }
    linksOf.get(link.from).push({ other: link.to, mine: link.fromV, theirs: link.toV, weight: link.weight });
    linksOf.get(link.to).push({ other: link.from, mine: link.toV, theirs: link.fromV, weight: link.weight });
  }
  const space = (a, b) => a.down + b.up + (a.dummy || b.dummy ? Math.min(8, rowGap) : rowGap);
  let anchor = 0;
  let best = -1;
  columns.forEach((column, i) => {
    const size = Math.max(...column.map((cell) => (cell.dummy ? 0 : cell.up + cell.down + (cell.frame ? 1000 : 0))));
    if (size > best) [best, anchor] = [size, i];
  });
  const settleColumn = (i, sides, before) => {
    const column = columns[i];
    const wanted = [];
    const weights = [];
    let fallback = 0;
    for (const cell of column) {
      const pulls = [];
      const mates = insideOf.get(cell);
      for (const { other, mine, theirs, weight } of linksOf.get(cell)) {
        if (other.v === undefined || (sides && !sides.has(other))) continue;
        for (let k = 0; k < (other.dummy || cell.dummy ? 1 : 2); k += 1) pulls.push(other.v + theirs - mine);
        if (weight > 1) pulls.push(other.v + theirs - mine);
      }
      if (pulls.length) {
        pulls.sort((a, b) => a - b);
        const low = pulls[(pulls.length - 1) >> 1];
        const high = pulls[pulls.length >> 1];
        // anything between is equally short: stay in line with the side that was settled last, so that lines bend once
        const near = linksOf.get(cell).filter(({ other }) => before && before.has(other)).map(({ other, mine, theirs }) => other.v + theirs - mine);
        const line = near.length ? near.sort((a, b) => a - b)[near.length >> 1] : (low + high) / 2;
        wanted.push(Math.min(high, Math.max(low, line)));
        // what stands in a line holds it; what only begins one gives way
        weights.push(cell.dummy ? 0.15 : near.length || !before ? 1 : 0.2);
      } else if (mates && mates.every((mate) => mate.v !== undefined) && (!sides || cell.v !== undefined)) {
        wanted.push(mean(mates.map((mate) => mate.v)));
        weights.push(0.02);
      } else {
        wanted.push(cell.v ?? fallback);
        weights.push(0.02);
      }
      fallback = wanted[wanted.length - 1];
    }
    const places = settle(column, wanted, weights, space);
    column.forEach((cell, k) => (cell.v = places[k]));
  };
  const sets = columns.map((column) => new Set(column));
  columns[anchor] = orderChains(columns[anchor], links);
  stack(columns[anchor], space);
  for (let i = anchor + 1; i < columns.length; i += 1) {
    columns[i] = orderChains(columns[i], links);
    settleColumn(i, sets[i - 1], null);
  }
  for (let i = anchor - 1; i >= 0; i -= 1) {
    columns[i] = orderChains(columns[i], links);
    settleColumn(i, sets[i + 1], null);
  }
  const held = (i) => i === anchor && hasFrame(columns[i]);
  for (let sweep = 0; sweep < 4; sweep += 1) {
    for (let i = columns.length - 1; i >= 0; i -= 1) if (!held(i)) settleColumn(i, null, i < anchor ? sets[i + 1] : null);
    for (let i = 0; i < columns.length; i += 1) if (!held(i)) settleColumn(i, null, i < anchor ? sets[i + 1] : sets[i - 1]);
  }
  straighten(columns, links, space);
}

/** Nearly straight links become straight, column after column; boxes that begin a line give way. */
function straighten(columns, links, space) {
  const before = new Map();
  for (const link of links) {
    if (link.inside) continue;
    if (!before.has(link.to)) before.set(link.to, []);
    before.get(link.to).push(link);
  }
  for (const column of columns) {
    column.forEach((cell, k) => {
      if (cell.frame || !before.has(cell)) return;
      let gap = 0;
      for (const link of before.get(cell)) {
        const off = link.from.v + link.fromV - cell.v - link.toV;
        if (gap === 0 || Math.abs(off) < Math.abs(gap)) gap = off;
      }
      if (gap === 0 || Math.abs(gap) > 10) return;
      const moves = [[cell, cell.v + gap]];
      const step = gap < 0 ? -1 : 1;
      let edge = cell;
      let v = cell.v + gap;
      for (let j = k + step; j >= 0 && j < column.length; j += step) {
        const other = column[j];
        const clear = step < 0 ? v - space(other, edge) : v + space(edge, other);
        if (step < 0 ? other.v <= clear + 0.01 : other.v >= clear - 0.01) break;
        if (other.frame || (before.has(other) && !other.dummy)) return;
        moves.push([other, clear]);
        [edge, v] = [other, clear];
      }
      for (const [one, place] of moves) one.v = place;
    });
  }
}

const hasFrame = (column) => column.some((cell) => cell.frame);

function stack(column, space) {
  let v = 0;
  column.forEach((cell, k) => {
    if (k) v += space(column[k - 1], cell);
    cell.v = v;
  });
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
