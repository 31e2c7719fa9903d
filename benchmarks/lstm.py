"""A training step of an LSTM, unrolled over 50 steps, built from basic operations."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Line, Work
from .training import step_by_hand, step_of

_STEPS, _BATCH, _INPUTS, _HIDDEN = 50, 32, 128, 128
_RATE = 0.5


def _data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.RandomState(0)
    x = random.randn(_STEPS, _BATCH, _INPUTS).astype(np.float32)
    target = random.uniform(-0.5, 0.5, (_BATCH, _HIDDEN)).astype(np.float32)
    w = (random.randn(_INPUTS + _HIDDEN, 4 * _HIDDEN) / 16).astype(np.float32)
    return x, target, w, np.zeros(4 * _HIDDEN, np.float32)


def _lstm(tf: Any) -> Work:
    inputs, wanted, w_start, b_start = _data()
    graph = tf.Graph()
    with graph.as_default():
        x = tf.placeholder(tf.float32, [_STEPS, _BATCH, _INPUTS])
        target = tf.placeholder(tf.float32, [_BATCH, _HIDDEN])
        w, b = tf.Variable(w_start), tf.Variable(b_start)
        h = tf.zeros([_BATCH, _HIDDEN])
        c = tf.zeros([_BATCH, _HIDDEN])
        for part in tf.unstack(x):
            z = tf.nn.bias_add(tf.matmul(tf.concat([part, h], 1), w), b)
            i, f, o, j = tf.split(z, 4, 1)
            c = c * tf.sigmoid(f) + tf.sigmoid(i) * tf.tanh(j)
            h = tf.tanh(c) * tf.sigmoid(o)
        loss = tf.reduce_mean(tf.square(h - target))
        train = tf.train.GradientDescentOptimizer(_RATE).minimize(loss)
    return step_of(tf, graph, loss, train, {x: inputs, target: wanted})


def _lstm_by_hand() -> Work:
    """By hand: one product for all inputs, one for each half of the weights' gradient, one tanh for three sigmoids."""
    x, target, w_start, b_start = _data()
    n = _HIDDEN
    w, b = w_start.copy(), b_start.copy()
    wx, wh = w[:_INPUTS], w[_INPUTS:]
    wh_t = np.empty((4 * n, n), np.float32)
    z = np.empty((_STEPS, _BATCH, 4 * n), np.float32)
    z_rows, x_rows = z.reshape(-1, 4 * n), x.reshape(-1, _INPUTS)
    gates = np.empty((_STEPS, _BATCH, 4 * n), np.float32)
    h = np.zeros((_STEPS + 1, _BATCH, n), np.float32)
    c = np.zeros((_STEPS + 1, _BATCH, n), np.float32)
    tanh_c = np.empty((_STEPS, _BATCH, n), np.float32)
    dh, dc = np.empty((_BATCH, n), np.float32), np.empty((_BATCH, n), np.float32)
    t = np.empty((_BATCH, n), np.float32)
    wide = np.empty((_BATCH, 4 * n), np.float32)
    three = np.empty((_BATCH, 3 * n), np.float32)
    dw, db = np.empty_like(w), np.empty_like(b)
    ones = np.ones(_STEPS * _BATCH, np.float32)
    half, one, rate = np.array(0.5, np.float32), np.array(1, np.float32), np.array(_RATE, np.float32)
    scale = np.array(2 / (_BATCH * n), np.float32)

    def step() -> Any:
        dot, add, multiply, subtract, tanh = np.dot, np.add, np.multiply, np.subtract, np.tanh
        dot(x_rows, wx, z_rows)
        add(z_rows, b, z_rows)
        for k in range(_STEPS):
            g = gates[k]
            dot(h[k], wh, wide)
            add(wide, z[k], g)
            sigmoids, j = g[:, : 3 * n], g[:, 3 * n :]
            multiply(sigmoids, half, sigmoids)
            tanh(g, g)
            multiply(sigmoids, half, sigmoids)
            add(sigmoids, half, sigmoids)
            multiply(c[k], g[:, n : 2 * n], c[k + 1])
            multiply(g[:, :n], j, t)
            add(c[k + 1], t, c[k + 1])
            tanh(c[k + 1], tanh_c[k])
            multiply(tanh_c[k], g[:, 2 * n : 3 * n], h[k + 1])
        subtract(h[-1], target, dh)
        flat = dh.reshape(-1)
        loss = dot(flat, flat) / np.float32(flat.size)
        multiply(dh, scale, dh)
        dc[...] = 0
        wh_t[...] = wh.T
        for k in range(_STEPS - 1, -1, -1):
            g, dz = gates[k], z[k]
            i, f, o, j = g[:, :n], g[:, n : 2 * n], g[:, 2 * n : 3 * n], g[:, 3 * n :]
            multiply(dh, tanh_c[k], dz[:, 2 * n : 3 * n])
            multiply(tanh_c[k], tanh_c[k], t)
            subtract(one, t, t)
            multiply(t, o, t)
            multiply(t, dh, t)
            add(dc, t, dc)
            multiply(dc, j, dz[:, :n])
            multiply(dc, c[k], dz[:, n : 2 * n])
            sigmoids = g[:, : 3 * n]
            subtract(one, sigmoids, three)
            multiply(three, sigmoids, three)
            multiply(dz[:, : 3 * n], three, dz[:, : 3 * n])
            multiply(j, j, t)
            subtract(one, t, t)
            multiply(t, i, t)
            multiply(t, dc, dz[:, 3 * n :])
            multiply(dc, f, dc)
            dot(dz, wh_t, dh)
        dot(x_rows.T, z_rows, dw[:_INPUTS])
        dot(h[:-1].reshape(-1, n).T, z_rows, dw[_INPUTS:])
        dot(ones, z_rows, db)
        multiply(dw, rate, dw)
        subtract(w, dw, w)
        multiply(db, rate, db)
        subtract(b, db, b)
        return loss

    def reset() -> None:
        w[...] = w_start
        b[...] = b_start

    return step_by_hand(step, reset, lambda: [w, b])


CASES = (
    Case(
        (Line("lstm", "training step: LSTM, 50 steps unrolled, batch 32, hidden 128", 1.1, 1.3),),
        _lstm,
        _lstm_by_hand,
        tolerance=1e-3,
    ),
)
