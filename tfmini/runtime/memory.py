"""Two settings of the process that make runs quicker: memory that is kept, and no collection while plans are made."""

from __future__ import annotations

import ctypes
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT = 1 << 30

_done = False


def keep_memory() -> None:
    """Tells the allocator of the GNU C library, once, to keep large blocks that are given back.

    By default it gives blocks above some 128 KB back to the system, and each new array of that size has its pages mapped and
    zeroed again, which takes longer than filling it. Elsewhere nothing is done, nor when the environment variable
    `MALLOC_MMAP_THRESHOLD_` or `MALLOC_TRIM_THRESHOLD_` says that somebody has decided otherwise.
    """
    global _done
    if _done:
        return
    _done = True
    if "MALLOC_MMAP_THRESHOLD_" in os.environ or "MALLOC_TRIM_THRESHOLD_" in os.environ:
        return
    try:
        library = ctypes.CDLL(None)
        library.gnu_get_libc_version  # noqa: B018  (the other C libraries do not have it)
        set_option = library.mallopt
    except (AttributeError, OSError, TypeError):
        return
    set_option.argtypes = (ctypes.c_int, ctypes.c_int)
    set_option.restype = ctypes.c_int
    set_option(_M_MMAP_THRESHOLD, _KEPT)
    set_option(_M_TRIM_THRESHOLD, _KEPT)


@contextmanager
def collection_paused() -> Iterator[None]:
    """Inside, cyclic garbage is not looked for: making a plan makes many objects and no garbage."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
