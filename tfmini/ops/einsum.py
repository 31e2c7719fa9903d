"""Sums over products by index letters: `tf.einsum`."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from ..errors import InvalidArgumentError, KernelError
from ..framework import convert
from ..framework.op_scope import op_scope
from ..framework.registry import op, raw
from ..framework.shapes import Dims, TensorShape, broadcast_dims, merge_size
from ..framework.tensor import Tensor
from .array import ones, shape
from .broadcast_shapes import broadcast_to
from .joining import concat, stack
from .reduction import reduce_sum, reduced_shape
from .shaping import reshape

__all__ = ["einsum"]

einsum_op = op("Einsum(inputs: N * T) -> (output: T)", attrs=["equation: string", "N: int >= 1", "T: type"])
_DOTS = "..."


# ---- reading equations


@functools.lru_cache(maxsize=1024)
def _parts(equation: str) -> tuple[list[str], str]:
    """Returns the letters of the inputs and of the output; an ellipsis counts as one letter, a point."""
    before, _, after = equation.replace(_DOTS, ".").partition("->")
    return before.split(","), after


@einsum_op.shape
def _einsum_shape(call: Any) -> Dims:
    inputs, output = _parts(call.attrs["equation"].decode())
    if len(inputs) != len(call.shapes):
        raise ValueError(f"Expected {len(inputs)} inputs but got: {len(call.shapes)}")
    sizes: dict[str, int | None] = {}
    inner: Dims = ()
    for letters, dims in zip(inputs, call.shapes, strict=True):
        if dims is None:
            if "." in letters:
                inner = None
            for letter in letters.replace(".", ""):
                sizes.setdefault(letter, None)
            continue
        named = len(letters) - letters.count(".")
        if len(dims) < named or (len(dims) != named and "." not in letters):
            kind = "at least rank" if "." in letters else "rank"
            raise ValueError(f"Shape must be {kind} {named} but is rank {len(dims)}")
        start = letters.find(".")
        rest = len(dims) - named
        split = list(dims) if start < 0 else [*dims[:start], *dims[start + rest :]]
        if start >= 0:
            inner = broadcast_dims(inner, dims[start : start + rest])
        for letter, size in zip(letters.replace(".", ""), split, strict=True):
            sizes[letter] = merge_size(sizes.get(letter), size)
    result: list[int | None] = []
    for letter in output:
        if letter == ".":
            if inner is None:
                return None
            result.extend(inner)
        else:
            result.append(sizes[letter])
    return tuple(result)


# ---- the kernel: products of matrices where that is what the letters say


def _as_matrices(equation: str) -> Callable[[Any, Any], Any] | None:
    """Returns how two inputs are multiplied as matrices, or None when their letters are not those of a product.

    Every letter is in one of four groups: in both inputs and the output (batch), summed, only in the first, only in the second.
    """
    (a, b), out = _parts(equation)
    if "." in equation or len(set(a)) < len(a) or len(set(b)) < len(b):
        return None
    batch = [x for x in out if x in a and x in b]
    summed = [x for x in a if x in b and x not in out]
    left = [x for x in a if x not in b]
    right = [x for x in b if x not in a]
    if not summed or any(x not in out for x in (*left, *right)):
        return None
    order_a = [a.index(x) for x in (*batch, *left, *summed)]
    order_b = [b.index(x) for x in (*batch, *summed, *right)]
    made = [*batch, *left, *right]
    order = [made.index(x) for x in out]
    nb, nl, ns = len(batch), len(left), len(summed)

    def product(x: Any, y: Any) -> Any:
        x, y = x.transpose(order_a), y.transpose(order_b)
        whole = x.shape[:nb]
        rows, columns = x.shape[nb : nb + nl], y.shape[nb + ns :]
        depth = int(np.prod(x.shape[nb + nl :], dtype=np.int64))
        x = x.reshape((*whole, int(np.prod(rows, dtype=np.int64)), depth))
        y = y.reshape((*whole, depth, int(np.prod(columns, dtype=np.int64))))
        return np.matmul(x, y).reshape((*whole, *rows, *columns)).transpose(order)

    return product


def _on_diagonal(equation: str, arrays: tuple[Any, ...]) -> Any:
    """Returns a result with zeros beside the diagonal of letters that its output has twice, as gradients of diagonals need it."""
    before, _, output = equation.partition("->")
    once = "".join(dict.fromkeys(output.replace(_DOTS, ".")))
    values = np.einsum(f"{before}->{once.replace('.', _DOTS)}", *arrays)
    where = once.find(".")
    inner = values.shape[where : values.ndim - (len(once) - where - 1)] if where >= 0 else ()
    sizes = dict(
        zip(
            once.replace(".", ""),
            [*values.shape[: max(where, 0)], *values.shape[max(where, 0) + len(inner) :]],
            strict=True,
        )
    )
    whole: list[int] = []
    for letter in output.replace(_DOTS, "."):
        whole.extend(inner if letter == "." else [sizes[letter]])
    result = np.zeros(whole, values.dtype)
    np.einsum(f"{output}->{once.replace('.', _DOTS)}", result)[...] = values
    return result


@einsum_op.bind
def _einsum_bind(op: Any) -> Callable[..., Any]:
    equation = op._attrs["equation"].decode()
    product = _as_matrices(equation) if op._attrs["N"] == 2 else None
    inputs, output = _parts(equation)
    repeated = len(set(output)) < len(output)

    def check(arrays: tuple[Any, ...]) -> None:
        sizes: dict[str, int] = {}
        for index, (letters, array) in enumerate(zip(inputs, arrays, strict=True)):
            named = len(letters) - letters.count(".")
            if array.ndim < named or (array.ndim != named and "." not in letters):
                raise KernelError(
                    InvalidArgumentError,
                    f"Expected input {index} to have rank {'at least ' if '.' in letters else ''}{named} but got: {array.ndim}",
                )
            if "." in letters:
                continue
            for letter, size in zip(letters, array.shape, strict=True):
                if sizes.setdefault(letter, size) != size:
                    raise KernelError(
                        InvalidArgumentError,
                        f"Expected dimension {sizes[letter]} at axis {letters.index(letter)} of the input shaped "
                        f"[{','.join(map(str, array.shape))}] but got dimension {size}",
                    )

    def kernel(*arrays: Any) -> Any:
        check(arrays)
        if product is not None:
            return np.asarray(product(*arrays), order="C")
        if repeated:
            return _on_diagonal(equation, arrays)
        result = np.einsum(equation, *arrays)
        return result.copy() if np.ndim(result) else np.asarray(result)

    return kernel


# ---- the gradient


def _axis(letters: str, letter: str) -> int:
    """Returns the place of a letter, counted from the end behind an ellipsis."""
    before, _, after = letters.partition(_DOTS)
    return before.index(letter) if letter in before else after.index(letter) - len(after)


def _ellipsis(letters: str) -> tuple[int, int | None]:
    """Returns the slice of the dimensions that the ellipsis stands for."""
    start = letters.find(_DOTS)
    if start < 0:
        return 0, 0
    left = len(letters) - start - len(_DOTS)
    return start, -left if left else None


def _spread(dy: Any, out: str, letters: str, x_shape: Any, summed: list[str]) -> Any:
    """Returns the gradient of one input whose letters `summed` are not in the output."""
    axes = [_axis(letters, letter) for letter in summed]
    sizes = stack([x_shape[axis] for axis in axes])
    repeated = len(set(letters)) + len(set(out)) < len(letters) + len(out)
    if not repeated and "".join(x for x in letters if x not in summed) == out:
        flat = reduced_shape(x_shape, convert.convert_to_tensor(axes))
        return broadcast_to(reshape(dy, flat), x_shape)
    whole = concat([sizes, shape(dy)], axis=0)
    flat = concat([ones(len(summed), dtype="int32"), shape(dy)], axis=0)
    return raw.Einsum([broadcast_to(reshape(dy, flat), whole)], equation=f"{''.join(summed)}{out}->{letters}")


def _slope(dy: Any, other: Any, x_shape: Any, letters: str, other_letters: str, out: str) -> Any:
    summed = [x for x in dict.fromkeys(letters) if x not in out + other_letters + "."]
    left = "".join(x for x in letters if x not in summed)
    made = raw.Einsum([dy, other], equation=f"{out},{other_letters}->{left}")
    return _spread(made, left, letters, x_shape, summed) if summed else made


@einsum_op.gradient
def _einsum_gradient(op: Any, dy: Any) -> Any:
    letters, out = op._attrs["equation"].decode().split("->")
    if len(op._inputs) == 1:
        x_shape = shape(op._inputs[0])
        summed = [x for x in dict.fromkeys(letters) if x not in out + "."]
        if not summed:
            return raw.Einsum([dy], equation=f"{out}->{letters}")
        return _spread(dy, out, letters, x_shape, summed)
    a, b = letters.split(",")
    if _DOTS in out:
        a = a if _DOTS in a else a + _DOTS
        b = b if _DOTS in b else b + _DOTS
    x, y = op._inputs
    if dy._dtype.is_complex:
        from .cast import conj

        x, y = conj(x), conj(y)
    x_shape, y_shape = shape(x), shape(y)
    dx = _slope(dy, y, x_shape, a, b, out)
    dz = _slope(dy, x, y_shape, b, a, out)
    if _DOTS not in out:
        return dx, dz
    (x_start, x_end), (y_start, y_end) = _ellipsis(a), _ellipsis(b)
    x_dims, y_dims = x.get_shape(), y.get_shape()
    if (
        x_dims.is_fully_defined()
        and y_dims.is_fully_defined()
        and x_dims.as_list()[x_start:x_end] == y_dims.as_list()[y_start:y_end]
    ):
        return dx, dz
    over_x, over_y = raw.BroadcastGradientArgs(x_shape[x_start:x_end], y_shape[y_start:y_end])
    dx = reshape(reduce_sum(dx, x_start + over_x), x_shape)
    dz = reshape(reduce_sum(dz, y_start + over_y), y_shape)
    return dx, dz


# ---- the public function


def _resolved(equation: str, count: int) -> str:
    """Returns an equation without blanks and with its output. Raises ValueError when it is not well formed."""
    text = equation.replace(" ", "")
    dotted = _DOTS in text
    if dotted and "0" in text:
        raise ValueError(f'Invalid character "0" in equation: {equation}.')
    text = text.replace(_DOTS, "0")
    letters = "a-zA-Z0" if dotted else "a-zA-Z"
    match = re.match(f"^([{letters},]*)(->[{letters}]*)?$", text)
    if not match:
        raise ValueError(f"Subscripts have incorrect format: {text}")
    inputs = match.group(1).split(",")
    if count != len(inputs):
        raise ValueError(f'Got {count} inputs for equation "{equation}", expecting {len(inputs)}')
    if "->" not in text:
        counts = Counter(match.group(1))
        text += "->" + "".join(x for x in sorted(counts) if x != "," and counts[x] == 1)
    output = text.partition("->")[2]
    if len(set(output)) != len(output):
        raise ValueError(f"Output subscripts contain a label appearing more than once: {equation}")
    for letter in output:
        if letter != "0" and letter not in match.group(1):
            raise ValueError(f"Output subscripts contain the label {letter} not present in the input subscripts.")
    return text.replace("0", _DOTS)


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """Returns the sum of products that the letters of `equation` say: `"ij,jk->ik"` is a product of matrices.

    Letters of the inputs that are not in the output are summed over. An ellipsis stands for further dimensions, which broadcast.
    Without `->` the output has the letters that occur once, in alphabetical order.

    Args:
      equation: letters of the inputs, with commas between them, then `->` and those of the output.
      inputs: tensors of one dtype.
      name: name of the scope.
      optimize: not used; more than two inputs are multiplied in the order of numpy's greedy path.

    Raises:
      ValueError: the equation is not well formed, or the shapes do not fit.
      TypeError: another keyword.
    """
    name = kwargs.pop("name", None)
    kwargs.pop("optimize", None)
    if kwargs:
        raise TypeError(
            f"Invalid keyword arguments for einsum: {', '.join(kwargs)}. Valid arguments: name, optimize, greedy."
        )
    with op_scope(name, "einsum", [equation, inputs]):
        operands = list(inputs)
        text = _resolved(equation, len(operands))
        if len(operands) <= 2:
            return raw.Einsum(operands, equation=text)
        return _pairwise(text, [convert.convert_to_tensor(each) for each in operands])


def _pairwise(equation: str, operands: list[Tensor]) -> Tensor:
    """Returns the product of more than two inputs, two at a time."""
    inputs, output = _parts(equation)
    letters = list(inputs)
    sizes: dict[str, int] = {}
    for label, operand in zip(letters, operands, strict=True):
        dims = TensorShape(operand.get_shape()).as_list()
        if "." not in label:
            for letter, size in zip(label, dims, strict=True):
                sizes[letter] = max(sizes.get(letter, 1), size or 1)
    while len(operands) > 1:
        first, second = _cheapest(letters, output, sizes)
        pair = [letters.pop(second), letters.pop(first)]
        a, b = operands.pop(second), operands.pop(first)
        rest = set("".join([*letters, output]))
        kept = output if not letters else "".join(sorted(x for x in set("".join(pair)) if x in rest))
        made = raw.Einsum([a, b], equation=f"{pair[0]},{pair[1]}->{kept}".replace(".", _DOTS))
        operands.append(made)
        letters.append(kept)
    return operands[0]


def _cheapest(letters: list[str], output: str, sizes: dict[str, int]) -> tuple[int, int]:
    """Returns the pair whose product is smallest compared with its factors."""

    def size(text: Any) -> int:
        total = 1
        for letter in text:
            total *= sizes.get(letter, 1)
        return total

    best, found = None, (0, 1)
    for first in range(len(letters)):
        for second in range(first + 1, len(letters)):
            others = set("".join([*(x for k, x in enumerate(letters) if k not in (first, second)), output]))
            kept = {x for x in letters[first] + letters[second] if x in others}
            cost = size(kept) - size(set(letters[first])) - size(set(letters[second]))
            if best is None or cost < best:
                best, found = cost, (first, second)
    return found
