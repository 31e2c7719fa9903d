"""Notes about names that TensorFlow has renamed: logged once for each line of a program, never raised."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from . import logging, provenance

_told: set[tuple[Any, int, str]] = set()


def renamed(old: str, new: str) -> None:
    """Logs that `old` is called `new` now, once for each line that uses it."""
    site = provenance.here()
    key = (None if site is None else site.code, 0 if site is None else site.line, old)
    if key not in _told:
        _told.add(key)
        where = "" if site is None else f"{site.describe()}: "
        logging.logger().warning("%s%s is deprecated, use %s", where, old, new)


def alias(old: str, new: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """Returns `function` under its old name."""

    @functools.wraps(function)
    def under_old_name(*args: Any, **kwargs: Any) -> Any:
        renamed(f"tf.{old}", f"tf.{new}")
        return function(*args, **kwargs)

    under_old_name.__name__ = under_old_name.__qualname__ = old
    under_old_name.__doc__ = f"The old name of `{new}`.\n\n{function.__doc__}"
    return under_old_name
