"""`tf.create_partitioned_variables`: the old way to make a variable in parts, with the number of parts in hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..framework import dtypes
from . import modes
from .requests import ask_for_parts
from .scope import get_variable_scope
from .store import default_store
from .variable_scope import variable_scope

__all__ = ["create_partitioned_variables"]


def create_partitioned_variables(
    shape: Sequence[int],
    slicing: Sequence[int],
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list[Any]:
    """Returns the parts of a variable that is cut as `slicing` says. `tf.get_variable` with a `partitioner` does the same.

    Args:
      shape: sizes of the whole.
      slicing: number of parts along each axis; only one may be more than 1.
      initializer: a value of the whole, or an initializer that makes each part.
      dtype, trainable, collections: as in `tf.get_variable`.
      name: name of the whole, by default `PartitionedVariable`, made unique.
      reuse: as in `tf.variable_scope`.

    Raises:
      ValueError: `shape` and `slicing` have different lengths, or none, or the variable cannot be cut or shared so.
    """
    if len(shape) != len(slicing):
        raise ValueError(
            f"The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: {shape}, slicing: {slicing}"
        )
    if len(shape) < 1:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse):
        given = {
            "shape": shape,
            "dtype": dtype,
            "initializer": initializer,
            "regularizer": None,
            "trainable": trainable,
            "collections": collections,
            "caching_device": None,
            "partitioner": lambda **_: slicing,
            "validate_shape": True,
            "use_resource": None,
            "custom_getter": None,
            "constraint": None,
            "synchronization": modes.VariableSynchronization.AUTO,
            "aggregation": modes.VariableAggregation.NONE,
        }
        return list(ask_for_parts(get_variable_scope(), default_store(), given))
