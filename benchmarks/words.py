"""A training step of word2vec: skip-gram with noise-contrastive estimation, 50,000 words of 128 numbers, 64 sampled words."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Case, Line, Work, session

_WORDS, _SIZE, _BATCH, _SAMPLED = 50_000, 128, 128, 64
_RATE = 1.0
_STEPS_CHECKED = 3


def _data() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    table = random.uniform(-1, 1, (_WORDS, _SIZE)).astype(np.float32)
    weights = (random.standard_normal((_WORDS, _SIZE)) / np.sqrt(_SIZE)).astype(np.float32)
    words = np.minimum(random.zipf(1.3, (2, _BATCH)) - 1, _WORDS - 1)
    return [table, weights, np.zeros(_WORDS, np.float32)], words[0], words[1][:, None]


def _sample() -> list[np.ndarray]:
    """Returns sampled words and expected counts that every library is given when results are compared."""
    random = np.random.default_rng(1)
    _, _, labels = _data()
    words, tries = sample_words(random)
    return [words, expected_counts(labels, tries), expected_counts(words, tries)]


def sample_words(random: np.random.Generator) -> tuple[np.ndarray, int]:
    """Returns distinct words of the log-uniform distribution, in the order in which they were drawn, and how many draws it took."""
    drawn = np.exp(random.random(2 * _SAMPLED) * np.log(_WORDS + 1)).astype(np.int64) - 1
    _, first = np.unique(drawn, return_index=True)
    while first.size < _SAMPLED:
        more = np.exp(random.random(_SAMPLED) * np.log(_WORDS + 1)).astype(np.int64) - 1
        drawn = np.concatenate([drawn, more])
        _, first = np.unique(drawn, return_index=True)
    first.sort()
    first = first[:_SAMPLED]
    return drawn.take(first), int(first[-1]) + 1


def expected_counts(words: np.ndarray, tries: int) -> np.ndarray:
    """Returns how often each word is expected in a sample that took so many draws."""
    numbers = words.astype(np.float64)
    p = np.log((numbers + 2) / (numbers + 1)) / np.log(_WORDS + 1)
    return (-np.expm1(tries * np.log1p(-p))).astype(np.float32)


def _words(tf: Any) -> Work:
    start, inputs, labels = _data()
    graph = tf.Graph()
    with graph.as_default():
        center = tf.placeholder(tf.int64, [_BATCH])
        context = tf.placeholder(tf.int64, [_BATCH, 1])
        fed = [tf.placeholder(tf.float32, each.shape) for each in start]
        variables = [tf.Variable(each) for each in fed]
        table, weights, biases = variables
        embedded = tf.nn.embedding_lookup(table, center)

        def loss_of(sampled: Any) -> Any:
            return tf.reduce_mean(
                tf.nn.nce_loss(weights, biases, context, embedded, _SAMPLED, _WORDS, sampled_values=sampled)
            )

        loss = loss_of(None)
        train = tf.train.GradientDescentOptimizer(_RATE).minimize(loss)
        sample = _sample()
        given = tuple(tf.placeholder(tf.as_dtype(each.dtype), each.shape) for each in sample)
        checked = loss_of(given)
        train_checked = tf.train.GradientDescentOptimizer(_RATE).minimize(checked)
        init = tf.global_variables_initializer()
    own = session(tf, graph)
    own.run(init, dict(zip(fed, start, strict=True)))
    feeds = {center: inputs, context: labels}
    fetches = [loss, train]

    def check() -> list[np.ndarray]:
        own.run(init, dict(zip(fed, start, strict=True)))
        more = {**feeds, **dict(zip(given, sample, strict=True))}
        losses = [own.run([checked, train_checked], more)[0] for _ in range(_STEPS_CHECKED)]
        return [np.array(losses), *own.run(variables)]

    return Work(lambda: own.run(fetches, feeds), check=check)


def _words_by_hand() -> Work:
    start, center, context = _data()
    labels = context[:, 0]
    table, weights, biases = (each.copy() for each in start)
    flat_table, flat_weights = table.reshape(-1), weights.reshape(-1)
    random = np.random.default_rng(2)
    columns = np.arange(_SIZE)
    ones = np.ones(_SIZE, np.float32)
    one, rate = np.array(1, np.float32), np.array(_RATE / _BATCH, np.float32)

    def sigmoid_loss(z: np.ndarray) -> float:
        return float(np.sum(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))))

    def sigmoid(z: np.ndarray) -> np.ndarray:
        z = z * np.float32(0.5)
        np.tanh(z, z)
        z += one
        z *= np.float32(0.5)
        return z

    def step(sampled: np.ndarray, of_labels: np.ndarray, of_sampled: np.ndarray) -> float:
        h = table.take(center, axis=0)
        true_rows = weights.take(labels, axis=0)
        noise_rows = weights.take(sampled, axis=0)
        true = np.dot(h * true_rows, ones) + (biases.take(labels) - np.log(of_labels))
        noise = np.dot(h, noise_rows.T) + (biases.take(sampled) - np.log(of_sampled))
        loss = (sigmoid_loss(-true) + sigmoid_loss(noise)) / _BATCH
        d_true = (sigmoid(true) - one) * rate
        d_noise = sigmoid(noise) * rate
        dh = np.dot(d_noise, noise_rows)
        dh += d_true[:, None] * true_rows
        d_true_rows = d_true[:, None] * h
        d_noise_rows = np.dot(d_noise.T, h)
        np.subtract.at(flat_table, (center[:, None] * _SIZE + columns).ravel(), dh.ravel())
        np.subtract.at(flat_weights, (labels[:, None] * _SIZE + columns).ravel(), d_true_rows.ravel())
        weights[sampled] -= d_noise_rows
        np.subtract.at(biases, labels, d_true)
        biases[sampled] -= np.dot(np.ones(_BATCH, np.float32), d_noise)
        return loss

    def run() -> float:
        sampled, tries = sample_words(random)
        return step(sampled, expected_counts(labels, tries), expected_counts(sampled, tries))

    def check() -> list[np.ndarray]:
        for array, value in zip((table, weights, biases), start, strict=True):
            array[...] = value
        sampled, of_labels, of_sampled = _sample()
        losses = [step(sampled, of_labels[:, 0], of_sampled) for _ in range(_STEPS_CHECKED)]
        return [np.array(losses, np.float32), table, weights, biases]

    return Work(run, check=check)


CASES = (
    Case(
        (Line("words", "training step: word2vec, sampled, 50,000 x 128, batch 128", 1.5, 1.3),),
        _words,
        _words_by_hand,
        tolerance=1e-3,
    ),
)
