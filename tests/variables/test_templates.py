"""Templates, beyond what tests/programs/templates.py compares: threads, the journal, errors in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def graph() -> Iterator[Any]:
    with tf.Graph().as_default() as graph:
        yield graph


def test_an_error_says_where_the_template_was_made() -> None:
    """TensorFlow's phrase stays first; the line of `make_template` follows."""

    def broken() -> None:
        raise ValueError("the phrase")

    template = tf.make_template("t", broken)
    with pytest.raises(
        ValueError, match=r"^the phrase\n\noriginally defined at:\n.*test_templates.py:\d+ .*make_template"
    ):
        template()
    assert tf.get_variable_scope().name == ""


def test_every_call_is_in_the_journal(graph: Any) -> None:
    """The first request makes the variable, later ones share it; explanations read that."""
    template = tf.make_template("t", lambda: tf.get_variable("v", [2]))
    first, second = template(), template()
    assert first is second
    assert [each.verdict for each in graph.journal.requests] == ["MADE", "SHARED"]
    assert [each.name for each in graph.journal.entries] == ["t", "t"]


def test_a_template_in_another_thread_shares_its_variables(graph: Any) -> None:
    """Threads start with an empty scope; a template brings its own."""
    template = tf.make_template("t", lambda: tf.get_variable("v", [2]))
    first = template()
    found: list[Any] = []

    def work() -> None:
        with graph.as_default():
            found.append(template())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [first]


def test_the_old_name_of_the_scope_still_works() -> None:
    """`var_scope` is `variable_scope`."""
    template = tf.make_template("t", lambda: None, create_scope_now_=True)
    assert template.var_scope is template.variable_scope
    assert template.variable_scope.name == "t"


def test_a_slice_spec_reads_back() -> None:
    """`from_spec` is the inverse of `spec`."""
    info = tf.Variable.SaveSliceInfo("w", [4, 3, 5], [0, 1, 3], [4, 1, 2])
    assert info.spec == "4 3 5 0,4:1,1:3,2"
    again = tf.Variable.SaveSliceInfo.from_spec(info.spec)
    assert (again.full_shape, again.var_offset, again.var_shape) == ([4, 3, 5], [0, 1, 3], [4, 1, 2])
    assert info.to_proto("other") is None
    assert list(info.to_proto().full_shape) == [4, 3, 5]
    for wrong, phrase in [
        ("4", "space-separated full_shape"),
        ("a 0,4", "Found 'a'"),
        ("4 04", "comma-separated pairs"),
    ]:
        with pytest.raises(ValueError, match=phrase):
            tf.Variable.SaveSliceInfo.from_spec(wrong)
