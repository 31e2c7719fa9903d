"""Normalization of batches and of channels, statistics with weights."""

from __future__ import annotations

import numpy as np

from .tools import case, program

_RANDOM = np.random.RandomState(0)
_X = _RANDOM.randint(-8, 9, (2, 3, 4, 3)).astype(np.float32) / 4
_SCALE = np.array([1.0, 0.5, 2.0], np.float32)
_OFFSET = np.array([0.0, 1.0, -1.0], np.float32)
_MEAN = np.array([0.25, -0.5, 0.0], np.float32)
_VARIANCE = np.array([1.0, 2.0, 0.5], np.float32)

_WEIGHTS = _RANDOM.randint(1, 9, (2, 3, 4, 3)).astype(np.float32)


def _weighted(outputs):
    return [outputs[0] * _WEIGHTS, *outputs[1:]]


case(
    __name__,
    "fused_batch_norm",
    lambda tf, x, s, o: [
        *tf.nn.fused_batch_norm(x, s, o)[1:],
        tf.nn.fused_batch_norm(x, s, o, epsilon=0.1, name="named")[0] * _WEIGHTS,
    ],
    _X,
    _SCALE,
    _OFFSET,
    wrong=[
        lambda tf: tf.nn.fused_batch_norm(tf.ones([2, 2, 2, 3]), tf.ones([3]), tf.ones([3]), is_training=False),
        lambda tf: tf.nn.fused_batch_norm(tf.ones([2, 2, 2, 3]), tf.ones([2]), tf.ones([3])),
        lambda tf: tf.nn.fused_batch_norm(tf.ones([2, 2, 3]), tf.ones([3]), tf.ones([3])),
    ],
)
case(
    __name__,
    "fused_batch_norm_averages",
    lambda tf, x, s, o, m, v: _weighted(tf.nn.fused_batch_norm(x, s, o, m, v, exponential_avg_factor=0.25)),
    _X,
    _SCALE,
    _OFFSET,
    _MEAN,
    _VARIANCE,
)
case(
    __name__,
    "fused_batch_norm_frozen",
    lambda tf, x, s, o, m, v: [*tf.nn.fused_batch_norm(x, s, o, m, v, is_training=False)],
    _X,
    _SCALE,
    _OFFSET,
    _MEAN,
    _VARIANCE,
)


@program
def fused_batch_norm_of_channels_first(tf):
    x = tf.placeholder(tf.float32, [2, 3, None, 4])
    y, mean, variance = tf.nn.fused_batch_norm(
        x, _SCALE, _OFFSET, _MEAN, _VARIANCE, is_training=False, data_format="NCHW"
    )
    return {"made": [y, mean, variance], "gradients": tf.gradients(y, x)}


case(
    __name__,
    "batch_normalization",
    lambda tf, x, s, o: tf.nn.batch_normalization(x, *tf.nn.moments(x, [0, 1, 2]), o, s, 0.01),
    _X,
    _SCALE,
    _OFFSET,
)
case(
    __name__,
    "weighted_moments",
    lambda tf, x, w: [
        *tf.nn.weighted_moments(x, [0, 2], w),
        *tf.nn.weighted_moments(x, [1], w, keep_dims=True, name="kept"),
    ],
    _X,
    np.abs(_X[:, :, :1]),
    ranks=False,
)
case(
    __name__,
    "statistics",
    lambda tf, x: [
        *tf.nn.sufficient_statistics(x, [0, 2])[:3],
        *tf.nn.sufficient_statistics(x, [1], shift=0.5, keep_dims=True, name="kept"),
        *tf.nn.normalize_moments(*tf.nn.sufficient_statistics(x, [0])),
        *tf.nn.normalize_moments(*tf.nn.sufficient_statistics(x, [0], shift=2.0), name="moved"),
    ],
    _X,
    ranks=False,
)
case(
    __name__,
    "global_normalization",
    lambda tf, x, m, v, b, g: [
        tf.nn.batch_norm_with_global_normalization(x, m, v, b, g, 0.01, True),
        tf.nn.batch_norm_with_global_normalization(x, m, v, b, g, 0.01, False, name="plain"),
    ],
    _X,
    _MEAN,
    _VARIANCE,
    _OFFSET,
    _SCALE,
)
case(
    __name__,
    "lrn",
    lambda tf, x: [
        tf.nn.lrn(x, depth_radius=1, bias=1.0, alpha=0.5, beta=0.75),
        tf.nn.local_response_normalization(x, name="l"),
    ],
    _X,
    wrong=[lambda tf: tf.nn.lrn(tf.ones([2, 3]))],
)
