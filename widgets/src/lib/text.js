// Text twins of scopes, collections and requests: the same facts as the pictures, line for line as `tfmini.inspection` prints them
// (docs/data.md section 3).

import { counted, grouped } from "./names.js";

/** `cell [3] line 5`, `model.py line 5`, or `an unknown line`. */
export function siteWords(store, index) {
  const site = store.sites[index];
  if (!site) return "an unknown line";
  const cell = store.cells[site.cell];
  if (site.cell >= 0) return `cell [${cell?.count ?? "?"}] line ${site.line}`;
  return `${site.file.split(/[\\/]/).pop()} line ${site.line}`;
}

const via = (store, sites) => (sites?.length ? ` via ${sites.map((site) => siteWords(store, site)).join(", ")}` : "");

/** The name of the scope of an entry; "(root)" for -1. */
export function scopeNameOf(store, entry) {
  const scope = store.scopes[store.entries[entry]?.scope ?? 0];
  return scope?.name || "(root)";
}

/** Where a mode came from, in words. */
export function fromWords(store, from) {
  if (from.how === "default") return "TensorFlow's default";
  if (from.how === "inherited") return `inherited from ${from.entry < 0 ? "(root)" : scopeNameOf(store, from.entry)}`;
  return `${from.how} at ${siteWords(store, from.site)}`;
}

/** The last entry of a scope, or null. */
export function lastEntry(store, scope) {
  return scope.entries.length ? store.entries[scope.entries[scope.entries.length - 1]] : null;
}

/** A name scope as text: without the slash at the end, "(root)" for "". */
export function nameScopeText(name) {
  return name.replace(/\/$/, "") || "(root)";
}

function defaultWords(store, each) {
  if (each.not_inherited) return `${each.key}: ${each.not_inherited.value} of ${scopeNameOf(store, each.not_inherited.entry)} is not passed down`;
  const how = each.how === "inherited" ? `inherited from ${scopeNameOf(store, each.from)}` : `${each.how} at ${siteWords(store, each.site)}`;
  const over = each.overrides ? ` (not ${each.overrides.value} of ${scopeNameOf(store, each.overrides.entry)})` : "";
  return `${each.key} ${each.value}, ${how}${over}`;
}

/** The defaults of an entry that are worth a word: not TensorFlow's own, and not `reuse`. */
export function spokenDefaults(entry) {
  return entry.defaults.filter((each) => each.key !== "reuse" && (each.not_inherited || (each.how && each.how !== "default")));
}

export function scopesText(store) {
  const { scopes } = store;
  const shown = Math.max(0, scopes.filter((each) => !each.internal).length - 1);
  const asked = store.requests.filter((each) => !forSlots(each)).length;
  const lines = [
    `${store.graph.label}: ${counted(shown, "variable scope")}, ${counted(store.variables.length, "variable")}, ${counted(asked, "get_variable call")}`,
  ];
  const children = scopes.map(() => []);
  scopes.forEach((scope, index) => { if (index && scope && !scope.internal) children[scope.parent]?.push(index); });
  const open = new Set(store.open.scopes);
  const write = (index, depth) => {
    const scope = scopes[index];
    const pad = "  ".repeat(depth);
    const entry = lastEntry(store, scope);
    let line = `${pad}${index ? scope.leaf : "(root)"}`;
    if (entry) line += `: ${entry.mode}, ${fromWords(store, entry.mode_from)}`;
    else if (!index) line += ": make new, TensorFlow's default";
    const joint = () => (line.includes(": ") ? "; " : ": ");
    if (scope.entries.some((each) => open.has(each))) line += `${joint()}open now`;
    const names = [...new Set(scope.entries.map((each) => nameScopeText(store.entries[each].name_scope)))];
    if (names.length) line += `${joint()}name scopes ${names.join(", ")}`;
    lines.push(line);
    if (scope.variables.length) {
      const words = scope.variables.map((v) => {
        const variable = store.variables[v];
        const times = variable.requests.length > 1 ? ` x${grouped(variable.requests.length)}` : "";
        return `${variable.leaf} ${variable.dtype} ${variable.shape}${times}`;
      });
      lines.push(`${pad}  variables: ${words.join(", ")}`);
    }
    for (const each of scope.entries) {
      const one = store.entries[each];
      const parts = [
        `${pad}  entry ${one.number}, ${siteWords(store, one.site)}${via(store, one.via)}: ${one.mode} (reuse=${one.reuse_given}), ${fromWords(store, one.mode_from)}`,
        `name scope ${nameScopeText(one.name_scope)}`,
        ...spokenDefaults(one).map((value) => defaultWords(store, value)),
      ];
      if (one.open) parts.push("open");
      if (one.note) parts.push(one.note);
      lines.push(parts.join("; "));
    }
    for (const child of children[index]) write(child, depth + 1);
  };
  if (scopes.length) write(0, 0);
  const { stopped } = store.open;
  if (stopped) lines.push(`stopped in ${scopeNameOf(store, stopped.entry)} at ${siteWords(store, stopped.site)}: ${stopped.message}`);
  return `${lines.join("\n")}\n`;
}

export function collectionsText(store) {
  const lines = [`${store.graph.label}: ${counted(store.collections.length, "collection")}`];
  for (const each of store.collections) {
    const items = each.items.length ? `: ${each.items.map((item) => item.text).join(", ")}` : "";
    lines.push(`${each.key}${each.constant ? ` (${each.constant})` : ""}${each.internal ? " [internal]" : ""}, ${counted(each.items.length, "item")}${items}`);
    if (each.meaning) lines.push(`  ${each.meaning}`);
    if (each.cell >= 0) lines.push(`  last changed in cell [${store.cells[each.cell]?.count ?? "?"}]`);
    for (const warning of each.warnings ?? []) lines.push(`  warning: ${warning}`);
  }
  return `${lines.join("\n")}\n`;
}

const WORDS = ["made", "shared", "shared, but", "refused"];

/** Whether an optimizer asked, for a slot. */
export const forSlots = (request) => request.maker === "slot" || request.maker === "optimizer";

export function requestsText(store) {
  const shown = store.requests.filter((each) => !forSlots(each) || each.word === "refused");
  const counts = WORDS.map((word) => [word, shown.filter((each) => each.word === word).length]).filter(([, n]) => n);
  const lines = [
    `${store.graph.label}: ${counted(shown.length, "get_variable call")}${counts.length ? `: ${counts.map(([word, n]) => `${word} ${grouped(n)}`).join(", ")}` : ""}`,
  ];
  for (const each of shown) {
    const word = each.word === "refused" ? "REFUSED" : each.word;
    lines.push(`${each.number} ${word} ${each.name} at ${siteWords(store, each.site)}${via(store, each.via)}: ${each.sentence}`);
  }
  const slots = store.requests.length - shown.length;
  if (slots) lines.push(`and ${counted(slots, "call")} of an optimizer for its slots`);
  return `${lines.join("\n")}\n`;
}
