"""Exceptions of TensorFlow 1.x: those raised while a graph runs, with their codes.

`OpError` and its subclasses carry the operation that failed, the phrase and TensorFlow's numeric code. Errors made while a
graph is built are Python's own `ValueError`, `TypeError`, `KeyError` and `RuntimeError`, as in TensorFlow.
"""

from __future__ import annotations

from typing import Any

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An operation failed while a graph ran.

    Attributes:
      op: the `Operation` that failed, or None when no one operation is to blame.
      node_def: its `NodeDef`, or None.
      message: the text; its first line is TensorFlow's phrase.
      error_code: TensorFlow's numeric code (`tf.errors.NOT_FOUND` and so on).
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN) -> None:
        super().__init__(node_def, op, message, error_code)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code

    @property
    def message(self) -> str:
        return self._message

    @property
    def op(self) -> Any:
        return self._op

    @property
    def node_def(self) -> Any:
        if self._node_def is None and self._op is not None:
            return self._op.node_def
        return self._node_def

    @property
    def error_code(self) -> int:
        return self._error_code

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self._message, self._error_code)


def _restore(cls: type[OpError], message: str, code: int) -> OpError:
    """Rebuilds an error in another process, where its operation does not exist."""
    error = cls.__new__(cls)
    OpError.__init__(error, None, None, message, code)
    return error


class _Coded(OpError):
    """An `OpError` whose class fixes the code."""

    code = UNKNOWN

    def __init__(self, node_def: Any, op: Any, message: str) -> None:
        super().__init__(node_def, op, message, self.code)


class CancelledError(_Coded):
    """The run was cancelled, for example because its session was closed."""

    code = CANCELLED


class UnknownError(_Coded):
    """An error of no known kind."""

    code = UNKNOWN


class InvalidArgumentError(_Coded):
    """An operation got a value that it cannot take."""

    code = INVALID_ARGUMENT


class DeadlineExceededError(_Coded):
    """The run took longer than its `timeout_in_ms`."""

    code = DEADLINE_EXCEEDED


class NotFoundError(_Coded):
    """A file, a tensor of a checkpoint or another named thing does not exist."""

    code = NOT_FOUND


class AlreadyExistsError(_Coded):
    """Something that should be made exists already."""

    code = ALREADY_EXISTS


class PermissionDeniedError(_Coded):
    """The caller may not do this."""

    code = PERMISSION_DENIED


class ResourceExhaustedError(_Coded):
    """Memory, disk or another resource ran out."""

    code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_Coded):
    """The state does not allow the operation; most often a variable has no value yet."""

    code = FAILED_PRECONDITION


class AbortedError(_Coded):
    """The operation was aborted."""

    code = ABORTED


class OutOfRangeError(_Coded):
    """The operation went past an end: of a file, a data set, a counter."""

    code = OUT_OF_RANGE


class UnimplementedError(_Coded):
    """The operation has no kernel for these arguments."""

    code = UNIMPLEMENTED


class InternalError(_Coded):
    """An invariant of the engine was broken."""

    code = INTERNAL


class UnavailableError(_Coded):
    """The service is not available at present."""

    code = UNAVAILABLE


class DataLossError(_Coded):
    """Data is lost or damaged."""

    code = DATA_LOSS


class UnauthenticatedError(_Coded):
    """The caller has no valid credentials."""

    code = UNAUTHENTICATED


class OperatorNotAllowedInGraphError(TypeError):
    """A tensor was used where Python needs a value while the graph is built (`if`, `for`, `bool`)."""


_CLASSES = {
    cls.code: cls
    for cls in (
        CancelledError,
        UnknownError,
        InvalidArgumentError,
        DeadlineExceededError,
        NotFoundError,
        AlreadyExistsError,
        PermissionDeniedError,
        ResourceExhaustedError,
        FailedPreconditionError,
        AbortedError,
        OutOfRangeError,
        UnimplementedError,
        InternalError,
        UnavailableError,
        DataLossError,
        UnauthenticatedError,
    )
}


def exception_type_from_error_code(error_code: int) -> type[OpError]:
    """Returns the class for a code. Raises KeyError for a code that TensorFlow does not have."""
    return _CLASSES[error_code]


def error_code_from_exception_type(cls: type[OpError]) -> int:
    """Returns the code of a class. Raises KeyError when the class has none."""
    for code, known in _CLASSES.items():
        if known is cls:
            return code
    raise KeyError(cls)


class KernelError(Exception):
    """What a kernel raises: the class that the user shall see and the phrase, without the operation.

    A kernel is a function of arrays and does not know its operation; the driver adds it.
    """

    def __init__(self, error: type[OpError], message: str) -> None:
        super().__init__(message)
        self.error = error
        self.message = message
