"""`tf.case`: the first of several branches whose predicate is true."""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable, Sequence
from typing import Any

from ..framework import contexts, dtypes, logging
from ..framework.op_scope import op_scope
from ..framework.operation import Operation
from ..framework.tensor import Tensor
from .cast import cast
from .compare import less_equal
from .cond import cond
from .constant import constant
from .control_flow import Assert
from .joining import stack
from .reduction import reduce_sum

__all__ = ["case"]

Branch = Callable[[], Any]


def case(
    pred_fn_pairs: Any, default: Branch | None = None, exclusive: bool = False, strict: bool = False, name: str = "case"
) -> Any:
    """Returns what the function of the first true predicate returns; a chain of `tf.cond`.

    Args:
      pred_fn_pairs: pairs `(bool tensor, function)` in a list, or a dictionary; one without order is taken by the names of the
        predicates.
      default: function that is taken when no predicate is true. Without it a run raises InvalidArgumentError then.
      exclusive: True: a run raises InvalidArgumentError when more than one predicate is true.
      strict: as in `tf.cond`.
      name: name scope of the operations.

    Raises:
      TypeError: `pred_fn_pairs` has another form, a predicate is no bool tensor, or a function cannot be called.
    """
    predicates, branches = _checked(pred_fn_pairs, exclusive, name)
    with op_scope(name, "case", list(predicates)):
        if default is None:
            default, predicates, branches = _without_default(predicates, branches)
        choose = default
        for predicate, branch in reversed(list(zip(predicates, branches, strict=True))):
            choose = functools.partial(cond, predicate, true_fn=branch, false_fn=choose, strict=strict)
        if not exclusive:
            return choose()
        with contexts.default_graph().control_dependencies([_at_most(predicates, 1, "Input error: exclusive=True")]):
            return choose()


def _checked(pairs: Any, exclusive: bool, name: str) -> tuple[Sequence[Tensor], Sequence[Branch]]:
    """Returns predicates and functions."""
    if not isinstance(pairs, (list, tuple, dict)):
        raise TypeError(f"'pred_fn_pairs' must be a list, tuple, or dict. Received: {type(pairs)}")
    if isinstance(pairs, collections.OrderedDict):
        pairs = list(pairs.items())
    elif isinstance(pairs, dict):
        pairs = sorted(pairs.items(), key=lambda pair: pair[0].name)
        if not exclusive:
            logging.warning(
                "%s: the pairs came in a dictionary and exclusive is False, so they are tried in the order of the names of the "
                "predicates. A list says the order.",
                name,
            )
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise TypeError(f"Each entry in 'pred_fn_pairs' must be a 2-tuple. Received {pair}.")
        predicate, branch = pair
        if not isinstance(predicate, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {predicate}")
        if predicate.dtype != dtypes.bool_:
            raise TypeError(f"pred must be Tensor of type bool: {predicate.name}")
        if not callable(branch):
            raise TypeError(f"fn for pred {predicate.name} must be callable.")
    predicates, branches = zip(*pairs, strict=True)
    return predicates, branches


def _at_most(predicates: Sequence[Tensor], most: int, message: str) -> Operation:
    """Returns an operation that fails when more than `most` predicates are true."""
    together = stack(list(predicates), name="preds_c")
    count = reduce_sum(cast(together, dtypes.int32), name="num_true_conds")
    condition = less_equal(count, constant(most, name="n_true_conds"))
    names = ", ".join(each.name for each in predicates)
    text = f"{message}: more than {most} conditions ({names}) evaluated as True:"
    return Assert(condition, data=[text, together], summarize=len(predicates))


def _without_default(
    predicates: Sequence[Tensor], branches: Sequence[Branch]
) -> tuple[Branch, Sequence[Tensor], Sequence[Branch]]:
    """Returns the last branch as default, which checks its predicate, and the other predicates and branches."""
    last = len(predicates) - 1
    others = predicates[:last]

    def default() -> Any:
        message = ("Input error: None of conditions evaluated as True:", stack(list(predicates), name="preds_c"))
        none_true = _at_most(
            others,
            0,
            f"Implementation error: selected default action #{last} was called, but some of other predicates are True: ",
        )
        with contexts.default_graph().control_dependencies([none_true, Assert(predicates[last], data=message)]):
            return branches[last]()

    return default, others, branches[:last]
