"""Products of matrices, and matrices made of diagonals."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert, dtypes
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, broadcast_dims, dims_text, merge_size
from ..framework.tensor import Tensor
from .cast import conj
from .shape_functions import with_rank, with_rank_at_least

__all__ = ["batch_matmul", "matmul", "norm", "tensordot"]

# ---- the product of two matrices

mat_mul_op = op(
    "MatMul(a: T, b: T) -> (product: T)",
    attrs=[
        "transpose_a: bool = false",
        "transpose_b: bool = false",
        "T: {bfloat16, float16, float32, float64, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128}",
        "grad_a: bool = false",
        "grad_b: bool = false",
    ],
)


@mat_mul_op.shape
def _mat_mul_shape(call: Any) -> Dims:
    a, b = with_rank(call.shapes[0], 2), with_rank(call.shapes[1], 2)
    rows, inner = reversed(a) if call.attrs["transpose_a"] else a  # type: ignore[misc, arg-type]
    other, columns = reversed(b) if call.attrs["transpose_b"] else b  # type: ignore[misc, arg-type]
    merge_size(inner, other)
    return rows, columns


@mat_mul_op.bind
def _mat_mul_bind(op: Any) -> Any:
    ta, tb = op._attrs["transpose_a"], op._attrs["transpose_b"]

    def kernel(a: Any, b: Any) -> Any:
        try:
            return np.dot(a.T if ta else a, b.T if tb else b)
        except ValueError:
            return _refuse_product(a, b, ta, tb)

    return kernel


def _refuse_product(a: Any, b: Any, ta: bool, tb: bool) -> Any:
    for index, each in enumerate((a, b)):
        if np.ndim(each) != 2:
            raise KernelError(
                InvalidArgumentError, f"In[{index}] is not a matrix. Instead it has shape {dims_text(np.shape(each))}"
            )
    raise KernelError(
        InvalidArgumentError,
        f"Matrix size-incompatible: In[0]: {dims_text(a.shape)}, In[1]: {dims_text(b.shape)}",
    )


@mat_mul_op.gradient
def _mat_mul_gradient(op: Any, dy: Any) -> Any:
    ta, tb = op._attrs["transpose_a"], op._attrs["transpose_b"]
    a, b = conj(op._inputs[0]), conj(op._inputs[1])
    if not ta and not tb:
        return (
            raw.MatMul(dy, b, transpose_b=True, grad_a=True),
            raw.MatMul(a, dy, transpose_a=True, grad_b=True),
        )
    if not ta:
        return raw.MatMul(dy, b, grad_a=True), raw.MatMul(dy, a, transpose_a=True, grad_b=True)
    if not tb:
        return raw.MatMul(b, dy, transpose_b=True, grad_a=True), raw.MatMul(a, dy, grad_b=True)
    return (
        raw.MatMul(b, dy, transpose_a=True, transpose_b=True, grad_a=True),
        raw.MatMul(dy, a, transpose_a=True, transpose_b=True, grad_b=True),
    )


# ---- products of many matrices

batch_mat_mul_op = op(
    "BatchMatMulV2(x: T, y: T) -> (output: T)",
    attrs=[
        "T: {bfloat16, float16, float32, float64, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128}",
        "adj_x: bool = false",
        "adj_y: bool = false",
        "grad_x: bool = false",
        "grad_y: bool = false",
    ],
)


@batch_mat_mul_op.shape
def _batch_mat_mul_shape(call: Any) -> Dims:
    x, y = with_rank_at_least(call.shapes[0], 2), with_rank_at_least(call.shapes[1], 2)
    if x is None or y is None:
        return None
    rows, inner = (x[-1], x[-2]) if call.attrs["adj_x"] else (x[-2], x[-1])
    other, columns = (y[-1], y[-2]) if call.attrs["adj_y"] else (y[-2], y[-1])
    batch = broadcast_dims(x[:-2], y[:-2])
    merge_size(inner, other)
    return (*batch, rows, columns)  # type: ignore[misc]


@batch_mat_mul_op.kernel
def _batch_mat_mul_kernel(x: Any, y: Any, *, adj_x: bool, adj_y: bool) -> Any:
    for index, each in enumerate((x, y)):
        if np.ndim(each) < 2:
            raise KernelError(InvalidArgumentError, f"In[{index}] ndims must be >= 2: {np.ndim(each)}")
    left = np.conjugate(np.swapaxes(x, -1, -2)) if adj_x else x
    right = np.conjugate(np.swapaxes(y, -1, -2)) if adj_y else y
    if x.shape[:-2] != y.shape[:-2]:
        try:
            np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        except ValueError:
            sizes = f"{dims_text(x.shape)} vs. {dims_text(y.shape)}"
            raise KernelError(
                InvalidArgumentError, f"In[0] and In[1] must have compatible batch dimensions: {sizes}"
            ) from None
    if left.shape[-1] != right.shape[-2]:
        raise KernelError(
            InvalidArgumentError, f"Matrix size-incompatible: In[0]: {dims_text(x.shape)}, In[1]: {dims_text(y.shape)}"
        )
    if right.ndim == 2 and left.ndim > 2:
        # One product of a tall matrix is faster than many small ones.
        rows = np.ascontiguousarray(left).reshape(-1, left.shape[-1])
        return np.dot(rows, right).reshape(*left.shape[:-1], right.shape[-1])
    return np.matmul(left, right)


@batch_mat_mul_op.gradient
def _batch_mat_mul_gradient(op: Any, dy: Any) -> Any:
    from .array import shape
    from .reduction import reduce_sum
    from .shaping import reshape

    x, y = op._inputs
    ax, ay = op._attrs["adj_x"], op._attrs["adj_y"]
    if not ax:
        gx = matmul(dy, y, adjoint_b=not ay, grad_a=True)
        gy = matmul(dy, x, adjoint_a=True, grad_b=True) if ay else matmul(x, dy, adjoint_a=True, grad_b=True)
    else:
        gx = matmul(y, dy, adjoint_a=ay, adjoint_b=True, grad_a=True)
        gy = matmul(dy, x, adjoint_a=True, adjoint_b=True, grad_b=True) if ay else matmul(x, dy, grad_b=True)
    dx, dyy = x._dims, y._dims
    plain = dx is not None and dyy is not None and len(dx) <= 2 and len(dyy) <= 2
    same = dx is not None and dyy is not None and None not in dx[:-2] and None not in dyy[:-2] and dx[:-2] == dyy[:-2]
    if plain or same:
        return gx, gy
    x_shape, y_shape = shape(x), shape(y)
    x_axes, y_axes = raw.BroadcastGradientArgs(x_shape[:-2], y_shape[:-2])
    return reshape(reduce_sum(gx, x_axes), x_shape), reshape(reduce_sum(gy, y_axes), y_shape)


def matmul(
    a: Any,
    b: Any,
    transpose_a: bool = False,
    transpose_b: bool = False,
    adjoint_a: bool = False,
    adjoint_b: bool = False,
    a_is_sparse: bool = False,
    b_is_sparse: bool = False,
    output_type: Any = None,
    grad_a: bool = False,
    grad_b: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns the product of the matrices `a` and `b`, or of each pair in two batches of matrices.

    Args:
      a: `[..., n, k]`. b: `[..., k, m]`. Leading dimensions broadcast together.
      transpose_a, transpose_b: exchange the last two dimensions first.
      adjoint_a, adjoint_b: conjugate them too.
      a_is_sparse, b_is_sparse: hints that are not used here.
      output_type: must be the dtype of the inputs.
      grad_a, grad_b: note in the operation that it is a gradient.
      name: name of the operation.

    Raises:
      ValueError: transposed and adjoint at once, or the static shapes do not fit.
      TypeError: the dtypes differ.
    """
    with op_scope(name, "MatMul", [a, b]) as scope:
        if transpose_a and adjoint_a:
            raise ValueError(
                "Only one of `transpose_a` and `adjoint_a` can be True. "
                f"Received `transpose_a`={transpose_a}, `adjoint_a`={adjoint_a}."
            )
        if transpose_b and adjoint_b:
            raise ValueError(
                "Only one of `transpose_b` and `adjoint_b` can be True. "
                f"Received `transpose_b`={transpose_b}, `adjoint_b`={adjoint_b}."
            )
        a = convert.convert_to_tensor(a, name="a")
        b = convert.convert_to_tensor(b, preferred_dtype=a._dtype.base_dtype, name="b")
        if a._dims is None or len(a._dims) > 2 or b._dims is None or len(b._dims) > 2:
            if transpose_a:
                a, adjoint_a = conj(a), True
            if transpose_b:
                b, adjoint_b = conj(b), True
            return raw.BatchMatMulV2(a, b, adj_x=adjoint_a, adj_y=adjoint_b, grad_x=grad_a, grad_y=grad_b, name=scope)
        if adjoint_a:
            a, transpose_a = conj(a), True
        if adjoint_b:
            b, transpose_b = conj(b), True
        return raw.MatMul(
            a, b, transpose_a=transpose_a, transpose_b=transpose_b, grad_a=grad_a, grad_b=grad_b, name=scope
        )


def batch_matmul(x: Any, y: Any, adj_x: bool = False, adj_y: bool = False, name: str | None = None) -> Tensor:
    """Returns the products of two batches of matrices; the name of the oldest programs for `matmul`."""
    return raw.BatchMatMulV2(x, y, adj_x=adj_x, adj_y=adj_y, name=name)


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """Returns the sums of products of `a` and `b` over pairs of dimensions.

    Args:
      a, b: tensors.
      axes: how many last dimensions of `a` meet the first ones of `b`; or two lists of dimensions, or a tensor of both.
      name: name of the operation.

    Raises:
      ValueError: the axes do not fit.
    """
    from .joining import concat
    from .shaping import reshape

    with op_scope(name, "Tensordot", [a, b, axes]) as scope:
        a = convert.convert_to_tensor(a, name="a")
        b = convert.convert_to_tensor(b, name="b")
        a_axes, b_axes = _contracted(a, axes)
        left, left_free, left_known = _as_matrix(a, a_axes, False)
        right, right_free, right_known = _as_matrix(b, b_axes, True)
        product = matmul(left, right)
        if isinstance(left_free, list) and isinstance(right_free, list):
            wanted = left_free + right_free
            return product if product._dims == tuple(wanted) else reshape(product, wanted, name=scope)
        free = [convert.convert_to_tensor(each, dtype=dtypes.int32) for each in (left_free, right_free)]
        product = reshape(product, concat(free, 0), name=scope)
        if left_known is not None and right_known is not None:
            product.set_shape(left_known + right_known)
        return product


def _contracted(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """Returns the dimensions of both operands that a tensordot sums over."""
    from .array import rank
    from .sequences import range as sequence

    if isinstance(axes, (int, np.integer)):
        if axes < 0:
            raise ValueError(f"`axes` must be at least 0. Received: {axes}.")
        if a._dims is None:
            count = rank(a)
            return sequence(count - axes, count, dtype=dtypes.int32), sequence(axes, dtype=dtypes.int32)
        ndims = len(a._dims)
        if axes > ndims:
            raise ValueError(
                f"`axes` must not be larger than the number of dimensions of tensor {a}.  Received {axes}, vs tensor "
                f"dimensions {ndims}."
            )
        return list(range(ndims - int(axes), ndims)), list(range(int(axes)))
    if not isinstance(axes, (list, tuple)):
        axes = convert.convert_to_tensor(axes, name="axes", dtype=dtypes.int32)
        return axes[0], axes[1]
    if len(axes) != 2:
        raise ValueError(f"`axes` must be an integer or have length 2. Received {axes}.")
    a_axes, b_axes = ([each] if isinstance(each, (int, np.integer)) else each for each in axes)
    if isinstance(a_axes, (list, tuple)) and len(a_axes) != len(b_axes):
        raise ValueError(f"Different number of contraction axes `a` and `b`, {len(a_axes)} != {len(b_axes)}.")
    return a_axes, b_axes


def _as_matrix(x: Tensor, axes: Any, first: bool) -> tuple[Tensor, Any, list[int | None] | None]:
    """Returns `x` as a matrix with the contracted dimensions `first` or last, the other sizes, and what is known of these."""
    from .array import rank, shape
    from .gathering import gather
    from .joining import concat, stack
    from .ordering import transpose
    from .reduction import reduce_prod
    from .select import where
    from .sequences import range as sequence
    from .shaping import reshape

    dims = x._dims
    free: Any = None
    known: list[int | None] | None = None
    if dims is not None and isinstance(axes, (list, tuple)):
        axes = [each if each >= 0 else each + len(dims) for each in axes]
        free = [each for each in range(len(dims)) if each not in axes]
        known = [dims[each] for each in free]
        if None not in dims:
            order = axes + free if first else free + axes
            sizes = [int(np.prod([dims[each] for each in part])) for part in (axes, free)]
            wanted = tuple(sizes if first else reversed(sizes))
            turned = x if order == list(range(len(dims))) else transpose(x, order)
            return (turned if turned._dims == wanted else reshape(turned, wanted)), known, known
        axes = convert.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        free = convert.convert_to_tensor(free, dtype=dtypes.int32, name="free")
        x_shape = shape(x)
    else:
        x_shape = shape(x)
        count = rank(x)
        axes = convert.convert_to_tensor(axes, dtype=dtypes.int32, name="axes")
        axes = where(axes >= 0, axes, axes + count)
        free, _ = raw.ListDiff(sequence(count), axes, out_idx=dtypes.int32)
    free_sizes, axes_sizes = gather(x_shape, free), gather(x_shape, axes)
    outer, inner = reduce_prod(free_sizes), reduce_prod(axes_sizes)
    order_tensor = concat([axes, free] if first else [free, axes], 0)
    matrix_shape = stack([inner, outer] if first else [outer, inner])
    return reshape(transpose(x, order_tensor), matrix_shape), free_sizes, known


# ---- lengths


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    keep_dims: Any = None,
) -> Tensor:
    """Returns the length of vectors.

    Args:
      tensor: the elements.
      ord: `"euclidean"` or 2, 1, `numpy.inf`, or another positive number p for the p-th root of the sum of p-th powers.
      axis: the dimensions that make up a vector, by default all.
      keepdims: keep them with size 1.
      name: name of the operation.
      keep_dims: older name of `keepdims`.

    Raises:
      ValueError: the kind is not supported.
    """
    from .reduction import reduce_max, reduce_sum
    from .shaping import one_of

    keep = bool(one_of("keepdims", keepdims, "keep_dims", keep_dims))
    if isinstance(axis, int):
        axis = (axis,)
    if ord not in ("euclidean", "fro", 1, 2, np.inf) and not (isinstance(ord, (int, float)) and ord > 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}.")
    with op_scope(name, "norm", [tensor]):
        tensor = convert.convert_to_tensor(tensor)
        if ord in ("fro", "euclidean", 2):
            squares = reduce_sum(tensor * conj(tensor), axis, keepdims=True)
            result = raw.Sqrt(squares)
        else:
            result = raw.Abs(tensor)
            first = None if axis is None else axis[0]
            if ord == 1:
                result = reduce_sum(result, first, keepdims=True)
            elif ord == np.inf:
                result = reduce_max(result, first, keepdims=True)
            else:
                result = raw.Pow(reduce_sum(raw.Pow(result, ord), axis, keepdims=True), 1.0 / ord)
        if keep:
            return result
        from .shaping import squeeze

        return squeeze(result, axis)
