// One plain sentence about an operation: what it does to what, who reads it, where it was made.

import { counted } from "../names.js";
import { siteText } from "./twin.js";

// What operations do: {0}, {1} stand for inputs. Types that are not here are said to "read" their inputs.
const DOES = {
  MatMul: "multiplies {0} by {1}", BiasAdd: "adds {1} to every row of {0}", Add: "adds {0} and {1}", AddV2: "adds {0} and {1}", AddN: "adds up {all}",
  Sub: "subtracts {1} from {0}", Mul: "multiplies {0} and {1}", RealDiv: "divides {0} by {1}", Div: "divides {0} by {1}", Pow: "raises {0} to the power {1}",
  Square: "squares {0}", Sqrt: "takes the square root of {0}", Exp: "takes e to the power of {0}", Log: "takes the logarithm of {0}", Neg: "changes the sign of {0}", Abs: "takes {0} without sign",
  SquaredDifference: "squares the difference of {0} and {1}", Relu: "keeps what is positive in {0}, the rest becomes 0", Tanh: "takes the hyperbolic tangent of {0}", Sigmoid: "squeezes {0} between 0 and 1",
  Softmax: "turns every row of {0} into probabilities", Mean: "takes the mean of {0}", Sum: "sums {0}", Max: "takes the largest of {0}", Min: "takes the smallest of {0}", Prod: "multiplies all of {0}",
  ArgMax: "finds where {0} is largest", Equal: "compares {0} with {1}", Cast: "converts {0} to another type", Reshape: "gives {0} another shape", Transpose: "swaps the axes of {0}",
  Shape: "gives the shape of {0}", ConcatV2: "joins {all}", ExpandDims: "adds an axis to {0}", Squeeze: "drops axes of length 1 from {0}", Identity: "passes {0} on",
  SparseSoftmaxCrossEntropyWithLogits: "measures how far the rows of {0} are from the labels {1}", SoftmaxCrossEntropyWithLogits: "measures how far the rows of {0} are from {1}",
  Placeholder: "stands for a value that each run must feed", PlaceholderWithDefault: "stands for {0} unless a run feeds something else", Const: "is a constant",
  NoOp: "computes nothing: it runs what it waits for", Assign: "writes {1} into {0}", AssignAdd: "adds {1} to {0} in place", AssignSub: "subtracts {1} from {0} in place",
  ApplyGradientDescent: "moves {0} against its gradient", ApplyMomentum: "moves {0} along its running gradient", ApplyAdam: "moves {0} by Adam's rule", Conv2D: "slides the filters {1} over {0}",
  MaxPool: "keeps the largest value of each window of {0}", OneHot: "turns the numbers {0} into rows with a single 1", GatherV2: "picks rows of {0}", RandomUniform: "draws uniform random numbers",
  RandomStandardNormal: "draws normal random numbers", TruncatedNormal: "draws normal random numbers without the far tails", GreaterEqual: "asks where {0} is at least {1}", Greater: "asks where {0} is larger than {1}", Less: "asks where {0} is smaller than {1}",
};

/** The sentence as pieces of text and elements; `link(op)` makes a link to an input, `code(text)` sets a name. */
export function sentenceOf(model, op, link, code) {
  const { g, roles } = model;
  const inputs = [];
  for (let k = 0; k < g.inputs[op].length; k += 2) inputs.push(g.inputs[op][k]);
  const shape = (source) => {
    const port = g.inputs[op][2 * inputs.indexOf(source) + 1];
    const text = g.outputs[source][2 * port + 1];
    return text ? ` ${text}` : "";
  };
  const joined = (list) => list.flatMap((source, k) => [k ? (k === list.length - 1 ? " and " : ", ") : "", link(source), shape(source)]);
  const words = [code(g.type[op]), " "];
  const pattern = DOES[g.type[op]];
  if (pattern) {
    for (const piece of pattern.split(/(\{\w+\})/)) {
      if (piece === "{all}") words.push(...joined(inputs.slice(0, 4)), inputs.length > 4 ? ` and ${inputs.length - 4} more` : "");
      else if (/^\{\d\}$/.test(piece)) {
        const source = inputs[Number(piece[1])];
        words.push(...(source === undefined ? ["nothing"] : [link(source), shape(source)]));
      } else words.push(piece);
    }
  } else if (inputs.length) words.push("reads ", ...joined(inputs.slice(0, 4)), inputs.length > 4 ? ` and ${inputs.length - 4} more` : "");
  else words.push("needs no input");
  const place = siteText(g, g.site[op]);
  if (place) words.push(`; made in ${place}`);
  const readers = new Set();
  for (let k = 0; k < roles.readers[op].length; k += 2) readers.add(roles.readers[op][k]);
  words.push(readers.size ? `; read by ${counted(readers.size, "operation")}` : g.outputs[op].length ? "; nothing reads it" : "");
  words.push(g.control[op].length && g.type[op] !== "NoOp" ? `; it waits for ${counted(g.control[op].length, "other")}.` : ".");
  return words;
}
