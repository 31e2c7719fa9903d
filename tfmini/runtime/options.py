"""Options of sessions and runs, and what a run can report: plain classes with the fields of TensorFlow's messages.

Everything is accepted. What has a meaning on one machine with numpy is used; the rest is kept and shown.
"""

from __future__ import annotations

from typing import Any


class _Fields:
    """An object whose fields spring up when they are used, as fields of a protocol buffer do."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = _Fields()
        self.__dict__[name] = value
        return value

    def CopyFrom(self, other: Any) -> None:
        self.__dict__.clear()
        self.__dict__.update(vars(other))

    def __bool__(self) -> bool:
        return bool(self.__dict__)

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, _Fields) and self.__dict__ == other.__dict__

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__dict__.items())
        return f"{type(self).__name__.lstrip('_')}({fields})"


class ConfigProto(_Fields):
    """Options of a session. All fields of TensorFlow's message are accepted; devices and thread counts have no effect."""


class GPUOptions(_Fields):
    """Options for GPUs; accepted and kept."""


class GraphOptions(_Fields):
    """Options for graph rewriting; accepted and kept."""


class OptimizerOptions(_Fields):
    """Options for graph rewriting; accepted and kept."""

    L0, L1 = -1, 0
    DEFAULT, ON_1, ON_2, OFF = 0, 1, 2, -1


class RunOptions(_Fields):
    """Options of one run."""

    NO_TRACE, SOFTWARE_TRACE, HARDWARE_TRACE, FULL_TRACE = 0, 1, 2, 3


class RunMetadata(_Fields):
    """What one run reports."""
