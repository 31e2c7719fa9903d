/**
 * The stepper's controls: first, back, forward, last, a typed step number, the menu "go to", and the chips of "stop at".
 */

import { element, svg } from "../../lib/dom.js";
import { JUMPS } from "../../lib/steps.js";
import { grouped } from "../../lib/values.js";

const BUTTONS = [
  { key: "first", label: "First step", d: "M4 3v10M13 3v10L6 8z" },
  { key: "back", label: "Step back", d: "M12 3v10L4.5 8z" },
  { key: "forward", label: "Step forward", d: "M4.5 3v10L12 8z" },
  { key: "last", label: "Last step", d: "M12 3v10M3 3v10l7-5z" },
];

export class Transport {
  /** @param {{move, go, jump, stop, signal, uid}} options callbacks: move(key), go(step), jump(key), stop(key) */
  constructor(options) {
    this.options = options;
    const { signal } = options;
    this.buttons = Object.fromEntries(
      BUTTONS.map(({ key, label, d }) => {
        const button = element(
          "button",
          { type: "button", class: "tfm-st-move", "aria-label": label, title: label, "data-do": key },
          svg("svg", { width: 16, height: 16, viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d })),
        );
        button.addEventListener("click", () => options.move(key), { signal });
        return [key, button];
      }),
    );
    this.number = element("input", {
      class: "tfm-st-typed",
      type: "text",
      inputmode: "numeric",
      size: "3",
      "aria-label": "Step number",
      autocomplete: "off",
      spellcheck: "false",
    });
    this.of = element("span", { class: "tfm-muted tfm-st-of" });
    this.number.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Enter") this.#typed();
        if (event.key === "Escape") this.number.value = this.shown;
        if (event.key !== "Tab") event.stopPropagation();
      },
      { signal },
    );
    this.number.addEventListener("blur", () => this.#typed(), { signal });
    this.number.addEventListener("focus", () => this.number.select(), { signal });
    this.chips = element("div", { class: "tfm-st-stops", role: "group", "aria-label": "Stop at" });
    this.el = element(
      "div",
      { class: "tfm-st-transport", role: "group", "aria-label": "Move in the run" },
      element("span", { class: "tfm-st-moves" }, ...BUTTONS.map(({ key }) => this.buttons[key])),
      element("span", { class: "tfm-st-typing" }, element("span", { class: "tfm-st-of" }, "step"), this.number, this.of),
      this.#menu(),
      element("span", { class: "tfm-st-space" }),
      this.chips,
    );
  }

  #menu() {
    const { uid, signal } = this.options;
    const id = `${uid}-goto`;
    this.button = element(
      "button",
      { type: "button", class: "tfm-st-goto", "aria-haspopup": "menu", "aria-expanded": "false", "aria-controls": id },
      element("span", { class: "tfm-muted" }, "go to"),
      (this.chosen = element("span", { class: "tfm-st-chosen" }, "first NaN or Inf")),
      svg(
        "svg",
        { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" },
        svg("path", { d: "M2.5 4.5 6 8l3.5-3.5" }),
      ),
    );
    this.menu = element("div", { id, class: "tfm-st-menu", role: "menu", "aria-label": "Go to" });
    this.menu.hidden = true;
    const box = element("span", { class: "tfm-st-gotobox" }, this.button, this.menu);
    this.button.addEventListener("click", () => (this.menu.hidden ? this.#openMenu() : this.#closeMenu(true)), { signal });
    this.button.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "ArrowDown") return;
        this.#openMenu();
        event.preventDefault();
        event.stopPropagation();
      },
      { signal },
    );
    this.menu.addEventListener("keydown", (event) => this.#menuKey(event), { signal });
    box.addEventListener("focusout", (event) => !box.contains(event.relatedTarget) && this.#closeMenu(false), { signal });
    return box;
  }

  #openMenu() {
    const counts = this.counts();
    const list = [...JUMPS, { key: "stop", label: "next stop" }];
    this.menu.replaceChildren(
      ...list.map(({ key, label }) => {
        const n = counts[key] ?? 0;
        const item = element(
          "button",
          { type: "button", role: "menuitem", tabindex: "-1", "data-do": key, "aria-disabled": String(!n) },
          element("span", {}, label),
          element("span", { class: "tfm-muted" }, n ? grouped(n) : "none"),
        );
        item.addEventListener(
          "click",
          () => {
            if (!n) return;
            this.#closeMenu(true);
            this.chosen.textContent = label;
            this.options.jump(key);
          },
          { signal: this.options.signal },
        );
        return item;
      }),
    );
    this.menu.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    (this.menu.querySelector("[aria-disabled=false]") ?? this.menu.firstChild).focus();
  }

  #closeMenu(focus) {
    if (this.menu.hidden) return;
    this.menu.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
  }

  #menuKey(event) {
    const items = [...this.menu.children];
    const at = items.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[to % items.length].focus();
    else if (event.key === "Escape") this.#closeMenu(true);
    else if (event.key !== "Enter" && event.key !== " ") return;
    if (event.key !== "Enter" && event.key !== " ") event.preventDefault();
    event.stopPropagation();
  }

  #typed() {
    if (this.number.value === this.shown) return;
    const wanted = Number.parseInt(this.number.value.replace(/[^\d]/g, ""), 10);
    if (Number.isFinite(wanted)) this.options.go(wanted - 1);
    this.number.value = this.shown;
  }

  /** Shows the cursor. `counts()` gives the number of places of each jump, when the menu opens. */
  update(now, count, counts) {
    this.shown = String(now + 1);
    this.number.value = this.shown;
    this.number.style.width = `${Math.max(2, String(count).length) + 2.4}ch`;
    this.of.textContent = `of ${grouped(count)}`;
    this.counts = counts;
    for (const key of ["first", "back"]) this.buttons[key].setAttribute("aria-disabled", String(now === 0));
    for (const key of ["forward", "last"]) this.buttons[key].setAttribute("aria-disabled", String(now === count - 1));
  }

  /** Shows the stops: `[{key, label, on}]`, each a chip that switches one. */
  stops(list) {
    const chips = list.map(({ key, label, on, mono }) => {
      const chip = element(
        "button",
        { type: "button", class: "tfm-st-chip", "aria-pressed": String(on), "data-stop": key },
        element("span", { class: "tfm-st-dot" }),
        element("span", { class: mono ? "tfm-mono" : "" }, label),
      );
      chip.addEventListener("click", () => this.options.stop(key), { signal: this.options.signal });
      return chip;
    });
    const here = element(
      "button",
      { type: "button", class: "tfm-st-add", "aria-label": "Stop at this step", title: "Stop at this step (b)" },
      svg("svg", { width: 14, height: 14, viewBox: "0 0 14 14", "aria-hidden": "true" }, svg("path", { d: "M7 2v10M2 7h10" })),
    );
    here.addEventListener("click", () => this.options.stop("here"), { signal: this.options.signal });
    this.chips.replaceChildren(element("span", { class: "tfm-muted tfm-st-stoplabel" }, "Stop at"), ...chips, here);
  }
}
