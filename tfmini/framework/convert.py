"""From Python values to tensors.

Conversion functions are registered by type with a priority; the first of the lowest priority that gives a tensor wins. The
constant operation registers the function for everything else, `ops` the ones for lists that hold tensors, `variables` theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .tensor import Tensor

_functions: dict[int, list[tuple[Any, Callable[..., Any]]]] = {}
_cache: dict[type, list[tuple[Any, Callable[..., Any]]]] = {}
_natural: Callable[[Any], dtypes.DType] | None = None


def register_tensor_conversion_function(
    base_type: Any, conversion_func: Callable[..., Any], priority: int = 100
) -> None:
    """Registers `conversion_func(value, dtype=None, name=None, as_ref=False)` for values of `base_type`.

    It returns a tensor, or NotImplemented to leave the value to the next function. Lower priorities are asked first.

    Raises:
      TypeError: `base_type` is no type or tuple of types, or the function cannot be called.
    """
    types = base_type if isinstance(base_type, tuple) else (base_type,)
    if not all(isinstance(each, type) for each in types):
        raise TypeError(f"Argument `base_type` must be a type or a tuple of types. Obtained: {base_type}")
    if not callable(conversion_func):
        raise TypeError(f"Argument `conversion_func` must be callable. Received {conversion_func}.")
    _functions.setdefault(priority, []).append((base_type, conversion_func))
    _cache.clear()


def set_natural_dtype(function: Callable[[Any], dtypes.DType]) -> None:
    """Tells how to find the dtype that a Python value takes by itself; called once by the constant operation."""
    global _natural
    _natural = function


def natural_dtype(value: Any) -> dtypes.DType:
    """Returns the dtype that `value` would have as a tensor when nobody asks for another. Raises TypeError when it can be none."""
    element = graph_element(value)
    if isinstance(element, Tensor):
        return element._dtype.base_dtype
    assert _natural is not None, "the constant operation is not loaded"
    return _natural(value)


def graph_element(value: Any) -> Any:
    """Returns the tensor that `value` is or stands for (a variable), or None for a plain value."""
    if isinstance(value, Tensor):
        return value
    method = getattr(value, "_as_graph_element", None)
    if method is None or isinstance(value, (np.ndarray, str, type)):
        return None
    return method()


def _functions_for(kind: type) -> list[tuple[Any, Callable[..., Any]]]:
    found = _cache.get(kind)
    if found is None:
        found = [
            (base, function)
            for priority in sorted(_functions)
            for base, function in _functions[priority]
            if issubclass(kind, base)
        ]
        _cache[kind] = found
    return found


def convert_to_tensor(
    value: Any,
    dtype: Any = None,
    name: str | None = None,
    preferred_dtype: Any = None,
    as_ref: bool = False,
) -> Tensor:
    """Returns `value` as a tensor.

    Args:
      value: a tensor, a variable, a number, text, a numpy array, a list of these, or an object of a registered type.
      dtype: the dtype to have; None takes what the value suggests.
      name: name of the operation that is added when one is needed.
      preferred_dtype: dtype to have when that is possible and `dtype` is not given.
      as_ref: keep the reference of a variable.

    Raises:
      TypeError: the value cannot be a tensor, or not of that dtype.
      ValueError: it is a tensor of another dtype.
    """
    wanted = None if dtype is None else dtypes.as_dtype(dtype)
    if isinstance(value, Tensor):
        if wanted is not None and not wanted.is_compatible_with(value._dtype):
            raise ValueError(
                f"{name + ': ' if name else ''}Tensor conversion requested dtype {wanted.name} for Tensor with dtype {value._dtype.name}: {value!r}"
            )
        return value
    preferred = None if preferred_dtype is None else dtypes.as_dtype(preferred_dtype)
    for base, function in _functions_for(type(value)):
        result: Any = NotImplemented
        if wanted is None and preferred is not None:
            try:
                result = function(value, dtype=preferred, name=name, as_ref=as_ref)
            except (TypeError, ValueError):
                result = NotImplemented
        if result is NotImplemented:
            result = function(value, dtype=wanted, name=name, as_ref=as_ref)
        if result is NotImplemented:
            continue
        if not isinstance(result, Tensor):
            raise RuntimeError(f"Conversion function {function!r} for type {base} returned non-Tensor: {result!r}")
        if wanted is not None and not wanted.is_compatible_with(result._dtype):
            raise RuntimeError(
                f"Conversion function {function!r} for type {base} returned incompatible dtype: requested {wanted.name}, "
                f"got {result._dtype.name}."
            )
        return result
    raise TypeError(f"Cannot convert {value!r} with type {type(value)} to Tensor: no conversion function registered.")


def convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> list[Tensor]:
    """Returns each of `values` as a tensor; names get the numbers `_0`, `_1`, ..."""
    return [
        convert_to_tensor(
            value, dtype=dtype, name=None if name is None else f"{name}_{index}", preferred_dtype=preferred_dtype
        )
        for index, value in enumerate(values)
    ]
