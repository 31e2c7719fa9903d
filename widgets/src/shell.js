// The shell around a view: header, find row, card, status line, text twin, export, help, keys and states.
//
// It knows the contract of docs/widgets.md and nothing of what a view shows.

import { element, visible } from "./lib/dom.js";
import { icon } from "./lib/icons.js";
import { counted, grouped, shortened } from "./lib/names.js";
import { pageSvg } from "./lib/page_svg.js";
import { codeOf, notesText } from "./lib/sharing.js";

const ANNOUNCE_EVERY = 2000; // ms between two announcements
const CARD_FROM = 800; // px of width from which the card stands at the right

export class Shell {
  /** `ctx` as in docs/widgets.md, `view` as made by a view module. */
  constructor(ctx, view) {
    this.ctx = ctx;
    this.view = view;
    this.twinOpen = Boolean(ctx.state.get("twin", false));
    this.hits = { count: 0, at: -1 };
    this.#build();
    const { signal } = ctx;
    ctx.store.listen((change) => { view.changed?.(change); this.refresh(); }, signal);
    ctx.bus.listen((selection) => this.#selected(selection), signal);
    view.onStatus?.(() => this.refresh());
    this.el.addEventListener("keydown", (event) => this.#key(event), { signal });
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(this.el);
    signal.addEventListener("abort", () => { observer.disconnect(); view.destroy?.(); });
    this.#showTwin(this.twinOpen, false);
    this.refresh();
  }

  // --- building

  #build() {
    const { view, ctx } = this;
    const { uid } = ctx;
    const button = (name, label, run, extra = {}) =>
      element("button", { type: "button", class: "tfm-button", "aria-label": label, title: extra.title ?? label, onclick: run, ...extra.props }, icon(name), element("span", { class: "tfm-word" }, extra.word ?? label));
    this.subject = element("span", { class: "tfm-subject" });
    this.live = element("span", { class: "tfm-live" });
    this.count = element("span", { class: "tfm-count" });
    this.textButton = button("text", "Text", () => this.#showTwin(!this.twinOpen), { title: "Text form (t)", props: { "aria-pressed": "false", "data-tfm": "twin-switch" } });
    this.exportButton = button("export", "Export", () => this.#toggleMenu(), { title: "Export (x)", props: { "aria-haspopup": "menu", "aria-expanded": "false" } });
    this.codeButton = button("code", "Code", () => this.#toggleCode(), { title: "Copy this view as code (c)", props: { "aria-expanded": "false", "data-tfm": "code-switch" } });
    this.helpButton = element("button", { type: "button", class: "tfm-button tfm-help", "aria-label": "Help: keys", title: "Keys (?)", "aria-expanded": "false", onclick: () => this.#toggleHelp() }, "?");
    this.menu = element("div", { class: "tfm-menu", role: "menu", "aria-label": "Export", hidden: true });
    this.rule = element("span", { class: "tfm-rule" });
    this.header = element(
      "div", { class: "tfm-header" },
      element("span", { class: "tfm-title" }, view.title), this.subject, element("span", { class: "tfm-space" }),
      view.presets ?? null, this.live, this.count, view.tabs ?? null, this.rule,
      this.textButton, this.codeButton, element("span", { class: "tfm-menubox" }, this.exportButton, this.menu), this.helpButton,
    );
    this.field = element("input", {
      type: "text", class: "tfm-field", placeholder: view.findHint ?? "Find name, type, shape", "aria-label": `Find in ${view.title.toLowerCase()}`,
      "data-tfm": "find", autocomplete: "off", spellcheck: "false", oninput: () => this.#find(), onkeydown: (event) => this.#findKey(event),
    });
    this.hitText = element("span", { class: "tfm-hits", role: "status" });
    this.findbox = element("div", { class: "tfm-findbox" }, icon("search"), this.field, this.hitText, element("kbd", { class: "tfm-key", "aria-hidden": "true" }, "/"));
    this.findrow = element("div", { class: "tfm-findrow" }, this.findbox, view.tools ? element("div", { class: "tfm-tools" }, view.tools) : null);
    if (view.findSlot) view.findSlot.append(this.findbox);
    if (!view.find || view.findSlot) this.findrow.hidden = true;
    this.card = element("aside", { class: "tfm-card", "data-tfm": "card", "aria-label": "Selection" });
    this.twin = element("pre", { class: "tfm-twin", "data-tfm": "twin", tabindex: "0", role: "region", "aria-label": `${view.title} as text`, hidden: true });
    this.stage = element("div", { class: "tfm-stage" }, view.el, this.twin);
    this.body = element("div", { class: "tfm-body" }, this.stage, view.card ? this.card : null);
    this.notes = element("div", { class: "tfm-notes", role: "region", "aria-label": "Notes", "data-tfm": "notes", hidden: true });
    this.problem = element("div", { class: "tfm-problem", role: "alert", hidden: true });
    this.statusLeft = element("span", { class: "tfm-status-left" });
    this.statusRight = element("span", { class: "tfm-status-right" });
    this.status = element("div", { class: "tfm-status", "data-tfm": "status" }, this.statusLeft, this.statusRight);
    this.polite = element("div", { class: "tfm-sr", "aria-live": "polite" });
    this.help = element("div", { class: "tfm-helppanel", role: "dialog", "aria-label": "Keys", tabindex: "-1", hidden: true });
    this.code = element("div", { class: "tfm-helppanel tfm-codepanel", role: "dialog", "aria-label": "This view as code", tabindex: "-1", "data-tfm": "code", hidden: true });
    this.el = element(
      "section", { class: "tfm-shell", "aria-label": view.title, id: `${uid}-shell` },
      this.header, this.findrow, this.problem, this.notes, this.body, this.status, this.polite, this.help, this.code,
    );
    ctx.announce = (sentence) => this.#announce(sentence);
  }

  // --- drawing

  /** Writes everything that follows from the store: header, card, status, twin. */
  refresh() {
    const { ctx, view } = this;
    this.subject.textContent = view.subject?.() ?? ctx.store.graph.label;
    const mode = ctx.liveness();
    this.live.textContent = mode;
    this.live.dataset.mode = mode;
    this.count.textContent = view.count?.() ?? counted(ctx.store.ops.length, "op");
    const { left = "", right = "" } = view.status?.() ?? {};
    put(this.statusLeft, left);
    put(this.statusRight, right);
    this.#drawCard();
    this.#drawNotes();
    if (this.twinOpen) this.#drawTwin();
  }

  /** What a teacher pinned to things of this graph; a name selects its thing. */
  #drawNotes() {
    const notes = this.ctx.state.get("notes", null) ?? [];
    const seen = JSON.stringify(notes);
    if (seen === this.notesSeen) return;
    this.notesSeen = seen;
    this.notes.hidden = !notes.length;
    this.notes.replaceChildren(...notes.map((each) => element(
      "p", {}, icon("note", 14), element("button", { type: "button", class: "tfm-link tfm-mono", title: each.name, onclick: () => this.ctx.bus.select({ ...each.selection, origin: "note" }) }, shortened(each.name, 48)), element("span", {}, each.text),
    )));
  }

  /** The text twin and the notes. */
  #text() {
    return visible(this.view.text() + notesText(this.ctx.state.get("notes", null)));
  }

  #drawCard() {
    if (!this.view.card) return;
    const content = this.view.card(this.ctx.bus.selection);
    this.card.hidden = !content;
    if (content) this.card.replaceChildren(content);
  }

  #drawTwin() {
    const text = this.#text();
    if (this.twin.textContent !== text) this.twin.textContent = text;
  }

  #showTwin(open, remember = true) {
    this.twinOpen = open;
    this.textButton.setAttribute("aria-pressed", String(open));
    this.twin.hidden = !open;
    this.view.el.hidden = open;
    if (open) this.#drawTwin();
    if (remember) this.ctx.state.set("twin", open);
    if (remember && open) this.twin.focus();
  }

  #selected(selection) {
    this.view.select?.(selection);
    this.refresh();
  }

  #resized() {
    const width = this.el.clientWidth;
    if (!width) return;
    const narrow = width < (this.view.tabs ? 780 : 640);
    this.el.classList.toggle("tfm-narrow", narrow);
    this.el.classList.toggle("tfm-tight", width < (this.view.presets ? 1000 : this.view.tabs ? 860 : 640));
    if (this.view.tabs && narrow !== this.narrow && !this.findrow.hidden) {
      this.narrow = narrow;
      if (narrow) this.findrow.prepend(this.view.tabs);
      else this.header.insertBefore(this.view.tabs, this.rule);
    }
    this.el.classList.toggle("tfm-stacked", width < CARD_FROM);
    this.view.resized?.(this.stage.clientWidth, this.stage.clientHeight);
  }

  #announce(sentence) {
    clearTimeout(this.later);
    const wait = Math.max(0, (this.spoken ?? -ANNOUNCE_EVERY) + ANNOUNCE_EVERY - performance.now());
    this.later = setTimeout(() => {
      this.spoken = performance.now();
      this.polite.textContent = sentence;
    }, wait);
  }

  /** Shows an error of the widget itself, "" takes it back; the text twin stays. */
  showProblem(message, report = message) {
    this.problem.hidden = !message;
    if (!message) return;
    this.problem.replaceChildren(
      icon("warn"), element("span", {}, message),
      element("button", { type: "button", class: "tfm-button", onclick: () => navigator.clipboard?.writeText(report) }, icon("copy"), element("span", {}, "Copy report")),
      element("button", { type: "button", class: "tfm-button", "aria-label": "Close", onclick: () => { this.problem.hidden = true; } }, icon("close")),
    );
  }

  // --- find

  #find() {
    const query = this.field.value;
    if (!query.trim()) {
      this.view.find.call(this.view, "")?.clear?.();
      this.found = null;
      this.hitText.textContent = "";
      this.findbox.classList.remove("tfm-finding");
      return;
    }
    this.found = this.view.find(query);
    this.hits = { count: this.found?.count ?? 0, at: this.found?.count ? 0 : -1 };
    this.findbox.classList.add("tfm-finding");
    if (this.found?.count) this.found.go(0);
    this.#drawHits();
  }

  #drawHits() {
    const { count, at } = this.hits;
    if (this.found?.error) this.hitText.textContent = this.found.error;
    else this.hitText.textContent = count ? `${grouped(count)} ${count === 1 ? "hit" : "hits"}, ${at + 1}` : "no hits";
  }

  #findKey(event) {
    if (event.key === "Enter" && this.hits.count) {
      const step = event.shiftKey ? -1 : 1;
      this.hits.at = (this.hits.at + step + this.hits.count) % this.hits.count;
      this.found.go(this.hits.at);
      this.#drawHits();
      event.preventDefault();
    } else if (event.key === "Escape") {
      this.field.value = "";
      this.#find();
      this.view.focus?.();
      event.preventDefault();
    }
    event.stopPropagation();
  }

  // --- export and help

  #exports() {
    const { ctx, view } = this;
    const name = `tfmini-${view.title.toLowerCase()}`;
    const list = [
      ["Text", () => save(`${name}.txt`, "text/plain", this.#text())],
      ["JSON", () => save(`${name}.json`, "application/json", JSON.stringify({ record: ctx.store.toRecord(), trace: ctx.trace?.get?.() ?? {}, state: ctx.state.all() }))],
    ];
    list.unshift(["PNG", () => saveSvgAsPng(`${name}.png`, this.#svg()).catch((error) => this.showProblem(`The picture could not be made: ${error.message}`))]);
    list.unshift(["SVG", () => save(`${name}.svg`, "image/svg+xml", this.#svg())]);
    list.push(["One page (HTML)", () => ctx.ask("export", { kind: "html", state: ctx.state.all() }).then((html) => save(`${name}.html`, "text/html", html)).catch((error) => this.showProblem(String(error.message ?? error)))]);
    return list;
  }

  /** The view's own picture; else what it shows now, in the colours for print. */
  #svg() {
    const own = this.view.svg?.();
    if (own) return own;
    const { root } = this.ctx;
    const { theme } = root.dataset;
    const hidden = this.view.el.hidden;
    root.dataset.theme = "light";
    this.view.el.hidden = false;
    this.twin.hidden = true;
    const subject = `${this.view.title}, ${this.view.subject?.() ?? this.ctx.store.graph.label}`;
    const picture = pageSvg(this.view.el, subject, this.view.text().split("\n", 1)[0]);
    root.dataset.theme = theme;
    this.view.el.hidden = hidden;
    this.twin.hidden = !this.twinOpen;
    return picture;
  }

  /** The line of Python that shows this view again: copied where the page may, and shown in any case. */
  #toggleCode(open = this.code.hidden) {
    this.code.hidden = !open;
    this.codeButton.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.#toggleHelp(false);
    const { ctx } = this;
    const line = codeOf(ctx.root.dataset.view, ctx.store.graph, ctx.trace?.get?.(), ctx.state.all());
    const said = element("p", { class: "tfm-muted", role: "status" }, "Select the line and copy it.");
    this.code.replaceChildren(
      element("h3", {}, "This view as code"), element("pre", { class: "tfm-mono", tabindex: "0", role: "region", "aria-label": "Code" }, line), said,
      element("button", { type: "button", class: "tfm-button", onclick: () => { this.#toggleCode(false); this.codeButton.focus(); } }, "Close"),
    );
    this.code.focus();
    navigator.clipboard?.writeText(line).then(() => { said.textContent = "Copied."; }, () => {});
  }

  #toggleMenu(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.exportButton.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.menu.replaceChildren(...this.#exports().map(([label, run]) =>
      element("button", { type: "button", role: "menuitem", tabindex: "-1", onclick: () => { this.#toggleMenu(false); run(); this.exportButton.focus(); } }, label)));
    this.menu.firstChild.focus();
  }

  #toggleHelp(open = this.help.hidden) {
    this.help.hidden = !open;
    this.helpButton.setAttribute("aria-expanded", String(open));
    if (!open) return;
    this.#toggleCode(false);
    const common = [["/", "find"], ["n N", "next, previous hit"], ["t", "text form"], ["x", "export"], ["c", "this view as code"], ["?", "this list"], ["Alt ← →", "selection before, after"], ["Esc", "leave"]];
    const own = (this.view.keys ?? []).map(({ key, does }) => [key, does]);
    this.help.replaceChildren(
      element("h3", {}, "Keys"),
      element("dl", {}, [...own, ...common].map(([key, does]) => element("div", {}, element("dt", {}, element("kbd", {}, key)), element("dd", {}, does)))),
      element("button", { type: "button", class: "tfm-button", onclick: () => { this.#toggleHelp(false); this.helpButton.focus(); } }, "Close"),
    );
    this.help.focus();
  }

  // --- keys

  #key(event) {
    if (event.defaultPrevented) return;
    const inMenu = !this.menu.hidden && this.menu.contains(event.target);
    if (event.key === "Escape" && (inMenu || !this.help.hidden || !this.code.hidden)) {
      const back = inMenu ? this.exportButton : this.help.hidden ? this.codeButton : this.helpButton;
      this.#toggleMenu(false);
      this.#toggleHelp(false);
      this.#toggleCode(false);
      back.focus();
      event.preventDefault();
      return;
    }
    if (inMenu && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const items = [...this.menu.children];
      const at = items.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : items.length - 1);
      items[at % items.length].focus();
      event.preventDefault();
      return;
    }
    if (event.altKey && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
      if (event.key === "ArrowLeft") this.ctx.bus.back();
      else this.ctx.bus.forward();
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, textarea, select, [contenteditable]")) return;
    const own = (this.view.keys ?? []).find((each) => each.run && each.key === event.key);
    const runs = {
      "/": () => { if (this.view.find) this.field.focus(); },
      n: () => this.#step(1), N: () => this.#step(-1), t: () => this.#showTwin(!this.twinOpen), x: () => this.#toggleMenu(true), c: () => this.#toggleCode(true), "?": () => this.#toggleHelp(true),
    };
    const run = own?.run ?? runs[event.key];
    if (!run) return;
    run(event);
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    if (!this.hits.count || !this.found) return;
    this.hits.at = (this.hits.at + by + this.hits.count) % this.hits.count;
    this.found.go(this.hits.at);
    this.#drawHits();
  }
}

function put(node, content) {
  if (typeof content === "string") {
    if (node.textContent !== content) node.textContent = content;
  } else node.replaceChildren(...[content].flat().filter(Boolean));
}

function save(name, type, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const anchor = element("a", { href: url, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

async function saveSvgAsPng(name, source, scale = 2) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(source)}`;
  await image.decode();
  const canvas = element("canvas", { width: image.naturalWidth * scale, height: image.naturalHeight * scale });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  save(name, "image/png", blob);
}
