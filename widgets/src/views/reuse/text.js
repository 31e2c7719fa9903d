// The text twin of the calls: as tfmini.inspection writes it (docs/data.md 3.4), then what the view has open.

import { lookalikes } from "../../lib/requests.js";
import { counted } from "../../lib/names.js";
import { requestsText, siteWords } from "../../lib/text.js";
import { questionsOf, sayable } from "./predict.js";

export function reuseText(store, state) {
  if (state.get("reuse.tab", "table") === "predict") return predictionText(store, state.get("reuse.answers", {}));
  const lines = lookalikes(store).map(({ index, like }) => {
    const variable = store.variables[index];
    return `${variable.name} at ${siteWords(store, variable.site)} only looks like ${store.variables[like].name}: tf.Variable always makes`;
  });
  const open = state.get("reuse.open", 0);
  const text = open ? state.get("reuse.explained", {})[open]?.text ?? "" : "";
  return requestsText(store) + lines.map((line) => `${line}\n`).join("") + (text ? `\n${text}\n` : "");
}

/** The questions, with the verdicts of those that were answered. */
export function predictionText(store, answers) {
  const questions = questionsOf(store);
  const right = questions.filter((each) => answers[each.number] === sayable(store.requests[each.members[0]].word)).length;
  const done = questions.filter((each) => answers[each.number]).length;
  const lines = [`${store.graph.label}: ${counted(questions.length, "question")}, ${done} answered, ${right} right`];
  for (const each of questions) {
    const request = store.requests[each.members[0]];
    const last = store.requests[each.members.at(-1)];
    const calls = each.members.length > 1 ? `calls ${request.number} to ${last.number}` : `call ${request.number}`;
    const given = answers[each.number];
    const verdict = given ? `you said ${given}, it is ${request.word}` : "hidden until you answer: made, shared or refused?";
    lines.push(`${calls} ${request.name} at ${siteWords(store, request.site)}, ${request.mode}: ${verdict}`);
  }
  return `${lines.join("\n")}\n`;
}

