// What each operation is for: its lane, the variable it belongs to, the operation it is plumbing of.
//
// Makers are recorded by the engine (docs/data.md 1.1), so nothing here is guessed from names, except which constants are
// mere arguments of one operation: a constant that feeds a shape, an axis or a range says nothing as a box of its own.

/** Lanes from top to bottom; the model comes first and is always drawn. */
export const LANES = ["model", "gradients", "optimizer", "init", "summaries", "queues"];

const LANE_OF_MAKER = {
  user: "model",
  variable: "model",
  regularizer: "model",
  import: "model",
  gradient: "gradients",
  optimizer: "optimizer",
  slot: "optimizer",
  init: "init",
  saver: "init",
  summary: "summaries",
  queue: "queues",
};

/** Lane of a maker; makers that this version does not know count as the model. */
export const laneOfMaker = (maker) => LANE_OF_MAKER[maker] ?? "model";

const ARITHMETIC = new Set(["Add", "AddV2", "Sub", "Mul", "Div", "RealDiv", "FloorDiv", "Pow", "Maximum", "Minimum",
  "Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual", "FloorMod", "Mod"]);
const INTEGERS = new Set(["int32", "int64"]);
const WRITES = /^(Assign|AssignAdd|AssignSub|Scatter\w+|Apply\w+|SparseApply\w+|ResourceApply\w+|ResourceSparseApply\w+|Assign\w*VariableOp|ResourceScatter\w+|CountUpTo|ResourceCountUpTo|DestroyTemporaryVariable)$/;

/** Whether an operation of this type writes a variable. */
export const isWrite = (type) => WRITES.test(type);

const PLACEHOLDERS = new Set(["Placeholder", "PlaceholderV2", "PlaceholderWithDefault"]);
const GROUPS = new Set(["NoOp"]);
const CONTROL = new Set(["Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "RefSwitch", "RefMerge", "RefEnter",
  "RefExit", "RefNextIteration"]);

/** Kind of the box that shows an operation alone. */
export function kindOfType(type) {
  if (PLACEHOLDERS.has(type)) return "placeholder";
  if (type === "Const") return "constant";
  if (GROUPS.has(type)) return "group";
  if (CONTROL.has(type)) return "control";
  return "op";
}

/**
 * Roles of all operations.
 *
 * @param g columns (columns.js)
 * @returns {lane: [text], owner: [variable or -1], into: [op or -1], readers: [[op, port, input op, input port], ...]}
 *   where `into` names the operation in whose box a folded constant lies and `readers[i]` are flat lists
 *   [consumer, input number, consumer, input number, ...] of operation i.
 */
export function rolesOf(g) {
  const lane = new Array(g.n);
  const readers = Array.from({ length: g.n }, () => []);
  const owner = new Array(g.n);
  for (let i = 0; i < g.n; i += 1) {
    lane[i] = laneOfMaker(g.maker[i]);
    owner[i] = g.owner[i] >= 0 && g.variables[g.owner[i]] ? g.owner[i] : -1;
    const inputs = g.inputs[i];
    for (let k = 0; k < inputs.length; k += 2) readers[inputs[k]]?.push(i, k / 2);
  }
  const into = new Array(g.n).fill(-1);
  for (let i = 0; i < g.n; i += 1) {
    if (owner[i] >= 0 || g.type[i] !== "Const" || g.control[i].length > 1) continue;
    const target = onlyReader(readers[i], lane, lane[i]);
    if (target !== null && isArgument(g, i, target.op, target.port)) into[i] = target.op;
  }
  for (let i = 0; i < g.n; i += 1) if (into[i] >= 0 && owner[into[i]] >= 0) into[i] = -1;
  return { lane, owner, into, readers };
}

/** The one reader of an operation in its own lane, or null. */
function onlyReader(flat, lane, own) {
  let found = null;
  for (let k = 0; k < flat.length; k += 2) {
    if (lane[flat[k]] !== own) continue;
    if (found && found.op !== flat[k]) return null;
    found = { op: flat[k], port: flat[k + 1] };
  }
  return found;
}

function isArgument(g, constant, reader, port) {
  if (g.name[constant].startsWith(`${g.name[reader]}/`)) return true;
  const [dtype, shape] = g.outputs[constant];
  if (!INTEGERS.has(dtype) || ARITHMETIC.has(g.type[reader])) return false;
  const inputs = g.inputs[reader].length / 2;
  if (inputs < 2 && !g.type[reader].startsWith("Random") && g.type[reader] !== "Fill") return false;
  return shape === "[]" || !shape.includes(",");
}
