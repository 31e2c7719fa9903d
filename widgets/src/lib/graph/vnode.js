// Pictures as plain data: `v(tag, attributes, ...children)`, turned into DOM for the page or into text for a file.

const SVG = "http://www.w3.org/2000/svg";

/** A node of a picture; children are nodes or text, null ones are left out. */
export function v(tag, attributes, ...children) {
  return { tag, attributes: attributes ?? {}, children: children.flat().filter((child) => child !== null && child !== undefined && child !== false) };
}

/** Builds the SVG element; text enters as text nodes only. */
export function toDom(node, owner = document) {
  if (typeof node === "string") return owner.createTextNode(node);
  const element = owner.createElementNS(SVG, node.tag);
  for (const [name, value] of Object.entries(node.attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  for (const child of node.children) element.append(toDom(child, owner));
  return element;
}

const escaped = (text) => text
  .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;")
  // characters that XML has no way to write
  // eslint-disable-next-line no-control-regex
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");

/** Markup text of a node. */
export function toText(node) {
  if (typeof node === "string") return escaped(node);
  const attributes = Object.entries(node.attributes)
    .filter(([, value]) => value !== null && value !== undefined && value !== false)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join("");
  if (!node.children.length) return `<${node.tag}${attributes}/>`;
  return `<${node.tag}${attributes}>${node.children.map(toText).join("")}</${node.tag}>`;
}

/** A number for an attribute: at most one decimal. */
export const n1 = (value) => String(Math.round(value * 10) / 10);
