/** What the stepper shows before there is a run: what to type, with names that can be fetched. */

import { element } from "../../lib/dom.js";

/** Nodes of the empty state; `store` is the graph's store, or nothing. */
export function emptyState(store) {
  const names = fetchable(store);
  const nodes = [
    element("p", { class: "tfm-st-emptyhead" }, "No run yet"),
    element("p", {}, "Step through one run of a session, with the value of every operation:"),
    element("pre", { class: "tfm-mono" }, `tfw.step(session, ${names.length ? JSON.stringify(names[0]) : "fetch"})`),
  ];
  if (names.length > 1) {
    nodes.push(element("p", { class: "tfm-muted" }, "Can be fetched: ", element("span", { class: "tfm-mono" }, names.join(", "))));
  }
  return nodes;
}

/** Names of what nothing reads, the newest first: what a person may want to fetch. */
function fetchable(store) {
  const ops = store?.ops;
  if (!ops?.length) return [];
  const read = new Set();
  for (const inputs of ops.inputs) for (let k = 0; k < inputs.length; k += 2) read.add(inputs[k]);
  const names = [];
  for (let i = ops.length - 1; i >= 0 && names.length < 6; i -= 1) {
    const gives = ops.outputs[i].length > 0;
    const wanted = gives ? ops.maker[i] === "user" : ops.maker[i] === "optimizer" && ops.type[i] === "NoOp";
    if (!read.has(i) && wanted) names.push(gives ? `${ops.name[i]}:0` : ops.name[i]);
  }
  return names;
}
