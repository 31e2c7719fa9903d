/**
 * Watched values over the runs of a session, as small lines with their numbers.
 *
 * The dashed line is the run on show. A dashed ring stands for a value that the cursor has not reached yet.
 */

import { element, svg } from "../../lib/dom.js";
import { cellNumber, grouped, round, shortNumber, sparkline, withMinus } from "../../lib/values.js";

const WIDTH = 400;
const HIGH = 54;

export class Watches {
  /** @param {{go, signal}} options */
  constructor(options) {
    this.options = options;
    this.el = element("section", { class: "tfm-sw", "aria-label": "Watched" });
  }

  /** Takes a new run. */
  load(trace) {
    this.trace = trace;
    this.el.hidden = !trace.watches.length;
    const head = element(
      "h3",
      { class: "tfm-st-head" },
      element("b", {}, "Watched"),
      element("span", { class: "tfm-muted" }, `over the runs of session ${trace.session}`),
    );
    this.rows = trace.watches.map((watch) => this.#row(watch));
    this.el.replaceChildren(head, ...this.rows.map((r) => r.el));
  }

  #row(watch) {
    const earlier = watch.runs.flatMap((run, i) => (run === this.trace.run ? [] : [i]));
    const runs = earlier.map((i) => watch.runs[i]);
    const values = earlier.map((i) => watch.values[i]);
    const line = sparkline(values, WIDTH - 14, HIGH - 10, 4);
    const [label, what] = /^(.*) (std|mean)$/.exec(watch.label)?.slice(1) ?? [watch.label, ""];
    const when =
      runs.length > 1
        ? `runs ${grouped(runs[0])} to ${grouped(runs.at(-1))}`
        : runs.length
          ? `run ${grouped(runs[0])}`
          : "no earlier run";
    const about = what ? `${what}, ${when}` : when;
    const first = shortNumber(values[0]);
    const last = shortNumber(values.at(-1));
    const span =
      runs.length > 1
        ? [withMinus(first), " \u2192 ", element("b", {}, withMinus(last))]
        : [element("b", {}, runs.length ? withMinus(last) : "\u2013")];
    const picture = svg("svg", {
      class: "tfm-sw-line",
      viewBox: `0 0 ${WIDTH} ${HIGH}`,
      preserveAspectRatio: "none",
      role: "img",
      "aria-label": runs.length ? `${watch.label}, ${when}: from ${first} to ${last}` : `${watch.label}, ${when}`,
    });
    picture.append(
      svg("path", { class: "tfm-sw-base", d: `M0 ${HIGH - 3}H${WIDTH}` }),
      svg("path", { class: "tfm-sw-path", d: line.path, transform: "translate(2 2)" }),
      svg("path", { class: "tfm-sw-now", d: `M${WIDTH - 4} 2V${HIGH - 4}` }),
    );
    const end = line.points.at(-1);
    const dots = element("span", { class: "tfm-sw-dots", "aria-hidden": "true" });
    if (end && end.y !== null)
      dots.append(
        element("span", { class: "tfm-sw-dot", style: `left:${round(((end.x + 2) / WIDTH) * 100)}%;top:${end.y + 2}px` }),
      );
    const here = element("span", { class: "tfm-sw-dot", style: `left:${round(((WIDTH - 4) / WIDTH) * 100)}%` });
    dots.append(here);
    const now = element("div", { class: "tfm-muted tfm-sw-words" });
    const el = element(
      "div",
      { class: "tfm-sw-row", "data-tfm": "watch", "data-name": watch.name },
      element(
        "div",
        { class: "tfm-sw-name" },
        element("span", { class: "tfm-mono", title: watch.name }, label),
        element("span", { class: "tfm-muted" }, about),
      ),
      element("div", { class: "tfm-sw-picture" }, picture, dots),
      element("div", { class: "tfm-sw-numbers" }, element("span", {}, ...span), now),
    );
    return { el, watch, here, now, end, line };
  }

  /** Shows what the run at step `now` knows of each watch. */
  update(now, index) {
    for (const { watch, here, now: words, line } of this.rows) {
      const made = watch.step >= 0 && watch.step <= now;
      const value = watch.step >= 0 ? index.steps[watch.step].values[0] : null;
      here.classList.toggle("tfm-hollow", !made);
      const scalar =
        value && value.count === 1
          ? cellNumber(value.cells?.data[0] ?? value.mean)
          : value
            ? watch.label.endsWith(" mean")
              ? value.mean
              : value.std
            : null;
      const known = made && typeof scalar === "number" && Number.isFinite(scalar);
      const place =
        known && line.high > line.low
          ? HIGH - 10 - 4 - ((Math.max(line.low, Math.min(line.high, scalar)) - line.low) / (line.high - line.low)) * (HIGH - 18)
          : (line.points.at(-1)?.y ?? HIGH / 2);
      here.style.top = `${round(place + 2)}px`;
      const text =
        watch.step < 0
          ? "not made in this run"
          : made
            ? `now: ${withMinus(shortNumber(scalar))}`
            : `now: made at step ${watch.step + 1}`;
      if (words.textContent !== text) words.textContent = text;
    }
  }
}
