"""One program for each operation of neural networks."""

from __future__ import annotations

import numpy as np

from .tools import case, program, run

_X = np.array([[1.5, -2.0, 0.25], [3.0, 0.5, -1.25]], np.float32)
_LABELS = np.array([2, 0], np.int64)
_SOFT = np.array([[0.1, 0.2, 0.7], [0.8, 0.1, 0.1]], np.float32)

for _name in ["relu", "relu6", "elu", "selu", "softplus", "softsign", "leaky_relu", "sigmoid", "tanh", "l2_loss"]:

    def _unary(tf, x, name=_name):
        return getattr(tf.nn, name)(x)

    case(__name__, _name, _unary, _X, wrong=[lambda tf, name=_name: getattr(tf.nn, name)("text")])

for _name in ["softmax", "log_softmax"]:

    def _softmax(tf, x, name=_name):
        return getattr(tf.nn, name)(x)

    case(__name__, _name, _softmax, _X, wrong=[lambda tf, name=_name: getattr(tf.nn, name)(tf.constant(1.0))])

case(__name__, "softmax_axis", lambda tf, x: tf.nn.softmax(x, axis=0), _X, ranks=False)
case(__name__, "relu_twice", lambda tf, x: tf.nn.relu(tf.nn.relu(x) - 1.0, name="top"), _X)
case(
    __name__,
    "bias_add",
    lambda tf, x, b: [tf.nn.bias_add(x, b), tf.nn.bias_add(x, b, name="biased")],
    _X,
    np.array([1.0, 2.0, 3.0], np.float32),
    wrong=[
        lambda tf: tf.nn.bias_add(tf.ones([2, 3]), tf.ones([2])),
        lambda tf: tf.nn.bias_add(tf.ones([2, 3]), tf.ones([2, 3])),
        lambda tf: tf.nn.bias_add(tf.ones([2, 3]), tf.ones([3], tf.int32)),
    ],
)
case(
    __name__,
    "xw_plus_b",
    lambda tf, x, w, b: tf.nn.xw_plus_b(x, w, b),
    _X,
    np.arange(6, dtype=np.float32).reshape(3, 2),
    np.array([1.0, 2.0], np.float32),
)
case(
    __name__,
    "softmax_cross_entropy",
    lambda tf, z, y: tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=z),
    _X,
    _SOFT,
    wrong=[
        lambda tf: tf.nn.softmax_cross_entropy_with_logits(tf.ones([2, 3]), tf.ones([2, 3])),
        lambda tf: tf.nn.softmax_cross_entropy_with_logits(labels=tf.ones([2, 3]), logits=tf.ones([2, 4])),
        lambda tf: tf.nn.softmax_cross_entropy_with_logits(labels=tf.ones([2, 3])),
    ],
)
case(
    __name__,
    "softmax_cross_entropy_v2",
    lambda tf, z, y: tf.nn.softmax_cross_entropy_with_logits_v2(labels=y, logits=z),
    _X,
    _SOFT,
)
case(
    __name__,
    "sparse_softmax_cross_entropy",
    lambda tf, z, y: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z),
    _X,
    _LABELS,
    wrong=[
        lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(tf.ones([2], tf.int32), tf.ones([2, 3])),
        lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.ones([2, 3], tf.int32), logits=tf.ones([2, 3])
        ),
        lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0.5, 1.0], logits=tf.ones([2, 3])),
        lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[0, 1, 2], logits=tf.ones([2, 3])),
    ],
)
case(
    __name__,
    "sparse_softmax_cross_entropy_int32",
    lambda tf, z, y: tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z)),
    _X,
    _LABELS.astype(np.int32),
)
case(
    __name__,
    "sparse_softmax_cross_entropy_bad_label",
    lambda tf, z, y: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits=z),
    _X,
    np.array([3, -1], np.int64),
)
case(
    __name__,
    "sigmoid_cross_entropy",
    lambda tf, z, y: tf.nn.sigmoid_cross_entropy_with_logits(labels=y, logits=z),
    _X,
    _SOFT,
    wrong=[lambda tf: tf.nn.sigmoid_cross_entropy_with_logits(labels=tf.ones([2]), logits=tf.ones([3]))],
)
case(
    __name__, "weighted_cross_entropy", lambda tf, z, y: tf.nn.weighted_cross_entropy_with_logits(y, z, 2.0), _X, _SOFT
)
case(__name__, "log_loss_by_hand", lambda tf, z, y: -tf.reduce_sum(y * tf.log(tf.nn.softmax(z)), 1), _X, _SOFT)
case(__name__, "swish", lambda tf, x: tf.nn.swish(x), _X)
case(__name__, "swish_beta", lambda tf, x, b: tf.nn.swish(x, beta=b), _X, np.array(2.0, np.float32))
case(__name__, "moments", lambda tf, x: [*tf.nn.moments(x, [0])], _X)
case(__name__, "dropout_keep_all", lambda tf, x: tf.nn.dropout(x, keep_prob=1.0), _X)


@program
def custom_gradients(tf):
    @tf.custom_gradient
    def clipped(x):
        return tf.identity(x, name="passed"), lambda dy: tf.clip_by_value(dy, -0.5, 0.5)

    @tf.custom_gradient
    def both(x, y):
        return [x * y, x + y], lambda dp, ds: (dp + ds, dp * 2.0)

    x, y = tf.constant(_X), tf.constant(_X + 1.0)
    first = clipped(x)
    p, s = both(x, y)
    slopes = [tf.gradients(first * 3.0, x), tf.gradients(p, [x, y]), tf.gradients([p * 2.0, s], [x, y])]
    return {"made": [first, p, s], "slopes": slopes, "values": run(tf, [first, p, s, slopes])}
