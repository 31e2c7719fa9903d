"""What a run shows about a plan: kinds, shapes and element types of its values, and which of them every run repeats.

The second run of a plan is recorded here. A fact is *certain* when every run with feeds of the same shapes gives the same shape
and element type; a value is *known* when every such run gives the same value, because it is computed from constants and
shapes alone. Generated programs use buffers and operators only where facts are certain, and compute what is known never again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from ..framework.dead import DEAD
from . import drivers
from .plan import Plan
from .state import Cell
from .structure import Conditional, Loop, Straight, Structured

SCALAR, ARRAY, CELL, OTHER = "scalar", "array", "cell", "other"

# Values above this size in bytes are computed again in each run rather than kept, and so are values beyond this sum.
_MOST_KEPT = 1 << 20
_MOST_KEPT_IN_ALL = 1 << 24
_LOOP_PARTS = frozenset(("Enter", "Exit", "LoopCond", "NextIteration"))

# Types whose results have shapes that depend on values, whatever the types of these are.
_OPEN = frozenset(
    (
        "Range",
        "Where",
        "Unique",
        "UniqueV2",
        "UniqueWithCounts",
        "ListDiff",
        "BooleanMask",
        "DynamicPartition",
        "PyFunc",
        "PyFuncStateless",
        "EagerPyFunc",
        "StringSplit",
    )
)
# Types that take whole numbers or truth values as inputs without their shape depending on them.
_ELEMENTWISE = frozenset(
    (
        "Abs", "Add", "AddV2", "AddN", "ApproximateEqual", "BitwiseAnd", "BitwiseOr", "BitwiseXor", "Cast",
        "Div", "Equal", "FloorDiv", "FloorMod", "Gather", "GatherNd", "Greater", "GreaterEqual", "Identity", "InTopK", "Invert",
        "Less", "LessEqual", "LogicalAnd", "LogicalNot", "LogicalOr", "MatMul", "Maximum", "Minimum", "Mul", "Neg", "NotEqual",
        "OnesLike", "Pack", "Pow", "PreventGradient", "RealDiv", "ResourceGather", "Select", "SelectV2", "Sign",
        "SparseSoftmaxCrossEntropyWithLogits", "Square", "SquaredDifference", "Squeeze", "StopGradient", "Sub", "TruncateDiv",
        "AllCandidateSampler", "FixedUnigramCandidateSampler", "LearnedUnigramCandidateSampler", "LogUniformCandidateSampler",
        "UniformCandidateSampler", "TruncateMod", "Unpack", "Enter", "Exit", "LoopCond", "NextIteration", "ZerosLike", "BatchMatMulV2", "Snapshot", "L2Loss", "InvertPermutation",
    )
)  # fmt: skip
# Inputs by place whose values do not decide the shape, of types where others do.
_FREE_PLACES = {
    "ArgMax": (0,),
    "ArgMin": (0,),
    "ScatterNd": (0, 1),
    "Split": (1,),
    "SplitV": (0,),
    "GatherV2": (0, 1),
    "OneHot": (0,),
    "Reshape": (0,),
    "Sum": (0,),
    "Mean": (0,),
    "Prod": (0,),
    "Max": (0,),
    "Min": (0,),
    "All": (0,),
    "Any": (0,),
    "Transpose": (0,),
    "ExpandDims": (0,),
    "Tile": (0,),
    "BroadcastTo": (0,),
    "StridedSlice": (0,),
    "Slice": (0,),
    "Pad": (0,),
    "PadV2": (0, 2),
    "Fill": (1,),
    "UnsortedSegmentSum": (0, 1),
    "Cumsum": (0,),
    "ReverseV2": (0,),
    "TopKV2": (0,),
}
_FROM_SHAPES = frozenset(("Shape", "ShapeN", "Size", "Rank"))

# Types that change nothing, although they are declared stateful or may not be computed beforehand.
_HARMLESS = frozenset(
    (
        "Assert",
        "IsVariableInitialized",
        "PlaceholderWithDefault",
        "ReadVariableOp",
        "ResourceGather",
        "VarHandleOp",
        "VarIsInitializedOp",
        "VariableShape",
        "VariableV2",
    )
)


def has_effects(definition: Any) -> bool:
    """Says whether an operation of a type may do more than to give its outputs."""
    if definition.name in _HARMLESS:
        return False
    return bool(definition.spec.stateful or definition.resources or not definition.foldable)


class Fact(NamedTuple):
    """What is said of a value: its kind, and shape, element type and layout ("C", "F" or "") of a number or an array."""

    kind: str
    shape: tuple[int, ...]
    dtype: Any
    layout: str


_OTHER_FACT = Fact(OTHER, (), None, "")
_CELL_FACT = Fact(CELL, (), None, "")
_interned: dict[Fact, Fact] = {}


def fact_of(value: Any) -> Fact:
    """Returns the fact of one value."""
    if isinstance(value, np.ndarray):
        if value.dtype.hasobject or not value.dtype.isnative:
            return _OTHER_FACT
        flags = value.flags
        layout = "C" if flags.c_contiguous else "F" if flags.f_contiguous else ""
        fact = Fact(ARRAY if value.ndim else SCALAR, value.shape, value.dtype, layout)
    elif isinstance(value, np.generic) and value.dtype.kind in "biufc":
        fact = Fact(SCALAR, (), value.dtype, "C")
    elif isinstance(value, Cell):
        return _CELL_FACT
    else:
        return _OTHER_FACT
    if len(_interned) > 100_000:
        _interned.clear()
    return _interned.setdefault(fact, fact)


class Facts:
    """The facts of one recorded run.

    Attributes:
      of: the fact of each slot, None for a slot that nothing filled.
      certain: for each slot whether every run repeats its fact.
      known: values by slot that every run repeats; cells of variables too.
      loops: loops (by `id`) whose every turn repeats the facts of the first one.
      reads: facts of the values of variables that steps read, by (index of the step, place of the input).
    """

    __slots__ = ("certain", "kept", "known", "loops", "of", "reads")

    def __init__(self, slots: int) -> None:
        self.of: list[Fact | None] = [None] * slots
        self.certain = bytearray(slots)
        self.known: dict[int, Any] = {}
        self.reads: dict[tuple[int, int], Fact] = {}
        self.loops: set[int] = set()
        self.kept = 0


def record(plan: Plan, rows: list[tuple[Any, ...]], values: list[Any], loops: Structured | None = None) -> Facts:
    """Runs a plan like the interpreter, and returns what it showed.

    Args:
      plan: the plan; without conditionals at its outermost level.
      rows: its rows.
      values: the slots, with the feeds in place. Afterwards they hold what is fetched.
      loops: the tree of a plan with loops.

    Raises:
      drivers.StepFailed: a step raised.
    """
    facts = Facts(plan.slots + 1)
    for _, slot in plan.feeds:
        fact = facts.of[slot] = fact_of(values[slot])
        facts.certain[slot] = fact is not _OTHER_FACT
    if loops is None:
        _record_steps(facts, plan, rows, range(len(rows)), values)
        return facts
    for item in loops.block.items:
        if isinstance(item, Straight):
            _record_steps(facts, plan, rows, item.steps, values)
        elif isinstance(item, Conditional):
            loops.run_item(item, values)
            for slot in loops.results[id(item)]:
                facts.of[slot] = fact_of(values[slot])
        else:
            _record_loop(facts, plan, rows, item, values, loops)
    return facts


def _record_steps(
    facts: Facts, plan: Plan, rows: list[tuple[Any, ...]], steps: Sequence[int], values: list[Any]
) -> None:
    index = 0
    try:
        for index in steps:
            step = plan.steps[index]
            for place in step.references:
                held = values[step.inputs[place]]
                facts.reads[index, place] = fact_of(held.value if isinstance(held, Cell) else held)
            result = rows[index][1](*[values[slot] for slot in step.inputs])
            if step.outputs:
                outputs = (result,) if len(step.outputs) == 1 else result
                for slot, value in zip(step.outputs, outputs, strict=True):
                    if slot >= 0:
                        values[slot] = value
                _note(facts, step, index, outputs)
            for slot in step.dead:
                values[slot] = None
    except Exception as error:
        inputs = tuple(values[slot] for slot in plan.steps[index].inputs)
        raise drivers.StepFailed(index, error, inputs) from error


def _record_loop(
    facts: Facts, plan: Plan, rows: list[tuple[Any, ...]], loop: Loop, values: list[Any], loops: Structured
) -> None:
    """Runs a loop; the first turn of one that only computes is recorded."""
    if is_plain(plan, loop) and not any(values[each.start] is DEAD for each in loop.variables):
        try:
            _record_turn(facts, plan, rows, loop, list(values), loops)
        except drivers.StepFailed as failed:
            failed.place = ((loop.name, 0), *failed.place)
            raise
    loops.run_item(loop, values)
    data_of = {gate.out_false: gate.data for gate in loop.gates}
    for source, slot in loop.exits:
        if slot >= 0:
            fact = facts.of[slot] = fact_of(values[slot])
            if fact.kind == CELL:
                facts.known[slot] = values[slot]
            facts.certain[slot] = id(loop) in facts.loops and facts.certain[data_of[source]]


def _record_turn(
    facts: Facts, plan: Plan, rows: list[tuple[Any, ...]], loop: Loop, values: list[Any], loops: Structured
) -> None:
    """Does the first turn of a loop on a copy of the slots, and notes whether all turns are like it."""
    for each in loop.variables:
        values[each.current] = values[each.start]
        facts.of[each.current] = facts.of[each.start]
        facts.certain[each.current] = facts.certain[each.start]
    if not _record_block(facts, plan, rows, loop.head, values, loops) or not values[loop.condition]:
        return
    for gate in loop.gates:
        if gate.out_true >= 0:
            values[gate.out_true] = values[gate.data]
            facts.of[gate.out_true] = facts.of[gate.data]
            facts.certain[gate.out_true] = facts.certain[gate.data]
            if gate.data in facts.known:
                facts.known[gate.out_true] = facts.known[gate.data]
    if not _record_block(facts, plan, rows, loop.body, values, loops):
        return
    if all(
        facts.certain[each.following]
        and facts.certain[each.current]
        and facts.of[each.following] == facts.of[each.start]
        for each in loop.variables
    ):
        facts.loops.add(id(loop))


def _record_block(
    facts: Facts, plan: Plan, rows: list[tuple[Any, ...]], block: Any, values: list[Any], loops: Structured
) -> bool:
    """Records a block of a turn; says whether it could."""
    for item in block.items:
        if isinstance(item, Straight):
            _record_steps(facts, plan, rows, item.steps, values)
        else:
            _record_loop(facts, plan, rows, item, values, loops)
            if id(item) not in facts.loops:
                return False
    return True


def is_plain(plan: Plan, loop: Loop) -> bool:
    """Says whether a loop only computes: it branches nowhere, and doing it again from the start does no harm."""
    read = {slot for index in loop.members for slot in plan.steps[index].inputs}
    if loop.head.branching or loop.body.branching or any(each.which in read for each in loop.variables):
        return False
    for index in loop.members:
        step = plan.steps[index]
        name = step.op._definition.name
        if name in ("Switch", "Merge"):
            continue
        if step.is_read or (name not in _LOOP_PARTS and has_effects(step.op._definition)):
            return False
    return True


def _note(facts: Facts, step: Any, index: int, outputs: Any) -> None:
    """Notes the outputs of one step."""
    op = step.op
    definition = op._definition
    pure = not definition.spec.stateful and not definition.resources and definition.foldable
    known = facts.known
    certain = _repeats(facts, step, index)
    same = pure and (
        definition.name == "Const"
        or (certain and definition.name in _FROM_SHAPES)
        or (bool(step.inputs) and not step.references and all(slot in known for slot in step.inputs))
    )
    for slot, value in zip(step.outputs, outputs, strict=True):
        if slot < 0:
            continue
        fact = fact_of(value)
        facts.of[slot] = fact
        if fact.kind == CELL:
            known[slot] = value
            continue
        facts.certain[slot] = certain and fact.kind in (SCALAR, ARRAY)
        size = getattr(value, "nbytes", _MOST_KEPT + 1)
        small = fact.kind != OTHER and size <= _MOST_KEPT and facts.kept + size <= _MOST_KEPT_IN_ALL
        if same and (definition.name == "Const" or small):
            facts.kept += size if definition.name != "Const" else 0
            known[slot] = value[()] if isinstance(value, np.ndarray) and value.ndim == 0 else value
            facts.certain[slot] = fact.kind in (SCALAR, ARRAY)


def _repeats(facts: Facts, step: Any, index: int) -> bool:
    """Says whether the shapes of the outputs follow from what is certain about the inputs."""
    name = step.op._definition.name
    if name in _OPEN:
        return False
    free: Sequence[int] = _FREE_PLACES.get(name, ())
    if name == "ConcatV2":  # all but the axis
        free = range(len(step.inputs) - 1)
    for place, slot in enumerate(step.inputs):
        if place in step.references:
            fact = facts.reads[index, place]
            if fact.kind not in (SCALAR, ARRAY):
                return False
        elif slot in facts.known:
            continue
        else:
            if not facts.certain[slot]:
                return False
            found = facts.of[slot]
            assert found is not None
            fact = found
        if fact.dtype.kind not in "fc" and name not in _ELEMENTWISE and place not in free and name not in _FROM_SHAPES:
            return False
    return True
