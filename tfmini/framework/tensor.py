"""A tensor: one output of an operation, known by its dtype and static shape until a session computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..errors import OperatorNotAllowedInGraphError
from . import dtypes
from .shapes import Dims, TensorShape, dims_of, merge_dims
from .slots import slots


class Tensor:
    """One output of an operation of a graph.

    Operators (`+`, `@`, `<`, `[...]`) add operations to the graph. `==` compares identity, so that tensors can be keys.
    """

    # `assign` is set on slices of variables only, so other tensors have no such attribute, as in TensorFlow.
    __slots__ = ("__weakref__", "_dims", "_dtype", "_op", "_readers", "_value_index", "assign")

    # Filled by `Graph._append`.
    _dims: Dims
    _dtype: dtypes.DType
    _op: Any
    # None, the one operation that takes it, or the list of those that do: most tensors have one, and each object that the garbage
    # collector has to follow costs time whenever it looks at a large graph.
    _readers: Any
    _value_index: int

    @property
    def op(self) -> Any:
        """The operation that computes this tensor."""
        return self._op

    @property
    def value_index(self) -> int:
        """Which output of its operation this is."""
        return self._value_index

    @property
    def dtype(self) -> dtypes.DType:
        """The type of the elements; a reference type when the tensor may be written through."""
        return self._dtype

    @property
    def graph(self) -> Any:
        """The graph that holds the operation."""
        return self._op._graph

    @property
    def name(self) -> str:
        """The operation's name, a colon, and the index of the output."""
        return f"{self._op._name}:{self._value_index}"

    @property
    def device(self) -> str:
        """The device asked for, or ""."""
        return self._op.device

    @property
    def shape(self) -> TensorShape:
        """The static shape: what is known of it while the graph is built."""
        return TensorShape(self._dims)

    def get_shape(self) -> TensorShape:
        """Returns the static shape."""
        return TensorShape(self._dims)

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of the shape to the static shape.

        Raises:
          ValueError: it contradicts what is known.
        """
        merged = merge_dims(self._dims, dims_of(shape))
        if merged != self._dims:
            self._dims = merged
            self._op._graph._changed(self._op, "outputs")

    @property
    def _shape(self) -> TensorShape:
        return TensorShape(self._dims)

    def consumers(self) -> list[Any]:
        """Returns the operations that take this tensor, in the order in which they were added."""
        return list(self._consumers)

    @property
    def _consumers(self) -> Sequence[Any]:
        readers = self._readers
        if readers is None:
            return ()
        return readers if type(readers) is list else (readers,)

    def _note_reader(self, op: Any) -> None:
        """Enters an operation that takes this tensor, at the end and once."""
        readers = self._readers
        if readers is None:
            self._readers = op
        elif type(readers) is list:
            if readers[-1] is not op:
                readers.append(op)
        elif readers is not op:
            self._readers = [readers, op]

    def _forget_reader(self, op: Any) -> None:
        """Takes out an operation that no longer takes this tensor."""
        readers = self._readers
        if readers is op:
            self._readers = None
        elif type(readers) is list:
            if readers[-1] is op:
                readers.pop()
            else:
                readers.remove(op)
            if not readers:
                self._readers = None

    def eval(self, feed_dict: Any = None, session: Any = None) -> Any:
        """Returns the value of this tensor in `session`, or in the default session.

        Raises:
          ValueError: there is no default session, or it has another graph.
        """
        return slots.default_session_run(self, feed_dict, session, self.graph, "tensor")

    # ---- operators

    def __add__(self, other: Any) -> Any:
        return slots.binary_operator("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return slots.binary_operator("radd", self, other)

    def __sub__(self, other: Any) -> Any:
        return slots.binary_operator("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return slots.binary_operator("rsub", self, other)

    def __mul__(self, other: Any) -> Any:
        return slots.binary_operator("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return slots.binary_operator("rmul", self, other)

    def __truediv__(self, other: Any) -> Any:
        return slots.binary_operator("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return slots.binary_operator("rtruediv", self, other)

    def __div__(self, other: Any) -> Any:
        return slots.binary_operator("div", self, other)

    def __rdiv__(self, other: Any) -> Any:
        return slots.binary_operator("rdiv", self, other)

    def __floordiv__(self, other: Any) -> Any:
        return slots.binary_operator("floordiv", self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return slots.binary_operator("rfloordiv", self, other)

    def __mod__(self, other: Any) -> Any:
        return slots.binary_operator("mod", self, other)

    def __rmod__(self, other: Any) -> Any:
        return slots.binary_operator("rmod", self, other)

    def __pow__(self, other: Any) -> Any:
        return slots.binary_operator("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return slots.binary_operator("rpow", self, other)

    def __matmul__(self, other: Any) -> Any:
        return slots.binary_operator("matmul", self, other)

    def __rmatmul__(self, other: Any) -> Any:
        return slots.binary_operator("rmatmul", self, other)

    def __and__(self, other: Any) -> Any:
        return slots.binary_operator("and", self, other)

    def __rand__(self, other: Any) -> Any:
        return slots.binary_operator("rand", self, other)

    def __or__(self, other: Any) -> Any:
        return slots.binary_operator("or", self, other)

    def __ror__(self, other: Any) -> Any:
        return slots.binary_operator("ror", self, other)

    def __xor__(self, other: Any) -> Any:
        return slots.binary_operator("xor", self, other)

    def __rxor__(self, other: Any) -> Any:
        return slots.binary_operator("rxor", self, other)

    def __lt__(self, other: Any) -> Any:
        return slots.binary_operator("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return slots.binary_operator("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return slots.binary_operator("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return slots.binary_operator("ge", self, other)

    def __neg__(self) -> Any:
        return slots.unary_operator("neg", self)

    def __abs__(self) -> Any:
        return slots.unary_operator("abs", self)

    def __invert__(self) -> Any:
        return slots.unary_operator("invert", self)

    def __getitem__(self, key: Any) -> Any:
        return slots.getitem(self, key)

    __array_priority__ = 100
    """Makes numpy leave `array + tensor` to the tensor."""

    # ---- what a tensor is not

    def __bool__(self) -> bool:
        raise OperatorNotAllowedInGraphError(
            f"Using a symbolic `tf.Tensor` as a Python `bool` is not allowed. {self!r} has no value while the graph is built. "
            "Use `is not None` to ask whether it exists, `tf.cond` to choose in the graph, or `session.run` to get its value."
        )

    __nonzero__ = __bool__

    def __iter__(self) -> Any:
        raise OperatorNotAllowedInGraphError(
            f"Iterating over a symbolic `tf.Tensor` is not allowed. {self!r} has no value while the graph is built. "
            "Use `tf.unstack` for its parts, `tf.map_fn` to apply a function to each, or `session.run` to get its value."
        )

    def __len__(self) -> int:
        raise TypeError(
            f"len is not well defined for a symbolic Tensor ({self.name}). "
            "Please call `x.shape` rather than `len(x)` for shape information."
        )

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError(
            f"Cannot convert a symbolic tf.Tensor ({self.name}) to a numpy array. This error may indicate that you're trying to "
            "pass a Tensor to a NumPy call, which is not supported. Use `session.run` to get its value."
        )

    def __copy__(self) -> Tensor:
        return self

    # Tensors are keys of feed dictionaries and of caches: identity, at the speed of C.
    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def __str__(self) -> str:
        shape = "" if self._dims is None else f", shape={TensorShape(self._dims)}"
        device = f", device={self.device}" if self.device else ""
        return f'Tensor("{self.name}"{shape}, dtype={self._dtype.name}{device})'

    def __repr__(self) -> str:
        return f"<tf.Tensor '{self.name}' shape={TensorShape(self._dims)} dtype={self._dtype.name}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return slots.mimebundle(self) if slots.mimebundle is not None else {"text/plain": repr(self)}
