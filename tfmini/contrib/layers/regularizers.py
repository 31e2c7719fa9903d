"""Regularizers: functions of weights that give a penalty, for `get_variable(regularizer=...)` and for scopes.

Names and nodes are those of TensorFlow 1.15.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable
from typing import Any

from ...framework import contexts, convert, logging, provenance
from ...framework.collections import GraphKeys
from ...framework.op_scope import op_scope
from ...framework.tensor import Tensor
from ...ops.constant import constant
from ...ops.losses import l2_loss
from ...ops.math import add_n, multiply
from ...ops.reduction import reduce_sum
from ...ops.unary import abs as absolute

__all__ = ["apply_regularization", "l1_l2_regularizer", "l1_regularizer", "l2_regularizer", "sum_regularizer"]

Regularizer = Callable[[Any], Any]


def _no_penalty(weights: Any) -> None:
    return None


def _scaled(
    scale: Any, scope: str | None, default_name: str, measure: Callable[[Any], Tensor], end: str
) -> Regularizer:
    """Returns `weights -> scale * measure(weights)` under a name scope, or a function without effect for the scale 0."""
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"scale cannot be an integer: {scale}\nWrite it as a float: {scale}.0.")
    if isinstance(scale, numbers.Real):
        if scale < 0.0:
            raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}{end}")
        if scale == 0.0:
            logging.info("Scale of 0 disables regularizer.")
            return _no_penalty

    def penalty(weights: Any) -> Tensor:
        with provenance.made_by("regularizer"), op_scope(scope, default_name, [weights]) as name:
            factor = convert.convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return multiply(factor, measure(weights), name=name)

    return penalty


def l1_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function that gives `scale * sum(|weights|)`, which drives weights to zero.

    Args:
      scale: a float, or a scalar tensor. 0.0 turns the regularizer off: the function then gives None.
      scope: name scope of the operations, by default `l1_regularizer`.

    Raises:
      ValueError: `scale` is negative, or an integer.
    """
    return _scaled(scale, scope, "l1_regularizer", lambda weights: reduce_sum(absolute(weights)), "")


def l2_regularizer(scale: Any, scope: str | None = None) -> Regularizer:
    """Returns a function that gives `scale * sum(weights**2) / 2`, which keeps weights small.

    Args:
      scale: a float, or a scalar tensor. 0.0 turns the regularizer off: the function then gives None.
      scope: name scope of the operations, by default `l2_regularizer`.

    Raises:
      ValueError: `scale` is negative, or an integer.
    """
    return _scaled(scale, scope, "l2_regularizer", l2_loss, ".")


def l1_l2_regularizer(scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None) -> Regularizer:
    """Returns a function that gives the sum of both penalties; with a scale of 0.0 only the other one.

    Raises:
      ValueError: a scale is negative, or an integer.
    """
    for name, scale in (("scale_l1", scale_l1), ("scale_l2", scale_l2)):
        if isinstance(scale, numbers.Integral):
            raise ValueError(f"{name} cannot be an integer: {scale}\nWrite it as a float: {scale}.0.")
    scope = scope or "l1_l2_regularizer"
    if isinstance(scale_l1, numbers.Real) and scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if isinstance(scale_l2, numbers.Real) and scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    both = sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)
    assert both is not None
    return both


def sum_regularizer(regularizer_list: Iterable[Regularizer | None], scope: str | None = None) -> Regularizer | None:
    """Returns a function that gives the sum of the penalties of several regularizers, or None when the list holds none.

    Args:
      regularizer_list: regularizers; those that are None are left out.
      scope: name scope of the operations, by default `sum_regularizer`.
    """
    chosen = [each for each in regularizer_list if each is not None]
    if not chosen:
        return None

    def penalty(weights: Any) -> Tensor | None:
        with provenance.made_by("regularizer"), op_scope(scope, "sum_regularizer", [weights]) as name:
            found = [each(weights) for each in chosen]
            terms = [each for each in found if each is not None]
            return add_n(terms, name=name) if terms else None

    return penalty


def apply_regularization(regularizer: Regularizer, weights_list: Any = None) -> Tensor:
    """Returns the summed penalty of several weights and adds it to `REGULARIZATION_LOSSES`.

    Args:
      regularizer: a function of one weight that gives a scalar, or None for no penalty.
      weights_list: tensors or variables, by default the collection `WEIGHTS`.

    Raises:
      ValueError: there are no weights, or a penalty is no scalar.
    """
    graph = contexts.default_graph()
    weights = weights_list or graph.get_collection(GraphKeys.WEIGHTS)
    if not weights:
        raise ValueError("No weights to regularize.")
    with provenance.made_by("regularizer"), op_scope(None, "get_regularization_penalty", weights) as scope:
        found = [regularizer(each) for each in weights]
        penalties = [constant(0.0) if each is None else each for each in found]
        for each in penalties:
            if each.get_shape().ndims != 0:
                raise ValueError(
                    f"regularizer must return a scalar Tensor instead of a Tensor with rank {each.get_shape().ndims}."
                )
        total = add_n(penalties, name=scope)
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
        return total
