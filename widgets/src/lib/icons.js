// Icons, drawn here on a grid of 16: stroke 1.5, round ends. Meaning never rests on an icon alone; a word stands beside it.

import { svg } from "./dom.js";

const PATHS = {
  search: ["M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z", "M10.5 10.5L14 14"],
  searchPlus: ["M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9z", "M10.5 10.5L14 14", "M7 5.2v3.6M5.2 7h3.6"],
  text: ["M2.5 4h11", "M2.5 8h11", "M2.5 12h7"],
  export: ["M8 10V2.5", "M5 5l3-3l3 3", "M2.5 9.5v3a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-3"],
  code: ["M5 4.5L1.5 8L5 11.5", "M11 4.5L14.5 8L11 11.5"],
  note: ["M2.5 3h11v7.5h-6L4.5 13v-2.5h-2z"],
  help: ["M5.6 5.6a2.5 2.5 0 1 1 3.6 2.4c-.9.4-1.2.9-1.2 1.8", "M8 12.6v.1"],
  left: ["M10 3L5 8l5 5"],
  right: ["M6 3l5 5l-5 5"],
  close: ["M4 4l8 8M12 4l-8 8"],
  link: ["M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.9.9", "M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9"],
  plus: ["M8 3v10M3 8h10"],
  made: ["M4 2.5h8A1.5 1.5 0 0 1 13.5 4v8a1.5 1.5 0 0 1-1.5 1.5H4A1.5 1.5 0 0 1 2.5 12V4A1.5 1.5 0 0 1 4 2.5z", "M8 5.3v5.4M5.3 8h5.4"],
  warn: ["M8 2.2L14.5 13.5H1.5z", "M8 6.3v3.2", "M8 11.6v.1"],
  refused: ["M5.2 1.8h5.6l3.4 3.4v5.6l-3.4 3.4H5.2l-3.4-3.4V5.2z", "M5.6 5.6l4.8 4.8M10.4 5.6l-4.8 4.8"],
  shared: ["M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3a2.6 2.6 0 0 0-3.7-3.7l-.9.9", "M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.9-.9"],
  swap: ["M2.5 5.5h10M10 3l2.5 2.5L10 8", "M13.5 10.5h-10M6 8l-2.5 2.5L6 13"],
  fit: ["M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"],
  minus: ["M3 8h10"],
  copy: ["M6 6h7v7H6z", "M10 6V3H3v7h3"],
};

const FILLED = new Set(["refused"]);

/** An icon of `size` px, hidden from screen readers: the word beside it says the same. */
export function icon(name, size = 16) {
  const paths = PATHS[name] ?? [];
  return svg(
    "svg",
    {
      viewBox: "0 0 16 16", width: size, height: size, class: `tfm-icon tfm-icon-${name}`, "aria-hidden": "true", focusable: "false", fill: "none",
      stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round", "stroke-linejoin": "round",
    },
    paths.map((d, k) => svg("path", FILLED.has(name) ? (k ? { d, stroke: "var(--tfm-canvas)" } : { d, fill: "currentColor" }) : { d })),
  );
}

/** The icon of a verdict word. */
export const VERDICT_ICON = { made: "made", shared: "shared", "shared, but": "warn", refused: "refused" };

/** The icon of a reuse mode. */
export const MODE_ICON = { "make new": "plus", "find only": "search", "find, else make": "searchPlus" };
