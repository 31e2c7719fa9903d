// Where the defaults of a scope come from: one column for each scope on the path, one row for each default that somebody set.

import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { shortened } from "../../lib/names.js";
import { fromWords, scopeNameOf, siteWords } from "../../lib/text.js";

const KEYS = ["reuse", "initializer", "regularizer", "constraint", "dtype", "custom_getter", "partitioner", "caching_device", "use_resource"];
const ALWAYS = new Set(["reuse", "dtype"]);

/** The panel for {scope, entry}; an empty list when there is nothing to trace. A `narrow` panel tells in words what a wide one draws. */
export function defaultsPanel(ctx, { scope, entry }, narrow = false) {
  const { store } = ctx;
  const own = store.scopes[scope];
  const at = store.entries[entry];
  if (!own || !at) return [];
  const path = [];
  for (let each = entry; each >= 0 && store.entries[each]; each = store.entries[each].parent) path.unshift(each);
  const shown = path.length > 3 ? [path[0], ...path.slice(-2)] : path;
  const columns = [-1, ...shown];
  const values = new Map(at.defaults.map((each) => [each.key, each]));
  const isSet = (each) => each && (each.how !== "default" || each.overrides || each.not_inherited);
  const rows = KEYS.filter((key) => ALWAYS.has(key) || path.some((each) => isSet(store.entries[each].defaults.find((d) => d.key === key))));
  const quiet = KEYS.filter((key) => !rows.includes(key));
  const which = own.entries.length > 1 ? `entry ${at.number}${at.open ? ", the one that is open" : ""}` : at.open ? "open now" : "";
  // What a row of the table shows is not said again.
  const shownStops = at.defaults.some((each) => each.not_inherited);
  const remark = at.note.split(/(?<=\.) /).filter((each) => !(shownStops && each.startsWith("The constraint "))).join(" ");
  return [
    element("h3", { class: "tfm-sc-title" }, "Where the defaults of ", element("span", { class: "tfm-mono", title: own.name || "(root)" }, shortened(own.name || "(root)", narrow ? 30 : 64)), " come from", which ? element("span", { class: "tfm-muted" }, which) : null),
    narrow ? element("dl", { class: "tfm-sc-told" }, rows.map((key) => told(store, key, values.get(key), at))) : element(
      "div", { class: "tfm-sc-trace", role: "table", "aria-label": `Defaults of ${own.name}`, style: `--columns:${columns.length}` },
      element(
        "div", { class: "tfm-sc-line tfm-sc-heads", role: "row" },
        element("span", { role: "columnheader" }, element("span", { class: "tfm-sr" }, "default")),
        columns.map((each, k) => headOf(store, each, k === columns.length - 1)),
        element("span", { role: "columnheader", class: "tfm-sc-here" }, element("b", {}, "in effect here")),
      ),
      rows.map((key) => lineOf(store, key, columns, key === "reuse" ? reuseOf(at, entry) : values.get(key), at)),
    ),
    remark ? element("p", { class: "tfm-sc-remark" }, remark) : null,
    quiet.length ? element("p", { class: "tfm-sc-quiet" }, element("span", { class: "tfm-mono" }, quiet.join(", ")), ": nothing on this path") : null,
  ].filter(Boolean);
}

/** Where the mode of an entry came from, in the form of a default. */
function reuseOf(at, entry) {
  const { how } = at.mode_from;
  return { key: "reuse", value: at.mode_value, how, from: how === "default" ? -1 : how === "inherited" ? at.mode_from.entry : entry };
}

/** One default in words: its value, where that comes from, what it replaced. */
function told(store, key, present, at) {
  const none = !present || ["None", "none", ""].includes(present.value);
  const from = key === "reuse" ? fromWords(store, at.mode_from) : !present || present.how === "default" ? (none ? "" : "TensorFlow's default") : present.how === "inherited" ? `inherited from ${scopeNameOf(store, present.from)}` : `${present.how} at ${siteWords(store, present.site)}`;
  return element(
    "div", {}, element("dt", { class: "tfm-mono" }, key),
    element("dd", {}, key === "reuse" ? at.mode : element("span", { class: none ? "tfm-muted" : "tfm-mono" }, none ? "none" : present.value),
      from ? element("p", {}, from) : null,
      present?.overrides ? element("p", {}, "instead of ", element("s", { class: "tfm-mono" }, present.overrides.value), ` of ${scopeNameOf(store, present.overrides.entry)}`) : null,
      present?.not_inherited ? element("p", {}, icon("warn", 14), element("span", { class: "tfm-mono" }, present.not_inherited.value), ` of ${scopeNameOf(store, present.not_inherited.entry)} is not passed down`) : null),
  );
}

function headOf(store, entry, last) {
  const dot = element("span", { class: `tfm-sc-ring${last ? " tfm-full" : ""}`, "aria-hidden": "true" });
  if (entry < 0) return element("span", { role: "columnheader", class: "tfm-sc-headcell" }, dot, element("b", { class: "tfm-mono" }, "(root)"), element("i", { class: "tfm-sc-thick" }));
  const scope = store.scopes[store.entries[entry].scope];
  return element("span", { role: "columnheader", class: "tfm-sc-headcell" }, dot, element("b", { class: "tfm-mono", title: scope.name }, shortened(scope.leaf, 12)), element("span", { class: "tfm-mono tfm-muted" }, store.siteShort(store.entries[entry].site)), element("i", { class: "tfm-sc-thick" }));
}

/** What a column shows of one default: {value, source, struck, passes, stops}. */
function cellOf(store, key, entry, present) {
  const each = entry < 0 ? null : store.entries[entry].defaults.find((d) => d.key === key);
  if (key === "reuse") {
    // `reuse=None` passes on what stands above; anything else given on the path ends there.
    const source = present.from === entry;
    if (entry < 0) return { value: "False", source, struck: !source };
    const given = store.entries[entry].reuse_given;
    return { value: given, source, passes: given === "None", struck: given !== "None" && !source };
  }
  if (entry < 0) return key === "dtype" && present?.how === "default" ? { value: present.value, source: true } : null;
  if (!each) return null;
  const setHere = each.how !== "inherited" && each.how !== "default" && each.how !== "";
  if (present?.not_inherited && present.not_inherited.entry === entry) return { value: present.not_inherited.value, stops: true };
  if (!setHere) return null;
  const effective = present?.from === entry;
  return { value: each.value, source: effective, struck: !effective };
}

function lineOf(store, key, columns, present, at) {
  const effect = key === "reuse" ? at.mode : present?.value ?? "none";
  const none = !present || present.value === "None" || present.value === "none" || present.value === "";
  let flowing = false;
  const notPassed = present?.not_inherited;
  return element(
    "div", { class: "tfm-sc-line", role: "row" },
    element("span", { role: "rowheader", class: "tfm-mono tfm-muted tfm-sc-key" }, key),
    columns.map((entry) => {
      const cell = cellOf(store, key, entry, present);
      if (cell?.source) flowing = true;
      const line = flowing ? element("i", { class: `tfm-sc-flow${cell && !cell.passes ? " tfm-from" : ""}`, "aria-hidden": "true" }) : null;
      if (!cell) return element("span", { role: "cell", class: "tfm-sc-cell" }, line, notPassed && entry === columns.at(-1) && !line ? [icon("warn", 14), element("span", {}, "not passed down")] : null);
      const mark = cell.passes && !cell.source ? null : element("span", { class: `tfm-sc-source${cell.struck || cell.stops ? " tfm-hollow" : ""}${cell.stops ? " tfm-warned" : ""}`, "aria-hidden": "true" });
      return element(
        "span", { role: "cell", class: "tfm-sc-cell" }, mark,
        element("span", { class: `tfm-mono${cell.struck ? " tfm-struck" : ""}${cell.passes && !cell.source ? " tfm-muted" : ""}`, title: cell.value }, shortened(String(cell.value), 20)),
        cell.struck ? element("i", { class: "tfm-sc-dots", "aria-hidden": "true" }) : cell.stops ? element("i", { class: "tfm-sc-stopped", "aria-hidden": "true" }) : line,
      );
    }),
    element("span", { role: "cell", class: `tfm-sc-here${none && key !== "reuse" ? " tfm-muted" : ""}${flowing ? " tfm-arrives" : ""}`, title: effect }, key === "reuse" ? effect : none ? "none" : element("span", { class: "tfm-mono" }, shortened(effect, 24))),
  );
}

