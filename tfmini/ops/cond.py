"""Conditionals of version 1 graphs: Switch, Merge and `tf.cond`.

`Switch` sends its value to one of two outputs; everything that depends on the other output is dead. `Merge` takes the first of
its inputs that is alive. `cond` builds both branches inside contexts: a value from outside that a branch uses goes through a
Switch, so that the operations of a branch run only when it is taken. What was made outside the branch functions runs always.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..framework import contexts, dtypes
from ..framework.collections import GraphKeys
from ..framework.convert import convert_to_tensor
from ..framework.dead import DEAD
from ..framework.indexed_slices import IndexedSlices
from ..framework.op_scope import op_scope
from ..framework.operation import Operation
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .control_flow import with_dependencies

__all__ = ["cond"]


# ---- the operations


def _shape_of_first(call: Any) -> Any:
    return [call.shapes[0]] * 2


def _merge_shape(call: Any) -> Any:
    shapes = call.shapes
    if any(each is None or len(each) != len(shapes[0] or ()) for each in shapes):
        merged = None
    else:
        merged = tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))
    return [merged, ()]


def _switch_kernel(data: Any, pred: Any) -> Any:
    return (DEAD, data) if bool(pred) else (data, DEAD)


def _merge_kernel(*inputs: Any) -> Any:
    for index, value in enumerate(inputs):
        if value is not DEAD:
            return value, dtypes.int32.as_numpy_dtype(index)
    return DEAD, DEAD


switch_op = op(
    "Switch(data: T, pred: bool) -> (output_false: T, output_true: T)", attrs=["T: type"], aliases=0, foldable=False
)
ref_switch_op = op(
    "RefSwitch(data: Ref(T), pred: bool) -> (output_false: Ref(T), output_true: Ref(T))",
    attrs=["T: type"],
    aliases=0,
    foldable=False,
)
merge_op = op(
    "Merge(inputs: N * T) -> (output: T, value_index: int32)",
    attrs=["T: type", "N: int >= 1"],
    aliases=0,
    foldable=False,
)
ref_merge_op = op(
    "RefMerge(inputs: Ref(N * T)) -> (output: Ref(T), value_index: int32)",
    attrs=["T: type", "N: int >= 1"],
    aliases=0,
    foldable=False,
)
for _each in (switch_op, ref_switch_op):
    _each.shape(_shape_of_first)
    _each.kernel(_switch_kernel)
for _each in (merge_op, ref_merge_op):
    _each.shape(_merge_shape)
    _each.kernel(_merge_kernel)


def switch(data: Any, pred: Any, name: str | None = None) -> list[Tensor]:
    """Returns `[output_false, output_true]`, of which `pred` leaves one alive."""
    return raw.Switch(data, pred, name=name or "Switch")


def switch_ref_or_tensor(data: Tensor, pred: Any, name: str = "Switch") -> list[Tensor]:
    """Returns the two outputs of a Switch on the device of `data`; a reference stays one."""
    graph = contexts.default_graph()
    with graph.colocate_with(data._op, ignore_existing=True):
        if data._dtype.is_ref:
            return raw.RefSwitch(data, pred, name=name)
        return raw.Switch(data, pred, name=name)


def merge(inputs: Any, name: str | None = None) -> list[Tensor]:
    """Returns the input that is alive, and its index."""
    if all(each._dtype.is_ref for each in inputs):
        return raw.RefMerge(list(inputs), name=name or "Merge")
    return raw.Merge(list(inputs), name=name or "Merge")


# ---- contexts


class CondContext:
    """One branch of a conditional, while it is built and after.

    Attributes:
      name: unique name of the context.
      pred: the condition.
      pivot: a tensor that is alive when this branch is.
      branch: 1 for true, 0 for false.
      outer_context: the context around, or None.
    """

    def __init__(self, pred: Tensor, pivot: Tensor, branch: int, name: str = "cond_text") -> None:
        self.graph = contexts.default_graph()
        self.name = self.graph.unique_name(name)
        self.pred = pred
        self.pivot = pivot
        self.branch = branch
        self.outer_context = self.graph._get_control_flow_context()
        self.values: set[str] = {pred.name, pivot.name}
        self._inside_of: dict[str, Tensor] = {pred.name: pred, pivot.name: pivot}
        self._entered: list[Any] = []

    def __enter__(self) -> CondContext:
        self._entered.append(self.graph._get_control_flow_context())
        self.graph._set_control_flow_context(self)
        return self

    def __exit__(self, *_: Any) -> None:
        self.graph._set_control_flow_context(self._entered.pop())

    def AddName(self, name: str) -> None:
        """Notes a value as made inside."""
        self.values.add(name)

    def AddValue(self, value: Tensor) -> Tensor:
        """Returns what stands for `value` inside this branch; a value from outside goes through a Switch."""
        name = value.name
        if name in self.values:
            return self._inside_of.get(name, value)
        self.values.add(name)
        result = value
        if self.outer_context is not None:
            result = self.outer_context.AddValue(value)
            self.values.add(result.name)
            self._inside_of[result.name] = result
        with self.graph.control_dependencies(None):
            result = switch_ref_or_tensor(result, self.pred)[self.branch]
            if self.outer_context is not None:
                self.outer_context.AddInnerOp(result._op)
        self.graph.prevent_fetching(result._op)
        self.graph.prevent_feeding(result)
        result._op._set_control_flow_context(self)
        context: Any = self
        while context is not None:
            context.values.add(result.name)
            context = context.outer_context
        self._inside_of[name] = result
        return result

    def AddOp(self, op: Operation) -> None:
        """Takes an operation into this branch: its inputs from outside are switched; without any it waits for the pivot."""
        if not op._inputs:
            if not any(_is_inside(each, self) for each in op._control_inputs):
                op._add_control_input(self.pivot._op)
        else:
            for index, tensor in enumerate(op._inputs):
                inside = self.AddValue(tensor)
                if inside is not tensor:
                    op._update_input(index, inside)
        context: Any = self
        while context is not None:
            context.values.update(output.name for output in op._outputs)
            context = context.outer_context
        self.graph.prevent_fetching(op)
        for output in op._outputs:
            self.graph.prevent_feeding(output)
        if self.outer_context is not None:
            self.outer_context.AddInnerOp(op)

    def AddInnerOp(self, op: Operation) -> None:
        """Hears of an operation of a context inside this one."""
        if self.outer_context is not None:
            self.outer_context.AddInnerOp(op)

    def build_branch(self, function: Callable[[], Any]) -> tuple[Any, list[Tensor]]:
        """Calls `function` inside this branch. Returns its result and, flat, the tensors that leave the branch."""
        original = function()
        if original is None:
            return None, []
        return original, [self._leave(each) for each in _flatten(original)]

    def _leave(self, value: Any) -> Tensor:
        if isinstance(value, Operation):
            # An operation gives no value: the pivot after it stands for it.
            tensor = with_dependencies([value], self.pivot)
        else:
            tensor = convert_to_tensor(value)
        name = tensor.name
        if name not in self.values:
            return self.AddValue(tensor)
        return self._inside_of.get(name, tensor)


def _is_inside(op: Operation, context: CondContext) -> bool:
    each = op._control_flow_context
    while each is not None:
        if each is context:
            return True
        each = each.outer_context
    return False


# ---- structures


def _flatten(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return [leaf for each in value for leaf in _flatten(each)]
    if isinstance(value, Mapping):
        return [leaf for key in sorted(value) for leaf in _flatten(value[key])]
    return [value]


def _packed(structure: Any, leaves: list[Any]) -> Any:
    if isinstance(structure, (list, tuple)):
        parts = [_packed(each, leaves) for each in structure]
        return type(structure)(*parts) if hasattr(structure, "_fields") else type(structure)(parts)
    if isinstance(structure, Mapping):
        parts_by_key = {key: _packed(structure[key], leaves) for key in sorted(structure)}
        mapping: Any = type(structure)
        return mapping((key, parts_by_key[key]) for key in structure)
    return leaves.pop(0)


def _outline(value: Any) -> Any:
    """Returns the nesting of a structure, without its leaves."""
    if isinstance(value, (list, tuple)):
        return (type(value), tuple(_outline(each) for each in value))
    if isinstance(value, Mapping):
        return (type(value), tuple((key, _outline(value[key])) for key in sorted(value)))
    return None


# ---- cond


def cond(
    pred: Any,
    true_fn: Callable[[], Any] | None = None,
    false_fn: Callable[[], Any] | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable[[], Any] | None = None,
    fn2: Callable[[], Any] | None = None,
) -> Any:
    """Returns `true_fn()` if `pred` is true when the graph runs, else `false_fn()`.

    Both functions are called while the graph is built. Only what they add is conditional; what was made before runs always.

    Args:
      pred: scalar bool tensor.
      true_fn, false_fn: functions without arguments that return a tensor, an operation, or equal structures of these.
      strict: keep a list or tuple of one tensor as it is; by default it is unpacked.
      name: name scope.
      fn1, fn2: the old names of `true_fn` and `false_fn`.

    Raises:
      TypeError: `pred` is a Python bool, or a branch cannot be called. ValueError: the branches return different structures
        or dtypes.
    """
    true_fn = fn1 if true_fn is None else true_fn
    false_fn = fn2 if false_fn is None else false_fn
    if true_fn is None:
        raise TypeError("cond(): 'true_fn' argument required")
    if false_fn is None:
        raise TypeError("cond(): 'false_fn' argument required")
    if not callable(true_fn):
        raise TypeError("'true_fn' must be callable.")
    if not callable(false_fn):
        raise TypeError("'false_fn' must be callable.")
    if isinstance(pred, bool):
        raise TypeError("'pred' must not be a Python bool.")
    with op_scope(name, "cond", [pred]):
        graph = contexts.default_graph()
        p_2, p_1 = switch(pred, pred)
        pivot_1 = raw.Identity(p_1, name="switch_t")
        pivot_2 = raw.Identity(p_2, name="switch_f")
        pred = raw.Identity(pred, name="pred_id")
        for tensor in (p_1, p_2, pivot_1, pivot_2, pred):
            graph.prevent_fetching(tensor._op)
        context_t = CondContext(pred, pivot_1, 1)
        with context_t:
            result_t, leaves_t = context_t.build_branch(true_fn)
        if result_t is None:
            raise ValueError("'true_fn' must have a return value.")
        context_f = CondContext(pred, pivot_2, 0)
        with context_f:
            result_f, leaves_f = context_f.build_branch(false_fn)
        if result_f is None:
            raise ValueError("'false_fn' must have a return value.")
        if _outline(result_t) != _outline(result_f):
            raise ValueError(
                "The two structures don't have the same nested structure.\n"
                f"'true_fn' gave {result_t!r},\n'false_fn' gave {result_f!r}. Give the same from both."
            )
        for true_leaf, false_leaf in zip(leaves_t, leaves_f, strict=True):
            if true_leaf._dtype.base_dtype is not false_leaf._dtype.base_dtype:
                raise ValueError(
                    f"Outputs of 'true_fn' and 'false_fn' must have the same type(s). Received {true_leaf._dtype.name} from "
                    f"'true_fn' and {false_leaf._dtype.name} from 'false_fn'."
                )
        merges = [merge([f, t])[0] for f, t in zip(leaves_f, leaves_t, strict=True)]
        if context_t.outer_context is None:
            graph.add_to_collection(GraphKeys.COND_CONTEXT, context_t)
            graph.add_to_collection(GraphKeys.COND_CONTEXT, context_f)
        result = _packed(result_t, list(merges))
        if not strict and isinstance(result, (list, tuple)) and len(result) == 1 and not hasattr(result, "_fields"):
            return result[0]
        return result


# ---- gradients


@merge_op.gradient
def _merge_gradient(op: Operation, gradient: Any, _: Any) -> Any:
    context = op._inputs[0]._op._control_flow_context
    if isinstance(gradient, IndexedSlices):
        gradient = convert_to_tensor(gradient)
    if isinstance(context, CondContext):
        return switch_ref_or_tensor(gradient, context.pred, name="cond_grad")
    chosen = [raw.Equal(op._outputs[1], index) for index in range(len(op._inputs))]
    return [switch_ref_or_tensor(gradient, each)[1] for each in chosen]


@switch_op.gradient
def _switch_gradient(op: Operation, false_gradient: Any, true_gradient: Any) -> Any:
    context = op._control_flow_context
    # Rows of a gradient become a whole tensor here; TensorFlow would merge their parts one by one.
    gradients = [
        convert_to_tensor(each) if isinstance(each, IndexedSlices) else each for each in (false_gradient, true_gradient)
    ]
    if isinstance(context, CondContext):
        if gradients[1 - context.branch] is None:
            return None, None
        return merge(gradients, name="cond_grad")[0], None
    false_part = switch(gradients[0], op._inputs[1])[0]
    true_part = switch(gradients[1], op._inputs[1])[1]
    return merge([false_part, true_part])[0], None
