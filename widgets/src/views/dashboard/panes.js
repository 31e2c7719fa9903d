// The small forms that views have at the side of the dashboard: what belongs to the selection, in rows of 26 px.

import { element } from "../../lib/dom.js";
import { icon, MODE_ICON, VERDICT_ICON } from "../../lib/icons.js";
import { counted, grouped, shortened } from "../../lib/names.js";
import { fromWords, nameScopeText } from "../../lib/text.js";

const MOST = 60; // rows in a pane; the view itself has them all

const mono = (text, ...classes) => element("span", { class: ["tfm-mono", ...classes].join(" ") }, text);
const more = (list) => (list.length > MOST ? element("p", { class: "tfm-da-more tfm-muted" }, `and ${grouped(list.length - MOST)} more`) : null);

/** A row that selects; `on` is what the selection is now. */
function row(parts, { kind, id, name, on = false, expanded = null }, ...children) {
  return element(
    "button",
    {
      type: "button", class: `tfm-da-row${on ? " tfm-on" : ""}`, "data-tfm": "row", "data-name": name, "data-kind": kind, tabindex: "-1", "aria-pressed": expanded === null ? String(on) : null, "aria-expanded": expanded === null ? null : String(expanded),
      onclick: () => parts.choose({ kind, id, origin: "dashboard" }),
    },
    ...children,
  );
}

/** One line for what an optimizer asked for by itself; it opens in place. */
function folded(parts, list, draw) {
  if (!list.length) return null;
  const open = parts.unfolded;
  return [
    element("button", { type: "button", class: "tfm-da-row tfm-muted", "data-tfm": "row", "data-name": "by the optimizer", "data-kind": "fold", tabindex: "-1", "aria-expanded": String(open), onclick: () => parts.unfold() },
      element("span", { class: `tfm-fold${open ? " tfm-open" : ""}`, "aria-hidden": "true" }), `${grouped(list.length)} more, by the optimizer`),
    open ? draw(list) : null,
  ];
}

const nothing = (words) => element("p", { class: "tfm-empty" }, words);

// --- requests

/** Requests; the one that is `open` shows the chain of causes of its verdict. */
export function requestsPane(parts) {
  const { store, related, open } = parts;
  if (!store.requests.length) return nothing(["No call of ", mono("get_variable"), " yet."]);
  if (!related.requests.length) return nothing("No call asked for this.");
  const room = Math.max(9, Math.floor((parts.width - 220) / 7.3));
  const single = related.variables.length === 1 && parts.selection?.kind === "variable";
  const draw = (list) => list.slice(0, MOST).map((index) => {
    const each = store.requests[index];
    const opened = index === open;
    const name = mono(shortened(each.name.replace(/\/$/, ""), parts.wide ? 60 : room));
    return element(
      "div", { class: `tfm-da-call tfm-verdict-${VERDICT_ICON[each.word] ?? "made"}${opened ? " tfm-open" : ""}` },
      element(
        "button",
        { type: "button", class: "tfm-da-row", "data-tfm": "row", "data-name": `call ${each.number}`, "data-kind": "request", tabindex: "-1", "aria-expanded": String(opened), title: each.name, onclick: () => parts.toggle(index) },
        element("span", { class: "tfm-da-no" }, grouped(each.number)), mono(store.siteShort(each.site), "tfm-muted", "tfm-da-site"),
        element("span", { class: "tfm-da-grow" }, parts.wide ? [name, element("span", { class: "tfm-muted tfm-da-mode" }, each.mode)] : single ? each.mode : name),
        element("span", { class: "tfm-da-verdict" }, icon(VERDICT_ICON[each.word] ?? "made"), each.word),
      ),
      opened ? chain(parts, each) : null,
    );
  });
  return [draw(related.requests), more(related.requests), folded(parts, related.others.requests, draw)];
}

/** Why the verdict is what it is, in the order in which TensorFlow decides. */
function chain(parts, request) {
  const { store } = parts;
  const link = (text, selection) => element("button", { type: "button", class: "tfm-link", tabindex: "-1", onclick: () => parts.choose({ ...selection, origin: "dashboard" }) }, text);
  const found = store.requests[request.found];
  const refused = request.word === "refused";
  const prefix = request.prefix.flatMap((part) => [mono(part.text), element("span", { class: "tfm-muted" }, " + ")]);
  const lookup = request.lookup === "missing" ? [element("b", {}, "not found"), refused ? "" : " so far"] : [element("b", {}, "found"), found ? [" made by ", link(`#${found.number}`, { kind: "request", id: request.found })] : request.lookup === "present as a part" ? " as a part" : ""];
  const lines = [["name", [prefix, mono(request.asked)]], ["mode", [element("b", {}, request.mode), " ", fromWords(store, request.mode_from)]], ["lookup", lookup]];
  if (request.checks) lines.push(["checks", request.checks]);
  for (const each of request.ignored) lines.push(["ignored", [mono(each.argument), " ", element("s", {}, mono(each.asked)), " in effect ", mono(each.in_effect), " from ", each.from]]);
  lines.push(["result", refused ? [element("b", {}, "refused"), ": ", (request.error || request.sentence).replace(/ Originally defined at:$/, "")] : request.word === "made" ? [element("b", {}, "made"), ", a new variable"] : [element("b", {}, request.word), found ? ` with #${found.number}, no new ops` : ""]]);
  return element(
    "dl", { class: "tfm-da-chain" },
    lines.map(([label, value], k) => element("div", { class: k === lines.length - 1 ? "tfm-last" : null }, element("dt", {}, k === lines.length - 1 ? icon(VERDICT_ICON[request.word] ?? "made", 12) : element("i", { "aria-hidden": "true" }), label), element("dd", {}, value))),
  );
}

// --- scopes

export function scopesPane(parts) {
  const { store, related, selection } = parts;
  if (store.scopes.length < 2) return nothing("No variable scope was opened yet.");
  if (!related.scopes.length) return nothing("It stands in no variable scope.");
  const few = related.scopes.length <= 3;
  const draw = (list) => list.slice(0, MOST).map((index) => {
    const scope = store.scopes[index];
    return [
      row(parts, { kind: "scope", id: index, name: scope.name || "(root)", on: selection?.kind === "scope" && selection.id === index },
        element("span", { class: "tfm-da-grow" }, mono(shortened(scope.name || "(root)", 30), "tfm-strong")), element("span", { class: "tfm-muted" }, scope.entries.length ? counted(scope.entries.length, "entry", "entries") : "always open")),
      few ? scope.entries.map((id) => {
        const entry = store.entries[id];
        return row(parts, { kind: "entry", id, name: `${scope.name}#${entry.number}`, on: selection?.kind === "entry" && selection.id === id },
          element("span", { class: "tfm-number" }, grouped(entry.number)), mono(store.siteShort(entry.site), "tfm-muted", "tfm-da-site"), element("span", { class: "tfm-da-grow tfm-da-modeword" }, icon(MODE_ICON[entry.mode] ?? "plus", 14), entry.mode), mono(shortened(nameScopeText(entry.name_scope), 16), "tfm-muted"));
      }) : null,
    ];
  });
  return [draw(related.scopes), more(related.scopes), folded(parts, related.others.scopes, draw)];
}

// --- collections

export function collectionsPane(parts) {
  const { store, related, selection } = parts;
  if (!store.collections.length) return nothing("No collections yet.");
  if (!related.collections.length) return nothing("It stands in no collection.");
  const refs = new Set(related.variables);
  return [
    related.collections.slice(0, MOST).map((index) => {
      const each = store.collections[index];
      const places = selection && selection.kind !== "collection" ? each.items.map((item, k) => (item.kind === "variable" && refs.has(item.ref) ? k + 1 : 0)).filter(Boolean) : [];
      const note = places.length === 1 ? `item ${grouped(places[0])} of ${grouped(each.items.length)}` : places.length ? `${grouped(places.length)} of ${grouped(each.items.length)}` : counted(each.items.length, "item");
      return row(parts, { kind: "collection", id: index, name: each.key, on: selection?.kind === "collection" && selection.id === index },
        element("span", { class: "tfm-da-grow" }, mono(shortened(each.constant || each.key, 26))), element("span", { class: "tfm-muted" }, note));
    }),
    more(related.collections),
  ];
}

// --- steps

export function stepsPane(parts) {
  const { related, trace, selection, store } = parts;
  if (!trace?.steps?.length) {
    return nothing(["No run stepped yet. ", mono("tfw.step(session, fetches, feed_dict)"), " steps one; its steps appear here."]);
  }
  if (!related.steps.length) return nothing(`No step of run ${trace.run} reads or writes it.`);
  const names = new Set(related.variables);
  return [
    stepStrip(parts),
    related.steps.slice(0, MOST).map((index) => {
      const step = trace.steps[index];
      const does = !selection ? step.kind : step.writes.some((each) => names.has(each.variable)) ? "writes it" : step.kind === "variable" ? "gives its value" : step.reads.some((v) => names.has(v)) ? "reads it" : step.kind;
      return row(parts, { kind: "step", id: index, name: step.name, on: selection?.kind === "step" && selection.id === index },
        element("span", { class: "tfm-da-no" }, grouped(index + 1)), element("span", { class: "tfm-da-grow" }, shortened(step.title, 24), " ", mono(shortened(step.scope, 18), "tfm-muted")), element("span", { class: "tfm-muted" }, does));
    }),
    more(related.steps),
    store.sessions.length ? null : "",
  ];
}

/** All steps of the run as small cells; those of the selection are lit. */
export function stepStrip({ trace, related, selection }) {
  const lit = selection ? new Set(related.steps) : new Set();
  const count = trace.steps.length;
  return element("span", { class: "tfm-da-strip", role: "img", "aria-label": lit.size ? `steps ${related.steps.map((index) => index + 1).join(", ")} of ${count}` : counted(count, "step") },
    trace.steps.slice(0, 400).map((step, index) => element("i", { class: lit.has(index) ? (step.kind === "variable" ? "tfm-lit tfm-var" : "tfm-lit") : null })));
}

// --- graph

export function graphPane(parts) {
  const { store, related, selection } = parts;
  if (!store.ops.length) return nothing("No operations yet.");
  if (!selection || (!related.reads.length && !related.writes.length)) {
    const makers = new Map();
    for (const maker of store.ops.maker) makers.set(maker, (makers.get(maker) ?? 0) + 1);
    return [...makers].map(([maker, count]) => element("p", { class: "tfm-da-fact" }, element("span", { class: "tfm-da-grow" }, `made by ${maker}`), element("b", {}, grouped(count))));
  }
  const list = (title, ops) => ops.length ? [
    element("p", { class: "tfm-da-fact tfm-muted" }, element("span", { class: "tfm-da-grow" }, title), grouped(ops.length)),
    ops.slice(0, 20).map((op) => row(parts, { kind: "op", id: op, name: store.ops.name[op] }, element("span", { class: "tfm-da-type" }, store.ops.type[op]), element("span", { class: "tfm-da-grow" }, mono(shortened(store.ops.name[op], 32), "tfm-muted")))),
  ] : null;
  return [list("read by", related.reads), list("written by", related.writes)];
}
