// The selection that all views of a graph share, with its history.
//
// A selection is {kind, id, origin} or null. Kinds and ids are in docs/widgets.md.

const MOST = 100;

export class SelectionBus {
  #listeners = new Set();
  #past = [];
  #future = [];
  selection = null;

  /** The present selection, or null. */
  current() {
    return this.selection;
  }

  /** Selects; `null` selects nothing. Selecting the same thing again only tells the origin's siblings nothing new. */
  select(selection) {
    const next = selection?.kind ? { kind: selection.kind, id: selection.id, origin: selection.origin ?? "" } : null;
    if (same(next, this.selection)) return;
    this.#past.push(this.selection);
    if (this.#past.length > MOST) this.#past.shift();
    this.#future = [];
    this.#set(next);
  }

  get canBack() {
    return this.#past.length > 0;
  }

  get canForward() {
    return this.#future.length > 0;
  }

  back() {
    if (!this.#past.length) return;
    this.#future.push(this.selection);
    this.#set(this.#past.pop());
  }

  forward() {
    if (!this.#future.length) return;
    this.#past.push(this.selection);
    this.#set(this.#future.pop());
  }

  /** Calls `listener(selection)` after every change, until `signal` aborts or the returned function is called. */
  listen(listener, signal) {
    this.#listeners.add(listener);
    const stop = () => this.#listeners.delete(listener);
    signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  #set(selection) {
    this.selection = selection;
    for (const listener of [...this.#listeners]) listener(selection);
  }
}

function same(a, b) {
  return a === b || Boolean(a && b && a.kind === b.kind && a.id === b.id);
}
