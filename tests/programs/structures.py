"""`tf.nest`: leaves, forms, and what makes two structures different."""

from __future__ import annotations

import collections
from typing import Any

from .tools import attempt, program

Pair = collections.namedtuple("Pair", "first second")


@program
def nests(tf: Any) -> Any:
    nest = tf.nest
    value = {"b": [1, (2, 3)], "a": Pair(4, {"z": 5})}
    return {
        "flat": nest.flatten(value),
        "single": nest.flatten("a"),
        "nested": [nest.is_nested(each) for each in ([], (), {}, Pair(1, 2), 1, "a", {1})],
        "mapped": nest.map_structure(lambda a, b: a * b, value, value),
        "loose": nest.map_structure(lambda a, b: a + b, [1, 2], (3, 4), check_types=False),
        "packed": nest.pack_sequence_as(value, [10, 20, 30, 40, 50]),
        "same": nest.assert_same_structure(value, value),
        "refused": [
            attempt(nest.pack_sequence_as, value, [1]),
            attempt(nest.assert_same_structure, [1], [1, 2]),
            attempt(nest.assert_same_structure, [1], (1,)),
            attempt(nest.assert_same_structure, {"a": 1}, {"b": 1}),
            attempt(nest.assert_same_structure, [1], 1),
            attempt(nest.map_structure, 3, [1]),
            attempt(nest.map_structure, lambda a: a),
            attempt(nest.map_structure, lambda a: a, [1], other=2),
            attempt(nest.map_structure, lambda a, b: a, [1], (1,)),
            attempt(nest.pack_sequence_as, [1, 2], 3),
            attempt(nest.flatten, {1: 2, "a": 3}),
        ],
    }
