// CollectionsView: which lists exist, what is in them, who put it there, and which other lists hold the same thing.

import { element, oncePerFrame } from "../lib/dom.js";
import { findAll, parseQuery } from "../lib/find.js";
import { icon } from "../lib/icons.js";
import { counted, grouped } from "../lib/names.js";
import { collectionsText } from "../lib/text.js";
import { itemsTable, markSelection } from "./collections/table.js";
import { keptBy } from "./collections/filter.js";

/** Keys that have a column of their own in the matrix, with the word over it. */
const COLUMNS = [
  ["variables", "global"], ["trainable_variables", "trainable"], ["local_variables", "local"], ["metric_variables", "metric"],
  ["model_variables", "model"], ["moving_average_variables", "average"], ["global_step", "step"],
];

export function collectionsView(ctx) {
  const { store, bus, state, signal } = ctx;
  let key = state.get("collections.key", "");
  let filter = state.get("collections.scope", "");
  let showInternal = false;
  let pages = 1;
  let bring = false; // whether the selected item is to be scrolled into sight, because another view selected it
  let folds = new Set(); // where runs of slots are open, in the chosen collection
  let query = "";

  const keys = element("div", { class: "tfm-co-keys" });
  const side = element("div", { class: "tfm-co-main" });
  const el = element("div", { class: "tfm-collections" }, keys, side);
  const chips = element("div", { class: "tfm-co-chips" });
  const field = element("input", { type: "text", class: "tfm-co-field tfm-mono", "aria-label": "Scope of get_collection: a regular expression, matched at the beginning", placeholder: "None", spellcheck: "false", autocomplete: "off", oninput: () => { filter = field.value; sizeField(); state.set("collections.scope", filter); pages = 1; drawSide(); }, onkeydown: (event) => { if (event.key === "Escape") { field.value = ""; filter = ""; sizeField(); drawSide(); event.preventDefault(); } event.stopPropagation(); } });
  field.value = filter;
  const sizeField = () => { field.style.width = `${Math.max(5, field.value.length + 0.5)}ch`; };
  sizeField();

  const draw = oncePerFrame(() => { drawKeys(); drawSide(); drawChips(); }, signal);

  const standard = () => store.collections.map((each, index) => ({ each, index })).filter(({ each }) => each && each.constant && !each.internal);
  const own = () => store.collections.map((each, index) => ({ each, index })).filter(({ each }) => each && !each.constant && !each.internal);
  const internal = () => store.collections.map((each, index) => ({ each, index })).filter(({ each }) => each?.internal);

  function current() {
    let index = store.collections.findIndex((each) => each?.key === key);
    if (index < 0) {
      index = store.collections.findIndex((each) => each?.key === "variables");
      if (index < 0) index = store.collections.findIndex((each) => each && !each.internal);
    }
    return index;
  }

  function choose(index, publish = true) {
    key = store.collections[index]?.key ?? "";
    pages = 1;
    folds = new Set();
    state.set("collections.key", key);
    if (publish) bus.select({ kind: "collection", id: index, origin: "collections" });
    draw();
  }

  // --- the keys at the left: one tab stop, arrows inside

  function drawKeys() {
    const now = current();
    const focused = keys.contains(document.activeElement);
    const matches = query ? parseQuery(query).matches : null;
    const rowOf = ({ each, index }) => {
      const hits = matches ? each.items.filter((item) => matches({ name: item.text, type: each.key })).length : 0;
      const cell = store.cells[each.cell];
      return element(
        "button",
        {
          type: "button", role: "option", class: `tfm-co-key${index === now ? " tfm-picked" : ""}`, "aria-selected": String(index === now), tabindex: index === now ? "0" : "-1",
          "data-tfm": "row", "data-name": each.key, "data-index": index, title: each.meaning || each.key, onclick: () => choose(index),
        },
        element("span", { class: "tfm-mono tfm-co-name" }, each.constant || each.key),
        hits ? element("span", { class: "tfm-pillhit" }, grouped(hits)) : null,
        (each.warnings ?? []).length ? element("span", { class: "tfm-co-warn", title: each.warnings.join("\n") }, icon("warn", 14)) : null,
        element("b", {}, grouped(each.items.length)),
        element("span", { class: "tfm-mono tfm-muted tfm-co-cell" }, cell ? `[${cell.count}]` : ""),
      );
    };
    const ownRows = own();
    const hidden = internal();
    keys.replaceChildren(...[
      element("div", { class: "tfm-co-keyhead" }, element("span", {}, "standard keys"), element("span", {}, store.cells.length ? "last change" : "")),
      element("div", { role: "listbox", "aria-label": "Collections", onkeydown: keyKeys }, standard().map(rowOf), ownRows.map(rowOf).map((row, k) => (k ? row : [element("div", { class: "tfm-co-keyhead", role: "presentation" }, "own keys"), row])), showInternal ? hidden.map(rowOf) : null),
      ownRows.length ? null : element("div", { class: "tfm-co-keyhead" }, "own keys: none in this graph"),
      hidden.length ? element("button", { type: "button", class: "tfm-co-more", "aria-expanded": String(showInternal), onclick: () => { showInternal = !showInternal; draw(); } }, element("span", { class: `tfm-fold${showInternal ? " tfm-open" : ""}`, "aria-hidden": "true" }), `${counted(hidden.length, "internal key")}`) : null,
    ].filter(Boolean));
    if (focused) keys.querySelector('[tabindex="0"]')?.focus();
  }

  function keyKeys(event) {
    const rows = [...keys.querySelectorAll('[role="option"]')];
    const at = rows.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (to === undefined) return;
    const row = rows[Math.max(0, Math.min(rows.length - 1, to))];
    choose(Number(row.dataset.index));
    drawKeys();
    keys.querySelector('[tabindex="0"]')?.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  // --- the chosen collection

  function drawSide() {
    const index = current();
    const collection = store.collections[index];
    if (!collection) {
      side.replaceChildren(element("p", { class: "tfm-empty" }, "No collections yet. ", element("span", { class: "tfm-mono" }, "tf.get_variable"), " puts each variable it makes into some; they appear here while the cell runs."));
      return;
    }
    const kept = keptBy(filter, collection.items);
    const quoted = JSON.stringify(collection.key);
    const before = side.querySelector(".tfm-co-scroll");
    const scrolled = before && before.dataset.key === collection.key ? before.scrollTop : 0;
    const focusedRow = side.contains(document.activeElement) ? document.activeElement.closest("tr")?.dataset.name : null;
    const hadFocus = document.activeElement === field;
    const caret = field.selectionStart;
    const call = element("div", { class: "tfm-co-call" },
      element("span", { class: "tfm-mono" }, `tf.get_collection(${quoted}, scope=`), element("span", { class: "tfm-co-quoted tfm-mono" }, filter ? "\"" : "", field, filter ? "\"" : ""), element("span", { class: "tfm-mono" }, ")"),
      element("span", { class: "tfm-co-kept", role: "status" }, keptText(kept, collection)));
    side.replaceChildren(
      element("div", { class: "tfm-co-about" },
        element("h3", {}, collection.constant || collection.key, collection.constant ? element("span", { class: "tfm-mono tfm-muted" }, JSON.stringify(collection.key)) : null),
        collection.meaning ? element("p", { class: "tfm-muted" }, collection.meaning) : null,
        (collection.warnings ?? []).map((each) => element("p", { class: "tfm-co-warning" }, icon("warn", 14), each)),
        call),
      itemsTable(ctx, { index, kept, columns: columnsOf(), matches: query ? parseQuery(query).matches : null, most: 100 * pages, more: () => { pages += 1; drawSide(); }, folds, unfold }),
    );
    const scroll = side.querySelector(".tfm-co-scroll");
    scroll.dataset.key = collection.key;
    scroll.scrollTop = scrolled;
    if (bring) { bring = false; show(scroll, scroll.querySelector("tr.tfm-selected")); }
    if (focusedRow) {
      const row = side.querySelector(`tr[data-name="${CSS.escape(focusedRow)}"]`);
      for (const each of side.querySelectorAll('tr[tabindex="0"]')) each.tabIndex = row ? -1 : 0;
      if (row) { row.tabIndex = 0; row.focus({ preventScroll: true }); }
    }
    if (hadFocus) { field.focus(); field.setSelectionRange(caret, caret); }
  }

  /** Scrolls the table, and nothing around it, until a row can be seen. */
  function show(scroll, row) {
    if (!row) return;
    const at = row.getBoundingClientRect();
    const room = scroll.getBoundingClientRect();
    if (at.top < room.top + 28) scroll.scrollTop += at.top - room.top - 28;
    else if (at.bottom > room.bottom) scroll.scrollTop += at.bottom - room.bottom;
  }

  function unfold(from) {
    if (!folds.delete(from)) folds.add(from);
    drawSide();
    side.querySelector(`[data-name="${CSS.escape(`${store.collections[current()].key}#${from + 1}`)}"]`)?.focus();
  }

  function keptText(kept, collection) {
    if (!filter) return [element("b", {}, grouped(collection.items.length)), " in all"];
    if (kept.error) return [icon("warn", 14), ` ${kept.error}`];
    const words = [element("b", {}, `${grouped(kept.count)} of ${grouped(collection.items.length)}`), " kept"];
    const slash = filter.endsWith("/") ? null : keptBy(`${filter}/`, collection.items);
    if (slash && !slash.error && slash.count && slash.count < kept.count) {
      words.push(`; a slash keeps ${grouped(slash.count)}: `, element("button", { type: "button", class: "tfm-link tfm-mono", onclick: () => { filter += "/"; field.value = filter; sizeField(); state.set("collections.scope", filter); drawSide(); } }, JSON.stringify(`${filter}/`)));
    }
    return words;
  }

  function columnsOf() {
    return COLUMNS.map(([name, word]) => ({ index: store.collections.findIndex((each) => each?.key === name), word, name })).filter((each) => each.index >= 0);
  }

  function drawChips() {
    const members = new Set();
    for (const collection of store.collections) for (const item of collection?.items ?? []) if (item.kind === "variable") members.add(item.ref);
    const none = store.variables.filter((_, index) => !members.has(index)).length;
    const names = new Map(store.collections.map((each) => [each?.key, new Set((each?.items ?? []).filter((item) => item.kind === "variable").map((item) => item.ref))]));
    const localOnly = [...(names.get("local_variables") ?? [])].filter((ref) => !names.get("variables")?.has(ref)).length;
    chips.replaceChildren(
      ...[none ? element("span", { class: "tfm-chip" }, icon("warn"), element("b", {}, grouped(none)), `${none === 1 ? "variable" : "variables"} in no key`) : null, localOnly ? element("span", { class: "tfm-chip" }, element("b", {}, grouped(localOnly)), "in local only") : null].filter(Boolean),
    );
  }

  draw();

  return {
    title: "Collections",
    findHint: "Find key or item",
    subject: () => store.graph.label,
    el,
    tools: chips,
    find: (text) => {
      query = text;
      draw();
      const facts = [];
      store.collections.forEach((each, index) => { if (each && !each.internal) { facts.push({ index, name: each.key, type: each.constant }); each.items.forEach((item, k) => facts.push({ index, item: k, name: item.text })); } });
      const hits = query ? findAll(query, facts) : [];
      return { count: hits.length, error: parseQuery(text).error, go: (k) => choose(facts[hits[k]].index, false), clear: () => { query = ""; draw(); } };
    },
    card: null,
    text: () => collectionsText(store),
    status: () => {
      const name = store.collections[current()];
      return { left: store.last.text || counted(store.collections.length, "collection"), right: name ? ["selection: key ", element("b", { class: "tfm-mono" }, name.constant || name.key)] : "selection: none" };
    },
    keys: [{ key: "↑ ↓", does: "keys, items" }, { key: "Enter", does: "select" }],
    select: (selection) => {
      if (selection?.kind === "collection" && store.collections[selection.id]) key = store.collections[selection.id].key;
      const far = Boolean(selection) && selection.origin !== "collections";
      const scroll = side.querySelector(".tfm-co-scroll");
      if (selection?.kind === "collection" || !scroll) {
        bring = far;
        draw();
        return;
      }
      const row = markSelection(scroll, selection);
      if (far) show(scroll, row);
    },
    changed: (change) => { if (["collections", "variables", "cells", "sites", "graph"].some((each) => change.sections.has(each))) draw(); },
    resized: (width) => { el.classList.toggle("tfm-co-narrow", width < 640); },
    restored: () => { key = state.get("collections.key", key); filter = state.get("collections.scope", ""); field.value = filter; sizeField(); draw(); },
    focus: () => keys.querySelector('[tabindex="0"]')?.focus(),
    destroy: () => {},
  };
}
