// Places of everything on the picture. `layoutScene(scene, size)` gives every box x, y, w, h in CSS pixels.
//
// One open scope at a time (slots.js, layered.js); here the pieces are put together: the model, spare room spread into the
// gaps, and the lanes under it with their marks in the columns of the variables.

import { layoutFrames, along, across } from "./slots.js";
import { settle } from "./across.js";
import { textWidth } from "./measure.js";

const MARGIN = 12;
/** Room right of everything for the route from the loss to the gradients. */
const ROUTE = 11;
const LANE_HEIGHT = 30;
const LANE_GAP = 11;
/** Narrower drawings run downward. (A dashboard in a cell of 900 px gives its drawing about 630 px: wide.) */
export const TURN_UNDER = 560;
/** Text may shrink to this part of its size before the picture must be panned (12 px to 9 px). */
export const LEAST_SCALE = 0.75;

/**
 * Lays out a scene in the given room.
 *
 * @param scene of scene.js with links of links.js
 * @param size {width, height, turned}: room in CSS pixels; height 0 means as high as needed
 */
export function layoutScene(scene, size) {
  const turned = size.turned ?? size.width < TURN_UNDER;
  const room = size.width - 2 * MARGIN - (turned ? 0 : ROUTE);
  const ctx = {
    turned,
    ...liftEdges(scene),
    reads: readsOf(scene),
    hubs: scene.hubs,
    limit: turned ? 0 : Math.max(420, room / LEAST_SCALE),
  };
  const span = (inner) => (turned ? inner.up + inner.down : inner.length);
  const attempt = (gap, rowGap, bandGap) => layoutFrames([scene.root], { ...ctx, gap, rowGap, bandGap });
  const inner = turned ? turnedRoot(attempt, span, room) : wideRoot(scene, attempt, span, room, size);
  scene.turned = turned;
  assign(scene, inner, turned);
  const bounds = boundsOf(scene);
  const width = Math.max(bounds.width, Math.min(room, turned ? 460 : 560));
  placeLanes(scene, bounds, width, ctx);
  raise(scene);
  const whole = boundsOf(scene);
  scene.width = whole.right + MARGIN + (turned ? 0 : ROUTE);
  scene.height = whole.bottom + MARGIN;
  return scene;
}

/** Spare room of a wide picture goes into the gaps; a later picture keeps the gaps of the one before while they fit. */
function wideRoot(scene, attempt, span, room, size) {
  const least = 18;
  const most = 38;
  if (size.keep) {
    const kept = attempt(size.keep.gap, 18, size.keep.bandGap);
    scene.gaps = size.keep;
    if (span(kept) <= room + 0.5) return kept;
  }
  let gap = least;
  let bandGap = 17;
  const inner = attempt(gap, 18, bandGap);
  const spare = room - span(inner);
  if (spare > 4) {
    const gained = span(attempt(most, 18, bandGap)) - span(inner);
    gap = least + (most - least) * (gained > 0 ? Math.min(1, spare / gained) : 0);
    const lanes = scene.lanes.length * (LANE_HEIGHT + LANE_GAP) + 24;
    bandGap = 17 + (size.height ? Math.max(0, Math.min(26, (size.height - inner.up - inner.down - lanes - 40) / 3)) : 4);
  }
  let found = attempt(gap, 18, bandGap);
  if (spare > 4 && span(found) > room) {
    gap -= 0.5;
    found = attempt(gap, 18, bandGap);
  }
  scene.gaps = { gap, bandGap };
  return found;
}

/** A turned picture has fixed rows; its spare width goes beside the band. */
function turnedRoot(attempt, span, room) {
  const inner = attempt(28, 18, 14);
  const spare = room - span(inner);
  return spare > 4 ? attempt(28, 18, 14 + Math.min(24, spare / 2)) : inner;
}

/**
 * Edges of the picture, lifted to the children of the frame in which both ends lie, and the ways into the frames on the
 * way down: Map frame -> Map source id -> children.
 */
function liftEdges(scene) {
  const lifted = new Map();
  const enters = new Map();
  for (const edge of scene.edges) {
    const path = [];
    for (let at = edge.from; at; at = at.parent) path.push(at);
    let b = edge.to;
    while (b.parent && !path.includes(b.parent)) b = b.parent;
    const frame = b.parent;
    if (!frame) continue;
    const a = path[path.indexOf(frame) - 1];
    if (!a || a === b) continue;
    if (!lifted.has(frame)) lifted.set(frame, []);
    lifted.get(frame).push({ a, b, edge });
    if (edge.kind === "read" || edge.control) continue;
    for (let at = edge.to; at.parent !== frame; at = at.parent) {
      const inner = at.parent;
      if (!enters.has(inner)) enters.set(inner, new Map());
      const sources = enters.get(inner);
      if (!sources.has(edge.from.id)) sources.set(edge.from.id, new Set());
      sources.get(edge.from.id).add(at);
    }
  }
  return { edgesIn: lifted, enters };
}

/** Visible readers of every variable on the picture. */
function readsOf(scene) {
  const reads = new Map();
  for (const edge of scene.all) {
    if (edge.kind !== "read") continue;
    if (!reads.has(edge.from)) reads.set(edge.from, []);
    reads.get(edge.from).push(edge.to);
  }
  return reads;
}

// ---- from (u, v) to (x, y) -----------------------------------------------------------------------------------------

function setBox(box, u, v, su, sv, turned) {
  const [x, y, w, h] = turned ? [v - sv / 2, u - su / 2, sv, su] : [u - su / 2, v - sv / 2, su, sv];
  box.x = x;
  box.y = y;
  box.w = w;
  box.h = h;
}

/** Frame from u0 to u1 and v0 to v1. */
function setFrame(box, u0, u1, v0, v1, turned) {
  setBox(box, (u0 + u1) / 2, (v0 + v1) / 2, u1 - u0, v1 - v0, turned);
}

function assign(scene, inner, turned) {
  const u = MARGIN;
  const v = MARGIN + inner.up;
  placeSlots(inner, 0, u, v, 1, turned);
  scene.root.x = 0;
  scene.root.y = 0;
}

/** Places the boxes of frame number `t` of a layout whose contents begin at u and whose line is v. */
function placeSlots(inner, t, u, v, sign, turned) {
  for (const slot of inner.slots) {
    const box = slot.boxes[t];
    if (!box) continue;
    const centreU = u + slot.u;
    const centreV = v + sign * slot.v;
    if (slot.inner && box.open) {
      const start = centreU - slot.su / 2;
      const length = slot.su - slot.extra;
      const index = openIndex(slot, box);
      if (slot.inner.tie) placeTie(box, slot.inner, start, centreV, turned);
      else placeFrame(box, slot.inner, index, start, centreV, sign, turned, length);
    } else {
      setBox(box, centreU - slot.extra / 2, centreV, along(box, turned), across(box, turned), turned);
      box.mirrored = sign < 0;
    }
  }
}

const openIndex = (slot, box) => slot.boxes.filter((one) => one && one.open).indexOf(box);

function placeFrame(box, inner, t, start, v, sign, turned, length) {
  const top = v - sign * inner.up;
  const bottom = v + sign * inner.down;
  setFrame(box, start, start + length, Math.min(top, bottom), Math.max(top, bottom), turned);
  box.mirrored = sign < 0;
  box.line = v;
  placeSlots(inner, t, start + inner.pad.u0 + (length - inner.length) / 2, v, sign, turned);
}

function placeTie(group, inner, start, v, turned) {
  const towerStart = start + (turned ? 0 : inner.bracket);
  const [first, second] = group.towers;
  const open = group.towers.filter((tower) => tower.open);
  group.towers.forEach((tower, k) => {
    const line = k === 0 ? v : v + inner.secondV;
    const sign = k === 0 || turned ? 1 : -1;
    if (tower.open) {
      const own = { ...inner.shared, length: inner.towerLength };
      own.slots = inner.shared.slots;
      placeFrame(tower, own, open.indexOf(tower), towerStart, line, sign, turned, inner.towerLength);
    } else setBox(tower, towerStart + inner.towerLength / 2, line, along(tower, turned), across(tower, turned), turned);
    tower.mirrored = k > 0 && !turned;
  });
  group.bandBox = {};
  setFrame(group.bandBox, towerStart, towerStart + inner.towerLength, v + inner.bandTop, v + inner.bandTop + inner.bandSize, turned);
  for (const place of inner.bandPlaces) {
    const u = start + place.u;
    setBox(place.cap, u, v + place.v, along(place.cap, turned), across(place.cap, turned), turned);
  }
  setFrame(group, start, start + inner.length, v - inner.up, v + inner.down, turned);
  group.firstBox = first;
  group.secondBox = second;
}

/** Stubs on top of the uppermost boxes need room. */
function raise(scene) {
  let least = Infinity;
  for (const stub of scene.stubs) {
    if (!stub.box.w || scene.turned || stub.box.open || stub.box.mirrored) continue;
    least = Math.min(least, stub.box.y - (stub.box.series ? 10 : 0));
  }
  const shift = Math.max(0, 24 - least);
  if (!shift) return;
  for (const box of scene.boxes.values()) {
    box.y += shift;
    if (box.line !== undefined) box.line += shift;
  }
  for (const tie of scene.ties) tie.bandBox.y += shift;
  for (const lane of scene.lanes) {
    lane.strip.y += shift;
    for (const mark of [...lane.marks, ...lane.groups]) mark.y += shift;
  }
}

/** Bounds of all boxes with a size. */
function boundsOf(scene) {
  let right = 0;
  let bottom = 0;
  for (const box of scene.boxes.values()) {
    if (box.kind === "root" || !box.w) continue;
    right = Math.max(right, box.x + box.w);
    bottom = Math.max(bottom, box.y + box.h);
  }
  return { right, bottom, width: right - MARGIN, height: bottom - MARGIN };
}

// ---- lanes ---------------------------------------------------------------------------------------------------------

/** Strips under the model, each with its marks and groups; an open lane holds its own layout. */
function placeLanes(scene, bounds, width, ctx) {
  let y = bounds.bottom ? bounds.bottom + (ctx.turned ? 26 : 20) : MARGIN;
  const g = scene.model.g;
  for (const lane of scene.lanes) {
    const { title, count } = lane.lane;
    lane.label = title;
    lane.sub = count.toLocaleString("en");
    lane.titleWidth = 24 + textWidth(title, "bold") + 8 + textWidth(lane.sub, "sans") + 8;
  }
  // marks of one variable stand in one column through all lanes
  const start = MARGIN + Math.max(0, ...scene.lanes.filter((lane) => lane.lane.marks.length).map((lane) => lane.titleWidth));
  for (const lane of scene.lanes) {
    const { marks, groups } = lane.lane;
    lane.marks = [];
    lane.groups = [];
    setBox(lane, MARGIN + width / 2, y + LANE_HEIGHT / 2, width, LANE_HEIGHT, false);
    lane.strip = { x: lane.x, y: lane.y, w: width, h: LANE_HEIGHT };
    placeGroups(lane, groups, g);
    if (lane.lane.key === "gradients") lane.marksEnd = Math.min(lane.marksEnd, endOf(scene, lane.marksEnd, g));
    placeMarks(scene, lane, marks, g, start);
    if (lane.open) {
      const inner = layoutFrames([asRoot(lane)], { ...ctx, turned: false, gap: 20, rowGap: 14, limit: Math.max(420, width - 28) });
      const top = y + LANE_HEIGHT + 10;
      placeSlots(inner, 0, MARGIN + 14, top + inner.up, 1, false);
      lane.h = LANE_HEIGHT + 10 + inner.up + inner.down + 14;
      lane.w = Math.max(width, inner.length + 28);
    }
    y += lane.h + LANE_GAP;
  }
}

/** The lane as a root for layoutFrames: it has no padding of its own. */
function asRoot(lane) {
  return new Proxy(lane, { get: (target, name) => (name === "kind" ? "root" : target[name]) });
}

function placeGroups(lane, groups, g) {
  let right = lane.strip.x + lane.strip.w - 1;
  const shown = [];
  for (const group of [...groups].sort((a, b) => (b.op - a.op) * (lane.lane.key === "init" ? -1 : 1))) {
    const label = group.name.split("/").slice(-2).join("/");
    const note = group.note ? `${group.note} ${group.members.toLocaleString("en")}` : group.members.toLocaleString("en");
    const w = Math.ceil(textWidth(label, "mono") + textWidth(note, "sans") + 31);
    if (right - w < lane.strip.x + lane.titleWidth) break;
    shown.push({ id: `${lane.id}/group/${group.name}`, op: group.op, label, note, members: group.members, w, h: 22, x: right - w, y: lane.strip.y + 4, name: g.name[group.op] });
    right -= w + 11;
  }
  lane.groups = shown;
  lane.marksEnd = right;
}

/** Where marks must end: before the train operation, which stands in the optimizer's lane. */
function endOf(scene, end, g) {
  const optimizer = scene.lanes.find((lane) => lane.lane.key === "optimizer");
  if (!optimizer) return end;
  const probe = { strip: { ...optimizer.strip, x: MARGIN, w: end - MARGIN + 1, y: 0 }, titleWidth: optimizer.titleWidth, lane: optimizer.lane, id: "" };
  placeGroups(probe, optimizer.lane.groups, g);
  return probe.marksEnd;
}

function placeMarks(scene, lane, marks, g, start) {
  if (!marks.length) return;
  const isGradient = lane.lane.key === "gradients";
  const y = lane.strip.y + 5;
  if (marks.length > 8) {
    const label = `${isGradient ? "∂ " : ""}×${marks.length.toLocaleString("en")}`;
    const w = Math.ceil(textWidth(label, "mono") + 26);
    lane.marks = [{ id: `${lane.id}/marks`, label, w, h: 20, x: start + 60 - w / 2, y, variables: marks.map((mark) => mark.variable), op: -1 }];
    lane.tail = isGradient && scene.model.loss >= 0 ? `of ${g.name[scene.model.loss].split("/")[0]}, for ${marks.length.toLocaleString("en")} variables` : "";
    return;
  }
  const cells = marks.map((mark) => {
    const node = scene.model.variableNodes[mark.variable];
    let at = null;
    for (let scope = node; scope && !at; scope = scope.parent) at = scene.boxOf.get(scope);
    const label = `${isGradient ? "∂" : ""}${node.leaf.length > 9 ? `${node.leaf.slice(0, 8)}…` : node.leaf}`;
    const w = Math.max(38, Math.ceil(textWidth(label, "mono") + 16));
    return { mark, label, w, own: at && at.kind === "variable", wanted: at ? at.x + at.w / 2 : start + 60 };
  });
  const turned = scene.root && cells.some((cell) => !cell.own);
  cells.sort((a, b) => a.wanted - b.wanted || a.mark.variable - b.mark.variable);
  const free = lane.marksEnd - start;
  const need = cells.reduce((sum, cell) => sum + cell.w + 6, 0);
  if (need > free) {
    const label = `${isGradient ? "∂ " : ""}×${marks.length.toLocaleString("en")}`;
    const w = Math.ceil(textWidth(label, "mono") + 26);
    lane.marks = [{ id: `${lane.id}/marks`, label, w, h: 20, x: start + 60 - w / 2, y, variables: marks.map((mark) => mark.variable), op: -1 }];
    return;
  }
  const spread = new Set(cells.map((cell) => Math.round(cell.wanted))).size < cells.length || turned;
  const wanted = cells.map((cell, k) => (spread && !cell.own ? start + ((k + 0.5) * free) / cells.length : cell.wanted));
  const clear = (a, b) => a.w / 2 + b.w / 2 + 6;
  const low = wanted.map((value, k) => Math.min(Math.max(value, start + cells[k].w / 2), lane.marksEnd - cells[k].w / 2));
  const places = settle(cells, low, cells.map(() => 1), clear);
  const shift = Math.max(0, start + cells[0].w / 2 - places[0]) - Math.max(0, places[places.length - 1] + cells[cells.length - 1].w / 2 - lane.marksEnd);
  lane.marks = cells.map((cell, k) => ({
    id: `${lane.id}/mark/${g.name[cell.mark.op] ?? cell.label}#${cell.mark.variable}`, label: cell.label, w: cell.w, h: 20,
    x: places[k] + shift - cell.w / 2, y, variables: [cell.mark.variable], op: cell.mark.op,
  }));
}
