"""A function for every row: `map_fn`, `scan`, `foldl` and `foldr`, as loops over TensorArrays."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from ..framework import dtypes, nest
from ..framework.convert import convert_to_tensor
from ..framework.op_scope import op_scope
from ..framework.shapes import TensorShape
from ..framework.slots import slots
from ..framework.tensor import Tensor
from .array import shape
from .cond import read_variables
from .constant import constant
from .tensor_array import TensorArray
from .while_loop import while_loop

__all__ = ["foldl", "foldr", "map_fn", "scan"]

# ---- what all of them need


def _check_callable(fn: Any) -> None:
    if not callable(fn):
        raise TypeError(f"{fn.__name__} is not callable. Please provide a callable function.")


@contextlib.contextmanager
def _row_scope(name: str | None, default_name: str, values: Any) -> Iterator[None]:
    """Opens the name scope; variables that are asked for inside are read once, not in every turn."""
    with op_scope(name, default_name, values), slots.cached_reads():
        yield


def _rows(tensor: Tensor) -> int | None:
    """Returns the number of rows when it is known."""
    dims = tensor._dims
    return None if dims is None else dims[0]


def _row_count(tensor: Tensor) -> Any:
    """Returns the number of rows; as a tensor when it is not known, or 0."""
    return _rows(tensor) or shape(tensor)[0]


def _known_rows(tensors: list[Tensor]) -> TensorShape:
    """Returns the number of rows as a shape of one dimension.

    Raises:
      ValueError: a tensor is a scalar, or the numbers differ.
    """
    found = [each.shape.with_rank_at_least(1)[0] for each in tensors]
    for other in found[1:]:
        found[0].assert_is_compatible_with(other)
    return TensorShape([found[0]])


def _array_of(elem: Any, n: Any) -> TensorArray:
    return TensorArray(dtype=elem.dtype, size=n, dynamic_size=False, infer_shape=True).unstack(elem)


# ---- map


def map_fn(
    fn: Callable[[Any], Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
    fn_output_signature: Any = None,
) -> Any:
    """Returns the results of `fn` for each row of `elems`, one above the other.

    Args:
      fn: function of one row: of a structure of rows when `elems` is a structure.
      elems: tensor `[n, ...]`, or a structure of such.
      dtype: dtypes of what `fn` returns, in its structure; by default those of `elems`.
      parallel_iterations, back_prop, swap_memory: as in `tf.while_loop`.
      infer_shape: all results have one shape.
      name: name scope.
      fn_output_signature: the new name of `dtype`.

    Returns:
      `[n, ...]` in the structure of what `fn` returns.

    Raises:
      TypeError: `fn` cannot be called, or returns another structure. ValueError: there is nothing in `elems`, or a scalar.
    """
    signature = dtype if fn_output_signature is None else fn_output_signature
    if not callable(fn):
        raise TypeError(f"The provided function {fn.__name__} is not callable.fn must be callable.")
    elems = read_variables(elems)
    flat = nest.flatten(elems)
    if not flat:
        raise ValueError(
            "elems must be a Tensor or (possibly nested) sequence of Tensors. Got "
            f"{elems}, which does not contain any Tensors."
        )
    with _row_scope(name, "map", flat):
        tensors = [convert_to_tensor(each, name="elem") for each in flat]
        if tensors[0].shape.ndims == 0:
            raise ValueError("Elements in elems must be 1+ dimensional Tensors, not scalars")
        rows = _known_rows(tensors)
        n = _row_count(tensors[0])
        arrays = [TensorArray(dtype=each.dtype, size=n, dynamic_size=False, infer_shape=True) for each in tensors]
        arrays = [array.unstack(each) for array, each in zip(arrays, tensors, strict=True)]
        i = constant(0)
        wanted = [each.dtype for each in tensors] if signature is None else nest.flatten(signature)
        results = [
            TensorArray(dtype=dtypes.as_dtype(each), size=n, dynamic_size=False, infer_shape=infer_shape)
            for each in wanted
        ]

        def compute(i: Any, results: Any) -> Any:
            value = nest.pack_sequence_as(elems, [array.read(i) for array in arrays])
            value = fn(value)
            nest.assert_same_structure(signature or elems, value)
            results = [array.write(i, each) for array, each in zip(results, nest.flatten(value), strict=True)]
            return i + 1, results

        _, results = while_loop(
            lambda i, _: i < n,
            compute,
            (i, results),
            parallel_iterations=parallel_iterations or 10,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        stacked = _stacked(results, rows)
    return nest.pack_sequence_as(elems if signature is None else signature, stacked)


def _stacked(arrays: list[TensorArray], rows: TensorShape) -> list[Tensor]:
    found = [each.stack() for each in arrays]
    for each in found:
        each.set_shape(rows.concatenate(each.shape[1:]))
    return found


# ---- scan


def scan(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """Returns all results of `fn`, which is applied to its own last result and each row of `elems` in turn.

    Args:
      fn: function `(last result, row) -> result`.
      elems: tensor `[n, ...]`, or a structure of such.
      initializer: what stands for the last result at the first row; by default that is the first row itself.
      parallel_iterations, back_prop, swap_memory: as in `tf.while_loop`.
      infer_shape: all results have one shape.
      reverse: begin with the last row.
      name: name scope.

    Returns:
      `[n, ...]` in the structure of `initializer`, or of `elems`.

    Raises:
      TypeError: `fn` cannot be called, or returns another structure. ValueError: numbers of rows differ.
    """
    _check_callable(fn)
    flat = nest.flatten(elems)
    form = elems if initializer is None else initializer
    with _row_scope(name, "scan", flat):
        tensors = [convert_to_tensor(each, name="elem") for each in flat]
        n = tensors[0].shape.as_list()[0] if tensors[0].shape.ndims is not None else None
        if n is None:
            n = shape(tensors[0])[0]
        arrays = [
            TensorArray(dtype=each.dtype, size=n, dynamic_size=False, element_shape=each.shape[1:], infer_shape=True)
            for each in tensors
        ]
        arrays = [array.unstack(each) for array, each in zip(arrays, tensors, strict=True)]
        if initializer is None:
            start = [array.read(n - 1 if reverse else 0) for array in arrays]
            i = 1
        else:
            start = [convert_to_tensor(each) for each in nest.flatten(initializer)]
            i = 0
        results = [
            TensorArray(
                dtype=each.dtype,
                size=n,
                element_shape=each.shape if infer_shape else None,
                dynamic_size=False,
                infer_shape=infer_shape,
            )
            for each in start
        ]
        if initializer is None:
            results = [array.write(n - 1 if reverse else 0, each) for array, each in zip(results, start, strict=True)]

        def compute(i: Any, last: Any, results: Any) -> Any:
            row = nest.pack_sequence_as(elems, [array.read(i) for array in arrays])
            value = fn(nest.pack_sequence_as(form, last), row)
            nest.assert_same_structure(form, value)
            leaves = nest.flatten(value)
            results = [array.write(i, each) for array, each in zip(results, leaves, strict=True)]
            return (i - 1 if reverse else i + 1), leaves, results

        _, _, results = while_loop(
            (lambda i, *_: i >= 0) if reverse else (lambda i, *_: i < n),
            compute,
            (n - 1 - i if reverse else i, start, results),
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        found = [each.stack() for each in results]
        rows = _known_rows(tensors)
        for each in found:
            each.set_shape(rows.concatenate(each.shape[1:]))
        return nest.pack_sequence_as(form, found)


# ---- folds


def foldl(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Returns the last result of `fn`, which is applied to its own last result and each row of `elems` from the first on.

    Args:
      fn: function `(last result, row) -> result`.
      elems: tensor `[n, ...]`, or a structure of such.
      initializer: what stands for the last result at the first row; by default that is the first row itself.
      parallel_iterations, back_prop, swap_memory: as in `tf.while_loop`.
      name: name scope.

    Raises:
      TypeError: `fn` cannot be called, or returns another structure than `initializer`.
    """
    _check_callable(fn)
    with _row_scope(name, "foldl", [elems]):
        n, arrays = _prepared(elems)
        if initializer is None:
            start = nest.map_structure(lambda array: array.read(0), arrays)
            i = constant(1)
        else:
            start = initializer
            i = constant(0)

        def compute(i: Any, last: Any) -> Any:
            row = nest.map_structure(lambda array: array.read(i), arrays)
            value = fn(last, row)
            return [i + 1, value]

        _, result = while_loop(
            lambda i, _: i < n,
            compute,
            [i, start],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        return result


def foldr(
    fn: Callable[[Any, Any], Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """Returns the last result of `fn`, which is applied to its own last result and each row of `elems` from the last back.

    Arguments and errors are those of `foldl`.
    """
    _check_callable(fn)
    with _row_scope(name, "foldr", [elems]):
        n, arrays = _prepared(elems)
        if initializer is None:
            i = n - 1
            start = nest.map_structure(lambda array: array.read(i), arrays)
        else:
            i = n
            start = initializer

        def compute(i: Any, last: Any) -> Any:
            i -= 1
            row = nest.map_structure(lambda array: array.read(i), arrays)
            return [i, fn(last, row)]

        _, result = while_loop(
            lambda i, _: i > 0,
            compute,
            [i, start],
            parallel_iterations=parallel_iterations,
            back_prop=back_prop,
            swap_memory=swap_memory,
            maximum_iterations=n,
        )
        return result


def _prepared(elems: Any) -> tuple[Any, Any]:
    """Returns the number of rows, and for each tensor of `elems` an array of its rows."""
    tensors = [convert_to_tensor(each, name="elem") for each in nest.flatten(elems)]
    n = _row_count(tensors[0])
    return n, nest.map_structure(lambda each: _array_of(each, n), elems)
