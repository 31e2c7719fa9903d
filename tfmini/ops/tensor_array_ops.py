"""The operations of TensorArrays: declarations, shapes and kernels."""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np

from ..framework import dtypes
from ..framework.operation import Operation
from ..framework.registry import op
from ..framework.shapes import Dims, dims_text, merge_dims
from ..framework.tensor import Tensor
from .tensor_array_kernels import ArrayState, refused, shape_of_empty, zeros

__all__: list[str] = []

# ---- shapes


_of_gradients: weakref.WeakKeyDictionary[Operation, tuple[bool, Dims]] = weakref.WeakKeyDictionary()


def element_dims(tensor: Tensor) -> tuple[bool, Dims]:
    """Returns whether it is known of what array a handle is, and the shape of its elements: as TensorFlow's handle data say."""
    while tensor._op.type in _PASSING:
        found = _of_gradients.get(tensor._op)
        if found is not None:
            return found
        tensor = tensor._op._inputs[0]
    attrs = tensor._op._attrs
    if tensor._op.type != "TensorArrayV3":
        return False, None
    dims = attrs["element_shape"]
    full = dims is not None and None not in dims
    return full or attrs["identical_element_shapes"], dims


_PASSING = ("Enter", "Identity", "Switch", "TensorArrayGradV3")


def remember_elements(gradients: Tensor, array: Tensor) -> None:
    """Notes that a handle of gradients has elements like `array`, also when a loop gives it another input afterwards."""
    _of_gradients[gradients._op] = element_dims(array)


def _check_ranks(call: Any, *ranks: int | None) -> None:
    for dims, rank in zip(call.shapes, ranks, strict=True):
        if dims is not None and rank is not None and len(dims) != rank:
            raise ValueError(f"Shape must be rank {rank} but is rank {len(dims)}")


def _flow_shape(*ranks: int | None) -> Any:
    def shape(call: Any) -> Dims:
        _check_ranks(call, *ranks)
        return ()

    return shape


# ---- making

tensor_array_op = op(
    "TensorArrayV3(size: int32) -> (handle: resource, flow: float)",
    attrs=[
        "dtype: type",
        "element_shape: shape = ?",
        "dynamic_size: bool = false",
        "clear_after_read: bool = true",
        "identical_element_shapes: bool = false",
        'tensor_array_name: string = ""',
    ],
    stateful=True,
)
tensor_array_op.no_gradient()


@tensor_array_op.shape
def _tensor_array_shape(call: Any) -> list[Dims]:
    _check_ranks(call, 0)
    return [(2,), ()]


@tensor_array_op.bind
def _tensor_array_bind(op: Any) -> Any:
    attrs = op._attrs
    name = attrs["tensor_array_name"].decode() or op._name

    def kernel(size: Any) -> Any:
        if np.ndim(size) != 0:
            raise refused(f"TensorArray size must be scalar, but had shape: {dims_text(np.shape(size))}")
        if int(size) < 0:
            raise refused("Size should be >= 0.")
        array = ArrayState(
            name,
            attrs["dtype"],
            int(size),
            attrs["element_shape"],
            attrs["identical_element_shapes"],
            attrs["dynamic_size"],
            attrs["clear_after_read"],
        )
        return array, np.float32(0)

    return kernel


gradient_op = op(
    "TensorArrayGradV3(handle: resource, flow_in: float) -> (grad_handle: resource, flow_out: float)",
    attrs=["source: string"],
    stateful=True,
)
gradient_op.shape(lambda call: [(2,), ()])
gradient_op.no_gradient()


@gradient_op.kernel
def _gradient_kernel(handle: ArrayState, flow_in: Any, *, source: bytes) -> Any:
    handle.check_open()
    return handle.gradient(source), flow_in


gradient_with_shape_op = op(
    "TensorArrayGradWithShape(handle: resource, flow_in: float, shape_to_prepend: int32) -> (grad_handle: resource, flow_out: float)",
    attrs=["source: string"],
    stateful=True,
)
gradient_with_shape_op.shape(lambda call: [(2,), ()])
gradient_with_shape_op.no_gradient()


@gradient_with_shape_op.kernel
def _gradient_with_shape_kernel(handle: ArrayState, flow_in: Any, shape_to_prepend: Any, *, source: bytes) -> Any:
    handle.check_open()
    return handle.gradient(source, tuple(int(each) for each in shape_to_prepend)), flow_in


# ---- one element

write_op = op(
    "TensorArrayWriteV3(handle: resource, index: int32, value: T, flow_in: float) -> (flow_out: float)",
    attrs=["T: type"],
    stateful=True,
    keeps=(2,),
)


@write_op.shape
def _write_shape(call: Any) -> Dims:
    _check_ranks(call, 1, 0, None, 0)
    known, dims = element_dims(call.inputs[0])
    if known:
        merge_dims(dims, call.shapes[2])
    return ()


@write_op.kernel
def _write_kernel(handle: ArrayState, index: Any, value: Any, flow_in: Any, *, T: dtypes.DType) -> Any:
    handle.check_open(T, writing=True)
    handle.write(_scalar_index(index), value)
    return flow_in


def _scalar_index(index: Any) -> int:
    if np.ndim(index) != 0:
        raise refused(f"TensorArray index must be scalar, but had shape: {dims_text(np.shape(index))}")
    return int(index)


read_op = op(
    "TensorArrayReadV3(handle: resource, index: int32, flow_in: float) -> (value: dtype)",
    attrs=["dtype: type"],
    stateful=True,
)


@read_op.shape
def _read_shape(call: Any) -> Dims:
    _check_ranks(call, 1, 0, 0)
    return element_dims(call.inputs[0])[1]


@read_op.kernel
def _read_kernel(handle: ArrayState, index: Any, flow_in: Any, *, dtype: dtypes.DType) -> Any:
    handle.check_open(dtype)
    return handle.read(_scalar_index(index))


# ---- several elements

gather_op = op(
    "TensorArrayGatherV3(handle: resource, indices: int32, flow_in: float) -> (value: dtype)",
    attrs=["dtype: type", "element_shape: shape = ?"],
    stateful=True,
)


@gather_op.shape
def _gather_shape(call: Any) -> Dims:
    _check_ranks(call, 1, 1, 0)
    known, dims = element_dims(call.inputs[0])
    dims = dims if known else call.attrs["element_shape"]
    indices = call.shapes[1]
    return None if dims is None else ((None,) if indices is None else indices) + tuple(dims)


@gather_op.kernel
def _gather_kernel(handle: ArrayState, indices: Any, flow_in: Any, *, dtype: dtypes.DType, element_shape: Dims) -> Any:
    handle.check_open(dtype)
    if np.ndim(indices) != 1:
        raise refused(f"Expected indices to be a vector, but received shape: {dims_text(np.shape(indices))}")
    if not len(indices):
        dims = element_shape if handle.element_shape is None else handle.element_shape
        return zeros((0, *shape_of_empty(dims)), dtype)
    return np.stack(handle.several(indices))


scatter_op = op(
    "TensorArrayScatterV3(handle: resource, indices: int32, value: T, flow_in: float) -> (flow_out: float)",
    attrs=["T: type"],
    stateful=True,
    keeps=(2,),
)


@scatter_op.shape
def _scatter_shape(call: Any) -> Dims:
    _check_ranks(call, 1, 1, None, 0)
    value, indices = call.shapes[2], call.shapes[1]
    if value is not None:
        if not value:
            raise ValueError("Shape must be at least rank 1 but is rank 0")
        count = None if indices is None else indices[0]
        if count is not None and value[0] is not None and count != value[0]:
            raise ValueError(f"Dimensions must be equal, but are {value[0]} and {count}")
        known, dims = element_dims(call.inputs[0])
        if known:
            merge_dims(dims, value[1:])
    return ()


@scatter_op.kernel
def _scatter_kernel(handle: ArrayState, indices: Any, value: Any, flow_in: Any, *, T: dtypes.DType) -> Any:
    handle.check_open(T, writing=True)
    if np.ndim(indices) != 1:
        raise refused(f"Expected indices to be a vector, but received shape: {dims_text(np.shape(indices))}")
    if np.ndim(value) == 0:
        raise refused(f"Expected value to be at least a vector, but received shape: {dims_text(())}")
    if len(indices) != len(value):
        raise refused(f"Expected len(indices) == values.shape[0], but saw: {len(indices)} vs. {len(value)}")
    if len(indices):
        last, size = int(np.max(indices)), len(handle.values)
        if handle.dynamic:
            handle.make_room(last + 1)
        elif last >= size:
            raise refused(f"Max scatter index must be < array size ({last} vs. {size})")
    for index, row in zip(indices, value, strict=True):
        handle.write(int(index), row)
    return flow_in


concat_op = op(
    "TensorArrayConcatV3(handle: resource, flow_in: float) -> (value: dtype, lengths: int64)",
    attrs=["dtype: type", "element_shape_except0: shape = ?"],
    stateful=True,
)


@concat_op.shape
def _concat_shape(call: Any) -> list[Dims]:
    _check_ranks(call, 1, 0)
    return [None, (None,)]


@concat_op.kernel
def _concat_kernel(handle: ArrayState, flow_in: Any, *, dtype: dtypes.DType, element_shape_except0: Dims) -> Any:
    handle.check_open(dtype)
    count = len(handle.values)
    if not count:
        rest = shape_of_empty(element_shape_except0 if handle.element_shape is None else handle.element_shape[1:])
        return zeros((0, *rest), dtype), np.zeros([0], np.int64)
    found = [handle.read(index) for index in range(count)]
    for number, each in enumerate(found):
        if np.ndim(each) == 0:
            raise refused(
                f"Concat saw a scalar shape at index {number} but requires at least vectors.  Did you mean to call pack?"
            )
        if np.shape(each)[1:] != np.shape(found[0])[1:]:
            raise refused(
                "TensorArray has inconsistent shapes.  Index 0 has (excepting dimension 0) shape: "
                f"{dims_text(np.shape(found[0])[1:])} but index {number} has (excepting dimension 0) shape: "
                f"{dims_text(np.shape(each)[1:])}"
            )
    return np.concatenate(found), np.array([len(each) for each in found], np.int64)


split_op = op(
    "TensorArraySplitV3(handle: resource, value: T, lengths: int64, flow_in: float) -> (flow_out: float)",
    attrs=["T: type"],
    stateful=True,
    keeps=(1,),
)
split_op.shape(_flow_shape(1, None, 1, 0))


@split_op.kernel
def _split_kernel(handle: ArrayState, value: Any, lengths: Any, flow_in: Any, *, T: dtypes.DType) -> Any:
    handle.check_open(T, writing=True)
    if np.ndim(lengths) != 1:
        raise refused(f"Expected lengths to be a vector, received shape: {dims_text(np.shape(lengths))}")
    if np.ndim(value) == 0:
        raise refused(f"Expected value to be at least a vector, but received shape: {dims_text(())}")
    total = int(np.sum(lengths))
    if total != len(value):
        raise refused(
            "Expected sum of lengths to be equal to values.shape[0], but sum of lengths is "
            f"{total} and value's shape is: {dims_text(np.shape(value))}"
        )
    size = len(handle.values)
    if handle.dynamic:
        handle.make_room(len(lengths))
    elif size != len(lengths):
        raise refused(
            f"TensorArray's size is not equal to the size of lengths ({size} vs. {len(lengths)}), and the TensorArray is not marked "
            "as dynamically resizeable"
        )
    start = 0
    for index, length in enumerate(lengths):
        handle.write(index, value[start : start + int(length)])
        start += int(length)
    return flow_in


# ---- the array as a whole

size_op = op("TensorArraySizeV3(handle: resource, flow_in: float) -> (size: int32)", stateful=True)
size_op.shape(_flow_shape(1, 0))
size_op.no_gradient()


@size_op.kernel
def _size_kernel(handle: ArrayState, flow_in: Any) -> Any:
    handle.check_open()
    return np.int32(len(handle.values))


close_op = op("TensorArrayCloseV3(handle: resource) -> ()", stateful=True)
close_op.no_gradient()
close_op.kernel(lambda handle: handle.close())
