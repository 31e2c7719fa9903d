// The legend of the overview card: the marks that the present picture uses, drawn by the same rules.

import { element } from "../../lib/dom.js";
import { toDom, v } from "../../lib/graph/vnode.js";

const shape = (tag, attributes, names = "shape") => v(tag, { class: names, ...attributes });

const MARKS = [
  ["variable, trainable", (scene) => some(scene, "variable"), () => v("g", { class: "k-variable" }, shape("rect", { x: 1, y: 2, width: 44, height: 18, rx: 9 }), shape("rect", { x: 4, y: 5, width: 38, height: 12, rx: 6 }, "inner"), shape("circle", { cx: 23, cy: 11, r: 3.2 }, "dot"))],
  ["asked for by 2 calls", (scene) => [...scene.boxes.values()].some((box) => box.pill), () => v("g", {}, shape("rect", { x: 11, y: 3, width: 24, height: 16, rx: 8 }, "pill"), v("text", { class: "pilltext", x: 23, y: 15, "text-anchor": "middle" }, "×2"))],
  ["must be fed", (scene) => some(scene, "placeholder"), () => v("g", { class: "k-placeholder" }, shape("polygon", { points: "7,2 45,2 39,20 1,20" }))],
  ["closed scope", (scene) => [...scene.boxes.values()].some((box) => box.kind === "scope" && !box.open), () => v("g", { class: "k-scope" }, shape("rect", { x: 1, y: 1, width: 44, height: 20, rx: 5 }), shape("path", { d: "M1 11V6a5 5 0 0 1 5 -5h34a5 5 0 0 1 5 5v5z" }, "strip"), shape("path", { d: "M6 3v6l4.5 -3z" }, "triangle"))],
  ["writes a variable", (scene) => scene.lanes.some((lane) => lane.lane.key === "optimizer"), () => v("g", { class: "writes" }, shape("rect", { x: 9, y: 2, width: 28, height: 18, rx: 5 }), v("path", { class: "bar", d: "M14 2a5 5 0 0 0 -5 5v8a5 5 0 0 0 5 5z" }))],
  ["edges into a lane", (scene) => scene.stubs.length > 0 || scene.lossEdge, () => v("g", { class: "edge e-gradient" }, v("path", { class: "way", d: "M7 11h14" }), v("path", { class: "head", d: "M28 11l-7 -3.5v7z" }), v("text", { class: "count", x: 33, y: 15 }, "4"))],
  ["group, runs its members", (scene) => scene.lanes.some((lane) => lane.groups?.length) || some(scene, "group"), () => v("g", { class: "hexagon" }, shape("polygon", { points: "1,11 9,2 37,2 45,11 37,20 9,20" }))],
];

const some = (scene, kind) => [...scene.boxes.values()].some((box) => box.kind === kind);

/** Legend of a scene; null when there is nothing to explain. */
export function legend(scene) {
  if (!scene) return null;
  const rows = MARKS.filter(([, used]) => used(scene));
  if (!rows.length) return null;
  const picture = document.querySelector(".tfm-picture")?.getAttribute("class").split(" ").find((name) => name.endsWith("-p")) ?? "";
  return element("div", { class: "tfm-card-section tfm-legend" }, element("div", { class: "tfm-card-title" }, "Marks"),
    element("ul", {}, ...rows.map(([words, , draw]) => element("li", {}, toDom(v("svg", { class: picture, width: 46, height: 22, viewBox: "0 0 46 22", "aria-hidden": "true" }, draw())), element("span", {}, words)))));
}
