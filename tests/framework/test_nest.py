"""Structures: leaves in order, leaves put back, and what makes two structures different."""

from __future__ import annotations

from collections import OrderedDict, defaultdict, namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfmini.framework import nest

Pair = namedtuple("Pair", "first second")

structures: Any = st.recursive(
    st.integers(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.tuples(inner, inner).map(lambda parts: Pair(*parts))
        | st.dictionaries(st.text("abc", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(structures)
def test_leaves_put_back_give_the_structure(structure: Any) -> None:
    leaves = nest.flatten(structure)
    assert nest.pack_sequence_as(structure, leaves) == structure
    assert type(nest.pack_sequence_as(structure, leaves)) is type(structure)
    assert nest.flatten(nest.map_structure(lambda each: each + 1, structure)) == [each + 1 for each in leaves]


@given(structures, structures)
def test_equal_structures_have_equal_forms(first: Any, second: Any) -> None:
    """Two structures are the same exactly when their leaves, replaced by one mark, compare equal."""

    def form(structure: Any) -> Any:
        if isinstance(structure, Pair):
            return ("Pair", form(structure.first), form(structure.second))
        if isinstance(structure, (list, tuple)):
            return (type(structure).__name__, *map(form, structure))
        if isinstance(structure, dict):
            return ("dict", *[(key, form(structure[key])) for key in sorted(structure)])
        return "leaf"

    if form(first) == form(second):
        nest.assert_same_structure(first, second)
    else:
        with pytest.raises((ValueError, TypeError), match="The two structures don't have the same nested structure"):
            nest.assert_same_structure(first, second)


def test_the_leaves_of_a_mapping_come_by_sorted_key() -> None:
    assert nest.flatten({"b": 1, "a": [2, 3]}) == [2, 3, 1]
    ordered = OrderedDict([("b", 1), ("a", 2)])
    again = nest.pack_sequence_as(ordered, [20, 10])
    assert list(again.items()) == [("b", 10), ("a", 20)]
    filled = nest.pack_sequence_as(defaultdict(list, {"x": 1}), [5])
    assert filled["x"] == 5
    assert filled["new"] == []


def test_keys_that_cannot_be_sorted_are_refused() -> None:
    with pytest.raises(TypeError, match="The keys of a mapping must be of one kind that can be sorted"):
        nest.flatten({1: 0, "a": 1})


def test_another_number_of_leaves_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Structure had 2 atoms, but flat_sequence had 3 items"):
        nest.pack_sequence_as([1, 2], [1, 2, 3])
    with pytest.raises(TypeError, match="found incompatible type"):
        nest.pack_sequence_as([1, 2], 3)


def test_a_deep_structure_needs_no_recursion_to_be_flattened() -> None:
    deep: Any = 1
    for _ in range(5000):
        deep = [deep]
    assert nest.flatten(deep) == [1]
