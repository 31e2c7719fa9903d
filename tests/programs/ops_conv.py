"""Convolutions and pooling."""

from __future__ import annotations

import numpy as np

from .tools import case, program, run

_RANDOM = np.random.RandomState(0)
_X = _RANDOM.randint(-4, 5, (2, 5, 6, 3)).astype(np.float32) / 4
_W = _RANDOM.randint(-4, 5, (3, 2, 3, 4)).astype(np.float32) / 4
_D = _RANDOM.randint(-4, 5, (2, 3, 3, 2)).astype(np.float32) / 4
_EXPLICIT = [[0, 0], [1, 2], [3, 0], [0, 0]]

for _strides in (1, 2, [1, 2, 3, 1]):
    for _padding in ("SAME", "VALID", _EXPLICIT):

        def _conv2d(tf, x, w, strides=_strides, padding=_padding):
            return tf.nn.conv2d(x, w, strides, padding)

        _text = "-".join(str(each) for each in (_strides if isinstance(_strides, list) else [_strides]))
        _kind = _padding if isinstance(_padding, str) else "explicit"
        case(__name__, f"conv2d_{_text}_{_kind}", _conv2d, _X, _W)

case(
    __name__,
    "conv2d_dilated",
    lambda tf, x, w: tf.nn.conv2d(x, w, 1, "VALID", dilations=[1, 2, 2, 1]),
    _X,
    _W,
    gradient=False,
)
case(
    __name__, "conv2d_dilated_same", lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME", dilations=2), _X, _W, gradient=False
)
case(
    __name__,
    "conv2d_names",
    lambda tf, x, w: [
        tf.nn.conv2d(x, filters=w, strides=[1, 1], padding="SAME", name="c"),
        tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME", use_cudnn_on_gpu=False),
    ],
    _X,
    _W,
    wrong=[
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 2, 4]), 1, "SAME"),
        lambda tf: tf.nn.conv2d(tf.ones([5, 5, 3]), tf.ones([3, 3, 3, 4]), 1, "SAME"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3]), 1, "SAME"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 2, 2, 3]), tf.ones([3, 3, 3, 4]), 1, "VALID"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), 1, "MAYBE"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), 1, "EXPLICIT"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), 1, [[0, 0], [1, 1]]),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), 1, [[0, 0], [1, 1], 1, [0, 0]]),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), [1, 1, 1], "SAME"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 3, 4]), 0, "SAME"),
        lambda tf: tf.nn.conv2d(tf.ones([1, 5, 5, 3], tf.int64), tf.ones([3, 3, 3, 4], tf.int64), 1, "SAME"),
    ],
)
case(__name__, "conv2d_one_by_one", lambda tf, x, w: tf.nn.conv2d(x, w, 1, "VALID"), _X, _W[:1, :1])
case(
    __name__,
    "conv2d_one_channel",
    lambda tf, x, w: tf.nn.conv2d(x, w, 2, "SAME"),
    _X[..., :1],
    _W[:, :, :1].astype(np.float32),
)
case(__name__, "conv2d_double", lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME"), _X.astype(np.float64), _W.astype(float))
case(
    __name__,
    "conv2d_twice",
    lambda tf, x, w: tf.gradients(tf.reduce_sum(tf.square(tf.nn.conv2d(x, w, 2, "SAME"))), [x, w]),
    _X,
    _W,
)
case(
    __name__,
    "conv2d_batches",
    lambda tf, x, w: tf.nn.conv2d(x, w, 1, "SAME"),
    _X.reshape(1, 2, 5, 6, 3),
    _W,
    ranks=False,
)
case(
    __name__,
    "conv2d_backprop",
    lambda tf, x, w, dy: [
        tf.nn.conv2d_backprop_input([2, 5, 6, 3], w, dy, [1, 2, 2, 1], "SAME"),
        tf.nn.conv2d_backprop_filter(x, [3, 2, 3, 4], dy, [1, 2, 2, 1], "SAME", name="f"),
    ],
    _X,
    _W,
    _RANDOM.randint(-4, 5, (2, 3, 3, 4)).astype(np.float32) / 4,
)
case(
    __name__,
    "conv2d_transpose",
    lambda tf, x, w: [
        tf.nn.conv2d_transpose(x, tf.transpose(w, [0, 1, 3, 2]), [2, 10, 12, 4], 2),
        tf.nn.conv2d_transpose(x, tf.transpose(w, [0, 1, 3, 2]), [2, 7, 7, 4], [1, 1, 1, 1], "VALID", name="up"),
    ],
    _X,
    _W,
)
case(
    __name__,
    "depthwise_native",
    lambda tf, x, w: [
        tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME"),
        tf.nn.depthwise_conv2d_native(x, w, [1, 2, 2, 1], "VALID", name="d"),
    ],
    _X,
    _D,
    wrong=[
        lambda tf: tf.nn.depthwise_conv2d_native(tf.ones([1, 5, 5, 3]), tf.ones([3, 3, 2, 4]), [1, 1, 1, 1], "SAME")
    ],
)
case(
    __name__,
    "depthwise_twice",
    lambda tf, x, w: tf.gradients(
        tf.reduce_sum(tf.square(tf.nn.depthwise_conv2d_native(x, w, [1, 1, 1, 1], "SAME"))), [x, w]
    ),
    _X,
    _D,
)


@program
def conv2d_run_errors(tf):
    x, w, dy = (tf.placeholder(tf.float32) for _ in range(3))
    y = tf.nn.conv2d(x, w, 1, "SAME")
    z = tf.nn.conv2d_backprop_filter(x, [3, 3, 3, 4], dy, [1, 1, 1, 1], "SAME")
    ones = np.ones
    return {
        "rank": run(tf, y, {x: ones((5, 5, 3)), w: ones((3, 3, 3, 4))}),
        "filter": run(tf, y, {x: ones((1, 5, 5, 3)), w: ones((3, 3, 4))}),
        "depth": run(tf, y, {x: ones((1, 5, 5, 3)), w: ones((3, 3, 2, 4))}),
        "empty": run(tf, y, {x: ones((0, 5, 5, 3)), w: ones((3, 3, 3, 4))}),
        "empty filter gradient": run(tf, z, {x: ones((0, 5, 5, 3)), dy: ones((0, 5, 5, 4))}),
    }


# ---- pooling

_TIES = _RANDOM.randint(0, 3, (2, 5, 6, 3)).astype(np.float32)

for _name in ("max_pool", "avg_pool"):
    for _size, _strides in ((2, 2), (3, 2), ([1, 2, 3, 1], [1, 1, 2, 1])):
        for _padding in ("SAME", "VALID"):

            def _pool(tf, x, name=_name, size=_size, strides=_strides, padding=_padding):
                return getattr(tf.nn, name)(x, size, strides, padding)

            _text = "wide" if isinstance(_size, list) else f"{_size}_{_strides}"
            case(__name__, f"{_name}_{_text}_{_padding}", _pool, _TIES)

case(
    __name__,
    "max_pool_names",
    lambda tf, x: [
        tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME", name="p"),
        tf.nn.max_pool2d(x, 2, 2, "VALID"),
        tf.nn.avg_pool2d(x, 2, 2, "VALID"),
        tf.nn.max_pool(input=x, value=None, ksize=2, strides=1, padding=[[0, 0], [1, 0], [0, 1], [0, 0]]),
    ],
    _TIES,
    wrong=[
        lambda tf: tf.nn.max_pool(tf.ones([1, 2, 2, 1]), 3, 1, "VALID"),
        lambda tf: tf.nn.max_pool(tf.ones([2, 2, 1]), 2, 1, "VALID"),
        lambda tf: tf.nn.max_pool(tf.ones([1, 2, 2, 1]), 0, 1, "VALID"),
        lambda tf: tf.nn.max_pool(tf.ones([1, 2, 2, 1]), [1, 2, 2], 1, "VALID"),
        lambda tf: tf.nn.avg_pool(tf.ones([1, 2, 2, 1]), 2, 2, "OTHER"),
        lambda tf: tf.nn.avg_pool(tf.ones([1, 2, 2, 1], tf.int32), 2, 2, "SAME"),
    ],
)
case(
    __name__,
    "max_pool_depth",
    lambda tf, x: tf.nn.max_pool(x, [1, 1, 1, 3], [1, 1, 1, 3], "VALID"),
    _TIES,
    gradient=False,
)
case(__name__, "max_pool_int", lambda tf, x: tf.nn.max_pool(x, 2, 1, "SAME"), _TIES.astype(np.int32), gradient=False)
case(
    __name__,
    "max_pool_twice",
    lambda tf, x: tf.gradients(tf.reduce_sum(tf.square(tf.nn.max_pool(x, 2, 2, "SAME"))), x),
    _TIES,
)
case(
    __name__,
    "avg_pool_twice",
    lambda tf, x: tf.gradients(tf.reduce_sum(tf.square(tf.nn.avg_pool(x, 2, 2, "SAME"))), x),
    _TIES,
)
case(
    __name__,
    "max_pool_with_argmax",
    lambda tf, x: [
        *tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME"),
        *tf.nn.max_pool_with_argmax(x, [1, 2, 2, 1], [1, 1, 1, 1], "VALID", include_batch_in_index=True),
    ],
    _TIES,
)
case(
    __name__,
    "pool1d",
    lambda tf, x: [tf.nn.max_pool1d(x, 2, 2, "SAME"), tf.nn.avg_pool1d(x, 2, 1, "VALID")],
    _TIES[0],
)
