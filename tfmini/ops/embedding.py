"""Rows of a table by number: embeddings."""

from __future__ import annotations

from typing import Any

from ..framework import contexts, convert
from ..framework.op_scope import op_scope
from ..framework.tensor import Tensor
from .clip import clip_by_norm
from .gathering import gather
from .placeholders import identity

__all__ = ["embedding_lookup"]


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
      params: the table, a tensor or variable `[n, ...]`, alone or as the only item of a list.
      ids: integers.
      partition_strategy: how rows are spread over several tables; there is one here.
      name: name of the scope.
      validate_indices: not used.
      max_norm: greatest length of a row; longer ones are scaled down.

    Raises:
      ValueError: there is no table, or more than one.
    """
    if params is None:
        raise ValueError("params must be specified")
    tables = list(params) if isinstance(params, (list, tuple)) else [params]
    if not tables:
        raise ValueError("Length of params is currently 0. Need at least one table.")
    if len(tables) > 1:
        raise ValueError("A table cut into several parts is not supported: join the parts with tf.concat first.")
    table = tables[0]
    with op_scope(name, "embedding_lookup", [table, ids]) as scope:
        if convert.graph_element(table) is None:
            table = convert.convert_to_tensor(table, name="params")
        ids = convert.convert_to_tensor(ids, name="ids")
        with contexts.default_graph().colocate_with(getattr(table, "op", None) or table):
            rows = gather(table, ids, name=scope)
            if max_norm is not None:
                rows = clip_by_norm(rows, max_norm, axes=list(range(len(ids._dims or ()), len(rows._dims or ()))))
        return identity(rows)
