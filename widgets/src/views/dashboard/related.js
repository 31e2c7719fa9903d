// What belongs to a selection: the variables, requests, scopes, collections, steps and operations that a person means by it.

import { forSlots } from "../../lib/text.js";

/**
 * What an optimizer asked for by itself stands apart, in `others`: {requests, scopes}, unless it is what the selection means.
 *
 * @returns {variables, requests, scopes, collections, steps, reads, writes}: sorted lists of indexes. Without a selection, everything.
 */
export function relatedTo(selection, store, trace) {
  const all = allRelated(selection, store, trace);
  const own = { requests: all.requests.filter((index) => !forSlots(store.requests[index])), scopes: all.scopes.filter((index) => !store.scopes[index].internal) };
  const others = { requests: all.requests.filter((index) => forSlots(store.requests[index])), scopes: all.scopes.filter((index) => store.scopes[index].internal) };
  for (const key of ["requests", "scopes"]) if (selection && !own[key].length) [own[key], others[key]] = [others[key], []];
  return { ...all, ...own, others };
}

function allRelated(selection, store, trace) {
  const steps = trace?.steps ?? [];
  if (!selection) {
    return {
      variables: indexes(store.variables), requests: indexes(store.requests), scopes: indexes(store.scopes).slice(1),
      collections: indexes(store.collections).filter((index) => !store.collections[index].internal), steps: indexes(steps), reads: [], writes: [],
    };
  }
  const variables = variablesOf(selection, store, steps);
  const operation = operationOf(selection, store, steps);
  const requests = requestsOf(selection, variables, store);
  const scopes = new Set(variables.map((index) => store.variables[index].scope));
  if (selection.kind === "scope") scopes.add(selection.id);
  if (selection.kind === "entry") scopes.add(store.entries[selection.id]?.scope);
  for (const index of requests) scopes.add(store.entries[store.requests[index].entry]?.scope ?? 0);
  const names = new Set(variables);
  const collections = selection.kind === "collection"
    ? [selection.id]
    : indexes(store.collections).filter((index) => !store.collections[index].internal && store.collections[index].items.some((item) => (item.kind === "variable" ? names.has(item.ref) : item.ref >= 0 && item.ref === operation)));
  const ofSteps = indexes(steps).filter((index) => {
    const step = steps[index];
    if (selection.kind === "step") return index === selection.id;
    if (variables.length && (step.reads.some((v) => names.has(v)) || step.writes.some((write) => names.has(write.variable)))) return true;
    return operation >= 0 && (step.op === operation || step.parts.some((part) => part.op === operation));
  });
  return {
    variables, requests, scopes: [...scopes].filter((index) => store.scopes[index]).sort((a, b) => a - b), collections, steps: ofSteps,
    reads: [...new Set(variables.flatMap((index) => store.variables[index].reads))], writes: [...new Set(variables.flatMap((index) => [store.variables[index].initializer, ...store.variables[index].writes]))],
  };
}

const indexes = (list) => list.map((_, index) => index);

/** The operation that a selection means, or -1. */
export function operationOf(selection, store, steps) {
  if (selection?.kind === "op") return selection.id;
  if (selection?.kind === "tensor") return Number(String(selection.id).split(":")[0]);
  if (selection?.kind === "step") return steps[selection.id]?.op ?? -1;
  return -1;
}

function variablesOf(selection, store, steps) {
  const { kind, id } = selection;
  const known = (list) => [...new Set(list)].filter((index) => store.variables[index]).sort((a, b) => a - b);
  if (kind === "variable") return known([id]);
  if (kind === "request") return known([store.requests[id]?.variable]);
  if (kind === "scope") return known(store.scopes[id]?.variables ?? []);
  if (kind === "entry") return known(indexes(store.requests).filter((index) => store.requests[index].entry === id).map((index) => store.requests[index].variable));
  if (kind === "collection") return known((store.collections[id]?.items ?? []).filter((item) => item.kind === "variable").map((item) => item.ref));
  if (kind === "step") return known([...(steps[id]?.reads ?? []), ...(steps[id]?.writes ?? []).map((write) => write.variable)]);
  if (kind === "namescope") {
    const prefix = `${String(id).replace(/\/$/, "")}/`;
    return known(indexes(store.requests).filter((index) => (store.entries[store.requests[index].entry]?.name_scope ?? "").startsWith(prefix)).map((index) => store.requests[index].variable));
  }
  const operation = operationOf(selection, store, steps);
  if (operation < 0) return [];
  if (store.ops.owner[operation] >= 0) return known([store.ops.owner[operation]]);
  const inputs = (store.ops.inputs[operation] ?? []).filter((_, k) => k % 2 === 0);
  return known(inputs.map((op) => store.ops.owner[op]));
}

function requestsOf(selection, variables, store) {
  const names = new Set(variables.map((index) => store.variables[index].name));
  if (selection.kind === "entry") return indexes(store.requests).filter((index) => store.requests[index].entry === selection.id);
  if (selection.kind === "request" && store.requests[selection.id]) names.add(store.requests[selection.id].name);
  if (selection.kind === "scope") {
    return indexes(store.requests).filter((index) => names.has(store.requests[index].name) || store.entries[store.requests[index].entry]?.scope === selection.id);
  }
  return indexes(store.requests).filter((index) => names.has(store.requests[index].name));
}
