"""Initializers of convolutions that keep the length of what they are given (Xiao et al. 2018, algorithms 1 and 2).

A kernel is a dict from places, tuples of as many numbers as the convolution has dimensions, to matrices.
"""

from __future__ import annotations

import itertools
from typing import Any

from ..framework import dtypes
from ..framework.registry import raw
from ..ops import array, cast, data_flow, decomposition, diagonals, joining, linalg, ordering, random, shaping
from .initializers import Initializer, _float_dtype

__all__ = [
    "convolutional_delta_orthogonal",
    "convolutional_orthogonal_1d",
    "convolutional_orthogonal_2d",
    "convolutional_orthogonal_3d",
]

Kernel = dict[tuple[int, ...], Any]
_IN_WORDS = {3: "three-dimensional", 4: "four-dimensional", 5: "five-dimensional"}


def _check_filters(shape: Any) -> None:
    if shape[-2] > shape[-1]:
        raise ValueError(
            f"In_filters, specified by shape[-2]={shape[-2]} cannot be greater than out_filters, specified by "
            f"shape[-1]={shape[-1]}."
        )


class _Orthogonal(Initializer):
    """What the initializers here share.

    Args:
      gain: factor by which the length is changed.
      seed: seed of the random numbers.
      dtype: dtype of the result, a floating point type.
    """

    words = "orthogonal"

    def __init__(self, gain: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.gain = gain
        self.dtype = _float_dtype(dtype)
        self.seed = seed

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class ConvolutionDeltaOrthogonal(_Orthogonal):
    """Makes a kernel that is an orthogonal matrix in its middle and zero elsewhere, for one to three dimensions.

    Raises:
      ValueError: when called: the shape has not three to five sizes, or more filters come in than go out.
    """

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dtype = self.dtype if dtype is None else dtype
        if not 3 <= len(shape) <= 5:
            raise ValueError(
                "The tensor to initialize, specified by argument `shape` must be at least three-dimensional and at most "
                f"five-dimensional. Received shape={shape}"
            )
        _check_filters(shape)
        numbers = random.random_normal([shape[-1], shape[-1]], dtype=dtype, seed=self.seed)
        q, r = decomposition.qr(numbers, full_matrices=False)
        q *= raw.Sign(raw.DiagPart(r))
        q = q[: shape[-2], :]
        q *= cast.cast(self.gain, dtype)
        middle = [[(size - 1) // 2 for size in shape[:-2]]]
        return data_flow.scatter_nd(middle, shaping.expand_dims(q, 0), shape)


class _ConvolutionOrthogonal(_Orthogonal):
    """Makes an orthogonal kernel of `rank` dimensions out of products of projections.

    Raises:
      ValueError: when called: the shape has another number of sizes, sides of different lengths, or more filters come in than go out.
    """

    rank = 0

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dtype = self.dtype if dtype is None else dtype
        if len(shape) != self.rank + 2:
            received = f" Received: {shape}" if self.rank == 2 else f" Received shape={shape}"
            raise ValueError(
                f"The tensor to initialize, specified by argument `shape` must be {_IN_WORDS[self.rank + 2]}.{received}"
            )
        _check_filters(shape)
        self._check_sides(shape)
        kernel = self._kernel(shape[0], shape[-2], shape[-1])
        kernel *= cast.cast(self.gain, dtype)
        return kernel

    def _check_sides(self, shape: Any) -> None:
        """Refuses sides of different lengths."""

    def _matrix(self, n: int) -> Any:
        """Returns a random orthogonal matrix."""
        numbers = random.random_normal([n, n], dtype=self.dtype, seed=self.seed)
        if self.seed:
            self.seed += 1
        q, r = decomposition.qr(numbers)
        q *= raw.Sign(raw.DiagPart(r))
        return q

    def _projection(self, n: int) -> Any:
        """Returns a random symmetric matrix that is its own square."""
        q = self._matrix(n)
        mask = cast.cast(random.random_normal([n], seed=self.seed) > 0, self.dtype)
        if self.seed:
            self.seed += 1
        chosen = raw.Mul(q, mask)
        return linalg.matmul(chosen, ordering.matrix_transpose(chosen))

    def _block(self, projections: list[Any], eye: Any) -> Kernel:
        """Returns a kernel with sides of two; in one dimension a projection and what it leaves."""
        return {(0,): projections[0], (1,): eye - projections[0]}

    def _new_block(self, n: int) -> Kernel:
        projections = [self._projection(n) for _ in range(self.rank)]
        return self._block(projections, diagonals.eye(n, dtype=self.dtype))

    def _convolved(self, first: Kernel, k: int, second: Kernel, n: int) -> Kernel:
        """Returns the convolution of a kernel with sides of `k` and one with sides of two."""
        result: Kernel = {}
        for place in itertools.product(range(k + 1), repeat=self.rank):
            total = array.zeros([n, n], self.dtype)
            for inside in itertools.product(*(range(min(k, each + 1)) for each in place)):
                rest = tuple(a - b for a, b in zip(place, inside, strict=True))
                if max(rest) < 2:
                    total += linalg.matmul(first[inside], second[rest])
            result[place] = total
        return result

    def _kernel(self, side: int, inputs: int, outputs: int) -> Any:
        orthogonal = self._matrix(outputs)[0:inputs, :]
        if side == 1:
            for _ in range(self.rank):
                orthogonal = shaping.expand_dims(orthogonal, 0)
            return orthogonal
        parts = self._new_block(outputs)
        for k in range(2, side):
            parts = self._convolved(parts, k, self._new_block(outputs), outputs)
        for place in itertools.product(range(side), repeat=self.rank):
            parts[place] = linalg.matmul(orthogonal, parts[place])
        return self._stacked(parts, side, ())

    def _stacked(self, parts: Kernel, side: int, place: tuple[int, ...]) -> Any:
        if len(place) == self.rank:
            return parts[place]
        return joining.stack([self._stacked(parts, side, (*place, each)) for each in range(side)])


class ConvolutionOrthogonal1D(_ConvolutionOrthogonal):
    """Makes an orthogonal kernel `[width, inputs, outputs]`."""

    rank = 1


class ConvolutionOrthogonal2D(_ConvolutionOrthogonal):
    """Makes an orthogonal kernel `[side, side, inputs, outputs]`."""

    rank = 2

    def _check_sides(self, shape: Any) -> None:
        if shape[0] != shape[1]:
            raise ValueError(f"Kernel sizes, specified by shape[0]={shape[0]} and shape[1]={shape[1]} must be equal.")

    def _block(self, projections: list[Any], eye: Any) -> Kernel:
        p, q = projections
        block: Kernel = {(0, 0): linalg.matmul(p, q)}
        block[0, 1] = linalg.matmul(p, eye - q)
        block[1, 0] = linalg.matmul(eye - p, q)
        block[1, 1] = linalg.matmul(eye - p, eye - q)
        return block


class ConvolutionOrthogonal3D(_ConvolutionOrthogonal):
    """Makes an orthogonal kernel `[side, side, side, inputs, outputs]`."""

    rank = 3

    def _check_sides(self, shape: Any) -> None:
        if shape[0] != shape[1] or shape[0] != shape[2]:
            raise ValueError(
                f"Kernel sizes, specified by shape[0]={shape[0]},  shape[1]={shape[1]} and shape[2]={shape[2]} must be equal."
            )

    def _block(self, projections: list[Any], eye: Any) -> Kernel:
        def side(one: int, p: Any) -> Any:
            return one * p + (1 - one) * (eye - p)

        block: Kernel = {}
        for place in itertools.product((0, 1), repeat=3):
            a, b, c = (side(one, p) for one, p in zip(place, projections, strict=True))
            block[place] = linalg.matmul(linalg.matmul(a, b), c)
        return block


convolutional_delta_orthogonal = ConvolutionDeltaOrthogonal
convolutional_orthogonal_1d = ConvolutionOrthogonal1D
convolutional_orthogonal_2d = ConvolutionOrthogonal2D
convolutional_orthogonal_3d = ConvolutionOrthogonal3D
