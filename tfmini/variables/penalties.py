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

    Its attributes are those of the tensor that was built first; converting it to a tensor builds it again where it is needed.
    """

    def __init__(self, build: Callable[[], Tensor]) -> None:
        self._build = build
        self._first = build()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._first, name)

    def _as_graph_element(self) -> Tensor:
        return self._first

    def __repr__(self) -> str:
        return repr(self._first)


def _lazy_operator(name: str) -> Callable[..., Any]:
    return lambda self, *args: getattr(self._build(), name)(*args)


for _name in [
    "__add__",
    "__radd__",
    "__sub__",
    "__rsub__",
    "__mul__",
    "__rmul__",
    "__truediv__",
    "__rtruediv__",
    "__neg__",
    "__abs__",
    "__pow__",
    "__rpow__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__matmul__",
    "__getitem__",
]:
    setattr(_LazyEvalTensor, _name, _lazy_operator(_name))


def _lazy_to_tensor(value: _LazyEvalTensor, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    return value._build()


register_tensor_conversion_function(_LazyEvalTensor, _lazy_to_tensor)


def regularize(name: str, variable: Any, regularizer: Callable[..., Any]) -> None:
    """Calls the regularizer and keeps its penalty in REGULARIZATION_LOSSES."""
    graph = contexts.default_graph()

    def build() -> Tensor:
        with (
            provenance.made_by("regularizer"),
            graph.colocate_with(variable.op),
            graph.name_scope(f"{name}/Regularizer/"),
        ):
            return regularizer(variable)

    with provenance.made_by("regularizer"):
        penalty = regularizer(variable)
    if penalty is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, _LazyEvalTensor(build))
