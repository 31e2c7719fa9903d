// Predict first, then see: every line of the program that asks for variables is a question; what was chosen is kept in the state.

import { element } from "../../lib/dom.js";
import { icon, VERDICT_ICON } from "../../lib/icons.js";
import { counted, shortened } from "../../lib/names.js";
import { forSlots } from "../../lib/text.js";

export const CHOICES = [
  ["made", "a new variable appears", "1"],
  ["shared", "you get one that is there", "2"],
  ["refused", "ValueError, the cell stops", "3"],
];

/** What a person can say of a call: "shared, but" is a kind of shared. */
export const sayable = (word) => (word === "shared, but" ? "shared" : word);

/** The questions: rows whose calls all did the same; the first call of each gives it its number. */
export function questionsOf(store) {
  const questions = [];
  const { requests } = store;
  let at = 0;
  while (at < requests.length) {
    const first = requests[at];
    const key = first.via.length ? `${first.via[0]}@${first.cell}` : "";
    let end = at + 1;
    if (key) while (end < requests.length && requests[end].via.length && `${requests[end].via[0]}@${requests[end].cell}` === key && sayable(requests[end].word) === sayable(first.word)) end += 1;
    if (!forSlots(first)) questions.push({ number: first.number, members: Array.from({ length: end - at }, (_, k) => at + k) });
    at = end;
  }
  return questions;
}

/** The question that is open: lines of the program at the left, three choices at the right. */
export function question(ctx, { members, chosen, choose, check, skip }) {
  const { store, uid } = ctx;
  const request = store.requests[members[0]];
  const many = members.length > 1;
  const name = `${uid}-choice-${request.number}`;
  const before = store.variables.filter((each, index) => each && each.maker !== "slot" && each.how === "get_variable" && store.requests[each.requests[0]]?.number < request.number);
  const sites = [...new Set([...(request.via ?? []), ...members.slice(0, 4).map((k) => store.requests[k].site)])];
  return element(
    "div", { class: "tfm-re-detail tfm-re-asked", "data-tfm": "question", "data-name": String(request.number) },
    element("h3", { class: "tfm-re-question" }, many ? `What do calls #${request.number} to #${store.requests[members.at(-1)].number} do?` : `What does call #${request.number} do?`),
    element("div", { class: "tfm-re-columns tfm-re-ask" },
      element("div", {},
        element("pre", { class: "tfm-re-source tfm-mono", tabindex: "0", "aria-label": "Lines of the program" }, sites.map((site, k) => [k ? "\n" : "", element("span", { class: "tfm-muted" }, `${store.siteShort(site).padEnd(8)} `), (store.sites[site]?.text ?? "").trim()])),
        element("p", { class: "tfm-muted" }, "mode ", element("b", {}, request.mode), "; ", before.length ? "in the store before this call:" : "the store is empty before this call."),
        element("div", { class: "tfm-re-store" }, before.slice(-8).map((each) => element("span", { class: "tfm-capsule" }, element("b", {}, shortened(each.name, 26)))), before.length > 8 ? element("span", { class: "tfm-muted" }, `and ${before.length - 8} more`) : null)),
      element("div", { role: "radiogroup", "aria-label": `Your answer for call ${request.number}`, onkeydown: (event) => { const found = CHOICES.find((each) => each[2] === event.key); if (found) { choose(found[0]); event.preventDefault(); event.stopPropagation(); } } },
        CHOICES.map(([word, gloss, key]) => element("label", { class: `tfm-re-choice${chosen === word ? " tfm-picked" : ""}` },
          element("input", { type: "radio", name, value: word, checked: chosen === word, onchange: () => choose(word) }), element("span", { class: `tfm-re-${VERDICT_ICON[word]} tfm-re-verdict` }, icon(VERDICT_ICON[word])), element("b", {}, word), element("span", { class: "tfm-muted" }, gloss), element("kbd", { class: "tfm-key", "aria-hidden": "true" }, key))),
        element("div", { class: "tfm-re-buttons" }, element("button", { type: "button", class: "tfm-button", onclick: skip }, "Skip"), element("button", { type: "button", class: "tfm-button tfm-re-primary", disabled: !chosen, onclick: check }, "Check answer")))),
  );
}

/** Progress: a bar for each question, how many are right, and the way out. */
export function progress(questions, answers, right, showAll) {
  const done = questions.filter((each) => answers[each.number]).length;
  const at = questions.findIndex((each) => !answers[each.number]);
  const bars = questions.slice(0, 40).map((each, k) => element("i", { class: answers[each.number] ? "tfm-re-done" : k === at ? "tfm-re-now" : "" }));
  return element("div", { class: "tfm-re-progress" }, element("span", { class: "tfm-re-bars", "aria-hidden": "true" }, bars),
    element("span", { role: "status" }, questions.length ? (done < questions.length ? `Question ${done + 1} of ${questions.length}` : `${counted(questions.length, "question")} answered`) : "No calls yet"), element("span", { class: "tfm-muted" }, `${right} right`),
    element("span", { class: "tfm-space" }), element("span", { class: "tfm-muted tfm-re-hint" }, "verdicts are hidden until you answer"), element("button", { type: "button", class: "tfm-button", onclick: showAll }, "Show all"));
}
