"""The value of a tensor on a branch that was not taken: what Switch gives on one side and Merge never takes."""

from __future__ import annotations


class Dead:
    """The only instance is `DEAD`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<dead>"


DEAD = Dead()
