"""Variables of the resource kind: `VarHandleOp`, with reads and writes as operations of their own.

A read gives the value of the moment at which it runs, whatever happens afterwards. The result of a write is an object that reads
after the write.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from ..framework import contexts, convert, dtypes, provenance
from ..framework.collections import GraphKeys
from ..framework.indexed_slices import IndexedSlices
from ..framework.naming import name_from_scope_name
from ..framework.op_scope import op_scope
from ..framework.registry import raw
from ..framework.shapes import TensorShape, dims_of
from ..framework.tensor import Tensor
from ..ops import resource as _operations  # noqa: F401 - declares the operation types that are built here
from ..ops import state_parts
from ..ops.slicing import MASKS
from . import modes, records
from .initial_values import guarded, initial_from, to_initial_tensor
from .ref import NotIndexedSlicesError
from .slices import SaveSliceInfo, prefixed
from .variable import Variable


class BaseResourceVariable(Variable):
    """What a resource variable and the result of a write to it share."""

    _handle: Tensor
    _dtype: Any
    _shape: TensorShape
    _graph_element: Any = None
    _cached_value: Any = None
    _validate_shape: bool = True

    # ---- what it is

    @property
    def handle(self) -> Tensor:
        """The handle through which operations reach the value."""
        return self._handle

    @property
    def name(self) -> str:
        return self._handle.name

    @property
    def op(self) -> Any:
        return self._handle.op

    @property
    def dtype(self) -> Any:
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        return self._shape

    def set_shape(self, shape: Any) -> None:
        """Adds what the caller knows of the shape."""
        self._shape = self._shape.merge_with(shape)

    def _as_graph_element(self) -> Any:
        return self._graph_element

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Returns a bool tensor that says whether the variable has a value."""
        return raw.VarIsInitializedOp(self._handle, name=name)

    # ---- reading

    def _read(self) -> Tensor:
        graph = contexts.default_graph()
        if self._caching_device is not None:
            with graph.colocate_with(None, ignore_existing=True), graph.device(self._caching_device):
                return raw.ReadVariableOp(self._handle, dtype=self._dtype)
        return raw.ReadVariableOp(self._handle, dtype=self._dtype)

    def value(self) -> Tensor:
        """Returns a new read of the value, or the cached one."""
        if self._cached_value is not None:
            return self._cached_value
        with contexts.default_graph().colocate_with(None, ignore_existing=True):
            return self._read()

    def read_value(self) -> Tensor:
        with contexts.default_graph().name_scope("Read"):
            value = self._read()
        return raw.Identity(value)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """Returns some rows of the value."""
        with contexts.default_graph().name_scope("Gather" if name is None else name) as scope:
            return raw.ResourceGather(self._handle, indices, dtype=self._dtype, name=scope)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """Returns the slices of the value at the places in the last dimension of `indices`."""
        with contexts.default_graph().name_scope("GatherNd" if name is None else name) as scope:
            value = raw.ResourceGatherNd(self._handle, indices, dtype=self._dtype, name=scope)
        return raw.Identity(value)

    # ---- writing

    @contextlib.contextmanager
    def _after_cached_read(self) -> Iterator[None]:
        if self._cached_value is None:
            yield
            return
        with contexts.default_graph().control_dependencies([self._cached_value]):
            yield

    def _result(self, op: Any, read_value: bool = True) -> Any:
        return UnreadVariable(self, op) if read_value else op

    def assign(
        self, value: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Gives the variable a new value; returns an object that reads it, or the operation if `read_value` is False.

        Raises:
          ValueError: the shapes do not fit.
        """
        tensor = convert.convert_to_tensor(value, dtype=self._dtype)
        if not self._shape.is_compatible_with(tensor.shape):
            raise ValueError(
                f"Cannot assign value to variable ' {self.name}': Shape mismatch.The variable shape {self._shape}, and the "
                f"assigned value shape {tensor.shape} are incompatible."
            )
        check = self._validate_shape and self._shape.is_fully_defined()
        op = raw.AssignVariableOp(self._handle, tensor, validate_shape=check, name=name)
        return self._result(op, read_value)

    def assign_add(
        self, delta: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Adds `delta` to the variable; returns an object that reads it, or the operation if `read_value` is False."""
        with self._after_cached_read():
            delta = convert.convert_to_tensor(delta, dtype=self._dtype)
            op = raw.AssignAddVariableOp(self._handle, delta, name=name)
        return self._result(op, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool | None = None, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtracts `delta` from the variable; returns an object that reads it, or the operation if `read_value` is False."""
        with self._after_cached_read():
            delta = convert.convert_to_tensor(delta, dtype=self._dtype)
            op = raw.AssignSubVariableOp(self._handle, delta, name=name)
        return self._result(op, read_value)

    def _scatter(self, how: str, indices: Any, updates: Any, name: str | None) -> Any:
        updates = convert.convert_to_tensor(updates, self._dtype)
        return self._result(getattr(raw, f"ResourceScatter{how}")(self._handle, indices, updates, name=name))

    def _scatter_slices(self, how: str, sparse_delta: Any, name: str | None) -> Any:
        if not isinstance(sparse_delta, IndexedSlices):
            raise NotIndexedSlicesError(
                f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {sparse_delta}"
            )
        return self._scatter(how, sparse_delta.indices, sparse_delta.values, name)

    def scatter_sub(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Subtracts `IndexedSlices` from the variable."""
        return self._scatter_slices("Sub", sparse_delta, name)

    def scatter_add(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Adds `IndexedSlices` to the variable."""
        return self._scatter_slices("Add", sparse_delta, name)

    def scatter_mul(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Multiplies rows of the variable by `IndexedSlices`."""
        return self._scatter_slices("Mul", sparse_delta, name)

    def scatter_div(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Divides rows of the variable by `IndexedSlices`."""
        return self._scatter_slices("Div", sparse_delta, name)

    def scatter_min(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the smaller of rows of the variable and `IndexedSlices`."""
        return self._scatter_slices("Min", sparse_delta, name)

    def scatter_max(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Takes the larger of rows of the variable and `IndexedSlices`."""
        return self._scatter_slices("Max", sparse_delta, name)

    def scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows of the variable by `IndexedSlices`."""
        return self._scatter_slices("Update", sparse_delta, name)

    def batch_scatter_update(self, sparse_delta: Any, use_locking: bool = False, name: str | None = None) -> Any:
        """Replaces rows of each item of a batch by `IndexedSlices`; see `tf.batch_scatter_update`."""
        if not isinstance(sparse_delta, IndexedSlices):
            raise NotIndexedSlicesError(
                f"Argument `sparse_delta` must be a `tf.IndexedSlices`. Received arg: {sparse_delta}"
            )
        return self._result(
            state_parts.batch_scatter_update(
                self, sparse_delta.indices, sparse_delta.values, use_locking=use_locking, name=name
            )
        )

    def _scatter_nd(self, how: str, indices: Any, updates: Any, name: str | None) -> Any:
        updates = convert.convert_to_tensor(updates, self._dtype)
        return self._result(getattr(raw, f"ResourceScatterNd{how}")(self._handle, indices, updates, name=name))

    def scatter_nd_update(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Replaces the slices at `indices` by `updates`; returns an object that reads the new value."""
        return self._scatter_nd("Update", indices, updates, name)

    def scatter_nd_add(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Adds `updates` to the slices at `indices`; returns an object that reads the new value."""
        return self._scatter_nd("Add", indices, updates, name)

    def scatter_nd_sub(self, indices: Any, updates: Any, name: str | None = None) -> Any:
        """Subtracts `updates` from the slices at `indices`; returns an object that reads the new value."""
        return self._scatter_nd("Sub", indices, updates, name)

    def _strided_slice_assign(
        self, begin: Any, end: Any, strides: Any, value: Any, name: str | None, *masks: int
    ) -> Any:
        settings = dict(zip(MASKS, masks, strict=True))
        with self._after_cached_read():
            value = convert.convert_to_tensor(value, dtype=self._dtype)
            op = raw.ResourceStridedSliceAssign(self._handle, begin, end, strides, value, **settings, name=name)
        return self._result(op)

    def count_up_to(self, limit: int) -> Tensor:
        """Adds one until `limit` is reached; returns the value before. At the limit a run raises OutOfRangeError."""
        return raw.ResourceCountUpTo(self._handle, limit=limit, T=self._dtype)

    def __bool__(self) -> bool:
        return bool(self.read_value())


def _no_update(sign: str, method: str) -> Any:
    # The words are TensorFlow's, with its slip for -=.
    name = "variable" if method.startswith("assign_") else "var"
    instead = "*" if sign == "-" else sign

    def refuse(self: Any, other: Any) -> Any:
        raise RuntimeError(
            f"`{name} {sign}= value` with `tf.Variable`s is not supported. Use `{name}.{method}` to modify the variable, or "
            f"`out = {name} {instead} value` if you need to get a new output Tensor."
        )

    return refuse


for _name, _sign, _method in (
    ("iadd", "+", "assign_add(value)"),
    ("isub", "-", "assign_sub(value)"),
    ("imul", "*", "assign(var * value)"),
    ("itruediv", "/", "assign(var / value)"),
    ("ipow", "**", "assign(var ** value)"),
):
    setattr(BaseResourceVariable, f"__{_name}__", _no_update(_sign, _method))


class ResourceVariable(BaseResourceVariable):
    """A variable behind a handle."""

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
                raise ValueError(
                    "The variable_def and initial_value args to `tf.Variable` are mutually exclusive, but got both: "
                    f"variable_def={variable_def},\ninitial_value={initial_value}"
                )
            self._init_from_proto(variable_def, import_scope)
            return
        self._synchronization, self._aggregation, self._trainable = modes.validated(
            synchronization, aggregation, trainable, name
        )
        if initial_value is None:
            raise ValueError(
                "The `initial_value` arg to `tf.Variable` must be specified except when you are not providing a "
                "`variable_def`. You provided neither."
            )
        keys = [GraphKeys.GLOBAL_VARIABLES] if collections is None else collections
        if not isinstance(keys, (list, tuple, set)):
            raise ValueError(
                "collections argument to Variable constructor must be a list, tuple, or set. "
                f"Got {keys} of type {type(keys)}"
            )
        if constraint is not None and not callable(constraint):
            raise ValueError(
                f"Argument `constraint` must be None or a callable. a callable. Got a {type(constraint)}:  {constraint}"
            )
        if self._trainable and GraphKeys.TRAINABLE_VARIABLES not in keys:
            keys = [*keys, GraphKeys.TRAINABLE_VARIABLES]
        self._constraint = constraint
        self._caching_device = caching_device
        self._validate_shape = validate_shape
        self._record = records.new_record()
        graph = contexts.default_graph()
        with provenance.made_by("variable", self._record, self._record.site), graph._lifted():
            self._build(initial_value, dtype, shape, name)
            self._handle.graph.add_to_collections(keys, self)
        records.complete(self._record, self, self._handle.graph, records.starts_as(initial_value, self._initial_value))

    def _build(self, initial_value: Any, dtype: Any, shape: Any, name: str | None) -> None:
        """Adds the operations, in TensorFlow's order."""
        is_function = callable(initial_value)
        with op_scope(name, "Variable", [] if is_function else [initial_value]) as scope:
            graph = contexts.default_graph()
            handle_name = name_from_scope_name(scope)
            with graph._attr_scope({"_class": (b"loc:@" + handle_name.encode(),)}):
                with graph.name_scope("Initializer"), graph.device(None):
                    value = to_initial_tensor(initial_from(initial_value) if is_function else initial_value, dtype)
                if shape is not None:
                    if not value.shape.is_compatible_with(shape):
                        raise ValueError(
                            f"In this `tf.Variable` creation, the initial value's shape ({value.shape}) is not compatible with "
                            f"the explicitly supplied `shape` argument ({shape})."
                        )
                    dims = dims_of(shape)
                else:
                    dims = value._dims
                self._dtype = value.dtype.base_dtype
                self._handle = raw.VarHandleOp(
                    shape=dims,
                    dtype=self._dtype,
                    shared_name=handle_name,
                    debug_name=scope,
                    name=scope,
                    container=graph._container,
                )
            self._shape = TensorShape(dims)
            self._initial_value = value
            if value.op._get_control_flow_context() is not None:
                raise ValueError(
                    f"The `initial_value` passed to `tf.Variable` {scope} is from inside a control-flow  construct, such as a "
                    "loop or conditional. When creating a `tf.Variable` inside a loop or conditional, use a lambda as the "
                    f"`initial_value`. Got: initial_value=({value})"
                )
            with graph.name_scope("IsInitialized"):
                self._is_initialized_op = raw.VarIsInitializedOp(self._handle)
            with (
                graph.name_scope("Assign") as assign_scope,
                graph.colocate_with(None, ignore_existing=True),
                graph.device(self._handle.device),
            ):
                self._initializer_op = raw.AssignVariableOp(self._handle, guarded(scope, value), name=assign_scope)
            with graph.name_scope("Read"):
                with graph.device(self._handle.device):
                    self._graph_element = raw.ReadVariableOp(self._handle, dtype=self._dtype)
                if self._caching_device is not None:
                    with graph.colocate_with(None, ignore_existing=True), graph.device(self._caching_device):
                        self._cached_value = raw.Identity(self._graph_element)

    def _init_from_proto(self, variable_def: Any, import_scope: str | None) -> None:
        from ..formats import messages

        variable_def = messages.adopt("VariableDef", variable_def)
        graph = contexts.default_graph()
        if not variable_def.is_resource:
            raise ValueError(
                "The `variable_def` you passed to `tf.Variable` is Trying to restore a TF 1.x Reference Variable as a TF 2.x "
                f"ResourceVariable. This is unsupported. Got variable_def={variable_def}"
            )
        self._handle = graph.as_graph_element(prefixed(variable_def.variable_name, import_scope), allow_operation=False)
        self._shape = TensorShape(self._handle.op.get_attr("shape"))
        self._dtype = dtypes.as_dtype(self._handle.op.get_attr("dtype"))
        self._initializer_op = graph.as_graph_element(prefixed(variable_def.initializer_name, import_scope))
        initial = variable_def.initial_value_name
        self._initial_value = graph.as_graph_element(prefixed(initial, import_scope)) if initial else None
        snapshot = (
            variable_def.snapshot_name or f"{variable_def.variable_name.rpartition(':')[0]}/Read/ReadVariableOp:0"
        )
        self._graph_element = graph.as_graph_element(prefixed(snapshot, import_scope))
        if self._graph_element.op.type != "ReadVariableOp":
            self._cached_value = self._graph_element
            self._graph_element = self._graph_element.op.inputs[0]
        self._synchronization, self._aggregation, self._trainable = modes.validated(
            variable_def.synchronization, variable_def.aggregation, variable_def.trainable, variable_def.variable_name
        )
        if variable_def.HasField("save_slice_info_def"):
            self._save_slice_info = SaveSliceInfo(
                save_slice_info_def=variable_def.save_slice_info_def, import_scope=import_scope
            )

    def _snapshot_tensor(self) -> Tensor:
        return self._graph_element if self._cached_value is None else self._cached_value


class UnreadVariable(BaseResourceVariable):
    """The result of a write: a variable whose reads and writes wait for that write."""

    def __init__(self, variable: BaseResourceVariable, parent: Any) -> None:
        self._handle = variable._handle
        self._dtype = variable._dtype
        self._shape = variable._shape
        self._parent = parent
        self._trainable = True
        self._synchronization, self._aggregation = modes.VariableSynchronization.AUTO, modes.VariableAggregation.NONE
        self._initializer_op = self._initial_value = None
        self._graph_element = self._read()

    @property
    def name(self) -> str:
        return self._parent.name

    @property
    def op(self) -> Any:
        return self._parent

    @property
    def device(self) -> str:
        return self._handle.device

    def _after(self) -> Any:
        return contexts.default_graph().control_dependencies([self._parent])

    def _read(self) -> Tensor:
        with self._after():
            return raw.ReadVariableOp(self._handle, dtype=self._dtype)

    def value(self) -> Tensor:
        return self._read()

    def read_value(self) -> Tensor:
        return self._read()

    def assign(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().assign(*args, **kwargs)

    def assign_add(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().assign_add(*args, **kwargs)

    def assign_sub(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().assign_sub(*args, **kwargs)

    # The methods wait for the write; the functions beside them (`tf.scatter_add(v, ...)`) do not, as in TensorFlow.

    def _scatter_slices(self, how: str, sparse_delta: Any, name: str | None) -> Any:
        with self._after():
            return super()._scatter_slices(how, sparse_delta, name)

    def batch_scatter_update(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().batch_scatter_update(*args, **kwargs)

    def scatter_nd_update(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().scatter_nd_update(*args, **kwargs)

    def scatter_nd_add(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().scatter_nd_add(*args, **kwargs)

    def scatter_nd_sub(self, *args: Any, **kwargs: Any) -> Any:
        with self._after():
            return super().scatter_nd_sub(*args, **kwargs)


def _to_tensor(
    variable: BaseResourceVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
) -> Tensor:
    if dtype is not None and not dtype.is_compatible_with(variable.dtype):
        raise ValueError(
            f"Incompatible type conversion requested to type {dtype.name} for `tf.Variable of type {variable.dtype.name}. "
            f"(Variable: {variable})"
        )
    return variable.read_value().op.inputs[0] if as_ref else variable.value()


convert.register_tensor_conversion_function(BaseResourceVariable, _to_tensor)
