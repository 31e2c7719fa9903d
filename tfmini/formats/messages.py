"""Message classes, built from the schemas when they are first used, in a descriptor pool of their own.

The pool is private, so tfmini and TensorFlow can live in one process although their messages have the same names. A message of
an installed TensorFlow is taken over through its bytes::

    node = messages.adopt("NodeDef", tensorflow_node)
"""

from __future__ import annotations

import functools
from typing import Any

from . import schema, session_schema

MESSAGES = schema.MESSAGES | session_schema.MESSAGES
ENUMS = schema.ENUMS | session_schema.ENUMS

_SCALARS = {
    "double": 1,
    "float": 2,
    "int64": 3,
    "uint64": 4,
    "int32": 5,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "uint32": 13,
}
_MESSAGE, _ENUM = 11, 14
_OPTIONAL, _REPEATED = 1, 3


def message(name: str) -> Any:
    """Returns the class of a message by its name in `schema` or `session_schema`, for example `message("GraphDef")`.

    Raises:
      KeyError: there is no such message.
    """
    return _classes()[name]


def adopt(name: str, other: Any) -> Any:
    """Returns `other` as a message of this room: the same object, or a copy of another library's message through its bytes."""
    kind = message(name)
    return other if isinstance(other, kind) else kind.FromString(other.SerializeToString())


@functools.cache
def _classes() -> dict[str, Any]:
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="tfmini/graph.proto", package=schema.PACKAGE, syntax="proto3")
    declared: dict[str, Any] = {}
    for name in sorted(MESSAGES, key=lambda each: each.count(".")):
        outer, _, leaf = name.rpartition(".")
        holder = declared[outer].nested_type if outer else file.message_type
        declared[name] = holder.add(name=leaf)
    for name, values in ENUMS.items():
        outer, _, leaf = name.rpartition(".")
        enum = (declared[outer] if outer else file).enum_type.add(name=leaf)
        for label, number in values.items():
            enum.value.add(name=label, number=number)
    for name, fields in MESSAGES.items():
        for line in fields.strip().splitlines():
            _add_field(declared[name], name, line)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file) if not hasattr(pool, "AddSerializedFile") else pool.AddSerializedFile(file.SerializeToString())
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{schema.PACKAGE}.{name}"))
        for name in MESSAGES
    }


def _add_field(declared: Any, owner: str, line: str) -> None:
    line, _, oneof = (part.strip() for part in line.partition("|"))
    number, _, rest = line.partition(" ")
    kind, _, name = rest.rpartition(" ")
    field = declared.field.add(name=name, number=int(number), label=_OPTIONAL)
    if kind.startswith("map<"):
        key_kind, _, value_kind = kind[4:-1].partition(", ")
        entry = "".join(part.capitalize() for part in name.split("_")) + "Entry"
        nested = declared.nested_type.add(name=entry)
        nested.options.map_entry = True
        _set_kind(nested.field.add(name="key", number=1, label=_OPTIONAL), key_kind)
        _set_kind(nested.field.add(name="value", number=2, label=_OPTIONAL), value_kind)
        field.label = _REPEATED
        _set_kind(field, f"{owner}.{entry}")
        return
    if kind.startswith("repeated "):
        field.label = _REPEATED
        kind = kind.removeprefix("repeated ")
    _set_kind(field, kind)
    if oneof:
        names = [each.name for each in declared.oneof_decl]
        if oneof not in names:
            declared.oneof_decl.add(name=oneof)
            names.append(oneof)
        field.oneof_index = names.index(oneof)


def _set_kind(field: Any, kind: str) -> None:
    if kind in _SCALARS:
        field.type = _SCALARS[kind]
        return
    field.type = _ENUM if kind in ENUMS else _MESSAGE
    field.type_name = f".{schema.PACKAGE}.{kind}"


def __getattr__(name: str) -> Any:
    if name in MESSAGES:
        return message(name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
