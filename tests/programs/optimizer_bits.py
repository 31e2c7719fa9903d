"""Four steps of every optimizer, bit for bit: dense and sparse, both kinds of variable, both widths of floats.

TensorFlow runs them without the rewriting of graphs, which changes the order of products (`(g * g) * c` becomes `g * (g * c)`). Left out
is the dense step of Adagrad in float32: TensorFlow takes the processor's own estimate of 1 / sqrt(x) there, which differs between makes.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .tools import Exact, register

_OPTIMIZERS: dict[str, Any] = {
    "gradient descent": lambda tf: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9),
    "nesterov": lambda tf: tf.train.MomentumOptimizer(0.1, 0.9, use_nesterov=True),
    "adagrad": lambda tf: tf.train.AdagradOptimizer(0.1),
    "adam": lambda tf: tf.train.AdamOptimizer(0.01),
    "rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1, momentum=0.9),
    "centered rmsprop": lambda tf: tf.train.RMSPropOptimizer(0.1, centered=True),
}


def _options(tf: Any) -> Any:
    """Returns options under which the graph runs as it was built; tfmini never runs another."""
    if not tf.__name__.startswith("tensorflow"):
        return None
    from tensorflow.core.protobuf import rewriter_config_pb2

    rewriting = rewriter_config_pb2.RewriterConfig(disable_meta_optimizer=True)
    return tf.ConfigProto(graph_options=tf.GraphOptions(rewrite_options=rewriting))


def _steps(tf: Any, optimizer: str, dtype: str, sparse: bool, use_resource: bool) -> Any:
    random = np.random.RandomState(3)
    first, *gradients = (random.randn(5, 3).astype(dtype) for _ in range(5))
    v = tf.get_variable("v", initializer=first, use_resource=use_resource)
    fed = tf.placeholder(dtype, [5, 3], name="gradient")
    gradient = tf.IndexedSlices(fed, tf.constant([4, 2, 0, 1, 3]), tf.constant([5, 3])) if sparse else fed
    made = _OPTIMIZERS[optimizer](tf)
    step = made.apply_gradients([(gradient, v)])
    slots = {name: made.get_slot(v, name) for name in made.get_slot_names()}
    values = []
    with tf.Session(config=_options(tf)) as session:
        session.run(tf.global_variables_initializer())
        for each in gradients:
            session.run(step, {fed: each})
            values.append(session.run([v, *slots.values()]))
    return {"slots": list(slots), "values": Exact(values)}


for _optimizer in _OPTIMIZERS:
    for _dtype in ("float32", "float64"):
        for _sparse in (False, True):
            if (_optimizer, _dtype, _sparse) == ("adagrad", "float32", False):
                continue
            for _resource in (False, True):
                register(
                    __name__,
                    f"{_optimizer}, {_dtype}, {'sparse' if _sparse else 'dense'}, {'resource' if _resource else 'reference'}",
                    functools.partial(
                        _steps, optimizer=_optimizer, dtype=_dtype, sparse=_sparse, use_resource=_resource
                    ),
                )
