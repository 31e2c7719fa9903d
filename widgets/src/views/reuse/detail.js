// The explanation of one call: the sentence, the chain of causes, ignored arguments, and fixes that were tried on a copy.

import { element } from "../../lib/dom.js";
import { icon, VERDICT_ICON } from "../../lib/icons.js";
import { shortened } from "../../lib/names.js";
import { reasonOf } from "../../lib/requests.js";

/** Words in which "call 3" is a link to that call. */
export function linked(text, go) {
  return text.split(/(\bcall \d+)/).map((part) => {
    const found = /^call (\d+)$/.exec(part);
    return found ? ["call ", element("button", { type: "button", class: "tfm-link", onclick: () => go(Number(found[1])) }, `#${found[1]}`)] : part;
  });
}

/** The parts of a short reason as elements. */
export const reason = (store, request) => reasonOf(store, request).map((part) => (typeof part === "string" ? part : element("b", {}, part.strong)));

/**
 * The opened row of a call. `explained` is the record of docs/data.md 1.3, or null while there is none; `waiting` is a sentence that says why.
 */
export function detail(ctx, request, { explained, waiting, go, showScopes }) {
  const tone = `tfm-re-${VERDICT_ICON[request.word]}`;
  if (!explained) {
    return element("div", { class: `tfm-re-detail ${tone}`, "data-tfm": "detail", "data-name": String(request.number) }, element("p", { class: "tfm-re-says" }, linked(request.sentence, go)), element("p", { class: "tfm-muted", role: "status" }, waiting));
  }
  return element(
    "div", { class: `tfm-re-detail ${tone}`, "data-tfm": "detail", "data-name": String(request.number) },
    element("p", { class: "tfm-re-says" }, element("span", { class: "tfm-mono" }, shortened(explained.name, 60)), explained.phrase ? element("span", { class: "tfm-re-phrase tfm-mono" }, explained.phrase) : null,
      explained.sentences.map((each) => element("span", { class: "tfm-re-sentence" }, linked(each, go)))),
    element("div", { class: "tfm-re-columns" }, why(ctx, explained, request, { go, showScopes }), element("div", { class: "tfm-re-cures" }, ignored(explained, go), fixes(explained))),
  );
}

function why(ctx, explained, request, { go, showScopes }) {
  const steps = explained.chain.map((each) => {
    const reached = !/^not reached/.test(each.text);
    const last = each.step === "result";
    const mark = last ? icon(VERDICT_ICON[request.word], 14) : element("i", { class: reached ? "tfm-re-dot" : "tfm-re-dot tfm-re-unreached" });
    const struck = (each.parts ?? []).filter((part) => part.kind === "struck");
    // The code at the end of the chain is for text; a person reads the word.
    const note = last ? "" : each.note;
    return element(
      "li", { class: `tfm-re-step${last ? " tfm-re-result" : ""}`, "data-name": each.step },
      element("span", { class: "tfm-re-mark" }, mark), element("span", { class: "tfm-muted" }, each.step),
      element("span", { class: "tfm-re-value" },
        each.step === "name" ? element("span", { class: "tfm-mono" }, each.text) : element("b", {}, each.text),
        note ? element("span", { class: "tfm-muted" }, struck.length ? struckNote(note, struck) : linked(note, go)) : null),
    );
  });
  return element("section", { class: "tfm-re-why", "aria-label": "Why" },
    element("h3", {}, "Why", showScopes ? element("button", { type: "button", class: "tfm-link tfm-re-scopes", onclick: showScopes }, "scopes at the call") : null),
    element("ol", {}, steps));
}

/** A note in which name scopes that do not count are struck. */
function struckNote(note, struck) {
  let parts = [note];
  for (const { text } of struck) {
    parts = parts.flatMap((part) => (typeof part === "string" ? part.split(text).flatMap((piece, k) => (k ? [element("s", { class: "tfm-mono" }, text), piece] : [piece])) : [part]));
  }
  return parts;
}

function ignored(explained, go) {
  if (!explained.ignored.length) return null;
  return element(
    "section", { class: "tfm-re-ignored", "aria-label": "Arguments without effect" },
    element("h3", {}, "No effect", element("span", { class: "tfm-muted" }, "the variable was there already")),
    element("table", {},
      element("thead", {}, element("tr", {}, ["argument", "asked", "in effect", "came from"].map((word) => element("th", { scope: "col" }, word)))),
      element("tbody", {}, explained.ignored.map((each) => element("tr", {},
        element("th", { scope: "row", class: "tfm-mono" }, each.argument), element("td", { class: "tfm-mono" }, element("s", {}, each.asked)), element("td", { class: "tfm-mono" }, each.in_effect), element("td", {}, linked(each.from, go)))))),
  );
}

function fixes(explained) {
  if (!explained.fixes.length) return null;
  return element(
    "section", { class: "tfm-re-fixes", "aria-label": "Fixes" },
    element("h3", {}, "Fixes", element("span", { class: "tfm-muted" }, "this request, replayed on a copy")),
    element("ul", {}, explained.fixes.map((each) => {
      const shares = each.result === "shared";
      const lines = [each.added_before, each.after].filter(Boolean).join("\n");
      return element("li", { "data-tfm": "fix", "data-name": each.letter },
        element("div", { class: "tfm-re-fixhead" },
          element("kbd", { class: "tfm-key" }, each.letter), element("span", { class: "tfm-re-does" }, capital(each.does)),
          element("span", { class: `tfm-re-weights tfm-re-${shares ? "shared" : "made"}` }, icon(shares ? "shared" : "made", 14), element("b", {}, each.weights.replace(/as call (\d+)/, "as #$1"))),
          lines ? element("button", { type: "button", class: "tfm-button tfm-re-copy", "aria-label": `Copy the line of fix ${each.letter}`, title: "Copy", onclick: () => navigator.clipboard?.writeText(lines) }, icon("copy", 14)) : null),
        each.added_before ? codeLine(`+ ${each.line}`, each.added_before, each.added_before) : null,
        each.after ? codeLine(`L${each.line}`, each.after, each.changed) : null,
        each.costs ? element("p", { class: "tfm-muted tfm-re-cost" }, each.costs.startsWith("a ") ? `costs ${each.costs}` : each.costs) : null);
    })),
  );
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

/** A line of the program with its changed part marked; a long unchanged start gives way, never the change. */
function codeLine(label, text, changed) {
  const lines = text.replace(/\n+$/, "").split("\n");
  const indent = Math.min(...lines.filter((each) => each.trim()).map((each) => /^\s*/.exec(each)[0].length));
  return element("div", { class: "tfm-re-line" }, element("span", { class: "tfm-mono tfm-muted" }, label),
    element("code", { class: "tfm-mono", tabindex: "0", title: text.trim() }, lines.map((each, k) => {
      const line = each.slice(indent);
      const at = changed ? line.indexOf(changed) : -1;
      const marked = at < 0 ? line : [line.slice(0, at), element("mark", {}, changed), line.slice(at + changed.length)];
      return k ? ["\n", marked] : marked;
    })));
}
