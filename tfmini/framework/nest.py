"""Structures of lists, tuples, named tuples and mappings: their leaves in order, and putting leaves back.

The leaves of a mapping come in the order of its sorted keys, as in TensorFlow, so equal structures have equal flat forms.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from .tensor import Tensor

__all__ = ["assert_same_structure", "flatten", "is_nested", "map_structure", "pack_sequence_as"]


def is_nested(value: Any) -> bool:
    """Says whether `value` is a list, a tuple or a mapping."""
    return isinstance(value, (list, tuple, Mapping))


def _sorted_keys(mapping: Mapping[Any, Any]) -> list[Any]:
    try:
        return sorted(mapping)
    except TypeError as error:
        raise TypeError(f"{error}\nThe keys of a mapping must be of one kind that can be sorted.") from None


def parts_of(value: Any) -> list[Any]:
    """Returns the direct parts of a list, tuple or mapping."""
    return [value[key] for key in _sorted_keys(value)] if isinstance(value, Mapping) else list(value)


def flatten(structure: Any, expand_composites: bool = False) -> list[Any]:
    """Returns the leaves of a structure; a single value is its own only leaf. `expand_composites` changes nothing here."""
    leaves: list[Any] = []
    todo = [structure]
    while todo:
        value = todo.pop()
        if is_nested(value):
            todo.extend(reversed(parts_of(value)))
        else:
            leaves.append(value)
    return leaves


def rebuilt(like: Any, parts: list[Any]) -> Any:
    """Returns a list, tuple or mapping of the type of `like` with these direct parts."""
    if isinstance(like, Mapping):
        found = dict(zip(_sorted_keys(like), parts, strict=True))
        ordered = [(key, found[key]) for key in like]
        if isinstance(like, defaultdict):
            result: Any = defaultdict(like.default_factory)
            result.update(ordered)
            return result
        kind: Any = type(like)
        return kind(ordered) if kind in (dict, OrderedDict) else kind(dict(ordered))
    if hasattr(like, "_fields"):
        return type(like)(*parts)
    return type(like)(parts)


def pack_sequence_as(structure: Any, flat_sequence: Any, expand_composites: bool = False) -> Any:
    """Returns the leaves of `flat_sequence` in the form of `structure`. `expand_composites` changes nothing here.

    Raises:
      TypeError: `flat_sequence` is no list or tuple. ValueError: it has another number of leaves.
    """
    if not isinstance(flat_sequence, (list, tuple)):
        raise TypeError(f"Attempted to pack value:\n  {flat_sequence}\ninto a structure, but found incompatible type.")
    expected = len(flatten(structure))
    if expected != len(flat_sequence):
        raise ValueError(
            f"Could not pack sequence. Structure had {expected} atoms, but flat_sequence had {len(flat_sequence)} items.  "
            f"Structure: {structure}, flat_sequence: {flat_sequence}."
        )
    leaves = iter(flat_sequence)

    def pack(value: Any) -> Any:
        return rebuilt(value, [pack(each) for each in parts_of(value)]) if is_nested(value) else next(leaves)

    return pack(structure)


def map_structure(func: Callable[..., Any], *structure: Any, **kwargs: Any) -> Any:
    """Returns `func` of the leaves of equal structures, in the form of the first.

    Args:
      func: function of as many leaves as there are structures.
      *structure: equal structures.
      check_types: whether lists, tuples and mappings must be of one type.
      expand_composites: changes nothing here.

    Raises:
      TypeError: `func` cannot be called. ValueError: there is no structure, or another keyword argument. ValueError, TypeError: the structures
        differ, see `assert_same_structure`.
    """
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    check_types = kwargs.pop("check_types", True)
    kwargs.pop("expand_composites", False)
    if kwargs:
        raise ValueError(
            f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{'`, `'.join(kwargs)}`"
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, check_types)
    flat = [flatten(each) for each in structure]
    return pack_sequence_as(structure[0], [func(*leaves) for leaves in zip(*flat, strict=True)])


# ---- equal structures


def assert_same_structure(nest1: Any, nest2: Any, check_types: bool = True, expand_composites: bool = False) -> None:
    """Checks that two structures have the same nesting.

    Args:
      nest1, nest2: the structures.
      check_types: whether lists, tuples and mappings must be of one type.
      expand_composites: changes nothing here.

    Raises:
      ValueError: a part is nested in one alone, or the numbers or keys of the parts differ. TypeError: the types of lists, tuples
        or mappings differ.
    """
    first, second = nest1, nest2
    found = _difference(first, second, check_types)
    if found is not None:
        kind, text = found
        raise kind(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {_described(first)}\n\nSecond structure: {_described(second)}\n\nMore specifically: {text}\n"
            f"Entire first structure:\n{_outline(first)}\nEntire second structure:\n{_outline(second)}"
        )


def _difference(first: Any, second: Any, check_types: bool) -> tuple[type[Exception], str] | None:
    if is_nested(first) is not is_nested(second):
        nested, plain = (first, second) if is_nested(first) else (second, first)
        return (
            ValueError,
            f'Substructure "{_described(nested)}" is a sequence, while substructure "{_described(plain)}" is not',
        )
    if not is_nested(first):
        return None
    if check_types and not _same_kind(first, second):
        return TypeError, (
            f"The two namedtuples don't have the same sequence type. First structure {_described(first)} has type "
            f"{type(first).__name__}, while second structure {_described(second)} has type {type(second).__name__}"
        )
    if len(first) != len(second):
        return ValueError, (
            f"The two structures don't have the same number of elements. First structure: {_described(first)}. "
            f"Second structure: {_described(second)}"
        )
    if isinstance(first, Mapping) and isinstance(second, Mapping) and set(first) != set(second):
        return ValueError, (
            "The two dictionaries don't have the same set of keys. First structure has keys "
            f"{_described(list(first))}, while second structure has keys {_described(list(second))}"
        )
    for a, b in zip(parts_of(first), parts_of(second), strict=True):
        found = _difference(a, b, check_types)
        if found is not None:
            return found
    return None


def _same_kind(first: Any, second: Any) -> bool:
    if type(first) is type(second):
        return True
    if isinstance(first, Mapping) and isinstance(second, Mapping):
        return True
    if hasattr(first, "_fields") and hasattr(second, "_fields"):
        return type(first).__name__ == type(second).__name__ and first._fields == second._fields
    return False


def _described(value: Any) -> str:
    if isinstance(value, Tensor):
        return f"type=SymbolicTensor str={value}"
    return f"type={type(value).__name__} str={value}"


def _outline(value: Any) -> str:
    return str(map_structure(lambda _: _DOT, value))


class _Dot:
    def __repr__(self) -> str:
        return "."


_DOT = _Dot()
