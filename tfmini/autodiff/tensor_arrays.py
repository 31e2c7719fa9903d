"""Gradients of TensorArrays: what is read forward is written backward, into an array of gradients, and the other way round.

Each call of `gradients` has its own array of gradients, named by the scope of that call, so that two calls in one run do not add up.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from ..framework.operation import Operation
from ..framework.registry import raw
from ..framework.tensor import Tensor
from ..ops import tensor_array_ops
from ..ops.tensor_array import TensorArray

__all__: list[str] = []


def gradient_source(tensor: Any) -> str:
    """Returns the scope of the call of `gradients` that made `tensor`.

    Raises:
      ValueError: the name scope of that call does not begin with "gradients".
    """
    tokens = tensor.name.split("/")
    places = [index for index, token in enumerate(tokens) if token.startswith("gradients")]
    if not places:
        raise ValueError(
            f"Expected op/tensor name to start with gradients (excluding scope), got: {tensor.name}. This means that a tf.gradients op "
            "with this op in its dependency path has a custom name that does not start with 'gradients'. Please make sure all "
            "calls to tf.gradients that have non-empty `name` arguments use names that start with 'gradients'."
        )
    return "/".join(tokens[: places[-1] + 1])


def _gradients_of(op: Operation, dtype: Any, source: str, flow: Tensor) -> TensorArray:
    array = TensorArray(dtype=dtype, handle=op._inputs[0], flow=flow, colocate_with_first_write_call=False)
    return array.grad(source=source, flow=flow)


def _behind_write(op: Operation, flow: Tensor) -> Tensor:
    """Returns the gradient flow behind the forward write, so that the array of gradients is made when the array is complete."""
    done = raw.Identity(op._outputs[0], name="flow_out")
    with contexts.default_graph().control_dependencies([done]):
        return raw.Identity(flow, name="write_barrier")


def _read_gradient(op: Operation, gradient: Any) -> Any:
    _, index, flow = op._inputs
    array = _gradients_of(op, op._attrs["dtype"], gradient_source(gradient), flow)
    return None, None, array.write(index, gradient).flow


def _write_gradient(op: Operation, flow: Tensor) -> Any:
    source = gradient_source(flow)
    flow = _behind_write(op, flow)
    array = _gradients_of(op, op._attrs["T"], source, flow)
    return None, None, array.read(op._inputs[1]), flow


def _gather_gradient(op: Operation, gradient: Any) -> Any:
    _, indices, flow = op._inputs
    array = _gradients_of(op, op._attrs["dtype"], gradient_source(gradient), flow)
    return None, None, array.scatter(indices, gradient).flow


def _scatter_gradient(op: Operation, flow: Tensor) -> Any:
    source = gradient_source(flow)
    flow = _behind_write(op, flow)
    array = _gradients_of(op, op._attrs["T"], source, flow)
    return None, None, array.gather(op._inputs[1]), flow


def _concat_gradient(op: Operation, gradient: Any, _: Any) -> Any:
    flow = op._inputs[1]
    array = _gradients_of(op, op._attrs["dtype"], gradient_source(gradient), flow)
    return None, array.split(gradient, lengths=op._outputs[1]).flow


def _split_gradient(op: Operation, flow: Tensor) -> Any:
    source = gradient_source(flow)
    flow = _behind_write(op, flow)
    array = _gradients_of(op, op._attrs["T"], source, flow)
    return None, array.concat(), None, flow


tensor_array_ops.read_op.gradient(_read_gradient)
tensor_array_ops.write_op.gradient(_write_gradient)
tensor_array_ops.gather_op.gradient(_gather_gradient)
tensor_array_ops.scatter_op.gradient(_scatter_gradient)
tensor_array_ops.concat_op.gradient(_concat_gradient)
tensor_array_ops.split_op.gradient(_split_gradient)
