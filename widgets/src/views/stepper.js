/**
 * SessionStepper: one `Session.run`, step by step in both directions, with every value. Works on a recorded trace (docs/data.md
 * section 2), without a kernel.
 *
 * `stepperView(ctx)` makes the view that docs/widgets.md describes. The cursor is `now` (index of a step) with `part` (a folded
 * operation of that step, or -1), `port` (output), `cell` (index in the whole value), `lead` (slice of a value of rank 3 and more)
 * and `table` (numbers in place of the picture). All of it is kept in `ctx.state`.
 */

import { element } from "../lib/dom.js";
import { StepIndex, valuesOf } from "../lib/steps.js";
import { announcement, traceText } from "../lib/trace_text.js";
import { grouped } from "../lib/values.js";
import { emptyState } from "./stepper/empty.js";
import { pictureOfStep } from "./stepper/export.js";
import { LiveActions } from "./stepper/live.js";
import { ValuePanel } from "./stepper/panel.js";
import { PlanList } from "./stepper/plan.js";
import { Timeline } from "./stepper/timeline.js";
import { Transport } from "./stepper/transport.js";
import { Watches } from "./stepper/watches.js";

const ORIGIN = "stepper";
const START = { now: 0, part: -1, port: 0, cell: null, lead: [], table: false };
const PUBLISH_AFTER = 140; // ms without a move before other views hear of the step

export const stepperView = (ctx) => new Stepper(ctx).view();

class Stepper {
  constructor(ctx) {
    this.ctx = ctx;
    this.cursor = { ...START };
    this.marks = [];
    this.stopKeys = new Set(ctx.state.get("stops", ["nan"]));
    this.marked = "";
    this.keys = this.#makeKeys();
    const { signal, uid } = ctx;
    const shared = { signal, uid: `${uid}-st`, announce: (words) => ctx.announce(words), go: (i) => this.go(i) };
    this.transport = new Transport({
      ...shared,
      move: (key) => this.move(key),
      jump: (key) => this.jump(key),
      stop: (key) => this.toggleStop(key),
    });
    this.actions = new LiveActions({ ask: ctx.ask, liveness: ctx.liveness, signal, say: (words) => this.#say(words) });
    this.transport.el.append(this.actions.el);
    this.timeline = new Timeline(shared);
    this.plan = new PlanList({
      ...shared,
      openPart: (step, part) => this.go(step, { part }),
      toggled: (open) => ctx.state.set("open", open),
    });
    this.panel = new ValuePanel({
      ...shared,
      openPart: (step, part) => this.go(step, { part }),
      chose: (cell) => {
        this.cursor.cell = cell;
        this.#keep();
      },
      port: (port) => this.#set({ port, cell: null, lead: [] }),
      slice: (lead, focus) => {
        this.#set({ lead, cell: null });
        this.el.querySelector(`#${CSS.escape(focus)}`)?.focus();
      },
      tabled: (table) => this.#set({ table }),
      leave: () => this.timeline.el.focus(),
    });
    this.watches = new Watches(shared);
    this.side = element("div", { class: "tfm-st-main" }, this.panel.el, this.watches.el);
    this.live = element(
      "div",
      { class: "tfm-st-live" },
      this.transport.el,
      this.timeline.el,
      element("div", { class: "tfm-st-body" }, this.plan.el, this.side),
    );
    this.empty = element("div", { class: "tfm-st-empty" });
    this.el = element("div", { class: "tfm-stepper", role: "group", "aria-label": "Steps of a run" }, this.live, this.empty);
    this.el.addEventListener("keydown", (event) => this.#key(event), { signal });
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.el);
    signal.addEventListener("abort", () => {
      observer.disconnect();
      clearTimeout(this.later);
      cancelAnimationFrame(this.waiting);
    });
    ctx.onTheme?.(() => {
      this.panel.theme();
      this.#draw();
    });
    ctx.trace?.listen?.(() => this.load(ctx.trace.get()));
    this.load(ctx.trace?.get?.() ?? {});
  }

  // --- loading and drawing -----------------------------------------------------------------------------------------

  /** Takes a trace record; `{}` shows the empty state. */
  load(trace) {
    this.trace = trace?.steps?.length ? trace : null;
    this.live.hidden = !this.trace;
    this.empty.hidden = Boolean(this.trace);
    this.index = this.trace ? new StepIndex(this.trace) : null;
    if (!this.trace) {
      this.#drawEmpty();
      return;
    }
    // a run that stopped opens at the step that failed
    this.cursor = this.#keptCursor() ?? { ...START, now: this.index.places.error[0] ?? 0 };
    this.plan.load(this.index, this.ctx.state.get("open", []));
    this.watches.load(this.trace);
    this.actions.load(this.index);
    this.select(this.ctx.bus.selection);
    this.#measure();
    this.#drawStops();
    this.#draw();
  }

  /** The cursor of `ctx.state` when it fits this run, else null. */
  #keptCursor() {
    const kept = this.ctx.state.get("cursor", null);
    const step = kept && this.index.steps[kept.now];
    if (!step || step.name !== kept.name) return null;
    const { now, part = -1, port = 0, cell = null, lead = [], table = false } = kept;
    return { now, part: part < step.parts.length ? part : -1, port, cell, lead, table };
  }

  /** State came from Python or another page: follow it. */
  #restore() {
    const kept = this.index && this.#keptCursor();
    if (!kept) return;
    this.cursor = kept;
    this.stopKeys = new Set(this.ctx.state.get("stops", ["nan"]));
    this.#drawStops();
    this.#draw();
  }

  #drawEmpty() {
    this.empty.replaceChildren(...emptyState(this.ctx.store));
  }

  #measure() {
    const width = this.el.clientWidth;
    if (!width || !this.index) return;
    const body = width >= 560;
    if (this.width === width && this.high === this.el.clientHeight && this.drawn === this.index && !this.waiting) return;
    Object.assign(this, { width, high: this.el.clientHeight, drawn: this.index });
    this.el.classList.toggle("tfm-st-narrow", !body);
    this.el.classList.toggle("tfm-st-middle", body && width < 800);
    this.el.classList.toggle("tfm-st-roomy", width >= 1060);
    this.el.classList.toggle("tfm-st-low", this.high < 560);
    this.timeline.draw(this.index, width);
    this.#drawStops();
    this.#draw();
  }

  #draw() {
    if (!this.index || !this.timeline.layout || this.#waits()) return;
    const { now, part } = this.cursor;
    this.timeline.draw(this.index, this.width);
    this.timeline.update(now, announcement(this.index, now));
    this.timeline.select(this.marks);
    this.transport.update(now, this.index.count, () => this.#counts());
    this.plan.update({ now, part, marks: this.marks, stops: this.stops ?? [] });
    this.panel.update({ index: this.index, ...this.cursor, width: this.side.clientWidth, height: this.high });
    this.watches.update(now, this.index);
    this.statusChanged?.();
  }

  /** Whether the view has no room just now, as while the host changes its theme; it is drawn in the next frame then. */
  #waits() {
    if (this.side.clientWidth) return (this.waiting = 0);
    this.waiting ||= requestAnimationFrame(() => this.side.clientWidth && this.#draw());
    return true;
  }

  #counts() {
    const { places } = this.index;
    const counts = Object.fromEntries(Object.entries(places).map(([key, list]) => [key, list.length]));
    return { ...counts, selected: this.marks.length, stop: this.stops.length };
  }

  // --- moves -------------------------------------------------------------------------------------------------------

  /** Puts the cursor on step `i`; `part` opens one of the operations folded into it. */
  go(i, { part = -1, publish = true, announce = true } = {}) {
    if (!this.index) return;
    const now = Math.max(0, Math.min(this.index.count - 1, i));
    if (now === this.cursor.now && part === this.cursor.part) return;
    const keepCell = this.#sameShape(now, this.cursor.now);
    this.said = "";
    Object.assign(this.cursor, {
      now,
      part,
      port: 0,
      cell: keepCell ? this.cursor.cell : null,
      lead: keepCell ? this.cursor.lead : [],
    });
    this.#draw();
    this.#keep();
    if (announce) this.ctx.announce(announcement(this.index, now));
    if (publish) this.#publishLater();
  }

  #sameShape(a, b) {
    const [x, y] = [a, b].map((i) => valuesOf(this.index.steps[i])[0]);
    return Boolean(x && y && String(x.shape) === String(y.shape));
  }

  #set(change) {
    Object.assign(this.cursor, change);
    this.#draw();
    this.#keep();
  }

  #keep() {
    this.ctx.state.set("cursor", { ...this.cursor, name: this.index.steps[this.cursor.now].name });
  }

  move(key) {
    const { now } = this.cursor;
    this.go({ first: 0, back: now - 1, forward: now + 1, last: this.index.count - 1 }[key]);
  }

  jump(key) {
    const { now } = this.cursor;
    const to =
      key === "stop"
        ? (this.stops.find((i) => i > now) ?? this.stops[0] ?? -1)
        : this.index.jump(
            key,
            now,
            this.marks.map((m) => m.step),
          );
    if (to >= 0) this.go(to);
    else this.ctx.announce(key === "bad" ? "No NaN or Inf in this run." : "There is none in this run.");
  }

  /** Tells the other views which operation or variable the cursor is on, once it rests. */
  #publishLater() {
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      const step = this.index?.steps[this.cursor.now];
      if (!step || this.ctx.signal.aborted) return;
      const part = step.parts[this.cursor.part];
      const variable = !part && (step.kind === "variable" ? step.reads[0] : step.writes[0]?.variable);
      const selection =
        variable !== undefined && variable !== false ? { kind: "variable", id: variable } : { kind: "op", id: (part ?? step).op };
      this.ctx.bus.select({ ...selection, origin: ORIGIN });
    }, PUBLISH_AFTER);
  }

  // --- selection and stops -----------------------------------------------------------------------------------------

  /** Marks the steps of a selection; one made elsewhere does not move the cursor, except a selected step. */
  select(selection) {
    const own = selection?.origin === ORIGIN;
    // What a person selects elsewhere is newer than the step on which the cursor has come to rest.
    if (!own) clearTimeout(this.later);
    if (!this.index) return;
    this.marks = this.index.marksOf(selection).filter((m) => !(own && m.how === "is"));
    if (selection?.kind === "step" && !own && this.marks.length) this.go(selection.id, { publish: false, announce: false });
    const marked = this.marks.map((m) => `${m.step}${m.how}`).join();
    if (marked === this.marked || !this.timeline.layout) return;
    this.marked = marked;
    this.timeline.select(this.marks);
    this.plan.update({ now: this.cursor.now, part: this.cursor.part, marks: this.marks, stops: this.stops ?? [] });
    this.statusChanged?.();
  }

  toggleStop(key) {
    const name = key === "here" ? this.index.steps[this.cursor.now].name : key;
    if (this.stopKeys.has(name)) this.stopKeys.delete(name);
    else this.stopKeys.add(name);
    this.ctx.state.set("stops", [...this.stopKeys]);
    this.#drawStops();
    this.#draw();
  }

  #drawStops() {
    if (!this.index || !this.timeline.layout) return;
    const named = this.index.steps.flatMap((s, i) => (this.stopKeys.has(s.name) ? [i] : []));
    const writes = this.stopKeys.has("writes") ? this.index.places.write : [];
    const bad = this.stopKeys.has("nan") ? this.index.places.bad : [];
    this.stops = [...new Set([...named, ...writes, ...bad])].sort((a, b) => a - b);
    this.timeline.stops(this.stops);
    const chips = [
      { key: "nan", label: "NaN or Inf", on: this.stopKeys.has("nan") },
      { key: "writes", label: "writes", on: this.stopKeys.has("writes") },
    ];
    const own = named.slice(0, 2).map((i) => ({ key: this.index.steps[i].name, label: this.index.title(i), on: true, mono: true }));
    this.transport.stops([...chips, ...own]);
  }

  // --- keyboard ----------------------------------------------------------------------------------------------------

  #makeKeys() {
    const by = (key, to) => () => {
      const found = this.index.neighbour(key, this.cursor.now, to);
      if (found >= 0) this.go(found);
      else this.ctx.announce(`No ${to > 0 ? "later" : "earlier"} ${key} in this run.`);
    };
    const keys = [
      { key: "ArrowLeft", does: "step back", run: () => this.move("back") },
      { key: "ArrowRight", does: "step forward", run: () => this.move("forward") },
      { key: "Home", does: "first step", run: () => this.move("first") },
      { key: "End", does: "last step", run: () => this.move("last") },
      {
        key: "PageUp",
        does: "start of the scope, then the one before",
        run: () => this.go(this.index.scopeJump(this.cursor.now, -1)),
      },
      { key: "PageDown", does: "next scope", run: () => this.go(this.index.scopeJump(this.cursor.now, 1)) },
      { key: "[", does: "previous write", run: by("write", -1) },
      { key: "]", does: "next write", run: by("write", 1) },
      { key: "!", does: "first NaN or Inf", run: () => this.jump("bad") },
      { key: "Enter", does: "open or close the parts of the step", run: () => this.#toggleParts() },
      { key: "b", does: "stop at this step, or no longer", run: () => this.toggleStop("here") },
      { key: ".", does: "go to the next stop", run: () => this.jump("stop") },
      { key: "v", does: "table of numbers, or picture", run: () => this.#set({ table: !this.cursor.table }) },
      { key: "w", does: "say why this step ran", run: () => this.#why() },
    ];
    return keys.map((k) => ({ ...k, run: () => this.index && k.run() }));
  }

  #toggleParts() {
    const { now, part } = this.cursor;
    if (part >= 0) this.go(now);
    else if (!this.plan.toggleParts(now)) this.ctx.announce("Nothing is folded into this step.");
  }

  /** Says the shortest chain of readers from the step to something fetched. */
  #why() {
    const chain = this.index.chain(this.cursor.now);
    const names = chain.map((i) => this.index.title(i));
    const step = this.index.steps[this.cursor.now];
    const words = step.fetched.length
      ? `${names[0]} was fetched.`
      : chain.length > 1
        ? `Ran because it is needed: ${names.join(" > ")}, which was fetched.`
        : "Ran because a fetched group waits for it.";
    this.#say(words);
  }

  /** Says a sentence in the status line, until the next move, and to a screen reader. */
  #say(words) {
    this.ctx.announce(words);
    this.said = words;
    this.statusChanged?.();
  }

  #key(event) {
    if (!this.index || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    const { target } = event;
    if (target.matches?.("input, textarea, select")) return;
    const onButton = target.matches?.("button, a");
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const key =
      target === this.timeline.el ? ({ ArrowUp: "ArrowRight", ArrowDown: "ArrowLeft" }[event.key] ?? event.key) : event.key;
    const found = this.keys.find((k) => k.key === key);
    if (!found) return;
    found.run();
    event.preventDefault();
    event.stopPropagation();
  }

  // --- what the shell asks -----------------------------------------------------------------------------------------

  #status() {
    if (!this.index) return { left: "No run yet", right: "" };
    if (this.said) return { left: this.said, right: "" };
    const written = this.index.writtenBy(this.cursor.now);
    const names = written.length > 3 ? `${grouped(written.length)} variables` : written.join(", ");
    const [first, ...rest] = announcement(this.index, this.cursor.now).split(/(?<=\.) /);
    return { left: [element("b", {}, first), ` ${rest.join(" ")}`], right: `writes so far: ${names || "none"}` };
  }

  #size() {
    if (!this.index) return "";
    const steps = `${grouped(this.index.count)} steps`;
    return this.width < 560 ? steps : `${steps} of ${grouped(this.trace.total_ops)} ops`;
  }

  #find(query) {
    const hits = this.index ? this.index.find(query) : [];
    return { count: hits.length, go: (i) => hits.length && this.go(hits[i]), clear: () => {} };
  }

  view() {
    return {
      title: "Stepper",
      subject: () => (this.trace ? `run ${this.trace.run} in session ${this.trace.session}` : ""),
      count: () => this.#size(),
      el: this.el,
      tools: null,
      findHint: "Find step",
      findSlot: this.plan.findSlot,
      find: (query) => this.#find(query),
      card: null,
      text: () => traceText(this.trace),
      status: () => this.#status(),
      onStatus: (fn) => {
        this.statusChanged = fn;
      },
      svg: () => (this.index ? pictureOfStep(this) : null),
      keys: this.keys,
      select: (selection) => this.select(selection),
      countFor: (selection) => (this.index ? this.index.marksOf(selection).length : 0),
      changed: () => (this.trace ? this.actions.update() : this.#drawEmpty()),
      resized: () => this.#measure(),
      restored: () => this.#restore(),
      focus: () => this.timeline.el.focus(),
      destroy: () => clearTimeout(this.later),
    };
  }
}
