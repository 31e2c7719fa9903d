// The tree of name scopes of one lane, with variables as single things.
//
// A node is {id, kind, name, leaf, lane, parent, children, op, variable, ops, vars, first, sig}: `kind` is "scope",
// "variable" or a kind of kindOfType, `ops` counts all operations under it by name, `vars` its variables, `first` is the
// earliest operation (children stand in that order) and `sig` a number that equal structures share.

import { kindOfType } from "./roles.js";

/** An empty scope node. */
function scopeNode(name, lane, parent) {
  const leaf = name.slice(name.lastIndexOf("/") + 1);
  const id = `${lane === "model" ? "" : `${lane}|`}${name}/`;
  return { id, kind: "scope", name, leaf, lane, parent, children: [], op: -1, variable: -1, ops: 0, vars: 0, first: Infinity, sig: 0 };
}

/** Builds the trees of all lanes: {roots: Map lane -> node, nodeOf: [node of each operation], variableNodes}. */
export function buildTrees(g, roles) {
  const roots = new Map();
  const scopes = new Map();
  const rootOf = (lane) => {
    let root = roots.get(lane);
    if (!root) {
      root = scopeNode("", lane, null);
      root.id = `lane:${lane}`;
      roots.set(lane, root);
    }
    return root;
  };
  const scopeOf = (lane, name) => {
    if (name === "") return rootOf(lane);
    const key = `${lane}|${name}`;
    let node = scopes.get(key);
    if (!node) {
      const slash = name.lastIndexOf("/");
      const parent = scopeOf(lane, slash < 0 ? "" : name.slice(0, slash));
      node = scopeNode(name, lane, parent);
      scopes.set(key, node);
      parent.children.push(node);
    }
    return node;
  };
  rootOf("model");
  const nodeOf = new Array(g.n).fill(null);
  const variableNodes = new Array(g.variables.length).fill(null);
  for (let i = 0; i < g.n; i += 1) {
    const lane = roles.lane[i];
    const name = g.name[i];
    const slash = name.lastIndexOf("/");
    const scope = scopeOf(lane, slash < 0 ? "" : name.slice(0, slash));
    for (let node = scope; node; node = node.parent) node.ops += 1;
    if (roles.owner[i] >= 0) {
      const k = roles.owner[i];
      variableNodes[k] ??= variableNode(g, k, lane);
      nodeOf[i] = variableNodes[k];
    } else if (roles.into[i] < 0) {
      const node = {
        id: name, kind: kindOfType(g.type[i]), name, leaf: name.slice(slash + 1), lane, parent: scope, children: [], op: i,
        variable: -1, ops: 1, vars: 0, first: i, sig: 0,
      };
      if (lane !== "model") node.id = `${lane}|${name}`;
      nodeOf[i] = node;
      scope.children.push(node);
    }
  }
  for (let i = 0; i < g.n; i += 1) {
    let target = roles.into[i];
    for (let hop = 0; target >= 0 && nodeOf[target] === null && hop < 8; hop += 1) target = roles.into[target];
    if (nodeOf[i] === null) nodeOf[i] = target >= 0 ? nodeOf[target] : null;
  }
  placeVariables(g, roles, nodeOf, variableNodes, scopeOf);
  for (const root of roots.values()) {
    adoptNamesakes(root, scopes);
    prune(root);
    count(root);
  }
  return { roots, nodeOf, variableNodes, scopes };
}

function variableNode(g, k, lane) {
  const variable = g.variables[k];
  return {
    id: `var:${variable.name}#${k}`, kind: "variable", name: variable.name, leaf: variable.leaf ?? variable.name.split("/").pop(), lane,
    parent: null, children: [], op: variable.op, variable: k, ops: 1, vars: 1, first: variable.op, sig: 0, readers: [],
  };
}

/**
 * A variable lies in the scope of its name when something there reads it, else in the deepest scope that holds all its
 * readers in its lane (`tf.get_variable` inside a re-entered variable scope names it elsewhere).
 */
function placeVariables(g, roles, nodeOf, variableNodes, scopeOf) {
  variableNodes.forEach((node, k) => {
    if (!node) return;
    const variable = g.variables[k];
    const readers = new Set();
    for (const op of ownedOps(g, roles, k, variable)) {
      const flat = roles.readers[op];
      for (let j = 0; j < flat.length; j += 2) {
        const other = flat[j];
        if (roles.lane[other] === node.lane && nodeOf[other] && nodeOf[other] !== node) readers.add(nodeOf[other]);
      }
    }
    node.readers = [...readers];
    const slash = node.name.lastIndexOf("/");
    const own = scopeOf(node.lane, slash < 0 ? "" : node.name.slice(0, slash));
    const plain = node.readers.filter((reader) => reader.kind !== "variable");
    let home = own;
    if (plain.length && !plain.some((reader) => contains(own, reader))) {
      home = plain[0].parent;
      for (const reader of plain) while (home.parent && !contains(home, reader)) home = home.parent;
    }
    node.parent = home;
    home.children.push(node);
  });
}

function ownedOps(g, roles, k, variable) {
  const ops = [variable.op, variable.value].filter((op) => op >= 0 && op < g.n);
  for (const op of variable.reads ?? []) if (roles.owner[op] === k) ops.push(op);
  return [...new Set(ops)];
}

/** Whether `scope` is above `node` in the tree. */
export function contains(scope, node) {
  for (let at = node; at; at = at.parent) if (at === scope) return true;
  return false;
}

/** An operation named like a scope (`Mean` beside `Mean/...`) goes into that scope, as the thing it was made for. */
function adoptNamesakes(root, scopes) {
  const visit = (scope) => {
    for (const child of [...scope.children]) if (child.kind === "scope") visit(child);
    for (const child of [...scope.children]) {
      if (child.kind === "scope" || child.kind === "variable") continue;
      const twin = scopes.get(`${child.lane}|${child.name}`);
      if (twin && twin !== scope && twin.parent === scope && twin.children.some((inner) => inner.kind !== "variable")) {
        scope.children.splice(scope.children.indexOf(child), 1);
        child.parent = twin;
        twin.children.push(child);
        twin.ops += 1;
      }
    }
  };
  visit(root);
}

/** Drops scopes with nothing to show; a scope that holds one operation only gives way to it. */
function prune(scope) {
  const kept = [];
  for (const child of scope.children) {
    if (child.kind === "scope") {
      prune(child);
      if (!child.children.length) continue;
      if (child.children.length === 1 && child.children[0].kind !== "variable") {
        const only = child.children[0];
        only.parent = scope;
        only.ops = Math.max(only.ops, child.ops);
        if (only.kind === "scope") only.leaf = `${child.leaf}/${only.leaf}`;
        kept.push(only);
        continue;
      }
    }
    kept.push(child);
  }
  scope.children = kept;
}

function count(scope) {
  scope.first = Infinity;
  scope.vars = 0;
  for (const child of scope.children) {
    if (child.kind === "scope") count(child);
    scope.first = Math.min(scope.first, child.first);
    scope.vars += child.vars;
  }
  scope.children.sort((a, b) => a.first - b.first);
}

const signatures = new Map();

function interned(text) {
  let id = signatures.get(text);
  if (id === undefined) signatures.set(text, (id = signatures.size + 1));
  return id;
}

/**
 * Gives every node its structure number: types of operations and the shape of the tree, not names or sizes. Variables do not count,
 * because a tower that shares them has none of its own.
 */
export function sign(scope, g) {
  const parts = [];
  for (const child of scope.children) {
    if (child.kind === "scope") sign(child, g);
    else child.sig = child.kind === "variable" ? -1 : interned(g.type[child.op]);
    if (child.kind !== "variable") parts.push(child.sig);
  }
  scope.sig = interned(`(${parts.join(",")})`);
}
