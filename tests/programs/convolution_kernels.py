"""Initializers of convolutions that keep the length of what they are given."""

from __future__ import annotations

from typing import Any

from .tools import attempt, program, run


def _make(tf: Any, name: str) -> Any:
    """Returns a class: TensorFlow 1.x has them in `tf.contrib.framework`, 2.21 only inside."""
    if not tf.__name__.startswith("tensorflow"):
        return getattr(tf.contrib.framework, name)
    from tensorflow.python.ops import init_ops

    return getattr(init_ops, name)


def _kernel(tf: Any, name: str, shape: Any, **arguments: Any) -> Any:
    tf.set_random_seed(1234)
    initializer = _make(tf, name)(**arguments)
    made = tf.get_variable("kernel", shape, initializer=initializer)
    rows = tf.reshape(made, [-1, shape[-1]])
    return {
        "config": initializer.get_config(),
        "values": run(tf, [made, tf.matmul(rows, rows, transpose_a=True)], init=True),
    }


@program
def delta_of_every_rank(tf: Any) -> Any:
    made = _make(tf, "convolutional_delta_orthogonal")(gain=2.0, seed=3)
    for shape in ([3, 2, 4], [3, 4, 2, 2], [1, 2, 3, 2, 3]):
        tf.get_variable(f"delta_{len(shape)}", shape, initializer=made)
    return {"values": run(tf, tf.global_variables(), init=True)}


@program
def orthogonal_1d(tf: Any) -> Any:
    return _kernel(tf, "convolutional_orthogonal_1d", [4, 2, 3], seed=5)


@program
def orthogonal_1d_of_one(tf: Any) -> Any:
    return _kernel(tf, "convolutional_orthogonal_1d", [1, 2, 3])


@program
def orthogonal_2d(tf: Any) -> Any:
    return _kernel(tf, "convolutional_orthogonal_2d", [3, 3, 2, 2], gain=3.0, dtype=tf.float64)


@program
def orthogonal_3d(tf: Any) -> Any:
    return _kernel(tf, "convolutional_orthogonal_3d", [3, 3, 3, 1, 2], seed=9)


@program
def refused(tf: Any) -> Any:
    delta = _make(tf, "convolutional_delta_orthogonal")()
    found = {"delta rank": attempt(delta, [2, 2]), "delta filters": attempt(delta, [3, 4, 2])}
    for rank in (1, 2, 3):
        kernel = _make(tf, f"convolutional_orthogonal_{rank}d")()
        found[f"{rank} rank"] = attempt(kernel, [2, 2])
        found[f"{rank} filters"] = attempt(kernel, [2] * rank + [4, 2])
        found[f"{rank} sides"] = attempt(kernel, [*range(2, 2 + rank), 2, 2]) if rank > 1 else None
    found["dtype"] = attempt(_make(tf, "convolutional_delta_orthogonal"), dtype=tf.int32)
    return found
