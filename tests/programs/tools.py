"""What programs are written with: the decorator that registers them, and wrappers for their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

PROGRAMS: dict[str, dict[str, Callable[[Any], Any]]] = {}
"""Module name -> program name -> function."""


class Exact(NamedTuple):
    """A result whose floats must be equal bit for bit, not only to rounding."""

    value: Any


class Failure(NamedTuple):
    """A result that is an error."""

    error: Exception


def register(group: str, name: str, function: Callable[[Any], Any]) -> None:
    """Adds one program to a group. Raises ValueError when the name is taken."""
    programs = PROGRAMS.setdefault(group.rpartition(".")[2], {})
    if name in programs:
        raise ValueError(f"The program {group}.{name} exists.")
    programs[name] = function


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Registers a function of `tf` under its own name, in the group of its module."""
    register(function.__module__, function.__name__, function)
    return function


def attempt(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Returns what the call returns, or the error that it raises as a `Failure`."""
    try:
        return function(*args, **kwargs)
    except Exception as error:  # noqa: BLE001 - every error is a result here
        return Failure(error)


def run(tf: Any, fetches: Any, feed_dict: Any = None, init: bool = False) -> Any:
    """Returns `fetches` computed in a new session, or a `Failure`; with `init` the variables get their initial values first."""
    initializer = tf.global_variables_initializer() if init else None
    with tf.Session() as session:
        if initializer is not None:
            session.run(initializer)
        return attempt(session.run, fetches, feed_dict)
