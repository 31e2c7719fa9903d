"""`tf.variable_scope`: opens a variable scope together with a name scope."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from ..framework import deprecation
from ..framework.op_scope import graph_of_values
from .entering import PureScope
from .scope import AUTO_REUSE, VariableScope, unique_scope_name

__all__ = ["variable_op_scope", "variable_scope"]


class variable_scope:
    """A scope for making and sharing variables.

    Inside `with tf.variable_scope("layer"):` the names of variables from `get_variable` begin with `layer/`, and so do, after being
    made unique, the names of operations. A scope that was captured (`as scope`) can be entered again.

    Args:
      name_or_scope: the name, which extends the current scope, or a captured `VariableScope`, to which this jumps.
      default_name: used, and made unique, when `name_or_scope` is None.
      values: tensors that must belong to one graph, which becomes the default.
      initializer, regularizer, caching_device, partitioner, custom_getter, dtype, use_resource: defaults for `get_variable`;
        those that are not given are inherited.
      constraint: default constraint; not inherited.
      reuse: True: variables are found, not made, here and in all scopes inside. AUTO_REUSE: found, or made when missing.
        None (and False, which is the same): as in the scope around.
      auxiliary_name_scope: False opens no new name scope.

    Raises:
      TypeError: neither a name nor a default name is given, or an argument has the wrong type.
      ValueError: another `reuse`, or `reuse` without a name.

    Example:
      >>> with tf.variable_scope("layer"):
      ...     w = tf.get_variable("w", [3, 4])
      >>> with tf.variable_scope("layer", reuse=True):
      ...     assert tf.get_variable("w", [3, 4]) is w
    """

    def __init__(
        self,
        name_or_scope: Any,
        default_name: str | None = None,
        values: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        reuse: Any = None,
        dtype: Any = None,
        use_resource: bool | None = None,
        constraint: Any = None,
        auxiliary_name_scope: bool = True,
    ) -> None:
        if default_name is None and name_or_scope is None:
            raise TypeError(
                "If default_name is None then name_or_scope is required\nGive a name: tf.variable_scope('layer')."
            )
        self._name_or_scope = name_or_scope
        self._default_name = default_name
        self._given = {
            "initializer": initializer,
            "regularizer": regularizer,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "custom_getter": custom_getter,
            "dtype": dtype,
            "use_resource": use_resource,
            "constraint": constraint,
        }
        self._reuse_given = reuse
        self._reuse = None if reuse is False else reuse
        if not (self._reuse is True or self._reuse is None or self._reuse is AUTO_REUSE):
            raise ValueError(
                f"The reuse parameter must be True or False or None.\nGot {reuse!r}; tf.AUTO_REUSE is the fourth choice."
            )
        self._graph = graph_of_values([] if values is None else values)
        if not isinstance(auxiliary_name_scope, bool):
            raise TypeError(f"The auxiliary_name_scope must be `True` or `False`, while get {auxiliary_name_scope}")
        self._auxiliary_name_scope = auxiliary_name_scope
        self._pure: PureScope | None = None
        self._name_to_open: Any = None
        self._open: list[tuple[Any, Any]] = []

    def __enter__(self) -> VariableScope:
        graph_context = self._graph.as_default()
        graph_context.__enter__()
        name_context = None
        try:
            if self._pure is None:
                name_context, scope = self._first_time()
            else:
                if self._name_to_open is not None:
                    name_context = self._graph.name_scope(self._name_to_open)
                    name_context.__enter__()
                scope = self._pure.__enter__()
        except BaseException:
            problem = sys.exc_info()
            if name_context is not None:
                name_context.__exit__(*problem)
            graph_context.__exit__(*problem)
            raise
        self._open.append((graph_context, name_context))
        return scope

    def _first_time(self) -> tuple[Any, VariableScope]:
        """Enters; returns the name scope that was opened (or None) and the variable scope."""
        given = self._name_or_scope
        if given is not None and not isinstance(given, (VariableScope, str)):
            raise TypeError(
                f"VariableScope: name_or_scope must be a string or VariableScope.\nGot {given!r} of type {type(given).__name__}."
            )
        if given is None and self._reuse:
            raise ValueError(
                "reuse=True cannot be used without a name_or_scope\nA default name is made unique, so there is nothing to "
                "reuse. Give a name."
            )
        if given is None:
            wanted: Any = self._default_name
        else:
            wanted = given if isinstance(given, str) else given.name.split("/")[-1]
        current = self._graph.get_name_scope()
        if not self._auxiliary_name_scope:
            wanted = current + "/" if current else ""
        elif not wanted and given is not None:
            # The root scope: it has no name scope to open.
            pure = PureScope(given, self._given, self._reuse, None, self._asked(given, []))
            scope = pure.__enter__()
            self._pure = pure
            return None, scope
        name_context = self._graph.name_scope(wanted)
        opened = name_context.__enter__()
        try:
            notes = _name_notes(wanted, current, opened) if self._auxiliary_name_scope else []
            if given is None:
                unique = unique_scope_name(self._default_name)  # type: ignore[arg-type]
                if unique != self._default_name:
                    notes.insert(
                        0, f"{self._default_name} was used here before, so the name was made unique: {unique}."
                    )
                pure = PureScope(unique, self._given, None, opened, self._asked(unique, notes))
            else:
                old = opened if isinstance(given, str) else given.original_name_scope
                pure = PureScope(given, self._given, self._reuse, old, self._asked(given, notes))
            scope = pure.__enter__()
        except BaseException:
            name_context.__exit__(*sys.exc_info())
            raise
        self._pure = pure
        self._name_to_open = wanted
        return name_context, scope

    def _asked(self, given: Any, notes: list[str]) -> tuple[str, Any, list[str]]:
        return (given if isinstance(given, str) else "captured scope"), self._reuse_given, notes

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        graph_context, name_context = self._open.pop()
        assert self._pure is not None
        try:
            self._pure.__exit__(kind, value, traceback)
        finally:
            try:
                if name_context is not None:
                    name_context.__exit__(None, None, None)
            finally:
                graph_context.__exit__(None, None, None)


def _name_notes(wanted: str, current: str, opened: str) -> list[str]:
    """Returns a note when the name scope had to take another name than the variable scope."""
    expected = f"{current}/{wanted}/" if current else f"{wanted}/"
    if opened == expected or wanted.endswith("/"):
        return []
    return [f"The name scope {expected} was open before: operations get {opened}, variables keep their name."]


@contextlib.contextmanager
def variable_op_scope(
    values: Any,
    name_or_scope: Any,
    default_name: str | None = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: bool | None = None,
    constraint: Any = None,
) -> Iterator[VariableScope]:
    """The old form of `variable_scope`, in which `values` come first."""
    deprecation.renamed(
        "tf.variable_op_scope(values, name, default_name)", "tf.variable_scope(name, default_name, values)"
    )
    with variable_scope(
        name_or_scope,
        default_name=default_name,
        values=values,
        initializer=initializer,
        regularizer=regularizer,
        caching_device=caching_device,
        partitioner=partitioner,
        custom_getter=custom_getter,
        reuse=reuse,
        dtype=dtype,
        use_resource=use_resource,
        constraint=constraint,
    ) as scope:
        yield scope
