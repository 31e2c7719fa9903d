// Elements without a framework. Text children become text nodes, so what comes from a graph is never markup.

// attributes that people read
const TOLD = new Set(["title", "aria-label", "alt", "placeholder"]);
const SVG = "http://www.w3.org/2000/svg";

const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A text in which characters that turn the direction of writing are seen: they could make it read as another text. */
export function visible(text) {
  return String(text).replace(TURNS, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on") && typeof value === "function") node.addEventListener(key.slice(2).toLowerCase(), value);
    else if (key === "dataset") for (const [name, each] of Object.entries(value)) node.dataset[name] = each;
    else node.setAttribute(key, value === true ? "" : TOLD.has(key) ? visible(value) : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(visible(child)));
  }
  return node;
}

/** An HTML element. Properties named `on...` with a function are listeners, `dataset` is an object, the rest are attributes. */
export function element(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** An SVG element, with the same properties. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

/** Makes `wanted` the children of a node. Those that stay where they are are not touched, so little is laid out anew. */
export function keepChildren(node, wanted) {
  const kept = new Set(wanted);
  for (const child of [...node.childNodes]) if (!kept.has(child)) child.remove();
  let at = node.firstChild;
  for (const child of wanted) {
    if (child === at) at = at.nextSibling;
    else node.insertBefore(child, at);
  }
}

/** Calls `run` once in the next frame, however often it is asked; dropped when `signal` aborts. */
export function oncePerFrame(run, signal) {
  let asked = 0;
  signal?.addEventListener("abort", () => cancelAnimationFrame(asked));
  return () => {
    if (asked || signal?.aborted) return;
    asked = requestAnimationFrame(() => {
      asked = 0;
      run();
    });
  };
}
