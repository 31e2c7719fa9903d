// Look of the drawing, as one style sheet for the page and for exported files.
//
// On the page colours are the custom properties of tokens.css and blends are color-mix(); in a file they are numbers,
// because not every reader of SVG knows either.

/** Tokens of the two themes, for exported files. The page takes its own from tokens.css. */
export const THEMES = {
  light: {
    canvas: "#ffffff", panel: "#f6f8fa", line: "#d8dce2", ink: "#14181f", muted: "#555658", compute: "#555658", variable: "#0460a0",
    feed: "#12a55c", write: "#c33e00", gradient: "#c378a4", control: "#151954", warn: "#b27b01",
  },
  dark: {
    canvas: "#14171c", panel: "#1c2027", line: "#343a44", ink: "#f2f4f7", muted: "#b5b8bd", compute: "#b5b8bd", variable: "#2899fa",
    feed: "#82ebab", write: "#fd9952", gradient: "#f7a9f8", control: "#8f73b7", warn: "#e3c61c",
  },
};

const SANS = 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const MONO = '"JetBrains Mono", ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/** Class colour of each kind of box and of each lane. */
const CLASS = { op: "compute", placeholder: "feed", variable: "variable", write: "write", gradients: "gradient", optimizer: "write" };

/** Style sheet of the picture under the selector `under`, with colours by `color(token)` and `mix(token, percent)`. */
function pictureCss(under, color, mix, dark) {
  const tint = dark ? 16 : 10;
  const rules = {
    "": `font-family:${SANS};font-size:12px;fill:${color("ink")};font-variant-numeric:tabular-nums;font-variant-ligatures:none`,
    " text": `fill:${color("ink")};stroke:none`,
    " .mono": `font-family:${MONO}`,
    " .type": "font-weight:500",
    " .strong": "font-weight:600",
    " .big": "font-size:13px",
    " .small": "font-size:11.5px",
    " .muted": `fill:${color("muted")}`,
    " .shape": `fill:${color("canvas")};stroke:${mix("compute", 70)};stroke-width:1`,
    " .none": "fill:none",
    " .k-constant .shape": `fill:${color("canvas")};stroke:${mix("compute", 26)};stroke-dasharray:none`,
    " .k-variable .shape, & .k-variables .shape": `fill:${mix("variable", tint)};stroke:${color("variable")};stroke-width:1.25`,
    " .k-variable .inner, & .k-variables .inner": `fill:none;stroke:${mix("variable", 55)};stroke-width:1`,
    " .dot": `fill:${color("variable")};stroke:none`,
    " .ring": `fill:none;stroke:${color("variable")};stroke-width:1.3`,
    " .pill": `fill:${color("variable")};stroke:none`,
    " .pilltext": `fill:${color("canvas")};font-size:11px;font-weight:700`,
    " .k-placeholder .shape": `fill:${mix("feed", tint)};stroke:${color("feed")};stroke-width:1.25`,
    " .k-control .shape": `stroke:${color("control")};stroke-width:1.25`,
    " .k-more .shape": `stroke:${mix("compute", 45)};stroke-dasharray:3 3`,
    " .writes .shape": `stroke:${color("write")}`,
    " .bar": `fill:${color("write")};stroke:none`,
    " .strip": `fill:${mix("compute", dark ? 20 : 14)};stroke:none`,
    " .rule": `stroke:${mix("compute", 55)};stroke-width:1;fill:none`,
    " .frame": `fill:${color("canvas")};stroke:${mix("compute", 45)};stroke-width:1`,
    " .frame.even": `fill:${color("panel")}`,
    " .triangle": `fill:${mix("ink", 78)};stroke:none`,
    " .square": `fill:${mix("compute", dark ? 22 : 12)};stroke:${mix("compute", 60)};stroke-width:1`,
    " .square.now": `fill:${color("ink")};stroke:${color("ink")}`,
    " .squaretext": "font-size:11.5px;font-weight:500",
    " .squaretext.now": `fill:${color("canvas")};font-weight:700`,
    " .band": `fill:${mix("variable", dark ? 10 : 5)};stroke:none`,
    " .bracket": `fill:none;stroke:${color("variable")};stroke-width:1.5`,
    " .edge .way": `fill:none;stroke:${mix("compute", 62)};stroke-width:1.25`,
    " .edge .head": `fill:${mix("compute", 72)};stroke:none`,
    " .edge.e-read .way": `stroke:${mix("variable", dark ? 88 : 76)}`,
    " .edge.e-read .head": `fill:${mix("variable", dark ? 94 : 90)}`,
    " .edge.e-write .way": `stroke:${mix("write", 80)}`,
    " .edge.e-write .head": `fill:${color("write")}`,
    " .edge.e-gradient .way": `stroke:${color("gradient")};stroke-width:1.5`,
    " .edge.e-gradient .head": `fill:${color("gradient")}`,
    " .edge.e-control .way": "stroke-dasharray:4 3",
    " .edge.e-control .head": `fill:${color("canvas")};stroke:${mix("compute", 80)};stroke-width:1`,
    " .fork": `fill:${mix("compute", 72)};stroke:none`,
    " .fork.e-read": `fill:${mix("variable", 90)}`,
    " .count": `fill:${color("muted")};font-size:11.5px`,
    " .lane .shape": `fill:${mix("compute", 7)};stroke:${mix("compute", 48)}`,
    " .lane .lanebar": `fill:${color("compute")};stroke:none`,
    " .mark .shape": `fill:${color("canvas")}`,
    " .hexagon .shape": `fill:${color("canvas")};stroke:${mix("compute", 75)}`,
  };
  for (const [lane, token] of Object.entries(CLASS)) {
    if (lane !== "gradients" && lane !== "optimizer") continue;
    rules[` .l-${lane} > .shape`] = `fill:${mix(token, dark ? 12 : 7)};stroke:${mix(token, 48)}`;
    rules[` .l-${lane} > .lanebar`] = `fill:${color(token)}`;
    rules[` .m-${lane} .shape`] = `stroke:${mix(token, 80)}`;
  }
  return Object.entries(rules)
    .map(([selector, body]) => `${`&${selector}`.split("&").join(under)}{${body}}`)
    .join("\n");
}

/** Style sheet of the page: colours follow the custom properties. */
export function pageCss(under, dark) {
  const color = (token) => `var(--tfm-${token})`;
  return pictureCss(under, color, (token, percent) => `color-mix(in srgb, var(--tfm-${token}) ${percent}%, var(--tfm-canvas))`, dark);
}

/** Style sheet of a file: plain colours. */
export function fileCss(under, theme) {
  const tokens = THEMES[theme];
  const mix = (token, percent) => blend(tokens[token], tokens.canvas, percent / 100);
  return pictureCss(under, (token) => tokens[token], mix, theme === "dark");
}

function blend(a, b, part) {
  const parts = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
  const [p, q] = [parts(a), parts(b)];
  return `#${p.map((value, k) => Math.round(value * part + q[k] * (1 - part)).toString(16).padStart(2, "0")).join("")}`;
}
