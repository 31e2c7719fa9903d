"""What a graph starts from and what it asks about tensors: placeholders, copies, shapes, filled tensors."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.constant_value import constant_value
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dimension, Dims, TensorShape, is_full
from ..framework.tensor import Tensor
from .constant import constant
from .shape_functions import scalar, several, size_product, unchanged

__all__ = ["fill", "ones", "ones_like", "rank", "shape", "shape_n", "size", "zeros", "zeros_like"]

# ---- shapes as tensors

shape_op = op("Shape(input: T) -> (output: out_type)", attrs=["T: type", "out_type: {int32, int64} = int32"])
size_op = op("Size(input: T) -> (output: out_type)", attrs=["T: type", "out_type: {int32, int64} = int32"])
rank_op = op("Rank(input: T) -> (output: int32)", attrs=["T: type"])
shape_n_op = op(
    "ShapeN(input: N * T) -> (output: N * out_type)",
    attrs=["N: int >= 1", "T: type", "out_type: {int32, int64} = int32"],
)


@shape_op.shape
def _shape_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    return (None,) if dims is None else (len(dims),)


@shape_op.kernel
def _shape_kernel(x: Any, *, out_type: Any) -> Any:
    return np.array(np.shape(x), dtype=out_type.as_numpy_dtype)


@shape_op.fold
def _shape_fold(op: Any) -> Any:
    dims = op._inputs[0]._dims
    return np.array(dims, dtype=op._attrs["out_type"].as_numpy_dtype) if is_full(dims) else None


shape_op.no_gradient()


@shape_n_op.shape
def _shape_n_shape(call: Any) -> list[Dims]:
    return [(None,) if dims is None else (len(dims),) for dims in call.shapes]


@shape_n_op.kernel
def _shape_n_kernel(*xs: Any, out_type: Any) -> Any:
    return several([np.array(np.shape(x), dtype=out_type.as_numpy_dtype) for x in xs])


shape_n_op.no_gradient()
size_op.shape(scalar)
size_op.no_gradient()


@size_op.kernel
def _size_kernel(x: Any, *, out_type: Any) -> Any:
    return out_type.as_numpy_dtype(np.size(x))


@size_op.fold
def _size_fold(op: Any) -> Any:
    count = size_product(op._inputs[0]._dims)
    return None if count is None else np.array(count, dtype=op._attrs["out_type"].as_numpy_dtype)


rank_op.shape(scalar)
rank_op.kernel(lambda x: np.int32(np.ndim(x)))
rank_op.no_gradient()


@rank_op.fold
def _rank_fold(op: Any) -> Any:
    dims = op._inputs[0]._dims
    return None if dims is None else np.array(len(dims), dtype=np.int32)


def shape(input: Any, name: str | None = None, out_type: Any = None, optimize: bool = True) -> Tensor:
    """Returns the shape of `input` as a vector of integers; a constant when it is known already.

    Args:
      input: any tensor.
      name: name of the operation.
      out_type: `tf.int32` (the default) or `tf.int64`.
      optimize: give a constant when the static shape is complete.
    """
    out_type = dtypes.int32 if out_type is None else dtypes.as_dtype(out_type)
    with op_scope(name, "Shape", [input]) as scope:
        input = convert.convert_to_tensor(input)
        dims = input._dims
        if optimize and is_full(dims):
            return constant(list(dims), out_type, name=scope)
        return raw.Shape(input, out_type=out_type, name=scope)


def shape_n(input: Any, out_type: Any = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """Returns the shapes of the tensors in `input`."""
    return raw.ShapeN(input, out_type=out_type, name=name)


def size(input: Any, name: str | None = None, out_type: Any = None, optimize: bool = True) -> Tensor:
    """Returns the number of elements of `input` as a scalar; a constant when it is known already."""
    out_type = dtypes.int32 if out_type is None else dtypes.as_dtype(out_type)
    with op_scope(name, "Size", [input]) as scope:
        input = convert.convert_to_tensor(input)
        count = size_product(input._dims)
        if optimize and count is not None:
            return constant(count, out_type, name=scope)
        if optimize and input._dims is not None and 0 in input._dims:
            return constant(0, out_type, name=scope)
        return raw.Size(input, out_type=out_type, name=scope)


def rank(input: Any, name: str | None = None, optimize: bool = True) -> Tensor:
    """Returns the number of dimensions of `input` as a scalar; a constant when it is known already."""
    with op_scope(name, "Rank", [input]) as scope:
        input = convert.convert_to_tensor(input)
        if optimize and input._dims is not None:
            return constant(len(input._dims), dtypes.int32, name=scope)
        return raw.Rank(input, name=scope)


# ---- tensors filled with one value

fill_op = op("Fill(dims: index_type, value: T) -> (output: T)", attrs=["T: type", "index_type: {int32, int64} = int32"])


@fill_op.shape
def _fill_shape(call: Any) -> Dims:
    value_dims, dims = call.shapes[1], call.shapes[0]
    if dims is not None and len(dims) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(dims)}")
    if value_dims is not None and value_dims != ():
        raise ValueError(f"Shape must be rank 0 but is rank {len(value_dims)}")
    known = call.constant(0)
    if known is not None and (known < 0).any():
        raise ValueError("Fill dimensions must be >= 0")
    wanted = call.constant_shape(0)
    known = constant_value(call.inputs[0])
    if known is not None and np.any(known < 0):
        raise ValueError("Fill dimensions must be >= 0")
    return wanted


@fill_op.kernel
def _fill_kernel(dims: Any, value: Any) -> Any:
    sizes = tuple(int(each) for each in dims)
    if any(each < 0 for each in sizes):
        raise KernelError(InvalidArgumentError, f"Dimension {min(sizes)} must be >= 0")
    if isinstance(value, bytes):
        result = np.empty(sizes, dtype=object)
        result.fill(value)
        return result
    result = np.full(sizes, value, dtype=value.dtype)
    return result if sizes else result[()]


@fill_op.gradient
def _fill_gradient(op: Any, dy: Any) -> Any:
    from .reduction import reduce_sum

    return None, reduce_sum(dy)


zeros_like_op = op("ZerosLike(x: T) -> (y: T)", attrs=["T: type"])
zeros_like_op.shape(unchanged)
zeros_like_op.no_gradient()
ones_like_op = op(
    "OnesLike(x: T) -> (y: T)",
    attrs=[
        "T: {bfloat16, float16, float32, float64, int8, uint8, int16, uint16, int32, uint32, int64, uint64, complex64, "
        "complex128, bool}"
    ],
)
ones_like_op.shape(unchanged)
ones_like_op.no_gradient()


@zeros_like_op.kernel
def _zeros_like_kernel(x: Any) -> Any:
    if isinstance(x, np.ndarray):
        if x.dtype.kind == "O":
            return np.full(x.shape, b"", dtype=object)
        return np.zeros(x.shape, dtype=x.dtype)
    return b"" if isinstance(x, bytes) else type(x)(0)


@ones_like_op.kernel
def _ones_like_kernel(x: Any) -> Any:
    return np.ones(x.shape, dtype=x.dtype) if isinstance(x, np.ndarray) else type(x)(1)


def fill(dims: Any, value: Any, name: str | None = None) -> Tensor:
    """Returns a tensor of shape `dims` whose elements are all `value`, a scalar."""
    return raw.Fill(dims, value, name=name)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Returns a tensor of zeros: a constant below 1,000 elements when the shape is known, else a `Fill`.

    Args:
      shape: a list of integers, or a vector tensor.
      dtype: element type; `tf.string` gives empty texts.
      name: name of the operation.
    """
    base = dtypes.as_dtype(dtype).base_dtype
    return _filled(shape, False if base.is_bool else "" if base is dtypes.string else 0, base, name, "zeros")


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """Returns a tensor of ones: a constant below 1,000 elements when the shape is known, else a `Fill`.

    Args:
      shape: a list of integers, or a vector tensor.
      dtype: element type.
      name: name of the operation.
    """
    base = dtypes.as_dtype(dtype).base_dtype
    return _filled(shape, True if base.is_bool else 1, base, name, "ones")


def _filled(shape: Any, value: Any, base: dtypes.DType, name: str | None, default_name: str) -> Tensor:
    with op_scope(name, default_name, [shape]) as scope:
        if not isinstance(shape, Tensor):
            count = _known_count(shape)
            try:
                if count is not None and count < 1000:
                    with contextlib.suppress(TypeError):  # no number of this dtype: refused below, as TensorFlow does
                        return constant(value, base, shape=shape, name=scope)
                dims = TensorShape(shape)
                shape = convert.convert_to_tensor(dims)
            except (TypeError, ValueError):
                shape = convert.convert_to_tensor(shape, dtype=dtypes.int32)
        if not shape._dims:
            from .shaping import reshape

            shape = reshape(shape, [-1])
        return fill(shape, constant(value, dtype=base), name=scope)


def _known_count(shape: Any) -> int | None:
    """Returns the number of elements of a shape given as Python values, or None when it holds tensors or open sizes."""
    if isinstance(shape, TensorShape):
        return shape.num_elements()
    if isinstance(shape, np.ndarray):
        return int(np.prod(shape))
    if not isinstance(shape, (list, tuple)):
        return None
    count = 1
    for item in shape:
        if isinstance(item, Dimension):
            item = item.value
        if not isinstance(item, (int, np.integer)):
            return None
        count *= int(item)
    return count


def zeros_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Returns zeros of the shape of `tensor`.

    Args:
      tensor: any tensor.
      dtype: element type; by default that of `tensor`.
      name: name of the operation.
      optimize: use the static shape when it is complete, so that the result does not depend on `tensor`.
    """
    with op_scope(name, "zeros_like", [tensor]) as scope:
        return _filled_like(tensor, dtype, scope, optimize, zeros, raw.ZerosLike)


def ones_like(tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True) -> Tensor:
    """Returns ones of the shape of `tensor`.

    Args:
      tensor: any tensor.
      dtype: element type; by default that of `tensor`.
      name: name of the operation.
      optimize: use the static shape when it is complete.
    """
    with op_scope(name, "ones_like", [tensor]) as scope:
        tensor = convert.convert_to_tensor(tensor, name="tensor")
        if optimize and is_full(tensor._dims):
            with op_scope(None, "Shape", [tensor]):
                wanted = convert.convert_to_tensor(TensorShape(tensor._dims))
        else:
            wanted = shape(tensor, optimize=optimize)
        result = ones(wanted, tensor._dtype.base_dtype if dtype is None else dtype, name=scope)
        result.set_shape(TensorShape(tensor._dims))
        return result


def _filled_like(tensor: Any, dtype: Any, name: str, optimize: bool, make: Any, make_like: Any) -> Tensor:
    if not isinstance(tensor, IndexedSlices):
        tensor = convert.convert_to_tensor(tensor, name="tensor")
    own = tensor.dtype.base_dtype
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    if optimize and tensor.shape.is_fully_defined() and own is not dtypes.variant:
        return make(tensor.shape, dtype=wanted or own, name=name)
    if wanted is not None and wanted is not own and wanted is not dtypes.variant:
        return make(shape(tensor, optimize=optimize), dtype=wanted, name=name)
    return make_like(tensor, name=name)
