"""The short way of plain requests that find their variable says the same as the long way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import tfmini as tf
from tfmini import inspection
from tfmini.framework.events import Request
from tfmini.variables import sharing
from tfmini.variables.sharing import SharedRequest

_FIELDS = [name for name in Request.__slots__ if not name.startswith("_")]


def _asked(ask: Callable[[], Any]) -> list[Any]:
    """Returns the requests of a program in a graph of its own."""
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("a", initializer=tf.zeros_initializer()):
            tf.get_variable("v", [2, 3])
            tf.get_variable("n", [], dtype=tf.int32)
        ask()
    return graph.journal.requests


def _shared_by_name() -> None:
    with tf.variable_scope("a", reuse=True):
        tf.get_variable("v")


def _shared_by_shape() -> None:
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE), tf.name_scope("inside"):
        tf.get_variable("v", [2, 3])
        tf.get_variable("v", shape=(2, 3), dtype=tf.float32)
        tf.get_variable("n", dtype=tf.int32)


def _shared_after_a_switch() -> None:
    with tf.variable_scope("a"):
        tf.get_variable_scope().reuse_variables()
        tf.get_variable("v")
        tf.get_variable_scope().set_dtype(tf.int32)
        tf.get_variable("n", shape=[])


@pytest.mark.parametrize("ask", [_shared_by_name, _shared_by_shape, _shared_after_a_switch])
def test_both_ways_note_the_same(ask: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Each field of a request that took the short way equals that of the same request on the long way."""
    short = _asked(ask)
    monkeypatch.setattr(sharing, "find", lambda *_: None)
    long = _asked(ask)
    assert len(short) == len(long)
    assert all(type(each) is SharedRequest for each in short[2:])
    assert all(type(each) is Request for each in long)
    for one, other in zip(short, long, strict=True):
        for name in _FIELDS:
            assert _comparable(name, getattr(one, name)) == _comparable(name, getattr(other, name)), name


def _comparable(name: str, value: Any) -> Any:
    """Returns what must agree of a field; objects of two graphs are compared by what tells them apart in theirs."""
    if name in ("entry", "found"):
        return None if value is None else (value.name, getattr(value, "number", getattr(value, "index", None)))
    if name == "variable":
        return value.name
    if name == "mode_from":
        return value[0], None if value[1] is None else value[1].name, value[2]
    if name == "sites":
        return [(each.code, each.line) for each in value if not each.function.startswith("test_")]
    if name in ("arguments", "effective"):
        return {key: (type(each) if key == "initializer" else each) for key, each in value.items()}
    return value


@pytest.mark.parametrize(
    "ask",
    [
        lambda: tf.get_variable("v", [3, 2]),
        lambda: tf.get_variable("v", dtype=tf.int32),
        lambda: tf.get_variable("w"),
        lambda: tf.get_variable("v", [2.0, 3.0]),
    ],
)
def test_refusals_are_those_of_the_long_way(ask: Callable[[], Any]) -> None:
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("a"):
            tf.get_variable("v", [2, 3])
        with tf.variable_scope("a", reuse=True), pytest.raises((ValueError, TypeError)):
            ask()
        assert type(graph.journal.requests[-1]) is Request
        assert graph.journal.requests[-1].error


def test_views_read_short_requests() -> None:
    """Records, sentences and explanations need nothing that a short request does not have."""
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("a"):
            made = tf.get_variable("v", [2, 3])
        with tf.variable_scope("a", reuse=True):
            assert tf.get_variable("v", [2, 3]) is made
        record = inspection.snapshot(graph)
        assert record["requests"]["set"]["1"]["word"] == "shared"
        assert record["requests"]["set"]["1"]["found"] == 0
        assert record["variables"]["set"]["0"]["requests"] == [0, 1]
        assert "shared" in inspection.requests_text(record)
