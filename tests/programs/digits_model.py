"""The notebook's model: its graph, its initial values and twenty steps of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from .digits import build
from .tools import Exact, program


@program
def graph_of_the_model(tf: Any) -> Any:
    build(tf)


@program
def initial_values(tf: Any) -> Any:
    tf.set_random_seed(7)
    model = build(tf)
    with tf.Session() as session:
        session.run(model.init)
        variables = tf.global_variables()
        return {v.name: Exact(value) for v, value in zip(variables, session.run(variables), strict=True)}


@program
def twenty_steps(tf: Any) -> Any:
    tf.set_random_seed(7)
    model = build(tf)
    random = np.random.RandomState(3)
    inputs = random.randint(0, 17, size=(200, 64)).astype(np.float32) / 16
    labels = random.randint(0, 10, size=200).astype(np.int64)
    losses, accuracies = [], []
    with tf.Session() as session:
        session.run(model.init)
        for _ in range(20):
            chosen = random.randint(0, 200, size=32)
            feeds = {model.x: inputs[chosen], model.labels: labels[chosen]}
            losses.append(session.run([model.loss, model.train], feeds)[0])
            accuracies.append(session.run(model.accuracy, feeds))
    return {"loss": np.array(losses), "accuracy": np.array(accuracies)}
