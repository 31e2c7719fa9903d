// What a view shows, as an SVG of plain shapes and text: no script, no style sheet, fonts by name. Two drawings of the same page are the
// same to the byte.
//
// Boxes, borders and lines of text are read off the page; pictures inside it are copied with their colours written out.

const NS = "http://www.w3.org/2000/svg";
const COPIED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity", "fill-opacity", "stroke-opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "marker-start", "marker-end"];

/** Returns the SVG of what `node` shows, with `title` and `description` for readers of screens. */
export function pageSvg(node, title, description) {
  const from = node.getBoundingClientRect();
  const drawing = { parts: [], clips: [], from, context: document.createElement("canvas").getContext("2d") };
  const paper = colourOf(getComputedStyle(node.closest(".tfm") ?? node).backgroundColor) ?? "#ffffff";
  drawElement(drawing, node);
  const [width, height] = [round(from.width), round(from.height)];
  const defs = drawing.clips.length ? `<defs>${drawing.clips.join("")}</defs>` : "";
  return `<svg xmlns="${NS}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img"><title>${escaped(title)}</title><desc>${escaped(description)}</desc>${defs}`
    + `<rect width="${width}" height="${height}" fill="${paper}"/>${drawing.parts.join("")}</svg>\n`;
}

function drawElement(drawing, node) {
  const style = getComputedStyle(node);
  if (style.display === "none" || style.visibility === "hidden" || style.clipPath.startsWith("inset(50%")) return;
  const box = node.getBoundingClientRect();
  const outside = box.bottom < drawing.from.top || box.top > drawing.from.bottom || box.right < drawing.from.left || box.left > drawing.from.right;
  if (outside && style.overflow !== "visible") return;
  if (node instanceof SVGSVGElement) {
    if (!outside && box.width) drawing.parts.push(copied(drawing, node, box));
    return;
  }
  if (!outside) drawBox(drawing, box, style);
  const cut = style.overflow !== "visible" && (node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1);
  if (cut) {
    const id = `cut${drawing.clips.length + 1}`;
    drawing.clips.push(`<clipPath id="${id}">${rectOf(drawing, box)}</clipPath>`);
    drawing.parts.push(`<g clip-path="url(#${id})">`);
  }
  drawPseudo(drawing, node, box, "::before");
  if (node instanceof HTMLInputElement) drawInput(drawing, node, box, style);
  else {
    const room = cut && style.textOverflow === "ellipsis" ? box.right - parseFloat(style.paddingRight) : Infinity;
    for (const child of node.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) drawElement(drawing, child);
      else if (child.nodeType === Node.TEXT_NODE) drawText(drawing, child, style, room);
    }
  }
  drawPseudo(drawing, node, box, "::after");
  if (cut) drawing.parts.push("</g>");
}

function rectOf({ from }, box, more = "") {
  return `<rect x="${round(box.left - from.left)}" y="${round(box.top - from.top)}" width="${round(box.width)}" height="${round(box.height)}"${more}/>`;
}

function drawBox(drawing, box, style) {
  if (!box.width || !box.height) return;
  const fill = colourOf(style.backgroundColor);
  const radius = Math.min(parseFloat(style.borderTopLeftRadius) || 0, box.height / 2);
  const corner = radius ? ` rx="${round(radius)}"` : "";
  const sides = ["Top", "Right", "Bottom", "Left"].map((side) => ({ width: parseFloat(style[`border${side}Width`]) || 0, colour: colourOf(style[`border${side}Color`]), kind: style[`border${side}Style`] }));
  const drawn = sides.filter((each) => each.width && each.colour && each.kind !== "none");
  if (fill) drawing.parts.push(rectOf(drawing, box, `${corner} fill="${fill}"`));
  drawGradient(drawing, box, style);
  if (drawn.length === 4 && sides.every((each) => each.width === sides[0].width)) {
    const half = sides[0].width / 2;
    const inner = { left: box.left + half, top: box.top + half, width: box.width - 2 * half, height: box.height - 2 * half };
    drawing.parts.push(rectOf(drawing, inner, `${corner} fill="none" stroke="${sides[0].colour}" stroke-width="${round(sides[0].width)}"${dashOf(sides[0])}`));
  } else if (drawn.length) {
    const { left, top, right, bottom } = box;
    const edges = [[left, top, right, top, 0, 1], [right, top, right, bottom, -1, 0], [left, bottom, right, bottom, 0, -1], [left, top, left, bottom, 1, 0]];
    sides.forEach((side, k) => { if (drawn.includes(side)) drawing.parts.push(lineOf(drawing, edges[k], side)); });
  }
}

/** A line across the middle that the style sheet draws as a gradient, whole or in dots. */
function drawGradient({ parts, from }, box, style) {
  const colour = /(rgba?\([^)]*\)|color\([^)]*\))/.exec(style.backgroundImage);
  const [across, high] = style.backgroundSize.split(" ").map(parseFloat);
  if (!colour || !(high > 0 && high < 4)) return;
  const y = round(box.top - from.top + box.height / 2);
  const dots = style.backgroundRepeat === "repeat-x" ? ` stroke-dasharray="${round(across / 2)} ${round(across / 2)}"` : "";
  parts.push(`<line x1="${round(box.left - from.left)}" y1="${y}" x2="${round(box.right - from.left)}" y2="${y}" stroke="${colourOf(colour[1])}" stroke-width="${round(high)}"${dots}/>`);
}

function lineOf({ from }, [x1, y1, x2, y2, dx, dy], side) {
  const half = side.width / 2;
  return `<line x1="${round(x1 - from.left + dx * half)}" y1="${round(y1 - from.top + dy * half)}" x2="${round(x2 - from.left + dx * half)}" y2="${round(y2 - from.top + dy * half)}" stroke="${side.colour}" stroke-width="${round(side.width)}"${dashOf(side)}/>`;
}

const dashOf = ({ kind, width }) => (kind === "dashed" ? ` stroke-dasharray="${round(3 * width)} ${round(2 * width)}"` : kind === "dotted" ? ` stroke-dasharray="${round(width)} ${round(2 * width)}"` : "");

/** Marks that the style sheet draws: a box, or a polygon, that stands at a place of its own in its element. */
function drawPseudo(drawing, node, box, which) {
  const style = getComputedStyle(node, which);
  if (style.content === "none" || style.content === "normal" || style.display === "none" || style.position !== "absolute") return;
  const [left, top, width, height] = ["left", "top", "width", "height"].map((key) => parseFloat(style[key]));
  if (![left, top, width, height].every(Number.isFinite)) return;
  const place = { left: box.left + node.clientLeft + left, top: box.top + node.clientTop + top, width, height, right: 0, bottom: 0 };
  place.right = place.left + width;
  place.bottom = place.top + height;
  const polygon = /^polygon\((.+)\)$/.exec(style.clipPath);
  const fill = colourOf(style.backgroundColor);
  if (!polygon) drawBox(drawing, place, style);
  else if (fill) {
    const points = polygon[1].split(",").map((pair) => pair.trim().split(/\s+/).map((each, k) => (each.endsWith("%") ? (parseFloat(each) / 100) * (k ? height : width) : parseFloat(each))));
    drawing.parts.push(`<polygon points="${points.map(([x, y]) => `${round(place.left - drawing.from.left + x)},${round(place.top - drawing.from.top + y)}`).join(" ")}" fill="${fill}"/>`);
  }
}

// --- text

function drawText(drawing, node, style, room) {
  const text = node.data;
  if (!text.trim()) return;
  const range = document.createRange();
  const pre = style.whiteSpace.startsWith("pre");
  range.setStart(node, pre ? 0 : text.length - text.trimStart().length);
  range.setEnd(node, pre ? text.length : text.trimEnd().length);
  const rects = [...range.getClientRects()].filter((each) => each.width);
  if (!rects.length || rects.every((each) => each.bottom < drawing.from.top || each.top > drawing.from.bottom)) return;
  const lines = rects.length === 1 ? [{ text, rect: rects[0] }] : linesOf(node, range);
  for (const line of lines) pushText(drawing, room < line.rect.right ? shortenedTo(node, range, line, room) : line.text, room < line.rect.right ? { left: line.rect.left, top: line.rect.top, height: line.rect.height } : line.rect, style);
}

/** The lines into which the page broke a text. */
function linesOf(node, range) {
  const lines = [];
  for (const found of node.data.matchAll(/\S+\s*/g)) {
    range.setStart(node, found.index);
    range.setEnd(node, found.index + found[0].length);
    const rect = range.getClientRects()[0];
    if (!rect) continue;
    const last = lines.at(-1);
    if (last && Math.abs(last.rect.top - rect.top) < 3) last.text += found[0];
    else lines.push({ text: found[0], rect: { left: rect.left, top: rect.top, right: rect.right, height: rect.height } });
  }
  return lines;
}

/** As much of a line as has room, with an ellipsis. */
function shortenedTo(node, range, line, room) {
  let [low, high] = [0, line.text.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    range.setStart(node, 0);
    range.setEnd(node, Math.min(node.data.length, middle));
    if (range.getBoundingClientRect().right <= room - 9) low = middle;
    else high = middle - 1;
  }
  return low ? `${line.text.slice(0, low)}…` : "";
}

function drawInput(drawing, node, box, style) {
  if (!["text", "search", "number"].includes(node.type)) return;
  const rect = { left: box.left + parseFloat(style.paddingLeft) + node.clientLeft, top: box.top, height: box.height };
  if (node.value || node.placeholder) pushText(drawing, node.value || node.placeholder, rect, style);
}

function pushText({ parts, from, context }, text, rect, style) {
  const shown = style.whiteSpace.startsWith("pre") ? text.replace(/\n/g, "") : text.replace(/\s+/g, " ").trim();
  if (!shown) return;
  context.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  const measured = context.measureText("x");
  const whole = measured.fontBoundingBoxAscent + measured.fontBoundingBoxDescent;
  const baseline = rect.top + (rect.height - whole) / 2 + measured.fontBoundingBoxAscent;
  const struck = style.textDecorationLine === "line-through" ? ' text-decoration="line-through"' : "";
  const length = rect.width ? ` textLength="${round(rect.width)}"` : "";
  const weight = style.fontWeight === "400" ? "" : ` font-weight="${style.fontWeight}"`;
  parts.push(`<text x="${round(rect.left - from.left)}" y="${round(baseline - from.top)}" font-family="${escaped(style.fontFamily.replaceAll("\"", "'"))}" font-size="${parseFloat(style.fontSize)}"${weight}${struck}${length} fill="${colourOf(style.color) ?? "#000000"}" xml:space="preserve">${escaped(shown)}</text>`);
}

// --- pictures inside the page

function copied({ from }, node, box) {
  const copy = node.cloneNode(true);
  const pairs = [[node, copy], ...[...node.querySelectorAll("*")].map((each, k) => [each, copy.querySelectorAll("*")[k]])];
  for (const [original, twin] of pairs) {
    const style = getComputedStyle(original);
    if (style.display === "none") { twin.setAttribute("display", "none"); continue; }
    for (const name of COPIED) {
      const value = style.getPropertyValue(name);
      if (value && value !== "normal") twin.setAttribute(name, name === "fill" || name === "stroke" ? colourOf(value) ?? "none" : value.replaceAll("\"", "'"));
    }
    for (const name of ["class", "style", "tabindex", "focusable", "aria-hidden"]) twin.removeAttribute(name);
    for (const name of twin.getAttributeNames()) if (name.startsWith("data-") || name.startsWith("on")) twin.removeAttribute(name);
  }
  copy.setAttribute("x", round(box.left - from.left));
  copy.setAttribute("y", round(box.top - from.top));
  copy.setAttribute("width", round(box.width));
  copy.setAttribute("height", round(box.height));
  return new XMLSerializer().serializeToString(copy);
}

// --- small things

const round = (number) => Math.round(number * 100) / 100;

/** A computed colour as `#rrggbb` or `rgba(...)`, null when nothing is seen of it. */
function colourOf(value) {
  const mixed = /^color\(srgb ([^)]+)\)$/.exec(value);
  const found = /^rgba?\(([^)]+)\)$/.exec(value);
  if (!mixed && !found) return value === "none" || value === "transparent" ? null : value;
  const numbers = (mixed ?? found)[1].split(/[\s,/]+/).map(parseFloat);
  const [r, g, b] = numbers.slice(0, 3).map((each) => Math.round(mixed ? each * 255 : each));
  const alpha = numbers[3] ?? 1;
  if (!alpha) return null;
  return alpha < 1 ? `rgba(${r},${g},${b},${round(alpha)})` : `#${[r, g, b].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

const escaped = (text) => String(text).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "\ufffd").replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("\"", "&quot;");
