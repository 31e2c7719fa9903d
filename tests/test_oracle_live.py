"""Compares tfmini with real TensorFlow live, on the recorded programs and on random ones, where TensorFlow is installed.

There is nothing to collect where it is not: the same programs are compared with the recorded files by `test_golden.py`.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

if importlib.util.find_spec("tensorflow") is not None:
    from golden import compare, describe, record
    from programs import tools

    import tfmini

    _ALL = [(group, name) for group in record.groups() for name in tools.PROGRAMS[group]]

    @pytest.mark.oracle
    @pytest.mark.parametrize(("group", "name"), _ALL, ids=[f"{group}-{name}" for group, name in _ALL])
    def test_both_engines_agree(group: str, name: str) -> None:
        function = tools.PROGRAMS[group][name]
        expected = json.loads(json.dumps(describe.run_program(record.oracle(), function)))
        found = json.loads(json.dumps(describe.run_program(tfmini, function)))
        report = compare.program(expected, found)
        assert not report, f"{group}.{name}: {report}"

    @pytest.mark.oracle
    def test_random_programs_agree() -> None:
        script = Path(__file__).resolve().parent / "golden" / "fuzz.py"
        command = [sys.executable, str(script), "--seed", "1", "--count", "25"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout

    @pytest.mark.oracle
    def test_random_conditionals_and_loops_agree() -> None:
        script = Path(__file__).resolve().parent / "golden" / "control_flow_fuzz.py"
        command = [sys.executable, str(script), "--seed", "1", "--count", "40"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stdout
