"""A graph and the results of a program as plain data, the same from real TensorFlow and from tfmini.

A node is one line of text::

    model/hidden/add = AddV2(x, ^init) {T: float32} -> float32 [?,64] @/device:CPU:0

Text is compared and is what a person reads when two graphs differ.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

# ---- values


def array_text(value: Any) -> str:
    """Returns an array as `float32[2,3] 1.0 2.0 ...`: shortest decimals that read back to the same numbers."""
    array = np.asarray(value)
    shape = ",".join(str(size) for size in array.shape)
    if array.dtype.kind in "OSU":
        items = [_bytes_text(each) for each in array.reshape(-1)]
        return f"string[{shape}] " + " ".join(items)
    if array.dtype.name == "bfloat16":
        items = [repr(float(each)) for each in array.reshape(-1)]
    else:
        items = [_number_text(each) for each in array.reshape(-1)]
    return f"{array.dtype.name}[{shape}] " + _runs(items)


def _number_text(value: Any) -> str:
    text = str(value)
    return text[1:-1] if text.startswith("(") else text


def _bytes_text(value: Any) -> str:
    if isinstance(value, str):
        value = value.encode()
    return repr(bytes(value))[1:] if isinstance(value, (bytes, np.bytes_)) else repr(value)


def _runs(items: list[str]) -> str:
    """Joins items; a run of more than 3 equal items is written once with its length."""
    parts: list[str] = []
    start = 0
    while start < len(items):
        end = start
        while end < len(items) and items[end] == items[start]:
            end += 1
        parts.extend([f"{items[start]}*{end - start}"] if end - start > 3 else items[start:end])
        start = end
    return " ".join(parts)


def read_array(text: str) -> np.ndarray:
    """Returns the numeric array that `array_text` wrote."""
    head, _, body = text.partition(" ")
    dtype, _, shape = head.partition("[")
    sizes = [int(size) for size in shape[:-1].split(",") if size]
    kind: Any = float if dtype == "bfloat16" else np.dtype(dtype).type
    values: list[Any] = []
    for item in body.split():
        number, _, count = item.partition("*")
        value = number == "True" if dtype == "bool" else kind(complex(number)) if "complex" in dtype else kind(number)
        values.extend([value] * int(count or 1))
    return np.array(values, dtype=float if dtype == "bfloat16" else dtype).reshape(sizes)


# ---- results


def encode(value: Any) -> Any:
    """Returns a result of a program as JSON data."""
    kind = type(value).__name__
    if kind == "Exact" and hasattr(value, "value"):
        return {"exact": encode(value.value)}
    if kind == "Failure" and hasattr(value, "error"):
        return describe_error(value.error)
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float) and not isinstance(value, np.generic):
        return array_text(np.float64(value)).replace("float64[] ", "float ")
    if isinstance(value, bytes):
        return "bytes " + _bytes_text(value)
    if isinstance(value, np.ndarray) or np.isscalar(value):
        return array_text(value)
    if kind == "IndexedSlices":
        return {"IndexedSlices": [encode(value.values), encode(value.indices), encode(value.dense_shape)]}
    if kind == "IndexedSlicesValue":
        return {"IndexedSlicesValue": [encode(value.values), encode(value.indices), encode(value.dense_shape)]}
    if kind == "DType":
        return f"dtype {value.name}"
    if kind == "TensorShape":
        return f"shape {shape_text(value)}"
    if kind == "Dimension":
        return f"dimension {value.value}"
    if hasattr(value, "_fields"):
        return {kind: {name: encode(getattr(value, name)) for name in value._fields}}
    if isinstance(value, dict):
        return {str(key): encode(each) for key, each in value.items()}
    if isinstance(value, list):
        return [encode(each) for each in value]
    if isinstance(value, tuple):
        return {"tuple": [encode(each) for each in value]}
    if kind == "Operation":
        return f"op {value.name}"
    if hasattr(value, "initializer") and hasattr(value, "op"):
        return f"variable {value.name}"
    if hasattr(value, "op") and hasattr(value, "value_index"):
        return f"tensor {value.name} {value.dtype.name} {shape_text(value.shape)}"
    return f"object {kind}"


def describe_error(error: Exception) -> dict[str, Any]:
    """Returns class, phrase, operation and code of an error.

    The phrase is the first line that says what happened: the wrapper that TensorFlow 2 puts before errors of a run is left out.
    """
    message = getattr(error, "message", None)
    if not isinstance(message, str):
        message = error.args[0] if isinstance(error, KeyError) and error.args else str(error)
    # TensorFlow 2 has a private class for this one; programs of TensorFlow 1 catch ValueError.
    name = type(error).__name__.replace("InaccessibleTensorError", "ValueError")
    found: dict[str, Any] = {"error": name, "phrase": phrase(str(message))}
    code = getattr(error, "error_code", None)
    if code is not None:
        found["code"] = int(code)
        op = getattr(error, "op", None)
        found["op"] = None if op is None else op.name
    return found


def phrase(message: str) -> str:
    """Returns the line of a message that programs match on."""
    text = message
    if text.startswith("Graph execution error:"):
        text = text.partition("\n\n")[2]
        if text.startswith("Detected at node"):
            text = re.split(r"\nNode: '[^\n]*'\n", text, maxsplit=1)[-1]
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    first = lines[0] if lines else ""
    first = re.sub(r" for '\{\{node .*", "", first)
    first = re.sub(r"; Op<name=.*", "", first)
    first = re.sub(r" Typically this happens when .*", "", first)
    first = re.sub(r" \(graphs are .*", "", first)
    first = re.sub(r" See https://.*", "", first)
    first = re.sub(r"^No gradient defined for operation ?('.*\)\.) .*", r"No gradient defined for operation \1", first)
    first = re.sub(r" You can attempt the following resolutions.*", "", first)
    first = re.sub(r" at 0x[0-9a-f]+", "", first)
    return first


# ---- graphs


def shape_text(shape: Any) -> str:
    """Returns a TensorShape as `[?,3]`, `[]` or `?`."""
    if shape.ndims is None:
        return "?"
    return "[" + ",".join("?" if size is None else str(size) for size in shape.as_list()) + "]"


def _shape_proto_text(proto: Any) -> str:
    if proto.unknown_rank:
        return "?"
    return "[" + ",".join("?" if dim.size == -1 else str(dim.size) for dim in proto.dim) + "]"


def attr_text(tf: Any, value: Any) -> str:
    """Returns an `AttrValue` as text."""
    kind = value.WhichOneof("value")
    if kind == "list":
        for name in ("s", "i", "f", "b", "type", "shape", "tensor"):
            items = getattr(value.list, name)
            if len(items):
                return "[" + ", ".join(_plain_attr(tf, name, each) for each in items) + "]"
        return "[]"
    if kind == "func":
        return f"func {value.func.name}"
    return "none" if kind is None else _plain_attr(tf, kind, getattr(value, kind))


def _plain_attr(tf: Any, kind: str, value: Any) -> str:
    if kind == "type":
        return tf.as_dtype(value).name if value else "invalid"
    if kind == "shape":
        return _shape_proto_text(value)
    if kind == "tensor":
        if any(dim.size == 0 for dim in value.tensor_shape.dim):  # TensorFlow cannot read its own empty splats back
            sizes = [dim.size for dim in value.tensor_shape.dim]
            return array_text(np.zeros(sizes, tf.as_dtype(value.dtype).as_numpy_dtype))
        return array_text(tf.make_ndarray(value))
    if kind == "s":
        # The functions of `py_func` and of `custom_gradient` are counted over all graphs of a process.
        return _bytes_text(re.sub(rb"^(pyfunc_|CustomGradient-)\d+$", rb"\1#", value))
    if kind == "f":
        return str(np.float32(value))
    return str(value)


def node_text(tf: Any, op: Any) -> str:
    """Returns one operation as a line."""
    node = op.node_def
    attrs = ", ".join(f"{key}: {attr_text(tf, node.attr[key])}" for key in sorted(node.attr))
    outputs = ", ".join(f"{out.dtype.name} {shape_text(out.shape)}" for out in op.outputs)
    text = f"{node.name} = {node.op}({', '.join(node.input)}) {{{attrs}}}"
    if outputs:
        text += f" -> {outputs}"
    return f"{text} @{node.device}" if node.device else text


def describe(tf: Any, graph: Any) -> dict[str, Any]:
    """Returns everything that is compared of a graph: nodes in order, collections, variables."""
    record: dict[str, Any] = {"nodes": [node_text(tf, op) for op in graph.get_operations()]}
    collections: dict[str, list[str]] = {}
    variables: dict[str, str] = {}
    # Sorted, because TensorFlow adds to several collections at once in the order of a set.
    for key in sorted(key for key in graph.collections if isinstance(key, str)):
        collections[key] = [item_text(each) for each in graph.get_collection(key)]
        for each in graph.get_collection(key):
            if hasattr(each, "initializer") and hasattr(each, "op"):
                trainable = " trainable" if each in graph.get_collection("trainable_variables") else ""
                variables[each.name] = f"{each.dtype.name} {shape_text(each.shape)}{trainable}"
    if collections:
        record["collections"] = collections
    if variables:
        record["variables"] = variables
    if graph.seed is not None:
        record["seed"] = graph.seed
    return record


def item_text(item: Any) -> str:
    """Returns an item of a collection as text."""
    name = getattr(item, "name", None)
    if isinstance(name, str):
        kind = "Variable" if hasattr(item, "initializer") else type(item).__name__.removeprefix("Symbolic")
        return f"{kind} {name}"
    return repr(item) if isinstance(item, (int, float, str, bool)) or item is None else f"object {type(item).__name__}"


def run_program(tf: Any, function: Any) -> dict[str, Any]:
    """Returns the record of one program: what it returned or raised, then its graph."""
    graph = tf.Graph()
    record: dict[str, Any] = {}
    with graph.as_default():
        try:
            results = function(tf)
        except Exception as error:
            record["error"] = describe_error(error)
            results = None
    if results is not None:
        record["results"] = {str(key): encode(value) for key, value in results.items()}
    record.update(describe(tf, graph))
    return record
