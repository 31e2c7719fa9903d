"""Adding operations: inputs become tensors, attributes are inferred and checked, shapes are worked out, then the graph grows.

The order of the steps is TensorFlow's, because it decides names: a name scope for the operation is opened, inputs that are no
tensors become constants inside it (`add/y`), then the operation takes the name of the scope. An operation that is refused
leaves those constants behind.
"""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np

from . import contexts, convert, dtypes
from .constant_value import constant_value, constant_value_as_shape
from .graph import Graph
from .naming import VALID_OP_NAME
from .op_spec import ArgSpec, AttrSpec
from .operation import Operation
from .registry import OpDef
from .shapes import Dims, TensorShape, dims_of, dims_text
from .tensor import Tensor


class Call:
    """What a shape function sees: the inputs, their shapes and the attributes of an operation that is about to be added.

    Attributes:
      inputs: the input tensors.
      shapes: their plain shapes (`shapes.Dims`).
      attrs: the attributes.
    """

    __slots__ = ("attrs", "inputs", "read", "shapes")

    def __init__(self, inputs: tuple[Tensor, ...], attrs: dict[str, Any]) -> None:
        self.inputs = inputs
        self.shapes = [each._dims for each in inputs]
        self.attrs = attrs
        self.read: dict[int, Any] = {}

    def constant(self, index: int) -> np.ndarray | None:
        """Returns the value of an input when it is known while the graph is built, else None."""
        value = constant_value(self.inputs[index])
        if value is not None:
            self.read[index] = value
        return value

    def constant_shape(self, index: int) -> Dims:
        """Returns the shape that an input holds as numbers, as far as it is known; None when not even its rank is."""
        value = constant_value_as_shape(self.inputs[index])
        self.read[index] = value
        return value


# ---- the public way in: any Python values


def apply_op(definition: OpDef, inputs: tuple[Any, ...], attrs: dict[str, Any], name: str | None) -> Any:
    """Adds an operation whose inputs may be any Python values.

    Returns:
      The output tensor; a list of tensors for several outputs; the operation itself when it has none.

    Raises:
      TypeError: an input cannot become a tensor of the type that the signature asks for, or an attribute has the wrong type.
      ValueError: the inputs belong to different graphs, an attribute has a value that is not allowed, or the shapes do not fit.
    """
    spec = definition.spec
    if len(inputs) != len(spec.inputs):
        raise TypeError(f"{definition.name} takes {len(spec.inputs)} inputs, got {len(inputs)}.")
    graph = _graph_of(inputs)
    known = {key: value for key, value in attrs.items() if value is not None}
    scope_name = name or definition.name
    with contexts.Controller(contexts.graph_stack, graph), graph.name_scope(scope_name) as scope:
        origins: dict[str, str] = {}
        tensors: list[Tensor] = []
        written: list[Tensor] = []
        for arg, value in zip(spec.inputs, inputs, strict=True):
            if arg.number_attr or arg.list_attr:
                listed = _convert_list(definition, arg, value, known, origins)
                tensors.extend(listed)
                if arg.is_ref:
                    written.extend(listed[:1])
            else:
                tensor = _convert_one(definition, arg, value, known, origins)
                tensors.append(tensor)
                if arg.is_ref:
                    written.append(tensor)
        complete = _complete_attrs(definition, known)
        with _beside(graph, written):
            op = _finish(graph, definition, tuple(tensors), complete, scope[:-1] if scope else scope_name, True)
    return _result(definition, op)


def _beside(graph: Graph, written: list[Tensor]) -> Any:
    """Returns a context that puts an operation beside the variables that it writes, as TensorFlow does."""
    if not written:
        return _NOTHING
    stack = contextlib.ExitStack()
    for tensor in written:
        stack.enter_context(graph.colocate_with(tensor._op))
    return stack


_NOTHING = contextlib.nullcontext()


def create(
    graph: Graph,
    definition: OpDef,
    inputs: tuple[Tensor, ...],
    attrs: dict[str, Any],
    name: str | None,
    compute_device: bool = True,
) -> Operation:
    """Adds an operation whose inputs are tensors already. The name is made unique here."""
    graph._check_not_finalized()
    known = dict(attrs)
    position = 0
    for arg in definition.spec.inputs:
        if arg.list_attr:
            known.setdefault(arg.list_attr, [t._dtype.base_dtype for t in inputs[position:]])
            position += len(known[arg.list_attr])
        elif arg.number_attr:
            fixed = sum(1 for each in definition.spec.inputs if not each.number_attr)
            known.setdefault(arg.number_attr, len(inputs) - fixed)
            if arg.type_attr and position < len(inputs):
                known.setdefault(arg.type_attr, inputs[position]._dtype.base_dtype)
            position += known[arg.number_attr]
        else:
            if arg.type_attr and position < len(inputs):
                known.setdefault(arg.type_attr, inputs[position]._dtype.base_dtype)
            position += 1
    if name is not None and name and name[-1] != "/" and not VALID_OP_NAME.fullmatch(name):
        raise ValueError(f"`{name}` is not a valid node name. Accepted names conform to Regex /{VALID_OP_NAME!r}/")
    return _finish(
        graph,
        definition,
        inputs,
        _complete_attrs(definition, known),
        graph._op_name(definition.name, name),
        compute_device,
    )


def _result(definition: OpDef, op: Operation) -> Any:
    if definition.single_output:
        return op._outputs[0]
    if not definition.spec.outputs:
        return op
    result: list[Any] = []
    position = 0
    for arg in definition.spec.outputs:
        if arg.number_attr or arg.list_attr:
            count = op._attrs[arg.number_attr] if arg.number_attr else len(op._attrs[arg.list_attr or ""])
            result.append(list(op._outputs[position : position + count]))
            position += count
        else:
            result.append(op._outputs[position])
            position += 1
    return result[0] if len(result) == 1 else result


def _finish(
    graph: Graph, definition: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], name: str, compute_device: bool
) -> Operation:
    """Works out dtypes and shapes, then appends."""
    for each in inputs:
        if each._op._graph is not graph:
            raise ValueError(
                _other_graph(each, next((t for t in inputs if t._op._graph is graph), each) if inputs else each)
            )
    spec = definition.spec
    out_types: list[dtypes.DType] = []
    for arg in spec.outputs:
        out_types.extend(_output_types(arg, attrs))
    out_dims = _output_shapes(definition, inputs, attrs, name, len(out_types))
    return graph._add(definition, name, inputs, attrs, list(zip(out_types, out_dims, strict=True)), compute_device)


def _output_types(arg: ArgSpec, attrs: dict[str, Any]) -> list[dtypes.DType]:
    if arg.list_attr:
        return [dtypes.as_dtype(each) for each in attrs[arg.list_attr]]
    dtype = arg.dtype if arg.dtype is not None else attrs[arg.type_attr or ""]
    if arg.is_ref:
        dtype = dtype._as_ref
    return [dtype] * (attrs[arg.number_attr] if arg.number_attr else 1)


def _output_shapes(
    definition: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], name: str, count: int
) -> list[Dims]:
    function = definition.shape_function
    if function is None:
        return [None] * count
    call = Call(inputs, attrs)
    try:
        dims = function(call)
    except ValueError as error:
        raise ValueError(_shape_message(str(error), definition, call, name)) from None
    if type(dims) is list:
        return dims
    return [dims] * count if count != 1 else [dims]


def _shape_message(problem: str, definition: OpDef, call: Call, name: str) -> str:
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


# ---- inputs


def _graph_of(inputs: tuple[Any, ...]) -> Graph:
    """Returns the graph of the inputs, else the default graph. Raises ValueError when they are of different graphs."""
    graph = None
    first = None
    for value in inputs:
        if type(value) is Tensor:
            each = value._op._graph
        elif isinstance(value, (list, tuple)):
            for item in value:
                element = convert.graph_element(item)
                if element is not None:
                    if graph is None:
                        graph, first = element.graph, element
                    elif element.graph is not graph:
                        raise ValueError(_other_graph(element, first))
            continue
        else:
            element = convert.graph_element(value)
            if element is None:
                continue
            value, each = element, element.graph
        if graph is None:
            graph, first = each, value
        elif each is not graph:
            raise ValueError(_other_graph(value, first))
    return contexts.default_graph() if graph is None else graph


def _other_graph(tensor: Any, first: Any) -> str:
    return (
        f"{tensor} must be from the same graph as {first} (graphs are {tensor.graph!r} and {first.graph!r}). "
        "Build both inside one `with graph.as_default():`."
    )


def _convert_one(definition: OpDef, arg: ArgSpec, value: Any, attrs: dict[str, Any], origins: dict[str, str]) -> Tensor:
    wanted = arg.dtype
    key = arg.type_attr
    if key is not None:
        wanted = attrs.get(key)
        if wanted is not None and type(wanted) is not dtypes.DType:
            wanted = attrs[key] = dtypes.as_dtype(wanted)
    if type(value) is Tensor and not arg.is_ref:
        tensor = value
        base = tensor._dtype.base_dtype
        if wanted is not None and base is not wanted:
            raise TypeError(_type_mismatch(definition, arg, base, wanted, origins))
    else:
        tensor = _convert_value(definition, arg, value, wanted, origins)
        base = tensor._dtype.base_dtype
        if wanted is not None and base is not wanted:
            raise TypeError(_type_mismatch(definition, arg, base, wanted, origins))
    if arg.is_ref and not tensor._dtype.is_ref:
        raise TypeError(
            f"'{definition.name}' Op requires that input '{arg.name}' be a mutable tensor (e.g.: a tf.Variable)"
        )
    if key is not None and wanted is None:
        _check_allowed(definition, key, base, arg.name)
        attrs[key] = base
        origins[key] = arg.name
    return tensor


def _convert_value(
    definition: OpDef, arg: ArgSpec, value: Any, wanted: dtypes.DType | None, origins: dict[str, str]
) -> Tensor:
    """Converts one value that is no tensor, with TensorFlow's choice of dtype and its messages."""
    preferred = allowed = None
    if wanted is None and arg.type_attr is not None:
        preferred = definition.attr_defaults.get(arg.type_attr)
        if preferred is not None:
            allowed = definition.spec.attr_by_name[arg.type_attr].allowed
    try:
        if wanted is None and allowed:
            try:
                natural = convert.natural_dtype(value)
            except TypeError:
                natural = None
            if natural is not None and natural in allowed:
                return convert.convert_to_tensor(value, name=arg.name, as_ref=arg.is_ref)
            if natural is not None:
                # TensorFlow asks for no dtype first, and leaves the constant behind when its dtype will not do.
                convert.convert_to_tensor(value, name=arg.name, as_ref=arg.is_ref)
        return convert.convert_to_tensor(
            value, dtype=wanted, name=arg.name, preferred_dtype=preferred, as_ref=arg.is_ref
        )
    except TypeError as error:
        if wanted is None:
            raise
        raise TypeError(
            f"Expected {wanted.name} passed to parameter '{arg.name}' of op '{definition.name}', got {value!r} of type "
            f"'{type(value).__name__}' instead. Error: {error}"
        ) from None
    except ValueError as error:
        try:
            observed = convert.convert_to_tensor(value, as_ref=arg.is_ref)._dtype
        except ValueError:
            raise ValueError(f"Tried to convert '{arg.name}' to a tensor and failed. Error: {error}") from None
        assert wanted is not None
        raise TypeError(_type_mismatch(definition, arg, observed, wanted, origins)) from None


def _type_mismatch(
    definition: OpDef, arg: ArgSpec, base: dtypes.DType, wanted: dtypes.DType, origins: dict[str, str]
) -> str:
    prefix = f"Input '{arg.name}' of '{definition.name}' Op has type {base.name} that does not match"
    if arg.dtype is not None:
        return f"{prefix} expected type of {wanted.name}."
    origin = origins.get(arg.type_attr or "", "Default in OpDef")
    return f"{prefix} type {wanted.name} of argument '{origin}'.\nCast one of them: tf.cast({arg.name}, tf.{wanted.name}), or {origin} to tf.{base.name}."


def _convert_list(
    definition: OpDef, arg: ArgSpec, values: Any, attrs: dict[str, Any], origins: dict[str, str]
) -> list[Tensor]:
    if not isinstance(values, (list, tuple)):
        raise TypeError(f"Expected list for '{arg.name}' argument to '{definition.name}' Op, not {values}.")
    wanted = arg.dtype
    preferred = None
    if wanted is None and arg.number_attr:
        key = arg.type_attr
        assert key is not None
        if key in attrs:
            wanted = dtypes.as_dtype(attrs[key])
        else:
            found = (convert.graph_element(each) for each in values)
            wanted = next((e.dtype.base_dtype for e in found if isinstance(e, Tensor)), None)
            preferred = definition.attr_defaults.get(key) if wanted is None else None
    try:
        tensors = [
            convert.convert_to_tensor(
                value, dtype=wanted, name=f"{arg.name}_{index}", preferred_dtype=preferred, as_ref=arg.is_ref
            )
            for index, value in enumerate(values)
        ]
        if arg.number_attr and len({t._dtype.base_dtype for t in tensors}) > 1:
            raise TypeError("not one type")
    except (TypeError, ValueError):
        raise TypeError(_list_mismatch(definition, arg, values, wanted, attrs)) from None
    if arg.number_attr:
        _note_list_attrs(definition, arg, tensors, attrs, origins)
    else:
        assert arg.list_attr is not None
        types = [t._dtype.base_dtype for t in tensors]
        given = attrs.get(arg.list_attr)
        if given is not None and [dtypes.as_dtype(each) for each in given] != types:
            raise TypeError(
                f"Input '{arg.name}' of '{definition.name}' Op has type list of {', '.join(t.name for t in types)} that does "
                f"not match type list {', '.join(dtypes.as_dtype(t).name for t in given)}."
            )
        attrs[arg.list_attr] = types
    return tensors


def _note_list_attrs(
    definition: OpDef, arg: ArgSpec, tensors: list[Tensor], attrs: dict[str, Any], origins: dict[str, str]
) -> None:
    number, key = arg.number_attr, arg.type_attr
    assert number is not None
    if number in attrs:
        if attrs[number] != len(tensors):
            raise ValueError(
                f"List argument '{arg.name}' to '{definition.name}' Op with length {len(tensors)} must match length "
                f"{attrs[number]} of argument '{origins.get(number, number)}'."
            )
    else:
        attrs[number] = len(tensors)
        origins[number] = arg.name
        minimum = definition.spec.attr_by_name[number].minimum
        if minimum is not None and len(tensors) < minimum:
            raise ValueError(
                f"List argument '{arg.name}' to '{definition.name}' Op with length {len(tensors)} shorter than minimum "
                f"length {minimum}."
            )
    if key is not None and key not in attrs and tensors:
        base = tensors[0]._dtype.base_dtype
        _check_allowed(definition, key, base, arg.name)
        attrs[key] = base
        origins[key] = arg.name


def _list_mismatch(definition: OpDef, arg: ArgSpec, values: Any, wanted: Any, attrs: dict[str, Any]) -> str:
    observed = []
    for value in values:
        try:
            observed.append(convert.convert_to_tensor(value, as_ref=arg.is_ref)._dtype.base_dtype.name)
        except (TypeError, ValueError):
            observed.append("<NOT CONVERTIBLE TO TENSOR>")
    text = f"Tensors in list passed to '{arg.name}' of '{definition.name}' Op have types [{', '.join(observed)}]"
    if not arg.number_attr:
        return f"{text} that are invalid. Tensors: {values}"
    if arg.dtype is not None:
        return f"{text} that do not match expected type {wanted.name}."
    if arg.type_attr in attrs:
        return f"{text} that do not match type {wanted.name} inferred from earlier arguments."
    return f"{text} that don't all match."


# ---- attributes


def _check_allowed(definition: OpDef, key: str, dtype: dtypes.DType, parameter: str) -> None:
    allowed = definition.spec.attr_by_name[key].allowed
    if allowed is not None and dtype not in allowed:
        raise TypeError(
            f"Value passed to parameter '{parameter}' has DataType {dtype.name} not in list of allowed values: "
            f"{', '.join(each.name for each in allowed)}"
        )


def _complete_attrs(definition: OpDef, given: dict[str, Any]) -> dict[str, Any]:
    """Returns all attributes in their canonical form, defaults filled in."""
    complete: dict[str, Any] = {}
    for attr in definition.spec.attrs:
        if attr.name in given:
            complete[attr.name] = _canonical(definition, attr, given.pop(attr.name))
        elif attr.required:
            if attr.kind == "shape":
                complete[attr.name] = None
            else:
                raise TypeError(f"No argument for attr {attr.name} found for {definition.name}.")
        else:
            complete[attr.name] = _canonical(definition, attr, attr.default)
    for key, value in given.items():
        if not key.startswith("_"):
            raise TypeError(f"{definition.name} got unexpected keyword arguments: {key}.")
        complete[key] = value
    return complete


def _canonical(definition: OpDef, attr: AttrSpec, value: Any) -> Any:
    if attr.is_list:
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"Expected list for attr {attr.name}, obtained {type(value).__name__} instead.")
        return tuple(_canonical_item(definition, attr, each) for each in value)
    return _canonical_item(definition, attr, value)


def _canonical_item(definition: OpDef, attr: AttrSpec, value: Any) -> Any:
    kind = attr.kind
    if kind == "type":
        dtype = value if type(value) is dtypes.DType else _dtype_attr(attr, value)
        dtype = dtype.base_dtype
        if attr.allowed is not None and dtype not in attr.allowed:
            raise TypeError(
                f"Value passed to parameter '{attr.name}' has DataType {dtype.name} not in list of allowed values: "
                f"{', '.join(each.name for each in attr.allowed)}"
            )
        return dtype
    if kind == "shape":
        if isinstance(value, TensorShape):
            return value._dims
        try:
            return dims_of(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"Error converting {attr.name} to a TensorShape: {error}.") from None
    if kind == "int":
        return _int_attr(definition, attr, value)
    if kind == "bool":
        if not isinstance(value, (bool, np.bool_)):
            raise TypeError(f"Expected bool for argument '{attr.name}' not {value!r}.")
        return bool(value)
    if kind == "float":
        try:
            # A NodeDef holds single precision, and kernels see what it holds.
            return float(np.float32(value))
        except (TypeError, ValueError):
            raise TypeError(f"Expected float for argument '{attr.name}' not {value!r}.") from None
    if kind == "string":
        return _string_attr(definition, attr, value)
    return value


def _dtype_attr(attr: AttrSpec, value: Any) -> dtypes.DType:
    try:
        return dtypes.as_dtype(value)
    except TypeError:
        raise TypeError(f"Expected DataType for argument '{attr.name}' not {value!r}.") from None


def _int_attr(definition: OpDef, attr: AttrSpec, value: Any) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise TypeError(f"Expected int for argument '{attr.name}' not {value!r}.") from None
    if attr.minimum is not None and number < attr.minimum:
        raise ValueError(
            f"Attr '{attr.name}' of '{definition.name}' Op passed {number} less than minimum {attr.minimum}."
        )
    return number


def _string_attr(definition: OpDef, attr: AttrSpec, value: Any) -> bytes:
    if not isinstance(value, (str, bytes)):
        raise TypeError(f"Expected string for argument '{attr.name}' not {value!r}.")
    text = value.decode() if isinstance(value, bytes) else value
    if attr.allowed is not None and text not in attr.allowed:
        allowed = '", "'.join(sorted(attr.allowed))
        raise ValueError(f"Attr '{attr.name}' of '{definition.name}' Op passed string '{text}' not in: \"{allowed}\".")
    return text.encode()
