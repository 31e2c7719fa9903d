// The initialization order as one SVG without page or script: capsules by wave, edges, verdicts, sessions. The same bytes for the same graph.

import { counted, grouped, shortened } from "../../lib/names.js";
import { orderOf, placesOf, rowsOf, stateOf } from "./model.js";
import { placeWords } from "./text.js";

const INK = "#14181F";
const MUTED = "#555658";
const LINE = "#D8DCE2";
const VARIABLE = "#0460A0";
const CONTROL = "#151954";
const WARN = "#B27B01";
const ROW = 25;
const TOP = 76;
const MOST_ROWS = 200;
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace";
const SANS = "system-ui, sans-serif";

const esc = (text) => [...String(text)].filter((c) => c >= " " || c === "\t").join("").replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]).replace(/[\ud800-\udfff]/gu, "\ufffd");
const words = (x, y, text, { fill = INK, size = 12, weight = 400, mono = false } = {}) => `<text x="${x}" y="${y}" font-family="${mono ? MONO : SANS}" font-size="${size}" font-weight="${weight}" fill="${fill}">${esc(text)}</text>`;

export function initPicture(ctx, { chosenInit, sessions, record, opened }) {
  const { store } = ctx;
  const init = chosenInit();
  const place = init ? placesOf(store, init) : null;
  const tables = sessions();
  const all = rowsOf(store, { opened, place, sessions: tables, matches: null });
  const rows = all.slice(0, MOST_ROWS);
  const waves = Math.max(1, ...rows.map((row) => row.wave));
  const x = (wave) => (wave === 1 ? 20 : 20 + 242 + (wave - 2) * 90);
  const wide = (wave) => (wave === 1 ? 190 : 150);
  const verdictAt = x(waves) + wide(waves) + 24;
  const initAt = verdictAt + 230;
  const sessionAt = (k) => initAt + (init ? 90 : 0) + k * 120;
  const width = Math.max(640, sessionAt(tables.length) + 20);
  const y = new Map();
  const wave = new Map();
  rows.forEach((row, at) => { for (const each of row.members) if (row.kind === "variable" || !y.has(each)) { y.set(each, TOP + at * ROW + ROW / 2); wave.set(each, row.wave); } });
  const parts = [words(20, 28, `Initialization order, ${store.graph.label}`, { size: 14, weight: 600 })];
  parts.push(`<rect x="1" y="44" width="${width - 2}" height="26" fill="#F6F8FA"/>`);
  for (let k = 1; k <= waves; k += 1) parts.push(words(x(k), 62, `wave ${k}`, { weight: 600 }));
  parts.push(words(verdictAt, 62, "verdict", { fill: MUTED }));
  if (init) parts.push(words(initAt, 62, shortened(init.name, 12), { fill: MUTED, mono: true }));
  tables.forEach((each, k) => parts.push(words(sessionAt(k), 62, `${each.label} session`, { fill: MUTED })));
  for (const row of rows) {
    if (row.kind !== "variable") continue;
    for (const read of orderOf(store, row.variable).reads) {
      if (!y.has(read.variable)) continue;
      const from = wave.get(read.variable);
      const colour = read.how === "raw" ? WARN : CONTROL;
      const [x1, y1, x2, y2] = [x(from) + wide(from), y.get(read.variable), x(row.wave), y.get(row.variable)];
      const style = read.how === "raw" ? 'stroke-width="3"' : read.how === "initialized_value" ? 'stroke-width="2" stroke-dasharray="5 3"' : 'stroke-width="1.25"';
      parts.push(`<path d="M${x1} ${y1}H${x1 + 20}V${y2}H${x2 - 8}" fill="none" stroke="${colour}" ${style}/><path d="M${x2 - 9} ${y2 - 4}L${x2} ${y2}L${x2 - 9} ${y2 + 4}z" fill="${colour}"/>`);
    }
  }
  rows.forEach((row, at) => {
    const variable = store.variables[row.variable];
    const item = orderOf(store, row.variable);
    const top = TOP + at * ROW;
    const fold = row.kind === "fold";
    const title = shortened(fold ? row.title : variable.name, Math.floor((wide(row.wave) - (fold ? 70 : 36)) / 7.2));
    parts.push(`<rect x="${x(row.wave)}" y="${top + 2}" width="${wide(row.wave)}" height="21" rx="10.5" fill="#E6EFF6" stroke="${VARIABLE}"/>`);
    parts.push(`<circle cx="${x(row.wave) + 14}" cy="${top + 12.5}" r="3" fill="${variable.trainable ? VARIABLE : "none"}" stroke="${VARIABLE}" stroke-width="1.3"/>`);
    parts.push(words(x(row.wave) + 24, top + 16.5, title, { mono: true, weight: 600 }));
    if (fold) parts.push(words(x(row.wave) + wide(row.wave) - 38, top + 16.5, `×${grouped(row.members.length)}`, { fill: MUTED }));
    const how = [...new Set(item.reads.map((read) => (read.how === "raw" ? "raw read" : read.how)))].join(", ");
    const asks = item.verdict !== "any order";
    parts.push(words(verdictAt, top + 16.5, `${item.verdict}${how ? `, ${how}` : ""}`, { fill: asks || how ? INK : MUTED, weight: asks ? 600 : 400 }));
    if (place) parts.push(words(initAt, top + 16.5, place(row.variable), { fill: place(row.variable) === "in" ? INK : MUTED }));
    tables.forEach((each, k) => parts.push(words(sessionAt(k), top + 16.5, stateOf(each, row.variable).words, { fill: each.values[row.variable] ? INK : MUTED })));
    parts.push(`<line x1="20" x2="${width - 20}" y1="${top + ROW}" y2="${top + ROW}" stroke="${LINE}" stroke-width="0.6"/>`);
  });
  let bottom = TOP + rows.length * ROW + 24;
  if (all.length > rows.length) { parts.push(words(20, bottom, `${grouped(all.length - rows.length)} more rows`, { fill: MUTED })); bottom += 20; }
  const ahead = record();
  if (ahead) {
    const stop = ahead.stops_fed ?? ahead.stops;
    parts.push(words(20, bottom, `Preflight of ${ahead.fetches.join(", ")} in session ${ahead.session}: ${stop ? `would stop ${placeWords(stop, ahead.steps)}, ${stop.name} ${stop.what === "unfed" ? "must be fed" : stop.what === "empty" ? "is empty" : ""}`.trim() : "would run"}`, { weight: 600 }));
    bottom += 20;
  }
  const note = `${counted(store.variables.length, "variable")} in ${counted(waves, "wave")}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom}" viewBox="0 0 ${width} ${bottom}" role="img"><title>${esc(`Initialization order, ${store.graph.label}`)}</title><desc>${esc(note)}</desc><rect x="0.5" y="0.5" width="${width - 1}" height="${bottom - 1}" rx="8" fill="#FFFFFF" stroke="${LINE}"/>${parts.join("")}</svg>`;
}
