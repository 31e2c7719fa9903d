"""Collections: named lists that belong to a graph, and TensorFlow's standard keys for them."""

from __future__ import annotations

from typing import Any, ClassVar


class GraphKeys:
    """The standard names of collections."""

    GLOBAL_VARIABLES = "variables"
    LOCAL_VARIABLES = "local_variables"
    METRIC_VARIABLES = "metric_variables"
    MODEL_VARIABLES = "model_variables"
    TRAINABLE_VARIABLES = "trainable_variables"
    TRAINABLE_RESOURCE_VARIABLES = "trainable_resource_variables"
    SUMMARIES = "summaries"
    QUEUE_RUNNERS = "queue_runners"
    TABLE_INITIALIZERS = "table_initializer"
    ASSET_FILEPATHS = "asset_filepaths"
    MOVING_AVERAGE_VARIABLES = "moving_average_variables"
    REGULARIZATION_LOSSES = "regularization_losses"
    CONCATENATED_VARIABLES = "concatenated_variables"
    SAVERS = "savers"
    WEIGHTS = "weights"
    BIASES = "biases"
    ACTIVATIONS = "activations"
    UPDATE_OPS = "update_ops"
    LOSSES = "losses"
    SAVEABLE_OBJECTS = "saveable_objects"
    RESOURCES = "resources"
    LOCAL_RESOURCES = "local_resources"
    INIT_OP = "init_op"
    LOCAL_INIT_OP = "local_init_op"
    READY_OP = "ready_op"
    READY_FOR_LOCAL_INIT_OP = "ready_for_local_init_op"
    SUMMARY_OP = "summary_op"
    GLOBAL_STEP = "global_step"
    EVAL_STEP = "eval_step"
    TRAIN_OP = "train_op"
    COND_CONTEXT = "cond_context"
    WHILE_CONTEXT = "while_context"
    VARIABLES = "variables"
    """The name of `GLOBAL_VARIABLES` before TensorFlow 0.12."""

    _STREAMING_MODEL_PORTS = "streaming_model_ports"
    _SUMMARY_COLLECTION = "_SUMMARY_V2"
    _VARIABLE_COLLECTIONS: ClassVar[list[str]] = [
        GLOBAL_VARIABLES,
        LOCAL_VARIABLES,
        METRIC_VARIABLES,
        MODEL_VARIABLES,
        TRAINABLE_VARIABLES,
        MOVING_AVERAGE_VARIABLES,
        CONCATENATED_VARIABLES,
        TRAINABLE_RESOURCE_VARIABLES,
    ]


MEANINGS: dict[str, str] = {
    GraphKeys.GLOBAL_VARIABLES: "What global_variables_initializer() and Saver() take when you name nothing.",
    GraphKeys.LOCAL_VARIABLES: "Counters and the like of one process; local_variables_initializer() takes them, Saver() does not.",
    GraphKeys.METRIC_VARIABLES: "Running totals of metrics.",
    GraphKeys.MODEL_VARIABLES: "Variables that inference needs, as a layer library marks them.",
    GraphKeys.TRAINABLE_VARIABLES: "What an optimizer changes when you name nothing.",
    GraphKeys.SUMMARIES: "What summary.merge_all() merges.",
    GraphKeys.QUEUE_RUNNERS: "Threads that fill queues; start_queue_runners() starts them.",
    GraphKeys.TABLE_INITIALIZERS: "What tables_initializer() runs.",
    GraphKeys.MOVING_AVERAGE_VARIABLES: "Variables of which an ExponentialMovingAverage keeps averages.",
    GraphKeys.REGULARIZATION_LOSSES: "Penalties of regularizers; add them to your loss.",
    GraphKeys.LOSSES: "Losses that tf.losses made; get_total_loss() adds them.",
    GraphKeys.UPDATE_OPS: "Operations that someone must run beside the training operation.",
    GraphKeys.GLOBAL_STEP: "The variable that counts training steps.",
    GraphKeys.TRAIN_OP: "Operations that train.",
    GraphKeys.WEIGHTS: "Weights, as a layer library marks them.",
    GraphKeys.BIASES: "Biases, as a layer library marks them.",
    GraphKeys.ACTIVATIONS: "Activations, as a layer library marks them.",
    GraphKeys.COND_CONTEXT: "Branches of tf.cond, for saving the graph.",
    GraphKeys.WHILE_CONTEXT: "Loops of tf.while_loop, for saving the graph.",
    GraphKeys.SAVERS: "Savers, for saving the graph.",
}


def constant_name(key: Any) -> str:
    """Returns the name that `GraphKeys` gives a key, or ""."""
    return _CONSTANTS.get(key, "") if isinstance(key, str) else ""


_CONSTANTS = {
    value: name
    for name, value in vars(GraphKeys).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str) and name != "VARIABLES"
}
