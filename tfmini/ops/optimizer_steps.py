"""The steps of optimizers as operations: `ApplyAdam` and its family, for variables of both kinds.

The arithmetic follows TensorFlow's CPU kernels operation by operation, so that the rounding is the same. Every kernel makes
new arrays, with as few temporary ones as numpy allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework.registry import op
from ..framework.shapes import Dims, dims_text
from .state import NUMBERS, merged


def _check(var: Any, other: Any, name: str) -> None:
    if np.shape(var) != np.shape(other):
        raise KernelError(
            InvalidArgumentError,
            f"var and {name} do not have the same shape{dims_text(np.shape(var))} {dims_text(np.shape(other))}",
        )


def _step(
    name: str, cells: str, scalars: str, tensors: str, attrs: list[str], update: Callable[..., tuple[Any, ...]]
) -> None:
    """Declares `Apply<name>` and `ResourceApply<name>`.

    Args:
      cells: names of the variables that are written, `"var m v"`.
      scalars, tensors: the inputs in TensorFlow's order as one text: a name with a star is a tensor, the others are scalars;
        `tensors` names the ones with a star.
      attrs: attributes beside `T` and `use_locking`.
      update: `f(values of the cells..., other inputs..., **attributes) -> new values of the cells`.
    """
    written = cells.split()
    given = scalars.split()
    dense = tensors.split()
    keys = [text.partition(":")[0] for text in attrs]
    scalar_places = [index + len(written) for index, each in enumerate(given) if each not in dense]
    dense_places = [
        *range(1, len(written)),
        *(index + len(written) for index, each in enumerate(given) if each in dense),
    ]
    check_names = [*written[1:], *dense]

    def shape(call: Any) -> Dims:
        for index in scalar_places:
            if call.shapes[index]:
                raise ValueError(f"Shape must be rank 0 but is rank {len(call.shapes[index])}")
        dims = call.shapes[0]
        for index in dense_places:
            dims = merged(dims, call.shapes[index])
        return dims

    def kernel_for(op: Any, gives_cell: bool) -> Callable[..., Any]:
        settings = {key: op._attrs[key] for key in keys}
        count = len(written)

        def kernel(*inputs: Any) -> Any:
            targets = inputs[:count]
            with targets[0].lock:
                values = [cell.read() for cell in targets]
                for place, label in zip(dense_places, check_names, strict=True):
                    _check(values[0], values[place] if place < count else inputs[place], label)
                for cell, value in zip(targets, update(*values, *inputs[count:], **settings), strict=True):
                    if value is not None:
                        cell.assign(value)
            return targets[0] if gives_cell else None

        return kernel

    others = ", ".join(f"{each}: T" for each in given)
    refs = ", ".join(f"{each}: Ref(T)" for each in written)
    decl = op(
        f"Apply{name}({refs}, {others}) -> (out: Ref(T))",
        attrs=[f"T: {NUMBERS}", "use_locking: bool = false", *attrs],
        foldable=False,
    )
    decl.no_gradient()
    decl.shape(shape)
    decl.bind(lambda op: kernel_for(op, True))
    handles = ", ".join(f"{each}: resource" for each in written)
    decl = op(
        f"ResourceApply{name}({handles}, {others}) -> ()",
        attrs=[f"T: {NUMBERS}", "use_locking: bool = false", *attrs],
        stateful=True,
    )
    decl.no_gradient()
    decl.shape(lambda call: [])
    decl.bind(lambda op: kernel_for(op, False))


def _gradient_descent(var: Any, alpha: Any, delta: Any) -> tuple[Any, ...]:
    return (var - delta * alpha,)


def _momentum(var: Any, accum: Any, lr: Any, grad: Any, momentum: Any, *, use_nesterov: bool) -> tuple[Any, ...]:
    new = accum * momentum
    new += grad
    if use_nesterov:
        return var - (grad * lr + new * momentum * lr), new
    return var - new * lr, new


def _adam(
    var: Any, m: Any, v: Any, beta1_power: Any, beta2_power: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any, grad: Any,
    *, use_nesterov: bool,
) -> tuple[Any, ...]:  # fmt: skip
    one = np.asarray(grad).dtype.type(1)
    alpha = lr * np.sqrt(one - beta2_power) / (one - beta1_power)
    new_m = grad - m
    new_m *= one - beta1
    new_m += m
    new_v = grad * grad
    new_v -= v
    new_v *= one - beta2
    new_v += v
    if use_nesterov:
        step = (grad * (one - beta1) + beta1 * new_m) * alpha
    else:
        step = new_m * alpha
    scale = np.sqrt(new_v)
    scale += epsilon
    step /= scale
    return var - step, new_m, new_v


def _adagrad(var: Any, accum: Any, lr: Any, grad: Any, *, update_slots: bool) -> tuple[Any, ...]:
    new = accum + grad * grad if update_slots else accum
    one = np.asarray(grad).dtype.type(1)
    return var - grad * lr * (one / np.sqrt(new)), new if update_slots else None


def _rms_prop(
    var: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    one = np.asarray(grad).dtype.type(1)
    new_ms = ms + (grad * grad - ms) * (one - rho)
    new_mom = mom * momentum + (grad * lr) / np.sqrt(new_ms + epsilon)
    return var - new_mom, new_ms, new_mom


def _centered_rms_prop(
    var: Any, mg: Any, ms: Any, mom: Any, lr: Any, rho: Any, momentum: Any, epsilon: Any, grad: Any
) -> tuple[Any, ...]:
    one = np.asarray(grad).dtype.type(1)
    new_ms = ms + (grad * grad - ms) * (one - rho)
    new_mg = mg + (grad - mg) * (one - rho)
    new_mom = mom * momentum + (grad * lr) / np.sqrt((new_ms - new_mg * new_mg) + epsilon)
    return var - new_mom, new_mg, new_ms, new_mom


_step("GradientDescent", "var", "alpha delta", "delta", [], _gradient_descent)
_step("Momentum", "var accum", "lr grad momentum", "grad", ["use_nesterov: bool = false"], _momentum)
_step(
    "Adam",
    "var m v",
    "beta1_power beta2_power lr beta1 beta2 epsilon grad",
    "grad",
    ["use_nesterov: bool = false"],
    _adam,
)
_step("Adagrad", "var accum", "lr grad", "grad", ["update_slots: bool = true"], _adagrad)
_step("RMSProp", "var ms mom", "lr rho momentum epsilon grad", "grad", [], _rms_prop)
_step("CenteredRMSProp", "var mg ms mom", "lr rho momentum epsilon grad", "grad", [], _centered_rms_prop)
