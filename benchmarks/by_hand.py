"""What the hand-written training steps share: parameters in one flat buffer, and Adam over it in tiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_TILE = 1 << 16


class Flat:
    """Arrays that lie one behind the other in one buffer.

    Attributes:
      buffer: all numbers.
      views: the arrays, which share its memory.
    """

    def __init__(self, shapes: Sequence[tuple[int, ...]], values: Sequence[np.ndarray] | None = None) -> None:
        sizes = [int(np.prod(shape)) for shape in shapes]
        self.buffer = np.zeros(sum(sizes), np.float32)
        ends = np.cumsum(sizes)
        self.views = [
            self.buffer[end - size : end].reshape(shape) for shape, size, end in zip(shapes, sizes, ends, strict=True)
        ]
        if values is not None:
            self.set(values)

    def set(self, values: Sequence[np.ndarray]) -> None:
        """Copies values in."""
        for view, value in zip(self.views, values, strict=True):
            view[...] = value


class Adam:
    """Adam on a flat buffer.

    The moments are kept divided by `1 - beta`, which saves a pass each; rate and epsilon are scaled to fit.
    """

    def __init__(self, parameters: Flat, gradients: Flat, rate: float, epsilon: float = 1e-8) -> None:
        self.parameters, self.gradients = parameters, gradients
        self.first, self.second = np.zeros_like(parameters.buffer), np.zeros_like(parameters.buffer)
        self.rate, self.epsilon = rate, epsilon
        self.work = np.empty(min(_TILE, parameters.buffer.size), np.float32)
        self.steps = 0

    def reset(self) -> None:
        """Forgets the moments."""
        self.first[:] = 0
        self.second[:] = 0
        self.steps = 0

    def step(self) -> None:
        """Applies the gradients."""
        self.steps += 1
        beta1, beta2 = 0.9, 0.999
        rate = self.rate * np.sqrt(1 - beta2**self.steps) / (1 - beta1**self.steps)
        alpha = np.array(rate * (1 - beta1) / np.sqrt(1 - beta2), np.float32)
        epsilon = np.array(self.epsilon / np.sqrt(1 - beta2), np.float32)
        b1, b2 = np.array(beta1, np.float32), np.array(beta2, np.float32)
        buffer, slopes = self.parameters.buffer, self.gradients.buffer
        for start in range(0, buffer.size, _TILE):
            part = slice(start, start + _TILE)
            p, g, m, v = buffer[part], slopes[part], self.first[part], self.second[part]
            t = self.work[: p.size]
            np.multiply(m, b1, m)
            np.add(m, g, m)
            np.multiply(g, g, t)
            np.multiply(v, b2, v)
            np.add(v, t, v)
            np.sqrt(v, t)
            np.add(t, epsilon, t)
            np.divide(m, t, t)
            np.multiply(t, alpha, t)
            np.subtract(p, t, p)


class SoftmaxCrossEntropy:
    """Mean loss of classes given by number, and its gradient in place of the logits."""

    def __init__(self, batch: int, classes: int) -> None:
        self.starts = np.arange(batch) * classes
        self.column = np.empty((batch, 1), np.float32)
        self.ones = np.ones(classes, np.float32)
        self.sums = np.empty(batch, np.float32)
        self.scale = np.array(1 / batch, np.float32)
        self.batch = batch

    def __call__(self, logits: np.ndarray, labels: np.ndarray) -> np.float32:
        flat = logits.reshape(-1)
        np.take(flat, self.starts + logits.argmax(1), out=self.column[:, 0], mode="clip")
        np.subtract(logits, self.column, logits)
        places = self.starts + labels
        picked = flat.take(places)
        np.exp(logits, logits)
        np.dot(logits, self.ones, self.sums)
        loss = (np.log(self.sums).sum() - picked.sum()) / np.float32(self.batch)
        np.multiply(logits, (self.scale / self.sums)[:, None], logits)
        flat[places] -= self.scale
        return loss
