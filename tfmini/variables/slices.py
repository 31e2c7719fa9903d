"""Which part of a whole a variable is."""

from __future__ import annotations

from typing import Any


class SaveSliceInfo:
    """Says that a variable is a part of a larger one: the name and shape of the whole, and where this part stands in it."""

    def __init__(
        self,
        full_name: str | None = None,
        full_shape: Any = None,
        var_offset: Any = None,
        var_shape: Any = None,
        save_slice_info_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if save_slice_info_def is not None:
            self.full_name: str | None = prefixed(save_slice_info_def.full_name, import_scope)
            self.full_shape: list[int] = list(save_slice_info_def.full_shape)
            self.var_offset: list[int] = list(save_slice_info_def.var_offset)
            self.var_shape: list[int] = list(save_slice_info_def.var_shape)
        else:
            self.full_name = full_name
            self.full_shape = full_shape
            self.var_offset = var_offset
            self.var_shape = var_shape

    @property
    def spec(self) -> str:
        """The text form: sizes of the whole, then `offset,size` for each axis: `"4 3 0,2:0,3"`."""
        sizes = " ".join(f"{size:d}" for size in self.full_shape)
        parts = ":".join(f"{offset:d},{size:d}" for offset, size in zip(self.var_offset, self.var_shape, strict=True))
        return f"{sizes} {parts}"

    @classmethod
    def from_spec(cls, spec: str) -> SaveSliceInfo:
        """Returns what the text form `spec` says; nothing is known of it for "".

        Raises:
          ValueError: it has another form.
        """
        if not spec:
            return cls()
        sizes, space, parts = spec.rpartition(" ")
        if not space:
            raise ValueError("Spec string must contain space-separated full_shape info.")
        full_shape = [
            _number(size, "Spec string full_shape must be a sequence of integers. ") for size in sizes.split()
        ]
        offsets, shapes = [], []
        for part in parts.split(":"):
            pair = part.split(",")
            if len(pair) != 2:
                raise ValueError("Spec string must contain comma-separated pairs of offsets and shapes.")
            offsets.append(_number(pair[0], "Spec string var_offset must be an integer. "))
            shapes.append(_number(pair[1], "Spec string var_shape must be an integer. "))
        return cls(full_shape=full_shape, var_offset=offsets, var_shape=shapes)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """Returns a `SaveSliceInfoDef` protocol buffer, or None when the whole is outside `export_scope`."""
        from ..formats import messages

        if export_scope is not None and not (self.full_name or "").startswith(export_scope):
            return None
        result = messages.message("SaveSliceInfoDef")()
        _fill(result, self, export_scope)
        return result


def _number(text: str, what: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"{what}Found '{text}', which is not an integer.") from None


def _fill(message: Any, part: SaveSliceInfo, export_scope: str | None) -> None:
    """Writes what a part knows into its protocol buffer."""
    message.full_name = stripped(part.full_name or "", export_scope)
    message.full_shape.extend(part.full_shape)
    message.var_offset.extend(part.var_offset)
    message.var_shape.extend(part.var_shape)


def prefixed(name: str, import_scope: str | None) -> str:
    """Returns a name of a protocol buffer inside `import_scope`."""
    return f"{import_scope.rstrip('/')}/{name}" if import_scope else name


def stripped(name: str, export_scope: str | None) -> str:
    """Returns a name without `export_scope` at its beginning."""
    if not export_scope:
        return name
    scope = export_scope.rstrip("/") + "/"
    return name.removeprefix(scope)


def variable_def(variable: Any, export_scope: str | None) -> Any:
    """Returns a variable as a `VariableDef` protocol buffer, or None when it is outside `export_scope`."""
    from ..formats import messages

    stored = variable.op.outputs[0]
    if export_scope is not None and not stored.name.startswith(export_scope):
        return None
    result = messages.message("VariableDef")()
    result.variable_name = stripped(stored.name, export_scope)
    if variable.initial_value is not None:
        result.initial_value_name = stripped(variable.initial_value.name, export_scope)
    result.initializer_name = stripped(variable.initializer.name, export_scope)
    result.trainable = variable.trainable
    result.synchronization = variable.synchronization.value
    result.aggregation = variable.aggregation.value
    result.snapshot_name = stripped(variable._snapshot_tensor().name, export_scope)
    result.is_resource = stored.op.type == "VarHandleOp"
    part = variable._get_save_slice_info()
    if part is not None:
        _fill(result.save_slice_info_def, part, export_scope)
    return result
