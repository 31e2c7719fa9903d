"""Random programs of conditionals and loops inside one another, with TensorArrays, tables, variables and gradients.

A seed decides the program. All numbers are small, so that rounding stays small too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from programs.tools import attempt

SCALAR, STATIC, OPEN = "scalar", "static", "open"


class Value(NamedTuple):
    """A float tensor and what is known of it: a scalar, three numbers, or three numbers whose count is not known."""

    tensor: Any
    kind: str


class Maker:
    """Makes one program.

    Args:
      tf: the module of an engine.
      seed: decides everything.
      config: options of the session.
    """

    def __init__(self, tf: Any, seed: int, config: Any = None) -> None:
        self._tf = tf
        self._config = config
        self._random = random.Random(seed)
        self._left = self._random.randint(4, 22)
        self._open: Any = None
        self._counters: list[Any] = []
        self._tally: Any = None

    def program(self) -> dict[str, Any]:
        """Builds and runs the program; returns what is compared."""
        tf, chance = self._tf, self._random
        x = tf.placeholder(tf.float32, [], name="x")
        u = tf.placeholder(tf.float32, [None], name="u")
        self._open = u
        v = tf.constant([0.5, -0.25, 1.0], name="v")
        table = tf.get_variable(
            "table",
            initializer=np.linspace(-1, 1, 12, dtype=np.float32).reshape(4, 3),
            use_resource=chance.random() < 0.5,
        )
        w = tf.get_variable("w", initializer=np.float32(0.75), use_resource=chance.random() < 0.5)
        self._table = table
        self._tally = tf.get_variable("tally", initializer=np.float32(0), trainable=False)
        pool = [Value(x, SCALAR), Value(u, OPEN), Value(v, STATIC), Value(w, SCALAR)]
        made: list[Value] = []
        for _ in range(chance.randint(1, 3)):
            value = self._any(pool, chance.randint(2, 4))
            made.append(value)
            pool.append(value)
        ys = [each.tensor for each in made]
        sources = [x, u, v, table, w]
        found: list[Any] = []
        for _ in range(chance.choice([0, 1, 1, 1, 2])):
            xs = chance.sample(sources, chance.randint(1, 4))
            some = chance.sample(ys, chance.randint(1, len(ys)))
            options: dict[str, Any] = {}
            if chance.random() < 0.15:
                options["colocate_gradients_with_ops"] = True
            if chance.random() < 0.1:
                options["gate_gradients"] = True
            found.append(attempt(tf.gradients, some, xs, **options))
            if type(found[-1]).__name__ == "Failure":
                break
        return {"made": ys, "gradients": found, "values": self._values(ys, found, {x: 0.5, u: [1.0, -0.5, 0.25]})}

    def _values(self, ys: list[Any], found: list[Any], feeds: dict[Any, Any]) -> Any:
        tf = self._tf
        slopes = [each for each in found if isinstance(each, list)]
        fetched = [ys, [[each for each in some if each is not None] for some in slopes]]
        initializer = tf.global_variables_initializer()
        other = {key: np.multiply(value, -1.5) for key, value in feeds.items()}
        with tf.Session(config=self._config) as session:
            session.run(initializer)
            return [
                attempt(session.run, fetched, feeds),
                attempt(session.run, self._tally),
                attempt(session.run, fetched, other),
                attempt(session.run, self._tally),
                # tfmini runs a plan by other means when it has seen it before.
                [attempt(session.run, fetched, feeds) for _ in range(3)][-1],
                attempt(session.run, fetched, other),
                attempt(session.run, self._tally),
            ]

    # ---- expressions

    def _pick(self, pool: list[Value]) -> Value:
        # The newest values are the likeliest.
        return pool[-1 - min(int(self._random.expovariate(0.5)), len(pool) - 1)]

    def _any(self, pool: list[Value], depth: int) -> Value:
        """Returns a new value made of those in the pool."""
        pool = list(pool)
        value = self._pick(pool)
        for _ in range(self._random.randint(1, 3)):
            value = self._step(value, pool, depth)
            pool.append(value)
        return value

    def _step(self, value: Value, pool: list[Value], depth: int) -> Value:
        self._left -= 1
        simple: list[Callable[..., Value]] = [
            self._unary,
            self._binary,
            self._binary,
            self._constant,
            self._rows,
            self._scoped,
            self._parts,
        ]
        nested = [
            self._branch,
            self._branch,
            self._loop,
            self._loop,
            self._loop,
            self._map,
            self._scan,
            self._fold,
            self._array,
        ]
        deep = depth > 0 and self._left > 0
        choice = self._random.choice(simple + nested + nested if deep else simple)
        return choice(value, pool, depth - 1 if choice in nested else depth)

    def _unary(self, value: Value, pool: list[Value], depth: int) -> Value:
        tf = self._tf
        functions = [
            tf.tanh,
            tf.sin,
            tf.sigmoid,
            tf.negative,
            tf.square,
            tf.identity,
            tf.reduce_sum,
            tf.reduce_mean,
            tf.stop_gradient,
        ]
        function = self._random.choice(functions)
        result = function(value.tensor)
        if function is tf.square:
            result = tf.tanh(result)
        return Value(result, SCALAR if function in (tf.reduce_sum, tf.reduce_mean) else value.kind)

    def _binary(self, value: Value, pool: list[Value], depth: int) -> Value:
        other = self._pick(pool)
        tf = self._tf
        function = self._random.choice([tf.add, tf.subtract, tf.multiply, tf.maximum, lambda a, b: a * b + a])
        kinds = {value.kind, other.kind}
        kind = STATIC if STATIC in kinds else OPEN if OPEN in kinds else SCALAR
        return Value(tf.tanh(function(value.tensor, other.tensor)), kind)

    def _constant(self, value: Value, pool: list[Value], depth: int) -> Value:
        number = self._random.choice([0.5, 2.0, -1.0])
        return Value(value.tensor * self._tf.constant(number), value.kind)

    def _rows(self, value: Value, pool: list[Value], depth: int) -> Value:
        tf = self._tf
        index = self._counters[-1] % 4 if self._counters and self._random.random() < 0.6 else self._random.randint(0, 3)
        row = tf.gather(self._table, index) if self._random.random() < 0.7 else tf.gather(self._table, [index, 0])[0]
        return Value(tf.tanh(row * value.tensor), STATIC)

    def _parts(self, value: Value, pool: list[Value], depth: int) -> Value:
        """Takes three numbers apart and joins them again, or goes through a table."""
        tf, chance = self._tf, self._random
        if value.kind == SCALAR:
            row = tf.stack([value.tensor, self._fitted(self._pick(pool), SCALAR), tf.constant(0.5)])
            return Value(row, STATIC) if chance.random() < 0.5 else Value(row[chance.randint(0, 2)], SCALAR)
        t = value.tensor
        choices: list[Callable[[], Any]] = [
            lambda: tf.concat([t[1:], t[:1]], 0),
            lambda: tf.nn.softmax(t),
            lambda: tf.where(t > 0.1, t, tf.sin(t)),
            lambda: tf.cumsum(t) * 0.5,
            lambda: (
                tf.reshape(tf.matmul(tf.reshape(t, [1, -1]), tf.reshape(t, [-1, 1]) * tf.reshape(t, [1, -1])), [-1])
                * 0.1
            ),
            lambda: tf.reshape(tf.transpose(tf.stack([t, t * t])), [-1])[:3],
            lambda: t / (1.0 + tf.reduce_max(tf.abs(t))),
            lambda: tf.reverse(t, [0]) + tf.gather(t, [0, 2, 1]),
            lambda: tf.clip_by_value(t * 2.0, -0.75, 0.75),
            lambda: tf.nn.relu(t) - tf.nn.elu(-t),
            lambda: tf.reduce_sum(tf.expand_dims(t, 1) * tf.expand_dims(t, 0), 1) * 0.3,
            lambda: tf.concat(tf.split(t, [1, 2], 0)[::-1], 0),
        ]
        found = chance.choice(choices)()
        return Value(found, value.kind)

    def _scoped(self, value: Value, pool: list[Value], depth: int) -> Value:
        tf = self._tf
        other = self._pick(pool)
        scope = self._random.choice(["name", "order", "device", "colocation", "count"])
        if scope == "name":
            with tf.name_scope("scope"):
                return self._binary(value, pool, depth)
        if scope == "order":
            with tf.control_dependencies([other.tensor]):
                return self._unary(value, pool, depth)
        if scope == "device":
            with tf.device("/cpu:0"):
                return self._unary(value, pool, depth)
        if scope == "colocation":
            with tf.colocate_with(other.tensor):
                return self._unary(value, pool, depth)
        counted = tf.assign_add(self._tally, 1.0)
        with tf.control_dependencies([counted]):
            return Value(tf.identity(value.tensor), value.kind)

    def _fitted(self, value: Value, kind: str) -> Any:
        """Returns a tensor of the wanted kind made of a value."""
        tf = self._tf
        if value.kind == kind:
            return value.tensor
        if kind == SCALAR:
            return tf.reduce_mean(value.tensor)
        if kind == STATIC:
            return value.tensor + tf.constant([0.0, 0.25, 0.5])
        return self._open * 0.5 + value.tensor if value.kind == SCALAR else value.tensor

    def _predicate(self, pool: list[Value]) -> Any:
        tf = self._tf
        if self._counters and self._random.random() < 0.4:
            return tf.equal(self._counters[-1] % 2, self._random.randint(0, 1))
        value = self._pick(pool)
        tensor = value.tensor if value.kind == SCALAR else tf.reduce_sum(value.tensor)
        return tensor > self._random.choice([-0.5, 0.0, 0.3])

    # ---- conditionals and loops

    def _branch(self, value: Value, pool: list[Value], depth: int) -> Value:
        kind = value.kind
        counters = list(self._counters)

        def side() -> Any:
            self._counters = list(counters)
            if self._random.random() < 0.15:
                return self._fitted(self._pick(pool), kind)
            return self._fitted(self._any(pool, depth), kind)

        result = self._tf.cond(self._predicate(pool), side, side)
        self._counters = counters
        return Value(result, kind)

    def _loop(self, value: Value, pool: list[Value], depth: int) -> Value:
        tf, chance = self._tf, self._random
        others = [self._pick(pool) for _ in range(chance.randint(0, 2))]
        variables = [value, *others]
        kinds = [each.kind for each in variables]
        turns = chance.randint(0, 4)
        outer = list(self._counters)
        options: dict[str, Any] = {"parallel_iterations": chance.choice([1, 2, 10, 10])}
        if chance.random() < 0.15:
            options["maximum_iterations"] = chance.choice([2, tf.constant(3)])
        if chance.random() < 0.1:
            options["swap_memory"] = True
        if chance.random() < 0.07:
            options["back_prop"] = False
        by_value = chance.random() < 0.2
        limit = outer[-1] + 1 if outer and chance.random() < 0.4 else turns

        def condition(i: Any, *inside: Any) -> Any:
            if by_value:
                first = inside[0] if kinds[0] == SCALAR else tf.reduce_sum(inside[0])
                return tf.logical_and(i < limit, first < 1.5)
            return i < limit

        def body(i: Any, *inside: Any) -> Any:
            self._counters = [*outer, i]
            local = [Value(tensor, kind) for tensor, kind in zip(inside, kinds, strict=True)]
            around = pool + local
            results = [
                self._fitted(local[index] if chance.random() < 0.1 else self._any(around, depth), kind)
                for index, kind in enumerate(kinds)
            ]
            self._counters = outer
            return [i + 1, *results]

        start = [each.tensor for each in variables]
        if chance.random() < 0.1:
            options["shape_invariants"] = [tf.TensorShape([])] + [
                tf.TensorShape([]) if kind == SCALAR else tf.TensorShape([None]) for kind in kinds
            ]
            kinds = [OPEN if kind == STATIC else kind for kind in kinds]
        result = tf.while_loop(condition, body, [tf.constant(0), *start], **options)
        index = chance.randrange(len(variables))
        return Value(result[1 + index], kinds[index])

    def _vector(self, value: Value) -> Any:
        return self._fitted(value, STATIC) if value.kind == SCALAR else value.tensor

    def _map(self, value: Value, pool: list[Value], depth: int) -> Value:
        def function(each: Any) -> Any:
            return self._fitted(self._any([*pool, Value(each, SCALAR)], depth), SCALAR)

        counters, self._counters = self._counters, []
        tf = self._tf
        # TensorFlow 2 rewrites the source of functions for map_fn, and of what they call.
        rewriting = getattr(tf, "autograph", None)
        if rewriting is not None:
            function = rewriting.experimental.do_not_convert(function)
        result = tf.map_fn(function, self._vector(value))
        self._counters = counters
        return Value(result, OPEN if value.kind == OPEN else STATIC)

    def _scan(self, value: Value, pool: list[Value], depth: int) -> Value:
        def function(last: Any, each: Any) -> Any:
            return self._fitted(self._any([*pool, Value(last, SCALAR), Value(each, SCALAR)], depth), SCALAR)

        counters, self._counters = self._counters, []
        result = self._tf.scan(function, self._vector(value), reverse=self._random.random() < 0.3)
        self._counters = counters
        return Value(result, OPEN if value.kind == OPEN else STATIC)

    def _fold(self, value: Value, pool: list[Value], depth: int) -> Value:
        def function(last: Any, each: Any) -> Any:
            return self._fitted(self._any([*pool, Value(last, SCALAR), Value(each, SCALAR)], depth), SCALAR)

        counters, self._counters = self._counters, []
        fold = self._random.choice([self._tf.foldl, self._tf.foldr])
        result = fold(function, self._vector(value), **({"initializer": 0.5} if self._random.random() < 0.5 else {}))
        self._counters = counters
        return Value(result, SCALAR)

    def _array(self, value: Value, pool: list[Value], depth: int) -> Value:
        """A loop that reads an array and writes another."""
        tf, outer = self._tf, list(self._counters)
        given = tf.TensorArray(tf.float32, 3, clear_after_read=False).unstack(self._vector(value))
        results = tf.TensorArray(tf.float32, 3, name="results")

        def body(i: Any, last: Any, results: Any) -> Any:
            self._counters = [*outer, i]
            around = [*pool, Value(last, SCALAR), Value(given.read(i), SCALAR)]
            new = self._fitted(self._any(around, depth), SCALAR)
            self._counters = outer
            return i + 1, new, results.write(i, new)

        _, _, results = tf.while_loop(lambda i, *_: i < 3, body, [0, tf.constant(0.25), results])
        return Value(results.stack(), STATIC)
