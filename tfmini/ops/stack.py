"""Stacks: what a loop keeps for its gradient.

The handle is the stack itself, an object among the values of a run. It is made anew when its operation runs and ends with the run.
"""

from __future__ import annotations

from typing import Any

from ..errors import InvalidArgumentError, KernelError
from ..framework import dtypes
from ..framework.registry import op

__all__: list[str] = []


class Stack:
    """The values that were pushed in one run.

    Attributes:
      elem_type: dtype of the values.
      max_size: how many there may be; negative for any number.
    """

    __slots__ = ("closed", "elem_type", "items", "max_size", "name")

    def __init__(self, name: str, elem_type: dtypes.DType, max_size: int) -> None:
        self.name = name
        self.elem_type = elem_type
        self.max_size = max_size
        self.items: list[Any] = []
        self.closed = False

    def open_items(self) -> list[Any]:
        """Returns the values. Raises `KernelError` when the stack was closed."""
        if self.closed:
            raise KernelError(InvalidArgumentError, f"Stack[{self.name}] has already been closed.")
        return self.items


stack_op = op(
    "StackV2(max_size: int32) -> (handle: resource)",
    attrs=["elem_type: type", 'stack_name: string = ""'],
    stateful=True,
)
stack_op.shape(lambda call: (2,))
stack_op.no_gradient()


@stack_op.bind
def _stack_bind(op: Any) -> Any:
    elem_type = op._attrs["elem_type"]
    name = op._attrs["stack_name"].decode() or op._name
    return lambda max_size: Stack(name, elem_type, int(max_size))


stack_push_op = op(
    "StackPushV2(handle: resource, elem: T) -> (output: T)",
    attrs=["T: type", "swap_memory: bool = false"],
    stateful=True,
    aliases=1,
    keeps=(1,),
)
stack_push_op.shape(lambda call: call.shapes[1])
stack_push_op.no_gradient()


@stack_push_op.kernel
def _stack_push_kernel(handle: Stack, elem: Any) -> Any:
    items = handle.open_items()
    if 0 <= handle.max_size <= len(items):
        raise KernelError(InvalidArgumentError, f"Stack[{handle.name}] overflowed its max_size ({handle.max_size})")
    items.append(elem)
    return elem


stack_pop_op = op("StackPopV2(handle: resource) -> (elem: elem_type)", attrs=["elem_type: type"], stateful=True)
stack_pop_op.shape(lambda call: None)
stack_pop_op.no_gradient()


@stack_pop_op.kernel
def _stack_pop_kernel(handle: Stack) -> Any:
    items = handle.open_items()
    if not items:
        raise KernelError(InvalidArgumentError, f"Stack[{handle.name}] is empty when calling Pop().")
    return items.pop()


stack_close_op = op("StackCloseV2(handle: resource) -> ()", stateful=True)
stack_close_op.no_gradient()


@stack_close_op.kernel
def _stack_close_kernel(handle: Stack) -> None:
    handle.items = []
    handle.closed = True
