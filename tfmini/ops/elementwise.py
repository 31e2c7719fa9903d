"""Declaring operations that work element by element."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..framework import contexts
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import OpDef, op
from .shape_functions import FLOATS_AND_COMPLEX, broadcast, unchanged

SIGNED = "{bfloat16, float16, float32, float64, int8, int16, int32, int64, complex64, complex128}"
ARITHMETIC = "{bfloat16, float16, float32, float64, uint8, int8, uint16, int16, int32, uint32, uint64, int64, complex64, complex128}"
ORDERED = "{bfloat16, float16, float32, float64, int8, uint8, int16, uint16, int32, uint32, int64, uint64}"
FRACTIONS = "{float16, bfloat16, float32, float64, complex64, complex128}"


def unary(name: str, types: str, kernel: Callable[..., Any]) -> OpDef:
    """Declares `name(x) -> y`."""
    definition = op(f"{name}(x: T) -> (y: T)", attrs=[f"T: {types}"])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition


def unary_gradient(name: str, kernel: Callable[..., Any]) -> OpDef:
    """Declares `name(y, dy) -> z`, the gradient of a function in terms of its result."""
    definition = op(f"{name}(y: T, dy: T) -> (z: T)", attrs=[f"T: {FLOATS_AND_COMPLEX}"])
    definition.shape(unchanged)
    definition.kernel(kernel)
    return definition


def binary(name: str, types: str, kernel: Callable[..., Any]) -> OpDef:
    """Declares `name(x, y) -> z` with broadcasting."""
    definition = op(f"{name}(x: T, y: T) -> (z: T)", attrs=[f"T: {types}"])
    definition.shape(broadcast)
    definition.kernel(kernel)
    return definition


def after(dy: Any) -> Any:
    """Orders what a gradient computes after `dy`, so that it is not computed (and kept) early."""
    return contexts.default_graph().control_dependencies([dy.op if isinstance(dy, IndexedSlices) else dy])
