// The log as rows: only those in sight are in the page, so fifty thousand calls scroll as four do. One row can be open.

import { element } from "../../lib/dom.js";
import { icon, MODE_ICON, VERDICT_ICON } from "../../lib/icons.js";
import { counted, grouped, leafOf, scopeOf, shortened } from "../../lib/names.js";
import { lookalikes, modeOrigin, numbers, shapeOf, summed } from "../../lib/requests.js";
import { forSlots } from "../../lib/text.js";
import { reason } from "./detail.js";

const ROW = 26;
const TALL = 50; // a row of two lines, in a narrow view
const SPARE = 12; // rows kept beyond each edge

export class CallTable {
  /** `host`: rows(), opened() -> key or "", open(key), toggle(row), detailOf(request) -> element, hidden(request), answerOf(row), matches(index). */
  constructor(ctx, host) {
    this.ctx = ctx;
    this.host = host;
    this.narrow = false;
    this.at = 0;
    this.rows = [];
    this.detailHeight = 0;
    this.nodes = new Map();
    this.head = element("div", { class: "tfm-re-head", role: "row", "aria-hidden": "true" });
    this.body = element("div", { class: "tfm-re-rows", role: "presentation" });
    this.scroll = element("div", { class: "tfm-re-scroll", role: "treegrid", "aria-label": "Calls of get_variable", tabindex: "0", "data-tfm": "calls", onkeydown: (event) => this.#key(event), onscroll: () => this.#window() }, this.body);
    this.foot = element("div", { class: "tfm-re-foot" });
    this.el = element("div", { class: "tfm-re-table" }, this.head, this.scroll, this.foot);
    this.observer = new ResizeObserver(() => this.#measured());
    ctx.signal.addEventListener("abort", () => this.observer.disconnect());
  }

  get rowHeight() { return this.narrow ? TALL : ROW; }

  draw() {
    const { ctx, host } = this;
    this.el.classList.toggle("tfm-re-narrow", this.narrow);
    const predicting = host.predicting();
    this.head.replaceChildren(...["", "#", "line", "variable", "mode", "from", predicting ? "your answer" : "verdict", predicting ? "verdict" : "reason"].map((word, k) => element("span", { class: k === 1 ? "tfm-re-no" : "" }, word)));
    this.rows = host.rows();
    this.scroll.setAttribute("aria-rowcount", String(this.rows.length));
    this.at = Math.max(0, Math.min(this.at, this.rows.length - 1));
    const like = predicting ? [] : lookalikes(ctx.store);
    this.foot.hidden = !like.length;
    this.foot.replaceChildren(...(like.length ? [element("p", {}, icon("warn", 14), element("span", {}, `${counted(like.length, "tf.Variable")} only ${like.length === 1 ? "looks" : "look"} shared: `),
      like.slice(0, 4).map(({ index, like: first }, k) => [k ? ", " : "", this.#variable(index), " is not ", this.#variable(first)]), like.length > 4 ? ` and ${like.length - 4} more` : "", ". tf.Variable always makes.")] : []));
    if (!this.rows.length) {
      this.body.replaceChildren(element("p", { class: "tfm-empty" }, ctx.store.requests.length ? "No call matches. " : "No calls yet. ", ctx.store.requests.length ? "Clear the find field or choose other verdicts." : element("span", { class: "tfm-mono" }, "tf.get_variable"), ctx.store.requests.length ? "" : " writes one line here, whether it makes a variable, shares one or is refused."));
      this.body.style.height = "";
      this.scroll.removeAttribute("aria-activedescendant");
      return;
    }
    this.drawn = "";
    this.nodes = new Map(); // rows in the page by their place; scrolling keeps those that stay in sight
    this.#window();
  }

  #variable(index) {
    const variable = this.ctx.store.variables[index];
    return element("button", { type: "button", class: "tfm-link tfm-mono", title: variable.name, onclick: () => this.ctx.bus.select({ kind: "variable", id: index, origin: "reuse" }) }, shortened(variable.name, 36));
  }

  // --- only what is in sight

  #openAt() {
    const open = this.host.opened();
    return open ? this.rows.findIndex((row) => row.key === open) : -1;
  }

  #top(index, openAt) { return index * this.rowHeight + (openAt >= 0 && index > openAt ? this.detailHeight : 0); }

  #window() {
    if (!this.rows.length) return;
    const openAt = this.#openAt();
    if (openAt < 0) this.detailHeight = 0;
    const height = this.rows.length * this.rowHeight + (openAt >= 0 ? this.detailHeight : 0);
    this.body.style.height = `${height}px`;
    const from = this.scroll.scrollTop;
    const room = this.scroll.clientHeight || 400;
    const first = Math.max(0, Math.floor((from - (openAt >= 0 && from > this.#top(openAt, openAt) ? this.detailHeight : 0)) / this.rowHeight) - SPARE);
    const last = Math.min(this.rows.length - 1, Math.ceil((from + room) / this.rowHeight) + SPARE);
    const wanted = `${first}-${last}-${openAt}`;
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    const list = [];
    const kept = new Map();
    for (let index = first; index <= last; index += 1) {
      const node = this.nodes.get(index) ?? this.#row(index);
      kept.set(index, node);
      list.push(this.#place(node, this.#top(index, openAt)));
    }
    this.nodes = kept;
    if (openAt >= 0) {
      const box = this.#detail(openAt);
      list.push(this.#place(box, (openAt + 1) * this.rowHeight));
    } else { this.box = null; this.boxKey = ""; this.observer.disconnect(); }
    this.#fill(list.sort((a, b) => a.dataset.order - b.dataset.order));
    this.#mark();
  }

  /** Puts the nodes into the page in this order; those that stand there already are not moved. */
  #fill(list) {
    const wanted = new Set(list);
    for (const each of [...this.body.children]) if (!wanted.has(each)) each.remove();
    let at = this.body.firstChild;
    for (const each of list) {
      if (each === at) at = at.nextSibling;
      else this.body.insertBefore(each, at);
    }
  }

  #place(node, top) { node.style.transform = `translateY(${top}px)`; return node; }

  #detail(openAt) {
    const row = this.rows[openAt];
    const content = this.host.detailOf(row);
    if (!this.box || this.boxKey !== row.key || this.content !== content) {
      this.boxKey = row.key;
      this.content = content;
      this.box = element("div", { class: "tfm-re-open", role: "row", "data-order": openAt + 0.5 }, element("div", { role: "gridcell" }, content));
      this.observer.disconnect();
      this.observer.observe(this.box);
    }
    this.box.dataset.order = openAt + 0.5;
    return this.box;
  }

  #measured() {
    const height = this.box?.isConnected ? this.box.offsetHeight : 0;
    if (!height || Math.abs(height - this.detailHeight) < 1) return;
    const first = !this.detailHeight;
    this.detailHeight = height;
    this.drawn = "";
    this.#window();
    if (first || this.wantsOpen) { this.wantsOpen = false; this.#bring(this.#openAt(), true); }
  }

  // --- one row

  #row(index) {
    const { ctx, host } = this;
    const { store } = ctx;
    const row = this.rows[index];
    const request = store.requests[row.request];
    const open = host.opened() === row.key;
    const hidden = host.hidden(row);
    const group = row.kind === "group";
    const selected = !group && host.isSelected(row.request);
    const hit = host.matches(row);
    const sum = summed(store, row.members);
    const word = group ? sum.only || sum.words.at(-1) : request.word;
    const site = group && !row.title ? (row.slots ? request.site : request.via[0]) : request.site;
    const shown = store.sites[site];
    const short = store.siteShort(site);
    const place = row.level && row.follows ? short.replace(/^\[[^\]]*\] /, "") : short;
    const fold = element("span", { class: `tfm-fold${(group ? row.open : open) ? " tfm-open" : ""}`, "aria-hidden": "true" });
    const mixed = group && !row.open && !host.predicting() && sum.words.length > 1;
    const cells = [element("span", { role: "gridcell", class: "tfm-re-fold" }, fold)];
    const say = host.answerOf(row);
    const verdict = hidden
      ? element("span", { class: "tfm-re-verdict tfm-muted" }, element("i", { class: "tfm-re-hidden" }), "hidden")
      : element("span", { class: `tfm-re-verdict tfm-re-${VERDICT_ICON[word]}` }, icon(VERDICT_ICON[word]), element("span", {}, group ? sum.text : request.word));
    if (group) {
      const title = row.title ?? (row.slots ? `${counted(row.members.length, "slot")} of the optimizer` : (shown?.text ?? "").trim());
      cells.push(
        element("span", { role: "gridcell", class: "tfm-re-no" }, ""),
        element("span", { role: "gridcell", class: "tfm-re-grouptitle", title }, row.title ? null : element("span", { class: "tfm-mono tfm-muted" }, place), element("span", { class: row.slots || row.title ? (row.title ? "tfm-mono" : "") : "tfm-mono" }, row.title ? shortened(title, 60) : title)),
        element("span", { role: "gridcell", class: `tfm-re-verdictcell${mixed ? " tfm-re-mixed" : ""}`, "aria-label": mixed ? sum.text : null, title: mixed ? sum.text : null }, host.predicting() ? (say ? answer(say) : element("span", { class: "tfm-muted" }, "–")) : row.open ? null : mixed ? sum.counts.map(([each, count]) => element("span", { class: `tfm-re-verdict tfm-re-${VERDICT_ICON[each]}` }, icon(VERDICT_ICON[each]), element("span", {}, grouped(count)))) : verdict),
        mixed ? null : element("span", { role: "gridcell", class: "tfm-re-reason" }, host.predicting() ? (hidden ? verdict : host.marked(row, verdict)) : row.open ? null : this.#groupReason(row, sum)),
      );
    } else {
      const asked = leafOf(request.name.replace(/\/$/, "")) || request.asked;
      const prefix = scopeOf(request.name.replace(/\/$/, ""));
      cells.push(
        element("span", { role: "gridcell", class: "tfm-re-no" }, String(request.number)),
        element("span", { role: "gridcell", class: "tfm-re-site tfm-mono tfm-muted", title: (shown?.text ?? "").trim() || null }, place),
        element("span", { role: "gridcell", class: "tfm-re-name tfm-mono", title: request.name }, prefix ? element("span", { class: "tfm-muted tfm-re-prefix" }, `${shortened(prefix, this.narrow ? 28 : 18)}/`) : null, element("b", {}, shortened(asked, 22)), element("span", { class: "tfm-muted tfm-re-shape" }, shapeOf(store, request))),
        element("span", { role: "gridcell", class: "tfm-re-mode" }, icon(MODE_ICON[request.mode] ?? "plus", 14), request.mode),
        element("span", { role: "gridcell", class: "tfm-re-from tfm-muted", title: modeOrigin(store, request.mode_from) }, shortened(modeOrigin(store, request.mode_from), 20)),
        element("span", { role: "gridcell", class: "tfm-re-verdictcell" }, host.predicting() ? (say ? answer(say) : element("span", { class: "tfm-muted" }, open ? "choose below" : "–")) : verdict),
        element("span", { role: "gridcell", class: "tfm-re-reason", title: hidden || host.predicting() ? null : request.sentence }, host.predicting() ? (hidden ? verdict : host.marked(row, verdict)) : reason(store, request)),
      );
    }
    const node = element("div", {
      class: `tfm-re-row${open ? ` tfm-re-isopen tfm-re-${hidden ? "asked" : VERDICT_ICON[word]}` : ""}${selected ? " tfm-selected" : ""}${hit ? " tfm-hit" : ""}${row.level ? " tfm-re-inner" : ""}${group ? " tfm-re-group" : ""}`,
      role: "row", id: `${ctx.uid}-re-${index}`, "aria-rowindex": String(index + 1), "aria-level": String(row.level + 1), "aria-selected": String(index === this.at), "aria-expanded": String(group ? row.open : open),
      "data-tfm": "row", "data-kind": row.kind, "data-name": group ? row.key : String(request.number), "data-order": index, "data-index": index,
      onclick: () => { this.at = index; host.toggle(row); this.scroll.focus({ preventScroll: true }); },
      onmouseenter: () => !group && host.hover?.(row.request), onmouseleave: () => host.hover?.(-1),
    }, cells.filter(Boolean));
    return node;
  }

  #groupReason(row, sum) {
    const { store } = this.ctx;
    if (row.slots) return "";
    if (sum.only === "shared") return ["same variables as ", element("b", {}, numbers(store, row.members.map((k) => store.requests[k].found).filter((k) => k >= 0)))];
    return element("span", {}, numbers(store, row.members));
  }

  // --- keyboard

  #mark() {
    const row = this.body.querySelector(`[data-index="${this.at}"]`);
    for (const each of this.body.querySelectorAll(".tfm-re-at")) each.classList.remove("tfm-re-at");
    row?.classList.add("tfm-re-at");
    for (const each of this.body.querySelectorAll('[role="row"][data-index]')) each.setAttribute("aria-selected", String(each === row));
    if (row) this.scroll.setAttribute("aria-activedescendant", row.id);
    else this.scroll.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.target !== this.scroll) {
      if (event.key === "Escape") { this.host.open(""); this.scroll.focus(); event.preventDefault(); event.stopPropagation(); }
      return;
    }
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / this.rowHeight) - 1);
    const row = this.rows[this.at];
    const to = { ArrowDown: this.at + 1, ArrowUp: this.at - 1, Home: 0, End: this.rows.length - 1, PageDown: this.at + page, PageUp: this.at - page }[event.key];
    if (to !== undefined) {
      this.at = Math.max(0, Math.min(this.rows.length - 1, to));
      this.#bring(this.at, false);
    } else if ((event.key === "Enter" || event.key === " ") && row) this.host.toggle(row);
    else if (event.key === "ArrowRight" && row && !(row.open || this.host.opened() === row.key)) this.host.toggle(row);
    else if (event.key === "ArrowLeft" && row && (row.open || this.host.opened() === row.key)) this.host.toggle(row);
    else if (event.key === "Escape" && this.host.opened()) this.host.open("");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Scrolls until a row is in sight, with its detail if it is the open one. */
  #bring(index, withDetail) {
    if (index < 0) return;
    const openAt = this.#openAt();
    const top = this.#top(index, openAt);
    const bottom = top + this.rowHeight + (withDetail && index === openAt ? this.detailHeight : 0);
    const { scrollTop, clientHeight } = this.scroll;
    if (bottom > scrollTop + clientHeight) this.scroll.scrollTop = Math.min(top, bottom - clientHeight);
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = top;
    this.#window();
    this.#mark();
  }

  /** Whether the row of a call is there, in sight or not. */
  has(request) { return this.rows.some((row) => row.kind === "call" && row.request === request); }

  /** Marks the rows of what is selected, without drawing them anew. */
  mark() {
    for (const each of this.body.querySelectorAll('[data-kind="call"]')) {
      const row = this.rows[Number(each.dataset.index)];
      if (row) each.classList.toggle("tfm-selected", this.host.isSelected(row.request));
    }
  }

  /** Puts the cursor on the row of a call and brings it in sight. */
  show(request) {
    const index = this.rows.findIndex((row) => row.kind === "call" && row.request === request);
    if (index < 0) return false;
    this.at = index;
    this.#bring(index, true);
    return true;
  }

  showRow(key) {
    const index = this.rows.findIndex((row) => row.key === key);
    if (index < 0) return;
    this.at = index;
    this.wantsOpen = true;
    this.#bring(index, true);
  }
}

function answer(word) {
  return element("span", { class: `tfm-re-verdict tfm-re-${VERDICT_ICON[word]}` }, icon(VERDICT_ICON[word]), element("span", {}, word));
}

export const isSlotRow = (store, row) => forSlots(store.requests[row.request]);
