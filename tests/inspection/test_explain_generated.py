"""Generated programs with nested scopes, functions, loops and all reuse modes: every fix keeps its promise when it is applied."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

import tfmini as tf
from tests.inspection.test_explain import _applied, _holds, _run, _state
from tfmini import inspection

_NAMES = ("w", "b", "kernel")
_SCOPES = ("a", "b", "enc")
_EXTRAS = (
    ", dtype=tf.int32",
    ", initializer=tf.ones_initializer()",
    ", trainable=False",
    ", partitioner=tf.fixed_size_partitioner(2)",
    ", initializer=0.5",
)
_SEEDS = range(48)


def _call(chance: random.Random) -> str:
    shape = chance.choice(["[2]", "[2]", "[2]", "[3]", "[2, 3]"])
    extra = chance.choice(_EXTRAS) if chance.random() < 0.25 else ""
    return f'v = tf.get_variable("{chance.choice(_NAMES)}", {shape}{extra})'


def _opener(chance: random.Random) -> str:
    scope = chance.choice(_SCOPES)
    reuse = chance.choice(["True", "tf.AUTO_REUSE", "None", "False"])
    return chance.choice(
        [
            f'with tf.variable_scope("{scope}"):',
            f'with tf.variable_scope("{scope}"):',
            f'with tf.variable_scope("{scope}", reuse={reuse}):',
            f'with tf.variable_scope(None, "{scope}"):',
            f"with tf.variable_scope(tf.get_variable_scope(), reuse={reuse}):",
            f"with tf.variable_scope(kept, reuse={reuse}):",
            "with tf.variable_scope(kept):",
            f'with tf.name_scope("{scope}"):',
            "for i in range(2):",
        ]
    )


def _block(chance: random.Random, depth: int, calls: bool) -> list[str]:
    lines: list[str] = []
    for _ in range(chance.randint(1, 3)):
        draw = chance.random()
        if draw < 0.4 or depth >= 3:
            lines.append(_call(chance))
        elif draw < 0.5:
            lines.append(f'tf.Variable(1.0, name="{chance.choice(_NAMES)}")')
        elif draw < 0.55:
            lines.append("tf.get_variable_scope().reuse_variables()")
        elif draw < 0.62 and calls:
            lines.append(
                chance.choice(["layer()", "layer()", "tower(0)", "tower(0)", "tower(0, True)", "tower(0, reuse=None)"])
            )
        else:
            lines += [_opener(chance), *("    " + line for line in _block(chance, depth + 1, calls))]
    return lines


def _program(seed: int) -> str:
    chance = random.Random(seed)
    lines = ['with tf.variable_scope("z") as kept:', "    pass", "def layer():"]
    lines += ["    " + line for line in _block(chance, 2, calls=False)]
    lines += ["def tower(x, reuse=None):", '    with tf.variable_scope("t", reuse=reuse):', f"        {_call(chance)}"]
    for _ in range(3):
        lines += _block(chance, 0, calls=True)
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("seed", _SEEDS)
def test_every_fix_of_a_generated_program_keeps_its_promise(seed: int, tmp_path: Path) -> None:
    source = _program(seed)
    path = tmp_path / "learner.py"
    graph: Any = _run(source, path)
    request = graph.journal.requests[-1]
    before = _state(graph)
    record = inspection.explain_request(graph, request.number)
    assert _state(graph) == before
    text = inspection.explanation_text(record).split("\n")
    assert len(text) <= 24
    assert max(map(len, text)) <= 88
    assert record["fixes"] or not request.error
    for fix in record["fixes"]:
        if fix["line"]:
            _holds(fix, _applied(source, fix), request, path)
    tf.reset_default_graph()
