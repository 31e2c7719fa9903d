/**
 * The plan of a run as a tree: brackets that fold, their steps, and the parts folded into a step; below it, what was not needed.
 *
 * Rows have one height and only those in sight are in the page, so a run of 5,000 steps costs as much as one of 50. The tree is one
 * tab stop; the active row is named by `aria-activedescendant`.
 */

import { element, svg } from "../../lib/dom.js";
import { shapeOf, shapePath } from "../../lib/timeline.js";
import { grouped, isUnhealthy } from "../../lib/values.js";
import { lastPart, valuesOf } from "../../lib/steps.js";

const ROW = 22;
const SPARE = 12; // rows kept above and below those in sight

export class PlanList {
  /** @param {{go, openPart, toggled, signal, uid}} options callbacks of the view */
  constructor(options) {
    this.options = options;
    this.open = new Set();
    this.closed = new Set();
    this.parts = new Set();
    this.rows = [];
    this.count = element("span", { class: "tfm-muted" });
    this.body = element("div", { class: "tfm-st-rows", role: "presentation" });
    this.tree = element(
      "div",
      { class: "tfm-st-tree", role: "tree", tabindex: "0", "aria-label": "Plan: steps in order" },
      this.body,
    );
    this.notNeeded = element("section", { class: "tfm-st-unneeded", "aria-label": "Not needed" });
    this.findSlot = element("div", { class: "tfm-st-find" });
    this.el = element(
      "section",
      { class: "tfm-st-plan", "aria-label": "Plan" },
      element("h3", { class: "tfm-st-head" }, element("b", {}, "Plan"), this.count),
      this.findSlot,
      this.tree,
      this.notNeeded,
    );
    const { signal } = options;
    this.tree.addEventListener("scroll", () => this.#paint(), { signal, passive: true });
    this.tree.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.tree.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** Takes a new run. `open` are titles of brackets that a person opened before. */
  load(index, open = []) {
    this.index = index;
    this.open = new Set(index.brackets.flatMap((b, i) => (open.includes(b.title) ? [i] : [])));
    this.auto = -1;
    this.now = -1;
    this.closed.clear();
    this.parts.clear();
    this.active = null;
    this.count.textContent = `${grouped(index.count)} step${index.count === 1 ? "" : "s"}, in order`;
    this.el.style.setProperty("--digits", `${grouped(index.count).length}ch`);
    this.#drawNotNeeded(index.trace);
  }

  /** Shows the cursor at `now` (with part `part`), the marked steps and the stops. */
  update({ now, part, marks, stops }) {
    const bracket = this.index.bracketOf[now];
    const moved = this.now !== now || this.part !== part;
    Object.assign(this, { now, part, marks, stops });
    if (part >= 0) this.parts.add(now);
    if (bracket !== this.auto) {
      this.auto = bracket;
      this.closed.delete(bracket);
    }
    this.#arrange();
    if (moved) {
      this.active = part >= 0 ? `p${now}.${part}` : `s${now}`;
      if (!this.rows.some((row) => row.id === this.active)) this.active = `b${bracket}`;
      this.#reveal();
    }
    this.#paint(true);
  }

  #isOpen(bracket) {
    return this.open.has(bracket) || (bracket === this.auto && !this.closed.has(bracket));
  }

  #arrange() {
    const rows = [];
    this.index.brackets.forEach((b, i) => {
      rows.push({ id: `b${i}`, bracket: i, level: 1, open: this.#isOpen(i) });
      if (!this.#isOpen(i)) return;
      for (let step = b.first; step <= b.last; step += 1) {
        const { parts } = this.index.steps[step];
        const open = parts.length > 0 && this.parts.has(step);
        rows.push({ id: `s${step}`, step, level: 2, open: parts.length ? open : null });
        if (open) parts.forEach((p, part) => rows.push({ id: `p${step}.${part}`, step, part, level: 3 }));
      }
    });
    this.rows = rows;
  }

  #reveal() {
    const at = this.rows.findIndex((row) => row.id === this.active);
    if (at < 0) return;
    const { tree } = this;
    const high = tree.clientHeight || 300;
    const above = Math.max(0, at - 2) * ROW;
    const below = (at + 3) * ROW;
    if (above < tree.scrollTop) tree.scrollTop = above;
    else if (below > tree.scrollTop + high) tree.scrollTop = below - high;
  }

  #paint(force = false) {
    const { tree, rows } = this;
    const high = tree.clientHeight || 400;
    const first = Math.max(0, Math.floor(tree.scrollTop / ROW) - SPARE);
    const last = Math.min(rows.length, Math.ceil((tree.scrollTop + high) / ROW) + SPARE);
    if (!force && first === this.first && last === this.last) return;
    Object.assign(this, { first, last });
    this.body.style.height = `${rows.length * ROW + 4}px`;
    this.body.replaceChildren(...rows.slice(first, last).map((row, i) => this.#row(row, first + i)));
    const id = `${this.options.uid}-${this.active}`;
    if (this.active) tree.setAttribute("aria-activedescendant", id);
  }

  #row(row, at) {
    const current = row.step === this.now && (row.part ?? -1) === this.part;
    const el = element("div", {
      id: `${this.options.uid}-${row.id}`,
      class: `tfm-st-row tfm-st-level${row.level}`,
      role: "treeitem",
      "data-tfm": "row",
      "data-row": row.id,
      "aria-level": row.level,
      style: `top:${at * ROW}px`,
      "aria-selected": String(current),
    });
    if (row.open !== undefined && row.open !== null) el.setAttribute("aria-expanded", String(row.open));
    if (row.id === this.active) el.classList.add("tfm-active");
    if (row.bracket !== undefined) this.#bracketRow(el, row);
    else if (row.part !== undefined) this.#partRow(el, row);
    else this.#stepRow(el, row, current);
    return el;
  }

  #bracketRow(el, row) {
    const b = this.index.brackets[row.bracket];
    const size = b.last - b.first + 1;
    const done = Math.max(0, Math.min(size, this.now - b.first));
    const stop = this.stops.some((i) => i >= b.first && i <= b.last);
    const marked = this.marks.some((m) => m.step >= b.first && m.step <= b.last);
    el.dataset.name = b.title;
    el.append(
      triangle(row.open),
      element(
        "span",
        {
          class: `tfm-st-name${/^(fed|constants)$/.test(b.title) ? "" : " tfm-mono"}`,
          ...(b.note ? { title: `${b.title}; ${b.note}` } : {}),
        },
        `${b.title || "root"}${b.note ? " \u2026" : ""}`,
      ),
    );
    if (marked && !row.open)
      el.append(element("span", { class: "tfm-st-dot tfm-st-dot-mark", title: "holds a step of the selection" }));
    if (stop && !row.open)
      el.append(element("span", { class: "tfm-st-stophere" }, element("span", { class: "tfm-st-dot" }), "stop"));
    const words =
      done === size
        ? `${grouped(size)} done`
        : done > 0 || row.bracket === this.auto
          ? `${grouped(done)} of ${grouped(size)}`
          : grouped(size);
    el.append(element("span", { class: "tfm-st-end" }, words));
  }

  #stepRow(el, row, current) {
    const step = this.index.steps[row.step];
    const title = this.index
      .title(row.step)
      .replace(/^gradients (?=of )/, this.index.brackets[this.index.bracketOf[row.step]].title === "gradients" ? "" : "$&");
    const done = row.step < this.now;
    el.dataset.name = step.name;
    el.dataset.step = row.step;
    if (row.step === this.now) el.classList.add(current ? "tfm-st-current" : "tfm-st-opened");
    if (!done && !current) el.classList.add("tfm-st-ahead");
    const mono = step.kind === "op" && step.title === step.type ? "" : " tfm-mono";
    el.append(
      element("span", { class: "tfm-st-number" }, grouped(row.step + 1)),
      row.step === this.now ? cursorIcon() : stepIcon(step, done),
      element("span", { class: `tfm-st-name${mono}`, title: step.name }, title),
    );
    if (row.open !== null) el.append(triangle(row.open, "tfm-st-fold"));
    const mark = this.marks.find((m) => m.step === row.step);
    if (mark && !current)
      el.append(element("span", { class: `tfm-st-how tfm-st-how-${mark.how}` }, mark.how === "is" ? "selected" : mark.how));
    if (this.stops.includes(row.step)) el.append(element("span", { class: "tfm-st-dot", title: "stop" }));
    if (valuesOf(step).some(isUnhealthy))
      el.append(
        element("span", { class: "tfm-st-badge", title: "holds NaN or Inf" }, valuesOf(step).some((v) => v.nan) ? "NaN" : "Inf"),
      );
    if (step.error) el.append(element("span", { class: "tfm-st-badge tfm-st-error" }, "error"));
    el.append(
      element(
        "span",
        { class: "tfm-st-end" },
        row.step === this.now + 1 ? "next" : row.step <= this.now ? duration(step.duration_us) : "",
      ),
    );
  }

  #partRow(el, row) {
    const part = this.index.steps[row.step].parts[row.part];
    el.dataset.name = part.name;
    if (row.step === this.now && row.part === this.part) el.classList.add("tfm-st-current");
    el.append(
      element("span", { class: "tfm-st-name", title: part.name }, part.type),
      element("span", { class: "tfm-st-end tfm-mono" }, lastPart(part.name)),
    );
  }

  #clicked(event) {
    const el = event.target.closest?.("[data-row]");
    if (!el) return;
    const row = this.rows.find((r) => r.id === el.dataset.row);
    if (!row) return;
    this.active = row.id;
    if (row.bracket !== undefined) this.toggle(row);
    else if (row.part !== undefined) this.options.openPart(row.step, row.part);
    else if (event.target.closest(".tfm-st-fold") || (row.step === this.now && row.open !== null)) this.toggle(row);
    else this.options.go(row.step);
  }

  /** Opens or closes a bracket or the parts of a step. */
  toggle(row) {
    if (row.bracket !== undefined) {
      if (this.#isOpen(row.bracket)) {
        this.open.delete(row.bracket);
        this.closed.add(row.bracket);
      } else {
        this.open.add(row.bracket);
        this.closed.delete(row.bracket);
      }
      this.options.toggled([...this.open].map((i) => this.index.brackets[i].title));
    } else if (row.open !== null && row.step !== undefined) {
      if (this.parts.has(row.step)) this.parts.delete(row.step);
      else this.parts.add(row.step);
    }
    this.#arrange();
    this.#paint(true);
  }

  /** Opens or closes the parts of step `i`; true when it has any. */
  toggleParts(i) {
    const row = this.rows.find((r) => r.id === `s${i}`);
    if (!row || row.open === null) return false;
    this.toggle(row);
    return true;
  }

  #key(event) {
    const at = this.rows.findIndex((row) => row.id === this.active);
    const row = this.rows[at];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const moveTo = (n) => {
      this.active = this.rows[Math.max(0, Math.min(this.rows.length - 1, n))].id;
      this.#reveal();
      this.#paint(true);
    };
    const parent = () => this.rows.findLastIndex((r, i) => i < at && r.level < row.level);
    const moves = {
      ArrowDown: () => moveTo(at + 1),
      ArrowUp: () => moveTo(at - 1),
      ArrowRight: () => (row.open === false ? this.toggle(row) : moveTo(at + (row.open ? 1 : 0))),
      ArrowLeft: () => (row.open ? this.toggle(row) : moveTo(Math.max(0, parent()))),
      Home: () => moveTo(0),
      End: () => moveTo(this.rows.length - 1),
      PageDown: () => moveTo(at + 10),
      PageUp: () => moveTo(at - 10),
    };
    const open = () => {
      if (row.bracket !== undefined) this.toggle(row);
      else if (row.part !== undefined) this.options.openPart(row.step, row.part);
      else if (row.step === this.now && this.part < 0) this.toggle(row);
      else this.options.go(row.step);
    };
    const act = moves[event.key] ?? (event.key === "Enter" || event.key === " " ? open : null);
    if (!act) return;
    act();
    event.preventDefault();
    event.stopPropagation();
  }

  #drawNotNeeded(trace) {
    const total = trace.not_needed.reduce((sum, n) => sum + n.count, 0);
    this.notNeeded.hidden = !total;
    const list = element("ul", {});
    const told = trace.not_needed.length <= 2; // a short list has room for its reasons
    trace.not_needed.forEach((entry, i) => {
      const id = `${this.options.uid}-why${i}`;
      const why = element("p", { id }, entry.why);
      why.hidden = !told;
      const button = element(
        "button",
        {
          class: "tfm-st-link",
          type: "button",
          "aria-expanded": String(told),
          "aria-controls": id,
          "aria-label": `why ${entry.title} was not needed`,
        },
        told ? "hide" : "why?",
      );
      button.addEventListener(
        "click",
        () => {
          why.hidden = !why.hidden;
          button.textContent = why.hidden ? "why?" : "hide";
          button.setAttribute("aria-expanded", String(!why.hidden));
        },
        { signal: this.options.signal },
      );
      const words = entry.maker === "variable" && entry.title.includes(" ") ? "tfm-st-short" : "tfm-mono tfm-st-short";
      const line = element(
        "div",
        { class: "tfm-st-unline" },
        element("span", { class: words, title: entry.title }, entry.title),
        element("span", { class: "tfm-muted" }, grouped(entry.count)),
        button,
      );
      list.append(element("li", {}, line, why));
    });
    this.notNeeded.replaceChildren(
      element(
        "h3",
        { class: "tfm-st-head" },
        element("b", {}, "Not needed"),
        element("span", { class: "tfm-muted" }, `${grouped(total)} of ${grouped(trace.total_ops)} ops`),
      ),
      list,
    );
  }
}

/** "2.6 us" as a person reads it. */
export function duration(us) {
  if (us >= 1e6) return `${(us / 1e6).toFixed(2)} s`;
  return us >= 1000 ? `${(us / 1000).toFixed(1)} ms` : `${us.toFixed(us < 100 ? 1 : 0)} \u00b5s`;
}

function triangle(open, name = "") {
  return svg(
    "svg",
    { class: `tfm-st-triangle ${name}`, width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" },
    svg("path", { d: open ? "M1.5 3.5h9L6 9z" : "M3.5 1.5v9L9 6z" }),
  );
}

function cursorIcon() {
  return svg(
    "svg",
    { class: "tfm-st-icon", width: 20, height: 16, viewBox: "0 0 20 16", "aria-hidden": "true" },
    svg("path", { class: "tfm-st-play", d: "M6 2v12l10-6z" }),
  );
}

function stepIcon(step, done) {
  const shape = shapeOf(step);
  const picture = svg("svg", { class: "tfm-st-icon", width: 20, height: 16, viewBox: "0 0 20 16", "aria-hidden": "true" });
  const common = { class: `tfm-st-cell tfm-st-${shape}${done ? " tfm-done" : ""}` };
  if (shape === "feed" || shape === "group") picture.append(svg("path", { ...common, d: shapePath(shape, 10, 8, 17, 11) }));
  else {
    const [w, h] = { variable: [17, 11], constant: [6.4, 6.4] }[shape] ?? [13, 13];
    picture.append(
      svg("rect", {
        ...common,
        x: 10 - w / 2,
        y: 8 - h / 2,
        width: w,
        height: h,
        rx: shape === "variable" || shape === "constant" ? h / 2 : 3.5,
      }),
    );
  }
  if (shape === "write") picture.append(svg("rect", { class: "tfm-st-bar", x: 3.5, y: 1.5, width: 3.5, height: 13, rx: 1.5 }));
  return picture;
}
