// Rows of the tree grid: scopes, their entries, their variables.

import { element } from "../../lib/dom.js";
import { icon, MODE_ICON } from "../../lib/icons.js";
import { counted, shortened } from "../../lib/names.js";
import { lastEntry, nameScopeText } from "../../lib/text.js";

/**
 * The visible rows, in order: {kind: "scope" | "entry", scope, entry, level, label, open, folds, carries}. `entry` of a scope row is its last
 * entry; `carries` says that the row stands for that entry on the rail of the open path.
 */
export function rowsOf(store, { opened, closed, matches }) {
  const { scopes } = store;
  const children = scopes.map(() => []);
  scopes.forEach((scope, index) => { if (index && scope && !scope.internal) children[scope.parent]?.push(index); });
  const hit = matches ? scopes.map((scope) => !scope.internal && matches({ name: scope.name || "(root)", type: scope.variables.map((v) => store.variables[v]?.name ?? "").join(" ") })) : null;
  if (hit) for (let index = scopes.length - 1; index > 0; index -= 1) if (hit[index]) hit[scopes[index].parent] = true;
  const rows = [];
  const huge = scopes.length > 60;
  const walk = (index, level) => {
    if (hit && index && !hit[index]) return;
    const scope = scopes[index];
    const many = scope.entries.length > 1;
    const byDefault = index === 0 || (many ? level <= 1 && !huge : !huge || level < 2);
    const open = hit ? true : opened.has(index) || (byDefault && !closed.has(index));
    const showEntries = open && many && index > 0 && (!hit || opened.has(index));
    rows.push({
      kind: "scope", scope: index, entry: scope.entries.at(-1) ?? -1, level, label: index ? scope.leaf : "(root)", open, folds: many || children[index].length > 0,
      carries: !showEntries, bare: showEntries,
    });
    if (!open) return;
    if (showEntries) for (const entry of scope.entries) rows.push({ kind: "entry", scope: index, entry, level: level + 1, label: String(store.entries[entry].number), open: false, folds: false, carries: true });
    for (const child of children[index]) walk(child, level + 1);
  };
  if (scopes.length) walk(0, 0);
  return rows;
}

/** One piece of the rail of the open path: lines up and down over the height of its row, and a ring where an entry is open. */
export function RAIL({ up, down, ring, tip }) {
  const names = ["tfm-sc-rail", up ? "tfm-up" : "", down ? "tfm-down" : "", ring ? "tfm-at" : ""].filter(Boolean).join(" ");
  const mark = !ring ? null : tip === "refused" ? element("span", { class: "tfm-sc-stop" }, icon("refused")) : element("i", { class: `tfm-sc-ring${tip === "open" ? " tfm-full" : ""}` });
  return element("span", { class: names, "aria-hidden": "true" }, mark);
}

function capsule(ctx, index) {
  const variable = ctx.store.variables[index];
  const count = variable.requests.length;
  const picked = ctx.bus.selection?.kind === "variable" && ctx.bus.selection.id === index;
  return element(
    "button",
    {
      type: "button", tabindex: "-1", class: `tfm-capsule${picked ? " tfm-picked" : ""}`, "data-tfm": "box", "data-kind": "variable", "data-name": variable.name,
      title: `${variable.name} ${variable.dtype} ${variable.shape}`, "aria-label": `variable ${variable.name}, ${counted(count, "request")}${variable.trainable ? ", trainable" : ""}`,
      onclick: (event) => { event.stopPropagation(); ctx.bus.select({ kind: "variable", id: index, origin: "scopes" }); },
    },
    element("span", { class: variable.trainable ? "tfm-dot" : "tfm-ring" }), element("b", {}, shortened(variable.leaf, 14)), count > 1 ? element("span", { class: "tfm-times" }, `×${count}`) : null,
  );
}

/** The variables of a scope as capsules; what an optimizer made is a number. */
function capsules(ctx, scope) {
  const { variables } = ctx.store;
  const own = scope.variables.filter((v) => variables[v].maker !== "slot");
  const slots = scope.variables.length - own.length;
  const words = [own.length > 4 ? `${own.length - 4} more` : "", slots ? `${slots} of the optimizer` : ""].filter(Boolean).join(", ");
  return [own.slice(0, 4).map((v) => capsule(ctx, v)), words ? element("span", { class: "tfm-muted" }, words) : null];
}

function fromText(store, from) {
  if (from.how === "default") return "TensorFlow’s default";
  if (from.how === "inherited") {
    const entry = store.entries[from.entry];
    return `inherits ${entry ? store.scopes[entry.scope]?.leaf || "root" : "root"}`;
  }
  return from.how === "given" ? "given here" : from.how;
}

/** Draws one row. */
export function drawRow(ctx, row, { index, id, chosen, select, toggle }) {
  const { store } = ctx;
  const scope = store.scopes[row.scope];
  const entry = row.kind === "entry" ? store.entries[row.entry] : lastEntry(store, scope);
  const selected = row.kind === "entry" ? chosen.entry === row.entry && chosen.scope === row.scope : chosen.scope === row.scope && row.carries;
  const triangle = row.folds
    ? element("span", { class: `tfm-fold${row.open ? " tfm-open" : ""}`, "aria-hidden": "true", onclick: (event) => { event.stopPropagation(); toggle(row); } })
    : element("span", { class: "tfm-fold tfm-none", "aria-hidden": "true" });
  const first = row.kind === "entry"
    ? [element("span", { class: "tfm-number" }, row.label), element("span", { class: "tfm-mono tfm-muted" }, store.siteShort(entry.site)), entry.via.length ? element("span", { class: "tfm-mono tfm-muted" }, `via ${store.siteShort(entry.via[0]).replace(/^\[.*\] /, sameCell(store, entry) ? "" : "$&")}`) : null]
    : [triangle, element("b", { class: "tfm-mono", title: scope.name || "(root)" }, shortened(row.label, 22)), scope.entries.length > 1 ? element("span", { class: "tfm-muted" }, `${scope.entries.length} entries`) : null];
  const root = row.scope === 0 && row.kind === "scope";
  const mode = entry ? { word: entry.mode, value: entry.reuse_given, from: entry.mode_from } : root ? { word: "make new", value: "False", from: { how: "default", entry: -1, site: -1 } } : null;
  const showMode = mode && !row.bare;
  const given = mode && mode.from.how !== "default" && mode.from.how !== "inherited";
  const names = entry && !row.bare ? nameScopeText(entry.name_scope) : "–";
  const open = row.kind === "entry" && entry.open;
  return element(
    "div",
    {
      class: `tfm-row${selected ? " tfm-selected" : ""}`, role: "row", id, "aria-level": row.level + 1, "aria-selected": String(selected), "aria-expanded": row.folds ? String(row.open) : null,
      "data-tfm": "row", "data-name": row.kind === "entry" ? `${scope.name}#${row.label}` : scope.name || "(root)", "data-kind": row.kind, "data-index": index, style: `--indent:${66 + row.level * 18}px`,
      onclick: () => select(row), ondblclick: () => row.folds && toggle(row),
    },
    element("span", { role: "gridcell", class: "tfm-sc-name", style: `padding-left:${46 + row.level * 18}px` }, first),
    element("span", { role: "gridcell", class: "tfm-sc-mode" }, showMode ? [icon(MODE_ICON[mode.word] ?? "plus", 14), element("span", {}, mode.word), element("span", { class: "tfm-mono tfm-muted" }, mode.value)] : null),
    element("span", { role: "gridcell", class: given ? "tfm-sc-from tfm-given" : "tfm-sc-from" }, showMode ? fromText(store, mode.from) : null),
    element("span", { role: "gridcell", class: "tfm-sc-names tfm-mono", title: row.bare ? null : names }, row.bare ? null : shortened(names, 24)),
    element("span", { role: "gridcell", class: "tfm-sc-vars" }, row.kind === "scope" ? capsules(ctx, scope) : null, open ? element("span", { class: "tfm-muted" }, "open now") : null,
      row.kind === "entry" && entry.note ? element("span", { class: "tfm-note", title: entry.note }, "note") : null),
  );
}

function sameCell(store, entry) {
  return store.sites[entry.site]?.cell === store.sites[entry.via[0]]?.cell;
}
