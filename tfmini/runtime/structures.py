"""Nested fetches as small generated functions: one puts values into the structure, one knows the structure again.

Walking lists and dictionaries by recursion costs several microseconds a run; a program meets the same structure every time. So each
structure is walked once, and written down as an expression of Python over numbered constants::

    build   = lambda v: {K0: [v[0], v[1]], K1: (v[2], None)}
    matches = lambda s0: type(s0) is T0 and [*s0] == K2 and type(s1 := s0[K0]) is T1 and ... s1[0] is L0 ...
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_MOST_PARTS = 400


class Builder:
    """Writes the function from the list of fetched values to the structure."""

    def __init__(self) -> None:
        self._constants: dict[str, Any] = {}

    def constant(self, value: Any) -> str:
        """Returns the name of a constant with this value."""
        name = f"K{len(self._constants)}"
        self._constants[name] = value
        return name

    def sequence(self, like: Any, parts: list[str]) -> str:
        """Returns the expression for a list, tuple or named tuple of the type of `like`."""
        listed = ", ".join(parts)
        if type(like) is list:
            return f"[{listed}]"
        if type(like) is tuple:
            return f"({listed},)" if parts else "()"
        if hasattr(like, "_fields"):
            return f"{self.constant(type(like))}({listed})"
        return f"{self.constant(type(like))}([{listed}])"

    def mapping(self, like: Any, parts: list[str]) -> str:
        """Returns the expression for a mapping with the keys and the type of `like`."""
        if type(like) is dict:
            return "{" + ", ".join(f"{self.constant(key)}: {part}" for key, part in zip(like, parts, strict=True)) + "}"
        return f"{self.constant(_filler(type(like), list(like)))}([{', '.join(parts)}])"

    def function(self, expression: str) -> Callable[[list[Any]], Any]:
        """Returns the function of the list of values."""
        return eval(f"lambda v: {expression}", self._constants)


def _filler(kind: type, keys: list[Any]) -> Callable[[list[Any]], Any]:
    def fill(values: list[Any]) -> Any:
        result: Any = kind()
        for key, value in zip(keys, values, strict=True):
            result[key] = value
        return result

    return fill


def matcher(structure: Any) -> Callable[[Any], bool] | None:
    """Returns a function that says whether another structure has the same types, keys and leaves; None for a very large one."""
    constants: dict[str, Any] = {}
    tests: list[str] = []
    containers = 0

    def constant(value: Any) -> str:
        name = f"K{len(constants)}"
        constants[name] = value
        return name

    todo: list[tuple[str, Any]] = [("s0", structure)]
    while todo:
        place, value = todo.pop()
        if len(tests) > _MOST_PARTS:
            return None
        if isinstance(value, (list, tuple, Mapping)):
            name = "s0" if place == "s0" else f"s{(containers := containers + 1)}"
            held = place if place == name else f"({name} := {place})"
            tests.append(f"type({held}) is {constant(type(value))}")
            if isinstance(value, Mapping):
                keys = list(value)
                tests.append(f"[*{name}] == {constant(keys)}")
                todo.extend((f"{name}[{constant(key)}]", value[key]) for key in reversed(keys))
            else:
                tests.append(f"len({name}) == {len(value)}")
                todo.extend((f"{name}[{index}]", value[index]) for index in reversed(range(len(value))))
        elif isinstance(value, (str, bytes)):
            tests.append(f"{place} == {constant(value)}")
        else:
            tests.append(f"{place} is {constant(value)}")
    return eval(f"lambda s0: {' and '.join(tests)}", constants)
