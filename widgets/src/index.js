// What anywidget calls: `render({model, el, signal})` picks the view by the trait `view` and puts the shell around it.

import { SelectionBus } from "./lib/bus.js";
import { element } from "./lib/dom.js";
import { GraphStore } from "./lib/store.js";
import { Shell } from "./shell.js";
import { collectionsView } from "./views/collections.js";
import { dashboardView } from "./views/dashboard.js";
import { graphView } from "./views/graph.js";
import { initView } from "./views/init.js";
import { reuseView } from "./views/reuse.js";
import { scopesView } from "./views/scopes.js";
import { stepperView } from "./views/stepper.js";
import { themeOf } from "./lib/theme.js";

const VIEWS = { graph: graphView, scopes: scopesView, collections: collectionsView, stepper: stepperView, init: initView, reuse: reuseView, dashboard: dashboardView };

// One store and one bus for each graph on the page, shared by the widgets of that graph. Kept on the page's global object, because
// every widget carries its own copy of this module.
const shared = (globalThis.__tfmini ??= { graphs: new Map(), next: 1 });

function sharedOf(id) {
  let entry = shared.graphs.get(id);
  if (!entry) {
    entry = { store: new GraphStore(), bus: new SelectionBus(), users: 0, trace: null, traced: new Set() };
    shared.graphs.set(id, entry);
  }
  return entry;
}

function render({ model, el, signal }) {
  const own = new AbortController();
  const stop = own.signal;
  signal?.addEventListener("abort", () => own.abort(), { once: true });
  const uid = `tfm${shared.next++}`;
  const root = element("div", { class: "tfm", "data-tfm": "view", "data-view": model.get("view"), "data-lm-suppress-shortcuts": "true" });
  const record = model.get("record") ?? {};
  const id = `${record.graph?.id ?? "none"}@${model.get("session_id") ?? ""}`;
  const together = sharedOf(id);
  const { store, bus } = together;
  if (record.format) store.apply(record);

  // --- talk with Python

  let asked = 0;
  const waiting = new Map();
  const traces = new Set();
  const isLive = () => model.get("live") === "live" && Boolean(model.comm_live ?? true);
  const onMessage = (message) => {
    if (message?.type === "delta") {
      const result = store.apply(message.delta);
      if (result === "gap") model.send({ type: "whole" });
      else model.send({ type: "ack", to: store.version });
    } else if (message?.type === "answer") {
      const call = waiting.get(message.id);
      waiting.delete(message.id);
      if (!call) return;
      if (message.ok) call.resolve(message.value);
      else call.reject(new Error(message.error));
    } else if (message?.type === "trace") {
      model.set("trace", message.trace);
    } else if (message?.type === "select") {
      bus.select(message.selection);
    } else if (message?.type === "problem") {
      shell.showProblem(message.error, message.report);
    }
  };
  const ask = (kind, payload = {}) =>
    new Promise((resolve, reject) => {
      if (!isLive()) {
        reject(new Error("This view is recorded: there is no kernel to ask. Run the cell again to make it live."));
        return;
      }
      asked += 1;
      const call = `${uid}-${asked}`;
      waiting.set(call, { resolve, reject });
      model.send({ type: "ask", id: call, kind, payload });
    });

  // --- state: small JSON, written together once in a while

  let state = { ...(model.get("state") ?? {}) };
  let writing = 0;
  const keep = {
    get: (key, fallback) => (key in state ? state[key] : fallback),
    set: (key, value) => {
      if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
      state = { ...state, [key]: value };
      clearTimeout(writing);
      writing = setTimeout(() => { model.set("state", state); model.save_changes(); }, 150);
    },
    all: () => ({ ...state }),
  };

  const themes = new Set();
  const ctx = {
    store, bus, ask, uid, root,
    state: keep,
    signal: stop,
    trace: {
      get: () => model.get("trace") ?? {},
      listen: (fn) => { traces.add(fn); return () => traces.delete(fn); },
      last: () => together.trace, // the last run that any widget of this graph on the page shows
    },
    announce: () => {},
    liveness: () => (isLive() ? "live" : "recorded"),
    onTheme: (fn) => { themes.add(fn); },
    theme: "light",
  };
  const setTheme = () => {
    const theme = themeOf(model.get("theme"));
    if (root.dataset.theme === theme) return;
    ctx.theme = theme;
    root.dataset.theme = theme;
    for (const fn of themes) fn(theme);
  };
  setTheme();
  const watcher = new MutationObserver(setTheme);
  watcher.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "data-jp-theme-name", "class", "data-theme"] });
  const media = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
  media?.addEventListener?.("change", setTheme, { signal: stop });

  const setHeight = () => {
    const height = Number(model.get("height")) || 0;
    root.style.height = height ? `${height}px` : "";
  };
  setHeight();

  const make = VIEWS[model.get("view")];
  if (!make) {
    el.append(element("div", { class: "tfm", role: "alert" }, `tfmini has no view named ${JSON.stringify(model.get("view"))}.`));
    return () => own.abort();
  }
  el.append(root);
  const view = make(ctx);
  const shell = new Shell(ctx, view);
  root.append(shell.el, element("div", { class: "tfm-grip", role: "separator", "aria-orientation": "horizontal", "aria-label": "Height", "aria-valuenow": Math.round(root.clientHeight), "aria-valuemin": 240, "aria-valuemax": 4000, tabindex: "0", onpointerdown: grip, onkeydown: gripKey }));
  view.resized?.(shell.stage.clientWidth, shell.stage.clientHeight);

  function resizeTo(height) {
    model.set("height", Math.max(240, Math.round(height)));
    setHeight();
    model.save_changes();
  }
  function grip(down) {
    const from = root.getBoundingClientRect().height - down.clientY;
    const move = (event) => { root.style.height = `${Math.max(240, from + event.clientY)}px`; };
    const up = (event) => {
      removeEventListener("pointermove", move);
      resizeTo(from + event.clientY);
    };
    addEventListener("pointermove", move, { signal: stop });
    addEventListener("pointerup", up, { once: true, signal: stop });
    down.preventDefault();
  }
  function gripKey(event) {
    const by = { ArrowDown: 24, ArrowUp: -24 }[event.key];
    if (!by) return;
    resizeTo(root.getBoundingClientRect().height + by);
    event.preventDefault();
  }

  // The run of a stepper is seen by widgets of the same graph that have none of their own.
  const hearTrace = () => { if (!model.get("trace")?.steps?.length) for (const fn of traces) fn(); };
  function shareTrace() {
    for (const fn of traces) fn();
    if (!model.get("trace")?.steps?.length) return;
    together.trace = model.get("trace");
    for (const hear of together.traced) hear();
  }
  together.traced.add(hearTrace);
  if (model.get("trace")?.steps?.length) shareTrace();

  const changes = {
    "change:theme": setTheme,
    "change:height": setHeight,
    "change:live": () => shell.refresh(),
    "change:trace": shareTrace,
    "change:state": () => {
      const next = model.get("state") ?? {};
      if (JSON.stringify(next) !== JSON.stringify(state)) {
        state = { ...next };
        view.restored?.(state);
        shell.refresh();
      }
    },
    "msg:custom": onMessage,
  };
  for (const [name, run] of Object.entries(changes)) model.on(name, run);
  stop.addEventListener("abort", () => {
    for (const [name, run] of Object.entries(changes)) model.off(name, run);
    watcher.disconnect();
    together.traced.delete(hearTrace);
    clearTimeout(writing);
    root.remove();
  });
  const chosen = keep.get("selection", null);
  if (chosen) bus.select(chosen);
  bus.listen((selection) => keep.set("selection", selection), stop);
  if (isLive()) model.send({ type: "hello", to: store.version });
  return () => own.abort();
}

export default { render };
