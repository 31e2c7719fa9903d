"""Random operations: their numbers are those of TensorFlow's CPU kernels for the same seeds.

Each operation has its own generator in a session. It starts from the operation's two seeds (`framework.random_seed`) and
goes on from run to run; two sessions give the same sequence. Without seeds, each session starts somewhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes, random_seed
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dimension
from ..framework.tensor import Tensor
from . import philox

__all__ = [
    "multinomial",
    "random_normal",
    "random_shuffle",
    "random_uniform",
    "set_random_seed",
    "truncated_normal",
]

set_random_seed = random_seed.set_random_seed

_SEEDS = ["seed: int = 0", "seed2: int = 0"]
_FLOATS = "{half, bfloat16, float, double}"


# ---- generators


def _generator(store: Any, op: Any) -> philox.Philox:
    """Returns the generator of `op` in this session."""

    def make() -> philox.Philox:
        seed, seed2 = op._attrs["seed"], op._attrs["seed2"]
        if seed == 0 and seed2 == 0:
            return philox.Philox(store.fresh_seed(), store.fresh_seed())
        return philox.Philox(seed, seed2)

    return store.get(op, make)


def _sizes(shape: Any) -> tuple[int, ...]:
    """Returns the shape that a kernel was given as numbers. Raises KernelError for one that is none."""
    array = np.asarray(shape)
    if array.ndim != 1:
        raise KernelError(InvalidArgumentError, f"shape must be a vector of {{int32,int64}}, got shape {array.shape}")
    sizes = tuple(int(size) for size in array.tolist())
    if any(size < 0 for size in sizes):
        raise KernelError(InvalidArgumentError, f"Dimension {min(sizes)} must be >= 0")
    return sizes


def _output_shape(call: Any) -> Any:
    dims = call.shapes[0]
    if dims is not None and len(dims) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(dims)}")
    return call.constant_shape(0)


def _declare(name: str, draw: Callable[..., np.ndarray]) -> Any:
    """Declares an operation that fills a shape with independent numbers of a floating dtype."""
    decl = op(
        f"{name}(shape: T) -> (output: dtype)",
        attrs=[*_SEEDS, f"dtype: {_FLOATS}", "T: {int32, int64}"],
        stateful=True,
        resources="random",
    )
    decl.shape(_output_shape)
    decl.no_gradient()

    @decl.bind
    def _bind(op: Any) -> Callable[..., np.ndarray]:
        numpy_type = op._attrs["dtype"].as_numpy_dtype

        def kernel(store: Any, shape: Any) -> np.ndarray:
            sizes = _sizes(shape)
            return draw(_generator(store, op), int(np.prod(sizes, dtype=np.int64)), numpy_type).reshape(sizes)

        return kernel

    return decl


random_uniform_op = _declare("RandomUniform", philox.uniform)
random_standard_normal_op = _declare("RandomStandardNormal", philox.normal)
truncated_normal_op = _declare("TruncatedNormal", philox.truncated_normal)


random_uniform_int_op = op(
    "RandomUniformInt(shape: T, minval: Tout, maxval: Tout) -> (output: Tout)",
    attrs=[*_SEEDS, "Tout: {int32, int64}", "T: {int32, int64}"],
    stateful=True,
    resources="random",
)
random_uniform_int_op.no_gradient()


@random_uniform_int_op.shape
def _random_uniform_int_shape(call: Any) -> Any:
    for index in (1, 2):
        if call.shapes[index]:
            raise ValueError(f"Shape must be rank 0 but is rank {len(call.shapes[index])}")
    return _output_shape(call)


@random_uniform_int_op.bind
def _random_uniform_int_bind(op: Any) -> Callable[..., np.ndarray]:
    numpy_type = op._attrs["Tout"].as_numpy_dtype

    def kernel(store: Any, shape: Any, minval: Any, maxval: Any) -> np.ndarray:
        sizes = _sizes(shape)
        count = int(np.prod(sizes, dtype=np.int64))
        low, high = int(minval), int(maxval)
        if count == 0:
            return np.zeros(sizes, dtype=numpy_type)
        if low >= high:
            raise KernelError(InvalidArgumentError, f"Need minval < maxval, got {low} >= {high}")
        return philox.uniform_int(_generator(store, op), count, low, high, numpy_type).reshape(sizes)

    return kernel


random_shuffle_op = op(
    "RandomShuffle(value: T) -> (output: T)", attrs=[*_SEEDS, "T: type"], stateful=True, resources="random"
)
random_shuffle_op.no_gradient()


@random_shuffle_op.shape
def _random_shuffle_shape(call: Any) -> Any:
    return call.shapes[0]


@random_shuffle_op.bind
def _random_shuffle_bind(op: Any) -> Callable[..., Any]:
    def kernel(store: Any, value: Any) -> Any:
        array = np.asarray(value)
        if array.size <= 1 or array.shape[0] <= 1:
            return value
        return array[philox.permutation(_generator(store, op), array.shape[0])]

    return kernel


multinomial_op = op(
    "Multinomial(logits: T, num_samples: int32) -> (output: output_dtype)",
    attrs=[
        *_SEEDS,
        "T: {float, double, int32, uint8, int16, int8, int64, bfloat16, uint16, half, uint32, uint64}",
        "output_dtype: {int32, int64} = int64",
    ],
    stateful=True,
    resources="random",
)
multinomial_op.no_gradient()


@multinomial_op.shape
def _multinomial_shape(call: Any) -> Any:
    logits = call.shapes[0]
    if logits is not None and len(logits) != 2:
        raise ValueError(f"Shape must be rank 2 but is rank {len(logits)}")
    if call.shapes[1]:
        raise ValueError(f"Shape must be rank 0 but is rank {len(call.shapes[1])}")
    count = call.constant(1)
    return (None if logits is None else logits[0], None if count is None else int(count))


@multinomial_op.bind
def _multinomial_bind(op: Any) -> Callable[..., Any]:
    numpy_type = op._attrs["output_dtype"].as_numpy_dtype

    def kernel(store: Any, logits: Any, num_samples: Any) -> np.ndarray:
        logits = np.asarray(logits)
        count = int(num_samples)
        if logits.ndim != 2:
            raise KernelError(InvalidArgumentError, f"logits should be a matrix, got shape {list(logits.shape)}")
        if count < 0:
            raise KernelError(InvalidArgumentError, f"num_samples should be nonnegative, got {count}")
        if logits.shape[1] == 0:
            raise KernelError(InvalidArgumentError, "num_classes should be positive, got 0")
        rows = logits.shape[0]
        generator = _generator(store, op)
        start = generator.reserve(rows * (-(-count // 4) * 4) * 2 * philox.RESERVED_BLOCKS)
        draws = rows * count
        words = philox.blocks(generator.key, start, -(-draws // 2)).reshape(-1, 2)[:draws]
        picks = philox.to_float64(words).reshape(rows, count)
        wide = logits.astype(np.float64)
        finite = np.isfinite(wide)
        highest = np.where(finite, wide, -np.inf).max(axis=1, keepdims=True)
        shares = np.where(finite, np.exp(np.where(finite, wide - highest, 0.0)), 0.0)
        sums = np.cumsum(shares, axis=1)
        result = np.empty((rows, count), dtype=numpy_type)
        for row in range(rows):
            result[row] = np.searchsorted(sums[row], picks[row] * sums[row, -1], side="right")
        return result

    return kernel


# ---- public functions


def _shape_tensor(shape: Any) -> Tensor:
    """Returns the shape as a tensor, the constant `shape` unless it is one already."""
    if isinstance(shape, (list, tuple)):
        if not shape:
            return convert.convert_to_tensor(shape, dtype=dtypes.int32, name="shape")
        shape = tuple(size.value if isinstance(size, Dimension) else size for size in shape)
    return convert.convert_to_tensor(shape, name="shape")


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns numbers drawn uniformly from `[minval, maxval)`.

    Args:
      shape: sizes of the result, numbers or an integer tensor.
      minval: least value, 0 by default.
      maxval: the end of the range, not reached; 1 for floats by default, required for integers.
      dtype: a float dtype, int32 or int64.
      seed: seed of this operation; see `set_random_seed`.
      name: name of the operation.

    Raises:
      ValueError: another dtype, or an integer dtype without `maxval`.
    """
    dtype = dtypes.as_dtype(dtype)
    accepted = (dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
    if dtype not in accepted:
        raise ValueError(f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}.")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    with op_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        sizes = _shape_tensor(shape)
        from_zero = isinstance(minval, int) and minval == 0
        to_one = isinstance(maxval, int) and maxval == 1
        if not from_zero or not to_one or dtype.is_integer:
            minval = convert.convert_to_tensor(minval, dtype=dtype, name="min")
            maxval = convert.convert_to_tensor(maxval, dtype=dtype, name="max")
        seed1, seed2 = random_seed.get_seed(seed)
        if dtype.is_integer:
            return raw.RandomUniformInt(sizes, minval, maxval, seed=seed1, seed2=seed2, name=scope)
        result = raw.RandomUniform(sizes, dtype=dtype, seed=seed1, seed2=seed2)
        if from_zero:
            return result if to_one else raw.Mul(result, maxval, name=None)
        return raw.AddV2(result * (maxval - minval), minval, name=scope)


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns numbers drawn from the normal distribution with this mean and standard deviation.

    Args:
      shape: sizes of the result, numbers or an integer tensor.
      mean, stddev: numbers or tensors of `dtype` that broadcast with `shape`.
      dtype: a float dtype.
      seed: seed of this operation; see `set_random_seed`.
      name: name of the operation.
    """
    return _scaled(raw.RandomStandardNormal, "random_normal", shape, mean, stddev, dtype, seed, name)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns numbers drawn from a normal distribution; those further than two standard deviations off are drawn again.

    Args: as for `random_normal`.
    """
    return _scaled(raw.TruncatedNormal, "truncated_normal", shape, mean, stddev, dtype, seed, name)


def _scaled(
    build: Callable[..., Tensor],
    default_name: str,
    shape: Any,
    mean: Any,
    stddev: Any,
    dtype: Any,
    seed: Any,
    name: Any,
) -> Tensor:
    with op_scope(name, default_name, [shape, mean, stddev]) as scope:
        sizes = _shape_tensor(shape)
        mean_tensor = convert.convert_to_tensor(mean, dtype=dtype, name="mean")
        stddev_tensor = convert.convert_to_tensor(stddev, dtype=dtype, name="stddev")
        seed1, seed2 = random_seed.get_seed(seed)
        result = build(sizes, dtype=dtype, seed=seed1, seed2=seed2)
        return raw.AddV2(result * stddev_tensor, mean_tensor, name=scope)


def random_shuffle(value: Any, seed: int | None = None, name: str | None = None) -> Tensor:
    """Returns `value` with its rows (along the first axis) in random order."""
    seed1, seed2 = random_seed.get_seed(seed)
    return raw.RandomShuffle(value, seed=seed1, seed2=seed2, name=name)


def multinomial(
    logits: Any, num_samples: Any, seed: int | None = None, name: str | None = None, output_dtype: Any = None
) -> Tensor:
    """Returns `[batch, num_samples]` class numbers drawn with the probabilities `softmax(logits)`.

    Args:
      logits: `[batch, classes]` unnormalised logarithms of probabilities.
      num_samples: how many to draw for each row.
      seed: seed of this operation; see `set_random_seed`.
      name: name of the operation.
      output_dtype: int32 or int64, by default int64.

    Raises:
      ValueError: another `output_dtype`.
    """
    with op_scope(name, "multinomial", [logits]):
        logits = convert.convert_to_tensor(logits, name="logits")
        dtype = dtypes.as_dtype(output_dtype) if output_dtype else dtypes.int64
        if dtype not in (dtypes.int32, dtypes.int64):
            accepted = (dtypes.int32, dtypes.int64)
            raise ValueError(f"Argument `dtype` got invalid value {dtype}. Accepted dtypes are {accepted}.")
        seed1, seed2 = random_seed.get_seed(seed)
        return raw.Multinomial(logits, num_samples, seed=seed1, seed2=seed2, output_dtype=dtype)
