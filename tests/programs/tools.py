"""What programs are written with: the decorator that registers them, and wrappers for their results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

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
    except Exception as error:
        return Failure(error)


def run(tf: Any, fetches: Any, feed_dict: Any = None, init: bool = False) -> Any:
    """Returns `fetches` computed in a new session, or a `Failure`; with `init` the variables get their initial values first."""
    initializer = tf.global_variables_initializer() if init else None
    with tf.Session() as session:
        if initializer is not None:
            session.run(initializer)
        return attempt(session.run, fetches, feed_dict)


def case(
    group: str,
    name: str,
    build: Callable[..., Any],
    *inputs: Any,
    wrong: Any = (),
    gradient: bool = True,
    ranks: bool = True,
) -> None:
    """Registers a program for one operation: on constants and on fed placeholders, with gradients, then wrong calls.

    Args:
      group: the module of programs, `__name__`.
      name: the name of the program.
      build: `f(tf, *tensors)`, gives a tensor or a list of tensors.
      inputs: arrays, the values of the tensors.
      wrong: functions of `tf` that raise.
      gradient: whether to differentiate the results with respect to the float inputs.
      ranks: whether to build it on tensors of unknown rank too.
    """
    arrays = [np.asarray(each) for each in inputs]

    def differentiated(tf: Any, made: Any, tensors: list[Any]) -> Any:
        floats = [each for each in tensors if each.dtype.is_floating or each.dtype.is_complex]
        ys = [each for each in (made if isinstance(made, (list, tuple)) else [made]) if each.dtype.is_floating]
        return attempt(tf.gradients, ys, floats) if gradient and floats and ys else []

    def both(tf: Any) -> Any:
        constants = [tf.constant(each, name=f"in{i}") for i, each in enumerate(arrays)]
        made = build(tf, *constants)
        found = {"made": made, "gradients": differentiated(tf, made, constants)}
        fetched = [made, [each for each in _items(found["gradients"]) if each is not None]]
        found["values"] = run(tf, fetched)
        if arrays:
            fed = [
                tf.placeholder(each.dtype, [None] * each.ndim, name=f"fed{i}")
                if each.dtype.kind not in "SU"
                else constants[i]
                for i, each in enumerate(arrays)
            ]
            again = attempt(build, tf, *fed)
            found["fed"] = again
            if not isinstance(again, Failure):
                slopes = differentiated(tf, again, fed)
                found["fed gradients"] = slopes
                feeds = {key: value for key, value in zip(fed, arrays, strict=True) if key.op.type == "Placeholder"}
                fetched = [again, [each for each in _items(slopes) if each is not None]]
                found["fed values"] = run(tf, fetched, feeds)
            if ranks:
                unknown = [
                    tf.placeholder(each.dtype, name=f"any{i}") if each.dtype.kind not in "SU" else constants[i]
                    for i, each in enumerate(arrays)
                ]
                found["unknown"] = attempt(build, tf, *unknown)
        found["wrong"] = [attempt(each, tf) for each in wrong]
        return found

    register(group, name, both)


def _items(value: Any) -> list[Any]:
    return [] if isinstance(value, Failure) else list(value)
