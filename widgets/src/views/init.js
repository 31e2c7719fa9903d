// InitOrderView: what must be initialized before what, who has a value in which session, what a run would find empty.
//
// Three tabs. "Order" is a table with the waves drawn into it, above the look ahead; "Try an order" runs orders on a fork; "Steps" is the
// stepper over an initialization, there once one was recorded.

import { element, oncePerFrame } from "../lib/dom.js";
import { findAll, parseQuery } from "../lib/find.js";
import { counted, grouped, shortened } from "../lib/names.js";
import { Attempt } from "./init/attempt.js";
import { legend } from "./init/marks.js";
import { fetchChoices, leftOut, orderMatters, orderOf, stateOf, wavesOf } from "./init/model.js";
import { initPicture } from "./init/picture.js";
import { PreflightPanel } from "./init/preflight.js";
import { OrderTable } from "./init/table.js";
import { initTexts } from "./init/text.js";
import { stepperView } from "./stepper.js";

const MOST_SESSIONS = 3;
const ASK_AFTER = 120; // ms after a change before the kernel is asked again

export function initView(ctx) {
  const { store, bus, state, signal } = ctx;
  let tab = state.get("init.tab", "order");
  let query = "";
  let steps = null;
  let width = 900;
  let asking = false;
  let asked = "";
  let problem = "";
  let later = 0;
  let statusChanged = () => {};

  const openSessions = () => store.sessions.filter((each) => !each.closed);
  const shownSessions = () => openSessions().slice(width < 640 ? -2 : -MOST_SESSIONS);
  const session = () => {
    const labels = openSessions().map((each) => each.label);
    const kept = state.get("init.session", "");
    return labels.includes(kept) ? kept : labels.at(-1) ?? "";
  };
  const fetch = () => state.get("init.fetch", "") || fetchChoices(store)[0] || "";
  const chosenInit = () => {
    const { inits } = store;
    return inits.find((each) => each.op === state.get("init.op", -1)) ?? inits.findLast((each) => each.covers.length) ?? inits.at(-1) ?? null;
  };
  const record = () => {
    const found = state.get("init.preflight", null);
    return found && found.session === session() ? found : null;
  };
  const needed = () => {
    const found = record();
    return new Set(found ? [...found.empty.map((each) => each.variable), ...found.first.flatMap((run) => run.variables)] : []);
  };
  const chooseSession = (label) => { state.set("init.session", label); draw(); look(); };

  const table = new OrderTable(ctx, { chosenInit, sessionShown: session, needed, sessions: shownSessions });
  const panel = new PreflightPanel(ctx, { session, sessions: openSessions, chooseSession, fetch, chooseFetch: (name) => { state.set("init.fetch", name); draw(); look(); }, record, busy: () => problem, walk: () => walk(null) });
  const attempt = new Attempt(ctx, { session, sessions: openSessions, chooseSession, walk });
  attempt.changed = () => statusChanged();
  const inits = element("select", { class: "tfm-io-select tfm-mono", "aria-label": "Init operation", "data-tfm": "init-op", onchange: () => { state.set("init.op", Number(inits.value)); draw(); } });
  const initBox = element("span", { class: "tfm-io-pair", hidden: true }, "init", inits);
  const tools = element("div", { class: "tfm-io-tools" }, initBox, legend());
  const order = element("div", { class: "tfm-io-main" }, table.el, panel.el);
  const stepsBox = element("div", { class: "tfm-io-steps" });
  const el = element("div", { class: "tfm-initorder" }, order, attempt.el, stepsBox);
  const draw = oncePerFrame(drawNow, signal);

  const tabs = element("div", { class: "tfm-segments", role: "tablist", "aria-label": "Initialization" });
  const tabWords = () => [["order", "Order"], ["try", "Try an order"], ...(hasSteps() ? [["steps", "Steps"]] : [])];
  const hasSteps = () => !ctx.embedded && Boolean(ctx.trace.get()?.steps?.length);

  function drawTabs() {
    const focused = tabs.contains(document.activeElement);
    tabs.replaceChildren(...tabWords().map(([key, label]) => element("button", { type: "button", role: "tab", "data-tfm": "tab", "data-name": key, "aria-selected": String(key === tab), tabindex: key === tab ? "0" : "-1", onclick: () => showTab(key), onkeydown: tabKey }, label)));
    if (focused) tabs.querySelector('[tabindex="0"]')?.focus();
  }

  function tabKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    const keys = tabWords().map(([key]) => key);
    showTab(keys[(keys.indexOf(tab) + by + keys.length) % keys.length]);
    tabs.querySelector('[tabindex="0"]').focus();
    event.preventDefault();
    event.stopPropagation();
  }

  function showTab(key) {
    tab = tabWords().some(([each]) => each === key) ? key : "order";
    state.set("init.tab", tab);
    order.hidden = tab !== "order";
    attempt.el.hidden = tab !== "try";
    stepsBox.hidden = tab !== "steps";
    tools.hidden = tab !== "order";
    if (tab === "steps" && !steps) {
      steps = stepperView({ ...ctx, uid: `${ctx.uid}-steps` });
      steps.onStatus?.(() => statusChanged());
      const extra = [steps.tabs, steps.tools].filter(Boolean);
      stepsBox.append(...(extra.length ? [element("div", { class: "tfm-io-stepbar" }, extra)] : []), steps.el);
      steps.resized?.(stepsBox.clientWidth, stepsBox.clientHeight);
    }
    drawTabs();
    drawNow();
    if (tab === "try" && !attempt.tried) attempt.tryIt();
    statusChanged();
  }

  function drawNow() {
    drawTabs();
    const many = store.inits.length > 1;
    initBox.hidden = !many;
    if (many) {
      const key = JSON.stringify([store.inits.map((each) => each.op), chosenInit()?.op]);
      if (inits.dataset.key !== key) {
        inits.dataset.key = key;
        inits.replaceChildren(...store.inits.map((each) => element("option", { value: each.op, selected: each === chosenInit() }, `${each.name} ${store.siteShort(each.site)}`.trim())));
      }
    }
    if (tab === "order") { table.draw(); panel.draw(); } else if (tab === "try") attempt.draw();
  }

  // --- what is asked of the kernel

  /** What an answer depends on: operations, and which variables have a value in the session. Not the numbers of a training loop. */
  function situation() {
    const chosen = store.sessions.find((each) => each.label === session());
    return JSON.stringify([store.ops.length, session(), fetch(), chosen ? Object.keys(chosen.values).join() : ""]);
  }

  function look() {
    clearTimeout(later);
    if (ctx.liveness() !== "live" || !session() || !fetch()) return;
    if (record() && !asked && record().fetch === fetch() && record().situation === situation()) { asked = situation(); return; }
    if (situation() === asked) return;
    later = setTimeout(ask, ASK_AFTER);
  }

  function ask() {
    if (asking || signal.aborted) return;
    asking = true;
    const about = situation();
    const wanted = fetch();
    ctx.ask("preflight", { session: session(), fetch: wanted }).then((found) => {
      asked = about;
      problem = "";
      state.set("init.preflight", { ...found, fetch: wanted, situation: about });
    }).catch((error) => { asked = about; problem = `This cannot be run: ${String(error.message ?? error)}`; state.set("init.preflight", null); }).finally(() => {
      asking = false;
      draw();
      statusChanged();
      look();
    });
  }

  function walk(groups) {
    const found = record();
    const values = store.sessions.find((each) => each.label === session())?.values ?? {};
    const empty = wavesOf(store).map((wave) => wave.filter((each) => !values[each])).filter((wave) => wave.length);
    const runs = groups ?? (found?.first.length ? found.first.map((run) => run.variables) : empty.length ? empty : wavesOf(store));
    ctx.ask("init_steps", { session: session(), order: runs }).then(() => { if (!ctx.embedded) showTab("steps"); }).catch((error) => { problem = String(error.message ?? error); draw(); });
  }

  const stopTrace = ctx.trace.listen(() => {
    if (ctx.embedded) return;
    if (hasSteps() && tab !== "steps") { steps?.changed?.({ sections: new Set(["runs"]), opsFrom: 0, opsTo: 0, amended: [], whole: false }); showTab("steps"); }
    drawTabs();
  });
  signal.addEventListener("abort", () => { clearTimeout(later); stopTrace?.(); });

  const matcher = () => {
    if (!query) return null;
    const { matches } = parseQuery(query);
    const chosen = store.sessions.find((each) => each.label === session());
    return (index) => matches(factsOf(index, chosen));
  };

  function factsOf(index, chosen) {
    const variable = store.variables[index];
    const item = orderOf(store, index);
    return { name: variable.name, type: item.verdict, shape: variable.shape, dtype: variable.dtype, wave: String(item.wave), verdict: item.verdict, reads: item.reads.map((each) => each.how).join(" "), state: chosen ? stateOf(chosen, index).words : "", var: variable.name };
  }

  showTab(tab);
  setTimeout(look, 0);

  return {
    title: "Initialization order",
    findHint: "Find variable, state:empty",
    subject: () => store.graph.label,
    el, tabs, tools,
    find: (text) => {
      if (tab === "steps" && steps?.find) return steps.find(text);
      query = text;
      table.query = matcher();
      draw();
      const chosen = store.sessions.find((each) => each.label === session());
      const hits = query ? findAll(query, store.variables.map((_, index) => factsOf(index, chosen))) : [];
      return { count: hits.length, error: parseQuery(text).error, go: (k) => { if (tab !== "order") showTab("order"); table.draw(); table.show(hits[k]); }, clear: () => { query = ""; table.query = null; draw(); } };
    },
    card: null,
    text: () => initTexts(store, state),
    status: () => {
      if (tab === "steps" && steps) return steps.status();
      const chosen = bus.selection?.kind === "variable" ? store.variables[bus.selection.id] : null;
      const right = chosen ? ["selection: variable ", element("b", { class: "tfm-mono", title: chosen.name }, shortened(chosen.name, 44))] : "selection: none";
      if (tab === "try") return { left: `${counted(orderMatters(store).length, "variable")} of ${grouped(store.variables.length)} can depend on the order`, right };
      return { left: coverWords(), right };
    },
    onStatus: (fn) => { statusChanged = fn; },
    svg: () => (tab === "steps" && steps?.svg ? steps.svg() : initPicture(ctx, { chosenInit, sessions: shownSessions, record, opened: table.opened })),
    get keys() { return tab === "steps" && steps ? steps.keys : [{ key: "↑ ↓", does: "variables" }, { key: "Enter", does: "select, open a fold" }, { key: "!", does: "next that needs something" }, { key: "Alt ↑ ↓", does: "move in the order that is tried" }]; },
    select: (selection) => {
      steps?.select?.(selection);
      if (tab === "order") {
        const focused = table.body.contains(document.activeElement);
        table.draw();
        if (selection?.kind === "variable" && selection.origin !== "init") table.show(selection.id);
        if (focused) table.body.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
      }
    },
    changed: (change) => {
      steps?.changed?.(change);
      if (["graph", "ops", "variables", "order", "inits", "sessions", "collections", "runs", "sites", "cells"].some((each) => change.sections.has(each))) draw();
      look();
    },
    resized: (room, height) => {
      width = room;
      const narrow = room < 640;
      el.classList.toggle("tfm-io-narrow", narrow);
      table.narrow = narrow;
      steps?.resized?.(room, height);
      draw();
    },
    restored: () => { tab = state.get("init.tab", tab); attempt.start = state.get("init.start", attempt.start); attempt.order = state.get("init.order", attempt.order); showTab(tab); },
    focus: () => (tab === "order" ? table.body.querySelector('[tabindex="0"]') : attempt.list.querySelector('[tabindex="0"]'))?.focus(),
    destroy: () => { steps?.destroy?.(); },
  };

  /** What the chosen init operation covers, and why the rest is left out. */
  function coverWords() {
    const init = chosenInit();
    const count = store.variables.length;
    if (!init) return count ? [element("b", {}, "no init operation yet"), ": tf.global_variables_initializer() makes one for the variables that exist then"] : "";
    const out = leftOut(store, init);
    const be = (n) => (n === 1 ? "is" : "are");
    const words = { later: (n) => `${n} came later`, local: (n) => `${n} ${be(n)} local`, global: (n) => `${n} ${be(n)} global`, "no key": (n) => `${n} ${be(n)} in no key`, "not in it": (n) => `${n} ${be(n)} not in it` };
    const rest = Object.keys(words).filter((each) => out[each]).map((each) => words[each](out[each].length));
    const cell = store.cells[store.sites[init.site]?.cell];
    const tell = `${init.covers.length ? ` covers ${grouped(init.covers.length)} of ${counted(count, "variable")}` : " covers nothing: it was made before any variable"}${rest.length ? `: ${rest.join(", ")}` : ""}`;
    return [element("b", {}, `${init.name}${cell ? ` [${cell.count}]` : ""}`), tell];
  }
}


