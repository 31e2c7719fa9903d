"""Lists that hold tensors become tensors: each list is packed along a new dimension."""

from __future__ import annotations

from typing import Any

from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.tensor import Tensor
from .constant import constant

__all__ = []

# ---- lists that hold tensors


def _is_tensor_like(value: Any) -> bool:
    # a penalty of a regularizer is no element of a graph, because it is built when it is converted
    return convert.graph_element(value) is not None or getattr(value, "_packs_as_tensor", False)


def _is_plain(value: Any) -> bool:
    todo = [value]
    while todo:
        for each in todo.pop():
            if isinstance(each, (list, tuple)):
                todo.append(each)
            elif _is_tensor_like(each):
                return False
    return True


def _first_tensor_dtype(values: Any) -> dtypes.DType | None:
    for each in values:
        if isinstance(each, (list, tuple)):
            found = _first_tensor_dtype(each)
            if found is not None:
                return found
        else:
            element = convert.graph_element(each)
            if isinstance(element, Tensor):
                return element._dtype.base_dtype
            if element is None and _is_tensor_like(each):
                return each.dtype.base_dtype  # type: ignore[no-any-return]
    return None


def _cast_tensors(values: Any, dtype: dtypes.DType) -> Any:
    result = []
    for each in values:
        if isinstance(each, (list, tuple)):
            result.append(_cast_tensors(each, dtype))
        elif isinstance(each, Tensor) and each._dtype.base_dtype is not dtype:
            result.append(raw.Cast(each, DstT=dtype))
        else:
            result.append(each)
    return result


def _packed(values: Any, dtype: dtypes.DType, name: str) -> Any:
    """Returns nested lists with tensors as one tensor; lists without any stay lists."""
    parts: list[Any] = []
    holds_tensor = False
    with op_scope(name, "packed") as scope:
        for index, each in enumerate(values):
            if isinstance(each, (list, tuple)):
                each = _packed(each, dtype, str(index))
                holds_tensor = holds_tensor or isinstance(each, Tensor)
            elif getattr(each, "_packs_as_tensor", False):
                holds_tensor = True  # built after the constants, when it is packed
            elif convert.graph_element(each) is not None:
                each = convert.convert_to_tensor(each)
                if each._dtype.base_dtype is not dtype:
                    raise TypeError(
                        f"Cannot convert a list containing a tensor of dtype {each._dtype} to {dtype} (Tensor is: {each!r})"
                    )
                holds_tensor = True
            parts.append(each)
        if not holds_tensor:
            return parts
        tensors = [
            each
            if isinstance(each, Tensor) or getattr(each, "_packs_as_tensor", False)
            else constant(each, dtype=dtype, name=str(index))
            for index, each in enumerate(parts)
        ]
        return raw.Pack(tensors, name=scope)


def _list_conversion(value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    if as_ref or _is_plain(value):
        return NotImplemented
    found = _first_tensor_dtype(value)
    if found is None:
        return NotImplemented
    wanted = found if dtype is None else dtypes.as_dtype(dtype).base_dtype
    if wanted is not found:
        value = _cast_tensors(value, wanted)
    return _packed(value, wanted, name or "packed")


convert.register_tensor_conversion_function((list, tuple), _list_conversion, 99)
