/**
 * The value panel: what the step made, in a picture, with its inputs on the left, its numbers on the right and a sentence above.
 *
 * A write shows before, difference and after. A part of a folded step is shown like a step of its own, without inputs. The chosen
 * cell is ringed in every picture that has a share in it, and the read-out says its arithmetic when that can be checked.
 */

import { element } from "../../lib/dom.js";
import { operatorSign, readOut, writeReadOut, cellIn } from "../../lib/arithmetic.js";
import { valueWords } from "../../lib/trace_text.js";
import { axisNumber, cellNumber, cellText, contentOf, grouped, scaleOf, shapeText, withMinus } from "../../lib/values.js";
import { lastPart, outputName, valuesOf } from "../../lib/steps.js";
import { Facts } from "./facts.js";
import { Picture, readColours } from "./pictures.js";
import { ResultView } from "./result.js";
import { writesTable } from "./writes.js";

const SHOWN_INPUTS = 3;
const AROUND = 74; // px of axes, legend and note around the result

export class ValuePanel {
  /** @param {{go, openPart, chose, port, announce, signal, uid}} options callbacks of the view */
  constructor(options) {
    this.options = options;
    this.title = element("h3", { class: "tfm-sv-title" });
    this.name = element("span", { class: "tfm-mono tfm-muted tfm-sv-name" });
    this.type = element("span", { class: "tfm-mono tfm-sv-type" });
    this.made = element("span", { class: "tfm-muted" });
    this.sentence = element("p", { class: "tfm-sv-sentence" });
    this.extra = element("div", { class: "tfm-sv-extra" });
    this.inputs = element("div", { class: "tfm-sv-inputs" });
    this.join = element("div", { class: "tfm-sv-join", "aria-hidden": "true" });
    this.result = new ResultView({ ...options, choose: (index) => this.choose(index, true) });
    this.facts = new Facts();
    this.grid = element("div", { class: "tfm-sv-grid" }, this.inputs, this.join, this.result.el, this.facts.el);
    this.el = element(
      "section",
      { class: "tfm-sv", "data-tfm": "value", "aria-label": "Value of the step" },
      element(
        "header",
        { class: "tfm-sv-header" },
        element("div", { class: "tfm-sv-names" }, this.title, this.name),
        element("div", { class: "tfm-sv-types" }, this.type, this.made),
      ),
      this.sentence,
      this.extra,
      this.grid,
    );
  }

  /** Reads the theme's colours again. */
  theme() {
    this.colours = readColours(this.el);
  }

  /** Shows step `now` of `index` (part `part`, output `port`) in a panel `width` wide, with `cell` chosen (index in the whole value). */
  update({ index, now, part, port, cell, width, height, lead, table }) {
    this.colours ??= readColours(this.el);
    Object.assign(this, { index, now, part, width });
    const step = index.steps[now];
    const shown = part >= 0 ? step.parts[part] : step;
    const values = part >= 0 ? (shown.values ?? []) : valuesOf(step);
    this.port = Math.min(port, Math.max(0, values.length - 1));
    this.value = values[this.port] ?? null;
    this.#words(step, shown, values);
    this.#extras(step, shown, values);
    const wide = width >= 600;
    const narrow = width < 400;
    const sources = part >= 0 ? [] : this.#sources(step);
    this.drawn = [];
    this.el.classList.toggle("tfm-sv-wide", wide);
    this.el.classList.toggle("tfm-sv-narrow", narrow);
    this.el.classList.toggle("tfm-sv-alone", !sources.length);
    this.inputWidth = narrow ? 130 : width >= 880 ? 168 : 112;
    const numbers = width >= 1000 ? 280 : width >= 880 ? 250 : 206;
    this.grid.style.setProperty("--inputs", `${this.inputWidth}px`);
    this.grid.style.setProperty("--numbers", `${numbers}px`);
    const side = sources.length && !narrow ? this.inputWidth + 38 : 0;
    const room = narrow ? width - 56 : wide ? width - side - numbers - 86 : width - side - 58;
    const most = Math.max(130, Math.min(room, 380, this.#highest(height) - AROUND));
    this.#drawInputs(sources, most);
    const scale = this.value ? this.#scale(sources) : null;
    this.result.draw(this.value, { room, most, scale, colours: this.colours, lead, table, step, part });
    this.facts.draw(this.value, { scale, colours: this.colours });
    this.#placeJoin(sources, narrow);
    this.choose(this.#startCell(cell), false);
  }

  /** Height for inputs and result, below the words and above what is watched; in a narrow view, which scrolls, a guess. */
  #highest(height) {
    const panel = this.el.parentElement;
    if (!panel || height === panel.scrollHeight || this.el.closest(".tfm-st-narrow")) return 320;
    const below = [...panel.children].reduce((sum, each) => sum + (each === this.el ? 0 : each.offsetHeight), 0);
    return panel.clientHeight - below - (this.grid.offsetTop - this.el.offsetTop) - 14;
  }

  /** The scale that the result and inputs of its own shape share. */
  #scale(sources) {
    const same = sources.filter((s) => s.shared).map((s) => s.value);
    return scaleOf(this.value, ...same);
  }

  #startCell(cell) {
    const { value } = this;
    if (!value?.cells || !value.count) return null;
    if (cell && cell.length === value.shape.length && cellIn(value, cell) !== undefined) return cell;
    const { shape, origin } = value.cells;
    const lead = this.result.picture?.plane?.lead ?? [];
    return shape.map((n, axis) => (axis < shape.length - 2 ? lead[axis] : Math.floor(n * 0.4)) + (origin[axis] ?? 0));
  }

  #words(step, shown, values) {
    const part = this.part >= 0;
    this.title.textContent = part ? lastPart(shown.type) : this.index.title(this.now);
    const name = values.length ? outputName(shown, this.port) : shown.name;
    this.name.textContent = name === this.title.textContent ? "" : name;
    this.name.title = name;
    this.type.textContent = this.value ? `${this.value.dtype} ${shapeText(this.value.shape)}` : "no value";
    const made = this.value?.made_as;
    this.made.textContent = made && made !== shapeText(this.value.shape) ? `made as ${made}` : "";
    this.made.hidden = !this.made.textContent;
    if (part) {
      const back = this.#link(this.index.title(this.now), this.now);
      this.sentence.replaceChildren(`part ${this.part + 1} of ${step.parts.length} of `, back, ".");
    } else this.sentence.replaceChildren(...this.#linked(step));
  }

  /** The sentence with the names of inputs and readers as links to their steps. */
  #linked(step) {
    const targets = new Map();
    const add = (word, to) => word && to >= 0 && !targets.has(word) && targets.set(word, to);
    for (const input of step.inputs) {
      add(input.name, input.step);
      add(lastPart(input.name), input.step);
      if (input.step >= 0) add(this.index.steps[input.step].title, input.step);
    }
    for (const reader of this.index.readers[this.now]) add(this.index.steps[reader].title, reader);
    const text = step.sentence;
    const out = [];
    let at = 0;
    for (const match of text.matchAll(/[^\s;,()]+/g)) {
      const word = match[0].replace(/[.]$/, "");
      if (!targets.has(word)) continue;
      out.push(text.slice(at, match.index), this.#link(word, targets.get(word), true));
      at = match.index + word.length;
    }
    out.push(text.slice(at));
    return out;
  }

  #link(word, step, mono = false) {
    const link = element(
      "button",
      { type: "button", class: `tfm-st-link${mono ? " tfm-mono" : ""}`, "data-step": step, title: `step ${step + 1}` },
      word,
    );
    link.addEventListener("click", () => this.options.go(step), { signal: this.options.signal });
    return link;
  }

  /** Outputs as tabs, the error, and what a step without a value did. */
  #extras(step, shown, values) {
    const rows = [];
    if (this.part < 0 && step.error) {
      rows.push(
        element(
          "div",
          { class: "tfm-sv-error", role: "note" },
          element("b", {}, step.error.class),
          element("pre", {}, step.error.message),
        ),
      );
    }
    if (values.length > 1) rows.push(this.#outputs(shown, values));
    if (this.part < 0 && step.parts.length) {
      const n = step.parts.length;
      const open = element(
        "button",
        { type: "button", class: "tfm-st-link", "data-do": "parts" },
        `${n} part${n === 1 ? "" : "s"} folded into this step`,
      );
      open.addEventListener("click", () => this.options.openPart(this.now, 0), { signal: this.options.signal });
      rows.push(element("p", { class: "tfm-muted tfm-sv-parts" }, open));
    }
    if (this.part < 0 && step.kind === "group" && !values.length)
      rows.push(writesTable(this.index, this.now, (text, to) => this.#link(text, to, true)));
    this.extra.replaceChildren(...rows.filter(Boolean));
  }

  #outputs(shown, values) {
    const tabs = element("div", { class: "tfm-sv-outputs", role: "group", "aria-label": "Outputs" });
    values.forEach((value, k) => {
      const tab = element(
        "button",
        { type: "button", class: "tfm-st-chip", "aria-pressed": String(k === this.port) },
        element("span", { class: "tfm-mono" }, `:${k}`),
        ` ${value.dtype} ${shapeText(value.shape)}`,
      );
      tab.addEventListener("click", () => this.options.port(k), { signal: this.options.signal });
      tabs.append(tab);
    });
    return tabs;
  }

  /** What stands left of the result: the inputs of an operation, or of a write what was before and the difference. */
  #sources(step) {
    const write = step.writes[0];
    if (write?.before && contentOf(write.after) === "number" && write.before.count === write.after.count && write.before.cells) {
      const change = difference(write.before, write.after);
      return [
        { name: "before", value: write.before, shared: true, step: -1 },
        { name: "change", value: change, shared: false, step: -1, sign: "+" },
      ];
    }
    if (step.kind !== "op" || !(this.value || step.error)) return [];
    const sign = operatorSign(step.type);
    return step.inputs.map((input, k) => {
      const value = this.index.inputValue(this.now, k);
      const shared = Boolean(
        value && this.value && this.value.dtype === value.dtype && shapeText(value.shape) === shapeText(this.value.shape),
      );
      return { name: this.#shortName(input), full: input.name, value, shared, step: input.step, sign: k ? sign : "", input: k };
    });
  }

  /** Short name of an input: the title of a variable, else the last part without the output number when that is 0. */
  #shortName(input) {
    const step = this.index.steps[input.step];
    return step?.kind === "variable" ? step.title : lastPart(input.name).replace(/:0$/, "");
  }

  #drawInputs(sources, most) {
    const shown = sources.slice(0, SHOWN_INPUTS);
    const planes = shown.filter((each) => each.value?.shape.length > 1).length;
    const others = shown.length - planes;
    this.inputHeight = Math.max(64, (most + AROUND - shown.length * 44 - (shown.length - 1) * 22 - others * 16) / Math.max(1, planes));
    const rows = [];
    for (const source of shown) {
      if (source.sign) rows.push(element("div", { class: "tfm-sv-sign", "aria-hidden": "true" }, source.sign));
      rows.push(this.#input(source, sources));
    }
    if (sources.length > shown.length)
      rows.push(element("p", { class: "tfm-muted" }, `and ${sources.length - shown.length} more inputs`));
    this.inputs.replaceChildren(...rows);
    this.inputs.hidden = !shown.length;
    this.join.hidden = !shown.length || this.el.classList.contains("tfm-sv-narrow");
  }

  #input(source, sources) {
    const { value } = source;
    const head = element(
      "div",
      { class: "tfm-sv-inhead" },
      source.step >= 0 ? this.#link(source.name, source.step, true) : element("span", { class: "tfm-mono" }, source.name),
      element("span", { class: "tfm-mono" }, value ? shapeText(value.shape) : ""),
    );
    const box = element(
      "div",
      {
        class: "tfm-sv-input",
        role: "group",
        "aria-label": `${source.full ?? source.name}${value ? `, ${valueWords(value)}` : ""}`,
      },
      head,
    );
    if (!value) return (box.append(element("p", { class: "tfm-muted" }, "not recorded")), box);
    if (contentOf(value) === "text" || value.count === 0 || !value.cells) {
      box.append(
        element(
          "p",
          { class: "tfm-mono tfm-sv-few" },
          value.count === 1 ? cellText(value.text, "text") : value.count ? `${grouped(value.count)} texts` : "empty",
        ),
      );
      return box;
    }
    if (value.count <= 4) {
      const words = value.cells.data.map((c) => cellText(c, contentOf(value))).join("  ");
      box.append(element("p", { class: "tfm-mono tfm-sv-few" }, withMinus(words)));
      return box;
    }
    const picture = new Picture("tfm-pic-small");
    const scale = source.shared ? this.#scale(sources) : scaleOf(value);
    const vector = value.shape.length === 1;
    picture.draw(value, this.inputWidth, vector ? 14 : Math.min(this.inputWidth, this.inputHeight), {
      colours: this.colours,
      scale,
      most: vector ? 200 : 18,
    });
    if (vector) stretch(picture, this.inputWidth);
    box.append(picture.el);
    if (!source.shared && contentOf(value) === "number")
      box.append(element("div", { class: "tfm-muted tfm-sv-own" }, `own scale, \u00b1${axisNumber(scale.limit)}`));
    this.drawn.push({ source, picture });
    return box;
  }

  /** Puts the bracket between inputs and result at the heights of the pictures it joins. */
  #placeJoin(sources, narrow) {
    if (!sources.length || narrow) return;
    const boxes = [...this.inputs.querySelectorAll(".tfm-sv-input")];
    const middle = (box) => {
      const inner = box.querySelector(".tfm-pic, .tfm-sv-few") ?? box;
      return box.offsetTop - this.inputs.offsetTop + (inner.offsetTop - box.offsetTop) + inner.offsetHeight / 2;
    };
    const places = boxes.map(middle);
    this.join.style.setProperty("--from", `${Math.round(Math.min(...places))}px`);
    this.join.style.setProperty("--to", `${Math.round(Math.max(...places))}px`);
    this.join.classList.toggle("tfm-one", places.length < 2);
  }

  /** Chooses a cell: rings it in every picture and says its arithmetic. `tell` announces it and hands it to the view. */
  choose(index, tell) {
    this.cell = index;
    if (!index || !this.value?.cells) {
      this.facts.read(null);
      return;
    }
    const own = index.map((n, axis) => n - (this.value.cells.origin[axis] ?? 0));
    this.result.mark(own);
    const cell = cellIn(this.value, index);
    const said = this.part >= 0 ? null : this.#arithmetic(index);
    for (const { source, picture } of this.drawn) this.#ring(source, picture, said, index);
    const words = cellText(cell, contentOf(this.value), 60);
    this.facts.read({ index, cell: words, said: said?.text ?? "" });
    if (tell) {
      this.options.chose(index);
      this.options.announce(`cell [${index.join(",")}] ${said ? `${said.text} = ` : ""}${words}`);
    }
  }

  #arithmetic(index) {
    const step = this.index.steps[this.now];
    const write = step.writes[0];
    if (write) return write.before && write.before.cells ? writeReadOut(write.before, write.after, index) : null;
    if (this.port !== 0 || step.kind !== "op") return null;
    return readOut(
      step.type,
      step.inputs.map((_, k) => this.index.inputValue(this.now, k)),
      this.value,
      index,
    );
  }

  #ring(source, picture, said, index) {
    if (source.input === undefined) {
      const own = index.slice(-2);
      picture.mark(own.length > 1 ? own[0] : 0, own.at(-1) ?? 0);
      return;
    }
    const from = said?.sources.find((s) => s.input === source.input)?.index;
    if (!from || from.every((n) => n === null)) picture.mark();
    else picture.mark(from.length > 1 ? from.at(-2) : 0, from.at(-1));
  }

  /** Sentence for the picture: what a screen reader hears of the value. */
  summary() {
    return this.value ? `${outputName(this.index.steps[this.now], this.port)}, ${valueWords(this.value)}` : "no value";
  }
}

/** The difference of two values as a value record, from their cells. */
function difference(before, after) {
  const data = after.cells.data.map((cell, i) => {
    const n = cellNumber(cell) - cellNumber(before.cells.data[i]);
    return Number.isNaN(n) ? "NaN" : n;
  });
  const finite = data.filter((n) => typeof n === "number" && Number.isFinite(n));
  const min = finite.reduce((a, b) => Math.min(a, b), Infinity);
  const max = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    ...after,
    min: finite.length ? min : null,
    max: finite.length ? max : null,
    mean: finite.reduce((a, b) => a + b, 0) / (finite.length || 1),
    cells: { ...after.cells, data },
  };
}

/** A strip over the whole width, whatever its cells would be. */
function stretch(picture, width) {
  picture.canvas.style.width = `${width}px`;
  picture.size = { ...picture.size, cellWidth: width / picture.plane.columns, width };
}
