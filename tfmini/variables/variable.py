"""`tf.Variable`: the class that programs name, and what both kinds of variable share.

`tf.Variable(...)` makes a `RefVariable`, or a `ResourceVariable` where that is asked for; both are `tf.Variable` for
`isinstance`. Functions given to `variable_creator_scope` stand between the call and the variable.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..framework import contexts, deprecation
from ..framework.shapes import TensorShape
from ..framework.slots import slots
from ..framework.tensor import Tensor
from . import modes, slices

__all__ = [
    "Variable",
    "disable_resource_variables",
    "enable_resource_variables",
    "resource_variables_enabled",
    "variable_creator_scope",
]

_resource_by_default = False


def enable_resource_variables() -> None:
    """Makes variables of the resource kind where a program does not say which kind."""
    global _resource_by_default
    _resource_by_default = True


def disable_resource_variables() -> None:
    """Makes variables of the reference kind where a program does not say which kind; this is the default."""
    global _resource_by_default
    _resource_by_default = False


def resource_variables_enabled() -> bool:
    """Says whether variables are of the resource kind where a program does not say."""
    return _resource_by_default


# ---- creators


def _creators(graph: Any) -> tuple[Callable[..., Any], ...]:
    return getattr(graph._thread, "variable_creators", ())


@contextlib.contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Lets `variable_creator(next_creator, **arguments)` make the variables that are asked for inside.

    It may change the arguments, call `next_creator(**arguments)`, or return another variable. The innermost scope is asked first.
    """
    state = contexts.default_graph()._thread
    before = getattr(state, "variable_creators", ())
    state.variable_creators = (*before, variable_creator)
    try:
        yield
    finally:
        state.variable_creators = before


def _wrapped(creator: Callable[..., Any], following: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **arguments: creator(following, **arguments)


def create_variable(**arguments: Any) -> Any:
    """Makes a variable from the arguments of `tf.Variable`, through the creators of the scopes around."""
    creators = _creators(contexts.default_graph())
    if not creators:
        return _default_creator(**arguments)
    create: Callable[..., Any] = _default_creator
    for each in creators:
        create = _wrapped(each, create)
    return create(**arguments)


def _default_creator(**arguments: Any) -> Any:
    from .scope import get_variable_scope

    use_resource = arguments.pop("use_resource", None)
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    if use_resource is None:
        use_resource = _resource_by_default
    if use_resource:
        from .resource import ResourceVariable

        return ResourceVariable(**arguments)
    from .ref import RefVariable

    return RefVariable(**arguments)


class _VariableMeta(type):
    """Makes `tf.Variable(...)` choose the kind."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is Variable:
            return cls._choose(*args, **kwargs)
        return super().__call__(*args, **kwargs)


class Variable(metaclass=_VariableMeta):
    """State that lives in a session between runs.

    `tf.Variable(initial_value)` adds an operation that holds the value, one that assigns the initial value (`initializer`), and one
    that reads it. A variable can be used wherever a tensor can. Before its value is used in a session, run its initializer, or
    `tf.global_variables_initializer()` for all.

    Args:
      initial_value: a tensor or anything that can become one, or a function without arguments that returns it.
      trainable: add it to `TRAINABLE_VARIABLES`, which optimizers take when they are given no list.
      collections: keys of the collections to which it is added, by default `[GLOBAL_VARIABLES]`.
      validate_shape: False allows an initial value of unknown shape.
      caching_device: device on which reads are cached.
      name: by default `Variable`; made unique.
      variable_def: a `VariableDef` protocol buffer from which the object is made again, instead of all other arguments.
      dtype: convert the initial value to this dtype.
      expected_shape: not used; kept for old programs.
      import_scope: with `variable_def`, a name scope to put before its names.
      constraint: a function of the value that optimizers apply after each update.
      use_resource: True makes the resource kind.
      synchronization, aggregation: see `tf.VariableSynchronization` and `tf.VariableAggregation`.
      shape: static shape, by default that of the initial value.

    Raises:
      ValueError: no initial value, or one of unknown shape while `validate_shape` is True; both `variable_def` and an initial value.
    """

    @staticmethod
    def _choose(
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = modes.VariableSynchronization.AUTO,
        aggregation: Any = modes.VariableAggregation.NONE,
        shape: Any = None,
    ) -> Any:
        return create_variable(
            initial_value=initial_value,
            trainable=trainable,
            collections=collections,
            validate_shape=validate_shape,
            caching_device=caching_device,
            name=name,
            variable_def=variable_def,
            dtype=dtype,
            expected_shape=expected_shape,
            import_scope=import_scope,
            constraint=constraint,
            use_resource=use_resource,
            synchronization=synchronization,
            aggregation=modes.VariableAggregation.NONE if aggregation is None else aggregation,
            shape=shape,
        )

    SaveSliceInfo = slices.SaveSliceInfo

    # Set by the two kinds.
    _initializer_op: Any
    _initial_value: Any
    _save_slice_info: Any = None
    _constraint: Any = None
    _caching_device: Any = None
    _trainable: bool
    _synchronization: Any
    _aggregation: Any
    _record: Any = None
    _snapshot_tensor: Callable[[], Tensor]  # gives the read that was added with the variable

    def value(self) -> Tensor:
        """Returns a tensor with the value of this variable."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to read its value.")

    def _as_graph_element(self) -> Any:
        """Returns the tensor that stands for this variable in a graph."""
        return self.value()

    # ---- what it is

    @property
    def trainable(self) -> bool:
        """Whether optimizers change it when they are given no list."""
        return self._trainable

    @property
    def synchronization(self) -> Any:
        """When copies are brought together."""
        return self._synchronization

    @property
    def aggregation(self) -> Any:
        """How copies are brought together."""
        return self._aggregation

    @property
    def constraint(self) -> Any:
        """The function that optimizers apply after each update, or None."""
        return self._constraint

    @property
    def initializer(self) -> Any:
        """The operation that assigns the initial value."""
        return self._initializer_op

    @property
    def initial_value(self) -> Any:
        """The tensor that the initializer assigns. It differs from `initialized_value()`: random values are drawn again."""
        return self._initial_value

    @property
    def _shared_name(self) -> str:
        return self.op.name

    @property
    def op(self) -> Any:
        """The operation that holds the value."""
        raise NotImplementedError(f"{type(self).__name__} does not say which operation holds its value.")

    @property
    def graph(self) -> Any:
        """The graph of this variable."""
        return self.op.graph

    @property
    def device(self) -> str:
        """The device asked for, or ""."""
        return self.op.device

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        raise NotImplementedError(f"{type(self).__name__} does not say which shape it has.")

    def get_shape(self) -> TensorShape:
        """Returns the static shape."""
        return self.shape

    # ---- reading and running

    def eval(self, session: Any = None) -> Any:
        """Returns the value in `session`, or in the default session, as a new numpy array. Adds no operation.

        Raises:
          ValueError: there is no default session, or the session has another graph.
        """
        value = self._as_graph_element().eval(session=session)
        return np.array(value) if isinstance(value, np.ndarray) else value

    def load(self, value: Any, session: Any = None) -> None:
        """Gives the variable a value in `session`, or in the default session, without adding an operation.

        Raises:
          ValueError: there is no session, or the value has another shape.
        """
        session = contexts.default_session() if session is None else session
        if session is None:
            raise ValueError(
                "Either session argument should be provided or default session should be established\n"
                "v.load(value, session), or inside `with session.as_default():`."
            )
        session.run(self.initializer, {self.initializer.inputs[1]: value})

    def initialized_value(self) -> Tensor:
        """Returns the value after the initializer has run: use it where another variable's initial value depends on this one.

        If the variable has a value when the graph runs, that is given, else its initial value.
        """
        from ..ops.cond import cond
        from ..ops.state import is_variable_initialized

        with contexts.default_graph()._lifted():
            return cond(is_variable_initialized(self), self.read_value, lambda: self.initial_value)

    def read_value(self) -> Tensor:
        """Returns a new read of the value, placed and ordered where it is asked for."""
        raise NotImplementedError(f"{type(self).__name__} does not say how to read its value.")

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns this variable as a `VariableDef` protocol buffer, or None when it is outside `export_scope`."""
        return slices.variable_def(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Any:
        """Returns a variable object for operations that are in the graph already."""
        from ..formats import messages
        from .ref import RefVariable
        from .resource import ResourceVariable

        variable_def = messages.adopt("VariableDef", variable_def)
        kind = ResourceVariable if variable_def.is_resource else RefVariable
        return kind(variable_def=variable_def, import_scope=import_scope)

    def ref(self) -> Any:
        """Returns a hashable reference to this variable; `deref()` gives it back."""
        from .ref import Reference

        return Reference(self)

    def experimental_ref(self) -> Any:
        """The old name of `ref`."""
        deprecation.renamed("Variable.experimental_ref", "Variable.ref")
        return self.ref()

    def _set_save_slice_info(self, save_slice_info: Any) -> None:
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self) -> Any:
        return self._save_slice_info

    # ---- as a value among others

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: Any) -> bool:
        return self is other

    def __iter__(self) -> Any:
        return iter(self.read_value())

    __array_priority__ = 100

    def __getitem__(self, key: Any) -> Any:
        return slots.getitem(self.value(), key, self)

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return slots.mimebundle(self) if slots.mimebundle is not None else {"text/plain": repr(self)}

    @property
    def name(self) -> str:
        """The name of the operation that holds the value, a colon, and 0."""
        raise NotImplementedError(f"{type(self).__name__} does not say which name it has.")

    @property
    def dtype(self) -> Any:
        """The type of the elements."""
        raise NotImplementedError(f"{type(self).__name__} does not say which dtype it has.")


_OPERATORS = [
    "__add__",
    "__radd__",
    "__sub__",
    "__rsub__",
    "__mul__",
    "__rmul__",
    "__div__",
    "__rdiv__",
    "__truediv__",
    "__rtruediv__",
    "__floordiv__",
    "__rfloordiv__",
    "__mod__",
    "__rmod__",
    "__lt__",
    "__le__",
    "__gt__",
    "__ge__",
    "__and__",
    "__rand__",
    "__or__",
    "__ror__",
    "__xor__",
    "__rxor__",
    "__pow__",
    "__rpow__",
    "__matmul__",
    "__rmatmul__",
    "__invert__",
    "__neg__",
    "__abs__",
]


def _operator(name: str) -> Callable[..., Any]:
    on_tensor = getattr(Tensor, name)

    def run(self: Any, *args: Any) -> Any:
        return on_tensor(self.value(), *args)

    run.__name__ = name
    run.__doc__ = on_tensor.__doc__
    return run


for _name in _OPERATORS:
    setattr(Variable, _name, _operator(_name))


# ---- what each kind of variable does in its own way

_OWN_WAYS = {
    "assign": "Gives the variable a new value.",
    "assign_add": "Adds to the value.",
    "assign_sub": "Subtracts from the value.",
    "batch_scatter_update": "Replaces rows of each item of a batch.",
    "count_up_to": "Returns the value, then adds one, until the limit is reached.",
    "scatter_add": "Adds `IndexedSlices` to the value.",
    "scatter_div": "Divides rows by `IndexedSlices`.",
    "scatter_max": "Takes the larger of rows and `IndexedSlices`.",
    "scatter_min": "Takes the smaller of rows and `IndexedSlices`.",
    "scatter_mul": "Multiplies rows by `IndexedSlices`.",
    "scatter_nd_add": "Adds to single places or slices.",
    "scatter_nd_sub": "Subtracts from single places or slices.",
    "scatter_nd_update": "Replaces single places or slices.",
    "scatter_sub": "Subtracts `IndexedSlices` from the value.",
    "scatter_update": "Replaces rows by `IndexedSlices`.",
    "set_shape": "Adds what the caller knows of the shape.",
}


def _own_way(name: str, words: str) -> Callable[..., Any]:
    def run(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} does not say how to {name}.")

    run.__name__ = name
    run.__qualname__ = f"Variable.{name}"
    run.__doc__ = f"{words} Reference and resource variables do it in their own ways."
    return run


for _name, _words in _OWN_WAYS.items():
    setattr(Variable, _name, _own_way(_name, _words))
