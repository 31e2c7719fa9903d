// From a model to a routed scene in the given room, and from a scene to a file.

import { buildScene, openAtFirst } from "./scene.js";
import { linkScene } from "./links.js";
import { LEAST_SCALE, TURN_UNDER, layoutScene } from "./layout.js";
import { routeScene } from "./route.js";
import { paint } from "./paint.js";
import { makeLook } from "./look.js";
import { fileCss, THEMES } from "./style.js";
import { n1, toText, v } from "./vnode.js";

/** Boxes, edges and places, without ways: enough to know how large a picture would be. */
export function arrange(model, state, size) {
  return layoutScene(linkScene(buildScene(model, state)), size);
}

/** The whole picture of a model in a state of folding. */
export function compose(model, state, size) {
  return routeScene(arrange(model, state, size));
}

/**
 * Scopes to open at first: as many as fit the room without shrinking the text much. `state.open` is filled; what was open in it and
 * is still worth opening stays open as long as the text can be read.
 */
export function openFirst(model, state, size) {
  const ids = openAtFirst(model);
  const kept = new Set(ids.filter((id) => state.open.get(id)));
  const turned = size.turned ?? size.width < TURN_UNDER;
  for (;;) {
    state.open = new Map(ids.map((id) => [id, true]));
    if (!ids.length) return;
    const scene = arrange(model, state, size);
    const fits = (scale) => scene.width * scale <= size.width && (turned || scene.height * scale <= Math.max(size.height, 420));
    const last = ids.findLast((id) => !kept.has(id)) ?? ids[ids.length - 1];
    if (fits(kept.has(last) ? LEAST_SCALE : 0.84)) return;
    const tie = model.ties.find((one) => one.towers.some((tower) => last.startsWith(tower.id)));
    const gone = new Set([last]);
    // towers open alike
    if (tie) for (const id of ids) if (tie.towers.some((tower) => alike(id, last, tower, tie))) gone.add(id);
    for (let k = ids.length - 1; k >= 0; k -= 1) if (gone.has(ids[k]) || [...gone].some((id) => ids[k].startsWith(id))) ids.splice(k, 1);
  }
}

/** Whether two scopes of two towers have the same place in their towers. */
function alike(id, other, tower, tie) {
  const own = tie.towers.find((one) => other.startsWith(one.id));
  return own && id.startsWith(tower.id) && id.slice(tower.id.length) === other.slice(own.id.length);
}

/** The same scope in the other towers of its tie: folding one folds all. */
export function counterparts(model, id) {
  for (const tie of model.ties) {
    const own = tie.towers.find((tower) => id.startsWith(tower.id));
    if (own) return tie.towers.filter((tower) => tower !== own).map((tower) => tower.id + id.slice(own.id.length)).filter((other) => model.nodes.has(other));
  }
  return [];
}

/** A scene as a file that needs nothing else: an SVG with title, description, style and plain colours. */
export function fileOf(scene, { title, description, theme = "light" }) {
  const look = makeLook(scene, "g", true);
  const width = Math.ceil(scene.width);
  const height = Math.ceil(scene.height);
  const root = v("svg", { xmlns: "http://www.w3.org/2000/svg", class: "p", width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-labelledby": "t d" },
    v("title", { id: "t" }, title), v("desc", { id: "d" }, description), v("style", null, fileCss(".p", theme)),
    v("rect", { width: n1(width), height: n1(height), style: `fill:${THEMES[theme].canvas}` }), paint(scene, look));
  return toText(root);
}
