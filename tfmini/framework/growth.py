"""Adding many operations in one call: nothing of it becomes garbage, so nobody has to look for garbage meanwhile."""

from __future__ import annotations

import gc


class growing:
    """Lets Python's search for cycles of garbage rest inside `with`, if it was on.

    A graph is all cycles (operations know their tensors, tensors their operations), and each full search follows all of it: for a
    gradient of 100,000 operations that took as long as adding them.
    """

    __slots__ = ("_was_on",)

    def __enter__(self) -> None:
        self._was_on = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self._was_on:
            gc.enable()
