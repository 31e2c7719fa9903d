"""Convolutions and pooling that are built from several operations, and blocks of pictures moved to batch or channels."""

from __future__ import annotations

import numpy as np

from .tools import case, program, run

_RANDOM = np.random.RandomState(1)
_X = _RANDOM.randint(-4, 5, (2, 6, 7, 2)).astype(np.float32) / 4
_W = _RANDOM.randint(-4, 5, (3, 2, 2, 3)).astype(np.float32) / 4
_S = _RANDOM.randint(-4, 5, (2, 9, 3)).astype(np.float32) / 4
_F = _RANDOM.randint(-4, 5, (4, 3, 2)).astype(np.float32) / 4

case(
    __name__,
    "conv1d",
    lambda tf, x, w: [
        tf.nn.conv1d(x, w, 2, "SAME"),
        tf.nn.conv1d(x, w, 1, "VALID", name="c"),
        tf.nn.conv1d(input=x, filters=w, stride=1, padding="SAME", data_format="NWC"),
    ],
    _S,
    _F,
    wrong=[
        lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([3, 2, 4]), 1, "SAME"),
        lambda tf: tf.nn.conv1d(tf.ones([1, 5, 3]), tf.ones([3, 3, 4]), 1, "SAME", data_format="XY"),
    ],
)
case(__name__, "conv1d_dilated", lambda tf, x, w: tf.nn.conv1d(x, w, 1, "SAME", dilations=2), _S, _F, gradient=False)
case(
    __name__,
    "conv1d_transpose",
    lambda tf, x, w: tf.nn.conv1d_transpose(x, tf.transpose(w, [0, 2, 1]), [2, 18, 2], 2),
    _S,
    _F,
)
case(
    __name__,
    "convolution",
    lambda tf, x, w: [
        tf.nn.convolution(x, w, "SAME"),
        tf.nn.convolution(x, w, "VALID", strides=[2, 1], name="v"),
    ],
    _X,
    _W,
    wrong=[
        lambda tf: tf.nn.convolution(tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 4]), "SAME", [2, 2], [2, 2]),
        lambda tf: tf.nn.convolution(tf.ones([1, 5, 5, 2]), tf.ones([3, 3, 2, 4]), "SAME", [2, 2, 2]),
    ],
)
case(
    __name__,
    "convolution_sequences",
    lambda tf, x, w: tf.nn.convolution(x, w, "SAME", strides=[2]),
    _S,
    _F,
    ranks=False,
)
case(
    __name__,
    "convolution_holes",
    lambda tf, x, w: [
        tf.nn.convolution(x, w, "SAME", dilation_rate=[2, 2]),
        tf.nn.convolution(x, w, "VALID", dilation_rate=[1, 3], name="v"),
    ],
    _X,
    _W,
    ranks=False,
)
case(__name__, "convolution_values", lambda tf: tf.nn.convolution(_X, _W, "SAME"))
case(
    __name__,
    "convolution_holes_sequences",
    lambda tf, x, w: tf.nn.convolution(x, w, "SAME", dilation_rate=[2]),
    _S,
    _F,
    ranks=False,
)
case(__name__, "atrous_conv2d", lambda tf, x, w: tf.nn.atrous_conv2d(x, w, 2, "SAME", name="a"), _X, _W, ranks=False)
case(
    __name__,
    "atrous_conv2d_transpose",
    lambda tf, x, w: tf.nn.atrous_conv2d_transpose(x, tf.transpose(w, [0, 1, 3, 2]), [2, 6, 7, 3], 2, "SAME"),
    _X,
    _W,
    ranks=False,
)
case(
    __name__,
    "depthwise_conv2d",
    lambda tf, x, w: [
        tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME"),
        tf.nn.depthwise_conv2d(x, w, [1, 2, 2, 1], "VALID", name="d"),
    ],
    _X,
    _W,
)


@program
def depthwise_conv2d_holes(tf):
    x, w = tf.constant(_X), tf.constant(_W)
    y = tf.nn.depthwise_conv2d(x, w, [1, 1, 1, 1], "SAME", rate=[2, 2])
    z = tf.nn.separable_conv2d(x, w, tf.ones([1, 1, 6, 2]), [1, 1, 1, 1], "VALID", rate=[2, 1])
    return {"y": y, "values": run(tf, [y, z, tf.gradients([y, z], [x, w])])}


case(
    __name__,
    "separable_conv2d",
    lambda tf, x, w, p: tf.nn.separable_conv2d(x, w, p, [1, 1, 1, 1], "SAME"),
    _X,
    _W,
    _RANDOM.randint(-4, 5, (1, 1, 6, 4)).astype(np.float32) / 4,
)
case(
    __name__,
    "pool",
    lambda tf, x: [
        tf.nn.pool(x, [2, 2], "MAX", "SAME", strides=[2, 2]),
        tf.nn.pool(x, [2, 3], "AVG", "VALID", name="mean"),
        tf.nn.pool(x, [2, 2], "MAX", "VALID", dilation_rate=[2, 2]),
    ],
    _X,
    ranks=False,
    wrong=[
        lambda tf: tf.nn.pool(tf.ones([1, 5, 5, 2]), [2, 2], "MAX", "SAME", dilation_rate=[2, 2]),
        lambda tf: tf.nn.pool(tf.ones([1, 5, 5, 2]), [2, 2], "MAX", "SAME", strides=[3, 3]),
        lambda tf: tf.nn.pool(tf.ones([1, 5, 5, 2]), [2, 2], "MIN", "SAME"),
    ],
)
case(__name__, "pool_sequences", lambda tf, x: tf.nn.pool(x, [2], "AVG", "SAME", strides=[2]), _S, ranks=False)
case(
    __name__,
    "space_to_batch",
    lambda tf, x: [
        tf.space_to_batch_nd(x, [2, 3], [[0, 0], [1, 1]]),
        tf.space_to_batch(x, [[0, 0], [0, 1]], 2),
        tf.batch_to_space_nd(tf.space_to_batch_nd(x, [2, 2], [[1, 1], [0, 1]]), [2, 2], [[1, 1], [0, 1]]),
        tf.batch_to_space(tf.space_to_batch(x, [[0, 0], [0, 1]], 2), [[0, 0], [1, 0]], 2, name="b"),
    ],
    _X,
    wrong=[
        lambda tf: tf.space_to_batch_nd(tf.ones([1, 5, 5, 1]), [2, 2], [[0, 0], [0, 0]]),
        lambda tf: tf.batch_to_space_nd(tf.ones([3, 5, 5, 1]), [2, 2], [[0, 0], [0, 0]]),
    ],
)
case(
    __name__,
    "space_to_depth",
    lambda tf, x: [tf.space_to_depth(x, 2), tf.depth_to_space(tf.concat([x, x], 3), 2)],
    _X[:, :, :6],
    wrong=[
        lambda tf: tf.space_to_depth(tf.ones([1, 5, 5, 1]), 2),
        lambda tf: tf.depth_to_space(tf.ones([1, 5, 5, 3]), 2),
    ],
)
case(
    __name__,
    "required_paddings",
    lambda tf: [
        *tf.required_space_to_batch_paddings([5, 6], [2, 3]),
        *tf.required_space_to_batch_paddings(tf.placeholder(tf.int32, [2]), [2, 3], [[1, 1], [0, 2]]),
    ],
    gradient=False,
)
