// The drawing on the page: builds the SVG of a scene, moves and scales it, and shows selection, focus, hits and light.

import { paint } from "../../lib/graph/paint.js";
import { makeLook } from "../../lib/graph/look.js";
import { pageCss } from "../../lib/graph/style.js";
import { n1, toDom, v } from "../../lib/graph/vnode.js";
import { LEAST_SCALE } from "../../lib/graph/layout.js";
import { textWidth } from "../../lib/graph/measure.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_SCALE = 1.1;

/** Things that keyboard and pointer reach: boxes, marks and groups, in reading order. */
export function thingsOf(scene) {
  const things = [];
  for (const box of scene.boxes.values()) {
    if (box.kind === "root" || box.kind === "tie" || !box.w) continue;
    things.push(box);
  }
  for (const lane of scene.lanes) things.push(...(lane.marks ?? []), ...(lane.groups ?? []));
  return things.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** The outline of a thing, `out` px outside it. */
function outline(thing, out, names) {
  const { x, y, w, h, kind } = thing;
  const open = thing.open && kind === "scope";
  if (kind === "placeholder") {
    const s = 7;
    const points = [[x + s - out, y - out], [x + w + out + 1, y - out], [x + w - s + out, y + h + out], [x - out - 1, y + h + out]];
    return v("polygon", { class: names, points: points.map((p) => p.map(n1).join(",")).join(" "), "stroke-linejoin": "round" });
  }
  const round = kind === "variable" || kind === "variables" ? h / 2 : kind === "scope" ? (open ? 10 : 7) : kind === "lane" ? 8 : 6;
  return v("rect", { class: names, x: n1(x - out), y: n1(y - out), width: n1(w + 2 * out), height: n1(h + 2 * out), rx: n1(round + out) });
}

export class Stage {
  /**
   * @param options {uid, label, onSelect(thing), onFold(thing), onPick(series, member), onFocus(thing), onMove()}
   */
  constructor(options) {
    this.options = options;
    this.scene = null;
    this.view = { scale: 1, x: 0, y: 0 };
    this.touched = false;
    this.size = { width: 0, height: 0 };
    this.el = document.createElement("div");
    this.el.className = "tfm-graph-stage";
    this.el.tabIndex = 0;
    this.el.setAttribute("role", "application");
    this.el.setAttribute("aria-roledescription", "graph drawing");
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("class", `tfm-picture ${options.uid}-p`);
    this.svg.setAttribute("width", "100%");
    this.svg.setAttribute("height", "100%");
    this.world = document.createElementNS(SVG, "g");
    this.svg.append(this.world);
    this.el.append(this.svg);
    this.style = document.createElement("style");
    this.el.append(this.style);
    this.themed(false);
    this.elements = new Map();
    this.listen();
  }

  /** Colours follow the custom properties; only the strength of tints differs between themes. */
  themed(dark) {
    this.style.textContent = pageCss(`.${this.options.uid}-p`, dark);
  }

  /** Shows a laid out and routed scene. */
  draw(scene) {
    this.scene = scene;
    this.look = makeLook(scene, this.options.uid);
    this.things = thingsOf(scene);
    this.world.replaceChildren(toDom(paint(scene, this.look)));
    this.elements = new Map();
    for (const element of this.world.querySelectorAll('[data-tfm="box"]')) this.elements.set(element.dataset.id, element);
    this.lines = [...this.world.querySelectorAll(".edge, .fork")];
    this.halos = this.world.querySelector(".picture").insertBefore(document.createElementNS(SVG, "g"), this.world.querySelector(".front"));
    this.over = this.world.querySelector(".picture").appendChild(document.createElementNS(SVG, "g"));
    this.over.setAttribute("class", "over");
    this.halos.setAttribute("class", "halos");
    this.bars = null;
    this.hovered = null;
    this.place();
  }

  place() {
    const { scale, x, y } = this.view;
    this.world.setAttribute("transform", `translate(${n1(x)} ${n1(y)}) scale(${Math.round(scale * 1000) / 1000})`);
    const far = scale < LEAST_SCALE - 0.01;
    if (far !== this.svg.classList.contains("far") || (far && !this.bars)) this.farAway(far);
  }

  /** Text too small to read gives way to bars of its length. */
  farAway(far) {
    this.svg.classList.toggle("far", far);
    this.bars?.remove();
    this.bars = null;
    if (!far || !this.scene) return;
    const bars = [];
    for (const text of this.world.querySelectorAll(".picture text")) {
      const { x, y, width, height } = text.getBBox();
      if (width) bars.push(v("rect", { x: n1(x), y: n1(y + height * 0.3), width: n1(width), height: n1(height * 0.4), rx: 2 }));
    }
    this.bars = this.world.querySelector(".picture").appendChild(toDom(v("g", { class: "bars", "aria-hidden": "true" }, ...bars)));
  }

  /** Scale and offset that show the picture: whole when it can be read so, else its beginning. */
  fitted(whole = false) {
    const { width, height } = this.size;
    const { scene } = this;
    const byWidth = width / scene.width;
    const byHeight = height > 120 ? height / scene.height : Infinity;
    let scale;
    if (whole) scale = Math.max(0.08, Math.min(MOST_SCALE, byWidth, byHeight));
    else {
      // all of it when that can be read, else as wide as the room
      scale = Math.min(MOST_SCALE, byWidth, byHeight >= LEAST_SCALE ? byHeight : 1);
      scale = Math.max(LEAST_SCALE, scale);
    }
    const x = Math.max(0, (width - scene.width * scale) / 2);
    const y = Math.max(0, Math.min(28, (height - scene.height * scale) / 2));
    return { scale, x, y };
  }

  /** Whether the whole picture lies in the room, at a size that can be read. */
  holdsAll() {
    const { scale, x, y } = this.view;
    const { width, height } = this.size;
    return x >= -4 && y >= -4 && this.scene.width * scale + x <= width + 4 && this.scene.height * scale + y <= Math.max(height, 300) + 4;
  }

  fit(whole = false) {
    this.view = this.fitted(whole);
    this.touched = false;
    this.place();
    this.options.onMove();
  }

  /** Scales about a point of the stage, its middle when none is given. */
  zoom(factor, at = null) {
    const { scale, x, y } = this.view;
    const centre = at ?? { x: this.size.width / 2, y: this.size.height / 2 };
    const next = Math.min(4, Math.max(0.08, scale * factor));
    this.view = { scale: next, x: centre.x - ((centre.x - x) * next) / scale, y: centre.y - ((centre.y - y) * next) / scale };
    this.touched = true;
    this.place();
    this.options.onMove();
  }

  pan(dx, dy) {
    this.view = { ...this.view, x: this.view.x + dx, y: this.view.y + dy };
    this.touched = true;
    this.place();
    this.options.onMove();
  }

  /** Moves the picture so that a thing can be seen. */
  reveal(thing) {
    const { scale, x, y } = this.view;
    const { width, height } = this.size;
    const space = 24;
    const box = { x: thing.x * scale + x, y: thing.y * scale + y, w: Math.min(thing.w * scale, width - 2 * space), h: Math.min(thing.h * scale, height - 2 * space) };
    const dx = box.x < space ? space - box.x : box.x + box.w > width - space ? width - space - box.x - box.w : 0;
    const dy = box.y < space ? space - box.y : box.y + box.h > height - space ? height - space - box.y - box.h : 0;
    const hidden = box.x < 0 || box.y < 0 || box.x + box.w > width || box.y + box.h > height;
    if (hidden && (dx || dy)) this.pan(dx, dy);
  }

  // ---- marks on the picture ------------------------------------------------------------------------------------------

  /** Lights {boxes, edges, variables, holders} and dims the rest; null shows everything alike. */
  light(lit, bright = true) {
    this.svg.classList.toggle("dimmed", Boolean(lit));
    for (const [id, element] of this.elements) {
      const box = this.scene.boxes.get(id);
      const mark = box ? null : this.things.find((thing) => thing.id === id);
      let on = false;
      if (lit) on = box ? lit.boxes.has(box) : mark.variables ? mark.variables.some((k) => lit.variables.has(k)) : lit.groups?.has(mark) ?? true;
      const calm = box && (box.kind === "lane" || lit?.holders.has(box));
      element.classList.toggle("lit", Boolean(lit && on && bright));
      element.classList.toggle("dim", Boolean(lit && !on && !calm));
    }
    const numbers = new Set();
    if (lit) for (const edge of lit.edges) numbers.add(`${this.look.number(edge.from.id)} ${this.look.number(edge.to.id)}`);
    const marks = new Set();
    if (lit) for (const thing of this.things) if (thing.variables?.some((k) => lit.variables.has(k))) marks.add(String(this.look.number(thing.id)));
    for (const line of this.lines) {
      const { from, to } = line.dataset;
      const on = numbers.has(`${from} ${to}`) || (marks.has(from) && marks.has(to));
      line.classList.toggle("lit", Boolean(lit && on));
      line.classList.toggle("dim", Boolean(lit && !on));
    }
  }

  /** Outlines: `selected` and `focused` are things or null. */
  mark(selected, focused) {
    const parts = [];
    if (selected) parts.push(outline(selected, 3.5, "selected"));
    if (focused) parts.push(outline(focused, selected === focused ? 7 : 4, "focused"));
    for (const part of [...this.over.querySelectorAll(".selected, .focused")]) part.remove();
    for (const part of parts) this.over.append(toDom(part));
    const element = focused ? this.elements.get(focused.id) : null;
    if (element) this.el.setAttribute("aria-activedescendant", element.id);
    else this.el.removeAttribute("aria-activedescendant");
  }

  /** Halos around hits; `counts` is a Map id -> {count, exact}. */
  hits(counts) {
    this.halos.replaceChildren();
    for (const part of [...this.over.querySelectorAll(".hit")]) part.remove();
    for (const [id, { count, exact }] of counts ?? []) {
      const thing = this.scene.boxes.get(id);
      if (!thing || !thing.w) continue;
      if (exact) this.halos.append(toDom(outline(thing, 3, "halo")));
      else if (thing.open && thing.kind !== "lane") continue;
      else this.over.append(toDom(pill(thing, count)));
    }
  }

  /** Small numbers at boxes (depth of a trace). */
  numbers(depths) {
    for (const part of [...this.over.querySelectorAll(".depth")]) part.remove();
    for (const [box, depth] of depths ?? []) {
      if (!depth || !box.w) continue;
      this.over.append(toDom(v("g", { class: "depth" }, v("circle", { cx: n1(box.x + box.w), cy: n1(box.y), r: 8 }), v("text", { x: n1(box.x + box.w), y: n1(box.y + 3.9), "text-anchor": "middle" }, String(depth)))));
    }
  }

  fresh(ids) {
    for (const [id, element] of this.elements) element.classList.toggle("fresh", ids.has(id));
  }

  // ---- pointer -------------------------------------------------------------------------------------------------------

  thingAt(target) {
    const element = target.closest?.('[data-tfm="box"]');
    return element ? this.things.find((thing) => thing.id === element.dataset.id) ?? null : null;
  }

  listen() {
    const { el } = this;
    let drag = null;
    el.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      drag = { x: event.clientX, y: event.clientY, moved: false };
    });
    el.addEventListener("pointermove", (event) => {
      if (!drag) {
        this.hover(this.thingAt(event.target));
        return;
      }
      const dx = event.clientX - drag.x;
      const dy = event.clientY - drag.y;
      if (!drag.moved && Math.hypot(dx, dy) < 4) return;
      if (!drag.moved) {
        el.setPointerCapture(event.pointerId);
        el.classList.add("dragging");
      }
      drag = { x: event.clientX, y: event.clientY, moved: true };
      this.pan(dx, dy);
    });
    const end = () => {
      el.classList.remove("dragging");
      const moved = drag?.moved;
      drag = null;
      return moved;
    };
    el.addEventListener("pointercancel", end);
    el.addEventListener("pointerleave", () => this.hover(null));
    el.addEventListener("pointerup", (event) => {
      if (!drag || end()) return;
      this.clicked(event);
    });
    el.addEventListener("dblclick", (event) => {
      const thing = this.thingAt(event.target);
      if (thing?.kind === "scope" && !event.target.closest(".fold")) this.options.onFold(thing);
    });
    el.addEventListener("wheel", (event) => {
      if (!(event.ctrlKey || event.metaKey || document.activeElement === el || el.matches(":focus"))) return;
      event.preventDefault();
      const area = el.getBoundingClientRect();
      if (event.shiftKey && !event.ctrlKey) this.pan(-(event.deltaY || event.deltaX), 0);
      else this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.03 : 0.0016)), { x: event.clientX - area.left, y: event.clientY - area.top });
    }, { passive: false });
  }

  clicked(event) {
    const pick = event.target.closest?.(".pick");
    if (pick) {
      this.options.onPick(pick.dataset.series, Number(pick.dataset.pick));
      return;
    }
    const thing = this.thingAt(event.target);
    if (thing && this.onTriangle(thing, event)) this.options.onFold(thing);
    else this.options.onSelect(thing);
  }

  /** Whether the pointer is on the folding triangle of a scope (24 x 24 px at least) or on the strip of a lane. */
  onTriangle(thing, event) {
    if (thing.kind === "more") return true;
    if (thing.kind !== "scope" && thing.kind !== "lane") return false;
    const area = this.el.getBoundingClientRect();
    const x = (event.clientX - area.left - this.view.x) / this.view.scale - thing.x;
    const y = (event.clientY - area.top - this.view.y) / this.view.scale;
    if (thing.kind === "lane") return y < thing.strip.y + thing.strip.h;
    const line = thing.open && thing.mirrored ? thing.y + thing.h - 14 : thing.y + 13;
    return x < 26 && Math.abs(y - line) <= 13;
  }

  hover(thing) {
    if (this.hovered === thing) return;
    this.hovered = thing;
    for (const element of this.world.querySelectorAll(".hover")) element.classList.remove("hover");
    for (const label of this.over.querySelectorAll(".shapelabel")) label.remove();
    if (!thing) return;
    this.elements.get(thing.id)?.classList.add("hover");
    const number = String(this.look.number(thing.id));
    for (const line of this.lines) if (line.dataset.from === number || line.dataset.to === number) line.classList.add("hover");
    if (this.scene.boxes.has(thing.id)) this.over.append(...shapesAt(thing, this.scene).map((label) => toDom(label)));
  }
}

/** Shapes of the tensors on the lines of a box, each on the longest piece of its line. */
function shapesAt(box, scene) {
  const { g } = scene.model;
  const labels = [];
  for (const edge of scene.edges) {
    if ((edge.from !== box && edge.to !== box) || edge.kind !== "data" || !edge.points || !edge.ops.length || labels.length >= 8) continue;
    const shapes = new Set(edge.ops.map(([op, port]) => g.outputs[op][2 * port + 1] ?? ""));
    const words = shapes.size === 1 ? [...shapes][0] : `${edge.count} tensors`;
    let best = [edge.points[0], edge.points[1]];
    const length = ([p, q]) => Math.abs(p.x - q.x) + Math.abs(p.y - q.y);
    for (let k = 2; k < edge.points.length; k += 1) if (length([edge.points[k - 1], edge.points[k]]) > length(best)) best = [edge.points[k - 1], edge.points[k]];
    const w = textWidth(words, "mono", 11) + 8;
    const [x, y] = [(best[0].x + best[1].x) / 2, (best[0].y + best[1].y) / 2 - (Math.abs(best[0].y - best[1].y) < 1 ? 13 : 0)];
    if (words) labels.push(v("g", { class: "shapelabel", "aria-hidden": "true" }, v("rect", { x: n1(x - w / 2), y: n1(y - 8), width: n1(w), height: 16, rx: 4 }), v("text", { class: "mono", x: n1(x), y: n1(y + 3.8), "text-anchor": "middle" }, words)));
  }
  return labels;
}

function pill(thing, count) {
  const words = thing.kind === "lane" ? String(count) : count.toLocaleString("en");
  const w = Math.max(22, textWidth(words, "bold", 11) + 12);
  const lane = thing.kind === "lane";
  const x = lane ? thing.x + thing.titleWidth - w : thing.x + thing.w - w + 8;
  const y = lane ? thing.strip.y - 10 : thing.y - 10;
  return v("g", { class: "hit" }, v("rect", { x: n1(x), y: n1(y), width: n1(w), height: 18, rx: 9 }), v("text", { x: n1(x + w / 2), y: n1(y + 12.9), "text-anchor": "middle" }, words));
}
