"""From a step that failed to the exception that the user sees."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import (
    FailedPreconditionError,
    InternalError,
    InvalidArgumentError,
    KernelError,
    OpError,
    ResourceExhaustedError,
    UnimplementedError,
)
from . import drivers
from .state import Cell


def error_of(plan: Any, cause: drivers.StepFailed | KernelError) -> OpError:
    """Returns the exception for a run of `plan` that stopped: at a step, or because a fetched variable has no value."""
    if isinstance(cause, drivers.StepFailed):
        return op_error(plan.steps[cause.index].op, cause.cause, cause.inputs, cause.place)
    return cause.error(None, None, no_value(cause.message))


def op_error(
    op: Any, cause: BaseException, inputs: tuple[Any, ...], place: tuple[tuple[str, int], ...] = ()
) -> OpError:
    """Returns the exception for a step: TensorFlow's phrase, the operation, its inputs, the line that made it, what to do."""
    cls, phrase = _class_and_phrase(op, cause, inputs)
    lines = [phrase, f"\t [[node {op._name} ({op.type})]]"]
    if inputs:
        described = ", ".join(
            f"{tensor.name} {_describe(value)}" for tensor, value in zip(op._inputs, inputs, strict=False)
        )
        lines.append(f"  inputs   {described}")
    for frame, turn in place:
        lines.append(f"  in loop  {frame}, turn {turn + 1}")
    site = op._site
    if site is not None:
        lines.append(f"  made at  {site.describe()}   {site.text}".rstrip())
    advice = _advice(op, cls, phrase)
    if advice:
        lines.append(advice)
    return cls(None, op, "\n".join(lines))


def _class_and_phrase(op: Any, cause: BaseException, inputs: tuple[Any, ...]) -> tuple[type[OpError], str]:
    if isinstance(cause, KernelError):
        # A kernel does not know which operation it computes; TensorFlow's phrase for it may name it.
        return cause.error, cause.message.replace("{op}", op._name)
    if isinstance(cause, OpError):
        return type(cause), cause.message
    if isinstance(cause, MemoryError):
        return ResourceExhaustedError, f"OOM when computing {op.type}: {cause}"
    arrays: list[Any] = [value.value if isinstance(value, Cell) else value for value in inputs]
    if isinstance(cause, ValueError) and len(arrays) == 2 and "broadcast" in str(cause):
        first, second = (list(np.shape(each)) for each in arrays)
        return InvalidArgumentError, f"Incompatible shapes: {_sizes(first)} vs. {_sizes(second)}"
    if isinstance(cause, (ValueError, IndexError, TypeError, OverflowError, ArithmeticError)):
        return InvalidArgumentError, f"{op.type} cannot compute this: {cause}"
    return InternalError, f"{type(cause).__name__}: {cause}"


def no_value(phrase: str) -> str:
    """Returns the message for a fetched variable that has no value: TensorFlow's phrase and what to do."""
    return f"{phrase}\n{_advice(None, FailedPreconditionError, phrase)}"


def no_kernel(op: Any) -> OpError:
    """Returns the exception for an operation that tfmini can show but not run."""
    return UnimplementedError(
        None,
        op,
        f"No OpKernel was registered to support Op '{op.type}' used by node {op._name}. tfmini can draw this operation but "
        "not run it, or it stands in a loop whose edges form a cycle. Fetch something that does not need it.",
    )


def _sizes(sizes: list[int]) -> str:
    return "[" + ",".join(str(size) for size in sizes) + "]"


def _describe(value: Any) -> str:
    if isinstance(value, Cell):
        if value.value is None:
            return "(no value yet)"
        value = value.value
    if isinstance(value, (np.ndarray, np.generic)):
        kind = "string" if value.dtype.kind == "O" else str(value.dtype)
        return f"{kind} {_sizes(list(value.shape))}"
    return "(not computed)" if value is None else type(value).__name__


def _advice(op: Any, cls: type[OpError], phrase: str) -> str:
    if cls is FailedPreconditionError and phrase.startswith("Attempting to use uninitialized value "):
        name = phrase.rsplit(" ", 1)[-1]
        return (
            f"{name} has no value in this session. Run its initializer first: "
            "sess.run(tf.global_variables_initializer()), made after the last variable (an optimizer makes some too)."
        )
    if cls is InvalidArgumentError and phrase.startswith("You must feed a value for placeholder"):
        return f"Pass a value for it: sess.run(..., feed_dict={{'{op._name}:0': value}}), or the placeholder itself as key."
    if cls is InvalidArgumentError and phrase.startswith("Incompatible shapes"):
        return "Shapes must be equal, or 1 where they differ. Compare them with what you fed."
    return ""
