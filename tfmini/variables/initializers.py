"""Initializers: objects that make the first value of a variable from its shape and dtype.

An initializer is called with `(shape, dtype=None, partition_info=None)` and returns a tensor. Each also says in words what it
makes (`words`), which views show as "starts as".
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..framework import dtypes
from ..framework.registry import raw
from ..framework.shapes import TensorShape
from ..ops import array, constant, decomposition, diagonals, ordering, random

__all__ = [
    "constant_initializer",
    "glorot_normal_initializer",
    "glorot_uniform_initializer",
    "ones_initializer",
    "orthogonal_initializer",
    "random_normal_initializer",
    "random_uniform_initializer",
    "truncated_normal_initializer",
    "uniform_unit_scaling_initializer",
    "variance_scaling_initializer",
    "zeros_initializer",
]


class Initializer:
    """Base of all initializers."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """Returns a tensor of this shape and dtype.

        Args:
          shape: the shape, a list of ints.
          dtype: the dtype; None takes the one of the constructor.
          partition_info: where the part stands in the whole, for a variable that is cut into parts.
        """
        raise NotImplementedError(f"{type(self).__name__} does not say how to make a value: define __call__ in it.")

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments from which `from_config` makes an equal initializer."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Initializer:
        """Returns an initializer with these arguments."""
        return cls(**config)

    @property
    def words(self) -> str:
        """What it makes, in words."""
        return type(self).__name__


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, (int, float)) else str(value)


def _float_dtype(dtype: Any) -> dtypes.DType:
    found = dtypes.as_dtype(dtype)
    if not found.is_floating:
        raise ValueError(f"Argument `dtype` is expected to be floating point. Received: {found}.")
    return found


# ---- constants


class Zeros(Initializer):
    """Makes zeros (False for bool, empty text for string)."""

    words = "zeros"

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return array.zeros(shape, self.dtype if dtype is None else dtype)

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Ones(Initializer):
    """Makes ones."""

    words = "ones"

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return array.ones(shape, self.dtype if dtype is None else dtype)

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Constant(Initializer):
    """Makes the given value; a value with too few elements is filled up with its last one.

    Raises:
      TypeError: `value` is no number, text, list, tuple or array.
    """

    def __init__(self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value={value} of type: {type(value).__name__}. Expected Python scalar, list or tuple "
                "of values, or numpy.ndarray."
            )
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self, shape: Any, dtype: Any = None, partition_info: Any = None, verify_shape: bool | None = None
    ) -> Any:
        return constant.constant(
            self.value,
            dtype=self.dtype if dtype is None else dtype,
            shape=shape,
            verify_shape=self._verify_shape if verify_shape is None else verify_shape,
        )

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value, "dtype": self.dtype.name}

    @property
    def words(self) -> str:
        return f"constant {_number(self.value)}" if np.isscalar(self.value) else "given values"


# ---- random numbers


class RandomUniform(Initializer):
    """Makes numbers drawn uniformly from `[minval, maxval)`."""

    def __init__(
        self, minval: Any = 0.0, maxval: Any = None, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return random.random_uniform(
            shape, self.minval, self.maxval, self.dtype if dtype is None else dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, "seed": self.seed, "dtype": self.dtype.name}

    @property
    def words(self) -> str:
        return f"random uniform {_number(self.minval)} to {_number(1 if self.maxval is None else self.maxval)}"


class RandomNormal(Initializer):
    """Makes normal numbers."""

    _name = "random normal"

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return random.random_normal(
            shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, "seed": self.seed, "dtype": self.dtype.name}

    @property
    def words(self) -> str:
        spread = f", stddev {_number(self.stddev)}"
        return self._name + spread if self.mean == 0 else f"{self._name}, mean {_number(self.mean)}{spread}"


class TruncatedNormal(RandomNormal):
    """Makes normal numbers; those further than two standard deviations off are drawn again."""

    _name = "truncated normal"

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return random.truncated_normal(
            shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, seed=self.seed
        )


class UniformUnitScaling(Initializer):
    """Makes uniform numbers whose range keeps the scale of the input: `sqrt(3 / inputs) * factor` to both sides of 0."""

    words = "uniform unit scaling"

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        whole = shape if partition_info is None else partition_info.full_shape
        inputs = 1.0
        for size in whole[:-1]:
            inputs *= float(size)
        limit = math.sqrt(3 / max(inputs, 1.0)) * self.factor
        return random.random_uniform(shape, -limit, limit, self.dtype if dtype is None else dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "seed": self.seed, "dtype": self.dtype.name}


_CUT = 0.87962566103423978
"""Standard deviation of a normal distribution that is cut at two standard deviations."""

_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("normal", "uniform", "truncated_normal", "untruncated_normal")


class VarianceScaling(Initializer):
    """Makes random numbers whose variance is `scale / n`, with n the number of inputs, of outputs, or their mean.

    Args:
      scale: a positive number.
      mode: "fan_in", "fan_out" or "fan_avg".
      distribution: "truncated_normal" (or its old name "normal"), "untruncated_normal" or "uniform".
      seed: seed of the operation.
      dtype: a float dtype.

    Raises:
      ValueError: an argument has another value.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | None = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in _MODES:
            raise ValueError(f"Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: {mode}")
        distribution = distribution.lower()
        if distribution not in _DISTRIBUTIONS:
            raise ValueError(
                "Argument `distribution` should be one of ('normal', uniform', 'truncated_normal', 'untruncated_normal'). "
                f"Received: {distribution}"
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dtype = self.dtype if dtype is None else dtype
        fan_in, fan_out = fans(shape if partition_info is None else partition_info.full_shape)
        count = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2.0}[self.mode]
        scale = self.scale / max(1.0, count)
        if self.distribution in ("normal", "truncated_normal"):
            return random.truncated_normal(shape, 0.0, math.sqrt(scale) / _CUT, dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random.random_normal(shape, 0.0, math.sqrt(scale), dtype, seed=self.seed)
        limit = math.sqrt(3.0 * scale)
        return random.random_uniform(shape, -limit, limit, dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }

    @property
    def words(self) -> str:
        kind = "uniform" if self.distribution == "uniform" else "normal"
        known = {(1.0, "fan_in"): "lecun", (2.0, "fan_in"): "he", (1.0, "fan_avg"): "glorot"}.get(
            (self.scale, self.mode)
        )
        if known and self.distribution != "untruncated_normal":
            return f"{known} {kind}"
        return f"variance scaling {_number(self.scale)}, {self.mode}, {self.distribution.replace('_', ' ')}"


class GlorotUniform(VarianceScaling):
    """Makes uniform numbers of variance `2 / (inputs + outputs)` (Glorot and Bengio 2010)."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(scale=1.0, mode="fan_avg", distribution="uniform", seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Makes truncated normal numbers of variance `2 / (inputs + outputs)` (Glorot and Bengio 2010)."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(scale=1.0, mode="fan_avg", distribution="truncated_normal", seed=seed)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


def fans(shape: Any) -> tuple[int, int]:
    """Returns the numbers of inputs and outputs of a weight of this shape: the last two sizes, times the window of a convolution."""
    sizes = list(shape)
    if not sizes:
        return 1, 1
    if len(sizes) == 1:
        return int(sizes[0]), int(sizes[0])
    window = 1
    for size in sizes[:-2]:
        window *= size
    return int(sizes[-2] * window), int(sizes[-1] * window)


# ---- matrices


class Orthogonal(Initializer):
    """Makes a matrix with orthogonal columns (or rows), from the QR decomposition of normal numbers.

    A shape of more than two axes is taken as a matrix whose rows are all axes but the last (Saxe et al. 2014).
    """

    words = "orthogonal"

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_dtype(dtype)
        self.seed = seed

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dtype = self.dtype if dtype is None else dtype
        if len(shape) < 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. Received "
                f"shape={shape}"
            )
        rows = 1
        for size in shape[:-1]:
            rows *= size
        rows, columns = int(rows), int(shape[-1])
        flat = (columns, rows) if rows < columns else (rows, columns)
        numbers = random.random_normal(flat, dtype=dtype, seed=self.seed)
        q, r = decomposition.qr(numbers)
        q *= raw.Sign(raw.DiagPart(r))
        if rows < columns:
            q = ordering.matrix_transpose(q)
        return self.gain * raw.Reshape(q, shape)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class Identity(Initializer):
    """Makes the identity matrix times `gain`; only for matrices."""

    words = "identity"

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        whole = shape if partition_info is None else partition_info.full_shape
        if len(whole) != 2:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least two-dimensional. Received "
                f"shape={shape}"
            )
        if isinstance(whole, TensorShape):
            whole = whole.as_list()
        rows, columns = whole
        result = diagonals.eye(rows, columns, dtype=self.dtype if dtype is None else dtype)
        if partition_info is not None:
            result = raw.Slice(result, partition_info.var_offset, shape)
        return self.gain * result

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "dtype": self.dtype.name}


# ---- public names

zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
orthogonal_initializer = Orthogonal


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of truncated normal numbers with variance `1 / inputs`."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="truncated_normal", seed=seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of uniform numbers with variance `1 / inputs`."""
    return VarianceScaling(scale=1.0, mode="fan_in", distribution="uniform", seed=seed)


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of truncated normal numbers with variance `2 / inputs` (He et al. 2015)."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="truncated_normal", seed=seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Returns an initializer of uniform numbers with variance `2 / inputs` (He et al. 2015)."""
    return VarianceScaling(scale=2.0, mode="fan_in", distribution="uniform", seed=seed)
