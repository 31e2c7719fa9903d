"""Sessions: a graph and a state, and the way to run the one on the other."""

from __future__ import annotations

import itertools
import string
import time
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import KernelError, UnimplementedError
from ..framework import contexts, events
from ..framework.slots import slots
from ..framework.tensor import Tensor
from . import drivers, failure
from .feeds import feed_tensor, feed_value, flatten_feed_dict
from .fetches import FetchMap, structure_key
from .plan import KernelErrorInPlan, Plan
from .program import Program
from .state import SessionState

_MOST_PLANS = 512


class BaseSession:
    """What `Session` and `InteractiveSession` share.

    Args:
      target: "" for this process; nothing else is offered.
      graph: the graph to run; the default graph if None.
      config: a `ConfigProto`; accepted and kept.

    Raises:
      TypeError: `graph` is no Graph. UnimplementedError: another target was asked for.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        if target not in ("", b"", None):
            raise UnimplementedError(
                None,
                None,
                f"No session factory registered for target {target!r}. Leave the target empty: tfmini runs in this process.",
            )
        chosen = contexts.default_graph() if graph is None else graph
        if not hasattr(chosen, "as_graph_element"):
            raise TypeError(f"Argument `graph` must be a tf.Graph, but got {graph!r} of type {type(graph).__name__}.")
        self._graph = chosen
        self._config = config
        self._closed = False
        self._state = SessionState()
        self._programs: dict[Any, Program] = {}
        self._journal = chosen.journal
        self._label = _label(len(self._journal.sessions))
        self._journal.sessions.append(weakref.ref(self))
        self._default_context: Any = None

    # ---- facts

    @property
    def graph(self) -> Any:
        """The graph that this session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a `GraphDef`."""
        return self._graph.as_graph_def()

    @property
    def sess_str(self) -> bytes:
        """The target, always empty."""
        return b""

    def list_devices(self) -> list[Any]:
        """Returns the devices: one CPU."""
        return [Device("/job:localhost/replica:0/task:0/device:CPU:0", "CPU", 1 << 28, 0)]

    # ---- running

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Computes `fetches` and returns their values in the same structure.

        Args:
          fetches: a tensor, an operation (gives None), a variable, a name, or nested lists, tuples, named tuples and dictionaries
            of these.
          feed_dict: values for tensors, by tensor or name. Any tensor may be fed.

        Returns:
          Arrays and numpy scalars of your own: changing them changes nothing in the session.

        Raises:
          RuntimeError: the session is closed or the graph is empty.
          TypeError, ValueError: something cannot be fetched or fed; the message says which and why.
          tf.errors.OpError: an operation failed; what was written before stays written.
        """
        self._check_usable()
        program, values = self._prepare(fetches, feed_dict)
        return self._run_program(program, values)

    def _check_open(self) -> None:
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session. Make a new one: sess = tf.Session().")

    def _check_usable(self) -> None:
        self._check_open()
        if not self._graph._ops:
            raise RuntimeError("The Session graph is empty. Add operations to the graph before calling run().")

    def _prepare(self, fetches: Any, feed_dict: Any) -> tuple[Program, list[Any]]:
        """Returns the program for these fetches and feeds, made if it is new, and the fed values in its order."""
        if feed_dict and type(feed_dict) is not dict and not isinstance(feed_dict, Mapping):
            raise TypeError(
                "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of "
                f"'{type(feed_dict).__name__}'. Write feed_dict={{tensor: value}}."
            )
        try:
            key = (structure_key(fetches), *feed_dict) if feed_dict else structure_key(fetches)
            program = self._programs.get(key)
        except TypeError:
            key, program = None, None
        if program is not None and program.plan.mutations == self._graph._mutations:
            if not feed_dict:
                return program, []
            if len(program.feeds) == len(feed_dict):
                graph = self._graph
                return program, [
                    feed_value(graph, tensor, value)
                    for (tensor, _), value in zip(program.feeds, feed_dict.values(), strict=True)
                ]
        pairs = [] if feed_dict is None else flatten_feed_dict(self._graph, feed_dict)
        fetch_map = FetchMap(self._graph, fetches)
        values = [feed_value(self._graph, tensor, value) for tensor, value in pairs]
        fed = [tensor for tensor, _ in pairs]
        program = self._compile(fetch_map, fed)
        if key is not None and (not feed_dict or len(fed) == len(feed_dict)):
            if len(self._programs) >= _MOST_PLANS:
                self._programs.pop(next(iter(self._programs)))
            self._programs[key] = program
        return program, values

    def _compile(self, fetch_map: FetchMap, feeds: Sequence[Tensor]) -> Program:
        try:
            plan = Plan(self._graph, fetch_map.tensors, fetch_map.targets, feeds)
            return Program(plan, self._state, fetch_map.build)
        except KernelErrorInPlan as error:
            raise failure.no_kernel(error.op) from None

    def _run_program(self, program: Program, fed: list[Any]) -> Any:
        journal = self._journal
        journal.run_count = program.last_run = number = journal.run_count + 1
        hub = self._graph.events
        record = self._start_record(program, fed, number) if hub.observers else None
        try:
            fetched = program.run(fed)
            if record is not None:
                record.scalars = _scalars(record.fetches, fetched)
        except drivers.StepFailed as failed:
            error = failure.op_error(program.plan.steps[failed.index].op, failed.cause, failed.inputs)
            if record is not None:
                record.error = error.message.splitlines()[0]
            raise error from None
        except KernelError as cause:
            raise cause.error(None, None, failure.no_value(cause.message)) from None
        finally:
            if record is not None:
                record.seconds = time.perf_counter() - (record.seconds or 0.0)
                hub.publish(events.RunFinished(record))
        return program.build(fetched)

    def _start_record(self, program: Program, fed: list[Any], number: int) -> events.RunRecord:
        plan = program.plan
        provider = slots.cell_provider
        record = events.RunRecord(
            number=number,
            session=self,
            fetches=program.names,
            feeds=tuple(
                (tensor.name, np.shape(value), tensor._dtype.base_dtype.name)
                for (tensor, _), value in zip(plan.feeds, fed, strict=True)
            ),
            steps=len(plan.steps),
            seconds=time.perf_counter(),
            writes=plan.writes,
            cell=provider() if provider is not None else None,
        )
        runs = self._journal.runs
        runs.append(record)
        if len(runs) > self._journal.most_runs:
            del runs[: len(runs) - self._journal.most_runs]
        self._graph.events.publish(events.RunStarted(record))
        return record

    def make_callable(self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False) -> Any:
        """Returns a function that runs `fetches`, taking the values of `feed_list` as arguments. It is the fastest way to run.

        Raises:
          TypeError: `feed_list` is no list of tensors. What `run` raises for bad fetches.
        """
        self._check_open()
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError("Argument `feed_list` must be a list or tuple.")
        graph = self._graph
        feeds = [feed_tensor(graph, each) for each in feed_list or ()]
        fetch_map = FetchMap(graph, fetches)
        program = self._compile(fetch_map, feeds)

        def call(*arguments: Any, options: Any = None, run_metadata: Any = None) -> Any:
            nonlocal program
            self._check_open()
            if len(arguments) > len(feeds):
                raise TypeError(f"This callable takes {len(feeds)} values, got {len(arguments)}.")
            if len(arguments) < len(feeds):
                given = dict(zip(feeds, arguments, strict=False))
                partly = self._compile(fetch_map, list(given))
                return self._run_program(partly, [feed_value(graph, key, value) for key, value in given.items()])
            if program.plan.mutations != graph._mutations:
                program = self._compile(fetch_map, feeds)
            values = [feed_value(graph, tensor, value) for tensor, value in zip(feeds, arguments, strict=True)]
            return self._run_program(program, values)

        return call

    # ---- closing and being the default

    def close(self) -> None:
        """Closes the session: its values are gone, and it cannot run any more."""
        if not self._closed:
            self._closed = True
            self._programs.clear()
            self._state = SessionState()
            if self._graph.events.observers:
                self._graph.events.publish(events.SessionClosed(self))

    def as_default(self) -> Any:
        """Makes this session the default inside `with`, for `eval()` and `run()` of tensors and operations."""
        return contexts.session_stack.controller(self)

    def variable_values(self) -> dict[str, tuple[str, int]]:
        """Returns how each variable that has a value got it: name to ("initialized", "assigned" or "restored", run number)."""
        latest: dict[str, tuple[str, int]] = {}
        for program in list(self._programs.values()):
            if not program.last_run:
                continue
            for name, how in program.written:
                if latest.get(name, ("", 0))[1] <= program.last_run:
                    latest[name] = (how, program.last_run)
        cells = list(self._state.variables.cells.values())
        return {cell.name: latest.get(cell.name, ("assigned", 0)) for cell in cells if cell.value is not None}

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"graph #{self._graph._number}"
        return f"<tfmini.{type(self).__name__} {self._label}, {state}>"


def _scalars(names: tuple[str, ...], fetched: list[Any]) -> tuple[tuple[str, float], ...]:
    """Returns the fetched values that are single numbers."""
    found = []
    for name, value in zip(names, fetched, strict=False):
        if isinstance(value, (np.ndarray, np.generic)) and value.ndim == 0 and value.dtype.kind in "fiu":
            found.append((name, float(value)))
    return tuple(found)


def _label(index: int) -> str:
    letters = string.ascii_uppercase
    label = ""
    for _ in itertools.count():
        index, rest = divmod(index, len(letters))
        label = letters[rest] + label
        if index == 0:
            return label
        index -= 1
    return label


class Device:
    """One device of `list_devices`."""

    def __init__(self, name: str, device_type: str, memory_limit_bytes: int, incarnation: int) -> None:
        self.name = name
        self.device_type = device_type
        self.memory_limit_bytes = memory_limit_bytes
        self.incarnation = incarnation

    def __repr__(self) -> str:
        return f"_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation})"


class Session(BaseSession):
    """Runs a graph; owns the values of its variables.

    As a context manager it is the default session inside the block and is closed at its end.
    """

    def __enter__(self) -> Session:
        self._default_graph_context = self._graph.as_default()
        self._default_context = self.as_default()
        self._default_graph_context.__enter__()
        return self._default_context.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._default_context.__exit__(*error)
        self._default_graph_context.__exit__(*error)
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Does nothing in this process: every session has containers of its own."""


class InteractiveSession(BaseSession):
    """A session that is the default from its making until `close()`, for shells and notebooks."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._explicit_graph = graph
        contexts.session_stack.enforce_nesting = False
        self._default_context = self.as_default()
        self._default_context.__enter__()
        self._default_graph_context = None
        if graph is not None:
            contexts.graph_stack.enforce_nesting = False
            self._default_graph_context = graph.as_default()
            self._default_graph_context.__enter__()

    def close(self) -> None:
        """Closes the session; it is no longer the default."""
        if self._closed:
            return
        super().close()
        if self._default_graph_context is not None:
            self._default_graph_context.__exit__(None, None, None)
        self._default_context.__exit__(None, None, None)


def get_default_session() -> Any:
    """Returns the default session of this thread, or None."""
    return contexts.default_session()


# ---- Tensor.eval and Operation.run


def _default_session_run(element: Any, feed_dict: Any, session: Any, graph: Any, what: str) -> Any:
    """Runs `element` in `session` or the default session; `what` ("tensor" or "operation") words the errors."""
    verb = "evaluate tensor" if what == "tensor" else "execute operation"
    call = "eval" if what == "tensor" else "run"
    given = session is not None
    if not given:
        session = contexts.default_session()
        if session is None:
            colon = "" if what == "tensor" else ":"
            raise ValueError(
                f"Cannot {verb} using `{call}()`: No default session is registered. Use `with sess.as_default(){colon}` or "
                f"pass an explicit session to `{call}(session=sess)`"
            )
    if session.graph is not graph:
        tick = "`" if what == "tensor" else ""
        raise ValueError(
            f"Cannot use the {'given' if given else 'default'} session to {verb}: the {what}'s graph is different from the "
            f"session's graph." + ("" if given else f" Pass an explicit session to {tick}{call}(session=sess){tick}.")
        )
    return session.run(element, feed_dict)


slots.default_session_run = _default_session_run
