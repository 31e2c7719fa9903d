"""What `import tfmini as tf` offers: the names of all rooms together, and the namespaces (`tf.nn`, `tf.train`, ...)."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from . import autodiff, errors, formats, runtime, training
from . import losses as collected_losses
from .contrib import layers as contrib_layers
from .framework import api, logging, modes, nest, text
from .ops import (
    activation,
    array,
    batch_norm,
    bitwise,
    broadcast_shapes,
    broadcasting,
    candidates,
    case,
    cast,
    checks,
    clip,
    compare,
    cond,
    constant,
    control_flow,
    conv_forms,
    conv_functions,
    custom_gradient,
    data_flow,
    decomposition,
    diagonals,
    division,
    einsum,
    embedding,
    extremes,
    functional,
    gathering,
    getitem,
    holes,
    joining,
    linalg,
    losses,
    math,
    matrices,
    moments,
    nn,
    operators,
    optimizer_steps,
    ordering,
    packing,
    padding,
    placeholders,
    pool_functions,
    py_func,
    random,
    reduction,
    sampled,
    segments,
    select,
    separable,
    sequences,
    shaping,
    slicing,
    sorting,
    space,
    special,
    splitting,
    stack,
    state,
    state_parts,
    statistics,
    tensor_array,
    trigonometry,
    unary,
    while_loop,
)
from .variables import (
    initializers,
    lists,
    orthogonal_kernels,
    partitioners,
    parts,
    scope,
    store,
    templates,
    variable,
    variable_scope,
)
from .variables import modes as variable_modes

_package = sys.modules["tfmini"]
_LOADED_FOR_THEIR_OPERATIONS = (broadcasting, getitem, operators, optimizer_steps, packing, stack)


def _names(*modules: Any) -> dict[str, Any]:
    """Returns what the modules offer, by name."""
    return {name: getattr(module, name) for module in modules for name in module.__all__}


def _namespace(name: str, members: dict[str, Any]) -> ModuleType:
    """Returns `tfmini.<name>` as a module, so that `from tfmini.nn import relu` works too."""
    module = ModuleType(f"tfmini.{name}")
    module.__dict__.update(members)
    module.__all__ = sorted(members)  # type: ignore[attr-defined]

    def absent(attribute: str) -> Any:
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        raise AttributeError(missing(f"tf.{name}", attribute, members))

    module.__getattr__ = absent  # type: ignore[method-assign]
    sys.modules[module.__name__] = module
    return module


def missing(place: str, name: str, members: Any) -> str:
    """Returns the message for a name that is not there: the nearest one if it is near, else that tfmini does not offer it."""
    import difflib

    near = difflib.get_close_matches(name, members, 1, cutoff=0.75)
    hint = (
        f"Did you mean {place}.{near[0]}?" if near else f"tfmini does not offer it; dir({place}) lists what there is."
    )
    return f"module {place!r} has no attribute {name!r}. {hint}"


def _picked(names: str, *modules: Any) -> dict[str, Any]:
    found = _names(*modules)
    return {name: found[name] for name in names.split()}


# ---- the top level

PUBLIC: dict[str, Any] = {
    **api.dtype_names,
    **_names(autodiff, formats, runtime, modes, api),
    **_names(
        placeholders,
        array,
        shaping,
        ordering,
        broadcast_shapes,
        joining,
        splitting,
        sequences,
        cast,
        random,
        state,
        state_parts,
    ),
    **_names(math, division, unary, trigonometry, special, compare, reduction, extremes, statistics, sorting),
    **_names(
        linalg,
        diagonals,
        matrices,
        decomposition,
        control_flow,
        cond,
        case,
        while_loop,
        tensor_array,
        functional,
        py_func,
        data_flow,
        segments,
        constant,
        custom_gradient,
        einsum,
    ),
    **_names(slicing, gathering, padding, select, clip, checks),
    **_picked(
        "batch_to_space batch_to_space_nd depth_to_space required_space_to_batch_paddings space_to_batch space_to_batch_nd "
        "space_to_depth",
        space,
    ),
    **_picked("sparse_to_dense", sampled),
    **_names(
        initializers, lists, variable_modes, partitioners, parts, scope, store, templates, variable, variable_scope
    ),
}
for _only_in_a_namespace in ("in_top_k", "reduce_std", "reduce_variance", "top_k", "xdivy", "xlogy"):
    PUBLIC.pop(_only_in_a_namespace, None)

# ---- namespaces

PUBLIC["errors"] = errors
PUBLIC["logging"] = logging
PUBLIC["nest"] = _namespace("nest", _names(nest))
PUBLIC["train"] = _namespace("train", _names(training))
PUBLIC["nn"] = _namespace(
    "nn",
    {
        **_names(
            activation,
            losses,
            nn,
            embedding,
            conv_functions,
            conv_forms,
            holes,
            pool_functions,
            separable,
            candidates,
            batch_norm,
            moments,
        ),
        **_picked("nce_loss sampled_softmax_loss", sampled),
        **_picked("sigmoid tanh log_sigmoid", unary),
        **_picked("in_top_k top_k", sorting),
        **_picked("depth_to_space space_to_batch space_to_depth", space),
    },
)
PUBLIC["math"] = _namespace(
    "math",
    {
        **_names(math, division, unary, trigonometry, special, compare, reduction, extremes, statistics, segments),
        **_picked("cumsum cumprod", sequences),
        **_picked("softplus softsign", activation),
        **_picked("in_top_k top_k", sorting),
        **_picked("l2_normalize zero_fraction", nn),
        **_picked("invert_permutation", ordering),
        **_picked("conj real", cast),
    },
)
PUBLIC["linalg"] = _namespace(
    "linalg",
    {
        **_picked("matmul norm tensordot", linalg),
        **_names(einsum),
        **_picked("eye trace", diagonals),
        **_names(decomposition),
        "band_part": diagonals.matrix_band_part,
        "diag": diagonals.matrix_diag,
        "diag_part": diagonals.matrix_diag_part,
        "tensor_diag": diagonals.diag,
        "tensor_diag_part": diagonals.diag_part,
        "set_diag": matrices.matrix_set_diag,
        "transpose": ordering.matrix_transpose,
        "l2_normalize": nn.l2_normalize,
    },
)
PUBLIC["random"] = _namespace(
    "random",
    {
        **_names(random),
        **_picked("all_candidate_sampler log_uniform_candidate_sampler uniform_candidate_sampler", candidates),
        "normal": random.random_normal,
        "uniform": random.random_uniform,
        "shuffle": random.random_shuffle,
    },
)
PUBLIC["initializers"] = _namespace(
    "initializers",
    {name.removesuffix("_initializer"): value for name, value in _names(initializers).items()}
    | {
        "he_normal": initializers.he_normal,
        "he_uniform": initializers.he_uniform,
        "identity": initializers.Identity,
        "lecun_normal": initializers.lecun_normal,
        "lecun_uniform": initializers.lecun_uniform,
        "global_variables": lists.global_variables_initializer,
        "local_variables": lists.local_variables_initializer,
        "variables": lists.variables_initializer,
    },
)
PUBLIC["debugging"] = _namespace(
    "debugging",
    {**_names(checks), **_picked("is_finite is_inf is_nan", compare), **_picked("Assert check_numerics", control_flow)},
)
PUBLIC["losses"] = _namespace("losses", _names(collected_losses))
PUBLIC["contrib"] = _namespace(
    "contrib", {"framework": _namespace("contrib.framework", _names(orthogonal_kernels)), "layers": contrib_layers}
)
PUBLIC["bitwise"] = _namespace("bitwise", _names(bitwise))
PUBLIC["dtypes"] = _namespace(
    "dtypes", {**api.dtype_names, "DType": api.DType, "as_dtype": api.as_dtype, "cast": cast.cast}
)
PUBLIC["compat"] = _namespace("compat", {**_names(text), "v1": _package})
sys.modules["tfmini.compat.v1"] = _package
