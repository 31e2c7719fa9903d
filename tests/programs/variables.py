"""Variables: how they are made, shared and changed, scopes with their defaults, optimizers with their slots."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import Exact, attempt, program, register, run

# ---- making


@program
def kinds_of_initial_values(tf: Any) -> Any:
    made = [
        tf.Variable(1.0),
        tf.Variable(2, name="two"),
        tf.Variable([1.0, 2.0], name="two"),
        tf.Variable(np.ones([2, 2], np.float32)),
        tf.Variable(tf.constant([1, 2]), name="from_tensor"),
        tf.Variable(tf.zeros([3]), trainable=False, name="quiet"),
        tf.Variable("text"),
        tf.Variable(True),
        tf.Variable(1, dtype=tf.float32),
        tf.Variable(lambda: tf.ones([2]) * 3.0, name="later"),
        tf.Variable(tf.random_normal([2], seed=1) * 0.1, name="random"),
    ]
    with tf.name_scope("scope"):
        made.append(tf.Variable(1.0, name="v"))
    with tf.variable_scope("vscope"):
        made.append(tf.Variable(1.0, name="v"))
    return {"made": made, "values": run(tf, made, init=True)}


@program
def reading_and_operators(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0], name="v")
    made = [v + 1.0, 1.0 + v, v * v, -v, v[0], tf.identity(v), tf.convert_to_tensor(v), v.value(), v.read_value()]
    made += [v / 2.0, v - 1, 2 - v, v**2, v > 1.0, abs(v), tf.add(v, v), tf.stack([v, v]), tf.reduce_sum(v)]
    wrong = [attempt(lambda: bool(v > 1.0)), attempt(lambda: v + "a"), attempt(iter, v), attempt(lambda: v.foo)]
    return {"made": made, "values": run(tf, made, init=True), "wrong": wrong}


@program
def assigning(tf: Any) -> Any:
    v = tf.Variable([1.0, 2.0], name="v")
    i = tf.Variable(5, name="i")
    made = [
        v.assign([3.0, 4.0]),
        v.assign_add([1.0, 1.0]),
        v.assign_sub([0.5, 0.5]),
        tf.assign(v, v * 2.0),
        tf.assign_add(v, [1.0, 1.0], name="named"),
        tf.assign_sub(v, [1.0, 1.0], use_locking=True),
        tf.assign(i, 7),
        i.assign_add(1),
    ]
    wrong = [
        attempt(v.assign, [1.0, 2.0, 3.0]),
        attempt(v.assign, "text"),
        attempt(v.assign, [1, 2.5]),
        attempt(i.assign, 1.5),
        attempt(tf.assign, tf.constant(1.0), 2.0),
        attempt(tf.assign, v, tf.constant([1, 2])),
        attempt(tf.assign_add, v, [1.0, 2.0, 3.0]),
    ]
    values = []
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = [session.run(each) for each in made]
        values.append(session.run([v, i]))
    shape_change = tf.assign(v, [1.0, 2.0, 3.0], validate_shape=False)
    with tf.Session() as session:
        values.append([session.run(shape_change), session.run(v)])
    return {"made": made, "values": values, "wrong": wrong, "static": v.shape}


@program
def live_reads(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    before = v + 0.0
    with tf.control_dependencies([before]):
        change = v.assign_add(1.0)
    with tf.control_dependencies([change]):
        after = v.read_value() * 1.0
        live = v.value() + 0.0
    return {"values": run(tf, [before, after, live], init=True)}


@program
def global_step_and_friends(tf: Any) -> Any:
    step = tf.train.get_or_create_global_step()
    again = tf.train.get_global_step()
    v = tf.get_variable("v", [2], collections=[tf.GraphKeys.LOCAL_VARIABLES], initializer=tf.ones_initializer())
    init = [
        tf.global_variables_initializer(),
        tf.local_variables_initializer(),
        tf.variables_initializer([step], name="one"),
    ]
    tf.variables_initializer([], name="none")
    report = tf.is_variable_initialized(step)
    return {"step": step, "same": step is again, "local": [v, tf.local_variables()], "init": init, "report": report}


@program
def uninitialized(tf: Any) -> Any:
    v = tf.Variable(1.0, name="v")
    w = tf.get_variable("scope/w", [2])
    made = [v, w, v + 1.0, v.assign_add(1.0), tf.matmul([w], [[1.0], [2.0]])]
    asked = [tf.is_variable_initialized(v), tf.report_uninitialized_variables()]
    return {"values": [run(tf, each) for each in made], "asked": run(tf, asked)}


# ---- get_variable and scopes


@program
def get_variable_forms(tf: Any) -> Any:
    made = [
        tf.get_variable("a", [2, 3]),
        tf.get_variable("b", [2], tf.int32),
        tf.get_variable("c", initializer=tf.constant([1.0, 2.0])),
        tf.get_variable("d", [2], initializer=tf.constant_initializer(3.0)),
        tf.get_variable("e", shape=(), initializer=tf.zeros_initializer),
        tf.get_variable("f/g", [1], trainable=False),
        tf.get_variable("h", initializer=5.0),
        tf.get_variable("i", initializer=np.array([1, 2])),
        tf.get_variable("j", [2], tf.float64, tf.ones_initializer()),
        tf.get_variable(
            "k", [2], initializer=lambda shape, dtype=None, partition_info=None: tf.ones(shape, dtype) * 2.0
        ),
        tf.get_variable("l", [2], tf.bool),
        tf.get_variable("m", tf.TensorShape([3])),
        tf.get_variable("n", 4),
        tf.get_variable("o", [2], regularizer=lambda v: tf.reduce_sum(v * v)),
        tf.get_variable("p", initializer=lambda: tf.ones([2])),
    ]
    wrong = [
        attempt(tf.get_variable, "a", [2, 3]),
        attempt(tf.get_variable, "x"),
        attempt(tf.get_variable, "x", [None, 2]),
        attempt(tf.get_variable, "y", [2], initializer=tf.constant([1.0, 2.0])),
        attempt(tf.get_variable, "z", [2], "foo"),
        attempt(tf.get_variable, "", [2]),
        attempt(tf.get_variable, "a b", [2]),
        attempt(tf.get_variable, "w", [-1]),
        attempt(tf.get_variable, "q", [2], tf.complex64),
        attempt(tf.get_variable, "r", [2], tf.int32, initializer=tf.constant([1.0, 2.0])),
    ]
    return {"made": made, "wrong": wrong, "regularization": tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)}


@program
def reuse_rules(tf: Any) -> Any:
    seen = {}
    with tf.variable_scope("s") as scope:
        v = tf.get_variable("v", [2, 3])
        i = tf.get_variable("i", [2], tf.int32)
    with tf.variable_scope(scope, reuse=True):
        seen["shared"] = tf.get_variable("v", [2, 3]) is v
        seen["no shape"] = tf.get_variable("v") is v
        seen["other shape"] = attempt(tf.get_variable, "v", [3, 2])
        seen["other dtype"] = attempt(tf.get_variable, "v", [2, 3], tf.float64)
        seen["integer without dtype"] = attempt(tf.get_variable, "i", [2])
        seen["integer"] = tf.get_variable("i", [2], tf.int32) is i
        seen["missing"] = attempt(tf.get_variable, "w", [2])
        seen["initializer ignored"] = tf.get_variable("v", [2, 3], initializer=tf.ones_initializer()) is v
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE) as auto:
        seen["auto found"] = tf.get_variable("v", [2, 3]) is v
        seen["auto made"] = tf.get_variable("new", [1])
        seen["auto again"] = tf.get_variable("new", [1]) is seen["auto made"]
        with tf.variable_scope("deep", reuse=True) as deep:
            seen["deep"] = [auto.reuse == tf.AUTO_REUSE, deep.reuse == True]  # noqa: E712 - AUTO_REUSE is not True
            seen["deep missing"] = attempt(tf.get_variable, "x", [1])
    with tf.variable_scope("s", reuse=False) as off:
        seen["off"] = [off.reuse, attempt(tf.get_variable, "v", [2, 3])]
    with tf.variable_scope("s", reuse=True), tf.variable_scope("t", reuse=False) as kept:
        seen["false inside true"] = kept.reuse
    with tf.variable_scope(scope) as again:
        seen["jump"] = [again.reuse, again.name, again.original_name_scope]
    return seen


@program
def scope_names(tf: Any) -> Any:
    seen = []
    with tf.variable_scope("a") as a:
        seen += [a.name, a.original_name_scope, tf.constant(1.0).name]
        with tf.variable_scope("b") as b:
            seen += [b.name, b.original_name_scope, tf.get_variable("v", [1]).name, tf.constant(1.0).name]
    with tf.variable_scope("a") as again:
        seen += [again.name, again.original_name_scope, tf.constant(1.0).name]
        with tf.variable_scope("b"):
            seen += [tf.get_variable("w", [1]).name, tf.constant(1.0).name]
    with tf.variable_scope(b):
        seen += [tf.get_variable("x", [1]).name, tf.constant(1.0).name]
    with tf.name_scope("n"), tf.variable_scope("c"):
        seen += [tf.get_variable("v", [1]).name, tf.constant(1.0).name, tf.Variable(1.0, name="v").name]
    for _ in range(2):
        with tf.variable_scope(None, "d") as d:
            seen += [d.name, tf.get_variable("v", [1]).name]
    with tf.variable_scope("p"):
        for _ in range(2):
            with tf.variable_scope(None, default_name="d") as d:
                seen.append(d.name)
    with tf.variable_scope("p"), tf.variable_scope(None, default_name="d") as d:
        seen.append(d.name)
    with tf.variable_scope("e", auxiliary_name_scope=False):
        seen += [tf.constant(1.0).name, tf.get_variable("v", [1]).name]
    with tf.variable_scope("x/y/z") as xyz:
        seen += [xyz.name, tf.get_variable("v", [1]).name]
    with tf.variable_scope("") as empty:
        seen += [empty.name, tf.get_variable("root", [1]).name]
    with tf.variable_scope(tf.get_variable_scope()) as root:
        seen += [root.name, tf.constant(1.0).name]
    with tf.variable_scope("layer", default_name="ignored") as named:
        seen.append(named.name)
    with tf.variable_op_scope([], "old", "unused") as old:
        seen.append(old.name)
    return {"seen": seen}


@program
def inherited_defaults(tf: Any) -> Any:
    with tf.variable_scope(
        "a", initializer=tf.ones_initializer(), regularizer=lambda v: tf.reduce_sum(v), dtype=tf.float64
    ):
        v = tf.get_variable("v", [2])
        with tf.variable_scope("b", initializer=tf.zeros_initializer()) as b:
            w = tf.get_variable("w", [2])
            x = tf.get_variable("x", [2], tf.float32, initializer=tf.constant_initializer(7))
    with tf.variable_scope(b):
        y = tf.get_variable("y", [2])
    return {
        "values": run(tf, [v, w, x, y], init=True),
        "losses": tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES),
    }


@program
def custom_getter(tf: Any) -> Any:
    asked = []

    def getter(getter: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        asked.append(name)
        return getter(name, *args, **kwargs) * 2.0

    with tf.variable_scope("a", custom_getter=getter):
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
        with tf.variable_scope("b", custom_getter=getter):
            w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    return {"v": v, "w": w, "asked": asked, "values": run(tf, [v, w], init=True)}


@program
def wrong_scopes(tf: Any) -> Any:
    def enter(*args: Any, **kwargs: Any) -> Any:
        with tf.variable_scope(*args, **kwargs) as scope:
            return scope.name

    return {
        "wrong": [
            attempt(enter, None),
            attempt(enter, 3),
            attempt(enter, "a b"),
            attempt(enter, "a", reuse="yes"),
            attempt(enter, None, "d", reuse=True),
            attempt(enter, "a", auxiliary_name_scope="no"),
            attempt(enter, "a", values=3),
            attempt(enter),
        ],
        "after": enter("fine"),
    }


@program
def leftovers_of_a_failed_call(tf: Any) -> Any:
    def broken(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        raise ValueError("broken initializer")

    first = attempt(tf.get_variable, "v", [2], initializer=broken)
    second = tf.get_variable("v", [2])
    third = attempt(tf.get_variable, "v", [2])
    return {"first": first, "second": second, "third": third}


@program
def name_taken_by_another_operation(tf: Any) -> Any:
    tf.Variable(1.0, name="v")
    tf.constant(1.0, name="w/Assign")
    made = [tf.get_variable("v", [1]), tf.get_variable("w", [1])]
    return {"made": made}


@program
def creation_is_lifted_out_of_control_dependencies(tf: Any) -> Any:
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]):
        v = tf.get_variable("v", [2])
        w = tf.Variable(tf.ones([2]) * 2.0, name="w")
        tf.identity(v, name="inside")
    return {"made": [v, w]}


@program
def colocated_and_placed(tf: Any) -> Any:
    with tf.device("/cpu:0"):
        v = tf.get_variable("v", [2])
    w = tf.Variable(v.initialized_value() * 2.0, name="w")
    with tf.colocate_with(v.op):
        c = tf.constant(1.0)
    return {"devices": [v.device, w.device, c.device]}


# ---- resource variables


@program
def resource_variables(tf: Any) -> Any:
    v = tf.get_variable("v", [2], use_resource=True, initializer=tf.ones_initializer())
    w = tf.Variable([1.0, 2.0], use_resource=True, name="w")
    made = [v + 1.0, tf.identity(v), v.assign_add([1.0, 1.0]), v.read_value(), w * v]
    return {"made": made, "v": [v.name, v.dtype, v.shape], "values": run(tf, made[0], init=True)}


@program
def resource_training(tf: Any) -> Any:
    with tf.variable_scope("m", use_resource=True):
        v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.square(v - 3.0))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        values = [session.run([loss, train])[0] for _ in range(3)] + [session.run(v)]
    return {"values": values}


# ---- optimizers

_OPTIMIZERS = {
    "gradient_descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adam": lambda tf: tf.train.AdamOptimizer(0.1),
    "adam_settings": lambda tf: tf.train.AdamOptimizer(0.05, beta1=0.8, beta2=0.99, epsilon=1e-6, name="Mine"),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.1),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1),
    "locking": lambda tf: tf.train.GradientDescentOptimizer(0.1, use_locking=True),
    "tensor_rate": lambda tf: tf.train.GradientDescentOptimizer(tf.constant(0.1)),
}


def _optimizer_program(make: Any) -> Any:
    def optimizer(tf: Any) -> Any:
        x = tf.constant([[1.0, 2.0], [3.0, -1.0], [0.5, 0.25]], name="x")
        w = tf.get_variable("w", [2, 2], initializer=tf.constant_initializer([[1.0, -0.5], [0.25, 2.0]]))
        b = tf.Variable([0.5, -0.5], name="b")
        tf.Variable(3.0, name="unused")
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) + b), name="loss")
        step = tf.Variable(0, trainable=False, name="step")
        opt = make(tf)
        train = opt.minimize(loss, global_step=step)
        losses = []
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            for _ in range(5):
                losses.append(session.run([loss, train])[0])
            final = session.run(tf.global_variables())
        slots = {name: [opt.get_slot(v, name) for v in (w, b)] for name in opt.get_slot_names()}
        return {"train": train, "losses": np.array(losses), "final": final, "slots": slots, "name": opt.get_name()}

    return optimizer


for _name, _make in _OPTIMIZERS.items():
    register(__name__, f"optimizer_{_name}", _optimizer_program(_make))


@program
def optimizer_by_hand(tf: Any) -> Any:
    w = tf.get_variable("w", [2], initializer=tf.ones_initializer())
    v = tf.get_variable("v", [2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(w * w)
    with tf.name_scope("training"):
        opt = tf.train.MomentumOptimizer(0.5, 0.9)
        pairs = opt.compute_gradients(loss)
        clipped = [(tf.clip_by_value(g, -1.0, 1.0), v) for g, v in pairs if g is not None]
        train = opt.apply_gradients(clipped, name="apply")
        second = opt.minimize(tf.reduce_sum(v), var_list=[v])
    return {
        "pairs": [list(pair) for pair in pairs],
        "train": train,
        "second": second,
        "values": run(tf, loss, init=True),
    }


@program
def wrong_optimizers(tf: Any) -> Any:
    w = tf.get_variable("w", [2])
    opt = tf.train.GradientDescentOptimizer(0.1)
    i = tf.Variable([1, 2], name="i")
    return {
        "no gradient": attempt(opt.minimize, tf.constant(1.0)),
        "no variables": attempt(opt.minimize, tf.reduce_sum(w), var_list=[]),
        "no pairs": attempt(opt.apply_gradients, []),
        "all none": attempt(opt.apply_gradients, [(None, w)]),
        "text": attempt(opt.compute_gradients, tf.reduce_sum(w), var_list=["w"]),
        "integer loss": attempt(opt.minimize, tf.reduce_sum(i)),
        "tensor": attempt(opt.minimize, tf.reduce_sum(w), var_list=[tf.identity(w)]),
        "none loss": attempt(opt.minimize, None),
    }


@program
def sparse_gradients(tf: Any) -> Any:
    table = tf.get_variable("table", [4, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.nn.embedding_lookup(table, [1, 1, 3]) * 2.0)
    pairs = tf.train.GradientDescentOptimizer(0.1).compute_gradients(loss)
    train = tf.train.GradientDescentOptimizer(0.1).apply_gradients(pairs)
    adam = tf.train.AdamOptimizer(0.1).apply_gradients(pairs)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        first = session.run(table)
        session.run(adam)
        second = session.run(table)
    return {"pairs": [list(pair) for pair in pairs], "values": [first, second]}


@program
def learning_rate_decay(tf: Any) -> Any:
    step = tf.train.get_or_create_global_step()
    rate = tf.train.exponential_decay(0.5, step, 10, 0.9)
    stairs = tf.train.exponential_decay(0.5, step, 10, 0.9, staircase=True)
    return {"rates": [rate, stairs], "values": run(tf, [rate, stairs], {step: 25}, init=True)}


@program
def initial_values_with_seed(tf: Any) -> Any:
    tf.set_random_seed(42)
    made = [tf.get_variable("a", [3, 4]), tf.get_variable("b", [5])]
    with tf.variable_scope("s"):
        made.append(tf.get_variable("c", [2, 2], initializer=tf.truncated_normal_initializer(stddev=0.1)))
    return {"values": Exact(run(tf, made, init=True))}
