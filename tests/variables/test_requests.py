"""The journal: every call of get_variable with its verdict, every scope entry with the origin of its settings."""

from __future__ import annotations

from typing import Any

import pytest

import tfmini as tf


@pytest.fixture(autouse=True)
def graph() -> Any:
    with tf.Graph().as_default() as made:
        yield made


def _verdicts(graph: Any) -> list[str]:
    return [each.verdict for each in graph.journal.requests]


def test_verdicts_of_calls_that_give_a_variable(graph: Any) -> None:
    with tf.variable_scope("s"):
        tf.get_variable("v", [2])
    with tf.variable_scope("s", reuse=True):
        tf.get_variable("v", [2])
        tf.get_variable("v", [2], initializer=tf.ones_initializer(), trainable=True)
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        tf.get_variable("v", [2])
        tf.get_variable("w", [2])
    tf.Variable(1.0, name="s/u")
    with tf.variable_scope("s"):
        tf.get_variable("u", [2])
    tf.get_variable("x", [2], custom_getter=lambda getter, *args, **kwargs: tf.constant(1.0))
    assert _verdicts(graph) == [
        "MADE",
        "SHARED",
        "SHARED_ARGS_IGNORED",
        "SHARED_AUTO",
        "MADE_AUTO",
        "MADE_RENAMED",
        "GETTER_REPLACED",
    ]
    ignored = graph.journal.requests[2].ignored
    assert [each["argument"] for each in ignored] == ["initializer"]
    assert ignored[0]["from"] == "call 1"
    assert ignored[0]["in_effect"] == "glorot uniform"
    assert graph.journal.requests[1].found is graph.journal.requests[0]
    assert graph.journal.requests[1].checks == "[2] and float32 agree"


def test_equal_arguments_are_not_called_ignored(graph: Any) -> None:
    """Otherwise every second tower would read "shared, but"."""
    for reuse in (None, True):
        with tf.variable_scope("s", reuse=reuse):
            tf.get_variable(
                "v", [2], initializer=tf.random_normal_initializer(stddev=0.1), regularizer=tf.no_regularizer
            )
            tf.get_variable("c", [2], initializer=tf.zeros_initializer, collections=[tf.GraphKeys.GLOBAL_VARIABLES])
    assert _verdicts(graph)[2:] == ["SHARED", "SHARED"]


def test_verdicts_of_refused_calls(graph: Any) -> None:
    with tf.variable_scope("enc"):
        tf.get_variable("w", [2])
    tf.Variable(1.0, name="enc/plain")

    def ask(code: str, name: str, *args: Any, reuse: Any = None, scope: str = "enc", **kwargs: Any) -> str:
        with tf.variable_scope(scope, reuse=reuse), pytest.raises(ValueError) as caught:  # noqa: PT011
            tf.get_variable(name, *args, **kwargs)
        assert graph.journal.requests[-1].verdict == code
        assert graph.journal.requests[-1].error.startswith("ValueError: " + str(caught.value).split("\n")[0])
        return str(caught.value)

    assert "created at" in ask("REFUSED_EXISTS", "w", [2])
    assert "Ask for shape (2,)" in ask("REFUSED_SHAPE", "w", [3], reuse=True)
    assert "dtype=tf.float32" in ask("REFUSED_DTYPE", "w", [2], tf.float64, reuse=True)
    assert "Did you mean enc/w?" in ask("REFUSED_MISSING", "ww", [2], reuse=True)
    assert "tf.Variable made it" in ask("REFUSED_MISSING_OTHER_KIND", "plain", [2], reuse=True)
    assert "enc/w" in ask("REFUSED_MISSING_PREFIX", "enc/w", [2], reuse=True)
    ask("REFUSED_NO_SHAPE", "n")
    ask("REFUSED_CONST_SHAPE", "n", [1], initializer=3.0)
    ask("REFUSED_INITIALIZER", "n", [None])
    ask("REFUSED_INIT_DTYPE", "n", dtype=tf.int32, initializer=3.0)


def test_an_optimizer_inside_a_scope_that_only_finds(graph: Any) -> None:
    w = tf.get_variable("w", [2])
    loss = tf.reduce_sum(w * w)
    with tf.variable_scope("find", reuse=True), pytest.raises(ValueError, match="does not exist") as caught:
        tf.train.AdamOptimizer().minimize(loss)
    assert graph.journal.requests[-1].verdict == "REFUSED_MISSING_SLOT"
    assert "Call minimize or apply_gradients outside" in str(caught.value)


def test_origin_of_the_mode(graph: Any) -> None:
    with tf.variable_scope("a") as a:
        assert a._entry.mode_from[:2] == ("inherited", None)
        with tf.variable_scope("b", reuse=True) as b:
            assert b._entry.mode_from[:2] == ("given", b._entry)
            with tf.variable_scope("c") as c:
                assert c._entry.mode_from[:2] == ("inherited", b._entry)
        a.reuse_variables()
        assert a._entry.mode_from[:2] == ("reuse_variables()", a._entry)
        with tf.variable_scope("d") as d:
            assert d._entry.mode_from[:2] == ("inherited", a._entry)
    with tf.variable_scope(b) as again:
        assert again._entry.mode_from[:2] == ("inherited", b._entry)
        assert again._entry.given == "captured scope"


def test_origin_of_each_default(graph: Any) -> None:
    ones, zeros = tf.ones_initializer(), tf.zeros_initializer()
    with tf.variable_scope("a", initializer=ones, constraint=abs) as a:
        with tf.variable_scope("b") as b:
            inherited = b._entry.defaults["initializer"]
            assert (inherited.how, inherited.entry, inherited.value) == ("inherited", a._entry, ones)
            hidden = b._entry.defaults["constraint"]
            assert hidden.value is None
            assert hidden.not_inherited.value is abs
            b.set_dtype(tf.float64)
            assert b._entry.defaults["dtype"].how == "set_dtype"
        with tf.variable_scope("c", initializer=zeros) as c:
            given = c._entry.defaults["initializer"]
            assert given.how == "given"
            assert given.overrides.value is ones
    assert a._entry.defaults["regularizer"].how == "default"


def test_an_error_keeps_the_open_path_and_restores_the_scope(graph: Any) -> None:
    def broken() -> None:
        with tf.variable_scope("outer"), tf.variable_scope("inner"):
            tf.get_variable("v", [1])
            tf.get_variable("v", [1])

    with pytest.raises(ValueError, match="already exists"):
        broken()
    entry, site, message = graph.journal.stopped
    assert entry.name == "outer/inner"
    assert message.startswith("ValueError: Variable outer/inner/v already exists")
    assert site.text == 'tf.get_variable("v", [1])'
    assert graph.journal.open_entries == []
    assert tf.get_variable_scope().name == ""
    with tf.variable_scope("next"):
        assert graph.journal.stopped is None


def test_operations_of_a_variable_name_their_owner(graph: Any) -> None:
    with tf.variable_scope("s"):
        v = tf.get_variable("v", [2])
    record = graph.journal.variables[0]
    assert record.variable is v
    assert record.starts_as == "glorot uniform"
    assert record.how == "get_variable"
    assert record.requests == [graph.journal.requests[0]]
    assert {op._owner for op in graph.get_operations()} == {record}
    assert {op._maker for op in graph.get_operations()} == {"variable"}


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: tf.Variable(0.1), "constant 0.1"),
        (lambda: tf.Variable(tf.zeros([3])), "zeros"),
        (lambda: tf.Variable(tf.zeros([30, 50])), "zeros"),
        (lambda: tf.Variable(tf.ones([3])), "ones"),
        (lambda: tf.Variable([1.0, 2.0]), "given values"),
        (lambda: tf.Variable(tf.truncated_normal([3], stddev=0.1)), "truncated normal"),
        (lambda: tf.Variable(tf.random_uniform([3], -1, 1)), "random uniform"),
        (lambda: tf.Variable(tf.range(3) * 2), "a tensor"),
        (lambda: tf.get_variable("a", [2], initializer=tf.constant_initializer(0.1)), "constant 0.1"),
        (lambda: tf.get_variable("a", [2], initializer=tf.initializers.he_normal()), "he normal"),
        (lambda: tf.get_variable("a", [2, 2], initializer=tf.orthogonal_initializer()), "orthogonal"),
        (lambda: tf.get_variable("a", [2], tf.int32), "zeros"),
        (
            lambda: tf.get_variable("a", [2], initializer=tf.truncated_normal_initializer(stddev=0.1)),
            "truncated normal, stddev 0.1",
        ),
    ],
)
def test_words_for_how_a_variable_starts(graph: Any, make: Any, words: str) -> None:
    make()
    assert graph.journal.variables[0].starts_as == words


def test_slots_know_their_variable(graph: Any) -> None:
    w = tf.get_variable("w", [2])
    tf.train.AdamOptimizer().minimize(tf.reduce_sum(w * w))
    kinds = [(each.name, each.maker, each.slot, each.slot_of and each.slot_of.name) for each in graph.journal.variables]
    assert kinds == [
        ("w", "variable", "", None),
        ("beta1_power", "slot", "", None),
        ("beta2_power", "slot", "", None),
        ("w/Adam", "slot", "m", "w"),
        ("w/Adam_1", "slot", "v", "w"),
    ]
    makers = {op.name: op._maker for op in graph.get_operations()}
    assert makers["w/Adam/Assign"] == "slot"
    assert makers["Adam/update_w/ApplyAdam"] == "optimizer"
    assert makers["gradients/Sum_grad/Tile"] == "gradient"
    assert makers["w/read"] == "variable"


def test_observers_hear_of_scopes_requests_and_variables(graph: Any) -> None:
    heard: list[str] = []
    stop = graph.events.subscribe(lambda event: heard.append(type(event).__name__))
    with tf.variable_scope("s") as scope:
        tf.get_variable("v", [1])
        scope.reuse_variables()
        with pytest.raises(ValueError, match="does not exist"):
            tf.get_variable("w", [1])
    stop()
    interesting = [each for each in heard if each not in ("OpCreated", "CollectionChanged", "OpChanged")]
    assert interesting == [
        "ScopeOpened",
        "VariableCreated",
        "VariableRequested",
        "ScopeDefaultsChanged",
        "VariableRequested",
        "ScopeClosed",
    ]
