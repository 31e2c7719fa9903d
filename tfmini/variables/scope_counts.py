"""How often each variable scope was opened, so that default names can be made unique.

Leaving a scope forgets what was counted inside it, and leaving a scope that was jumped into takes back what was counted since. Both
must not look at all scopes there are: a model of many layers opens and leaves one for each.
"""

from __future__ import annotations

from typing import Any


class _Place:
    """A name among the names of scopes: its count, and the places below it."""

    __slots__ = ("count", "inside", "taken")

    def __init__(self) -> None:
        self.count = 0
        self.inside: dict[str, _Place] = {}
        # for a name inside: up to which number `name_1`, `name_2`, ... are known to be taken
        self.taken: dict[str, int] = {}


class ScopeCounts:
    """A count for each name, kept as a tree of the parts between slashes.

    Example:
      >>> counts = ScopeCounts()
      >>> counts.open("a"), counts.open("a/b"), counts.get("a/b")
      (None, None, 1)
      >>> counts.close_inside("a")
      >>> counts.get("a"), counts.get("a/b")
      (1, 0)
    """

    __slots__ = ("_marks", "_root", "_undo")

    def __init__(self) -> None:
        self._root = _Place()
        self._undo: list[tuple[_Place, _Place | None, Any]] = []
        self._marks = 0

    def get(self, name: str) -> int:
        """Returns how often the scope `name` was opened."""
        place = self._at(name)
        return 0 if place is None else place.count

    def _at(self, name: str) -> _Place | None:
        place = self._root
        for part in name.split("/"):
            found = place.inside.get(part)
            if found is None:
                return None
            place = found
        return place

    def open(self, name: str) -> None:
        """Counts the scope `name` once more."""
        place = outer = self._root
        for part in name.split("/"):
            outer, found = place, place.inside.get(part)
            if found is None:
                found = place.inside[part] = _Place()
            place = found
        place.count += 1
        if self._marks:
            self._undo.append((place, outer, None))

    def close_inside(self, name: str) -> None:
        """Forgets the counts of the scopes inside `name`."""
        place = self._at(name)
        if place is None:
            return
        if self._marks:
            self._undo.append((place, None, (place.inside, place.taken)))
        place.inside, place.taken = {}, {}

    def first_free(self, name: str) -> int:
        """Returns the least number, from 1, for which `name_number` was not opened."""
        outer = self._root
        *parts, last = name.split("/")
        for part in parts:
            found = outer.inside.get(part)
            if found is None:
                return 1
            outer = found
        number = outer.taken.get(last, 1)
        while (place := outer.inside.get(f"{last}_{number}")) is not None and place.count:
            number += 1
        outer.taken[last] = number
        return number

    # ---- going back

    def mark(self) -> list[int]:
        """Returns a mark of the counts as they are, for `restore`."""
        self._marks += 1
        return [len(self._undo)]

    def restore(self, mark: list[int]) -> None:
        """Takes back what happened since `mark`. The second time that a mark is restored nothing happens."""
        if not mark:
            return
        position = mark.pop()
        while len(self._undo) > position:
            place, outer, before = self._undo.pop()
            if before is None:
                place.count -= 1
                if outer is not None:
                    outer.taken.clear()
            else:
                place.inside, place.taken = before
        self._marks -= 1
        if not self._marks:
            self._undo.clear()
