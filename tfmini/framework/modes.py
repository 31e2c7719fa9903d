"""Switches between the behaviours of TensorFlow 1 and 2. tfmini has the first only: switching to it does nothing."""

from __future__ import annotations

from typing import Any

__all__ = [
    "disable_control_flow_v2",
    "disable_eager_execution",
    "disable_tensor_equality",
    "disable_v2_behavior",
    "disable_v2_tensorshape",
    "enable_eager_execution",
    "enable_v2_behavior",
    "executing_eagerly",
]


def disable_v2_behavior() -> None:
    """Does nothing: tfmini behaves as TensorFlow 1 always."""


def disable_eager_execution() -> None:
    """Does nothing: tfmini always builds graphs."""


def disable_v2_tensorshape() -> None:
    """Does nothing: sizes are `Dimension` objects always."""


def disable_control_flow_v2() -> None:
    """Does nothing: conditionals are those of version 1 always."""


def disable_tensor_equality() -> None:
    """Does nothing: `==` compares the identity of tensors always."""


def enable_eager_execution(*_: Any, **__: Any) -> None:
    """Raises RuntimeError: tfmini builds graphs and runs them in sessions."""
    raise RuntimeError(
        "tf.enable_eager_execution is not available: tfmini builds graphs and runs them in sessions. Use tf.Session, and "
        "InteractiveSession with Tensor.eval() to see values as you go."
    )


def enable_v2_behavior() -> None:
    """Raises RuntimeError: tfmini behaves as TensorFlow 1 always."""
    raise RuntimeError("tf.enable_v2_behavior is not available: tfmini behaves as TensorFlow 1. Remove the call.")


def executing_eagerly() -> bool:
    """Says whether operations give values at once; always False."""
    return False
