// Name scopes against variable scopes: two columns, tied where a variable scope opened a name scope.

import { element, svg } from "../../lib/dom.js";
import { counted, shortened } from "../../lib/names.js";
import { nameScopeText } from "../../lib/text.js";

const ROW = 23;
const BOX = 58;
const MOST = 120;

/** The name scopes of the graph that hold operations or were opened by a variable scope, in the order of the tree. */
function nameScopes(store) {
  const found = new Map();
  const note = (name) => {
    const known = found.get(name);
    if (known) return known;
    let at = "";
    for (const part of name.split("/")) {
      at = at ? `${at}/${part}` : part;
      if (!found.has(at)) found.set(at, { name: at, leaf: part, depth: at.split("/").length - 1, ops: 0, entries: [] });
    }
    return found.get(name);
  };
  const { name, maker } = store.ops;
  for (let i = 0; i < store.ops.length; i += 1) {
    if (maker[i] !== "user" && maker[i] !== "variable" && maker[i] !== "regularizer") continue;
    for (let cut = name[i].indexOf("/"); cut > 0; cut = name[i].indexOf("/", cut + 1)) note(name[i].slice(0, cut)).ops += 1;
  }
  store.entries.forEach((entry, index) => {
    const text = nameScopeText(entry.name_scope);
    if (text !== "(root)" && !store.scopes[entry.scope]?.internal) note(text).entries.push(index);
  });
  // An operation such as "w" of scope "hidden" makes "hidden/w" look like a scope when it has parts of its own; variables are not scopes.
  const variables = new Set(store.variables.map((each) => each.name));
  const insideVariable = (name) => {
    for (let at = name; at; at = at.slice(0, Math.max(0, at.lastIndexOf("/")))) if (variables.has(at)) return true;
    return false;
  };
  const list = [...found.values()].filter((each) => !insideVariable(each.name));
  const children = new Map();
  for (const each of list) {
    const parent = each.name.includes("/") ? each.name.slice(0, each.name.lastIndexOf("/")) : "";
    children.set(parent, [...(children.get(parent) ?? []), each]);
  }
  const sorted = [];
  const walk = (parent) => { for (const each of children.get(parent) ?? []) { sorted.push(each); walk(each.name); } };
  walk("");
  return sorted;
}

export function tiesPane(ctx) {
  const { store, bus } = ctx;
  let all = true;
  let chosen = -1;
  const toggle = element("div", { class: "tfm-segments", role: "group", "aria-label": "Ties of" },
    element("button", { type: "button", "aria-pressed": "false", onclick: () => set(false) }, "selection"), element("button", { type: "button", "aria-pressed": "true", onclick: () => set(true) }, "all"));
  const left = element("div", { class: "tfm-ti-left" });
  const right = element("div", { class: "tfm-ti-right" });
  const lines = svg("svg", { class: "tfm-ti-lines", "aria-hidden": "true" });
  const stage = element("div", { class: "tfm-ti-stage" }, left, lines, right);
  const sentence = element("p", { class: "tfm-ti-sentence" });
  const el = element(
    "div", { class: "tfm-ties", tabindex: "0", role: "group", "aria-label": "Name scopes and variable scopes" },
    element("div", { class: "tfm-ti-head" }, ["name scope", "ops", "entry", "path"].map((each) => element("span", {}, each)), element("span", {}), element("span", { class: "tfm-ti-of" }, "ties of ", toggle)),
    stage, sentence,
  );

  // One tab stop: arrows walk the rows and the boxes, left and right change sides, Escape comes back to the whole.
  el.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || toggle.contains(event.target)) return;
    const sides = [[...left.children], [...right.children]];
    const side = right.contains(document.activeElement) ? 1 : 0;
    const list = sides[side];
    const at = list.indexOf(document.activeElement);
    if (event.key === "Escape" && at >= 0) el.focus();
    else {
      const across = { ArrowRight: 1, ArrowLeft: 0 }[event.key];
      const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
      if (across !== undefined) (sides[across].find((each) => each.classList.contains("tfm-picked")) ?? sides[across][0])?.focus();
      else if (to !== undefined) list[Math.max(0, Math.min(list.length - 1, to))]?.focus();
      else return;
    }
    event.preventDefault();
    event.stopPropagation();
  }, { signal: ctx.signal });

  function set(value) {
    all = value;
    [...toggle.children].forEach((each, k) => each.setAttribute("aria-pressed", String(Boolean(k) === all)));
    draw(chosen);
  }

  function draw(scope) {
    chosen = scope;
    const names = nameScopes(store).slice(0, MOST);
    const boxes = store.scopes.map((each, index) => ({ index, scope: each })).filter((each) => each.index > 0 && each.scope && !each.scope.internal).slice(0, MOST);
    const height = Math.max(names.length * ROW, boxes.length * (BOX + 18)) + 20;
    stage.style.height = `${height}px`;
    const gap = boxes.length ? Math.max(BOX + 14, (height - 20) / boxes.length) : BOX;
    const boxY = new Map(boxes.map((each, k) => [each.index, 10 + k * gap + gap / 2]));
    const mine = (each) => each.entries.some((entry) => store.entries[entry].scope === chosen);
    left.replaceChildren(...names.map((each) => rowOf(each, mine(each))));
    right.replaceChildren(...boxes.map(({ index, scope: each }) => boxOf(index, each, boxY.get(index))));
    const ties = names.flatMap((each, k) => each.entries.map((entry) => ({ y: 10 + k * ROW + ROW / 2, to: boxY.get(store.entries[entry].scope), picked: store.entries[entry].scope === chosen })));
    const width = lines.clientWidth || 240;
    lines.setAttribute("viewBox", `0 0 ${width} ${height}`);
    lines.setAttribute("height", height);
    const drawn = ties.filter((tie) => tie.to !== undefined && (all || tie.picked)).sort((a, b) => a.picked - b.picked);
    lines.replaceChildren(...drawn.flatMap((tie) => {
      const half = width / 2;
      const d = `M6 ${tie.y}C${half} ${tie.y} ${half} ${tie.to} ${width - 6} ${tie.to}`;
      return [
        svg("path", { d, class: tie.picked ? "tfm-ti-tie tfm-picked" : "tfm-ti-tie" }),
        svg("circle", { cx: 6, cy: tie.y, r: tie.picked ? 3 : 2.2, class: tie.picked ? "tfm-ti-end tfm-picked" : "tfm-ti-end" }),
        svg("circle", { cx: width - 6, cy: tie.to, r: tie.picked ? 4.5 : 3, class: tie.picked ? "tfm-ti-end tfm-picked" : "tfm-ti-end" }),
      ];
    }));
    say(names);
  }

  function rowOf(each, picked) {
    const entry = store.entries[each.entries[0]];
    const same = entry && store.scopes[entry.scope]?.name === each.name;
    return element(
      "button",
      { type: "button", tabindex: "-1", class: `tfm-ti-row${picked ? " tfm-picked" : ""}${entry ? "" : " tfm-untied"}`, "data-tfm": "row", "data-name": each.name, onclick: () => bus.select(entry ? { kind: "entry", id: each.entries[0], origin: "scopes" } : { kind: "namescope", id: each.name, origin: "scopes" }) },
      element("span", { class: "tfm-mono tfm-ti-name", style: `padding-left:${8 + each.depth * 18}px`, title: `${each.name}/` }, `${shortened(each.leaf, 24)}/`),
      element("span", { class: "tfm-ti-ops" }, each.ops ? String(each.ops) : "none"),
      element("span", {}, entry ? each.entries.map((k) => `entry ${store.entries[k].number}`).slice(0, 2).join(", ") : "name scope only"),
      element("span", {}, entry ? (same ? "same" : "differs") : ""),
    );
  }

  function boxOf(index, scope, y) {
    return element(
      "button",
      { type: "button", tabindex: "-1", class: `tfm-ti-box${index === chosen ? " tfm-picked" : ""}`, style: `top:${y - BOX / 2}px`, "data-tfm": "box", "data-kind": "scope", "data-name": scope.name, onclick: () => bus.select({ kind: "scope", id: index, origin: "scopes" }) },
      element("span", { class: "tfm-ti-about" }, element("b", { class: "tfm-mono", title: scope.name }, shortened(scope.name, 24)), element("span", {}, counted(scope.entries.length, "entry", "entries"))),
      element("span", { class: "tfm-ti-vars" }, scope.variables.length
        ? scope.variables.slice(0, 4).map((v) => { const each = store.variables[v]; return element("span", { class: "tfm-capsule" }, element("span", { class: each.trainable ? "tfm-dot" : "tfm-ring" }), element("b", {}, shortened(each.leaf, 10)), each.requests.length > 1 ? element("span", { class: "tfm-times" }, `×${each.requests.length}`) : null); })
        : element("span", { class: "tfm-muted" }, "none of its own")),
    );
  }

  function say(names) {
    const scope = store.scopes[chosen];
    if (!scope || chosen < 1) {
      const free = names.filter((each) => !each.entries.length).length;
      sentence.replaceChildren(`${counted(names.length, "name scope")}, ${free} of them without a tie; ${counted(Math.max(0, store.scopes.length - 1), "variable scope")} below the root. Operations stand in name scopes, variables in variable scopes.`);
      return;
    }
    const refused = store.requests.filter((each) => each.word === "refused" && store.entries[each.entry]?.scope === chosen);
    const stopped = new Set(refused.map((each) => each.entry));
    const textOf = (entry) => nameScopeText(store.entries[entry].name_scope);
    const opened = [...new Set(scope.entries.map(textOf))];
    const used = [...new Set(scope.entries.filter((entry) => !stopped.has(entry)).map(textOf))];
    const parts = [element("b", { class: "tfm-mono" }, scope.name), ` is one variable scope and ${counted(opened.length, "name scope")}.`];
    if (scope.variables.length) parts.push(` Its ${counted(scope.variables.length, "variable")} ${scope.variables.length === 1 ? "lives" : "live"} in `, element("span", { class: "tfm-mono" }, `${scope.name}/`), ".");
    if (used.length > 1) parts.push(" Operations made in ", ...used.flatMap((each, k) => [k ? (k === used.length - 1 ? " and " : ", ") : "", element("span", { class: "tfm-mono" }, `${each}/`)]), " use the same variables.");
    if (refused.length) parts.push(element("span", { class: "tfm-muted" }, ` Nothing stands in `, element("span", { class: "tfm-mono" }, `${nameScopeText(store.entries[refused[0].entry].name_scope)}/`), ` where call #${refused[0].number} was refused.`));
    sentence.replaceChildren(...parts);
  }

  return { el, draw };
}
