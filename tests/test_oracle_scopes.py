"""Fresh random programs about variable scopes, run by tfmini and by real TensorFlow where it is installed.

`TFMINI_SCOPE_PROGRAMS=10000 TFMINI_SCOPE_SEED=7 python -m pytest tests/test_oracle_scopes.py` runs that many from that seed on.
Without TensorFlow the programs still run, and what they leave behind is checked.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden import compare, describe, record, scope_generator, scope_programs

import tfmini as tf

_COUNT = int(os.environ.get("TFMINI_SCOPE_PROGRAMS", "60"))
_FIRST = int(os.environ.get("TFMINI_SCOPE_SEED", "0")) * 1_000_000


def test_programs_leave_no_scope_open() -> None:
    """Also after errors in the middle; each program of a seed is the same every time."""
    for seed in range(_FIRST, _FIRST + _COUNT):
        assert scope_generator.generate(seed) == scope_generator.generate(seed)
        found = describe.run_program(tf, scope_generator.program_of(seed))
        assert found["results"]["left"] == ["", ""], f"seed {seed}"


def test_the_generator_reaches_the_verdicts() -> None:
    """A generator that mostly makes variables would prove little."""
    counts: dict[str, int] = {}
    for seed in range(400):
        with tf.Graph().as_default() as graph:
            scope_generator.program_of(seed)(tf)
        for request in graph.journal.requests:
            counts[request.verdict] = counts.get(request.verdict, 0) + 1
    expected = [
        "MADE",
        "MADE_AUTO",
        "SHARED",
        "SHARED_AUTO",
        "SHARED_ARGS_IGNORED",
        "MADE_RENAMED",
        "GETTER_REPLACED",
        "REFUSED_EXISTS",
        "REFUSED_MISSING",
        "REFUSED_SHAPE",
        "REFUSED_DTYPE",
        "REFUSED_PARTITION",
        "REFUSED_NO_SHAPE",
        "REFUSED_CONST_SHAPE",
        "REFUSED_INITIALIZER",
        "REFUSED_INIT_DTYPE",
    ]
    assert {name: counts.get(name, 0) for name in expected if counts.get(name, 0) < 5} == {}


if importlib.util.find_spec("tensorflow") is not None:

    @pytest.mark.oracle
    def test_both_engines_agree() -> None:
        oracle = record.oracle()
        for seed in range(_FIRST, _FIRST + _COUNT):
            program = scope_generator.program_of(seed)
            expected = json.loads(json.dumps(describe.run_program(oracle, program)))
            found = json.loads(json.dumps(describe.run_program(tf, program)))
            report = compare.program(expected, found)
            assert not report, f"seed {seed}: {report}"

    @pytest.mark.oracle
    def test_programs_that_are_text_agree_and_so_do_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
        """What `scope_programs.py --live` does: outcomes, nodes, values, and what became of every request beside its verdict."""
        differing = scope_programs.live(record.oracle(), _FIRST, _COUNT, 3)
        assert not differing, capsys.readouterr().out
