"""Lists of variables and collections, variables by protocol buffer inside a scope, parts that start at random."""

from __future__ import annotations

from typing import Any

from .tools import Exact, attempt, program, run


@program
def lists_of_variables(tf: Any) -> Any:
    with tf.variable_scope("a"):
        tf.get_variable("v", [1])
        tf.get_variable("fixed", [1], trainable=False)
        tf.get_local_variable("local", [1])
        tf.get_variable("model", [1], collections=[tf.GraphKeys.MODEL_VARIABLES, tf.GraphKeys.GLOBAL_VARIABLES])
        tf.get_variable("average", [1], collections=[tf.GraphKeys.MOVING_AVERAGE_VARIABLES])
    with tf.variable_scope("ab"):
        tf.get_variable("v", [1], use_resource=True)
    functions = ("global", "local", "model", "trainable", "moving_average")
    found = {}
    for name in functions:
        listed = getattr(tf, f"{name}_variables")
        for scope in (None, "a", "a/", "a/v", ".*v", "b", ""):
            found[f"{name} {scope}"] = [each.name for each in listed(scope)]
    found["all"] = [each.name for each in tf.all_variables()]
    found["local op"] = tf.local_variables_initializer()
    found["global op"] = tf.global_variables_initializer()
    found["op of some"] = tf.variables_initializer(tf.trainable_variables(), name="some")
    found["op of none"] = tf.variables_initializer([])
    return found


@program
def every_key(tf: Any) -> Any:
    names = sorted(name for name in dir(tf.GraphKeys) if name.isupper() and name != "VARIABLES")
    found = {}
    for number, name in enumerate(names):
        key = getattr(tf.GraphKeys, name)
        found[name] = key if isinstance(key, (str, list)) else str(key)
        if isinstance(key, str):
            tf.add_to_collection(key, tf.constant(number, name=f"item_{number}"))
    return found


@program
def collections(tf: Any) -> Any:
    graph = tf.get_default_graph()
    x = tf.constant(1.0, name="a/x")
    y = tf.constant(2.0, name="ab/y")
    tf.add_to_collection("mine", x)
    tf.add_to_collections(["mine", "other"], y)
    tf.add_to_collections("text", "plain text")
    tf.add_to_collection("mine", 3)
    tf.add_to_collection("mine", x)
    found: dict[str, Any] = {
        f"scope {scope!r}": tf.get_collection("mine", scope) for scope in ("a", "a/", "b", ".b", "a.*y", "", "x")
    }
    found["whole"] = tf.get_collection("mine")
    found["missing"] = tf.get_collection("missing")
    found["bad expression"] = attempt(tf.get_collection, "mine", "(")
    listed = tf.get_collection_ref("mine")
    listed.remove(3)
    found["changed"] = tf.get_collection("mine")
    found["new by reference"] = tf.get_collection_ref("fresh")
    found["keys"] = sorted(graph.get_all_collection_keys())
    graph.clear_collection("mine")
    found["cleared"] = tf.get_collection("mine")
    found["the list that was held"] = listed
    found["keys after"] = sorted(graph.get_all_collection_keys())
    graph.finalize()
    found["finalized"] = attempt(tf.add_to_collection, "mine", x)
    return found


@program
def what_is_not_initialized(tf: Any) -> Any:
    v = tf.get_variable("v", initializer=1.0)
    r = tf.get_variable("r", initializer=1.0, use_resource=True)
    local = tf.get_local_variable("local", initializer=1.0)
    report = tf.report_uninitialized_variables()
    some = tf.report_uninitialized_variables([r, local], name="some")
    asserted = tf.assert_variables_initialized([v, local])
    found = []
    with tf.Session() as session:
        for step in (None, v.initializer, r.initializer, local.initializer):
            if step is not None:
                session.run(step)
            # Before, two are empty, and nothing orders which one is met first.
            found.append([session.run([report, some]), attempt(session.run, asserted) if step is not None else None])
    return {
        "report": report,
        "asserted": asserted,
        "values": found,
        "none": tf.report_uninitialized_variables([]),
        "assert none": tf.assert_variables_initialized([]),
    }


@program
def protocol_buffers_in_scopes(tf: Any) -> Any:
    found = {}
    for kind, use_resource in (("reference", False), ("resource", True)):
        with tf.name_scope(f"outer_{kind}"):
            v = tf.Variable([1.0, 2.0], name="v", use_resource=use_resource)
            part = tf.Variable([1.0], name="part", use_resource=use_resource)
        part._set_save_slice_info(tf.Variable.SaveSliceInfo("whole", [4], [1], [1]))
        for variable in (v, part):
            # TensorFlow cannot write a part whose whole is outside the scope.
            for scope in (None, f"outer_{kind}", "elsewhere") if variable is v else (None,):
                proto = variable.to_proto(scope)
                found[f"{kind} {variable.op.name} to {scope}"] = None if proto is None else str(proto)
        stripped = v.to_proto(f"outer_{kind}")
        again = type(v).from_proto(stripped, import_scope=f"outer_{kind}")
        found[f"{kind} again"] = [again.name, again.initializer, again.initial_value, again.value(), again.trainable]
        found[f"{kind} by the constructor"] = tf.Variable(
            variable_def=stripped, import_scope=f"outer_{kind}", use_resource=use_resource
        ).name
        found[f"{kind} without its scope"] = attempt(type(v).from_proto, stripped)
        sliced = type(v).from_proto(part.to_proto())
        info = sliced._get_save_slice_info()
        found[f"{kind} part"] = [info.full_name, info.full_shape, info.var_offset, info.var_shape, info.spec]
    return found


@program
def random_parts(tf: Any) -> Any:
    tf.set_random_seed(1234)
    cut = tf.fixed_size_partitioner(3)
    made = [
        tf.get_variable(f"v{number}", [7, 2], initializer=initializer, partitioner=cut, use_resource=use_resource)
        for number, (initializer, use_resource) in enumerate(
            (initializer, use_resource)
            for initializer in (
                None,
                tf.random_normal_initializer(),
                tf.truncated_normal_initializer(stddev=0.1, seed=5),
                tf.random_uniform_initializer(-1.0, 1.0),
                tf.variance_scaling_initializer(2.0),
            )
            for use_resource in (False, True)
        )
    ]
    values = run(tf, [list(each) for each in made], init=True)
    return {"values": Exact(values), "joined": run(tf, [tf.shape(each) for each in made], init=True)}


@program
def methods_of_the_base_class(tf: Any) -> Any:
    names = ("assign", "assign_add", "assign_sub", "scatter_sub", "scatter_nd_add", "count_up_to", "set_shape", "value")
    bare = tf.Variable.__new__(tf.Variable)
    refused = [attempt(getattr(bare, name), 1) for name in ("assign", "assign_add", "scatter_sub", "set_shape")]
    return {
        "names": [hasattr(tf.Variable, name) for name in names],
        "refused": [type(each.error).__name__ for each in refused],
    }
