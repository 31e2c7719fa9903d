/**
 * What needs the kernel: another run of the same fetches, and writing the values of this run into the session (the run on show was made
 * on a fork, so nothing in the session has changed). Hidden in a recorded view.
 */

import { element } from "../../lib/dom.js";
import { grouped } from "../../lib/values.js";

export class LiveActions {
  /** @param {{ask, liveness, say, signal}} options ask as in the context; say(sentence) tells the outcome */
  constructor(options) {
    this.options = options;
    this.again = this.#button(
      "Run again",
      "again",
      "Record another run of the same fetches, from the present state of the session",
      () => "Recorded another run.",
    );
    this.commit = this.#button("Write", "commit", "", (answer) => {
      this.written = true;
      return `Written into the session: ${answer?.written?.join(", ") || "nothing"}.`;
    });
    this.el = element("div", { class: "tfm-st-live-actions", role: "group", "aria-label": "Session" }, this.again, this.commit);
    this.el.hidden = true;
  }

  #button(label, kind, title, outcome) {
    const button = element("button", { type: "button", class: "tfm-st-action", title, "data-do": kind }, label);
    button.addEventListener(
      "click",
      async () => {
        if (button.getAttribute("aria-disabled") === "true") return;
        button.setAttribute("aria-disabled", "true");
        button.setAttribute("aria-busy", "true");
        try {
          this.options.say(outcome(await this.options.ask(kind, {})));
        } catch (error) {
          this.options.say(error.message);
        } finally {
          button.removeAttribute("aria-busy");
          button.setAttribute("aria-disabled", String(kind === "commit" && Boolean(this.written)));
        }
      },
      { signal: this.options.signal },
    );
    return button;
  }

  /** Takes a new run. */
  load(index) {
    this.written = false;
    const names = index.writtenBy(index.count - 1);
    this.commit.hidden = !names.length || index.places.error.length > 0;
    this.commit.textContent = `Write ${grouped(names.length)} variable${names.length === 1 ? "" : "s"}`;
    this.commit.title = `Write the values of this run into the session: ${names.join(", ")}`;
    this.commit.setAttribute("aria-disabled", "false");
    this.update();
  }

  /** Shows the buttons while there is a kernel to ask. */
  update() {
    this.el.hidden = this.options.liveness?.() !== "live";
    this.el.parentElement?.classList.toggle("tfm-st-haslive", !this.el.hidden);
  }
}
