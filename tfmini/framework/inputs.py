"""Inputs of an operation that is about to be added: any Python values become tensors, and tell the attributes of their types."""

from __future__ import annotations

from typing import Any

from . import contexts, convert, dtypes
from .attributes import check_allowed
from .graph import Graph
from .op_spec import ArgSpec
from .registry import OpDef
from .tensor import Tensor


def graph_of(inputs: tuple[Any, ...]) -> Graph:
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
                        raise ValueError(other_graph(element, first))
            continue
        else:
            element = convert.graph_element(value)
            if element is None:
                continue
            value, each = element, element.graph
        if graph is None:
            graph, first = each, value
        elif each is not graph:
            raise ValueError(other_graph(value, first))
    return contexts.default_graph() if graph is None else graph


def other_graph(tensor: Any, first: Any) -> str:
    return (
        f"{tensor} must be from the same graph as {first} (graphs are {tensor.graph!r} and {first.graph!r}). "
        "Build both inside one `with graph.as_default():`."
    )


def convert_one(definition: OpDef, arg: ArgSpec, value: Any, attrs: dict[str, Any], origins: dict[str, str]) -> Tensor:
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
        check_allowed(definition, key, base, arg.name)
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
    except ValueError:
        try:
            observed = convert.convert_to_tensor(value, as_ref=arg.is_ref)._dtype
        except ValueError as error:
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


def convert_list(
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
        check_allowed(definition, key, base, arg.name)
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
