/**
 * The numbers beside a picture: least, greatest, mean and deviation, the histogram, the health strip and the read-out of a cell.
 */

import { element, svg } from "../../lib/dom.js";
import { HEALTH, axisNumber, contentOf, grouped, histogramPaths, shortNumber, withMinus } from "../../lib/values.js";

const WIDTH = 200;
const HIGH = 78;

export class Facts {
  constructor() {
    this.stats = element("dl", { class: "tfm-sf-stats" });
    this.histogram = element("div", { class: "tfm-sf-histogram" });
    this.strip = element("div", { class: "tfm-sf-strip", "aria-hidden": "true" });
    this.health = element("dl", { class: "tfm-sf-health" });
    this.cell = element("div", { class: "tfm-sf-cell" });
    this.el = element(
      "div",
      { class: "tfm-sf" },
      element("div", { class: "tfm-sf-block" }, this.stats, this.histogram),
      element("div", { class: "tfm-sf-block" }, this.strip, this.health, this.cell),
    );
  }

  /** Shows the numbers of a value; nothing for a value that has none. */
  draw(value) {
    const content = value ? contentOf(value) : "none";
    const numbers = content === "number" || content === "bool";
    this.el.hidden = !numbers;
    this.numbers = numbers;
    const many = numbers && value.count > 1;
    for (const part of [this.stats, this.strip, this.health]) part.hidden = !many;
    this.histogram.hidden = !many || !value.histogram || content === "bool";
    if (!many) return;
    this.#drawStats(value);
    if (!this.histogram.hidden) this.#drawHistogram(value.histogram);
    this.#drawHealth(value, content);
  }

  #drawStats(value) {
    const facts = [
      ["min", value.min],
      ["max", value.max],
      ["mean", value.mean],
      ["std", value.std],
    ];
    this.stats.replaceChildren(
      ...facts.map(([word, n]) => element("div", {}, element("dt", {}, word), element("dd", {}, withMinus(shortNumber(n))))),
    );
  }

  #drawHistogram(histogram) {
    const paths = histogramPaths(histogram, WIDTH, HIGH - 4);
    const total = histogram.counts.reduce((a, b) => a + b, 0);
    const words = `Histogram of ${grouped(total)} numbers from ${shortNumber(histogram.low)} to ${shortNumber(histogram.high)}`;
    const picture = svg("svg", { viewBox: `0 0 ${WIDTH} ${HIGH}`, role: "img", "aria-label": words, preserveAspectRatio: "none" });
    picture.append(
      svg("path", { class: "tfm-sf-negative", d: paths.negative, transform: "translate(0 4)" }),
      svg("path", { class: "tfm-sf-positive", d: paths.positive, transform: "translate(0 4)" }),
      svg("path", { class: "tfm-sf-base", d: `M0 ${HIGH}H${WIDTH}` }),
    );
    if (paths.zero !== null) picture.append(svg("path", { class: "tfm-sf-zero", d: `M${paths.zero} 0V${HIGH}` }));
    const ends = element(
      "div",
      { class: "tfm-sf-ends", "aria-hidden": "true" },
      element("span", {}, axisNumber(histogram.low)),
      element("span", {}, axisNumber(histogram.high)),
    );
    const part = paths.zero === null ? -1 : paths.zero / WIDTH;
    if (part > 0.16 && part < 0.86)
      ends.append(element("span", { class: "tfm-sf-at0", style: `left:${Math.round(part * 100)}%` }, "0"));
    this.histogram.replaceChildren(picture, ends);
  }

  #drawHealth(value, content) {
    const kinds = HEALTH.map((h) => ({
      ...h,
      count: value[h.key] ?? 0,
      label: content === "bool" && h.key === "positive" ? "True" : content === "bool" && h.key === "zero" ? "False" : h.label,
    }));
    const shown = content === "bool" ? kinds.filter((k) => k.key === "zero" || k.key === "positive") : kinds;
    this.strip.replaceChildren(
      ...shown
        .filter((k) => k.count)
        .map((k) => element("span", { class: `tfm-sf-share tfm-sf-${k.key}`, style: `flex:${k.count} 1 3px` })),
    );
    this.health.replaceChildren(
      ...shown.map((k) =>
        element(
          "div",
          { class: k.count ? "" : "tfm-muted", "data-health": k.key },
          element("span", { class: `tfm-sf-swatch tfm-sf-${k.key}${k.count ? "" : " tfm-none"}`, "aria-hidden": "true" }),
          element("dt", {}, k.label),
          element("dd", {}, grouped(k.count)),
        ),
      ),
    );
    this.health.classList.toggle("tfm-two", content === "bool");
  }

  /** Shows the read-out of a chosen cell `{index, cell, said}`, or nothing. */
  read(chosen) {
    this.cell.hidden = !chosen || !this.numbers || (!chosen.index.length && !chosen.said);
    if (this.cell.hidden) return;
    const place = chosen.index.length ? `[${chosen.index.join(",")}]` : "";
    const words = element(
      "div",
      { class: "tfm-sf-sum" },
      element("span", { class: "tfm-mono" }, withMinus(chosen.said)),
      element("b", { class: "tfm-mono", "data-tfm": "cell" }, `${chosen.said ? "= " : ""}${withMinus(chosen.cell)}`),
    );
    this.cell.replaceChildren(
      element(
        "div",
        { class: "tfm-sf-place tfm-muted" },
        element("span", {}, "cell"),
        element("span", { class: "tfm-mono" }, place),
      ),
      words,
    );
  }
}
