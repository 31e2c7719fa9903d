// The keyboard of the drawing: one tab stop, a current thing, arrows along edges.

import { neighbour, pathBetween, reach, targetOf } from "../../lib/graph/light.js";

/**
 * @param parts {stage, state, things(), scene(), choose(thing), toggle(thing), trace(lit), refresh(), back(), pair()}
 * @returns {down(event), focused(), current(), keep(id), list}
 */
export function graphKeys(parts) {
  const { stage } = parts;
  let id = null;

  const current = () => parts.things().find((thing) => thing.id === id) ?? null;
  const go = (thing) => {
    if (!thing) return;
    id = thing.id;
    const chosen = targetOf(parts.scene(), parts.pair()[1]);
    stage.mark(chosen ? chosen.mark ?? chosen.box : null, thing);
    stage.reveal(thing);
  };
  const step = (by) => {
    const things = parts.things();
    const at = things.findIndex((thing) => thing.id === id);
    go(things[Math.max(0, Math.min(things.length - 1, at + by))]);
  };
  const flow = (dir) => {
    const thing = current();
    const box = thing && parts.scene().boxes.get(thing.id);
    if (!box) return;
    const { depth, edges } = reach(parts.scene(), box, dir);
    parts.trace(litBy([...depth.keys()], edges, depth));
  };
  const path = () => {
    const [a, b] = parts.pair().map((selection) => targetOf(parts.scene(), selection)?.box);
    const found = a && b && a !== b ? pathBetween(parts.scene(), a, b) : null;
    if (found) parts.trace(litBy(found.boxes, new Set(found.edges), null));
  };

  const actions = {
    ArrowLeft: () => go(neighbour(parts.scene(), parts.things(), current(), "left")),
    ArrowRight: () => go(neighbour(parts.scene(), parts.things(), current(), "right")),
    ArrowUp: () => go(neighbour(parts.scene(), parts.things(), current(), "up")),
    ArrowDown: () => go(neighbour(parts.scene(), parts.things(), current(), "down")),
    Home: () => go(parts.things()[0]),
    End: () => go(parts.things()[parts.things().length - 1]),
    PageDown: () => step(1),
    PageUp: () => step(-1),
    Enter: () => {
      const thing = current();
      if (thing && (thing.kind === "scope" || thing.kind === "lane" || thing.kind === "more")) parts.toggle(thing);
      else parts.choose(thing);
    },
    " ": () => parts.choose(current()),
    Escape: () => {
      parts.trace(null);
      parts.back();
    },
    f: () => stage.fit(true),
    "+": () => stage.zoom(1.25),
    "=": () => stage.zoom(1.25),
    "-": () => stage.zoom(1 / 1.25),
    0: () => stage.fit(),
    i: () => flow("in"),
    o: () => flow("out"),
    p: path,
    d: () => {
      parts.state.turned = !parts.scene().turned;
      stage.touched = false;
      parts.refresh();
    },
    "<": () => member(-1),
    ">": () => member(1),
  };
  const member = (by) => {
    const series = current()?.series;
    if (!series) return;
    parts.state.pick.set(series.id, Math.max(0, Math.min(series.members.length - 1, series.pick + by)));
    const next = series.members[parts.state.pick.get(series.id)].id;
    parts.state.open.set(next, current().open);
    parts.refresh();
    id = next;
    go(current());
  };

  return {
    current: () => current() ?? parts.things()[0] ?? null,
    keep: (next) => {
      id = next;
    },
    focused() {
      if (!parts.scene()) return;
      const chosen = targetOf(parts.scene(), parts.pair()[1]);
      if (!current()) id = (chosen?.mark ?? chosen?.box ?? parts.things()[0])?.id ?? null;
      // a ring shows where the keyboard stands, but a click needs none
      const byKey = stage.el.matches(":focus-visible");
      stage.mark(chosen ? chosen.mark ?? chosen.box : null, byKey ? current() : null);
    },
    down(event) {
      if (event.ctrlKey || event.metaKey || event.altKey || !parts.scene()) return;
      const run = actions[event.key];
      if (!run) return;
      event.preventDefault();
      event.stopPropagation();
      if (!current()) id = parts.things()[0]?.id ?? null;
      run();
    },
    list: [
      { key: "arrows", does: "move along edges and between neighbours" },
      { key: "Page Down, Page Up", does: "next and previous box in reading order" },
      { key: "Enter", does: "open or fold a scope or lane, select an operation" },
      { key: "Space", does: "select" },
      { key: "f", does: "fit the whole graph", run: actions.f },
      { key: "+ −", does: "zoom in, zoom out" },
      { key: "0", does: "size that can be read", run: actions[0] },
      { key: "d", does: "turn the drawing", run: actions.d },
      { key: "i", does: "light everything this depends on", run: actions.i },
      { key: "o", does: "light everything that depends on this", run: actions.o },
      { key: "p", does: "path between the last two selections", run: actions.p },
      { key: "< >", does: "previous, next member of a series" },
    ],
  };
}

function litBy(boxes, edges, depth) {
  const holders = new Set();
  for (const box of boxes) for (let at = box.parent; at; at = at.parent) holders.add(at);
  return { boxes: new Set(boxes), edges, variables: new Set(boxes.filter((box) => box.kind === "variable").map((box) => box.node.variable)), holders, depth };
}
