"""A graph: an append-only list of operations, with names, scopes, collections and a journal of how it was made."""

from __future__ import annotations

import contextlib
import itertools
import re
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from . import contexts, devices, events, provenance
from .naming import UniqueNames
from .open_scopes import (
    AttrScope,
    ColocationScope,
    ControlDependencies,
    DeviceScope,
    LiftedScope,
    NameScope,
    ThreadState,
)
from .operation import Operation
from .provenance import here
from .provenance import state as _making
from .slots import slots
from .tensor import Tensor

_numbers = itertools.count(1)


class Graph:
    """A computation as data: operations and the tensors between them.

    A graph is built once and run by sessions. It only ever grows. Everything that is added inside `with graph.as_default():`
    goes to this graph.
    """

    def __init__(self, *, numbered: bool = True) -> None:
        self._ops: list[Operation] = []
        self._by_name: dict[str, Operation] = {}
        self._names = UniqueNames()
        self._collections: dict[Any, list[Any]] = {}
        self._finalized = False
        self._seed: int | None = None
        self._seed_count = 0
        self._reduced_shapes: dict[Any, Any] = {}
        self._not_constant: set[Any] = set()
        self._not_yet_constant: dict[Any, int] = {}
        self._rewired: dict[Operation, set[int]] = {}
        self._has_loops = False
        self._many_controls: dict[Operation, set[Operation]] = {}
        self._thread = ThreadState()
        self._lock = threading.RLock()
        self._unfeedable: set[Tensor] = set()
        self._unfetchable: set[Operation] = set()
        self._gradient_override: dict[str, str] = {}
        self._container = ""
        self._mutations = 0
        self._number = next(_numbers) if numbered else 0  # graphs for trying something out have none
        self.events = events.EventHub()
        self.journal = events.Journal()

    # ---- operations

    def _add(
        self,
        definition: Any,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        types: Sequence[Any],
        dims: Sequence[Any],
        compute_device: bool = True,
    ) -> Operation:
        """Adds an operation under a name that is already unique; `types` and `dims` are those of its outputs."""
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")
        with self._lock:
            op = self._append(definition, name, inputs, attrs, types, dims, self._thread.__dict__, 4)
        self._settle(op, compute_device)
        return op

    def _append(
        self,
        definition: Any,
        name: str,
        inputs: tuple[Tensor, ...],
        attrs: dict[str, Any],
        types: Sequence[Any],
        dims: Sequence[Any],
        scopes: dict[str, Any],
        depth: int,
    ) -> Operation:
        """Makes an operation and its outputs and appends it; the caller holds the lock, and calls `_settle` after it.

        Every operation is made here, so the steps are written out. `depth` counts the frames up to the first that may be the user's.
        """
        extra = scopes["attrs"]
        if extra:
            attrs = dict(attrs)
            for key in extra:
                if key not in attrs:
                    attrs[key] = extra[key]
        ops = self._ops
        op = Operation()
        op._graph = self
        op._definition = definition
        op._name = name
        op._inputs = inputs
        op._control_inputs = self._current_control_inputs(inputs) if scopes["control"] else ()
        op._attrs = attrs
        op._id = len(ops)
        making = _making.__dict__
        op._maker = making["maker"]
        op._owner = making["owner"]
        op._site = making["site"] or here(depth)
        op._device = ""
        op._control_flow_context = None
        if len(types) == 1:
            tensor = Tensor()
            tensor._op = op
            tensor._value_index = 0
            tensor._dtype = types[0]
            tensor._dims = dims[0]
            tensor._readers = None
            op._output = tensor
        else:
            op._output = _outputs(op, types, dims)
        for each in inputs:
            if each._readers is None:
                each._readers = op
            else:
                each._note_reader(op)
        ops.append(op)
        self._by_name[name] = op
        return op

    def _settle(self, op: Operation, compute_device: bool = True, beside: bool = True) -> None:
        """Does for a new operation what the scopes ask for that are open in this thread, and announces it.

        `beside` says whether it still has to be put beside others as colocation asks.
        """
        scopes = self._thread.__dict__
        context = op._control_flow_context = scopes["control_flow"]
        if self._has_loops:
            slots.check_loops(op)
        if context is not None:
            # After the operation is in the graph, because the context may add operations of its own.
            context.AddOp(op)
        for controller in scopes["control"]:
            controller.see(op)
        if compute_device and scopes["devices"]:
            self._apply_devices(op)
        if beside and scopes["colocation"]:
            self._apply_colocation(op, scopes["colocation"])
        if self._gradient_override and op.type in self._gradient_override:
            op._note("_gradient_op_type", self._gradient_override[op.type].encode())
        if self.events.observers:
            self.events.publish(events.OpCreated(op))

    def _changed(self, op: Operation, what: str) -> None:
        """Notes that an operation that is in the graph already was changed; plans made before are stale."""
        self._mutations += 1
        if self.events.observers:
            self.events.publish(events.OpChanged(op, what))

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    def create_op(
        self,
        op_type: str,
        inputs: Sequence[Tensor],
        dtypes: Any = None,
        input_types: Any = None,
        name: str | None = None,
        attrs: dict[str, Any] | None = None,
        op_def: Any = None,
        compute_shapes: bool = True,
        compute_device: bool = True,
    ) -> Operation:
        """Adds an operation of a registered type, with its inputs as tensors and its attributes as plain values.

        Raises:
          RuntimeError: no such type, or the graph is finalized. TypeError: an input is no tensor.
        """
        from . import builder, registry

        try:
            definition = registry.get(op_type)
        except ValueError as error:
            raise RuntimeError(str(error)) from None
        for index, each in enumerate(inputs):
            if not isinstance(each, Tensor):
                raise TypeError(f"Input #{index} is not a tensor: {each}")
        return builder.create(self, definition, tuple(inputs), dict(attrs or {}), name, compute_device)

    def get_operations(self) -> list[Operation]:
        """Returns the operations in the order in which they were added."""
        return list(self._ops)

    def get_operation_by_name(self, name: str) -> Operation:
        """Returns the operation of that name. Raises KeyError when there is none, TypeError when `name` is no text."""
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=False, allow_operation=True)

    def get_tensor_by_name(self, name: str) -> Tensor:
        """Returns the tensor of that name (`"add:0"`). Raises KeyError when there is none, ValueError without an index."""
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        return self.as_graph_element(name, allow_tensor=True, allow_operation=False)

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """Returns the tensor or operation of this graph that `obj` names or is.

        Args:
          obj: a Tensor, an Operation, a name, or an object with `_as_graph_element()` such as a variable.

        Raises:
          KeyError: the name is not in this graph. TypeError: `obj` is of another type. ValueError: it belongs to another graph,
            or the name has not the form that is asked for.
        """
        if allow_tensor and allow_operation:
            wanted = "Tensor or Operation"
        elif allow_tensor:
            wanted = "Tensor"
        elif allow_operation:
            wanted = "Operation"
        else:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        method = getattr(obj, "_as_graph_element", None)
        if callable(method):
            element = method()
            if element is not None:
                obj = element
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            return self._element_by_name(obj, allow_tensor, allow_operation)
        if isinstance(obj, Tensor) and allow_tensor:
            if obj.graph is not self:
                raise ValueError(f"Tensor {obj} is not an element of this graph.")
            return obj
        if isinstance(obj, Operation) and allow_operation:
            if obj.graph is not self:
                raise ValueError(f"Operation {obj} is not an element of this graph.")
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")

    def _element_by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        if ":" in name and allow_tensor:
            op_name, _, index_text = name.rpartition(":")
            if not op_name or not index_text.isdigit():
                raise ValueError(
                    f"The name {name!r} looks a like a Tensor name, but is not a valid one. Tensor names must be of the form "
                    '"<op_name>:<output_index>".'
                )
            op = self._by_name.get(op_name)
            if op is None:
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, does not exist "
                    f"in the graph.{self._did_you_mean(op_name, ':' + index_text)}"
                )
            index = int(index_text)
            if index >= len(op._outputs):
                raise KeyError(
                    f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, exists but only "
                    f"has {len(op._outputs)} outputs."
                )
            return op._outputs[index]
        if ":" in name:
            if name.rpartition(":")[0] in self._by_name and name.rpartition(":")[2].isdigit():
                raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
            raise ValueError(f"Name {name!r} is not a valid Operation name (op_name) or Tensor name (op_name:index).")
        op = self._by_name.get(name)
        if allow_operation:
            if op is None:
                raise KeyError(f"The name {name!r} refers to an Operation not in the graph.{self._did_you_mean(name)}")
            return op
        if op is not None:
            raise ValueError(
                f"The name {name!r} refers to an Operation, not a Tensor. Tensor names must be of the form "
                '"<op_name>:<output_index>".'
            )
        raise ValueError(
            f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. Tensor names must be of the form "
            '"<op_name>:<output_index>".'
        )

    def _did_you_mean(self, name: str, suffix: str = "") -> str:
        import difflib

        near = difflib.get_close_matches(name, self._by_name, 1)
        return f" Did you mean {near[0] + suffix!r}?" if near else ""

    def is_feedable(self, tensor: Any) -> bool:
        """Says whether `tensor` may be a key of a `feed_dict`."""
        return tensor not in self._unfeedable

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Says whether a session may fetch `tensor_or_op`."""
        op = tensor_or_op._op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op not in self._unfetchable

    def prevent_feeding(self, tensor: Any) -> None:
        """Marks `tensor` as not feedable in this graph."""
        self._unfeedable.add(tensor)

    def prevent_fetching(self, op: Any) -> None:
        """Marks `op` as not fetchable in this graph."""
        self._unfetchable.add(op)

    # ---- names

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """Returns `name` inside the current name scope, with a number added when it is taken."""
        stack = self._thread.name_stack
        if stack:
            name = f"{stack}/{name}"
        return self._names.unique(name, mark_as_used)

    def name_scope(self, name: str | None) -> Any:
        """Opens a name scope inside `with`; gives its name with a slash at the end.

        A name that ends in a slash re-enters that scope; None or "" opens the root.

        Raises:
          ValueError: the name has characters that names must not have. TypeError: it is no text.
        """
        return NameScope(self, name)

    def get_name_scope(self) -> str:
        """Returns the current name scope, without a slash at the end."""
        return self._thread.name_stack

    def _op_name(self, op_type: str, name: str | None) -> str:
        """Returns the unique name of an operation that is added now."""
        if name is None:
            return self.unique_name(op_type)
        if name and name[-1] == "/":
            return name[:-1]
        return self.unique_name(name)

    # ---- control dependencies

    def control_dependencies(self, control_inputs: Any) -> Any:
        """Orders everything that is added inside after `control_inputs`.

        Args:
          control_inputs: operations, tensors, variables or names; None forgets the dependencies of all scopes around.

        Raises:
          TypeError: an item is none of these.
        """
        if control_inputs is None:
            return ControlDependencies(self, None)
        ops: list[Operation] = []
        current = set(self._current_control_dependencies())
        for each in control_inputs:
            if hasattr(each, "_as_control_input"):
                each = each._as_control_input()
            elif hasattr(each, "_handle") and hasattr(each, "op"):
                each = each.op
            element = self.as_graph_element(each)
            op = element._op if isinstance(element, Tensor) else element
            if op not in current:
                ops.append(op)
                current.add(op)
                # TensorFlow 2 marks what a program orders by hand; it changes nothing that a plan depends on.
                op._note("_has_manual_control_dependencies", True)
        return ControlDependencies(self, ops)

    def _current_control_dependencies(self) -> list[Operation]:
        return [op for controller in self._thread.control for op in controller.ops]

    def _current_control_inputs(self, inputs: Sequence[Tensor]) -> tuple[Operation, ...]:
        found: list[Operation] = []
        for controller in self._thread.control:
            if controller.ops and not controller.orders(inputs):
                input_ops = {tensor._op for tensor in inputs}
                found.extend(op for op in controller.ops if op not in input_ops)
        return tuple(dict.fromkeys(found)) if found else ()

    # ---- devices and colocation

    def device(self, device_name_or_function: Any) -> Any:
        """Asks for a device for everything that is added inside `with`.

        Args:
          device_name_or_function: a device name; a function from the operation to a device name; or None, which drops what the
            scopes around asked for.

        Raises:
          TypeError: it is none of these. ValueError: it is no device name. Both when the scope is entered.
        """
        return DeviceScope(self, device_name_or_function)

    def _apply_devices(self, op: Operation) -> None:
        for (asked,) in reversed(self._thread.devices):
            if asked is None:
                break
            if callable(asked):
                name = asked(op)
                op._device = "" if name is None else str(name)
            else:
                op._device = devices.merge(op._device, str(asked)) if op._device else devices.canonical(str(asked))

    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Any:
        """Puts what is added inside `with` on the device of `op`, and notes so in the attribute `_class`.

        Raises:
          ValueError: `op` is None, and `ignore_existing` is not True (when the scope is entered).
        """
        return ColocationScope(self, op, ignore_existing)

    def _lifted(self) -> Any:
        """Returns the scope in which variables are made."""
        return LiftedScope(self)

    def _apply_colocation(self, op: Operation, beside: Sequence[Operation]) -> None:
        """Puts `op` on the device of the innermost of `beside` that has one, and in the groups of all."""
        groups: set[bytes] = set()
        device_set = False
        for each in reversed(beside):
            if "_class" in each._attrs:
                groups.update(each.colocation_groups())
            else:
                groups.add(b"loc:@" + each._name.encode())
            if each._device and not device_set:
                op._device = each._device
                device_set = True
        op._note("_class", tuple(sorted(groups)))

    def _attr_scope(self, attrs: dict[str, Any]) -> Any:
        """Gives every operation that is added inside these attributes; a value None removes one that a scope around gave."""
        return AttrScope(self, attrs)

    @contextlib.contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Uses other registered gradients for the operation types in `op_type_map`, for operations added inside."""
        before = self._gradient_override
        self._gradient_override = {**before, **op_type_map}
        try:
            yield
        finally:
            self._gradient_override = before

    @contextlib.contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Names the resource container of stateful operations that are added inside."""
        before = self._container
        self._container = container_name
        try:
            yield container_name
        finally:
            self._container = before

    # ---- collections

    @property
    def collections(self) -> list[Any]:
        """The names of the collections, in the order in which they were first used."""
        return list(self._collections)

    def get_all_collection_keys(self) -> list[Any]:
        """Returns the names of the collections that are text."""
        return [key for key in self._collections if isinstance(key, str)]

    def add_to_collection(self, name: Any, value: Any) -> None:
        """Appends `value` to the collection `name`; the same value may be added twice."""
        self._check_not_finalized()
        with self._lock:
            self._collections.setdefault(name, []).append(value)
            self.journal.collection_sites.setdefault(name, []).append(provenance.here())
        if self.events.observers:
            self.events.publish(events.CollectionChanged(name, value))

    def add_to_collections(self, names: Any, value: Any) -> None:
        """Appends `value` to each of the collections; a single name may be given as text."""
        for name in (names,) if isinstance(names, str) else set(names):
            self.add_to_collection(name, value)

    def get_collection_ref(self, name: Any) -> list[Any]:
        """Returns the list itself of a collection, made when missing; changing it changes the collection."""
        with self._lock:
            return self._collections.setdefault(name, [])

    def get_collection(self, name: Any, scope: str | None = None) -> list[Any]:
        """Returns a copy of the collection `name`, or [].

        Args:
          scope: a regular expression; items stay whose `name` it matches at the beginning. Items without a name are dropped then.
        """
        with self._lock:
            items = self._collections.get(name)
            if items is None:
                return []
            if scope is None:
                return list(items)
            pattern = re.compile(scope)
            return [each for each in items if hasattr(each, "name") and pattern.match(each.name)]

    def clear_collection(self, name: Any) -> None:
        """Empties the collection `name`."""
        self._check_not_finalized()
        with self._lock:
            self._collections.pop(name, None)
            self.journal.collection_sites.pop(name, None)
        if self.events.observers:
            self.events.publish(events.CollectionChanged(name, None))

    # ---- the graph as a whole

    def as_default(self) -> Any:
        """Makes this graph the default inside `with`."""
        return contexts.graph_stack.controller(self)

    def __enter__(self) -> Graph:
        context = self.as_default()
        self._entered = [*getattr(self, "_entered", []), context]
        return context.__enter__()

    def __exit__(self, *args: Any) -> Any:
        context = self._entered.pop()
        return context.__exit__(*args)

    def _default_changed(self, graph: Any) -> None:
        if self.events.observers:
            self.events.publish(events.DefaultGraphChanged(graph))

    @property
    def version(self) -> int:
        """The number of operations; it grows with every change."""
        return len(self._ops)

    @property
    def _last_id(self) -> int:
        return len(self._ops)

    @property
    def seed(self) -> int | None:
        """The graph's random seed, or None."""
        return self._seed

    @seed.setter
    def seed(self, seed: int | None) -> None:
        self._seed = seed

    @property
    def finalized(self) -> bool:
        """Whether the graph may no longer change."""
        return self._finalized

    @property
    def building_function(self) -> bool:
        """Whether this graph is the body of a function; always False here."""
        return False

    def finalize(self) -> None:
        """Forbids every further change of this graph."""
        self._finalized = True
        if self.events.observers:
            self.events.publish(events.GraphFinalized(True))

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False
        if self.events.observers:
            self.events.publish(events.GraphFinalized(False))

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """Returns the graph as a `GraphDef` protocol buffer."""
        return slots.graph_def(self, from_version, add_shapes)

    def _get_control_flow_context(self) -> Any:
        return self._thread.control_flow

    def _set_control_flow_context(self, context: Any) -> None:
        self._thread.control_flow = context

    def __repr__(self) -> str:
        return f"<tfmini.Graph #{self._number} with {len(self._ops)} operations>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return slots.mimebundle(self) if slots.mimebundle is not None else {"text/plain": repr(self)}


def _outputs(op: Operation, types: Sequence[Any], dims: Sequence[Any]) -> tuple[Tensor, ...]:
    """Returns the outputs of an operation that has none, or several."""
    outputs = []
    for index, (dtype, shape) in enumerate(zip(types, dims, strict=True)):
        tensor = Tensor()
        tensor._op = op
        tensor._value_index = index
        tensor._dtype = dtype
        tensor._dims = shape
        tensor._readers = None
        outputs.append(tensor)
    return tuple(outputs)


contexts.set_graph_class(Graph)
