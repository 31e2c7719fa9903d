// One graph, as the page knows it: applies graph records (docs/data.md section 1) and tells readers what changed.
//
// A snapshot is the delta from nothing, so there is one way in. Operations are kept as columns, other sections as lists.

const LISTS = ["variables", "order", "inits", "scopes", "entries", "requests", "collections", "sites", "cells", "sessions", "runs"];
const TABLES = ["types", "dtypes", "shapes", "makers", "devices"];

function emptyOps() {
  return { length: 0, name: [], type: [], inputs: [], control: [], outputs: [], maker: [], owner: [], site: [], device: [] };
}

export class GraphStore {
  #listeners = new Set();
  #tables = Object.fromEntries(TABLES.map((name) => [name, []]));

  constructor() {
    this.clear();
  }

  clear() {
    this.graph = { id: "", label: "no graph", is_default: false, finalized: false, seed: null };
    this.version = 0;
    this.ops = emptyOps();
    this.open = { scopes: [], stopped: null };
    this.last = { text: "", cell: -1 };
    for (const name of LISTS) this[name] = [];
    this.#tables = Object.fromEntries(TABLES.map((name) => [name, []]));
  }

  /**
   * Takes a record. Returns "applied", "old" (nothing new in it) or "gap" (something between is missing: ask for the whole).
   */
  apply(record) {
    if (record?.format !== "tfmini.graph/1") return "gap";
    const whole = record.from === 0;
    if (whole) {
      if (this.version && record.to <= this.version && record.graph?.id === this.graph.id) return "old";
      this.clear();
    } else if (record.to <= this.version) return "old";
    else if (record.from > this.version) return "gap";
    const change = { sections: new Set(), opsFrom: this.ops.length, opsTo: this.ops.length, amended: [], whole };
    if (record.graph) {
      this.graph = record.graph;
      change.sections.add("graph");
    }
    if (record.ops) this.#takeOps(record.ops, change);
    for (const name of LISTS) {
      const part = record[name];
      if (!part) continue;
      this[name].length = part.length;
      for (const [index, item] of Object.entries(part.set ?? {})) this[name][Number(index)] = item;
      change.sections.add(name);
    }
    for (const name of ["open", "last"]) {
      if (!record[name]) continue;
      this[name] = record[name];
      change.sections.add(name);
    }
    this.version = record.to;
    this.#tell(change);
    return "applied";
  }

  #takeOps(part, change) {
    const tables = part.tables ?? {};
    for (const name of TABLES) {
      (tables[name] ?? []).forEach((each, k) => { this.#tables[name][(tables.at?.[name] ?? 0) + k] = each; });
    }
    const { ops } = this;
    const at = part.at ?? 0;
    const count = part.name?.length ?? 0;
    for (let k = 0; k < count; k += 1) {
      const i = at + k;
      ops.name[i] = part.name[k];
      ops.type[i] = this.#tables.types[part.type[k]];
      ops.inputs[i] = part.inputs[k];
      ops.control[i] = part.control[k];
      ops.outputs[i] = this.#outputs(part.outputs[k]);
      ops.maker[i] = this.#tables.makers[part.maker[k]];
      ops.owner[i] = part.owner[k];
      ops.site[i] = part.site[k];
      ops.device[i] = this.#tables.devices[part.device?.[k]] ?? "";
    }
    ops.length = Math.max(ops.length, at + count);
    change.opsTo = ops.length;
    if (count) change.sections.add("ops");
    for (const [index, column, value] of part.amend ?? []) {
      ops[column][index] = column === "outputs" ? this.#outputs(value) : column === "device" ? this.#tables.devices[value] ?? value : value;
      change.amended.push(index);
      change.sections.add("ops");
    }
  }

  /** [dtype, shape, ...] as indexes -> as text. */
  #outputs(flat) {
    return flat.map((index, k) => (k % 2 ? this.#tables.shapes[index] : this.#tables.dtypes[index]));
  }

  /** The record from nothing that would make this store again; for exports. */
  toRecord() {
    const { ops } = this;
    const indexOf = Object.fromEntries(TABLES.map((name) => [name, new Map(this.#tables[name].map((each, k) => [each, k]))]));
    return {
      format: "tfmini.graph/1",
      graph: this.graph,
      from: 0,
      to: this.version,
      ops: {
        at: 0,
        name: [...ops.name],
        type: ops.type.map((each) => indexOf.types.get(each)),
        inputs: [...ops.inputs],
        control: [...ops.control],
        outputs: ops.outputs.map((flat) => flat.map((each, k) => indexOf[k % 2 ? "shapes" : "dtypes"].get(each))),
        maker: ops.maker.map((each) => indexOf.makers.get(each)),
        owner: [...ops.owner],
        site: [...ops.site],
        device: ops.device.map((each) => indexOf.devices.get(each) ?? 0),
        tables: { at: Object.fromEntries(TABLES.map((name) => [name, 0])), ...structuredClone(this.#tables) },
        amend: [],
      },
      ...Object.fromEntries(LISTS.map((name) => [name, { length: this[name].length, set: { ...this[name] } }])),
      open: this.open,
      last: this.last,
    };
  }

  /** Calls `listener(change)` after every change, until `signal` aborts or the returned function is called. */
  listen(listener, signal) {
    this.#listeners.add(listener);
    const stop = () => this.#listeners.delete(listener);
    signal?.addEventListener("abort", stop, { once: true });
    return stop;
  }

  #tell(change) {
    for (const listener of [...this.#listeners]) listener(change);
  }

  // --- what several views ask

  /** Where a site is: "cell [3] line 5" or "model.py:12"; "" when it is not known. */
  siteText(index) {
    const site = this.sites[index];
    if (!site) return "";
    const cell = this.cells[site.cell];
    return cell ? `cell [${cell.count}] line ${site.line}` : `${site.file.split(/[\\/]/).pop()}:${site.line}`;
  }

  /** The short form of the same: "[3] L5" or "model.py:12". */
  siteShort(index) {
    const site = this.sites[index];
    if (!site) return "";
    const cell = this.cells[site.cell];
    return cell ? `[${cell.count}] L${site.line}` : `${site.file.split(/[\\/]/).pop()}:${site.line}`;
  }

  opIndex(name) {
    return this.ops.name.indexOf(name);
  }
}
