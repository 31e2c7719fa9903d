"""How operations of some types become lines that are quicker than a call of their kernel, with the same bits.

A pattern is `f(lowering, index of the step, step, numbers of the arguments) -> whether it added lines`. It may rely on what is
certain, and declines where that is not enough; then the kernel is called.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..ops.activation import clip
from ..ops.reduction import SUM_TILE, whole_sum
from .facts import ARRAY, SCALAR, Fact
from .lines import Line
from .lowering import Lowering
from .plan import Step

Pattern = Callable[[Lowering, int, Step, list[int]], bool]
PATTERNS: dict[str, Pattern] = {}

_add_reduce = np.add.reduce


def pattern(*names: str) -> Callable[[Pattern], Pattern]:
    """Returns a decorator that registers a pattern for operation types."""

    def register(function: Pattern) -> Pattern:
        for name in names:
            PATTERNS[name] = function
        return function

    return register


def _floats(lowering: Lowering, *values: int) -> bool:
    """Says whether all values are certain arrays of one type of floats."""
    if not lowering.are_certain(*values):
        return False
    facts = [lowering.fact(value) for value in values]
    kind = facts[0].dtype
    return kind.char in "fd" and all(fact.kind == ARRAY and fact.dtype == kind for fact in facts)


# ---- products and biases


@pattern("MatMul")
def _matmul(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or not _floats(lowering, *args, out):
        return False
    attrs = step.op._attrs
    suffixes = (".T" if attrs["transpose_a"] else "", ".T" if attrs["transpose_b"] else "")
    takes_out = lowering.fact(out).layout == "C"
    lowering.add(Line("call", index, np.dot, tuple(args), (out,), takes_out=takes_out, suffixes=suffixes, pure=True))
    return True


@pattern("BiasAdd")
def _bias_add(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or not _floats(lowering, *args, out) or step.op._attrs["data_format"] != b"NHWC":
        return False
    lowering.add(Line("ufunc", index, np.add, tuple(args), (out,)))
    return True


@pattern("BiasAddGrad")
def _bias_add_grad(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or not _floats(lowering, *args, out) or step.op._attrs["data_format"] != b"NHWC":
        return False
    fact = lowering.fact(args[0])
    if len(fact.shape) != 2 or fact.shape[0] <= 8:
        return False
    return _column_sums(lowering, index, args[0], out)


def _column_sums(lowering: Lowering, index: int, value: int, out: int) -> bool:
    """Adds the product of ones with a matrix."""
    fact = lowering.fact(value)
    ones = lowering.kept(("ones", fact.shape[0], fact.dtype), lambda: np.ones(fact.shape[0], fact.dtype))
    lowering.add(Line("call", index, np.dot, (ones, value), (out,), takes_out=True, pure=True))
    return True


# ---- other shapes


@pattern("Reshape", "ExpandDims", "Squeeze")
def _reshape(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or not lowering.are_certain(args[0], out):
        return False
    fact, result = lowering.fact(args[0]), lowering.fact(out)
    if ARRAY not in (fact.kind, result.kind) or result.kind == SCALAR:
        return False
    if fact.layout != "C" and step.op._definition.name != "Reshape":
        return False
    lowering.reshaped(index, args[0], out)
    return True


@pattern("Slice")
def _slice(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    value, begin = args[:2]
    if out < 0 or begin not in lowering.known or not lowering.are_certain(value, out):
        return False
    fact, result = lowering.fact(value), lowering.fact(out)
    if fact.kind != ARRAY or result.kind != ARRAY:
        return False
    starts = [int(each) for each in lowering.known[begin]]
    places = ", ".join(f"{start}:{start + size}" for start, size in zip(starts, result.shape, strict=True))
    lowering.add(Line("text", index, f"{{0}}[{places}]", (value,), (out,), may_alias=True))
    return True


# ---- sums and means


@pattern("Sum", "Mean")
def _sum(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    value, axes_value = args
    if out < 0 or axes_value not in lowering.known or not _floats(lowering, value) or out not in lowering.certain:
        return False
    fact, result = lowering.fact(value), lowering.fact(out)
    ndim = len(fact.shape)
    axes = tuple(int(axis) % ndim for axis in np.reshape(lowering.known[axes_value], -1))
    keep = bool(step.op._attrs["keep_dims"])
    if not axes or len(set(axes)) != len(axes):
        return False
    mean = step.op._definition.name == "Mean"
    if not mean and axes == (0,) and ndim == 2 and fact.shape[0] > 8:
        if not keep:
            return _column_sums(lowering, index, value, out)
        sums = lowering.new(Fact(ARRAY, fact.shape[1:], fact.dtype, "C"))
        _column_sums(lowering, index, value, sums)
        lowering.reshaped(index, sums, out)
        return True
    count = 1
    for axis in axes:
        count *= fact.shape[axis]
    total = lowering.new(result) if mean else out
    if len(axes) == ndim:
        if keep or fact.layout != "C":
            return False
        if count <= SUM_TILE:
            ones = lowering.kept(("ones", count, fact.dtype), lambda: np.ones(count, fact.dtype))
            if ndim == 1:
                lowering.add(Line("call", index, np.dot, (value, ones), (total,), pure=True))
            else:
                text = "dot({0}.reshape(-1), {1})"
                lowering.add(Line("text", index, text, (value, ones), (total,), uses={"dot": np.dot}))
        else:
            lowering.add(Line("call", index, whole_sum, (value,), (total,), pure=True))
    else:
        text = f"add_reduce({{0}}, {axes}, None, {{out}}, {keep})"
        uses = {"add_reduce": _add_reduce}
        lowering.add(Line("text", index, text, (value,), (total,), takes_out=result.kind == ARRAY, uses=uses))
    if mean:
        divisor = lowering.constant(count, result.dtype)
        if result.kind == ARRAY:
            lowering.add(Line("ufunc", index, np.true_divide, (total, divisor), (out,)))
        else:
            lowering.add(Line("text", index, "{0} / {1}", (total, divisor), (out,)))
    return True


# ---- sums of several


@pattern("AddN")
def _add_n(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or len(args) < 2 or not lowering.are_certain(*args, out):
        return False
    facts = [lowering.fact(value) for value in args]
    first = facts[0]
    if first.dtype.char not in "fdil" or any(fact[:3] != first[:3] for fact in facts):
        return False
    if first.kind == ARRAY:
        if lowering.loops is None:
            lowering.sums.add(index)
        total = args[0]
        for place, value in enumerate(args[1:], 2):
            following = out if place == len(args) else lowering.new(lowering.fact(out))
            lowering.add(Line("ufunc", index, np.add, (total, value), (following,)))
            total = following
        return True
    total = args[0]
    for start in range(1, len(args), 40):
        some = args[start : start + 40]
        following = out if start + 40 >= len(args) else lowering.new(first)
        text = " + ".join(f"{{{place}}}" for place in range(len(some) + 1))
        lowering.add(Line("text", index, text, (total, *some), (following,)))
        total = following
    return True


# ---- writes


def _update(lowering: Lowering, index: int, cell: int, place: int, combine: np.ufunc, value: int) -> None:
    """Adds `variable = combine(variable, value)`."""
    before = lowering.read(index, cell, place)
    after = lowering.new(lowering.fact(before))
    if lowering.fact(before).kind == SCALAR:
        sign = "+" if combine is np.add else "-"
        lowering.add(Line("text", index, f"{{0}} {sign} {{1}}", (before, value), (after,)))
    else:
        lowering.add(Line("ufunc", index, combine, (before, value), (after,)))
    lowering.write(index, cell, after, before)


def _fits(lowering: Lowering, index: int, cell: int, place: int, value: int) -> bool:
    """Says whether a value has the shape and type of a variable of numbers."""
    if cell not in lowering.known or not lowering.are_certain(value):
        return False
    fact, own = lowering.fact(value), lowering.cell_fact(index, cell, place)
    return own.kind in (ARRAY, SCALAR) and own[:3] == fact[:3] and own.dtype.char in "fdil"


@pattern("AssignAdd", "AssignSub", "AssignAddVariableOp", "AssignSubVariableOp")
def _assign_add(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    if not _fits(lowering, index, args[0], 0, args[1]):
        return False
    combine = np.add if "Add" in step.op._definition.name else np.subtract
    _update(lowering, index, args[0], 0, combine, args[1])
    return True


@pattern("Assign", "AssignVariableOp")
def _assign(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    cell, value = args
    if not _fits(lowering, index, cell, 0, value):
        return False
    before = lowering.read(index, cell, 0)
    if lowering.fact(value).kind == ARRAY:
        own = lowering.new(lowering.fact(value))
        lowering.add(Line("text", index, "array({0})", (value,), (own,), uses={"array": np.array}))
        value = own
    lowering.write(index, cell, value, before, check=False)
    return True


# ---- activations


@pattern("Relu")
def _relu(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    out = step.outputs[0]
    if out < 0 or clip is None or not _floats(lowering, args[0], out):
        return False
    dtype = lowering.fact(out).dtype
    low, high = (lowering.as_array(lowering.constant(value, dtype)) for value in (0.0, np.inf))
    lowering.add(Line("ufunc", index, clip, (args[0], low, high), (out,)))
    return True
