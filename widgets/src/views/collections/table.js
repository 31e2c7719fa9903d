// Items of a collection and, in the same table, which other keys hold each of them.

import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { counted, grouped, shortened } from "../../lib/names.js";

const FOLD_FROM = 4; // slots in a row that fold into one line

/** Runs of slots of an optimizer in a list of items: [{from, to}], both ends included. */
export function slotRuns(items, variables) {
  const isSlot = (item) => item.kind === "variable" && variables[item.ref]?.slot_of >= 0;
  const runs = [];
  for (let k = 0; k < items.length; k += 1) {
    if (!isSlot(items[k])) continue;
    let to = k;
    while (to + 1 < items.length && isSlot(items[to + 1])) to += 1;
    if (to - k + 1 >= FOLD_FROM) runs.push({ from: k, to });
    k = to;
  }
  return runs;
}

/** Moves the mark of the selection in a table that is drawn already; returns the first row that has it, or null. */
export function markSelection(scroll, selection) {
  const wanted = selection && (selection.kind === "variable" || selection.kind === "op") && selection.id >= 0 ? `${selection.kind}:${selection.id}` : "";
  let first = null;
  for (const row of scroll.querySelectorAll("tr[data-ref]")) {
    const picked = row.dataset.ref === wanted;
    if (picked) first ??= row;
    if (picked === row.classList.contains("tfm-selected")) continue;
    row.classList.toggle("tfm-selected", picked);
    if (picked) row.setAttribute("aria-selected", "true");
    else row.removeAttribute("aria-selected");
  }
  return first;
}

/** What a run of slots is called: the scope that all share and the names of the slots, `model/…/Adam, Adam_1`. */
function runName(items, variables) {
  const tops = new Set(items.map((item) => item.text.split("/")[0]));
  const slots = [...new Set(items.map((item) => variables[item.ref].leaf))];
  return { top: tops.size === 1 ? [...tops][0] : "…", rest: `${tops.size === 1 ? "/…" : ""}/${slots.slice(0, 3).join(", ")}` };
}

/** The table of one collection. `folds` says which runs of slots are open; `unfold(from)` turns one over. */
export function itemsTable(ctx, { index, kept, columns, matches, most, more, folds, unfold }) {
  const { store, bus } = ctx;
  const collection = store.collections[index];
  const holds = collection.items.some((item) => item.kind === "variable");
  const matrix = holds ? columns : [];
  const member = new Map(columns.map((each) => [each.index, new Set(store.collections[each.index].items.filter((item) => item.kind === "variable").map((item) => item.ref))]));
  const members = new Set(collection.items.filter((item) => item.kind === "variable").map((item) => item.ref));
  const others = holds ? store.variables.map((variable, ref) => ({ variable, ref })).filter(({ ref }) => !members.has(ref)) : [];
  const anywhere = new Set();
  for (const each of store.collections) for (const item of each?.items ?? []) if (item.kind === "variable") anywhere.add(item.ref);

  const dots = (ref) => matrix.map((each) => {
    const has = member.get(each.index).has(ref);
    return element("td", { class: each.index === index ? "tfm-co-own" : "" }, element("span", { class: has ? "tfm-co-has" : "tfm-co-not" }), element("span", { class: "tfm-sr" }, has ? "yes" : "no"));
  });
  const selection = bus.selection;
  const pick = (item) => {
    if (item.kind === "variable" && item.ref >= 0) bus.select({ kind: "variable", id: item.ref, origin: "collections" });
    else if (item.kind === "op" && item.ref >= 0) bus.select({ kind: "op", id: item.ref, origin: "collections" });
    else if (item.kind === "tensor" && item.ref >= 0) bus.select({ kind: "op", id: item.ref, origin: "collections" });
  };
  const nameCell = (item, k) => {
    const text = item.text || "(unnamed)";
    const length = kept.matched[k] > 0 ? kept.matched[k] : 0;
    const name = length && text.length < 60 ? [element("mark", {}, text.slice(0, length)), text.slice(length)] : shortened(text, 48);
    return element("td", { class: "tfm-co-item" },
      element("button", { type: "button", tabindex: "-1", class: `tfm-co-pick tfm-mono${kept.keeps[k] ? "" : " tfm-struck"}`, title: text, onclick: () => pick(item) }, name),
      kept.byPrefix[k] ? element("span", { class: "tfm-co-by" }, icon("warn", 14), "by prefix") : null,
      item.kind !== "variable" ? element("span", { class: "tfm-muted tfm-co-kind" }, item.kind) : null);
  };
  const runs = matches ? [] : slotRuns(collection.items.slice(0, most), store.variables);
  const runAt = (k) => runs.find((run) => run.from <= k && k <= run.to);
  const runRow = (run, first) => {
    const items = collection.items.slice(run.from, run.to + 1);
    const open = folds.has(run.from);
    const keeps = items.filter((_, k) => kept.keeps[run.from + k]).length;
    const { top, rest } = runName(items, store.variables);
    const matched = keeps ? Math.min(top.length, Math.max(0, kept.matched[run.from])) : 0;
    return element("tr", { "data-tfm": "row", "data-name": `${collection.key}#${run.from + 1}`, "data-kind": "fold", tabindex: first ? "0" : "-1", "aria-label": `items ${run.from + 1} to ${run.to + 1}, slots, ${open ? "shown" : "folded"}`, onclick: () => unfold(run.from) },
      element("td", { class: "tfm-co-no" }, `${run.from + 1}–${run.to + 1}`),
      element("td", { class: "tfm-co-item" }, element("span", { class: `tfm-co-fold tfm-mono${keeps ? "" : " tfm-struck"}` }, element("span", { class: `tfm-fold${open ? " tfm-open" : ""}`, "aria-hidden": "true" }), element("span", {}, matched ? element("mark", {}, top.slice(0, matched)) : null, top.slice(matched), rest), element("span", { class: "tfm-muted" }, `×${items.length}`)), keeps && keeps < items.length ? element("span", { class: "tfm-muted tfm-co-kind" }, `${keeps} kept`) : null),
      element("td", { class: "tfm-mono tfm-muted tfm-co-site" }, store.siteShort(items[0].site)),
      matrix.map((each) => { const count = items.filter((item) => member.get(each.index).has(item.ref)).length; return element("td", { class: each.index === index ? "tfm-co-own" : "" }, element("span", { class: count ? "tfm-co-has" : "tfm-co-not" }), element("span", { class: "tfm-sr" }, count === items.length ? "yes" : count ? `${count} of them` : "no")); }));
  };
  const rows = collection.items.slice(0, most).flatMap((item, k) => {
    const run = runAt(k);
    const head = run?.from === k ? [runRow(run, k === 0)] : [];
    return run && !folds.has(run.from) ? head : [...head, itemRow(item, k)];
  });
  function itemRow(item, k) {
    const picked = selection && ((selection.kind === "variable" && item.kind === "variable" && item.ref === selection.id) || (selection.kind === "op" && item.kind !== "variable" && item.ref === selection.id));
    const hit = matches?.({ name: item.text });
    return element("tr", { class: [picked ? "tfm-selected" : "", hit ? "tfm-hit" : ""].join(" ").trim() || null, "data-tfm": "row", "data-ref": `${item.kind === "variable" ? "variable" : "op"}:${item.ref}`, "data-name": item.text, tabindex: k === 0 ? "0" : "-1", "aria-selected": picked ? "true" : null, onclick: () => pick(item) },
      element("td", { class: "tfm-co-no" }, k + 1), nameCell(item, k), element("td", { class: "tfm-mono tfm-muted tfm-co-site" }, store.siteShort(item.site)), dots(item.kind === "variable" ? item.ref : -1));
  }
  const rest = others.slice(0, 40).map(({ variable, ref }) =>
    element("tr", { class: selection?.kind === "variable" && selection.id === ref ? "tfm-selected" : null, "data-tfm": "row", "data-ref": `variable:${ref}`, "data-name": variable.name, tabindex: "-1", onclick: () => bus.select({ kind: "variable", id: ref, origin: "collections" }) },
      element("td", { class: "tfm-co-no" }), element("td", { class: "tfm-co-item" }, element("button", { type: "button", tabindex: "-1", class: "tfm-co-pick tfm-mono", title: variable.name }, shortened(variable.name, 48)), anywhere.has(ref) ? null : element("span", { class: "tfm-co-by" }, icon("warn", 14), "in no key")),
      element("td", { class: "tfm-mono tfm-muted tfm-co-site" }, store.siteShort(variable.site)), dots(ref)));
  const table = element(
    "table", { class: "tfm-co-table", "aria-label": `Items of ${collection.key}` },
    element("thead", {}, element("tr", {}, element("th", { scope: "col", class: "tfm-co-no" }, "#"), element("th", { scope: "col" }, "item"), element("th", { scope: "col", class: "tfm-co-site" }, "line"), matrix.map((each) => element("th", { scope: "col", class: each.index === index ? "tfm-co-own" : "" }, each.word)))),
    element("tbody", {}, rows, collection.items.length ? null : element("tr", {}, element("td", { colspan: 3 + matrix.length, class: "tfm-muted" }, "nothing in it")),
      collection.items.length > most ? element("tr", {}, element("td", { colspan: 3 + matrix.length }, element("button", { type: "button", class: "tfm-link", onclick: more }, `show 100 more of ${grouped(collection.items.length)}`))) : null,
      rest.length ? element("tr", { class: "tfm-co-divider" }, element("td", { colspan: 3 + matrix.length }, `not in this key: ${counted(others.length, "variable")}`)) : null, rest),
  );
  table.addEventListener("keydown", (event) => {
    const list = [...table.querySelectorAll("tbody tr[data-tfm]")];
    const at = list.indexOf(event.target.closest("tr"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to !== undefined) {
      const row = list[Math.max(0, Math.min(list.length - 1, to))];
      for (const each of list) each.tabIndex = -1;
      row.tabIndex = 0;
      row.focus();
    } else if (event.key === "Enter" || event.key === " ") list[at]?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return element("div", { class: "tfm-co-scroll" }, table);
}
