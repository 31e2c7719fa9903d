// One plain sentence about the selection, and the facts under it.

import { element } from "../../lib/dom.js";
import { counted, grouped } from "../../lib/names.js";
import { nameScopeText } from "../../lib/text.js";
import { operationOf } from "./related.js";

const code = (text) => element("span", { class: "tfm-mono" }, text);
const strong = (...children) => element("b", {}, ...children);

/** Joins with commas and "and". */
function listed(items) {
  return items.flatMap((item, k) => [k ? (k === items.length - 1 ? " and " : ", ") : "", item]);
}

/** What a number of things is called in a sentence: once, twice, 3 times. */
const times = (number) => (number === 1 ? "once" : number === 2 ? "twice" : `${grouped(number)} times`);

/** The name of what is selected, as one line of text; "" for nothing. */
export function selectionName(selection, store, trace) {
  if (!selection) return "";
  const { kind, id } = selection;
  if (kind === "variable") return store.variables[id]?.name ?? "";
  if (kind === "op") return store.ops.name[id] ?? "";
  if (kind === "tensor") { const [op, port] = String(id).split(":"); return `${store.ops.name[Number(op)] ?? ""}:${port}`; }
  if (kind === "scope") return store.scopes[id]?.name || "(root)";
  if (kind === "entry") { const entry = store.entries[id]; return entry ? `${store.scopes[entry.scope]?.name || "(root)"} entry ${entry.number}` : ""; }
  if (kind === "namescope") return nameScopeText(String(id));
  if (kind === "request") return store.requests[id] ? `call ${store.requests[id].number}` : "";
  if (kind === "collection") return store.collections[id]?.constant || store.collections[id]?.key || "";
  if (kind === "step") { const step = trace?.steps?.[id]; return step ? `step ${id + 1} ${step.title}` : `step ${id + 1}`; }
  if (kind === "cell") return `cell [${store.cells[id]?.count ?? "?"}]`;
  return `${kind} ${id}`;
}

/** {words, facts, site}: the sentence as children, short facts as children, index of the site or -1. */
export function sentenceAbout(selection, store, trace) {
  if (!selection) return overview(store);
  const { kind, id } = selection;
  if (kind === "variable" && store.variables[id]) return aboutVariable(store.variables[id], store);
  if (kind === "scope" && store.scopes[id]) return aboutScope(store.scopes[id], store);
  if (kind === "entry" && store.entries[id]) return aboutEntry(store.entries[id], store);
  if (kind === "request" && store.requests[id]) {
    const each = store.requests[id];
    return { words: [strong("Call ", grouped(each.number)), ": ", each.sentence], facts: [["mode", each.mode], ["verdict", each.word]], site: each.site };
  }
  if (kind === "collection" && store.collections[id]) {
    const each = store.collections[id];
    return { words: [code(each.constant || each.key), " holds ", strong(counted(each.items.length, "item")), ". ", each.meaning], facts: each.cell >= 0 ? [["last changed in", `cell [${store.cells[each.cell]?.count ?? "?"}]`]] : [], site: -1 };
  }
  if (kind === "namescope") {
    const prefix = `${String(id).replace(/\/$/, "")}/`;
    const inside = store.ops.name.filter((name) => name.startsWith(prefix)).length;
    const tied = store.entries.find((each) => nameScopeText(each.name_scope) === nameScopeText(prefix));
    const words = [code(nameScopeText(prefix)), " is a name scope of ", strong(counted(inside, "operation"))];
    if (tied) words.push(", opened by an entry of the variable scope ", code(store.scopes[tied.scope]?.name || "(root)"));
    return { words: [...words, "."], facts: [], site: tied?.site ?? -1 };
  }
  const operation = operationOf(selection, store, trace?.steps ?? []);
  if (operation >= 0 && store.ops.name[operation]) return aboutOperation(operation, store);
  if (kind === "step" && trace?.steps?.[id]) return { words: [strong(trace.steps[id].title), " ", trace.steps[id].sentence], facts: [], site: trace.steps[id].site };
  return { words: [], facts: [], site: -1 };
}

function overview(store) {
  if (!store.ops.length) return { words: ["Nothing in this graph yet. Operations, variables and scopes appear here while cells run."], facts: [], site: -1 };
  const own = store.variables.filter((each) => each.maker !== "slot");
  const shared = own.filter((each) => each.requests.length > 1);
  const numbers = own.reduce((sum, each) => sum + each.size, 0);
  const towers = shared.map((each) => towersOf(each, store));
  const together = towers.length > 0 && towers[0].length > 1 && towers[0].length < 4 && towers.every((each) => String(each) === String(towers[0]));
  const words = together
    ? [strong(counted(store.ops.length, "operation")), ". ", listed(towers[0].map(code)), " use the ", strong("same ", counted(shared.length, "variable")), `: ${counted(shared.reduce((sum, each) => sum + each.size, 0), "number")}.`, own.length > shared.length ? ` ${counted(own.length - shared.length, "more variable")} ${own.length - shared.length === 1 ? "is" : "are"} not shared.` : ""]
    : [strong(counted(store.ops.length, "operation")), " and ", strong(counted(own.length, "variable")), own.length ? ` of ${counted(numbers, "number")}` : ""];
  if (!together) words.push(shared.length ? [". ", strong(shared.length === own.length ? (own.length > 1 ? "All" : "It") : grouped(shared.length)), shared.length === 1 ? " is shared" : " are shared", " by several calls."] : ".");
  const refused = store.requests.filter((each) => each.word === "refused").length;
  if (refused) words.push(` ${counted(refused, "call")} ${refused === 1 ? "was" : "were"} refused.`);
  return { words, facts: [["Select a variable or an operation to see it in all views.", ""]], site: -1 };
}

/** Name scopes in which a variable was asked for, without the parts at the end that they share: ["model", "model_1"]. */
function towersOf(variable, store) {
  const paths = [...new Set(variable.requests.filter((index) => store.requests[index]?.word !== "refused").map((index) => nameScopeText(store.entries[store.requests[index]?.entry]?.name_scope ?? "")))].map((text) => text.split("/"));
  if (paths.length < 2) return paths.map((parts) => parts.join("/"));
  while (paths.every((parts) => parts.length > 1 && parts.at(-1) === paths[0].at(-1))) for (const parts of paths) parts.pop();
  return paths.map((parts) => parts.join("/"));
}

function aboutVariable(variable, store) {
  const asked = variable.requests.map((index) => store.requests[index]).filter(Boolean);
  const shared = asked.filter((each) => each.word.startsWith("shared"));
  const refused = store.requests.filter((each) => each.word === "refused" && each.name === variable.name).length;
  const amount = counted(variable.size, "number");
  let words;
  if (variable.maker === "slot") {
    const of = store.variables[variable.slot_of];
    words = [code(variable.leaf), of ? [" is a slot of ", code(of.name)] : " is a variable of the optimizer", ": the optimizer made it for itself."];
  } else if (shared.length) {
    const modes = [...new Set(shared.map((each) => each.mode_value))];
    const towers = towersOf(variable, store);
    words = [code(variable.leaf), " was made once and then shared ", shared.length > 1 ? `${times(shared.length)} ` : "", "under ", listed(modes.map((mode) => code(`reuse=${mode}`)))];
    words.push(towers.length > 1 ? [": ", listed(towers.slice(0, 3).map(code)), towers.length > 3 ? ` and ${towers.length - 3} more` : "", " use the ", strong("same"), ` ${amount}.`] : [": ", strong("the same"), ` ${amount}.`]);
  } else if (asked.length) words = [code(variable.leaf), " was made by one call and is shared with nobody: ", `${amount}, ${variable.starts_as || "own initial value"} at first.`];
  else words = [code(variable.leaf), " was made by ", code(`tf.${variable.how}`), variable.how === "Variable" ? ", which always makes a new one: " : ": ", `${amount}.`];
  if (refused) words.push(" ", strong(counted(refused, "call")), refused === 1 ? " for it was refused." : " for it were refused.");
  return { words, facts: [[`${variable.dtype} `, variable.shape], ["read by", grouped(variable.reads.length)], ["written by", grouped(variable.writes.length + 1)]], site: variable.site };
}

function aboutScope(scope, store) {
  const entry = store.entries[scope.entries.at(-1)];
  const words = [code(scope.name || "(root)"), scope.entries.length ? ` was entered ${times(scope.entries.length)}` : " is always open", " and holds ", strong(counted(scope.variables.length, "variable"))];
  words.push(entry ? [". Its mode was last ", strong(entry.mode), "."] : ".");
  return { words, facts: [], site: entry?.site ?? -1 };
}

function aboutEntry(entry, store) {
  const scope = store.scopes[entry.scope];
  return {
    words: ["Entry ", strong(grouped(entry.number)), " of ", code(scope?.name || "(root)"), ", in mode ", strong(entry.mode), ", opened the name scope ", code(nameScopeText(entry.name_scope)), ".", entry.note ? ` ${entry.note}` : ""],
    facts: [["reuse", entry.reuse_given]], site: entry.site,
  };
}

function aboutOperation(index, store) {
  const { ops } = store;
  const own = store.variables[ops.owner[index]];
  if (own) {
    const about = aboutVariable(own, store);
    return { ...about, words: [code(ops.type[index]), " is a part of the variable ", code(own.name), ". ", ...about.words] };
  }
  const sources = [...new Set(ops.inputs[index].filter((_, k) => k % 2 === 0))];
  const readers = ops.inputs.filter((inputs) => inputs.some((each, k) => k % 2 === 0 && each === index)).length;
  const named = (op) => code(store.variables[ops.owner[op]]?.name ?? ops.name[op]);
  const words = [code(ops.type[index]), sources.length ? [" reads ", listed(sources.slice(0, 3).map(named)), sources.length > 3 ? ` and ${sources.length - 3} more` : ""] : " needs no input"];
  words.push(readers ? `; ${counted(readers, "operation")} ${readers === 1 ? "reads" : "read"} it.` : "; nothing reads it.");
  const [dtype, shape] = ops.outputs[index];
  return { words, facts: dtype ? [[`${dtype} `, shape]] : [], site: ops.site[index] };
}
