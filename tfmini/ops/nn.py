"""More of neural networks: biases, dropout, normalization, the k greatest."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes, random_seed
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, TensorShape, dims_text, merge_size
from ..framework.tensor import Tensor
from .array import ones_like, rank, shape, size, zeros
from .cast import cast
from .cond import cond
from .constant import constant
from .joining import concat
from .linalg import matmul
from .math import maximum, multiply
from .placeholders import identity, stop_gradient
from .reduction import reduce_mean, reduce_sum
from .select import where_v2
from .sequences import range as sequence
from .shape_functions import NUMBERS, with_rank, with_rank_at_least
from .shaping import one_of, reshape, squeeze, tile

__all__ = [
    "batch_normalization",
    "bias_add",
    "bias_add_v1",
    "dropout",
    "l2_normalize",
    "moments",
    "relu_layer",
    "xw_plus_b",
    "zero_fraction",
]

# ---- biases

_FORMAT = 'data_format: {"NHWC", "NCHW"} = "NHWC"'
bias_add_op = op("BiasAdd(value: T, bias: T) -> (output: T)", attrs=[f"T: {NUMBERS}", _FORMAT])
bias_add_v1_op = op("BiasAddV1(value: T, bias: T) -> (output: T)", attrs=[f"T: {NUMBERS}"])
bias_add_grad_op = op("BiasAddGrad(out_backprop: T) -> (output: T)", attrs=[f"T: {NUMBERS}", _FORMAT])


@bias_add_v1_op.shape
@bias_add_op.shape
def _bias_add_shape(call: Any) -> Dims:
    value, bias = call.shapes
    (length,) = with_rank(bias, 1)  # type: ignore[misc]
    if value is None:
        return None
    if call.attrs.get("data_format") == b"NCHW":
        with_rank_at_least(value, 3)
        return (*value[:1], merge_size(value[1], length), *value[2:])
    with_rank_at_least(value, 2)
    return (*value[:-1], merge_size(value[-1], length))


@bias_add_op.kernel
def _bias_add_kernel(value: Any, bias: Any, *, data_format: bytes) -> Any:
    channel = 1 if data_format == b"NCHW" else -1
    if value.ndim < 2:
        raise KernelError(InvalidArgumentError, f"Input tensor must be at least 2D: {dims_text(value.shape)}")
    if bias.shape != (value.shape[channel],):
        raise KernelError(
            InvalidArgumentError,
            f"Must provide as many biases as the last dimension of the input tensor: {dims_text(bias.shape)} vs. "
            f"{dims_text(value.shape)}",
        )
    if channel == 1:
        return value + bias.reshape(-1, *[1] * (value.ndim - 2))
    return np.add(value, bias)


bias_add_v1_op.kernel(np.add)


@bias_add_grad_op.shape
def _bias_add_grad_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 2)
    if dims is None:
        return (None,)
    return (dims[1] if call.attrs["data_format"] == b"NCHW" else dims[-1],)


@bias_add_grad_op.kernel
def _bias_add_grad_kernel(dy: Any, *, data_format: bytes) -> Any:
    if data_format == b"NCHW":
        return dy.sum(axis=(0, *range(2, dy.ndim)), dtype=dy.dtype)
    rows = dy.reshape(-1, dy.shape[-1])
    if rows.dtype.kind == "f" and rows.shape[0] > 8:
        # A product with ones is several times faster than a sum down the columns.
        return np.dot(np.ones(rows.shape[0], dtype=rows.dtype), rows)
    return np.add.reduce(rows, axis=0, dtype=rows.dtype)


@bias_add_op.gradient
def _bias_add_gradient(op: Any, dy: Any) -> Any:
    return dy, raw.BiasAddGrad(dy, data_format=op._attrs["data_format"])


@bias_add_v1_op.gradient
def _bias_add_v1_gradient(op: Any, dy: Any) -> Any:
    return dy, reduce_sum(dy, sequence(rank(dy) - 1))


@bias_add_grad_op.gradient
def _bias_add_grad_gradient(op: Any, dz: Any) -> Any:
    whole = shape(op._inputs[0])
    bias = shape(dz)
    if op._attrs["data_format"] == b"NCHW":
        expanded = concat([ones_like(whole[:1]), bias, ones_like(whole[2:])], 0)
        counts = concat([whole[:1], [1], whole[2:]], 0)
    else:
        expanded = concat([ones_like(whole[:-1]), bias], 0)
        counts = concat([whole[:-1], [1]], 0)
    return tile(reshape(dz, expanded), counts)


def bias_add(value: Any, bias: Any, data_format: str | None = None, name: str | None = None) -> Tensor:
    """Returns `value` with the vector `bias` added along its channels.

    Args:
      value: `[..., k]`, or `[n, k, ...]` when `data_format` begins with `NC`.
      bias: `[k]`.
      data_format: where the channels are, `"NHWC"` by default.
      name: name of the operation.

    Raises:
      ValueError: the shapes do not fit, or there is no such format.
    """
    with op_scope(name, "BiasAdd", [value, bias]) as scope:
        if data_format is not None:
            if data_format.startswith("NC"):
                data_format = "NCHW"
            elif data_format.startswith("N") and data_format.endswith("C"):
                data_format = "NHWC"
            else:
                raise ValueError(
                    f"`data_format` must be of the form `N...C` or `NC...`. Received: data_format={data_format}"
                )
        value = convert.convert_to_tensor(value, name="input")
        bias = convert.convert_to_tensor(bias, dtype=value._dtype.base_dtype, name="bias")
        return raw.BiasAdd(value, bias, data_format=data_format, name=scope)


def bias_add_v1(value: Any, bias: Any, name: str | None = None) -> Tensor:
    """Returns `value` with the vector `bias` added to its last dimension; the oldest form of `bias_add`."""
    with op_scope(name, "BiasAddV1", [value, bias]) as scope:
        value = convert.convert_to_tensor(value, name="input")
        bias = convert.convert_to_tensor(bias, dtype=value._dtype.base_dtype, name="bias")
        return raw.BiasAddV1(value, bias, name=scope)


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns `matmul(x, weights) + biases`."""
    with op_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        weights = convert.convert_to_tensor(weights, name="weights")
        biases = convert.convert_to_tensor(biases, name="biases")
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """Returns `relu(matmul(x, weights) + biases)`."""
    with op_scope(name, "relu_layer", [x, weights, biases]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        weights = convert.convert_to_tensor(weights, name="weights")
        biases = convert.convert_to_tensor(biases, name="biases")
        return raw.Relu(bias_add(matmul(x, weights), biases), name=scope)


# ---- dropout


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    if noise_shape is None:
        return shape(x)
    try:
        given = TensorShape(noise_shape)
    except (TypeError, ValueError):
        return noise_shape
    own = x.get_shape()
    if own.dims is not None and given.dims is not None and len(own) == len(given):
        sizes = zip(given._dims or (), own._dims or (), strict=True)
        return TensorShape([b if a is None and b is not None else a for a, b in sizes])
    return noise_shape


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: int | None = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """Returns `x` with some elements set to 0 at random and the others scaled up, so that the expected sum stays.

    Args:
      x: floats.
      keep_prob: probability of an element to stay.
      noise_shape: shape of the random choices, which broadcast to `x`.
      seed: seed of the operation.
      name: name of the scope.
      rate: probability of an element to go, in place of `keep_prob`.

    Raises:
      ValueError: no rate, two, or one that is no probability; or `x` holds no floats.
    """
    from .random import random_uniform

    try:
        from_keep = 1.0 - keep_prob if keep_prob is not None else None
    except TypeError:
        raise ValueError(
            f"`keep_prob` must be a floating point number or Tensor. Received: keep_prob={keep_prob}"
        ) from None
    rate = one_of("rate", rate, "keep_prob", from_keep)
    if rate is None:
        raise ValueError(f"`rate` must be provided. Received: rate={rate}")
    with op_scope(name, "dropout", [x]):
        is_number = isinstance(rate, numbers.Real)
        if is_number and not 0 <= rate < 1:
            raise ValueError(f"`rate` must be a scalar tensor or a float in the range [0, 1). Received: rate={rate}")
        x = convert.convert_to_tensor(x, name="x")
        kind = x._dtype.base_dtype
        if not kind.is_floating:
            raise ValueError(
                f"`x.dtype` must be a floating point tensor as `x` will be scaled. Received: x_dtype={kind}"
            )
        if is_number and rate == 0:
            random_seed.get_seed(seed)
            return x
        if is_number:
            scale = convert.convert_to_tensor(1 / (1 - rate), dtype=kind)
            scaled = raw.Mul(x, scale)
        else:
            element = convert.graph_element(rate)
            if element is None:
                raise ValueError(f"`rate` must be a scalar or scalar tensor. Received: rate={rate}")
            rate = convert.convert_to_tensor(rate)
            rate.get_shape().assert_has_rank(0)
            if rate._dtype.base_dtype is not kind:
                raise ValueError(
                    f"`x.dtype` must be compatible with `rate.dtype`. Received: x.dtype={kind} and rate.dtype={rate._dtype}"
                )
            one = constant(1, dtype=kind)
            scaled = raw.RealDiv(x, raw.Sub(one, rate))
        drawn = random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=kind)
        kept = drawn >= rate
        result = where_v2(kept, scaled, constant(0, dtype=kind))
        result.set_shape(x.get_shape())
        return result


# ---- normalization


def moments(
    x: Any, axes: Any, shift: Any = None, name: str | None = None, keep_dims: Any = None, keepdims: Any = None
) -> tuple[Tensor, Tensor]:
    """Returns the means and variances of `x` over the dimensions `axes`.

    Args:
      x: floats.
      axes: list of dimensions.
      shift: not used.
      name: name of the scope.
      keep_dims, keepdims: keep the dimensions with size 1.
    """
    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with op_scope(name, "moments", [x]):
        short = dtypes.as_dtype(x.dtype).base_dtype is dtypes.float16
        y = cast(x, dtypes.float32) if short else x
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        variance = reduce_mean(raw.SquaredDifference(y, stop_gradient(mean)), axes, keepdims=True, name="variance")
        if not keep:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        if short:
            return cast(mean, dtypes.float16), cast(variance, dtypes.float16)
        return mean, variance


def batch_normalization(
    x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: float, name: str | None = None
) -> Tensor:
    """Returns `(x - mean) / sqrt(variance + variance_epsilon) * scale + offset`; offset and scale may be None."""
    with op_scope(name, "batchnorm", [each for each in (x, mean, variance, scale, offset) if each is not None]):
        inverse = raw.Rsqrt(variance + variance_epsilon)
        if scale is not None:
            inverse *= scale
        kind = dtypes.as_dtype(x.dtype).base_dtype
        moved = x * cast(inverse, kind)
        return moved + cast(offset - mean * inverse if offset is not None else -mean * inverse, kind)


def l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None) -> Tensor:
    """Returns vectors scaled to length 1.

    Args:
      x: floats.
      axis: the dimensions that make up a vector, by default all.
      epsilon: least squared length to divide by.
      name: name of the operation.
      dim: older name of `axis`.
    """
    axis = one_of("axis", axis, "dim", dim)
    with op_scope(name, "l2_normalize", [x]) as scope:
        x = convert.convert_to_tensor(x, name="x")
        squares = reduce_sum(raw.Square(x), axis, keepdims=True)
        return multiply(x, raw.Rsqrt(maximum(squares, epsilon)), name=scope)


# ---- sparsity


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """Returns which part of the elements is zero, a float32 scalar."""
    with op_scope(name, "zero_fraction", [value]):
        value = convert.convert_to_tensor(value, name="value")
        count = size(value, out_type=dtypes.int64)
        present = cond(
            count <= dtypes.int32.max,
            lambda: cast(_count_nonzero(value, dtypes.int32), dtypes.int64),
            lambda: _count_nonzero(value, dtypes.int64),
        )
        with op_scope(None, "counts_to_fraction"):
            zeros_found = count - present
            zeros_float = cast(zeros_found, dtypes.float32)
            fraction = zeros_float / cast(count, dtypes.float32)
        return identity(fraction, "fraction")


def _count_nonzero(value: Tensor, dtype: dtypes.DType) -> Tensor:
    with op_scope(None, "count_nonzero", [value]):
        zero = zeros([], dtype=value._dtype.base_dtype)
        return reduce_sum(cast(raw.NotEqual(value, zero), dtype), name="nonzero_count")
