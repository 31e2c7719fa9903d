// Widths of text and sizes of boxes, in CSS pixels. The measures are those of the design notes.

const FONTS = {
  sans: '500 12px Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  bold: '600 12px Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  mono: '400 12px "JetBrains Mono", ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
};
// Advance of a monospaced character, in parts of the font size; the widest of the fonts above.
const MONO_ADVANCE = 0.602;

let context = null;
const known = { sans: new Map(), bold: new Map(), mono: new Map() };

function measureContext() {
  if (context === null) {
    context = typeof document === "undefined" ? false : document.createElement("canvas").getContext("2d");
  }
  return context;
}

/** Advance of `text` at 12 px where there is no page to measure in: narrow, normal, wide characters. */
function estimate(text) {
  let width = 0;
  for (const char of text) {
    if ("iljtfrI.,:;'|!()[] ".includes(char)) width += 4;
    else if ("mwMW@%".includes(char)) width += 10.5;
    else if (char >= "A" && char <= "Z") width += 8;
    else width += char.codePointAt(0) > 0x2e80 ? 12 : 6.9;
  }
  return width;
}

/** Width of `text` in the font family `face` ("sans", "bold" or "mono") at `size` px. */
export function textWidth(text, face = "sans", size = 12) {
  const cache = known[face];
  let width = cache.get(text);
  if (width === undefined) {
    const canvas = measureContext();
    if (canvas) {
      canvas.font = FONTS[face];
      width = canvas.measureText(text).width;
    } else {
      width = face === "mono" ? [...text].length * 12 * MONO_ADVANCE : estimate(text) * (face === "bold" ? 1.06 : 1);
    }
    if (cache.size > 20000) cache.clear();
    cache.set(text, width);
  }
  return (width * size) / 12;
}

/** `text`, cut in the middle so that it is at most `limit` px wide; whole path parts go first. */
export function fitText(text, limit, face = "sans", size = 12) {
  if (textWidth(text, face, size) <= limit) return text;
  const parts = text.split("/");
  if (parts.length > 2) {
    for (let keep = parts.length - 2; keep >= 1; keep -= 1) {
      const head = parts.slice(0, Math.ceil(keep / 2));
      const tail = parts.slice(parts.length - Math.max(1, Math.floor(keep / 2)));
      const shorter = `${head.join("/")}/…/${tail.join("/")}`;
      if (textWidth(shorter, face, size) <= limit) return shorter;
    }
  }
  const letters = [...text];
  let low = 1;
  let high = letters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (textWidth(cut(letters, middle), face, size) <= limit) low = middle;
    else high = middle - 1;
  }
  return cut(letters, low);
}

function cut(letters, keep) {
  if (keep >= letters.length) return letters.join("");
  const tail = Math.floor((keep - 1) / 2);
  const head = Math.max(1, keep - 1 - tail);
  return `${letters.slice(0, head).join("")}…${tail ? letters.slice(-tail).join("") : ""}`;
}

/** Widest label that a box shows before it is cut. */
export const LABEL_LIMIT = 148;
