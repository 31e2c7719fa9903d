"""`tf.gradients`: walks from the results back to the variables and adds the operations that compute the derivatives.

The walk is breadth first and handles an operation when the gradients of all its readers that matter are there. The order is
TensorFlow's, because it decides the names.
"""

from __future__ import annotations

import contextlib
import enum
from collections import deque
from collections.abc import Sequence
from typing import Any

from ..framework import contexts, dtypes, provenance, registry
from ..framework.convert import convert_to_tensor, graph_element
from ..framework.growth import growing
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import raw
from ..framework.shapes import TensorShape, merge_dims
from ..framework.tensor import Tensor
from ..ops.control_flow_context import is_loop_exit, is_loop_switch, is_switch
from .aggregation import aggregate
from .loop_states import LoopStates, loops_between

_TRAINABLE = frozenset(
    (
        dtypes.float16,
        dtypes.float32,
        dtypes.float64,
        dtypes.bfloat16,
        dtypes.complex64,
        dtypes.complex128,
        dtypes.resource,
        dtypes.variant,
    )
)


_TRAINABLE_NUMBERS = frozenset(number for each in _TRAINABLE for number in (each._number, each._as_ref._number))
_PACKAGE = __name__.partition(".")[0] + "."


class UnconnectedGradients(enum.Enum):
    """What `gradients` gives for an `x` that no `y` depends on: None, or a tensor of zeros."""

    NONE = "none"
    ZERO = "zero"


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    colocate_gradients_with_ops: bool = False,
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: UnconnectedGradients = UnconnectedGradients.NONE,
) -> list[Any]:
    """Returns the sum of the derivatives of `ys` with respect to each of `xs`.

    Args:
      ys: a tensor or a list of tensors.
      xs: a tensor, a variable, or a list of these.
      grad_ys: gradients to start from, one for each of `ys` and of its shape; None stands for ones.
      name: name scope of the operations that are added.
      colocate_gradients_with_ops: note each operation of the forward pass as the device group of its gradient.
      gate_gradients: make every gradient of an operation wait for all of them.
      aggregation_method: one of `AggregationMethod`.
      stop_gradients: tensors to treat as constants.
      unconnected_gradients: what to give for an `x` that no `y` depends on.

    Returns:
      One gradient for each of `xs`, of its shape: a tensor, an `IndexedSlices`, or None.

    Raises:
      LookupError: an operation between has no gradient. ValueError: the arguments do not fit each other.
      TypeError: a dtype has no derivative.
    """
    try:
        unconnected_gradients = UnconnectedGradients(unconnected_gradients)
    except ValueError:
        raise ValueError(
            f"Unknown value for unconnected_gradients: '{unconnected_gradients}'. Use one of tf.UnconnectedGradients."
        ) from None
    ys, xs = _as_list(ys), _as_list(xs)
    stops = [] if stop_gradients is None else _as_list(stop_gradients)
    starts = [None] * len(ys) if grad_ys is None else _as_list(grad_ys)
    graph = _common_graph([*ys, *xs, *stops, *(each for each in starts if each is not None)])
    with (
        contexts.Controller(contexts.graph_stack, graph),
        graph.name_scope(name or "gradients"),
        provenance.made_by("gradient", site=provenance.here()),
        growing(),
    ):
        # TensorFlow names a group here and uses the name up.
        graph.unique_name("uid")
        y_tensors = [convert_to_tensor(y, name=f"y_{i}") for i, y in enumerate(ys)]
        x_tensors = [_differentiable(x, i) for i, x in enumerate(xs)]
        stop_tensors = [convert_to_tensor(each, as_ref=True) for each in stops]
        walk = _Walk(
            graph, y_tensors, x_tensors, stop_tensors, colocate_gradients_with_ops, gate_gradients, aggregation_method
        )
        found = walk.run(starts)
    with contexts.Controller(contexts.graph_stack, graph), provenance.made_by("gradient"):
        walk.finish()
    if unconnected_gradients is UnconnectedGradients.ZERO:
        # Outside the name scope, as TensorFlow makes them.
        with contexts.Controller(contexts.graph_stack, graph), provenance.made_by("gradient"):
            found = [_zeros(x) if each is None else each for x, each in zip(x_tensors, found, strict=True)]
    return found


def _as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _common_graph(values: Sequence[Any]) -> Any:
    first = graph = None
    for value in values:
        element = value if isinstance(value, IndexedSlices) else graph_element(value)
        if element is None:
            continue
        if graph is None:
            first, graph = element, element.graph
        elif element.graph is not graph:
            raise ValueError(
                f"{element} must be from the same graph as {first} (graphs are {element.graph!r} and {graph!r})."
            )
    return contexts.default_graph() if graph is None else graph


def _differentiable(x: Any, index: int) -> Tensor:
    """Returns the tensor to differentiate by: a variable's handle or reference itself, not a read of it."""
    handle = getattr(x, "handle", None)
    if isinstance(handle, Tensor) and handle._dtype is dtypes.resource:
        return handle
    if isinstance(x, IndexedSlices):
        return x.values
    return convert_to_tensor(x, name=f"x_{index}", as_ref=True)


def is_trainable(tensor: Tensor) -> bool:
    """Says whether a gradient can pass through a tensor of this dtype."""
    return tensor._dtype._number in _TRAINABLE_NUMBERS


class _Walk:
    """One call of `gradients`."""

    def __init__(
        self,
        graph: Any,
        ys: list[Tensor],
        xs: list[Tensor],
        stops: list[Tensor],
        colocate: bool,
        gate: bool,
        method: Any,
    ) -> None:
        self._graph = graph
        self._ys = ys
        self._xs = xs
        self._stops = stops
        self._colocate = colocate
        self._gate = gate
        self._method = method
        # For each operation, for each output, the gradients that have arrived; a sum once it was aggregated.
        self._arrived: dict[Any, list[Any]] = {}
        # The loops between, once it is known what is between; None without loops.
        self._loops: LoopStates | None = None

    def run(self, starts: list[Any]) -> list[Any]:
        for y, gradient in zip(self._ys, self._start_gradients(starts), strict=True):
            self._arrive(y, gradient)
        waiting, reachable = self._count_readers()
        queue: deque[Any] = deque()
        for op in dict.fromkeys(y._op for y in self._ys):
            if waiting.get(op, 0) == 0 and op in reachable:
                queue.append(op)
        if self._loops is not None:
            for tensor in self._loops.unused_exits(waiting, list(queue)):
                if is_trainable(tensor):
                    self._arrive(tensor, self._loops.zeros_for_exit(tensor))
                    queue.append(tensor._op)
        ends = self._ends(waiting)
        while queue:
            op = queue.popleft()
            if self._colocate:
                with self._graph.colocate_with(op):
                    self._differentiate(op, op in ends)
            else:
                self._differentiate(op, op in ends)
            for tensor in op._inputs:
                source = tensor._op
                left = waiting.get(source, 0) - 1
                waiting[source] = left
                if left == 0 and self._loops is None:
                    queue.append(source)
                elif self._loops is not None and (left == 0 or (left > 0 and is_loop_switch(source))):
                    self._ready_in_loops(self._loops, tensor, queue)
        return [self._result(x) for x in self._xs]

    def finish(self) -> None:
        """Completes what the loops between need; TensorFlow does so outside the name scope."""
        if self._loops is not None:
            self._loops.finish()

    def _ready_in_loops(self, loops: LoopStates, tensor: Tensor, queue: deque[Any]) -> None:
        """Takes the operation of `tensor` next, but all Exits of a loop together."""
        if not is_loop_exit(tensor._op):
            queue.append(tensor._op)
            return

        def has_gradient(op: Any) -> bool:
            totals = self._arrived.get(op, ())
            return any(each is not None and each != [] for each in totals)

        def arrive_zeros(unused: Tensor) -> None:
            if is_trainable(unused):
                self._arrive(unused, loops.zeros_for_exit(unused))

        loops.exit_ready(tensor, queue, has_gradient, arrive_zeros)

    # ---- what takes part

    def _count_readers(self) -> tuple[dict[Any, int], set[Any]]:
        """Returns, for each operation between `xs` and `ys`, how many inputs of others wait for it; and the ends of `ys` that count."""
        reached: set[Any] = set()
        todo = deque(x._op for x in self._xs)
        while todo:
            op = todo.popleft()
            if op in reached:
                continue
            reached.add(op)
            for output in op._outputs:
                if is_trainable(output):
                    todo.extend(output._consumers)
        reachable = {y._op for y in self._ys if y._op in reached}
        between: dict[Any, None] = {}
        todo = deque(y._op for y in self._ys)
        while todo:
            op = todo.popleft()
            if op in reached:
                between[op] = None
                reached.remove(op)
                todo.extend(tensor._op for tensor in op._inputs)
        self._loops = loops_between(between, self._colocate)
        waiting: dict[Any, int] = {}
        for op in between:
            for tensor in op._inputs:
                if tensor._op in between:
                    waiting[tensor._op] = waiting.get(tensor._op, 0) + 1
        return waiting, reachable

    def _ends(self, waiting: dict[Any, int]) -> set[Any]:
        """Returns the operations behind which there is nothing to differentiate by."""
        ends = {x._op for x in self._xs if all(waiting.get(t._op, 0) <= 0 for t in x._op._inputs)}
        ends.update(tensor._op for tensor in self._stops)
        return ends

    # ---- one operation

    def _differentiate(self, op: Any, is_end: bool) -> None:
        if self._loops is None:
            self._pass_on(op, self._totals(op), is_end)
            return
        with self._loops.around(op, before=True):
            totals = self._totals(op)
        with self._loops.around(op, before=False):
            self._pass_on(op, totals, is_end)

    def _totals(self, op: Any) -> list[Any]:
        """Returns the gradients of the outputs of `op`, added up."""
        totals = self._arrived.get(op)
        if totals is None:
            return [None] * len(op._outputs)
        for index, arrived in enumerate(totals):
            if type(arrived) is list:
                if len(arrived) == 1 and self._method is None:
                    totals[index] = arrived[0]
                else:
                    totals[index] = aggregate(arrived, op, self._method) if arrived else None
        return totals

    def _refuse_initial_value(self, op: Any) -> None:
        sources = {x._op for x in self._xs}
        todo, seen = deque([op]), set()
        while todo:
            each = todo.popleft()
            if each in sources:
                raise ValueError(
                    f"Cannot compute gradient inside while loop with respect to op '{each._name}'. We do not support taking the "
                    "gradient wrt or through the initial value of a loop variable. Gradients can be computed through loop "
                    "invariants or wrt the input parameters to the loop body."
                )
            if each not in seen:
                seen.add(each)
                todo.extend(tensor._op for tensor in each._inputs)

    def _pass_on(self, op: Any, out_gradients: list[Any], is_end: bool) -> None:
        """Calls the gradient function of `op` and sends what it gives to the inputs. Zeros that it needs join `out_gradients`."""
        if self._graph._has_loops and is_switch(op):
            context = op._control_flow_context
            current = self._graph._get_control_flow_context()
            if context is not None and context is current and context.is_while_context():
                self._refuse_initial_value(op)
        if is_end:
            return
        for each in out_gradients:
            if each is not None:
                break
        else:
            return
        function = gradient_function(op)
        if function is None:
            return
        for index, output in enumerate(op._outputs):
            if out_gradients[index] is not None or not is_trainable(output):
                continue
            if self._loops is not None:
                out_gradients[index] = self._loops.zeros_for_output(op, index, _zeros_for_output)
            else:
                out_gradients[index] = _zeros_for_output(op, index)
        # A name scope, opened without the checks of a name: this one is made of a valid name.
        scopes = self._graph._thread
        outside = scopes.name_stack
        scopes.name_stack = self._graph.unique_name(op._name + "_grad")
        try:
            if function.__module__.startswith(_PACKAGE):
                found = function(op, *out_gradients)
            else:
                with provenance.looking_up():
                    found = function(op, *out_gradients)
            in_gradients = _as_gradients(found, op)
            if self._gate and sum(each is not None for each in in_gradients) > 1:
                in_gradients = self._gated(in_gradients)
        finally:
            scopes.name_stack = outside
        for index, (tensor, gradient) in enumerate(zip(op._inputs, in_gradients, strict=True)):
            if gradient is None:
                continue
            if (
                isinstance(gradient, Tensor)
                and gradient._dims != tensor._dims
                and tensor._dtype.base_dtype is not dtypes.resource
            ):
                _check_shape(op, index, tensor, gradient)
            self._arrive(tensor, gradient)

    def _gated(self, in_gradients: list[Any]) -> list[Any]:
        from ..ops.control_flow import tuple as gate

        with self._graph.device(None), self._graph.colocate_with(None, ignore_existing=True):
            return list(gate(in_gradients))

    def _arrive(self, tensor: Tensor, gradient: Any) -> None:
        op = tensor._op
        totals = self._arrived.get(op)
        if totals is None:
            totals = self._arrived[op] = [[]] if len(op._outputs) == 1 else [[] for _ in op._outputs]
        arrived = totals[tensor._value_index]
        if type(arrived) is list:
            arrived.append(gradient)
        elif is_loop_switch(op):
            # It is met twice, behind the Exit and behind the body.
            totals[tensor._value_index] = gradient
        else:
            raise AssertionError(f"A gradient of {tensor.name} arrived after its sum was taken.")

    # ---- both ends

    def _start_gradients(self, starts: list[Any]) -> list[Any]:
        if len(starts) != len(self._ys):
            raise ValueError(
                f"Length mismatch. Passed {len(starts)} grad_ys for {len(self._ys)} ys. Give one for each of ys, or None."
            )
        return [self._start(index, y, given) for index, (y, given) in enumerate(zip(self._ys, starts, strict=True))]

    def _start(self, index: int, y: Tensor, given: Any) -> Any:
        if given is None:
            if y._dtype.is_complex:
                raise TypeError(f"Gradients of complex tensors ({y}) must set grad_ys (y.dtype = {y._dtype.name})")
            with self._colocated(y._op):
                return _ones(y, f"grad_ys_{index}")
        if isinstance(given, IndexedSlices):
            return given
        gradient = convert_to_tensor(given, name=f"grad_y_{index}")
        if not (gradient._dtype.is_floating or gradient._dtype.is_complex or gradient._dtype.is_integer):
            raise TypeError(
                f"Gradient type {gradient._dtype.name} generated for tensor {y} with type {y._dtype.name} must be numeric."
            )
        with self._colocated(y._op):
            return raw.Identity(gradient, name=f"grad_ys_{index}")

    def _result(self, x: Tensor) -> Any:
        totals = self._arrived.get(x._op)
        gradient = None if totals is None else totals[x._value_index]
        if type(gradient) is list:
            gradient = aggregate(gradient, x._op, self._method) if gradient else None
        return gradient

    def _colocated(self, op: Any) -> Any:
        return self._graph.colocate_with(op) if self._colocate else contextlib.nullcontext()


def gradient_function(op: Any) -> Any:
    """Returns the gradient function of an operation, or None when gradients stop there.

    Raises:
      LookupError: its type has none and does not say that it needs none.
    """
    if not op._inputs:
        return None
    definition = op._definition
    override = op._attrs.get("_gradient_op_type")
    if override is not None:
        return registry.named_gradient(override.decode())
    if not definition.has_gradient:
        raise LookupError(
            f"No gradient defined for operation '{op._name}' (op type: {op.type}). Stop the gradient before it with "
            "tf.stop_gradient, or leave it out of what you differentiate."
        )
    return definition.gradient_function


def _as_gradients(result: Any, op: Any) -> list[Any]:
    gradients_in = [*result] if isinstance(result, (list, tuple)) else [result]
    if len(gradients_in) != len(op._inputs):
        raise ValueError(
            f"Num gradients {len(gradients_in)} generated for op {op._name} ({op.type}) do not match num inputs {len(op._inputs)}"
        )
    return gradients_in


def _check_shape(op: Any, index: int, tensor: Tensor, gradient: Tensor) -> None:
    try:
        dims = merge_dims(gradient._dims, tensor._dims)
    except ValueError:
        raise ValueError(
            "Incompatible shapes between op input and calculated input gradient. Forward operation: "
            f"{op._name}. Input index: {index}. Original input shape: {TensorShape(tensor._dims)}. "
            f"Calculated input gradient shape: {TensorShape(gradient._dims)}"
        ) from None
    if dims != gradient._dims:
        gradient.set_shape(TensorShape(dims))


def _ones(y: Tensor, name: str) -> Tensor:
    from ..ops import array

    return array.ones(array.shape(y), dtype=y._dtype.base_dtype, name=name)


def _zeros_for_output(op: Any, index: int) -> Tensor:
    """Returns zeros of the shape of an output that got no gradient.

    A Switch gives a value in one branch only; its zeros are made in the other, where nothing else would come.
    """
    from ..ops import array

    output = op._outputs[index]
    context = op._get_control_flow_context()
    is_handle = output._dtype.base_dtype is dtypes.resource
    if op.type not in ("Switch", "RefSwitch") or context is None:
        if is_handle:
            return array.zeros(raw.VariableShape(output), dtype=_variable_dtype(output))
        return raw.ZerosLike(output, name="zeros_like")
    other = raw.Switch(op._inputs[0], context.pred)[1 - context.branch]
    pivot = raw.Identity(other)
    if is_handle:
        with op.graph.control_dependencies([pivot]):
            return array.zeros(raw.VariableShape(other), dtype=_variable_dtype(output))
    sizes = raw.Shape(other)
    with op.graph.control_dependencies([pivot]):
        return array.zeros(sizes, dtype=output._dtype)


def _variable_dtype(handle: Tensor) -> dtypes.DType:
    """Returns the dtype of the variable behind a handle, which may have passed through a Switch."""
    source = handle._op
    while source.type != "VarHandleOp" and source._inputs:
        source = source._inputs[0]._op
    return source._attrs.get("dtype", dtypes.float32)  # type: ignore[no-any-return]


def _zeros(x: Tensor) -> Tensor:
    from ..ops import array

    return array.zeros_like(x)
