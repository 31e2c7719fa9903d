// Elements without a framework. Text children become text nodes, so what comes from a graph is never markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on") && typeof value === "function") node.addEventListener(key.slice(2).toLowerCase(), value);
    else if (key === "dataset") for (const [name, each] of Object.entries(value)) node.dataset[name] = each;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
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
