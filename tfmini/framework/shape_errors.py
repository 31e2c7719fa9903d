"""What is said of inputs whose shapes do not fit: TensorFlow's phrase, the inputs, and what to do."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .registry import OpDef
from .shapes import dims_text
from .tensor import Tensor


def shape_message(problem: str, definition: OpDef, call: Any, name: str) -> str:
    """Returns TensorFlow's phrase for inputs whose shapes do not fit, with the shapes."""
    shapes = ", ".join(dims_text(each) for each in call.shapes)
    text = f"{problem} for '{{{{node {name}}}}} = {definition.name}[{_attr_text(call.attrs)}]"
    text += f"({', '.join(_input_text(each) for each in call.inputs)})' with input shapes: {shapes}"
    values = [
        f"input[{index}] = {_constant_text(value)}"
        for index, value in sorted(call.read.items())
        if isinstance(value, np.ndarray)
    ]
    partial = [
        f"input[{index}] = {dims_text(value)}" for index, value in sorted(call.read.items()) if isinstance(value, tuple)
    ]
    if values:
        text += " and with computed input tensors: " + ", ".join(values)
    if partial:
        text += " and with input tensors computed as partial shapes: " + ",".join(partial)
    described = ", ".join(f"{each.name} {each._dtype.name} {dims_text(each._dims)}" for each in call.inputs)
    return f"{text}.\n  inputs   {described}\n{_shape_advice(definition.name)}"


def _shape_advice(op_type: str) -> str:
    """Returns what to do about inputs whose shapes do not fit."""
    if op_type in ("MatMul", "BatchMatMul", "BatchMatMulV2"):
        return "The last size of the first must equal the last but one of the second; transpose_a and transpose_b swap them."
    if op_type == "Reshape":
        return "Both shapes must have the same number of elements; one size may be -1, which stands for what is left."
    if op_type in ("ConcatV2", "Concat", "Pack"):
        return "All inputs must have the same shape, but for the axis along which tf.concat joins them."
    return "Compare the shapes above; tf.reshape, tf.expand_dims and tf.transpose change them, and x.shape shows what is known."


def _input_text(tensor: Tensor) -> str:
    return tensor._op._name if tensor._value_index == 0 else tensor.name


def _attr_text(attrs: dict[str, Any]) -> str:
    return ", ".join(f"{key}={_attr_value_text(attrs[key])}" for key in sorted(attrs) if not key.startswith("_"))


def _attr_value_text(value: Any) -> str:
    if isinstance(value, dtypes.DType):
        return "DT_" + {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}.get(value.name, value.name.upper())
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return '"' + value.decode(errors="replace") + '"'
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_attr_value_text(each) for each in value) + "]"
    return str(value)


def _constant_text(value: np.ndarray) -> str:
    return "<" + str(value.tolist()).replace("[", "").replace("]", "").replace(",", "") + ">"
