"""The signature language of operation types.

A signature is one line, the arguments with their types, then the attributes::

    "ConcatV2(values: N * T, axis: Tidx) -> (output: T)"
    ["N: int >= 2", "T: type", "Tidx: {int32, int64} = int32"]

A type is an element type (`float`), a type attribute (`T`), a repeated one (`N * T`), a list attribute of types (`Tlist`), or
`Ref(...)` of these: an argument that must be a variable which the operation writes. Attribute kinds are `type`, `int`, `float`,
`bool`, `string`, `shape`, `tensor`, `func`, `list(...)` of these, a set of types in braces, or a set of quoted strings.
"""

from __future__ import annotations

import ast
import functools
import re
from typing import Any, NamedTuple

from . import dtypes
from .shapes import dims_of

_SIGNATURE = re.compile(r"^(?P<name>\w+)\((?P<inputs>.*)\)\s*->\s*\((?P<outputs>.*)\)$")
_NUMERIC = (
    "bfloat16, half, float, double, int8, int16, int32, int64, uint8, uint16, uint32, uint64, complex64, complex128"
)
_TYPE_SETS = {
    "numbers": _NUMERIC + ", qint8, quint8, qint32",
    "reals": "bfloat16, half, float, double, int8, int16, int32, int64, uint8, uint16, uint32, uint64",
    "floats": "bfloat16, half, float, double",
}


class ArgSpec(NamedTuple):
    """One input or output of an operation type. Exactly one of `dtype`, `type_attr` and `list_attr` is set."""

    name: str
    dtype: dtypes.DType | None = None
    type_attr: str | None = None
    list_attr: str | None = None
    number_attr: str | None = None
    is_ref: bool = False


class AttrSpec(NamedTuple):
    """One attribute: its kind, whether it is a list, its default (`required` when it has none) and what it allows."""

    name: str
    kind: str
    is_list: bool = False
    required: bool = True
    default: Any = None
    allowed: tuple[Any, ...] | None = None
    minimum: int | None = None


class OpSpec:
    """The signature of an operation type."""

    def __init__(
        self,
        name: str,
        inputs: tuple[ArgSpec, ...],
        outputs: tuple[ArgSpec, ...],
        attrs: tuple[AttrSpec, ...],
        stateful: bool = False,
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.outputs = outputs
        self.attrs = attrs
        self.stateful = stateful

    @functools.cached_property
    def attr_by_name(self) -> dict[str, AttrSpec]:
        return {attr.name: attr for attr in self.attrs}


def _matched(signature: str) -> re.Match[str]:
    match = _SIGNATURE.match(" ".join(signature.split()))
    if match is None:
        raise ValueError(f"Not a signature: {signature!r}. Write it as 'Name(a: T, b: T) -> (c: T)'.")
    return match


def name_of(signature: str) -> str:
    """Returns the operation type of a signature. Raises ValueError when it has not the form of one."""
    return _matched(signature)["name"]


def input_names(signature: str) -> list[str]:
    """Returns the names of the inputs of a signature."""
    return [text.partition(":")[0].strip() for text in _split(_matched(signature)["inputs"])]


def parse(signature: str, attrs: list[str] | tuple[str, ...] = (), stateful: bool = False) -> OpSpec:
    """Reads a signature. Raises ValueError when it is not well formed."""
    match = _matched(signature)
    attr_specs = tuple(_parse_attr(text) for text in attrs)
    lists = {attr.name for attr in attr_specs if attr.is_list and attr.kind == "type"}
    types = {attr.name for attr in attr_specs if attr.kind == "type"} - lists
    return OpSpec(
        match["name"],
        tuple(_parse_arg(text, types, lists) for text in _split(match["inputs"])),
        tuple(_parse_arg(text, types, lists) for text in _split(match["outputs"])),
        attr_specs,
        stateful,
    )


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _parse_arg(text: str, types: set[str], lists: set[str]) -> ArgSpec:
    name, _, kind = (part.strip() for part in text.partition(":"))
    is_ref = kind.startswith("Ref(") and kind.endswith(")")
    if is_ref:
        kind = kind[4:-1].strip()
    number = None
    if "*" in kind:
        number, kind = (part.strip() for part in kind.split("*"))
    if kind in lists:
        return ArgSpec(name, list_attr=kind, is_ref=is_ref)
    if kind in types:
        return ArgSpec(name, type_attr=kind, number_attr=number, is_ref=is_ref)
    return ArgSpec(name, dtype=dtypes.as_dtype(kind), number_attr=number, is_ref=is_ref)


def _parse_attr(text: str) -> AttrSpec:
    name, _, rest = (part.strip() for part in text.partition(":"))
    rest, equals, default_text = (part.strip() for part in rest.partition(" = "))
    minimum = None
    if ">=" in rest:
        rest, _, least = (part.strip() for part in rest.partition(">="))
        minimum = int(least)
    is_list = rest.startswith("list(") and rest.endswith(")")
    kind = rest[5:-1].strip() if is_list else rest
    kind, allowed = _parse_kind(kind)
    required = not equals
    default = None if required else parse_default(kind, is_list, default_text)
    return AttrSpec(name, kind, is_list, required, default, allowed, minimum)


def _parse_kind(kind: str) -> tuple[str, tuple[Any, ...] | None]:
    if kind in _TYPE_SETS:
        kind = "{" + _TYPE_SETS[kind] + "}"
    if not kind.startswith("{"):
        return kind, None
    items = _split(kind[1:-1])
    if items[0][0] in "'\"":
        return "string", tuple(ast.literal_eval(item) for item in items)
    return "type", tuple(dtypes.as_dtype(item) for item in items)


def parse_default(kind: str, is_list: bool, text: str) -> Any:
    """Returns the value that a default stands for."""
    if is_list:
        inner = text.strip()[1:-1]
        return [parse_default(kind, False, item) for item in _split(inner)]
    if kind == "type":
        return dtypes.as_dtype(text)
    if kind == "bool":
        return text == "true"
    if kind == "shape":
        return None if text == "?" else dims_of(ast.literal_eval(text))
    return ast.literal_eval(text)
