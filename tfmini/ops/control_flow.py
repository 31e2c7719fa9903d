"""Order without values: operations that do nothing, groups, gates, assertions and messages."""

from __future__ import annotations

import builtins
import sys
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import contexts, convert, dtypes
from ..framework.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ..framework.op_scope import op_scope
from ..framework.operation import Operation
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .loops import loop_identity
from .shape_functions import unchanged

__all__ = ["Assert", "Print", "check_numerics", "group", "no_op", "tuple"]

# ---- nothing, and groups

no_op_op = op("NoOp() -> ()")
no_op_op.kernel(lambda: None)


def _refuse_operation(value: Operation, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Any:
    raise TypeError(
        f"can't convert Operation '{value._name}' to Tensor. An operation gives no value; take one of its outputs, or run it."
    )


convert.register_tensor_conversion_function(Operation, _refuse_operation)


def no_op(name: str | None = None) -> Operation:
    """Returns an operation that does nothing; it is there for its control inputs."""
    return raw.NoOp(name=name)


def _flattened(values: Any) -> list[Any]:
    result: list[Any] = []
    for each in values:
        if isinstance(each, (list, builtins.tuple)):
            result.extend(_flattened(each))
        elif isinstance(each, dict):
            result.extend(_flattened([each[key] for key in sorted(each)]))
        elif isinstance(each, IndexedSlices):
            parts = [each.values, each.indices, each.dense_shape]
            result.extend(part for part in parts if part is not None)
        else:
            result.append(each)
    return result


def _group_on(device: Any, inputs: list[Any], name: str | None = None) -> Operation:
    graph = contexts.default_graph()
    with graph.control_dependencies(inputs):
        if device is None:
            return no_op(name=name)
        with graph.device(device):
            return no_op(name=name)


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """Returns an operation that is done when all `inputs` are: one for each device, joined by one more when there are several.

    Args:
      *inputs: operations, tensors, variables, or nested lists of them.
      name: name of the operation.

    Raises:
      TypeError: an input is none of these. ValueError: another keyword argument is given.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError("Unknown keyword arguments: " + ", ".join(kwargs))
    flat = _flattened(inputs)
    with op_scope(name, "group_deps", flat) as scope:
        if not inputs:
            return no_op(name=scope)
        by_device: dict[str, list[Any]] = {}
        for each in flat:
            if not hasattr(each, "device"):
                raise TypeError(
                    f"'inputs' should be zero or more (nested) Tensors. Received '{each}' with type '{type(each)}'."
                )
            by_device.setdefault(each.device, []).append(each)
        if len(by_device) == 1:
            ((device, members),) = by_device.items()
            return _group_on(device, members, name=scope)
        parts = [_group_on(device, by_device[device]) for device in sorted(by_device)]
        with contexts.default_graph().control_dependencies(parts):
            return no_op(name=scope)


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """Returns the value of `output_tensor` after `dependencies` are done."""
    value = [output_tensor.values] if isinstance(output_tensor, IndexedSlices) else [output_tensor]
    graph = contexts.default_graph()
    with (
        op_scope(name, "control_dependency", [*dependencies, *value]) as scope,
        graph.colocate_with(value[0]),
        graph.control_dependencies(dependencies),
    ):
        result = convert_to_tensor_or_indexed_slices(output_tensor)
        if isinstance(result, IndexedSlices):
            return IndexedSlices(loop_identity(result.values, name=scope), result.indices, result.dense_shape)
        return loop_identity(result, name=scope)


def tuple(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list[Any]:
    """Returns tensors with the values of `tensors`, none of which is there before all are computed.

    Args:
      tensors: tensors, operations, `IndexedSlices` or None.
      name: name of the scope.
      control_inputs: more operations to wait for.

    Raises:
      ValueError: there is no tensor among them. TypeError: a control input is no operation or tensor.
    """
    present = [each.values if isinstance(each, IndexedSlices) else each for each in tensors if each is not None]
    with op_scope(name, "tuple", present):
        values = [
            each
            if each is None or isinstance(each, (Operation, Tensor, IndexedSlices))
            else convert.convert_to_tensor(each)
            for each in tensors
        ]
        gating = [each if isinstance(each, Operation) else each.op for each in values if each is not None]
        for each in control_inputs or ():
            if isinstance(each, Tensor):
                each = each._op
            elif not isinstance(each, Operation):
                raise TypeError(f"'control_inputs' must only contain Operation or Tensor. Received: {type(each)}")
            gating.append(each)
        gating = sorted(set(gating), key=lambda each: each._id)
        if not gating:
            raise ValueError(f"'tensors' must have at least one Tensor. Received: {tensors}.")
        gate = group(*gating)
        result: list[Any] = []
        for each in values:
            if each is None:
                result.append(None)
            elif isinstance(each, Operation):
                with contexts.default_graph().control_dependencies([gate]):
                    result.append(group(each))
            else:
                result.append(with_dependencies([gate], each))
        return result


# ---- checks and messages


def summary_text(value: Any, summarize: int) -> str:
    """Returns the first `summarize` elements of an array as TensorFlow prints them; -1 prints all."""
    array = np.asarray(value)
    count = array.size if summarize < 0 else min(summarize, array.size)

    def item_text(item: Any) -> str:
        if isinstance(item, bytes):
            return item.decode(errors="replace")
        if isinstance(item, (bool, np.bool_)):
            return "1" if item else "0"
        if isinstance(item, (float, np.floating)):
            return f"{float(item):.9g}" if array.dtype == np.float32 else f"{float(item):g}"
        return str(item)

    if array.ndim <= 1:
        text = " ".join(item_text(each) for each in array.reshape(-1)[:count])
        text += "..." if count < array.size else ""
        return text if array.ndim == 0 else f"[{text}]"
    left = count

    def rows(part: np.ndarray) -> str:
        nonlocal left
        if part.ndim == 1:
            taken = part[: max(left, 0)]
            left -= taken.size
            text = " ".join(item_text(each) for each in taken)
            return "[" + text + ("..." if taken.size < part.size and taken.size else "") + "]"
        pieces = []
        for each in part:
            if left <= 0:
                break
            pieces.append(rows(each))
        return "[" + "".join(pieces) + ("..." if len(pieces) < len(part) else "") + "]"

    return rows(array)


assert_op = op(
    "Assert(condition: bool, data: T) -> ()", attrs=["T: list(type) >= 1", "summarize: int = 3"], stateful=True
)


@assert_op.kernel
def _assert_kernel(condition: Any, *data: Any, summarize: int) -> None:
    if not np.all(condition):
        shown = " ".join(
            f"[{summary_text(each, summarize)}]" if np.ndim(each) == 0 else summary_text(each, summarize)
            for each in data
        )
        raise KernelError(InvalidArgumentError, f"assertion failed: {shown}")


def Assert(condition: Any, data: Any, summarize: int | None = None, name: str | None = None) -> Operation:
    """Returns an operation that fails with InvalidArgumentError when `condition` is false.

    Args:
      condition: a bool.
      data: tensors that the message shows.
      summarize: how many elements of each it shows, 3 by default.
      name: name of the operation.
    """
    with op_scope(name, "Assert", [condition, *data]):
        values = [convert.convert_to_tensor(each) for each in data]
        if all(each._dtype.base_dtype in (dtypes.string, dtypes.int32) for each in values):
            return raw.Assert(condition, data, summarize=summarize, name="Assert")
        from .cond import cond

        condition = convert.convert_to_tensor(condition, name="Condition")
        guarded = cond(
            condition,
            no_op,
            lambda: raw.Assert(condition, data, summarize=summarize, name="Assert"),
            name="AssertGuard",
        )
        return guarded if isinstance(guarded, Operation) else guarded.op


print_op = op(
    "Print(input: T, data: U) -> (output: T)",
    attrs=["T: type", "U: list(type) >= 0", 'message: string = ""', "first_n: int = -1", "summarize: int = 3"],
    stateful=True,
)
print_op.shape(unchanged)


@print_op.bind
def _print_bind(op: Any) -> Any:
    attrs = op._attrs
    left = [attrs["first_n"]]

    def kernel(x: Any, *data: Any) -> Any:
        if left[0] != 0:
            left[0] -= 1
            text = "".join(
                f"[{summary_text(each, attrs['summarize'])}]"
                if np.ndim(each) == 0
                else summary_text(each, attrs["summarize"])
                for each in data
            )
            print(attrs["message"].decode(errors="replace") + text, file=sys.stderr)
        return x

    return kernel


@print_op.gradient
def _print_gradient(op: Any, dy: Any) -> Any:
    return [dy] + [None] * (len(op._inputs) - 1)


def Print(
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """Returns `input_`; each time it is computed, `data` is printed to standard error.

    Args:
      input_: the tensor to pass on.
      data: tensors to print.
      message: text in front.
      first_n: print only so many times.
      summarize: how many elements of each are printed, 3 by default.
      name: name of the operation.
    """
    return raw.Print(input_, data, message=message, first_n=first_n, summarize=summarize, name=name)


check_numerics_op = op(
    "CheckNumerics(tensor: T) -> (output: T)",
    attrs=["T: {bfloat16, float16, float32, float64}", "message: string"],
    stateful=True,
    aliases=0,
)
check_numerics_op.shape(unchanged)


@check_numerics_op.kernel
def _check_numerics_kernel(x: Any, *, message: bytes) -> Any:
    if not np.all(np.isfinite(x)):
        kinds = [kind for kind, found in (("Inf", np.isinf(x)), ("NaN", np.isnan(x))) if np.any(found)]
        raise KernelError(InvalidArgumentError, f"{message.decode()} : Tensor had {' and '.join(kinds)} values")
    return x


@check_numerics_op.gradient
def _check_numerics_gradient(op: Any, dy: Any) -> Any:
    text = f"Not a number (NaN) or infinity (Inf) values detected in gradient. {op._attrs['message']!r}"
    return check_numerics(dy, text)


def check_numerics(tensor: Any, message: str, name: str | None = None) -> Tensor:
    """Returns `tensor`, and fails with InvalidArgumentError when it holds a NaN or an infinity."""
    return raw.CheckNumerics(tensor, message=message, name=name)
