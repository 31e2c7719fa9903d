// ReuseDebugger: every call of get_variable, its verdict, its reason, its cure. Three tabs: the log as a table, as lanes, and as questions.

import { element, oncePerFrame } from "../lib/dom.js";
import { parseQuery } from "../lib/find.js";
import { icon, VERDICT_ICON } from "../lib/icons.js";
import { counted, grouped, shortened } from "../lib/names.js";
import { GROUPINGS, rowsOf, shapeOf, WORDS } from "../lib/requests.js";
import { forSlots, siteWords } from "../lib/text.js";
import { detail } from "./reuse/detail.js";
import { laneModel, lanesPicture, PAPER } from "./reuse/lanes.js";
import { progress, question, questionsOf, sayable } from "./reuse/predict.js";
import { CallTable } from "./reuse/table.js";
import { reuseText } from "./reuse/text.js";

const TABS = [["table", "Table"], ["lanes", "Lanes"], ["predict", "Predict"]];

const MANY = 300; // calls from which on the log is grouped by variable, and by scope with what needs a look first
const HUGE = 5000;

export function reuseView(ctx) {
  const { store, bus, state, signal } = ctx;
  let tab = state.get("reuse.tab", "table");
  let words = new Set(state.get("reuse.words", []));
  let chosenBy = state.get("reuse.by", "");
  const bySize = () => (store.requests.length > HUGE ? "scope" : store.requests.length > MANY ? "variable" : "order");
  const by = () => chosenBy || bySize();
  let folds = {};
  let query = "";
  let width = 900;
  let focus = -1;
  let picked = "";
  let statusChanged = () => {};
  const explained = new Map(Object.entries(state.get("reuse.explained", {})).map(([number, record]) => [Number(number), record]));
  const problems = new Map();
  const details = new Map();

  const answers = () => state.get("reuse.answers", {});
  const predicting = () => tab === "predict";
  const indexOf = (number) => store.requests.findIndex((each) => each.number === number);
  const openNumber = () => state.get("reuse.open", 0);

  // --- what is shown

  const facts = (index) => {
    const request = store.requests[index];
    const hidden = predicting() && !answers()[request.number];
    return { name: request.name, type: hidden ? "" : request.word, verdict: hidden ? "" : request.word, shape: shapeOf(store, request), line: siteWords(store, request.site), cell: String(store.cells[request.cell]?.count ?? ""), var: request.name, mode: request.mode, scope: request.name.slice(0, Math.max(0, request.name.lastIndexOf("/"))), maker: request.maker, call: String(request.number) };
  };
  const kept = (request) => !words.size || predicting() || words.has(request.word);
  const isOpen = (key, initially) => folds[key] ?? initially;

  function questionRows() {
    return questionsOf(store).map(({ number, members }) => ({ kind: members.length > 1 ? "group" : "call", key: `q${number}`, request: members[0], members, open: false, level: 0, number }));
  }

  const host = {
    predicting,
    rows: () => (predicting() ? questionRows() : rowsOf(store, { kept, isOpen, by: by() })),
    opened: () => (predicting() ? picked : openNumber() ? `r${indexOf(openNumber())}` : ""),
    open: (key) => { if (predicting()) picked = key; else choose(key ? Number(key.slice(1)) : -1); draw(); },
    toggle: (row) => {
      if (predicting()) {
        picked = picked === row.key ? "" : row.key;
        draw();
        if (picked) table.showRow(row.key);
      } else if (row.kind === "group") {
        folds = { ...folds, [row.key]: !row.open };
        draw();
      } else choose(host.opened() === row.key ? -1 : row.request);
    },
    detailOf: (row) => (predicting() ? questionOf(row) : detailOf(store.requests[row.request])),
    hidden: (row) => predicting() && !answers()[store.requests[row.request].number],
    answerOf: (row) => (predicting() ? answers()[store.requests[row.request].number] ?? "" : ""),
    marked: (row, verdict) => {
      const right = answers()[store.requests[row.request].number] === sayable(store.requests[row.request].word);
      return element("span", { class: "tfm-re-marked" }, right ? element("span", { class: "tfm-re-right", "aria-label": "right:" }, "✓") : element("span", { class: "tfm-re-wrong" }, "no:"), verdict);
    },
    isSelected: (index) => bus.selection?.kind === "request" && bus.selection.id === index,
    matches: (row) => Boolean(query) && row.members.some((index) => parseQuery(query).matches(facts(index))),
    hover: () => {},
  };

  const table = new CallTable(ctx, host);
  const lanes = element("div", { class: "tfm-re-lanebox", "data-tfm": "lanes", onkeydown: laneKey });
  const below = element("div", { class: "tfm-re-below" });
  const laneSide = element("div", { class: "tfm-re-laneside" }, lanes, below);
  const el = element("div", { class: "tfm-reuse" }, table.el, laneSide);
  const chips = element("div", { class: "tfm-re-chips" });
  const tabs = element("div", { class: "tfm-segments", role: "tablist", "aria-label": "Calls" });
  const draw = oncePerFrame(drawNow, signal);

  // --- explanations

  function detailOf(request) {
    const key = `${request.number}|${explained.has(request.number)}|${problems.get(request.number) ?? ""}|${ctx.liveness()}`;
    const known = details.get(request.number);
    if (known?.key === key) return known.node;
    const live = ctx.liveness() === "live";
    const waiting = problems.get(request.number) ?? (live ? "Looking for fixes, each on a copy …" : "This view is recorded. Run its cell again to see the causes and the fixes of this call.");
    const node = detail(ctx, request, {
      explained: explained.get(request.number) ?? null, waiting,
      go: (number) => { const index = indexOf(number); if (index >= 0) choose(index); },
      showScopes: request.entry >= 0 ? () => bus.select({ kind: "entry", id: request.entry, origin: "reuse" }) : null,
    });
    details.set(request.number, { key, node });
    if (!explained.has(request.number) && live && !problems.has(request.number)) explain(request.number);
    return node;
  }

  function explain(number) {
    problems.set(number, "Looking for fixes, each on a copy …");
    ctx.ask("explain", { number }).then((record) => {
      explained.set(number, record);
      problems.delete(number);
      const keep = Object.fromEntries([...explained].slice(-12));
      state.set("reuse.explained", keep);
    }).catch((error) => { problems.set(number, String(error.message ?? error)); }).finally(() => { draw(); statusChanged(); });
  }

  function choose(index, publish = true) {
    const request = store.requests[index];
    state.set("reuse.open", request?.number ?? 0);
    focus = index;
    if (request) reveal(index);
    if (publish) bus.select(request ? { kind: "request", id: index, origin: "reuse" } : null);
    draw();
    statusChanged();
  }

  /** Opens the group in which a call stands. */
  function reveal(index) {
    const row = rowsOf(store, { kept, isOpen, by: by() }).find((each) => each.kind === "group" && each.members.includes(index));
    if (row && !row.open) folds = { ...folds, [row.key]: true };
    wanted = index;
  }
  let wanted = -1;

  // --- questions

  function questionOf(row) {
    const { number } = store.requests[row.request];
    const given = answers()[number];
    if (given) return detailOf(store.requests[row.request]);
    const chosen = host.chosen?.[number] ?? "";
    const key = `${number}|${chosen}`;
    const known = details.get(`q${number}`);
    if (known?.key === key) return known.node;
    const node = question(ctx, {
      members: row.members, chosen,
      choose: (word) => { host.chosen = { ...host.chosen, [number]: word }; draw(); },
      check: () => { state.set("reuse.answers", { ...answers(), [number]: host.chosen[number] }); ctx.announce(host.chosen[number] === sayable(store.requests[row.request].word) ? "right" : `not so: ${store.requests[row.request].word}`); draw(); statusChanged(); },
      skip: () => { const rows = questionRows(); const next = rows.slice(rows.findIndex((each) => each.key === row.key) + 1).find((each) => !answers()[each.number]); picked = next?.key ?? ""; draw(); if (next) table.showRow(next.key); },
    });
    details.set(`q${number}`, { key, node });
    return node;
  }

  // --- drawing

  function drawNow() {
    drawTabs();
    drawChips();
    table.narrow = width < 640;
    table.el.hidden = tab === "lanes";
    laneSide.hidden = tab !== "lanes";
    el.classList.toggle("tfm-re-predicting", predicting());
    if (predicting() && !picked && !host.began) {
      host.began = true;
      picked = questionRows().find((each) => !answers()[each.number])?.key ?? "";
    }
    if (tab === "lanes") drawLanes();
    else {
      table.draw();
      if (wanted >= 0) { table.show(wanted); wanted = -1; }
    }
  }

  function drawLanes() {
    const had = lanes.contains(document.activeElement);
    const model = laneModel(store, (request, index) => kept(request) && (!query || parseQuery(query).matches(facts(index))));
    const drawn = model.lanes.flatMap((lane) => lane.calls);
    const chosen = indexOf(openNumber());
    if (!drawn.includes(focus)) focus = drawn.includes(chosen) ? chosen : drawn[0] ?? -1;
    if (drawn.length) lanes.replaceChildren(lanesPicture(store, model, { selected: chosen, choose: (index) => choose(index === indexOf(openNumber()) ? -1 : index), focus, width }));
    else lanes.replaceChildren(element("p", { class: "tfm-empty" }, store.requests.length ? "No call matches. Clear the find field or choose other verdicts." : "No calls yet. tf.get_variable writes one mark here, whether it makes a variable, shares one or is refused."));
    if (had) lanes.querySelector('[tabindex="0"]')?.focus({ preventScroll: true });
    const request = store.requests[chosen];
    below.hidden = !request;
    if (request) below.replaceChildren(element("h3", { class: `tfm-re-${VERDICT_ICON[request.word]} tfm-re-title` }, icon(VERDICT_ICON[request.word]), element("span", {}, `#${request.number} ${request.word}`)), detailOf(request));
  }

  function laneKey(event) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const marks = [...lanes.querySelectorAll('[data-tfm="mark"]')].sort((a, b) => a.dataset.index - b.dataset.index);
    const at = marks.findIndex((each) => Number(each.dataset.index) === focus);
    let next = by ? marks[at + by] : { Home: marks[0], End: marks.at(-1) }[event.key];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const all = [...lanes.querySelectorAll('[data-tfm="mark"]')];
      next = all[all.findIndex((each) => Number(each.dataset.index) === focus) + (event.key === "ArrowDown" ? 1 : -1)];
    }
    if (next) {
      for (const each of marks) each.setAttribute("tabindex", each === next ? "0" : "-1");
      focus = Number(next.dataset.index);
      next.focus();
    } else if (event.key === "Enter" || event.key === " ") choose(focus === indexOf(openNumber()) ? -1 : focus);
    else if (event.key === "Escape" && openNumber()) choose(-1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function drawTabs() {
    const focused = tabs.contains(document.activeElement);
    tabs.replaceChildren(...TABS.map(([key, label]) => element("button", { type: "button", role: "tab", "data-tfm": "tab", "data-name": key, "aria-selected": String(key === tab), tabindex: key === tab ? "0" : "-1", onclick: () => showTab(key), onkeydown: tabKey }, label)));
    if (focused) tabs.querySelector('[tabindex="0"]')?.focus();
  }

  function showTab(key) {
    tab = TABS.some(([each]) => each === key) ? key : "table";
    state.set("reuse.tab", tab);
    drawNow();
    statusChanged();
  }

  function tabKey(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const keys = TABS.map(([key]) => key);
    showTab(keys[(keys.indexOf(tab) + step + keys.length) % keys.length]);
    tabs.querySelector('[tabindex="0"]').focus();
    event.preventDefault();
    event.stopPropagation();
  }

  function drawChips() {
    const focused = chips.contains(document.activeElement) ? document.activeElement.dataset.name : "";
    if (predicting()) {
      const questions = questionsOf(store);
      const right = questions.filter((each) => answers()[each.number] === sayable(store.requests[each.members[0]].word)).length;
      chips.replaceChildren(progress(questions, answers(), right, () => showTab("table")));
      return;
    }
    const shown = store.requests.filter((each) => !forSlots(each) || each.word === "refused");
    chips.replaceChildren(
      element("label", { class: "tfm-re-by" }, element("span", { class: "tfm-muted" }, "by"), element("select", { class: "tfm-io-select", "aria-label": "Group calls by", "data-tfm": "by", onchange: (event) => { chosenBy = event.target.value; folds = {}; state.set("reuse.by", chosenBy); draw(); } }, GROUPINGS.map(([key, label]) => element("option", { value: key, selected: key === by() }, label)))),
      ...WORDS.map((word) => {
        const count = shown.filter((each) => each.word === word).length;
        return element("button", { type: "button", class: `tfm-re-chip tfm-re-${VERDICT_ICON[word]}`, "data-tfm": "chip", "data-name": word, "aria-pressed": String(words.has(word)), disabled: !count && !words.has(word), onclick: () => { if (!words.delete(word)) words.add(word); state.set("reuse.words", [...words]); draw(); statusChanged(); } }, icon(VERDICT_ICON[word]), element("b", {}, grouped(count)), word);
      }),
    );
    if (focused) chips.querySelector(`[data-name="${focused}"]`)?.focus();
  }

  showTab(tab);
  if (openNumber() && indexOf(openNumber()) >= 0) { reveal(indexOf(openNumber())); draw(); }

  return {
    title: "Variable requests",
    findHint: "Find name, line, verdict",
    subject: () => store.graph.label,
    count: () => counted(store.requests.length, "call"),
    el, tabs, tools: chips,
    find: (text) => {
      query = text;
      draw();
      const hits = [];
      if (query) { const { matches } = parseQuery(query); store.requests.forEach((_, index) => { if (matches(facts(index))) hits.push(index); }); }
      return { count: hits.length, error: parseQuery(text).error, go: (k) => { reveal(hits[k]); draw(); }, clear: () => { query = ""; draw(); } };
    },
    card: null,
    text: () => reuseText(store, state),
    status: () => {
      const stop = store.requests.findLast?.((each) => each.word === "refused");
      const request = store.requests[indexOf(openNumber())];
      const right = request ? ["selection: ", element("b", {}, `call #${request.number}`)] : "selection: none";
      if (predicting()) return { left: ["answers are kept in ", element("b", { class: "tfm-mono" }, "view.answers")], right };
      const cell = stop && store.cells[stop.cell];
      return { left: stop ? [element("b", {}, cell ? `cell [${cell.count}]` : "the program"), ` stopped at ${siteWords(store, stop.site).replace(/^cell \[[^\]]*\] /, "")}: call #${stop.number} refused, ${shortened(stop.name, 40)}`] : store.last.text || counted(store.requests.length, "call"), right };
    },
    onStatus: (fn) => { statusChanged = fn; },
    svg: () => new XMLSerializer().serializeToString(lanesPicture(store, laneModel(store, kept), { palette: PAPER, selected: indexOf(openNumber()) })),
    keys: [{ key: "↑ ↓", does: "calls" }, { key: "Enter", does: "open a call, fold a line" }, { key: "!", does: "next refused or ignored", run: nextProblem }, { key: "1 2 3", does: "answer a question" }],
    select: (selection) => {
      if (selection?.kind === "request" && selection.origin !== "reuse" && store.requests[selection.id]) {
        state.set("reuse.open", store.requests[selection.id].number);
        reveal(selection.id);
      } else if (selection?.kind === "variable" && selection.origin !== "reuse" && tab === "table") {
        // its first call comes into sight; nothing is drawn anew unless a group must open for it
        const index = store.variables[selection.id]?.requests[0] ?? -1;
        if (index < 0) { table.mark(); return; }
        if (table.has(index)) { table.mark(); table.show(index); return; }
        reveal(index);
      } else if (tab !== "lanes") { table.mark(); return; }
      draw();
    },
    countFor: (selection) => (selection?.kind === "variable" ? store.requests.filter((each) => each.variable === selection.id).length : 0),
    changed: (change) => {
      if (!["requests", "variables", "sites", "cells", "entries", "scopes", "graph"].some((each) => change.sections.has(each))) return;
      if (change.sections.has("requests") && tab !== "predict" && state.get("reuse.follow", true)) {
        const last = store.requests.length - 1;
        if (last >= 0 && store.requests[last].word === "refused" && host.followed !== last) { host.followed = last; choose(last, false); }
      }
      draw();
    },
    resized: (room) => { width = room; el.classList.toggle("tfm-re-narrow", room < 640); table.drawn = ""; draw(); },
    restored: () => {
      for (const [number, record] of Object.entries(state.get("reuse.explained", {}))) explained.set(Number(number), record);
      words = new Set(state.get("reuse.words", []));
      chosenBy = state.get("reuse.by", "");
      const index = indexOf(openNumber());
      if (index >= 0) reveal(index);
      showTab(state.get("reuse.tab", tab));
    },
    focus: () => (tab === "lanes" ? lanes.querySelector('[tabindex="0"]') : table.scroll)?.focus(),
    destroy: () => {},
  };

  function nextProblem() {
    const bad = store.requests.map((_, index) => index).filter((index) => ["refused", "shared, but"].includes(store.requests[index].word));
    if (!bad.length) return;
    const from = indexOf(openNumber());
    choose(bad.find((index) => index > from) ?? bad[0]);
  }
}
