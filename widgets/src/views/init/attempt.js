// Trying an order: variables as a list that is moved by drag or by keys; each move runs on a fork and shows what came of it.

import { element } from "../../lib/dom.js";
import { icon } from "../../lib/icons.js";
import { counted, leafOf, scopeOf } from "../../lib/names.js";
import { fillSelect } from "./preflight.js";
import { orderMatters, orderOf } from "./model.js";
import { OUTCOMES, runWords } from "./text.js";

const MOST_ROWS = 60;
const STARTS = { session: "its present values", empty: "nothing initialized" };
const HEADLINE = {
  works: ["made", "This order works."],
  fails: ["refused", "This order fails."],
  differs: ["warn", "Everything runs, but something comes out different."],
  "not fixed": ["warn", "It runs here, but nothing fixes the order inside a run."],
};

export class Attempt {
  constructor(ctx, { session, sessions, chooseSession, walk }) {
    this.ctx = ctx;
    Object.assign(this, { session, sessions, chooseSession, walk });
    this.start = ctx.state.get("init.start", "empty");
    this.together = ctx.state.get("init.together", false);
    this.order = ctx.state.get("init.order", null);
    this.active = 0;
    this.asking = false;
    this.again = false;
    this.error = "";
    const segments = (label, entries, isOn, choose) => element("div", { class: "tfm-segments", role: "group", "aria-label": label }, entries.map(([key, word]) => element("button", { type: "button", "data-name": key, "aria-pressed": String(isOn(key)), onclick: (event) => { choose(key); for (const each of event.currentTarget.parentNode.children) each.setAttribute("aria-pressed", String(isOn(each.dataset.name))); this.tryIt(); } }, word)));
    this.sessionBox = element("select", { class: "tfm-io-select tfm-mono", "aria-label": "In which session", onchange: () => { chooseSession(this.sessionBox.value); this.tryIt(); } });
    this.startBox = element("select", { class: "tfm-io-select", "aria-label": "Start from", "data-tfm": "start", onchange: () => { this.start = this.startBox.value; ctx.state.set("init.start", this.start); this.tryIt(); } }, Object.entries(STARTS).map(([key, word]) => element("option", { value: key, selected: key === this.start }, word)));
    this.runs = segments("How the initializers run", [["one", "one by one"], ["all", "in one run"]], (key) => (key === "all") === this.together, (key) => { this.together = key === "all"; this.found = false; ctx.state.set("init.together", this.together); });
    this.find = element("button", { type: "button", class: "tfm-button tfm-io-outlined", "data-tfm": "find-order", onclick: () => this.findOrder() }, icon("search", 14), "Find an order that works");
    this.step = element("button", { type: "button", class: "tfm-button tfm-io-outlined", "data-tfm": "walk", onclick: () => this.walk(this.groups()) }, icon("right", 14), "Step through it");
    this.headline = element("div", { class: "tfm-io-headline", role: "status", "data-tfm": "outcome" });
    this.list = element("div", { class: "tfm-io-list", role: "listbox", "aria-label": "Order of initialization; Alt and an arrow moves a variable", onkeydown: (event) => this.#key(event) });
    this.rest = element("p", { class: "tfm-muted tfm-io-rest" });
    this.el = element(
      "div", { class: "tfm-io-try" },
      element("div", { class: "tfm-io-controls" }, element("span", { class: "tfm-io-pair" }, "in session", this.sessionBox), element("span", { class: "tfm-io-pair" }, "from", this.startBox), this.runs, element("span", { class: "tfm-space" }), this.step),
      element("div", { class: "tfm-io-outcome" }, this.headline, element("span", { class: "tfm-space" }), this.find), this.list, this.rest,
    );
  }

  /** The order as runs of variables. */
  groups() {
    const order = this.#present();
    if (this.found && this.foundGroups) return this.foundGroups;
    return this.together ? [order] : order.map((each) => [each]);
  }

  #present() {
    const can = orderMatters(this.ctx.store).filter((each) => orderOf(this.ctx.store, each).verdict !== "no initializer");
    const kept = (this.order ?? []).filter((each) => can.includes(each));
    return [...kept, ...can.filter((each) => !kept.includes(each))];
  }

  get tried() {
    return this.ctx.state.get("init.tried", null);
  }

  draw() {
    const { store } = this.ctx;
    const live = this.ctx.liveness() === "live";
    const order = this.#present();
    const labels = this.sessions().map((each) => each.label);
    fillSelect(this.sessionBox, labels, this.session());
    const can = live && labels.length > 0 && order.length > 0;
    for (const each of [this.sessionBox, this.startBox, this.find, this.step, ...this.runs.children]) { each.disabled = !can; each.title = can ? "" : live ? "Needs an open session" : "Recorded: there is no kernel to try in"; }
    const tried = this.tried;
    const result = tried && sameOrder(tried, this.groups()) ? tried : null;
    const rest = store.variables.length - order.length;
    this.rest.textContent = !order.length
      ? store.variables.length ? `None of the ${counted(store.variables.length, "variable")} reads another one in its initial value: every order gives the same.` : ""
      : rest ? `${counted(rest, "more variable")} ${rest === 1 ? "reads" : "read"} nothing and ${rest === 1 ? "is" : "are"} read by none: no order changes ${rest === 1 ? "it" : "them"}.` : "";
    this.#drawHeadline(result, live, labels, order);
    const focused = this.list.contains(document.activeElement);
    this.active = Math.max(0, Math.min(this.active, order.length - 1));
    const runOf = new Map();
    (result?.runs ?? []).forEach((run, k) => run.variables.forEach((each) => runOf.set(each, { run, k })));
    const valueOf = new Map((result?.values ?? []).map((each) => [each.variable, each]));
    const shown = this.found && this.foundGroups ? this.foundGroups.flat() : order;
    this.list.replaceChildren(...shown.slice(0, MOST_ROWS).map((index, at) => this.#item(index, at, runOf.get(index), valueOf.get(index), result, can)));
    if (focused) this.list.children[this.active]?.focus({ preventScroll: true });
  }

  #drawHeadline(result, live, labels, order) {
    if (!order.length) { this.headline.replaceChildren(); return; }
    if (this.error) { this.headline.replaceChildren(icon("warn", 16), element("span", {}, this.error)); return; }
    if (!result) {
      this.headline.replaceChildren(element("span", { class: "tfm-muted" }, !labels.length ? "Open a session to try orders in: sess = tf.Session()" : live ? "Trying …" : "Not tried before the kernel went."));
      return;
    }
    const [mark, words] = HEADLINE[result.outcome];
    this.headline.dataset.outcome = result.outcome;
    this.headline.replaceChildren(element("span", { class: `tfm-io-${mark}` }, icon(mark, 16)), element("b", {}, words), element("span", { class: "tfm-muted" }, `tried on a fork of session ${result.session}, from ${STARTS[result.start]}; the session is as it was`));
  }

  #item(index, at, ran, value, result, can) {
    const { store } = this.ctx;
    const { name, trainable } = store.variables[index];
    const several = ran && result.runs.some((run) => run.variables.length > 1);
    const failed = ran?.run.stops;
    const loose = ran?.run.open.some(([reader]) => reader === index);
    const words = !result ? "" : failed && ran.run.variables.length === 1 ? runWords(ran.run, result.names) : failed ? `this run ${runWords(ran.run, result.names)}` : loose ? `nothing fixes that ${result.names[ran.run.open.find(([reader]) => reader === index)[1]]} comes first` : value?.differs ? `came out different: ${value.text}, usually ${value.usual}` : value?.has ? value.text : "";
    const mark = !result ? null : failed ? "refused" : loose || value?.differs ? "warn" : "made";
    return element(
      "div",
      {
        class: `tfm-io-item${at === this.active ? " tfm-active" : ""}`, role: "option", "aria-selected": String(at === this.active), tabindex: at === this.active ? "0" : "-1", "data-tfm": "item", "data-name": name, "data-mark": mark, draggable: can ? "true" : null,
        "aria-label": `${at + 1}. ${name}${words ? `: ${words}` : ""}`, onclick: () => { this.active = at; this.draw(); this.list.children[at]?.focus(); },
        ondragstart: (event) => { this.dragged = at; event.dataTransfer.effectAllowed = "move"; event.dataTransfer.setData("text/plain", name); },
        ondragover: (event) => { if (this.dragged === undefined) return; event.preventDefault(); this.#mark(at); },
        ondrop: (event) => { event.preventDefault(); const from = this.dragged; this.dragged = undefined; this.move(from, at); },
        ondragend: () => { this.dragged = undefined; this.#mark(-1); },
      },
      element("span", { class: "tfm-io-grip", "aria-hidden": "true" }, "⠿"),
      element("span", { class: "tfm-io-number" }, several ? `run ${ran.k + 1}` : at + 1),
      element("span", { class: "tfm-io-capsule", title: name }, element("i", { class: trainable ? "tfm-dot" : "tfm-ring" }), element("span", { class: "tfm-io-name" }, scopeOf(name) ? element("span", { class: "tfm-muted" }, `${scopeOf(name)}/`) : null, element("b", {}, leafOf(name)))),
      element("span", { class: `tfm-io-result tfm-io-${mark}`, title: words }, mark ? icon(mark, 15) : null, element("span", { class: value && !failed && !loose && !value.differs ? "tfm-mono" : "" }, words)),
    );
  }

  #mark(at) {
    [...this.list.children].forEach((each, k) => each.classList.toggle("tfm-io-over", k === at));
  }

  /** Moves a variable to another place and tries the new order. */
  move(from, to) {
    const order = this.found && this.foundGroups ? this.foundGroups.flat() : this.#present();
    to = Math.max(0, Math.min(order.length - 1, to));
    if (from === undefined || from === to) return;
    order.splice(to, 0, ...order.splice(from, 1));
    if (this.found) { this.together = false; this.ctx.state.set("init.together", false); for (const each of this.runs.children) each.setAttribute("aria-pressed", String(each.dataset.name === "one")); }
    this.found = false;
    this.order = order;
    this.active = to;
    this.ctx.state.set("init.order", order);
    this.draw();
    this.list.children[to]?.focus();
    this.tryIt();
  }

  #key(event) {
    const items = [...this.list.children];
    const at = items.indexOf(event.target.closest(".tfm-io-item"));
    if (at < 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && event.altKey) this.move(at, at + step);
    else if (step || event.key === "Home" || event.key === "End") {
      this.active = Math.max(0, Math.min(items.length - 1, step ? at + step : event.key === "Home" ? 0 : items.length - 1));
      this.draw();
      this.list.children[this.active].focus();
    } else if (event.key === "Enter") this.ctx.bus.select({ kind: "variable", id: (this.found && this.foundGroups ? this.foundGroups.flat() : this.#present())[at], origin: "init" });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Tries the order that is shown; asked again while an answer is awaited, it tries once more afterwards. */
  tryIt() {
    if (this.asking) { this.again = true; return; }
    const groups = this.groups();
    if (this.ctx.liveness() !== "live" || !this.session() || !groups.flat().length) { this.draw(); return; }
    this.#ask("try", { session: this.session(), order: groups, start: this.start });
  }

  findOrder() {
    if (this.ctx.liveness() !== "live" || this.asking) return;
    this.#ask("find", { session: this.session(), variables: this.#present(), start: this.start });
  }

  #ask(kind, payload) {
    this.asking = true;
    this.ctx.ask(kind, payload).then((record) => {
      this.error = "";
      this.found = record.found;
      this.foundGroups = record.runs.map((run) => run.variables);
      if (record.found) { this.order = this.foundGroups.flat(); this.ctx.state.set("init.order", this.order); }
      this.ctx.state.set("init.tried", record);
      this.ctx.announce(`This order ${OUTCOMES[record.outcome]}.`);
    }).catch((error) => { this.error = String(error.message ?? error); }).finally(() => {
      this.asking = false;
      this.draw();
      this.changed?.();
      if (this.again) { this.again = false; this.tryIt(); }
    });
  }
}

function sameOrder(tried, groups) {
  return JSON.stringify(tried.runs.map((run) => run.variables)) === JSON.stringify(groups);
}
