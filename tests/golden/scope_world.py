"""Runs programs about variable scopes that are Python text, statement by statement, and describes what happened.

A program is ordinary source. Every statement is executed on its own, also those inside `with` and `try`: what it gave is noted (names,
shapes, dtypes, flags), or the class and the first line of what it raised, and the program goes on with the next statement. Only
`raise Stop` leaves the blocks around it, as an error does in a real program. `for _ in range(2):` plays its body as a notebook cell that
is run twice. At the end the whole graph is noted by `describe`, what became of each request for a variable by `scope_verdicts`, and the
value of each variable after its initializer was run, bit for bit.

The names that a program can use beside `tf` and `np` are made by `names`.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import hashlib
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np

from . import describe, scope_verdicts


class Stop(Exception):
    """What a program raises itself."""


def names(tf: Any) -> dict[str, Any]:
    """Returns the names of a program: getters, regularizers, initializers and partitioners of many shapes, good and bad."""

    def square(v: Any) -> Any:
        return tf.reduce_sum(tf.multiply(v, v), name="square")

    def suffix(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        return getter(name + "_s", *args, **kwargs)

    def prefix(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        head, slash, leaf = name.rpartition("/")
        return getter(f"{head}{slash}p_{leaf}", *args, **kwargs)

    def both(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        return getter(name, *args, **kwargs) + getter(name + "_2", *args, **kwargs)

    def frozen(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        kwargs["trainable"] = False
        return getter(name, *args, **kwargs)

    def strict(
        getter: Any, name: str, shape: Any = None, dtype: Any = None, initializer: Any = None, **kwargs: Any
    ) -> Any:
        kwargs.pop("constraint", None)
        return getter(name, shape=shape, dtype=dtype, initializer=initializer, **kwargs)

    def refusing(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        raise LookupError(f"no {name} here")

    def failing(shape: Any = None, dtype: Any = None, partition_info: Any = None) -> Any:
        tf.constant(1.0, name="before_failing")
        raise ZeroDivisionError("the initializer failed")

    def of_part(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return tf.fill(shape, tf.cast(0.0 if partition_info is None else float(partition_info.var_offset[0]), dtype))

    def bad_parts(found: Any) -> Any:
        return lambda shape=None, dtype=None: found

    def doubling(next_creator: Any, **kwargs: Any) -> Any:
        kwargs["name"] = (kwargs["name"] or "created") + "_c"
        return next_creator(**kwargs)

    def crossed() -> None:
        """Makes two graphs the default and leaves them in the wrong order, in a thread, which nothing outlives."""
        raised: list[BaseException] = []

        def cross() -> None:
            one, two = tf.Graph().as_default(), tf.Graph().as_default()
            one.__enter__()
            two.__enter__()
            try:
                one.__exit__(None, None, None)
            except AssertionError as error:
                raised.append(error)
            two.__exit__(None, None, None)

        thread = threading.Thread(target=cross)
        thread.start()
        thread.join()
        for error in raised:
            raise error

    def convolutional(name: str) -> Any:
        """Returns an initializer of convolutions: 1.x has them in `tf.contrib.framework`, 2.21 only inside."""
        if tf.__name__ == "tfmini":
            return getattr(tf.contrib.framework, f"convolutional_{name}")()
        from tensorflow.python.ops import init_ops

        return getattr(init_ops, f"convolutional_{name}")()

    return {
        "tf": tf,
        "np": np,
        "convolutional": convolutional,
        "crossed": crossed,
        "bare": lambda: tf.Variable.__new__(tf.Variable),
        "Stop": Stop,
        "square": square,
        "nothing": lambda v: None,
        "same": lambda v: v,
        "positive": lambda v: tf.maximum(v, 0.0),
        "suffix": suffix,
        "prefix": prefix,
        "plain": lambda getter, *args, **kwargs: getter(*args, **kwargs),
        "both": both,
        "frozen": frozen,
        "strict": strict,
        "refusing": refusing,
        "five": lambda getter, *args, **kwargs: tf.constant(5.0, name="five"),
        "failing": failing,
        "of_part": of_part,
        "ones2": lambda: tf.ones([2]),
        "ones2_of": lambda shape, dtype=None: tf.ones([2], dtype or tf.float32),
        "needs": lambda a, b, c: tf.ones([2]),
        "on_cpu": lambda op: "/cpu:0",
        "halves": tf.fixed_size_partitioner(2),
        "columns": tf.fixed_size_partitioner(2, axis=1),
        "bytes16": tf.variable_axis_size_partitioner(16),
        "minmax": tf.min_max_variable_partitioner(max_partitions=3, min_slice_size=8),
        "bad_parts": bad_parts,
        "doubling": doubling,
        "same_object": lambda a, b: a is b,
    }


# ---- outcomes


def outcome(tf: Any, value: Any) -> Any:
    """Returns what a statement gave, as JSON data."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, (list, tuple)):
        return [outcome(tf, each) for each in value]
    kind = type(value).__name__
    if hasattr(value, "original_name_scope"):
        return _scope(tf, value)
    if hasattr(value, "_variable_list") or kind == "PartitionedVariable":
        return ["parts", value.name, str(value.get_shape()), [outcome(tf, each) for each in value]]
    if hasattr(value, "initializer") and hasattr(value, "initial_value"):
        return _variable(value)
    if hasattr(value, "node_def") and hasattr(value, "outputs"):
        return f"op {value.name}"
    if hasattr(value, "op") and hasattr(value, "value_index"):
        return f"tensor {value.name} {value.dtype.name} {describe.shape_text(value.shape)}"
    if hasattr(value, "as_datatype_enum"):
        return value.name
    if value is tf.AUTO_REUSE:
        return "AUTO_REUSE"
    if hasattr(value, "as_list") and hasattr(value, "ndims"):
        return f"shape {describe.shape_text(value)}"
    if isinstance(value, (np.ndarray, np.generic)):
        return describe.array_text(value)
    if hasattr(value, "values") and hasattr(value, "indices"):
        return ["slices", outcome(tf, value.values), outcome(tf, value.indices)]
    return "function" if callable(value) else "object"


def _scope(tf: Any, scope: Any) -> str:
    dtype = scope.dtype if isinstance(scope.dtype, str) else getattr(scope.dtype, "name", "?")
    keys = ("initializer", "regularizer", "caching_device", "partitioner", "custom_getter", "constraint")
    given = " ".join(key for key in keys if getattr(scope, key) is not None)
    reuse = outcome(tf, scope.reuse)
    return f"scope {scope.name!r} {reuse} {scope.original_name_scope!r} {dtype} {scope.use_resource} {given}".rstrip()


def _variable(variable: Any) -> str:
    flags = [getattr(variable.op, "type", "?"), str(variable.synchronization).rpartition(".")[2]]
    flags.append(str(variable.aggregation).rpartition(".")[2])
    flags += ["trainable"] * bool(variable.trainable) + ["constraint"] * (variable.constraint is not None)
    device = f" @{variable.device}" if variable.device else ""
    shape = describe.shape_text(variable.get_shape())
    return f"variable {variable.name} {variable.dtype.name} {shape} {' '.join(flags)}{device}"


def failure(error: Exception) -> list[str]:
    """Returns class and first line of an error."""
    found = describe.describe_error(error)
    return ["error", found["error"], found["phrase"]]


# ---- running


@functools.lru_cache(maxsize=4096)
def _compiled(text: str, mode: str, line: int) -> Any:
    return compile("\n" * (line - 1) + text, "<program>", mode)


@contextlib.contextmanager
def _running(tf: Any, cell: str, count: int, source: str) -> Iterator[None]:
    """Tells tfmini which cell runs, as a notebook does; real TensorFlow knows nothing of cells."""
    if tf.__name__ != "tfmini":
        yield
        return
    from tfmini.framework.provenance import Cell
    from tfmini.framework.slots import slots

    before = slots.cell_provider
    slots.cell_provider = lambda: Cell(cell, count, source)
    try:
        yield
    finally:
        slots.cell_provider = before


class Runner:
    """Runs one program on one engine.

    Args:
      tf: the engine.
      on_error: called with every error that a statement raised.
      watch: is told which statement is executed.

    Attributes:
      graphs: those in which statements were executed, by their ids.
    """

    def __init__(
        self, tf: Any, on_error: Callable[[Exception], None] | None = None, watch: scope_verdicts.Watch | None = None
    ) -> None:
        self.tf = tf
        self._watch = watch
        self.graphs: dict[int, Any] = {}
        self._cell: tuple[Any, ...] = ()
        self.names = names(tf)
        self.outcomes: list[Any] = []
        self.statements: list[str] = []
        self._on_error = on_error

    def run(self, source: str) -> None:
        """Runs the program; `outcomes` then holds what each statement gave."""
        try:
            self._block(ast.parse(source).body)
        except Stop:
            self._note("", "stopped")

    def _note(self, statement: str, found: Any) -> None:
        self.statements.append(statement)
        self.outcomes.append(found)

    def _block(self, body: list[ast.stmt]) -> None:
        for statement in body:
            if isinstance(statement, ast.With):
                self._with(statement.items, statement.body)
            elif isinstance(statement, ast.Try):
                try:
                    self._block(statement.body)
                except Stop:
                    self._note("", "caught")
            elif isinstance(statement, ast.For):
                self._cell_again_and_again(statement)
            elif isinstance(statement, ast.Raise):
                raise Stop
            else:
                self._attempt(ast.unparse(statement), functools.partial(self._simple, statement), statement.lineno)

    def _cell_again_and_again(self, statement: ast.For) -> None:
        source = "\n".join(ast.unparse(each) for each in statement.body)
        before = self._cell
        for count in eval(_compiled(ast.unparse(statement.iter), "eval", 1), {}):
            cell = (*before, statement.lineno)
            self._cell = (*before, statement.lineno, count)
            with _running(self.tf, str(cell), count + 1, source):
                self._block(statement.body)
        self._cell = before

    def _attempt(self, statement: str, action: Callable[[], Any], line: int) -> bool:
        if self._watch is not None:
            cell = self._cell
            self._watch.where = (str(cell[:-1]), cell[-1], line) if cell else None
        try:
            value = action()
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is the outcome that is compared
            self._note(statement, failure(error))
            if self._on_error is not None:
                self._on_error(error)
            return False
        self._note(statement, outcome(self.tf, value))
        self.graphs.setdefault(id(self.tf.get_default_graph()), self.tf.get_default_graph())
        return True

    def _simple(self, statement: ast.stmt) -> Any:
        if isinstance(statement, ast.Expr):
            return eval(_compiled(ast.unparse(statement.value), "eval", statement.lineno), self.names)
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            value = eval(_compiled(ast.unparse(statement.value), "eval", statement.lineno), self.names)
            self.names[statement.targets[0].id] = value
            return value
        exec(_compiled(ast.unparse(statement), "exec", statement.lineno), self.names)
        return None

    def _with(self, items: list[ast.withitem], body: list[ast.stmt]) -> None:
        item, *others = items
        entered: list[Any] = []

        def enter() -> Any:
            context = eval(_compiled(ast.unparse(item.context_expr), "eval", item.context_expr.lineno), self.names)
            value = type(context).__enter__(context)
            entered.append(context)
            if isinstance(item.optional_vars, ast.Name):
                self.names[item.optional_vars.id] = value
            return value

        if not self._attempt(f"with {ast.unparse(item)}", enter, item.context_expr.lineno):
            return
        context = entered[0]
        try:
            if others:
                self._with(others, body)
            else:
                self._block(body)
        except Stop:
            problem = sys.exc_info()
            self._leave(context, problem)
            raise
        self._leave(context, (None, None, None))

    def _leave(self, context: Any, problem: tuple[Any, Any, Any]) -> None:
        try:
            context.__exit__(*problem)
        except Stop:
            return
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is the outcome that is compared
            self._note("", ["left", *failure(error)])
            if self._on_error is not None:
                self._on_error(error)


def run(tf: Any, source: str, seed: int = 87, on_error: Callable[[Exception], None] | None = None) -> dict[str, Any]:
    """Returns the record of a program: statements, outcomes, what is left open, nodes, collections, variables, requests, values."""
    graph = tf.Graph()
    watch = scope_verdicts.Watch(tf)
    runner = Runner(tf, on_error, watch)
    with graph.as_default():
        tf.set_random_seed(seed)
        with watch.open(), _as_in_2_21(tf):
            runner.run(source)
        record: dict[str, Any] = {"statements": runner.statements, "outcomes": runner.outcomes}
        record["left"] = [tf.get_variable_scope().name, graph.get_name_scope()]
        record.update(describe.describe(tf, graph))
        record["requests"] = watch.calls
        if watch.short_ways:
            record["short ways"] = watch.short_ways
        if any(_is_broken(each) for each in (graph, *runner.graphs.values())):
            record["broken"] = True
        record["values"] = _values(tf, graph)
    return record


@contextlib.contextmanager
def _as_in_2_21(tf: Any) -> Iterator[None]:
    """Lets tfmini refuse `initialized_value` of a resource variable, as TensorFlow 2.21 does.

    tfmini gives there what TensorFlow 1.15 gave (number 5 of the notes on the oracle, section 3). Nothing that follows in a program
    could be compared then.
    """
    if tf.__name__ != "tfmini":
        yield
        return
    from tfmini.variables.resource import BaseResourceVariable

    def refuse(variable: Any) -> Any:
        raise NotImplementedError

    with mock.patch.object(BaseResourceVariable, "initialized_value", refuse):
        yield


def _is_broken(graph: Any) -> bool:
    """Says whether an operation has an input in another graph: TensorFlow lets a partitioned variable do that, and fails later."""
    for op in graph.get_operations():
        try:
            list(op.inputs)
        except KeyError:
            return True
    return False


def _config(tf: Any) -> Any:
    """Returns options without the rewriting of graphs: it changes no result, and takes TensorFlow most of the time."""
    if not tf.__name__.startswith("tensorflow"):
        return None
    from tensorflow.core.protobuf import rewriter_config_pb2

    rewriting = rewriter_config_pb2.RewriterConfig(disable_meta_optimizer=True)
    return tf.ConfigProto(graph_options=tf.GraphOptions(rewrite_options=rewriting))


def _values(tf: Any, graph: Any) -> dict[str, Any]:
    """Runs the initializers one after the other, in the order of the collections, and returns the values bit for bit."""
    variables: dict[str, Any] = {}
    for key in ("variables", "local_variables"):
        for each in graph.get_collection(key):
            if hasattr(each, "initializer") and hasattr(each, "op") and each.graph is graph:
                variables.setdefault(each.name, each)
    if not variables:
        return {}
    found: dict[str, Any] = {}
    ready: dict[str, Any] = {}
    # Eigen and LAPACK decompose matrices with other roundings.
    rounded = any(op.type == "Qr" for op in graph.get_operations())
    has_container = False
    with tf.Session(graph=graph, config=_config(tf)) as session:
        for name, each in variables.items():
            makes_container = any(op.type == "VariableV2" for op in _reached(each.initializer))
            try:
                session.run(each.initializer)
                ready[name] = each
                has_container = True
            except Exception as error:  # noqa: BLE001 - what a run refuses is compared
                failed = _without_order(failure(error), _empty_reads(each.initializer, set(ready)))
                if makes_container and not has_container:
                    # Nothing orders the reference variable, which makes the container, and the read that misses it.
                    failed[2] = re.sub(r"(?<=status error message=).*", "any", failed[2])
                found[name] = failed
            has_container = has_container or makes_container
        for name, value in session.run(ready).items():
            found[name] = bits(value, rounded)
    return dict(sorted(found.items()))


_UNINITIALIZED = re.compile(r"(?<=uninitialized value )\S+|(?<=Could not find variable )[^.\s]+")
_FILLS = ("Assign", "IsVariableInitialized", "RefSwitch")


def _reached(op: Any) -> set[Any]:
    """Returns the operations that a run of `op` runs."""
    found, todo = {op}, [op]
    while todo:
        last = todo.pop()
        before = {*(each.op for each in last.inputs), *last.control_inputs} - found
        found |= before
        todo.extend(before)
    return found


def _empty_reads(initializer: Any, ready: set[str]) -> set[str]:
    """Returns the names of the empty variables of which a run of `initializer` reads one first.

    When there are several, none of these reads waits for another, so which one a run meets first is not ordered by anything.
    """
    fails: dict[Any, bool] = {}
    names: dict[Any, set[str]] = {}
    todo = [initializer]
    while todo:
        op = todo[-1]
        before = [*(each.op for each in op.inputs), *op.control_inputs]
        missing = [each for each in before if each not in fails]
        if missing:
            # Marked, because a loop of the graph must not be walked around for ever.
            fails.update(dict.fromkeys(missing, False))
            todo.extend(missing)
            continue
        todo.pop()
        read = {
            each.op.name
            for each in op.inputs
            if (each.op.type == "VariableV2" and op.type not in _FILLS)
            or (each.op.type == "VarHandleOp" and op.type == "ReadVariableOp")
        }
        names[op] = {name for name in read if name + ":0" not in ready}
        after = any(fails[each] or names.get(each) for each in before)
        fails[op] = after
    return {name for op, found in names.items() if not fails[op] for name in found}


def _without_order(failed: list[str], names: set[str]) -> list[str]:
    """Returns a failure with all the names of which any may come first in the place of the one that came."""
    found = _UNINITIALIZED.search(failed[2])
    if found is None or len(names) < 2 or found[0] not in names:
        return failed
    return [*failed[:2], _UNINITIALIZED.sub(f"any of {sorted(names)}", failed[2], count=1)]


def bits(value: Any, rounded: bool = False) -> str:
    """Returns an array as text: all of a short one, else a digest of its bytes; `rounded` keeps four decimals, of float16 the shape."""
    array = np.asarray(value)
    if rounded and array.dtype.itemsize == 2:
        return f"{array.dtype.name}{list(array.shape)}"
    if rounded and array.dtype.kind == "f":
        array = np.round(array, 4) + array.dtype.type(0)
    if array.size <= 4 or array.dtype.kind in "OSU":
        return describe.array_text(array)
    shape = ",".join(str(size) for size in array.shape)
    return f"{array.dtype.name}[{shape}] #{hashlib.sha256(array.tobytes()).hexdigest()[:12]}"
