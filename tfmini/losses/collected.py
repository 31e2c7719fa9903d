"""Losses by collection: those that a program added, and the penalties of regularizers."""

from __future__ import annotations

from typing import Any

from ..framework import contexts
from ..framework.collections import GraphKeys
from ..framework.tensor import Tensor
from ..ops.constant import constant
from ..ops.math import add_n

__all__ = ["add_loss", "get_losses", "get_regularization_loss", "get_regularization_losses", "get_total_loss"]


def add_loss(loss: Any, loss_collection: str | None = GraphKeys.LOSSES) -> None:
    """Adds a loss to a collection, to none when `loss_collection` is None."""
    if loss_collection:
        contexts.default_graph().add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: str = GraphKeys.LOSSES) -> list[Any]:
    """Returns the losses of a collection, or those whose names begin with the regular expression `scope`."""
    return contexts.default_graph().get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """Returns the penalties of regularizers, or those whose names begin with the regular expression `scope`."""
    return contexts.default_graph().get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Tensor:
    """Returns the sum of the penalties of regularizers, the constant 0.0 when there are none.

    Args:
      scope: take only those whose names begin with this regular expression.
      name: name of the operation that adds them.
    """
    losses = get_regularization_losses(scope)
    return add_n(losses, name=name) if losses else constant(0.0)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """Returns the sum of all losses, with the penalties of regularizers unless `add_regularization_losses` is False.

    Raises:
      ValueError: there are none.
    """
    losses = get_losses(scope=scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope=scope)
    return add_n(losses, name=name)
