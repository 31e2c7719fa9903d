"""From the operations of a run to the steps that a person follows: at the level of the model, with plumbing folded in.

One step stands for: a fed tensor; a constant; a variable with its reads; an operation of the model; the gradients of one
variable; the update of one variable; the operation that ends a training or an initialization. In a loop it stands for one
turn: a loop variable with the plumbing that carries it, an operation of the condition or the body.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from ..framework.dead import DEAD
from ..runtime.frames import ENTERS, EXITS, MERGES, NEXTS, SWITCHES
from .graph_text import lane_of
from .turns import Links, Place
from .words import leaf, parent

_STORAGE = ("VariableV2", "Variable", "VarHandleOp")
_READS = ("Identity", "ReadVariableOp", "RefIdentity")
_ARITHMETIC = frozenset(
    [
        "Add",
        "AddV2",
        "Sub",
        "Mul",
        "Div",
        "RealDiv",
        "FloorDiv",
        "FloorMod",
        "Mod",
        "Pow",
        "Maximum",
        "Minimum",
        "Equal",
        "NotEqual",
        "Less",
        "LessEqual",
        "Greater",
        "GreaterEqual",
    ]
)


@dataclass(eq=False)
class Draft:
    """A step in the making: its main operation, what is folded into it, and where it stands.

    Attributes:
      order: place in the run; a variable stands just before its first reader.
      op: the main operation.
      tensor: the fed tensor of a step of kind `feed`.
      record: what the run recorded of the main operation, None for a fed tensor.
      parts: records of the folded operations, in order.
      variable: the variable record that the step is about, or None.
      loop_variable: which variable of its loop the step is, from 1; 0 for every other step.
    """

    order: float
    op: Any
    kind: str
    title: str
    scope: str
    maker: str
    record: Any = None
    tensor: Any = None
    parts: list[Any] = field(default_factory=list)
    variable: Any = None
    loop_variable: int = 0

    @property
    def place(self) -> Place:
        """The loops around the step, each with its turn."""
        return self.record.place if self.record is not None else ()

    @property
    def records(self) -> list[Any]:
        """The records of the parts and of the main operation."""
        return [*self.parts, self.record] if self.record is not None else list(self.parts)


def is_model_variable(record: Any) -> bool:
    """Says whether a variable is one that the program asked for."""
    return record is not None and lane_of(record.maker) == "model"


class Grouper:
    """Sorts the records of a run into drafts. `drafts` is the result; `draft_of` finds the step that holds a record.

    Args:
      records: the records to show, in the order of the run.
      links: where the inputs of all records of the run come from.
      feeds: pairs of a fed tensor and its value.
      fetched: tensors and operations that were asked for.
      by_name: the variable records by the names of their storage.
    """

    def __init__(
        self,
        records: list[Any],
        links: Links,
        feeds: list[tuple[Any, Any]],
        fetched: set[Any],
        by_name: dict[str, Any],
    ) -> None:
        self._records = records
        self._links = links
        self._position = {id(record): index for index, record in enumerate(records)}
        self._fetched = {getattr(each, "_op", each) for each in fetched}
        self._by_name = by_name
        self._draft_of: dict[int, Draft] = {}
        self.drafts: list[Draft] = []
        self._written = {write.variable for record in records for write in record.writes}
        self._by_owner: dict[Any, list[Any]] = {}
        for record in records:
            if record.op._owner is not None:
                self._by_owner.setdefault(record.op._owner, []).append(record)
        for tensor, _ in feeds:
            op = tensor._op
            title = leaf(op._name) if tensor._value_index == 0 else f"{leaf(op._name)}:{tensor._value_index}"
            self._add(Draft(-1.0, op, "feed", title, parent(op._name), op._maker, tensor=tensor))
        self._updates()
        self._gradients()
        self._loops()
        self._variables()
        self._rest()
        self.drafts.sort(key=lambda draft: draft.order)

    def draft_of(self, record: Any) -> Draft | None:
        """Returns the step that holds a record."""
        return self._draft_of.get(id(record))

    # ---- one kind after the other

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        for record in draft.records:
            self._draft_of.setdefault(id(record), draft)

    def _is_free(self, record: Any) -> bool:
        return id(record) not in self._draft_of

    def _make(self, record: Any, kind: str, title: str, scope: str, parts: list[Any], **more: Any) -> None:
        order = more.pop("order", None)
        if order is None:
            order = self._position[id(record)]
        maker = more.pop("maker", record.op._maker)
        self._add(Draft(order, record.op, kind, title, scope, maker, record, parts=parts, **more))

    def _updates(self) -> None:
        """Steps that write a variable, with the optimizer's own operations that they need."""
        for record in self._records:
            if not record.writes:
                continue
            op = record.op
            variable = self._by_name.get(record.writes[0].variable)
            own = {lane_of(op._maker)} - {"model"}
            parts = self._ancestors(record, functools.partial(self._folds_into_write, record, own, variable))
            name = variable.name if variable is not None else record.writes[0].variable
            self._make(record, "write", leaf(name), parent(name), parts, variable=variable)

    def _folds_into_write(self, write: Any, lanes: set[str], variable: Any, record: Any) -> bool:
        op = record.op
        if op in self._fetched or record.writes:
            return False
        if op._owner is not None:
            if op._definition.name in _STORAGE or self._is_read(op):
                return not self._read_by_others(op, write)
            # the initial value of the variable that is written
            return op._owner is variable
        return lane_of(op._maker) in lanes or self._is_argument(record)

    def _read_by_others(self, op: Any, write: Any) -> bool:
        """Says whether the model reads the variable of `op` in this run, so that it has a step of its own."""
        if not is_model_variable(op._owner):
            return False
        return any(
            lane_of(reader.op._maker) in ("model", "gradients")
            and reader.op._owner is not op._owner
            and reader is not write
            and not reader.writes
            for each in self._owned(op._owner)
            for reader in self._links.readers.get(id(each), ())
        )

    def _owned(self, owner: Any) -> list[Any]:
        """Returns the records of the operations that a variable owns."""
        return self._by_owner.get(owner, [])

    def _gradients(self) -> None:
        """The gradients of each variable as one step; other gradients that the program reads or fetches likewise."""
        for record in self._records:
            op = record.op
            if lane_of(op._maker) != "gradients" or not self._is_free(record):
                continue
            outside = [
                each for each in self._links.readers.get(id(record), ()) if lane_of(each.op._maker) != "gradients"
            ]
            if not outside and op not in self._fetched:
                continue
            variable = self._variable_of_gradient(record, outside)
            parts = self._ancestors(
                record, lambda each: lane_of(each.op._maker) == "gradients" and each.op not in self._fetched
            )
            title = f"gradients of {leaf(variable.name)}" if variable is not None else f"gradient {_place(op._name)}"
            scope = parent(variable.name) if variable is not None else parent(op._name)
            self._make(record, "group", title, scope, parts, variable=variable)

    def _variable_of_gradient(self, record: Any, outside: list[Any]) -> Any:
        """Returns the variable whose update takes this gradient, through at most six operations."""
        front = outside
        for _ in range(6):
            for each in front:
                draft = self.draft_of(each)
                if draft is not None and draft.kind == "write":
                    return draft.variable
            front = [reader for each in front for reader in self._links.readers.get(id(each), ())]
            if not front:
                return None
        return None

    def _loops(self) -> None:
        """In each turn the loop variables with what carries them, and the condition with what did not run because of it."""
        counts: dict[Place, int] = {}
        ends: dict[Place, Any] = {}
        for record in self._records:
            op, place = record.op, record.place
            if not place or not self._is_free(record):
                continue
            kind = op._definition.name
            if kind in MERGES and any(tensor._op._definition.name in NEXTS for tensor in op._inputs):
                number = counts[place] = counts.get(place, 0) + 1
                title = f"loop var {number}"
                self._make(record, "op", title, parent(op._name), self._carriers(record), loop_variable=number)
            elif kind == "LoopCond":
                self._make(record, "op", _title(op), parent(op._name), [])
                if record.outputs and not bool(record.outputs[0]):
                    ends[place] = self._draft_of[id(record)]
        for record in self._records:
            if record.outputs and all(value is DEAD for value in record.outputs) and self._is_free(record):
                place = record.place
                while place and place not in ends:
                    place = place[:-1]
                if place and record.op not in self._fetched:
                    ends[place].parts.append(record)
                    self._draft_of[id(record)] = ends[place]

    def _carriers(self, merge: Any) -> list[Any]:
        """Returns the records of a turn that bring a loop variable in and hand it to the body."""
        found = [each for each in self._links.inputs(merge) if each is not None and self._is_free(each)]
        for switch in self._links.readers.get(id(merge), ()):
            if switch.op._definition.name in SWITCHES and switch.place == merge.place and self._is_free(switch):
                found.append(switch)
                found.extend(
                    each
                    for each in self._links.readers.get(id(switch), ())
                    if self._is_free(each)
                    and (
                        each.op._definition.name in ("Identity", "RefIdentity")
                        or (each.op._definition.name in EXITS and all(value is DEAD for value in each.outputs))
                    )
                )
        return [each for each in found if id(each) in self._position]

    def _variables(self) -> None:
        """Variables of the model that the run reads."""
        first: dict[Any, float] = {}
        held: dict[Any, list[Any]] = {}
        for position, record in enumerate(self._records):
            op = record.op
            variable = self._variable_held(op)
            draft = self.draft_of(record)
            if variable is not None and draft is None:
                held.setdefault(variable, []).append(record)
            elif draft is None or draft.kind != "write":
                for tensor in op._inputs:
                    owner = self._variable_held(tensor._op)
                    if owner is not None:
                        first.setdefault(owner, position - 0.5)
        for variable, records in held.items():
            main = next((each for each in records if each.op._definition.name in _STORAGE), records[0])
            parts = [each for each in records if each is not main]
            order = first.get(variable, self._position[id(main)])
            failed = next((each for each in parts if each.error is not None), None)
            name = variable.name or main.op._name
            if failed is not None:
                order = float(self._position[id(failed)])
            self._make(
                main, "variable", leaf(name), parent(name), parts, variable=variable, order=order, maker=variable.maker
            )

    def _rest(self) -> None:
        """Operations of the model one by one, with the constants that are mere arguments; machinery that is left over."""
        for record in self._records:
            op = record.op
            if not self._is_free(record) or self._folds_forward(record):
                continue
            kind = "constant" if op._definition.name == "Const" else "group" if op._definition.name == "NoOp" else "op"
            parts = self._ancestors(record, self._folds_forward)
            self._make(record, kind, _title(op), parent(op._name), parts)
        for record in self._records:
            if self._is_free(record):
                source = self._links.inputs(record)[0] if record.op._definition.name in NEXTS else None
                draft = None if source is None else self.draft_of(source)
                if draft is not None:  # to a turn that is not shown
                    draft.parts.append(record)
                    self._draft_of[id(record)] = draft
                    continue
                self._make(record, "op", _title(record.op), parent(record.op._name), [])

    def _folds_forward(self, record: Any) -> bool:
        """Says whether an operation is shown only as a part of the step that needs it."""
        op = record.op
        if op in self._fetched or record.error is not None or record.writes:
            return False
        if not self._links.readers.get(id(record)) and op not in self._links.waited_for:
            return False
        if op._definition.name in ENTERS or op._definition.name in NEXTS:
            return True
        if lane_of(op._maker) != "model":
            return op._definition.name != "NoOp" or not op._control_inputs or lane_of(op._maker) == "optimizer"
        if op._owner is not None:
            return True
        return self._is_argument(record)

    # ---- questions

    def _variable_held(self, op: Any) -> Any:
        """Returns the variable whose storage an operation is, or whose value it only reads; else None."""
        if op._definition.name in _STORAGE or self._is_read(op):
            return op._owner
        if op._definition.name == "ReadVariableOp":
            handle = op._inputs[0]._op
            if handle._owner is not None and handle._name not in self._written:
                return handle._owner
        return None

    def _is_read(self, op: Any) -> bool:
        return op._definition.name in _READS and bool(op._inputs) and op._inputs[0]._op._owner is op._owner

    def _is_argument(self, record: Any) -> bool:
        """Says whether a constant is an axis, a shape or the like of one operation and says nothing by itself."""
        op = record.op
        if op._definition.name != "Const" or op in self._fetched:
            return False
        readers = {each.op for each in self._links.readers.get(id(record), ())}
        if len(readers) != 1 or (op._control_inputs and not record.place):
            return False
        reader = next(iter(readers))
        if op._name.startswith(reader._name + "/"):
            return True
        tensor = op._outputs[0]
        whole = tensor._dtype.is_integer and tensor._dims is not None and len(tensor._dims) < 2
        few = len(reader._inputs) < 2 and not reader._definition.name.startswith("Random")
        return whole and not few and reader._definition.name not in _ARITHMETIC

    def _ancestors(self, record: Any, belongs: Any) -> list[Any]:
        """Returns the records before `record` that belong to its step, in the order of the run."""
        found: dict[int, Any] = {}
        todo = [record]
        while todo:
            for source in self._links.before(todo.pop()):
                key = id(source)
                if key in self._position and key not in self._draft_of and key not in found and belongs(source):
                    found[key] = source
                    todo.append(source)
        return sorted(found.values(), key=lambda each: self._position[id(each)])


def _title(op: Any) -> str:
    """Returns what a person calls an operation: its own name where it differs from the type."""
    name = leaf(op._name)
    kind = op._definition.name
    return kind if name.rstrip("0123456789").rstrip("_") == kind else name


def _place(name: str) -> str:
    """Returns the forward operation that a gradient operation belongs to: `at loss/Mean`."""
    parts = name.split("/")
    for index, part in enumerate(parts):
        if part.endswith("_grad"):
            return "at " + "/".join([*parts[1:index], part.removesuffix("_grad")])
    return leaf(name)
