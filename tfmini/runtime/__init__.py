"""Running graphs: plans, drivers, the state of sessions, and the stepper."""

from .default_session import get_default_session
from .fetches import register_session_run_conversion_functions
from .recorder import Run, Stepper, StepRecord, Write, trace
from .session import InteractiveSession, Session

__all__ = [
    "InteractiveSession",
    "Run",
    "Session",
    "StepRecord",
    "Stepper",
    "Write",
    "get_default_session",
    "register_session_run_conversion_functions",
    "trace",
]
