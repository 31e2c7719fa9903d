"""tfmini builds, says and computes what real TensorFlow was recorded to build, say and compute; TensorFlow is not needed."""

from __future__ import annotations

import functools
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from golden import compare, describe, record
from programs import tools

import tfmini as tf

_ALL = [(group, name) for group in record.groups() for name in tools.PROGRAMS[group]]


@functools.cache
def _recorded(group: str) -> dict[str, Any]:
    return json.loads(record.path_of(group).read_text("utf-8"))


@pytest.mark.parametrize(("group", "name"), _ALL, ids=[f"{group}-{name}" for group, name in _ALL])
def test_equals_tensorflow(group: str, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = json.loads(json.dumps(describe.run_program(tf, tools.PROGRAMS[group][name])))
    report = compare.program(_recorded(group)["programs"][name], found)
    assert not report, f"{group}.{name}: {report}"


@pytest.mark.parametrize("group", record.groups())
def test_file_holds_the_programs(group: str) -> None:
    assert list(_recorded(group)["programs"]) == list(tools.PROGRAMS[group])
    assert _recorded(group)["tensorflow"].startswith("2.21")
