"""TensorFlow 1's graphs, variables and sessions on numpy.

`import tfmini as tf` gives the names of TensorFlow 1.x. `tf.compat.v1` is the same module. `tf.inspection`, which turns graphs,
scopes and runs into plain data and text, loads when it is first used.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

from . import autodiff, errors, runtime, training
from .framework import api, logging, modes, text
from .ops import (
    activation,
    array,
    bitwise,
    broadcasting,
    cast,
    checks,
    clip,
    compare,
    cond,
    constant,
    control_flow,
    data_flow,
    embedding,
    joining,
    linalg,
    losses,
    math,
    nn,
    operators,
    optimizer_steps,
    random,
    reduction,
    select,
    sequences,
    shaping,
    slicing,
    state,
    unary,
)
from .variables import initializers, lists, scope, store, variable, variable_scope
from .variables import modes as variable_modes

__version__ = "0.1.0"
VERSION = __version__

_package = sys.modules[__name__]
_LOADED_FOR_THEIR_OPERATIONS = (broadcasting, operators, optimizer_steps)


def _names(*modules: Any) -> dict[str, Any]:
    """Returns what the modules offer, by name."""
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def _namespace(name: str, members: dict[str, Any]) -> ModuleType:
    """Returns `tfmini.<name>` as a module, so that `from tfmini.nn import relu` works too."""
    module = ModuleType(f"{__name__}.{name}")
    module.__dict__.update(members)
    module.__all__ = sorted(members)  # type: ignore[attr-defined]
    sys.modules[module.__name__] = module
    return module


def _picked(names: str, *modules: Any) -> dict[str, Any]:
    found = _names(*modules)
    return {name: found[name] for name in names.split()}


# ---- the top level

_public: dict[str, Any] = {
    **api.dtype_names,
    **_names(
        array, shaping, joining, sequences, cast, reduction, compare, math, unary, linalg, control_flow, data_flow
    ),
    **_names(slicing, select, clip, checks, constant, cond, random, state),
    **_names(initializers, lists, variable_modes, scope, store, variable, variable_scope),
    **_names(autodiff, runtime, modes, api),
}

# ---- namespaces

_public["errors"] = errors
_public["logging"] = logging
_public["train"] = _namespace("train", _names(training))
_public["nn"] = _namespace(
    "nn",
    {
        **_names(activation, losses, nn, embedding),
        **_picked("sigmoid tanh log_sigmoid", unary),
    },
)
_public["math"] = _namespace(
    "math",
    {
        **_names(math, unary, compare, reduction),
        **_picked("cumsum cumprod", sequences),
        **_picked("bincount segment_mean segment_sum unsorted_segment_sum", data_flow),
        **_picked("softplus softsign", activation),
        **_picked("l2_normalize top_k in_top_k", nn),
        **_picked("invert_permutation", shaping),
        **_picked("conj real", cast),
    },
)
_public["linalg"] = _namespace(
    "linalg",
    {
        **_picked("matmul eye norm trace tensordot", linalg),
        "band_part": linalg.matrix_band_part,
        "diag": linalg.matrix_diag,
        "diag_part": linalg.matrix_diag_part,
        "tensor_diag": linalg.diag,
        "tensor_diag_part": linalg.diag_part,
        "transpose": shaping.matrix_transpose,
        "l2_normalize": nn.l2_normalize,
    },
)
_public["random"] = _namespace(
    "random",
    {
        **_names(random),
        "normal": random.random_normal,
        "uniform": random.random_uniform,
        "shuffle": random.random_shuffle,
    },
)
_public["initializers"] = _namespace(
    "initializers",
    {name.removesuffix("_initializer"): value for name, value in _names(initializers).items()}
    | {
        "global_variables": lists.global_variables_initializer,
        "local_variables": lists.local_variables_initializer,
        "variables": lists.variables_initializer,
    },
)
_public["debugging"] = _namespace(
    "debugging",
    {**_names(checks), **_picked("is_finite is_inf is_nan", compare), **_picked("Assert check_numerics", control_flow)},
)
_public["bitwise"] = _namespace("bitwise", _names(bitwise))
_public["dtypes"] = _namespace(
    "dtypes", {**api.dtype_names, "DType": api.DType, "as_dtype": api.as_dtype, "cast": cast.cast}
)
_public["compat"] = _namespace("compat", {**_names(text), "v1": _package})
sys.modules[f"{__name__}.compat.v1"] = _package

globals().update(_public)
__all__ = sorted(name for name in _public if not name.startswith("_"))


def __getattr__(name: str) -> Any:
    if name == "inspection":
        return importlib.import_module(f"{__name__}.inspection")
    import difflib

    near = difflib.get_close_matches(name, __all__, 1)
    hint = f" Did you mean tf.{near[0]}?" if near else ""
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}.{hint}")


if "IPython" in sys.modules:
    from . import _notebook

    _notebook.install()
