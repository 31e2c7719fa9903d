"""What a TensorArray is in a run: elements with their shapes, which were written and which were read.

The handle is the array itself, an object among the values of a run; it ends with the run.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError, UnimplementedError
from ..framework import dtypes
from ..framework.shapes import Dims, dims_text, is_full

_numbers = itertools.count()


def refused(phrase: str) -> KernelError:
    """Returns the error of a kernel that was asked for what an array cannot do."""
    return KernelError(InvalidArgumentError, phrase)


def shape_phrase(dims: Dims) -> str:
    """Returns a shape as the messages of kernels have it."""
    return "<unknown>" if dims is None else dims_text(dims)


class ArrayState:
    """The elements of one array in one run.

    Attributes:
      name: its name in messages.
      dtype: dtype of the elements.
      element_shape: what is known of their shape.
      identical: all have one shape.
      dynamic: writing behind the end makes it longer.
      clear_after_read: an element is dropped when it was read.
      adds: a second write to an element is added to the first: an array of gradients.
      values: the elements; None where there is none.
      shapes: the shapes that elements have or would have.
      written, cleared: which were written; which were dropped after a read.
      gradients: the arrays of gradients, by the call of `gradients` that made them.
    """

    __slots__ = (
        "adds",
        "clear_after_read",
        "cleared",
        "closed",
        "dtype",
        "dynamic",
        "element_shape",
        "gradients",
        "identical",
        "name",
        "shapes",
        "values",
        "written",
    )

    def __init__(
        self,
        name: str,
        dtype: dtypes.DType,
        size: int,
        element_shape: Dims,
        identical: bool,
        dynamic: bool,
        clear_after_read: bool,
    ) -> None:
        self.name = f"{name}_{next(_numbers)}"
        self.dtype = dtype
        self.element_shape = element_shape
        self.identical = identical
        self.dynamic = dynamic
        self.clear_after_read = clear_after_read
        self.adds = False
        self.closed = False
        self.values: list[Any] = [None] * size
        self.shapes: list[Dims] = [None] * size
        self.written = [False] * size
        self.cleared = [False] * size
        self.gradients: dict[bytes, ArrayState] = {}

    def check_open(self, dtype: dtypes.DType | None = None, writing: bool = False) -> None:
        """Raises `KernelError` when the array was closed, or holds another dtype."""
        if self.closed:
            raise refused(f"TensorArray {self.name} has already been closed.")
        if dtype is not None and dtype is not self.dtype:
            asked = "is trying to write" if writing else "requested"
            own = _TEXT.get(self.dtype.name, self.dtype.name)
            raise refused(f"TensorArray dtype is {own} but Op {asked} dtype {_TEXT.get(dtype.name, dtype.name)}.")

    # ---- writing

    def make_room(self, size: int) -> None:
        """Makes a dynamic array at least so long."""
        more = size - len(self.values)
        if more > 0:
            self.values.extend([None] * more)
            self.shapes.extend([None] * more)
            self.written.extend([False] * more)
            self.cleared.extend([False] * more)

    def write(self, index: int, value: Any) -> None:
        """Keeps `value` at `index`."""
        if index < 0 or (index >= len(self.values) and not self.dynamic):
            raise refused(
                f"TensorArray {self.name}: Tried to write to index {index} but array is not resizeable and size is: "
                f"{len(self.values)}"
            )
        self.make_room(index + 1)
        shape = np.shape(value)
        if not _allows(self.element_shape, shape):
            raise refused(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because the value shape is "
                f"{dims_text(shape)} which is incompatible with the TensorArray's inferred element shape: "
                f"{shape_phrase(self.element_shape)} (consider setting infer_shape=False)."
            )
        if self.identical:
            self.element_shape = shape
        if self.cleared[index]:
            raise refused(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because it has already been read."
            )
        if not self.written[index]:
            self.values[index] = value
        elif self.adds:
            before = self.values[index]
            if np.shape(before) != shape:
                raise refused(
                    f"TensorArray {self.name}: Could not aggregate to TensorArray index {index} because the existing shape is "
                    f"{dims_text(np.shape(before))} but the new input shape is {dims_text(shape)}."
                )
            self.values[index] = np.add(before, value)
        else:
            raise refused(
                f"TensorArray {self.name}: Could not write to TensorArray index {index} because it has already been written to."
            )
        self.shapes[index] = shape
        self.written[index] = True

    # ---- reading

    def read(self, index: int) -> Any:
        """Returns the element at `index`; zeros for one that was never written, when their shape is known."""
        if not 0 <= index < len(self.values):
            raise refused(f"Tried to read from index {index} but array size is: {len(self.values)}")
        if self.cleared[index]:
            raise refused(
                f"TensorArray {self.name}: Could not read index {index} twice because it was cleared after a previous read "
                "(perhaps try setting clear_after_read = false?)."
            )
        if not self.written[index]:
            self.values[index] = self._zeros(index)
            self.shapes[index] = np.shape(self.values[index])
        value = self.values[index]
        if self.clear_after_read:
            self.values[index] = None
            self.cleared[index] = True
        return value

    def _zeros(self, index: int) -> Any:
        own = self.shapes[index]
        dims = own if own is not None else self.element_shape
        if dims is None or not is_full(dims):
            raise refused(
                f"TensorArray {self.name}: Could not read from TensorArray index {index}.  Furthermore, the element shape is not "
                f"fully defined: {shape_phrase(dims)}.  It is possible you are working with a resizeable TensorArray and "
                "stop_gradients is not allowing the gradients to be written.  If you set the full element_shape property on the "
                "forward TensorArray, the proper all-zeros tensor will be returned instead of incurring this error."
            )
        return zeros(dims, self.dtype)

    def several(self, indices: Any) -> list[Any]:
        """Returns the elements at `indices`, which must have one shape."""
        found = [self.read(int(each)) for each in indices]
        for number, value in enumerate(found[1:], 1):
            if np.shape(value) != np.shape(found[0]):
                raise refused(
                    f"TensorArray has inconsistent shapes.  Index 0 has shape: {dims_text(np.shape(found[0]))} but index {number} "
                    f"has shape: {dims_text(np.shape(value))}"
                )
        return found

    # ---- gradients

    def gradient(self, source: bytes, prepend: tuple[int, ...] = ()) -> ArrayState:
        """Returns the array of the gradients of this one for the call `source`, made when it is asked for first."""
        found = self.gradients.get(source)
        if found is not None:
            return found
        if self.adds:
            raise refused(
                f"Unable to create a gradients TensorArray for {self.name}.  Perhaps you used the multiple_writes_aggregate flag on "
                "a previous write?  Gradient calculation is impossible when multiple writes are performed to the same index."
            )
        # From here on the forward array keeps its size, so that both have the same.
        self.dynamic = False
        shape = None if self.element_shape is None else (*prepend, *self.element_shape)
        found = ArrayState(self.name, self.dtype, len(self.values), shape, self.identical, False, True)
        found.name = f"{self.name}@{source.decode()}"
        found.adds = True
        found.shapes = [None if each is None else (*prepend, *each) for each in self.shapes]
        return self.gradients.setdefault(source, found)

    def close(self) -> None:
        """Drops all elements."""
        self.closed = True
        self.values, self.shapes, self.written, self.cleared = [], [], [], []


def shape_of_empty(dims: Dims) -> tuple[int, ...]:
    """Returns the shape of an element of an array without elements. Raises `KernelError` when it is not known."""
    if dims is None or not is_full(dims):
        raise KernelError(
            UnimplementedError,
            f"TensorArray has size zero, but element shape {shape_phrase(dims)} is not fully defined. Currently only static "
            "shapes are supported when packing zero-size TensorArrays.",
        )
    return tuple(int(each) for each in dims if each is not None)


_TEXT = {"float32": "float", "float64": "double", "float16": "half"}


def zeros(dims: Any, dtype: dtypes.DType) -> Any:
    """Returns zeros, or empty strings."""
    if dtype is dtypes.string:
        return np.full(dims, b"", object)
    return np.zeros(dims, dtype.as_numpy_dtype)


def _allows(dims: Dims, shape: tuple[int, ...]) -> bool:
    if dims is None:
        return True
    return len(dims) == len(shape) and all(a is None or a == b for a, b in zip(dims, shape, strict=True))
