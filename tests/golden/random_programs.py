"""Makes random programs, line by line, while an engine runs them.

Most lines fit the shapes and dtypes that are there; one choice in ten is blind, because refused calls must agree too.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
from programs.tools import Failure

_FLOATS = ("float32", "float32", "float32", "float64")
_UNARY = [
    "negative",
    "abs",
    "square",
    "tanh",
    "sigmoid",
    "sin",
    "cos",
    "exp",
    "sqrt",
    "log",
    "floor",
    "ceil",
    "round",
    "sign",
    "rsqrt",
    "reciprocal",
    "log1p",
]
_NN_UNARY = ["relu", "relu6", "elu", "selu", "softplus", "softsign", "softmax", "log_softmax", "l2_loss", "leaky_relu"]
_BINARY = [
    "add",
    "subtract",
    "multiply",
    "divide",
    "maximum",
    "minimum",
    "squared_difference",
    "pow",
    "floordiv",
    "mod",
    "truediv",
    "div_no_nan",
]
_COMPARE = ["less", "less_equal", "greater", "greater_equal", "equal", "not_equal"]
_REDUCE = ["reduce_sum", "reduce_mean", "reduce_max", "reduce_min", "reduce_prod"]
_OPERATORS = ["+", "-", "*", "/", "**", "//", "%", "<", ">="]


class World:
    """What the lines of a program see: the module, the values made so far, open scopes and failures."""

    def __init__(self, tf: Any) -> None:
        self.names: dict[str, Any] = {"tf": tf, "np": np, "enter": self._enter, "leave": self._leave}
        self.failures: dict[str, Any] = {}
        self._open: list[Any] = []

    def _enter(self, context: Any) -> Any:
        value = context.__enter__()
        self._open.append(context)
        return value

    def _leave(self) -> None:
        if self._open:
            self._open.pop().__exit__(None, None, None)

    def close(self) -> None:
        """Leaves every scope that is still open."""
        while self._open:
            self._leave()

    def run(self, number: int, line: str) -> bool:
        """Runs one line; says whether it worked."""
        try:
            exec(compile(line, f"<line {number}>", "exec"), self.names)
        except Exception as error:  # noqa: BLE001 - refused lines are compared
            self.failures[f"{number}: {line}"] = Failure(error)
            return False
        return True


class Maker:
    """Makes the lines of one program while TensorFlow runs them."""

    def __init__(self, tf: Any, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = World(tf)
        self.lines: list[str] = []
        self.feeds: dict[str, Any] = {}
        self.tensors: list[str] = []
        self.variables: list[str] = []
        self.actions: list[str] = []
        self._count = 0
        self._depth = 0

    # ---- choosing

    def pick(self, items: Any) -> Any:
        return self.random.choice(items)

    def shape(self, most: int = 3) -> list[int]:
        return [self.random.randint(1, 3) for _ in range(self.random.randint(0, most))]

    def tensor(self, fits: Callable[[Any], bool] = lambda tensor: True) -> str | None:
        names = [name for name in self.tensors[-25:] if fits(self.world.names[name])]
        return self.pick(names) if names else None

    def floats(self) -> str | None:
        return self.tensor(lambda t: t.dtype.base_dtype.is_floating)

    def ranked(self, least: int) -> str | None:
        return self.tensor(
            lambda t: t.dtype.base_dtype.is_floating and t.shape.ndims is not None and t.shape.ndims >= least
        )

    def like(self, name: str) -> str:
        """Returns a tensor of the dtype of `name` whose shape probably fits."""
        given = self.world.names[name]

        def fits(t: Any) -> bool:
            if t.dtype.base_dtype != given.dtype.base_dtype:
                return False
            if self.random.random() < 0.1:
                return True
            if t.shape.ndims is None or given.shape.ndims is None:
                return True
            pairs = zip(reversed(t.shape.as_list()), reversed(given.shape.as_list()), strict=False)
            return all(a is None or b is None or a == b or 1 in (a, b) for a, b in pairs)

        return self.tensor(fits) or name

    def array(self, shape: list[int], dtype: str) -> str:
        count = int(np.prod(shape)) if shape else 1
        if dtype.startswith("float"):
            numbers: list[Any] = [round(self.random.uniform(-2, 2), 2) for _ in range(count)]
        elif dtype == "bool":
            numbers = [self.random.random() < 0.5 for _ in range(count)]
        else:
            numbers = [self.random.randint(-4, 5) for _ in range(count)]
        return f"np.array({numbers}, '{dtype}').reshape({shape})"

    def optional_name(self) -> str:
        return f", name='{self.pick(['a', 'b', 'out', 'x/y'])}'" if self.random.random() < 0.15 else ""

    # ---- lines

    def add(self, line: str, target: str | None = None, into: list[str] | None = None) -> bool:
        """Runs a line, and keeps what it made."""
        self.lines.append(line)
        worked = self.world.run(len(self.lines), line)
        if worked and target is not None and into is not None:
            into.append(target)
        return worked

    def make(self, expression: str, prefix: str = "t") -> str | None:
        self._count += 1
        target = f"{prefix}{self._count}"
        if not self.add(f"{target} = {expression}"):
            return None
        value = self.world.names[target]
        if hasattr(value, "consumers") and not hasattr(value, "indices"):
            self.tensors.append(target)
        elif isinstance(value, list) and value and all(hasattr(each, "consumers") for each in value):
            self.add(f"{target}_0 = {target}[0]", f"{target}_0", self.tensors)
        return target

    def source(self) -> None:
        """Adds a constant, a placeholder, a random tensor or a variable."""
        kind = self.pick(
            ["constant", "constant", "placeholder", "placeholder", "random", "variable", "variable", "filled"]
        )
        dtype, shape = self.pick(_FLOATS), self.shape()
        if kind == "constant":
            dtype = self.pick([*_FLOATS, "int32", "int64", "bool"])
            self.make(f"tf.constant({self.array(shape, dtype)}{self.optional_name()})")
        elif kind == "placeholder":
            static = [None if self.random.random() < 0.4 else size for size in shape]
            name = self.make(f"tf.placeholder(tf.{dtype}, {static if self.random.random() < 0.9 else None})")
            if name is not None:
                self.feeds[name] = eval(self.array(shape, dtype), {"np": np})
        elif kind == "random":
            call = self.pick(["random_uniform({s}, -1.0, 1.0", "random_normal({s}", "truncated_normal({s}"])
            seed = f", seed={self.random.randint(0, 5)}" if self.random.random() < 0.5 else ""
            self.make(f"tf.{call.format(s=shape)}, dtype=tf.{dtype}{seed})")
        elif kind == "filled":
            self.make(f"tf.{self.pick(['zeros', 'ones'])}({shape}, tf.{self.pick([*_FLOATS, 'int32'])})")
        else:
            self.variable(shape, dtype)

    def variable(self, shape: list[int], dtype: str) -> None:
        self._count += 1
        name = f"v{self._count}"
        resource = ", use_resource=True" if self.random.random() < 0.2 else ""
        if self.random.random() < 0.5:
            start = self.pick(
                [
                    "tf.ones_initializer()",
                    "tf.constant_initializer(0.5)",
                    "None",
                    "tf.truncated_normal_initializer(stddev=0.5)",
                ]
            )
            leaf = self.pick(["w", "b", "w", f"u{self._count}"])
            line = f"{name} = tf.get_variable('{leaf}', {shape}, tf.{dtype}, initializer={start}{resource})"
        else:
            trainable = ", trainable=False" if self.random.random() < 0.2 else ""
            line = (
                f"{name} = tf.Variable({self.array(shape, dtype)}, name='{self.pick(['w', 'v'])}'{trainable}{resource})"
            )
        if self.add(line, name, self.variables):
            self.add(f"{name}_r = {name} * 1.0", f"{name}_r", self.tensors)

    def scope(self) -> None:
        if self._depth and self.random.random() < 0.5:
            self.add("leave()")
            self._depth -= 1
            return
        kind = self.random.random()
        name = self.pick(["s", "t", "layer", "s/deep"])
        if kind < 0.35:
            line = f"enter(tf.name_scope('{name}'))"
        elif kind < 0.75:
            reuse = self.pick(["None", "None", "tf.AUTO_REUSE", "True", "False"])
            line = f"enter(tf.variable_scope('{name}', reuse={reuse}))"
        elif kind < 0.9 and self.tensors:
            items = ", ".join(self.pick(self.tensors) for _ in range(self.random.randint(1, 3)))
            line = f"enter(tf.control_dependencies([{items}]))"
        elif self.variables and kind < 0.95:
            line = f"enter(tf.colocate_with({self.pick(self.variables)}.op))"
        else:
            line = f"enter(tf.device('{self.pick(['/cpu:0', '/device:CPU:0'])}'))"
        if self.add(line):
            self._depth += 1

    def operation(self) -> None:
        """Adds an operation on what is there."""
        x = self.floats() if self.random.random() < 0.85 else self.tensor()
        if x is None:
            self.source()
            return
        value = self.world.names[x]
        ndims = value.shape.ndims
        kind = self.random.randint(0, 26)
        name = self.optional_name()
        if kind <= 2:
            self.make(f"tf.{self.pick(_UNARY)}({x}{name})")
        elif kind <= 4:
            self.make(f"tf.nn.{self.pick(_NN_UNARY)}({x}{name})")
        elif kind <= 7:
            self.make(f"tf.{self.pick(_BINARY)}({x}, {self.like(x)}{name})")
        elif kind == 8:
            other = self.pick([self.like(x), "2.0", "3", "0.5", "-1"])
            pair = [x, other] if self.random.random() < 0.7 else [other, x]
            self.make(f"{pair[0]} {self.pick(_OPERATORS)} {pair[1]}")
        elif kind == 9:
            self.make(f"tf.{self.pick(_COMPARE)}({x}, {self.like(x)})")
        elif kind <= 11:
            axis = "None" if not ndims or self.random.random() < 0.3 else str(self.random.randint(-ndims, ndims - 1))
            if ndims and ndims > 1 and self.random.random() < 0.2:
                axis = "[0, 1]"
            keep = ", keepdims=True" if self.random.random() < 0.3 else ""
            self.make(f"tf.{self.pick(_REDUCE)}({x}, {axis}{keep}{name})")
        elif kind == 12:
            self.matmul()
        elif kind == 13:
            self.reshaping(x, ndims)
        elif kind == 14:
            self.joining(x, ndims)
        elif kind == 15:
            self.slicing(x, ndims)
        elif kind == 16:
            self.make(f"tf.cast({x}, tf.{self.pick(['float32', 'float64', 'int32', 'int64'])})")
        elif kind == 17:
            y = self.like(x)
            self.make(f"tf.where({x} > {y}, {x}, {y})")
        elif kind == 18 and ndims:
            self.make(f"tf.{self.pick(['argmax', 'argmin'])}({x}, {self.random.randint(0, ndims - 1)})")
        elif kind == 19:
            self.make(
                f"tf.{self.pick(['shape', 'size', 'rank', 'zeros_like', 'ones_like', 'identity', 'stop_gradient'])}({x})"
            )
        elif kind == 20:
            self.loss()
        elif kind == 21:
            self.make(f"tf.add_n([{', '.join(self.like(x) for _ in range(self.random.randint(1, 3)))}])")
        elif kind == 22:
            self.make(f"tf.clip_by_value({x}, -1.0, 1.0)")
        elif kind == 23:
            self.rarer(x, ndims)
        elif kind == 24:
            self.whole_numbers()
        elif kind == 25:
            y = self.like(x)
            self.make(f"tf.cond(tf.reduce_sum({x}) > 0, lambda: {x} * 2.0, lambda: {y} - {x})")
        else:
            self.make(f"tf.one_hot(tf.constant([0, 2, 1]), 3) * {self.pick(['2.0', '1.0'])}")

    def rarer(self, x: str, ndims: int | None) -> None:
        choices = [f"tf.nn.dropout({x}, keep_prob=0.5, seed=1)", f"tf.fill(tf.shape({x}), 2.0)", f"tf.norm({x})"]
        choices += [f"tf.global_norm([{x}])", f"tf.where({x} > 0)", f"tf.clip_by_norm({x}, 1.0)", f"tf.lgamma({x})"]
        choices += [f"tf.tuple([{x}, {self.like(x)}])[0]", f"tf.is_finite({x})", f"tf.boolean_mask({x}, {x} > 0)"]
        choices += [f"tf.reduce_logsumexp({x})", f"tf.broadcast_to({x}, [2, 2, 2])", f"tf.check_numerics({x}, 'bad')"]
        if ndims:
            last = ndims - 1
            choices += [
                f"tf.nn.moments({x}, [{last}])[1]",
                f"tf.nn.top_k({x}, 1)[0]",
                f"tf.linspace(0.0, 1.0, 3) + {x}",
            ]
            choices += [f"tf.cumprod({x}, {last})", f"tf.tensordot({x}, {x}, [[{last}], [{last}]])"]
            choices += [
                f"tf.nn.softmax({x}, axis={self.random.randint(-ndims, last)})",
                f"tf.reduce_logsumexp({x}, {last})",
            ]
            choices += [
                f"tf.gather_nd({x}, [[0]])",
                f"tf.nn.embedding_lookup({x}, [0, 0])",
            ]
        self.make(self.pick(choices))

    def whole_numbers(self) -> None:
        i = self.tensor(lambda t: t.dtype.base_dtype.is_integer)
        b = self.tensor(lambda t: t.dtype.base_dtype.is_bool)
        choices = ["tf.range(4)", "tf.constant([3, 1, 2])", "tf.constant([[True, False]])"]
        if i is not None:
            choices += [
                f"{i} // 3",
                f"{i} % 3",
                f"{i} * {i} - 2",
                f"{i} / 2",
                f"tf.reduce_mean({i})",
                f"tf.cast({i}, tf.bool)",
            ]
            choices += [
                f"tf.one_hot({i}, 4)",
                f"{i} > 1",
                f"tf.reduce_max({i})",
                f"tf.abs({i})",
                f"tf.stack([{i}, {i}])",
            ]
        if b is not None:
            choices += [
                f"tf.logical_not({b})",
                f"{b} | {b}",
                f"{b} & True",
                f"tf.reduce_any({b})",
                f"tf.cast({b}, tf.float32)",
            ]
        self.make(self.pick(choices))

    def matmul(self) -> None:
        a = self.ranked(2)
        if a is None:
            return
        dims = self.world.names[a].shape.as_list()
        dtype = self.world.names[a].dtype.base_dtype

        def fits(t: Any) -> bool:
            return (
                t.dtype.base_dtype == dtype and t.shape.ndims == len(dims) and t.shape.as_list()[-2] in (dims[-1], None)
            )

        b = self.tensor(fits)
        if b is not None:
            self.make(f"tf.matmul({a}, {b})")
        else:
            self.make(f"tf.matmul({a}, {a}, transpose_{self.pick('ab')}=True)")

    def reshaping(self, x: str, ndims: int | None) -> None:
        choices = [f"tf.reshape({x}, [-1])", f"tf.expand_dims({x}, {self.pick([0, -1])})", f"tf.squeeze({x})"]
        choices += [f"tf.transpose({x})", f"tf.reshape({x}, tf.shape({x}))", f"tf.expand_dims({x}, 1)"]
        if ndims:
            choices.append(f"tf.reshape({x}, [tf.shape({x})[0], -1])")
            choices.append(f"tf.tile({x}, {[self.random.randint(1, 2) for _ in range(ndims)]})")
            choices.append(f"tf.pad({x}, {[[self.random.randint(0, 1), 1] for _ in range(ndims)]})")
            choices.append(f"tf.transpose({x}, {self.random.sample(range(ndims), ndims)})")
            choices.append(f"tf.reverse({x}, [{self.random.randint(0, ndims - 1)}])")
            choices.append(f"tf.cumsum({x}, {self.random.randint(0, ndims - 1)})")
        self.make(self.pick(choices))

    def joining(self, x: str, ndims: int | None) -> None:
        others = ", ".join([x, self.like(x)][: self.random.randint(1, 2)])
        axis = self.random.randint(0, ndims - 1) if ndims else 0
        self.make(
            self.pick(
                [
                    f"tf.concat([{others}], {axis})",
                    f"tf.stack([{x}, {x}], axis={axis})",
                    f"tf.stack([{others}])",
                    f"tf.unstack({x}, axis={axis})",
                    f"tf.split({x}, 2, axis={axis})",
                ]
            )
        )

    def slicing(self, x: str, ndims: int | None) -> None:
        texts = ["[0]", "[-1]", "[:1]", "[..., 0]", "[None]", "[:, 0]", "[:, None]", "[::-1]", "[0:1, ...]"]
        choices = [f"{x}{self.pick(texts)}"] * 3 + [f"tf.gather({x}, [0, 0])", f"tf.gather({x}, 0)"]
        if ndims:
            choices.append(f"tf.slice({x}, {[0] * ndims}, {[1] + [-1] * (ndims - 1)})")
            choices.append(f"tf.gather({x}, [0], axis={ndims - 1})")
        self.make(self.pick(choices))

    def loss(self) -> None:
        z = self.ranked(2)
        if z is None:
            return
        choices = [
            f"tf.nn.softmax_cross_entropy_with_logits_v2(labels=tf.nn.softmax({z}), logits={z})",
            f"tf.nn.softmax_cross_entropy_with_logits(labels={self.like(z)}, logits={z})",
            f"tf.nn.sigmoid_cross_entropy_with_logits(labels={z}, logits={z})",
            f"tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.zeros_like({z}[:, 0], tf.int32), logits={z})",
            f"tf.nn.bias_add({z}, {z}[0])",
            f"tf.nn.l2_normalize({z}, 1)",
        ]
        self.make(self.pick(choices))

    def calculus(self) -> None:
        """Adds gradients, a training step or an assignment."""
        y = self.floats()
        if y is None:
            return
        kind = self.random.random()
        self._count += 1
        target = f"g{self._count}"
        if kind < 0.5 or not self.variables:
            xs = list(dict.fromkeys([*(self.floats() or y for _ in range(2)), *self.variables[-2:]]))
            if self.add(f"{target} = tf.gradients({y}, [{', '.join(xs)}])"):
                for index, each in enumerate(self.world.names[target]):
                    if hasattr(each, "consumers") and not hasattr(each, "indices"):
                        self.add(f"{target}_{index} = {target}[{index}]", f"{target}_{index}", self.tensors)
        elif kind < 0.75:
            optimizer = self.pick(
                [
                    "GradientDescentOptimizer(0.1)",
                    "MomentumOptimizer(0.1, 0.9)",
                    "MomentumOptimizer(0.1, 0.9, use_nesterov=True)",
                    "AdamOptimizer(0.01)",
                ]
            )
            self.add(f"{target} = tf.train.{optimizer}.minimize(tf.reduce_mean({y}))", target, self.actions)
        else:
            v = self.pick(self.variables)
            how = self.pick(["assign", "assign_add", "assign_sub"])
            value = self.pick([f"{v} * 0.5", f"tf.ones_like({v})", y])
            self.add(f"{target} = {v}.{how}({value})", target, self.actions)

    def program(self, length: int) -> list[str]:
        """Makes the whole program; returns its lines."""
        self.add(f"tf.set_random_seed({self.random.randint(0, 9)})")
        for _ in range(3):
            self.source()
        while len(self.lines) < length:
            kind = self.random.random()
            if kind < 0.12:
                self.source()
            elif kind < 0.27:
                self.scope()
            elif kind < 0.37:
                self.calculus()
            else:
                self.operation()
        self.world.close()
        return self.lines
