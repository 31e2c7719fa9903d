"""Losses over very many classes that look at a few of them: noise-contrastive estimation and sampled softmax."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims
from ..framework.tensor import Tensor
from .array import ones, ones_like, shape, zeros_like
from .candidates import compute_accidental_hits, log_uniform_candidate_sampler
from .cast import cast
from .embedding import embedding_lookup, tables_of
from .gathering import gather_nd
from .joining import concat, stack
from .linalg import matmul
from .losses import sigmoid_cross_entropy_with_logits, softmax_cross_entropy_with_logits_v2
from .math import multiply
from .placeholders import stop_gradient
from .reduction import reduce_sum
from .shaping import expand_dims, reshape
from .slicing import slice

__all__ = ["nce_loss", "sampled_softmax_loss", "sparse_to_dense"]

# ---- numbers put into places

sparse_to_dense_op = op(
    "SparseToDense(sparse_indices: Tindices, output_shape: Tindices, sparse_values: T, default_value: T) -> (dense: T)",
    attrs=["validate_indices: bool = true", "T: type", "Tindices: {int32, int64}"],
)


@sparse_to_dense_op.shape
def _sparse_to_dense_shape(call: Any) -> Dims:
    return call.constant_shape(1)


@sparse_to_dense_op.kernel
def _sparse_to_dense_kernel(indices: Any, sizes: Any, values: Any, default: Any, *, validate_indices: bool) -> Any:
    wanted = tuple(int(size) for size in np.asarray(sizes).reshape(-1))
    places = np.asarray(indices).reshape(-1, len(wanted)) if np.ndim(indices) != 1 or len(wanted) == 1 else None
    if places is None:
        places = np.asarray(indices).reshape(-1, 1)
    if places.shape[1] != len(wanted):
        raise KernelError(
            InvalidArgumentError,
            f"output_shape has incorrect number of elements: {len(wanted)} should be: {places.shape[1]}",
        )
    result = np.full(wanted, default, np.asarray(values).dtype)
    flat = np.zeros(places.shape[0], np.int64)
    for axis, size in enumerate(wanted):
        column = places[:, axis].astype(np.int64)
        wrong = np.flatnonzero((column < 0) | (column >= size))
        if wrong.size:
            place = ",".join(str(int(each)) for each in places[wrong[0]])
            raise KernelError(
                InvalidArgumentError,
                f"indices[{int(wrong[0])}] = [{place}] is out of bounds: need 0 <= index < [{','.join(map(str, wanted))}]",
            )
        flat = flat * size + column
    if validate_indices and flat.size > 1:
        steps = np.flatnonzero(np.diff(flat) <= 0)
        if steps.size:
            row = int(steps[0]) + 1
            place = ",".join(str(int(each)) for each in places[row])
            kind = "repeated" if flat[row] == flat[row - 1] else "out of order. Many sparse ops require sorted indices."
            raise KernelError(InvalidArgumentError, f"indices[{row}] = [{place}] is {kind}")
    result.reshape(-1)[flat] = values
    return result


@sparse_to_dense_op.gradient
def _sparse_to_dense_gradient(op: Any, dy: Any) -> Any:
    indices, sizes, _, _ = op._inputs
    values = gather_nd(dy, indices)
    default = reduce_sum(dy) - reduce_sum(values)
    return zeros_like(indices), zeros_like(sizes), values, default


def sparse_to_dense(
    sparse_indices: Any,
    output_shape: Any,
    sparse_values: Any,
    default_value: Any = 0,
    validate_indices: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns a tensor of `output_shape` that is `default_value` except where `sparse_indices` says.

    Args:
      sparse_indices: integers `[n, rank]`, or `[n]`, or one number.
      output_shape: integers `[rank]`.
      sparse_values: `[n]` or one value for all places.
      default_value: a scalar.
      validate_indices: refuse places that repeat or are not in order.
      name: name of the operation.
    """
    return raw.SparseToDense(
        sparse_indices, output_shape, sparse_values, default_value, validate_indices=validate_indices, name=name
    )


# ---- logits of the true and of the drawn classes


def _row_sums(x: Tensor) -> Tensor:
    """Returns the sums of the rows by a product, which is faster than a sum."""
    columns = shape(x)[1]
    return reshape(matmul(x, ones(stack([columns, 1]), x._dtype.base_dtype)), [-1])


def _as_type(x: Any, like: Any) -> Any:
    return x if x.dtype == like.dtype else cast(x, like.dtype)


def _logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int,
    sampled_values: Any,
    remove_accidental_hits: bool,
    partition_strategy: str,
    name: str | None,
    seed: int | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns logits and labels `[n, num_true + num_sampled]`, less the logarithms of the expected counts."""
    weights = tables_of(weights)
    with op_scope(name, "compute_sampled_logits", [*weights, biases, inputs, labels]):
        if labels.dtype != dtypes.int64:
            labels = cast(labels, dtypes.int64)
        flat_labels = reshape(labels, [-1])
        if sampled_values is None:
            sampled_values = log_uniform_candidate_sampler(
                true_classes=labels,
                num_true=num_true,
                num_sampled=num_sampled,
                unique=True,
                range_max=num_classes,
                seed=seed,
            )
        sampled, true_expected, sampled_expected = (stop_gradient(each) for each in sampled_values)
        sampled = cast(sampled, dtypes.int64)
        ids = concat([flat_labels, sampled], 0)
        rows = _as_type(embedding_lookup(weights, ids, partition_strategy=partition_strategy), inputs)
        true_rows = slice(rows, [0, 0], stack([shape(flat_labels)[0], -1]))
        sampled_rows = slice(rows, stack([shape(flat_labels)[0], 0]), [-1, -1])
        sampled_logits: Any = matmul(inputs, sampled_rows, transpose_b=True)
        all_biases = _as_type(embedding_lookup(biases, ids, partition_strategy=partition_strategy), inputs)
        true_biases = slice(all_biases, [0], shape(flat_labels))
        sampled_biases = slice(all_biases, shape(flat_labels), [-1])
        width = shape(true_rows)[1:2]
        by_row = concat([[-1, num_true], width], 0)
        products = multiply(expand_dims(inputs, 1), reshape(true_rows, by_row))
        as_matrix = reshape(products, concat([[-1], width], 0))
        true_logits: Any = reshape(_row_sums(as_matrix), [-1, num_true])
        true_biases = reshape(true_biases, [-1, num_true])
        true_logits += true_biases
        sampled_logits += sampled_biases
        if remove_accidental_hits:
            sampled_logits += _hits(labels, sampled, num_true, num_sampled, sampled_logits)
        true_logits -= raw.Log(true_expected)
        sampled_logits -= raw.Log(sampled_expected)
        logits = concat([true_logits, sampled_logits], 1)
        wanted = concat([ones_like(true_logits) / num_true, zeros_like(sampled_logits)], 1)
        return logits, wanted


def _hits(labels: Any, sampled: Any, num_true: int, num_sampled: int, like: Any) -> Tensor:
    """Returns the lowest number wherever a true class was drawn, so that it does not count twice."""
    rows, ids, weights = compute_accidental_hits(labels, sampled, num_true=num_true)
    rows = reshape(rows, [-1, 1])
    ids = reshape(cast(ids, dtypes.int32), [-1, 1])
    places = concat([rows, ids], 1, "sparse_indices")
    sizes = concat([shape(labels)[:1], expand_dims(num_sampled, 0)], 0)
    return raw.SparseToDense(places, sizes, _as_type(weights, like), 0.0, validate_indices=False)


def nce_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str = "nce_loss",
) -> Tensor:
    """Returns losses `[n]` of noise-contrastive estimation (Gutmann and Hyvarinen, 2010), a true class against a few drawn ones.

    Args:
      weights: `[num_classes, k]`, or a list of parts of it.
      biases: `[num_classes]`.
      labels: integers `[n, num_true]`.
      inputs: `[n, k]`.
      num_sampled: classes to draw in a run.
      num_classes: how many there are.
      num_true: true classes in each row.
      sampled_values: what a candidate sampler gave; by default the log-uniform one draws.
      remove_accidental_hits: leave out drawn classes that are the true one.
      partition_strategy: how rows are spread over the parts.
      name: name of the scope.
    """
    logits, wanted = _logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        name,
    )
    return _row_sums(sigmoid_cross_entropy_with_logits(labels=wanted, logits=logits, name="sampled_losses"))


def sampled_softmax_loss(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    remove_accidental_hits: bool = True,
    partition_strategy: str = "mod",
    name: str = "sampled_softmax_loss",
    seed: int | None = None,
) -> Tensor:
    """Returns losses `[n]`: the softmax cross entropy over the true and a few drawn classes; for training only.

    The arguments are those of `nce_loss`, and `seed`, the seed of the sampler.
    """
    logits, wanted = _logits(
        weights,
        biases,
        labels,
        inputs,
        num_sampled,
        num_classes,
        num_true,
        sampled_values,
        remove_accidental_hits,
        partition_strategy,
        name,
        seed,
    )
    wanted = stop_gradient(wanted, name="labels_stop_gradient")
    return softmax_cross_entropy_with_logits_v2(labels=wanted, logits=logits)
