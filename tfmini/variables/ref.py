"""Variables of the reference kind: `VariableV2`, `Assign` and `Identity` nodes, as TensorFlow 1.x makes them by default."""

from __future__ import annotations

import warnings
from typing import Any

from ..framework import contexts, convert, provenance
from ..framework.collections import GraphKeys
from ..framework.indexed_slices import IndexedSlices
from ..framework.naming import name_from_scope_name
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import TensorShape, dims_of
from ..framework.tensor import Tensor
from ..ops import state, state_parts
from ..ops.slicing import MASKS
from . import modes, records
from .initial_values import guarded, initial_from, read, to_initial_tensor
from .slices import SaveSliceInfo, prefixed
from .variable import Variable


class NotIndexedSlicesError(ValueError, TypeError):
    """A scatter method got something that is no `IndexedSlices`: a ValueError on old pages, a TypeError in later versions."""


class RefVariable(Variable):
    """A variable whose tensor is a reference: reads show later writes until an operation computes from them."""

    def __init__(
        self,
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
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        **_: Any,
    ) -> None:
        if variable_def:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            if name is not None or dtype is not None:
                warnings.warn(
                    "tf.Variable was given variable_def together with name or dtype; the operations exist already, so these "
                    "two have no effect.",
                    stacklevel=3,
                )
            self._init_from_proto(variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        keys = checked_collections(collections, constraint)
        self._synchronization, self._aggregation, self._trainable = modes.validated(
            synchronization, aggregation, trainable, name
        )
        if self._trainable and GraphKeys.TRAINABLE_VARIABLES not in keys:
            keys = [*keys, GraphKeys.TRAINABLE_VARIABLES]
        self._caching_device = caching_device
        self._constraint = constraint
        self._record = records.new_record()
        graph = contexts.default_graph()
        with provenance.made_by("variable", self._record, self._record.site), graph._lifted():
            self._build(
                initial_value, dtype, None if shape is None else dims_of(shape), shape is not None, validate_shape, name
            )
            contexts.default_graph().add_to_collections(keys, self)
        records.complete(
            self._record, self, self._variable.graph, records.starts_as(initial_value, self._initial_value)
        )

    def _build(
        self, initial_value: Any, dtype: Any, dims: Any, has_shape: bool, validate_shape: bool, name: str | None
    ) -> None:
        """Adds the operations, in TensorFlow's order."""
        is_function = callable(initial_value)
        with op_scope(name, "Variable", [] if is_function else [initial_value]) as scope:
            graph = contexts.default_graph()
            if is_function:
                group = b"loc:@" + name_from_scope_name(scope).encode()
                with graph._attr_scope({"_class": (group,)}):
                    with graph.name_scope("Initializer"), graph.device(None):
                        self._initial_value = to_initial_tensor(initial_from(initial_value), dtype)
                    self._add_storage(dims, has_shape, validate_shape, scope)
            else:
                self._initial_value = to_initial_tensor(initial_value, dtype)
                if self._initial_value.op._get_control_flow_context() is not None:
                    raise ValueError(
                        f"Initializer for variable {scope} is from inside a control-flow construct, such as a loop or "
                        "conditional. When creating a variable inside a loop or conditional, use a lambda as the initializer."
                    )
                self._add_storage(dims, has_shape, validate_shape, scope)
            known = self._initial_value._dims
            if validate_shape and (known is None or None in known):
                raise ValueError(
                    f"initial_value must have a shape specified: {self._initial_value}\nGive the sizes, or say "
                    "validate_shape=False."
                )
            value = guarded(scope, self._initial_value)
            self._initializer_op = raw.Assign(self._variable, value, validate_shape=validate_shape).op
            if self._caching_device is not None:
                with graph.device(self._caching_device):
                    self._snapshot = read(self._variable)
            else:
                with graph.colocate_with(self._variable.op):
                    self._snapshot = read(self._variable)

    def _add_storage(self, dims: Any, has_shape: bool, validate_shape: bool, scope: str) -> None:
        if not has_shape:
            dims = self._initial_value._dims if validate_shape else None
        self._variable = raw.VariableV2(shape=dims, dtype=self._initial_value.dtype.base_dtype, name=scope)

    def _init_from_proto(self, variable_def: Any, import_scope: str | None) -> None:
        from ..formats import messages

        variable_def = messages.adopt("VariableDef", variable_def)
        graph = contexts.default_graph()

        def element(name: str) -> Any:
            return graph.as_graph_element(prefixed(name, import_scope))

        self._variable = element(variable_def.variable_name)
        self._initializer_op = element(variable_def.initializer_name)
        self._initial_value = element(variable_def.initial_value_name) if variable_def.initial_value_name else None
        self._snapshot = element(variable_def.snapshot_name)
        self._synchronization, self._aggregation, self._trainable = modes.validated(
            variable_def.synchronization, variable_def.aggregation, variable_def.trainable, variable_def.variable_name
        )
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = SaveSliceInfo(
                save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope
            )

    # ---- what it is

    @property
    def name(self) -> str:
        return self._variable.name

    @property
    def op(self) -> Any:
        return self._variable.op

    @property
    def dtype(self) -> Any:
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of the shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    def _as_graph_element(self) -> Tensor:
        return self._variable

    # ---- reading

    def value(self) -> Tensor:
        """Returns the read of this variable that was added with it. It cannot be assigned to."""
        return self._snapshot

    def _snapshot_tensor(self) -> Tensor:
        return self._snapshot

    def read_value(self) -> Tensor:
        return read(self._variable)

    def ref(self) -> Reference:
        """Returns a reference to this variable: `tf.assign` takes it, `deref()` gives the variable back."""
        return Reference(self)

    def _ref(self) -> Tensor:
        return self._variable

    # ---- writing

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Gives the variable a new value; returns a tensor with it, or the operation if `read_value` is False."""
        result = state.assign(self._variable, value, use_locking=use_locking, name=name)
        return result if read_value else result.op

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Adds `delta` to the variable; returns a tensor with the new value, or the operation if `read_value` is False."""
        result = state.assign_add(self._variable, delta, use_locking=use_locking, name=name)
        return result if read_value else result.op

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtracts `delta` from the variable; returns a tensor with the new value, or the operation if `read_value` is False."""
        result = state.assign_sub(self._variable, delta, use_locking=use_locking, name=name)
        return result if read_value else result.op

    def _scatter(self, build: Any, sparse_delta: Any, use_locking: bool, name: str | None) -> Any:
        if not isinstance(sparse_delta, IndexedSlices):
            raise NotIndexedSlicesError(
                f"sparse_delta is not IndexedSlices: {sparse_delta}\nMake one: tf.IndexedSlices(values, indices)."
            )
        return build(self._variable, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtracts `IndexedSlices` from the variable; returns a tensor with the new value.

        Raises:
          NotIndexedSlicesError: `sparse_delta` is something else.
        """
        return self._scatter(raw.ScatterSub, sparse_delta, use_locking, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Adds `IndexedSlices` to the variable."""
        return self._scatter(raw.ScatterAdd, sparse_delta, use_locking, name)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Multiplies rows of the variable by `IndexedSlices`."""
        return self._scatter(raw.ScatterMul, sparse_delta, use_locking, name)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Divides rows of the variable by `IndexedSlices`."""
        return self._scatter(raw.ScatterDiv, sparse_delta, use_locking, name)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the smaller of rows of the variable and `IndexedSlices`."""
        return self._scatter(raw.ScatterMin, sparse_delta, use_locking, name)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the larger of rows of the variable and `IndexedSlices`."""
        return self._scatter(raw.ScatterMax, sparse_delta, use_locking, name)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows of the variable by `IndexedSlices`."""
        return self._scatter(raw.ScatterUpdate, sparse_delta, use_locking, name)

    def batch_scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows of each item of a batch by `IndexedSlices`; see `tf.batch_scatter_update`."""
        return state_parts.batch_scatter_update(
            self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name
        )

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Replaces the slices at `indices` by `updates`; returns a tensor with the new value."""
        return raw.ScatterNdUpdate(self._variable, indices, updates, use_locking=True, name=name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Adds `updates` to the slices at `indices`; returns a tensor with the new value."""
        return raw.ScatterNdAdd(self._variable, indices, updates, use_locking=True, name=name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtracts `updates` from the slices at `indices`; returns a tensor with the new value."""
        return raw.ScatterNdSub(self._variable, indices, updates, use_locking=True, name=name)

    def _strided_slice_assign(
        self, begin: Any, end: Any, strides: Any, value: Any, name: str | None, *masks: int
    ) -> Tensor:
        settings = dict(zip(MASKS, masks, strict=True))
        return raw.StridedSliceAssign(self._variable, begin, end, strides, value, **settings, name=name)

    def count_up_to(self, limit: int) -> Tensor:
        """Adds one until `limit` is reached; returns the value before. At the limit a run raises OutOfRangeError."""
        return state.count_up_to(self._variable, limit)


class Reference:
    """What `Variable.ref()` gives: hashable, comparable, accepted by `tf.assign`."""

    __slots__ = ("_variable",)

    def __init__(self, variable: Variable) -> None:
        self._variable = variable

    def deref(self) -> Any:
        """Returns the variable."""
        return self._variable

    def __getattr__(self, name: str) -> Any:
        return getattr(self._variable._ref() if isinstance(self._variable, RefVariable) else self._variable, name)

    def _as_graph_element(self) -> Any:
        return self._variable._as_graph_element()

    def __hash__(self) -> int:
        return hash(self._variable)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Reference) and other._variable is self._variable

    def __repr__(self) -> str:
        return f"<Reference wrapping {self._variable!r}>"


def checked_collections(collections: Any, constraint: Any) -> list[Any]:
    """Returns the keys of the collections that a variable joins.

    Raises:
      ValueError: `collections` is no list, tuple or set, or `constraint` cannot be called.
    """
    if collections is None:
        collections = [GraphKeys.GLOBAL_VARIABLES]
    if not isinstance(collections, (list, tuple, set)):
        raise ValueError(
            "collections argument to Variable constructor must be a list, tuple, or set. "
            f"Got {collections} of type {type(collections)}"
        )
    if constraint is not None and not callable(constraint):
        raise ValueError("The `constraint` argument must be a callable.")
    return list(collections)


def _to_tensor(variable: RefVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type '{dtype.name}' for variable of type '{variable.dtype.name}'\n"
            f"Cast it: tf.cast({variable.op.name}, tf.{dtype.name})."
        )
    return variable._ref() if as_ref else variable.value()


def _reference_to_tensor(
    reference: Reference, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    return _to_tensor(reference.deref(), dtype, name, as_ref)


convert.register_tensor_conversion_function(RefVariable, _to_tensor)
convert.register_tensor_conversion_function(Reference, _reference_to_tensor)
