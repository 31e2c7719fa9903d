// GraphView: the drawing of one graph, its lanes, its keys and its card (docs/widgets.md, the contract of a view).

import { columnsOf } from "../lib/graph/columns.js";
import { buildModel } from "../lib/graph/model.js";
import { compose, counterparts, fileOf, openFirst } from "../lib/graph/picture.js";
import { boxOfNode } from "../lib/graph/scene.js";
import { lightOf, lightOfGroup, targetOf } from "../lib/graph/light.js";
import { graphText } from "../lib/graph/twin.js";
import { counted, grouped } from "../lib/names.js";
import { element, oncePerFrame } from "../lib/dom.js";
import { Stage } from "./graph/stage.js";
import { describeSelection, emptyWords, zoomButtons } from "./graph/parts.js";
import { graphKeys } from "./graph/keys.js";
import { cardOf } from "./graph/card.js";
import { findHits } from "./graph/hits.js";
import { laneChips } from "./graph/chips.js";

/** Makes the view; see docs/widgets.md for `ctx` and for what is returned. */
export function graphView(ctx) {
  const { store, bus } = ctx;
  const saved = ctx.state.get("graph", {});
  const state = {
    open: new Map(saved.open ?? []), lanes: new Set(saved.lanes ?? []), pick: new Map(saved.pick ?? []), near: saved.near ?? "",
    turned: saved.turned ?? null,
  };
  let started = Boolean(saved.open);
  let model = null;
  let scene = null;
  let selection = bus.current?.() ?? null;
  let before = null;
  let traced = null;
  let hits = null;
  let dirty = true;
  let newFrom = Infinity;
  let cost = 0;
  let grown = false;
  let tell = null;
  let tall = 460;

  const empty = element("div", { class: "tfm-graph-empty" });
  const stage = new Stage({
    uid: `${ctx.uid}-g`,
    onSelect: (thing) => choose(thing),
    onFold: (thing) => toggle(thing),
    onPick: (series, member) => {
      state.pick.set(series, member);
      refresh();
    },
    onMove: () => zoomer.update(),
  });
  const zoomer = zoomButtons(stage, () => resetView());
  const el = element("div", { class: "tfm-graph", dataset: { tfm: "graph" } }, stage.el, empty, zoomer.el);
  const chips = laneChips((lane) => toggleLane(lane));
  const keys = graphKeys({
    stage, state, things: () => stage.things ?? [], scene: () => scene, choose, toggle, trace, refresh,
    back: () => bus.select(null), pair: () => [before, selection],
  });
  stage.el.addEventListener("keydown", keys.down, { signal: ctx.signal });
  stage.el.addEventListener("focus", () => keys.focused(), { signal: ctx.signal });
  stage.el.addEventListener("blur", () => stage.mark(selectedThing(), null), { signal: ctx.signal });

  // ---- what is drawn -------------------------------------------------------------------------------------------------

  const room = () => ({ width: stage.size.width, height: stage.size.height, ...(state.turned === null ? {} : { turned: state.turned }) });

  function rebuild() {
    if (!dirty) return;
    model = buildModel(columnsOf(store));
    dirty = false;
    chips.update(model.lanes, state.lanes);
  }

  function draw() {
    if (!stage.size.width) return;
    const began = performance.now();
    rebuild();
    const bare = store.ops.length === 0;
    empty.hidden = !bare;
    stage.svg.style.display = bare ? "none" : "";
    empty.replaceChildren(...(bare ? emptyWords(store) : []));
    if (bare) {
      scene = null;
      return;
    }
    if (!started) {
      openFirst(model, state, room());
    }
    const old = grown ? scene : null;
    const places = old ? screenPlaces(old) : null;
    scene = compose(model, state, { ...room(), keep: old?.gaps });
    stage.draw(scene);
    grow();
    // what was there stays where it was while the whole still fits; else the picture is fitted again
    if (places) hold(places);
    if (!stage.touched && !(places && stage.holdsAll())) stage.fit();
    grown = false;
    stage.el.setAttribute("aria-label", summary());
    stage.fresh(new Set([...scene.boxes.values()].filter((box) => box.node && box.kind !== "lane" && box.node.first >= newFrom && !box.open).map((box) => box.id)));
    show();
    cost = performance.now() - began;
    tell?.();
  }

  /** A widget whose height nobody chose takes the height of its picture, within limits; it never shrinks again. */
  function grow() {
    if (ctx.root.dataset.view !== "graph") return;
    const around = ctx.root.clientHeight - stage.size.height;
    const wanted = Math.ceil(Math.min(760, Math.max(460, scene.height * Math.min(1.1, stage.size.width / scene.width) + around + 2)));
    if (wanted <= tall) return;
    tall = wanted;
    ctx.root.style.setProperty("--tfm-natural-height", `${wanted}px`);
  }

  /** Middle of every box on the screen before a change. */
  function screenPlaces(old) {
    const { scale, x, y } = stage.view;
    return new Map([...old.boxes.values()].filter((box) => box.w).map((box) => [box.id, [box.x * scale + x, box.y * scale + y]]));
  }

  /** Keeps boxes where they were: the drawing moves by the median of what they would move. */
  function hold(places) {
    const { scale, x, y } = stage.view;
    const dx = [];
    const dy = [];
    for (const box of scene.boxes.values()) {
      const was = places.get(box.id);
      if (!was || !box.w) continue;
      dx.push(was[0] - (box.x * scale + x));
      dy.push(was[1] - (box.y * scale + y));
    }
    if (!dx.length) return;
    const middle = (list) => list.sort((a, b) => a - b)[list.length >> 1];
    stage.view = { scale, x: x + middle(dx), y: y + middle(dy) };
    stage.place();
  }

  const later = oncePerFrame(draw, ctx.signal);
  let waiting = 0;
  function refresh() {
    remember();
    draw();
  }

  function remember() {
    started = true;
    ctx.state.set("graph", {
      open: [...state.open], lanes: [...state.lanes], pick: [...state.pick], near: state.near, ...(state.turned === null ? {} : { turned: state.turned }),
    });
  }

  function summary() {
    const boxes = stage.things.filter((thing) => thing.kind !== undefined).length;
    return `Graph, ${counted(boxes, "box", "boxes")} on the picture, ${counted(store.ops.length, "operation")}. Arrow keys move, Enter opens and folds.`;
  }

  // ---- folding -------------------------------------------------------------------------------------------------------

  function toggle(thing) {
    if (!thing) return;
    if (thing.kind === "lane") {
      toggleLane(thing.lane.key);
      return;
    }
    if (thing.kind === "more") {
      state.near = thing.rest[0].id;
      refresh();
      return;
    }
    if (thing.kind !== "scope") return;
    const open = !thing.open;
    const at = { x: thing.x * stage.view.scale + stage.view.x, y: thing.y * stage.view.scale + stage.view.y };
    for (const id of [thing.id, ...counterparts(model, thing.id)]) state.open.set(id, open);
    refresh();
    const box = scene.boxes.get(thing.id);
    if (box && stage.touched) {
      stage.view = { ...stage.view, x: at.x - box.x * stage.view.scale, y: at.y - box.y * stage.view.scale };
      stage.place();
    }
    if (box) keys.keep(box.id);
    ctx.announce(`${thing.node.name} ${open ? "open" : "closed"}`);
  }

  function toggleLane(key) {
    if (key === "model") {
      resetView();
      return;
    }
    if (state.lanes.has(key)) state.lanes.delete(key);
    else {
      state.lanes.add(key);
      openLane(key);
    }
    chips.update(model.lanes, state.lanes);
    refresh();
    const lane = scene.boxes.get(`lane:${key}`);
    if (lane) {
      keys.keep(lane.id);
      if (state.lanes.has(key)) stage.reveal({ ...lane, h: Math.min(lane.h, 220) });
    }
  }

  /** A lane opens to something worth seeing: scopes that stand alone open with it. */
  function openLane(key) {
    let scope = model.roots.get(key);
    while (scope && scope.children.filter((child) => child.kind === "scope").length === 1 && scope.children.length < 8) {
      scope = scope.children.find((child) => child.kind === "scope");
      if (scope.children.length > 40) return;
      if (!state.open.has(scope.id)) state.open.set(scope.id, true);
    }
  }

  /** The first picture again. */
  function resetView() {
    state.turned = null;
    state.lanes.clear();
    state.pick.clear();
    state.open.clear();
    openFirst(model, state, room());
    chips.update(model.lanes, state.lanes);
    stage.touched = false;
    refresh();
  }

  /** Opens what hides a node, then draws. */
  function uncover(node) {
    let changed = false;
    if (node.lane !== "model" && !state.lanes.has(node.lane)) {
      state.lanes.add(node.lane);
      openLane(node.lane);
      changed = true;
    }
    for (let at = node.parent; at && at.parent; at = at.parent) {
      const series = model.series.get(at.id);
      if (series && state.pick.get(series.id) !== series.members.indexOf(at)) {
        state.pick.set(series.id, series.members.indexOf(at));
        changed = true;
      }
      const tie = model.ties.find((one) => one.towers.indexOf(at) > 1);
      if (tie) state.pick.set(`${tie.id}/rest`, tie.towers.indexOf(at) - 1);
      if (!state.open.get(at.id)) {
        state.open.set(at.id, true);
        changed = true;
      }
    }
    state.near = node.id;
    if (changed || !boxOfNode(scene, node) || boxOfNode(scene, node).node !== node) {
      chips.update(model.lanes, state.lanes);
      refresh();
    }
  }

  // ---- selection -----------------------------------------------------------------------------------------------------

  function choose(thing) {
    if (thing) keys.keep(thing.id);
    bus.select(selectionOf(thing));
  }

  function selectionOf(thing) {
    if (!thing || thing.kind === "lane" || thing.kind === "more") return null;
    if (thing.variables) return thing.variables.length === 1 ? { kind: "variable", id: thing.variables[0], origin: "graph" } : null;
    if (thing.node === undefined) return { kind: "op", id: thing.op, origin: "graph" };
    if (thing.kind === "scope") return { kind: "namescope", id: thing.node.name, origin: "graph" };
    if (thing.kind === "variable") return { kind: "variable", id: thing.node.variable, origin: "graph" };
    if (thing.kind === "variables") return { kind: "variable", id: thing.members[0].variable, origin: "graph" };
    return { kind: "op", id: thing.node.op, origin: "graph" };
  }

  function selectedThing() {
    const target = scene && targetOf(scene, selection);
    return target ? target.mark ?? target.box : null;
  }

  /** Selection, light, hits and focus on the drawing as it stands. */
  function show() {
    if (!scene) return;
    const target = targetOf(scene, selection);
    if (traced) stage.light(traced);
    else if (target && target.box.kind !== "lane") stage.light(lightOf(scene, target));
    else if (target?.mark) stage.light(lightOfGroup(scene, target));
    else stage.light(null);
    stage.numbers(traced?.depth ?? null);
    stage.mark(target ? target.mark ?? target.box : null, stage.el.matches(":focus-visible") ? keys.current() : null);
    stage.hits(hits ? hits.counts(scene) : null);
  }

  function trace(lit) {
    traced = lit;
    show();
  }

  const view = {
    title: "Graph",
    subject: () => store.graph.label,
    el,
    tools: chips.el,
    keys: keys.list,
    text: () => graphText(columnsOf(store), store.graph.label),
    card: (chosen) => {
      rebuild();
      return cardOf(chosen ?? null, { model, store, bus, hits, scene: () => scene, started: () => started });
    },
    status() {
      const chosen = selection && model ? describeSelection(selection, store) : "none";
      const few = scene && store.ops.length > 400 ? `${grouped(store.ops.length)} ops in ${counted(stage.things.length, "box", "boxes")}` : "";
      return { left: store.last?.text || few, right: `selection: ${chosen}` };
    },
    svg() {
      if (!scene) return null;
      return fileOf(compose(model, state, room()), { title: `Graph of ${store.graph.label}`, description: `${counted(store.ops.length, "operation")}; ${store.last?.text ?? ""}` });
    },
    find(query) {
      rebuild();
      hits = findHits(query, model);
      show();
      return {
        count: hits ? hits.list.length : 0,
        error: hits?.error ?? "",
        go(index) {
          const hit = hits?.list[index];
          if (!hit) return;
          uncover(hit.node);
          hits.now = index;
          bus.select(hit.selection);
          const target = targetOf(scene, hit.selection);
          if (target) stage.reveal(target.mark ?? target.box);
        },
        clear() {
          hits = null;
          show();
        },
      };
    },
    select(next) {
      if (next?.kind !== selection?.kind || next?.id !== selection?.id) before = selection;
      selection = next;
      traced = null;
      if (!scene || !next) {
        show();
        return;
      }
      const target = targetOf(scene, next);
      if (target && next.origin !== "graph") stage.reveal(target.mark ?? target.box);
      show();
    },
    changed(change) {
      if (change.sections.has("ops") || change.sections.has("variables") || change.sections.has("scopes") || change.sections.has("entries")) {
        dirty = true;
        if (change.whole) scene = null;
        grown = scene !== null;
        newFrom = change.whole ? Infinity : change.opsFrom;
        clearTimeout(waiting);
        // a large graph is not drawn again more often than the page can bear
        if (cost < 60) later();
        else waiting = setTimeout(later, Math.min(2000, 2 * cost));
      }
    },
    resized(width, height) {
      if (width === stage.size.width && height === stage.size.height) return;
      stage.size = { width, height };
      later();
    },
    themed: (theme) => stage.themed(theme === "dark"),
    onStatus(listener) {
      tell = listener;
    },
    focus: () => stage.el.focus(),
    destroy() {
      observer.disconnect();
      clearTimeout(waiting);
    },
  };

  const observer = new ResizeObserver(() => view.resized(stage.el.clientWidth, stage.el.clientHeight));
  observer.observe(stage.el);
  ctx.onTheme?.((theme) => view.themed(theme));
  view.themed(ctx.theme);
  return view;
}
