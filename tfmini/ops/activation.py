"""Activation functions of neural networks, and softmax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import OpDef, op, raw
from ..framework.tensor import Tensor
from .array import rank, zeros_like
from .custom_gradient import custom_gradient
from .elementwise import choose, row_max, row_sum
from .joining import concat
from .ordering import transpose
from .reduction import reduce_sum
from .select import where
from .sequences import range as sequence
from .shape_functions import FLOATS, REALS, merge, unchanged, with_rank_at_least
from .shaping import one_of

__all__ = [
    "crelu",
    "elu",
    "leaky_relu",
    "log_softmax",
    "relu",
    "relu6",
    "selu",
    "softmax",
    "softplus",
    "softsign",
    "swish",
]

_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALE_ALPHA = 1.7580993408473768599402175208123


def _activation(name: str, types: str, kernel: Callable[..., Any], attrs: tuple[str, ...] = ()) -> OpDef:
    definition = op(f"{name}(features: T) -> (activations: T)", attrs=[*attrs, f"T: {types}"])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition


def _slope(
    name: str, types: str, kernel: Callable[..., Any] | str, second: str = "features", attrs: tuple[str, ...] = ()
) -> OpDef:
    definition = op(f"{name}(gradients: T, {second}: T) -> (backprops: T)", attrs=[*attrs, f"T: {types}"])
    definition.shape(lambda call: merge(call.shapes[0], call.shapes[1]))
    definition.kernel(kernel)
    return definition


# ---- ReLU and its family


# numpy's clip as a ufunc, which it has under a private name; several times faster than the maximum of an array and a number.
clip: Any = getattr(getattr(np, "_core", np).umath, "clip", None)
_BOUNDS = {char: (np.array(0, char), np.array(np.inf, char)) for char in "fd"}


def _relu_kernel(x: Any) -> Any:
    bounds = _BOUNDS.get(x.dtype.char)
    if clip is None or bounds is None:
        return np.maximum(x, x.dtype.type(0))
    return clip(x, *bounds)


relu_op = _activation("Relu", REALS[:-1] + ", qint8}", _relu_kernel)
relu_grad_op = _slope("ReluGrad", REALS, "gradients * (features > 0)")
relu6_op = _activation("Relu6", REALS, lambda x: np.clip(x, x.dtype.type(0), x.dtype.type(6)))
relu6_grad_op = _slope("Relu6Grad", REALS, lambda dy, x: np.multiply(dy, (x > 0) & (x < 6)))
relu_op.gradient(lambda op, dy: raw.ReluGrad(dy, op._outputs[0]))
relu_grad_op.gradient(lambda op, dz: (raw.ReluGrad(dz, op._inputs[1]), zeros_like(op._inputs[1])))
relu6_op.gradient(lambda op, dy: raw.Relu6Grad(dy, op._outputs[0]))
relu6_grad_op.gradient(lambda op, dz: (raw.Relu6Grad(dz, op._inputs[1]), zeros_like(op._inputs[1])))

_ALPHA = ("alpha: float = 0.2",)
_FLOATS_32 = FLOATS + " = float32"


def _leaky_relu_kernel(x: Any, *, alpha: float) -> Any:
    scaled = x * x.dtype.type(alpha)
    return np.maximum(x, scaled) if alpha <= 1 else choose(x > 0, x, scaled)


def _leaky_relu_grad_kernel(dy: Any, x: Any, *, alpha: float) -> Any:
    return choose(x > 0, dy, dy * dy.dtype.type(alpha))


leaky_relu_op = _activation("LeakyRelu", _FLOATS_32, _leaky_relu_kernel, _ALPHA)
leaky_relu_grad_op = _slope("LeakyReluGrad", _FLOATS_32, _leaky_relu_grad_kernel, attrs=_ALPHA)
leaky_relu_op.gradient(lambda op, dy: raw.LeakyReluGrad(dy, op._inputs[0], alpha=op._attrs["alpha"]))
leaky_relu_grad_op.gradient(
    lambda op, dz: (raw.LeakyReluGrad(dz, op._inputs[1], alpha=op._attrs["alpha"]), zeros_like(op._inputs[1]))
)


def relu(features: Any, name: str | None = None) -> Tensor:
    """Returns `max(x, 0)`."""
    return raw.Relu(features, name=name)


def relu6(features: Any, name: str | None = None) -> Tensor:
    """Returns `min(max(x, 0), 6)`."""
    with op_scope(name, "Relu6", [features]) as scope:
        return raw.Relu6(convert.convert_to_tensor(features, name="features"), name=scope)


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """Returns `x` where it is positive, else `alpha * x`; integers become float32."""
    with op_scope(name, "LeakyRelu", [features]) as scope:
        features = convert.convert_to_tensor(features, name="features")
        if features._dtype.is_integer:
            features = raw.Cast(features, DstT=dtypes.float32)
        return raw.LeakyRelu(features, alpha=float(alpha), name=scope)


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """Returns `relu` of the elements and of their negatives, joined along `axis`."""
    with op_scope(name, "CRelu", [features]) as scope:
        features = convert.convert_to_tensor(features, name="features")
        return raw.Relu(concat([features, -features], axis, name=scope))


# ---- smooth ones


def _softplus_kernel(x: Any) -> Any:
    return np.maximum(x, x.dtype.type(0)) + np.log1p(np.exp(-np.abs(x)))


elu_op = _activation("Elu", FLOATS, lambda x: choose(x < 0, np.expm1(np.minimum(x, 0)), x))
elu_grad_op = _slope("EluGrad", FLOATS, lambda dy, y: choose(y < 0, (y + 1) * dy, dy), "outputs")
selu_op = _activation(
    "Selu", FLOATS, lambda x: choose(x < 0, _SELU_SCALE_ALPHA * np.expm1(np.minimum(x, 0)), _SELU_SCALE * x)
)
selu_grad_op = _slope(
    "SeluGrad", FLOATS, lambda dy, y: choose(y < 0, dy * (y + _SELU_SCALE_ALPHA), dy * _SELU_SCALE), "outputs"
)
softplus_op = _activation("Softplus", FLOATS, _softplus_kernel)
softplus_grad_op = _slope("SoftplusGrad", FLOATS, lambda dy, x: dy / (np.exp(-x) + 1))
softsign_op = _activation("Softsign", FLOATS, lambda x: x / (np.abs(x) + 1))
softsign_grad_op = _slope("SoftsignGrad", FLOATS, lambda dy, x: dy / np.square(np.abs(x) + 1))
elu_op.gradient(lambda op, dy: raw.EluGrad(dy, op._outputs[0]))
selu_op.gradient(lambda op, dy: raw.SeluGrad(dy, op._outputs[0]))
softsign_op.gradient(lambda op, dy: raw.SoftsignGrad(dy, op._inputs[0]))


@softplus_op.gradient
def _softplus_gradient(op: Any, dy: Any) -> Any:
    from .unary import sigmoid

    return dy * sigmoid(op._inputs[0])


@elu_grad_op.gradient
def _elu_grad_gradient(op: Any, dz: Any) -> Any:
    dy, y = op._inputs
    return raw.EluGrad(dz, y), where(y < 0, dz * dy, zeros_like(y))


@selu_grad_op.gradient
def _selu_grad_gradient(op: Any, dz: Any) -> Any:
    dy, y = op._inputs
    return raw.SeluGrad(dz, y), where(y < 0.0, dz * dy, zeros_like(y))


@softplus_grad_op.gradient
def _softplus_grad_gradient(op: Any, dz: Any) -> Any:
    dy, x = op._inputs
    with contexts.default_graph().control_dependencies([dz]):
        first = raw.SoftplusGrad(dz, x)
        second = dz * dy / (raw.Exp(-x) + 2.0 + raw.Exp(x))
        return first, second


def elu(features: Any, name: str | None = None) -> Tensor:
    """Returns `exp(x) - 1` where `x` is negative, else `x`."""
    return raw.Elu(features, name=name)


def selu(features: Any, name: str | None = None) -> Tensor:
    """Returns the scaled `elu` that keeps mean 0 and variance 1."""
    return raw.Selu(features, name=name)


def softplus(features: Any, name: str | None = None) -> Tensor:
    """Returns `log(1 + exp(x))`."""
    return raw.Softplus(features, name=name)


def softsign(features: Any, name: str | None = None) -> Tensor:
    """Returns `x / (1 + |x|)`."""
    return raw.Softsign(features, name=name)


def swish(features: Any, beta: Any = 1.0) -> Tensor:
    """Returns `x * sigmoid(beta * x)`; the gradient computes the sigmoid again instead of keeping it."""
    from .unary import sigmoid

    features = convert.convert_to_tensor(features, name="features")
    beta = convert.convert_to_tensor(beta, name="beta")
    if beta._dtype.base_dtype is not features._dtype.base_dtype:
        beta = raw.Cast(beta, DstT=features._dtype.base_dtype)

    @custom_gradient
    def own(features: Any, beta: Any) -> Any:
        def gradient(dy: Any) -> Any:
            with contexts.default_graph().control_dependencies([dy]):
                gate = sigmoid(beta * features)
            slope = gate * (1.0 + beta * features * (1.0 - gate))
            beta_slope = reduce_sum(dy * raw.Square(features) * gate * (1.0 - gate))
            return dy * slope, beta_slope

        return features * sigmoid(beta * features), gradient

    return own(features, beta)


# ---- softmax

softmax_op = op("Softmax(logits: T) -> (softmax: T)", attrs=[f"T: {FLOATS}"])
log_softmax_op = op("LogSoftmax(logits: T) -> (logsoftmax: T)", attrs=[f"T: {FLOATS}"])
softmax_op.shape(lambda call: with_rank_at_least(call.shapes[0], 1))
log_softmax_op.shape(lambda call: with_rank_at_least(call.shapes[0], 1))


def _refuse_scalar(logits: Any) -> None:
    if not np.ndim(logits):
        raise KernelError(InvalidArgumentError, "logits must have >= 1 dimension, got []")


@softmax_op.kernel
def _softmax_kernel(logits: Any) -> Any:
    _refuse_scalar(logits)
    if not logits.size:
        return logits.copy()
    e = np.subtract(logits, row_max(logits))
    np.exp(e, out=e)
    return np.divide(e, row_sum(e), out=e)


@log_softmax_op.kernel
def _log_softmax_kernel(logits: Any) -> Any:
    _refuse_scalar(logits)
    if not logits.size:
        return logits.copy()
    shifted = np.subtract(logits, row_max(logits))
    total = row_sum(np.exp(shifted))
    return np.subtract(shifted, np.log(total), out=shifted)


@softmax_op.gradient
def _softmax_gradient(op: Any, dy: Any) -> Any:
    y = op._outputs[0]
    total = reduce_sum(dy * y, -1, keepdims=True)
    return (dy - total) * y


@log_softmax_op.gradient
def _log_softmax_gradient(op: Any, dy: Any) -> Any:
    y = raw.Exp(op._outputs[0])
    return dy - reduce_sum(dy, -1, keepdims=True) * y


def _along(function: Any, logits: Any, axis: int, name: str | None) -> Tensor:
    """Applies a function of the last dimension along `axis`, which is moved to the end and back."""
    logits = convert.convert_to_tensor(logits)
    dims = logits._dims
    if axis == -1 or (dims is not None and axis == len(dims) - 1):
        return function(logits, name=name)
    if dims is None:
        raise ValueError("The axis of a softmax needs a tensor of known rank.")
    count = len(dims)
    if not -count <= axis < count:
        raise InvalidArgumentError(
            None,
            None,
            f"`dim` must be in the range [{-count}, {count}) where {count} is the number of dimensions in the input. "
            f"Received: dim={axis}",
        )
    first = rank(logits)
    where_axis: Any = axis + first if axis < 0 else axis
    input_rank = rank(logits)
    where_axis = where_axis % count

    def swapped(x: Tensor, last: Any, label: str | None = None) -> Tensor:
        order = concat([sequence(where_axis), [last], sequence(where_axis + 1, last), [where_axis]], 0)
        return transpose(x, order, name=label)  # type: ignore[arg-type]

    turned = swapped(logits, raw.Sub(input_rank, 1))
    result = swapped(function(turned), raw.Sub(input_rank, 1), name)
    result.set_shape(dims)
    return result


def softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Tensor:
    """Returns `exp(x) / sum(exp(x))` along `axis`, the last by default.

    Args:
      logits: `[..., k]`.
      axis: the dimension that sums to one.
      name: name of the operation.
      dim: older name of `axis`.

    Raises:
      InvalidArgumentError: there is no such dimension.
    """
    axis = one_of("axis", axis, "dim", dim)
    return _along(raw.Softmax, logits, -1 if axis is None else axis, name)


def log_softmax(logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None) -> Tensor:
    """Returns the logarithm of `softmax`; the arguments are the same."""
    axis = one_of("axis", axis, "dim", dim)
    return _along(raw.LogSoftmax, logits, -1 if axis is None else axis, name)
