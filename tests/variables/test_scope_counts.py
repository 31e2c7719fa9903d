"""Counts of scope names agree with a plain dict that is searched and copied."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tfmini.variables.scope_counts import ScopeCounts

_NAMES = st.sampled_from(["a", "b", "a_1", "a_2", "a/b", "a/b/c", "a/b_1", "b/a", "", "/a", "a//b"])
_STEPS = st.lists(st.tuples(st.sampled_from(["open", "close", "mark", "restore"]), _NAMES), max_size=30)


@given(_STEPS)
def test_counts_equal_a_dict(steps: list[tuple[str, str]]) -> None:
    """Opening, closing what is inside, and going back to a mark give the counts that copying a dict gives."""
    counts, plain = ScopeCounts(), {}
    marks: list[Any] = []
    for what, name in steps:
        if what == "open":
            counts.open(name)
            plain[name] = plain.get(name, 0) + 1
        elif what == "close":
            counts.close_inside(name)
            plain = {key: 0 if key.startswith(name + "/") else count for key, count in plain.items()}
        elif what == "mark":
            marks.append((counts.mark(), dict(plain)))
        elif marks:
            mark, plain = marks.pop()
            counts.restore(mark)
            counts.restore(mark)
        for each in ("a", "b", "a_1", "a/b", "a/b/c", "b/a", "/a"):
            assert counts.get(each) == plain.get(each, 0)
            number = 1
            while plain.get(f"{each}_{number}", 0) > 0:
                number += 1
            assert counts.first_free(each) == number


def test_leaving_a_scope_looks_at_its_own_part_only() -> None:
    """However many scopes there are beside it, the tree below the scope is dropped as one."""
    counts = ScopeCounts()
    for index in range(1000):
        counts.open(f"layer{index}")
        counts.open(f"layer{index}/inner")
    beside = counts._root.inside["layer7"].inside
    counts.close_inside("layer8")
    assert counts._root.inside["layer7"].inside is beside
    assert not counts._root.inside["layer8"].inside
