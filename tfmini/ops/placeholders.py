"""Where values enter a graph and pass through it: placeholders and copies."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op, raw
from ..framework.shapes import Dims, TensorShape, dims_of, dims_text
from ..framework.tensor import Tensor
from .shape_functions import merge, several, unchanged

__all__ = ["ensure_shape", "identity", "identity_n", "placeholder", "placeholder_with_default", "stop_gradient"]

# ---- placeholders

placeholder_op = op("Placeholder() -> (output: dtype)", attrs=["dtype: type", "shape: shape = ?"], foldable=False)


@placeholder_op.shape
def _placeholder_shape(call: Any) -> Dims:
    return call.attrs["shape"]


@placeholder_op.bind
def _placeholder_bind(op: Any) -> Any:
    kind = {"float32": "float", "float64": "double", "float16": "half"}.get(
        op._attrs["dtype"].name, op._attrs["dtype"].name
    )
    dims = op._attrs["shape"]
    shape_text = f" and shape {dims_text(dims)}" if dims else ""

    def refuse() -> Any:
        raise KernelError(
            InvalidArgumentError,
            f"You must feed a value for placeholder tensor '{op._name}' with dtype {kind}{shape_text}",
        )

    return refuse


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """Returns a tensor whose value each run must feed.

    Args:
      dtype: element type of what will be fed.
      shape: shape of what will be fed; None as an item leaves that size open, None alone leaves all open.
      name: name of the operation.
    """
    return raw.Placeholder(dtype=dtype, shape=shape, name=name)


placeholder_with_default_op = op(
    "PlaceholderWithDefault(input: dtype) -> (output: dtype)",
    attrs=["dtype: type", "shape: shape"],
    aliases=0,
    foldable=False,
)


@placeholder_with_default_op.shape
def _placeholder_with_default_shape(call: Any) -> Dims:
    dims, default = call.attrs["shape"], call.shapes[0]
    merge(default, dims)
    return dims


placeholder_with_default_op.kernel(lambda x: x)
placeholder_with_default_op.gradient(lambda op, dy: dy)


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns a tensor that has the value of `input` in runs that feed nothing for it.

    Args:
      input: the default.
      shape: the shape that a fed value must have; it may be less exact than that of `input`.
      name: name of the operation.
    """
    return raw.PlaceholderWithDefault(input, shape=shape, name=name)


# ---- copies

identity_op = op("Identity(input: T) -> (output: T)", attrs=["T: type"], aliases=0)
identity_op.shape(unchanged)
identity_op.kernel(lambda x: x)
identity_op.gradient(lambda op, dy: dy)


def identity(input: Any, name: str | None = None) -> Tensor:
    """Returns a tensor with the value of `input`: a new name for it, or a place for control dependencies and devices."""
    return raw.Identity(input, name=name)


identity_n_op = op("IdentityN(input: T) -> (output: T)", attrs=["T: list(type) >= 1"])
identity_n_op.shape(lambda call: list(call.shapes))
identity_n_op.kernel(lambda *inputs: several(inputs))
identity_n_op.gradient(lambda op, *dy: list(dy))


def identity_n(input: Any, name: str | None = None) -> list[Tensor]:
    """Returns tensors with the values of the tensors in `input`."""
    return raw.IdentityN(input, name=name)


stop_gradient_op = op("StopGradient(input: T) -> (output: T)", attrs=["T: type"], aliases=0)
stop_gradient_op.shape(unchanged)
stop_gradient_op.kernel(lambda x: x)
stop_gradient_op.no_gradient()


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """Returns the value of `input` as something that gradients take for a constant."""
    return raw.StopGradient(input, name=name)


prevent_gradient_op = op(
    "PreventGradient(input: T) -> (output: T)", attrs=["T: type", 'message: string = ""'], aliases=0
)
prevent_gradient_op.shape(unchanged)
prevent_gradient_op.kernel(lambda x: x)


@prevent_gradient_op.gradient
def _prevent_gradient_gradient(op: Any, dy: Any) -> Any:
    raise LookupError(f"Gradient explicitly disabled. Reason: {op._attrs['message']!r}")


snapshot_op = op("Snapshot(input: T) -> (output: T)", attrs=["T: type"], aliases=0)
snapshot_op.shape(unchanged)
snapshot_op.kernel(lambda x: x)

ensure_shape_op = op("EnsureShape(input: T) -> (output: T)", attrs=["shape: shape", "T: type"], aliases=0)


@ensure_shape_op.shape
def _ensure_shape_shape(call: Any) -> Dims:
    return merge(call.shapes[0], call.attrs["shape"])


@ensure_shape_op.kernel
def _ensure_shape_kernel(x: Any, *, shape: Any) -> Any:
    actual = np.shape(x)
    if shape is not None and not (
        len(actual) == len(shape) and all(b is None or a == b for a, b in zip(actual, shape, strict=True))
    ):
        raise KernelError(
            InvalidArgumentError,
            f"Shape of tensor input {dims_text(actual)} is not compatible with expected shape {dims_text(shape)}.",
        )
    return x


ensure_shape_op.gradient(lambda op, dy: dy)


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """Returns `x`, checked in each run to have `shape`, whose known sizes become part of the static shape."""
    return raw.EnsureShape(x, shape=TensorShape(dims_of(shape)), name=name)
