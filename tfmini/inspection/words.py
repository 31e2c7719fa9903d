"""Small texts that several records share: digests of objects, numbers as the page writes them, names cut in the middle.

Numbers follow the rules of JavaScript (`toFixed`, `toPrecision`, `String`), because the page makes the same text from the same
records and a test holds both equal.
"""

from __future__ import annotations

import inspect
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NON_FINITE = {"NaN": "NaN", "Infinity": "Inf", "-Infinity": "-Inf"}

# ---- numbers


def grouped(n: Any) -> str:
    """Returns an integer with separators of thousands: `1,024`."""
    return re.sub(r"\B(?=(\d{3})+(?!\d))", ",", js_number(n) if isinstance(n, float) else str(n))


def js_number(x: float | int) -> str:
    """Returns a number as JavaScript prints it: `1`, `0.25`, `1e-7`, `1e+21`."""
    if isinstance(x, int):
        return str(int(x))
    if math.isnan(x):
        return "NaN"
    if math.isinf(x):
        return "Infinity" if x > 0 else "-Infinity"
    if x == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(x)).normalize().as_tuple()
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    if 0 < point <= 21:
        body = text + "0" * (point - len(text)) if point >= len(text) else f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        body = "0." + "0" * -point + text
    else:
        mantissa = text[0] + ("." + text[1:] if len(text) > 1 else "")
        body = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return ("-" if sign else "") + body


def to_fixed(x: float, places: int) -> str:
    """Returns `x` with that many places, ties away from zero, as `Number.toFixed` does."""
    return str(Decimal(x).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))


def _rounded(x: float, digits: int) -> Decimal:
    number = Decimal(x)
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), rounding=ROUND_HALF_UP)


def to_precision(x: float, digits: int) -> str:
    """Returns `x` with that many significant digits, for numbers that JavaScript does not write with an exponent."""
    rounded = _rounded(x, digits)
    if len(rounded.as_tuple().digits) > digits:
        rounded = rounded.quantize(Decimal(1).scaleb(rounded.adjusted() - digits + 1))
    return format(rounded, "f")


def to_exponential(x: float, places: int) -> str:
    """Returns `x` as mantissa and exponent, as `Number.toExponential` does."""
    rounded = _rounded(x, places + 1)
    exponent = rounded.adjusted()
    mantissa = rounded.scaleb(-exponent).quantize(Decimal(1).scaleb(-places))
    return f"{mantissa}e{'+' if exponent >= 0 else '-'}{abs(exponent)}"


def short_number(value: Any) -> str:
    """Returns a short decimal: `-2.777`, `0.458`, `0.1`, `1.23e-9`, `1,024` (rules in `docs/data.md` section 3)."""
    if value is None:
        return "-"
    if isinstance(value, str):
        return _NON_FINITE[value] if value in _NON_FINITE else short_number(float(value))
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    size = abs(value)
    sign = "-" if value < 0 else ""
    if value == int(value) and size < 1e9:
        return sign + grouped(int(size))
    if size >= 1e-4 and len(js_number(size)) <= 5:
        return js_number(value)
    if size >= 1e6 or size < 1e-4:
        return to_exponential(value, 3 if size >= 1e6 else 2).replace("e+", "e")
    if size >= 1000:
        return sign + grouped(to_fixed(size, 0))
    if size >= 1:
        return to_fixed(value, 1 if size >= 100 else 2 if size >= 10 else 3)
    return to_precision(value, 3)


def plural(n: int, word: str) -> str:
    """Returns `1 step` or `3 steps`."""
    return f"{grouped(n)} {word}{'' if n == 1 else 's'}"


# ---- names


def leaf(name: str) -> str:
    """Returns the last part of a name."""
    return name.rpartition("/")[2]


def parent(name: str) -> str:
    """Returns the name without its last part, "" for a name of one part."""
    return name.rpartition("/")[0]


def top(name: str) -> str:
    """Returns the first part of a name."""
    return name.partition("/")[0]


def visible(text: str) -> str:
    """Returns `text` with characters that turn the direction of writing as escapes: they could make it read as another text."""
    return _TURNS.sub(lambda found: f"\\u{ord(found[0]):04x}", text) if not text.isascii() else text


def one_line(text: str, most: int = 160) -> str:
    """Returns `text` on one line, cut at `most` characters."""
    flat = visible(" ".join(str(text).split()))
    return flat if len(flat) <= most else flat[: most - 1] + "\u2026"


def first_line(text: str) -> str:
    """Returns the first line of a message."""
    return text.partition("\n")[0]


# ---- objects


def digest(value: Any, most: int = 80) -> str:
    """Returns a short text for any Python object: `None`, `float32`, `Ones`, `TruncatedNormal(stddev=0.1)`, `l2`.

    Objects of a program may have any `__repr__`; what it raises ends here.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return one_line(str(value), most)
    if inspect.isfunction(value) or inspect.ismethod(value) or inspect.isbuiltin(value):
        return one_line(value.__name__, most)
    if isinstance(value, type):
        return one_line(_short_class(value.__name__), most)
    try:
        name = getattr(value, "name", None)
        if isinstance(name, str) and name:
            return one_line(name, most)
        config = value.get_config() if hasattr(value, "get_config") else None
        if isinstance(config, dict):
            return one_line(_configured(type(value), config), most)
        return one_line(_ADDRESS.sub("", repr(value)), most)
    except Exception as error:  # the object is the program's own: its repr may raise anything
        return f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"


def _short_class(name: str) -> str:
    return name.removesuffix("Initializer") or name


def _configured(cls: type, config: dict[str, Any]) -> str:
    defaults = {}
    for name, parameter in inspect.signature(cls).parameters.items():
        defaults[name] = parameter.default
    shown = [
        f"{name}={digest(value, 24)}"
        for name, value in config.items()
        if name not in ("dtype", "seed") and not _same(value, defaults.get(name, inspect.Parameter.empty))
    ]
    return _short_class(cls.__name__) + (f"({', '.join(shown)})" if shown else "")


def _same(value: Any, default: Any) -> bool:
    try:
        return bool(value == default)
    except (TypeError, ValueError):
        return False
