"""Losses on logits: cross entropies, and half the sum of squares."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, broadcast_dims, dims_text, is_full
from ..framework.tensor import Tensor
from .array import rank, shape, zeros_like
from .cast import cast
from .elementwise import row_max, row_starts, row_sum, within
from .joining import concat
from .math import add
from .ordering import transpose
from .placeholders import stop_gradient
from .select import where
from .sequences import range as sequence
from .shape_functions import FLOATS, merge, scalar, with_rank
from .shaping import expand_dims, one_of, reshape, squeeze
from .slicing import slice

__all__ = [
    "l2_loss",
    "log_poisson_loss",
    "sigmoid_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits",
    "softmax_cross_entropy_with_logits_v2",
    "sparse_softmax_cross_entropy_with_logits",
    "weighted_cross_entropy_with_logits",
]

# ---- the softmax kernels, which give the loss and its gradient at once

cross_entropy_op = op(
    "SoftmaxCrossEntropyWithLogits(features: T, labels: T) -> (loss: T, backprop: T)", attrs=[f"T: {FLOATS}"]
)
sparse_cross_entropy_op = op(
    "SparseSoftmaxCrossEntropyWithLogits(features: T, labels: Tlabels) -> (loss: T, backprop: T)",
    attrs=[f"T: {FLOATS}", "Tlabels: {int32, int64} = int64"],
)


@cross_entropy_op.shape
def _cross_entropy_shape(call: Any) -> list[Dims]:
    features, labels = call.shapes
    dims: Dims
    try:
        dims = with_rank(merge(with_rank(features, 2), labels), 2)
    except ValueError:
        dims = broadcast_dims(features, labels)
        if dims is None or len(dims) != 2:
            rank = "unknown" if dims is None else len(dims)
            raise ValueError(f"Shape must be broadcasted with rank 2, but is rank {rank}") from None
    assert dims is not None
    return [(dims[0],), dims]


@sparse_cross_entropy_op.shape
def _sparse_cross_entropy_shape(call: Any) -> list[Dims]:
    features, labels = with_rank(call.shapes[0], 2), with_rank(call.shapes[1], 1)
    assert features is not None
    assert labels is not None
    count = merge((features[0],), labels)
    assert count is not None
    return [count, (count[0], features[1])]


def _log_sums(features: Any) -> tuple[Any, Any, Any]:
    """Returns the features less the greatest of their row, their exponentials, and the sums of these."""
    shifted = np.subtract(features, row_max(features))
    e = np.exp(shifted)
    return shifted, e, row_sum(e)


@cross_entropy_op.kernel
def _cross_entropy_kernel(features: Any, labels: Any) -> Any:
    try:
        rows = np.broadcast_shapes(features.shape, labels.shape)
    except ValueError:
        raise KernelError(
            InvalidArgumentError,
            "logits and labels must be broadcastable: logits_size="
            f"{dims_text(features.shape)} labels_size={dims_text(labels.shape)}",
        ) from None
    if len(rows) != 2:
        raise KernelError(
            InvalidArgumentError, "logits and labels must be either 2-dimensional, or broadcasted to be 2-dimensional"
        )
    if 0 in rows:
        return np.zeros(rows[:1], features.dtype), np.zeros(rows, features.dtype)
    shifted, e, total = _log_sums(np.broadcast_to(features, rows))
    loss = (labels * (np.log(total) - shifted)).sum(axis=1, dtype=features.dtype)
    return loss, np.subtract(np.divide(e, total, out=e), labels, out=e)


@sparse_cross_entropy_op.kernel
def _sparse_cross_entropy_kernel(features: Any, labels: Any, *, out: Any = None) -> Any:
    if features.ndim != 2:
        raise KernelError(InvalidArgumentError, f"logits must be 2-D, but got shape {dims_text(features.shape)}")
    count, classes = features.shape
    if labels.shape != (count,):
        raise KernelError(
            InvalidArgumentError,
            f"logits and labels must have the same first dimension, got logits shape {dims_text(features.shape)} and labels "
            f"shape {dims_text(labels.shape)}",
        )
    if not count:
        return np.zeros(0, features.dtype), np.zeros(features.shape, features.dtype)
    if not within(labels, classes):
        least, greatest = labels.min(), labels.max()
        first = least if least < 0 else greatest
        raise KernelError(
            InvalidArgumentError,
            f"Received a label value of {first} which is outside the valid range of [0, {classes}).  Label values: "
            + " ".join(str(each) for each in labels[:100]),
        )
    loss, e = (None, None) if out is None else out
    places = row_starts(count, classes) + labels
    e = np.subtract(features, row_max(features), out=e)
    picked = e.take(places)
    np.exp(e, out=e)
    total = row_sum(e)
    loss = np.subtract(np.log(total[:, 0]), picked, out=loss)
    np.divide(e, total, out=e)
    flat = e.reshape(-1)
    flat[places] -= 1
    return loss, e


def _is_zeros(tensor: Any) -> bool:
    """Says whether a gradient was made by `zeros` or `zeros_like`. A constant of zeros in the gradient of a loop does not count."""
    op = tensor._op
    kind = op._definition.name
    return kind == "ZerosLike" or (kind in ("Const", "Fill") and op._name.rpartition("/")[2].startswith("zeros"))


def _cross_entropy_gradient(op: Any, d_loss: Any, d_backprop: Any) -> Any:
    from .linalg import matmul

    gradient = expand_dims(d_loss, -1) * op._outputs[1]
    if d_backprop is not None and not _is_zeros(d_backprop):
        softmax = raw.Softmax(op._inputs[0])
        inner = squeeze(matmul(expand_dims(d_backprop, 1), expand_dims(softmax, 2)), axis=[1])
        gradient += (d_backprop - inner) * softmax
    return gradient


@cross_entropy_op.gradient
def _dense_gradient(op: Any, d_loss: Any, d_backprop: Any) -> Any:
    gradient = _cross_entropy_gradient(op, d_loss, d_backprop)
    minus_log = -raw.LogSoftmax(op._inputs[0])
    return gradient, expand_dims(d_loss, -1) * minus_log


@sparse_cross_entropy_op.gradient
def _sparse_gradient(op: Any, d_loss: Any, d_backprop: Any) -> Any:
    return _cross_entropy_gradient(op, d_loss, d_backprop), None


# ---- public functions


def _both(function: str, labels: Any, logits: Any) -> None:
    if labels is None or logits is None:
        raise ValueError(
            f"Both `labels` and `logits` must be provided for {function}Received: labels={labels} and logits={logits}"
        )


def _flattened(logits: Tensor) -> Tensor:
    """Returns `[..., k]` as `[n, k]`."""
    count = rank(logits)
    last = slice(shape(logits), [raw.Sub(count, 1)], [1])
    result = reshape(logits, concat([[-1], last], 0))
    dims = logits._dims
    if dims is not None and is_full(dims[:-1]):
        result.set_shape([int(np.prod([size or 0 for size in dims[:-1]], dtype=np.int64)), dims[-1]])
    return result


def softmax_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    dim: int = -1,
    name: str | None = None,
    axis: int | None = None,
) -> Tensor:
    """Returns the cross entropies of `softmax(logits)` and `labels`, which count as constants for gradients.

    Args:
      labels: `[..., k]`, probabilities.
      logits: `[..., k]`, of the same dtype.
      dim, axis: the dimension of the classes.
      name: name of the operation.

    Raises:
      ValueError: an argument is missing.
    """
    wanted = dim if axis is None else axis
    _both("softmax_cross_entropy_with_logits", labels, logits)
    with op_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        labels = stop_gradient(labels, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits, axis=wanted, name=scope)


def softmax_cross_entropy_with_logits_v2(
    labels: Any, logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """Returns the cross entropies of `softmax(logits)` and `labels`; gradients flow to both.

    Args:
      labels: `[..., k]`, probabilities.
      logits: `[..., k]`.
      axis: the dimension of the classes, last by default.
      name: name of the operation.
      dim: older name of `axis`.
    """
    wanted = one_of("axis", axis, "dim", dim)
    wanted = -1 if wanted is None else wanted
    with op_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert.convert_to_tensor(logits, name="logits")
        labels = convert.convert_to_tensor(labels, name="labels")
        short = logits._dtype.base_dtype in (dtypes.float16, dtypes.bfloat16)
        precise = cast(logits, dtypes.float32) if short else logits
        labels = cast(labels, precise._dtype.base_dtype)
        input_rank = rank(precise)
        dims = logits._dims
        if wanted != -1:
            precise, labels = (_moved_to_end(each, wanted, input_rank) for each in (precise, labels))
        input_shape = shape(precise)
        precise, labels = _flattened(precise), _flattened(labels)
        cost = raw.SoftmaxCrossEntropyWithLogits(precise, labels, name=scope)[0]
        cost = reshape(cost, slice(input_shape, [0], [raw.Sub(input_rank, 1)]))
        if dims is not None:
            left = list(dims)
            del left[wanted]
            cost.set_shape(left)
        return cast(cost, logits._dtype.base_dtype) if short else cost


def _moved_to_end(x: Tensor, axis: int, count: Tensor) -> Tensor:
    return transpose(x, concat([sequence(axis), sequence(axis + 1, count), [axis]], 0))


def sparse_softmax_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """Returns the cross entropies of `softmax(logits)` and classes given by number.

    Args:
      labels: integers `[...]` from 0 to k - 1.
      logits: `[..., k]`.
      name: name of the scope and of the operation in it.

    Raises:
      ValueError: an argument is missing, or the shapes do not fit.
    """
    _both("sparse_softmax_cross_entropy_with_logits", labels, logits)
    with op_scope(name, "SparseSoftmaxCrossEntropyWithLogits", [labels, logits]):
        labels = convert.convert_to_tensor(labels)
        logits = convert.convert_to_tensor(logits)
        short = logits._dtype.base_dtype is dtypes.float16
        precise = cast(logits, dtypes.float32) if short else logits
        own, dims = labels._dims, logits._dims
        labels_shape = shape(labels)
        complete = is_full(own) and dims is not None and is_full(dims[:-1])
        _check_label_shapes(labels, logits, complete)
        if dims is not None and len(dims) == 2:
            cost = raw.SparseSoftmaxCrossEntropyWithLogits(precise, labels, name=name)[0]
            return cast(cost, dtypes.float16) if short else cost
        checks = []
        if not complete:
            from .checks import assert_equal

            checks.append(assert_equal(shape(labels), shape(logits)[:-1]))
        with contexts.default_graph().control_dependencies(checks):
            classes = shape(logits)[rank(logits) - 1]
            precise = reshape(precise, [-1, classes])
            labels = reshape(labels, [-1])
            cost = raw.SparseSoftmaxCrossEntropyWithLogits(precise, labels, name=name)[0]
            cost = reshape(cost, labels_shape)
            cost.set_shape(own)
            return cast(cost, dtypes.float16) if short else cost


def _check_label_shapes(labels: Tensor, logits: Tensor, complete: bool) -> None:
    own, dims = labels._dims, logits._dims
    if dims is not None and not dims:
        raise ValueError(f"`logits` cannot be a scalar. Received logits={logits}`")
    if dims is not None and own is not None and len(own) != len(dims) - 1:
        raise ValueError(
            f"`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape={labels.get_shape()} of rank "
            f"{len(own)} and logits.shape={logits.get_shape()} of rank {len(dims)}"
        )
    if complete and own != dims[:-1]:  # type: ignore[index]
        raise ValueError(
            f"`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape="
            f"{labels.get_shape()} and logits.shape={logits.get_shape()}"
        )


def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: str | None = None) -> Tensor:
    """Returns the cross entropies of `sigmoid(logits)` and `labels`, element by element.

    Args:
      labels: probabilities, of the shape and dtype of `logits`.
      logits: any shape.
      name: name of the operation.

    Raises:
      ValueError: an argument is missing, or the shapes differ.
    """
    _both("sigmoid_cross_entropy_with_logits", labels, logits)
    with op_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert.convert_to_tensor(logits, name="logits")
        labels = convert.convert_to_tensor(labels, name="labels")
        if not labels.get_shape().is_compatible_with(logits.get_shape()):
            raise ValueError(
                f"`logits` and `labels` must have the same shape, received ({logits.get_shape()} vs {labels.get_shape()})."
            )
        zeros = zeros_like(logits, dtype=logits._dtype.base_dtype)
        positive = logits >= zeros
        relu_logits = where(positive, logits, zeros)
        minus_abs = where(positive, -logits, logits)
        return add(relu_logits - logits * labels, raw.Log1p(raw.Exp(minus_abs)), name=scope)


def weighted_cross_entropy_with_logits(
    labels: Any = None, logits: Any = None, pos_weight: Any = None, name: str | None = None, targets: Any = None
) -> Tensor:
    """Returns `sigmoid_cross_entropy_with_logits` with the positive labels weighted by `pos_weight`."""
    labels = one_of("labels", labels, "targets", targets)
    with op_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert.convert_to_tensor(logits, name="logits")
        labels = convert.convert_to_tensor(labels, name="labels")
        if not labels.get_shape().is_compatible_with(logits.get_shape()):
            raise ValueError(
                f"`logits` and `labels` must have the same shape, received ({logits.get_shape()} vs {labels.get_shape()})."
            )
        weight = 1 + (pos_weight - 1) * labels
        return add(
            (1 - labels) * logits,
            weight * (raw.Log1p(raw.Exp(-raw.Abs(logits))) + raw.Relu(-logits)),
            name=scope,
        )


def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None) -> Tensor:
    """Returns the losses of Poisson rates given by their logarithms, without the part that only depends on the targets.

    Raises:
      ValueError: the shapes differ, or the full loss is asked for.
    """
    if compute_full_loss:
        raise ValueError("log_poisson_loss gives the loss without the constant part only.")
    with op_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert.convert_to_tensor(log_input, name="log_input")
        targets = convert.convert_to_tensor(targets, name="targets")
        return raw.Exp(log_input) - log_input * targets


# ---- half the sum of squares

l2_loss_op = op("L2Loss(t: T) -> (output: T)", attrs=[f"T: {FLOATS}"])
l2_loss_op.shape(scalar)
l2_loss_op.gradient(lambda op, dy: op._inputs[0] * dy)


@l2_loss_op.kernel
def _l2_loss_kernel(t: Any) -> Any:
    flat = np.asarray(t).reshape(-1)
    return np.dot(flat, flat) * flat.dtype.type(0.5)


def l2_loss(t: Any, name: str | None = None) -> Tensor:
    """Returns half the sum of the squares of all elements."""
    return raw.L2Loss(t, name=name)
