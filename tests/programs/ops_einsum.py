"""Sums over products by index letters."""

from __future__ import annotations

import numpy as np

from .tools import attempt, case, program

_RANDOM = np.random.RandomState(0)


def _array(*shape):
    return _RANDOM.randint(-4, 5, shape).astype(np.float32) / 2


for _name, _equation, _shapes in (
    ("matmul", "ij,jk->ik", [(2, 3), (3, 4)]),
    ("matmul_implicit", "ij,jk", [(2, 3), (3, 4)]),
    ("turned", "ij,kj->ki", [(2, 3), (4, 3)]),
    ("batches", "bij,bjk->bik", [(2, 2, 3), (2, 3, 4)]),
    ("two_summed", "abcd,cdb->ab", [(2, 3, 4, 2), (4, 2, 3)]),
    ("outer", "i,j->ij", [(3,), (4,)]),
    ("inner", "i,i->", [(3,), (3,)]),
    ("elementwise", "ij,ij->ij", [(2, 3), (2, 3)]),
    ("transpose", "ij->ji", [(2, 3)]),
    ("row_sums", "ij->i", [(2, 3)]),
    ("diagonal", "ii->i", [(3, 3)]),
    ("trace", "ii->", [(3, 3)]),
    ("ellipsis", "...ij,jk->...ik", [(2, 2, 3), (3, 4)]),
    ("ellipsis_broadcast", "...ij,...jk->...ik", [(2, 1, 2, 3), (4, 3, 2)]),
    ("ellipsis_only", "...,...->...", [(2, 3), (3,)]),
    ("one_side_summed", "ijl,jk->ik", [(2, 3, 2), (3, 4)]),
):

    def _einsum(tf, *tensors, equation=_equation):
        return tf.einsum(equation, *tensors)

    case(__name__, _name, _einsum, *[_array(*shape) for shape in _shapes], ranks=False)


@program
def names_and_errors(tf):
    a, b = tf.ones([2, 3]), tf.ones([3, 4])
    return {
        "named": tf.einsum("i j, j k -> i k", a, b, name="product"),
        "linalg": tf.linalg.einsum("ij,jk->k", a, b),
        "count": attempt(tf.einsum, "ij,jk->ik", a),
        "format": attempt(tf.einsum, "ij,j_->i", a, b),
        "twice": attempt(tf.einsum, "ij,jk->ii", a, b),
        "unknown": attempt(tf.einsum, "ij,jk->iz", a, b),
        "sizes": attempt(tf.einsum, "ij,ik->jk", a, b),
        "rank": attempt(tf.einsum, "ijk->k", a),
        "keyword": attempt(tf.einsum, "ij->i", a, speed=1),
    }
