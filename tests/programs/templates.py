"""Templates: scopes, names, sharing, nesting, errors."""

from __future__ import annotations

from typing import Any

from .tools import attempt, program, run


def _layer(tf: Any) -> Any:
    def layer(x: Any, size: int = 3, activation: Any = None) -> Any:
        w = tf.get_variable("w", [x.shape[-1].value, size], initializer=tf.ones_initializer())
        b = tf.get_variable("b", [size], initializer=tf.zeros_initializer(), trainable=False)
        y = tf.matmul(x, w) + b
        return y if activation is None else activation(y)

    return layer


def _facts(template: Any) -> Any:
    return {
        "name": template.name,
        "scope": None if template.variable_scope is None else template.variable_scope.name,
        "reuse": None
        if template.variable_scope is None
        else ("auto" if "AUTO" in repr(template.variable_scope.reuse) else repr(template.variable_scope.reuse)),
        "original": None if template.variable_scope is None else template.variable_scope.original_name_scope,
        "scope name": template.variable_scope_name,
        "variables": template.variables,
        "trainable": template.trainable_variables,
        "rest": template.non_trainable_variables,
        "global": template.global_variables,
        "local": template.local_variables,
        "weights": [template.weights, template.trainable_weights, template.non_trainable_weights],
    }


@program
def sharing_between_calls(tf: Any) -> Any:
    layer = tf.make_template("layer", _layer(tf))
    before = _facts(layer)
    x = tf.ones([2, 2])
    made = [layer(x), layer(x, activation=tf.tanh), layer(x)]
    return {"before": before, "made": made, "after": _facts(layer), "values": run(tf, made, init=True)}


@program
def two_of_one_name(tf: Any) -> Any:
    x = tf.ones([2, 2])
    first, second = tf.make_template("layer", _layer(tf)), tf.make_template("layer", _layer(tf))
    made = [second(x), first(x), second(x), first(x)]
    with tf.variable_scope("layer"):
        made.append(tf.get_variable("other", [1]))
    return {"made": made, "facts": [_facts(first), _facts(second)]}


@program
def inside_scopes(tf: Any) -> Any:
    x = tf.ones([2, 2])
    layer = tf.make_template("layer", _layer(tf), size=4)
    with tf.variable_scope("a"):
        made = [layer(x)]
        inner = tf.make_template("inner", _layer(tf))
        made.append(inner(x))
    with tf.variable_scope("b"), tf.name_scope("names"):
        made += [layer(x), inner(x)]
    return {"made": made, "facts": [_facts(layer), _facts(inner)]}


@program
def scope_made_at_once(tf: Any) -> Any:
    x = tf.ones([2, 2])
    with tf.variable_scope("outer"):
        early = tf.make_template("layer", _layer(tf), create_scope_now_=True)
        second = tf.make_template("layer", _layer(tf), create_scope_now_=True)
        named = tf.make_template("layer", _layer(tf), create_scope_now_=True, unique_name_="mine")
    before = [_facts(each) for each in (early, second, named)]
    made = [early(x), second(x), named(x), early(x)]
    with tf.variable_scope("elsewhere"):
        made += [early(x), second(x)]
    return {"before": before, "made": made, "after": [_facts(each) for each in (early, second, named)]}


@program
def unique_names(tf: Any) -> Any:
    x = tf.ones([2, 2])
    first = tf.make_template("layer", _layer(tf), unique_name_="shared")
    second = tf.make_template("layer", _layer(tf), unique_name_="shared")
    made = [first(x), first(x)]
    refused = attempt(second, x)
    with tf.variable_scope("shared", reuse=True):
        made.append(tf.get_variable("w"))
    with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
        third = tf.make_template("layer", _layer(tf), unique_name_="shared")
        made += [third(x), third(x)]
    return {"made": made, "refused": refused, "facts": [_facts(first), _facts(second), _facts(third)]}


@program
def nested(tf: Any) -> Any:
    x = tf.ones([2, 3])

    def outer(x: Any) -> Any:
        first = tf.make_template("inner", _layer(tf))
        second = tf.make_template("inner", _layer(tf))
        return second(first(first(x)))

    model = tf.make_template("model", outer)
    made = [model(x), model(x)]
    shared = tf.make_template("shared", _layer(tf))
    around = tf.make_template("around", lambda x: shared(shared(x)))
    made += [around(x), around(x), shared(x)]
    return {"made": made, "facts": [_facts(model), _facts(shared), _facts(around)]}


@program
def custom_getters(tf: Any) -> Any:
    asked = []

    def getter(inner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        asked.append([name, kwargs["reuse"] if kwargs["reuse"] in (None, True, False) else "auto"])
        return tf.identity(inner(name, *args, **kwargs), name="read")

    x = tf.ones([2, 2])
    late = tf.make_template("late", _layer(tf), custom_getter_=getter)
    early = tf.make_template("early", _layer(tf), create_scope_now_=True, custom_getter_=getter)
    made = [late(x), late(x), early(x), early(x)]
    return {"made": made, "asked": asked, "facts": [_facts(late), _facts(early)]}


@program
def kept_arguments(tf: Any) -> Any:
    def affine(x: Any, name: str, size: int) -> Any:
        return x * tf.get_variable(name, [size], initializer=tf.ones_initializer())

    template = tf.make_template("affine", affine, name="v", size=2)
    made = [template(tf.ones([2])), template(x=tf.ones([2]))]
    wrong = [attempt(template), attempt(template, tf.ones([2]), "w"), attempt(template, tf.ones([2]), size=3)]
    return {"made": made, "wrong": wrong, "keywords": template.func.keywords}


@program
def new_variables_in_later_calls(tf: Any) -> Any:
    trainable = tf.make_template("trainable", lambda: tf.Variable(1.0, name="v"))
    quiet = tf.make_template("quiet", lambda: tf.Variable(1.0, name="v", trainable=False))
    renamed = tf.make_template("renamed", lambda name: tf.get_variable(name, [1]))
    made = [trainable(), quiet(), quiet(), renamed("a"), renamed("a")]
    return {"made": made, "wrong": [attempt(trainable), attempt(renamed, "b")], "facts": _facts(trainable)}


@program
def errors_in_the_function(tf: Any) -> Any:
    answers = iter([ValueError("first"), None, KeyError("key"), RuntimeError(), None])

    def function() -> Any:
        v = tf.get_variable("v", [1], initializer=tf.zeros_initializer())
        error = next(answers)
        if error is not None:
            raise error
        return v + 1.0

    template = tf.make_template("t", function)
    found = [attempt(template)]
    before = _facts(template)
    found += [attempt(template) for _ in range(4)]
    return {"found": found, "before": before, "after": _facts(template), "scope": tf.get_variable_scope().name}


@program
def error_then_again(tf: Any) -> Any:
    answers = iter([ValueError("first"), None, None])

    def function() -> Any:
        error = next(answers)
        if error is not None:
            raise error
        return tf.get_variable("v", [1], initializer=tf.zeros_initializer()) + 1.0

    template = tf.make_template("t", function)
    found = [attempt(template) for _ in range(3)]
    return {"found": found, "facts": _facts(template)}


@program
def wrong_names(tf: Any) -> Any:
    none = attempt(tf.make_template, None, lambda: None)
    return {
        "none": none,
        "number": attempt(lambda: tf.make_template(3, lambda: None)()),
        "characters": attempt(lambda: tf.make_template("a b", lambda: tf.get_variable("v", [1]))()),
        "empty": attempt(lambda: tf.make_template("", lambda: tf.get_variable("v", [1]))()),
        "unique number": attempt(lambda: tf.make_template("x", lambda: None, unique_name_=3)()),
        "unique only": attempt(lambda: tf.make_template("x", lambda: tf.get_variable("v", [1]), unique_name_="u")()),
        "no function": attempt(lambda: tf.make_template("x", None)()),
        "word": attempt(lambda: tf.make_template("x", lambda: None, True, "u", None, 3)),
    }


@program
def local_variables_and_defaults(tf: Any) -> Any:
    def function() -> Any:
        return [
            tf.get_local_variable("local", [1], initializer=tf.zeros_initializer()),
            tf.get_variable("global", [1]),
            tf.get_variable_scope().reuse is True,
        ]

    with tf.variable_scope("s", initializer=tf.ones_initializer(), regularizer=lambda w: tf.reduce_sum(w)):
        template = tf.make_template("t", function, create_scope_now_=True)
    late = tf.make_template("late", function)
    with tf.variable_scope("s2", initializer=tf.ones_initializer(), use_resource=True):
        made = [late(), template()]
    made += [late(), template()]
    return {"made": made, "facts": [_facts(template), _facts(late)], "values": run(tf, made[1][1], init=True)}
