/**
 * The current step as one SVG: the line of steps, the name, the picture of the value and its numbers. No script, for papers and pages
 * that allow none.
 */

import { announcement, valueWords } from "../../lib/trace_text.js";
import { valuesOf } from "../../lib/steps.js";

const LEFT = 24;

/** Returns the SVG text of what a stepper shows. */
export function pictureOfStep({ index, cursor, timeline, panel, width, el, trace }) {
  const step = index.steps[cursor.now];
  const line = timeline.picture.querySelector("svg").cloneNode(true);
  inline(timeline.picture.querySelector("svg"), line);
  const canvas = panel.result.drawn ? panel.result.picture.canvas : null;
  const size = panel.result.picture.size;
  const tall = 98 + 96 + (canvas ? size.height + 36 : 40);
  const document = el.ownerDocument;
  const make = (tag, attributes, text) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const style = getComputedStyle(el);
  const ink = style.color;
  const words = { "font-family": "system-ui, sans-serif", fill: ink };
  const root = make("svg", {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height: tall,
    viewBox: `0 0 ${width} ${tall}`,
    role: "img",
  });
  root.append(
    make("title", {}, `Run ${trace.run} in session ${trace.session}, step ${cursor.now + 1} of ${index.count}`),
    make("desc", {}, announcement(index, cursor.now)),
    make("rect", { width, height: tall, fill: getComputedStyle(panel.el).getPropertyValue("--tfm-map-paper") || "#ffffff" }),
    line,
    make(
      "text",
      { ...words, x: LEFT, y: 126, "font-size": 15, "font-weight": 600 },
      `${cursor.now + 1} ${index.title(cursor.now)}`,
    ),
    make("text", { ...words, x: LEFT, y: 147, "font-size": 12.5 }, step.sentence),
  );
  const values = valuesOf(step);
  if (values.length)
    root.append(
      make(
        "text",
        { ...words, x: LEFT, y: 167, "font-size": 12, "font-family": "monospace" },
        `${step.name}:0  ${valueWords(values[0])}`,
      ),
    );
  if (canvas)
    root.append(make("image", { x: LEFT, y: 182, width: size.width, height: size.height, href: canvas.toDataURL("image/png") }));
  return new XMLSerializer().serializeToString(root);
}

/** Copies the computed paint of a drawing onto its clone, which leaves the stylesheet behind. */
function inline(from, to) {
  const style = getComputedStyle(from);
  for (const key of [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
  ]) {
    const value = style.getPropertyValue(key);
    if (value) to.setAttribute(key, value);
  }
  to.removeAttribute("class");
  [...from.children].forEach((child, i) => inline(child, to.children[i]));
}
