"""Trace records: one run, every value (`docs/data.md` section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..framework.dead import DEAD
from ..framework.operation import Operation
from ..framework.tensor import Tensor
from ..runtime.frames import ENTERS, NEXTS
from ..runtime.recorder import Stepper
from ..runtime.session import BaseSession
from .brackets import brackets
from .columns import Places
from .grouping import Draft, Grouper
from .needs import not_needed, optimizer_title
from .step_words import StepWords
from .tracker import GraphTracker, graph_id
from .turns import Links, Loops
from .values import value_summary
from .watches import watch_records

FORMAT = "tfmini.trace/1"
_MOST_PART_CELLS = 60_000
_MOST_PARTS = 200


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
        self._links = Links(run.records, {tensor for tensor, _ in run.feeds})
        self._loops = Loops(run.records)
        grouper = Grouper(self._loops.shown, self._links, run.feeds, fetched, self._by_name)
        self._drafts = grouper.drafts
        self._draft_of = grouper.draft_of
        self._number_of = {id(draft): index for index, draft in enumerate(self._drafts)}
        self._of = {record.op: record for record in run.records}
        self._fed = dict(run.feeds)
        self._fetched = fetched
        self._cells_left = _MOST_PART_CELLS
        self._words = StepWords(grouper, self._links, self._loops, places, self._by_name, self._variable_value)

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
            "scopes": brackets(self._drafts, optimizer, self._loops),
            "loops": self._loops.records(),
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
            "parts": [self._part(record) for record in draft.parts[:_MOST_PARTS]],
            "more_parts": max(0, len(draft.parts) - _MOST_PARTS),
            "loops": [{"loop": name, "turn": turn} for name, turn in draft.place],
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
            "sentence": self._words.sentence(draft),
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
            if value is not None and value is not DEAD and _is_plain(value)
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
        own = {id(record) for record in draft.records}
        for record in self._loops.shown:
            if id(record) in own:
                continue
            for place, source in enumerate(self._links.inputs(record)):
                if source is None or id(source) not in own:
                    continue
                tensor = record.op._inputs[place]
                if tensor._dtype.is_ref and record.writes:
                    continue
                if place < len(record.inputs) and record.inputs[place] is not None:
                    return record.inputs[place], tensor
        for record in (*draft.parts, draft.record):
            for value, tensor in zip(record.outputs, record.op._outputs, strict=False):
                if value is not None and value is not DEAD:
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
        reads: list[int] = []
        for source in map(self._draft_of, self._links.inputs(draft.record) if draft.kind == "op" else ()):
            if source is not None and source.kind == "variable" and source.variable.index not in reads:
                reads.append(source.variable.index)
        return reads

    def _inputs(self, draft: Draft) -> list[dict[str, Any]]:
        if draft.kind == "group":
            return []
        own = {id(record) for record in draft.records}
        if draft.kind == "write":
            sources = sorted(draft.records, key=lambda each: each.op._id)
            pairs = [
                (record, place, source)
                for record in sources
                for place, source in enumerate(self._links.inputs(record))
                if (source is None or id(source) not in own) and self._carries(record.op._inputs[place])
            ]
        elif draft.loop_variable:
            pairs = [
                (record, place, source)
                for record in sorted(draft.records, key=lambda each: each.op._id)
                if record.op._definition.name in ENTERS | NEXTS
                for place, source in enumerate(self._links.inputs(record))
            ]
            if not pairs:
                taken = enumerate(self._links.inputs(draft.record))
                pairs = [(draft.record, place, source) for place, source in taken if source is not None]
        else:
            pairs = [(draft.record, place, source) for place, source in enumerate(self._links.inputs(draft.record))]
        return [self._input(draft, *pair) for pair in pairs]

    def _carries(self, tensor: Tensor) -> bool:
        return not tensor._dtype.is_ref and tensor._dtype.name != "resource"

    def _input(self, draft: Draft, record: Any, place: int, made_by: Any) -> dict[str, Any]:
        tensor, value = record.op._inputs[place], _given(record, place)
        source = self._words.source(tensor, made_by)
        found = {
            "step": -1 if source is None else self._number_of[id(source)],
            "port": tensor._value_index,
            "name": tensor.name,
        }
        kept = source is not None and source is not draft and source.record is not None and not source.record.error
        if value is DEAD:
            found["port"] = -1
            found["value"] = None
        elif source is not None and source.kind == "feed":
            found["port"] = 0
            found["value"] = None
        elif kept and source is not None and source.kind == "variable":
            same = value is None or self._variable_value(source)[0] is value
            found["port"] = 0
            found["value"] = None if same or not _is_plain(value) else _summary(value, tensor)
        elif kept and source is not None and source.loop_variable:
            found["port"] = 0
            found["value"] = None
        elif kept and source is not None and source.record is made_by and not _dead_outputs(made_by):
            found["value"] = None
        else:
            found["value"] = _summary(value, tensor) if _is_plain(value) and value is not None else None
        return found

    def _fetched_ports(self, draft: Draft) -> list[int]:
        if draft.kind == "feed":
            return [0] if draft.tensor in self._fetched else []
        if draft.loop_variable:
            return []
        ports = [tensor._value_index for tensor in draft.op._outputs if tensor in self._fetched]
        if not ports and (
            draft.op in self._fetched
            or any(tensor in self._fetched for part in draft.parts for tensor in part.op._outputs)
            or any(part.op in self._fetched for part in draft.parts)
        ):
            ports = [0]
        return ports

    def _value_of(self, tensor: Tensor) -> tuple[Any, int]:
        """Returns the value of a tensor in this run, or of a variable that the run leaves alone, and the index of its step."""
        if tensor in self._fed:
            return self._fed[tensor], self._number_of[id(self._words.source(tensor, None))]
        record = self._of.get(tensor._op)
        source = None if record is None else self._draft_of(record)
        if record is None or source is None or len(record.outputs) <= tensor._value_index:
            owner = tensor._op._owner
            return (None if owner is None else self._held(_storage_name(owner))), -1
        value = record.outputs[tensor._value_index]
        return (value if _is_plain(value) else None), self._number_of[id(source)]


def _storage_name(record: Any) -> str:
    return getattr(getattr(record.variable, "op", None), "_name", record.name)


def _given(record: Any, place: int) -> Any:
    return record.inputs[place] if record is not None and place < len(record.inputs) else None


def _dead_outputs(record: Any) -> list[Any]:
    """Returns the outputs that are dead: they have no place among the values of a step, so ports would not count right."""
    return [value for value in record.outputs if value is DEAD]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (np.ndarray, np.generic, bytes, str, int, float, bool))


def _summary(value: Any, tensor: Tensor) -> dict[str, Any]:
    kind = tensor._dtype.base_dtype.name
    return value_summary(value, tensor._dims, None if kind == "resource" else kind)
