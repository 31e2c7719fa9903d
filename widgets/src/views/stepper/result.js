/**
 * The picture of a step's result with its axes: heat map, bars, one large number, a grid of texts, slices of higher ranks, and the
 * table behind the picture.
 *
 * The picture takes the keyboard: arrows choose a cell, Home and End the ends of a row, PgUp and PgDn the ends of a column, Enter
 * opens the table, which takes the same keys. Escape leaves.
 */

import { element } from "../../lib/dom.js";
import { valueWords } from "../../lib/trace_text.js";
import {
  axisNumber,
  cellAt,
  cellText,
  contentOf,
  grouped,
  indexOf,
  planeOf,
  scaleOf,
  shapeText,
  shortNumber,
  withMinus,
} from "../../lib/values.js";
import { Picture } from "./pictures.js";

const TABLE_ROWS = 12;

export class ResultView {
  /** @param {{choose, slice, tabled, signal, uid, leave}} options callbacks of the panel and the view */
  constructor(options) {
    this.options = options;
    this.picture = new Picture("tfm-pic-main");
    this.focusable = element(
      "div",
      { class: "tfm-sv-map", role: "application", tabindex: "0", "aria-roledescription": "picture of values" },
      this.picture.el,
    );
    this.top = element("div", { class: "tfm-sv-axis tfm-sv-top", "aria-hidden": "true" });
    this.left = element("div", { class: "tfm-sv-axis tfm-sv-left", "aria-hidden": "true" });
    this.bar = element("div", { class: "tfm-sv-bar", "aria-hidden": "true" });
    this.slices = element("div", { class: "tfm-sv-slices" });
    this.note = element("div", { class: "tfm-sv-note" });
    this.plain = element("div", { class: "tfm-sv-plain" });
    this.table = element("div", { class: "tfm-sv-table", role: "group", tabindex: "0", "aria-label": "Table of values" });
    this.el = element(
      "div",
      { class: "tfm-sv-result" },
      this.slices,
      element("div", { class: "tfm-sv-frame" }, this.top, this.left, this.focusable, this.bar, this.note),
      this.plain,
      this.table,
    );
    const { signal } = options;
    let held = false;
    const pick = (event) => {
      const { row, column } = this.picture.cellUnder(event);
      options.choose(indexOf(this.value.cells, this.picture.plane, row, column));
    };
    this.focusable.addEventListener(
      "pointerdown",
      (event) => {
        if (event.button !== 0) return;
        held = true;
        pick(event);
      },
      { signal },
    );
    this.focusable.addEventListener("pointermove", (event) => held && event.buttons && pick(event), { signal });
    for (const end of ["pointerup", "pointercancel", "pointerleave"])
      this.focusable.addEventListener(
        end,
        () => {
          held = false;
        },
        { signal },
      );
    for (const el of [this.focusable, this.table]) el.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  /** Draws a value (or null) in at most `room` px, a picture of at most `most` px. */
  draw(value, { room, most, scale, colours, lead, table, step, part }) {
    this.value = value;
    this.lead = lead;
    const active = this.el.getRootNode().activeElement;
    const content = value ? contentOf(value) : "none";
    const drawn = value && value.cells && value.count > 0 && content !== "text" && value.shape.length > 0;
    for (const el of [this.top, this.left, this.focusable, this.bar]) el.hidden = !drawn || table;
    this.el.classList.toggle("tfm-vector", Boolean(drawn && value.shape.length === 1));
    this.slices.replaceChildren();
    this.table.replaceChildren();
    this.plain.replaceChildren();
    this.note.replaceChildren();
    this.tabled = Boolean(drawn && table);
    this.drawn = Boolean(drawn);
    this.room = room;
    if (drawn) this.#drawPicture(value, { room, most, scale, colours, lead });
    if (!drawn) this.#drawPlain(value, content, step, part);
    if (value && content === "text" && value.count > 1) this.#drawTable([0, 0]);
    if (drawn) this.#drawNote(value, table);
    this.table.hidden = !this.tabled && !this.table.firstChild;
    const [shown, gone] = this.tabled ? [this.table, this.focusable] : [this.focusable, this.table];
    if (active && active === gone) shown.focus();
  }

  #drawPicture(value, { room, most, scale, colours, lead }) {
    const vector = value.shape.length === 1;
    const limits = scale ?? scaleOf(value);
    if (vector) {
      const bars = contentOf(value) === "number";
      this.picture.draw(value, Math.min(room - 30, value.cells.shape[0] * 48), Math.max(150, most * 0.7), { colours, scale: limits, bars, most: 34 });
    } else this.picture.draw(value, Math.min(room, most * stretchOf(value.cells)), most, { colours, scale: limits, lead, most: 30 });
    const { plane } = this.picture;
    this.focusable.setAttribute("aria-label", `${valueWords(value)}. Arrow keys choose a cell, Enter opens a table.`);
    this.el.style.setProperty("--map-width", `${Math.round(this.picture.size.width)}px`);
    this.#axes(value, plane, vector);
    this.#legend(value, limits, vector);
    if (value.shape.length > 2) this.#sliders(value, plane);
  }

  #axes(value, plane, vector) {
    const { origin } = value.cells;
    const rank = value.shape.length;
    const ends = (count, axis) => [String(origin[axis] ?? 0), String((origin[axis] ?? 0) + count - 1)];
    const [from, to] = ends(plane.columns, rank - 1);
    const words = (first, middle, last) => [
      element("span", {}, first),
      element("span", {}, middle),
      element("span", {}, first === last ? "" : last),
    ];
    const roomy = this.picture.size.width > 90;
    this.top.replaceChildren(...words(from, roomy ? `axis ${rank - 1}` : "", to));
    if (vector) {
      const { range } = this.picture;
      const tops = range ? [axisNumber(range.top), range.bottom < 0 ? axisNumber(range.bottom) : "0"] : ["", ""];
      this.left.replaceChildren(element("span", {}, tops[0]), element("span", {}), element("span", {}, tops[1]));
      return;
    }
    const [first, last] = ends(plane.rows, rank - 2);
    this.left.replaceChildren(...words(first, this.picture.size.height > 90 ? `axis ${rank - 2}` : "", last));
  }

  #legend(value, scale, vector) {
    const show = contentOf(value) === "number" && !vector;
    this.bar.classList.toggle("tfm-empty", !show);
    if (!show) {
      this.bar.replaceChildren();
      return;
    }
    const sides = ["\u2212" + axisNumber(scale.limit), "0", axisNumber(scale.limit)];
    this.bar.replaceChildren(
      element("div", { class: "tfm-sv-ramp" }),
      element("div", { class: "tfm-sv-ticks" }, ...sides.map((t) => element("span", {}, t))),
    );
  }

  #sliders(value, plane) {
    plane.lead.forEach((at, axis) => {
      const most = value.cells.shape[axis] - 1;
      const id = `${this.options.uid}-slice${axis}`;
      const slider = element("input", { id, type: "range", min: "0", max: String(most), value: String(at), step: "1" });
      slider.addEventListener(
        "input",
        () => {
          const lead = [...plane.lead];
          lead[axis] = Number(slider.value);
          this.options.slice(lead, id);
        },
        { signal: this.options.signal },
      );
      slider.addEventListener("keydown", (event) => event.key !== "Escape" && event.stopPropagation(), {
        signal: this.options.signal,
      });
      this.slices.append(
        element(
          "label",
          { class: "tfm-sv-slice", for: id },
          element("span", {}, `axis ${axis}`),
          slider,
          element("span", { class: "tfm-mono" }, `${at + (value.cells.origin[axis] ?? 0)} of ${value.shape[axis]}`),
        ),
      );
    });
  }

  #drawNote(value, table) {
    const { cells } = value;
    const words = cells.complete
      ? `all ${grouped(value.count)} values`
      : `${grouped(cells.data.length)} of ${grouped(value.count)} values, from [${cells.origin.join(",")}]; numbers are over all`;
    const button = element(
      "button",
      { type: "button", class: "tfm-st-link", "aria-pressed": String(Boolean(table)) },
      table ? "picture" : "table",
    );
    button.addEventListener("click", () => this.options.tabled(!table), { signal: this.options.signal });
    this.note.append(element("span", {}, words), button);
  }

  /** What has no picture: one number, one text, an empty value, no value at all. */
  #drawPlain(value, content, step, part) {
    if (!value) {
      const words =
        part >= 0
          ? "The value of this part was not recorded."
          : step.error
            ? "The run stopped here."
            : step.fetched.length
              ? "It was fetched so that what it waits for runs."
              : "This step makes no value.";
      this.plain.append(element("p", { class: "tfm-sv-none" }, words));
    } else if (value.count === 0) {
      this.plain.append(
        element(
          "div",
          { class: "tfm-sv-hollow" },
          element("span", { class: "tfm-mono" }, shapeText(value.shape)),
          element("span", {}, "no elements"),
        ),
      );
    } else if (value.count === 1 && value.shape.length === 0) {
      const cell = value.cells?.data[0] ?? value.text;
      const words = content === "number" ? withMinus(shortNumber(cell)) : cellText(cell, content, 400);
      this.plain.append(element("p", { class: `tfm-sv-number${content === "text" ? " tfm-sv-text" : ""}` }, words));
      if (content === "number" && Number(cell) !== Number(words.replace("\u2212", "-").replaceAll(",", "")))
        this.plain.append(element("p", { class: "tfm-muted tfm-mono" }, withMinus(String(cell))));
    } else if (content !== "text") {
      this.plain.append(element("p", { class: "tfm-muted" }, "The cells were not recorded; the numbers are over all elements."));
    }
  }

  /** Rings the chosen cell (`own`: index in the recorded window) and fills the table around it. */
  mark(own) {
    this.own = own;
    const rank = own.length;
    if (this.focusable.hidden && !this.tabled) return;
    const plane = this.picture.plane;
    const here = rank < 3 || plane.lead.every((n, axis) => n === own[axis]);
    if (here) this.picture.mark(rank > 1 ? own[rank - 2] : 0, own[rank - 1] ?? 0);
    else this.picture.mark();
    if (this.tabled) this.#drawTable([rank > 1 ? own[rank - 2] : 0, own[rank - 1] ?? 0]);
  }

  /** A window of the cells as a table, around (row, column). */
  #drawTable([row, column]) {
    const { cells } = this.value;
    const content = contentOf(this.value);
    const plane = planeOf(cells, this.lead);
    const across = content === "text" ? 4 : Math.max(2, Math.min(12, Math.floor((this.room - 10) / 66)));
    const rows = windowOf(plane.rows, TABLE_ROWS, row);
    const columns = windowOf(plane.columns, across, column);
    const rank = cells.shape.length;
    const offset = (axis) => cells.origin[axis] ?? 0;
    const head = element("tr", {}, element("td", {}), ...columns.map((c) => element("th", { scope: "col" }, c + offset(rank - 1))));
    const body = rows.map((r) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, rank > 1 ? r + offset(rank - 2) : ""),
        ...columns.map((c) => {
          const at = rank === 0 ? [] : rank === 1 ? [c] : [...plane.lead, r, c];
          const text = cellText(cellAt(cells, at), content);
          const td = element("td", {}, content === "number" ? withMinus(text) : text);
          if (r === row && c === column && this.tabled) td.className = "tfm-here";
          return td;
        }),
      ),
    );
    const caption = element(
      "caption",
      { class: "tfm-muted" },
      `rows ${span(rows, offset(rank - 2))}, columns ${span(columns, offset(rank - 1))} of ${shapeText(this.value.shape)}`,
    );
    this.table.replaceChildren(
      element(
        "table",
        { class: content === "text" ? "tfm-texts" : "" },
        caption,
        element("thead", {}, head),
        element("tbody", {}, ...body),
      ),
    );
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || !this.own) return;
    const { rows, columns } = this.picture.plane;
    const rank = this.own.length;
    let row = rank > 1 ? this.own[rank - 2] : 0;
    let column = this.own[rank - 1] ?? 0;
    const moves = {
      ArrowLeft: () => {
        column -= 1;
      },
      ArrowRight: () => {
        column += 1;
      },
      ArrowUp: () => {
        row -= 1;
      },
      ArrowDown: () => {
        row += 1;
      },
      Home: () => {
        column = 0;
      },
      End: () => {
        column = columns - 1;
      },
      PageUp: () => {
        row = 0;
      },
      PageDown: () => {
        row = rows - 1;
      },
    };
    if (moves[event.key]) {
      moves[event.key]();
      row = Math.max(0, Math.min(rows - 1, row));
      column = Math.max(0, Math.min(columns - 1, column));
      this.options.choose(indexOf(this.value.cells, this.picture.plane, row, column));
    } else if (event.key === "Enter" || event.key === " ") this.options.tabled(!this.tabled);
    else if (event.key === "Escape") this.options.leave();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** How much wider than high a picture may be: cells of a broad matrix are square, others a little broad at most. */
function stretchOf({ shape }) {
  const [rows, columns] = shape.slice(-2);
  return Math.max(1.4, Math.min(2.2, columns / Math.max(1, rows)));
}

/** At most `size` neighbours out of `count`, with `at` among them. */
function windowOf(count, size, at) {
  const first = Math.max(0, Math.min(count - size, at - Math.floor(size / 2)));
  return Array.from({ length: Math.min(size, count) }, (_, i) => first + i);
}

const span = (list, offset) =>
  list.length > 1 ? `${list[0] + offset} to ${list.at(-1) + offset}` : String((list[0] ?? 0) + offset);
