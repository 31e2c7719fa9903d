"""The default session: `tf.get_default_session`, and `eval()` and `run()` of tensors and operations."""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from ..framework.slots import slots


def get_default_session() -> Any:
    """Returns the default session of this thread, or None."""
    return contexts.default_session()


def _default_session_run(element: Any, feed_dict: Any, session: Any, graph: Any, what: str) -> Any:
    """Runs `element` in `session` or the default session; `what` ("tensor" or "operation") words the errors."""
    verb = "evaluate tensor" if what == "tensor" else "execute operation"
    call = "eval" if what == "tensor" else "run"
    given = session is not None
    if not given:
        session = contexts.default_session()
        if session is None:
            colon = "" if what == "tensor" else ":"
            raise ValueError(
                f"Cannot {verb} using `{call}()`: No default session is registered. Use `with sess.as_default(){colon}` or "
                f"pass an explicit session to `{call}(session=sess)`"
            )
    if session.graph is not graph:
        tick = "`" if what == "tensor" else ""
        raise ValueError(
            f"Cannot use the {'given' if given else 'default'} session to {verb}: the {what}'s graph is different from the "
            f"session's graph." + ("" if given else f" Pass an explicit session to {tick}{call}(session=sess){tick}.")
        )
    return session.run(element, feed_dict)


slots.default_session_run = _default_session_run
