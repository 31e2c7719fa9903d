"""Every program of the recorded corpus about variable scopes: what is explained is what happened, and every fix keeps its promise.

The programs run as files do, up to their first error. A fix is applied to the text of the program, which then runs again.
"""

from __future__ import annotations

import contextlib
import functools
import linecache
import sys
from pathlib import Path
from typing import Any

import pytest

import tfmini as tf
from tfmini import inspection

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from golden import scope_programs, scope_world

_ERRORS = (ValueError, TypeError, RuntimeError, LookupError, ArithmeticError, AttributeError, AssertionError, OSError)
_MADE = ("MADE", "MADE_AUTO")


@functools.cache
def _corpus() -> dict[str, dict[str, Any]]:
    return scope_programs.unpack(scope_programs.read_corpus())


@pytest.fixture(autouse=True)
def _fresh() -> Any:
    tf.reset_default_graph()
    yield
    tf.reset_default_graph()


def _run(source: str, path: Path) -> Any:
    """Runs a program in a new default graph up to its first error; returns the graph with the last call."""
    tf.reset_default_graph()
    path.write_text(source, encoding="utf-8")
    linecache.checkcache(str(path))
    started = tf.get_default_graph()
    with contextlib.suppress(*_ERRORS):
        exec(compile(source, str(path), "exec"), scope_world.names(tf))
    return started


def _applied(source: str, fix: dict[str, Any]) -> str:
    lines = source.split("\n")
    index = fix["line"] - 1
    assert lines[index] == fix["before"]
    lines[index : index + 1] = [fix["added_before"], fix["after"]] if fix["added_before"] else [fix["after"]]
    return "\n".join(lines)


def _holds(fix: dict[str, Any], request: Any, graph: Any) -> None:
    adds_a_call = "get_variable(" in fix["changed"] and fix["result"] == "shared" and "#" not in fix["weights"]
    requests = graph.journal.requests
    number = request.number + adds_a_call
    assert len(requests) >= number, (fix, requests[-1].error if requests else "")
    again = requests[number - 1]
    assert not again.error, (fix, again.error)
    if fix["result"] == "made":
        assert again.found is None, fix
        return
    assert again.verdict.startswith("SHARED") or again.verdict == "GETTER_REPLACED", fix
    if "#" in fix["weights"]:
        maker = requests[int(fix["weights"].partition("#")[2]) - 1]
        assert again.found is maker, fix


def _names() -> list[str]:
    """Contexts that a program opens by hand would stay open after its error."""
    return [name for name, each in _corpus().items() if "__enter__" not in each["source"]]


@pytest.mark.parametrize("name", _names())
def test_every_fix_keeps_its_promise(name: str, tmp_path: Path) -> None:
    """Those of the refused call at which the program stops, and of the calls before it whose arguments had no effect."""
    source = _corpus()[name]["source"]
    path = tmp_path / "learner.py"
    graph: Any = _run(source, path)
    explained = [(each, inspection.explain_request(graph, each.number)) for each in list(graph.journal.requests)]
    for request, record in explained:
        text = inspection.explanation_text(record).split("\n")
        assert len(text) <= 24
        assert max(map(len, text)) <= 88
        assert record["word"] in ("made", "shared", "shared, but", "refused")
        assert (record["word"] == "refused") == bool(request.error)
        if request.verdict in _MADE:
            assert record["fixes"] == []
        letters = [fix["letter"] for fix in record["fixes"]]
        assert letters == list("abc"[: len(letters)])
        assert not record["fixes"] or "AUTO_REUSE" not in record["fixes"][0]["changed"]
        if request.verdict == "REFUSED_SHAPE":
            assert not any("AUTO_REUSE" in fix["changed"] for fix in record["fixes"])
        for fix in record["fixes"]:
            if fix["line"]:
                _holds(fix, request, _run(_applied(source, fix), path))
