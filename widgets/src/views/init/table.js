// The table of the initialization order: one row a variable through all columns, waves as places from left to right, edges over them.

import { element, svg } from "../../lib/dom.js";
import { counted, grouped, leafOf, scopeOf, shortened } from "../../lib/names.js";
import { edge, hexagon, stateMark } from "./marks.js";
import { orderOf, placesOf, rowsOf, stateOf } from "./model.js";
import { readWords } from "./text.js";

const FIRST = 190; // px, width of a capsule of wave 1
const NEXT = 128;
const GAP = 44;
const PAD = 16;
const MOST_ROWS = 100;

/** Where the waves stand: {x(wave), width(wave), area}. */
export function wavePlaces(count, room) {
  const area = count < 2 ? PAD + FIRST + 24 : Math.max(PAD + FIRST + GAP + NEXT + 12, Math.min(room, PAD + FIRST + GAP + NEXT + 12 + (count - 2) * (GAP + 60)));
  const step = count < 2 ? 0 : (area - PAD - FIRST - GAP - NEXT - 12) / Math.max(1, count - 2);
  const shrink = count > 1 && area > room ? 0.78 : 1;
  return {
    area: Math.round(area * shrink),
    x: (wave) => Math.round((wave === 1 ? PAD : PAD + FIRST + GAP + (wave - 2) * step) * shrink),
    width: (wave) => Math.round((wave === 1 ? FIRST : NEXT) * shrink),
  };
}

/** How a read is called in the verdict column. */
const READ_WORD = { raw: "raw read", ordered: "runs it itself", guarded: "guarded", initialized_value: "initialized_value" };

export class OrderTable {
  constructor(ctx, { chosenInit, sessionShown, needed, sessions }) {
    this.ctx = ctx;
    Object.assign(this, { chosenInit, sessionShown, needed, sessions });
    this.opened = new Set(ctx.state.get("init.open", []));
    this.active = 0;
    this.pages = 1;
    this.rows = [];
    this.narrow = false;
    this.query = null;
    this.head = element("div", { class: "tfm-io-head", role: "row" });
    this.body = element("div", { class: "tfm-io-rows", role: "rowgroup" });
    this.edges = svg("svg", { class: "tfm-io-edges", "aria-hidden": "true", focusable: "false" });
    this.grid = element("div", { class: "tfm-io-grid", role: "treegrid", "aria-label": "Variables by wave", onkeydown: (event) => this.#key(event) }, element("div", { role: "rowgroup" }, this.head), element("div", { class: "tfm-io-canvas", role: "presentation" }, this.body, this.edges));
    this.none = element("p", { class: "tfm-empty", hidden: true }, "No variables yet. ", element("span", { class: "tfm-mono" }, "tf.get_variable"), " makes one; it appears here while the cell runs.");
    this.more = element("div", { class: "tfm-io-more", hidden: true });
    this.el = element("div", { class: "tfm-io-order" }, this.grid, this.more, this.none);
  }

  draw() {
    const { store, bus } = this.ctx;
    const init = this.chosenInit();
    const sessions = this.sessions();
    const place = init ? placesOf(store, init) : null;
    const matches = this.query;
    this.rows = rowsOf(store, { opened: this.opened, place, sessions, matches });
    const waves = Math.max(1, ...this.rows.map((row) => row.wave));
    const where = wavePlaces(waves, Math.max(320, this.grid.clientWidth * 0.46));
    this.where = where;
    const columns = [`${where.area}px`, "minmax(172px, 1.5fr)", init ? "minmax(64px, 0.5fr)" : "", ...sessions.map(() => "minmax(108px, 1fr)")].filter(Boolean).join(" ");
    this.grid.style.setProperty("--columns", this.narrow ? "minmax(0, 1fr)" : columns);
    this.#drawHead(waves, where, init, sessions);
    const shown = this.rows.slice(0, MOST_ROWS * this.pages);
    const focused = this.body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    this.active = Math.max(0, Math.min(this.active, shown.length - 1));
    if (focused) this.active = Math.max(0, shown.findIndex((row) => row.key === focused));
    this.body.replaceChildren(...shown.flatMap((row, at) => this.#row(row, at, { place, sessions, where, selection: bus.selection, matches })));
    this.none.hidden = store.variables.length > 0;
    this.grid.hidden = !store.variables.length;
    this.more.hidden = shown.length >= this.rows.length;
    if (!this.more.hidden) this.more.replaceChildren(element("button", { type: "button", class: "tfm-button", onclick: () => { this.pages += 2; this.draw(); } }, `show ${grouped(Math.min(this.rows.length - shown.length, MOST_ROWS * 2))} more of ${counted(this.rows.length, "row")}`));
    if (focused) this.body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
    this.#drawEdges(shown, where);
  }

  #drawHead(waves, where, init, sessions) {
    const { store } = this.ctx;
    const header = (children, props = {}) => element("span", { role: "columnheader", ...props }, children);
    const cell = init ? store.cells[store.sites[init.site]?.cell] : null;
    const names = Array.from({ length: waves }, (_, k) => element("b", { style: `left:${where.x(k + 1)}px` }, waves > 4 && k ? String(k + 1) : `wave ${k + 1}`));
    this.head.replaceChildren(...[
      header(names, { class: "tfm-io-waves" }), header("verdict"),
      init ? header([element("span", { class: "tfm-mono" }, shortened(init.name, 12)), cell ? ` [${cell.count}]` : ""], { title: init.name }) : null,
      ...sessions.map((each) => header([element("b", {}, each.label), " session"], { class: each.label === this.sessionShown() ? "tfm-io-chosen" : null })),
    ].filter(Boolean));
  }

  #row(row, at, { place, sessions, where, selection, matches }) {
    const { store } = this.ctx;
    const variable = store.variables[row.variable];
    const item = orderOf(store, row.variable);
    const selected = row.kind === "variable" && selection?.kind === "variable" && selection.id === row.variable;
    const hit = matches && row.members.some((each) => matches(each));
    const needed = this.needed();
    const chosen = this.sessionShown();
    const words = item.reads.map((read) => READ_WORD[read.how]).filter((each, k, all) => all.indexOf(each) === k).join(", ");
    const asks = item.verdict !== "any order";
    const note = words || (item.placeholders.length ? `needs ${item.placeholders.map((op) => leafOf(store.ops.name[op])).join(", ")}` : "");
    const verdict = element("span", { role: "gridcell", class: `tfm-io-verdict${asks ? " tfm-io-asks" : ""}${words ? " tfm-io-reads" : ""}`, title: note ? `${item.verdict}, ${note}` : null }, element("span", {}, item.verdict), note ? element("span", { class: "tfm-muted" }, `, ${note}`) : null);
    const where_ = place?.(row.variable);
    const initCell = place ? element("span", { role: "gridcell", class: "tfm-io-init" }, where_ === "in" ? [hexagon(), "in"] : element("span", { class: "tfm-muted" }, where_)) : null;
    const states = sessions.map((session) => {
      const { kind, words: text } = stateOf(session, row.variable);
      const missing = kind === "empty" && session.label === chosen && row.members.some((each) => needed.has(each));
      return element("span", { role: "gridcell", title: `session ${session.label}: ${text}`, class: `tfm-io-state tfm-io-is-${kind}${missing ? " tfm-io-needed" : ""}${session.label === chosen ? " tfm-io-chosen" : ""}` }, this.narrow ? element("b", { class: "tfm-io-of" }, session.label) : null, stateMark(kind, missing), element("span", {}, text));
    });
    const fold = row.kind === "fold";
    const title = fold ? row.title : variable.name;
    const most = Math.floor((where.width(row.wave) - (fold ? 78 : 40)) / 7.2);
    const text = shortened(title, Math.max(8, most));
    const capsule = element(
      "span", { class: `tfm-io-capsule${fold ? " tfm-io-stack" : ""}${selected ? " tfm-picked" : ""}${hit ? " tfm-hit" : ""}`, style: this.narrow ? `margin-left:${(row.wave - 1) * 22}px` : `left:${where.x(row.wave)}px;width:${where.width(row.wave)}px`, title: `${title}${fold ? "" : ` ${variable.shape} ${variable.dtype}`}` },
      element("i", { class: variable.trainable ? "tfm-dot" : "tfm-ring" }),
      element("span", { class: "tfm-io-name" }, fold ? text : [scopeOf(text) ? element("span", { class: "tfm-muted" }, `${scopeOf(text)}/`) : null, element("b", {}, leafOf(text))]),
      fold ? element("span", { class: "tfm-muted" }, `×${grouped(row.members.length)}`) : null,
    );
    const line = element(
      "div",
      {
        class: `tfm-io-row${selected ? " tfm-selected" : ""}${row.inside ? " tfm-io-inside" : ""}`, role: "row", tabindex: at === this.active ? "0" : "-1", "data-tfm": "row", "data-kind": fold ? "fold" : "variable", "data-name": title, "data-key": row.key, "data-verdict": item.verdict,
        "aria-selected": String(selected), "aria-expanded": fold ? String(row.open) : null, "aria-level": row.inside ? 2 : 1, onclick: () => this.choose(at),
      },
      element("span", { role: "gridcell", class: "tfm-io-place" }, element("span", { class: "tfm-sr" }, `wave ${row.wave}: `), capsule), verdict, initCell, states,
    );
    const tell = selected ? this.#story(row.variable, item) : null;
    return tell ? [line, tell] : [line];
  }

  /** What there is to know of a selected variable that reads others, in sentences with their lines. */
  #story(index, item) {
    const { store } = this.ctx;
    const name = store.variables[index].name;
    const sentences = item.reads.map((read) => `${name} ${readWords(store, read)}.`);
    if (item.placeholders.length) sentences.push(`Its initial value needs ${item.placeholders.map((op) => store.ops.name[op]).join(", ")}, which must be fed when its initializer runs.`);
    if (item.cycle.length) sentences.push(`It stands in a ring: ${item.cycle.map((each) => store.variables[each].name).join(", ")}. Each waits for another, so none can be first.`);
    const readers = store.variables.map((_, each) => each).filter((each) => orderOf(store, each).reads.some((read) => read.variable === index));
    if (!item.reads.length && readers.length) sentences.push(`Read by the initial value of ${readers.map((each) => store.variables[each].name).join(", ")}.`);
    if (!sentences.length) return null;
    return element("div", { class: "tfm-io-story", role: "row" }, element("span", { role: "gridcell", "data-tfm": "story" }, sentences.map((each) => element("p", {}, each))));
  }

  #drawEdges(shown, where) {
    const { store } = this.ctx;
    const nodes = [...this.body.querySelectorAll(".tfm-io-row")];
    const y = new Map();
    const wave = new Map();
    shown.forEach((row, at) => {
      const middle = nodes[at].offsetTop + 12.5;
      for (const each of row.members) if (row.kind === "variable" || !y.has(each)) { y.set(each, middle); wave.set(each, row.wave); }
    });
    if (this.narrow) { this.edges.replaceChildren(); return; }
    const lines = [];
    const leaving = new Map(); // how many edges left a variable so far
    for (const row of shown) {
      if (row.kind !== "variable") continue;
      for (const read of orderOf(store, row.variable).reads) {
        if (!y.has(read.variable)) continue;
        const from = wave.get(read.variable);
        const label = `${store.variables[row.variable].name} ${readWords(store, read)}`;
        lines.push(edge(read.how, where.x(from) + where.width(from), y.get(read.variable), where.x(row.wave), y.get(row.variable), label, leaving.get(read.variable) ?? 0));
        leaving.set(read.variable, (leaving.get(read.variable) ?? 0) + 1);
      }
    }
    this.edges.setAttribute("width", where.area);
    this.edges.setAttribute("height", this.body.offsetHeight);
    this.edges.replaceChildren(...lines);
  }

  // --- keys and choice

  choose(at) {
    const row = this.rows[at];
    if (!row) return;
    this.active = at;
    if (row.kind === "fold") {
      if (!this.opened.delete(row.key)) this.opened.add(row.key);
      this.ctx.state.set("init.open", [...this.opened]);
      this.draw();
    } else this.ctx.bus.select({ kind: "variable", id: row.variable, origin: "init" });
    this.body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
  }

  /** Brings a variable into sight, inside the table only. */
  show(index) {
    const at = this.rows.findIndex((row) => row.members.includes(index) && (row.kind === "variable" || !row.open));
    if (at < 0) return;
    this.active = at;
    if (at >= MOST_ROWS * this.pages) { this.pages = Math.ceil((at + 1) / MOST_ROWS); this.draw(); }
    const node = this.body.querySelectorAll(".tfm-io-row")[at];
    const room = this.el.getBoundingClientRect();
    const box = node?.getBoundingClientRect();
    if (!box) return;
    if (box.top < room.top + 28) this.el.scrollTop += box.top - room.top - 28;
    else if (box.bottom > room.bottom) this.el.scrollTop += box.bottom - room.bottom;
  }

  #key(event) {
    const nodes = [...this.body.querySelectorAll(".tfm-io-row")];
    const at = nodes.indexOf(event.target.closest(".tfm-io-row"));
    if (at < 0) return;
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: nodes.length - 1, PageDown: at + 10, PageUp: at - 10 }[event.key];
    if (to !== undefined) {
      nodes[at].tabIndex = -1;
      this.active = Math.max(0, Math.min(nodes.length - 1, to));
      nodes[this.active].tabIndex = 0;
      nodes[this.active].focus();
    } else if (event.key === "Enter" || event.key === " ") this.choose(at);
    else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && this.rows[at].kind === "fold") {
      if (this.rows[at].open !== (event.key === "ArrowRight")) this.choose(at);
    } else if (event.key === "!") {
      const problem = this.rows.findIndex((row, k) => k > at && row.kind === "variable" && orderOf(this.ctx.store, row.variable).verdict !== "any order");
      if (problem >= 0 && nodes[problem]) { nodes[at].tabIndex = -1; nodes[problem].tabIndex = 0; nodes[problem].focus(); this.active = problem; }
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
