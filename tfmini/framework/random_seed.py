"""Seeds of random operations, derived as TensorFlow derives them."""

from __future__ import annotations

from . import contexts

DEFAULT_GRAPH_SEED = 87654321
_MAXINT32 = 2**31 - 1


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """Returns the pair (graph seed, operation seed) for a random operation that is added now.

    With a graph seed and no operation seed, the second number counts the operations of the graph that asked before. With an
    operation seed only, the first number is a fixed one. With neither, both are None and the numbers differ in each session.
    """
    graph = contexts.default_graph()
    graph_seed = graph._seed
    if graph_seed is not None:
        if op_seed is None:
            op_seed = graph._seed_count
            graph._seed_count += 1
        seeds: tuple[int | None, int | None] = _truncated(graph_seed), _truncated(op_seed)
    elif op_seed is not None:
        seeds = DEFAULT_GRAPH_SEED, _truncated(op_seed)
    else:
        seeds = None, None
    return (0, _MAXINT32) if seeds == (0, 0) else seeds


def _truncated(seed: int) -> int:
    return int(seed) % _MAXINT32


def set_random_seed(seed: int | None) -> None:
    """Sets the seed of the default graph."""
    contexts.default_graph().seed = seed
