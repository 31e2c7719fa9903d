"""Stopping a run from outside: its session was closed, or its time is over.

Drivers ask `check(state)` between steps where that costs little: once a turn or every few turns of a loop, and after every step
of a run that has a deadline. What was written before stays written.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from ..errors import CancelledError, DeadlineExceededError, KernelError
from .state import SessionState


class _Deadline(threading.local):
    moment: float | None = None


_deadline = _Deadline()


@contextlib.contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Gives the runs of this thread inside the block `seconds` from now; 0 or less means no limit."""
    before = _deadline.moment
    if seconds > 0:
        _deadline.moment = time.monotonic() + seconds
    try:
        yield
    finally:
        _deadline.moment = before


def watching() -> bool:
    """Whether runs of this thread have a deadline."""
    return _deadline.moment is not None


def cancel(state: SessionState) -> None:
    """Makes every run over `state` stop at its next check."""
    state.cancelled = True


def check(state: SessionState) -> None:
    """Does nothing while the run may go on.

    Raises:
      KernelError: of DeadlineExceededError when the time is over, of CancelledError when the session was closed.
    """
    if state.cancelled:
        raise KernelError(CancelledError, "Run call was cancelled")
    moment = _deadline.moment
    if moment is not None and time.monotonic() > moment:
        raise KernelError(DeadlineExceededError, "Timed out waiting for notification")
