"""The sentences of the four reference pages that state a rule, in short words, each with the cases, programs and tests that hold it.

`coverage` writes them into docs/coverage.md and fails when a name is not there.
"""

from __future__ import annotations

_PAGES = "tests/variables/test_seed_pages.py::test_"
_NOTES = "tests/variables/test_oracle_notes.py::test_"

RULES: dict[str, dict[str, tuple[str, ...]]] = {
    "tf.compat.v1.VariableScope (r2.3)": {
        "`name` is the prefix in get_variable": ("case *r2.3: attributes of a scope that was made by hand, entered*",),
        "the constructor keeps what it is given and checks nothing": (
            "case *r2.3: the constructor has eleven arguments and checks nothing*",
        ),
        "`caching_device` is text, a callable or None": ("case *r1.4: default caching device of a scope*",),
        "`use_resource` chooses the kind of the variables": ("case *r1.4: use_resource of a scope, inherited*",),
        "`constraint` is applied after an optimizer has changed the variable": (
            "case *get_variable: constraint*",
            "program cases.constraints_after_updates",
        ),
        "get_variable gets an existing variable with this name or makes one": (
            "case *r2.3: get_variable of a scope takes the store first*",
            f"{_PAGES}all_seventeen_arguments_of_get_variable_of_a_scope",
        ),
        "`reuse` given to the method counts": (
            "case *r2.3: reuse given to the method counts, False does not fall back to the scope*",
        ),
        "the lists of variables are those of the scope": ("case *r2.3: collections of a scope*",),
        "reuse_variables() reuses in this scope": (
            "case *r2.3: reuse_variables is kept by the object and lost when the scope is opened again by name*",
        ),
        "each setter sets its default": ("case *r2.3: setters*", "case *scopes: setting defaults to None*"),
        "eager execution forces other values: there is none here": (f"{_NOTES}eager_execution_cannot_be_enabled",),
    },
    "tf.variable_scope (r1.4)": {
        "`values` are of one graph, which becomes the default": (
            "case *r1.4: values are checked to be of one graph, which becomes the default*",
        ),
        "it pushes a name scope and a variable scope": (
            "case *notes 1: the variable scope keeps its name, the name scope is made unique*",
        ),
        "a name that is given is used as it is": ("case *r1.4: default_name is ignored when a name is given*",),
        "else `default_name` is used, made unique with _N": (
            "case *r1.4: default_name is used and made unique when there is no name*",
        ),
        "a scope that was left and opened again counts anew": (
            "case *notes 2: leaving a scope opened by text clears its counts*",
        ),
        "an existing variable in a scope that does not reuse is refused": (
            "case *r1.4, r0.12: an existing variable in a scope that does not reuse is refused*",
        ),
        "a variable that does not exist in reuse mode is refused": (
            "case *r1.4, r0.12: a missing variable in reuse mode is refused*",
        ),
        "the reuse flag is inherited by all sub-scopes": (
            "case *r1.4, r0.12: the reuse flag is inherited by all sub-scopes*",
        ),
        "AUTO_REUSE makes what does not exist and returns the rest": ("case *r1.4: sharing with AUTO_REUSE*",),
        "reuse does not change the names of other operations": (
            "case *r1.4: reuse does not change the names of other operations*",
        ),
        "None and False have the same effect": ("case *r1.4: None and False as reuse have the same effect*",),
        "`dtype` is that of the passed scope, or inherited": (
            "case *r1.4: default dtype of a scope, inherited*",
            "case *notes 2: a jump takes the defaults of the captured scope*",
        ),
        "the scope can be captured and used again": (
            "case *r1.4, r0.12: sharing by a captured scope and reuse_variables*",
        ),
        "TypeError when types are not appropriate": (
            "case *r1.4: wrong types and values are refused when the scope is made*",
        ),
    },
    "tf.variable_scope (r0.12)": {
        "True goes into reuse mode for this scope and all sub-scopes": (
            "case *r1.4, r0.12: the reuse flag is inherited by all sub-scopes*",
        ),
        "ValueError when reuse is another value": (
            "case *r1.4: wrong types and values are refused when the scope is made*",
        ),
    },
    "tf.Variable (r0.8)": {
        "an initial value is required": ("case *r0.8: refused variables*",),
        "it defines type and shape, which stay": (
            "case *notes 3.10: validate_shape=False and an assign of another shape*",
        ),
        "another shape needs an assign with validate_shape=False": (
            "case *notes 3.10: validate_shape=False and an assign of another shape*",
        ),
        "variables are inputs of operations like tensors, with all operators": (
            "program seeds.variable_like_a_tensor",
        ),
        "they must be initialized before they are used": (
            "program variables.uninitialized",
            f"{_NOTES}an_error_of_a_run_begins_with_the_classic_phrase",
        ),
        "the initializer is an assign of the initial value": (
            f"{_PAGES}the_initializer_is_an_assignment_of_the_initial_value",
        ),
        "any assign initializes": (f"{_PAGES}any_assignment_initializes",),
        "initialize_all_variables() initializes all": ("program seeds.initialize_all",),
        "initialized_value() orders dependent initial values; random ones are picked once": (
            "program seeds.initial_value_from_another_variable",
            f"{_PAGES}random_initial_values_are_picked_once",
            f"{_NOTES}initialized_value_of_a_resource_variable_is_a_cond",
        ),
        "variables are collected, trainable ones twice": ("case *r0.8: collections and trainable*",),
        "optimizers take the trainable ones by default": ("program variables.optimizer_by_hand",),
        "a callable initial value is called": ("program variables.kinds_of_initial_values",),
        "an initializer function must be bound to a shape first": ("case *r0.8: refused variables*",),
        "the default name is `Variable`, made unique": ("case *r0.8: the page's creation and assignment examples*",),
        "`variable_def` recreates the object and excludes an initial value": (
            "case *notes 3.9: variable_def with name or dtype is ignored, with a value refused*",
            f"{_NOTES}variable_def_with_name_or_dtype_warns",
        ),
        "assign methods return the new value": ("case *r0.8: assign, scatter and count*",),
        "scatter_sub wants IndexedSlices": (f"{_PAGES}scatter_sub_wants_indexed_slices",),
        "count_up_to gives the value before, then OutOfRangeError": (
            "program seeds.count_up_to",
            f"{_NOTES}counting_ends_with_the_limit_in_words",
        ),
        "eval() adds no operation and gives a copy": (f"{_PAGES}eval_adds_no_operation_and_gives_a_copy",),
        "eval() takes the session, or the default one": (
            "program seeds.evaluate_a_variable",
            f"{_NOTES}eval_says_two_things_about_no_session_and_another_graph",
        ),
        "initial_value is the tensor of the initializer, not initialized_value()": ("case *r0.8: properties*",),
        "ref() is a tensor that an assign takes; value() is not": (
            f"{_PAGES}a_read_cannot_be_assigned_to_and_a_reference_can",
            f"{_NOTES}a_reference_is_a_tensor_that_assign_takes_and_knows_its_variable",
        ),
        "value() is live: its readers see later updates": (
            "program variables.live_reads",
            f"{_NOTES}a_reference_read_shows_a_later_write_and_a_resource_read_does_not",
        ),
    },
}
