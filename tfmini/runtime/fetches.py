"""Fetches: from any nested structure to the tensors and operations that a run needs, and back with values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from ..framework.indexed_slices import IndexedSlices, IndexedSlicesValue
from ..framework.operation import Operation
from ..framework.tensor import Tensor
from ..variables.penalties import _LazyEvalTensor
from .structures import Builder

_expansions: list[tuple[type, Callable[..., Any], Callable[..., Any], Callable[..., Any]]] = []


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Callable[..., Any],
    feed_function: Callable[..., Any] | None = None,
    feed_function_for_partial_run: Callable[..., Any] | None = None,
) -> None:
    """Teaches sessions to fetch and feed objects of `tensor_type`.

    Args:
      fetch_function: `f(object) -> (list of tensors, function from their values to the result)`.
      feed_function: `f(object, value) -> list of pairs (tensor, value)`.
      feed_function_for_partial_run: `f(object) -> list of tensors`.

    Raises:
      ValueError: the type is known already.
    """
    if any(issubclass(tensor_type, known) for known, *_ in _expansions):
        raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    _expansions.insert(
        0, (tensor_type, fetch_function, feed_function or _no_feed, feed_function_for_partial_run or _no_feed)
    )


def _no_feed(*_: Any) -> Any:
    raise TypeError("Objects of this type cannot be fed.")


def expansion_for(value: Any) -> tuple[type, Callable[..., Any], Callable[..., Any], Callable[..., Any]] | None:
    """Returns what was registered for the type of `value`, or None."""
    for entry in _expansions:
        if isinstance(value, entry[0]):
            return entry
    return None


class FetchMap:
    """A structure of fetches, flattened.

    Attributes:
      tensors: the different tensors, in the order in which they were met.
      targets: operations that only run.
      build: from the list of values of `tensors` to the structure.
    """

    __slots__ = ("build", "targets", "tensors")

    def __init__(self, graph: Any, fetches: Any) -> None:
        self.tensors: list[Tensor] = []
        self.targets: list[Operation] = []
        index: dict[Any, int] = {}
        builder = Builder()
        expression = self._walk(graph, fetches, index, builder)
        if expression == "v[0]":
            self.build: Callable[[list[Any]], Any] = _first
        else:
            self.build = builder.function(expression)

    def _walk(self, graph: Any, fetch: Any, index: dict[Any, int], builder: Builder) -> str:
        """Collects the tensors and operations of `fetch`; returns the expression that rebuilds it from the list of values `v`."""
        if fetch is None:
            raise TypeError(f'Argument `fetch` = {fetch} has invalid type "{type(fetch).__name__}". Cannot be None')
        if isinstance(fetch, (list, tuple)):
            return builder.sequence(fetch, [self._walk(graph, each, index, builder) for each in fetch])
        if isinstance(fetch, Mapping):
            return builder.mapping(fetch, [self._walk(graph, fetch[key], index, builder) for key in fetch])
        entry = expansion_for(fetch)
        if entry is not None:
            tensors, contract = entry[1](fetch)
            parts = [self._leaf(graph, each, index) for each in tensors]
            return f"{builder.constant(contract)}([{', '.join(parts)}])"
        return self._leaf(graph, fetch, index)

    def _leaf(self, graph: Any, fetch: Any, index: dict[Any, int]) -> str:
        try:
            element = graph.as_graph_element(fetch, allow_tensor=True, allow_operation=True)
        except TypeError as error:
            raise TypeError(
                f'Argument `fetch` = {fetch} has invalid type "{type(fetch).__name__}" must be a string or Tensor. ({error})'
            ) from None
        except (ValueError, KeyError) as error:
            raise ValueError(f"Argument `fetch` = {fetch} cannot be interpreted as a Tensor. ({error})") from None
        if not graph.is_fetchable(element):
            op = element if isinstance(element, Operation) else element._op
            raise ValueError(f"Operation {op._name} has been marked as not fetchable.")
        if isinstance(element, Operation):
            if element not in self.targets:
                self.targets.append(element)
            return "None"
        place = index.get(element)
        if place is None:
            place = index[element] = len(self.tensors)
            self.tensors.append(element)
        return f"v[{place}]"


_first = operator.itemgetter(0)


def _parts_of_slices(slices: IndexedSlices) -> list[Any]:
    parts = [slices.values, slices.indices]
    return parts if slices.dense_shape is None else [*parts, slices.dense_shape]


def _fetch_slices(slices: IndexedSlices) -> tuple[list[Any], Callable[..., Any]]:
    parts = _parts_of_slices(slices)
    return parts, lambda values: IndexedSlicesValue(*values, *([None] * (3 - len(values))))


def _feed_slices(slices: IndexedSlices, value: Any) -> list[tuple[Any, Any]]:
    return list(zip(_parts_of_slices(slices), value, strict=False))


register_session_run_conversion_functions(IndexedSlices, _fetch_slices, _feed_slices, _parts_of_slices)
register_session_run_conversion_functions(_LazyEvalTensor, lambda penalty: ([penalty._first], operator.itemgetter(0)))


def structure_key(fetches: Any) -> Any:
    """Returns a hashable key that is equal for equal structures of the same objects.

    Raises:
      TypeError: a leaf cannot be hashed; such fetches are not cached.
    """
    if isinstance(fetches, (list, tuple)):
        return (type(fetches), *[structure_key(each) for each in fetches])
    if isinstance(fetches, Mapping):
        return (type(fetches), *[(key, structure_key(each)) for key, each in fetches.items()])
    hash(fetches)
    return fetches
