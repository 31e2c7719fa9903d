"""Which way a plan runs: interpreted, recorded, or by a generated program.

The first run with feeds of some shapes is interpreted, the second is interpreted and recorded, and from the third on the program
that was generated from the record runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .generated import Generated


class Tiers:
    """The generated programs of a plan in one session, by the shapes of the feeds.

    Attributes:
      latest: the one that ran last, or None.
    """

    __slots__ = ("_count", "_made", "_seen", "latest")

    MOST = 12
    """So many programs are made for one plan; other shapes are interpreted."""

    def __init__(self) -> None:
        self.latest: Generated | None = None
        self._made: dict[Any, Generated] = {}
        self._seen: dict[Any, int] = {}
        self._count = 0

    def find(self, fed: list[Any]) -> Generated | None:
        """Returns the program for these feeds, or None."""
        return self._made.get(signature(fed))

    def wants_recording(self, fed: list[Any]) -> bool:
        """Counts a run of the interpreter; says whether it should be recorded."""
        key = signature(fed)
        count = self._seen.get(key, 0)
        if len(self._seen) < 1000:
            self._seen[key] = count + 1
        return count >= 1 and self._count < self.MOST

    def keep(self, fed: list[Any], program: Generated) -> None:
        """Keeps a program for feeds like these."""
        self._made[signature(fed)] = self.latest = program
        self._count += 1

    def drop(self, program: Generated) -> None:
        """Forgets a program that met too much that it was not made for."""
        for key, each in list(self._made.items()):
            if each is program:
                del self._made[key]
                self._seen[key] = 1
        if self.latest is program:
            self.latest = None


def signature(fed: list[Any]) -> Any:
    """Returns what generated programs tell feeds apart by."""
    return tuple([getattr(value, "shape", None) for value in fed])
