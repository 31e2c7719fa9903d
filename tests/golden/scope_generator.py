"""Random programs about variable scopes, as data, and the interpreter that runs them on either engine.

A program is a list of steps: open a scope by name, by a captured scope or again by the same context; ask for a variable with random
arguments; change a default; open name scopes and control dependencies; raise in the middle. Everything that a program can see
(names, flags, errors, dtypes) is returned, and `describe.run_program` adds the nodes.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

_SCOPE_ARGUMENTS: dict[str, list[Any]] = {
    "initializer": ["ones", "zeros", "normal"],
    "dtype": ["float32", "float64", "int32"],
    "regularizer": ["square", "none"],
    "use_resource": [True, False],
    "constraint": ["same"],
    "caching_device": ["/cpu:0"],
    "custom_getter": ["suffix", "plain"],
    "partitioner": ["halves"],
    "auxiliary_name_scope": [False],
}
_GET_ARGUMENTS: dict[str, list[Any]] = {
    "dtype": ["float32", "float64", "int32"],
    "initializer": ["ones", "zeros", "normal", "glorot", "value", "tensor", "class", "function", "of another"],
    "regularizer": ["square", "none"],
    "trainable": [True, False],
    "collections": [["mine"]],
    "validate_shape": [False],
    "use_resource": [True, False],
    "constraint": ["same"],
    "caching_device": ["/cpu:0"],
    "custom_getter": ["suffix", "plain"],
    "partitioner": ["halves"],
}
_SHAPES = [[2], [2], [2], [3], [], [4, 2], [None, 2]]


class _OwnError(Exception):
    """What a program raises itself."""


def generate(seed: int) -> list[Any]:
    """Returns the program of a seed."""
    return _block(random.Random(seed), 0)


def _some(rng: random.Random, choices: dict[str, list[Any]], share: float) -> dict[str, Any]:
    return {key: rng.choice(values) for key, values in choices.items() if rng.random() < share}


def _block(rng: random.Random, depth: int) -> list[Any]:
    return [_step(rng, depth) for _ in range(rng.randint(1, 4 if depth else 7))]


def _step(rng: random.Random, depth: int) -> Any:
    kind = rng.random()
    if kind < 0.42 and depth < 4:
        how = rng.choices(["name", "captured", "default", "again"], [55, 25, 15, 5])[0]
        arguments = _some(rng, _SCOPE_ARGUMENTS, 0.07)
        if rng.random() < 0.5:
            arguments["reuse"] = rng.choice([None, False, True, "AUTO_REUSE"])
        name = rng.choice(["a", "b", "c", "a/b", ""]) if rng.random() < 0.95 else "x y"
        return ("scope", how, name, rng.randint(0, 9), arguments, _block(rng, depth + 1))
    if kind < 0.80:
        arguments = _some(rng, _GET_ARGUMENTS, 0.08)
        if rng.random() < 0.85:
            arguments["shape"] = rng.choice(_SHAPES)
        return ("get", rng.choice(["v", "w", "u", "b/v"]), arguments)
    if kind < 0.84:
        return (
            "variable",
            rng.choice(["v", "w", None]),
            rng.choice(["value", "tensor", "of another", "function"]),
        )
    if kind < 0.91:
        return ("reuse",) if kind < 0.88 else ("set", *rng.choice(_CHANGES))
    if kind < 0.97 and depth < 4:
        return (
            ("name", rng.choice(["a", "n"]), _block(rng, depth + 1))
            if kind < 0.94
            else ("after", _block(rng, depth + 1))
        )
    return ("constant",) if kind < 0.985 else ("raise",)


_CHANGES = [
    ("initializer", "ones"),
    ("dtype", "float64"),
    ("regularizer", "square"),
    ("use_resource", True),
    ("caching_device", "/cpu:0"),
    ("partitioner", "halves"),
]


class _Interpreter:
    """Runs one program on one engine."""

    def __init__(self, tf: Any) -> None:
        self.tf = tf
        self.log: list[Any] = []
        self.captured: list[Any] = []
        self.contexts: list[Any] = []
        self.open: list[Any] = []
        self.made: list[Any] = []
        self.named: dict[str, Any] = {
            "square": lambda v: tf.reduce_sum(tf.multiply(v, v)),
            "none": tf.no_regularizer,
            "same": lambda v: v,
            "suffix": lambda getter, name, *args, **kwargs: getter(name + "_s", *args, **kwargs),
            "plain": lambda getter, *args, **kwargs: getter(*args, **kwargs),
            "halves": tf.fixed_size_partitioner(2),
            "AUTO_REUSE": tf.AUTO_REUSE,
        }

    def initializer(self, name: str) -> Any:
        tf = self.tf
        if name == "of another":
            for each in reversed(self.made):
                if (
                    hasattr(each, "initialized_value")
                    and each.dtype.base_dtype == tf.float32
                    and each.op.type == "VariableV2"
                ):
                    return each.initialized_value() * 2.0
            return tf.ones([2])
        makers: dict[str, Callable[[], Any]] = {
            "ones": tf.ones_initializer,
            "zeros": tf.zeros_initializer,
            "normal": lambda: tf.truncated_normal_initializer(stddev=0.1),
            "glorot": tf.glorot_uniform_initializer,
            "value": lambda: [1.0, 2.0],
            "tensor": lambda: tf.ones([2]),
            "class": lambda: tf.zeros_initializer,
            "function": lambda: lambda: tf.ones([2]),
        }
        return makers[name]()

    def value(self, key: str, value: Any) -> Any:
        if key == "initializer":
            return self.initializer(value)
        if key == "dtype":
            return getattr(self.tf, value)
        return self.named.get(value, value) if isinstance(value, str) else value

    def arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        return {key: self.value(key, value) for key, value in given.items()}

    def state(self, scope: Any) -> list[Any]:
        reuse = "AUTO_REUSE" if scope.reuse is self.tf.AUTO_REUSE else str(scope.reuse)
        keys = ("initializer", "regularizer", "constraint", "custom_getter", "partitioner")
        given = [getattr(scope, key) is not None for key in keys]
        dtype = self.tf.as_dtype(scope.dtype).name
        return [scope.name, reuse, scope.original_name_scope, dtype, scope.use_resource, scope.caching_device, *given]

    def fail(self, error: Exception) -> None:
        text = str(error.args[0] if isinstance(error, KeyError) and error.args else error)
        self.log.append(["error", type(error).__name__, text.split("\n")[0]])

    def run(self, steps: list[Any]) -> None:
        for step in steps:
            getattr(self, "do_" + step[0])(*step[1:])

    def do_scope(self, how: str, name: str, index: int, given: dict[str, Any], body: list[Any]) -> None:
        try:
            context = self.context(how, name, index, self.arguments(given))
            self.open.append(context)
            try:
                with context as scope:
                    self.captured.append(scope)
                    self.log.append(self.state(scope))
                    self.run(body)
            finally:
                self.open.remove(context)
            self.contexts.append(context)
        except _OwnError:
            self.log.append("own error")
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is the result that is compared
            self.fail(error)

    def context(self, how: str, name: str, index: int, arguments: dict[str, Any]) -> Any:
        if how == "name":
            return self.tf.variable_scope(name, **arguments)
        if how == "captured" and self.captured:
            return self.tf.variable_scope(self.captured[index % len(self.captured)], **arguments)
        if how == "again" and self.contexts:
            again = self.contexts[index % len(self.contexts)]
            # A context that is entered while it is open depends, in TensorFlow, on when Python frees a generator.
            if again not in self.open:
                return again
        return self.tf.variable_scope(None, default_name=name or "d", **arguments)

    def do_get(self, name: str, given: dict[str, Any]) -> None:
        try:
            found = self.tf.get_variable(name, **self.arguments(given))
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is the result that is compared
            self.fail(error)
            return
        self.made.append(found)
        kind = found.op.type if hasattr(found, "op") else "parts"
        self.log.append([found.name, found.dtype.name, str(found.get_shape()), getattr(found, "trainable", None), kind])

    def do_variable(self, name: str | None, initial: str) -> None:
        try:
            self.made.append(self.tf.Variable(self.initializer(initial), name=name))
            self.log.append(self.made[-1].name)
        except Exception as error:  # noqa: BLE001 - whatever an engine raises is the result that is compared
            self.fail(error)

    def do_reuse(self) -> None:
        self.tf.get_variable_scope().reuse_variables()

    def do_set(self, key: str, value: Any) -> None:
        getattr(self.tf.get_variable_scope(), f"set_{key}")(self.value(key, value))

    def do_name(self, name: str, body: list[Any]) -> None:
        with self.tf.name_scope(name) as opened:
            self.log.append(opened)
            self.run(body)

    def do_after(self, body: list[Any]) -> None:
        with self.tf.control_dependencies([self.tf.constant(1)]):
            self.run(body)

    def do_constant(self) -> None:
        self.log.append(self.tf.constant(1.0).name)

    def do_raise(self) -> None:
        raise _OwnError


def program_of(seed: int) -> Callable[[Any], Any]:
    """Returns the program of a seed as a function of `tf`, for `describe.run_program`."""

    def run(tf: Any) -> Any:
        interpreter = _Interpreter(tf)
        tf.set_random_seed(seed)
        try:
            interpreter.run(generate(seed))
        except _OwnError:
            interpreter.log.append("own error")
        graph = tf.get_default_graph()
        return {"log": interpreter.log, "left": [tf.get_variable_scope().name, graph.get_name_scope()]}

    return run
