"""Regularization losses, built when they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import contexts, provenance
from ..framework.collections import GraphKeys
from ..framework.convert import register_tensor_conversion_function
from ..framework.tensor import Tensor


class _LazyEvalTensor:
    """A regularization loss whose operations are added when it is used.

    Its attributes are those of the tensor that was built first; converting it to a tensor, and every operator, builds it again where it
    is needed. TensorFlow keeps losses so, under this name.
    """

    _packs_as_tensor = True

    def __init__(self, build: Callable[[], Tensor]) -> None:
        self._build = build
        self._first = build()

    def __repr__(self) -> str:
        return repr(self._first)

    def __str__(self) -> str:
        return str(self._first)

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self._build() is other

    def __ne__(self, other: object) -> bool:
        return self._build() is not other


def _of_first(name: str) -> property:
    return property(lambda self: getattr(self._first, name))


def _lazy_operator(name: str) -> Callable[..., Any]:
    return lambda self, *args, **kwargs: getattr(self._build(), name)(*args, **kwargs)


for _name in ("device", "dtype", "graph", "name", "op", "shape", "value_index", "get_shape"):
    setattr(_LazyEvalTensor, _name, _of_first(_name))
for _name in (
    *("__abs__", "__add__", "__and__", "__bool__", "__floordiv__", "__ge__", "__getitem__", "__gt__", "__invert__"),
    *("__iter__", "__le__", "__len__", "__lt__", "__matmul__", "__mod__", "__mul__", "__neg__", "__or__", "__pow__"),
    *(
        "__radd__",
        "__rand__",
        "__rfloordiv__",
        "__rmatmul__",
        "__rmod__",
        "__rmul__",
        "__ror__",
        "__rpow__",
        "__rsub__",
    ),
    *("__rtruediv__", "__rxor__", "__sub__", "__truediv__", "__xor__", "eval"),
):
    setattr(_LazyEvalTensor, _name, _lazy_operator(_name))


def _lazy_to_tensor(value: _LazyEvalTensor, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    assert not as_ref
    assert dtype in (None, value._first.dtype), f"The penalty is a {value._first.dtype.name}, not a {dtype}."
    return value._build()


register_tensor_conversion_function(_LazyEvalTensor, _lazy_to_tensor)


def regularize(name: str, variable: Any, regularizer: Callable[..., Any]) -> None:
    """Calls the regularizer and keeps its penalty in REGULARIZATION_LOSSES."""

    def build() -> Tensor:
        graph = contexts.default_graph()
        with (
            provenance.made_by("regularizer"),
            graph.colocate_with(variable.op),
            graph.name_scope(name + "/Regularizer/"),
        ):
            return regularizer(variable)

    with provenance.made_by("regularizer"):
        penalty = regularizer(variable)
    if penalty is not None:
        contexts.default_graph().add_to_collection(GraphKeys.REGULARIZATION_LOSSES, _LazyEvalTensor(build))
