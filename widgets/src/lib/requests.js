// The log of get_variable calls as rows and words: which call made, shared or was refused, and why in a few words.

import { grouped } from "./names.js";
import { forSlots } from "./text.js";

export const WORDS = ["made", "shared", "shared, but", "refused"];
export const TONE = { made: "made", shared: "shared", "shared, but": "warn", refused: "refused" };

/** What a short reason is made of: plain text, and {strong: text} for what differs. */
export function reasonOf(store, request) {
  const since = request.found >= 0 ? store.requests[request.found]?.number : 0;
  const ref = since ? { strong: `#${since}` } : { strong: "something else" };
  const { verdict } = request;
  if (verdict === "GETTER_REPLACED") return ["a custom getter gave something else"];
  if (request.word === "made") return forSlots(request) ? ["a slot of the optimizer"] : ["no such name yet"];
  if (request.word === "shared") return ["same variable as ", ref];
  if (request.word === "shared, but") return [{ strong: request.ignored.map((each) => each.argument).join(", ") }, " ignored"];
  const asked = differs(request);
  return {
    REFUSED_EXISTS: ["exists since ", ref],
    REFUSED_EXISTS_RERUN: ["exists since ", ref],
    REFUSED_MISSING: [{ strong: "nothing" }, " of this name"],
    REFUSED_MISSING_OTHER_KIND: ["made by ", { strong: "tf.Variable" }],
    REFUSED_MISSING_SLOT: ["a ", { strong: "slot" }, ", where nothing is made"],
    REFUSED_MISSING_PREFIX: ["stands under ", { strong: "another scope" }],
    REFUSED_SHAPE: asked ? ["asked ", { strong: asked.asked }, ", has ", { strong: asked.has }] : ["another ", { strong: "shape" }],
    REFUSED_DTYPE: asked ? ["asked ", { strong: asked.asked }, ", has ", { strong: asked.has }] : ["another ", { strong: "type" }],
    REFUSED_PARTITION: ["cut into ", { strong: "other parts" }],
    REFUSED_NO_SHAPE: [{ strong: "no shape" }, " given"],
    REFUSED_CONST_SHAPE: ["a shape beside a ", { strong: "constant" }],
    REFUSED_INITIALIZER: ["no usable ", { strong: "initializer" }],
    REFUSED_INIT_DTYPE: ["an initializer of another ", { strong: "type" }],
  }[verdict] ?? [request.error.replace(/^\w+: /, "")];
}

/** What was asked and what is there, when a shape or a type did not fit. */
function differs(request) {
  const found = /specified (?:shape|dtype) (.+) and found (?:shape|dtype) (.+?)\.?$/.exec(request.checks);
  if (!found) return null;
  const tidy = (text) => (text.startsWith("(") ? `[${text.slice(1, -1).replace(/,$/, "")}]` : text.replace(/_ref$/, ""));
  return { asked: tidy(found[1]), has: tidy(found[2]) };
}

/** The shape that a call asked for or got, "" when it is not known. */
export function shapeOf(store, request) {
  if (request.variable >= 0) return (store.variables[request.variable]?.shape ?? "").replaceAll(",", ", ");
  return request.verdict === "REFUSED_SHAPE" ? differs(request)?.asked ?? "" : "";
}

/** Where the mode of a call came from: "root, default", "model, given". */
export function modeOrigin(store, from) {
  if (from.how === "default") return "default";
  if (from.entry < 0) return "root, default";
  const entry = store.entries[from.entry];
  const scope = store.scopes[entry?.scope]?.leaf || "root";
  const how = from.how === "inherited" ? entry?.mode_from.how : from.how;
  return `${scope}, ${how === "default" || how === "inherited" ? "default" : how}`;
}

/**
 * The rows of the log: {kind: "group" | "call", key, request, members, title, open, level}. Calls that one line of the program caused,
 * and the slots of an optimizer, are a group. `kept(request)` says which calls are shown.
 */
export function rowsOf(store, { kept, isOpen, by }) {
  const rows = [];
  const { requests } = store;
  if (by !== "order") return groupedRows(store, { kept, isOpen, by });
  let at = 0;
  while (at < requests.length) {
    const first = requests[at];
    const key = groupKey(first);
    let end = at + 1;
    if (key) while (end < requests.length && groupKey(requests[end]) === key) end += 1;
    const members = [];
    for (let k = at; k < end; k += 1) if (kept(requests[k], k)) members.push(k);
    if (members.length && key && end - at > 1) {
      const open = isOpen(`g${at}`, forSlots(first) ? false : members.length <= 12);
      rows.push({ kind: "group", key: `g${at}`, request: at, members, slots: forSlots(first), open, level: 0 });
      if (open) for (const k of members) rows.push({ kind: "call", key: `r${k}`, request: k, members: [k], open: false, level: 1, follows: true });
    } else {
      for (const k of members) rows.push({ kind: "call", key: `r${k}`, request: k, members: [k], open: false, level: 0 });
    }
    at = end;
  }
  return rows;
}

function groupKey(request) {
  if (forSlots(request) && request.word !== "refused") return "slots";
  return request.via.length ? `${request.via[0]}@${request.cell}` : "";
}

/** What a call is grouped by, and the words for it. */
export const GROUPINGS = [["order", "order of calls"], ["variable", "variable"], ["scope", "scope"], ["cell", "cell"], ["verdict", "verdict"]];

function groupedRows(store, { kept, isOpen, by }) {
  const groups = new Map();
  store.requests.forEach((request, k) => {
    if (!kept(request, k)) return;
    const cell = store.cells[request.cell];
    const title = {
      variable: request.name, cell: cell ? `cell [${cell.count}]` : "outside cells", verdict: request.word,
      scope: request.name.includes("/") ? request.name.slice(0, request.name.lastIndexOf("/")) : "(root)",
    }[by];
    if (!groups.has(title)) groups.set(title, []);
    groups.get(title).push(k);
  });
  const rows = [];
  const worst = (members) => Math.max(...members.slice(0, 1000).map((k) => WORDS.indexOf(store.requests[k].word) & 2));
  const ordered = [...groups];
  if (store.requests.length > 300) ordered.sort((a, b) => worst(b[1]) - worst(a[1]));
  for (const [title, members] of ordered) {
    const key = `${by}:${title}`;
    const open = isOpen(key, groups.size <= 40 && members.length <= 12);
    rows.push({ kind: "group", key, request: members[0], members, title, open, level: 0 });
    if (open) for (const k of members) rows.push({ kind: "call", key: `r${k}`, request: k, members: [k], open: false, level: 1 });
  }
  return rows;
}

/** The verdicts of several calls in words: "4 shared", "3 made, 1 refused". */
export function summed(store, members) {
  const counts = new Map();
  for (const k of members) counts.set(store.requests[k].word, (counts.get(store.requests[k].word) ?? 0) + 1);
  const words = WORDS.filter((word) => counts.has(word));
  return { words, counts: words.map((word) => [word, counts.get(word)]), text: words.map((word) => `${grouped(counts.get(word))} ${word}`).join(", "), only: words.length === 1 ? words[0] : "" };
}

/** "#1–#4" for neighbours, "#1, #5" else; at most four numbers. */
export function numbers(store, members) {
  const found = [...new Set(members.map((k) => store.requests[k].number))].sort((a, b) => a - b);
  if (found.length > 1 && found.at(-1) - found[0] === found.length - 1) return `#${found[0]}–#${found.at(-1)}`;
  return found.length > 4 ? `${found.slice(0, 3).map((n) => `#${n}`).join(", ")} and ${found.length - 3} more` : found.map((n) => `#${n}`).join(", ");
}

/** Variables made by tf.Variable that look as if they shared an earlier one: the same name but for numbers added to make it unique. */
export function lookalikes(store) {
  const first = new Map();
  const found = [];
  store.variables.forEach((variable, index) => {
    if (!variable || variable.maker === "slot") return;
    const plain = variable.name.split("/").map((part) => part.replace(/_\d+$/, "")).join("/");
    if (!first.has(plain)) first.set(plain, index);
    else if (variable.how === "Variable") found.push({ index, like: first.get(plain) });
  });
  return found;
}
