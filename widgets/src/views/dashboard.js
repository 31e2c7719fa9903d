/**
 * Dashboard: the views of one graph in one place, on one store and one selection.
 *
 * One view is the main one and has at least 70 % of the room. In a wide dashboard the others stand in short form at the side, behind
 * tabs with counts; in a narrow one they are tabs over the main view. A count is what belongs to the selection, or all of it.
 */

import { element, oncePerFrame } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { counted, grouped, shortened } from "../lib/names.js";
import { collectionsText } from "../lib/text.js";
import { collectionsView } from "./collections.js";
import { collectionsPane, graphPane, requestsPane, scopesPane, stepsPane, stepStrip } from "./dashboard/panes.js";
import { relatedTo } from "./dashboard/related.js";
import { selectionName, sentenceAbout } from "./dashboard/sentence.js";
import { graphView } from "./graph.js";
import { initView } from "./init.js";
import { orderOf } from "./init/model.js";
import { initPane } from "./init/pane.js";
import { initTexts } from "./init/text.js";
import { reuseView } from "./reuse.js";
import { reuseText } from "./reuse/text.js";
import { scopesView } from "./scopes.js";
import { stepperView } from "./stepper.js";

const SIDE_FROM = 1000; // px of width from which the other views stand at the side
const FIND_HINT = "Find name, type, shape";
const PARTS = [
  { key: "graph", word: "Graph", make: graphView, pane: graphPane, of: (related) => related.reads.length + related.writes.length },
  { key: "requests", word: "Requests", make: reuseView, pane: requestsPane, of: (related) => related.requests.length },
  { key: "scopes", word: "Scopes", make: scopesView, pane: scopesPane, of: (related) => related.scopes.length },
  { key: "collections", word: "Collections", make: collectionsView, pane: collectionsPane, of: (related) => related.collections.length },
  { key: "init", word: "Init", make: initView, pane: initPane, of: (related) => related.variables.length },
  { key: "steps", word: "Steps", make: stepperView, pane: stepsPane, of: (related) => related.steps.length },
];
const PRESETS = [
  { key: "learn", word: "Learn scopes", main: "scopes", tab: "graph" },
  { key: "debug", word: "Debug sharing", main: "graph", tab: "requests" },
  { key: "initialize", word: "Initialize", main: "init", tab: "graph" },
  { key: "step", word: "Step a run", main: "steps", tab: "collections" },
];
const partOf = (key) => PARTS.find((part) => part.key === key);

export function dashboardView(ctx) {
  return new Dashboard(ctx).view();
}

class Dashboard {
  constructor(ctx) {
    this.ctx = ctx;
    this.hadTrace = Boolean(ctx.trace.get()?.steps?.length);
    this.main = this.#known(ctx.state.get("dashboard.main", this.hadTrace ? "steps" : "graph"), "graph");
    this.tab = this.#known(ctx.state.get("dashboard.tab", "requests"), "requests");
    this.follow = ctx.state.get("dashboard.follow", true);
    this.openRequest = null;
    this.wide = true;
    this.unfolded = false; // whether what an optimizer asked for is shown
    this.made = new Map(); // key of a part -> its view
    this.stale = new Set(); // views that were hidden while something changed
    this.#build();
    this.draw = oncePerFrame(() => this.#drawNow(), ctx.signal);
    ctx.trace.listen(() => this.#traced());
    const observer = new ResizeObserver(() => this.#measure());
    observer.observe(this.el);
    ctx.signal.addEventListener("abort", () => observer.disconnect(), { once: true });
    this.#show();
  }

  #known(key, otherwise) {
    return partOf(key) ? key : otherwise;
  }

  /** The run recorded for this dashboard, else the last one that a stepper on the page shows. */
  get trace() {
    const own = this.ctx.trace.get();
    return own?.steps?.length ? own : this.ctx.trace.last() ?? own;
  }

  get active() {
    return this.made.get(this.main);
  }

  // --- building

  #build() {
    const { ctx } = this;
    const arrow = (name, label, run) => element("button", { type: "button", class: "tfm-button", "aria-label": label, title: label, onclick: run }, icon(name));
    this.back = arrow("left", "Selection before (Alt+Left)", () => ctx.bus.back());
    this.forward = arrow("right", "Selection after (Alt+Right)", () => ctx.bus.forward());
    this.pill = element("span", { class: "tfm-da-pill" });
    this.followButton = element("button", { type: "button", class: "tfm-button tfm-da-follow", title: "Whether the main view follows the selection of the others", onclick: () => this.#setFollow(!this.follow) });
    this.partTools = element("div", { class: "tfm-da-parttools" });
    this.chosen = element("div", { class: "tfm-da-chosen" }, element("span", { class: "tfm-da-history", role: "group", "aria-label": "History of the selection" }, this.back, this.forward), this.pill, this.followButton);
    this.tools = element("div", { class: "tfm-da-tools" }, this.partTools, this.chosen);
    this.topTabs = element("div", { class: "tfm-da-toptabs", role: "tablist", "aria-label": "Views", onkeydown: (event) => this.#tabKey(event) });
    this.top = element("div", { class: "tfm-da-top" }, this.topTabs, element("div", { class: "tfm-da-topright" }));
    this.stage = element("div", { class: "tfm-da-main" });
    this.about = element("div", { class: "tfm-da-about", "data-tfm": "card" });
    this.sideTabs = element("div", { class: "tfm-da-tabs", role: "tablist", "aria-label": "Other views", onkeydown: (event) => this.#tabKey(event) });
    this.paneHead = element("div", { class: "tfm-da-panehead" });
    this.pane = element("div", { class: "tfm-da-pane", role: "tabpanel", id: `${ctx.uid}-pane`, tabindex: "0", onkeydown: (event) => this.#paneKey(event) });
    this.others = element("div", { class: "tfm-da-others" });
    this.side = element("aside", { class: "tfm-da-side", "aria-label": "Selection in the other views" }, this.about, this.sideTabs, this.paneHead, this.pane, this.others);
    this.el = element("div", { class: "tfm-dashboard" }, this.top, element("div", { class: "tfm-da-body" }, this.stage, this.side));
    this.presets = element("div", { class: "tfm-da-presets", role: "group", "aria-label": "Arrangements" }, PRESETS.map((each) =>
      element("button", { type: "button", "data-name": each.key, "aria-pressed": "false", onclick: () => this.arrange(each.main, each.tab) }, each.word)));
  }

  /** The view of a part; made when it is first shown. */
  #viewOf(key) {
    if (this.made.has(key)) return this.made.get(key);
    const { make } = partOf(key);
    const { ctx } = this;
    const view = make({ ...ctx, uid: `${ctx.uid}-${key}`, embedded: true, trace: { ...ctx.trace, get: () => this.trace ?? {} }, announce: (words) => ctx.announce(words) });
    view.onStatus?.(() => { if (this.main === key) this.statusChanged?.(); });
    view.select?.(ctx.bus.selection);
    this.made.set(key, view);
    return view;
  }

  // --- arranging

  /** Makes `main` the main view and opens the tab `tab` at the side. */
  arrange(main, tab = this.tab) {
    const before = this.main;
    if (main !== before) this.#clearFind();
    this.main = main;
    this.tab = tab === main ? (before === main ? (main === "requests" ? "scopes" : "requests") : before) : tab;
    this.ctx.state.set("dashboard.main", this.main);
    this.ctx.state.set("dashboard.tab", this.tab);
    this.#show();
  }

  /** What was searched in one view means nothing in the next. */
  #clearFind() {
    this.active?.find?.("")?.clear?.();
    const field = this.ctx.root.querySelector('[data-tfm="find"]');
    if (!field?.value) return;
    field.value = "";
    field.dispatchEvent(new Event("input"));
  }

  #show() {
    if (this.tab === this.main) this.tab = this.main === "requests" ? "scopes" : "requests";
    const view = this.#viewOf(this.main);
    this.stage.replaceChildren(view.el);
    this.partTools.replaceChildren(...[view.tabs, view.tools].filter(Boolean));
    view.resized?.(this.stage.clientWidth, this.stage.clientHeight);
    if (this.follow) view.select?.(this.ctx.bus.selection);
    if (this.stale.delete(this.main)) view.changed?.(everything(this.ctx.store));
    const field = this.ctx.root.querySelector('[data-tfm="find"]');
    if (field) field.placeholder = view.findHint ?? FIND_HINT;
    const preset = PRESETS.find((each) => each.main === this.main && (!this.wide || each.tab === this.tab));
    for (const button of this.presets.children) button.setAttribute("aria-pressed", String(button.dataset.name === preset?.key));
    this.draw();
    this.statusChanged?.();
  }

  #setFollow(follow) {
    this.follow = follow;
    this.ctx.state.set("dashboard.follow", follow);
    if (follow) this.active?.select?.(this.ctx.bus.selection);
    this.draw();
  }

  #measure() {
    const width = this.el.clientWidth;
    if (!width) return;
    const wide = width >= SIDE_FROM;
    this.ctx.root.classList.toggle("tfm-da-iswide", wide);
    if (wide !== this.wide || !this.measured) {
      this.wide = wide;
      this.measured = true;
      this.side.hidden = !wide;
      this.top.hidden = wide;
      (wide ? this.tools : this.top.lastChild).append(this.chosen);
      this.#show();
    }
    this.active?.resized?.(this.stage.clientWidth, this.stage.clientHeight);
  }

  /** A trace arrived: a person who steps a run wants to see it. */
  #traced() {
    const own = Boolean(this.ctx.trace.get()?.steps?.length);
    if (own && this.main !== "steps" && !this.hadTrace) this.arrange("steps");
    this.hadTrace = own;
    this.draw();
  }

  // --- drawing

  #drawNow() {
    const { ctx } = this;
    const { store, bus } = ctx;
    const { selection } = bus;
    this.related = relatedTo(selection, store, this.trace);
    this.back.disabled = !bus.canBack;
    this.forward.disabled = !bus.canForward;
    this.#drawPill(selection);
    this.followButton.setAttribute("aria-pressed", String(this.follow));
    this.followButton.replaceChildren(icon("link"), element("span", { class: "tfm-word" }, this.follow ? "all views follow" : "main view pinned"));
    this.#drawTabs(selection);
    const open = this.openRequest ?? (selection?.kind === "request" ? selection.id : selection && this.related.requests.length <= 8 ? this.related.requests.at(-1) ?? null : null);
    const parts = {
      store, selection, related: this.related, trace: this.trace, open, wide: !this.wide, width: this.side.clientWidth, unfolded: this.unfolded,
      unfold: () => { this.unfolded = !this.unfolded; this.draw(); },
      choose: (next) => bus.select(next),
      toggle: (index) => { this.openRequest = open === index ? -1 : index; this.draw(); },
    };
    if (this.wide) this.#drawSide(parts, selection);
  }

  #drawPill(selection) {
    const name = selectionName(selection, this.ctx.store, this.trace);
    this.pill.hidden = !name;
    if (!name) return;
    const variable = selection.kind === "variable" ? this.ctx.store.variables[selection.id] : null;
    fill(this.pill, [
      variable ? element("span", { class: "tfm-da-capsule", "aria-hidden": "true" }, element("i", { class: variable.trainable ? "tfm-dot" : "tfm-ring" })) : null,
      element("span", { class: "tfm-mono", title: name }, shortened(name, this.wide ? 26 : 22)),
      element("button", { type: "button", class: "tfm-da-clear", "aria-label": `Select nothing instead of ${name}`, title: "Select nothing", onclick: () => this.ctx.bus.select(null) }, icon("close", 14)),
    ]);
  }

  #drawTabs(selection) {
    const make = (part, chosen, choose, panel) => {
      const count = this.#countOf(part, selection);
      return element(
        "button",
        {
          type: "button", role: "tab", "data-tfm": "tab", "data-name": part.key, "aria-selected": String(chosen), "aria-controls": panel, tabindex: chosen ? "0" : "-1",
          "aria-label": count === "" ? part.word : `${part.word}, ${count}${selection ? " of the selection" : ""}`, onclick: choose,
        },
        element("b", {}, count === "" ? "–" : count), element("span", {}, part.word),
      );
    };
    if (this.wide) {
      refill(this.sideTabs, PARTS.filter((part) => part.key !== this.main).map((part) => make(part, part.key === this.tab, () => { this.arrange(this.main, part.key); }, this.pane.id)));
    } else {
      this.stage.id = `${this.ctx.uid}-main`;
      refill(this.topTabs, PARTS.map((part) => make(part, part.key === this.main, () => this.arrange(part.key), this.stage.id)));
    }
  }

  #countOf(part, selection) {
    const { store } = this.ctx;
    if (part.key === "steps" && !this.trace?.steps?.length) return "";
    if (part.key === "graph") return selection ? grouped(part.of(this.related)) : grouped(store.ops.length);
    return grouped(part.of(this.related));
  }

  #drawSide(parts, selection) {
    const { store } = this.ctx;
    const { words, facts, site } = sentenceAbout(selection, store, this.trace);
    const place = store.siteShort(site);
    fill(this.about, [
      element("p", {}, words),
      element("p", { class: "tfm-da-facts" }, facts.map(([label, value]) => element("span", {}, element("span", { class: "tfm-muted" }, label), value ? [label.endsWith(" ") ? "" : " ", element("b", { class: /^\[/.test(value) ? "tfm-mono" : null }, value)] : null)), place ? element("span", { class: "tfm-da-place", title: store.sites[site]?.text }, place) : null),
    ]);
    const part = partOf(this.tab);
    const focused = this.pane.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const head = selection ? headOf(part.key, this.related, store, this.trace, selection) : [counted(Number(String(this.#countOf(part, null)).replaceAll(",", "")) || 0, WORDS[part.key])];
    fill(this.paneHead, [element("span", { class: "tfm-da-grow" }, head), element("button", { type: "button", class: "tfm-button", "data-tfm": "make-main", onclick: () => this.arrange(part.key, this.main) }, icon("swap"), element("span", {}, "make main"))]);
    fill(this.pane, part.pane(parts));
    this.pane.setAttribute("aria-label", part.word);
    this.pane.classList.toggle("tfm-da-short", Boolean(selection) && this.pane.childElementCount <= 6);
    if (focused) this.pane.querySelector(`[data-name="${CSS.escape(focused)}"]`)?.focus();
    this.#drawOthers(selection);
  }

  /** One line for each of the views that are neither the main one nor the open tab. */
  #drawOthers(selection) {
    this.others.hidden = !selection;
    if (!selection) return;
    const { store, bus } = this.ctx;
    const { related, trace } = this;
    const link = (text, next) => element("button", { type: "button", class: "tfm-link tfm-mono", title: text, onclick: () => bus.select({ ...next, origin: "dashboard" }) }, shortened(text, 24));
    const joined = (list, most, make) => [list.slice(0, most).flatMap((each, k) => [k ? ", " : "", make(each)]), list.length > most ? ` and ${list.length - most} more` : ""];
    const lines = {
      graph: () => `read by ${counted(related.reads.length, "operation")}, written by ${grouped(related.writes.length)}`,
      requests: () => (related.requests.length ? joined(related.requests, 3, (index) => [link(`#${store.requests[index].number}`, { kind: "request", id: index }), ` ${store.requests[index].word}`]) : "no call"),
      scopes: () => (related.scopes.length ? [joined(related.scopes, 2, (index) => link(store.scopes[index].name || "(root)", { kind: "scope", id: index })), related.scopes.length === 1 && store.scopes[related.scopes[0]].entries.length > 1 ? `, ${counted(store.scopes[related.scopes[0]].entries.length, "entry", "entries")}` : ""] : "none"),
      collections: () => (related.collections.length ? joined(related.collections, 2, (index) => link(store.collections[index].key, { kind: "collection", id: index })) : "none"),
      init: () => {
        const asks = related.variables.filter((index) => orderOf(store, index).verdict !== "any order");
        return asks.length ? joined(asks, 2, (index) => [link(store.variables[index].name, { kind: "variable", id: index }), ` ${orderOf(store, index).verdict}`]) : related.variables.length ? "any order" : "no variable";
      },
      steps: () => {
        if (!trace?.steps?.length) return element("span", { class: "tfm-muted" }, "no run recorded");
        return [stepStrip({ trace, related, selection }), element("span", { class: "tfm-muted" }, related.steps.length ? `${joinNumbers(related.steps)} of ${trace.steps.length}` : `none of ${trace.steps.length}`)];
      },
    };
    fill(this.others, [
      element("h3", {}, "The same in the other views"),
      element("dl", {}, PARTS.filter((part) => part.key !== this.tab && part.key !== this.main).map((part) => element("div", {}, element("dt", {}, part.word), element("dd", {}, lines[part.key]())))),
    ]);
  }

  // --- keys: one tab stop for the tabs, one for the pane, arrows inside

  #tabKey(event) {
    const tabs = [...event.currentTarget.children];
    const at = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    const to = { ArrowRight: (at + 1) % tabs.length, ArrowLeft: (at - 1 + tabs.length) % tabs.length, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined || event.altKey) return;
    const list = event.currentTarget;
    const { name } = tabs[to].dataset;
    tabs[to].click();
    this.#drawNow();
    list.querySelector(`[data-name="${name}"]`)?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  #paneKey(event) {
    const rows = [...event.currentTarget.querySelectorAll(".tfm-da-row")];
    const at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to !== undefined && rows.length && !event.altKey) rows[Math.max(0, Math.min(rows.length - 1, to))].focus();
    else if (event.key === "Escape" && at >= 0) event.currentTarget.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  // --- the contract

  #select(selection) {
    this.openRequest = null;
    if (this.follow || selection === null) this.active?.select?.(selection);
    this.draw();
  }

  #changed(change) {
    for (const [key, view] of this.made) {
      if (key === this.main) view.changed?.(change);
      else this.stale.add(key);
    }
    this.draw();
  }

  #text() {
    const { ctx } = this;
    const texts = ["graph", "scopes"].map((key) => this.#viewOf(key).text());
    texts.push(collectionsText(ctx.store), reuseText(ctx.store, ctx.state), initTexts(ctx.store, ctx.state));
    if (this.trace?.steps?.length) texts.push(this.#viewOf("steps").text());
    return texts.map((text) => (text.endsWith("\n") ? text : `${text}\n`)).join("\n");
  }

  #status() {
    const { ctx } = this;
    const { selection } = ctx.bus;
    const name = selectionName(selection, ctx.store, this.trace);
    const right = name ? [`selection: ${selection.kind} `, element("b", { class: "tfm-mono" }, shortened(name, 44))] : "selection: none";
    if (!this.wide && selection) return { left: sentenceAbout(selection, ctx.store, this.trace).words.flat(Infinity), right };
    if (this.main === "steps" || this.main === "init") return { left: this.active?.status().left ?? "", right };
    return { left: this.#refusal() ?? ctx.store.last.text, right };
  }

  /** "request 17 refused: model/hidden/w", when that is what ended the last cell; it opens the call. */
  #refusal() {
    const { store, bus } = this.ctx;
    const index = store.requests.length - 1;
    const last = store.requests[index];
    if (last?.word !== "refused" || last.cell !== store.cells.length - 1) return null;
    const open = () => {
      bus.select({ kind: "request", id: index, origin: "dashboard" });
      if (this.main !== "requests" && !(this.wide && this.tab === "requests")) this.arrange(this.wide ? this.main : "requests", "requests");
    };
    return element("button", { type: "button", class: "tfm-link tfm-da-refusal", "data-tfm": "refusal", onclick: open }, icon("refused", 14), element("span", {}, `request ${last.number} refused: `, element("b", { class: "tfm-mono", title: last.name }, shortened(last.name, 44))));
  }

  view() {
    const dashboard = this;
    return {
      title: "Dashboard",
      subject: () => this.ctx.store.graph.label,
      presets: this.presets,
      el: this.el,
      tools: this.tools,
      findHint: this.active?.findHint ?? FIND_HINT,
      find: (query) => this.active?.find?.(query) ?? { count: 0, go: () => {}, clear: () => {} },
      card: null,
      text: () => this.#text(),
      status: () => this.#status(),
      onStatus: (fn) => { this.statusChanged = fn; },
      svg: () => (this.active?.svg ?? this.#viewOf("graph").svg)(),
      get keys() {
        const numbers = PARTS.map((part, k) => ({ key: String(k + 1), does: `${part.word} as main view`, run: () => dashboard.arrange(part.key) }));
        return [...(dashboard.active?.keys ?? []), ...numbers];
      },
      select: (selection) => this.#select(selection),
      changed: (change) => this.#changed(change),
      resized: () => this.#measure(),
      restored: (state) => {
        this.main = this.#known(this.ctx.state.get("dashboard.main", this.main), this.main);
        this.tab = this.#known(this.ctx.state.get("dashboard.tab", this.tab), this.tab);
        for (const view of this.made.values()) view.restored?.(state);
        this.#show();
      },
      focus: () => this.active?.focus?.(),
      destroy: () => { for (const view of this.made.values()) view.destroy?.(); },
    };
  }
}

const WORDS = { graph: "operation", requests: "request", scopes: "scope", collections: "collection", init: "variable", steps: "step" };

/** The head of an open tab: how many of all belong to the selection. */
function headOf(key, related, store, trace, selection) {
  const whole = relatedTo(null, store, trace);
  const all = { requests: whole.requests.length, scopes: whole.scopes.length, collections: store.collections.filter((each) => !each.internal).length, init: store.variables.length, steps: trace?.steps?.length ?? 0 }[key];
  const what = selection.kind === "variable" ? "this variable" : "the selection";
  if (key === "graph") return [element("b", {}, counted(related.reads.length + related.writes.length, "operation")), element("span", { class: "tfm-muted" }, ` touch ${what}`)];
  if (key === "init") return [element("b", {}, `${grouped(related.variables.length)} of ${grouped(all)}`), element("span", { class: "tfm-muted" }, " variables")];
  const does = { requests: "requests ask for", scopes: "scopes hold or use", collections: "collections hold", steps: "steps touch" }[key];
  return [element("b", {}, `${grouped(related[key].length)} of ${grouped(all)}`), element("span", { class: "tfm-muted" }, ` ${does} ${what}`)];
}

function joinNumbers(list) {
  const shown = list.slice(0, 6).map((index) => index + 1).join(", ");
  return list.length > 6 ? `${shown}, …` : shown;
}

function everything(store) {
  const sections = ["graph", "ops", "variables", "order", "inits", "scopes", "entries", "requests", "collections", "sites", "cells", "sessions", "runs", "open", "last"];
  return { sections: new Set(sections), opsFrom: store.ops.length, opsTo: store.ops.length, amended: [], whole: false };
}

function fill(node, children) {
  node.replaceChildren(...[children].flat(Infinity).filter((each) => each !== null && each !== undefined && each !== "" && each !== false));
}

/** Replaces the tabs of a list and keeps the focus on the tab of the same name. */
function refill(list, children) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.name : null;
  list.replaceChildren(...children);
  if (focused) list.querySelector(`[data-name="${focused}"]`)?.focus();
}
