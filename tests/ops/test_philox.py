"""The generator, the C library's functions, and the cut of the stream."""

from __future__ import annotations

import ctypes
import ctypes.util
import math

import numpy as np
import pytest

from tfmini.ops import philox


def test_blocks_are_those_of_the_published_generator() -> None:
    """Known answers of Random123 for Philox 4x32-10 (file kat_vectors)."""
    zero = philox.blocks(0, 0, 1)[0]
    assert [hex(int(word)) for word in zero] == ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"]
    ones = philox.blocks((1 << 64) - 1, (1 << 128) - 1, 1)[0]
    assert [hex(int(word)) for word in ones] == ["0x408f276d", "0x41c83b0e", "0xa20bc7c6", "0x6d5451fd"]
    counter = 0x243F6A88 | 0x85A308D3 << 32 | 0x13198A2E << 64 | 0x03707344 << 96
    pi = philox.blocks(0xA4093822 | 0x299F31D0 << 32, counter, 1)[0]
    assert [hex(int(word)) for word in pi] == ["0xd16cfe09", "0x94fdcceb", "0x5001e420", "0x24126ea1"]


def test_a_column_of_blocks_equals_single_blocks_across_the_carry() -> None:
    """The counter has 128 bits; a column may cross the end of its lower half."""
    start = (1 << 64) - 3
    together = philox.blocks(42, start, 6)
    alone = np.concatenate([philox.blocks(42, start + index, 1) for index in range(6)])
    assert np.array_equal(together, alone)
    assert np.array_equal(philox.blocks(42, 7, 3, step=256), philox.blocks_at(42, [7, 263, 519]))


def test_the_stream_does_not_depend_on_how_much_is_drawn() -> None:
    """A shorter draw is the beginning of a longer one; the next draw starts 256 blocks further for each result."""
    for draw in (philox.uniform, philox.normal, philox.truncated_normal):
        for dtype in (np.float16, np.float32, np.float64):
            long = draw(philox.Philox(1, 2), 1000, dtype)
            assert np.array_equal(draw(philox.Philox(1, 2), 7, dtype), long[:7])
            assert long.dtype == dtype
        generator = philox.Philox(1, 2)
        draw(generator, 10, np.float32)
        assert generator.counter == (2 << 64) + 2560


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_distributions_have_their_moments_and_limits(dtype: type) -> None:
    generator = philox.Philox(3, 4)
    uniform = philox.uniform(generator, 20000, dtype).astype(np.float64)
    assert uniform.min() >= 0
    assert uniform.max() < 1
    assert abs(uniform.mean() - 0.5) < 0.01
    assert abs(uniform.var() - 1 / 12) < 0.01
    normal = philox.normal(generator, 20000, dtype).astype(np.float64)
    assert abs(normal.mean()) < 0.03
    assert abs(normal.std() - 1) < 0.03
    cut = philox.truncated_normal(generator, 20000, dtype).astype(np.float64)
    assert np.abs(cut).max() <= 2
    assert abs(cut.std() - 0.8796) < 0.02


def test_integers_fill_their_range() -> None:
    found = philox.uniform_int(philox.Philox(1, 1), 5000, -3, 4, np.int32)
    assert sorted(set(found.tolist())) == [-3, -2, -1, 0, 1, 2, 3]
    wide = philox.uniform_int(philox.Philox(1, 1), 5000, -(2**62), 2**62, np.int64)
    assert wide.min() < -(2**61)
    assert wide.max() > 2**61


def test_a_permutation_holds_every_row_once() -> None:
    found = philox.permutation(philox.Philox(5, 6), 1000)
    assert np.array_equal(np.sort(found), np.arange(1000))


def _c_library() -> ctypes.CDLL:
    name = ctypes.util.find_library("m")
    if name is None or not name.startswith("libm.so.6"):
        pytest.skip("the functions are those of the GNU C library, which this machine does not have")
    library = ctypes.CDLL(name)
    for function in ("logf", "sinf", "cosf"):
        getattr(library, function).restype = ctypes.c_float
        getattr(library, function).argtypes = [ctypes.c_float]
    return library


def test_logarithm_sine_and_cosine_round_as_the_c_library_does() -> None:
    library = _c_library()
    random = np.random.default_rng(0)
    x = np.maximum(random.random(20000, dtype=np.float32), np.float32(1e-7))
    assert np.array_equal(philox.logf(x), np.array([library.logf(float(v)) for v in x], np.float32))
    y = (random.random(20000) * 2 * math.pi).astype(np.float32)
    sine, cosine = philox.sincosf(y)
    assert np.array_equal(sine, np.array([library.sinf(float(v)) for v in y], np.float32))
    assert np.array_equal(cosine, np.array([library.cosf(float(v)) for v in y], np.float32))
