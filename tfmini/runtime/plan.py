"""Plans: what a run of given fetches and feeds has to do, worked out once.

A plan lists the operations that the fetches need, in the order in which they were added to the graph, and gives every tensor a
number (its slot). It is immutable and knows no session: `bind` makes the program of one session from it.

References: a slot of reference type holds the variable's `Cell`. An operation whose signature asks for a reference gets the
cell; every other reader gets the value at the moment when it computes. `Identity` of a reference passes the cell on, so
a read of a variable shows a later write until something computes from it, as in TensorFlow.
"""

from __future__ import annotations

import functools
import heapq
import operator
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from ..errors import FailedPreconditionError, KernelError
from ..framework import dtypes
from .frames import LOOPS, MERGES, NEXTS, Frames
from .state import Cell, SessionState

CONTROL_FLOW = frozenset(
    (
        "Switch",
        "Merge",
        "RefSwitch",
        "RefMerge",
        "Enter",
        "RefEnter",
        "Exit",
        "RefExit",
        "NextIteration",
        "RefNextIteration",
        "LoopCond",
    )
)
_PASSES_REFERENCE = frozenset(
    ("Identity", "RefIdentity", "Switch", "RefSwitch", "Merge", "RefMerge", "RefEnter", "RefExit", "RefNextIteration")
)
_NOT_WRITING = frozenset(
    (
        "IsVariableInitialized",
        "RefIdentity",
        "RefSwitch",
        "RefMerge",
        "RefEnter",
        "RefExit",
        "RefNextIteration",
        "VarIsInitializedOp",
        "ReadVariableOp",
    )
)


class Step(NamedTuple):
    """One operation of a plan.

    Attributes:
      op: the operation.
      inputs: slots that it reads.
      outputs: slots that it fills.
      references: positions of inputs that hold a cell although the operation wants a value.
      is_read: the operation passes on the cell that it gets.
      control: positions in the plan of the steps that it must follow (only used when values can be dead).
      dead: slots that nobody reads after this step.
    """

    op: Any
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    references: tuple[int, ...]
    is_read: bool
    control: tuple[int, ...]
    dead: tuple[int, ...]


class Fetch(NamedTuple):
    """How one fetched tensor leaves the run: its slot, whether it must be copied, and the slots that it may share memory with."""

    slot: int
    copy: bool
    sources: tuple[int, ...]


class Plan:
    """The steps of a run.

    Attributes:
      steps: in the order of the run.
      feeds: pairs (tensor, slot) in the order of the feed keys.
      fetches: one for each fetched tensor.
      slots: how many slots there are.
      writes: names of the variables that some step writes.
      branches: whether values can be dead (conditionals and loops).
      frames: which step belongs to which loop; None for a plan without loops.
      wiring: what `dataflow` works out for such a plan, once.
    """

    __slots__ = (
        "branches",
        "feeds",
        "fetches",
        "frames",
        "graph",
        "mutations",
        "slot_of",
        "slots",
        "steps",
        "wiring",
        "writes",
    )

    def __init__(self, graph: Any, fetches: Sequence[Any], targets: Sequence[Any], feeds: Sequence[Any]) -> None:
        self.graph = graph
        self.mutations = graph._mutations
        fed = frozenset(feeds)
        ops = _refused_first(_ordered(_needed(fetches, targets, fed)))
        self.slot_of: dict[Any, int] = {}
        for tensor in feeds:
            self.slot_of[tensor] = len(self.slot_of)
        self.feeds = tuple((tensor, self.slot_of[tensor]) for tensor in feeds)
        self.branches = any(op._definition.name in CONTROL_FLOW for op in ops)
        has_loops = self.branches and any(op._definition.name in LOOPS for op in ops)
        self.frames = Frames(ops, fed) if has_loops else None
        self.wiring: Any = None
        self._lay_out(ops, fed, fetches)
        self.writes = tuple(dict.fromkeys(name for op in ops for name in written_by(op)))

    def _lay_out(self, ops: list[Any], fed: frozenset[Any], fetches: Sequence[Any]) -> None:
        slot_of = self.slot_of
        cells: set[Any] = set()
        position = {op: index for index, op in enumerate(ops)} if self.branches else {}
        if self.frames is not None:  # the inputs of a loop's Merge are made after it
            for op in ops:
                for tensor in op._outputs:
                    slot_of.setdefault(tensor, len(slot_of))
        rows: list[list[Any]] = []
        last_use: dict[int, int] = {}
        for index, op in enumerate(ops):
            inputs = []
            references = []
            holds_cell = False
            for place, tensor in enumerate(op._inputs):
                slot = slot_of[tensor]
                inputs.append(slot)
                last_use[slot] = index
                if tensor in cells:
                    holds_cell = True
                    if not _wants_reference(op)[place]:
                        references.append(place)
            is_read = holds_cell and op._definition.name in _PASSES_REFERENCE
            for tensor in op._outputs:
                if tensor not in slot_of:
                    slot_of[tensor] = len(slot_of)
                if (tensor._dtype.is_ref or is_read) and tensor not in fed:
                    cells.add(tensor)
            outputs = tuple(-1 if tensor in fed else slot_of[tensor] for tensor in op._outputs)
            control = tuple(position[each] for each in op._control_inputs if each in position)
            rows.append([op, tuple(inputs), outputs, () if is_read else tuple(references), is_read, control])
        self.slots = len(slot_of)
        self.fetches = tuple(_fetch(tensor, slot_of, fed, cells) for tensor in fetches)
        kept = {slot for fetch in self.fetches for slot in (fetch.slot, *fetch.sources)}
        if self.branches:  # conditions are looked at again for every piece of their branches
            kept.update(slot for tensor, slot in slot_of.items() if tensor._dtype.name == "bool")
        dead: list[list[int]] = [[] for _ in rows]
        for slot, index in last_use.items() if self.frames is None else ():  # a turn reads what the one before it read
            if slot not in kept:
                dead[index].append(slot)
        self.steps = tuple(Step(*(*row, tuple(gone))) for row, gone in zip(rows, dead, strict=True))


class KernelErrorInPlan(Exception):
    """The plan has an operation that no driver can run; `op` says which."""

    def __init__(self, op: Any) -> None:
        super().__init__(op._name)
        self.op = op


def _needed(fetches: Sequence[Any], targets: Sequence[Any], fed: frozenset[Any]) -> list[Any]:
    """Returns the operations that must run, in no particular order."""
    needed: set[Any] = set()
    todo = [tensor._op for tensor in fetches if tensor not in fed]
    todo.extend(targets)
    while todo:
        op = todo.pop()
        if op in needed:
            continue
        needed.add(op)
        for tensor in op._inputs:
            if tensor not in fed and tensor._op not in needed:
                todo.append(tensor._op)
        for each in op._control_inputs:
            # A fed placeholder has its value before the run: there is nothing to wait for.
            fed_before = each._definition.name == "Placeholder" and each._outputs[0] in fed
            if each not in needed and not fed_before:
                todo.append(each)
    return list(needed)


def _refused_first(ops: list[Any]) -> list[Any]:
    """Puts reference variables of a shape that is known in part at the start: TensorFlow refuses them before anything runs."""
    refused = [op for op in ops if op.type == "VariableV2" and None in (op._attrs["shape"] or ())]
    return [*refused, *(op for op in ops if op not in refused)] if refused else ops


def _ordered(ops: list[Any]) -> list[Any]:
    """Returns the operations in creation order, moved only where an edge that was added later asks for it."""
    ops.sort(key=lambda op: op._id)
    members = set(ops)
    if all(each._id < op._id for op in ops for each in _before(op) if each in members):
        return ops
    waits: dict[Any, int] = {}
    readers: dict[Any, list[Any]] = {op: [] for op in ops}
    for op in ops:
        before = {each for each in _before(op) if each in members}
        waits[op] = len(before)
        for each in before:
            readers[each].append(op)
    ready = [(op._id, op) for op in ops if waits[op] == 0]
    heapq.heapify(ready)
    ordered: list[Any] = []
    while ready:
        _, op = heapq.heappop(ready)
        ordered.append(op)
        for reader in readers[op]:
            waits[reader] -= 1
            if waits[reader] == 0:
                heapq.heappush(ready, (reader._id, reader))
    if len(ordered) != len(ops):
        stuck = next(op for op in ops if waits[op] > 0)
        raise KernelErrorInPlan(stuck)
    return ordered


def _before(op: Any) -> list[Any]:
    """Returns the operations that `op` follows; the edge from one turn of a loop to the next is none of that kind."""
    inputs = [tensor._op for tensor in op._inputs]
    if op._definition.name in MERGES:
        inputs = [each for each in inputs if each._definition.name not in NEXTS]
    return [*inputs, *op._control_inputs]


def _wants_reference(op: Any) -> list[bool]:
    wants: list[bool] = []
    attrs = op._attrs
    for arg in op._definition.spec.inputs:
        count = attrs[arg.number_attr] if arg.number_attr else len(attrs[arg.list_attr]) if arg.list_attr else 1
        wants.extend([arg.is_ref] * count)
    return wants


def _fetch(tensor: Any, slot_of: dict[Any, int], fed: frozenset[Any], cells: set[Any]) -> Fetch:
    slot = slot_of[tensor]
    op = tensor._op
    # What is read from a stack or an array is kept there, or was put there by something that keeps it.
    from_handle = any(each._dtype is dtypes.resource for each in op._inputs)
    shared = tensor in fed or tensor in cells or not op._inputs or bool(op._definition.resources) or from_handle
    return Fetch(slot, shared, () if shared else tuple(slot_of[each] for each in op._inputs if each in slot_of))


def written_by(op: Any) -> list[str]:
    """Returns the names of the variables that `op` writes."""
    definition = op._definition
    if not _may_write(definition):
        return []
    names = []
    for tensor, wants in zip(op._inputs, _wants_reference(op), strict=True):
        if not (wants or (tensor._dtype.name == "resource" and definition.spec.stateful)):
            continue
        source = tensor._op
        while source._definition.name in _PASSES_REFERENCE and source._inputs:
            source = source._inputs[0]._op
        shared = source._attrs.get("shared_name", b"")
        names.append(shared.decode() if shared else source._name)
    return names


@functools.cache
def _may_write(definition: Any) -> bool:
    """Says whether operations of a type may write a variable that they are given."""
    if definition.name in _NOT_WRITING:
        return False
    return definition.spec.stateful or any(arg.is_ref for arg in definition.spec.inputs)


# ---- programs: a plan bound to the state of a session


def bind(plan: Plan, state: SessionState) -> list[tuple[Any, ...]]:
    """Returns the program: for each step a row that `drivers.run_linear` runs.

    A row is (kind, function, first input, second input, output, dead slot, more dead slots, all inputs). Kinds 0, 1 and 2 are
    steps with as many inputs and one output; 3 has more inputs, 4 several outputs, 5 none that anybody wants. A step
    without a dead slot names the spare slot at the end.
    """
    spare = plan.slots
    program = []
    for step in plan.steps:
        inputs, outputs, dead = step.inputs, step.outputs, step.dead
        out: Any = outputs
        if not outputs or all(slot < 0 for slot in outputs):
            kind = 5
        elif len(outputs) > 1:
            kind = 4
        else:
            kind = min(len(inputs), 3)
            out = outputs[0]
        first = inputs[0] if inputs else spare
        second = inputs[1] if len(inputs) > 1 else spare
        gone = dead[0] if dead else spare
        program.append((kind, kernel_of(step, state), first, second, out, gone, dead[1:], inputs))
    return program


# On numpy scalars these are ten times as fast as the ufunc, on arrays they are the ufunc.
_OPERATORS: dict[Any, Callable[..., Any]] = {
    np.add: operator.add,
    np.subtract: operator.sub,
    np.multiply: operator.mul,
    np.negative: operator.neg,
}


def kernel_of(step: Step, state: SessionState) -> Callable[..., Any]:
    """Returns the function of arrays that computes one step in this state."""
    op = step.op
    definition = op._definition
    if step.is_read and not definition.name.endswith(("Switch", "Merge")):
        return _pass_cell
    if definition.bind_function is not None:
        function = definition.bind_function(op)
    elif definition.kernel_function is None:
        raise KernelErrorInPlan(op)
    else:
        function = _OPERATORS.get(definition.ufunc, definition.kernel_function)
        if definition.kernel_attrs:
            function = _with_attrs(function, {name: op._attrs[name] for name in definition.kernel_attrs})
    if definition.resources:
        function = _with_state(function, state.part(definition.resources))
    if step.references:
        function = _reading(function, step.references)
    return function


def _pass_cell(cell: Any) -> Any:
    """Passes a reference on. A merge of branches may give an array instead, which is passed on as it is."""
    if type(cell) is Cell and cell.value is None:
        raise KernelError(FailedPreconditionError, f"Attempting to use uninitialized value {cell.name}")
    return cell


def _with_attrs(function: Callable[..., Any], attrs: dict[str, Any]) -> Callable[..., Any]:
    return lambda *arrays: function(*arrays, **attrs)


def _with_state(function: Callable[..., Any], part: Any) -> Callable[..., Any]:
    return lambda *arrays: function(part, *arrays)


def _reading(function: Callable[..., Any], places: tuple[int, ...]) -> Callable[..., Any]:
    if places == (0,):
        return lambda first, *rest: function(first.read() if type(first) is Cell else first, *rest)

    def read_then(*arrays: Any) -> Any:
        values = list(arrays)
        for place in places:
            if type(values[place]) is Cell:
                values[place] = values[place].read()
        return function(*values)

    return read_then
