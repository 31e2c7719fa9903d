// The look ahead: what a run would find empty, at which step, and what to run first.

import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { counted, grouped, leafOf } from "../../lib/names.js";
import { fetchChoices } from "./model.js";
import { placeWords } from "./text.js";

const WHEN_MANY = 6; // names shown before the rest becomes a number

/** Names in code, the slots of an optimizer as a number. */
export function nameList(store, indexes, names) {
  const own = indexes.filter((each) => store.variables[each]?.maker !== "slot" || store.variables[each].slot_of < 0);
  const slots = indexes.length - own.length;
  const shown = own.length > WHEN_MANY ? own.slice(0, WHEN_MANY - 1) : own;
  const parts = shown.map((each) => element("span", { class: "tfm-mono tfm-io-code", title: names[each] }, names[each] ?? "?"));
  if (own.length > shown.length) parts.push(`${grouped(own.length - shown.length)} more`);
  if (slots) parts.push(counted(slots, "optimizer slot"));
  return parts.flatMap((part, k) => (k ? [", ", part] : [part]));
}

export class PreflightPanel {
  constructor(ctx, { session, sessions, chooseSession, fetch, chooseFetch, record, busy, walk }) {
    this.ctx = ctx;
    Object.assign(this, { session, sessions, chooseSession, fetch, chooseFetch, record, busy, walk });
    this.fetches = element("select", { class: "tfm-io-select tfm-mono", "aria-label": "What to run", "data-tfm": "preflight-fetch", onchange: () => chooseFetch(this.fetches.value) });
    this.sessionsBox = element("select", { class: "tfm-io-select tfm-mono", "aria-label": "In which session", "data-tfm": "preflight-session", onchange: () => chooseSession(this.sessionsBox.value) });
    this.walkButton = element("button", { type: "button", class: "tfm-button tfm-io-outlined", "data-tfm": "walk", onclick: () => walk() }, icon("right", 14), "Step through initialization");
    this.left = element("div", { class: "tfm-io-ahead", role: "status" });
    this.right = element("div", { class: "tfm-io-first" });
    this.el = element(
      "div", { class: "tfm-io-preflight", "data-tfm": "preflight", role: "region", "aria-label": "Preflight", tabindex: "0" },
      element("div", { class: "tfm-io-left" }, element("h3", {}, "Preflight", element("span", { class: "tfm-space" }), this.walkButton), element("div", { class: "tfm-io-ask" }, element("span", {}, "run"), this.fetches, element("span", {}, "in session"), this.sessionsBox), this.left),
      this.right,
    );
  }

  draw() {
    const { store, liveness } = { store: this.ctx.store, liveness: this.ctx.liveness() };
    const choices = fetchChoices(store);
    const fetch = this.fetch();
    if (fetch && !choices.includes(fetch)) choices.unshift(fetch);
    fillSelect(this.fetches, choices, fetch);
    const labels = this.sessions().map((each) => each.label);
    fillSelect(this.sessionsBox, labels, this.session());
    const ask = this.fetches.parentNode;
    ask.hidden = !choices.length || !labels.length;
    for (const each of [this.fetches, this.sessionsBox]) { each.disabled = liveness !== "live"; each.title = each.disabled ? "Recorded: there is no kernel to ask" : each.value; }
    this.walkButton.disabled = liveness !== "live" || !labels.length || !store.variables.length;
    this.walkButton.title = this.walkButton.disabled ? (liveness === "live" ? "Needs a variable and an open session" : "Recorded: there is no kernel to ask") : "On a fork: nothing in the session changes";
    const record = this.record();
    if (!record) {
      const words = !labels.length ? ["No open session. ", element("span", { class: "tfm-mono" }, "sess = tf.Session()"), " opens one."] : !choices.length ? "Nothing to run yet in this graph." : this.busy() || (liveness === "live" ? "Looking ahead …" : "Nothing was looked at before the kernel went.");
      this.left.replaceChildren(element("p", { class: "tfm-muted" }, words));
      this.right.replaceChildren();
      return;
    }
    this.left.replaceChildren(...this.#verdict(record), this.busy() ? element("p", { class: "tfm-muted" }, this.busy()) : "");
    this.right.replaceChildren(...this.#first(record));
  }

  #verdict(record) {
    const { stops, stops_fed: fed, unfed, empty, steps } = record;
    const code = (text) => element("span", { class: "tfm-mono tfm-io-code", title: text }, text);
    const names = (items) => items.flatMap((each, k) => (k ? [k === items.length - 1 ? " and " : ", ", code(each.name)] : [code(each.name)]));
    const line = (mark, words, rest) => [element("div", { class: `tfm-io-verdictline tfm-io-${mark}` }, icon(mark === "stop" ? "refused" : mark === "ask" ? "warn" : "made", 18), element("div", {}, element("b", { "data-tfm": "preflight-verdict" }, words), element("p", {}, rest)))];
    const needs = unfed.length ? [" ", ...names(unfed), unfed.length === 1 ? " must be fed." : " must be fed."] : [];
    if (fed) {
      const more = empty.filter((each) => each.name !== fed.name).length;
      const rest = fed.what === "empty"
        ? [code(fed.name), " is empty there", more ? `, and ${counted(more, "more variable")} that this run reads ${more === 1 ? "is" : "are"} empty too.` : "."]
        : [code(fed.at), `: ${fed.message}`];
      return line("stop", `Would stop ${placeWords(fed, steps)}${unfed.length ? ", once it is fed" : ""}.`, [...rest, ...needs]);
    }
    if (stops) return line("ask", `Would run, once ${unfed.length === 1 ? unfed[0].name : `${grouped(unfed.length)} placeholders`} ${unfed.length === 1 ? "is" : "are"} fed.`, [`${counted(steps, "step")}; no variable that it reads is empty.`, ...needs]);
    return line("fine", "Would run.", [`${counted(steps, "step")}; nothing that it reads is empty.${record.sure ? "" : " A branch, or an operation that acts outside the session, may still decide otherwise."}`]);
  }

  #first(record) {
    const { store } = this.ctx;
    const parts = [];
    if (record.first.length) {
      const runs = record.first.map((run, k) => element(
        "li", { "data-tfm": "first" }, element("b", { class: "tfm-mono" }, k + 1),
        element("span", {}, run.op ? [element("span", { class: "tfm-mono tfm-io-code" }, run.op), element("span", { class: "tfm-muted" }, `, which initializes ${grouped(run.variables.length)} of them: `)] : run.variables.length > 1 ? `${grouped(run.variables.length)} initializers together: ` : "",
          run.variables.length === 1 && !run.op ? [element("span", { class: "tfm-mono tfm-io-code" }, `${record.names[run.variables[0]]}.initializer`), element("span", { class: "tfm-muted" }, run.reads.length ? [` alone, after ${grouped(k)}: its initial value reads `, nameList(store, run.reads, record.names), " directly"] : " alone")] : nameList(store, run.variables, record.names),
          run.variables.length > 1 && run.reads.length ? element("span", { class: "tfm-muted" }, [`, after ${grouped(k)}: they read `, nameList(store, run.reads, record.names), " directly"]) : null,
          run.feeds.length ? element("span", { class: "tfm-muted" }, `, with ${run.feeds.join(", ")} fed`) : null),
        element("button", { type: "button", class: "tfm-button", "aria-label": `Copy the code of run ${k + 1}`, title: run.code, onclick: () => { navigator.clipboard?.writeText(run.code); this.ctx.announce("Copied."); } }, icon("copy", 14)),
      ));
      const fetched = leafOf(record.fetches[0].replace(/:\d+$/, ""));
      parts.push(element("h3", {}, "Run first", element("span", { class: "tfm-muted" }, record.then_runs ? `${record.first.length === 1 ? "one run" : `${record.first.length} runs`}, tried on a fork: then ${fetched} ${record.unfed.length ? "finds no variable empty" : "runs"}` : "tried on a fork: not enough, something stays empty")));
      parts.push(element("ol", { class: "tfm-io-firstlist" }, runs));
    }
    if (record.not_read.length) parts.push(element("p", { class: "tfm-muted tfm-io-notread" }, `Not read by ${leafOf(record.fetches[0].replace(/:\d+$/, ""))}, may stay empty: `, nameList(store, record.not_read, record.names)));
    return parts;
  }
}

export function fillSelect(select, values, chosen) {
  const key = JSON.stringify([values, chosen]);
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...values.map((each) => element("option", { value: each, selected: each === chosen }, each)));
  select.value = chosen ?? "";
}
