/**
 * The line of a run's steps: brackets of scopes, a mark for each step in the shape of its thing, and the flag of the cursor.
 *
 * It is the stepper's slider (role, value and value text stand on the outer element). The drawing is made once for a trace and
 * a width; moving the cursor changes classes and the flag only.
 */

import { element, svg } from "../../lib/dom.js";
import { bracketPath, shapePath, timelineLayout } from "../../lib/timeline.js";
import { round, isUnhealthy, shapeText } from "../../lib/values.js";
import { valuesOf } from "../../lib/steps.js";

const RAIL = 52; // y of the rail
const HEIGHT = 98;

export class Timeline {
  /** @param {{go: (step: number) => void, signal: AbortSignal, uid: string}} options */
  constructor(options) {
    this.options = options;
    this.flag = element("div", { class: "tfm-st-flag" });
    this.picture = element("div", { class: "tfm-st-line", "aria-hidden": "true" });
    this.el = element(
      "div",
      {
        class: "tfm-st-timeline",
        role: "slider",
        tabindex: "0",
        "aria-label": "Step of the run",
        "aria-orientation": "horizontal",
      },
      this.picture,
    );
    const { signal } = options;
    let dragging = false;
    const follow = (event) => {
      const box = this.picture.getBoundingClientRect();
      options.go(this.layout.stepAt(event.clientX - box.left));
    };
    this.el.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0 || !this.layout) return;
        dragging = true;
        if (event.isTrusted) this.el.setPointerCapture(event.pointerId);
        follow(event);
      },
      { signal },
    );
    this.el.addEventListener("pointermove", (event) => dragging && follow(event), { signal });
    for (const end of ["pointerup", "pointercancel"])
      this.el.addEventListener(
        end,
        () => {
          dragging = false;
        },
        { signal },
      );
  }

  /** Draws a `StepIndex` for a width. */
  draw(index, width) {
    if (this.index === index && this.width === width) return;
    Object.assign(this, { index, width, now: -1 });
    const layout = timelineLayout(index, width);
    this.layout = layout;
    const picture = svg("svg", { width, height: HEIGHT, viewBox: `0 0 ${width} ${HEIGHT}` });
    picture.append(
      svg("path", { class: "tfm-st-rail-todo", d: `M${layout.left} ${RAIL}H${layout.right}` }),
      (this.done = svg("path", { class: "tfm-st-rail" })),
    );
    this.brackets = layout.brackets.map((b) => this.#bracket(picture, b));
    this.cells = layout.merged ? [] : layout.cells.map((cell) => this.#cell(picture, cell));
    this.blocks = layout.blocks.map((block) => this.#block(picture, block));
    this.#marks(picture);
    this.selected = svg("g", { class: "tfm-st-selected" });
    this.breaks = svg("path", { class: "tfm-st-breaks" });
    this.cursor = svg(
      "g",
      { class: "tfm-st-cursor" },
      svg("path", { class: "tfm-st-stem" }),
      svg("rect", { class: "tfm-st-now", width: 23, height: 25, rx: 5.5 }),
    );
    picture.append(this.selected, this.breaks, this.cursor);
    this.picture.replaceChildren(picture, this.flag);
    this.el.setAttribute("aria-valuemin", "1");
    this.el.setAttribute("aria-valuemax", String(index.count));
    this.el.classList.toggle("tfm-merged", layout.merged);
  }

  #bracket(picture, b) {
    const line = svg("path", { class: "tfm-st-bracket", d: bracketPath(b.x, b.width, 28) });
    const group = svg("g", { class: "tfm-st-scope" }, svg("title", {}, b.title || "root scope"), line);
    if (b.text) group.append(svg("text", { x: round(b.x + b.width / 2), y: 20, "text-anchor": "middle" }, b.text));
    picture.append(group);
    return { ...b, group };
  }

  #cell(picture, { step, x, shape, size }) {
    const { width, height } = size;
    const record = this.index.steps[step];
    const common = { "data-tfm": "step", "data-index": step, class: `tfm-st-cell tfm-st-${shape}` };
    let mark;
    if (shape === "feed" || shape === "group") mark = svg("path", { ...common, d: shapePath(shape, x, RAIL, width, height) });
    else {
      const rx = shape === "variable" || shape === "constant" ? height / 2 : 3.5;
      mark = svg("rect", {
        ...common,
        x: round(x - width / 2),
        y: round(RAIL - height / 2),
        width: round(width),
        height: round(height),
        rx: round(rx),
      });
    }
    mark.append(svg("title", {}, `${step + 1} ${this.index.title(step)}`));
    picture.append(mark);
    if (shape === "write")
      picture.append(
        svg("rect", {
          class: "tfm-st-bar",
          x: round(x - width / 2),
          y: round(RAIL - height / 2),
          width: Math.min(4, width / 2.5),
          height,
          rx: 1.5,
        }),
      );
    if (valuesOf(record).some(isUnhealthy))
      picture.append(
        svg(
          "text",
          { class: "tfm-st-bad", x, y: RAIL - 11, "text-anchor": "middle" },
          valuesOf(record).some((v) => v.nan) ? "N" : "\u221e",
        ),
      );
    return mark;
  }

  #block(picture, { first, last, x, width }) {
    const block = svg("rect", {
      class: "tfm-st-cell tfm-st-block",
      x,
      y: RAIL - 7,
      width,
      height: 14,
      rx: Math.min(3.5, width / 2),
      "data-tfm": "steps",
      "data-first": first,
      "data-last": last,
    });
    picture.append(block);
    return { first, last, block };
  }

  /** What is fed and fetched, under the line; in a merged line, ticks for writes and values that are not finite. */
  #marks(picture) {
    const { index, layout } = this;
    this.labels = [];
    const feeds = index.steps.flatMap((s, i) => (s.fed ? [i] : []));
    const plug = (x) =>
      svg("path", { class: "tfm-st-glyph", d: `M${x - 2} 65v4M${x + 2} 65v4M${x - 4} 69h8v2a4 4 0 0 1-8 0zM${x} 75v4` });
    for (const i of layout.merged ? feeds.slice(0, 1) : feeds) picture.append(plug(layout.x(i)));
    if (feeds.length) {
      const words = feeds.map((i) => `${index.steps[i].title} ${shapeText(index.steps[i].values[0]?.shape ?? [])}`).join(", ");
      const at = layout.x(feeds.at(-1)) + 10;
      if (!layout.merged && words.length * 6.9 < layout.right - at) this.#label(picture, at, 76, "start", words);
    }
    let free = Infinity;
    for (const i of [...index.places.fetched].reverse()) {
      const x = layout.x(i);
      const name = index.steps[i].name;
      const wide = name.length * 7 + 18;
      if (x > free) continue;
      picture.append(
        svg("path", { class: "tfm-st-glyph", d: `M${x} ${RAIL + 9}v8M${x - 5} ${RAIL + 30}V${RAIL + 19}h10l-2.5 3.2 2.5 3.2h-10` }),
      );
      const right = x + wide < Math.min(free, layout.right + 20);
      if (right || x - wide > layout.left) this.#label(picture, right ? x + 10 : x - 10, 80, right ? "start" : "end", name);
      free = right ? x - 14 : x - wide;
    }
    if (layout.merged) {
      picture.append(svg("path", { class: "tfm-st-ticks tfm-st-tick-write", d: ticks(index.places.write, layout, RAIL + 9) }));
      picture.append(svg("path", { class: "tfm-st-ticks tfm-st-tick-bad", d: ticks(index.places.bad, layout, RAIL - 15) }));
    }
  }

  /** A word under the line; it steps aside while the cursor's flag is over it. */
  #label(picture, x, y, anchor, words) {
    const label = svg("text", { class: "tfm-st-under", x, y, "text-anchor": anchor }, words);
    const wide = words.length * 7.2;
    this.labels.push({ label, from: anchor === "start" ? x : x - wide, to: anchor === "start" ? x + wide : x });
    picture.append(label);
  }

  /** Moves the cursor: classes of cells, the drawn part of the rail, the flag and the slider's value. */
  update(now, words) {
    const { layout, index } = this;
    const x = layout.x(now);
    this.cells.forEach((cell, i) => {
      cell.classList.toggle("tfm-done", i < now);
      if (i === now) cell.setAttribute("data-now", "true");
      else if (i === this.now) cell.removeAttribute("data-now");
    });
    for (const b of this.blocks) b.block.classList.toggle("tfm-done", b.last < now);
    const bracket = index.bracketOf[now];
    for (const b of this.brackets) b.group.classList.toggle("tfm-here", index.brackets[bracket].first === b.first);
    this.done.setAttribute("d", `M${layout.left} ${RAIL}H${x}`);
    const side = layout.merged ? 7 : Math.max(10, Math.min(23, layout.pitch + 2));
    const box = this.cursor.lastChild;
    for (const [key, value] of Object.entries({ x: round(x - side / 2), y: RAIL - 12.5, width: side }))
      box.setAttribute(key, value);
    this.cursor.firstChild.setAttribute("d", `M${x} ${RAIL + 12}v8`);
    if (layout.merged) {
      box.setAttribute("data-tfm", "step");
      box.setAttribute("data-index", now);
      box.setAttribute("data-now", "true");
    }
    this.flag.textContent = `${now + 1} ${index.title(now)}`;
    const half = this.flag.offsetWidth / 2;
    const middle = Math.max(half + 4, Math.min(this.width - half - 4, x));
    this.flag.style.left = `${middle}px`;
    for (const { label, from, to } of this.labels)
      label.classList.toggle("tfm-aside", from < middle + half + 4 && to > middle - half - 4);
    this.el.setAttribute("aria-valuenow", String(now + 1));
    this.el.setAttribute("aria-valuetext", words);
    this.now = now;
  }

  /** Marks the steps of what is selected in another view: a bar under each, heavier for writes. */
  select(marks) {
    const { layout } = this;
    this.selected.replaceChildren(
      ...marks.slice(0, 200).map(({ step, how }) =>
        svg("rect", {
          class: `tfm-st-mark tfm-st-mark-${how}`,
          "data-tfm": "mark",
          "data-index": step,
          "data-how": how,
          x: round(layout.x(step) - 7),
          y: RAIL + 10.5,
          width: 14,
          height: how === "writes" ? 4.5 : 3,
          rx: 1.5,
        }),
      ),
    );
  }

  /** Draws the dots of the stops. */
  stops(steps) {
    const dot = (i) => `M${round(this.layout.x(i) - 13)} ${RAIL - 9}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0`;
    this.breaks.setAttribute("d", steps.slice(0, 300).map(dot).join(""));
  }
}

/** Path of short ticks at the steps of `places`, at most one in a pixel. */
function ticks(places, layout, y) {
  const seen = new Set();
  let d = "";
  for (const i of places) {
    const x = Math.round(layout.x(i));
    if (seen.has(x)) continue;
    seen.add(x);
    d += `M${x + 0.5} ${y}v6`;
  }
  return d;
}
