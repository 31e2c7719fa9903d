/**
 * What a run wrote so far, as a table: shown by a step that makes no value of its own, such as the training operation.
 */

import { element } from "../../lib/dom.js";
import { cellNumber, contentOf, shortNumber, withMinus } from "../../lib/values.js";

/** Table of the writes up to step `now`, or null when there are none. `link(text, step)` makes the way to a step. */
export function writesTable(index, now, link) {
  const rows = [];
  for (const i of index.places.write) {
    if (i > now) break;
    for (const write of index.steps[i].writes) rows.push(row(write, link(write.name, i)));
  }
  if (!rows.length) return null;
  const heads = ["variable", "before", "after", "largest change"].map((word) => element("th", { scope: "col" }, word));
  return element(
    "table",
    { class: "tfm-sv-writes" },
    element("caption", {}, `written so far: ${rows.length}`),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
}

function row({ before, after }, name) {
  const single = after.count === 1;
  const show = (value) => {
    if (!value) return "no value";
    if (contentOf(value) !== "number") return value.text || "-";
    return single ? shortNumber(value.cells?.data[0] ?? value.mean) : `std ${shortNumber(value.std)}`;
  };
  const cells = [show(before), show(after), shortNumber(largestChange(before, after))].map((text) =>
    element("td", {}, withMinus(text)),
  );
  return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
}

/** Largest difference between the recorded cells of two values, null when they cannot be compared. */
function largestChange(before, after) {
  if (!before?.cells || !after.cells || before.cells.data.length !== after.cells.data.length || contentOf(after) !== "number")
    return null;
  const sizes = after.cells.data.map((cell, i) => Math.abs(cellNumber(cell) - cellNumber(before.cells.data[i])));
  return sizes.reduce((a, b) => (Number.isNaN(b) || a >= b ? a : b), 0);
}
