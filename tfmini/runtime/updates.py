"""Patterns for the steps of optimizers: those of all variables become one line (`flat.FlatStep`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from . import flat
from .facts import ARRAY, SCALAR
from .lines import Group, Line
from .lowering import Lowering
from .patterns import pattern
from .plan import Step


class _Rule(NamedTuple):
    """How many variables an operation writes, where its scalars and its gradient stand, and the arithmetic."""

    roles: int
    scalars: tuple[int, ...]
    slope: int
    function: Callable[..., None]


_RULES = {
    "GradientDescent": _Rule(1, (1,), 2, flat.gradient_descent),
    "Momentum": _Rule(2, (2, 4), 3, flat.momentum),
    "Adam": _Rule(3, (3, 4, 5, 6, 7, 8), 9, flat.adam),
}
_TYPES = [prefix + name for name in _RULES for prefix in ("Apply", "ResourceApply")]


@pattern(*_TYPES)
def _optimizer(lowering: Lowering, index: int, step: Step, args: list[int]) -> bool:
    name = step.op._definition.name
    rule = _RULES[name.removeprefix("Resource").removeprefix("Apply")]
    if lowering.inside_loop or step.op._attrs.get("use_nesterov"):
        return False
    scalars = [args[place] for place in rule.scalars]
    dtype = lowering.fact(args[rule.slope]).dtype
    if not _fits(lowering, rule, args) or any(
        value not in lowering.certain or lowering.fact(value).kind != SCALAR or lowering.fact(value).dtype != dtype
        for value in scalars
    ):
        return False
    members = [args]
    written = {id(lowering.known[value]) for value in args[: rule.roles]}
    steps = lowering.plan.steps
    taken = [index]
    for later in lowering.following[lowering.position + 1 :]:
        if lowering.has_no_line(later):
            continue
        other = steps[later]
        if other.op._definition.name != name or other.op._attrs.get("use_nesterov"):
            break
        others = lowering.present_arguments(other)
        if others is None or [others[place] for place in rule.scalars] != scalars:
            break
        cells = {id(lowering.known.get(value)) for value in others[: rule.roles]}
        if cells & written or not _fits(lowering, rule, others) or lowering.fact(others[rule.slope]).dtype != dtype:
            break
        written |= cells
        members.append(others)
        taken.append(later)
    _add_line(lowering, taken, rule, members, scalars)
    lowering.done.update(taken)
    for member in members:
        for value in member[: rule.roles]:
            lowering.forget(value)
    return True


def _fits(lowering: Lowering, rule: _Rule, args: list[int]) -> bool:
    """Says whether all variables of a step are arrays of floats of the shape of the gradient."""
    slope = args[rule.slope]
    if slope not in lowering.certain:
        return False
    fact = lowering.fact(slope)
    if fact.kind != ARRAY or fact.dtype.char not in "fd" or 0 in fact.shape:
        return False
    return all(lowering.is_cell(cell) and lowering.value_fact(cell)[:3] == fact[:3] for cell in args[: rule.roles])


def _add_line(lowering: Lowering, steps: list[int], rule: _Rule, members: list[list[int]], scalars: list[int]) -> None:
    slopes = [member[rule.slope] for member in members]
    facts = [lowering.fact(value) for value in slopes]
    cells = [[lowering.known[member[role]] for member in members] for role in range(rule.roles)]
    key: Any = (rule.function, *(id(cell) for role in cells for cell in role), *(fact.shape for fact in facts))
    made = lowering.state.blocks.get(key)
    if made is None:
        made = flat.FlatStep(cells, [fact.shape for fact in facts], facts[0].dtype, rule.function)
        made = lowering.state.blocks.setdefault(key, made)
    group = len(lowering.groups)
    lowering.groups.append(Group(made.layout, facts[0].dtype, tuple(steps)))
    for place, value in enumerate(slopes):
        root = lowering.root_of(value)
        if root not in lowering.pins and root not in lowering.known and lowering.fact(root).layout == "C":
            lowering.pins[root] = (group, place)
    lowering.add(Line("flat", steps[0], made.run, (*slopes, *scalars), (), group=group))
