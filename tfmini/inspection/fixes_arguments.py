"""Fixes of calls whose arguments do not fit the variable, or each other, or had no effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..framework import dtypes
from ..framework.shapes import TensorShape
from ..variables.initializers import Zeros
from ..variables.partitioners import fixed_size_partitioner
from . import source_lines
from .fix_lines import Case, Fix

_POSITIONS = {
    "shape": 1,
    "dtype": 2,
    "initializer": 3,
    "regularizer": 4,
    "trainable": 5,
    "collections": 6,
    "caching_device": 7,
    "partitioner": 8,
    "validate_shape": 9,
    "use_resource": 10,
    "custom_getter": 11,
    "constraint": 12,
    "synchronization": 13,
    "aggregation": 14,
}
_PARTITIONER, _GETTER = 6, 7


def _given(case: Case, name: str, text: str) -> source_lines.Change | None:
    return None if case.call is None else source_lines.set_argument(case.call, name, _POSITIONS[name], text)


def _left_out(case: Case, name: str) -> source_lines.Change | None:
    return None if case.call is None else source_lines.remove_argument(case.call, name, _POSITIONS[name])


def _second(case: Case) -> Iterator[Fix]:
    """A second variable under another name; where the mode only finds, also with reuse left out."""
    yield from case.other_name()
    for _, site, found in case.with_lines():
        name = source_lines.literal(found.argument("name_or_scope", 0)) if found is not None else None
        if found is None or not isinstance(name, str) or not name or case.is_shared(site):
            continue
        new = case.free_name(name)
        arguments = [each for each in found.node.keywords if each.arg != "reuse"]
        if arguments or len(found.node.args) != 1:
            continue
        first = found.node.args[0]
        last = next((each.value for each in found.node.keywords), first)
        if first.lineno != last.end_lineno:
            continue
        change = source_lines.replace_span(found, first, last, f'"{new}"')
        yield Fix("name", "use another name", case.at(site, "scope", name=new, reuse=None), change, "made", site=site)


def shape(case: Case) -> Iterator[Fix]:
    """Sharing with another shape."""
    maker = case.maker
    if maker is None or case.site is None:
        return
    sizes = maker.variable.get_shape().as_list() if maker.variable.get_shape().rank is not None else None
    if sizes is not None:
        text = "[" + ", ".join(str(size) for size in sizes) + "]"
        change = _given(case, "shape", text)
        edit = case.in_call(shape=sizes)
        yield Fix("fit", f"ask for the shape that it has, {text}", edit, change, "shared", maker.number, site=case.site)
        found = dtypes.as_dtype(maker.variable.dtype).base_dtype
        both = case.in_call(shape=sizes, dtype=found)
        yield Fix("fit", f"ask for shape {text} and dtype {found.name}", both, None, "shared", maker.number)
    yield from _second(case)


def dtype(case: Case) -> Iterator[Fix]:
    """Sharing with another dtype."""
    maker = case.maker
    if maker is None or case.site is None:
        return
    found = dtypes.as_dtype(maker.variable.dtype).base_dtype
    text = f"{case.tf}{found.name if found.name != 'bool' else 'bool'}"
    change = _given(case, "dtype", text)
    does = f"ask for the dtype that it has, {found.name}"
    yield Fix("fit", does, case.in_call(dtype=found), change, "shared", maker.number, site=case.site)
    yield from _second(case)


def partition(case: Case) -> Iterator[Fix]:
    """Cut and uncut, or cut in another way; or the cut itself does not fit the shape."""
    request, maker = case.request, case.maker
    number = maker.number if maker is not None else 0
    promise = "shared" if maker is not None else "made"
    whole: Any = maker.variable if maker is not None else None
    cut = list(whole._get_partitions()) if hasattr(whole, "_get_partitions") else None
    if case.site is None:
        return
    asked = request.arguments.get("shape")
    if maker is None and asked is not None and not _is_full(asked):
        yield from _all_sizes(case, asked)
    if cut is None:
        does = "leave the partitioner out"
        if "partitioner" in request.arguments:
            change = _left_out(case, "partitioner")
            yield Fix("fit", does, case.in_call(partitioner=None), change, promise, number, site=case.site)
        for _, site, found in case.with_lines():
            if found is not None and found.argument("partitioner", _PARTITIONER) is not None:
                change = source_lines.remove_argument(found, "partitioner", _PARTITIONER)
                yield Fix("fit", does, case.at(site, "scope", partitioner=None), change, promise, number, site=site)
    else:
        axis, parts = next(((axis, count) for axis, count in enumerate(cut) if count > 1), (0, 1))
        text = f"{case.tf}fixed_size_partitioner({parts}" + (f", axis={axis})" if axis else ")")
        change = _given(case, "partitioner", text)
        does = f"cut it in the same way, into {parts} parts"
        edit = case.in_call(partitioner=fixed_size_partitioner(parts, axis))
        yield Fix("fit", does, edit, change, "shared", number, site=case.site)
    yield from _second(case)


def no_shape(case: Case) -> Iterator[Fix]:
    """A new variable without a shape."""
    if case.site is None:
        return
    example = "the sizes are an example: put yours"
    yield Fix(
        "shape",
        "give the sizes",
        case.in_call(shape=[3, 4]),
        _given(case, "shape", "[3, 4]"),
        "made",
        costs=example,
        site=case.site,
    )
    value = "the value is an example: it also gives the shape"
    change = _given(case, "initializer", "0.0")
    yield Fix(
        "value", "or give a first value", case.in_call(initializer=0.0), change, "made", costs=value, site=case.site
    )


def const_shape(case: Case) -> Iterator[Fix]:
    """A constant as initializer, and a shape beside it."""
    yield from _either(case, _const_shape(case))
    yield from _with_mode(case, "fit", "leave the shape out", shape=None)


def _either(case: Case, fixes: Iterator[Fix]) -> Iterator[Fix]:
    """Yields each fix with the promise that the variable is made, and with the promise that it is the one in the store."""
    stored = case.stored().get(case.request.name)
    for fix in fixes:
        yield fix
        if stored is not None:
            yield replace(fix, promise="shared", maker=stored.number)


def _with_mode(case: Case, kind: str, does: str, **values: Any) -> Iterator[Fix]:
    """Yields fixes in words for calls that the mode would refuse next: the arguments changed, and the mode or the name too."""
    stored = case.stored().get(case.request.name)
    if stored is not None:
        edit = case.in_call(reuse=True, **values)
        yield Fix(kind, f"{does}, and share it with reuse=True", edit, None, "shared", stored.number)
    yield Fix(kind, f"{does}, and make it where reuse is off", case.in_call(reuse=False, **values), None, "made")
    edit = case.in_call(asked=case.free_name(str(case.request.asked)), reuse=False, **values)
    yield Fix(kind, f"{does}, with another name where reuse is off", edit, None, "made")


def _const_shape(case: Case) -> Iterator[Fix]:
    if case.site is None or case.call is None:
        if case.site is not None:
            yield Fix("fit", "leave the shape out", case.in_call(shape=None), None, "made")
        return
    written = case.call.argument("initializer", _POSITIONS["initializer"])
    change = _left_out(case, "shape")
    if change is None and case.call.argument("shape", _POSITIONS["shape"]) is not None:
        change = _given(case, "shape", "None")
    yield Fix("fit", "leave the shape out: the value has one", case.in_call(shape=None), change, "made", site=case.site)
    value = source_lines.literal(written)
    if value is not None and not isinstance(value, (str, bytes)):
        text = f"{case.tf}constant_initializer({value!r})"
        change = _given(case, "initializer", text)
        does = "fill the shape with the value"
        yield Fix("fill", does, case.in_call(initializer=Zeros()), change, "made", site=case.site)


def initializer(case: Case) -> Iterator[Fix]:
    """An initializer that cannot make this variable."""
    yield from _either(case, _initializer(case))
    asked = case.request.arguments.get("shape")
    if asked is not None and _is_full(asked):
        yield from _with_mode(case, "zeros", "start with zeros", initializer=Zeros())


def _initializer(case: Case) -> Iterator[Fix]:
    if case.site is None:
        return
    request = case.request
    asked = request.arguments.get("shape")
    changed = case.in_call(initializer=Zeros())
    does = "start with zeros"
    full = asked is not None and _is_full(asked)
    if full:
        change = _given(case, "initializer", f"{case.tf}zeros_initializer()")
        yield Fix("zeros", does, changed, change, "made", site=case.site)
    if not full:
        yield from _all_sizes(case, asked)
    for name, position in (("custom_getter", _GETTER), ("partitioner", _PARTITIONER)):
        if name in request.arguments:
            change = _left_out(case, name)
            yield Fix(name, f"leave {name} out", case.in_call(**{name: None}), change, "made", site=case.site)
        for _, site, found in case.with_lines():
            if found is not None and found.argument(name, position) is not None:
                change = source_lines.remove_argument(found, name, position)
                edit = case.at(site, "scope", **{name: None})
                yield Fix(name, f"leave {name} out", edit, change, "made", site=site)


def _all_sizes(case: Case, asked: Any) -> Iterator[Fix]:
    known = None if asked is None else TensorShape(asked)
    sizes = [3, 4] if known is None or known.rank is None else [3 if size is None else size for size in known.as_list()]
    change = _given(case, "shape", str(sizes))
    example = "the sizes are an example: put yours"
    yield Fix("shape", "give all sizes", case.in_call(shape=sizes), change, "made", costs=example, site=case.site)


def _is_full(asked: Any) -> bool:
    try:
        return bool(TensorShape(asked).is_fully_defined())
    except (TypeError, ValueError):
        return False


def init_dtype(case: Case) -> Iterator[Fix]:
    """An initial value of another dtype than was asked."""
    yield from _either(case, _init_dtype(case))
    yield from _with_mode(case, "fit", "leave dtype out", dtype=None)


def _init_dtype(case: Case) -> Iterator[Fix]:
    request = case.request
    if case.site is None:
        return
    asked = dtypes.as_dtype(request.arguments["dtype"])
    change = _left_out(case, "dtype") or _given(case, "dtype", "None")
    found = getattr(request.arguments.get("initializer"), "dtype", None)
    name = f": it becomes {dtypes.as_dtype(found).base_dtype.name}" if found is not None else ""
    yield Fix("fit", "leave dtype out" + name, case.in_call(dtype=None), change, "made", site=case.site)
    written = None if case.call is None else case.call.argument("initializer", _POSITIONS["initializer"])
    if written is not None and case.call is not None:
        source = source_lines.text_of(case.call, written)
        text = f"{case.tf}cast({source}, {case.tf}{asked.name})" if source else ""
        change = _given(case, "initializer", text) if text else None
        edit = case.in_call(initializer=_value_of(asked, request))
        yield Fix("cast", "convert the value", edit, change, "made", site=case.site)


def _value_of(asked: Any, request: Any) -> Any:
    value = request.arguments["initializer"]
    dims = getattr(value, "shape", np.shape(value) if not hasattr(value, "get_shape") else ())
    sizes = TensorShape(dims).as_list() if TensorShape(dims).is_fully_defined() else []
    return np.zeros(sizes, asked.as_numpy_dtype)


# ---- calls that gave a variable, but not as it seems


def args_ignored(case: Case) -> Iterator[Fix]:
    """Arguments without effect, because the variable existed."""
    request = case.request
    if case.site is None or request.found is None:
        return
    names = [each["argument"] for each in request.ignored]
    maker = request.found.number
    if len(names) == 1:
        change = _left_out(case, names[0])
        does = f"leave {names[0]} out: it has no effect"
        yield Fix("fit", does, case.in_call(**{names[0]: None}), change, "shared", maker, site=case.site)
    yield from _second(case)


def replaced(case: Case) -> Iterator[Fix]:
    """A custom getter gave something else."""
    request = case.request
    if case.site is None:
        return
    does = "leave custom_getter out"
    if "custom_getter" in request.arguments:
        change = _left_out(case, "custom_getter")
        yield Fix("fit", does, case.in_call(custom_getter=None), change, "made", site=case.site)
    for _, site, found in case.with_lines():
        if found is not None and found.argument("custom_getter", _GETTER) is not None:
            change = source_lines.remove_argument(found, "custom_getter", _GETTER)
            edit = case.at(site, "scope", custom_getter=None)
            yield Fix("fit", does, edit, change, "made", site=site)


def renamed(case: Case) -> Iterator[Fix]:
    """The operation got another name than the variable has in the store."""
    yield from case.other_name()


def as_its_maker(case: Case) -> Iterator[Fix]:
    """Ask as the call did that made the variable: for calls in which several things do not fit."""
    request = case.request
    maker = request.found or case.stored().get(request.name)
    if maker is None or maker.variable is None or case.site is None:
        return
    values: dict[str, Any] = dict.fromkeys(request.arguments)
    values |= {
        "shape": maker.variable.get_shape(),
        "dtype": dtypes.as_dtype(maker.variable.dtype).base_dtype,
        "reuse": True,
    }
    cut = getattr(maker.variable, "_get_partitions", None)
    if cut is not None:
        axis, parts = next(((axis, count) for axis, count in enumerate(cut()) if count > 1), (0, 1))
        values["partitioner"] = fixed_size_partitioner(parts, axis)
    does = f"ask as call {maker.number} does, and share it with reuse=True"
    yield Fix("as", does, case.in_call(**values), None, "shared", maker.number)
