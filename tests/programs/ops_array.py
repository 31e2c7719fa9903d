"""One program for each operation that makes, reshapes, cuts and joins tensors."""

from __future__ import annotations

import numpy as np

from .tools import case

_X = np.arange(6, dtype=np.float32).reshape(2, 3)
_CUBE = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
_I = np.array([2, 0, 1], np.int32)

case(
    __name__,
    "shape",
    lambda tf, x: [tf.shape(x), tf.shape(x, out_type=tf.int64), tf.size(x), tf.rank(x), tf.shape(x, name="s")],
    _X,
)
case(__name__, "shape_n", lambda tf, x, y: tf.shape_n([x, y]), _X, _CUBE)
case(
    __name__,
    "batch_size",
    lambda tf, x: [tf.shape(x)[0], tf.reshape(x, [tf.shape(x)[0], -1]), tf.reshape(x, tf.shape(x))],
    _CUBE,
)
case(
    __name__,
    "zeros_like",
    lambda tf, x: [tf.zeros_like(x), tf.ones_like(x), tf.zeros_like(x, tf.int32), tf.ones_like(x, tf.bool)],
    _X,
)
case(__name__, "zeros_like_static", lambda tf, x: [tf.zeros_like(x, optimize=False), tf.zeros_like(x, name="z")], _X)
case(__name__, "identity", lambda tf, x: [tf.identity(x), tf.stop_gradient(x) * x, tf.identity(x, name="i")], _X)
case(
    __name__,
    "reshape",
    lambda tf, x: [tf.reshape(x, [3, 2]), tf.reshape(x, [-1]), tf.reshape(x, [3, -1]), tf.reshape(x, (1, 6))],
    _X,
    wrong=[
        lambda tf: tf.reshape(tf.ones([2, 3]), [4]),
        lambda tf: tf.reshape(tf.ones([2, 3]), [4, -1]),
        lambda tf: tf.reshape(tf.ones([2, 3]), [-1, -1]),
        lambda tf: tf.reshape(tf.ones([2, 3]), [1.5]),
        lambda tf: tf.reshape(tf.ones([2, 3]), "a"),
        lambda tf: tf.reshape(tf.ones([2, 3]), [[6]]),
    ],
)
case(
    __name__,
    "expand_dims",
    lambda tf, x: [tf.expand_dims(x, 0), tf.expand_dims(x, -1), tf.expand_dims(x, axis=1, name="e")],
    _X,
    wrong=[lambda tf: tf.expand_dims(tf.ones([2]), 3), lambda tf: tf.expand_dims(tf.ones([2]))],
)
case(
    __name__,
    "squeeze",
    lambda tf, x: [tf.squeeze(x), tf.squeeze(x, [0]), tf.squeeze(x, axis=-1)],
    np.ones((1, 3, 1), np.float32),
    wrong=[lambda tf: tf.squeeze(tf.ones([2, 1]), [0]), lambda tf: tf.squeeze(tf.ones([2]), 5)],
)
case(
    __name__,
    "transpose",
    lambda tf, x: [tf.transpose(x), tf.transpose(x, [1, 0, 2]), tf.transpose(x, name="t")],
    _CUBE,
    wrong=[
        lambda tf: tf.transpose(tf.ones([2, 3]), [0]),
        lambda tf: tf.transpose(tf.ones([2, 3]), [0, 0]),
        lambda tf: tf.transpose(tf.ones([2, 3]), [0, 5]),
    ],
)
case(__name__, "matrix_transpose", lambda tf, x: tf.matrix_transpose(x), _CUBE)
case(
    __name__,
    "concat",
    lambda tf, x, y: [
        tf.concat([x, y], 0),
        tf.concat([x, y, x], axis=1),
        tf.concat([x], 0),
        tf.concat([x, y], -1, name="c"),
    ],
    _X,
    _X + 10,
    wrong=[
        lambda tf: tf.concat([tf.ones([2, 3]), tf.ones([2, 4])], 0),
        lambda tf: tf.concat([tf.ones([2, 3]), tf.ones([2])], 0),
        lambda tf: tf.concat([tf.ones([2]), tf.ones([2], tf.int32)], 0),
        lambda tf: tf.concat([tf.ones([2])], 3),
        lambda tf: tf.concat([tf.ones([2]), tf.ones([2])], 3),
        lambda tf: tf.concat([1.0, 2.0], 0),
    ],
)
case(
    __name__,
    "stack",
    lambda tf, x, y: [tf.stack([x, y]), tf.stack([x, y], axis=1), tf.stack([x, y], -1, name="s"), tf.stack([x])],
    _X,
    _X + 10,
    wrong=[
        lambda tf: tf.stack([tf.ones([2]), tf.ones([3])]),
        lambda tf: tf.stack([tf.constant(1.0), tf.constant(1)]),
        lambda tf: tf.stack([tf.ones([2])], axis=5),
        lambda tf: tf.stack([]),
    ],
)
case(
    __name__,
    "unstack",
    lambda tf, x: [*tf.unstack(x, num=2), *tf.unstack(x, num=3, axis=1)],
    _X,
    wrong=[lambda tf: tf.unstack(tf.placeholder(tf.float32)), lambda tf: tf.unstack(tf.ones([2]), axis=3)],
)
case(
    __name__,
    "split",
    lambda tf, x: [*tf.split(x, 2), *tf.split(x, 2, axis=2), *tf.split(x, [1, 2], 1)],
    _CUBE,
    wrong=[lambda tf: tf.split(tf.ones([3]), 2), lambda tf: tf.split(tf.ones([3]), [1, 1])],
)
case(
    __name__,
    "slice",
    lambda tf, x: [tf.slice(x, [0, 1], [2, 2]), tf.slice(x, [1, 0], [-1, -1]), tf.slice(x, [0, 0], [1, -1])],
    _X,
    wrong=[lambda tf: tf.slice(tf.ones([2]), [0], [3]), lambda tf: tf.slice(tf.ones([2]), [0, 0], [1, 1])],
)
case(__name__, "strided_slice", lambda tf, x: [x[0, 1:], x[:, ::2], x[..., -1], x[:, None], x[::-1, 1]], _X)
case(__name__, "strided_slice_call", lambda tf, x: tf.strided_slice(x, [0, 1], [2, 3], [1, 1]), _X)
case(
    __name__,
    "gather",
    lambda tf, x, i: [tf.gather(x, i), tf.gather(x, [0, 0]), tf.gather(x, 1), tf.gather(x, [[0, 1], [1, 0]])],
    np.arange(12, dtype=np.float32).reshape(3, 4),
    _I,
    wrong=[lambda tf: tf.gather(tf.ones([2]), 1.5), lambda tf: tf.gather(tf.constant(1.0), 0)],
)
case(__name__, "gather_axis", lambda tf, x, i: tf.gather(x, i, axis=1), _X, _I)
case(__name__, "gather_out_of_range", lambda tf, x: tf.gather(x, [0, 5]), _X)
case(__name__, "gather_nd", lambda tf, x: tf.gather_nd(x, [[0, 1], [1, 2]]), _X)
case(
    __name__,
    "embedding_lookup",
    lambda tf, x, i: tf.nn.embedding_lookup(x, i),
    np.arange(12, dtype=np.float32).reshape(3, 4),
    _I,
)
case(
    __name__,
    "one_hot",
    lambda tf, i: [
        tf.one_hot(i, 4),
        tf.one_hot(i, 3, 5.0, -1.0),
        tf.one_hot(i, depth=3, dtype=tf.int32),
        tf.one_hot(i, 4, axis=0),
    ],
    _I,
    wrong=[
        lambda tf: tf.one_hot(1, depth="a"),
        lambda tf: tf.one_hot(1.5, 3),
        lambda tf: tf.one_hot([1], 3, on_value=1, off_value=0.0),
    ],
)
case(
    __name__,
    "tile",
    lambda tf, x: [tf.tile(x, [2, 1]), tf.tile(x, [1, 2])],
    _X,
    wrong=[lambda tf: tf.tile(tf.ones([2]), [1, 2])],
)
case(
    __name__,
    "pad",
    lambda tf, x: [tf.pad(x, [[1, 0], [0, 2]]), tf.pad(x, [[1, 1], [1, 1]], constant_values=7.0)],
    _X,
    wrong=[lambda tf: tf.pad(tf.ones([2]), [[1, 1], [1, 1]])],
)
case(
    __name__,
    "pad_mirror",
    lambda tf, x: [tf.pad(x, [[1, 0], [0, 2]], "REFLECT"), tf.pad(x, [[1, 0], [0, 1]], "SYMMETRIC")],
    _X,
)
case(__name__, "reverse", lambda tf, x: [tf.reverse(x, [0]), tf.reverse(x, [-1, 0])], _X)
case(__name__, "where", lambda tf, x, y: [tf.where(x > 2.0, x, y), tf.where(x > 2.0)], _X, _X * 10, gradient=False)
case(__name__, "where_gradient", lambda tf, x, y: tf.where(x > 2.0, x, y), _X, _X * 10)
case(
    __name__,
    "where_wrong",
    lambda tf, x: tf.where([True, False], x, -x),
    _X,
    wrong=[
        lambda tf: tf.where([True], tf.ones([2]), tf.ones([3])),
        lambda tf: tf.where([1.0], tf.ones([1]), tf.ones([1])),
        lambda tf: tf.where([True], tf.ones([1])),
    ],
)
case(__name__, "boolean_mask", lambda tf, x: tf.boolean_mask(x, [True, False]), _X)
case(__name__, "fill", lambda tf, x: [tf.fill([2, 2], x), tf.fill(tf.shape(x), 3)], np.array(2.0, np.float32))
case(__name__, "broadcast_to", lambda tf, x: tf.broadcast_to(x, [2, 3]), np.arange(3, dtype=np.float32))
case(
    __name__,
    "range",
    lambda tf, i: [
        tf.range(i),
        tf.range(2, i),
        tf.range(0, i, 2),
        tf.range(3.0),
        tf.range(5, 0, -1),
        tf.range(0, 3, dtype=tf.int64),
    ],
    np.array(6, np.int32),
    wrong=[
        lambda tf: tf.range(1, 2, "x"),
        lambda tf: tf.range(0, 5, 0),
        lambda tf: tf.range(5, 0, 1),
        lambda tf: tf.range([1]),
    ],
)
case(__name__, "linspace", lambda tf, x: tf.linspace(0.0, 1.0, 4) + x, np.array(2.0, np.float32))
case(__name__, "invert_permutation", lambda tf, i: tf.invert_permutation(i), _I)
case(__name__, "unique", lambda tf, i: [*tf.unique(i)], np.array([3, 1, 3, 2], np.int32))
case(__name__, "unsorted_segment_sum", lambda tf, x: tf.unsorted_segment_sum(x, [1, 0], 3), _X)
case(__name__, "segment_sum", lambda tf, x: tf.segment_sum(x, [0, 0]), _X)
case(__name__, "check_numerics", lambda tf, x: tf.check_numerics(x, "bad"), _X)
case(
    __name__,
    "check_numerics_nan",
    lambda tf, x: tf.check_numerics(x, "bad"),
    _X / np.float32(0.0) if False else np.array([np.nan, 1.0]),
)
case(__name__, "top_k", lambda tf, x: [*tf.nn.top_k(x, 2)], _X)
case(__name__, "in_top_k", lambda tf, x, i: tf.nn.in_top_k(x, i, 1), _X, np.array([2, 0], np.int32))
case(__name__, "tuple_and_group", lambda tf, x, y: tf.tuple([x + 1.0, y * 2.0]), _X, _X)
case(__name__, "assert_equal", lambda tf, x: [tf.identity(x)], _X, wrong=[lambda tf: tf.ones([2]).set_shape([3])])
