"""Rows of a table by number: embeddings, of one table or of one that is cut into several."""

from __future__ import annotations

from typing import Any

from ..framework import contexts, convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from .array import rank, shape, size
from .cast import cast
from .clip import clip_by_norm
from .constant import constant
from .data_flow import dynamic_partition
from .gathering import gather
from .joining import concat, stack
from .math import maximum
from .placeholders import identity
from .reduction import reduce_sum
from .select import where
from .sequences import range as sequence
from .shaping import reshape

__all__ = ["embedding_lookup"]


def tables_of(params: Any) -> list[Any]:
    """Returns the parts of a table: those of a partitioned variable, the items of a list, or the table alone."""
    if hasattr(params, "_variable_list"):
        return list(params._variable_list)
    return params if isinstance(params, list) else [params]


def _clipped(rows: Any, ids: Any, max_norm: float | None) -> Any:
    """Returns rows with those scaled down that are longer than `max_norm`."""
    if max_norm is None:
        return rows

    def rank_of(x: Any) -> tuple[Any, bool]:
        dims = convert.convert_to_tensor(x)._dims
        return (len(dims), True) if dims else (rank(x), False)

    (first, first_known), (last, last_known) = rank_of(ids), rank_of(rows)
    axes = list(range(first, last)) if first_known and last_known else sequence(first, last)
    return clip_by_norm(rows, max_norm, axes=axes)


def embedding_lookup(
    params: Any,
    ids: Any,
    partition_strategy: str = "mod",
    name: str | None = None,
    validate_indices: bool = True,
    max_norm: float | None = None,
) -> Tensor:
    """Returns the rows of a table whose numbers are in `ids`, in the shape of `ids` and with the shape of a row behind.

    Args:
      params: the table, a tensor or variable `[n, ...]`; or a list of its parts, or a partitioned variable.
      ids: integers.
      partition_strategy: how rows are spread over parts: `"mod"` deals them out in turn, `"div"` cuts the table into runs.
      name: name of the scope.
      validate_indices: not used.
      max_norm: greatest length of a row; longer ones are scaled down.

    Raises:
      ValueError: there is no table, or no such strategy.
    """
    if params is None:
        raise ValueError("params must be specified")
    if isinstance(params, (list, tuple)) and not params:
        raise ValueError("Length of params is currently 0. Need at least one param.")
    tables = tables_of(params)
    with op_scope(name, "embedding_lookup", [*tables, ids]) as scope:
        if not any(getattr(each, "handle", None) is not None for each in tables):
            tables = [convert.convert_to_tensor(each, name=f"params_{index}") for index, each in enumerate(tables)]
        ids = convert.convert_to_tensor(ids, name="ids")
        graph = contexts.default_graph()
        if len(tables) == 1:
            with graph.colocate_with(_beside(tables[0])):
                rows = _clipped(gather(tables[0], ids, name=scope), ids, max_norm)
            return identity(rows)
        flat = reshape(ids, [-1])
        order = sequence(size(flat, out_type=dtypes.int32))
        part_of, places = _assigned(tables, flat, partition_strategy)
        part_of = cast(part_of, dtypes.int32)
        ids_of = dynamic_partition(places, part_of, len(tables))
        order_of = dynamic_partition(order, part_of, len(tables))
        found = []
        for table, some in zip(tables, ids_of, strict=True):
            with graph.colocate_with(_beside(table)):
                found.append(gather(table, some))
        rows = raw.ParallelDynamicStitch(order_of, found, name=scope)
        inner = TensorShape(tables[0].get_shape())[1:]
        for table in tables[1:]:
            inner = inner.merge_with(table.get_shape()[1:])
        row_shape: Any = inner
        if not inner.is_fully_defined():
            with graph.colocate_with(_beside(tables[0])):
                whole = shape(tables[0])
            row_shape = whole[1:]
        rows = reshape(rows, concat([shape(ids), row_shape], 0))
        rows.set_shape(ids.get_shape().concatenate(inner))
        return _clipped(rows, ids, max_norm)


def _beside(table: Any) -> Any:
    return getattr(table, "op", None) or table


def _assigned(tables: list[Any], ids: Tensor, strategy: str) -> tuple[Any, Any]:
    """Returns for each row the number of its part and its place in it."""
    number = len(tables)
    if strategy == "mod":
        return ids % number, ids // number
    if strategy != "div":
        raise ValueError(f"Unrecognized partition strategy: {strategy}.Must be one of either `mod` or `div`.")
    sizes = [each.get_shape()[0].value for each in tables]
    if None not in sizes and sum(sizes):
        total: Any = constant(sum(sizes), ids._dtype.base_dtype)
    else:
        counted: list[Any] = []
        for table, known in zip(tables, sizes, strict=True):
            if known is not None:
                counted.append(known)
                continue
            with contexts.default_graph().colocate_with(_beside(table)):
                counted.append(shape(table)[0])
        total = reduce_sum(cast(stack(counted), ids._dtype.base_dtype))
    least = total // number
    extras = total % number
    part_of = maximum(ids // (least + 1), (ids - extras) // least)
    places = where(part_of < extras, ids % (least + 1), (ids - extras) % least)
    return part_of, places
