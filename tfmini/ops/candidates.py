"""Candidate samplers: a few classes drawn out of many, with how often each was to be expected.

The draws are those of TensorFlow's CPU kernels, bit for bit: a run takes 512 blocks of Philox for each candidate and uses as many
words as it needs, two for each draw. The blocks of several runs are computed together and kept, since numpy is
slow with a few numbers at a time; the position in the stream is the one that it would be without.
"""

from __future__ import annotations

import functools
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import random_seed
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text
from ..framework.tensor import Tensor
from . import philox
from .elementwise import within
from .shape_functions import with_rank

__all__ = [
    "all_candidate_sampler",
    "compute_accidental_hits",
    "log_uniform_candidate_sampler",
    "uniform_candidate_sampler",
]

_Draw = Callable[[np.ndarray, int], np.ndarray]
_BLOCKS_A_CANDIDATE = 512
_LARGEST_TABLE = 1 << 20
_WORDS_AHEAD = 1 << 14


class _Draws(philox.Philox):
    """The stream of one sampler in one session, with what its next runs draw computed ahead.

    Attributes:
      first: counter of the run that the first of `runs` belongs to.
      runs: the draws of each run.
      length: how many pairs of words each of them is made of.
    """

    __slots__ = ("first", "length", "runs")

    def __init__(self, seed: int, seed2: int) -> None:
        super().__init__(seed, seed2)
        self.first = -1
        self.length = 0
        self.runs: list[np.ndarray] = []

    def drawn(self, draw: _Draw, range_max: int, start: int, stride: int, count: int) -> np.ndarray:
        """Returns what the run that starts at block `start` draws from `count` pairs of words; runs are `stride` blocks apart."""
        distance = start - self.first
        if distance >= 0 and distance % stride == 0 and self.length >= count:
            number = distance // stride
            if number < len(self.runs):
                return self.runs[number]
        runs = max(1, _WORDS_AHEAD // (2 * count))
        blocks = -(-count // 2)
        offsets = np.arange(runs, dtype=np.uint64)[:, None] * np.uint64(stride) + np.arange(blocks, dtype=np.uint64)
        pairs = philox.blocks_from(self.key, start, offsets.ravel()).reshape(runs, 2 * blocks, 2)
        together = draw(pairs.reshape(-1, 2), range_max)
        if together.size == runs * 2 * blocks:
            self.runs = list(together.reshape(runs, -1))
        else:  # some were passed over: each run passes over its own
            self.runs = [draw(each, range_max) for each in pairs]
        self.first, self.length = start, 2 * blocks
        return self.runs[0]


def _stream(store: Any, op: Any) -> _Draws:
    def make() -> _Draws:
        seed, seed2 = op._attrs["seed"], op._attrs["seed2"]
        if seed == 0 and seed2 == 0:
            return _Draws(store.fresh_seed(), store.fresh_seed())
        return _Draws(seed, seed2)

    return store.get(op, make)


def _log_uniform(pairs: np.ndarray, range_max: int) -> np.ndarray:
    values = np.exp(philox.to_float64(pairs) * np.log1p(float(range_max))).astype(np.int64) - 1
    return values % range_max


def _log_uniform_probability(classes: np.ndarray, range_max: int) -> np.ndarray:
    numbers = classes.astype(np.float64)
    return (np.log((numbers + 2.0) / (numbers + 1.0)) / np.log1p(float(range_max))).astype(np.float32)


def _uniform(pairs: np.ndarray, range_max: int) -> np.ndarray:
    bits = pairs[:, 0] | (pairs[:, 1] << np.uint64(32))
    if range_max & (range_max - 1) == 0:
        return (bits & np.uint64(range_max - 1)).astype(np.int64)
    # Words below this would make small numbers likelier; they are passed over.
    skewed = np.uint64(((1 << 64) - 1) % range_max + 1)
    return (bits[bits >= skewed] % np.uint64(range_max)).astype(np.int64)


def _uniform_probability(classes: np.ndarray, range_max: int) -> np.ndarray:
    return np.full(classes.shape, 1.0 / range_max, np.float32)


def _sample(stream: _Draws, draw: _Draw, count: int, unique: bool, range_max: int) -> tuple[np.ndarray, int]:
    """Returns the candidates of one run and the number of draws."""
    stride = _BLOCKS_A_CANDIDATE * count
    start = stream.reserve(stride)
    wanted = 2 * count + 8
    while True:
        drawn = stream.drawn(draw, range_max, start, stride, wanted)
        if not unique:
            if drawn.size >= count:
                return drawn[:count].copy(), count
        else:
            listed = drawn.tolist()
            seen = dict.fromkeys(listed[:count])
            tries = count
            while len(seen) < count and tries < len(listed):
                # Each of the next draws adds one candidate at the most.
                more = listed[tries : tries + count - len(seen)]
                seen.update(dict.fromkeys(more))
                tries += len(more)
            if len(seen) == count:
                return np.array(list(seen), np.int64), tries
        wanted *= 4


@functools.lru_cache(maxsize=8)
def _table(probability: _Draw, range_max: int) -> np.ndarray:
    """Returns the probabilities of all classes."""
    return probability(np.arange(range_max), range_max)


def _expected(p: np.ndarray, count: int, tries: int) -> np.ndarray:
    if tries == count:
        return p * np.float32(count)
    return -np.expm1(np.float32(tries) * np.log1p(-p))


# ---- the operations

_OUTPUTS = "(sampled_candidates: int64, true_expected_count: float, sampled_expected_count: float)"
_COUNTS = ["num_true: int >= 1", "num_sampled: int >= 1", "unique: bool"]
_SEEDS = ["seed: int = 0", "seed2: int = 0"]


def _sampler_shape(call: Any) -> list[Dims]:
    true = with_rank(call.shapes[0], 2)
    count = (call.attrs["num_sampled"],)
    return [count, (true[0], call.attrs["num_true"]), count]


def _check_true(true: Any, num_true: int) -> None:
    if true.ndim != 2:
        raise KernelError(InvalidArgumentError, "true_classes must be a matrix")
    if true.shape[1] != num_true:
        raise KernelError(
            InvalidArgumentError, f"true_classes must have num_true columns, expected: {true.shape[1]} was: {num_true}"
        )


def _check_range(true: Any, range_max: int) -> None:
    if not within(true, range_max):
        flat = true.reshape(-1)
        wrong = np.flatnonzero((flat < 0) | (flat >= range_max))
        raise KernelError(
            InvalidArgumentError, f"`true_candidate` out of range [0, {range_max}), received {int(flat[wrong[0]])}"
        )


def _declare(name: str, draw: Callable[..., np.ndarray], probability: Callable[..., np.ndarray]) -> None:
    decl = op(
        f"{name}(true_classes: int64) -> {_OUTPUTS}",
        attrs=[*_COUNTS, "range_max: int >= 1", *_SEEDS],
        stateful=True,
        resources="random",
    )
    decl.no_gradient()
    decl.shape(_sampler_shape)

    @decl.bind
    def _bind(op: Any) -> Callable[..., Any]:
        attrs = op._attrs
        count, unique, range_max, num_true = (attrs[key] for key in ("num_sampled", "unique", "range_max", "num_true"))

        def kernel(store: Any, true: Any) -> Any:
            _check_true(true, num_true)
            if unique and count > range_max:
                raise KernelError(InvalidArgumentError, "Sampler's range is too small.")
            _check_range(true, range_max)
            sampled, tries = _sample(_stream(store, op), draw, count, unique, range_max)
            classes = np.concatenate([sampled, true.reshape(-1)])
            if range_max <= _LARGEST_TABLE:
                both = _table(probability, range_max).take(classes)
            else:
                both = probability(classes, range_max)
            counts = _expected(both, count, tries)
            return sampled, counts[count:].reshape(true.shape), counts[:count]

        return kernel


_declare("LogUniformCandidateSampler", _log_uniform, _log_uniform_probability)
_declare("UniformCandidateSampler", _uniform, _uniform_probability)

all_candidate_sampler_op = op(
    f"AllCandidateSampler(true_classes: int64) -> {_OUTPUTS}", attrs=[*_COUNTS, *_SEEDS], stateful=True
)
all_candidate_sampler_op.no_gradient()
all_candidate_sampler_op.shape(_sampler_shape)


@all_candidate_sampler_op.kernel
def _all_candidate_sampler_kernel(true: Any, *, num_sampled: int, num_true: int) -> Any:
    _check_true(true, num_true)
    _check_range(true, num_sampled)
    return np.arange(num_sampled), np.ones(true.shape, np.float32), np.ones(num_sampled, np.float32)


accidental_hits_op = op(
    "ComputeAccidentalHits(true_classes: int64, sampled_candidates: int64) -> (indices: int32, ids: int64, weights: float)",
    attrs=["num_true: int", *_SEEDS],
)
accidental_hits_op.no_gradient()


@accidental_hits_op.shape
def _accidental_hits_shape(call: Any) -> list[Dims]:
    true = with_rank(call.shapes[0], 2)
    if true[1] is not None and true[1] != call.attrs["num_true"]:
        raise ValueError(f"Dimension must be {call.attrs['num_true']} but is {true[1]}")
    with_rank(call.shapes[1], 1)
    return [(None,)] * 3


@accidental_hits_op.kernel
def _accidental_hits_kernel(true: Any, sampled: Any, *, num_true: int) -> Any:
    if true.ndim != 2 or true.shape[1] != num_true:
        raise KernelError(
            InvalidArgumentError, f"true_candidates must be a batch_size * num_true matrix, not {dims_text(true.shape)}"
        )
    places = {value: index for index, value in enumerate(sampled.tolist())}
    rows: list[int] = []
    ids: list[int] = []
    for index, value in enumerate(true.reshape(-1).tolist()):
        place = places.get(value)
        if place is not None:
            rows.append(index // num_true)
            ids.append(place)
    weights = np.full(len(rows), -np.finfo(np.float32).max, np.float32)
    return np.array(rows, np.int32), np.array(ids, np.int64), weights


# ---- public functions


def log_uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Returns classes drawn with probability `log((k + 2) / (k + 1)) / log(range_max + 1)`: words in order of their frequency.

    Args:
      true_classes: int64 `[n, num_true]`.
      num_true: true classes in each row.
      num_sampled: how many to draw.
      unique: draw again what was drawn already.
      range_max: number of classes.
      seed: seed of the operation.
      name: name of the operation.

    Returns:
      The candidates, int64 `[num_sampled]`; expected counts of the true classes, float32 `[n, num_true]`; those of the
      candidates, float32 `[num_sampled]`.
    """
    return _build(raw.LogUniformCandidateSampler, true_classes, num_true, num_sampled, unique, seed, name, range_max)


def uniform_candidate_sampler(
    true_classes: Any,
    num_true: int,
    num_sampled: int,
    unique: bool,
    range_max: int,
    seed: int | None = None,
    name: str | None = None,
) -> Any:
    """Returns classes that are all equally likely; arguments and results are those of `log_uniform_candidate_sampler`."""
    return _build(raw.UniformCandidateSampler, true_classes, num_true, num_sampled, unique, seed, name, range_max)


def all_candidate_sampler(
    true_classes: Any, num_true: int, num_sampled: int, unique: bool, seed: int | None = None, name: str | None = None
) -> Any:
    """Returns all classes from 0 to `num_sampled - 1`, each expected once."""
    return _build(raw.AllCandidateSampler, true_classes, num_true, num_sampled, unique, seed, name)


_RESULTS = {
    name: namedtuple(name, ["sampled_candidates", "true_expected_count", "sampled_expected_count"])
    for name in ("LogUniformCandidateSampler", "UniformCandidateSampler", "AllCandidateSampler")
}


def _build(
    function: Any, true: Any, num_true: int, count: int, unique: bool, seed: Any, name: Any, range_max: Any = None
) -> Any:
    seed1, seed2 = random_seed.get_seed(seed)
    attrs = {"num_true": num_true, "num_sampled": count, "unique": unique, "seed": seed1, "seed2": seed2}
    if range_max is not None:
        attrs["range_max"] = range_max
    made = function(true, **attrs, name=name)
    return _RESULTS[function.__name__](*made)


def compute_accidental_hits(
    true_classes: Any, sampled_candidates: Any, num_true: int, seed: int | None = None, name: str | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns where a true class was drawn too: rows, places among the candidates, and the lowest float32 for each.

    Args:
      true_classes: int64 `[n, num_true]`.
      sampled_candidates: int64 `[k]`.
      num_true: true classes in each row.
      seed: kept as an attribute.
      name: name of the operation.
    """
    seed1, seed2 = random_seed.get_seed(seed)
    return raw.ComputeAccidentalHits(
        true_classes, sampled_candidates, num_true=num_true, seed=seed1, seed2=seed2, name=name
    )
