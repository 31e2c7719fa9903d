"""Learning rates that change with the global step."""

from __future__ import annotations

from typing import Any

from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.tensor import Tensor
from ..ops.cast import cast
from ..ops.math import multiply, pow
from ..ops.unary import floor


def exponential_decay(
    learning_rate: Any,
    global_step: Any,
    decay_steps: Any,
    decay_rate: Any,
    staircase: bool = False,
    name: str | None = None,
) -> Tensor:
    """Returns `learning_rate * decay_rate ** (global_step / decay_steps)`; with `staircase` the exponent is rounded down.

    Raises:
      ValueError: `global_step` is None.
    """
    if global_step is None:
        raise ValueError("global_step is required for exponential_decay.")
    with op_scope(name, "ExponentialDecay", [learning_rate, global_step, decay_steps, decay_rate]) as scope:
        rate = convert.convert_to_tensor(learning_rate, name="initial_learning_rate")
        dtype = rate.dtype
        steps = cast(decay_steps, dtype)
        decay = cast(decay_rate, dtype)
        passed = cast(global_step, dtype) / steps
        if staircase:
            passed = floor(passed)
        return multiply(rate, pow(decay, passed), name=scope)
