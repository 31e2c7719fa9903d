"""Operation types: one declaration each, found by name.

`op(...)` declares a type and returns its `OpDef`, whose decorators attach the shape function, the kernel, the gradient and,
where they help, a constant folder and a specialised binding. `raw.MatMul(a, b, transpose_a=True)` builds an operation of a
registered type; that is how families reach one another without importing.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any

import numpy as np

from .formula import Formula
from .op_spec import OpSpec, input_names, name_of, parse

_REGISTRY: dict[str, OpDef] = {}


class OpDef:
    """The declaration of one operation type.

    Attributes:
      spec: the signature.
      shape_function: `f(call) -> dims or list of dims`, see `builder.Call`; None gives outputs of unknown rank.
      kernel_function: pure function of the input arrays. Its keyword-only parameters are filled from the attributes of the
        operation with the same names. Returns one array, or a tuple for several outputs.
      gradient_function: `f(op, *output gradients) -> gradients of the inputs` (Tensor, None, or a sequence of them).
      bind_function: `f(op) -> kernel` for a kernel that is chosen or prepared for one operation.
      fold_function: `f(op, constant_value) -> array or None`, the value known while the graph is built.
      resources: which parts of the session's state the kernel takes as its first argument (`"variables"`, `"random"`, `"run"`), or "".
      aliases: index of the input whose memory the output may share, or -1.
      keeps: indices of the inputs that the kernel keeps beyond its call, on a stack or in an array: their memory is not free again.
      keeps_shape: "first" when the output has the shape of the first input, "common" when inputs of one shape give that shape; the
        shape function says so by an attribute of this name, and is not asked then.
      ufunc, formula: what compiled plans use instead of the kernel: the ufunc that it is, the elementwise formula.
      takes_out: the kernel has a keyword argument `out`: an array (a tuple of arrays for several outputs) of the shape and element
        type of the result, which it fills and returns. It never shares memory with an input.
    """

    def __init__(
        self,
        signature: str,
        attrs: Sequence[str] = (),
        stateful: bool = False,
        resources: str = "",
        aliases: int = -1,
        foldable: bool | None = None,
        keeps: tuple[int, ...] = (),
    ) -> None:
        # Read when first needed: a program uses few of the types, and reading all took a fifth of the time to import.
        self._declared = (signature, attrs, stateful)
        self.name = name_of(signature)
        self.resources = resources
        self.aliases = aliases
        self.keeps = keeps
        self.foldable = (not stateful and not resources) if foldable is None else foldable
        self.shape_function: Callable[..., Any] | None = None
        self.kernel_attrs: tuple[str, ...] = ()
        self.gradient_function: Callable[..., Any] | None = None
        self.has_gradient = False
        self.bind_function: Callable[..., Any] | None = None
        self.fold_function: Callable[..., Any] | None = None
        self.ufunc: Any = None
        self.formula: Formula | None = None
        self.takes_out = False

    # What the builder reads for every operation, prepared once.
    spec: OpSpec
    single_output: bool
    writes: bool
    attr_defaults: dict[str, Any]
    keeps_shape: str

    def __getattr__(self, name: str) -> Any:
        """Called for what is not prepared yet."""
        if name == "kernel_function":
            self.kernel_function = None if self.formula is None else self.formula.function
        elif name in ("spec", "single_output", "writes", "attr_defaults", "keeps_shape"):
            self._read()
        else:
            raise AttributeError(name)
        return self.__dict__[name]

    def _read(self) -> None:
        signature, attrs, stateful = self._declared
        spec = parse(signature, list(attrs), stateful)
        outputs = spec.outputs
        self.single_output = len(outputs) == 1 and not (outputs[0].number_attr or outputs[0].list_attr)
        self.writes = bool(spec.inputs) and spec.inputs[0].is_ref
        self.attr_defaults = {a.name: a.default for a in spec.attrs if not a.required}
        self.keeps_shape = getattr(self.shape_function, "keeps_shape", "") if self.single_output else ""
        self.spec = spec

    def shape(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Attaches the shape function."""
        self.shape_function = function
        self.__dict__.pop("keeps_shape", None)
        return function

    kernel_function: Callable[..., Any] | None

    def kernel(self, function: Any) -> Any:
        """Attaches the kernel: a function of arrays, or an elementwise formula of the inputs as text (`"dy * (1 - y * y)"`)."""
        if isinstance(function, str):
            self.formula = Formula(function, input_names(self._declared[0]))
            self.__dict__.pop("kernel_function", None)
            return function
        self.kernel_function = function
        if isinstance(function, np.ufunc):
            self.ufunc = function
            return function
        named = _keyword_only(function)
        self.takes_out = "out" in named
        self.kernel_attrs = tuple(name for name in named if name != "out")
        known = {text.partition(":")[0].strip() for text in self._declared[1]}
        unknown = [name for name in self.kernel_attrs if name not in known]
        if unknown:
            raise ValueError(f"The kernel of {self.name} asks for {unknown}, which are no attributes of it.")
        return function

    def gradient(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Attaches the gradient."""
        self.gradient_function = function
        self.has_gradient = True
        return function

    @property
    def has_kernel(self) -> bool:
        """Whether the type can be computed, by one kernel or by one made for each operation."""
        return self.kernel_function is not None or self.bind_function is not None

    def no_gradient(self) -> OpDef:
        """Says that gradients stop here: the operation is registered as not differentiable."""
        self.gradient_function = None
        self.has_gradient = True
        return self

    def bind(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Attaches the maker of specialised kernels."""
        self.bind_function = function
        return function

    def fold(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Attaches the constant folder."""
        self.fold_function = function
        return function

    def __repr__(self) -> str:
        return f"<OpDef {self.name}>"


def _keyword_only(function: Callable[..., Any]) -> list[str]:
    """Returns the names of the parameters that must be named."""
    if type(function) is FunctionType:
        code = function.__code__
        return list(code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount])
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY]


def op(
    signature: str,
    attrs: Sequence[str] = (),
    *,
    stateful: bool = False,
    resources: str = "",
    aliases: int = -1,
    foldable: bool | None = None,
    keeps: tuple[int, ...] = (),
) -> OpDef:
    """Declares an operation type.

    Args:
      signature: `"MatMul(a: T, b: T) -> (product: T)"`, see `op_spec`.
      attrs: the attributes, `"transpose_a: bool = false"`.
      stateful: two operations of this type with equal inputs may give different results.
      resources: what of a session's state the kernel takes as its first argument, or "".
      aliases: index of the input whose memory the output may share, or -1.
      foldable: whether its value may be computed while the graph is built; by default when it has no state.
      keeps: indices of the inputs that the kernel keeps beyond its call.

    Raises:
      ValueError: the signature is not well formed, or the type exists.
    """
    definition = OpDef(signature, attrs, stateful, resources, aliases, foldable, keeps)
    if definition.name in _REGISTRY:
        raise ValueError(f"Operation type {definition.name} is declared twice.")
    _REGISTRY[definition.name] = definition
    return definition


def get(name: str) -> OpDef:
    """Returns the declaration of a type. Raises ValueError for a type that tfmini does not have."""
    try:
        return _REGISTRY[name]
    except KeyError:
        import difflib

        near = difflib.get_close_matches(name, _REGISTRY, 1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise ValueError(f"Op type not registered '{name}' in tfmini.{hint}") from None


_named_gradients: dict[str, Callable[..., Any]] = {}


def register_gradient(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Returns a decorator that registers a gradient under a name, for `Graph.gradient_override_map`.

    Raises:
      KeyError: the name is taken.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if name in _named_gradients:
            raise KeyError(f"Registering two gradient with name '{name}'! Use another name.")
        _named_gradients[name] = function
        return function

    return decorate


def named_gradient(name: str) -> Callable[..., Any] | None:
    """Returns the gradient that was registered under `name`, else that of the operation type `name`.

    Raises:
      LookupError: there is neither.
    """
    if name in _named_gradients:
        return _named_gradients[name]
    if name in _REGISTRY and _REGISTRY[name].has_gradient:
        return _REGISTRY[name].gradient_function
    raise LookupError(f"gradient registry has no entry for: {name}")


def names() -> list[str]:
    """Returns the names of all registered types, sorted."""
    return sorted(_REGISTRY)


class _Raw:
    """Builders by operation type: `raw.Add(x, y, name=None)`."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        from . import quick

        build = self.__dict__[name] = quick.builder_of(get(name))
        return build


raw = _Raw()
