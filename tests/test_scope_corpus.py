"""tfmini does what real TensorFlow was recorded to do with several hundred programs about variable scopes; TensorFlow is not needed.

Outcomes of every statement, nodes with inputs, attributes and devices, collections, flags, and the initial values bit for bit. What
may differ is listed in `scope_programs.exempted`, by the number under which the notes on the oracle ask for it.
"""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden import scope_programs, scope_reach, scope_verdicts, scope_writer

import tfmini as tf


@functools.cache
def _corpus() -> dict[str, dict[str, Any]]:
    return scope_programs.unpack(scope_programs.read_corpus())


@pytest.mark.parametrize("name", list(_corpus()))
def test_equals_tensorflow(name: str) -> None:
    recorded = _corpus()[name]
    report = scope_programs.difference(recorded, scope_programs.run(tf, recorded["source"]))
    assert not report, f"{name}: {report}"


@pytest.mark.parametrize("name", list(_corpus()))
def test_no_scope_stays_open(name: str) -> None:
    """Also after errors inside a scope: the state of scopes is as before."""
    if "__enter__" not in _corpus()[name]["source"]:
        assert _corpus()[name]["left"] == ["", ""]


def test_the_file_holds_the_cases() -> None:
    """A case that was changed must be recorded again. Generated programs stay as they were recorded."""
    recorded = {name: each["source"] for name, each in _corpus().items()}
    cases = {name: text for name, text in scope_programs.sources().items() if not name.startswith("seed ")}
    assert {name: text for name, text in recorded.items() if not name.startswith("seed ")} == cases
    assert scope_programs.read_corpus()["tensorflow"].startswith("2.21")


def test_programs_of_a_seed_are_the_same_every_time() -> None:
    assert [scope_writer.write(seed) for seed in range(50)] == [scope_writer.write(seed) for seed in range(50)]


def test_the_corpus_reaches_the_verdicts() -> None:
    """A corpus that mostly makes variables would prove little."""
    reach = scope_reach.Reach(tf)
    for each in list(_corpus().values()):
        with reach.watching():
            scope_programs.run(tf, each["source"])
    assert [each for each in scope_reach.VERDICTS if not reach.verdicts[each]] == []


def test_every_verdict_is_what_tensorflow_did() -> None:
    """Verdict truth, 100 %: TensorFlow made, found, renamed, replaced or refused the variable as tfmini's verdict says.

    What TensorFlow did was recorded at the call itself; a refusal must have the cause that the verdict names.
    """
    agree = 0
    for name, each in _corpus().items():
        found = scope_programs.run(tf, each["source"])
        if scope_programs.exemptions(each, found):
            continue
        for told, call in zip(each["requests"], found["requests"], strict=True):
            assert not scope_verdicts.disagreement(call["verdict"], call["ignored"], told), name
            agree += 1
    assert agree > 2000
