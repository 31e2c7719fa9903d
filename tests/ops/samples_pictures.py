"""Samples of operations on pictures, of products by letters and of numbers put into places."""

from __future__ import annotations

import numpy as np

from tfmini.framework.registry import raw

from .samples import Sample, normal

_X = normal(2, 4, 5, 2)
_W = normal(3, 2, 2, 2)
_D = normal(3, 2, 2, 2)
_DY = normal(2, 4, 5, 2)
_ONES = [1, 1, 1, 1]
_TWOS = [1, 2, 2, 1]
_SAME = {"strides": _ONES, "padding": "SAME"}
_POOL = {"ksize": _TWOS, "strides": _TWOS, "padding": "SAME"}

PICTURES: dict[str, Sample] = {
    "Conv2D": Sample(lambda tf, x, w: tf.nn.conv2d(x, w, 2, "VALID"), (_X, _W)),
    "Conv2DBackpropInput": Sample(lambda tf, w, dy: raw.Conv2DBackpropInput([2, 4, 5, 2], w, dy, **_SAME), (_W, _DY)),
    "Conv2DBackpropFilter": Sample(lambda tf, x, dy: raw.Conv2DBackpropFilter(x, [3, 2, 2, 2], dy, **_SAME), (_X, _DY)),
    "DepthwiseConv2dNative": Sample(
        lambda tf, x, w: tf.nn.depthwise_conv2d_native(x, w, [1, 2, 2, 1], "SAME"), (_X, _D)
    ),
    "DepthwiseConv2dNativeBackpropInput": Sample(
        lambda tf, w, dy: raw.DepthwiseConv2dNativeBackpropInput([2, 4, 5, 1], w, dy, **_SAME),
        (normal(3, 2, 1, 2), _DY),
    ),
    "DepthwiseConv2dNativeBackpropFilter": Sample(
        lambda tf, x, dy: raw.DepthwiseConv2dNativeBackpropFilter(x, [3, 2, 1, 2], dy, **_SAME),
        (normal(2, 4, 5, 1), _DY),
    ),
    "MaxPool": Sample(lambda tf, x: tf.nn.max_pool(x, 2, 1, "SAME"), (_X,)),
    "MaxPoolGrad": Sample(
        lambda tf, dy: raw.MaxPoolGrad(_X, tf.nn.max_pool(_X, 2, 2, "SAME"), dy, **_POOL), (normal(2, 2, 3, 2),)
    ),
    "MaxPoolGradGrad": Sample(
        lambda tf, dz: raw.MaxPoolGradGrad(_X, tf.nn.max_pool(_X, 2, 2, "SAME"), dz, **_POOL), (_DY,)
    ),
    "MaxPoolWithArgmax": Sample(lambda tf, x: tf.nn.max_pool_with_argmax(x, _TWOS, _TWOS, "SAME")[0], (_X,)),
    "AvgPool": Sample(lambda tf, x: tf.nn.avg_pool(x, 2, 2, "VALID"), (_X,), lambda x: _means(x)),
    "AvgPoolGrad": Sample(lambda tf, dy: raw.AvgPoolGrad([2, 4, 5, 2], dy, **_POOL), (normal(2, 2, 3, 2),)),
    "SpaceToBatchND": Sample(
        lambda tf, x: tf.space_to_batch_nd(x, [2], [[0, 0]]),
        (_X,),
        lambda x: np.concatenate([x[:, ::2], x[:, 1::2]]),
    ),
    "BatchToSpaceND": Sample(
        lambda tf, x: tf.batch_to_space_nd(x, [2], [[1, 0]]),
        (_X,),
        lambda x: np.stack([x[:1], x[1:]], axis=2).reshape(1, 8, 5, 2)[:, 1:],
    ),
    "SpaceToDepth": Sample(lambda tf, x: tf.space_to_depth(x, 2), (normal(1, 4, 2, 3),)),
    "DepthToSpace": Sample(lambda tf, x: tf.depth_to_space(x, 2), (normal(1, 2, 3, 4),)),
    "SparseToDense": Sample(
        lambda tf, v: tf.sparse_to_dense([[0, 1], [1, 2]], [2, 3], v, 0.0),
        (normal(2),),
        lambda v: np.array([[0, v[0], 0], [0, 0, v[1]]]),
    ),
    "Einsum": Sample(
        lambda tf, x, y: tf.einsum("...ij,jk->...ki", x, y),
        (normal(2, 3, 4), normal(4, 2)),
        lambda x, y: np.einsum("...ij,jk->...ki", x, y),
    ),
}


def _means(x: np.ndarray) -> np.ndarray:
    return x[:, :4, :4].reshape(2, 2, 2, 2, 2, 2).mean(axis=(2, 4))
