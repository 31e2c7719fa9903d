"""The store behind `get_variable`: the variables of a graph by name, and every check between a request and its variable.

The order of the checks is TensorFlow's, because it decides which message a program sees. A check that refuses calls `refuse`, which
notes the verdict on the request before it raises.
"""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable, Sequence
from typing import Any

from ..framework import contexts, dtypes
from ..framework.collections import GraphKeys
from ..framework.convert import convert_to_tensor
from ..framework.shapes import TensorShape
from ..framework.tensor import Tensor
from . import modes, records, sharing
from .initializers import GlorotUniform, Initializer, Zeros
from .penalties import regularize
from .refusals import refuse
from .scope import VariableScope, get_variable_scope
from .sharing import STORE_KEY
from .variable import create_variable, resource_variables_enabled

__all__ = ["get_local_variable", "get_variable"]


def default_store() -> VariableStore:
    """Returns the store of the default graph, which is kept in a collection, as in TensorFlow."""
    held = contexts.default_graph().get_collection_ref(STORE_KEY)
    if not held:
        held.append(VariableStore())
    return held[0]


class VariableStore:
    """The variables that `get_variable` made, by their full name."""

    def __init__(self) -> None:
        self._vars: dict[str, Any] = {}
        self._partitioned_vars: dict[str, Any] = {}

    def get_variable(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        custom_getter: Any = None,
        constraint: Any = None,
        synchronization: Any = modes.VariableSynchronization.AUTO,
        aggregation: Any = modes.VariableAggregation.NONE,
    ) -> Any:
        """Returns the variable of this full name, found or made, as `reuse` allows.

        Raises:
          ValueError: it is not allowed, or the arguments do not fit.
        """
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        dtype = getattr(dtype, "base_dtype", dtype)
        synchronization, aggregation, trainable = modes.validated(synchronization, aggregation, trainable, name)
        arguments = {
            "shape": shape,
            "dtype": dtype,
            "initializer": initializer,
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            "partitioner": partitioner,
            "validate_shape": validate_shape,
            "use_resource": use_resource,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
        if custom_getter is None:
            return self._true_getter(name, constraint=constraint, **arguments)
        if takes_argument(custom_getter, "constraint"):
            arguments["constraint"] = constraint
        return custom_getter(getter=self._true_getter, name=name, **arguments)

    def _true_getter(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        constraint: Any = None,
        synchronization: Any = modes.VariableSynchronization.AUTO,
        aggregation: Any = modes.VariableAggregation.NONE,
    ) -> Any:
        """What a custom getter is given to call: the store without the getter."""
        arguments = {
            "shape": shape,
            "dtype": dtype,
            "initializer": initializer,
            "regularizer": regularizer,
            "reuse": reuse,
            "trainable": trainable,
            "collections": collections,
            "caching_device": caching_device,
            "validate_shape": validate_shape,
            "use_resource": use_resource,
            "constraint": constraint,
            "synchronization": synchronization,
            "aggregation": aggregation,
        }
        is_scalar = shape is not None and isinstance(shape, Sequence) and not shape
        if partitioner is not None and not is_scalar:
            if not callable(partitioner):
                raise ValueError(f"Partitioner must be callable, but received: {partitioner}")
            from .partitioned import get_partitioned

            with contexts.default_graph().name_scope(None):
                return get_partitioned(self, name, partitioner, arguments)
        if reuse is True and partitioner is None and name in self._partitioned_vars:
            from .partitioned import get_partitioned

            return get_partitioned(self, name, None, arguments)
        if f"{name}/part_0" in self._vars:
            raise refuse(
                "REFUSED_PARTITION",
                ValueError,
                "No partitioner was provided, but a partitioned version of the variable was found: "
                f"{name}/part_0. Perhaps a variable of the same name was already created with partitioning?",
                lookup="present as a part",
                variable=self._vars[f"{name}/part_0"],
            )
        return self.get_single(name, **arguments)

    def get_single(
        self,
        name: str,
        shape: Any = None,
        dtype: Any = dtypes.float32,
        initializer: Any = None,
        regularizer: Any = None,
        partition_info: Any = None,
        reuse: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        caching_device: Any = None,
        validate_shape: bool = True,
        use_resource: bool | None = None,
        constraint: Any = None,
        synchronization: Any = modes.VariableSynchronization.AUTO,
        aggregation: Any = modes.VariableAggregation.NONE,
    ) -> Any:
        """Returns one variable that is not cut into parts, or one part."""
        is_value = initializer is not None and not callable(initializer)
        if shape is not None and is_value:
            raise refuse(
                "REFUSED_CONST_SHAPE",
                ValueError,
                "If initializer is a constant, do not specify shape.",
                advice=f"Leave shape out: the initializer has the shape that {name} will have. Or pass an initializer object.",
            )
        dtype = dtypes.as_dtype(dtype)
        known_shape = None if shape is None else TensorShape(shape)
        if name in self._vars:
            return self._found(name, known_shape, dtype, reuse)
        if reuse is True:
            raise self._missing(name)
        if initializer is None:
            if known_shape is None:
                raise refuse(
                    "REFUSED_NO_SHAPE",
                    ValueError,
                    f"Variable {name} did not get an initializer, so its `shape` argument must be specified.",
                    advice=f"Give a shape: tf.get_variable({str(name).rpartition('/')[2]!r}, [3, 4]).",
                )
            initializer = _default_initializer(name, dtype)
        make, wanted_dtype = _initial_value(initializer, is_value, known_shape, dtype, partition_info, name)
        variable = create_variable(
            initial_value=make,
            name=name,
            trainable=trainable,
            collections=collections,
            caching_device=caching_device,
            dtype=wanted_dtype,
            validate_shape=validate_shape,
            constraint=constraint,
            use_resource=resource_variables_enabled() if use_resource is None else use_resource,
            synchronization=synchronization,
            aggregation=aggregation,
            shape=known_shape,
            expected_shape=None,
            import_scope=None,
            variable_def=None,
        )
        self._vars[name] = variable
        if regularizer:
            regularize(name, variable, regularizer)
        return variable

    def default_initializer(self, name: str, dtype: dtypes.DType) -> Any:
        """Returns the initializer of a variable for which neither the program nor the scope gives one."""
        return _default_initializer(name, dtype)

    def _found(self, name: str, shape: TensorShape | None, dtype: dtypes.DType, reuse: Any) -> Any:
        """Returns the stored variable, after the checks of sharing."""
        variable = self._vars[name]
        if reuse is False:
            text = f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
            if variable.op.type != "VarHandleOp":
                text += " Originally defined at:"
            raise refuse("REFUSED_EXISTS", ValueError, text, lookup="present", variable=variable)
        if shape is not None and not shape.is_compatible_with(variable.get_shape()):
            raise refuse(
                "REFUSED_SHAPE",
                ValueError,
                f"Trying to share variable {name}, but specified shape {shape} and found shape {variable.get_shape()}.",
                lookup="present",
                variable=variable,
                advice=f"Ask for shape {variable.get_shape()}, or use another name or scope for a second variable.",
            )
        if not dtype.is_compatible_with(variable.dtype):
            found = variable.dtype.base_dtype.name
            raise refuse(
                "REFUSED_DTYPE",
                ValueError,
                f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype {variable.dtype.name}.",
                lookup="present",
                variable=variable,
                advice=_dtype_advice(dtype, found),
            )
        return variable

    def _missing(self, name: str) -> ValueError:
        """Returns the error for a name that must be there and is not."""
        return refuse(
            "REFUSED_MISSING",
            ValueError,
            f"Variable {name} does not exist, or was not created with tf.get_variable(). "
            "Did you mean to set reuse=tf.AUTO_REUSE in VarScope?",
            lookup="missing",
            store=self,
            name=name,
        )


def _dtype_advice(asked: dtypes.DType, found: str) -> str:
    request = records.current_request()
    if request is not None and request.arguments.get("dtype") is None:
        return f"You gave no dtype; the scope's default is {asked.name}. Ask for dtype=tf.{found}."
    return f"Ask for dtype=tf.{found}, or use another name or scope for a second variable."


def _default_initializer(name: str, dtype: dtypes.DType) -> Any:
    if dtype.is_floating:
        return GlorotUniform()
    if dtype.is_integer or dtype.is_bool or dtype == dtypes.string:
        return Zeros()
    raise refuse(
        "REFUSED_INITIALIZER",
        ValueError,
        f"An initializer for variable {name} of {dtype.base_dtype} is required",
        advice="Give one: initializer=tf.constant_initializer(0, dtype).",
    )


def _initial_value(
    initializer: Any, is_value: bool, shape: TensorShape | None, dtype: dtypes.DType, partition_info: Any, name: str
) -> tuple[Any, Any]:
    """Returns what makes the initial value, and the dtype to which it is converted (None keeps its own)."""
    if is_value:
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    if shape is not None and shape.is_fully_defined():
        settings: dict[str, Any] = {"dtype": dtype}
        if takes_argument(initializer, "partition_info", named_only=True):
            settings["partition_info"] = partition_info
        return functools.partial(initializer, shape.as_list(), **settings), dtype.base_dtype
    if _needs_no_arguments(initializer):
        return initializer, None
    raise refuse(
        "REFUSED_INITIALIZER",
        ValueError,
        "The initializer passed is not valid. It should be a callable with no arguments and the shape should not be provided or "
        "an instance of `tf.keras.initializers.*' and `shape` should be fully defined.",
        advice=f"{name} has no full shape: give one with all sizes, or an initializer that takes no arguments.",
    )


def takes_argument(function: Callable[..., Any], name: str, named_only: bool = False) -> bool:
    """Says whether `function` takes an argument of this name, or (unless `named_only`) any keyword."""
    parameters = _parameters(function)
    if name in parameters:
        return True
    return not named_only and any(each.kind is each.VAR_KEYWORD for each in parameters.values())


_of_initializers: dict[tuple[type, Any], Any] = {}


def _parameters(function: Callable[..., Any]) -> Any:
    """Returns the parameters of a function. Those of initializers belong to the class and are looked up once."""
    if not isinstance(function, Initializer):
        return inspect.signature(function).parameters
    key = (type(function), type(function).__call__)
    known = _of_initializers.get(key)
    if known is None:
        known = _of_initializers[key] = inspect.signature(function).parameters
    return known


def _needs_no_arguments(function: Callable[..., Any]) -> bool:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return all(
        each.default is not each.empty
        for each in inspect.signature(function).parameters.values()
        if each.kind in positional
    )


# ---- public functions

_AUTO = modes.VariableSynchronization.AUTO
_NONE = modes.VariableAggregation.NONE


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = modes.VariableSynchronization.AUTO,
    aggregation: Any = modes.VariableAggregation.NONE,
) -> Any:
    """Returns the variable `name` of the current variable scope, found or made, as the scope's reuse mode says.

    Args:
      name: name of the variable; the scope's name and a slash are put before it.
      shape: its shape. Not needed when `initializer` is a value or a tensor.
      dtype: its dtype, by default the scope's (float32).
      initializer: an initializer object or class, a function, a value or a tensor; by default the scope's, else Glorot uniform for
        floats and zeros for integers, bool and string.
      regularizer: function of the variable whose result is kept in `REGULARIZATION_LOSSES`.
      trainable, collections, caching_device, validate_shape, use_resource, constraint, synchronization, aggregation: see
        `tf.Variable`.
      partitioner: function that says how to cut the variable into parts.
      custom_getter: function `f(getter, name, ...)` that stands between this call and the store.

    Raises:
      ValueError: the variable exists and the mode makes new ones; it does not exist and the mode finds; shape, dtype or
        arguments do not fit.
    """
    if (
        initializer is None
        and regularizer is None
        and trainable is None
        and collections is None
        and caching_device is None
        and partitioner is None
        and validate_shape is True
        and use_resource is None
        and custom_getter is None
        and constraint is None
        and synchronization is _AUTO
        and aggregation is _NONE
    ):
        found = sharing.find(name, shape, dtype)
        if found is not None:
            return found
    scope: VariableScope = get_variable_scope()
    return scope.get_variable(
        default_store(),
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=trainable,
        collections=collections,
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = modes.VariableSynchronization.AUTO,
    aggregation: Any = modes.VariableAggregation.NONE,
) -> Any:
    """Like `get_variable`, for a local variable: in `LOCAL_VARIABLES` and never trainable."""
    return get_variable(
        name,
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        regularizer=regularizer,
        trainable=False,
        collections=operator.add(collections, [GraphKeys.LOCAL_VARIABLES])
        if collections
        else [GraphKeys.LOCAL_VARIABLES],
        caching_device=caching_device,
        partitioner=partitioner,
        validate_shape=validate_shape,
        use_resource=use_resource,
        custom_getter=custom_getter,
        constraint=constraint,
        synchronization=synchronization,
        aggregation=aggregation,
    )


def tensor_of(initializer: Any) -> Tensor:
    """Returns a plain initial value as a tensor, to compare its dtype."""
    return convert_to_tensor(initializer)
