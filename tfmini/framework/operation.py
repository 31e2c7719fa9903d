"""An operation: one node of a graph."""

from __future__ import annotations

from typing import Any

from . import dtypes
from .provenance import Site
from .slots import slots
from .tensor import Tensor

_MANY = 32


class Operation:
    """One node of a graph: a type, inputs, control inputs, attributes, and what it gives.

    Made by `builder` and by the public functions of `tfmini`, never by hand.
    """

    __slots__ = (
        "__weakref__",
        "_attrs",
        "_control_flow_context",
        "_control_inputs",
        "_definition",
        "_device",
        "_graph",
        "_id",
        "_inputs",
        "_maker",
        "_name",
        "_output",
        "_owner",
        "_site",
    )

    # Filled by `Graph._append`, which makes all operations: an initializer would cost as much as the rest of it.
    _attrs: dict[str, Any]
    _control_flow_context: Any
    _control_inputs: tuple[Operation, ...] | list[Operation]
    _definition: Any
    _device: str
    _graph: Any
    _id: int
    _inputs: tuple[Tensor, ...]
    _maker: str
    _name: str
    _output: Tensor | tuple[Tensor, ...]  # the output; a tuple when there is none, or several
    _owner: Any
    _site: Site | None

    @property
    def _outputs(self) -> tuple[Tensor, ...]:
        output = self._output
        return output if type(output) is tuple else (output,)  # type: ignore[return-value]

    @property
    def name(self) -> str:
        """The full name, unique in the graph."""
        return self._name

    @property
    def type(self) -> str:
        """The type, such as `"MatMul"`."""
        return self._definition.name

    @property
    def graph(self) -> Any:
        """The graph that holds this operation."""
        return self._graph

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The tensors it takes."""
        return self._inputs

    @property
    def control_inputs(self) -> list[Operation]:
        """The operations that must run before it without giving it a value."""
        return list(self._control_inputs)

    @property
    def outputs(self) -> list[Tensor]:
        """The tensors it gives."""
        return list(self._outputs)

    @property
    def device(self) -> str:
        """The device asked for, or "". tfmini keeps devices as names; everything runs on the CPU."""
        return self._device

    @property
    def op_def(self) -> Any:
        """The declaration of its type."""
        return self._definition

    @property
    def node_def(self) -> Any:
        """This operation as a `NodeDef` protocol buffer."""
        return slots.node_def(self)

    @property
    def traceback(self) -> list[tuple[str, int, str, str]]:
        """The line of the user's program that made it: `[(file, line, function, text)]`."""
        site = self._site
        return [] if site is None else [(site.file, site.line, site.function, site.text)]

    def get_attr(self, name: str) -> Any:
        """Returns an attribute: DType, int, float, bool, bytes, TensorShape, numpy array, or a list of these.

        Raises:
          ValueError: there is no such attribute.
        """
        try:
            value = self._attrs[name]
        except KeyError:
            raise ValueError(f"Operation '{self._name}' has no attr named '{name}'.") from None
        return _public(value)

    def colocation_groups(self) -> list[bytes]:
        """Returns the groups of operations that belong on one device, as `loc:@name`."""
        groups = [each for each in self._attrs.get("_class", ()) if each.startswith(b"loc:@")]
        return groups or [b"loc:@" + self._name.encode()]

    def values(self) -> tuple[Tensor, ...]:
        """Returns the outputs as a tuple."""
        return self._outputs

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Runs this operation in `session`, or in the default session."""
        slots.default_session_run(self, feed_dict, session, self._graph, "operation")

    # ---- changes after creation, used by control flow and by initial values

    def _set_device(self, device: Any) -> None:
        self._device = "" if device is None else str(device)

    def _note(self, name: str, value: Any) -> None:
        """Gives this operation an attribute that changes nothing for plans; the dict may be shared, so it is replaced."""
        self._attrs = {**self._attrs, name: value}

    def _set_attr(self, name: str, value: Any) -> None:
        self._note(name, value)
        self._graph._changed(self, "attr")

    def _update_input(self, index: int, tensor: Tensor) -> None:
        """Replaces one input; the consumers of both tensors follow."""
        self._graph._rewired.setdefault(self, set()).add(index)
        old = self._inputs[index]
        is_new = not any(each is tensor for each in self._inputs)
        self._inputs = (*self._inputs[:index], tensor, *self._inputs[index + 1 :])
        if not any(each is old for each in self._inputs):
            old._forget_reader(self)
        if is_new:
            tensor._note_reader(self)
        self._graph._changed(self, "inputs")

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _add_control_inputs(self, ops: list[Operation]) -> None:
        held = self._control_inputs
        if len(held) < _MANY:
            known: Any = held
        else:
            # In the gradient of a loop, one counter waits for everything that is kept.
            known = self._graph._many_controls.get(self)
            if known is None:
                known = self._graph._many_controls[self] = set(held)
        new = [op for op in dict.fromkeys(ops) if op not in known]
        if not new:
            return
        if isinstance(held, list):
            held.extend(new)
        else:
            self._control_inputs = [*held, *new] if len(held) >= _MANY else (*held, *new)
        if isinstance(known, set):
            known.update(new)
        self._graph._changed(self, "control")

    def _remove_all_control_inputs(self) -> None:
        self._control_inputs = ()
        self._graph._many_controls.pop(self, None)
        self._graph._changed(self, "control")

    def _set_control_flow_context(self, context: Any) -> None:
        self._control_flow_context = context

    def _get_control_flow_context(self) -> Any:
        return self._control_flow_context

    @property
    def _is_stateful(self) -> bool:
        return self._definition.spec.stateful

    @property
    def _output_types(self) -> list[dtypes.DType]:
        return [each._dtype for each in self._outputs]

    def __str__(self) -> str:
        return str(self.node_def)

    def __repr__(self) -> str:
        return f"<tf.Operation '{self._name}' type={self.type}>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        return slots.mimebundle(self) if slots.mimebundle is not None else {"text/plain": repr(self)}


def _public(value: Any) -> Any:
    """Returns the public form of an attribute as it is kept inside."""
    if isinstance(value, (tuple, list)):
        return [_public(each) for each in value]
    return value
