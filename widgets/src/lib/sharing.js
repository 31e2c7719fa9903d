// What a view hands on to other people: notes of a teacher, and the line of Python that shows the view again. Python writes the same
// words (`tfmini_widgets/sharing.py`).

import { visible } from "./dom.js";

const NOT_IN_CODE = new Set(["init.preflight", "init.tried", "reuse.explained", "reuse.answers", "notes"]);
const CALLS = { stepper: "step", init: "init_order" };

/** The notes of a view as lines for the end of its text twin, "" when there are none. */
export function notesText(notes) {
  if (!notes?.length) return "";
  return `\nnotes\n${notes.map((each) => `  ${each.name}: ${each.text}\n`).join("")}`;
}

/** The Python line that shows `view` in `state` again; `graph` is the section of the record, `trace` that of the stepper. */
export function codeOf(view, graph, trace, state) {
  const kept = Object.fromEntries(Object.entries(state).filter(([key, value]) => !NOT_IN_CODE.has(key) && value !== null && value !== undefined));
  if (kept.selection) kept.selection = { kind: kept.selection.kind, id: kept.selection.id };
  const args = [];
  if (view === "stepper") {
    args.push("session", literal((trace?.fetches ?? []).map((each) => each.name)));
    if (trace?.feeds?.length) args.push("feed_dict");
  } else if (!(graph.is_default ?? true)) args.push("graph");
  if (Object.keys(kept).length) args.push(`state=${literal(kept)}`);
  const line = `tfw.${CALLS[view] ?? view}(${args.join(", ")})`;
  const notes = (state.notes ?? []).map((each) => `\nview.note(${literal(each.name)}, ${literal(each.text)})`).join("");
  return notes ? `view = ${line}${notes}\nview` : line;
}

/** Plain data as Python writes it. */
function literal(value) {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${literal(each)}`).join(", ")}}`;
  return typeof value === "string" ? visible(JSON.stringify(value)) : String(value);
}
