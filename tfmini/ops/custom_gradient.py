"""Functions that say themselves what their gradient is: `tf.custom_gradient`.

The results and the arguments pass through one IdentityN, whose gradient is replaced by that of the function.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from ..framework import contexts, convert, registry
from .placeholders import identity, identity_n

__all__ = ["custom_gradient"]

_numbers = itertools.count()


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Returns a function that computes what `f` computes and has the gradient that `f` says.

    Args:
      f: `f(*tensors)` returns its result, a tensor or a list of tensors, and a function that is given the gradients of the
        results and returns those of the tensors.

    Returns:
      A function of anything that becomes a tensor.

    Raises (when it is called):
      TypeError: `f` does not return a pair.
      ValueError (when gradients are built): there are not as many gradients as tensors.
    """

    @functools.wraps(f)
    def call(*args: Any, **kwargs: Any) -> Any:
        tensors = [convert.convert_to_tensor(each) for each in args]
        made = f(*tensors, **kwargs)
        if not isinstance(made, tuple) or len(made) != 2:
            raise TypeError(
                f"{f.__name__} must return its result and a function for the gradient, a pair; got {made!r}."
            )
        result, gradient = made
        several = isinstance(result, (list, tuple))
        results = [convert.convert_to_tensor(each) for each in (result if several else [result])]
        name = f"CustomGradient-{next(_numbers)}"

        def of_identity(op: Any, *slopes: Any) -> list[Any]:
            found = gradient(*slopes[: len(results)])
            found = list(found) if isinstance(found, (list, tuple)) else [found]
            if len(found) != len(tensors):
                raise ValueError(
                    f"custom_gradient function expected to return {len(tensors)} gradients, but returned {len(found)} instead."
                )
            return [None] * len(results) + found

        registry.register_gradient(name)(of_identity)
        for each in results:
            identity(each)
        with contexts.default_graph().gradient_override_map({"IdentityN": name}):
            passed = identity_n([*results, *tensors])
        kept = list(passed)[: len(results)]
        if not several:
            return kept[0]
        return tuple(kept) if isinstance(result, tuple) else kept

    return call
