"""Templates: functions whose variables are made in the first call and shared by all later ones."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..framework import contexts, deprecation, dtypes, logging, provenance
from ..framework.collections import GraphKeys
from .entering import PureScope
from .scope import DEFAULT_KEYS, VariableScope, unique_scope_name
from .variable_scope import variable_scope

__all__ = ["make_template"]


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Callable[..., Any] | None = None,
    **kwargs: Any,
) -> Template:
    """Returns `func_` as a function that shares its variables between calls.

    The first call makes the variables that `func_` asks for with `tf.get_variable`; every later call finds them. Nothing else is
    shared: each call adds operations of its own. The trailing underscores leave the plain names free for `kwargs`.

    Args:
      name_: name of the scope, made unique unless `unique_name_` is given.
      func_: the function.
      create_scope_now_: True takes the scope where the template is made instead of where it is first called.
      unique_name_: name of the scope that is never changed, so that several templates can share their variables.
      custom_getter_: custom getter of the scope.
      **kwargs: arguments that every call gives to `func_`.

    Returns:
      A `Template`: call it as `func_`.

    Raises:
      ValueError: `name_` is None.

    Example:
      >>> import tfmini as tf
      >>> scale = tf.make_template("scale", lambda x: x * tf.get_variable("k", [], initializer=tf.ones_initializer()))
      >>> y, z = scale(1.0), scale(2.0)
      >>> [v.name for v in scale.variables]
      ['scale/k:0']
    """
    if kwargs:
        func_ = functools.partial(func_, **kwargs)
    return Template(
        name_, func_, create_scope_now=create_scope_now_, unique_name=unique_name_, custom_getter=custom_getter_
    )


class Template:
    """A function together with the variable scope in which all its calls run. `make_template` makes it.

    Raises:
      ValueError: the name is None; or, in a later call, the function made a new trainable variable.
    """

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Callable[..., Any] | None = None,
    ) -> None:
        self._func = func
        self._name = name
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._sites = provenance.stack()
        if name is None:
            raise ValueError("name cannot be None.")
        self._variable_scope: VariableScope | None = None
        if create_scope_now:
            wanted = unique_name or unique_scope_name(name)
            # TensorFlow's scope of a template that is made at once has this dtype, whatever the scope around says.
            given = {**dict.fromkeys(DEFAULT_KEYS), "custom_getter": custom_getter, "dtype": dtypes.float32}
            pure = PureScope(wanted, given, None, None, (wanted, None, []))
            self._variable_scope = pure.__enter__()
            pure.__exit__(None, None, None)
        # A call that raised has not made the variables: the next one is a first call again.
        self._has_variables = False
        self._is_first_call = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._variable_scope is None:
            with variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as scope:
                self._variable_scope = scope
                return self._call(args, kwargs)
        with variable_scope(self._variable_scope, reuse=not self._is_first_call):
            return self._call(args, kwargs)

    def _call(self, args: Any, kwargs: Any) -> Any:
        try:
            if self._has_variables:
                return self._later_call(args, kwargs)
            if not self._is_first_call:
                # Another thread is in the first call.
                return self._func(*args, **kwargs)
            self._is_first_call = False
            finished = False
            try:
                result = self._func(*args, **kwargs)
                finished = True
            finally:
                self._is_first_call = not finished
            self._has_variables = True
            return result
        except Exception as error:
            first = error.args[0] if error.args else ""
            lines = "".join(f"  {site.describe()}  {site.text}\n" for site in self._sites)
            error.args = (f"{first}\n\noriginally defined at:\n{lines}", *error.args[1:])
            raise

    def _later_call(self, args: Any, kwargs: Any) -> Any:
        graph = contexts.default_graph()
        trainable = graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)
        all_of_them = graph.get_collection_ref(GraphKeys.GLOBAL_VARIABLES)
        before = len(trainable), len(all_of_them)
        result = self._func(*args, **kwargs)
        if len(trainable) != before[0]:
            raise ValueError(
                "Trainable variable created when calling a template after the first time, perhaps you used tf.Variable when "
                f"you meant tf.get_variable: {trainable[before[0] :]}"
            )
        if len(all_of_them) != before[1]:
            logging.info(
                "A later call of the template %s made new variables; tf.get_variable would have shared them: %s",
                self._name,
                all_of_them[before[1] :],
            )
        return result

    # ---- what it is

    @property
    def name(self) -> str:
        """The name that was asked for."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function that is called, with the arguments that were given when the template was made."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of the variables, None before there is one."""
        return self._variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of the scope with a slash at the end, None before there is one."""
        if self._variable_scope is None:
            return None
        name = self._variable_scope.name
        return name if not name or name[-1] == "/" else name + "/"

    @property
    def var_scope(self) -> VariableScope | None:
        """The old name of `variable_scope`."""
        deprecation.renamed("Template.var_scope", "Template.variable_scope")
        return self._variable_scope

    # ---- its variables

    def _collected(self, key: str) -> list[Any]:
        if not self._has_variables:
            return []
        return contexts.default_graph().get_collection(key, self.variable_scope_name)

    @property
    def global_variables(self) -> list[Any]:
        """The global variables of the scope; empty before the first call has ended."""
        return self._collected(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """The local variables of the scope."""
        return self._collected(GraphKeys.LOCAL_VARIABLES)

    @property
    def variables(self) -> list[Any]:
        """The global variables, then the local ones."""
        return self.global_variables + self.local_variables

    @property
    def trainable_variables(self) -> list[Any]:
        """The trainable variables of the scope."""
        return self._collected(GraphKeys.TRAINABLE_VARIABLES)

    @property
    def non_trainable_variables(self) -> list[Any]:
        """The global variables of the scope that are not trainable."""
        trainable = {id(each) for each in self.trainable_variables}
        return [each for each in self.global_variables if id(each) not in trainable]

    @property
    def weights(self) -> list[Any]:
        """The same as `variables`."""
        return self.variables

    @property
    def trainable_weights(self) -> list[Any]:
        """The same as `trainable_variables`."""
        return self.trainable_variables

    @property
    def non_trainable_weights(self) -> list[Any]:
        """The same as `non_trainable_variables`."""
        return self.non_trainable_variables
