"""The operations that version 1 control flow is made of.

`Switch` sends its value to one of two outputs; everything that depends on the other output is dead. `Merge` takes the first of
its inputs that is alive. `Enter` brings a value into a frame, `Exit` out of it, `NextIteration` to the next turn. `LoopCond` marks
the condition of a loop. Their kernels pass values on; what is dead, and which turn it is, is the business of the driver.
"""

from __future__ import annotations

from typing import Any

from ..framework import contexts, dtypes
from ..framework.convert import convert_to_tensor
from ..framework.dead import DEAD
from ..framework.indexed_slices import IndexedSlices
from ..framework.registry import op, raw
from ..framework.tensor import Tensor
from .shape_functions import unchanged

__all__: list[str] = []

# ---- branches


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

# ---- loops

_FRAME = ["T: type", "frame_name: string", "is_constant: bool = false", "parallel_iterations: int = 10"]

enter_op = op("Enter(data: T) -> (output: T)", attrs=_FRAME, aliases=0, foldable=False)
ref_enter_op = op("RefEnter(data: Ref(T)) -> (output: Ref(T))", attrs=_FRAME, aliases=0, foldable=False)
exit_op = op("Exit(data: T) -> (output: T)", attrs=["T: type"], aliases=0, foldable=False)
ref_exit_op = op("RefExit(data: Ref(T)) -> (output: Ref(T))", attrs=["T: type"], aliases=0, foldable=False)
next_iteration_op = op("NextIteration(data: T) -> (output: T)", attrs=["T: type"], aliases=0, foldable=False)
ref_next_iteration_op = op(
    "RefNextIteration(data: Ref(T)) -> (output: Ref(T))", attrs=["T: type"], aliases=0, foldable=False
)
loop_cond_op = op("LoopCond(input: bool) -> (output: bool)", aliases=0, foldable=False)
control_trigger_op = op("ControlTrigger() -> ()", foldable=False)
control_trigger_op.kernel(lambda: None)
ref_identity_op = op("RefIdentity(input: Ref(T)) -> (output: Ref(T))", attrs=["T: type"], aliases=0, foldable=False)


def _enter_shape(call: Any) -> Any:
    # A loop variable may change its shape from turn to turn; who makes the Enter says what stays.
    return call.shapes[0] if call.attrs["is_constant"] else None


def _scalar(call: Any) -> Any:
    dims = call.shapes[0]
    if dims is not None and len(dims) != 0:
        raise ValueError(f"Shape must be rank 0 but is rank {len(dims)}")
    return ()


enter_op.shape(_enter_shape)
ref_enter_op.shape(unchanged)
loop_cond_op.shape(_scalar)
for _each in (exit_op, ref_exit_op, next_iteration_op, ref_next_iteration_op, ref_identity_op):
    _each.shape(unchanged)
for _each in (
    enter_op,
    ref_enter_op,
    exit_op,
    ref_exit_op,
    next_iteration_op,
    ref_next_iteration_op,
    loop_cond_op,
    ref_identity_op,
):
    _each.kernel(lambda x: x)
loop_cond_op.no_gradient()

# ---- building them


def switch(data: Any, pred: Any, name: str | None = None) -> list[Any]:
    """Returns `[output_false, output_true]`, of which `pred` leaves one alive."""
    if isinstance(data, IndexedSlices):
        graph = contexts.default_graph()
        with graph.name_scope(name or "Switch"):
            parts = [raw.Switch(each, pred) for each in parts_of(data)]
            return [IndexedSlices(*[each[side] for each in parts]) for side in (0, 1)]
    return raw.Switch(data, pred, name=name or "Switch")


def parts_of(slices: IndexedSlices) -> list[Tensor]:
    parts = [slices.values, slices.indices]
    return parts if slices.dense_shape is None else [*parts, slices.dense_shape]


def switch_ref_or_tensor(data: Any, pred: Any, name: str = "Switch") -> list[Any]:
    """Returns the two outputs of a Switch on the device of `data`; a reference stays one."""
    graph = contexts.default_graph()
    with graph.colocate_with(data.op, ignore_existing=True):
        if data.dtype.is_ref:
            return raw.RefSwitch(data, pred, name=name)
        return switch(data, pred, name=name)


def merge(inputs: Any, name: str | None = None) -> list[Any]:
    """Returns the input that is alive, and its index. With `IndexedSlices` among the inputs, the parts are merged one by one.

    Raises:
      ValueError: an input is None.
    """
    if any(each is None for each in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    if any(isinstance(each, IndexedSlices) for each in inputs):
        graph = contexts.default_graph()
        with graph.name_scope(name or "Merge"):
            listed = _alike([as_slices(each) for each in inputs])
            merged = [raw.Merge(list(parts)) for parts in zip(*map(parts_of, listed), strict=True)]
            return [IndexedSlices(*[each[0] for each in merged]), merged[0][1]]
    if all(each.dtype.is_ref for each in inputs):
        return raw.RefMerge(list(inputs), name=name or "Merge")
    return raw.Merge(list(inputs), name=name or "Merge")


def as_slices(value: Any) -> IndexedSlices:
    """Returns a tensor as slices of all its rows; its sizes are asked for in the run, so that in a dead branch they are dead too."""
    if isinstance(value, IndexedSlices):
        return value
    from . import array, sequences

    sizes = array.shape(value, optimize=False)
    return IndexedSlices(value, sequences.range(0, sizes[0]), sizes)


def _alike(listed: list[IndexedSlices]) -> list[IndexedSlices]:
    """Returns slices with indices of one dtype: int64 when some are."""
    if len({each.indices.dtype for each in listed}) < 2:
        return listed
    return [
        IndexedSlices(each.values, raw.Cast(each.indices, DstT=dtypes.int64), each.dense_shape)
        if each.indices.dtype == dtypes.int32
        else each
        for each in listed
    ]


def enter(
    tensor: Any,
    frame_name: str,
    is_constant: bool = False,
    parallel_iterations: int = 10,
    use_input_shape: bool = True,
    name: str | None = None,
) -> Tensor:
    """Returns `tensor` inside the frame `frame_name`; a constant one is there in every turn."""
    tensor = convert_to_tensor(tensor, as_ref=True)
    build = raw.RefEnter if tensor._dtype.is_ref else raw.Enter
    result: Tensor = build(
        tensor, frame_name=frame_name, is_constant=is_constant, parallel_iterations=parallel_iterations, name=name
    )
    if use_input_shape:
        result.set_shape(tensor.shape)
    return result


def exit(tensor: Any, name: str | None = None) -> Tensor:
    """Returns `tensor` outside the frame, when the loop is over."""
    tensor = convert_to_tensor(tensor, as_ref=True)
    return raw.RefExit(tensor, name=name) if tensor._dtype.is_ref else raw.Exit(tensor, name=name)


def next_iteration(tensor: Any, name: str | None = None) -> Tensor:
    """Returns `tensor` in the next turn."""
    tensor = convert_to_tensor(tensor, as_ref=True)
    return raw.RefNextIteration(tensor, name=name) if tensor._dtype.is_ref else raw.NextIteration(tensor, name=name)


def loop_identity(tensor: Any, name: str | None = None) -> Tensor:
    """Returns `tensor`; a reference stays one."""
    tensor = convert_to_tensor(tensor, as_ref=True)
    return raw.RefIdentity(tensor, name=name) if tensor._dtype.is_ref else raw.Identity(tensor, name=name)
