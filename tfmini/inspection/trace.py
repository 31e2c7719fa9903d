"""Trace records: one run, every value (`docs/data.md` section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..framework.operation import Operation
from ..framework.tensor import Tensor
from ..runtime import drivers
from ..runtime.recorder import Stepper
from ..runtime.session import BaseSession
from .columns import Places
from .grouping import Draft, Grouper, brackets
from .needs import not_needed, optimizer_title
from .sentences import op_sentence, short_tensor, variable_sentence, write_sentence
from .tracker import GraphTracker, graph_id
from .values import value_summary
from .watches import watch_records
from .words import leaf

FORMAT = "tfmini.trace/1"
_MOST_PART_CELLS = 60_000


def trace(session: Any, fetches: Any, feed_dict: Any = None, watch: Sequence[Any] | None = None) -> dict[str, Any]:
    """Runs `fetches` on a fork of the state of `session` and returns the trace record; the session stays as it is.

    Raises:
      What `session.run` raises for fetches and feeds that do not fit. An operation that fails is the last step of the record.
    """
    return Recording(session, fetches, feed_dict, watch).trace()


class Recording:
    """One run on a fork of a session's state, kept with all values until it is written or forgotten.

    Args:
      session, fetches, feed_dict: as in `Session.run`.
      watch: tensors or variables whose values are followed over the runs; scalars among the fetches if None.
    """

    def __init__(self, session: Any, fetches: Any, feed_dict: Any = None, watch: Sequence[Any] | None = None) -> None:
        if not isinstance(session, BaseSession):
            raise TypeError(
                f"A run needs a tf.Session, not {type(session).__name__}: tfw.step(sess, fetches, feed_dict)."
            )
        self._session = session
        self._watch = watch
        self._written = False
        self._stepper = Stepper(session, fetches, feed_dict)
        self._stepper.run_to_end()
        self._number = session._journal.run_count + 1

    def commit(self) -> tuple[str, ...]:
        """Writes the values of this run into the session. Returns the names of the variables that were written.

        Raises:
          RuntimeError: it was written already, or the session is closed. What the run itself raised.
        """
        if self._written:
            raise RuntimeError("This run was written into the session already. Record another one first.")
        names = self._stepper.commit()
        self._written = True
        return names

    def again(self) -> None:
        """Runs the same fetches again, from the present state of the session."""
        self._stepper.discard()
        self._stepper.run_to_end()
        self._number = self._session._journal.run_count + 1
        self._written = False

    def trace(self, tracker: GraphTracker | None = None) -> dict[str, Any]:
        """Returns the trace record; its lines are indexes into the records of `tracker`, of a new one if None."""
        if tracker is None:
            tracker = GraphTracker(self._session.graph)
            tracker.delta()
        return _Writer(self._session, self._stepper, self._number, self._watch, tracker.places).record()


class _Writer:
    """Writes the record of one finished run."""

    def __init__(
        self, session: Any, stepper: Stepper, number: int, watch: Sequence[Any] | None, places: Places
    ) -> None:
        run = stepper.run
        self._held = stepper.variable
        self._places = places
        self._session = session
        self._graph = session.graph
        self._run = run
        self._number = number
        self._watch = watch
        journal = self._graph.journal
        self._by_name = {_storage_name(each): each for each in list(journal.variables)}
        fetched = {*run.fetched, *run.targets}
        grouper = Grouper(run.records, run.feeds, fetched, self._by_name)
        self._drafts = grouper.drafts
        self._draft_of = grouper.draft_of
        self._number_of = {id(draft): index for index, draft in enumerate(self._drafts)}
        self._of = {record.op: record for record in run.records}
        self._fed = dict(run.feeds)
        self._fetched = fetched
        self._cells_left = _MOST_PART_CELLS
        self._next_readers = self._find_readers()

    def record(self) -> dict[str, Any]:
        optimizer = optimizer_title(self._graph)
        steps = [self._step(draft) for draft in self._drafts]
        return {
            "format": FORMAT,
            "graph": graph_id(self._graph),
            "run": self._number,
            "session": self._session._label,
            "recorded": True,
            "fetches": [self._place(each) for each in (*self._run.fetched, *self._run.targets)],
            "feeds": [self._place(tensor) for tensor, _ in self._run.feeds],
            "total_ops": len(self._graph._ops),
            "steps": steps,
            "not_needed": not_needed(self._graph, self._run, len(steps), optimizer),
            "scopes": brackets(self._drafts, optimizer),
            "watches": watch_records(self._session, self._number, self._run.fetched, self._watch, self._value_of),
        }

    @staticmethod
    def _place(element: Any) -> dict[str, Any]:
        if isinstance(element, Operation):
            return {"name": element._name, "op": element._id, "port": 0}
        return {"name": element.name, "op": element._op._id, "port": element._value_index}

    # ---- one step

    def _step(self, draft: Draft) -> dict[str, Any]:
        op = draft.op
        failed = next(
            (each for each in (*draft.parts, draft.record) if each is not None and each.error is not None), None
        )
        writes = self._writes(draft)
        return {
            "op": op._id,
            "name": op._name,
            "type": op._definition.name,
            "scope": draft.scope,
            "maker": draft.maker,
            "kind": draft.kind,
            "title": draft.title,
            "parts": [self._part(record) for record in draft.parts],
            "inputs": self._inputs(draft) if draft.kind not in ("feed", "variable") else [],
            "values": self._values(draft, writes) if failed is None else [],
            "reads": self._reads(draft),
            "writes": writes,
            "fetched": self._fetched_ports(draft),
            "fed": draft.kind == "feed",
            "duration_us": round(
                sum(each.seconds for each in (*draft.parts, draft.record) if each is not None) * 1e6, 1
            ),
            "site": self._places.site(op._site),
            "sentence": self._sentence(draft),
            "error": None
            if failed is None
            else {"class": type(failed.error).__name__, "message": failed.error.message},
        }

    def _part(self, record: Any) -> dict[str, Any]:
        part = {
            "op": record.op._id,
            "name": record.op._name,
            "type": record.op._definition.name,
            "duration_us": round(record.seconds * 1e6, 1),
        }
        size = sum(min(int(np.size(each)), 4096) for each in record.outputs)
        if size <= self._cells_left:
            self._cells_left -= size
            part["values"] = self._outputs(record)
        return part

    def _outputs(self, record: Any) -> list[dict[str, Any]]:
        return [
            _summary(value, tensor)
            for value, tensor in zip(record.outputs, record.op._outputs, strict=False)
            if value is not None and value is not drivers.DEAD and _is_plain(value)
        ]

    def _values(self, draft: Draft, writes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if draft.kind == "feed":
            return [_summary(self._fed[draft.tensor], draft.tensor)]
        if draft.kind == "write":
            return [writes[0]["after"]]
        if draft.kind == "variable":
            value, tensor = self._variable_value(draft)
            return [] if value is None else [_summary(value, tensor)]
        return self._outputs(draft.record)

    def _variable_value(self, draft: Draft) -> tuple[Any, Any]:
        """Returns what the first reader of a variable took, with its tensor.

        An operation that only passes a reference on shows what stood there then; a write may come before the first reader.
        """
        own = [part.op for part in (draft.record, *draft.parts)]
        for record in self._run.records:
            if record.op in own:
                continue
            for place, tensor in enumerate(record.op._inputs):
                if tensor._dtype.is_ref and record.writes:
                    continue
                if tensor._op in own and place < len(record.inputs) and record.inputs[place] is not None:
                    return record.inputs[place], tensor
        for record in (*draft.parts, draft.record):
            for value, tensor in zip(record.outputs, record.op._outputs, strict=False):
                if value is not None and value is not drivers.DEAD:
                    return value, tensor
        return None, None

    def _writes(self, draft: Draft) -> list[dict[str, Any]]:
        if draft.record is None:
            return []
        written = []
        for place, write in enumerate(draft.record.writes):
            variable = self._by_name.get(write.variable)
            if place and variable is not None and variable.maker == "slot":
                continue
            static = None if variable is None else getattr(variable.variable.op, "_attrs", {}).get("shape")
            before = None if write.before is None else value_summary(write.before, static)
            written.append(
                {
                    "variable": -1 if variable is None else variable.index,
                    "name": write.variable,
                    "before": before,
                    "after": value_summary(write.after, static),
                }
            )
        return written

    def _reads(self, draft: Draft) -> list[int]:
        if draft.kind == "variable":
            return [draft.variable.index]
        reads = []
        for tensor in draft.op._inputs if draft.kind == "op" else ():
            source = self._draft_of.get(tensor._op)
            if source is not None and source.kind == "variable" and source.variable.index not in reads:
                reads.append(source.variable.index)
        return reads

    def _inputs(self, draft: Draft) -> list[dict[str, Any]]:
        own = {part.op for part in draft.parts}
        if draft.kind == "write":
            sources = [draft.op, *own]
            pairs = [
                (tensor, _given(self._of[op], place))
                for op in sorted(sources, key=lambda each: each._id)
                for place, tensor in enumerate(op._inputs)
                if tensor._op not in own and self._draft_of.get(tensor._op) is not draft and self._carries(tensor)
            ]
        elif draft.kind == "group":
            pairs = []
        else:
            pairs = [(tensor, _given(draft.record, place)) for place, tensor in enumerate(draft.op._inputs)]
        return [self._input(draft, tensor, value) for tensor, value in pairs]

    def _carries(self, tensor: Tensor) -> bool:
        return not tensor._dtype.is_ref and tensor._dtype.name != "resource"

    def _input(self, draft: Draft, tensor: Tensor, value: Any) -> dict[str, Any]:
        source = self._source(tensor)
        found = {
            "step": -1 if source is None else self._number_of[id(source)],
            "port": tensor._value_index,
            "name": tensor.name,
        }
        kept = source is not None and source is not draft and source.record is not None and not source.record.error
        if source is not None and source.kind == "feed":
            found["port"] = 0
            found["value"] = None
        elif kept and source is not None and source.kind == "variable":
            same = value is None or self._variable_value(source)[0] is value
            found["port"] = 0
            found["value"] = None if same or not _is_plain(value) else _summary(value, tensor)
        elif kept and source is not None and source.op is tensor._op:
            found["value"] = None
        else:
            found["value"] = _summary(value, tensor) if _is_plain(value) and value is not None else None
        return found

    def _source(self, tensor: Tensor) -> Draft | None:
        if tensor in self._fed:
            return next(each for each in self._drafts if each.tensor is tensor)
        return self._draft_of.get(tensor._op)

    def _fetched_ports(self, draft: Draft) -> list[int]:
        if draft.kind == "feed":
            return [0] if draft.tensor in self._fetched else []
        ports = [tensor._value_index for tensor in draft.op._outputs if tensor in self._fetched]
        if not ports and (
            draft.op in self._fetched
            or any(tensor in self._fetched for part in draft.parts for tensor in part.op._outputs)
            or any(part.op in self._fetched for part in draft.parts)
        ):
            ports = [0]
        return ports

    # ---- words

    def _find_readers(self) -> dict[int, list[Draft]]:
        """Returns the steps that read each step, in order."""
        readers: dict[int, list[Draft]] = {}
        for draft in self._drafts:
            if draft.kind == "feed":
                continue
            tensors = [tensor for op in (draft.op, *(part.op for part in draft.parts)) for tensor in op._inputs]
            for tensor in tensors:
                source = self._source(tensor)
                if source is not None and source is not draft:
                    found = readers.setdefault(id(source), [])
                    if draft not in found:
                        found.append(draft)
        return readers

    def _next_reader(self, draft: Draft) -> Draft | None:
        readers = self._next_readers.get(id(draft), [])
        if draft.kind == "group":
            readers = [each for each in readers if each.kind == "write"] or readers
        elif draft.kind == "write":
            readers = [each for each in readers if each.kind == "op"]
        return readers[0] if readers else None

    def _sentence(self, draft: Draft) -> str:
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
        if draft.record.outputs and all(each is drivers.DEAD for each in draft.record.outputs):
            return "was not computed: its branch was not taken"
        if draft.kind == "variable":
            value = self._variable_value(draft)[0]
            return variable_sentence(None if value is None else int(np.size(value)))
        if draft.kind == "write":
            gradient = any(source is not None and source.kind == "group" for source in map(self._source, op._inputs))
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
        names = [short_tensor(t, self._is_variable(t)) for t in op._inputs]
        return op_sentence(op, names)

    def _slot_words(self, draft: Draft) -> str:
        written = [self._by_name.get(write.variable) for write in draft.record.writes[1:]]
        slots = [each.slot or leaf(each.name) for each in written if each is not None and each.maker == "slot"]
        if not slots:
            return ""
        return f"; its slot{'s' if len(slots) > 1 else ''} {' and '.join(dict.fromkeys(slots))} too"

    def _is_variable(self, tensor: Tensor) -> bool:
        source = self._draft_of.get(tensor._op)
        return source is not None and source.kind == "variable"

    def _loss_words(self) -> str:
        for draft in self._drafts:
            if draft.kind == "op" and draft.scope.startswith("loss"):
                return "the loss"
        return "the result"

    def _value_of(self, tensor: Tensor) -> tuple[Any, int]:
        """Returns the value of a tensor in this run, or of a variable that the run leaves alone, and the index of its step."""
        if tensor in self._fed:
            return self._fed[tensor], self._number_of[id(self._source(tensor))]
        record = self._of.get(tensor._op)
        source = self._draft_of.get(tensor._op)
        if record is None or source is None or len(record.outputs) <= tensor._value_index:
            owner = tensor._op._owner
            return (None if owner is None else self._held(_storage_name(owner))), -1
        value = record.outputs[tensor._value_index]
        return (value if _is_plain(value) else None), self._number_of[id(source)]


def _storage_name(record: Any) -> str:
    return getattr(getattr(record.variable, "op", None), "_name", record.name)


def _given(record: Any, place: int) -> Any:
    return record.inputs[place] if record is not None and place < len(record.inputs) else None


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (np.ndarray, np.generic, bytes, str, int, float, bool))


def _summary(value: Any, tensor: Tensor) -> dict[str, Any]:
    kind = tensor._dtype.base_dtype.name
    return value_summary(value, tensor._dims, None if kind == "resource" else kind)
