"""Finding things of a graph by name, and the facts of one operation that no record carries."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np

from ..framework import contexts
from ..framework.dtypes import DType
from ..framework.shapes import dims_text
from .reading import record_of
from .words import digest, one_line

_MOST_TEXT = 1024


def default_graph() -> Any:
    """Returns the default graph of the calling thread."""
    return contexts.default_graph()


def find(graph: Any, name: str) -> dict[str, Any]:
    """Returns the selection `{"kind", "id"}` for a name: a variable, operation, tensor, variable scope, name scope or collection.

    Raises:
      KeyError: nothing has that name.
    """
    record = record_of(graph)
    wanted = getattr(name, "name", name)
    if not isinstance(wanted, str):
        raise KeyError(f"Select by name, or give something that has one; {type(name).__name__} has none.")
    bare = wanted.removesuffix("/")
    for index, variable in enumerate(record.variables):
        if variable["name"] in (bare, bare.removesuffix(":0")):
            return {"kind": "variable", "id": index}
    ops = {each: index for index, each in enumerate(record.name)}
    if bare in ops:
        return {"kind": "op", "id": ops[bare]}
    op, colon, port = bare.rpartition(":")
    if colon and op in ops and port.isdigit() and int(port) < len(record.outputs[ops[op]]) // 2:
        return {"kind": "tensor", "id": f"{ops[op]}:{int(port)}"}
    for index, scope in enumerate(record.scopes):
        if scope["name"] == bare and bare:
            return {"kind": "scope", "id": index}
    if any(each.startswith(bare + "/") for each in record.name):
        return {"kind": "namescope", "id": bare}
    for index, collection in enumerate(record.collections):
        if bare in (collection["key"], collection["constant"]):
            return {"kind": "collection", "id": index}
    near = difflib.get_close_matches(bare, [*ops, *(each["name"] for each in record.scopes)], 1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise KeyError(f"Nothing in this graph is called {wanted!r}.{hint}")


def operation_card(graph: Any, index: int) -> dict[str, Any]:
    """Returns the facts of one operation for its card: attributes as text, device, control inputs.

    Raises:
      IndexError: there is no such operation.
    """
    op = graph._ops[index]
    return {
        "attributes": [[name, _attribute(value)] for name, value in sorted(op._attrs.items())],
        "device": op._device,
        "control": [each._name for each in op._control_inputs],
    }


def _attribute(value: Any) -> str:
    if isinstance(value, DType):
        return value.name
    if isinstance(value, bytes):
        return one_line(value.decode("utf-8", "backslashreplace"), _MOST_TEXT)
    if isinstance(value, np.ndarray):
        text = np.array2string(value, threshold=32, edgeitems=3, separator=", ")
        return one_line(f"{value.dtype.name} [{','.join(map(str, value.shape))}]: {text}", _MOST_TEXT)
    if (
        isinstance(value, tuple)
        and all(item is None or isinstance(item, int) for item in value)
        and not isinstance(value, str)
    ):
        return dims_text(value)
    if isinstance(value, (list, tuple)):
        return one_line("[" + ", ".join(_attribute(item) for item in value) + "]", _MOST_TEXT)
    return digest(value, _MOST_TEXT)


def facts(thing: Any) -> list[tuple[str, str]]:
    """Returns what a small card says about a tensor, variable or operation: pairs of a word and a text, the name first."""
    kind = type(thing).__name__
    op = getattr(thing, "op", thing)
    site = getattr(op, "_site", None)
    made = [("made in", f"{site.describe()}   {site.text}".rstrip())] if site is not None else []
    name = str(getattr(thing, "name", thing))
    if hasattr(thing, "_outputs"):
        found = [("operation", f"{name}  {op.type}")]
        found += [("reads", ", ".join(tensor.name for tensor in op.inputs))] if op.inputs else []
        found += [("after", ", ".join(each.name for each in op.control_inputs))] if op.control_inputs else []
        found += [("gives", ", ".join(_tensor_words(tensor) for tensor in op.outputs))] if op.outputs else []
        return [*found, *made]
    dims = getattr(thing.shape, "_dims", None)
    found = [(kind.lower(), f"{name}  {thing.dtype.base_dtype.name} {dims_text(dims)}")]
    if hasattr(thing, "value_index"):
        readers = thing.consumers()
        found.append(("made by", f"{op.name} ({op.type})"))
        found += (
            [("read by", ", ".join(each.name for each in readers[:6]) + (" ..." if len(readers) > 6 else ""))]
            if readers
            else []
        )
        return [*found, *made]
    record = getattr(thing, "_record", None)
    found.append(("trainable", "yes" if getattr(thing, "trainable", False) else "no"))
    if record is not None:
        found.append(("starts as", record.starts_as))
        if len(record.requests) > 1:
            found.append(("asked for", f"{len(record.requests)} times"))
    return [*found, *made]


def _tensor_words(tensor: Any) -> str:
    return f"{tensor.name} {tensor.dtype.name} {dims_text(tensor._dims)}"
