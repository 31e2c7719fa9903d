"""The sections `order` and `inits` of a graph record (`docs/data.md` section 1.4), followed as the graph grows."""

from __future__ import annotations

from typing import Any

from .columns import Places
from .init_order_reads import walk

_WORST = {"raw": 0, "ordered": 1, "guarded": 2, "initialized_value": 3}


class InitTable:
    """Follows the initializers of one graph: what each reads, and which operations run several of them."""

    def __init__(self) -> None:
        self._reads: dict[int, dict[str, Any]] = {}
        self._of_storage: dict[Any, int] = {}
        self._of_initializer: dict[Any, int] = {}
        self._groups: dict[Any, dict[str, Any] | None] = {}  # operation -> its record, None before it is looked at
        self._looked_at = 0
        self._mutations = -1

    def records(
        self, graph: Any, variables: list[Any], places: Places
    ) -> tuple[list[dict[str, Any] | None], list[dict[str, Any]]]:
        """Returns the sections `order` and `inits` for the variables of the journal, in its order."""
        mutations = graph._mutations
        if mutations != self._mutations:
            self._mutations = mutations
            self._reads.clear()
            self._groups.update(dict.fromkeys(self._groups))
        for each in variables[len(self._of_storage) :]:
            self._of_storage[storage_of(each)] = each.index
            self._of_initializer[initializer_of(each)] = each.index
        found = [self._reading(each, places) for each in variables]
        return _ordered(found), self._inits(graph, places)

    def _reading(self, record: Any, places: Places) -> dict[str, Any] | None:
        if record.index not in self._reads:
            self._reads[record.index] = self._look(record, places) or {}
        return self._reads[record.index] or None

    def _look(self, record: Any, places: Places) -> dict[str, Any] | None:
        initializer = initializer_of(record)
        if initializer is None:
            return {"reads": [], "placeholders": [], "none": True}
        actual = walk(initializer)
        if not actual.reads and not actual.placeholders:
            return None
        asked = getattr(record.variable, "_initial_value", None)
        written = walk(asked._op) if asked is not None else actual
        by_hand = {read.storage for read in written.reads if read.safe}
        by_hand -= {read.storage for read in written.reads if not read.safe}
        starters = {
            op: index for op, index in self._of_initializer.items() if op in actual.ops and op is not initializer
        }
        reads: dict[int, dict[str, Any]] = {}
        for read in actual.reads:
            other = self._of_storage.get(read.storage, -1)
            if other < 0:
                continue
            if read.safe:
                how = "initialized_value" if read.storage in by_hand else "guarded"
            else:
                how = "ordered" if other in starters.values() else "raw"
            site = places.site(_line_of(read, written, record))
            known = reads.get(other)
            if known is None or _WORST[how] < _WORST[known["how"]]:
                reads[other] = {"variable": other, "how": how, "op": read.op._id, "site": site}
        placeholders = [op._id for op in actual.placeholders]
        if not reads and not placeholders:
            return None
        return {"reads": [reads[each] for each in sorted(reads)], "placeholders": placeholders}

    def _inits(self, graph: Any, places: Places) -> list[dict[str, Any]]:
        ops = graph._ops
        count = len(ops)
        for op in ops[self._looked_at : count]:
            if op._definition.name == "NoOp" and (op._maker == "init" or op._control_inputs):
                self._groups[op] = None
        self._looked_at = count
        for op, known in list(self._groups.items()):
            if known is None:
                covers = self._covered(op)
                if covers or (op._maker == "init" and not op._control_inputs):
                    site = places.site(op._site)
                    self._groups[op] = {"op": op._id, "name": op._name, "covers": covers, "site": site}
                else:
                    del self._groups[op]
        return [each for each in self._groups.values() if each is not None]

    def _covered(self, group: Any) -> list[int]:
        """Returns the variables whose initializers a group runs, itself or through groups inside it."""
        covers: set[int] = set()
        todo, seen = [group], {group}
        while todo:
            for each in todo.pop()._control_inputs:
                index = self._of_initializer.get(each)
                if index is not None:
                    covers.add(index)
                elif each._definition.name == "NoOp" and each not in seen:
                    seen.add(each)
                    todo.append(each)
        return sorted(covers)


def storage_of(record: Any) -> Any:
    """Returns the operation that stores the variable of a journal record, or None."""
    return getattr(record.variable, "op", None)


def initializer_of(record: Any) -> Any:
    """Returns the operation that gives a variable its initial value, or None."""
    return getattr(record.variable, "initializer", None)


def _line_of(read: Any, written: Any, record: Any) -> Any:
    """Returns the line of the program that reads: that of the first operation outside the two variables, else the variable's."""
    for each in written.reads:
        if each.storage is not read.storage:
            continue
        owner = each.storage._owner
        if each.op._owner is not owner:
            return each.op._site
        users = [
            op
            for op in sorted(written.ops, key=lambda one: one._id)
            if op._owner is not owner and any(tensor._op is each.op for tensor in op._inputs)
        ]
        if users:
            return users[0]._site
    return record.site


def _ordered(found: list[dict[str, Any] | None]) -> list[dict[str, Any] | None]:
    """Returns the section `order`: waves and verdicts for what was found of each initial value."""
    edges = {
        index: [read["variable"] for read in each["reads"]]
        for index, each in enumerate(found)
        if each and each["reads"]
    }
    cycles = _cycles(edges)
    waves = _waves(edges, cycles)
    records: list[dict[str, Any] | None] = []
    for index, each in enumerate(found):
        if each is None:
            records.append(None)
            continue
        cycle = cycles.get(index, [])
        verdict = "any order"
        if each.get("none"):
            verdict = "no initializer"
        elif cycle:
            verdict = "cycle"
        elif any(read["how"] == "raw" for read in each["reads"]):
            verdict = "needs an order"
        elif each["placeholders"]:
            verdict = "must be fed"
        records.append(
            {
                "wave": waves.get(index, 1),
                "verdict": verdict,
                "reads": each["reads"],
                "placeholders": each["placeholders"],
                "cycle": cycle,
            }
        )
    return records


def _cycles(edges: dict[int, list[int]]) -> dict[int, list[int]]:
    """Returns for each variable that reads itself, at once or through others, all members of its ring."""
    reach: dict[int, set[int]] = {}
    for start in edges:
        seen: set[int] = set()
        todo = list(edges[start])
        while todo:
            each = todo.pop()
            if each not in seen:
                seen.add(each)
                todo.extend(edges.get(each, ()))
        reach[start] = seen
    rings = {}
    for each, seen in reach.items():
        if each in seen:
            rings[each] = sorted(other for other in seen if each in reach.get(other, ()))
    return rings


def _waves(edges: dict[int, list[int]], cycles: dict[int, list[int]]) -> dict[int, int]:
    """Returns the wave of each variable that reads others: one more than the last of what it reads."""
    waves: dict[int, int] = {}
    for start in sorted(edges):
        todo = [start]
        while todo:
            each = todo[-1]
            before = [other for other in edges.get(each, ()) if other not in cycles.get(each, ())]
            missing = [other for other in before if other in edges and other not in waves]
            if missing:
                todo.extend(missing)
                continue
            todo.pop()
            ring = cycles.get(each, [each])
            wave = 1 + max([0, *(waves.get(other, 1) for other in before)])
            for member in ring:
                waves[member] = max(wave, waves.get(member, 1))
    return waves
