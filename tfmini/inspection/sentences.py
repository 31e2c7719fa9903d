"""One sentence about what a step of a run does, in the words of `docs/data.md` section 2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .words import grouped, leaf, parent

Say = Callable[[Sequence[str], Any], str]


def _two(text: str) -> Say:
    return lambda names, op: text.format(a=names[0], b=names[1])


def _one(text: str) -> Say:
    return lambda names, op: text.format(a=names[0])


def _matmul(names: Sequence[str], op: Any) -> str:
    turned = [
        f"{name} turned" if op._attrs.get(f"transpose_{key}") else name for name, key in zip(names, "ab", strict=False)
    ]
    return f"multiplies {turned[0]} by {turned[1]}"


def _reduced(verb: str) -> Say:
    return lambda names, op: f"{verb} {names[0]} along {names[1]}" if len(names) > 1 else f"{verb} {names[0]}"


_SAYINGS: dict[str, Say] = {
    "Add": _two("adds {a} and {b}"),
    "AddV2": _two("adds {a} and {b}"),
    "Sub": _two("takes {b} away from {a}"),
    "Mul": _two("multiplies {a} by {b}, element by element"),
    "RealDiv": _two("divides {a} by {b}, element by element"),
    "Div": _two("divides {a} by {b}, element by element"),
    "FloorDiv": _two("divides {a} by {b} and rounds down"),
    "FloorMod": _two("gives what is left of {a} divided by {b}"),
    "Pow": _two("raises {a} to the power {b}"),
    "Maximum": _two("takes the larger of {a} and {b}, element by element"),
    "Minimum": _two("takes the smaller of {a} and {b}, element by element"),
    "SquaredDifference": _two("squares the difference of {a} and {b}"),
    "BiasAdd": _two("adds {b} to every row of {a}"),
    "MatMul": _matmul,
    "BatchMatMulV2": _two("multiplies the matrices of {a} by those of {b}"),
    "Relu": _one("keeps the positive part of {a}"),
    "Relu6": _one("keeps {a} between 0 and 6"),
    "Sigmoid": _one("squeezes {a} between 0 and 1"),
    "Tanh": _one("squeezes {a} between -1 and 1"),
    "Softmax": _one("turns each row of {a} into probabilities"),
    "LogSoftmax": _one("gives the logarithm of the softmax of {a}"),
    "Exp": _one("gives e to the power {a}"),
    "Log": _one("gives the natural logarithm of {a}"),
    "Neg": _one("changes the sign of {a}"),
    "Square": _one("squares {a}"),
    "Sqrt": _one("gives the square root of {a}"),
    "Rsqrt": _one("gives one over the square root of {a}"),
    "Abs": _one("drops the sign of {a}"),
    "Sign": _one("gives the sign of {a}"),
    "Identity": _one("passes {a} on"),
    "StopGradient": _one("passes {a} on and lets no gradient through"),
    "Shape": _one("gives the shape of {a}"),
    "Size": _one("counts the elements of {a}"),
    "Rank": _one("counts the axes of {a}"),
    "Reshape": _two("arranges {a} in the shape {b}"),
    "Transpose": _two("reorders the axes of {a} by {b}"),
    "ExpandDims": _two("adds an axis to {a} at {b}"),
    "Squeeze": _one("drops axes of size 1 from {a}"),
    "Cast": lambda names, op: f"turns {names[0]} into {op._outputs[0]._dtype.name}",
    "Mean": _reduced("averages"),
    "Sum": _reduced("adds up"),
    "Prod": _reduced("multiplies up"),
    "Max": _reduced("finds the largest of"),
    "Min": _reduced("finds the smallest of"),
    "All": _reduced("asks whether all are true in"),
    "Any": _reduced("asks whether one is true in"),
    "ArgMax": _one("finds the place of the largest element of {a}"),
    "ArgMin": _one("finds the place of the smallest element of {a}"),
    "Equal": _two("compares {a} and {b}"),
    "NotEqual": _two("says where {a} and {b} differ"),
    "Less": _two("says where {a} is less than {b}"),
    "LessEqual": _two("says where {a} is at most {b}"),
    "Greater": _two("says where {a} is greater than {b}"),
    "GreaterEqual": _two("says where {a} is at least {b}"),
    "LogicalAnd": _two("says where both {a} and {b} are true"),
    "LogicalOr": _two("says where {a} or {b} is true"),
    "LogicalNot": _one("turns true and false around in {a}"),
    "Fill": _two("fills the shape {a} with {b}"),
    "Range": lambda names, op: f"counts from {names[0]} to {names[1]} in steps of {names[2]}",
    "GatherV2": _two("takes the rows {b} of {a}"),
    "Gather": _two("takes the rows {b} of {a}"),
    "ConcatV2": lambda names, op: f"joins {', '.join(names[:-1])}",
    "Pack": lambda names, op: f"stacks {', '.join(names)}",
    "OneHot": _one("marks the places {a} with ones"),
    "AddN": lambda names, op: f"adds up {', '.join(names)}",
    "L2Loss": _one("gives half the sum of the squares of {a}"),
    "SparseSoftmaxCrossEntropyWithLogits": _two("gives the cross entropy of softmax({a}) with {b}, one number a row"),
    "SoftmaxCrossEntropyWithLogits": _two("gives the cross entropy of softmax({a}) with {b}, one number a row"),
    "RandomStandardNormal": _one("draws normal numbers of shape {a}"),
    "RandomUniform": _one("draws numbers between 0 and 1 of shape {a}"),
    "TruncatedNormal": _one("draws normal numbers of shape {a}, none beyond two standard deviations"),
    "RandomUniformInt": _one("draws integers of shape {a}"),
    "Select": lambda names, op: f"takes {names[1]} where {names[0]} is true, else {names[2]}",
    "SelectV2": lambda names, op: f"takes {names[1]} where {names[0]} is true, else {names[2]}",
    "Switch": _two("sends {a} to the branch that {b} chooses"),
    "Merge": lambda names, op: f"takes whichever of {', '.join(names)} was made",
    "IsVariableInitialized": _one("asks whether {a} has a value"),
    "ReadVariableOp": _one("reads {a}"),
    "Placeholder": lambda names, op: "must be fed",
    "PlaceholderWithDefault": _one("takes {a} when nothing is fed"),
}


def op_sentence(op: Any, names: Sequence[str]) -> str:
    """Returns what an operation does with inputs that people call `names`."""
    say = _SAYINGS.get(op._definition.name)
    if say is not None:
        return say(names, op)
    if not names:
        return f"is made by {op._definition.name}"
    return f"computes {op._definition.name} of {', '.join(names)}"


def variable_sentence(count: int | None) -> str:
    """Returns what the step of a variable gives."""
    if count is None:
        return "has no value in this session yet"
    noun = "number" if count == 1 else "numbers"
    return f"holds {grouped(count)} {noun} that the session kept"


def write_sentence(op: Any, maker: str, has_gradient: bool) -> str:
    """Returns how a step writes its variable."""
    kind = op._definition.name
    if maker in ("optimizer", "slot"):
        if has_gradient:
            return f"is changed by {kind}, from its gradient"
        return "is multiplied by its own decay" if kind == "Assign" else f"is changed by {kind}"
    if maker == "saver":
        return "gets its value from a checkpoint"
    if op._owner is not None:
        return "gets its initial value"
    words = {"AssignAdd": "is increased", "AssignSub": "is decreased", "AssignAddVariableOp": "is increased"}
    return words.get(kind, f"gets a new value by {kind}")


def short_tensor(tensor: Any, by_variable: bool) -> str:
    """Returns what a sentence calls a tensor: the leaf of its variable, or the last part of its operation with the port."""
    op = tensor._op
    if by_variable and op._owner is not None:
        return leaf(op._owner.name) or leaf(op._name)
    name = op._name
    if op._definition.name == "ReadVariableOp" and op._inputs[0]._op._owner is not None:
        return leaf(op._inputs[0]._op._owner.name)
    if leaf(name) == "read" and parent(name):
        return leaf(parent(name))
    return f"{leaf(name)}:{tensor._value_index}"
