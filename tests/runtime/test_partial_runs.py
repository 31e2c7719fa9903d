"""Partial runs: what TensorFlow 2.21 does, phrase for phrase (`partial_run_setup`, `partial_run`)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pytest

import tfmini as tf


class World(NamedTuple):
    """Three placeholders, r1 = a + b, r2 = r1 * c, a variable and its session."""

    session: Any
    a: Any
    b: Any
    c: Any
    r1: Any
    r2: Any
    v: Any


@pytest.fixture
def world() -> Any:
    with tf.Graph().as_default():
        a, b, c = (tf.placeholder(tf.float32, [], name=name) for name in "abc")
        r1 = tf.add(a, b, name="r1")
        r2 = tf.multiply(r1, c, name="r2")
        v = tf.get_variable("v", [], initializer=tf.zeros_initializer())
        with tf.Session() as session:
            session.run(v.initializer)
            yield World(session, a, b, c, r1, r2, v)


def refused(function: Any, *arguments: Any) -> str:
    """Returns the first line of the InvalidArgumentError that a call raises."""
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        function(*arguments)
    return caught.value.message.splitlines()[0]


def test_a_value_goes_out_and_comes_back_in(world: World) -> None:
    """The example of the documentation: the first result is changed by hand and fed into the second part."""
    s, a, b, c, r1, r2, _ = world
    handle = s.partial_run_setup([r1, r2], [a, b, c])
    first = s.partial_run(handle, r1, feed_dict={a: 1, b: 2})
    assert first == 3.0
    assert s.partial_run(handle, {"r2": [r2]}, feed_dict={c: first * 10})["r2"] == [90.0]
    assert refused(s.partial_run, handle, r2) == "Must run 'setup' before performing partial runs!"


def test_each_feed_and_fetch_is_used_once(world: World) -> None:
    s, a, b, c, r1, r2, _ = world
    handle = s.partial_run_setup([r1, r2], [a, b, c])
    s.partial_run(handle, r1, {a: 1, b: 2})
    assert refused(s.partial_run, handle, r2, {a: 1, c: 2}) == "The feed a:0 has already been fed."
    assert refused(s.partial_run, handle, r1) == "The fetch r1:0 has already been fetched."
    assert s.partial_run(handle, r2, {c: 2}) == 6.0


def test_what_was_not_announced_is_refused(world: World) -> None:
    s, a, b, c, r1, r2, v = world
    handle = s.partial_run_setup(r2, [a, b, c])
    assert refused(s.partial_run, handle, r1, {a: 1, b: 2}) == "The fetch r1:0 was not specified in partial_run_setup."
    assert refused(s.partial_run, handle, r2, {v: 1}) == "The feed v:0 was not specified in partial_run_setup."
    with pytest.raises(RuntimeError, match=r"partial_run\(\) requires empty `target_list`"):
        s.partial_run(handle, v.initializer)
    assert s.partial_run(handle, r2, {a: 1, b: 2, c: 3}) == 9.0


def test_a_fetch_that_needs_more_changes_nothing(world: World) -> None:
    """The refused call has not fed anything."""
    s, a, b, c, r1, r2, _ = world
    handle = s.partial_run_setup([r1, r2], [a, b, c])
    wanted = "Fetch c:0 can't be computed from the feeds that have been fed so far."
    assert refused(s.partial_run, handle, r2, {a: 1, b: 2}) == wanted
    assert s.partial_run(handle, r1, {a: 5, b: 6}) == 11.0


def test_writes_happen_as_soon_as_their_inputs_are_there(world: World) -> None:
    """TensorFlow's executor does not wait until somebody fetches the write."""
    s, a, b, c, r1, r2, v = world
    add = v.assign_add(r1)
    handle = s.partial_run_setup([r1, r2, add.op], [a, b, c])
    s.partial_run(handle, r1, {a: 1, b: 2})
    assert s.run(v) == 3.0
    s.partial_run(handle, r2, {c: 1})
    assert s.run(v) == 3.0


def test_two_partial_runs_at_once_and_tensors_in_the_middle(world: World) -> None:
    s, a, b, c, r1, r2, _ = world
    first = s.partial_run_setup([r1, r2], [a, b, c])
    second = s.partial_run_setup(r2, [r1, c])
    assert s.partial_run(first, r1, {a: 1, b: 2}) == 3.0
    assert s.partial_run(second, r2, {r1: 10, c: 2}) == 20.0
    assert s.partial_run(first, r2, {c: 4}) == 12.0
    with tf.Session() as other:
        assert "Must run 'setup'" in refused(other.partial_run, first, r1)


def test_a_step_that_fails_ends_the_run(world: World) -> None:
    s, a, b, _, r1, _, _ = world
    with tf.control_dependencies([tf.assert_positive(a, message="positive, please")]):
        guarded = tf.identity(a)
    handle = s.partial_run_setup([guarded, r1], [a, b])
    assert "positive, please" in refused(s.partial_run, handle, guarded, {a: -1})
    assert "Must run 'setup'" in refused(s.partial_run, handle, r1, {b: 1})
    assert s.run(r1, {a: 1, b: 1}) == 2.0


def test_setup_checks_what_it_is_given(world: World) -> None:
    s, a, b, c, r1, r2, _ = world
    assert refused(s.partial_run_setup, [], [a]) == "Must specify at least one target to fetch or execute."
    assert refused(s.partial_run_setup, [r1], [a, r1]) == "r1:0 is both fed and fetched."
    with pytest.raises(TypeError, match="Cannot interpret argument `feeds` as Tensor: The name 'nobody:0'"):
        s.partial_run_setup(r1, ["nobody:0"])
    assert refused(s.partial_run, "nothing", r1) == "Must run 'setup' before performing partial runs!"
    assert s.partial_run(s.partial_run_setup(r1, (a, b)), [], {a: 1}) == []
    s.close()
    with pytest.raises(RuntimeError, match="closed Session"):
        s.partial_run_setup(r2, [a, b, c])


def test_fetched_values_are_not_shared_with_the_steps_to_come(world: World) -> None:
    s = world.session
    x, scale = tf.placeholder(tf.float32, [3]), tf.placeholder(tf.float32, [])
    double = x * 2.0
    scaled = double * scale
    handle = s.partial_run_setup([double, scaled], [x, scale])
    got = s.partial_run(handle, double, {x: [1, 2, 3]})
    got[:] = 0
    np.testing.assert_array_equal(s.partial_run(handle, scaled, {scale: 10}), [20, 40, 60])


def test_a_branch_that_is_not_taken_does_not_run(world: World) -> None:
    s, a, b, c, *_ = world
    chosen = tf.cond(a > 0, lambda: b * 2.0, lambda: tf.check_numerics(c, "bad"))
    handle = s.partial_run_setup([chosen], [a, b, c])
    assert s.partial_run(handle, chosen, {a: 1, b: 4, c: np.nan}) == 8.0
