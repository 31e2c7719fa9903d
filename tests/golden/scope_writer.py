"""Writes random programs about variables and variable scopes as Python text, one for each seed.

Most statements fit what stands before them; about one in eight is chosen to be refused. A program mentions only names that an earlier
statement may have made; if that statement failed, the error about the missing name is the same from both engines.
"""

from __future__ import annotations

import random

from . import scope_idioms

_REUSE = ["None", "False", "True", "tf.AUTO_REUSE"]
_INITIALIZERS = [
    "tf.ones_initializer()",
    "tf.zeros_initializer()",
    "tf.truncated_normal_initializer(stddev=0.1)",
    "tf.random_uniform_initializer(-1.0, 1.0, seed=3)",
    "tf.glorot_uniform_initializer()",
    "tf.glorot_normal_initializer(seed=2)",
    "tf.variance_scaling_initializer(2.0, mode='fan_out')",
    "tf.constant_initializer(0.5)",
    "tf.random_normal_initializer()",
    "tf.constant_initializer([1.0, 2.0])",
    "tf.orthogonal_initializer()",
    "tf.uniform_unit_scaling_initializer()",
]
_OTHER_INITIALIZERS = [
    "tf.zeros_initializer",
    "tf.ones_initializer",
    "of_part",
    "failing",
    "[1.0, 2.0]",
    "np.ones([2], np.float32)",
    "np.arange(3)",
    "1.5",
    "tf.ones([2])",
    "tf.constant([1, 2])",
    "ones2",
    "ones2_of",
    "needs",
    "tf.placeholder(tf.float32)",
    "tf.placeholder(tf.float32, [None, 2])",
    "lambda: tf.placeholder(tf.float32)",
    "tf.initializers.identity()",
    "tf.constant_initializer([1.0, 2.0, 3.0, 4.0, 5.0])",
    "tf.random_uniform_initializer(dtype=tf.int32)",
    "'text'",
]
_DEFAULTS = {
    "initializer": _INITIALIZERS,
    "dtype": ["tf.float32", "tf.float64", "tf.int32", "'float64'", "tf.float16", "tf.bool"],
    "regularizer": ["square", "tf.no_regularizer", "nothing"],
    "use_resource": ["True", "False"],
    "constraint": ["same", "positive"],
    "caching_device": ["'/cpu:0'", "on_cpu"],
    "custom_getter": ["suffix", "prefix", "plain", "both", "frozen", "strict", "five"],
    "partitioner": ["halves", "bytes16", "minmax", "columns"],
}
_BAD_DEFAULTS = {
    "dtype": ["'nonsense'", "3.5"],
    "custom_getter": ["3", "refusing"],
    "constraint": ["3"],
    "partitioner": [
        "7",
        "bad_parts(3)",
        "bad_parts([0])",
        "bad_parts([2, 2])",
        "bad_parts([1, 1, 1])",
        "bad_parts([])",
    ],
}
_ARGUMENTS = {
    "trainable": ["True", "False"],
    "collections": ["['mine']", "[]", "['mine', 'variables']", "['local_variables']"],
    "validate_shape": ["False"],
    "synchronization": [
        "tf.VariableSynchronization.ON_READ",
        "tf.VariableSynchronization.ON_WRITE",
        "tf.VariableSynchronization.NONE",
    ],
    "aggregation": ["tf.VariableAggregation.SUM", "tf.VariableAggregation.MEAN"],
}
_BAD_ARGUMENTS = {
    "synchronization": ["9"],
    "aggregation": ["9"],
    "collections": ["'x'"],
    "dtype": ["'nonsense'", "tf.complex64", "tf.string", "tf.int64", "tf.uint8"],
    "reuse": ["True"],
}
_SHAPES = ["[2]", "[2]", "[2]", "[3]", "[]", "[4, 2]", "(2,)", "tf.TensorShape([2])", "[2, 3]", "[8, 3]"]
_ODD_SHAPES = [
    "[None, 2]",
    "None",
    "[None]",
    "2",
    "tf.TensorShape(None)",
    "[0]",
    "()",
    "tf.TensorShape([None, 2])",
    "[5, 1]",
]
_VARIABLE_NAMES = ["v", "v", "v", "w", "w", "u", "b/v"]
_SCOPE_NAMES = ["a", "a", "b", "c", "a/b", "d"]
_METHODS = [
    "{v}.assign([3.0, 4.0])",
    "{v}.assign_add([1.0, 1.0])",
    "{v}.assign_sub([1.0, 1.0], use_locking=True)",
    "{v}.assign(1.0)",
    "{v}.assign({v} * 2.0)",
    "tf.assign({v}, [1.0, 2.0, 3.0], validate_shape=False)",
    "tf.assign_add({v}, [1.0, 1.0], name='plus')",
    "{v}.scatter_sub(tf.IndexedSlices(tf.constant([1.0]), tf.constant([0])))",
    "{v}.scatter_add(tf.IndexedSlices(tf.constant([1.0]), tf.constant([1])))",
    "{v}.scatter_sub([1.0])",
    "tf.scatter_update({v}, [0], [9.0])",
    "{v}.initialized_value()",
    "{v}.value()",
    "{v}.read_value()",
    "{v}.initial_value",
    "{v}.initializer",
    "{v}.count_up_to(3)",
    "{v}.set_shape([2])",
    "{v}.set_shape([7])",
    "{v}.get_shape()",
    "{v}.op",
    "{v}.device",
    "{v}.constraint",
    "{v}.eval()",
    "{v}.load([1.0, 2.0])",
    "{v}[0]",
    "{v} + 1.0",
    "2.0 * {v}",
    "tf.identity({v})",
    "tf.is_variable_initialized({v})",
    "bool({v} > 1.0)",
    "iter({v})",
    "len({v})",
    "{v}.as_tensor()",
    "{v}.to_proto().variable_name",
    "tf.Variable(variable_def={v}.to_proto())",
    "tf.Variable(1.0, variable_def={v}.to_proto())",
    "tf.gradients({v} * 2.0, {v})",
]
_LOOKS = [
    "tf.get_variable_scope()",
    "tf.get_variable_scope().global_variables()",
    "tf.get_variable_scope().trainable_variables()",
    "tf.get_variable_scope().local_variables()",
    "tf.get_variable_scope().get_collection('mine')",
    "tf.trainable_variables(scope='a')",
    "tf.global_variables('a/b')",
    "tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope='.')",
    "tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)",
    "tf.get_collection('mine', 'a')",
    "tf.local_variables()",
    "tf.global_variables_initializer()",
    "tf.report_uninitialized_variables()",
    "tf.constant(1.0)",
    "tf.constant(1.0, name='v')",
    "tf.get_default_graph().get_name_scope()",
    "tf.get_default_graph().unique_name('a')",
    "tf.add_to_collection('mine', tf.constant(2.0, name='kept'))",
    "tf.train.get_or_create_global_step()",
    "tf.assert_variables_initialized()",
]
_WRONG = [
    "tf.variable_scope(None)",
    "tf.variable_scope('a', reuse='x')",
    "tf.variable_scope('a', reuse=1)",
    "tf.variable_scope('a', auxiliary_name_scope=1)",
    "tf.variable_scope('a', values=3)",
    "tf.Variable()",
    "tf.Variable(1.0, collections='x')",
    "tf.Variable(tf.zeros_initializer())",
    "tf.Variable(tf.placeholder(tf.float32))",
    "tf.Variable(1.0, name='x y')",
    "tf.Variable(1.5, dtype=tf.int32)",
    "tf.Variable(1.0, constraint=3)",
    "tf.Variable(1.0, use_resource=True, collections='x')",
    "tf.Variable(tf.placeholder(tf.float32), use_resource=True)",
    "tf.Variable(use_resource=True)",
    "tf.Variable(tf.zeros_initializer(), use_resource=True)",
    "tf.Variable(1.0, use_resource=True, constraint=3)",
    "tf.Variable([1.0, 2.0], shape=[3])",
    "tf.Variable([1.0, 2.0], shape=[3], use_resource=True)",
    "tf.get_variable('v', [1], reuse=True)",
    "tf.get_variable('x y', [1])",
    "tf.get_variable('')",
    "tf.get_variable(None, [1])",
    "tf.get_variable('n/', [1])",
    "tf.fixed_size_partitioner(0)",
    "tf.variable_axis_size_partitioner(0)",
    "tf.variable_axis_size_partitioner(16, max_shards=0)",
    "tf.min_max_variable_partitioner(max_partitions=0)",
    "tf.min_max_variable_partitioner(min_slice_size=0)",
    "tf.variance_scaling_initializer(-1.0)",
    "tf.variance_scaling_initializer(mode='fan')",
    "tf.variance_scaling_initializer(distribution='odd')",
    "tf.truncated_normal_initializer(dtype=tf.int32)",
    "tf.constant_initializer(tf.constant(1.0))",
    "tf.variables_initializer([3])",
    "tf.get_local_variable('v', [2], trainable=True)",
    "tf.get_variable_scope().set_constraint(same)",
    "tf.get_default_graph().get_tensor_by_name('missing:0')",
    "tf.reset_default_graph()",
]


class Writer:
    """The text of one program while it is written."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._lines: list[str] = []
        self._scopes: list[str] = []
        self._contexts: list[str] = []
        self._variables: list[str] = []
        self._open: list[str] = []
        self._depth = 0
        self._count = 0

    def program(self) -> str:
        """Returns the whole text."""
        for _ in range(self._rng.randint(4, 9)):
            self._statement()
        return "\n".join(self._lines)

    # ---- writing

    def _write(self, line: str) -> None:
        self._lines.append("    " * self._depth + line)

    def _new(self, kind: str, held: list[str]) -> str:
        self._count += 1
        name = f"{kind}{self._count}"
        held.append(name)
        return name

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _body(self, least: int = 1, most: int = 4) -> None:
        self._depth += 1
        for _ in range(self._rng.randint(least, most)):
            self._statement()
        if self._depth > 1 and self._chance(0.02):
            self._write("raise Stop")
        self._depth -= 1

    def _some(self, choices: dict[str, list[str]], share: float) -> list[str]:
        return [f"{key}={self._rng.choice(values)}" for key, values in choices.items() if self._chance(share)]

    def _statement(self) -> None:
        kind = self._rng.random()
        if self._depth < 4 and kind < 0.30:
            self._scope()
        elif self._depth < 4 and kind < 0.38:
            self._block()
        elif kind < 0.44:
            self._count += 1
            for line in scope_idioms.passage(self._rng, self._count):
                self._write(line)
        elif kind < 0.68:
            self._get()
        elif kind < 0.74:
            self._variable()
        elif kind < 0.81:
            self._change()
        elif kind < 0.87 and self._variables:
            self._use()
        elif kind < 0.93:
            self._write(self._rng.choice(_LOOKS))
        elif kind < 0.97:
            self._write(self._rng.choice(_WRONG))
        elif self._variables:
            self._optimizer()
        else:
            self._get()

    # ---- scopes

    def _arguments_of_scope(self) -> list[str]:
        given = self._some(_DEFAULTS, 0.06)
        if self._chance(0.04):
            key = self._rng.choice(list(_BAD_DEFAULTS))
            given = [each for each in given if not each.startswith(key)] + [
                f"{key}={self._rng.choice(_BAD_DEFAULTS[key])}"
            ]
        if self._chance(0.5):
            given.append(f"reuse={self._rng.choice(_REUSE)}")
        if self._chance(0.05):
            given.append("auxiliary_name_scope=False")
        if self._variables and self._chance(0.04):
            given.append(f"values=[{self._rng.choice(self._variables)}]")
        return given

    def _opening(self) -> str:
        given = self._arguments_of_scope()
        how = self._rng.random()
        if how < 0.5:
            name = (
                self._rng.choice(_SCOPE_NAMES)
                if self._chance(0.94)
                else self._rng.choice(["", "x y", "#", "a/", "_q", "a.b"])
            )
            given.insert(0, repr(name))
        elif how < 0.75 and self._scopes:
            given.insert(0, self._rng.choice(self._scopes))
        elif how < 0.78:
            given.insert(
                0,
                self._rng.choice(
                    ["3", "tf.get_variable_scope()", "tf.VariableScope(True, 'a')", "tf.VariableScope(None)"]
                ),
            )
        else:
            given = ["None", repr(self._rng.choice(["d", "e", "a"])), *given]
        return f"tf.variable_scope({', '.join(given)})"

    def _scope(self) -> None:
        closed = [each for each in self._contexts if each not in self._open]
        if closed and self._chance(0.12):
            context = self._rng.choice(closed)
        elif self._chance(0.15):
            opening = self._opening()
            context = self._new("context", self._contexts)
            self._write(f"{context} = {opening}")
        else:
            context = self._opening()
        scope = self._new("scope", self._scopes)
        guarded = self._chance(0.06)
        if guarded:
            self._write("try:")
            self._depth += 1
        self._write(f"with {context} as {scope}:")
        self._open.append(context)
        self._body()
        if guarded:
            self._depth += 1
            self._write("raise Stop")
            self._depth -= 2
            self._write("except Stop:")
            self._write("    pass")
        self._open.remove(context)

    def _block(self) -> None:
        choices = [
            f"tf.name_scope({self._rng.choice(['a', 'n', 'n', None, ''])!r})",
            "tf.name_scope('x y')",
            "tf.control_dependencies([tf.constant(1)])",
            "tf.control_dependencies(None)",
            "tf.device('/cpu:0')",
            "tf.device('/job:localhost')",
            "tf.device(on_cpu)",
            "tf.device(None)",
            "tf.variable_creator_scope(doubling)",
            "tf.Graph().as_default()",
            "tf.variable_op_scope([], 'op_scope', 'd')",
            "tf.get_default_graph().colocate_with(tf.constant(1.0))",
        ]
        if self._variables:
            choices.append(f"tf.colocate_with({self._rng.choice(self._variables)})")
        weights = [6, 1, 3, 1, 2, 1, 1, 1, 1, 0.4, 1, 1, *([2] if self._variables else [])]
        self._write(f"with {self._rng.choices(choices, weights)[0]}:")
        self._body(1, 3)

    # ---- variables

    def _get(self) -> None:
        given = [repr(self._rng.choice(_VARIABLE_NAMES))]
        if self._chance(0.85):
            given.append(self._rng.choice(_SHAPES if self._chance(0.9) else _ODD_SHAPES))
        named = self._some(_DEFAULTS, 0.06) + self._some(_ARGUMENTS, 0.05)
        if self._chance(0.22):
            named = [each for each in named if not each.startswith("initializer")]
            named.append(f"initializer={self._initializer()}")
        if self._chance(0.07):
            choices = _BAD_ARGUMENTS if self._chance(0.5) else _BAD_DEFAULTS
            key = self._rng.choice(list(choices))
            named = [each for each in named if not each.startswith(key)] + [f"{key}={self._rng.choice(choices[key])}"]
        call = "tf.get_variable" if self._chance(0.93) else "tf.get_local_variable"
        self._write(f"{self._new('v', self._variables)} = {call}({', '.join([*given, *named])})")

    def _initializer(self) -> str:
        if self._variables and self._chance(0.25):
            other = self._rng.choice(self._variables)
            return self._rng.choice(
                [f"{other}.initialized_value()", f"{other} * 2.0", f"{other}.initialized_value() + 1.0", other]
            )
        return self._rng.choice(_OTHER_INITIALIZERS if self._chance(0.6) else _INITIALIZERS)

    def _variable(self) -> None:
        value = (
            self._initializer()
            if self._chance(0.5)
            else self._rng.choice(["1.0", "[1.0, 2.0]", "3", "tf.ones([2])", "ones2"])
        )
        given = [value, *self._some(_ARGUMENTS, 0.08)]
        given += self._some(
            {"use_resource": ["True", "False"], "dtype": ["tf.float64", "tf.float32"], "constraint": ["same"]}, 0.12
        )
        given += self._some({"name": ["'v'", "'w'", "'a/v'"]}, 0.7)
        given += self._some({"caching_device": ["'/cpu:0'"], "shape": ["[2]"], "expected_shape": ["[2]"]}, 0.03)
        self._write(f"{self._new('v', self._variables)} = tf.Variable({', '.join(given)})")

    def _change(self) -> None:
        scope = self._rng.choice(self._scopes) if self._scopes and self._chance(0.4) else "tf.get_variable_scope()"
        if self._chance(0.35):
            self._write(f"{scope}.reuse_variables()")
            return
        if self._chance(0.2):
            self._write(scope)
            return
        key = self._rng.choice([each for each in _DEFAULTS if each != "constraint"])
        value = self._rng.choice([*_DEFAULTS[key], "None"])
        self._write(f"{scope}.set_{key}({value})")

    def _use(self) -> None:
        self._write(self._rng.choice(_METHODS).replace("{v}", self._rng.choice(self._variables[-4:])))

    def _optimizer(self) -> None:
        optimizer = self._rng.choice(
            [
                "MomentumOptimizer(0.1, 0.9)",
                "AdamOptimizer(0.1)",
                "GradientDescentOptimizer(0.1)",
                "AdagradOptimizer(0.1)",
            ]
        )
        loss = f"tf.reduce_sum(tf.square({self._rng.choice(self._variables)}))"
        self._write(f"tf.train.{optimizer}.minimize({loss})")


def write(seed: int) -> str:
    """Returns the program of a seed."""
    return Writer(seed).program()
