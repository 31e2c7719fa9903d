// The initialization order at the side of the dashboard: the variables of the selection, with wave, verdict and state.

import { element } from "../../lib/dom.js";
import { grouped, shortened } from "../../lib/names.js";
import { stateMark } from "./marks.js";
import { orderOf, stateOf } from "./model.js";

const MOST = 60;

export function initPane(parts) {
  const { store, related, selection } = parts;
  if (!store.variables.length) return element("p", { class: "tfm-empty" }, "No variables yet.");
  if (!related.variables.length) return element("p", { class: "tfm-empty" }, "No variable belongs to this.");
  const session = store.sessions.findLast((each) => !each.closed);
  const room = Math.max(9, Math.floor((parts.width - 190) / 7.3));
  const rows = related.variables.slice(0, MOST).map((index) => {
    const { name } = store.variables[index];
    const { verdict, wave } = orderOf(store, index);
    const state = session ? stateOf(session, index) : null;
    const on = selection?.kind === "variable" && selection.id === index;
    return element(
      "button",
      { type: "button", class: `tfm-da-row${on ? " tfm-on" : ""}`, "data-tfm": "row", "data-name": name, "data-kind": "variable", tabindex: "-1", "aria-pressed": String(on), title: `${name}: wave ${wave}, ${verdict}`, onclick: () => parts.choose({ kind: "variable", id: index, origin: "dashboard" }) },
      element("span", { class: "tfm-da-grow tfm-mono" }, shortened(name, parts.wide ? 60 : room)),
      verdict === "any order" ? element("span", { class: "tfm-muted" }, `wave ${wave}`) : element("b", {}, verdict),
      state ? element("span", { class: `tfm-io-state tfm-io-is-${state.kind}`, title: `session ${session.label}: ${state.words}` }, stateMark(state.kind, false), element("span", { class: "tfm-sr" }, ` ${state.words}`)) : null,
    );
  });
  return [rows, related.variables.length > MOST ? element("p", { class: "tfm-da-more tfm-muted" }, `and ${grouped(related.variables.length - MOST)} more`) : null];
}
