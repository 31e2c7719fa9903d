"""The steps of optimizers for some rows of a variable: `SparseApplyMomentum` and its family, for variables of both kinds.

`indices` says to which rows the rows of `grad` belong; no row may occur twice. Other rows keep their values and their slots.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op
from ..framework.shapes import Dims, dims_text
from .state import NUMBERS, check_rows


def _sparse_step(name: str, cells: str, others: str, attrs: list[str], update: Callable[..., tuple[Any, ...]]) -> None:
    """Declares `SparseApply<name>` and `ResourceSparseApply<name>`.

    Args:
      cells: names of the variables that are written.
      others: names of the other inputs in TensorFlow's order, `grad` and `indices` among them.
      attrs: attributes beside `T`, `Tindices` and `use_locking`.
      update: `f(rows of the cells..., other inputs without indices..., **attributes) -> new rows of the cells`.
    """
    written = cells.split()
    given = others.split()
    keys = [text.partition(":")[0] for text in attrs]
    place = given.index("indices")

    def kernel_for(op: Any, gives_cell: bool) -> Callable[..., Any]:
        settings = {key: op._attrs[key] for key in keys}
        count = len(written)

        def kernel(*inputs: Any) -> Any:
            targets = inputs[:count]
            rest = list(inputs[count:])
            rows = np.asarray(rest.pop(place))
            values = [np.asarray(cell.read()) for cell in targets]
            if rows.ndim != 1:
                raise KernelError(InvalidArgumentError, "indices must be one-dimensional")
            check_rows(rows, values[0].shape[0])
            grad = rest[given.index("grad")]
            if np.shape(grad) != rows.shape + values[0].shape[1:]:
                raise KernelError(
                    InvalidArgumentError,
                    f"var and grad do not match: {dims_text(values[0].shape)}, {rows.shape[0]} rows of {dims_text(np.shape(grad))}",
                )
            new = update(*[value[rows] for value in values], *rest, **settings)
            del values
            for cell, part in zip(targets, new, strict=True):
                if part is not None:
                    changed = cell.own()
                    changed[rows] = part
                    cell.assign(changed)
            return targets[0] if gives_cell else None

        return kernel

    def signature(kind: str) -> str:
        arguments = [f"{each}: {kind}" for each in written]
        arguments += [f"{each}: {'Tindices' if each == 'indices' else 'T'}" for each in given]
        return ", ".join(arguments)

    common = [f"T: {NUMBERS}", "Tindices: {int32, int64}", "use_locking: bool = false", *attrs]
    decl = op(f"SparseApply{name}({signature('Ref(T)')}) -> (out: Ref(T))", attrs=common, foldable=False)
    decl.no_gradient()
    decl.shape(_first_shape)
    decl.bind(lambda op: kernel_for(op, True))
    decl = op(f"ResourceSparseApply{name}({signature('resource')}) -> ()", attrs=common, stateful=True)
    decl.no_gradient()
    decl.shape(lambda call: [])
    decl.bind(lambda op: kernel_for(op, False))


def _first_shape(call: Any) -> Dims:
    return call.shapes[0]


def _momentum(var: Any, accum: Any, lr: Any, grad: Any, momentum: Any, *, use_nesterov: bool) -> tuple[Any, ...]:
    new = accum * momentum + grad
    if use_nesterov:
        return var - (grad * lr + new * (momentum * lr)), new
    return var - new * lr, new


def _adagrad(var: Any, accum: Any, lr: Any, grad: Any, *, update_slots: bool) -> tuple[Any, ...]:
    new = accum + grad * grad if update_slots else accum
    return var - grad * lr * _inverse_root(new), new if update_slots else None


def _inverse_root(x: Any) -> Any:
    return x.dtype.type(1) / np.sqrt(x)


def _rms_prop(
    var: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    one = grad.dtype.type(1)
    new_ms = ms * rho + grad * grad * (one - rho)
    new_mom = mom * momentum + _inverse_root(new_ms + epsilon) * lr * grad
    return var - new_mom, new_ms, new_mom


def _centered_rms_prop(
    var: Any, mg: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    one = grad.dtype.type(1)
    new_ms = ms * rho + grad * grad * (one - rho)
    new_mg = mg * rho + grad * (one - rho)
    new_mom = mom * momentum + _inverse_root(new_ms - new_mg * new_mg + epsilon) * lr * grad
    return var - new_mom, new_mg, new_ms, new_mom


_sparse_step("Momentum", "var accum", "lr grad indices momentum", ["use_nesterov: bool = false"], _momentum)
_sparse_step("Adagrad", "var accum", "lr grad indices", ["update_slots: bool = true"], _adagrad)
_sparse_step("RMSProp", "var ms mom", "lr rho momentum epsilon grad indices", [], _rms_prop)
_sparse_step("CenteredRMSProp", "var mg ms mom", "lr rho momentum epsilon grad indices", [], _centered_rms_prop)
