"""Names of operations and scopes: which are valid, and how a taken name is made unique."""

from __future__ import annotations

import re

VALID_OP_NAME = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")
VALID_SCOPE_NAME = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")


def name_from_scope_name(name: str) -> str:
    """Returns the name of an operation for a scope: without the slash at the end."""
    return name[:-1] if name.endswith("/") else name


class UniqueNames:
    """The names that a graph uses, compared without regard to case.

    Example:
      >>> names = UniqueNames()
      >>> names.unique("w"), names.unique("w"), names.unique("w")
      ('w', 'w_1', 'w_2')
    """

    __slots__ = ("_counts",)

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def unique(self, name: str, mark_as_used: bool = True) -> str:
        """Returns `name`, or `name_1`, `name_2`, ... when it is taken."""
        counts = self._counts
        key = name.lower()
        count = counts.get(key, 0)
        if mark_as_used:
            # A name that is all lower is kept once.
            counts[name if key == name else key] = count + 1
        if count == 0:
            return name
        base = key
        while key in counts:
            key = f"{base}_{count}"
            count += 1
        if mark_as_used:
            counts[key] = 1
        return f"{name}_{count - 1}"

    def mark(self, name: str) -> None:
        """Notes that `name` is taken, when an operation was given it whole."""
        key = name.lower()
        if key not in self._counts:
            self._counts[key] = 1

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._counts
