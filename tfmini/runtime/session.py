"""Sessions: a graph and a state, and the way to run the one on the other."""

from __future__ import annotations

import itertools
import string
import threading
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..errors import CancelledError, KernelError, OpError
from ..framework import contexts, events, logging
from ..framework.tensor import Tensor
from . import cancel, drivers, failure, measured, watched
from .devices import Device, devices_of
from .failure import error_of
from .feeds import feed_tensor, feed_value, flatten_feed_dict
from .fetches import FetchMap, structure_key
from .memory import collection_paused
from .partial import PartialRun, PartialRunEnded
from .plan import KernelErrorInPlan, Plan
from .program import Program
from .state import SessionState
from .structures import matcher
from .targets import Engine, check_target, engine_for

_MOST_PLANS = 512
_MOST_STRUCTURES = 4


_open_sessions: weakref.WeakSet[BaseSession] = weakref.WeakSet()


class BaseSession:
    """What `Session` and `InteractiveSession` share.

    Args:
      target: "" for this process, or a target that an engine was registered for (`runtime.targets`).
      graph: the graph to run; the default graph if None.
      config: a `ConfigProto`. The count of CPUs and `operation_timeout_in_ms` have an effect; all else is accepted and kept.

    Raises:
      TypeError: an argument has the wrong type. tf.errors.NotFoundError: no engine answers to the target.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        chosen = contexts.default_graph() if graph is None else graph
        if not hasattr(chosen, "as_graph_element"):
            raise TypeError(f'Argument `graph` must be a tf.Graph, but got "{type(chosen).__name__}"')
        self._target = check_target(target)
        if config is not None and not hasattr(config, "operation_timeout_in_ms"):
            raise TypeError(f'Argument `config` must be a tf.ConfigProto, but got "{type(config).__name__}"')
        self._engine = engine_for(self._target, chosen, config)
        self._graph = chosen
        self._config = config
        self._timeout = 0 if config is None else config.operation_timeout_in_ms
        self._plain = self._engine is None and self._timeout <= 0
        self._closed = False
        self._was_reset = False
        self._state = SessionState()
        self._programs: dict[Any, Program] = {}
        self._fed_programs: dict[Any, Program] = {}
        self._callables: list[Program] = []
        self._structures: list[tuple[Any, Any]] = []
        self._written: dict[str, tuple[str, int]] = {}
        self._partial_runs: dict[str, PartialRun] = {}
        self._journal = chosen.journal
        self._events = chosen.events
        self._label = _label(len(self._journal.sessions))
        self._journal.sessions.append(weakref.ref(self))
        self._default_context: Any = None
        _open_sessions.add(self)

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
        """The target, empty for this process."""
        return self._target.encode()

    def list_devices(self) -> list[Device]:
        """Returns the devices: one CPU, or as many as the configuration counts. Raises CancelledError when the session is closed."""
        if self._closed:
            raise CancelledError(None, None, "Session has been closed.")
        return devices_of(self._config)

    # ---- running

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """Computes `fetches` and returns their values in the same structure.

        Args:
          fetches: a tensor, an operation (gives None), a variable, a name, or nested lists, tuples, named tuples and dictionaries
            of these.
          feed_dict: values for tensors, by tensor or name. Any tensor may be fed.
          options: a `RunOptions`: `timeout_in_ms`, and `trace_level` together with `run_metadata`; the rest has no effect.
          run_metadata: a `RunMetadata` that takes the time of every step, when `options.trace_level` is above 0.

        Returns:
          Arrays and numpy scalars of your own: changing them changes nothing in the session.

        Raises:
          RuntimeError: the session is closed or the graph is empty.
          TypeError, ValueError: something cannot be fetched or fed; the message says which and why.
          tf.errors.DeadlineExceededError: the time is over. tf.errors.CancelledError: the session was closed meanwhile.
          tf.errors.OpError: an operation failed; what was written before stays written.
        """
        if options is None and run_metadata is None and self._plain:
            program, fed = self._prepare(fetches, feed_dict)
            try:
                return self._run_program(program, fed)
            except OpError:
                self._journal.failed = (weakref.ref(self), fetches, feed_dict)
                raise
        return self._run_specially(fetches, feed_dict, options, run_metadata)

    def _check_open(self) -> None:
        if self._was_reset:
            raise CancelledError(None, None, "Session has been closed.")
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session. Make a new one: sess = tf.Session().")

    def _check_usable(self) -> None:
        self._check_open()
        if not self._graph._ops:
            raise RuntimeError("The Session graph is empty. Add operations to the graph before calling run().")

    def _prepare(self, fetches: Any, feed_dict: Any) -> tuple[Program, list[Any]]:
        """Returns the program for these fetches and feeds, made if it is new, and the fed values in its order."""
        # A list is looked up as a tuple that begins with the type; nested lists and dictionaries cannot be hashed and take the long way.
        key: Any = (list, *fetches) if type(fetches) is list else fetches
        plain_feed = type(feed_dict) is dict
        try:
            if not feed_dict:
                program = self._programs.get(key)
            elif plain_feed:
                program = self._fed_programs.get((key, *feed_dict))
            else:
                program = None
        except TypeError:
            program = None
        if program is not None and program.plan.mutations == self._graph._mutations:
            if not feed_dict:
                return program, []
            return program, [
                convert(value) for convert, value in zip(program.converters, feed_dict.values(), strict=True)
            ]
        return self._prepare_slowly(fetches, feed_dict)

    def _prepare_slowly(self, fetches: Any, feed_dict: Any) -> tuple[Program, list[Any]]:
        if self._closed or not self._graph._ops:
            self._check_usable()
        if feed_dict and not isinstance(feed_dict, Mapping):
            raise TypeError(
                "FlattenDictItems: 'dict' must be a dictionary or collection.Mapping type object, instead of "
                f"'{type(feed_dict).__name__}'. Write feed_dict={{tensor: value}}."
            )
        programs = self._fed_programs if feed_dict else self._programs
        try:
            structure = self._structure_of(fetches)
            key: Any = (structure, *feed_dict) if feed_dict else structure
            program = programs.get(key)
        except TypeError:
            key, program = None, None
        if program is not None and program.plan.mutations == self._graph._mutations:
            if not feed_dict:
                return program, []
            return program, [
                convert(value) for convert, value in zip(program.converters, feed_dict.values(), strict=True)
            ]
        pairs = flatten_feed_dict(self._graph, feed_dict) if feed_dict else []
        fetch_map = FetchMap(self._graph, fetches)
        values = [feed_value(self._graph, tensor, value) for tensor, value in pairs]
        fed = [tensor for tensor, _ in pairs]
        program = self._compile(fetch_map, fed)
        if key is not None and (not feed_dict or len(fed) == len(feed_dict)):
            if len(programs) >= _MOST_PLANS:
                self._forget(programs.pop(next(iter(programs))))
            if key in programs:
                self._forget(programs[key])
            programs[key] = program
        return program, values

    def _structure_of(self, fetches: Any) -> Any:
        """Returns `structure_key(fetches)`, without a walk when the structure was met lately. Raises TypeError for odd leaves."""
        if not isinstance(fetches, (list, tuple, Mapping)):
            return structure_key(fetches)
        for matches, structure in self._structures:
            if matches(fetches):
                return structure
        structure = structure_key(fetches)
        matches = matcher(fetches)
        if matches is not None:
            self._structures = [(matches, structure), *self._structures[: _MOST_STRUCTURES - 1]]
        return structure

    def _compile(self, fetch_map: FetchMap, feeds: Sequence[Tensor]) -> Program:
        try:
            with collection_paused():
                plan = Plan(self._graph, fetch_map.tensors, fetch_map.targets, feeds)
                return Program(plan, self._state, fetch_map.build)
        except KernelErrorInPlan as error:
            raise failure.no_kernel(error.op) from None

    def _run_program(self, program: Program, fed: list[Any], checked: bool = False) -> Any:
        journal = self._journal
        journal.run_count = program.last_run = journal.run_count + 1
        run: Callable[[list[Any]], list[Any]] = program.run_checked if checked else program.run
        if self._events.observers:
            run = watched.watched(self, program, run)
        try:
            fetched = run(fed)
        except (drivers.StepFailed, KernelError) as cause:
            raise error_of(program.plan, cause) from None
        if self._closed:
            raise CancelledError(None, None, "Run call was cancelled")
        return program.build(fetched)

    def make_callable(self, fetches: Any, feed_list: Sequence[Any] | None = None, accept_options: bool = False) -> Any:
        """Returns a function that runs `fetches`, taking the values of `feed_list` as arguments. It is the fastest way to run.

        Args:
          fetches: as for `run`.
          feed_list: tensors, or their names. Values that are missing at a call are not fed.
          accept_options: whether the function also takes `options` and `run_metadata`.

        Raises:
          TypeError: `feed_list` is no list of tensors. What `run` raises for bad fetches.
        """
        self._check_open()
        if feed_list is not None and not isinstance(feed_list, (list, tuple)):
            raise TypeError(f"Argument `feed_list` must be a list or tuple. Received: feed_list={feed_list}")
        graph = self._graph
        feeds = [feed_tensor(graph, each) for each in feed_list or ()]
        fetch_map = FetchMap(graph, fetches)
        count = len(feeds)
        program = self._compile(fetch_map, feeds)
        self._callables.append(program)
        run_program = self._run_program

        def call(*arguments: Any, options: Any = None, run_metadata: Any = None) -> Any:
            nonlocal program
            if self._closed:
                self._check_open()
            if options is not None or run_metadata is not None or not self._plain or len(arguments) != count:
                given = dict(zip(feeds, arguments, strict=False))
                return self.run(fetches, given, options, run_metadata)
            if program.plan.mutations != graph._mutations:
                self._forget(program)
                program = self._compile(fetch_map, feeds)
                self._callables.append(program)
            return run_program(
                program, [convert(value) for convert, value in zip(program.converters, arguments, strict=True)]
            )

        return call

    # ---- runs with options, and runs elsewhere

    def _run_specially(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        self._check_usable()
        for value, name, method in (
            (options, "RunOptions", "SerializeToString"),
            (run_metadata, "RunMetadata", "ParseFromString"),
        ):
            if value is not None and not hasattr(value, method):
                raise TypeError(f"Expected a tf.{name}, but got {value!r} of type {type(value).__name__}.")
        if self._engine is not None:
            return self._run_elsewhere(self._engine, fetches, feed_dict, options, run_metadata)
        timeout = self._timeout if options is None or options.timeout_in_ms <= 0 else options.timeout_in_ms
        if run_metadata is not None and options is not None and options.trace_level > 0:
            with cancel.deadline(timeout / 1000.0):
                return measured.run(self, fetches, feed_dict, options, run_metadata)
        if run_metadata is not None:
            run_metadata.Clear()
        program, fed = self._prepare(fetches, feed_dict)
        with cancel.deadline(timeout / 1000.0):
            return self._run_program(program, fed, cancel.watching())

    def _run_elsewhere(self, engine: Engine, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        pairs = flatten_feed_dict(self._graph, feed_dict) if feed_dict else []
        fetch_map = FetchMap(self._graph, fetches)
        fed = [(tensor, feed_value(self._graph, tensor, value)) for tensor, value in pairs]
        return fetch_map.build(list(engine.run(fetch_map.tensors, fetch_map.targets, fed, options, run_metadata)))

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> str:
        """Prepares a run whose values are fed and fetched bit by bit. Returns the handle for `partial_run`.

        Args:
          fetches: everything that will be fetched, and operations that shall run.
          feeds: every tensor that will be fed.

        Raises:
          RuntimeError: the session is closed or the graph is empty. TypeError: a feed is no tensor.
          tf.errors.InvalidArgumentError: nothing is fetched, or a tensor is both fed and fetched.
          tf.errors.UnimplementedError: the run has a loop.
        """
        self._check_usable()
        partial = PartialRun(self._graph, self._state, fetches, feeds)
        self._partial_runs[partial.handle] = partial
        return partial.handle

    def partial_run(self, handle: str, fetches: Any, feed_dict: Any = None) -> Any:
        """Goes on with a partial run: feeds more, computes all that can be computed now, and returns what is asked for.

        Raises:
          tf.errors.InvalidArgumentError: the run is over or was never set up, a feed or fetch was not announced or was there
            already, or a fetch needs something that was not fed yet.
        """
        self._check_usable()
        partial = self._partial_runs.get(handle)
        if partial is None:
            raise PartialRun.unknown()
        try:
            fetched = partial.go_on(fetches, feed_dict)
        except PartialRunEnded as ended:
            self._partial_runs.pop(handle, None)
            raise error_of(partial.plan, ended.cause) from None
        if partial.complete:
            self._partial_runs.pop(handle, None)
        self._journal.run_count += 1
        return fetched

    # ---- closing and being the default

    def close(self) -> None:
        """Closes the session: its values are gone, and it cannot run any more. Runs in other threads end with CancelledError."""
        if self._closed:
            return
        self._closed = True
        cancel.cancel(self._state)
        self._programs.clear()
        self._fed_programs.clear()
        self._callables.clear()
        self._structures.clear()
        self._partial_runs.clear()
        self._state = SessionState()
        if self._engine is not None:
            self._engine.close()
        if self._events.observers:
            self._events.publish(events.SessionClosed(self))

    def as_default(self) -> Any:
        """Makes this session the default inside `with`, for `eval()` and `run()` of tensors and operations."""
        return contexts.session_stack.controller(self)

    def variable_values(self) -> dict[str, tuple[str, int]]:
        """Returns how each variable that has a value got it: name to ("initialized", "assigned" or "restored", run number)."""
        latest = dict(self._written)
        for program in [*self._programs.values(), *self._fed_programs.values(), *self._callables]:
            _note(program, latest)
        cells = list(self._state.variables.cells.values())
        return {cell.name: latest.get(cell.name, ("assigned", 0)) for cell in cells if cell.value is not None}

    def _forget(self, program: Program) -> None:
        """Keeps what is known of the writes of a program that is dropped."""
        _note(program, self._written)
        if program in self._callables:
            self._callables.remove(program)

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"graph #{self._graph._number}"
        return f"<tfmini.{type(self).__name__} {self._label}, {state}>"


def _note(program: Program, latest: dict[str, tuple[str, int]]) -> None:
    """Notes in `latest` how and when the latest run of `program` wrote its variables."""
    if program.last_run:
        for name, how in program.written:
            if latest.get(name, ("", 0))[1] <= program.last_run:
                latest[name] = (how, program.last_run)


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


class Session(BaseSession):
    """Runs a graph; owns the values of its variables.

    As a context manager it is the default session inside the block and is closed at its end.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._default_graph_context: Any = None

    def __enter__(self) -> Session:
        if self._default_graph_context is not None:
            raise RuntimeError(
                "Session context managers are not re-entrant. Use `Session.as_default()` if you want to enter a session multiple "
                "times."
            )
        self._default_graph_context = self._graph.as_default()
        self._default_context = self.as_default()
        self._default_graph_context.__enter__()
        return self._default_context.__enter__()

    def __exit__(self, *error: Any) -> None:
        try:
            self._default_context.__exit__(*error)
            self._default_graph_context.__exit__(*error)
        finally:
            self._default_context = self._default_graph_context = None
            self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Closes every session of `target`, "" for this process; their variables are gone.

        Raises:
          TypeError: the target is no text. tf.errors.NotFoundError: no engine answers to it.
        """
        wanted = check_target(target)
        sessions = [each for each in _open_sessions if each._target == wanted]
        if wanted and not sessions:
            engine_for(wanted, None, config)
        for each in sessions:
            each._was_reset = not each._closed
            each.close()


class InteractiveSession(BaseSession):
    """A session that is the default from its making until `close()`, for shells and notebooks."""

    _count_lock = threading.Lock()
    _active = 0

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        with InteractiveSession._count_lock:
            if InteractiveSession._active > 0:
                logging.error(
                    "An interactive session is already active. Each keeps the values of its variables until it is closed: call "
                    "close() on those that you do not need, or use tf.Session()."
                )
            InteractiveSession._active += 1
        self._explicit_graph = graph
        self._default_context = self.as_default()
        self._default_context.enforce_nesting = False
        self._default_context.__enter__()
        self._default_graph_context = None
        if graph is not None:
            self._default_graph_context = graph.as_default()
            self._default_graph_context.enforce_nesting = False
            self._default_graph_context.__enter__()

    def close(self) -> None:
        """Closes the session; it is no longer the default."""
        if self._closed:
            return
        super().close()
        with InteractiveSession._count_lock:
            InteractiveSession._active -= 1
        if self._default_graph_context is not None:
            self._default_graph_context.__exit__(None, None, None)
        self._default_context.__exit__(None, None, None)
