"""Embeddings of one and of several tables, candidate samplers and the losses that use them."""

from __future__ import annotations

import numpy as np

from .tools import attempt, case, program, run

_RANDOM = np.random.RandomState(0)
_TABLE = _RANDOM.randint(-4, 5, (7, 3)).astype(np.float32) / 4
_IDS = np.array([[0, 3], [6, 3]], np.int64)

case(
    __name__,
    "embedding_lookup",
    lambda tf, t, i: [
        tf.nn.embedding_lookup(t, i),
        tf.nn.embedding_lookup([t], i, name="e"),
        tf.nn.embedding_lookup(t, i, max_norm=0.5),
    ],
    _TABLE,
    _IDS,
    wrong=[
        lambda tf: tf.nn.embedding_lookup(None, [0]),
        lambda tf: tf.nn.embedding_lookup([], [0]),
        lambda tf: tf.nn.embedding_lookup([tf.ones([2, 2])] * 2, [0], "other"),
    ],
)
case(__name__, "embedding_values", lambda tf: tf.nn.embedding_lookup(_TABLE, [[1, 2]]))
for _strategy in ("mod", "div"):

    def _parts(tf, a, b, c, i, strategy=_strategy):
        return tf.nn.embedding_lookup([a, b, c], i, partition_strategy=strategy)

    case(__name__, f"embedding_parts_{_strategy}", _parts, _TABLE[:3], _TABLE[3:5], _TABLE[5:], _IDS, ranks=False)


@program
def embedding_of_a_partitioned_variable(tf):
    table = tf.get_variable(
        "table", [7, 3], initializer=tf.constant_initializer(_TABLE), partitioner=tf.fixed_size_partitioner(2)
    )
    rows = tf.nn.embedding_lookup(table, _IDS, partition_strategy="div", max_norm=1.0)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(tf.square(rows)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = session.run(rows)
        session.run(train)
        return {"rows": rows, "before": before, "after": session.run(list(table))}


@program
def embedding_of_a_variable(tf):
    table = tf.get_variable("table", initializer=_TABLE)
    rows = tf.nn.embedding_lookup(table, _IDS)
    train = tf.train.GradientDescentOptimizer(0.5).minimize(tf.reduce_sum(tf.square(rows)))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(train)
        wrong = attempt(session.run, tf.nn.embedding_lookup(table, [7]))
        return {"rows": rows, "after": session.run(table), "wrong": wrong}


_TRUE = np.array([[1], [4], [8]], np.int64)


@program
def samplers(tf):
    tf.set_random_seed(5)
    true = tf.constant(_TRUE)
    drawn = {
        "log": tf.nn.log_uniform_candidate_sampler(true, 1, 6, True, 1000),
        "log again": tf.random.log_uniform_candidate_sampler(true, 1, 6, False, 1000, seed=3, name="again"),
        "log small": tf.nn.log_uniform_candidate_sampler(true, 1, 9, True, 10, seed=8),
        "uniform": tf.nn.uniform_candidate_sampler(true, 1, 6, True, 1000, seed=3),
        "uniform power": tf.nn.uniform_candidate_sampler(true, 1, 6, False, 1024, seed=3),
        "uniform small": tf.random.uniform_candidate_sampler(true, 1, 9, True, 9, seed=4),
        "all": tf.nn.all_candidate_sampler(true, 1, 9, True, seed=1),
    }
    with tf.Session() as session:
        return {"made": drawn, "values": [session.run(drawn) for _ in range(3)]}


@program
def many_draws(tf):
    true = tf.constant(_TRUE)
    drawn = [
        tf.nn.log_uniform_candidate_sampler(true, 1, 64, True, 50000, seed=11),
        tf.nn.uniform_candidate_sampler(true, 1, 64, True, 70, seed=11),
    ]
    with tf.Session() as session:
        return {"values": [session.run(drawn) for _ in range(5)]}


@program
def samplers_refuse(tf):
    true = tf.constant(_TRUE)
    fed = tf.placeholder(tf.int64)
    with tf.Session() as session:
        return {
            "true": attempt(session.run, tf.nn.uniform_candidate_sampler(true, 1, 3, True, 8, seed=1)),
            "range": attempt(session.run, tf.nn.uniform_candidate_sampler(true, 1, 6, True, 5, seed=1)),
            "columns": attempt(
                session.run, tf.nn.uniform_candidate_sampler(fed, 1, 2, True, 5, seed=1), {fed: [[1, 2]]}
            ),
            "rank": attempt(session.run, tf.nn.uniform_candidate_sampler(fed, 1, 2, True, 5, seed=1), {fed: [1, 2]}),
            "none": attempt(tf.nn.uniform_candidate_sampler, true, 1, 0, True, 5),
            "vector": attempt(tf.nn.uniform_candidate_sampler, tf.constant([1], tf.int64), 1, 2, True, 5),
        }


case(
    __name__,
    "accidental_hits",
    lambda tf, t, s: [*tf.nn.compute_accidental_hits(t, s, num_true=2)],
    np.array([[1, 4], [7, 1], [9, 9]], np.int64),
    np.array([4, 1, 5, 1], np.int64),
    gradient=False,
)
case(
    __name__,
    "sparse_to_dense",
    lambda tf, v: [
        tf.sparse_to_dense([[0, 1], [1, 2]], [2, 3], v),
        tf.sparse_to_dense([1, 3], [5], v, default_value=9.0),
    ],
    np.array([1.0, 2.0], np.float32),
)


@program
def sparse_to_dense_refuses(tf):
    v = tf.constant([1.0, 2.0])
    return {
        "order": run(tf, tf.sparse_to_dense([[1, 1], [0, 2]], [2, 3], v)),
        "repeated": run(tf, tf.sparse_to_dense([[1, 1], [1, 1]], [2, 3], v)),
        "bounds": run(tf, tf.sparse_to_dense([[1, 1], [2, 1]], [2, 3], v)),
    }


_WEIGHTS = _RANDOM.randint(-4, 5, (20, 4)).astype(np.float32) / 4
_BIASES = _RANDOM.randint(-4, 5, (20,)).astype(np.float32) / 4
_INPUTS = _RANDOM.randint(-4, 5, (3, 4)).astype(np.float32) / 4
_LABELS = np.array([[1], [7], [12]], np.int64)
_DRAWN = (
    np.array([0, 7, 3, 5], np.int64),
    np.array([[0.5], [0.25], [0.125]], np.float32),
    np.array([1.0, 0.5, 0.25, 0.125], np.float32),
)

for _name in ("nce_loss", "sampled_softmax_loss"):

    def _loss(tf, w, b, labels, x, name=_name):
        given = tuple(tf.constant(each) for each in _DRAWN)
        function = getattr(tf.nn, name)
        return [
            function(w, b, labels, x, 4, 20, sampled_values=given),
            function(w, b, labels, x, 4, 20, sampled_values=given, remove_accidental_hits=True, name="mine"),
        ]

    case(__name__, _name, _loss, _WEIGHTS, _BIASES, _LABELS, _INPUTS)


@program
def losses_that_draw(tf):
    tf.set_random_seed(2)
    w = tf.get_variable("w", initializer=_WEIGHTS)
    b = tf.get_variable("b", initializer=_BIASES)
    labels = tf.constant(_LABELS.astype(np.int32))
    loss = tf.nn.nce_loss(w, b, labels, _INPUTS, 5, 20, name="first")
    other = tf.nn.sampled_softmax_loss(
        [w], b, labels, tf.constant(_INPUTS), num_sampled=5, num_classes=20, partition_strategy="div", seed=3
    )
    train = tf.train.AdagradOptimizer(0.5).minimize(tf.reduce_mean(loss) + tf.reduce_mean(other))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return {"values": [session.run([loss, other, train])[:2] for _ in range(3)], "after": session.run([w, b])}
