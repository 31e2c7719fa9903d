"""Shape functions that many operation types share, and the phrases of their refusals."""

from __future__ import annotations

from typing import Any

from ..framework.shapes import Dims, broadcast_dims, dims_text, is_full

NUMBERS = (
    "{float32, float64, int32, uint8, int16, int8, complex64, int64, qint8, quint8, qint32, bfloat16, qint16, quint16, uint16, "
    "complex128, float16, uint32, uint64}"
)
"""The element types that a type attribute of "numbers" allows, in TensorFlow's order (error messages list them)."""

EXTREME_TYPES = (
    "{float32, float64, int32, uint8, int16, int8, int64, bfloat16, uint16, float16, uint32, uint64, qint8, quint8, qint32, "
    "qint16, quint16}"
)
REALS = "{float32, float64, int32, uint8, int16, int8, int64, bfloat16, uint16, float16, uint32, uint64}"
FLOATS = "{float16, bfloat16, float32, float64}"
WIDE_FLOATS = "{bfloat16, float16, float32, float64}"
FLOATS_AND_COMPLEX = "{bfloat16, float16, float32, float64, complex64, complex128}"
INDEX = "{int32, int64}"


# ---- whole shapes


def unchanged(call: Any) -> Dims:
    """The shape of the first input."""
    return call.shapes[0]


def scalar(call: Any) -> Dims:
    """A scalar, whatever the inputs are."""
    return ()


def broadcast(call: Any) -> Dims:
    """Two inputs, broadcast together."""
    return broadcast_dims(call.shapes[0], call.shapes[1])


def merged(call: Any) -> Dims:
    """Inputs of one common shape."""
    result = call.shapes[0]
    for dims in call.shapes[1:]:
        result = merge(result, dims)
    return result


unchanged.keeps_shape = "first"  # type: ignore[attr-defined]
broadcast.keeps_shape = "common"  # type: ignore[attr-defined]


def several(values: Any) -> Any:
    """Returns what a kernel of a changing number of outputs returns: one array, or a tuple of arrays."""
    return values[0] if len(values) == 1 else tuple(values)


# ---- parts


def with_rank(dims: Dims, rank: int) -> tuple[int | None, ...]:
    """Returns `dims`, or that many unknown sizes when its rank is unknown. Raises ValueError for another rank."""
    if dims is None:
        return (None,) * rank
    if len(dims) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(dims)}")
    return dims


def with_rank_at_least(dims: Dims, rank: int) -> Dims:
    """Returns `dims`. Raises ValueError when it has a lower rank."""
    if dims is not None and len(dims) < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {len(dims)}")
    return dims


def merge(first: Dims, second: Dims) -> Dims:
    """Returns what two shapes of one value say together. Raises ValueError, with both, when they contradict each other."""
    if first is None or first == second:
        return second
    if second is None:
        return first
    if len(first) != len(second):
        raise ValueError(f"Shapes must be equal rank, but are {len(first)} and {len(second)}")
    for index, (a, b) in enumerate(zip(first, second, strict=True)):
        if a is not None and b is not None and a != b:
            raise ValueError(
                f"Dimension {index} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(first)} and {dims_text(second)}."
            )
    return tuple(b if a is None else a for a, b in zip(first, second, strict=True))


def axis_in_range(axis: int, rank: int) -> int:
    """Returns a non-negative axis. Raises ValueError when it is out of range."""
    if not -rank <= axis < rank:
        raise ValueError(f"Shape must be at least rank {axis + 1 if axis >= 0 else -axis} but is rank {rank}")
    return axis + rank if axis < 0 else axis


def size_product(dims: Dims) -> int | None:
    """Returns the number of elements, or None when it is not known."""
    if not is_full(dims):
        return None
    count = 1
    for size in dims:  # type: ignore[union-attr]
        count *= size  # type: ignore[operator]
    return count
