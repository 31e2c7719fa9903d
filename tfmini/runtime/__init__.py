"""Running graphs: plans, drivers, the state of sessions, and the stepper."""

from .fetches import register_session_run_conversion_functions
from .options import ConfigProto, GPUOptions, GraphOptions, OptimizerOptions, RunMetadata, RunOptions
from .recorder import Run, Stepper, StepRecord, Write, trace
from .session import InteractiveSession, Session, get_default_session

__all__ = [
    "ConfigProto",
    "GPUOptions",
    "GraphOptions",
    "InteractiveSession",
    "OptimizerOptions",
    "Run",
    "RunMetadata",
    "RunOptions",
    "Session",
    "StepRecord",
    "Stepper",
    "Write",
    "get_default_session",
    "register_session_run_conversion_functions",
    "trace",
]
