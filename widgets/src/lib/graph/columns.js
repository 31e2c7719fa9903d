// The columns of a graph record as plain arrays, so that everything in this folder is a pure function of them.
//
// `columnsOf(store)` reads a GraphStore; `columnsOfRecord(record)` reads a snapshot record directly (docs/data.md,
// section 1). Both give the same object:
//
//   {n, name[], type[], inputs[], control[], outputs[], maker[], owner[], site[],
//    variables[], scopes[], entries[], requests[], sites[], cells[]}
//
// where `type` and `maker` are text and `outputs[i]` is [dtype, shape, dtype, shape, ...] as text.

const SECTIONS = ["variables", "scopes", "entries", "requests", "collections", "sites", "cells"];

/** Items of a sparse section of a snapshot as a list. */
function listed(section) {
  if (!section) return [];
  if (Array.isArray(section)) return section;
  const items = new Array(section.length ?? 0).fill(null);
  for (const [index, item] of Object.entries(section.set ?? {})) items[Number(index)] = item;
  return items;
}

/** Columns of a snapshot record. */
export function columnsOfRecord(record) {
  const ops = record.ops ?? { name: [] };
  const tables = ops.tables ?? { types: [], dtypes: [], shapes: [], makers: [] };
  const columns = {
    n: ops.name.length,
    name: ops.name,
    type: (ops.type ?? []).map((index) => tables.types[index]),
    inputs: ops.inputs ?? [],
    control: ops.control ?? [],
    outputs: (ops.outputs ?? []).map((flat) =>
      flat.map((index, k) => (k % 2 ? tables.shapes[index] : tables.dtypes[index])),
    ),
    maker: (ops.maker ?? []).map((index) => tables.makers[index]),
    owner: ops.owner ?? [],
    site: ops.site ?? [],
  };
  for (const section of SECTIONS) columns[section] = listed(record[section]);
  return columns;
}

/** Columns of a GraphStore (lib/store.js): its lists themselves, not copies. */
export function columnsOf(store) {
  const { ops } = store;
  const columns = {
    n: ops.length,
    name: ops.name,
    type: ops.type,
    inputs: ops.inputs,
    control: ops.control,
    outputs: ops.outputs,
    maker: ops.maker,
    owner: ops.owner,
    site: ops.site,
  };
  for (const section of SECTIONS) columns[section] = store[section] ?? [];
  return columns;
}
