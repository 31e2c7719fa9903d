"""Slots: variables that an optimizer keeps beside another variable, such as a moving average of its gradient.

The slot `m` of `w` that `Adam` makes is called `w/Adam`; a second one `w/Adam_1`. It stands on the device of its variable and is
not trainable. It is asked for by `get_variable`, so a scope that only finds variables refuses it.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from ..framework.tensor import Tensor
from ..variables import initializers, records
from ..variables.ref import RefVariable
from ..variables.scope import get_variable_scope
from ..variables.store import get_variable
from ..variables.variable import Variable
from ..variables.variable_scope import variable_scope


def _slot_variable(primary: Any, value: Any, validate_shape: bool, shape: Any, dtype: Any) -> Any:
    """Asks for the slot in the scope that was opened for it, without the scope's partitioner."""
    scope = get_variable_scope()
    partitioner = scope._partitioner
    scope._partitioner = None
    if getattr(getattr(primary, "op", None), "type", "") == "VarHandleOp":
        use_resource: bool | None = True
    elif isinstance(primary, RefVariable):
        use_resource = False
    else:
        use_resource = None
    try:
        slot = get_variable(
            "",
            initializer=value,
            trainable=False,
            use_resource=use_resource,
            shape=shape if callable(value) else None,
            dtype=dtype,
            validate_shape=validate_shape,
        )
    finally:
        scope._partitioner = partitioner
    whole = primary._get_save_slice_info() if isinstance(primary, Variable) else None
    if whole is not None:
        _note_part(primary, slot, whole)
    return slot


def _note_part(primary: Any, slot: Any, whole: Any) -> None:
    """Notes for a slot of a part of a variable which part of the whole slot it is."""
    name = slot.name[len(primary.op.name + "/") : -2]
    rank = slot.shape.ndims
    if rank is None or rank > 0:
        slot._set_save_slice_info(
            type(whole)(
                f"{whole.full_name}/{name}", whole.full_shape[:rank], whole.var_offset[:rank], whole.var_shape[:rank]
            )
        )


def _create(
    primary: Any, value: Any, validate_shape: bool, shape: Any, dtype: Any, name: str, colocate: bool, slot_name: str
) -> Any:
    prefix = primary._shared_name if isinstance(primary, Variable) else primary.op.name
    record = getattr(primary, "_record", None)
    with records.slot_of(record, slot_name or name), variable_scope(None, f"{prefix}/{name}"):
        if not colocate:
            return _slot_variable(primary, value, validate_shape, shape, dtype)
        with contexts.default_graph().colocate_with(primary.op):
            return _slot_variable(primary, value, validate_shape, shape, dtype)


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True, slot_name: str = "") -> Any:
    """Returns a slot of `primary` that starts with the tensor `val`."""
    full = val.get_shape().is_fully_defined()
    return _create(primary, val, full, None, None, name, colocate_with_primary, slot_name)


def create_slot_with_initializer(
    primary: Any,
    initializer: Any,
    shape: Any,
    dtype: Any,
    name: str,
    colocate_with_primary: bool = True,
    slot_name: str = "",
) -> Any:
    """Returns a slot of `primary` of this shape and dtype that starts as `initializer` says."""
    full = shape.is_fully_defined()
    return _create(primary, initializer, full, shape, dtype, name, colocate_with_primary, slot_name)


def create_zeros_slot(
    primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True, slot_name: str = ""
) -> Any:
    """Returns a slot of the shape of `primary` that starts with zeros."""
    dtype = primary.dtype if dtype is None else dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        return create_slot_with_initializer(
            primary, initializers.Zeros(), shape, dtype, name, colocate_with_primary, slot_name
        )
    from ..ops import array

    if isinstance(primary, Variable):
        from ..ops.cond import cond
        from ..ops.state import is_variable_initialized

        sizes: Tensor = array.shape(
            cond(is_variable_initialized(primary), primary.read_value, lambda: primary.initial_value)
        )
    else:
        sizes = array.shape(primary)
    return create_slot(primary, array.zeros(sizes, dtype=dtype), name, colocate_with_primary, slot_name)
