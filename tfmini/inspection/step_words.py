"""The sentence of a step of a run: what it does, who reads it next, and the line that made it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..framework.dead import DEAD
from ..framework.tensor import Tensor
from ..runtime.frames import ENTERS, EXITS
from .columns import Places
from .grouping import Draft, Grouper
from .sentences import op_sentence, short_tensor, variable_sentence, write_sentence
from .turns import Links, Loops
from .words import grouped, leaf, plural


class StepWords:
    """Says what the steps of one run do.

    Args:
      grouper: the steps.
      links: where inputs come from.
      loops: the loops of the run.
      places: where lines of the program stand.
      by_name: the variable records by the names of their storage.
      value_of: gives the value that the step of a variable shows, with its tensor.
    """

    def __init__(
        self,
        grouper: Grouper,
        links: Links,
        loops: Loops,
        places: Places,
        by_name: dict[str, Any],
        value_of: Callable[[Draft], tuple[Any, Any]],
    ) -> None:
        self._drafts = grouper.drafts
        self._draft_of = grouper.draft_of
        self._links = links
        self._loops = loops
        self._places = places
        self._by_name = by_name
        self._value_of = value_of
        self._fed = {draft.tensor: draft for draft in self._drafts if draft.kind == "feed"}
        self._readers = self._readers_of()

    def source(self, tensor: Tensor, made_by: Any) -> Draft | None:
        """Returns the step that shows where a value comes from; what only enters a loop comes from outside."""
        while made_by is not None and made_by.op._definition.name in ENTERS:
            tensor, made_by = made_by.op._inputs[0], self._links.inputs(made_by)[0]
        if tensor in self._fed:
            return self._fed[tensor]
        return None if made_by is None else self._draft_of(made_by)

    def _readers_of(self) -> dict[int, list[Draft]]:
        """Returns the steps that read each step, in order."""
        readers: dict[int, dict[int, Draft]] = {}
        for draft in self._drafts:
            if draft.kind == "feed":
                continue
            for record in draft.records:
                if record.outputs and all(value is DEAD for value in record.outputs):
                    continue
                for tensor, made_by in zip(record.op._inputs, self._links.inputs(record), strict=False):
                    source = self.source(tensor, made_by)
                    if source is not None and source is not draft:
                        found = readers.setdefault(id(source), {})
                        found[id(draft)] = draft
        return {source: list(found.values()) for source, found in readers.items()}

    def _next_reader(self, draft: Draft) -> Draft | None:
        if draft.place and draft.op._definition.name == "LoopCond":
            return None
        readers = self._readers.get(id(draft), [])
        if draft.kind == "group":
            readers = [each for each in readers if each.kind == "write"] or readers
        elif draft.kind == "write":
            readers = [each for each in readers if each.kind == "op"]
        return readers[0] if readers else None

    def sentence(self, draft: Draft) -> str:
        says = self._says(draft)
        reader = self._next_reader(draft)
        if reader is not None:
            says += f"; read next by {reader.title}"
        line = self._places.where(self._places.site(draft.op._site))
        return f"{says}. Made in {line}." if line else f"{says}."

    def _says(self, draft: Draft) -> str:
        op = draft.op
        if draft.kind == "feed":
            return "is what the program fed"
        if draft.kind == "constant":
            return "is a constant"
        if draft.record.outputs and all(each is DEAD for each in draft.record.outputs):
            return "was not computed: its branch was not taken"
        if draft.kind == "variable":
            value = self._value_of(draft)[0]
            return variable_sentence(None if value is None else int(np.size(value)))
        if draft.kind == "write":
            gradient = any(
                source is not None and source.kind == "group"
                for source in map(self.source, op._inputs, self._links.inputs(draft.record))
            )
            return write_sentence(op, draft.maker, gradient) + self._slot_words(draft)
        if draft.kind == "group":
            if draft.variable is not None:
                return f"is how {self._loss_words()} changes with {draft.variable.name}"
            if op._definition.name == "NoOp":
                writes = sum(1 for each in self._drafts if each.kind == "write" and each.order < draft.order)
                if writes:
                    return f"waits for {writes} write{'' if writes == 1 else 's'} and makes no value"
                return f"waits for {len(op._control_inputs)} operations and makes no value"
            return "is a gradient that the program asked for"
        if draft.place and op._definition.name == "LoopCond":
            return self._condition_words(draft)
        if draft.loop_variable:
            return self._loop_variable_words(draft)
        if draft.place and op._definition.name in EXITS:
            return f"is what {self._loops.name(draft.place)} gives"
        names = [
            self._name(tensor, made_by)
            for tensor, made_by in zip(op._inputs, self._links.inputs(draft.record), strict=False)
        ]
        return op_sentence(op, names)

    def _condition_words(self, draft: Draft) -> str:
        loop, turn = self._loops.name(draft.place), draft.place[-1][1]
        if bool(draft.record.outputs[0]):
            return f"is true: turn {grouped(turn + 1)} of {loop} begins"
        return f"is false: {loop} ends after {plural(turn, 'turn')}"

    def _loop_variable_words(self, draft: Draft) -> str:
        loop = self._loops.name(draft.place)
        if draft.place[-1][1] == 0:
            return f"is variable {draft.loop_variable} of {loop}, as it enters"
        return f"is variable {draft.loop_variable} of {loop}, as the last turn left it"

    def _slot_words(self, draft: Draft) -> str:
        written = [self._by_name.get(write.variable) for write in draft.record.writes[1:]]
        slots = [each.slot or leaf(each.name) for each in written if each is not None and each.maker == "slot"]
        if not slots:
            return ""
        return f"; its slot{'s' if len(slots) > 1 else ''} {' and '.join(dict.fromkeys(slots))} too"

    def _name(self, tensor: Tensor, made_by: Any) -> str:
        source = None if made_by is None else self._draft_of(made_by)
        if source is not None and source.loop_variable:
            return source.title
        return short_tensor(tensor, source is not None and source.kind == "variable")

    def _loss_words(self) -> str:
        for draft in self._drafts:
            if draft.kind == "op" and draft.scope.startswith("loss"):
                return "the loss"
        return "the result"
