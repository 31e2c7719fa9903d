"""`tf.py_func` and `tf.numpy_function`: a Python function as an operation.

The operation holds a token; the function itself is kept by the graph and found by the token when the operation runs.
"""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import (
    InternalError,
    InvalidArgumentError,
    KernelError,
    OpError,
    OutOfRangeError,
    ResourceExhaustedError,
    UnimplementedError,
    UnknownError,
)
from ..framework import contexts, dtypes
from ..framework.registry import op, raw
from .cond import read_variables

__all__ = ["numpy_function", "py_func"]


class _Callback:
    """A function that operations call; graphs hold it, the table of tokens does not."""

    __slots__ = ("__weakref__", "function")

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function


_callbacks: weakref.WeakValueDictionary[bytes, _Callback] = weakref.WeakValueDictionary()
_held: weakref.WeakKeyDictionary[Any, list[_Callback]] = weakref.WeakKeyDictionary()
_numbers = itertools.count()

# ---- the operations

_ATTRS = ["token: string", "Tin: list(type) >= 0", "Tout: list(type) >= 0"]

py_func_op = op("PyFunc(input: Tin) -> (output: Tout)", attrs=_ATTRS, stateful=True)
py_func_stateless_op = op("PyFuncStateless(input: Tin) -> (output: Tout)", attrs=_ATTRS, foldable=False)

_ERRORS: tuple[tuple[type[Exception], type[OpError]], ...] = (
    (ValueError, InvalidArgumentError),
    (TypeError, InvalidArgumentError),
    (StopIteration, OutOfRangeError),
    (MemoryError, ResourceExhaustedError),
    (NotImplementedError, UnimplementedError),
)
_TEXT = {"float32": "float", "float64": "double", "float16": "half"}


def _kernel_of(op: Any) -> Callable[..., Any]:
    token: bytes = op._attrs["token"]
    wanted: tuple[dtypes.DType, ...] = op._attrs["Tout"]

    def kernel(*inputs: Any) -> Any:
        callback = _callbacks.get(token)
        if callback is None:
            raise KernelError(
                InvalidArgumentError,
                f"ValueError: Could not find callback with key={token!r} in the registry.\nThe function of a py_func is not part of "
                "a saved graph; it lives as long as the graph that it was made in.",
            )
        # The function may write into what it is given and keep what it returns, so both are copies.
        taken = [np.array(each) if isinstance(each, np.ndarray) and each.ndim else _plain(each) for each in inputs]
        try:
            result = callback.function(*taken)
        except Exception as error:
            raise _failure(error) from error
        found = _as_arrays(result, token.decode(), wanted)
        return found[0] if len(found) == 1 else tuple(found)

    return kernel


for _each in (py_func_op, py_func_stateless_op):
    _each.shape(lambda call: [None] * len(call.attrs["Tout"]))
    _each.bind(_kernel_of)
    _each.no_gradient()


def _plain(value: Any) -> Any:
    """Returns a scalar as functions get it: a numpy number, or bytes."""
    return value[()] if isinstance(value, np.ndarray) else value


def _failure(error: Exception) -> KernelError:
    """Returns what the driver reports for an error of the function: its class, message and traceback."""
    import traceback

    kind = next((wanted for given, wanted in _ERRORS if isinstance(error, given)), UnknownError)
    trace = error.__traceback__
    inner = None if trace is None else trace.tb_next
    lines = "\n".join(traceback.format_tb(inner))
    return KernelError(
        kind,
        f"{type(error).__name__}: {error}\nTraceback (most recent call last):\n\n{lines}\n{type(error).__name__}: {error}\n",
    )


def _as_arrays(result: Any, token: str, wanted: tuple[dtypes.DType, ...]) -> list[Any]:
    """Returns what a function returned as arrays of the dtypes that were asked for."""
    values = [] if result is None else list(result) if isinstance(result, (tuple, list)) else [result]
    found = [_as_array(each) for each in values]
    if len(found) != len(wanted):
        raise KernelError(
            InvalidArgumentError, f"{token} returns {len(found)} values, but expects to see {len(wanted)} values."
        )
    for index, (array, dtype) in enumerate(zip(found, wanted, strict=True)):
        own = dtypes.string if array.dtype == object else _dtype_of(array)
        if own is not dtype:
            raise KernelError(
                InvalidArgumentError,
                f"{index}-th value returned by {token} is {_TEXT.get(own.name, own.name)}, but expects "
                f"{_TEXT.get(dtype.name, dtype.name)}\nReturn an array of that dtype: np.asarray(value, np.{dtype.name}).",
            )
    return found


def _dtype_of(array: np.ndarray) -> dtypes.DType:
    try:
        return dtypes.as_dtype(array.dtype)
    except TypeError:
        raise KernelError(InternalError, f"Unsupported numpy type {array.dtype}") from None


def _as_array(value: Any) -> np.ndarray:
    try:
        array = np.array(value, order="C")
    except (TypeError, ValueError) as error:
        raise _failure(error) from error
    if array.dtype.kind == "U":
        return np.array([each.encode() for each in array.reshape(-1)], object).reshape(array.shape)
    if array.dtype.kind == "S":
        return array.astype(object)
    if array.dtype == object and not all(isinstance(each, (bytes, str)) for each in array.reshape(-1)):
        kind = next(type(each).__name__ for each in array.reshape(-1) if not isinstance(each, (bytes, str)))
        raise KernelError(InternalError, f"Unsupported object type {kind}")
    return array


# ---- the public functions


def py_func(func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None) -> Any:
    """Returns what the Python function `func` gives for the values of `inp` when the graph runs.

    Gradients do not pass through, and the function is no part of a graph that is saved.

    Args:
      func: function of as many arrays (numpy scalars, bytes) as there are tensors in `inp`; returns an array or a list of arrays.
      inp: list of tensors.
      Tout: dtype of the result, or a list of dtypes for several. An empty list makes an operation without results.
      stateful: False says that equal inputs give equal results and nothing else happens.
      name: name of the operation.

    Returns:
      A tensor of unknown shape, or a list of tensors when `Tout` is a list.

    Raises:
      ValueError: `func` cannot be called. In a run: InvalidArgumentError when it raises ValueError or TypeError, or returns another
        number of values or other dtypes; OutOfRangeError for StopIteration, ResourceExhaustedError for MemoryError, UnimplementedError for
        NotImplementedError, UnknownError for every other error.
    """
    if not callable(func):
        raise ValueError(f"Expected func to be callable. Received func={func} of type {type(func)}.")
    inputs = read_variables(list(inp))
    is_list = isinstance(Tout, (list, tuple))
    wanted = [dtypes.as_dtype(each) for each in (Tout if is_list else [Tout])]
    callback = _Callback(func)
    token = f"pyfunc_{next(_numbers)}"
    _callbacks[token.encode()] = callback
    _held.setdefault(contexts.default_graph(), []).append(callback)
    build = raw.PyFunc if stateful else raw.PyFuncStateless
    result = build(inputs, token=token, Tout=wanted, name=name)
    return result if is_list else result[0]


def numpy_function(
    func: Callable[..., Any], inp: Any, Tout: Any, stateful: bool = True, name: str | None = None
) -> Any:
    """Returns what the Python function `func` gives for the values of `inp` when the graph runs; the new name of `py_func`."""
    return py_func(func, inp, Tout, stateful, name=name)
