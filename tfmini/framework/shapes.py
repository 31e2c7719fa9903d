"""Static shapes.

Inside the engine a static shape is plain data: a tuple whose items are ints, or None for an unknown size; the whole is None
for an unknown rank. Such a shape is called `dims` here. `TensorShape` and `Dimension` are the public face.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Dims = tuple["int | None", ...] | None


# ---- plain shapes


def dims_of(shape: Any) -> Dims:
    """Returns the plain form of anything that TensorFlow takes as a shape.

    Accepts None, a TensorShape, a plain shape, an int, or a sequence of ints, Nones and Dimensions.

    Raises:
      TypeError: an item is no size. ValueError: a size is negative (-1 stands for unknown in protocol buffers only).
    """
    if shape is None:
        return None
    if isinstance(shape, TensorShape):
        return shape._dims
    if type(shape) is tuple and _ONLY_INTS.issuperset(map(type, shape)) and min(shape, default=0) >= 0:
        return shape
    return TensorShape(shape)._dims


def dims_text(dims: Dims) -> str:
    """Returns `[?,64]`, `[]` for a scalar, `?` for an unknown rank: the form of error messages and views."""
    if dims is None:
        return "?"
    return "[" + ",".join("?" if size is None else str(size) for size in dims) + "]"


def is_full(dims: Dims) -> bool:
    """Says whether every size is known."""
    return dims is not None and None not in dims


def merge_dims(first: Dims, second: Dims) -> Dims:
    """Returns what both shapes say together.

    Raises:
      ValueError: they contradict each other.
    """
    if first is None or first == second:
        return second
    if second is None:
        return first
    if len(first) != len(second):
        raise ValueError(f"Shapes must be equal rank, but are {len(first)} and {len(second)}")
    merged = []
    for index, (a, b) in enumerate(zip(first, second, strict=True)):
        if a is not None and b is not None and a != b:
            raise ValueError(
                f"Dimension {index} in both shapes must be equal, but are {a} and {b}. "
                f"Shapes are {dims_text(first)} and {dims_text(second)}."
            )
        merged.append(b if a is None else a)
    return tuple(merged)


def merge_size(first: int | None, second: int | None) -> int | None:
    """Returns what two sizes say together. Raises ValueError when they differ."""
    if first is not None and second is not None and first != second:
        raise ValueError(f"Dimensions must be equal, but are {first} and {second}")
    return second if first is None else first


def compatible(first: Dims, second: Dims) -> bool:
    """Says whether one value could have both shapes."""
    if first is None or second is None:
        return True
    return len(first) == len(second) and all(
        a is None or b is None or a == b for a, b in zip(first, second, strict=True)
    )


def broadcast_dims(first: Dims, second: Dims) -> Dims:
    """Returns the shape of an elementwise result under numpy's broadcasting rules.

    An unknown size against a known size above 1 gives the known one, because any other value would fail when run.

    Raises:
      ValueError: the shapes cannot be broadcast together.
    """
    if first is None or second is None:
        return None
    if first == second:
        return first
    rank = max(len(first), len(second))
    a = (1,) * (rank - len(first)) + first
    b = (1,) * (rank - len(second)) + second
    result: list[int | None] = []
    for x, y in zip(a, b, strict=True):
        if x is None or y is None:
            if x is not None and x > 1:
                result.append(x)
            elif (y is not None and y > 1) or x == 1:
                result.append(y)
            elif y == 1:
                result.append(x)
            else:
                result.append(None)
        elif x == y or y == 1:
            result.append(x)
        elif x == 1:
            result.append(y)
        else:
            raise ValueError(f"Dimensions must be equal, but are {x} and {y}")
    return tuple(result)


def element_count(dims: Dims) -> int | None:
    """Returns the number of elements, or None when a size is unknown."""
    if dims is None:
        return None
    count = 1
    for size in dims:
        if size is None:
            return None
        count *= size
    return count


# ---- the public face


class Dimension:
    """One size of a `TensorShape`: an int, or None when it is not known.

    Arithmetic with an unknown size gives an unknown size; comparison with one gives None.
    """

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, Dimension):
            self._value: int | None = value._value
        elif value is None:
            self._value = None
        else:
            try:
                self._value = value.__index__()
            except AttributeError:
                raise TypeError(
                    f"Dimension value must be integer or None or have an __index__ method, got value '{value!r}' "
                    f"with type '{type(value)!r}'"
                ) from None
            if self._value < 0:
                raise ValueError(f"Dimension {self._value} must be >= 0")

    @property
    def value(self) -> int | None:
        """The size, or None."""
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        other = as_dimension(other)
        return self._value == other._value or self._value is None or other._value is None

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {other} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def _combined(self, other: Any, function: Any) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(function(self._value, other._value))

    def _compared(self, other: Any, function: Any) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return None
        return function(self._value, other._value)

    def __add__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: a + b)

    __radd__ = __add__

    def __sub__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: a - b)

    def __rsub__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: b - a)

    def __mul__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: a * b)

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: a // b)

    def __rfloordiv__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: b // a)

    def __mod__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: a % b)

    def __rmod__(self, other: Any) -> Any:
        return self._combined(other, lambda a, b: b % a)

    def __div__(self, other: Any) -> Any:
        return self // other

    def __truediv__(self, other: Any) -> Any:
        raise TypeError(
            f"unsupported operand type(s) for /: 'Dimension' and '{type(other).__name__}', please use // instead"
        )

    def __lt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a >= b)

    def __eq__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a == b)

    def __ne__(self, other: Any) -> Any:
        return self._compared(other, lambda a, b: a != b)

    def __hash__(self) -> int:
        return hash(self._value)

    def __int__(self) -> int:
        return self._value  # type: ignore[return-value]

    def __index__(self) -> int:
        return self._value  # type: ignore[return-value]

    def __bool__(self) -> bool:
        return bool(self._value)

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __reduce__(self) -> Any:
        return Dimension, (self._value,)


def as_dimension(value: Any) -> Dimension:
    """Returns `value` as a `Dimension`."""
    return value if isinstance(value, Dimension) else Dimension(value)


_ONLY_INTS = frozenset((int,))


class TensorShape:
    """The static shape of a tensor: known, partly known, or of unknown rank (`TensorShape(None)`)."""

    __slots__ = ("_dims",)

    _dims: Dims

    def __init__(self, dims: Any) -> None:
        if dims is None:
            self._dims = None
        elif type(dims) in (list, tuple) and _ONLY_INTS.issuperset(map(type, dims)) and min(dims, default=0) >= 0:
            self._dims = tuple(dims)
        elif isinstance(dims, TensorShape):
            self._dims = dims._dims
        elif hasattr(dims, "unknown_rank") and hasattr(dims, "dim"):
            sizes = (None if d.size == -1 else int(d.size) for d in dims.dim)
            self._dims = None if dims.unknown_rank else tuple(sizes)
        else:
            try:
                items = iter(dims)
            except TypeError:
                self._dims = (Dimension(dims)._value,)
            else:
                self._dims = tuple(Dimension(item)._value for item in items)

    @property
    def dims(self) -> list[Dimension] | None:
        """The sizes as Dimensions, or None for an unknown rank."""
        return None if self._dims is None else [Dimension(size) for size in self._dims]

    @property
    def rank(self) -> int | None:
        """The number of dimensions, or None."""
        return None if self._dims is None else len(self._dims)

    @property
    def ndims(self) -> int | None:
        """The number of dimensions, or None."""
        return self.rank

    def as_list(self) -> list[int | None]:
        """Returns the sizes as a list of ints and Nones. Raises ValueError for an unknown rank."""
        if self._dims is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._dims)

    def num_elements(self) -> int | None:
        """Returns the number of elements, or None when it is not known."""
        return element_count(self._dims)

    def is_fully_defined(self) -> bool:
        """Says whether every size is known."""
        return is_full(self._dims)

    def assert_is_fully_defined(self) -> None:
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def assert_has_rank(self, rank: int) -> None:
        if self.rank not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def assert_same_rank(self, other: Any) -> None:
        other = as_shape(other)
        if self.rank is not None and other.rank is not None and self.rank != other.rank:
            raise ValueError(f"Shapes {self} and {other} must have the same rank")

    def with_rank(self, rank: int | None) -> TensorShape:
        """Returns this shape with that rank. Raises ValueError when it has another."""
        try:
            return self.merge_with(unknown_shape(rank))
        except ValueError:
            raise ValueError(f"Shape {self} must have rank {rank}") from None

    def with_rank_at_least(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        if self.rank is not None and self.rank > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def is_compatible_with(self, other: Any) -> bool:
        """Says whether one tensor could have both shapes."""
        return compatible(self._dims, as_shape(other)._dims)

    def assert_is_compatible_with(self, other: Any) -> None:
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are incompatible")

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """Returns the narrowest shape that covers both."""
        theirs = as_shape(other)._dims
        if self._dims is None or theirs is None or len(self._dims) != len(theirs):
            return TensorShape(None)
        return TensorShape(tuple(a if a == b else None for a, b in zip(self._dims, theirs, strict=True)))

    def merge_with(self, other: Any) -> TensorShape:
        """Returns what both shapes say together. Raises ValueError when they contradict each other."""
        other = as_shape(other)
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {other} are not compatible")
        return TensorShape(merge_dims(self._dims, other._dims))

    def concatenate(self, other: Any) -> TensorShape:
        """Returns this shape followed by `other`."""
        other = as_shape(other)
        if self._dims is None or other._dims is None:
            return unknown_shape()
        return TensorShape(self._dims + other._dims)

    def as_proto(self) -> Any:
        """Returns a `TensorShapeProto`."""
        from .slots import slots

        return slots.shape_proto(self._dims)

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return as_shape(other).concatenate(self)

    def __len__(self) -> int:
        if self._dims is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return len(self._dims)

    def __bool__(self) -> bool:
        return self._dims is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._dims is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([Dimension(size) for size in self._dims])

    def __getitem__(self, key: Any) -> Any:
        if self._dims is not None:
            if isinstance(key, slice):
                return TensorShape(self._dims[key])
            return Dimension(self._dims[key])
        if isinstance(key, slice):
            start = key.start if key.start is not None else 0
            stop = key.stop
            if key.step is not None:
                raise ValueError("Steps are not yet handled")
            if stop is None:
                return unknown_shape()
            if start < 0 or stop < 0:
                return unknown_shape()
            return unknown_shape(max(0, stop - start))
        return Dimension(None)

    def __eq__(self, other: Any) -> bool:
        try:
            other = as_shape(other)
        except (TypeError, ValueError):
            return NotImplemented
        return self._dims == other._dims

    def __ne__(self, other: Any) -> bool:
        try:
            other = as_shape(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._dims is None or other._dims is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return self._dims != other._dims

    def __hash__(self) -> int:
        return hash(self._dims)

    def __str__(self) -> str:
        if self._dims is None:
            return "<unknown>"
        sizes = ["?" if size is None else str(size) for size in self._dims]
        return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(sizes)})"

    def __repr__(self) -> str:
        return f"TensorShape({self.dims})"

    def __reduce__(self) -> Any:
        return TensorShape, (self._dims,)


def as_shape(shape: Any) -> TensorShape:
    """Returns `shape` as a `TensorShape`."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def unknown_shape(rank: int | None = None) -> TensorShape:
    """Returns a shape of unknown rank, or of that rank with unknown sizes."""
    return TensorShape(None if rank is None else (None,) * rank)


def scalar() -> TensorShape:
    """Returns the shape of a scalar."""
    return TensorShape(())


def vector(length: Any) -> TensorShape:
    """Returns the shape `[length]`."""
    return TensorShape([length])


def matrix(rows: Any, columns: Any) -> TensorShape:
    """Returns the shape `[rows, columns]`."""
    return TensorShape([rows, columns])


def sizes_or_none(shape: Sequence[Any]) -> tuple[int | None, ...]:
    """Returns a sequence of sizes as a plain shape, -1 meaning unknown."""
    return tuple(None if size is None or int(size) < 0 else int(size) for size in shape)
