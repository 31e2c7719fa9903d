"""Operations on variables of the resource kind.

`VarHandleOp` gives a handle, which in a run is the variable's cell. A read is an operation of its own and gives the value of that
moment; a write is an operation without outputs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import FailedPreconditionError, InvalidArgumentError, KernelError, NotFoundError
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import op, raw
from ..framework.shapes import Dims, dims_text, merge_dims
from .array import size
from .shape_functions import with_rank
from .state import NUMBERS, counted, merged, scatter

var_handle_op = op(
    "VarHandleOp() -> (resource: resource)",
    attrs=[
        'container: string = ""',
        'shared_name: string = ""',
        'debug_name: string = ""',
        "dtype: type",
        "shape: shape",
        "allowed_devices: list(string) = []",
    ],
    stateful=True,
    resources="variables",
)


@var_handle_op.shape
def _scalar(call: Any) -> Dims:
    return ()


@var_handle_op.bind
def _var_handle_bind(op: Any) -> Callable[[Any], Any]:
    return lambda state: state.cell(op)


def handle_shape(handle: Any) -> Dims:
    """Returns the static shape of the variable behind a handle."""
    source = handle._op
    while source.type != "VarHandleOp" and source._inputs:
        source = source._inputs[0]._op
    return source._attrs.get("shape")


# ---- reading

read_variable_op = op("ReadVariableOp(resource: resource) -> (value: dtype)", attrs=["dtype: type"], stateful=True)


@read_variable_op.shape
def _read_shape(call: Any) -> Dims:
    return handle_shape(call.inputs[0])


@read_variable_op.kernel
def _read_kernel(cell: Any) -> Any:
    value = cell.value
    if value is None:
        raise KernelError(
            FailedPreconditionError,
            f"Could not find variable {cell.name}. This could mean that the variable has been deleted. In TF1, it can also mean "
            f"the variable is uninitialized. Debug info: container=localhost, status error message={_not_found(cell)}",
        )
    return value


@read_variable_op.gradient
def _read_gradient(op: Any, dy: Any) -> Any:
    return dy


def _not_found(cell: Any) -> str:
    if cell.home is not None and cell.home.has_container:
        return f"Resource localhost/{cell.name}/N10tensorflow3VarE does not exist."
    return f"Container localhost does not exist. (Could not find resource: localhost/{cell.name})"


def present(cell: Any) -> Any:
    """Returns the value of a resource variable. Raises KernelError when it has none."""
    if cell.value is None:
        raise KernelError(NotFoundError, _not_found(cell))
    return cell.value


var_is_initialized_op = op("VarIsInitializedOp(resource: resource) -> (is_initialized: bool)", stateful=True)
var_is_initialized_op.no_gradient()
var_is_initialized_op.shape(_scalar)
var_is_initialized_op.kernel(lambda cell: np.bool_(cell.value is not None))

variable_shape_op = op(
    "VariableShape(input: resource) -> (output: out_type)", attrs=["out_type: {int32, int64} = int32"], stateful=True
)
variable_shape_op.no_gradient()


@variable_shape_op.shape
def _variable_shape_shape(call: Any) -> Dims:
    dims = handle_shape(call.inputs[0])
    return (None if dims is None else len(dims),)


@variable_shape_op.fold
def _variable_shape_fold(op: Any) -> Any:
    dims = handle_shape(op._inputs[0])
    if dims is None or None in dims:
        return None
    return np.array(dims, dtype=op._attrs["out_type"].as_numpy_dtype)


@variable_shape_op.kernel
def _variable_shape_kernel(cell: Any, *, out_type: Any) -> Any:
    return np.array(np.shape(present(cell)), dtype=out_type.as_numpy_dtype)


resource_gather_op = op(
    "ResourceGather(resource: resource, indices: Tindices) -> (output: dtype)",
    attrs=["batch_dims: int = 0", "validate_indices: bool = true", "dtype: type", "Tindices: {int32, int64}"],
    stateful=True,
)


@resource_gather_op.shape
def _resource_gather_shape(call: Any) -> Dims:
    dims, indices = handle_shape(call.inputs[0]), call.shapes[1]
    return None if dims is None or indices is None else indices + dims[1:]


@resource_gather_op.kernel
def _resource_gather_kernel(cell: Any, indices: Any) -> Any:
    from .state import check_rows

    value = present(cell)
    check_rows(indices, np.shape(value)[0])
    return value[np.asarray(indices)]


@resource_gather_op.gradient
def _resource_gather_gradient(op: Any, dy: Any) -> Any:
    handle, indices = op.inputs
    dims = handle_shape(handle)
    if dims is None or None in dims:
        sizes = raw.VariableShape(handle)
    else:
        from .constant import constant

        sizes = constant(list(dims), dtype="int32")
    count = raw.ExpandDims(size(indices), 0)
    values = raw.Reshape(dy, raw.ConcatV2([count, sizes[1:]], 0, name="concat"))
    return IndexedSlices(values, raw.Reshape(indices, count), sizes), None


# ---- writing

assign_variable_op = op(
    "AssignVariableOp(resource: resource, value: dtype) -> ()",
    attrs=["dtype: type", "validate_shape: bool = false"],
    stateful=True,
)
assign_variable_op.no_gradient()


@assign_variable_op.kernel
def _assign_kernel(cell: Any, value: Any, *, validate_shape: bool) -> None:
    if validate_shape and cell.value is not None and np.shape(cell.value) != np.shape(value):
        raise KernelError(
            InvalidArgumentError,
            "Trying to assign to variable with tensor with wrong shape. "
            f"Expected {dims_text(np.shape(cell.value))} got {dims_text(np.shape(value))}",
        )
    cell.assign(np.array(value) if isinstance(value, np.ndarray) else value)


@assign_variable_op.shape
def _written_shape(call: Any) -> list[Dims]:
    merge_dims(handle_shape(call.inputs[0]), call.shapes[1])
    return []


def _updating(name: str, combine: Callable[[Any, Any], Any]) -> Any:
    decl = op(f"{name}(resource: resource, value: dtype) -> ()", attrs=["dtype: type"], stateful=True)
    decl.shape(_written_shape)
    decl.no_gradient()

    @decl.kernel
    def _kernel(cell: Any, value: Any) -> None:
        with cell.lock:
            before = present(cell)
            if np.shape(before) != np.shape(value):
                raise KernelError(
                    InvalidArgumentError,
                    f"Cannot update variable with shape {dims_text(np.shape(before))} using a Tensor with shape "
                    f"{dims_text(np.shape(value))}, shapes must be equal.",
                )
            cell.assign(combine(before, value))

    return decl


assign_add_variable_op = _updating("AssignAddVariableOp", np.add)
assign_sub_variable_op = _updating("AssignSubVariableOp", np.subtract)


def _check_scattered(call: Any) -> list[Dims]:
    """Checks that `updates` are rows of the variable, or one number."""
    variable, indices, updates = handle_shape(call.inputs[0]), call.shapes[1], call.shapes[2]
    if variable is not None and indices is not None and updates is not None and updates:
        merged(updates, indices + variable[1:])
    return []


def _scattering(name: str, how: str, types: str = NUMBERS) -> Any:
    decl = op(
        f"{name}(resource: resource, indices: Tindices, updates: dtype) -> ()",
        attrs=[f"dtype: {types}", "Tindices: {int32, int64}"],
        stateful=True,
    )
    decl.no_gradient()
    decl.shape(_check_scattered)

    @decl.kernel
    def _kernel(cell: Any, indices: Any, updates: Any) -> None:
        with cell.lock:
            present(cell)
            scatter(cell, indices, updates, how)

    return decl


resource_scatter_update_op = _scattering("ResourceScatterUpdate", "update", "type")
resource_scatter_add_op = _scattering("ResourceScatterAdd", "add")
resource_scatter_sub_op = _scattering("ResourceScatterSub", "sub")
resource_scatter_mul_op = _scattering("ResourceScatterMul", "mul")
resource_scatter_div_op = _scattering("ResourceScatterDiv", "div")
resource_scatter_min_op = _scattering("ResourceScatterMin", "min")
resource_scatter_max_op = _scattering("ResourceScatterMax", "max")

resource_count_up_to_op = op(
    "ResourceCountUpTo(resource: resource) -> (output: T)", attrs=["limit: int", "T: {int32, int64}"], stateful=True
)
resource_count_up_to_op.no_gradient()


@resource_count_up_to_op.shape
def _resource_count_up_to_shape(call: Any) -> Dims:
    return with_rank(handle_shape(call.inputs[0]), 0)


@resource_count_up_to_op.kernel
def _resource_count_up_to_kernel(cell: Any, *, limit: int) -> Any:
    present(cell)
    return counted(cell, limit)
