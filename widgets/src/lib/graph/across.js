// Positions across the data: every cell of every column gets its `v`.
//
// Columns are settled outward from the one with the largest frame, each cell on the line of its neighbours, in a fixed order with
// given gaps; lines that can be straight become straight.

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
export function placeAcross(columns, links, rowGap) {
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

/** Whether an open frame stands in a column. */
export const hasFrame = (column) => column.some((cell) => cell.frame);

function stack(column, space) {
  let v = 0;
  column.forEach((cell, k) => {
    if (k) v += space(column[k - 1], cell);
    cell.v = v;
  });
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
