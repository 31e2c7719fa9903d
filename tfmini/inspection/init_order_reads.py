"""Which variables the initial value of a variable reads, and whether that is safe before they have a value.

A read is safe when it stands in the branch of a conditional that is taken only if the variable has a value: TensorFlow's
`initialized_value()` writes such a conditional, and the constructor of a reference variable puts one around every read that
it finds in an initial value (a *guarded* read). Any other read is *raw*: it fails while the other variable is empty. The answer
comes from the operations behind the initializer, never from names.
"""

from __future__ import annotations

from typing import Any, NamedTuple

STORAGE = frozenset(("VariableV2", "Variable", "VarHandleOp"))
_ASKS = frozenset(("IsVariableInitialized", "VarIsInitializedOp"))
_SWITCHES = frozenset(("Switch", "RefSwitch"))
_MERGES = frozenset(("Merge", "RefMerge"))
# they take a variable without needing its value
NEEDS_NO_VALUE = _ASKS | _SWITCHES | frozenset(("Assign", "AssignVariableOp", "DestroyResourceOp"))
_MOST_OPS = 20_000


class Read(NamedTuple):
    """One read: the storage operation of the variable that is read, the operation that reads, whether it stands under a guard."""

    storage: Any
    op: Any
    safe: bool


class Walk(NamedTuple):
    """What stands behind an operation: reads of variables, placeholders, and all operations that it needs."""

    reads: list[Read]
    placeholders: list[Any]
    ops: set[Any]


def behind(op: Any) -> set[Any]:
    """Returns `op` and every operation that it needs, through inputs and control inputs."""
    found = {op}
    todo = [op]
    while todo and len(found) < _MOST_OPS:
        each = todo.pop()
        for before in (*(tensor._op for tensor in each._inputs), *each._control_inputs):
            if before not in found:
                found.add(before)
                todo.append(before)
    return found


def walk(op: Any) -> Walk:
    """Looks at everything that a run of `op` needs."""
    ops = behind(op)
    facts = _Facts(ops)
    reads: list[Read] = []
    placeholders = []
    for each in sorted(ops, key=lambda one: one._id):
        kind = each._definition.name
        if kind == "Placeholder":
            placeholders.append(each)
        if kind in NEEDS_NO_VALUE or kind in STORAGE or kind in _MERGES:
            continue
        for tensor in each._inputs:
            storage = stored_behind(tensor)
            if storage is not None:
                reads.append(Read(storage, each, (storage, True) in facts.of(each)))
    return Walk(reads, placeholders, ops)


def stored_behind(tensor: Any) -> Any:
    """Returns the storage operation whose reference or handle a tensor carries, or None when it carries a value."""
    op = tensor._op
    for _ in range(64):
        kind = op._definition.name
        if kind in STORAGE:
            return op
        if kind not in _SWITCHES or not op._inputs:
            return None
        op = op._inputs[0]._op
    return None


class _Facts:
    """What is known wherever an operation runs: pairs (storage operation, whether it has a value), from the Switches above it."""

    def __init__(self, ops: set[Any]) -> None:
        self._known: dict[Any, frozenset[Any]] = {}
        self._has_switch = any(each._definition.name in _SWITCHES for each in ops)

    def of(self, op: Any) -> frozenset[Any]:
        """Returns the facts of one operation."""
        if not self._has_switch:
            return frozenset()
        todo = [op]
        while todo:
            each = todo[-1]
            if each in self._known:
                todo.pop()
                continue
            before = [*(tensor._op for tensor in each._inputs), *each._control_inputs]
            missing = [one for one in before if one not in self._known and one not in todo]
            if missing:
                todo.append(missing[0])
                continue
            self._known[each] = self._settled(each)
            todo.pop()
        return self._known[op]

    def _settled(self, op: Any) -> frozenset[Any]:
        parts = [self._at(tensor) for tensor in op._inputs]
        if op._definition.name in _MERGES:
            return frozenset.intersection(*parts) if parts else frozenset()
        parts += [self._known.get(each, frozenset()) for each in op._control_inputs]
        return frozenset().union(*parts)

    def _at(self, tensor: Any) -> frozenset[Any]:
        op = tensor._op
        known = self._known.get(op, frozenset())
        if op._definition.name not in _SWITCHES:
            return known
        asked = _asked(op._inputs[1])
        return known if asked is None else known | {(asked, tensor._value_index == 1)}


def _asked(tensor: Any) -> Any:
    """Returns the storage operation whose state a predicate asks for, or None."""
    op = tensor._op
    while op._definition.name == "Identity" and op._inputs:
        op = op._inputs[0]._op
    if op._definition.name not in _ASKS:
        return None
    return stored_behind(op._inputs[0])
