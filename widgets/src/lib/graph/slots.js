// From boxes to places inside one scope, for one frame or for several that share one layout.
//
// Towers that re-enter a variable scope are laid out together: their children are paired by name into slots, a slot is as
// large as its largest box, and the one layout serves all frames (the second is mirrored by the caller). A scope alone is
// the case of one frame. Everything here is in (u, v): u along the data, v across; `turned` pictures run downward.

import { layered } from "./layered.js";

const CAP_GAP = 30;
const CAP_SPACE = 10;
const HUB_ROOM = 36;

/** Size of a box along and across the data. */
export const along = (box, turned) => (turned ? box.h : box.w);
export const across = (box, turned) => (turned ? box.w : box.h);

/** What a frame adds around its contents: {u0, u1, v0, v1} before and after along and across. */
function padding(turned) {
  return turned ? { u0: 32, u1: 10, v0: 10, v1: 10 } : { u0: 10, u1: 10, v0: 30, v1: 10 };
}

/**
 * Lays out the children of `frames` (boxes, one or more that share a layout).
 *
 * @param ctx {turned, gap, rowGap, limit, edgesIn: Map parent box -> [{a, b, edge}] lifted to its children}
 * @returns {up, down, length, slots, pad}: extents with padding around the line v = 0
 */
export function layoutFrames(frames, ctx) {
  const { turned } = ctx;
  const slots = [];
  const slotOf = new Map();
  frames.forEach((frame, t) => {
    for (const child of frame.children) {
      if (child.inBand) continue;
      const key = frames.length === 1 ? child.id : `${child.kind === "scope" ? "scope" : "thing"} ${child.node?.leaf ?? child.id}`;
      let slot = slots.find((other) => other.key === key && !other.boxes[t]);
      if (frames.length === 1 || !slot) {
        slot = { key: `${slots.length} ${key}`.slice(0, 80), boxes: [], caps: [], wanted: [] };
        if (frames.length > 1) slot.key = key;
        slots.push(slot);
      }
      slot.boxes[t] = child;
      slotOf.set(child, slot);
    }
  });
  const lifted = frames.flatMap((frame) => ctx.edgesIn.get(frame) ?? []);
  attachCapsules(slots, slotOf, lifted, ctx);
  for (const slot of slots) measureSlot(slot, ctx);
  const edges = new Map();
  for (const { a, b, edge } of lifted) {
    const from = slotOf.get(a);
    const to = slotOf.get(b);
    if (!from || !to || from === to || from.host || to.host) continue;
    const key = `${from.key}\u0000${to.key}`;
    if (!edges.has(key)) edges.set(key, { from: from.key, to: to.key, fromV: portV(from, edge.from), toV: portV(to, edge.to), weight: edge.control ? 0.5 : 1 });
  }
  const free = slots.filter((slot) => !slot.host);
  const entries = entrances(frames, slotOf, edges, ctx);
  const pad = padding(turned);
  const nodes = free.map((slot) => ({ key: slot.key, su: slot.su, up: slot.up, down: slot.down, frame: slot.frame, hub: slot.hub }));
  for (const entry of entries) {
    nodes.push({ key: entry.key, su: 0, up: 0, down: 0, frame: false });
    for (const slot of entry.slots) edges.set(`${entry.key}\u0000${slot.key}`, { from: entry.key, to: slot.key, fromV: 0, toV: 0, weight: 1 });
  }
  const result = packed(nodes, [...edges.values()], ctx, frames[0].kind === "root");
  for (const slot of free) {
    const place = result.places.get(slot.key);
    slot.u = place.u;
    slot.v = place.v;
  }
  if (entries.length && free.length) {
    const start = Math.min(...free.map((slot) => slot.u - slot.su / 2)) - 8;
    for (const slot of free) slot.u -= Math.max(0, start);
  }
  // the line of a scope is the row of its first column
  const first = free.length ? free.reduce((a, b) => (b.u - b.su / 2 < a.u - a.su / 2 ? b : a)).v : 0;
  for (const slot of free) slot.v -= first;
  let low = result.low - first;
  let high = result.high - first;
  let length = 0;
  for (const slot of free) length = Math.max(length, slot.u + slot.su / 2);
  if (!free.length) [low, high] = [-15, 15];
  placeCapsules(slots, turned);
  if (frames[0].kind === "root") return { low, high, length, slots, pad: { u0: 0, u1: 0, v0: 0, v1: 0 }, up: -low, down: high };
  const header = Math.max(...frames.map((frame) => (frame.headerWidth ?? 0) + (turned ? 10 : frame.subWidth ?? 0)));
  if (turned) {
    // the line that the data comes down on passes right of the name
    const before = Math.max(-low + pad.v0, Math.max(...frames.map((frame) => frame.nameEnd ?? 0)) + 6);
    return { up: before, down: Math.max(high + pad.v1, header - before), length: length + pad.u0 + pad.u1, slots, pad };
  }
  let shift = 0;
  let full = length + pad.u0 + pad.u1;
  if (!turned && full < header) {
    shift = (header - full) / 2;
    full = header;
  }
  for (const slot of slots) slot.u += shift;
  return { up: -low + pad.v0, down: high + pad.v1, length: full, slots, pad };
}

/**
 * Ways into a frame that part inside it, or that pass its first column, get a place of their own before the first column.
 */
function entrances(frames, slotOf, edges, ctx) {
  const fed = new Set([...edges.values()].map((edge) => edge.to));
  const entries = new Map();
  for (const frame of frames) {
    for (const [source, children] of ctx.enters.get(frame) ?? []) {
      const slots = [...new Set([...children].map((child) => slotOf.get(child)).filter((slot) => slot && !slot.host))];
      if (!slots.some((slot) => fed.has(slot.key))) continue;
      const key = `in ${slots.map((slot) => slot.key).join()}`;
      if (!entries.has(key)) entries.set(key, { key, source, slots });
    }
  }
  return [...entries.values()];
}

/** Variables of the scope stand under (turned: beside) the first box that reads them. */
function attachCapsules(slots, slotOf, lifted, ctx) {
  for (const slot of slots) {
    const cap = slot.boxes.find(Boolean);
    if (cap.kind !== "variable") continue;
    const readers = lifted.filter(({ a, edge }) => a === cap && edge.kind === "read").map(({ b }) => slotOf.get(b));
    const host = slots.find((other) => readers.includes(other) && other.boxes.find(Boolean).kind !== "variable");
    if (!host || host.caps.length >= 4) continue;
    slot.host = host;
    host.caps.push(slot);
  }
  if (ctx.bandReaders) {
    for (const [cap, reader] of ctx.bandReaders) {
      const slot = slotOf.get(reader);
      if (slot) slot.wanted.push(cap);
    }
  }
}

function measureSlot(slot, ctx) {
  const { turned } = ctx;
  const boxes = slot.boxes.filter(Boolean);
  const open = boxes.filter((box) => box.open);
  if (open.length) {
    slot.frame = true;
    slot.inner = boxes[0].kind === "tie" ? layoutTie(boxes[0], ctx) : layoutFrames(open, ctx);
    slot.su = slot.inner.length;
    slot.up = slot.inner.up;
    slot.down = slot.inner.down;
    for (const box of boxes) {
      if (box.open) continue;
      slot.su = Math.max(slot.su, along(box, turned));
      slot.up = Math.max(slot.up, across(box, turned) / 2);
      slot.down = Math.max(slot.down, across(box, turned) / 2);
    }
  } else {
    slot.su = Math.max(...boxes.map((box) => along(box, turned)));
    slot.up = Math.max(...boxes.map((box) => across(box, turned))) / 2;
    slot.down = slot.up;
  }
  slot.bottom = slot.down;
  // a hub needs room for the arrow and the number that stand for its many edges
  slot.hub = boxes.map((box) => (ctx.hubs.has(`${box.id} out`) ? -1 : ctx.hubs.has(`${box.id} in`) ? 1 : 0)).find(Boolean) ?? 0;
  if (slot.hub && boxes[0].kind === "variable" && !turned) slot.up += 22;
  else if (slot.hub) slot.su += 2 * HUB_ROOM;
  // the frames behind a series stand out on two sides
  slot.extra = boxes.some((box) => box.series && box.parent?.kind !== "tie") ? 10 : 0;
  slot.up += slot.extra;
  slot.su += slot.extra;
  if (slot.caps.length) {
    const caps = slot.caps.map((cap) => cap.boxes.find(Boolean));
    const row = caps.reduce((sum, cap) => sum + along(cap, turned) + CAP_SPACE, -CAP_SPACE);
    slot.su = Math.max(slot.su, row);
    slot.down += CAP_GAP + Math.max(...caps.map((cap) => across(cap, turned)));
  }
  if (slot.wanted.length && !open.length) {
    const row = slot.wanted.reduce((sum, cap) => sum + along(cap, turned) + CAP_SPACE, -CAP_SPACE);
    slot.su = Math.max(slot.su, row - (ctx.gap - CAP_SPACE));
  }
}

function placeCapsules(slots, turned) {
  for (const slot of slots) {
    if (!slot.caps.length) continue;
    const caps = slot.caps.map((cap) => cap.boxes.find(Boolean));
    const row = caps.reduce((sum, cap) => sum + along(cap, turned) + CAP_SPACE, -CAP_SPACE);
    let u = slot.u - row / 2;
    slot.caps.forEach((cap, k) => {
      const size = along(caps[k], turned);
      cap.u = u + size / 2;
      cap.v = slot.v + slot.bottom + CAP_GAP + across(caps[k], turned) / 2;
      cap.su = size;
      cap.up = across(caps[k], turned) / 2;
      cap.down = cap.up;
      u += size + CAP_SPACE;
    });
  }
}

/** Across-offset, from the line of a slot, of the visible box `leaf` that lies in it. */
function portV(slot, leaf) {
  if (slot.boxes.includes(leaf) || !slot.inner) return 0;
  const { inner } = slot;
  if (inner.tie) {
    if (leaf.inBand) return inner.bandV;
    const second = inner.second.some((box) => holds(box, leaf));
    const v = inner.shared ? offsetIn(inner.shared, leaf) ?? 0 : 0;
    return second ? inner.secondV + (inner.turned ? v : -v) : v;
  }
  return offsetIn(inner, leaf) ?? 0;
}

function offsetIn(inner, leaf) {
  for (const slot of inner.slots) {
    if (slot.boxes.includes(leaf)) return slot.v;
    if (slot.inner && slot.boxes.some((box) => box && holds(box, leaf))) return slot.v + portV(slot, leaf);
  }
  return null;
}

function holds(outer, inner) {
  for (let at = inner; at; at = at.parent) if (at === outer) return true;
  return false;
}

// ---- parts that do not hang together -------------------------------------------------------------------------------

/** Lays out each connected part and packs the parts into shelves no longer than the limit. */
function packed(nodes, edges, ctx, isRoot) {
  const parts = components(nodes, edges);
  const options = { gap: ctx.gap, rowGap: ctx.rowGap, fold: isRoot, limit: ctx.limit && !isRoot ? Math.max(300, ctx.limit - 170) : ctx.limit };
  if (parts.length === 1) return layered(parts[0].nodes, parts[0].edges, options);
  const limit = options.limit || 900;
  const places = new Map();
  let shelfTop = 0;
  let shelfLow = 0;
  let u = 0;
  for (const part of parts) {
    const result = layered(part.nodes, part.edges, options);
    if (u > 0 && u + result.length > limit) {
      shelfTop = shelfLow + ctx.rowGap;
      u = 0;
    }
    for (const [key, place] of result.places) places.set(key, { u: place.u + u, v: place.v - result.low + shelfTop });
    shelfLow = Math.max(shelfLow, shelfTop + result.high - result.low);
    u += result.length + ctx.gap + 4;
  }
  return { places, low: 0, high: shelfLow };
}

function components(nodes, edges) {
  const parent = new Map(nodes.map((node) => [node.key, node.key]));
  const find = (key) => {
    let at = key;
    while (parent.get(at) !== at) {
      parent.set(at, parent.get(parent.get(at)));
      at = parent.get(at);
    }
    return at;
  };
  for (const edge of edges) parent.set(find(edge.from), find(edge.to));
  const parts = new Map();
  for (const node of nodes) {
    const root = find(node.key);
    if (!parts.has(root)) parts.set(root, { nodes: [], edges: [] });
    parts.get(root).nodes.push(node);
  }
  for (const edge of edges) parts.get(find(edge.from)).edges.push(edge);
  const list = [...parts.values()];
  // what many read comes first, what reads many last; single boxes keep their order after the parts
  const rank = (part) => part.nodes.reduce((sum, node) => sum + (node.hub ?? 0), 0);
  return list.sort((a, b) => Math.sign(rank(a)) - Math.sign(rank(b)) || (b.nodes.length > 1) - (a.nodes.length > 1));
}

// ---- towers --------------------------------------------------------------------------------------------------------

const BAND_LABELS = 20;
const BRACKET = 4;
const BRACKET_INSIDE = 13;

/** First tower on top (turned: left), band of shared variables, second tower mirrored under it. */
function layoutTie(group, ctx) {
  const { turned } = ctx;
  const [, second] = group.towers;
  const readers = bandReaders(group, ctx);
  const inside = { ...ctx, limit: 0, bandReaders: readers };
  const open = group.towers.filter((tower) => tower.open);
  let shared = null;
  let up;
  let down;
  let length;
  const capLength = group.band.reduce((sum, cap) => sum + along(cap, turned) + CAP_SPACE, 0);
  if (open.length) {
    shared = layoutFrames(open, inside);
    [up, down, length] = [shared.up, shared.down, shared.length];
  } else {
    up = Math.max(...group.towers.map((tower) => across(tower, turned))) / 2;
    down = up;
    length = Math.max(...group.towers.map((tower) => along(tower, turned)));
  }
  const least = capLength + (turned ? 52 : 0);
  length = Math.max(length, least);
    const spread = ctx.bandGap ?? 17;
  const capAcross = Math.max(...group.band.map((cap) => across(cap, turned)), 42);
  const bandSize = turned ? capAcross + 56 : capAcross + 18 + BAND_LABELS;
  const bandTop = down + spread;
  const bandV = bandTop + (turned ? bandSize / 2 : BAND_LABELS + 9 + capAcross / 2 + 1);
  const secondV = bandTop + bandSize + spread + (turned ? up : down);
  const bracket = turned ? 0 : group.parent.kind === "root" ? BRACKET : BRACKET_INSIDE;
  const inner = {
    tie: true, turned, shared, up, down: secondV + (turned ? down : up) + (second.series ? 10 : 0), length: length + bracket + (second.series ? 10 : 0), second: [second], secondV, bandV, bandTop, bandSize,
    upOne: up, downOne: down, towerLength: length, slots: [], bracket,
  };
  placeBand(group, inner, readers, ctx);
  return inner;
}

/** [capsule, the box of the first tower that reads it first] of each variable in the band. */
function bandReaders(group, ctx) {
  const pairs = [];
  for (const cap of group.band) {
    const read = (ctx.reads.get(cap) ?? []).filter((box) => holds(group.towers[0], box));
    const other = (ctx.reads.get(cap) ?? []).filter((box) => group.towers[1] && holds(group.towers[1], box));
    pairs.push([cap, read[0] ?? other[0] ?? null]);
  }
  return pairs;
}

function placeBand(group, inner, readers, ctx) {
  const { turned } = ctx;
  const start = inner.bracket;
  const cells = readers.map(([cap, reader], k) => {
    const inside = reader && inner.shared ? uOf(inner.shared, reader) : null;
    const at = inside === null ? null : inside + inner.shared.pad.u0 + (inner.towerLength - inner.shared.length) / 2;
    return { cap, size: along(cap, turned), wanted: at === null ? inner.towerLength / 2 : at, k };
  });
  cells.sort((a, b) => a.wanted - b.wanted || a.k - b.k);
  // several capsules of one reader stand side by side around it
  const groups = new Map();
  for (const cell of cells) {
    if (!groups.has(cell.wanted)) groups.set(cell.wanted, []);
    groups.get(cell.wanted).push(cell);
  }
  for (const list of groups.values()) {
    const row = list.reduce((sum, cell) => sum + cell.size + CAP_SPACE, -CAP_SPACE);
    let u = list[0].wanted - row / 2;
    for (const cell of list) {
      cell.wanted = u + cell.size / 2;
      u += cell.size + CAP_SPACE;
    }
  }
  let edge = turned ? 44 : 2;
  for (const cell of cells) {
    cell.u = Math.max(cell.wanted, edge + cell.size / 2);
    edge = cell.u + cell.size / 2 + CAP_SPACE;
  }
  let limit = inner.towerLength - 2;
  for (const cell of [...cells].reverse()) {
    cell.u = Math.min(cell.u, limit - cell.size / 2);
    limit = cell.u - cell.size / 2 - CAP_SPACE;
  }
  inner.bandPlaces = cells.map((cell) => ({ cap: cell.cap, u: cell.u + start, v: inner.bandV }));
}

/** Place along the data of a visible box inside shared towers. */
function uOf(inner, leaf) {
  for (const slot of inner.slots) {
    if (slot.boxes.includes(leaf)) return slot.u;
    if (slot.inner && slot.boxes.some((box) => box && holds(box, leaf))) {
      const u = slot.inner.tie ? null : uOf(slot.inner, leaf);
      return u === null ? slot.u : slot.u - slot.su / 2 + slot.inner.pad.u0 + u;
    }
  }
  return null;
}
