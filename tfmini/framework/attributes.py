"""Attributes of an operation that is about to be added: completed, checked, and brought into the form in which they are kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .op_spec import AttrSpec
from .registry import OpDef
from .shapes import TensorShape, dims_of

# Kinds of given attributes with which the outcome for a signature is remembered (`quick`): equal values of one of these types
# mean the same.
PLAIN = frozenset((bool, int, str, bytes, dtypes.DType, type(None)))


class Attributes(dict[str, Any]):
    """Attributes that several operations share, because all were added with the same ones; they must not be changed.

    An operation that gets an attribute later gets a dict of its own (`Operation._note`).
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("These attributes belong to several operations. Use Operation._note(name, value).")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse  # type: ignore[assignment]


def check_allowed(definition: OpDef, key: str, dtype: dtypes.DType, parameter: str) -> None:
    """Raises TypeError when the type attribute `key`, which the input `parameter` decides, does not allow `dtype`."""
    allowed = definition.spec.attr_by_name[key].allowed
    if allowed is not None and dtype not in allowed:
        raise TypeError(
            f"Value passed to parameter '{parameter}' has DataType {dtype.name} not in list of allowed values: "
            f"{', '.join(each.name for each in allowed)}"
        )


def complete_attrs(definition: OpDef, given: dict[str, Any]) -> dict[str, Any]:
    """Returns all attributes in their canonical form, defaults filled in."""
    complete: dict[str, Any] = {}
    for attr in definition.spec.attrs:
        if attr.name in given:
            complete[attr.name] = _canonical(definition, attr, given.pop(attr.name))
        elif attr.required:
            if attr.kind == "shape":
                complete[attr.name] = None
            else:
                raise TypeError(f"No argument for attr {attr.name} found for {definition.name}.")
        else:
            complete[attr.name] = _canonical(definition, attr, attr.default)
    for key, value in given.items():
        if not key.startswith("_"):
            raise TypeError(f"{definition.name} got unexpected keyword arguments: {key}.")
        complete[key] = value
    return complete


def _canonical(definition: OpDef, attr: AttrSpec, value: Any) -> Any:
    if attr.is_list:
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for attr {attr.name}, obtained {type(value).__name__} instead.")
        if attr.minimum is not None and len(value) < attr.minimum:
            raise ValueError(
                f"Attr '{attr.name}' of '{definition.name}' Op passed list of length {len(value)} less than minimum "
                f"{attr.minimum}."
            )
        return tuple(_canonical_item(definition, attr, each) for each in value)
    return _canonical_item(definition, attr, value)


def _canonical_item(definition: OpDef, attr: AttrSpec, value: Any) -> Any:
    kind = attr.kind
    if kind == "type":
        dtype = value if type(value) is dtypes.DType else _dtype_attr(attr, value)
        dtype = dtype.base_dtype
        if attr.allowed is not None and dtype not in attr.allowed:
            raise TypeError(
                f"Value passed to parameter '{attr.name}' has DataType {dtype.name} not in list of allowed values: "
                f"{', '.join(each.name for each in attr.allowed)}"
            )
        return dtype
    if kind == "shape":
        if isinstance(value, TensorShape):
            return value._dims
        try:
            return dims_of(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"Error converting {attr.name} to a TensorShape: {error}.") from None
    if kind == "int":
        return _int_attr(definition, attr, value)
    if kind == "bool":
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"Expected bool for argument '{attr.name}' not {value!r}.")
        return bool(value)
    if kind == "float":
        try:
            # A NodeDef holds single precision, and kernels see what it holds.
            return float(np.float32(value))
        except (TypeError, ValueError):
            raise TypeError(f"Expected float for argument '{attr.name}' not {value!r}.") from None
    if kind == "string":
        return _string_attr(definition, attr, value)
    return value


def _dtype_attr(attr: AttrSpec, value: Any) -> dtypes.DType:
    try:
        return dtypes.as_dtype(value)
    except TypeError:
        raise TypeError(f"Expected DataType for argument '{attr.name}' not {value!r}.") from None


def _int_attr(definition: OpDef, attr: AttrSpec, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise TypeError(f"Expected int for argument '{attr.name}' not {value!r}.") from None
    if attr.minimum is not None and not attr.is_list and number < attr.minimum:
        raise ValueError(
            f"Attr '{attr.name}' of '{definition.name}' Op passed {number} less than minimum {attr.minimum}."
        )
    return number


def _string_attr(definition: OpDef, attr: AttrSpec, value: Any) -> bytes:
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"Expected string for argument '{attr.name}' not {value!r}.")
    text = value.decode() if isinstance(value, bytes) else value
    if attr.allowed is not None and text not in attr.allowed:
        allowed = '", "'.join(attr.allowed)
        raise ValueError(f"Attr '{attr.name}' of '{definition.name}' Op passed string '{text}' not in: \"{allowed}\".")
    return text.encode()
