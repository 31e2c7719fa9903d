"""The generated program of a run as text, beside the operations that it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..runtime import failure
from ..runtime.drivers import StepFailed, quietly
from ..runtime.program import Program
from .words import plural

if TYPE_CHECKING:
    from ..runtime.generated import Generated
    from ..runtime.writer import Part

_MOST_NAMES = 3
_WIDEST = 62


def generated_program(session: Any, fetches: Any, feed_dict: Any = None) -> str:
    """Returns the Python program that `session.run(fetches, feed_dict)` runs from the third time on, as text.

    Each line stands beside the operations that it computes. Above it: the variables (`c`), constants (`k`) and buffers (`b`) that
    it uses. When the session has not made the program for feeds of these shapes yet, the run is done once on a fork of the
    session's state, so nothing changes in the session.

    Args:
      session: the session.
      fetches, feed_dict: as for `Session.run`.

    Returns:
      The text; the same for the same graph, fetches and shapes.

    Raises:
      What `Session.run` raises. ValueError: such a run is always interpreted, because its loops or conditionals are not of the form
        that `tf.while_loop` and `tf.cond` build.
    """
    session._check_usable()
    program, fed = session._prepare(fetches, feed_dict)
    made = program.tiers.find(fed)
    if made is None:
        made = _made(program, session._state.fork(), fed)
    return _text(program, made)


def _made(program: Program, state: Any, fed: list[Any]) -> Generated:
    """Returns the program for these feeds, from one recorded run on `state`."""
    if not program.is_straight:
        raise ValueError(
            "This run has loops or conditionals that tf.while_loop and tf.cond do not build: it is always interpreted, and there "
            "is no program to show."
        )
    from ..runtime.facts import record
    from ..runtime.generated import Generated

    own = Program(program.plan, state, program.build)
    fed = [np.ascontiguousarray(value) if type(value) is np.ndarray else value for value in fed]
    values: list[Any] = [*fed, *[None] * (program.plan.slots + 1 - len(fed))]
    try:
        facts = quietly(record, program.plan, own.steps, values, own.loops)
    except StepFailed as failed:
        raise failure.op_error(program.plan.steps[failed.index].op, failed.cause, failed.inputs) from None
    return Generated(program.plan, own.steps, facts, state, own.tiers, own.loops)


def _text(program: Program, made: Generated) -> str:
    writer = made.writer
    lines = [_headline(program, made), *_legend(program, made)]
    for part in writer.parts:
        lines += ["", *_part_lines(program, part)]
    left_out = sorted(made.lowering.left_out)
    if left_out:
        names = [program.plan.steps[index].op._name for index in left_out]
        lines += ["", f"Left out, because nobody needs the value: {_listed(names)}."]
    return "\n".join(lines)


def _headline(program: Program, made: Generated) -> str:
    plan, buffers = program.plan, made.writer.buffers
    lines = sum(len(part.table) for part in made.writer.parts)
    kept = f", {plural(len(buffers.facts), 'buffer')} in {buffers.bytes:,} bytes" if buffers.facts else ""
    return f"Generated program of {', '.join(program.names) or 'nothing'}: {plural(len(plan.steps), 'step')} as {plural(lines, 'line')}{kept}."


def _legend(program: Program, made: Generated) -> list[str]:
    """Returns what the names stand for that are not computed."""
    writer, lowering = made.writer, made.lowering
    names = list(dict.fromkeys(name for part in writer.parts for name in part.names))
    result = [f"  v{slot} = {tensor.name}, fed: {_shaped(lowering.fact(slot))}" for tensor, slot in program.plan.feeds]
    numbered = [name for name in names if name[1:].isdigit()]
    for name in sorted(numbered, key=lambda each: ("ckb".find(each[0]), int(each[1:]))):
        kind, number = name[0], name[1:]
        if kind == "c":
            result.append(f"  {name} = variable {writer.defaults[name].name}")
        elif kind == "k":
            result.append(f"  {name} = {_constant(writer.defaults[name])}")
        elif kind == "b":
            result.append(f"  {name} = buffer, {_shaped(writer.buffers.facts[int(number)])}")
    return result


def _shaped(fact: Any) -> str:
    if fact.dtype is None:
        return fact.kind
    sizes = ",".join(str(size) for size in fact.shape)
    return f"{fact.dtype.name} [{sizes}]" if fact.kind == "array" else fact.dtype.name


def _constant(value: Any) -> str:
    array = np.asarray(value)
    kind = array.dtype.name if array.dtype.kind != "O" else "string"
    if array.size == 1:
        return f"{array.reshape(-1)[0]} ({kind}{f' {[*array.shape]}' if array.ndim else ''})"
    if array.size <= 4:
        return f"{array.tolist()} ({kind})"
    return f"{kind} [{','.join(str(size) for size in array.shape)}]"


def _part_lines(program: Program, part: Part) -> list[str]:
    """Returns the lines of one function, each beside its operations."""
    head, *body = part.text.split("\n")
    given = [each for each in head[head.index("(") + 1 : -2].split(", ") if each and not each.endswith("=None")]
    result = [f"{head[: head.index('(')]}({', '.join(given)}):"]
    steps = program.plan.steps
    for text, (_, _, computed, _) in zip(body, part.table, strict=True):
        names = [steps[index].op._name for index in computed if index < len(steps)]
        result.append(f"{text:<{_WIDEST}}  # {_listed(names)}" if names else text)
    return result


def _listed(names: list[str]) -> str:
    if len(names) > _MOST_NAMES + 1:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return ", ".join(names)
