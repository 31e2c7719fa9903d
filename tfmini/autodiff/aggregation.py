"""Adding up the gradients that reach one tensor along several paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..framework import contexts
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import raw


class AggregationMethod:
    """How `gradients` adds up; all give the same sum: with one `AddN`, or (tree, accumulate) term by term."""

    ADD_N = 0
    DEFAULT = ADD_N
    EXPERIMENTAL_TREE = 1
    EXPERIMENTAL_ACCUMULATE_N = 2


def aggregate(gradients: Sequence[Any], op: Any, method: Any = None) -> Any:
    """Returns the sum of gradients that reach one output of `op`: tensors with `AddN`, slices by joining their rows, a mixture
    as a tensor.

    The sum is colocated with its first term, as TensorFlow does.

    Raises:
      ValueError: `method` is none of `AggregationMethod`.
    """
    if method not in (None, 0, 1, 2):
        raise ValueError(
            f"Invalid `aggregation_method` specified {method}. Accepted values are [0, 1, 2]. Use one of tf.AggregationMethod."
        )
    given = [each for each in gradients if each is not None]
    if len(given) == 1:
        return given[0]
    if all(isinstance(each, IndexedSlices) for each in given):
        return _joined(given)
    if any(isinstance(each, IndexedSlices) for each in given):
        return raw.AddN(given)
    return _add_by_device(given) if method in (None, 0) else _add_in_turn(given, op)


def _add_in_turn(tensors: list[Any], op: Any) -> Any:
    """Adds the terms one after the other, so that each can be forgotten early."""
    with contexts.default_graph().name_scope(op._name + "_gradient_sum"):
        total = tensors[0]
        for each in tensors[1:]:
            total = raw.AddN([total, each])
    return total


def _add_by_device(tensors: list[Any]) -> Any:
    """Adds the terms on each device, then the sums; on one device there is one `AddN`."""
    by_device: dict[str, list[Any]] = {}
    for each in tensors:
        by_device.setdefault(each.device, []).append(each)
    graph = contexts.default_graph()
    sums = []
    for device in sorted(by_device):
        terms = by_device[device]
        with graph.colocate_with(terms[0].op, ignore_existing=True):
            sums.append(terms[0] if len(terms) == 1 else raw.AddN(terms))
    return sums[0] if len(sums) == 1 else raw.AddN(sums)


def _joined(slices: list[IndexedSlices]) -> IndexedSlices:
    values = raw.ConcatV2([each.values for each in slices], 0, name="concat")
    indices = raw.ConcatV2([each.indices for each in slices], 0, name="concat")
    return IndexedSlices(values, indices, slices[0].dense_shape)
