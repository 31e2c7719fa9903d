"""`tf.TensorArray`: an array of tensors that loops write and read.

The handle names the array in a run. The flow is a float scalar without meaning: every write gives a new one, and what takes that
flow runs after the write. So a program must go on with the array that a write returns.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..framework import contexts, dtypes, logging
from ..framework.constant_value import constant_value
from ..framework.convert import convert_to_tensor
from ..framework.op_scope import op_scope
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from .array import shape
from .cast import cast
from .sequences import range as range_of
from .tensor_array_ops import remember_elements

__all__ = ["TensorArray"]


class TensorArray:
    """An array of tensors of one dtype, made anew in every run.

    Each element may be written once, and is read once unless `clear_after_read` is False. Writing methods return an array with
    a new flow; use that one from there on.

    Args:
      dtype: dtype of the elements.
      size: number of elements; needed unless `handle` is given.
      dynamic_size: writing behind the end makes the array longer.
      clear_after_read: an element is dropped when it was read; True by default.
      tensor_array_name: name of the array in a run.
      handle: handle of an array that exists.
      flow: its flow.
      infer_shape: all elements have one shape.
      element_shape: what is known of that shape.
      colocate_with_first_write_call: the array is on the device of the first value that is written.
      name: name of the operation.

    Raises:
      ValueError: arguments for a new array and for one that exists are mixed. TypeError: `handle` is no tensor.
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Tensor | None = None,
        flow: Tensor | None = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        _check_arguments(handle, size, tensor_array_name, element_shape, dynamic_size, clear_after_read)
        self._dynamic_size = bool(dynamic_size)
        self._dtype = dtypes.as_dtype(dtype).base_dtype
        self._colocate_with_first_write_call = colocate_with_first_write_call
        # Lists, because every array that comes of this one by a write shares them.
        self._colocate_with: list[Any] | None = [] if colocate_with_first_write_call else None
        self._element_shape = [TensorShape(element_shape)]
        self._infer_shape = infer_shape
        self._size = size
        with op_scope(name, "TensorArray", [handle, size, flow]) as scope:
            if handle is not None:
                if flow is None:
                    raise ValueError("flow must not be None if handle is not None.")
                self._handle, self._flow = handle, flow
                return
            graph = contexts.default_graph()
            with contextlib.ExitStack() as stack:
                if colocate_with_first_write_call:
                    stack.enter_context(graph.device(None))
                    stack.enter_context(graph.colocate_with(None, ignore_existing=True))
                self._handle, self._flow = raw.TensorArrayV3(
                    size,
                    dtype=dtype,
                    element_shape=element_shape,
                    identical_element_shapes=infer_shape,
                    dynamic_size=self._dynamic_size,
                    clear_after_read=True if clear_after_read is None else clear_after_read,
                    tensor_array_name=tensor_array_name,
                    name=scope,
                )

    @property
    def flow(self) -> Tensor:
        """The float scalar that orders operations on the array."""
        return self._flow

    @property
    def dtype(self) -> dtypes.DType:
        """The dtype of the elements."""
        return self._dtype

    @property
    def handle(self) -> Tensor:
        """The tensor that names the array in a run."""
        return self._handle

    @property
    def element_shape(self) -> TensorShape:
        """What is known of the shape of an element."""
        return self._element_shape[0]

    @property
    def dynamic_size(self) -> bool:
        """Whether writing behind the end makes the array longer."""
        return self._dynamic_size

    # ---- what all methods use

    def _with_flow(self, flow: Tensor) -> TensorArray:
        result = TensorArray(
            dtype=self._dtype,
            handle=self._handle,
            flow=flow,
            infer_shape=self._infer_shape,
            colocate_with_first_write_call=self._colocate_with_first_write_call,
        )
        result._dynamic_size = self._dynamic_size
        result._size = self._size
        result._colocate_with = self._colocate_with
        result._element_shape = self._element_shape
        return result

    def _check_element_shape(self, found: TensorShape) -> None:
        if not found.is_compatible_with(self.element_shape):
            raise ValueError(
                f"Inconsistent shapes: saw {found} but expected {self.element_shape} \nAll elements of a TensorArray have one "
                "shape, unless it is made with infer_shape=False."
            )
        if self._infer_shape:
            self._element_shape[0] = self.element_shape.merge_with(found)

    def _value(self, value: Any, **options: Any) -> Tensor:
        tensor = convert_to_tensor(value, name="value", **options)
        if tensor._dtype.base_dtype is not self._dtype:
            logging.error(
                "Error: Input value %s has dtype %s, but expected dtype %s.", tensor, tensor._dtype, self._dtype
            )
        return tensor

    @contextlib.contextmanager
    def _colocated(self, value: Tensor) -> Iterator[None]:
        if self._colocate_with is None:
            yield
            return
        if not self._colocate_with:
            self._colocate_with.append(value)
        with contexts.default_graph().colocate_with(self._colocate_with[0].op):
            yield

    # ---- reading

    def read(self, index: Any, name: str | None = None) -> Tensor:
        """Returns the element at `index`."""
        value: Tensor = raw.TensorArrayReadV3(self._handle, index, self._flow, dtype=self._dtype, name=name)
        value.set_shape(self.element_shape)
        return value

    def stack(self, name: str | None = None) -> Tensor:
        """Returns all elements, one above the other: `[size, ...]`."""
        graph = contexts.default_graph()
        with graph.colocate_with(self._handle._op), op_scope(name, "TensorArrayStack", [self._handle]):
            value = self.gather(range_of(0, self.size()), name=name)
            if self.element_shape and not self._dynamic_size and self._size is not None:
                value.set_shape([_constant(self._size), *self.element_shape.as_list()])
            return value

    def gather(self, indices: Any, name: str | None = None) -> Tensor:
        """Returns the elements at `indices`, one above the other: `[len(indices), ...]`."""
        value: Tensor = raw.TensorArrayGatherV3(
            self._handle, indices, self._flow, dtype=self._dtype, element_shape=self.element_shape, name=name
        )
        if self.element_shape:
            value.set_shape([None, *self.element_shape.as_list()])
        return value

    def concat(self, name: str | None = None) -> Tensor:
        """Returns all elements, joined along their first dimension."""
        value: Tensor
        value, _ = raw.TensorArrayConcatV3(
            self._handle, self._flow, dtype=self._dtype, element_shape_except0=self.element_shape[1:], name=name
        )
        if self.element_shape:
            first = None
            if self._infer_shape:
                size = constant_value(self.size())
                own = self.element_shape.as_list()[0]
                if size is not None and own is not None:
                    first = int(size) * own
            value.set_shape([first, *self.element_shape.as_list()[1:]])
        return value

    def size(self, name: str | None = None) -> Tensor:
        """Returns the number of elements, an int32 scalar."""
        if not self._dynamic_size and self._size is not None:
            return convert_to_tensor(self._size, dtype=dtypes.int32)
        return raw.TensorArraySizeV3(self._handle, self._flow, name=name)

    # ---- writing

    def identity(self) -> TensorArray:
        """Returns the array behind what the current control dependencies wait for."""
        return self._with_flow(raw.Identity(self._flow))

    def write(self, index: Any, value: Any, name: str | None = None) -> TensorArray:
        """Returns the array with `value` at `index`.

        Raises:
          ValueError: the shape does not fit those of the other elements.
        """
        with op_scope(name, "TensorArrayWrite", [self._handle, index, value]):
            tensor = self._value(value, preferred_dtype=self._dtype)
            self._check_element_shape(tensor.shape)
            with self._colocated(tensor):
                flow = raw.TensorArrayWriteV3(self._handle, index, tensor, self._flow, name=name)
            return self._with_flow(flow)

    def unstack(self, value: Any, name: str | None = None) -> TensorArray:
        """Returns the array with the rows of `value` as its elements."""
        with op_scope(name, "TensorArrayUnstack", [self._handle, value]):
            count = shape(value)[0]
            return self.scatter(range_of(0, count), value, name=name)

    def scatter(self, indices: Any, value: Any, name: str | None = None) -> TensorArray:
        """Returns the array with the rows of `value` at `indices`.

        Raises:
          ValueError: the shape of a row does not fit those of the other elements.
        """
        with op_scope(name, "TensorArrayScatter", [self._handle, value, indices]):
            tensor = self._value(value, preferred_dtype=self._dtype)
            self._check_element_shape(tensor.shape[1:])
            with self._colocated(tensor):
                flow = raw.TensorArrayScatterV3(self._handle, indices, tensor, self._flow, name=name)
            return self._with_flow(flow)

    def split(self, value: Any, lengths: Any, name: str | None = None) -> TensorArray:
        """Returns the array with the rows of `value` as its elements, `lengths[i]` of them in element `i`.

        Raises:
          ValueError: the shape of an element does not fit those of the others.
        """
        with op_scope(name, "TensorArraySplit", [self._handle, value, lengths]):
            tensor = convert_to_tensor(value, dtype=self._dtype, name="value")
            with self._colocated(tensor):
                sizes = cast(lengths, dtypes.int64)
                known = constant_value(sizes)
                if tensor._dims is not None and known is not None and known.ndim and known.max() == known.min():
                    self._check_element_shape(TensorShape([int(known[0]), *tensor._dims[1:]]))
                flow = raw.TensorArraySplitV3(self._handle, tensor, sizes, self._flow, name=name)
            return self._with_flow(flow)

    def grad(self, source: str, flow: Tensor | None = None, name: str | None = None) -> TensorArray:
        """Returns the array of the gradients of this one; each call of `gradients` has its own, named by `source`."""
        graph = contexts.default_graph()
        flow = self._flow if flow is None else flow
        with op_scope(name, "TensorArrayGrad", [self._handle]), graph.colocate_with(self._handle._op):
            handle, _ = raw.TensorArrayGradV3(self._handle, flow, source=source, name=name)
            remember_elements(handle, self._handle)
            with graph.control_dependencies([handle]):
                flow = raw.Identity(flow, name="gradient_flow")
            result = TensorArray(
                dtype=self._dtype,
                handle=handle,
                flow=flow,
                infer_shape=self._infer_shape,
                colocate_with_first_write_call=False,
            )
            result._element_shape = self._element_shape
            return result

    def close(self, name: str | None = None) -> Operation:
        """Returns the operation that drops the array before the run ends."""
        return raw.TensorArrayCloseV3(self._handle, name=name)


def _check_arguments(
    handle: Any, size: Any, tensor_array_name: Any, element_shape: Any, dynamic_size: Any, clear_after_read: Any
) -> None:
    if handle is not None and tensor_array_name:
        raise ValueError("Cannot provide both `handle` and `tensor_array_name` arguments at the same time.")
    if handle is not None and not isinstance(handle, Tensor):
        raise TypeError(f"Expected `handle` to be a Tensor, but got `{handle}` of type `{type(handle)}` instead.")
    if handle is None and size is None:
        raise ValueError("Argument `size` must be provided if handle is not provided.")
    if handle is not None and size is not None:
        raise ValueError("Cannot provide both a `handle` and `size` arguments at the same time.")
    for name, given in (
        ("element_shape", element_shape),
        ("dynamic_size", dynamic_size),
        ("clear_after_read", clear_after_read),
    ):
        if handle is not None and given is not None:
            raise ValueError(f"Cannot provide both `handle` and `{name}` arguments at the same time.")


def _constant(size: Any) -> int | None:
    """Returns a size when it is known while the graph is built."""
    if not isinstance(size, Tensor):
        return int(size)
    known = constant_value(size)
    return None if known is None else int(known)


# ---- in loops and branches


def flow_of(value: Any) -> Any:
    """Returns the flow of a TensorArray; anything else as it is."""
    return value._flow if isinstance(value, TensorArray) else value


def with_flow(original: Any, flow: Any) -> Any:
    """Returns the TensorArray `original` with another flow; for anything else `flow` itself."""
    return original._with_flow(flow) if isinstance(original, TensorArray) else flow
