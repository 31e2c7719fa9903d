"""A run on a fork that does not stop at the first thing that is missing.

A step that finds a variable empty or a placeholder unfed is noted, and its outputs become *unknown*; what needs an unknown
value is not computed but still looked at for variables that it would find empty. Everything else is computed with the kernels of
`Session.run`, in its order. So the first thing noted is what the run stops at, and the rest is what it would meet next.

Behind a branch whose choice is unknown nothing is sure: an unknown value counts how many such branches it stands in (`depth`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..errors import InvalidArgumentError, KernelError, OpError
from ..framework.dead import DEAD
from ..runtime import drivers, failure
from ..runtime.feeds import feed_value, flatten_feed_dict
from ..runtime.fetches import FetchMap
from ..runtime.plan import KernelErrorInPlan, Plan, kernel_of, written_by
from ..runtime.state import Cell
from .init_order_reads import NEEDS_NO_VALUE, STORAGE
from .preflight_loops import blamed, look

_SWITCHES = frozenset(("Switch", "RefSwitch"))
_MERGES = frozenset(("Merge", "RefMerge"))
_PLACEHOLDERS = frozenset(("Placeholder", "PlaceholderV2"))
_PASSES_ON = frozenset(("Print",))
# they act outside the session, wait for others, or call the program
_OUTSIDE = frozenset(
    (
        "EagerPyFunc",
        "MergeV2Checkpoints",
        "PrintV2",
        "PyFunc",
        "PyFuncStateless",
        "Save",
        "SaveSlices",
        "SaveV2",
        "WriteFile",
    )
)
_OUTSIDE_STARTS = ("Queue", "Reader", "Barrier", "Iterator", "Write")
_KERNELS_RAISE = (
    OpError,
    KernelError,
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Unknown:
    """A value that is not known; `cell` when it is a reference to a variable."""

    __slots__ = ("cell", "depth")

    def __init__(self, depth: int = 0, cell: Cell | None = None) -> None:
        self.depth = depth
        self.cell = cell


_WRITTEN: Any = object()  # in a cell of the fork: has a value that is not known
_PERHAPS: Any = object()  # in a cell of the fork: written in a branch that may not be taken


class Event(NamedTuple):
    """Something that stops the run, or would if what came before did not.

    Attributes:
      what: "empty", "unfed" or "error".
      step: position in the plan; the number of steps for a fetched variable without a value.
      op: the operation, or None.
      cell: the cell of the variable that is empty, or None.
      sure: False behind a branch whose choice is unknown.
      error: the exception of the run, when it was met in earnest.
    """

    what: str
    step: int
    op: Any
    cell: Cell | None
    sure: bool
    error: OpError | None = None


class Flight:
    """One run of fetches in a state, which should be a fork.

    Attributes:
      plan: the plan of the run.
      events: what stops it, in order; each variable and each placeholder once.
      acts_outside: whether a step was left out because it acts outside the session.
      unknown: how many steps were not computed.
    """

    def __init__(self, graph: Any, state: Any, fetches: Any, feed_dict: Any = None) -> None:
        pairs = [] if feed_dict is None else flatten_feed_dict(graph, feed_dict)
        fetch_map = FetchMap(graph, fetches)
        self.feeds = [(tensor, feed_value(graph, tensor, value)) for tensor, value in pairs]
        self.fetched = (*fetch_map.tensors, *fetch_map.targets)
        try:
            self.plan = Plan(graph, fetch_map.tensors, fetch_map.targets, [tensor for tensor, _ in self.feeds])
            self._kernels = [kernel_of(step, state) for step in self.plan.steps]
        except KernelErrorInPlan as error:
            raise failure.no_kernel(error.op) from None
        self._slots: list[Any] = [None] * self.plan.slots
        for (_, slot), (_, value) in zip(self.plan.feeds, self.feeds, strict=True):
            self._slots[slot] = value
        self._dead = [False] * len(self.plan.steps)
        self._depth = [0] * len(self.plan.steps)
        self._noted: set[Any] = set()
        self.events: list[Event] = []
        self.acts_outside = False
        self.unknown = 0
        if self.plan.frames is not None:
            self._follow_loops(graph, state, fetches, feed_dict)
            return
        for index, step in enumerate(self.plan.steps):
            self._take(index, step)
        self._collect()

    def _follow_loops(self, graph: Any, state: Any, fetches: Any, feed_dict: Any) -> None:
        if any(_acts_outside(step.op) or step.op._definition.name in _PASSES_ON for step in self.plan.steps):
            self.acts_outside = True
            return
        found, to_the_end = look(graph, state, fetches, feed_dict)
        cells = {cell.name: cell for cell in state.variables.cells.values()}
        for number, each in enumerate(found):
            cell = cells.get(each.name) or Cell(each.name, None) if each.what == "empty" else None
            self._note(Event(each.what, each.step, each.op, cell, number == 0, each.error))
        self.acts_outside = not to_the_end or len(found) > 1

    def _collect(self) -> None:
        """Looks at what is fetched: a variable needs a value, and a branch that was not taken has none."""
        for fetch in self.plan.fetches:
            value = self._slots[fetch.slot]
            cell = value.cell if isinstance(value, Unknown) else value
            if isinstance(cell, Cell) and (cell.value is None or cell.value is _PERHAPS):
                depth = value.depth if isinstance(value, Unknown) else 0
                self._note(Event("empty", len(self.plan.steps), None, cell, not depth and cell.value is None))
        for number, fetch in enumerate(self.plan.fetches):
            value = self._slots[fetch.slot]
            if value is DEAD or (isinstance(value, Unknown) and value.depth):
                error = InvalidArgumentError(None, None, f"Retval[{number}] does not have value")
                self._note(Event("error", len(self.plan.steps), None, None, value is DEAD, error))

    # ---- what was found

    def first(self, but: str = "") -> Event | None:
        """Returns the first event that is sure, leaving out those of kind `but`."""
        return next((each for each in self.events if each.sure and each.what != but), None)

    def _note(self, event: Event) -> None:
        key = event.cell if event.what == "empty" else event.op
        if key in self._noted and event.sure:
            # seen before where it was not sure
            earlier = next((each for each in self.events if (each.cell or each.op) is key), None)
            if earlier is not None and not earlier.sure:
                self.events.append(event)
            return
        if key not in self._noted:
            self._noted.add(key)
            self.events.append(event)

    # ---- one step

    def _take(self, index: int, step: Any) -> None:
        values = [self._slots[slot] for slot in step.inputs]
        kind = step.op._definition.name
        merges = kind in _MERGES
        if self.plan.branches:
            controlled = any(self._dead[each] for each in step.control)
            alive = [value is not DEAD for value in values]
            if controlled or not (any(alive) if merges else all(alive)):
                self._dead[index] = True
                self._give(step, [DEAD] * len(step.outputs))
                return
        depth = max(
            [
                0,
                *(value.depth for value in values if isinstance(value, Unknown)),
                *(self._depth[each] for each in step.control),
            ]
        )
        self._depth[index] = depth
        if merges:
            self._merge(index, step, values, depth)
        elif kind in _SWITCHES and isinstance(values[1], Unknown):
            self._both_ways(step, values[0], depth + 1)
        elif kind in STORAGE or kind in _SWITCHES:
            self._compute(index, step, values, depth)
        else:
            self._ordinary(index, step, values, depth)

    def _ordinary(self, index: int, step: Any, values: list[Any], depth: int) -> None:
        op = step.op
        kind = op._definition.name
        cells = [value.cell if isinstance(value, Unknown) else value for value in values]
        held = [cell for cell in cells if isinstance(cell, Cell)]
        unsure = False
        if kind not in NEEDS_NO_VALUE:
            missing = [cell for cell in held if cell.value is None or cell.value is _PERHAPS]
            if missing:
                self._empty(index, step, values, depth, missing)
                return
            unsure = any(cell.value is _WRITTEN for cell in held)
        elif any(cell.value is _PERHAPS for cell in held):
            unsure = True
        elif any(cell.value is _WRITTEN for cell in held):
            unsure = kind == "Assign" or kind == "AssignVariableOp"
        if kind in _PLACEHOLDERS:
            self._note(Event("unfed", index, op, None, depth == 0))
            self._unknown(step, depth)
        elif kind in _PASSES_ON and values:
            self._give(step, [values[0]])
        elif _acts_outside(op):
            self.acts_outside = True
            self._unknown(step, depth)
        elif unsure or depth or any(isinstance(value, Unknown) for value in values):
            self._would_write(step, held, depth)
            self._unknown(step, depth, held[0] if held else None)
        else:
            self._compute(index, step, values, depth)

    def _empty(self, index: int, step: Any, values: list[Any], depth: int, missing: list[Cell]) -> None:
        error = None
        known = not depth and not any(isinstance(value, Unknown) for value in values)
        if known and not any(isinstance(value, Cell) and value.value in (_WRITTEN, _PERHAPS) for value in values):
            error = self._run(index, values)[1]
        if error is not None and len(missing) > 1:
            # the kernel says which of them it looked at first
            name = blamed(error.message)
            missing = sorted(missing, key=lambda cell: cell.name != name)
        for cell in missing:
            self._note(Event("empty", index, step.op, cell, depth == 0 and cell.value is None, error))
            error = None
        self._unknown(step, depth)

    def _compute(self, index: int, step: Any, values: list[Any], depth: int) -> None:
        outputs, error = self._run(index, values)
        if error is not None:
            self._note(Event("error", index, step.op, None, depth == 0, error))
            self._unknown(step, depth)
        else:
            self._give(step, outputs)

    def _run(self, index: int, values: list[Any]) -> tuple[list[Any], OpError | None]:
        step = self.plan.steps[index]
        try:
            result = drivers.quietly(self._kernels[index], *values)
        except _KERNELS_RAISE as cause:
            return [], failure.op_error(step.op, cause, tuple(values))
        if not step.outputs:
            return [], None
        return [result] if len(step.outputs) == 1 else list(result), None

    # ---- what is not known

    def _merge(self, index: int, step: Any, values: list[Any], depth: int) -> None:
        alive = [value for value in values if value is not DEAD]
        if not any(isinstance(value, Unknown) for value in alive):
            result = self._run(index, values)[0]
            self._give(step, result)
            return
        self.unknown += 1
        chosen = len(alive) < len(values)
        self._give(step, [Unknown(depth if chosen else max(0, depth - 1)) for _ in step.outputs])

    def _both_ways(self, step: Any, data: Any, depth: int) -> None:
        self.unknown += 1
        cell = data.cell if isinstance(data, Unknown) else data if isinstance(data, Cell) else None
        self._give(step, [Unknown(depth, cell) for _ in step.outputs])

    def _would_write(self, step: Any, held: list[Cell], depth: int) -> None:
        names = written_by(step.op)
        for cell in held:
            if cell.name in names:
                if not depth:
                    cell.value = _WRITTEN
                elif cell.value is None or cell.value is _PERHAPS:
                    cell.value = _PERHAPS
                else:
                    cell.value = _WRITTEN

    def _unknown(self, step: Any, depth: int, cell: Cell | None = None) -> None:
        self.unknown += 1
        outputs = step.op._outputs
        self._give(step, [Unknown(depth, cell if step.is_read or each._dtype.is_ref else None) for each in outputs])

    def _give(self, step: Any, outputs: list[Any]) -> None:
        for slot, value in zip(step.outputs, outputs, strict=True):
            if slot >= 0:
                self._slots[slot] = value


def _acts_outside(op: Any) -> bool:
    kind = op._definition.name
    return kind in _OUTSIDE or kind.startswith(_OUTSIDE_STARTS)


def message_of(error: BaseException) -> str:
    """Returns the first line of what a run would raise."""
    text = error.message if isinstance(error, (OpError, KernelError)) else str(error)
    return text.partition("\n")[0]
