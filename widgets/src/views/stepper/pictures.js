/**
 * Pictures of values on a canvas: heat maps, bars and grids of booleans, with the ring of the chosen cell.
 *
 * A picture is one canvas whatever the size of the value. `Picture` draws a value record and turns a pointer into the row and
 * column under it; the colours come from the custom properties of the stylesheet, so that themes need no code.
 */

import { element } from "../../lib/dom.js";
import {
  cellLetter,
  cellNumber,
  colourIndex,
  colourTable,
  contentOf,
  gridSize,
  parseColour,
  planeOf,
  scaleOf,
} from "../../lib/values.js";

/** Colours of a theme, read once for each change of theme from the element that carries the tokens. */
export function readColours(el) {
  const style = getComputedStyle(el);
  const read = (name, fallback) => parseColour(style.getPropertyValue(name) || fallback);
  const low = read("--tfm-map-negative", "#0460a0");
  const middle = read("--tfm-map-zero", "#f4f5f7");
  const high = read("--tfm-map-positive", "#c33e00");
  const ink = read("--tfm-map-ink", "#14181f");
  const paper = read("--tfm-map-paper", "#ffffff");
  return { table: colourTable(low, middle, high), low, middle, high, ink, paper };
}

const css = (rgb, alpha = 1) => (alpha === 1 ? `rgb(${rgb.join(",")})` : `rgba(${rgb.join(",")},${alpha})`);

export class Picture {
  /** @param {string} name class that tells the pictures apart in the stylesheet */
  constructor(name) {
    this.canvas = element("canvas", { class: "tfm-pic-canvas", "aria-hidden": "true" });
    this.ring = element("span", { class: "tfm-pic-ring", "aria-hidden": "true" });
    this.el = element("div", { class: `tfm-pic ${name}` }, this.canvas, this.ring);
    this.small = document.createElement("canvas");
  }

  /**
   * Draws a value into at most `width` x `height`. `options`: `lead` (slice of rank 3 and more), `scale`, `colours`, `bars` (a vector
   * as bars instead of a strip), `most` (largest cell). Sets `plane` and `size`, which the ring and `cellUnder` use.
   */
  draw(value, width, height, options) {
    const { colours } = options;
    this.value = value;
    this.content = contentOf(value);
    this.plane = planeOf(value.cells, options.lead);
    this.scale = options.scale ?? scaleOf(value);
    this.bars = Boolean(options.bars) && this.plane.isVector;
    const { rows, columns } = this.plane;
    this.size = this.bars
      ? { cellWidth: width / columns, cellHeight: height, width, height }
      : gridSize(rows, columns, width, height, options.most);
    const ratio = Math.max(1, globalThis.devicePixelRatio || 1);
    const { canvas, size } = this;
    canvas.width = Math.max(1, Math.round(size.width * ratio));
    canvas.height = Math.max(1, Math.round(size.height * ratio));
    canvas.style.width = `${size.width}px`;
    canvas.style.height = `${size.height}px`;
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, canvas.width, canvas.height);
    if (this.bars) this.#drawBars(pen, colours, ratio);
    else this.#drawCells(pen, colours, ratio);
    this.ring.hidden = true;
  }

  #drawCells(pen, colours, ratio) {
    const { rows, columns, start } = this.plane;
    const { data } = this.value.cells;
    const image = new ImageData(columns, rows);
    const odd = [];
    for (let i = 0; i < rows * columns; i += 1) {
      const cell = data[start + i];
      const number = cellNumber(cell);
      let rgb = colours.paper;
      if (this.content === "bool") rgb = number ? blend(colours.paper, colours.ink, 0.62) : blend(colours.paper, colours.ink, 0.06);
      else if (Number.isFinite(number)) rgb = colours.table[colourIndex(number, this.scale)];
      else odd.push(i);
      image.data.set([rgb[0], rgb[1], rgb[2], 255], i * 4);
    }
    this.small.width = columns;
    this.small.height = rows;
    this.small.getContext("2d").putImageData(image, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(this.small, 0, 0, this.canvas.width, this.canvas.height);
    const w = this.size.cellWidth * ratio;
    const h = this.size.cellHeight * ratio;
    for (const i of odd) this.#drawOdd(pen, colours, data[start + i], (i % columns) * w, Math.floor(i / columns) * h, w, h, ratio);
    if (this.content === "bool" && Math.min(w, h) >= 13 * ratio) this.#drawWords(pen, colours, data, w, h, ratio);
  }

  /** A cell that is not finite: hatched and lettered, never a colour of the map. */
  #drawOdd(pen, colours, cell, x, y, w, h, ratio) {
    pen.save();
    pen.beginPath();
    pen.rect(x, y, w, h);
    pen.clip();
    pen.fillStyle = css(colours.paper);
    pen.fillRect(x, y, w, h);
    pen.strokeStyle = css(colours.ink, 0.75);
    pen.lineWidth = Math.max(1, ratio * 0.9);
    const gap = Math.max(3, Math.min(4 * ratio, w / 2));
    pen.beginPath();
    for (let d = -h; d < w; d += gap) {
      pen.moveTo(x + d, y + h);
      pen.lineTo(x + d + h, y);
    }
    pen.stroke();
    const letter = cellLetter(cell);
    const tall = Math.min(w * 1.2, h);
    if (letter && tall >= 8.5 * ratio) {
      const size = Math.min(13 * ratio, tall * 0.86);
      pen.fillStyle = css(colours.paper);
      pen.fillRect(x + w / 2 - size * 0.42, y + h / 2 - size * 0.52, size * 0.84, size * 1.04);
      writeWord(pen, letter === "-" ? "\u2212" : letter, x + w / 2, y + h / 2, size, css(colours.ink), 700);
    }
    pen.restore();
  }

  #drawWords(pen, colours, data, w, h, ratio) {
    const { rows, columns, start } = this.plane;
    for (let i = 0; i < rows * columns; i += 1) {
      const on = cellNumber(data[start + i]) !== 0;
      const ink = css(on ? colours.paper : colours.ink, on ? 1 : 0.75);
      writeWord(
        pen,
        on ? "T" : "F",
        ((i % columns) + 0.5) * w,
        (Math.floor(i / columns) + 0.5) * h,
        Math.min(12 * ratio, h * 0.7),
        ink,
        600,
      );
    }
  }

  #drawBars(pen, colours, ratio) {
    const { columns, start } = this.plane;
    const { data } = this.value.cells;
    const finite = [];
    for (let i = 0; i < columns; i += 1) {
      const n = cellNumber(data[start + i]);
      if (Number.isFinite(n)) finite.push(n);
    }
    const top = Math.max(0, ...finite);
    const bottom = Math.min(0, ...finite);
    const span = top - bottom || 1;
    const tall = this.canvas.height - 2;
    const zero = 1 + (top / span) * tall;
    const w = this.canvas.width / columns;
    const gap = w > 6 * ratio ? 2 * ratio : w > 2.5 * ratio ? ratio : 0;
    for (let i = 0; i < columns; i += 1) {
      const cell = data[start + i];
      const n = cellNumber(cell);
      const x = i * w + gap / 2;
      if (!Number.isFinite(n)) {
        this.#drawOdd(pen, colours, cell, x, 0, Math.max(1, w - gap), this.canvas.height, ratio);
        continue;
      }
      const end = 1 + ((top - n) / span) * tall;
      const high = Math.max(ratio, Math.abs(end - zero));
      pen.fillStyle = css(n < 0 ? colours.low : colours.high, n === 0 ? 0.4 : 0.82);
      pen.fillRect(x, n < 0 ? zero : zero - high, Math.max(ratio * 0.75, w - gap), high);
    }
    pen.fillStyle = css(colours.ink, 0.8);
    pen.fillRect(0, zero - ratio / 2, this.canvas.width, Math.max(1, ratio));
    this.range = { top, bottom, zero: zero / ratio };
  }

  /** Puts the ring around `row`, `column`; null for either means all along that axis. */
  mark(row, column) {
    const { ring, size, plane } = this;
    if (!size || row === undefined) {
      ring.hidden = true;
      return;
    }
    const x = column === null ? 0 : column * size.cellWidth;
    const y = row === null || this.bars ? 0 : row * size.cellHeight;
    const w = column === null ? size.width : size.cellWidth;
    const h = row === null || this.bars ? size.height : size.cellHeight;
    const wide = Math.max(w, 9);
    const high = Math.max(h, 9);
    ring.hidden = (column ?? 0) >= plane.columns || (row ?? 0) >= plane.rows;
    ring.style.cssText = `left:${x + (w - wide) / 2}px;top:${y + (h - high) / 2}px;width:${wide}px;height:${high}px`;
  }

  /** `{row, column}` under a pointer event, inside the plane. */
  cellUnder(event) {
    const box = this.canvas.getBoundingClientRect();
    const { rows, columns } = this.plane;
    const inside = (part, n) => Math.max(0, Math.min(n - 1, Math.floor(part * n)));
    return {
      row: this.bars ? 0 : inside((event.clientY - box.top) / box.height, rows),
      column: inside((event.clientX - box.left) / box.width, columns),
    };
  }
}

function blend(a, b, part) {
  return a.map((n, i) => Math.round(n + (b[i] - n) * part));
}

function writeWord(pen, word, x, y, size, style, weight) {
  pen.fillStyle = style;
  pen.font = `${weight} ${size}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(word, x, y + size * 0.05);
}
