"""From the operations of a run to the steps that a person follows: at the level of the model, with plumbing folded in.

One step stands for: a fed tensor; a constant; a variable with its reads; an operation of the model; the gradients of one
variable; the update of one variable; the operation that ends a training or an initialization.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from .graph_text import lane_of
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


def is_model_variable(record: Any) -> bool:
    """Says whether a variable is one that the program asked for."""
    return record is not None and lane_of(record.maker) == "model"


class Grouper:
    """Sorts the records of a run into drafts. `drafts` is the result; `draft_of` finds the step that holds an operation."""

    def __init__(
        self, records: list[Any], feeds: list[tuple[Any, Any]], fetched: set[Any], by_name: dict[str, Any]
    ) -> None:
        self._records = records
        self._of: dict[Any, Any] = {record.op: record for record in records}
        self._fed = {tensor for tensor, _ in feeds}
        self._fetched = {getattr(each, "_op", each) for each in fetched}
        self._by_name = by_name
        self.draft_of: dict[Any, Draft] = {}
        self.drafts: list[Draft] = []
        self._readers: dict[Any, list[Any]] = {}
        self._written = {write.variable for record in records for write in record.writes}
        for record in records:
            for tensor in record.op._inputs:
                self._readers.setdefault(tensor._op, []).append(record.op)
        for tensor, _ in feeds:
            op = tensor._op
            title = leaf(op._name) if tensor._value_index == 0 else f"{leaf(op._name)}:{tensor._value_index}"
            self._add(Draft(-1.0, op, "feed", title, parent(op._name), op._maker, tensor=tensor))
        self._updates()
        self._gradients()
        self._variables()
        self._rest()
        self.drafts.sort(key=lambda draft: draft.order)

    # ---- one kind after the other

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self.draft_of.setdefault(draft.op, draft)
        for part in draft.parts:
            self.draft_of.setdefault(part.op, draft)

    def _updates(self) -> None:
        """Steps that write a variable, with the optimizer's own operations that they need."""
        for record in self._records:
            if not record.writes:
                continue
            op = record.op
            variable = self._by_name.get(record.writes[0].variable)
            own = {lane_of(op._maker)} - {"model"}
            parts = self._ancestors(op, functools.partial(self._folds_into_write, op, own, variable))
            name = variable.name if variable is not None else record.writes[0].variable
            self._add(
                Draft(
                    record.index,
                    op,
                    "write",
                    leaf(name),
                    parent(name),
                    op._maker,
                    record,
                    parts=parts,
                    variable=variable,
                )
            )

    def _folds_into_write(self, write: Any, lanes: set[str], variable: Any, op: Any) -> bool:
        if op in self._fetched or self._of[op].writes:
            return False
        if op._owner is not None:
            if op._definition.name in _STORAGE or self._is_read(op):
                return not self._read_by_others(op, write)
            # the initial value of the variable that is written
            return op._owner is variable
        return lane_of(op._maker) in lanes or self._is_argument(op)

    def _read_by_others(self, op: Any, write: Any) -> bool:
        """Says whether the model reads the variable of `op` in this run, so that it has a step of its own."""
        if not is_model_variable(op._owner):
            return False
        return any(
            lane_of(reader._maker) in ("model", "gradients") and reader._owner is not op._owner and reader is not write
            for each in self._of
            if each._owner is op._owner
            for reader in self._readers.get(each, ())
            if not self._of[reader].writes
        )

    def _gradients(self) -> None:
        """The gradients of each variable as one step; other gradients that the program reads or fetches likewise."""
        for record in self._records:
            op = record.op
            if lane_of(op._maker) != "gradients" or op in self.draft_of:
                continue
            outside = [each for each in self._readers.get(op, ()) if lane_of(each._maker) != "gradients"]
            if not outside and op not in self._fetched:
                continue
            variable = self._variable_of_gradient(op, outside)
            parts = self._ancestors(op, lambda each: lane_of(each._maker) == "gradients" and each not in self._fetched)
            title = f"gradients of {leaf(variable.name)}" if variable is not None else f"gradient {_place(op._name)}"
            scope = parent(variable.name) if variable is not None else parent(op._name)
            self._add(Draft(record.index, op, "group", title, scope, op._maker, record, parts=parts, variable=variable))

    def _variable_of_gradient(self, op: Any, outside: list[Any]) -> Any:
        """Returns the variable whose update takes this gradient, through at most six operations."""
        front = outside
        for _ in range(6):
            for each in front:
                draft = self.draft_of.get(each)
                if draft is not None and draft.kind == "write":
                    return draft.variable
            front = [reader for each in front for reader in self._readers.get(each, ())]
            if not front:
                return None
        return None

    def _variables(self) -> None:
        """Variables of the model that the run reads."""
        first: dict[Any, float] = {}
        held: dict[Any, list[Any]] = {}
        for record in self._records:
            op = record.op
            variable = self._variable_held(op)
            if variable is not None and op not in self.draft_of:
                held.setdefault(variable, []).append(record)
            elif op not in self.draft_of or self.draft_of[op].kind != "write":
                for tensor in op._inputs:
                    owner = self._variable_held(tensor._op)
                    if owner is not None:
                        first.setdefault(owner, record.index - 0.5)
        for variable, records in held.items():
            main = next((each for each in records if each.op._definition.name in _STORAGE), records[0])
            parts = [each for each in records if each is not main]
            order = first.get(variable, main.index)
            failed = next((each for each in parts if each.error is not None), None)
            name = variable.name or main.op._name
            if failed is not None:
                order = float(failed.index)
            self._add(
                Draft(
                    order,
                    main.op,
                    "variable",
                    leaf(name),
                    parent(name),
                    variable.maker,
                    main,
                    parts=parts,
                    variable=variable,
                )
            )

    def _rest(self) -> None:
        """Operations of the model one by one, with the constants that are mere arguments; machinery that is left over."""
        for record in self._records:
            op = record.op
            if op in self.draft_of or self._folds_forward(op):
                continue
            kind = "constant" if op._definition.name == "Const" else "group" if op._definition.name == "NoOp" else "op"
            parts = self._ancestors(op, self._folds_forward)
            self._add(Draft(record.index, op, kind, _title(op), parent(op._name), op._maker, record, parts=parts))
        for record in self._records:
            if record.op not in self.draft_of:
                self._add(
                    Draft(
                        record.index,
                        record.op,
                        "op",
                        _title(record.op),
                        parent(record.op._name),
                        record.op._maker,
                        record,
                    )
                )

    def _folds_forward(self, op: Any) -> bool:
        """Says whether an operation is shown only as a part of the step that needs it."""
        record = self._of[op]
        if op in self._fetched or record.error is not None or record.writes:
            return False
        if not self._readers.get(op) and not self._is_waited_for(op):
            return False
        if lane_of(op._maker) != "model":
            return op._definition.name != "NoOp" or not op._control_inputs or lane_of(op._maker) == "optimizer"
        if op._owner is not None:
            return True
        return self._is_argument(op)

    def _is_waited_for(self, op: Any) -> bool:
        return any(op in record.op._control_inputs for record in self._records if record.op._id > op._id)

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

    def _is_argument(self, op: Any) -> bool:
        """Says whether a constant is an axis, a shape or the like of one operation and says nothing by itself."""
        if op._definition.name != "Const" or op in self._fetched:
            return False
        readers = set(self._readers.get(op, ()))
        if len(readers) != 1 or op._control_inputs:
            return False
        reader = next(iter(readers))
        if op._name.startswith(reader._name + "/"):
            return True
        tensor = op._outputs[0]
        whole = tensor._dtype.is_integer and tensor._dims is not None and len(tensor._dims) < 2
        few = len(reader._inputs) < 2 and not reader._definition.name.startswith("Random")
        return whole and not few and reader._definition.name not in _ARITHMETIC

    def _ancestors(self, op: Any, belongs: Any) -> list[Any]:
        """Returns the records of operations before `op` that belong to its step, in the order of the run."""
        found: set[Any] = set()
        todo = [op]
        while todo:
            each = todo.pop()
            before = [tensor._op for tensor in each._inputs if tensor not in self._fed] + list(each._control_inputs)
            for source in before:
                if source in self._of and source not in self.draft_of and source not in found and belongs(source):
                    found.add(source)
                    todo.append(source)
        return sorted((self._of[each] for each in found), key=lambda record: record.index)


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


# ---- brackets


def brackets(drafts: list[Draft], optimizer: str) -> list[dict[str, Any]]:
    """Returns the neighbours that belong together: `{"title", "first", "last"}`."""
    keys = [_bracket_key(draft, optimizer) for draft in drafts]
    found: list[dict[str, Any]] = []
    first = 0
    for index in range(1, len(keys) + 1):
        if index < len(keys) and keys[index][0] == keys[first][0]:
            continue
        found.extend(_parts_of(drafts, keys, first, index - 1))
        first = index
    return found


def _bracket_key(draft: Draft, optimizer: str) -> tuple[str, bool]:
    """Returns the bracket of a step and whether it is a scope, which may be split."""
    if draft.kind == "feed":
        return "fed", False
    lane = lane_of(draft.maker)
    if lane == "gradients":
        return "gradients", False
    if lane == "optimizer":
        return optimizer, False
    if lane == "init":
        return ("save" if draft.maker == "saver" else "init"), False
    if lane != "model":
        return lane, False
    if draft.kind == "constant" and not draft.scope:
        return "constants", False
    return draft.scope.partition("/")[0], True


def _parts_of(drafts: list[Draft], keys: list[tuple[str, bool]], first: int, last: int) -> list[dict[str, Any]]:
    whole = [{"title": keys[first][0], "first": first, "last": last}]
    if not keys[first][1] or not keys[first][0]:
        return whole
    parts: list[dict[str, Any]] = []
    for index in range(first, last + 1):
        title = "/".join(drafts[index].scope.split("/")[:2])
        if parts and parts[-1]["title"] == title:
            parts[-1]["last"] = index
        else:
            parts.append({"title": title, "first": index, "last": index})
    if len(parts) > 1 and all(part["last"] - part["first"] >= 2 for part in parts):
        return parts
    return whole
