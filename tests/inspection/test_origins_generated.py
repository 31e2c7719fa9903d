"""Generated nests of variable scopes: the scope and the line that are named for each default, and for the mode, are those that set it.

What is expected is worked out here from the text of the program alone; the values in effect are compared with the scope object.
"""

from __future__ import annotations

import linecache
import random
from pathlib import Path
from typing import Any

import pytest

import tfmini as tf
from tfmini import inspection
from tfmini.inspection.words import digest

_VALUES = {
    "initializer": ("tf.zeros_initializer()", "tf.ones_initializer()", "tf.constant_initializer(3.0)"),
    "dtype": ("tf.float64", "tf.float16", "tf.int32"),
    "regularizer": ("small", "large"),
    "constraint": ("clip", "norm"),
    "partitioner": ("tf.fixed_size_partitioner(2)", "tf.fixed_size_partitioner(3)"),
    "caching_device": ('"/cpu:0"', '"/cpu:1"'),
    "use_resource": ("True", "False"),
}
_REUSE = ("True", "tf.AUTO_REUSE", "None", "False")
_MODES = {"True": "find only", "tf.AUTO_REUSE": "find, else make"}
_PREAMBLE = """seen = []
def small(w): return tf.reduce_sum(w)
def large(w): return 2.0 * tf.reduce_sum(w)
def clip(w): return w
def norm(w): return w
with tf.variable_scope("kept", initializer=tf.ones_initializer(), dtype=tf.float64) as kept:
    pass
"""


class Level:
    """One `with` line: its place, what it gives, and what stands around it for the scope that it opens."""

    def __init__(self, index: int, line: int, given: dict[str, str], reuse: str | None, outer: Level | None) -> None:
        self.index = index
        self.line = line
        self.given = given
        self.reuse = reuse
        self.outer = outer

    def origin(self, key: str) -> Level | None:
        """The innermost level up to this one that gives a default; constraints are not passed down."""
        if key in self.given:
            return self
        if key == "constraint" or self.outer is None:
            return None
        return self.outer.origin(key)

    def mode(self) -> tuple[str, Level | None]:
        """The mode here, and the level that gave it: `False` and `None` leave what is around."""
        if self.reuse in _MODES:
            return _MODES[self.reuse], self
        return self.outer.mode() if self.outer is not None else ("make new", None)


def _program(seed: int) -> tuple[str, list[Level]]:
    chance = random.Random(seed)
    lines = _PREAMBLE.rstrip("\n").split("\n")
    kept = Level(0, 6, {"initializer": "tf.ones_initializer()", "dtype": "tf.float64"}, None, None)
    levels = [kept]

    def block(outer: Level | None, depth: int) -> None:
        for number in range(chance.randint(1, 2)):
            given = {
                key: chance.choice(values)
                for key, values in _VALUES.items()
                if chance.random() < (0.45 if key in ("initializer", "dtype", "constraint") else 0.25)
            }
            reuse = chance.choice(_REUSE) if chance.random() < 0.4 else None
            captured = chance.random() < 0.2
            arguments = [
                "kept" if captured else f'"s{depth}_{number}"',
                *(f"{key}={text}" for key, text in given.items()),
            ]
            arguments += [f"reuse={reuse}"] if reuse is not None else []
            lines.append("    " * depth + f"with tf.variable_scope({', '.join(arguments)}):")
            # a captured scope brings its own defaults along; only its mode may be loosened by what is around
            level = Level(len(levels), len(lines), given, reuse, kept if captured else outer)
            level.around = outer if captured else None  # type: ignore[attr-defined]
            levels.append(level)
            lines.append("    " * (depth + 1) + "seen.append(tf.get_variable_scope())")
            if depth < 3 and chance.random() < 0.75:
                block(level, depth + 1)

    block(None, 0)
    return "\n".join(lines) + "\n", levels


@pytest.mark.parametrize("seed", range(60))
def test_the_origin_of_every_default_is_the_line_that_set_it(seed: int, tmp_path: Path) -> None:
    source, levels = _program(seed)
    path = tmp_path / "nest.py"
    path.write_text(source, encoding="utf-8")
    linecache.checkcache(str(path))
    names: dict[str, Any] = {"tf": tf}
    with tf.Graph().as_default() as graph:
        exec(compile(source, str(path), "exec"), names)
    record = inspection.record_of(inspection.snapshot(graph))
    assert len(record.entries) == len(levels)
    for level, entry, scope in zip(levels[1:], record.entries[1:], names["seen"], strict=True):
        assert record.sites[entry["site"]]["line"] == level.line
        found = {each["key"]: each for each in entry["defaults"]}
        for key in _VALUES:
            origin = level.origin(key)
            default = found[key]
            where = (seed, level.line, key, default)
            value = getattr(scope, f"_{key}", None)
            assert default["value"] == digest(value), where
            if origin is None:
                assert default["from"] == -1, where
                assert default["how"] in ("default", ""), where
            else:
                assert default["from"] == origin.index, where
                assert record.sites[default["site"]]["line"] == origin.line, where
                assert default["how"] == ("given" if origin is level else "inherited"), where
        lost = None if "constraint" in level.given else level.outer
        while lost is not None and "constraint" not in lost.given:
            lost = lost.outer
        said = found["constraint"]["not_inherited"]
        assert (said["entry"] if said else None) == (lost.index if lost is not None else None), (seed, level.line)
        if level.around is None:  # type: ignore[attr-defined]
            mode, origin = level.mode()
            assert entry["mode"] == mode, (seed, level.line)
            if origin is level:
                assert entry["mode_from"]["how"] == "given"
            elif origin is not None:
                assert entry["mode_from"]["entry"] == origin.index, (seed, level.line, entry["mode_from"])
                assert record.sites[entry["mode_from"]["site"]]["line"] == origin.line
            else:
                assert entry["mode_from"]["entry"] == -1
