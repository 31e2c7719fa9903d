"""The gamma function's family: derivatives of its logarithm, and the zeta function."""

from __future__ import annotations

from typing import Any

import numpy as np

from .tools import case, program, run

_POSITIVE = np.array([0.1, 0.5, 1.0, 1.5, 2.0, 3.25, 8.0, 12.5, 40.0], np.float64)
_ANY = np.array([-3.5, -2.0, -0.75, -0.1, 0.0, 0.3, 1.0, 7.0], np.float64)

for _type in (np.float32, np.float64):
    _suffix = np.dtype(_type).name
    case(__name__, f"digamma_{_suffix}", lambda tf, x: tf.digamma(x), _POSITIVE.astype(_type))
    case(__name__, f"digamma_anywhere_{_suffix}", lambda tf, x: tf.digamma(x), _ANY.astype(_type), gradient=False)
    case(
        __name__,
        f"polygamma_{_suffix}",
        lambda tf, a, x: tf.polygamma(a, x),
        np.array([[1.0], [2.0], [3.0]], _type),
        _POSITIVE.astype(_type),
    )
    case(
        __name__,
        f"polygamma_orders_{_suffix}",
        lambda tf, a, x: tf.polygamma(a, x),
        np.array([0.0, 1.0, 1.5, -1.0, 4.0], _type),
        np.array([0.7, -0.5, 1.0, 1.0, 2.0], _type),
        gradient=False,
    )
    case(
        __name__,
        f"zeta_{_suffix}",
        lambda tf, x, q: tf.zeta(x, q),
        np.array([[1.5], [2.0], [4.0], [9.0]], _type),
        _POSITIVE.astype(_type),
    )
    case(
        __name__,
        f"zeta_at_its_borders_{_suffix}",
        lambda tf, x, q: tf.zeta(x, q),
        np.array([1.0, 0.5, 2.0, 2.0, 2.0, 2.5, 3.0], _type),
        np.array([2.0, 2.0, 0.0, -3.0, -0.5, -0.5, -2.5], _type),
        gradient=False,
    )


@program
def derivatives_of_lgamma(tf: Any) -> Any:
    x = tf.placeholder(tf.float64, [None], name="x")
    found = [tf.lgamma(x)]
    for _ in range(4):
        found.append(tf.gradients(found[-1], x)[0])
    return {"found": found, "values": run(tf, found, {x: _POSITIVE})}
