"""The random generator Philox 4x32-10 and the distributions that TensorFlow's CPU kernels draw from it, bit for bit.

Philox is a block cipher used as a counter: block number `n` is a function of `n` and the seed alone, so a kernel can compute
any part of its stream at once, here as numpy columns (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
TensorFlow cuts the stream as follows. One run of an operation with `n` results takes `256 * n` blocks, used or not. The results come in
groups of one block each; a truncated normal, which throws away what is too far out, gives each of its groups a region of blocks.

Normal numbers are made by the method of Box and Muller in float32, with the C library's `logf` and `sincosf`. Those compute in
double precision by table and polynomial; the same steps stand here, because numpy's own float32 functions round differently.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = 0x9E3779B9
_W1 = 0xBB67AE85
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_MASK32 = 0xFFFFFFFF
_MASK128 = (1 << 128) - 1

RESERVED_BLOCKS = 256
"""Blocks that one run takes for each of its results."""


class Philox:
    """A position in the stream of one pair of seeds.

    Attributes:
      key: the 64-bit key, the first seed.
      counter: the number of the next block, 128 bits; it starts at the second seed times 2**64.
    """

    __slots__ = ("counter", "key")

    def __init__(self, seed: int, seed2: int) -> None:
        self.key = seed & ((1 << 64) - 1)
        self.counter = (seed2 & ((1 << 64) - 1)) << 64

    def reserve(self, blocks: int) -> int:
        """Returns the number of the next block and moves on by `blocks`."""
        start = self.counter
        self.counter = (start + blocks) & _MASK128
        return start


def blocks(key: int, start: int, count: int, step: int = 1) -> np.ndarray:
    """Returns blocks `start`, `start + step`, ... as a uint64 array `[count, 4]` of 32-bit numbers."""
    low64 = start & ((1 << 64) - 1)
    if low64 + count * step < (1 << 64):
        offsets = np.arange(count, dtype=np.uint64) * np.uint64(step) + np.uint64(low64)
        high = start >> 64
        return _cipher(key, offsets & _LOW, offsets >> _32, high & _MASK32, high >> 32)
    numbers = [(start + index * step) & _MASK128 for index in range(count)]
    return blocks_at(key, numbers)


def blocks_from(key: int, start: int, offsets: np.ndarray) -> np.ndarray:
    """Returns the blocks `start + offsets` (uint64, less than 2**63) as a uint64 array `[len(offsets), 4]`."""
    low64, high = start & ((1 << 64) - 1), start >> 64
    if low64 < 1 << 63:
        numbers = offsets + np.uint64(low64)
        return _cipher(key, numbers & _LOW, numbers >> _32, high & _MASK32, high >> 32)
    return blocks_at(key, [(start + int(offset)) & _MASK128 for offset in offsets])


def blocks_at(key: int, numbers: list[int]) -> np.ndarray:
    """Returns the blocks of these numbers as a uint64 array `[len(numbers), 4]`."""
    words = [np.array([(n >> shift) & _MASK32 for n in numbers], dtype=np.uint64) for shift in (0, 32, 64, 96)]
    return _cipher(key, *words)


def _cipher(key: int, c0: Any, c1: Any, c2: Any, c3: Any) -> np.ndarray:
    k0, k1 = key & _MASK32, key >> 32
    for _ in range(10):
        p0 = c0 * _M0 if isinstance(c0, np.ndarray) else np.uint64(int(c0) * int(_M0))
        p1 = c2 * _M1 if isinstance(c2, np.ndarray) else np.uint64(int(c2) * int(_M1))
        c0, c1, c2, c3 = (
            (p1 >> _32) ^ c1 ^ np.uint64(k0),
            p1 & _LOW,
            (p0 >> _32) ^ (c3 if isinstance(c3, np.ndarray) else np.uint64(c3)) ^ np.uint64(k1),
            p0 & _LOW,
        )
        k0, k1 = (k0 + _W0) & _MASK32, (k1 + _W1) & _MASK32
    result = np.empty((c0.shape[0], 4), dtype=np.uint64)
    for index, word in enumerate((c0, c1, c2, c3)):
        result[:, index] = word
    return result


# ---- from bits to numbers in [0, 1)


def to_float32(words: np.ndarray) -> np.ndarray:
    """Returns float32 numbers in [0, 1) from the low 23 bits."""
    bits = (words & np.uint64(0x7FFFFF)).astype(np.uint32) | np.uint32(127 << 23)
    return bits.view(np.float32) - np.float32(1.0)


def to_float64(pairs: np.ndarray) -> np.ndarray:
    """Returns float64 numbers in [0, 1) from 20 bits of each first and 32 of each second word; `pairs` is `[..., 2]`."""
    bits = ((pairs[..., 0] & np.uint64(0xFFFFF)) << _32) | pairs[..., 1] | np.uint64(1023 << 52)
    return bits.view(np.float64) - 1.0


def to_half(words: np.ndarray) -> np.ndarray:
    """Returns float16 numbers in [0, 1) from the low 10 bits."""
    bits = (words & np.uint64(0x3FF)).astype(np.uint16) | np.uint16(15 << 10)
    return bits.view(np.float16) - np.float16(1.0)


def to_bfloat16(words: np.ndarray) -> np.ndarray:
    """Returns bfloat16 numbers in [0, 1) from the low 7 bits."""
    import ml_dtypes

    bits = (words & np.uint64(0x7F)).astype(np.uint16) | np.uint16(127 << 7)
    return bits.view(ml_dtypes.bfloat16) - ml_dtypes.bfloat16(1.0)


# ---- the C library's logf and sincosf, in double precision

_LOG_ROWS = (
    ("0x1.661ec79f8f3bep+0", "-0x1.57bf7808caadep-2"),
    ("0x1.571ed4aaf883dp+0", "-0x1.2bef0a7c06ddbp-2"),
    ("0x1.49539f0f010bp+0", "-0x1.01eae7f513a67p-2"),
    ("0x1.3c995b0b80385p+0", "-0x1.b31d8a68224e9p-3"),
    ("0x1.30d190c8864a5p+0", "-0x1.6574f0ac07758p-3"),
    ("0x1.25e227b0b8eap+0", "-0x1.1aa2bc79c81p-3"),
    ("0x1.1bb4a4a1a343fp+0", "-0x1.a4e76ce8c0e5ep-4"),
    ("0x1.12358f08ae5bap+0", "-0x1.1973c5a611cccp-4"),
    ("0x1.0953f419900a7p+0", "-0x1.252f438e10c1ep-5"),
    ("0x1p+0", "0x0p+0"),
    ("0x1.e608cfd9a47acp-1", "0x1.aa5aa5df25984p-5"),
    ("0x1.ca4b31f026aap-1", "0x1.c5e53aa362eb4p-4"),
    ("0x1.b2036576afce6p-1", "0x1.526e57720db08p-3"),
    ("0x1.9c2d163a1aa2dp-1", "0x1.bc2860d22477p-3"),
    ("0x1.886e6037841edp-1", "0x1.1058bc8a07ee1p-2"),
    ("0x1.767dcf5534862p-1", "0x1.4043057b6ee09p-2"),
)
_LOG_TABLE = np.array([[float.fromhex(text) for text in row] for row in _LOG_ROWS])
_LOG_POLY = [float.fromhex(t) for t in ("-0x1.00ea348b88334p-2", "0x1.5575b0be00b6ap-2", "-0x1.ffffef20a4123p-2")]
_LN2 = float.fromhex("0x1.62e42fefa39efp-1")
_LOG_OFFSET = np.uint32(0x3F330000)


def logf(x: np.ndarray) -> np.ndarray:
    """Returns the natural logarithm of positive normal float32 numbers, rounded as the GNU C library rounds it."""
    bits = x.view(np.uint32)
    shifted = bits - _LOG_OFFSET
    index = (shifted >> np.uint32(19)) & np.uint32(15)
    exponent = shifted.view(np.int32) >> np.int32(23)
    z = (bits - (shifted & np.uint32(0xFF800000))).view(np.float32).astype(np.float64)
    inverse, log_c = _LOG_TABLE[index, 0], _LOG_TABLE[index, 1]
    r = z * inverse - 1.0
    y0 = log_c + exponent.astype(np.float64) * _LN2
    r2 = r * r
    y = _LOG_POLY[1] * r + _LOG_POLY[2]
    y = _LOG_POLY[0] * r2 + y
    result = (y * r2 + (y0 + r)).astype(np.float32)
    return np.where(bits == np.uint32(0x3F800000), np.float32(0.0), result)


_C = [float.fromhex(t) for t in (
    "0x1p0", "-0x1.ffffffd0c621cp-2", "0x1.55553e1068f19p-5", "-0x1.6c087e89a359dp-10", "0x1.99343027bf8c3p-16",
)]  # fmt: skip
_S = [float.fromhex(t) for t in ("-0x1.555545995a603p-3", "0x1.1107605230bc4p-7", "-0x1.994eb3774cf24p-13")]
_INVERSE_HALF_PI = float.fromhex("0x1.45F306DC9C883p+23")
_HALF_PI = float.fromhex("0x1.921FB54442D18p0")


def sincosf(y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns sine and cosine of float32 numbers in [0, 2 pi], rounded as the GNU C library rounds them."""
    x = y.astype(np.float64)
    quarter = ((x * _INVERSE_HALF_PI).astype(np.int32) + np.int32(0x800000)) >> np.int32(24)
    small = x < _HALF_PI / 2
    quarter = np.where(small, 0, quarter)
    x = x - quarter * _HALF_PI
    sign = np.where((quarter & 3 == 1) | (quarter & 3 == 2), -1.0, 1.0)
    cosine_sign = np.where(quarter & 2, -1.0, 1.0)
    x2 = x * x
    x = x * sign
    x4 = x2 * x2
    x3 = x2 * x
    c2 = _C[3] + x2 * _C[4]
    s1 = _S[1] + x2 * _S[2]
    c1 = _C[0] + x2 * _C[1]
    sine = (x + x3 * _S[0]) + (x3 * x2) * s1
    cosine = ((c1 + x4 * _C[2]) + (x4 * x2) * c2) * cosine_sign
    sine, cosine = sine.astype(np.float32), cosine.astype(np.float32)
    swap = (quarter & 1).astype(bool)
    tiny = np.abs(y) < np.float32(2.0**-12)
    first = np.where(tiny, y, np.where(swap, cosine, sine))
    second = np.where(tiny, np.float32(1.0), np.where(swap, sine, cosine))
    return first, second


# ---- normal numbers


def box_muller_float32(x0: np.ndarray, x1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns two float32 normal numbers from two words."""
    u1 = np.maximum(to_float32(x0), np.float32(1.0e-7))
    v1 = (2.0 * math.pi * to_float32(x1).astype(np.float64)).astype(np.float32)
    u2 = np.sqrt(np.float32(-2.0) * logf(u1))
    sine, cosine = sincosf(v1)
    return sine * u2, cosine * u2


def box_muller_float64(pairs0: np.ndarray, pairs1: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Returns two float64 normal numbers from two pairs of words.

    Logarithm, sine and cosine are the C library's, one number at a time: numpy has its own, which round differently.
    """
    u1 = np.maximum(to_float64(pairs0), 1.0e-7)
    v1 = 2.0 * math.pi * to_float64(pairs1)
    shape = u1.shape
    angles = v1.ravel().tolist()
    u2 = np.sqrt(-2.0 * np.array(list(map(math.log, u1.ravel().tolist())), dtype=np.float64)).reshape(shape)
    sine = np.array(list(map(math.sin, angles)), dtype=np.float64).reshape(shape)
    cosine = np.array(list(map(math.cos, angles)), dtype=np.float64).reshape(shape)
    return sine * u2, cosine * u2


def _normals(words: np.ndarray, double: bool) -> np.ndarray:
    """Returns the normal numbers of each block: `[count, 4]` float32, or `[count, 2]` float64."""
    if double:
        pairs = words.reshape(-1, 2, 2)
        return np.stack(box_muller_float64(pairs[:, 0], pairs[:, 1]), axis=1)
    result = np.empty((words.shape[0], 4), dtype=np.float32)
    result[:, 0], result[:, 1] = box_muller_float32(words[:, 0], words[:, 1])
    result[:, 2], result[:, 3] = box_muller_float32(words[:, 2], words[:, 3])
    return result


# ---- the distributions: each takes its blocks from `generator` and returns a flat array


def uniform(generator: Philox, size: int, dtype: Any) -> np.ndarray:
    """Returns `size` numbers in [0, 1) of a floating dtype."""
    start = generator.reserve(size * RESERVED_BLOCKS)
    dtype = np.dtype(dtype)
    if dtype == np.float64:
        return to_float64(blocks(generator.key, start, -(-size // 2)).reshape(-1, 2))[:size]
    words = blocks(generator.key, start, -(-size // 4)).reshape(-1)[:size]
    if dtype == np.float32:
        return to_float32(words)
    return to_half(words) if dtype == np.float16 else to_bfloat16(words)


def uniform_int(generator: Philox, size: int, low: int, high: int, dtype: Any) -> np.ndarray:
    """Returns `size` integers in [low, high) of dtype int32 or int64."""
    start = generator.reserve(size * RESERVED_BLOCKS)
    if np.dtype(dtype) == np.int32:
        words = blocks(generator.key, start, -(-size // 4)).reshape(-1)[:size]
        return (np.uint64(low & _MASK32) + words % np.uint64(high - low)).astype(np.uint32).view(np.int32)
    pairs = blocks(generator.key, start, -(-size // 2)).reshape(-1, 2)[:size]
    bits = pairs[:, 0] | (pairs[:, 1] << _32)
    return (bits % np.uint64(high - low) + np.uint64(low & ((1 << 64) - 1))).view(np.int64)


def normal(generator: Philox, size: int, dtype: Any) -> np.ndarray:
    """Returns `size` standard normal numbers of a floating dtype."""
    start = generator.reserve(size * RESERVED_BLOCKS)
    double = np.dtype(dtype) == np.float64
    words = blocks(generator.key, start, -(-size // (2 if double else 4)))
    return _normals(words, double).reshape(-1)[:size].astype(dtype, copy=False)


def truncated_normal(generator: Philox, size: int, dtype: Any) -> np.ndarray:
    """Returns `size` standard normal numbers between -2 and 2 of a floating dtype; what is outside is drawn again."""
    start = generator.reserve(size * RESERVED_BLOCKS)
    double = np.dtype(dtype) == np.float64
    group = 2 if double else 4
    region = group * RESERVED_BLOCKS // 4
    groups = -(-size // group)
    results = np.empty((groups, group), dtype=np.float64 if double else np.float32)
    filled = np.zeros(groups, dtype=np.int64)
    active = np.arange(groups)
    turn = 0
    while active.size:
        if turn == 0:
            words = blocks(generator.key, start, groups, region)
        else:
            words = blocks_at(generator.key, [(start + int(g) * region + turn) & _MASK128 for g in active])
        drawn = _normals(words, double)
        for column in range(drawn.shape[1]):
            values = drawn[:, column]
            keep = (np.abs(values) < 2.0) & (filled[active] < group)
            rows = active[keep]
            results[rows, filled[rows]] = values[keep]
            filled[rows] += 1
        active = active[filled[active] < group]
        turn += 1
    return results.reshape(-1)[:size].astype(dtype, copy=False)


def permutation(generator: Philox, size: int) -> np.ndarray:
    """Returns the order in which TensorFlow shuffles `size` rows."""
    order = list(range(size))
    swaps = size - 1
    count = -(-swaps // 4)
    words = blocks(generator.key, generator.reserve(count), count).reshape(-1).tolist()
    for index in range(swaps):
        other = index + words[index] % (size - index)
        order[index], order[other] = order[other], order[index]
    return np.array(order, dtype=np.int64)
