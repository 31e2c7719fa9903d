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

__all__ = [
    "batch_matmul",
    "diag",
    "diag_part",
    "eye",
    "matmul",
    "matrix_band_part",
    "matrix_diag",
    "matrix_diag_part",
    "norm",
    "tensordot",
    "trace",
]

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
    from .joining import concat, stack
    from .reduction import reduce_prod
    from .select import where
    from .sequences import range as sequence
    from .shaping import reshape, transpose
    from .slicing import gather

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


# ---- matrices and diagonals

_DIAGONAL_TYPES = "T: {bfloat16, float16, float32, float64, int32, int64, complex64, complex128}"
diag_op = op("Diag(diagonal: T) -> (output: T)", attrs=[_DIAGONAL_TYPES])
diag_part_op = op("DiagPart(input: T) -> (diagonal: T)", attrs=[_DIAGONAL_TYPES])


@diag_op.shape
def _diag_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 1)
    return None if dims is None else dims + dims


@diag_op.kernel
def _diag_kernel(diagonal: Any) -> Any:
    result = np.zeros((diagonal.size, diagonal.size), dtype=diagonal.dtype)
    np.fill_diagonal(result, diagonal.reshape(-1))
    return result.reshape(diagonal.shape * 2)


@diag_part_op.shape
def _diag_part_shape(call: Any) -> Dims:
    dims = call.shapes[0]
    if dims is None:
        return None
    if len(dims) % 2 or not dims:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(dims)}")
    half = len(dims) // 2
    return tuple(merge_size(a, b) for a, b in zip(dims[:half], dims[half:], strict=True))


@diag_part_op.kernel
def _diag_part_kernel(x: Any) -> Any:
    half = x.shape[: x.ndim // 2]
    count = int(np.prod(half))
    return np.diagonal(x.reshape(count, count)).copy().reshape(half)


diag_op.gradient(lambda op, dy: diag_part(dy))
diag_part_op.gradient(lambda op, dy: diag(dy))


def diag(diagonal: Any, name: str | None = None) -> Tensor:
    """Returns zeros with `diagonal`, of shape `[...]`, on the diagonal: shape `[..., ...]`."""
    return raw.Diag(diagonal, name=name)


def diag_part(input: Any, name: str | None = None) -> Tensor:
    """Returns the diagonal of a tensor of shape `[..., ...]`."""
    return raw.DiagPart(input, name=name)


_ALIGN = 'align: {"LEFT_RIGHT", "RIGHT_LEFT", "LEFT_LEFT", "RIGHT_RIGHT"} = "RIGHT_LEFT"'
matrix_diag_op = op(
    "MatrixDiagV3(diagonal: T, k: int32, num_rows: int32, num_cols: int32, padding_value: T) -> (output: T)",
    attrs=["T: type", _ALIGN],
)
matrix_diag_part_op = op(
    "MatrixDiagPartV3(input: T, k: int32, padding_value: T) -> (diagonal: T)", attrs=["T: type", _ALIGN]
)


def _offset(call: Any, index: int) -> int | None:
    value = call.constant(index)
    if value is None:
        return None
    if value.size != 1:
        raise ValueError("tfmini's matrix_diag takes one diagonal")
    return int(value.reshape(()))


@matrix_diag_op.shape
def _matrix_diag_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 1)
    k = _offset(call, 1)
    rows, columns = (None if each is None else int(each) for each in (call.constant(2), call.constant(3)))
    if dims is None or k is None or rows is None or columns is None:
        return None if dims is None else (*dims, None)
    if dims[-1] is None:
        return (*dims[:-1], None if rows == -1 else rows, None if columns == -1 else columns)
    least = dims[-1] + abs(k)
    if rows == -1 and columns == -1:
        return (*dims[:-1], least, least)
    least_rows, least_columns = dims[-1] + max(-k, 0), dims[-1] + max(k, 0)
    return (*dims[:-1], least_rows if rows == -1 else rows, least_columns if columns == -1 else columns)


@matrix_diag_op.kernel
def _matrix_diag_kernel(diagonal: Any, k: Any, rows: Any, columns: Any, padding: Any) -> Any:
    offset = int(np.reshape(k, -1)[0])
    count = diagonal.shape[-1]
    height, width = int(rows), int(columns)
    if height == -1 and width == -1:
        height = width = count + abs(offset)
    height = count + max(-offset, 0) if height == -1 else height
    width = count + max(offset, 0) if width == -1 else width
    result = np.full((*diagonal.shape[:-1], height, width), padding, dtype=diagonal.dtype)
    where = np.arange(count)
    result[..., where + max(-offset, 0), where + max(offset, 0)] = diagonal
    return result


@matrix_diag_part_op.shape
def _matrix_diag_part_shape(call: Any) -> Dims:
    dims = with_rank_at_least(call.shapes[0], 2)
    k = _offset(call, 1)
    if dims is None:
        return None
    rows, columns = dims[-2:]
    if k is None or rows is None or columns is None:
        return (*dims[:-2], None)
    return (*dims[:-2], min(rows + min(k, 0), columns - max(k, 0)))


@matrix_diag_part_op.kernel
def _matrix_diag_part_kernel(x: Any, k: Any, padding: Any) -> Any:
    return np.diagonal(x, int(np.reshape(k, -1)[0]), -2, -1).copy()


def matrix_diag(
    diagonal: Any,
    name: str = "diag",
    k: int = 0,
    num_rows: int = -1,
    num_cols: int = -1,
    padding_value: Any = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Returns matrices `[..., n, n]` with the vectors `diagonal`, `[..., n]`, on their diagonal `k`."""
    return raw.MatrixDiagV3(diagonal, k, num_rows, num_cols, padding_value, align=align, name=name)


def matrix_diag_part(
    input: Any, name: str = "diag_part", k: int = 0, padding_value: Any = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Returns the diagonals `k` of matrices `[..., n, m]`."""
    return raw.MatrixDiagPartV3(input, k, padding_value, align=align, name=name)


matrix_diag_op.gradient(
    lambda op, dy: (
        matrix_diag_part(dy, k=op._inputs[1], align=op._attrs["align"]),
        None,
        None,
        None,
        None,
    )
)


@matrix_diag_part_op.gradient
def _matrix_diag_part_gradient(op: Any, dy: Any) -> Any:
    from .array import zeros_like
    from .matrices import matrix_set_diag

    x, k = op._inputs[:2]
    dims = None if x._dims is None else x._dims[-2:]
    if dims is not None and None not in dims:
        gradient = matrix_diag(dy, k=k, num_rows=dims[0], num_cols=dims[1], align=op._attrs["align"])
    else:
        gradient = matrix_set_diag(zeros_like(x), dy, k=k, align=op._attrs["align"])
    return gradient, None, None


band_part_op = op(
    "MatrixBandPart(input: T, num_lower: Tindex, num_upper: Tindex) -> (band: T)",
    attrs=["T: type", "Tindex: {int32, int64} = int64"],
)
band_part_op.shape(lambda call: with_rank_at_least(call.shapes[0], 2))


@band_part_op.kernel
def _band_part_kernel(x: Any, lower: Any, upper: Any) -> Any:
    rows, columns = x.shape[-2:]
    distance = np.arange(columns)[None, :] - np.arange(rows)[:, None]
    inside = ((lower < 0) | (distance >= -lower)) & ((upper < 0) | (distance <= upper))
    return np.where(inside, x, np.zeros((), dtype=x.dtype))


band_part_op.gradient(lambda op, dy: (raw.MatrixBandPart(dy, op._inputs[1], op._inputs[2]), None, None))


def matrix_band_part(input: Any, num_lower: Any, num_upper: Any, name: str | None = None) -> Tensor:
    """Returns matrices with zeros outside a band about the diagonal; -1 keeps a whole triangle."""
    return raw.MatrixBandPart(input, num_lower, num_upper, name=name)


def eye(
    num_rows: Any,
    num_columns: Any = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Returns the identity matrix, or a batch of them.

    Args:
      num_rows: the number of rows.
      num_columns: the number of columns, by default that of rows.
      batch_shape: a list of sizes in front.
      dtype: element type.
      name: name of the operation.
    """
    from .array import ones, zeros
    from .joining import concat
    from .math import minimum
    from .matrices import matrix_set_diag

    with op_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        square = num_columns is None
        batch = [] if batch_shape is None else batch_shape
        columns = num_rows if num_columns is None else num_columns
        if isinstance(num_rows, Tensor) or isinstance(columns, Tensor):
            size = minimum(num_rows, columns)
        else:
            square = num_rows == columns
            size = min(num_rows, columns)
        if isinstance(batch, Tensor) or isinstance(size, Tensor):
            ones_shape: Any = concat([batch, [size]], axis=0) if len(batch) or isinstance(batch, Tensor) else [size]
        else:
            ones_shape = [*batch, size]
        ones_vector = ones(ones_shape, dtype=dtype)
        if square:
            return matrix_diag(ones_vector)
        whole: Any = [*batch, num_rows, columns]
        if isinstance(batch, Tensor) or isinstance(size, Tensor):
            whole = concat([batch, [num_rows, columns]], axis=0)
        return matrix_set_diag(zeros(whole, dtype=dtype), ones_vector)


def trace(x: Any, name: str | None = None) -> Tensor:
    """Returns the sums of the diagonals of matrices `[..., n, m]`."""
    from .reduction import reduce_sum

    with op_scope(name, "Trace", [x]) as scope:
        return reduce_sum(matrix_diag_part(convert.convert_to_tensor(x, name="x")), [-1], name=scope)


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
