"""`tf.logging`: TensorFlow's logging functions on Python's `logging`."""

from __future__ import annotations

import logging as _python_logging
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

DEBUG = _python_logging.DEBUG
INFO = _python_logging.INFO
WARN = _python_logging.WARNING
ERROR = _python_logging.ERROR
FATAL = _python_logging.CRITICAL

_logger = _python_logging.getLogger("tfmini")
_counts: dict[Any, int] = {}


def log(level: int, msg: Any, *args: Any) -> None:
    """Logs `msg % args` at `level`."""
    _logger.log(level, msg, *args)


def debug(msg: Any, *args: Any) -> None:
    """Logs a message for the search of errors."""
    _logger.debug(msg, *args)


def info(msg: Any, *args: Any) -> None:
    """Logs a message about what goes on."""
    _logger.info(msg, *args)


def warn(msg: Any, *args: Any) -> None:
    """Logs a warning."""
    _logger.warning(msg, *args)


warning = warn


def error(msg: Any, *args: Any) -> None:
    """Logs an error."""
    _logger.error(msg, *args)


def fatal(msg: Any, *args: Any) -> None:
    """Logs an error after which the program cannot go on; it does not end it."""
    _logger.critical(msg, *args)


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
    _logger.setLevel(v)


def get_verbosity() -> int:
    """Returns the least level that is logged."""
    return _logger.getEffectiveLevel()
