"""`tf.logging`: TensorFlow's logging functions on Python's `logging`."""

from __future__ import annotations

from typing import Any

__all__ = [
    "DEBUG",
    "ERROR",
    "FATAL",
    "INFO",
    "WARN",
    "debug",
    "error",
    "fatal",
    "get_verbosity",
    "info",
    "log",
    "log_every_n",
    "log_first_n",
    "set_verbosity",
    "warn",
    "warning",
]

# The levels of Python's `logging`, which is imported when something is logged.
DEBUG = 10
INFO = 20
WARN = 30
ERROR = 40
FATAL = 50

_counts: dict[Any, int] = {}


def logger() -> Any:
    """Returns the logger of tfmini."""
    import logging

    return logging.getLogger("tfmini")


def log(level: int, msg: Any, *args: Any) -> None:
    """Logs `msg % args` at `level`."""
    logger().log(level, msg, *args)


def debug(msg: Any, *args: Any) -> None:
    """Logs a message for the search of errors."""
    logger().debug(msg, *args)


def info(msg: Any, *args: Any) -> None:
    """Logs a message about what goes on."""
    logger().info(msg, *args)


def warn(msg: Any, *args: Any) -> None:
    """Logs a warning."""
    logger().warning(msg, *args)


warning = warn


def error(msg: Any, *args: Any) -> None:
    """Logs an error."""
    logger().error(msg, *args)


def fatal(msg: Any, *args: Any) -> None:
    """Logs an error after which the program cannot go on; it does not end it."""
    logger().critical(msg, *args)


def log_first_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs a message the first `n` times that it is given."""
    _counts[msg] = _counts.get(msg, 0) + 1
    if _counts[msg] <= n:
        log(level, msg, *args)


def log_every_n(level: int, msg: Any, n: int, *args: Any) -> None:
    """Logs a message the first of every `n` times that it is given."""
    count = _counts.get(msg, 0)
    _counts[msg] = count + 1
    if count % n == 0:
        log(level, msg, *args)


def set_verbosity(v: int) -> None:
    """Sets the least level that is logged."""
    logger().setLevel(v)


def get_verbosity() -> int:
    """Returns the least level that is logged."""
    return logger().getEffectiveLevel()
