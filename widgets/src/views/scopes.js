// ScopeTree: where am I, what is the reuse mode here, where does each default come from, which name scopes does it open.
//
// Two tabs. "Variable scopes" is a tree grid: a scope, its entries (each `with`), its variables; below it the panel that traces every
// default to the scope that set it. "Name scopes and ties" sets the two trees side by side.

import { element, keepChildren, oncePerFrame } from "../lib/dom.js";
import { findAll, parseQuery } from "../lib/find.js";
import { counted, shortened } from "../lib/names.js";
import { nameScopeText, scopeNameOf, scopesText, siteWords } from "../lib/text.js";
import { defaultsPanel } from "./scopes/defaults.js";
import { rowsOf, drawRow, RAIL } from "./scopes/rows.js";
import { tiesPane } from "./scopes/ties.js";

const MOST_ROWS = 150; // rows drawn at once; the rest comes in pages

export function scopesView(ctx) {
  const { store, bus, state, signal } = ctx;
  let tab = state.get("scopes.tab", "variable");
  let opened = new Set(state.get("scopes.open", []));
  let closed = new Set(state.get("scopes.closed", []));
  let pages = 1;
  let rows = [];
  let active = 0;
  let chosen = { scope: -1, entry: -1 };
  let query = "";
  const nodes = new Map(); // key of a row -> its node and what it was made for
  const keyOf = (row) => `${row.kind} ${row.scope} ${row.kind === "entry" ? row.entry : ""}`;
  let uncovered = []; // scopes that were opened to show what another view selected
  let bring = false; // whether the chosen row is to be scrolled into sight, because another view chose it

  const head = element(
    "div", { class: "tfm-sc-head", role: "row" },
    ["variable scope", ["mode ", element("span", { class: "tfm-mono" }, "reuse=")], "from", "opens name scope", "variables"].map((each) => element("span", { role: "columnheader" }, each)),
  );
  const body = element("div", { class: "tfm-sc-rows", role: "rowgroup" });
  const grid = element("div", { class: "tfm-sc-grid", role: "treegrid", "aria-label": "Variable scopes", tabindex: "0" }, element("div", { role: "rowgroup" }, head), body);
  const panel = element("div", { class: "tfm-sc-panel", role: "region", "aria-label": "Where defaults come from", tabindex: "0" });
  const none = element("p", { class: "tfm-empty", hidden: true }, "No variable scope was opened yet. ", element("span", { class: "tfm-mono" }, 'with tf.variable_scope("model"):'), " opens one; it appears here while the cell runs.");
  const more = element("div", { class: "tfm-sc-more", hidden: true });
  const main = element("div", { class: "tfm-sc-main" }, grid, more, none, panel);
  const ties = tiesPane(ctx);
  const el = element("div", { class: "tfm-scopes" }, main, ties.el);

  const tabs = element(
    "div", { class: "tfm-segments", role: "tablist", "aria-label": "Scopes" },
    [["variable", "Variable scopes"], ["ties", "Name scopes and ties"]].map(([key, label]) =>
      element("button", { type: "button", role: "tab", "data-tfm": "tab", "data-name": key, "data-key": key, onclick: () => showTab(key), onkeydown: tabKey }, label)),
  );
  const path = element("div", { class: "tfm-sc-path" });

  function tabKey(event) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    showTab(tab === "variable" ? "ties" : "variable");
    tabs.querySelector(`[data-key="${tab}"]`).focus();
    event.preventDefault();
    event.stopPropagation();
  }

  function showTab(key) {
    tab = key;
    state.set("scopes.tab", key);
    for (const each of tabs.children) {
      each.setAttribute("aria-selected", String(each.dataset.key === key));
      each.tabIndex = each.dataset.key === key ? 0 : -1;
    }
    main.hidden = key !== "variable";
    ties.el.hidden = key === "variable";
    draw();
  }

  // --- drawing

  const draw = oncePerFrame(drawNow, signal);
  const drawn = new Map(); // what a row is about -> {key, node}: what was drawn last

  function drawNow() {
    drawPath();
    if (tab === "ties") {
      ties.draw(chosen.scope);
      return;
    }
    rows = rowsOf(store, { opened, closed, matches: query ? parseQuery(query).matches : null });
    active = Math.min(active, Math.max(0, rows.length - 1));
    const shown = rows.slice(0, MOST_ROWS * pages);
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.name ?? "" : null;
    keepChildren(body, shown.map(nodeOf));
    more.hidden = shown.length >= rows.length;
    if (!more.hidden) more.replaceChildren(element("button", { type: "button", class: "tfm-button", onclick: () => { pages += 1; draw(); } }, counted(rows.length - shown.length, "more row")));
    if (!store.scopes.length || (store.scopes.length === 1 && !store.requests.length)) {
      none.hidden = false;
    } else none.hidden = true;
    if (focused !== null) (body.querySelector(`.tfm-capsule[data-name="${CSS.escape(focused)}"]`) ?? grid).focus({ preventScroll: true });
    drawRail();
    mark();
    if (bring) {
      bring = false;
      scrollTo(rows.findIndex((row) => row.scope === chosen.scope && (row.entry === chosen.entry || row.carries)));
    }
    panel.replaceChildren(...defaultsPanel(ctx, chosen, el.classList.contains("tfm-sc-narrow")));
  }

  /** The node of a row; one that would come out the same is taken from the last drawing. */
  function nodeOf(row, index) {
    const { selection } = bus;
    const own = store.scopes[row.scope]?.variables ?? [];
    const picked = selection?.kind === "variable" && own.includes(selection.id) ? selection.id : -1;
    const here = chosen.scope === row.scope ? `${chosen.entry}` : "";
    const name = `${row.kind} ${row.scope} ${row.entry}`;
    const key = [store.version, row.level, row.label, row.open, row.folds, row.carries, row.bare, here, picked].join("\n");
    const known = drawn.get(name);
    if (known?.key === key) {
      known.node.id = rowId(index);
      known.node.dataset.index = index;
      return known.node;
    }
    const now = () => rows[Number(node.dataset.index)];
    const node = drawRow(ctx, row, { index, id: rowId(index), chosen, select: () => select(now()), toggle: () => toggle(now()) });
    drawn.set(name, { key, node });
    return node;
  }

  /** The node of a row; what looks as it did is not made again. */
  function nodeOf(row, index) {
    const { selection } = bus;
    const scope = store.scopes[row.scope];
    const picked = selection?.kind === "variable" && row.kind === "scope" && scope.variables.includes(selection.id) ? selection.id : "";
    const selected = chosen.scope === row.scope && (row.kind === "entry" ? chosen.entry === row.entry : row.carries);
    const look = [store.graph.id, store.version, row.level, row.open, row.folds, row.bare, row.carries, selected, picked].join("|");
    let made = nodes.get(keyOf(row));
    if (made?.look !== look) {
      if (nodes.size > 2000) nodes.clear();
      made = { look, node: drawRow(ctx, row, { index, id: rowId(index), chosen, select, toggle }) };
      nodes.set(keyOf(row), made);
    }
    made.node.id = rowId(index);
    made.node.dataset.index = index;
    return made.node;
  }

  function drawPath() {
    const names = ["(root)", ...store.open.scopes.map((entry) => store.scopes[store.entries[entry]?.scope]?.leaf ?? "?")];
    const stopped = store.open.stopped;
    const shown = store.open.scopes.length || !stopped ? names : ["(root)", ...pathTo(stopped.entry)];
    path.replaceChildren(
      element("span", { class: "tfm-muted" }, stopped ? "stopped in" : "open path"), " ",
      element("span", { class: "tfm-mono" }, shown.flatMap((name, k) => [k ? element("span", { class: "tfm-muted" }, " / ") : "", k === shown.length - 1 ? element("b", {}, name) : name])),
    );
  }

  function pathTo(entry) {
    const leaves = [];
    for (let at = entry; at >= 0 && store.entries[at]; at = store.entries[at].parent) leaves.unshift(store.scopes[store.entries[at].scope].leaf);
    return leaves;
  }

  /** The rail at the left: root, then the rows of the entries that are open, or were open at the failure. */
  function drawRail() {
    const { stopped } = store.open;
    const open = new Set(store.open.scopes);
    if (stopped) for (let at = stopped.entry; at >= 0 && store.entries[at]; at = store.entries[at].parent) open.add(at);
    const on = [];
    rows.forEach((row, index) => {
      const tip = stopped && row.entry === stopped.entry;
      if (row.kind === "scope" && row.scope === 0) on.push({ index, tip: false });
      else if (row.entry >= 0 && open.has(row.entry) && row.carries) on.push({ index, tip: tip ? "refused" : row.entry === store.open.scopes.at(-1) ? "open" : "" });
    });
    for (const node of body.querySelectorAll(".tfm-sc-rail")) node.remove();
    if (!rows.length || (on.length < 2 && !stopped)) return;
    const first = on[0]?.index ?? 0;
    const last = on.at(-1)?.index ?? 0;
    for (let index = first; index <= last; index += 1) {
      const node = body.children[index];
      const at = on.find((each) => each.index === index);
      node?.append(RAIL({ up: index > first, down: index < last, ring: Boolean(at), tip: at?.tip ?? "" }));
    }
  }

  const rowId = (index) => `${ctx.uid}-sc-${index}`;

  /** Opens what is folded above a scope. */
  function uncover(scope) {
    for (const at of uncovered) opened.delete(at);
    uncovered = [];
    for (let at = store.scopes[scope]?.parent ?? -1; at > 0; at = store.scopes[at].parent) {
      closed.delete(at);
      if (!opened.has(at)) uncovered.push(at);
      opened.add(at);
    }
    bring = true;
  }

  /** Scrolls the grid, and nothing around it, until a row can be seen. */
  function scrollTo(index) {
    const node = body.children[index];
    if (!node) return;
    const from = node.getBoundingClientRect();
    const room = grid.getBoundingClientRect();
    if (from.top < room.top + head.offsetHeight) grid.scrollTop += from.top - room.top - head.offsetHeight;
    else if (from.bottom > room.bottom) grid.scrollTop += from.bottom - room.bottom;
  }

  /** Makes a row the active one and brings it into sight; pages before it are drawn. */
  function reach(index) {
    active = index;
    if (index >= MOST_ROWS * pages) {
      pages = Math.ceil((index + 1) / MOST_ROWS);
      drawNow();
    }
    mark();
    body.children[index]?.scrollIntoView({ block: "nearest" });
  }

  function mark() {
    [...body.children].forEach((node, index) => node.classList?.toggle("tfm-active", index === active));
    if (rows.length) grid.setAttribute("aria-activedescendant", rowId(active));
    else grid.removeAttribute("aria-activedescendant");
  }

  // --- choosing

  function select(row, publish = true) {
    chosen = { scope: row.scope, entry: row.entry };
    active = Math.max(0, rows.findIndex((each) => keyOf(each) === keyOf(row)));
    if (publish) bus.select(row.kind === "entry" ? { kind: "entry", id: row.entry, origin: "scopes" } : { kind: "scope", id: row.scope, origin: "scopes" });
    draw();
  }

  function toggle(row) {
    const set = row.kind === "entries" || row.kind === "scope" ? row.scope : -1;
    if (set < 0) return;
    uncovered = uncovered.filter((each) => each !== set);
    if (row.open) { opened.delete(set); closed.add(set); } else { closed.delete(set); opened.add(set); }
    state.set("scopes.open", [...opened]);
    state.set("scopes.closed", [...closed]);
    draw();
  }

  /** The scope of a selection of any kind, or -1. */
  function scopeOfSelection(selection) {
    if (!selection) return { scope: -1, entry: -1 };
    const { kind, id } = selection;
    if (kind === "scope") return { scope: id, entry: store.scopes[id]?.entries.at(-1) ?? -1 };
    if (kind === "entry") return { scope: store.entries[id]?.scope ?? -1, entry: id };
    if (kind === "variable") return { scope: store.variables[id]?.scope ?? -1, entry: -1 };
    if (kind === "request") {
      const entry = store.requests[id]?.entry ?? -1;
      return { scope: store.entries[entry]?.scope ?? -1, entry };
    }
    if (kind === "op") {
      const owner = store.ops.owner[id];
      if (owner >= 0) return { scope: store.variables[owner]?.scope ?? -1, entry: -1 };
    }
    if (kind === "namescope") {
      const entry = store.entries.findIndex((each) => nameScopeText(each.name_scope) === nameScopeText(String(id)));
      if (entry >= 0) return { scope: store.entries[entry].scope, entry };
    }
    return { scope: -1, entry: -1 };
  }

  grid.addEventListener("keydown", (event) => {
    if (event.target !== grid || event.altKey || event.ctrlKey || event.metaKey) return;
    const row = rows[active];
    const move = (to) => reach(Math.max(0, Math.min(rows.length - 1, to)));
    const keys = {
      ArrowDown: () => move(active + 1), ArrowUp: () => move(active - 1), Home: () => move(0), End: () => move(rows.length - 1),
      PageDown: () => move(active + 12), PageUp: () => move(active - 12),
      ArrowRight: () => {
        const first = body.children[active]?.querySelector(".tfm-capsule");
        if (row?.folds && !row.open) toggle(row);
        else if (first) first.focus();
        else move(active + 1);
      },
      ArrowLeft: () => { if (row?.folds && row.open) toggle(row); else move(Math.max(0, rows.findLastIndex((each, k) => k < active && each.level < row.level))); },
      Enter: () => row && select(row), " ": () => row && select(row),
    };
    const run = keys[event.key];
    if (run) run();
    else if (event.key.length === 1 && /[a-z0-9_(]/i.test(event.key)) {
      const from = [...rows.slice(active + 1), ...rows.slice(0, active + 1)];
      const hit = from.find((each) => each.label.toLowerCase().startsWith(event.key.toLowerCase()));
      if (!hit) return;
      move(rows.indexOf(hit));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  // On the variables of a row: left and right walk them, Enter selects, up, down and Escape come back to the rows.
  body.addEventListener("keydown", (event) => {
    const capsule = event.target.closest?.(".tfm-capsule");
    if (!capsule || event.altKey) return;
    const all = [...capsule.parentElement.querySelectorAll(".tfm-capsule")];
    const to = all.indexOf(capsule) + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0);
    if (event.key === "ArrowRight" || (event.key === "ArrowLeft" && to >= 0)) all[Math.min(to, all.length - 1)].focus();
    else if (["ArrowLeft", "ArrowUp", "ArrowDown", "Escape"].includes(event.key)) {
      grid.focus();
      if (event.key !== "ArrowLeft" && event.key !== "Escape") reach(Math.max(0, Math.min(rows.length - 1, active + (event.key === "ArrowUp" ? -1 : 1))));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }, { signal });

  // A scope that was just opened, or in which a cell stopped, is what a person wants to see.
  function follow() {
    const now = store.open.stopped?.entry ?? store.open.scopes.at(-1) ?? -1;
    if (now >= 0 && !bus.selection) chosen = { scope: store.entries[now]?.scope ?? -1, entry: now };
    else if (chosen.scope < 0 && store.scopes.length > 1 && !bus.selection) chosen = firstWithVariables();
  }

  function firstWithVariables() {
    const scope = store.scopes.findIndex((each, index) => index > 0 && each.variables.length);
    const at = scope > 0 ? scope : Math.min(1, store.scopes.length - 1);
    return { scope: at, entry: store.scopes[at]?.entries.at(-1) ?? -1 };
  }

  follow();
  showTab(tab);

  return {
    title: "Scopes",
    findHint: "Find scope or variable",
    subject: () => store.graph.label,
    el,
    tabs,
    tools: path,
    find: (text) => {
      query = text;
      draw();
      const shown = store.scopes.map((scope, index) => index).filter((index) => !store.scopes[index].internal);
      const facts = shown.map((index) => { const scope = store.scopes[index]; const own = scope.variables.map((v) => store.variables[v]); return { name: scope.name || "(root)", var: own.map((each) => each.leaf).join(" "), type: own.map((each) => each.name).join(" ") }; });
      const hits = query ? findAll(query, facts).map((k) => shown[k]) : [];
      return {
        count: hits.length,
        error: parseQuery(text).error,
        go: (k) => { chosen = { scope: hits[k], entry: store.scopes[hits[k]].entries.at(-1) ?? -1 }; drawNow(); const at = rows.findIndex((row) => row.scope === hits[k]); if (at >= 0) reach(at); },
        clear: () => { query = ""; draw(); },
      };
    },
    card: null,
    text: () => scopesText(store),
    status: () => {
      const { stopped } = store.open;
      const left = stopped
        ? [element("b", {}, siteWords(store, stopped.site).replace(/ line.*/, "")), ` stopped at ${siteWords(store, stopped.site).replace(/.* (line \d+)$/, "$1")}, inside `, element("b", { class: "tfm-mono", title: scopeNameOf(store, stopped.entry) }, shortened(scopeNameOf(store, stopped.entry), 48)), ": the open path is kept"]
        : store.last.text || `${counted(Math.max(0, store.scopes.length - 1), "variable scope")} below the root`;
      const name = chosen.scope >= 0 ? store.scopes[chosen.scope]?.name || "(root)" : "";
      return { left, right: name ? ["selection: scope ", element("b", { class: "tfm-mono", title: name }, shortened(name, 48))] : "selection: none" };
    },
    keys: [
      { key: "↑ ↓", does: "rows" }, { key: "→ ←", does: "unfold, fold; on an open row, its variables" }, { key: "Enter", does: "select" }, { key: "a-z", does: "jump to a name" },
      { key: "]", does: "next entry", run: () => step(1) }, { key: "[", does: "previous entry", run: () => step(-1) },
    ],
    select: (selection) => {
      const next = scopeOfSelection(selection);
      if (next.scope >= 0 || !selection) {
        if (next.scope >= 0 && next.entry < 0) next.entry = store.scopes[next.scope]?.entries.at(-1) ?? -1;
        chosen = next.scope >= 0 ? next : chosen;
        if (selection && selection.origin !== "scopes") uncover(chosen.scope);
      }
      draw();
    },
    changed: (change) => {
      if (["scopes", "entries", "open", "variables", "requests", "sites", "cells", "graph"].some((each) => change.sections.has(each))) { follow(); draw(); }
    },
    resized: (width) => {
      el.classList.toggle("tfm-sc-narrow", width < 780);
      draw();
    },
    restored: () => {
      opened = new Set(state.get("scopes.open", []));
      closed = new Set(state.get("scopes.closed", []));
      showTab(state.get("scopes.tab", tab));
    },
    focus: () => (tab === "variable" ? grid : ties.el).focus(),
    destroy: () => {},
  };

  function step(by) {
    const next = (chosen.entry < 0 ? -1 : chosen.entry) + by;
    const entry = store.entries[next];
    if (entry) bus.select({ kind: "entry", id: next, origin: "scopes" });
  }
}
