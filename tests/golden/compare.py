"""Compares two records of a program and says in which line they differ first."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from . import describe

_RELATIVE = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 4e-6, "float64": 1e-13}
_ABSOLUTE = {"float16": 1e-4, "bfloat16": 1e-3, "float32": 1e-7, "float64": 1e-15}
# What Python itself says when TensorFlow does not check its arguments: the class counts, the words do not.
_ACCIDENT = re.compile(
    r"object has no attribute|is not subscriptable|is not iterable|bytes-like object|argument must be a |SymbolicTensor|positional argument"
    r"|could not convert string to float|could not be converted to a dimension|index out of range"
)
_PARTS = ("error", "nodes", "results", "collections", "variables", "seed")


def groups(expected: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """Returns a report for each program of a group that differs."""
    reports = []
    for name in sorted({*expected, *found}):
        if name not in found or name not in expected:
            reports.append(f"{name}: is only in {'the file' if name in expected else 'the programs'}")
            continue
        report = program(expected[name], found[name])
        if report:
            reports.append(f"{name}: {report}")
    return reports


def program(expected: dict[str, Any], found: dict[str, Any]) -> str:
    """Returns where two records differ first, or ""."""
    for part in _PARTS:
        if part == "nodes":
            report = _nodes(expected.get(part, []), found.get(part, []))
        else:
            report = difference(expected.get(part), found.get(part), part)
        if report:
            return report
    return ""


def _nodes(expected: list[str], found: list[str]) -> str:
    for index, (a, b) in enumerate(zip(expected, found, strict=False)):
        if a != b:
            before = "".join(f"\n    both   {line}" for line in expected[max(0, index - 2) : index])
            return f"node {index} differs{before}\n  expected {a}\n  found    {b}"
    if len(expected) != len(found):
        shorter = min(len(expected), len(found))
        longer = expected if len(expected) > len(found) else found
        which = "missing" if len(expected) > len(found) else "too much"
        return f"{len(expected)} nodes expected, {len(found)} found\n  {which}: " + "\n           ".join(
            longer[shorter : shorter + 5]
        )
    return ""


def difference(expected: Any, found: Any, where: str, exact: bool = False) -> str:
    """Returns where two encoded results differ first, or "". Floats may differ by rounding unless they are marked exact."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if "error" in expected and "phrase" in expected and "phrase" in found:
            return _errors(expected, found, where)
        if list(expected) != list(found):
            return f"{where}: keys\n  expected {list(expected)}\n  found    {list(found)}"
        for key in expected:
            report = difference(expected[key], found[key], f"{where}.{key}", exact or key == "exact")
            if report:
                return report
        return ""
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (a, b) in enumerate(zip(expected, found, strict=True)):
            report = difference(a, b, f"{where}[{index}]", exact)
            if report:
                return report
        return ""
    if type(expected) is type(found) and expected == found:
        return ""
    if not exact and isinstance(expected, str) and isinstance(found, str) and _close(expected, found):
        return ""
    return f"{where}\n  expected {_short(expected)}\n  found    {_short(found)}"


def _errors(expected: dict[str, Any], found: dict[str, Any], where: str) -> str:
    same = expected["error"] == found["error"] and expected.get("code") == found.get("code")
    if same and _ACCIDENT.search(expected["phrase"]):
        return ""
    # TensorFlow does not always know the operation. tfmini may go on after TensorFlow's phrase, with what to do.
    named = expected.get("op") in (None, found.get("op"))
    if same and named and found["phrase"].startswith(expected["phrase"].rstrip('. )"')):
        return ""
    return f"{where}\n  expected {expected}\n  found    {found}"


def loosen(factor: float, like_float32: bool = False) -> None:
    """Multiplies the tolerance for floats: long random computations amplify rounding, also of numbers that were float32 before."""
    for tolerances in (_RELATIVE, _ABSOLUTE):
        if like_float32:
            tolerances["float64"] = tolerances["float32"]
        for key in tolerances:
            tolerances[key] *= factor


def _close(expected: str, found: str) -> bool:
    head = expected.partition(" ")[0]
    dtype = head.partition("[")[0]
    if head != found.partition(" ")[0] or not (dtype.startswith(("float", "complex", "bfloat")) and "[" in head):
        return False
    real = dtype.replace("complex64", "float32").replace("complex128", "float64")
    tolerance = _RELATIVE[real]
    a, b = describe.read_array(expected), describe.read_array(found)
    finite = np.abs(a[np.isfinite(a)])
    scale = float(finite.max()) if finite.size else 0.0
    return bool(np.allclose(a, b, rtol=tolerance, atol=tolerance * scale + _ABSOLUTE[real], equal_nan=True))


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 600 else text[:600] + " ..."
