// What drawings and cards say about boxes: labels for screen readers, sentences, depths, stable numbers for ids.

import { opsText, shapeOf } from "./sizes.js";

const plural = (count, word) => `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;

/** The look of one picture: `uid` prefixes ids, `plain` leaves out what only the live page needs. */
export function makeLook(scene, uid, plain = false) {
  const { model } = scene;
  const numbers = new Map();
  const degrees = new Map();
  for (const edge of scene.all) {
    for (const [box, side] of [[edge.from, 1], [edge.to, 0]]) {
      if (!degrees.has(box)) degrees.set(box, [0, 0]);
      degrees.get(box)[side] += 1;
    }
  }
  const look = {
    uid,
    plain,
    turned: scene.turned,
    number(id) {
      if (!numbers.has(id)) numbers.set(id, numbers.size);
      return numbers.get(id);
    },
    typeOf: (box) => model.g.type[box.node.op],
    variable: (box) => model.g.variables[box.node.variable],
    opName: (op) => model.g.name[op],
    depth(box) {
      let depth = 0;
      for (let at = box.parent; at; at = at.parent) if (at.kind === "scope") depth += 1;
      return depth;
    },
    describe: (box) => describe(model, box, degrees.get(box) ?? [0, 0]),
    describeMark(mark, lane) {
      if (mark.variables.length > 1) return `${plural(mark.variables.length, "variable")} in ${lane.label}`;
      const name = model.g.variables[mark.variables[0]].name;
      return lane.lane.key === "gradients" ? `gradient of ${name}` : `${lane.label} writes ${name}`;
    },
  };
  return look;
}

function describe(model, box, [inputs, outputs]) {
  const { g } = model;
  const { node } = box;
  if (box.kind === "lane") return `${box.lane.title}, ${plural(box.lane.count, "operation")}, ${box.open ? "open" : "folded"} lane`;
  if (box.kind === "more") return `${box.label}, not drawn`;
  if (box.kind === "variables") return `${box.label} shared by ${box.parent.tie.towers.length} scopes`;
  if (box.kind === "scope") {
    const series = box.series ? `, one of ${box.series.members.length} alike` : "";
    return `${node.name}, ${box.open ? "open" : "closed"} scope, ${opsText(node.ops)}${node.vars ? `, ${plural(node.vars, "variable")}` : ""}${series}`;
  }
  if (box.kind === "variable") {
    const variable = g.variables[node.variable];
    const asked = variable.requests?.length ?? 0;
    return `${variable.name}, ${variable.trainable ? "trainable " : ""}variable, ${variable.dtype} ${variable.shape}${asked > 1 ? `, asked for by ${asked} calls` : ""}, read by ${plural(outputs, "box").replace("boxs", "boxes")}`;
  }
  const shape = shapeOf(g, node.op);
  return `${node.name}, ${g.type[node.op]}${shape ? ` ${shape}` : ""}, ${plural(inputs, "input")}, ${plural(outputs, "output")}`;
}
